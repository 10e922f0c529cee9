//! Permohonan: the register of applications within reach, and its export.

use std::sync::Arc;

use jiff::civil::Date;
use kernel::{
    Error as StoreError, Id, Message, NewEntry, Value,
    access::Reading,
    clock::Calendars,
    jobs::{self, JobState},
    schema::FieldErrors,
    unit,
};
use web::{
    Error, FormData, FormState, ListQuery, PAGE_ROWS, Page, Signed,
    list::Cursor,
    ui::{Cell, Choice, Column, Empty, Table, Tag},
};

use axum::extract::Path;

use super::{tasks, words};
use crate::{
    jobs::{self as work, export::Order},
    pages::OFFICE_ROLES,
    rules::State,
    store::{
        Definitions,
        lists::{self, RegisterFilter, RegisterOrder, RegisterPage},
    },
};

#[derive(askama::Template)]
#[template(path = "desk/register.html")]
struct Register {
    page: Page,
    table: Table,
}

/// The filters as the address has them; what cannot be read does not filter.
pub(super) fn filter(asked: &dyn Fn(&str) -> String, zone: indonesian::Zone, now: jiff::Timestamp) -> RegisterFilter {
    let some = |name: &str| Some(asked(name)).filter(|value| !value.is_empty());
    let day = |name: &str| some(name).and_then(|text| text.parse::<Date>().ok());
    RegisterFilter {
        kind: some("layanan"),
        state: some("keadaan").filter(|state| State::parse(state).is_some()),
        channel: some("jalur").filter(|channel| matches!(channel.as_str(), "counter" | "online" | "api" | "import")),
        unit: some("unit").and_then(|id| id.parse().ok()),
        late_at: some("lewat").map(|_| now),
        from: day("dari").map(|day| unit::start_of(zone, day)),
        until: day("sampai").and_then(|day| day.tomorrow().ok()).map(|day| unit::start_of(zone, day)),
        cases: None,
    }
}

/// The zone of the page's unit.
pub(super) fn zone_of(page: &Page) -> indonesian::Zone {
    unit::zone_of(page.zone()).unwrap_or(indonesian::Zone::Wib)
}

pub(super) async fn index(page: Page, Signed(officer): Signed, list: ListQuery) -> web::Result {
    let sort = list.sort(&["diterima", "tenggat"], "-diterima");
    let (cursor, backwards) = list.cursor();
    let after = cursor.and_then(|cursor| match cursor.0.as_slice() {
        [Value::Int(order), Value::Bytes(id)] => Some((*order, Id::try_from(id.as_slice()).ok()?)),
        _ => None,
    });
    let (now, search) = (page.now(), list.get("cari").chars().take(80).collect::<String>());
    let base = filter(&|name| list.get(name).to_owned(), zone_of(&page), now);
    let gov = Arc::clone(&page.state().gov);
    let (way, beyond) = (sort.sql(backwards), sort.beyond(backwards));
    let order = if sort.by == "tenggat" { RegisterOrder::Due } else { RegisterOrder::Received };
    let (rows, kinds) = page
        .gov()
        .disclose(&page.ctx(), move |tx| {
            let seat = lists::seat(tx, &officer, OFFICE_ROLES, now)?;
            let mut filter = base.clone();
            if !search.is_empty() {
                filter.cases = Some(lists::find_cases(tx, &seat.scope, &search)?);
            }
            let lines = lists::register(tx, &seat.scope, &filter, RegisterPage { order, way, beyond, after, limit: PAGE_ROWS + 1 })?;
            tx.note(tasks::listed("services.register.listed", &lines));
            let (book, definitions) = (gov.cached::<Calendars>().book(tx)?, gov.cached::<Definitions>());
            let mut rows = Vec::with_capacity(lines.len());
            for line in lines {
                let definition = definitions.get(tx, &line.definition)?;
                let office = book.office(&line.units);
                rows.push((line, definition, office));
            }
            Ok::<_, StoreError>((rows, lists::kinds_within(tx, &seat.scope)?))
        })
        .await?;
    let slice = list.slice(rows, PAGE_ROWS, |(line, _, _)| Cursor::at(vec![Value::Int(line.order), line.row.into()]));
    let cells = slice.rows.iter().map(|(line, definition, office)| {
        let due = words::due(&page, office, &line.due, line.on_time, now);
        let place = if line.at_title.is_empty() { String::new() } else { page.t1("services-desk-at", "post", line.at_title.as_str()) };
        vec![
            Cell::link(&format!("/tugas/{}", line.case_id), words::code(&line.code)).small(line.subject.clone()),
            Cell::text(definition.title.in_language(page.lang())).small(line.unit_name.clone()),
            Cell::component(&Tag::new(words::state_tone(&line.state), words::state(&page, &line.state))).small(place),
            Cell::text(page.moment_short(line.received_at, now)).small(page.t(&format!("services-desk-channel-{}", line.channel))),
            Cell::component(&due.tag()),
        ]
    });
    let table = match order {
        RegisterOrder::Received => Table::new(&page, &list, page.t("services-menu-cases")).caption_unseen(),
        RegisterOrder::Due => Table::new(&page, &list, page.t("services-desk-register-by-due")),
    };
    let table = filters(&page, table, &list, kinds)
        .column(Column::new(page.t("services-desk-code")))
        .column(Column::new(page.t("services-desk-service")))
        .column(Column::new(page.t("services-desk-state")))
        .column(Column::new(page.t("services-desk-received-head")).sortable("diterima"))
        .column(Column::new(page.t("services-desk-due")).sortable("tenggat"))
        .rows(cells)
        .pages(slice.previous, slice.next)
        .empty(
            Empty::new(page.t("services-desk-register-none"), page.t("services-desk-register-none-why"))
                .action("/loket", page.t("services-menu-counter")),
        )
        .export("/permohonan/unduh", page.form_fields());
    page.clone().html(&Register { page, table })
}

fn filters(page: &Page, table: Table, list: &ListQuery, kinds: Vec<(String, String)>) -> Table {
    let form = FormState::filled(page, list.form());
    let kinds: Vec<Choice> = kinds.into_iter().map(|(kind, title)| Choice::new(kind, title)).collect();
    let states: Vec<Choice> = State::ALL.into_iter().map(|state| Choice::new(state.as_str(), words::state(page, state.as_str()))).collect();
    let channels: Vec<Choice> =
        ["counter", "online", "api"].into_iter().map(|one| Choice::new(one, page.t(&format!("services-desk-channel-{one}")))).collect();
    table
        .filter(form.text("cari").label("services-desk-search"))
        .filter(form.select("layanan").label("services-desk-service").blank("web-all").choices(kinds))
        .filter(form.select("keadaan").label("services-desk-state").blank("web-all").choices(states))
        .filter(form.select("jalur").label("services-desk-channel").blank("web-all").choices(channels))
        .filter(form.day("dari").label("services-desk-from"))
        .filter(form.day("sampai").label("services-desk-until"))
        .filter(form.check("lewat").label("services-desk-late-only"))
}

// Export -------------------------------------------------------------------------------------------------------------

const FILTERS: [&str; 8] = ["cari", "layanan", "keadaan", "jalur", "dari", "sampai", "lewat", "unit"];

#[derive(askama::Template)]
#[template(path = "desk/export.html")]
struct Purpose {
    page: Page,
    form: FormState,
    format: String,
    filters: Vec<(&'static str, String)>,
}

/// Asks what the file is for, then queues the job that makes it.
pub(super) async fn export(page: Page, Signed(officer): Signed, form: FormData) -> web::Result {
    let format = web::export::Format::parse(form.get("format")).unwrap_or(web::export::Format::Xlsx).ending().to_owned();
    let filters: Vec<(&'static str, String)> = FILTERS
        .into_iter()
        .map(|name| (name, form.get(name).chars().take(80).collect::<String>()))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let purpose = form.get("tujuan").to_owned();
    if purpose.chars().count() < 5 {
        let asked_before = form.raw("tujuan").is_some();
        let mut errors = FieldErrors::default();
        if asked_before {
            errors.add("tujuan", Message::new("services-desk-export-why"));
        }
        let form = FormState::wrong(&page, form, errors);
        let view = Purpose { form, format, filters, page: page.clone() };
        return if asked_before { page.wrong(&view) } else { page.html(&view) };
    }
    let asked = |name: &str| filters.iter().find(|(own, _)| *own == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let (now, search) = (page.now(), asked("cari"));
    let wanted = filter(&asked, zone_of(&page), now);
    let order = Order {
        format,
        lang: page.lang().to_owned(),
        purpose: purpose.chars().take(200).collect(),
        kind: wanted.kind,
        state: wanted.state,
        channel: wanted.channel,
        unit: wanted.unit,
        late: wanted.late_at.is_some(),
        from: wanted.from,
        until: wanted.until,
        cases: None,
    };
    let job = page
        .gov()
        .write(&page.ctx(), move |tx| {
            let mut order = order.clone();
            if !search.is_empty() {
                let seat = lists::seat(tx, &officer, OFFICE_ROLES, now)?;
                order.cases = Some(lists::find_cases(tx, &seat.scope, &search)?);
            }
            let detail = serde_json::json!({ "purpose": order.purpose, "format": order.format });
            tx.entry(NewEntry::new("services.register.export_asked").detail(detail));
            work::order_export(tx, &order)
        })
        .await?;
    page.redirect(&format!("/permohonan/unduhan/{job}"))
}

#[derive(askama::Template)]
#[template(path = "desk/download.html")]
struct Download {
    page: Page,
    href: String,
    state: &'static str,
}

/// The kind of the job that makes the file.
const EXPORT: &str = "services.export";

async fn job_of(page: &Page, officer: &kernel::Officer, id: Id) -> web::Result<jobs::JobView> {
    let now = page.now();
    let job = page.gov().read(move |rx| jobs::one(rx, id, now)).await?;
    if job.kind == EXPORT && job.on_behalf_of == Some(officer.account) { Ok(job) } else { Err(Error::NotFound) }
}

/// How the export stands, and the file when it is ready.
pub(super) async fn download(page: Page, Signed(officer): Signed, Path(id): Path<Id>) -> web::Result {
    let job = job_of(&page, &officer, id).await?;
    let result = work::export::file_of(job.result.as_deref());
    let state = match job.state {
        JobState::Done if result.is_some() => "ready",
        JobState::Dead | JobState::Cancelled | JobState::Done => "failed",
        _ => "making",
    };
    let view = Download { href: page.path().to_owned(), state, page: page.clone() };
    page.html(&view)
}

pub(super) async fn file(page: Page, Signed(officer): Signed, Path(id): Path<Id>) -> web::Result {
    let job = job_of(&page, &officer, id).await?;
    let made = work::export::file_of(job.result.as_deref()).ok_or(Error::NotFound)?;
    page.gov()
        .write(&page.ctx(), move |tx| {
            tx.entry(NewEntry::new("services.register.export_fetched").object("file", made).detail(serde_json::json!({ "job": id })));
            Ok::<_, StoreError>(())
        })
        .await?;
    let bytes = super::case::bytes_of(&page, made).await?;
    let format = web::export::Format::parse(job.body["format"].as_str().unwrap_or_default()).unwrap_or(web::export::Format::Xlsx);
    page.download(&format!("permohonan.{}", format.ending()), format.media_type(), bytes)
}

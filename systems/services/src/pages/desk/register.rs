//! Permohonan: the register of applications within reach, and its export.

use std::sync::Arc;

use jiff::civil::Date;
use kernel::{Error as StoreError, Id, Value, access::Reading, clock::Calendars, unit};
use web::{
    FormData, FormState, ListQuery, PAGE_ROWS, Page, Signed,
    list::Cursor,
    ui::{Cell, Choice, Column, Empty, Table, Tag},
};

use super::{tasks, words};
use crate::{
    exports::{self, Order},
    pages::OFFICE_ROLES,
    rules::State,
    store::{
        Definitions,
        lists::{self, RegisterFilter, RegisterOrder, RegisterPage, StateFilter},
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
        state: some("keadaan").and_then(|state| StateFilter::parse(&state)),
        channel: some("jalur").filter(|channel| matches!(channel.as_str(), "counter" | "online" | "api" | "import")),
        unit: some("unit").and_then(|id| id.parse().ok()),
        below: some("wilayah").and_then(|id| id.parse().ok()),
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
    let groups = [("terbuka", "services-desk-state-open"), ("pemohon", "services-watch-applicant")];
    let groups = groups.into_iter().map(|(word, key)| Choice::new(word, page.t(key)));
    let states = State::ALL.into_iter().map(|state| Choice::new(state.as_str(), words::state(page, state.as_str())));
    let states: Vec<Choice> = groups.chain(states).collect();
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

const FILTERS: [&str; 9] = ["cari", "layanan", "keadaan", "jalur", "dari", "sampai", "lewat", "unit", "wilayah"];

/// Hands the list as it is filtered to the page before the file.
pub(super) async fn export(page: Page, Signed(officer): Signed, form: FormData) -> web::Result {
    let asked = |name: &str| form.get(name).chars().take(80).collect::<String>();
    let (now, search) = (page.now(), asked("cari"));
    let wanted = filter(&asked, zone_of(&page), now);
    let cases = match search.is_empty() {
        true => None,
        false => Some(
            page.gov()
                .read(move |rx| {
                    let seat = lists::seat(rx, &officer, OFFICE_ROLES, now)?;
                    lists::find_cases(rx, &seat.scope, &search)
                })
                .await?,
        ),
    };
    let order = Order {
        kind: wanted.kind,
        state: wanted.state.map(|_| asked("keadaan")),
        channel: wanted.channel,
        unit: wanted.unit,
        below: wanted.below,
        late: wanted.late_at.is_some(),
        from: wanted.from,
        until: wanted.until,
        cases,
    };
    let filters = FILTERS.map(|name| (name, asked(name)));
    let back = ListQuery::new("/permohonan", "").with(&filters.each_ref().map(|(name, value)| (*name, value.as_str())));
    page.export(exports::REGISTER, order.to_json(), form.get("format"), &back).await
}

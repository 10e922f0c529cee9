//! The breach register, with both notices and their texts.

use askama::Template;
use axum::extract::Path;
use jiff::Timestamp;
use kernel::{Error as KernelError, Message, NewEntry, access, schema::FieldErrors};
use web::{
    Error, FormData, FormState, Page, Routes,
    ui::{Cell, Column, Empty, KeyValues, Table, Tag, Tone},
};

use super::{OFFICER, ROWS, id_of, requests::List};
use crate::{
    model::Breach,
    rules,
    store::breaches::{self, To},
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/data-pribadi/pelanggaran", OFFICER, list)
        .get("/data-pribadi/pelanggaran/baru", OFFICER, ask)
        .post("/data-pribadi/pelanggaran/baru", OFFICER, record)
        .token()
        .get("/data-pribadi/pelanggaran/{breach}", OFFICER, show)
        .get("/data-pribadi/pelanggaran/{breach}/surat/{whom}", OFFICER, letter)
        .post("/data-pribadi/pelanggaran/{breach}/surat/{whom}", OFFICER, tell)
        .token()
        .post("/data-pribadi/pelanggaran/{breach}/tutup", OFFICER, close)
        .token()
}

/// How a notice stands: given in time or late, or how long is left.
fn notice_tag(page: &Page, given: Option<Timestamp>, due: Timestamp) -> Tag {
    match given {
        Some(at) if at <= due => Tag::new(Tone::Ok, page.t1("privacy-told", "at", page.moment(at))),
        Some(at) => Tag::new(Tone::Late, page.t1("privacy-told-late", "at", page.moment(at))),
        None if due < page.now() => Tag::new(Tone::Late, page.t1("privacy-untold-late", "at", page.moment(due))),
        None => Tag::new(Tone::Soon, page.t1("privacy-untold", "at", page.moment(due))),
    }
}

async fn list(page: Page) -> web::Result {
    let rows = page.gov().read(|rx| breaches::list(rx, ROWS)).await?;
    let row = |breach: &Breach| {
        vec![
            Cell::link(&format!("/data-pribadi/pelanggaran/{}", breach.id), &breach.title).small(page.t1(
                "privacy-persons-n",
                "n",
                breach.persons,
            )),
            Cell::text(page.moment(breach.found_at)),
            Cell::component(&notice_tag(&page, breach.agency_at, breach.due_at)),
            Cell::component(&notice_tag(&page, breach.subjects_at, breach.due_at)),
        ]
    };
    let table = Table::new(&page, &page.query(), page.t("privacy-menu-breaches"))
        .caption_unseen()
        .column(Column::new(page.t("privacy-breach")))
        .column(Column::new(page.t("privacy-found")))
        .column(Column::new(page.t("privacy-to-agency")))
        .column(Column::new(page.t("privacy-to-subjects")))
        .rows(rows.iter().map(row).collect::<Vec<_>>())
        .empty(Empty::new(page.t("privacy-breaches-none"), page.t("privacy-breaches-none-why")));
    let (title, lead) = (page.t("privacy-menu-breaches"), page.t("privacy-breaches-lead"));
    let new = Some(("/data-pribadi/pelanggaran/baru", page.t("privacy-breach-new")));
    page.clone().html(&List { page, title, lead, table, new })
}

#[derive(Template)]
#[template(path = "privacy/breach_new.html")]
struct New {
    page: Page,
    form: FormState,
}

async fn ask(page: Page) -> web::Result {
    let form = FormState::filled(
        &page,
        FormData::of([
            ("ditemukan", page.today().to_string()),
            ("jam", page.clock(page.now()).replace('.', ":").chars().take(5).collect()),
        ]),
    );
    page.clone().html(&New { page, form })
}

async fn record(page: Page, form: FormData) -> web::Result {
    let checked = rules::breach(&|name| form.get(name).to_owned(), form.number("orang"));
    let mut errors = checked.as_ref().err().cloned().unwrap_or_default();
    let found_at = found_at(&page, &form, &mut errors);
    let happened = form.date("terjadi").ok().flatten();
    if happened.is_none_or(|day| day > page.today()) {
        errors.add("terjadi", Message::new("privacy-date-needed"));
    }
    if let (Ok(checked), Some(found_at), Some(happened), true) = (checked, found_at, happened, errors.is_empty()) {
        let happened = happened.to_string();
        let id = page.gov().write(&page.ctx_for(&form)?, move |tx| breaches::record(tx, &checked, found_at, &happened)).await?;
        page.flash_ok(Message::new("privacy-breach-recorded"));
        return page.redirect(&format!("/data-pribadi/pelanggaran/{id}"));
    }
    let form = FormState::wrong(&page, form, errors);
    page.clone().wrong(&New { page, form })
}

/// When it was found: the clocks run from then, so not a moment of the future.
fn found_at(page: &Page, form: &FormData, errors: &mut FieldErrors) -> Option<Timestamp> {
    let day = form.date("ditemukan").ok().flatten();
    let time = form.get("jam").parse::<jiff::civil::Time>().ok();
    let zone = page.gov().settings().time_zone();
    let at = day.zip(time).and_then(|(day, time)| day.to_datetime(time).to_zoned(zone).ok()).map(|zoned| zoned.timestamp());
    let at = at.filter(|at| *at <= page.now());
    if at.is_none() {
        errors.add("ditemukan", Message::new("privacy-found-needed"));
    }
    at
}

#[derive(Template)]
#[template(path = "privacy/breach.html")]
struct Show {
    page: Page,
    breach: Breach,
    facts: KeyValues,
    agency: Tag,
    subjects: Tag,
    may_close: bool,
}

async fn load(page: &Page, id: &str) -> web::Result<Breach> {
    let id = id_of(id)?;
    let ctx = page.ctx();
    let found = page.gov().disclose(&ctx, move |view| {
        let breach = breaches::find(view, id)?;
        access::record(view, NewEntry::new("privacy.breach.opened").object("breach", id))?;
        Ok::<_, KernelError>(breach)
    });
    Ok(found.await?)
}

async fn show(page: Page, Path(id): Path<String>) -> web::Result {
    let breach = load(&page, &id).await?;
    let facts = KeyValues::new()
        .row(page.t("privacy-found"), page.moment(breach.found_at))
        .row(page.t("privacy-happened"), date_of(&page, &breach))
        .row(page.t("privacy-persons"), page.number(breach.persons))
        .row(page.t("privacy-breach-data"), &breach.data)
        .row(page.t("privacy-breach-how"), &breach.how)
        .row(page.t("privacy-breach-measures"), &breach.measures);
    page.clone().html(&Show {
        agency: notice_tag(&page, breach.agency_at, breach.due_at),
        subjects: notice_tag(&page, breach.subjects_at, breach.due_at),
        may_close: !breach.closed && breach.agency_at.is_some() && breach.subjects_at.is_some(),
        facts,
        breach,
        page,
    })
}

fn date_of(page: &Page, breach: &Breach) -> String {
    breach.happened_on.parse().map_or_else(|_| breach.happened_on.clone(), |day| page.date_long(day))
}

#[derive(Template)]
#[template(path = "privacy/breach_letter.html")]
struct Letter {
    page: Page,
    form: FormState,
    breach: Breach,
    whom: String,
    to_agency: bool,
    happened: String,
    found: String,
    today: String,
    government: String,
    given: bool,
}

fn letter_of(page: &Page, breach: Breach, whom: &str, form: FormState) -> web::Result<Letter> {
    let to = To::parse(whom).ok_or(Error::NotFound)?;
    let given = match to {
        To::Agency => breach.agency_at.is_some(),
        To::Subjects => breach.subjects_at.is_some(),
    };
    Ok(Letter {
        to_agency: to == To::Agency,
        happened: date_of(page, &breach),
        found: page.moment(breach.found_at),
        today: page.date_long(page.today()),
        government: page.government().to_owned(),
        whom: whom.to_owned(),
        given,
        breach,
        form,
        page: page.clone(),
    })
}

async fn letter(page: Page, Path((id, whom)): Path<(String, String)>) -> web::Result {
    To::parse(&whom).ok_or(Error::NotFound)?;
    let (breach, form) = (load(&page, &id).await?, FormState::empty(&page));
    page.html(&letter_of(&page, breach, &whom, form)?)
}

async fn tell(page: Page, Path((id, whom)): Path<(String, String)>, form: FormData) -> web::Result {
    let to = To::parse(&whom).ok_or(Error::NotFound)?;
    let mut errors = FieldErrors::default();
    let note = rules::text("cara", form.get("cara"), 3, 500, &mut errors);
    let breach = load(&page, &id).await?;
    if errors.is_empty() {
        let breach_id = breach.id;
        page.gov().write(&page.ctx_for(&form)?, move |tx| breaches::tell(tx, breach_id, to, &note)).await?;
        page.flash_ok(Message::new("privacy-breach-is-told"));
        return page.redirect(&format!("/data-pribadi/pelanggaran/{id}"));
    }
    let form = FormState::wrong(&page, form, errors);
    page.wrong(&letter_of(&page, breach, &whom, form)?)
}

async fn close(page: Page, Path(id): Path<String>, form: FormData) -> web::Result {
    let breach = id_of(&id)?;
    page.gov().write(&page.ctx_for(&form)?, move |tx| breaches::close(tx, breach)).await?;
    page.flash_ok(Message::new("privacy-breach-is-closed"));
    page.redirect(&format!("/data-pribadi/pelanggaran/{id}"))
}

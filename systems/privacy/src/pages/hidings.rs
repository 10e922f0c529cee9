//! Readings kept from a person for a time, each by decree and with an end.

use askama::Template;
use axum::extract::Path;
use kernel::{Error as KernelError, Message, NewEntry, access, case, party, schema::FieldErrors, unit};
use web::{
    FormData, FormState, Page, Routes,
    ui::{Cell, Choice, Column, Empty, Table},
};

use super::{OFFICER, ROWS, end_of, id_of, stand};
use crate::{
    model::{Hiding, HidingKind},
    rules,
    store::{
        hidings::{self, About},
        persons_of,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/data-pribadi/rahasia", OFFICER, list)
        .get("/data-pribadi/rahasia/baru", OFFICER, ask)
        .post("/data-pribadi/rahasia/baru", OFFICER, set)
        .token()
        .post("/data-pribadi/rahasia/{hiding}/cabut", OFFICER, lift)
        .token()
}

#[derive(Template)]
#[template(path = "privacy/hidings.html")]
struct List {
    page: Page,
    table: Table,
    /// Running ones: id and whom they are about, for the buttons.
    running: Vec<(String, String)>,
}

async fn list(page: Page) -> web::Result {
    let ctx = page.ctx();
    let rows = page.gov().disclose(&ctx, |view| {
        let rows = hidings::list(view, ROWS)?;
        let persons: Vec<_> = rows.iter().map(|row| row.person).collect();
        access::record(view, NewEntry::new("privacy.hidings.listed").detail(serde_json::json!({ "persons": persons })))?;
        Ok::<_, KernelError>(rows)
    });
    let rows = rows.await?;
    let row = |hiding: &Hiding| {
        vec![
            Cell::text(indonesian::mask_name(&hiding.person_name)).small(page.t(hiding.kind.key())),
            Cell::text(&hiding.decree).small(hiding.basis.clone()),
            Cell::text(&hiding.reason),
            Cell::component(&stand(&page, &hiding.lasting(), "privacy-limit-open")),
        ]
    };
    let table = Table::new(&page, &page.query(), page.t("privacy-menu-hidings"))
        .caption_unseen()
        .column(Column::new(page.t("privacy-person")))
        .column(Column::new(page.t("privacy-decree")))
        .column(Column::new(page.t("privacy-reason")))
        .column(Column::new(page.t("privacy-state")))
        .rows(rows.iter().map(row).collect::<Vec<_>>())
        .empty(Empty::new(page.t("privacy-hidings-none"), page.t("privacy-hidings-none-why")));
    let running = rows.iter().filter(|hiding| hiding.lasting().runs(page.now()));
    let running = running.map(|hiding| (hiding.id.to_string(), indonesian::mask_name(&hiding.person_name))).collect();
    page.clone().html(&List { page, table, running })
}

#[derive(Template)]
#[template(path = "privacy/hiding_new.html")]
struct New {
    page: Page,
    form: FormState,
    kinds: Vec<Choice>,
}

fn kinds(page: &Page) -> Vec<Choice> {
    HidingKind::ALL.into_iter().map(|kind| Choice::new(kind.as_str(), page.t(kind.key()))).collect()
}

async fn ask(page: Page) -> web::Result {
    let (form, kinds) = (FormState::empty(&page), kinds(&page));
    page.clone().html(&New { page, form, kinds })
}

async fn set(page: Page, form: FormData) -> web::Result {
    let checked = rules::hiding(&|name| form.get(name).to_owned(), form.date("sampai").ok().flatten(), page.today());
    let code = indonesian::Code::parse(form.get("kode"));
    let mut errors = checked.as_ref().err().cloned().unwrap_or_default();
    if code.is_err() {
        errors.add("kode", Message::new("privacy-code-wrong"));
    }
    if let (Ok(checked), Ok(code), true) = (checked, code, errors.is_empty()) {
        let until = end_of(&page, checked.until)?;
        let (only_case, slug) = (form.has("hanya"), form.get("unit").to_owned());
        let ctx = page.ctx_for(&form)?;
        let done = page.gov().write(&ctx, move |tx| {
            let found = match case::by_code(tx, code.as_str()) {
                Ok(found) => found,
                Err(KernelError::Missing) => return Ok(Err(("kode", "privacy-code-unknown"))),
                Err(error) => return Err(error),
            };
            let unit = match (slug.is_empty(), unit::by_slug(tx, &slug)?) {
                (true, _) => None,
                (false, Some(unit)) => Some(unit.id),
                (false, None) => return Ok(Err(("unit", "privacy-unit-unknown"))),
            };
            let case_id = only_case.then_some(found.id);
            for person in persons_of(tx, &found)? {
                if party::find(tx, person)?.is_some() {
                    hidings::set(tx, About { person, case_id, unit }, &checked, until)?;
                }
            }
            Ok(Ok(()))
        });
        match done.await? {
            Ok(()) => {
                page.flash_ok(Message::new("privacy-hiding-set"));
                return page.redirect("/data-pribadi/rahasia");
            }
            Err((field, key)) => errors.add(field, Message::new(key)),
        }
    }
    again(&page, form, errors)
}

fn again(page: &Page, form: FormData, errors: FieldErrors) -> web::Result {
    let (form, kinds) = (FormState::wrong(page, form, errors), kinds(page));
    page.wrong(&New { page: page.clone(), form, kinds })
}

async fn lift(page: Page, Path(id): Path<String>, form: FormData) -> web::Result {
    let id = id_of(&id)?;
    page.gov().write(&page.ctx_for(&form)?, move |tx| hidings::lift(tx, id)).await?;
    page.flash_ok(Message::new("privacy-hiding-is-lifted"));
    page.redirect("/data-pribadi/rahasia")
}

//! Where processing is restricted or consent withdrawn, and the way to lift it.

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as KernelError, Id, Message, NewEntry, access,
    limit::{self, Kind, Limit},
    party::{self, Person},
    schema::FieldErrors,
};
use web::{
    FormData, FormState, Page, Routes,
    ui::{Cell, Column, Empty, Html, KeyValues, Table},
};

use super::{OFFICER, ROWS, id_of, known_as, requests::List, stand};
use crate::rules;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/data-pribadi/pembatasan", OFFICER, list)
        .get("/data-pribadi/pembatasan/{limit}", OFFICER, show)
        .post("/data-pribadi/pembatasan/{limit}", OFFICER, lift)
        .token()
}

fn kind(page: &Page, limit: &Limit) -> String {
    page.t(if limit.kind == Kind::Restricted { "privacy-limit-restricted" } else { "privacy-limit-withdrawn" })
}

fn who(people: &[Person], person: Id) -> String {
    people.iter().find(|one| one.id == person).map(known_as).unwrap_or_default()
}

async fn list(page: Page) -> web::Result {
    let ctx = page.ctx();
    let found = page.gov().disclose(&ctx, |view| {
        let limits = limit::list(view, ROWS)?;
        let persons: Vec<Id> = limits.iter().map(|limit| limit.person).collect();
        let people = party::find_all(view, &persons)?;
        access::record(view, NewEntry::new("privacy.limits.listed").detail(serde_json::json!({ "persons": persons })))?;
        Ok::<_, KernelError>((limits, people))
    });
    let (limits, people) = found.await?;
    let row = |limit: &Limit| {
        vec![
            Cell::link(&format!("/data-pribadi/pembatasan/{}", limit.id), who(&people, limit.person)).small(kind(&page, limit)),
            Cell::text(&limit.decree).small(limit.reason.clone()),
            Cell::text(page.moment(limit.lasting.from)),
            Cell::component(&stand(&page, &limit.lasting, "privacy-limit-open")).small(limit.lifted_decree.clone()),
        ]
    };
    let table = Table::new(&page, &page.query(), page.t("privacy-menu-limits"))
        .caption_unseen()
        .column(Column::new(page.t("privacy-person")))
        .column(Column::new(page.t("privacy-decree")))
        .column(Column::new(page.t("privacy-from")))
        .column(Column::new(page.t("privacy-state")))
        .rows(limits.iter().map(row).collect::<Vec<_>>())
        .empty(Empty::new(page.t("privacy-limits-none"), page.t("privacy-limits-none-why")));
    let (title, lead) = (page.t("privacy-menu-limits"), page.t("privacy-limits-lead"));
    page.clone().html(&List { page, title, lead, table, new: None })
}

#[derive(Template)]
#[template(path = "privacy/limit.html")]
struct Show {
    page: Page,
    form: FormState,
    id: String,
    title: String,
    facts: KeyValues,
    runs: bool,
}

async fn page_of(page: &Page, id: Id, form: FormState) -> web::Result<Show> {
    let ctx = page.ctx();
    let found = page.gov().write(&ctx, move |tx| {
        let limit = limit::find(tx, id)?.ok_or(KernelError::Missing)?;
        access::record(tx, NewEntry::new("privacy.limit.opened").object("person", limit.person))?;
        let person = party::find(tx, limit.person)?;
        Ok::<_, KernelError>((limit, person))
    });
    let (limit, person) = found.await?;
    let facts = KeyValues::new()
        .row(page.t("privacy-person"), person.as_ref().map(known_as).unwrap_or_default())
        .row(page.t("privacy-decree"), &limit.decree)
        .row(page.t("privacy-basis"), &limit.reason)
        .row(page.t("privacy-from"), page.moment(limit.lasting.from))
        .html(page.t("privacy-state"), Html::of(&stand(page, &limit.lasting, "privacy-limit-open")))
        .row_if(page.t("privacy-limit-lifted-by"), &limit.lifted_decree);
    let facts = match limit.cause {
        Some(case) => {
            let link = Html::link(&format!("/data-pribadi/permintaan/{case}"), &page.t("privacy-limit-request"));
            facts.html(page.t("privacy-request"), link)
        }
        None => facts,
    };
    let (title, runs) = (kind(page, &limit), limit.lasting.runs(page.now()));
    Ok(Show { page: page.clone(), form, id: id.to_string(), title, facts, runs })
}

async fn show(page: Page, Path(id): Path<String>) -> web::Result {
    let form = FormState::empty(&page);
    let shown = page_of(&page, id_of(&id)?, form).await?;
    page.html(&shown)
}

async fn lift(page: Page, Path(id): Path<String>, form: FormData) -> web::Result {
    let id = id_of(&id)?;
    let mut errors = FieldErrors::default();
    let decree = rules::text("keputusan", form.get("keputusan"), 3, 200, &mut errors);
    if errors.is_empty() {
        match page.gov().write(&page.ctx_for(&form)?, move |tx| limit::lift(tx, id, &decree)).await {
            Ok(()) => {
                page.flash_ok(Message::new("privacy-limit-is-lifted"));
                return page.redirect("/data-pribadi/pembatasan");
            }
            Err(KernelError::Refused(message)) => errors.add("keputusan", message),
            Err(error) => return Err(error.into()),
        }
    }
    let form = FormState::wrong(&page, form, errors);
    let shown = page_of(&page, id, form).await?;
    page.wrong(&shown)
}

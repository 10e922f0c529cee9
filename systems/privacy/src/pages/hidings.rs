//! Readings kept from a person for a time, each by decree and with an end.

use askama::Template;
use kernel::{Error as KernelError, Message, NewEntry, Rx, case, party, schema::FieldErrors, unit};
use web::{FormData, FormState, Page, Routes, ui::Choice};

use super::{
    OFFICER, ROWS,
    decisions::{self, Decision, Shape},
    end_of,
};
use crate::{
    model::{Hiding, HidingKind},
    rules,
    store::{
        hidings::{self, About},
        persons_of,
    },
};

static HIDINGS: Shape = Shape {
    path: "/data-pribadi/rahasia",
    one: "/data-pribadi/rahasia/{hiding}",
    title: "privacy-menu-hidings",
    lead: "privacy-hidings-lead",
    none: "privacy-hidings-none",
    none_why: "privacy-hidings-none-why",
    open: "privacy-limit-open",
    lift_do: "privacy-hiding-lift",
    lift_does: "privacy-hiding-lift-does",
    lifted: "privacy-hiding-is-lifted",
    new: Some(("/data-pribadi/rahasia/baru", "privacy-hiding-new")),
    listed: ("privacy.hidings.listed", "persons"),
    opened: |one| NewEntry::new("privacy.hiding.opened").object("hiding", one.id),
    list,
    find: |rx, id| Ok(decision(hidings::find(rx, id)?)),
    lift: hidings::lift,
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/data-pribadi/rahasia/baru", OFFICER, ask)
        .post("/data-pribadi/rahasia/baru", OFFICER, set)
        .token()
        .and(decisions::routes(&HIDINGS))
}

fn decision(hiding: Hiding) -> Decision {
    Decision {
        id: hiding.id,
        subject: hiding.person,
        about: indonesian::mask_name(&hiding.person_name),
        what: hiding.kind.key(),
        heading: hiding.kind.key(),
        lasting: hiding.lasting(),
        decree: hiding.decree,
        basis: hiding.basis,
        reason: hiding.reason,
        lifted_decree: hiding.lifted_decree,
        request: None,
    }
}

fn list(rx: &mut Rx<'_>) -> kernel::Result<Vec<Decision>> {
    Ok(hidings::list(rx, ROWS)?.into_iter().map(decision).collect())
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

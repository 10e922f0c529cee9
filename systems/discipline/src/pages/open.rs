//! `/sanksi/baru`: opening a case.

use std::sync::Arc;

use askama::Template;
use kernel::{
    Error as KernelError, Message,
    grant::{ADMIN, Located, Scope, UNIT_ADMIN},
    schema::FieldErrors,
    unit,
};
use web::{FormData, FormState, Page};

use super::acting;
use crate::{
    model::{Subject, Target},
    rules, store,
};

#[derive(Template)]
#[template(path = "discipline/open.html")]
struct Open {
    page: Page,
    form: FormState,
}

pub(super) async fn ask(page: Page) -> web::Result {
    let form = FormData::of([("tentang", "official"), ("akun", page.query().get("akun"))]);
    let form = FormState::filled(&page, form);
    page.clone().html(&Open { page, form })
}

pub(super) async fn open(page: Page, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let mut errors = FieldErrors::default();
    let typed = |name: &str| form.raw(name);
    let (basis, allegation) = (rules::line(&typed, "dasar", &mut errors), rules::text(&typed, "uraian", &mut errors));
    if basis.is_empty() {
        errors.add("dasar", Message::new("discipline-basis-needed"));
    }
    let subject = Subject::parse(form.get("tentang")).unwrap_or(Subject::Official);
    let field = if subject == Subject::Official { "akun" } else { "unit" };
    let (named, now) = (form.get(field).to_owned(), page.now());
    let found = page
        .gov()
        .read(move |rx| {
            let target = match subject {
                Subject::Official => store::target(rx, &named, now)?,
                Subject::Unit => unit::by_code(rx, &named)?.or(unit::by_slug(rx, &named)?).map(|unit| Target {
                    subject,
                    account: None,
                    person: None,
                    unit: unit.id,
                    label: unit.name,
                }),
            };
            let Some(target) = target else { return Ok(None) };
            let at = unit::find(rx, target.unit)?.map(|unit| Located::at(&unit));
            Ok::<_, KernelError>(at.map(|at| (target, at)))
        })
        .await?;
    // An account out of reach is as unknown as one that does not exist.
    let reach = Scope::of_roles(&officer, &[UNIT_ADMIN, ADMIN]);
    let target = found.filter(|(_, at)| reach.covers(at)).map(|(target, _)| target);
    if target.is_none() {
        errors.add(field, Message::new("discipline-target-unknown"));
    }
    if target.as_ref().is_some_and(|target| target.account == Some(officer.account)) {
        errors.add(field, Message::new("discipline-not-yourself"));
    }
    let (Some(target), true) = (target, errors.is_empty()) else { return again(page, form, errors) };
    let keys = Arc::clone(page.gov().keys());
    match page.gov().write(&ctx, move |tx| store::open(tx, &keys, &target, &basis, &allegation)).await {
        Ok(id) => {
            page.flash_ok(Message::new("discipline-opened"));
            page.redirect(&format!("/sanksi/kasus/{id}"))
        }
        Err(KernelError::Refused(message)) => {
            errors.add(field, message);
            again(page, form, errors)
        }
        Err(other) => Err(other.into()),
    }
}

fn again(page: Page, form: FormData, errors: FieldErrors) -> web::Result {
    let form = FormState::wrong(&page, form, errors);
    page.clone().wrong(&Open { page, form })
}

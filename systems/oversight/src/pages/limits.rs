//! The bounds: when a day is unusual, and when a list needs a second key.

use kernel::{
    Error as StoreError, Message,
    export::Policy,
    grant::{ADMIN, INSPECTOR},
};
use web::{Error, FieldErrors, FormData, FormState, Page, ui::Field};

use crate::{model::Bounds, rules, store};

#[derive(askama::Template)]
#[template(path = "oversight/limits.html")]
struct Show {
    page: Page,
    form: FormState,
    may_set: bool,
    may_set_policy: bool,
}

/// The bounds by the name of their field.
const FIELDS: [&str; 10] = [
    "volume_least",
    "volume_times",
    "history_days",
    "history_least",
    "closed_day_least",
    "after_hours_least",
    "kin_least",
    "outside_least",
    "other_village_least",
    "answer_days",
];

impl Show {
    fn fields(&self) -> Vec<Field> {
        FIELDS.iter().map(|name| self.form.number(name).label(&format!("oversight-bound-{}", name.replace('_', "-"))).narrow()).collect()
    }
}

async fn loaded(page: &Page) -> Result<FormData, Error> {
    let (bounds, policy) = page.gov().read(|rx| Ok::<_, StoreError>((store::bounds(rx)?, Policy::of(rx)?))).await?;
    let values = serde_json::to_value(bounds)?;
    let mut form = FormData::of(FIELDS.map(|name| (name, values[name].to_string())));
    form.set("orang", policy.second_key_from_persons.to_string());
    form.set("jam", policy.valid_hours.to_string());
    Ok(form)
}

fn shown(page: &Page, form: FormState, again: bool) -> web::Result {
    let holds = |role: &str| page.officer().is_some_and(|officer| officer.holds(role));
    let view = Show { form, may_set: holds(INSPECTOR), may_set_policy: holds(ADMIN), page: page.clone() };
    if again { page.wrong(&view) } else { page.html(&view) }
}

pub(super) async fn ask(page: Page) -> web::Result {
    let form = FormState::filled(&page, loaded(&page).await?);
    shown(&page, form, false)
}

/// What was typed over what holds.
async fn wrong(page: &Page, form: &FormData, errors: FieldErrors) -> web::Result {
    let mut all = loaded(page).await?;
    for (name, value) in form.typed() {
        all.set(name, value);
    }
    shown(page, FormState::wrong(page, all, errors), true)
}

pub(super) async fn save(page: Page, form: FormData) -> web::Result {
    let values: serde_json::Map<String, serde_json::Value> =
        FIELDS.iter().map(|name| ((*name).to_owned(), form.number(name).unwrap_or(-1).into())).collect();
    let bounds: Bounds = serde_json::from_value(values.into())?;
    let mut errors = FieldErrors::default();
    for name in rules::out_of_range(&bounds) {
        errors.add(name, Message::new("oversight-bound-range"));
    }
    if !errors.is_empty() {
        return wrong(&page, &form, errors).await;
    }
    page.gov().write(&page.ctx_for(&form)?, move |tx| store::set_bounds(tx, &bounds)).await?;
    page.flash_ok(Message::new("oversight-bounds-saved"));
    page.redirect("/pengawasan/batas")
}

pub(super) async fn save_policy(page: Page, form: FormData) -> web::Result {
    let policy = Policy { second_key_from_persons: form.number("orang").unwrap_or(0), valid_hours: form.number("jam").unwrap_or(0) };
    match page.gov().write(&page.ctx_for(&form)?, move |tx| policy.set(tx)).await {
        Ok(()) => {
            page.flash_ok(Message::new("oversight-bounds-saved"));
            page.redirect("/pengawasan/batas")
        }
        Err(StoreError::Refused(message)) => {
            let mut errors = FieldErrors::default();
            errors.add("orang", message);
            wrong(&page, &form, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

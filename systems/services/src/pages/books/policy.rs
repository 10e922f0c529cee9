//! How the unit numbers its letters, with the next number as it would be written.

use askama::Template;
use kernel::{
    Message, NewEntry,
    numbering::{self, Policy, Scope},
};
use web::{Error, FieldErrors, FormData, FormState, ListQuery, Page};

use super::{KEEPER_ROLES, numbers};
use crate::{
    pages::village::place::{Place, refusal},
    store::registers,
};

#[derive(Template)]
#[template(path = "books/policy.html")]
struct Ask {
    page: Page,
    place: Place,
    form: FormState,
    /// The next number under what the form says, or as it is now.
    next: Option<String>,
    tried: bool,
}

pub(super) async fn ask(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, KEEPER_ROLES).await?;
    let unit = place.unit.id;
    let policy = page.gov().read(move |rx| Policy::of(rx, unit)).await?;
    let scope = if policy.scope == Scope::Agenda { "agenda" } else { "klasifikasi" };
    let form = FormData::of([("unit", place.unit.slug.as_str()), ("cakupan", scope), ("pola", policy.template.source())]);
    let next = next(&page, &place, None).await?.ok();
    let page = place.dress(page);
    let form = FormState::filled(&page, form);
    page.clone().html(&Ask { page, place, form, next, tried: false })
}

/// The next number of a letter of the first classification that holds, today.
async fn next(page: &Page, place: &Place, tried: Option<(Policy, String)>) -> Result<Result<String, Message>, Error> {
    let today = page.today();
    let codes = page.gov().read(move |rx| numbers::codes(rx, today)).await?;
    // A letter about residents is what villages write most.
    let usual = codes.iter().find(|code| code.value.starts_with("400.12")).or(codes.first());
    let code = usual.map(|code| code.value.clone()).unwrap_or_default();
    let ctx = page.ctx();
    refusal(registers::next_number(page.gov(), &ctx, place.unit.id, tried, code, today).await)
}

pub(super) async fn save(page: Page, form: FormData) -> web::Result {
    let place = Place::of_form(&page, form.get("unit"), KEEPER_ROLES).await?;
    let mut errors = FieldErrors::default();
    let scope = match form.get("cakupan") {
        "klasifikasi" => Scope::Classification,
        "agenda" => Scope::Agenda,
        _ => {
            errors.add("cakupan", Message::new("services-choose"));
            Scope::Agenda
        }
    };
    let policy = Policy::new(scope, form.get("pola")).map_err(|message| errors.add("pola", message)).ok();
    let abbreviation = form.get("singkatan").to_owned();
    let (mut seen, tried) = (None, form.get("langkah") == "lihat");
    if let (Some(policy), true) = (policy, errors.is_empty()) {
        match next(&page, &place, Some((policy.clone(), abbreviation.clone()))).await? {
            Ok(number) => seen = Some(number),
            Err(message) => errors.add(field_of(&message), message),
        }
        if !tried && errors.is_empty() {
            let (ctx, unit, year) = (page.ctx(), place.unit.id, i64::from(page.today().year()));
            let done = page.gov().write(&ctx, move |tx| {
                policy.set(tx, unit, year)?;
                if !abbreviation.is_empty() {
                    numbering::set_abbreviation(tx, unit, &abbreviation)?;
                }
                tx.entry(NewEntry::new("services.numbering.set").unit(unit).object("unit", unit));
                Ok::<_, kernel::Error>(())
            });
            match refusal(done.await)? {
                Ok(()) => {
                    page.flash_ok(Message::new("services-policy-set").arg("number", seen.unwrap_or_default()));
                    return page.redirect(&place.href("/buku/agenda/aturan"));
                }
                Err(message) => errors.add(field_of(&message), message),
            }
        }
    }
    let page = place.dress(page);
    let wrong = !errors.is_empty();
    let form = FormState::wrong(&page, form, errors);
    let view = Ask { page: page.clone(), place, form, next: seen, tried: true };
    if wrong { page.wrong(&view) } else { page.html(&view) }
}

fn field_of(message: &Message) -> &'static str {
    match &*message.key {
        "number-abbreviation" => "singkatan",
        "number-scope-in-use" => "cakupan",
        _ => "pola",
    }
}

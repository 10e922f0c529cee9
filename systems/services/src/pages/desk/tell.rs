//! "Kirim lewat WhatsApp": the text is prepared here and sent from the officer's own telephone. It never holds a NIK.

use std::sync::Arc;

use axum::extract::Path;
use indonesian::Phone;
use kernel::{Error as StoreError, Id, Message, NewEntry, access, notice, party, schema::FieldErrors};
use web::{FormData, FormState, Page, Signed, encoded};

use super::{load, words};
use crate::store::Dossier;

#[derive(askama::Template)]
#[template(path = "desk/tell.html")]
struct Tell {
    page: Page,
    form: FormState,
    href: String,
    title: String,
    code: String,
    text: String,
    known: Option<String>,
    /// `https://wa.me/…`, once the sending was written down.
    link: Option<String>,
}

/// What the case gives for the message.
struct Facts {
    dossier: Dossier,
    phone: Option<Phone>,
}

async fn facts(page: &Page, officer: &Arc<kernel::Officer>, case_id: Id, told: bool) -> web::Result<Facts> {
    let (gov, officer) = (Arc::clone(&page.state().gov), Arc::clone(officer));
    let ctx = page.ctx();
    let found = page.gov().write(&ctx, move |tx| {
        let (_, dossier) = load::mine(tx, &gov, &officer, case_id)?;
        access::record(tx, NewEntry::new("services.application.opened").case(case_id).unit(dossier.case.unit).object("case", case_id))?;
        let (given, _) = dossier.application.contact(gov.keys(), case_id)?;
        let mut phone = given.as_deref().and_then(|given| Phone::parse(given).ok());
        let applicant = dossier.case.applicant;
        if phone.is_none()
            && let Some(person) = applicant
            && let Some(person) = party::find(tx, person)?.filter(kernel::party::Person::has_phone)
        {
            phone = party::reveal(tx, gov.keys(), &person, "notice", Some(case_id))?.phone;
        }
        if told {
            let args = serde_json::json!({ "state": dossier.case.state });
            notice::by_whatsapp(tx, case_id, applicant, "services-desk-whatsapp", &args)?;
        }
        Ok::<_, StoreError>(Facts { dossier, phone })
    });
    Ok(found.await?)
}

fn text(page: &Page, dossier: &Dossier) -> String {
    let case = &dossier.case;
    let key = format!(
        "services-desk-whatsapp-{}",
        match case.state.as_str() {
            "incomplete" => "incomplete",
            "ready" => "ready",
            "done" => "done",
            "refused" => "refused",
            "cancelled" => "cancelled",
            _ => "moving",
        }
    );
    page.tn(
        &key,
        &[
            ("service", dossier.offer.definition.title.in_language(page.lang()).into()),
            ("unit", dossier.offer.unit.name.as_str().into()),
            ("code", words::code(&case.code).into()),
            ("url", page.url(&format!("/lacak/{}", case.code)).into()),
        ],
    )
}

fn template(page: &Page, facts: &Facts, form: FormState, link: Option<String>) -> Tell {
    Tell {
        form,
        href: format!("/tugas/{}", facts.dossier.case.id),
        title: facts.dossier.offer.definition.title.in_language(page.lang()).to_owned(),
        code: words::code(&facts.dossier.case.code),
        text: text(page, &facts.dossier),
        known: facts.phone.as_ref().map(Phone::masked),
        link,
        page: page.clone(),
    }
}

/// The prepared text.
pub(super) async fn ask(page: Page, Signed(officer): Signed, Path(case_id): Path<Id>) -> web::Result {
    let facts = facts(&page, &officer, case_id, false).await?;
    let form = FormState::empty(&page);
    page.html(&template(&page, &facts, form, None))
}

/// Writes down that it is sent by hand, and gives the link that opens WhatsApp on this device.
pub(super) async fn send(page: Page, Signed(officer): Signed, Path(case_id): Path<Id>, form: FormData) -> web::Result {
    let typed = form.get("nomor").to_owned();
    let number = if typed.is_empty() { Ok(None) } else { Phone::parse(&typed).map(Some) };
    let Ok(number) = number else {
        let facts = facts(&page, &officer, case_id, false).await?;
        let mut errors = FieldErrors::default();
        errors.add("nomor", Message::new("field-not-a-phone"));
        let form = FormState::wrong(&page, form, errors);
        return page.wrong(&template(&page, &facts, form, None));
    };
    let facts = facts(&page, &officer, case_id, true).await?;
    let number = number.or_else(|| facts.phone.clone()).map(|phone| phone.e164().trim_start_matches('+').to_owned()).unwrap_or_default();
    let link = format!("https://wa.me/{number}?text={}", encoded(&text(&page, &facts.dossier)).replace('/', "%2F"));
    let form = FormState::filled(&page, form);
    page.html(&template(&page, &facts, form, Some(link)))
}

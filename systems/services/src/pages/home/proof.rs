//! The second proof of an applicant: birth date and the NIK's tail, or a link sent to the e-mail address given.

use std::sync::Arc;

use axum::{extract::Path, http::HeaderMap};
use jiff::Timestamp;
use kernel::{Actor, Message, proof::Proof as Outcome, schema::FieldErrors};
use web::{Error, FormData, FormState, Page, proof};

use super::{about, code_of};
use crate::store::{catalogue::Spot, tracking};

/// Whether this browser gave the second proof of `code` within the last half hour.
pub(super) fn is_proved(page: &Page, headers: &HeaderMap, code: &str) -> bool {
    proof::proved(page, headers).is_some_and(|proved| code_of(code).is_ok_and(|code| code.as_str() == proved.code))
}

#[derive(askama::Template)]
#[template(path = "home/proof.html")]
struct Proof {
    page: Page,
    form: FormState,
    code: String,
    shown: String,
}

#[derive(askama::Template)]
#[template(path = "home/proof_link.html")]
struct LinkPage {
    page: Page,
    code: String,
    token: String,
}

async fn open(page: Page, code: &str) -> web::Result<(Page, indonesian::Code)> {
    let code = code_of(code).map_err(|_| Error::NotFound)?;
    let spot: Spot = {
        let gov = Arc::clone(&page.state().gov);
        page.gov().read(move |rx| Ok::<_, kernel::Error>(tracking::track(rx, &gov, code.as_str())?.spot)).await?
    };
    Ok((about(page, &spot), code))
}

pub(super) async fn show(page: Page, Path(code): Path<String>) -> web::Result {
    let (page, code) = open(page, &code).await?;
    let form = FormState::empty(&page);
    page.clone().html(&Proof { page, form, code: code.as_str().to_owned(), shown: code.to_string() })
}

pub(super) async fn check(page: Page, Path(code): Path<String>, form: FormData) -> web::Result {
    let (page, code) = open(page, &code).await?;
    let born = form.date("lahir").ok().flatten();
    let tail = form.get("nik").to_owned();
    let mut errors = FieldErrors::default();
    if born.is_none() {
        errors.add("lahir", Message::new("services-home-born-needed"));
    }
    if tail.len() != 4 || !tail.bytes().all(|digit| digit.is_ascii_digit()) {
        errors.add("nik", Message::new("services-home-tail-needed"));
    }
    if errors.is_empty() {
        let proved = page.gov().write(&page.ctx_as(Actor::Public), move |tx| tracking::prove(tx, code.as_str(), born, &tail)).await?;
        match proved {
            Outcome::Right(person) => {
                proof::remember(&page, code.as_str(), Some(person));
                return page.redirect(&format!("/lacak/{}", code.as_str()));
            }
            Outcome::Wait(until) => return Err(too_many(&page, until)),
            Outcome::Wrong => errors.add("lahir", Message::new("services-home-proof-wrong")),
        }
    }
    let form = FormState::wrong(&page, FormData::of([("lahir", form.get("lahir"))]), errors);
    page.clone().wrong(&Proof { page, form, code: code.as_str().to_owned(), shown: code.to_string() })
}

pub(super) fn too_many(page: &Page, until: Timestamp) -> Error {
    let seconds = until.duration_since(page.now()).as_secs().max(1);
    Error::TooMany { retry_after_seconds: u64::try_from(seconds).unwrap_or(1) }
}

pub(super) async fn mail(page: Page, Path(code): Path<String>, _form: FormData) -> web::Result {
    let (page, code) = open(page, &code).await?;
    let sent = page.gov().write(&page.ctx_as(Actor::Public), move |tx| tracking::ask_proof_mail(tx, code.as_str())).await?;
    if let Some(until) = sent {
        return Err(too_many(&page, until));
    }
    page.flash_ok(Message::new("services-home-proof-mailed"));
    page.redirect(&format!("/lacak/{}/bukti", code.as_str()))
}

/// A mail reader may open links by itself: the link counts when the button is pressed.
pub(super) async fn link(page: Page, Path((code, token)): Path<(String, String)>) -> web::Result {
    let (page, code) = open(page, &code).await?;
    page.clone().html(&LinkPage { page, code: code.as_str().to_owned(), token })
}

pub(super) async fn use_link(page: Page, Path((code, token)): Path<(String, String)>, _form: FormData) -> web::Result {
    let (page, code) = open(page, &code).await?;
    let used = page.gov().write(&page.ctx_as(Actor::Public), move |tx| tracking::prove_by_link(tx, code.as_str(), &token)).await;
    match used {
        Ok(person) => {
            proof::remember(&page, code.as_str(), person);
            page.redirect(&format!("/lacak/{}", code.as_str()))
        }
        Err(kernel::Error::Refused(message)) => Err(Error::Gone(message)),
        Err(error) => Err(error.into()),
    }
}

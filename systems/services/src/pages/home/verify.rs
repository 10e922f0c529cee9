//! Checking a letter: what is registered of it, in words anybody understands, with the holder's name masked.

use std::sync::Arc;

use axum::{
    extract::Path,
    http::{HeaderValue, header},
};
use indonesian::Code;
use kernel::{
    Actor, Message,
    document::{Comparison, Status},
};
use sha2::{Digest, Sha256};
use web::{
    FormData, FormState, Page,
    ui::{KeyValues, Tone},
};

use super::{about, code_message, proof::too_many};
use crate::{
    letters::registered::Part,
    store::verify::{self, Held, Verified},
};

#[derive(askama::Template)]
#[template(path = "home/verify_ask.html")]
struct Ask {
    page: Page,
    form: FormState,
}

pub(super) async fn ask(page: Page) -> web::Result {
    let query = page.query();
    let typed = if query.get("surat").trim().is_empty() { query.get("kode") } else { query.get("surat") }.to_owned();
    if typed.trim().is_empty() {
        let form = FormState::empty(&page);
        return page.clone().html(&Ask { page, form });
    }
    match Code::parse(&typed) {
        Ok(code) => page.redirect(&format!("/verifikasi/{}", code.as_str())),
        Err(error) => asked_again(&page, &typed, &error),
    }
}

fn asked_again(page: &Page, typed: &str, error: &indonesian::CodeError) -> web::Result {
    let mut errors = kernel::schema::FieldErrors::default();
    errors.add("surat", code_message(error));
    let typed: String = typed.chars().take(60).collect();
    let form = FormState::wrong(page, FormData::of([("surat", typed)]), errors);
    page.wrong(&Ask { page: page.clone(), form })
}

/// What a comparison found.
struct Compared {
    tone: Tone,
    title: String,
    text: String,
}

#[derive(askama::Template)]
#[template(path = "home/verify.html")]
struct Shown {
    page: Page,
    form: FormState,
    code: String,
    tone: Tone,
    sign: &'static str,
    title: String,
    text: String,
    replaced: Option<String>,
    facts: Option<KeyValues>,
    compared: Option<Compared>,
    /// The two things printed on the paper, where they can be typed.
    held: Option<FormState>,
    /// What the letter says, once both were right.
    parts: Vec<Part>,
    checked_at: String,
    receipt: Option<String>,
}

pub(super) async fn show(page: Page, Path(typed): Path<String>) -> web::Result {
    let code = match Code::parse(&typed) {
        Ok(code) => code,
        Err(error) => return asked_again(&page, &typed, &error),
    };
    let (page, verified) = open(page, code).await?;
    let form = FormState::empty(&page);
    page.clone().html(&shown(page, code, &verified, None, form))
}

pub(super) async fn compare(page: Page, Path(typed): Path<String>, form: FormData) -> web::Result {
    let code = match Code::parse(&typed) {
        Ok(code) => code,
        Err(error) => return asked_again(&page, &typed, &error),
    };
    let (page, verified) = open(page, code).await?;
    let Some(file) = form.file("berkas") else {
        let mut errors = kernel::schema::FieldErrors::default();
        errors.add("berkas", Message::new("field-file-required"));
        let form = FormState::wrong(&page, FormData::default(), errors);
        return page.clone().wrong(&shown(page, code, &verified, None, form));
    };
    let hash: [u8; 32] = Sha256::digest(&file.bytes).into();
    let found = page.gov().read(move |rx| verify::compare(rx, &code, &hash)).await?;
    let (tone, key) = match found {
        Comparison::Scan => (Tone::Ok, "services-home-compared-scan"),
        Comparison::Print => (Tone::Soon, "services-home-compared-print"),
        Comparison::Different => (Tone::Late, "services-home-compared-different"),
        Comparison::NotRegistered => (Tone::Wait, "services-home-compared-none"),
    };
    let compared = Compared { tone, title: page.t(key), text: page.t(&format!("{key}-text")) };
    let form = FormState::empty(&page);
    page.clone().html(&shown(page, code, &verified, Some(compared), form))
}

/// Somebody types two things that are printed on the paper she holds. Nothing of it is kept in the browser: reloading asks again.
pub(super) async fn held(page: Page, Path(typed): Path<String>, form: FormData) -> web::Result {
    let code = match Code::parse(&typed) {
        Ok(code) => code,
        Err(error) => return asked_again(&page, &typed, &error),
    };
    let (page, verified) = open(page, code).await?;
    if !verified.comparable {
        return page.redirect(&format!("/verifikasi/{}", code.as_str()));
    }
    let mut errors = kernel::schema::FieldErrors::default();
    let name = form.required("nama", "services-home-held-name-needed", &mut errors).to_owned();
    let born = form.date("lahir").ok().flatten();
    if born.is_none() {
        errors.add("lahir", Message::new("services-home-born-needed"));
    }
    let mut shown = shown(page.clone(), code, &verified, None, FormState::empty(&page));
    if let (Some(born), true) = (born, errors.is_empty()) {
        let (gov, today, who) = (Arc::clone(&page.state().gov), page.today(), page.ctx_as(Actor::Public));
        match page.gov().write(&who, move |tx| verify::held(tx, &gov, &code, today, &name, born)).await? {
            Held::Right(parts) => {
                shown.parts = parts;
                let mut response = page.html(&shown)?;
                response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                return Ok(response);
            }
            Held::Wait(until) => return Err(too_many(&page, until)),
            Held::Closed => return page.redirect(&format!("/verifikasi/{}", code.as_str())),
            Held::Wrong => errors.add("nama", Message::new("services-home-held-wrong")),
        }
    }
    shown.held = Some(FormState::wrong(&page, form, errors));
    page.wrong(&shown)
}

async fn open(page: Page, code: Code) -> web::Result<(Page, Verified)> {
    let (today, gov) = (page.today(), Arc::clone(&page.state().gov));
    let verified = page.gov().read(move |rx| verify::verified(rx, &gov, &code, today)).await?;
    let page = match &verified.spot {
        Some(spot) => about(page, spot),
        None => page,
    };
    Ok((page, verified))
}

fn shown(page: Page, code: Code, verified: &Verified, compared: Option<Compared>, form: FormState) -> Shown {
    let registered = verified.verdict.registered.as_ref();
    let unit = registered.map_or_else(String::new, |registered| registered.unit_name.clone());
    let (tone, sign, key, until) = match &verified.verdict.status {
        Status::InForce => (Tone::Ok, "✓", "services-home-verdict-in-force", String::new()),
        Status::Expired { until } => (Tone::Soon, "◷", "services-home-verdict-expired", page.date(*until)),
        Status::Revoked => (Tone::Late, "✕", "services-home-verdict-revoked", String::new()),
        Status::Replaced { .. } => (Tone::Soon, "→", "services-home-verdict-replaced", String::new()),
        Status::NotRegistered => (Tone::Wait, "…", "services-home-verdict-not-yet", String::new()),
        Status::Unknown => (Tone::Late, "✕", "services-home-verdict-unknown", String::new()),
    };
    let facts = registered.map(|registered| {
        let mut facts = KeyValues::new()
            .row(page.t("services-home-letter-kind"), &registered.title)
            .row(page.t("services-home-letter-number"), &registered.number)
            .row(page.t("services-home-letter-date"), page.date(registered.signed_on))
            .row(page.t("services-home-letter-signer"), plain(&registered.signer_label))
            .row_if(page.t("services-home-letter-holder"), &registered.holder_masked)
            .row_if(page.t("services-home-letter-until"), registered.valid_until.map_or_else(String::new, |day| page.date(day)));
        for (label, number) in &registered.acknowledgements {
            facts = facts.row(page.t("services-home-letter-acknowledged"), format!("{}\n{number}", plain(label)));
        }
        facts
    });
    Shown {
        code: code.to_string(),
        tone,
        sign,
        title: page.t(key),
        text: page.t2(&format!("{key}-text"), "unit", unit, "until", until),
        replaced: verified.replaced_by.as_ref().map(|code| format!("/verifikasi/{code}")),
        facts,
        compared,
        held: verified.comparable.then(|| FormState::empty(&page)),
        parts: Vec::new(),
        checked_at: page.moment(page.now()),
        receipt: verified.entry.map(|entry| format!("/log/proof/{entry}")),
        form,
        page,
    }
}

/// The lines above a signature in one.
fn plain(label: &[String]) -> String {
    label.iter().map(|line| line.trim_end_matches(',')).collect::<Vec<_>>().join(" ")
}

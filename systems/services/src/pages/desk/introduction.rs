//! The word of an RT head or kadus as the counter takes it in: shown on paper, photographed, or asked by a link; and the link
//! made anew when it was lost or went to the wrong neighbour.

use std::sync::Arc;

use axum::extract::Path;
use kernel::{Error as StoreError, Id, Message, schema::FieldErrors};
use web::{
    Error, FormData, FormState, Page, Signed, encoded,
    ui::{Field, Html, Notice, Tone},
};

use super::{complete::load, intake::Kept, words};
use crate::{
    model::IntroductionMode,
    rules::State,
    store::{Dossier, act, complete, submit::Introduction},
};

/// The input of an introduction's photo.
pub(super) const PHOTO: &str = "pengantar_foto";

/// The questions about the introduction.
pub(super) struct Introducing {
    pub(super) ways: Field,
    pub(super) photo: Field,
    /// Name and office of the neighbour, where it can be asked by link.
    pub(super) neighbour: Vec<Field>,
}

/// What is asked about the introduction; nothing where the unit wants none.
pub(super) fn asked(page: &Page, form: &FormState, mode: IntroductionMode, kept: &[Kept]) -> Option<Introducing> {
    if mode == IntroductionMode::None {
        return None;
    }
    let by_link = mode == IntroductionMode::Link;
    let ways = form.radios("pengantar").label_text(page.t("services-desk-introduction-how"));
    let ways = ways.choice("kertas", "services-desk-introduction-shown").choice("foto", "services-desk-introduction-photographed");
    let photo = form.file(PHOTO).label("services-desk-introduction-photo-file").accept("image/jpeg,image/png,application/pdf");
    let photo = photo.size_max(5_000_000).when("pengantar", "foto");
    let photo = kept.iter().filter(|(key, ..)| key == PHOTO).fold(photo, |photo, (_, id, name)| photo.uploaded(id.to_string(), name));
    Some(Introducing {
        ways: if by_link { ways.choice("tautan", "services-desk-introduction-link") } else { ways },
        photo,
        neighbour: if by_link { neighbour(form).map(|field| field.when("pengantar", "tautan")).into() } else { Vec::new() },
    })
}

fn neighbour(form: &FormState) -> [Field; 2] {
    let office = form.text("pengantar_jabatan").label("services-desk-neighbour-office").hint("services-desk-neighbour-office-hint");
    [form.text("pengantar_nama").label("services-desk-neighbour").length_max(120), office.length_max(60)]
}

/// How the introduction comes in, as it was answered.
pub(super) fn checked(mode: IntroductionMode, form: &FormData, kept: &[Kept], errors: &mut FieldErrors) -> Introduction {
    match (mode, form.get("pengantar")) {
        (IntroductionMode::None, _) => Introduction::None,
        (_, "kertas") => Introduction::Paper,
        (_, "foto") => {
            if !kept.iter().any(|(key, ..)| key == PHOTO) && !errors.0.iter().any(|(input, _)| input == PHOTO) {
                errors.add(PHOTO, Message::new("field-file-required"));
            }
            Introduction::Photo
        }
        (IntroductionMode::Link, "tautan") => {
            let (name, office) = neighbour_of(form, errors);
            Introduction::Ask { name, office }
        }
        _ => {
            errors.add("pengantar", Message::new("field-choose-one"));
            Introduction::None
        }
    }
}

fn neighbour_of(form: &FormData, errors: &mut FieldErrors) -> (String, String) {
    let mut text = |name: &str, most: usize| {
        let typed = form.required(name, "field-required", errors).to_owned();
        if typed.chars().count() > most {
            errors.add(name, Message::new("field-too-long").arg("max", most));
        }
        typed
    };
    (text("pengantar_nama", 120), text("pengantar_jabatan", 60))
}

#[derive(askama::Template)]
#[template(path = "desk/introduction.html")]
struct Renew {
    page: Page,
    form: FormState,
    back: String,
    title: String,
    code: String,
    fields: Vec<Field>,
    refusal: Html,
}

#[derive(askama::Template)]
#[template(path = "desk/introduction_link.html")]
struct Made {
    page: Page,
    back: String,
    title: String,
    code: String,
    office: String,
    url: String,
    whatsapp: String,
}

fn renew(page: &Page, dossier: &Dossier, form: FormState, refusal: Html) -> Renew {
    Renew {
        back: format!("/tugas/{}", dossier.case.id),
        title: dossier.offer.definition.title.in_language(page.lang()).to_owned(),
        code: words::code(&dossier.case.code),
        fields: neighbour(&form).into(),
        form,
        refusal,
        page: page.clone(),
    }
}

/// Asks who is to confirm, with whom it was asked of before.
pub(super) async fn ask(page: Page, Signed(officer): Signed, Path(case_id): Path<Id>) -> web::Result {
    let written = load(&page, &officer, case_id).await?;
    if act::state_of(&written.dossier.case)? != State::Introduction {
        page.flash_refused(Message::new("services-action-not-now"));
        return page.redirect(&format!("/tugas/{case_id}"));
    }
    let (name, office) = written.asked.clone().unwrap_or_default();
    let form = FormState::filled(&page, FormData::of([("pengantar_nama", name), ("pengantar_jabatan", office)]));
    page.html(&renew(&page, &written.dossier, form, Html::default()))
}

/// Makes the link; the one before ends.
pub(super) async fn make(page: Page, Signed(officer): Signed, Path(case_id): Path<Id>, form: FormData) -> web::Result {
    let written = load(&page, &officer, case_id).await?;
    let mut errors = FieldErrors::default();
    let (name, office) = neighbour_of(&form, &mut errors);
    if !errors.is_empty() {
        let form = FormState::wrong(&page, form, errors);
        return page.wrong(&renew(&page, &written.dossier, form, Html::default()));
    }
    let (gov, asked) = (Arc::clone(&page.state().gov), office.clone());
    let ctx = page.ctx_for(&form)?;
    match page.gov().write(&ctx, move |tx| complete::ask_neighbour(tx, &gov, case_id, &name, &asked)).await {
        Ok(token) => handed(&page, &written.dossier, &office, &token),
        Err(StoreError::Refused(message)) => {
            let refusal = Notice::new(Tone::Late, page.t("services-desk-not-done")).text(page.m(&message)).alert();
            let form = FormState::filled(&page, form);
            page.wrong(&renew(&page, &written.dossier, form, Html::of(&refusal)))
        }
        Err(other) => Err(Error::from(other)),
    }
}

/// The link, shown this once: only its hash is kept.
pub(super) fn handed(page: &Page, dossier: &Dossier, office: &str, token: &str) -> web::Result {
    let url = page.url(&format!("/pengantar/{token}"));
    let service = dossier.offer.definition.title.id.as_str();
    let unit = dossier.offer.unit.name.as_str();
    let args = [("office", office.into()), ("service", service.into()), ("unit", unit.into()), ("url", url.as_str().into())];
    let text = page.tn("services-home-share-text", &args);
    let made = Made {
        back: format!("/tugas/{}", dossier.case.id),
        title: dossier.offer.definition.title.in_language(page.lang()).to_owned(),
        code: words::code(&dossier.case.code),
        office: office.to_owned(),
        whatsapp: format!("https://wa.me/?text={}", encoded(&text)),
        url,
        page: page.clone(),
    };
    page.html(&made)
}

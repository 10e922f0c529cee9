//! The resident is back at the counter with what was missing: her answers as she gave them, to be changed and passed on.

use std::sync::Arc;

use axum::{extract::Path, http::StatusCode};
use kernel::{Error as StoreError, Id, Message, schema::FieldErrors};
use web::{
    FormData, FormState, Page, Signed,
    ui::{Html, Notice, Tone},
};

use super::{
    intake::{self, Kept, SectionView},
    introduction::{self, Introducing},
    load, words,
};
use crate::{
    forms::{self, Channel},
    model::IntroductionMode,
    pages::COUNTER_ROLES,
    rules::State,
    store::{
        act,
        complete::{self, Completion, Written},
        submit::Introduction,
    },
};

#[derive(askama::Template)]
#[template(path = "desk/complete.html")]
struct Completing {
    page: Page,
    form: FormState,
    title: String,
    code: String,
    subject: String,
    back: String,
    action: String,
    version: i64,
    missing: String,
    sections: Vec<SectionView>,
    introducing: Option<Introducing>,
    refusal: Html,
}

/// A returned or waiting application, for an officer whose counter reaches it; for everybody else there is none.
pub(super) async fn load(page: &Page, officer: &Arc<kernel::Officer>, case_id: Id) -> web::Result<Written> {
    let (gov, officer) = (Arc::clone(&page.state().gov), Arc::clone(officer));
    let ctx = page.ctx();
    let found = page.gov().write(&ctx, move |tx| {
        let (_, dossier) = load::mine(tx, &gov, &officer, case_id)?;
        if !act::reaches(&officer, COUNTER_ROLES, &dossier.case) {
            return Err(StoreError::Missing);
        }
        complete::written(tx, &gov, dossier)
    });
    Ok(found.await?)
}

/// Which introduction is asked about now.
fn mode(written: &Written) -> IntroductionMode {
    let dossier = &written.dossier;
    if complete::needs_introduction(dossier) { dossier.offer.offered().introduction() } else { IntroductionMode::None }
}

fn completing(page: &Page, written: &Written, version: i64, form: FormState, kept: &[Kept], refusal: Html) -> Completing {
    let (case, definition) = (&written.dossier.case, &written.dossier.offer.definition);
    let schema = forms::schema(definition, Channel::Counter);
    Completing {
        title: definition.title.in_language(page.lang()).to_owned(),
        code: words::code(&case.code),
        subject: case.subject.clone(),
        back: format!("/tugas/{}", case.id),
        action: format!("/loket/{}/lengkapi", case.id),
        version,
        missing: written.dossier.application.refusal.replace('\n', " — "),
        sections: intake::sections(&schema, &form, page.lang(), kept),
        introducing: introduction::asked(page, &form, mode(written), kept),
        refusal,
        form,
        page: page.clone(),
    }
}

/// The files that answer fields now.
fn files_of(written: &Written) -> Vec<Kept> {
    let definition = &written.dossier.offer.definition;
    let answers = forms::from_json(&written.answers).unwrap_or_default();
    let named = |field: &str, blob: Id| {
        let name = written.files.iter().find(|file| file.blob == blob)?.name.clone();
        Some((field.to_owned(), blob, name))
    };
    let uploads = definition.fields().filter(|field| field.is_upload());
    uploads.flat_map(|field| answers.ids(&field.key).into_iter().filter_map(move |blob| named(&field.key, blob))).collect()
}

fn is_open(written: &Written) -> bool {
    written.dossier.case.state == State::Incomplete.as_str()
}

fn not_now(page: &Page, case_id: Id) -> web::Result {
    page.flash_refused(Message::new("services-action-not-now"));
    page.redirect(&format!("/tugas/{case_id}"))
}

/// The form as it was answered.
pub(super) async fn ask(page: Page, Signed(officer): Signed, Path(case_id): Path<Id>) -> web::Result {
    let written = load(&page, &officer, case_id).await?;
    if !is_open(&written) {
        return not_now(&page, case_id);
    }
    let definition = &written.dossier.offer.definition;
    let answers = forms::from_json(&written.answers).map_err(|error| StoreError::Failed(error.to_string()))?;
    let mut typed = FormData::of(answers.typed(&forms::schema(definition, Channel::Counter)));
    if let Some((name, office)) = written.asked.clone() {
        typed.set("pengantar_nama", name);
        typed.set("pengantar_jabatan", office);
    }
    let form = FormState::filled(&page, typed);
    let (kept, version) = (files_of(&written), written.dossier.case.version);
    page.html(&completing(&page, &written, version, form, &kept, Html::default()))
}

/// What was completed goes on.
pub(super) async fn save(page: Page, Signed(officer): Signed, Path(case_id): Path<Id>, mut form: FormData) -> web::Result {
    let written = load(&page, &officer, case_id).await?;
    if !is_open(&written) {
        return not_now(&page, case_id);
    }
    let definition = &written.dossier.offer.definition;
    let version = form.number("version").unwrap_or(0);
    let mut errors = FieldErrors::default();
    let schema = forms::schema(definition, Channel::Counter);
    let kept = match intake::receive(&page, &mut form, &schema, &mut errors).await {
        Ok(kept) => known(kept, &written),
        Err(StoreError::Db(kernel::DbError::Full)) => {
            let (form, kept) = (FormState::filled(&page, form), files_of(&written));
            let again = completing(&page, &written, version, form, &kept, intake::no_room(&page));
            return page.html_with(StatusCode::INSUFFICIENT_STORAGE, &again);
        }
        Err(other) => return Err(other.into()),
    };
    let checked = forms::check(definition, Channel::Counter, page.today(), &|name| form.raw(name).map(str::to_owned));
    let introduction = introduction::checked(mode(&written), &form, &kept, &mut errors);
    let answers = checked.unwrap_or_else(|more| {
        errors.0.extend(more.0);
        kernel::schema::Answers::default()
    });
    if !errors.is_empty() {
        let form = FormState::wrong(&page, form, errors);
        return page.wrong(&completing(&page, &written, version, form, &kept, Html::default()));
    }
    let files = intake::files(definition, &answers, &kept, &introduction);
    let office = match &introduction {
        Introduction::Ask { office, .. } => office.clone(),
        _ => String::new(),
    };
    let new = Completion { answers: forms::to_json(&answers), files, introduction: Some(introduction) };
    let (gov, ctx) = (Arc::clone(&page.state().gov), page.ctx_for(&form)?);
    match page.gov().write(&ctx, move |tx| complete::at_counter(tx, &gov, case_id, version, &new)).await {
        Ok((_, token)) if !token.is_empty() => introduction::handed(&page, &written.dossier, &office, &token),
        Ok(_) => {
            page.flash_ok(Message::new("services-desk-completed"));
            page.redirect(&format!("/tugas/{case_id}"))
        }
        Err(StoreError::Refused(message)) => refused(&page, &officer, case_id, form, &kept, &message).await,
        Err(other) => Err(other.into()),
    }
}

/// Names the files the case has already as they were named.
fn known(kept: Vec<Kept>, written: &Written) -> Vec<Kept> {
    let name = |blob: Id| written.files.iter().find(|file| file.blob == blob).map(|file| file.name.clone());
    kept.into_iter().map(|(field, blob, sent)| (field, blob, name(blob).unwrap_or(sent))).collect()
}

/// Somebody was quicker, or a rule says no: what was typed stays, on the application as it is now.
async fn refused(page: &Page, officer: &Arc<kernel::Officer>, case_id: Id, form: FormData, kept: &[Kept], why: &Message) -> web::Result {
    let now = load(page, officer, case_id).await?;
    if !is_open(&now) {
        return not_now(page, case_id);
    }
    let refusal = Notice::new(Tone::Late, page.t("services-desk-not-done")).text(page.m(why)).alert();
    let (form, version) = (FormState::filled(page, form), now.dossier.case.version);
    page.wrong(&completing(page, &now, version, form, kept, Html::of(&refusal)))
}

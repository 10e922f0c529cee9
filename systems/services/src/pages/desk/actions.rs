//! Doing something with an application: one button, or a page that asks why.

use std::sync::Arc;

use axum::extract::Path;
use kernel::{
    Error as StoreError, Gov, Id, Message, Officer, Tx,
    blobs::{self, Limits, StagedBlob},
    document, post,
    schema::FieldErrors,
};
use web::{
    Error, FormData, FormState, Page, Signed,
    ui::{Choice, Html, Notice, Tone},
};

use super::{
    load::{self, Whole},
    step::{self, Step},
    view, words,
};
use crate::{
    rules::{self, Action},
    store::{
        act::{self, Act},
        correct::{self, Correction},
        lists,
    },
};

#[derive(askama::Template)]
#[template(path = "desk/step.html")]
struct Asking {
    page: Page,
    form: FormState,
    href: String,
    action: String,
    title: String,
    effect: String,
    button: String,
    service: String,
    code: String,
    subject: String,
    version: i64,
    document_version: i64,
    dangerous: bool,
    asks_reason: bool,
    asks_basis: bool,
    asks_scan: bool,
    asks_receiver: bool,
    successors: Vec<Choice>,
    asks_successor: bool,
    refusal: Html,
}

/// The page of a step that asks something.
pub(super) async fn ask(page: Page, Signed(officer): Signed, Path((case_id, word)): Path<(Id, String)>) -> web::Result {
    let step = Step::parse(&word).ok_or(Error::NotFound)?;
    if step == Step::Act(Action::Resubmit) {
        return page.redirect(&step.href(case_id));
    }
    let (whole, successors) = load(&page, &officer, case_id).await?;
    if step.is_direct() || !step::offered(&whole).contains(&step) {
        page.flash_refused(Message::new("services-action-not-now"));
        return page.redirect(&format!("/tugas/{case_id}"));
    }
    let form = FormState::empty(&page);
    let asking = asking(&page, &whole, step, form, successors, Html::default());
    page.html(&asking)
}

async fn load(page: &Page, officer: &Arc<Officer>, case_id: Id) -> web::Result<(Whole, Vec<(Id, String)>)> {
    let (gov, officer) = (Arc::clone(&page.state().gov), Arc::clone(officer));
    let ctx = page.ctx();
    let found = page.gov().write(&ctx, move |tx| {
        let (_, dossier) = load::mine(tx, &gov, &officer, case_id)?;
        let whole = load::whole(tx, &gov, &officer, dossier, false)?;
        let successors = match &whole.document {
            Some(document) => lists::successors(tx, document)?,
            None => Vec::new(),
        };
        Ok::<_, StoreError>((whole, successors))
    });
    Ok(found.await?)
}

fn asking(page: &Page, whole: &Whole, step: Step, form: FormState, successors: Vec<(Id, String)>, refusal: Html) -> Asking {
    let case = &whole.dossier.case;
    let href = format!("/tugas/{}", case.id);
    Asking {
        form,
        action: format!("{href}/langkah/{}", step.word()),
        title: page.t(&format!("services-desk-step-{}-title", step.word())),
        effect: page.t(&format!("services-desk-step-{}-effect", step.word())),
        button: page.t(&format!("services-desk-step-{}-do", step.word())),
        service: whole.dossier.offer.definition.title.in_language(page.lang()).to_owned(),
        code: words::code(&case.code),
        subject: whole.subject.name.clone(),
        version: case.version,
        document_version: whole.document.as_ref().map_or(0, |document| document.version),
        dangerous: step.is_dangerous(),
        asks_reason: step.asks_reason(),
        asks_basis: step == Step::Act(Action::Refuse),
        asks_scan: step == Step::Act(Action::RegisterScan),
        asks_receiver: step == Step::Act(Action::HandOver),
        successors: successors.into_iter().map(|(id, number)| Choice::new(id.to_string(), number)).collect(),
        asks_successor: step == Step::Replace,
        refusal,
        href,
        page: page.clone(),
    }
}

/// What a form of a step says, checked as far as it can be without the database.
#[derive(Debug, Clone)]
struct Typed {
    version: i64,
    document_version: i64,
    note: String,
    receiver: String,
    successor: Option<Id>,
    acting_post: Option<Id>,
}

fn check(step: Step, form: &FormData) -> Result<Typed, FieldErrors> {
    let mut errors = FieldErrors::default();
    let action = match step {
        Step::Act(action) => action,
        // A letter is voided, revoked or replaced for a reason as clear as that of a return.
        _ => Action::Return,
    };
    let note = rules::reason(action, form.get("reason"), form.get("legal_basis")).unwrap_or_else(|(field, message)| {
        errors.add(field, message);
        String::new()
    });
    let successor = form.get("pengganti").parse().ok();
    if step == Step::Replace && successor.is_none() {
        errors.add("pengganti", Message::new("field-choose-one"));
    }
    if step == Step::Act(Action::RegisterScan) && form.file("pindaian").is_none_or(|file| file.bytes.is_empty()) {
        errors.add("pindaian", Message::new("services-scan-needed"));
    }
    let number = |name| form.number(name).unwrap_or(0);
    let typed = Typed {
        version: number("version"),
        document_version: number("document_version"),
        note,
        receiver: form.get("penerima").chars().take(120).collect(),
        successor,
        acting_post: form.acting_post(),
    };
    if errors.is_empty() { Ok(typed) } else { Err(errors) }
}

/// Does a step.
pub(super) async fn take(page: Page, Signed(officer): Signed, Path((case_id, word)): Path<(Id, String)>, form: FormData) -> web::Result {
    let step = Step::parse(&word).ok_or(Error::NotFound)?;
    if step == Step::Act(Action::Resubmit) {
        return page.redirect(&step.href(case_id));
    }
    let typed = match check(step, &form) {
        Ok(typed) => typed,
        Err(errors) => return again(&page, &officer, case_id, step, form, errors, None).await,
    };
    let staged = match scan(&page, step, &form).await {
        Ok(staged) => staged,
        Err(StoreError::Refused(message)) => {
            let mut errors = FieldErrors::default();
            errors.add("pindaian", message);
            return again(&page, &officer, case_id, step, form, errors, None).await;
        }
        Err(other) => return Err(other.into()),
    };
    let (gov, actor) = (Arc::clone(&page.state().gov), Arc::clone(&officer));
    let done = page.gov().write(&page.ctx(), move |tx| run(tx, &gov, &actor, case_id, step, &typed, staged.as_ref())).await;
    match done {
        Ok((post, state)) => {
            page.flash_ok(view::done(step, &post, &state));
            page.redirect(&format!("/tugas/{case_id}"))
        }
        Err(StoreError::Refused(message)) if step.is_direct() => {
            page.flash_refused(readable(&page, message));
            page.redirect(&format!("/tugas/{case_id}"))
        }
        Err(StoreError::Refused(message)) => again(&page, &officer, case_id, step, form, FieldErrors::default(), Some(message)).await,
        Err(StoreError::Stale) => {
            let message = Message::new("services-changed-meanwhile");
            if step.is_direct() {
                page.flash_refused(message);
                return page.redirect(&format!("/tugas/{case_id}"));
            }
            again(&page, &officer, case_id, step, form, FieldErrors::default(), Some(message)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// A state inside a message in words.
fn readable(page: &Page, mut message: Message) -> Message {
    for (name, value) in &mut message.args {
        if let ("state", kernel::text::Arg::Text(text)) = (name.as_ref(), value) {
            *text = words::state(page, text);
        }
    }
    message
}

/// The page of the step again: what was typed stays, what is wrong is said, and the version is that of now, so that
/// whoever still wants it sends it once more knowingly.
async fn again(
    page: &Page,
    officer: &Arc<Officer>,
    case_id: Id,
    step: Step,
    form: FormData,
    errors: FieldErrors,
    refusal: Option<Message>,
) -> web::Result {
    let (whole, successors) = load(page, officer, case_id).await?;
    let refusal = refusal.map_or_else(Html::default, |message| {
        let message = readable(page, message);
        Html::of(&Notice::new(Tone::Late, page.t("services-desk-not-done")).text(page.m(&message)).alert())
    });
    let form = FormState::wrong(page, form, errors);
    page.wrong(&asking(page, &whole, step, form, successors, refusal))
}

async fn scan(page: &Page, step: Step, form: &FormData) -> Result<Option<StagedBlob>, StoreError> {
    let Some(file) = form.file("pindaian").filter(|_| step == Step::Act(Action::RegisterScan)) else { return Ok(None) };
    let (blobs, ctx, file) = (Arc::clone(page.gov().blobs()), page.ctx(), file.clone());
    let staged = tokio::task::spawn_blocking(move || blobs.put(&ctx, &file.name, &file.bytes, &Limits::SCAN)).await;
    Ok(Some(staged.map_err(|error| StoreError::Failed(error.to_string()))??))
}

/// The step in its transaction. Returns the title of the post the application lies with now, and its state.
fn run(
    tx: &mut Tx<'_>,
    gov: &Gov,
    officer: &Officer,
    case_id: Id,
    step: Step,
    typed: &Typed,
    scan: Option<&StagedBlob>,
) -> Result<(String, String), StoreError> {
    let (_, dossier) = load::mine(tx, gov, officer, case_id)?;
    if typed.acting_post.is_some_and(|post| !officer.posts.iter().any(|held| held.post == post)) {
        return Err(StoreError::refused("services-post-ended"));
    }
    let at_counter = act::reaches(officer, crate::pages::COUNTER_ROLES, &dossier.case);
    let signs = act::reaches(officer, &["signer"], &dossier.case);
    match step {
        Step::Act(action) => {
            let counter_work = matches!(action, Action::HandOver | Action::Cancel | Action::Resubmit);
            let at_rest = dossier.case.at_post.is_none();
            if !at_counter && (counter_work || (at_rest && !signs)) {
                return Err(StoreError::refused("services-not-your-desk"));
            }
            let scan = scan.map(|staged| blobs::park(tx, staged)).transpose()?;
            let (version, note, receiver) = (typed.version, typed.note.clone(), typed.receiver.clone());
            let moved = act::act(tx, gov, &Act { case_id, version, action, note, scan, receiver })?;
            let at = match moved.at_post {
                Some(at) => post::find(tx, at)?.map(|post| post.title).unwrap_or_default(),
                None => String::new(),
            };
            Ok((at, moved.state))
        }
        Step::Void | Step::Revoke | Step::Replace => {
            if !signs {
                return Err(StoreError::refused("services-not-your-desk"));
            }
            if step == Step::Void && dossier.case.version != typed.version {
                return Err(StoreError::Stale);
            }
            let label = officer.post.as_ref().map(|post| post.title.clone()).unwrap_or_default();
            let correction = Correction { version: typed.document_version, reason: typed.note.clone(), label };
            match (step, typed.successor) {
                (Step::Void, _) => correct::void(tx, &dossier, &correction)?,
                (Step::Replace, Some(by)) => {
                    let own = dossier.application.document.ok_or(StoreError::Missing)?;
                    let own = document::find(tx, own)?.ok_or(StoreError::Missing)?;
                    if !lists::successors(tx, &own)?.iter().any(|(id, _)| *id == by) {
                        return Err(StoreError::refused("document-replacement"));
                    }
                    correct::replace(tx, &dossier, by, &correction)?;
                }
                _ => correct::revoke(tx, &dossier, &correction)?,
            }
            Ok((String::new(), dossier.case.state.clone()))
        }
    }
}

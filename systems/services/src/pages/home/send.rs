//! The last page of the form: everything once more, and "Kirim".

use std::sync::Arc;

use axum::http::StatusCode;
use kernel::{
    Actor, Message, Tx,
    schema::Answers,
    throttle::{self, Key},
};
use web::{Error, FormData, Page};

use super::{
    apply::{Frame, frame},
    flow::{Filled, Flow, INTRODUCTION, Introduced, Step, Who},
};
use crate::{
    forms::{self, Channel},
    model::IntroductionMode,
    store::{
        complete::Completion,
        submit::{File, INTRODUCTION_FIELD, Introduction, Submission},
        tracking::{self, Correction, FromHome},
    },
};

/// The secret of the introduction's link, kept in the browser of whoever applied: the server knows only its hash.
pub(super) const LINK_COOKIE: &str = "tautan";
pub(super) const LINK_SEAL: &str = "services-introduction";
const LINK_SECONDS: i64 = 14 * 24 * 3600;
/// Applications from one address within a day. A village, or a mobile network, may share one; a machine that floods the desks waits.
pub(crate) const APPLICATIONS_FREE: i64 = 2_000;
pub(crate) const APPLICATIONS: &str = "home-apply";

struct Part {
    title: String,
    href: String,
    rows: Vec<(String, String)>,
    wrong: Vec<String>,
}

#[derive(askama::Template)]
#[template(path = "home/review.html")]
struct Review {
    page: Page,
    frame: Frame,
    parts: Vec<Part>,
    wrong: bool,
    key: String,
    unit: String,
}

pub(super) fn review(page: &Page, flow: &Flow, filled: &Filled, frame: Frame, status: StatusCode) -> web::Result {
    let parts = parts(page, flow, filled);
    let wrong = parts.iter().any(|part| !part.wrong.is_empty());
    let (key, unit) = (filled.key.clone(), flow.spot.unit.name.clone());
    page.html_with(status, &Review { page: page.clone(), frame, parts, wrong, key, unit })
}

fn parts(page: &Page, flow: &Flow, filled: &Filled) -> Vec<Part> {
    let gov = &page.state().gov;
    let mut parts = Vec::new();
    for (at, step) in flow.steps().into_iter().enumerate() {
        let (rows, checked) = match step {
            Step::Who => (who_rows(page, filled), flow.check(gov, filled, step, page.today())),
            Step::Section(place) => section_rows(page, flow, filled, place),
            Step::Introduction => (introduction_rows(page, filled), flow.check(gov, filled, step, page.today())),
            Step::Review => continue,
        };
        let wrong = checked.err().map_or_else(Vec::new, |errors| errors.0.iter().map(|(_, message)| page.m(message)).collect());
        parts.push(Part { title: frame(page, flow, filled, at).title, href: format!("{}?h={at}", flow.base), rows, wrong });
    }
    parts
}

fn who_rows(page: &Page, filled: &Filled) -> Vec<(String, String)> {
    let date = |name: &str| filled.form().date(name).ok().flatten().map_or_else(String::new, |day| page.date(day));
    let mut rows = vec![
        (page.t("services-home-name"), filled.get("diri.nama").to_owned()),
        (page.t("services-home-nik"), indonesian::mask_digits(filled.get("diri.nik"))),
        (page.t("services-home-born"), date("diri.lahir")),
        (page.t("services-home-address"), filled.get("diri.alamat").to_owned()),
        (page.t("services-home-phone"), filled.get("diri.hp").to_owned()),
        (page.t("services-home-email"), filled.get("diri.surel").to_owned()),
    ];
    if filled.get("subjek") == "lain" {
        rows.push((page.t("services-home-subject"), filled.get("subjek.nama").to_owned()));
        rows.push((page.t("services-home-born"), date("subjek.lahir")));
    }
    if filled.get("kuasa") == "ya" {
        rows.push((page.t("services-home-proxy-name"), filled.get("kuasa.nama").to_owned()));
    }
    rows.retain(|(_, value)| !value.is_empty());
    rows
}

type Checked = Result<(), kernel::schema::FieldErrors>;

fn section_rows(page: &Page, flow: &Flow, filled: &Filled, place: usize) -> (Vec<(String, String)>, Checked) {
    let definition = &flow.offer.definition;
    let checked = forms::check_section(definition, Channel::Home, place, page.today(), &|name| filled.typed(name));
    let row = |row: forms::AnswerRow| {
        let files: Vec<&str> = filled.files.get(&row.key).into_iter().flatten().map(|file| file.name.as_str()).collect();
        let text = if files.is_empty() { row.text } else { files.join(", ") };
        (row.label, if text.is_empty() { "–".to_owned() } else { text })
    };
    match checked {
        // Conditions look at pages before this one too.
        Ok(answers) => {
            let asked = forms::shown(definition, &|key| filled.get(key).to_owned());
            let rows = definition.sections[place].fields.iter().filter(|field| asked.contains(&field.key.as_str()));
            let rows = rows.map(|field| {
                let uploads = if field.is_upload() { answers.ids(&field.key) } else { Vec::new() };
                row(forms::AnswerRow {
                    key: field.key.clone(),
                    section: place,
                    label: field.label.in_language(page.lang()).to_owned(),
                    text: forms::text(field, &answers, page.lang()),
                    personal: field.personal,
                    uploads,
                })
            });
            (rows.collect(), Ok(()))
        }
        Err(errors) => (Vec::new(), Err(errors)),
    }
}

fn introduction_rows(page: &Page, filled: &Filled) -> Vec<(String, String)> {
    let photo: Vec<&str> = filled.files.get(INTRODUCTION).into_iter().flatten().map(|file| file.name.as_str()).collect();
    let asked = [filled.get("rt.nama"), filled.get("rt.jabatan")];
    let text = if filled.get("rt") == "tautan" { asked.join(", ") } else { photo.join(", ") };
    vec![(page.t("services-home-introduction"), text)]
}

/// "Kirim" was pressed.
pub(super) async fn send(page: Page, flow: Flow, filled: Filled, form: FormData) -> web::Result {
    match &flow.corrects {
        Some(code) => {
            let code = code.clone();
            correct(page, flow, filled, code).await
        }
        None => apply(page, flow, filled, form).await,
    }
}

async fn apply(page: Page, flow: Flow, filled: Filled, form: FormData) -> web::Result {
    let gov = Arc::clone(&page.state().gov);
    let checked = (flow.who(&gov, &filled, page.today()), flow.answers(&filled, page.today()), flow.introduced(&filled));
    let (Ok(who), Ok(answers), Ok(introduced)) = checked else {
        return wrong(&page, &flow, &filled);
    };
    let phone = match &introduced {
        Introduced::Ask { phone, .. } => phone.clone(),
        _ => None,
    };
    let key = if filled.key.is_empty() { form.key().unwrap_or_default().to_owned() } else { filled.key.clone() };
    let new = submission(&flow, &filled, who, &answers, introduced, key, page.lang());
    let ctx = page.ctx_as(Actor::Public);
    let apply = move |tx: &mut Tx<'_>| {
        counted(tx)?;
        tracking::apply(tx, &gov, &new)
    };
    let done = page.gov().write(&ctx, apply).await;
    let done = match done {
        Ok(done) => done,
        Err(kernel::Error::Refused(message)) if message.key != "services-withdrawn" => return refused(&page, &flow, message),
        Err(error) => return Err(error.into()),
    };
    web::proof::remember(&page, &done.code, None);
    if !done.introduction_token.is_empty() {
        remember_link(&page, &done.code, &done.introduction_token, phone.as_deref());
    }
    page.redirect(&format!("/lacak/{}?baru=1", done.code))
}

/// Counts an application by the address it comes from.
fn counted(tx: &mut Tx<'_>) -> kernel::Result<()> {
    let (key, now) = (Key::new(APPLICATIONS, &tx.ctx().origin().address, APPLICATIONS_FREE), tx.now());
    throttle::attempt(tx, std::slice::from_ref(&key), now)?.map_err(|until| {
        let minutes = until.duration_since(now).as_secs() / 60 + 1;
        Message::new("services-home-many").arg("n", minutes).into()
    })
}

/// Keeps the secret of a link in the browser, so that its text can be shared from the tracking page.
pub(super) fn remember_link(page: &Page, code: &str, token: &str, phone: Option<&str>) {
    let text = serde_json::json!([code, token, phone.unwrap_or_default()]).to_string();
    page.set_cookie(LINK_COOKIE, &page.state().sealer.seal(LINK_SEAL, &text), Some(LINK_SECONDS));
}

fn wrong(page: &Page, flow: &Flow, filled: &Filled) -> web::Result {
    let last = frame(page, flow, filled, flow.steps().len() - 1);
    review(page, flow, filled, last, StatusCode::UNPROCESSABLE_ENTITY)
}

/// A rule said no: the form stays as it is, and the last page says why.
fn refused(page: &Page, flow: &Flow, message: Message) -> web::Result {
    page.flash_refused(message);
    page.redirect(&format!("{}?h={}", flow.base, flow.steps().len() - 1))
}

fn files(flow: &Flow, filled: &Filled, answers: &Answers) -> Vec<File> {
    let fields = flow.offer.definition.fields().filter(|field| field.is_upload());
    let of = |field: &str| {
        let wanted = answers.ids(field);
        let kept = filled.files.get(field).into_iter().flatten().filter(move |file| wanted.contains(&file.blob));
        kept.map(|file| File { field: field.to_owned(), name: file.name.clone(), blob: file.blob }).collect::<Vec<_>>()
    };
    fields.flat_map(|field| of(&field.key)).collect()
}

/// How the introduction comes in; its photo joins the files.
fn introduction(filled: &Filled, introduced: Introduced, files: &mut Vec<File>) -> Introduction {
    match introduced {
        Introduced::No => Introduction::None,
        Introduced::Photo => {
            let photos = filled.files.get(INTRODUCTION).into_iter().flatten();
            files.extend(photos.map(|file| File { field: INTRODUCTION_FIELD.into(), name: file.name.clone(), blob: file.blob }));
            Introduction::Photo
        }
        Introduced::Ask { name, office, .. } => Introduction::Ask { name, office },
    }
}

fn submission(
    flow: &Flow,
    filled: &Filled,
    who: Who,
    answers: &Answers,
    introduced: Introduced,
    key: String,
    lang: &'static str,
) -> FromHome {
    let mut files = files(flow, filled, answers);
    let introduction = introduction(filled, introduced, &mut files);
    let nobody = kernel::Id::NIL;
    FromHome {
        applicant: who.applicant,
        subject: who.subject,
        submission: Submission {
            offering: flow.offer.offering.id,
            applicant: nobody,
            subject: nobody,
            proxy: who.proxy,
            answers: forms::to_json(answers),
            files,
            phone: who.phone,
            email: who.email,
            introduction: if flow.offer.offered().introduction() == IntroductionMode::None { Introduction::None } else { introduction },
            identity_note: who.note,
            channel: "online",
            lang,
            key,
        },
        draft: Some((flow.device, flow.draft)),
    }
}

async fn correct(page: Page, flow: Flow, filled: Filled, code: String) -> web::Result {
    let (Ok(answers), Ok(introduced)) = (flow.answers(&filled, page.today()), flow.introduced(&filled)) else {
        return wrong(&page, &flow, &filled);
    };
    let gov = Arc::clone(&page.state().gov);
    let phone = match &introduced {
        Introduced::Ask { phone, .. } => phone.clone(),
        _ => None,
    };
    let mut files = files(&flow, &filled, &answers);
    let introduction = flow.reintroduces.then(|| introduction(&filled, introduced, &mut files));
    let completion = Completion { answers: forms::to_json(&answers), files, introduction };
    let new = Correction { code: code.clone(), completion, draft: Some((flow.device, flow.draft)) };
    match page.gov().write(&page.ctx_as(Actor::Public), move |tx| tracking::resubmit(tx, &gov, &new)).await {
        Ok(token) => {
            let key = if token.is_empty() { "services-home-corrected" } else { "services-home-corrected-ask" };
            page.flash_ok(Message::new(key));
            if !token.is_empty() {
                remember_link(&page, &code, &token, phone.as_deref());
            }
            page.redirect(&format!("/lacak/{code}"))
        }
        Err(kernel::Error::Refused(message)) => refused(&page, &flow, message),
        Err(error) => Err(error.into()),
    }
}

/// The form is not there any more: sent already from another tab or by a second press, or begun without cookies.
pub(super) async fn again(page: Page, flow: Flow, key: String) -> web::Result {
    let offering = flow.offer.offering.id;
    let sent = page.gov().write(&page.ctx_as(Actor::Public), move |tx| tracking::sent_before(tx, offering, &key)).await?;
    match sent {
        Some(code) => page.redirect(&format!("/lacak/{code}")),
        None => Err(Error::Gone(Message::new("services-home-form-gone"))),
    }
}

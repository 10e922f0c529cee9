//! Following an application by its code: state, journey, what comes next. Nothing personal without the second proof.

use std::sync::Arc;

use axum::{extract::Path, http::HeaderMap};
use indonesian::Code;
use kernel::{Actor, Message, case::DueState};
use web::{
    Error, FormData, FormState, Page, encoded,
    ui::{Tag, Timeline},
};

use super::{
    about, code_message, code_of, cookie, proof,
    send::{LINK_COOKIE, LINK_SEAL, remember_link},
    words::state_words,
};
use crate::{
    rules::{self, Action, State},
    store::{
        links,
        news::News,
        tracking::{self, Track},
    },
};

#[derive(askama::Template)]
#[template(path = "home/track_ask.html")]
struct Ask {
    page: Page,
    form: FormState,
}

pub(super) async fn ask(page: Page) -> web::Result {
    let typed = page.query().get("kode").to_owned();
    if typed.trim().is_empty() {
        let form = FormState::empty(&page);
        return page.clone().html(&Ask { page, form });
    }
    match Code::parse(&typed) {
        Ok(code) => page.redirect(&format!("/lacak/{}", code.as_str())),
        Err(error) => asked_again(&page, &typed, code_message(&error)),
    }
}

fn asked_again(page: &Page, typed: &str, message: Message) -> web::Result {
    let mut errors = kernel::schema::FieldErrors::default();
    errors.add("kode", message);
    let typed: String = typed.chars().take(60).collect();
    let form = FormState::wrong(page, FormData::of([("kode", typed)]), errors);
    page.wrong(&Ask { page: page.clone(), form })
}

/// The link for the RT head, while this browser holds its secret.
struct Share {
    url: String,
    whatsapp: String,
    office: String,
}

#[derive(askama::Template)]
#[template(path = "home/track.html")]
struct Shown {
    page: Page,
    code: String,
    shown: String,
    /// Sent just now: how to keep the code.
    new: bool,
    service: String,
    state: Tag,
    title: String,
    next: String,
    desk: String,
    due: String,
    timeline: Timeline,
    /// Reason of a return or refusal; only after the second proof.
    reason: String,
    /// To whom, how and by when to object to a refusal; beside its reason.
    objection: String,
    needs_proof: bool,
    may_correct: bool,
    may_cancel: bool,
    /// What the file is and how large, where it may be downloaded.
    download: Option<String>,
    /// A letter waits for the second proof.
    letter_waits: bool,
    may_renew: bool,
    share: Option<Share>,
    service_href: String,
    receipt: Option<String>,
    /// What the office told everybody who waits there: text, by which post and when.
    news: Vec<(String, String)>,
    form: FormState,
}

pub(super) async fn show(page: Page, Path(typed): Path<String>, headers: HeaderMap) -> web::Result {
    let code = match code_of(&typed) {
        Ok(code) => code,
        Err(error) => return asked_again(&page, &typed, code_message(&error)),
    };
    let gov = Arc::clone(&page.state().gov);
    let track = match page.gov().read(move |rx| tracking::track(rx, &gov, code.as_str())).await {
        Ok(track) => track,
        Err(kernel::Error::Missing) => return asked_again(&page, &code.to_string(), Message::new("services-home-code-unknown")),
        Err(error) => return Err(error.into()),
    };
    let page = about(page, &track.spot);
    let form = FormState::empty(&page);
    page.clone().html(&shown(page, code, &track, &headers, form))
}

fn shown(page: Page, code: Code, track: &Track, headers: &HeaderMap, form: FormState) -> Shown {
    let proved = proof::is_proved(&page, headers, code.as_str());
    let (title, next, tone) = state_words(track.state);
    let may = |action| rules::allowed(track.state).contains(&action);
    let offer = &track.dossier.offer;
    let who = offer.definition.introduction.from.in_language(page.lang()).to_owned();
    let refused = proved && track.state == State::Refused;
    let next = if refused { "services-home-next-refused-read" } else { next };
    let who = track.introduction.as_ref().map_or(who, |(office, _)| office.clone());
    // While the RT head is asked, it is nobody's desk: the operator only takes a paper in.
    let desk = match (&track.desk, track.state) {
        (None, _) | (_, State::Introduction) => String::new(),
        (Some((title, Some(unit))), _) => format!("{title}, {unit}"),
        (Some((title, None)), _) => title.clone(),
    };
    let share = if track.state == State::Introduction { share(&page, headers, code.as_str(), track) } else { None };
    Shown {
        code: code.as_str().to_owned(),
        shown: code.to_string(),
        new: page.query().get("baru") == "1",
        service: offer.definition.title.in_language(page.lang()).to_owned(),
        state: Tag::new(tone, page.t(title)),
        title: page.t(title),
        next: page.t2(next, "who", who, "desk", desk.as_str()),
        due: due_words(&page, track),
        timeline: timeline(&page, track),
        reason: if proved { track.dossier.application.refusal.clone() } else { String::new() },
        objection: if refused { objection(&page, track) } else { String::new() },
        needs_proof: !proved && (may(Action::Resubmit) || may(Action::Cancel) || track.letter.is_some() || track.state == State::Refused),
        may_correct: proved && may(Action::Resubmit),
        may_cancel: proved && may(Action::Cancel),
        download: track.letter.as_ref().filter(|_| proved).map(|file| file_words(&page, file)),
        letter_waits: !proved && track.letter.is_some(),
        may_renew: proved && track.state == State::Introduction && share.is_none(),
        share,
        service_href: format!("/layanan/{}/{}", track.spot.unit.slug, offer.definition.slug),
        desk,
        receipt: track.entry.map(|entry| format!("/log/proof/{entry}")),
        news: track.news.iter().map(|news| news_words(&page, news)).collect(),
        form,
        page,
    }
}

/// How to object, as UU 30/2014 Pasal 75–78 give it: to the post that refused, then to the one above.
fn objection(page: &Page, track: &Track) -> String {
    let refusal = track.events.iter().rev().find(|event| Action::parse(&event.action) == Some(Action::Refuse));
    let post = refusal.map_or("", |event| event.actor_label.as_str());
    page.t2("services-home-objection-text", "post", post, "unit", track.spot.unit.name.as_str())
}

/// A text to all who wait, in the reader's language, and who wrote it when.
fn news_words(page: &Page, news: &News) -> (String, String) {
    let text = if page.lang() == "en" && !news.text_en.is_empty() { &news.text_en } else { &news.text_id };
    (text.clone(), page.t2("services-news-by", "post", news.by_label.as_str(), "at", page.moment_short(news.at, page.now())))
}

/// "PDF, 312 kB": what a download costs before it is begun.
fn file_words(page: &Page, file: &kernel::blobs::Blob) -> String {
    let kind = match file.media_type.as_str() {
        "image/jpeg" => "services-home-file-jpeg",
        "image/png" => "services-home-file-png",
        _ => "services-home-file-pdf",
    };
    page.t1(kind, "size", page.size(file.size))
}

fn due_words(page: &Page, track: &Track) -> String {
    let case = &track.dossier.case;
    match (case.due.state, case.due.at, case.closed_at) {
        (_, _, Some(closed)) => page.t1("services-home-due-closed", "at", page.moment(closed)),
        (DueState::Suspended, ..) => page.t("services-home-due-suspended"),
        (DueState::Running, Some(at), _) if at < page.now() => page.t1("services-home-due-late", "at", page.moment(at)),
        (DueState::Running, Some(at), _) => page.t1("services-home-due", "at", page.moment(at)),
        _ if track.state == State::Introduction => page.t("services-home-due-waiting"),
        _ => page.t("services-home-due-none"),
    }
}

/// What happened, by post and never by name; then where it is and what comes after.
fn timeline(page: &Page, track: &Track) -> Timeline {
    let mut timeline = Timeline::new();
    for event in &track.events {
        let key = match Action::parse(&event.action) {
            Some(action) => event_key(action),
            None if event.action == "submit" => "services-home-event-submit",
            None => continue,
        };
        let time = page.moment_short(event.at, page.now());
        timeline = timeline.past(time, page.t(key), event.actor_label.as_str());
    }
    if track.state.is_final() {
        return timeline;
    }
    let (title, ..) = state_words(track.state);
    let desk = match (&track.introduction, track.state) {
        (Some((office, _)), State::Introduction) => office.as_str(),
        _ => track.desk.as_ref().map_or("", |(title, _)| title.as_str()),
    };
    timeline = timeline.now(page.t(title), desk);
    let after = match track.state {
        State::Introduction | State::Incomplete => &[State::Checking, State::Signing, State::Ready][..],
        State::Checking | State::Initialing => &[State::Signing, State::Ready],
        State::Signing | State::Acknowledging | State::AwaitingScan => &[State::Ready],
        _ => &[],
    };
    after.iter().fold(timeline, |timeline, state| timeline.later(page.t(state_words(*state).0), ""))
}

const fn event_key(action: Action) -> &'static str {
    match action {
        Action::Introduce => "services-home-event-introduce",
        Action::Decline => "services-home-event-decline",
        Action::Check => "services-home-event-check",
        Action::Initial => "services-home-event-initial",
        Action::Sign => "services-home-event-sign",
        Action::Acknowledge => "services-home-event-acknowledge",
        Action::RegisterScan => "services-home-event-register_scan",
        Action::HandOver => "services-home-event-hand_over",
        Action::Return => "services-home-event-return",
        Action::Resubmit => "services-home-event-resubmit",
        Action::SendBack => "services-home-event-send_back",
        Action::Refuse => "services-home-event-refuse",
        Action::Cancel => "services-home-event-cancel",
    }
}

/// The text for WhatsApp, sent from the applicant's own telephone; nothing personal stands in it.
fn share(page: &Page, headers: &HeaderMap, code: &str, track: &Track) -> Option<Share> {
    let text = page.state().sealer.open(LINK_SEAL, cookie(headers, LINK_COOKIE)?)?;
    let (of, token, phone): (String, String, String) = serde_json::from_str(&text).ok()?;
    if of != code {
        return None;
    }
    let url = page.url(&format!("/pengantar/{token}"));
    let service = track.dossier.offer.definition.title.id.as_str();
    let office = track.introduction.as_ref().map_or_else(String::new, |(office, _)| office.clone());
    let words = page.tn(
        "services-home-share-text",
        &[
            ("office", office.as_str().into()),
            ("service", service.into()),
            ("unit", track.spot.unit.name.as_str().into()),
            ("url", url.as_str().into()),
        ],
    );
    let number: String = phone.chars().filter(char::is_ascii_digit).collect();
    Some(Share { whatsapp: format!("https://wa.me/{number}?text={}", encoded(&words)), url, office })
}

/// A handler for the applicant only: without the proof it is asked first.
async fn proved(page: &Page, headers: &HeaderMap, typed: &str) -> web::Result<Result<Code, axum::response::Response>> {
    let code = code_of(typed).map_err(|_| Error::NotFound)?;
    if proof::is_proved(page, headers, code.as_str()) {
        return Ok(Ok(code));
    }
    Ok(Err(page.redirect(&format!("/lacak/{}/bukti", code.as_str()))?))
}

pub(super) async fn cancel(page: Page, Path(typed): Path<String>, headers: HeaderMap, form: FormData) -> web::Result {
    let code = match proved(&page, &headers, &typed).await? {
        Ok(code) => code,
        Err(answer) => return Ok(answer),
    };
    let gov = Arc::clone(&page.state().gov);
    let reason = match rules::reason(Action::Cancel, form.get("alasan"), "") {
        Ok(reason) => reason,
        Err((_, message)) => {
            let track = page.gov().read(move |rx| tracking::track(rx, &gov, code.as_str())).await?;
            let page = about(page, &track.spot);
            let mut errors = kernel::schema::FieldErrors::default();
            errors.add("alasan", message);
            let form = FormState::wrong(&page, form, errors);
            return page.clone().wrong(&shown(page, code, &track, &headers, form));
        }
    };
    page.gov().write(&page.ctx_as(Actor::Public), move |tx| tracking::cancel(tx, &gov, code.as_str(), &reason)).await?;
    page.flash_ok(Message::new("services-home-cancelled"));
    page.redirect(&format!("/lacak/{}", code.as_str()))
}

pub(super) async fn renew(page: Page, Path(typed): Path<String>, headers: HeaderMap, _form: FormData) -> web::Result {
    let code = match proved(&page, &headers, &typed).await? {
        Ok(code) => code,
        Err(answer) => return Ok(answer),
    };
    let gov = Arc::clone(&page.state().gov);
    let token = page.gov().write(&page.ctx_as(Actor::Public), move |tx| tracking::renew_introduction(tx, &gov, code.as_str())).await?;
    remember_link(&page, code.as_str(), &token, None);
    page.redirect(&format!("/lacak/{}", code.as_str()))
}

pub(super) async fn download(page: Page, Path(typed): Path<String>, headers: HeaderMap) -> web::Result {
    let code = match proved(&page, &headers, &typed).await? {
        Ok(code) => code,
        Err(answer) => return Ok(answer),
    };
    let gov = Arc::clone(&page.state().gov);
    let file = page.gov().write(&page.ctx_as(Actor::Public), move |tx| tracking::letter_file(tx, &gov, code.as_str())).await?;
    let (blob, media_type, name) = file;
    let gov = Arc::clone(&page.state().gov);
    let bytes = tokio::task::spawn_blocking(move || gov.blobs().bytes(blob)).await.map_err(|error| Error::Internal(error.to_string()))?;
    page.download(&name, &media_type, bytes.map_err(kernel::Error::from)?)
}

/// How long the link of an introduction is good, for its page.
pub(super) fn link_ends(page: &Page, link: &links::Link) -> String {
    page.day(link.expires_at)
}

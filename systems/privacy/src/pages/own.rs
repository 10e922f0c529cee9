//! `/data-saya`: a resident asks who read her data, and uses her rights. Nobody signs in.

use std::sync::Arc;

use askama::Template;
use axum::{extract::Path, http::HeaderMap};
use kernel::{
    Actor, Id, Message, NewEntry, case,
    limit::{self, Kind, Limit},
    proof::Proof,
    schema::FieldErrors,
};
use web::{
    Access, Error, FormData, FormState, Page, Routes, proof,
    ui::{Choice, Empty, Tag, Tone},
};

use super::{
    last_day,
    lines::{self, Line},
    requests::{Continuing, continuing, fields_of},
};
use crate::{
    model::{Request, Right, State},
    rules,
    store::{
        self,
        corrections::{self, Correction},
        readings,
        requests::{self, NewRequest},
    },
};

pub(super) fn routes() -> Routes {
    use Access::Public;
    Routes::new()
        .get("/data-saya", Public, ask)
        .post("/data-saya", Public, prove)
        .get("/data-saya/riwayat", Public, history)
        .post("/data-saya/selesai", Public, finish)
        .get("/data-saya/ajukan", Public, form)
        .post("/data-saya/ajukan", Public, submit)
        .token()
        .get("/data-saya/permintaan/{code}", Public, status)
}

#[derive(Template)]
#[template(path = "privacy/ask.html")]
struct Ask {
    page: Page,
    form: FormState,
    rights: Vec<Choice>,
}

fn rights(page: &Page) -> Vec<Choice> {
    Right::ALL
        .into_iter()
        .map(|right| {
            let label = page.t2("privacy-right-label", "right", page.t(right.key()), "article", right.article());
            Choice::new(right.as_str(), label).hint(page.t(right.hint()))
        })
        .collect()
}

async fn ask(page: Page) -> web::Result {
    let form = FormState::filled(&page, FormData::of([("kode", page.query().get("kode"))]));
    let rights = rights(&page);
    page.clone().html(&Ask { page, form, rights })
}

async fn prove(page: Page, form: FormData) -> web::Result {
    let mut errors = FieldErrors::default();
    let code = indonesian::Code::parse(form.get("kode"));
    if code.is_err() {
        errors.add("kode", Message::new("privacy-code-wrong"));
    }
    let born = form.date("lahir").ok().flatten();
    if born.is_none() {
        errors.add("lahir", Message::new("privacy-born-needed"));
    }
    let tail = form.get("nik").to_owned();
    if tail.len() != 4 || !tail.bytes().all(|digit| digit.is_ascii_digit()) {
        errors.add("nik", Message::new("privacy-tail-needed"));
    }
    if let (Ok(code), true) = (code, errors.is_empty()) {
        let ctx = page.ctx_as(Actor::Public);
        let outcome = page.gov().write(&ctx, move |tx| {
            // An unknown code takes the same way to the same answer.
            let persons = match case::by_code(tx, code.as_str()) {
                Ok(case) => store::persons_of(tx, &case)?,
                Err(kernel::Error::Missing) => Vec::new(),
                Err(error) => return Err(error),
            };
            let outcome = kernel::proof::attempt(tx, code.as_str(), &persons, born, &tail)?;
            if let Proof::Right(person) = outcome {
                tx.entry(NewEntry::new("privacy.proof.given").object("person", person));
            }
            Ok::<_, kernel::Error>(outcome)
        });
        match outcome.await? {
            Proof::Right(person) => {
                proof::remember(&page, code.as_str(), Some(person));
                return page.redirect("/data-saya/riwayat");
            }
            Proof::Wait(until) => {
                let seconds = until.duration_since(page.now()).as_secs().max(1);
                return Err(Error::TooMany { retry_after_seconds: u64::try_from(seconds).unwrap_or(1) });
            }
            Proof::Wrong => errors.add("kode", Message::new("privacy-proof-wrong")),
        }
    }
    let kept = FormData::of([("kode", form.get("kode")), ("lahir", form.get("lahir"))]);
    let (form, rights) = (FormState::wrong(&page, kept, errors), rights(&page));
    page.clone().wrong(&Ask { page, form, rights })
}

/// The person this browser proved to be; the applicant where the proof was the sending itself.
async fn proved(page: &Page, headers: &HeaderMap) -> web::Result<Option<Id>> {
    let Some(proved) = proof::proved(page, headers) else { return Ok(None) };
    if proved.person.is_some() {
        return Ok(proved.person);
    }
    match page.gov().read(move |rx| case::by_code(rx, &proved.code)).await {
        Ok(case) => Ok(case.applicant),
        Err(kernel::Error::Missing) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "privacy/history.html")]
struct History {
    page: Page,
    lines: Vec<Line>,
    empty: Empty,
    many: bool,
}

async fn history(page: Page, headers: HeaderMap) -> web::Result {
    let Some(person) = proved(&page, &headers).await? else { return page.redirect("/data-saya") };
    readings::catch_up(page.gov()).await?;
    let readings = page.gov().write(&page.ctx_as(Actor::Public), move |tx| readings::told_to(tx, person, "privacy.readings.shown")).await?;
    let many = i64::try_from(readings.len()).unwrap_or(0) >= readings::LINES_MAX;
    let lines = lines::lines(&page, &readings);
    let empty = Empty::new(page.t("privacy-readings-none"), page.t("privacy-readings-none-why"));
    page.clone().html(&History { page, lines, empty, many })
}

async fn finish(page: Page, _form: FormData) -> web::Result {
    proof::forget(&page);
    page.flash_ok(Message::new("privacy-finished"));
    page.redirect("/data-saya")
}

#[derive(Template)]
#[template(path = "privacy/request_new.html")]
struct New {
    page: Page,
    form: FormState,
    rights: Vec<Choice>,
    /// The reading objected to, in words.
    about: Option<Line>,
}

/// The reading of the address, if the person may know of it.
async fn reading(page: &Page, person: Id, entry: &str) -> web::Result<Option<Line>> {
    let Ok(entry) = entry.parse::<Id>() else { return Ok(None) };
    readings::catch_up(page.gov()).await?;
    let found = page.gov().write(&page.ctx_as(Actor::Public), move |tx| readings::told_to(tx, person, "privacy.readings.shown")).await?;
    Ok(found.into_iter().find(|reading| reading.entry == entry).and_then(|reading| lines::lines(page, &[reading]).pop()))
}

async fn form(page: Page, headers: HeaderMap) -> web::Result {
    let Some(person) = proved(&page, &headers).await? else { return page.redirect("/data-saya") };
    let about = reading(&page, person, page.query().get("baca")).await?;
    let right = if about.is_some() { Right::Objection.as_str().to_owned() } else { page.query().get("hak").to_owned() };
    let entry = about.as_ref().map_or_else(String::new, |line| line.entry.clone());
    let form = FormState::filled(&page, FormData::of([("hak", right), ("baca", entry)]));
    let rights = rights(&page);
    page.clone().html(&New { page, form, rights, about })
}

async fn submit(page: Page, headers: HeaderMap, form: FormData) -> web::Result {
    let Some(person) = proved(&page, &headers).await? else { return page.redirect("/data-saya") };
    let mut errors = FieldErrors::default();
    let right = Right::parse(form.get("hak"));
    if right.is_none() {
        errors.add("hak", Message::new("privacy-choose"));
    }
    let detail = rules::text("uraian", form.get("uraian"), 10, 2_000, &mut errors);
    let about = reading(&page, person, form.get("baca")).await?;
    if let (Some(right), true) = (right, errors.is_empty()) {
        let entry = about.as_ref().and_then(|line| line.entry.parse().ok());
        let new = NewRequest { right, person, entry, detail, channel: "online" };
        let gov = Arc::clone(&page.state().gov);
        let case = page.gov().write(&page.ctx_as(Actor::Public), move |tx| requests::open(tx, &gov, &new)).await?;
        page.flash_ok(Message::new("privacy-request-sent"));
        return page.redirect(&format!("/data-saya/permintaan/{}", case.code));
    }
    let (form, rights) = (FormState::wrong(&page, form, errors), rights(&page));
    page.clone().wrong(&New { page, form, rights, about })
}

#[derive(Template)]
#[template(path = "privacy/request_status.html")]
struct Status {
    page: Page,
    code: String,
    right: String,
    state: Tag,
    received: String,
    due: String,
    /// Only for whoever proved to be the person.
    answer: String,
    /// What granting did, in words; only for whoever proved to be the person.
    done: Vec<String>,
    /// What goes on by law though consent was withdrawn.
    continues: Vec<Continuing>,
    proved: bool,
    open: bool,
}

/// What granting did.
fn done(page: &Page, corrected: &[Correction], limit: Option<&Limit>) -> Vec<String> {
    let mut done: Vec<String> =
        corrected.iter().map(|one| page.t2("privacy-done-corrected", "fields", fields_of(page, one), "at", page.moment(one.at))).collect();
    if let Some(limit) = limit {
        let from = page.moment(limit.lasting.from);
        done.push(match (limit.kind, limit.lasting.lifted_at, limit.lasting.until) {
            (Kind::Withdrawn, None, _) => page.t1("privacy-done-withdrawn", "from", from),
            (_, Some(at), _) => page.t2("privacy-done-lifted", "at", page.moment(at), "decree", limit.lifted_decree.as_str()),
            (Kind::Restricted, None, Some(until)) => page.t2("privacy-done-restricted-until", "from", from, "until", last_day(page, until)),
            (Kind::Restricted, None, None) => page.t1("privacy-done-restricted", "from", from),
        });
    }
    done
}

/// A state with its tone.
pub(super) fn state_tag(page: &Page, state: State) -> Tag {
    let (tone, key) = match state {
        State::Open => (Tone::Wait, "privacy-state-open"),
        State::Granted => (Tone::Ok, "privacy-state-granted"),
        State::Refused => (Tone::Late, "privacy-state-refused"),
    };
    Tag::new(tone, page.t(key))
}

async fn status(page: Page, headers: HeaderMap, Path(code): Path<String>) -> web::Result {
    let code = indonesian::Code::parse(&code).map_err(|_| Error::NotFound)?;
    let person = proved(&page, &headers).await?;
    let gov = Arc::clone(&page.state().gov);
    let (request, corrected, limit): (Request, Vec<Correction>, Option<Limit>) = page
        .gov()
        .read(move |rx| {
            let case = case::by_code(rx, code.as_str())?;
            let limit = limit::of_cause(rx, case.id)?;
            Ok::<_, kernel::Error>((requests::find(rx, &gov, case.id)?, corrections::of_request(rx, case.id)?, limit))
        })
        .await?;
    let state = State::parse(&request.case.state);
    let proved = person == Some(request.person);
    page.clone().html(&Status {
        code: code.to_string(),
        right: page.t2("privacy-right-label", "right", page.t(request.right.key()), "article", request.right.article()),
        state: state_tag(&page, state),
        received: page.moment(request.case.received_at),
        due: request.case.due.at.map(|at| page.moment(at)).unwrap_or_default(),
        done: if proved && state == State::Granted { done(&page, &corrected, limit.as_ref()) } else { Vec::new() },
        continues: match request.right {
            Right::Withdrawal if proved && state == State::Granted => continuing(&page),
            _ => Vec::new(),
        },
        answer: if proved { request.answer } else { String::new() },
        proved,
        open: state == State::Open,
        page,
    })
}

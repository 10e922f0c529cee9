//! The data protection officer answers requests, from Tugas Saya.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use kernel::{Error as KernelError, Id, Message, NewEntry, access, party, schema::FieldErrors};
use web::{
    Basis, Error, FormData, FormState, Page, Routes, Signed,
    ui::{Cell, Column, Empty, KeyValues, Table, Tag, Tone},
};

use super::{OFFICER, ROWS, end_of, id_of, known_as, lines, own::state_tag};
use crate::{
    model::{Request, Right, State},
    rules::{self, Ties},
    store::{
        copies,
        corrections::{self, Correction},
        readings,
        requests::{self, Answer, Hooks},
    },
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/data-pribadi/permintaan", OFFICER, list)
        .get("/data-pribadi/permintaan/{case}", OFFICER, show)
        .post("/data-pribadi/permintaan/{case}", OFFICER, answer)
        .token()
        .post("/data-pribadi/permintaan/{case}/salinan", OFFICER, copy)
        .token()
}

#[derive(Template)]
#[template(path = "privacy/list.html")]
pub(super) struct List {
    pub(super) page: Page,
    pub(super) title: String,
    pub(super) lead: String,
    pub(super) table: Table,
    /// The way to something new, and its words.
    pub(super) new: Option<(&'static str, String)>,
}

async fn list(page: Page) -> web::Result {
    let ctx = page.ctx();
    let rows = page.gov().disclose(&ctx, |view| {
        let rows = requests::list(view, ROWS)?;
        let cases: Vec<Id> = rows.iter().map(|row| row.case).collect();
        access::record(view, NewEntry::new("privacy.requests.listed").detail(serde_json::json!({ "cases": cases })))?;
        Ok::<_, KernelError>(rows)
    });
    let rows = rows.await?;
    let row = |line: &requests::Line| {
        let code = indonesian::Code::parse(&line.code).map_or_else(|_| line.code.clone(), |code| code.to_string());
        let due = match (line.state, line.due_at) {
            (State::Open, Some(at)) if at < page.now() => Cell::component(&Tag::new(Tone::Late, page.moment(at))),
            (_, Some(at)) => Cell::text(page.moment(at)),
            (_, None) => Cell::text("–"),
        };
        vec![
            Cell::link(&format!("/data-pribadi/permintaan/{}", line.case), page.t(line.right.key())).small(line.right.article()),
            Cell::text(&line.subject).small(code),
            Cell::text(page.moment(line.received_at)),
            due,
            Cell::component(&state_tag(&page, line.state)),
        ]
    };
    let table = Table::new(&page, &page.query(), page.t("privacy-menu-requests"))
        .caption_unseen()
        .column(Column::new(page.t("privacy-right")))
        .column(Column::new(page.t("privacy-person")))
        .column(Column::new(page.t("privacy-received")))
        .column(Column::new(page.t("privacy-due")))
        .column(Column::new(page.t("privacy-state")))
        .rows(rows.iter().map(row).collect::<Vec<_>>())
        .empty(Empty::new(page.t("privacy-requests-none"), page.t("privacy-requests-none-why")));
    let (title, lead) = (page.t("privacy-menu-requests"), page.t("privacy-requests-lead"));
    page.clone().html(&List { page, title, lead, table, new: None })
}

#[derive(Template)]
#[template(path = "privacy/request.html")]
struct Show {
    page: Page,
    form: FormState,
    id: String,
    title: String,
    state: Tag,
    facts: KeyValues,
    detail: String,
    answer: String,
    open: bool,
    may_erase: bool,
    may_copy: bool,
    /// The request asks for a restriction: granting sets one.
    restricts: bool,
    /// The request asks for a correction: granting needs one.
    corrects: bool,
    /// What was corrected: version of the record, columns, when.
    corrections: Vec<(String, String, String)>,
    /// What goes on by law though consent was withdrawn.
    continues: Vec<Continuing>,
    /// Why the record has to stay.
    ties: Vec<String>,
    version: i64,
}

/// Processing that rests on law, not on consent.
pub(super) struct Continuing {
    pub(super) what: String,
    pub(super) basis: String,
}

/// What this government goes on doing with a person's data when she withdraws her consent, each with its basis.
pub(super) fn continuing(page: &Page) -> Vec<Continuing> {
    let all = page.state().systems.iter().flat_map(|system| system.processing).filter(|one| one.basis != Basis::Consent);
    all.map(|one| Continuing {
        what: page.t(&format!("{}title", one.words)),
        basis: format!("{} ({})", page.t(one.basis.key()), one.legal),
    })
    .collect()
}

/// The fields of a correction by the names people know.
pub(super) fn fields_of(page: &Page, correction: &Correction) -> String {
    let name = |field: &String| match field.as_str() {
        "nik_index" | "nik_tail" | "nik_state" | "nik_reason" => page.t("privacy-field-nik"),
        "kk_index" => page.t("privacy-field-kk"),
        "phone_index" => page.t("privacy-field-phone"),
        "email_index" => page.t("privacy-field-email"),
        other => page.t(&format!("privacy-field-{}", other.replace('_', "-"))),
    };
    let mut names: Vec<String> = correction.fields.iter().map(name).collect();
    names.dedup();
    names.join(", ")
}

/// A request with what stands around it.
type Whole = (Request, Option<party::Person>, Ties, Option<lines::Line>, Vec<Correction>);

/// Opens a request: that it was read is an entry.
async fn whole(page: &Page, id: Id) -> web::Result<Whole> {
    let (gov, now) = (Arc::clone(&page.state().gov), page.now());
    readings::catch_up(&gov).await?;
    let (request, person, ties, about, corrected) = page
        .gov()
        .write(&page.ctx(), move |tx| {
            let request = requests::find(tx, &gov, id)?;
            access::record(tx, NewEntry::new("privacy.request.opened").case(id).object("case", id))?;
            let person = party::find(tx, request.person)?;
            let ties = requests::ties(tx, request.person, Some(id), now)?;
            let about = match request.entry {
                Some(entry) => readings::of_person(tx, request.person)?.into_iter().find(|reading| reading.entry == entry),
                None => None,
            };
            Ok::<_, KernelError>((request, person, ties, about, corrections::of_request(tx, id)?))
        })
        .await?;
    let about = about.and_then(|reading| lines::lines(page, &[reading]).pop());
    Ok((request, person, ties, about, corrected))
}

async fn page_of(page: Page, id: Id, form: FormState) -> web::Result<Show> {
    let (request, person, ties, about, corrected) = whole(&page, id).await?;
    let state = State::parse(&request.case.state);
    let code = indonesian::Code::parse(&request.case.code).map_or_else(|_| request.case.code.clone(), |code| code.to_string());
    let channel = if request.case.channel == "counter" { "privacy-channel-counter" } else { "privacy-channel-online" };
    let mut facts = KeyValues::new()
        .row(page.t("privacy-person"), person.as_ref().map(known_as).unwrap_or_default())
        .row(page.t("privacy-code"), code)
        .row(page.t("privacy-basis"), format!("UU 27/2022 {}", request.right.article()))
        .row(page.t("privacy-received"), format!("{} · {}", page.moment(request.case.received_at), page.t(channel)))
        .row_if(page.t("privacy-due"), request.case.due.at.map(|at| page.moment(at)).unwrap_or_default());
    if let Some(line) = about {
        facts = facts.row(page.t("privacy-about-reading"), format!("{}: {} ({})", line.who, line.did, line.at));
    }
    Ok(Show {
        id: id.to_string(),
        title: page.t(request.right.key()),
        state: state_tag(&page, state),
        facts,
        open: state == State::Open,
        may_erase: rules::may_erase(request.right),
        may_copy: rules::may_copy(request.right),
        restricts: request.right == Right::Restriction,
        corrects: request.right == Right::Correction,
        corrections: corrected.iter().map(|one| (page.number(one.record_version), fields_of(&page, one), page.moment(one.at))).collect(),
        continues: if request.right == Right::Withdrawal { continuing(&page) } else { Vec::new() },
        ties: ties.against().into_iter().map(|key| page.t(key)).collect(),
        version: request.case.version,
        detail: request.detail,
        answer: request.answer,
        form,
        page,
    })
}

async fn show(page: Page, Path(id): Path<String>) -> web::Result {
    let (id, form) = (id_of(&id)?, FormState::empty(&page));
    let shown = page_of(page.clone(), id, form).await?;
    page.html(&shown)
}

async fn answer(page: Page, Signed(_): Signed, Path(id): Path<String>, form: FormData) -> web::Result {
    let id = id_of(&id)?;
    let ctx = page.ctx_for(&form)?;
    let officer = ctx.actor().officer().cloned().ok_or(Error::SignIn)?;
    let mut errors = FieldErrors::default();
    let granted = match form.get("putusan") {
        "kabul" => Some(true),
        "tolak" => Some(false),
        _ => None,
    };
    if granted.is_none() {
        errors.add("putusan", Message::new("privacy-choose"));
    }
    let text = rules::text("jawaban", form.get("jawaban"), 10, 4_000, &mut errors);
    let (mut decree, mut until) = (String::new(), None);
    if granted == Some(true) && form.raw("keputusan").is_some() {
        decree = rules::text("keputusan", form.get("keputusan"), 3, 200, &mut errors);
        match form.date("sampai") {
            Ok(day) => until = day.map(|day| end_of(&page, day)).transpose()?,
            Err(_) => errors.add("sampai", Message::new("privacy-date-needed")),
        }
    }
    if let (Some(granted), true) = (granted, errors.is_empty()) {
        let version = form.number("versi").ok_or(Error::BadRequest)?;
        let what = form.get("hapus").to_owned();
        let (erase, erase_contact) = (what == "semua", what == "kontak");
        let answer = Answer { case_id: id, version, granted, answer: text, erase, erase_contact, decree, until };
        let (gov, systems) = (Arc::clone(&page.state().gov), &page.state().systems);
        let hooks = Hooks {
            forgetting: systems.iter().filter_map(|system| Some((system.slug, system.forget?))).collect(),
            withdrawing: systems.iter().filter_map(|system| system.withdraw).collect(),
        };
        match page.gov().write(&ctx, move |tx| requests::answer(tx, &gov, &officer, &answer, &hooks)).await {
            Ok(_) => {
                page.flash_ok(Message::new("privacy-request-answered"));
                return page.redirect(&format!("/data-pribadi/permintaan/{id}"));
            }
            Err(KernelError::Refused(message)) => errors.add(refused_at(&message), message),
            Err(error) => return Err(error.into()),
        }
    }
    let form = FormState::wrong(&page, form, errors);
    let shown = page_of(page.clone(), id, form).await?;
    page.wrong(&shown)
}

/// The field beside which a refusal stands.
fn refused_at(message: &Message) -> &'static str {
    match message.key.as_ref() {
        "kernel-limit-over" => "sampai",
        "kernel-limit-runs" => "keputusan",
        "privacy-correction-first" => "putusan",
        _ => "hapus",
    }
}

/// The copy of everything kept of the person, to be handed over.
async fn copy(page: Page, Path(id): Path<String>, form: FormData) -> web::Result {
    let (id, gov, ctx) = (id_of(&id)?, Arc::clone(&page.state().gov), page.ctx_for(&form)?);
    readings::catch_up(page.gov()).await?;
    let copy = page.gov().write(&ctx, move |tx| copies::of_request(tx, &gov, id)).await?;
    page.download("salinan-data-pribadi.json", "application/json", serde_json::to_vec_pretty(&copy)?)
}

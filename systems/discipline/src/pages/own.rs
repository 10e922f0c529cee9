//! `/sanksi/saya`: what somebody reads, answers and appeals about themselves; also while restricted.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use kernel::{Error as KernelError, Id, Message, account, case, schema::FieldErrors};
use web::{
    FormData, FormState, Page,
    ui::{KeyValues, Tag, Timeline},
};

use super::{
    acting,
    case::{Papers, said, timeline},
    officer,
};
use crate::{
    model::Dossier,
    rules,
    store::{self, Line},
    words,
};

#[derive(Template)]
#[template(path = "discipline/own_list.html")]
struct List {
    page: Page,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "discipline/own.html")]
struct Own {
    page: Page,
    form: FormState,
    case: Id,
    version: i64,
    state: Tag,
    basis: String,
    said: KeyValues,
    timeline: Timeline,
    /// Until when an answer is waited for; nothing when it is not.
    answer: Option<String>,
    appeal: Option<String>,
    above: String,
}

pub(super) async fn list(page: Page) -> web::Result {
    let officer = officer(&page)?;
    let (account, person) = (officer.account, officer.person);
    let lines = page.gov().read(move |rx| store::about(rx, account, person)).await?;
    page.clone().html(&List { page, lines })
}

impl List {
    fn words(&self, line: &Line) -> String {
        let measure = words::measure(&self.page, &line.measure);
        let day = self.page.day(line.at);
        if measure.is_empty() { self.page.t1("discipline-own-since", "day", day) } else { format!("{measure} · {day}") }
    }

    fn state(&self, line: &Line) -> Tag {
        words::state(&self.page, &line.state)
    }
}

async fn load(page: &Page, id: Id) -> web::Result<(Dossier, String, Vec<case::Event>)> {
    let officer = officer(page)?;
    let (keys, account, person) = (Arc::clone(page.gov().keys()), officer.account, officer.person);
    Ok(page
        .gov()
        .read(move |rx| {
            let dossier = store::own_dossier(rx, &keys, id, account, person)?;
            let above = store::post_name(rx, dossier.appeal_post)?;
            Ok::<_, KernelError>((dossier, above, case::events(rx, id)?))
        })
        .await?)
}

pub(super) async fn show(page: Page, Path(id): Path<Id>) -> web::Result {
    let form = FormState::empty(&page);
    answered(page, id, form, false).await
}

async fn answered(page: Page, id: Id, form: FormState, wrong: bool) -> web::Result {
    let (dossier, above, events) = load(&page, id).await?;
    let now = page.now();
    let limit = |at: Option<jiff::Timestamp>| at.map_or_else(|| page.t("discipline-no-limit"), |at| page.day(at));
    let view = Own {
        form,
        case: id,
        version: dossier.version,
        state: words::state(&page, dossier.state.key()),
        basis: dossier.basis.clone(),
        said: said(&page, &dossier),
        timeline: timeline(&page, &events),
        answer: rules::may_answer(&dossier).then(|| limit(dossier.answer_until)),
        appeal: rules::may_appeal(&dossier, now).then(|| limit(dossier.appeal_until)),
        above,
        page: page.clone(),
    };
    if wrong { page.wrong(&view) } else { page.html(&view) }
}

pub(super) async fn answer(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    say(page, id, form, "jawaban", |dossier, _| rules::may_answer(dossier)).await
}

pub(super) async fn appeal(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    say(page, id, form, "keberatan", rules::may_appeal).await
}

/// Keeps what the person says in `field`, when it may be said now.
async fn say(page: Page, id: Id, form: FormData, field: &'static str, may: fn(&Dossier, jiff::Timestamp) -> bool) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    load(&page, id).await?;
    let mut errors = FieldErrors::default();
    let text = rules::text(&|name| form.raw(name), field, &mut errors);
    if !errors.is_empty() {
        let form = FormState::wrong(&page, form, errors);
        return answered(page, id, form, true).await;
    }
    let (keys, now) = (Arc::clone(page.gov().keys()), page.now());
    let (account, person, shown) = (officer.account, officer.person, form.number("versi").unwrap_or(0));
    page.gov()
        .write(&ctx, move |tx| {
            let dossier = store::own_dossier(tx, &keys, id, account, person)?;
            if !may(&dossier, now) {
                return Err(KernelError::refused("discipline-not-now"));
            }
            if dossier.version != shown {
                return Err(KernelError::Stale);
            }
            if field == "keberatan" { store::appeal(tx, &keys, &dossier, &text) } else { store::answer(tx, &keys, &dossier, &text) }
        })
        .await?;
    page.flash_ok(Message::new("discipline-said"));
    page.redirect(&store::own_path(id))
}

pub(super) async fn print(page: Page, Path(id): Path<Id>) -> web::Result {
    let (dossier, ..) = load(&page, id).await?;
    let account = dossier.account;
    let decider = dossier.decider;
    let (name, signer) = page
        .gov()
        .read(move |rx| {
            let name = match account {
                Some(account) => account::find(rx, account)?.map_or_else(String::new, |account| account.display_name),
                None => String::new(),
            };
            Ok::<_, KernelError>((name, store::post_name(rx, decider)?))
        })
        .await?;
    let papers = words::papers(&page, &dossier, &name);
    let unit = signer.rsplit_once(", ").map_or(String::new(), |(_, unit)| unit.to_owned());
    page.clone().html(&Papers { page, papers, unit, signer, back: store::own_path(id) })
}

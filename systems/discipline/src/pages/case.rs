//! `/sanksi/kasus/{case}`: one case, for whoever keeps, decides or oversees it.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as KernelError, Id, Message, NewEntry, Officer, access, account,
    case::{self, Event},
    grant::Located,
    keys::Keys,
};
use web::{
    Error, FormData, FormState, Page,
    ui::{Choice, KeyValues, Tag, Timeline},
};

use super::{acting, officer, zone};
use crate::{
    model::{Act, Dossier, Measure, Subject},
    rules::{self, Standing},
    store::{self, Line},
    words::{self, Paper},
};

/// A case as its pages need it.
struct Loaded {
    dossier: Dossier,
    standing: Standing,
    restricted: bool,
    name: String,
    decider: String,
    above: String,
    events: Vec<Event>,
    earlier: Vec<Line>,
}

#[derive(Template)]
#[template(path = "discipline/case.html")]
struct Show {
    page: Page,
    loaded: Loaded,
    state: Tag,
    about: KeyValues,
    said: KeyValues,
    timeline: Timeline,
    acts: Vec<(String, String)>,
    earlier: Vec<String>,
}

#[derive(Template)]
#[template(path = "discipline/act.html")]
struct Ask {
    page: Page,
    form: FormState,
    case: Id,
    act: Act,
    version: i64,
    measures: Vec<Choice>,
    /// May say until when an account is restricted.
    asks_until: bool,
}

#[derive(Template)]
#[template(path = "discipline/papers.html")]
pub(super) struct Papers {
    pub(super) page: Page,
    pub(super) papers: Vec<Paper>,
    pub(super) unit: String,
    pub(super) signer: String,
    pub(super) back: String,
}

/// The case within the officer's reach, and the entry that it was read.
async fn load(page: &Page, officer: Arc<Officer>, id: Id) -> web::Result<Loaded> {
    let (keys, now) = (Arc::clone(page.gov().keys()), page.now());
    let loaded = page
        .gov()
        .disclose(&page.ctx(), move |view| {
            let loaded = read(view, &keys, &officer, id, now)?;
            access::record(view, NewEntry::new("discipline.case.read").case(id).unit(loaded.dossier.unit).object("case", id))?;
            Ok::<_, KernelError>(loaded)
        })
        .await?;
    Ok(loaded)
}

fn read(rx: &mut kernel::Rx<'_>, keys: &Keys, officer: &Officer, id: Id, now: jiff::Timestamp) -> kernel::Result<Loaded> {
    let dossier = store::dossier(rx, keys, id)?;
    let at = Located { units: dossier.case.units, at_unit: Some(dossier.unit), post: None, person: None, kind: None };
    let standing = rules::standing(officer, &dossier, &at);
    if !standing.reads {
        return Err(KernelError::Missing);
    }
    let name = match dossier.account {
        Some(account) => account::find(rx, account)?.map_or_else(String::new, |account| account.display_name),
        None => dossier.case.subject.clone(),
    };
    Ok(Loaded {
        restricted: store::is_restricted(rx, id, now)?,
        decider: store::post_name(rx, dossier.decider)?,
        above: store::post_name(rx, dossier.appeal_post)?,
        events: case::events(rx, id)?,
        earlier: store::earlier(rx, &dossier)?,
        standing,
        name,
        dossier,
    })
}

impl Loaded {
    fn allows(&self, act: Act, now: jiff::Timestamp) -> Result<(), Message> {
        rules::allows(act, &self.dossier, self.standing, self.restricted, now)
    }
}

pub(super) async fn show(page: Page, Path(id): Path<Id>) -> web::Result {
    let loaded = load(&page, officer(&page)?, id).await?;
    let (about, said) = (about(&page, &loaded), said(&page, &loaded.dossier));
    let now = page.now();
    let acts = Act::ALL
        .into_iter()
        .filter(|(act, _)| loaded.allows(*act, now).is_ok())
        .map(|(_, word)| (format!("/sanksi/kasus/{id}/langkah/{word}"), page.t(&format!("discipline-act-{word}"))))
        .collect();
    let earlier = loaded.earlier.iter().map(|line| format!("{}: {}", words::measure(&page, &line.measure), line.decree)).collect();
    let state = words::state(&page, loaded.dossier.state.key());
    let timeline = timeline(&page, &loaded.events);
    page.clone().html(&Show { page, loaded, state, about, said, timeline, acts, earlier })
}

fn about(page: &Page, loaded: &Loaded) -> KeyValues {
    let dossier = &loaded.dossier;
    let mut about = KeyValues::new()
        .row(page.t("discipline-about"), &loaded.name)
        .row_if(page.t("discipline-post"), if dossier.subject == Subject::Official { dossier.case.subject.as_str() } else { "" })
        .row(page.t("discipline-basis"), &dossier.basis)
        .row(page.t("discipline-decider"), &loaded.decider)
        .row(page.t("discipline-above"), &loaded.above);
    if let Some(due) = dossier.case.due.at.filter(|_| !dossier.state.is_closed()) {
        about = about.row(page.t("discipline-due"), page.day(due));
    }
    about
}

/// What was said so far, for both sides.
pub(super) fn said(page: &Page, dossier: &Dossier) -> KeyValues {
    let measure = dossier.measure.map(|measure| words::measure(page, measure.key())).unwrap_or_default();
    let until = dossier.restricted_until.map(|until| page.moment(until)).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let result =
        if dossier.appeal_result.is_empty() { String::new() } else { page.t(&format!("discipline-result-{}", dossier.appeal_result)) };
    KeyValues::new()
        .row(page.t("discipline-allegation"), &dossier.allegation)
        .row_if(page.t("discipline-investigation"), &dossier.investigation)
        .row_if(page.t("discipline-finding"), text(&dossier.finding))
        .row_if(page.t("discipline-answer"), text(&dossier.answer))
        .row_if(page.t("discipline-measure"), measure)
        .row_if(page.t("discipline-until"), until)
        .row_if(page.t("discipline-decree"), &dossier.decree)
        .row_if(page.t("discipline-ground"), text(&dossier.ground))
        .row_if(page.t("discipline-appeal"), text(&dossier.appeal))
        .row_if(page.t("discipline-result"), result)
        .row_if(page.t("discipline-appeal-decree"), &dossier.appeal_decree)
        .row_if(page.t("discipline-appeal-ground"), text(&dossier.appeal_ground))
        .row_if(page.t("discipline-restored"), &dossier.restored_by)
}

/// What happened, by day.
pub(super) fn timeline(page: &Page, events: &[Event]) -> Timeline {
    events.iter().fold(Timeline::new(), |timeline, event| {
        let note = if event.action == "reported" { event.note.as_str() } else { "" };
        timeline.past(page.moment(event.at), page.t(&format!("discipline-event-{}", event.action.replace('_', "-"))), note)
    })
}

fn ask_page(page: &Page, loaded: &Loaded, act: Act, form: FormState) -> Ask {
    let official = loaded.dossier.subject == Subject::Official;
    let measures = Measure::ALL.into_iter().filter(|measure| official || !measure.restricts());
    let measures = measures.map(|measure| Choice::new(measure.key(), words::measure(page, measure.key()))).collect();
    let asks_until = official && matches!(act, Act::Investigate | Act::Decide | Act::DecideAppeal);
    let (case, version) = (loaded.dossier.case.id, loaded.dossier.case.version);
    Ask { page: page.clone(), form, case, act, version, measures, asks_until }
}

pub(super) async fn ask(page: Page, Path((id, step)): Path<(Id, String)>) -> web::Result {
    let act = Act::of_word(&step).ok_or(Error::NotFound)?;
    let loaded = load(&page, officer(&page)?, id).await?;
    loaded.allows(act, page.now())?;
    let form = FormState::filled(&page, FormData::of([("tanggal", page.today().to_string())]));
    page.html(&ask_page(&page, &loaded, act, form))
}

pub(super) async fn act(page: Page, Path((id, step)): Path<(Id, String)>, form: FormData) -> web::Result {
    let act = Act::of_word(&step).ok_or(Error::NotFound)?;
    let (ctx, officer) = acting(&page, &form)?;
    let loaded = load(&page, Arc::clone(&officer), id).await?;
    let now = page.now();
    loaded.allows(act, now)?;
    let said = match rules::said(act, loaded.dossier.subject, &|name| form.raw(name), zone(&page), now) {
        Ok(said) => said,
        Err(errors) => {
            let form = FormState::wrong(&page, form, errors);
            return page.wrong(&ask_page(&page, &loaded, act, form));
        }
    };
    let (keys, shown) = (Arc::clone(page.gov().keys()), form.number("versi").unwrap_or(0));
    page.gov()
        .write(&ctx, move |tx| {
            // Read anew inside the write: what was true when the page was shown may not be true any more.
            let loaded = read(tx, &keys, &officer, id, now)?;
            if loaded.dossier.case.version != shown {
                return Err(KernelError::Stale);
            }
            loaded.allows(act, now)?;
            store::act(tx, &keys, &loaded.dossier, act, &said)
        })
        .await?;
    page.flash_ok(Message::new("discipline-done"));
    page.redirect(&format!("/sanksi/kasus/{id}"))
}

pub(super) async fn print(page: Page, Path(id): Path<Id>) -> web::Result {
    let loaded = load(&page, officer(&page)?, id).await?;
    let papers = words::papers(&page, &loaded.dossier, &loaded.name);
    let unit = loaded.decider.rsplit_once(", ").map_or(String::new(), |(_, unit)| unit.to_owned());
    page.clone().html(&Papers { page, papers, unit, signer: loaded.decider, back: format!("/sanksi/kasus/{id}") })
}

impl Ask {
    fn action(&self) -> String {
        format!("/sanksi/kasus/{}/langkah/{}", self.case, self.act.word())
    }

    fn title(&self) -> String {
        self.page.t(&format!("discipline-act-{}", self.act.word()))
    }

    fn lead(&self) -> String {
        self.page.t(&format!("discipline-act-{}-lead", self.act.word()))
    }

    fn decides(&self) -> bool {
        self.act == Act::Decide || self.act == Act::DecideAppeal
    }

    fn appeals(&self) -> bool {
        self.act == Act::DecideAppeal
    }

    fn decreed(&self) -> bool {
        self.act != Act::Conclude
    }
}

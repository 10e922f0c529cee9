//! Everything the page of one application shows, read at one moment; who opened it is written before it is shown.

use std::sync::Arc;

use indonesian::CrossCheck;
use kernel::{
    Error, Gov, Id, NewEntry, Officer, Result, Rx,
    access::{self, Reading},
    case::{self, Attachment, CaseParty, Event},
    clock::Office,
    document::{self, Document},
    election::Period,
    limit,
    notice::{self, Notice},
    party::{self, NikState, Person, Revealed},
    post,
};

use crate::{
    pages::{COUNTER_ROLES, OFFICE_ROLES},
    rules::{self, Desk, State},
    store::{
        self, Dossier, act, due, links,
        lists::{self, Seat, Standing, Trace, Twin},
    },
};

/// A desk the application still has to pass, with who acts there today.
#[derive(Debug, Clone)]
pub(super) struct Ahead {
    /// Of the chain, or nothing for printing and handing over.
    pub(super) step: Option<usize>,
    pub(super) title: String,
    /// "Plh. Rusdi Hartono"; empty when nobody acts.
    pub(super) holder: String,
    pub(super) prefix: String,
    pub(super) mine: bool,
    pub(super) vacant: bool,
}

/// The dossier with everybody and everything around it.
pub(super) struct Whole {
    pub(super) dossier: Dossier,
    pub(super) state: State,
    pub(super) standing: Standing,
    pub(super) subject: Person,
    /// When somebody else asked.
    pub(super) applicant: Option<Person>,
    pub(super) revealed: Option<Revealed>,
    pub(super) cross: Option<CrossCheck>,
    pub(super) parties: Vec<CaseParty>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) events: Vec<Event>,
    /// The desk it lies on now, then those to come.
    pub(super) ahead: Vec<Ahead>,
    pub(super) twins: Vec<Twin>,
    pub(super) traces: Vec<Trace>,
    pub(super) document: Option<Document>,
    pub(super) introduction: Option<(String, String, String)>,
    pub(super) notices: Vec<Notice>,
    pub(super) answers: String,
    pub(super) office: Arc<Office>,
    /// Whether the officer serves at a counter that reaches this case.
    pub(super) at_counter: bool,
    /// Whether the officer signs for a unit that reaches this case.
    pub(super) signs: bool,
    pub(super) received_by_me: bool,
    /// The Masa Pemilihan in which what is decided here is marked for the Inspektorat.
    pub(super) marked_in: Option<Period>,
}

impl Whole {
    /// Whether this officer compares what is on record with the papers: at a desk or counter of an application that runs. Everybody
    /// else sees birth date and street masked.
    pub(super) fn compares(&self) -> bool {
        self.dossier.case.closed_at.is_none() && (self.standing.may_work() || self.at_counter)
    }
}

/// The dossier of a case this officer may see; for everybody else there is none.
pub(super) fn dossier(rx: &mut Rx<'_>, gov: &Gov, seat: &Seat, case_id: Id) -> Result<Dossier> {
    let case = case::find(rx, case_id)?;
    if case.system != store::SYSTEM || !seat.covers(&case) {
        return Err(Error::Missing);
    }
    store::dossier_of(rx, gov, case)
}

/// The same with the seat looked up.
pub(super) fn mine<'c>(reading: &mut impl Reading<'c>, gov: &Gov, officer: &Officer, case_id: Id) -> Result<(Seat, Dossier)> {
    let now = reading.circumstances().now();
    let seat = lists::seat(reading, officer, OFFICE_ROLES, now)?;
    let dossier = dossier(reading, gov, &seat, case_id)?;
    Ok((seat, dossier))
}

/// Opens an application and reads everything; that it was opened stands in the log before anything is shown.
pub(super) fn whole<'c>(tx: &mut impl Reading<'c>, gov: &Gov, officer: &Officer, dossier: Dossier, reveal: bool) -> Result<Whole> {
    let (case_id, now) = (dossier.case.id, tx.circumstances().now());
    access::record(tx, NewEntry::new("services.application.opened").case(case_id).unit(dossier.case.unit).object("case", case_id))?;
    let subject = party::find(tx, dossier.application.subject_person)?.ok_or(Error::Missing)?;
    if dossier.case.closed_at.is_some() {
        // What is finished is kept; opening it again is no running case.
        for person in [Some(subject.id), dossier.case.applicant].into_iter().flatten() {
            limit::require_free(tx, person, now)?;
        }
    }
    let applicant = match dossier.case.applicant {
        Some(id) if id != subject.id => party::find(tx, id)?,
        _ => None,
    };
    let revealed = if reveal { Some(party::reveal(tx, gov.keys(), &subject, "page", Some(case_id))?) } else { None };
    let cross = cross_check(tx, gov, &subject, case_id)?;
    let document = match dossier.application.document {
        Some(id) => document::find(tx, id)?,
        None => None,
    };
    Ok(Whole {
        state: store::act::state_of(&dossier.case)?,
        standing: lists::standing(tx, &dossier, officer, now)?,
        cross,
        parties: case::parties(tx, case_id)?,
        attachments: case::attachments(tx, case_id)?,
        events: case::events(tx, case_id)?,
        ahead: ahead(tx, &dossier, officer, now)?,
        twins: lists::twins(tx, &dossier.case)?,
        traces: lists::traces(tx, case_id, 40)?,
        document,
        introduction: links::introduction_of(tx, case_id)?,
        notices: notice::of_case(tx, case_id)?,
        answers: dossier.application.answers(gov.keys(), case_id)?,
        office: due::office(tx, gov, &dossier.offer)?,
        at_counter: act::reaches(officer, COUNTER_ROLES, &dossier.case),
        signs: act::reaches(officer, &["signer"], &dossier.case),
        marked_in: store::aid::flagging(tx, &dossier, now)?,
        received_by_me: dossier.application.received_by == Some(officer.account),
        subject,
        applicant,
        revealed,
        dossier,
    })
}

/// The sum behind an odd NIK. Only an odd one is opened for it, and that is written down.
fn cross_check<'c>(tx: &mut impl Reading<'c>, gov: &Gov, subject: &Person, case_id: Id) -> Result<Option<CrossCheck>> {
    let (NikState::Odd, Some(born)) = (subject.nik_state, subject.birth_date) else { return Ok(None) };
    let revealed = party::reveal(tx, gov.keys(), subject, "cross_check", Some(case_id))?;
    Ok(revealed.nik.map(|nik| nik.cross_check(born, subject.sex.unwrap_or_else(|| nik.sex()))))
}

/// The desks from now on.
fn ahead(rx: &mut Rx<'_>, dossier: &Dossier, officer: &Officer, now: jiff::Timestamp) -> Result<Vec<Ahead>> {
    let state = store::act::state_of(&dossier.case)?;
    if state.is_final() || state == State::Ready {
        return Ok(Vec::new());
    }
    let offered = dossier.offer.offered();
    let from = usize::try_from(dossier.case.step).unwrap_or(0);
    let mut desks: Vec<(Option<usize>, Option<Id>)> = Vec::new();
    match (state, dossier.case.at_post) {
        (State::Introduction | State::AwaitingScan, at) => desks.push((None, at)),
        (State::Incomplete, _) => {}
        (_, at) => desks.push((Some(from), at)),
    }
    let next = match state {
        State::Introduction | State::Incomplete => 0,
        _ => from + 1,
    };
    for (place, (step, offices)) in offered.steps().enumerate().skip(next) {
        let desk = Desk::Office { at: step.at, offices };
        desks.push((Some(place), post_of(rx, dossier, &desk, now)?));
    }
    if state != State::AwaitingScan {
        let desk = Desk::Registrar(rules::registrar_offices(dossier.offer.kind));
        desks.push((None, post_of(rx, dossier, &desk, now)?));
    }
    let mut posts = Vec::new();
    for post in desks.iter().filter_map(|(_, post)| *post) {
        posts.extend(post::find(rx, post)?);
    }
    let lines = post::lines(rx, posts, now)?;
    let mut ahead = Vec::with_capacity(desks.len());
    for (step, at) in desks {
        let Some(line) = at.and_then(|at| lines.iter().find(|line| line.post.id == at)) else {
            ahead.push(Ahead { step, title: String::new(), holder: String::new(), prefix: String::new(), mine: false, vacant: true });
            continue;
        };
        let prefix = line.acting.holder.as_ref().map_or("", |holding| holding.kind.prefix());
        ahead.push(Ahead {
            step,
            title: line.post.title.clone(),
            holder: line.holder.clone().unwrap_or_default(),
            prefix: prefix.trim().to_owned(),
            mine: line.acting.holder.as_ref().is_some_and(|holding| Some(holding.person) == officer.person),
            vacant: line.acting.is_vacant(),
        });
    }
    Ok(ahead)
}

fn post_of(rx: &mut Rx<'_>, dossier: &Dossier, desk: &Desk, now: jiff::Timestamp) -> Result<Option<Id>> {
    match store::desk_post(rx, &dossier.offer, desk, now) {
        Ok(found) => Ok(found.map(|(post, _)| post)),
        Err(Error::Refused(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

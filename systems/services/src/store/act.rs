//! One action on an application: who may, what follows, and everything it writes, in one transaction.

use jiff::Timestamp;
use kernel::{
    Actor, Error, Gov, Id, Message, NewEntry, Officer, Result, Tx,
    case::{self, Case, Move, NextTask},
    cols,
    grant::{Located, Scope},
    post::{self, Right},
};

use super::{Dossier, aid, change, desk_post, dossier, due, figures, notify, papers};
use crate::{
    model::IntroductionMode,
    rules::{self, Action, COUNTER_ROLES, Next, State},
};

/// What an officer asks for.
#[derive(Clone, Debug)]
pub struct Act {
    pub case_id: Id,
    /// The version of the case the officer was looking at.
    pub version: i64,
    pub action: Action,
    /// Reason or remark, already checked by [`rules::reason`].
    pub note: String,
    /// The stored scan, for [`Action::RegisterScan`].
    pub scan: Option<Id>,
    /// Who received the letter, for [`Action::HandOver`].
    pub receiver: String,
}

/// Does it.
///
/// # Errors
/// [`Error::Refused`]: `services-changed-meanwhile` (two officers on one case), `services-not-your-desk`,
/// `services-post-ended` (the post ended, or somebody acts for it today), `services-action-not-now`,
/// `services-second-person-needed`, or what the document says.
pub fn act(tx: &mut Tx<'_>, gov: &Gov, act: &Act) -> Result<Case> {
    let dossier = dossier(tx, gov, act.case_id)?;
    if dossier.case.version != act.version {
        return Err(changed(&dossier.case));
    }
    let state = state_of(&dossier.case)?;
    let step = usize::try_from(dossier.case.step).unwrap_or(0);
    let next = next(&dossier, state, step, act.action)?;
    let officer = officer(tx)?;
    let right = right(tx, &dossier, state, act.action, &officer)?;
    let mine = dossier.application.received_by == Some(officer.account);
    rules::second_person(&dossier.offer.offered(), act.action, mine)?;
    paperwork(tx, gov, &dossier, act, right.as_ref())?;
    let label = match &right {
        Some(right) => label(tx, right)?,
        None => officer.post.as_ref().map(|post| post.title.clone()).unwrap_or_default(),
    };
    let moved = move_on(tx, gov, &dossier, &next, act, &label, right.map(|right| right.own_post))?;
    aid::decided(tx, &dossier, act.action)?;
    Ok(moved)
}

/// What happens without an officer: the RT head confirms by link, the applicant completes or withdraws.
///
/// # Errors
/// As [`act`].
pub fn act_from_outside(tx: &mut Tx<'_>, gov: &Gov, case_id: Id, action: Action, label: &str, note: &str) -> Result<Case> {
    let dossier = dossier(tx, gov, case_id)?;
    let state = state_of(&dossier.case)?;
    let step = usize::try_from(dossier.case.step).unwrap_or(0);
    let next = next(&dossier, state, step, action)?;
    match action {
        Action::Introduce => change(tx, case_id, &cols! { "introduction" => "given" })?,
        Action::Decline => change(tx, case_id, &cols! { "introduction" => "declined", "refusal" => note })?,
        Action::Resubmit => change(tx, case_id, &cols! { "refusal" => "" })?,
        _ => {}
    }
    let act = Act { case_id, version: dossier.case.version, action, note: note.to_owned(), scan: None, receiver: String::new() };
    move_on(tx, gov, &dossier, &next, &act, label, None)
}

/// Where an action leads. What was completed after a declined introduction needs another one first.
fn next(dossier: &Dossier, state: State, step: usize, action: Action) -> Result<Next> {
    let offered = dossier.offer.offered();
    let next = rules::decide(&offered, state, step, action)?;
    if action != Action::Resubmit || offered.introduction() == IntroductionMode::None {
        return Ok(next);
    }
    match dossier.application.introduction.as_str() {
        "declined" => Err(Error::refused("services-introduction-needed")),
        "waiting" => Ok(rules::ask_again(&offered)),
        _ => Ok(next),
    }
}

/// The state of an application's case.
///
/// # Errors
/// [`Error::Failed`] for a word this release does not know.
pub fn state_of(case: &Case) -> Result<State> {
    State::parse(&case.state).ok_or_else(|| Error::Failed(format!("unknown state {}", case.state)))
}

fn changed(case: &Case) -> Error {
    Message::new("services-changed-meanwhile").arg("state", case.state.as_str()).into()
}

fn officer(tx: &Tx<'_>) -> Result<Officer> {
    match tx.ctx().actor() {
        Actor::Account(officer) => Ok((**officer).clone()),
        _ => Err(Error::Missing),
    }
}

/// The right by which this officer acts: the holder of the desk's post at this moment, or somebody it gave a mandate.
/// Handing over, cancelling and completing need no desk, only a counter that reaches the application.
fn right(tx: &mut Tx<'_>, dossier: &Dossier, state: State, action: Action, officer: &Officer) -> Result<Option<Right>> {
    let not_yours = || Error::refused("services-not-your-desk");
    let with = |roles: &[&str]| if reaches(officer, roles, &dossier.case) { Ok(None) } else { Err(not_yours()) };
    match action {
        Action::HandOver | Action::Cancel | Action::Resubmit => return with(COUNTER_ROLES),
        // With the applicant it lies on no desk: the counter or whoever signs may end it.
        Action::Refuse if state == State::Incomplete => return with(&[COUNTER_ROLES, &["signer"]].concat()),
        // Only the neighbour who was asked says no.
        Action::Decline => return Err(not_yours()),
        _ => {}
    }
    let task = case::tasks_of_case(tx, dossier.case.id)?.into_iter().next().ok_or_else(not_yours)?;
    let (now, kind) = (tx.now(), dossier.case.kind.as_str());
    if let Some(right) = post::may_officer_act(tx, officer, task.post, kind, now)? {
        return Ok(Some(right));
    }
    // One person may enter and check where the unit says so.
    if action == Action::Check && dossier.offer.offered().one_person() {
        for post in officer.posts.iter().filter(|post| post.unit == dossier.case.unit) {
            if let Some(right) = post::may_officer_act(tx, officer, post.post, kind, now)? {
                return Ok(Some(right));
            }
        }
    }
    let once_mine = officer.posts.iter().any(|held| held.post == task.post);
    Err(if once_mine { Error::refused("services-post-ended") } else { not_yours() })
}

/// Whether any of `roles` of this officer reaches the case.
#[must_use]
pub fn reaches(officer: &Officer, roles: &[&str], case: &Case) -> bool {
    let row = Located { units: case.units, at_unit: Some(case.at_unit), post: None, person: None, kind: None };
    Scope::of_roles(officer, roles).covers(&row)
}

/// How the act is signed in the case's journey: "Plh. Kepala Desa", "Kasi Pelayanan".
fn label(tx: &mut Tx<'_>, right: &Right) -> Result<String> {
    let title = post::find(tx, right.own_post)?.map(|post| post.title).unwrap_or_default();
    Ok(format!("{}{title}", right.kind.prefix()))
}

fn paperwork(tx: &mut Tx<'_>, gov: &Gov, dossier: &Dossier, act: &Act, right: Option<&Right>) -> Result<()> {
    let case_id = dossier.case.id;
    let needed = || Error::refused("services-not-your-desk");
    match act.action {
        Action::Introduce => change(tx, case_id, &cols! { "introduction" => "paper" }),
        Action::Check => {
            let by = officer(tx)?.account;
            change(tx, case_id, &cols! { "checked_by" => by, "refusal" => "" })?;
            papers::draft(tx, gov, dossier)
        }
        Action::Initial => papers::initial(tx, dossier, right.ok_or_else(needed)?),
        Action::Sign => papers::sign(tx, gov, dossier, right.ok_or_else(needed)?),
        Action::Acknowledge => papers::acknowledge(tx, gov, dossier, right.ok_or_else(needed)?),
        Action::RegisterScan => {
            let scan = act.scan.ok_or_else(|| Error::refused("services-scan-needed"))?;
            papers::register_scan(tx, dossier, scan)
        }
        Action::HandOver => papers::hand_over(tx, dossier, &act.receiver),
        Action::Return | Action::Decline | Action::Refuse => change(tx, case_id, &cols! { "refusal" => act.note.as_str() }),
        Action::Resubmit => change(tx, case_id, &cols! { "refusal" => "" }),
        Action::SendBack | Action::Cancel => Ok(()),
    }
}

fn move_on(tx: &mut Tx<'_>, gov: &Gov, dossier: &Dossier, next: &Next, act: &Act, label: &str, own_post: Option<Id>) -> Result<Case> {
    let now = tx.now();
    let desk = desk_post(tx, &dossier.offer, &next.desk, now)?;
    let clock = due::change(tx, gov, dossier, next.clock, now)?;
    let task_action = rules::desk_action(next.state).map_or("", Action::as_str);
    let step = Move {
        action: act.action.as_str(),
        to_state: next.state.as_str(),
        step: i64::try_from(next.step).unwrap_or(0),
        task: desk.map(|(post, unit)| NextTask { post, unit, action: task_action }),
        due: clock,
        actor_label: label,
        actor_post: own_post,
        note: &act.note,
        public: act.action != Action::SendBack,
        outcome: next.outcome,
    };
    let moved = case::advance(tx, &dossier.case, &step).map_err(|error| match error {
        Error::Stale => changed(&dossier.case),
        other => other,
    })?;
    if next.outcome.is_some_and(|outcome| outcome != "cancelled") {
        count(tx, dossier, &moved, now)?;
    }
    let entry = NewEntry::new("services.application.moved").case(moved.id).unit(moved.unit).object("case", moved.id);
    tx.entry(entry.detail(serde_json::json!({ "action": step.action, "from": dossier.case.state, "to": moved.state })));
    let has_email = dossier.application.has_email();
    notify::follow(tx, &notify::Moved { case: &moved, offer: &dossier.offer, action: step.action, has_email });
    Ok(moved)
}

fn count(tx: &mut Tx<'_>, dossier: &Dossier, closed: &Case, now: Timestamp) -> Result<()> {
    let minutes = now.duration_since(closed.received_at).as_mins();
    figures::count(
        tx,
        figures::Closing {
            offering: dossier.offer.offering.id,
            on: dossier.offer.unit.date(now),
            on_time: closed.on_time.unwrap_or(true),
            refused: closed.outcome == "refused",
            minutes,
        },
    )?;
    Ok(())
}

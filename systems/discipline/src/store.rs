//! The SQL of this system, and its moves on the kernel's case.

use jiff::Timestamp;
use kernel::{
    DbError, Error, Expect, Id, Message, NewEntry, Result, Row, Rx, Table, Tx, Value,
    account::{
        self,
        restriction::{self, NewRestriction},
    },
    case::{self, Case, Due, DueState, Move, NewCase, NextTask},
    clock::{CalendarBook, CaseClock, Rule, Starts},
    cols, definition,
    grant::{Columns, Scope},
    keys::Keys,
    notice, params,
    post::{self, Post, office},
    signal::{self, Kind, NewSignal},
    unit::{self, Unit},
};
use serde_json::json;

use crate::model::{Act, Definition, Dossier, Measure, Said, State, Subject, Target};

pub(crate) mod reminders;

/// The system's name in cases.
pub(crate) const SYSTEM: &str = "discipline";

/// The audited table of what cases are about.
pub(crate) static CASE: Table = Table::audited(
    "discipline_case",
    &[
        "subject",
        "account",
        "person",
        "unit",
        "decider",
        "appeal_post",
        "basis",
        "allegation_sealed",
        "answer_until",
        "answer_sealed",
        "answered_at",
        "investigation",
        "finding_sealed",
        "measure",
        "decree",
        "decreed_on",
        "ground_sealed",
        "restricted_until",
        "decided_at",
        "appeal_until",
        "appeal_sealed",
        "appealed_at",
        "appeal_decree",
        "appeal_result",
        "appeal_ground_sealed",
        "restored_by",
    ],
);

pub(crate) const TABLES: &[&Table] = &[&CASE, &reminders::REMINDER];

const COLUMNS: &str = "subject, account, person, unit, decider, appeal_post, basis, allegation_sealed, answer_until, answer_sealed, answered_at, \
                       investigation, finding_sealed, measure, decree, decreed_on, ground_sealed, restricted_until, decided_at, appeal_until, \
                       appeal_sealed, appealed_at, appeal_decree, appeal_result, appeal_ground_sealed, restored_by, version";

// Reading -------------------------------------------------------------------------------------------------------------

/// A case with everything that was written about it.
///
/// # Errors
/// [`Error::Missing`] when there is no such case of this system.
pub(crate) fn dossier(rx: &mut Rx<'_>, keys: &Keys, id: Id) -> Result<Dossier> {
    let row = rx.one(&format!("select {COLUMNS} from discipline_case where id = $1"), &params![id])?.ok_or(Error::Missing)?;
    let case = case::find(rx, id)?;
    let open = |place: usize, column: &str| -> Result<Option<String>> {
        let sealed: Option<Vec<u8>> = row.get(place)?;
        let text = sealed.map(|sealed| keys.open_text(CASE.name, column, id, &sealed)).transpose();
        text.map_err(|error| Error::Failed(error.to_string()))
    };
    let broken = |what: &str| Error::Failed(format!("a case of discipline holds an unknown {what}"));
    let (subject, measure): (String, String) = (row.get(0)?, row.get(13)?);
    let state = State::parse(&case.state).ok_or_else(|| broken("state"))?;
    // The running deadline is the case's: a holiday decreed late moves it.
    let running = |of: State, place: usize| -> Result<Option<Timestamp>> {
        let kept: Option<Timestamp> = row.get(place)?;
        Ok(if state == of { case.due.at.or(kept) } else { kept })
    };
    Ok(Dossier {
        state,
        subject: Subject::parse(&subject).ok_or_else(|| broken("subject"))?,
        account: row.get(1)?,
        person: row.get(2)?,
        unit: row.get(3)?,
        decider: row.get(4)?,
        appeal_post: row.get(5)?,
        basis: row.get(6)?,
        allegation: open(7, "allegation_sealed")?.unwrap_or_default(),
        answer_until: running(State::Answering, 8)?,
        answer: open(9, "answer_sealed")?,
        answered_at: row.get(10)?,
        investigation: row.get(11)?,
        finding: open(12, "finding_sealed")?,
        measure: Measure::parse(&measure),
        decree: row.get(14)?,
        decreed_on: row.get::<Option<String>>(15)?.and_then(|day| day.parse().ok()),
        ground: open(16, "ground_sealed")?,
        restricted_until: row.get(17)?,
        decided_at: row.get(18)?,
        appeal_until: running(State::InForce, 19)?,
        appeal: open(20, "appeal_sealed")?,
        appealed_at: row.get(21)?,
        appeal_decree: row.get(22)?,
        appeal_result: row.get(23)?,
        appeal_ground: open(24, "appeal_ground_sealed")?,
        restored_by: row.get(25)?,
        version: row.get(26)?,
        case,
    })
}

/// The case, when it is about this account or the person behind it.
///
/// # Errors
/// [`Error::Missing`] for everybody else.
pub(crate) fn own_dossier(rx: &mut Rx<'_>, keys: &Keys, id: Id, account: Id, person: Option<Id>) -> Result<Dossier> {
    let found = dossier(rx, keys, id)?;
    let theirs = found.account == Some(account) || (person.is_some() && found.person == person);
    if theirs { Ok(found) } else { Err(Error::Missing) }
}

/// A line of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) id: Id,
    pub(crate) at: Timestamp,
    pub(crate) label: String,
    pub(crate) state: String,
    pub(crate) measure: String,
    pub(crate) decree: String,
    pub(crate) due: Option<Timestamp>,
}

/// What the register is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) state: String,
    pub(crate) measure: String,
    pub(crate) after: Option<(Timestamp, Id)>,
    pub(crate) backwards: bool,
    pub(crate) limit: i64,
}

/// The register, newest first: what the scope covers and what lies or lay with the officer's posts to decide, without what is about
/// the officer.
pub(crate) fn register(rx: &mut Rx<'_>, officer: &kernel::Officer, scope: &Scope, asked: &Asked) -> Result<Vec<Line>> {
    let (covered, mut bound) = scope.filter(&Columns { post: None, ..Columns::CASE }, "c", 1);
    let mut bind = |value: Value| {
        bound.push(value);
        format!("${}", bound.len())
    };
    let mut parts = vec![covered];
    for post in &officer.posts {
        let (one, other) = (bind(post.post.into()), bind(post.post.into()));
        parts.push(format!("d.decider = {one} or d.appeal_post = {other}"));
    }
    let mut sql = format!(
        "select c.id, c.received_at, c.subject, c.state, d.measure, d.decree, c.due_at from discipline_case d join kernel_case c on c.id = d.id \
         where ({}) and (d.account is null or d.account <> {})",
        parts.join(" or "),
        bind(officer.account.into())
    );
    if let Some(person) = officer.person {
        sql.push_str(&format!(" and (d.person is null or d.person <> {})", bind(person.into())));
    }
    for (column, word) in [("c.state", &asked.state), ("d.measure", &asked.measure)] {
        if !word.is_empty() {
            sql.push_str(&format!(" and {column} = {}", bind(word.as_str().into())));
        }
    }
    let (beyond, order) = if asked.backwards { (">", "asc") } else { ("<", "desc") };
    if let Some((at, id)) = asked.after {
        sql.push_str(&format!(" and (c.received_at, c.id) {beyond} ({}, {})", bind(at.into()), bind(id.into())));
    }
    sql.push_str(&format!(" order by c.received_at {order}, c.id {order} limit {}", bind(asked.limit.into())));
    Ok(rx.all(&sql, &bound)?.iter().map(line).collect::<Result<_, DbError>>()?)
}

/// The cases about an account or the person behind it, newest first.
pub(crate) fn about(rx: &mut Rx<'_>, account: Id, person: Option<Id>) -> Result<Vec<Line>> {
    let sql = "select c.id, c.received_at, c.subject, c.state, d.measure, d.decree, c.due_at from discipline_case d join kernel_case c on c.id = d.id \
               where d.account = $1 or d.person = $2 order by c.received_at desc, c.id desc limit 100";
    let person = person.unwrap_or(Id::NIL);
    Ok(rx.all(sql, &params![account, person])?.iter().map(line).collect::<Result<_, DbError>>()?)
}

/// Measures that stand against the same account or unit: what comes next is told by what came before (002 Pasal 19(8)).
pub(crate) fn earlier(rx: &mut Rx<'_>, dossier: &Dossier) -> Result<Vec<Line>> {
    let sql = "select c.id, c.received_at, c.subject, c.state, d.measure, d.decree, c.due_at from discipline_case d join kernel_case c on c.id = d.id \
               where d.id <> $1 and d.measure not in ('', 'dismiss') and c.state <> 'withdrawn' and \
               ((d.account is not null and d.account = $2) or (d.subject = 'unit' and $3 = 'unit' and d.unit = $4)) \
               order by c.received_at desc, c.id desc limit 20";
    let account = dossier.account.unwrap_or(Id::NIL);
    let bound = params![dossier.case.id, account, dossier.subject.key(), dossier.unit];
    Ok(rx.all(sql, &bound)?.iter().map(line).collect::<Result<_, DbError>>()?)
}

fn line(row: &Row) -> Result<Line, DbError> {
    Ok(Line {
        id: row.get(0)?,
        at: row.get(1)?,
        label: row.get(2)?,
        state: row.get(3)?,
        measure: row.get(4)?,
        decree: row.get(5)?,
        due: row.get(6)?,
    })
}

/// Open work of these posts: what the menu says.
pub(crate) fn waiting(rx: &mut Rx<'_>, posts: &[Id]) -> Result<i64> {
    let numbers: Vec<String> = (2..2 + posts.len()).map(|number| format!("${number}")).collect();
    if numbers.is_empty() {
        return Ok(0);
    }
    let sql = format!("select count(*) from kernel_task where state = 'open' and system = $1 and post in ({})", numbers.join(","));
    let bound: Vec<Value> = std::iter::once(SYSTEM.into()).chain(posts.iter().map(|post| Value::from(*post))).collect();
    Ok(rx.count(&sql, &bound)?)
}

/// The account of a username, with what lists show instead of a name.
pub(crate) fn target(rx: &mut Rx<'_>, username: &str, now: Timestamp) -> Result<Option<Target>> {
    let Some(found) = account::by_username(rx, username)? else { return Ok(None) };
    let posts = match found.person {
        Some(person) => post::posts_of(rx, person, now)?,
        None => Vec::new(),
    };
    let root = unit::root(rx)?.ok_or(Error::Missing)?;
    let (unit, label) = match posts.first() {
        Some(acting) => {
            let unit = unit::find(rx, acting.unit)?.ok_or(Error::Missing)?;
            let label = format!("{}, {}", acting.title, unit.name);
            (unit.id, label)
        }
        None => (root.id, found.username.clone()),
    };
    Ok(Some(Target { subject: Subject::Official, account: Some(found.id), person: found.person, unit, label }))
}

/// The posts that lead the unit of a case and those above it, from below. For a case about a unit only the top: the Walikota or Bupati.
fn leaders(rx: &mut Rx<'_>, target: &Target, now: Timestamp) -> Result<Vec<Post>> {
    let unit = unit::find(rx, target.unit)?.ok_or(Error::Missing)?;
    let mut found = Vec::new();
    for id in unit.ancestors.iter().rev().flatten() {
        let Some(post) = post::of_unit(rx, *id)?.into_iter().find(|post| office::leads(&post.office) && post.valid_until.is_none()) else {
            continue;
        };
        let held = post::holder(rx, post.id, now)?.holder;
        let theirs = target.person.is_some() && held.map(|holding| holding.person) == target.person;
        if !theirs && (target.subject == Subject::Official || Some(*id) == unit.ancestors[0]) {
            found.push(post);
        }
    }
    Ok(found)
}

// Moves ---------------------------------------------------------------------------------------------------------------

fn due(tx: &mut Tx<'_>, case_units: &[Option<Id>; 6], days: u32) -> Result<Due> {
    let now = tx.now();
    let office = CalendarBook::load(tx)?.office(case_units);
    Ok(office.due(&CaseClock::new(Rule::WorkingDays(days), Starts::Receipt), Some(now), now))
}

fn no_due(case: &Case) -> Due {
    Due { state: DueState::Closed, at: None, ..case.due.clone() }
}

fn definition_of(rx: &mut Rx<'_>, case: &Case) -> Result<Definition> {
    let text = definition::get(rx, &case.definition)?;
    serde_json::from_str(&text).map_err(|error| Error::Failed(error.to_string()))
}

/// Opens a case: the person is told and has time to answer before anything is decided.
///
/// # Errors
/// Refused when nobody leads the unit who could decide; [`Error::Missing`].
pub(crate) fn open(tx: &mut Tx<'_>, keys: &Keys, target: &Target, basis: &str, allegation: &str) -> Result<Id> {
    let now = tx.now();
    let unit: Unit = unit::find(tx, target.unit)?.ok_or(Error::Missing)?;
    let leaders = leaders(tx, target, now)?;
    let decider = leaders.first().ok_or(Error::refused("discipline-nobody-decides"))?;
    let above = leaders.get(1).unwrap_or(decider);
    let rule = Definition::default();
    let text = serde_json::to_string(&rule).map_err(|error| Error::Failed(error.to_string()))?;
    let hash = definition::put(tx, SYSTEM, target.subject.key(), &text)?;
    let due = due(tx, &unit.ancestors, rule.answer_working_days)?;
    let code = indonesian::Code::encode(tx.ctx().random());
    let new = NewCase {
        system: SYSTEM,
        kind: target.subject.key(),
        definition: hash,
        offering: None,
        code: code.as_str(),
        unit: unit.id,
        units: unit.ancestors,
        subject: &target.label,
        applicant: None,
        channel: "office",
        secrecy: "limited",
    };
    let first = step("opened", State::Answering, Some((decider, "decide")), due.clone(), basis);
    let case = case::open(tx, &new, &first)?;
    let ctx = tx.ctx();
    let sealed = keys.seal(&ctx, CASE.name, "allegation_sealed", case.id, allegation.as_bytes());
    tx.insert(
        &CASE,
        case.id,
        &cols! {
            "subject" => target.subject.key(), "account" => target.account, "person" => target.person, "unit" => unit.id,
            "decider" => decider.id, "appeal_post" => above.id, "basis" => basis, "allegation_sealed" => sealed, "answer_until" => due.at,
            "investigation" => "", "measure" => "", "decree" => "", "appeal_decree" => "", "appeal_result" => "", "restored_by" => "",
        },
    )?;
    tx.entry(NewEntry::new("discipline.case.opened").case(case.id).unit(unit.id).object("case", case.id));
    news(tx, target.account, case.id, due.at)?;
    Ok(case.id)
}

fn step<'a>(action: &'a str, to: State, task: Option<(&Post, &'a str)>, due: Due, note: &'a str) -> Move<'a> {
    let outcome = match to {
        State::Dismissed => Some("dismissed"),
        State::Withdrawn => Some("withdrawn"),
        State::Final => Some("decided"),
        _ => None,
    };
    Move {
        action,
        to_state: to.key(),
        step: 0,
        task: task.map(|(post, action)| NextTask { post: post.id, unit: post.unit, action }),
        due,
        actor_label: "",
        actor_post: None,
        note,
        public: false,
        outcome,
    }
}

/// Tells whoever the case is about that there is something to read, in the application and by e-mail: where, and until when an
/// answer or an appeal is possible. Neither says what it is about.
fn news(tx: &mut Tx<'_>, account: Option<Id>, case_id: Id, until: Option<Timestamp>) -> Result<()> {
    let Some(account) = account else { return Ok(()) };
    let path = own_path(case_id);
    let mut args = json!({ "path": path });
    let mut what = "news";
    if let Some(until) = until {
        args["until"] = moment(tx, until)?.into();
        what = "deadline";
    }
    notice::to_account(tx, account, Some(case_id), &format!("discipline-mail-{what}"), &args);
    let detail = json!({ "path": path });
    signal::raise(tx, &NewSignal { case_id: Some(case_id), ..NewSignal::about(Kind::CaseNews, Some(account)).detail(detail) })
}

/// A moment as the government's clocks show it.
fn moment(rx: &mut Rx<'_>, at: Timestamp) -> Result<String> {
    let zone = unit::root(rx)?.map_or(indonesian::Zone::Wib, |unit| unit.zone);
    Ok(indonesian::datetime(at, zone, indonesian::Lang::Id))
}

/// Where the person reads, answers and appeals.
pub(crate) fn own_path(case_id: Id) -> String {
    format!("/sanksi/saya/{case_id}")
}

/// The person answers; an answer given before is kept in the history and replaced.
pub(crate) fn answer(tx: &mut Tx<'_>, keys: &Keys, dossier: &Dossier, text: &str) -> Result<()> {
    let (ctx, id) = (tx.ctx(), dossier.case.id);
    let sealed = keys.seal(&ctx, CASE.name, "answer_sealed", id, text.as_bytes());
    tx.update(&CASE, id, Expect::Version(dossier.version), &cols! { "answer_sealed" => sealed, "answered_at" => ctx.now() })?;
    case::remark(tx, &dossier.case, "answered", "", "", false)?;
    tx.entry(NewEntry::new("discipline.case.answered").case(id).unit(dossier.unit).object("case", id));
    Ok(())
}

/// The person appeals: the case goes to the post above.
pub(crate) fn appeal(tx: &mut Tx<'_>, keys: &Keys, dossier: &Dossier, text: &str) -> Result<()> {
    let (ctx, id) = (tx.ctx(), dossier.case.id);
    let rule = definition_of(tx, &dossier.case)?;
    let above = post::find(tx, dossier.appeal_post)?.ok_or(Error::Missing)?;
    let due = due(tx, &dossier.case.units, rule.appeal_decision_working_days)?;
    case::advance(tx, &dossier.case, &step("appealed", State::Appealed, Some((&above, "decide_appeal")), due, ""))?;
    let sealed = keys.seal(&ctx, CASE.name, "appeal_sealed", id, text.as_bytes());
    tx.update(&CASE, id, Expect::Version(dossier.version), &cols! { "appeal_sealed" => sealed, "appealed_at" => ctx.now() })?;
    tx.entry(NewEntry::new("discipline.case.appealed").case(id).unit(dossier.unit).object("case", id));
    Ok(())
}

/// An officer acts on a case; [`crate::rules::allows`] has said yes.
pub(crate) fn act(tx: &mut Tx<'_>, keys: &Keys, dossier: &Dossier, act: Act, said: &Said) -> Result<()> {
    match act {
        Act::Investigate => investigate(tx, dossier, said)?,
        Act::Conclude => conclude(tx, keys, dossier, said)?,
        Act::Decide => decide(tx, keys, dossier, said)?,
        Act::DecideAppeal => decide_appeal(tx, keys, dossier, said)?,
        Act::Restore => restore(tx, dossier, said)?,
        Act::Report => {
            let note = format!("{}: {}", dated(said), said.text);
            case::remark(tx, &dossier.case, "reported", "", &note, false)?;
            tx.entry(NewEntry::new("discipline.case.reported").case(dossier.case.id).unit(dossier.unit).object("case", dossier.case.id));
            return Ok(());
        }
    }
    let action = match act {
        Act::Investigate => "discipline.case.investigated",
        Act::Conclude => "discipline.case.concluded",
        Act::Decide => "discipline.case.decided",
        Act::DecideAppeal => "discipline.case.appeal_decided",
        Act::Restore | Act::Report => "discipline.case.restored",
    };
    let detail = json!({ "measure": said.measure.map(Measure::key), "result": said.result });
    tx.entry(NewEntry::new(action).case(dossier.case.id).unit(dossier.unit).object("case", dossier.case.id).detail(detail));
    let until = deadline(tx, act, dossier.case.id)?;
    news(tx, dossier.account, dossier.case.id, until)
}

/// Until when the person may answer what was found, or appeal what was decided.
fn deadline(rx: &mut Rx<'_>, act: Act, case_id: Id) -> Result<Option<Timestamp>> {
    let column = match act {
        Act::Conclude => "answer_until",
        Act::Decide => "appeal_until",
        Act::Investigate | Act::DecideAppeal | Act::Restore | Act::Report => return Ok(None),
    };
    let row = rx.one(&format!("select {column} from discipline_case where id = $1"), &params![case_id])?.ok_or(Error::Missing)?;
    Ok(row.get(0)?)
}

/// "SK 800/12/2026, 20 November 2026".
fn dated(said: &Said) -> String {
    let day = said.decreed_on.map(|day| format!(", {}", indonesian::date_long(day, indonesian::Lang::Id))).unwrap_or_default();
    format!("{}{day}", said.decree)
}

fn decider(tx: &mut Tx<'_>, dossier: &Dossier) -> Result<Post> {
    post::find(tx, dossier.decider)?.ok_or(Error::Missing)
}

fn investigate(tx: &mut Tx<'_>, dossier: &Dossier, said: &Said) -> Result<()> {
    let rule = definition_of(tx, &dossier.case)?;
    let due = due(tx, &dossier.case.units, rule.investigation_working_days)?;
    let decider = decider(tx, dossier)?;
    case::advance(tx, &dossier.case, &step("investigated", State::Investigating, Some((&decider, "conclude")), due, &said.text))?;
    tx.update(&CASE, dossier.case.id, Expect::Version(dossier.version), &cols! { "investigation" => dated(said) })?;
    if said.until.is_some() {
        restrict(tx, dossier, said, said.until)?;
    }
    Ok(())
}

fn conclude(tx: &mut Tx<'_>, keys: &Keys, dossier: &Dossier, said: &Said) -> Result<()> {
    let rule = definition_of(tx, &dossier.case)?;
    let due = due(tx, &dossier.case.units, rule.answer_working_days)?;
    let (ctx, id, decider) = (tx.ctx(), dossier.case.id, decider(tx, dossier)?);
    let until = due.at;
    case::advance(tx, &dossier.case, &step("concluded", State::Answering, Some((&decider, "decide")), due, ""))?;
    let sealed = keys.seal(&ctx, CASE.name, "finding_sealed", id, said.text.as_bytes());
    // What was found has to be answered anew.
    let columns = cols! { "finding_sealed" => sealed, "answer_until" => until, "answer_sealed" => None::<Vec<u8>>, "answered_at" => None::<Timestamp> };
    tx.update(&CASE, id, Expect::Version(dossier.version), &columns)?;
    Ok(())
}

fn decide(tx: &mut Tx<'_>, keys: &Keys, dossier: &Dossier, said: &Said) -> Result<()> {
    let measure = said.measure.ok_or_else(|| Error::Refused(Message::new("discipline-measure-needed")))?;
    let (ctx, id) = (tx.ctx(), dossier.case.id);
    let dismissed = measure == Measure::Dismiss;
    let rule = definition_of(tx, &dossier.case)?;
    let window = due(tx, &dossier.case.units, rule.appeal_working_days)?;
    let appeal_until = window.at.filter(|_| !dismissed);
    let to = if dismissed { State::Dismissed } else { State::InForce };
    let due = if dismissed { no_due(&dossier.case) } else { window };
    case::advance(tx, &dossier.case, &step("decided", to, None, due, measure.key()))?;
    let sealed = keys.seal(&ctx, CASE.name, "ground_sealed", id, said.text.as_bytes());
    tx.update(
        &CASE,
        id,
        Expect::Version(dossier.version),
        &cols! {
            "measure" => measure.key(), "decree" => dated(said), "decreed_on" => said.decreed_on.map(|day| day.to_string()),
            "ground_sealed" => sealed, "restricted_until" => said.until, "decided_at" => ctx.now(), "appeal_until" => appeal_until,
        },
    )?;
    // What restricted during the investigation gives way to what was decided.
    lift_all(tx, id, &dated(said))?;
    if measure.restricts() {
        restrict(tx, dossier, said, said.until)?;
    }
    Ok(())
}

fn decide_appeal(tx: &mut Tx<'_>, keys: &Keys, dossier: &Dossier, said: &Said) -> Result<()> {
    let (ctx, id) = (tx.ctx(), dossier.case.id);
    let to = if said.result == "withdrawn" || said.measure == Some(Measure::Dismiss) { State::Withdrawn } else { State::Final };
    case::advance(tx, &dossier.case, &step("appeal_decided", to, None, no_due(&dossier.case), &said.result))?;
    let sealed = keys.seal(&ctx, CASE.name, "appeal_ground_sealed", id, said.text.as_bytes());
    let measure = said.measure.or(dossier.measure).map_or("", Measure::key);
    let until = if said.measure.is_some() { said.until } else { dossier.restricted_until };
    tx.update(
        &CASE,
        id,
        Expect::Version(dossier.version),
        &cols! {
            "appeal_decree" => dated(said), "appeal_result" => said.result.as_str(), "appeal_ground_sealed" => sealed, "measure" => measure,
            "restricted_until" => until,
        },
    )?;
    if said.result != "upheld" {
        lift_all(tx, id, &dated(said))?;
        if said.measure.is_some_and(Measure::restricts) {
            restrict(tx, dossier, said, said.until)?;
        }
    }
    Ok(())
}

fn restore(tx: &mut Tx<'_>, dossier: &Dossier, said: &Said) -> Result<()> {
    lift_all(tx, dossier.case.id, &dated(said))?;
    tx.update(&CASE, dossier.case.id, Expect::Version(dossier.version), &cols! { "restored_by" => dated(said) })?;
    case::remark(tx, &dossier.case, "restored", "", &said.text, false)
}

fn restrict(tx: &mut Tx<'_>, dossier: &Dossier, said: &Said, until: Option<Timestamp>) -> Result<()> {
    let account = dossier.account.ok_or(Error::refused("discipline-no-account"))?;
    let new = NewRestriction {
        account,
        case_id: Some(dossier.case.id),
        decree: dated(said),
        decreed_on: said.decreed_on.unwrap_or_default(),
        reason: dossier.basis.clone(),
        appeal_path: own_path(dossier.case.id),
        from: tx.now(),
        until,
    };
    restriction::restrict(tx, &new)?;
    Ok(())
}

/// Lifts what this case restricts; says whether anything was.
fn lift_all(tx: &mut Tx<'_>, case_id: Id, decree: &str) -> Result<bool> {
    let now = tx.now();
    let mut lifted = false;
    for held in restriction::of_case(tx, case_id)?.into_iter().filter(|held| !held.is_over(now)) {
        restriction::lift(tx, held.id, Expect::Version(held.version), decree)?;
        lifted = true;
    }
    Ok(lifted)
}

/// Whether an account is restricted because of this case now or later.
pub(crate) fn is_restricted(rx: &mut Rx<'_>, case_id: Id, now: Timestamp) -> Result<bool> {
    Ok(restriction::of_case(rx, case_id)?.iter().any(|held| !held.is_over(now)))
}

/// Ends cases whose time to appeal has passed: what was decided stands. Says how many.
pub(crate) fn settle(tx: &mut Tx<'_>) -> Result<usize> {
    let now = tx.now();
    let sql = "select c.id from kernel_case c where c.system = $1 and c.state = 'in_force' and c.closed_at is null and c.due_at <= $2 \
               order by c.id limit 200";
    let ids: Vec<Id> = tx.all(sql, &params![SYSTEM, now])?.iter().map(|row| row.get(0)).collect::<Result<_, DbError>>()?;
    for id in &ids {
        let case = case::find(tx, *id)?;
        case::advance(tx, &case, &step("final", State::Final, None, no_due(&case), ""))?;
        tx.entry(NewEntry::new("discipline.case.final").case(*id).unit(case.unit).object("case", *id));
        let row = tx.one("select account from discipline_case where id = $1", &params![*id])?.ok_or(Error::Missing)?;
        news(tx, row.get(0)?, *id, None)?;
    }
    Ok(ids.len())
}

/// The name of the actor's post, for the caller's page.
pub(crate) fn post_name(rx: &mut Rx<'_>, id: Id) -> Result<String> {
    let Some(post) = post::find(rx, id)? else { return Ok(String::new()) };
    let unit = unit::find(rx, post.unit)?.map_or_else(String::new, |unit| unit.name);
    Ok(format!("{}, {unit}", post.title))
}

/// Usernames of those who hold posts of an office in villages now, for the demonstration.
pub(crate) fn usernames_at(rx: &mut Rx<'_>, office: &str, limit: i64) -> Result<Vec<String>> {
    let sql = "select a.username from kernel_account a join kernel_holding h on h.person = a.person join kernel_post p on p.id = h.post \
               join kernel_unit u on u.id = p.unit where p.office = $1 and h.effective_until is null and u.kind in ('desa', 'nagari') \
               order by a.username desc limit $2";
    Ok(rx.all(sql, &params![office, limit])?.iter().map(|row| row.get(0)).collect::<Result<_, DbError>>()?)
}

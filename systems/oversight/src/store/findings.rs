//! Findings and what was done about them.

use kernel::{
    Actor, Error, Expect, Id, Message, NewEntry, Result, Row, Rx, Tx, Value,
    case::{self, Case, DueState, Move, NewCase, NextTask},
    clock::{CalendarBook, CaseClock, Starts},
    cols,
    db::DbError,
    definition,
    grant::{Columns, Located, Scope},
    notice, params,
    post::{self, Post, office},
    unit::{self, Unit},
};
use serde_json::json;

use super::FINDING;
use crate::model::{Facts, Finding, Rule, State};

/// The system's name in cases and tasks.
pub const SYSTEM: &str = "oversight";
/// The kind of a follow-up.
pub const KIND: &str = "unusual-access";
/// The way of a follow-up, pinned by hash with each case.
const WAY: &str = r#"{"kind":"unusual-access","states":{"asked":["clarify"],"answered":["explain","violation"]},"ends":["explained","violation","dismissed"]}"#;

const COLUMNS: Columns = Columns { depth: 6, at_unit: Some("unit"), post: None, person: None, kind: None };
const SELECT: &str = "select f.id, f.account, a.display_name, f.post, p.title, f.unit, u.name, f.u1, f.u2, f.u3, f.u4, f.u5, f.u6, f.rule, f.day, f.value, \
                      f.bound, f.usual_tenths, f.usual_days, f.peers_tenths, f.facts, f.state, f.case_id, f.found_at, f.reason, f.version \
                      from oversight_finding f join kernel_account a on a.id = f.account join kernel_unit u on u.id = f.unit \
                      left join kernel_post p on p.id = f.post";

fn read(row: &Row) -> Result<Finding, DbError> {
    let mut units = [None; 6];
    for (place, unit) in units.iter_mut().enumerate() {
        *unit = row.get(7 + place)?;
    }
    let broken = |what: &str| DbError::Broken(format!("a finding's {what}"));
    Ok(Finding {
        id: row.get(0)?,
        account: row.get(1)?,
        name: row.get(2)?,
        post: row.get(3)?,
        title: row.get::<Option<String>>(4)?.unwrap_or_default(),
        unit: row.get(5)?,
        unit_name: row.get(6)?,
        units,
        rule: Rule::parse(&row.get::<String>(13)?).ok_or_else(|| broken("rule"))?,
        day: row.get(14)?,
        value: row.get(15)?,
        bound: row.get(16)?,
        usual_tenths: row.get(17)?,
        usual_days: row.get(18)?,
        peers_tenths: row.get(19)?,
        facts: serde_json::from_str::<Facts>(&row.get::<String>(20)?).unwrap_or_default(),
        state: State::parse(&row.get::<String>(21)?).ok_or_else(|| broken("state"))?,
        case_id: row.get(22)?,
        found_at: row.get(23)?,
        reason: row.get(24)?,
        version: row.get(25)?,
    })
}

/// Which findings.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<State>,
    pub rule: Option<Rule>,
    pub account: Option<Id>,
    /// Not about this account: nobody follows up the own.
    pub besides: Option<Id>,
}

/// A page of findings within a scope, the latest day first.
///
/// # Errors
/// What the database says.
pub fn page(rx: &mut Rx<'_>, scope: &Scope, filter: &Filter, after: Option<(jiff::civil::Date, Id)>, limit: i64) -> Result<Vec<Finding>> {
    let (condition, mut bound) = scope.filter(&COLUMNS, "f", 1);
    let mut sql = format!("{SELECT} where {condition}");
    let mut also = |part: &str, value: Value| {
        bound.push(value);
        sql.push_str(&format!(" and {part} ${}", bound.len()));
    };
    if let Some(state) = filter.state {
        also("f.state =", state.as_str().into());
    }
    if let Some(rule) = filter.rule {
        also("f.rule =", rule.as_str().into());
    }
    if let Some(account) = filter.account {
        also("f.account =", account.into());
    }
    if let Some(account) = filter.besides {
        also("f.account <>", account.into());
    }
    if let Some((day, id)) = after {
        bound.extend(params![day, id]);
        sql.push_str(&format!(" and (f.day, f.id) < (${}, ${})", bound.len() - 1, bound.len()));
    }
    bound.push(limit.into());
    sql.push_str(&format!(" order by f.day desc, f.id desc limit ${}", bound.len()));
    Ok(rx.all(&sql, &bound)?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// How many findings wait for a decision within a scope, 100 at most.
///
/// # Errors
/// What the database says.
pub fn count_open(rx: &mut Rx<'_>, scope: &Scope) -> Result<i64> {
    let (condition, bound) = scope.filter(&COLUMNS, "f", 1);
    let sql = format!(
        "select count(*) from (select 1 as one from oversight_finding f where f.state in ('open', 'answered') and {condition} limit 100) counted"
    );
    Ok(rx.count(&sql, &bound)?)
}

/// One finding within a scope, for whoever it is not about.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(rx: &mut Rx<'_>, scope: &Scope, own: Id, id: Id) -> Result<Finding> {
    let row = rx.one(&format!("{SELECT} where f.id = $1"), &params![id])?.ok_or(Error::Missing)?;
    let finding = read(&row)?;
    if finding.account != own && scope.covers(&located(&finding)) { Ok(finding) } else { Err(Error::Missing) }
}

/// The finding a follow-up is about.
///
/// # Errors
/// [`Error::Missing`].
pub fn of_case(rx: &mut Rx<'_>, case_id: Id) -> Result<Finding> {
    let row = rx.one(&format!("{SELECT} where f.case_id = $1"), &params![case_id])?.ok_or(Error::Missing)?;
    Ok(read(&row)?)
}

/// Where a finding stands.
pub fn located(finding: &Finding) -> Located {
    Located { units: finding.units, at_unit: Some(finding.unit), post: None, person: None, kind: None }
}

/// Whoever answers for an officer: the head of the unit; for the head, the head of the unit above, up to the top.
///
/// # Errors
/// What the database says.
pub fn superior(rx: &mut Rx<'_>, finding: &Finding) -> Result<Option<(Post, Unit)>> {
    let mut at = unit::find(rx, finding.unit)?;
    while let Some(unit) = at {
        for office in [office::HEAD, office::REGENT, office::REGENCY_SECRETARY] {
            if let Some(post) = post::by_office(rx, unit.id, office)?.filter(|post| Some(post.id) != finding.post) {
                return Ok(Some((post, unit)));
            }
        }
        at = match unit.parent {
            Some(parent) => unit::find(rx, parent)?,
            None => None,
        };
    }
    Ok(None)
}

/// Closes a finding that nobody follows up, with the reason.
///
/// # Errors
/// `oversight-reason-short` without one, `oversight-decided` when it is followed up already; [`Error::Stale`].
pub fn dismiss(tx: &mut Tx<'_>, finding: &Finding, expect: Expect, reason: &str) -> Result<()> {
    if finding.state != State::Open {
        return Err(Error::refused("oversight-decided"));
    }
    decide(tx, finding, expect, State::Dismissed, reason, None)
}

fn decide(tx: &mut Tx<'_>, finding: &Finding, expect: Expect, state: State, reason: &str, case_id: Option<Id>) -> Result<()> {
    if reason.trim().chars().count() < REASON_LEAST {
        return Err(Message::new("oversight-reason-short").arg("n", REASON_LEAST).into());
    }
    let (now, by) = (tx.now(), account_of(tx));
    let columns = cols! { "state" => state.as_str(), "decided_at" => now, "decided_by" => by, "reason" => reason.trim() };
    tx.update(&FINDING, finding.id, expect, &columns)?;
    let mut entry = NewEntry::new(match state {
        State::Explained => "oversight.finding.explained",
        State::Violation => "oversight.finding.violation",
        _ => "oversight.finding.dismissed",
    });
    if let Some(case_id) = case_id {
        entry = entry.case(case_id);
    }
    tx.entry(entry.unit(finding.unit).object("finding", finding.id));
    Ok(())
}

/// Letters of a reason, at least.
pub const REASON_LEAST: usize = 10;

fn account_of(tx: &Tx<'_>) -> Option<Id> {
    match tx.ctx().actor() {
        Actor::Account(officer) => Some(officer.account),
        _ => None,
    }
}

/// The label of whoever acts, by post.
fn label(tx: &Tx<'_>) -> (String, Option<Id>, Option<Id>) {
    match tx.ctx().actor() {
        Actor::Account(officer) => {
            let post = officer.post.as_ref();
            (post.map_or_else(|| officer.name.clone(), |post| post.title.clone()), post.map(|post| post.post), post.map(|post| post.unit))
        }
        _ => (String::new(), None, None),
    }
}

/// What a superior is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// What it is about, in words without names.
    pub subject: &'a str,
    pub text: &'a str,
    /// Working days until the answer is due.
    pub days: i64,
}

/// Asks the superior for a clarification: a case with a clock, in that post's tasks.
///
/// # Errors
/// `oversight-decided`, `oversight-no-superior`, `oversight-question` when nothing is asked; [`Error::Stale`].
pub fn ask(tx: &mut Tx<'_>, book: &CalendarBook, finding: &Finding, expect: Expect, question: &Question<'_>) -> Result<Id> {
    if finding.state != State::Open {
        return Err(Error::refused("oversight-decided"));
    }
    if question.text.trim().chars().count() < REASON_LEAST {
        return Err(Message::new("oversight-question").arg("n", REASON_LEAST).into());
    }
    let (post, unit) = superior(tx, finding)?.ok_or_else(|| Error::refused("oversight-no-superior"))?;
    let (actor_label, actor_post, _) = label(tx);
    let hash = definition::put(tx, SYSTEM, KIND, WAY)?;
    let code = indonesian::Code::encode(tx.ctx().random()).as_str().to_owned();
    let now = tx.now();
    let clock = CaseClock::new(workdays::Rule::WorkingDays(u32::try_from(question.days).unwrap_or(5)), Starts::Receipt);
    let due = book.office(&unit.ancestors).due(&clock, Some(now), now);
    let new = NewCase {
        system: SYSTEM,
        kind: KIND,
        definition: hash,
        offering: None,
        code: &code,
        unit: finding.unit,
        units: finding.units,
        subject: question.subject,
        applicant: None,
        channel: "oversight",
        secrecy: "limited",
    };
    let first = Move {
        action: "ask",
        to_state: "asked",
        step: 0,
        task: Some(NextTask { post: post.id, unit: unit.id, action: "clarify" }),
        due,
        actor_label: &actor_label,
        actor_post,
        note: question.text.trim(),
        public: false,
        outcome: None,
    };
    let opened = case::open(tx, &new, &first)?;
    tx.update(&FINDING, finding.id, expect, &cols! { "state" => State::Asked.as_str(), "case_id" => opened.id })?;
    tx.entry(NewEntry::new("oversight.finding.asked").case(opened.id).unit(finding.unit).object("finding", finding.id));
    let args = json!({ "path": format!("/pengawasan/perkara/{}", opened.id) });
    notice::to_post(tx, post.id, None, "oversight-notice-asked", &args)?;
    Ok(opened.id)
}

/// The superior's clarification; whoever asked has to decide now.
///
/// # Errors
/// `oversight-not-your-turn`, `oversight-clarification` when nothing is said; [`Error::Stale`].
pub fn answer(tx: &mut Tx<'_>, case: &Case, finding: &Finding, words: &str) -> Result<()> {
    if case.state != "asked" {
        return Err(Error::refused("oversight-not-your-turn"));
    }
    if words.trim().chars().count() < REASON_LEAST {
        return Err(Message::new("oversight-clarification").arg("n", REASON_LEAST).into());
    }
    let asker = asker(tx, case.id)?;
    let (actor_label, actor_post, _) = label(tx);
    let step = Move {
        action: "clarify",
        to_state: "answered",
        step: 1,
        task: asker.map(|(post, unit)| NextTask { post, unit, action: "decide" }),
        due: case.due.clone(),
        actor_label: &actor_label,
        actor_post,
        note: words.trim(),
        public: false,
        outcome: None,
    };
    case::advance(tx, case, &step)?;
    tx.update(&FINDING, finding.id, Expect::Any, &cols! { "state" => State::Answered.as_str() })?;
    tx.entry(NewEntry::new("oversight.finding.answered").case(case.id).unit(finding.unit).object("finding", finding.id));
    if let Some((post, _)) = asker {
        let args = json!({ "path": format!("/pengawasan/perkara/{}", case.id) });
        notice::to_post(tx, post, None, "oversight-notice-answered", &args)?;
    }
    Ok(())
}

/// The post that opened the follow-up, with its unit.
fn asker(rx: &mut Rx<'_>, case_id: Id) -> Result<Option<(Id, Id)>> {
    let sql = "select p.id, p.unit from kernel_case_event e join kernel_post p on p.id = e.post where e.case_id = $1 and e.action = 'ask' order by e.at limit 1";
    let row = rx.one(sql, &params![case_id])?;
    Ok(row.map(|row| Ok::<_, DbError>((row.get(0)?, row.get(1)?))).transpose()?)
}

/// Ends a follow-up: explained, or a violation.
///
/// # Errors
/// `oversight-not-your-turn` while no clarification is there and the clock still runs; `oversight-reason-short`; [`Error::Stale`].
pub fn conclude(tx: &mut Tx<'_>, case: &Case, finding: &Finding, violation: bool, reason: &str) -> Result<()> {
    let late = case.due.at.is_some_and(|due| tx.now() > due);
    if case.state != "answered" && !(case.state == "asked" && late) {
        return Err(Error::refused("oversight-not-your-turn"));
    }
    let state = if violation { State::Violation } else { State::Explained };
    decide(tx, finding, Expect::Any, state, reason, Some(case.id))?;
    let (actor_label, actor_post, _) = label(tx);
    let due = case::Due { state: DueState::Closed, ..case.due.clone() };
    let step = Move {
        action: if violation { "violation" } else { "explain" },
        to_state: state.as_str(),
        step: 2,
        task: None,
        due,
        actor_label: &actor_label,
        actor_post,
        note: reason.trim(),
        public: false,
        outcome: Some(if violation { "refused" } else { "granted" }),
    };
    case::advance(tx, case, &step)?;
    Ok(())
}

/// Whether a post of the officer has the open task of a case.
///
/// # Errors
/// What the database says.
pub fn has_task(rx: &mut Rx<'_>, case_id: Id, posts: &[Id]) -> Result<bool> {
    Ok(case::tasks_of_case(rx, case_id)?.iter().any(|task| posts.contains(&task.post)))
}

/// Names of these persons, for whoever looks into a finding.
///
/// # Errors
/// What the database says.
pub fn names(rx: &mut Rx<'_>, persons: &[Id]) -> Result<Vec<(Id, String, String)>> {
    let mut named = Vec::new();
    for person in kernel::party::find_all(rx, persons)? {
        let home = match person.unit {
            Some(unit) => unit::find(rx, unit)?.map_or_else(String::new, |unit| unit.name),
            None => String::new(),
        };
        named.push((person.id, person.masked_name(), home));
    }
    Ok(named)
}

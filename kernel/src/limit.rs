//! What a data subject had stopped: the processing of her data restricted, or her consent withdrawn (UU 27/2022).
//!
//! A restriction keeps the data and lets running cases, duties of law and the person's own view go on; everything else an
//! officer might do with them is refused ([`require_free`]) or leaves the person out ([`among`]). A withdrawal ends what
//! rests on consent alone: notices and contact nobody has to send ([`is_withdrawn`]). Both end on their day or are lifted
//! by an act of its own.

mod restricted;

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::json;

use crate::{
    Actor, DbError, Error, Expect, Gov, Id, Message, NewEntry, Result, Row, Rx, Table, Tx, access::Reading, cols, erasure::Order,
    lasting::Lasting, notice, params,
};

pub use restricted::{Restricted, count_below};

/// What was stopped, of whom, by which decision.
pub static LIMIT: Table =
    Table::audited("kernel_limit", &["person", "kind", "decree", "reason", "cause", "from_at", "until_at", "lifted_at", "lifted_decree"]);
/// The tables of this module.
pub const TABLES: &[&Table] = &[&LIMIT];

/// Persons asked about in one query.
const CHUNK: usize = 500;

/// Ends what a system does with a person's data by her consent alone: contact she gave, drafts.
pub type Withdraw = fn(&mut Tx<'_>, &Gov, Id, &Order) -> Result<()>;

/// What was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Pasal 11 and 41: delayed and restricted.
    Restricted,
    /// Pasal 9 and 40: consent withdrawn.
    Withdrawn,
}

impl Kind {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    pub id: Id,
    pub person: Id,
    pub kind: Kind,
    pub decree: String,
    pub reason: String,
    /// The request it was granted to.
    pub cause: Option<Id>,
    pub lasting: Lasting,
    pub lifted_decree: String,
    pub version: i64,
}

/// A limit to be set.
#[derive(Debug, Clone)]
pub struct NewLimit {
    pub person: Id,
    pub kind: Kind,
    pub decree: String,
    pub reason: String,
    pub cause: Option<Id>,
    pub until: Option<Timestamp>,
}

const SELECT: &str =
    "select id, person, kind, decree, reason, cause, from_at, until_at, lifted_at, lifted_decree, version from kernel_limit";

fn read(row: &Row) -> Result<Limit, DbError> {
    Ok(Limit {
        id: row.get(0)?,
        person: row.get(1)?,
        kind: if row.get::<String>(2)? == Kind::Withdrawn.as_str() { Kind::Withdrawn } else { Kind::Restricted },
        decree: row.get(3)?,
        reason: row.get(4)?,
        cause: row.get(5)?,
        lasting: Lasting::read(row, 6)?,
        lifted_decree: row.get(9)?,
        version: row.get(10)?,
    })
}

/// Sets a limit from now on. With a withdrawn consent the e-mails end that still wait.
///
/// # Errors
/// `kernel-limit-over` when it would have ended already, `kernel-limit-runs` when one of its kind holds for this person.
pub fn set(tx: &mut Tx<'_>, new: &NewLimit) -> Result<Id> {
    let (id, now) = (tx.ctx().new_id(), tx.now());
    if new.until.is_some_and(|until| until <= now) {
        return Err(Error::refused("kernel-limit-over"));
    }
    if running(tx, new.person, new.kind, now)?.is_some() {
        return Err(Error::refused("kernel-limit-runs"));
    }
    let columns = cols! {
        "person" => new.person, "kind" => new.kind.as_str(), "decree" => new.decree.as_str(), "reason" => new.reason.as_str(),
        "cause" => new.cause, "from_at" => now, "until_at" => new.until, "lifted_decree" => "",
    };
    tx.insert(&LIMIT, id, &columns)?;
    let detail = json!({ "limit": id, "kind": new.kind.as_str(), "decree": new.decree });
    tx.entry(NewEntry::new("kernel.limit.set").object("person", new.person).detail(detail));
    if new.kind == Kind::Withdrawn {
        notice::withdraw(tx, notice::Whose::Person(new.person))?;
    }
    Ok(id)
}

/// Lifts a limit before its day, by a decision of its own.
///
/// # Errors
/// `kernel-limit-over` when it does not hold any more, `kernel-limit-decree` without a decision; [`Error::Missing`].
pub fn lift(tx: &mut Tx<'_>, id: Id, decree: &str) -> Result<()> {
    let (now, held) = (tx.now(), find(tx, id)?.ok_or(Error::Missing)?);
    if !held.lasting.runs(now) {
        return Err(Error::refused("kernel-limit-over"));
    }
    if decree.trim().is_empty() {
        return Err(Error::refused("kernel-limit-decree"));
    }
    tx.update(&LIMIT, id, Expect::Version(held.version), &cols! { "lifted_at" => now, "lifted_decree" => decree.trim() })?;
    let detail = json!({ "limit": id, "kind": held.kind.as_str(), "decree": decree.trim() });
    tx.entry(NewEntry::new("kernel.limit.lifted").object("person", held.person).detail(detail));
    Ok(())
}

/// One limit.
///
/// # Errors
/// What the database says.
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Option<Limit>> {
    Ok(rx.one(&format!("{SELECT} where id = $1"), &params![id])?.as_ref().map(read).transpose()?)
}

/// What was set for a request.
///
/// # Errors
/// What the database says.
pub fn of_cause(rx: &mut Rx<'_>, cause: Id) -> Result<Option<Limit>> {
    Ok(rx.one(&format!("{SELECT} where cause = $1 order by id desc limit 1"), &params![cause])?.as_ref().map(read).transpose()?)
}

/// The newest limits, of whatever state.
///
/// # Errors
/// What the database says.
pub fn list(rx: &mut Rx<'_>, limit: i64) -> Result<Vec<Limit>> {
    Ok(rx.all(&format!("{SELECT} order by id desc limit $1"), &params![limit])?.iter().map(read).collect::<Result<_, _>>()?)
}

/// The limit of a kind that holds for a person at `now`.
///
/// # Errors
/// What the database says.
pub fn running(rx: &mut Rx<'_>, person: Id, kind: Kind, now: Timestamp) -> Result<Option<Limit>> {
    let sql = format!("{SELECT} where person = $1 and kind = $2 and {} order by id desc limit 1", Lasting::condition(3));
    Ok(rx.one(&sql, &params![person, kind.as_str(), now])?.as_ref().map(read).transpose()?)
}

/// Which of these persons a limit of this kind holds for at `now`.
///
/// # Errors
/// What the database says.
pub fn among(rx: &mut Rx<'_>, persons: &[Id], kind: Kind, now: Timestamp) -> Result<HashSet<Id>> {
    let mut found = HashSet::new();
    for chunk in persons.chunks(CHUNK) {
        let (list, mut bound) = crate::post::in_list(chunk, 1);
        let first = bound.len() + 1;
        bound.extend(params![kind.as_str(), now]);
        let sql =
            format!("select person from kernel_limit where person in {list} and kind = ${first} and {}", Lasting::condition(first + 1));
        for row in rx.all(&sql, &bound)? {
            found.insert(row.get(0)?);
        }
    }
    Ok(found)
}

/// How many residents of a unit a limit of this kind holds for at `now`.
///
/// # Errors
/// What the database says.
pub fn count_at(rx: &mut Rx<'_>, unit: Id, kind: Kind, now: Timestamp) -> Result<i64> {
    let sql = format!(
        "select count(*) from kernel_person p where p.unit = $1 and p.id in (select person from kernel_limit where kind = $2 and {})",
        Lasting::condition(3)
    );
    Ok(rx.count(&sql, &params![unit, kind.as_str(), now])?)
}

/// Whether consent given at `given` was withdrawn since: nothing is sent by it. What is given anew after a withdrawal stands.
///
/// # Errors
/// What the database says.
pub fn is_withdrawn(rx: &mut Rx<'_>, person: Id, given: Timestamp, now: Timestamp) -> Result<bool> {
    Ok(running(rx, person, Kind::Withdrawn, now)?.is_some_and(|limit| given <= limit.lasting.from))
}

/// Refuses what an officer would do with a restricted person's data outside a running case. What a law asks for, what the
/// machine does on its own and what the person does herself are not asked here.
///
/// # Errors
/// `kernel-limit-restricted` with the decision and its day.
pub fn require_free(rx: &mut Rx<'_>, person: Id, now: Timestamp) -> Result<()> {
    match running(rx, person, Kind::Restricted, now)? {
        None => Ok(()),
        Some(limit) => Err(refusal(&limit).into()),
    }
}

/// The sentence that refuses.
#[must_use]
pub fn refusal(limit: &Limit) -> Message {
    Message::new("kernel-limit-restricted").arg("decree", limit.decree.as_str())
}

/// The same for opening a person's identifiers: an officer may within a case that is open and has the person in it.
pub(crate) fn require_opening<'c>(reading: &mut impl Reading<'c>, person: Id, case_id: Option<Id>) -> Result<()> {
    let ctx = reading.circumstances();
    if !matches!(ctx.actor(), Actor::Account(_)) {
        return Ok(());
    }
    let Some(limit) = running(reading, person, Kind::Restricted, ctx.now())? else { return Ok(()) };
    let within = "select 1 from kernel_case c where c.id = $1 and c.closed_at is null and (c.applicant = $2 or exists \
                  (select 1 from kernel_case_party p where p.case_id = c.id and p.person = $2))";
    match case_id {
        Some(case) if reading.one(within, &params![case, person])?.is_some() => Ok(()),
        _ => Err(refusal(&limit).into()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{
        party::tests::somebody,
        unit::tests::{Tree, refusal},
    };

    fn new(person: Id, kind: Kind, until: Option<Timestamp>) -> NewLimit {
        NewLimit { person, kind, decree: "PDP 7/2026".into(), reason: "data dibantah".into(), cause: None, until }
    }

    #[test]
    fn uu_27_2022_pasal_11_a_restriction_holds_until_its_day_or_until_it_is_lifted() {
        let tree = Tree::new();
        let village = tree.village;
        let person = tree.write(move |tx| somebody(tx, village, "Siti Rahmawati")).unwrap();
        let other = tree.write(move |tx| somebody(tx, village, "Budi")).unwrap();
        let free = |tree: &Tree| tree.home.read_now(|rx| require_free(rx, person, tree.home.now()));
        assert!(free(&tree).is_ok());
        let end = tree.home.now() + SignedDuration::from_hours(48);
        let id = tree.write(move |tx| set(tx, &new(person, Kind::Restricted, Some(end)))).unwrap();
        assert_eq!(refusal(free(&tree)), "kernel-limit-restricted");
        assert_eq!(refusal(tree.write(move |tx| set(tx, &new(person, Kind::Restricted, None)))), "kernel-limit-runs");
        let among_now = |tree: &Tree| tree.read(|rx| among(rx, &[other, person], Kind::Restricted, tree.home.now()));
        assert_eq!(among_now(&tree), HashSet::from([person]));
        assert_eq!(tree.read(|rx| count_at(rx, village, Kind::Restricted, tree.home.now())), 1);
        assert!(!tree.read(|rx| is_withdrawn(rx, person, tree.home.now(), tree.home.now())), "another kind");
        // It ends by itself.
        tree.home.pass(SignedDuration::from_hours(48));
        assert!(free(&tree).is_ok() && among_now(&tree).is_empty());
        assert_eq!(refusal(tree.write(move |tx| lift(tx, id, "PDP 9/2026"))), "kernel-limit-over");
        // Or by a decision.
        let again = tree.write(move |tx| set(tx, &new(person, Kind::Restricted, None))).unwrap();
        assert_eq!(refusal(tree.write(move |tx| lift(tx, again, " "))), "kernel-limit-decree");
        tree.write(move |tx| lift(tx, again, "PDP 9/2026")).unwrap();
        assert!(free(&tree).is_ok());
        assert_eq!(
            tree.home.count("select count(*) from kernel_entry where action in ('kernel.limit.set', 'kernel.limit.lifted')"),
            3,
            "set, set again, lifted"
        );
        // Consent given before a withdrawal is gone, what is given after it stands.
        let given = tree.home.now();
        tree.write(move |tx| set(tx, &new(other, Kind::Withdrawn, None))).unwrap();
        tree.home.pass(SignedDuration::from_secs(1));
        let withdrawn = |given| tree.read(|rx| is_withdrawn(rx, other, given, tree.home.now()));
        assert!(withdrawn(given) && !withdrawn(tree.home.now()));
        let past = tree.home.now();
        assert_eq!(refusal(tree.write(move |tx| set(tx, &new(other, Kind::Withdrawn, Some(past))))), "kernel-limit-over");
    }
}

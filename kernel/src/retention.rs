//! How long a kind of record is kept, as data: a rule has its term and its legal source, the government may decide another
//! term, a legal hold stops it, and every run leaves a report of what it erased.
//!
//! Systems declare their [`Rule`]s in the manifest; [`KERNEL`] are the kernel's own. The terms of the rules are proposals:
//! what the laws leave to the archive schedule (JRA) of each government is marked to be verified.

use jiff::{SignedDuration, Timestamp};

use crate::{
    DbError, Error, Expect, Gov, Id, NewEntry, Result, Row, Rx, Table, Tx, cols,
    erasure::{self, Order, Reason},
    lasting::Lasting,
    notice, params,
};

/// Legal holds.
pub static HOLD: Table =
    Table::audited("kernel_hold", &["object_kind", "object", "reason", "decree", "from_at", "until_at", "lifted_at", "lifted_decree"]);
/// Terms as the government decided.
pub static TERM: Table = Table::audited("kernel_retention", &["rule", "keep_days", "basis", "active"]);
/// Deletion reports.
pub static RUN: Table = Table::audited("kernel_retention_run", &["rule", "at", "before_at", "basis", "erased", "held"]);
/// The tables of this module.
pub const TABLES: &[&Table] = &[&HOLD, &TERM, &RUN];

/// Records of one page of a run.
const PAGE: i64 = 200;

/// Something whose time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ripe {
    pub id: Id,
    /// The case and the persons it belongs to: a hold on any of them keeps it.
    pub belongs_to: Vec<Id>,
}

/// Finds what was finished before a moment, after an id, so many at most, in the order of ids.
pub type Find = fn(&mut Rx<'_>, before: Timestamp, after: Id, limit: i64) -> Result<Vec<Ripe>>;
/// Erases these.
pub type Erase = fn(&mut Tx<'_>, gov: &Gov, ids: &[Id], order: &Order) -> Result<()>;

/// How long a kind of record is kept.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// `system.records`; stored.
    pub key: &'static str,
    /// The beginning of its text keys, ending in `-`: `title` says what it is about, `erases` what goes and what stays.
    pub words: &'static str,
    /// The proposed term after the record was finished, in days.
    pub keep_days: i64,
    /// The legal source.
    pub basis: &'static str,
    /// Somebody read the term in that source; others are shown as proposals to be verified.
    pub verified: bool,
    pub find: Find,
    pub erase: Erase,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

/// A rule with the term that holds for this government.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub keep_days: i64,
    pub basis: String,
    pub active: bool,
    /// Decided here, not the proposal.
    pub decided: bool,
}

/// The term of a rule. A proposal that nobody has verified or decided is not active: what is erased does not come back.
///
/// # Errors
/// What the database says.
pub fn term(rx: &mut Rx<'_>, rule: &Rule) -> Result<Term> {
    let row = rx.one("select keep_days, basis, active from kernel_retention where rule = $1", &params![rule.key])?;
    Ok(match row {
        Some(row) => Term { keep_days: row.get(0)?, basis: row.get(1)?, active: row.get(2)?, decided: true },
        None => Term { keep_days: rule.keep_days, basis: rule.basis.to_owned(), active: rule.verified, decided: false },
    })
}

/// Decides a term.
///
/// # Errors
/// [`Error::Refused`] for a term of less than a day or without a source.
pub fn decide(tx: &mut Tx<'_>, rule: &Rule, keep_days: i64, basis: &str, active: bool) -> Result<()> {
    if !(1..=36_500).contains(&keep_days) {
        return Err(Error::refused("kernel-retention-days"));
    }
    if basis.trim().is_empty() {
        return Err(Error::refused("kernel-retention-basis"));
    }
    let columns = cols! { "keep_days" => keep_days, "basis" => basis.trim(), "active" => active };
    let known = tx.one("select id from kernel_retention where rule = $1", &params![rule.key])?;
    match known {
        Some(row) => drop(tx.update(&TERM, row.get(0)?, Expect::Any, &columns)?),
        None => {
            let id = tx.ctx().new_id();
            let mut all = columns.to_vec();
            all.push(("rule", rule.key.into()));
            tx.insert(&TERM, id, &all)?;
        }
    }
    tx.entry(
        NewEntry::new("kernel.retention.decided").detail(serde_json::json!({ "rule": rule.key, "days": keep_days, "active": active })),
    );
    Ok(())
}

/// A legal hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub id: Id,
    /// `case` or `person`.
    pub object_kind: String,
    pub object: Id,
    pub reason: String,
    pub decree: String,
    pub lasting: Lasting,
    /// The decision that lifted it; empty before.
    pub lifted_decree: String,
    pub version: i64,
}

/// A hold to be set.
#[derive(Debug, Clone)]
pub struct NewHold {
    pub object_kind: &'static str,
    pub object: Id,
    pub reason: String,
    pub decree: String,
    pub until: Option<Timestamp>,
}

/// Sets a hold from now on.
///
/// # Errors
/// [`Error::Refused`] when it would have ended already.
pub fn hold(tx: &mut Tx<'_>, new: &NewHold) -> Result<Id> {
    let (id, now) = (tx.ctx().new_id(), tx.now());
    if new.until.is_some_and(|until| until <= now) {
        return Err(Error::refused("kernel-hold-over"));
    }
    let columns = cols! {
        "object_kind" => new.object_kind, "object" => new.object, "reason" => new.reason.as_str(), "decree" => new.decree.as_str(),
        "from_at" => now, "until_at" => new.until,
    };
    tx.insert(&HOLD, id, &columns)?;
    let detail = serde_json::json!({ "hold": id, "decree": new.decree });
    tx.entry(NewEntry::new("kernel.hold.set").object(new.object_kind, new.object).detail(detail));
    Ok(id)
}

/// Lifts a hold by a decision of its own, as it was set by one.
///
/// # Errors
/// `kernel-hold-over` when it ended before, `kernel-hold-decree` without a decision; [`Error::Missing`].
pub fn lift(tx: &mut Tx<'_>, id: Id, decree: &str) -> Result<()> {
    let (now, held) = (tx.now(), find_hold(tx, id)?.ok_or(Error::Missing)?);
    if !held.lasting.runs(now) {
        return Err(Error::refused("kernel-hold-over"));
    }
    if decree.trim().is_empty() {
        return Err(Error::refused("kernel-hold-decree"));
    }
    tx.update(&HOLD, id, Expect::Version(held.version), &cols! { "lifted_at" => now, "lifted_decree" => decree.trim() })?;
    let detail = serde_json::json!({ "hold": id, "decree": decree.trim() });
    tx.entry(NewEntry::new("kernel.hold.lifted").object("hold", id).detail(detail));
    Ok(())
}

const HOLDS: &str =
    "select id, object_kind, object, reason, decree, from_at, until_at, lifted_at, coalesce(lifted_decree, ''), version from kernel_hold";

fn read_hold(row: &Row) -> Result<Hold, DbError> {
    Ok(Hold {
        id: row.get(0)?,
        object_kind: row.get(1)?,
        object: row.get(2)?,
        reason: row.get(3)?,
        decree: row.get(4)?,
        lasting: Lasting::read(row, 5)?,
        lifted_decree: row.get(8)?,
        version: row.get(9)?,
    })
}

/// One hold.
///
/// # Errors
/// What the database says.
pub fn find_hold(rx: &mut Rx<'_>, id: Id) -> Result<Option<Hold>> {
    Ok(rx.one(&format!("{HOLDS} where id = $1"), &params![id])?.as_ref().map(read_hold).transpose()?)
}

/// Every hold, newest first.
///
/// # Errors
/// What the database says.
pub fn holds(rx: &mut Rx<'_>) -> Result<Vec<Hold>> {
    Ok(rx.all(&format!("{HOLDS} order by id desc limit 500"), &[])?.iter().map(read_hold).collect::<Result<_, DbError>>()?)
}

/// The persons a hold was set on that nobody lifted; some may have ended by their day. For rules over rows of very many persons.
///
/// # Errors
/// What the database says.
pub fn persons_on_hold(rx: &mut Rx<'_>) -> Result<Vec<Id>> {
    let sql = "select distinct object from kernel_hold where object_kind = 'person' and lifted_at is null order by object";
    Ok(rx.all(sql, &[])?.iter().map(|row| row.get(0)).collect::<Result<_, DbError>>()?)
}

/// Whether a hold lies on any of these at `now`.
///
/// # Errors
/// What the database says.
pub fn is_held(rx: &mut Rx<'_>, objects: &[Id], now: Timestamp) -> Result<bool> {
    for object in objects {
        let sql = format!("select 1 from kernel_hold where object = $1 and {} limit 1", Lasting::condition(2));
        if rx.one(&sql, &params![*object, now])?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A run of one rule, page by page.
#[derive(Debug, Clone)]
pub struct Run {
    pub id: Id,
    pub before: Timestamp,
    pub term: Term,
    pub erased: i64,
    pub held: i64,
    after: Id,
}

impl Run {
    /// A run of `rule` as of now; none while the rule is switched off.
    ///
    /// # Errors
    /// What the database says.
    pub fn begin(tx: &mut Tx<'_>, rule: &Rule) -> Result<Option<Self>> {
        let (term, id, now) = (term(tx, rule)?, tx.ctx().new_id(), tx.now());
        let before = now.saturating_sub(SignedDuration::from_hours(24 * term.keep_days)).unwrap_or(Timestamp::MIN);
        Ok(term.active.then_some(Self { id, before, term, erased: 0, held: 0, after: Id::NIL }))
    }

    /// Erases one page and says whether it was the last.
    ///
    /// # Errors
    /// What the rule's functions say.
    pub fn step(mut self, tx: &mut Tx<'_>, gov: &Gov, rule: &Rule) -> Result<(Self, bool)> {
        let ripe = (rule.find)(tx, self.before, self.after, PAGE)?;
        let Some(last) = ripe.last() else { return Ok((self, true)) };
        let (now, ended) = (tx.now(), i64::try_from(ripe.len()).unwrap_or(0) < PAGE);
        self.after = last.id;
        let mut free = Vec::with_capacity(ripe.len());
        for one in &ripe {
            if is_held(tx, &one.belongs_to, now)? { self.held += 1 } else { free.push(one.id) }
        }
        if !free.is_empty() {
            let order = Order { reason: Reason::Retention, basis: self.term.basis.clone(), cause: Some(self.id) };
            (rule.erase)(tx, gov, &free, &order)?;
            self.erased += i64::try_from(free.len()).unwrap_or(0);
            let detail = serde_json::json!({ "rule": rule.key, "run": self.id, "records": free.len() });
            tx.entry(NewEntry::new("kernel.retention.erased").detail(detail));
        }
        Ok((self, ended))
    }

    /// Writes the deletion report; a run that met nothing leaves none.
    ///
    /// # Errors
    /// What the database says.
    pub fn end(&self, tx: &mut Tx<'_>, rule: &Rule) -> Result<()> {
        if self.erased == 0 && self.held == 0 {
            return Ok(());
        }
        let now = tx.now();
        let columns = cols! {
            "rule" => rule.key, "at" => now, "before_at" => self.before, "basis" => self.term.basis.as_str(), "erased" => self.erased,
            "held" => self.held,
        };
        tx.insert(&RUN, self.id, &columns)?;
        tx.entry(NewEntry::new("kernel.retention.reported").object("retention_run", self.id));
        Ok(())
    }
}

/// A deletion report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub id: Id,
    pub rule: String,
    pub at: Timestamp,
    pub before: Timestamp,
    pub basis: String,
    pub erased: i64,
    pub held: i64,
}

/// The deletion reports, newest first.
///
/// # Errors
/// What the database says.
pub fn reports(rx: &mut Rx<'_>, limit: i64) -> Result<Vec<Report>> {
    let sql = "select id, rule, at, before_at, basis, erased, held from kernel_retention_run order by at desc, id desc limit $1";
    let read = |row: &Row| {
        Ok(Report {
            id: row.get(0)?,
            rule: row.get(1)?,
            at: row.get(2)?,
            before: row.get(3)?,
            basis: row.get(4)?,
            erased: row.get(5)?,
            held: row.get(6)?,
        })
    };
    Ok(rx.all(sql, &params![limit])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// The kernel's own rules.
pub const KERNEL: &[Rule] = &[
    Rule {
        key: "kernel.drafts",
        words: "kernel-retention-drafts-",
        keep_days: 30,
        basis: "UU 27/2022 Pasal 16 ayat (2) huruf b dan g",
        verified: false,
        find: ripe_drafts,
        erase: |tx, _, ids, _| {
            for id in ids {
                tx.upkeep("delete from kernel_draft where id = $1", &params![*id])?;
            }
            Ok(())
        },
    },
    Rule {
        key: "kernel.notices",
        words: "kernel-retention-notices-",
        keep_days: 90,
        basis: "UU 27/2022 Pasal 16 ayat (2) huruf g",
        verified: false,
        find: ripe_notices,
        erase: |tx, _, ids, order| {
            for id in ids {
                notice::erase_one(tx, *id, order)?;
            }
            Ok(())
        },
    },
    Rule {
        key: "kernel.entries",
        words: "kernel-retention-entries-",
        keep_days: 1_826,
        basis: "UU 27/2022 Pasal 16 ayat (2) huruf g; PP 71/2019 Pasal 22",
        verified: false,
        find: ripe_entries,
        erase: |tx, _, ids, order| Ok(erasure::blank_entries(tx, ids, order)?),
    },
];

fn ripe_drafts(rx: &mut Rx<'_>, before: Timestamp, after: Id, limit: i64) -> Result<Vec<Ripe>> {
    let rows =
        rx.all("select id from kernel_draft where updated_at < $1 and id > $2 order by id limit $3", &params![before, after, limit])?;
    Ok(rows.iter().map(|row| Ok(Ripe { id: row.get(0)?, belongs_to: Vec::new() })).collect::<Result<_, DbError>>()?)
}

fn ripe_notices(rx: &mut Rx<'_>, before: Timestamp, after: Id, limit: i64) -> Result<Vec<Ripe>> {
    let sql = "select id, case_id, person from kernel_notice where created_at < $1 and address_sealed is not null and id > $2 order by id limit $3";
    let read = |row: &Row| {
        let belongs_to = [row.get::<Option<Id>>(1)?, row.get(2)?].into_iter().flatten().collect();
        Ok(Ripe { id: row.get(0)?, belongs_to })
    };
    Ok(rx.all(sql, &params![before, after, limit])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

fn ripe_entries(rx: &mut Rx<'_>, before: Timestamp, after: Id, limit: i64) -> Result<Vec<Ripe>> {
    let millis = u64::try_from(before.as_millisecond()).unwrap_or(0);
    let end = Id::from_parts(millis, &[0; 10]);
    let sql =
        "select id, case_id, object from kernel_entry where id > $1 and id < $2 and (origin <> '' or detail <> '') order by id limit $3";
    let read = |row: &Row| {
        let belongs_to = [row.get::<Option<Id>>(1)?, row.get(2)?].into_iter().flatten().collect();
        Ok(Ripe { id: row.get(0)?, belongs_to })
    };
    Ok(rx.all(sql, &params![after, end, limit])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

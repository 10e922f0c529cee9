//! Reviews of access: opened for every unit each quarter, decided line by line, escalated when nobody decides.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use kernel::{
    Error, Expect, Gov, Id, NewEntry, Officer, Result, Row, Rx, Table, Tx, access,
    case::{self, Case, Move, NextTask},
    clock::Rule,
    cols,
    db::DbError,
    grant::{
        self, ADMIN, OVERSEER, Scope, UNIT_ADMIN,
        sight::{Everybody, Watcher},
    },
    params,
    post::{self, Post, office},
    unit::{self, Unit, UnitTree},
};

use super::{heads, mutations};
use crate::rules::{
    self,
    review::{Quarter, REVIEW_WITHIN_WORKING_DAYS},
};

/// The audited table of reviews.
pub(crate) static REVIEW: Table = Table::audited("identity_review", &["unit", "quarter"]);
/// The audited table of rights under review.
pub(crate) static LINE: Table = Table::audited(
    "identity_review_line",
    &["case_id", "account", "person", "unit", "what", "row_id", "title", "opened_at", "state", "decided_at", "reason"],
);

/// The kind of a case of review.
pub(crate) const REVIEWING: &str = "access-review";
/// Units whose review one transaction opens.
const UNITS_AT_ONCE: usize = 20;

/// One right under review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) id: Id,
    pub(crate) account: Option<Id>,
    /// `holding` or `grant`.
    pub(crate) what: String,
    pub(crate) row: Id,
    /// "Rusdi Hartono, Kepala Desa".
    pub(crate) title: String,
    pub(crate) opened_at: Option<Timestamp>,
    /// `waiting`, `kept`, `removed`.
    pub(crate) state: String,
    pub(crate) reason: String,
    pub(crate) version: i64,
}

impl Line {
    pub(crate) fn waits(&self) -> bool {
        self.state == "waiting"
    }
}

/// A right that a review is to ask about, before it is written.
struct Right {
    account: Id,
    person: Option<Id>,
    unit: Id,
    what: &'static str,
    row: Id,
    title: String,
}

/// When the first account was made; its id tells.
fn first_account_at(rx: &mut Rx<'_>) -> Result<Option<Timestamp>> {
    let row = rx.one("select id from kernel_account order by id limit 1", &[])?;
    let Some(row) = row else { return Ok(None) };
    let id: Id = row.get(0)?;
    let millis = id.bytes()[..6].iter().fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte));
    Ok(Timestamp::from_millisecond(millis).ok())
}

/// Why reviews are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// The quarter has begun.
    OfTheQuarter,
    /// The administrator wants the first one now.
    Wanted,
}

/// Opens the reviews of this quarter that are not there yet, of some units; says how many it opened and whether there are more.
pub(crate) fn open_some(tx: &mut Tx<'_>, gov: &Gov, start: Start) -> Result<(usize, bool)> {
    let now = tx.now();
    let Some(root) = unit::root(tx)? else { return Ok((0, false)) };
    match first_account_at(tx)? {
        Some(first) if start == Start::Wanted || rules::review::is_due(root.zone, first, now) => {}
        _ => return Ok((0, false)),
    }
    let quarter = Quarter::of(root.zone, now).key();
    let mut done = Vec::new();
    for row in tx.all("select unit from identity_review where quarter = $1", &params![quarter.as_str()])? {
        done.push(row.get::<Id>(0)?);
    }
    let tree = UnitTree::read(tx, root.id)?;
    let mut by_unit = rights(tx, &tree, now)?;
    by_unit.retain(|unit, _| !done.contains(unit));
    let more = by_unit.len() > UNITS_AT_ONCE;
    let mut opened = 0;
    for (unit, rights) in by_unit.into_iter().take(UNITS_AT_ONCE) {
        let Some(unit) = tree.get(unit) else { continue };
        open(tx, gov, unit, &quarter, &rights)?;
        opened += 1;
    }
    Ok((opened, more))
}

/// Every right of every account by the unit whose head decides: that of the post or role. The head's own are for the unit above.
fn rights(rx: &mut Rx<'_>, tree: &UnitTree, now: Timestamp) -> Result<BTreeMap<Id, Vec<Right>>> {
    let everybody = Everybody::read(rx, now)?;
    let mut heads_of: HashMap<Id, Id> = HashMap::new();
    for (id, post) in &everybody.posts {
        if post::office::leads(&post.office) {
            heads_of.insert(post.unit, *id);
        }
    }
    let mut found: BTreeMap<Id, Vec<Right>> = BTreeMap::new();
    for watcher in &everybody.watchers {
        for right in rights_of(watcher, &everybody, rx)? {
            let leads = heads_of.get(&right.unit).is_some_and(|head| watcher.officer.posts.iter().any(|post| post.post == *head));
            let above = tree.get(right.unit).and_then(|unit| unit.parent).filter(|_| leads);
            found.entry(above.unwrap_or(right.unit)).or_default().push(right);
        }
    }
    Ok(found)
}

fn rights_of(watcher: &Watcher, everybody: &Everybody, rx: &mut Rx<'_>) -> Result<Vec<Right>> {
    let name = &watcher.officer.name;
    let right = |unit, what, row, title: String| Right {
        account: watcher.officer.account,
        person: watcher.officer.person,
        unit,
        what,
        row,
        title: format!("{name}, {title}"),
    };
    let mut found = Vec::new();
    for held in &watcher.officer.posts {
        let title = everybody.posts.get(&held.post).map(|post| post.title.clone()).unwrap_or_default();
        found.push(right(held.unit, "holding", held.holding, rules::post_at(&held.kind, &title, "")));
    }
    let own: Vec<Id> = watcher.officer.grants.iter().map(|grant| grant.grant).collect();
    for grant in grant::find_all(rx, &own)? {
        if matches!(grant.to, grant::Grantee::Account(_)) {
            found.push(right(grant.unit, "grant", grant.id, grant.role.clone()));
        }
    }
    Ok(found)
}

fn open(tx: &mut Tx<'_>, gov: &Gov, unit: &Unit, quarter: &str, rights: &[Right]) -> Result<()> {
    let now = tx.now();
    let desk = heads::above(tx, unit, now)?;
    let rule = Rule::WorkingDays(REVIEW_WITHIN_WORKING_DAYS);
    let case = mutations::open_case(tx, gov, REVIEWING, unit, desk.as_ref(), "review", &unit.name, rule)?;
    tx.insert(&REVIEW, case.id, &cols! { "unit" => unit.id, "quarter" => quarter })?;
    for right in rights {
        let id = tx.ctx().new_id();
        let columns = cols! {
            "case_id" => case.id, "account" => right.account, "person" => right.person, "unit" => right.unit, "what" => right.what,
            "row_id" => right.row, "title" => right.title.as_str(), "state" => "waiting", "reason" => "",
        };
        tx.insert(&LINE, id, &columns)?;
    }
    let entry = NewEntry::new("identity.review.opened").case(case.id).unit(unit.id).object("unit", unit.id);
    tx.entry(entry.detail(serde_json::json!({ "quarter": quarter, "rights": rights.len() })));
    Ok(())
}

/// Hands reviews whose deadline has passed to the regency; says how many.
pub(crate) fn escalate(tx: &mut Tx<'_>) -> Result<usize> {
    let now = tx.now();
    let sql = "select id from kernel_case where system = 'identity' and kind = $1 and state = 'open' and due_state = 'running' and due_at < $2 \
               order by due_at, id limit 50";
    let late: Vec<Id> = tx.all(sql, &params![REVIEWING, now])?.iter().map(|row| row.get(0)).collect::<Result<_, DbError>>()?;
    let root = unit::root(tx)?.ok_or(Error::Missing)?;
    let desk = regency_desk(tx, &root)?;
    for id in &late {
        let case = case::find(tx, *id)?;
        let step = Move {
            action: "escalate",
            to_state: "escalated",
            step: 1,
            task: desk.as_ref().map(|post| NextTask { post: post.id, unit: post.unit, action: "review" }),
            due: case.due.clone(),
            actor_label: "",
            actor_post: None,
            note: "",
            public: false,
            outcome: None,
        };
        case::advance(tx, &case, &step)?;
        tx.entry(NewEntry::new("identity.review.escalated").case(case.id).unit(case.unit).object("unit", case.unit));
    }
    Ok(late.len())
}

/// Who decides at the regency: the secretary, else whoever leads it.
fn regency_desk(rx: &mut Rx<'_>, root: &Unit) -> Result<Option<Post>> {
    match post::by_office(rx, root.id, office::REGENCY_SECRETARY)? {
        Some(found) => Ok(Some(found)),
        None => heads::of(rx, root),
    }
}

/// The review an officer decides: its task lies with a post of theirs, or was escalated from one.
pub(crate) fn own(rx: &mut Rx<'_>, officer: &Officer, id: Id) -> Result<Case> {
    let case = case::find(rx, id)?;
    if case.system != crate::SYSTEM.slug || case.kind != REVIEWING {
        return Err(Error::Missing);
    }
    let acts = |post: Id| officer.posts.iter().any(|held| held.post == post);
    if case.at_post.is_some_and(acts) {
        return Ok(case);
    }
    let unit = unit::find(rx, case.unit)?.ok_or(Error::Missing)?;
    match heads::of(rx, &unit)? {
        Some(head) if acts(head.id) => Ok(case),
        _ => Err(Error::Missing),
    }
}

/// The rights of a review by their title.
pub(crate) fn lines(rx: &mut Rx<'_>, case_id: Id) -> Result<Vec<Line>> {
    let sql = "select id, account, what, row_id, title, opened_at, state, reason, version from identity_review_line where case_id = $1 \
               order by title, id";
    let read = |row: &Row| {
        Ok(Line {
            id: row.get(0)?,
            account: row.get(1)?,
            what: row.get(2)?,
            row: row.get(3)?,
            title: row.get(4)?,
            opened_at: row.get(5)?,
            state: row.get(6)?,
            reason: row.get(7)?,
            version: row.get(8)?,
        })
    };
    Ok(rx.all(sql, &params![case_id])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// When each account signed in last, as far as the log tells.
pub(crate) fn last_sign_ins(rx: &mut Rx<'_>, accounts: &[Id]) -> Result<HashMap<Id, Timestamp>> {
    let mut found = HashMap::new();
    let sql = "select max(at) from kernel_entry where account = $1 and action = 'kernel.session.opened'";
    for account in accounts {
        if let Some(at) = rx.one(sql, &params![*account])?.map(|row| row.get::<Option<Timestamp>>(0)).transpose()?.flatten() {
            found.insert(*account, at);
        }
    }
    Ok(found)
}

/// Notes that the reviewer looked at what a right opens; only then can it be confirmed together with others.
pub(crate) fn look(tx: &mut Tx<'_>, case: &Case, line_id: Id) -> Result<Line> {
    let line = lines(tx, case.id)?.into_iter().find(|line| line.id == line_id).ok_or(Error::Missing)?;
    access::record(tx, NewEntry::new("identity.review.looked").case(case.id).unit(case.unit).object("right", line.row))?;
    if line.opened_at.is_none() && line.waits() {
        let now = tx.now();
        tx.update(&LINE, line.id, Expect::Version(line.version), &cols! { "opened_at" => now })?;
    }
    Ok(line)
}

/// What the reviewer says of a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Remove,
}

/// Decides one right. One that is removed is gone at once: the role ends, or the holding does.
pub(crate) fn decide(tx: &mut Tx<'_>, case: &Case, line_id: Id, verdict: Verdict, reason: &str, label: &str) -> Result<bool> {
    let line = lines(tx, case.id)?.into_iter().find(|line| line.id == line_id).ok_or(Error::Missing)?;
    if !line.waits() {
        return Err(Error::refused("identity-review-decided"));
    }
    if verdict == Verdict::Remove && reason.trim().is_empty() {
        return Err(Error::refused("identity-review-reason"));
    }
    if verdict == Verdict::Remove {
        remove(tx, &line)?;
    }
    write(tx, case, &line, verdict, reason)?;
    close_when_done(tx, case, label)
}

fn remove(tx: &mut Tx<'_>, line: &Line) -> Result<()> {
    let now = tx.now();
    let ended = |error: Error| match error {
        // It ended by itself meanwhile: that is what was wanted.
        Error::Refused(message) if matches!(&*message.key, "kernel-grant-ended" | "kernel-post-ends-before-it-begins") => Ok(0),
        other => Err(other),
    };
    if line.what == "grant" {
        grant::revoke(tx, line.row, Expect::Any, now).or_else(ended)?;
    } else {
        post::end(tx, line.row, Expect::Any, now).or_else(ended)?;
        tx.upkeep(
            "update kernel_session set post = null where post = (select h.post from kernel_holding h where h.id = $1)",
            &params![line.row],
        )?;
    }
    Ok(())
}

fn write(tx: &mut Tx<'_>, case: &Case, line: &Line, verdict: Verdict, reason: &str) -> Result<()> {
    let state = if verdict == Verdict::Keep { "kept" } else { "removed" };
    let now = tx.now();
    let columns = cols! { "state" => state, "decided_at" => now, "reason" => reason.trim() };
    tx.update(&LINE, line.id, Expect::Version(line.version), &columns)?;
    let entry = NewEntry::new("identity.review.decided").case(case.id).unit(case.unit).object("right", line.row);
    tx.entry(entry.detail(serde_json::json!({ "state": state, "what": line.what })));
    Ok(())
}

/// Confirms every right that was looked at and still waits; says how many, and whether the review is done.
pub(crate) fn keep_looked_at(tx: &mut Tx<'_>, case: &Case, label: &str) -> Result<(usize, bool)> {
    let mut kept = 0;
    for line in lines(tx, case.id)?.iter().filter(|line| line.waits() && line.opened_at.is_some()) {
        write(tx, case, line, Verdict::Keep, "")?;
        kept += 1;
    }
    if kept == 0 {
        return Err(Error::refused("identity-review-open-first"));
    }
    Ok((kept, close_when_done(tx, case, label)?))
}

fn close_when_done(tx: &mut Tx<'_>, case: &Case, label: &str) -> Result<bool> {
    if lines(tx, case.id)?.iter().any(Line::waits) {
        return Ok(false);
    }
    mutations::close(tx, case, "reviewed", label)?;
    Ok(true)
}

/// A review in the overview.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) case: Case,
    pub(crate) unit: String,
    pub(crate) quarter: String,
    pub(crate) rights: i64,
    pub(crate) waiting: i64,
    pub(crate) removed: i64,
}

/// The newest reviews within the officer's reach: the administrator, those who oversee, the admin of a unit.
pub(crate) fn overview(rx: &mut Rx<'_>, officer: &Officer, limit: i64) -> Result<Vec<Standing>> {
    let scope = Scope::of_roles(officer, &[ADMIN, OVERSEER, UNIT_ADMIN]);
    let (condition, mut bound) =
        scope.filter(&kernel::grant::Columns { depth: 6, at_unit: None, post: None, person: None, kind: None }, "c", 2);
    bound.insert(0, limit.into());
    let sql = format!(
        "select c.id, u.name, r.quarter, (select count(*) from identity_review_line l where l.case_id = r.id), \
         (select count(*) from identity_review_line l where l.case_id = r.id and l.state = 'waiting'), \
         (select count(*) from identity_review_line l where l.case_id = r.id and l.state = 'removed') \
         from identity_review r join kernel_case c on c.id = r.id join kernel_unit u on u.id = r.unit \
         where {condition} order by r.quarter desc, c.closed_at is null desc, u.code, c.id limit $1"
    );
    let rows = rx.all(&sql, &bound)?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: Id = row.get(0)?;
        found.push(Standing {
            case: case::find(rx, id)?,
            unit: row.get(1)?,
            quarter: row.get(2)?,
            rights: row.get(3)?,
            waiting: row.get(4)?,
            removed: row.get(5)?,
        });
    }
    Ok(found)
}

//! Audits of the data: asked for, under way, and what they found.

use jiff::Timestamp;
use kernel::{
    Actor, Error, Expect, Id, NewEntry, Result, Row, Rx, Tx,
    audit::State as Audited,
    cols,
    db::DbError,
    grant::{ADMIN, INSPECTOR},
    jobs::{self, NewJob},
    keys::Keys,
    log::{self, WitnessKey},
    params, party, post, unit,
};
use serde_json::json;

use super::AUDIT;
use crate::model::{Cosignature, Count, Outcome, Record};

/// The job that makes one.
pub const JOB: &str = "oversight.audit";

const SELECT: &str = "select id, asked_at, asked_by, post, unit, state, ended_at, origin, size, root, checkpoint, witnesses, tables, leaves, entries, \
                      versions, rows, waiting, differences, version from oversight_audit";

fn read(row: &Row) -> Result<Record, DbError> {
    let list = |place: usize| row.get::<String>(place);
    Ok(Record {
        id: row.get(0)?,
        asked_at: row.get(1)?,
        asked_by: row.get(2)?,
        post: row.get(3)?,
        unit: row.get(4)?,
        outcome: Outcome::parse(&row.get::<String>(5)?),
        ended_at: row.get(6)?,
        origin: row.get(7)?,
        size: row.get(8)?,
        root: row.get(9)?,
        checkpoint: row.get(10)?,
        witnesses: serde_json::from_str(&list(11)?).unwrap_or_default(),
        tables: serde_json::from_str(&list(12)?).unwrap_or_default(),
        leaves: row.get(13)?,
        entries: row.get(14)?,
        versions: row.get(15)?,
        rows: row.get(16)?,
        waiting: row.get(17)?,
        differences: serde_json::from_str(&list(18)?).unwrap_or_default(),
        version: row.get(19)?,
    })
}

/// One audit.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Record> {
    let row = rx.one(&format!("{SELECT} where id = $1"), &params![id])?.ok_or(Error::Missing)?;
    Ok(read(&row)?)
}

/// A page of audits, newest first.
///
/// # Errors
/// What the database says.
pub fn page(rx: &mut Rx<'_>, after: Option<(Timestamp, Id)>, limit: i64) -> Result<Vec<Record>> {
    let (at, id) = after.unwrap_or((Timestamp::MAX, Id::from_bytes([255; 16])));
    let sql = format!("{SELECT} where (asked_at, id) < ($1, $2) order by asked_at desc, id desc limit $3");
    Ok(rx.all(&sql, &params![at, id, limit])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// Asks for an audit; a job makes it at once. One at a time.
///
/// # Errors
/// `oversight-audit-runs` while one is under way.
pub fn ask(tx: &mut Tx<'_>) -> Result<Id> {
    let now = tx.now();
    ask_at(tx, now)
}

/// Asks for an audit that begins at `run_at`.
///
/// # Errors
/// As [`ask`].
pub fn ask_at(tx: &mut Tx<'_>, run_at: Timestamp) -> Result<Id> {
    if tx.one("select id from oversight_audit where state = 'waiting' limit 1", &[])?.is_some() {
        return Err(Error::refused("oversight-audit-runs"));
    }
    let root = unit::root(tx)?.ok_or(Error::Missing)?;
    let (ctx, now) = (tx.ctx(), tx.now());
    let (account, post) = match ctx.actor() {
        Actor::Account(officer) => (Some(officer.account), officer.post.clone()),
        _ => (None, None),
    };
    let id = ctx.new_id();
    let columns = cols! {
        "asked_at" => now, "asked_by" => account, "post" => post.as_ref().map(|post| post.post),
        "unit" => post.as_ref().map_or(root.id, |post| post.unit), "state" => Outcome::Waiting.as_str(), "origin" => "", "size" => 0_i64,
        "root" => "", "checkpoint" => "", "witnesses" => "[]", "tables" => "[]", "leaves" => 0_i64, "entries" => 0_i64, "versions" => 0_i64,
        "rows" => 0_i64, "waiting" => 0_i64, "differences" => "[]",
    };
    tx.insert(&AUDIT, id, &columns)?;
    tx.entry(NewEntry::new("oversight.audit.asked").unit(root.id).object("audit", id));
    jobs::add(tx, NewJob::new(JOB, json!({ "audit": id })).at(run_at))?;
    Ok(id)
}

/// Where an audit under way is.
///
/// # Errors
/// What the database says.
pub fn progress(rx: &mut Rx<'_>, id: Id) -> Result<Option<(Audited, Vec<Count>)>> {
    let Some(row) = rx.one("select state, tables from oversight_progress where audit = $1", &params![id])? else { return Ok(None) };
    let (state, tables): (String, String) = (row.get(0)?, row.get(1)?);
    let broken = |error: serde_json::Error| Error::Failed(format!("the progress of an audit: {error}"));
    Ok(Some((serde_json::from_str(&state).map_err(broken)?, serde_json::from_str(&tables).map_err(broken)?)))
}

/// Writes down where an audit is.
///
/// # Errors
/// What the database says.
pub fn keep_progress(tx: &mut Tx<'_>, id: Id, state: &Audited, tables: &[Count]) -> Result<()> {
    let now = tx.now();
    let text = |value: serde_json::Result<String>| value.map_err(|error| Error::Failed(error.to_string()));
    let (state, tables) = (text(serde_json::to_string(state))?, text(serde_json::to_string(tables))?);
    tx.upkeep(
        "insert into oversight_progress (audit, state, tables, at) values ($1, $2, $3, $4) \
         on conflict (audit) do update set state = excluded.state, tables = excluded.tables, at = excluded.at",
        &params![id, state, tables, now],
    )?;
    Ok(())
}

/// What witnesses signed in the newest epoch, each signature verified with the key configured for its witness; and those configured that
/// signed nothing.
///
/// # Errors
/// What the database says.
pub fn cosignatures(rx: &mut Rx<'_>, keys: &Keys, configured: &[WitnessKey]) -> Result<Vec<Cosignature>> {
    let verifiers: Vec<_> = configured.iter().map(|witness| witness.verifier.clone()).collect();
    let mut found = Vec::new();
    if let Some(head) = log::head(rx)? {
        for one in log::cosigned(rx, head.epoch)? {
            let worth = log::judge_cosignature(rx, &head, &one, &verifiers, keys)?;
            found.push(Cosignature { witness: one.witness, size: one.size, line: one.line, worth: worth.as_str().to_owned() });
        }
    }
    for verifier in &verifiers {
        if !found.iter().any(|one| one.witness == verifier.name()) {
            let (witness, worth) = (verifier.name().to_owned(), "silent".to_owned());
            found.push(Cosignature { witness, size: 0, line: String::new(), worth });
        }
    }
    Ok(found)
}

/// Writes down how an audit ended.
///
/// # Errors
/// What the database says.
pub fn end(tx: &mut Tx<'_>, id: Id, state: Option<&Audited>, tables: &[Count], witnesses: &[Cosignature]) -> Result<()> {
    let now = tx.now();
    let record = find(tx, id)?;
    if record.outcome != Outcome::Waiting {
        return Ok(());
    }
    tx.upkeep("delete from oversight_progress where audit = $1", &params![id])?;
    let Some(state) = state else {
        tx.update(&AUDIT, id, Expect::Any, &cols! { "state" => Outcome::Failed.as_str(), "ended_at" => now })?;
        tx.entry(NewEntry::new("oversight.audit.failed").unit(record.unit).object("audit", id));
        return Ok(());
    };
    // Origin, size and root are the first lines of a checkpoint (c2sp.org/tlog-checkpoint).
    let line = |place: usize| state.checkpoint.lines().nth(place).unwrap_or_default();
    let outcome = if state.differences.is_empty() { Outcome::Sound } else { Outcome::Unsound };
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let text = |value: serde_json::Result<String>| value.map_err(|error| Error::Failed(error.to_string()));
    let columns = cols! {
        "state" => outcome.as_str(), "ended_at" => now, "origin" => line(0),
        "size" => line(1).parse::<i64>().unwrap_or(0), "root" => line(2), "checkpoint" => state.checkpoint.as_str(),
        "witnesses" => text(serde_json::to_string(witnesses))?, "tables" => text(serde_json::to_string(tables))?, "leaves" => number(state.leaves),
        "entries" => number(state.entries), "versions" => number(state.versions), "rows" => number(state.rows),
        "waiting" => number(state.waiting), "differences" => text(serde_json::to_string(&state.differences))?,
    };
    tx.update(&AUDIT, id, Expect::Any, &columns)?;
    let detail =
        json!({ "outcome": outcome.as_str(), "differences": state.differences.len(), "rows": state.rows, "entries": state.entries });
    tx.entry(NewEntry::new("oversight.audit.ended").unit(record.unit).object("audit", id).detail(detail));
    Ok(())
}

/// Somebody who signs, by post.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signer {
    pub title: String,
    pub unit: String,
    pub name: String,
    /// NIP, or empty.
    pub number: String,
}

/// Who signs a Berita Acara: whoever had it made, and the head of whoever runs the system.
///
/// # Errors
/// What the database says.
pub fn signers(rx: &mut Rx<'_>, record: &Record, now: Timestamp) -> Result<Vec<Signer>> {
    let mut posts = Vec::new();
    if let Some(post) = record.post {
        posts.push(post);
    } else if let Some(post) = role_post(rx, INSPECTOR)? {
        posts.push(post);
    }
    if let Some(post) = role_post(rx, ADMIN)?.filter(|post| !posts.contains(post)) {
        posts.push(post);
    }
    let mut signers = Vec::new();
    for id in posts {
        let Some(found) = post::find(rx, id)? else { continue };
        let unit = unit::find(rx, found.unit)?.map_or_else(String::new, |unit| unit.name);
        let holder = post::holder(rx, id, now)?.holder;
        let person = match &holder {
            Some(holding) => party::find(rx, holding.person)?,
            None => None,
        };
        let prefix = holder.map(|holding| holding.kind.prefix()).unwrap_or_default();
        signers.push(Signer {
            title: format!("{prefix}{}", found.title),
            unit,
            name: person.as_ref().map_or_else(String::new, |person| person.name.clone()),
            number: person.and_then(|person| person.employee_number).unwrap_or_default(),
        });
    }
    Ok(signers)
}

/// The first post that a role was given to.
fn role_post(rx: &mut Rx<'_>, role: &str) -> Result<Option<Id>> {
    let sql = "select g.post from kernel_grant g join kernel_post p on p.id = g.post where g.role = $1 and g.effective_until is null \
               order by p.place, g.id limit 1";
    Ok(rx.one(sql, &params![role])?.map(|row| row.get(0)).transpose()?)
}

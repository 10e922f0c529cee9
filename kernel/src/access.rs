//! Entries of reading: who opened, revealed, printed, exported or searched for personal or limited records.

use jiff::{SignedDuration, Timestamp};

use crate::{Actor, DbError, Id, NewEntry, Rx, Tx, params};

/// Repeats by the same account of the same record within this time are one entry (DESIGN §5).
pub const MERGE: SignedDuration = SignedDuration::from_mins(10);

/// Writes that a record was read, unless the same account has read it within [`MERGE`].
///
/// # Errors
/// What the database says; then the page must not be shown.
pub fn record(tx: &mut Tx<'_>, entry: NewEntry) -> Result<(), DbError> {
    if !repeated(tx, &entry)? {
        tx.entry(entry);
    }
    Ok(())
}

fn repeated(tx: &mut Tx<'_>, entry: &NewEntry) -> Result<bool, DbError> {
    let Actor::Account(officer) = tx.ctx().actor().clone() else { return Ok(false) };
    let Some(object) = entry.object else { return Ok(false) };
    let since = tx.now() - MERGE;
    let sql = "select 1 from kernel_entry where object = $1 and at > $2 and account = $3 and action = $4 limit 1";
    Ok(tx.one(sql, &params![object, since, officer.account, entry.action])?.is_some())
}

/// A line of a record's or an account's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: Id,
    pub at: Timestamp,
    pub action: String,
    pub account: Option<Id>,
    pub post: Option<Id>,
    pub object_kind: String,
    pub object: Option<Id>,
    pub case_id: Option<Id>,
    pub detail: String,
}

/// The newest entries of one account, older than `before`.
///
/// # Errors
/// What the database says.
pub fn of_account(rx: &mut Rx<'_>, account: Id, before: Option<Timestamp>, limit: i64) -> Result<Vec<Line>, DbError> {
    let before = before.map_or(i64::MAX, Timestamp::as_microsecond);
    let sql = "select id, at, action, account, post, object_kind, object, case_id, detail from kernel_entry \
               where account = $1 and at < $2 order by at desc, id desc limit $3";
    rx.all(sql, &params![account, before, limit])?.iter().map(line).collect()
}

/// Every entry of one case, oldest first.
///
/// # Errors
/// What the database says.
pub fn of_case(rx: &mut Rx<'_>, case_id: Id) -> Result<Vec<Line>, DbError> {
    let sql =
        "select id, at, action, account, post, object_kind, object, case_id, detail from kernel_entry where case_id = $1 order by at, id";
    rx.all(sql, &params![case_id])?.iter().map(line).collect()
}

fn line(row: &crate::Row) -> Result<Line, DbError> {
    Ok(Line {
        id: row.get(0)?,
        at: row.get(1)?,
        action: row.get(2)?,
        account: row.get(3)?,
        post: row.get(4)?,
        object_kind: row.get(5)?,
        object: row.get(6)?,
        case_id: row.get(7)?,
        detail: row.get(8)?,
    })
}

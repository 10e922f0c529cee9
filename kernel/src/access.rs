//! Entries of reading: who opened, revealed, printed, exported or searched for personal or limited records.

use std::ops::{Deref, DerefMut};

use jiff::{SignedDuration, Timestamp};

use crate::{Actor, Ctx, DbError, Id, NewEntry, Rx, Tx, params};

/// Repeats by the same account of the same record within this time are one entry (DESIGN §5).
pub const MERGE: SignedDuration = SignedDuration::from_mins(10);

/// Who reads, and what is to be written down of it: a write transaction, or a [`View`].
pub trait Reading<'c>: DerefMut<Target = Rx<'c>> {
    /// The circumstances of the reading.
    fn circumstances(&self) -> Ctx;
    /// A line of the audit log about it.
    fn note(&mut self, entry: NewEntry);
}

impl<'c> Reading<'c> for Tx<'c> {
    fn circumstances(&self) -> Ctx {
        self.ctx()
    }

    fn note(&mut self, entry: NewEntry) {
        self.entry(entry);
    }
}

/// A read transaction whose entries are written when it has ended, before its answer is given; see [`crate::Gov::disclose`].
pub struct View<'a, 'c> {
    rx: &'a mut Rx<'c>,
    ctx: Ctx,
    entries: Vec<NewEntry>,
}

impl<'a, 'c> View<'a, 'c> {
    pub(crate) const fn new(rx: &'a mut Rx<'c>, ctx: Ctx) -> Self {
        Self { rx, ctx, entries: Vec::new() }
    }

    pub(crate) fn into_entries(self) -> Vec<NewEntry> {
        self.entries
    }
}

impl<'c> Deref for View<'_, 'c> {
    type Target = Rx<'c>;

    fn deref(&self) -> &Rx<'c> {
        self.rx
    }
}

impl<'c> DerefMut for View<'_, 'c> {
    fn deref_mut(&mut self) -> &mut Rx<'c> {
        self.rx
    }
}

impl<'c> Reading<'c> for View<'_, 'c> {
    fn circumstances(&self) -> Ctx {
        self.ctx.clone()
    }

    fn note(&mut self, entry: NewEntry) {
        self.entries.push(entry);
    }
}

/// Writes that a record was read, unless the same account has read it within [`MERGE`].
///
/// # Errors
/// What the database says; then the page must not be shown.
pub fn record<'c>(reading: &mut impl Reading<'c>, entry: NewEntry) -> Result<(), DbError> {
    if !repeated(reading, &entry)? {
        reading.note(entry);
    }
    Ok(())
}

fn repeated<'c>(reading: &mut impl Reading<'c>, entry: &NewEntry) -> Result<bool, DbError> {
    let ctx = reading.circumstances();
    let Actor::Account(officer) = ctx.actor() else { return Ok(false) };
    let Some(object) = entry.object else { return Ok(false) };
    let since = ctx.now() - MERGE;
    // Each by its index, see `of_object`.
    let about = if entry.case_id == entry.object { "e.case_id = $1 and e.object = $1".to_owned() } else { of_object("$1") };
    let sql = format!("select 1 from kernel_entry e where {about} and e.at > $2 and e.account = $3 and e.action = $4 limit 1");
    Ok(reading.one(&sql, &params![object, since, officer.account, entry.action])?.is_some())
}

/// Entries are committed out of the order of their ids: whoever reads the log by id looks at the newest of this long again.
const UNSETTLED: SignedDuration = SignedDuration::from_mins(2);

/// The id before which no entry is expected any more at this moment. A reader of the log goes on from here the next time, at the latest.
#[must_use]
pub fn settled(now: Timestamp) -> Id {
    let before = now.saturating_sub(UNSETTLED).unwrap_or(Timestamp::UNIX_EPOCH);
    Id::from_parts(u64::try_from(before.as_millisecond()).unwrap_or(0), &[0; 10])
}

/// The condition that an entry `e` is about this object (a mark like `$1`), which is not the case the entry happened in: the index of
/// objects has these only, since an entry about its case is found by `case_id`.
#[must_use]
pub fn of_object(mark: &str) -> String {
    format!("(e.object = {mark} and (e.case_id is null or e.object <> e.case_id))")
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

/// The newest entries of one account, before the one written at this moment with this id: entries of one act share their moment.
///
/// # Errors
/// What the database says.
pub fn of_account(rx: &mut Rx<'_>, account: Id, before: Option<(Timestamp, Id)>, limit: i64) -> Result<Vec<Line>, DbError> {
    let (at, id) = before.map_or((i64::MAX, Id::NIL), |(at, id)| (at.as_microsecond(), id));
    let sql = "select id, at, action, account, post, object_kind, object, case_id, detail from kernel_entry \
               where account = $1 and (at, id) < ($2, $3) order by at desc, id desc limit $4";
    rx.all(sql, &params![account, at, id, limit])?.iter().map(line).collect()
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

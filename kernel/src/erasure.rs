//! Erasing: what is stored of a person goes, that it was there and when it went stays.
//!
//! A row is blanked or removed as any other change, with a version of its own. Its earlier versions lose their images and
//! salts (a salt beside a digest lets anybody try values); their digests stay, so the entries still commit to them and the
//! log stays whole. An audited row of `kernel_erasure` names what went. A version without an image that no such row names
//! was erased past this program, and [`crate::audit`] says so.
//!
//! A backup made before still has the values: after a restore the audit finds images that were erased
//! (`erasure-undone`), and [`again`] erases them once more.

use crate::{DbError, Expect, Gov, Id, NewEntry, Result, Rx, Table, Tx, Value, cols, params};

/// What was erased.
pub static ERASURE: Table = Table::audited("kernel_erasure", &["table_name", "row_id", "through", "reason", "basis", "cause", "at"]);
/// The tables of this module.
pub const TABLES: &[&Table] = &[&ERASURE];

/// Erases what a system keeps of people in one of its finished cases, besides what the kernel keeps of every case.
pub type Forget = fn(&mut Tx<'_>, &Gov, Id, &Order) -> Result<()>;

/// The name under which an entry that lost its origin and detail stands in `kernel_erasure`.
pub(crate) const ENTRY: &str = "kernel_entry";
/// The salt of what was erased.
pub(crate) const NO_SALT: [u8; 16] = [0; 16];

/// Why something is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The person asked for it and was right (UU 27/2022 Pasal 8, 43, 44).
    Request,
    /// The time it may be kept is over (UU 27/2022 Pasal 16(2)g, 43(1)).
    Retention,
}

impl Reason {
    /// The word stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Retention => "retention",
        }
    }
}

/// On whose word something is erased.
#[derive(Debug, Clone)]
pub struct Order {
    pub reason: Reason,
    /// The article or decree.
    pub basis: String,
    /// The case of the request, or the run of the rule.
    pub cause: Option<Id>,
}

/// Gives columns of a row new values (usually none) and drops every earlier image of it. The caller's own entry tells of it.
///
/// # Errors
/// [`DbError::Missing`] when there is no such row.
pub fn blank(tx: &mut Tx<'_>, table: &'static Table, row: Id, columns: &[(&str, Value)], order: &Order) -> Result<(), DbError> {
    let version = tx.update(table, row, Expect::Any, columns)?;
    told(tx, table.name, row, version - 1, order)
}

/// Removes a row with every image of it. The caller's own entry tells of it.
///
/// # Errors
/// [`DbError::Missing`] when there is no such row.
pub fn remove(tx: &mut Tx<'_>, table: &'static Table, row: Id, order: &Order) -> Result<(), DbError> {
    let through = tx.deleted(table, row)?;
    told(tx, table.name, row, through, order)
}

/// Drops the images of a row that was removed before. Nothing happens when none is left.
///
/// # Errors
/// What the database says.
pub fn forget(tx: &mut Tx<'_>, table: &'static Table, row: Id, order: &Order) -> Result<bool, DbError> {
    let sql = "select version, op from kernel_history where table_name = $1 and row_id = $2 order by version desc limit 1";
    let Some(last) = tx.one(sql, &params![table.name, row])? else { return Ok(false) };
    let (version, op): (i64, String) = (last.get(0)?, last.get(1)?);
    let left = "select count(*) from kernel_history where table_name = $1 and row_id = $2 and image is not null";
    if op != "delete" || tx.count(left, &params![table.name, row])? == 0 {
        return Ok(false);
    }
    told(tx, table.name, row, version, order)?;
    Ok(true)
}

fn told(tx: &mut Tx<'_>, table: &str, row: Id, through: i64, order: &Order) -> Result<(), DbError> {
    let (id, now) = (tx.ctx().new_id(), tx.now());
    let columns = cols! {
        "table_name" => table, "row_id" => row, "through" => through, "reason" => order.reason.as_str(), "basis" => order.basis.as_str(),
        "cause" => order.cause, "at" => now,
    };
    tx.insert(&ERASURE, id, &columns)?;
    tx.drop_images(table, row, through);
    Ok(())
}

/// Takes origin (network address) and detail from entries; their places in the log and their digests stay. One erasure
/// tells of all of them: it names the last.
///
/// # Errors
/// What the database says.
pub fn blank_entries(tx: &mut Tx<'_>, entries: &[Id], order: &Order) -> Result<(), DbError> {
    let Some(last) = entries.iter().max() else { return Ok(()) };
    let (id, now) = (tx.ctx().new_id(), tx.now());
    let columns = cols! {
        "table_name" => ENTRY, "row_id" => *last, "through" => 0_i64, "reason" => order.reason.as_str(), "basis" => order.basis.as_str(),
        "cause" => order.cause, "at" => now,
    };
    tx.insert(&ERASURE, id, &columns)?;
    for entry in entries {
        tx.upkeep("update kernel_entry set origin = '', detail = '', salt = $2 where id = $1", &params![*entry, NO_SALT])?;
    }
    Ok(())
}

/// Erases again what an older backup brought back. Returns how many rows had images once more.
///
/// # Errors
/// What the database says.
pub fn again(tx: &mut Tx<'_>) -> Result<usize> {
    let back = undone(tx, 1_000)?;
    for (table, row, through) in &back {
        tx.drop_images(table, *row, *through);
    }
    if !back.is_empty() {
        tx.entry(NewEntry::new("kernel.record.erased_again").detail(serde_json::json!({ "rows": back.len() })));
    }
    Ok(back.len())
}

/// Rows that were erased and have images all the same: table, row, version.
pub(crate) fn undone(rx: &mut Rx<'_>, limit: i64) -> Result<Vec<(String, Id, i64)>, DbError> {
    let sql = "select distinct e.table_name, e.row_id, e.through from kernel_erasure e join kernel_history h on h.table_name = e.table_name \
               and h.row_id = e.row_id and h.version <= e.through where h.image is not null order by e.row_id, e.through limit $1";
    rx.all(sql, &params![limit])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// Whether an erasure names this version of a row.
pub(crate) fn covers(rx: &mut Rx<'_>, table: &str, row: Id, version: i64) -> Result<bool, DbError> {
    let sql = "select 1 from kernel_erasure where table_name = $1 and row_id = $2 and through >= $3 limit 1";
    Ok(rx.one(sql, &params![table, row, version])?.is_some())
}

/// Whether an erasure of entries reached this one.
pub(crate) fn covers_entry(rx: &mut Rx<'_>, entry: Id) -> Result<bool, DbError> {
    let sql = "select 1 from kernel_erasure where table_name = $1 and row_id >= $2 limit 1";
    Ok(rx.one(sql, &params![ENTRY, entry])?.is_some())
}

/// One erasure, for reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    pub table: String,
    pub row: Id,
    pub basis: String,
    pub at: jiff::Timestamp,
}

/// What was erased for this case or by this run, in order.
///
/// # Errors
/// What the database says.
pub fn of_cause(rx: &mut Rx<'_>, cause: Id, limit: i64) -> Result<Vec<Erased>, DbError> {
    let sql = "select table_name, row_id, basis, at from kernel_erasure where cause = $1 order by id limit $2";
    let read = |row: &crate::Row| Ok(Erased { table: row.get(0)?, row: row.get(1)?, basis: row.get(2)?, at: row.get(3)? });
    rx.all(sql, &params![cause, limit])?.iter().map(read).collect()
}

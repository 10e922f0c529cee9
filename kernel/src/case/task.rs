//! Open work: one row a case and post. **Tugas Saya** is this table, over all systems.

use jiff::Timestamp;

use super::{Case, NextTask};
use crate::{Actor, DbError, Expect, Id, Result, Row, Rx, Table, Tx, cols, params};

pub(super) static TASK: Table = Table::audited(
    "kernel_task",
    &[
        "case_id", "system", "kind", "post", "unit", "u1", "u2", "u3", "action", "subject", "code", "since", "due", "state", "done_at",
        "done_by",
    ],
);

/// The due value of work without a fixed limit: it stands after all work that has one.
pub const NO_DUE: i64 = i64::MAX;

/// Whether a task waits or was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    Open,
    Done,
}

/// A piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub id: Id,
    pub case_id: Id,
    pub system: String,
    pub kind: String,
    pub post: Id,
    pub unit: Id,
    pub action: String,
    pub subject: String,
    pub code: String,
    pub since: Timestamp,
    /// `None`: no fixed limit.
    pub due: Option<Timestamp>,
}

const COLUMNS: &str = "id, case_id, system, kind, post, unit, action, subject, code, since, due";

fn read(row: &Row) -> Result<Task, DbError> {
    let due: i64 = row.get(10)?;
    Ok(Task {
        id: row.get(0)?,
        case_id: row.get(1)?,
        system: row.get(2)?,
        kind: row.get(3)?,
        post: row.get(4)?,
        unit: row.get(5)?,
        action: row.get(6)?,
        subject: row.get(7)?,
        code: row.get(8)?,
        since: row.get(9)?,
        due: (due != NO_DUE).then(|| Timestamp::from_microsecond(due).ok()).flatten(),
    })
}

pub(super) fn open(tx: &mut Tx<'_>, case: &Case, next: NextTask<'_>) -> Result<()> {
    let (id, now) = (tx.ctx().new_id(), tx.now());
    let [u1, u2, u3, ..] = case.units;
    let due = case.due.at.map_or(NO_DUE, Timestamp::as_microsecond);
    let columns = cols! {
        "case_id" => case.id, "system" => case.system.as_str(), "kind" => case.kind.as_str(), "post" => next.post, "unit" => next.unit, "u1" => u1,
        "u2" => u2, "u3" => u3, "action" => next.action, "subject" => case.subject.as_str(), "code" => case.code.as_str(), "since" => now, "due" => due,
        "state" => "open",
    };
    tx.insert(&TASK, id, &columns)?;
    Ok(())
}

/// Marks the open tasks of a case as done by whoever acts.
pub(super) fn finish(tx: &mut Tx<'_>, case_id: Id) -> Result<()> {
    let open: Vec<Id> = open_ids(tx, case_id)?;
    let now = tx.now();
    let by = match tx.ctx().actor() {
        Actor::Account(officer) => Some(officer.account),
        _ => None,
    };
    for id in open {
        tx.update(&TASK, id, Expect::Any, &cols! { "state" => "done", "done_at" => now, "done_by" => by })?;
    }
    Ok(())
}

pub(super) fn set_due(tx: &mut Tx<'_>, case_id: Id, due: Option<Timestamp>) -> Result<()> {
    let due = due.map_or(NO_DUE, Timestamp::as_microsecond);
    for id in open_ids(tx, case_id)? {
        tx.update(&TASK, id, Expect::Any, &cols! { "due" => due })?;
    }
    Ok(())
}

/// Hands every open task of one post to another, and with them the cases that lie there. Says how many.
///
/// # Errors
/// [`crate::Error::Missing`] when there is no such post.
pub fn hand_tasks(tx: &mut Tx<'_>, from: Id, to: Id) -> Result<usize> {
    let unit = crate::post::find(tx, to)?.ok_or(crate::Error::Missing)?.unit;
    let rows = tx.all("select id, case_id from kernel_task where post = $1 and state = 'open' order by id", &params![from])?;
    for row in &rows {
        let (task, case_id): (Id, Id) = (row.get(0)?, row.get(1)?);
        tx.update(&TASK, task, Expect::Any, &cols! { "post" => to, "unit" => unit })?;
        if tx.one("select 1 from kernel_case where id = $1 and at_post = $2", &params![case_id, from])?.is_some() {
            tx.update(&super::CASE, case_id, Expect::Any, &cols! { "at_post" => to, "at_unit" => unit })?;
        }
    }
    Ok(rows.len())
}

fn open_ids(rx: &mut Rx<'_>, case_id: Id) -> Result<Vec<Id>, DbError> {
    rx.all("select id from kernel_task where case_id = $1 and state = 'open'", &params![case_id])?.iter().map(|row| row.get(0)).collect()
}

/// The open tasks of a case.
///
/// # Errors
/// What the database says.
pub fn tasks_of_case(rx: &mut Rx<'_>, case_id: Id) -> Result<Vec<Task>, DbError> {
    let sql = format!("select {COLUMNS} from kernel_task where case_id = $1 and state = 'open' order by due, id");
    rx.all(&sql, &params![case_id])?.iter().map(read).collect()
}

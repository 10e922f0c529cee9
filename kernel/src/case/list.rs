//! Lists of cases: keyset pages, newest first.

use jiff::Timestamp;

use super::{COLUMNS, Case, read};
use crate::{DbError, Id, Rx, Value, params};

/// The place after which a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub received_at: Timestamp,
    pub id: Id,
}

/// Which cases to list. Empty parts do not filter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// A condition of `grant::Scope` with its values, on the alias-free columns `u1…u6` and `at_post`;
    /// its parameters are numbered from 1.
    pub scope: Option<(String, Vec<Value>)>,
    pub system: Option<String>,
    pub kind: Option<String>,
    pub state: Option<String>,
    /// Only open (`true`) or only ended (`false`).
    pub open: Option<bool>,
    pub unit: Option<Id>,
    /// Open cases whose deadline has passed at this moment.
    pub late_at: Option<Timestamp>,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

/// One page and where the next one begins.
#[derive(Debug, Clone)]
pub struct Page {
    pub cases: Vec<Case>,
    pub next: Option<Cursor>,
}

impl Filter {
    fn condition(&self, bound: &mut Vec<Value>) -> String {
        let mut parts = Vec::new();
        if let Some((sql, values)) = &self.scope {
            bound.extend(values.iter().cloned());
            parts.push(format!("({sql})"));
        }
        let mut push = |condition: &str, value: Value| {
            bound.push(value);
            parts.push(format!("{condition} ${}", bound.len()));
        };
        for (column, value) in [("system =", &self.system), ("kind =", &self.kind), ("state =", &self.state)] {
            if let Some(text) = value {
                push(column, Value::from(text));
            }
        }
        if let Some(unit) = self.unit {
            push("unit =", Value::from(unit));
        }
        if let Some(from) = self.from {
            push("received_at >=", Value::from(from));
        }
        if let Some(until) = self.until {
            push("received_at <", Value::from(until));
        }
        if let Some(at) = self.late_at {
            push("due_state = 'running' and due_at <", Value::from(at));
        }
        match self.open {
            Some(true) => parts.push("outcome = ''".into()),
            Some(false) => parts.push("outcome <> ''".into()),
            None => {}
        }
        if parts.is_empty() { "true".into() } else { parts.join(" and ") }
    }
}

/// A page of cases, newest first.
///
/// # Errors
/// What the database says.
pub fn list(rx: &mut Rx<'_>, filter: &Filter, after: Option<Cursor>, limit: usize) -> Result<Page, DbError> {
    let mut bound = Vec::new();
    let mut sql = format!("select {COLUMNS} from kernel_case where {}", filter.condition(&mut bound));
    if let Some(cursor) = after {
        bound.extend(params![cursor.received_at, cursor.id]);
        sql.push_str(&format!(" and (received_at, id) < (${}, ${})", bound.len() - 1, bound.len()));
    }
    bound.push(Value::from(limit + 1));
    sql.push_str(&format!(" order by received_at desc, id desc limit ${}", bound.len()));
    let mut cases = rx.all(&sql, &bound)?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let more = cases.len() > limit;
    cases.truncate(limit);
    let next = more.then(|| cases.last().map(|case| Cursor { received_at: case.received_at, id: case.id })).flatten();
    Ok(Page { cases, next })
}

/// How many cases the filter covers, by state.
///
/// # Errors
/// What the database says.
pub fn counts_by_state(rx: &mut Rx<'_>, filter: &Filter) -> Result<Vec<(String, i64)>, DbError> {
    let mut bound = Vec::new();
    let sql = format!("select state, count(*) from kernel_case where {} group by state order by state", filter.condition(&mut bound));
    rx.all(&sql, &bound)?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

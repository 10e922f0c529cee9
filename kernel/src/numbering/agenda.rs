//! Buku Agenda: every number of a unit's year in order, the void, reserved and outside ones too.

use super::{COLUMNS, Number, Order, State, read};
use crate::{Id, Rx, Value, db::DbError, params};

/// Where a page ended: the number in the book and its row.
pub type After = (i64, Id);

/// Which numbers of a unit's year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    pub unit: Id,
    pub year: i64,
    pub state: Option<State>,
    pub classification: Option<String>,
    /// 1 to 12.
    pub month: Option<i8>,
    /// The number in the book.
    pub seq: Option<i64>,
}

impl Filter {
    /// All numbers of the year.
    #[must_use]
    pub const fn year(unit: Id, year: i64) -> Self {
        Self { unit, year, state: None, classification: None, month: None, seq: None }
    }

    fn condition(&self, bound: &mut Vec<Value>) -> String {
        bound.extend(params![self.unit, self.year]);
        let mut sql = "unit = $1 and year = $2".to_owned();
        let mut also = |part: &str, value: Value| {
            bound.push(value);
            sql.push_str(&format!(" and {part} ${}", bound.len()));
        };
        if let Some(state) = self.state {
            also("state =", state.as_str().into());
        }
        if let Some(code) = &self.classification {
            also("classification =", code.as_str().into());
        }
        if let Some(seq) = self.seq {
            also("seq =", seq.into());
        }
        if let Some(month) = self.month {
            also("on_date >=", format!("{:04}-{month:02}-01", self.year).into());
            also("on_date <=", format!("{:04}-{month:02}-31", self.year).into());
        }
        sql
    }
}

/// A page of the book: `limit` numbers after `after`.
///
/// # Errors
/// What the database says.
pub fn page(rx: &mut Rx<'_>, filter: &Filter, order: Order, after: Option<After>, limit: i64) -> Result<Vec<Number>, DbError> {
    let mut bound = Vec::new();
    let mut sql = format!("select {COLUMNS} from kernel_number where {}", filter.condition(&mut bound));
    if let Some((seq, id)) = after {
        bound.extend(params![seq, id]);
        sql.push_str(&format!(" and (seq, id) {} (${}, ${})", order.beyond(), bound.len() - 1, bound.len()));
    }
    bound.push(limit.into());
    sql.push_str(&format!(" order by seq {0}, id {0} limit ${1}", order.sql(), bound.len()));
    rx.all(&sql, &bound)?.iter().map(read).collect()
}

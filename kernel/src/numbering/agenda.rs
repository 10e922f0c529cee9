//! Buku Agenda: every number of a unit's year in order, the void, reserved and outside ones too.

use super::{COLUMNS, Number, State, read};
use crate::{Id, Rx, db::DbError, params};

/// Where the last page ended.
pub type After = (i64, Id);

/// A page of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub numbers: Vec<Number>,
    /// Pass this on to read the next page; `None` at the end of the book.
    pub next: Option<After>,
}

/// Numbers of a unit's year by number, `limit` after `after`. `state`: only those.
///
/// # Errors
/// What the database says.
pub fn page(rx: &mut Rx<'_>, unit: Id, year: i64, state: Option<State>, after: Option<After>, limit: usize) -> Result<Page, DbError> {
    let (seq, id) = after.unwrap_or((0, Id::NIL));
    let wanted = state.map_or("", State::as_str);
    let sql = format!(
        "select {COLUMNS} from kernel_number where unit = $1 and year = $2 and (seq, id) > ($3, $4) and ($5 = '' or state = $5) \
         order by seq, id limit $6"
    );
    let rows = rx.all(&sql, &params![unit, year, seq, id, wanted, limit + 1])?;
    let mut numbers: Vec<Number> = rows.iter().map(read).collect::<Result<_, _>>()?;
    let more = numbers.len() > limit;
    numbers.truncate(limit);
    let next = numbers.last().filter(|_| more).map(|number| (number.seq, number.id));
    Ok(Page { numbers, next })
}

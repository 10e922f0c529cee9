//! Buku Ekspedisi: how a letter left the office, and who received it.

use jiff::civil::Date;

use super::Order;
use crate::{Id, Message, Result, Row, Rx, Table, Tx, cols, db::DbError, params};

pub static DISPATCH: Table =
    Table::audited("kernel_dispatch", &["unit", "document", "number", "on_date", "addressee", "about", "receiver", "way"]);

/// How it left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The applicant or her proxy took it.
    PickedUp,
    Courier,
    Post,
    Email,
    /// From the officer's own phone.
    Whatsapp,
}

impl Way {
    /// All ways, in the order of a form.
    pub const ALL: [Self; 5] = [Self::PickedUp, Self::Courier, Self::Post, Self::Email, Self::Whatsapp];

    /// As stored, and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PickedUp => "picked_up",
            Self::Courier => "courier",
            Self::Post => "post",
            Self::Email => "email",
            Self::Whatsapp => "whatsapp",
        }
    }

    /// The way that is stored so.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == text)
    }
}

/// A line to be written.
#[derive(Debug, Clone)]
pub struct NewDispatch {
    pub unit: Id,
    pub document: Option<Id>,
    /// The letter's number as written.
    pub number: String,
    pub on_date: Date,
    pub addressee: String,
    pub about: String,
    /// Who took it, as written in the book.
    pub receiver: String,
    pub way: Way,
}

/// A line of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    pub id: Id,
    pub unit: Id,
    pub document: Option<Id>,
    pub number: String,
    pub on_date: Date,
    pub addressee: String,
    pub about: String,
    pub receiver: String,
    pub way: Way,
    pub version: i64,
}

/// Where a page ended.
pub type After = (Date, Id);

/// Which lines of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lines {
    pub unit: Id,
    /// The first and the last day, both included.
    pub from: Date,
    pub until: Date,
    pub order: Order,
    pub after: Option<After>,
    pub limit: i64,
}

const COLUMNS: &str = "id, unit, document, number, on_date, addressee, about, receiver, way, version";

/// Writes a line.
///
/// # Errors
/// `dispatch-receiver-missing`: the book exists to say who received the letter.
pub fn record(tx: &mut Tx<'_>, new: &NewDispatch) -> Result<Id> {
    if new.receiver.trim().is_empty() {
        return Err(Message::new("dispatch-receiver-missing").into());
    }
    let id = tx.ctx().new_id();
    tx.insert(
        &DISPATCH,
        id,
        &cols! {
            "unit" => new.unit, "document" => new.document, "number" => new.number.as_str(), "on_date" => new.on_date,
            "addressee" => new.addressee.as_str(), "about" => new.about.as_str(), "receiver" => new.receiver.trim(),
            "way" => new.way.as_str()
        },
    )?;
    Ok(id)
}

/// A page of the book.
///
/// # Errors
/// What the database says.
pub fn page(rx: &mut Rx<'_>, lines: Lines) -> Result<Vec<Dispatch>, DbError> {
    let mut bound = params![lines.unit, lines.from, lines.until, lines.limit].to_vec();
    let mut beyond = String::new();
    if let Some((date, id)) = lines.after {
        bound.extend(params![date, id]);
        beyond = format!(" and (on_date, id) {} ($5, $6)", lines.order.beyond());
    }
    let sql = format!(
        "select {COLUMNS} from kernel_dispatch where unit = $1 and on_date >= $2 and on_date <= $3{beyond} \
         order by on_date {0}, id {0} limit $4",
        lines.order.sql()
    );
    rx.all(&sql, &bound)?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Dispatch, DbError> {
    let way: String = row.get(8)?;
    Ok(Dispatch {
        id: row.get(0)?,
        unit: row.get(1)?,
        document: row.get(2)?,
        number: row.get(3)?,
        on_date: row.get(4)?,
        addressee: row.get(5)?,
        about: row.get(6)?,
        receiver: row.get(7)?,
        way: Way::parse(&way).ok_or_else(|| DbError::Broken(format!("kernel_dispatch.way is {way}")))?,
        version: row.get(9)?,
    })
}

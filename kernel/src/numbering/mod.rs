//! Numbers of letters: gap-free in their series, never issued twice, kept when voided.
//!
//! A series is one book of one unit in one year: one agenda for all letters, or one book per classification, as the unit
//! decides ([`Policy`]). Every number from 1 (or from the last one used on paper) to the series' last has exactly one row:
//!
//! - `used`: taken by [`take`] in the transaction of the signing; rolled back with it;
//! - `reserved`: set aside by [`reserve_block`] for the emergency pack, later `outside` by [`fill_reserved`];
//! - `outside`: written outside the system, by [`record_outside`]: it may only be the next number or a reserved one, so
//!   that a forgotten letter is noticed at once;
//! - `void`: by [`void`] with its reason; it stays in the book as *batal*.
//!
//! [`flaws`] proves this for a series. Functions here change rows and write no entry: the caller says what the act was.

pub mod agenda;
pub mod classification;
pub mod dispatch;
pub mod policy;
mod template;

use jiff::civil::Date;

use crate::{Error, Expect, Id, Message, Result, Row, Rx, Table, Tx, cols, db::DbError, params};

pub use policy::{Policy, Scope, set_abbreviation};
pub use template::{Filling, Template};

pub static SERIES: Table = Table::audited("kernel_series", &["unit", "book", "year", "last", "template"]);
pub static NUMBER: Table = Table::audited(
    "kernel_number",
    &["series", "unit", "seq", "year", "text", "classification", "state", "on_date", "about", "addressee", "document", "pack", "reason"],
);
/// The tables of this module.
pub const TABLES: &[&Table] = &[&SERIES, &NUMBER, &dispatch::DISPATCH, &classification::CLASSIFICATION];

/// Which way a book is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// From the first line on.
    Ascending,
    /// From the last line back.
    Descending,
}

impl Order {
    const fn sql(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }

    const fn beyond(self) -> &'static str {
        match self {
            Self::Ascending => ">",
            Self::Descending => "<",
        }
    }
}

/// A series may not grow past this.
const SEQ_MAX: i64 = 999_999;
/// Numbers in one emergency pack.
pub const PACK_MAX: i64 = 50;
/// [`Number::reason`] of the row that stands for the paper book's last number.
pub const PAPER: &str = "paper";

/// What became of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Used,
    Void,
    Reserved,
    Outside,
}

impl State {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Void => "void",
            Self::Reserved => "reserved",
            Self::Outside => "outside",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Used, Self::Void, Self::Reserved, Self::Outside].into_iter().find(|state| state.as_str() == text)
    }
}

/// A number in its book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    pub id: Id,
    pub series: Id,
    pub unit: Id,
    pub seq: i64,
    pub year: i64,
    /// As it stands on the letter.
    pub text: String,
    pub classification: String,
    pub state: State,
    pub on_date: Date,
    pub about: String,
    pub addressee: String,
    pub document: Option<Id>,
    /// The emergency pack it was set aside for.
    pub pack: Option<Id>,
    pub reason: Option<String>,
    pub version: i64,
}

/// What a number is wanted for.
#[derive(Debug, Clone)]
pub struct NewNumber {
    pub unit: Id,
    /// Code of the classification; may be empty where the unit's numbers do not show it.
    pub classification: String,
    /// Decides the year of the series.
    pub on_date: Date,
    pub about: String,
    pub addressee: String,
    pub document: Option<Id>,
}

/// A block of reserved numbers, printed on blank letterheads for days without electricity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    pub id: Id,
    pub numbers: Vec<Number>,
}

/// One book of one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    pub id: Id,
    pub unit: Id,
    pub book: String,
    pub year: i64,
    pub last: i64,
    pub template: String,
    pub version: i64,
}

const SERIES_COLUMNS: &str = "id, unit, book, year, last, template, version";
const COLUMNS: &str =
    "id, series, unit, seq, year, text, classification, state, on_date, about, addressee, document, pack, reason, version";

/// Takes the next number, in the transaction of the signing.
///
/// # Errors
/// `number-classification-unknown{code}`, `number-series-full`.
pub fn take(tx: &mut Tx<'_>, new: &NewNumber) -> Result<Number> {
    let mut book = Book::open(tx, new.unit, &new.classification, new.on_date, For::Letter)?;
    let seq = book.claim(tx, 1)?;
    book.enter(tx, new, seq, State::Used, None)
}

/// Goes on after the last number of the paper book. Only before the first number of the series.
///
/// # Errors
/// `number-series-started{last}` when numbers were issued already, `number-start-range{max}`.
pub fn start_from(tx: &mut Tx<'_>, unit: Id, classification: &str, on_date: Date, last_on_paper: i64) -> Result<Number> {
    if !(1..SEQ_MAX).contains(&last_on_paper) {
        return Err(Message::new("number-start-range").arg("max", SEQ_MAX - 1).into());
    }
    let mut book = Book::open(tx, unit, classification, on_date, For::Book)?;
    if book.series.last != 0 {
        return Err(Message::new("number-series-started").arg("last", book.series.last).into());
    }
    book.claim(tx, last_on_paper)?;
    let classification = classification.to_owned();
    let new = NewNumber { unit, classification, on_date, about: String::new(), addressee: String::new(), document: None };
    let text = last_on_paper.to_string();
    let number = Number { reason: Some(PAPER.into()), text, ..book.number(tx, &new, last_on_paper, State::Outside, None) };
    write(tx, &number)?;
    Ok(number)
}

/// Enters a letter that was written outside the system (*catat nomor di luar sistem*): with the next number, or with a
/// reserved one that the letter carries. `seq` is the number on the letter; `None` takes the next.
///
/// # Errors
/// `number-skips{next}` when numbers before it are not entered yet, `number-issued{number}` when it has been issued,
/// `number-on-paper{start}` when it belongs to the paper book.
pub fn record_outside(tx: &mut Tx<'_>, new: &NewNumber, seq: Option<i64>) -> Result<Number> {
    let mut book = Book::open(tx, new.unit, &new.classification, new.on_date, For::Letter)?;
    let next = book.series.last + 1;
    let seq = seq.unwrap_or(next);
    if seq == next {
        book.claim(tx, 1)?;
        return book.enter(tx, new, seq, State::Outside, None);
    }
    if seq > next || seq < 1 {
        return Err(Message::new("number-skips").arg("next", next).into());
    }
    match by_seq(tx, book.series.id, seq)? {
        Some(number) if number.state == State::Reserved => fill(tx, &book, &number, Expect::Version(number.version), new),
        Some(number) => Err(Message::new("number-issued").arg("number", number.text).into()),
        None => Err(Message::new("number-on-paper").arg("start", start_of(tx, book.series.id)?).into()),
    }
}

/// Sets `count` numbers aside for an emergency pack.
///
/// # Errors
/// `number-pack-size{max}`, `number-series-full`.
pub fn reserve_block(tx: &mut Tx<'_>, unit: Id, classification: &str, on_date: Date, count: i64) -> Result<Pack> {
    if !(1..=PACK_MAX).contains(&count) {
        return Err(Message::new("number-pack-size").arg("max", PACK_MAX).into());
    }
    let mut book = Book::open(tx, unit, classification, on_date, For::Book)?;
    let pack = tx.ctx().new_id();
    let classification = classification.to_owned();
    let new = NewNumber { unit, classification, on_date, about: String::new(), addressee: String::new(), document: None };
    let first = book.claim(tx, count)?;
    let numbers = (first..first + count).map(|seq| book.enter(tx, &new, seq, State::Reserved, Some(pack))).collect::<Result<_>>()?;
    Ok(Pack { id: pack, numbers })
}

/// Enters the letter that was written with a reserved number.
///
/// # Errors
/// `number-not-reserved{number}`, `number-other-year{year}`, `number-other-book` when the classification has another book.
pub fn fill_reserved(tx: &mut Tx<'_>, id: Id, expect: Expect, new: &NewNumber) -> Result<Number> {
    let number = find(tx, id)?.ok_or(Error::Missing)?;
    if number.state != State::Reserved {
        return Err(Message::new("number-not-reserved").arg("number", number.text).into());
    }
    if i64::from(new.on_date.year()) != number.year {
        return Err(Message::new("number-other-year").arg("year", number.year).into());
    }
    let book = Book::open(tx, number.unit, &new.classification, new.on_date, For::Letter)?;
    fill(tx, &book, &number, expect, new)
}

fn fill(tx: &mut Tx<'_>, book: &Book, number: &Number, expect: Expect, new: &NewNumber) -> Result<Number> {
    if book.series.id != number.series {
        return Err(Message::new("number-other-book").into());
    }
    let filled = Number { id: number.id, pack: number.pack, ..book.number(tx, new, number.seq, State::Outside, number.pack) };
    let version = tx.update(
        &NUMBER,
        number.id,
        expect,
        &cols! {
            "text" => filled.text.as_str(), "classification" => filled.classification.as_str(), "state" => filled.state.as_str(),
            "on_date" => filled.on_date, "about" => filled.about.as_str(), "addressee" => filled.addressee.as_str(),
            "document" => filled.document
        },
    )?;
    Ok(Number { version, ..filled })
}

/// Voids a number: it stays in the book as *batal* and is never issued again.
///
/// # Errors
/// `number-reason-missing`, `number-void-already{number}`, `number-on-paper{start}` for the paper book's last,
/// `number-document-stands` when its letter is registered or waits for its scan: revoke the letter instead.
pub fn void(tx: &mut Tx<'_>, id: Id, expect: Expect, reason: &str) -> Result<Number> {
    let number = find(tx, id)?.ok_or(Error::Missing)?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Message::new("number-reason-missing").into());
    }
    if number.state == State::Void {
        return Err(Message::new("number-void-already").arg("number", number.text).into());
    }
    if number.reason.as_deref() == Some(PAPER) {
        return Err(Message::new("number-on-paper").arg("start", number.seq).into());
    }
    if let Some(document) = number.document {
        let row = tx.one("select state from kernel_document where id = $1", &params![document])?;
        let state: Option<String> = row.map(|row| row.get(0)).transpose()?;
        if state.is_some_and(|state| state == "awaiting_scan" || state == "in_force") {
            return Err(Message::new("number-document-stands").arg("number", number.text).into());
        }
    }
    let version = tx.update(&NUMBER, id, expect, &cols! { "state" => State::Void.as_str(), "reason" => reason })?;
    Ok(Number { state: State::Void, reason: Some(reason.to_owned()), version, ..number })
}

/// A number by its id.
///
/// # Errors
/// What the database says.
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Option<Number>, DbError> {
    rx.one(&format!("select {COLUMNS} from kernel_number where id = $1"), &params![id])?.as_ref().map(read).transpose()
}

/// The numbers of an emergency pack, in order.
///
/// # Errors
/// What the database says.
pub fn pack(rx: &mut Rx<'_>, pack: Id) -> Result<Vec<Number>, DbError> {
    rx.all(&format!("select {COLUMNS} from kernel_number where pack = $1 order by seq, id"), &params![pack])?.iter().map(read).collect()
}

/// The series of a unit in a year, by book.
///
/// # Errors
/// What the database says.
pub fn series_of(rx: &mut Rx<'_>, unit: Id, year: i64) -> Result<Vec<Series>, DbError> {
    let sql = format!("select {SERIES_COLUMNS} from kernel_series where unit = $1 and year = $2 order by book, id");
    rx.all(&sql, &params![unit, year])?.iter().map(read_series).collect()
}

/// What is wrong in a series. None of these can come about through this module; a restored or tampered database can show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// A number up to the last has no row.
    Missing { series: Id, seq: i64 },
    /// A row is past the series' last number.
    Beyond { series: Id, seq: i64 },
}

/// Proves that every number of a series, from its start to its last, has its row, and that there are no others.
///
/// # Errors
/// What the database says.
pub fn flaws(rx: &mut Rx<'_>, series: &Series) -> Result<Vec<Flaw>, DbError> {
    let rows = rx.all("select seq, reason from kernel_number where series = $1 order by seq, id", &params![series.id])?;
    let (mut found, mut expected) = (Vec::new(), 1);
    for (place, row) in rows.iter().enumerate() {
        let (seq, reason): (i64, Option<String>) = (row.get(0)?, row.get(1)?);
        if place == 0 && reason.as_deref() == Some(PAPER) {
            expected = seq;
        }
        found.extend((expected..seq.min(series.last + 1)).map(|seq| Flaw::Missing { series: series.id, seq }));
        if seq > series.last {
            found.push(Flaw::Beyond { series: series.id, seq });
        }
        expected = seq + 1;
    }
    found.extend((expected..=series.last).map(|seq| Flaw::Missing { series: series.id, seq }));
    Ok(found)
}

/// [`flaws`] of every series there is: for `backup verify`, `audit verify` and the tests of power loss.
///
/// # Errors
/// What the database says.
pub fn all_flaws(rx: &mut Rx<'_>) -> Result<Vec<Flaw>, DbError> {
    let rows = rx.all(&format!("select {SERIES_COLUMNS} from kernel_series order by unit, year, book, id"), &[])?;
    let mut found = Vec::new();
    for row in &rows {
        found.extend(flaws(rx, &read_series(row)?)?);
    }
    Ok(found)
}

/// What a book is opened for: only letters show what they are about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Letter,
    Book,
}

/// A series open for issuing, with what its numbers are written with.
struct Book {
    series: Series,
    template: Template,
    abbreviation: String,
}

impl Book {
    /// The book that a letter of this classification and date goes into; begun when the year is new.
    fn open(tx: &mut Tx<'_>, unit: Id, classification: &str, on_date: Date, wanted: For) -> Result<Self> {
        let policy = Policy::of(tx, unit)?;
        let shown = wanted == For::Letter && policy.template.names_classification();
        let needed = policy.scope == Scope::Classification || shown;
        if needed && classification::at(tx, classification, on_date)?.is_none() {
            return Err(Message::new("number-classification-unknown").arg("code", classification).into());
        }
        let abbreviation = policy::abbreviation(tx, unit)?;
        let book = match policy.scope {
            Scope::Agenda => "agenda".to_owned(),
            Scope::Classification => format!("klasifikasi:{classification}"),
        };
        let year = i64::from(on_date.year());
        let sql = format!("select {SERIES_COLUMNS} from kernel_series where unit = $1 and book = $2 and year = $3");
        let series = match tx.one(&sql, &params![unit, book.as_str(), year])? {
            Some(row) => read_series(&row)?,
            None => begin(tx, unit, book, year, &policy.template)?,
        };
        Ok(Self { template: Template::parse(&series.template)?, series, abbreviation })
    }

    fn number(&self, tx: &Tx<'_>, new: &NewNumber, seq: i64, state: State, pack: Option<Id>) -> Number {
        let open = state == State::Reserved;
        let classification = (!open).then_some(new.classification.as_str());
        let on_date = (!open).then_some(new.on_date);
        let filling = Filling { classification, seq, abbreviation: &self.abbreviation, on_date, year: new.on_date.year() };
        Number {
            id: tx.ctx().new_id(),
            series: self.series.id,
            unit: self.series.unit,
            seq,
            year: self.series.year,
            text: self.template.render(&filling),
            classification: new.classification.clone(),
            state,
            on_date: new.on_date,
            about: new.about.clone(),
            addressee: new.addressee.clone(),
            document: new.document,
            pack,
            reason: None,
            version: 1,
        }
    }

    /// Moves the series on by `count` numbers and says the first of them. This comes before the numbers are written: on
    /// PostgreSQL whoever claims at the same moment meets here, as a conflict that is run again.
    fn claim(&mut self, tx: &mut Tx<'_>, count: i64) -> Result<i64> {
        let first = self.series.last + 1;
        let last = self.series.last + count;
        if last > SEQ_MAX {
            return Err(Message::new("number-series-full").into());
        }
        self.series.version = tx.update(&SERIES, self.series.id, Expect::Version(self.series.version), &cols! { "last" => last })?;
        self.series.last = last;
        Ok(first)
    }

    fn enter(&self, tx: &mut Tx<'_>, new: &NewNumber, seq: i64, state: State, pack: Option<Id>) -> Result<Number> {
        let number = self.number(tx, new, seq, state, pack);
        write(tx, &number)?;
        Ok(number)
    }
}

fn begin(tx: &mut Tx<'_>, unit: Id, book: String, year: i64, template: &Template) -> Result<Series, DbError> {
    let series = Series { id: tx.ctx().new_id(), unit, book, year, last: 0, template: template.source().to_owned(), version: 1 };
    let begun = tx.insert(
        &SERIES,
        series.id,
        &cols! {
            "unit" => unit, "book" => series.book.as_str(), "year" => year, "last" => series.last, "template" => series.template.as_str()
        },
    );
    match begun.and_then(|()| tx.settle()) {
        // It was not there a moment ago: another signing began it. Running again finds it.
        Err(DbError::Constraint(_)) => Err(DbError::Conflict),
        other => other.map(|()| series),
    }
}

fn write(tx: &mut Tx<'_>, number: &Number) -> Result<(), DbError> {
    tx.insert(
        &NUMBER,
        number.id,
        &cols! {
            "series" => number.series, "unit" => number.unit, "seq" => number.seq, "year" => number.year, "text" => number.text.as_str(),
            "classification" => number.classification.as_str(), "state" => number.state.as_str(), "on_date" => number.on_date,
            "about" => number.about.as_str(), "addressee" => number.addressee.as_str(), "document" => number.document,
            "pack" => number.pack, "reason" => number.reason.as_deref()
        },
    )
}

fn by_seq(rx: &mut Rx<'_>, series: Id, seq: i64) -> Result<Option<Number>, DbError> {
    let sql = format!("select {COLUMNS} from kernel_number where series = $1 and seq = $2");
    rx.one(&sql, &params![series, seq])?.as_ref().map(read).transpose()
}

fn start_of(rx: &mut Rx<'_>, series: Id) -> Result<i64, DbError> {
    rx.count("select min(seq) from kernel_number where series = $1", &params![series])
}

fn read_series(row: &Row) -> Result<Series, DbError> {
    Ok(Series {
        id: row.get(0)?,
        unit: row.get(1)?,
        book: row.get(2)?,
        year: row.get(3)?,
        last: row.get(4)?,
        template: row.get(5)?,
        version: row.get(6)?,
    })
}

fn read(row: &Row) -> Result<Number, DbError> {
    let state: String = row.get(7)?;
    Ok(Number {
        id: row.get(0)?,
        series: row.get(1)?,
        unit: row.get(2)?,
        seq: row.get(3)?,
        year: row.get(4)?,
        text: row.get(5)?,
        classification: row.get(6)?,
        state: State::parse(&state).ok_or_else(|| DbError::Broken(format!("kernel_number.state is {state}")))?,
        on_date: row.get(8)?,
        about: row.get(9)?,
        addressee: row.get(10)?,
        document: row.get(11)?,
        pack: row.get(12)?,
        reason: row.get(13)?,
        version: row.get(14)?,
    })
}

#[cfg(test)]
mod tests;

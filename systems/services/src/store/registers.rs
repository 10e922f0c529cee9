//! Reading the books as their pages show them: Buku Agenda and Buku Ekspedisi, filtered, page by page.

use kernel::{
    Ctx, Date, DbError, Error, Gov, Id, Message, Result, Row, Rx, Value,
    numbering::{self, Number, Policy, State, dispatch::Dispatch},
    params,
};

/// Which numbers of a unit's year.
#[derive(Debug, Clone)]
pub struct AgendaFilter {
    pub unit: Id,
    pub year: i64,
    pub state: Option<State>,
    pub classification: Option<String>,
    /// 1 to 12.
    pub month: Option<i8>,
    /// The number in the book.
    pub seq: Option<i64>,
}

impl AgendaFilter {
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

/// Where a page goes on, and which way.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub after: Option<(i64, Id)>,
    /// `asc` or `desc`.
    pub order: &'static str,
    /// `<` or `>`.
    pub beyond: &'static str,
    pub limit: i64,
}

/// A page of Buku Agenda.
///
/// # Errors
/// What the database says.
pub fn agenda(rx: &mut Rx<'_>, filter: &AgendaFilter, place: Place) -> Result<Vec<Number>> {
    let mut bound = Vec::new();
    let mut sql = format!("select id from kernel_number where {}", filter.condition(&mut bound));
    if let Some((seq, id)) = place.after {
        bound.extend(params![seq, id]);
        sql.push_str(&format!(" and (seq, id) {} (${}, ${})", place.beyond, bound.len() - 1, bound.len()));
    }
    bound.push(place.limit.into());
    sql.push_str(&format!(" order by seq {0}, id {0} limit ${1}", place.order, bound.len()));
    let rows = rx.all(&sql, &bound)?;
    let mut numbers = Vec::with_capacity(rows.len());
    for row in &rows {
        numbers.extend(numbering::find(rx, row.get(0)?)?);
    }
    Ok(numbers)
}

/// How many numbers of the year are in each state.
///
/// # Errors
/// What the database says.
pub fn counts(rx: &mut Rx<'_>, unit: Id, year: i64) -> Result<Vec<(String, i64)>> {
    let sql = "select state, count(*) from kernel_number where unit = $1 and year = $2 group by state order by state";
    let read = |row: &Row| Ok((row.get(0)?, row.get(1)?));
    Ok(rx.all(sql, &params![unit, year])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// The years a unit has numbers of, newest first.
///
/// # Errors
/// What the database says.
pub fn years(rx: &mut Rx<'_>, unit: Id) -> Result<Vec<i64>> {
    let sql = "select distinct year from kernel_series where unit = $1 order by year desc";
    Ok(rx.all(sql, &params![unit])?.iter().map(|row| row.get(0)).collect::<Result<_, DbError>>()?)
}

/// An emergency pack of a year, for the list of packs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackLine {
    pub pack: Id,
    pub first: i64,
    pub last: i64,
    /// Numbers nobody has entered yet.
    pub open: i64,
    /// The day it was set aside.
    pub on_date: Date,
}

/// The emergency packs of a unit's year, newest first.
///
/// # Errors
/// What the database says.
pub fn packs(rx: &mut Rx<'_>, unit: Id, year: i64) -> Result<Vec<PackLine>> {
    let sql = "select pack, min(seq), max(seq), cast(sum(case when state = 'reserved' then 1 else 0 end) as bigint), min(on_date) \
               from kernel_number where unit = $1 and year = $2 and pack is not null group by pack order by min(seq) desc, pack";
    let read =
        |row: &Row| Ok(PackLine { pack: row.get(0)?, first: row.get(1)?, last: row.get(2)?, open: row.get(3)?, on_date: row.get(4)? });
    Ok(rx.all(sql, &params![unit, year])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// The case a letter with a number came from, for the link to it.
///
/// # Errors
/// What the database says.
pub fn case_of(rx: &mut Rx<'_>, document: Id) -> Result<Option<Id>> {
    let row = rx.one("select case_id from kernel_document where id = $1", &params![document])?;
    Ok(row.map(|row| row.get::<Option<Id>>(0)).transpose()?.flatten())
}

/// The next number exactly as it would be written, under the unit's policy or another one tried out: the number is taken
/// in a transaction that is given up.
///
/// # Errors
/// [`Error::Refused`] with why no number could be taken.
pub async fn next_number(
    gov: &Gov,
    ctx: &Ctx,
    unit: Id,
    tried: Option<(Policy, String)>,
    classification: String,
    on_date: Date,
) -> Result<String> {
    const SEEN: &str = "services-number-seen";
    let taken = gov.write::<(), Error, _>(ctx, move |tx| {
        if let Some((policy, abbreviation)) = &tried {
            policy.set(tx, unit, i64::from(on_date.year()))?;
            if !abbreviation.is_empty() {
                numbering::set_abbreviation(tx, unit, abbreviation)?;
            }
        }
        let classification = classification.clone();
        let new = numbering::NewNumber { unit, classification, on_date, about: String::new(), addressee: String::new(), document: None };
        let number = numbering::take(tx, &new)?;
        Err(Message::new(SEEN).arg("number", number.text).into())
    });
    match taken.await {
        Err(Error::Refused(message)) if message.key == SEEN => match message.args.into_iter().next() {
            Some((_, kernel::Arg::Text(number))) => Ok(number),
            _ => Err(Error::Failed("a number without its text".into())),
        },
        Err(error) => Err(error),
        Ok(()) => Err(Error::Failed("a trial was kept".into())),
    }
}

/// Which lines of Buku Ekspedisi.
#[derive(Debug, Clone, Copy)]
pub struct DispatchPage {
    pub unit: Id,
    pub from: Date,
    pub until: Date,
    pub after: Option<(Date, Id)>,
    /// `asc` or `desc`.
    pub order: &'static str,
    /// `<` or `>`.
    pub beyond: &'static str,
    pub limit: i64,
}

/// A page of Buku Ekspedisi.
///
/// # Errors
/// What the database says.
pub fn dispatches(rx: &mut Rx<'_>, page: DispatchPage) -> Result<Vec<Dispatch>> {
    let mut bound = params![page.unit, page.from, page.until, page.limit].to_vec();
    let mut beyond = String::new();
    if let Some((date, id)) = page.after {
        bound.extend(params![date, id]);
        beyond = format!(" and (on_date, id) {} ($5, $6)", page.beyond);
    }
    let sql = format!(
        "select id, unit, document, number, on_date, addressee, about, receiver, way, version from kernel_dispatch \
         where unit = $1 and on_date >= $2 and on_date <= $3{beyond} order by on_date {0}, id {0} limit $4",
        page.order
    );
    let read = |row: &Row| {
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
            way: numbering::dispatch::Way::parse(&way).ok_or_else(|| DbError::Broken(format!("kernel_dispatch.way is {way}")))?,
            version: row.get(9)?,
        })
    };
    Ok(rx.all(&sql, &bound)?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// The letter in force with this number at a unit: what a line of Buku Ekspedisi points to.
///
/// # Errors
/// What the database says.
pub fn document_of_number(rx: &mut Rx<'_>, unit: Id, number: &str, year: i64) -> Result<Option<Id>> {
    let sql = "select document from kernel_number where unit = $1 and year = $2 and text = $3 and document is not null limit 1";
    Ok(rx.one(sql, &params![unit, year, number])?.map(|row| row.get(0)).transpose()?)
}

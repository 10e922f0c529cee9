//! What the pages of the books ask beside the lines themselves (`kernel::numbering::agenda` and `dispatch` read those).

use kernel::{
    Ctx, Date, DbError, Error, Gov, Id, Message, Result, Row, Rx,
    numbering::{self, Policy},
    params,
};

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

/// The letter in force with this number at a unit: what a line of Buku Ekspedisi points to.
///
/// # Errors
/// What the database says.
pub fn document_of_number(rx: &mut Rx<'_>, unit: Id, number: &str, year: i64) -> Result<Option<Id>> {
    let sql = "select document from kernel_number where unit = $1 and year = $2 and text = $3 and document is not null limit 1";
    Ok(rx.one(sql, &params![unit, year, number])?.map(|row| row.get(0)).transpose()?)
}

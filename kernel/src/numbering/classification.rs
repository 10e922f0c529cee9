//! The classification of letters (*klasifikasi arsip*), dated: codes change by regulation, old numbers keep theirs.

use jiff::civil::Date;

use crate::{Expect, Id, Message, Result, Row, Rx, Table, Tx, cols, db::DbError, params};

pub static CLASSIFICATION: Table = Table::audited("kernel_classification", &["code", "name", "valid_from", "valid_until", "source"]);

/// One code while it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classification {
    pub id: Id,
    pub code: String,
    pub name: String,
    pub valid_from: Date,
    /// The last day it holds.
    pub valid_until: Option<Date>,
    /// The regulation it comes from.
    pub source: String,
}

/// A code to be added.
#[derive(Debug, Clone)]
pub struct NewClassification {
    pub code: String,
    pub name: String,
    pub valid_from: Date,
    pub valid_until: Option<Date>,
    pub source: String,
}

const COLUMNS: &str = "id, code, name, valid_from, valid_until, source";

/// What a code means on a day.
///
/// # Errors
/// What the database says.
pub fn at(rx: &mut Rx<'_>, code: &str, on_date: Date) -> Result<Option<Classification>, DbError> {
    let sql = format!(
        "select {COLUMNS} from kernel_classification where code = $1 and valid_from <= $2 and (valid_until is null or valid_until >= $2) \
         order by valid_from desc, id limit 1"
    );
    rx.one(&sql, &params![code, on_date])?.as_ref().map(read).transpose()
}

/// All codes that hold on a day, by code.
///
/// # Errors
/// What the database says.
pub fn list(rx: &mut Rx<'_>, on_date: Date) -> Result<Vec<Classification>, DbError> {
    let sql = format!(
        "select {COLUMNS} from kernel_classification where valid_from <= $1 and (valid_until is null or valid_until >= $1) order by code, id"
    );
    rx.all(&sql, &params![on_date])?.iter().map(read).collect()
}

/// Adds a code; the same code held until then ends the day before. Adding the same again changes nothing.
///
/// # Errors
/// `number-classification-dates` when it would begin before the one it follows.
pub fn add(tx: &mut Tx<'_>, new: &NewClassification) -> Result<Id> {
    let sql = format!("select {COLUMNS} from kernel_classification where code = $1 order by valid_from desc, id limit 1");
    let latest = tx.one(&sql, &params![new.code.as_str()])?.as_ref().map(read).transpose()?;
    if let Some(latest) = latest {
        let same = latest.name == new.name && latest.source == new.source && latest.valid_until == new.valid_until;
        if latest.valid_from == new.valid_from && same {
            return Ok(latest.id);
        }
        if latest.valid_from >= new.valid_from {
            return Err(Message::new("number-classification-dates").arg("code", new.code.as_str()).into());
        }
        if latest.valid_until.is_none_or(|until| until >= new.valid_from) {
            let until = new.valid_from.yesterday().map_err(|error| crate::Error::Failed(error.to_string()))?;
            tx.update(&CLASSIFICATION, latest.id, Expect::Any, &cols! { "valid_until" => until })?;
        }
    }
    let id = tx.ctx().new_id();
    tx.insert(
        &CLASSIFICATION,
        id,
        &cols! {
            "code" => new.code.as_str(), "name" => new.name.as_str(), "valid_from" => new.valid_from, "valid_until" => new.valid_until,
            "source" => new.source.as_str()
        },
    )?;
    Ok(id)
}

fn read(row: &Row) -> Result<Classification, DbError> {
    Ok(Classification {
        id: row.get(0)?,
        code: row.get(1)?,
        name: row.get(2)?,
        valid_from: row.get(3)?,
        valid_until: row.get(4)?,
        source: row.get(5)?,
    })
}

//! What was corrected for a request: the change itself, linked to the version of the record that carries it.

use kernel::{
    DbError, Error, Expect, Gov, Id, NewEntry, Result, Rx, Table, Timestamp, Tx, Value, cols, params,
    party::{self, NewPerson},
    unit,
};

use super::requests;
use crate::model::Right;

pub(super) static CORRECTION: Table =
    Table::audited("privacy_correction", &["request", "person", "record_version", "fields", "by_account", "at"]);

/// A change made for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The version of the person's record.
    pub record_version: i64,
    /// Names of columns, never values.
    pub fields: Vec<String>,
    pub at: Timestamp,
}

/// Corrects the record of whoever asked, as the rules of the register allow, and links the change to the request.
///
/// # Errors
/// `privacy-correction-not` when the request is no open one for a correction, `privacy-correction-same` when nothing would
/// change; [`Error::Stale`] when somebody changed the record meanwhile.
pub fn correct(tx: &mut Tx<'_>, gov: &Gov, case_id: Id, expect: i64, new: &NewPerson) -> Result<()> {
    let request = requests::find(tx, gov, case_id)?;
    if request.right != Right::Correction || request.case.closed_at.is_some() {
        return Err(Error::refused("privacy-correction-not"));
    }
    let before = columns(tx, request.person)?;
    let record_version = party::update(tx, gov.keys(), request.person, Expect::Version(expect), new)?;
    let after = columns(tx, request.person)?;
    let changed = before.iter().zip(&after).filter(|((_, before), (_, after))| before != after);
    let fields: Vec<&str> = changed.map(|((name, _), _)| *name).collect();
    if fields.is_empty() {
        return Err(Error::refused("privacy-correction-same"));
    }
    let person = party::find(tx, request.person)?.ok_or(Error::Missing)?;
    if let Some(home) = person.unit.map(|home| unit::find(tx, home)).transpose()?.flatten() {
        party::index_again(tx, gov.keys(), &person, &home)?;
    }
    let (id, now) = (tx.ctx().new_id(), tx.now());
    let by = tx.ctx().actor().officer().map(|officer| officer.account);
    let columns = cols! {
        "request" => case_id, "person" => request.person, "record_version" => record_version, "fields" => fields.join(","), "by_account" => by,
        "at" => now,
    };
    tx.insert(&CORRECTION, id, &columns)?;
    let detail = serde_json::json!({ "fields": fields, "record_version": record_version });
    tx.entry(NewEntry::new("privacy.record.corrected").case(case_id).object("person", request.person).detail(detail));
    Ok(())
}

/// What says whether a column changed: sealed values differ with every writing, their blind indexes do not.
fn columns(rx: &mut Rx<'_>, person: Id) -> Result<Vec<(&'static str, Value)>> {
    let names: Vec<&str> =
        party::PERSON.columns.iter().copied().filter(|name| !name.ends_with("_sealed") && *name != "name_folded").collect();
    let sql = format!("select {} from kernel_person where id = $1", names.join(", "));
    let row = rx.one(&sql, &params![person])?.ok_or(Error::Missing)?;
    Ok(names.iter().enumerate().map(|(place, name)| Ok((*name, row.get::<Value>(place)?))).collect::<Result<_, DbError>>()?)
}

/// The changes made for a request, oldest first.
///
/// # Errors
/// What the database says.
pub fn of_request(rx: &mut Rx<'_>, case_id: Id) -> Result<Vec<Correction>> {
    let sql = "select record_version, fields, at from privacy_correction where request = $1 order by at, id";
    let read = |row: &kernel::Row| {
        let fields: String = row.get(1)?;
        Ok(Correction { record_version: row.get(0)?, fields: fields.split(',').map(str::to_owned).collect(), at: row.get(2)? })
    };
    Ok(rx.all(sql, &params![case_id])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

//! How a person is found: by name as it sounds, by NIK and KK as blind indexes.

use super::{Person, open};
use crate::{
    Id, NewEntry, Result, Tx, access,
    keys::{Blind, Keys},
    search::{self, Doc},
    unit::Unit,
};

/// The kind of a person in the search index.
pub const SEARCH_KIND: &str = "person";

/// What a person is found by.
#[derive(Clone, Copy)]
pub struct FoundBy<'a> {
    pub name: &'a str,
    pub nik: Option<&'a str>,
    pub kk: Option<&'a str>,
}

/// Puts a resident of `unit` into the search index: by name as it sounds, by NIK and KK only as blind indexes, seen from
/// the unit and every unit above it.
///
/// # Errors
/// What the database says.
pub fn index(tx: &mut Tx<'_>, keys: &Keys, person: Id, unit: &Unit, by: &FoundBy<'_>) -> Result<()> {
    search::index(tx, &doc(keys, person, unit, by))
}

/// [`index`] of somebody this transaction has made.
///
/// # Errors
/// [`crate::DbError::Constraint`] when the person is in the index already.
pub fn index_new(tx: &mut Tx<'_>, keys: &Keys, person: Id, unit: &Unit, by: &FoundBy<'_>) -> Result<()> {
    search::add(tx, &doc(keys, person, unit, by))
}

fn doc(keys: &Keys, person: Id, unit: &Unit, by: &FoundBy<'_>) -> Doc {
    let mut doc = Doc::new(SEARCH_KIND, person, by.name).scope(unit.ancestors.iter().flatten().copied()).name(by.name);
    if let Some(nik) = by.nik {
        doc = doc.hash(keys.blind(Blind::Nik, nik));
    }
    if let Some(kk) = by.kk {
        doc = doc.hash(keys.blind(Blind::Kk, kk));
    }
    doc
}

/// [`index`] of a person on record, whose identifiers are opened for it, go nowhere else and are shown to nobody.
///
/// # Errors
/// [`crate::Error::Failed`] when a sealed value does not open.
pub fn index_again(tx: &mut Tx<'_>, keys: &Keys, person: &Person, unit: &Unit) -> Result<()> {
    let entry = NewEntry::new("kernel.person.revealed").object("person", person.id).detail(serde_json::json!({ "purpose": "index" }));
    access::record(tx, entry)?;
    let known = open(keys, person)?;
    let by = FoundBy { name: &person.name, nik: known.nik.as_ref().map(|nik| nik.as_str()), kk: known.kk.as_ref().map(|kk| kk.as_str()) };
    index(tx, keys, person.id, unit, &by)
}

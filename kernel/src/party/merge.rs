//! Bringing in people who may be known already: imports and the counter.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use super::{NewPerson, PersonForm, SELECT, check::Change, create, stored_index, update};
use crate::{
    Expect, Id, Result, Row, Rx, Tx, Value,
    db::Dialect,
    keys::{Blind, Keys},
    limit, params,
};

/// What [`merge`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merged {
    Created(Id),
    Updated(Id),
    /// Everything was known already; nothing was written.
    Unchanged(Id),
    /// The person had the processing of her data restricted: nothing was written over.
    Restricted(Id),
}

impl Merged {
    /// The person.
    #[must_use]
    pub const fn id(self) -> Id {
        match self {
            Self::Created(id) | Self::Updated(id) | Self::Unchanged(id) | Self::Restricted(id) => id,
        }
    }
}

/// The person this one is: by NIK; without one (here or there), by unit, name and birth date.
///
/// # Errors
/// Whatever the database says.
pub fn match_person(rx: &mut Rx<'_>, keys: &Keys, new: &NewPerson) -> Result<Option<Id>> {
    Ok(matching(rx, keys, new)?.map(|row| row.get(0)).transpose()?)
}

/// Makes the person, or brings a known one up to date. For trusted sources only: what a stranger typed never changes a
/// record. The caller's own entry tells of it; running it twice changes nothing.
///
/// # Errors
/// Whatever the database says.
pub fn merge(tx: &mut Tx<'_>, keys: &Keys, new: &NewPerson) -> Result<Merged> {
    let known = matching(tx, keys, new)?;
    merge_into(tx, keys, new, known.as_ref())
}

fn merge_into(tx: &mut Tx<'_>, keys: &Keys, new: &NewPerson, known: Option<&Row>) -> Result<Merged> {
    let Some(row) = known else { return Ok(Merged::Created(create(tx, keys, new)?)) };
    let id = row.get(0)?;
    // A list that lacks a number does not say there is none.
    let new = new.clone().without_clearing();
    if is_known(row, keys, &new)? {
        return Ok(Merged::Unchanged(id));
    }
    let now = tx.now();
    if limit::running(tx, id, limit::Kind::Restricted, now)?.is_some() {
        return Ok(Merged::Restricted(id));
    }
    update(tx, keys, id, Expect::Any, &new)?;
    Ok(Merged::Updated(id))
}

/// [`merge`] of several, one after the other, as an import brings them. PostgreSQL is asked for many at once who is known, which spares
/// round trips.
///
/// # Errors
/// Whatever the database says.
pub fn merge_all(tx: &mut Tx<'_>, keys: &Keys, all: &[&NewPerson]) -> Result<Vec<Merged>> {
    if tx.dialect() == Dialect::Sqlite {
        return all.iter().map(|new| merge(tx, keys, new)).collect();
    }
    let known = Known::of(tx, keys, all)?;
    let (mut niks, mut names) = (HashSet::new(), HashSet::new());
    let mut merged = Vec::with_capacity(all.len());
    for new in all {
        let (nik, name) = (nik_index(keys, new), name_key(new));
        let touched = nik.as_ref().is_some_and(|nik| niks.contains(nik)) || name.as_ref().is_some_and(|name| names.contains(name));
        // Whoever this batch has written already is asked for again.
        let row = if touched { matching(tx, keys, new)? } else { known.matching(nik.as_deref(), name.as_ref()).cloned() };
        merged.push(merge_into(tx, keys, new, row.as_ref())?);
        if let Some(row) = &row {
            names.extend(stored_name_key(row)?);
        }
        niks.extend(nik);
        names.extend(name);
    }
    Ok(merged)
}

/// Unit, folded name and birth: who is meant where there is no NIK.
type NameKey = (Id, String, Date);

fn nik_index(keys: &Keys, new: &NewPerson) -> Option<Vec<u8>> {
    if let Change::Set(nik) = &new.nik { Some(keys.blind(Blind::Nik, nik.as_str())) } else { None }
}

fn name_key(new: &NewPerson) -> Option<NameKey> {
    Some((new.form.unit?, new.name_folded.clone(), new.form.birth_date?))
}

fn stored_name_key(row: &Row) -> Result<Option<NameKey>> {
    let person = super::read(row)?;
    Ok(person.unit.zip(person.birth_date).map(|(unit, born)| (unit, person.name_folded, born)))
}

/// Who is on record with the NIKs, or the names and births, of a batch; each the first by id.
struct Known {
    by_nik: HashMap<Vec<u8>, Row>,
    by_name: HashMap<NameKey, Row>,
    /// The same among those without a NIK.
    by_name_alone: HashMap<NameKey, Row>,
}

impl Known {
    /// Persons one question is about.
    const TOGETHER: usize = 50;

    fn of(rx: &mut Rx<'_>, keys: &Keys, all: &[&NewPerson]) -> Result<Self> {
        let mut known = Self { by_nik: HashMap::new(), by_name: HashMap::new(), by_name_alone: HashMap::new() };
        let niks: Vec<Vec<u8>> = all.iter().filter_map(|new| nik_index(keys, new)).collect();
        let sql = format!("{SELECT} where p.nik_index in ({}) order by p.id", marks(1, Self::TOGETHER));
        for chunk in niks.chunks(Self::TOGETHER) {
            let bound: Vec<Value> = (0..Self::TOGETHER).map(|place| chunk[place.min(chunk.len() - 1)].clone().into()).collect();
            for row in rx.all(&sql, &bound)? {
                if let Value::Bytes(nik) = stored_index(&row, 0)? {
                    known.by_nik.entry(nik).or_insert(row);
                }
            }
        }
        let names: Vec<NameKey> = all.iter().filter_map(|new| name_key(new)).collect();
        let rows: Vec<String> = (0..Self::TOGETHER).map(|place| format!("({})", marks(place * 3 + 1, 3))).collect();
        let sql = format!("{SELECT} where (p.unit, p.name_folded, p.birth_date) in ({}) order by p.id", rows.join(", "));
        for chunk in names.chunks(Self::TOGETHER) {
            let places = (0..Self::TOGETHER).map(|place| &chunk[place.min(chunk.len() - 1)]);
            let bound: Vec<Value> = places.flat_map(|(unit, name, born)| params![*unit, name.as_str(), *born]).collect();
            for row in rx.all(&sql, &bound)? {
                let Some(key) = stored_name_key(&row)? else { continue };
                if stored_index(&row, 0)? == Value::Null {
                    known.by_name_alone.entry(key.clone()).or_insert_with(|| row.clone());
                }
                known.by_name.entry(key).or_insert(row);
            }
        }
        Ok(known)
    }

    fn matching(&self, nik: Option<&[u8]>, name: Option<&NameKey>) -> Option<&Row> {
        match nik {
            Some(nik) => self.by_nik.get(nik).or_else(|| self.by_name_alone.get(name?)),
            None => self.by_name.get(name?),
        }
    }
}

fn marks(first: usize, count: usize) -> String {
    (first..first + count).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

fn matching(rx: &mut Rx<'_>, keys: &Keys, new: &NewPerson) -> Result<Option<Row>> {
    let mut without_nik = "";
    if let Change::Set(nik) = &new.nik {
        let by_nik =
            rx.one(&format!("{SELECT} where p.nik_index = $1 order by p.id limit 1"), &params![keys.blind(Blind::Nik, nik.as_str())])?;
        if by_nik.is_some() {
            return Ok(by_nik);
        }
        without_nik = " and p.nik_index is null";
    }
    let (Some(unit), Some(born)) = (new.form.unit, new.form.birth_date) else { return Ok(None) };
    Ok(rx.one(
        &format!("{SELECT} where p.unit = $1 and p.name_folded = $2 and p.birth_date = $3{without_nik} order by p.id limit 1"),
        &params![unit, new.name_folded.as_str(), born],
    )?)
}

/// Whether the row says all this already. Sealed values differ each time; their blind indexes do not.
fn is_known(row: &Row, keys: &Keys, new: &NewPerson) -> Result<bool> {
    let stored = super::read(row)?;
    let known = PersonForm { nik_reason: String::new(), ..PersonForm::of(&stored) };
    let stored_plain = NewPerson { name_folded: stored.name_folded.clone(), form: known, ..new.clone() }.plain_columns();
    if stored_plain != new.plain_columns() {
        return Ok(false);
    }
    let state = (stored.nik_state, stored.nik_reason.unwrap_or_default());
    if new.nik != Change::Keep && state != (new.nik_state, new.form.nik_reason.clone()) {
        return Ok(false);
    }
    let indexes = [
        new.nik.map(|nik| keys.blind(Blind::Nik, nik.as_str())),
        new.kk.map(|kk| keys.blind(Blind::Kk, kk.as_str())),
        new.phone.map(|phone| keys.blind(Blind::Phone, &phone.e164())),
        new.email.map(|email| keys.blind(Blind::Email, email)),
    ];
    for (which, index) in indexes.into_iter().enumerate() {
        let stored = stored_index(row, which)?;
        let same = match index {
            Change::Keep => true,
            Change::Clear => stored == Value::Null,
            Change::Set(blind) => stored == Value::Bytes(blind),
        };
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}

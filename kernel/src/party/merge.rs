//! Bringing in people who may be known already: imports and the counter.

use super::{NewPerson, PersonForm, SELECT, check::Change, create, stored_index, update};
use crate::{
    Expect, Id, Result, Row, Rx, Tx, Value,
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
    let Some(row) = matching(tx, keys, new)? else { return Ok(Merged::Created(create(tx, keys, new)?)) };
    let id = row.get(0)?;
    // A list that lacks a number does not say there is none.
    let new = new.clone().without_clearing();
    if is_known(&row, keys, &new)? {
        return Ok(Merged::Unchanged(id));
    }
    let now = tx.now();
    if limit::running(tx, id, limit::Kind::Restricted, now)?.is_some() {
        return Ok(Merged::Restricted(id));
    }
    update(tx, keys, id, Expect::Any, &new)?;
    Ok(Merged::Updated(id))
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

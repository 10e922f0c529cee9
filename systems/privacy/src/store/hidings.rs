//! Readings kept from a person for a time, each by decree.

use kernel::{DbError, Error, Expect, Id, NewEntry, Result, Row, Rx, Table, Timestamp, Tx, cols, params};

use crate::{
    model::{Hiding, HidingKind},
    rules::HidingForm,
};

pub(super) static HIDING: Table = Table::audited(
    "privacy_hiding",
    &["person", "case_id", "unit", "kind", "decree", "basis", "reason", "from_at", "until_at", "lifted_at", "lifted_decree"],
);

const SELECT: &str = "select h.id, h.person, p.name, h.case_id, h.unit, h.kind, h.decree, h.basis, h.reason, h.from_at, h.until_at, h.lifted_at, \
                      h.version, coalesce(h.lifted_decree, '') from privacy_hiding h join kernel_person p on p.id = h.person";

fn read(row: &Row) -> Result<Hiding, DbError> {
    let kind = HidingKind::parse(&row.get::<String>(5)?).ok_or_else(|| DbError::Broken("a hiding of an unknown kind".into()))?;
    Ok(Hiding {
        id: row.get(0)?,
        person: row.get(1)?,
        person_name: row.get(2)?,
        case_id: row.get(3)?,
        unit: row.get(4)?,
        kind,
        decree: row.get(6)?,
        basis: row.get(7)?,
        reason: row.get(8)?,
        from: row.get(9)?,
        until: row.get(10)?,
        lifted_at: row.get(11)?,
        version: row.get(12)?,
        lifted_decree: row.get(13)?,
    })
}

/// Whom and what a hiding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    pub person: Id,
    pub case_id: Option<Id>,
    pub unit: Option<Id>,
}

/// Sets a hiding; it is an entry with its decree.
///
/// # Errors
/// What the database says.
pub fn set(tx: &mut Tx<'_>, about: About, form: &HidingForm, until: Timestamp) -> Result<Id> {
    let (id, now) = (tx.ctx().new_id(), tx.now());
    let columns = cols! {
        "person" => about.person, "case_id" => about.case_id, "unit" => about.unit, "kind" => form.kind.as_str(),
        "decree" => form.decree.as_str(), "basis" => form.basis.as_str(), "reason" => form.reason.as_str(), "from_at" => now,
        "until_at" => until,
    };
    tx.insert(&HIDING, id, &columns)?;
    let detail = serde_json::json!({ "kind": form.kind.as_str(), "decree": form.decree, "until": until.to_string() });
    tx.entry(NewEntry::new("privacy.hiding.set").object("hiding", id).detail(detail));
    Ok(id)
}

/// Ends a hiding before its time, by a decision of its own.
///
/// # Errors
/// [`Error::Missing`], `privacy-hiding-over`.
pub fn lift(tx: &mut Tx<'_>, id: Id, decree: &str) -> Result<()> {
    let (now, hiding) = (tx.now(), find(tx, id)?);
    if !hiding.lasting().runs(now) {
        return Err(Error::refused("privacy-hiding-over"));
    }
    tx.update(&HIDING, id, Expect::Version(hiding.version), &cols! { "lifted_at" => now, "lifted_decree" => decree })?;
    let detail = serde_json::json!({ "decree": decree });
    tx.entry(NewEntry::new("privacy.hiding.lifted").object("hiding", id).detail(detail));
    Ok(())
}

/// One hiding.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Hiding> {
    let row = rx.one(&format!("{SELECT} where h.id = $1"), &params![id])?.ok_or(Error::Missing)?;
    Ok(read(&row)?)
}

/// The hidings of a person.
///
/// # Errors
/// What the database says.
pub fn of_person(rx: &mut Rx<'_>, person: Id) -> Result<Vec<Hiding>> {
    let rows = rx.all(&format!("{SELECT} where h.person = $1 order by h.from_at, h.id"), &params![person])?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// Every hiding, newest first.
///
/// # Errors
/// What the database says.
pub fn list(rx: &mut Rx<'_>, limit: i64) -> Result<Vec<Hiding>> {
    let rows = rx.all(&format!("{SELECT} order by h.from_at desc, h.id desc limit $1"), &params![limit])?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

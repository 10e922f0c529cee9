//! The breach register.

use kernel::{DbError, Error, Expect, Id, NewEntry, Result, Row, Rx, Table, Timestamp, Tx, cols, params};

use crate::{
    model::Breach,
    rules::{self, BreachForm},
};

pub(super) static BREACH: Table = Table::audited(
    "privacy_breach",
    &[
        "title",
        "found_at",
        "happened_on",
        "data",
        "how",
        "measures",
        "persons",
        "due_at",
        "agency_at",
        "agency_note",
        "subjects_at",
        "subjects_note",
        "state",
    ],
);

const SELECT: &str = "select id, title, found_at, happened_on, data, how, measures, persons, due_at, agency_at, agency_note, subjects_at, \
                      subjects_note, state, version from privacy_breach";

fn read(row: &Row) -> Result<Breach, DbError> {
    Ok(Breach {
        id: row.get(0)?,
        title: row.get(1)?,
        found_at: row.get(2)?,
        happened_on: row.get(3)?,
        data: row.get(4)?,
        how: row.get(5)?,
        measures: row.get(6)?,
        persons: row.get(7)?,
        due_at: row.get(8)?,
        agency_at: row.get(9)?,
        agency_note: row.get(10)?,
        subjects_at: row.get(11)?,
        subjects_note: row.get(12)?,
        closed: row.get::<String>(13)? == "closed",
        version: row.get(14)?,
    })
}

/// Records a breach; both clocks run from when it was found.
///
/// # Errors
/// What the database says.
pub fn record(tx: &mut Tx<'_>, form: &BreachForm, found_at: Timestamp, happened_on: &str) -> Result<Id> {
    let id = tx.ctx().new_id();
    let columns = cols! {
        "title" => form.title.as_str(), "found_at" => found_at, "happened_on" => happened_on, "data" => form.data.as_str(),
        "how" => form.how.as_str(), "measures" => form.measures.as_str(), "persons" => form.persons,
        "due_at" => rules::breach_due(found_at), "agency_note" => "", "subjects_note" => "", "state" => "open",
    };
    tx.insert(&BREACH, id, &columns)?;
    tx.entry(NewEntry::new("privacy.breach.recorded").object("breach", id).detail(serde_json::json!({ "persons": form.persons })));
    Ok(id)
}

/// Which notice was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    Agency,
    Subjects,
}

impl To {
    /// The notice of a word of an address.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "lembaga" => Some(Self::Agency),
            "subjek" => Some(Self::Subjects),
            _ => None,
        }
    }
}

/// Notes that a notice was given: when is now, how and under which number is written.
///
/// # Errors
/// [`Error::Missing`], `privacy-breach-told` when it was given before.
pub fn tell(tx: &mut Tx<'_>, id: Id, to: To, note: &str) -> Result<Breach> {
    let (breach, now) = (find(tx, id)?, tx.now());
    let (given, at, column, action) = match to {
        To::Agency => (breach.agency_at, "agency_at", "agency_note", "privacy.breach.agency_told"),
        To::Subjects => (breach.subjects_at, "subjects_at", "subjects_note", "privacy.breach.subjects_told"),
    };
    if given.is_some() {
        return Err(Error::refused("privacy-breach-told"));
    }
    tx.update(&BREACH, id, Expect::Version(breach.version), &cols! { at => now, column => note })?;
    tx.entry(NewEntry::new(action).object("breach", id).detail(serde_json::json!({ "on_time": now <= breach.due_at })));
    find(tx, id)
}

/// Closes a breach once both notices are given.
///
/// # Errors
/// `privacy-breach-untold` while one is missing.
pub fn close(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let breach = find(tx, id)?;
    if breach.agency_at.is_none() || breach.subjects_at.is_none() {
        return Err(Error::refused("privacy-breach-untold"));
    }
    tx.update(&BREACH, id, Expect::Version(breach.version), &cols! { "state" => "closed" })?;
    tx.entry(NewEntry::new("privacy.breach.closed").object("breach", id));
    Ok(())
}

/// A breach.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Breach> {
    let row = rx.one(&format!("{SELECT} where id = $1"), &params![id])?.ok_or(Error::Missing)?;
    Ok(read(&row)?)
}

/// The register, newest first.
///
/// # Errors
/// What the database says.
pub fn list(rx: &mut Rx<'_>, limit: i64) -> Result<Vec<Breach>> {
    let rows = rx.all(&format!("{SELECT} order by found_at desc, id desc limit $1"), &params![limit])?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

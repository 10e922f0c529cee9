//! A service defined once by its owner, and the unit that adopts it with limited overrides.

use crate::{
    DbError, Error, Expect, Id, NewEntry, Result, Row, Rx, Table, Tx, cols,
    definition::{self, Hash},
    params,
};

static OFFERING: Table = Table::structural("kernel_offering", &["system", "kind", "unit", "definition", "state", "overrides", "title"]);

/// The audited tables of this noun.
pub const TABLES: &[&Table] = &[&OFFERING];

/// Whether people can ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open,
    /// No new cases; those begun go on.
    Withdrawn,
}

impl State {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A service a unit offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offering {
    pub id: Id,
    pub system: String,
    /// The service's slug within its system.
    pub kind: String,
    pub unit: Id,
    pub definition: Hash,
    pub state: State,
    /// The unit's own choices, as JSON of the system's making.
    pub overrides: String,
    /// Title in Indonesian, for lists.
    pub title: String,
    pub version: i64,
}

const COLUMNS: &str = "id, system, kind, unit, definition, state, overrides, title, version";

fn read(row: &Row) -> Result<Offering, DbError> {
    let hash: Vec<u8> = row.get(4)?;
    Ok(Offering {
        id: row.get(0)?,
        system: row.get(1)?,
        kind: row.get(2)?,
        unit: row.get(3)?,
        definition: hash.try_into().map_err(|_| DbError::Broken("a definition's hash has 32 bytes".into()))?,
        state: if row.get::<String>(5)? == "open" { State::Open } else { State::Withdrawn },
        overrides: row.get(6)?,
        title: row.get(7)?,
        version: row.get(8)?,
    })
}

/// The offering of `kind` at `unit`, open or withdrawn.
///
/// # Errors
/// [`Error::Missing`] when the unit does not have it.
pub fn at(rx: &mut Rx<'_>, system: &str, unit: Id, kind: &str) -> Result<Offering> {
    let sql = format!("select {COLUMNS} from kernel_offering where unit = $1 and system = $2 and kind = $3");
    let row = rx.one(&sql, &params![unit, system, kind])?.ok_or(Error::Missing)?;
    Ok(read(&row)?)
}

/// The offering with this id.
///
/// # Errors
/// [`Error::Missing`] when there is none.
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Offering> {
    let row = rx.one(&format!("select {COLUMNS} from kernel_offering where id = $1"), &params![id])?.ok_or(Error::Missing)?;
    Ok(read(&row)?)
}

/// What a unit offers, open ones first, by title.
///
/// # Errors
/// What the database says.
pub fn of_unit(rx: &mut Rx<'_>, system: &str, unit: Id) -> Result<Vec<Offering>, DbError> {
    let sql = format!("select {COLUMNS} from kernel_offering where unit = $1 and system = $2 order by state, title, id");
    rx.all(&sql, &params![unit, system])?.iter().map(read).collect()
}

/// Every unit's open offering of `kind`.
///
/// # Errors
/// What the database says.
pub fn of_kind(rx: &mut Rx<'_>, system: &str, kind: &str) -> Result<Vec<Offering>, DbError> {
    let sql = format!("select {COLUMNS} from kernel_offering where system = $1 and kind = $2 and state = 'open' order by unit, id");
    rx.all(&sql, &params![system, kind])?.iter().map(read).collect()
}

/// A unit takes up a service, or takes up a newer definition of it. Cases begun before keep theirs.
///
/// # Errors
/// What the database says.
pub fn adopt(tx: &mut Tx<'_>, system: &str, kind: &str, unit: Id, body: &str, title: &str, overrides: &str) -> Result<Offering> {
    let hash = definition::put(tx, system, kind, body)?;
    let known = match at(tx, system, unit, kind) {
        Ok(offering) => Some(offering),
        Err(Error::Missing) => None,
        Err(error) => return Err(error),
    };
    let id = known.as_ref().map_or_else(|| tx.ctx().new_id(), |offering| offering.id);
    match &known {
        Some(old) => {
            tx.update(&OFFERING, id, Expect::Version(old.version), &cols! { "definition" => hash, "state" => "open", "overrides" => overrides, "title" => title })?;
        }
        None => tx.insert(
            &OFFERING,
            id,
            &cols! { "system" => system, "kind" => kind, "unit" => unit, "definition" => hash, "state" => "open", "overrides" => overrides, "title" => title },
        )?,
    }
    tx.entry(NewEntry::new("kernel.offering.adopted").unit(unit).object("offering", id));
    find(tx, id)
}

/// Opens or withdraws an offering.
///
/// # Errors
/// [`Error::Stale`] when somebody changed it meanwhile.
pub fn set_state(tx: &mut Tx<'_>, offering: &Offering, state: State) -> Result<()> {
    tx.update(&OFFERING, offering.id, Expect::Version(offering.version), &cols! { "state" => state.as_str() })?;
    tx.entry(NewEntry::new("kernel.offering.state").unit(offering.unit).object("offering", offering.id));
    Ok(())
}

/// Changes the unit's own choices.
///
/// # Errors
/// [`Error::Stale`] when somebody changed it meanwhile.
pub fn set_overrides(tx: &mut Tx<'_>, offering: &Offering, overrides: &str) -> Result<()> {
    tx.update(&OFFERING, offering.id, Expect::Version(offering.version), &cols! { "overrides" => overrides })?;
    tx.entry(NewEntry::new("kernel.offering.overrides").unit(offering.unit).object("offering", offering.id));
    Ok(())
}

//! All SQL of this system.

pub mod aid;
pub mod audits;
pub mod demo;
pub mod findings;
pub mod lists;
pub mod timeline;
pub mod watch;

use kernel::{Error, Expect, NewEntry, Result, Rx, Table, Tx, cols, params};

use crate::model::Bounds;

/// What is unusual.
pub static FINDING: Table = Table::audited(
    "oversight_finding",
    &[
        "account",
        "person",
        "post",
        "unit",
        "u1",
        "u2",
        "u3",
        "u4",
        "u5",
        "u6",
        "rule",
        "day",
        "value",
        "bound",
        "usual_tenths",
        "usual_days",
        "peers_tenths",
        "facts",
        "state",
        "case_id",
        "found_at",
        "decided_at",
        "decided_by",
        "reason",
    ],
);
/// Berita Acara.
pub static AUDIT: Table = Table::audited(
    "oversight_audit",
    &[
        "asked_at",
        "asked_by",
        "post",
        "unit",
        "state",
        "ended_at",
        "origin",
        "size",
        "root",
        "checkpoint",
        "witnesses",
        "tables",
        "leaves",
        "entries",
        "versions",
        "rows",
        "waiting",
        "differences",
    ],
);
static SETTING: Table = Table::audited("oversight_setting", &["name", "value"]);
static SEEN: Table = Table::upkeep("oversight_seen");
static DAY: Table = Table::upkeep("oversight_day");
static CURSOR: Table = Table::upkeep("oversight_cursor");
static PROGRESS: Table = Table::upkeep("oversight_progress");
static LISTED: Table = Table::upkeep("oversight_listed");
static AID: Table = Table::upkeep("oversight_aid");
static INDEXED: Table = Table::upkeep("oversight_indexed");
/// The tables of this system.
pub const TABLES: &[&Table] = &[&FINDING, &AUDIT, &SETTING, &SEEN, &DAY, &CURSOR, &PROGRESS, &LISTED, &INDEXED, &AID];

const BOUNDS: &str = "bounds";

/// The bounds that hold.
///
/// # Errors
/// What the database says.
pub fn bounds(rx: &mut Rx<'_>) -> Result<Bounds> {
    let Some(row) = rx.one("select value from oversight_setting where name = $1", &params![BOUNDS])? else { return Ok(Bounds::default()) };
    serde_json::from_str(&row.get::<String>(0)?).map_err(|error| Error::Failed(format!("the setting {BOUNDS}: {error}")))
}

/// Sets the bounds.
///
/// # Errors
/// What the database says.
pub fn set_bounds(tx: &mut Tx<'_>, bounds: &Bounds) -> Result<()> {
    let value = serde_json::to_value(bounds).map_err(|error| Error::Failed(error.to_string()))?;
    let text = value.to_string();
    match tx.one("select id from oversight_setting where name = $1", &params![BOUNDS])? {
        Some(row) => drop(tx.update(&SETTING, row.get(0)?, Expect::Any, &cols! { "value" => text })?),
        None => {
            let id = tx.ctx().new_id();
            tx.insert(&SETTING, id, &cols! { "name" => BOUNDS, "value" => text })?;
        }
    }
    tx.entry(NewEntry::new("oversight.bounds.set").detail(value));
    Ok(())
}

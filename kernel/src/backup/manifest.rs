//! What a backup says of itself.

use serde::{Deserialize, Serialize};

use super::files::failed;
use crate::{Result, Rx, db::SystemMigrations};

/// The manifest of a backup. Nothing in it is personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// The slug every ciphertext is bound to.
    pub government: String,
    /// The release that made it.
    pub release: String,
    /// When, as RFC 3339.
    pub made_at: String,
    pub migrations: Vec<Applied>,
    pub tables: Vec<TablePart>,
    /// None for rows alone (`db copy`).
    pub blobs: Option<BlobsPart>,
    /// Where each series of letter numbers stands.
    pub numbering: Vec<SeriesPart>,
    /// The name of the key it was signed with. The key itself is never in a backup.
    pub keys: Vec<String>,
    /// Tables that do not outlive a move.
    pub left_out: Vec<String>,
}

/// A migration that had been applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    pub system: String,
    pub number: i64,
    pub name: String,
}

/// A saved table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TablePart {
    pub name: String,
    pub columns: Vec<String>,
    pub key: Vec<String>,
    pub rows: u64,
    /// Of the rows as framed, in hex.
    pub sha256: String,
}

impl TablePart {
    pub(super) fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }
}

/// The saved blobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobsPart {
    pub count: u64,
    /// Of the encrypted files together.
    pub bytes: u64,
    /// Of the list, which has the hash of each file.
    pub sha256: String,
}

/// Where one series of letter numbers stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesPart {
    pub series: String,
    pub book: String,
    pub year: i64,
    /// The last number taken.
    pub last: i64,
    /// How many numbers are on record.
    pub numbers: i64,
}

impl Manifest {
    /// How many rows were saved.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// The migrations of this release that had been applied when the backup was made.
    pub(super) fn migrations_of(&self, release: &[SystemMigrations]) -> Result<Vec<SystemMigrations>> {
        let mut then: Vec<SystemMigrations> = Vec::new();
        let mut found = 0;
        for (system, migrations) in release {
            let had = |number: i64| self.migrations.iter().any(|applied| applied.system == *system && applied.number == number);
            let count = migrations.iter().take_while(|migration| had(migration.number)).count();
            found += count;
            then.push((system, &migrations[..count]));
        }
        if found == self.migrations.len() {
            return Ok(then);
        }
        let known = |applied: &&Applied| {
            !then.iter().any(|(system, own)| *system == applied.system && own.iter().any(|one| one.number == applied.number))
        };
        let unknown: Vec<String> =
            self.migrations.iter().filter(known).map(|applied| format!("{}/{}", applied.system, applied.number)).collect();
        Err(failed(format!(
            "the backup is of a newer release: this one does not know {}; install release {}",
            unknown.join(", "),
            self.release
        )))
    }
}

pub(super) fn applied(rx: &mut Rx<'_>) -> Result<Vec<Applied>> {
    let rows = rx.all("select system, number, name from kernel_migration order by system, number", &[])?;
    rows.iter().map(|row| Ok(Applied { system: row.get(0)?, number: row.get(1)?, name: row.get(2)? })).collect()
}

pub(super) fn numbering(rx: &mut Rx<'_>) -> Result<Vec<SeriesPart>> {
    let rows = rx.all(
        "select s.id, s.book, s.year, s.last, (select count(*) from kernel_number n where n.series = s.id) from kernel_series s order by s.id",
        &[],
    )?;
    let read = |row: &crate::Row| {
        let series: crate::Id = row.get(0)?;
        Ok(SeriesPart { series: series.to_string(), book: row.get(1)?, year: row.get(2)?, last: row.get(3)?, numbers: row.get(4)? })
    };
    rows.iter().map(read).collect()
}

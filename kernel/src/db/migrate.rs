//! Forward-only migrations, one text for both databases, keyed by system, number and hash.

use sha2::{Digest, Sha256};

use super::{DbError, Dialect, Rx};
use crate::params;

/// One change of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    pub number: i64,
    pub name: &'static str,
    pub sql: Sql,
}

/// The text of a migration.
#[derive(Debug, Clone, Copy)]
pub enum Sql {
    /// Portable text; the types `BYTES`, `BIGINT`, `BOOLEAN`, `TEXT` are spelled for each database.
    Both(&'static str),
    /// Where the databases truly differ (full text search).
    Each { sqlite: &'static str, postgres: &'static str },
}

/// A system's name with its migrations in order.
pub type SystemMigrations = (&'static str, &'static [Migration]);

/// The kernel's own migrations.
pub const KERNEL: SystemMigrations = (
    "kernel",
    &[
        Migration { number: 1, name: "nouns", sql: Sql::Both(include_str!("../../migrations/0001_nouns.sql")) },
        Migration {
            number: 2,
            name: "search",
            sql: Sql::Each {
                sqlite: include_str!("../../migrations/0002_search.sqlite.sql"),
                postgres: include_str!("../../migrations/0002_search.postgres.sql"),
            },
        },
        Migration { number: 3, name: "open cases", sql: Sql::Both(include_str!("../../migrations/0003_open_cases.sql")) },
        Migration { number: 4, name: "stamp", sql: Sql::Both(include_str!("../../migrations/0004_stamp.sql")) },
        Migration { number: 5, name: "log", sql: Sql::Both(include_str!("../../migrations/0005_log.sql")) },
        Migration { number: 6, name: "spine", sql: Sql::Both(include_str!("../../migrations/0006_spine.sql")) },
        Migration { number: 7, name: "privacy", sql: Sql::Both(include_str!("../../migrations/0007_privacy.sql")) },
        Migration { number: 8, name: "exports", sql: Sql::Both(include_str!("../../migrations/0008_exports.sql")) },
        Migration { number: 9, name: "defence", sql: Sql::Both(include_str!("../../migrations/0009_defence.sql")) },
        Migration { number: 10, name: "number_text", sql: Sql::Both(include_str!("../../migrations/0010_number_text.sql")) },
        Migration { number: 11, name: "limits", sql: Sql::Both(include_str!("../../migrations/0011_limits.sql")) },
        Migration { number: 12, name: "hold_lifted", sql: Sql::Both(include_str!("../../migrations/0012_hold_lifted.sql")) },
        Migration { number: 13, name: "entry_object", sql: Sql::Both(include_str!("../../migrations/0013_entry_object.sql")) },
        Migration {
            number: 14,
            name: "search_pending",
            sql: Sql::Each { sqlite: "", postgres: include_str!("../../migrations/0014_search_pending.postgres.sql") },
        },
    ],
);

/// What [`apply`] did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Applied {
    /// `system/number name` of each migration run now.
    pub now: Vec<String>,
    /// How many had been run before.
    pub before: usize,
}

/// Brings the schema to this release, in the open transaction.
///
/// # Errors
/// [`DbError::Broken`] when the text of a migration that was already applied has changed since.
pub(crate) fn apply(rx: &mut Rx<'_>, systems: &[SystemMigrations], at: jiff::Timestamp) -> Result<Applied, DbError> {
    let dialect = rx.dialect();
    let ledger = "create table if not exists kernel_migration (system TEXT not null, number BIGINT not null, name TEXT not null, \
                  hash BYTES not null, at BIGINT not null, primary key (system, number))";
    for statement in statements(&spelled(ledger, dialect)) {
        rx.batch(&statement)?;
    }
    let mut applied = Applied::default();
    for (system, migrations) in systems {
        for migration in *migrations {
            let text = migration.text(dialect);
            let hash = Sha256::digest(text.as_bytes()).to_vec();
            let known =
                rx.one("select hash from kernel_migration where system = $1 and number = $2", &params![*system, migration.number])?;
            if let Some(row) = known {
                if row.get::<Vec<u8>>(0)? != hash {
                    return Err(DbError::Broken(format!("migration {system}/{} was changed after it had been applied", migration.number)));
                }
                applied.before += 1;
                continue;
            }
            for statement in statements(&spelled(text, dialect)) {
                rx.batch(&statement)?;
            }
            rx.execute(
                "insert into kernel_migration (system, number, name, hash, at) values ($1, $2, $3, $4, $5)",
                &params![*system, migration.number, migration.name, hash, at],
            )?;
            applied.now.push(format!("{system}/{} {}", migration.number, migration.name));
        }
    }
    Ok(applied)
}

impl Migration {
    fn text(&self, dialect: Dialect) -> &'static str {
        match (self.sql, dialect) {
            (Sql::Both(text), _)
            | (Sql::Each { sqlite: text, .. }, Dialect::Sqlite)
            | (Sql::Each { postgres: text, .. }, Dialect::Postgres) => text,
        }
    }
}

/// The portable types as each database spells them. SQLite tables become STRICT.
fn spelled(sql: &str, dialect: Dialect) -> String {
    let mut out = String::with_capacity(sql.len() + 256);
    for line in sql.lines() {
        let code = line.split("--").next().unwrap_or_default();
        for piece in code.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            let end = piece.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_').len();
            let (word, rest) = piece.split_at(end);
            out.push_str(match (word, dialect) {
                ("BYTES", Dialect::Sqlite) => "BLOB",
                ("BYTES", Dialect::Postgres) => "BYTEA",
                ("BIGINT" | "BOOLEAN", Dialect::Sqlite) => "INTEGER",
                ("TEXT", Dialect::Postgres) => "TEXT COLLATE \"C\"",
                (word, _) => word,
            });
            out.push_str(rest);
        }
        out.push('\n');
    }
    out
}

/// The statements of a text. Portable migrations have no `;` inside strings.
fn statements(sql: &str) -> Vec<String> {
    sql.split(';')
        .map(str::trim)
        .filter(|statement| !statement.is_empty())
        .map(|statement| {
            let plain_table = statement.to_ascii_lowercase().starts_with("create table");
            let sqlite = plain_table && (statement.contains("INTEGER") || statement.contains("BLOB") || !statement.contains("COLLATE"));
            if sqlite && !statement.contains("BYTEA") && !statement.contains("BIGINT") {
                format!("{statement} STRICT")
            } else {
                statement.to_owned()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEET: &str =
        "create table sheet (id BYTES primary key, n BIGINT not null, t TEXT); -- a comment; with a semicolon\ncreate index i on sheet (n)";

    #[test]
    fn types_are_spelled_for_each_database() {
        let lite = statements(&spelled(SHEET, Dialect::Sqlite));
        assert_eq!(lite, ["create table sheet (id BLOB primary key, n INTEGER not null, t TEXT) STRICT", "create index i on sheet (n)"]);
        let pg = statements(&spelled(SHEET, Dialect::Postgres));
        assert_eq!(pg[0], "create table sheet (id BYTEA primary key, n BIGINT not null, t TEXT COLLATE \"C\")");
    }
}

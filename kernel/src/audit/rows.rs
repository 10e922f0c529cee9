//! Rows of audited tables against their history.

use serde_json::Value as Json;

use super::{Audit, CannotCheck, Difference, Kind, Stage, ahead::Ask};
use crate::{
    Db, DbError, Id, Row, Rx, Table,
    db::{digest, image},
    erasure, params,
};

/// Versions of a page.
const VERSIONS: i64 = 4096;

/// A row's history as far as its last version, without images.
struct Line {
    row: Id,
    version: i64,
    op: String,
    salt: Vec<u8>,
    digest: Vec<u8>,
}

/// Rows as they stand, beside what history says of them.
pub(super) struct Page {
    lines: Vec<Line>,
    live: Vec<Row>,
    /// The last row whose whole history was read, when there may be more.
    pub(super) last: Option<Id>,
    /// What history says against itself.
    found: Vec<Difference>,
}

pub(super) fn read(rx: &mut Rx<'_>, table: &Table, after: Id) -> Result<Page, DbError> {
    let mut found = Vec::new();
    let (lines, last) = history(rx, table, after, &mut found)?;
    Ok(Page { lines, live: live(rx, table, after, last)?, last, found })
}

impl Audit<'_> {
    /// One page of a table.
    pub(super) fn rows(&mut self, db: &Db, name: &str, after: Id) -> Result<Stage, CannotCheck> {
        let Some(table) = self.audited().find(|table| table.name == name) else { return Ok(self.next_table(Some(name))) };
        self.page(db, Ask::Rows { table, after })
    }

    pub(super) fn judge_rows(&mut self, rx: &mut Rx<'_>, table: &Table, page: &Page, found: &mut Vec<Difference>) -> Result<(), DbError> {
        found.extend(page.found.iter().cloned());
        self.state.rows += page.live.len() as u64;
        compare(rx, table, &page.lines, &page.live, found)
    }

    /// The rows that these versions are of, as they stand now.
    pub(super) fn touched(&mut self, rx: &mut Rx<'_>, versions: &[Row], found: &mut Vec<Difference>) -> Result<(), DbError> {
        for version in versions {
            let (name, row): (String, Id) = (version.get(1)?, version.get(2)?);
            let Some(table) = self.audited().find(|table| table.name == name) else { continue };
            let sql = "select row_id, version, op, salt, digest from kernel_history where table_name = $1 and row_id = $2 \
                       order by version desc limit 1";
            let lines: Vec<Line> = rx.all(sql, &params![name.as_str(), row])?.iter().map(line).collect::<Result<_, _>>()?;
            let sql = format!("select id, version{} from {name} where id = $1", columns(table));
            let live = rx.all(&sql, &params![row])?;
            self.state.rows += 1;
            compare(rx, table, &lines, &live, found)?;
        }
        Ok(())
    }

    /// Tables that have a history and are not declared, and images that were erased and are there.
    pub(super) fn strangers(&mut self, db: &Db) -> Result<Stage, CannotCheck> {
        let mut known: Vec<&str> = self.audited().map(|table| table.name).collect();
        known.sort_unstable();
        let mut found = Vec::new();
        db.walk_now(|rx| {
            let mut after = String::new();
            let sql = "select table_name from kernel_history where table_name > $1 order by table_name limit 1";
            while let Some(row) = rx.one(sql, &params![after.as_str()])? {
                after = row.get(0)?;
                if known.binary_search(&after.as_str()).is_err() {
                    let mut difference = Difference::new(Kind::HistoryUnknown, "history of a table that this release does not know");
                    difference.table = Some(after.clone());
                    found.push(difference);
                }
            }
            for (table, row, through) in erasure::undone(rx, 1_000)? {
                let what = "an erased image is there again, as after a restored backup: erase it once more";
                found.push(Difference::new(Kind::ErasureUndone, what).row(&table, row, through));
            }
            Ok::<_, DbError>(())
        })?;
        found.into_iter().for_each(|difference| self.found(difference));
        Ok(Stage::Done)
    }
}

fn columns(table: &Table) -> String {
    table.columns.iter().map(|column| format!(", {column}")).collect()
}

fn line(row: &Row) -> Result<Line, DbError> {
    Ok(Line { row: row.get(0)?, version: row.get(1)?, op: row.get(2)?, salt: row.get(3)?, digest: row.get(4)? })
}

/// The history of the rows after `after`, each checked for gaps and for versions that belong to no entry; and the last row whose whole
/// history was read, when there may be more.
fn history(rx: &mut Rx<'_>, table: &Table, after: Id, found: &mut Vec<Difference>) -> Result<(Vec<Line>, Option<Id>), DbError> {
    let mut most = VERSIONS;
    loop {
        let sql = format!(
            "select h.row_id, h.version, h.op, h.salt, h.digest, e.changes from kernel_history h left join kernel_entry e on e.id = h.entry \
             where h.table_name = $1 and h.row_id > $2 order by h.row_id, h.version limit {most}"
        );
        let mut rows = rx.all(&sql, &params![table.name, after])?;
        let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= most;
        if full {
            // The last row may have more versions than were read.
            let cut: Id = rows.last().map_or(Ok(Id::NIL), |row| row.get(0))?;
            rows.retain(|row| row.get::<Id>(0).is_ok_and(|row| row != cut));
            if rows.is_empty() {
                most *= 8;
                continue;
            }
        }
        let mut lines: Vec<Line> = Vec::with_capacity(rows.len());
        for row in &rows {
            let next = line(row)?;
            if row.get::<Option<i64>>(5)?.is_none() {
                found.push(Difference::new(Kind::HistoryOrphan, "its entry is gone").row(table.name, next.row, next.version));
            }
            let before = lines.last().filter(|last| last.row == next.row);
            let expected = before.map_or(1, |last| last.version + 1);
            let first = next.op == "insert";
            if next.version != expected || first != before.is_none() || before.is_some_and(|last| last.op == "delete") {
                let what = format!("version {expected} is missing, or one is too many");
                found.push(Difference::new(Kind::HistoryGap, what).row(table.name, next.row, next.version));
            }
            match lines.last_mut().filter(|last| last.row == next.row) {
                Some(last) => *last = next,
                None => lines.push(next),
            }
        }
        let last = if full { lines.last().map(|line| line.row) } else { None };
        return Ok((lines, last));
    }
}

/// The rows after `after` up to `last`, or to the end.
fn live(rx: &mut Rx<'_>, table: &Table, after: Id, last: Option<Id>) -> Result<Vec<Row>, DbError> {
    let head = format!("select id, version{} from {} where id > $1", columns(table), table.name);
    match last {
        Some(last) => rx.all(&format!("{head} and id <= $2 order by id"), &params![after, last]),
        None => rx.all(&format!("{head} order by id"), &params![after]),
    }
}

/// Walks both in the order of their ids.
fn compare(rx: &mut Rx<'_>, table: &Table, lines: &[Line], live: &[Row], found: &mut Vec<Difference>) -> Result<(), DbError> {
    let mut lines = lines.iter().peekable();
    for row in live {
        let id: Id = row.get(0)?;
        while let Some(gone) = lines.next_if(|line| line.row < id) {
            missing(table, gone, found);
        }
        match lines.next_if(|line| line.row == id) {
            Some(line) => found.extend(judge(rx, table, line, row)?),
            None => {
                let what = "a row that was never written by this program";
                found.push(Difference::new(Kind::RowInserted, what).row(table.name, id, row.get(1)?));
            }
        }
    }
    lines.for_each(|gone| missing(table, gone, found));
    Ok(())
}

fn missing(table: &Table, line: &Line, found: &mut Vec<Difference>) {
    if line.op != "delete" {
        found.push(Difference::new(Kind::RowDeleted, "the row is gone, without a deletion").row(table.name, line.row, line.version));
    }
}

/// One row against its last version.
fn judge(rx: &mut Rx<'_>, table: &Table, line: &Line, row: &Row) -> Result<Option<Difference>, DbError> {
    let (id, version) = (line.row, row.get::<i64>(1)?);
    let named = |kind, what: String| Ok(Some(Difference::new(kind, what).row(table.name, id, version)));
    if line.op == "delete" {
        return named(Kind::RowInserted, format!("the row was deleted with version {} and is there again", line.version));
    }
    let values = row.values().get(2..).unwrap_or_default();
    let now = image(table, values);
    let salt = <[u8; 16]>::try_from(line.salt.as_slice()).unwrap_or_default();
    if version == line.version && digest(&salt, table.name, id, version, &line.op, &now).as_slice() == line.digest {
        return Ok(None);
    }
    if version == line.version && looks_so(rx, table, line, &now)? {
        return Ok(None);
    }
    // Only now, when something is wrong, is it worth looking where the values come from.
    let seen = rx.one(
        "select version from kernel_history where table_name = $1 and row_id = $2 and image = $3 and version < $4 order by version desc limit 1",
        &params![table.name, id, now.as_str(), line.version],
    )?;
    if let Some(older) = seen {
        return named(Kind::RowOlder, format!("it has the values of version {}; its last is {}", older.get::<i64>(0)?, line.version));
    }
    let seen = rx.one(
        "select row_id from kernel_history where table_name = $1 and image = $2 and row_id <> $3 limit 1",
        &params![table.name, now.as_str(), id],
    )?;
    if let Some(other) = seen {
        return named(Kind::RowSwapped, format!("it has the values of row {}", other.get::<Id>(0)?));
    }
    if version != line.version {
        return named(Kind::RowAltered, format!("it says version {version}; its last is {}", line.version));
    }
    named(Kind::RowAltered, changed_columns(rx, table, line, &now)?)
}

/// A version written before its table had all its columns: the image is what the digest says, every column it has is as it
/// was, and the new ones are null or what their migration gave them.
fn looks_so(rx: &mut Rx<'_>, table: &Table, line: &Line, now: &str) -> Result<bool, DbError> {
    let Some((stored, then)) = stored(rx, table, line)? else { return Ok(false) };
    let salt = <[u8; 16]>::try_from(line.salt.as_slice()).unwrap_or_default();
    if digest(&salt, table.name, line.row, line.version, &line.op, &stored).as_slice() != line.digest {
        return Ok(false);
    }
    let (Json::Object(then), Ok(Json::Object(now))) = (then, serde_json::from_str(now)) else { return Ok(false) };
    let given = |column: &str, value: &Json| value.is_null() || table.added.iter().any(|(name, text)| *name == column && value == *text);
    let same = now.iter().all(|(column, value)| then.get(column).map_or_else(|| given(column, value), |was| was == value));
    Ok(then.len() < now.len() && same && then.keys().all(|column| now.contains_key(column)))
}

fn stored(rx: &mut Rx<'_>, table: &Table, line: &Line) -> Result<Option<(String, Json)>, DbError> {
    let sql = "select image from kernel_history where table_name = $1 and row_id = $2 and version = $3";
    let row = rx.one(sql, &params![table.name, line.row, line.version])?;
    let text = row.map(|row| row.get::<Option<String>>(0)).transpose()?.flatten();
    Ok(text.and_then(|text| serde_json::from_str(&text).ok().map(|json| (text, json))))
}

/// The names of the columns that differ; never their values.
fn changed_columns(rx: &mut Rx<'_>, table: &Table, line: &Line, now: &str) -> Result<String, DbError> {
    let (Some((_, Json::Object(then))), Ok(Json::Object(now))) = (stored(rx, table, line)?, serde_json::from_str(now)) else {
        return Ok("it does not look as its last version says".to_owned());
    };
    let changed: Vec<&str> =
        now.iter().filter(|(column, value)| then.get(*column) != Some(value)).map(|(column, _)| column.as_str()).collect();
    Ok(match changed[..] {
        [] => "its history was changed, not the row".to_owned(),
        _ => format!("changed past this program: {}", changed.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Error, NewEntry, cols,
        db::{KERNEL_MIGRATIONS, Meta, Migration, Sql},
        testing::Home,
    };

    static BEFORE: Table = Table::audited("leaf", &["title"]);
    static AFTER: Table = Table::audited("leaf", &["title", "lang", "note"]).with_added(&[("lang", "id")]);
    static UNDECLARED: Table = Table::audited("leaf", &["title", "lang", "note"]);

    const fn migration(number: i64, sql: &'static str) -> Migration {
        Migration { number, name: "leaf", sql: Sql::Both(sql) }
    }

    const FIRST: Migration = migration(1, "create table leaf (id BYTES primary key, version BIGINT not null, title TEXT not null)");
    const SECOND: Migration =
        migration(2, "alter table leaf add column lang TEXT not null default 'id'; alter table leaf add column note TEXT");

    fn differences(home: &Home, table: &'static Table) -> Vec<Kind> {
        let mut found = Vec::new();
        home.read_now(|rx| {
            let page = read(rx, table, Id::NIL)?;
            found.extend(page.found);
            compare(rx, table, &page.lines, &page.live, &mut found)
        })
        .unwrap();
        found.into_iter().map(|difference| difference.kind).collect()
    }

    #[test]
    fn a_row_from_before_a_migration_is_whole_with_what_the_migration_gave_it_and_with_nothing_else() {
        let home = Home::new(Meta { audited: ["leaf"].into(), ..Meta::default() });
        home.db.migrate(&home.machine(), &[KERNEL_MIGRATIONS, ("leaf", &[FIRST])]).unwrap();
        let write = |tx: &mut crate::Tx<'_>| {
            let id = tx.ctx().new_id();
            tx.insert(&BEFORE, id, &cols! { "title" => "old" })?;
            tx.entry(NewEntry::new("leaf.made").object("leaf", id));
            Ok::<_, Error>(())
        };
        home.write_now(&home.machine(), write).unwrap();
        assert_eq!(differences(&home, &BEFORE), []);
        home.db.migrate(&home.machine(), &[KERNEL_MIGRATIONS, ("leaf", &[FIRST, SECOND])]).unwrap();
        assert_eq!(differences(&home, &AFTER), []);
        assert_eq!(differences(&home, &UNDECLARED), [Kind::RowAltered]);
        home.write_now(&home.machine(), |tx| tx.batch("update leaf set lang = 'en'")).unwrap();
        assert_eq!(differences(&home, &AFTER), [Kind::RowAltered]);
    }
}

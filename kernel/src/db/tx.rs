//! Writing: rows with their history, the entry that tells of them, and the events that follow.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    fmt::Write as _,
    ops::{Deref, DerefMut},
    rc::Rc,
    sync::{Arc, LazyLock},
};

use sha2::{Digest, Sha256};

use super::{
    DbError, Dialect, Rx, Table, Value,
    table::{digest, image},
};
use crate::{
    Ctx, Id, NewEntry,
    entry::{COLUMNS, Sealed},
    params,
    search::Learned,
};

/// What the database layer knows of the systems: who hears which event, and which tables are audited.
#[derive(Debug, Default, Clone)]
pub struct Meta {
    /// Handlers by topic.
    pub subscriptions: HashMap<&'static str, Vec<&'static str>>,
    /// Names of audited tables.
    pub audited: HashSet<&'static str>,
    /// Words the dictionary of the search has.
    pub learned: Arc<Learned>,
}

/// Which version of a row a change was decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// The row as it was read; another version is [`DbError::Stale`].
    Version(i64),
    /// Whatever stands there now (counters, the machine's own rows).
    Any,
}

struct Change {
    table: &'static str,
    row: Id,
    version: i64,
    operation: &'static str,
    image: String,
    salt: [u8; 16],
    digest: [u8; 32],
}

struct Event {
    topic: &'static str,
    case_id: Option<Id>,
    body: String,
}

/// A write transaction.
pub struct Tx<'c> {
    rx: Rx<'c>,
    ctx: Ctx,
    meta: &'c Meta,
    entry: Id,
    entries: Vec<NewEntry>,
    changes: Vec<Change>,
    /// Rows whose images up to a version are erased with this commit.
    erasures: Vec<(String, Id, i64)>,
    events: Vec<Event>,
    jobs: bool,
    /// Words this transaction leaves in the dictionary.
    words: Vec<u64>,
}

impl<'c> Deref for Tx<'c> {
    type Target = Rx<'c>;

    fn deref(&self) -> &Rx<'c> {
        &self.rx
    }
}

impl<'c> DerefMut for Tx<'c> {
    fn deref_mut(&mut self) -> &mut Rx<'c> {
        &mut self.rx
    }
}

impl<'c> Tx<'c> {
    pub(crate) fn new(rx: Rx<'c>, ctx: &Ctx, meta: &'c Meta) -> Self {
        let entry = ctx.new_id();
        Self {
            rx,
            ctx: ctx.clone(),
            meta,
            entry,
            entries: Vec::new(),
            changes: Vec::new(),
            erasures: Vec::new(),
            events: Vec::new(),
            jobs: false,
            words: Vec::new(),
        }
    }

    /// The circumstances of this action.
    #[must_use]
    pub fn ctx(&self) -> Ctx {
        self.ctx.clone()
    }

    /// When this action happens.
    #[must_use]
    pub fn now(&self) -> jiff::Timestamp {
        self.ctx.now()
    }

    /// The id of the entry this transaction's changes belong to.
    #[must_use]
    pub const fn entry_id(&self) -> Id {
        self.entry
    }

    /// Adds a row to an audited table, as version 1. Columns not named are null.
    ///
    /// # Errors
    /// [`DbError::Constraint`] when a constraint refuses it: at once on SQLite, on PostgreSQL with the next question. Whoever decides by
    /// it calls [`Tx::settle`] first.
    pub fn insert(&mut self, table: &'static Table, id: Id, columns: &[(&str, Value)]) -> Result<(), DbError> {
        let id_value = Value::from(id);
        let mut bound = Vec::with_capacity(table.columns.len() + 1);
        bound.push(&id_value);
        bound.extend(arranged(table, columns)?);
        self.rx.later_with(&inserting(table), &bound)?;
        self.changed(table, id, 1, "insert", image(table, bound[1..].iter().copied()))
    }

    /// Changes columns of a row of an audited table and says its new version.
    ///
    /// # Errors
    /// [`DbError::Stale`] when it has another version than expected, [`DbError::Missing`] when there is no such row.
    pub fn update(&mut self, table: &'static Table, id: Id, expect: Expect, columns: &[(&str, Value)]) -> Result<i64, DbError> {
        known(table, columns)?;
        let mut sql = format!("update {} set version = version + 1", table.name);
        let mut bound = vec![Value::from(id)];
        for (column, value) in columns {
            bound.push(value.clone());
            sql.push_str(&format!(", {column} = ${}", bound.len()));
        }
        sql.push_str(" where id = $1");
        self.write(table, id, expect, sql, bound, "update")
    }

    /// Removes a row of an audited table. Its history stays.
    ///
    /// # Errors
    /// As [`Tx::update`].
    pub fn delete(&mut self, table: &'static Table, id: Id, expect: Expect) -> Result<(), DbError> {
        let sql = format!("delete from {} where id = $1", table.name);
        self.write(table, id, expect, sql, vec![Value::from(id)], "delete").map(drop)
    }

    /// [`Tx::delete`] whatever its version; says the version of the deletion.
    pub(crate) fn deleted(&mut self, table: &'static Table, id: Id) -> Result<i64, DbError> {
        let sql = format!("delete from {} where id = $1", table.name);
        self.write(table, id, Expect::Any, sql, vec![Value::from(id)], "delete")
    }

    /// Drops the images of a row's versions up to `through`, this transaction's own among them; see [`crate::erasure`].
    pub(crate) fn drop_images(&mut self, table: &str, row: Id, through: i64) {
        self.erasures.push((table.to_owned(), row, through));
    }

    fn write(
        &mut self,
        table: &'static Table,
        id: Id,
        expect: Expect,
        mut sql: String,
        mut bound: Vec<Value>,
        operation: &'static str,
    ) -> Result<i64, DbError> {
        if let Expect::Version(version) = expect {
            bound.push(Value::Int(version));
            sql.push_str(&format!(" and version = ${}", bound.len()));
        }
        sql.push_str(" returning version");
        for column in table.columns {
            sql.push_str(", ");
            sql.push_str(column);
        }
        let Some(row) = self.rx.one(&sql, &bound)? else {
            let exists = self.rx.one(&format!("select version from {} where id = $1", table.name), &params![id])?.is_some();
            return Err(if exists { DbError::Stale } else { DbError::Missing });
        };
        // A deleted row returns its last version; the deletion itself is one more.
        let version = row.get::<i64>(0)? + i64::from(operation == "delete");
        self.changed(table, id, version, operation, image(table, &row.values()[1..]))?;
        Ok(version)
    }

    fn changed(&mut self, table: &'static Table, row: Id, version: i64, operation: &'static str, image: String) -> Result<(), DbError> {
        if table.structural {
            self.rx.restamp()?;
        }
        let salt = self.ctx.random();
        let digest = digest(&salt, table.name, row, version, operation, &image);
        self.changes.push(Change { table: table.name, row, version, operation, image, salt, digest });
        Ok(())
    }

    /// Writes a line of the audit log. The first one of a transaction owns its changes.
    pub fn entry(&mut self, entry: NewEntry) {
        self.entries.push(entry);
    }

    /// Announces an event to the handlers subscribed to `topic`, after the commit. The body carries ids and states, never personal values.
    pub fn emit(&mut self, topic: &'static str, case_id: Option<Id>, body: &serde_json::Value) {
        self.events.push(Event { topic, case_id, body: body.to_string() });
    }

    /// Changes a table without history (sessions, leases, counters, drafts).
    ///
    /// # Errors
    /// [`DbError::Broken`] when the statement writes an audited table.
    pub fn upkeep(&mut self, sql: &str, params: &[Value]) -> Result<u64, DbError> {
        self.is_upkeep(sql)?;
        self.rx.execute(sql, params)
    }

    /// [`Tx::upkeep`] for what nobody waits for: it counts nothing, and what goes wrong is told later.
    ///
    /// # Errors
    /// [`DbError::Broken`] when the statement writes an audited table.
    pub fn upkeep_later(&mut self, sql: &str, params: &[Value]) -> Result<(), DbError> {
        self.is_upkeep(sql)?;
        self.rx.later(sql, params)
    }

    fn is_upkeep(&self, sql: &str) -> Result<(), DbError> {
        match written(sql).filter(|name| self.meta.audited.contains(name)) {
            Some(table) => Err(DbError::Broken(format!("{table} is audited: write it by insert, update or delete"))),
            None => Ok(()),
        }
    }

    /// Waits for rows that are on their way.
    ///
    /// # Errors
    /// What refused one of them.
    pub fn settle(&mut self) -> Result<(), DbError> {
        self.rx.settle()
    }

    /// Tells the job runner to look at its queue after the commit.
    pub(crate) fn wake_jobs(&mut self) {
        self.jobs = true;
    }

    /// Whether the dictionary is known to have a word; if not, the caller sees to it that it has at the end of this transaction.
    pub(crate) fn learn(&mut self, kind: &str, word: &str) -> bool {
        let key = self.meta.learned.key(kind, word);
        let known = self.meta.learned.knows(key);
        if !known {
            self.words.push(key);
        }
        known
    }

    /// The dictionary loses words in this transaction.
    pub(crate) fn forget_words(&mut self) {
        self.meta.learned.forget();
    }

    /// Writes history, entries and events. Returns what to do after the commit.
    pub(super) fn finish(mut self) -> Result<Committed, DbError> {
        if self.entries.is_empty()
            && let Some(change) = self.changes.first()
        {
            return Err(DbError::Unrecorded(change.table.to_owned()));
        }
        self.write_history()?;
        self.erase_images()?;
        self.write_entries()?;
        let outbox = self.write_events()?;
        self.rx.finish()?;
        let wake = Wake { outbox, jobs: self.jobs };
        Ok(Committed { wake, learned: Arc::clone(&self.meta.learned), words: self.words })
    }

    fn write_history(&mut self) -> Result<(), DbError> {
        let mut rows = Vec::with_capacity(self.changes.len());
        for change in &mut self.changes {
            let image = std::mem::take(&mut change.image);
            rows.push(params![change.table, change.row, change.version, change.operation, image, change.salt, change.digest, self.entry]);
        }
        self.later_rows(HISTORY, 8, &rows.iter().map(|row| row.as_slice()).collect::<Vec<_>>())
    }

    fn erase_images(&mut self) -> Result<(), DbError> {
        let sql = "update kernel_history set image = null, salt = $4 \
                   where table_name = $1 and row_id = $2 and version <= $3 and image is not null";
        for (table, row, through) in std::mem::take(&mut self.erasures) {
            self.rx.later(sql, &params![table, row, through, crate::erasure::NO_SALT])?;
        }
        Ok(())
    }

    fn write_entries(&mut self) -> Result<(), DbError> {
        let changes = i64::try_from(self.changes.len()).unwrap_or(i64::MAX);
        let changes_digest = changes_digest(self.changes.iter().map(|change| change.digest).collect());
        let mut rows = Vec::with_capacity(self.entries.len());
        for (place, new) in std::mem::take(&mut self.entries).into_iter().enumerate() {
            let (id, changes, changes_digest) =
                if place == 0 { (self.entry, changes, changes_digest.as_deref()) } else { (self.ctx.new_id(), 0, None) };
            rows.push(Sealed::new(&self.ctx, id, new).row(&self.ctx, changes, changes_digest));
        }
        self.later_rows(&ENTRY, COLUMNS.len(), &rows.iter().map(|row| row.as_slice()).collect::<Vec<_>>())
    }

    /// Puts rows off, several in a statement on PostgreSQL, which is spared the work for each. For SQLite a statement of several rows is
    /// a savepoint, at which the full-text index writes out what it has gathered.
    fn later_rows(&mut self, head: &str, width: usize, rows: &[&[Value]]) -> Result<(), DbError> {
        let together = if self.rx.dialect() == Dialect::Sqlite { 1 } else { ROWS_TOGETHER };
        for chunk in rows.chunks(together) {
            let bound: Vec<&Value> = chunk.iter().copied().flatten().collect();
            self.rx.later_with(&rows_of(head, chunk.len(), width), &bound)?;
        }
        Ok(())
    }

    fn write_events(&mut self) -> Result<bool, DbError> {
        let mut delivered = false;
        for event in std::mem::take(&mut self.events) {
            let handlers = self.meta.subscriptions.get(event.topic).map(Vec::as_slice).unwrap_or_default();
            if handlers.is_empty() {
                continue;
            }
            delivered = true;
            let id = self.ctx.new_id();
            self.rx.later(
                "insert into kernel_outbox (id, topic, case_id, body, entry, at) values ($1,$2,$3,$4,$5,$6)",
                &params![id, event.topic, event.case_id, event.body, self.entry, self.ctx.now()],
            )?;
            for handler in handlers {
                self.rx.later(
                    "insert into kernel_delivery (outbox, handler, order_key, state, attempts, run_at, error) values ($1,$2,$3,'due',0,$4,'')",
                    &params![id, *handler, event.case_id.unwrap_or(id), self.ctx.now()],
                )?;
            }
        }
        Ok(delivered)
    }
}

/// The digest of everything a transaction changed; none when it changed nothing. The digests are taken in their own order:
/// history keeps no order of its rows, and whoever checks the log has nothing else.
pub(crate) fn changes_digest(mut digests: Vec<[u8; 32]>) -> Option<Vec<u8>> {
    digests.sort_unstable();
    let mut all = Sha256::new();
    digests.iter().for_each(|digest| all.update(digest));
    (!digests.is_empty()).then(|| all.finalize().to_vec())
}

/// What a committed transaction leaves for others to do.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wake {
    pub(crate) outbox: bool,
    pub(crate) jobs: bool,
}

/// What is to be done once a transaction is committed.
pub(super) struct Committed {
    wake: Wake,
    learned: Arc<Learned>,
    words: Vec<u64>,
}

impl Committed {
    pub(super) fn wake(self) -> Wake {
        if !self.words.is_empty() {
            self.learned.add(&self.words);
        }
        self.wake
    }
}

/// The values of a row in the order of its table's columns; those not named are null.
pub(crate) fn arrange(table: &Table, columns: &[(&str, Value)]) -> Result<Vec<Value>, DbError> {
    Ok(arranged(table, columns)?.cloned().collect())
}

fn arranged<'v>(table: &Table, columns: &'v [(&str, Value)]) -> Result<impl Iterator<Item = &'v Value>, DbError> {
    known(table, columns)?;
    let value = |column: &&str| columns.iter().find(|(name, _)| name == column).map_or(&Value::Null, |(_, value)| value);
    Ok(table.columns.iter().map(value))
}

fn known(table: &Table, columns: &[(&str, Value)]) -> Result<(), DbError> {
    match columns.iter().find(|(name, _)| !table.columns.contains(name)) {
        _ if !table.audited => Err(DbError::Broken(format!("{} is not audited: use upkeep", table.name))),
        Some((name, _)) => Err(DbError::Broken(format!("{} has no column {name}", table.name))),
        None => Ok(()),
    }
}

/// Rows of one statement on PostgreSQL.
const ROWS_TOGETHER: usize = 16;

static ENTRY: LazyLock<String> = LazyLock::new(|| format!("insert into kernel_entry ({}) values ", COLUMNS.join(", ")));
const HISTORY: &str = "insert into kernel_history (table_name, row_id, version, op, image, salt, digest, entry) values ";

/// `insert into table (id, version, …) values ($1, 1, …)`; one text a table and thread.
fn inserting(table: &'static Table) -> Rc<str> {
    thread_local! {
        static KNOWN: RefCell<HashMap<&'static str, Rc<str>>> = RefCell::default();
    }
    let make = || -> Rc<str> {
        let marks: Vec<String> = (0..table.columns.len()).map(|index| format!("${}", index + 2)).collect();
        format!("insert into {} (id, version, {}) values ($1, 1, {})", table.name, table.columns.join(", "), marks.join(", ")).into()
    };
    KNOWN.with(|known| Rc::clone(known.borrow_mut().entry(table.name).or_insert_with(make)))
}

/// `head ($1,…,$w),($w+1,…)` for `rows` rows of `width` values.
pub(crate) fn rows_of(head: &str, rows: usize, width: usize) -> String {
    let mut sql = String::with_capacity(head.len() + rows * (width * 5 + 3));
    sql.push_str(head);
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..width {
            // Writing to a string cannot fail.
            let _ = write!(sql, "{}${}", if column > 0 { "," } else { "" }, row * width + column + 1);
        }
        sql.push(')');
    }
    sql
}

/// The table a statement writes.
fn written(sql: &str) -> Option<&str> {
    let mut words = sql.split_whitespace();
    let verb = words.next()?;
    let name = match verb.to_ascii_lowercase().as_str() {
        "insert" | "delete" => words.nth(1)?,
        "update" => words.next()?,
        _ => return None,
    };
    Some(name.split('(').next().unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_written_table_is_found() {
        assert_eq!(written("insert into kernel_session(a) values ($1)"), Some("kernel_session"));
        assert_eq!(written("update kernel_post set x = 1"), Some("kernel_post"));
        assert_eq!(written(" delete from kernel_job where 1=1"), Some("kernel_job"));
        assert_eq!(written("select 1"), None);
    }

    #[test]
    fn rows_are_numbered_through() {
        assert_eq!(rows_of("v ", 2, 2), "v ($1,$2),($3,$4)");
    }
}

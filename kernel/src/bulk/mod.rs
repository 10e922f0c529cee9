//! Loading many rows at once, with the history a transaction would have left.
//!
//! An import of years of work would take days through [`crate::Tx`]. A [`Batch`] is put together without a database — rows,
//! their images and digests, the entries that commit to them, search documents — on as many threads as there are, and
//! [`Bulk`] writes it in one transaction. What it writes is byte for byte what `Tx::insert` and `Tx::entry` write (a test
//! holds them together); only events are not announced, because nobody is waiting for what happened years ago.
//!
//! The database must not be in use: [`Bulk`] gives up durability until [`Bulk::finish`]. If the machine stops before, the
//! load is begun again on an empty database.

mod check;
mod load;
#[cfg(test)]
mod tests;

pub(crate) use check::digest_of;
pub use check::{check, check_some};
pub use load::Bulk;

use crate::{
    Ctx, DbError, Id, NewEntry, Table, Value,
    db::{arrange, changes_digest, digest, image},
    entry::{self, Sealed},
    keys::Keys,
    params,
    party::{self, NewPerson},
    search::{Doc, Indexed},
    tables,
};

/// The kernel's table of this name, for loaders of rows whose module keeps its table to itself.
///
/// # Errors
/// [`DbError::Broken`] when there is none.
pub fn table(name: &str) -> Result<&'static Table, DbError> {
    tables::all().find(|table| table.name == name).ok_or_else(|| DbError::Broken(format!("there is no table {name}")))
}

/// Rows of one table, one value after the other.
struct Rows {
    table: &'static str,
    columns: Vec<&'static str>,
    values: Vec<Value>,
}

impl Rows {
    const fn new(table: &'static str, columns: Vec<&'static str>) -> Self {
        Self { table, columns, values: Vec::new() }
    }
}

const HISTORY: [&str; 8] = ["table_name", "row_id", "version", "op", "image", "salt", "digest", "entry"];

/// What one transaction of [`Bulk`] writes.
pub struct Batch {
    rows: Vec<Rows>,
    history: Rows,
    entries: Rows,
    docs: Vec<Indexed>,
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            history: Rows::new("kernel_history", HISTORY.to_vec()),
            entries: Rows::new("kernel_entry", entry::COLUMNS.to_vec()),
            docs: Vec::new(),
        }
    }
}

impl Batch {
    /// Begins an entry; `ctx` says who, when and from where, as for a transaction.
    pub fn story<'b>(&'b mut self, ctx: &Ctx) -> Story<'b> {
        Story { entry: ctx.new_id(), batch: self, ctx: ctx.clone(), digests: Vec::new() }
    }

    /// A row of a table without history (figures, counters), all its columns named.
    pub fn plain(&mut self, table: &'static str, columns: &[(&'static str, Value)]) {
        let rows = self.rows_of(table, || columns.iter().map(|(name, _)| *name).collect());
        rows.values.extend(columns.iter().map(|(_, value)| value.clone()));
    }

    /// Something to be found. It must not be in the index yet.
    pub fn doc(&mut self, doc: Doc) {
        self.docs.push(doc.indexed());
    }

    /// How many audited rows are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.history.values.len() / HISTORY.len()
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.docs.is_empty()
    }

    fn rows_of(&mut self, table: &'static str, columns: impl FnOnce() -> Vec<&'static str>) -> &mut Rows {
        let place = self.rows.iter().position(|rows| rows.table == table).unwrap_or_else(|| {
            self.rows.push(Rows::new(table, columns()));
            self.rows.len() - 1
        });
        &mut self.rows[place]
    }
}

/// One entry and the rows that belong to it.
pub struct Story<'b> {
    batch: &'b mut Batch,
    ctx: Ctx,
    entry: Id,
    digests: Vec<[u8; 32]>,
}

impl Story<'_> {
    /// The circumstances; new ids come from here.
    #[must_use]
    pub const fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// As `Tx::insert`.
    ///
    /// # Errors
    /// [`DbError::Broken`] for a column the table does not have.
    pub fn insert(&mut self, table: &'static Table, id: Id, columns: &[(&str, Value)]) -> Result<(), DbError> {
        let values = arrange(table, columns)?;
        let image = image(table, &values);
        let salt: [u8; 16] = self.ctx.random();
        let digest = digest(&salt, table.name, id, 1, "insert", &image);
        self.digests.push(digest);
        self.batch.history.values.extend(params![table.name, id, 1_i64, "insert", image, salt, digest, self.entry]);
        let rows = self.batch.rows_of(table.name, || ["id", "version"].iter().chain(table.columns).copied().collect());
        rows.values.extend(params![id, 1_i64]);
        rows.values.extend(values);
        Ok(())
    }

    /// As `kernel::party::create`.
    ///
    /// # Errors
    /// As [`Story::insert`].
    pub fn person(&mut self, keys: &Keys, new: &NewPerson) -> Result<Id, DbError> {
        let id = self.ctx.new_id();
        self.insert(&party::PERSON, id, &party::columns_of(&self.ctx, keys, id, new))?;
        Ok(id)
    }

    /// Closes the story: the entry commits to its rows.
    pub fn end(self, entry: NewEntry) {
        let changes = i64::try_from(self.digests.len()).unwrap_or(i64::MAX);
        let all = changes_digest(self.digests);
        let entry = Sealed::new(&self.ctx, self.entry, entry);
        self.batch.entries.values.extend(entry.row(&self.ctx, changes, all.as_deref()));
    }
}

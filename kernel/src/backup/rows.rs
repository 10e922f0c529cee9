//! Rows of a table in the order of its key, page by page; and back again.

use super::{files::failed, shape::Shape};
use crate::{
    Id, Result, Row, Rx, Tx, Value,
    db::{DbError, Dialect},
    params,
};

/// Rows read at once.
const PAGE: usize = 500;
/// Values bound at once; both databases take more.
const BOUND_MAX: usize = 4_000;

/// Gives every row, booleans as 0 and 1, so that both databases give the same.
pub(super) fn each(rx: &mut Rx<'_>, shape: &Shape, mut take: impl FnMut(&[Value]) -> Result<()>) -> Result<()> {
    let key = shape.key.join(", ");
    let places: Vec<usize> = shape.key.iter().filter_map(|name| shape.columns.iter().position(|column| column == name)).collect();
    let numbers: Vec<String> = (1..=places.len()).map(|number| format!("${number}")).collect();
    let head = format!("select {} from {}", shape.columns.join(", "), shape.from);
    let first = format!("{head} order by {key} limit {PAGE}");
    let next = format!("{head} where ({key}) > ({}) order by {key} limit {PAGE}", numbers.join(", "));
    let mut after: Option<Vec<Value>> = None;
    loop {
        let page: Vec<Row> = match &after {
            None => rx.all(&first, &[])?,
            Some(key) => rx.all(&next, key)?,
        };
        for row in &page {
            take(&plain(row.values()))?;
        }
        match page.last() {
            Some(row) if page.len() == PAGE => after = Some(places.iter().filter_map(|place| row.values().get(*place).cloned()).collect()),
            _ => return Ok(()),
        }
    }
}

fn plain(values: &[Value]) -> Vec<Value> {
    let one = |value: &Value| match value {
        Value::Bool(truth) => Value::Int(i64::from(*truth)),
        other => other.clone(),
    };
    values.iter().map(one).collect()
}

/// The id in a column of a saved row.
pub(super) fn id(row: &[Value], place: usize) -> Result<Id> {
    match row.get(place) {
        Some(Value::Bytes(bytes)) => Id::try_from(bytes.as_slice()).map_err(|_| failed("an id in the backup is not 16 bytes")),
        _ => Err(failed("an id in the backup is not 16 bytes")),
    }
}

/// Puts saved rows into a table, many in a statement.
pub(super) struct Loader<'a> {
    shape: &'a Shape,
    rows: Vec<Vec<Value>>,
    most: usize,
}

impl<'a> Loader<'a> {
    pub(super) fn new(shape: &'a Shape) -> Self {
        Self { shape, rows: Vec::new(), most: (BOUND_MAX / shape.columns.len().max(1)).clamp(1, 500) }
    }

    pub(super) fn add(&mut self, tx: &mut Tx<'_>, row: Vec<Value>) -> Result<()> {
        if row.len() != self.shape.columns.len() {
            return Err(failed(format!("a saved row of {} has {} values", self.shape.name, row.len())));
        }
        if self.shape.is_search() {
            return Ok(index(tx, row)?);
        }
        self.rows.push(row);
        if self.rows.len() >= self.most { self.flush(tx) } else { Ok(()) }
    }

    pub(super) fn finish(mut self, tx: &mut Tx<'_>) -> Result<()> {
        self.flush(tx)?;
        if self.shape.is_search() && tx.dialect() == Dialect::Postgres {
            // New documents go on after the last one.
            tx.all("select setval(pg_get_serial_sequence('kernel_search', 'seq'), max(seq)) from kernel_search having max(seq) > 0", &[])?;
        }
        Ok(())
    }

    fn flush(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let width = self.shape.columns.len();
        let tuple = |row: usize| {
            let numbers: Vec<String> = (1..=width).map(|column| format!("${}", row * width + column)).collect();
            format!("({})", numbers.join(", "))
        };
        let tuples: Vec<String> = (0..self.rows.len()).map(tuple).collect();
        let sql = format!("insert into {} ({}) values {}", self.shape.name, self.shape.columns.join(", "), tuples.join(", "));
        let bound: Vec<Value> = self.rows.drain(..).flatten().collect();
        tx.execute(&sql, &bound)?;
        Ok(())
    }
}

/// A saved document of the search index: its row, and its tokens in the database's own form.
fn index(tx: &mut Tx<'_>, mut row: Vec<Value>) -> Result<(), DbError> {
    let tokens = row.pop().unwrap_or(Value::Null);
    let seq = row.first().cloned().unwrap_or(Value::Null);
    tx.execute("insert into kernel_search (seq, kind, id, title, words) values ($1, $2, $3, $4, $5)", &row)?;
    let sql = match tx.dialect() {
        Dialect::Sqlite => "insert into kernel_search_index (rowid, tokens) values ($1, $2)",
        Dialect::Postgres => "insert into kernel_search_index (seq, tokens) values ($1, cast(cast($2 as text) as tsvector))",
    };
    tx.execute(sql, &params![seq, tokens])?;
    Ok(())
}

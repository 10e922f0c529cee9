//! Writing batches: prepared inserts on SQLite, binary COPY on PostgreSQL.

use std::{
    collections::HashSet,
    error::Error as StdError,
    path::PathBuf,
    time::{Duration, Instant},
};

use postgres::binary_copy::BinaryCopyInWriter;
use postgres_types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use rusqlite::Connection;

use super::{Batch, Rows};
use crate::{
    DbError, Value,
    db::Target,
    params,
    search::{is_lettered, neighbours, title_kind},
};

/// How long to wait for whoever had the embedded database open.
const WAIT: Duration = Duration::from_secs(10);

enum Sink {
    Sqlite { conn: Connection, path: PathBuf },
    Postgres(Box<postgres::Client>),
}

/// A database being loaded. Nobody else may use it meanwhile.
pub struct Bulk {
    sink: Sink,
    seq: i64,
    /// Words the dictionary has, by kind.
    words: HashSet<(String, String)>,
}

impl Bulk {
    /// Opens a migrated database.
    ///
    /// # Errors
    /// [`DbError::Away`] when it cannot be reached or is in use.
    pub fn open(target: &Target) -> Result<Self, DbError> {
        let mut sink = match target {
            Target::Sqlite(path) => {
                let conn = Connection::open(path)?;
                conn.busy_timeout(WAIT)?;
                conn.set_prepared_statement_cache_capacity(64);
                alone(&conn)?;
                conn.execute_batch(
                    "pragma locking_mode = exclusive; pragma synchronous = off; pragma temp_store = memory; pragma cache_size = -2097152; \
                     insert into kernel_search_index (kernel_search_index, rank) values ('automerge', 0);",
                )?;
                Sink::Sqlite { conn, path: path.clone() }
            }
            Target::Postgres(url) => {
                let mut client = crate::tls::Way::read(url)?.connect()?;
                // New search rows wait in a list until the end, not only some hundreds of them; the index is the same afterwards.
                client.batch_execute(
                    "set synchronous_commit = off; set maintenance_work_mem = '512MB'; \
                     alter index kernel_search_index_tokens set (gin_pending_list_limit = 2097151)",
                )?;
                Sink::Postgres(Box::new(client))
            }
        };
        let seq = sink.number("select coalesce(max(seq), 0) from kernel_search")?;
        let words = sink.pairs("select kind, word from kernel_search_word")?;
        Ok(Self { sink, seq, words })
    }

    /// Writes a batch in one transaction.
    ///
    /// # Errors
    /// What the database says; then nothing of the batch was kept on PostgreSQL, and an embedded database is to be thrown away.
    pub fn write(&mut self, mut batch: Batch) -> Result<(), DbError> {
        let mut search = Rows::new("kernel_search", vec!["seq", "kind", "id", "title", "words"]);
        let mut near = Rows::new("kernel_search_near", vec!["kind", "near", "word"]);
        let mut words = Rows::new("kernel_search_word", vec!["kind", "word"]);
        let first = self.seq + 1;
        for doc in &mut batch.docs {
            self.seq += 1;
            let (title, folded) = (std::mem::take(&mut doc.title), std::mem::take(&mut doc.words));
            search.values.extend(params![self.seq, doc.kind, doc.id, title, folded]);
            let titles = title_kind(doc.kind);
            for (kind, list, forgiving) in [(doc.kind, &doc.names, true), (titles.as_str(), &doc.titles, false)] {
                for word in list.iter().filter(|word| is_lettered(word)) {
                    if !self.words.insert((kind.to_owned(), word.clone())) {
                        continue;
                    }
                    words.values.extend(params![kind, word]);
                    if forgiving {
                        neighbours(word).into_iter().for_each(|key| near.values.extend(params![kind, key, word]));
                    }
                }
            }
        }
        let mut all = batch.rows;
        all.extend([batch.history, batch.entries, search, words, near]);
        let tokens: Vec<&[String]> = batch.docs.iter().map(|doc| doc.tokens.as_slice()).collect();
        match &mut self.sink {
            Sink::Sqlite { conn, .. } => write_sqlite(conn, &all, first, &tokens),
            Sink::Postgres(client) => write_postgres(client, &all, first, &tokens),
        }
    }

    /// Makes everything durable and the database fit for use.
    ///
    /// # Errors
    /// What the database or the disk says.
    pub fn finish(self) -> Result<(), DbError> {
        let away = |error: std::io::Error| DbError::Away(error.to_string());
        match self.sink {
            Sink::Sqlite { conn, path } => {
                conn.execute_batch(
                    "insert into kernel_search_index (kernel_search_index, rank) values ('automerge', 4); \
                     insert into kernel_search_index (kernel_search_index) values ('optimize'); \
                     pragma analysis_limit = 2000; analyze; pragma locking_mode = normal; pragma journal_mode = wal;",
                )?;
                drop(conn);
                std::fs::File::open(&path).and_then(|file| file.sync_all()).map_err(away)
            }
            Sink::Postgres(mut client) => {
                // Each by itself: together they are one transaction, whose locks meet those of an autovacuum in a circle.
                for sql in [
                    "select gin_clean_pending_list('kernel_search_index_tokens')",
                    // As the migration has it.
                    "alter index kernel_search_index_tokens set (gin_pending_list_limit = 512)",
                    "select setval(pg_get_serial_sequence('kernel_search', 'seq'), coalesce(max(seq), 0) + 1, false) from kernel_search",
                    "analyze",
                    // Lists read these by their indexes alone once every page is known to be visible to all.
                    "vacuum kernel_case, kernel_search, kernel_person, kernel_task",
                    "checkpoint",
                ] {
                    client.batch_execute(sql)?;
                }
                Ok(())
            }
        }
    }
}

impl Sink {
    fn number(&mut self, sql: &str) -> Result<i64, DbError> {
        Ok(match self {
            Self::Sqlite { conn, .. } => conn.query_row(sql, [], |row| row.get(0))?,
            Self::Postgres(client) => client.query_one(sql, &[])?.try_get(0)?,
        })
    }

    fn pairs(&mut self, sql: &str) -> Result<HashSet<(String, String)>, DbError> {
        Ok(match self {
            Self::Sqlite { conn, .. } => {
                let mut statement = conn.prepare(sql)?;
                statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?
            }
            Self::Postgres(client) => {
                client.query(sql, &[])?.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, DbError>>()?
            }
        })
    }
}

/// Waits until nobody else has the embedded database open, and leaves it without a journal.
fn alone(conn: &Connection) -> Result<(), DbError> {
    let began = Instant::now();
    loop {
        let mode = conn.query_row("pragma journal_mode = off", [], |row| row.get::<_, String>(0));
        if mode.is_ok_and(|mode| mode == "off") {
            return Ok(());
        }
        if began.elapsed() > WAIT {
            return Err(DbError::Away("the database is in use".into()));
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

fn write_sqlite(conn: &Connection, all: &[Rows], first: i64, tokens: &[&[String]]) -> Result<(), DbError> {
    conn.execute_batch("begin immediate")?;
    for rows in all {
        let marks: Vec<String> = (1..=rows.columns.len()).map(|n| format!("?{n}")).collect();
        // A neighbour may stand there from another word's load; everything else is new.
        let conflict = if rows.table == "kernel_search_near" { " on conflict do nothing" } else { "" };
        let sql = format!("insert into {} ({}) values ({}){conflict}", rows.table, rows.columns.join(", "), marks.join(", "));
        let mut statement = conn.prepare_cached(&sql)?;
        for row in rows.values.chunks_exact(rows.columns.len()) {
            for (place, value) in row.iter().enumerate() {
                statement.raw_bind_parameter(place + 1, value)?;
            }
            statement.raw_execute()?;
        }
    }
    let mut statement = conn.prepare_cached("insert into kernel_search_index (rowid, tokens) values (?1, ?2)")?;
    for (seq, tokens) in (first..).zip(tokens) {
        statement.execute(rusqlite::params![seq, tokens.join(" ")])?;
    }
    drop(statement);
    conn.execute_batch("commit")?;
    Ok(())
}

fn write_postgres(client: &mut postgres::Client, all: &[Rows], first: i64, tokens: &[&[String]]) -> Result<(), DbError> {
    let mut transaction = client.transaction()?;
    for rows in all.iter().filter(|rows| !rows.values.is_empty()) {
        let columns = rows.columns.join(", ");
        if rows.table == "kernel_search_near" {
            let statement =
                transaction.prepare("insert into kernel_search_near (kind, near, word) values ($1, $2, $3) on conflict do nothing")?;
            for row in rows.values.chunks_exact(3) {
                transaction.execute(&statement, &[&row[0], &row[1], &row[2]])?;
            }
            continue;
        }
        let types: Vec<Type> = transaction
            .prepare(&format!("select {columns} from {}", rows.table))?
            .columns()
            .iter()
            .map(|column| column.type_().clone())
            .collect();
        let into = transaction.copy_in(&format!("copy {} ({columns}) from stdin (format binary)", rows.table))?;
        let mut writer = BinaryCopyInWriter::new(into, &types);
        let mut bound: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(types.len());
        for row in rows.values.chunks_exact(types.len()) {
            bound.clear();
            bound.extend(row.iter().map(|value: &Value| value as &(dyn ToSql + Sync)));
            writer.write(&bound)?;
        }
        writer.finish()?;
    }
    if !tokens.is_empty() {
        let into = transaction.copy_in("copy kernel_search_index (seq, tokens) from stdin (format binary)")?;
        let mut writer = BinaryCopyInWriter::new(into, &[Type::INT8, Type::TS_VECTOR]);
        for (seq, tokens) in (first..).zip(tokens) {
            writer.write(&[&seq, &Lexemes(tokens)])?;
        }
        writer.finish()?;
    }
    Ok(transaction.commit()?)
}

/// A tsvector without places, as PostgreSQL receives it: a count, then each lexeme with a zero byte and no positions.
#[derive(Debug)]
struct Lexemes<'a>(&'a [String]);

impl ToSql for Lexemes<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        out.extend_from_slice(&i32::try_from(self.0.len())?.to_be_bytes());
        for lexeme in self.0 {
            out.extend_from_slice(lexeme.as_bytes());
            out.extend_from_slice(&[0, 0, 0]);
        }
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::TS_VECTOR
    }

    to_sql_checked!();
}

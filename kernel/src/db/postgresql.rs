//! PostgreSQL: a pool of sessions for readers, and writers beside them (see `lanes`).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use postgres::{Client, Statement};
use postgres_types::{ToSql, Type};
use tokio::sync::Semaphore;

use super::{
    DbError, Row, Rx, Value, Wakers,
    group::Job,
    lanes::{self, Queue},
    rx::Conn,
    tx::Meta,
};
use crate::tls::Way;

/// Readers open at once.
const READERS: usize = 12;

/// One connection with its prepared statements.
pub(crate) struct Session {
    client: Client,
    statements: HashMap<String, Statement>,
    /// Statements that may have written.
    writes: u64,
    /// A statement failed: PostgreSQL takes no more in this transaction.
    failed: bool,
}

impl Session {
    fn statement(&mut self, sql: &str) -> Result<Statement, DbError> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|error| explain(error, sql))?;
        if self.statements.len() >= 1024 {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(crate) fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, DbError> {
        self.writes += u64::from(!sql.starts_with("select"));
        let asked = self.statement(sql).and_then(|statement| {
            let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| value as _).collect();
            self.client.query(&statement, &params).map_err(|error| explain(error, sql))
        });
        self.failed |= asked.is_err();
        asked?.iter().map(read_row).collect()
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[&Value]) -> Result<u64, DbError> {
        self.writes += 1;
        let done = self.statement(sql).and_then(|statement| {
            let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| *value as _).collect();
            self.client.execute(&statement, &params).map_err(|error| explain(error, sql))
        });
        self.failed |= done.is_err();
        done
    }

    /// Where the transaction stands, for [`Session::is_clean_since`].
    pub(super) const fn mark(&self) -> u64 {
        self.writes
    }

    /// Whether nothing was written since, and PostgreSQL takes more in this transaction.
    pub(super) const fn is_clean_since(&self, mark: u64) -> bool {
        !self.failed && self.writes == mark
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        self.writes += 1;
        let done = self.client.batch_execute(sql).map_err(|error| explain(error, sql));
        self.failed |= done.is_err();
        done
    }
}

fn explain(error: postgres::Error, sql: &str) -> DbError {
    match DbError::from(error) {
        DbError::Broken(text) => DbError::Broken(format!("{text} in: {sql}")),
        other => other,
    }
}

fn read_row(row: &postgres::Row) -> Result<Row, DbError> {
    let mut values = Vec::with_capacity(row.len());
    for (index, column) in row.columns().iter().enumerate() {
        values.push(match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(index)?.map_or(Value::Null, Value::Int),
            Type::INT4 => row.try_get::<_, Option<i32>>(index)?.map_or(Value::Null, |n| Value::Int(n.into())),
            Type::TEXT | Type::VARCHAR | Type::NAME => row.try_get::<_, Option<String>>(index)?.map_or(Value::Null, Value::Text),
            Type::BOOL => row.try_get::<_, Option<bool>>(index)?.map_or(Value::Null, Value::Bool),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index)?.map_or(Value::Null, Value::Bytes),
            ref other => return Err(DbError::Broken(format!("column {} is {other}; cast it to bigint, text or bytea", column.name()))),
        });
    }
    Ok(Row(values))
}

/// A PostgreSQL server, version 15 or newer.
pub(crate) struct Postgres {
    sessions: Arc<Sessions>,
    permits: Arc<Semaphore>,
    queue: Arc<Queue>,
}

impl Postgres {
    pub(crate) fn open(url: &str, meta: Arc<Meta>, wakers: Arc<Wakers>) -> Result<Self, DbError> {
        let sessions = Arc::new(Sessions { way: Way::read(url)?, idle: Mutex::new(Vec::new()) });
        let queue = Arc::new(Queue::default());
        lanes::start(&sessions, &queue, &meta, &wakers)?;
        Ok(Self { sessions, permits: Arc::new(Semaphore::new(READERS)), queue })
    }

    pub(crate) fn permits(&self) -> Arc<Semaphore> {
        Arc::clone(&self.permits)
    }

    /// Runs a read on the calling thread, inside one snapshot. A session the server closed meanwhile is replaced once.
    pub(crate) fn read<T, E: From<DbError>>(&self, run: impl FnOnce(&mut Rx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut session = self.sessions.begun("begin isolation level repeatable read, read only")?;
        let result = run(&mut Rx::new(Conn::Postgres(&mut session)));
        if session.batch("commit").is_ok() {
            self.sessions.give_back(session);
        }
        result
    }

    /// Hands a closure to the writers.
    pub(crate) fn write(&self, job: Box<dyn Job>) {
        self.queue.push(job);
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// Open connections.
pub(super) struct Sessions {
    way: Way,
    idle: Mutex<Vec<Session>>,
}

impl Sessions {
    fn session(&self) -> Result<Session, DbError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(session) = idle.filter(|session| !session.client.is_closed()) {
            return Ok(session);
        }
        let mut client = self.way.connect()?;
        client.batch_execute("set client_encoding = 'UTF8'; set timezone = 'UTC'; set synchronous_commit = on; set jit = off; set statement_timeout = '60s'; set idle_in_transaction_session_timeout = '60s'")?;
        Ok(Session { client, statements: HashMap::new(), writes: 0, failed: false })
    }

    pub(super) fn give_back(&self, session: Session) {
        if !session.client.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        }
    }

    /// A session with an open transaction; idle sessions that died with the server are dropped.
    pub(super) fn begun(&self, begin: &str) -> Result<Session, DbError> {
        loop {
            let fresh = self.idle.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
            let mut session = self.session()?;
            session.failed = false;
            match session.batch(begin) {
                Ok(()) => return Ok(session),
                Err(error) if fresh => return Err(error),
                Err(_) => {}
            }
        }
    }
}

impl Drop for Sessions {
    /// A session owns a small runtime, which must not be dropped on an async thread.
    fn drop(&mut self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        if let Ok(thread) = std::thread::Builder::new().spawn(move || drop(idle)) {
            drop(thread.join());
        }
    }
}

/// Errors that may carry a lost race between transactions.
pub trait MaybeConflict {
    /// Whether running the closure again may succeed.
    fn is_conflict(&self) -> bool;
}

impl MaybeConflict for DbError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict)
    }
}

impl MaybeConflict for crate::Error {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Db(DbError::Conflict))
    }
}

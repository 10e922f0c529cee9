//! PostgreSQL: a pool of sessions; each closure is one SERIALIZABLE transaction, run again when another was in the way.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use postgres::{Client, NoTls, Statement};
use postgres_types::{ToSql, Type};
use tokio::sync::Semaphore;

use super::{
    DbError, Row, Rx, Tx, Value, Wakers,
    rx::Conn,
    tx::{Meta, Wake},
};
use crate::Ctx;

/// Sessions open at once.
const SESSIONS: usize = 16;
/// How often a transaction is run again before the caller is told to try later.
const ATTEMPTS_MAX: u32 = 12;

/// One connection with its prepared statements.
pub(crate) struct Session {
    client: Client,
    statements: HashMap<String, Statement>,
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
        let statement = self.statement(sql)?;
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| value as _).collect();
        let rows = self.client.query(&statement, &params).map_err(|error| explain(error, sql))?;
        rows.iter().map(read_row).collect()
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, DbError> {
        let statement = self.statement(sql)?;
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| value as _).collect();
        self.client.execute(&statement, &params).map_err(|error| explain(error, sql))
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        self.client.batch_execute(sql).map_err(|error| explain(error, sql))
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
    config: postgres::Config,
    idle: Mutex<Vec<Session>>,
    permits: Arc<Semaphore>,
    meta: Arc<Meta>,
    wakers: Arc<Wakers>,
}

impl Postgres {
    pub(crate) fn open(url: &str, meta: Arc<Meta>, wakers: Arc<Wakers>) -> Result<Self, DbError> {
        let mut config: postgres::Config =
            url.parse().map_err(|error| DbError::Broken(format!("the database URL is not valid: {error}")))?;
        config.connect_timeout(Duration::from_secs(5)).application_name("smartgovt");
        Ok(Self { config, idle: Mutex::new(Vec::new()), permits: Arc::new(Semaphore::new(SESSIONS)), meta, wakers })
    }

    pub(crate) fn permits(&self) -> Arc<Semaphore> {
        Arc::clone(&self.permits)
    }

    fn session(&self) -> Result<Session, DbError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(session) = idle.filter(|session| !session.client.is_closed()) {
            return Ok(session);
        }
        let mut client = self.config.connect(NoTls).map_err(|error| DbError::Away(error.to_string()))?;
        client.batch_execute("set client_encoding = 'UTF8'; set timezone = 'UTC'; set synchronous_commit = on; set jit = off; set statement_timeout = '60s'; set idle_in_transaction_session_timeout = '60s'")?;
        Ok(Session { client, statements: HashMap::new() })
    }

    fn give_back(&self, session: Session) {
        if !session.client.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        }
    }

    /// Runs a read on the calling thread, inside one snapshot. A session the server closed meanwhile is replaced once.
    pub(crate) fn read<T, E: From<DbError>>(&self, run: impl FnOnce(&mut Rx<'_>) -> Result<T, E>) -> Result<T, E> {
        let begin = "begin isolation level repeatable read, read only";
        let mut session = self.begun(begin)?;
        let result = run(&mut Rx { conn: Conn::Postgres(&mut session) });
        if session.batch("commit").is_ok() {
            self.give_back(session);
        }
        result
    }

    /// A session with an open transaction; idle sessions that died with the server are dropped.
    fn begun(&self, begin: &str) -> Result<Session, DbError> {
        loop {
            let fresh = self.idle.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
            let mut session = self.session()?;
            match session.batch(begin) {
                Ok(()) => return Ok(session),
                Err(error) if fresh => return Err(error),
                Err(_) => {}
            }
        }
    }

    /// Runs a write on the calling thread.
    pub(crate) fn write<T, E>(&self, ctx: &Ctx, run: impl Fn(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbError> + MaybeConflict,
    {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut session = self.begun("begin isolation level serializable")?;
            let mut tx = Tx::new(Rx { conn: Conn::Postgres(&mut session) }, ctx, &self.meta);
            let outcome = run(&mut tx).and_then(|value| Ok((value, tx.finish()?)));
            let (value, wake): (T, Wake) = match outcome {
                Ok(done) => done,
                Err(error) => {
                    if session.batch("rollback").is_ok() {
                        self.give_back(session);
                    }
                    if error.is_conflict() && attempt < ATTEMPTS_MAX {
                        pause(attempt);
                        continue;
                    }
                    return Err(error);
                }
            };
            match session.batch("commit") {
                Ok(()) => {
                    self.give_back(session);
                    self.wakers.wake(wake);
                    return Ok(value);
                }
                Err(DbError::Conflict) if attempt < ATTEMPTS_MAX => {
                    self.give_back(session);
                    pause(attempt);
                }
                Err(error) => return Err(E::from(error)),
            }
        }
    }
}

impl Drop for Postgres {
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

/// A short, growing pause, different for each attempt, so that two racers do not meet again.
fn pause(attempt: u32) {
    let mut byte = [0_u8; 1];
    let _ = getrandom::fill(&mut byte);
    let micros = u64::from(byte[0]) * 8 + (200 << attempt.min(8));
    std::thread::park_timeout(Duration::from_micros(micros));
}

//! PostgreSQL: a pool of sessions for readers, and writers beside them (see `lanes`).

use std::{
    collections::HashMap,
    future::poll_fn,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use futures_core::Stream as _;
use postgres_types::Type;
use tokio::{runtime::Runtime, sync::Semaphore};
use tokio_postgres::Statement;

use super::{
    DbError, Row, Rx, Value, Wakers,
    group::Job,
    lanes::{self, Queue},
    rx::Conn,
    tx::Meta,
};
use crate::tls::{Driver, Way};

/// Readers open at once.
const READERS: usize = 12;
/// A session that was in use so recently is not asked first whether it lives.
const TRUSTED: Duration = Duration::from_secs(1);

/// So many statements that nobody waits for are sent without a question, so that PostgreSQL works at them while the closure goes on.
const TOGETHER: usize = 8;

/// One connection with its prepared statements.
///
/// What nobody waits for is put off and travels with the next question: the beginning of a transaction, inserts, the end of a reading.
pub(crate) struct Session {
    line: Line,
    statements: HashMap<String, Statement>,
    /// Begins the transaction; sent with its first statement.
    opening: Option<&'static str>,
    later: Vec<(Statement, Vec<Value>, String)>,
    /// What was sent and is not answered yet, in the order of sending.
    underway: Vec<Underway>,
    /// Statements that may have written.
    writes: u64,
    /// The first statement that failed: PostgreSQL takes no more in this transaction.
    failed: Option<DbError>,
    /// The stamp of the structural tables, as this transaction has read it.
    pub(super) stamp: Option<i64>,
    /// Several closures share this transaction: none waits for its own end.
    pub(super) shared: bool,
    /// Since when nobody uses it.
    idle: Instant,
}

/// What a statement brought.
enum Answer {
    Nothing,
    Changed(u64),
    Rows(Vec<postgres::Row>),
}

type Asking = Pin<Box<dyn Future<Output = Result<Answer, tokio_postgres::Error>> + Send>>;

/// A statement on its way, and what it brought.
struct Underway {
    sql: String,
    asking: Asking,
    answer: Option<Result<Answer, tokio_postgres::Error>>,
}

impl Underway {
    fn new(sql: &str, asking: impl Future<Output = Result<Answer, tokio_postgres::Error>> + Send + 'static) -> Self {
        Self { sql: sql.to_owned(), asking: Box::pin(asking), answer: None }
    }

    /// Whether it is answered. The first look sends it.
    fn look(&mut self, cx: &mut Context<'_>) -> bool {
        if self.answer.is_none()
            && let Poll::Ready(answer) = self.asking.as_mut().poll(cx)
        {
            self.answer = Some(answer);
        }
        self.answer.is_some()
    }
}

impl Session {
    fn statement(&mut self, sql: &str) -> Result<Statement, DbError> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        // What was sent before is heard first: an error then tells its own statement.
        self.settle()?;
        let Line { runtime, client, driver } = &mut self.line;
        let prepared = waited(runtime, driver, client.prepare(sql)).map_err(|error| explain(error, sql));
        let statement = prepared.map_err(|error| self.failing(error))?;
        if self.statements.len() >= 1024 {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(crate) fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, DbError> {
        self.writes += u64::from(!sql.starts_with("select"));
        match self.ask(sql, &params.iter().collect::<Vec<_>>(), true)? {
            Answer::Rows(rows) => rows.iter().map(read_row).collect(),
            Answer::Nothing | Answer::Changed(_) => Ok(Vec::new()),
        }
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[&Value]) -> Result<u64, DbError> {
        self.writes += 1;
        match self.ask(sql, params, false)? {
            Answer::Changed(count) => Ok(count),
            Answer::Nothing | Answer::Rows(_) => Ok(0),
        }
    }

    /// Puts a statement off whose answer nobody waits for. What goes wrong with it is told by the next question, at the latest by
    /// [`Session::settle`] or [`Session::commit`].
    pub(crate) fn later(&mut self, sql: &str, params: &[&Value]) -> Result<(), DbError> {
        self.writes += 1;
        let statement = self.statement(sql)?;
        self.later.push((statement, params.iter().map(|value| (*value).clone()).collect(), sql.to_owned()));
        if self.later.len() >= TOGETHER { self.carry() } else { Ok(()) }
    }

    /// Waits until everything that was put off is done; in a shared transaction it is only sent.
    pub(crate) fn finish(&mut self) -> Result<(), DbError> {
        if self.shared { self.carry() } else { self.settle() }
    }

    /// Sends what was put off and waits until it is done.
    pub(crate) fn settle(&mut self) -> Result<(), DbError> {
        if self.later.is_empty() && self.underway.is_empty() { Ok(()) } else { self.answered().map(drop) }
    }

    fn ask(&mut self, sql: &str, params: &[&Value], rows: bool) -> Result<Answer, DbError> {
        let statement = self.statement(sql)?;
        let (client, params) = (Arc::clone(&self.line.client), params.iter().map(|value| (*value).clone()).collect::<Vec<_>>());
        self.load();
        self.underway.push(if rows {
            Underway::new(sql, async move { rows_of(client.query_raw(&statement, params).await?).await.map(Answer::Rows) })
        } else {
            Underway::new(sql, async move { client.execute_raw(&statement, params).await.map(Answer::Changed) })
        });
        self.answered()
    }

    /// The opening and everything that was put off, ready to be sent.
    fn load(&mut self) {
        let client = &self.line.client;
        if let Some(begin) = self.opening.take() {
            let client = Arc::clone(client);
            self.underway.push(Underway::new(begin, async move { client.batch_execute(begin).await.map(|()| Answer::Nothing) }));
        }
        for (statement, params, sql) in self.later.drain(..) {
            let client = Arc::clone(client);
            let asking = async move { client.execute_raw(&statement, params).await.map(Answer::Changed) };
            self.underway.push(Underway { sql, asking: Box::pin(asking), answer: None });
        }
    }

    /// Sends what was put off without waiting for its answers.
    fn carry(&mut self) -> Result<(), DbError> {
        self.load();
        let (Line { runtime, driver, .. }, underway) = (&mut self.line, &mut self.underway);
        let carried = runtime.block_on(poll_fn(|cx| {
            for one in underway.iter_mut() {
                one.look(cx);
            }
            Poll::Ready(driver.poll(cx))
        }));
        carried.map_err(|error| {
            let error = explain(error, "");
            self.failing(error)
        })
    }

    /// Sends what was put off and waits for everything that is underway. Gives the last answer.
    fn answered(&mut self) -> Result<Answer, DbError> {
        self.load();
        let (Line { runtime, driver, .. }, underway) = (&mut self.line, &mut self.underway);
        // In the order of sending: the answers come in it.
        let mut heard = 0;
        waited(
            runtime,
            driver,
            poll_fn(|cx| {
                for one in &mut underway[heard..] {
                    one.look(cx);
                }
                while underway.get_mut(heard).is_some_and(|one| one.answer.is_some()) {
                    heard += 1;
                }
                if heard == underway.len() { Poll::Ready(()) } else { Poll::Pending }
            }),
        );
        let mut last = Answer::Nothing;
        for Underway { sql, answer, .. } in std::mem::take(&mut self.underway) {
            match answer {
                Some(Ok(answer)) => last = answer,
                Some(Err(error)) => {
                    let error = explain(error, &sql);
                    return Err(self.failing(error));
                }
                None => {}
            }
        }
        Ok(last)
    }

    /// Keeps the first failure of a transaction; what comes after it is refused because of it.
    fn failing(&mut self, error: DbError) -> DbError {
        self.failed.get_or_insert_with(|| error.clone());
        error
    }

    /// Where the transaction stands, for [`Session::is_clean_since`].
    pub(super) const fn mark(&self) -> u64 {
        self.writes
    }

    /// Whether nothing was written since, and PostgreSQL takes more in this transaction.
    pub(super) const fn is_clean_since(&self, mark: u64) -> bool {
        self.failed.is_none() && self.writes == mark
    }

    /// Runs statements without parameters, after everything that was put off.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        self.writes += 1;
        self.load();
        let (client, text) = (Arc::clone(&self.line.client), sql.to_owned());
        self.underway.push(Underway::new(sql, async move { client.batch_execute(&text).await.map(|()| Answer::Nothing) }));
        self.answered().map(drop)
    }

    /// Whether another transaction was in the way of this one.
    pub(super) const fn met_conflict(&self) -> bool {
        matches!(self.failed, Some(DbError::Conflict))
    }

    /// Makes the transaction last. Everything in it is heard first: after a failure PostgreSQL would say yes and keep nothing, and after
    /// a statement that could not even be sent it would keep the rest.
    pub(super) fn commit(&mut self) -> Result<(), Uncommitted> {
        let heard = self.settle();
        if let Some(error) = self.failed.take().or(heard.err()) {
            // When even this fails the connection is gone, and the transaction with it.
            let _ = self.batch("rollback");
            return Err(Uncommitted::Refused(error));
        }
        self.batch("commit").map_err(|error| match error {
            DbError::Away(_) | DbError::Full => Uncommitted::InDoubt(error),
            error => Uncommitted::Refused(error),
        })
    }

    /// Ends a transaction that wrote nothing, without waiting for the answer.
    fn end_reading(&mut self) -> Result<(), DbError> {
        if self.opening.take().is_some() {
            return Ok(());
        }
        if self.failed.is_some() {
            return self.batch("rollback");
        }
        let Line { runtime, client, driver } = &mut self.line;
        let mut ending = pin!(client.batch_execute("commit"));
        runtime
            .block_on(poll_fn(|cx| {
                // The first look sends it, the second one carries it away; its answer comes before that of whatever is asked next.
                let _ = ending.as_mut().poll(cx);
                Poll::Ready(driver.poll(cx))
            }))
            .map_err(|error| explain(error, "commit"))
    }

    /// Gives the transaction up, what was put off with it.
    pub(super) fn give_up(&mut self) -> Result<(), DbError> {
        self.later.clear();
        if self.opening.take().is_some() {
            return Ok(());
        }
        // An error underway is not the rollback's.
        let _ = self.settle();
        self.batch("rollback")
    }
}

/// Why a commit did not succeed.
pub(super) enum Uncommitted {
    /// Nothing was kept.
    Refused(DbError),
    /// The answer to the commit did not come: whether it was kept is not known.
    InDoubt(DbError),
}

/// A connection that whoever waits for its answers drives: no task and no other thread stands between.
struct Line {
    runtime: Runtime,
    client: Arc<tokio_postgres::Client>,
    driver: Wheel,
}

/// The driver of a connection, until it ends.
struct Wheel(Option<Driver>);

impl Wheel {
    /// Carries questions and answers as far as they go now.
    fn poll(&mut self, cx: &mut Context<'_>) -> Result<(), tokio_postgres::Error> {
        let Some(driver) = &mut self.0 else { return Ok(()) };
        match driver.as_mut().poll(cx) {
            Poll::Pending => Ok(()),
            Poll::Ready(ended) => {
                // Whoever still waits is told by the client that the connection is closed.
                self.0 = None;
                ended
            }
        }
    }
}

impl Line {
    fn open(way: &Way) -> Result<Self, DbError> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| DbError::Away(error.to_string()))?;
        let (client, driver) = runtime.block_on(way.open())?;
        Ok(Self { runtime, client: Arc::new(client), driver: Wheel(Some(driver)) })
    }
}

/// Waits for a client's answer and drives its connection meanwhile.
fn waited<F: Future>(runtime: &Runtime, driver: &mut Wheel, asked: F) -> F::Output {
    let mut asked = pin!(asked);
    runtime.block_on(poll_fn(|cx| {
        // The question first: then the connection has it to carry.
        if let Poll::Ready(answer) = asked.as_mut().poll(cx) {
            return Poll::Ready(answer);
        }
        // What breaks here is told by the question, which the connection does not answer any more.
        let _ = driver.poll(cx);
        if driver.0.is_none() { asked.as_mut().poll(cx) } else { Poll::Pending }
    }))
}

async fn rows_of(stream: tokio_postgres::RowStream) -> Result<Vec<postgres::Row>, tokio_postgres::Error> {
    let mut stream = pin!(stream);
    let mut rows = Vec::new();
    while let Some(row) = poll_fn(|cx| stream.as_mut().poll_next(cx)).await {
        rows.push(row?);
    }
    Ok(rows)
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
        if session.end_reading().is_ok() {
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
        if let Some(session) = idle.filter(|session| !session.line.client.is_closed()) {
            return Ok(session);
        }
        let line = Line::open(&self.way)?;
        let mut session = Session {
            line,
            statements: HashMap::new(),
            opening: None,
            later: Vec::new(),
            underway: Vec::new(),
            writes: 0,
            failed: None,
            shared: false,
            stamp: None,
            idle: Instant::now(),
        };
        session.batch("set client_encoding = 'UTF8'; set client_min_messages = warning; set timezone = 'UTC'; set synchronous_commit = on; set jit = off; set statement_timeout = '60s'; set idle_in_transaction_session_timeout = '60s'")?;
        Ok(session)
    }

    pub(super) fn give_back(&self, mut session: Session) {
        if !session.line.client.is_closed() {
            session.idle = Instant::now();
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        }
    }

    /// A session with an open transaction. One that was in use a moment ago is taken at its word and begins with its first statement;
    /// of the others those that died with the server are dropped.
    pub(super) fn begun(&self, begin: &'static str) -> Result<Session, DbError> {
        loop {
            let fresh = self.idle.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
            let mut session = self.session()?;
            session.failed = None;
            session.shared = false;
            session.stamp = None;
            session.later.clear();
            session.underway.clear();
            if session.idle.elapsed() < TRUSTED {
                session.opening = Some(begin);
                return Ok(session);
            }
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

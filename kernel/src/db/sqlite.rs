//! SQLite: one writer thread that commits waiting closures together, and readers beside it.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use tokio::sync::Semaphore;

use super::{
    DbError, Rx, Tx, Wakers,
    rx::Conn,
    tx::{Meta, Wake},
};
use crate::Ctx;

/// Most closures one commit takes.
const GROUP_MAX: usize = 64;
/// How long a group stays open for closures that wait already: twice what the last commit took, within these bounds. A disk
/// that takes its time to make a group durable is asked less often; with nobody waiting a group ends at once.
const GROUP_OPEN_MIN: Duration = Duration::from_millis(2);
const GROUP_OPEN_MAX: Duration = Duration::from_millis(25);
/// Readers open at once.
const READERS: usize = 4;

/// A closure waiting for the writer.
trait Job: Send {
    /// Runs in the open transaction, again when the group has to be; false = it failed.
    fn run(&mut self, conn: &Connection, meta: &Meta) -> bool;
    /// Tells the caller, after the group's commit. Returns what to wake.
    fn answer(self: Box<Self>, committed: Result<(), DbError>) -> Wake;
}

struct Closure<T, E, F> {
    ctx: Ctx,
    run: F,
    result: Option<Result<(T, Wake), E>>,
    tell: Box<dyn FnOnce(Result<T, E>) + Send>,
}

impl<T, E, F> Job for Closure<T, E, F>
where
    T: Send,
    E: From<DbError> + Send,
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, conn: &Connection, meta: &Meta) -> bool {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let mut tx = Tx::new(Rx { conn: Conn::Sqlite(conn) }, &self.ctx, meta);
            let value = (self.run)(&mut tx)?;
            Ok((value, tx.finish()?))
        }));
        let result = outcome.unwrap_or_else(|panic| Err(E::from(DbError::Broken(format!("panic: {}", panic_text(&panic))))));
        let kept = result.is_ok();
        self.result = Some(result);
        kept
    }

    fn answer(self: Box<Self>, committed: Result<(), DbError>) -> Wake {
        let (result, wake) = match (self.result, committed) {
            (Some(Ok((value, wake))), Ok(())) => (Ok(value), wake),
            (Some(Err(error)), _) => (Err(error), Wake::default()),
            (_, Err(error)) => (Err(E::from(error)), Wake::default()),
            (None, Ok(())) => (Err(E::from(DbError::Away("the writer stopped".into()))), Wake::default()),
        };
        (self.tell)(result);
        wake
    }
}

fn panic_text(panic: &Box<dyn Any + Send>) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".into())
}

/// The embedded database.
pub(crate) struct Sqlite {
    path: PathBuf,
    queue: mpsc::Sender<Box<dyn Job>>,
    readers: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

fn tune(conn: &Connection) -> Result<(), DbError> {
    conn.set_prepared_statement_cache_capacity(512);
    // A plan does not depend on the values bound to it: otherwise every binding plans anew.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    conn.execute_batch(
        "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma temp_store = memory; \
         pragma cache_size = -16384; pragma mmap_size = 268435456; pragma journal_size_limit = 67108864;",
    )?;
    Ok(())
}

impl Sqlite {
    pub(crate) fn open(path: &Path, meta: Arc<Meta>, wakers: Arc<Wakers>) -> Result<Self, DbError> {
        let writer = Connection::open(path)?;
        tune(&writer)?;
        // The writer touches a hundred pages for each application; most of them again for the next one.
        writer.execute_batch("pragma cache_size = -49152; pragma wal_autocheckpoint = 12000")?;
        let (queue, jobs) = mpsc::channel();
        std::thread::Builder::new()
            .name("db-writer".into())
            .spawn(move || write_groups(&writer, &jobs, &meta, &wakers))
            .map_err(|error| DbError::Away(error.to_string()))?;
        Ok(Self { path: path.to_owned(), queue, readers: Mutex::new(Vec::new()), permits: Arc::new(Semaphore::new(READERS)) })
    }

    pub(crate) fn permits(&self) -> Arc<Semaphore> {
        Arc::clone(&self.permits)
    }

    /// Hands a closure to the writer; `tell` gets the answer on the writer's thread.
    pub(crate) fn write<T, E, F>(&self, ctx: &Ctx, run: F, tell: Box<dyn FnOnce(Result<T, E>) + Send>)
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let job = Box::new(Closure { ctx: ctx.clone(), run, result: None, tell });
        if let Err(mpsc::SendError(job)) = self.queue.send(job) {
            job.answer(Err(DbError::Away("the writer has stopped".into())));
        }
    }

    /// Runs a read on the calling thread, inside one snapshot.
    pub(crate) fn read<T, E: From<DbError>>(&self, run: impl FnOnce(&mut Rx<'_>) -> Result<T, E>) -> Result<T, E> {
        let pooled = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match pooled {
            Some(conn) => conn,
            None => self.reader().map_err(E::from)?,
        };
        conn.execute_batch("begin").map_err(DbError::from)?;
        let result = run(&mut Rx { conn: Conn::Sqlite(&conn) });
        if conn.execute_batch("commit").is_ok() {
            self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        }
        result
    }

    fn reader(&self) -> Result<Connection, DbError> {
        let conn = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        tune(&conn)?;
        conn.execute_batch("pragma query_only = on")?;
        Ok(conn)
    }

    /// A consistent copy of the database in `target`, made while others work.
    pub(crate) fn copy_to(&self, target: &Path) -> Result<(), DbError> {
        let source = self.reader()?;
        let mut copy = Connection::open(target)?;
        let backup = rusqlite::backup::Backup::new(&source, &mut copy)?;
        // One step holds one read snapshot: the copy is of one moment however busy the writer is.
        backup.step(-1)?;
        drop(backup);
        copy.execute_batch("pragma journal_mode = delete")?;
        Ok(())
    }
}

/// The writer thread: take what waits, run it in one transaction, commit once, then answer all.
fn write_groups(conn: &Connection, jobs: &mpsc::Receiver<Box<dyn Job>>, meta: &Meta, wakers: &Wakers) {
    let mut open_for = GROUP_OPEN_MIN;
    while let Ok(first) = jobs.recv() {
        let opened = Instant::now();
        let mut group = Vec::with_capacity(GROUP_MAX);
        let mut next = Some(first);
        let (mut kept, mut state) = (0, run_batch(conn, "begin immediate").map(|()| Left::Nothing));
        while let Some(mut job) = next.take() {
            if state.is_ok() {
                state = run_plain(conn, job.as_mut(), meta);
            }
            group.push(job);
            kept += usize::from(matches!(state, Ok(Left::Rows)));
            if group.len() < GROUP_MAX && opened.elapsed() < open_for && !matches!(state, Ok(Left::Remains) | Err(_)) {
                next = jobs.try_recv().ok();
            }
        }
        let ending = Instant::now();
        let committed = match state {
            Err(error) => Err(error),
            Ok(_) if kept == 0 => run_batch(conn, "rollback"),
            Ok(Left::Remains) => run_apart(conn, &mut group, meta).and_then(|()| run_batch(conn, "commit")),
            Ok(_) => run_batch(conn, "commit"),
        };
        if committed.is_err() && !conn.is_autocommit() {
            // Nothing of this group may linger in the next one.
            drop(run_batch(conn, "rollback"));
        }
        open_for = (ending.elapsed() * 2).clamp(GROUP_OPEN_MIN, GROUP_OPEN_MAX);
        metrics::histogram!("db_group_size").record(group.len() as f64);
        let mut wake = Wake::default();
        for job in group {
            let one = job.answer(committed.clone());
            wake.outbox |= one.outbox;
            wake.jobs |= one.jobs;
        }
        wakers.wake(wake);
    }
}

/// What a closure left in the open transaction.
enum Left {
    /// It failed before it wrote.
    Nothing,
    /// It is to be kept.
    Rows,
    /// It failed after it wrote.
    Remains,
}

fn run_batch(conn: &Connection, sql: &str) -> Result<(), DbError> {
    let mut statement = conn.prepare_cached(sql)?;
    statement.raw_execute()?;
    Ok(())
}

/// Runs one closure straight in the group's transaction. A savepoint for each would have every page copied before its first
/// change, and the full-text index written out once a closure instead of once a group; few closures fail, fewer after a write.
///
/// # Errors
/// The whole group's: SQLite has rolled everything back (disk full, I/O error).
fn run_plain(conn: &Connection, job: &mut dyn Job, meta: &Meta) -> Result<Left, DbError> {
    let before = conn.total_changes();
    let kept = job.run(conn, meta);
    if conn.is_autocommit() {
        return Err(rolled_back());
    }
    Ok(match kept {
        true => Left::Rows,
        false if conn.total_changes() == before => Left::Nothing,
        false => Left::Remains,
    })
}

/// Runs a group with remains again from its beginning, each closure in a savepoint of its own.
///
/// # Errors
/// As [`run_plain`].
fn run_apart(conn: &Connection, group: &mut [Box<dyn Job>], meta: &Meta) -> Result<(), DbError> {
    run_batch(conn, "rollback")?;
    run_batch(conn, "begin immediate")?;
    for job in group {
        run_batch(conn, "savepoint job")?;
        let kept = job.run(conn, meta);
        if conn.is_autocommit() {
            return Err(rolled_back());
        }
        if !kept {
            run_batch(conn, "rollback to job")?;
        }
        run_batch(conn, "release job")?;
    }
    Ok(())
}

fn rolled_back() -> DbError {
    DbError::Away("the database rolled the group back; nothing was kept".into())
}

//! SQLite: one writer thread that commits waiting closures together, and readers beside it.

use std::{
    collections::VecDeque,
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use tokio::sync::Semaphore;

use super::{
    DbError, Rx, Wakers,
    checkpoint::{self, Checkpoints, Limits},
    group::{Job, Pace, Ran},
    rx::Conn,
    tx::{Meta, Wake},
};

/// Most closures one commit takes.
const GROUP_MAX: usize = 128;
/// How long a group stays open for closures that wait already; with nobody waiting it ends at once. Most of what a commit
/// writes are pages that the closures of a group share, so a busy server gains by fewer commits, and an idle one has no group.
const GROUP_OPEN: Duration = Duration::from_millis(20);
/// How long a closure that may wait does so for others; whatever may not wait ends it.
const COMPANY: Duration = Duration::from_millis(8);
/// The same after one that nobody came to: somebody who works alone is not kept waiting for company there is none of.
const COMPANY_ALONE: Duration = Duration::from_millis(1);
/// Readers open at once.
const READERS: usize = 4;

/// The embedded database.
pub(crate) struct Sqlite {
    path: PathBuf,
    queue: mpsc::Sender<Box<dyn Job>>,
    readers: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
    /// Closed last; see [`checkpoint::opened`].
    _file: Arc<File>,
}

/// The write-ahead log keeps this length when it begins anew: a log that is written over needs no new blocks and no new length, which
/// each commit would have to wait for. In bytes; about twice what it has under load, see [`Limits::USUAL`].
const LOG_KEPT: u32 = 256 << 20;

fn tune(conn: &Connection) -> Result<(), DbError> {
    conn.set_prepared_statement_cache_capacity(512);
    // A plan does not depend on the values bound to it: otherwise every binding plans anew.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    conn.execute_batch(&format!(
        "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma temp_store = memory; \
         pragma cache_size = -8192; pragma journal_size_limit = {LOG_KEPT};"
    ))?;
    Ok(())
}

impl Sqlite {
    pub(crate) fn open(path: &Path, meta: Arc<Meta>, wakers: Arc<Wakers>) -> Result<Self, DbError> {
        let mut writer = Connection::open(path)?;
        tune(&writer)?;
        // The writer touches a hundred pages for each application; most of them again for the next one.
        writer.execute_batch("pragma cache_size = -49152")?;
        let file = checkpoint::opened(path)?;
        let checkpoints = Checkpoints::start(&mut writer, checkpoint::connection(path)?, Arc::clone(&file), Limits::USUAL)?;
        let (queue, jobs) = mpsc::channel();
        let last = Arc::clone(&file);
        let run = move || {
            write_groups(&writer, &jobs, &meta, &wakers, checkpoints);
            drop(writer);
            drop(last);
        };
        std::thread::Builder::new().name("db-writer".into()).spawn(run).map_err(|error| DbError::Away(error.to_string()))?;
        let (readers, permits) = (Mutex::new(Vec::new()), Arc::new(Semaphore::new(READERS)));
        Ok(Self { path: path.to_owned(), queue, readers, permits, _file: file })
    }

    pub(crate) fn permits(&self) -> Arc<Semaphore> {
        Arc::clone(&self.permits)
    }

    /// Hands a closure to the writer.
    pub(crate) fn write(&self, job: Box<dyn Job>) {
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
        let result = run(&mut Rx::new(Conn::Sqlite(&conn)));
        if conn.execute_batch("commit").is_ok() {
            self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        }
        result
    }

    /// Closes the readers that are idle; the next ones are opened anew.
    pub(crate) fn close_readers(&self) {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
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
fn write_groups(conn: &Connection, jobs: &mpsc::Receiver<Box<dyn Job>>, meta: &Meta, wakers: &Wakers, mut checkpoints: Checkpoints) {
    let mut waiting = VecDeque::with_capacity(GROUP_MAX);
    let mut patience = COMPANY;
    while gather(jobs, &mut waiting, &mut patience) {
        let opened = Instant::now();
        let mut group = Vec::with_capacity(GROUP_MAX);
        let mut next = waiting.pop_front();
        let (mut kept, mut state) = (0, run_batch(conn, "begin immediate").map(|()| Left::Nothing));
        while let Some(mut job) = next.take() {
            if state.is_ok() {
                state = run_plain(conn, job.as_mut(), meta);
            }
            group.push(job);
            kept += usize::from(matches!(state, Ok(Left::Rows)));
            if group.len() < GROUP_MAX && opened.elapsed() < GROUP_OPEN && !matches!(state, Ok(Left::Remains) | Err(_)) {
                next = waiting.pop_front().or_else(|| jobs.try_recv().ok());
            }
        }
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
        metrics::histogram!("db_group_size").record(group.len() as f64);
        let mut wake = Wake::default();
        for job in group {
            let one = job.answer(committed.clone());
            wake.outbox |= one.outbox;
            wake.jobs |= one.jobs;
        }
        wakers.wake(wake);
        checkpoints.after_commit(conn);
    }
}

/// Waits for a closure, and with one that may wait for those that come after it. False when no more comes. The patience of one waiting
/// is what the one before has taught.
fn gather(jobs: &mpsc::Receiver<Box<dyn Job>>, waiting: &mut VecDeque<Box<dyn Job>>, patience: &mut Duration) -> bool {
    if waiting.is_empty() {
        let Ok(first) = jobs.recv() else { return false };
        waiting.push_back(first);
    }
    let until = Instant::now() + *patience;
    while waiting.len() < GROUP_MAX && waiting.iter().all(|job| job.pace() == Pace::InCompany) {
        match jobs.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(job) => waiting.push_back(job),
            Err(_) => {
                *patience = if waiting.len() > 1 { COMPANY } else { COMPANY_ALONE };
                return true;
            }
        }
    }
    if waiting.len() > 1 {
        *patience = COMPANY;
    }
    true
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
    let ran = job.run(Conn::Sqlite(conn), meta);
    if conn.is_autocommit() {
        return Err(rolled_back());
    }
    Ok(match ran {
        Ran::Well => Left::Rows,
        _ if conn.total_changes() == before => Left::Nothing,
        _ => Left::Remains,
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
        let ran = job.run(Conn::Sqlite(conn), meta);
        if conn.is_autocommit() {
            return Err(rolled_back());
        }
        if ran != Ran::Well {
            run_batch(conn, "rollback to job")?;
        }
        run_batch(conn, "release job")?;
    }
    Ok(())
}

fn rolled_back() -> DbError {
    DbError::Away("the database rolled the group back; nothing was kept".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Waits(Pace);

    impl Job for Waits {
        fn run(&mut self, _: Conn<'_>, _: &Meta) -> Ran {
            Ran::Well
        }

        fn answer(self: Box<Self>, _: Result<(), DbError>) -> Wake {
            Wake::default()
        }

        fn pace(&self) -> Pace {
            self.0
        }
    }

    /// How many closures begin a group when these wait and no more come.
    fn gathered(paces: &[Pace]) -> usize {
        learned(paces, COMPANY).0
    }

    /// The same, and how long the next one waits after these that wait so long.
    fn learned(paces: &[Pace], mut patience: Duration) -> (usize, Duration) {
        let (queue, jobs) = mpsc::channel::<Box<dyn Job>>();
        paces.iter().for_each(|pace| queue.send(Box::new(Waits(*pace))).unwrap());
        drop(queue);
        let mut waiting = VecDeque::new();
        assert_eq!(gather(&jobs, &mut waiting, &mut patience), !paces.is_empty());
        (waiting.len(), patience)
    }

    #[test]
    fn what_may_wait_gathers_company_until_something_may_not() {
        use Pace::{AtOnce, InCompany};
        assert_eq!(gathered(&[]), 0);
        assert_eq!(gathered(&[InCompany]), 1);
        assert_eq!(gathered(&[InCompany, InCompany, InCompany]), 3);
        assert_eq!(gathered(&[InCompany, AtOnce, InCompany]), 2, "it ends the waiting");
        assert_eq!(gathered(&[AtOnce, InCompany]), 1, "whoever may not wait begins");
        assert_eq!(gathered(&[InCompany; GROUP_MAX + 5]), GROUP_MAX);
    }

    #[test]
    fn whoever_is_alone_waits_once_and_is_believed_until_somebody_comes() {
        use Pace::{AtOnce, InCompany};
        assert_eq!(learned(&[InCompany], COMPANY), (1, COMPANY_ALONE));
        assert_eq!(learned(&[InCompany], COMPANY_ALONE), (1, COMPANY_ALONE));
        assert_eq!(learned(&[InCompany, InCompany], COMPANY_ALONE), (2, COMPANY));
        assert_eq!(learned(&[InCompany, AtOnce], COMPANY_ALONE), (2, COMPANY));
        assert_eq!(learned(&[AtOnce], COMPANY_ALONE), (1, COMPANY_ALONE), "who does not wait teaches nothing");
    }
}

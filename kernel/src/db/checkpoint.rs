//! Copying SQLite's write-ahead log into the database beside the writer.
//!
//! By itself SQLite copies it in the commit that fills it, which holds up everybody who waits for the writer for as long as the disk
//! takes. Here a thread with a connection of its own copies while the writer goes on; the writer copies only the few pages written
//! meanwhile, after which SQLite begins the log anew. Should the thread not keep up, the writer copies everything, so that the log
//! does not grow without end.

use std::{
    fs::File,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI32, Ordering},
        mpsc,
    },
};

use rusqlite::Connection;

use super::DbError;

/// When the log is copied.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Pages of the log at which the thread begins.
    pub(super) begin: i32,
    /// Pages at which the writer copies everything itself: the thread does not keep up.
    pub(super) full: i32,
}

impl Limits {
    pub(super) const USUAL: Self = Self { begin: 24_000, full: 96_000 };
}

/// Few enough for the writer to copy.
const REST_PAGES: i32 = 256;
/// Rounds of one turn of the thread: each copies what was written during the one before.
const ROUNDS_MAX: u32 = 3;

/// The writer's side.
pub(super) struct Checkpoints {
    limits: Limits,
    /// Pages in the log after the last commit.
    pages: Arc<AtomicI32>,
    /// The thread is at work.
    busy: Arc<AtomicBool>,
    begin: mpsc::SyncSender<()>,
    /// The thread was sent off, and the rest of its work is the writer's.
    sent: bool,
}

impl Checkpoints {
    /// Takes over from SQLite's own way, and starts the thread with this connection to the same database and its file; it ends with
    /// the writer.
    pub(super) fn start(writer: &mut Connection, own: Connection, file: Arc<File>, limits: Limits) -> Result<Self, DbError> {
        let (pages, busy) = (Arc::new(AtomicI32::new(0)), Arc::new(AtomicBool::new(false)));
        let counted = Arc::clone(&pages);
        writer.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            counted.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        let (begin, begun) = mpsc::sync_channel(1);
        let (working, behind) = (Arc::clone(&busy), Arc::clone(&pages));
        let run = move || {
            while begun.recv().is_ok() {
                copy_most(&own, &file, &behind);
                working.store(false, Ordering::Release);
            }
            // The file is closed after every connection of this thread; see `opened`.
            drop(own);
            drop(file);
        };
        std::thread::Builder::new().name("db-checkpoint".into()).spawn(run).map_err(|error| DbError::Away(error.to_string()))?;
        Ok(Self { limits, pages, busy, begin, sent: false })
    }

    /// After a commit, and after its callers have their answers.
    pub(super) fn after_commit(&mut self, writer: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages >= self.limits.full || (self.sent && !self.busy.load(Ordering::Acquire)) {
            self.sent = self.busy.load(Ordering::Acquire);
            tell(copy(writer).map(|copied| self.pages.load(Ordering::Relaxed) - copied));
        } else if pages >= self.limits.begin && !self.sent {
            self.busy.store(true, Ordering::Release);
            self.sent = self.begin.try_send(()).is_ok();
        }
    }
}

/// Copies until little is left of a log of so many pages, or the writer proves too quick.
fn copy_most(conn: &Connection, file: &File, pages: &AtomicI32) {
    for _ in 0..ROUNDS_MAX {
        let copied = copy(conn).and_then(|copied| {
            file.sync_data().map_err(|error| DbError::Away(error.to_string()))?;
            // SQLite's own count of the pages is of the moment the copy began.
            Ok(pages.load(Ordering::Relaxed) - copied)
        });
        match copied {
            Ok(left) if left > REST_PAGES => {}
            other => return tell(other),
        }
    }
}

/// Copies what no reader is in the way of, and says how many pages of the log are copied now.
fn copy(conn: &Connection) -> Result<i32, DbError> {
    let mut statement = conn.prepare_cached("pragma wal_checkpoint(passive)")?;
    Ok(statement.query_row([], |row| row.get(2))?)
}

/// A copy that failed is made again later; until then the rows are safe in the log.
fn tell(copied: Result<i32, DbError>) {
    match copied {
        Ok(left) => metrics::gauge!("db_wal_pages_left").set(f64::from(left)),
        Err(error) => tracing::warn!(%error, "the write-ahead log was not copied into the database"),
    }
}

/// The database's file, for the disk to be asked to take it. To close it gives up this process's locks on the file, whoever took them
/// (POSIX), so it stays open longer than every connection.
pub(super) fn opened(path: &Path) -> Result<Arc<File>, DbError> {
    File::open(path).map(Arc::new).map_err(|error| DbError::Away(error.to_string()))
}

/// Reads and writes beside the writer, without ever writing rows.
pub(super) fn connection(path: &Path) -> Result<Connection, DbError> {
    let conn = Connection::open(path)?;
    conn.execute_batch("pragma synchronous = full; pragma cache_size = -64")?;
    Ok(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(conn: &Connection) -> i64 {
        conn.query_row("select count(*) from sheet", [], |row| row.get(0)).unwrap()
    }

    /// Enough writing to fill the log a hundred times over: it stays within its bound, whether the thread keeps up or not, and a reader
    /// beside it sees every row.
    #[test]
    fn the_log_does_not_grow_without_end_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let limits = Limits { begin: 40, full: 400 };
        let mut writer = Connection::open(&path).unwrap();
        writer.execute_batch("pragma journal_mode = wal; create table sheet (id integer primary key, body blob)").unwrap();
        let mut checkpoints = Checkpoints::start(&mut writer, connection(&path).unwrap(), opened(&path).unwrap(), limits).unwrap();
        let reader = connection(&path).unwrap();
        let mut longest = 0;
        for round in 0..4_000_i64 {
            writer.execute("insert into sheet (body) values (zeroblob(3000))", []).unwrap();
            checkpoints.after_commit(&writer);
            longest = longest.max(checkpoints.pages.load(Ordering::Relaxed));
            if round % 500 == 0 {
                assert_eq!(rows(&reader), round + 1);
            }
        }
        // Without copying there would be some 16,000.
        assert!(longest < 8_000, "{longest} pages");
        drop((checkpoints, writer));
        assert_eq!(rows(&reader), 4_000);
    }

    #[test]
    fn a_reader_of_an_old_moment_only_delays_the_copy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let writer = Connection::open(&path).unwrap();
        writer.execute_batch("pragma journal_mode = wal; create table sheet (id integer primary key, body blob)").unwrap();
        let reader = connection(&path).unwrap();
        reader.execute_batch("begin").unwrap();
        assert_eq!(rows(&reader), 0);
        writer.execute_batch("insert into sheet (body) values (zeroblob(9000))").unwrap();
        let all = copy(&writer).unwrap();
        reader.execute_batch("commit").unwrap();
        assert!(all < copy(&writer).unwrap(), "the reader still needed the moment it began with");
    }
}

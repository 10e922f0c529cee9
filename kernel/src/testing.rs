//! A government for the kernel's own tests, with a clock that is set.
//!
//! It lies in a temporary folder, or with `SMARTGOVT_KERNEL_TEST_POSTGRES=postgres://user@host:port/postgres` in a new
//! database of that server.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    Actor, Ctx, Db, DbError, Entropy, Origin, Rx, Tx,
    db::{KERNEL_MIGRATIONS, MaybeConflict, Meta, Target},
    keys::{Keys, Ring},
    runner::Host,
};

/// What the tests of runners, notices, drafts, search and clock stand on.
#[derive(Clone)]
pub(crate) struct Home {
    pub(crate) db: Db,
    pub(crate) keys: Arc<Keys>,
    now: Arc<AtomicI64>,
    entropy: Entropy,
    _folder: Arc<tempfile::TempDir>,
}

impl Home {
    pub(crate) fn new(meta: Meta) -> Self {
        outside(|| Self::make(meta))
    }

    fn make(meta: Meta) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&target(folder.path()), meta).unwrap();
        let now = Arc::new(AtomicI64::new(0));
        let home = Self {
            db,
            keys: Arc::new(Keys::new("test", &Ring::new([7; 32]))),
            now,
            entropy: Entropy::seeded(1),
            _folder: Arc::new(folder),
        };
        home.set("2026-11-20T02:00:00Z");
        home.db.migrate(&home.machine(), &[KERNEL_MIGRATIONS]).unwrap();
        home
    }

    pub(crate) fn set(&self, now: &str) {
        self.now.store(now.parse::<Timestamp>().unwrap().as_microsecond(), Ordering::SeqCst);
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        self.now.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.now.load(Ordering::SeqCst)).unwrap()
    }

    pub(crate) fn machine(&self) -> Ctx {
        Host::ctx(self, Actor::System { job: "test", on_behalf_of: None, cause: None })
    }

    pub(crate) fn count(&self, sql: &'static str) -> i64 {
        self.read_now(|rx| rx.count(sql, &[])).unwrap()
    }

    /// [`Db::read_now`], also from an asynchronous test.
    pub(crate) fn read_now<T, E: From<DbError>>(&self, run: impl FnOnce(&mut Rx<'_>) -> Result<T, E>) -> Result<T, E> {
        outside(|| self.db.read_now(run))
    }

    /// [`Db::write_now`], also from an asynchronous test.
    pub(crate) fn write_now<T, E, F>(&self, ctx: &Ctx, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + MaybeConflict + Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        outside(|| self.db.write_now(ctx, run))
    }
}

/// Runs blocking work, outside the runtime of an asynchronous test.
pub(crate) fn outside<T>(run: impl FnOnce() -> T) -> T {
    match tokio::runtime::Handle::try_current() {
        Ok(_) => tokio::task::block_in_place(run),
        Err(_) => run(),
    }
}

/// A new database, of SQLite in this folder.
pub(crate) fn target(folder: &Path) -> Target {
    match std::env::var("SMARTGOVT_KERNEL_TEST_POSTGRES") {
        Ok(server) => Target::Postgres(new_database(&server)),
        Err(_) => Target::Sqlite(folder.join("db")),
    }
}

/// Makes a database with a name of its own and gives its URL.
fn new_database(server: &str) -> String {
    static COUNT: AtomicI64 = AtomicI64::new(0);
    let name = format!("kernel_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let mut client = postgres::Client::connect(server, postgres::NoTls).unwrap();
    client.batch_execute(&format!("create database {name}")).unwrap();
    format!("{}/{name}", server.rsplit_once('/').unwrap().0)
}

impl Host for Home {
    fn db(&self) -> &Db {
        &self.db
    }

    fn ctx(&self, actor: Actor) -> Ctx {
        Ctx::new(self.now(), actor, Origin::default(), self.entropy.clone())
    }
}

//! A government in a temporary folder for the kernel's own tests, with a clock that is set.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    Actor, Ctx, Db, Entropy, Origin,
    db::{KERNEL_MIGRATIONS, Meta, Target},
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
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Target::Sqlite(folder.path().join("db")), meta).unwrap();
        let now = Arc::new(AtomicI64::new(0));
        let home = Self { db, keys: Arc::new(Keys::new("test", &Ring::new([7; 32]))), now, entropy: Entropy::seeded(1), _folder: Arc::new(folder) };
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
        self.db.read_now(|rx| rx.count(sql, &[])).unwrap()
    }
}

impl Host for Home {
    fn db(&self) -> &Db {
        &self.db
    }

    fn ctx(&self, actor: Actor) -> Ctx {
        Ctx::new(self.now(), actor, Origin::default(), self.entropy.clone())
    }
}

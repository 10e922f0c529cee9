//! One way to two databases: synchronous, re-runnable closures over SQLite or PostgreSQL.
//!
//! A closure sees one moment of the data, ends in one durable commit, and has no await inside; a client that hangs
//! up cannot leave half a write. See `ARCHITECTURE.md`, "Persistence".

mod checkpoint;
mod error;
mod group;
mod lanes;
mod migrate;
mod postgresql;
mod rx;
mod sqlite;
mod table;
mod tx;
mod value;

use std::{path::Path, sync::Arc};

use tokio::sync::{Notify, oneshot};

pub use error::DbError;
pub use migrate::{Applied, KERNEL as KERNEL_MIGRATIONS, Migration, Sql, SystemMigrations};
pub use postgresql::MaybeConflict;
pub use rx::{Dialect, Rx};
pub use table::Table;
pub use tx::{Expect, Meta, Tx};
pub use value::{FromValue, Row, Value};

pub(crate) use table::{digest, image};
pub(crate) use tx::{Wake, arrange, changes_digest, rows_of};

use crate::Ctx;
use group::{Closure, Job, Pace};

/// Where a government's rows are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file of the embedded database.
    Sqlite(std::path::PathBuf),
    /// The URL of a PostgreSQL server (version 15 or newer).
    Postgres(String),
}

/// Signals given after a commit that left work for others.
#[derive(Debug, Default)]
pub struct Wakers {
    pub outbox: Notify,
    pub jobs: Notify,
}

impl Wakers {
    pub(crate) fn wake(&self, wake: Wake) {
        if wake.outbox {
            self.outbox.notify_one();
        }
        if wake.jobs {
            self.jobs.notify_one();
        }
    }
}

/// A plan kept from before would not know of these settings.
const BY_INDEX: &str = "set local plan_cache_mode = force_custom_plan; set local enable_seqscan = off; set local enable_hashjoin = off; \
                        set local enable_mergejoin = off";

enum Backend {
    Sqlite(sqlite::Sqlite),
    Postgres(Box<postgresql::Postgres>),
}

/// The database of one government. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    backend: Arc<Backend>,
    wakers: Arc<Wakers>,
}

impl Db {
    /// Opens the database; it does not migrate.
    ///
    /// # Errors
    /// [`DbError::Away`] when it cannot be reached.
    pub fn open(target: &Target, meta: Meta) -> Result<Self, DbError> {
        let (meta, wakers) = (Arc::new(meta), Arc::new(Wakers::default()));
        let backend = match target {
            Target::Sqlite(path) => Backend::Sqlite(sqlite::Sqlite::open(path, meta, Arc::clone(&wakers))?),
            Target::Postgres(url) => Backend::Postgres(Box::new(postgresql::Postgres::open(url, meta, Arc::clone(&wakers))?)),
        };
        Ok(Self { backend: Arc::new(backend), wakers })
    }

    /// What runners wait on.
    #[must_use]
    pub fn wakers(&self) -> &Arc<Wakers> {
        &self.wakers
    }

    /// Which database this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match *self.backend {
            Backend::Sqlite(_) => Dialect::Sqlite,
            Backend::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Reads inside one snapshot, on a database thread.
    ///
    /// # Errors
    /// What the closure or the database says.
    pub async fn read<T, E, F>(&self, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut Rx<'_>) -> Result<T, E> + Send + 'static,
    {
        let permits = match &*self.backend {
            Backend::Sqlite(db) => db.permits(),
            Backend::Postgres(db) => db.permits(),
        };
        let permit = permits.acquire_owned().await.map_err(|_| DbError::Away("closing".into()))?;
        let db = self.clone();
        let result = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            db.read_now(run)
        });
        result.await.unwrap_or_else(|error| Err(E::from(DbError::Broken(error.to_string()))))
    }

    /// Writes in one durable transaction. The closure may be run more than once; only the last run counts. The machine's own
    /// writes wait a little for those of people to share a commit with, as [`Db::write_in_company`].
    ///
    /// # Errors
    /// What the closure or the database says; then nothing was kept.
    pub async fn write<T, E, F>(&self, ctx: &Ctx, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + MaybeConflict + Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.write_at(Pace::of(ctx.actor()), ctx, run).await
    }

    /// [`Db::write`] of what is so small that most of its cost is the commit: the embedded database lets it wait a few milliseconds for
    /// others to share one with.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub(crate) async fn write_in_company<T, E, F>(&self, ctx: &Ctx, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + MaybeConflict + Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.write_at(Pace::InCompany, ctx, run).await
    }

    async fn write_at<T, E, F>(&self, pace: Pace, ctx: &Ctx, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + MaybeConflict + Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (tell, answer) = oneshot::channel();
        self.hand_over(Closure::new(ctx, pace, run, Box::new(move |result| drop(tell.send(result)))));
        answer.await.unwrap_or_else(|_| Err(E::from(stopped())))
    }

    fn hand_over(&self, job: Box<dyn Job>) {
        match &*self.backend {
            Backend::Sqlite(db) => db.write(job),
            Backend::Postgres(db) => db.write(job),
        }
    }

    /// [`Db::read`] on the calling thread, for commands and jobs.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_now<T, E: From<DbError>>(&self, run: impl FnOnce(&mut Rx<'_>) -> Result<T, E>) -> Result<T, E> {
        match &*self.backend {
            Backend::Sqlite(db) => db.read(run),
            Backend::Postgres(db) => db.read(run),
        }
    }

    /// [`Db::read_now`] of one stretch after another of a long table, in the order of an index, with what belongs to each row. PostgreSQL
    /// plans such a walk by the size the tables had when it last looked, which may be none, and then reads all of a table for every
    /// stretch; here it goes by index, as the embedded database does by itself.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub(crate) fn walk_now<T, E: From<DbError>>(&self, run: impl FnOnce(&mut Rx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.read_now(|rx| {
            if rx.dialect() == Dialect::Postgres {
                rx.batch(BY_INDEX)?;
            }
            run(rx)
        })
    }

    /// [`Db::write`] on the calling thread, for commands and jobs.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn write_now<T, E, F>(&self, ctx: &Ctx, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + MaybeConflict + Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (tell, answer) = std::sync::mpsc::sync_channel(1);
        self.hand_over(Closure::new(ctx, Pace::AtOnce, run, Box::new(move |result| drop(tell.send(result)))));
        answer.recv().unwrap_or_else(|_| Err(E::from(stopped())))
    }

    /// Brings the schema to this release.
    ///
    /// # Errors
    /// [`DbError::Broken`] when an applied migration was changed, or what the database says.
    pub fn migrate(&self, ctx: &Ctx, systems: &[SystemMigrations]) -> Result<Applied, DbError> {
        let systems = systems.to_vec();
        let applied = self.write_now(ctx, move |tx| {
            let now = tx.now();
            let applied = migrate::apply(tx, &systems, now)?;
            if !applied.now.is_empty() {
                // A new index without figures beside old ones with them misleads the planner.
                let sqlite = tx.dialect() == Dialect::Sqlite;
                tx.batch(if sqlite { "pragma analysis_limit = 1000; analyze" } else { "analyze" })?;
            }
            Ok::<_, DbError>(applied)
        })?;
        self.renew_readers();
        Ok(applied)
    }

    /// Renews the figures the planner of the embedded database goes by, where tables have grown much since; PostgreSQL
    /// does so by itself.
    ///
    /// # Errors
    /// What the database says.
    pub async fn renew_statistics(&self, ctx: &Ctx) -> Result<(), DbError> {
        if self.dialect() == Dialect::Sqlite {
            self.write(ctx, |tx| tx.batch("pragma analysis_limit = 1000; pragma optimize = 0x10002")).await?;
            self.renew_readers();
        }
        Ok(())
    }

    /// Readers know the planner's figures from when they were opened.
    fn renew_readers(&self) {
        if let Backend::Sqlite(db) = &*self.backend {
            db.close_readers();
        }
    }

    /// A consistent copy of an embedded database, made while others work.
    ///
    /// # Errors
    /// [`DbError::Broken`] for PostgreSQL, whose own tools copy it.
    pub fn copy_sqlite_to(&self, target: &Path) -> Result<(), DbError> {
        match &*self.backend {
            Backend::Sqlite(db) => db.copy_to(target),
            Backend::Postgres(_) => Err(DbError::Broken("a PostgreSQL database is not copied as a file".into())),
        }
    }
}

fn stopped() -> DbError {
    DbError::Away("the writer stopped before it answered".into())
}

#[cfg(test)]
mod tests;

//! One government: its database, keys, files, calendar and settings. Everything takes `&Gov`; nothing is global.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::Timestamp;

use crate::{
    Actor, Ctx, Db, DbError, Entropy, Error, Origin, Result, Rx, Tx,
    access::View,
    blobs::Blobs,
    db::{MaybeConflict, Meta, SystemMigrations, Target},
    keys::{Keys, Ring},
};

/// Rows of one transaction of [`Gov::write_each`]: some milliseconds of the writer.
const ROWS_AT_ONCE: usize = 200;

/// Where "now" comes from.
#[derive(Debug, Clone)]
pub enum TimeSource {
    /// The machine's clock.
    System,
    /// The machine's clock moved by so many microseconds: a demo that lives on another day.
    Shifted(i64),
    /// A clock that stands still until it is set (microseconds since 1970); for tests.
    Settable(Arc<AtomicI64>),
}

impl TimeSource {
    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
        let machine = Timestamp::now().as_microsecond();
        let micros = match self {
            Self::System => machine,
            Self::Shifted(by) => machine + by,
            Self::Settable(at) => at.load(Ordering::SeqCst),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// How e-mail leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Mail {
    /// Shown in a preview, never sent: the demo, and a government without a mail server yet.
    #[default]
    Preview,
    /// Handed to an SMTP server, e.g. `smtps://user:password@mail.example:465` or `smtp://127.0.0.1:1025`.
    Smtp { url: String, from: String },
}

/// What the operator decided before the start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Short name used in paths, keys and cookies: letters, digits, `-`.
    pub slug: String,
    /// The government's name, e.g. `Kabupaten Empat Lawang`.
    pub name: String,
    /// The province it lies in, e.g. `Sumatera Selatan`.
    pub province: String,
    /// Kemendagri code, e.g. `16.11`.
    pub region: String,
    /// IANA zone of the government's seat, e.g. `Asia/Jakarta`.
    pub zone: String,
    /// Where people reach it; decides cookies, QR codes and links. Without a slash at the end.
    pub public_url: String,
    /// Burnt into every letter of a demo; `None` for a real government.
    pub mark: Option<String>,
    pub mail: Mail,
    /// `DIR/gov/<slug>`: blobs, uploads in progress, the embedded database.
    pub folder: PathBuf,
}

impl Settings {
    /// The government's time zone; UTC when the name is unknown (`check-config` refuses that).
    #[must_use]
    pub fn time_zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

/// One government.
pub struct Gov {
    db: Db,
    keys: Arc<Keys>,
    blobs: Arc<Blobs>,
    time: TimeSource,
    entropy: Entropy,
    settings: Settings,
    caches: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

/// What a government is opened with besides its settings.
pub struct Means<'a> {
    pub target: &'a Target,
    pub meta: Meta,
    pub migrations: &'a [SystemMigrations],
    pub ring: &'a Ring,
    pub time: TimeSource,
    pub entropy: Entropy,
}

impl Gov {
    /// Opens a government's database and files and brings the schema to this release.
    ///
    /// # Errors
    /// What the database or the folder of files says.
    pub fn open(settings: Settings, means: Means<'_>) -> Result<Self> {
        let keys = Arc::new(Keys::new(&settings.slug, means.ring));
        let blobs = Blobs::open(&settings.folder.join("blobs"), Arc::clone(&keys)).map_err(|error| Error::Failed(error.to_string()))?;
        let db = Db::open(means.target, means.meta)?;
        let gov = Self { db, keys, blobs: Arc::new(blobs), time: means.time, entropy: means.entropy, settings, caches: Mutex::default() };
        gov.db.migrate(&gov.system_ctx("migrate"), means.migrations)?;
        Ok(gov)
    }

    /// What seals and opens personal values.
    #[must_use]
    pub const fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    /// The encrypted files.
    #[must_use]
    pub const fn blobs(&self) -> &Arc<Blobs> {
        &self.blobs
    }

    /// The database itself, for runners, backup and commands.
    #[must_use]
    pub const fn db(&self) -> &Db {
        &self.db
    }

    /// What the operator decided.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The moment it is for this government.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.time.now()
    }

    /// Where random bytes come from.
    #[must_use]
    pub const fn entropy(&self) -> &Entropy {
        &self.entropy
    }

    /// This government's one `T`, made when first asked for: things read once and never wrong afterwards, such as
    /// definitions by hash. What can change under another process does not belong here.
    #[must_use]
    pub fn cached<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut caches = self.caches.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = caches.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        Arc::clone(kept).downcast().unwrap_or_default()
    }

    /// The circumstances of `actor` acting now.
    #[must_use]
    pub fn ctx(&self, actor: Actor, origin: Origin) -> Ctx {
        Ctx::new(self.now(), actor, origin, self.entropy.clone())
    }

    /// The machine acting by itself in `job`.
    #[must_use]
    pub fn system_ctx(&self, job: &'static str) -> Ctx {
        Ctx::system(self.now(), job, self.entropy.clone())
    }

    /// Whether the database answers and has a schema.
    ///
    /// # Errors
    /// What the database says.
    pub async fn ready(&self) -> Result<(), DbError> {
        self.db.read(|rx| rx.count("select count(*) from kernel_migration", &[])).await.map(drop)
    }

    /// Reads inside one snapshot; see [`Db::read`].
    ///
    /// # Errors
    /// What the closure or the database says.
    pub async fn read<T, E, F>(&self, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut Rx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.db.read(run).await
    }

    /// Reads beside the writer what only certain people may see, and answers when the entries about it are durable: whoever
    /// looks is written down before anything is shown.
    ///
    /// # Errors
    /// What the closure or the database says.
    pub async fn disclose<T, E, F>(&self, ctx: &Ctx, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + MaybeConflict + Send + 'static,
        F: FnOnce(&mut View<'_, '_>) -> Result<T, E> + Send + 'static,
    {
        let looking = ctx.clone();
        let (shown, entries) = self
            .db
            .read(move |rx| {
                let mut view = View::new(rx, looking);
                let shown = run(&mut view)?;
                Ok::<_, E>((shown, view.into_entries()))
            })
            .await?;
        if !entries.is_empty() {
            let note = move |tx: &mut Tx<'_>| {
                entries.iter().for_each(|entry| tx.entry(entry.clone()));
                Ok::<_, E>(())
            };
            self.db.write_in_company(ctx, note).await?;
        }
        Ok(shown)
    }

    /// Writes in one durable transaction; see [`Db::write`].
    ///
    /// # Errors
    /// What the closure or the database says; then nothing was kept.
    pub async fn write<T, E, F>(&self, ctx: &Ctx, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + MaybeConflict + Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.db.write(ctx, run).await
    }

    /// Writes these, some at a time in a transaction of their own: whoever else waits for the writer gets in between. A background job
    /// that may have much to write uses this; when it is interrupted, those before are kept.
    ///
    /// # Errors
    /// What the closure or the database says.
    pub async fn write_each<R, E, F>(&self, ctx: &Ctx, rows: Vec<R>, each: F) -> Result<(), E>
    where
        R: Send + Sync + 'static,
        E: From<DbError> + MaybeConflict + Send + 'static,
        F: Fn(&mut Tx<'_>, &R) -> Result<(), E> + Send + Sync + 'static,
    {
        let (rows, each) = (Arc::new(rows), Arc::new(each));
        for from in (0..rows.len()).step_by(ROWS_AT_ONCE) {
            let (rows, each) = (Arc::clone(&rows), Arc::clone(&each));
            self.write(ctx, move |tx| rows[from..].iter().take(ROWS_AT_ONCE).try_for_each(|row| each(tx, row))).await?;
        }
        Ok(())
    }
}

//! A government under test: a fresh database, a folder, a clock, a mailbox, and the server's router.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::Router;
use jiff::Timestamp;
use kernel::{
    Actor, Ctx, Entropy, Error, Gov, Id, Origin, Rx, Tx, account,
    db::{KERNEL_MIGRATIONS, SystemMigrations, Target},
    gov::{Mail, Means, Settings},
    keys::Ring,
    log::WitnessKey,
};
use tempfile::TempDir;
use web::{AppState, Look, MissingKey, System, WebSettings};

use crate::{
    clock::TestClock,
    mail::Mailbox,
    paper::PaperDrawer,
    postgresql,
    sign_in::SIGN_IN,
    visitor::{Inner, Visitor},
};

/// Where the host of every test is.
pub(crate) const PUBLIC_URL: &str = "http://uji.example";
/// A working Friday morning before prayers: 20 November 2026, 09.00 WIB.
const START: &str = "2026-11-20 09:00";

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    /// `sqlite` or `postgres`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

type Change = Box<dyn FnOnce(&mut Settings) + Send>;

/// What a test wants otherwise than usual.
pub struct Setup {
    database: Database,
    systems: Vec<&'static System>,
    start: String,
    seed: u64,
    mail: bool,
    look: Option<Look>,
    changes: Vec<Change>,
    witnesses: Vec<WitnessKey>,
}

impl Setup {
    /// On this database instead of SQLite.
    #[must_use]
    pub fn on(mut self, database: Database) -> Self {
        self.database = database;
        self
    }

    /// The clock's first moment; see [`TestClock::set`].
    #[must_use]
    pub fn at(mut self, moment: &str) -> Self {
        self.start = moment.to_owned();
        self
    }

    /// Another seed of chance.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Without a mail server: e-mail is only previewed.
    #[must_use]
    pub const fn without_mail(mut self) -> Self {
        self.mail = false;
        self
    }

    /// With this look.
    #[must_use]
    pub fn look(mut self, look: Look) -> Self {
        self.look = Some(look);
        self
    }

    /// With settings changed.
    #[must_use]
    pub fn settings(mut self, change: impl FnOnce(&mut Settings) + Send + 'static) -> Self {
        self.changes.push(Box::new(change));
        self
    }

    /// With these witnesses of the transparency log; nobody asks them.
    #[must_use]
    pub fn witnesses(mut self, witnesses: Vec<WitnessKey>) -> Self {
        self.witnesses = witnesses;
        self
    }

    /// Starts it.
    ///
    /// # Panics
    /// When the systems do not fit together or the database does not open.
    pub async fn start(self) -> TestApp {
        TestApp::start(self).await
    }
}

/// A government under test.
pub struct TestApp {
    state: AppState,
    router: Router,
    database: Database,
    clock: TestClock,
    mailbox: Mailbox,
    papers: PaperDrawer,
    leave_work: AtomicBool,
    postgres_url: Option<String>,
    folder: Option<TempDir>,
}

impl TestApp {
    /// A government with these systems on SQLite.
    ///
    /// # Panics
    /// As [`Setup::start`].
    pub async fn new(systems: &[&'static System]) -> Self {
        Self::setup(systems).start().await
    }

    /// A government with these systems on this database.
    ///
    /// # Panics
    /// As [`Setup::start`].
    pub async fn on(database: Database, systems: &[&'static System]) -> Self {
        Self::setup(systems).on(database).start().await
    }

    /// A government to be started with something otherwise than usual.
    #[must_use]
    pub fn setup(systems: &[&'static System]) -> Setup {
        let systems = systems.to_vec();
        Setup {
            database: Database::Sqlite,
            systems,
            start: START.to_owned(),
            seed: 1,
            mail: true,
            look: None,
            changes: Vec::new(),
            witnesses: Vec::new(),
        }
    }

    async fn start(setup: Setup) -> Self {
        let Setup { database, mut systems, start, seed, mail, look, changes, witnesses } = setup;
        if systems.iter().all(|system| system.sessions.is_none()) {
            systems.push(&SIGN_IN);
        }
        let folder = tempfile::Builder::new().prefix("smartgovt-test").tempdir().expect("a temporary folder");
        let (clock, mailbox, papers) = (TestClock::new(&start), Mailbox::open(), PaperDrawer::default());
        let mut settings = settings(folder.path(), mail.then(|| mailbox.url()));
        for change in changes {
            change(&mut settings);
        }
        let look = look.unwrap_or_else(|| Look { demo: settings.mark.is_some(), ..Look::plain(&settings.name) });
        let (time, listed) = (clock.source(), systems.clone());
        let opened = tokio::task::spawn_blocking(move || open(database, &listed, settings, time, seed));
        let (gov, postgres_url) = opened.await.expect("the database opens");
        let web = WebSettings { missing_key: MissingKey::Panic, witnesses, ..WebSettings::default() };
        let state = AppState::new(gov, &systems, look, web, Some(Arc::new(papers.clone()))).expect("every text can be read");
        let router = web::assemble(&state).expect("the systems fit together");
        let leave_work = AtomicBool::new(false);
        Self { state, router, database, clock, mailbox, papers, leave_work, postgres_url, folder: Some(folder) }
    }

    /// The state of the server.
    #[must_use]
    pub const fn state(&self) -> &AppState {
        &self.state
    }

    /// The government.
    #[must_use]
    pub fn gov(&self) -> &Arc<Gov> {
        &self.state.gov
    }

    /// Which database this is.
    #[must_use]
    pub const fn database(&self) -> Database {
        self.database
    }

    /// The URL of the database when it is PostgreSQL.
    #[must_use]
    pub fn postgres_url(&self) -> Option<&str> {
        self.postgres_url.as_deref()
    }

    /// The government's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.state.gov.settings().folder
    }

    /// The clock, to be set.
    #[must_use]
    pub const fn clock(&self) -> &TestClock {
        &self.clock
    }

    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The mail server of this government.
    #[must_use]
    pub const fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// What was printed.
    #[must_use]
    pub const fn papers(&self) -> &PaperDrawer {
        &self.papers
    }

    /// The machine's circumstances, for arranging rows.
    #[must_use]
    pub fn ctx(&self) -> Ctx {
        self.state.gov.system_ctx("test")
    }

    /// The circumstances of a signed-in account.
    ///
    /// # Panics
    /// When there is no such account.
    pub async fn ctx_of(&self, username: &str) -> Ctx {
        let (username, now) = (username.to_owned(), self.now());
        let token = self.open_session(&username).await;
        let limits = account::SessionLimits::default();
        let session = self.read(move |rx| account::resolve(rx, &token, now, limits)).await.expect("the session was opened just now");
        self.state.gov.ctx(Actor::Account(session.officer), Origin::default())
    }

    /// Reads rows.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn read<T: Send + 'static>(&self, run: impl FnOnce(&mut Rx<'_>) -> kernel::Result<T> + Send + 'static) -> T {
        self.state.gov.read(run).await.expect("the test reads")
    }

    /// Writes rows as the machine; an entry is added for it.
    ///
    /// # Panics
    /// When the database or a rule refuses.
    pub async fn write<T: Send + 'static>(&self, run: impl Fn(&mut Tx<'_>) -> kernel::Result<T> + Send + 'static) -> T {
        self.write_as(&self.ctx(), run).await.expect("the test writes")
    }

    /// Writes rows as somebody.
    ///
    /// # Errors
    /// What the closure says.
    pub async fn write_as<T: Send + 'static>(
        &self,
        ctx: &Ctx,
        run: impl Fn(&mut Tx<'_>) -> kernel::Result<T> + Send + 'static,
    ) -> kernel::Result<T> {
        let write = move |tx: &mut Tx<'_>| {
            tx.entry(kernel::NewEntry::new("testkit.arranged"));
            run(tx)
        };
        self.state.gov.write(ctx, write).await
    }

    /// How many rows a query counts.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn count(&self, sql: &'static str) -> i64 {
        self.read(move |rx| Ok(rx.count(sql, &[])?)).await
    }

    /// Somebody who is not signed in, with an own browser.
    #[must_use]
    pub fn anonymous(&self) -> Visitor {
        Visitor::new(Inner { router: self.router.clone(), origin: self.state.gov.settings().public_url.clone() })
    }

    /// Somebody signed in with this account, with an own browser. The session is the kernel's; `identity`'s login page
    /// is not involved.
    ///
    /// # Panics
    /// When there is no such account.
    pub async fn signed_in(&self, username: &str) -> Visitor {
        let token = self.open_session(username).await;
        self.anonymous().with_cookie(web::SESSION_COOKIE, &token.to_string())
    }

    async fn open_session(&self, username: &str) -> account::SessionToken {
        let username = username.to_owned();
        let limits = account::SessionLimits::default();
        self.write(move |tx| {
            let found = account::by_username(tx, &username)?.ok_or_else(|| Error::Failed(format!("no account {username}")))?;
            account::open_session(tx, found.id, limits)
        })
        .await
    }

    /// A machine that calls the API with this token.
    #[must_use]
    pub fn api(&self, token: &str) -> Visitor {
        self.anonymous().with_bearer(token)
    }

    /// A token for the API in the name of an account.
    ///
    /// # Panics
    /// When there is no such account.
    pub async fn api_token(&self, username: &str) -> String {
        let username = username.to_owned();
        let made = self.write(move |tx| {
            let found = account::by_username(tx, &username)?.ok_or_else(|| Error::Failed(format!("no account {username}")))?;
            account::create_token(tx, found.id, "test", None)
        });
        made.await.1.to_string()
    }

    /// Stores a file as an attachment and makes its row.
    ///
    /// # Panics
    /// When the file is refused.
    pub async fn store_blob(&self, name: &str, bytes: &[u8]) -> Id {
        let (gov, ctx, name, bytes) = (Arc::clone(self.gov()), self.ctx(), name.to_owned(), bytes.to_vec());
        let put = move || gov.blobs().put(&ctx, &name, &bytes, &kernel::blobs::Limits::ATTACHMENT);
        let staged = tokio::task::spawn_blocking(put).await.expect("no panic").expect("the file is taken");
        self.write(move |tx| Ok(kernel::blobs::adopt(tx, &staged)?)).await
    }

    /// Does everything that is due in the background: events, jobs, and what follows from them.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn settle(&self) -> usize {
        web::runner(&self.state).drain().await.expect("the work in the background is done")
    }

    /// This test may end with work left undone.
    pub fn leave_work(&self) {
        self.leave_work.store(true, Ordering::SeqCst);
    }

    /// Due and dead work: (deliveries due, deliveries dead, jobs due, jobs dead).
    fn undone(&self) -> Result<[i64; 4], Error> {
        let now = self.now();
        self.state.gov.db().read_now(|rx| {
            let due = &kernel::params![now];
            Ok([
                rx.count("select count(*) from kernel_delivery where state = 'due' and run_at <= $1", due)?,
                rx.count("select count(*) from kernel_delivery where state = 'dead'", &[])?,
                rx.count("select count(*) from kernel_job where state = 'due' and run_at <= $1", due)?,
                rx.count("select count(*) from kernel_job where state = 'dead'", &[])?,
            ])
        })
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let check = !std::thread::panicking() && !self.leave_work.load(Ordering::SeqCst);
        // The PostgreSQL client blocks, which an async thread may not.
        let undone = std::thread::scope(|scope| scope.spawn(|| check.then(|| self.undone())).join());
        if let Some(url) = &self.postgres_url {
            std::thread::scope(|scope| scope.spawn(|| postgresql::drop_database(url)).join()).ok();
        }
        drop(self.folder.take());
        match undone {
            Ok(None | Some(Ok([0, 0, 0, 0]))) => {}
            Ok(Some(Ok([due, dead, jobs, dead_jobs]))) => panic!(
                "work was left undone: {due} deliveries due and {dead} dead, {jobs} jobs due and {dead_jobs} dead. \
                 Call app.settle(), or app.leave_work() when that is the point."
            ),
            Ok(Some(Err(error))) => panic!("whether work was left undone is not known (app.leave_work() asks nothing): {error}"),
            Err(_) => panic!("whether work was left undone is not known"),
        }
    }
}

fn settings(folder: &Path, mail: Option<String>) -> Settings {
    Settings {
        slug: "uji".to_owned(),
        name: "Kabupaten Uji".to_owned(),
        province: "Sumatera Selatan".to_owned(),
        region: "16.11".to_owned(),
        zone: "Asia/Jakarta".to_owned(),
        public_url: PUBLIC_URL.to_owned(),
        mark: None,
        mail: mail.map_or(Mail::Preview, |url| Mail::Smtp { url, from: "Kabupaten Uji <surat@uji.example>".to_owned() }),
        folder: folder.join("gov/uji"),
    }
}

fn open(
    database: Database,
    systems: &[&'static System],
    settings: Settings,
    time: kernel::gov::TimeSource,
    seed: u64,
) -> (Arc<Gov>, Option<String>) {
    let mut migrations: Vec<SystemMigrations> = vec![KERNEL_MIGRATIONS];
    migrations.extend(web::migrations(systems));
    let tables: Vec<&kernel::Table> = kernel::tables::all().collect();
    let means = |target: &Target| {
        let (meta, ring) = (web::meta(systems, &tables), Ring::new([7; 32]));
        let means = Means { target, meta, migrations: &migrations, ring: &ring, time: time.clone(), entropy: Entropy::seeded(seed) };
        Gov::open(settings.clone(), means).expect("the government opens")
    };
    std::fs::create_dir_all(&settings.folder).expect("the government's folder");
    match database {
        Database::Sqlite => (Arc::new(means(&Target::Sqlite(settings.folder.join("smartgovt.db")))), None),
        Database::Postgres => {
            let mut slugs: Vec<&str> = systems.iter().map(|system| system.slug).collect();
            slugs.sort_unstable();
            let url = postgresql::fresh(&slugs.join("_"), |template| drop(means(&Target::Postgres(template.to_owned()))));
            (Arc::new(means(&Target::Postgres(url.clone()))), Some(url))
        }
    }
}

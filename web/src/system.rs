//! The manifest of a system: a plain value. The app lists them in one array, everything else is read from it.

use std::{future::Future, pin::Pin, sync::Arc};

use jiff::civil::Date;
use kernel::{
    Gov, Officer, Rx, Table, Timestamp,
    db::{Meta, Migration, SystemMigrations},
    grant::sight::Sight,
    jobs::JobKind,
    outbox::{self, Handler},
    retention::Rule,
    runner::Runner,
};

use crate::{
    export::ExportKind,
    processing::Processing,
    routes::{Access, Routes},
    session::Sessions,
    state::AppState,
    voice::Voice,
};

/// A boxed future, for hooks behind a pointer.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A regulation a system answers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Legal {
    /// `UU 25/2009`, `Permendagri 47/2016`.
    pub source: &'static str,
    /// `Pasal 21`.
    pub article: &'static str,
    /// What it asks, in one sentence (English, for the generated page).
    pub asks: &'static str,
}

/// A role and what it allows here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    pub role: &'static str,
    /// The text key that says what it allows.
    pub allows: &'static str,
}

/// Where a menu line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The masthead of public pages.
    Public,
    /// An officer's side menu: work, without a heading.
    Work,
    /// Buku.
    Books,
    /// The unit: people, posts, calendar.
    Unit,
    /// The government: oversight and administration.
    Government,
    /// Saya.
    Self_,
}

impl Place {
    /// The text key of the heading; empty for none.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Public | Self::Work => "",
            Self::Books => "web-menu-books",
            Self::Unit => "web-menu-unit",
            Self::Government => "web-menu-government",
            Self::Self_ => "web-menu-self",
        }
    }
}

/// Counts what waits behind a menu line.
pub type Badge = fn(&mut Rx<'_>, &Officer, Timestamp) -> kernel::Result<i64>;

/// A line of the menu.
#[derive(Debug, Clone, Copy)]
pub struct MenuItem {
    /// The text key.
    pub title: &'static str,
    pub href: &'static str,
    pub place: Place,
    /// Who sees it.
    pub access: Access,
    /// Order inside its place, smallest first.
    pub order: u16,
    pub badge: Option<Badge>,
}

impl MenuItem {
    /// A line of the public masthead.
    #[must_use]
    pub const fn public(order: u16, title: &'static str, href: &'static str) -> Self {
        Self { title, href, place: Place::Public, access: Access::Public, order, badge: None }
    }

    /// A line of the officers' menu.
    #[must_use]
    pub const fn officer(place: Place, order: u16, title: &'static str, href: &'static str, access: Access) -> Self {
        Self { title, href, place, access, order, badge: None }
    }

    /// The same with a count beside it.
    #[must_use]
    pub const fn badge(mut self, badge: Badge) -> Self {
        self.badge = Some(badge);
        self
    }
}

/// A task in Tugas Saya as its system says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskLine {
    /// What is to be done.
    pub title: String,
    /// What it is about; never a full name.
    pub about: String,
    pub href: String,
}

/// Says a task of the own system.
pub type TaskFace = fn(&Voice, &kernel::case::Task) -> TaskLine;

/// What a system fills the demonstration from.
pub struct DemoPlan {
    pub gov: Arc<Gov>,
    /// Kemendagri code of the region, `16.11`.
    pub region: String,
    /// The last day of the demonstration's history.
    pub as_of: Date,
    pub seed: u64,
}

/// Fills the demonstration. Hooks run in the order of the systems array.
pub type Demo = for<'a> fn(&'a DemoPlan) -> BoxFuture<'a, kernel::Result<()>>;

/// A system as the app sees it.
#[derive(Clone, Copy)]
pub struct System {
    /// The crate's name; prefixes its tables (`{slug}_*`), text keys (`{slug}-…`) and API (`/api/v1/{slug}`).
    pub slug: &'static str,
    /// The text key of its name.
    pub title: &'static str,
    pub legal: &'static [Legal],
    pub permissions: &'static [Permission],
    pub menu: &'static [MenuItem],
    /// The URL prefixes it owns (`/lacak` covers `/lacak` and `/lacak/…`; `/` only itself).
    pub owns: &'static [&'static str],
    pub migrations: &'static [Migration],
    pub tables: &'static [&'static Table],
    pub pages: fn() -> Routes,
    /// Routes under `/api/v1/{slug}`.
    pub api: fn() -> Routes,
    /// Its part of `/api/openapi.json`.
    pub openapi: Option<fn() -> utoipa::openapi::OpenApi>,
    /// `[("id", include_str!("../locales/id.ftl")), ("en", …)]`.
    pub locales: &'static [(&'static str, &'static str)],
    /// The beginning of the keys that say what its entries did, ending in `-did-`: `services.letter.opened` is said by
    /// `services-did-letter-opened`. Empty when it has none.
    pub deeds: &'static str,
    /// Lists that may leave as files; there is no other way for them.
    pub exports: &'static [ExportKind],
    /// Resolves session cookies and API tokens. Exactly one system of a government has it.
    pub sessions: Option<fn() -> Arc<dyn Sessions>>,
    pub demo: Option<Demo>,
    /// Fills more of it once every system's `demo` has run: what rests on units, posts and people.
    pub demo_late: Option<Demo>,
    /// How its tasks look in Tugas Saya; those of a system without it are not shown there.
    pub task: Option<TaskFace>,
    /// Work in the background.
    pub jobs: &'static [JobKind<AppState>],
    /// What reacts to events of the outbox.
    pub handles: &'static [Handler<AppState>],
    /// What opens its records: the same scopes its lists are filtered by, for the report of who can see what.
    pub sights: &'static [Sight],
    /// What it does with personal data: its part of the record of processing.
    pub processing: &'static [Processing],
    /// How long its records are kept.
    pub retention: &'static [Rule],
    /// Erases what it keeps of people in one of its finished cases, when the person asks and is right.
    pub forget: Option<kernel::erasure::Forget>,
    /// Ends what it does with a person's data by her consent alone, when she withdraws it.
    pub withdraw: Option<kernel::limit::Withdraw>,
    /// Every state its open cases may be in. The server does not start while a case waits in a state no longer listed.
    pub states: &'static [&'static str],
}

impl System {
    /// Nothing; write `System { slug: "…", …, ..System::EMPTY }`.
    pub const EMPTY: Self = Self {
        slug: "",
        title: "",
        legal: &[],
        permissions: &[],
        menu: &[],
        owns: &[],
        migrations: &[],
        tables: &[],
        pages: Routes::new,
        api: Routes::new,
        openapi: None,
        locales: &[],
        deeds: "",
        exports: &[],
        sessions: None,
        demo: None,
        demo_late: None,
        task: None,
        jobs: &[],
        handles: &[],
        sights: &[],
        processing: &[],
        retention: &[],
        forget: None,
        withdraw: None,
        states: &[],
    };
}

/// The migrations of `systems`, for [`Gov::open`] (after the kernel's own).
#[must_use]
pub fn migrations(systems: &[&System]) -> Vec<SystemMigrations> {
    systems.iter().map(|system| (system.slug, system.migrations)).collect()
}

/// What the database layer knows of `systems`: who hears which event, and which of their tables are audited.
/// `kernel_tables` are the kernel's own.
#[must_use]
pub fn meta(systems: &[&System], kernel_tables: &[&Table]) -> Meta {
    let handlers: Vec<Handler<AppState>> = systems.iter().flat_map(|system| system.handles).copied().collect();
    let tables = systems.iter().flat_map(|system| system.tables).chain(kernel_tables);
    let audited = tables.filter(|table| table.audited).map(|table| table.name).collect();
    Meta { subscriptions: outbox::subscriptions(&handlers), audited, ..Meta::default() }
}

/// The runner of the systems' background work; run it beside the server.
#[must_use]
pub fn runner(state: &AppState) -> Runner<AppState> {
    let handlers: Vec<_> = state.systems.iter().flat_map(|system| system.handles).copied().collect();
    let mut jobs: Vec<_> = state.systems.iter().flat_map(|system| system.jobs).copied().collect();
    jobs.extend(crate::background::jobs());
    Runner::new(state.clone(), handlers, jobs)
}

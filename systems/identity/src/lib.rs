#![doc = include_str!("../README.md")]

mod exports;
mod model;
pub mod officials;
mod rules;
mod store;
mod terms;
mod watch;

mod demo;
mod jobs;
mod sessions;

mod pages;
mod processing;
mod words;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use kernel::db::{Migration, Sql};
use web::{Access, Legal, MenuItem, Permission, Place, System};

pub use store::{
    TEMPORARY_DAYS,
    imports::{Brought, Report, import_officials},
    require_new_password,
};
pub use terms::TERMS_VERSION;

/// The plug of this system.
pub const SYSTEM: System = System {
    slug: "identity",
    title: "identity-title",
    legal: &[
        Legal { source: "UU 30/2014", article: "Pasal 14", asks: "Plh and Plt act by mandate and are named as such" },
        Legal { source: "UU 6/2014", article: "Pasal 46–47", asks: "a vacant post of a village head is filled by a Penjabat" },
        Legal { source: "Permendagri 1/2023", article: "Lampiran, pelimpahan wewenang", asks: "a.n. and u.b. rest on a written mandate" },
        Legal { source: "UU 27/2022", article: "Pasal 39", asks: "personal data are protected from access without right" },
    ],
    permissions: &[
        Permission { role: "unit_admin", allows: "identity-allows-unit-admin" },
        Permission { role: "village_affairs", allows: "identity-allows-village-affairs" },
        Permission { role: "admin", allows: "identity-allows-admin" },
    ],
    menu: &[
        MenuItem::officer(Place::Unit, 20, "identity-menu-posts", "/jabatan", Access::Signed),
        MenuItem::officer(Place::Government, 50, "identity-menu-vacant", "/jabatan/kosong", Access::AnyRole(pages::VACANCY_ROLES))
            .badge(pages::vacant::badge),
        MenuItem::officer(Place::Unit, 22, "identity-menu-mutations", "/mutasi", pages::mutations::ENTERERS),
        MenuItem::officer(Place::Unit, 24, "identity-menu-imports", "/pejabat/impor", pages::mutations::ENTERERS),
        MenuItem::officer(Place::Unit, 30, "identity-menu-accounts", "/pengguna", pages::KEEPERS),
        MenuItem::officer(Place::Government, 55, "identity-menu-third-parties", "/pihak-ketiga", Access::Role("admin")),
        MenuItem::officer(Place::Government, 57, "identity-menu-reviews", "/tinjauan", pages::sights::ASKING),
        MenuItem::officer(Place::Government, 58, "identity-menu-sights", "/akses", pages::sights::ASKING),
        MenuItem::officer(Place::Government, 60, "identity-menu-events", "/keamanan", Access::Role("admin")),
        MenuItem::officer(Place::Self_, 10, "identity-menu-account", "/akun", Access::Signed).badge(pages::guard::badge),
        MenuItem::officer(Place::Self_, 90, "identity-menu-sign-out", "/keluar", Access::Entering),
    ],
    owns: &[
        "/masuk",
        "/lupa-sandi",
        "/konfirmasi-surel",
        "/keluar",
        "/ketentuan",
        "/akun",
        "/jabatan",
        "/pengguna",
        "/mutasi",
        "/tinjauan",
        "/akses",
        "/pihak-ketiga",
        "/pejabat",
        "/keamanan",
    ],
    migrations: &[
        Migration { number: 1, name: "identity", sql: Sql::Both(include_str!("../migrations/0001_identity.sql")) },
        Migration { number: 6, name: "reviews and imports", sql: Sql::Both(include_str!("../migrations/0006_spine.sql")) },
        Migration { number: 9, name: "defence", sql: Sql::Both(include_str!("../migrations/0009_defence.sql")) },
        Migration { number: 10, name: "links", sql: Sql::Both(include_str!("../migrations/0010_links.sql")) },
    ],
    tables: store::TABLES,
    pages: pages::routes,
    locales: &[("id", include_str!("../locales/id.ftl")), ("en", include_str!("../locales/en.ftl"))],
    deeds: "identity-did-",
    exports: exports::EXPORTS,
    processing: processing::PROCESSING,
    retention: store::links::RULES,
    demo: Some(demo::fill),
    jobs: jobs::JOBS,
    handles: jobs::HANDLES,
    task: Some(pages::task),
    states: &["open", "escalated", "closed"],
    sessions: Some(|| Arc::new(sessions::AccountSessions)),
    ..System::EMPTY
};

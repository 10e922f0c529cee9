#![doc = include_str!("../README.md")]

pub mod model;

pub mod rules;

pub mod forms;
pub mod letters;
mod processing;
pub mod residents;

pub mod store;

mod api;
#[doc(hidden)]
pub mod bulk;
mod demo;
mod exports;
pub mod jobs;
mod pages;

#[cfg(test)]
mod tests;

use kernel::{
    db::{Migration, Sql},
    grant::{Columns, sight::Sight},
};
use web::{Access, Legal, MenuItem, Permission, Place, System};

/// Public services of villages, kecamatan and dinas, from the need to a letter anyone can check.
pub const SYSTEM: System = System {
    slug: store::SYSTEM,
    title: "services-title",
    legal: &[
        Legal { source: "UU 25/2009", article: "Pasal 15, 20–23", asks: "service standards, information and complaints" },
        Legal { source: "PermenPANRB 15/2014", article: "Lampiran", asks: "fourteen components of a service standard" },
        Legal { source: "UU 30/2014", article: "Pasal 50–55", asks: "decisions in time, with reasons" },
        Legal { source: "Permendagri 1/2023", article: "Pasal 1", asks: "form, numbering and signing of letters" },
        Legal { source: "Permendagri 47/2016", article: "Lampiran", asks: "Buku Agenda and Buku Ekspedisi" },
    ],
    sights: &[
        Sight {
            key: "services.application",
            title: "services-sight-application",
            roles: pages::OFFICE_ROLES,
            desks: true,
            counted: Some(("kernel_case", Columns::CASE)),
        },
        Sight { key: "services.resident", title: "services-sight-resident", roles: pages::COUNTER_ROLES, desks: false, counted: None },
        Sight { key: "services.books", title: "services-sight-books", roles: pages::BOOK_ROLES, desks: false, counted: None },
    ],
    permissions: &[
        Permission { role: "operator", allows: "services-may-operate" },
        Permission { role: "registrar", allows: "services-may-register" },
        Permission { role: "overseer", allows: "services-may-oversee" },
    ],
    menu: &[
        MenuItem::public(10, "services-menu-services", "/layanan"),
        MenuItem::public(20, "services-menu-track", "/lacak"),
        MenuItem::public(30, "services-menu-verify", "/verifikasi"),
        MenuItem::officer(Place::Work, 10, "services-menu-tasks", "/tugas", Access::Signed).badge(pages::desk::badge),
        MenuItem::officer(Place::Work, 20, "services-menu-counter", "/loket", Access::AnyRole(pages::COUNTER_ROLES)),
        MenuItem::officer(Place::Work, 30, "services-menu-cases", "/permohonan", Access::AnyRole(pages::OFFICE_ROLES)),
        MenuItem::officer(Place::Books, 10, "services-menu-agenda", "/buku/agenda", Access::AnyRole(pages::BOOK_ROLES)),
        MenuItem::officer(Place::Books, 20, "services-menu-dispatch", "/buku/ekspedisi", Access::AnyRole(pages::BOOK_ROLES)),
        MenuItem::officer(Place::Unit, 10, "services-menu-residents", "/penduduk", Access::AnyRole(pages::COUNTER_ROLES)),
        MenuItem::officer(Place::Unit, 30, "services-menu-calendar", "/kalender", Access::Signed),
        MenuItem::officer(Place::Unit, 40, "services-menu-offerings", "/layanan-kami", Access::AnyRole(pages::SETTING_ROLES)),
        MenuItem::officer(Place::Unit, 50, "services-menu-news", "/kabar", Access::AnyRole(pages::NEWS_ROLES)),
        MenuItem::officer(Place::Government, 10, "services-menu-watch", "/pantau", Access::AnyRole(pages::WATCH_ROLES)),
        MenuItem::officer(Place::Government, 90, "services-menu-queue", "/antrean", Access::Role("admin")),
    ],
    owns: &[
        "/",
        "/layanan",
        "/lacak",
        "/verifikasi",
        "/pengantar",
        "/tentang",
        "/unggah",
        "/tugas",
        "/loket",
        "/permohonan",
        "/buku",
        "/penduduk",
        "/kalender",
        "/layanan-kami",
        "/kabar",
        "/pantau",
        "/antrean",
    ],
    migrations: &[
        Migration { number: 1, name: "applications", sql: Sql::Both(include_str!("../migrations/0001_applications.sql")) },
        Migration { number: 2, name: "language", sql: Sql::Both(include_str!("../migrations/0002_language.sql")) },
        Migration { number: 3, name: "news", sql: Sql::Both(include_str!("../migrations/0003_news.sql")) },
    ],
    tables: store::TABLES,
    pages: pages::routes,
    api: api::routes,
    openapi: Some(api::openapi),
    locales: &[("id", include_str!("../locales/id.ftl")), ("en", include_str!("../locales/en.ftl"))],
    demo: Some(demo::fill),
    demo_late: Some(demo::fill_late),
    deeds: "services-did-",
    exports: exports::EXPORTS,
    jobs: jobs::JOBS,
    handles: jobs::HANDLES,
    processing: processing::PROCESSING,
    retention: store::erase::RULES,
    forget: Some(store::erase::forget),
    withdraw: Some(store::erase::withdraw),
    states: &[
        "introduction",
        "incomplete",
        "checking",
        "initialing",
        "signing",
        "acknowledging",
        "awaiting_scan",
        "ready",
        "done",
        "refused",
        "cancelled",
    ],
    ..System::EMPTY
};

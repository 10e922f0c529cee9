#![doc = include_str!("../README.md")]

mod model;
mod rules;

mod paper;
mod store;

mod exports;
mod jobs;
mod pages;
mod processing;

mod demo;

#[cfg(test)]
mod tests;

use kernel::{
    db::{Migration, Sql},
    grant::{ADMIN, INSPECTOR},
};
use web::{Access, Legal, MenuItem, Permission, Place, System};

/// Who reads here.
const INSPECTORS: Access = Access::Role(INSPECTOR);
/// Who reads what the government has set, and who sets it.
const SETTERS: Access = Access::AnyRole(&[INSPECTOR, ADMIN]);

/// The Inspektorat's own: whether the data is whole, who did what, what is unusual, and the season of elections.
pub const SYSTEM: System = System {
    slug: "oversight",
    title: "oversight-title",
    legal: &[
        Legal { source: "SmartGovt Terms", article: "§4", asks: "no use of the platform for personal or political ends" },
        Legal { source: "SmartGovt Terms", article: "§7", asks: "every access and activity is recorded in the audit log" },
        Legal { source: "SmartGovt Terms", article: "§9", asks: "internal investigation of misuse" },
        Legal { source: "UU 27/2022", article: "Pasal 35–39", asks: "personal data are protected, their processing is supervised" },
        Legal { source: "Perbup Empat Lawang 30/2019", article: "Pasal 41", asks: "the use of e-government is supervised" },
    ],
    permissions: &[
        Permission { role: INSPECTOR, allows: "oversight-may-inspect" },
        Permission { role: ADMIN, allows: "oversight-may-declare" },
    ],
    menu: &[
        MenuItem::officer(Place::Government, 20, "oversight-menu-timeline", "/pengawasan/jejak", INSPECTORS),
        MenuItem::officer(Place::Government, 21, "oversight-menu-access", "/pengawasan/akses", INSPECTORS).badge(pages::badge),
        MenuItem::officer(Place::Government, 22, "oversight-menu-integrity", "/pengawasan/keutuhan", INSPECTORS),
        MenuItem::officer(Place::Government, 23, "oversight-menu-exports", "/pengawasan/unduhan", INSPECTORS),
        MenuItem::officer(Place::Government, 24, "oversight-menu-election", "/pengawasan/pemilihan", SETTERS),
    ],
    owns: &["/pengawasan"],
    migrations: &[
        Migration { number: 1, name: "oversight", sql: Sql::Both(include_str!("../migrations/0001_oversight.sql")) },
        Migration { number: 2, name: "lists", sql: Sql::Both(include_str!("../migrations/0002_lists.sql")) },
        Migration { number: 3, name: "aid", sql: Sql::Both(include_str!("../migrations/0003_aid.sql")) },
        Migration { number: 4, name: "listed", sql: Sql::Both(include_str!("../migrations/0004_listed.sql")) },
    ],
    tables: store::TABLES,
    pages: pages::routes,
    locales: &[("id", include_str!("../locales/id.ftl")), ("en", include_str!("../locales/en.ftl"))],
    deeds: "oversight-did-",
    processing: processing::PROCESSING,
    retention: store::lists::RULES,
    exports: exports::EXPORTS,
    jobs: jobs::JOBS,
    states: model::STATES,
    task: Some(pages::task),
    demo_late: Some(demo::fill),
    ..System::EMPTY
};

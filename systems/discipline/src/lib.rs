#![doc = include_str!("../README.md")]

mod model;
mod rules;
mod store;

mod demo;
mod jobs;
mod pages;
mod processing;
mod words;

#[cfg(test)]
mod tests;

use kernel::db::{Migration, Sql};
use web::{Access, Legal, MenuItem, Permission, Place, System};

/// The plug: everything the app knows of this system.
pub const SYSTEM: System = System {
    slug: "discipline",
    title: "discipline-title",
    legal: &[
        Legal {
            source: "Syarat dan Ketentuan",
            article: "9",
            asks: "temporary or permanent restriction, internal investigation, sanctions, report to the authorities",
        },
        Legal {
            source: "Perwal Jambi",
            article: "Pasal 19(6)–(8)",
            asks: "a Perangkat Daerah is sanctioned by the Walikota, its administrator by its head: oral, written, other",
        },
        Legal { source: "UU 30/2014", article: "Pasal 75–78", asks: "whom a decision concerns may object and appeal" },
    ],
    permissions: &[
        Permission { role: "unit_admin", allows: "discipline-allows-keeper" },
        Permission { role: "admin", allows: "discipline-allows-keeper" },
        Permission { role: "overseer", allows: "discipline-allows-overseer" },
        Permission { role: "signer", allows: "discipline-allows-signer" },
    ],
    menu: &[MenuItem::officer(Place::Government, 55, "discipline-menu", "/sanksi", Access::AnyRole(rules::READERS)).badge(pages::badge)],
    owns: &["/sanksi"],
    migrations: &[
        Migration { number: 1, name: "discipline", sql: Sql::Both(include_str!("../migrations/0001_discipline.sql")) },
        Migration { number: 2, name: "reminders", sql: Sql::Both(include_str!("../migrations/0002_reminders.sql")) },
    ],
    tables: store::TABLES,
    pages: pages::routes,
    locales: &[("id", include_str!("../locales/id.ftl")), ("en", include_str!("../locales/en.ftl"))],
    deeds: "discipline-did-",
    processing: processing::PROCESSING,
    demo: Some(demo::fill),
    task: Some(pages::task),
    jobs: jobs::JOBS,
    states: &model::State::WORDS,
    ..System::EMPTY
};

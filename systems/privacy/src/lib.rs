#![doc = include_str!("../README.md")]

pub mod model;

pub mod rules;

pub mod store;

mod demo;
mod exports;
mod jobs;
mod pages;
mod processing;

#[cfg(test)]
mod tests;

use kernel::{
    Officer, Rx, Timestamp,
    db::{Migration, Sql},
    grant::PRIVACY_OFFICER,
};
use web::{Legal, MenuItem, Permission, Place, System};

/// Rights of residents over their personal data, and what the government answers for.
pub const SYSTEM: System = System {
    slug: store::SYSTEM,
    title: "privacy-title",
    legal: &[
        Legal { source: "UU 27/2022", article: "Pasal 5–13", asks: "rights of the data subject, each asked for and answered" },
        Legal { source: "UU 27/2022", article: "Pasal 30, 32, 40, 41", asks: "answers within 3 × 24 hours" },
        Legal {
            source: "UU 27/2022",
            article: "Pasal 6, 9, 11",
            asks: "what is granted acts: corrected, consent withdrawn, processing restricted",
        },
        Legal { source: "UU 27/2022", article: "Pasal 31", asks: "a record of all processing" },
        Legal { source: "UU 27/2022", article: "Pasal 16, 43, 44", asks: "data are erased when their time is over" },
        Legal { source: "UU 27/2022", article: "Pasal 46", asks: "breaches are told to subject and agency within 3 × 24 hours" },
        Legal { source: "UU 27/2022", article: "Pasal 53", asks: "an officer for the protection of personal data" },
    ],
    permissions: &[
        Permission { role: PRIVACY_OFFICER, allows: "privacy-may-officer" },
        Permission { role: "operator", allows: "privacy-may-counter" },
    ],
    menu: &[
        MenuItem::public(40, "privacy-menu-own", "/data-saya"),
        MenuItem::officer(Place::Work, 40, "privacy-menu-counter", "/data-pribadi/loket", pages::COUNTER),
        MenuItem::officer(Place::Government, 60, "privacy-menu-requests", "/data-pribadi/permintaan", pages::OFFICER).badge(badge),
        MenuItem::officer(Place::Government, 61, "privacy-menu-hidings", "/data-pribadi/rahasia", pages::OFFICER),
        MenuItem::officer(Place::Government, 66, "privacy-menu-limits", "/data-pribadi/pembatasan", pages::OFFICER),
        MenuItem::officer(Place::Government, 67, "privacy-menu-holds", "/data-pribadi/penahanan", pages::OFFICER),
        MenuItem::officer(Place::Government, 62, "privacy-menu-breaches", "/data-pribadi/pelanggaran", pages::OFFICER),
        MenuItem::officer(Place::Government, 63, "privacy-menu-ropa", "/data-pribadi/pemrosesan", pages::READERS),
        MenuItem::officer(Place::Government, 64, "privacy-menu-retention", "/data-pribadi/penyimpanan", pages::OFFICER),
        MenuItem::officer(Place::Government, 65, "privacy-menu-pseudonyms", "/data-pribadi/samaran", pages::OFFICER),
    ],
    owns: &["/data-saya", "/data-pribadi"],
    migrations: &[
        Migration { number: 1, name: "privacy", sql: Sql::Both(include_str!("../migrations/0001_privacy.sql")) },
        Migration { number: 2, name: "corrections", sql: Sql::Both(include_str!("../migrations/0002_corrections.sql")) },
        Migration { number: 3, name: "hiding_lifted", sql: Sql::Both(include_str!("../migrations/0003_hiding_lifted.sql")) },
    ],
    tables: store::TABLES,
    pages: pages::routes,
    locales: &[("id", include_str!("../locales/id.ftl")), ("en", include_str!("../locales/en.ftl"))],
    deeds: "privacy-did-",
    exports: exports::EXPORTS,
    demo_late: Some(demo::fill),
    jobs: jobs::JOBS,
    processing: processing::PROCESSING,
    task: Some(pages::task),
    states: &["open"],
    ..System::EMPTY
};

fn badge(rx: &mut Rx<'_>, _: &Officer, _: Timestamp) -> kernel::Result<i64> {
    store::requests::count_open(rx)
}

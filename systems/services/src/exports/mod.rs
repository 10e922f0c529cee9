//! The lists of this system that may leave as files, each counted and made within what the officer may see at that moment.

mod books;
mod register;
mod residents;

use kernel::{
    Error, Id, Result, Rx,
    export::Nature,
    grant::{Located, Scope},
    unit::{self, Unit},
};
use web::{
    Access,
    export::{ExportKind, Making},
};

pub(crate) use books::{agenda_body, dispatch_body, without_restricted};
pub(crate) use register::Order;
pub(crate) use residents::body as residents_body;

use crate::pages::{BOOK_ROLES, COUNTER_ROLES, OFFICE_ROLES};

/// Applications, applicants masked.
pub const REGISTER: &str = "services.register";
/// Buku Agenda.
pub const AGENDA: &str = "services.agenda";
/// Buku Ekspedisi.
pub const DISPATCH: &str = "services.dispatch";
/// Residents of a unit, their NIK masked.
pub const RESIDENTS: &str = "services.residents";

/// Every list.
pub const EXPORTS: &[ExportKind] = &[
    ExportKind {
        name: REGISTER,
        title: "services-menu-cases",
        nature: Nature::General,
        access: Access::AnyRole(OFFICE_ROLES),
        measure: register::measure,
        make: register::make,
    },
    ExportKind {
        name: AGENDA,
        title: "services-menu-agenda",
        nature: Nature::General,
        access: Access::AnyRole(BOOK_ROLES),
        measure: books::measure_agenda,
        make: books::make_agenda,
    },
    ExportKind {
        name: DISPATCH,
        title: "services-menu-dispatch",
        nature: Nature::General,
        access: Access::AnyRole(BOOK_ROLES),
        measure: books::measure_dispatch,
        make: books::make_dispatch,
    },
    ExportKind {
        name: RESIDENTS,
        title: "services-menu-residents",
        nature: Nature::General,
        access: Access::AnyRole(COUNTER_ROLES),
        measure: residents::measure,
        make: residents::make,
    },
];

/// The unit a request names, when any of `roles` reaches it now.
fn unit_of(rx: &mut Rx<'_>, making: &Making<'_>, roles: &[&str]) -> Result<Unit> {
    let id: Id = making.body["unit"].as_str().and_then(|text| text.parse().ok()).ok_or(Error::Missing)?;
    let scope = Scope::of_roles(making.officer, roles);
    unit::find(rx, id)?.filter(|unit| scope.covers(&Located::at(unit))).ok_or(Error::Missing)
}

/// How many different ones there are, empty ones left out.
fn different<'a>(names: impl Iterator<Item = &'a str>) -> i64 {
    let names: std::collections::HashSet<String> = names.filter(|name| !name.is_empty()).map(str::to_lowercase).collect();
    i64::try_from(names.len()).unwrap_or(i64::MAX)
}

fn count<T>(rows: &[T]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}

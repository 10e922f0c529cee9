//! HTML. `home` is for residents, `desk` for officers at work, `books` for the registers, `village` for what a unit sets itself.

pub(crate) mod books;
pub(crate) mod desk;
pub(crate) mod home;
pub(crate) mod village;

use web::Routes;

pub(crate) use crate::rules::COUNTER_ROLES;

/// Who works on applications or looks after them.
pub(crate) const OFFICE_ROLES: &[&str] = &["operator", "examiner", "initialer", "signer", "registrar", "unit_admin", "overseer"];
/// Who keeps or reads the books.
pub(crate) const BOOK_ROLES: &[&str] = &["registrar", "operator", "initialer", "signer", "unit_admin"];
/// Who decides how the unit offers its services.
pub(crate) const SETTING_ROLES: &[&str] = &["unit_admin", "signer", "admin"];
/// Who writes to many applicants of the unit at once.
pub(crate) const NEWS_ROLES: &[&str] = &["signer", "unit_admin"];
/// Who sees where work waits.
pub(crate) const WATCH_ROLES: &[&str] = &["overseer", "village_affairs", "admin"];

/// Every page of this system.
pub(crate) fn routes() -> Routes {
    Routes::new().and(home::routes()).and(desk::routes()).and(books::routes()).and(village::routes())
}

//! The pages. Residents: `/data-saya`. Counter and officer: `/data-pribadi`.

mod breaches;
mod counter;
mod hidings;
mod lines;
mod own;
mod pseudonyms;
mod requests;
mod retention;
mod ropa;

use kernel::{Date, Id, Timestamp, case::Task, grant, party};
use web::{Access, Error, Page, Routes, TaskLine, Voice};

/// Whoever serves at a counter.
pub(crate) const COUNTER: Access = Access::AnyRole(COUNTER_ROLES);
const COUNTER_ROLES: &[&str] = &[grant::OPERATOR, grant::EXAMINER, grant::PRIVACY_OFFICER];
/// The data protection officer.
pub(crate) const OFFICER: Access = Access::Role(grant::PRIVACY_OFFICER);
/// Who reads the record of processing.
pub(crate) const READERS: Access = Access::AnyRole(&[grant::PRIVACY_OFFICER, grant::OVERSEER, grant::ADMIN]);

/// Rows of a list of this system.
const ROWS: i64 = 200;

pub(crate) fn routes() -> Routes {
    own::routes()
        .and(counter::routes())
        .and(requests::routes())
        .and(hidings::routes())
        .and(breaches::routes())
        .and(ropa::routes())
        .and(retention::routes())
        .and(pseudonyms::routes())
}

/// A request of a data subject in Tugas Saya.
pub(crate) fn task(voice: &Voice, task: &Task) -> TaskLine {
    let href = format!("/data-pribadi/permintaan/{}", task.case_id);
    TaskLine { title: voice.t("privacy-work-request"), about: task.subject.clone(), href }
}

/// The last moment of a day where the page's unit is.
fn end_of(page: &Page, day: Date) -> web::Result<Timestamp> {
    let zone = page.gov().settings().time_zone();
    let next = day.tomorrow().map_err(|_| Error::BadRequest)?;
    next.to_zoned(zone).map(|zoned| zoned.timestamp()).map_err(|_| Error::BadRequest)
}

/// "Siti Rahmawati · NIK ••••••••••••0012", as lists of officers show somebody.
fn known_as(person: &party::Person) -> String {
    let nik = person.masked_nik();
    if nik.is_empty() { person.masked_name() } else { format!("{} · NIK {nik}", person.masked_name()) }
}

fn id_of(text: &str) -> web::Result<Id> {
    text.parse().map_err(|_| Error::NotFound)
}

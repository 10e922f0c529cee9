//! The pages. Residents: `/data-saya`. Counter and officer: `/data-pribadi`.

mod breaches;
mod correct;
mod counter;
mod decisions;
mod hidings;
mod holds;
mod limits;
mod lines;
mod own;
mod pseudonyms;
mod requests;
mod retention;
mod ropa;

use jiff::SignedDuration;
use kernel::{
    Date, Id, Timestamp,
    case::Task,
    grant,
    lasting::{Lasting, Stand},
    party,
};
use web::{
    Access, Error, Page, Routes, TaskLine, Voice,
    ui::{Tag, Tone},
};

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
        .and(correct::routes())
        .and(limits::routes())
        .and(holds::routes())
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

/// The day something ends on, said as it was asked for: what ends at midnight ends with the day before.
fn last_day(page: &Page, until: Timestamp) -> String {
    page.day(until.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(until))
}

/// Where a hold, a limit or a hiding stands; `open` is what it says without a last day.
fn stand(page: &Page, lasting: &Lasting, open: &str) -> Tag {
    match lasting.stand(page.now()) {
        Stand::Lifted(at) => Tag::new(Tone::Plain, page.t1("privacy-hiding-lifted", "at", page.day(at))),
        Stand::Until(until) => Tag::new(Tone::Soon, page.t1("privacy-hiding-until", "at", last_day(page, until))),
        Stand::Open => Tag::new(Tone::Soon, page.t(open)),
        Stand::Ended => Tag::new(Tone::Plain, page.t("privacy-hiding-ended")),
    }
}

/// "Siti Rahmawati · NIK ••••••••••••0012", as lists of officers show somebody.
fn known_as(person: &party::Person) -> String {
    let nik = person.masked_nik();
    if nik.is_empty() { person.masked_name() } else { format!("{} · NIK {nik}", person.masked_name()) }
}

fn id_of(text: &str) -> web::Result<Id> {
    text.parse().map_err(|_| Error::NotFound)
}

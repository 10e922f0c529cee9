//! What a unit keeps and sets itself: residents, calendar, its services; and who watches over the work and the machine.

mod calculator;
mod calendar;
mod hours;
mod imports;
mod news;
mod offerings;
pub(crate) mod place;
mod queue;
mod residents;
mod watch;

use web::{Access, Routes};

use super::{COUNTER_ROLES, NEWS_ROLES, SETTING_ROLES, WATCH_ROLES};

const COUNTER: Access = Access::AnyRole(COUNTER_ROLES);
const SETTERS: Access = Access::AnyRole(SETTING_ROLES);
const NEWS: Access = Access::AnyRole(NEWS_ROLES);
const WATCHERS: Access = Access::AnyRole(WATCH_ROLES);
/// Who writes the calendar: Diskominfo that of the region, a unit its own closures and hours.
const CALENDAR_ROLES: &[&str] = &["admin", "unit_admin"];
const CALENDAR: Access = Access::AnyRole(CALENDAR_ROLES);
const ADMIN: Access = Access::Role("admin");
/// Largest workbook, in bytes, with the form around it.
const WORKBOOK_BYTES: usize = 26_000_000;

pub(crate) fn routes() -> Routes {
    people().and(settings()).and(watching())
}

fn people() -> Routes {
    Routes::new()
        .get("/penduduk", COUNTER, residents::list)
        .post("/penduduk/nik", COUNTER, residents::by_nik)
        .token()
        .post("/penduduk/unduh", COUNTER, residents::export)
        .get("/penduduk/baru", COUNTER, residents::ask_new)
        .post("/penduduk/baru", COUNTER, residents::create)
        .token()
        .get("/penduduk/impor", COUNTER, imports::ask)
        .post("/penduduk/impor", COUNTER, imports::upload)
        .limit_bytes(WORKBOOK_BYTES)
        .get("/penduduk/impor/{id}", COUNTER, imports::preview)
        .post("/penduduk/impor/{id}", COUNTER, imports::run)
        .token()
        .get("/penduduk/impor/{id}/catatan.csv", COUNTER, imports::problems)
        .get("/penduduk/{id}", COUNTER, residents::show)
        .get("/penduduk/{id}/ubah", COUNTER, residents::ask_change)
        .post("/penduduk/{id}/ubah", COUNTER, residents::change)
        .token()
        .post("/penduduk/{id}/pindah", COUNTER, residents::move_away)
        .token()
}

fn settings() -> Routes {
    Routes::new()
        .get("/kalender", Access::Public, calendar::year)
        .get("/kalender/tenggat", Access::Signed, calculator::show)
        .get("/kalender/libur", CALENDAR, calendar::ask)
        .post("/kalender/libur", CALENDAR, calendar::add)
        .token()
        .get("/kalender/libur/{id}", Access::Public, calendar::day)
        .post("/kalender/libur/{id}/batal", CALENDAR, calendar::cancel)
        .token()
        .get("/kalender/jam", CALENDAR, hours::ask)
        .post("/kalender/jam", CALENDAR, hours::save)
        .token()
        .get("/kabar", NEWS, news::list)
        .get("/kabar/baru", NEWS, news::ask)
        .post("/kabar/baru", NEWS, news::look)
        .post("/kabar", NEWS, news::send)
        .token()
        .get("/kabar/{news}", NEWS, news::show)
        .get("/layanan-kami", SETTERS, offerings::list)
        .post("/layanan-kami/ambil", SETTERS, offerings::adopt)
        .token()
        .get("/layanan-kami/{id}", SETTERS, offerings::show)
        .post("/layanan-kami/{id}", SETTERS, offerings::save)
        .token()
        .post("/layanan-kami/{id}/keadaan", SETTERS, offerings::set_state)
        .token()
}

fn watching() -> Routes {
    Routes::new()
        .get("/pantau", WATCHERS, watch::show)
        .get("/antrean", ADMIN, queue::show)
        .post("/antrean/pengiriman", ADMIN, queue::delivery)
        .token()
        .post("/antrean/pekerjaan", ADMIN, queue::job)
        .token()
        .get("/antrean/surel/{id}", ADMIN, queue::mail)
        .post("/antrean/surel/{id}/ulang", ADMIN, queue::mail_again)
        .token()
}

//! Officers at work: Tugas Saya, one application, the counter, the register.

mod actions;
mod case;
mod complete;
mod counter;
mod deadline;
mod intake;
mod introduction;
mod load;
mod register;
mod step;
mod tasks;
mod tell;
mod view;
mod words;

use web::{Access, Routes};

use super::{COUNTER_ROLES, OFFICE_ROLES};

pub(crate) use tasks::badge;
pub(super) use words::{code, hamlet, length};

/// A scan or photo as sent (10 MB) with the form around it.
const FILE_FORM_BYTES: usize = 11_000_000;
/// Some photos and papers handed in at once.
const INTAKE_FORM_BYTES: usize = 40_000_000;

pub(crate) fn routes() -> Routes {
    let (counter, office) = (Access::AnyRole(COUNTER_ROLES), Access::AnyRole(OFFICE_ROLES));
    Routes::new()
        .get("/tugas", Access::Signed, tasks::index)
        .post("/tugas/pemberitahuan", Access::Signed, tasks::read_notices)
        .get("/tugas/{case}", Access::Signed, case::show)
        .post("/tugas/{case}/tampilkan", Access::Signed, case::reveal)
        .token()
        .get("/tugas/{case}/tenggat", Access::Signed, deadline::show)
        .get("/tugas/{case}/surat", Access::Signed, case::letter)
        .get("/tugas/{case}/berkas/{file}", Access::Signed, case::file)
        .get("/tugas/{case}/kabar", Access::Signed, tell::ask)
        .post("/tugas/{case}/kabar", Access::Signed, tell::send)
        .token()
        .get("/tugas/{case}/pengantar", counter, introduction::ask)
        .post("/tugas/{case}/pengantar", counter, introduction::make)
        .token()
        .get("/tugas/{case}/langkah/{step}", Access::Signed, actions::ask)
        .post("/tugas/{case}/langkah/{step}", Access::Signed, actions::take)
        .token()
        .limit_bytes(FILE_FORM_BYTES)
        .get("/loket", counter, self::counter::index)
        .get("/loket/layanan/{offering}", counter, self::counter::find)
        .post("/loket/layanan/{offering}", counter, self::counter::find_by_nik)
        .get("/loket/layanan/{offering}/orang-baru", counter, self::counter::new_person)
        .post("/loket/layanan/{offering}/orang-baru", counter, self::counter::add_person)
        .get("/loket/layanan/{offering}/{person}", counter, intake::ask)
        .post("/loket/layanan/{offering}/{person}", counter, intake::submit)
        .limit_bytes(INTAKE_FORM_BYTES)
        .get("/loket/{case}", counter, intake::done)
        .get("/loket/{case}/bukti", counter, intake::slip)
        .get("/loket/{case}/lengkapi", counter, self::complete::ask)
        .post("/loket/{case}/lengkapi", counter, self::complete::save)
        .token()
        .limit_bytes(INTAKE_FORM_BYTES)
        .get("/permohonan", office, register::index)
        .post("/permohonan/unduh", office, register::export)
}

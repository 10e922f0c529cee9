//! HTML: `timeline` is the audit log, `access` what is unusual in it, `follow` the follow-up of a finding, `integrity` the Berita
//! Acara, `taken` lists that left the system, `election` the season, `limits` the bounds.

mod access;
mod election;
mod follow;
mod integrity;
mod limits;
mod taken;
mod timeline;
pub(crate) mod words;

use kernel::{
    Id, Officer, Result, Rx, Timestamp,
    case::Task,
    grant::{ADMIN, INSPECTOR, Scope},
};
use web::{Access, Error, Page, Routes, TaskLine, Voice};

use crate::{INSPECTORS, SETTERS, store::findings};

/// Every page of this system.
pub(crate) fn routes() -> Routes {
    let admin = Access::Role(ADMIN);
    Routes::new()
        .get("/pengawasan/jejak", INSPECTORS, timeline::show)
        .get("/pengawasan/jejak/cari", INSPECTORS, timeline::ask)
        .post("/pengawasan/jejak/cari", INSPECTORS, timeline::search)
        .post("/pengawasan/jejak/unduh", INSPECTORS, timeline::export)
        .get("/pengawasan/akses", INSPECTORS, access::list)
        .get("/pengawasan/akses/{finding}", INSPECTORS, access::show)
        .post("/pengawasan/akses/{finding}/tanya", INSPECTORS, access::ask)
        .token()
        .post("/pengawasan/akses/{finding}/tutup", INSPECTORS, access::dismiss)
        .token()
        .get("/pengawasan/perkara/{case}", Access::Signed, follow::show)
        .post("/pengawasan/perkara/{case}/jawab", Access::Signed, follow::answer)
        .token()
        .post("/pengawasan/perkara/{case}/putus", INSPECTORS, follow::conclude)
        .token()
        .get("/pengawasan/keutuhan", INSPECTORS, integrity::list)
        .post("/pengawasan/keutuhan", INSPECTORS, integrity::start)
        .token()
        .get("/pengawasan/keutuhan/{audit}", INSPECTORS, integrity::show)
        .get("/pengawasan/keutuhan/{audit}/berita-acara", INSPECTORS, integrity::paper)
        .get("/pengawasan/unduhan", INSPECTORS, taken::list)
        .get("/pengawasan/pemilihan", SETTERS, election::list)
        .post("/pengawasan/pemilihan", admin, election::declare)
        .token()
        .post("/pengawasan/pemilihan/{election}/akhiri", admin, election::call_off)
        .token()
        .get("/pengawasan/batas", SETTERS, limits::ask)
        .post("/pengawasan/batas", INSPECTORS, limits::save)
        .token()
        .post("/pengawasan/batas/unduhan", admin, limits::save_policy)
        .token()
}

/// What an inspector reaches.
pub(crate) fn scope(officer: &Officer) -> Scope {
    Scope::of_roles(officer, &[INSPECTOR])
}

/// The signed-in officer's scope.
fn own_scope(page: &Page) -> web::Result<Scope> {
    page.officer().map(scope).ok_or(Error::SignIn)
}

/// The signed-in officer's account.
fn own_account(page: &Page) -> web::Result<Id> {
    page.officer().map(|officer| officer.account).ok_or(Error::SignIn)
}

/// Findings that wait for a decision.
pub(crate) fn badge(rx: &mut Rx<'_>, officer: &Officer, _: Timestamp) -> Result<i64> {
    findings::count_open(rx, &scope(officer))
}

/// A follow-up in Tugas Saya.
pub(crate) fn task(voice: &Voice, task: &Task) -> TaskLine {
    let key = if task.action == "clarify" { "oversight-task-clarify" } else { "oversight-task-decide" };
    TaskLine { title: voice.t(key), about: task.subject.clone(), href: format!("/pengawasan/perkara/{}", task.case_id) }
}

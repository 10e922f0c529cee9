//! HTML. `register` and `open` are for keepers, `lead` for the admins of the government, `case` for whoever handles one, `own` for whom it is about.

mod case;
mod lead;
mod open;
mod own;
mod register;

use std::sync::Arc;

use jiff::Timestamp;
use kernel::{Actor, Ctx, Officer, Rx, case::Task};
use web::{Access, Error, FormData, Page, Routes, TaskLine, Voice};

use crate::{
    rules::{KEEPERS, READERS},
    store,
};

/// Every page of this system.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/sanksi", Access::AnyRole(READERS), register::list)
        .get("/sanksi/baru", Access::AnyRole(KEEPERS), open::ask)
        .post("/sanksi/baru", Access::AnyRole(KEEPERS), open::open)
        .token()
        .get("/sanksi/pengingat", Access::Role("admin"), lead::ask)
        .post("/sanksi/pengingat", Access::Role("admin"), lead::decide)
        .token()
        .get("/sanksi/kasus/{case}", Access::Signed, case::show)
        .get("/sanksi/kasus/{case}/cetak", Access::Signed, case::print)
        .get("/sanksi/kasus/{case}/langkah/{step}", Access::Signed, case::ask)
        .post("/sanksi/kasus/{case}/langkah/{step}", Access::Signed, case::act)
        .token()
        .get("/sanksi/saya", Access::Entering, own::list)
        .get("/sanksi/saya/{case}", Access::Entering, own::show)
        .get("/sanksi/saya/{case}/cetak", Access::Entering, own::print)
        .post("/sanksi/saya/{case}/jawaban", Access::Entering, own::answer)
        .token()
        .post("/sanksi/saya/{case}/keberatan", Access::Entering, own::appeal)
        .token()
}

/// How many cases wait for the officer's posts: what the menu says.
pub(crate) fn badge(rx: &mut Rx<'_>, officer: &Officer, _: Timestamp) -> kernel::Result<i64> {
    let posts: Vec<kernel::Id> = officer.posts.iter().map(|post| post.post).collect();
    store::waiting(rx, &posts)
}

fn officer(page: &Page) -> web::Result<Arc<Officer>> {
    page.session().map(|session| Arc::clone(&session.officer)).ok_or(Error::SignIn)
}

/// The circumstances of a form and its officer, acting for the post under which the form was shown.
fn acting(page: &Page, form: &FormData) -> web::Result<(Ctx, Arc<Officer>)> {
    let ctx = page.ctx_for(form)?;
    match ctx.actor() {
        Actor::Account(officer) => Ok((ctx.clone(), Arc::clone(officer))),
        _ => Err(Error::SignIn),
    }
}

fn zone(page: &Page) -> indonesian::Zone {
    kernel::unit::zone_of(page.zone()).unwrap_or(indonesian::Zone::Wib)
}

/// A case in Tugas Saya of whoever decides it.
pub(crate) fn task(voice: &Voice, task: &Task) -> TaskLine {
    let key = match task.action.as_str() {
        "conclude" => "discipline-task-conclude",
        "decide_appeal" => "discipline-task-decide-appeal",
        _ => "discipline-task-decide",
    };
    TaskLine { title: voice.t(key), about: task.subject.clone(), href: format!("/sanksi/kasus/{}", task.case_id) }
}

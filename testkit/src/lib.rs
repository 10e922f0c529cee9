//! Stories against the whole server: a government on either database, actors as values, a clock that is set.
//!
//! ```ignore
//! testkit::both!([&crate::SYSTEM];
//!     async fn a_villager_sees_her_service(app) {
//!         let world = World::small(&app).await;
//!         let page = app.anonymous().get("/layanan/tanjung-raman").await.good();
//!         assert_eq!(page.h1(), "Desa Tanjung Raman");
//!         let operator = app.signed_in("operator").await;
//!         let page = operator.get("/loket").await.form("#baru").fill("nama", "Siti").submit().await;
//!         page.good().assert_accessible_basics();
//!     }
//! );
//! ```
//!
//! Requests go through the router that [`web::assemble`] gives, in this process. An app that is dropped with work left
//! undone fails its test: call [`TestApp::settle`], or [`TestApp::leave_work`] when that is the point.

#![expect(clippy::expect_used, reason = "in tests a broken expectation is the answer")]

mod app;
mod basics;
mod clock;
mod form;
mod mail;
mod own_postgres;
mod page;
mod paper;
mod postgresql;
mod run;
mod sign_in;
mod timing;
mod visitor;
mod world;

pub use app::{Database, Setup, TestApp};
pub use clock::TestClock;
pub use form::Form;
pub use mail::{Fault, Mailbox, SentMail};
pub use own_postgres::OwnPostgres;
pub use page::Page;
pub use paper::PaperDrawer;
pub use run::{databases, run};
pub use timing::{mean, welch};
pub use visitor::{Attached, Visitor};
pub use world::{PASSWORD, World};

/// A URL of a fresh, empty PostgreSQL database, for tests of the binary itself. Blocks; not for async tests.
#[must_use]
pub fn empty_postgres() -> String {
    postgresql::fresh("empty", |_| {})
}

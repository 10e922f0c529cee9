//! What pages are made of: the manifest of a system, routes with their access, the middleware, extractors, texts,
//! forms, tables, charts, errors and assets.
//!
//! A system's handler is extract → load → decide → save → respond:
//!
//! ```text
//! #[derive(askama::Template)]
//! #[template(path = "track.html")]        // {% extends "base.html" %}
//! struct Track { page: Page, case: CaseView }
//!
//! async fn track(page: Page, Path(code): Path<String>) -> web::Result {
//!     let case = page.gov().read(move |rx| store::by_code(rx, &code)).await?;
//!     page.html(&Track { case, page: page.clone() })
//! }
//! ```

mod assemble;
mod assets;
mod background;
mod csrf;
mod error;
mod error_page;
pub mod export;
mod form;
pub mod format;
pub mod list;
mod log;
pub mod look;
mod openapi;
mod page;
mod processing;
pub mod proof;
mod resume;
mod routes;
mod seal;
pub mod secret;
mod session;
mod stack;
mod state;
pub mod system;
pub mod text;
pub mod ui;
mod visit;
mod voice;

pub use assemble::{AssemblyError, assemble, route_list};
pub use assets::Assets;
pub use csrf::{Verdict, judge};
pub use error::{Error, Result};
pub use form::{BadDate, FieldErrors, FileField, FormData, FormState, encoded};
pub use list::{Cursor, ListQuery, PAGE_ROWS, Slice, Sort};
pub use look::Look;
pub use openapi::openapi;
pub use page::{Face, MenuGroup, MenuLine, Page, Signed};
pub use processing::{Basis, Processing};
pub use routes::{Access, BODY_LIMIT_BYTES, RouteInfo, Routes};
pub use seal::Sealer;
pub use session::{DEVICE_COOKIE, Presented, Resolved, Restricted, SESSION_COOKIE, Session, Sessions};
pub use state::{AppState, PaperRenderer, Shared, WebSettings};
pub use system::{BoxFuture, DemoPlan, Legal, MenuItem, Permission, Place, System, TaskFace, TaskLine, meta, migrations, runner};
pub use text::{Locale, MissingKey, Terms, Texts};
pub use voice::Voice;

// The sample system of `examples/` is also what the tests walk.
#[cfg(test)]
extern crate self as web;
#[cfg(test)]
#[path = "../examples/sample/mod.rs"]
mod sample;
#[cfg(test)]
mod tests;

/// The texts of `web` itself.
pub const LOCALES: &[(&str, &str)] = &[("id", include_str!("../locales/id.ftl")), ("en", include_str!("../locales/en.ftl"))];

/// The texts of the kernel's messages.
pub const KERNEL_LOCALES: &[(&str, &str)] =
    &[("id", include_str!("../../kernel/locales/id.ftl")), ("en", include_str!("../../kernel/locales/en.ftl"))];

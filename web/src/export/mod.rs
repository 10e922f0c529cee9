//! Lists that leave the system as files. There is one way: a system declares each list as an [`ExportKind`] in its manifest and
//! hands a request to [`Page::export`]; the page before the file asks what for and says how many people are in it, a second
//! person agrees where the kernel's policy or a Masa Pemilihan asks for one, and only then a job makes the file, within what
//! the officer may see at that moment. The bytes of a [`Sheet`] cannot be had without a request that was let out.

mod make;
mod pages;
mod sheet;
mod view;

use std::sync::Arc;

use jiff::Timestamp;
use kernel::{Gov, Id, Officer, Rx, export::Nature};
use serde_json::Value as Json;

use crate::{
    page::Page,
    routes::Access,
    state::AppState,
    system::{MenuItem, Place, System},
    voice::Voice,
};

pub(crate) use make::jobs;
pub(crate) use pages::routes;
pub use sheet::{Format, Sheet, Value};

/// A list that a system lets out.
#[derive(Clone, Copy)]
pub struct ExportKind {
    /// Unique and stable, `system.noun`: it is stored with each request.
    pub name: &'static str,
    /// The text key of its name.
    pub title: &'static str,
    pub nature: Nature,
    /// Who may ask for it.
    pub access: Access,
    /// Counts what a request would take, within what the officer may see.
    pub measure: fn(&mut Rx<'_>, &Making<'_>) -> kernel::Result<Extent>,
    /// Reads it, within what the officer may see at this moment.
    pub make: fn(&mut Rx<'_>, &Making<'_>) -> kernel::Result<Made>,
}

/// For whom and of what a list is counted or made.
pub struct Making<'a> {
    pub gov: &'a Arc<Gov>,
    pub officer: &'a Officer,
    /// What the system's page handed to [`Page::export`].
    pub body: &'a Json,
    pub voice: &'a Voice,
    pub now: Timestamp,
    /// What this installation is made of, for lists over all of it.
    pub systems: &'a [&'static System],
}

/// What a request would take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// The unit the list is of.
    pub unit: Id,
    /// Which list in words, without names of people: `Buku Agenda 2026, Desa Tanjung Raman`.
    pub about: String,
    pub records: i64,
    /// How many people are in it; as many as records where nobody counted.
    pub persons: i64,
}

/// A list as read.
#[derive(Debug, Clone)]
pub struct Made {
    pub sheet: Sheet,
    /// The records in it, for the entry.
    pub records: Vec<Id>,
}

/// What a file says below its rows of those it leaves out because the processing of the person's data is restricted.
#[must_use]
pub fn left_out(voice: &Voice, rows: usize) -> Vec<String> {
    counted_note(voice, "web-export-left-out", rows)
}

/// The same of rows that stay, without the person.
#[must_use]
pub fn masked(voice: &Voice, rows: usize) -> Vec<String> {
    counted_note(voice, "web-export-masked", rows)
}

fn counted_note(voice: &Voice, key: &str, rows: usize) -> Vec<String> {
    let n = i64::try_from(rows).unwrap_or(i64::MAX);
    if n == 0 { Vec::new() } else { vec![voice.t1(key, "n", n)] }
}

/// What stands in the place of such a person.
#[must_use]
pub fn mask(voice: &Voice) -> String {
    voice.t("web-export-mask")
}

/// The line of the menu, with what waits for the own key.
pub(crate) static MENU: MenuItem = MenuItem::officer(Place::Self_, 40, "web-menu-exports", "/unduhan", Access::Signed).badge(badge);

fn badge(rx: &mut Rx<'_>, officer: &Officer, now: Timestamp) -> kernel::Result<i64> {
    Ok(i64::try_from(kernel::export::awaiting(rx, officer, now, 100)?.len()).unwrap_or(0))
}

impl AppState {
    /// The list of this name.
    pub(crate) fn export_kind(&self, name: &str) -> Option<&'static ExportKind> {
        self.systems.iter().flat_map(|system| system.exports).find(|kind| kind.name == name)
    }
}

impl Page {
    /// The page before a file: how many records and people, what for, who else has to agree. `name` is an [`ExportKind`] of the
    /// calling system, `body` what of it (ids and settings, never values of people), `back` the list it comes from.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) for a list the officer may not take, and what counting it says.
    pub async fn export(&self, name: &'static str, body: Json, format: &str, back: &str) -> crate::Result {
        pages::ask(self, name, body, format, back).await
    }
}

//! The residents' face: what is offered, applying from home, following an application, checking a letter.
//!
//! Everything works without JavaScript, in one column, from 360 px. Nobody signs in here: a draft belongs to the device
//! (a random cookie), an application to whoever has its code, and what is personal asks a second proof.

mod apply;
mod browse;
mod flow;
mod front;
mod introduce;
mod proof;
pub(crate) mod send;
mod service;
mod track;
pub(crate) mod upload;
mod verify;
mod words;

use axum::http::{HeaderMap, header};
use indonesian::{Code, CodeError};
use kernel::{Id, Message};
use web::{Access, Face, Page, Routes};

use crate::store::catalogue::Spot;

/// Most of a form with photos that were not shrunk on the device.
const FORM_BYTES_MAX: usize = 12_000_000;
/// One part of a resumable upload.
const PART_BYTES_MAX: usize = 5_000_000;

pub(crate) fn routes() -> Routes {
    use Access::{Link, Public};
    Routes::new()
        .get("/", Public, front::home)
        .get("/tentang", Public, front::about)
        .get("/layanan", Public, browse::index)
        .get("/layanan/{unit}", Public, browse::unit)
        .get("/layanan/{unit}/{service}", Public, service::show)
        .get("/layanan/{unit}/{service}/ajukan", Public, apply::show)
        .post("/layanan/{unit}/{service}/ajukan", Public, apply::save)
        .limit_bytes(FORM_BYTES_MAX)
        .post("/layanan/{unit}/{service}/ajukan/simpan", Public, apply::autosave)
        .post("/layanan/{unit}/{service}/ajukan/hapus", Public, apply::discard)
        .post("/unggah", Public, upload::begin)
        .put("/unggah/{id}", Public, upload::part)
        .limit_bytes(PART_BYTES_MAX)
        .get("/lacak", Public, track::ask)
        .get("/lacak/{code}", Public, track::show)
        .post("/lacak/{code}/batal", Public, track::cancel)
        .token()
        .post("/lacak/{code}/pengantar", Public, track::renew)
        .get("/lacak/{code}/unduh", Public, track::download)
        .get("/lacak/{code}/bukti", Public, proof::show)
        .post("/lacak/{code}/bukti", Public, proof::check)
        .post("/lacak/{code}/surel", Public, proof::mail)
        .get("/lacak/{code}/bukti/{token}", Link, proof::link)
        .post("/lacak/{code}/bukti/{token}", Link, proof::use_link)
        .get("/lacak/{code}/perbaiki", Public, apply::show_correction)
        .post("/lacak/{code}/perbaiki", Public, apply::save_correction)
        .limit_bytes(FORM_BYTES_MAX)
        .post("/lacak/{code}/perbaiki/simpan", Public, apply::autosave_correction)
        .post("/lacak/{code}/perbaiki/hapus", Public, apply::discard_correction)
        .get("/verifikasi", Public, verify::ask)
        .get("/verifikasi/{code}", Public, verify::show)
        .post("/verifikasi/{code}", Public, verify::compare)
        .limit_bytes(FORM_BYTES_MAX)
        .post("/verifikasi/{code}/cocokkan", Public, verify::held)
        .get("/pengantar/{token}", Link, introduce::show)
        .post("/pengantar/{token}", Link, introduce::answer)
        .token()
}

/// The page speaking of a unit.
fn about(page: Page, spot: &Spot) -> Page {
    let above: Vec<&str> = spot.above.iter().map(|unit| unit.name.as_str()).collect();
    let village_word = spot.village_word.clone().unwrap_or_else(|| page.face().village_word.clone());
    let face = Face {
        name: spot.unit.name.clone(),
        above: above.join(" · "),
        href: format!("/layanan/{}", spot.unit.slug),
        village_word,
        zone: spot.unit.zone.label().to_owned(),
    };
    page.about(face)
}

/// Owner of the drafts and uploads of this browser.
const DEVICE_COOKIE: &str = "perangkat";
/// Drafts are kept for a month; the device is known a little longer.
const DEVICE_SECONDS: i64 = 40 * 24 * 3600;

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(held, _)| *held == name).map(|(_, value)| value)
}

/// The device as its cookie names it.
fn known_device(headers: &HeaderMap) -> Option<Id> {
    cookie(headers, DEVICE_COOKIE)?.parse().ok()
}

/// The device, named now if it had no name yet: 128 random bits nobody can guess.
fn device(page: &Page, headers: &HeaderMap) -> Id {
    known_device(headers).unwrap_or_else(|| {
        let id = Id::from_bytes(page.ctx().random());
        page.set_cookie(DEVICE_COOKIE, &id.to_string(), Some(DEVICE_SECONDS));
        id
    })
}

/// What is wrong with a typed code, in a sentence.
fn code_message(error: &CodeError) -> Message {
    match error {
        CodeError::Length { symbols } => Message::new("services-home-code-length").arg("symbols", *symbols),
        CodeError::Symbol { symbol, position } => {
            Message::new("services-home-code-symbol").arg("symbol", symbol.to_string()).arg("position", *position)
        }
        CodeError::Check => Message::new("services-home-code-check"),
    }
}

/// The code of an address; nothing when no code can look like that.
fn code_of(path: &str) -> Result<Code, CodeError> {
    Code::parse(path)
}

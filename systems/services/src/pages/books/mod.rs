//! The registers of a unit: Buku Agenda with everything done to numbers, Buku Ekspedisi.

mod agenda;
mod dispatch;
mod numbers;
mod packs;
mod policy;
mod print;

use kernel::numbering::Order;
use web::{Access, Routes};

use super::BOOK_ROLES;

pub(crate) use agenda::{ROWS_MAX, state_of, word_of};
pub(crate) use dispatch::word_of as word_of_way;

/// Who keeps the books.
const KEEPER_ROLES: &[&str] = &["registrar"];
const READERS: Access = Access::AnyRole(BOOK_ROLES);
const KEEPERS: Access = Access::AnyRole(KEEPER_ROLES);

/// Which way the book is read for a page in this order.
fn order(sort: &web::Sort, backwards: bool) -> Order {
    if sort.descending == backwards { Order::Ascending } else { Order::Descending }
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/buku/agenda", READERS, agenda::list)
        .post("/buku/agenda/unduh", READERS, agenda::export)
        .get("/buku/agenda/cetak", READERS, print::agenda)
        .get("/buku/agenda/nomor/{id}", READERS, numbers::show)
        .post("/buku/agenda/nomor/{id}/isi", KEEPERS, numbers::fill)
        .token()
        .post("/buku/agenda/nomor/{id}/batal", KEEPERS, numbers::void)
        .token()
        .get("/buku/agenda/luar", KEEPERS, numbers::ask_outside)
        .post("/buku/agenda/luar", KEEPERS, numbers::outside)
        .token()
        .get("/buku/agenda/mulai", KEEPERS, numbers::ask_start)
        .post("/buku/agenda/mulai", KEEPERS, numbers::start)
        .token()
        .get("/buku/agenda/cadangan", KEEPERS, packs::list)
        .post("/buku/agenda/cadangan", KEEPERS, packs::reserve)
        .token()
        .get("/buku/agenda/cadangan/{pack}", KEEPERS, packs::show)
        .get("/buku/agenda/cadangan/{pack}/cetak", KEEPERS, print::pack)
        .get("/buku/agenda/aturan", KEEPERS, policy::ask)
        .post("/buku/agenda/aturan", KEEPERS, policy::save)
        .token()
        .get("/buku/ekspedisi", READERS, dispatch::list)
        .post("/buku/ekspedisi", KEEPERS, dispatch::add)
        .token()
        .get("/buku/ekspedisi/tambah", KEEPERS, dispatch::ask)
        .get("/buku/ekspedisi/cetak", READERS, print::dispatch)
        .post("/buku/ekspedisi/unduh", READERS, dispatch::export)
}

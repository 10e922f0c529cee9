//! Buku Ekspedisi: how letters left the office.

use askama::Template;
use kernel::{
    Date, Id, Message, NewEntry, Value, access,
    numbering::{
        Order,
        dispatch::{self, Dispatch, Lines, NewDispatch, Way},
    },
};
use web::{
    Cursor, FieldErrors, FormData, FormState, ListQuery, Page, encoded,
    ui::{Cell, Choice, Column, Empty, Table},
};

use super::{KEEPER_ROLES, agenda::ROWS_MAX};
use crate::{
    exports,
    pages::{
        BOOK_ROLES,
        village::place::{Place, reaches, refusal},
    },
    store::registers,
};

#[derive(Template)]
#[template(path = "books/dispatch.html")]
struct List {
    page: Page,
    place: Place,
    table: Table,
    may_keep: bool,
    print_href: String,
}

#[derive(Template)]
#[template(path = "books/dispatch_add.html")]
struct Add {
    page: Page,
    place: Place,
    form: FormState,
    ways: Vec<Choice>,
}

pub(crate) const fn word_of(way: Way) -> &'static str {
    match way {
        Way::PickedUp => "services-way-picked-up",
        Way::Courier => "services-way-courier",
        Way::Post => "services-way-post",
        Way::Email => "services-way-email",
        Way::Whatsapp => "services-way-whatsapp",
    }
}

/// The days asked for, else this year so far.
pub(super) fn days(page: &Page, list: &ListQuery) -> (Date, Date) {
    let form = list.form();
    let today = page.today();
    let from = form.date("dari").ok().flatten().unwrap_or_else(|| Date::new(today.year(), 1, 1).unwrap_or(today));
    let until = form.date("sampai").ok().flatten().unwrap_or_else(|| Date::new(today.year(), 12, 31).unwrap_or(today));
    (from, until)
}

pub(super) async fn list(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, BOOK_ROLES).await?;
    let page = place.dress(page);
    let (from, until) = days(&page, &list);
    let sort = list.sort(&["tanggal"], "-tanggal");
    let (cursor, backwards) = list.cursor();
    let after = cursor.and_then(|cursor| match cursor.0.as_slice() {
        [Value::Text(date), Value::Bytes(id)] => Some((date.parse().ok()?, Id::try_from(id.as_slice()).ok()?)),
        _ => None,
    });
    let unit = place.unit.id;
    let asked = Lines { unit, from, until, after, order: super::order(&sort, backwards), limit: web::PAGE_ROWS + 1 };
    let ctx = page.ctx();
    let rows = page
        .gov()
        .disclose(&ctx, move |tx| {
            let rows = dispatch::page(tx, asked)?;
            let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
            access::record(
                tx,
                NewEntry::new("services.dispatch.read").unit(unit).object("unit", unit).detail(serde_json::json!({ "lines": ids })),
            )?;
            Ok::<_, kernel::Error>(rows)
        })
        .await?;
    let slice = list.slice(rows, web::PAGE_ROWS, |line| Cursor::at(vec![line.on_date.to_string().into(), line.id.into()]));
    let may_keep = page.officer().is_some_and(|officer| reaches(officer, KEEPER_ROLES, &place.unit));
    let form = FormState::filled(&page, list.form());
    let row = |line: &Dispatch| {
        vec![
            Cell::text(page.date(line.on_date)),
            Cell::text(&line.number).small(line.about.clone()),
            Cell::text(&line.addressee),
            Cell::text(page.t(word_of(line.way))).small(line.receiver.clone()),
        ]
    };
    let mut table = Table::new(&page, &list, page.t("services-menu-dispatch"))
        .caption_unseen()
        .column(Column::new(page.t("services-date")).sortable("tanggal"))
        .column(Column::new(page.t("services-number")))
        .column(Column::new(page.t("services-addressee")))
        .column(Column::new(page.t("services-way-receiver")))
        .rows(slice.rows.iter().map(row).collect::<Vec<_>>())
        .pages(slice.previous, slice.next)
        .export("/buku/ekspedisi/unduh", page.form_fields())
        .empty(Empty::new(page.t("services-dispatch-empty"), page.t("services-dispatch-empty-why")));
    if let Some(field) = place.field(&form) {
        table = table.filter(field);
    }
    table = table.filter(form.day("dari").label("services-from")).filter(form.day("sampai").label("services-until"));
    let print_href = list.with(&[("urut", ""), ("setelah", ""), ("sebelum", "")]).replacen("/buku/ekspedisi", "/buku/ekspedisi/cetak", 1);
    page.clone().html(&List { page, place, table, may_keep, print_href })
}

pub(super) async fn ask(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, KEEPER_ROLES).await?;
    let page = place.dress(page);
    let form =
        FormData::of([("unit", place.unit.slug.clone()), ("tanggal", page.today().to_string()), ("nomor", list.get("nomor").to_owned())]);
    let form = FormState::filled(&page, form);
    let ways = ways(&page);
    page.clone().html(&Add { page, place, form, ways })
}

fn ways(page: &Page) -> Vec<Choice> {
    Way::ALL.into_iter().map(|way| Choice::new(way.as_str(), page.t(word_of(way)))).collect()
}

pub(super) async fn add(page: Page, form: FormData) -> web::Result {
    let place = Place::of_form(&page, form.get("unit"), KEEPER_ROLES).await?;
    let mut errors = FieldErrors::default();
    let today = page.today();
    let on_date = form.date("tanggal").ok().flatten().filter(|date| *date <= today);
    if on_date.is_none() {
        errors.add("tanggal", Message::new(if form.has("tanggal") { "services-date-ahead" } else { "services-date-needed" }));
    }
    let way = Way::parse(form.get("cara"));
    if way.is_none() {
        errors.add("cara", Message::new("services-choose"));
    }
    form.required("nomor", "services-number-needed", &mut errors);
    form.required("kepada", "services-addressee-needed", &mut errors);
    form.required("perihal", "services-about-needed", &mut errors);
    form.required("penerima", "dispatch-receiver-missing", &mut errors);
    for name in ["nomor", "kepada", "perihal", "penerima"] {
        if form.get(name).chars().count() > 300 {
            errors.add(name, Message::new("services-text-long").arg("max", 300_i64));
        }
    }
    if let (Some(on_date), Some(way), true) = (on_date, way, errors.is_empty()) {
        let text = |name: &str| form.get(name).to_owned();
        let new = NewDispatch {
            unit: place.unit.id,
            document: None,
            number: text("nomor"),
            on_date,
            addressee: text("kepada"),
            about: text("perihal"),
            receiver: text("penerima"),
            way,
        };
        let ctx = page.ctx();
        let done = page.gov().write(&ctx, move |tx| {
            let document = registers::document_of_number(tx, new.unit, &new.number, i64::from(on_date.year()))?;
            let id = dispatch::record(tx, &NewDispatch { document, ..new.clone() })?;
            tx.entry(NewEntry::new("services.dispatch.recorded").unit(new.unit).object("dispatch", id));
            Ok::<_, kernel::Error>(())
        });
        match refusal(done.await)? {
            Ok(()) => {
                page.flash_ok(Message::new("services-dispatch-added").arg("number", form.get("nomor")));
                return page.redirect(&place.href("/buku/ekspedisi"));
            }
            Err(message) => errors.add("penerima", message),
        }
    }
    let page = place.dress(page);
    let form = FormState::wrong(&page, form, errors);
    let ways = ways(&page);
    page.clone().wrong(&Add { page, place, form, ways })
}

/// The whole book between two days, oldest first, with the entry of `action`.
pub(super) fn read_all(tx: &mut kernel::Tx<'_>, unit: Id, from: Date, until: Date, action: &'static str) -> kernel::Result<Vec<Dispatch>> {
    let rows = dispatch::page(tx, Lines { unit, from, until, after: None, order: Order::Ascending, limit: ROWS_MAX })?;
    tx.entry(NewEntry::new(action).unit(unit).object("unit", unit).detail(serde_json::json!({ "rows": rows.len() })));
    Ok(rows)
}

/// Hands the book between the days asked for to the page before the file.
pub(super) async fn export(page: Page, form: FormData) -> web::Result {
    let pairs: Vec<String> = form.typed().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let list = ListQuery::new("/buku/ekspedisi", &pairs.join("&"));
    let place = Place::of(&page, &list, BOOK_ROLES).await?;
    let (from, until) = days(&page, &list);
    let body = exports::dispatch_body(place.unit.id, from, until);
    page.export(exports::DISPATCH, body, form.get("format"), &list.with(&[("format", "")])).await
}

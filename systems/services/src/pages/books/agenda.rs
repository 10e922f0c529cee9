//! Buku Agenda: every number of a unit's year.

use askama::Template;
use kernel::{
    Id, NewEntry, Value, access,
    numbering::{
        Number, Order, PAPER, State,
        agenda::{self, Filter},
    },
};
use web::{
    Cursor, FormData, FormState, ListQuery, Page, encoded,
    ui::{Cell, Choice, Column, Empty, Table, Tag, Tone},
};

use super::KEEPER_ROLES;
use crate::{
    exports,
    pages::{
        BOOK_ROLES,
        village::place::{Place, reaches},
    },
    store::registers,
};

/// Most rows of one export or print.
pub(crate) const ROWS_MAX: i64 = 20_000;

#[derive(Template)]
#[template(path = "books/agenda.html")]
struct Agenda {
    page: Page,
    place: Place,
    table: Table,
    counts: Vec<(String, String)>,
    year: i64,
    may_keep: bool,
    print_href: String,
}

pub(crate) const fn word_of(state: State) -> &'static str {
    match state {
        State::Used => "services-number-used",
        State::Void => "services-number-void",
        State::Reserved => "services-number-reserved",
        State::Outside => "services-number-outside",
    }
}

pub(crate) fn state_of(word: &str) -> Option<State> {
    [State::Used, State::Void, State::Reserved, State::Outside].into_iter().find(|state| state.as_str() == word)
}

pub(super) fn tag(page: &Page, number: &Number) -> Tag {
    let tone = match number.state {
        State::Used => Tone::Ok,
        State::Void => Tone::Late,
        State::Reserved => Tone::Wait,
        State::Outside => Tone::Plain,
    };
    let key = if number.reason.as_deref() == Some(PAPER) { "services-number-paper" } else { word_of(number.state) };
    page.tag(tone, page.t(key))
}

/// The year asked for, else this one.
pub(super) fn year_of(page: &Page, list: &ListQuery) -> i64 {
    list.get("tahun").parse().ok().filter(|year| (1945..=2200).contains(year)).unwrap_or_else(|| i64::from(page.today().year()))
}

pub(super) fn filter_of(unit: Id, year: i64, list: &ListQuery) -> Filter {
    Filter {
        unit,
        year,
        state: state_of(list.get("keadaan")),
        classification: list.some("klasifikasi").map(str::to_owned),
        month: list.get("bulan").parse().ok().filter(|month| (1..=12).contains(month)),
        seq: list.get("nomor").parse().ok(),
    }
}

pub(super) fn months(page: &Page) -> Vec<Choice> {
    let name = |month| jiff::civil::Date::new(2026, month, 1).map(|day| page.month(day).replace(" 2026", "")).unwrap_or_default();
    (1..=12).map(|month| Choice::new(month.to_string(), name(month))).collect()
}

pub(super) fn years(known: &[i64], year: i64) -> Vec<Choice> {
    let mut years = known.to_vec();
    years.push(year);
    years.sort_unstable_by(|a, b| b.cmp(a));
    years.dedup();
    years.into_iter().map(|year| Choice::new(year.to_string(), year.to_string())).collect()
}

pub(super) async fn list(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, BOOK_ROLES).await?;
    let page = place.dress(page);
    let year = year_of(&page, &list);
    let sort = list.sort(&["nomor"], "-nomor");
    let (cursor, backwards) = list.cursor();
    let after = cursor.and_then(|cursor| match cursor.0.as_slice() {
        [Value::Int(seq), Value::Bytes(id)] => Some((*seq, Id::try_from(id.as_slice()).ok()?)),
        _ => None,
    });
    let filter = filter_of(place.unit.id, year, &list);
    let order = super::order(&sort, backwards);
    // Addressees are people: the page is written down before it is shown.
    let ctx = page.ctx();
    let (rows, counts, known) = page
        .gov()
        .disclose(&ctx, move |tx| {
            let rows = agenda::page(tx, &filter, order, after, web::PAGE_ROWS + 1)?;
            let detail = serde_json::json!({ "year": filter.year, "numbers": rows.iter().map(|row| row.id).collect::<Vec<_>>() });
            access::record(tx, NewEntry::new("services.agenda.read").unit(filter.unit).object("unit", filter.unit).detail(detail))?;
            let counts = registers::counts(tx, filter.unit, filter.year)?;
            Ok::<_, kernel::Error>((rows, counts, registers::years(tx, filter.unit)?))
        })
        .await?;
    let slice = list.slice(rows, web::PAGE_ROWS, |number| Cursor::at(vec![number.seq.into(), number.id.into()]));
    let may_keep = page.officer().is_some_and(|officer| reaches(officer, KEEPER_ROLES, &place.unit));
    let form = FormState::filled(&page, list.form());
    let mut table = table(&page, &list, &slice.rows).pages(slice.previous, slice.next).export("/buku/agenda/unduh", page.form_fields());
    if let Some(field) = place.field(&form) {
        table = table.filter(field);
    }
    let states = [State::Used, State::Void, State::Reserved, State::Outside];
    table = table
        .filter(form.select("tahun").label("services-year").choices(years(&known, year)).or(year.to_string()))
        .filter(form.select("bulan").label("services-month").choices(months(&page)))
        .filter(
            form.select("keadaan").label("services-state").choices(states.map(|state| Choice::new(state.as_str(), page.t(word_of(state))))),
        )
        .filter(form.text("klasifikasi").label("services-classification").narrow())
        .filter(form.text("nomor").label("services-number-seq").narrow());
    let counts = counts.into_iter().filter_map(|(state, count)| Some((page.t(word_of(state_of(&state)?)), page.number(count)))).collect();
    let print_href = list.with(&[("urut", ""), ("setelah", ""), ("sebelum", "")]).replacen("/buku/agenda", "/buku/agenda/cetak", 1);
    page.clone().html(&Agenda { page, place, table, counts, year, may_keep, print_href })
}

fn table(page: &Page, list: &ListQuery, rows: &[Number]) -> Table {
    let row = |number: &Number| {
        let about = if number.about.is_empty() { "–".to_owned() } else { number.about.clone() };
        vec![
            Cell::link(&format!("/buku/agenda/nomor/{}", number.id), &number.text).small(number.classification.clone()),
            Cell::text(page.date(number.on_date)),
            Cell::text(about).small(number.addressee.clone()),
            Cell::component(&tag(page, number)).small(number.reason.clone().filter(|reason| reason != PAPER).unwrap_or_default()),
        ]
    };
    Table::new(page, list, page.t("services-menu-agenda"))
        .caption_unseen()
        .column(Column::new(page.t("services-number")).sortable("nomor"))
        .column(Column::new(page.t("services-date")))
        .column(Column::new(page.t("services-about-to")))
        .column(Column::new(page.t("services-state")))
        .rows(rows.iter().map(row).collect::<Vec<_>>())
        .empty(Empty::new(page.t("services-agenda-empty"), page.t("services-agenda-empty-why")))
}

/// Hands the book as it is filtered to the page before the file.
pub(super) async fn export(page: Page, form: FormData) -> web::Result {
    let pairs: Vec<String> = form.typed().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let list = ListQuery::new("/buku/agenda", &pairs.join("&"));
    let place = Place::of(&page, &list, BOOK_ROLES).await?;
    let filter = filter_of(place.unit.id, year_of(&page, &list), &list);
    page.export(exports::AGENDA, exports::agenda_body(&filter), form.get("format"), &list.with(&[("format", "")])).await
}

/// The whole book of the filter by number, with the entry of `action`.
pub(super) fn read_all(tx: &mut kernel::Tx<'_>, filter: &Filter, action: &'static str) -> kernel::Result<Vec<Number>> {
    let rows = agenda::page(tx, filter, Order::Ascending, None, ROWS_MAX)?;
    let detail = serde_json::json!({ "year": filter.year, "rows": rows.len() });
    tx.entry(NewEntry::new(action).unit(filter.unit).object("unit", filter.unit).detail(detail));
    Ok(rows)
}

//! The books and the emergency pack as PDF.

use std::sync::Arc;

use axum::extract::Path;
use kernel::{
    Id, NewEntry, Rx, Timestamp, election,
    numbering::{Number, State},
    party, post,
    unit::Unit,
};
use letter::Paper as Sheets;
use web::{Error, ListQuery, Page, export::mask};

use super::{agenda, dispatch, packs};
use crate::{
    exports::without_restricted,
    letters::{self, AgendaRow, BookFacts, DispatchRow, NumberState, PackFacts, SignerFacts, UnitFacts},
    model::template::Paper,
    pages::{
        BOOK_ROLES,
        village::place::{Place, id_of},
    },
    store::papers,
};

/// What a printed book says of its unit: letterhead, its head and whoever keeps its books.
struct Setting {
    unit: UnitFacts,
    head: Option<SignerFacts>,
    keeper: Option<SignerFacts>,
}

fn setting(rx: &mut Rx<'_>, gov: &kernel::Gov, unit: &Unit, now: Timestamp) -> kernel::Result<Setting> {
    let facts = papers::unit_facts(rx, gov, unit)?;
    let head = signer(rx, unit, post::office::HEAD, true, now)?;
    let keeper = match signer(rx, unit, post::office::SECRETARY, false, now)? {
        Some(keeper) => Some(keeper),
        None => signer(rx, unit, post::office::GENERAL_AFFAIRS, false, now)?,
    };
    Ok(Setting { unit: facts, head, keeper })
}

fn signer(rx: &mut Rx<'_>, unit: &Unit, office: &str, leads: bool, now: Timestamp) -> kernel::Result<Option<SignerFacts>> {
    let Some(post) = post::by_office(rx, unit.id, office)? else { return Ok(None) };
    let Some(holding) = post::holder(rx, post.id, now)?.holder else { return Ok(None) };
    let Some(person) = party::find(rx, holding.person)? else { return Ok(None) };
    let prefix = holding.kind.prefix();
    let title = if leads { format!("{} {}", post.title, unit.kind.without_word(&unit.name)) } else { post.title };
    let id_line = person.employee_number.filter(|number| !number.is_empty()).map(|number| format!("NIP {number}")).unwrap_or_default();
    let label = vec![format!("{}{}", prefix, title.to_uppercase())];
    Ok(Some(SignerFacts { sentence: title, label, name: person.name, id_line }))
}

const fn state_of(state: State) -> NumberState {
    match state {
        State::Used => NumberState::Used,
        State::Void => NumberState::Void,
        State::Reserved => NumberState::Reserved,
        State::Outside => NumberState::Outside,
    }
}

fn agenda_row(number: Number) -> AgendaRow {
    AgendaRow {
        seq: number.seq,
        number: number.text,
        on_date: number.on_date,
        about: number.about,
        addressee: number.addressee,
        state: state_of(number.state),
        reason: number.reason,
    }
}

pub(super) async fn agenda(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, BOOK_ROLES).await?;
    let year = agenda::year_of(&page, &list);
    let filter = agenda::filter_of(place.unit.id, year, &list);
    let month = filter.month;
    let (ctx, gov, unit, mask) = (page.ctx(), Arc::clone(&page.state().gov), place.unit.clone(), mask(&page));
    let (rows, setting) = page
        .gov()
        .write(&ctx, move |tx| {
            let now = tx.now();
            election::Policy::at(tx, now)?.may_print_lists()?;
            let mut rows = agenda::read_all(tx, &filter, "services.agenda.printed")?;
            without_restricted(tx, &mut rows, &mask, now)?;
            Ok::<_, kernel::Error>((rows, setting(tx, &gov, &unit, now)?))
        })
        .await?;
    let months = month.map(|month| agenda::months(&page).swap_remove(usize::from(month.unsigned_abs()) - 1).label);
    let period = months.map_or_else(|| format!("tahun {year}"), |month| format!("{month} {year}"));
    let rows: Vec<AgendaRow> = rows.into_iter().map(agenda_row).collect();
    let book = book(&page, &setting, &period, |facts| letters::agenda_book(facts, &rows));
    print(page, &format!("buku-agenda-{}-{year}.pdf", place.unit.slug), Sheets::Book(Box::new(book))).await
}

fn book(page: &Page, setting: &Setting, period: &str, make: impl FnOnce(&BookFacts<'_>) -> letter::Book) -> letter::Book {
    let ident = page.request_id().to_owned();
    let mark = page.gov().settings().mark.clone();
    make(&BookFacts {
        unit: &setting.unit,
        paper: Paper::F4,
        period,
        closed_on: Some(page.today()),
        head: setting.head.as_ref(),
        keeper: setting.keeper.as_ref(),
        mark: mark.as_deref(),
        ident: &ident,
        made_at_seconds: page.now().as_second(),
    })
}

pub(super) async fn dispatch(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, BOOK_ROLES).await?;
    let (from, until) = dispatch::days(&page, &list);
    let (ctx, gov, unit, mask) = (page.ctx(), Arc::clone(&page.state().gov), place.unit.clone(), mask(&page));
    let (rows, setting) = page
        .gov()
        .write(&ctx, move |tx| {
            let now = tx.now();
            election::Policy::at(tx, now)?.may_print_lists()?;
            let mut rows = dispatch::read_all(tx, unit.id, from, until, "services.dispatch.printed")?;
            without_restricted(tx, &mut rows, &mask, now)?;
            Ok::<_, kernel::Error>((rows, setting(tx, &gov, &unit, now)?))
        })
        .await?;
    let rows: Vec<DispatchRow> = rows
        .into_iter()
        .map(|row| DispatchRow {
            on_date: row.on_date,
            number: row.number,
            addressee: row.addressee,
            about: row.about,
            receiver: row.receiver,
            way: row.way.as_str().to_owned(),
        })
        .collect();
    let period = indonesian::date_range(from, until, indonesian::Lang::Id);
    let book = book(&page, &setting, &period, |facts| letters::dispatch_book(facts, &rows));
    print(page, &format!("buku-ekspedisi-{}.pdf", place.unit.slug), Sheets::Book(Box::new(book))).await
}

pub(super) async fn pack(page: Page, Path(pack): Path<String>) -> web::Result {
    let id: Id = id_of(&pack)?;
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let (ctx, gov) = (page.ctx(), Arc::clone(&page.state().gov));
    let (numbers, unit, slug) = page
        .gov()
        .write(&ctx, move |tx| {
            let (numbers, unit) = packs::find(tx, &officer, id)?;
            tx.entry(NewEntry::new("services.pack.printed").unit(unit.id).object("pack", id));
            let numbers: Vec<String> =
                numbers.into_iter().filter(|number| number.state == State::Reserved).map(|number| number.text).collect();
            Ok::<_, kernel::Error>((numbers, papers::unit_facts(tx, &gov, &unit)?, unit.slug))
        })
        .await?;
    if numbers.is_empty() {
        return Err(Error::refused("services-pack-used-up"));
    }
    let mark = page.gov().settings().mark.clone();
    let paper = letters::pack(&PackFacts {
        unit: &unit,
        paper: Paper::F4,
        numbers: &numbers,
        printed_on: page.today(),
        mark: mark.as_deref(),
        ident: &id.to_string(),
        made_at_seconds: page.now().as_second(),
    });
    print(page, &format!("paket-darurat-{slug}.pdf"), Sheets::Pack(Box::new(paper))).await
}

async fn print(page: Page, name: &str, paper: Sheets) -> web::Result {
    let bytes = page.state().render(paper).await?;
    page.inline(name, "application/pdf", bytes)
}

//! Emergency packs: numbers set aside for days without electricity.

use askama::Template;
use axum::extract::Path;
use kernel::{
    Id, Message, NewEntry, Officer, Rx,
    grant::{Located, Scope},
    numbering::{self, Number, PACK_MAX, State},
    unit::{self, Unit},
};
use web::{
    Error, FieldErrors, FormData, FormState, ListQuery, Page,
    ui::{Cell, Choice, Column, Empty, Table, Tone},
};

use super::{KEEPER_ROLES, agenda, numbers};
use crate::{
    pages::village::place::{Place, id_of, refusal},
    store::registers,
};

#[derive(Template)]
#[template(path = "books/packs.html")]
struct Packs {
    page: Page,
    place: Place,
    form: FormState,
    classifications: Vec<Choice>,
    per_classification: bool,
    table: Table,
}

#[derive(Template)]
#[template(path = "books/pack.html")]
struct Pack {
    page: Page,
    id: Id,
    table: Table,
    open: i64,
    lead: String,
    back: String,
}

pub(super) async fn list(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, KEEPER_ROLES).await?;
    let form = FormState::filled(&page, FormData::of([("unit", place.unit.slug.clone()), ("banyak", "10".to_owned())]));
    let view = view(page.clone(), place, form).await?;
    page.html(&view)
}

async fn view(page: Page, place: Place, form: FormState) -> Result<Packs, Error> {
    let page = place.dress(page);
    let (today, unit) = (page.today(), place.unit.id);
    let (packs, classifications, policy) = page
        .gov()
        .read(move |rx| {
            let packs = registers::packs(rx, unit, i64::from(today.year()))?;
            Ok::<_, kernel::Error>((packs, numbers::codes(rx, today)?, numbering::Policy::of(rx, unit)?))
        })
        .await?;
    let rows = packs.iter().map(|pack| {
        let tag = if pack.open == 0 {
            page.tag(Tone::Ok, page.t("services-pack-done"))
        } else {
            page.tag(Tone::Wait, page.t1("services-pack-open-count", "n", pack.open))
        };
        vec![
            Cell::link(&format!("/buku/agenda/cadangan/{}", pack.pack), format!("{}–{}", pack.first, pack.last)),
            Cell::text(page.date(pack.on_date)),
            Cell::component(&tag),
        ]
    });
    let table = Table::new(&page, &ListQuery::new("/buku/agenda/cadangan", ""), page.t("services-packs"))
        .column(Column::new(page.t("services-pack-numbers")))
        .column(Column::new(page.t("services-pack-on")))
        .column(Column::new(page.t("services-state")))
        .rows(rows.collect::<Vec<_>>())
        .empty(Empty::new(page.t("services-packs-none"), page.t("services-packs-why")));
    let per_classification = policy.scope == numbering::Scope::Classification;
    Ok(Packs { page, place, form, classifications, per_classification, table })
}

pub(super) async fn reserve(page: Page, form: FormData) -> web::Result {
    let place = Place::of_form(&page, form.get("unit"), KEEPER_ROLES).await?;
    let mut errors = FieldErrors::default();
    let count = form.number("banyak").unwrap_or(0);
    if !(1..=PACK_MAX).contains(&count) {
        errors.add("banyak", Message::new("number-pack-size").arg("max", PACK_MAX));
    }
    if errors.is_empty() {
        let (ctx, unit, today, code) = (page.ctx(), place.unit.id, page.today(), form.get("klasifikasi").to_owned());
        let done = page.gov().write(&ctx, move |tx| {
            let pack = numbering::reserve_block(tx, unit, &code, today, count)?;
            tx.entry(
                NewEntry::new("services.number.reserved").unit(unit).object("pack", pack.id).detail(serde_json::json!({ "count": count })),
            );
            Ok::<_, kernel::Error>(pack.id)
        });
        match refusal(done.await)? {
            Ok(pack) => {
                page.flash_ok(Message::new("services-pack-made").arg("n", count));
                return page.redirect(&format!("/buku/agenda/cadangan/{pack}"));
            }
            Err(message) => errors = numbers::at_field(message),
        }
    }
    let form = FormState::wrong(&page, form, errors);
    let view = view(page.clone(), place, form).await?;
    page.wrong(&view)
}

/// A pack within reach.
pub(super) fn find(rx: &mut Rx<'_>, officer: &Officer, pack: Id) -> kernel::Result<(Vec<Number>, Unit)> {
    let numbers = numbering::pack(rx, pack)?;
    let first = numbers.first().ok_or(kernel::Error::Missing)?;
    let unit = unit::find(rx, first.unit)?.ok_or(kernel::Error::Missing)?;
    if !Scope::of_roles(officer, KEEPER_ROLES).covers(&Located::at(&unit)) {
        return Err(kernel::Error::Missing);
    }
    Ok((numbers, unit))
}

pub(super) async fn show(page: Page, Path(pack): Path<String>) -> web::Result {
    let id = id_of(&pack)?;
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let (numbers, unit) = page.gov().read(move |rx| find(rx, &officer, id)).await?;
    let open = i64::try_from(numbers.iter().filter(|number| number.state == State::Reserved).count()).unwrap_or(0);
    let rows = numbers.iter().map(|number| {
        let words = if number.about.is_empty() { page.t("services-pack-fill") } else { number.about.clone() };
        vec![
            Cell::link(&format!("/buku/agenda/nomor/{}", number.id), &number.text),
            Cell::text(words).small(number.addressee.clone()),
            Cell::component(&agenda::tag(&page, number)),
        ]
    });
    let table = Table::new(&page, &ListQuery::new("/buku/agenda/cadangan", ""), page.t("services-pack"))
        .caption_unseen()
        .column(Column::new(page.t("services-number")))
        .column(Column::new(page.t("services-about-to")))
        .column(Column::new(page.t("services-state")))
        .rows(rows.collect::<Vec<_>>());
    let back = format!("/buku/agenda/cadangan?unit={}", unit.slug);
    let lead = page.t1("services-pack-left", "n", open);
    page.clone().html(&Pack { page, id, table, open, lead, back })
}

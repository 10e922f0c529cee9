//! One number, and what is done to it: filled from the emergency pack, voided; letters written outside; the paper book's last.

use askama::Template;
use axum::extract::Path;
use kernel::{
    Date, Expect, Id, Message, NewEntry, Rx, access,
    grant::{Located, Scope},
    numbering::{self, NewNumber, Number, PAPER, State, classification},
    unit::{self, Unit},
};
use web::{
    Error, FieldErrors, FormData, FormState, ListQuery, Page,
    ui::{Choice, Html, KeyValues},
};

use super::{KEEPER_ROLES, agenda};
use crate::{
    pages::{
        BOOK_ROLES,
        village::place::{Place, id_of, refusal},
    },
    store::registers,
};

#[derive(Template)]
#[template(path = "books/number.html")]
struct Show {
    page: Page,
    number: Number,
    facts: KeyValues,
    fill: FormState,
    void: FormState,
    classifications: Vec<Choice>,
    may_fill: bool,
    may_void: bool,
    back: String,
}

#[derive(Template)]
#[template(path = "books/outside.html")]
struct Outside {
    page: Page,
    place: Place,
    form: FormState,
    classifications: Vec<Choice>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "books/start.html")]
struct Start {
    page: Page,
    place: Place,
    form: FormState,
    classifications: Vec<Choice>,
    per_classification: bool,
}

/// A number within reach, with its unit.
fn find(rx: &mut Rx<'_>, officer: &kernel::Officer, id: Id, roles: &[&str]) -> kernel::Result<(Number, Unit)> {
    let number = numbering::find(rx, id)?.ok_or(kernel::Error::Missing)?;
    let unit = unit::find(rx, number.unit)?.ok_or(kernel::Error::Missing)?;
    if !Scope::of_roles(officer, roles).covers(&Located::at(&unit)) {
        return Err(kernel::Error::Missing);
    }
    Ok((number, unit))
}

/// Codes that hold on a day, for a form.
pub(super) fn codes(rx: &mut Rx<'_>, day: Date) -> kernel::Result<Vec<Choice>> {
    let list = classification::list(rx, day)?;
    Ok(list.into_iter().map(|line| Choice::new(line.code.clone(), format!("{} {}", line.code, line.name))).collect())
}

pub(super) async fn show(page: Page, Path(id): Path<String>) -> web::Result {
    let fill = FormState::empty(&page);
    let void = FormState::empty(&page);
    let view = view(page.clone(), id_of(&id)?, fill, void).await?;
    page.html(&view)
}

async fn view(page: Page, id: Id, fill: FormState, void: FormState) -> Result<Show, Error> {
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let ctx = page.ctx();
    let (number, unit, classifications, case, keeps) = page
        .gov()
        .write(&ctx, move |tx| {
            let (number, unit) = find(tx, &officer, id, BOOK_ROLES)?;
            access::record(tx, NewEntry::new("services.number.read").unit(unit.id).object("number", id))?;
            let classifications = codes(tx, number.on_date)?;
            let case = number.document.map(|document| registers::case_of(tx, document)).transpose()?.flatten();
            let keeps = Scope::of_roles(&officer, KEEPER_ROLES).covers(&Located::at(&unit));
            Ok::<_, kernel::Error>((number, unit, classifications, case, keeps))
        })
        .await?;
    let mut facts = KeyValues::new()
        .html(page.t("services-state"), Html::of(&agenda::tag(&page, &number)))
        .row(page.t("services-date"), page.date_long(number.on_date))
        .row_if(page.t("services-classification"), &number.classification)
        .row_if(page.t("services-about"), &number.about)
        .row_if(page.t("services-addressee"), &number.addressee)
        .row(page.t("services-unit"), &unit.name);
    if let Some(reason) = number.reason.as_ref().filter(|reason| *reason != PAPER) {
        facts = facts.row(page.t("services-reason"), reason);
    }
    if let Some(case) = case {
        facts = facts.html(page.t("services-case"), Html::link(&format!("/tugas/{case}"), &page.t("services-open-case")));
    }
    if let Some(pack) = number.pack {
        facts = facts.html(page.t("services-pack"), Html::link(&format!("/buku/agenda/cadangan/{pack}"), &page.t("services-pack-open")));
    }
    let may_fill = keeps && number.state == State::Reserved;
    let may_void = keeps && number.state != State::Void && number.reason.as_deref() != Some(PAPER);
    let back = format!("/buku/agenda?tahun={}&unit={}", number.year, unit.slug);
    Ok(Show { page, number, facts, fill, void, classifications, may_fill, may_void, back })
}

/// What a letter outside the system was about.
struct Written {
    classification: String,
    on_date: Date,
    about: String,
    addressee: String,
}

/// Checks the fields that every written letter has; the date is not after today.
fn written(form: &FormData, today: Date, errors: &mut FieldErrors) -> Written {
    let on_date = match form.date("tanggal") {
        Ok(Some(date)) if date <= today => date,
        Ok(Some(_)) => {
            errors.add("tanggal", Message::new("services-date-ahead"));
            today
        }
        _ => {
            errors.add("tanggal", Message::new("services-date-needed"));
            today
        }
    };
    let long = |name: &str, errors: &mut FieldErrors| {
        if form.get(name).chars().count() > 300 {
            errors.add(name, Message::new("services-text-long").arg("max", 300_i64));
        }
    };
    let about = form.required("perihal", "services-about-needed", errors).to_owned();
    let addressee = form.required("kepada", "services-addressee-needed", errors).to_owned();
    long("perihal", errors);
    long("kepada", errors);
    Written { classification: form.get("klasifikasi").to_owned(), on_date, about, addressee }
}

fn field_of(message: &Message) -> &'static str {
    match &*message.key {
        "number-classification-unknown" | "number-other-book" => "klasifikasi",
        "number-other-year" => "tanggal",
        "number-reason-missing" | "number-void-already" | "number-document-stands" => "alasan",
        "number-start-range" | "number-series-started" => "terakhir",
        _ => "nomor",
    }
}

pub(super) fn at_field(message: Message) -> FieldErrors {
    let mut errors = FieldErrors::default();
    errors.add(field_of(&message), message);
    errors
}

pub(super) async fn fill(page: Page, Path(id): Path<String>, form: FormData) -> web::Result {
    let id = id_of(&id)?;
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let mut errors = FieldErrors::default();
    let new = written(&form, page.today(), &mut errors);
    let version = form.number("versi").unwrap_or(0);
    if errors.is_empty() {
        let ctx = page.ctx();
        let done = page.gov().write(&ctx, move |tx| {
            let (number, unit) = find(tx, &officer, id, KEEPER_ROLES)?;
            let new = NewNumber {
                unit: unit.id,
                classification: new.classification.clone(),
                on_date: new.on_date,
                about: new.about.clone(),
                addressee: new.addressee.clone(),
                document: None,
            };
            let filled = numbering::fill_reserved(tx, number.id, Expect::Version(version), &new)?;
            tx.entry(NewEntry::new("services.number.filled").unit(unit.id).object("number", id));
            Ok::<_, kernel::Error>(filled.text)
        });
        match refusal(done.await)? {
            Ok(text) => {
                page.flash_ok(Message::new("services-number-filled").arg("number", text));
                return page.redirect(&format!("/buku/agenda/nomor/{id}"));
            }
            Err(message) => errors = at_field(message),
        }
    }
    let fill = FormState::wrong(&page, form, errors);
    let void = FormState::empty(&page);
    let view = view(page.clone(), id, fill, void).await?;
    page.wrong(&view)
}

pub(super) async fn void(page: Page, Path(id): Path<String>, form: FormData) -> web::Result {
    let id = id_of(&id)?;
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let (reason, version, ctx) = (form.get("alasan").to_owned(), form.number("versi").unwrap_or(0), page.ctx());
    let done = page.gov().write(&ctx, move |tx| {
        let (number, unit) = find(tx, &officer, id, KEEPER_ROLES)?;
        let number = numbering::void(tx, number.id, Expect::Version(version), &reason)?;
        tx.entry(NewEntry::new("services.number.voided").unit(unit.id).object("number", id));
        Ok::<_, kernel::Error>(number.text)
    });
    match refusal(done.await)? {
        Ok(text) => {
            page.flash_ok(Message::new("services-number-voided").arg("number", text));
            page.redirect(&format!("/buku/agenda/nomor/{id}"))
        }
        Err(message) => {
            let void = FormState::wrong(&page, form, at_field(message));
            let fill = FormState::empty(&page);
            let view = view(page.clone(), id, fill, void).await?;
            page.wrong(&view)
        }
    }
}

pub(super) async fn ask_outside(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, KEEPER_ROLES).await?;
    let form = FormState::filled(&page, FormData::of([("tanggal", page.today().to_string()), ("unit", place.unit.slug.clone())]));
    let view = outside_view(page.clone(), place, form).await?;
    page.html(&view)
}

async fn outside_view(page: Page, place: Place, form: FormState) -> Result<Outside, Error> {
    let page = place.dress(page);
    let today = page.today();
    let classifications = page.gov().read(move |rx| codes(rx, today)).await?;
    let first = classifications.first().map(|choice| choice.value.clone()).unwrap_or_default();
    let (ctx, unit) = (page.ctx(), place.unit.id);
    let next = registers::next_number(page.gov(), &ctx, unit, None, first, today).await.ok();
    Ok(Outside { page, place, form, classifications, next })
}

pub(super) async fn outside(page: Page, form: FormData) -> web::Result {
    let place = Place::of_form(&page, form.get("unit"), KEEPER_ROLES).await?;
    let mut errors = FieldErrors::default();
    let new = written(&form, page.today(), &mut errors);
    let seq = form.number("nomor");
    if form.has("nomor") && seq.is_none() {
        errors.add("nomor", Message::new("services-number-digits"));
    }
    if errors.is_empty() {
        let (ctx, unit) = (page.ctx(), place.unit.id);
        let done = page.gov().write(&ctx, move |tx| {
            let new = NewNumber {
                unit,
                classification: new.classification.clone(),
                on_date: new.on_date,
                about: new.about.clone(),
                addressee: new.addressee.clone(),
                document: None,
            };
            let number = numbering::record_outside(tx, &new, seq)?;
            tx.entry(NewEntry::new("services.number.outside").unit(unit).object("number", number.id));
            Ok::<_, kernel::Error>(number)
        });
        match refusal(done.await)? {
            Ok(number) => {
                page.flash_ok(Message::new("services-number-recorded").arg("number", number.text));
                return page.redirect(&place.href(&format!("/buku/agenda?tahun={}", number.year)));
            }
            Err(message) => errors = at_field(message),
        }
    }
    let form = FormState::wrong(&page, form, errors);
    let view = outside_view(page.clone(), place, form).await?;
    page.wrong(&view)
}

pub(super) async fn ask_start(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, KEEPER_ROLES).await?;
    let form = FormState::filled(&page, FormData::of([("unit", place.unit.slug.clone())]));
    let view = start_view(page.clone(), place, form).await?;
    page.html(&view)
}

async fn start_view(page: Page, place: Place, form: FormState) -> Result<Start, Error> {
    let page = place.dress(page);
    let (today, unit) = (page.today(), place.unit.id);
    let (classifications, policy) =
        page.gov().read(move |rx| Ok::<_, kernel::Error>((codes(rx, today)?, numbering::Policy::of(rx, unit)?))).await?;
    let per_classification = policy.scope == numbering::Scope::Classification;
    Ok(Start { page, place, form, classifications, per_classification })
}

pub(super) async fn start(page: Page, form: FormData) -> web::Result {
    let place = Place::of_form(&page, form.get("unit"), KEEPER_ROLES).await?;
    let mut errors = FieldErrors::default();
    let last = form.number("terakhir").unwrap_or(0);
    if form.number("terakhir").is_none() {
        errors.add("terakhir", Message::new("services-number-digits"));
    }
    if errors.is_empty() {
        let (ctx, unit, today, code) = (page.ctx(), place.unit.id, page.today(), form.get("klasifikasi").to_owned());
        let done = page.gov().write(&ctx, move |tx| {
            let number = numbering::start_from(tx, unit, &code, today, last)?;
            tx.entry(NewEntry::new("services.number.started").unit(unit).object("number", number.id));
            Ok::<_, kernel::Error>(())
        });
        match refusal(done.await)? {
            Ok(()) => {
                page.flash_ok(Message::new("services-number-started").arg("next", (last + 1).to_string()));
                return page.redirect(&place.href("/buku/agenda"));
            }
            Err(message) => errors = at_field(message),
        }
    }
    let form = FormState::wrong(&page, form, errors);
    let view = start_view(page.clone(), place, form).await?;
    page.wrong(&view)
}

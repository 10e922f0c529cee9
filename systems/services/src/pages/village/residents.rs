//! Residents: found by name or NIK, shown masked, added and corrected.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use indonesian::Sex;
use kernel::{
    Expect, Gov, Id, Message, NewEntry, Officer, Rx, Tx, Value, access,
    grant::{Located, Scope},
    limit,
    party::{self, Checks, NikState, Person, PersonForm, Revealed},
    search::{self, Query},
    unit::{self, Unit},
};
use web::{
    Cursor, Error, FieldErrors, FormData, FormState, ListQuery, Page,
    ui::{Cell, Choice, Column, Empty, Html, KeyValues, Table, Tag, Tone},
};

use super::{
    super::desk,
    COUNTER_ROLES,
    place::{Place, id_of},
};
use crate::{
    exports,
    residents::codes,
    store::{residents, settings},
};

#[derive(Template)]
#[template(path = "village/residents.html")]
struct List {
    page: Page,
    place: Place,
    table: Table,
    lead: String,
    /// The words of the link to people whose NIK is to be looked at.
    odd: Option<String>,
    nik: FormState,
}

#[derive(Template)]
#[template(path = "village/resident.html")]
struct Show {
    page: Page,
    person: Person,
    unit: Unit,
    facts: KeyValues,
    /// Why nothing may be done with this record.
    limited: Option<String>,
    places: Vec<Choice>,
    form: FormState,
}

#[derive(Template)]
#[template(path = "village/resident_form.html")]
struct Ask {
    page: Page,
    form: FormState,
    unit: Unit,
    /// None for a new person.
    person: Option<Person>,
    action: String,
    odd: Option<String>,
}

pub(super) async fn list(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, COUNTER_ROLES).await?;
    let page = place.dress(page);
    let (cursor, backwards) = list.cursor();
    let after = cursor.and_then(|cursor| match cursor.0.as_slice() {
        [Value::Text(name), Value::Bytes(id)] => Some((name.clone(), Id::try_from(id.as_slice()).ok()?)),
        _ => None,
    });
    let (unit, odd_only, wanted) = (place.unit.id, list.get("periksa") == "nik", list.some("cari").map(str::to_owned));
    let ctx = page.ctx();
    let (people, count, odd) = page
        .gov()
        .disclose(&ctx, move |tx| {
            let people = match &wanted {
                Some(name) => by_name(tx, unit, name)?,
                None => {
                    let after = after.as_ref().map(|(name, id)| (name.as_str(), *id));
                    residents::page(tx, &residents::PageOf { unit, after, backwards, odd: odd_only, limit: web::PAGE_ROWS + 1 })?
                }
            };
            let ids: Vec<Id> = people.iter().map(|person| person.id).collect();
            let entry = NewEntry::new("services.residents.listed").unit(unit).object("unit", unit);
            access::record(tx, entry.detail(serde_json::json!({ "persons": ids })))?;
            Ok::<_, kernel::Error>((people, party::count(tx, unit)?, residents::count_odd(tx, unit)?))
        })
        .await?;
    let slice = list.slice(people, web::PAGE_ROWS, |person| Cursor::at(vec![person.name_folded.clone().into(), person.id.into()]));
    let form = FormState::filled(&page, list.form());
    let mut table = table(&page, &list, &slice.rows);
    if list.some("cari").is_none() {
        table = table.pages(slice.previous, slice.next).export("/penduduk/unduh", page.form_fields());
    }
    if let Some(field) = place.field(&form) {
        table = table.filter(field);
    }
    table = table
        .filter(form.text("cari").label("services-resident-search").autocomplete("off"))
        .filter(form.select("periksa").label("services-resident-check").choice("nik", "services-resident-check-nik"));
    let nik = FormState::filled(&page, FormData::of([("unit", place.unit.slug.clone())]));
    let lead = page.t2("services-residents-lead", "unit", place.unit.name.as_str(), "n", count);
    let odd = (odd > 0).then(|| page.t1("services-residents-odd", "n", odd));
    page.clone().html(&List { page, place, table, lead, odd, nik })
}

/// Hands the list of residents to the page before the file.
pub(super) async fn export(page: Page, form: FormData) -> web::Result {
    let place = Place::of_form(&page, form.get("unit"), COUNTER_ROLES).await?;
    let body = exports::residents_body(place.unit.id, form.get("periksa") == "nik");
    page.export(exports::RESIDENTS, body, form.get("format"), &place.href("/penduduk")).await
}

fn by_name(rx: &mut Rx<'_>, unit: Id, name: &str) -> kernel::Result<Vec<Person>> {
    let hits = search::query(rx, &Query::new(residents::SEARCH_KIND, name).scope([unit]).limit(web::PAGE_ROWS))?;
    let ids: Vec<Id> = hits.iter().map(|hit| hit.id).collect();
    residents::in_order(rx, &ids)
}

fn nik_tag(page: &Page, person: &Person) -> Option<Tag> {
    match person.nik_state {
        NikState::Ok => None,
        NikState::Odd => Some(page.tag(Tone::Soon, page.t("services-nik-odd"))),
        NikState::None => Some(page.tag(Tone::Plain, page.t("services-nik-none"))),
    }
}

/// "Dusun II, RT 03": where somebody lives, without the street.
fn area_of(page: &Page, person: &Person) -> String {
    let part = |word: &str, value: &Option<String>| value.as_ref().map(|value| format!("{word}{value}"));
    let area = person.area.as_deref().map(|area| desk::hamlet(page, area));
    let parts = [area, part("RT ", &person.rt), part("RW ", &person.rw)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The same with the street before it, which may be dots.
fn address_of(page: &Page, person: &Person, street: &str) -> String {
    let parts = [street.to_owned(), area_of(page, person)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn table(page: &Page, list: &ListQuery, people: &[Person]) -> Table {
    let row = |person: &Person| {
        let nik = match nik_tag(page, person) {
            Some(tag) => Cell::component(&tag).small(person.masked_nik()),
            None => Cell::text(person.masked_nik()),
        };
        let born = person.birth_date.map(|born| born.year().to_string()).unwrap_or_else(|| "–".to_owned());
        vec![Cell::link(&format!("/penduduk/{}", person.id), &person.name), nik, Cell::text(born), Cell::text(area_of(page, person))]
    };
    Table::new(page, list, page.t("services-menu-residents"))
        .caption_unseen()
        .column(Column::new(page.t("services-name")))
        .column(Column::new(page.t("services-nik")))
        .column(Column::new(page.t("services-birth-year")))
        .column(Column::new(page.t("services-address")))
        .rows(people.iter().map(row).collect::<Vec<_>>())
        .empty(
            Empty::new(page.t("services-residents-none"), page.t("services-residents-none-why"))
                .action("/penduduk/impor", page.t("services-import-title")),
        )
}

pub(super) async fn by_nik(page: Page, form: FormData) -> web::Result {
    let place = Place::of_form(&page, form.get("unit"), COUNTER_ROLES).await?;
    let (gov, ctx, scope) = (Arc::clone(&page.state().gov), page.ctx(), place.scope.clone());
    let typed: String = form.get("nik").chars().filter(|c| !c.is_whitespace()).collect();
    let found = page.gov().write(&ctx, move |tx| {
        let mut within = Vec::new();
        for person in party::find_by_nik(tx, gov.keys(), &typed)? {
            if home(tx, &person)?.is_some_and(|unit| scope.covers(&Located::at(&unit))) {
                within.push(person.id);
            }
        }
        Ok::<_, kernel::Error>(within)
    });
    match found.await {
        Ok(found) => match found.first() {
            Some(id) => page.redirect(&format!("/penduduk/{id}")),
            None => {
                page.flash_warning(Message::new("services-nik-not-found").arg("unit", place.unit.name.as_str()));
                page.redirect(&place.href("/penduduk"))
            }
        },
        Err(kernel::Error::Refused(message)) => {
            page.flash_refused(message);
            page.redirect(&place.href("/penduduk"))
        }
        Err(error) => Err(error.into()),
    }
}

fn home(rx: &mut Rx<'_>, person: &Person) -> kernel::Result<Option<Unit>> {
    person.unit.map_or(Ok(None), |unit| unit::find(rx, unit))
}

/// A resident within reach, with the unit.
fn within(rx: &mut Rx<'_>, officer: &Officer, id: Id) -> kernel::Result<(Person, Unit)> {
    let person = party::find(rx, id)?.ok_or(kernel::Error::Missing)?;
    let unit = home(rx, &person)?.ok_or(kernel::Error::Missing)?;
    if !Scope::of_roles(officer, COUNTER_ROLES).covers(&Located::at(&unit)) {
        return Err(kernel::Error::Missing);
    }
    Ok((person, unit))
}

/// The same for whoever wants to change the record: not while its processing is restricted.
fn free_within(rx: &mut Rx<'_>, officer: &Officer, id: Id, now: kernel::Timestamp) -> kernel::Result<(Person, Unit)> {
    let found = within(rx, officer, id)?;
    limit::require_free(rx, id, now)?;
    Ok(found)
}

pub(super) async fn show(page: Page, Path(id): Path<String>, list: ListQuery) -> web::Result {
    let form = FormState::empty(&page);
    let view = view(page.clone(), id_of(&id)?, list.get("tampil") == "ya", form).await?;
    page.html(&view)
}

async fn view(page: Page, id: Id, open: bool, form: FormState) -> Result<Show, Error> {
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let (gov, ctx) = (Arc::clone(&page.state().gov), page.ctx());
    let (person, unit, revealed, places, limited) = page
        .gov()
        .write(&ctx, move |tx| {
            let ((person, unit), now) = (within(tx, &officer, id)?, tx.now());
            let limited = limit::running(tx, id, limit::Kind::Restricted, now)?;
            let revealed = if open && limited.is_none() {
                party::reveal(tx, gov.keys(), &person, "page", None)?
            } else {
                access::record(tx, NewEntry::new("services.resident.read").unit(unit.id).object("person", id))?;
                Revealed::default()
            };
            Ok::<_, kernel::Error>((person, unit.clone(), revealed, places(tx, &unit)?, limited))
        })
        .await?;
    let facts = if limited.is_some() {
        KeyValues::new().row_if(page.t("services-nik"), person.masked_nik())
    } else {
        facts(&page, &person, &revealed, open)
    };
    let limited = limited.map(|limit| page.m(&limit::refusal(&limit)));
    Ok(Show { page, person, unit, facts, limited, places, form })
}

/// Villages somebody may move to.
fn places(rx: &mut Rx<'_>, from: &Unit) -> kernel::Result<Vec<Choice>> {
    let lines = settings::units_in(rx, &Scope::all(), 2_000)?;
    Ok(lines
        .into_iter()
        .filter(|line| line.id != from.id && line.code.split('.').count() == 4)
        .map(|line| Choice::new(line.slug, line.name))
        .collect())
}

fn facts(page: &Page, person: &Person, revealed: &Revealed, open: bool) -> KeyValues {
    let reveal = format!("/penduduk/{}?tampil=ya", person.id);
    let masked = |facts: KeyValues, name: &str, known: bool, mask: String, value: Option<String>| match (known, open, value) {
        (false, ..) => facts.row(page.t(name), page.t("services-not-known")),
        (true, true, Some(value)) => facts.row(page.t(name), value),
        _ => facts.masked(page, page.t(name), &mask, &reveal),
    };
    let dots = "•".repeat(12);
    let mut facts = KeyValues::new();
    facts = masked(
        facts,
        "services-nik",
        person.nik_tail.is_some(),
        person.masked_nik(),
        revealed.nik.as_ref().map(|nik| nik.as_str().to_owned()),
    );
    if let Some(tag) = nik_tag(page, person) {
        facts = facts.html(page.t("services-nik-state"), Html::of(&tag));
    }
    if let Some(reason) = &person.nik_reason {
        facts = facts.row(page.t("services-reason"), reason);
    }
    facts = masked(facts, "services-kk", person.has_kk(), dots.clone(), revealed.kk.as_ref().map(|kk| kk.as_str().to_owned()));
    let sex = person.sex.map(|sex| page.t(if sex == Sex::Male { "services-male" } else { "services-female" })).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    facts = facts.row_if(page.t("services-sex"), sex).row_if(page.t("services-birth-place"), text(&person.birth_place));
    if let Some(born) = person.birth_date {
        facts = masked(facts, "services-birth-date", true, format!("•• •••• {}", born.year()), Some(page.date(born)));
    }
    facts = facts
        .row_if(page.t("services-religion"), text(&person.religion))
        .row_if(page.t("services-marital"), text(&person.marital))
        .row_if(page.t("services-occupation"), text(&person.occupation))
        .row_if(page.t("services-nationality"), text(&person.nationality));
    facts = match &person.address {
        Some(street) => masked(facts, "services-address", true, address_of(page, person, "••••••"), Some(address_of(page, person, street))),
        None => facts.row_if(page.t("services-address"), area_of(page, person)),
    };
    if person.has_phone() {
        facts = masked(facts, "services-phone", true, dots.clone(), revealed.phone.as_ref().map(indonesian::Phone::local));
    }
    if person.has_email() {
        facts = masked(facts, "services-email", true, dots, revealed.email.clone());
    }
    facts.row(page.t("services-source"), page.t(source_word(&person.source)))
}

fn source_word(source: &str) -> &'static str {
    match source {
        "import" => "services-source-import",
        "counter" => "services-source-counter",
        "online" => "services-source-online",
        _ => "services-source-office",
    }
}

pub(super) async fn ask_new(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, COUNTER_ROLES).await?;
    let page = place.dress(page);
    let form = FormState::filled(&page, FormData::of([("unit", place.unit.slug.as_str()), ("warganegara", "WNI")]));
    let view = Ask { page: page.clone(), form, unit: place.unit, person: None, action: "/penduduk/baru".to_owned(), odd: None };
    page.html(&view)
}

/// Codes as choices by name, with a value that is not on the list kept.
impl Ask {
    fn choices(&self, list: &codes::Codes, name: &str) -> Vec<Choice> {
        let mut choices: Vec<Choice> = list.all().map(|(_, name)| Choice::new(name, name)).collect();
        let now = self.form.value(name);
        if !now.is_empty() && !choices.iter().any(|choice| choice.value == now) {
            choices.push(Choice::new(now, now));
        }
        choices
    }

    fn religions(&self) -> Vec<Choice> {
        self.choices(&codes::RELIGION, "agama")
    }

    fn maritals(&self) -> Vec<Choice> {
        self.choices(&codes::MARITAL, "kawin")
    }

    fn occupations(&self) -> Vec<Choice> {
        self.choices(&codes::OCCUPATION, "pekerjaan")
    }

    fn nationalities(&self) -> Vec<Choice> {
        self.choices(&codes::NATIONALITY, "warganegara")
    }
}

const FIELDS: [(&str, &str); 13] = [
    ("name", "nama"),
    ("nik", "nik"),
    ("nik_reason", "alasan_nik"),
    ("kk", "kk"),
    ("birth_place", "tempat_lahir"),
    ("birth_date", "lahir"),
    ("religion", "agama"),
    ("marital", "kawin"),
    ("occupation", "pekerjaan"),
    ("nationality", "warganegara"),
    ("address", "alamat"),
    ("phone", "hp"),
    ("email", "surel"),
];

fn input_of(field: &str) -> &str {
    FIELDS.iter().find(|(known, _)| *known == field).map_or(field, |(_, input)| input)
}

/// What the form says of a person, checked by the rules of the register.
fn checked(gov: &Gov, today: kernel::Date, form: &FormData, unit: Id, known: Option<&Person>) -> Result<party::NewPerson, FieldErrors> {
    let mut errors = FieldErrors::default();
    let text = |name: &str| form.get(name).to_owned();
    // A person on record keeps what was not typed again.
    let secret = |name: &str| if known.is_some() && !form.has(name) { None } else { Some(text(name)) };
    let nik = if form.has("tanpa_nik") { Some(String::new()) } else { secret("nik") };
    if form.date("lahir").is_err() {
        errors.add("lahir", Message::new("services-date-wrong"));
    }
    let person = PersonForm {
        unit: Some(unit),
        name: text("nama"),
        nik,
        nik_reason: text("alasan_nik"),
        kk: secret("kk"),
        sex: match form.get("kelamin") {
            "l" => Some(Sex::Male),
            "p" => Some(Sex::Female),
            _ => None,
        },
        birth_place: text("tempat_lahir"),
        birth_date: form.date("lahir").ok().flatten(),
        religion: text("agama"),
        marital: text("kawin"),
        occupation: text("pekerjaan"),
        nationality: text("warganegara"),
        address: text("alamat"),
        area: text("dusun"),
        rt: text("rt"),
        rw: text("rw"),
        phone: secret("hp"),
        email: secret("surel"),
        employee_number: known.and_then(|person| person.employee_number.clone()).unwrap_or_default(),
        source: known.map_or_else(|| "counter".to_owned(), |person| person.source.clone()),
    };
    match person.check(Checks { today, demo: gov.settings().mark.is_some() }) {
        Ok(person) if errors.is_empty() => Ok(person),
        Ok(_) => Err(errors),
        Err(problems) => {
            for problem in problems {
                errors.add(input_of(problem.field), problem.message);
            }
            Err(errors)
        }
    }
}

pub(super) async fn create(page: Page, form: FormData) -> web::Result {
    let place = Place::of_form(&page, form.get("unit"), COUNTER_ROLES).await?;
    let unit = place.unit.clone();
    let errors = match checked(page.gov(), page.today(), &form, unit.id, None) {
        Err(errors) => errors,
        Ok(new) => {
            let (gov, ctx, at) = (Arc::clone(&page.state().gov), page.ctx(), unit.clone());
            let done = page.gov().write(&ctx, move |tx| {
                if party::match_person(tx, gov.keys(), &new)?.is_some() {
                    return Err(Message::new("services-resident-known").into());
                }
                let id = party::create(tx, gov.keys(), &new)?;
                tx.entry(NewEntry::new("services.resident.added").unit(at.id).object("person", id));
                let person = party::find(tx, id)?.ok_or(kernel::Error::Missing)?;
                residents::index_again(tx, gov.keys(), &person, &at)?;
                Ok::<_, kernel::Error>(id)
            });
            match super::place::refusal(done.await)? {
                Ok(id) => {
                    page.flash_ok(Message::new("services-resident-added").arg("name", form.get("nama")));
                    return page.redirect(&format!("/penduduk/{id}"));
                }
                Err(message) => {
                    let mut errors = FieldErrors::default();
                    errors.add(if form.has("nik") { "nik" } else { "nama" }, message);
                    errors
                }
            }
        }
    };
    let page = place.dress(page);
    let odd = errors.of("alasan_nik").map(|message| page.m(message));
    let form = FormState::wrong(&page, form, errors);
    let view = Ask { page: page.clone(), form, unit, person: None, action: "/penduduk/baru".to_owned(), odd };
    page.wrong(&view)
}

pub(super) async fn ask_change(page: Page, Path(id): Path<String>) -> web::Result {
    let id = id_of(&id)?;
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let (now, ctx) = (page.now(), page.ctx());
    // The form shows what is on record: that it was opened is an entry before the answer.
    let opened = page.gov().write(&ctx, move |tx| {
        let (person, unit) = free_within(tx, &officer, id, now)?;
        access::record(tx, NewEntry::new("services.resident.read").unit(unit.id).object("person", id))?;
        Ok::<_, kernel::Error>((person, unit))
    });
    let (person, unit) = opened.await?;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let sex = person.sex.map_or("", |sex| if sex == Sex::Male { "l" } else { "p" });
    let form = FormData::of([
        ("nama", person.name.clone()),
        ("alasan_nik", text(&person.nik_reason)),
        ("kelamin", sex.to_owned()),
        ("tempat_lahir", text(&person.birth_place)),
        ("lahir", person.birth_date.map(|born| born.to_string()).unwrap_or_default()),
        ("agama", text(&person.religion)),
        ("kawin", text(&person.marital)),
        ("pekerjaan", text(&person.occupation)),
        ("warganegara", text(&person.nationality)),
        ("alamat", text(&person.address)),
        ("dusun", text(&person.area)),
        ("rt", text(&person.rt)),
        ("rw", text(&person.rw)),
        ("versi", person.version.to_string()),
    ]);
    let form = FormState::filled(&page, form);
    let view = Ask { page: page.clone(), form, unit, action: format!("/penduduk/{id}/ubah"), person: Some(person), odd: None };
    page.html(&view)
}

pub(super) async fn change(page: Page, Path(id): Path<String>, form: FormData) -> web::Result {
    let id = id_of(&id)?;
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let (reader, now) = (officer.clone(), page.now());
    let (person, unit) = page.gov().read(move |rx| free_within(rx, &reader, id, now)).await?;
    let errors = match checked(page.gov(), page.today(), &form, unit.id, Some(&person)) {
        Err(errors) => errors,
        Ok(new) => {
            let (gov, ctx, version) = (Arc::clone(&page.state().gov), page.ctx(), form.number("versi").unwrap_or(0));
            page.gov()
                .write(&ctx, move |tx| {
                    let (_, unit) = free_within(tx, &officer, id, now)?;
                    party::update(tx, gov.keys(), id, Expect::Version(version), &new)?;
                    tx.entry(NewEntry::new("services.resident.changed").unit(unit.id).object("person", id));
                    crate::store::aid::recipient_changed(tx, id, unit.id, "changed")?;
                    let person = party::find(tx, id)?.ok_or(kernel::Error::Missing)?;
                    residents::index_again(tx, gov.keys(), &person, &unit)
                })
                .await?;
            page.flash_ok(Message::new("services-resident-changed").arg("name", form.get("nama")));
            return page.redirect(&format!("/penduduk/{id}"));
        }
    };
    let odd = errors.of("alasan_nik").map(|message| page.m(message));
    let form = FormState::wrong(&page, form, errors);
    let view = Ask { page: page.clone(), form, unit, action: format!("/penduduk/{id}/ubah"), person: Some(person), odd };
    page.wrong(&view)
}

/// A resident moves to another village: from then on she is theirs to see.
pub(super) async fn move_away(page: Page, Path(id): Path<String>, form: FormData) -> web::Result {
    let id = id_of(&id)?;
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let (slug, version) = (form.get("tujuan").to_owned(), form.number("versi").unwrap_or(0));
    if slug.is_empty() {
        let mut errors = FieldErrors::default();
        errors.add("tujuan", Message::new("services-choose"));
        let form = FormState::wrong(&page, form, errors);
        let view = view(page.clone(), id, false, form).await?;
        return page.wrong(&view);
    }
    let (gov, ctx) = (Arc::clone(&page.state().gov), page.ctx());
    let (name, to) = page.gov().write(&ctx, move |tx| move_to(tx, &gov, &officer, id, &slug, version)).await?;
    page.flash_ok(Message::new("services-resident-moved").arg("name", name).arg("unit", to));
    page.redirect("/penduduk")
}

fn move_to(tx: &mut Tx<'_>, gov: &Gov, officer: &Officer, id: Id, slug: &str, version: i64) -> kernel::Result<(String, String)> {
    let now = tx.now();
    let (person, from) = free_within(tx, officer, id, now)?;
    let to = settings::unit_of(tx, slug)?;
    if !to.kind.is_village() || to.id == from.id {
        return Err(kernel::Error::refused("services-choose"));
    }
    tx.update(
        &party::PERSON,
        id,
        Expect::Version(version),
        &kernel::cols! { "unit" => to.id, "area" => None::<String>, "rt" => None::<String>, "rw" => None::<String> },
    )?;
    tx.entry(NewEntry::new("services.resident.moved").unit(from.id).object("person", id).detail(serde_json::json!({ "to": to.id })));
    crate::store::aid::recipient_changed(tx, id, from.id, "moved")?;
    residents::index_again(tx, gov.keys(), &person, &to)?;
    Ok((person.name, to.name))
}

//! Layani di loket: pick the letter, find the resident, one page of questions, the slip. Sixty seconds of work.

use std::sync::Arc;

use axum::extract::Path;
use indonesian::Sex;
use kernel::{
    Error as StoreError, Id, NewEntry, access,
    limit::Limit,
    party::{self, Checks, NikState, Person, PersonForm},
    schema::FieldErrors,
    unit,
};
use web::{FormData, FormState, Page, Signed, ui::Empty};

use super::words;
use crate::{
    model::Subject,
    pages::COUNTER_ROLES,
    store::{Offer, counter},
};

// Which letter -------------------------------------------------------------------------------------------------------

struct ServiceLine {
    href: String,
    title: String,
    summary: String,
    time: String,
}

struct CounterLines {
    unit: String,
    services: Vec<ServiceLine>,
}

#[derive(askama::Template)]
#[template(path = "desk/counter.html")]
struct Pick {
    page: Page,
    counters: Vec<CounterLines>,
    search: String,
    empty: Empty,
}

pub(super) async fn index(page: Page, Signed(officer): Signed) -> web::Result {
    let gov = Arc::clone(&page.state().gov);
    let found = page.gov().read(move |rx| counter::counters(rx, &gov, &officer, COUNTER_ROLES)).await?;
    let search: String = page.query().get("cari").chars().take(60).collect();
    let wanted = indonesian::fold_text(&search);
    let (lang, only) = (page.lang(), found.len() == 1);
    let mut counters = Vec::new();
    for found in found {
        let services: Vec<ServiceLine> = found
            .offers
            .iter()
            .filter(|offer| wanted.is_empty() || fits(offer, &wanted))
            .map(|offer| ServiceLine {
                href: format!("/loket/layanan/{}", offer.offering.id),
                title: offer.definition.title.in_language(lang).to_owned(),
                summary: offer.definition.summary.in_language(lang).to_owned(),
                time: offer.definition.standard.time.in_language(lang).to_owned(),
            })
            .collect();
        if only || !services.is_empty() {
            counters.push(CounterLines { unit: found.unit.name, services });
        }
    }
    let empty = if search.is_empty() {
        Empty::new(page.t("services-desk-counter-none"), page.t("services-desk-counter-none-why"))
    } else {
        Empty::new(page.t("web-none-found"), page.t("web-none-found-next")).action("/loket", page.t("web-filter-clear"))
    };
    page.clone().html(&Pick { page, counters, search, empty })
}

/// Whether every word typed begins a word of the title or the other names of the service.
fn fits(offer: &Offer, wanted: &str) -> bool {
    let known = indonesian::fold_text(&format!("{} {}", offer.definition.title.id, offer.definition.keywords.join(" ")));
    wanted.split(' ').all(|word| known.split(' ').any(|own| own.starts_with(word)))
}

// Which resident -----------------------------------------------------------------------------------------------------

struct Resident {
    href: String,
    name: String,
    nik: String,
    detail: String,
    other: bool,
}

#[derive(askama::Template)]
#[template(path = "desk/resident.html")]
struct Find {
    page: Page,
    form: FormState,
    title: String,
    unit: String,
    href: String,
    applicant: String,
    for_relative: bool,
    search: String,
    found: Option<Vec<Resident>>,
}

async fn offer_of(page: &Page, officer: &Arc<kernel::Officer>, id: Id) -> web::Result<Offer> {
    let (gov, officer) = (Arc::clone(&page.state().gov), Arc::clone(officer));
    Ok(page.gov().read(move |rx| counter::offer_at(rx, &gov, &officer, COUNTER_ROLES, id)).await?)
}

/// The applicant, when the letter is about a relative of hers: she was found first.
fn applicant_of(page: &Page) -> Option<Id> {
    page.query().get("pemohon").parse().ok()
}

fn residents(page: &Page, offer: &Offer, people: Vec<Person>, applicant: Option<Id>) -> Vec<Resident> {
    let suffix = applicant.map(|id| format!("?pemohon={id}")).unwrap_or_default();
    people
        .into_iter()
        .map(|person| {
            let place = [person.area.as_deref().map(|area| words::hamlet(page, area)), person.rt.as_ref().map(|rt| format!("RT {rt}"))];
            let place = place.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
            let born = person.birth_date.map(|date| page.date(date)).unwrap_or_default();
            Resident {
                href: format!("/loket/layanan/{}/{}{suffix}", offer.offering.id, person.id),
                nik: if person.nik_state == NikState::None { page.t("services-desk-no-nik") } else { person.masked_nik() },
                detail: [born, place].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
                other: offer.kind.is_village() && person.unit.is_some_and(|home| home != offer.unit.id),
                name: person.name,
            }
        })
        .collect()
}

fn finding(page: &Page, offer: &Offer, form: FormState, search: String, found: Option<Vec<Resident>>) -> Find {
    let applicant = applicant_of(page);
    Find {
        form,
        title: offer.definition.title.in_language(page.lang()).to_owned(),
        unit: offer.unit.name.clone(),
        href: format!("/loket/layanan/{}", offer.offering.id),
        applicant: applicant.map(|id| id.to_string()).unwrap_or_default(),
        for_relative: applicant.is_some(),
        search,
        found,
        page: page.clone(),
    }
}

/// Finds by name: residents of this unit, as it sounds and as it begins.
pub(super) async fn find(page: Page, Signed(officer): Signed, Path(offering): Path<Id>) -> web::Result {
    let offer = offer_of(&page, &officer, offering).await?;
    let search: String = page.query().get("cari").chars().take(80).collect();
    let digits = search.chars().filter(char::is_ascii_digit).count();
    let form = FormState::filled(&page, page.query().form());
    if search.is_empty() || digits >= 8 {
        // A NIK does not belong into an address: it is asked again in its own field.
        let form = if digits >= 8 { FormState::wrong(&page, FormData::default(), one("nik", "services-desk-nik-here")) } else { form };
        let view = finding(&page, &offer, form, String::new(), None);
        return page.html(&view);
    }
    let (copy, name) = (offer.clone(), search.clone());
    let found = page
        .gov()
        .write(&page.ctx(), move |tx| {
            let found = counter::by_name(tx, &copy, &name)?;
            let ids: Vec<Id> = found.iter().map(|person| person.id).collect();
            tx.entry(NewEntry::new("services.counter.searched").unit(copy.unit.id).detail(serde_json::json!({ "persons": ids })));
            Ok::<_, StoreError>(found)
        })
        .await?;
    let found = residents(&page, &offer, found, applicant_of(&page));
    page.html(&finding(&page, &offer, form, search, Some(found)))
}

fn one(field: &str, key: &'static str) -> FieldErrors {
    let mut errors = FieldErrors::default();
    errors.add(field, kernel::Message::new(key));
    errors
}

/// Finds by NIK; that somebody looked is written down. One hit leads straight to the questions.
pub(super) async fn find_by_nik(page: Page, Signed(officer): Signed, Path(offering): Path<Id>, form: FormData) -> web::Result {
    let offer = offer_of(&page, &officer, offering).await?;
    let (gov, typed) = (Arc::clone(&page.state().gov), form.get("nik").to_owned());
    let found = page.gov().write(&page.ctx(), move |tx| party::find_by_nik(tx, gov.keys(), &typed)).await;
    let mut found = match found {
        Ok(found) => found,
        Err(StoreError::Refused(message)) => {
            let mut errors = FieldErrors::default();
            errors.add("nik", message);
            let form = FormState::wrong(&page, form, errors);
            return page.wrong(&finding(&page, &offer, form, String::new(), None));
        }
        Err(other) => return Err(other.into()),
    };
    found.sort_by_key(|person| person.unit != Some(offer.unit.id));
    let applicant = form.get("pemohon").parse().ok().or_else(|| applicant_of(&page));
    let residents = residents(&page, &offer, found, applicant);
    if let [only] = residents.as_slice()
        && !only.other
    {
        return page.redirect(&only.href);
    }
    let form = FormState::empty(&page);
    page.html(&finding(&page, &offer, form, String::new(), Some(residents)))
}

// Somebody not on record ---------------------------------------------------------------------------------------------

#[derive(askama::Template)]
#[template(path = "desk/person.html")]
struct NewResident {
    page: Page,
    form: FormState,
    title: String,
    unit: String,
    href: String,
    applicant: String,
}

pub(super) async fn new_person(page: Page, Signed(officer): Signed, Path(offering): Path<Id>) -> web::Result {
    let offer = offer_of(&page, &officer, offering).await?;
    let mut data = FormData::default();
    data.set("name", page.query().get("nama").to_owned());
    let form = FormState::filled(&page, data);
    page.html(&person_page(&page, &offer, form))
}

fn person_page(page: &Page, offer: &Offer, form: FormState) -> NewResident {
    let typed = form.value("pemohon").to_owned();
    NewResident {
        applicant: if typed.is_empty() { applicant_of(page).map(|id| id.to_string()).unwrap_or_default() } else { typed },
        form,
        title: offer.definition.title.in_language(page.lang()).to_owned(),
        unit: offer.unit.name.clone(),
        href: format!("/loket/layanan/{}", offer.offering.id),
        page: page.clone(),
    }
}

/// Puts her on record: with a NIK, with an odd one and the reason, or without one and why.
pub(super) async fn add_person(page: Page, Signed(officer): Signed, Path(offering): Path<Id>, form: FormData) -> web::Result {
    let offer = offer_of(&page, &officer, offering).await?;
    let mut errors = FieldErrors::default();
    let born = form.date("birth_date").unwrap_or_else(|_| {
        errors.add("birth_date", kernel::Message::new("field-not-a-date"));
        None
    });
    let text = |name: &str| form.get(name).to_owned();
    let person = PersonForm {
        unit: (offer.kind.is_village() && !form.has("luar")).then_some(offer.unit.id),
        name: text("name"),
        nik: Some(text("nik")),
        nik_reason: text("nik_reason"),
        sex: match form.get("sex") {
            "l" => Some(Sex::Male),
            "p" => Some(Sex::Female),
            _ => None,
        },
        birth_place: text("birth_place"),
        birth_date: born,
        religion: text("religion"),
        marital: text("marital"),
        occupation: text("occupation"),
        nationality: "WNI".to_owned(),
        address: text("address"),
        area: text("area"),
        rt: text("rt"),
        rw: text("rw"),
        source: "counter".to_owned(),
        ..PersonForm::default()
    };
    if person.nik.as_deref() == Some("") && person.nik_reason.trim().is_empty() {
        errors.add("nik_reason", kernel::Message::new("services-desk-nik-why"));
    }
    let checks = Checks { today: page.today(), demo: page.is_demo() };
    let checked = person.check(checks).map_err(|problems| {
        for problem in problems {
            errors.add(problem.field, problem.message);
        }
    });
    let (Ok(new), true) = (checked, errors.is_empty()) else {
        let form = FormState::wrong(&page, form, errors);
        return page.wrong(&person_page(&page, &offer, form));
    };
    let (gov, home, nik) = (Arc::clone(&page.state().gov), offer.unit.clone(), text("nik"));
    let id = page.gov().write(&page.ctx(), move |tx| counter::add_person(tx, &gov, &home, &new, Some(&nik))).await?;
    let applicant = form.get("pemohon");
    let suffix = if applicant.is_empty() { String::new() } else { format!("?pemohon={applicant}") };
    page.redirect(&format!("/loket/layanan/{offering}/{id}{suffix}"))
}

/// Whether the letter of this service may be about somebody else of the family.
pub(super) fn may_be_relative(offer: &Offer) -> bool {
    offer.definition.parties.subject == Subject::Relative
}

/// Who the form is about, and for what.
pub(super) struct Identity {
    pub(super) offer: Offer,
    pub(super) subject: Person,
    pub(super) facts: crate::letters::ResidentFacts,
    /// Nothing is prefilled: the processing of the subject's data is restricted.
    pub(super) limit: Option<Limit>,
    pub(super) applicant: Option<Person>,
    pub(super) home: String,
}

/// The identity beside the form; that it was opened is written down.
pub(super) async fn identity(
    page: &Page,
    officer: &Arc<kernel::Officer>,
    offering: Id,
    person: Id,
    applicant: Option<Id>,
) -> web::Result<Identity> {
    let (gov, officer) = (Arc::clone(&page.state().gov), Arc::clone(officer));
    let ctx = page.ctx();
    let found = page.gov().write(&ctx, move |tx| {
        let offer = counter::offer_at(tx, &gov, &officer, COUNTER_ROLES, offering)?;
        let subject = counter::chosen(tx, &offer, person)?;
        let (facts, limit) = counter::opened(tx, &gov, &subject)?;
        let applicant = match applicant.filter(|id| *id != person) {
            Some(id) => Some(counter::chosen(tx, &offer, id)?),
            None => None,
        };
        if let Some(applicant) = &applicant {
            access::record(tx, NewEntry::new("services.counter.resident").object("person", applicant.id))?;
        }
        let home = match subject.unit {
            Some(home) => unit::find(tx, home)?.map(|unit| unit.name).unwrap_or_default(),
            None => String::new(),
        };
        Ok::<_, StoreError>(Identity { offer, subject, facts, limit, applicant, home })
    });
    Ok(found.await?)
}

//! Layani di loket: the services of a counter, the resident who stands before it, and a person not on record yet.

use kernel::{
    Error, Gov, Id, NewEntry, Officer, Result, Rx, Tx, access,
    limit::{self, Limit},
    offering,
    party::{self, NewPerson, Person},
    search,
    unit::{self, Unit},
};

use super::{Offer, SYSTEM, offer_by_id};
use crate::letters::ResidentFacts;

/// Most people a search shows.
const FOUND_MAX: i64 = 12;

/// A unit with the services it gives at this counter.
#[derive(Debug, Clone)]
pub struct Counter {
    pub unit: Unit,
    pub offers: Vec<Offer>,
}

/// The counters an officer serves at: the units where she holds one of `roles`, with their open services.
///
/// # Errors
/// What the database says.
pub fn counters(rx: &mut Rx<'_>, gov: &Gov, officer: &Officer, roles: &[&str]) -> Result<Vec<Counter>> {
    let mut units: Vec<Id> = Vec::new();
    for grant in officer.grants.iter().filter(|grant| roles.contains(&grant.role.as_str())) {
        if !units.contains(&grant.unit) {
            units.push(grant.unit);
        }
    }
    let mut counters = Vec::new();
    for id in units {
        let Some(unit) = unit::find(rx, id)? else { continue };
        let mut offers = Vec::new();
        for open in offering::of_unit(rx, SYSTEM, id)?.into_iter().filter(|offering| offering.state == offering::State::Open) {
            offers.push(offer_by_id(rx, gov, open.id)?);
        }
        counters.push(Counter { unit, offers });
    }
    Ok(counters)
}

/// The offer of this id when the officer serves at its unit.
///
/// # Errors
/// [`Error::Missing`] when it is not hers.
pub fn offer_at(rx: &mut Rx<'_>, gov: &Gov, officer: &Officer, roles: &[&str], id: Id) -> Result<Offer> {
    let offer = offer_by_id(rx, gov, id)?;
    let serves = |grant: &kernel::HeldGrant| roles.contains(&grant.role.as_str()) && offer.unit.ancestors.contains(&Some(grant.unit));
    if officer.grants.iter().any(serves) { Ok(offer) } else { Err(Error::Missing) }
}

/// Residents of the offer's unit whose name is, sounds like or begins like `name`.
///
/// # Errors
/// What the database says.
pub fn by_name(rx: &mut Rx<'_>, offer: &Offer, name: &str) -> Result<Vec<Person>> {
    let hits = search::query(rx, &search::Query::new("person", name).scope([offer.unit.id]).limit(FOUND_MAX))?;
    let ids: Vec<Id> = hits.iter().map(|hit| hit.id).collect();
    let mut found = party::find_all(rx, &ids)?;
    let begun = party::list(rx, offer.unit.id, name, None, FOUND_MAX)?;
    found.extend(begun.into_iter().filter(|person| !ids.contains(&person.id)));
    found.truncate(usize::try_from(FOUND_MAX).unwrap_or(0));
    found.sort_by(|a, b| (&a.name_folded, a.id).cmp(&(&b.name_folded, b.id)));
    Ok(found)
}

/// A resident somebody chose for an application of this offer. One of another unit is only reached by a NIK looked up just
/// before, which was written down.
///
/// # Errors
/// [`Error::Missing`] when there is no such person, or none this counter may open.
pub fn chosen(rx: &mut Rx<'_>, offer: &Offer, id: Id) -> Result<Person> {
    let person = party::find(rx, id)?.ok_or(Error::Missing)?;
    let here = person.unit == Some(offer.unit.id);
    let below = match person.unit {
        Some(home) => unit::find(rx, home)?.is_some_and(|home| home.ancestors.contains(&Some(offer.unit.id))),
        None => true,
    };
    // A dinas serves anyone of the regency: its form opens for whoever was found by NIK.
    if here || below || !offer.kind.is_village() { Ok(person) } else { Err(Error::Missing) }
}

/// The record of a resident as the form is prefilled from it; the opening is written down. Of somebody whose processing is
/// restricted only the name: the form is filled from the papers she brings, and the sentence says why.
///
/// # Errors
/// What the database says.
pub fn opened(tx: &mut Tx<'_>, gov: &Gov, person: &Person) -> Result<(ResidentFacts, Option<Limit>)> {
    access::record(tx, NewEntry::new("services.counter.resident").object("person", person.id))?;
    let now = tx.now();
    if let Some(limit) = limit::running(tx, person.id, limit::Kind::Restricted, now)? {
        return Ok((ResidentFacts { name: Some(person.name.clone()), ..ResidentFacts::default() }, Some(limit)));
    }
    let revealed = party::reveal(tx, gov.keys(), person, "counter", None)?;
    let hamlet = super::papers::hamlet_word(tx, gov, person.unit)?;
    Ok((super::papers::facts_of(person, &revealed, &hamlet), None))
}

/// Puts a person on record at the counter, to be found by name from now on.
///
/// # Errors
/// What the database says.
pub fn add_person(tx: &mut Tx<'_>, gov: &Gov, home: &Unit, new: &NewPerson, nik: Option<&str>) -> Result<Id> {
    let id = party::create(tx, gov.keys(), new)?;
    let nik = nik.and_then(|typed| indonesian::Nik::parse(typed).ok());
    let by = party::FoundBy { name: new.name(), nik: nik.as_ref().map(|nik| nik.as_str()), kk: None };
    party::index(tx, gov.keys(), id, home, &by)?;
    tx.entry(NewEntry::new("services.counter.person_added").unit(home.id).object("person", id));
    Ok(id)
}

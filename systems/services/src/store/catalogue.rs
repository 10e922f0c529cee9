//! The public catalogue: what is offered where, found by words, by life event and by place.

use std::sync::Arc;

use jiff::Timestamp;
use kernel::{
    DbError, Error, Gov, Id, Kept, Result, Row, Rx, Tx, Value,
    clock::{Calendars, Office},
    offering::{self, Offering},
    params,
    post::{self, Post},
    search,
    unit::{self, Unit, UnitKind},
};

use super::{Definitions, Offer, SYSTEM, figures, figures::Figures, kind_of};
use crate::model::{
    Definition, Group,
    chain::At,
    overrides::{self, Overrides},
};

/// The kind of document under which services are searched.
pub const SEARCH_KIND: &str = "service";
/// Between the service and its place in the title of a search document.
const PLACE_MARK: &str = " · ";
/// As many as are ranked: the same service of many villages is one line.
const HITS_MAX: i64 = 400;

/// Puts an offering into the search index, or takes it out when it was withdrawn. Call it whenever a unit adopts, changes
/// or withdraws a service, in the same transaction.
///
/// # Errors
/// [`Error::Missing`] when the unit is not there.
pub fn index(tx: &mut Tx<'_>, gov: &Gov, offering: &Offering) -> Result<()> {
    if offering.state == offering::State::Withdrawn {
        return search::remove(tx, SEARCH_KIND, offering.id);
    }
    let unit = unit::find(tx, offering.unit)?.ok_or(Error::Missing)?;
    let definition = gov.cached::<Definitions>().get(tx, &offering.definition)?;
    let title = &definition.title;
    let mut doc = search::Doc::new(SEARCH_KIND, offering.id, format!("{}{PLACE_MARK}{}", title.id, unit.name))
        .scope(unit.ancestors.iter().flatten().copied())
        .name(title.id.as_str())
        .name(unit.short_name.as_str())
        .text(&title.en)
        .text(&definition.summary.id)
        .text(&definition.summary.en)
        .text(words_of(definition.group))
        .code(definition.slug.as_str());
    for keyword in &definition.keywords {
        doc = doc.name(keyword.as_str()).text(keyword);
    }
    search::index(tx, &doc)
}

/// Words people use for a life event beside those of the service.
const fn words_of(group: Group) -> &'static str {
    match group {
        Group::Business => "usaha dagang jualan modal warung toko bisnis",
        Group::Family => "keluarga nikah menikah kawin cerai anak waris meninggal lahir",
        Group::Population => "penduduk pindah alamat domisili tinggal ktp kk",
        Group::Social => "bantuan miskin sekolah kuliah beasiswa berobat bpjs sosial",
        Group::Safety => "hilang kehilangan polisi skck hajatan keramaian pesta kerja lamaran",
        Group::Education => "penelitian riset kuliah kkn skripsi magang sekolah",
    }
}

/// A unit as the catalogue lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub id: Id,
    pub parent: Option<Id>,
    pub kind: UnitKind,
    pub name: String,
    pub short_name: String,
    pub slug: String,
    key: String,
}

fn read_place(row: &Row) -> Result<Place> {
    let kind: String = row.get(2)?;
    Ok(Place {
        id: row.get(0)?,
        parent: row.get(1)?,
        kind: kind.parse().map_err(|()| Error::Failed(format!("unknown kind of unit {kind}")))?,
        name: row.get(3)?,
        short_name: row.get(4)?,
        slug: row.get(5)?,
        key: row.get(6)?,
    })
}

/// Every standing kecamatan, village and office, by code.
///
/// # Errors
/// What the database says.
pub fn places(rx: &mut Rx<'_>) -> Result<Vec<Place>> {
    let sql = "select id, parent, kind, name, short_name, slug, name_folded from kernel_unit where valid_until is null \
               and kind in ('kecamatan', 'desa', 'kelurahan', 'nagari', 'opd') order by code, id";
    rx.all(sql, &[])?.iter().map(read_place).collect()
}

/// The places that may be meant by what was typed, best first: the same name, its beginning, a part of it, one slip away.
#[must_use]
pub fn matching<'p>(places: &'p [Place], typed: &str, most: usize) -> Vec<&'p Place> {
    let key = indonesian::place_key(typed);
    if key.chars().count() < 3 {
        return Vec::new();
    }
    let fit = |place: &Place| {
        if place.key == key {
            Some(0)
        } else if place.key.starts_with(&key) {
            Some(1)
        } else if key.len() >= 5 && place.key.contains(&key) {
            Some(2)
        } else if key.len() >= 5 && indonesian::alike(&place.key, &key).is_some() {
            Some(3)
        } else {
            None
        }
    };
    let mut found: Vec<(i32, &Place)> = places.iter().filter_map(|place| Some((fit(place)?, place))).collect();
    found.sort_by_key(|(fit, _)| *fit);
    found.into_iter().map(|(_, place)| place).take(most).collect()
}

/// A place named within a longer text ("surat usaha tanjung raman"), and the other words.
#[must_use]
pub fn place_within<'p>(places: &'p [Place], typed: &str) -> Option<(&'p Place, String)> {
    let folded = indonesian::fold_text(typed);
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    for length in (1..words.len()).rev() {
        for start in 0..=words.len() - length {
            let key = indonesian::place_key(&words[start..start + length].join(" "));
            let named = |place: &&Place| place.key == key && place.kind != UnitKind::Opd;
            if let Some(place) = places.iter().find(named).filter(|_| key.len() >= 4) {
                let kind_words = ["desa", "kelurahan", "nagari", "kecamatan", "di"];
                let other =
                    words.iter().enumerate().filter(|(at, word)| !(start..start + length).contains(at) && !kind_words.contains(word));
                return Some((place, other.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")));
            }
        }
    }
    None
}

/// A service that was found: one line, however many units offer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Short name of the service.
    pub slug: String,
    pub title: String,
    /// Units among the hits that offer it.
    pub units: usize,
    /// One of them: slug and name.
    pub unit: (String, String),
}

/// Services by words, forgiving of typing, within `scope` (a village, a kecamatan) or everywhere; best first.
///
/// # Errors
/// What the database says.
pub fn services(rx: &mut Rx<'_>, text: &str, scope: Option<Id>) -> Result<Vec<Found>> {
    let query = search::Query::new(SEARCH_KIND, text).scope(scope).ranked().limit(HITS_MAX);
    let mut groups: Vec<(String, usize, Id)> = Vec::new();
    for hit in search::query(rx, &query)? {
        let title = hit.title.split(PLACE_MARK).next().unwrap_or_default().to_owned();
        match groups.iter_mut().find(|(known, ..)| *known == title) {
            Some((_, units, _)) => *units += 1,
            None => groups.push((title, 1, hit.id)),
        }
    }
    groups.truncate(12);
    let (list, bound) = one_of(groups.iter().map(|(.., id)| *id));
    let sql = format!(
        "select o.id, o.kind, u.slug, u.name from kernel_offering o join kernel_unit u on u.id = o.unit where o.id in {list} order by o.id"
    );
    let rows = if groups.is_empty() { Vec::new() } else { rx.all(&sql, &bound)? };
    let mut known = Vec::with_capacity(rows.len());
    for row in &rows {
        known.push((row.get::<Id>(0)?, row.get::<String>(1)?, row.get::<String>(2)?, row.get::<String>(3)?));
    }
    let found = groups.into_iter().filter_map(|(title, units, id)| {
        let (_, slug, unit, name) = known.iter().find(|(known, ..)| *known == id)?.clone();
        Some(Found { slug, title, units, unit: (unit, name) })
    });
    Ok(found.collect())
}

/// `($1, $2, …)` and the ids; a list of none holds nobody.
fn one_of(ids: impl Iterator<Item = Id>) -> (String, Vec<Value>) {
    let bound: Vec<Value> = ids.map(Value::from).collect();
    let marks: Vec<String> = (1..=bound.len()).map(|place| format!("${place}")).collect();
    (format!("({})", marks.join(", ")), bound)
}

/// The services offered anywhere, each once, by short name.
///
/// # Errors
/// What the database says.
pub fn kinds(rx: &mut Rx<'_>, gov: &Gov) -> Result<Vec<Arc<Definition>>> {
    let sql = "select kind, definition from kernel_offering where system = $1 and kind > $2 and state = 'open' order by kind, state, unit, id limit 1";
    let (mut all, mut last) = (Vec::new(), String::new());
    while let Some(row) = rx.one(sql, &params![SYSTEM, last.as_str()])? {
        last = row.get(0)?;
        let hash: Vec<u8> = row.get(1)?;
        let hash = hash.try_into().map_err(|_| DbError::Broken("a definition's hash has 32 bytes".into()))?;
        all.push(gov.cached::<Definitions>().get(rx, &hash)?);
    }
    Ok(all)
}

/// The units that offer a service, by code.
///
/// # Errors
/// What the database says.
pub fn units_of(rx: &mut Rx<'_>, slug: &str) -> Result<Vec<Place>> {
    let sql = "select u.id, u.parent, u.kind, u.name, u.short_name, u.slug, u.name_folded from kernel_offering o \
               join kernel_unit u on u.id = o.unit where o.system = $1 and o.kind = $2 and o.state = 'open' and u.valid_until is null \
               order by u.code, u.id";
    rx.all(sql, &params![SYSTEM, slug])?.iter().map(read_place).collect()
}

/// A unit as a page about it speaks: its name, what lies above it, its words.
#[derive(Clone, Debug)]
pub struct Spot {
    pub unit: Unit,
    /// The units above it, nearest first: "Kecamatan Pendopo", "Kabupaten Empat Lawang".
    pub above: Vec<Unit>,
    /// The local word for a village.
    pub village_word: Option<String>,
}

/// The unit of a slug.
///
/// # Errors
/// [`Error::Missing`] when there is none.
pub fn spot(rx: &mut Rx<'_>, slug: &str) -> Result<Spot> {
    let unit = unit::by_slug(rx, slug)?.ok_or(Error::Missing)?;
    spot_of(rx, unit)
}

/// The same of a unit already read.
///
/// # Errors
/// What the database says.
pub fn spot_of(rx: &mut Rx<'_>, unit: Unit) -> Result<Spot> {
    let mut above = unit::path(rx, &unit)?;
    above.retain(|other| other.id != unit.id);
    above.reverse();
    let village_word = if unit.kind.is_village() { unit::local_word(rx, &unit, "village")? } else { None };
    Ok(Spot { unit, above, village_word })
}

/// What the page of a unit shows.
#[derive(Clone, Debug)]
pub struct UnitView {
    pub spot: Spot,
    pub services: Vec<(Offering, Arc<Definition>)>,
    /// The villages of a kecamatan.
    pub villages: Vec<Unit>,
    /// What a closed unit became.
    pub successors: Vec<Unit>,
    pub office: Arc<Office>,
}

/// A unit with its open services.
///
/// # Errors
/// [`Error::Missing`] when there is none.
pub fn unit_view(rx: &mut Rx<'_>, gov: &Gov, slug: &str) -> Result<UnitView> {
    let spot = spot(rx, slug)?;
    let mut services = Vec::new();
    for offering in offering::of_unit(rx, SYSTEM, spot.unit.id)? {
        if offering.state == offering::State::Open {
            let definition = gov.cached::<Definitions>().get(rx, &offering.definition)?;
            services.push((offering, definition));
        }
    }
    let villages = if spot.unit.kind == UnitKind::Kecamatan { unit::children(rx, spot.unit.id)? } else { Vec::new() };
    let villages = villages.into_iter().filter(|unit| unit.kind.is_village()).collect();
    let successors = if spot.unit.valid_until.is_some() { unit::successors(rx, spot.unit.id)? } else { Vec::new() };
    let office = gov.cached::<Calendars>().book(rx)?.office(&spot.unit.ancestors);
    Ok(UnitView { spot, services, villages, successors, office })
}

/// What the page of a service shows, read in one snapshot with a handful of indexed queries.
#[derive(Clone, Debug)]
pub struct ServiceView {
    pub spot: Spot,
    pub offer: Offer,
    /// Who does each step of the chain here: the post's title, none when the unit has none of the offices.
    pub desks: Vec<Option<String>>,
    /// The last twelve months, oldest first; months without a closing are left out.
    pub months: Vec<(String, Figures)>,
    pub office: Arc<Office>,
}

/// A service at a unit, open or withdrawn.
///
/// # Errors
/// [`Error::Missing`] when the unit does not have it.
pub fn service_view(rx: &mut Rx<'_>, gov: &Gov, unit: &str, slug: &str, now: Timestamp) -> Result<ServiceView> {
    let (spot, offer) = offer_at(rx, gov, unit, slug)?;
    let own = post::of_unit(rx, spot.unit.id)?;
    let above = match (offer.definition.chain.iter().any(|step| step.at == At::Kecamatan), spot.unit.parent) {
        (true, Some(parent)) => post::of_unit(rx, parent)?,
        _ => Vec::new(),
    };
    let title = |posts: &[Post], office: &str| posts.iter().find(|post| post.office == office).map(|post| post.title.clone());
    let offered = offer.offered();
    let steps = offered.steps().map(|(step, offices)| {
        let posts = if step.at == At::Kecamatan { &above } else { &own };
        offices.iter().find_map(|office| title(posts, office.as_str()))
    });
    let desks: Vec<Option<String>> = steps.collect();
    let months = figures::by_month(rx, offer.offering.id, spot.unit.date(now))?;
    let office = gov.cached::<Calendars>().book(rx)?.office(&spot.unit.ancestors);
    Ok(ServiceView { spot, offer, desks, months, office })
}

/// A service at the unit of a slug, with where that is.
///
/// # Errors
/// [`Error::Missing`] when the unit does not have it.
pub fn offer_at(rx: &mut Rx<'_>, gov: &Gov, unit: &str, slug: &str) -> Result<(Spot, Offer)> {
    let load = |rx: &mut Rx<'_>| read_offer_at(rx, gov, unit, slug);
    Ok(gov.cached::<OffersAt>().0.get(rx, (unit.to_owned(), slug.to_owned()), load)?.as_ref().clone())
}

/// Offers by the words of their address, until a unit or offering changes.
#[derive(Default)]
struct OffersAt(Kept<(String, String), (Spot, Offer)>);

fn read_offer_at(rx: &mut Rx<'_>, gov: &Gov, unit: &str, slug: &str) -> Result<(Spot, Offer)> {
    let spot = spot(rx, unit)?;
    let offering = offering::at(rx, SYSTEM, spot.unit.id, slug)?;
    let definition = gov.cached::<Definitions>().get(rx, &offering.definition)?;
    let overrides = Overrides::from_json(&offering.overrides).map_err(|problem| Error::Failed(problem.to_string()))?;
    let kind = kind_of(&spot.unit)?;
    let definition = overrides::demanding(definition, &overrides);
    let offer = Offer { offering, definition, overrides, unit: spot.unit.clone(), kind };
    Ok((spot, offer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str, kind: UnitKind) -> Place {
        let short_name = kind.without_word(name).to_owned();
        Place {
            id: Id::NIL,
            parent: None,
            kind,
            name: name.into(),
            slug: indonesian::slug(&short_name),
            key: indonesian::place_key(name),
            short_name,
        }
    }

    fn some() -> Vec<Place> {
        vec![
            place("Kecamatan Pendopo", UnitKind::Kecamatan),
            place("Desa Tanjung Raman", UnitKind::Desa),
            place("Desa Tanjung Raya", UnitKind::Desa),
            place("Kelurahan Pasar Pendopo", UnitKind::Kelurahan),
        ]
    }

    #[test]
    fn places_are_found_however_they_are_typed() {
        let places = some();
        let first = |typed: &str| matching(&places, typed, 5).first().map(|place| place.name.clone());
        for typed in ["tanjung raman", "Tj. Raman", "desa tanjungraman", "TANJUNG RAMEN"] {
            assert_eq!(first(typed).as_deref(), Some("Desa Tanjung Raman"), "{typed}");
        }
        assert_eq!(matching(&places, "tanjung", 5).len(), 2);
        assert_eq!(first("pendopo").as_deref(), Some("Kecamatan Pendopo"));
        assert_eq!(first("ra"), None);
    }

    #[test]
    fn a_place_is_heard_within_a_question() {
        let places = some();
        let (place, rest) = place_within(&places, "surat usaha desa Tanjung Raman").unwrap();
        assert_eq!((place.name.as_str(), rest.as_str()), ("Desa Tanjung Raman", "surat usaha"));
        assert!(place_within(&places, "surat usaha").is_none());
    }
}

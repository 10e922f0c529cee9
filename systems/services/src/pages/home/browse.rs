//! Finding a service: by words, by life event, by place.

use std::sync::Arc;

use axum::extract::Path;
use kernel::unit::UnitKind;
use web::{FormData, FormState, Page, ui::Tone};

use super::{
    about,
    front::{GroupLine, groups},
    words::{group_key, hours_on, open_words},
};
use crate::{
    model::Group,
    store::catalogue::{self, Found, Place},
};

/// A link of a list: where to, what it is, small print.
struct Line {
    href: String,
    title: String,
    small: String,
}

/// Villages of one kecamatan.
struct District {
    name: String,
    href: String,
    small: String,
    villages: Vec<Line>,
}

#[derive(askama::Template)]
#[template(path = "home/browse.html")]
struct Browse {
    page: Page,
    form: FormState,
    heading: String,
    /// What was looked for; empty when nothing was.
    asked: String,
    services: Vec<Line>,
    places: Vec<Line>,
    groups: Vec<GroupLine>,
    districts: Vec<District>,
    offices: Vec<Line>,
}

struct Read {
    kinds: Vec<Arc<crate::model::Definition>>,
    places: Vec<Place>,
    found: Vec<Found>,
    /// The place heard in the words, and what was looked for there.
    within: Option<(Place, String)>,
    /// Units that offer the one service asked for.
    units: Vec<Place>,
}

pub(super) async fn index(page: Page) -> web::Result {
    let query = page.query();
    let (text, group, service) = (query.get("cari").trim().to_owned(), query.get("kelompok").to_owned(), query.get("layanan").to_owned());
    let text: String = text.chars().take(200).collect();
    let read = read(&page, text.clone(), service.clone()).await?;
    let chosen = Group::ALL.into_iter().find(|known| known.as_str() == group);
    let one = read.kinds.iter().find(|kind| kind.slug == service);
    let heading = match (chosen, one) {
        (_, Some(kind)) => kind.title.in_language(page.lang()).to_owned(),
        (Some(group), _) => page.t(group_key(group)),
        _ => page.t("services-home-browse"),
    };
    let services = match chosen {
        Some(group) if text.is_empty() => of_group(&page, &read, group),
        _ => found(&page, &read),
    };
    let places = places_found(&read, &text);
    let (districts, offices) = match one {
        Some(_) => places_offering(&read, &service),
        None if text.is_empty() && chosen.is_none() => all_places(&page, &read),
        None => (Vec::new(), Vec::new()),
    };
    let groups = if text.is_empty() && chosen.is_none() && one.is_none() { groups(&page, &read.kinds) } else { Vec::new() };
    let form = FormState::filled(&page, FormData::of([("cari", text.as_str())]));
    page.clone().html(&Browse { page, form, heading, asked: text, services, places, groups, districts, offices })
}

async fn read(page: &Page, text: String, service: String) -> web::Result<Read> {
    let gov = Arc::clone(&page.state().gov);
    let read = page.gov().read(move |rx| {
        let places = catalogue::places(rx)?;
        let within = catalogue::place_within(&places, &text).map(|(place, rest)| (place.clone(), rest));
        let found = match &within {
            _ if text.is_empty() => Vec::new(),
            Some((place, rest)) if !rest.is_empty() => {
                let there = catalogue::services(rx, rest, Some(place.id))?;
                if there.is_empty() { catalogue::services(rx, &text, None)? } else { there }
            }
            _ => catalogue::services(rx, &text, None)?,
        };
        let units = if service.is_empty() { Vec::new() } else { catalogue::units_of(rx, &service)? };
        Ok::<_, kernel::Error>(Read { kinds: catalogue::kinds(rx, &gov)?, places, found, within, units })
    });
    Ok(read.await?)
}

fn found(page: &Page, read: &Read) -> Vec<Line> {
    let line = |found: &Found| {
        let kind = read.kinds.iter().find(|kind| kind.slug == found.slug);
        let title = kind.map_or(found.title.as_str(), |kind| kind.title.in_language(page.lang())).to_owned();
        if found.units == 1 {
            let (unit, name) = &found.unit;
            return Line { href: format!("/layanan/{unit}/{}", found.slug), title, small: name.clone() };
        }
        let summary = kind.map_or_else(String::new, |kind| kind.summary.in_language(page.lang()).to_owned());
        Line { href: format!("/layanan?layanan={}", found.slug), title, small: summary }
    };
    read.found.iter().map(line).collect()
}

fn of_group(page: &Page, read: &Read, group: Group) -> Vec<Line> {
    let of = read.kinds.iter().filter(|kind| kind.group == group);
    of.map(|kind| Line {
        href: format!("/layanan?layanan={}", kind.slug),
        title: kind.title.in_language(page.lang()).to_owned(),
        small: kind.summary.in_language(page.lang()).to_owned(),
    })
    .collect()
}

fn places_found(read: &Read, text: &str) -> Vec<Line> {
    let mut found = catalogue::matching(&read.places, text, 8);
    if let Some((place, _)) = &read.within
        && let Some(place) = read.places.iter().find(|known| known.id == place.id)
        && !found.contains(&place)
    {
        found.push(place);
    }
    found.into_iter().map(|place| place_line(read, place, "")).collect()
}

fn place_line(read: &Read, place: &Place, service: &str) -> Line {
    let above = read.places.iter().find(|other| Some(other.id) == place.parent).map_or_else(String::new, |other| other.name.clone());
    let href = if service.is_empty() { format!("/layanan/{}", place.slug) } else { format!("/layanan/{}/{service}", place.slug) };
    Line { href, title: place.name.clone(), small: above }
}

fn all_places(page: &Page, read: &Read) -> (Vec<District>, Vec<Line>) {
    let districts = read.places.iter().filter(|place| place.kind == UnitKind::Kecamatan).map(|district| {
        let villages = read.places.iter().filter(|place| place.parent == Some(district.id)).count();
        District {
            name: district.name.clone(),
            href: format!("/layanan/{}", district.slug),
            small: page.t1("services-home-villages", "n", villages),
            villages: Vec::new(),
        }
    });
    (districts.collect(), Vec::new())
}

fn places_offering(read: &Read, service: &str) -> (Vec<District>, Vec<Line>) {
    let mut districts: Vec<District> = Vec::new();
    let mut offices = Vec::new();
    for unit in &read.units {
        let above = read.places.iter().find(|other| Some(other.id) == unit.parent && unit.kind.is_village());
        let Some(above) = above else {
            offices.push(place_line(read, unit, service));
            continue;
        };
        let line = Line { href: format!("/layanan/{}/{service}", unit.slug), title: unit.name.clone(), small: String::new() };
        match districts.iter_mut().find(|district| district.name == above.name) {
            Some(district) => district.villages.push(line),
            None => {
                let href = format!("/layanan/{}", above.slug);
                districts.push(District { name: above.name.clone(), href, small: String::new(), villages: vec![line] });
            }
        }
    }
    (districts, offices)
}

#[derive(askama::Template)]
#[template(path = "home/unit.html")]
struct UnitPage {
    page: Page,
    name: String,
    slug: String,
    above: Vec<Line>,
    ended: Option<String>,
    successors: Vec<Line>,
    open_tone: Tone,
    open_words: String,
    week: Vec<(String, String)>,
    address: String,
    services: Vec<Line>,
    villages: Vec<Line>,
}

pub(super) async fn unit(page: Page, Path(slug): Path<String>) -> web::Result {
    let gov = Arc::clone(&page.state().gov);
    let view = page.gov().read(move |rx| catalogue::unit_view(rx, &gov, &slug)).await?;
    let page = about(page, &view.spot);
    let unit = &view.spot.unit;
    let link = |unit: &kernel::unit::Unit| Line { href: format!("/layanan/{}", unit.slug), title: unit.name.clone(), small: String::new() };
    let services = view.services.iter().map(|(offering, definition)| Line {
        href: format!("/layanan/{}/{}", unit.slug, offering.kind),
        title: definition.title.in_language(page.lang()).to_owned(),
        small: definition.summary.in_language(page.lang()).to_owned(),
    });
    let monday = page.today().checked_sub(jiff::Span::new().days(i64::from(page.today().weekday().to_monday_zero_offset())));
    let monday = monday.unwrap_or_else(|_| page.today());
    let days = (0..7).filter_map(|ahead| monday.checked_add(jiff::Span::new().days(ahead)).ok());
    let week = days.map(|day| {
        let hours = hours_on(&page, &view.office, day).unwrap_or_else(|| page.t("services-home-day-closed"));
        (page.date_long(day), hours)
    });
    let (open_tone, open_words) = open_words(&page, &view.office);
    let shown = UnitPage {
        name: unit.name.clone(),
        slug: unit.slug.clone(),
        above: view.spot.above.iter().filter(|above| above.depth > 1).map(link).collect(),
        ended: unit.valid_until.map(|day| page.date(day)),
        successors: view.successors.iter().map(link).collect(),
        open_tone,
        open_words,
        week: week.collect(),
        address: unit.address.clone(),
        services: services.collect(),
        villages: view.villages.iter().map(link).collect(),
        page: page.clone(),
    };
    page.html(&shown)
}

//! Residents of a unit as a table: names and addresses, NIK masked, of the birth date only the year. Whoever has the processing
//! of her data restricted is left out, and the request says how many.

use kernel::{
    Id, Result, Rx,
    limit::{self, Kind},
    party,
};
use serde_json::{Value as Json, json};
use web::export::{Extent, Made, Making, Sheet, Value, left_out};

use super::unit_of;
use crate::{
    pages::COUNTER_ROLES,
    store::residents::{self, PageOf},
};

/// Most rows of one file; a kelurahan of a city has fewer people.
const ROWS_MAX: usize = 100_000;
const PAGE: i64 = 1_000;

/// The body of a request: the unit, and whether only those whose NIK is to be looked at.
pub(crate) fn body(unit: Id, odd: bool) -> Json {
    json!({ "unit": unit, "odd": odd })
}

fn only_odd(making: &Making<'_>) -> bool {
    making.body["odd"].as_bool().unwrap_or_default()
}

pub(super) fn measure(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Extent> {
    let unit = unit_of(rx, making, COUNTER_ROLES)?;
    let people = if only_odd(making) { residents::count_odd(rx, unit.id)? } else { party::count(rx, unit.id)? };
    let mut about = making.voice.t1("services-export-about-residents", "unit", unit.name.as_str());
    let limited = limit::count_at(rx, unit.id, Kind::Restricted, making.now)?;
    if limited > 0 {
        about = format!("{about}. {}", making.voice.t1("services-export-limited", "n", limited));
    }
    let people = if only_odd(making) { people } else { people - limited };
    Ok(Extent { unit: unit.id, about, records: people, persons: people })
}

pub(super) fn make(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Made> {
    let (unit, voice) = (unit_of(rx, making, COUNTER_ROLES)?, making.voice);
    let heads = [
        "services-name",
        "services-nik",
        "services-birth-year",
        "services-address",
        "services-export-area",
        "services-export-rt",
        "services-export-rw",
    ];
    let (mut rows, mut records) = (Vec::new(), Vec::new());
    let (mut after, mut without): (Option<(String, Id)>, usize) = (None, 0);
    while rows.len() < ROWS_MAX {
        let from = after.as_ref().map(|(name, id)| (name.as_str(), *id));
        let page = residents::page(rx, &PageOf { unit: unit.id, after: from, backwards: false, odd: only_odd(making), limit: PAGE })?;
        let Some(last) = page.last() else { break };
        after = Some((last.name_folded.clone(), last.id));
        let ids: Vec<Id> = page.iter().map(|person| person.id).collect();
        let limited = limit::among(rx, &ids, Kind::Restricted, making.now)?;
        without += limited.len();
        for person in page.into_iter().filter(|person| !limited.contains(&person.id)) {
            let text = |text: &Option<String>| Value::from(text.clone());
            records.push(person.id);
            rows.push(vec![
                Value::from(person.name.as_str()),
                Value::from(person.masked_nik()),
                Value::from(person.birth_date.map(|born| i64::from(born.year()))),
                text(&person.address),
                text(&person.area),
                text(&person.rt),
                text(&person.rw),
            ]);
        }
    }
    let heads = heads.iter().map(|key| voice.t(key)).collect();
    let sheet = Sheet { name: format!("Penduduk {}", unit.short_name), heads, rows, notes: left_out(voice, without) };
    Ok(Made { sheet, records })
}

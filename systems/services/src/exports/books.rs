//! The books of a unit as tables: addressees and receivers are people. A book is gap-free, so a line about somebody whose data are
//! restricted stays with its number and its day, without the person.

use kernel::{
    Date, Error, Id, Result, Rx, Timestamp,
    limit::Restricted,
    numbering::{
        Number, Order,
        agenda::{self, Filter},
        dispatch::{self, Dispatch, Lines},
    },
};
use serde_json::{Value as Json, json};
use web::export::{Extent, Made, Making, Sheet, mask, masked};

use super::{count, different, unit_of};
use crate::pages::{
    BOOK_ROLES,
    books::{ROWS_MAX, state_of, word_of, word_of_way},
};

/// The body of a request for Buku Agenda.
pub(crate) fn agenda_body(filter: &Filter) -> Json {
    json!({
        "unit": filter.unit, "year": filter.year, "state": filter.state.map(kernel::numbering::State::as_str), "classification": filter.classification,
        "month": filter.month, "seq": filter.seq,
    })
}

fn filter_of(unit: Id, body: &Json) -> Filter {
    Filter {
        unit,
        year: body["year"].as_i64().unwrap_or(0),
        state: body["state"].as_str().and_then(state_of),
        classification: body["classification"].as_str().map(str::to_owned),
        month: body["month"].as_i64().and_then(|month| i8::try_from(month).ok()),
        seq: body["seq"].as_i64(),
    }
}

fn agenda_rows(rx: &mut Rx<'_>, unit: Id, body: &Json) -> Result<Vec<Number>> {
    Ok(agenda::page(rx, &filter_of(unit, body), Order::Ascending, None, ROWS_MAX)?)
}

pub(super) fn measure_agenda(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Extent> {
    let unit = unit_of(rx, making, BOOK_ROLES)?;
    let rows = agenda_rows(rx, unit.id, making.body)?;
    let year = making.body["year"].to_string();
    let about = making.voice.t2("services-export-about-agenda", "year", year, "unit", unit.name.as_str());
    Ok(Extent { unit: unit.id, about, records: count(&rows), persons: different(rows.iter().map(|row| row.addressee.as_str())) })
}

pub(super) fn make_agenda(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Made> {
    let (unit, voice) = (unit_of(rx, making, BOOK_ROLES)?, making.voice);
    let mut rows = agenda_rows(rx, unit.id, making.body)?;
    let without = without_restricted(rx, &mut rows, &mask(voice), making.now)?;
    let heads = [
        "services-number-seq",
        "services-number",
        "services-date",
        "services-classification",
        "services-about",
        "services-addressee",
        "services-state",
        "services-reason",
    ];
    let records = rows.iter().map(|row| row.id).collect();
    let cells = rows.into_iter().map(|row| {
        let state = voice.t(word_of(row.state));
        let reason = row.reason.unwrap_or_default();
        let on_date = row.on_date.to_string();
        vec![
            row.seq.into(),
            row.text.into(),
            on_date.into(),
            row.classification.into(),
            row.about.into(),
            row.addressee.into(),
            state.into(),
            reason.into(),
        ]
    });
    let sheet = Sheet {
        name: format!("Agenda {} {}", unit.short_name, making.body["year"]),
        heads: heads.iter().map(|key| voice.t(key)).collect(),
        rows: cells.collect(),
        notes: masked(voice, without),
    };
    Ok(Made { sheet, records })
}

/// The body of a request for Buku Ekspedisi.
pub(crate) fn dispatch_body(unit: Id, from: Date, until: Date) -> Json {
    json!({ "unit": unit, "from": from.to_string(), "until": until.to_string() })
}

fn dispatch_rows(rx: &mut Rx<'_>, unit: Id, body: &Json) -> Result<Vec<Dispatch>> {
    let day = |key: &str| body[key].as_str().and_then(|text| text.parse::<Date>().ok()).ok_or(Error::Missing);
    let lines = Lines { unit, from: day("from")?, until: day("until")?, after: None, order: Order::Ascending, limit: ROWS_MAX };
    Ok(dispatch::page(rx, lines)?)
}

pub(super) fn measure_dispatch(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Extent> {
    let unit = unit_of(rx, making, BOOK_ROLES)?;
    let rows = dispatch_rows(rx, unit.id, making.body)?;
    let about = making.voice.t1("services-export-about-dispatch", "unit", unit.name.as_str());
    let people = rows.iter().flat_map(|row| [row.addressee.as_str(), row.receiver.as_str()]);
    Ok(Extent { unit: unit.id, about, records: count(&rows), persons: different(people) })
}

pub(super) fn make_dispatch(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Made> {
    let (unit, voice) = (unit_of(rx, making, BOOK_ROLES)?, making.voice);
    let mut rows = dispatch_rows(rx, unit.id, making.body)?;
    let without = without_restricted(rx, &mut rows, &mask(voice), making.now)?;
    let heads = ["services-date", "services-number", "services-addressee", "services-about", "services-way", "services-receiver"];
    let records = rows.iter().map(|row| row.id).collect();
    let cells = rows.into_iter().map(|row| {
        let (on_date, way) = (row.on_date.to_string(), voice.t(word_of_way(row.way)));
        vec![on_date.into(), row.number.into(), row.addressee.into(), row.about.into(), way.into(), row.receiver.into()]
    });
    let sheet = Sheet {
        name: format!("Ekspedisi {}", unit.short_name),
        heads: heads.iter().map(|key| voice.t(key)).collect(),
        rows: cells.collect(),
        notes: masked(voice, without),
    };
    Ok(Made { sheet, records })
}

/// A line of a book: what of it may be about a person.
pub(crate) trait BookLine {
    /// The letter it is about, where one was made here.
    fn document(&self) -> Option<Id>;
    /// The texts that may name somebody.
    fn texts(&mut self) -> Vec<&mut String>;
}

impl BookLine for Number {
    fn document(&self) -> Option<Id> {
        self.document
    }

    fn texts(&mut self) -> Vec<&mut String> {
        [&mut self.about, &mut self.addressee].into_iter().chain(self.reason.as_mut()).collect()
    }
}

impl BookLine for Dispatch {
    fn document(&self) -> Option<Id> {
        self.document
    }

    fn texts(&mut self) -> Vec<&mut String> {
        vec![&mut self.addressee, &mut self.about, &mut self.receiver]
    }
}

/// Takes restricted persons out of the lines of a book that leaves the office: of the line of a letter of theirs every text, of any
/// other line the text that names one. Says of how many lines.
pub(crate) fn without_restricted<L: BookLine>(rx: &mut Rx<'_>, lines: &mut [L], mask: &str, now: Timestamp) -> Result<usize> {
    let restricted = Restricted::at(rx, now)?;
    let documents: Vec<Id> = lines.iter().filter_map(BookLine::document).collect();
    let theirs = restricted.documents(rx, &documents)?;
    let mut without = 0;
    for line in lines {
        let whole = line.document().is_some_and(|document| theirs.contains(&document));
        let named: Vec<&mut String> =
            line.texts().into_iter().filter(|text| !text.is_empty() && (whole || restricted.is_named_in(text))).collect();
        without += usize::from(!named.is_empty());
        named.into_iter().for_each(|text| mask.clone_into(text));
    }
    Ok(without)
}

//! `import`: what a government begins with: holidays, hours of service, classification codes.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use kernel::{
    Date, Error, Gov, NewEntry, Tx, clock,
    numbering::classification::{self, NewClassification},
    unit::{self, Unit},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    Answer,
    migrate::ensure_root,
    user::{said, words},
};
use crate::government::Where;

const HOLIDAYS: &str = include_str!("../../../data/holidays/national.csv");
const RAMADAN: &str = include_str!("../../../data/holidays/ramadan.csv");
const CODES: &str = include_str!("../../../data/classification/permendagri-83-2022.csv");

/// What to bring in.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// National holidays and cuti bersama 2025–2027, or a CSV of the same form: date,kind,name,decree,decreed_on
    Holidays(Source),
    /// The usual hours of service (Perpres 21/2023), in Ramadan too
    ServiceHours(Hours),
    /// Classification codes of letters, or a CSV of the same form: code,name,valid_from,valid_until,source
    Classification(Source),
    /// The population of a village: the XLSX that OpenSID exports. Rows with a problem are named and left out
    Population(Population),
}

/// From where, to where.
#[derive(Debug, Args)]
pub struct Source {
    #[command(flatten)]
    place: Where,
    /// A CSV file [default: what this release brings]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Code of the unit where it holds [default: the government itself]
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
}

/// For whom.
#[derive(Debug, Args)]
pub struct Hours {
    #[command(flatten)]
    place: Where,
    /// Code of the unit where they hold [default: the government itself]
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
}

/// Who lives where.
#[derive(Debug, Args)]
pub struct Population {
    #[command(flatten)]
    place: Where,
    /// The workbook
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Code of the village
    #[arg(long, value_name = "CODE")]
    unit: String,
}

/// A line of the Ramadan list.
#[derive(Deserialize)]
struct Season {
    from: Date,
    until: Date,
}

/// A line of a classification.
#[derive(Deserialize)]
struct Code {
    code: String,
    name: String,
    valid_from: Date,
    valid_until: Option<Date>,
    source: String,
}

/// Does it.
pub fn run(command: &Command) -> Result<Answer> {
    match command {
        Command::Holidays(source) => holidays(source),
        Command::ServiceHours(hours) => service_hours(hours),
        Command::Classification(source) => classification(source),
        Command::Population(population) => people(population),
    }
}

fn text(source: &Source, own: &str) -> Result<String> {
    match &source.file {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display())),
        None => Ok(own.to_owned()),
    }
}

fn open(place: &Where) -> Result<std::sync::Arc<Gov>> {
    let gov = place.choose()?.open_now()?;
    ensure_root(&gov).context("making the government's own unit")?;
    Ok(gov)
}

fn unit_of(tx: &mut Tx<'_>, code: Option<&str>) -> kernel::Result<Unit> {
    let found = match code {
        Some(code) => unit::by_code(tx, code)?,
        None => unit::root(tx)?,
    };
    found.ok_or_else(|| Error::Failed(format!("there is no unit {}", code.unwrap_or("of the government yet"))))
}

fn holidays(source: &Source) -> Result<Answer> {
    let calendar = workdays::Calendar::from_csv(&text(source, HOLIDAYS)?).context("the list of holidays cannot be read")?;
    let (gov, code) = (open(&source.place)?, source.unit.clone());
    let added = gov.db().write_now(&gov.system_ctx("command"), move |tx| {
        let unit = unit_of(tx, code.as_deref())?;
        clock::import_holidays(tx, unit.id, &calendar)
    })?;
    Ok(Answer::new(format!("{added} new free days."), json!({ "ok": true, "added": added })))
}

fn service_hours(hours: &Hours) -> Result<Answer> {
    let seasons: Vec<Season> = rows(RAMADAN)?;
    let (gov, code) = (open(&hours.place)?, hours.unit.clone());
    let set = gov.db().write_now(&gov.system_ctx("command"), move |tx| {
        let unit = unit_of(tx, code.as_deref())?;
        let (normal, ramadan) = clock::typical_hours();
        clock::set_service_hours(tx, unit.id, &normal)?;
        for season in &seasons {
            clock::set_season(tx, unit.id, season.from, season.until, &ramadan)?;
        }
        Ok::<_, Error>(seasons.len())
    })?;
    Ok(Answer::new(format!("The usual week, and {set} times of Ramadan."), json!({ "ok": true, "seasons": set })))
}

fn classification(source: &Source) -> Result<Answer> {
    let codes: Vec<Code> = rows(&text(source, CODES)?)?;
    let gov = open(&source.place)?;
    let count = codes.len();
    gov.db().write_now(&gov.system_ctx("command"), move |tx| {
        tx.entry(NewEntry::new("kernel.classification.imported").detail(json!({ "codes": codes.len() })));
        codes.iter().try_for_each(|code| classification::add(tx, &new_code(code)).map(drop))
    })?;
    Ok(Answer::new(format!("{count} codes hold."), json!({ "ok": true, "codes": count })))
}

fn people(population: &Population) -> Result<Answer> {
    let bytes = std::fs::read(&population.file).with_context(|| format!("reading {}", population.file.display()))?;
    let (gov, code) = (open(&population.place)?, population.unit.clone());
    let village = gov.db().read_now(|rx| unit::by_code(rx, &code))?.with_context(|| format!("there is no unit {code}"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
    let ctx = gov.system_ctx("command");
    let report = runtime.block_on(services::residents::import(&gov, &ctx, village.id, bytes)).map_err(said)?;
    let mut text = format!(
        "{}: {} rows; {} new, {} changed, {} as they were, {} gone, {} left out.",
        village.name, report.seen, report.created, report.updated, report.unchanged, report.gone, report.wrong
    );
    let problems: Vec<(u64, String)> = report.problems.iter().map(|problem| (u64::from(problem.row), words(&problem.message))).collect();
    for (row, words) in &problems {
        text.push_str(&format!("\nrow {row}: {words}"));
    }
    let json = json!({
        "ok": true, "seen": report.seen, "created": report.created, "updated": report.updated, "unchanged": report.unchanged,
        "gone": report.gone, "wrong": report.wrong,
        "problems": problems.iter().map(|(row, words)| json!({ "row": row, "why": words })).collect::<Vec<_>>(),
    });
    Ok(Answer::new(text, json))
}

fn new_code(code: &Code) -> NewClassification {
    NewClassification {
        code: code.code.clone(),
        name: code.name.clone(),
        valid_from: code.valid_from,
        valid_until: code.valid_until,
        source: code.source.clone(),
    }
}

fn rows<T: for<'a> Deserialize<'a>>(text: &str) -> Result<Vec<T>> {
    let read: Result<Vec<T>, _> = csv::Reader::from_reader(text.as_bytes()).into_deserialize().collect();
    read.context("the list cannot be read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_release_brings_can_be_read() {
        assert!(workdays::Calendar::from_csv(HOLIDAYS).unwrap().holidays().len() > 70);
        assert_eq!(rows::<Season>(RAMADAN).unwrap().len(), 3);
        assert!(rows::<Code>(CODES).unwrap().len() > 50);
    }
}

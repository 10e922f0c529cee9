//! `import`: what a government begins with: holidays, hours of service, classification codes.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use kernel::{
    Date, Error, Gov, Message, NewEntry, Tx, clock,
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
    /// ASN and officials of villages: a CSV or XLSX with nama, nip, jabatan, unit, jenis, mulai, sampai, keputusan. What is new
    /// comes in; what differs or is not in the file is told, and taken when asked for
    Officials(Officials),
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

/// Who holds which post.
#[derive(Debug, Args)]
pub struct Officials {
    #[command(flatten)]
    place: Where,
    /// The list
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Compare only; nothing is kept
    #[arg(long)]
    look: bool,
    /// Take what differs from the file
    #[arg(long)]
    take_different: bool,
    /// End today whoever holds a post in a unit of the file and is not in it
    #[arg(long)]
    end_missing: bool,
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
        Command::Officials(list) => officials(list),
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

fn officials(list: &Officials) -> Result<Answer> {
    use identity::officials::{Verdict, read};
    let bytes = std::fs::read(&list.file).with_context(|| format!("reading {}", list.file.display()))?;
    let (rows, problems) = read(&bytes).map_err(|error| anyhow::anyhow!(words(&error.message())))?;
    let gov = open(&list.place)?;
    let name = list.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let taken = [(list.take_different, Verdict::Different), (list.end_missing, Verdict::Missing)];
    let take: Vec<Verdict> = taken.into_iter().filter(|(wanted, _)| *wanted).map(|(_, verdict)| verdict).collect();
    let (inner, look) = (gov.clone(), list.look);
    let done = gov
        .db()
        .write_now(&gov.system_ctx("command"), move |tx| identity::import_officials(tx, &inner, &name, &rows, &problems, &take, look));
    let report = done.map_err(said)?;
    let mut text = format!(
        "{} new, {} the same, {} different, {} here and not in the file, {} left out.",
        report.new, report.same, report.different, report.missing, report.wrong
    );
    if let Some(brought) = &report.brought {
        text.push_str(&format!(
            "\n{} new people, {} new posts, {} appointments, {} corrected, {} ended. It can be undone at /pejabat/impor.",
            brought.people, brought.posts, brought.appointed, brought.changed, brought.ended
        ));
    }
    let problems: Vec<(i64, &str, String)> = report
        .problems
        .iter()
        .map(|(line, name, key)| (*line, name.as_str(), words(&Message { key: key.clone().into(), args: Vec::new() })))
        .collect();
    for (line, name, why) in &problems {
        text.push_str(&format!("\nrow {line}: {name}: {why}"));
    }
    let json = json!({
        "ok": true, "new": report.new, "same": report.same, "different": report.different, "missing": report.missing, "wrong": report.wrong,
        "appointed": report.brought.map(|brought| brought.appointed),
        "problems": problems.iter().map(|(line, name, why)| json!({ "row": line, "name": name, "why": why })).collect::<Vec<_>>(),
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

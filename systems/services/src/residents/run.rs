//! From rows that read well to people on record: the preview, and the writing in batches.

use std::{collections::HashMap, sync::Arc};

use kernel::{
    Ctx, Error, Gov, Id, Message, NewEntry, Result, Rx, blobs,
    keys::Blind,
    limit,
    party::{self, Checks, Merged, NewPerson, NikState},
    unit::{self, Unit},
};

use tokio::sync::oneshot;

use super::{
    Column, ImportError, Parsed, RowProblem,
    import::{self, ParsedRow},
};
use crate::store::residents;

/// People written in one transaction.
const BATCH: usize = 500;

/// A person that passed every check, with the row of the file.
#[derive(Clone)]
struct Checked {
    row: u32,
    person: NewPerson,
    nik: Option<String>,
    kk: Option<String>,
}

/// What would happen.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    pub sheet: String,
    /// Rows with something in them.
    pub seen: usize,
    /// People not on record yet.
    pub new: usize,
    /// People on record at this unit; their data is brought up to date.
    pub known: usize,
    /// Left out: died, moved away, not valid.
    pub gone: usize,
    /// Rows that stay out until they are put right.
    pub wrong: usize,
    pub problems: Vec<RowProblem>,
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub seen: usize,
    pub created: usize,
    pub updated: usize,
    pub unchanged: usize,
    pub gone: usize,
    pub wrong: usize,
    pub problems: Vec<RowProblem>,
}

/// A person on record, as an import compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub person: Id,
    pub unit: Option<Id>,
    /// The processing of her data is restricted: nothing is written over.
    pub limited: bool,
}

/// Whether the bytes are a workbook that can be opened here: of the kind, without password or macros, not packed to burst.
///
/// # Errors
/// [`ImportError::File`] with the sentence that says what to send instead.
pub fn check_workbook(gov: &Gov, ctx: &Ctx, bytes: &[u8]) -> Result<(), ImportError> {
    let refused = |error: blobs::BlobError| match error {
        blobs::BlobError::Refused(message) => ImportError::File(message),
        _ => ImportError::File(Message::new("services-import-not-kept")),
    };
    let staged = gov.blobs().put(ctx, "penduduk.xlsx", bytes, &blobs::Limits::WORKBOOK).map_err(refused)?;
    gov.blobs().delete(staged.id).map_err(refused)
}

/// Reads a checked workbook and says what importing it would do. Writes nothing.
///
/// # Errors
/// [`Error::Refused`] with the sentence of an [`ImportError`].
pub async fn look(gov: &Arc<Gov>, unit: Id, bytes: Vec<u8>) -> Result<Preview> {
    let (parsed, checked) = read(gov, unit, bytes).await?;
    let checked: Arc<[Checked]> = checked.into();
    let (reader, rows) = (Arc::clone(gov), Arc::clone(&checked));
    let known = gov.read(move |rx| known(rx, &reader, &rows)).await?;
    let mut preview =
        Preview { sheet: parsed.sheet, seen: parsed.seen, gone: parsed.gone, problems: parsed.problems, ..Preview::default() };
    for person in checked.iter() {
        match known.get(&person.row) {
            Some(known) if known.unit.is_some_and(|other| other != unit) => preview.problems.push(elsewhere(person.row)),
            Some(known) if known.limited => preview.problems.push(limited(person.row)),
            Some(_) => preview.known += 1,
            None => preview.new += 1,
        }
    }
    preview.problems.sort_by_key(|problem| problem.row);
    preview.wrong = preview.seen - preview.gone - preview.new - preview.known;
    Ok(preview)
}

/// Imports a population workbook for `unit`. A second import of the same file changes nothing; an import that was cut off
/// is simply run again. Rows with a problem are left out and named; everybody else comes in.
///
/// # Errors
/// [`Error::Refused`] with the sentence of an [`ImportError`]; [`Error::Missing`] when there is no such unit.
pub async fn import(gov: &Arc<Gov>, ctx: &Ctx, unit: Id, bytes: Vec<u8>) -> Result<Report> {
    check_workbook(gov, ctx, &bytes).map_err(|error| Error::Refused(error.message()))?;
    let at = gov.read(move |rx| unit::find(rx, unit)).await?.ok_or(Error::Missing)?;
    let (parsed, checked) = read(gov, unit, bytes).await?;
    let mut report = Report { seen: parsed.seen, gone: parsed.gone, problems: parsed.problems, ..Report::default() };
    let at = Arc::new(at);
    for batch in checked.chunks(BATCH) {
        let done = write_batch(gov, ctx, &at, batch.into()).await?;
        report.created += done.created;
        report.updated += done.updated;
        report.unchanged += done.unchanged;
        report.problems.extend(done.problems);
    }
    report.problems.sort_by_key(|problem| problem.row);
    report.wrong = report.seen - report.gone - report.created - report.updated - report.unchanged;
    Ok(report)
}

async fn write_batch(gov: &Arc<Gov>, ctx: &Ctx, at: &Arc<Unit>, batch: Arc<[Checked]>) -> Result<Report> {
    let (home, at) = (Arc::clone(gov), Arc::clone(at));
    gov.write(ctx, move |tx| {
        let known = known(tx, &home, &batch)?;
        let mut done = Report::default();
        let mut rows = Vec::with_capacity(batch.len());
        for row in batch.iter() {
            match known.get(&row.row) {
                Some(known) if known.unit.is_some_and(|other| other != at.id) => done.problems.push(elsewhere(row.row)),
                Some(known) if known.limited => done.problems.push(limited(row.row)),
                _ => rows.push(row),
            }
        }
        let people: Vec<&NewPerson> = rows.iter().map(|row| &row.person).collect();
        for (row, merged) in rows.iter().zip(party::merge_all(tx, home.keys(), &people)?) {
            let found_by = residents::FoundBy { name: row.person.name(), nik: row.nik.as_deref(), kk: row.kk.as_deref() };
            match merged {
                Merged::Created(person) => {
                    done.created += 1;
                    residents::index_new(tx, home.keys(), person, &at, &found_by)?;
                }
                Merged::Updated(person) => {
                    done.updated += 1;
                    residents::index(tx, home.keys(), person, &at, &found_by)?;
                }
                Merged::Unchanged(_) => done.unchanged += 1,
                Merged::Restricted(_) => done.problems.push(limited(row.row)),
            }
        }
        if done.created + done.updated > 0 {
            let detail = serde_json::json!({ "created": done.created, "updated": done.updated, "unchanged": done.unchanged });
            tx.entry(NewEntry::new("services.residents.imported").unit(at.id).object("unit", at.id).detail(detail));
        }
        Ok::<_, Error>(done)
    })
    .await
}

fn elsewhere(row: u32) -> RowProblem {
    RowProblem { row, column: Column::Nik, message: Message::new("services-import-elsewhere"), is_hint: false }
}

fn limited(row: u32) -> RowProblem {
    RowProblem { row, column: Column::Nik, message: Message::new("services-import-limited"), is_hint: false }
}

/// Reads and checks the file on a thread of its own, with which what the reading took is given back.
async fn read(gov: &Arc<Gov>, unit: Id, bytes: Vec<u8>) -> Result<(Parsed, Vec<Checked>)> {
    let checks = Checks { today: gov.now().to_zoned(gov.settings().time_zone()).date(), demo: gov.settings().mark.is_some() };
    let (tell, done) = oneshot::channel();
    let work = move || {
        let parsed = import::read(&bytes, checks.demo).map(|parsed| check(parsed, unit, checks));
        // Nobody waits for it any more when the client has gone.
        drop(tell.send(parsed));
    };
    std::thread::Builder::new().name("workbook".into()).spawn(work).map_err(|error| Error::Failed(error.to_string()))?;
    let done = done.await.map_err(|error| Error::Failed(format!("reading a workbook: {error}")))?;
    done.map_err(|error| Error::Refused(error.message()))
}

/// The rules of the register of persons, the same as at the counter, and nobody twice in one file.
fn check(mut parsed: Parsed, unit: Id, checks: Checks) -> (Parsed, Vec<Checked>) {
    let rows = std::mem::take(&mut parsed.rows);
    let mut checked = Vec::with_capacity(rows.len());
    let mut first: HashMap<String, u32> = HashMap::with_capacity(rows.len());
    for ParsedRow { row, mut form } in rows {
        form.unit = Some(unit);
        let person = match form.check(checks) {
            Ok(person) => person,
            Err(problems) => {
                for problem in problems {
                    parsed.refused(row, problem.field, problem.message);
                }
                continue;
            }
        };
        let (nik, kk) = (form.nik.filter(|nik| !nik.is_empty()), form.kk.filter(|kk| !kk.is_empty()));
        let earlier = nik.as_ref().and_then(|nik| first.insert(nik.clone(), row));
        if let Some(earlier) = earlier {
            parsed.refused(row, "nik", Message::new("services-import-twice").arg("row", i64::from(earlier)));
            continue;
        }
        if person.nik_state() == NikState::Odd {
            parsed.problems.push(RowProblem { row, column: Column::Nik, message: Message::new("services-import-odd"), is_hint: true });
        }
        checked.push(Checked { row, person, nik, kk });
    }
    (parsed, checked)
}

/// Who of these is on record, by row: by NIK in few queries; those without one each by name and birth.
fn known(rx: &mut Rx<'_>, gov: &Gov, rows: &[Checked]) -> Result<HashMap<u32, Known>> {
    let keys = gov.keys();
    let mut found = HashMap::new();
    let with_nik: Vec<(u32, Vec<u8>)> =
        rows.iter().filter_map(|row| Some((row.row, keys.blind(Blind::Nik, row.nik.as_deref()?)))).collect();
    for chunk in with_nik.chunks(BATCH) {
        let by_index = residents::by_nik_index(rx, chunk.iter().map(|(_, index)| index.as_slice()))?;
        found.extend(chunk.iter().filter_map(|(row, index)| Some((*row, *by_index.get(index)?))));
    }
    for row in rows.iter().filter(|row| row.nik.is_none()) {
        if let Some(person) = party::match_person(rx, keys, &row.person)? {
            found.insert(row.row, Known { person, unit: None, limited: false });
        }
    }
    let persons: Vec<Id> = found.values().map(|known| known.person).collect();
    let limited = limit::among(rx, &persons, limit::Kind::Restricted, gov.now())?;
    for known in found.values_mut() {
        known.limited = limited.contains(&known.person);
    }
    Ok(found)
}

//! What `/verifikasi` may say of a letter: never more than is true, never more than is needed.

use indonesian::{Code, mask_name};
use jiff::civil::Date;

use super::{Document, Role, SigningMode, State, by_code, find, signatures};
use crate::{Id, Rx, db::DbError, params};

/// The answer to a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// No letter has this code.
    Unknown,
    /// A number was taken, but no signed scan is registered: nothing is said of it but this.
    NotRegistered,
    /// Registered and in force.
    InForce,
    /// Was in force until this day.
    Expired { until: Date },
    /// Revoked by the office that made it.
    Revoked,
    /// Another letter took its place.
    Replaced { by: Option<String> },
}

/// What anybody may know of a registered letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    pub document: Id,
    pub kind: String,
    pub title: String,
    pub number: String,
    pub unit: Id,
    pub unit_name: String,
    pub signed_on: Date,
    /// The lines above the signature.
    pub signer_label: Vec<String>,
    pub signing_mode: SigningMode,
    /// Initials and lengths only; empty when the letter is secret.
    pub holder_masked: String,
    pub valid_until: Option<Date>,
    /// Label and register number of each office that took note.
    pub acknowledgements: Vec<(Vec<String>, String)>,
}

/// Status with details; there are none for a code that is unknown or not registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub status: Status,
    pub registered: Option<Registered>,
}

/// What is true of the letter with this code on a day.
///
/// # Errors
/// What the database says.
pub fn verification(rx: &mut Rx<'_>, code: &Code, on_date: Date) -> Result<Verdict, DbError> {
    let Some(document) = by_code(rx, code)? else { return Ok(Verdict { status: Status::Unknown, registered: None }) };
    let status = match document.state {
        State::Draft | State::AwaitingScan => Status::NotRegistered,
        // Voided before its scan: it never was registered, and is no more.
        State::Revoked if document.scan.is_none() => return Ok(Verdict { status: Status::Revoked, registered: None }),
        State::Revoked => Status::Revoked,
        State::Replaced => {
            let by = document.replaced_by.map(|by| find(rx, by)).transpose()?.flatten();
            Status::Replaced { by: by.and_then(|by| by.number) }
        }
        State::InForce => match document.valid_until {
            Some(until) if document.is_expired(on_date) => Status::Expired { until },
            _ => Status::InForce,
        },
    };
    let registered = if status == Status::NotRegistered { None } else { registered(rx, document)? };
    Ok(Verdict { status, registered })
}

fn registered(rx: &mut Rx<'_>, document: Document) -> Result<Option<Registered>, DbError> {
    let (Some(number), Some(signed_on)) = (document.number, document.signed_on) else { return Ok(None) };
    let lines = |label: &str| label.lines().map(str::to_owned).collect::<Vec<_>>();
    let unit = rx.one("select name from kernel_unit where id = $1", &params![document.unit])?.ok_or(DbError::Missing)?;
    let given = signatures(rx, document.id)?.into_iter().filter(|signature| signature.role == Role::Acknowledger);
    Ok(Some(Registered {
        document: document.id,
        kind: document.kind,
        title: document.title,
        number,
        unit: document.unit,
        unit_name: unit.get(0)?,
        signed_on,
        signer_label: lines(document.signer_label.as_deref().unwrap_or_default()),
        signing_mode: document.signing_mode,
        holder_masked: if document.secrecy == "secret" { String::new() } else { mask_name(&document.holder_name) },
        valid_until: document.valid_until,
        acknowledgements: given.filter_map(|signature| Some((lines(&signature.label), signature.number?))).collect(),
    }))
}

/// How a file somebody holds compares with the registered letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The registered scan, byte for byte.
    Scan,
    /// The print before signing: the text is the letter's, but nobody has signed this file.
    Print,
    /// Neither: a new scan, a photo, or a changed letter. A person must compare it with the registered one.
    Different,
    /// There is no registered letter to compare with.
    NotRegistered,
}

/// Compares the SHA-256 of a file with the registered letter of this code.
///
/// # Errors
/// What the database says.
pub fn compare_scan(rx: &mut Rx<'_>, code: &Code, hash: &[u8; 32]) -> Result<Comparison, DbError> {
    let Some(document) = by_code(rx, code)?.filter(|document| document.scan.is_some()) else { return Ok(Comparison::NotRegistered) };
    let mut is = |blob: Option<Id>| -> Result<bool, DbError> {
        let Some(blob) = blob else { return Ok(false) };
        let row = rx.one("select hash from kernel_blob where id = $1", &params![blob])?;
        Ok(row.map(|row| row.get::<Vec<u8>>(0)).transpose()?.is_some_and(|stored| stored == hash))
    };
    Ok(if is(document.scan)? {
        Comparison::Scan
    } else if is(document.pdf)? {
        Comparison::Print
    } else {
        Comparison::Different
    })
}

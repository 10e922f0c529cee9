//! What anybody may know of a letter, and what whoever holds the paper may compare.

use jiff::Timestamp;
use kernel::{
    Date, DbError, Gov, Id, NewEntry, Result, Rx, Tx,
    document::{self, Comparison, Document, Status, Verdict},
    log,
    throttle::{self, Key},
    unit,
};
use letter::Letter;

use super::catalogue::{self, Spot};
use crate::letters::registered::{self, Part};

/// What is true of a letter.
#[derive(Clone, Debug)]
pub struct Verified {
    pub verdict: Verdict,
    pub spot: Option<Spot>,
    /// The code of the letter that took its place.
    pub replaced_by: Option<String>,
    /// Whether its text can be compared by somebody who types two things printed on it.
    pub comparable: bool,
    /// The entry of the audit log that tells of its last change: of its registration, while it is in force.
    pub entry: Option<Id>,
}

/// What is true of the letter with this code on a day.
///
/// # Errors
/// What the database says.
pub fn verified(rx: &mut Rx<'_>, gov: &Gov, code: &indonesian::Code, on_date: Date) -> Result<Verified> {
    let verdict = document::verification(rx, code, on_date)?;
    let spot = match &verdict.registered {
        Some(registered) => unit::find(rx, registered.unit)?.map(|unit| catalogue::spot_of(rx, unit)).transpose()?,
        None => None,
    };
    let document = document::by_code(rx, code)?;
    let replaced_by = match document.as_ref().and_then(|document| document.replaced_by) {
        Some(by) => document::find(rx, by)?.and_then(|document| document.verify_code),
        None => None,
    };
    // Only what is registered has a receipt to show: of a draft nothing is told.
    let entry = match document.as_ref().filter(|_| verdict.registered.is_some()) {
        Some(document) => log::entry_of(rx, &document::DOCUMENT, document.id, log::Version::Last)?,
        None => None,
    };
    let comparable = match document.filter(|_| verdict.status == Status::InForce) {
        Some(document) => open_text(rx, gov, &document)?.is_some(),
        None => false,
    };
    Ok(Verified { verdict, spot, replaced_by, comparable, entry })
}

/// The text of a letter that may be compared: not a secret one, and only one that says who it is about and when she was born.
fn open_text(rx: &mut Rx<'_>, gov: &Gov, document: &Document) -> Result<Option<Letter>> {
    if document.secrecy == "secret" {
        return Ok(None);
    }
    let text: Letter = document::body(rx, gov.keys(), document.id)?;
    Ok(Some(text).filter(registered::is_comparable))
}

/// Compares the SHA-256 of a file with the registered letter.
///
/// # Errors
/// What the database says.
pub fn compare(rx: &mut Rx<'_>, code: &indonesian::Code, hash: &[u8; 32]) -> Result<Comparison, DbError> {
    document::compare_scan(rx, code, hash)
}

/// How typing two printed things ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// Both are those of the letter: what it says.
    Right(Vec<Part>),
    /// One of them, or both, are not. Which is never said.
    Wrong,
    /// Too many tries; the next one counts from then on.
    Wait(Timestamp),
    /// The letter is not in force, is secret, or does not print the two things: its status is all there is to know.
    Closed,
}

/// Somebody types the holder's name and date of birth as they stand on the paper, and sees what is registered under its code.
/// Growing delays for code and address; every success is written down.
///
/// # Errors
/// What the database says.
pub fn held(tx: &mut Tx<'_>, gov: &Gov, code: &indonesian::Code, on_date: Date, name: &str, born: Date) -> Result<Held> {
    let (now, address) = (tx.now(), tx.ctx().origin().address.clone());
    let keys = [Key::new("letter", code.as_str(), 3), Key::address(&address), Key::network(&address)];
    if let Err(until) = throttle::attempt(tx, &keys, now)? {
        return Ok(Held::Wait(until));
    }
    let verdict = document::verification(tx, code, on_date)?;
    let document = document::by_code(tx, code)?.filter(|_| verdict.status == Status::InForce);
    let Some(document) = document else { return Ok(Held::Closed) };
    let Some(text) = open_text(tx, gov, &document)? else { return Ok(Held::Closed) };
    if !registered::is_holder(&text, name, born) {
        return Ok(Held::Wrong);
    }
    for key in &keys {
        throttle::clear(tx, key)?;
    }
    let entry = NewEntry::new("services.letter.compared").unit(document.unit).object("document", document.id);
    tx.entry(match document.case_id {
        Some(case_id) => entry.case(case_id),
        None => entry,
    });
    Ok(Held::Right(registered::parts(&text)))
}

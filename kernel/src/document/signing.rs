//! Initials, the signature with its number, and the acknowledgement of another office.

use indonesian::Code;
use jiff::civil::Date;

use super::{DOCUMENT, Document, Role, SIGNATURE, Signature, State, find, refused_in, signatures};
use crate::{
    Error, Expect, Id, Message, Result, Tx, cols,
    numbering::{self, NewNumber, Number},
    params,
    post::{self, Right},
};

/// What the signer decides.
#[derive(Debug, Clone)]
pub struct Signing {
    /// Who signs; the right is looked up.
    pub person: Id,
    pub classification: String,
    /// Whom the letter goes to, as the Buku Agenda has it.
    pub addressee: String,
    /// The day on the letter, where its unit is.
    pub on_date: Date,
    /// The last day it holds.
    pub valid_until: Option<Date>,
}

/// What [`sign`] gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub number: Number,
    pub verify_code: Code,
    pub right: Right,
    /// The lines above the signature.
    pub label: Vec<String>,
    /// Of the document now.
    pub version: i64,
}

/// What an acknowledging office decides.
#[derive(Debug, Clone)]
pub struct Acknowledging {
    /// Which signature of the document.
    pub signature: Id,
    pub person: Id,
    pub classification: String,
    /// The day where that office is.
    pub on_date: Date,
}

/// Gives initials (*paraf*). They are given in their order.
///
/// # Errors
/// `document-not-your-signature` when the person does not act for the post now; `document-initials-order`,
/// `document-signature-given`, `document-awaits-scan`, `document-registered`, `document-closed`.
pub fn initial(tx: &mut Tx<'_>, document: Id, signature: Id, person: Id) -> Result<Right> {
    let document = find(tx, document)?.ok_or(Error::Missing)?;
    if document.state != State::Draft {
        return Err(refused_in(document.state));
    }
    let all = signatures(tx, document.id)?;
    let own = all.iter().find(|own| own.id == signature && own.role == Role::Initial).ok_or(Error::Missing)?;
    let before = |other: &&Signature| other.role == Role::Initial && other.place < own.place && other.given_at.is_none();
    if all.iter().any(|other| before(&other)) {
        return Err(Error::refused("document-initials-order"));
    }
    let right = right(tx, &document, own, person)?;
    give(tx, own, &right, None)?;
    Ok(right)
}

/// Signs: the number is taken, the code drawn, and the letter waits for its signed scan.
///
/// The caller then fills number, date and code into the letter with [`super::set_body`], in the same transaction.
///
/// # Errors
/// `document-initials-missing`, `document-not-your-signature`, `document-validity` when it would end before it begins;
/// those of [`numbering::take`]; `document-awaits-scan`, `document-registered`, `document-closed` when it is signed already.
pub fn sign(tx: &mut Tx<'_>, id: Id, expect: Expect, signing: &Signing) -> Result<Signed> {
    let document = find(tx, id)?.ok_or(Error::Missing)?;
    if document.state != State::Draft {
        return Err(refused_in(document.state));
    }
    if signing.valid_until.is_some_and(|until| until < signing.on_date) {
        return Err(Error::refused("document-validity"));
    }
    let all = signatures(tx, id)?;
    if all.iter().any(|other| other.role == Role::Initial && other.given_at.is_none()) {
        return Err(Error::refused("document-initials-missing"));
    }
    let own = all.iter().find(|own| own.role == Role::Signer).ok_or(Error::Missing)?;
    let right = right(tx, &document, own, signing.person)?;
    let number = numbering::take(tx, &new_number(&document, document.unit, &signing.classification, signing.on_date, &signing.addressee))?;
    let label = give(tx, own, &right, None)?;
    let verify_code = free_code(tx)?;
    let version = tx.update(
        &DOCUMENT,
        id,
        expect,
        &cols! {
            "state" => State::AwaitingScan.as_str(), "number" => number.text.as_str(), "number_id" => number.id, "signed_at" => tx.now(),
            "signed_on" => signing.on_date, "signer_post" => right.own_post, "signer_label" => label.join("\n"),
            "valid_until" => signing.valid_until, "verify_code" => verify_code.as_str()
        },
    )?;
    Ok(Signed { number, verify_code, right, label, version })
}

/// Another office takes note (*mengetahui*) and registers the letter under a number of its own book.
///
/// # Errors
/// `document-not-signed` for a draft, `document-not-your-signature`, `document-signature-given`, `document-registered`,
/// `document-closed`; those of [`numbering::take`].
pub fn acknowledge(tx: &mut Tx<'_>, document: Id, acknowledging: &Acknowledging) -> Result<Number> {
    let document = find(tx, document)?.ok_or(Error::Missing)?;
    if document.state != State::AwaitingScan {
        return Err(refused_in(document.state));
    }
    let all = signatures(tx, document.id)?;
    let own = all.iter().find(|own| own.id == acknowledging.signature && own.role == Role::Acknowledger).ok_or(Error::Missing)?;
    let right = right(tx, &document, own, acknowledging.person)?;
    let unit = own.unit.ok_or(Error::Missing)?;
    let new = new_number(&document, unit, &acknowledging.classification, acknowledging.on_date, &document.holder_name);
    let number = numbering::take(tx, &new)?;
    give(tx, own, &right, Some(&number))?;
    Ok(number)
}

fn new_number(document: &Document, unit: Id, classification: &str, on_date: Date, addressee: &str) -> NewNumber {
    NewNumber {
        unit,
        classification: classification.to_owned(),
        on_date,
        about: document.title.clone(),
        addressee: addressee.to_owned(),
        document: Some(document.id),
    }
}

/// By what right the person signs here and now.
fn right(tx: &mut Tx<'_>, document: &Document, signature: &Signature, person: Id) -> Result<Right> {
    if signature.given_at.is_some() {
        return Err(Error::refused("document-signature-given"));
    }
    let (post, now) = (signature.post.ok_or(Error::Missing)?, tx.now());
    // A mandate names kinds of letter as cases do: a letter of a case is of the case's kind.
    let kind = match document.case_id {
        Some(case) => crate::case::find(tx, case)?.kind,
        None => document.kind.clone(),
    };
    post::may_act(tx, person, post, &kind, now)?.ok_or_else(|| Error::refused("document-not-your-signature"))
}

fn give(tx: &mut Tx<'_>, signature: &Signature, right: &Right, number: Option<&Number>) -> Result<Vec<String>> {
    let now = tx.now();
    let label = post::label_of(tx, right, now)?;
    let row = tx.one("select name from kernel_person where id = $1", &params![right.person])?.ok_or(Error::Missing)?;
    let name: String = row.get(0)?;
    tx.update(
        &SIGNATURE,
        signature.id,
        Expect::Version(signature.version),
        &cols! {
            "state" => "given", "given_at" => now, "holding" => right.holding, "person" => right.person, "mandate" => right.mandate(),
            "name" => name, "label" => label.join("\n"), "number" => number.map(|number| number.text.as_str()),
            "number_id" => number.map(|number| number.id)
        },
    )?;
    Ok(label)
}

/// A verification code that no letter has.
fn free_code(tx: &mut Tx<'_>) -> Result<Code> {
    for _ in 0..4 {
        let code = Code::encode(tx.ctx().random());
        if tx.one("select id from kernel_document where verify_code = $1", &params![code.as_str()])?.is_none() {
            return Ok(code);
        }
    }
    Err(Message::new("document-code").into())
}

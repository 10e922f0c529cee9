//! Documents: letters with their signatures, numbers and what anybody may verify of them.
//!
//! ```text
//! draft ──sign──▶ awaiting_scan ──register_scan──▶ in_force ──▶ revoked · replaced · (expired, by its date)
//!                      └───────────── revoke (numbers void) ─────▶ revoked
//! ```
//!
//! - A draft has neither number nor verification code. [`sign`] gives both, in the caller's transaction.
//! - Only a letter whose signed scan is registered is ever said to be in force: see [`verification`].
//! - Every signature is checked here against who acts for the post at that moment ([`post::may_act`]): whoever lost the
//!   post yesterday cannot sign today, whatever the page they still have open.
//! - The letter itself (a block document as JSON) is sealed; what verification shows is plain.
//!
//! Functions here change rows and write no entry: the caller says what the act was.
//!
//! [`post::may_act`]: crate::post::may_act
//! [`verification`]: verification::verification

mod signing;
mod standing;
pub mod verification;

use jiff::{Timestamp, civil::Date};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Error, Expect, Id, Message, Result, Row, Rx, Table, Tx, cols, db::DbError, keys::Keys, params};

pub use signing::{Acknowledging, Signed, Signing, acknowledge, initial, sign};
pub use standing::{attach_pdf, register_scan, replace, revoke};
pub use verification::{Comparison, Registered, Status, Verdict, compare_scan, verification};

pub static DOCUMENT: Table = Table::audited(
    "kernel_document",
    &[
        "case_id",
        "kind",
        "title",
        "unit",
        "state",
        "number",
        "number_id",
        "signed_at",
        "signed_on",
        "signer_post",
        "signer_label",
        "signing_mode",
        "holder_name",
        "valid_until",
        "verify_code",
        "body_sealed",
        "pdf",
        "scan",
        "replaced_by",
        "reason",
        "secrecy",
    ],
);
pub static SIGNATURE: Table = Table::audited(
    "kernel_signature",
    &[
        "document",
        "role",
        "place",
        "unit",
        "post",
        "holding",
        "person",
        "mandate",
        "name",
        "label",
        "number",
        "number_id",
        "state",
        "given_at",
    ],
);
/// The tables of this module.
pub const TABLES: &[&Table] = &[&DOCUMENT, &SIGNATURE];

macro_rules! words {
    ($name:ident, $column:literal) => {
        impl $name {
            /// The one stored as `text`.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|word| word.as_str() == text)
            }

            fn read(row: &Row, column: usize) -> Result<Self, DbError> {
                let text: String = row.get(column)?;
                Self::parse(&text).ok_or_else(|| DbError::Broken(format!("{} is {text}", $column)))
            }
        }
    };
}

/// Where a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Draft,
    AwaitingScan,
    InForce,
    Revoked,
    Replaced,
}

impl State {
    /// In the order they are reached.
    pub const ALL: [Self; 5] = [Self::Draft, Self::AwaitingScan, Self::InForce, Self::Revoked, Self::Replaced];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::AwaitingScan => "awaiting_scan",
            Self::InForce => "in_force",
            Self::Revoked => "revoked",
            Self::Replaced => "replaced",
        }
    }
}
words!(State, "kernel_document.state");

/// How a letter is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningMode {
    /// *Tanda tangan basah*: printed, signed, stamped, scanned.
    Wet,
    /// *Tanda tangan elektronik*, by a certified provider (PP 71/2019, article 60). No provider is connected yet.
    Tte,
}

impl SigningMode {
    /// All modes.
    pub const ALL: [Self; 2] = [Self::Wet, Self::Tte];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wet => "wet",
            Self::Tte => "tte",
        }
    }
}
words!(SigningMode, "kernel_document.signing_mode");

/// In what role somebody signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Initials (*paraf*) before the signature.
    Initial,
    /// Answers for the letter.
    Signer,
    /// *Mengetahui*: another office, which registers the letter under its own number.
    Acknowledger,
    /// Signs on paper; given with the scan.
    Witness,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 4] = [Self::Initial, Self::Signer, Self::Acknowledger, Self::Witness];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Signer => "signer",
            Self::Acknowledger => "acknowledger",
            Self::Witness => "witness",
        }
    }
}
words!(Role, "kernel_signature.role");

/// A document, without its letter: that is [`body`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub id: Id,
    pub case_id: Option<Id>,
    /// The kind of letter, e.g. `usaha`.
    pub kind: String,
    pub title: String,
    pub unit: Id,
    pub state: State,
    pub number: Option<String>,
    pub number_id: Option<Id>,
    pub signed_at: Option<Timestamp>,
    pub signed_on: Option<Date>,
    /// The post that signed: a mandated one where it was a.n. or u.b.
    pub signer_post: Option<Id>,
    /// The lines above the signature, one a line.
    pub signer_label: Option<String>,
    pub signing_mode: SigningMode,
    pub holder_name: String,
    /// The last day it holds.
    pub valid_until: Option<Date>,
    pub verify_code: Option<String>,
    pub pdf: Option<Id>,
    pub scan: Option<Id>,
    pub replaced_by: Option<Id>,
    pub reason: Option<String>,
    pub secrecy: String,
    pub version: i64,
}

impl Document {
    /// Whether it was in force and its last day is over.
    #[must_use]
    pub fn is_expired(&self, on_date: Date) -> bool {
        self.state == State::InForce && self.valid_until.is_some_and(|until| until < on_date)
    }
}

/// A signature wanted or given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub id: Id,
    pub document: Id,
    pub role: Role,
    /// The order, from 0.
    pub place: i64,
    pub unit: Option<Id>,
    /// The post whose signature it is, whoever acts for it.
    pub post: Option<Id>,
    pub holding: Option<Id>,
    pub person: Option<Id>,
    /// The mandate it was given under.
    pub mandate: Option<Id>,
    pub name: String,
    /// The lines above the signature, one a line.
    pub label: String,
    /// The own register number of an acknowledging office.
    pub number: Option<String>,
    pub number_id: Option<Id>,
    pub given_at: Option<Timestamp>,
    pub version: i64,
}

/// A signature the letter will need.
#[derive(Debug, Clone)]
pub struct NewSignature {
    pub role: Role,
    /// The post's unit; whose book an acknowledger's number comes from.
    pub unit: Option<Id>,
    /// Required but for witnesses.
    pub post: Option<Id>,
    pub person: Option<Id>,
    /// Of a witness.
    pub name: String,
}

impl NewSignature {
    /// The signature of whoever acts for a post.
    #[must_use]
    pub const fn of_post(role: Role, unit: Id, post: Id) -> Self {
        Self { role, unit: Some(unit), post: Some(post), person: None, name: String::new() }
    }

    /// The signature of a witness, on paper.
    #[must_use]
    pub const fn of_witness(name: String, person: Option<Id>) -> Self {
        Self { role: Role::Witness, unit: None, post: None, person, name }
    }
}

/// A letter to be drafted.
#[derive(Debug, Clone)]
pub struct NewDocument {
    pub case_id: Option<Id>,
    pub kind: String,
    pub title: String,
    pub unit: Id,
    pub signing_mode: SigningMode,
    /// Whom it is about; masked where it is verified.
    pub holder_name: String,
    pub secrecy: String,
    /// In signing order; exactly one signer.
    pub signatures: Vec<NewSignature>,
}

/// Drafts a letter. `body` is the block document.
///
/// # Errors
/// `document-tte-not-yet` while no provider of electronic signatures is connected; `document-signers` without exactly
/// one signer, or with a post missing where one is needed.
pub fn create_draft(tx: &mut Tx<'_>, keys: &Keys, new: &NewDocument, body: &impl Serialize) -> Result<Id> {
    if new.signing_mode == SigningMode::Tte {
        return Err(Error::refused("document-tte-not-yet"));
    }
    let signers = new.signatures.iter().filter(|signature| signature.role == Role::Signer).count();
    let posts = new.signatures.iter().all(|signature| signature.role == Role::Witness || signature.post.is_some());
    if signers != 1 || !posts {
        return Err(Error::refused("document-signers"));
    }
    let id = tx.ctx().new_id();
    let sealed = seal(tx, keys, id, body)?;
    tx.insert(
        &DOCUMENT,
        id,
        &cols! {
            "case_id" => new.case_id, "kind" => new.kind.as_str(), "title" => new.title.as_str(), "unit" => new.unit,
            "state" => State::Draft.as_str(), "signing_mode" => new.signing_mode.as_str(), "holder_name" => new.holder_name.as_str(),
            "body_sealed" => sealed, "secrecy" => new.secrecy.as_str()
        },
    )?;
    for (place, signature) in new.signatures.iter().enumerate() {
        let row = tx.ctx().new_id();
        tx.insert(
            &SIGNATURE,
            row,
            &cols! {
                "document" => id, "role" => signature.role.as_str(), "place" => place, "unit" => signature.unit, "post" => signature.post,
                "person" => signature.person, "name" => signature.name.as_str(), "label" => "", "state" => "waiting"
            },
        )?;
    }
    Ok(id)
}

/// Writes the letter anew: as a draft (initials given are asked for again, they were for another text), or while it
/// waits for its scan, when number, date and code are filled in.
///
/// # Errors
/// `document-registered` once it is in force or closed; [`Error::Stale`].
pub fn set_body(tx: &mut Tx<'_>, keys: &Keys, id: Id, expect: Expect, body: &impl Serialize) -> Result<i64> {
    let document = find(tx, id)?.ok_or(Error::Missing)?;
    match document.state {
        State::Draft => {
            for signature in signatures(tx, id)?.iter().filter(|signature| signature.given_at.is_some()) {
                let none = None::<Id>;
                tx.update(
                    &SIGNATURE,
                    signature.id,
                    Expect::Version(signature.version),
                    &cols! { "state" => "waiting", "given_at" => None::<Timestamp>, "holding" => none, "person" => none, "mandate" => none },
                )?;
            }
        }
        State::AwaitingScan => {}
        _ => return Err(Error::refused("document-registered")),
    }
    let sealed = seal(tx, keys, id, body)?;
    Ok(tx.update(&DOCUMENT, id, expect, &cols! { "body_sealed" => sealed })?)
}

fn seal(tx: &Tx<'_>, keys: &Keys, id: Id, body: &impl Serialize) -> Result<Vec<u8>> {
    let json = serde_json::to_vec(body).map_err(|error| Error::Failed(error.to_string()))?;
    Ok(keys.seal(&tx.ctx(), DOCUMENT.name, "body_sealed", id, &json))
}

/// The letter of a document.
///
/// # Errors
/// [`Error::Missing`]; [`Error::Failed`] when it does not open or is no such letter.
pub fn body<B: DeserializeOwned>(rx: &mut Rx<'_>, keys: &Keys, id: Id) -> Result<B> {
    let row = rx.one("select body_sealed from kernel_document where id = $1", &params![id])?.ok_or(Error::Missing)?;
    let json = keys.open(DOCUMENT.name, "body_sealed", id, &row.get::<Vec<u8>>(0)?)?;
    serde_json::from_slice(&json).map_err(|error| Error::Failed(error.to_string()))
}

const COLUMNS: &str = "id, case_id, kind, title, unit, state, number, number_id, signed_at, signed_on, signer_post, signer_label, signing_mode, \
                       holder_name, valid_until, verify_code, pdf, scan, replaced_by, reason, secrecy, version";

/// A document by its id.
///
/// # Errors
/// What the database says.
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Option<Document>, DbError> {
    rx.one(&format!("select {COLUMNS} from kernel_document where id = $1"), &params![id])?.as_ref().map(read).transpose()
}

/// The documents of a case, oldest first.
///
/// # Errors
/// What the database says.
pub fn of_case(rx: &mut Rx<'_>, case_id: Id) -> Result<Vec<Document>, DbError> {
    rx.all(&format!("select {COLUMNS} from kernel_document where case_id = $1 order by id"), &params![case_id])?.iter().map(read).collect()
}

/// The document with a verification code (as stored: twelve symbols without dashes).
///
/// # Errors
/// What the database says.
pub fn by_code(rx: &mut Rx<'_>, code: &indonesian::Code) -> Result<Option<Document>, DbError> {
    let sql = format!("select {COLUMNS} from kernel_document where verify_code = $1");
    rx.one(&sql, &params![code.as_str()])?.as_ref().map(read).transpose()
}

/// The signatures of a document, in their order.
///
/// # Errors
/// What the database says.
pub fn signatures(rx: &mut Rx<'_>, document: Id) -> Result<Vec<Signature>, DbError> {
    let rows = rx.all(
        "select id, document, role, place, unit, post, holding, person, mandate, name, label, number, number_id, given_at, version \
         from kernel_signature where document = $1 order by place, id",
        &params![document],
    )?;
    rows.iter().map(read_signature).collect()
}

fn refused_in(state: State) -> Error {
    let key = match state {
        State::Draft => "document-not-signed",
        State::AwaitingScan => "document-awaits-scan",
        State::InForce => "document-registered",
        State::Revoked | State::Replaced => "document-closed",
    };
    Message::new(key).into()
}

fn read(row: &Row) -> Result<Document, DbError> {
    Ok(Document {
        id: row.get(0)?,
        case_id: row.get(1)?,
        kind: row.get(2)?,
        title: row.get(3)?,
        unit: row.get(4)?,
        state: State::read(row, 5)?,
        number: row.get(6)?,
        number_id: row.get(7)?,
        signed_at: row.get(8)?,
        signed_on: row.get(9)?,
        signer_post: row.get(10)?,
        signer_label: row.get(11)?,
        signing_mode: SigningMode::read(row, 12)?,
        holder_name: row.get(13)?,
        valid_until: row.get(14)?,
        verify_code: row.get(15)?,
        pdf: row.get(16)?,
        scan: row.get(17)?,
        replaced_by: row.get(18)?,
        reason: row.get(19)?,
        secrecy: row.get(20)?,
        version: row.get(21)?,
    })
}

fn read_signature(row: &Row) -> Result<Signature, DbError> {
    Ok(Signature {
        id: row.get(0)?,
        document: row.get(1)?,
        role: Role::read(row, 2)?,
        place: row.get(3)?,
        unit: row.get(4)?,
        post: row.get(5)?,
        holding: row.get(6)?,
        person: row.get(7)?,
        mandate: row.get(8)?,
        name: row.get(9)?,
        label: row.get(10)?,
        number: row.get(11)?,
        number_id: row.get(12)?,
        given_at: row.get(13)?,
        version: row.get(14)?,
    })
}

#[cfg(test)]
mod tests;

//! Third parties (vendors, auditors, students): an account under a non-disclosure agreement.
//!
//! The account is asked for by a post of the government, its sponsor, for one purpose at one unit. It stays shut until
//! the signed NDA is registered, and ends with it at the latest.

use std::str::FromStr;

use jiff::{Timestamp, civil::Date};

use super::{ACCOUNT, ACTIVE, Account, AccountKind, revoke_sessions};
use crate::{Error, Expect, Id, NewEntry, Result, Row, Rx, Table, Tx, cols, db::DbError, params, post, unit};

/// The audited table of agreements; a row's id is the account's.
pub static AGREEMENT: Table = Table::audited(
    "kernel_agreement",
    &["organisation", "kind", "purpose", "sponsor", "unit", "number", "signed_on", "until", "registered_at"],
);

/// What a third party is to the government.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartyKind {
    Vendor,
    Auditor,
    Student,
    Other,
}

impl PartyKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Vendor, Self::Auditor, Self::Student, Self::Other];

    /// The word stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::Auditor => "auditor",
            Self::Student => "student",
            Self::Other => "other",
        }
    }
}

impl FromStr for PartyKind {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.key() == word).ok_or(())
    }
}

/// A signed NDA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nda {
    pub number: String,
    pub signed_on: Date,
    /// The moment it is no more.
    pub until: Timestamp,
    pub registered_at: Timestamp,
}

/// Why a third party has an account, and under what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    pub account: Id,
    pub organisation: String,
    pub kind: PartyKind,
    pub purpose: String,
    /// The post that asked for the account and answers for it.
    pub sponsor: Id,
    /// Where it is to work: roles are given at this unit or below.
    pub unit: Id,
    /// None until it is registered.
    pub nda: Option<Nda>,
    pub version: i64,
}

/// An agreement about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAgreement {
    pub organisation: String,
    pub kind: PartyKind,
    pub purpose: String,
    pub sponsor: Id,
    pub unit: Id,
}

/// Writes down why a third party has an account. It stays shut until [`register`].
///
/// # Errors
/// [`Error::Refused`] without organisation or purpose, or for another kind of account; [`Error::Missing`].
pub fn propose(tx: &mut Tx<'_>, account: Id, new: &NewAgreement) -> Result<()> {
    let found = super::find(tx, account)?.ok_or(Error::Missing)?;
    if found.kind != AccountKind::ThirdParty {
        return Err(Error::refused("kernel-agreement-not-third-party"));
    }
    if new.organisation.trim().is_empty() {
        return Err(Error::refused("kernel-agreement-organisation-needed"));
    }
    if new.purpose.trim().is_empty() {
        return Err(Error::refused("kernel-agreement-purpose-needed"));
    }
    post::find(tx, new.sponsor)?.ok_or(Error::Missing)?;
    unit::find(tx, new.unit)?.ok_or(Error::Missing)?;
    tx.insert(
        &AGREEMENT,
        account,
        &cols! {
            "organisation" => new.organisation.trim(), "kind" => new.kind.key(), "purpose" => new.purpose.trim(), "sponsor" => new.sponsor,
            "unit" => new.unit, "number" => "",
        },
    )?;
    tx.entry(NewEntry::new("kernel.agreement.proposed").unit(new.unit).object("account", account));
    Ok(())
}

/// Registers the signed NDA, or a new one in its place, and opens the account until `expires_at`, at the latest until its end.
///
/// # Errors
/// [`Error::Refused`] without a number, for one signed later than today, or one that has ended; [`Error::Missing`] without [`propose`].
pub fn register(
    tx: &mut Tx<'_>,
    account: Id,
    number: &str,
    signed_on: Date,
    until: Timestamp,
    expires_at: Option<Timestamp>,
) -> Result<()> {
    let now = tx.now();
    let known = find(tx, account)?.ok_or(Error::Missing)?;
    let unit = unit::find(tx, known.unit)?.ok_or(Error::Missing)?;
    if number.trim().is_empty() {
        return Err(Error::refused("kernel-agreement-number-needed"));
    }
    if signed_on > unit.date(now) {
        return Err(Error::refused("kernel-agreement-not-signed-yet"));
    }
    if until <= now {
        return Err(Error::refused("kernel-agreement-ended"));
    }
    let columns = cols! { "number" => number.trim(), "signed_on" => signed_on, "until" => until, "registered_at" => now };
    tx.update(&AGREEMENT, account, Expect::Version(known.version), &columns)?;
    let expires = expires_at.map_or(until, |wanted| wanted.min(until));
    tx.update(&ACCOUNT, account, Expect::Any, &cols! { "state" => ACTIVE, "expires_at" => expires })?;
    // Sessions know their end: those of the agreement before are opened anew.
    revoke_sessions(tx, account, None)?;
    tx.entry(NewEntry::new("kernel.agreement.registered").unit(known.unit).object("account", account));
    Ok(())
}

/// Refuses a third party without an NDA in force.
///
/// # Errors
/// [`Error::Refused`] `kernel-agreement-missing` or `kernel-agreement-ended`.
pub fn require(rx: &mut Rx<'_>, account: &Account, at: Timestamp) -> Result<()> {
    if account.kind != AccountKind::ThirdParty {
        return Ok(());
    }
    match find(rx, account.id)?.and_then(|agreement| agreement.nda) {
        None => Err(Error::refused("kernel-agreement-missing")),
        Some(nda) if nda.until <= at => Err(Error::refused("kernel-agreement-ended")),
        Some(_) => Ok(()),
    }
}

/// Refuses a last moment beyond the NDA.
pub(super) fn require_within(rx: &mut Rx<'_>, account: Id, expires_at: Option<Timestamp>) -> Result<()> {
    let until = find(rx, account)?.and_then(|agreement| agreement.nda).map(|nda| nda.until);
    match (until, expires_at) {
        (Some(until), Some(expires)) if until < expires => Err(Error::refused("kernel-agreement-ends-before")),
        _ => Ok(()),
    }
}

/// The agreement of an account.
///
/// # Errors
/// Whatever the database says.
pub fn find(rx: &mut Rx<'_>, account: Id) -> Result<Option<Agreement>> {
    let row = rx.one(&format!("{SELECT} where g.id = $1"), &params![account])?;
    Ok(row.as_ref().map(read).transpose()?)
}

/// Every agreement: those without an NDA first, then by their end.
///
/// # Errors
/// Whatever the database says.
pub fn all(rx: &mut Rx<'_>) -> Result<Vec<Agreement>> {
    let rows = rx.all(&format!("{SELECT} order by coalesce(g.until, 0), g.organisation, g.id"), &[])?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

const SELECT: &str = "select g.id, g.organisation, g.kind, g.purpose, g.sponsor, g.unit, g.number, g.signed_on, g.until, g.registered_at, \
                      g.version from kernel_agreement g";

fn read(row: &Row) -> Result<Agreement, DbError> {
    let signed: (Option<Date>, Option<Timestamp>, Option<Timestamp>) = (row.get(7)?, row.get(8)?, row.get(9)?);
    let nda = match signed {
        (Some(signed_on), Some(until), Some(registered_at)) => Some(Nda { number: row.get(6)?, signed_on, until, registered_at }),
        _ => None,
    };
    let kind: String = row.get(2)?;
    Ok(Agreement {
        account: row.get(0)?,
        organisation: row.get(1)?,
        kind: kind.parse().map_err(|()| DbError::Broken(format!("kernel_agreement.kind holds {kind}")))?,
        purpose: row.get(3)?,
        sponsor: row.get(4)?,
        unit: row.get(5)?,
        nda,
        version: row.get(10)?,
    })
}

//! Links that stand in for an account: an RT head who confirms, an applicant who proves herself by e-mail.

use jiff::{SignedDuration, Timestamp};
use kernel::{DbError, Error, Expect, Id, Result, Rx, Table, Tx, cols, keys::Keys, params};
use sha2::{Digest, Sha256};

pub(super) static LINK: Table =
    Table::audited("services_link", &["case_id", "purpose", "token_hash", "name", "office", "state", "expires_at", "used_at"]);

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// "Pengantar": confirm or not, once; good for 14 days.
    Introduction,
    /// The applicant's second proof, sent by e-mail; good for one hour.
    Proof,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Introduction => "introduction",
            Self::Proof => "proof",
        }
    }

    const fn lives(self) -> SignedDuration {
        match self {
            Self::Introduction => SignedDuration::from_hours(14 * 24),
            Self::Proof => SignedDuration::from_hours(1),
        }
    }
}

/// A link as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub id: Id,
    pub case_id: Id,
    pub name: String,
    pub office: String,
    /// `waiting`, `given`, `declined`, `used`.
    pub state: String,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub version: i64,
}

/// Makes a link and returns its secret, which is stored only as a hash. Earlier unused links of the same purpose end.
///
/// # Errors
/// What the database says.
pub fn make(tx: &mut Tx<'_>, case_id: Id, purpose: Purpose, name: &str, office: &str) -> Result<String> {
    let secret: [u8; 18] = tx.ctx().random();
    let token = text_of(&secret);
    let id = tx.ctx().new_id();
    keep(tx, id, case_id, purpose, (name, office), &token)?;
    Ok(token)
}

/// Makes a link that goes out by e-mail and returns its id: its secret follows from that ([`web::secret`]), so that the message waiting in
/// the queue need not hold it. Earlier unused links of the same purpose end.
///
/// # Errors
/// What the database says.
pub fn make_mailed(tx: &mut Tx<'_>, keys: &Keys, case_id: Id, purpose: Purpose) -> Result<Id> {
    let id = tx.ctx().new_id();
    keep(tx, id, case_id, purpose, ("", ""), &web::secret::of(keys, id))?;
    Ok(id)
}

fn keep(tx: &mut Tx<'_>, id: Id, case_id: Id, purpose: Purpose, (name, office): (&str, &str), token: &str) -> Result<()> {
    let now = tx.now();
    let old = tx.all(
        "select id from services_link where case_id = $1 and purpose = $2 and state = 'waiting'",
        &params![case_id, purpose.as_str()],
    )?;
    for row in old {
        tx.update(&LINK, row.get(0)?, Expect::Any, &cols! { "state" => "replaced" })?;
    }
    let columns = cols! {
        "case_id" => case_id, "purpose" => purpose.as_str(), "token_hash" => hash(token), "name" => name, "office" => office,
        "state" => "waiting", "expires_at" => now + purpose.lives(),
    };
    tx.insert(&LINK, id, &columns)?;
    Ok(())
}

/// The link of a secret, if it is of this purpose.
///
/// # Errors
/// [`Error::Missing`] for an unknown secret, [`Error::Refused`] `services-link-ended` for one that ended.
pub fn find(rx: &mut Rx<'_>, token: &str, purpose: Purpose, now: Timestamp) -> Result<Link> {
    let sql =
        "select id, case_id, name, office, state, expires_at, used_at, version from services_link where token_hash = $1 and purpose = $2";
    let row = rx.one(sql, &params![hash(token), purpose.as_str()])?.ok_or(Error::Missing)?;
    let link = Link {
        id: row.get(0)?,
        case_id: row.get(1)?,
        name: row.get(2)?,
        office: row.get(3)?,
        state: row.get(4)?,
        expires_at: row.get(5)?,
        used_at: row.get(6)?,
        version: row.get(7)?,
    };
    if link.state == "replaced" || link.expires_at < now {
        return Err(Error::refused("services-link-ended"));
    }
    Ok(link)
}

/// Marks a link as used with this outcome.
///
/// # Errors
/// [`Error::Stale`] when it was used at the same moment from elsewhere.
pub fn settle(tx: &mut Tx<'_>, link: &Link, state: &str) -> Result<()> {
    let now = tx.now();
    tx.update(&LINK, link.id, Expect::Version(link.version), &cols! { "state" => state, "used_at" => now })?;
    Ok(())
}

/// Who is asked for the introduction of a case, or was asked last.
///
/// # Errors
/// What the database says.
pub fn introduction_of(rx: &mut Rx<'_>, case_id: Id) -> Result<Option<(String, String, String)>, DbError> {
    let sql = "select name, office, state from services_link where case_id = $1 and purpose = 'introduction' \
               order by case when state = 'waiting' then 0 else 1 end, expires_at desc, id desc limit 1";
    rx.one(sql, &params![case_id])?.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// 18 random bytes as 24 letters, digits, `-` and `_`.
fn text_of(secret: &[u8; 18]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    secret
        .chunks_exact(3)
        .flat_map(|three| {
            let n = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
            [18, 12, 6, 0].map(|shift| DIGITS[(n >> shift & 63) as usize] as char)
        })
        .collect()
}

//! Definitions — form, workflow, letter, clock rule — stored by hash and pinned by the case that began under them.

use sha2::{Digest, Sha256};

use crate::{DbError, Error, Result, Rx, Tx, params};

/// The SHA-256 of a definition's canonical text.
pub type Hash = [u8; 32];

/// Keeps a definition. The same text is kept once.
///
/// # Errors
/// What the database says.
pub fn put(tx: &mut Tx<'_>, system: &str, kind: &str, body: &str) -> Result<Hash> {
    let hash: Hash = Sha256::digest(body.as_bytes()).into();
    let sql = "insert into kernel_definition (hash, system, kind, body, created_at) values ($1,$2,$3,$4,$5) on conflict (hash) do nothing";
    let now = tx.now();
    tx.upkeep(sql, &params![hash, system, kind, body, now])?;
    Ok(hash)
}

/// The text of a definition, checked against its hash.
///
/// # Errors
/// [`Error::Missing`] when there is none, [`Error::Failed`] when the stored text was altered.
pub fn get(rx: &mut Rx<'_>, hash: &Hash) -> Result<String> {
    let row = rx.one("select body from kernel_definition where hash = $1", &params![*hash])?.ok_or(Error::Missing)?;
    let body: String = row.get(0)?;
    if Sha256::digest(body.as_bytes()).as_slice() != hash {
        return Err(Error::Failed("a stored definition does not match its hash".into()));
    }
    Ok(body)
}

/// Every definition in use by an open case of `system`, by hash: a release must know their states.
///
/// # Errors
/// What the database says.
pub fn states_in_use(rx: &mut Rx<'_>, system: &str) -> Result<Vec<String>, DbError> {
    let sql = "select distinct state from kernel_case where system = $1 and closed_at is null order by state";
    rx.all(sql, &params![system])?.iter().map(|row| row.get(0)).collect()
}

//! A form sent twice is done once: each sending carries a key, and its result is kept with it.

use sha2::{Digest, Sha256};

use crate::{Actor, Error, Result, Tx, params};

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Never seen: do the work, then call [`done`].
    New,
    /// The same request was done; this was its result.
    Done(String),
}

/// Whether the request of `key` by this actor on `route` with this body was done before. An empty key is always new: whoever
/// calls has asked for another one already.
///
/// # Errors
/// [`Error::Refused`] `request-key-reused` when the key was used for another body.
pub fn seen(tx: &mut Tx<'_>, key: &str, route: &str, body: &[u8]) -> Result<Seen> {
    if key.is_empty() {
        return Ok(Seen::New);
    }
    let actor = actor_key(&tx.ctx());
    let sql = "select digest, result from kernel_request where key = $1 and actor = $2 and route = $3";
    match tx.one(sql, &params![key, actor, route])? {
        None => Ok(Seen::New),
        Some(row) if row.get::<Vec<u8>>(0)? == Sha256::digest(body).to_vec() => Ok(Seen::Done(row.get(1)?)),
        Some(_) => Err(Error::refused("request-key-reused")),
    }
}

/// Keeps the result of a request, in the transaction that did it.
///
/// # Errors
/// What the database says.
pub fn done(tx: &mut Tx<'_>, key: &str, route: &str, body: &[u8], result: &str) -> Result<()> {
    if key.is_empty() {
        return Ok(());
    }
    let actor = actor_key(&tx.ctx());
    let sql = "insert into kernel_request (key, actor, route, digest, result, at) values ($1,$2,$3,$4,$5,$6)";
    let now = tx.now();
    Ok(tx.upkeep_later(sql, &params![key, actor, route, Sha256::digest(body).to_vec(), result, now])?)
}

fn actor_key(ctx: &crate::Ctx) -> String {
    match ctx.actor() {
        Actor::Public => "public".into(),
        Actor::Link { case_id, .. } => format!("link {case_id}"),
        Actor::Account(officer) => officer.account.to_string(),
        Actor::System { job, .. } => format!("system {job}"),
    }
}

//! Tokens by which machines call the API.

use std::{fmt, str::FromStr, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{
    SELECT, TOKEN, read,
    restriction::{IS_RESTRICTED, Restriction},
    session::officer,
};
use crate::{Error, Expect, Id, NewEntry, Officer, Result, Row, Rx, Tx, Value, cols, db::DbError, params};

/// What stands before every token, so that scanners of leaked secrets know it.
const PREFIX: &str = "sgt_";

/// The secret a machine sends as `Authorization: Bearer`. It is shown once and not by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct MachineToken([u8; 32]);

impl MachineToken {
    fn hash(&self) -> Value {
        Value::Bytes(Sha256::digest(self.0).to_vec())
    }
}

impl fmt::Display for MachineToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for MachineToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MachineToken(…)")
    }
}

impl FromStr for MachineToken {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.strip_prefix(PREFIX).ok_or(())?;
        URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(())
    }
}

/// A token as its keeper sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenInfo {
    pub id: Id,
    pub label: String,
    pub expires_at: Option<Timestamp>,
    pub version: i64,
}

/// Makes a token of an account.
///
/// # Errors
/// [`Error::Refused`] without a label; [`Error::Missing`] when there is no such account.
pub fn create_token(tx: &mut Tx<'_>, account: Id, label: &str, expires_at: Option<Timestamp>) -> Result<(Id, MachineToken)> {
    if label.trim().is_empty() {
        return Err(Error::refused("kernel-token-label-needed"));
    }
    super::find(tx, account)?.ok_or(Error::Missing)?;
    let ctx = tx.ctx();
    let (id, token) = (ctx.new_id(), MachineToken(ctx.random()));
    tx.insert(
        &TOKEN,
        id,
        &cols! { "account" => account, "token_hash" => token.hash(), "label" => label.trim(), "expires_at" => expires_at },
    )?;
    tx.entry(NewEntry::new("kernel.token.created").object("account", account).detail(serde_json::json!({ "token": id })));
    Ok((id, token))
}

/// Whoever brings a token.
#[derive(Debug, Clone)]
pub struct Bearer {
    pub officer: Arc<Officer>,
    /// What keeps the account from working now. Its officer then holds no post and no role.
    pub restriction: Option<Restriction>,
}

/// What the account of a token may do as of `now`; none when there is none, it expired, or the account may not be used.
///
/// # Errors
/// Whatever the database says.
pub fn resolve_token(rx: &mut Rx<'_>, token: &MachineToken, now: Timestamp) -> Result<Option<Bearer>> {
    let more = format!(", t.expires_at, {IS_RESTRICTED} from kernel_token t join kernel_account a on a.id = t.account");
    let sql = SELECT.replace(" from kernel_account a", &more);
    let Some(row) = rx.one(&format!("{sql} where t.token_hash = $1"), &params![token.hash(), now])? else { return Ok(None) };
    let account = read(&row)?;
    if !account.is_usable(now) || row.get::<Option<Timestamp>>(11)?.is_some_and(|expires| expires <= now) {
        return Ok(None);
    }
    let (officer, restriction) = officer(rx, &account, None, row.get(12)?, now)?;
    Ok(Some(Bearer { officer: Arc::new(officer), restriction }))
}

/// Makes a token stop for good.
///
/// # Errors
/// [`Error::Stale`], [`Error::Missing`].
pub fn revoke_token(tx: &mut Tx<'_>, id: Id, expect: Expect) -> Result<()> {
    tx.delete(&TOKEN, id, expect)?;
    tx.entry(NewEntry::new("kernel.token.revoked").object("token", id));
    Ok(())
}

/// The tokens of an account, by label.
///
/// # Errors
/// Whatever the database says.
pub fn tokens(rx: &mut Rx<'_>, account: Id) -> Result<Vec<TokenInfo>> {
    let rows =
        rx.all("select id, label, expires_at, version from kernel_token where account = $1 order by label, id", &params![account])?;
    let read = |row: &Row| Ok(TokenInfo { id: row.get(0)?, label: row.get(1)?, expires_at: row.get(2)?, version: row.get(3)? });
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

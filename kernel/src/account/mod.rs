//! Accounts: who can sign in, by what proof, until when. Their screens and protocols are the system `identity`.

mod password;
mod session;
mod token;

use jiff::Timestamp;

pub use password::{PasswordCost, PasswordHash, check_password, hash_password, verify_password};
pub use session::{
    Session, SessionInfo, SessionLimits, SessionToken, choose_post, officer_of, open_session, resolve, revoke_session, revoke_sessions,
    sessions, sign_out, sweep_sessions, touch,
};
pub use token::{MachineToken, TokenInfo, create_token, resolve_token, revoke_token, tokens};

use crate::{Error, Expect, Id, Message, NewEntry, Result, Row, Rx, Table, Tx, cols, db::DbError, params};

/// The audited table of accounts.
pub static ACCOUNT: Table = Table::audited(
    "kernel_account",
    &["username", "person", "kind", "display_name", "password_hash", "state", "terms_version", "terms_accepted_at", "expires_at"],
);
/// The audited table of machine tokens.
pub static TOKEN: Table = Table::audited("kernel_token", &["account", "token_hash", "label", "expires_at"]);
/// Sessions; written through [`Tx::upkeep`].
pub static SESSION: Table = Table::upkeep("kernel_session");

/// The tables this module owns.
pub const TABLES: &[&Table] = &[&ACCOUNT, &TOKEN, &SESSION];

/// Whose account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountKind {
    Person,
    Machine,
    /// A vendor or auditor under an agreement: always dated.
    ThirdParty,
}

impl AccountKind {
    /// The word stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Machine => "machine",
            Self::ThirdParty => "third_party",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Person, Self::Machine, Self::ThirdParty].into_iter().find(|kind| kind.key() == word)
    }
}

/// A login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: Id,
    pub username: String,
    pub person: Option<Id>,
    pub kind: AccountKind,
    pub display_name: String,
    /// Whether it has a password at all.
    pub has_password: bool,
    pub disabled: bool,
    /// The version of the terms accepted last.
    pub terms_version: Option<String>,
    pub terms_accepted_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub version: i64,
}

impl Account {
    /// Whether it may be used at `now`.
    #[must_use]
    pub fn is_usable(&self, now: Timestamp) -> bool {
        !self.disabled && self.expires_at.is_none_or(|expires| now < expires)
    }

    /// Whether this version of the terms was accepted.
    #[must_use]
    pub fn has_accepted(&self, terms_version: &str) -> bool {
        self.terms_version.as_deref() == Some(terms_version)
    }
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub username: String,
    pub person: Option<Id>,
    pub kind: AccountKind,
    pub display_name: String,
    pub password: Option<PasswordHash>,
    pub expires_at: Option<Timestamp>,
}

/// What a sign-in is checked against. The hash is verified outside the transaction: it takes long on purpose.
pub struct Credentials {
    pub account: Account,
    pub password: Option<PasswordHash>,
}

/// A username in its one form.
///
/// 1. Case and spaces around do not count.
/// 2. 3 to 64 characters: `a`–`z`, `0`–`9`, and `.`, `-`, `_`, `@` between them, never two in a row.
/// 3. It begins with a letter or digit, but is not all digits: a NIK or NIP is no username.
///
/// # Errors
/// The message of the rule that says no.
pub fn check_username(typed: &str) -> Result<String, Message> {
    let name = typed.trim().to_ascii_lowercase();
    if !(3..=64).contains(&name.chars().count()) {
        return Err(Message::new("kernel-username-length"));
    }
    let is_mark = |c: char| matches!(c, '.' | '-' | '_' | '@');
    let ends = [name.chars().next(), name.chars().last()];
    let allowed = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || is_mark(c));
    let doubled = name.chars().zip(name.chars().skip(1)).any(|(a, b)| is_mark(a) && is_mark(b));
    if !allowed || doubled || ends.into_iter().flatten().any(is_mark) {
        return Err(Message::new("kernel-username-characters"));
    }
    if name.chars().all(|c| c.is_ascii_digit()) {
        return Err(Message::new("kernel-username-number"));
    }
    Ok(name)
}

/// Makes an account.
///
/// # Errors
/// [`Error::Refused`] by the rules of the username, when it is taken, without a name, or when a third party's is not dated.
pub fn create(tx: &mut Tx<'_>, new: &NewAccount) -> Result<Id> {
    let username = check_username(&new.username)?;
    if new.display_name.trim().is_empty() {
        return Err(Error::refused("kernel-account-name-needed"));
    }
    if new.kind == AccountKind::ThirdParty && new.expires_at.is_none() {
        return Err(Error::refused("kernel-account-third-party-dated"));
    }
    if tx.one("select id from kernel_account where username = $1", &params![username.as_str()])?.is_some() {
        return Err(Message::new("kernel-username-taken").arg("username", username).into());
    }
    if let Some(person) = new.person
        && tx.one("select id from kernel_person where id = $1", &params![person])?.is_none()
    {
        return Err(Error::Missing);
    }
    let id = tx.ctx().new_id();
    tx.insert(
        &ACCOUNT,
        id,
        &cols! {
            "username" => username, "person" => new.person, "kind" => new.kind.key(), "display_name" => new.display_name.trim(),
            "password_hash" => new.password.as_ref().map(PasswordHash::as_str), "state" => ACTIVE, "expires_at" => new.expires_at,
        },
    )?;
    tx.entry(NewEntry::new("kernel.account.created").object("account", id));
    Ok(id)
}

/// Sets another password and ends every session of the account but `keep`.
///
/// # Errors
/// [`Error::Stale`], [`Error::Missing`].
pub fn change_password(tx: &mut Tx<'_>, account: Id, expect: Expect, password: &PasswordHash, keep: Option<&SessionToken>) -> Result<i64> {
    let version = tx.update(&ACCOUNT, account, expect, &cols! { "password_hash" => password.as_str() })?;
    revoke_sessions(tx, account, keep)?;
    tx.entry(NewEntry::new("kernel.account.password_changed").object("account", account));
    Ok(version)
}

/// Shuts an account: its sessions end, its tokens stop.
///
/// # Errors
/// [`Error::Stale`], [`Error::Missing`].
pub fn disable(tx: &mut Tx<'_>, account: Id, expect: Expect) -> Result<i64> {
    let version = tx.update(&ACCOUNT, account, expect, &cols! { "state" => DISABLED })?;
    revoke_sessions(tx, account, None)?;
    tx.entry(NewEntry::new("kernel.account.disabled").object("account", account));
    Ok(version)
}

/// Opens a shut account again.
///
/// # Errors
/// [`Error::Stale`], [`Error::Missing`].
pub fn enable(tx: &mut Tx<'_>, account: Id, expect: Expect) -> Result<i64> {
    let version = tx.update(&ACCOUNT, account, expect, &cols! { "state" => ACTIVE })?;
    tx.entry(NewEntry::new("kernel.account.enabled").object("account", account));
    Ok(version)
}

/// Sets the moment from which an account can no longer be used; none is never.
///
/// # Errors
/// [`Error::Refused`] when a third party's would be undated; [`Error::Stale`], [`Error::Missing`].
pub fn set_expiry(tx: &mut Tx<'_>, account: Id, expect: Expect, expires_at: Option<Timestamp>) -> Result<i64> {
    let found = find(tx, account)?.ok_or(Error::Missing)?;
    if found.kind == AccountKind::ThirdParty && expires_at.is_none() {
        return Err(Error::refused("kernel-account-third-party-dated"));
    }
    let version = tx.update(&ACCOUNT, account, expect, &cols! { "expires_at" => expires_at })?;
    tx.entry(NewEntry::new("kernel.account.dated").object("account", account));
    Ok(version)
}

/// Notes that the account's holder accepted a version of the terms.
///
/// # Errors
/// [`Error::Missing`].
pub fn accept_terms(tx: &mut Tx<'_>, account: Id, terms_version: &str) -> Result<i64> {
    let now = tx.now();
    let version = tx.update(&ACCOUNT, account, Expect::Any, &cols! { "terms_version" => terms_version, "terms_accepted_at" => now })?;
    let detail = serde_json::json!({ "terms": terms_version });
    tx.entry(NewEntry::new("kernel.account.terms_accepted").object("account", account).detail(detail));
    Ok(version)
}

/// The account with this id.
///
/// # Errors
/// Whatever the database says.
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Option<Account>> {
    let row = rx.one(&format!("{SELECT} where a.id = $1"), &params![id])?;
    Ok(row.as_ref().map(read).transpose()?)
}

/// The account with this username as typed.
///
/// # Errors
/// Whatever the database says.
pub fn by_username(rx: &mut Rx<'_>, typed: &str) -> Result<Option<Account>> {
    Ok(credentials(rx, typed)?.map(|found| found.account))
}

/// The accounts of a person.
///
/// # Errors
/// Whatever the database says.
pub fn of_person(rx: &mut Rx<'_>, person: Id) -> Result<Vec<Account>> {
    let rows = rx.all(&format!("{SELECT} where a.person = $1 order by a.username, a.id"), &params![person])?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// A page of accounts by username, after `after`.
///
/// # Errors
/// Whatever the database says.
pub fn list(rx: &mut Rx<'_>, after: Option<&str>, limit: i64) -> Result<Vec<Account>> {
    let rows =
        rx.all(&format!("{SELECT} where a.username > $1 order by a.username, a.id limit $2"), &params![after.unwrap_or(""), limit])?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// What a sign-in with this username is checked against; none when there is no such account. Whether it may be used is
/// told only after the password was right, so that nobody learns of accounts by trying.
///
/// # Errors
/// Whatever the database says.
pub fn credentials(rx: &mut Rx<'_>, typed: &str) -> Result<Option<Credentials>> {
    let Ok(username) = check_username(typed) else { return Ok(None) };
    let Some(row) = rx.one(&format!("{SELECT} where a.username = $1"), &params![username])? else { return Ok(None) };
    Ok(Some(Credentials { account: read(&row)?, password: row.get::<Option<String>>(5)?.map(PasswordHash::stored) }))
}

const ACTIVE: &str = "active";
const DISABLED: &str = "disabled";
const SELECT: &str = "select a.id, a.username, a.person, a.kind, a.display_name, a.password_hash, a.state, a.terms_version, \
                      a.terms_accepted_at, a.expires_at, a.version from kernel_account a";

fn read(row: &Row) -> Result<Account, DbError> {
    let kind: String = row.get(3)?;
    Ok(Account {
        id: row.get(0)?,
        username: row.get(1)?,
        person: row.get(2)?,
        kind: AccountKind::parse(&kind).ok_or_else(|| DbError::Broken(format!("kernel_account.kind holds {kind}")))?,
        display_name: row.get(4)?,
        has_password: row.get::<Option<String>>(5)?.is_some(),
        disabled: row.get::<String>(6)? != ACTIVE,
        terms_version: row.get(7)?,
        terms_accepted_at: row.get(8)?,
        expires_at: row.get(9)?,
        version: row.get(10)?,
    })
}

#[cfg(test)]
mod tests;

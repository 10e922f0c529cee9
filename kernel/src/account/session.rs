//! Sessions: opaque tokens of which only a hash is stored.

use std::{fmt, str::FromStr, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{
    Account, SELECT,
    device::{Binding, DeviceToken, network_of},
    read,
    restriction::{self, IS_RESTRICTED, Restriction},
};
use crate::{
    ActingPost, Error, Id, NewEntry, Officer, Result, Row, Rx, Tx, Value,
    db::DbError,
    grant, params, post,
    signal::{self, Kind, NewSignal},
};

/// How long a session lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// Without any request.
    pub idle: SignedDuration,
    /// In all.
    pub absolute: SignedDuration,
}

impl Default for SessionLimits {
    /// Two hours idle (a meeting or a prayer and lunch fit in), twelve in all: a working day.
    fn default() -> Self {
        Self { idle: SignedDuration::from_hours(2), absolute: SignedDuration::from_hours(12) }
    }
}

/// How often `seen_at` is written at most.
const SEEN_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// The secret of a session: 32 random bytes, in a cookie as 43 letters. It is not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    fn hash(&self) -> Value {
        Value::Bytes(Sha256::digest(self.0).to_vec())
    }
}

impl fmt::Display for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

impl FromStr for SessionToken {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(())
    }
}

/// A live session: its account and what it may do as of now.
#[derive(Debug, Clone)]
pub struct Session {
    pub account: Account,
    pub officer: Arc<Officer>,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    /// The end whatever happens.
    pub expires_at: Timestamp,
    /// What keeps the account from working now. Its officer then holds no post and no role.
    pub restriction: Option<Restriction>,
    /// Where it lives.
    pub binding: Binding,
}

impl Session {
    /// Whether [`touch`] has something to write.
    #[must_use]
    pub fn wants_touch(&self, now: Timestamp) -> bool {
        self.seen_at.saturating_add(SEEN_EVERY).is_ok_and(|next| next <= now)
    }
}

/// A session as its owner sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInfo {
    /// What [`revoke_session`] calls it by; it opens nothing.
    pub key: String,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
    pub agent: String,
    pub address: String,
    /// Whether it is the one asking.
    pub current: bool,
}

/// Opens a session of an account whose proof was right.
///
/// # Errors
/// [`Error::Refused`] when the account is disabled or expired, or a third party's without an NDA in force; [`Error::Missing`].
pub fn open_session(tx: &mut Tx<'_>, account: Id, limits: SessionLimits) -> Result<SessionToken> {
    open_session_on(tx, account, limits, None)
}

/// The same, bound to a browser and where it is now; without one it is bound to nothing.
///
/// # Errors
/// As [`open_session`].
pub fn open_session_on(tx: &mut Tx<'_>, account: Id, limits: SessionLimits, device: Option<&DeviceToken>) -> Result<SessionToken> {
    let ctx = tx.ctx();
    let now = ctx.now();
    let found = super::find(tx, account)?.ok_or(Error::Missing)?;
    if !found.is_usable(now) {
        return Err(Error::refused(if found.disabled { "kernel-account-disabled" } else { "kernel-account-expired" }));
    }
    super::agreement::require(tx, &found, now)?;
    let token = SessionToken(ctx.random());
    let until = now.saturating_add(limits.absolute).unwrap_or(Timestamp::MAX);
    let until = found.expires_at.map_or(until, |expires| expires.min(until));
    let agent: String = ctx.origin().agent.chars().take(200).collect();
    tx.upkeep(
        "insert into kernel_session (token_hash, account, created_at, seen_at, expires_at, agent, address, device, network, moves) \
         values ($1, $2, $3, $3, $4, $5, $6, $7, $8, 0)",
        &params![
            token.hash(),
            account,
            now,
            until,
            agent,
            ctx.origin().address.as_str(),
            device.map_or(Value::Null, DeviceToken::hash),
            network_of(&ctx.origin().address)
        ],
    )?;
    tx.entry(NewEntry::new("kernel.session.opened").object("account", account));
    Ok(token)
}

/// The session of a token with its account, person, acting posts and grants as of `now`; none when there is none, it is
/// over, or the account may not be used. Three queries.
///
/// The acting post is the one chosen ([`choose_post`]) while the person acts for it, else the first of them.
///
/// # Errors
/// Whatever the database says.
pub fn resolve(rx: &mut Rx<'_>, token: &SessionToken, now: Timestamp, limits: SessionLimits) -> Result<Option<Session>> {
    let sql = SELECT.replace(
        " from kernel_account a",
        &format!(
            ", s.post, s.created_at, s.seen_at, s.expires_at, s.device, s.agent, s.network, s.moves, s.moved_at, {IS_RESTRICTED} \
             from kernel_session s join kernel_account a on a.id = s.account"
        ),
    );
    let Some(row) = rx.one(&format!("{sql} where s.token_hash = $1"), &params![token.hash(), now])? else { return Ok(None) };
    let account = read(&row)?;
    let (seen_at, expires_at): (Timestamp, Timestamp) = (row.get(13)?, row.get(14)?);
    let idle_until = seen_at.saturating_add(limits.idle).unwrap_or(Timestamp::MAX);
    if now >= expires_at || now >= idle_until || !account.is_usable(now) {
        return Ok(None);
    }
    let binding = Binding {
        device: row.get(15)?,
        agent: row.get(16)?,
        network: row.get::<Option<String>>(17)?.unwrap_or_default(),
        moves: row.get::<Option<i64>>(18)?.unwrap_or(0),
        moved_at: row.get(19)?,
    };
    let (officer, restriction) = officer(rx, &account, row.get(11)?, row.get(20)?, now)?;
    Ok(Some(Session { account, officer: Arc::new(officer), created_at: row.get(12)?, seen_at, expires_at, restriction, binding }))
}

/// What an account may do as of `now`, acting for `chosen` when it can. Two queries. A restricted one may do nothing: it holds no post
/// and no role, whoever asks.
pub(super) fn officer(
    rx: &mut Rx<'_>,
    account: &Account,
    chosen: Option<Id>,
    restricted: bool,
    now: Timestamp,
) -> Result<(Officer, Option<Restriction>)> {
    let bare = |posts, grants| Officer {
        account: account.id,
        person: account.person,
        name: account.display_name.clone(),
        post: None,
        posts,
        grants,
    };
    if restricted {
        return Ok((bare(Vec::new(), Vec::new()), restriction::in_force(rx, account.id, now)?));
    }
    let posts = match account.person {
        Some(person) => post::posts_of(rx, person, now)?,
        None => Vec::new(),
    };
    let ids: Vec<Id> = posts.iter().map(|post: &ActingPost| post.post).collect();
    let grants = grant::held(rx, account.id, &ids, now)?;
    let post = posts.iter().find(|post| Some(post.post) == chosen).or_else(|| posts.first()).cloned();
    Ok((Officer { post, ..bare(posts, grants) }, None))
}

/// The officer behind an account as of now, for work done in the background on the officer's behalf, acting for `chosen` when
/// the officer can.
///
/// # Errors
/// [`Error::Missing`] when the account may not be used now, or is restricted.
pub fn officer_of(rx: &mut Rx<'_>, account: Id, chosen: Option<Id>, now: Timestamp) -> Result<Officer> {
    let account = super::find(rx, account)?.filter(|account| account.is_usable(now)).ok_or(Error::Missing)?;
    if restriction::in_force(rx, account.id, now)?.is_some() {
        return Err(Error::Missing);
    }
    Ok(officer(rx, &account, chosen, false, now)?.0)
}

/// The session goes on in the network of this request.
///
/// # Errors
/// Whatever the database says.
pub fn follow(tx: &mut Tx<'_>, token: &SessionToken, binding: &Binding, account: Id) -> Result<()> {
    let ctx = tx.ctx();
    let (moves, moved_at) = binding.after_move(ctx.now());
    let network = network_of(&ctx.origin().address);
    // Requests sent together move it once.
    let moved = tx.upkeep(
        "update kernel_session set network = $2, moves = $3, moved_at = $4 where token_hash = $1 and network = $5",
        &params![token.hash(), network, moves, moved_at, binding.network.as_str()],
    )?;
    if moved > 0 {
        signal::raise(tx, &NewSignal::about(Kind::SessionMoved, Some(account)))?;
    }
    Ok(())
}

/// Ends a session whose cookie came from elsewhere: whoever holds it has to prove who they are again. The owner is told.
///
/// # Errors
/// Whatever the database says.
pub fn end_foreign(tx: &mut Tx<'_>, token: &SessionToken, account: Id) -> Result<()> {
    if tx.upkeep("delete from kernel_session where token_hash = $1", &params![token.hash()])? > 0 {
        tx.entry(NewEntry::new("kernel.session.foreign").object("account", account));
        signal::raise(tx, &NewSignal::about(Kind::SessionForeign, Some(account)))?;
    }
    Ok(())
}

/// Notes that the session was used; call it when [`Session::wants_touch`].
///
/// # Errors
/// Whatever the database says.
pub fn touch(tx: &mut Tx<'_>, token: &SessionToken) -> Result<()> {
    let now = tx.now();
    tx.upkeep("update kernel_session set seen_at = $2 where token_hash = $1 and seen_at < $2", &params![token.hash(), now])?;
    Ok(())
}

/// Chooses the post this session acts for.
///
/// # Errors
/// [`Error::Refused`] when the person does not act for it now; [`Error::Missing`] when the session is over.
pub fn choose_post(tx: &mut Tx<'_>, token: &SessionToken, post: Id) -> Result<ActingPost> {
    let now = tx.now();
    let row = tx
        .one(
            "select a.person from kernel_session s join kernel_account a on a.id = s.account where s.token_hash = $1",
            &params![token.hash()],
        )?
        .ok_or(Error::Missing)?;
    let posts = match row.get::<Option<Id>>(0)? {
        Some(person) => post::posts_of(tx, person, now)?,
        None => Vec::new(),
    };
    let chosen = posts.into_iter().find(|acting| acting.post == post).ok_or(Error::refused("kernel-post-not-yours"))?;
    tx.upkeep("update kernel_session set post = $2 where token_hash = $1", &params![token.hash(), post])?;
    Ok(chosen)
}

/// Ends one session.
///
/// # Errors
/// Whatever the database says.
pub fn sign_out(tx: &mut Tx<'_>, token: &SessionToken) -> Result<()> {
    let account = tx.one("select account from kernel_session where token_hash = $1", &params![token.hash()])?;
    if let Some(row) = account {
        tx.upkeep("delete from kernel_session where token_hash = $1", &params![token.hash()])?;
        tx.entry(NewEntry::new("kernel.session.closed").object("account", row.get(0)?));
    }
    Ok(())
}

/// Ends every session of an account but `keep`, and says how many.
///
/// # Errors
/// Whatever the database says.
pub fn revoke_sessions(tx: &mut Tx<'_>, account: Id, keep: Option<&SessionToken>) -> Result<u64> {
    // No token hashes to nothing, so an empty hash keeps none.
    let keep = keep.map_or(Value::Bytes(Vec::new()), SessionToken::hash);
    Ok(tx.upkeep("delete from kernel_session where account = $1 and token_hash <> $2", &params![account, keep])?)
}

/// Ends the session of an account that a list calls `key`; false when it is over already.
///
/// # Errors
/// Whatever the database says.
pub fn revoke_session(tx: &mut Tx<'_>, account: Id, key: &str) -> Result<bool> {
    let rows = tx.all("select token_hash from kernel_session where account = $1", &params![account])?;
    for row in &rows {
        let hash: Vec<u8> = row.get(0)?;
        if key_of(&hash) == key {
            tx.upkeep("delete from kernel_session where token_hash = $1", &params![hash])?;
            tx.entry(NewEntry::new("kernel.session.revoked").object("account", account));
            return Ok(true);
        }
    }
    Ok(false)
}

/// A hash of the stored hash, so that pages do not show what the database compares.
fn key_of(hash: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(hash)[..12])
}

/// The live sessions of an account, the last used first.
///
/// # Errors
/// Whatever the database says.
pub fn sessions(rx: &mut Rx<'_>, account: Id, current: &SessionToken, now: Timestamp) -> Result<Vec<SessionInfo>> {
    let rows = rx.all(
        "select created_at, seen_at, expires_at, agent, address, token_hash from kernel_session \
         where account = $1 and expires_at > $2 order by seen_at desc, created_at desc, token_hash",
        &params![account, now],
    )?;
    let read = |row: &Row| {
        let hash: Vec<u8> = row.get(5)?;
        Ok(SessionInfo {
            key: key_of(&hash),
            created_at: row.get(0)?,
            seen_at: row.get(1)?,
            expires_at: row.get(2)?,
            agent: row.get(3)?,
            address: row.get(4)?,
            current: current.hash() == Value::Bytes(hash),
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// Removes sessions that are over, and says how many.
///
/// # Errors
/// Whatever the database says.
pub fn sweep_sessions(tx: &mut Tx<'_>, now: Timestamp, limits: SessionLimits) -> Result<u64> {
    let idle_since = now.saturating_sub(limits.idle).unwrap_or(Timestamp::MIN);
    Ok(tx.upkeep("delete from kernel_session where expires_at <= $1 or seen_at <= $2", &params![now, idle_since])?)
}

//! Signals: what the defence noticed, for the account it concerns and for whoever watches over all of them.
//!
//! A signal is written in the transaction of what it tells of, beside its entry: the entry is the proof, the signal is what people look
//! at. It names an account by id, and where from; never what was typed.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

use crate::{
    Id, Result, Row, Rx, Table, Tx, Value,
    account::device::{family, network_of},
    db::DbError,
    params,
};

/// Signals; written through [`Tx::upkeep`].
pub static SIGNAL: Table = Table::upkeep("kernel_signal");

/// The tables this module owns.
pub const TABLES: &[&Table] = &[&SIGNAL];

/// How long signals are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 400);

/// What was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A wrong name or password.
    SignInRefused,
    /// Somebody has to wait before the next try.
    Delayed,
    /// A sign-in from a browser the account never used.
    NewDevice,
    /// A session went on in another network.
    SessionMoved,
    /// A session was used by another browser, or in two places at once: it ended.
    SessionForeign,
    /// The owner said that a sign-in was not theirs.
    Disowned,
    /// A password was set anew by a link sent to the owner's address.
    PasswordReset,
    Restricted,
    Restored,
    /// A case about the account has news; the detail says where (`path`).
    CaseNews,
    /// A deadline of such a case comes near; the detail says where and until when (`until`).
    CaseDeadline,
    /// More personal data opened than usual.
    RevealedMuch,
    /// A threshold was reached and somebody was told.
    Alarm,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::SignInRefused,
        Self::Delayed,
        Self::NewDevice,
        Self::SessionMoved,
        Self::SessionForeign,
        Self::Disowned,
        Self::PasswordReset,
        Self::Restricted,
        Self::Restored,
        Self::CaseNews,
        Self::CaseDeadline,
        Self::RevealedMuch,
        Self::Alarm,
    ];

    /// The word stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::SignInRefused => "sign-in-refused",
            Self::Delayed => "delayed",
            Self::NewDevice => "new-device",
            Self::SessionMoved => "session-moved",
            Self::SessionForeign => "session-foreign",
            Self::Disowned => "disowned",
            Self::PasswordReset => "password-reset",
            Self::Restricted => "restricted",
            Self::Restored => "restored",
            Self::CaseNews => "case-news",
            Self::CaseDeadline => "case-deadline",
            Self::RevealedMuch => "revealed-much",
            Self::Alarm => "alarm",
        }
    }

    /// The kind of a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == word)
    }

    /// Whether the account it concerns is told.
    #[must_use]
    pub const fn is_told(self) -> bool {
        matches!(
            self,
            Self::NewDevice
                | Self::SessionForeign
                | Self::PasswordReset
                | Self::Restricted
                | Self::Restored
                | Self::CaseNews
                | Self::CaseDeadline
        )
    }
}

/// A signal to be raised. Where it came from is in the circumstances.
#[derive(Debug, Clone)]
pub struct NewSignal {
    pub kind: Kind,
    pub account: Option<Id>,
    pub case_id: Option<Id>,
    /// Ids, counts and words of ours.
    pub detail: Json,
}

impl NewSignal {
    /// A signal about an account.
    #[must_use]
    pub const fn about(kind: Kind, account: Option<Id>) -> Self {
        Self { kind, account, case_id: None, detail: Json::Null }
    }

    /// With more.
    #[must_use]
    pub fn detail(mut self, detail: Json) -> Self {
        self.detail = detail;
        self
    }
}

/// A signal as it was raised.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    pub id: Id,
    pub at: Timestamp,
    pub kind: Kind,
    pub account: Option<Id>,
    pub case_id: Option<Id>,
    /// `10.0.0.0/24`.
    pub network: String,
    pub address: String,
    /// `Chrome Android`.
    pub agent: String,
    pub detail: Json,
    pub seen_at: Option<Timestamp>,
}

/// Raises a signal.
///
/// # Errors
/// Whatever the database says.
pub fn raise(tx: &mut Tx<'_>, new: &NewSignal) -> Result<()> {
    let ctx = tx.ctx();
    let (id, now, origin) = (ctx.new_id(), ctx.now(), ctx.origin());
    let detail = if new.detail.is_null() { String::new() } else { new.detail.to_string() };
    tx.upkeep(
        "insert into kernel_signal (id, at, kind, account, case_id, network, address, agent, detail) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &params![
            id, now, new.kind.key(), new.account, new.case_id, network_of(&origin.address), origin.address.as_str(), family(&origin.agent), detail
        ],
    )?;
    Ok(())
}

/// Which signals to list. Empty parts do not filter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub kind: Option<Kind>,
    pub account: Option<Id>,
    pub network: Option<String>,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

impl Filter {
    fn condition(&self, bound: &mut Vec<Value>) -> String {
        let mut parts = Vec::new();
        let mut push = |condition: &str, value: Value| {
            bound.push(value);
            parts.push(format!("{condition} ${}", bound.len()));
        };
        if let Some(kind) = self.kind {
            push("kind =", kind.key().into());
        }
        if let Some(account) = self.account {
            push("account =", account.into());
        }
        if let Some(network) = &self.network {
            push("network =", network.into());
        }
        if let Some(from) = self.from {
            push("at >=", from.into());
        }
        if let Some(until) = self.until {
            push("at <", until.into());
        }
        if parts.is_empty() { "1 = 1".into() } else { parts.join(" and ") }
    }
}

/// Signals, newest first: those before the cursor, or, backwards, those after it, oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn list(rx: &mut Rx<'_>, filter: &Filter, cursor: Option<(Timestamp, Id)>, backwards: bool, limit: i64) -> Result<Vec<Signal>> {
    let mut bound = Vec::new();
    let mut sql = format!("{SELECT} where {}", filter.condition(&mut bound));
    let (beyond, order) = if backwards { (">", "asc") } else { ("<", "desc") };
    if let Some((at, id)) = cursor {
        bound.extend(params![at, id]);
        sql.push_str(&format!(" and (at, id) {beyond} (${}, ${})", bound.len() - 1, bound.len()));
    }
    bound.push(Value::Int(limit));
    sql.push_str(&format!(" order by at {order}, id {order} limit ${}", bound.len()));
    Ok(rx.all(&sql, &bound)?.iter().filter_map(|row| read(row).transpose()).collect::<Result<_, DbError>>()?)
}

/// How many signals of each kind since `from`.
///
/// # Errors
/// Whatever the database says.
pub fn counts(rx: &mut Rx<'_>, from: Timestamp) -> Result<Vec<(Kind, i64)>> {
    let rows = rx.all("select kind, count(*) from kernel_signal where at >= $1 group by kind order by kind", &params![from])?;
    let mut counts = Vec::new();
    for row in &rows {
        if let Some(kind) = Kind::parse(&row.get::<String>(0)?) {
            counts.push((kind, row.get(1)?));
        }
    }
    Ok(counts)
}

/// By what signals are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    All,
    Account,
    Network,
}

/// Where signals of a kind since `from` number at least `least`: `(account, network, number)`.
///
/// # Errors
/// Whatever the database says.
pub fn gathered(rx: &mut Rx<'_>, kind: Kind, by: By, from: Timestamp, least: i64) -> Result<Vec<(Option<Id>, String, i64)>> {
    let (column, known) = match by {
        By::All => ("kind", ""),
        By::Account => ("account", "and account is not null"),
        By::Network => ("network", "and network <> ''"),
    };
    let sql = format!(
        "select {column}, count(*) from kernel_signal where kind = $1 and at >= $2 {known} group by {column} having count(*) >= $3 \
         order by {column} limit 100"
    );
    let read = |row: &Row| {
        let many = row.get(1)?;
        Ok(match by {
            By::All => (None, String::new(), many),
            By::Account => (Some(row.get(0)?), String::new(), many),
            By::Network => (None, row.get(0)?, many),
        })
    };
    Ok(rx.all(&sql, &params![kind.key(), from, least])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// What an account is told and has not looked at, newest first.
///
/// # Errors
/// Whatever the database says.
pub fn unseen(rx: &mut Rx<'_>, account: Id, limit: i64) -> Result<Vec<Signal>> {
    let words: Vec<&str> = Kind::ALL.into_iter().filter(|kind| kind.is_told()).map(Kind::key).collect();
    let sql = format!(
        "{SELECT} where account = $1 and seen_at is null and kind in ('{}') order by at desc, id desc limit $2",
        words.join("', '")
    );
    Ok(rx.all(&sql, &params![account, limit])?.iter().filter_map(|row| read(row).transpose()).collect::<Result<_, DbError>>()?)
}

/// The account has looked at what it was told up to now.
///
/// # Errors
/// Whatever the database says.
pub fn mark_seen(tx: &mut Tx<'_>, account: Id) -> Result<()> {
    let now = tx.now();
    tx.upkeep("update kernel_signal set seen_at = $2 where account = $1 and seen_at is null", &params![account, now])?;
    Ok(())
}

/// Removes what is older than [`KEPT`], and says how many.
///
/// # Errors
/// Whatever the database says.
pub fn sweep(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64> {
    let old = now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
    Ok(tx.upkeep("delete from kernel_signal where at < $1", &params![old])?)
}

const SELECT: &str = "select id, at, kind, account, case_id, network, address, agent, detail, seen_at from kernel_signal";

/// None for a kind this release does not know.
fn read(row: &Row) -> Result<Option<Signal>, DbError> {
    let (kind, detail): (String, String) = (row.get(2)?, row.get(8)?);
    let Some(kind) = Kind::parse(&kind) else { return Ok(None) };
    Ok(Some(Signal {
        id: row.get(0)?,
        at: row.get(1)?,
        kind,
        account: row.get(3)?,
        case_id: row.get(4)?,
        network: row.get(5)?,
        address: row.get(6)?,
        agent: row.get(7)?,
        detail: serde_json::from_str(&detail).unwrap_or(Json::Null),
        seen_at: row.get(9)?,
    }))
}

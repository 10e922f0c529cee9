//! Links with a secret: a new password for somebody who forgot it, an address that is confirmed.

use jiff::{SignedDuration, Timestamp};
use kernel::{
    DbError, Error, Expect, Id, NewEntry, Result, Row, Rx, Table, Tx,
    account::{self, AccountKind, PasswordHash},
    cols, erasure,
    jobs::{self, NewJob},
    keys::Keys,
    params,
    retention::{Ripe, Rule},
    signal::{self, Kind, NewSignal},
    throttle::{self, Key},
};
use serde_json::json;
use web::secret;

use super::{alerts, alerts::Sender, forget_temporary};

/// The audited table of links.
pub(crate) static LINK: Table =
    Table::audited("identity_link", &["account", "purpose", "token_hash", "contact_version", "made_at", "expires_at", "used_at", "state"]);

/// The job that sends the link for a new password.
pub(crate) const RESET_MAIL: &str = "identity.reset-mail";
/// How long a link for a new password holds.
pub(crate) const RESET_MINUTES: i64 = 30;
/// How long a link that confirms an address holds.
const CONFIRM_HOURS: i64 = 48;

/// How long links that are over are kept: who asked for a new password when, for whoever looks into it.
pub(crate) const RULES: &[Rule] = &[Rule {
    key: "identity.links",
    words: "identity-retention-links-",
    keep_days: 90,
    basis: "UU 27/2022 Pasal 16 ayat (2) huruf g",
    verified: false,
    find: ripe,
    erase: |tx, _, ids, order| {
        for id in ids {
            erasure::remove(tx, &LINK, *id, order)?;
        }
        Ok(())
    },
}];

/// Links that ended before a moment, besides the one that says that the address an account has now was confirmed.
fn ripe(rx: &mut Rx<'_>, before: Timestamp, after: Id, limit: i64) -> Result<Vec<Ripe>> {
    let sql = "select l.id, a.person from identity_link l left join kernel_account a on a.id = l.account where l.expires_at < $1 and l.id > $2 \
               and not (l.purpose = 'confirm' and l.state = 'used' and exists (select 1 from identity_contact c where c.id = l.account \
               and c.version = l.contact_version)) order by l.id limit $3";
    let read = |row: &Row| Ok(Ripe { id: row.get(0)?, belongs_to: row.get::<Option<Id>>(1)?.into_iter().collect() });
    Ok(rx.all(sql, &params![before, after, limit])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A new password, once.
    Reset,
    /// The address it was sent to is its owner's.
    Confirm,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Confirm => "confirm",
        }
    }

    const fn lives(self) -> SignedDuration {
        match self {
            Self::Reset => SignedDuration::from_mins(RESET_MINUTES),
            Self::Confirm => SignedDuration::from_hours(CONFIRM_HOURS),
        }
    }
}

/// A link that may be used.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    id: Id,
    pub(crate) account: Id,
    version: i64,
}

/// Makes a link for the address with this version. Earlier unused ones of the same purpose end.
pub(crate) fn make(tx: &mut Tx<'_>, keys: &Keys, account: Id, purpose: Purpose, contact_version: i64) -> Result<Id> {
    let sql = "select id from identity_link where account = $1 and purpose = $2 and state = 'waiting'";
    for row in tx.all(sql, &params![account, purpose.as_str()])? {
        tx.update(&LINK, row.get(0)?, Expect::Any, &cols! { "state" => "replaced" })?;
    }
    let (id, now) = (tx.ctx().new_id(), tx.now());
    tx.insert(
        &LINK,
        id,
        &cols! {
            "account" => account, "purpose" => purpose.as_str(), "token_hash" => secret::hash(&secret::of(keys, id)),
            "contact_version" => contact_version, "made_at" => now, "expires_at" => now + purpose.lives(), "state" => "waiting",
        },
    )?;
    Ok(id)
}

/// The link of a secret. One that never was, was used, replaced or is too old, and one whose address was changed since, are refused alike.
pub(crate) fn find(rx: &mut Rx<'_>, typed: &str, purpose: Purpose, now: Timestamp) -> Result<Link> {
    let sql = "select l.id, l.account, l.version from identity_link l join identity_contact c on c.id = l.account \
               and c.version = l.contact_version where l.token_hash = $1 and l.purpose = $2 and l.state = 'waiting' and l.expires_at > $3";
    let row = rx.one(sql, &params![secret::hash(typed), purpose.as_str(), now])?.ok_or_else(over)?;
    Ok(Link { id: row.get(0)?, account: row.get(1)?, version: row.get(2)? })
}

fn over() -> Error {
    Error::refused("identity-link-over")
}

fn settle(tx: &mut Tx<'_>, link: &Link) -> Result<()> {
    let now = tx.now();
    tx.update(&LINK, link.id, Expect::Version(link.version), &cols! { "state" => "used", "used_at" => now })?;
    Ok(())
}

/// Whether the address an account has now was confirmed, and its version.
pub(crate) fn confirmed(rx: &mut Rx<'_>, account: Id) -> Result<Option<i64>> {
    let sql = "select c.version from identity_contact c where c.id = $1 and c.email_sealed is not null and exists (select 1 from \
               identity_link l where l.account = c.id and l.purpose = 'confirm' and l.state = 'used' and l.contact_version = c.version)";
    Ok(rx.one(sql, &params![account])?.map(|row| row.get(0)).transpose()?)
}

/// What a request for a new password is counted by, apart from sign-ins: nobody's requests keep anybody from signing in.
fn keys_of(username: &str, address: &str) -> [Key; 3] {
    let network = account::device::network_of(address);
    [Key::new("reset", username, 3), Key::new("reset-address", address, 30), Key::new("reset-network", &network, 120)]
}

/// Somebody asks for a new password for the account of that name. Whether there is one, whether it may be used and whether it has an
/// address is looked up by the job that is queued in every case: the same questions, the same rows. Asked too often, it says until when
/// to wait.
pub(crate) fn ask(tx: &mut Tx<'_>, username: &str) -> Result<Option<Timestamp>> {
    let (now, address) = (tx.now(), tx.ctx().origin().address.clone());
    if let Err(until) = throttle::attempt(tx, &keys_of(username, &address), now)? {
        return Ok(Some(until));
    }
    let account = account::by_username(tx, username)?.map(|account| account.id);
    jobs::add(tx, NewJob::new(RESET_MAIL, json!({ "account": account.unwrap_or(Id::NIL) })))?;
    let entry = NewEntry::new("identity.reset.asked");
    tx.entry(account.map_or(entry.clone(), |account| entry.object("account", account)));
    Ok(None)
}

/// Sends the link of [`ask`] to a person or third party whose account works and whose address is confirmed; says whether it did.
pub(crate) fn mail_reset(tx: &mut Tx<'_>, sender: &Sender, id: Id) -> Result<bool> {
    let now = tx.now();
    let found = account::find(tx, id)?.filter(|account| account.kind != AccountKind::Machine && account.is_usable(now));
    let (Some(account), Some(version)) = (found, confirmed(tx, id)?) else { return Ok(false) };
    let link = make(tx, &sender.keys, account.id, Purpose::Reset, version)?;
    alerts::mail_link(tx, sender, account.id, "reset", link, "/lupa-sandi/{}")?;
    tx.entry(NewEntry::new("identity.reset.mailed").object("account", account.id));
    Ok(true)
}

/// The name of the account whose password a link changes.
pub(crate) fn username(rx: &mut Rx<'_>, typed: &str, now: Timestamp) -> Result<String> {
    let link = find(rx, typed, Purpose::Reset, now)?;
    Ok(account::find(rx, link.account)?.filter(|account| account.is_usable(now)).ok_or_else(over)?.username)
}

/// Uses a link up: another password, every session ended, the owner told here and by e-mail.
pub(crate) fn reset(tx: &mut Tx<'_>, sender: &Sender, typed: &str, password: &PasswordHash) -> Result<()> {
    let now = tx.now();
    let link = find(tx, typed, Purpose::Reset, now)?;
    account::find(tx, link.account)?.filter(|account| account.is_usable(now)).ok_or_else(over)?;
    settle(tx, &link)?;
    account::change_password(tx, link.account, Expect::Any, password, None)?;
    forget_temporary(tx, link.account)?;
    signal::raise(tx, &NewSignal::about(Kind::PasswordReset, Some(link.account)))?;
    tx.entry(NewEntry::new("identity.reset.used").object("account", link.account));
    alerts::password_reset(tx, sender, link.account)
}

/// Uses a link up: the address it was sent to is its owner's.
pub(crate) fn confirm(tx: &mut Tx<'_>, typed: &str) -> Result<()> {
    let now = tx.now();
    let link = find(tx, typed, Purpose::Confirm, now)?;
    settle(tx, &link)?;
    tx.entry(NewEntry::new("identity.contact.confirmed").object("account", link.account));
    Ok(())
}

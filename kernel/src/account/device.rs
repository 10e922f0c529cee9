//! Browsers an account comes from, and what a session is bound to: loosely, so that nobody who walks from an office to a field is asked
//! again, and a cookie copied to another machine is.

use std::{fmt, net::IpAddr, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::{Ctx, Id, Origin, Result, Row, Rx, Table, Tx, Value, db::DbError, params};

/// Browsers by account; written through [`Tx::upkeep`].
pub static DEVICE: Table = Table::upkeep("kernel_device");

/// Most browsers remembered of one account; the one used longest ago is forgotten first.
const DEVICES_MAX: usize = 20;
/// A browser not used for so long is new again.
pub const DEVICE_DAYS: i64 = 400;
/// Within this time a session may move so often, see [`Binding::judge`].
const MOVING: SignedDuration = SignedDuration::from_mins(10);

/// The secret that a browser keeps over sign-ins: 32 random bytes. It proves nothing but being the same browser. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceToken([u8; 32]);

impl DeviceToken {
    /// A new one.
    #[must_use]
    pub fn new(ctx: &Ctx) -> Self {
        Self(ctx.random())
    }

    pub(super) fn hash(&self) -> Value {
        Value::Bytes(Sha256::digest(self.0).to_vec())
    }
}

impl fmt::Display for DeviceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceToken(…)")
    }
}

impl FromStr for DeviceToken {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(())
    }
}

/// What a browser is to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acquaintance {
    /// The account's first one: nobody can tell whether it is the right one.
    First,
    New,
    Known,
}

/// A browser as its owner sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub id: Id,
    pub family: String,
    pub network: String,
    pub first_at: Timestamp,
    pub seen_at: Timestamp,
}

/// Whether the account with this username has signed in from this browser before. For a name that does not exist the same is asked.
///
/// # Errors
/// Whatever the database says.
pub fn is_known(rx: &mut Rx<'_>, username: &str, device: Option<&DeviceToken>, now: Timestamp) -> Result<bool> {
    let hash = device.map_or(Value::Bytes(Vec::new()), DeviceToken::hash);
    let since = now.saturating_sub(SignedDuration::from_hours(24 * DEVICE_DAYS)).unwrap_or(Timestamp::MIN);
    let sql = "select 1 from kernel_device d join kernel_account a on a.id = d.account where a.username = $1 and d.token_hash = $2 and d.seen_at > $3";
    Ok(rx.one(sql, &params![username, hash, since])?.is_some())
}

/// Remembers that an account signed in from this browser, and says what it was to the account before.
///
/// # Errors
/// Whatever the database says.
pub fn remember(tx: &mut Tx<'_>, account: Id, device: &DeviceToken) -> Result<Acquaintance> {
    let ctx = tx.ctx();
    let (now, origin) = (ctx.now(), ctx.origin());
    let (family, network) = (family(&origin.agent), network_of(&origin.address));
    let known = tx.upkeep(
        "update kernel_device set seen_at = $3, family = $4, network = $5 where account = $1 and token_hash = $2",
        &params![account, device.hash(), now, family.as_str(), network.as_str()],
    )?;
    if known > 0 {
        return Ok(Acquaintance::Known);
    }
    let rows = tx.all("select id from kernel_device where account = $1 order by seen_at desc, id", &params![account])?;
    for row in rows.iter().skip(DEVICES_MAX - 1) {
        tx.upkeep("delete from kernel_device where id = $1", &params![row.get::<Id>(0)?])?;
    }
    tx.upkeep(
        "insert into kernel_device (id, account, token_hash, family, network, first_at, seen_at) values ($1, $2, $3, $4, $5, $6, $6)",
        &params![ctx.new_id(), account, device.hash(), family, network, now],
    )?;
    Ok(if rows.is_empty() { Acquaintance::First } else { Acquaintance::New })
}

/// Forgets every browser of an account but this one.
///
/// # Errors
/// Whatever the database says.
pub fn forget_others(tx: &mut Tx<'_>, account: Id, keep: Option<&DeviceToken>) -> Result<u64> {
    let keep = keep.map_or(Value::Bytes(Vec::new()), DeviceToken::hash);
    Ok(tx.upkeep("delete from kernel_device where account = $1 and token_hash <> $2", &params![account, keep])?)
}

/// The browsers of an account, the last used first.
///
/// # Errors
/// Whatever the database says.
pub fn list(rx: &mut Rx<'_>, account: Id) -> Result<Vec<Device>> {
    let sql = "select id, family, network, first_at, seen_at from kernel_device where account = $1 order by seen_at desc, id";
    let read =
        |row: &Row| Ok(Device { id: row.get(0)?, family: row.get(1)?, network: row.get(2)?, first_at: row.get(3)?, seen_at: row.get(4)? });
    Ok(rx.all(sql, &params![account])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// Removes browsers nobody used for [`DEVICE_DAYS`], and says how many.
///
/// # Errors
/// Whatever the database says.
pub fn sweep(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64> {
    let old = now.saturating_sub(SignedDuration::from_hours(24 * DEVICE_DAYS)).unwrap_or(Timestamp::MIN);
    Ok(tx.upkeep("delete from kernel_device where seen_at < $1", &params![old])?)
}

/// What a session is bound to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Binding {
    /// The hash of the browser's token; none for a session opened without one, which is bound to nothing.
    pub(super) device: Option<Vec<u8>>,
    pub(super) agent: String,
    pub(super) network: String,
    pub(super) moves: i64,
    pub(super) moved_at: Option<Timestamp>,
}

/// How a request fits the session whose cookie it brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    Same,
    /// In another network: it goes on, and the session follows.
    Moved,
    /// Not the browser that signed in, or in two places at once: the session has to end.
    Foreign,
}

impl Binding {
    /// Whether a request comes from where the session lives.
    ///
    /// 1. Another browser's token, or none, is foreign: a session cookie travels with it or was copied alone.
    /// 2. Another kind of browser is foreign; a new version of the same is not.
    /// 3. Another network is a move: telephones and shared connections change theirs. A computer that moves twice within ten minutes,
    ///    or a telephone six times, is in two places at once.
    #[must_use]
    pub fn judge(&self, device: Option<&DeviceToken>, origin: &Origin, now: Timestamp) -> Fit {
        let Some(bound) = &self.device else { return Fit::Same };
        if device.map(DeviceToken::hash) != Some(Value::Bytes(bound.clone())) || family(&origin.agent) != family(&self.agent) {
            return Fit::Foreign;
        }
        if network_of(&origin.address) == self.network {
            return Fit::Same;
        }
        let most = if is_handheld(&origin.agent) { 6 } else { 2 };
        if self.moves_since(now) + 1 >= most { Fit::Foreign } else { Fit::Moved }
    }

    /// How often it moved within [`MOVING`].
    fn moves_since(&self, now: Timestamp) -> i64 {
        let recent = self.moved_at.is_some_and(|at| now.duration_since(at) < MOVING);
        if recent { self.moves } else { 0 }
    }

    /// `(moves, moved_at)` after one more.
    pub(super) fn after_move(&self, now: Timestamp) -> (i64, Timestamp) {
        match self.moves_since(now) {
            0 => (1, now),
            moves => (moves + 1, self.moved_at.unwrap_or(now)),
        }
    }
}

/// The network of an address: `/24` for IPv4, `/64` for IPv6; empty for no address.
#[must_use]
pub fn network_of(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Err(_) => String::new(),
    }
}

/// Browser and operating system of a user agent without their versions: `Chrome Android`; the first word of one we do not know.
#[must_use]
pub fn family(agent: &str) -> String {
    match named(agent) {
        (None, None) => agent.split(['/', ' ']).next().unwrap_or_default().chars().take(40).collect(),
        (browser, system) => [browser, system].into_iter().flatten().collect::<Vec<_>>().join(" "),
    }
}

/// The browser and the system an agent's text names, as people call them.
#[must_use]
pub fn named(agent: &str) -> (Option<&'static str>, Option<&'static str>) {
    let find = |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    (browser, system)
}

fn is_handheld(agent: &str) -> bool {
    ["Android", "iPhone", "iPad", "Mobile"].iter().any(|mark| agent.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: &str = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36";
    const DESK: &str = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36";

    fn origin(address: &str, agent: &str) -> Origin {
        Origin { address: address.into(), agent: agent.into(), request: String::new() }
    }

    #[test]
    fn addresses_have_networks() {
        for (address, network) in [
            ("10.0.3.7", "10.0.3.0/24"),
            ("::ffff:10.0.3.7", "10.0.3.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("", ""),
            ("nowhere", ""),
        ] {
            assert_eq!(network_of(address), network, "{address}");
        }
    }

    #[test]
    fn a_new_version_is_the_same_browser_and_another_browser_is_not() {
        assert_eq!(family(DESK), "Chrome Windows");
        assert_eq!(family(DESK), family(&DESK.replace("126.0", "127.1")));
        assert_ne!(family(DESK), family(PHONE));
        assert_ne!(family(DESK), family(&format!("{DESK} Edg/126.0")));
        assert_eq!(family("curl/8.5"), "curl");
        assert_eq!(family(""), "");
    }

    #[test]
    fn a_session_fits_its_browser_and_moves_a_little() {
        let (device, other) = (DeviceToken([1; 32]), DeviceToken([2; 32]));
        let Value::Bytes(hash) = device.hash() else { panic!("a hash is bytes") };
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
        let at = |agent: &str, moves| Binding {
            device: Some(hash.clone()),
            agent: agent.into(),
            network: "10.0.0.0/24".into(),
            moves,
            moved_at: Some(now - SignedDuration::from_mins(2)),
        };
        let table = [
            ("the same", at(DESK, 0), Some(&device), "10.0.0.9", DESK, Fit::Same),
            ("without its browser's token", at(DESK, 0), None, "10.0.0.9", DESK, Fit::Foreign),
            ("with another browser's token", at(DESK, 0), Some(&other), "10.0.0.9", DESK, Fit::Foreign),
            ("another kind of browser", at(DESK, 0), Some(&device), "10.0.0.9", PHONE, Fit::Foreign),
            ("another network", at(DESK, 0), Some(&device), "10.0.1.9", DESK, Fit::Moved),
            ("two places at once", at(DESK, 1), Some(&device), "10.0.1.9", DESK, Fit::Foreign),
            ("a telephone between cells", at(PHONE, 4), Some(&device), "10.0.1.9", PHONE, Fit::Moved),
            ("a telephone everywhere", at(PHONE, 5), Some(&device), "10.0.1.9", PHONE, Fit::Foreign),
            ("opened without a browser", Binding::default(), None, "10.0.1.9", PHONE, Fit::Same),
        ];
        for (name, binding, device, address, agent, expected) in table {
            assert_eq!(binding.judge(device, &origin(address, agent), now), expected, "{name}");
        }
        let later = now + SignedDuration::from_mins(9);
        assert_eq!(at(DESK, 1).judge(Some(&device), &origin("10.0.1.9", DESK), later), Fit::Moved, "an earlier move is forgotten");
        assert_eq!(at(DESK, 1).after_move(later), (1, later));
        assert_eq!(at(PHONE, 1).after_move(now), (2, now - SignedDuration::from_mins(2)));
    }
}

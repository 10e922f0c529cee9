//! Growing delays instead of lock-outs: whoever guesses waits longer and longer, nobody is shut out by others' guesses for long, and
//! nobody at all on a browser the account knows ([`sign_in`]).

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::{
    DbError, Result, Rx, Table, Tx,
    account::device::network_of,
    params,
    signal::{self, Kind, NewSignal},
};

/// Delays of guesses; written through [`Tx::upkeep`].
pub static THROTTLE: Table = Table::upkeep("kernel_throttle");

/// The tables this module owns.
pub const TABLES: &[&Table] = &[&THROTTLE];

/// The longest delay.
pub const DELAY_SECONDS_MAX: i64 = 15 * 60;
/// After so long without a failure everything is forgotten.
const MEMORY: SignedDuration = SignedDuration::from_hours(24);

/// What is throttled.
///
/// Only a hash of it is stored: what somebody types as a name may be a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    stored: String,
    kind: &'static str,
    /// Failures without any delay.
    free: i64,
    /// Whether people share it: then one success takes back one try and does not excuse the others.
    shared: bool,
}

impl Key {
    /// Sign-ins of one username.
    #[must_use]
    pub fn account(username: &str) -> Self {
        Self::new("account", username, 3)
    }

    /// Sign-ins of one username from a browser that the account knows.
    #[must_use]
    pub fn known_device(username: &str, device: &str) -> Self {
        Self::new("device", &format!("{username} {device}"), 5)
    }

    /// Anything from one address. A whole village may share one, so it is slower to anger.
    #[must_use]
    pub fn address(address: &str) -> Self {
        Self { shared: true, ..Self::new("address", address, 30) }
    }

    /// Anything from one network (`/24`, `/64`): somebody with many addresses of it is one. Slower still.
    #[must_use]
    pub fn network(address: &str) -> Self {
        Self { shared: true, ..Self::new("network", &network_of(address), 120) }
    }

    /// The second proof of one tracking code.
    #[must_use]
    pub fn code(code: &str) -> Self {
        Self::new("code", code, 3)
    }

    /// Something else of `kind`, with `free` failures before the first delay.
    #[must_use]
    pub fn new(kind: &'static str, what: &str, free: i64) -> Self {
        use std::fmt::Write;
        let mut stored = format!("{kind}:");
        for byte in &Sha256::digest(what.as_bytes())[..16] {
            // Writing to a string cannot fail.
            let _ = write!(stored, "{byte:02x}");
        }
        Self { stored, kind, free, shared: false }
    }
}

/// What a sign-in is counted by. A guesser is slowed down by name, address and network; somebody on a browser this account has signed in
/// from is counted by that browser alone, so that nobody's guesses, from wherever they come, keep the owner out.
#[must_use]
pub fn sign_in(username: &str, address: &str, known_device: Option<&str>) -> Vec<Key> {
    match known_device {
        Some(device) => vec![Key::known_device(username, device)],
        None => vec![Key::account(username), Key::address(address), Key::network(address)],
    }
}

/// Seconds to wait after `failures`, of which `free` cost nothing: 8, 16, 32 … up to 15 minutes.
#[must_use]
pub const fn delay_seconds(failures: i64, free: i64) -> i64 {
    match failures - free {
        ..0 => 0,
        more @ 0..=6 => 8 << more,
        _ => DELAY_SECONDS_MAX,
    }
}

/// What is known of a key.
struct Known {
    failures: i64,
    last_at: Timestamp,
    free_at: Timestamp,
}

fn known(rx: &mut Rx<'_>, key: &Key) -> Result<Option<Known>> {
    let row = rx.one("select failures, last_at, free_at from kernel_throttle where key = $1", &params![key.stored.as_str()])?;
    Ok(row.map(|row| Ok::<_, DbError>(Known { failures: row.get(0)?, last_at: row.get(1)?, free_at: row.get(2)? })).transpose()?)
}

/// Whether a try is allowed now; otherwise when the next one is.
///
/// # Errors
/// Whatever the database says.
pub fn check(rx: &mut Rx<'_>, key: &Key, now: Timestamp) -> Result<std::result::Result<(), Timestamp>> {
    Ok(known(rx, key)?.map_or(Ok(()), |known| known.allows(now)))
}

impl Known {
    fn allows(&self, now: Timestamp) -> std::result::Result<(), Timestamp> {
        if now < self.free_at { Err(self.free_at) } else { Ok(()) }
    }
}

/// Counts a failure and says when the next try is allowed.
///
/// # Errors
/// Whatever the database says.
pub fn fail(tx: &mut Tx<'_>, key: &Key, now: Timestamp) -> Result<Timestamp> {
    let known = known(tx, key)?;
    count(tx, key, known.as_ref(), now)
}

fn count(tx: &mut Tx<'_>, key: &Key, known: Option<&Known>, now: Timestamp) -> Result<Timestamp> {
    let since = now.saturating_sub(MEMORY).unwrap_or(Timestamp::MIN);
    let failures = known.filter(|known| known.last_at > since).map_or(0, |known| known.failures) + 1;
    let seconds = delay_seconds(failures, key.free);
    let free_at = now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
    let sql = if known.is_some() {
        "update kernel_throttle set failures = $2, last_at = $3, free_at = $4 where key = $1"
    } else {
        "insert into kernel_throttle (key, failures, last_at, free_at) values ($1, $2, $3, $4)"
    };
    tx.upkeep_later(sql, &params![key.stored.as_str(), failures, now, free_at])?;
    if seconds > 0 {
        let detail = serde_json::json!({ "of": key.kind, "seconds": seconds });
        signal::raise(tx, &NewSignal::about(Kind::Delayed, None).detail(detail))?;
    }
    Ok(free_at)
}

/// Counts the try as a failure *before* its answer is known, unless it must wait: many at once gain nothing.
/// Call [`clear`] when it turns out right.
///
/// # Errors
/// Whatever the database says.
pub fn attempt(tx: &mut Tx<'_>, keys: &[Key], now: Timestamp) -> Result<std::result::Result<(), Timestamp>> {
    let mut all = Vec::with_capacity(keys.len());
    for key in keys {
        let known = known(tx, key)?;
        if let Some(Err(until)) = known.as_ref().map(|known| known.allows(now)) {
            return Ok(Err(until));
        }
        all.push(known);
    }
    for (key, known) in keys.iter().zip(all) {
        count(tx, key, known.as_ref(), now)?;
    }
    Ok(Ok(()))
}

/// The try turned out right: forgets the failures of the key; of one that people share only this try.
///
/// # Errors
/// Whatever the database says.
pub fn clear(tx: &mut Tx<'_>, key: &Key) -> Result<()> {
    let sql = if key.shared {
        "update kernel_throttle set failures = failures - 1, free_at = last_at where key = $1 and failures > 0"
    } else {
        "delete from kernel_throttle where key = $1"
    };
    tx.upkeep(sql, &params![key.stored.as_str()])?;
    Ok(())
}

/// Removes what is a day old, and says how many.
///
/// # Errors
/// Whatever the database says.
pub fn sweep(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64> {
    let old = now.saturating_sub(MEMORY).unwrap_or(Timestamp::MIN);
    Ok(tx.upkeep("delete from kernel_throttle where last_at < $1", &params![old])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_a_quarter_of_an_hour() {
        let delays: Vec<i64> = (0..12).map(|failures| delay_seconds(failures, 3)).collect();
        assert_eq!(delays, [0, 0, 0, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(delay_seconds(29, 30), 0);
        assert_eq!(delay_seconds(i64::MAX, 3), 900);
    }

    #[test]
    fn the_key_does_not_hold_what_was_typed() {
        assert!(!format!("{:?}", Key::account("rahasia-123")).contains("rahasia"));
        assert_ne!(Key::account("a"), Key::code("a"));
    }

    #[test]
    fn guessing_waits_longer_and_is_forgotten_after_a_day() {
        let home = crate::testing::Home::new(crate::db::Meta::default());
        let key = Key::account("siti");
        let tries = |at: Timestamp| {
            let key = key.clone();
            home.db
                .write_now::<_, crate::Error, _>(&home.machine(), move |tx| attempt(tx, &[key.clone(), Key::address("10.0.0.1")], at))
                .unwrap()
        };
        let start = home.now();
        let after = |seconds| start + SignedDuration::from_secs(seconds);
        for _ in 0..3 {
            assert_eq!(tries(start), Ok(()));
        }
        assert_eq!(tries(start), Err(after(8)), "the third failure made the fourth wait");
        assert_eq!(tries(after(8)), Ok(()));
        assert_eq!(tries(after(9)), Err(after(8 + 16)));
        let day_later = after(8 + 24 * 3600);
        for _ in 0..3 {
            assert_eq!(tries(day_later), Ok(()));
        }
        assert!(tries(day_later).is_err());
        let cleared = key.clone();
        home.db.write_now::<_, crate::Error, _>(&home.machine(), move |tx| clear(tx, &cleared)).unwrap();
        assert_eq!(tries(day_later), Ok(()));
        let now = day_later + SignedDuration::from_hours(25);
        assert_eq!(home.db.write_now::<_, crate::Error, _>(&home.machine(), move |tx| sweep(tx, now)).unwrap(), 2);
    }

    #[test]
    fn many_addresses_of_one_network_are_one_guesser_and_a_known_browser_is_not_kept_out() {
        let home = crate::testing::Home::new(crate::db::Meta::default());
        let now = home.now();
        let tries =
            |keys: Vec<Key>| home.db.write_now::<_, crate::Error, _>(&home.machine(), move |tx| attempt(tx, &keys, now)).unwrap().is_ok();
        // Each guess of another name, each from another address of the network.
        let guess = |n: u32| tries(sign_in(&format!("nama{n}"), &format!("10.7.0.{}", n % 250), None));
        assert!((0..120).all(guess), "a network that offices share is slow to anger");
        assert!(!guess(120), "and does get angry");
        assert!(tries(sign_in("lain", "10.7.1.1", None)), "the next network is another");
        assert!(tries(sign_in("lain", "2001:db8:0:1::1", None)));
        // Everybody guesses at the head of the village; the head comes in from the browser of the office.
        for n in 0..10 {
            tries(sign_in("kades", &format!("10.8.{n}.1"), None));
        }
        assert!(!tries(sign_in("kades", "10.9.0.1", None)));
        assert!(tries(sign_in("kades", "10.7.0.1", Some("browser"))), "even from the network that has to wait");
        assert!((0..4).all(|_| tries(sign_in("kades", "10.7.0.1", Some("browser")))));
        assert!(!tries(sign_in("kades", "10.7.0.1", Some("browser"))), "which grows its own delay");
        assert!(home.count("select count(*) from kernel_signal where kind = 'delayed'") > 2);
    }

    #[test]
    fn an_office_behind_one_address_is_not_shut_out_by_signing_in() {
        let home = crate::testing::Home::new(crate::db::Meta::default());
        let (address, now) = (Key::address("10.0.0.1"), home.now());
        let tried = move |wrong: bool| {
            let address = address.clone();
            home.db
                .write_now::<_, crate::Error, _>(&home.machine(), move |tx| {
                    let answer = attempt(tx, std::slice::from_ref(&address), now)?;
                    if !wrong {
                        clear(tx, &address)?;
                    }
                    Ok(answer)
                })
                .unwrap()
        };
        assert!((0..50).all(|_| tried(false).is_ok()));
        assert!((0..29).all(|_| tried(true).is_ok()));
        assert!(tried(false).is_ok());
        assert!(tried(true).is_ok() && tried(true).is_err(), "one success does not excuse thirty failures");
    }
}

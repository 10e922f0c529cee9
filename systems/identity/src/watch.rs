//! Thresholds: how many signals of a kind within how long make an alarm. Pure.

use kernel::{
    Message,
    schema::FieldErrors,
    signal::{By, Kind},
};

/// From when on the administrators are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Threshold {
    pub(crate) kind: Kind,
    pub(crate) least: i64,
    pub(crate) minutes: i64,
    pub(crate) by: By,
    pub(crate) active: bool,
}

/// Entries of revealing personal data of one account within the hour from which the account is signalled.
pub(crate) const REVEALED_LEAST: i64 = 60;

/// What is shipped: own knowledge, to be verified against what is usual here.
pub(crate) const SHIPPED: [Threshold; 5] = [
    Threshold { kind: Kind::SignInRefused, least: 20, minutes: 15, by: By::Network, active: true },
    Threshold { kind: Kind::Delayed, least: 30, minutes: 15, by: By::All, active: true },
    Threshold { kind: Kind::SessionForeign, least: 1, minutes: 60, by: By::Account, active: true },
    Threshold { kind: Kind::Disowned, least: 1, minutes: 60, by: By::Account, active: true },
    Threshold { kind: Kind::RevealedMuch, least: 1, minutes: 60, by: By::Account, active: true },
];

/// How signals of a kind are counted, as stored.
pub(crate) const fn by_key(by: By) -> &'static str {
    match by {
        By::All => "all",
        By::Account => "account",
        By::Network => "network",
    }
}

/// The way of a stored word.
pub(crate) fn by_of(word: &str) -> Option<By> {
    [By::All, By::Account, By::Network].into_iter().find(|by| by_key(*by) == word)
}

/// Checks a threshold as typed: `jumlah` 1–10,000, `menit` 1–1,440, `aktif`.
pub(crate) fn check(typed: &dyn Fn(&str) -> Option<String>, now: Threshold) -> Result<Threshold, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut number = |name: &'static str, most: i64| {
        let value = typed(name).and_then(|text| text.trim().parse::<i64>().ok()).filter(|value| (1..=most).contains(value));
        value.unwrap_or_else(|| {
            errors.add(name, Message::new("identity-threshold-number").arg("most", most));
            0
        })
    };
    let (least, minutes) = (number("jumlah", 10_000), number("menit", 1_440));
    let active = typed("aktif").is_some();
    if errors.is_empty() { Ok(Threshold { least, minutes, active, ..now }) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_checked_by_a_table() {
        let ask = |least: &'static str, minutes: &'static str| {
            let typed = move |name: &str| match name {
                "jumlah" => Some(least.to_owned()),
                "menit" => Some(minutes.to_owned()),
                _ => None,
            };
            check(&typed, SHIPPED[0])
        };
        assert_eq!(ask("5", " 10 "), Ok(Threshold { least: 5, minutes: 10, active: false, ..SHIPPED[0] }));
        for (least, minutes) in [("0", "10"), ("", "10"), ("5", "1441"), ("x", "y"), ("-1", "1")] {
            assert!(ask(least, minutes).is_err(), "{least} {minutes}");
        }
        assert!(SHIPPED.iter().all(|shipped| by_of(by_key(shipped.by)) == Some(shipped.by)));
    }
}

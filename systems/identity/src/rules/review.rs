//! Reviews of access: which quarter, and whether it is time.

use jiff::Timestamp;
use kernel::unit::date_in;

use indonesian::Zone;

/// How long a head has, in working days.
pub(crate) const REVIEW_WITHIN_WORKING_DAYS: u32 = 10;

/// A quarter of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Quarter {
    pub(crate) year: i16,
    /// 1 to 4.
    pub(crate) number: i8,
}

impl Quarter {
    /// The quarter of a moment on the clock of `zone`.
    #[must_use]
    pub(crate) fn of(zone: Zone, at: Timestamp) -> Self {
        let day = date_in(zone, at);
        Self { year: day.year(), number: (day.month() - 1) / 3 + 1 }
    }

    /// "2026-4".
    #[must_use]
    pub(crate) fn key(self) -> String {
        format!("{}-{}", self.year, self.number)
    }
}

/// Whether the quarter of `now` is to be reviewed: the first one is that which begins after the first account was made, so that
/// nobody reviews what was entered the same week.
#[must_use]
pub(crate) fn is_due(zone: Zone, first_account_at: Timestamp, now: Timestamp) -> bool {
    Quarter::of(zone, first_account_at) < Quarter::of(zone, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_begins_at_midnight_of_the_region() {
        let table = [
            ("2026-12-31T16:59:59Z", Zone::Wib, "2026-4"),
            ("2026-12-31T17:00:00Z", Zone::Wib, "2027-1"),
            ("2026-12-31T15:00:00Z", Zone::Wit, "2027-1"),
            ("2026-06-30T10:00:00Z", Zone::Wita, "2026-2"),
        ];
        for (at, zone, key) in table {
            assert_eq!(Quarter::of(zone, at.parse().unwrap()).key(), key, "{at}");
        }
        let at = |text: &str| text.parse().unwrap();
        assert!(!is_due(Zone::Wib, at("2026-11-20T02:00:00Z"), at("2026-12-30T02:00:00Z")));
        assert!(is_due(Zone::Wib, at("2026-11-20T02:00:00Z"), at("2027-01-01T02:00:00Z")));
    }
}

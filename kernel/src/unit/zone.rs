//! The three zones of Indonesia (Keppres 41/1987). There is no daylight saving, so offsets are fixed.

use std::str::FromStr;

use jiff::{
    Timestamp,
    civil::Date,
    tz::{self, TimeZone},
};

/// The time zone of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Zone {
    /// Western, UTC+7.
    #[default]
    Wib,
    /// Central, UTC+8.
    Wita,
    /// Eastern, UTC+9.
    Wit,
}

impl Zone {
    /// The IANA name, as stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wib => "Asia/Jakarta",
            Self::Wita => "Asia/Makassar",
            Self::Wit => "Asia/Jayapura",
        }
    }

    /// What people write behind a time.
    #[must_use]
    pub const fn short(self) -> &'static str {
        match self {
            Self::Wib => "WIB",
            Self::Wita => "WITA",
            Self::Wit => "WIT",
        }
    }

    /// The zone of a province by its code of the Ministry of Home Affairs (the first two digits).
    #[must_use]
    pub fn of_province(code: &str) -> Self {
        match code.get(..2) {
            Some("51" | "52" | "53" | "63" | "64" | "65" | "71" | "72" | "73" | "74" | "75" | "76") => Self::Wita,
            Some("81" | "82" | "91" | "92" | "93" | "94" | "95" | "96") => Self::Wit,
            _ => Self::Wib,
        }
    }

    /// The zone for calendar calculations.
    #[must_use]
    pub fn time_zone(self) -> TimeZone {
        TimeZone::fixed(tz::offset(match self {
            Self::Wib => 7,
            Self::Wita => 8,
            Self::Wit => 9,
        }))
    }

    /// The day on the wall there.
    #[must_use]
    pub fn date(self, at: Timestamp) -> Date {
        self.time_zone().to_datetime(at).date()
    }

    /// When `day` begins there. Days out of the range of [`Timestamp`] give its ends.
    #[must_use]
    pub fn start_of(self, day: Date) -> Timestamp {
        self.time_zone().to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).unwrap_or(if day.year() > 0 {
            Timestamp::MAX
        } else {
            Timestamp::MIN
        })
    }
}

impl FromStr for Zone {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Wib, Self::Wita, Self::Wit].into_iter().find(|zone| text == zone.name() || text == zone.short()).ok_or(())
    }
}

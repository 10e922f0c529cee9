//! The time zone of a unit (Keppres 41/1987). There is no daylight saving, so no zone data are needed.

use indonesian::Zone;
use jiff::{Timestamp, civil::Date};

const ZONES: [Zone; 3] = [Zone::Wib, Zone::Wita, Zone::Wit];

/// The IANA name of a zone, as stored.
#[must_use]
pub const fn zone_name(zone: Zone) -> &'static str {
    match zone {
        Zone::Wib => "Asia/Jakarta",
        Zone::Wita => "Asia/Makassar",
        Zone::Wit => "Asia/Jayapura",
    }
}

/// The zone of an IANA name or of "WIB", "WITA", "WIT".
#[must_use]
pub fn zone_of(text: &str) -> Option<Zone> {
    let other = match text {
        "Asia/Pontianak" => Some(Zone::Wib),
        "Asia/Ujung_Pandang" => Some(Zone::Wita),
        _ => None,
    };
    other.or_else(|| ZONES.into_iter().find(|zone| text == zone_name(*zone) || text == zone.label()))
}

/// The day on the wall there.
#[must_use]
pub fn date_in(zone: Zone, at: Timestamp) -> Date {
    zone.time_zone().to_datetime(at).date()
}

/// When `day` begins there. Days out of the range of [`Timestamp`] give its ends.
#[must_use]
pub fn start_of(zone: Zone, day: Date) -> Timestamp {
    let end = if day.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
    zone.time_zone().to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(end)
}

//! Dates and times as people write them, in both languages, and the three time zones (Keppres 41/1987).

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::{TimeZone, offset};
use serde::{Deserialize, Serialize};

use crate::Lang;

/// One of the three time zones; no daylight saving.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// Western, UTC+7: Sumatra, Java, West and Central Kalimantan.
    #[default]
    Wib,
    /// Central, UTC+8: Bali, Nusa Tenggara, the other Kalimantan, Sulawesi.
    Wita,
    /// Eastern, UTC+9: Maluku and Papua.
    Wit,
}

impl Zone {
    /// The zone of a region by its Kemendagri code, of which the first two digits (the province) decide; `None` when no such province.
    pub fn of_region(code: &str) -> Option<Zone> {
        let province: u8 = code.get(..2)?.parse().ok()?;
        match province {
            11..=19 | 21 | 31..=36 | 61 | 62 => Some(Zone::Wib),
            51..=53 | 63..=65 | 71..=76 => Some(Zone::Wita),
            81 | 82 | 91..=96 => Some(Zone::Wit),
            _ => None,
        }
    }

    /// "WIB", "WITA" or "WIT".
    pub fn label(self) -> &'static str {
        match self {
            Zone::Wib => "WIB",
            Zone::Wita => "WITA",
            Zone::Wit => "WIT",
        }
    }

    /// A fixed offset; needs no zone data.
    pub fn time_zone(self) -> TimeZone {
        TimeZone::fixed(match self {
            Zone::Wib => offset(7),
            Zone::Wita => offset(8),
            Zone::Wit => offset(9),
        })
    }
}

const DAYS_ID: [&str; 7] = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"];
const DAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS_ID: [&str; 12] =
    ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"];
const MONTHS_EN: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// "Senin", "Monday".
pub fn weekday_name(weekday: Weekday, lang: Lang) -> &'static str {
    let index = usize::from(weekday.to_monday_zero_offset().unsigned_abs());
    match lang {
        Lang::Id => DAYS_ID[index],
        Lang::En => DAYS_EN[index],
    }
}

/// "November"; the month is 1 to 12, others are "".
pub fn month_name(month: i8, lang: Lang) -> &'static str {
    let names = match lang {
        Lang::Id => &MONTHS_ID,
        Lang::En => &MONTHS_EN,
    };
    usize::try_from(month).ok().and_then(|month| names.get(month.checked_sub(1)?)).copied().unwrap_or("")
}

/// "22 November 2026" in both languages.
pub fn date_long(date: Date, lang: Lang) -> String {
    format!("{} {} {}", date.day(), month_name(date.month(), lang), date.year())
}

/// "Minggu, 22 November 2026".
pub fn date_full(date: Date, lang: Lang) -> String {
    format!("{}, {}", weekday_name(date.weekday(), lang), date_long(date, lang))
}

/// "22/11/2026" in both languages.
pub fn date_short(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

/// "3–5 Mei 2026", "30 April–2 Mei 2026", "30 Desember 2026–2 Januari 2027"; one date when both are equal.
pub fn date_range(from: Date, until: Date, lang: Lang) -> String {
    let last = date_long(until, lang);
    if from == until {
        last
    } else if from.year() != until.year() {
        format!("{}–{last}", date_long(from, lang))
    } else if from.month() != until.month() {
        format!("{} {}–{last}", from.day(), month_name(from.month(), lang))
    } else {
        format!("{}–{last}", from.day())
    }
}

/// "14.30 WIB" (id), "14:30 WIB" (en).
pub fn time(at: Timestamp, zone: Zone, lang: Lang) -> String {
    let local = zone.time_zone().to_datetime(at);
    let colon = if lang == Lang::Id { '.' } else { ':' };
    format!("{:02}{colon}{:02} {}", local.hour(), local.minute(), zone.label())
}

/// "22 November 2026 pukul 14.30 WIB" (id), "22 November 2026, 14:30 WIB" (en).
pub fn datetime(at: Timestamp, zone: Zone, lang: Lang) -> String {
    let date = date_long(zone.time_zone().to_datetime(at).date(), lang);
    let joint = if lang == Lang::Id { " pukul " } else { ", " };
    format!("{date}{joint}{}", time(at, zone, lang))
}

/// Why a typed date is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    #[error("a date has day, month and year (22/11/2026 or 22 November 2026)")]
    Form,
    #[error("there is no such date")]
    Impossible,
    #[error("the year has four digits")]
    Year,
}

/// Reads a date as people and other programs write it: `22/11/2026`, `22-11-2026`, `22.11.2026`, `22 November 2026`, `22 Nop 2026`,
/// `2026-11-22`; a weekday before it is skipped. The day stands before the month. Years have four digits: nobody is to guess a century.
pub fn parse_date(text: &str) -> Result<Date, DateError> {
    let parts: Vec<&str> = text
        .split(|symbol: char| symbol.is_whitespace() || matches!(symbol, '/' | '-' | '.' | ','))
        .filter(|part| !part.is_empty())
        .collect();
    let parts = match parts.as_slice() {
        [weekday, rest @ ..] if rest.len() == 3 && weekday.chars().all(char::is_alphabetic) => rest,
        all => all,
    };
    let [first, middle, last] = parts else {
        return Err(DateError::Form);
    };
    let (day, year) = if first.len() == 4 { (last, first) } else { (first, last) };
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(day, 2) {
        return Err(DateError::Form);
    }
    if year.len() != 4 || !digits(year, 4) {
        return Err(if digits(year, 4) { DateError::Year } else { DateError::Form });
    }
    let month =
        if digits(middle, 2) { middle.parse().map_err(|_| DateError::Form)? } else { month_number(middle).ok_or(DateError::Form)? };
    let day = day.parse().map_err(|_| DateError::Form)?;
    let year = year.parse().map_err(|_| DateError::Form)?;
    Date::new(year, month, day).map_err(|_| DateError::Impossible)
}

/// A month by name or its first three letters, in Indonesian or English, with the spellings seen on old papers.
fn month_number(text: &str) -> Option<i8> {
    const OLD: [(&str, i8); 8] =
        [("pebruari", 2), ("peb", 2), ("agust", 8), ("agt", 8), ("ags", 8), ("nopember", 11), ("nop", 11), ("sept", 9)];
    let text = text.to_lowercase();
    if let Some((_, month)) = OLD.iter().find(|(old, _)| *old == text) {
        return Some(*month);
    }
    (1..=12).find(|month| {
        [Lang::Id, Lang::En].iter().any(|lang| {
            let name = month_name(*month, *lang).to_lowercase();
            name == text || (text.len() == 3 && name.starts_with(&text))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn dates_as_people_write_them() {
        let day = date(2026, 11, 22);
        assert_eq!(date_long(day, Lang::Id), "22 November 2026");
        assert_eq!(date_full(day, Lang::Id), "Minggu, 22 November 2026");
        assert_eq!(date_full(date(2026, 8, 7), Lang::Id), "Jumat, 7 Agustus 2026");
        assert_eq!(date_full(date(2026, 8, 7), Lang::En), "Friday, 7 August 2026");
        assert_eq!(date_short(date(2026, 8, 7)), "07/08/2026");
        assert_eq!((month_name(0, Lang::Id), month_name(13, Lang::Id), month_name(-1, Lang::Id)), ("", "", ""));
        assert_eq!(date_range(date(2026, 5, 3), date(2026, 5, 5), Lang::Id), "3–5 Mei 2026");
        assert_eq!(date_range(date(2026, 4, 30), date(2026, 5, 2), Lang::Id), "30 April–2 Mei 2026");
        assert_eq!(date_range(date(2026, 12, 30), date(2027, 1, 2), Lang::En), "30 December 2026–2 January 2027");
        assert_eq!(date_range(day, day, Lang::Id), "22 November 2026");
    }

    #[test]
    fn times_in_three_zones() {
        let at: Timestamp = "2026-11-22T16:30:00Z".parse().unwrap();
        assert_eq!(time(at, Zone::Wib, Lang::Id), "23.30 WIB");
        assert_eq!(datetime(at, Zone::Wib, Lang::Id), "22 November 2026 pukul 23.30 WIB");
        assert_eq!(datetime(at, Zone::Wita, Lang::En), "23 November 2026, 00:30 WITA");
        assert_eq!(datetime(at, Zone::Wit, Lang::Id), "23 November 2026 pukul 01.30 WIT");
    }

    #[test]
    fn zones_of_regions() {
        for (code, zone) in [
            ("16.11", Some(Zone::Wib)),
            ("62", Some(Zone::Wib)),
            ("63.71", Some(Zone::Wita)),
            ("51", Some(Zone::Wita)),
            ("94.71", Some(Zone::Wit)),
            ("00", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(Zone::of_region(code), zone, "{code}");
        }
    }

    #[test]
    fn typed_dates() {
        for text in [
            "22/11/2026",
            "22-11-2026",
            "22.11.2026",
            "22 November 2026",
            " 22  nopember 2026 ",
            "22 Nop 2026",
            "22-Nov-2026",
            "2026-11-22",
            "2026/11/22",
            "Minggu, 22 November 2026",
        ] {
            assert_eq!(parse_date(text), Ok(date(2026, 11, 22)), "{text}");
        }
        assert_eq!(parse_date("7 Mei 1990"), Ok(date(1990, 5, 7)));
        for (text, error) in [
            ("", DateError::Form),
            ("22/11", DateError::Form),
            ("November 2026", DateError::Form),
            ("22/Xyz/2026", DateError::Form),
            ("+2/11/2026", DateError::Form),
            ("22/11/26", DateError::Year),
            ("31/02/2026", DateError::Impossible),
            ("11/22/2026", DateError::Impossible),
        ] {
            assert_eq!(parse_date(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(year in 1900_i16..2100, day in 0_i32..365) {
            let day = date(year, 1, 1) + jiff::Span::new().days(day);
            for text in [date_long(day, Lang::Id), date_long(day, Lang::En), date_full(day, Lang::Id), date_short(day), day.to_string()] {
                prop_assert_eq!(parse_date(&text), Ok(day), "{}", text);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,20}") {
            let _ = parse_date(&text);
            let _ = Zone::of_region(&text);
        }
    }
}

//! Numbers, money, dates and times as people write them, per locale (id-ID rules: 1.234,5 · Rp 15.000 ·
//! 22 November 2026 · pukul 14.55 WIB).

use jiff::{
    SignedDuration, Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};

use crate::text::Locale;

const MONTHS_ID: [&str; 12] =
    ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"];
const MONTHS_EN: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS_ID: [&str; 7] = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"];
const DAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A whole number with its thousands grouped: `1.234.567` or `1,234,567`.
#[must_use]
pub fn whole(locale: Locale, number: i64) -> String {
    let separator = if locale == Locale::Id { '.' } else { ',' };
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('\u{2212}');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A number of tenths: 862 → `86,2` or `86.2`.
#[must_use]
pub fn tenths(locale: Locale, tenths: i64) -> String {
    let mark = if locale == Locale::Id { ',' } else { '.' };
    let sign = if tenths < 0 && tenths > -10 { "\u{2212}" } else { "" };
    format!("{sign}{}{mark}{}", whole(locale, tenths / 10), (tenths % 10).abs())
}

/// `part` of `whole` in percent without decimals, `93 %` or `93%`; a dash when there is nothing to divide by.
#[must_use]
pub fn percent(locale: Locale, part: i64, of: i64) -> String {
    if of == 0 {
        return "–".to_owned();
    }
    let value = (part * 100 + of / 2) / of;
    if locale == Locale::Id { format!("{value} %") } else { format!("{value}%") }
}

/// Rupiah without sen: `Rp 15.000`.
#[must_use]
pub fn rupiah(locale: Locale, rupiah: i64) -> String {
    format!("Rp\u{a0}{}", whole(locale, rupiah))
}

/// A size: `212 kB`, `1,4 MB` (decimal units).
#[must_use]
pub fn size(locale: Locale, bytes: i64) -> String {
    match bytes {
        ..1_000 => format!("{} B", whole(locale, bytes)),
        1_000..1_000_000 => format!("{} kB", whole(locale, (bytes + 500) / 1_000)),
        _ => {
            let text = tenths(locale, (bytes + 50_000) / 100_000);
            format!("{} MB", text.trim_end_matches(".0").trim_end_matches(",0"))
        }
    }
}

/// `22 November 2026`.
#[must_use]
pub fn date(locale: Locale, date: Date) -> String {
    let months = if locale == Locale::Id { &MONTHS_ID } else { &MONTHS_EN };
    format!("{} {} {}", date.day(), months[month_index(date)], date.year())
}

/// `22 Nov`, for narrow columns of this year, or `22 Nov 2025`.
#[must_use]
pub fn date_short(locale: Locale, date: Date, today: Date) -> String {
    let months = if locale == Locale::Id { &MONTHS_ID } else { &MONTHS_EN };
    let month = &months[month_index(date)][..3];
    if date.year() == today.year() { format!("{} {month}", date.day()) } else { format!("{} {month} {}", date.day(), date.year()) }
}

/// `Minggu, 22 November 2026`.
#[must_use]
pub fn date_long(locale: Locale, day: Date) -> String {
    let days = if locale == Locale::Id { &DAYS_ID } else { &DAYS_EN };
    format!("{}, {}", days[weekday_index(day)], date(locale, day))
}

/// `November 2026`.
#[must_use]
pub fn month(locale: Locale, date: Date) -> String {
    let months = if locale == Locale::Id { &MONTHS_ID } else { &MONTHS_EN };
    format!("{} {}", months[month_index(date)], date.year())
}

/// The time zone of `WIB`, `WITA` or `WIT`; WIB for any other word.
#[must_use]
pub fn time_zone(zone: &str) -> TimeZone {
    let hours = match zone {
        "WITA" => 8,
        "WIT" => 9,
        _ => 7,
    };
    TimeZone::fixed(Offset::constant(hours))
}

/// The day it is in `zone`.
#[must_use]
pub fn day_of(at: Timestamp, zone: &str) -> Date {
    at.to_zoned(time_zone(zone)).date()
}

/// `14.55` or `14:55`.
#[must_use]
pub fn clock(locale: Locale, at: Timestamp, zone: &str) -> String {
    let at = at.to_zoned(time_zone(zone));
    let mark = if locale == Locale::Id { '.' } else { ':' };
    format!("{:02}{mark}{:02}", at.hour(), at.minute())
}

/// `22 November 2026 pukul 14.55 WIB` or `22 November 2026 at 14:55 WIB`.
#[must_use]
pub fn moment(locale: Locale, at: Timestamp, zone: &str) -> String {
    let word = if locale == Locale::Id { "pukul" } else { "at" };
    format!("{} {word} {} {zone}", date(locale, day_of(at, zone)), clock(locale, at, zone))
}

/// A clock time of a working day given in minutes from midnight: `08.00`.
#[must_use]
pub fn minutes_of_day(locale: Locale, minutes: i64) -> String {
    let mark = if locale == Locale::Id { '.' } else { ':' };
    format!("{:02}{mark}{:02}", minutes / 60, minutes % 60)
}

/// How long, in the largest fitting unit: `12 menit`, `3 jam`, `5 hari`.
#[must_use]
pub fn duration(locale: Locale, length: SignedDuration) -> String {
    let minutes = length.abs().as_mins();
    let (count, id, en) = match minutes {
        ..120 => (minutes, "menit", "minute"),
        120..2_880 => (minutes / 60, "jam", "hour"),
        _ => (minutes / 1_440, "hari", "day"),
    };
    match locale {
        Locale::Id => format!("{count} {id}"),
        Locale::En if count == 1 => format!("1 {en}"),
        Locale::En => format!("{count} {en}s"),
    }
}

fn month_index(date: Date) -> usize {
    usize::try_from(date.month() - 1).unwrap_or(0)
}

fn weekday_index(date: Date) -> usize {
    usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    #[test]
    fn numbers_are_grouped_as_people_write_them() {
        for (number, id, en) in [(0, "0", "0"), (999, "999", "999"), (1_234, "1.234", "1,234"), (-1_000_000, "−1.000.000", "−1,000,000")]
        {
            assert_eq!((whole(Locale::Id, number).as_str(), whole(Locale::En, number).as_str()), (id, en));
        }
        assert_eq!(tenths(Locale::Id, 862), "86,2");
        assert_eq!(tenths(Locale::Id, -5), "−0,5");
        assert_eq!(rupiah(Locale::Id, 15_000), "Rp\u{a0}15.000");
        assert_eq!(percent(Locale::Id, 1, 3), "33 %");
        assert_eq!(percent(Locale::Id, 0, 0), "–");
        assert_eq!(size(Locale::Id, 1_432_000), "1,4 MB");
        assert_eq!(size(Locale::Id, 212_300), "212 kB");
        assert_eq!(size(Locale::Id, 5_000_000), "5 MB");
    }

    #[test]
    fn dates_and_times_follow_the_zone() {
        let at: Timestamp = "2026-11-22T07:55:00Z".parse().unwrap();
        assert_eq!(moment(Locale::Id, at, "WIB"), "22 November 2026 pukul 14.55 WIB");
        assert_eq!(moment(Locale::En, at, "WIT"), "22 November 2026 at 16:55 WIT");
        assert_eq!(date_long(Locale::Id, day(2026, 11, 22)), "Minggu, 22 November 2026");
        assert_eq!(date_short(Locale::Id, day(2025, 8, 17), day(2026, 1, 1)), "17 Agu 2025");
        assert_eq!(duration(Locale::Id, SignedDuration::from_mins(12)), "12 menit");
        assert_eq!(duration(Locale::En, SignedDuration::from_hours(73)), "3 days");
    }
}

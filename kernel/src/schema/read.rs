//! From what a person typed to a canonical value. Total: every text gives a value or a message that says what to do.

use indonesian::{DateError, Phone, PhoneError, parse_date};
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use crate::Message;

/// A text holds a character that no form, file or letter can carry (NUL, other controls, text-direction overrides).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text holds a forbidden character")]
pub struct BadText;

impl From<BadText> for Message {
    fn from(_: BadText) -> Self {
        Self::new("field-bad-character")
    }
}

const fn forbidden(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// One line: NFC, runs of white space made one space, ends trimmed.
///
/// # Errors
/// [`BadText`] for control characters.
pub fn clean_line(text: &str) -> Result<String, BadText> {
    if text.chars().any(|c| forbidden(c) || (c.is_control() && !c.is_whitespace())) {
        return Err(BadText);
    }
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        if word.is_ascii() {
            line.push_str(word);
        } else {
            line.extend(word.nfc());
        }
    }
    Ok(line)
}

/// Paragraphs: NFC, `\n` line ends, no white space at line ends, at most one empty line in a row, ends trimmed.
///
/// # Errors
/// [`BadText`] for control characters other than tab and line ends.
pub fn clean_text(text: &str) -> Result<String, BadText> {
    if text.chars().any(|c| forbidden(c) || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))) {
        return Err(BadText);
    }
    let mut clean = String::with_capacity(text.len());
    let mut empty_lines = 0;
    for line in text.replace("\r\n", "\n").replace('\r', "\n").split('\n') {
        let line = line.trim_end();
        if line.is_empty() {
            empty_lines += 1;
            continue;
        }
        if !clean.is_empty() {
            clean.push_str(if empty_lines > 0 { "\n\n" } else { "\n" });
        }
        empty_lines = 0;
        clean.extend(line.replace('\t', " ").nfc());
    }
    Ok(clean.trim().to_owned())
}

/// A whole number as Indonesians write it: `1500`, `1.500`, `-3`.
///
/// # Errors
/// `field-not-a-number`.
pub fn read_number(text: &str) -> Result<i64, Message> {
    let wrong = || Message::new("field-not-a-number");
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let digits = ungroup(digits).ok_or_else(wrong)?;
    format!("{sign}{digits}").parse().map_err(|_| wrong())
}

/// Digits with or without dots (or spaces) between groups of three.
fn ungroup(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split(['.', ' ', '\u{a0}']).collect();
    let digits = groups.iter().all(|group| !group.is_empty() && group.bytes().all(|c| c.is_ascii_digit()));
    let grouped = groups.len() == 1 || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
    (digits && grouped).then(|| groups.concat())
}

/// Rupiah in minor units (sen): `Rp1.500.000`, `1500000`, `1.500.000,50`, `Rp 5.000,-`.
///
/// # Errors
/// `field-not-money`.
pub fn read_money(text: &str) -> Result<i64, Message> {
    let wrong = || Message::new("field-not-money");
    let text = text.trim();
    let text = match text.get(..2) {
        Some(head) if head.eq_ignore_ascii_case("rp") => text[2..].trim_start_matches(['.', ' ']),
        _ => text,
    };
    let text = text.trim_end_matches(",-").trim_end_matches(",--");
    let (whole, sen) = text.split_once(',').unwrap_or((text, "0"));
    let whole: i64 = ungroup(whole).and_then(|digits| digits.parse().ok()).ok_or_else(wrong)?;
    let sen: i64 = match sen.len() {
        1 | 2 if sen.bytes().all(|c| c.is_ascii_digit()) => format!("{sen:0<2}").parse().map_err(|_| wrong())?,
        _ => return Err(wrong()),
    };
    whole.checked_mul(100).and_then(|minor| minor.checked_add(sen)).ok_or_else(wrong)
}

/// A date as people write it: `1990-03-12`, `12-3-1990`, `12/03/1990`, `12 Maret 1990`.
///
/// # Errors
/// `field-not-a-date`; `field-date-year` when the year has not four digits or is before 1850; `field-no-such-date`.
pub fn read_date(text: &str) -> Result<Date, Message> {
    match parse_date(text) {
        Ok(date) if date.year() < 1850 => Err(Message::new("field-date-year")),
        Ok(date) => Ok(date),
        Err(DateError::Form) => Err(Message::new("field-not-a-date")),
        Err(DateError::Year) => Err(Message::new("field-date-year")),
        Err(DateError::Impossible) => Err(Message::new("field-no-such-date")),
    }
}

/// A telephone number as E.164: `0812…` becomes `+62812…`. Numbers of other countries need their `+`.
///
/// # Errors
/// `field-not-a-phone`.
pub fn read_phone(text: &str) -> Result<String, Message> {
    match Phone::parse(text) {
        Ok(phone) => Ok(phone.e164()),
        Err(PhoneError::Foreign) => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let digits = digits.trim_start_matches('0');
            if (8..=15).contains(&digits.len()) { Ok(format!("+{digits}")) } else { Err(Message::new("field-not-a-phone")) }
        }
        Err(_) => Err(Message::new("field-not-a-phone")),
    }
}

/// An e-mail address; the domain in small letters.
///
/// # Errors
/// `field-not-an-email`.
pub fn read_email(text: &str) -> Result<String, Message> {
    let wrong = || Message::new("field-not-an-email");
    let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
    let local_right = (1..=64).contains(&local.len())
        && local.bytes().all(|c| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&c))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let domain = domain.to_ascii_lowercase();
    let labels: Vec<&str> = domain.split('.').collect();
    let label_right = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = labels.last().is_some_and(|top| top.len() >= 2 && !top.bytes().all(|c| c.is_ascii_digit()));
    if local_right && labels.len() >= 2 && labels.iter().all(label_right) && top && text.len() <= 254 {
        Ok(format!("{local}@{domain}"))
    } else {
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_money_are_read_as_they_are_written_here() {
        for (typed, number) in [("1500", 1500), ("1.500", 1500), ("-3", -3), ("12.345.678", 12_345_678)] {
            assert_eq!(read_number(typed), Ok(number), "{typed}");
        }
        for typed in ["", "1,5", "1.50", "dua", "1..000", "99999999999999999999"] {
            assert!(read_number(typed).is_err(), "{typed}");
        }
        for (typed, sen) in [("Rp1.500.000", 150_000_000), ("1500000", 150_000_000), ("Rp 5.000,-", 500_000), ("rp. 1.000,5", 100_050)] {
            assert_eq!(read_money(typed), Ok(sen), "{typed}");
        }
        for typed in ["", "Rp", "-5", "1.000,555", "9999999999999999999"] {
            assert!(read_money(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn dates_are_read_in_the_ways_people_write_them() {
        let date = jiff::civil::date(1990, 3, 12);
        for typed in ["1990-03-12", "12-3-1990", "12/03/1990", "12.3.1990", "12 Maret 1990", "12 mar 1990"] {
            assert_eq!(read_date(typed), Ok(date), "{typed}");
        }
        for typed in ["", "31-02-1990", "12-13-1990", "1990", "12-3-90", "0012-03-1990", "12 Mart 1990", "é-é-é"] {
            assert!(read_date(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn phones_and_addresses() {
        for typed in ["0812-3456-7890", "+62 812 3456 7890", "62812 34567890", "+62 0812 34567890", "812.3456.7890"] {
            assert_eq!(read_phone(typed).as_deref(), Ok("+6281234567890"), "{typed}");
        }
        assert_eq!(read_phone("+60 12-345 6789").as_deref(), Ok("+60123456789"));
        for typed in ["", "0812", "abc", "+", "+60", "0812345678901234567"] {
            assert!(read_phone(typed).is_err(), "{typed}");
        }
        assert_eq!(read_email("Siti.A@Desa.Example").as_deref(), Ok("Siti.A@desa.example"));
        for typed in ["", "a@b", "a b@c.id", "@c.id", "a@c..id", "a@-c.id", "a@1.2", "a..b@c.id"] {
            assert!(read_email(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn texts_are_cleaned_and_controls_refused() {
        assert_eq!(clean_line("  Siti \t Aminah\n").as_deref(), Ok("Siti Aminah"));
        assert_eq!(clean_line("e\u{301}").as_deref(), Ok("é"));
        assert_eq!(clean_text("a \r\n\r\n\r\n b\tc\n").as_deref(), Ok("a\n\n b c"));
        for text in ["a\0b", "a\u{202e}b", "a\u{1b}b"] {
            assert_eq!(clean_line(text), Err(BadText));
            assert_eq!(clean_text(text), Err(BadText));
        }
    }
}

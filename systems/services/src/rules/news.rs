//! What a notice to many applicants has to be: a plain text for a stated purpose, without anybody's numbers. Pure.

use kernel::{Message, schema::FieldErrors};

/// Shortest text, in characters.
const LEAST: usize = 15;
/// Longest text, in characters.
pub const MOST: usize = 1_000;
/// Longest purpose.
pub const PURPOSE_MOST: usize = 200;
/// Digits in a row that look like somebody's number: a NIK, a KK, a telephone.
const DIGITS: usize = 9;

/// A notice as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub purpose: String,
    pub text_id: String,
    /// Empty: everybody gets the Indonesian one.
    pub text_en: String,
}

/// Checks a notice: `tujuan`, `isi`, and `isi_en` when there is one.
///
/// # Errors
/// What is wrong, at the fields.
pub fn check(get: &dyn Fn(&str) -> String) -> Result<Written, FieldErrors> {
    let mut errors = FieldErrors::default();
    let purpose = kernel::schema::clean_text(&get("tujuan")).unwrap_or_default();
    match purpose.chars().count() {
        0..5 => errors.add("tujuan", Message::new("services-news-purpose-short")),
        long if long > PURPOSE_MOST => errors.add("tujuan", Message::new("services-news-long").arg("max", PURPOSE_MOST)),
        _ => {}
    }
    let mut text = |field: &str, optional: bool| {
        let clean = kernel::schema::clean_text(&get(field)).unwrap_or_default();
        match clean.chars().count() {
            0 if optional => {}
            short if short < LEAST => errors.add(field, Message::new("services-news-short")),
            long if long > MOST => errors.add(field, Message::new("services-news-long").arg("max", MOST)),
            _ if has_number(&clean) => errors.add(field, Message::new("services-news-number")),
            _ => {}
        }
        clean
    };
    let (text_id, text_en) = (text("isi", false), text("isi_en", true));
    if errors.is_empty() { Ok(Written { purpose, text_id, text_en }) } else { Err(errors) }
}

/// Whether a text holds so many digits in a row, grouped in whatever way, that they are somebody's.
fn has_number(text: &str) -> bool {
    let mut run = 0;
    for c in text.chars() {
        match c {
            c if c.is_ascii_digit() => run += 1,
            ' ' | '-' | '.' => {}
            _ => run = 0,
        }
        if run >= DIGITS {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_checked_by_a_table() {
        let wrong = |purpose: &str, text: &str, english: &str| {
            let get = |field: &str| match field {
                "tujuan" => purpose.to_owned(),
                "isi" => text.to_owned(),
                _ => english.to_owned(),
            };
            check(&get)
                .err()
                .map(|errors| ["tujuan", "isi", "isi_en"].into_iter().filter(|field| errors.of(field).is_some()).collect::<Vec<_>>())
        };
        assert_eq!(wrong("Kantor tutup", "Kantor desa tutup besok, 2 Desember 2026.", ""), None);
        assert_eq!(wrong("Kantor tutup", "Kantor desa tutup besok.", "The office is closed tomorrow."), None);
        assert_eq!(wrong("", "Tutup.", "x"), Some(vec!["tujuan", "isi", "isi_en"]));
        assert_eq!(wrong("Kantor tutup", &"x".repeat(MOST + 1), ""), Some(vec!["isi"]));
        assert_eq!(wrong("Kantor tutup", "Hubungi warga 1611 0257 0381 0012 segera.", ""), Some(vec!["isi"]));
        assert_eq!(wrong("Kantor tutup", "Kirim ke 0812-3456-7890 sekarang juga.", ""), Some(vec!["isi"]));
    }
}

//! A registered letter read again by somebody who holds the paper: whether what she typed stands on it, and what it says, so
//! that a changed line shows. Numbers of identity stay masked: whoever holds the paper compares the digits that are shown.

use indonesian::{Lang, date_long, fold_name, mask_digits};
use jiff::civil::Date;
use letter::{Block, Letter, Span};

use crate::model::form::Resident;

/// A part of a letter, as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Label and value.
    Fields(Vec<(String, String)>),
    Text(String),
    /// Head and rows.
    Table(Vec<String>, Vec<Vec<String>>),
}

/// Whether the letter names its holder and says when she was born: the two things that are asked.
#[must_use]
pub fn is_comparable(letter: &Letter) -> bool {
    field(letter, Resident::Name).is_some()
        && field(letter, Resident::Birth).is_some_and(|born| born.ends_with(|c: char| c.is_ascii_digit()))
}

/// Whether name and date of birth are those printed on the letter. A name is compared as people write it: capitals, stops
/// and titles do not count.
#[must_use]
pub fn is_holder(letter: &Letter, name: &str, born: Date) -> bool {
    let typed = fold_name(name);
    let name = field(letter, Resident::Name).is_some_and(|printed| !typed.is_empty() && fold_name(printed) == typed);
    let date = date_long(born, Lang::Id);
    let born = field(letter, Resident::Birth).is_some_and(|printed| {
        let before = printed.strip_suffix(&date);
        before.is_some_and(|place| !place.ends_with(|c: char| c.is_ascii_digit()))
    });
    // Both are looked at, whatever the first says.
    name & born
}

/// What the letter says, block by block.
#[must_use]
pub fn parts(letter: &Letter) -> Vec<Part> {
    let part = |block: &Block| match block {
        Block::Paragraph(spans) => Some(Part::Text(plain(spans))),
        Block::Heading(text) => Some(Part::Text(text.clone())),
        Block::Fields(fields) => {
            Some(Part::Fields(fields.iter().map(|field| (field.label.clone(), without_numbers(&field.value))).collect()))
        }
        Block::Table(table) => {
            let row = |row: &Vec<String>| row.iter().map(|cell| without_numbers(cell)).collect();
            Some(Part::Table(table.head.clone(), table.rows.iter().map(row).collect()))
        }
        Block::List(list) => Some(Part::Text(list.items.iter().map(|item| plain(item)).collect::<Vec<_>>().join("\n"))),
        _ => None,
    };
    letter.blocks.iter().filter_map(part).collect()
}

fn field(letter: &Letter, part: Resident) -> Option<&str> {
    let fields = letter.blocks.iter().filter_map(|block| if let Block::Fields(fields) = block { Some(fields) } else { None });
    fields.flatten().find(|field| field.label == part.label()).map(|field| field.value.trim())
}

fn plain(spans: &[Span]) -> String {
    without_numbers(&spans.iter().map(|span| span.text.as_str()).collect::<String>())
}

/// `text` with every run of sixteen digits (NIK, KK) masked.
#[must_use]
pub fn without_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    let flush = |run: &mut String, out: &mut String| {
        if run.len() == 16 {
            out.push_str(&mask_digits(run))
        } else {
            out.push_str(run)
        }
        run.clear();
    };
    for c in text.chars() {
        if c.is_ascii_digit() {
            run.push(c);
        } else {
            flush(&mut run, &mut out);
            out.push(c);
        }
    }
    flush(&mut run, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use letter::Field;

    use super::*;

    fn letter(birth: &str) -> Letter {
        let fields = vec![
            Field::bold("Nama", "Hj. Siti Rahmawati, S.Pd."),
            Field::new("NIK", "1611025703810000"),
            Field::new("Tempat, tanggal lahir", birth),
        ];
        Letter { blocks: vec![Block::Fields(fields)], ..Letter::default() }
    }

    #[test]
    fn name_and_birth_date_together_are_the_holder() {
        let printed = letter("Pendopo, 17 Maret 1981");
        assert!(is_comparable(&printed));
        let born = |text: &str| text.parse::<Date>().unwrap();
        assert!(is_holder(&printed, "siti rahmawati", born("1981-03-17")));
        assert!(is_holder(&printed, "SITI  RAHMAWATI", born("1981-03-17")));
        for (name, day) in [("Siti Rahma", "1981-03-17"), ("Siti Rahmawati", "1981-03-07"), ("", "1981-03-17"), ("S", "1981-03-17")] {
            assert!(!is_holder(&printed, name, born(day)), "{name} {day}");
        }
        // "7 Maret" ends "17 Maret" too.
        assert!(!is_holder(&letter("Pendopo, 17 Maret 1981"), "Siti Rahmawati", born("1981-03-07")));
        assert!(!is_comparable(&letter("Pendopo")), "without the date there is nothing to ask");
        assert!(!is_comparable(&Letter::default()));
    }

    #[test]
    fn identity_numbers_inside_a_text_are_masked() {
        let shown = without_numbers("Siti, 1611025703810000, anak; 12 orang");
        assert!(!shown.contains("570381") && shown.starts_with("Siti, 161102") && shown.ends_with("12 orang"), "{shown}");
        assert_eq!(without_numbers("RT 03, 08123456789"), "RT 03, 08123456789");
        let Some(Part::Fields(fields)) = parts(&letter("")).into_iter().next() else { panic!("no fields") };
        assert!(fields.iter().all(|(_, value)| !value.contains("570381")), "{fields:?}");
    }
}

//! Figures as people write them: `1.234,5`, `Rp1.500.000`, `12,5 %`, `XI`.

use crate::Lang;

/// A whole number with its thousands apart: `1.234.567` (id), `1,234,567` (en).
pub fn number(value: i64, lang: Lang) -> String {
    let digits = grouped(&value.unsigned_abs().to_string(), lang);
    if value < 0 { format!("-{digits}") } else { digits }
}

/// A number with this many decimals, rounded: `1.234,5`. What is no number is "–".
pub fn decimal(value: f64, places: usize, lang: Lang) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.*}", places, value.abs());
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let negative = value < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    let mut out = if negative { "-".to_owned() } else { String::new() };
    out.push_str(&grouped(whole, lang));
    if !decimals.is_empty() {
        out.push(if lang == Lang::Id { ',' } else { '.' });
        out.push_str(decimals);
    }
    out
}

/// A percentage of which 100.0 is the whole: `12,5 %` (id), `12.5%` (en).
pub fn percent(value: f64, places: usize, lang: Lang) -> String {
    let figure = decimal(value, places, lang);
    match lang {
        Lang::Id => format!("{figure} %"),
        Lang::En => format!("{figure}%"),
    }
}

/// An amount in sen (1/100 rupiah): `Rp1.500.000`, `Rp1.500.000,51`; en `Rp1,500,000.51`.
pub fn rupiah(sen: i64, lang: Lang) -> String {
    let magnitude = sen.unsigned_abs();
    let mut out = if sen < 0 { "-Rp".to_owned() } else { "Rp".to_owned() };
    out.push_str(&grouped(&(magnitude / 100).to_string(), lang));
    if !magnitude.is_multiple_of(100) {
        out.push(if lang == Lang::Id { ',' } else { '.' });
        out.push_str(&format!("{:02}", magnitude % 100));
    }
    out
}

/// An amount in sen for a figure on a page: `Rp2,3 M` (miliar), `Rp15 jt`, `Rp7,5 rb`, `Rp1,2 T`; en `bn`, `m`, `k`, `tn`.
pub fn rupiah_short(sen: i64, lang: Lang) -> String {
    const SCALES: [(u64, &str, &str); 4] =
        [(1_000, "rb", "k"), (1_000_000, "jt", "m"), (1_000_000_000, "M", "bn"), (1_000_000_000_000, "T", "tn")];
    let whole = (sen.unsigned_abs() + 50) / 100;
    let sign = if sen < 0 { "-" } else { "" };
    // The largest unit of which there is one, or would be after rounding the next smaller one: 999,960 is "1 jt", not "1.000 rb".
    let reaches = |unit: u64| match unit / 1_000 {
        1 => whole >= 1_000,
        smaller => tenths(whole, smaller) >= 10_000,
    };
    let scale = SCALES.iter().rev().find(|(unit, ..)| reaches(*unit));
    let Some((unit, id, en)) = scale else {
        return format!("{sign}Rp{}", grouped(&whole.to_string(), lang));
    };
    let tenths = tenths(whole, *unit);
    let mut figure = grouped(&(tenths / 10).to_string(), lang);
    if !tenths.is_multiple_of(10) {
        figure.push(if lang == Lang::Id { ',' } else { '.' });
        figure.push_str(&(tenths % 10).to_string());
    }
    let suffix = if lang == Lang::Id { id } else { en };
    format!("{sign}Rp{figure} {suffix}")
}

fn tenths(whole: u64, unit: u64) -> u64 {
    (whole + unit / 20) / (unit / 10)
}

/// A roman numeral, as of the month in a letter's number; `None` beyond 1 to 3999.
pub fn roman(value: u16) -> Option<String> {
    if !(1..4000).contains(&value) {
        return None;
    }
    let mut rest = value;
    let mut out = String::new();
    for (worth, symbol) in ROMAN {
        while rest >= worth {
            out.push_str(symbol);
            rest -= worth;
        }
    }
    Some(out)
}

/// The value of a well-formed roman numeral, in either case.
pub fn roman_value(text: &str) -> Option<u16> {
    let upper = text.trim().to_ascii_uppercase();
    let mut rest = upper.as_str();
    let mut value = 0_u16;
    for (worth, symbol) in ROMAN {
        while let Some(tail) = rest.strip_prefix(symbol) {
            value = value.checked_add(worth)?;
            rest = tail;
        }
    }
    (rest.is_empty() && roman(value).is_some_and(|numeral| numeral == upper)).then_some(value)
}

const ROMAN: [(u16, &str); 13] = [
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
];

fn grouped(digits: &str, lang: Lang) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(if lang == Lang::Id { '.' } else { ',' });
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn figures_as_people_write_them() {
        assert_eq!(number(0, Lang::Id), "0");
        assert_eq!(number(999, Lang::Id), "999");
        assert_eq!(number(-1_234_567, Lang::Id), "-1.234.567");
        assert_eq!(number(1_234_567, Lang::En), "1,234,567");
        assert_eq!(number(i64::MIN, Lang::Id), "-9.223.372.036.854.775.808");
        assert_eq!(decimal(1_234_567.891, 2, Lang::Id), "1.234.567,89");
        assert_eq!(decimal(-0.04, 1, Lang::Id), "0,0");
        assert_eq!(decimal(f64::NAN, 1, Lang::Id), "–");
        assert_eq!(percent(12.5, 1, Lang::Id), "12,5 %");
        assert_eq!(percent(12.5, 1, Lang::En), "12.5%");
        assert_eq!(percent(100.0, 0, Lang::Id), "100 %");
    }

    #[test]
    fn money_as_people_write_it() {
        assert_eq!(rupiah(150_000_000, Lang::Id), "Rp1.500.000");
        assert_eq!(rupiah(150_000_051, Lang::Id), "Rp1.500.000,51");
        assert_eq!(rupiah(-150_005, Lang::En), "-Rp1,500.05");
        assert_eq!(rupiah(0, Lang::Id), "Rp0");
        for (rupiah, short) in [
            (950, "Rp950"),
            (999, "Rp999"),
            (950_000, "Rp950 rb"),
            (7_500, "Rp7,5 rb"),
            (15_000, "Rp15 rb"),
            (999_949, "Rp999,9 rb"),
            (999_960, "Rp1 jt"),
            (2_300_000_000, "Rp2,3 M"),
            (1_249_000_000_000, "Rp1,2 T"),
            (5_000_000_000_000_000, "Rp5.000 T"),
        ] {
            assert_eq!(rupiah_short(rupiah * 100, Lang::Id), short, "{rupiah}");
        }
        assert_eq!(rupiah_short(-230_000_000_000, Lang::En), "-Rp2.3 bn");
    }

    #[test]
    fn roman_months() {
        let months: Vec<_> = (1..=12).filter_map(roman).collect();
        assert_eq!(months, ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]);
        assert_eq!((roman(0), roman(4000)), (None, None));
        for value in 1..4000 {
            assert_eq!(roman_value(&roman(value).unwrap()), Some(value));
        }
        for wrong in ["", "IIII", "VX", "IC", "A", "IXI"] {
            assert_eq!(roman_value(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn grouping_loses_no_digit(value in any::<i64>()) {
            prop_assert_eq!(number(value, Lang::Id).replace('.', ""), value.to_string());
            prop_assert_eq!(number(value, Lang::En).replace(',', ""), value.to_string());
            prop_assert!(rupiah_short(value, Lang::Id).chars().count() <= 14);
        }

        #[test]
        fn any_roman_text_is_read_or_refused(text in "[IVXLCDMivx]{0,40}") {
            let _ = roman_value(&text);
        }
    }
}

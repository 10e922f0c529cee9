//! *Terbilang*: numbers in words, as on a receipt.

const SMALL: [&str; 12] = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"];

/// Names of the powers of a thousand; the last covers all of `i64`.
const SCALES: [&str; 7] = ["", "ribu", "juta", "miliar", "triliun", "kuadriliun", "kuintiliun"];

/// A whole number in words: `-21_000` is "minus dua puluh satu ribu".
///
/// "se-" stands for one only before *puluh, belas, ratus* and *ribu*: 1.000 is "seribu", 1.000.000 "satu juta".
pub fn terbilang(number: i64) -> String {
    let mut words = Vec::new();
    if number < 0 {
        words.push("minus");
    }
    let magnitude = number.unsigned_abs();
    if magnitude == 0 {
        words.push(SMALL[0]);
    }
    let mut divisor = 1_000_u64.pow(6);
    for scale in SCALES.iter().rev() {
        group(magnitude / divisor % 1000, scale, &mut words);
        divisor = (divisor / 1000).max(1);
    }
    words.join(" ")
}

fn group(value: u64, scale: &'static str, words: &mut Vec<&'static str>) {
    match (value, scale) {
        (0, _) => return,
        (1, "ribu") => {
            words.push("seribu");
            return;
        }
        _ => below_thousand(value, words),
    }
    if !scale.is_empty() {
        words.push(scale);
    }
}

fn below_thousand(value: u64, words: &mut Vec<&'static str>) {
    match value / 100 {
        0 => {}
        1 => words.push("seratus"),
        hundreds => words.extend([digit(hundreds), "ratus"]),
    }
    match value % 100 {
        0 => {}
        rest @ 1..=11 => words.push(digit(rest)),
        rest @ 12..=19 => words.extend([digit(rest - 10), "belas"]),
        rest => {
            words.extend([digit(rest / 10), "puluh"]);
            if rest % 10 > 0 {
                words.push(digit(rest % 10));
            }
        }
    }
}

/// 0 to 11.
fn digit(value: u64) -> &'static str {
    usize::try_from(value).ok().and_then(|index| SMALL.get(index)).copied().unwrap_or("")
}

/// What is wrong with a number as typed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    #[error("there is no number")]
    Empty,
    #[error("`{0}` does not belong in a number (write 1.234,5)")]
    Symbol(char),
    #[error("dots stand between groups of three digits (write 1.234,5)")]
    Groups,
    #[error("the number is too large")]
    TooLarge,
}

/// A number as written in Indonesian (`1.234,05`), the decimals digit by digit: "seribu dua ratus tiga puluh empat koma nol lima".
pub fn terbilang_decimal(text: &str) -> Result<String, NumberError> {
    let text = text.trim();
    let (negative, text) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, decimals) = match text.split_once(',') {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (text, None),
    };
    if whole.is_empty() || decimals.is_some_and(str::is_empty) {
        return Err(NumberError::Empty);
    }
    let foreign = |symbol: &char| !symbol.is_ascii_digit();
    if let Some(symbol) = whole.chars().find(|symbol| foreign(symbol) && *symbol != '.') {
        return Err(NumberError::Symbol(symbol));
    }
    if let Some(symbol) = decimals.and_then(|decimals| decimals.chars().find(foreign)) {
        return Err(NumberError::Symbol(symbol));
    }
    let mut groups = whole.split('.');
    let first = groups.next().unwrap_or("");
    if whole.contains('.') && (first.is_empty() || first.len() > 3 || groups.any(|group| group.len() != 3)) {
        return Err(NumberError::Groups);
    }
    let value: i64 = whole.replace('.', "").parse().map_err(|_| NumberError::TooLarge)?;
    let mut words = terbilang(value);
    if negative {
        words.insert_str(0, "minus ");
    }
    if let Some(decimals) = decimals {
        words.push_str(" koma");
        for byte in decimals.bytes() {
            words.push(' ');
            words.push_str(digit(u64::from(byte - b'0')));
        }
    }
    Ok(words)
}

/// An amount in sen (1/100 rupiah) in words: "satu juta lima ratus ribu rupiah lima puluh satu sen".
pub fn terbilang_rupiah(sen: i64) -> String {
    let mut words = String::new();
    if sen < 0 {
        words.push_str("minus ");
    }
    let magnitude = sen.unsigned_abs();
    let whole = i64::try_from(magnitude / 100).unwrap_or(i64::MAX);
    words.push_str(&terbilang(whole));
    words.push_str(" rupiah");
    if !magnitude.is_multiple_of(100) {
        words.push(' ');
        below_hundred_words(magnitude % 100, &mut words);
        words.push_str(" sen");
    }
    words
}

fn below_hundred_words(value: u64, text: &mut String) {
    let mut words = Vec::new();
    below_thousand(value, &mut words);
    text.push_str(&words.join(" "));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_in_words() {
        for (number, words) in [
            (0, "nol"),
            (1, "satu"),
            (10, "sepuluh"),
            (11, "sebelas"),
            (12, "dua belas"),
            (19, "sembilan belas"),
            (20, "dua puluh"),
            (21, "dua puluh satu"),
            (100, "seratus"),
            (101, "seratus satu"),
            (111, "seratus sebelas"),
            (217, "dua ratus tujuh belas"),
            (999, "sembilan ratus sembilan puluh sembilan"),
            (1_000, "seribu"),
            (1_001, "seribu satu"),
            (1_945, "seribu sembilan ratus empat puluh lima"),
            (11_000, "sebelas ribu"),
            (21_000, "dua puluh satu ribu"),
            (100_000, "seratus ribu"),
            (101_000, "seratus satu ribu"),
            (1_000_000, "satu juta"),
            (1_001_000, "satu juta seribu"),
            (1_500_000, "satu juta lima ratus ribu"),
            (2_026_000_000, "dua miliar dua puluh enam juta"),
            (1_000_000_000_000, "satu triliun"),
            (1_000_000_000_000_000, "satu kuadriliun"),
            (-45, "minus empat puluh lima"),
            (
                i64::MIN,
                "minus sembilan kuintiliun dua ratus dua puluh tiga kuadriliun tiga ratus tujuh puluh dua triliun tiga puluh enam miliar \
                 delapan ratus lima puluh empat juta tujuh ratus tujuh puluh lima ribu delapan ratus delapan",
            ),
        ] {
            assert_eq!(terbilang(number), words, "{number}");
        }
    }

    #[test]
    fn decimals_digit_by_digit() {
        for (text, words) in [
            ("12,5", "dua belas koma lima"),
            ("1.234,05", "seribu dua ratus tiga puluh empat koma nol lima"),
            ("1234", "seribu dua ratus tiga puluh empat"),
            ("-0,25", "minus nol koma dua lima"),
        ] {
            assert_eq!(terbilang_decimal(text).as_deref(), Ok(words), "{text}");
        }
        for (text, error) in [
            ("", NumberError::Empty),
            ("5,", NumberError::Empty),
            ("12.5", NumberError::Groups),
            (".500", NumberError::Groups),
            ("1,2,3", NumberError::Symbol(',')),
            ("12a", NumberError::Symbol('a')),
            ("99999999999999999999", NumberError::TooLarge),
        ] {
            assert_eq!(terbilang_decimal(text), Err(error), "{text}");
        }
    }

    #[test]
    fn rupiah_in_words() {
        for (sen, words) in [
            (150_000_000, "satu juta lima ratus ribu rupiah"),
            (150_000_051, "satu juta lima ratus ribu rupiah lima puluh satu sen"),
            (100, "satu rupiah"),
            (5, "nol rupiah lima sen"),
            (0, "nol rupiah"),
            (-10_000, "minus seratus rupiah"),
        ] {
            assert_eq!(terbilang_rupiah(sen), words, "{sen}");
        }
    }

    /// Reads the words back by the grammar alone.
    fn read(words: &str) -> i128 {
        let (mut total, mut group, mut last) = (0_i128, 0_i128, 0_i128);
        let (sign, words) = words.strip_prefix("minus ").map_or((1, words), |rest| (-1, rest));
        for word in words.split(' ') {
            match word {
                "belas" => last += 10,
                "puluh" => {
                    group += last * 10;
                    last = 0;
                }
                "ratus" => {
                    group += last * 100;
                    last = 0;
                }
                "seratus" => group += 100,
                "seribu" => total += 1000,
                _ => match SMALL.iter().position(|small| *small == word) {
                    Some(value) => last = value as i128,
                    None => {
                        let power = SCALES.iter().position(|scale| *scale == word).unwrap();
                        total += (group + last) * 1000_i128.pow(power as u32);
                        (group, last) = (0, 0);
                    }
                },
            }
        }
        sign * (total + group + last)
    }

    proptest! {
        #[test]
        fn words_say_the_number(number in any::<i64>(), shift in 0_u32..63) {
            for number in [number, number >> shift] {
                prop_assert_eq!(read(&terbilang(number)), i128::from(number), "{}", terbilang(number));
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,20}") {
            let _ = terbilang_decimal(&text);
        }
    }
}

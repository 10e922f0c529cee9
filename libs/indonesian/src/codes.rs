//! Tracking codes that survive being dictated, copied and typed.
//!
//! Twelve symbols of Crockford's alphabet (no I, L, O, U): eleven random ones, 55 bits, and a check symbol. A symbol is an
//! element of GF(32) = GF(2)\[x\]/(x⁵ + x² + 1); the sum of symbol × weight over all twelve places is zero, the weights being twelve different
//! powers of the generator x. One wrong symbol changes the sum by (difference × weight), which is not zero; two symbols a, b exchanged
//! change it by (a + b)(weight₁ + weight₂), not zero either, adjacent or not. The tests go through all of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 12;

/// A tracking code whose check symbol is right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Code([u8; LENGTH]);

/// Why a typed code is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Too few or too many symbols; spaces and dashes are not counted.
    #[error("{symbols} symbols instead of 12")]
    Length { symbols: usize },
    /// A symbol that no code has; `position` counts from 1 without spaces and dashes.
    #[error("`{symbol}` at place {position} is in no code")]
    Symbol { symbol: char, position: usize },
    /// A symbol is mistyped or two are exchanged.
    #[error("at least one symbol is mistyped")]
    Check,
}

impl Code {
    /// A code of 55 of these 56 random bits; the highest bit of the first byte is not used.
    pub fn encode(random: [u8; 7]) -> Code {
        let bits = random.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let mut values = [0_u8; LENGTH];
        for (place, value) in values.iter_mut().take(LENGTH - 1).enumerate() {
            *value = (bits >> (5 * (LENGTH - 2 - place)) & 31) as u8;
        }
        // The last weight is 1, so that the sum of the others is the check symbol.
        values[LENGTH - 1] = sum(&values);
        Code(values.map(|value| ALPHABET[usize::from(value)]))
    }

    /// Reads what a person typed: either case, spaces and dashes anywhere, O for 0, I and L for 1.
    pub fn parse(typed: &str) -> Result<Code, CodeError> {
        let mut values = [0_u8; LENGTH];
        let mut symbols = 0;
        for symbol in typed.chars().filter(|symbol| !is_separator(*symbol)) {
            let value = value(symbol).ok_or(CodeError::Symbol { symbol, position: symbols + 1 })?;
            if let Some(slot) = values.get_mut(symbols) {
                *slot = value;
            }
            symbols += 1;
        }
        if symbols != LENGTH {
            return Err(CodeError::Length { symbols });
        }
        if sum(&values) != 0 {
            return Err(CodeError::Check);
        }
        Ok(Code(values.map(|value| ALPHABET[usize::from(value)])))
    }

    /// The twelve symbols without dashes, as stored and in addresses.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }
}

/// For people: `XXXX-XXXX-XXXX`.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.as_str();
        write!(f, "{}-{}-{}", &text[..4], &text[4..8], &text[8..])
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({self})")
    }
}

impl FromStr for Code {
    type Err = CodeError;

    fn from_str(typed: &str) -> Result<Code, CodeError> {
        Code::parse(typed)
    }
}

impl From<Code> for String {
    fn from(code: Code) -> String {
        code.as_str().to_owned()
    }
}

impl TryFrom<String> for Code {
    type Error = CodeError;

    fn try_from(typed: String) -> Result<Code, CodeError> {
        Code::parse(&typed)
    }
}

fn is_separator(symbol: char) -> bool {
    symbol.is_whitespace() || matches!(symbol, '-' | '‐' | '‑' | '–' | '—' | '.' | '_' | '\u{200b}')
}

fn value(symbol: char) -> Option<u8> {
    let symbol = match symbol.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET.iter().position(|known| char::from(*known) == symbol)?;
    u8::try_from(place).ok()
}

/// Σ value × x^(11 − place) in GF(32), by Horner's rule.
fn sum(values: &[u8; LENGTH]) -> u8 {
    values.iter().fold(0, |sum, value| times_x(sum) ^ value)
}

/// Multiplication by x modulo x⁵ + x² + 1.
fn times_x(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 32 == 0 { shifted } else { shifted ^ 0b10_0101 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_weights_are_twelve_different_elements() {
        let mut weights: Vec<u8> = std::iter::successors(Some(1), |weight| Some(times_x(*weight))).take(31).collect();
        assert_eq!(times_x(weights[30]), 1, "x generates all 31");
        weights.sort_unstable();
        weights.dedup();
        assert_eq!(weights, (1..32).collect::<Vec<u8>>());
    }

    /// Linear in the symbols, so that differences decide: every single difference at every place, every exchange of two.
    #[test]
    fn every_single_error_and_every_exchange_is_caught() {
        for place in 0..LENGTH {
            for difference in 1..32 {
                let mut values = [0; LENGTH];
                values[place] = difference;
                assert_ne!(sum(&values), 0);
                for other in place + 1..LENGTH {
                    let mut values = values;
                    values[other] = difference;
                    assert_ne!(sum(&values), 0, "an exchange changes both places by the same difference");
                }
            }
        }
    }

    #[test]
    fn typed_freely() {
        let code = Code::encode([0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd]);
        let text = code.to_string();
        assert_eq!(text.len(), 14);
        let lower = format!("  {} ", text.to_lowercase().replace('-', " "));
        assert_eq!(Code::parse(&lower), Ok(code));
        assert_eq!(Code::parse(code.as_str()), Ok(code));
        let zeros = Code::encode([0; 7]);
        assert_eq!(Code::parse("OOOO-oooo-0000"), Ok(zeros));
        let one = Code::encode([0, 0, 0, 0, 0, 0, 1]);
        for look_alike in ["I", "i", "l", "L"] {
            assert_eq!(Code::parse(&one.to_string().replacen('1', look_alike, 1)), Ok(one));
        }
        assert_eq!(Code::encode([0x80, 0, 0, 0, 0, 0, 0]), zeros, "the highest bit is not used");
    }

    #[test]
    fn a_wrong_code_says_what_is_wrong() {
        for (typed, error) in [
            ("", CodeError::Length { symbols: 0 }),
            ("0000-0000-000", CodeError::Length { symbols: 11 }),
            ("0000-0000-0000-0", CodeError::Length { symbols: 13 }),
            ("0000-00U0-0000", CodeError::Symbol { symbol: 'U', position: 7 }),
            ("0000-00é0-0000", CodeError::Symbol { symbol: 'é', position: 7 }),
            ("0000-0000-0001", CodeError::Check),
        ] {
            assert_eq!(Code::parse(typed), Err(error), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn a_code_is_read_back_and_no_near_one_is(random in any::<[u8; 7]>()) {
            let code = Code::encode(random);
            prop_assert_eq!(Code::parse(&code.to_string()), Ok(code));
            for place in 0..LENGTH {
                for symbol in ALPHABET {
                    let mut near = code.0;
                    near[place] = *symbol;
                    let typed = std::str::from_utf8(&near).unwrap();
                    let expected = if near == code.0 { Ok(code) } else { Err(CodeError::Check) };
                    prop_assert_eq!(Code::parse(typed), expected);
                }
                for other in 0..place {
                    let mut near = code.0;
                    near.swap(place, other);
                    let typed = std::str::from_utf8(&near).unwrap();
                    prop_assert_eq!(Code::parse(typed).is_ok(), near == code.0);
                }
            }
        }

        #[test]
        fn different_bits_are_different_codes(a in 0_u64..1 << 55, b in 0_u64..1 << 55) {
            let code = |bits: u64| {
                let bytes = bits.to_be_bytes();
                Code::encode([bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]])
            };
            prop_assert_eq!(a == b, code(a) == code(b));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,30}") {
            let _ = Code::parse(&text);
        }
    }
}

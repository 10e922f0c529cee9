//! The printed copy of the key ring: what is in the safe when the machine is gone.
//!
//! Each key of 256 bits is four lines of 16 symbols in groups of four; the last three symbols of a line are its check,
//! so a wrong, swapped or forgotten line is named while typing. The alphabet has no I, L, O or U; typing may use
//! either case, any spacing, and O for 0, I or L for 1.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Ring;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LINES_PER_KEY: usize = 4;
/// 4 × 13 symbols of 5 bits hold 256 bits and 4 zero bits.
const DATA_SYMBOLS: usize = 13;
const CHECK_SYMBOLS: usize = 3;

/// What is wrong with a typed copy. Lines count from 1, only lines with symbols on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryError {
    /// A symbol that the alphabet does not have.
    #[error("line {line}: {symbol:?} is not used in recovery copies")]
    Symbol { line: usize, symbol: char },
    /// A line of the wrong length.
    #[error("line {line} has {symbols} symbols instead of 16")]
    Length { line: usize, symbols: usize },
    /// The check does not fit: a typing error in it, or a line in the wrong place.
    #[error("line {line} does not fit its check: a typing error, or not the line that belongs here")]
    Check { line: usize },
    /// Lines are missing.
    #[error("{lines} lines: each key has four")]
    Incomplete { lines: usize },
}

/// The printable form of a [`Ring`].
pub struct Recovery<'a>(pub &'a Ring);

impl Recovery<'_> {
    /// The lines to print: four a key, each `n: XXXX-XXXX-XXXX-XXXX`.
    #[must_use]
    pub fn print_lines(&self) -> Vec<String> {
        let lines = self.0.keys().iter().flat_map(|key| data_lines(key));
        let with_check = lines.enumerate().map(|(line, data)| {
            let symbols: Vec<u8> = data.iter().copied().chain(check(line, &data)).collect();
            let groups: Vec<String> = symbols.chunks(4).map(text).collect();
            format!("{}: {}", line + 1, groups.join("-"))
        });
        with_check.collect()
    }

    /// The ring somebody typed from the printed lines. Empty lines and everything up to a colon are passed over.
    pub fn parse(typed: &str) -> Result<Ring, RecoveryError> {
        let mut keys = Vec::new();
        let mut data = Zeroizing::new(Vec::new());
        let mut lines = 0;
        for text in typed.lines() {
            let text = text.rsplit(':').next().unwrap_or(text);
            let symbols = symbols(lines, text)?;
            if symbols.is_empty() {
                continue;
            }
            let (body, given) = symbols.split_at_checked(DATA_SYMBOLS).unwrap_or((&symbols, &[]));
            if given.len() != CHECK_SYMBOLS {
                return Err(RecoveryError::Length { line: lines + 1, symbols: symbols.len() });
            }
            if check(lines, body) != given {
                return Err(RecoveryError::Check { line: lines + 1 });
            }
            data.extend_from_slice(body);
            lines += 1;
            if lines % LINES_PER_KEY == 0 {
                keys.push(key_of(&data).ok_or(RecoveryError::Check { line: lines })?);
                data.clear();
            }
        }
        match Ring::from_keys(keys) {
            Some(ring) if data.is_empty() => Ok(ring),
            _ => Err(RecoveryError::Incomplete { lines }),
        }
    }
}

fn data_lines(key: &[u8; 32]) -> Vec<Vec<u8>> {
    let bit = |i: usize| if i < 256 { key[i / 8] >> (7 - i % 8) & 1 } else { 0 };
    let symbol = |s: usize| (0..5).fold(0, |value, i| value << 1 | bit(s * 5 + i));
    (0..LINES_PER_KEY).map(|line| (0..DATA_SYMBOLS).map(|s| symbol(line * DATA_SYMBOLS + s)).collect()).collect()
}

fn key_of(symbols: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let bit = |i: usize| symbols.get(i / 5).map_or(0, |symbol| symbol >> (4 - i % 5) & 1);
    let mut key = Zeroizing::new([0; 32]);
    for i in 0..256 {
        key[i / 8] |= bit(i) << (7 - i % 8);
    }
    (256..260).all(|i| bit(i) == 0).then_some(key)
}

/// 15 bits over the line's place and symbols.
fn check(line: usize, data: &[u8]) -> [u8; CHECK_SYMBOLS] {
    let digest =
        Sha256::new().chain_update(b"smartgovt recovery 1").chain_update((line as u64).to_be_bytes()).chain_update(data).finalize();
    [digest[0] & 31, digest[1] & 31, digest[2] & 31]
}

fn text(symbols: &[u8]) -> String {
    symbols.iter().map(|&symbol| char::from(ALPHABET[usize::from(symbol & 31)])).collect()
}

fn symbols(line: usize, text: &str) -> Result<Zeroizing<Vec<u8>>, RecoveryError> {
    let mut found = Zeroizing::new(Vec::new());
    for typed in text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '.')) {
        let folded = match typed.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let place = ALPHABET.iter().position(|&symbol| char::from(symbol) == folded);
        let place = place.ok_or(RecoveryError::Symbol { line: line + 1, symbol: typed })?;
        found.push(place as u8);
    }
    Ok(found)
}

//! Search: documents found by words, by the beginning of a word, by name as it sounds, by exact code or blind index.
//!
//! A document is indexed in the transaction of its row. The tokens are made here, the same for both databases, and the
//! scope is one of them: a query never sees what lies outside its units. Lists come newest first without ranking, which
//! stays fast at a million documents; small kinds (services) may be ranked and forgive typing.
//!
//! Tokens: a plain or stemmed word · `p_` the first 1–4 letters of a word of title and names · `x_` a code · `h_` a blind
//! index in hex · `k_` the kind · `u_KIND_UNIT` the kind within a unit.

mod index;
mod learned;
mod query;
mod rank;

pub use index::{Doc, add, clear, index, remove};
pub(crate) use index::{Indexed, is_lettered, neighbours, title_kind};
pub use learned::Learned;
pub use query::{Fuzzy, Hit, Query, query};

use crate::Table;

/// What is shown of each document.
pub static SEARCH: Table = Table::upkeep("kernel_search");
/// Its tokens.
pub static INDEX: Table = Table::upkeep("kernel_search_index");
/// Distinct words of names by kind, and of titles by kind with a `+`.
pub static WORD: Table = Table::upkeep("kernel_search_word");
/// Those words with a letter left out, in letters and in sound.
pub static NEAR: Table = Table::upkeep("kernel_search_near");
/// The tables of this module.
pub const TABLES: &[&Table] = &[&SEARCH, &INDEX, &WORD, &NEAR];

/// A code as it is compared: small letters and digits only, with O as 0, I and L as 1.
fn code_key(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect()
}

fn scope_token(kind: &str, unit: crate::Id) -> String {
    format!("u_{kind}_{unit}")
}

/// Longest beginning of a word that is a token of its own.
const EDGE_MAX: usize = 4;

#[cfg(test)]
mod tests;

//! The order of a short list: by how well title and names fit the words, the same on both databases.

use indonesian::{Alike, alike, stem};

use super::query::Hit;

/// Sorts the best fit to the front; of equals, the shorter title, then the alphabet.
pub(super) fn best_first(hits: &mut [Hit], words: &[String]) {
    hits.sort_by_cached_key(|hit| {
        let own: Vec<&str> = hit.words.split(' ').collect();
        let fit: i64 = words.iter().map(|word| fits(word, &own)).sum();
        (-fit, hit.title.chars().count(), hit.title.clone(), hit.seq)
    });
}

/// 0 when a word is found elsewhere in the document only.
fn fits(word: &str, own: &[&str]) -> i64 {
    let root = stem(word);
    let one = |(place, other): (usize, &&str)| {
        let fit = if *other == word {
            12
        } else if stem(other) == root {
            9
        } else if other.starts_with(word) {
            8
        } else {
            match alike(other, word) {
                Some(Alike::Same | Alike::Sounds) => 6,
                Some(Alike::OneEdit) => 5,
                None => 0,
            }
        };
        // The first words of a title say most.
        if fit > 0 { fit * 4 + 3_i64.saturating_sub(i64::try_from(place).unwrap_or(3)).max(0) } else { 0 }
    };
    own.iter().enumerate().map(one).max().unwrap_or(0)
}

//! Words the dictionary is known to have, so that it is not asked for the same ones with every document.
//!
//! A word is known from the commit of a transaction that found or wrote it; one that was rolled back tells nothing. The dictionary
//! forgets nothing but by [`super::clear`], which empties this with it.

use std::{
    collections::HashSet,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
};

/// Most words kept; beyond it they are asked for anew.
const KEPT_MAX: usize = 50_000;

/// Known words, as hashes of kind and word.
#[derive(Debug, Default)]
pub struct Learned {
    keys: RandomState,
    words: Mutex<HashSet<u64>>,
}

impl Learned {
    /// What stands for a word of a kind.
    pub(crate) fn key(&self, kind: &str, word: &str) -> u64 {
        self.keys.hash_one((kind, word))
    }

    pub(crate) fn knows(&self, key: u64) -> bool {
        self.words.lock().unwrap_or_else(PoisonError::into_inner).contains(&key)
    }

    /// After the commit of who found or wrote them.
    pub(crate) fn add(&self, keys: &[u64]) {
        let mut words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        if words.len() + keys.len() > KEPT_MAX {
            words.clear();
        }
        words.extend(keys);
    }

    pub(crate) fn forget(&self) {
        self.words.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

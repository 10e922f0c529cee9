//! Inclusion and consistency proofs: made from tiles (RFC 6962 §2.1.1–2.1.2), verified as in RFC 9162 §2.1.3.2 and §2.1.4.2.

use crate::{
    Hash, Tiles, node_hash,
    tile::{TileError, range_root, split},
};

/// The longest proof of either kind.
pub const HASHES_MAX: usize = 63;

/// A proof that does not prove what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the proof does not hold")]
pub struct BadProof;

/// The proof that leaf `index` is in the tree of `size` leaves: from the leaf's sibling up to the root's child.
///
/// # Errors
/// [`TileError::Outside`] when it is not in that tree; [`TileError::Short`] when a tile lacks hashes.
pub fn inclusion<T: Tiles>(tiles: &mut T, index: u64, size: u64) -> Result<Vec<Hash>, TileError<T::Error>> {
    if index >= size {
        return Err(TileError::Outside);
    }
    let (mut first, mut end) = (0, size);
    let mut siblings = Vec::new();
    while end - first > 1 {
        let middle = first + split(end - first);
        if index < middle {
            siblings.push((middle, end));
            end = middle;
        } else {
            siblings.push((first, middle));
            first = middle;
        }
    }
    siblings.into_iter().rev().map(|(first, end)| range_root(tiles, first, end)).collect()
}

/// The proof that the tree of `size` leaves begins with the tree of `old` leaves. Empty for equal sizes and for `old` 0.
///
/// # Errors
/// [`TileError::Outside`] when `old` is larger; [`TileError::Short`] when a tile lacks hashes.
pub fn consistency<T: Tiles>(tiles: &mut T, old: u64, size: u64) -> Result<Vec<Hash>, TileError<T::Error>> {
    if old > size {
        return Err(TileError::Outside);
    }
    if old == 0 || old == size {
        return Ok(Vec::new());
    }
    let (mut first, mut end) = (0, size);
    let mut parts = Vec::new();
    let mut whole = true;
    while end != old {
        let middle = first + split(end - first);
        if old <= middle {
            parts.push((middle, end));
            end = middle;
        } else {
            parts.push((first, middle));
            first = middle;
            whole = false;
        }
    }
    if !whole {
        parts.push((first, end));
    }
    parts.into_iter().rev().map(|(first, end)| range_root(tiles, first, end)).collect()
}

/// Whether `proof` shows that `leaf` is leaf `index` of the tree with this size and root (RFC 9162 §2.1.3.2).
///
/// # Errors
/// [`BadProof`].
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> Result<(), BadProof> {
    if index >= size {
        return Err(BadProof);
    }
    let (mut at, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(BadProof);
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            // Levels at which the right edge has no sibling are passed over.
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    if last == 0 && hash == *root { Ok(()) } else { Err(BadProof) }
}

/// Whether `proof` shows that the tree (`size`, `root`) begins with the tree (`old`, `old_root`) (RFC 9162 §2.1.4.2).
///
/// # Errors
/// [`BadProof`].
pub fn verify_consistency(old: u64, old_root: &Hash, size: u64, root: &Hash, proof: &[Hash]) -> Result<(), BadProof> {
    if old > size {
        return Err(BadProof);
    }
    if old == 0 || old == size {
        let same = old == 0 || old_root == root;
        return if proof.is_empty() && same { Ok(()) } else { Err(BadProof) };
    }
    let (mut at, mut last) = (old - 1, size - 1);
    while at & 1 == 1 {
        (at, last) = (at >> 1, last >> 1);
    }
    // When the old tree is perfect its own root begins the proof.
    let mut steps = proof.iter();
    let first = if old.is_power_of_two() { old_root } else { steps.next().ok_or(BadProof)? };
    let (mut old_hash, mut hash) = (*first, *first);
    for step in steps {
        if last == 0 {
            return Err(BadProof);
        }
        if at & 1 == 1 || at == last {
            old_hash = node_hash(step, &old_hash);
            hash = node_hash(step, &hash);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, step);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    if last == 0 && old_hash == *old_root && hash == *root { Ok(()) } else { Err(BadProof) }
}

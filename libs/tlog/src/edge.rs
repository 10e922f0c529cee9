//! The right edge of a growing tree: what must be known to append, and nothing more.

use std::collections::BTreeMap;

use crate::{
    EMPTY_ROOT, Hash, Tile,
    hash::perfect_root,
    leaf_hash, node_hash,
    tile::{WIDTH, hashes_at, partial_tiles, tile_root},
};

/// A tree's size and its tiles that are not full.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    /// The hashes of the unfinished tile of each level, lowest first.
    levels: Vec<Vec<Hash>>,
}

/// The stored tiles do not make the edge of a tree of that size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the tile {}/{} is missing or has too few hashes", .0.level, .0.n)]
pub struct NoEdge(pub Tile);

/// Tiles that changed, with all their hashes.
pub type Changed = BTreeMap<Tile, Vec<Hash>>;

impl Edge {
    /// The edge of a stored tree of `size` leaves. `stored` gives the hashes of a tile; later ones are passed over.
    ///
    /// # Errors
    /// [`NoEdge`] naming the tile that lacks hashes.
    pub fn read(size: u64, mut stored: impl FnMut(Tile) -> Option<Vec<Hash>>) -> Result<Self, NoEdge> {
        let mut edge = Self { size, levels: Vec::new() };
        for (tile, width) in partial_tiles(size) {
            let mut hashes = stored(tile).unwrap_or_default();
            if hashes.len() < width {
                return Err(NoEdge(tile));
            }
            hashes.truncate(width);
            *edge.level(usize::from(tile.level)) = hashes;
        }
        Ok(edge)
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    fn level(&mut self, level: usize) -> &mut Vec<Hash> {
        if self.levels.len() <= level {
            self.levels.resize(level + 1, Vec::new());
        }
        &mut self.levels[level]
    }

    /// Appends entries and gives the tiles that changed: the full ones they filled, and the unfinished ones.
    pub fn append<'a>(&mut self, entries: impl IntoIterator<Item = &'a [u8]>) -> Changed {
        self.append_leaves(entries.into_iter().map(leaf_hash))
    }

    /// [`Edge::append`] for entries whose leaf hashes are known.
    pub fn append_leaves(&mut self, leaves: impl IntoIterator<Item = Hash>) -> Changed {
        let mut changed = Changed::new();
        let before = self.size;
        for leaf in leaves {
            self.size += 1;
            let mut carried = Some(leaf);
            let mut level = 0;
            while let Some(hash) = carried.take() {
                let hashes = self.level(level);
                hashes.push(hash);
                if hashes.len() == WIDTH {
                    let full = std::mem::take(hashes);
                    carried = tile_root(&full);
                    let at = u8::try_from(level).unwrap_or(u8::MAX);
                    changed.insert(Tile { level: at, n: hashes_at(at, self.size) / WIDTH as u64 - 1 }, full);
                }
                level += 1;
            }
        }
        for (tile, width) in partial_tiles(self.size) {
            let grown = hashes_at(tile.level, self.size) > hashes_at(tile.level, before);
            let hashes = self.levels.get(usize::from(tile.level)).filter(|hashes| grown && hashes.len() == width);
            changed.extend(hashes.map(|hashes| (tile, hashes.clone())));
        }
        changed
    }

    /// The root of the tree (RFC 6962 `MTH`).
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut root = None;
        // The perfect subtrees of the tree from right to left: each unfinished tile from its end, lowest level first.
        for hashes in &self.levels {
            let mut end = hashes.len();
            while end > 0 {
                let count = 1 << end.trailing_zeros();
                let Some(left) = perfect_root(&hashes[end - count..end]) else { break };
                root = Some(root.map_or(left, |right| node_hash(&left, &right)));
                end -= count;
            }
        }
        root.unwrap_or(EMPTY_ROOT)
    }
}

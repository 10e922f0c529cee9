//! Tiles: 256 hashes side by side, and bundles of 256 entries (c2sp.org/tlog-tiles).

use std::fmt;

use crate::{
    Hash,
    hash::perfect_root,
    text::{decimal, padded},
};

/// Hashes of a full tile, and entries of a full bundle.
pub const WIDTH: usize = 256;
/// Height of the subtree a tile stands for.
pub(crate) const HEIGHT: u32 = 8;
/// The highest level a path may name.
const LEVEL_MAX: u8 = 63;
/// The longest entry a bundle can hold, in bytes.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// A place in the tree of tiles. Level 0 has the leaf hashes; a hash of level L+1 is the root of a full tile of level L.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    pub level: u8,
    pub n: u64,
}

/// What a path of the read interface names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `tile/<L>/…`: hashes of this level.
    Hashes(u8),
    /// `tile/entries/…`: a bundle of entries.
    Entries,
}

/// A path of the read interface: `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TilePath {
    pub kind: Kind,
    pub n: u64,
    /// How many hashes or entries: 256, or fewer for a partial tile.
    pub width: usize,
}

impl TilePath {
    /// Reads what stands after `tile/`; `None` for everything that is not exactly such a path.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (kind, rest) = path.split_once('/')?;
        let kind = match kind {
            "entries" => Kind::Entries,
            level => Kind::Hashes(u8::try_from(decimal(level)?).ok().filter(|level| *level <= LEVEL_MAX)?),
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, usize::try_from(decimal(width)?).ok().filter(|width| (1..WIDTH).contains(width))?),
            None => (rest, WIDTH),
        };
        Some(Self { kind, n: parse_number(number)?, width })
    }

    /// Whether it is complete, and so never changes.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.width == WIDTH
    }

    /// Whether a tree of `size` leaves has it.
    #[must_use]
    pub fn exists_in(&self, size: u64) -> bool {
        let level = match self.kind {
            Kind::Hashes(level) => level,
            Kind::Entries => 0,
        };
        let hashes = hashes_at(level, size);
        let first = self.n.checked_mul(WIDTH as u64);
        first.and_then(|first| first.checked_add(self.width as u64)).is_some_and(|end| end <= hashes)
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Entries => write!(f, "entries/{}", padded(self.n))?,
            Kind::Hashes(level) => write!(f, "{level}/{}", padded(self.n))?,
        }
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

/// `x001/x234/067` as 1234067: three digits an element, an `x` before all but the last, no leading element of zeros.
fn parse_number(text: &str) -> Option<u64> {
    let elements: Vec<&str> = text.split('/').collect();
    let (last, before) = elements.split_last()?;
    let mut n: u64 = 0;
    for digits in before.iter().map(|element| element.strip_prefix('x')).chain([Some(*last)]) {
        let digits = digits.filter(|digits| digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        n = n.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    // One number has one path.
    (padded(n) == text).then_some(n)
}

/// How many hashes level `level` has in a tree of `size` leaves.
#[must_use]
pub fn hashes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * HEIGHT).unwrap_or(0)
}

/// The tiles at the right edge of a tree of `size` leaves that are not full, each with its width, lowest first.
#[must_use]
pub fn partial_tiles(size: u64) -> Vec<(Tile, usize)> {
    let levels = (0..8_u8).map(|level| (level, hashes_at(level, size))).take_while(|(_, hashes)| *hashes > 0);
    let partial = levels.filter_map(|(level, hashes)| {
        let width = usize::try_from(hashes % WIDTH as u64).unwrap_or(0);
        (width > 0).then_some((Tile { level, n: hashes / WIDTH as u64 }, width))
    });
    partial.collect()
}

/// The root of a full tile; `None` when it is not full.
#[must_use]
pub fn tile_root(hashes: &[Hash]) -> Option<Hash> {
    (hashes.len() == WIDTH).then(|| perfect_root(hashes)).flatten()
}

/// Where tiles are read from. At least the hashes that the asked tree has; later ones are passed over.
pub trait Tiles {
    /// Why a tile could not be read.
    type Error;

    /// The hashes of `tile`.
    ///
    /// # Errors
    /// When it cannot be read. A missing or short tile is no error here: give what is there.
    fn hashes(&mut self, tile: Tile) -> Result<Vec<Hash>, Self::Error>;
}

/// Why a hash of the tree could not be computed from tiles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError<E> {
    /// The tile has fewer hashes than the tree needs.
    #[error("the tile {}/{} is missing or has too few hashes", .0.level, .0.n)]
    Short(Tile),
    /// The leaf or tree asked for is not in the tree.
    #[error("not in the tree")]
    Outside,
    /// The tile could not be read.
    #[error("{0}")]
    Read(E),
}

/// The root over the leaves `first..end` (RFC 6962 `MTH(D[first:end])`).
///
/// # Errors
/// [`TileError`]; nothing for an empty range.
pub(crate) fn range_root<T: Tiles>(tiles: &mut T, first: u64, end: u64) -> Result<Hash, TileError<T::Error>> {
    let leaves = end.checked_sub(first).filter(|leaves| *leaves > 0).ok_or(TileError::Outside)?;
    if leaves.is_power_of_two() && first.is_multiple_of(leaves) {
        return node(tiles, first, leaves);
    }
    let split = split(leaves);
    let left = range_root(tiles, first, first + split)?;
    let right = range_root(tiles, first + split, end)?;
    Ok(crate::node_hash(&left, &right))
}

/// The root over a perfect subtree: some hashes of one tile.
fn node<T: Tiles>(tiles: &mut T, first: u64, leaves: u64) -> Result<Hash, TileError<T::Error>> {
    let height = leaves.trailing_zeros();
    let level = u8::try_from(height / HEIGHT).map_err(|_| TileError::Outside)?;
    let start = hashes_at(level, first);
    let count = 1_usize << (height % HEIGHT);
    let tile = Tile { level, n: start / WIDTH as u64 };
    let hashes = tiles.hashes(tile).map_err(TileError::Read)?;
    let at = usize::try_from(start % WIDTH as u64).map_err(|_| TileError::Outside)?;
    hashes.get(at..at + count).and_then(perfect_root).ok_or(TileError::Short(tile))
}

/// The largest power of two below `leaves` (RFC 6962 §2.1), which is more than one.
pub(crate) const fn split(leaves: u64) -> u64 {
    1 << (63 - (leaves - 1).leading_zeros())
}

/// The root of the tree of the first `size` leaves.
///
/// # Errors
/// [`TileError::Short`] naming the tile that lacks hashes.
pub fn root<T: Tiles>(tiles: &mut T, size: u64) -> Result<Hash, TileError<T::Error>> {
    if size == 0 { Ok(crate::EMPTY_ROOT) } else { range_root(tiles, 0, size) }
}

/// Adds an entry to a bundle: its length in two bytes, then itself. `None` when it is too long.
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Option<()> {
    let length = u16::try_from(entry.len()).ok()?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Some(())
}

/// The entries of a bundle; `None` when it is cut off.
#[must_use]
pub fn entries(mut bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::with_capacity(WIDTH);
    while let Some((length, rest)) = bundle.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bundle = rest;
    }
    bundle.is_empty().then_some(entries)
}

/// A tile as bytes: its hashes one after the other.
#[must_use]
pub fn to_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// The hashes in the bytes of a tile; `None` when they are no whole number of hashes, or more than a tile has.
#[must_use]
pub fn from_bytes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && hashes.len() <= WIDTH).then(|| hashes.to_vec())
}

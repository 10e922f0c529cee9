//! Checkpoints, tiles and the places of leaves.

use std::collections::HashMap;

use tlog::{
    Checkpoint, Hash, leaf_hash,
    tile::{WIDTH, entries, from_bytes, hashes_at, root, tile_root},
};

use super::{Audit, CannotCheck, Difference, Kind, Stage, ahead::Ask, difference_of};
use crate::{
    Db, DbError, Id, Rx,
    log::{BUNDLES, Epoch, LogError, StoredTiles, Worth, check_note, compare, cosigned, epochs, extends, head, tiles_between, worth},
    params,
};

/// Tiles of a page.
const TILES: u64 = 64;
/// Leaves of a page.
const LEAVES: i64 = 4096;

impl Audit<'_> {
    pub(super) fn checkpoints(&mut self, db: &Db) -> Result<Stage, CannotCheck> {
        // Before the snapshot, as in the sequencer.
        let outside = self.plan.outside.read()?;
        let history = self.plan.outside.history()?;
        let mut found = Vec::new();
        let known = db.walk_now(|rx| {
            let known = epochs(rx)?;
            let mut expected = 0;
            for epoch in &known {
                self.epoch(rx, epoch, expected, &mut found)?;
                expected = epoch.first.saturating_add(i64::try_from(epoch.size).unwrap_or(i64::MAX));
            }
            if let Some(newest) = head(rx)? {
                note(compare(rx, &newest, outside.as_deref(), self.plan.keys).map(drop), &mut found)?;
                for kept in history.iter().filter(|kept| !given_up(&known, kept)) {
                    note(extends(rx, &newest, kept, self.plan.keys, "a checkpoint in the history outside"), &mut found)?;
                }
            } else if outside.is_some() {
                found.push(Difference::new(Kind::LogTruncated, "the database has no log, but a checkpoint stands outside it"));
            }
            Ok::<_, CannotCheck>(known)
        })?;
        self.epochs = known;
        let since = self.since(db, &mut found)?;
        found.into_iter().for_each(|difference| self.found(difference));
        Ok(match (since, self.epochs.first()) {
            (_, None) => Stage::Entries { after: Id::NIL },
            (Some(position), _) => Stage::NewEntries { position },
            (None, Some(first)) => Stage::Tiles { epoch: first.epoch, level: 0, n: 0 },
        })
    }

    /// One epoch: its row, its checkpoint and its tiles' root agree, it follows the one before, witnesses signed what they signed.
    fn epoch(&self, rx: &mut Rx<'_>, epoch: &Epoch, expected: i64, found: &mut Vec<Difference>) -> Result<(), CannotCheck> {
        const PLACE: &str = "the checkpoint in the database";
        if epoch.first != expected {
            found.push(Difference::new(Kind::LeafGap, format!("epoch {} begins at {}, not at {expected}", epoch.epoch, epoch.first)));
        }
        match check_note(&epoch.checkpoint, self.plan.keys, PLACE) {
            Ok(note) if (note.size, note.root, note.origin.as_str()) == (epoch.size, epoch.root, epoch.origin.as_str()) => {}
            Ok(note) => {
                let what = format!("epoch {} has {} leaves, its signed checkpoint {}", epoch.epoch, epoch.size, note.size);
                found.push(Difference::new(Kind::CheckpointForged, what));
            }
            Err(error) => found.push(difference_of(error)?),
        }
        match root(&mut StoredTiles::new(rx, epoch.epoch), epoch.size) {
            Ok(root) if root == epoch.root => {}
            Ok(_) => found.push(Difference::new(Kind::TileAltered, format!("the tiles of epoch {} do not give its root", epoch.epoch))),
            Err(tlog::tile::TileError::Read(error)) => return Err(error.into()),
            Err(error) => found.push(Difference::new(Kind::TileAltered, error.to_string())),
        }
        for one in cosigned(rx, epoch.epoch)? {
            match worth(&one, &self.plan.witnesses) {
                Worth::Holds => note(extends(rx, epoch, &one.note, self.plan.keys, "a checkpoint a witness signed"), found)?,
                Worth::NoKey | Worth::OtherTree | Worth::Nothing => {}
                Worth::Forged => {
                    found.push(Difference::new(Kind::WitnessForged, format!("the signature of {} does not hold", one.witness)))
                }
            }
        }
        Ok(())
    }

    /// The position from which everything is new, when a checkpoint was given.
    fn since(&self, db: &Db, found: &mut Vec<Difference>) -> Result<Option<i64>, CannotCheck> {
        let Some(given) = &self.plan.since else { return Ok(None) };
        // A receipt has its checkpoint below; a note is one.
        let text = tlog::Receipt::parse(given).map_or_else(|_| given.clone(), |receipt| receipt.note.to_string());
        let (checkpoint, _) = Checkpoint::of(&text).map_err(|error| CannotCheck::Checkpoint(error.to_string()))?;
        let Some(epoch) = self.epochs.iter().find(|epoch| epoch.origin == checkpoint.origin).cloned() else {
            return Err(CannotCheck::Checkpoint(format!("it is of the log {}", checkpoint.origin)));
        };
        note(db.walk_now(|rx| extends(rx, &epoch, &text, self.plan.keys, "the checkpoint given")), found)?;
        Ok(Some(epoch.first.saturating_add(i64::try_from(checkpoint.size).unwrap_or(i64::MAX))))
    }

    pub(super) fn tiles(&mut self, db: &Db, number: i64, level: u8, n: u64) -> Result<Stage, CannotCheck> {
        let Some(epoch) = self.epochs.iter().find(|epoch| epoch.epoch == number).cloned() else { return Ok(Stage::Leaves { position: 0 }) };
        let hashes = hashes_at(level, epoch.size);
        let count = hashes.div_ceil(WIDTH as u64);
        let end = count.min(n + TILES);
        let mut found = Vec::new();
        db.walk_now(|rx| {
            let mut stored = |level: i64, from: u64, to: u64| tiles_between(rx, number, level, from, to);
            let own = stored(i64::from(level), n, end)?;
            let above = stored(i64::from(level) + 1, n / WIDTH as u64, end / WIDTH as u64 + 1)?;
            let bundles = if level == 0 { stored(BUNDLES, n, end)? } else { HashMap::new() };
            let stored = Stored { epoch: number, level, own, above, bundles };
            for n in n..end {
                let width = usize::try_from(hashes - n * WIDTH as u64).map_or(WIDTH, |left| left.min(WIDTH));
                found.extend(stored.wrong(n, width));
            }
            Ok::<_, DbError>(())
        })?;
        found.into_iter().for_each(|difference| self.found(difference));
        Ok(match () {
            () if end < count => Stage::Tiles { epoch: number, level, n: end },
            () if hashes >= WIDTH as u64 => Stage::Tiles { epoch: number, level: level + 1, n: 0 },
            () => match self.epochs.iter().find(|epoch| epoch.epoch > number) {
                Some(next) => Stage::Tiles { epoch: next.epoch, level: 0, n: 0 },
                None => Stage::Leaves { position: 0 },
            },
        })
    }

    pub(super) fn leaves(&mut self, db: &Db, position: i64) -> Result<Stage, CannotCheck> {
        match self.leaves_from(position) {
            Some(ask) => self.page(db, ask),
            None => Ok(Stage::Entries { after: Id::NIL }),
        }
    }

    /// The page of leaves from this position; none at the end.
    pub(super) fn leaves_from(&self, position: i64) -> Option<Ask> {
        (position < self.end()).then(|| Ask::Leaves { position, end: self.end().min(position + LEAVES) })
    }

    pub(super) fn judge_leaves(
        &mut self,
        rx: &mut Rx<'_>,
        (position, end): (i64, i64),
        page: &Leaves,
        found: &mut Vec<Difference>,
    ) -> Result<(), DbError> {
        let mut expected = position;
        for (at, entry, commitment) in page {
            let (at, entry) = (*at, *entry);
            if at != expected {
                found.push(Difference::new(Kind::LeafGap, format!("leaf {expected} has no entry")));
            }
            expected = at + 1;
            self.state.leaves += 1;
            let Some(commitment) = commitment else {
                found.push(Difference::new(Kind::EntryDeleted, format!("the entry of leaf {at} is gone")).entry(entry));
                continue;
            };
            if self.leaf(rx, at)? != Some(leaf_hash(commitment)) {
                let what = format!("the entry at leaf {at} is not the one that was logged there");
                found.push(Difference::new(Kind::LeafAltered, what).entry(entry));
            }
        }
        if expected < end {
            found.push(Difference::new(Kind::LeafGap, format!("leaf {expected} has no entry")));
        }
        Ok(())
    }
}

/// Leaves in their order: position, entry, and the entry's commitment when it is there.
pub(super) type Leaves = Vec<(i64, Id, Option<Vec<u8>>)>;

/// The leaves of a stretch. Entries get their places nearly in the order of their ids, so that their commitments are read by a walk
/// from the first to the last, and only strays one by one.
pub(super) fn read(rx: &mut Rx<'_>, position: i64, end: i64) -> Result<Leaves, DbError> {
    let sql = "select position, entry from kernel_log_leaf where position >= $1 and position < $2 order by position";
    let places = rx
        .all(sql, &params![position, end])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect::<Result<Vec<(i64, Id)>, DbError>>()?;
    let (first, last) = (places.iter().map(|(_, entry)| *entry).min(), places.iter().map(|(_, entry)| *entry).max());
    let sql = "select id, digest from kernel_entry where id >= $1 and id <= $2 order by id limit $3";
    let near = rx.all(sql, &params![first, last, LEAVES * 2])?;
    let mut commitments: HashMap<Id, Vec<u8>> = near.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, DbError>>()?;
    let mut leaves = Vec::with_capacity(places.len());
    for (at, entry) in places {
        let commitment = match commitments.remove(&entry) {
            Some(commitment) => Some(commitment),
            None => rx.one("select digest from kernel_entry where id = $1", &params![entry])?.map(|row| row.get(0)).transpose()?,
        };
        leaves.push((at, entry, commitment));
    }
    Ok(leaves)
}

/// Whether a checkpoint is of a tree's end that was lost and given up: the beginning of the next epoch tells of it.
fn given_up(known: &[Epoch], note: &str) -> bool {
    let Ok((checkpoint, _)) = Checkpoint::of(note) else { return false };
    let Some(place) = known.iter().position(|epoch| epoch.origin == checkpoint.origin) else { return false };
    let acknowledged = known.get(place + 1).and_then(|next| Checkpoint::of(&next.previous).ok());
    acknowledged.is_some_and(|(last, _)| last.origin == checkpoint.origin && (known[place].size + 1..=last.size).contains(&checkpoint.size))
}

/// Turns what halts the log into a difference.
fn note(result: Result<(), LogError>, found: &mut Vec<Difference>) -> Result<(), CannotCheck> {
    if let Err(error) = result {
        found.push(difference_of(error)?);
    }
    Ok(())
}

/// A page of tiles as stored, with those above it and, for leaves, the bundles of their entries.
struct Stored {
    epoch: i64,
    level: u8,
    own: HashMap<u64, Vec<u8>>,
    above: HashMap<u64, Vec<u8>>,
    bundles: HashMap<u64, Vec<u8>>,
}

impl Stored {
    /// What is wrong with a tile of so many hashes: it is long enough; when full, its root is the hash above it; a leaf tile has the
    /// hashes of its bundle.
    fn wrong(&self, n: u64, width: usize) -> Option<Difference> {
        let Self { epoch, level, .. } = self;
        let wrong = |what: &str| Some(Difference::new(Kind::TileAltered, format!("tile {level}/{n} of epoch {epoch} {what}")));
        let bytes = |tiles: &HashMap<u64, Vec<u8>>, n: u64| tiles.get(&n).map(|bytes| from_bytes(bytes).unwrap_or_default());
        let Some(hashes) = bytes(&self.own, n).filter(|hashes| hashes.len() >= width) else {
            return wrong("is missing or too short");
        };
        if width == WIDTH {
            let above = bytes(&self.above, n / WIDTH as u64).unwrap_or_default();
            let place = usize::try_from(n % WIDTH as u64).unwrap_or(usize::MAX);
            if tile_root(&hashes) != above.get(place).copied() {
                return wrong("does not fit the tile above it");
            }
        }
        if *level == 0 {
            let bundle = self.bundles.get(&n).map(Vec::as_slice).unwrap_or_default();
            let leaves: Vec<Hash> = entries(bundle).unwrap_or_default().into_iter().map(leaf_hash).collect();
            if leaves.get(..width) != hashes.get(..width) {
                return wrong("does not fit its bundle of entries");
            }
        }
        None
    }
}

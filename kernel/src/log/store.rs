//! The log's rows: epochs, leaves, tiles.

use std::collections::HashMap;

use jiff::Timestamp;
use tlog::{
    Hash, Tile, Tiles,
    tile::{from_bytes, to_bytes},
};

use crate::{
    DbError, Id, Result, Row, Rx, Tx,
    db::{Dialect, rows_of},
    params,
};

/// The level under which bundles of entries are kept.
pub(crate) const BUNDLES: i64 = -1;
/// Rows a statement inserts at once on PostgreSQL, which is spared the round trips. For SQLite such a statement is a savepoint,
/// at which the full-text index of others in the same commit writes out what it has gathered.
const CHUNK: usize = 128;

/// One tree: from its beginning to the next one's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epoch {
    pub epoch: i64,
    pub origin: String,
    /// Position of its first leaf.
    pub first: i64,
    pub size: u64,
    pub root: Hash,
    /// The signed note of size and root.
    pub checkpoint: String,
    pub checkpoint_at: Timestamp,
    pub began_at: Timestamp,
    /// The entry that tells of its beginning; the first leaf of every epoch but the first.
    pub entry: Id,
    pub reason: String,
    /// The checkpoint that stood outside the database when the epoch before was given up; empty in the first.
    pub previous: String,
}

const COLUMNS: &str = "epoch, origin, first, size, root, checkpoint, checkpoint_at, began_at, entry, reason, previous";

fn epoch_of(row: &Row) -> Result<Epoch, DbError> {
    let root = row.get::<Vec<u8>>(4)?.try_into().map_err(|_| DbError::Broken("the root of the log is not 32 bytes".into()))?;
    Ok(Epoch {
        epoch: row.get(0)?,
        origin: row.get(1)?,
        first: row.get(2)?,
        size: u64::try_from(row.get::<i64>(3)?).map_err(|_| DbError::Broken("the size of the log is negative".into()))?,
        root,
        checkpoint: row.get(5)?,
        checkpoint_at: row.get(6)?,
        began_at: row.get(7)?,
        entry: row.get(8)?,
        reason: row.get(9)?,
        previous: row.get(10)?,
    })
}

/// The epoch that grows; none before the log began.
///
/// # Errors
/// What the database says.
pub fn head(rx: &mut Rx<'_>) -> Result<Option<Epoch>, DbError> {
    rx.one(&format!("select {COLUMNS} from kernel_log order by epoch desc limit 1"), &[])?.as_ref().map(epoch_of).transpose()
}

/// Every epoch, oldest first.
///
/// # Errors
/// What the database says.
pub fn epochs(rx: &mut Rx<'_>) -> Result<Vec<Epoch>, DbError> {
    rx.all(&format!("select {COLUMNS} from kernel_log order by epoch"), &[])?.iter().map(epoch_of).collect()
}

/// The epoch and index at which an entry is in the log; none while it waits.
///
/// # Errors
/// What the database says.
pub fn place_of(rx: &mut Rx<'_>, entry: Id) -> Result<Option<(Epoch, u64)>, DbError> {
    let Some(row) = rx.one("select position from kernel_log_leaf where entry = $1", &params![entry])? else { return Ok(None) };
    let position: i64 = row.get(0)?;
    let sql = format!("select {COLUMNS} from kernel_log where first <= $1 order by epoch desc limit 1");
    let Some(epoch) = rx.one(&sql, &params![position])?.as_ref().map(epoch_of).transpose()? else { return Ok(None) };
    let index = u64::try_from(position - epoch.first).unwrap_or(0);
    Ok(Some((epoch, index)))
}

/// Entries at so many places spread evenly over the log, for measuring.
///
/// # Errors
/// What the database says.
pub fn spread(rx: &mut Rx<'_>, places: i64) -> Result<Vec<Id>, DbError> {
    let size = next_position(rx)?;
    let mut entries = Vec::new();
    for place in 0..places {
        let row = rx.one("select entry from kernel_log_leaf where position = $1", &params![size * place / places])?;
        entries.extend(row.map(|row| row.get::<Id>(0)).transpose()?);
    }
    Ok(entries)
}

/// The position after the last leaf.
pub(super) fn next_position(rx: &mut Rx<'_>) -> Result<i64, DbError> {
    // With a value PostgreSQL plans it anew; a plan made while the table was empty would read all of it for ever.
    rx.count("select coalesce(max(position) + 1, 0) from kernel_log_leaf where position >= $1", &params![0_i64])
}

/// An entry without a place: its id and commitment.
pub(super) type Waiting = (Id, Vec<u8>);

/// Entries after `after` that have no place, at most `most`, and where to go on: the last id looked at, or none at the end.
/// Looks at no more than `window` entries.
pub(super) fn waiting(rx: &mut Rx<'_>, after: Id, window: i64, most: usize) -> Result<(Vec<Waiting>, Option<Id>), DbError> {
    let edge = rx.one("select id from kernel_entry where id > $1 order by id limit 1 offset $2", &params![after, window - 1])?;
    let edge: Option<Id> = edge.map(|row| row.get(0)).transpose()?;
    let most_rows = i64::try_from(most).unwrap_or(i64::MAX);
    let found = match edge {
        Some(edge) => rx.all(
            "select e.id, e.digest from kernel_entry e where e.id > $1 and e.id <= $2 \
             and not exists (select 1 from kernel_log_leaf l where l.entry = e.id) order by e.id limit $3",
            &params![after, edge, most_rows],
        )?,
        None => rx.all(
            "select e.id, e.digest from kernel_entry e where e.id > $1 \
             and not exists (select 1 from kernel_log_leaf l where l.entry = e.id) order by e.id limit $2",
            &params![after, most_rows],
        )?,
    };
    let found: Vec<Waiting> = found.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, DbError>>()?;
    // A full batch may have left some before the edge.
    let next = if found.len() == most { found.last().map(|(id, _)| *id) } else { edge };
    Ok((found, next))
}

/// The commitment of one entry, while it has no place.
pub(super) fn waiting_one(rx: &mut Rx<'_>, entry: Id) -> Result<Option<Waiting>, DbError> {
    let sql =
        "select e.id, e.digest from kernel_entry e where e.id = $1 and not exists (select 1 from kernel_log_leaf l where l.entry = e.id)";
    rx.one(sql, &params![entry])?.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// A row of tiles as stored.
pub(crate) fn tile_bytes(rx: &mut Rx<'_>, epoch: i64, level: i64, n: u64) -> Result<Option<Vec<u8>>, DbError> {
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    let row = rx.one("select hashes from kernel_log_tile where epoch = $1 and level = $2 and n = $3", &params![epoch, level, n])?;
    row.map(|row| row.get(0)).transpose()
}

/// The rows of tiles `from..to` of a level that are there.
pub(crate) fn tiles_between(rx: &mut Rx<'_>, epoch: i64, level: i64, from: u64, to: u64) -> Result<HashMap<u64, Vec<u8>>, DbError> {
    let int = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let sql = "select n, hashes from kernel_log_tile where epoch = $1 and level = $2 and n >= $3 and n < $4";
    let rows = rx.all(sql, &params![epoch, level, int(from), int(to)])?;
    rows.iter().map(|row| Ok((u64::try_from(row.get::<i64>(0)?).unwrap_or(0), row.get(1)?))).collect()
}

/// The tiles of one epoch, read when they are asked for.
pub struct StoredTiles<'r, 'c> {
    rx: &'r mut Rx<'c>,
    epoch: i64,
    read: HashMap<Tile, Vec<Hash>>,
}

impl<'r, 'c> StoredTiles<'r, 'c> {
    /// The tiles of this epoch.
    pub fn new(rx: &'r mut Rx<'c>, epoch: i64) -> Self {
        Self { rx, epoch, read: HashMap::new() }
    }
}

/// A union: SQLite reads every tile of the epoch for one condition with `or`.
const TILE_AND_ABOVE: &str = "\
    select level, n, hashes from kernel_log_tile where epoch = $1 and level = $2 and n = $3 union all \
    select level, n, hashes from kernel_log_tile where epoch = $1 and level = $4 and n = $5 union all \
    select level, n, hashes from kernel_log_tile where epoch = $1 and level = $6 and n = $7 union all \
    select level, n, hashes from kernel_log_tile where epoch = $1 and level = $8 and n = $9";

impl Tiles for StoredTiles<'_, '_> {
    type Error = DbError;

    fn hashes(&mut self, tile: Tile) -> Result<Vec<Hash>, DbError> {
        if let Some(hashes) = self.read.get(&tile) {
            return Ok(hashes.clone());
        }
        // Whoever asks for a tile asks for those above it next: one way to the database and back.
        let above = |up: u8| (i64::from(tile.level + up), i64::try_from(tile.n >> (8 * u32::from(up))).unwrap_or(i64::MAX));
        let [own, first, second, third] = [above(0), above(1), above(2), above(3)];
        let wanted = params![self.epoch, own.0, own.1, first.0, first.1, second.0, second.1, third.0, third.1];
        for row in self.rx.all(TILE_AND_ABOVE, &wanted)? {
            let (level, n): (i64, i64) = (row.get(0)?, row.get(1)?);
            if let (Ok(level), Ok(n)) = (u8::try_from(level), u64::try_from(n)) {
                let hashes = from_bytes(&row.get::<Vec<u8>>(2)?).unwrap_or_default();
                self.read.entry(Tile { level, n }).or_insert(hashes);
            }
        }
        Ok(self.read.entry(tile).or_default().clone())
    }
}

/// What one batch changes, computed before its transaction.
#[derive(Debug, Clone)]
pub(super) struct Batch {
    pub(super) epoch: i64,
    /// Size and root it was computed on.
    pub(super) from: (u64, Hash),
    pub(super) first_position: i64,
    pub(super) entries: Vec<Id>,
    pub(super) tiles: Vec<(i64, u64, Vec<u8>)>,
    pub(super) size: u64,
    pub(super) root: Hash,
    pub(super) checkpoint: String,
}

impl Batch {
    pub(super) fn add_hashes(&mut self, tile: Tile, hashes: &[Hash]) {
        self.tiles.push((i64::from(tile.level), tile.n, to_bytes(hashes)));
    }
}

/// Appends a batch, if the tree still is the one it was computed on.
///
/// # Errors
/// [`DbError::Stale`] when it is not; then nothing was written.
pub(super) fn append(tx: &mut Tx<'_>, batch: &Batch) -> Result<(), DbError> {
    let int = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let now = tx.now();
    let moved = tx.upkeep(
        "update kernel_log set size = $1, root = $2, checkpoint = $3, checkpoint_at = $4 where epoch = $5 and size = $6 and root = $7 \
         and not exists (select 1 from kernel_log l where l.epoch > $5)",
        &params![int(batch.size), batch.root, batch.checkpoint.as_str(), now, batch.epoch, int(batch.from.0), batch.from.1],
    )?;
    if moved != 1 {
        return Err(DbError::Stale);
    }
    let mut position = batch.first_position;
    let together = if tx.dialect() == Dialect::Sqlite { 1 } else { CHUNK };
    for chunk in batch.entries.chunks(together) {
        let mut bound = Vec::with_capacity(chunk.len() * 2);
        for entry in chunk {
            bound.extend(params![position, *entry]);
            position += 1;
        }
        tx.upkeep(&rows_of("insert into kernel_log_leaf (position, entry) values ", chunk.len(), 2), &bound)?;
    }
    for (level, n, bytes) in &batch.tiles {
        tx.upkeep(
            "insert into kernel_log_tile (epoch, level, n, hashes) values ($1, $2, $3, $4) \
             on conflict (epoch, level, n) do update set hashes = excluded.hashes",
            &params![batch.epoch, *level, int(*n), bytes.clone()],
        )?;
    }
    Ok(())
}

/// Writes a new epoch.
pub(super) fn begin(tx: &mut Tx<'_>, epoch: &Epoch) -> Result<(), DbError> {
    let size = i64::try_from(epoch.size).unwrap_or(i64::MAX);
    let marks = "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    tx.upkeep(
        &format!("insert into kernel_log ({COLUMNS}) values {marks}"),
        &params![
            epoch.epoch,
            epoch.origin.as_str(),
            epoch.first,
            size,
            epoch.root,
            epoch.checkpoint.as_str(),
            epoch.checkpoint_at,
            epoch.began_at,
            epoch.entry,
            epoch.reason.as_str(),
            epoch.previous.as_str()
        ],
    )?;
    Ok(())
}

//! Checking everything that is stored against the log: whether anybody changed a row past this program.
//!
//! An [`Audit`] goes through the data page by page, in stages: checkpoints and what stands outside, tiles, the place of every
//! leaf, every entry with the row versions it commits to, and every row of every audited table against its history. Each page
//! is of one moment, so it may run beside the server; its [`State`] can be written down and taken up again.

mod ahead;
mod entries;
mod history;
mod rows;
mod tree;

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};
use tlog::{Hash, Verifier, tile::from_bytes};

use crate::{
    Db, DbError, Error, Id, Result, Rx, Table,
    keys::Keys,
    log::{Epoch, LogError, Outside, epochs, tiles_between},
};

/// What does not agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A row does not look as its last version says.
    RowAltered,
    /// A row looks as an earlier version of it says.
    RowOlder,
    /// A row looks as a version of another row says.
    RowSwapped,
    /// A row that history knows is gone.
    RowDeleted,
    /// A row that history does not know, or knows as deleted.
    RowInserted,
    /// A version's image does not give its digest.
    HistoryAltered,
    /// A version has no image, and no erasure tells of it.
    HistoryErased,
    /// A version that was erased has its image again.
    ErasureUndone,
    /// A version is missing, or there is one too many.
    HistoryGap,
    /// A version belongs to no entry.
    HistoryOrphan,
    /// A version of a table that this release does not know.
    HistoryUnknown,
    /// An entry does not give its digest.
    EntryAltered,
    /// The row versions of an entry are not those it commits to.
    EntryChanges,
    /// An entry that has a place in the log is gone.
    EntryDeleted,
    /// An entry's commitment is not the leaf of its place.
    LeafAltered,
    /// Places are missing or not in their order.
    LeafGap,
    /// A tile or bundle is missing, too short, or does not fit the one above it.
    TileAltered,
    /// A checkpoint is not signed by us, or not that of its tree.
    CheckpointForged,
    /// The tree is smaller than a checkpoint kept elsewhere.
    LogTruncated,
    /// The tree does not extend a checkpoint kept elsewhere.
    LogForked,
    /// There is no checkpoint outside the database to compare with.
    OutsideMissing,
    /// A witness's signature does not hold.
    WitnessForged,
}

/// One thing that does not agree, named as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<Id>,
    /// In words, without values.
    pub what: String,
}

impl Difference {
    fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self { kind, table: None, row: None, version: None, entry: None, what: what.into() }
    }

    fn row(mut self, table: &str, row: Id, version: i64) -> Self {
        (self.table, self.row, self.version) = (Some(table.to_owned()), Some(row), Some(version));
        self
    }

    fn entry(mut self, entry: Id) -> Self {
        self.entry = Some(entry);
        self
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = serde_json::to_value(self.kind).unwrap_or_default();
        write!(f, "{}", kind.as_str().unwrap_or_default())?;
        if let Some(table) = &self.table {
            write!(f, " {table}")?;
        }
        if let Some(row) = self.row {
            write!(f, " row {row}")?;
        }
        if let Some(version) = self.version {
            write!(f, " version {version}")?;
        }
        if let Some(entry) = self.entry {
            write!(f, " entry {entry}")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// Where an audit is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "stage")]
pub enum Stage {
    /// Checkpoints, their signatures, and what stands outside the database.
    Checkpoints,
    /// Tiles of an epoch from tile `n` of `level`.
    Tiles {
        epoch: i64,
        level: u8,
        n: u64,
    },
    /// Leaves from this position.
    Leaves {
        position: i64,
    },
    /// Entries after this id and the versions they commit to.
    Entries {
        after: Id,
    },
    /// Entries from this position, and the rows they changed.
    NewEntries {
        position: i64,
    },
    /// Rows of a table after this id.
    Rows {
        table: String,
        after: Id,
    },
    /// Tables in history that nobody declared.
    Strangers,
    Done,
}

/// What an audit found so far; it can be written down and taken up again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub stage: Stage,
    /// The newest checkpoint when the audit began; entries after it are passed over as leaves.
    pub checkpoint: String,
    pub leaves: u64,
    pub entries: u64,
    /// Entries that have no place yet.
    pub waiting: u64,
    pub versions: u64,
    pub rows: u64,
    pub differences: Vec<Difference>,
}

impl State {
    const fn counts(&self) -> [u64; 5] {
        [self.leaves, self.entries, self.waiting, self.versions, self.rows]
    }

    const fn count(&mut self, counts: [u64; 5]) {
        [self.leaves, self.entries, self.waiting, self.versions, self.rows] = counts;
    }
}

/// What is checked.
pub struct Plan<'a> {
    pub keys: &'a Keys,
    pub outside: Outside,
    /// Every table of this release.
    pub tables: Vec<&'static Table>,
    /// Only this table's rows against their history; without the log.
    pub only: Option<String>,
    /// A checkpoint kept elsewhere: the log must extend it, and only what came after it is checked.
    pub since: Option<String>,
    /// Keys of witnesses whose signatures are checked.
    pub witnesses: Vec<Verifier>,
    /// Differences after which it ends.
    pub most: usize,
}

/// An audit under way.
pub struct Audit<'a> {
    plan: Plan<'a>,
    state: State,
    /// Leaf tiles by epoch and number, the latest few.
    leaf_tiles: HashMap<(i64, u64), Vec<Hash>>,
    latest: VecDeque<(i64, u64)>,
    epochs: Vec<Epoch>,
    ahead: Option<ahead::Ahead>,
}

/// Why an audit cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CannotCheck {
    /// The table is not one this release audits.
    #[error("there is no audited table {0}")]
    NoTable(String),
    /// The checkpoint given is not one of this log.
    #[error("the checkpoint given: {0}")]
    Checkpoint(String),
    /// The state belongs to another log or an older run.
    #[error("the state file is of another audit; remove it to begin anew")]
    OtherState,
    /// The database, the keys or the disk.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<DbError> for CannotCheck {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

const LEAF_TILES_KEPT: usize = 64;
/// Tiles of leaves read in one go.
const LEAF_TILES_TOGETHER: u64 = 16;

impl<'a> Audit<'a> {
    /// An audit from the beginning, or taken up where `state` was.
    ///
    /// # Errors
    /// [`CannotCheck`].
    pub fn new(plan: Plan<'a>, db: &Db, state: Option<State>) -> Result<Self, CannotCheck> {
        if let Some(only) = plan.only.as_deref().filter(|only| !plan.tables.iter().any(|table| table.audited && table.name == *only)) {
            return Err(CannotCheck::NoTable(only.to_owned()));
        }
        let known = db.read_now(epochs)?;
        let newest = known.last().map(|epoch| epoch.checkpoint.clone()).unwrap_or_default();
        let state = match state {
            Some(state) => {
                let origin = state.checkpoint.lines().next().unwrap_or_default();
                if !state.checkpoint.is_empty() && !known.iter().any(|epoch| epoch.origin == origin) {
                    return Err(CannotCheck::OtherState);
                }
                state
            }
            None => State {
                stage: match &plan.only {
                    Some(only) => Stage::Rows { table: only.clone(), after: Id::NIL },
                    None => Stage::Checkpoints,
                },
                checkpoint: newest,
                leaves: 0,
                entries: 0,
                waiting: 0,
                versions: 0,
                rows: 0,
                differences: Vec::new(),
            },
        };
        Ok(Self { plan, state, leaf_tiles: HashMap::new(), latest: VecDeque::new(), epochs: known, ahead: None })
    }

    /// Where it is and what it found.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Whether there is nothing left to check, or enough was found.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state.stage == Stage::Done || self.state.differences.len() >= self.plan.most
    }

    /// Checks one page.
    ///
    /// # Errors
    /// [`CannotCheck::Failed`] when the database is away; the same page can be tried again.
    pub fn step(&mut self, db: &Db) -> Result<(), CannotCheck> {
        self.state.stage = match self.state.stage.clone() {
            Stage::Checkpoints => self.checkpoints(db)?,
            Stage::Tiles { epoch, level, n } => self.tiles(db, epoch, level, n)?,
            Stage::Leaves { position } => self.leaves(db, position)?,
            Stage::Entries { after } => self.entries(db, after)?,
            Stage::NewEntries { position } => self.new_entries(db, position)?,
            Stage::Rows { table, after } => self.rows(db, &table, after)?,
            Stage::Strangers => self.strangers(db)?,
            Stage::Done => Stage::Done,
        };
        Ok(())
    }

    fn found(&mut self, difference: Difference) {
        if self.state.differences.len() < self.plan.most {
            self.state.differences.push(difference);
        }
    }

    fn audited(&self) -> impl Iterator<Item = &'static Table> + '_ {
        self.plan.tables.iter().copied().filter(|table| table.audited)
    }

    /// The rows of the table after this one, or of the first.
    fn next_table(&self, after: Option<&str>) -> Stage {
        let mut names: Vec<&str> = self.audited().map(|table| table.name).collect();
        names.sort_unstable();
        let next = names.into_iter().find(|name| after.is_none_or(|after| *name > after));
        match next {
            Some(table) if self.plan.only.is_none() || after.is_none() => Stage::Rows { table: table.to_owned(), after: Id::NIL },
            _ if self.plan.only.is_some() => Stage::Done,
            _ => Stage::Strangers,
        }
    }

    /// The epoch that has a position, and the index in its tree.
    fn place(&self, position: i64) -> Option<(&Epoch, u64)> {
        let epoch = self.epochs.iter().rev().find(|epoch| epoch.first <= position)?;
        Some((epoch, u64::try_from(position - epoch.first).ok()?))
    }

    /// The hash of a leaf, as its tile has it.
    fn leaf(&mut self, rx: &mut Rx<'_>, position: i64) -> Result<Option<Hash>, DbError> {
        let Some((epoch, index)) = self.place(position).map(|(epoch, index)| (epoch.epoch, index)) else { return Ok(None) };
        let (key, at) = ((epoch, index / 256), usize::try_from(index % 256).unwrap_or(usize::MAX));
        if let Some(hashes) = self.leaf_tiles.get(&key) {
            return Ok(hashes.get(at).copied());
        }
        // Whoever asks for one leaf asks for those after it next.
        let mut stored = tiles_between(rx, epoch, 0, key.1, key.1 + LEAF_TILES_TOGETHER)?;
        // One that is not there is not asked for again with each of its leaves.
        stored.entry(key.1).or_default();
        let mut leaf = None;
        for n in key.1..key.1 + LEAF_TILES_TOGETHER {
            let Some(bytes) = stored.remove(&n) else { continue };
            let hashes = from_bytes(&bytes).unwrap_or_default();
            if n == key.1 {
                leaf = hashes.get(at).copied();
            }
            if self.leaf_tiles.insert((epoch, n), hashes).is_none() {
                self.latest.push_back((epoch, n));
            }
        }
        while self.latest.len() > LEAF_TILES_KEPT
            && let Some(oldest) = self.latest.pop_front()
        {
            self.leaf_tiles.remove(&oldest);
        }
        Ok(leaf)
    }

    /// The position after the last leaf when the audit began.
    fn end(&self) -> i64 {
        let size = tlog::Checkpoint::of(&self.state.checkpoint).map_or(0, |(checkpoint, _)| checkpoint.size);
        let origin = self.state.checkpoint.lines().next().unwrap_or_default();
        let first = self.epochs.iter().find(|epoch| epoch.origin == origin).map_or(0, |epoch| epoch.first);
        first.saturating_add(i64::try_from(size).unwrap_or(i64::MAX))
    }
}

/// What the log's own check says, as a difference.
fn difference_of(error: LogError) -> Result<Difference, CannotCheck> {
    use crate::log::Halt;
    let LogError::Halted(halt) = error else {
        return Err(match error {
            LogError::Failed(error) => error.into(),
            other => Error::Failed(other.to_string()).into(),
        });
    };
    let kind = match &halt {
        Halt::NoOutside => Kind::OutsideMissing,
        Halt::Truncated { .. } => Kind::LogTruncated,
        Halt::Forked { .. } | Halt::OtherLog(_) => Kind::LogForked,
        Halt::Forged { .. } => Kind::CheckpointForged,
        Halt::Tile { .. } => Kind::TileAltered,
    };
    Ok(Difference::new(kind, halt.to_string()))
}

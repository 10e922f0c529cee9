//! Giving entries their place.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tlog::{
    Edge, Note, Signer,
    tile::{WIDTH, push_entry},
};

use super::{
    Halt, LogError, check_note, epoch,
    outside::{Outside, Standing, compare},
    sign, signers,
    store::{self, BUNDLES, Batch, Epoch, StoredTiles, Waiting, head, next_position, tile_bytes, waiting, waiting_one},
};
use crate::{DbError, Error, Gov, Id, NewEntry, Rx};
use tlog::Tiles as _;

/// Entries one transaction places: a few milliseconds of the writer.
const BATCH: usize = 2048;
/// Steps of a tick among the latest entries, and in a sweep: each places up to [`BATCH`] or looks at [`WINDOW`].
const NEAR_STEPS: u32 = 16;
const SWEEP_STEPS: u32 = 6;
/// Entries one query looks at.
const WINDOW: i64 = 20_000;
/// How far back each second's look goes.
const NEAR: SignedDuration = SignedDuration::from_secs(5);
/// How far back each minute's goes: longer than any request or transaction may take.
const FAR: SignedDuration = SignedDuration::from_mins(10);
const FAR_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// How often everything is looked through.
const ALL_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// How often a checkpoint goes into the history outside.
const REMEMBER_EVERY: SignedDuration = SignedDuration::from_mins(10);
/// How often in one look another process may be first.
const OVERTAKEN_MAX: u32 = 16;
/// A bundle entry: two bytes of length and a commitment.
pub(super) const BUNDLED_BYTES: usize = 34;

/// What a look through the entries did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sequenced {
    /// Entries that got their place now.
    pub appended: usize,
    /// Leaves of the tree.
    pub size: u64,
}

/// Gives entries their place, for one government in one process.
pub struct Sequencer {
    gov: Arc<Gov>,
    outside: Outside,
    /// The checkpoint last seen to be ours and kept outside.
    known: Option<String>,
    far_at: Option<Timestamp>,
    all_at: Option<Timestamp>,
    /// How far a look through everything has come.
    sweep: Option<Id>,
    remembered_at: Option<Timestamp>,
}

/// What a batch is computed from, all of one moment.
struct Ground {
    head: Epoch,
    edge: Edge,
    /// The unfinished bundle.
    bundle: Vec<u8>,
    position: i64,
    waiting: Vec<Waiting>,
    next: Option<Id>,
}

impl Sequencer {
    /// A sequencer of this government.
    #[must_use]
    pub fn new(gov: Arc<Gov>) -> Self {
        let outside = Outside::new(&gov.settings().folder);
        Self { gov, outside, known: None, far_at: None, all_at: None, sweep: None, remembered_at: None }
    }

    /// Looks for entries without a place and appends them: the latest, further back when it is time for that, and a part of
    /// all of them while a sweep is under way. A backlog (an older release, an import) is worked off over several ticks, so
    /// that others get at the writer between.
    ///
    /// # Errors
    /// [`LogError::Halted`] when database and the checkpoint outside do not fit together; nothing is appended then.
    pub fn tick(&mut self) -> Result<Sequenced, LogError> {
        let now = self.gov.now();
        let due = |last: Option<Timestamp>, every| last.is_none_or(|last| now.duration_since(last) >= every);
        let far = due(self.far_at, FAR_EVERY);
        let back = now.saturating_sub(if far { FAR } else { NEAR }).unwrap_or(Timestamp::UNIX_EPOCH);
        let (mut done, rest) = self.look(from(back), NEAR_STEPS)?;
        // What was not reached is soon too old for the nearest look.
        self.far_at = match rest {
            Some(_) => None,
            None if far => Some(now),
            None => self.far_at,
        };
        if self.sweep.is_none() && due(self.all_at, ALL_EVERY) {
            (self.sweep, self.all_at) = (Some(Id::NIL), Some(now));
        }
        if let Some(cursor) = self.sweep {
            let (more, rest) = self.look(cursor, SWEEP_STEPS)?;
            self.sweep = rest;
            done = Sequenced { appended: done.appended + more.appended, size: more.size };
        }
        Ok(done)
    }

    /// Looks back as far as any transaction may have taken: for an orderly end, when nothing writes any more.
    ///
    /// # Errors
    /// As [`Sequencer::tick`].
    pub fn finish(&mut self) -> Result<Sequenced, LogError> {
        let back = self.gov.now().saturating_sub(FAR).unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(self.look(from(back), u32::MAX)?.0)
    }

    /// Looks through every entry now.
    ///
    /// # Errors
    /// As [`Sequencer::tick`].
    pub fn sequence_all(&mut self) -> Result<Sequenced, LogError> {
        Ok(self.look(Id::NIL, u32::MAX)?.0)
    }

    /// Looks from `after` on, in at most so many steps; where to go on, if there is more.
    fn look(&mut self, after: Id, steps: u32) -> Result<(Sequenced, Option<Id>), LogError> {
        let mut done = Sequenced::default();
        let (mut cursor, mut overtaken) = (Some(after), 0);
        for _ in 0..steps {
            let Some(from) = cursor else { break };
            let ground = self.ground(from)?;
            done.size = ground.head.size;
            let next = ground.next;
            if !ground.waiting.is_empty() {
                let count = ground.waiting.len();
                match self.append(ground) {
                    Ok(size) => (done.size, done.appended) = (size, done.appended + count),
                    // Another process placed them, or some of them: look again from here.
                    Err(LogError::Overtaken) if overtaken < OVERTAKEN_MAX => {
                        overtaken += 1;
                        continue;
                    }
                    Err(error) => return Err(error),
                }
            }
            cursor = next;
        }
        self.remember()?;
        Ok((done, cursor))
    }

    /// The log's head, checked, with what waits after `cursor`.
    fn ground(&mut self, cursor: Id) -> Result<Ground, LogError> {
        let db = self.gov.db().clone();
        loop {
            // Before the snapshot: whatever stands outside was committed before it.
            let outside = self.outside.read()?;
            let read = db.walk_now(|rx| self.read_ground(rx, cursor, outside.as_deref()))?;
            match read {
                Some((ground, known)) => {
                    if let Some(note) = known {
                        self.outside.keep(&note)?;
                        self.rotated(&note, &ground.head.origin)?;
                        self.known = Some(note);
                    }
                    return Ok(ground);
                }
                None => epoch::begin(&self.gov, &self.outside)?,
            }
        }
    }

    /// `None` before the log began. Beside the ground the checkpoint that is now known to be ours, when it was not.
    fn read_ground(&self, rx: &mut Rx<'_>, cursor: Id, outside: Option<&str>) -> Result<Option<(Ground, Option<String>)>, LogError> {
        let Some(head) = head(rx)? else { return Ok(None) };
        let known = if self.known.as_ref() == Some(&head.checkpoint) { None } else { Some(self.recognise(rx, &head, outside)?) };
        let mut tiles = StoredTiles::new(rx, head.epoch);
        let mut failed = None;
        let edge = Edge::read(head.size, |tile| tiles.hashes(tile).map_err(|error| failed = Some(error)).ok());
        if let Some(error) = failed {
            return Err(error.into());
        }
        let edge = edge.map_err(|error| LogError::Halted(Halt::Tile { level: error.0.level, n: error.0.n }))?;
        if edge.root() != head.root {
            return Err(LogError::Halted(Halt::Forked { outside: head.size }));
        }
        let bundle = unfinished_bundle(rx, &head)?;
        let position = next_position(rx)?;
        let first = if head.size == 0 { waiting_one(rx, head.entry)? } else { None };
        // A new epoch begins with the entry that tells of it.
        let (waiting, next) = match first {
            Some(first) => (vec![first], Some(cursor)),
            None => waiting(rx, cursor, WINDOW, BATCH)?,
        };
        Ok(Some((Ground { head, edge, bundle, position, waiting, next }, known)))
    }

    /// Checks a checkpoint this process did not make: signed by us, fitting its row, extending the one outside.
    fn recognise(&self, rx: &mut Rx<'_>, head: &Epoch, outside: Option<&str>) -> Result<String, LogError> {
        const PLACE: &str = "the checkpoint in the database";
        let found = check_note(&head.checkpoint, self.gov.keys(), PLACE)?;
        if (found.size, found.root) != (head.size, head.root) || found.origin != head.origin {
            return Err(LogError::Halted(Halt::Forged { place: PLACE, what: "it is not the checkpoint of this tree".to_owned() }));
        }
        match compare(rx, head, outside, self.gov.keys())? {
            Standing::Same | Standing::Behind => Ok(head.checkpoint.clone()),
        }
    }

    /// Tells the log of a key that never signed it before.
    fn rotated(&self, note: &str, origin: &str) -> Result<(), LogError> {
        let signers = signers(self.gov.keys(), origin)?;
        let signed = Note::parse(note).map_err(|error| Error::Failed(error.to_string()))?;
        let Some(newest) = signers.first().filter(|key| !signed.signatures.iter().any(|made| key.verifier().made(made))) else {
            return Ok(());
        };
        let detail = json!({ "origin": origin, "key": newest.verifier().to_string() });
        let written = self.gov.db().write_now(&self.gov.system_ctx("log"), move |tx| {
            tx.entry(NewEntry::new("log.key").detail(detail.clone()));
            Ok::<_, Error>(())
        });
        Ok(written?)
    }

    fn append(&mut self, ground: Ground) -> Result<u64, LogError> {
        let signers = signers(self.gov.keys(), &ground.head.origin)?;
        let batch = compute(ground, &signers);
        let (note, size) = (batch.checkpoint.clone(), batch.size);
        let written = self.gov.db().write_now(&self.gov.system_ctx("log"), move |tx| store::append(tx, &batch));
        match written {
            Ok(()) => {}
            Err(DbError::Stale | DbError::Conflict | DbError::Constraint(_)) => return Err(LogError::Overtaken),
            Err(error) => return Err(error.into()),
        }
        self.outside.keep(&note)?;
        self.known = Some(note);
        Ok(size)
    }

    fn remember(&mut self) -> Result<(), LogError> {
        let now = self.gov.now();
        let due = self.remembered_at.is_none_or(|last| now.duration_since(last) >= REMEMBER_EVERY);
        if let Some(note) = self.known.as_ref().filter(|_| due) {
            self.outside.remember(note)?;
            self.remembered_at = Some(now);
        }
        Ok(())
    }
}

/// The smallest id of a moment.
fn from(at: Timestamp) -> Id {
    Id::from_parts(u64::try_from(at.as_millisecond()).unwrap_or(0), &[0; 10])
}

fn unfinished_bundle(rx: &mut Rx<'_>, head: &Epoch) -> Result<Vec<u8>, LogError> {
    let width = usize::try_from(head.size % WIDTH as u64).unwrap_or(0);
    if width == 0 {
        return Ok(Vec::new());
    }
    let n = head.size / WIDTH as u64;
    let mut bytes = tile_bytes(rx, head.epoch, BUNDLES, n)?.unwrap_or_default();
    if bytes.len() < width * BUNDLED_BYTES {
        return Err(LogError::Halted(Halt::Tile { level: 0, n }));
    }
    bytes.truncate(width * BUNDLED_BYTES);
    Ok(bytes)
}

/// The tiles, bundles and checkpoint after these entries.
fn compute(ground: Ground, signers: &[Signer]) -> Batch {
    let Ground { head, mut edge, mut bundle, position, waiting, .. } = ground;
    let mut n = head.size / WIDTH as u64;
    let mut tiles = Vec::new();
    for (_, commitment) in &waiting {
        // 32 bytes always fit.
        let _ = push_entry(&mut bundle, commitment);
        if bundle.len() == WIDTH * BUNDLED_BYTES {
            tiles.push((BUNDLES, n, std::mem::take(&mut bundle)));
            n += 1;
        }
    }
    if !bundle.is_empty() {
        tiles.push((BUNDLES, n, bundle));
    }
    let changed = edge.append(waiting.iter().map(|(_, commitment)| commitment.as_slice()));
    let (size, root) = (edge.size(), edge.root());
    let mut batch = Batch {
        epoch: head.epoch,
        from: (head.size, head.root),
        first_position: position,
        entries: waiting.iter().map(|(id, _)| *id).collect(),
        tiles,
        size,
        root,
        checkpoint: sign(signers, &head.origin, size, root),
    };
    for (tile, hashes) in &changed {
        batch.add_hashes(*tile, hashes);
    }
    batch
}

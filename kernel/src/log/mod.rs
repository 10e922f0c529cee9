//! The transparency log: the order of all entries, in a tree whose past nobody can rewrite unseen.
//!
//! A leaf is the commitment of an entry (`kernel_entry.digest`), never a value. A [`Sequencer`] takes committed entries that
//! have no place yet and appends them, by compare-and-swap on the tree's size, so that several processes may run one. Writing
//! an entry costs the log nothing: what has no place is found by an anti-join over the latest ids each second, over the last
//! ten minutes each minute, and over everything at the start and each hour, because transactions commit out of the order of
//! their ids.
//!
//! The signed checkpoint is kept in the database and, outside it, in the government's folder ([`Outside`]). When the database's
//! tree does not extend the one outside — an old copy was put back, or somebody rewrote it — sequencing stops until
//! [`new_epoch`] begins a new tree, whose first leaf tells of it.
//!
//! Formats: C2SP tlog-tiles, tlog-checkpoint, signed-note, tlog-witness, tlog-proof; hashing RFC 6962. See `libs/tlog`.

mod epoch;
mod outside;
mod read;
mod run;
mod sequence;
mod store;
#[cfg(test)]
mod tests;
mod witness;

use tlog::{Checkpoint, Hash, Note, Signer, Verifier, note::Algorithm};

pub use epoch::{adopt, new_epoch};
pub(crate) use outside::extends;
pub use outside::{Outside, Standing, compare};
pub use read::{Asked, Version, checkpoint, entry_of, receipt, tile, verifier_keys};
pub use run::run;
pub use sequence::{Sequenced, Sequencer};
pub(crate) use store::{BUNDLES, tiles_between};
pub use store::{Epoch, StoredTiles, epochs, head, place_of, spread};
pub use witness::{
    Cosigned, WitnessKey, Worth, cosigned, judge as judge_cosignature, keep as keep_cosignature, request as witness_request, worth,
};

use crate::{DbError, Error, Gov, Table, keys::Keys};

/// Epochs of the log.
pub static LOG: Table = Table::upkeep("kernel_log");
/// Which entry is which leaf.
pub static LEAF: Table = Table::upkeep("kernel_log_leaf");
/// Hashes and bundles.
pub static TILE: Table = Table::upkeep("kernel_log_tile");
/// What witnesses signed.
pub static WITNESS: Table = Table::upkeep("kernel_log_witness");
/// The tables of this module.
pub const TABLES: &[&Table] = &[&LOG, &LEAF, &TILE, &WITNESS];

/// Signatures on a checkpoint: of the newest key and the one before, so that a rotation breaks nobody's check.
const SIGNING_KEYS: usize = 2;

/// Why the log does not go on.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The database's tree and the checkpoint outside it do not fit together.
    #[error("the log has stopped: {0}")]
    Halted(Halt),
    /// Another process was first; nothing is wrong.
    #[error("another process was first")]
    Overtaken,
    /// The database, a key or the disk.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<DbError> for LogError {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

/// What does not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// The database has a tree and there is no checkpoint outside it.
    #[error("the checkpoint outside the database is gone; put it back, or take the database as it is with `log adopt`")]
    NoOutside,
    /// The database's tree is smaller than the one outside.
    #[error(
        "the database has {inside} entries in its tree, the checkpoint outside has {outside}: an older copy was put back; see `log new-epoch`"
    )]
    Truncated { inside: u64, outside: u64 },
    /// The database's tree is another one.
    #[error(
        "the tree of the database does not extend the checkpoint outside, of {outside} entries: its past was changed; see `log new-epoch`"
    )]
    Forked { outside: u64 },
    /// The checkpoint outside is of another log.
    #[error("the checkpoint outside is of the log {0}; see `log new-epoch`")]
    OtherLog(String),
    /// A checkpoint that our keys did not sign, or that cannot be read.
    #[error("{place}: {what}")]
    Forged { place: &'static str, what: String },
    /// A tile is missing or too short.
    #[error("the tile {level}/{n} is missing or has too few hashes")]
    Tile { level: u8, n: u64 },
}

/// The name of a government's first log: host and slug, as a URL without its scheme. Later epochs have their number behind it.
#[must_use]
pub fn origin(public_url: &str, slug: &str) -> String {
    let host = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    format!("{}/{slug}/log", host.trim_end_matches('/'))
}

fn origin_of(gov: &Gov, epoch: i64) -> String {
    let settings = gov.settings();
    let first = origin(&settings.public_url, &settings.slug);
    if epoch == 1 { first } else { format!("{first}/{epoch}") }
}

/// The keys that sign under this origin, newest first.
///
/// # Errors
/// [`Error::Failed`] when the origin cannot name a key.
pub fn signers(keys: &Keys, origin: &str) -> Result<Vec<Signer>, Error> {
    let made = keys.log_seeds().iter().map(|seed| Signer::from_seed(origin, Algorithm::Ed25519, seed)).collect::<Result<_, _>>();
    made.map_err(|error| Error::Failed(format!("{origin}: {error}")))
}

/// Their public halves: every key that ever signed here.
///
/// # Errors
/// As [`signers`].
pub fn verifiers(keys: &Keys, origin: &str) -> Result<Vec<Verifier>, Error> {
    Ok(signers(keys, origin)?.iter().map(|signer| signer.verifier().clone()).collect())
}

/// The signed note of a tree.
fn sign(signers: &[Signer], origin: &str, size: u64, root: Hash) -> String {
    let text = Checkpoint::new(origin, size, root).to_string();
    let signatures = signers.iter().take(SIGNING_KEYS).map(|signer| signer.sign(&text)).collect();
    Note { text, signatures }.to_string()
}

/// Reads a note and checks that one of our keys signed it.
///
/// # Errors
/// [`Halt::Forged`].
pub fn check_note(note: &str, keys: &Keys, place: &'static str) -> Result<Checkpoint, LogError> {
    let forged = |what: String| LogError::Halted(Halt::Forged { place, what });
    let (checkpoint, signed) = Checkpoint::of(note).map_err(|error| forged(error.to_string()))?;
    let known = verifiers(keys, &checkpoint.origin)?;
    signed.verify(&known).map_err(|error| forged(error.to_string()))?;
    Ok(checkpoint)
}

//! Witnesses from the log's side: what each of them saw last, what it is asked next, and what it signed
//! (c2sp.org/tlog-witness). Asking them over HTTP is the application's work.

use jiff::Timestamp;
use tlog::{Note, Signature, Verifier, note::Algorithm, proof::consistency, witness::AddCheckpoint};

use super::{
    LogError,
    outside::{extends, tile_fault},
    store::{Epoch, StoredTiles, head},
};
use crate::{DbError, Error, Result, Row, Rx, Tx, keys::Keys, params};

/// A witness as configured: where it is asked, and the key it signs with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessKey {
    /// The submission prefix; `/add-checkpoint` is put behind it.
    pub url: String,
    pub verifier: Verifier,
}

/// The last checkpoint a witness signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    pub witness: String,
    pub size: u64,
    /// The log's own signed note; empty when only the witness's size is known.
    pub note: String,
    /// The witness's signature line.
    pub line: String,
    pub at: Timestamp,
}

impl Cosigned {
    /// Its signature, if it is over this very text.
    #[must_use]
    pub fn signature_over(&self, text: &str) -> Option<Signature> {
        let note = Note::parse(&self.note).ok()?;
        (note.text == text).then(|| Signature::parse(&self.line)).flatten()
    }
}

/// What a witness's line is worth to somebody with these keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// Signed with the key that is configured for it, over a checkpoint of this log.
    Holds,
    /// No key is configured for a witness of this name: nobody here can tell.
    NoKey,
    /// The signature does not hold under the key that is configured.
    Forged,
    /// It holds, over a checkpoint that this log does not extend.
    OtherTree,
    /// The witness has only said how much it saw.
    Nothing,
}

impl Worth {
    /// As stored and in text keys.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::NoKey => "no-key",
            Self::Forged => "forged",
            Self::OtherTree => "other-tree",
            Self::Nothing => "nothing",
        }
    }
}

/// Verifies a witness's signature against the key configured for its name. Whether the log extends what it signed is asked apart
/// ([`judge`] does both).
#[must_use]
pub fn worth(one: &Cosigned, keys: &[Verifier]) -> Worth {
    if one.note.is_empty() {
        return Worth::Nothing;
    }
    let Some(key) = keys.iter().find(|key| key.algorithm() == Algorithm::Cosignature && key.name() == one.witness) else {
        return Worth::NoKey;
    };
    let signed = Note::parse(&one.note).ok().and_then(|note| Some((one.signature_over(&note.text)?, note)));
    match signed {
        Some((signature, note)) if key.verify(&note.text, &signature).is_ok() => Worth::Holds,
        _ => Worth::Forged,
    }
}

/// What a witness's line of an epoch is worth, with the question whether the log as it is now extends what it signed.
///
/// # Errors
/// What the database says; [`LogError::Halted`] is an answer here, not an error.
pub fn judge(rx: &mut Rx<'_>, epoch: &Epoch, one: &Cosigned, witnesses: &[Verifier], keys: &Keys) -> Result<Worth> {
    match worth(one, witnesses) {
        Worth::Holds => match extends(rx, epoch, &one.note, keys, "a checkpoint a witness signed") {
            Ok(()) => Ok(Worth::Holds),
            Err(LogError::Failed(error)) => Err(error),
            Err(_) => Ok(Worth::OtherTree),
        },
        other => Ok(other),
    }
}

/// What witnesses signed in an epoch, by their names.
///
/// # Errors
/// What the database says.
pub fn cosigned(rx: &mut Rx<'_>, epoch: i64) -> Result<Vec<Cosigned>, DbError> {
    let sql = "select witness, size, note, line, at from kernel_log_witness where epoch = $1 order by witness";
    let of = |row: &Row| {
        let size = u64::try_from(row.get::<i64>(1)?).unwrap_or(0);
        Ok(Cosigned { witness: row.get(0)?, size, note: row.get(2)?, line: row.get(3)?, at: row.get(4)? })
    };
    rx.all(sql, &params![epoch])?.iter().map(of).collect()
}

/// What to ask a witness next, with the epoch it is about; none when it saw the newest checkpoint.
///
/// # Errors
/// [`LogError::Halted`] when a tile is missing.
pub fn request(rx: &mut Rx<'_>, witness: &str) -> Result<Option<(i64, AddCheckpoint)>, LogError> {
    let Some(head) = head(rx)? else { return Ok(None) };
    let seen = cosigned(rx, head.epoch)?.into_iter().find(|one| one.witness == witness);
    let old = seen.as_ref().map_or(0, |one| one.size);
    if head.size == 0 || seen.is_some_and(|one| one.size == head.size && !one.note.is_empty()) {
        return Ok(None);
    }
    let note = Note::parse(&head.checkpoint).map_err(|error| Error::Failed(error.to_string()))?;
    let proof = consistency(&mut StoredTiles::new(rx, head.epoch), old, head.size).map_err(tile_fault)?;
    Ok(Some((head.epoch, AddCheckpoint { old, proof, note })))
}

/// Writes down what a witness signed; with an empty note and line, only the size it says it saw.
///
/// # Errors
/// What the database says.
pub fn keep(tx: &mut Tx<'_>, epoch: i64, one: &Cosigned) -> Result<(), DbError> {
    tx.upkeep(
        "insert into kernel_log_witness (epoch, witness, size, note, line, at) values ($1, $2, $3, $4, $5, $6) \
         on conflict (epoch, witness) do update set size = excluded.size, note = excluded.note, line = excluded.line, at = excluded.at",
        &params![epoch, one.witness.as_str(), i64::try_from(one.size).unwrap_or(i64::MAX), one.note.as_str(), one.line.as_str(), one.at],
    )?;
    Ok(())
}

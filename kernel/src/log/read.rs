//! What anybody may read: checkpoint, tiles, bundles and receipts (c2sp.org/tlog-tiles, c2sp.org/tlog-proof).

use tlog::{
    Checkpoint, Note, Receipt, TilePath,
    proof::inclusion,
    tile::{Kind, WIDTH},
};

use super::{
    LogError,
    outside::tile_fault,
    sequence::BUNDLED_BYTES,
    store::{BUNDLES, Epoch, StoredTiles, epochs, head, place_of, tile_bytes},
    verifiers,
    witness::cosigned,
};
use crate::{DbError, Error, Id, Result, Rx, Table, keys::Keys, params};

fn chosen(rx: &mut Rx<'_>, epoch: Option<i64>) -> Result<Option<Epoch>> {
    match epoch {
        None => Ok(head(rx)?),
        Some(number) => Ok(epochs(rx)?.into_iter().find(|epoch| epoch.epoch == number)),
    }
}

/// The checkpoint of an epoch, of the present one without a number, with the cosignatures it has.
///
/// # Errors
/// What the database says.
pub fn checkpoint(rx: &mut Rx<'_>, epoch: Option<i64>) -> Result<Option<String>> {
    let Some(epoch) = chosen(rx, epoch)? else { return Ok(None) };
    let mut note = Note::parse(&epoch.checkpoint).map_err(|error| Error::Failed(error.to_string()))?;
    let lines =
        cosigned(rx, epoch.epoch)?.into_iter().filter(|one| one.size == epoch.size).filter_map(|one| one.signature_over(&note.text));
    let lines: Vec<_> = lines.collect();
    note.signatures.extend(lines);
    Ok(Some(note.to_string()))
}

/// The bytes of a tile or bundle; none when the tree has no such one.
///
/// # Errors
/// What the database says.
pub fn tile(rx: &mut Rx<'_>, epoch: Option<i64>, path: &TilePath) -> Result<Option<Vec<u8>>> {
    let Some(epoch) = chosen(rx, epoch)?.filter(|epoch| path.exists_in(epoch.size)) else { return Ok(None) };
    let (level, width) = match path.kind {
        Kind::Hashes(level) => (i64::from(level), 32),
        Kind::Entries => (BUNDLES, BUNDLED_BYTES),
    };
    let bytes = tile_bytes(rx, epoch.epoch, level, path.n)?;
    debug_assert!(path.width <= WIDTH);
    Ok(bytes.and_then(|bytes| bytes.get(..path.width * width).map(<[u8]>::to_vec)))
}

/// The answer to whoever asks for the receipt of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The text of the `.tlog-proof` file.
    Receipt(String),
    /// It has no place yet; ask again in a second or two.
    Waiting,
    /// There is no such entry.
    Unknown,
}

/// The receipt of an entry. Its extra data is the entry's commitment, the leaf's content. The checkpoint is the one most
/// witnesses cosigned among those that have the entry, otherwise the epoch's last.
///
/// # Errors
/// [`LogError::Halted`] when a tile it needs is missing.
pub fn receipt(rx: &mut Rx<'_>, entry: Id) -> Result<Asked, LogError> {
    let Some(row) = rx.one("select digest from kernel_entry where id = $1", &params![entry])? else { return Ok(Asked::Unknown) };
    let commitment: Vec<u8> = row.get(0)?;
    let Some((epoch, index)) = place_of(rx, entry)? else { return Ok(Asked::Waiting) };
    let note = best_note(rx, &epoch, index)?;
    let size = Checkpoint::parse(&note.text).map_err(|error| Error::Failed(error.to_string()))?.size;
    let proof = inclusion(&mut StoredTiles::new(rx, epoch.epoch), index, size).map_err(tile_fault)?;
    Ok(Asked::Receipt(Receipt { extra: Some(commitment), index, proof, note }.to_string()))
}

fn best_note(rx: &mut Rx<'_>, epoch: &Epoch, index: u64) -> Result<Note> {
    let signed = cosigned(rx, epoch.epoch)?;
    let mut best = Note::parse(&epoch.checkpoint).map_err(|error| Error::Failed(error.to_string()))?;
    let mut most = 0;
    for one in signed.iter().filter(|one| one.size > index) {
        let Ok(mut note) = Note::parse(&one.note) else { continue };
        let lines: Vec<_> = signed.iter().filter_map(|other| other.signature_over(&note.text)).collect();
        if lines.len() > most {
            most = lines.len();
            note.signatures.extend(lines);
            best = note;
        }
    }
    Ok(best)
}

/// The keys that check this log, one a line, for every epoch: what whoever checks from outside writes down.
///
/// # Errors
/// What the database says.
pub fn verifier_keys(rx: &mut Rx<'_>, keys: &Keys) -> Result<String> {
    let mut text = String::new();
    for epoch in epochs(rx)? {
        for key in verifiers(keys, &epoch.origin)? {
            text.push_str(&format!("{key}\n"));
        }
    }
    Ok(text)
}

/// Which version of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    First,
    Last,
}

/// The entry that wrote a version of an audited row: what its receipt is of.
///
/// # Errors
/// What the database says.
pub fn entry_of(rx: &mut Rx<'_>, table: &Table, row: Id, version: Version) -> Result<Option<Id>, DbError> {
    let way = if version == Version::First { "asc" } else { "desc" };
    let sql = format!("select entry from kernel_history where table_name = $1 and row_id = $2 order by version {way} limit 1");
    rx.one(&sql, &params![table.name, row])?.map(|row| row.get(0)).transpose()
}

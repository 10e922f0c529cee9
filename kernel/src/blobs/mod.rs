//! Blobs: files people send and letters the machine makes, each encrypted and whole or not there at all.
//!
//! A file is on disk *before* the transaction that names it: [`Blobs::put`] (temporary file, fsync, rename, fsync of the
//! folder), then [`adopt`] inside the transaction. A crash between the two leaves an orphan that [`Blobs::collect`]
//! removes after a day; it never leaves a row without its file. A blob's id says nothing of its content; the SHA-256 of
//! the content stands beside it.

mod disk;
mod sniff;
pub mod upload;

use std::{
    io::{self, Read},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::{
    Ctx, Id, Message, Rx, Table, Tx,
    db::{Db, DbError},
    images::{self, Format, Shrink},
    keys::{KeyError, Keys, stream},
    params,
};

/// Neither table keeps history: a blob's story is that of the row that names it.
pub static BLOB: Table = Table::upkeep("kernel_blob");
pub static UPLOAD: Table = Table::upkeep("kernel_upload");
/// The tables of this module.
pub const TABLES: &[&Table] = &[&BLOB, &UPLOAD];

/// Free disk space that blobs leave to the database.
const RESERVE_BYTES: u64 = 64 << 20;
/// How long a file may stay without a row that uses it.
const ORPHAN_HOURS: i64 = 24;

/// The kinds of file people may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    Jpeg,
    Png,
    Pdf,
    Xlsx,
}

impl MediaType {
    /// The media type as HTTP writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The name people know it by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Pdf => "PDF",
            Self::Xlsx => "XLSX",
        }
    }
}

impl From<Format> for MediaType {
    fn from(format: Format) -> Self {
        match format {
            Format::Jpeg => Self::Jpeg,
            Format::Png => Self::Png,
        }
    }
}

/// What a field takes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub kinds: &'static [MediaType],
    /// Of the file as sent, in bytes.
    pub size_bytes_max: usize,
    /// How small pictures are made.
    pub picture: Shrink,
}

impl Limits {
    /// A photo or PDF handed in with an application: 10 MB as sent, pictures kept at ≤ 300 kB.
    pub const ATTACHMENT: Self =
        Self { kinds: &[MediaType::Jpeg, MediaType::Png, MediaType::Pdf], size_bytes_max: 10_000_000, picture: Shrink::PHOTO };
    /// The scan of a signed letter: the same kinds, pictures kept legible in print.
    pub const SCAN: Self = Self { picture: Shrink::PAGE, ..Self::ATTACHMENT };
    /// A workbook to import: 25 MB.
    pub const WORKBOOK: Self = Self { kinds: &[MediaType::Xlsx], size_bytes_max: 25_000_000, picture: Shrink::PHOTO };

    fn too_large(&self) -> Message {
        Message::new("blob-too-large").arg("max", self.size_bytes_max / 1_000_000)
    }
}

/// Why a blob was not stored or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The file is not one the field takes.
    #[error("refused: {}", .0.key)]
    Refused(Message),
    /// The disk is full (or only the database's reserve is left). Nothing was kept.
    #[error("the disk is full")]
    Full,
    /// There is no such file.
    #[error("no such blob")]
    Missing,
    /// The file is not what was written.
    #[error("a blob is damaged: {0}")]
    Damaged(#[from] KeyError),
    /// The file system failed.
    #[error("blob store: {0}")]
    Io(io::Error),
}

impl From<io::Error> for BlobError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            io::ErrorKind::InvalidData => Self::Damaged(KeyError::Sealed),
            _ => Self::Io(error),
        }
    }
}

impl From<Message> for BlobError {
    fn from(message: Message) -> Self {
        Self::Refused(message)
    }
}

impl From<BlobError> for crate::Error {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Refused(message) => Self::Refused(message),
            BlobError::Full => Self::Db(DbError::Full),
            BlobError::Missing => Self::Missing,
            other => Self::Failed(other.to_string()),
        }
    }
}

/// A file that is durable on disk, and a row yet to be written by [`adopt`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedBlob {
    pub id: Id,
    /// SHA-256 of the plain content.
    pub hash: [u8; 32],
    /// Of the plain content, in bytes.
    pub size: u64,
    /// On disk, in bytes.
    pub stored_size: u64,
    pub media_type: String,
}

/// What a row tells of a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    pub id: Id,
    pub hash: Vec<u8>,
    pub size: i64,
    pub media_type: String,
    pub used: bool,
}

/// The blobs of one government. Its calls block: use them on a blocking thread.
pub struct Blobs {
    disk: disk::Disk,
    keys: Arc<Keys>,
    /// Large pictures are decoded one at a time: memory and processor stay free for everybody else.
    decoding: Mutex<()>,
}

impl Blobs {
    /// The store in the folder `root`, which is made when missing.
    ///
    /// # Errors
    /// [`BlobError::Io`] when the folder cannot be made.
    pub fn open(root: &Path, keys: Arc<Keys>) -> Result<Self, BlobError> {
        Self::with_reserve(root, keys, RESERVE_BYTES)
    }

    /// [`Blobs::open`] leaving `reserve_bytes` of the disk free.
    ///
    /// # Errors
    /// As [`Blobs::open`].
    pub fn with_reserve(root: &Path, keys: Arc<Keys>, reserve_bytes: u64) -> Result<Self, BlobError> {
        Ok(Self { disk: disk::Disk::open(root, reserve_bytes)?, keys, decoding: Mutex::new(()) })
    }

    /// Leaves so many bytes of the disk free from now on; what does not fit beside them is [`BlobError::Full`].
    pub fn set_reserve(&self, bytes: u64) {
        self.disk.set_reserve(bytes);
    }

    /// Stores a file somebody sent as `name`, after looking at what it really is. Pictures are made small and clean.
    ///
    /// # Errors
    /// [`BlobError::Refused`] with what to do instead; [`BlobError::Full`], [`BlobError::Io`]: nothing was kept.
    pub fn put(&self, ctx: &Ctx, name: &str, bytes: &[u8], limits: &Limits) -> Result<StagedBlob, BlobError> {
        if bytes.len() > limits.size_bytes_max {
            return Err(limits.too_large().into());
        }
        let kind = sniff::sniff(name, bytes, limits)?;
        if !matches!(kind, MediaType::Jpeg | MediaType::Png) {
            return self.put_own(ctx, bytes, kind.as_str());
        }
        let picture = {
            // Small pictures are only stripped, which needs no turn.
            let small = bytes.len() <= limits.picture.size_bytes_max;
            let _turn = (!small).then(|| self.decoding.lock().unwrap_or_else(PoisonError::into_inner));
            images::shrink(bytes, limits.picture)?
        };
        self.put_own(ctx, &picture.bytes, MediaType::from(picture.format).as_str())
    }

    /// [`Blobs::put`] of everything a reader gives, refused as soon as it gives too much.
    ///
    /// # Errors
    /// As [`Blobs::put`].
    pub fn put_reader(&self, ctx: &Ctx, name: &str, reader: impl Read, limits: &Limits) -> Result<StagedBlob, BlobError> {
        let mut bytes = Vec::new();
        reader.take(limits.size_bytes_max as u64 + 1).read_to_end(&mut bytes)?;
        self.put(ctx, name, &bytes, limits)
    }

    /// Stores a file the machine itself made (a letter, an export).
    ///
    /// # Errors
    /// [`BlobError::Full`], [`BlobError::Io`]: nothing was kept.
    pub fn put_own(&self, ctx: &Ctx, bytes: &[u8], media_type: &str) -> Result<StagedBlob, BlobError> {
        let id = ctx.new_id();
        let hash = Sha256::digest(bytes).into();
        let size = bytes.len() as u64;
        let stored_size = self.disk.write(id, size, |out| stream::encrypt(&self.keys, ctx, id.bytes(), bytes, out))?;
        Ok(StagedBlob { id, hash, size, stored_size, media_type: media_type.to_owned() })
    }

    /// Reads a blob piece by piece; no unproven byte is given out.
    ///
    /// # Errors
    /// [`BlobError::Missing`], [`BlobError::Damaged`].
    pub fn open_blob(&self, id: Id) -> Result<impl Read + use<>, BlobError> {
        let file = self.disk.read(&self.disk.path(id))?;
        Ok(stream::Decrypting::new(&self.keys, id.bytes(), io::BufReader::new(file))?)
    }

    /// A whole blob.
    ///
    /// # Errors
    /// As [`Blobs::open_blob`].
    pub fn bytes(&self, id: Id) -> Result<Vec<u8>, BlobError> {
        let mut bytes = Vec::new();
        self.open_blob(id)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads a blob to its end and compares it with the hash of its row, as `backup verify` does.
    ///
    /// # Errors
    /// [`BlobError::Missing`]; [`BlobError::Damaged`] also when the hash differs.
    pub fn verify(&self, id: Id, hash: &[u8]) -> Result<(), BlobError> {
        let mut digest = Sha256::new();
        let mut reader = self.open_blob(id)?;
        let mut buffer = vec![0; stream::CHUNK_BYTES];
        loop {
            match reader.read(&mut buffer)? {
                0 => break,
                length => digest.update(&buffer[..length]),
            }
        }
        if digest.finalize().as_slice() == hash { Ok(()) } else { Err(KeyError::Sealed.into()) }
    }

    /// Removes a blob's file. Its row must be gone already.
    ///
    /// # Errors
    /// [`BlobError::Io`].
    pub fn delete(&self, id: Id) -> Result<(), BlobError> {
        self.disk.remove(id)
    }

    /// The encrypted file of a blob, for backup.
    #[must_use]
    pub fn path(&self, id: Id) -> std::path::PathBuf {
        self.disk.path(id)
    }

    /// Removes what nobody uses for a day: rows not used, files without a row, uploads left in the middle.
    /// Returns how many files went. Run it as a daily job.
    ///
    /// # Errors
    /// What the database or the file system says; what is left is taken next time.
    pub fn collect(&self, ctx: &Ctx, db: &Db) -> crate::Result<usize> {
        let before = ctx.now() - SignedDuration::from_hours(ORPHAN_HOURS);
        let (unused, uploads) =
            db.write_now(ctx, move |tx| Ok::<_, crate::Error>((forget_unused(tx, before)?, upload::forget(tx, before)?)))?;
        for upload in uploads {
            self.remove_parts(upload)?;
        }
        for id in &unused {
            self.delete(*id)?;
        }
        let mut orphans = Vec::new();
        for ids in self.disk.older_than(before)?.chunks(200) {
            let ids = ids.to_vec();
            orphans.extend(db.read_now(|rx| unknown(rx, &ids))?);
        }
        for id in &orphans {
            self.delete(*id)?;
        }
        Ok(unused.len() + orphans.len())
    }
}

/// Names a stored file in the transaction that uses it.
///
/// # Errors
/// What the database says.
pub fn adopt(tx: &mut Tx<'_>, staged: &StagedBlob) -> Result<Id, DbError> {
    insert(tx, staged, true)
}

/// Names a stored file that a later form will [`take`]; after a day without that it is collected.
///
/// # Errors
/// What the database says.
pub fn park(tx: &mut Tx<'_>, staged: &StagedBlob) -> Result<Id, DbError> {
    insert(tx, staged, false)
}

fn insert(tx: &mut Tx<'_>, staged: &StagedBlob, used: bool) -> Result<Id, DbError> {
    let (now, size, stored) = (tx.now(), i64::try_from(staged.size), i64::try_from(staged.stored_size));
    tx.upkeep(
        "insert into kernel_blob (id, hash, size, stored_size, media_type, state, created_at, used) values ($1, $2, $3, $4, $5, 'clean', $6, $7)",
        &params![staged.id, staged.hash, size.unwrap_or(i64::MAX), stored.unwrap_or(i64::MAX), staged.media_type.as_str(), now, used],
    )?;
    Ok(staged.id)
}

/// Uses a parked file.
///
/// # Errors
/// [`DbError::Missing`] when it was collected or used meanwhile.
pub fn take(tx: &mut Tx<'_>, id: Id) -> Result<(), DbError> {
    let taken = tx.upkeep("update kernel_blob set used = true where id = $1 and used = false", &params![id])?;
    if taken == 1 { Ok(()) } else { Err(DbError::Missing) }
}

/// Lets a file go that no row uses any more; it is collected after a day.
///
/// # Errors
/// What the database says.
pub fn release(tx: &mut Tx<'_>, id: Id) -> Result<(), DbError> {
    let now = tx.now();
    tx.upkeep("update kernel_blob set used = false, created_at = $2 where id = $1", &params![id, now])?;
    Ok(())
}

/// Keeps a parked file that a draft names until `until`; then it is collected. A file in use is left as it is.
///
/// # Errors
/// What the database says.
pub fn hold(tx: &mut Tx<'_>, id: Id, until: Timestamp) -> Result<(), DbError> {
    let since = until - SignedDuration::from_hours(ORPHAN_HOURS);
    tx.upkeep("update kernel_blob set created_at = $2 where id = $1 and used = false", &params![id, since])?;
    Ok(())
}

/// What is known of a blob.
///
/// # Errors
/// What the database says.
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Option<Blob>, DbError> {
    let row = rx.one("select hash, size, media_type, used from kernel_blob where id = $1 and state = 'clean'", &params![id])?;
    row.map(|row| Ok(Blob { id, hash: row.get(0)?, size: row.get(1)?, media_type: row.get(2)?, used: row.get(3)? })).transpose()
}

/// Every blob a backup must hold, by id, `limit` after `after`.
///
/// # Errors
/// What the database says.
pub fn list(rx: &mut Rx<'_>, after: Id, limit: i64) -> Result<Vec<Blob>, DbError> {
    let rows =
        rx.all("select id, hash, size, media_type, used from kernel_blob where id > $1 order by id limit $2", &params![after, limit])?;
    rows.iter()
        .map(|row| Ok(Blob { id: row.get(0)?, hash: row.get(1)?, size: row.get(2)?, media_type: row.get(3)?, used: row.get(4)? }))
        .collect()
}

fn forget_unused(tx: &mut Tx<'_>, before: Timestamp) -> Result<Vec<Id>, DbError> {
    let rows =
        tx.all("select id from kernel_blob where used = false and created_at < $1 order by created_at, id limit 1000", &params![before])?;
    let ids: Vec<Id> = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    for id in &ids {
        tx.upkeep("delete from kernel_blob where id = $1 and used = false", &params![*id])?;
    }
    Ok(ids)
}

/// Those of `ids` that no row names.
fn unknown(rx: &mut Rx<'_>, ids: &[Id]) -> Result<Vec<Id>, DbError> {
    let mut unknown = Vec::new();
    for id in ids {
        if rx.one("select size from kernel_blob where id = $1", &params![*id])?.is_none() {
            unknown.push(*id);
        }
    }
    Ok(unknown)
}

#[cfg(test)]
mod tests;

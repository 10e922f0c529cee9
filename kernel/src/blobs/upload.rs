//! Resumable uploads: parts in order, each durable before it is counted, so a phone that lost its signal goes on where
//! it stopped. Parts are encrypted like blobs; the whole becomes one through [`Blobs::finish_upload`].

use std::{fs, io::Read as _, path::PathBuf};

use jiff::Timestamp;

use super::{BlobError, Blobs, Limits, StagedBlob, park};
use crate::{Ctx, Id, Message, Rx, Tx, db::DbError, keys::stream, params};

/// Open uploads one owner may have.
const OPEN_MAX: i64 = 20;
/// A part is at most this long.
pub const PART_BYTES_MAX: usize = 4 << 20;

/// An upload in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub id: Id,
    /// The draft, link or account it belongs to.
    pub owner: Id,
    /// The file's name as the sender had it.
    pub name: String,
    /// What was announced, in bytes.
    pub size: i64,
    /// What is durable; the next part starts here.
    pub received: i64,
    /// The parked blob, once it is whole.
    pub blob: Option<Id>,
}

/// Begins an upload of `size` bytes.
///
/// # Errors
/// `blob-too-large{max}`, `blob-empty`, `upload-too-many{max}`.
pub fn begin(tx: &mut Tx<'_>, owner: Id, name: &str, size: i64, limits: &Limits) -> crate::Result<Upload> {
    if size > i64::try_from(limits.size_bytes_max).unwrap_or(i64::MAX) {
        return Err(limits.too_large().into());
    }
    if size <= 0 {
        return Err(Message::new("blob-empty").into());
    }
    if tx.count("select count(*) from kernel_upload where owner = $1 and blob is null", &params![owner])? >= OPEN_MAX {
        return Err(Message::new("upload-too-many").arg("max", OPEN_MAX).into());
    }
    let upload = Upload { id: tx.ctx().new_id(), owner, name: name.chars().take(200).collect(), size, received: 0, blob: None };
    let now = tx.now();
    tx.upkeep(
        "insert into kernel_upload (id, owner, name, size, received, created_at) values ($1, $2, $3, $4, 0, $5)",
        &params![upload.id, owner, upload.name.as_str(), size, now],
    )?;
    Ok(upload)
}

/// An owner's upload; somebody else's is not there.
///
/// # Errors
/// What the database says.
pub fn find(rx: &mut Rx<'_>, id: Id, owner: Id) -> Result<Option<Upload>, DbError> {
    let row = rx.one("select name, size, received, blob from kernel_upload where id = $1 and owner = $2", &params![id, owner])?;
    row.map(|row| Ok(Upload { id, owner, name: row.get(0)?, size: row.get(1)?, received: row.get(2)?, blob: row.get(3)? })).transpose()
}

/// Counts a part that [`Blobs::write_part`] made durable. Says where the next one starts.
///
/// # Errors
/// `upload-wrong-place{at}` when parts came out of order; the sender goes on at `at`.
pub fn advance(tx: &mut Tx<'_>, upload: &Upload, offset: i64, length: i64) -> crate::Result<i64> {
    let next = offset + length;
    let counted = tx.upkeep(
        "update kernel_upload set received = $3 where id = $1 and received = $2 and size >= $3 and blob is null",
        &params![upload.id, offset, next],
    )?;
    if counted == 1 {
        return Ok(next);
    }
    match find(tx, upload.id, upload.owner)? {
        // The same part again: its first answer was lost on the way.
        Some(now) if now.received == next => Ok(next),
        Some(now) => Err(wrong_place(now.received)),
        None => Err(crate::Error::Missing),
    }
}

fn wrong_place(at: i64) -> crate::Error {
    Message::new("upload-wrong-place").arg("at", at).into()
}

/// Parks the blob of a whole upload, until a form takes it.
///
/// # Errors
/// What the database says.
pub fn finish(tx: &mut Tx<'_>, upload: &Upload, staged: &StagedBlob) -> Result<Id, DbError> {
    let id = park(tx, staged)?;
    let done = tx.upkeep("update kernel_upload set blob = $2 where id = $1 and blob is null", &params![upload.id, id])?;
    if done == 1 { Ok(id) } else { Err(DbError::Stale) }
}

pub(super) fn forget(tx: &mut Tx<'_>, before: Timestamp) -> Result<Vec<Id>, DbError> {
    let rows = tx.all("select id from kernel_upload where created_at < $1 order by created_at, id limit 1000", &params![before])?;
    let ids: Vec<Id> = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    for id in &ids {
        tx.upkeep("delete from kernel_upload where id = $1", &params![*id])?;
    }
    Ok(ids)
}

impl Blobs {
    fn parts(&self, upload: Id) -> PathBuf {
        self.disk.root().join("parts").join(upload.to_string())
    }

    /// Makes a part durable. It counts once [`advance`] has been committed; the same part may be sent again.
    ///
    /// # Errors
    /// `upload-wrong-place{at}`, `blob-too-large{max}` for more than was announced; [`BlobError::Full`].
    pub fn write_part(&self, ctx: &Ctx, upload: &Upload, offset: i64, bytes: &[u8]) -> Result<(), BlobError> {
        if offset != upload.received {
            return Err(Message::new("upload-wrong-place").arg("at", upload.received).into());
        }
        let left = usize::try_from(upload.size - upload.received).unwrap_or(0);
        if bytes.is_empty() || bytes.len() > left.min(PART_BYTES_MAX) {
            return Err(Message::new("upload-part-size").arg("max", left.min(PART_BYTES_MAX)).into());
        }
        let path = self.parts(upload.id).join(format!("{offset:012}"));
        let temporary = format!("{}-{}", upload.id, ctx.new_id());
        let what = part_name(upload.id, offset);
        self.disk.write_at(&path, &temporary, bytes.len() as u64, |out| stream::encrypt(&self.keys, ctx, &what, bytes, out))?;
        Ok(())
    }

    /// Puts the parts together and stores them as [`Blobs::put`] does.
    ///
    /// # Errors
    /// `upload-unfinished{at}` when parts are missing; otherwise as [`Blobs::put`].
    pub fn finish_upload(&self, ctx: &Ctx, upload: &Upload, limits: &Limits) -> Result<StagedBlob, BlobError> {
        let mut bytes = Vec::with_capacity(usize::try_from(upload.size).unwrap_or(0).min(limits.size_bytes_max));
        while (bytes.len() as i64) < upload.received {
            let offset = bytes.len() as i64;
            let file = self.disk.read(&self.parts(upload.id).join(format!("{offset:012}")))?;
            let before = bytes.len();
            stream::Decrypting::new(&self.keys, &part_name(upload.id, offset), file)?.read_to_end(&mut bytes)?;
            if bytes.len() == before {
                break;
            }
        }
        if bytes.len() as i64 != upload.size {
            return Err(Message::new("upload-unfinished").arg("at", upload.received).into());
        }
        self.put(ctx, &upload.name, &bytes, limits)
    }

    /// Removes an upload's parts: after [`finish`] was committed, or when it was given up.
    ///
    /// # Errors
    /// [`BlobError::Io`].
    pub fn remove_parts(&self, upload: Id) -> Result<(), BlobError> {
        match fs::remove_dir_all(self.parts(upload)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

fn part_name(upload: Id, offset: i64) -> Vec<u8> {
    [b"part".as_slice(), upload.bytes(), &offset.to_be_bytes()].concat()
}

//! The local store: one file a blob, never half of one.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use jiff::Timestamp;

use super::BlobError;
use crate::Id;

/// A folder of files named by ids: `aa/bb/<id>`, by the id's last two bytes (the first are the time).
#[derive(Debug)]
pub(super) struct Disk {
    root: PathBuf,
    /// Free bytes that stay for the database.
    reserve_bytes: AtomicU64,
}

/// A temporary file that is gone unless it was renamed.
struct Temporary<'a>(&'a Path);

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.0);
    }
}

impl Disk {
    pub(super) fn open(root: &Path, reserve_bytes: u64) -> Result<Self, BlobError> {
        fs::create_dir_all(root.join("tmp"))?;
        sync(root)?;
        Ok(Self { root: root.to_owned(), reserve_bytes: AtomicU64::new(reserve_bytes) })
    }

    pub(super) fn path(&self, id: Id) -> PathBuf {
        let bytes = id.bytes();
        self.root.join(format!("{:02x}", bytes[14])).join(format!("{:02x}", bytes[15])).join(id.to_string())
    }

    /// Writes the file of `id`: temporary file, fsync, rename, fsync of the folders. `size` is what to expect.
    pub(super) fn write(&self, id: Id, size: u64, fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<u64>) -> Result<u64, BlobError> {
        self.write_at(&self.path(id), &id.to_string(), size, fill)
    }

    pub(super) fn write_at(
        &self,
        path: &Path,
        temporary: &str,
        size: u64,
        fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<u64>,
    ) -> Result<u64, BlobError> {
        self.keep_reserve(size)?;
        let folder = path.parent().unwrap_or(&self.root);
        self.make_folder(folder)?;
        let temporary = self.root.join("tmp").join(temporary);
        let guard = Temporary(&temporary);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
        let mut out = BufWriter::with_capacity(128 * 1024, file);
        let written = fill(&mut out)?;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        std::mem::forget(guard);
        sync(folder)?;
        Ok(written)
    }

    /// Creates missing folders one by one, each made durable in its parent.
    fn make_folder(&self, folder: &Path) -> Result<(), BlobError> {
        if folder.is_dir() {
            return Ok(());
        }
        let parent = folder.parent().unwrap_or(&self.root);
        if parent.starts_with(&self.root) {
            self.make_folder(parent)?;
        }
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
            _ => {}
        }
        sync(parent)
    }

    pub(super) fn set_reserve(&self, bytes: u64) {
        self.reserve_bytes.store(bytes, Ordering::Relaxed);
    }

    fn keep_reserve(&self, size: u64) -> Result<(), BlobError> {
        let disk = rustix::fs::statvfs(&self.root).map_err(io::Error::from)?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free < self.reserve_bytes.load(Ordering::Relaxed).saturating_add(size) { Err(BlobError::Full) } else { Ok(()) }
    }

    pub(super) fn read(&self, path: &Path) -> Result<File, BlobError> {
        match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(BlobError::Missing),
            other => Ok(other?),
        }
    }

    /// Removes a file; one that is gone already is no error.
    pub(super) fn remove(&self, id: Id) -> Result<(), BlobError> {
        match fs::remove_file(self.path(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Ids of the files not touched since `before`. What a crash left half-written before then is removed.
    pub(super) fn older_than(&self, before: Timestamp) -> Result<Vec<Id>, BlobError> {
        let old = |file: &fs::DirEntry| {
            let touched = file.metadata().and_then(|data| data.modified());
            touched.is_ok_and(|at| Timestamp::try_from(at).is_ok_and(|at| at < before))
        };
        for left in fs::read_dir(self.root.join("tmp"))? {
            let left = left?;
            if old(&left) {
                let _ = fs::remove_file(left.path());
            }
        }
        let mut found = Vec::new();
        for folder in subfolders(&self.root)? {
            for folder in subfolders(&folder)? {
                for file in fs::read_dir(folder)? {
                    let file = file?;
                    let Some(id) = file.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
                    if old(&file) {
                        found.push(id);
                    }
                }
            }
        }
        Ok(found)
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }
}

/// The `aa` and `bb` levels; `tmp` and `parts` are not of two digits.
fn subfolders(folder: &Path) -> Result<Vec<PathBuf>, BlobError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().len() == 2 && entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

pub(super) fn sync(folder: &Path) -> Result<(), BlobError> {
    Ok(File::open(folder)?.sync_all()?)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_write_that_fails_in_the_middle_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path(), 0).unwrap();
        let id = Id::from_bytes([3; 16]);
        let full = disk.write(id, 10, |out| {
            out.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(matches!(full, Err(BlobError::Full)));
        assert!(matches!(disk.read(&disk.path(id)), Err(BlobError::Missing)));
        assert_eq!(fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0);
    }

    #[test]
    fn room_is_kept_for_the_database() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path(), u64::MAX / 2).unwrap();
        assert!(matches!(disk.write(Id::NIL, 1, |_| Ok(0)), Err(BlobError::Full)));
    }

    #[test]
    fn what_a_crash_left_is_swept_when_it_is_old() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path(), 0).unwrap();
        fs::write(folder.path().join("tmp/half"), "x").unwrap();
        disk.older_than(Timestamp::UNIX_EPOCH).unwrap();
        assert!(folder.path().join("tmp/half").exists(), "somebody may be writing it");
        disk.older_than(Timestamp::MAX).unwrap();
        assert!(!folder.path().join("tmp/half").exists());
    }
}

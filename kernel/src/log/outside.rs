//! The checkpoint outside the database: a file whose tree the database must extend.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use tlog::tile::{TileError, root};

use super::{
    Halt, LogError, check_note,
    store::{Epoch, StoredTiles, epochs},
};
use crate::{DbError, Error, Rx, keys::Keys};

/// `DIR/gov/<slug>/log`: `checkpoint`, the last one this process knows, and `history`, one every ten minutes.
#[derive(Debug, Clone)]
pub struct Outside {
    folder: PathBuf,
}

/// How the checkpoint outside stands to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is the database's own, word for word.
    Same,
    /// The database's tree extends it.
    Behind,
}

impl Outside {
    /// The file of the government in `folder`.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.join("log") }
    }

    /// Where the checkpoint is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.join("checkpoint")
    }

    /// The note, if there is one.
    ///
    /// # Errors
    /// What the file system says.
    pub fn read(&self) -> Result<Option<String>, Error> {
        match fs::read_to_string(self.path()) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Puts a note in the place of the last one, durably.
    ///
    /// # Errors
    /// What the file system says; then the last one still stands.
    pub fn keep(&self, note: &str) -> Result<(), Error> {
        // Processes may share the folder; whoever is last leaves a checkpoint the database extends all the same.
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let new = self.folder.join(format!("checkpoint.{}.{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        let write = || {
            fs::create_dir_all(&self.folder)?;
            let mut file = File::create(&new)?;
            file.write_all(note.as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, self.path())?;
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(|error| self.failed(&error))
    }

    /// Adds a note to the history, durably. Notes are told apart by the empty line inside and the one after each.
    ///
    /// # Errors
    /// What the file system says.
    pub fn remember(&self, note: &str) -> Result<(), Error> {
        let write = || {
            fs::create_dir_all(&self.folder)?;
            let mut file = OpenOptions::new().create(true).append(true).open(self.folder.join("history"))?;
            file.write_all(format!("{note}\n").as_bytes())?;
            file.sync_all()
        };
        write().map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> Error {
        Error::Failed(format!("{}: {error}", self.folder.display()))
    }

    /// The notes of the history, oldest first.
    ///
    /// # Errors
    /// What the file system says.
    pub fn history(&self) -> Result<Vec<String>, Error> {
        let text = match fs::read_to_string(self.folder.join("history")) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.failed(&error)),
        };
        let (mut notes, mut note) = (Vec::new(), String::new());
        for line in text.lines() {
            // An empty line inside a note stands before its signatures, one behind them ends it.
            if line.is_empty() && note.contains("\n\n") {
                notes.push(std::mem::take(&mut note));
            } else {
                note.push_str(line);
                note.push('\n');
            }
        }
        Ok(notes)
    }
}

/// Compares the checkpoint outside, read *before* the snapshot of `rx` was taken, with the log's `head`: the tree of the
/// database must begin with the one outside.
///
/// # Errors
/// [`LogError::Halted`] naming what does not fit.
pub fn compare(rx: &mut Rx<'_>, head: &Epoch, outside: Option<&str>, keys: &Keys) -> Result<Standing, LogError> {
    match outside {
        None => Err(LogError::Halted(Halt::NoOutside)),
        Some(note) if note == head.checkpoint => Ok(Standing::Same),
        Some(note) => extends(rx, head, note, keys, "the checkpoint outside the database").map(|()| Standing::Behind),
    }
}

/// Checks that the database's log extends the checkpoint of `note`, which our keys must have signed.
///
/// # Errors
/// [`LogError::Halted`] naming what does not fit.
pub(crate) fn extends(rx: &mut Rx<'_>, head: &Epoch, note: &str, keys: &Keys, place: &'static str) -> Result<(), LogError> {
    if note == head.previous {
        // The new epoch was begun in the face of this very checkpoint.
        return Ok(());
    }
    let outside = check_note(note, keys, place)?;
    let known = epochs(rx)?;
    let Some(epoch) = known.iter().find(|epoch| epoch.origin == outside.origin) else {
        return Err(LogError::Halted(Halt::OtherLog(outside.origin)));
    };
    if outside.size > epoch.size {
        return Err(LogError::Halted(Halt::Truncated { inside: epoch.size, outside: outside.size }));
    }
    match root(&mut StoredTiles::new(rx, epoch.epoch), outside.size) {
        Ok(root) if root == outside.root => Ok(()),
        Ok(_) => Err(LogError::Halted(Halt::Forked { outside: outside.size })),
        Err(error) => Err(tile_fault(error)),
    }
}

/// A tile that is missing halts the log; a database that is away does not.
pub(super) fn tile_fault(error: TileError<DbError>) -> LogError {
    match error {
        TileError::Short(tile) => LogError::Halted(Halt::Tile { level: tile.level, n: tile.n }),
        TileError::Outside => LogError::Failed(Error::Missing),
        TileError::Read(error) => error.into(),
    }
}

//! A checkpoint: what a log says its tree is, as the text of a signed note (c2sp.org/tlog-checkpoint).

use std::fmt;

use crate::{
    Hash, Note,
    note::{NoteError, is_key_name},
    text::{base64, decimal, hash},
};

/// Origin, size and root of a log's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, a URL without its scheme.
    pub origin: String,
    pub size: u64,
    pub root: Hash,
    /// Lines after the root. Ours have none.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint without extension lines.
    #[must_use]
    pub fn new(origin: &str, size: u64, root: Hash) -> Self {
        Self { origin: origin.to_owned(), size, root, extensions: Vec::new() }
    }

    /// Reads the text of a note.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let lines = text.strip_suffix('\n').ok_or(NoteError::Malformed("the last line has no end"))?;
        let mut lines = lines.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(NoteError::Malformed("a checkpoint has three lines"));
        };
        if origin.is_empty() {
            return Err(NoteError::Malformed("a checkpoint begins with its origin"));
        }
        let size = decimal(size).ok_or(NoteError::Malformed("the size is not a number"))?;
        let root = hash(root).ok_or(NoteError::Malformed("the root is not a hash"))?;
        let extensions: Vec<String> = lines.map(ToOwned::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(NoteError::Malformed("an empty line among the extensions"));
        }
        Ok(Self { origin: origin.to_owned(), size, root, extensions })
    }

    /// Reads a note and its checkpoint. Nothing is verified.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn of(note: &str) -> Result<(Self, Note), NoteError> {
        let note = Note::parse(note)?;
        Ok((Self::parse(&note.text)?, note))
    }

    /// Whether an origin can be one: a key name, by which its signatures are found.
    #[must_use]
    pub fn is_origin(origin: &str) -> bool {
        is_key_name(origin)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, base64(&self.root))?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

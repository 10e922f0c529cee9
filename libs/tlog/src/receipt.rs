//! Receipts: a proof somebody carries home and checks without the network (c2sp.org/tlog-proof).

use std::fmt;

use crate::{
    Checkpoint, Cosignature, Hash, Note, Verifier, cosignature,
    note::{NOTE_BYTES_MAX, NoteError},
    proof::{self, HASHES_MAX},
    text::{base64, decimal, hashes, unbase64},
};

const HEADING: &str = "c2sp.org/tlog-proof@v1";

/// What a `.tlog-proof` file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What the application adds. It is authenticated by nothing.
    pub extra: Option<Vec<u8>>,
    pub index: u64,
    /// From the leaf's sibling up to the root's child.
    pub proof: Vec<Hash>,
    /// The signed checkpoint, with its cosignatures.
    pub note: Note,
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The file is not a receipt, or its checkpoint is not signed by a known key.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The checkpoint is that of another log.
    #[error("the checkpoint is of {0}")]
    OtherLog(String),
    /// The entry is not where the receipt says.
    #[error("the entry is not in the tree of this checkpoint")]
    NotIncluded,
}

/// What a receipt proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    pub checkpoint: Checkpoint,
    /// The known witnesses that saw the checkpoint, and when.
    pub witnessed: Vec<Cosignature>,
}

impl Receipt {
    /// Reads a receipt. Nothing is verified.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let bad = NoteError::Malformed;
        if text.len() > NOTE_BYTES_MAX {
            return Err(bad("too long"));
        }
        let (head, note) = text.split_once("\n\n").ok_or(bad("no empty line before the checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADING) {
            return Err(bad("its first line is not that of a receipt"));
        }
        let extra = match lines.peek().and_then(|line| line.strip_prefix("extra ")) {
            Some(encoded) => {
                let extra = unbase64(encoded).ok_or(bad("the extra line is not base64"))?;
                lines.next();
                Some(extra)
            }
            None => None,
        };
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(decimal).ok_or(bad("no index"))?;
        let proof = hashes(lines).filter(|proof| proof.len() <= HASHES_MAX).ok_or(bad("a line is not a hash"))?;
        Ok(Self { extra, index, proof, note: Note::parse(note)? })
    }

    /// Checks that `leaf` is in the log of `origin`, whose keys are `log`, and says which `witnesses` saw it.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn verify(&self, leaf: &Hash, origin: &str, log: &[Verifier], witnesses: &[Verifier]) -> Result<Proved, ReceiptError> {
        let checkpoint = Checkpoint::parse(&self.note.text)?;
        if checkpoint.origin != origin {
            return Err(ReceiptError::OtherLog(checkpoint.origin));
        }
        self.note.verify(log)?;
        let witnessed = cosignature::verified(&self.note, witnesses)?;
        proof::verify_inclusion(leaf, self.index, checkpoint.size, &self.proof, &checkpoint.root).map_err(|_| ReceiptError::NotIncluded)?;
        Ok(Proved { checkpoint, witnessed })
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADING}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", base64(hash)))?;
        write!(f, "\n{}", self.note)
    }
}

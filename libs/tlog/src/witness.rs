//! The witness protocol (c2sp.org/tlog-witness): what a log sends with `add-checkpoint`, and what an honest witness decides.

use std::fmt;

use crate::{
    Checkpoint, Cosigner, EMPTY_ROOT, Hash, Note, Signature, Verifier,
    note::{NOTE_BYTES_MAX, NoteError},
    proof::{self, HASHES_MAX},
    text::{base64, decimal, hashes},
};

/// Content type of the answer 409, whose body is the size the witness saw last.
pub const SIZE_TYPE: &str = "text/x.tlog.size";
/// The longest request, in bytes.
pub const REQUEST_BYTES_MAX: usize = NOTE_BYTES_MAX + 4096;

/// The body of `POST <prefix>/add-checkpoint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size the witness saw last, as the log believes.
    pub old: u64,
    /// The consistency proof from there.
    pub proof: Vec<Hash>,
    /// The signed checkpoint.
    pub note: Note,
}

impl AddCheckpoint {
    /// Reads a request body.
    ///
    /// # Errors
    /// [`NoteError::Malformed`]; answer 400.
    pub fn parse(body: &str) -> Result<Self, NoteError> {
        let bad = NoteError::Malformed;
        let (head, note) = body.split_once("\n\n").ok_or(bad("no empty line before the checkpoint"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(decimal).ok_or(bad("no old size"))?;
        let proof = hashes(lines).filter(|proof| proof.len() <= HASHES_MAX).ok_or(bad("a line is not a hash"))?;
        Ok(Self { old, proof, note: Note::parse(note)? })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", base64(hash)))?;
        write!(f, "\n{}", self.note)
    }
}

/// The latest tree a witness cosigned for a log: size 0 and the empty root before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub size: u64,
    pub root: Hash,
}

impl Default for Seen {
    fn default() -> Self {
        Self { size: 0, root: EMPTY_ROOT }
    }
}

/// Why a witness does not cosign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request is no such request, or its old size is above the checkpoint's.
    #[error("bad request: {0}")]
    Bad(&'static str),
    /// No trusted key of the origin signed, or a trusted key's signature does not hold.
    #[error("not signed by the log")]
    Forbidden,
    /// The witness does not know this log.
    #[error("unknown log")]
    UnknownOrigin,
    /// The witness saw another size last: this one.
    #[error("{0}")]
    Conflict(u64),
    /// The new tree does not extend what the witness saw.
    #[error("the new tree does not extend the one seen")]
    Inconsistent,
}

impl Refusal {
    /// The HTTP status of this answer.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Bad(_) => 400,
            Self::Forbidden => 403,
            Self::UnknownOrigin => 404,
            Self::Conflict(_) => 409,
            Self::Inconsistent => 422,
        }
    }
}

/// Decides about a request for one log, whose keys are `log` (empty: unknown) and of which `seen` was cosigned last. The caller
/// makes the new state durable before it hands out a cosignature, one request of a log at a time.
///
/// # Errors
/// [`Refusal`], checked in the order the specification has them.
pub fn decide(request: &AddCheckpoint, log: &[Verifier], seen: Seen) -> Result<Checkpoint, Refusal> {
    let checkpoint = Checkpoint::parse(&request.note.text).map_err(|_| Refusal::Bad("not a checkpoint"))?;
    if log.is_empty() {
        return Err(Refusal::UnknownOrigin);
    }
    request.note.verify(log).map_err(|_| Refusal::Forbidden)?;
    if request.old > checkpoint.size {
        return Err(Refusal::Bad("the old size is above the new one"));
    }
    if request.old != seen.size {
        return Err(Refusal::Conflict(seen.size));
    }
    if checkpoint.size == 0 && checkpoint.root != EMPTY_ROOT {
        return Err(Refusal::Inconsistent);
    }
    proof::verify_consistency(seen.size, &seen.root, checkpoint.size, &checkpoint.root, &request.proof)
        .map_err(|_| Refusal::Inconsistent)?;
    Ok(checkpoint)
}

/// The cosignature lines of an answer 200.
#[must_use]
pub fn answer(cosigner: &Cosigner, at_seconds: u64, note: &Note) -> String {
    format!("{}\n", cosigner.sign(at_seconds, &note.text))
}

/// The signatures in an answer 200 that the configured `witness` made over this note; others are passed over.
///
/// # Errors
/// [`NoteError`] when there is none, or it does not hold.
pub fn accept(body: &str, witness: &Verifier, note: &Note) -> Result<Vec<Signature>, NoteError> {
    let lines: Option<Vec<Signature>> = body.strip_suffix('\n').unwrap_or(body).split('\n').map(Signature::parse).collect();
    let mut lines = lines.ok_or(NoteError::Malformed("a line is not a signature"))?;
    lines.retain(|signature| witness.made(signature));
    lines.iter().try_for_each(|signature| witness.verify(&note.text, signature))?;
    if lines.is_empty() { Err(NoteError::Unsigned) } else { Ok(lines) }
}

//! Cosignatures: a witness says when it saw a checkpoint (c2sp.org/tlog-cosignature, Ed25519).

use crate::{
    Note, Signature, Signer, Verifier,
    note::{Algorithm, NoteError},
};

/// A witness's statement: as of `at_seconds` (POSIX time) this was the largest tree of the log it had seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    pub name: String,
    pub at_seconds: u64,
}

/// What is signed: two lines and the whole checkpoint text.
pub(crate) fn message(at_seconds: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {at_seconds}\n{text}")
}

/// A witness's key.
#[derive(Debug)]
pub struct Cosigner(Signer);

impl Cosigner {
    /// The key of a seed of 32 secret bytes.
    ///
    /// # Errors
    /// [`NoteError::BadKey`] when the name cannot be one.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        Signer::from_seed(name, Algorithm::Cosignature, seed).map(Self)
    }

    /// Reads the secret text of a cosigner's key; see [`Signer::parse`].
    ///
    /// # Errors
    /// [`NoteError::BadKey`].
    pub fn parse(skey: &str) -> Result<Self, NoteError> {
        let signer = Signer::parse(skey)?;
        match signer.verifier().algorithm() {
            Algorithm::Cosignature => Ok(Self(signer)),
            Algorithm::Ed25519 => Err(NoteError::BadKey("a log's key, not a witness's")),
        }
    }

    /// The key itself, to be written down.
    #[must_use]
    pub const fn signer(&self) -> &Signer {
        &self.0
    }

    /// The public half.
    #[must_use]
    pub const fn verifier(&self) -> &Verifier {
        self.0.verifier()
    }

    /// Signs a checkpoint's text at a time, which is not 0.
    #[must_use]
    pub fn sign(&self, at_seconds: u64, text: &str) -> Signature {
        let signed = self.0.raw(message(at_seconds, text).as_bytes());
        self.0.signature([at_seconds.to_be_bytes().as_slice(), &signed].concat())
    }
}

/// The cosignatures of known witnesses on a note, each verified.
///
/// # Errors
/// [`NoteError::BadSignature`] when a known witness's does not hold.
pub fn verified(note: &Note, witnesses: &[Verifier]) -> Result<Vec<Cosignature>, NoteError> {
    let mut found = Vec::new();
    for signature in &note.signatures {
        let made_it = |key: &&Verifier| key.algorithm() == Algorithm::Cosignature && key.made(signature);
        let Some(witness) = witnesses.iter().find(made_it) else { continue };
        witness.verify(&note.text, signature)?;
        if let Some((time, _)) = signature.bytes.split_first_chunk::<8>() {
            found.push(Cosignature { name: signature.name.clone(), at_seconds: u64::from_be_bytes(*time) });
        }
    }
    Ok(found)
}

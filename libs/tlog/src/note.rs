//! Signed notes: a text and the signatures below it (c2sp.org/signed-note).

use std::fmt;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::text::{base64, unbase64};

/// The longest note that is read, in bytes: room for many signatures, also long ones.
pub const NOTE_BYTES_MAX: usize = 262_144;
/// The most signatures a note may carry.
const SIGNATURES_MAX: usize = 64;

/// The types of signatures that are made and verified here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519 over the text, 0x01.
    Ed25519,
    /// Timestamped Ed25519 cosignature of a checkpoint, 0x04.
    Cosignature,
}

impl Algorithm {
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::Cosignature => 4,
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Ed25519),
            4 => Some(Self::Cosignature),
            _ => None,
        }
    }
}

/// Why a note, a key or a signature was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is no signed note, or its body is not what it should be.
    #[error("not a signed note: {0}")]
    Malformed(&'static str),
    /// The text of a key is not right.
    #[error("not a key of this log: {0}")]
    BadKey(&'static str),
    /// A known key's signature does not verify.
    #[error("the signature of {0} does not hold")]
    BadSignature(String),
    /// No known key signed it.
    #[error("no known key signed it")]
    Unsigned,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub name: String,
    pub key_id: u32,
    /// What follows the key id.
    pub bytes: Vec<u8>,
}

impl Signature {
    /// Reads `— name base64`, without the line's end.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = unbase64(encoded)?;
        let (key_id, bytes) = bytes.split_first_chunk::<4>()?;
        let known = is_key_name(name) && !bytes.is_empty();
        known.then(|| Self { name: name.to_owned(), key_id: u32::from_be_bytes(*key_id), bytes: bytes.to_vec() })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.key_id.to_be_bytes().as_slice(), &self.bytes].concat();
        write!(f, "— {} {}", self.name, base64(&bytes))
    }
}

/// A text with its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The signed text, with its last newline.
    pub text: String,
    pub signatures: Vec<Signature>,
}

impl Note {
    /// Reads a note. Nothing is verified.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(NoteError::Malformed("too long"));
        }
        if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err(NoteError::Malformed("a control character"));
        }
        let end = note.rfind("\n\n").ok_or(NoteError::Malformed("no empty line before the signatures"))?;
        let (text, below) = (&note[..=end], &note[end + 2..]);
        let lines = below.strip_suffix('\n').ok_or(NoteError::Malformed("the last line has no end"))?;
        let signatures: Option<Vec<Signature>> = lines.split('\n').map(Signature::parse).collect();
        let signatures = signatures.ok_or(NoteError::Malformed("a line is not a signature"))?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoteError::Malformed("too many signatures"));
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The places of the signatures that a known key made, at least one. Signatures of unknown keys are passed over.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] when a known key's signature does not hold, [`NoteError::Unsigned`] when there is none.
    pub fn verify(&self, known: &[Verifier]) -> Result<Vec<usize>, NoteError> {
        let mut verified = Vec::new();
        for (place, signature) in self.signatures.iter().enumerate() {
            let Some(key) = known.iter().find(|key| key.made(signature)) else { continue };
            key.verify(&self.text, signature)?;
            verified.push(place);
        }
        if verified.is_empty() { Err(NoteError::Unsigned) } else { Ok(verified) }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

/// Key names: not empty, no spaces, no plus, nothing that breaks a line.
#[must_use]
pub fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

/// First four bytes of `SHA-256(name ‖ 0x0A ‖ type ‖ public key)`.
fn key_id(name: &str, algorithm: Algorithm, public: &[u8; 32]) -> u32 {
    let digest: [u8; 32] = Sha256::new().chain_update(name).chain_update([b'\n', algorithm.byte()]).chain_update(public).finalize().into();
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// A public key with its name: what somebody who checks is configured with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    algorithm: Algorithm,
    public: [u8; 32],
    key_id: u32,
}

impl Verifier {
    /// A key of this name.
    ///
    /// # Errors
    /// [`NoteError::BadKey`] when the name cannot be one.
    pub fn new(name: &str, algorithm: Algorithm, public: [u8; 32]) -> Result<Self, NoteError> {
        if !is_key_name(name) {
            return Err(NoteError::BadKey("a name has no spaces and no plus"));
        }
        Ok(Self { name: name.to_owned(), algorithm, public, key_id: key_id(name, algorithm, &public) })
    }

    /// Reads a *vkey*: `name+hex(key id)+base64(type ‖ public key)`.
    ///
    /// # Errors
    /// [`NoteError::BadKey`].
    pub fn parse(vkey: &str) -> Result<Self, NoteError> {
        let mut parts = vkey.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::BadKey("three parts between plus signs"));
        };
        let bytes = unbase64(key).ok_or(NoteError::BadKey("its third part is not base64"))?;
        let (algorithm, public) = bytes.split_first().ok_or(NoteError::BadKey("it is empty"))?;
        let algorithm = Algorithm::from_byte(*algorithm).ok_or(NoteError::BadKey("another kind of signature than Ed25519"))?;
        let public = public.try_into().map_err(|_| NoteError::BadKey("not 32 bytes"))?;
        let verifier = Self::new(name, algorithm, public)?;
        if id != format!("{:08x}", verifier.key_id) {
            return Err(NoteError::BadKey("its id is not that of its key and name"));
        }
        Ok(verifier)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its id.
    #[must_use]
    pub const fn key_id(&self) -> u32 {
        self.key_id
    }

    /// Whether `signature` says that this key made it.
    #[must_use]
    pub fn made(&self, signature: &Signature) -> bool {
        signature.key_id == self.key_id && signature.name == self.name
    }

    /// Whether the signature holds over `text`.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`].
    pub fn verify(&self, text: &str, signature: &Signature) -> Result<(), NoteError> {
        let bad = || NoteError::BadSignature(self.name.clone());
        match self.algorithm {
            Algorithm::Ed25519 => self.check(text.as_bytes(), &signature.bytes).ok_or_else(bad),
            Algorithm::Cosignature => {
                let (time, bytes) = signature.bytes.split_first_chunk::<8>().ok_or_else(bad)?;
                let message = crate::cosignature::message(u64::from_be_bytes(*time), text);
                self.check(message.as_bytes(), bytes).ok_or_else(bad)
            }
        }
    }

    fn check(&self, message: &[u8], signature: &[u8]) -> Option<()> {
        UnparsedPublicKey::new(&ED25519, self.public).verify(message, signature).ok()
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [[self.algorithm.byte()].as_slice(), &self.public].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.key_id, base64(&key))
    }
}

/// A private key with its name.
pub struct Signer {
    pair: Ed25519KeyPair,
    seed: Zeroizing<[u8; 32]>,
    verifier: Verifier,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signer").field(&self.verifier.to_string()).finish()
    }
}

impl Signer {
    /// The key of a seed of 32 secret bytes (RFC 8032 §5.1.5).
    ///
    /// # Errors
    /// [`NoteError::BadKey`] when the name cannot be one.
    pub fn from_seed(name: &str, algorithm: Algorithm, seed: &[u8; 32]) -> Result<Self, NoteError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| NoteError::BadKey("not a seed"))?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| NoteError::BadKey("not 32 bytes"))?;
        Ok(Self { pair, seed: Zeroizing::new(*seed), verifier: Verifier::new(name, algorithm, public)? })
    }

    /// Reads the text of a private key: `PRIVATE+KEY+name+hex(key id)+base64(type ‖ seed)`, as `golang.org/x/mod/sumdb/note` writes it.
    ///
    /// # Errors
    /// [`NoteError::BadKey`].
    pub fn parse(skey: &str) -> Result<Self, NoteError> {
        let rest = skey.trim().strip_prefix("PRIVATE+KEY+").ok_or(NoteError::BadKey("it begins with PRIVATE+KEY+"))?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::BadKey("five parts between plus signs"));
        };
        let bytes = Zeroizing::new(unbase64(key).ok_or(NoteError::BadKey("its last part is not base64"))?);
        let (algorithm, seed) = bytes.split_first().ok_or(NoteError::BadKey("it is empty"))?;
        let algorithm = Algorithm::from_byte(*algorithm).ok_or(NoteError::BadKey("another kind of signature than Ed25519"))?;
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(seed.try_into().map_err(|_| NoteError::BadKey("not 32 bytes"))?);
        let signer = Self::from_seed(name, algorithm, &seed)?;
        if id != format!("{:08x}", signer.verifier.key_id) {
            return Err(NoteError::BadKey("its id is not that of its key and name"));
        }
        Ok(signer)
    }

    /// The secret text that [`Signer::parse`] reads.
    #[must_use]
    pub fn secret_text(&self) -> Zeroizing<String> {
        let key = Zeroizing::new([[self.verifier.algorithm.byte()].as_slice(), self.seed.as_slice()].concat());
        Zeroizing::new(format!("PRIVATE+KEY+{}+{:08x}+{}", self.verifier.name, self.verifier.key_id, base64(&key)))
    }

    /// The public half.
    #[must_use]
    pub const fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Signs a text, which ends in a newline. For [`Algorithm::Ed25519`]; a cosigner signs with a time.
    #[must_use]
    pub fn sign(&self, text: &str) -> Signature {
        self.signature(self.raw(text.as_bytes()))
    }

    pub(crate) fn raw(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }

    pub(crate) fn signature(&self, bytes: Vec<u8>) -> Signature {
        Signature { name: self.verifier.name.clone(), key_id: self.verifier.key_id, bytes }
    }
}

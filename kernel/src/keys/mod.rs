//! Keys: one master key a government, everything else derived from it.
//!
//! - A [`Ring`] is the key file: one or more master keys, the newest encrypts, all of them decrypt.
//! - [`Keys`] are the ring at work: [`Keys::seal`] for columns, [`Keys::blind`] for the four blind indexes,
//!   [`Keys::sign`] for cookies and links, [`stream`] for blobs.
//! - [`Recovery`] is the printed copy of the ring, typed in again when the file is lost.
//!
//! A ciphertext says which format and which key made it, and opens only in the place it was made for: government,
//! table, column and row are authenticated with it, so a sealed NIK moved to another row is noise.

pub mod recovery;
pub mod ring;
pub mod stream;

use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit as _, Nonce,
    aead::{Aead as _, Payload},
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{Ctx, Id};

pub use recovery::{Recovery, RecoveryError};
pub use ring::{KeyId, Ring};

/// Format of a sealed value: format byte ‖ key id (4) ‖ nonce (12) ‖ ciphertext and tag.
const SEALED_FORMAT: u8 = 1;
const NONCE_BYTES: usize = 12;
const HEADER_BYTES: usize = 1 + 4 + NONCE_BYTES;

/// Why a key could not be read, or a value not opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key file is not there.
    #[error("there is no key file at {0}")]
    Missing(String),
    /// There already is a key file; it is never overwritten.
    #[error("there already is a key file at {0}")]
    Exists(String),
    /// Others than its owner may read the file.
    #[error("the key file {0} may be read by others: chmod 600 it")]
    Readable(String),
    /// The file is not a key file.
    #[error("the key file {path} is damaged: {what}")]
    Damaged { path: String, what: &'static str },
    /// The value was sealed with a key that this ring does not hold.
    #[error("sealed with key {0}, which is not in the key file")]
    Unknown(KeyId),
    /// The value was changed, moved to another place or is no sealed value.
    #[error("a sealed value does not open: changed, moved or of another government")]
    Sealed,
    /// The file system failed.
    #[error("key file: {0}")]
    Io(#[from] std::io::Error),
}

impl From<KeyError> for crate::Error {
    fn from(error: KeyError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// The identifiers that may be looked up without being stored in plain. No others: each blind index leaks equality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blind {
    Nik,
    Kk,
    Phone,
    Email,
}

impl Blind {
    const fn purpose(self) -> &'static str {
        match self {
            Self::Nik => "nik",
            Self::Kk => "kk",
            Self::Phone => "phone",
            Self::Email => "email",
        }
    }
}

/// One master key with what is derived from it for every call.
struct Derived {
    id: KeyId,
    columns: Aes256GcmSiv,
    blobs: Zeroizing<[u8; 32]>,
    signing: Zeroizing<[u8; 32]>,
}

/// The key ring of one government at work.
pub struct Keys {
    government: String,
    /// Oldest first, never empty.
    ring: Vec<Derived>,
    blind: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("government", &self.government).field("keys", &self.ring.len()).finish()
    }
}

/// A subkey of 32 bytes for one purpose (HKDF-SHA256, RFC 5869).
fn derive(master: &[u8; 32], purpose: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    let kdf = Hkdf::<Sha256>::new(Some(b"smartgovt 1"), master);
    #[expect(clippy::expect_used, reason = "HKDF-SHA256 gives up to 8160 bytes")]
    kdf.expand_multi_info(purpose, key.as_mut()).expect("32 bytes are fewer than 8160");
    key
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes any key");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac
}

/// Length-prefixed parts: no two different lists give the same bytes.
fn bound(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u32).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

impl Keys {
    /// The ring of the government called `government` (its slug, which every ciphertext is bound to).
    ///
    /// The blind index stays with the oldest key of the ring, so that rotation does not lose anybody.
    #[must_use]
    pub fn new(government: &str, ring: &Ring) -> Self {
        let derived = ring.keys().iter().map(|master| Derived {
            id: ring::key_id(master),
            columns: Aes256GcmSiv::new(&(*derive(master, &[b"columns"])).into()),
            blobs: derive(master, &[b"blobs"]),
            signing: derive(master, &[b"signing"]),
        });
        #[expect(clippy::expect_used, reason = "Ring has no empty state")]
        let oldest = ring.keys().first().expect("a ring holds at least one key");
        let blind = derive(oldest, &[b"blind", government.as_bytes()]);
        Self { government: government.to_owned(), ring: derived.collect(), blind }
    }

    /// The slug of the government the ciphertexts are bound to.
    #[must_use]
    pub fn government(&self) -> &str {
        &self.government
    }

    /// The key that encrypts now.
    #[must_use]
    pub fn newest(&self) -> Option<KeyId> {
        self.ring.last().map(|key| key.id)
    }

    #[expect(clippy::expect_used, reason = "Ring has no empty state")]
    fn current(&self) -> &Derived {
        self.ring.last().expect("a ring holds at least one key")
    }

    fn find(&self, id: KeyId) -> Result<&Derived, KeyError> {
        self.ring.iter().rev().find(|key| key.id == id).ok_or(KeyError::Unknown(id))
    }

    fn place(&self, table: &str, column: &str, row: Id) -> Vec<u8> {
        bound(&[self.government.as_bytes(), table.as_bytes(), column.as_bytes(), row.bytes()])
    }

    /// Seals `plain` for one column of one row. The nonce is random, from `ctx`.
    #[must_use]
    pub fn seal(&self, ctx: &Ctx, table: &str, column: &str, row: Id, plain: &[u8]) -> Vec<u8> {
        let key = self.current();
        let nonce: [u8; NONCE_BYTES] = ctx.random();
        let payload = Payload { msg: plain, aad: &self.place(table, column, row) };
        #[expect(clippy::expect_used, reason = "only more than 64 GiB are refused")]
        let sealed = key.columns.encrypt(&Nonce::from(nonce), payload).expect("a column is smaller than 64 GiB");
        let mut out = Vec::with_capacity(HEADER_BYTES + sealed.len());
        out.push(SEALED_FORMAT);
        out.extend_from_slice(&key.id.0);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        out
    }

    /// Opens what [`Keys::seal`] made for the same place.
    pub fn open(&self, table: &str, column: &str, row: Id, sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        let (id, nonce, body) = split(sealed)?;
        let payload = Payload { msg: body, aad: &self.place(table, column, row) };
        self.find(id)?.columns.decrypt(&Nonce::from(nonce), payload).map_err(|_| KeyError::Sealed)
    }

    /// [`Keys::open`] for a value that is text.
    pub fn open_text(&self, table: &str, column: &str, row: Id, sealed: &[u8]) -> Result<String, KeyError> {
        String::from_utf8(self.open(table, column, row, sealed)?).map_err(|_| KeyError::Sealed)
    }

    /// Seals again with the newest key what an older one sealed; `None` when it already is the newest.
    pub fn rewrap(&self, ctx: &Ctx, table: &str, column: &str, row: Id, sealed: &[u8]) -> Result<Option<Vec<u8>>, KeyError> {
        let (id, _, _) = split(sealed)?;
        if id == self.current().id {
            return Ok(None);
        }
        let plain = Zeroizing::new(self.open(table, column, row, sealed)?);
        Ok(Some(self.seal(ctx, table, column, row, &plain)))
    }

    /// The blind index of an identifier that its owner's module has normalized: equal texts give equal 16 bytes.
    #[must_use]
    pub fn blind(&self, kind: Blind, normalized: &str) -> Vec<u8> {
        let tag = mac(&self.blind, &[kind.purpose().as_bytes(), normalized.as_bytes()]).finalize().into_bytes();
        tag[..16].to_vec()
    }

    /// A stable pseudonym of a record for one purpose: the same for the same purpose whenever it is asked, and without the key
    /// neither undone nor linked to the one of another purpose. It stays with the oldest key, as the blind index does.
    #[must_use]
    pub fn pseudonym(&self, purpose: &str, row: Id) -> [u8; 16] {
        let tag = mac(&self.blind, &[b"pseudonym", purpose.as_bytes(), row.bytes()]).finalize().into_bytes();
        let mut out = [0; 16];
        out.copy_from_slice(&tag[..16]);
        out
    }

    /// A tag that proves that this government wrote `bytes` for `purpose` (a cookie, a link).
    #[must_use]
    pub fn sign(&self, purpose: &str, bytes: &[u8]) -> [u8; 32] {
        self.tag(self.current(), purpose, bytes).finalize().into_bytes().into()
    }

    /// Whether `tag` is [`Keys::sign`] of the same purpose and bytes, by any key of the ring. Constant in time.
    #[must_use]
    pub fn check(&self, purpose: &str, bytes: &[u8], tag: &[u8]) -> bool {
        self.ring.iter().rev().any(|key| self.tag(key, purpose, bytes).verify_slice(tag).is_ok())
    }

    /// The seeds of the keys that sign the transparency log, newest first: one of every key of the ring.
    #[must_use]
    pub fn log_seeds(&self) -> Vec<Zeroizing<[u8; 32]>> {
        self.ring.iter().rev().map(|key| derive(&key.signing, &[b"log", self.government.as_bytes()])).collect()
    }

    fn tag(&self, key: &Derived, purpose: &str, bytes: &[u8]) -> Hmac<Sha256> {
        mac(&key.signing, &[self.government.as_bytes(), purpose.as_bytes(), bytes])
    }
}

fn split(sealed: &[u8]) -> Result<(KeyId, [u8; NONCE_BYTES], &[u8]), KeyError> {
    let (header, body) = sealed.split_at_checked(HEADER_BYTES).ok_or(KeyError::Sealed)?;
    let (Some(&SEALED_FORMAT), Ok(id), Ok(nonce)) = (header.first(), header[1..5].try_into(), header[5..].try_into()) else {
        return Err(KeyError::Sealed);
    };
    Ok((KeyId(id), nonce, body))
}

#[cfg(test)]
mod tests;

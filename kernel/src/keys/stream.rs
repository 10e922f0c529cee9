//! Encryption of files in chunks of 64 KiB, each authenticated with its place: what, index, and whether it is the last.
//!
//! A file is `SGB1` ‖ key id (4) ‖ random prefix (8) ‖ chunks. Each file has its own key (from the blob key and what it
//! holds) and each chunk the nonce prefix ‖ index; a chunk that is missing, moved, repeated or of another file does
//! not open. So a file can be read without holding it whole, and never yields an unproven byte.

use std::io::{self, Read, Write};

use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit as _, Nonce,
    aead::{Aead as _, Payload},
};
use zeroize::Zeroizing;

use super::{Derived, KeyError, KeyId, Keys, bound, derive};
use crate::Ctx;

/// Plain bytes in a chunk.
pub const CHUNK_BYTES: usize = 64 * 1024;
const TAG_BYTES: usize = 16;
const MAGIC: &[u8; 4] = b"SGB1";
const PREFIX_BYTES: usize = 8;

struct Cipher<'a> {
    aead: Aes256GcmSiv,
    prefix: [u8; PREFIX_BYTES],
    what: &'a [u8],
    index: u32,
}

impl<'a> Cipher<'a> {
    fn new(keys: &Keys, key: &Derived, prefix: [u8; PREFIX_BYTES], what: &'a [u8]) -> Self {
        let own = derive(&key.blobs, &[b"file", &bound(&[keys.government.as_bytes(), what, &prefix])]);
        Self { aead: Aes256GcmSiv::new(&(*own).into()), prefix, what, index: 0 }
    }

    /// The nonce and the authenticated place of the next chunk.
    fn next(&mut self, last: bool) -> io::Result<(Nonce, Vec<u8>)> {
        let index = self.index.to_be_bytes();
        self.index = self.index.checked_add(1).ok_or_else(|| io::Error::other("a file of more than 256 TiB"))?;
        let mut nonce = [0; PREFIX_BYTES + 4];
        nonce[..PREFIX_BYTES].copy_from_slice(&self.prefix);
        nonce[PREFIX_BYTES..].copy_from_slice(&index);
        Ok((Nonce::from(nonce), bound(&[self.what, &index, &[u8::from(last)]])))
    }
}

/// Writes `plain` encrypted to `out`. `what` names the file (a blob's id): it opens only under the same name.
/// Returns the bytes written.
pub fn encrypt(keys: &Keys, ctx: &Ctx, what: &[u8], plain: &[u8], out: &mut impl Write) -> io::Result<u64> {
    let key = keys.current();
    let prefix = ctx.random();
    let mut cipher = Cipher::new(keys, key, prefix, what);
    out.write_all(MAGIC)?;
    out.write_all(&key.id.0)?;
    out.write_all(&prefix)?;
    let mut written = (MAGIC.len() + key.id.0.len() + PREFIX_BYTES) as u64;
    // An empty file is one empty last chunk.
    let count = plain.len().div_ceil(CHUNK_BYTES).max(1);
    for place in 0..count {
        let chunk = &plain[place * CHUNK_BYTES..plain.len().min((place + 1) * CHUNK_BYTES)];
        let (nonce, aad) = cipher.next(place + 1 == count)?;
        let sealed = cipher.aead.encrypt(&nonce, Payload { msg: chunk, aad: &aad }).map_err(|_| io::Error::other("encryption"))?;
        out.write_all(&sealed)?;
        written += sealed.len() as u64;
    }
    Ok(written)
}

/// Reads an encrypted file; every byte it yields is proven to be the one written.
pub struct Decrypting<R> {
    inner: R,
    aead: Aes256GcmSiv,
    prefix: [u8; PREFIX_BYTES],
    what: Vec<u8>,
    index: u32,
    /// The sealed chunk read ahead, to know whether there is one after it.
    ahead: Vec<u8>,
    plain: Zeroizing<Vec<u8>>,
    at: usize,
    ended: bool,
}

impl<R: Read> Decrypting<R> {
    /// Starts reading the file called `what`.
    ///
    /// # Errors
    /// [`KeyError::Sealed`] when it is no such file, [`KeyError::Unknown`] when its key is not in the ring.
    pub fn new(keys: &Keys, what: &[u8], mut inner: R) -> Result<Self, KeyError> {
        let mut header = [0; MAGIC.len() + 4 + PREFIX_BYTES];
        inner.read_exact(&mut header).map_err(damaged)?;
        let (magic, rest) = header.split_at(MAGIC.len());
        let (id, prefix) = rest.split_at(4);
        let (Ok(id), Ok(prefix)) = (id.try_into(), prefix.try_into()) else { return Err(KeyError::Sealed) };
        if magic != MAGIC {
            return Err(KeyError::Sealed);
        }
        let cipher = Cipher::new(keys, keys.find(KeyId(id))?, prefix, what);
        let mut reader = Self {
            inner,
            aead: cipher.aead,
            prefix,
            what: what.to_vec(),
            index: 0,
            ahead: Vec::new(),
            plain: Zeroizing::default(),
            at: 0,
            ended: false,
        };
        reader.ahead = reader.sealed_chunk()?;
        Ok(reader)
    }

    fn sealed_chunk(&mut self) -> io::Result<Vec<u8>> {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES + TAG_BYTES);
        self.inner.by_ref().take((CHUNK_BYTES + TAG_BYTES) as u64).read_to_end(&mut chunk)?;
        Ok(chunk)
    }

    fn open_next(&mut self) -> io::Result<()> {
        let following = self.sealed_chunk()?;
        let last = following.is_empty();
        let mut cipher = Cipher { aead: self.aead.clone(), prefix: self.prefix, what: &self.what, index: self.index };
        let (nonce, aad) = cipher.next(last)?;
        let opened = cipher.aead.decrypt(&nonce, Payload { msg: &self.ahead, aad: &aad });
        self.plain = Zeroizing::new(opened.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, KeyError::Sealed))?);
        self.index += 1;
        self.at = 0;
        self.ended = last;
        self.ahead = following;
        Ok(())
    }
}

fn damaged(error: io::Error) -> KeyError {
    if error.kind() == io::ErrorKind::UnexpectedEof { KeyError::Sealed } else { KeyError::Io(error) }
}

impl<R: Read> Read for Decrypting<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.plain.len() {
            if self.ended {
                return Ok(0);
            }
            self.open_next()?;
        }
        let length = out.len().min(self.plain.len() - self.at);
        out[..length].copy_from_slice(&self.plain[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

//! What a file is, by its content and never by its name.

use std::io::Read as _;

use flate2::read::{DeflateDecoder, ZlibDecoder};

use super::{Limits, MediaType};
use crate::Message;

/// A workbook may unpack to this much; a larger one is a bomb or better split.
const UNPACKED_BYTES_MAX: u64 = 256 << 20;
const ZIP_ENTRIES_MAX: usize = 2_000;
/// So much of a PDF's object streams is looked at.
const OBJECTS_BYTES_MAX: u64 = 64 << 20;
/// As long as the longest name that is looked for.
const NAME_BYTES: usize = 12;

/// The kind of a file that was sent, when it is one of those allowed and holds nothing that acts.
///
/// # Errors
/// A message that says what to send instead.
pub(super) fn sniff(name: &str, bytes: &[u8], limits: &Limits) -> Result<MediaType, Message> {
    let kind = if bytes.is_empty() {
        return Err(Message::new("blob-empty"));
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        MediaType::Jpeg
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        MediaType::Png
    } else if bytes.starts_with(b"%PDF-") {
        MediaType::Pdf
    } else if bytes.starts_with(b"PK\x03\x04") {
        MediaType::Xlsx
    } else {
        return Err(other(name, bytes, limits));
    };
    if !limits.kinds.contains(&kind) {
        return Err(not_allowed(limits));
    }
    match kind {
        MediaType::Jpeg | MediaType::Png => {}
        MediaType::Pdf => pdf(bytes)?,
        MediaType::Xlsx => workbook(bytes, limits)?,
    }
    Ok(kind)
}

fn not_allowed(limits: &Limits) -> Message {
    let kinds: Vec<&str> = limits.kinds.iter().map(|kind| kind.name()).collect();
    Message::new("blob-kind-not-allowed").arg("kinds", kinds.join(", "))
}

/// The sentence for a file of no allowed kind: as helpful as its beginning permits.
fn other(name: &str, bytes: &[u8], limits: &Limits) -> Message {
    let head: Vec<u8> = bytes.iter().take(512).map(u8::to_ascii_lowercase).collect();
    let begins = |text: &[u8]| head.trim_ascii_start().starts_with(text);
    let brand = bytes.get(4..12).unwrap_or_default();
    let picture_name = [".jpg", ".jpeg", ".png"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
    if bytes.starts_with(b"MZ") || bytes.starts_with(b"\x7fELF") || bytes.starts_with(b"#!") {
        Message::new("blob-is-a-program")
    } else if brand.starts_with(b"ftyphe") || brand.starts_with(b"ftypmif1") || brand.starts_with(b"ftypavif") {
        Message::new("blob-picture-heic")
    } else if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        // The container of .xls and .doc, and of every Office file with a password.
        Message::new("blob-old-or-protected")
    } else if contains(&head, b"<svg") || begins(b"<!doctype") || begins(b"<html") || begins(b"<?xml") || contains(&head, b"<script") {
        Message::new("blob-is-a-web-page")
    } else if picture_name {
        Message::new("blob-not-a-picture")
    } else {
        not_allowed(limits)
    }
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// A whole PDF without scripts, programs, attachments or a password.
fn pdf(bytes: &[u8]) -> Result<(), Message> {
    let tail = &bytes[bytes.len().saturating_sub(2048)..];
    if !contains(tail, b"%%EOF") {
        return Err(Message::new("blob-pdf-damaged"));
    }
    let mut room = OBJECTS_BYTES_MAX;
    for at in names(bytes)? {
        // What dictionaries say inside a compressed object stream (7.5.7) counts as if it stood in the open.
        let packed = &bytes[at..];
        let Some(begin) = packed.windows(6).take(2_000).position(|window| window == b"stream") else { continue };
        let body = packed[begin + 6..].trim_ascii_start();
        let mut objects = Vec::new();
        // A stream that breaks off shows what it held until there.
        let _ = ZlibDecoder::new(body).take(room).read_to_end(&mut objects);
        room -= objects.len() as u64;
        names(&objects)?;
    }
    let head: Vec<u8> = bytes.iter().take(1024).map(u8::to_ascii_lowercase).collect();
    if contains(&head, b"<script") || contains(&head, b"<html") {
        return Err(Message::new("blob-is-a-web-page"));
    }
    Ok(())
}

/// One pass over the names (ISO 32000-2, 7.3.5), which may be written with escapes. Answers where object streams are announced.
/// Files are served as attachments in a sandbox as well.
fn names(bytes: &[u8]) -> Result<Vec<usize>, Message> {
    let mut object_streams = Vec::new();
    for (at, _) in bytes.iter().enumerate().filter(|&(_, &byte)| byte == b'/') {
        let name = name(&bytes[at + 1..]);
        if name.starts_with(b"Encrypt") {
            return Err(Message::new("blob-pdf-protected"));
        }
        if [&b"JavaScript"[..], b"Launch", b"EmbeddedFile", b"RichMedia"].iter().any(|acting| name.starts_with(acting)) {
            return Err(Message::new("blob-pdf-active"));
        }
        if name.starts_with(b"ObjStm") {
            object_streams.push(at);
        }
    }
    Ok(object_streams)
}

/// The beginning of a name: "Java#53cript" is "JavaScript".
fn name(mut bytes: &[u8]) -> Vec<u8> {
    let mut name = Vec::with_capacity(NAME_BYTES);
    while let (Some((&first, rest)), true) = (bytes.split_first(), name.len() < NAME_BYTES) {
        let escaped = (first == b'#').then(|| std::str::from_utf8(rest.get(..2)?).ok()).flatten();
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                name.push(byte);
                bytes = &rest[2..];
            }
            None => {
                name.push(first);
                bytes = rest;
            }
        }
    }
    name
}

struct Packed<'a> {
    name: &'a [u8],
    protected: bool,
    method: u16,
    packed: u64,
    offset: usize,
}

fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// The central directory of a zip file (APPNOTE 4.3.12). ZIP64 is not needed below 4 GiB and not read.
fn directory(bytes: &[u8]) -> Option<Vec<Packed<'_>>> {
    let tail = bytes.len().saturating_sub(66_000);
    let end = tail + bytes.get(tail..)?.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let count = usize::from(le16(bytes, end + 10)?);
    let mut at = usize::try_from(le32(bytes, end + 16)?).ok()?;
    if count > ZIP_ENTRIES_MAX {
        return None;
    }
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        if bytes.get(at..at + 4)? != b"PK\x01\x02" {
            return None;
        }
        let (name, extra, comment) = (le16(bytes, at + 28)?, le16(bytes, at + 30)?, le16(bytes, at + 32)?);
        entries.push(Packed {
            name: bytes.get(at + 46..at + 46 + usize::from(name))?,
            protected: le16(bytes, at + 8)? & 1 != 0,
            method: le16(bytes, at + 10)?,
            packed: le32(bytes, at + 20)?.into(),
            offset: usize::try_from(le32(bytes, at + 42)?).ok()?,
        });
        at += 46 + usize::from(name) + usize::from(extra) + usize::from(comment);
    }
    Some(entries)
}

/// A workbook (ECMA-376) without macros or a password that unpacks, really, to a bearable size.
fn workbook(bytes: &[u8], limits: &Limits) -> Result<(), Message> {
    let entries = directory(bytes).ok_or(Message::new("blob-workbook-damaged"))?;
    let has = |name: &[u8]| entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name));
    if !has(b"[Content_Types].xml") || !has(b"xl/workbook.xml") {
        return Err(not_allowed(limits));
    }
    if entries.iter().any(|entry| entry.protected) {
        return Err(Message::new("blob-old-or-protected"));
    }
    if entries.iter().any(|entry| contains(&entry.name.to_ascii_lowercase(), b"vbaproject")) {
        return Err(Message::new("blob-workbook-macros"));
    }
    let large = || Message::new("blob-workbook-bomb").arg("max", (UNPACKED_BYTES_MAX >> 20) as i64);
    // Entries that share bytes are how the smallest bombs are made.
    if entries.iter().map(|entry| entry.packed).sum::<u64>() > bytes.len() as u64 {
        return Err(large());
    }
    let mut unpacked = 0;
    for entry in &entries {
        let left = UNPACKED_BYTES_MAX - unpacked;
        unpacked += unpack(bytes, entry, left).ok_or(Message::new("blob-workbook-damaged"))?;
        if unpacked >= UNPACKED_BYTES_MAX {
            return Err(large());
        }
    }
    Ok(())
}

/// What an entry really unpacks to, at most `max` bytes, whatever its header claims.
fn unpack(bytes: &[u8], entry: &Packed<'_>, max: u64) -> Option<u64> {
    let header = entry.offset;
    if bytes.get(header..header + 4)? != b"PK\x03\x04" {
        return None;
    }
    let start = header + 30 + usize::from(le16(bytes, header + 26)?) + usize::from(le16(bytes, header + 28)?);
    let body = bytes.get(start..start.checked_add(usize::try_from(entry.packed).ok()?)?)?;
    match entry.method {
        0 => Some(entry.packed),
        8 => std::io::copy(&mut DeflateDecoder::new(body).take(max), &mut std::io::sink()).ok(),
        _ => None,
    }
}

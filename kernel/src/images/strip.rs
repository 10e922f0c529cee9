//! Cutting metadata out of JPEG and PNG without touching the pixels.

/// What is left of a picture, and whether it may be shown as it is.
pub(super) struct Stripped {
    pub(super) bytes: Vec<u8>,
    pub(super) width_px: u32,
    pub(super) height_px: u32,
    /// `false`: the metadata said to turn it.
    pub(super) upright: bool,
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

/// A JPEG up to its end of image, without APPn (but JFIF and Adobe's colour transform) and comments.
/// `None` when it is not built like one (ITU-T T.81, annex B).
pub(super) fn jpeg(bytes: &[u8]) -> Option<Stripped> {
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(bytes.get(..2)?);
    let (mut at, mut size, mut upright, mut scans) = (2, None, true, 0);
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        match marker {
            0xff => {
                at += 1;
                continue;
            }
            0xd9 => {
                out.extend_from_slice(&[0xff, 0xd9]);
                break;
            }
            0x00 | 0x01 | 0xd0..=0xd8 => return None,
            _ => {}
        }
        let end = at + 2 + usize::from(be16(bytes, at + 2)?);
        let segment = bytes.get(at..end)?;
        match marker {
            // SOF0..SOF15 without DHT, JPG, DAC: precision, height, width.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                size = Some((be16(segment, 7)?, be16(segment, 5)?));
                out.extend_from_slice(segment);
            }
            0xe1 => upright &= exif_upright(segment.get(4..)?),
            0xe0 if segment.get(4..9) == Some(b"JFIF\0") => out.extend_from_slice(segment),
            0xee if segment.get(4..9) == Some(b"Adobe") => out.extend_from_slice(segment),
            0xe0..=0xef | 0xfe => {}
            _ => out.extend_from_slice(segment),
        }
        at = end;
        if marker == 0xda {
            scans += 1;
            let length = entropy_coded(bytes.get(at..)?)?;
            out.extend_from_slice(bytes.get(at..at + length)?);
            at += length;
        }
    }
    let (width, height) = size.filter(|&(width, height)| width > 0 && height > 0 && scans > 0)?;
    Some(Stripped { bytes: out, width_px: width.into(), height_px: height.into(), upright })
}

/// The length of entropy-coded data: up to a marker that is neither a stuffed zero nor a restart.
fn entropy_coded(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xff)?;
        match bytes.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
        }
    }
}

/// Whether an APP1 segment's orientation (tag 0x0112) is absent or 1.
fn exif_upright(payload: &[u8]) -> bool {
    let Some(tiff) = payload.strip_prefix(b"Exif\0\0") else { return true };
    orientation(tiff).is_none_or(|value| value == 1)
}

fn orientation(tiff: &[u8]) -> Option<u16> {
    let big = match tiff.get(..2)? {
        b"MM" => true,
        b"II" => false,
        _ => return None,
    };
    let short = |at: usize| tiff.get(at..at + 2)?.try_into().ok().map(if big { u16::from_be_bytes } else { u16::from_le_bytes });
    let long = |at: usize| tiff.get(at..at + 4)?.try_into().ok().map(if big { u32::from_be_bytes } else { u32::from_le_bytes });
    let folder = usize::try_from(long(4)?).ok()?;
    let entries = usize::from(short(folder)?);
    (0..entries).map(|entry| folder + 2 + entry * 12).find(|&at| short(at) == Some(0x0112)).and_then(|at| short(at + 8))
}

/// A PNG up to its IEND, with only the chunks that make the picture. `None` when it is not built like one.
pub(super) fn png(bytes: &[u8]) -> Option<Stripped> {
    const KEPT: [&[u8; 4]; 9] = [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs"];
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(bytes.get(..8)?);
    let (mut at, mut data) = (8, false);
    let (width_px, height_px) = (be32(bytes, 16)?, be32(bytes, 20)?);
    if bytes.get(12..16)? != b"IHDR" || width_px == 0 || height_px == 0 {
        return None;
    }
    loop {
        let length = usize::try_from(be32(bytes, at)?).ok()?;
        let kind = bytes.get(at + 4..at + 8)?;
        let end = at.checked_add(length)?.checked_add(12)?;
        let chunk = bytes.get(at..end)?;
        data |= kind == b"IDAT";
        if KEPT.iter().any(|kept| kept.as_slice() == kind) {
            out.extend_from_slice(chunk);
        } else if kind[0].is_ascii_uppercase() {
            // A critical chunk nobody knows.
            return None;
        }
        at = end;
        if kind == b"IEND" {
            return data.then_some(Stripped { bytes: out, width_px, height_px, upright: true });
        }
    }
}

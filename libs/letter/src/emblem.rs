//! The emblem in a letterhead, checked before it is kept.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// The picture at the left of the letterhead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "lowercase")]
pub enum Emblem {
    /// An empty shield with the words "LAMBANG DAERAH", for demos and until the real one is uploaded.
    #[default]
    Placeholder,
    /// No picture; the lines are centred on the full width.
    None,
    /// A vector drawing.
    Svg(#[serde(with = "as_base64")] Vec<u8>),
    /// A PNG picture.
    Png(#[serde(with = "as_base64")] Vec<u8>),
    /// A JPEG picture.
    Jpeg(#[serde(with = "as_base64")] Vec<u8>),
}

/// Why a file cannot be used as an emblem.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EmblemError {
    /// More than 1 MiB.
    #[error("the emblem is larger than 1 MiB")]
    TooLarge,
    /// Neither SVG nor PNG nor JPEG.
    #[error("the emblem is neither SVG nor PNG nor JPEG")]
    UnknownFormat,
    /// More than 4,000 pixels a side.
    #[error("the emblem has more than 4000 pixels a side")]
    TooManyPixels,
    /// An SVG with scripts, entities, embedded pages or references outside itself.
    #[error("the drawing holds {0}, which a letterhead must not")]
    Unsafe(&'static str),
}

const SIZE_BYTES_MAX: usize = 1 << 20;
const SIDE_PIXELS_MAX: u32 = 4_000;

impl Emblem {
    /// Takes an uploaded file as emblem, by its content and not by its name.
    ///
    /// # Errors
    /// When it is too large, of an unknown format, or an SVG that is more than a drawing.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EmblemError> {
        if bytes.len() > SIZE_BYTES_MAX {
            return Err(EmblemError::TooLarge);
        }
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            let side = |at: usize| bytes.get(at..at + 4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
            let (Some(width), Some(height)) = (side(16), side(20)) else {
                return Err(EmblemError::UnknownFormat);
            };
            if width.max(height) > SIDE_PIXELS_MAX {
                return Err(EmblemError::TooManyPixels);
            }
            return Ok(Self::Png(bytes.to_vec()));
        }
        if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            return Ok(Self::Jpeg(bytes.to_vec()));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| EmblemError::UnknownFormat)?;
        let lower = text.to_ascii_lowercase();
        if !lower.contains("<svg") {
            return Err(EmblemError::UnknownFormat);
        }
        let forbidden = [
            ("<script", "a script"),
            ("<!entity", "an entity"),
            ("<foreignobject", "an embedded page"),
            ("<image", "an embedded picture"),
            ("<iframe", "an embedded page"),
            ("@import", "a reference outside itself"),
            ("javascript:", "a script"),
            ("href=\"http", "a reference outside itself"),
            ("href='http", "a reference outside itself"),
            ("href=\"file", "a reference outside itself"),
            ("url(http", "a reference outside itself"),
        ];
        match forbidden.iter().find(|(needle, _)| lower.contains(needle)) {
            Some((_, what)) => Err(EmblemError::Unsafe(what)),
            None => Ok(Self::Svg(bytes.to_vec())),
        }
    }

    /// The picture's file name inside the renderer and its bytes.
    pub fn file(&self) -> Option<(&'static str, &[u8])> {
        match self {
            Self::Placeholder | Self::None => None,
            Self::Svg(bytes) => Some(("emblem.svg", bytes)),
            Self::Png(bytes) => Some(("emblem.png", bytes)),
            Self::Jpeg(bytes) => Some(("emblem.jpg", bytes)),
        }
    }
}

/// Bytes as base64 text in JSON.
mod as_base64 {
    use serde::{Deserializer, Serializer, de::Error};

    use super::{Deserialize, Engine, STANDARD};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_content() {
        let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>"#;
        assert!(matches!(Emblem::from_bytes(svg), Ok(Emblem::Svg(_))));
        assert_eq!(Emblem::from_bytes(b"MZ\x90\x00"), Err(EmblemError::UnknownFormat));
        assert_eq!(Emblem::from_bytes(&vec![b' '; SIZE_BYTES_MAX + 1]), Err(EmblemError::TooLarge));
    }

    #[test]
    fn a_drawing_with_a_script_is_refused() {
        let svg = br"<svg><SCRIPT>alert(1)</SCRIPT></svg>";
        assert_eq!(Emblem::from_bytes(svg), Err(EmblemError::Unsafe("a script")));
    }

    #[test]
    fn a_picture_survives_json() {
        let emblem = Emblem::Png(vec![0, 1, 2, 255]);
        let json = serde_json::to_string(&emblem).unwrap();
        assert_eq!(serde_json::from_str::<Emblem>(&json).unwrap(), emblem);
    }
}

//! The messages between the server and a rendering child process, over the child's stdin and stdout.
//!
//! A frame is a length (4 bytes, big endian) and that many bytes. A [`Request`] is one frame of JSON. The answer is one frame of
//! JSON, a [`Response`]; if it says [`Outcome::Done`], a second frame follows with the PDF itself. One request at a time.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::Paper;

/// The largest request, in bytes: a book of some 50,000 rows.
pub const REQUEST_BYTES_MAX: usize = 32 << 20;
/// The largest answer, in bytes.
pub const RESPONSE_BYTES_MAX: usize = 64 << 20;

/// What kind of PDF is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standard {
    /// PDF/A-2a (ISO 19005-2): for keeping, tagged for screen readers.
    #[default]
    Archive,
    /// Plain tagged PDF 1.7.
    Plain,
}

/// Asks for one paper.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// Repeated in the answer.
    pub id: u64,
    /// The kind of PDF.
    #[serde(default)]
    pub standard: Standard,
    /// The paper.
    pub paper: Paper,
}

/// Answers one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The request's id; 0 if the request could not be read.
    pub id: u64,
    /// Resident memory of the child after the work, in bytes; 0 where the system does not tell.
    pub resident_bytes: u64,
    /// How it went.
    pub outcome: Outcome,
}

/// How a request went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The PDF follows in the next frame.
    Done {
        /// Number of pages.
        pages: u32,
        /// Characters that no embedded font holds; each was printed as "\u{fffd}".
        unprintable: String,
    },
    /// This paper cannot be rendered; the child is well.
    Failed {
        /// What is wrong, for the log. Holds no values of the paper.
        reason: String,
    },
}

/// A finished PDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The file.
    pub pdf: Vec<u8>,
    /// Number of pages.
    pub pages: u32,
    /// Characters that no embedded font holds; each was printed as "\u{fffd}". Empty as a rule.
    pub unprintable: String,
}

/// Writes one frame and flushes.
///
/// # Errors
/// When the pipe fails, or the frame is longer than its length field can say.
pub fn write(pipe: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| io::Error::other("frame too long"))?;
    pipe.write_all(&length.to_be_bytes())?;
    pipe.write_all(bytes)?;
    pipe.flush()
}

/// Reads one frame; `None` at a clean end of the pipe.
///
/// # Errors
/// When the pipe fails or ends within a frame, or the frame is longer than `bytes_max`: then the peer does not speak this protocol.
pub fn read(pipe: &mut dyn Read, bytes_max: usize) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    let mut have = 0;
    while have < length.len() {
        match pipe.read(&mut length[have..]) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => have += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let length = u32::from_be_bytes(length) as usize;
    if length > bytes_max {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a frame of {length} bytes is too long")));
    }
    // Grows as bytes arrive: a wrong length must not cost memory.
    let mut bytes = Vec::new();
    if pipe.take(length as u64).read_to_end(&mut bytes)? < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(bytes))
}

/// Writes a value as one frame of JSON.
///
/// # Errors
/// As [`write`].
pub fn write_json<T: Serialize>(pipe: &mut dyn Write, value: &T) -> io::Result<()> {
    write(pipe, &serde_json::to_vec(value)?)
}

/// Reads a frame of JSON; `None` at a clean end of the pipe.
///
/// # Errors
/// As [`read`], and when the frame is not such a value.
pub fn read_json<T: DeserializeOwned>(pipe: &mut dyn Read, bytes_max: usize) -> io::Result<Option<T>> {
    match read(pipe, bytes_max)? {
        Some(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_survives_the_pipe() {
        let mut pipe = Vec::new();
        write(&mut pipe, b"surat").unwrap();
        write(&mut pipe, b"").unwrap();
        let mut reader = pipe.as_slice();
        assert_eq!(read(&mut reader, 10).unwrap().unwrap(), b"surat");
        assert_eq!(read(&mut reader, 10).unwrap().unwrap(), b"");
        assert_eq!(read(&mut reader, 10).unwrap(), None);
    }

    #[test]
    fn a_cut_or_overlong_frame_is_an_error() {
        assert!(read(&mut [0, 0].as_slice(), 10).is_err());
        assert!(read(&mut [0, 0, 0, 3, 1].as_slice(), 10).is_err());
        assert!(read(&mut [0xff, 0xff, 0xff, 0xff].as_slice(), 10).is_err());
    }
}

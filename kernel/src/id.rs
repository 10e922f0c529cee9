//! Identifiers: UUIDv7 in 16 bytes, written as 32 hexadecimal digits.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::hex::{hex, unhex};

/// The identity of a row. Ordered by the time it was made (UUIDv7, RFC 9562), which keeps indexes dense.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Id([u8; 16]);

/// A text that is not 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is 32 hexadecimal digits")]
pub struct BadId;

impl Id {
    /// The id of nothing: used where a column may not be null and the government as a whole is meant.
    pub const NIL: Self = Self([0; 16]);

    /// An id from its 16 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// A UUIDv7 of `millis` since 1970 and ten random bytes.
    #[must_use]
    pub fn from_parts(millis: u64, random: &[u8; 10]) -> Self {
        Self(*uuid::Builder::from_unix_timestamp_millis(millis, random).as_uuid().as_bytes())
    }

    /// The 16 bytes as the database holds them.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Id {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        unhex(text).map(Self).ok_or(BadId)
    }
}

impl TryFrom<&[u8]> for Id {
    type Error = BadId;

    fn try_from(bytes: &[u8]) -> Result<Self, BadId> {
        bytes.try_into().map(Self).map_err(|_| BadId)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_agree() {
        let id = Id::from_parts(1_700_000_000_000, &[7; 10]);
        assert_eq!(id.to_string().parse::<Id>(), Ok(id));
        assert_eq!(id.to_string().len(), 32);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "00", "zz000000000000000000000000000000", "é0000000000000000000000000000000"] {
            assert_eq!(text.parse::<Id>(), Err(BadId), "{text}");
        }
    }
}

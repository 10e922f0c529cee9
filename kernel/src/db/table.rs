//! Tables declared to the kernel, and the image of a row that history keeps.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::Value;
use crate::{Id, hex::push_hex};

/// A table of the kernel or of a system.
///
/// Audited tables have the key `id` (16 bytes) and a `version`, and are written only by [`super::Tx`]'s
/// `insert`, `update` and `delete`, which keep their history. Upkeep tables (sessions, leases, counters) are
/// written as plain SQL through [`super::Tx::upkeep`].
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    /// Every column except `id` and `version`; empty for upkeep tables.
    pub columns: &'static [&'static str],
    pub audited: bool,
    /// Read by nearly every action and changed seldom: a change gives [`crate::Kept`] values another stamp.
    pub structural: bool,
    /// Columns that came with a later migration and what they hold in the rows of before, where that is not null.
    pub added: &'static [(&'static str, &'static str)],
}

impl Table {
    /// An audited table with these columns besides `id` and `version`.
    #[must_use]
    pub const fn audited(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, audited: true, structural: false, added: &[] }
    }

    /// An audited table that nearly every action reads and few change.
    #[must_use]
    pub const fn structural(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, audited: true, structural: true, added: &[] }
    }

    /// With texts that a later migration gave to the rows that were there (`ADD COLUMN … NOT NULL DEFAULT …`): their history does not
    /// know these columns.
    #[must_use]
    pub const fn with_added(mut self, added: &'static [(&'static str, &'static str)]) -> Self {
        self.added = added;
        self
    }

    /// A table without history.
    #[must_use]
    pub const fn upkeep(name: &'static str) -> Self {
        Self { name, columns: &[], audited: false, structural: false, added: &[] }
    }
}

/// The row as stored, as a JSON object in column order. Booleans are 0 and 1, so both databases give one image.
pub(crate) fn image<'v>(table: &Table, values: impl IntoIterator<Item = &'v Value>) -> String {
    let mut out = String::with_capacity(table.columns.len() * 32 + 2);
    out.push('{');
    for (column, value) in table.columns.iter().zip(values) {
        if out.len() > 1 {
            out.push(',');
        }
        out.push('"');
        out.push_str(column);
        out.push_str("\":");
        match value {
            Value::Null => out.push_str("null"),
            // Writing to a string cannot fail.
            Value::Int(n) => drop(write!(out, "{n}")),
            Value::Bool(b) => out.push(if *b { '1' } else { '0' }),
            Value::Text(text) if is_plain(text) => {
                out.push('"');
                out.push_str(text);
                out.push('"');
            }
            Value::Text(text) => out.push_str(&serde_json::Value::from(text.as_str()).to_string()),
            Value::Bytes(bytes) => {
                out.push_str("\"x");
                push_hex(&mut out, bytes);
                out.push('"');
            }
        }
    }
    out.push('}');
    out
}

/// Whether JSON writes the text as it stands (RFC 8259 §7).
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
}

/// H(salt ‖ table ‖ row ‖ version ‖ operation ‖ image): what the entry commits to.
pub(crate) fn digest(salt: &[u8; 16], table: &str, row: Id, version: i64, operation: &str, image: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [salt.as_slice(), table.as_bytes(), row.bytes(), &version.to_be_bytes(), operation.as_bytes(), image.as_bytes()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEET: Table = Table::audited("sheet", &["title", "pages", "open", "seal", "note"]);

    #[test]
    fn the_image_is_the_same_for_both_databases() {
        let row = |open| [Value::from("a \"b\""), Value::from(3_i64), open, Value::from([1_u8, 255]), Value::Null];
        let text = image(&SHEET, &row(Value::Bool(true)));
        assert_eq!(text, r#"{"title":"a \"b\"","pages":3,"open":1,"seal":"x01ff","note":null}"#);
        assert_eq!(text, image(&SHEET, &row(Value::Int(1))));
        let title = |title: &str| image(&SHEET, &[Value::from(title)]);
        for plain in ["", "Désa ’ \u{7f}", "a/b", "tab\t", "line\n", "back\\", "\u{1}"] {
            assert_eq!(title(plain), format!("{{\"title\":{}}}", serde_json::Value::from(plain)));
        }
    }

    #[test]
    fn every_part_changes_the_digest() {
        let base = digest(&[0; 16], "a", Id::NIL, 1, "insert", "{}");
        assert_ne!(base, digest(&[1; 16], "a", Id::NIL, 1, "insert", "{}"));
        assert_ne!(base, digest(&[0; 16], "b", Id::NIL, 1, "insert", "{}"));
        assert_ne!(base, digest(&[0; 16], "a", Id::from_bytes([1; 16]), 1, "insert", "{}"));
        assert_ne!(base, digest(&[0; 16], "a", Id::NIL, 2, "insert", "{}"));
        assert_ne!(base, digest(&[0; 16], "a", Id::NIL, 1, "update", "{}"));
    }
}

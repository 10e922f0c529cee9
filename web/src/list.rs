//! Long lists: what the address asks for (`?urut=-tanggal&setelah=…&cari=…`) and pages by key instead of by number.

use axum::{extract::FromRequestParts, http::request::Parts};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use kernel::{Id, Value};

use crate::form::{encoded, urlencoded};

/// Rows on one page of a list.
pub const PAGE_ROWS: i64 = 50;

/// The words of the query that are not filters.
const OWN: [&str; 4] = ["urut", "setelah", "sebelum", "bahasa"];

/// The query of a list page.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    path: String,
    pairs: Vec<(String, String)>,
}

/// The order a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// One of the names the page offers.
    pub by: &'static str,
    pub descending: bool,
}

impl Sort {
    /// `asc` or `desc`, the other way round when the page before is asked for.
    #[must_use]
    pub const fn sql(self, backwards: bool) -> &'static str {
        if self.descending != backwards { "desc" } else { "asc" }
    }

    /// `>` or `<` for the keyset condition `(column, id) > ($1, $2)`.
    #[must_use]
    pub const fn beyond(self, backwards: bool) -> &'static str {
        if self.descending != backwards { "<" } else { ">" }
    }
}

/// Where a page of a list begins: the sort values of the row before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub Vec<Value>);

/// One page of rows with the cursors of its neighbours.
#[derive(Debug, Clone)]
pub struct Slice<T> {
    pub rows: Vec<T>,
    pub previous: Option<String>,
    pub next: Option<String>,
}

impl ListQuery {
    /// A query of these pairs at `path`.
    #[must_use]
    pub fn new(path: &str, query: &str) -> Self {
        Self { path: path.to_owned(), pairs: urlencoded(query.as_bytes()).unwrap_or_default() }
    }

    /// The path without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value of `name` without surrounding blanks; empty when not asked.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(held, _)| held == name).map_or("", |(_, value)| value.trim())
    }

    /// The value of `name`, or nothing when it is empty.
    #[must_use]
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// The order asked for: one of `offered`, else `default` (`-name` for descending).
    #[must_use]
    pub fn sort(&self, offered: &[&'static str], default: &'static str) -> Sort {
        let (descending, word) = self.get("urut").strip_prefix('-').map_or((false, self.get("urut")), |rest| (true, rest));
        if let Some(by) = offered.iter().find(|name| **name == word) {
            return Sort { by, descending };
        }
        default.strip_prefix('-').map_or(Sort { by: default, descending: false }, |by| Sort { by, descending: true })
    }

    /// The cursor, and whether the page *before* it is asked for. A broken cursor begins at the start.
    #[must_use]
    pub fn cursor(&self) -> (Option<Cursor>, bool) {
        match (self.some("setelah"), self.some("sebelum")) {
            (Some(text), _) => (Cursor::parse(text), false),
            (None, Some(text)) => {
                let cursor = Cursor::parse(text);
                let backwards = cursor.is_some();
                (cursor, backwards)
            }
            (None, None) => (None, false),
        }
    }

    /// Cuts up to `limit` + 1 fetched rows into a page. When [`ListQuery::cursor`] said backwards, the rows were
    /// fetched in the opposite order and are turned round here.
    #[must_use]
    pub fn slice<T>(&self, mut rows: Vec<T>, limit: i64, cursor_of: impl Fn(&T) -> Cursor) -> Slice<T> {
        let (cursor, backwards) = self.cursor();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        if backwards {
            rows.reverse();
        }
        let first = rows.first().map(|row| cursor_of(row).to_string());
        let last = rows.last().map(|row| cursor_of(row).to_string());
        let (previous, next) = match (cursor.is_some(), backwards) {
            (false, _) => (None, last.filter(|_| more)),
            (true, false) => (first, last.filter(|_| more)),
            (true, true) => (first.filter(|_| more), last),
        };
        Slice { rows, previous, next }
    }

    /// The address of the same list with some values changed; an empty value leaves the name out.
    #[must_use]
    pub fn with(&self, changes: &[(&str, &str)]) -> String {
        let kept = self.pairs.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        let pairs = kept.map(|(n, v)| (n.as_str(), v.as_str())).chain(changes.iter().copied());
        let query: Vec<String> =
            pairs.filter(|(_, value)| !value.is_empty()).map(|(n, v)| format!("{}={}", encoded(n), encoded(v))).collect();
        if query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, query.join("&")) }
    }

    /// The filters: everything but order, page and language.
    pub fn filters(&self) -> impl Iterator<Item = (&str, &str)> {
        let filters = self.pairs.iter().filter(|(name, value)| !OWN.contains(&name.as_str()) && !value.is_empty());
        filters.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether anything is filtered.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        self.filters().next().is_some()
    }

    /// The filters as a form's values, for [`FormState::filled`](crate::FormState::filled).
    #[must_use]
    pub fn form(&self) -> crate::FormData {
        crate::FormData::of(self.pairs.iter().cloned())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ListQuery {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::new(parts.uri.path(), parts.uri.query().unwrap_or_default()))
    }
}

impl Cursor {
    /// A cursor after the row with these sort values, the id last.
    #[must_use]
    pub fn at(values: Vec<Value>) -> Self {
        Self(values)
    }

    fn parse(text: &str) -> Option<Self> {
        let value = |part: &str| {
            let (kind, rest) = part.split_at_checked(1)?;
            match kind {
                "i" => rest.parse().ok().map(Value::Int),
                "t" => String::from_utf8(BASE64.decode(rest).ok()?).ok().map(Value::Text),
                "b" => rest.parse::<Id>().ok().map(Value::from),
                _ => None,
            }
        };
        text.split('~').map(value).collect::<Option<Vec<_>>>().map(Self)
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, value) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("~")?;
            }
            match value {
                Value::Int(number) => write!(f, "i{number}")?,
                Value::Text(text) => write!(f, "t{}", BASE64.encode(text))?,
                Value::Bytes(bytes) => write!(f, "b{}", Id::try_from(bytes.as_slice()).unwrap_or(Id::NIL))?,
                Value::Bool(yes) => write!(f, "i{}", i64::from(*yes))?,
                Value::Null => f.write_str("t")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(n: i64) -> Cursor {
        Cursor::at(vec![Value::Int(n), Value::Text("é~".into()), Value::from(Id::NIL)])
    }

    #[test]
    fn cursors_survive_the_address() {
        assert_eq!(Cursor::parse(&cursor(-5).to_string()), Some(cursor(-5)));
        for broken in ["", "x1", "i", "iabc", "b00", "t%", "é"] {
            assert_eq!(Cursor::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn pages_know_their_neighbours() {
        let of = |query: &str, rows: Vec<i64>| ListQuery::new("/p", query).slice(rows, 2, |n| cursor(*n));
        let first = of("", vec![1, 2, 3]);
        assert_eq!((first.rows, first.previous, first.next), (vec![1, 2], None, Some(cursor(2).to_string())));
        let last = of(&format!("setelah={}", cursor(2)), vec![3]);
        assert_eq!((last.rows, last.previous, last.next), (vec![3], Some(cursor(3).to_string()), None));
        let back = of(&format!("sebelum={}", cursor(3)), vec![2, 1]);
        assert_eq!((back.rows, back.previous, back.next), (vec![1, 2], None, Some(cursor(2).to_string())));
    }

    #[test]
    fn the_order_is_one_of_those_offered() {
        let sort = |query| ListQuery::new("/p", query).sort(&["nama", "tanggal"], "-tanggal");
        assert_eq!(sort("urut=nama"), Sort { by: "nama", descending: false });
        assert_eq!(sort("urut=-nama"), Sort { by: "nama", descending: true });
        assert_eq!(sort("urut=;drop"), Sort { by: "tanggal", descending: true });
        assert_eq!(sort("").sql(false), "desc");
        assert_eq!(sort("").beyond(false), "<");
        assert_eq!(sort("").beyond(true), ">");
    }

    #[test]
    fn addresses_keep_the_filters() {
        let list = ListQuery::new("/p", "cari=a+b&urut=nama&setelah=i1");
        assert_eq!(list.with(&[("urut", "-nama"), ("setelah", "")]), "/p?cari=a%20b&urut=-nama");
        assert_eq!(list.filters().collect::<Vec<_>>(), [("cari", "a b")]);
        assert!(list.is_filtered());
    }
}

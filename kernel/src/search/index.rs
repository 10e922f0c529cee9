//! Writing the index, in the transaction of the row that is found by it.

use indonesian::{deletions, fold_text, name_words, sound, stem, tokens};

use super::{EDGE_MAX, code_key, scope_token};
use crate::{Id, Result, Tx, db::Dialect, hex::hex, params};

/// Most tokens of one document; what comes after is not found.
const TOKENS_MAX: usize = 2_000;
/// Longest token in characters; longer words are found by their beginning.
pub(super) const TOKEN_LEN_MAX: usize = 64;

/// Something to be found. Build it with every word it shall be found by; indexing again replaces it.
#[derive(Debug, Clone)]
pub struct Doc {
    kind: &'static str,
    id: Id,
    scope: Vec<Id>,
    title: String,
    names: Vec<String>,
    text: String,
    codes: Vec<String>,
    hashes: Vec<Vec<u8>>,
}

impl Doc {
    /// A document of `kind` (letters, digits; e.g. `case`), shown as `title`.
    #[must_use]
    pub fn new(kind: &'static str, id: Id, title: impl Into<String>) -> Self {
        Self {
            kind,
            id,
            scope: Vec::new(),
            title: title.into(),
            names: Vec::new(),
            text: String::new(),
            codes: Vec::new(),
            hashes: Vec::new(),
        }
    }

    /// The units it is seen from: its own and all above (u1 … u6).
    #[must_use]
    pub fn scope(mut self, units: impl IntoIterator<Item = Id>) -> Self {
        self.scope.extend(units);
        self
    }

    /// A name of a person, place or service: found as it sounds and with one slip.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.names.push(name.into());
        self
    }

    /// More text to be found by its words and their stems.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.text.push(' ');
        self.text.push_str(text);
        self
    }

    /// A code or number found whole or by its beginning, however it is typed (tracking code, letter number).
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.codes.push(code.into());
        self
    }

    /// A blind index (NIK, KK): found only whole.
    #[must_use]
    pub fn hash(mut self, blind_index: impl Into<Vec<u8>>) -> Self {
        self.hashes.push(blind_index.into());
        self
    }

    /// What is stored of it.
    fn stored(&self) -> Stored {
        let folded = fold_text(&self.title);
        let mut names: Vec<String> = self.names.iter().flat_map(|name| name_words(name)).map(|word| shortened(&word)).collect();
        names.sort_unstable();
        names.dedup();
        let mut titles: Vec<String> = folded.split(' ').filter(|word| !word.is_empty()).map(shortened).collect();
        titles.sort_unstable();
        titles.dedup();
        let tokens = self.tokens(&titles, &names);
        Stored { words: format!("{folded} {}", names.join(" ")).trim().to_owned(), names, titles, tokens }
    }

    /// The rows [`index`] would write, for [`crate::bulk`].
    pub(crate) fn indexed(self) -> Indexed {
        let Stored { words, names, titles, tokens } = self.stored();
        let tokens = tokens.iter().map(str::to_owned).collect();
        Indexed { kind: self.kind, id: self.id, title: self.title, tokens, words, names, titles }
    }

    /// Every token, sorted, each once.
    fn tokens(&self, titles: &[String], names: &[String]) -> Tokens {
        let mut all = Tokens::default();
        all.add("k_", self.kind);
        self.scope.iter().for_each(|unit| all.add("", &scope_token(self.kind, *unit)));
        self.hashes.iter().for_each(|hash| all.add("h_", &hex(hash)));
        for key in self.codes.iter().map(|code| code_key(code)).filter(|key| !key.is_empty()) {
            all.add("x_", &shortened(&key));
        }
        for word in titles.iter().chain(names) {
            edges(word).for_each(|edge| all.add("p_", edge));
            all.add("", word);
        }
        titles.iter().for_each(|word| all.add("", &stem(word)));
        for token in tokens(&self.text).into_iter().take(TOKENS_MAX) {
            all.add("", &shortened(&token.plain));
            all.add("", &shortened(&token.stem));
        }
        all.sort();
        all
    }
}

/// What is stored of a document: the folded title with the names, by which hits are scored; the words of names and of the title; its tokens.
struct Stored {
    words: String,
    names: Vec<String>,
    titles: Vec<String>,
    tokens: Tokens,
}

/// Tokens, one behind the other in one text.
#[derive(Default)]
struct Tokens {
    text: String,
    places: Vec<(usize, usize)>,
}

impl Tokens {
    fn add(&mut self, mark: &str, word: &str) {
        let from = self.text.len();
        self.text.push_str(mark);
        self.text.push_str(word);
        self.places.push((from, self.text.len()));
    }

    /// In their order, each once, at most [`TOKENS_MAX`].
    fn sort(&mut self) {
        let Self { text, places } = self;
        let token = |(from, to): &(usize, usize)| &text[*from..*to];
        places.sort_unstable_by(|one, other| token(one).cmp(token(other)));
        places.dedup_by(|one, other| token(one) == token(other));
        places.truncate(TOKENS_MAX);
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|(from, to)| &self.text[*from..*to])
    }

    /// With a space between them.
    fn joined(&self) -> String {
        let mut out = String::with_capacity(self.text.len() + self.places.len());
        for token in self.iter() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(token);
        }
        out
    }
}

/// A document as its rows.
pub(crate) struct Indexed {
    pub(crate) kind: &'static str,
    pub(crate) id: Id,
    pub(crate) title: String,
    pub(crate) tokens: Vec<String>,
    pub(crate) words: String,
    pub(crate) names: Vec<String>,
    pub(crate) titles: Vec<String>,
}

/// Whether a word goes into the dictionary.
pub(crate) fn is_lettered(word: &str) -> bool {
    word.chars().all(char::is_alphabetic) && word.chars().count() >= 2
}

pub(super) fn shortened(word: &str) -> String {
    word.chars().take(TOKEN_LEN_MAX).collect()
}

/// The beginnings of a word that are tokens of their own.
fn edges(word: &str) -> impl Iterator<Item = &str> {
    let ends = word.char_indices().map(|(at, symbol)| at + symbol.len_utf8()).take(EDGE_MAX);
    ends.map(|end| &word[..end])
}

/// Puts a document into the index, or replaces it.
///
/// # Errors
/// What the database says.
pub fn index(tx: &mut Tx<'_>, doc: &Doc) -> Result<()> {
    let Some(known) = tx.one("select seq from kernel_search where kind = $1 and id = $2", &params![doc.kind, doc.id])? else {
        return add(tx, doc);
    };
    let (seq, stored): (i64, _) = (known.get(0)?, doc.stored());
    let words = stored.words.as_str();
    tx.upkeep("update kernel_search set title = $2, words = $3 where seq = $1", &params![seq, doc.title.as_str(), words])?;
    let sql = match tx.dialect() {
        Dialect::Sqlite => "insert or replace into kernel_search_index (rowid, tokens) values ($1, $2)",
        Dialect::Postgres => "update kernel_search_index set tokens = cast(cast($2 as text) as tsvector) where seq = $1",
    };
    tx.upkeep(sql, &params![seq, stored.tokens.joined()])?;
    learn_all(tx, doc.kind, &stored)
}

/// Puts a document into the index that is not there yet.
///
/// # Errors
/// [`crate::DbError::Constraint`] when it is.
pub fn add(tx: &mut Tx<'_>, doc: &Doc) -> Result<()> {
    let stored = doc.stored();
    let tokens = stored.tokens.joined();
    let bound = params![doc.kind, doc.id, doc.title.as_str(), stored.words.as_str()];
    let insert = "insert into kernel_search (kind, id, title, words) values ($1, $2, $3, $4)";
    match tx.dialect() {
        Dialect::Sqlite => {
            // Plain inserts: what returns rows or meets conflicts is a savepoint, at which FTS5 writes out what it has gathered.
            tx.upkeep(insert, &bound)?;
            tx.upkeep("insert into kernel_search_index (rowid, tokens) values (last_insert_rowid(), $1)", &params![tokens])?;
        }
        Dialect::Postgres => {
            let sql = format!(
                "with doc as ({insert} returning seq) \
                 insert into kernel_search_index (seq, tokens) select seq, cast(cast($5 as text) as tsvector) from doc"
            );
            let all: Vec<crate::Value> = bound.iter().cloned().chain(params![tokens]).collect();
            tx.upkeep_later(&sql, &all)?;
        }
    }
    learn_all(tx, doc.kind, &stored)
}

/// Adds words the dictionary does not have yet, those of names with the slips they are found by.
fn learn_all(tx: &mut Tx<'_>, kind: &str, stored: &Stored) -> Result<()> {
    let title_kind = title_kind(kind);
    let names = stored.names.iter().map(|word| (kind, word.as_str(), true));
    let words = names.chain(stored.titles.iter().map(|word| (title_kind.as_str(), word.as_str(), false)));
    let mut words: Vec<(&str, &str, bool)> = words.filter(|(_, word, _)| is_lettered(word)).collect();
    words.retain(|(kind, word, _)| !tx.learn(kind, word));
    let known = known(tx, &words)?;
    for (kind, word, forgiving) in words {
        if known.iter().any(|(of, known)| of == kind && known == word) {
            continue;
        }
        tx.upkeep_later("insert into kernel_search_word (kind, word) values ($1, $2) on conflict do nothing", &params![kind, word])?;
        for near in neighbours(word).into_iter().filter(|_| forgiving) {
            let sql = "insert into kernel_search_near (kind, near, word) values ($1, $2, $3) on conflict do nothing";
            tx.upkeep_later(sql, &params![kind, near, word])?;
        }
    }
    Ok(())
}

/// Words one question of [`known`] is about on PostgreSQL.
const TOGETHER: usize = 12;

/// Those of the words that the dictionary has, each with its kind. SQLite is asked for one after the other, since it makes a table of every
/// list; PostgreSQL for a dozen at once, which spares round trips.
fn known(tx: &mut Tx<'_>, words: &[(&str, &str, bool)]) -> Result<Vec<(String, String)>> {
    let (sql, together) = match tx.dialect() {
        Dialect::Sqlite => ("select kind, word from kernel_search_word where kind = $1 and word = $2".to_owned(), 1),
        Dialect::Postgres => {
            let pairs: Vec<String> = (0..TOGETHER).map(|place| format!("(${}, ${})", place * 2 + 1, place * 2 + 2)).collect();
            (format!("select kind, word from kernel_search_word where (kind, word) in ({})", pairs.join(", ")), TOGETHER)
        }
    };
    let mut known = Vec::with_capacity(words.len());
    for chunk in words.chunks(together) {
        let places = (0..together).map(|place| chunk[place.min(chunk.len() - 1)]);
        let bound: Vec<crate::Value> = places.flat_map(|(kind, word, _)| params![kind, word]).collect();
        for row in tx.all(&sql, &bound)? {
            known.push((row.get(0)?, row.get(1)?));
        }
    }
    Ok(known)
}

/// Under which title words stand in the dictionary.
pub(crate) fn title_kind(kind: &str) -> String {
    format!("{kind}+")
}

/// A word and its sound, each with one letter left out when it is long enough to be slipped in.
pub(crate) fn neighbours(word: &str) -> Vec<String> {
    let key = sound(word);
    let mut all = vec![key.clone(), word.to_owned()];
    for text in [word, &key] {
        if text.chars().count() >= 4 {
            all.extend(deletions(text));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Takes a document out; nothing happens when it is not there.
///
/// # Errors
/// What the database says.
pub fn remove(tx: &mut Tx<'_>, kind: &str, id: Id) -> Result<()> {
    let found = tx.one("delete from kernel_search where kind = $1 and id = $2 returning seq", &params![kind, id])?;
    if let Some(row) = found {
        let sql = match tx.dialect() {
            Dialect::Sqlite => "delete from kernel_search_index where rowid = $1",
            Dialect::Postgres => "delete from kernel_search_index where seq = $1",
        };
        tx.upkeep(sql, &params![row.get::<i64>(0)?])?;
    }
    Ok(())
}

/// Takes every document and word of a kind out, before it is indexed anew. Another process that indexes meanwhile must be started
/// again, since it goes by the words it knew ([`super::Learned`]).
///
/// # Errors
/// What the database says.
pub fn clear(tx: &mut Tx<'_>, kind: &str) -> Result<()> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "delete from kernel_search_index where rowid in (select seq from kernel_search where kind = $1)",
        Dialect::Postgres => "delete from kernel_search_index where seq in (select seq from kernel_search where kind = $1)",
    };
    tx.upkeep(sql, &params![kind])?;
    tx.forget_words();
    tx.upkeep("delete from kernel_search_word where kind = $1", &params![title_kind(kind)])?;
    for table in ["kernel_search", "kernel_search_word", "kernel_search_near"] {
        tx.upkeep(&format!("delete from {table} where kind = $1"), &params![kind])?;
    }
    Ok(())
}

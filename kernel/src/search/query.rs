//! Asking the index.

use indonesian::{alike, fold_text, stem, stop_word};

use super::{
    EDGE_MAX, code_key,
    index::{neighbours, shortened, title_kind},
    rank, scope_token,
};
use crate::{Id, Result, Row, Rx, Value, db::Dialect, hex::hex, params};

/// Whether words may be found that are only nearly those typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fuzzy {
    Never,
    /// When nothing is found otherwise.
    WhenEmpty,
    Always,
}

/// Most words of a query; the rest is ignored.
const WORDS_MAX: usize = 8;
/// Most words looked up that begin like the last one; beyond it the index collects them.
const BEGUN_MAX: i64 = 40;
/// Most other spellings of one word.
const SPELLINGS_MAX: usize = 12;
/// Most candidates that are ranked.
const RANKED_MAX: i64 = 400;

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Query {
    kind: &'static str,
    text: String,
    scope: Vec<Id>,
    code: Option<String>,
    hash: Option<Vec<u8>>,
    prefix: bool,
    fuzzy: Fuzzy,
    ranked: bool,
    before: Option<i64>,
    limit: i64,
}

impl Query {
    /// Documents of `kind` that hold every word of `text`, newest first, at most 20.
    #[must_use]
    pub fn new(kind: &'static str, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            scope: Vec::new(),
            code: None,
            hash: None,
            prefix: true,
            fuzzy: Fuzzy::WhenEmpty,
            ranked: false,
            before: None,
            limit: 20,
        }
    }

    /// Only within these units. Without a call everything of the kind is seen.
    #[must_use]
    pub fn scope(mut self, units: impl IntoIterator<Item = Id>) -> Self {
        self.scope.extend(units);
        self
    }

    /// Only this code, whole, besides the text.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Only this blind index, besides the text.
    #[must_use]
    pub fn hash(mut self, blind_index: impl Into<Vec<u8>>) -> Self {
        self.hash = Some(blind_index.into());
        self
    }

    /// The last word is finished: it is not looked for as a beginning.
    #[must_use]
    pub const fn whole_words(mut self) -> Self {
        self.prefix = false;
        self
    }

    /// Whether nearly right words count.
    #[must_use]
    pub const fn fuzzy(mut self, fuzzy: Fuzzy) -> Self {
        self.fuzzy = fuzzy;
        self
    }

    /// Best first instead of newest first, and documents with only some of the words when none has all. For small kinds.
    #[must_use]
    pub const fn ranked(mut self) -> Self {
        self.ranked = true;
        self
    }

    /// The next page: only documents before the last hit's `seq`.
    #[must_use]
    pub const fn before(mut self, seq: i64) -> Self {
        self.before = Some(seq);
        self
    }

    /// At most so many.
    #[must_use]
    pub const fn limit(mut self, limit: i64) -> Self {
        self.limit = limit;
        self
    }
}

/// A document that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub id: Id,
    pub title: String,
    /// The place in the order of indexing; see [`Query::before`].
    pub seq: i64,
    /// Folded title and names, for the ranking.
    pub(super) words: String,
}

/// One token, or every token that begins so.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    Is(String),
    Begins(String),
}

/// A condition on the tokens.
#[derive(Debug, Clone)]
enum Match {
    Term(Term),
    All(Vec<Match>),
    Any(Vec<Match>),
}

impl Match {
    fn is(token: impl Into<String>) -> Self {
        Self::Term(Term::Is(token.into()))
    }

    /// As FTS5 or a tsquery spells it. Tokens are letters, digits and `_` only.
    fn spelled(&self, dialect: Dialect) -> String {
        let joined = |parts: &[Self], sqlite: &str, postgres: &str| {
            let parts: Vec<String> = parts.iter().map(|part| part.spelled(dialect)).collect();
            format!("({})", parts.join(if dialect == Dialect::Sqlite { sqlite } else { postgres }))
        };
        match (self, dialect) {
            (Self::Term(Term::Is(token)), Dialect::Sqlite) => format!("\"{token}\""),
            (Self::Term(Term::Begins(token)), Dialect::Sqlite) => format!("\"{token}\"*"),
            (Self::Term(Term::Is(token)), Dialect::Postgres) => format!("'{token}'"),
            (Self::Term(Term::Begins(token)), Dialect::Postgres) => format!("'{token}':*"),
            (Self::All(parts), _) => joined(parts, " AND ", " & "),
            (Self::Any(parts), _) => joined(parts, " OR ", " | "),
        }
    }
}

/// Looks for documents.
///
/// # Errors
/// What the database says.
pub fn query(rx: &mut Rx<'_>, query: &Query) -> Result<Vec<Hit>> {
    let words = words_of(&query.text);
    if words.is_empty() && query.code.is_none() && query.hash.is_none() && !query.text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut exact = Vec::with_capacity(words.len());
    for (place, word) in words.iter().enumerate() {
        exact.push(one_word(rx, query, word, place + 1 == words.len())?);
    }
    if query.fuzzy != Fuzzy::Always || words.is_empty() {
        let hits = run(rx, query, &words, with_code(query, Match::All(exact.clone())))?;
        if !hits.is_empty() || words.is_empty() || query.fuzzy == Fuzzy::Never {
            return Ok(hits);
        }
    }
    let mut near = Vec::with_capacity(words.len());
    for (word, exact) in words.iter().zip(exact) {
        let mut any = vec![exact];
        any.extend(spellings(rx, query.kind, word)?.into_iter().map(Match::is));
        near.push(Match::Any(any));
    }
    let hits = run(rx, query, &words, with_code(query, Match::All(near.clone())))?;
    if hits.is_empty() && query.ranked && near.len() > 1 {
        return run(rx, query, &words, with_code(query, Match::Any(near)));
    }
    Ok(hits)
}

fn words_of(text: &str) -> Vec<String> {
    let folded = fold_text(text);
    let all = || folded.split(' ').filter(|word| !word.is_empty()).map(shortened);
    let telling: Vec<String> = all().filter(|word| !stop_word(word)).take(WORDS_MAX).collect();
    if telling.is_empty() { all().take(WORDS_MAX).collect() } else { telling }
}

/// A word, its stem, or the words of titles and names that it begins. These come from the dictionary: whole tokens are
/// walked newest first, while the index would first collect every document of a beginning.
fn one_word(rx: &mut Rx<'_>, query: &Query, word: &str, last: bool) -> Result<Match> {
    let mut any = vec![Match::is(word)];
    let stem = stem(word);
    if stem != word {
        any.push(Match::is(stem.into_owned()));
    }
    if last && query.prefix && word.chars().count() <= EDGE_MAX {
        any.push(Match::is(format!("p_{word}")));
    } else if last && query.prefix {
        let mut begun = 0;
        for kind in [query.kind.to_owned(), title_kind(query.kind)] {
            let sql = "select word from kernel_search_word where kind = $1 and word > $2 and word < $3 order by word limit $4";
            for row in rx.all(sql, &params![kind, word, format!("{word}\u{10ffff}"), BEGUN_MAX])? {
                any.push(Match::is(row.get::<String>(0)?));
                begun += 1;
            }
        }
        if begun >= BEGUN_MAX {
            any.push(Match::Term(Term::Begins(word.to_owned())));
        }
    }
    Ok(Match::Any(any))
}

/// What looks like a code is also looked for as one, by its beginning.
fn with_code(query: &Query, words: Match) -> Match {
    let key = code_key(&query.text);
    let other = query.text.chars().any(|c| c.is_alphanumeric() && !c.is_ascii());
    // One tracking code in a hundred has no digit.
    let telling = query.text.bytes().any(|c| c.is_ascii_digit() || c == b'-') || indonesian::Code::parse(&query.text).is_ok();
    if (4..=32).contains(&key.len()) && !other && telling {
        return Match::Any(vec![words, Match::Term(Term::Begins(format!("x_{key}")))]);
    }
    words
}

/// Words of the dictionary that sound like this one or are one slip away, nearest first.
fn spellings(rx: &mut Rx<'_>, kind: &str, word: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for chunk in neighbours(word).chunks(8) {
        let mut bound = vec![Value::from(kind)];
        bound.extend((0..8).map(|place| Value::from(chunk[place.min(chunk.len() - 1)].as_str())));
        let sql = "select word from kernel_search_near where kind = $1 and near in ($2, $3, $4, $5, $6, $7, $8, $9) limit 200";
        for row in rx.all(sql, &bound)? {
            let candidate: String = row.get(0)?;
            if let Some(near) = alike(&candidate, word) {
                found.push((near, candidate));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found.into_iter().map(|(_, word)| word).filter(|found| found != word).take(SPELLINGS_MAX).collect())
}

/// FTS5 walks the matches newest first and stops at the limit.
const SQLITE: &str = "select s.id, s.title, s.seq, s.words from (select rowid as seq from kernel_search_index \
                      where kernel_search_index match $1 and rowid < $2 order by rowid desc limit $3) f \
                      join kernel_search s on s.seq = f.seq order by f.seq desc";
/// The same where everything of the kind is looked through: its token stands in every document, and the index would walk all of them
/// beside the words. `cross join` keeps the order of the two.
const SQLITE_OF_KIND: &str = "select s.id, s.title, s.seq, s.words from kernel_search_index f cross join kernel_search s on s.seq = f.rowid \
                              where f.kernel_search_index match $1 and f.rowid < $2 and s.kind = $4 order by f.rowid desc limit $3";
/// PostgreSQL cannot walk its index newest first. What is common is found among the newest rows …
const POSTGRES_NEWEST: &str = "select s.id, s.title, s.seq, s.words from (select seq from \
                               (select seq, tokens from kernel_search_index where seq < $2 order by seq desc limit $4) newest \
                               where tokens @@ cast(cast($1 as text) as tsquery) order by seq desc limit $3) f \
                               join kernel_search s on s.seq = f.seq order by f.seq desc";
/// … of which a few tell whether it is common …
const NEWEST_FEW: i64 = 400;
const NEWEST_MANY: i64 = 4000;
/// … and what is not has few matches, which the index gives all of.
const POSTGRES_ALL: &str = "with matches as materialized (select seq from kernel_search_index \
                            where tokens @@ cast(cast($1 as text) as tsquery)), \
                            f as materialized (select seq from matches where seq < $2 order by seq desc limit $3) \
                            select s.id, s.title, s.seq, s.words from f join kernel_search s on s.seq = f.seq order by f.seq desc";

/// The same where everything of the kind is looked through, whose token the index would walk beside the words: twice the time at a million
/// documents. The limit inside keeps PostgreSQL from reading all documents to tell the kind of a few.
const POSTGRES_ALL_OF_KIND: &str = "with matches as materialized (select seq from kernel_search_index \
                                    where tokens @@ cast(cast($1 as text) as tsquery)) \
                                    select s.id, s.title, s.seq, s.words from (select seq from matches where seq < $2 order by seq desc) f \
                                    cross join lateral (select id, title, seq, words from kernel_search k \
                                    where k.seq = f.seq and k.kind = $4 limit 1) s order by f.seq desc limit $3";

/// The matches among the newest rows, when these hold as many as are asked for.
fn among_newest(rx: &mut Rx<'_>, bound: &[Value], most: i64) -> Result<Option<Vec<Row>>> {
    let mut newest = |depth: i64| rx.all(POSTGRES_NEWEST, &[bound, &[depth.into()]].concat());
    let enough = |rows: &[Row], of: i64| i64::try_from(rows.len()).unwrap_or(0).saturating_mul(of) >= most;
    let few = newest(NEWEST_FEW)?;
    if enough(&few, 1) {
        return Ok(Some(few));
    }
    if !enough(&few, NEWEST_MANY / NEWEST_FEW) {
        return Ok(None);
    }
    let many = newest(NEWEST_MANY)?;
    Ok(if enough(&many, 1) { Some(many) } else { None })
}

fn run(rx: &mut Rx<'_>, query: &Query, words: &[String], matches: Match) -> Result<Vec<Hit>> {
    let mut all = Vec::new();
    if let Match::All(parts) = &matches
        && parts.is_empty()
    {
        // No text: everything within the scope.
    } else {
        all.push(matches);
    }
    all.extend(query.hash.iter().map(|hash| Match::is(format!("h_{}", hex(hash)))));
    all.extend(query.code.iter().map(|code| Match::is(format!("x_{}", code_key(code)))));
    let (dialect, most) = (rx.dialect(), if query.ranked { RANKED_MAX } else { query.limit });
    let bound = |all: Vec<Match>| vec![Match::All(all).spelled(dialect).into(), query.before.unwrap_or(i64::MAX).into(), most.into()];
    let scope = if query.scope.is_empty() {
        Match::is(format!("k_{}", query.kind))
    } else {
        Match::Any(query.scope.iter().map(|unit| Match::is(scope_token(query.kind, *unit))).collect())
    };
    let within = || bound([all.as_slice(), &[scope]].concat());
    // Of everything of a kind, the join tells the kind.
    let of_kind = query.scope.is_empty() && !query.ranked && !all.is_empty();
    let by_join = || [bound(all.clone()), vec![query.kind.into()]].concat();
    let rare = query.ranked || query.hash.is_some() || query.code.is_some();
    let rows = match dialect {
        Dialect::Sqlite if of_kind => rx.all(SQLITE_OF_KIND, &by_join())?,
        Dialect::Sqlite => rx.all(SQLITE, &within())?,
        Dialect::Postgres => {
            let within = within();
            let newest = if rare { None } else { among_newest(rx, &within, most)? };
            match newest {
                Some(rows) => rows,
                None if of_kind => rx.all(POSTGRES_ALL_OF_KIND, &by_join())?,
                None => rx.all(POSTGRES_ALL, &within)?,
            }
        }
    };
    let mut hits = Vec::with_capacity(rows.len());
    for row in rows {
        hits.push(Hit { id: row.get(0)?, title: row.get(1)?, seq: row.get(2)?, words: row.get(3)? });
    }
    if query.ranked {
        rank::best_first(&mut hits, words);
        hits.truncate(usize::try_from(query.limit).unwrap_or(0));
    }
    Ok(hits)
}

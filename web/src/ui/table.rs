//! Lists: caption, sortable heads, rows, keyset pages, an empty state and the export.

use askama::Template;

use super::{Empty, Field, Html};
use crate::{list::ListQuery, voice::Voice};

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// The name in `?urut=`.
    name: String,
    head: String,
    sortable: bool,
    number: bool,
}

impl Column {
    /// A column headed `head` (a text, already said).
    #[must_use]
    pub fn new(head: impl Into<String>) -> Self {
        Self { name: String::new(), head: head.into(), sortable: false, number: false }
    }

    /// Its head sorts by `name` (the word in `?urut=`).
    #[must_use]
    pub fn sortable(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self.sortable = true;
        self
    }

    /// Figures, set to the right.
    #[must_use]
    pub const fn number(mut self) -> Self {
        self.number = true;
        self
    }
}

/// A link in small print.
#[derive(Template)]
#[template(source = r#"<small><a href="{{ href }}">{{ text }}</a></small>"#, ext = "html")]
struct SmallLink<'a> {
    href: &'a str,
    text: &'a str,
}

impl askama::filters::HtmlSafe for SmallLink<'_> {}

/// What stands in a cell.
#[derive(Debug, Clone)]
pub struct Cell {
    html: Html,
    small: String,
}

impl Cell {
    /// A text.
    #[must_use]
    pub fn text(text: impl AsRef<str>) -> Self {
        Self { html: Html::text(text.as_ref()), small: String::new() }
    }

    /// A link: the way into the row.
    #[must_use]
    pub fn link(href: &str, text: impl AsRef<str>) -> Self {
        Self { html: Html::link(href, text.as_ref()), small: String::new() }
    }

    /// A component: a tag, a meter.
    #[must_use]
    pub fn component(component: &impl askama::filters::HtmlSafe) -> Self {
        Self { html: Html::of(component), small: String::new() }
    }

    /// The same with a lesser link behind it.
    #[must_use]
    pub fn and_link(mut self, href: &str, text: impl AsRef<str>) -> Self {
        self.html = self.html.and(&Html::of(&SmallLink { href, text: text.as_ref() }));
        self
    }

    /// The same with small print below.
    #[must_use]
    pub fn small(mut self, text: impl Into<String>) -> Self {
        self.small = text.into();
        self
    }
}

/// A list as a table. On a phone each row becomes a block of labelled values.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/table.html")]
pub struct Table {
    voice: Voice,
    query: ListQuery,
    caption: String,
    caption_unseen: bool,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    filters: Vec<Field>,
    empty: Option<Empty>,
    next: Option<String>,
    previous: Option<String>,
    export_url: String,
    hidden: Html,
    count_words: String,
}

impl askama::filters::HtmlSafe for Table {}

impl Table {
    /// A table said by `voice` (a page), answering `query`, under `caption` (a text, already said).
    #[must_use]
    pub fn new(voice: &impl AsRef<Voice>, query: &ListQuery, caption: impl Into<String>) -> Self {
        Self {
            voice: voice.as_ref().clone(),
            query: query.clone(),
            caption: caption.into(),
            caption_unseen: false,
            columns: Vec::new(),
            rows: Vec::new(),
            filters: Vec::new(),
            empty: None,
            next: None,
            previous: None,
            export_url: String::new(),
            hidden: Html::default(),
            count_words: String::new(),
        }
    }

    /// The caption is for screen readers only, but for its count: a heading above says the same.
    #[must_use]
    pub const fn caption_unseen(mut self) -> Self {
        self.caption_unseen = true;
        self
    }

    /// One more column.
    #[must_use]
    pub fn column(mut self, column: Column) -> Self {
        self.columns.push(column);
        self
    }

    /// The rows, each with one cell a column.
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = Vec<Cell>>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// A field of the filter above the table (sent by GET). Name it as in the query.
    #[must_use]
    pub fn filter(mut self, field: Field) -> Self {
        self.filters.push(field.blank_if_none("web-all"));
        self
    }

    /// What to say when there are no rows.
    #[must_use]
    pub fn empty(mut self, empty: Empty) -> Self {
        self.empty = Some(empty);
        self
    }

    /// The neighbouring pages, from [`Slice`](crate::list::Slice).
    #[must_use]
    pub fn pages(mut self, previous: Option<String>, next: Option<String>) -> Self {
        self.previous = previous;
        self.next = next;
        self
    }

    /// How many there are, in words ("148 permohonan").
    #[must_use]
    pub fn count(mut self, words: impl Into<String>) -> Self {
        self.count_words = words.into();
        self
    }

    /// Export as CSV or XLSX: posts `format` and the present filters to `url`. `hidden` is `page.form_fields()`.
    #[must_use]
    pub fn export(mut self, url: &str, hidden: Html) -> Self {
        url.clone_into(&mut self.export_url);
        self.hidden = hidden;
        self
    }

    fn sort_url(&self, column: &Column) -> String {
        let now = self.query.get("urut");
        let word = if now == column.name { format!("-{}", column.name) } else { column.name.clone() };
        self.query.with(&[("urut", &word), ("setelah", ""), ("sebelum", "")])
    }

    fn sorted(&self, column: &Column) -> &'static str {
        let now = self.query.get("urut");
        if now == column.name {
            "ascending"
        } else if now.strip_prefix('-') == Some(&column.name) {
            "descending"
        } else {
            "none"
        }
    }

    fn next_url(&self) -> Option<String> {
        self.next.as_deref().map(|cursor| self.query.with(&[("setelah", cursor), ("sebelum", "")]))
    }

    fn previous_url(&self) -> Option<String> {
        self.previous.as_deref().map(|cursor| self.query.with(&[("sebelum", cursor), ("setelah", "")]))
    }

    fn is_filtered(&self) -> bool {
        self.query.is_filtered()
    }

    fn head_of(&self, index: usize) -> &str {
        self.columns.get(index).map_or("", |column| &column.head)
    }

    fn is_number(&self, index: usize) -> bool {
        self.columns.get(index).is_some_and(|column| column.number)
    }
}

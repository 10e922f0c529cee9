//! Components. Each is a value that renders itself: put it into a template with `{{ … }}`. Components own the
//! semantics (label, hint, error, `aria-describedby`, caption, table beside a chart), pages only call them.

mod chart;
mod field;
mod show;
mod table;

pub use chart::{BarChart, LineChart, Meter};
pub use field::{Choice, ErrorSummary, Field, Kind, field_id};
pub use show::{Empty, Facts, KeyValues, Notice, Steps, Tag, Timeline, Tone};
pub use table::{Cell, Column, Table};

use std::fmt;

/// Markup that is already safe. Make it only from components and templates, never from what somebody typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// The markup of a component.
    #[must_use]
    pub fn of(component: &impl askama::filters::HtmlSafe) -> Self {
        Self(component.to_string())
    }

    /// A text, escaped.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self(escaped(text))
    }

    /// A link.
    #[must_use]
    pub fn link(href: &str, text: &str) -> Self {
        Self(format!("<a href=\"{}\">{}</a>", escaped(href), escaped(text)))
    }

    /// This and `other` one after another.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.0.push(' ');
        self.0.push_str(&other.0);
        self
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) const fn raw(markup: String) -> Self {
        Self(markup)
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

/// `text` with the five characters of markup escaped.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

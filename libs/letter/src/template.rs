//! Text templates of data packages: one paragraph with fields and a little emphasis.
//!
//! `"adalah benar penduduk {unit.term} kami dan menjalankan usaha **{usaha}** sejak tahun {sejak}."`
//!
//! - `{name}`: a field; its value is inserted as text and never parsed.
//! - `**bold**`, `*italic*`, `__underlined__`; they nest, and may enclose fields.
//! - `{{`, `}}` are braces; `\*`, `\_`, `\\` are those characters.

use crate::Span;

/// A parsed paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    what: What,
    style: Style,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Text(String),
    Field(String),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Style {
    bold: bool,
    italic: bool,
    underline: bool,
}

/// Why a template cannot be read; found when its package is loaded.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TemplateError {
    /// `{` without `}`.
    #[error("the field opened at character {at} is not closed")]
    UnclosedField {
        /// Character position, from 1.
        at: usize,
    },
    /// `}` without `{`; a literal one is written `}}`.
    #[error("a closing brace at character {at} closes nothing; write }}}} for a literal one")]
    StrayBrace {
        /// Character position, from 1.
        at: usize,
    },
    /// A field name that is not made of `a-z 0-9 _ .`.
    #[error("“{name}” is not a field name")]
    BadName {
        /// The name as written.
        name: String,
    },
    /// An emphasis that is not closed.
    #[error("“{mark}” is not closed")]
    UnclosedStyle {
        /// `**`, `*` or `__`.
        mark: &'static str,
    },
    /// A field nobody knows.
    #[error("the field “{name}” is not known here")]
    UnknownField {
        /// Its name.
        name: String,
    },
}

/// A field had no value when the letter was made.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the field “{name}” has no value")]
pub struct MissingField {
    /// Its name.
    pub name: String,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// When braces or emphasis are not closed, or a field's name is not a name.
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        Parser { chars: source.chars().collect(), at: 0, style: Style::default(), text: String::new(), parts: Vec::new() }.run()
    }

    /// Names of its fields, in order of appearance, each once.
    pub fn fields(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for part in &self.parts {
            if let What::Field(name) = &part.what
                && !names.contains(&name.as_str())
            {
                names.push(name.as_str());
            }
        }
        names
    }

    /// Refuses a template that names a field which will not be there.
    ///
    /// # Errors
    /// [`TemplateError::UnknownField`] for the first unknown one.
    pub fn check(&self, known: &dyn Fn(&str) -> bool) -> Result<(), TemplateError> {
        match self.fields().into_iter().find(|name| !known(name)) {
            Some(name) => Err(TemplateError::UnknownField { name: name.to_owned() }),
            None => Ok(()),
        }
    }

    /// The paragraph with its values in place. Values are text: braces and asterisks in them stay what they are.
    ///
    /// # Errors
    /// When a field has no value.
    pub fn fill(&self, value: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Span>, MissingField> {
        let mut spans: Vec<Span> = Vec::new();
        for Part { what, style } in &self.parts {
            let text = match what {
                What::Text(text) => text.clone(),
                What::Field(name) => value(name).ok_or_else(|| MissingField { name: name.clone() })?,
            };
            let Style { bold, italic, underline } = *style;
            match spans.last_mut() {
                Some(last) if (last.bold, last.italic, last.underline) == (bold, italic, underline) => {
                    last.text.push_str(&text);
                }
                _ => spans.push(Span { text, bold, italic, underline }),
            }
        }
        spans.retain(|span| !span.text.is_empty());
        Ok(spans)
    }

    /// The filled paragraph as plain text, for titles and messages.
    ///
    /// # Errors
    /// When a field has no value.
    pub fn fill_text(&self, value: &dyn Fn(&str) -> Option<String>) -> Result<String, MissingField> {
        Ok(self.fill(value)?.into_iter().map(|span| span.text).collect())
    }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    style: Style,
    text: String,
    parts: Vec<Part>,
}

impl Parser {
    fn run(mut self) -> Result<Template, TemplateError> {
        while let Some(&c) = self.chars.get(self.at) {
            let next = self.chars.get(self.at + 1).copied();
            match (c, next) {
                ('\\', Some(escaped @ ('*' | '_' | '\\'))) => self.literal(escaped, 2),
                ('{', Some('{')) => self.literal('{', 2),
                ('}', Some('}')) => self.literal('}', 2),
                ('{', _) => self.field()?,
                ('}', _) => return Err(TemplateError::StrayBrace { at: self.at + 1 }),
                ('*', Some('*')) => self.toggle(2, |style| style.bold = !style.bold),
                ('*', _) => self.toggle(1, |style| style.italic = !style.italic),
                ('_', Some('_')) => self.toggle(2, |style| style.underline = !style.underline),
                _ => self.literal(c, 1),
            }
        }
        self.flush();
        match self.style {
            Style { bold: true, .. } => Err(TemplateError::UnclosedStyle { mark: "**" }),
            Style { italic: true, .. } => Err(TemplateError::UnclosedStyle { mark: "*" }),
            Style { underline: true, .. } => Err(TemplateError::UnclosedStyle { mark: "__" }),
            _ => Ok(Template { parts: self.parts }),
        }
    }

    fn literal(&mut self, c: char, length: usize) {
        self.text.push(c);
        self.at += length;
    }

    fn toggle(&mut self, length: usize, change: impl FnOnce(&mut Style)) {
        self.flush();
        change(&mut self.style);
        self.at += length;
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.parts.push(Part { what: What::Text(text), style: self.style });
        }
    }

    fn field(&mut self) -> Result<(), TemplateError> {
        let rest = &self.chars[self.at + 1..];
        let Some(length) = rest.iter().position(|c| *c == '}') else {
            return Err(TemplateError::UnclosedField { at: self.at + 1 });
        };
        let name: String = rest[..length].iter().collect();
        let proper = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.';
        if name.is_empty() || !name.chars().all(proper) {
            return Err(TemplateError::BadName { name });
        }
        self.flush();
        self.parts.push(Part { what: What::Field(name), style: self.style });
        self.at += length + 2;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str) -> Option<String> {
        match name {
            "usaha" => Some("kopi **{sejak}** \\ #eval $x$".to_owned()),
            "unit.term" => Some("desa".to_owned()),
            "kosong" => Some(String::new()),
            _ => None,
        }
    }

    #[test]
    fn fields_and_styles() {
        let template = Template::parse("penduduk {unit.term} kami, usaha **{usaha}**, __*{unit.term}*__{{}}").unwrap();
        assert_eq!(template.fields(), ["unit.term", "usaha"]);
        let spans = template.fill(&value).unwrap();
        assert_eq!(
            spans,
            [
                Span::plain("penduduk desa kami, usaha "),
                Span::bold("kopi **{sejak}** \\ #eval $x$"),
                Span::plain(", "),
                Span { text: "desa".into(), italic: true, underline: true, bold: false },
                Span::plain("{}"),
            ]
        );
    }

    #[test]
    fn escapes_and_empty_values() {
        let template = Template::parse(r"3 \* 4 \_ {kosong}a_b").unwrap();
        assert_eq!(template.fill_text(&value).unwrap(), "3 * 4 _ a_b");
    }

    #[test]
    fn a_missing_value_is_named() {
        let template = Template::parse("{sejak}").unwrap();
        assert_eq!(template.fill(&value), Err(MissingField { name: "sejak".into() }));
        assert_eq!(template.check(&|name| name == "usaha"), Err(TemplateError::UnknownField { name: "sejak".into() }));
    }

    #[test]
    fn faults_are_found_when_the_package_is_loaded() {
        let cases = [
            ("a {usaha", TemplateError::UnclosedField { at: 3 }),
            ("a } b", TemplateError::StrayBrace { at: 3 }),
            ("{Nama Usaha}", TemplateError::BadName { name: "Nama Usaha".into() }),
            ("{}", TemplateError::BadName { name: String::new() }),
            ("**{usaha}", TemplateError::UnclosedStyle { mark: "**" }),
            ("*x", TemplateError::UnclosedStyle { mark: "*" }),
            ("__x", TemplateError::UnclosedStyle { mark: "__" }),
        ];
        for (source, error) in cases {
            assert_eq!(Template::parse(source), Err(error), "{source}");
        }
    }
}

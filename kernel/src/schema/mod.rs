//! Schema: what is asked, how it is checked and how it is shown, once for page, counter, API and import.
//!
//! A schema is *fixed* (built with the `const fn`s here over a system's real columns) or *designed* (read from JSON or
//! TOML that an officer made); both are behind [`Shape`]. It validates; JSON Schema is only emitted ([`json_schema`]).
//! Lists inside a fixed one are written `const { &[…] }`.

mod answers;
mod check;
mod emit;
mod read;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use answers::Answers;
pub use check::{FieldErrors, check, check_section};
pub use emit::{json_schema, typed_from_json};
pub use read::{BadText, clean_line, clean_text, read_date, read_email, read_money, read_number, read_phone};

/// A text in Indonesian and, where somebody translated it, in English.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Label {
    pub id: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<Cow<'static, str>>,
}

impl Label {
    /// A fixed text in both languages.
    #[must_use]
    pub const fn new(id: &'static str, en: &'static str) -> Self {
        Self { id: Cow::Borrowed(id), en: Some(Cow::Borrowed(en)) }
    }

    /// A text made at run time.
    #[must_use]
    pub fn owned(id: String, en: Option<String>) -> Self {
        Self { id: Cow::Owned(id), en: en.map(Cow::Owned) }
    }

    /// The text in `lang` (`id` or `en`), else in Indonesian.
    #[must_use]
    pub fn text(&self, lang: &str) -> &str {
        match (&self.en, lang) {
            (Some(text), "en") => text,
            _ => &self.id,
        }
    }
}

/// One answer to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What is stored: `[a-z0-9_-]+`.
    pub key: Cow<'static, str>,
    pub label: Label,
}

impl Choice {
    /// A fixed choice.
    #[must_use]
    pub const fn new(key: &'static str, id: &'static str, en: &'static str) -> Self {
        Self { key: Cow::Borrowed(key), label: Label::new(id, en) }
    }
}

/// On which side of today a date must lie; today itself is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    #[default]
    Any,
    Past,
    Future,
}

/// What is asked of each person in a [`Kind::People`] field besides the name, which is always asked and needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Nik,
    BirthPlace,
    BirthDate,
    Relation,
    Occupation,
    Address,
}

impl Part {
    /// The key in the answer and the last part of the input's name (`heirs.0.birth_date`).
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Nik => "nik",
            Self::BirthPlace => "birth_place",
            Self::BirthDate => "birth_date",
            Self::Relation => "relation",
            Self::Occupation => "occupation",
            Self::Address => "address",
        }
    }
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// One line.
    Text,
    /// Paragraphs.
    LongText,
    /// A whole number.
    Number {
        #[serde(default)]
        min: Option<i64>,
        #[serde(default)]
        max: Option<i64>,
    },
    /// Rupiah; kept in minor units (sen), so `Rp1.000` is 100000.
    Money,
    Date {
        #[serde(default)]
        when: When,
    },
    /// Exactly one of the choices.
    Choice {
        choices: Cow<'static, [Choice]>,
    },
    /// Any number of the choices: typed as `key` (comma separated) or as inputs `key.choice`.
    Multi {
        choices: Cow<'static, [Choice]>,
    },
    /// A NIK of 16 digits. One that cannot be right is accepted with a reason in `key.reason`.
    Nik,
    /// A family card number of 16 digits.
    Kk,
    Phone,
    Email,
    /// The name of a place (of birth, of an event, of a business).
    Place,
    /// Pictures, by the ids of their uploads, separated by commas.
    Photo {
        files_max: usize,
    },
    /// Files, by the ids of their uploads, separated by commas.
    File {
        files_max: usize,
    },
    /// A list of people (heirs, witnesses): inputs `key.N.name`, `key.N.nik` …
    People {
        min: usize,
        max: usize,
        #[serde(default)]
        parts: Cow<'static, [Part]>,
    },
}

/// The nature of the data, UU 27/2022 article 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Personal {
    #[default]
    None,
    /// Article 4 paragraph 3: name, sex, nationality, religion, marital status, combined data.
    General,
    /// Article 4 paragraph 2: health, biometrics, genetics, criminal record, children, finance.
    Specific,
}

/// A field is asked only when another one was answered so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowIf {
    pub field: Cow<'static, str>,
    /// One of these stored values; a multiple choice matches when it holds one of them.
    pub is: Cow<'static, [Cow<'static, str>]>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// `[a-z][a-z0-9_]*`, unique in the schema.
    pub key: Cow<'static, str>,
    pub label: Label,
    #[serde(flatten)]
    pub kind: Kind,
    #[serde(default)]
    pub required: bool,
    /// Longest answer in characters; `None` is the kind's own limit.
    #[serde(default)]
    pub max_len: Option<usize>,
    #[serde(default)]
    pub hint: Option<Label>,
    #[serde(default)]
    pub show_if: Option<ShowIf>,
    #[serde(default)]
    pub personal: Personal,
}

impl Field {
    /// An optional field, not personal, shown always.
    #[must_use]
    pub const fn new(key: &'static str, label: Label, kind: Kind) -> Self {
        Self::designed(Cow::Borrowed(key), label, kind)
    }

    /// The same for a key made at run time.
    #[must_use]
    pub const fn designed(key: Cow<'static, str>, label: Label, kind: Kind) -> Self {
        Self { key, label, kind, required: false, max_len: None, hint: None, show_if: None, personal: Personal::None }
    }

    /// It must be answered (while it is shown).
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// At most `chars` characters.
    #[must_use]
    pub const fn max_len(mut self, chars: usize) -> Self {
        self.max_len = Some(chars);
        self
    }

    /// The answer tells of a person.
    #[must_use]
    pub const fn personal(mut self, personal: Personal) -> Self {
        self.personal = personal;
        self
    }

    /// A sentence of help below the label.
    #[must_use]
    pub fn hint(mut self, hint: Label) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Asked only when `field` was answered with one of `is`.
    #[must_use]
    pub fn show_if(mut self, field: impl Into<Cow<'static, str>>, is: impl Into<Cow<'static, [Cow<'static, str>]>>) -> Self {
        self.show_if = Some(ShowIf { field: field.into(), is: is.into() });
        self
    }

    /// The longest answer in characters.
    #[must_use]
    pub fn len_max(&self) -> usize {
        self.max_len.unwrap_or(match self.kind {
            Kind::LongText => 4_000,
            Kind::Email => 254,
            Kind::Phone | Kind::Nik | Kind::Kk | Kind::Number { .. } | Kind::Money | Kind::Date { .. } => 40,
            _ => 200,
        })
    }

    /// The names of the inputs that make up this field, with `rows` rows of a list of people.
    #[must_use]
    pub fn inputs(&self, rows: usize) -> Vec<String> {
        match &self.kind {
            Kind::Nik => vec![self.key.to_string(), format!("{}.reason", self.key)],
            Kind::Multi { choices } => {
                let each = choices.iter().map(|choice| format!("{}.{}", self.key, choice.key));
                std::iter::once(self.key.to_string()).chain(each).collect()
            }
            Kind::People { parts, .. } => (0..rows)
                .flat_map(|row| {
                    let of = move |part: &str| format!("{}.{row}.{part}", self.key);
                    let parts = parts.iter().flat_map(move |part| match part {
                        Part::Nik => vec![of("nik"), of("nik.reason")],
                        other => vec![of(other.key())],
                    });
                    std::iter::once(format!("{}.{row}.name", self.key)).chain(parts)
                })
                .collect(),
            _ => vec![self.key.to_string()],
        }
    }
}

/// The fields of one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub key: Cow<'static, str>,
    pub title: Label,
    #[serde(default)]
    pub intro: Option<Label>,
    pub fields: Cow<'static, [Field]>,
}

impl Section {
    /// A fixed section.
    #[must_use]
    pub const fn new(key: &'static str, title: Label, fields: &'static [Field]) -> Self {
        Self { key: Cow::Borrowed(key), title, intro: None, fields: Cow::Borrowed(fields) }
    }

    /// A section made at run time.
    #[must_use]
    pub const fn designed(key: String, title: Label, intro: Option<Label>, fields: Vec<Field>) -> Self {
        Self { key: Cow::Owned(key), title, intro, fields: Cow::Owned(fields) }
    }
}

/// Sections in the order they are asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Schema {
    pub sections: Cow<'static, [Section]>,
}

impl Schema {
    /// A fixed schema.
    #[must_use]
    pub const fn fixed(sections: &'static [Section]) -> Self {
        Self { sections: Cow::Borrowed(sections) }
    }

    /// A schema made at run time.
    #[must_use]
    pub const fn designed(sections: Vec<Section>) -> Self {
        Self { sections: Cow::Owned(sections) }
    }
}

/// Anything that asks questions.
pub trait Shape {
    /// The sections in the order they are asked.
    fn sections(&self) -> &[Section];

    /// Every field, in order.
    fn fields(&self) -> impl Iterator<Item = &Field> {
        self.sections().iter().flat_map(|section| section.fields.iter())
    }

    /// The field of `key`.
    fn field(&self, key: &str) -> Option<&Field> {
        self.fields().find(|field| field.key == key)
    }

    /// What is wrong with the schema itself: a key used twice or not spelled as one, a condition on a field that is
    /// not asked before, a choice without answers. Empty when it is sound.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        for field in self.fields() {
            let key = &*field.key;
            let spelled = key.starts_with(|c: char| c.is_ascii_lowercase())
                && key.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_');
            if !spelled {
                faults.push(format!("{key}: not a key"));
            }
            if seen.contains(&key) {
                faults.push(format!("{key}: used twice"));
            }
            if let Some(condition) = &field.show_if
                && !seen.contains(&&*condition.field)
            {
                faults.push(format!("{key}: depends on {} which is not asked before", condition.field));
            }
            match &field.kind {
                Kind::Choice { choices } | Kind::Multi { choices } if choices.is_empty() => {
                    faults.push(format!("{key}: nothing to choose from"));
                }
                Kind::People { min, max, .. } if min > max || *max == 0 => faults.push(format!("{key}: no room for people")),
                _ => {}
            }
            seen.push(key);
        }
        faults
    }
}

impl Shape for Schema {
    fn sections(&self) -> &[Section] {
        &self.sections
    }
}

impl Shape for [Section] {
    fn sections(&self) -> &[Section] {
        self
    }
}

#[cfg(test)]
mod tests;

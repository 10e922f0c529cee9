//! A form as it is shown: the values typed so far, the errors at their fields, and the builders of the fields.

use kernel::schema::FieldErrors;

use super::FormData;
use crate::{
    ui::{ErrorSummary, Field, Kind},
    voice::Voice,
};

/// A form being shown. Its methods build fields that already know their value and error:
/// `{{ form.text("nama").label("svc-name") }}`.
#[derive(Debug, Clone)]
pub struct FormState {
    voice: Voice,
    values: FormData,
    errors: FieldErrors,
}

impl FormState {
    /// An empty form.
    #[must_use]
    pub fn empty(voice: impl AsRef<Voice>) -> Self {
        Self::filled(voice, FormData::default())
    }

    /// A form with values (editing, prefill, a draft).
    #[must_use]
    pub fn filled(voice: impl AsRef<Voice>, values: FormData) -> Self {
        Self { voice: voice.as_ref().clone(), values, errors: FieldErrors::default() }
    }

    /// The form as it was sent, with what is wrong in it.
    #[must_use]
    pub fn wrong(voice: impl AsRef<Voice>, values: FormData, errors: FieldErrors) -> Self {
        Self { voice: voice.as_ref().clone(), values, errors }
    }

    /// Whether there are errors.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The values.
    #[must_use]
    pub const fn values(&self) -> &FormData {
        &self.values
    }

    /// What was typed for `name`.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.values.raw(name).unwrap_or_default()
    }

    /// The language and words the form speaks.
    #[must_use]
    pub const fn voice(&self) -> &Voice {
        &self.voice
    }

    /// Whether something is wrong at `name`.
    #[must_use]
    pub fn is_wrong(&self, name: &str) -> bool {
        self.errors.of(name).is_some()
    }

    /// What is wrong at `name`, said.
    #[must_use]
    pub fn error(&self, name: &str) -> Option<String> {
        self.errors.of(name).map(|message| self.voice.m(message))
    }

    /// The box above the form that lists what is wrong, each linked to its field; nothing when nothing is.
    #[must_use]
    pub fn summary(&self) -> ErrorSummary {
        let mut seen: Vec<&str> = Vec::new();
        let mut lines = Vec::new();
        for (field, message) in &self.errors.0 {
            if !seen.contains(&field.as_str()) {
                seen.push(field);
                lines.push((crate::ui::field_id(field), self.voice.m(message)));
            }
        }
        ErrorSummary::new(&self.voice, lines)
    }

    /// A line of text.
    #[must_use]
    pub fn text(&self, name: &str) -> Field {
        self.field(Kind::Text, name)
    }

    /// Several lines of text.
    #[must_use]
    pub fn area(&self, name: &str) -> Field {
        self.field(Kind::Area, name)
    }

    /// A whole number, typed with thousands as people do.
    #[must_use]
    pub fn number(&self, name: &str) -> Field {
        self.field(Kind::Number, name)
    }

    /// Rupiah.
    #[must_use]
    pub fn money(&self, name: &str) -> Field {
        self.field(Kind::Money, name)
    }

    /// A NIK, KK or other long number: digits only, the numeric keypad on phones.
    #[must_use]
    pub fn digits(&self, name: &str) -> Field {
        self.field(Kind::Digits, name)
    }

    /// A telephone number.
    #[must_use]
    pub fn phone(&self, name: &str) -> Field {
        self.field(Kind::Phone, name)
    }

    /// An e-mail address.
    #[must_use]
    pub fn email(&self, name: &str) -> Field {
        self.field(Kind::Email, name)
    }

    /// A password; what was typed is never shown again.
    #[must_use]
    pub fn password(&self, name: &str) -> Field {
        self.field(Kind::Password, name)
    }

    /// A date people know by heart (a birth date): day, month, year. Read it with [`FormData::date`].
    #[must_use]
    pub fn date(&self, name: &str) -> Field {
        self.field(Kind::Date, name)
    }

    /// A date near today, by the browser's own picker. Read it with [`FormData::date`].
    #[must_use]
    pub fn day(&self, name: &str) -> Field {
        self.field(Kind::Day, name)
    }

    /// A time of day, `08:00`.
    #[must_use]
    pub fn time(&self, name: &str) -> Field {
        self.field(Kind::Time, name)
    }

    /// One of a long list.
    #[must_use]
    pub fn select(&self, name: &str) -> Field {
        self.field(Kind::Select, name)
    }

    /// One of a few (up to seven), all in view.
    #[must_use]
    pub fn radios(&self, name: &str) -> Field {
        self.field(Kind::Radios, name)
    }

    /// Any of a few. Read them with [`FormData::all`].
    #[must_use]
    pub fn checks(&self, name: &str) -> Field {
        self.field(Kind::Checks, name)
    }

    /// One box to tick; its label is the statement.
    #[must_use]
    pub fn check(&self, name: &str) -> Field {
        self.field(Kind::Check, name)
    }

    /// A file.
    #[must_use]
    pub fn file(&self, name: &str) -> Field {
        self.field(Kind::File, name)
    }

    /// A hidden value.
    #[must_use]
    pub fn hidden(&self, name: &str) -> Field {
        self.field(Kind::Hidden, name)
    }

    /// A field whose kind is data (designed forms).
    #[must_use]
    pub fn field(&self, kind: Kind, name: &str) -> Field {
        let error = self.error(name);
        let mut values: Vec<String> = match kind {
            Kind::Checks => self.values.all(name).map(str::to_owned).collect(),
            Kind::Date => Vec::new(),
            _ => self.values.raw(name).map(str::to_owned).into_iter().collect(),
        };
        if kind == Kind::Date {
            values = ["day", "month", "year"].map(|part| self.value(&format!("{name}-{part}")).to_owned()).into();
            if values.iter().all(String::is_empty) {
                values = self.one_date(name);
            }
        }
        if kind == Kind::Password {
            values.clear();
        }
        Field::new(self.voice.clone(), kind, name, values, error)
    }

    /// The parts of a date kept as one text: as a date, else as it was typed.
    fn one_date(&self, name: &str) -> Vec<String> {
        if let Ok(Some(date)) = self.values.date(name) {
            return vec![date.day().to_string(), date.month().to_string(), date.year().to_string()];
        }
        self.value(name).splitn(3, '-').map(str::to_owned).collect()
    }
}

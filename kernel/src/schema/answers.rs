//! Answers that passed the check: typed, canonical, and shown as text.

use std::collections::BTreeMap;

use indonesian::{Lang, date_long, rupiah};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Choice, Field, Kind, Shape};
use crate::Id;

/// Canonical values by field key, as JSON: text as text, numbers and money (sen) as integers, dates as `YYYY-MM-DD`, one
/// choice as its key, several and uploads as arrays, people as arrays of objects with `name` and the parts asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub Map<String, Json>);

impl Answers {
    /// The stored value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.0.get(key)
    }

    /// A text, choice, NIK, telephone number or address.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// A number, or money in sen.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<i64> {
        self.get(key)?.as_i64()
    }

    /// A date.
    #[must_use]
    pub fn date(&self, key: &str) -> Option<Date> {
        self.text(key)?.parse().ok()
    }

    /// The uploads of a photo or file field.
    #[must_use]
    pub fn ids(&self, key: &str) -> Vec<Id> {
        self.list(key).iter().filter_map(|id| id.as_str()?.parse().ok()).collect()
    }

    /// The rows of a list: choices, uploads or people.
    #[must_use]
    pub fn list(&self, key: &str) -> &[Json] {
        self.get(key).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    /// Why an odd NIK was insisted on.
    #[must_use]
    pub fn nik_reason(&self, key: &str) -> Option<&str> {
        self.text(&format!("{key}.reason"))
    }

    /// Whether the condition of a field holds for these answers.
    #[must_use]
    pub fn shows(&self, field: &Field) -> bool {
        let Some(condition) = &field.show_if else { return true };
        let fits = |value: &Json| match value {
            Json::String(text) => condition.is.iter().any(|is| is == text),
            other => condition.is.iter().any(|is| *is == other.to_string()),
        };
        match self.get(&condition.field) {
            Some(Json::Array(values)) => values.iter().any(fits),
            Some(value) => fits(value),
            None => false,
        }
    }

    /// The answer to a field as a person reads it, in `lang`; empty when not answered. People and files are one per line.
    #[must_use]
    pub fn show(&self, field: &Field, lang: &str) -> String {
        let Some(value) = self.get(&field.key) else { return String::new() };
        match (&field.kind, value) {
            (Kind::Number { .. }, Json::Number(number)) => {
                number.as_i64().map_or_else(|| number.to_string(), |number| indonesian::number(number, language(lang)))
            }
            (Kind::Money, Json::Number(sen)) => rupiah(sen.as_i64().unwrap_or(0), language(lang)),
            (Kind::Date { .. }, Json::String(date)) => show_date(date, lang),
            (Kind::Choice { choices }, Json::String(key)) => choice(choices, key, lang),
            (Kind::Multi { choices }, Json::Array(keys)) => {
                keys.iter().filter_map(Json::as_str).map(|key| choice(choices, key, lang)).collect::<Vec<_>>().join(", ")
            }
            (Kind::People { .. }, Json::Array(people)) => {
                people.iter().map(|person| show_person(person, lang)).collect::<Vec<_>>().join("\n")
            }
            (_, Json::String(text)) => text.clone(),
            (_, Json::Array(values)) => values.iter().filter_map(Json::as_str).collect::<Vec<_>>().join("\n"),
            (_, other) => other.to_string(),
        }
    }

    /// Label and answer of every field that was answered, in the order of the form.
    #[must_use]
    pub fn lines(&self, shape: &(impl Shape + ?Sized), lang: &str) -> Vec<(String, String)> {
        shape
            .fields()
            .filter(|field| self.get(&field.key).is_some())
            .map(|field| (field.label.text(lang).to_owned(), self.show(field, lang)))
            .collect()
    }

    /// The answers as they would be typed, by input name: what a form is filled with for correction.
    #[must_use]
    pub fn typed(&self, shape: &(impl Shape + ?Sized)) -> BTreeMap<String, String> {
        let mut inputs = BTreeMap::new();
        for (key, value) in &self.0 {
            match (shape.field(key).map(|field| &field.kind), value) {
                (Some(Kind::Money), Json::Number(sen)) => {
                    inputs.insert(key.clone(), rupiah(sen.as_i64().unwrap_or(0), Lang::Id));
                }
                (Some(Kind::People { .. }), Json::Array(people)) => {
                    for (row, person) in people.iter().enumerate() {
                        for (part, value) in person.as_object().into_iter().flatten() {
                            let part = if part == "nik_reason" { "nik.reason" } else { part };
                            inputs.insert(format!("{key}.{row}.{part}"), value.as_str().unwrap_or_default().to_owned());
                        }
                    }
                }
                (_, Json::Array(values)) => {
                    inputs.insert(key.clone(), values.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(","));
                }
                (_, Json::String(text)) => {
                    inputs.insert(key.clone(), text.clone());
                }
                (_, other) => {
                    inputs.insert(key.clone(), other.to_string());
                }
            }
        }
        inputs
    }
}

fn choice(choices: &[Choice], key: &str, lang: &str) -> String {
    choices.iter().find(|choice| choice.key == key).map_or_else(|| key.to_owned(), |choice| choice.label.text(lang).to_owned())
}

fn show_person(person: &Json, lang: &str) -> String {
    let part = |key: &str| person.get(key).and_then(Json::as_str).map(str::to_owned);
    let born = part("birth_date").map(|date| show_date(&date, lang));
    let parts = [part("name"), part("nik"), part("birth_place"), born, part("relation"), part("occupation"), part("address")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

const fn language(lang: &str) -> Lang {
    if matches!(lang.as_bytes(), b"en") { Lang::En } else { Lang::Id }
}

fn show_date(iso: &str, lang: &str) -> String {
    iso.parse().map_or_else(|_| iso.to_owned(), |date| date_long(date, language(lang)))
}

//! The form of a service: its questions as a [`Schema`], one check for page, counter and API, and the answers as the officer
//! reads them.
//!
//! The kernel's schema checks form and length; what only a service's definition says (days around today, one date after
//! another, amounts, relations offered) is checked here on top, so that all of it is told at once.

mod checks;
mod people;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use indonesian::{Lang, date_long, number, rupiah};
use jiff::civil::Date;
use kernel::Id;
use kernel::schema::{self, Answers, FieldErrors, Kind, Label, Part, Schema, When};

use crate::letters::ResidentFacts;
use crate::model::form::{Field, FieldKind, PersonColumn, Personal, Resident};
use crate::model::{Definition, Text, holds};

pub use people::{LISTED_ROLES, Person, listed, people, witnesses};

/// Most files in one photo or file field.
pub const FILES_MAX: usize = 5;

/// Where the form is filled. At the counter no upload is demanded: the officer sees the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    Home,
    Counter,
}

/// What was typed, by the name of the input.
pub type Typed<'t> = &'t dyn Fn(&str) -> Option<String>;

/// The questions of a service.
#[must_use]
pub fn schema(definition: &Definition, channel: Channel) -> Schema {
    let sections = definition.sections.iter().map(|section| {
        let fields = section.fields.iter().map(|field| schema_field(definition, field, channel)).collect();
        schema::Section::designed(section.key.clone(), label(&section.title), section.intro.as_ref().map(label), fields)
    });
    Schema::designed(sections.collect())
}

/// Checks the whole form. `today` is the local date of the unit.
///
/// # Errors
/// What is wrong at which input, in the order of the form.
pub fn check(definition: &Definition, channel: Channel, today: Date, typed: Typed<'_>) -> Result<Answers, FieldErrors> {
    checks::run(definition, channel, None, today, typed)
}

/// Checks one page; `typed` also knows the pages before it, on which conditions depend.
///
/// # Errors
/// As [`check`], for this page only.
pub fn check_section(
    definition: &Definition,
    channel: Channel,
    section: usize,
    today: Date,
    typed: Typed<'_>,
) -> Result<Answers, FieldErrors> {
    checks::run(definition, channel, Some(section), today, typed)
}

/// Keys of the fields that are asked, given the answers so far (`|key| stored(&answers, key)`, or what was typed).
pub fn shown<'d>(definition: &'d Definition, answer: &dyn Fn(&str) -> String) -> Vec<&'d str> {
    let mut keys: Vec<&str> = Vec::new();
    for field in definition.fields() {
        // An answer to a question that is not asked any more does not count.
        let asked = |key: &str| if keys.contains(&key) { answer(key).trim().to_owned() } else { String::new() };
        if holds(field.show_if.as_ref(), asked) {
            keys.push(&field.key);
        }
    }
    keys
}

/// A stored answer as conditions compare it; empty when there is none.
#[must_use]
pub fn stored(answers: &Answers, key: &str) -> String {
    match answers.get(key) {
        None | Some(serde_json::Value::Null) => String::new(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(serde_json::Value::Array(items)) if items.is_empty() => String::new(),
        Some(other) => other.to_string(),
    }
}

/// What the resident's record already answers, by input name, as it would be typed.
#[must_use]
pub fn prefill(definition: &Definition, resident: &ResidentFacts) -> BTreeMap<String, String> {
    let answer = |field: &Field| {
        let part = field.prefill?;
        let text = resident.text(part);
        match field.kind {
            FieldKind::Date => (part == Resident::Birth).then_some(resident.birth_date?).map(|date| date.to_string()),
            FieldKind::Choice => {
                let same = |label: &str| indonesian::fold_text(label) == indonesian::fold_text(&text);
                field.choices.iter().find(|choice| same(&choice.value) || same(&choice.label.id)).map(|choice| choice.value.clone())
            }
            _ => Some(text).filter(|text| !text.is_empty()),
        }
    };
    definition.fields().filter_map(|field| Some((field.key.clone(), answer(field)?))).collect()
}

/// The answers as the JSON text that is sealed with the case.
#[must_use]
pub fn to_json(answers: &Answers) -> String {
    serde_json::Value::Object(answers.0.clone()).to_string()
}

/// Reads the text back.
///
/// # Errors
/// When it is no JSON object.
pub fn from_json(text: &str) -> Result<Answers, serde_json::Error> {
    serde_json::from_str(text)
}

/// An answer as the officer reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerRow {
    pub key: String,
    /// Page of the form, from 0.
    pub section: usize,
    pub label: String,
    /// Empty when it was not answered; one line for each person of a list.
    pub text: String,
    pub personal: Personal,
    /// The files of a photo or file field.
    pub uploads: Vec<Id>,
}

/// Every question that was asked with its answer, in the order of the form; `lang` is `id` or `en`.
#[must_use]
pub fn rows(definition: &Definition, answers: &Answers, lang: &str) -> Vec<AnswerRow> {
    let asked = shown(definition, &|key| stored(answers, key));
    let pages = definition.sections.iter().enumerate();
    let fields = pages.flat_map(|(page, section)| section.fields.iter().map(move |field| (page, field)));
    fields
        .filter(|(_, field)| asked.contains(&field.key.as_str()))
        .map(|(section, field)| AnswerRow {
            key: field.key.clone(),
            section,
            label: field.label.in_language(lang).to_owned(),
            text: text(field, answers, lang),
            personal: field.personal,
            uploads: if field.is_upload() { answers.ids(&field.key) } else { Vec::new() },
        })
        .collect()
}

/// The labels of the questions that are answered otherwise than before, in Indonesian as the journey of a case keeps them.
#[must_use]
pub fn changed<'d>(definition: &'d Definition, before: &Answers, after: &Answers) -> Vec<&'d str> {
    let answer = |answers: &Answers, key: &str| answers.get(key).cloned().filter(|value| !value.is_null());
    let differs = |field: &&'d Field| answer(before, &field.key) != answer(after, &field.key);
    definition.fields().filter(differs).map(|field| field.label.id.as_str()).collect()
}

/// One answer as text; empty when there is none, and for files.
#[must_use]
pub fn text(field: &Field, answers: &Answers, lang: &str) -> String {
    let language = if lang == "en" { Lang::En } else { Lang::Id };
    let key = &field.key;
    let plain = || answers.text(key).map(str::to_owned);
    match field.kind {
        FieldKind::Number => answers.number(key).map(|value| number(value, language)),
        FieldKind::Money => answers.number(key).map(|sen| rupiah(sen, language)),
        FieldKind::Date => answers.date(key).map(|date| date_long(date, language)),
        FieldKind::Choice => {
            plain().map(|value| field.choice(&value).map_or(value.clone(), |choice| choice.label.in_language(lang).to_owned()))
        }
        FieldKind::Photo | FieldKind::File => None,
        FieldKind::People => {
            let lines = people(answers, key).into_iter().map(|person| person.line(field, lang));
            Some(lines.collect::<Vec<_>>().join("\n"))
        }
        FieldKind::Text | FieldKind::LongText | FieldKind::Place => plain(),
    }
    .unwrap_or_default()
}

fn label(text: &Text) -> Label {
    Label::owned(text.id.clone(), Some(text.en.clone()))
}

fn schema_field(definition: &Definition, field: &Field, channel: Channel) -> schema::Field {
    let mut out = schema::Field::designed(Cow::Owned(field.key.clone()), label(&field.label), kind(field));
    out.required = field.required && !(field.is_upload() && channel == Channel::Counter);
    out.max_len = field.length_max().and_then(|chars| usize::try_from(chars).ok());
    out.hint = field.hint.as_ref().map(label);
    out.personal = match field.personal {
        Personal::None => schema::Personal::None,
        Personal::General => schema::Personal::General,
        Personal::Specific => schema::Personal::Specific,
    };
    match condition_values(definition, field) {
        Condition::Always => {}
        Condition::OneOf(values) => {
            let other = field.show_if.as_ref().map(|condition| condition.field.clone()).unwrap_or_default();
            out = out.show_if(Cow::Owned(other), Cow::Owned(values.into_iter().map(Cow::Owned).collect()));
        }
        // "Any answer" of a text cannot be said to the kernel: asked without obligation there, checked here.
        Condition::AnyText => out.required = false,
    }
    out
}

/// A condition as the kernel can say it.
enum Condition {
    Always,
    OneOf(Vec<String>),
    AnyText,
}

fn condition_values(definition: &Definition, field: &Field) -> Condition {
    let Some(condition) = &field.show_if else { return Condition::Always };
    if !condition.is.is_empty() {
        return Condition::OneOf(condition.is.clone());
    }
    match definition.field(&condition.field).filter(|other| other.kind == FieldKind::Choice) {
        Some(choice) => Condition::OneOf(choice.choices.iter().map(|choice| choice.value.clone()).collect()),
        None => Condition::AnyText,
    }
}

fn kind(field: &Field) -> Kind {
    match field.kind {
        FieldKind::Text => Kind::Text,
        FieldKind::LongText => Kind::LongText,
        FieldKind::Number => Kind::Number { min: field.min, max: field.max },
        FieldKind::Money => Kind::Money,
        FieldKind::Date => Kind::Date {
            when: match (field.earliest_days, field.latest_days) {
                (_, Some(0)) => When::Past,
                (Some(0), _) => When::Future,
                _ => When::Any,
            },
        },
        FieldKind::Choice => Kind::Choice {
            choices: field
                .choices
                .iter()
                .map(|choice| schema::Choice { key: Cow::Owned(choice.value.clone()), label: label(&choice.label) })
                .collect(),
        },
        FieldKind::Place => Kind::Place,
        FieldKind::Photo => Kind::Photo { files_max: FILES_MAX },
        FieldKind::File => Kind::File { files_max: FILES_MAX },
        FieldKind::People => {
            let size = |persons: u32| usize::try_from(persons).unwrap_or(0);
            let (min, max) = field.people.as_ref().map_or((0, 1), |people| (size(people.min), size(people.max)));
            let columns = field.people.iter().flat_map(|people| &people.columns);
            Kind::People { min, max, parts: columns.filter_map(|column| part(*column)).collect() }
        }
    }
}

/// The input of a column. The name is always asked; sex is told by the NIK, never asked.
#[must_use]
pub fn part(column: PersonColumn) -> Option<Part> {
    match column {
        PersonColumn::Name | PersonColumn::Sex => None,
        PersonColumn::Nik => Some(Part::Nik),
        PersonColumn::Birth => Some(Part::BirthDate),
        PersonColumn::Address => Some(Part::Address),
        PersonColumn::Occupation => Some(Part::Occupation),
        PersonColumn::Relation => Some(Part::Relation),
    }
}

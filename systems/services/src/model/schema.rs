//! The form as the kernel asks and checks it, and the bounds only a service knows.

use std::borrow::Cow;

use jiff::{ToSpan, civil::Date};
use kernel::Message;
use kernel::schema::{self, Answers, FieldErrors, Kind, Label, Part, Schema, ShowIf, When};

use super::form::{Field, FieldKind, People, PersonColumn, Personal, Section};
use super::{Definition, Text};

/// Most files a photo or file field takes: a letter of some pages.
const FILES_MAX: usize = 3;
/// Sen in a rupiah.
const SEN: i64 = 100;

impl Definition {
    /// The form as a designed schema of the kernel, section by section.
    pub fn schema(&self) -> Schema {
        Schema::designed(self.sections.iter().map(section).collect())
    }

    /// Checks what was typed: the whole form, or one `section` of it. `today` is the local date of the unit.
    ///
    /// # Errors
    /// What is wrong at which input: as [`kernel::schema::check`], and `field-too-small{min}`, `field-too-large{max}`
    /// (amounts in rupiah), `field-date-too-early{date}`, `field-date-too-late{date}`,
    /// `field-date-before-other{field}`.
    pub fn check<'t>(
        &self,
        section: Option<usize>,
        today: Date,
        typed: &'t dyn Fn(&str) -> Option<&'t str>,
    ) -> Result<Answers, FieldErrors> {
        let schema = self.schema();
        let answers = match section {
            None => schema::check(&schema, today, typed)?,
            Some(index) => schema::check_section(&schema, index, today, typed)?,
        };
        let mut errors = FieldErrors::default();
        for field in self.fields() {
            let other = |key: &str| answers.date(key).or_else(|| schema::read_date(typed(key)?).ok());
            if let Some(message) = bounds(field, &answers, today, &other, self) {
                errors.add(field.key.as_str(), message);
            }
        }
        if errors.is_empty() { Ok(answers) } else { Err(errors) }
    }
}

/// What is wrong with an answer that has the right form.
fn bounds(field: &Field, answers: &Answers, today: Date, other: &dyn Fn(&str) -> Option<Date>, definition: &Definition) -> Option<Message> {
    if field.kind == FieldKind::Money {
        let sen = answers.number(&field.key)?;
        if let Some(min) = field.min.filter(|min| sen < min.saturating_mul(SEN)) {
            return Some(Message::new("field-too-small").arg("min", min));
        }
        let max = field.max.filter(|max| sen > max.saturating_mul(SEN))?;
        return Some(Message::new("field-too-large").arg("max", max));
    }
    if field.kind != FieldKind::Date {
        return None;
    }
    let date = answers.date(&field.key)?;
    let day = |days: i32| today.checked_add(days.days()).ok();
    if let Some(first) = field.earliest_days.and_then(day).filter(|first| date < *first) {
        return Some(Message::new("field-date-too-early").arg("date", indonesian::date_short(first)));
    }
    if let Some(last) = field.latest_days.and_then(day).filter(|last| date > *last) {
        return Some(Message::new("field-date-too-late").arg("date", indonesian::date_short(last)));
    }
    let key = field.not_before.as_deref()?;
    other(key).filter(|first| date < *first)?;
    let label = definition.field(key).map_or(key, |field| &field.label.id);
    Some(Message::new("field-date-before-other").arg("field", label))
}

fn section(section: &Section) -> schema::Section {
    let fields = section.fields.iter().map(field).collect();
    schema::Section::designed(section.key.clone(), label(&section.title), section.intro.as_ref().map(label), fields)
}

fn field(field: &Field) -> schema::Field {
    schema::Field {
        key: Cow::Owned(field.key.clone()),
        label: label(&field.label),
        kind: kind(field),
        required: field.required,
        max_len: field.length_max().and_then(|length| usize::try_from(length).ok()),
        hint: field.hint.as_ref().map(label),
        show_if: field.show_if.as_ref().map(|condition| ShowIf {
            field: Cow::Owned(condition.field.clone()),
            is: condition.is.iter().cloned().map(Cow::Owned).collect(),
        }),
        personal: match field.personal {
            Personal::None => schema::Personal::None,
            Personal::General => schema::Personal::General,
            Personal::Specific => schema::Personal::Specific,
        },
    }
}

fn kind(field: &Field) -> Kind {
    match field.kind {
        FieldKind::Text => Kind::Text,
        FieldKind::LongText => Kind::LongText,
        FieldKind::Number => Kind::Number { min: field.min, max: field.max },
        FieldKind::Date => Kind::Date { when: when(field) },
        FieldKind::Choice => Kind::Choice {
            choices: field
                .choices
                .iter()
                .map(|choice| schema::Choice { key: Cow::Owned(choice.value.clone()), label: label(&choice.label) })
                .collect(),
        },
        FieldKind::Money => Kind::Money,
        FieldKind::Place => Kind::Place,
        FieldKind::Photo => Kind::Photo { files_max: FILES_MAX },
        FieldKind::File => Kind::File { files_max: FILES_MAX },
        FieldKind::Nik => Kind::Nik,
        FieldKind::People => people(field.people.as_ref()),
    }
}

/// The side of today a date lies on, where its bounds say so.
fn when(field: &Field) -> When {
    match (field.earliest_days, field.latest_days) {
        (_, Some(..=0)) => When::Past,
        (Some(0..), _) => When::Future,
        _ => When::Any,
    }
}

fn people(people: Option<&People>) -> Kind {
    let size = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
    let parts = |people: &People| people.columns.iter().copied().filter_map(part).collect();
    Kind::People {
        min: people.map_or(0, |people| size(people.min)),
        max: people.map_or(1, |people| size(people.max)),
        parts: people.map(parts).unwrap_or_default(),
    }
}

/// The kernel's part for a column; the name is always asked.
fn part(column: PersonColumn) -> Option<Part> {
    match column {
        PersonColumn::Name => None,
        PersonColumn::Nik => Some(Part::Nik),
        PersonColumn::BirthDate => Some(Part::BirthDate),
        PersonColumn::Address => Some(Part::Address),
        PersonColumn::Occupation => Some(Part::Occupation),
        PersonColumn::Relation => Some(Part::Relation),
    }
}

fn label(text: &Text) -> Label {
    Label::owned(text.id.clone(), Some(text.en.clone()))
}

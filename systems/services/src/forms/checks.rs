//! What a definition asks beyond the kernel's schema.

use std::collections::BTreeMap;

use indonesian::{Lang, date_short, fold_name, rupiah};
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::Message;
use kernel::schema::{self, Answers, FieldErrors, Schema, Shape, clean_line, read_date, read_money};

use super::{Channel, Condition, Typed, condition_values, people, shown};
use crate::model::Definition;
use crate::model::form::{Field, FieldKind, PeopleRole};

/// Checks one page, or all of them.
pub(super) fn run(
    definition: &Definition,
    channel: Channel,
    section: Option<usize>,
    today: Date,
    typed: Typed<'_>,
) -> Result<Answers, FieldErrors> {
    let schema = super::schema(definition, channel);
    let inputs = inputs(definition, &schema, typed);
    let look = |name: &str| inputs.get(name).map(String::as_str);
    let checked = match section {
        Some(page) => schema::check_section(&schema, page, today, &look),
        None => schema::check(&schema, today, &look),
    };
    let (mut answers, mut errors) = match checked {
        Ok(answers) => (answers, FieldErrors::default()),
        Err(errors) => (Answers::default(), errors),
    };
    let asked = shown(definition, &|key| inputs.get(key).cloned().unwrap_or_default());
    let more = More { today, inputs: &inputs, asked: &asked };
    let pages = definition.sections.iter().enumerate().filter(|(page, _)| section.is_none_or(|wanted| wanted == *page));
    for field in pages.flat_map(|(_, page)| &page.fields) {
        if !asked.contains(&field.key.as_str()) {
            answers.0.remove(&field.key);
            continue;
        }
        if matches!(condition_values(definition, field), Condition::AnyText) && field.required && more.text(&field.key).is_none() {
            errors.add(field.key.as_str(), Message::new("field-required"));
        }
        more.field(field, &mut errors);
    }
    if section.is_none() && errors.is_empty() {
        witnesses_are_no_heirs(definition, &answers, &mut errors);
    }
    if errors.is_empty() {
        return Ok(answers);
    }
    let place = |input: &str| definition.fields().position(|field| input.split('.').next() == Some(field.key.as_str()));
    errors.0.sort_by_key(|(input, _)| place(input));
    Err(errors)
}

/// What was typed at every input of the form; a relation typed by its label becomes its value.
fn inputs(definition: &Definition, schema: &Schema, typed: Typed<'_>) -> BTreeMap<String, String> {
    let mut inputs = BTreeMap::new();
    for (asked, field) in schema.fields().zip(definition.fields()) {
        // As far as the kernel reads: rows left empty in between do not end a list.
        let rows = field.people.as_ref().map_or(0, |people| usize::try_from(people.max).unwrap_or(0).saturating_add(20).min(120));
        for name in asked.inputs(rows) {
            let Some(mut text) = typed(&name) else { continue };
            if name.ends_with(".relation")
                && let Some(people) = &field.people
                && let Some(relation) =
                    people.relations.iter().find(|relation| same(&relation.label.id, &text) || same(&relation.label.en, &text))
            {
                text.clone_from(&relation.value);
            }
            inputs.insert(name, text);
        }
    }
    inputs
}

fn same(label: &str, typed: &str) -> bool {
    label.to_lowercase() == typed.trim().to_lowercase()
}

struct More<'a> {
    today: Date,
    inputs: &'a BTreeMap<String, String>,
    asked: &'a [&'a str],
}

impl More<'_> {
    fn text(&self, input: &str) -> Option<String> {
        clean_line(self.inputs.get(input)?).ok().filter(|text| !text.is_empty())
    }

    /// Adds to what is wrong; an input the kernel refused already keeps its message.
    fn field(&self, field: &Field, errors: &mut FieldErrors) {
        match field.kind {
            FieldKind::Date => {
                let date = self.text(&field.key).and_then(|text| read_date(&text).ok());
                if let Some(message) = date.and_then(|date| self.date(field, date)) {
                    errors.add(field.key.as_str(), message);
                }
            }
            FieldKind::Money => {
                let sen = self.text(&field.key).and_then(|text| read_money(&text).ok());
                if let Some(message) = sen.and_then(|sen| amount(field, sen)) {
                    errors.add(field.key.as_str(), message);
                }
            }
            FieldKind::People => self.relations(field, errors),
            _ => {}
        }
    }

    fn date(&self, field: &Field, date: Date) -> Option<Message> {
        let day = |days: i32| self.today.checked_add(i64::from(days).days()).ok();
        if let Some(first) = field.earliest_days.and_then(day).filter(|first| date < *first) {
            return Some(Message::new("services-date-too-early").arg("date", date_short(first)));
        }
        if let Some(last) = field.latest_days.and_then(day).filter(|last| date > *last) {
            return Some(Message::new("services-date-too-late").arg("date", date_short(last)));
        }
        let other = field.not_before.as_deref().filter(|other| self.asked.contains(other))?;
        let other = read_date(&self.text(other)?).ok().filter(|other| date < *other)?;
        Some(Message::new("services-date-before-start").arg("date", date_short(other)))
    }

    /// A relation is one of those offered, and named for everybody.
    fn relations(&self, field: &Field, errors: &mut FieldErrors) {
        let Some(people) = field.people.as_ref().filter(|people| !people.relations.is_empty()) else { return };
        for row in 0..people.max.saturating_add(20).min(120) {
            if self.text(&format!("{}.{row}.name", field.key)).is_none() {
                continue;
            }
            let input = format!("{}.{row}.relation", field.key);
            let relation = self.text(&input).unwrap_or_default();
            if relation.is_empty() {
                errors.add(input, Message::new("field-choose-one"));
            } else if !people.relations.iter().any(|offered| offered.value == relation) {
                errors.add(input, Message::new("field-not-a-choice"));
            }
        }
    }
}

fn amount(field: &Field, sen: i64) -> Option<Message> {
    let limit = |rupiah: i64| rupiah.saturating_mul(100);
    if let Some(min) = field.min.map(limit).filter(|min| sen < *min) {
        return Some(Message::new("services-amount-too-small").arg("min", rupiah(min, Lang::Id)));
    }
    let max = field.max.map(limit).filter(|max| sen > *max)?;
    Some(Message::new("services-amount-too-large").arg("max", rupiah(max, Lang::Id)))
}

/// Nobody bears witness for herself.
fn witnesses_are_no_heirs(definition: &Definition, answers: &Answers, errors: &mut FieldErrors) {
    let lists = || definition.fields().filter_map(|field| Some((field, field.people.as_ref()?.role)));
    let heirs: Vec<_> = lists().filter(|(_, role)| *role == PeopleRole::Heir).flat_map(|(field, _)| people(answers, &field.key)).collect();
    for (field, _) in lists().filter(|(_, role)| *role == PeopleRole::Witness) {
        for (row, witness) in people(answers, &field.key).into_iter().enumerate() {
            let is_heir = heirs.iter().any(|heir| match (heir.nik.as_str(), witness.nik.as_str()) {
                ("", _) | (_, "") => fold_name(&heir.name) == fold_name(&witness.name),
                (heir, witness) => heir == witness,
            });
            if is_heir {
                errors.add(format!("{}.{row}.name", field.key), Message::new("services-witness-is-heir"));
            }
        }
    }
}

//! The one check of what was typed: pages, counter, API and imports call it.

use indonesian::{IdentityError, Kk, Nik, Oddity};
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use super::{
    Answers, Choice, Field, Kind, Part, Shape, When, clean_line, clean_text, read_date, read_email, read_money, read_number, read_phone,
};
use crate::{Id, Message};

/// What is wrong, by input name, in the order of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("{} fields are not right", .0.len())]
pub struct FieldErrors(pub Vec<(String, Message)>);

impl FieldErrors {
    /// Adds one more, unless that input has one already.
    pub fn add(&mut self, input: impl Into<String>, message: Message) {
        let input = input.into();
        if self.of(&input).is_none() {
            self.0.push((input, message));
        }
    }

    /// The message at an input.
    #[must_use]
    pub fn of(&self, input: &str) -> Option<&Message> {
        self.0.iter().find(|(name, _)| name == input).map(|(_, message)| message)
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Input and key of each message, for the log; never what was typed.
    #[must_use]
    pub fn kinds(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(name, message)| (name.as_str(), &*message.key)).collect()
    }
}

/// What a person typed, by input name.
pub type Typed<'t> = &'t dyn Fn(&str) -> Option<&'t str>;

/// Checks every section. `today` is the local date of the unit.
///
/// # Errors
/// What is wrong at which input, in order, as messages that say what to do.
pub fn check<'t>(shape: &(impl Shape + ?Sized), today: Date, typed: Typed<'t>) -> Result<Answers, FieldErrors> {
    let all = 0..shape.sections().len();
    run(shape, today, typed, &|section| all.contains(&section))
}

/// Checks one section of a form filled page by page; `typed` also knows the pages before, on which conditions depend.
///
/// # Errors
/// As [`check`], for this section only.
pub fn check_section<'t>(shape: &(impl Shape + ?Sized), section: usize, today: Date, typed: Typed<'t>) -> Result<Answers, FieldErrors> {
    run(shape, today, typed, &|index| index == section)
}

fn run<'t>(shape: &(impl Shape + ?Sized), today: Date, typed: Typed<'t>, wanted: &dyn Fn(usize) -> bool) -> Result<Answers, FieldErrors> {
    let mut asked = Answers::default();
    let mut kept = Map::new();
    let mut errors = FieldErrors::default();
    for (index, section) in shape.sections().iter().enumerate() {
        for field in section.fields.iter() {
            if !asked.shows(field) {
                continue;
            }
            let mut reader = Reader { today, typed, out: Map::new(), errors: FieldErrors::default() };
            reader.field(field);
            if wanted(index) {
                errors.0.extend(reader.errors.0);
                kept.extend(reader.out.clone());
            }
            asked.0.extend(reader.out);
        }
    }
    if errors.is_empty() { Ok(Answers(kept)) } else { Err(errors) }
}

struct Reader<'t> {
    today: Date,
    typed: Typed<'t>,
    out: Map<String, Json>,
    errors: FieldErrors,
}

impl<'t> Reader<'t> {
    fn field(&mut self, field: &Field) {
        match &field.kind {
            Kind::Multi { choices } => return self.multi(field, choices),
            Kind::People { min, max, parts } => return self.people(field, *min, *max, parts),
            Kind::Photo { files_max } | Kind::File { files_max } => return self.files(field, *files_max),
            _ => {}
        }
        let raw = (self.typed)(&field.key).unwrap_or_default();
        let clean = if field.kind == Kind::LongText { clean_text(raw) } else { clean_line(raw) };
        let text = match clean {
            Ok(text) => text,
            Err(bad) => return self.errors.add(&*field.key, bad.into()),
        };
        if text.is_empty() {
            if field.required {
                self.errors.add(&*field.key, missing(&field.kind));
            }
            return;
        }
        if text.chars().count() > field.len_max() {
            return self.errors.add(&*field.key, Message::new("field-too-long").arg("max", field.len_max()));
        }
        match self.value(field, text) {
            Ok(value) => {
                self.out.insert(field.key.to_string(), value);
            }
            Err(message) => self.errors.add(&*field.key, message),
        }
    }

    fn value(&mut self, field: &Field, text: String) -> Result<Json, Message> {
        Ok(match &field.kind {
            Kind::Number { min, max } => {
                let number = read_number(&text)?;
                if let Some(min) = min.filter(|min| number < *min) {
                    return Err(Message::new("field-too-small").arg("min", min));
                }
                if let Some(max) = max.filter(|max| number > *max) {
                    return Err(Message::new("field-too-large").arg("max", max));
                }
                json!(number)
            }
            Kind::Money => json!(read_money(&text)?),
            Kind::Date { when } => self.date(&text, *when)?,
            Kind::Choice { choices } => match choices.iter().find(|choice| choice.key == text) {
                Some(choice) => json!(choice.key),
                None => return Err(Message::new("field-not-a-choice")),
            },
            Kind::Nik => {
                let reason_input = format!("{}.reason", field.key);
                let (nik, reason) = self.nik(&text, &reason_input)?;
                if let Some(reason) = reason {
                    self.out.insert(reason_input, json!(reason));
                }
                json!(nik)
            }
            Kind::Kk => json!(Kk::parse(&text).map_err(|error| not_a("field-not-a-kk", error))?.as_str()),
            Kind::Phone => json!(read_phone(&text)?),
            Kind::Email => json!(read_email(&text)?),
            _ => json!(text),
        })
    }

    fn date(&self, text: &str, when: When) -> Result<Json, Message> {
        let date = read_date(text)?;
        match when {
            When::Past if date > self.today => Err(Message::new("field-date-in-future")),
            When::Future if date < self.today => Err(Message::new("field-date-in-past")),
            _ => Ok(json!(date.to_string())),
        }
    }

    /// A NIK, with the reason when it cannot be right and the person insists.
    fn nik(&self, text: &str, reason_input: &str) -> Result<(String, Option<String>), Message> {
        let nik = Nik::parse(text).map_err(|error| not_a("field-not-a-nik", error))?;
        let date = nik.oddities(self.today).into_iter().find_map(|oddity| match oddity {
            Oddity::DateImpossible { day, month, year } => Some(format!("{day:02}{month:02}{year:02}")),
            // Never issued, but what numbers of a demonstration end in.
            Oddity::SerialZero => None,
        });
        let nik = nik.as_str().to_owned();
        let Some(date) = date else { return Ok((nik, None)) };
        let reason = clean_line((self.typed)(reason_input).unwrap_or_default())?;
        match reason.chars().count() {
            0 => Err(Message::new("field-nik-odd").arg("date", date)),
            1..=200 => Ok((nik, Some(reason))),
            _ => Err(Message::new("field-too-long").arg("max", 200_usize)),
        }
    }

    fn multi(&mut self, field: &Field, choices: &[Choice]) {
        let listed = (self.typed)(&field.key).unwrap_or_default();
        let named: Vec<&str> = listed.split([',', '\n']).map(str::trim).filter(|key| !key.is_empty()).collect();
        if named.iter().any(|key| !choices.iter().any(|choice| choice.key == *key)) {
            return self.errors.add(&*field.key, Message::new("field-not-a-choice"));
        }
        let ticked = |choice: &Choice| (self.typed)(&format!("{}.{}", field.key, choice.key)).is_some_and(|value| !value.trim().is_empty());
        let chosen: Vec<&str> =
            choices.iter().filter(|choice| named.contains(&&*choice.key) || ticked(choice)).map(|choice| &*choice.key).collect();
        if !chosen.is_empty() {
            self.out.insert(field.key.to_string(), json!(chosen));
        } else if field.required {
            self.errors.add(&*field.key, Message::new("field-choose-one-or-more"));
        }
    }

    fn files(&mut self, field: &Field, files_max: usize) {
        let typed = (self.typed)(&field.key).unwrap_or_default();
        let mut ids: Vec<Id> = Vec::new();
        for text in typed.split([',', ' ', '\n']).filter(|text| !text.is_empty()) {
            match text.trim().parse::<Id>() {
                Ok(id) if ids.contains(&id) => {}
                Ok(id) => ids.push(id),
                Err(_) => return self.errors.add(&*field.key, Message::new("field-not-a-file")),
            }
        }
        if ids.len() > files_max {
            self.errors.add(&*field.key, Message::new("field-too-many-files").arg("max", files_max));
        } else if !ids.is_empty() {
            self.out.insert(field.key.to_string(), json!(ids));
        } else if field.required {
            self.errors.add(&*field.key, missing(&field.kind));
        }
    }

    fn people(&mut self, field: &Field, min: usize, max: usize, parts: &[Part]) {
        let mut people = Vec::new();
        // Rows left empty in between do not end the list; the room is bounded.
        for row in 0..max.saturating_add(20).min(120) {
            if let Some(person) = self.person(field, row, parts) {
                people.push(person);
            }
        }
        let least = min.max(usize::from(field.required));
        if people.len() < least && self.errors.is_empty() {
            let input = format!("{}.{}.name", field.key, people.len());
            self.errors.add(input, Message::new("field-too-few-people").arg("min", least));
        } else if people.len() > max {
            self.errors.add(format!("{}.{max}.name", field.key), Message::new("field-too-many-people").arg("max", max));
        }
        if !people.is_empty() {
            self.out.insert(field.key.to_string(), Json::Array(people));
        }
    }

    /// One row; none when all its inputs are empty.
    fn person(&mut self, field: &Field, row: usize, parts: &[Part]) -> Option<Json> {
        let input = |part: &str| format!("{}.{row}.{part}", field.key);
        let mut person = Map::new();
        let mut wrong = Vec::new();
        for part in std::iter::once("name").chain(parts.iter().map(|part| part.key())) {
            let name = input(part);
            let text = match clean_line((self.typed)(&name).unwrap_or_default()) {
                Ok(text) if text.is_empty() => continue,
                Ok(text) => text,
                Err(bad) => {
                    wrong.push((name, bad.into()));
                    continue;
                }
            };
            let value = match part {
                _ if text.chars().count() > 200 => Err(Message::new("field-too-long").arg("max", 200_usize)),
                "nik" => self.nik(&text, &input("nik.reason")).map(|(nik, reason)| {
                    if let Some(reason) = reason {
                        person.insert("nik_reason".into(), json!(reason));
                    }
                    json!(nik)
                }),
                "birth_date" => self.date(&text, When::Past),
                _ => Ok(json!(text)),
            };
            match value {
                Ok(value) => {
                    person.insert(part.into(), value);
                }
                Err(message) => wrong.push((name, message)),
            }
        }
        if person.is_empty() && wrong.is_empty() {
            return None;
        }
        if !person.contains_key("name") && !wrong.iter().any(|(name, _)| *name == input("name")) {
            wrong.insert(0, (input("name"), Message::new("field-name-required")));
        }
        for (name, message) in wrong {
            self.errors.add(name, message);
        }
        Some(Json::Object(person))
    }
}

const fn missing(kind: &Kind) -> Message {
    Message::new(match kind {
        Kind::Choice { .. } => "field-choose-one",
        Kind::Photo { .. } => "field-photo-required",
        Kind::File { .. } => "field-file-required",
        _ => "field-required",
    })
}

/// `digits`: how many were typed; the message says that there must be 16.
fn not_a(key: &'static str, error: IdentityError) -> Message {
    match error {
        IdentityError::Length { digits, .. } => Message::new(key).arg("digits", digits),
        _ => Message::new("field-only-digits"),
    }
}

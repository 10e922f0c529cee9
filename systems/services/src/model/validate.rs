//! The rules a definition keeps as a whole.

use std::collections::HashSet;

use super::chain::{At, Stage};
use super::form::{Condition, Field, FieldKind, PeopleRole, PersonColumn, Personal, Resident};
use super::placeholder::{self, KNOWN, Placeholder};
use super::standard::{Mark, Upload};
use super::template::{Block, LetterTemplate, Validity};
use super::{Definition, IntroductionMode, Limit, Problem, SigningMode, classification, offices};

/// Most pages of a form.
const SECTIONS_MAX: usize = 6;
/// Most questions on a page.
const FIELDS_MAX: usize = 9;
/// Longest text a form may ask for, in characters.
const LENGTH_MAX: u32 = 4_000;

/// Everything wrong with `definition`, empty if it may be used.
pub(super) fn problems(definition: &Definition) -> Vec<Problem> {
    let mut check = Check { definition, problems: Vec::new() };
    check.names();
    check.texts(&definition.as_json(), String::new());
    check.adopters();
    check.clock();
    check.choices_of_units();
    check.standard();
    check.form();
    check.chain();
    check.letter();
    check.problems
}

struct Check<'a> {
    definition: &'a Definition,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn found(&mut self, key: impl Into<String>, what: impl Into<String>, fix: &str) {
        self.problems.push(Problem::new(key, what, fix));
    }

    fn require(&mut self, holds: bool, key: &str, what: &str, fix: &str) {
        if !holds {
            self.found(key, what, fix);
        }
    }

    fn names(&mut self) {
        let slug = &self.definition.slug;
        let plain = slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        self.require(
            plain && (3..=60).contains(&slug.len()) && !slug.starts_with('-') && !slug.ends_with('-'),
            "slug",
            "is no address",
            "use 3 to 60 small letters, digits and hyphens",
        );
        let words = &self.definition.keywords;
        self.require(
            !words.is_empty() && words.iter().all(|word| !word.trim().is_empty()),
            "keywords",
            "holds no words, or an empty one",
            "list the words people use for this service",
        );
    }

    /// Every text has both languages: an object with just `id` and `en` is a text wherever it stands.
    fn texts(&mut self, value: &serde_json::Value, path: String) {
        match value {
            serde_json::Value::Object(map) if map.len() == 2 && map.contains_key("id") && map.contains_key("en") => {
                for language in ["id", "en"] {
                    if map[language].as_str().is_none_or(|text| text.trim().is_empty()) {
                        self.found(format!("{path}.{language}"), "is empty", "write the text in Indonesian and in English");
                    }
                }
            }
            serde_json::Value::Object(map) => {
                for (key, inner) in map {
                    let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    self.texts(inner, below);
                }
            }
            serde_json::Value::Array(items) => {
                for (place, inner) in items.iter().enumerate() {
                    self.texts(inner, format!("{path}[{place}]"));
                }
            }
            _ => {}
        }
    }

    fn adopters(&mut self) {
        let definition = self.definition;
        self.require(!definition.adopted_by.is_empty(), "adopted_by", "names no kind of unit", "write village, kecamatan or opd:CODE");
        let known = match offices::opd() {
            Ok(list) => list.into_iter().map(|opd| opd.code).collect::<HashSet<_>>(),
            Err(error) => return self.found("adopted_by", error, "correct data/offices/perangkat-daerah.toml"),
        };
        for (place, adopter) in definition.adopted_by.iter().enumerate() {
            if let super::Adopter::Opd(code) = adopter
                && !known.contains(code)
            {
                self.found(
                    format!("adopted_by[{place}]"),
                    format!("names the unknown perangkat daerah {code:?}"),
                    "use a code of data/offices/perangkat-daerah.toml",
                );
            }
        }
        if !known.contains(&definition.owner) {
            self.found(
                "owner",
                format!("names the unknown perangkat daerah {:?}", definition.owner),
                "use a code of data/offices/perangkat-daerah.toml",
            );
        }
    }

    fn clock(&mut self) {
        let (fits, most, unit) = match self.definition.clock.limit {
            Limit::None => return,
            Limit::WorkingDays(days) => ((1..=90).contains(&days), 90, "working days"),
            Limit::ClockHours(hours) => ((1..=720).contains(&hours), 720, "hours"),
            Limit::ServiceMinutes(minutes) => ((5..=480).contains(&minutes), 480, "minutes (from 5)"),
        };
        if !fits {
            self.found("clock.limit", "is out of range", &format!("use at most {most} {unit}, or \"none\""));
        }
    }

    fn choices_of_units(&mut self) {
        let definition = self.definition;
        let introduction = &definition.introduction;
        self.require(
            introduction.allowed.contains(&introduction.mode),
            "introduction.allowed",
            "lacks the usual mode",
            "add the value of introduction.mode",
        );
        let villages = definition.adopted_by.iter().any(|adopter| adopter.kinds().iter().any(|kind| kind.is_village()));
        self.require(
            villages || introduction.mode == IntroductionMode::None,
            "introduction.mode",
            "asks for a neighbour's word where there is no village",
            "write none",
        );
        let signing = &definition.signing;
        self.require(
            signing.allowed.contains(&signing.mode) && signing.allowed.contains(&SigningMode::Wet),
            "signing.allowed",
            "lacks the usual mode or the wet signature",
            "list wet and the value of signing.mode",
        );
        self.require(
            signing.mode.available(),
            "signing.mode",
            "is not available in this build",
            "write wet; tte may stand in signing.allowed",
        );
        self.require(definition.parties.witnesses <= 4, "parties.witnesses", "is too many", "use at most 4");
        self.require(!definition.record.remark.trim().is_empty(), "record.remark", "is empty", "say where the retention comes from");
    }

    fn standard(&mut self) {
        let standard = &self.definition.standard;
        if standard.typical {
            self.require(
                standard.remark.is_some(),
                "standard.remark",
                "is missing although the standard is typical",
                "say that it is an example and not set yet",
            );
        } else {
            self.require(
                !standard.decree.trim().is_empty(),
                "standard.decree",
                "is missing although the standard is not typical",
                "name the decree that set it",
            );
        }
        self.require(!standard.requirements.is_empty(), "standard.requirement", "is empty", "list what is needed");
        self.require(standard.steps.len() >= 2, "standard.step", "has fewer than two steps", "tell how it goes");
        self.require(!standard.legal_basis.is_empty(), "standard.legal", "is empty", "name a regulation");
        for (place, legal) in standard.legal_basis.iter().enumerate() {
            if legal.mark != Mark::Seed && legal.remark.trim().is_empty() {
                self.found(
                    format!("standard.legal[{place}].remark"),
                    "is missing",
                    "say where it was read, or that it must be checked at the JDIH",
                );
            }
        }
        for (place, requirement) in standard.requirements.iter().enumerate() {
            let key = format!("standard.requirement[{place}].field");
            match (requirement.upload, &requirement.field) {
                (Upload::None, None) => {}
                (Upload::None, Some(_)) => self.found(key, "is given without an upload", "remove it or set upload"),
                (_, None) => self.found(key, "is missing", "name the photo or file field that takes the upload"),
                (upload, Some(name)) => match self.definition.field(name).filter(|field| field.is_upload()) {
                    None => self.found(key, format!("{name:?} is no photo or file field"), "name one of the form"),
                    Some(field) if field.required != (upload == Upload::Required) => {
                        self.found(key, format!("{name:?} is not as required as its requirement"), "make them agree");
                    }
                    Some(_) => {}
                },
            }
        }
    }

    fn form(&mut self) {
        let sections = &self.definition.sections;
        if sections.is_empty() || sections.len() > SECTIONS_MAX {
            self.found("section", format!("has {} pages", sections.len()), "use 1 to 6 sections");
        }
        let mut keys = HashSet::new();
        let mut before: Vec<&Field> = Vec::new();
        for (page, section) in sections.iter().enumerate() {
            let at = format!("section[{page}]");
            if !placeholder::is_key(&section.key) || !keys.insert(format!("section {}", section.key)) {
                self.found(format!("{at}.key"), "is no key or is used twice", "use a new word of small letters");
            }
            if section.fields.is_empty() || section.fields.len() > FIELDS_MAX {
                self.found(format!("{at}.field"), "is empty or too long for a page", "use 1 to 9 questions a section");
            }
            for (place, field) in section.fields.iter().enumerate() {
                let at = format!("{at}.field[{place}]");
                self.key_of_field(&at, field, keys.insert(field.key.clone()));
                self.kind_of_field(&at, field, &before);
                self.people_of_field(&at, field);
                if let Some(condition) = &field.show_if {
                    self.condition(&format!("{at}.show_if"), condition, &before);
                }
                before.push(field);
            }
        }
        self.witnesses();
    }

    /// Witnesses who sign are asked for: one list of exactly that many.
    fn witnesses(&mut self) {
        let wanted = u32::from(self.definition.parties.witnesses);
        let lists: Vec<(u32, u32)> = self
            .definition
            .fields()
            .filter_map(|field| field.people.as_ref())
            .filter(|people| people.role == PeopleRole::Witness)
            .map(|people| (people.min, people.max))
            .collect();
        let agrees = if wanted == 0 { lists.is_empty() } else { lists == [(wanted, wanted)] };
        self.require(
            agrees,
            "parties.witnesses",
            "does not agree with the form",
            "ask for exactly that many persons of role witness in one list",
        );
    }

    fn key_of_field(&mut self, at: &str, field: &Field, fresh: bool) {
        let key = &field.key;
        let taken = KNOWN.iter().any(|(name, _)| name == key)
            || key.starts_with("saksi_")
            || ["_terbilang", "_jumlah", "_tahun"].iter().any(|suffix| key.ends_with(suffix));
        if !placeholder::is_key(key) {
            self.found(format!("{at}.key"), format!("{key:?} is no key"), "use small letters, digits and underscores");
        } else if taken {
            self.found(format!("{at}.key"), format!("{key:?} already means something in a letter"), "use another word");
        } else if !fresh {
            self.found(format!("{at}.key"), format!("{key:?} is used twice"), "use another word");
        }
    }

    fn kind_of_field(&mut self, at: &str, field: &Field, before: &[&Field]) {
        use FieldKind::{Choice, Date, LongText, Money, Number, People, Place, Text};
        let written = matches!(field.kind, Text | LongText | Place);
        let counted = matches!(field.kind, Number | Money);
        let dated = field.kind == Date;
        let misplaced = [
            ("max_len", field.max_len.is_some() && !written),
            ("min", (field.min.is_some() || field.max.is_some()) && !counted),
            ("earliest_days", (field.earliest_days.is_some() || field.latest_days.is_some()) && !dated),
            ("not_before", field.not_before.is_some() && !dated),
            ("choice", !field.choices.is_empty() && field.kind != Choice),
            ("people", field.people.is_some() && field.kind != People),
        ];
        for (name, wrong) in misplaced {
            if wrong {
                self.found(format!("{at}.{name}"), "does not belong to this kind of field", "remove it");
            }
        }
        if field.max_len.is_some_and(|length| length == 0 || length > LENGTH_MAX) {
            self.found(format!("{at}.max_len"), "is out of range", "use 1 to 4000 characters");
        }
        if field.min.zip(field.max).is_some_and(|(min, max)| min > max) {
            self.found(format!("{at}.min"), "is above max", "exchange them");
        }
        if field.earliest_days.zip(field.latest_days).is_some_and(|(first, last)| first > last) {
            self.found(format!("{at}.earliest_days"), "is after latest_days", "exchange them");
        }
        if let Some(other) = &field.not_before
            && !before.iter().any(|field| field.key == *other && field.kind == Date)
        {
            self.found(format!("{at}.not_before"), format!("{other:?} is no earlier date"), "name a date asked before");
        }
        if field.kind == Choice {
            let values: HashSet<&str> = field.choices.iter().map(|choice| choice.value.as_str()).collect();
            if values.len() < 2 || values.len() != field.choices.len() || values.iter().any(|v| !placeholder::is_key(v)) {
                self.found(format!("{at}.choice"), "has fewer than two different values", "list the answers by key");
            }
        }
        self.prefill_of_field(at, field);
    }

    fn prefill_of_field(&mut self, at: &str, field: &Field) {
        let Some(prefill) = field.prefill else { return };
        let fits = match prefill {
            Resident::Birth => matches!(field.kind, FieldKind::Date | FieldKind::Text),
            Resident::Address => matches!(field.kind, FieldKind::Place | FieldKind::Text),
            Resident::Sex | Resident::Religion | Resident::Marital => {
                matches!(field.kind, FieldKind::Choice | FieldKind::Text)
            }
            _ => field.kind == FieldKind::Text,
        };
        if !fits {
            self.found(format!("{at}.prefill"), "does not fit this kind of field", "change the kind or remove it");
        }
        if field.personal == Personal::None {
            self.found(format!("{at}.personal"), "is none for a part of a person's record", "write general or specific");
        }
    }

    fn people_of_field(&mut self, at: &str, field: &Field) {
        let Some(people) = &field.people else {
            if field.kind == FieldKind::People {
                self.found(format!("{at}.people"), "is missing", "say which columns and how many persons");
            }
            return;
        };
        let columns: HashSet<_> = people.columns.iter().collect();
        if !columns.contains(&PersonColumn::Name) || columns.len() != people.columns.len() {
            self.found(format!("{at}.people.columns"), "lacks the name or repeats a column", "list each column once");
        }
        if columns.contains(&PersonColumn::Relation) == people.relations.is_empty() {
            self.found(format!("{at}.people.relation"), "does not agree with the columns", "list the relations to offer");
        }
        if people.max == 0 || people.min > people.max || people.max > 50 {
            self.found(format!("{at}.people.max"), "is out of range", "use at most 50, and at least min");
        }
        if field.required != (people.min > 0) {
            self.found(format!("{at}.people.min"), "does not agree with required", "make them agree");
        }
        if field.personal == Personal::None {
            self.found(format!("{at}.personal"), "is none for a list of persons", "write general or specific");
        }
    }

    fn condition(&mut self, at: &str, condition: &Condition, before: &[&Field]) {
        let Some(field) = before.iter().find(|field| field.key == condition.field) else {
            return self.found(at, format!("{:?} is not asked before", condition.field), "name an earlier field");
        };
        if condition.is.is_empty() {
            return;
        }
        if field.kind != FieldKind::Choice {
            return self.found(at, format!("{:?} is no choice", field.key), "leave `is` out or name a choice");
        }
        for value in &condition.is {
            if field.choice(value).is_none() {
                self.found(at, format!("{value:?} is no answer of {:?}", field.key), "use one of its values");
            }
        }
    }

    fn chain(&mut self) {
        let definition = self.definition;
        let stages: Vec<Stage> = definition.chain.iter().map(|step| step.state).collect();
        let count = |stage| stages.iter().filter(|own| **own == stage).count();
        if !stages.is_sorted() || count(Stage::Signing) != 1 || stages.first() != Some(&Stage::Checking) {
            self.found(
                "chain",
                "does not run checking → initialing → signing → acknowledging with one signing",
                "put the steps in that order; initialing and acknowledging may be left out",
            );
        }
        if (count(Stage::Acknowledging) == 1) != definition.letter.acknowledge.is_some() || count(Stage::Acknowledging) > 1 {
            self.found("letter.acknowledge", "does not agree with the chain", "have both the step and the letter's part");
        }
        for (place, step) in definition.chain.iter().enumerate() {
            let at = format!("chain[{place}]");
            if (step.at == At::Kecamatan) != (step.state == Stage::Acknowledging) {
                self.found(format!("{at}.at"), "is the wrong unit for this state", "only acknowledging is at kecamatan");
            }
            for kind in definition.adopted_by.iter().flat_map(|adopter| adopter.kinds()) {
                if step.at == At::Kecamatan && !kind.is_village() {
                    self.found(format!("{at}.at"), format!("{} is under no kecamatan", kind.key()), "remove the step");
                } else if step.offices_in(kind).is_empty() {
                    self.found(
                        format!("{at}.offices"),
                        format!("names no office for a {}", kind.key()),
                        "list the offices that do this, the first one first",
                    );
                }
            }
        }
    }

    fn letter(&mut self) {
        let letter = &self.definition.letter;
        for (key, empty) in [("kind", letter.kind.is_empty()), ("title", letter.title.is_empty())] {
            self.require(!empty, &format!("letter.{key}"), "is empty", "write it");
        }
        self.classification(letter);
        match &letter.validity {
            Validity::Unlimited => {}
            Validity::Days(days) => self.require((1..=730).contains(days), "letter.validity", "is out of range", "use 1 to 730 days"),
            Validity::Months(months) => {
                self.require((1..=60).contains(months), "letter.validity", "is out of range", "use 1 to 60 months");
            }
            Validity::UntilField(key) => {
                let fits = self.definition.field(key).is_some_and(|field| field.kind == FieldKind::Date && field.required);
                self.require(fits, "letter.validity", "names no required date", "name a required date of the form");
            }
        }
        for (place, line) in letter.addressee.iter().enumerate() {
            self.text(&format!("letter.addressee[{place}]"), line, None);
        }
        for (place, line) in letter.copies.iter().enumerate() {
            self.text(&format!("letter.copies[{place}]"), line, None);
        }
        self.choices_in_letter();
        self.body(letter);
    }

    fn classification(&mut self, letter: &LetterTemplate) {
        match classification::parse(classification::PERMENDAGRI_83_2022) {
            Ok(rows) => {
                let day = letter.classification_on;
                let known = rows.iter().any(|row| row.code == letter.classification && row.holds_on(day));
                self.require(
                    known,
                    "letter.classification",
                    "is no code in force on letter.classification_on",
                    "use a code of data/classification",
                );
            }
            Err(error) => self.found("letter.classification", error, "correct the table in data/classification"),
        }
    }

    fn choices_in_letter(&mut self) {
        let definition = self.definition;
        for field in definition.fields() {
            for choice in &field.choices {
                let Some(text) = &choice.in_letter else { continue };
                let at = format!("field {:?}, choice {:?}: in_letter", field.key, choice.value);
                let given = Condition { field: field.key.clone(), is: vec![choice.value.clone()] };
                self.text(&at, text, Some(&given));
                for key in placeholder::keys(text).unwrap_or_default() {
                    if definition.field(key).is_some_and(|inner| inner.kind == FieldKind::Choice) {
                        self.found(at.clone(), format!("{{{key}}} is a choice inside a choice"), "use a text field");
                    }
                }
            }
        }
    }

    fn body(&mut self, letter: &LetterTemplate) {
        let all: Vec<&Field> = self.definition.fields().collect();
        self.require(!letter.body.is_empty(), "letter.body", "is empty", "write the letter");
        for (place, block) in letter.body.iter().enumerate() {
            let at = format!("letter.body[{place}]");
            if let Some(condition) = block.show_if() {
                self.condition(&format!("{at}.show_if"), condition, &all);
            }
            match block {
                Block::Text { text, show_if } => self.text(&format!("{at}.text"), text, show_if.as_ref()),
                Block::Resident { fields } => {
                    self.require(!fields.is_empty(), &at, "shows nothing of the resident", "list what to show");
                }
                Block::Rows { rows, .. } => {
                    for row in rows {
                        self.known(&format!("{at}.rows"), &row.value);
                    }
                }
                Block::People { field, columns, .. } => {
                    let people = self.definition.field(field).and_then(|field| field.people.as_ref());
                    let shown = people.is_some_and(|people| columns.iter().all(|c| people.columns.contains(c)));
                    self.require(
                        shown && !columns.is_empty(),
                        &at,
                        "names no list of persons or a column it lacks",
                        "name a field of kind people and columns it asks for",
                    );
                }
            }
        }
    }

    /// A sentence of the letter: every placeholder is known and has a value whenever the sentence stands there.
    fn text(&mut self, at: &str, text: &str, given: Option<&Condition>) {
        let definition = self.definition;
        for key in self.known(at, text) {
            let Some(field) = definition.placeholder(&key).and_then(Placeholder::field) else { continue };
            let answered = given.is_some_and(|given| given.field == field.key);
            let shown = match (&field.show_if, given) {
                (None, _) => true,
                (Some(needed), Some(given)) => {
                    needed.field == given.field
                        && (needed.is.is_empty() || !given.is.is_empty() && given.is.iter().all(|value| needed.is.contains(value)))
                }
                (Some(_), None) => false,
            };
            if !(answered || field.required && shown) {
                self.found(
                    at,
                    format!("{{{key}}} may be empty here"),
                    "make the field required, or show this text only when it is answered",
                );
            }
        }
    }

    /// Checks the form of a text and that its placeholders are known; gives their keys.
    fn known(&mut self, at: &str, text: &str) -> Vec<String> {
        match placeholder::keys(text) {
            Err(what) => {
                self.found(at, what, "correct the marks");
                Vec::new()
            }
            Ok(keys) => {
                for key in &keys {
                    if self.definition.placeholder(key).is_none() {
                        self.found(at, format!("has the unknown placeholder {{{key}}}"), "use a field's key");
                    }
                }
                keys.into_iter().map(str::to_owned).collect()
            }
        }
    }
}

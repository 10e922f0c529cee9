//! Fields of a [`kernel::schema::Schema`] as inputs, named as its check reads them.

use kernel::schema::{self, Part};

use super::FormState;
use crate::ui::{Choice, Field, Html, Kind, escaped};

/// Choices that are all shown; more become a list to open.
const RADIOS_MAX: usize = 6;

impl FormState {
    /// The inputs of one field of a schema.
    #[must_use]
    pub fn schema_field(&self, field: &schema::Field) -> Html {
        self.schema_field_with(field, "", &[])
    }

    /// The inputs of one field of a schema. Files go in parts to `upload_url` (when not empty); `uploaded` are those
    /// received before, by id and name.
    #[must_use]
    pub fn schema_field_with(&self, field: &schema::Field, upload_url: &str, uploaded: &[(String, String)]) -> Html {
        match &field.kind {
            schema::Kind::Nik => self.nik(field),
            schema::Kind::People { min, max, parts } => self.people(field, *min, *max, parts),
            schema::Kind::Photo { files_max } | schema::Kind::File { files_max } => {
                let photo = matches!(field.kind, schema::Kind::Photo { .. });
                let accept = if photo { "image/jpeg,image/png" } else { "image/jpeg,image/png,application/pdf" };
                let mut input = self.asked(Kind::File, field).accept(accept).size_max(5_000_000).upload_to(upload_url);
                if *files_max > 1 {
                    input = input.multiple();
                }
                Html::of(&uploaded.iter().fold(input, |input, (id, name)| input.uploaded(id, name)))
            }
            _ => Html::of(&self.plain(field)),
        }
    }

    fn plain(&self, field: &schema::Field) -> Field {
        use schema::Kind as Asked;
        match &field.kind {
            Asked::LongText => self.asked(Kind::Area, field),
            Asked::Number { .. } => self.asked(Kind::Number, field).narrow(),
            Asked::Money => self.asked(Kind::Money, field).narrow(),
            Asked::Date { when: schema::When::Past } => self.asked(Kind::Date, field),
            Asked::Date { .. } => self.asked(Kind::Day, field).narrow(),
            Asked::Choice { choices } => {
                let kind = if choices.len() <= RADIOS_MAX { Kind::Radios } else { Kind::Select };
                self.asked(kind, field).choices(self.said(choices))
            }
            Asked::Multi { choices } => self.asked(Kind::Checks, field).choices(self.said(choices)).named_by_choice(),
            Asked::Kk => self.asked(Kind::Digits, field).narrow(),
            Asked::Phone => self.asked(Kind::Phone, field).narrow(),
            Asked::Email => self.asked(Kind::Email, field),
            _ => self.asked(Kind::Text, field),
        }
    }

    fn asked(&self, kind: Kind, field: &schema::Field) -> Field {
        let lang = self.voice().lang();
        let mut input = self
            .field(kind, &field.key)
            .label_text(field.label.text(lang))
            .hint_text(field.hint.as_ref().map_or("", |hint| hint.text(lang)))
            .optional_if(!field.required)
            .length_max(field.len_max());
        if let schema::Kind::Multi { choices } = &field.kind {
            input = input.with_values(self.ticked(&field.key, choices));
        }
        match &field.show_if {
            Some(condition) => input.when(&condition.field, &condition.is.join("|")),
            None => input,
        }
    }

    fn said(&self, choices: &[schema::Choice]) -> Vec<Choice> {
        choices.iter().map(|choice| Choice::new(choice.key.as_ref(), choice.label.text(self.voice().lang()))).collect()
    }

    fn ticked(&self, key: &str, choices: &[schema::Choice]) -> Vec<String> {
        let listed: Vec<&str> = self.value(key).split([',', '\n']).map(str::trim).collect();
        let ticked =
            |choice: &&schema::Choice| listed.contains(&choice.key.as_ref()) || !self.value(&format!("{key}.{}", choice.key)).is_empty();
        choices.iter().filter(ticked).map(|choice| choice.key.to_string()).collect()
    }

    /// A NIK, and the question why, once it looked odd.
    fn nik(&self, field: &schema::Field) -> Html {
        let number = Html::of(&self.asked(Kind::Digits, field).narrow());
        let reason = format!("{}.reason", field.key);
        if self.value(&reason).is_empty() && self.values().raw(&reason).is_none() && !self.is_wrong(&reason) {
            return number;
        }
        number.and(&Html::of(&self.text(&reason).label("web-nik-reason").hint("web-nik-reason-hint")))
    }

    fn people(&self, field: &schema::Field, min: usize, max: usize, parts: &[Part]) -> Html {
        let lang = self.voice().lang();
        let filled = (0..max).rev().find(|row| !self.value(&format!("{}.{row}.name", field.key)).is_empty()).map_or(0, |row| row + 1);
        let rows = (filled + 1).max(min).min(max);
        let mut markup = format!(
            "<fieldset class=\"people\" id=\"{}\"><legend>{}</legend>",
            crate::ui::field_id(&field.key),
            escaped(field.label.text(lang))
        );
        if let Some(hint) = &field.hint {
            markup.push_str(&format!("<p class=\"hint\">{}</p>", escaped(hint.text(lang))));
        }
        if let Some(error) = self.error(&field.key) {
            markup.push_str(&format!("<p class=\"error\">{}</p>", escaped(&error)));
        }
        for row in 0..rows {
            let of = |part: &str| format!("{}.{row}.{part}", field.key);
            let heading = self.voice().t1("web-person-number", "n", row + 1);
            markup.push_str(&format!("<fieldset><legend>{}</legend>", escaped(&heading)));
            markup.push_str(&self.text(&of("name")).label("web-person-name").optional_if(row >= min).to_string());
            for part in parts {
                markup.push_str(&self.part(*part, &of(part.key())).to_string());
                if *part == Part::Nik && (self.is_wrong(&of("nik.reason")) || self.values().raw(&of("nik.reason")).is_some()) {
                    markup.push_str(&self.text(&of("nik.reason")).label("web-nik-reason").hint("web-nik-reason-hint").to_string());
                }
            }
            markup.push_str("</fieldset>");
        }
        if rows < max {
            markup.push_str(&format!("<p class=\"hint\">{}</p>", escaped(&self.voice().t1("web-person-more", "max", max))));
        }
        markup.push_str("</fieldset>");
        Html::raw(markup)
    }

    fn part(&self, part: Part, name: &str) -> Field {
        match part {
            Part::Nik => self.digits(name).label("web-person-nik").narrow(),
            Part::BirthPlace => self.text(name).label("web-person-birth-place"),
            Part::BirthDate => self.date(name).label("web-person-birth-date"),
            Part::Relation => self.text(name).label("web-person-relation"),
            Part::Occupation => self.text(name).label("web-person-occupation"),
            Part::Address => self.text(name).label("web-person-address"),
        }
        .optional()
    }
}

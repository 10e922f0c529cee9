//! Listed persons: heirs, witnesses, members of a team.

use indonesian::{Lang, Nik, Sex, date_long};
use jiff::civil::Date;
use kernel::schema::Answers;

use crate::letters::{WitnessFacts, sex_text};
use crate::model::Definition;
use crate::model::form::{Field, FieldKind, PeopleRole, PersonColumn};

/// A person of a list, as she was typed and checked; what was not asked or answered is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub nik: String,
    /// Why an odd NIK was insisted on.
    pub nik_reason: String,
    pub birth: Option<Date>,
    pub address: String,
    pub occupation: String,
    /// The stored value of one of the relations offered.
    pub relation: String,
}

impl Person {
    /// Sex as the NIK tells it; none without a NIK.
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        Nik::parse(&self.nik).ok().map(|nik| nik.sex())
    }

    /// What stands in a column, in `lang`.
    #[must_use]
    pub fn column(&self, field: &Field, column: PersonColumn, lang: &str) -> String {
        match column {
            PersonColumn::Name => self.name.clone(),
            PersonColumn::Nik => self.nik.clone(),
            PersonColumn::Birth => {
                self.birth.map(|date| date_long(date, if lang == "en" { Lang::En } else { Lang::Id })).unwrap_or_default()
            }
            PersonColumn::Sex => self.sex().map(sex_text).unwrap_or_default().to_owned(),
            PersonColumn::Address => self.address.clone(),
            PersonColumn::Occupation => self.occupation.clone(),
            PersonColumn::Relation => field
                .people
                .iter()
                .flat_map(|people| &people.relations)
                .find(|relation| relation.value == self.relation)
                .map_or_else(|| self.relation.clone(), |relation| relation.label.in_language(lang).to_owned()),
        }
    }

    /// Everything known, in one line.
    pub(super) fn line(&self, field: &Field, lang: &str) -> String {
        let columns = field.people.iter().flat_map(|people| &people.columns);
        let parts = columns.map(|column| self.column(field, *column, lang)).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// The persons of a list, in order.
#[must_use]
pub fn people(answers: &Answers, key: &str) -> Vec<Person> {
    let person = |row: &serde_json::Value| {
        let text = |part: &str| row.get(part).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        Person {
            name: text("name"),
            nik: text("nik"),
            nik_reason: text("nik_reason"),
            birth: text("birth_date").parse().ok(),
            address: text("address"),
            occupation: text("occupation"),
            relation: text("relation"),
        }
    };
    answers.list(key).iter().map(person).collect()
}

/// Every listed person with the role in the case, in the order of the form.
#[must_use]
pub fn listed(definition: &Definition, answers: &Answers) -> Vec<(PeopleRole, Person)> {
    let lists = definition.fields().filter(|field| field.kind == FieldKind::People);
    let roles = lists.filter_map(|field| Some((field, field.people.as_ref()?.role)));
    roles.flat_map(|(field, role)| people(answers, &field.key).into_iter().map(move |person| (role, person))).collect()
}

/// The roles in a case of persons an answer names.
pub const LISTED_ROLES: &[&str] = &[PeopleRole::Heir.as_str(), PeopleRole::Witness.as_str(), PeopleRole::Member.as_str()];

/// The witnesses who sign, from the answers: name, and address or NIK to tell who it is.
#[must_use]
pub fn witnesses(definition: &Definition, answers: &Answers) -> Vec<WitnessFacts> {
    let all = listed(definition, answers).into_iter().filter(|(role, _)| *role == PeopleRole::Witness);
    all.take(usize::from(definition.parties.witnesses))
        .map(|(_, person)| {
            let detail = [person.address, person.nik].into_iter().find(|detail| !detail.is_empty());
            WitnessFacts { name: person.name, detail: detail.unwrap_or_default() }
        })
        .collect()
}

//! What stands for each `{placeholder}`.

use indonesian::{Lang, date_long, number, rupiah, terbilang, terbilang_rupiah};
use letter::{Span, Template};

use super::{Facts, LetterError, OPEN, WitnessFacts};
use crate::forms;
use crate::model::form::{Field, FieldKind, Resident};
use crate::model::placeholder::{self, Known, Placeholder};
use crate::model::template::Validity;

/// Facts with the witnesses that sign.
pub(super) struct Filler<'a> {
    pub facts: &'a Facts<'a>,
    pub witnesses: &'a [WitnessFacts],
}

impl Filler<'_> {
    /// A text of the definition with its values, as styled text.
    pub fn spans(&self, source: &str) -> Result<Vec<Span>, LetterError> {
        let source = self.one_day(source);
        let missing = |error: letter::MissingField| LetterError::Missing { key: error.name };
        Template::parse(&source)?.fill(&|key| self.value(key)).map_err(missing)
    }

    /// The same as plain text.
    pub fn text(&self, source: &str) -> Result<String, LetterError> {
        Ok(self.spans(source)?.into_iter().map(|span| span.text).collect())
    }

    /// "3 Mei 2026 sampai dengan 3 Mei 2026" is one day: the definition's text loses its second half.
    fn one_day(&self, source: &str) -> String {
        let mut out = source.to_owned();
        let keys = placeholder::keys(source).unwrap_or_default();
        for (from, until) in keys.iter().flat_map(|from| keys.iter().map(move |until| (from, until))) {
            let range = format!("{{{from}}} sampai dengan {{{until}}}");
            if out.contains(&range) && self.value(from) == self.value(until) {
                out = out.replace(&range, &format!("{{{from}}}"));
            }
        }
        out
    }

    /// The value of a placeholder; none when it is unknown or empty.
    fn value(&self, key: &str) -> Option<String> {
        let answers = self.facts.answers;
        let value = match self.facts.definition.placeholder(key)? {
            Placeholder::Known(known) => self.known(known)?,
            Placeholder::Answer(field) => self.answer(field)?,
            Placeholder::Words(field) => {
                let value = answers.number(&field.key)?;
                if field.kind == FieldKind::Money { terbilang_rupiah(value) } else { terbilang(value) }
            }
            Placeholder::Year(field) => answers.date(&field.key)?.year().to_string(),
            Placeholder::Count(field) => answers.list(&field.key).len().to_string(),
            Placeholder::CountWords(field) => terbilang(i64::try_from(answers.list(&field.key).len()).ok()?),
            Placeholder::Witness(place) => self.witnesses.get(usize::from(place).checked_sub(1)?)?.name.clone(),
        };
        (!value.trim().is_empty()).then_some(value)
    }

    /// An answer as the letter says it; a choice in the words the definition gives it.
    fn answer(&self, field: &Field) -> Option<String> {
        let answers = self.facts.answers;
        match field.kind {
            FieldKind::Number => answers.number(&field.key).map(|value| number(value, Lang::Id)),
            FieldKind::Money => answers.number(&field.key).map(|sen| rupiah(sen, Lang::Id)),
            FieldKind::Date => answers.date(&field.key).map(|date| date_long(date, Lang::Id)),
            FieldKind::Choice => {
                let choice = field.choice(answers.text(&field.key)?)?;
                let Some(words) = &choice.in_letter else { return Some(choice.label.id.clone()) };
                // A choice within a choice would turn in circles: packages may not have it, its plain label stands in.
                let inner = |key: &str| match self.facts.definition.placeholder(key) {
                    Some(Placeholder::Answer(field)) if field.kind == FieldKind::Choice => Some(forms::text(field, answers, "id")),
                    _ => self.value(key),
                };
                Template::parse(words).ok()?.fill_text(&inner).ok()
            }
            FieldKind::Photo | FieldKind::File | FieldKind::People => None,
            FieldKind::Text | FieldKind::LongText | FieldKind::Place => answers.text(&field.key).map(str::to_owned),
        }
    }

    fn known(&self, known: Known) -> Option<String> {
        let Facts { unit, resident, .. } = self.facts;
        let part = |part: Resident| Some(resident.text(part));
        match known {
            Known::Unit => Some(unit.name.clone()),
            Known::UnitName => Some(unit.bare_name.clone()),
            Known::UnitWord => Some(unit.word()),
            Known::UnitWordLower => Some(unit.word().to_lowercase()),
            Known::HeadTitle => Some(unit.head_title.clone()),
            Known::District => unit.district(),
            Known::DistrictHead => unit.district_led_by(),
            Known::DistrictName => unit.district_bare().map(str::to_owned),
            Known::Regency => Some(unit.regency.clone()),
            Known::RegencyName => Some(unit.regency_bare().to_owned()),
            Known::Province => Some(unit.province.clone()),
            Known::Signer => Some(self.facts.signer.sentence.clone()),
            Known::SignedOn | Known::Number | Known::ValidUntil => self.at_signing(known),
            Known::ValidFor => self.valid_for(),
            Known::Name => part(Resident::Name),
            Known::Nik => part(Resident::Nik),
            Known::Kk => part(Resident::Kk),
            Known::Sex => part(Resident::Sex),
            Known::BirthPlace => Some(resident.place_of_birth()),
            Known::BirthDate => Some(resident.date_of_birth()),
            Known::Birth => part(Resident::Birth),
            Known::Age => self.age(),
            Known::Religion => part(Resident::Religion),
            Known::Marital => part(Resident::Marital),
            Known::Occupation => part(Resident::Occupation),
            Known::Nationality => part(Resident::Nationality),
            Known::Address => part(Resident::Address),
            Known::Applicant => self.facts.applicant.filter(|name| resident.name.as_deref() != Some(*name)).map(str::to_owned),
        }
    }

    /// What only signing brings; a draft leaves it open.
    fn at_signing(&self, known: Known) -> Option<String> {
        let long = |date| date_long(date, Lang::Id);
        let is_draft = self.facts.number.is_none();
        let value = match known {
            Known::Number => self.facts.number.map(str::to_owned),
            Known::SignedOn => self.facts.signed_on.filter(|_| !is_draft).map(long),
            // A date the applicant named is known before.
            _ => match &self.facts.definition.letter.validity {
                Validity::UntilField(key) => self.facts.valid_until.or_else(|| self.facts.answers.date(key)).map(long),
                _ => self.facts.valid_until.filter(|_| !is_draft).map(long),
            },
        };
        value.or_else(|| is_draft.then(|| OPEN.to_owned()))
    }

    fn valid_for(&self) -> Option<String> {
        match self.facts.definition.letter.validity {
            Validity::Days(days) => Some(format!("{} hari", terbilang(i64::from(days)))),
            Validity::Months(months) => Some(format!("{} bulan", terbilang(i64::from(months)))),
            Validity::Unlimited | Validity::UntilField(_) => None,
        }
    }

    fn age(&self) -> Option<String> {
        match self.facts.signed_on {
            Some(day) => self.facts.resident.age_years(day).map(|years| years.to_string()),
            None => Some(OPEN.to_owned()),
        }
    }
}

//! Decisions of this system, each with its article.

use jiff::{SignedDuration, Timestamp, civil::Date};
use kernel::{
    Message,
    clock::{CaseClock, Rule, Starts},
    schema::FieldErrors,
};

use crate::model::{Hiding, HidingKind, Reading, Right};

/// 3 × 24 hours by the clock, not working days: UU 27/2022 Pasal 30, 32, 40, 41 and 46.
pub const ANSWER_HOURS: u32 = 72;
/// A hiding lasts a year at most and is then decided anew.
pub const HIDING_DAYS_MAX: i64 = 366;

/// The clock of a request: it runs from the moment it is received, through nights and holidays.
#[must_use]
pub fn request_clock() -> CaseClock {
    CaseClock::new(Rule::ClockHours(ANSWER_HOURS), Starts::Receipt)
}

/// By when a breach found at this moment is told to subjects and agency (Pasal 46 ayat (1)).
#[must_use]
pub fn breach_due(found_at: Timestamp) -> Timestamp {
    found_at.saturating_add(SignedDuration::from_hours(i64::from(ANSWER_HOURS))).unwrap_or(found_at)
}

/// Whether a hiding keeps this reading from the person now. It ends by itself, and what it hid is shown from then on.
#[must_use]
pub fn hides(hiding: &Hiding, reading: &Reading, now: Timestamp) -> bool {
    let about = match (hiding.case_id, hiding.unit) {
        (None, None) => true,
        (case, unit) => (case.is_some() && case == reading.case_id) || (unit.is_some() && unit == reading.unit),
    };
    hiding.lasting().runs(now) && about
}

/// The readings a person may be told now.
#[must_use]
pub fn told(readings: Vec<Reading>, hidings: &[Hiding], now: Timestamp) -> Vec<Reading> {
    readings.into_iter().filter(|reading| !hidings.iter().any(|hiding| hides(hiding, reading, now))).collect()
}

/// A text of at least `min` and at most `max` characters.
///
/// # Errors
/// What is wrong, at the field.
pub fn text(field: &str, typed: &str, min: usize, max: usize, errors: &mut FieldErrors) -> String {
    let clean = kernel::schema::clean_text(typed).unwrap_or_default();
    let length = clean.chars().count();
    if length < min {
        errors.add(field, Message::new("privacy-text-short"));
    } else if length > max {
        errors.add(field, Message::new("privacy-text-long").arg("max", i64::try_from(max).unwrap_or(0)));
    }
    clean
}

/// A hiding as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HidingForm {
    pub kind: HidingKind,
    pub decree: String,
    pub basis: String,
    pub reason: String,
    pub until: Date,
}

/// Checks a hiding: without kind, decree, basis, reason and an end within a year there is none.
///
/// # Errors
/// What is wrong, at the fields.
pub fn hiding(get: &dyn Fn(&str) -> String, until: Option<Date>, today: Date) -> Result<HidingForm, FieldErrors> {
    let mut errors = FieldErrors::default();
    let kind = HidingKind::parse(&get("jenis"));
    if kind.is_none() {
        errors.add("jenis", Message::new("privacy-choose"));
    }
    let decree = text("keputusan", &get("keputusan"), 3, 200, &mut errors);
    let basis = text("dasar", &get("dasar"), 3, 200, &mut errors);
    let reason = text("alasan", &get("alasan"), 10, 1_000, &mut errors);
    match until {
        None => errors.add("sampai", Message::new("privacy-date-needed")),
        Some(day) if day <= today => errors.add("sampai", Message::new("privacy-date-past")),
        Some(day) if (day - today).get_days() as i64 > HIDING_DAYS_MAX => errors.add("sampai", Message::new("privacy-hiding-long")),
        Some(_) => {}
    }
    match (kind, until) {
        (Some(kind), Some(until)) if errors.is_empty() => Ok(HidingForm { kind, decree, basis, reason, until }),
        _ => Err(errors),
    }
}

/// A breach as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreachForm {
    pub title: String,
    pub data: String,
    pub how: String,
    pub measures: String,
    pub persons: i64,
}

/// Checks a breach: what Pasal 46 ayat (2) asks of the notice is asked here.
///
/// # Errors
/// What is wrong, at the fields.
pub fn breach(get: &dyn Fn(&str) -> String, persons: Option<i64>) -> Result<BreachForm, FieldErrors> {
    let mut errors = FieldErrors::default();
    let form = BreachForm {
        title: text("nama", &get("nama"), 3, 120, &mut errors),
        data: text("data", &get("data"), 3, 2_000, &mut errors),
        how: text("kejadian", &get("kejadian"), 10, 4_000, &mut errors),
        measures: text("upaya", &get("upaya"), 10, 4_000, &mut errors),
        persons: persons.unwrap_or(-1),
    };
    if form.persons < 0 {
        errors.add("orang", Message::new("privacy-number-needed"));
    }
    if errors.is_empty() { Ok(form) } else { Err(errors) }
}

/// What the officer may do with a request besides answering it.
#[must_use]
pub const fn may_erase(right: Right) -> bool {
    matches!(right, Right::Erasure | Right::Withdrawal)
}

/// Whether the request asks for a copy of the data.
#[must_use]
pub const fn may_copy(right: Right) -> bool {
    matches!(right, Right::Access | Right::Information | Right::Portability)
}

/// What stands against erasing a person's record, said before anybody is asked to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ties {
    pub held: bool,
    pub open_cases: i64,
    pub letters: i64,
    pub holds_office: bool,
}

impl Ties {
    /// Why the record has to stay: Pasal 15 and 50 (exceptions), UU 43/2009 (archives), UU 23/2006 (civil registration).
    #[must_use]
    pub fn against(&self) -> Vec<&'static str> {
        let mut why = Vec::new();
        for (so, key) in [
            (self.held, "privacy-tie-held"),
            (self.open_cases > 0, "privacy-tie-open"),
            (self.letters > 0, "privacy-tie-letters"),
            (self.holds_office, "privacy-tie-office"),
        ] {
            if so {
                why.push(key);
            }
        }
        why
    }
}

#[cfg(test)]
mod tests {
    use kernel::Id;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn id(n: u8) -> Id {
        Id::from_bytes([n; 16])
    }

    fn reading(case: Option<Id>, unit: Option<Id>) -> Reading {
        Reading {
            entry: id(9),
            at: at("2026-11-20T00:00:00Z"),
            action: "services.application.opened".into(),
            post: "Kepala Seksi".into(),
            unit,
            unit_name: String::new(),
            by_machine: false,
            case_id: case,
            case_code: String::new(),
            case_kind: String::new(),
        }
    }

    #[test]
    fn a_hiding_ends_by_itself_and_keeps_only_what_it_is_about() {
        let hiding = Hiding {
            id: id(1),
            person: id(2),
            person_name: String::new(),
            case_id: Some(id(3)),
            unit: Some(id(4)),
            kind: HidingKind::DomesticViolence,
            decree: "SK 1".into(),
            basis: "UU 23/2004".into(),
            reason: "r".into(),
            from: at("2026-11-01T00:00:00Z"),
            until: at("2026-12-01T00:00:00Z"),
            lifted_at: None,
            lifted_decree: String::new(),
            version: 1,
        };
        let now = at("2026-11-20T00:00:00Z");
        assert!(hides(&hiding, &reading(Some(id(3)), None), now));
        assert!(hides(&hiding, &reading(None, Some(id(4))), now));
        assert!(!hides(&hiding, &reading(Some(id(5)), Some(id(6))), now));
        assert!(!hides(&hiding, &reading(Some(id(3)), None), hiding.until));
        assert!(!hides(&hiding, &reading(Some(id(3)), None), at("2026-10-01T00:00:00Z")));
        let lifted = Hiding { lifted_at: Some(now), ..hiding.clone() };
        assert!(!hides(&lifted, &reading(Some(id(3)), None), now));
        let whole = Hiding { case_id: None, unit: None, ..hiding };
        assert!(hides(&whole, &reading(None, None), now));
    }

    #[test]
    fn pasal_46_breaches_are_told_within_3_times_24_hours() {
        assert_eq!(breach_due(at("2026-11-27T10:00:00Z")), at("2026-11-30T10:00:00Z"));
    }

    #[test]
    fn every_right_has_its_article_and_its_word() {
        for right in Right::ALL {
            assert_eq!(Right::parse(right.as_str()), Some(right));
            assert!(right.article().starts_with("Pasal "));
        }
    }
}

//! Mutations as typed, and who keeps them.

use indonesian::Zone;
use jiff::{Timestamp, civil::Date};
use kernel::{
    Id, Message, Officer,
    grant::{ADMIN, UNIT_ADMIN, VILLAGE_AFFAIRS},
    mutation::{Manner, Mutation, NewLine},
    post::HoldingKind,
    schema::{FieldErrors, read_date},
};

use super::{Edge, Typed, line, moment};
use crate::model::Who;

/// The roles that enter mutations: for their own unit, for the villages, for everybody.
pub(crate) const MUTATION_ROLES: &[&str] = &[ADMIN, VILLAGE_AFFAIRS, UNIT_ADMIN];

/// The decree and its moment as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) decree: String,
    pub(crate) decreed_on: Date,
    pub(crate) effective_at: Timestamp,
    pub(crate) mandates_end: bool,
}

/// One person as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonLine {
    pub(crate) who: Who,
    pub(crate) line: NewLine,
}

/// Checks the head: `keputusan`, `tanggal`, `mulai`, `mulai-jam`, `mandat`.
///
/// 1. Number and day of the decree and the day it takes effect are needed; without an hour it is the first minute of the day.
/// 2. The moment is on the clock of `zone`, where the unit is: 08.00 is another instant in WIB than in WIT.
pub(crate) fn head(typed: Typed<'_>, zone: Zone) -> Result<Head, FieldErrors> {
    let mut errors = FieldErrors::default();
    let decree = line(typed, "keputusan", &mut errors);
    if decree.is_empty() {
        errors.add("keputusan", Message::new("identity-mutation-decree-needed"));
    }
    let decreed_on = match typed("tanggal").unwrap_or_default().trim() {
        "" => {
            errors.add("tanggal", Message::new("identity-day-needed"));
            None
        }
        day => {
            let read = read_date(day).ok();
            if read.is_none() {
                errors.add("tanggal", Message::new("identity-date-wrong"));
            }
            read
        }
    };
    let effective_at = moment(typed, "mulai", zone, Edge::Start, &mut errors);
    if effective_at.is_none() && errors.is_empty() {
        errors.add("mulai", Message::new("identity-from-needed"));
    }
    match (decreed_on, effective_at) {
        (Some(decreed_on), Some(effective_at)) if errors.is_empty() => {
            Ok(Head { decree, decreed_on, effective_at, mandates_end: typed("mandat").is_some_and(|ticked| !ticked.is_empty()) })
        }
        _ => Err(errors),
    }
}

/// Checks a person: `orang` or `nama` and `nip`, `cara`, `dari`, `ke`, `jenis`, `sampai`, `sampai-jam`, `istirahat`, `tugas`.
/// Which posts may be named is the caller's; the kernel judges them together.
pub(crate) fn person(typed: Typed<'_>, zone: Zone) -> Result<PersonLine, FieldErrors> {
    let mut errors = FieldErrors::default();
    let who = match typed("orang").and_then(|id| id.trim().parse().ok()) {
        Some(person) => Who::Known(person),
        None => {
            let name = line(typed, "nama", &mut errors);
            let number = line(typed, "nip", &mut errors);
            if name.is_empty() {
                errors.add("nama", Message::new("identity-name-needed"));
            }
            Who::New { name, employee_number: super::employee_number(&number, &mut errors) }
        }
    };
    let manner = typed("cara").and_then(|word| word.parse::<Manner>().ok());
    if manner.is_none() {
        errors.add("cara", Message::new("identity-mutation-manner-needed"));
    }
    let kind = typed("jenis").and_then(|word| word.parse().ok()).unwrap_or(HoldingKind::Definitive);
    let post = |name: &str| typed(name).and_then(|id| id.trim().parse::<Id>().ok());
    let until = moment(typed, "sampai", zone, Edge::End, &mut errors);
    match manner {
        Some(manner) if errors.is_empty() => Ok(PersonLine {
            who,
            line: NewLine {
                person: Id::NIL,
                manner,
                from_post: post("dari"),
                to_post: post("ke"),
                kind: if manner == Manner::Second { HoldingKind::Definitive } else { kind },
                until,
                home_rests: typed("istirahat").is_some_and(|ticked| !ticked.is_empty()),
                tasks_to: post("tugas"),
            },
        }),
        _ => Err(errors),
    }
}

/// At which field a refusal about a person is said.
#[must_use]
pub(crate) fn field_of(message: &Message) -> &'static str {
    match &*message.key {
        "kernel-mutation-to-needed" | "kernel-mutation-same-post" | "kernel-post-held" | "kernel-post-closed" => "ke",
        "kernel-mutation-from-needed" | "kernel-mutation-not-holder" => "dari",
        "kernel-mutation-until-needed" | "kernel-post-ends-before-it-begins" => "sampai",
        _ => "cara",
    }
}

/// The unit under which an officer enters mutations: where the widest of their roles is.
#[must_use]
pub(crate) fn home_of(officer: &Officer) -> Option<Id> {
    MUTATION_ROLES.iter().find_map(|role| officer.grants.iter().find(|grant| grant.role == *role)).map(|grant| grant.unit)
}

/// Whether the officer sees a mutation: the administrator, whoever wrote it, and those who keep the same unit.
#[must_use]
pub(crate) fn sees(officer: &Officer, mutation: &Mutation) -> bool {
    let same = |role: &str| officer.grants.iter().any(|grant| grant.role == role && grant.unit == mutation.unit);
    officer.holds(ADMIN) || mutation.drafted_by == Some(officer.account) || same(UNIT_ADMIN) || same(VILLAGE_AFFAIRS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked<T>(fields: &[(&str, &str)], check: impl FnOnce(Typed<'_>) -> T) -> T {
        let typed = |name: &str| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        check(&typed)
    }

    #[test]
    fn the_minute_is_that_of_the_region() {
        let fields = [("keputusan", "800/7"), ("tanggal", "2026-11-20"), ("mulai", "2026-12-01"), ("mulai-jam", "08.00")];
        let table = [(Zone::Wib, "2026-12-01T01:00:00Z"), (Zone::Wita, "2026-12-01T00:00:00Z"), (Zone::Wit, "2026-11-30T23:00:00Z")];
        for (zone, instant) in table {
            assert_eq!(asked(&fields, |typed| head(typed, zone)).unwrap().effective_at, instant.parse::<Timestamp>().unwrap(), "{zone:?}");
        }
    }

    #[test]
    fn a_head_without_its_parts_is_told_at_each_field() {
        let errors = asked(&[], |typed| head(typed, Zone::Wib)).unwrap_err();
        let fields: Vec<&str> = errors.kinds().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["keputusan", "tanggal"]);
        let errors = asked(&[("nama", ""), ("nip", "1611024703810001")], |typed| person(typed, Zone::Wib)).unwrap_err();
        let fields: Vec<&str> = errors.kinds().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["nama", "nip", "cara"]);
    }
}

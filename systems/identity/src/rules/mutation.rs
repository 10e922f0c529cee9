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

/// The fields a manner asks for besides the person; others are neither shown nor read.
#[must_use]
pub(crate) const fn asked(manner: Manner) -> &'static [&'static str] {
    match manner {
        Manner::Appoint => &["dari", "ke", "jenis", "sampai", "tugas"],
        Manner::Second => &["dari", "ke", "sampai", "istirahat", "tugas"],
        Manner::Release => &["dari", "tugas"],
        Manner::Retired | Manner::MovedOut | Manner::Died | Manner::Dismissed => &["tugas"],
    }
}

/// The manners that ask for a field, as a condition of the form has them.
#[must_use]
pub(crate) fn asking(field: &str) -> String {
    let asks = |manner: &Manner| asked(*manner).contains(&field);
    Manner::ALL.into_iter().filter(asks).map(Manner::as_str).collect::<Vec<_>>().join("|")
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
    // What was chosen for another manner before this one does not count.
    let asks = |name: &str| manner.is_some_and(|manner| asked(manner).contains(&name));
    let given = |name: &str| if asks(name) { typed(name) } else { None };
    let kind = given("jenis").and_then(|word| word.parse().ok()).unwrap_or(HoldingKind::Definitive);
    let post = |name: &str| given(name).and_then(|id| id.trim().parse::<Id>().ok());
    let until = if asks("sampai") { moment(typed, "sampai", zone, Edge::End, &mut errors) } else { None };
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
                home_rests: given("istirahat").is_some_and(|ticked| !ticked.is_empty()),
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

    fn typed_in<T>(fields: &[(&str, &str)], check: impl FnOnce(Typed<'_>) -> T) -> T {
        let typed = |name: &str| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        check(&typed)
    }

    #[test]
    fn the_minute_is_that_of_the_region() {
        let fields = [("keputusan", "800/7"), ("tanggal", "2026-11-20"), ("mulai", "2026-12-01"), ("mulai-jam", "08.00")];
        let table = [(Zone::Wib, "2026-12-01T01:00:00Z"), (Zone::Wita, "2026-12-01T00:00:00Z"), (Zone::Wit, "2026-11-30T23:00:00Z")];
        for (zone, instant) in table {
            assert_eq!(
                typed_in(&fields, |typed| head(typed, zone)).unwrap().effective_at,
                instant.parse::<Timestamp>().unwrap(),
                "{zone:?}"
            );
        }
    }

    #[test]
    fn only_what_the_manner_asks_for_is_read() {
        let post = Id::from_bytes([7; 16]).to_string();
        let mut fields = vec![("orang", post.as_str()), ("cara", ""), ("dari", &post), ("ke", &post), ("jenis", "plt"), ("istirahat", "1")];
        fields.extend([("sampai", "kapan-kapan"), ("tugas", &post)]);
        for manner in [Manner::Release, Manner::Retired, Manner::Died] {
            fields[1].1 = manner.as_str();
            let line = typed_in(&fields, |typed| person(typed, Zone::Wib)).unwrap().line;
            assert_eq!((line.to_post, line.until, line.home_rests), (None, None, false), "{manner:?}");
            assert_eq!((line.kind, line.from_post.is_some()), (HoldingKind::Definitive, manner == Manner::Release), "{manner:?}");
        }
        fields[1].1 = Manner::Appoint.as_str();
        assert!(typed_in(&fields, |typed| person(typed, Zone::Wib)).is_err(), "the day is read where it is asked for");
        assert_eq!(asking("ke"), "appoint|second");
        assert_eq!(asking("istirahat"), "second");
    }

    #[test]
    fn a_head_without_its_parts_is_told_at_each_field() {
        let errors = typed_in(&[], |typed| head(typed, Zone::Wib)).unwrap_err();
        let fields: Vec<&str> = errors.kinds().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["keputusan", "tanggal"]);
        let errors = typed_in(&[("nama", ""), ("nip", "1611024703810001")], |typed| person(typed, Zone::Wib)).unwrap_err();
        let fields: Vec<&str> = errors.kinds().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["nama", "nip", "cara"]);
    }
}

//! Who may do what to a case, and whether what was typed will do. Pure.

use indonesian::Zone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use kernel::{
    Id, Message, Officer,
    clock::Office,
    grant::{ADMIN, Located, OVERSEER, Scope, UNIT_ADMIN},
    schema::{FieldErrors, clean_line, clean_text, read_date},
};

use crate::model::{About, Act, Dossier, Lead, Measure, Said, State, Subject};

/// Who opens cases and looks into them.
pub(crate) const KEEPERS: &[&str] = &["unit_admin", "admin"];
/// Who reads the register.
pub(crate) const READERS: &[&str] = &["unit_admin", "admin", "overseer", "signer"];

const LINE_MAX: usize = 200;
const TEXT_MAX: usize = 4_000;

/// How an officer stands to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Opens, investigates, concludes, reports.
    pub(crate) keeps: bool,
    /// Acts for the post that decides.
    pub(crate) decides: bool,
    /// Acts for the post that decides appeals.
    pub(crate) decides_appeal: bool,
    /// May read it.
    pub(crate) reads: bool,
}

/// How `officer` stands to a case at `at`.
///
/// 1. Keepers are unit_admin and admin over its unit; overseers read.
/// 2. It is decided by whoever acts for the deciding post *now*: 002 Pasal 19(6) the Walikota for a Perangkat Daerah, (7) the head of the
///    Perangkat Daerah for its administrator.
/// 3. Nobody handles a case about themselves, by whatever role; they have their own page.
pub(crate) fn standing(officer: &Officer, dossier: &Dossier, at: &Located) -> Standing {
    if dossier.account == Some(officer.account) || (dossier.person.is_some() && dossier.person == officer.person) {
        return Standing { keeps: false, decides: false, decides_appeal: false, reads: false };
    }
    let acts = |post| officer.posts.iter().any(|acting| acting.post == post);
    let keeps = Scope::of_roles(officer, &[UNIT_ADMIN, ADMIN]).covers(at);
    let (decides, decides_appeal) = (acts(dossier.decider), acts(dossier.appeal_post));
    let reads = keeps || decides || decides_appeal || Scope::of_roles(officer, &[OVERSEER]).covers(at);
    Standing { keeps, decides, decides_appeal, reads }
}

/// Whether an act may be done now; otherwise why not.
///
/// 1. An investigation begins while the answer is awaited, and ends with findings, which are answered anew.
/// 2. Nothing is decided before the person answered or had the time to (the right to be heard).
/// 3. An appeal is decided by the post above.
/// 4. A restriction is lifted while it holds, also after the case has ended.
pub(crate) fn allows(act: Act, dossier: &Dossier, standing: Standing, restricted: bool, now: Timestamp) -> Result<(), Message> {
    let no = |key| Err(Message::new(key));
    let handles = standing.keeps || standing.decides;
    match act {
        Act::Investigate if handles && dossier.state == State::Answering && dossier.investigation.is_empty() => Ok(()),
        Act::Conclude if handles && dossier.state == State::Investigating => Ok(()),
        Act::Decide if !standing.decides => no("discipline-not-decider"),
        Act::Decide if dossier.state != State::Answering => no("discipline-not-now"),
        Act::Decide if dossier.answer.is_none() && dossier.answer_until.is_some_and(|until| now < until) => no("discipline-hear-first"),
        Act::Decide => Ok(()),
        Act::DecideAppeal if !standing.decides_appeal => no("discipline-not-decider"),
        Act::DecideAppeal if dossier.state == State::Appealed => Ok(()),
        Act::Restore if !(standing.decides || standing.decides_appeal) => no("discipline-not-decider"),
        Act::Restore if restricted => Ok(()),
        Act::Report if handles => Ok(()),
        _ => no("discipline-not-now"),
    }
}

/// Whether the person may answer now.
pub(crate) fn may_answer(dossier: &Dossier) -> bool {
    matches!(dossier.state, State::Answering | State::Investigating)
}

/// Whether the person may appeal now.
pub(crate) fn may_appeal(dossier: &Dossier, now: Timestamp) -> bool {
    dossier.state == State::InForce && dossier.appeal_until.is_none_or(|until| now < until)
}

/// Whether it is time to remind of a deadline.
///
/// 1. At most the lead is left, in working days of the unit's own calendar.
/// 2. The deadline has not passed; one at midnight belongs to the day before.
/// 3. Whoever was told today what begins is not reminded on the same day.
pub(crate) fn is_near(office: &Office, begun: Timestamp, deadline: Timestamp, now: Timestamp, lead: Lead) -> bool {
    let zone = office.zone.time_zone();
    let day = |at: Timestamp| zone.to_datetime(at).date();
    let last = day(deadline.saturating_sub(SignedDuration::from_micros(1)).unwrap_or(deadline));
    let left = i64::from(office.calendar(false).working_days_between(day(now), last));
    now < deadline && day(begun) < day(now) && left <= lead.working_days
}

/// Whom a deadline concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Concerned {
    /// Whoever the case is about.
    pub(crate) person: bool,
    /// The post that decides what comes then.
    pub(crate) post: Id,
}

/// Whom a deadline concerns: whoever the case is about, while it is theirs to act or the end is theirs, and the post that decides.
pub(crate) fn concerned(dossier: &Dossier, about: About) -> Concerned {
    let person = match about {
        About::Answer => dossier.answer.is_none(),
        About::Investigation => false,
        About::Appeal | About::AppealDecision | About::Restriction => true,
    };
    Concerned { person, post: if about == About::AppealDecision { dossier.appeal_post } else { dossier.decider } }
}

/// What was typed, by the field's name.
pub(crate) type Typed<'t> = &'t dyn Fn(&str) -> Option<&'t str>;

/// Checks what an act says: `uraian`, `keputusan`, `tanggal`, `tindakan`, `sampai`, `hasil`.
///
/// 1. Every act says why.
/// 2. What is decreed has a decree with its date, not in the future.
/// 3. A temporary restriction ends in the future, a measure on a unit restricts nobody.
pub(crate) fn said(act: Act, subject: Subject, typed: Typed<'_>, zone: Zone, now: Timestamp) -> Result<Said, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut said = Said { text: text(typed, "uraian", &mut errors), ..Said::default() };
    let measure = typed("tindakan").and_then(|word| Measure::parse(word.trim()));
    let result = typed("hasil").unwrap_or_default().trim();
    if act == Act::DecideAppeal {
        if ["upheld", "changed", "withdrawn"].contains(&result) {
            said.result = result.to_owned();
        } else {
            errors.add("hasil", Message::new("discipline-result-needed"));
        }
    }
    let measures = act == Act::Decide || said.result == "changed";
    if measures {
        said.measure = measure.filter(|measure| subject == Subject::Official || !measure.restricts());
        if said.measure.is_none() {
            errors.add("tindakan", Message::new("discipline-measure-needed"));
        }
    }
    if !matches!(act, Act::Conclude) {
        said.decree = line(typed, "keputusan", &mut errors);
        if said.decree.is_empty() {
            errors.add("keputusan", Message::new("discipline-decree-needed"));
        }
        match read_date(typed("tanggal").unwrap_or_default()) {
            Ok(day) if day <= zone.time_zone().to_datetime(now).date() => said.decreed_on = Some(day),
            Ok(_) => errors.add("tanggal", Message::new("discipline-date-ahead")),
            Err(_) => errors.add("tanggal", Message::new("discipline-date-needed")),
        }
    }
    // An investigation may restrict for its time (000 §9); a temporary measure has to say until when.
    let last = typed("sampai").unwrap_or_default().trim();
    let needs = said.measure == Some(Measure::Temporary);
    if needs || (act == Act::Investigate && subject == Subject::Official && !last.is_empty()) {
        let end = read_date(last).ok().and_then(|day| zone.time_zone().to_timestamp(day.saturating_add(1.day()).at(0, 0, 0, 0)).ok());
        match end.filter(|end| *end > now) {
            Some(end) => said.until = Some(end),
            None => errors.add("sampai", Message::new("discipline-until-needed")),
        }
    }
    if errors.is_empty() { Ok(said) } else { Err(errors) }
}

/// A text of several lines that has to be there.
pub(crate) fn text(typed: Typed<'_>, name: &str, errors: &mut FieldErrors) -> String {
    match clean_text(typed(name).unwrap_or_default()) {
        Ok(text) if text.is_empty() => errors.add(name, Message::new("discipline-text-needed")),
        Ok(text) if text.chars().count() <= TEXT_MAX => return text,
        Ok(_) => errors.add(name, Message::new("kernel-text-long").arg("most", TEXT_MAX)),
        Err(_) => errors.add(name, Message::new("kernel-text-control")),
    }
    String::new()
}

/// One line of text.
pub(crate) fn line(typed: Typed<'_>, name: &str, errors: &mut FieldErrors) -> String {
    match clean_line(typed(name).unwrap_or_default()) {
        Ok(text) if text.chars().count() <= LINE_MAX => return text,
        Ok(_) => errors.add(name, Message::new("kernel-text-long").arg("most", LINE_MAX)),
        Err(_) => errors.add(name, Message::new("kernel-text-control")),
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(act: Act, subject: Subject, fields: &[(&'static str, &'static str)]) -> Result<Said, Vec<String>> {
        let now: Timestamp = "2026-11-20T02:00:00Z".parse().unwrap();
        let typed = |name: &str| fields.iter().find(|(held, _)| *held == name).map(|(_, value)| *value);
        said(act, subject, &typed, Zone::Wib, now).map_err(|errors| errors.0.into_iter().map(|(field, _)| field).collect())
    }

    #[test]
    fn a_reminder_counts_working_days_and_never_comes_on_the_first_day_or_too_late() {
        let office = kernel::clock::CalendarBook::default().office(&[]);
        // The last day is Friday 27 November 2026, in Jakarta.
        let (begun, deadline) = ("2026-11-20T02:00:00Z", "2026-11-27T17:00:00Z");
        for (now, days, near) in [
            ("2026-11-24T02:00:00Z", 2, false),
            ("2026-11-24T16:59:00Z", 2, false),
            ("2026-11-24T17:00:00Z", 2, true),
            ("2026-11-27T16:00:00Z", 2, true),
            ("2026-11-27T17:00:00Z", 2, false),
            ("2026-11-22T02:00:00Z", 5, true),
            ("2026-11-20T09:00:00Z", 10, false),
        ] {
            let at = |text: &str| text.parse::<Timestamp>().unwrap();
            assert_eq!(is_near(&office, at(begun), at(deadline), at(now), Lead::of(days).unwrap()), near, "{now} {days}");
        }
        assert_eq!((Lead::of(0), Lead::of(11)), (None, None));
    }

    #[test]
    fn what_is_said_is_checked_by_a_table() {
        let decree = [("uraian", "Lalai"), ("keputusan", "SK 1"), ("tanggal", "2026-11-20")];
        let with = |more: &[(&'static str, &'static str)]| [&decree[..], more].concat();
        type Row<'a> = (Act, Subject, Vec<(&'a str, &'a str)>, &'a [&'a str]);
        let table: [Row<'_>; 9] = [
            (Act::Decide, Subject::Official, with(&[("tindakan", "written")]), &[]),
            (Act::Decide, Subject::Official, with(&[("tindakan", "temporary"), ("sampai", "2026-11-30")]), &[]),
            (Act::Decide, Subject::Official, with(&[("tindakan", "temporary")]), &["sampai"]),
            (Act::Decide, Subject::Official, with(&[("tindakan", "temporary"), ("sampai", "2026-11-01")]), &["sampai"]),
            (Act::Decide, Subject::Unit, with(&[("tindakan", "permanent")]), &["tindakan"]),
            (Act::Decide, Subject::Official, vec![("tindakan", "oral")], &["uraian", "keputusan", "tanggal"]),
            (
                Act::Decide,
                Subject::Official,
                vec![("uraian", "x"), ("keputusan", "SK"), ("tanggal", "2027-01-01"), ("tindakan", "oral")],
                &["tanggal"],
            ),
            (Act::DecideAppeal, Subject::Official, with(&[("hasil", "lain")]), &["hasil"]),
            (Act::Conclude, Subject::Official, vec![("uraian", "Terbukti")], &[]),
        ];
        for (act, subject, fields, expected) in table {
            assert_eq!(check(act, subject, &fields).err().unwrap_or_default(), expected, "{act:?} {fields:?}");
        }
    }
}

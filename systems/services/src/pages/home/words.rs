//! Words of the public pages that depend on data: life events, states, deadlines, hours.

use jiff::{ToSpan, civil::Date};
use kernel::clock::Office;
use web::{Page, ui::Tone};

use crate::{
    model::{Definition, Group, Limit, template::Validity},
    rules::State,
};

/// The name of a life event.
pub(super) const fn group_key(group: Group) -> &'static str {
    match group {
        Group::Business => "services-home-group-usaha",
        Group::Family => "services-home-group-keluarga",
        Group::Population => "services-home-group-kependudukan",
        Group::Social => "services-home-group-sosial",
        Group::Safety => "services-home-group-keamanan",
        Group::Education => "services-home-group-pendidikan",
    }
}

/// The state as the applicant reads it, what it means, and its tone.
pub(super) const fn state_words(state: State) -> (&'static str, &'static str, Tone) {
    match state {
        State::Introduction => ("services-home-state-introduction", "services-home-next-introduction", Tone::Wait),
        State::Incomplete => ("services-home-state-incomplete", "services-home-next-incomplete", Tone::Soon),
        State::Checking => ("services-home-state-checking", "services-home-next-checking", Tone::Wait),
        State::Initialing => ("services-home-state-initialing", "services-home-next-initialing", Tone::Wait),
        State::Signing => ("services-home-state-signing", "services-home-next-signing", Tone::Wait),
        State::Acknowledging => ("services-home-state-acknowledging", "services-home-next-acknowledging", Tone::Wait),
        State::AwaitingScan => ("services-home-state-awaiting_scan", "services-home-next-awaiting_scan", Tone::Wait),
        State::Ready => ("services-home-state-ready", "services-home-next-ready", Tone::Ok),
        State::Done => ("services-home-state-done", "services-home-next-done", Tone::Ok),
        State::Refused => ("services-home-state-refused", "services-home-next-refused", Tone::Late),
        State::Cancelled => ("services-home-state-cancelled", "services-home-next-cancelled", Tone::Plain),
    }
}

/// How long it may take: "15 menit".
pub(super) fn limit(page: &Page, definition: &Definition) -> String {
    match definition.clock.limit {
        Limit::WorkingDays(days) => page.t1("services-home-limit-days", "n", i64::from(days)),
        Limit::ClockHours(hours) => page.t1("services-home-limit-hours", "n", i64::from(hours)),
        Limit::ServiceMinutes(minutes) if minutes % 60 == 0 => page.t1("services-home-limit-service-hours", "n", i64::from(minutes / 60)),
        Limit::ServiceMinutes(minutes) => page.t1("services-home-limit-minutes", "n", i64::from(minutes)),
        Limit::None => page.t("services-home-limit-none"),
    }
}

/// "08.00–12.00 dan 13.00–15.00", or nothing on a free day.
pub(super) fn hours_on(page: &Page, office: &Office, day: Date) -> Option<String> {
    if !office.calendar(false).is_working(day) {
        return None;
    }
    let hours = office.hours.on(day)?;
    let span = |from: workdays::Minute, until: workdays::Minute| {
        format!("{from}–{until}").replace(':', if page.lang() == "en" { ":" } else { "." })
    };
    Some(match hours.pause() {
        None => span(hours.open(), hours.close()),
        Some((from, until)) => page.t2("services-home-hours-two", "first", span(hours.open(), from), "second", span(until, hours.close())),
    })
}

/// Whether the office serves now, and when next, in one sentence.
pub(super) fn open_words(page: &Page, office: &Office) -> (Tone, String) {
    let today = page.today();
    if office.is_open(page.now()) {
        return (Tone::Ok, page.t1("services-home-open-now", "hours", hours_on(page, office, today).unwrap_or_default()));
    }
    let local = office.zone.time_zone().to_datetime(page.now());
    let minute = u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap_or(0);
    let later_today = office.calendar(false).is_working(today) && office.hours.on(today).is_some_and(|day| minute < day.close().of_day());
    if let (true, Some(hours)) = (later_today, hours_on(page, office, today)) {
        return (Tone::Soon, page.t1("services-home-open-later", "hours", hours));
    }
    for ahead in 1..=21 {
        let Ok(day) = today.checked_add(ahead.days()) else { break };
        if let Some(hours) = hours_on(page, office, day) {
            return (Tone::Wait, page.t2("services-home-open-next", "day", page.date_long(day), "hours", hours));
        }
    }
    (Tone::Wait, page.t("services-home-closed"))
}

/// How long the letter holds.
pub(super) fn validity(page: &Page, definition: &Definition) -> String {
    match &definition.letter.validity {
        Validity::Unlimited => page.t("services-home-validity-unlimited"),
        Validity::Days(days) => page.t1("services-home-limit-calendar-days", "n", i64::from(*days)),
        Validity::Months(months) => page.t1("services-home-validity-months", "n", i64::from(*months)),
        Validity::UntilField(key) => {
            let label = definition.field(key).map_or_else(String::new, |field| field.label.in_language(page.lang()).to_owned());
            page.t1("services-home-validity-until", "what", label)
        }
    }
}

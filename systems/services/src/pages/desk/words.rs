//! Deadlines, states and numbers in words.

use jiff::Timestamp;
use kernel::{
    case::{Due, DueState},
    clock::{CaseClock, Office, Rule},
};
use web::{
    Page,
    ui::{Tag, Tone},
};
use workdays::{Remaining, Unit};

pub(super) use crate::letters::registered::without_numbers;

/// A deadline as lists and pages say it.
#[derive(Debug, Clone)]
pub(super) struct DueWords {
    pub(super) tone: Tone,
    /// "sisa 12 menit"
    pub(super) short: String,
    /// "sisa 12 menit jam layanan"
    pub(super) long: String,
    /// Whether there are days to explain.
    pub(super) why: bool,
}

impl DueWords {
    fn plain(tone: Tone, words: String, why: bool) -> Self {
        Self { tone, short: words.clone(), long: words, why }
    }

    pub(super) fn tag(&self) -> Tag {
        Tag::new(self.tone, self.short.as_str())
    }

    pub(super) fn long_tag(&self) -> Tag {
        Tag::new(self.tone, self.long.as_str())
    }
}

/// The deadline of an application at `now` in words. `on_time` tells of one that is closed.
pub(super) fn due(page: &Page, office: &Office, due: &Due, on_time: Option<bool>, now: Timestamp) -> DueWords {
    let clock = CaseClock::parse(&due.clock).ok();
    let why = due.started_at.is_some() && due.at.is_some();
    match (due.state, &clock) {
        (DueState::Closed, _) => match on_time {
            Some(false) => DueWords::plain(Tone::Late, page.t("services-desk-due-was-late"), why),
            _ => DueWords::plain(Tone::Ok, page.t("services-desk-due-on-time"), why),
        },
        (DueState::Suspended, _) => DueWords::plain(Tone::Wait, page.t("services-desk-due-suspended"), why),
        (DueState::None, Some(clock)) if clock.rule != Rule::None => {
            DueWords::plain(Tone::Wait, page.t("services-desk-due-not-begun"), false)
        }
        (DueState::Running, Some(clock)) => match due.started_at.and_then(|start| office.remaining(clock, start, now)) {
            Some(left) => running(page, &left),
            None => DueWords::plain(Tone::Plain, page.t("services-desk-due-none"), false),
        },
        _ => DueWords::plain(Tone::Plain, page.t("services-desk-due-none"), false),
    }
}

fn running(page: &Page, left: &Remaining) -> DueWords {
    let amount = i64::from(left.amount);
    let (short, long) = match (left.unit, left.late) {
        (Unit::WorkingDays, true) if amount == 0 => same(page.t("services-desk-due-past")),
        (Unit::WorkingDays, true) => same(page.t1("services-desk-due-late-days", "n", amount)),
        (Unit::WorkingDays, false) if left.due_today => same(page.t("services-desk-due-today")),
        (Unit::WorkingDays, false) => (page.t1("services-desk-due-days", "n", amount), page.t1("services-desk-due-days-long", "n", amount)),
        // Within the hour its length says most; then since when, as nobody adds up hours of several days.
        (_, true) if amount < 60 => same(page.t1("services-desk-due-late", "length", length(page, amount))),
        (_, true) => same(page.t1("services-desk-due-late-since", "at", page.moment_short(left.at, page.now()))),
        (unit, false) => {
            let length = length(page, amount);
            let long = page.t1(left_key(unit), "length", length.as_str());
            if amount <= 60 {
                (page.t1("services-desk-due-left", "length", length.as_str()), long)
            } else if left.due_today {
                (page.t1("services-desk-due-today-at", "time", page.clock(left.at)), long)
            } else {
                (page.moment_short(left.at, page.now()), long)
            }
        }
    };
    let tone = match (left.late, left.due_today || (left.unit != Unit::WorkingDays && amount <= 60)) {
        (true, _) => Tone::Late,
        (_, true) => Tone::Soon,
        _ => Tone::Wait,
    };
    let provisional =
        |words: String| if left.provisional { page.t1("services-desk-due-provisional", "words", words.as_str()) } else { words };
    DueWords { tone, short: provisional(short), long: provisional(long), why: true }
}

const fn left_key(unit: Unit) -> &'static str {
    if matches!(unit, Unit::ServiceMinutes) { "services-desk-due-left-service" } else { "services-desk-due-left" }
}

fn same(words: String) -> (String, String) {
    (words.clone(), words)
}

/// "12 menit", "3 jam", "3 jam 5 menit".
pub(in crate::pages) fn length(page: &Page, minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => page.t1("services-desk-minutes", "n", minutes),
        (hours, 0) => page.t1("services-desk-hours", "n", hours),
        (hours, minutes) => page.t2("services-desk-hours-minutes", "hours", hours, "minutes", minutes),
    }
}

/// "TR7K-92QM-4F2A": the code in groups of four.
pub(in crate::pages) fn code(code: &str) -> String {
    indonesian::Code::parse(code).map_or_else(|_| code.to_owned(), |code| code.to_string())
}

/// "II" is "Dusun II"; a name that says its word already stays.
pub(in crate::pages) fn hamlet(page: &Page, area: &str) -> String {
    let word = page.term("Hamlet");
    let said = area.is_empty() || area.to_lowercase().starts_with(&word.to_lowercase());
    if said { area.to_owned() } else { format!("{word} {area}") }
}

/// A state in the product's words.
pub(super) fn state(page: &Page, state: &str) -> String {
    page.t(&format!("services-desk-state-{}", state.replace('_', "-")))
}

/// The tone of a state.
pub(super) fn state_tone(state: &str) -> Tone {
    match state {
        "done" | "ready" => Tone::Ok,
        "refused" => Tone::Late,
        "cancelled" => Tone::Plain,
        "incomplete" => Tone::Soon,
        _ => Tone::Wait,
    }
}

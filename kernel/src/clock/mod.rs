//! Clock: when a case is due, what is left, why, and what a late decree moves.
//!
//! Calendars are layers: national days and joint leave at the regency, regional days, closures of a unit and all below
//! it. Hours of service are the nearest ancestor's. `libs/workdays` does the counting; this module brings it the tables.

mod book;
mod decree;
mod shift;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use workdays::{Calendar, Clock, Deadline, Remaining, ServiceHours, Suspension};

use crate::{
    Error, Id, Result, Table,
    case::{Due, DueState},
    unit::Zone,
};

pub use book::{CalendarBook, Calendars};
pub use decree::{
    HolidayRow, NewHoliday, add_holidays, cancel_holiday, holidays, import_holidays, set_season, set_service_hours, typical_hours,
};
pub use shift::{JOB as MOVING, Moved, Shift, affected, move_open_deadlines, moving_job};
pub use workdays::{DayHours, DayLine, Kind, Minute, Reason, Rule, Season, Week};

/// Free days.
pub static HOLIDAY: Table =
    Table::structural("kernel_holiday", &["unit", "on_date", "kind", "name", "decree", "decreed_on", "entered_at", "cancelled"]);
/// Hours of service by weekday and season.
pub static SERVICE_HOURS: Table = Table::structural(
    "kernel_service_hours",
    &["unit", "weekday", "opens", "closes", "break_from", "break_until", "season", "valid_from", "valid_until"],
);
/// The tables of this module.
pub const TABLES: &[&Table] = &[&HOLIDAY, &SERVICE_HOURS];

/// What starts the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Starts {
    /// The moment the application comes in.
    #[default]
    Receipt,
    /// The moment the file is complete.
    Complete,
}

/// A stretch in which the clock stands still; open while `until` is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub from: Timestamp,
    pub until: Option<Timestamp>,
}

/// The clock of one case, as `kernel_case.clock` keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseClock {
    pub rule: Rule,
    #[serde(default)]
    pub starts: Starts,
    /// Joint leave (*cuti bersama*) counts as working for this service.
    #[serde(default)]
    pub joint_works: bool,
    #[serde(default)]
    pub suspensions: Vec<Pause>,
}

impl CaseClock {
    /// A clock that was never stopped.
    #[must_use]
    pub const fn new(rule: Rule, starts: Starts) -> Self {
        Self { rule, starts, joint_works: false, suspensions: Vec::new() }
    }

    /// As the case keeps it.
    ///
    /// # Errors
    /// [`Error::Failed`] for another text.
    pub fn parse(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| Error::Failed(format!("the clock of a case is not readable: {error}")))
    }

    /// For `kernel_case.clock`.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The same clock, standing still from `at` (returned to the applicant). A clock that stands stays as it is.
    #[must_use]
    pub fn suspended(mut self, at: Timestamp) -> Self {
        if !self.stands() {
            self.suspensions.push(Pause { from: at, until: None });
        }
        self
    }

    /// The same clock, going on from `at`.
    #[must_use]
    pub fn resumed(mut self, at: Timestamp) -> Self {
        if let Some(open) = self.suspensions.last_mut().filter(|pause| pause.until.is_none()) {
            open.until = Some(at.max(open.from));
        }
        self
    }

    /// Whether the clock stands still.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.suspensions.last().is_some_and(|pause| pause.until.is_none())
    }

    /// The suspensions; an open one ends at `now`.
    fn suspensions(&self, now: Timestamp) -> Vec<Suspension> {
        self.suspensions.iter().map(|pause| Suspension { from: pause.from, until: pause.until.unwrap_or(now).max(pause.from) }).collect()
    }
}

/// The calendar and hours of a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Office {
    pub zone: Zone,
    calendar: Calendar,
    calendar_joint: Calendar,
    pub hours: ServiceHours,
}

impl Office {
    pub(crate) fn new(zone: Zone, calendar: Calendar, hours: ServiceHours) -> Self {
        let calendar_joint = calendar.clone().joint_counts_as_working(true);
        Self { zone, calendar, calendar_joint, hours }
    }

    /// The free days; with `joint_works` joint leave is none.
    #[must_use]
    pub const fn calendar(&self, joint_works: bool) -> &Calendar {
        if joint_works { &self.calendar_joint } else { &self.calendar }
    }

    fn with<T>(&self, clock: &CaseClock, ask: impl FnOnce(&Clock<'_>) -> T) -> T {
        let zone = self.zone.time_zone();
        ask(&Clock { zone: &zone, calendar: self.calendar(clock.joint_works), hours: &self.hours })
    }

    /// The deadline for the envelope of a case. Without `started_at` the clock has not begun.
    #[must_use]
    pub fn due(&self, clock: &CaseClock, started_at: Option<Timestamp>, now: Timestamp) -> Due {
        let due = started_at.map(|start| self.with(clock, |office| office.due(clock.rule, start, &clock.suspensions(now))));
        let at = due.and_then(|due| due.at);
        let state = match at {
            None => DueState::None,
            Some(_) if clock.stands() => DueState::Suspended,
            Some(_) => DueState::Running,
        };
        Due { state, at, provisional: due.is_some_and(|due| due.provisional), started_at, clock: clock.to_json() }
    }

    /// The deadline day by day, with the reason of each day.
    #[must_use]
    pub fn explain(&self, clock: &CaseClock, started_at: Timestamp, now: Timestamp) -> Deadline {
        self.with(clock, |office| office.extend(clock.rule, started_at, &clock.suspensions(now)))
    }

    /// What is left at `now`; none without a fixed limit.
    #[must_use]
    pub fn remaining(&self, clock: &CaseClock, started_at: Timestamp, now: Timestamp) -> Option<Remaining> {
        self.with(clock, |office| office.remaining(clock.rule, started_at, &clock.suspensions(now), now))
    }

    /// Whether the office serves at `at`.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        let local = self.zone.time_zone().to_datetime(at);
        let minute = u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap_or(0);
        self.calendar.is_working(local.date())
            && self
                .hours
                .on(local.date())
                .is_some_and(|day| day.spans().iter().any(|(from, until)| from.of_day() <= minute && minute < until.of_day()))
    }
}

/// The ids that are set of u1 … u6.
pub(crate) fn path_of(units: &[Option<Id>]) -> Vec<Id> {
    units.iter().flatten().copied().collect()
}

#[cfg(test)]
mod tests;

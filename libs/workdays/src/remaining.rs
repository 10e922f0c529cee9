//! How much is left, for words like "sisa 12 menit jam layanan" and "lewat 1 hari kerja".

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, Pace, Rule, Suspension};

/// What an amount of [`Remaining`] is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    WorkingDays,
    ServiceMinutes,
    ClockMinutes,
}

/// How much is left of a time limit, or how far it is exceeded, in the limit's own unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remaining {
    /// The deadline.
    pub at: Timestamp,
    pub unit: Unit,
    /// Left (minutes rounded up; working days after today up to the deadline's), or late when `late` (minutes rounded down;
    /// working days after the deadline's up to today). May be 0: due today, or late since a free day.
    pub amount: u32,
    pub late: bool,
    /// The deadline lies on the local date of now: "hari ini 15.00". May be late already.
    pub due_today: bool,
    /// See [`Deadline::provisional`](crate::Deadline::provisional).
    pub provisional: bool,
}

impl Clock<'_> {
    /// What is left at `now`; `None` without a fixed limit. While the clock stands still, give the open suspension
    /// `until: now`: then nothing runs out.
    pub fn remaining(&self, rule: Rule, start: Timestamp, suspensions: &[Suspension], now: Timestamp) -> Option<Remaining> {
        let due = self.due(rule, start, suspensions);
        let at = due.at?;
        let late = now > at;
        let (unit, amount) = match rule {
            Rule::None => return None,
            Rule::WorkingDays(_) => (Unit::WorkingDays, self.working_days_left(at, suspensions, now)),
            Rule::ServiceMinutes(_) => (Unit::ServiceMinutes, self.minutes_left(Pace::Service, at, suspensions, now)),
            Rule::ClockHours(_) => (Unit::ClockMinutes, self.minutes_left(Pace::Clock, at, suspensions, now)),
        };
        Some(Remaining { at, unit, amount, late, due_today: self.date(at) == self.date(now), provisional: due.provisional })
    }

    fn working_days_left(&self, at: Timestamp, suspensions: &[Suspension], now: Timestamp) -> u32 {
        let (due, today) = (self.date(at), self.date(now));
        if due <= today {
            return self.calendar.working_days_between(due, today);
        }
        let touched = self.touched(suspensions);
        let mut left = self.calendar.working_days_between(today, due);
        let mut date = today;
        while let Some(next) = date.tomorrow().ok().filter(|next| *next <= due && !touched.is_empty()) {
            date = next;
            let suspended = touched.iter().any(|(from, until)| *from <= date && date <= *until);
            left -= u32::from(suspended && self.calendar.is_working(date));
        }
        left
    }

    fn minutes_left(&self, pace: Pace, at: Timestamp, suspensions: &[Suspension], now: Timestamp) -> u32 {
        const MINUTE: i64 = 60_000_000;
        let minutes = if now > at {
            self.elapsed(pace, at, now, suspensions) / MINUTE
        } else {
            (self.elapsed(pace, now, at, suspensions) + MINUTE - 1) / MINUTE
        };
        u32::try_from(minutes).unwrap_or(u32::MAX)
    }
}

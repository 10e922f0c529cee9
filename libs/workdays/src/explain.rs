//! The answer to "why does it fall on that day?", as values; the words are the caller's.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, DayStatus, Holiday, Kind};

/// A deadline and the way to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The last moment in time; `None` without a fixed limit (*tanpa batas tetap*), or more than a century away.
    pub at: Option<Timestamp>,
    /// A day on the way lies in a year whose holidays are not decreed yet.
    pub provisional: bool,
    /// Every date from the receipt to the deadline, both included.
    pub days: Vec<DayLine>,
}

/// One date on the way to a deadline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayLine {
    pub date: Date,
    /// Whether any of it counted.
    pub counted: bool,
    /// For working days: 0 at the receipt, then 1, 2, … at each day that counted.
    pub ordinal: Option<u32>,
    /// For service minutes and clock hours: how many minutes of it counted. The lines add up to the rule.
    pub minutes: u32,
    pub reason: Reason,
    /// The holidays of this date's year are not decreed yet.
    pub provisional: bool,
}

/// Why a date counted or did not. `Joint` with `counted: true` is joint leave that the policy counts as working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// Day 0, the day of receipt.
    Receipt,
    Counted,
    Weekend,
    National {
        name: Arc<str>,
        decree: Arc<str>,
    },
    Joint {
        name: Arc<str>,
        decree: Arc<str>,
    },
    Regional {
        name: Arc<str>,
        decree: Arc<str>,
    },
    Closure {
        name: Arc<str>,
        decree: Arc<str>,
    },
    /// A working day of which no service hour was left, or without service.
    OutsideHours,
    /// The clock stood still (returned to the applicant).
    Suspended,
}

/// One date as the walk sees it; borrowed, so that a deadline without its explanation allocates nothing.
pub(crate) struct Step<'a> {
    pub(crate) date: Date,
    pub(crate) counted: bool,
    pub(crate) ordinal: Option<u32>,
    pub(crate) minutes: u32,
    pub(crate) why: Why<'a>,
}

#[derive(Clone, Copy)]
pub(crate) enum Why<'a> {
    Receipt,
    Counted,
    Weekend,
    Holiday(&'a Holiday),
    OutsideHours,
    Suspended,
}

impl<'a> Why<'a> {
    pub(crate) fn of(status: DayStatus<'a>) -> Why<'a> {
        match status {
            DayStatus::Working => Why::Counted,
            DayStatus::WorkingJoint(holiday) | DayStatus::Free(holiday) => Why::Holiday(holiday),
            DayStatus::Weekend => Why::Weekend,
        }
    }

    fn reason(self) -> Reason {
        let holiday = match self {
            Why::Receipt => return Reason::Receipt,
            Why::Counted => return Reason::Counted,
            Why::Weekend => return Reason::Weekend,
            Why::OutsideHours => return Reason::OutsideHours,
            Why::Suspended => return Reason::Suspended,
            Why::Holiday(holiday) => holiday,
        };
        let (name, decree) = (holiday.name.clone(), holiday.decree.clone());
        match holiday.kind {
            Kind::National => Reason::National { name, decree },
            Kind::Joint => Reason::Joint { name, decree },
            Kind::Regional => Reason::Regional { name, decree },
            Kind::Closure => Reason::Closure { name, decree },
        }
    }
}

impl Step<'_> {
    pub(crate) fn line(&self, calendar: &Calendar) -> DayLine {
        DayLine {
            date: self.date,
            counted: self.counted,
            ordinal: self.ordinal,
            minutes: self.minutes,
            reason: self.why.reason(),
            provisional: !calendar.covers(self.date.year()),
        }
    }
}

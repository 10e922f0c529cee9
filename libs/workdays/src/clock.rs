//! The walk from the receipt to the deadline.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
use crate::explain::{Deadline, Step, Why};
use crate::hours::ServiceHours;

/// A time limit as the law or a service standard sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// *n hari kerja*: day 0 is the day of receipt, day n the n-th working day after it; it ends with that local day.
    /// With 0 it ends with the day of receipt, or with the first working day when that is none.
    WorkingDays(u32),
    /// *n jam* by the clock, through nights and holidays (3 × 24 hours of UU 27/2022).
    ClockHours(u32),
    /// *n menit jam layanan*: only minutes in service hours on working days.
    ServiceMinutes(u32),
    /// *Tanpa batas tetap*.
    None,
}

/// A stretch in which the clock stands still, `until` excluded. A stretch that is still open ends at the moment of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Suspension {
    pub from: Timestamp,
    pub until: Timestamp,
}

impl From<(Timestamp, Timestamp)> for Suspension {
    fn from((from, until): (Timestamp, Timestamp)) -> Suspension {
        Suspension { from, until }
    }
}

/// A deadline without its explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// See [`Deadline::at`].
    pub at: Option<Timestamp>,
    /// See [`Deadline::provisional`].
    pub provisional: bool,
}

/// The clock of one office: where it lies, its free days, its hours.
#[derive(Clone, Copy, Debug)]
pub struct Clock<'a> {
    pub zone: &'a TimeZone,
    pub calendar: &'a Calendar,
    pub hours: &'a ServiceHours,
}

/// [`Clock::deadline`] for a caller without a clock at hand.
pub fn deadline(rule: Rule, start: Timestamp, zone: &TimeZone, calendar: &Calendar, hours: &ServiceHours) -> Deadline {
    let clock = Clock { zone, calendar, hours };
    clock.deadline(rule, start)
}

/// No limit of a law is longer than a century; the walk stops there.
const HORIZON_DAYS: usize = 36_525;
const MICROS_PER_MINUTE: i64 = 60_000_000;

impl<'a> Clock<'a> {
    /// The deadline of something received (or complete) at `start`, day by day.
    pub fn deadline(&self, rule: Rule, start: Timestamp) -> Deadline {
        self.extend(rule, start, &[])
    }

    /// The deadline when the clock stood still in between.
    ///
    /// Clock hours and service minutes lose exactly the suspended time. Of working days, each that is touched by a
    /// suspension, however briefly, does not count: the day on which the applicant answers is a new day of receipt, and a
    /// half day is nobody's duty. The returns that cause it are on record.
    pub fn extend(&self, rule: Rule, start: Timestamp, suspensions: &[Suspension]) -> Deadline {
        let mut days = Vec::new();
        let due = self.walk(rule, start, suspensions, |step| {
            days.push(step.line(self.calendar));
        });
        Deadline { at: due.at, provisional: due.provisional, days }
    }

    /// [`Clock::extend`] without the explanation, for lists and bulk work.
    pub fn due(&self, rule: Rule, start: Timestamp, suspensions: &[Suspension]) -> Due {
        self.walk(rule, start, suspensions, |_| {})
    }

    /// The local date of a moment.
    pub fn date(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    fn walk(&self, rule: Rule, start: Timestamp, suspensions: &[Suspension], sink: impl FnMut(Step<'a>)) -> Due {
        match rule {
            Rule::None => Due { at: None, provisional: false },
            Rule::WorkingDays(days) => self.walk_days(days, start, suspensions, sink),
            Rule::ClockHours(hours) => {
                let minutes = i64::from(hours) * 60;
                self.walk_minutes(Pace::Clock, minutes, start, suspensions, sink)
            }
            Rule::ServiceMinutes(minutes) => self.walk_minutes(Pace::Service, minutes.into(), start, suspensions, sink),
        }
    }

    fn walk_days(&self, days: u32, start: Timestamp, suspensions: &[Suspension], mut sink: impl FnMut(Step<'a>)) -> Due {
        let receipt = self.date(start);
        let touched = self.touched(suspensions);
        let mut years = Years::new(self.calendar);
        let mut ordinal = 0;
        let mut date = receipt;
        for index in 0..HORIZON_DAYS {
            let status = self.calendar.status(date);
            let suspended = touched.iter().any(|(from, until)| (*from..=*until).contains(&date));
            let counts = status.is_working() && !suspended;
            let after = index > 0;
            if after || days == 0 {
                years.visit(date);
            }
            ordinal += u32::from(counts && after && days > 0);
            let found = counts && ordinal == days && (after || days == 0);
            sink(Step {
                date,
                counted: counts && after,
                ordinal: (!after || counts).then_some(ordinal),
                minutes: 0,
                why: match (after, status.is_working() && suspended) {
                    (false, _) => Why::Receipt,
                    (true, true) => Why::Suspended,
                    (true, false) => Why::of(status),
                },
            });
            if found {
                return years.due(self.end_of(date));
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        years.due(None)
    }

    fn walk_minutes(&self, pace: Pace, minutes: i64, start: Timestamp, suspensions: &[Suspension], mut sink: impl FnMut(Step<'a>)) -> Due {
        let total = minutes.saturating_mul(MICROS_PER_MINUTE);
        let pauses = merged(suspensions);
        let mut years = Years::new(self.calendar);
        let mut done = 0_i64;
        let mut date = self.date(start);
        for _ in 0..HORIZON_DAYS {
            if pace == Pace::Service {
                years.visit(date);
            }
            let before = done;
            let mut at = (total == 0).then_some(start);
            let mut suspended = 0;
            if at.is_none() {
                for (from, until) in self.open(pace, date) {
                    let from = from.max(start);
                    suspended += (until.as_microsecond() - from.as_microsecond()).max(0);
                    for (from, until) in without(from, until, &pauses) {
                        let length = until.as_microsecond() - from.as_microsecond();
                        suspended -= length;
                        if done + length >= total && at.is_none() {
                            at = from.checked_add(micros(total - done)).ok();
                            done = total;
                        } else if at.is_none() {
                            done += length;
                        }
                    }
                }
            }
            let counted = done > before;
            let status = self.calendar.status(date);
            sink(Step {
                date,
                counted,
                ordinal: None,
                minutes: whole_minutes(done) - whole_minutes(before),
                why: match pace {
                    Pace::Service if !status.is_working() => Why::of(status),
                    _ if !counted && suspended > 0 => Why::Suspended,
                    Pace::Service if !counted => Why::OutsideHours,
                    Pace::Service => Why::of(status),
                    Pace::Clock => Why::Counted,
                },
            });
            if at.is_some() {
                return years.due(at);
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        years.due(None)
    }

    /// Time that counts between two moments, in microseconds.
    pub(crate) fn elapsed(&self, pace: Pace, from: Timestamp, until: Timestamp, suspensions: &[Suspension]) -> i64 {
        let pauses = merged(suspensions);
        let (mut date, last) = (self.date(from), self.date(until));
        let mut sum = 0;
        while date <= last {
            for (open, close) in self.open(pace, date) {
                for (from, until) in without(open.max(from), close.min(until), &pauses) {
                    sum += until.as_microsecond() - from.as_microsecond();
                }
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        sum
    }

    /// The stretches of a date that count, in order.
    fn open(&self, pace: Pace, date: Date) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let spans = match pace {
            Pace::Clock => Some([(0, 1440), (1440, 1440)]),
            Pace::Service if !self.calendar.is_working(date) => None,
            Pace::Service => self.hours.on(date).map(|hours| hours.spans().map(|(from, until)| (from.of_day(), until.of_day()))),
        };
        let zone = self.zone;
        spans
            .into_iter()
            .flatten()
            .filter(|(from, until)| from < until)
            .filter_map(move |(from, until)| Some((moment(zone, date, from)?, moment(zone, date, until)?)))
    }

    /// The local dates which suspensions touch.
    pub(crate) fn touched(&self, suspensions: &[Suspension]) -> Vec<(Date, Date)> {
        suspensions
            .iter()
            .filter(|suspension| suspension.from < suspension.until)
            .map(|suspension| {
                let last = suspension.until - SignedDuration::from_micros(1);
                (self.date(suspension.from), self.date(last))
            })
            .collect()
    }

    /// 23:59:59.999999 of a local date.
    fn end_of(&self, date: Date) -> Option<Timestamp> {
        moment(self.zone, date, 1440)?.checked_add(micros(-1)).ok()
    }
}

/// Which time counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    Clock,
    Service,
}

/// Whether the walk left the decreed years; asks the calendar once a year.
struct Years<'a> {
    calendar: &'a Calendar,
    last: Option<i16>,
    provisional: bool,
}

impl<'a> Years<'a> {
    fn new(calendar: &'a Calendar) -> Years<'a> {
        Years { calendar, last: None, provisional: false }
    }

    fn visit(&mut self, date: Date) {
        if self.last != Some(date.year()) {
            self.last = Some(date.year());
            self.provisional |= !self.calendar.covers(date.year());
        }
    }

    fn due(&self, at: Option<Timestamp>) -> Due {
        Due { at, provisional: self.provisional }
    }
}

fn micros(micros: i64) -> SignedDuration {
    SignedDuration::from_micros(micros)
}

fn whole_minutes(micros: i64) -> u32 {
    u32::try_from(micros / MICROS_PER_MINUTE).unwrap_or(u32::MAX)
}

/// A minute of a local date, 1440 being the next midnight.
fn moment(zone: &TimeZone, date: Date, minute: u16) -> Option<Timestamp> {
    let (date, minute) = if minute >= 1440 { (date.tomorrow().ok()?, minute - 1440) } else { (date, minute) };
    let hour = i8::try_from(minute / 60).ok()?;
    let minute = i8::try_from(minute % 60).ok()?;
    zone.to_timestamp(date.at(hour, minute, 0, 0)).ok()
}

/// Sorted, without empty ones and overlaps.
fn merged(suspensions: &[Suspension]) -> Vec<Suspension> {
    let mut sorted: Vec<Suspension> = suspensions.iter().copied().filter(|suspension| suspension.from < suspension.until).collect();
    sorted.sort_by_key(|suspension| suspension.from);
    let mut merged: Vec<Suspension> = Vec::with_capacity(sorted.len());
    for next in sorted {
        match merged.last_mut() {
            Some(last) if next.from <= last.until => last.until = last.until.max(next.until),
            _ => merged.push(next),
        }
    }
    merged
}

/// What remains of a stretch outside the pauses, which are [`merged`].
fn without(from: Timestamp, until: Timestamp, pauses: &[Suspension]) -> impl Iterator<Item = (Timestamp, Timestamp)> {
    let mut cursor = from;
    let mut rest = pauses.iter();
    std::iter::from_fn(move || {
        while cursor < until {
            let open = cursor;
            match rest.next() {
                Some(pause) if pause.from < until => {
                    cursor = cursor.max(pause.until);
                    if open < pause.from {
                        return Some((open, pause.from));
                    }
                }
                _ => {
                    cursor = until;
                    return Some((open, until));
                }
            }
        }
        None
    })
}

//! Which dates are working days, and by which decree they are not.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// Why a date is free, in the order in which one reason hides another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// *Libur nasional*, by the yearly joint decree of three ministers.
    National,
    /// *Cuti bersama*, by the same decree; a policy says whether it counts as working.
    Joint,
    /// A holiday of one province or regency.
    Regional,
    /// One office is closed (a move, a flood, an election in the hall).
    Closure,
}

/// One free date.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Holiday {
    pub date: Date,
    pub kind: Kind,
    /// The name in Indonesian, as in the decree.
    pub name: Arc<str>,
    /// Number of the decree; may be empty for a closure.
    pub decree: Arc<str>,
    /// The day of the decree; `None` means it was always known.
    #[serde(default)]
    pub decreed_on: Option<Date>,
}

/// What a date is to an office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayStatus<'a> {
    Working,
    /// Joint leave which the policy of this calendar counts as a working day.
    WorkingJoint(&'a Holiday),
    Free(&'a Holiday),
    Weekend,
}

impl DayStatus<'_> {
    pub fn is_working(&self) -> bool {
        matches!(self, DayStatus::Working | DayStatus::WorkingJoint(_))
    }
}

/// Free dates in layers (national, regional, local), the years whose holidays are decreed, and the policy on joint leave.
///
/// A working day is Monday to Friday without the free dates. A year that is not covered is *not* free of holidays:
/// its weekdays count, and what is computed from them is provisional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Calendar {
    /// Sorted by date, then kind; no doubles.
    holidays: Vec<Holiday>,
    /// Years for which the national decree is known.
    covered: BTreeSet<i16>,
    joint_counts_as_working: bool,
}

/// What was written down may have been edited: sorted again when read.
#[derive(Deserialize)]
struct Stored {
    holidays: Vec<Holiday>,
    covered: BTreeSet<i16>,
    joint_counts_as_working: bool,
}

impl From<Stored> for Calendar {
    fn from(stored: Stored) -> Calendar {
        let mut calendar =
            Calendar { covered: stored.covered, joint_counts_as_working: stored.joint_counts_as_working, ..Calendar::default() };
        calendar.add(stored.holidays);
        calendar
    }
}

/// What is wrong with a file of holidays; lines are counted from 1, the header is line 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    #[error("the first line must be `date,kind,name,decree` or `date,kind,name,decree,decreed_on`")]
    Header,
    #[error("line {line} has {found} columns instead of {expected}")]
    Columns { line: usize, found: usize, expected: usize },
    #[error("line {line}: `{value}` is not a date (YYYY-MM-DD)")]
    Date { line: usize, value: String },
    #[error("line {line}: `{value}` is none of national, joint, regional, closure")]
    Kind { line: usize, value: String },
    #[error("line {line}: the holiday has no name")]
    Name { line: usize },
}

const HEADER: &str = "date,kind,name,decree";
const HEADER_DATED: &str = "date,kind,name,decree,decreed_on";

impl Calendar {
    /// A calendar of these dates. Every year with at least one [`Kind::National`] date is covered.
    pub fn new(holidays: impl IntoIterator<Item = Holiday>) -> Calendar {
        let mut calendar = Calendar::default();
        calendar.add(holidays);
        calendar
    }

    /// Reads `date,kind,name,decree[,decreed_on]`: one date a line, no quotes, `;` inside a value where a comma is meant.
    /// Empty lines and lines that begin with `#` are skipped.
    pub fn from_csv(text: &str) -> Result<Calendar, CsvError> {
        let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
        let columns = match lines.next().map(|(_, line)| line.trim()) {
            Some(HEADER) => 4,
            Some(HEADER_DATED) => 5,
            _ => return Err(CsvError::Header),
        };
        let mut holidays = Vec::new();
        for (index, line) in lines {
            if !line.trim().is_empty() && !line.starts_with('#') {
                holidays.push(holiday(index + 1, line, columns)?);
            }
        }
        Ok(Calendar::new(holidays))
    }

    /// The same calendar with another layer (regional days, closures of one office, a late decree).
    pub fn with(mut self, more: impl IntoIterator<Item = Holiday>) -> Calendar {
        self.add(more);
        self
    }

    /// Joint leave counts as working (`true`) or not (`false`, the default, as for civil servants).
    pub fn joint_counts_as_working(mut self, counts: bool) -> Calendar {
        self.joint_counts_as_working = counts;
        self
    }

    /// Declares a year's national holidays complete although no date is listed.
    pub fn covering(mut self, year: i16) -> Calendar {
        self.covered.insert(year);
        self
    }

    /// The calendar as it was known on a date: without what was decreed later. To say what a late decree moved.
    pub fn as_known_on(&self, date: Date) -> Calendar {
        let known = |holiday: &&Holiday| holiday.decreed_on.is_none_or(|decreed| decreed <= date);
        Calendar::new(self.holidays.iter().filter(known).cloned()).joint_counts_as_working(self.joint_counts_as_working)
    }

    /// All free dates, by date.
    pub fn holidays(&self) -> &[Holiday] {
        &self.holidays
    }

    /// The free dates of one date; more than one when layers meet.
    pub fn on(&self, date: Date) -> &[Holiday] {
        let from = self.holidays.partition_point(|holiday| holiday.date < date);
        let tail = &self.holidays[from..];
        let len = tail.iter().take_while(|holiday| holiday.date == date).count();
        &tail[..len]
    }

    /// Years whose national decree is known.
    pub fn covered_years(&self) -> impl Iterator<Item = i16> + '_ {
        self.covered.iter().copied()
    }

    /// Whether the national holidays of this year are known.
    pub fn covers(&self, year: i16) -> bool {
        self.covered.contains(&year)
    }

    /// What this date is. A holiday on a weekend is told as the holiday.
    pub fn status(&self, date: Date) -> DayStatus<'_> {
        let mut joint = None;
        for holiday in self.on(date) {
            if holiday.kind == Kind::Joint && self.joint_counts_as_working {
                joint = Some(holiday);
            } else {
                return DayStatus::Free(holiday);
            }
        }
        match (date.weekday(), joint) {
            (Weekday::Saturday | Weekday::Sunday, _) => DayStatus::Weekend,
            (_, Some(holiday)) => DayStatus::WorkingJoint(holiday),
            (_, None) => DayStatus::Working,
        }
    }

    pub fn is_working(&self, date: Date) -> bool {
        self.status(date).is_working()
    }

    /// Working days after `from`, up to and including `until`; 0 when `until` is not later.
    pub fn working_days_between(&self, from: Date, until: Date) -> u32 {
        let mut count = 0;
        let mut date = from;
        while date < until {
            let Ok(next) = date.tomorrow() else { break };
            date = next;
            count += u32::from(self.is_working(date));
        }
        count
    }

    fn add(&mut self, more: impl IntoIterator<Item = Holiday>) {
        self.holidays.extend(more);
        self.holidays.sort();
        self.holidays.dedup();
        let national = |holiday: &&Holiday| holiday.kind == Kind::National;
        self.covered.extend(self.holidays.iter().filter(national).map(|holiday| holiday.date.year()));
    }
}

fn holiday(line: usize, text: &str, expected: usize) -> Result<Holiday, CsvError> {
    let fields: Vec<&str> = text.split(',').map(str::trim).collect();
    if fields.len() != expected {
        return Err(CsvError::Columns { line, found: fields.len(), expected });
    }
    let date = |value: &str| value.parse::<Date>().map_err(|_| CsvError::Date { line, value: value.to_owned() });
    let kind = match fields[1] {
        "national" => Kind::National,
        "joint" => Kind::Joint,
        "regional" => Kind::Regional,
        "closure" => Kind::Closure,
        other => {
            return Err(CsvError::Kind { line, value: other.to_owned() });
        }
    };
    if fields[2].is_empty() {
        return Err(CsvError::Name { line });
    }
    Ok(Holiday {
        date: date(fields[0])?,
        kind,
        name: fields[2].into(),
        decree: fields[3].into(),
        decreed_on: match fields.get(4) {
            None | Some(&"") => None,
            Some(value) => Some(date(value)?),
        },
    })
}

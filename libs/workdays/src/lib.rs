#![doc = include_str!("../README.md")]

mod calendar;
mod clock;
mod explain;
mod hours;
mod remaining;
#[cfg(test)]
mod tests;

pub use calendar::{Calendar, CsvError, DayStatus, Holiday, Kind};
pub use clock::{Clock, Due, Rule, Suspension, deadline};
pub use explain::{DayLine, Deadline, Reason};
pub use hours::{DayHours, HoursError, Minute, Season, ServiceHours, Week};
pub use remaining::{Remaining, Unit};

//! What is unusual, how it is followed up, and what an audit of the data found.

use jiff::{Timestamp, civil::Date};
use kernel::{Id, audit::Difference};
use serde::{Deserialize, Serialize};

/// Why an officer's day is unusual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// More people opened than on other days, and than colleagues open.
    Volume,
    /// Opened on a day the unit is closed.
    ClosedDay,
    /// Opened on a working day outside the hours of service.
    AfterHours,
    /// People of the officer's own family card.
    Kin,
    /// People who live outside the officer's area, without a case there.
    Outside,
    /// People of another village, by an officer of a village.
    OtherVillage,
}

impl Rule {
    pub const ALL: [Self; 6] = [Self::Volume, Self::ClosedDay, Self::AfterHours, Self::Kin, Self::Outside, Self::OtherVillage];

    /// As stored and in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Volume => "volume",
            Self::ClosedDay => "closed-day",
            Self::AfterHours => "after-hours",
            Self::Kin => "kin",
            Self::Outside => "outside",
            Self::OtherVillage => "other-village",
        }
    }

    /// The rule stored so.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text)
    }
}

/// How far a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open,
    /// The superior was asked for a clarification.
    Asked,
    /// The clarification is there.
    Answered,
    Explained,
    Violation,
    /// Not followed up, with a reason.
    Dismissed,
}

impl State {
    pub const ALL: [Self; 6] = [Self::Open, Self::Asked, Self::Answered, Self::Explained, Self::Violation, Self::Dismissed];

    /// As stored and in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Asked => "asked",
            Self::Answered => "answered",
            Self::Explained => "explained",
            Self::Violation => "violation",
            Self::Dismissed => "dismissed",
        }
    }

    /// The state stored so.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// The states a follow-up case may be in.
pub const STATES: &[&str] = &["asked", "answered", "explained", "violation", "dismissed"];

/// What one officer opened on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Day {
    pub persons: i64,
    pub after_hours: i64,
    pub closed: i64,
    pub kin: i64,
    pub outside: i64,
    pub village: i64,
}

/// How many people were opened on so many days on which anybody was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usual {
    pub days: i64,
    pub persons: i64,
}

impl Usual {
    /// The average a day in tenths; none without a day.
    #[must_use]
    pub const fn tenths(self) -> Option<i64> {
        if self.days == 0 { None } else { Some((self.persons * 10 + self.days / 2) / self.days) }
    }
}

/// The bounds, as data; the Inspektorat sets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bounds {
    /// A day with fewer people is never unusual by its number.
    pub volume_least: i64,
    /// So many times the own or the colleagues' usual.
    pub volume_times: i64,
    /// How far the history goes back that a day is compared with.
    pub history_days: i64,
    /// Days of one's own that make a history; below, only colleagues count.
    pub history_least: i64,
    pub closed_day_least: i64,
    pub after_hours_least: i64,
    pub kin_least: i64,
    pub outside_least: i64,
    pub other_village_least: i64,
    /// Working days for the superior's clarification.
    pub answer_days: i64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            volume_least: 30,
            volume_times: 4,
            history_days: 60,
            history_least: 5,
            closed_day_least: 5,
            after_hours_least: 10,
            kin_least: 1,
            outside_least: 3,
            other_village_least: 1,
            answer_days: 5,
        }
    }
}

/// A day beyond a bound, with the numbers that say why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub rule: Rule,
    pub value: i64,
    pub bound: i64,
    pub usual: Usual,
    pub peers: Usual,
}

/// A finding as stored, with the names its page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub id: Id,
    pub account: Id,
    pub name: String,
    pub post: Option<Id>,
    pub title: String,
    pub unit: Id,
    pub unit_name: String,
    pub units: [Option<Id>; 6],
    pub rule: Rule,
    pub day: Date,
    pub value: i64,
    pub bound: i64,
    pub usual_tenths: Option<i64>,
    pub usual_days: i64,
    pub peers_tenths: Option<i64>,
    pub facts: Facts,
    pub state: State,
    pub case_id: Option<Id>,
    pub found_at: Timestamp,
    pub reason: String,
    pub version: i64,
}

/// More about a finding: when the first and the last was opened, and some of whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    pub persons: Vec<Id>,
}

/// How an audit ended, or that it has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Waiting,
    Sound,
    Unsound,
    /// It could not be made.
    Failed,
}

impl Outcome {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sound => "sound",
            Self::Unsound => "unsound",
            Self::Failed => "failed",
        }
    }

    /// The outcome stored so.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        [Self::Sound, Self::Unsound, Self::Failed].into_iter().find(|one| one.as_str() == text).unwrap_or(Self::Waiting)
    }
}

/// Rows checked of one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub table: String,
    pub rows: u64,
}

/// A witness's signature as it stood at the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cosignature {
    pub witness: String,
    /// How large the tree was that it signed; nothing when it signed none.
    pub size: u64,
    pub line: String,
    /// What the signature is worth, as [`kernel::log::Worth`] has it; `silent` when a witness that is configured signed nothing in this
    /// epoch. Empty in records made before signatures were verified.
    #[serde(default)]
    pub worth: String,
}

impl Cosignature {
    /// Whether it was verified and holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.worth == kernel::log::Worth::Holds.as_str()
    }
}

/// A Berita Acara Keutuhan Data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub id: Id,
    pub asked_at: Timestamp,
    pub asked_by: Option<Id>,
    pub post: Option<Id>,
    pub unit: Id,
    pub outcome: Outcome,
    pub ended_at: Option<Timestamp>,
    pub origin: String,
    pub size: i64,
    pub root: String,
    pub checkpoint: String,
    pub witnesses: Vec<Cosignature>,
    pub tables: Vec<Count>,
    pub leaves: i64,
    pub entries: i64,
    pub versions: i64,
    pub rows: i64,
    pub waiting: i64,
    pub differences: Vec<Difference>,
    pub version: i64,
}

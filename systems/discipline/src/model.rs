//! What a case of discipline is made of.

use jiff::{Timestamp, civil::Date};
use kernel::{Id, case::Case};
use serde::{Deserialize, Serialize};

/// Whom it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Whoever uses an account: an official, an administrator of a site, a third party.
    Official,
    /// A Perangkat Daerah (002 Pasal 19(6)).
    Unit,
}

impl Subject {
    /// The word stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Unit => "unit",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Official, Self::Unit].into_iter().find(|subject| subject.key() == word)
    }
}

/// What is decided (002 Pasal 19(8), 000 §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Nothing was proved.
    Dismiss,
    /// Teguran lisan.
    Oral,
    /// Teguran tertulis.
    Written,
    /// Pembatasan akses sementara.
    Temporary,
    /// Pembatasan akses permanen.
    Permanent,
    /// Sanksi administratif lain.
    Other,
}

impl Measure {
    /// Every measure, the mildest first.
    pub const ALL: [Self; 6] = [Self::Dismiss, Self::Oral, Self::Written, Self::Temporary, Self::Permanent, Self::Other];

    /// The word stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Dismiss => "dismiss",
            Self::Oral => "oral",
            Self::Written => "written",
            Self::Temporary => "temporary",
            Self::Permanent => "permanent",
            Self::Other => "other",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.key() == word)
    }

    /// Whether it keeps an account from working.
    #[must_use]
    pub const fn restricts(self) -> bool {
        matches!(self, Self::Temporary | Self::Permanent)
    }
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The person may answer; nothing is decided before that.
    Answering,
    /// An internal investigation looks into it (000 §9).
    Investigating,
    /// Decided; an appeal may come.
    InForce,
    Appealed,
    /// The measure stands.
    Final,
    Dismissed,
    /// Taken back: restored.
    Withdrawn,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Answering, Self::Investigating, Self::InForce, Self::Appealed, Self::Final, Self::Dismissed, Self::Withdrawn];
    /// The words of every state, for the manifest.
    pub const WORDS: [&'static str; 7] = ["answering", "investigating", "in_force", "appealed", "final", "dismissed", "withdrawn"];

    /// The word stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Answering => "answering",
            Self::Investigating => "investigating",
            Self::InForce => "in_force",
            Self::Appealed => "appealed",
            Self::Final => "final",
            Self::Dismissed => "dismissed",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == word)
    }

    /// Whether the case has ended.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Final | Self::Dismissed | Self::Withdrawn)
    }
}

/// How long each step has: pinned with the case under the hash of its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Working days to answer the allegation.
    pub answer_working_days: u32,
    /// Working days of an investigation.
    pub investigation_working_days: u32,
    /// Working days to appeal.
    pub appeal_working_days: u32,
    /// Working days to decide an appeal.
    pub appeal_decision_working_days: u32,
    /// Where the numbers come from.
    pub source: String,
}

impl Default for Definition {
    /// UU 30/2014 Pasal 77: keberatan within 21 working days, decided within 10. The other two are this product's own.
    fn default() -> Self {
        Self {
            answer_working_days: 5,
            investigation_working_days: 20,
            appeal_working_days: 21,
            appeal_decision_working_days: 10,
            source: "UU 30/2014 Pasal 77 [own knowledge, verify]; answer and investigation: own proposal".to_owned(),
        }
    }
}

/// How many working days before a deadline the government reminds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    pub working_days: i64,
}

impl Default for Lead {
    /// Time to write an answer, and not so early that it is forgotten again.
    fn default() -> Self {
        Self { working_days: 2 }
    }
}

impl Lead {
    /// The most that makes sense before the shortest of the periods is over.
    pub const WORKING_DAYS_MAX: i64 = 10;

    /// A lead of so many working days, 1 to [`Self::WORKING_DAYS_MAX`].
    #[must_use]
    pub fn of(working_days: i64) -> Option<Self> {
        (1..=Self::WORKING_DAYS_MAX).contains(&working_days).then_some(Self { working_days })
    }

    /// No run of free days makes it longer than so many days of the calendar.
    #[must_use]
    pub fn calendar_days_max(self) -> i64 {
        2 * self.working_days + 21
    }
}

/// What a deadline ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The time to answer.
    Answer,
    Investigation,
    /// The time to appeal.
    Appeal,
    /// The time to decide an appeal.
    AppealDecision,
    /// A restriction for a time.
    Restriction,
}

impl About {
    /// The word stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Investigation => "investigation",
            Self::Appeal => "appeal",
            Self::AppealDecision => "appeal_decision",
            Self::Restriction => "restriction",
        }
    }

    /// What the deadline of a case in this state ends; nothing in a state without one.
    #[must_use]
    pub const fn of_state(state: State) -> Option<Self> {
        match state {
            State::Answering => Some(Self::Answer),
            State::Investigating => Some(Self::Investigation),
            State::InForce => Some(Self::Appeal),
            State::Appealed => Some(Self::AppealDecision),
            State::Final | State::Dismissed | State::Withdrawn => None,
        }
    }

    /// Of a state's word, or `restriction`.
    pub(crate) fn of(word: &str) -> Option<Self> {
        if word == Self::Restriction.key() { Some(Self::Restriction) } else { State::parse(word).and_then(Self::of_state) }
    }
}

/// Whom a case may be about, as found by its opener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub subject: Subject,
    pub account: Option<Id>,
    pub person: Option<Id>,
    /// The unit the person works for, or the unit itself.
    pub unit: Id,
    /// "Sekretaris Desa, Desa X", or the unit's name: what lists show instead of a name.
    pub label: String,
}

/// A case with everything that was written about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    pub case: Case,
    pub state: State,
    pub subject: Subject,
    pub account: Option<Id>,
    pub person: Option<Id>,
    pub unit: Id,
    /// The post that decides, and the one that decides an appeal.
    pub decider: Id,
    pub appeal_post: Id,
    /// The rule that was broken, as written.
    pub basis: String,
    pub allegation: String,
    pub answer_until: Option<Timestamp>,
    pub answer: Option<String>,
    pub answered_at: Option<Timestamp>,
    /// The order of the investigation; empty when there is none.
    pub investigation: String,
    pub finding: Option<String>,
    pub measure: Option<Measure>,
    pub decree: String,
    pub decreed_on: Option<Date>,
    pub ground: Option<String>,
    pub restricted_until: Option<Timestamp>,
    pub decided_at: Option<Timestamp>,
    pub appeal_until: Option<Timestamp>,
    pub appeal: Option<String>,
    pub appealed_at: Option<Timestamp>,
    pub appeal_decree: String,
    /// `upheld`, `changed`, `withdrawn`; empty before.
    pub appeal_result: String,
    pub appeal_ground: Option<String>,
    /// The decree that restored the account; empty before.
    pub restored_by: String,
    pub version: i64,
}

/// What somebody does to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Investigate,
    Conclude,
    Decide,
    DecideAppeal,
    Restore,
    Report,
}

impl Act {
    /// Every act of an officer, with its word in the address.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Investigate, "selidiki"),
        (Self::Conclude, "hasil"),
        (Self::Decide, "putuskan"),
        (Self::DecideAppeal, "banding"),
        (Self::Restore, "pulihkan"),
        (Self::Report, "laporkan"),
    ];

    /// The act of a word in the address.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, held)| *held == word).map(|(act, _)| act)
    }

    /// Its word in the address.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Investigate => "selidiki",
            Self::Conclude => "hasil",
            Self::Decide => "putuskan",
            Self::DecideAppeal => "banding",
            Self::Restore => "pulihkan",
            Self::Report => "laporkan",
        }
    }
}

/// What an act says, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Findings, grounds, a remark.
    pub text: String,
    pub decree: String,
    pub decreed_on: Option<Date>,
    pub measure: Option<Measure>,
    /// The end of a temporary restriction.
    pub until: Option<Timestamp>,
    /// An appeal's result.
    pub result: String,
}

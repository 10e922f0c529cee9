//! What this system knows: rights, requests, hidings, breaches, readings.

use kernel::{Id, Timestamp, lasting::Lasting};

/// A right of the data subject, UU 27/2022 Pasal 5–13.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Pasal 5: who uses the data, why, on what basis.
    Information,
    /// Pasal 6: complete, update, correct.
    Correction,
    /// Pasal 7: access and a copy.
    Access,
    /// Pasal 8: end processing, delete, destroy.
    Erasure,
    /// Pasal 9: withdraw consent.
    Withdrawal,
    /// Pasal 10: object to decisions made by a machine alone; here also to a reading.
    Objection,
    /// Pasal 11: delay and restrict processing.
    Restriction,
    /// Pasal 13: a copy in a form others can read, or sent to another controller.
    Portability,
}

impl Right {
    /// Every right that can be asked for, in the order of the law. Pasal 12 (to sue) is asked of a court, not of us.
    pub const ALL: [Self; 8] = [
        Self::Information,
        Self::Correction,
        Self::Access,
        Self::Erasure,
        Self::Withdrawal,
        Self::Objection,
        Self::Restriction,
        Self::Portability,
    ];

    /// The word stored and in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Information => "informasi",
            Self::Correction => "perbaikan",
            Self::Access => "akses",
            Self::Erasure => "penghapusan",
            Self::Withdrawal => "tarik-persetujuan",
            Self::Objection => "keberatan",
            Self::Restriction => "pembatasan",
            Self::Portability => "pemindahan",
        }
    }

    /// The right of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.as_str() == word)
    }

    /// The text key of its name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Information => "privacy-right-information",
            Self::Correction => "privacy-right-correction",
            Self::Access => "privacy-right-access",
            Self::Erasure => "privacy-right-erasure",
            Self::Withdrawal => "privacy-right-withdrawal",
            Self::Objection => "privacy-right-objection",
            Self::Restriction => "privacy-right-restriction",
            Self::Portability => "privacy-right-portability",
        }
    }

    /// The text key of what is asked with it.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Information => "privacy-right-information-hint",
            Self::Correction => "privacy-right-correction-hint",
            Self::Access => "privacy-right-access-hint",
            Self::Erasure => "privacy-right-erasure-hint",
            Self::Withdrawal => "privacy-right-withdrawal-hint",
            Self::Objection => "privacy-right-objection-hint",
            Self::Restriction => "privacy-right-restriction-hint",
            Self::Portability => "privacy-right-portability-hint",
        }
    }

    /// The article that gives it.
    #[must_use]
    pub const fn article(self) -> &'static str {
        match self {
            Self::Information => "Pasal 5",
            Self::Correction => "Pasal 6 dan 30",
            Self::Access => "Pasal 7 dan 32",
            Self::Erasure => "Pasal 8, 43, dan 44",
            Self::Withdrawal => "Pasal 9 dan 40",
            Self::Objection => "Pasal 10",
            Self::Restriction => "Pasal 11 dan 41",
            Self::Portability => "Pasal 13",
        }
    }
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open,
    Granted,
    Refused,
}

impl State {
    /// The word stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Granted => "granted",
            Self::Refused => "refused",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "granted" => Self::Granted,
            "refused" => Self::Refused,
            _ => Self::Open,
        }
    }
}

/// A line of "who read my data".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub entry: Id,
    pub at: Timestamp,
    pub action: String,
    /// Title of the post; empty when it acted without one.
    pub post: String,
    /// The unit of the post, or where the account holds its role.
    pub unit: Option<Id>,
    pub unit_name: String,
    /// `account` or `machine`.
    pub by_machine: bool,
    pub case_id: Option<Id>,
    pub case_code: String,
    pub case_kind: String,
}

/// Why readings are kept from a person for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HidingKind {
    LawEnforcement,
    DomesticViolence,
    Child,
}

impl HidingKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::LawEnforcement, Self::DomesticViolence, Self::Child];

    /// The word stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LawEnforcement => "law_enforcement",
            Self::DomesticViolence => "domestic_violence",
            Self::Child => "child",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The text key of its name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::LawEnforcement => "privacy-hiding-law-enforcement",
            Self::DomesticViolence => "privacy-hiding-domestic-violence",
            Self::Child => "privacy-hiding-child",
        }
    }
}

/// Readings kept from a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hiding {
    pub id: Id,
    pub person: Id,
    pub person_name: String,
    pub case_id: Option<Id>,
    pub unit: Option<Id>,
    pub kind: HidingKind,
    pub decree: String,
    pub basis: String,
    pub reason: String,
    pub from: Timestamp,
    pub until: Timestamp,
    pub lifted_at: Option<Timestamp>,
    /// The decision that lifted it; empty before.
    pub lifted_decree: String,
    pub version: i64,
}

impl Hiding {
    /// From when until when.
    #[must_use]
    pub const fn lasting(&self) -> Lasting {
        Lasting { from: self.from, until: Some(self.until), lifted_at: self.lifted_at }
    }
}

/// A request with what was written in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub case: kernel::case::Case,
    pub right: Right,
    pub person: Id,
    pub entry: Option<Id>,
    pub detail: String,
    pub answer: String,
}

/// A breach of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    pub id: Id,
    pub title: String,
    pub found_at: Timestamp,
    pub happened_on: String,
    /// Pasal 46(2)a: which data.
    pub data: String,
    /// b: when and how.
    pub how: String,
    /// c: handling and recovery.
    pub measures: String,
    pub persons: i64,
    pub due_at: Timestamp,
    pub agency_at: Option<Timestamp>,
    pub agency_note: String,
    pub subjects_at: Option<Timestamp>,
    pub subjects_note: String,
    pub closed: bool,
    pub version: i64,
}

//! Mutations: one decree that moves people between posts at one moment.
//!
//! A mutation is entered once: the decree, the moment it takes effect where the unit is, and for each person from which
//! post to which. What it will do is worked out by one pure function ([`plan`]) and shown before it is set. Setting it
//! writes dated holdings, ends, mandates and grants: rights are asked for at each act, so they move at that very minute
//! whether or not anything of the machine runs then. What has to be *done* at the minute (open tasks handed to another
//! post, sessions put off a post) is [`take_effect`]. Until then it can be taken back whole ([`cancel`]).
//!
//! A decree that arrives late is set with its own moment; what was done in between by people who, as is now known, no
//! longer held the post is found by [`acts_between`] and kept for somebody to confirm or revoke.

mod apply;
mod late;
mod plan;
mod store;

use std::str::FromStr;

use jiff::{Timestamp, civil::Date};

pub use apply::{Outcome, cancel, set, take_effect};
pub use late::{Act, ActState, acts_between, acts_of_case, decide, keep_acts};
pub use plan::{Change, Effect, Facts, Plan, Problem, plan};
pub use store::{
    NewLine, NewMutation, add_line, due, facts, find, lines, list, of_person, preview, remove_line, revise, start, tasks_at, throw_away,
};

use crate::{Id, Table, post::HoldingKind};

/// Mutations.
pub static MUTATION: Table = Table::audited(
    "kernel_mutation",
    &["unit", "decree", "decreed_on", "effective_at", "mandates_end", "state", "drafted_by", "entered_at", "done_at"],
);
/// Who goes where.
pub static LINE: Table = Table::audited(
    "kernel_mutation_line",
    &["mutation", "place", "person", "manner", "from_post", "to_post", "kind", "until", "home_rests", "tasks_to"],
);
/// What was changed.
pub static EFFECT: Table = Table::audited("kernel_mutation_effect", &["mutation", "place", "what", "row_id", "before_at", "after_at"]);
/// Acts to be confirmed.
pub static ACT: Table = Table::audited(
    "kernel_mutation_act",
    &["mutation", "case_id", "post", "person", "what", "object", "document", "about_case", "at", "state", "decided_at", "reason"],
);
/// The tables of this module.
pub const TABLES: &[&Table] = &[&MUTATION, &LINE, &EFFECT, &ACT];

/// How far a mutation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Being written.
    Draft,
    /// Entered; takes effect at its moment.
    Set,
    /// In effect.
    Done,
    /// Taken back before it took effect.
    Cancelled,
}

impl State {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Set => "set",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }
}

impl FromStr for State {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::Draft, Self::Set, Self::Done, Self::Cancelled].into_iter().find(|state| state.as_str() == word).ok_or(())
    }
}

/// What happens to one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Manner {
    /// Pengangkatan, mutasi, promosi, Pj., Plt., Plh.: takes a post, and leaves another when one is named.
    Appoint,
    /// Perbantuan, penugasan: works in another post for a time and keeps the own one.
    Second,
    /// Pemberhentian dari jabatan: leaves the post and stays an official.
    Release,
    /// Pensiun.
    Retired,
    /// Pindah ke instansi lain.
    MovedOut,
    /// Meninggal dunia.
    Died,
    /// Diberhentikan dari ASN atau perangkat desa.
    Dismissed,
}

impl Manner {
    /// Every manner.
    pub const ALL: [Self; 7] = [Self::Appoint, Self::Second, Self::Release, Self::Retired, Self::MovedOut, Self::Died, Self::Dismissed];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Appoint => "appoint",
            Self::Second => "second",
            Self::Release => "release",
            Self::Retired => "retired",
            Self::MovedOut => "moved_out",
            Self::Died => "died",
            Self::Dismissed => "dismissed",
        }
    }

    /// Whether the person leaves the government: every post, right and the account end.
    #[must_use]
    pub const fn leaves(self) -> bool {
        matches!(self, Self::Retired | Self::MovedOut | Self::Died | Self::Dismissed)
    }
}

impl FromStr for Manner {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|manner| manner.as_str() == word).ok_or(())
    }
}

/// A decree about people and posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutation {
    pub id: Id,
    /// Where it was entered; the moment is on the clock of this unit.
    pub unit: Id,
    /// Number of the decree.
    pub decree: String,
    pub decreed_on: Date,
    /// The minute it takes effect; it may lie behind the day it is entered.
    pub effective_at: Timestamp,
    /// Mandates given by a post end when its holder changes.
    pub mandates_end: bool,
    pub state: State,
    /// The account that wrote it.
    pub drafted_by: Option<Id>,
    /// When it was set.
    pub entered_at: Option<Timestamp>,
    pub done_at: Option<Timestamp>,
    pub version: i64,
}

impl Mutation {
    /// "SK 800/12/2026, 20 November 2026", as holdings name their decree and letters would quote it.
    #[must_use]
    pub fn decree_text(&self) -> String {
        format!("{}, {}", self.decree, indonesian::date_long(self.decreed_on, indonesian::Lang::Id))
    }

    /// Whether it was set after it took effect.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.entered_at.is_some_and(|entered| self.effective_at < entered)
    }
}

/// One person of a mutation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: Id,
    pub mutation: Id,
    pub place: i64,
    pub person: Id,
    pub manner: Manner,
    /// The post left, or for a secondment the own one.
    pub from_post: Option<Id>,
    /// The post taken.
    pub to_post: Option<Id>,
    /// As what the post is taken.
    pub kind: HoldingKind,
    pub until: Option<Timestamp>,
    /// For a secondment: the own post rests meanwhile, its rights too.
    pub home_rests: bool,
    /// Who takes over the open tasks of the post left.
    pub tasks_to: Option<Id>,
    pub version: i64,
}

#[cfg(test)]
mod tests;

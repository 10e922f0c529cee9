//! What an officer can do with an application, by the word in its address.

use crate::{
    rules::{self, Action, State},
    store::lists::Standing,
};

use super::load::Whole;

/// A step offered on the page of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Act(Action),
    /// Give up the number before the scan is registered and draft the letter anew.
    Void,
    /// Revoke a letter in force.
    Revoke,
    /// Put another letter in force in its place.
    Replace,
}

const WORDS: [(&str, Step); 15] = [
    ("pengantar", Step::Act(Action::Introduce)),
    ("periksa", Step::Act(Action::Check)),
    ("paraf", Step::Act(Action::Initial)),
    ("tanda-tangan", Step::Act(Action::Sign)),
    ("mengetahui", Step::Act(Action::Acknowledge)),
    ("pindaian", Step::Act(Action::RegisterScan)),
    ("serahkan", Step::Act(Action::HandOver)),
    ("lengkap", Step::Act(Action::Resubmit)),
    ("kembalikan", Step::Act(Action::Return)),
    ("meja-sebelumnya", Step::Act(Action::SendBack)),
    ("tolak", Step::Act(Action::Refuse)),
    ("batal", Step::Act(Action::Cancel)),
    ("nomor-batal", Step::Void),
    ("cabut", Step::Revoke),
    ("ganti", Step::Replace),
];

impl Step {
    /// The step of a word in the address.
    pub(super) fn parse(word: &str) -> Option<Self> {
        WORDS.iter().find(|(known, _)| *known == word).map(|(_, step)| *step)
    }

    /// Its word.
    pub(super) fn word(self) -> &'static str {
        WORDS.iter().find(|(_, step)| *step == self).map_or("", |(word, _)| word)
    }

    /// Whether one button does it, without another page.
    pub(super) const fn is_direct(self) -> bool {
        use Action::{Acknowledge, Check, Initial, Introduce, Sign};
        matches!(self, Self::Act(Introduce | Check | Initial | Sign | Acknowledge))
    }

    /// Where it is done for an application: completing has a form of its own.
    pub(super) fn href(self, case: kernel::Id) -> String {
        match self {
            Self::Act(Action::Resubmit) => format!("/loket/{case}/lengkapi"),
            _ => format!("/tugas/{case}/langkah/{}", self.word()),
        }
    }

    /// Whether it takes something away from somebody.
    pub(super) const fn is_dangerous(self) -> bool {
        matches!(self, Self::Act(Action::Refuse | Action::Cancel) | Self::Void | Self::Revoke)
    }

    /// Whether it is kept apart from what is done every day.
    pub(super) const fn is_rare(self) -> bool {
        matches!(self, Self::Act(Action::SendBack | Action::Cancel) | Self::Void | Self::Revoke | Self::Replace)
    }

    /// Whether a reason is asked.
    pub(super) const fn asks_reason(self) -> bool {
        match self {
            Self::Act(action) => action.needs_reason(),
            _ => true,
        }
    }
}

/// The steps this officer has here, the expected one first. What is left out would be refused.
pub(super) fn offered(whole: &Whole) -> Vec<Step> {
    let mine = matches!(whole.standing, Standing::Mine(_));
    let mut steps = Vec::new();
    for action in rules::allowed(whole.state) {
        let given = match action {
            Action::Decline => false,
            Action::Check => whole.standing.may_work() && second_eye(whole),
            Action::SendBack => mine && whole.dossier.case.step > 0,
            Action::HandOver | Action::Cancel | Action::Resubmit => whole.at_counter,
            Action::Refuse if whole.state == State::Incomplete => whole.at_counter || whole.signs,
            _ => mine,
        };
        if given {
            steps.push(Step::Act(*action));
        }
    }
    if whole.signs {
        use kernel::document::State as Letter;
        match whole.document.as_ref().map(|document| document.state) {
            Some(Letter::AwaitingScan) if matches!(whole.state, State::AwaitingScan | State::Acknowledging) => steps.push(Step::Void),
            Some(Letter::InForce) => steps.extend([Step::Replace, Step::Revoke]),
            _ => {}
        }
    }
    steps
}

/// Whoever took an application in does not check it, unless the unit says so.
pub(super) fn second_eye(whole: &Whole) -> bool {
    rules::second_person(&whole.dossier.offer.offered(), Action::Check, whole.received_by_me).is_ok()
}

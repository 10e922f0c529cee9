//! When a list leaves with one key, and when a second person has to agree.

use serde::{Deserialize, Serialize};

use crate::{Message, NewEntry, Result, Rx, Tx, setting};

const NAME: &str = "export";

/// What a list says of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// General personal data: names, addresses (UU 27/2022 Pasal 4 ayat 3).
    General,
    /// Specific personal data as well: health, children, finances (Pasal 4 ayat 2).
    Specific,
    /// Who receives aid.
    Aid,
}

impl Nature {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Specific => "specific",
            Self::Aid => "aid",
        }
    }

    pub(super) fn parse(text: &str) -> Self {
        match text {
            "specific" => Self::Specific,
            "aid" => Self::Aid,
            _ => Self::General,
        }
    }
}

/// Why a second key is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A Masa Pemilihan holds (terms of use, §4).
    Election,
    /// Specific personal data.
    Specific,
    /// More people than one officer may take alone.
    Many,
}

impl Why {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Election => "election",
            Self::Specific => "specific",
            Self::Many => "many",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Election, Self::Specific, Self::Many].into_iter().find(|why| why.as_str() == text)
    }
}

/// What the government has decided about lists that leave the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// From so many people on, a second key is asked for.
    pub second_key_from_persons: i64,
    /// How long a request waits for its second key.
    pub valid_hours: i64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { second_key_from_persons: 200, valid_hours: 72 }
    }
}

impl Policy {
    /// What holds now.
    ///
    /// # Errors
    /// What the database says.
    pub fn of(rx: &mut Rx<'_>) -> Result<Self> {
        setting::of_government(rx, NAME)
    }

    /// Makes it hold from now on.
    ///
    /// # Errors
    /// `kernel-export-policy` for numbers that would switch the gate off: 1 to 10,000 people, 1 to 168 hours.
    pub fn set(&self, tx: &mut Tx<'_>) -> Result<()> {
        if !(1..=10_000).contains(&self.second_key_from_persons) || !(1..=168).contains(&self.valid_hours) {
            return Err(Message::new("kernel-export-policy").into());
        }
        let root = setting::decide(tx, NAME, self)?;
        let detail = serde_json::json!({ "persons": self.second_key_from_persons, "hours": self.valid_hours });
        tx.entry(NewEntry::new("kernel.export.policy_set").unit(root).object("unit", root).detail(detail));
        Ok(())
    }

    /// Why a second person has to agree; nothing when one key is enough.
    #[must_use]
    pub fn second_key(&self, nature: Nature, persons: i64, in_election: bool) -> Vec<Why> {
        let mut why = Vec::new();
        if in_election {
            why.push(Why::Election);
        }
        if nature == Nature::Specific {
            why.push(Why::Specific);
        }
        if persons >= self.second_key_from_persons {
            why.push(Why::Many);
        }
        why
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_key_follows_number_nature_and_season() {
        let policy = Policy::default();
        for (nature, persons, election, why) in [
            (Nature::General, 199, false, vec![]),
            (Nature::General, 200, false, vec![Why::Many]),
            (Nature::General, 1, true, vec![Why::Election]),
            (Nature::Aid, 0, true, vec![Why::Election]),
            (Nature::Aid, 12, false, vec![]),
            (Nature::Specific, 3, false, vec![Why::Specific]),
            (Nature::Specific, 900, true, vec![Why::Election, Why::Specific, Why::Many]),
        ] {
            assert_eq!(policy.second_key(nature, persons, election), why, "{nature:?} {persons} {election}");
        }
    }
}

//! What holds from one moment until another, or until somebody lifts it: legal holds, limits, whatever is set by a decision.

use jiff::Timestamp;

use crate::{DbError, Row};

/// From when until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasting {
    pub from: Timestamp,
    /// None: until it is lifted.
    pub until: Option<Timestamp>,
    pub lifted_at: Option<Timestamp>,
}

/// Where it stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// It holds until then.
    Until(Timestamp),
    /// It holds until somebody lifts it.
    Open,
    /// Its time is over.
    Ended,
    Lifted(Timestamp),
}

impl Lasting {
    /// The columns `from_at`, `until_at`, `lifted_at` of a row, beginning at `place`.
    ///
    /// # Errors
    /// [`DbError::Broken`] when they are none.
    pub fn read(row: &Row, place: usize) -> Result<Self, DbError> {
        Ok(Self { from: row.get(place)?, until: row.get(place + 1)?, lifted_at: row.get(place + 2)? })
    }

    /// Whether it holds at `now`.
    #[must_use]
    pub fn runs(&self, now: Timestamp) -> bool {
        self.from <= now && self.lifted_at.is_none_or(|at| at > now) && self.until.is_none_or(|until| now < until)
    }

    /// Where it stands at `now`.
    #[must_use]
    pub fn stand(&self, now: Timestamp) -> Stand {
        match (self.lifted_at, self.until) {
            (Some(at), _) => Stand::Lifted(at),
            (None, Some(until)) if until <= now => Stand::Ended,
            (None, Some(until)) => Stand::Until(until),
            (None, None) => Stand::Open,
        }
    }

    /// The same as a condition on those columns, with the moment as parameter `number`.
    #[must_use]
    pub fn condition(number: usize) -> String {
        format!("from_at <= ${number} and (until_at is null or until_at > ${number}) and lifted_at is null")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_between_its_moments_and_not_once_lifted() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let open = Lasting { from: at(10), until: None, lifted_at: None };
        assert!(!open.runs(at(9)) && open.runs(at(10)) && open.runs(at(10_000)));
        let dated = Lasting { until: Some(at(20)), ..open };
        assert!(dated.runs(at(19)) && !dated.runs(at(20)));
        let lifted = Lasting { lifted_at: Some(at(15)), ..dated };
        assert!(!lifted.runs(at(15)));
        assert_eq!((open.stand(at(11)), dated.stand(at(11))), (Stand::Open, Stand::Until(at(20))));
        assert_eq!((dated.stand(at(20)), lifted.stand(at(16))), (Stand::Ended, Stand::Lifted(at(15))));
    }
}

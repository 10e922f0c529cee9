//! The clock of a test: it stands still until it is set.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use kernel::gov::TimeSource;

/// A clock that stands still until it is set. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub(crate) fn new(at: &str) -> Self {
        let clock = Self(Arc::new(AtomicI64::new(0)));
        clock.set(at);
        clock
    }

    pub(crate) fn source(&self) -> TimeSource {
        TimeSource::Settable(Arc::clone(&self.0))
    }

    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).expect("the clock was set to a moment")
    }

    /// Sets it: `2026-11-20 09:00` is western Indonesian time; `2026-11-20T02:00:00Z` is a moment.
    pub fn set(&self, at: &str) {
        self.set_to(moment(at));
    }

    /// Sets it to a moment.
    pub fn set_to(&self, at: Timestamp) {
        self.0.store(at.as_microsecond(), Ordering::SeqCst);
    }

    /// Lets time pass.
    pub fn advance(&self, by: SignedDuration) {
        self.set_to(self.now().checked_add(by).expect("the clock stays within the calendar"));
    }

    /// Lets hours pass.
    pub fn advance_hours(&self, hours: i64) {
        self.advance(SignedDuration::from_hours(hours));
    }
}

/// A moment as tests write it; see [`TestClock::set`].
pub(crate) fn moment(text: &str) -> Timestamp {
    if let Ok(at) = text.parse::<Timestamp>() {
        return at;
    }
    let wib = TimeZone::fixed(jiff::tz::offset(7));
    let local: DateTime = text.parse().unwrap_or_else(|error| panic!("{text} is not a moment: {error}"));
    wib.to_timestamp(local).expect("a moment of the calendar")
}

//! The clock of an application: which rule, when it starts, and what each move does to it.

use jiff::Timestamp;
use kernel::{
    Gov, Result, Rx, Tx,
    case::{Due, DueState},
    clock::{Calendars, CaseClock, Office, Starts},
};
use std::sync::Arc;
use workdays::Rule;

use super::{Dossier, Offer};
use crate::{
    model::{Limit, Starts as Begin},
    rules::ClockChange,
};

/// The calendar and service hours an offer runs by.
///
/// # Errors
/// What the database says.
pub fn office(rx: &mut Rx<'_>, gov: &Gov, offer: &Offer) -> Result<Arc<Office>> {
    Ok(gov.cached::<Calendars>().book(rx)?.office(&offer.unit.ancestors))
}

/// The clock a new application gets.
#[must_use]
pub fn clock_of(offer: &Offer) -> CaseClock {
    let rule = match offer.definition.clock.limit {
        Limit::WorkingDays(days) => Rule::WorkingDays(days),
        Limit::ClockHours(hours) => Rule::ClockHours(hours),
        Limit::ServiceMinutes(minutes) => Rule::ServiceMinutes(minutes),
        Limit::None => Rule::None,
    };
    let starts = match offer.definition.clock.starts {
        Begin::Receipt => Starts::Receipt,
        Begin::Complete => Starts::Complete,
    };
    CaseClock::new(rule, starts)
}

/// The deadline of an application received now. A clock that starts at completeness waits while something is missing.
///
/// # Errors
/// What the database says.
pub fn start(tx: &mut Tx<'_>, gov: &Gov, offer: &Offer, now: Timestamp, complete: bool) -> Result<Due> {
    let clock = clock_of(offer);
    let started = (complete || clock.starts == Starts::Receipt).then_some(now);
    Ok(office(tx, gov, offer)?.due(&clock, started, now))
}

/// The deadline after a move.
///
/// # Errors
/// What the database says.
pub fn change(tx: &mut Tx<'_>, gov: &Gov, dossier: &Dossier, change: ClockChange, now: Timestamp) -> Result<Due> {
    let before = &dossier.case.due;
    let clock = CaseClock::parse(&before.clock)?;
    let office = office(tx, gov, &dossier.offer)?;
    Ok(match change {
        ClockChange::Keep => before.clone(),
        ClockChange::Complete => office.due(&clock.resumed(now), before.started_at.or(Some(now)), now),
        ClockChange::Suspend => office.due(&clock.suspended(now), before.started_at, now),
        ClockChange::Resume => office.due(&clock.resumed(now), before.started_at.or(Some(now)), now),
        ClockChange::Wake => office.due(&clock.resumed(now), before.started_at, now),
        ClockChange::Stop => Due { state: DueState::Closed, ..before.clone() },
    })
}

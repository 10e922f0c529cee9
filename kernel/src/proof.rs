//! Who asks, when nobody signs in: the second proof beside a tracking code (ADR 7).
//!
//! A code alone shows where an application lies and nothing of a person. Birth date and the last four digits of the NIK,
//! both right, prove that its applicant or subject asks. Tries are counted per code, address and network.

use jiff::{Timestamp, civil::Date};

use crate::{
    Id, Result, Tx, party,
    throttle::{self, Key},
};

/// How a second proof ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// This person asks.
    Right(Id),
    /// Wrong, or there is no such proof: the answer is the same.
    Wrong,
    /// Too many tries; the next one counts from then on.
    Wait(Timestamp),
}

/// Tries the proof for any of `persons` of the case with this code. A wrong code is tried with nobody, so that its answer
/// takes the same way. The caller's own entry tells of it.
///
/// # Errors
/// What the database says.
pub fn attempt(tx: &mut Tx<'_>, code: &str, persons: &[Id], born: Option<Date>, tail: &str) -> Result<Proof> {
    let (now, address) = (tx.now(), tx.ctx().origin().address.clone());
    let keys = [Key::code(code), Key::address(&address), Key::network(&address)];
    if let Err(until) = throttle::attempt(tx, &keys, now)? {
        return Ok(Proof::Wait(until));
    }
    // Everybody is looked up whatever was wrong, so that no answer is quicker than another.
    let mut proved = None;
    for id in persons {
        let right = party::find(tx, *id)?.zip(born).is_some_and(|(person, born)| person.is_proved_by(born, tail));
        proved = proved.or(right.then_some(*id));
    }
    let Some(person) = proved else { return Ok(Proof::Wrong) };
    for key in &keys {
        throttle::clear(tx, key)?;
    }
    Ok(Proof::Right(person))
}

//! Who asks, when nobody signs in: the second proof beside a tracking code (ADR 13).
//!
//! A code alone shows where an application lies and nothing of a person. Birth date and the last four digits of the NIK,
//! both right, prove that its applicant or subject asks. Tries are counted per code and per network address.

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
    let keys = [Key::code(code), Key::address(&address)];
    if let Err(until) = throttle::attempt(tx, &keys, now)? {
        return Ok(Proof::Wait(until));
    }
    let Some(born) = born else { return Ok(Proof::Wrong) };
    for id in persons {
        if party::find(tx, *id)?.is_some_and(|person| person.is_proved_by(born, tail)) {
            for key in &keys {
                throttle::clear(tx, key)?;
            }
            return Ok(Proof::Right(*id));
        }
    }
    Ok(Proof::Wrong)
}

//! Closures that wait for a writer: several are run in one transaction and answered after its commit.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::{
    DbError, Rx, Tx,
    postgresql::MaybeConflict,
    rx::Conn,
    tx::{Committed, Meta, Wake},
};
use crate::{Actor, Ctx};

/// How a run of a closure ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ran {
    /// It is to be kept.
    Well,
    /// It failed, and would again.
    Badly,
    /// Another transaction was in the way.
    InConflict,
}

/// A closure waiting for a writer. It may be run several times; only the last run counts.
pub(super) trait Job: Send {
    /// Runs in the open transaction.
    fn run(&mut self, conn: Conn<'_>, meta: &Meta) -> Ran;
    /// Tells the caller, after the commit. Returns what to wake.
    fn answer(self: Box<Self>, committed: Result<(), DbError>) -> Wake;
    /// When it is to be run: at once, or after a while in which others may come to share its commit.
    fn pace(&self) -> Pace;
}

/// How long a closure may wait for company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    AtOnce,
    /// A few milliseconds: a commit of its own costs more than what it writes.
    InCompany,
}

impl Pace {
    /// Nobody waits for the machine.
    pub(super) const fn of(actor: &Actor) -> Self {
        if matches!(actor, Actor::System { .. }) { Self::InCompany } else { Self::AtOnce }
    }
}

/// Takes the answer of a closure, on the writer's thread.
pub(super) type Tell<T, E> = Box<dyn FnOnce(Result<T, E>) + Send>;

pub(super) struct Closure<T, E, F> {
    ctx: Ctx,
    run: F,
    result: Option<Result<(T, Committed), E>>,
    tell: Tell<T, E>,
    pace: Pace,
}

impl<T, E, F> Closure<T, E, F> {
    pub(super) fn new(ctx: &Ctx, pace: Pace, run: F, tell: Tell<T, E>) -> Box<Self> {
        Box::new(Self { ctx: ctx.clone(), run, result: None, tell, pace })
    }
}

impl<T, E, F> Job for Closure<T, E, F>
where
    T: Send,
    E: From<DbError> + MaybeConflict + Send,
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, conn: Conn<'_>, meta: &Meta) -> Ran {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let mut tx = Tx::new(Rx::new(conn), &self.ctx, meta);
            let value = (self.run)(&mut tx)?;
            Ok((value, tx.finish()?))
        }));
        let result = outcome.unwrap_or_else(|panic| Err(E::from(DbError::Broken(format!("panic: {}", panic_text(&panic))))));
        let ran = match &result {
            Ok(_) => Ran::Well,
            Err(error) if error.is_conflict() => Ran::InConflict,
            Err(_) => Ran::Badly,
        };
        self.result = Some(result);
        ran
    }

    fn answer(self: Box<Self>, committed: Result<(), DbError>) -> Wake {
        let (result, wake) = match (self.result, committed) {
            (Some(Ok((value, done))), Ok(())) => (Ok(value), done.wake()),
            (Some(Err(error)), _) => (Err(error), Wake::default()),
            (_, Err(error)) => (Err(E::from(error)), Wake::default()),
            (None, Ok(())) => (Err(E::from(DbError::Away("the writer stopped".into()))), Wake::default()),
        };
        (self.tell)(result);
        wake
    }

    fn pace(&self) -> Pace {
        self.pace
    }
}

fn panic_text(panic: &Box<dyn Any + Send>) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".into())
}

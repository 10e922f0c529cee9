//! Outbox: events that a committed transaction announced, delivered to each subscribed handler.
//!
//! At least once, in order per handler and case, never by a "last id" cursor: one row a delivery, removed when done.
//! A delivery is leased by moving its `run_at`; a process that dies leaves a lease that runs out. A delivery that
//! failed too often is *dead*: it stays, and holds back later ones of its case for the same handler, until an
//! administrator retries or discards it.

use std::{future::Future, pin::Pin};

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::{Error, Id, NewEntry, Result, Row, Rx, Table, Tx, params, runner::Failure};

/// Attempts before a delivery is dead: with the runner's backoff about nine hours.
pub const ATTEMPTS_MAX: i64 = 14;

/// Events waiting for their handlers.
pub static OUTBOX: Table = Table::upkeep("kernel_outbox");
/// One row per event and handler.
pub static DELIVERY: Table = Table::upkeep("kernel_delivery");
/// The tables of this module.
pub const TABLES: &[&Table] = &[&OUTBOX, &DELIVERY];

/// What a handler is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The same for every attempt and every handler.
    pub id: Id,
    pub topic: String,
    pub case_id: Option<Id>,
    /// Ids and states, never personal values.
    pub body: Json,
    /// The entry of the transaction that announced it; a handler acts with it as its cause.
    pub entry: Id,
    pub at: Timestamp,
    /// 1 for the first try.
    pub attempt: i64,
}

/// What a handler does, as a future.
pub type Work = Pin<Box<dyn Future<Output = std::result::Result<(), Failure>> + Send>>;

/// Something that reacts to events. `C` is the context the application gives (its `Arc<Gov>` or state).
///
/// A handler may be called again for an event it has handled: it either does what can be done twice, or writes through
/// [`once`].
pub struct Handler<C> {
    /// Unique and stable: `system.verb`. It is stored.
    pub name: &'static str,
    pub topics: &'static [&'static str],
    pub run: fn(C, Event) -> Work,
}

impl<C> Clone for Handler<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Handler<C> {}

/// Handlers by topic, as [`crate::db::Meta`] wants them.
#[must_use]
pub fn subscriptions<C>(handlers: &[Handler<C>]) -> std::collections::HashMap<&'static str, Vec<&'static str>> {
    let mut map: std::collections::HashMap<_, Vec<_>> = std::collections::HashMap::new();
    for handler in handlers {
        for topic in handler.topics {
            map.entry(*topic).or_default().push(handler.name);
        }
    }
    map
}

/// Completes the delivery of `event` to `handler` in the handler's own transaction: its writes and the completion
/// commit together. False when it had been completed already: then write nothing.
///
/// # Errors
/// What the database says.
pub fn once(tx: &mut Tx<'_>, handler: &str, event: Id) -> Result<bool> {
    complete(tx, event, handler)
}

/// A delivery taken by a runner.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) handler: String,
    pub(crate) event: Event,
}

/// Whether something is due.
pub(crate) fn due(rx: &mut Rx<'_>, now: Timestamp) -> Result<bool> {
    Ok(rx.one("select 1 = 1 from kernel_delivery where state = 'due' and run_at <= $1 limit 1", &params![now])?.is_some())
}

/// Leases up to `limit` due deliveries: of each handler and case only the oldest that is not done.
pub(crate) fn take(tx: &mut Tx<'_>, lease_until: Timestamp, limit: i64) -> Result<Vec<Taken>> {
    let now = tx.now();
    let rows = tx.all(
        "select d.outbox, d.handler, d.attempts, o.topic, o.case_id, o.body, o.entry, o.at \
         from kernel_delivery d join kernel_outbox o on o.id = d.outbox \
         where d.state = 'due' and d.run_at <= $1 and not exists (select 1 from kernel_delivery e \
           where e.handler = d.handler and e.order_key = d.order_key and e.outbox < d.outbox) \
         order by d.run_at, d.outbox, d.handler limit $2",
        &params![now, limit],
    )?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        let (id, handler, attempts): (Id, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if attempts >= ATTEMPTS_MAX {
            // Every attempt ended with its process.
            tx.upkeep(
                "update kernel_delivery set state = 'dead', lease_until = null, error = 'every attempt ended with its process' \
                 where outbox = $1 and handler = $2 and attempts = $3",
                &params![id, handler, attempts],
            )?;
            continue;
        }
        let leased = tx.upkeep(
            "update kernel_delivery set run_at = $3, lease_until = $3, attempts = attempts + 1 \
             where outbox = $1 and handler = $2 and state = 'due' and attempts = $4",
            &params![id, handler.as_str(), lease_until, attempts],
        )?;
        if leased == 1 {
            let body: String = row.get(5)?;
            let event = Event {
                id,
                topic: row.get(3)?,
                case_id: row.get(4)?,
                body: serde_json::from_str(&body).unwrap_or(Json::Null),
                entry: row.get(6)?,
                at: row.get(7)?,
                attempt: attempts + 1,
            };
            taken.push(Taken { handler, event });
        }
    }
    Ok(taken)
}

/// Removes a delivery that is done, and its event when it was the last one.
pub(crate) fn complete(tx: &mut Tx<'_>, event: Id, handler: &str) -> Result<bool> {
    let done = tx.upkeep("delete from kernel_delivery where outbox = $1 and handler = $2", &params![event, handler])?;
    if done > 0 {
        tx.upkeep(
            "delete from kernel_outbox where id = $1 and not exists (select 1 from kernel_delivery d where d.outbox = $1)",
            &params![event],
        )?;
    }
    Ok(done > 0)
}

/// Puts a failed delivery back for `run_at`, or to the dead.
pub(crate) fn fail(tx: &mut Tx<'_>, taken: &Taken, failure: &Failure, run_at: Timestamp) -> Result<()> {
    let dead = failure.is_permanent() || taken.event.attempt >= ATTEMPTS_MAX;
    tx.upkeep(
        "update kernel_delivery set state = $3, run_at = $4, lease_until = null, error = $5 \
         where outbox = $1 and handler = $2 and attempts = $6",
        &params![taken.event.id, taken.handler.as_str(), if dead { "dead" } else { "due" }, run_at, failure.text(), taken.event.attempt],
    )?;
    Ok(())
}

/// Gives back leases of work that was not begun.
pub(crate) fn release(tx: &mut Tx<'_>, taken: &[Taken]) -> Result<()> {
    let now = tx.now();
    for one in taken {
        tx.upkeep(
            "update kernel_delivery set run_at = $3, lease_until = null, attempts = attempts - 1 \
             where outbox = $1 and handler = $2 and state = 'due' and attempts = $4",
            &params![one.event.id, one.handler.as_str(), now, one.event.attempt],
        )?;
    }
    Ok(())
}

/// A delivery that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadDelivery {
    pub event: Id,
    pub handler: String,
    pub topic: String,
    pub case_id: Option<Id>,
    pub attempts: i64,
    /// The last failure, for an administrator.
    pub error: String,
    /// When the event happened.
    pub at: Timestamp,
}

/// The dead deliveries, newest last.
///
/// # Errors
/// What the database says.
pub fn dead(rx: &mut Rx<'_>, limit: i64) -> Result<Vec<DeadDelivery>> {
    let rows = rx.all(
        "select d.outbox, d.handler, o.topic, o.case_id, d.attempts, d.error, o.at from kernel_delivery d \
         join kernel_outbox o on o.id = d.outbox where d.state = 'dead' order by d.run_at, d.outbox, d.handler limit $1",
        &params![limit],
    )?;
    rows.iter().map(read_dead).collect()
}

fn read_dead(row: &Row) -> Result<DeadDelivery> {
    Ok(DeadDelivery {
        event: row.get(0)?,
        handler: row.get(1)?,
        topic: row.get(2)?,
        case_id: row.get(3)?,
        attempts: row.get(4)?,
        error: row.get(5)?,
        at: row.get(6)?,
    })
}

/// Tries a dead delivery again from the first attempt.
///
/// # Errors
/// [`Error::Missing`] when it is not dead (any more).
pub fn retry(tx: &mut Tx<'_>, event: Id, handler: &str) -> Result<()> {
    let now = tx.now();
    let changed = tx.upkeep(
        "update kernel_delivery set state = 'due', attempts = 0, run_at = $3 where outbox = $1 and handler = $2 and state = 'dead'",
        &params![event, handler, now],
    )?;
    if changed == 0 {
        return Err(Error::Missing);
    }
    tx.entry(NewEntry::new("kernel.delivery.retried").object("event", event).detail(json!({ "handler": handler })));
    Ok(())
}

/// Gives a dead delivery up for good; later ones of its case go on.
///
/// # Errors
/// [`Error::Missing`] when it is not dead (any more).
pub fn discard(tx: &mut Tx<'_>, event: Id, handler: &str) -> Result<()> {
    let is_dead =
        tx.one("select 1 = 1 from kernel_delivery where outbox = $1 and handler = $2 and state = 'dead'", &params![event, handler])?;
    if is_dead.is_none() || !complete(tx, event, handler)? {
        return Err(Error::Missing);
    }
    tx.entry(NewEntry::new("kernel.delivery.discarded").object("event", event).detail(json!({ "handler": handler })));
    Ok(())
}

/// Waiting and dead deliveries, for the health page and metrics.
///
/// # Errors
/// What the database says.
pub fn backlog(rx: &mut Rx<'_>) -> Result<(i64, i64)> {
    Ok((
        rx.count("select count(*) from kernel_delivery where state = 'due'", &[])?,
        rx.count("select count(*) from kernel_delivery where state = 'dead'", &[])?,
    ))
}

/// Removes events older than `before` that have no delivery left.
///
/// # Errors
/// What the database says.
pub fn prune(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64> {
    Ok(tx.upkeep(
        "delete from kernel_outbox where at < $1 and not exists (select 1 from kernel_delivery d where d.outbox = kernel_outbox.id)",
        &params![before],
    )?)
}

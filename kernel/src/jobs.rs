//! Jobs: work that is done after the answer, once, with retries, results and a list of the dead.
//!
//! A job carries ids, never values. It acts as `System { job, on_behalf_of, cause }` within the same rules of scope.

use std::{future::Future, pin::Pin};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use crate::{Actor, Error, Id, NewEntry, Result, Row, Rx, Table, Tx, params, runner::Failure};

/// The queue.
pub static JOB: Table = Table::upkeep("kernel_job");
/// The tables of this module.
pub const TABLES: &[&Table] = &[&JOB];

/// A job as its function gets it.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub id: Id,
    pub kind: String,
    /// Ids and settings, never personal values.
    pub body: Json,
    /// The account that asked for it.
    pub on_behalf_of: Option<Id>,
    /// The entry of the transaction that asked for it.
    pub cause: Option<Id>,
    /// 1 for the first try.
    pub attempt: i64,
    /// A failure of this attempt is the last.
    pub last_attempt: bool,
}

impl Job {
    /// An id in the body.
    ///
    /// # Errors
    /// [`Failure::Permanent`] when there is none.
    pub fn id_of(&self, key: &str) -> std::result::Result<Id, Failure> {
        self.body
            .get(key)
            .and_then(Json::as_str)
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Failure::Permanent(format!("the job has no id `{key}`")))
    }
}

/// What a job does: the future of a short text that says what came of it.
pub type Work = Pin<Box<dyn Future<Output = std::result::Result<String, Failure>> + Send>>;

/// A kind of job.
pub struct JobKind<C> {
    /// Unique and stable: `system.verb`. It is stored.
    pub name: &'static str,
    /// Attempts before it is dead.
    pub attempts_max: i64,
    /// Runs by itself, so many minutes after it last ended.
    pub every_minutes: Option<i64>,
    pub run: fn(C, Job) -> Work,
}

impl<C> Clone for JobKind<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for JobKind<C> {}

/// A job to be queued.
#[derive(Debug, Clone)]
pub struct NewJob {
    kind: &'static str,
    body: Json,
    run_at: Option<Timestamp>,
}

impl NewJob {
    /// A job of `kind`, to run as soon as the transaction has committed.
    #[must_use]
    pub const fn new(kind: &'static str, body: Json) -> Self {
        Self { kind, body, run_at: None }
    }

    /// Not before `run_at`.
    #[must_use]
    pub const fn at(mut self, run_at: Timestamp) -> Self {
        self.run_at = Some(run_at);
        self
    }
}

/// Queues a job in this transaction, on behalf of its actor, caused by its entry.
///
/// # Errors
/// What the database says.
pub fn add(tx: &mut Tx<'_>, job: NewJob) -> Result<Id> {
    let ctx = tx.ctx();
    let (id, now) = (ctx.new_id(), ctx.now());
    let on_behalf_of = match ctx.actor() {
        Actor::Account(officer) => Some(officer.account),
        Actor::System { on_behalf_of, .. } => *on_behalf_of,
        Actor::Public | Actor::Link { .. } => None,
    };
    let cause = tx.entry_id();
    tx.upkeep(
        "insert into kernel_job (id, kind, body, on_behalf_of, cause, state, attempts, run_at, error, created_at) \
         values ($1, $2, $3, $4, $5, 'due', 0, $6, '', $7)",
        &params![id, job.kind, job.body.to_string(), on_behalf_of, cause, job.run_at.unwrap_or(now), now],
    )?;
    tx.wake_jobs();
    Ok(id)
}

/// Queues a job that repeats, unless one of its kind waits already.
///
/// # Errors
/// What the database says.
pub fn ensure(tx: &mut Tx<'_>, kind: &'static str, run_at: Timestamp) -> Result<()> {
    if tx.one("select 1 = 1 from kernel_job where kind = $1 and state = 'due' limit 1", &params![kind])?.is_none() {
        add(tx, NewJob::new(kind, Json::Null).at(run_at))?;
    }
    Ok(())
}

/// Whether something is due.
pub(crate) fn due(rx: &mut Rx<'_>, now: Timestamp) -> Result<bool> {
    Ok(rx.one("select 1 = 1 from kernel_job where state = 'due' and run_at <= $1 limit 1", &params![now])?.is_some())
}

/// Leases the job that has been due longest.
pub(crate) fn take(tx: &mut Tx<'_>, lease_until: Timestamp, attempts_max: impl Fn(&str) -> i64) -> Result<Option<Job>> {
    let now = tx.now();
    let rows = tx.all(
        "select id, kind, body, on_behalf_of, cause, attempts from kernel_job where state = 'due' and run_at <= $1 order by run_at, id limit 4",
        &params![now],
    )?;
    for row in rows {
        let (id, attempts): (Id, i64) = (row.get(0)?, row.get(5)?);
        let (kind, body): (String, String) = (row.get(1)?, row.get(2)?);
        let most = attempts_max(&kind);
        if attempts >= most {
            // Every attempt ended with its process.
            tx.upkeep(
                "update kernel_job set state = 'dead', lease_until = null, error = 'every attempt ended with its process' \
                 where id = $1 and attempts = $2",
                &params![id, attempts],
            )?;
            continue;
        }
        let leased = tx.upkeep(
            "update kernel_job set run_at = $2, lease_until = $2, attempts = attempts + 1 where id = $1 and state = 'due' and attempts = $3",
            &params![id, lease_until, attempts],
        )?;
        if leased == 1 {
            let last_attempt = attempts + 1 >= most;
            let body = serde_json::from_str(&body).unwrap_or(Json::Null);
            return Ok(Some(Job { id, kind, body, on_behalf_of: row.get(3)?, cause: row.get(4)?, attempt: attempts + 1, last_attempt }));
        }
    }
    Ok(None)
}

/// Prolongs the lease of a job that still runs; false when it is no longer this runner's.
pub(crate) fn renew(tx: &mut Tx<'_>, job: &Job, lease_until: Timestamp) -> Result<bool> {
    let sql = "update kernel_job set run_at = $2, lease_until = $2 where id = $1 and state = 'due' and attempts = $3";
    Ok(tx.upkeep(sql, &params![job.id, lease_until, job.attempt])? == 1)
}

/// Marks a job done; one that repeats is queued again.
pub(crate) fn complete(tx: &mut Tx<'_>, job: &Job, result: &str, again: Option<(&'static str, SignedDuration)>) -> Result<()> {
    let now = tx.now();
    let done = tx.upkeep(
        "update kernel_job set state = 'done', lease_until = null, run_at = $3, error = '', result = $2 \
         where id = $1 and state = 'due' and attempts = $4",
        &params![job.id, shortened(result), now, job.attempt],
    )?;
    if let Some((kind, pause)) = again.filter(|_| done == 1) {
        ensure(tx, kind, now.saturating_add(pause).unwrap_or(now))?;
    }
    Ok(())
}

/// Puts a failed job back for `run_at`, or to the dead.
pub(crate) fn fail(tx: &mut Tx<'_>, job: &Job, failure: &Failure, run_at: Timestamp) -> Result<()> {
    let dead = failure.is_permanent() || job.last_attempt;
    tx.upkeep(
        "update kernel_job set state = $2, run_at = $3, lease_until = null, error = $4 \
         where id = $1 and state = 'due' and attempts = $5",
        &params![job.id, if dead { "dead" } else { "due" }, run_at, failure.text(), job.attempt],
    )?;
    Ok(())
}

/// Gives back the lease of a job that was interrupted by the end of the process.
pub(crate) fn release(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    let now = tx.now();
    tx.upkeep(
        "update kernel_job set run_at = $2, lease_until = null, attempts = attempts - 1 \
         where id = $1 and state = 'due' and attempts = $3",
        &params![job.id, now, job.attempt],
    )?;
    Ok(())
}

fn shortened(text: &str) -> String {
    text.chars().take(500).collect()
}

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    Waiting,
    Running,
    Done,
    Dead,
    Cancelled,
}

/// A job as a page shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct JobView {
    pub id: Id,
    pub kind: String,
    pub body: Json,
    pub on_behalf_of: Option<Id>,
    pub state: JobState,
    pub attempts: i64,
    /// When it runs or ran last.
    pub run_at: Timestamp,
    pub error: String,
    pub result: Option<String>,
    pub created_at: Timestamp,
}

const VIEW: &str = "select id, kind, body, on_behalf_of, state, attempts, run_at, lease_until, error, result, created_at from kernel_job";

fn read_view(row: &Row, now: Timestamp) -> Result<JobView> {
    let (body, state): (String, String) = (row.get(2)?, row.get(4)?);
    let lease: Option<Timestamp> = row.get(7)?;
    let state = match state.as_str() {
        "done" => JobState::Done,
        "dead" => JobState::Dead,
        "cancelled" => JobState::Cancelled,
        _ if lease.is_some_and(|until| until > now) => JobState::Running,
        _ => JobState::Waiting,
    };
    Ok(JobView {
        id: row.get(0)?,
        kind: row.get(1)?,
        body: serde_json::from_str(&body).unwrap_or(Json::Null),
        on_behalf_of: row.get(3)?,
        state,
        attempts: row.get(5)?,
        run_at: row.get(6)?,
        error: row.get(8)?,
        result: row.get(9)?,
        created_at: row.get(10)?,
    })
}

/// One job.
///
/// # Errors
/// [`Error::Missing`].
pub fn one(rx: &mut Rx<'_>, id: Id, now: Timestamp) -> Result<JobView> {
    let row = rx.one(&format!("{VIEW} where id = $1"), &params![id])?.ok_or(Error::Missing)?;
    read_view(&row, now)
}

/// The dead jobs, oldest first.
///
/// # Errors
/// What the database says.
pub fn dead(rx: &mut Rx<'_>, now: Timestamp, limit: i64) -> Result<Vec<JobView>> {
    let rows = rx.all(&format!("{VIEW} where state = 'dead' order by run_at, id limit $1"), &params![limit])?;
    rows.iter().map(|row| read_view(row, now)).collect()
}

/// Waiting (running ones among them) and dead jobs, for the health page and metrics.
///
/// # Errors
/// What the database says.
pub fn backlog(rx: &mut Rx<'_>) -> Result<(i64, i64)> {
    Ok((
        rx.count("select count(*) from kernel_job where state = 'due'", &[])?,
        rx.count("select count(*) from kernel_job where state = 'dead'", &[])?,
    ))
}

/// Tries a dead job again from the first attempt.
///
/// # Errors
/// [`Error::Missing`] when it is not dead (any more).
pub fn retry(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let now = tx.now();
    if tx.upkeep("update kernel_job set state = 'due', attempts = 0, run_at = $2 where id = $1 and state = 'dead'", &params![id, now])? == 0
    {
        return Err(Error::Missing);
    }
    tx.wake_jobs();
    tx.entry(NewEntry::new("kernel.job.retried").object("job", id));
    Ok(())
}

/// Gives a dead job up for good.
///
/// # Errors
/// [`Error::Missing`] when it is not dead (any more).
pub fn discard(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let kind = tx.one("select kind from kernel_job where id = $1 and state = 'dead'", &params![id])?.ok_or(Error::Missing)?;
    tx.upkeep("update kernel_job set state = 'cancelled' where id = $1 and state = 'dead'", &params![id])?;
    tx.entry(NewEntry::new("kernel.job.discarded").object("job", id).detail(json!({ "kind": kind.get::<String>(0)? })));
    Ok(())
}

/// Cancels a job that has not begun.
///
/// # Errors
/// [`Error::Missing`]; refused with `job-already-begun` when it runs or has ended.
pub fn cancel(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let now = tx.now();
    let view = one(tx, id, now)?;
    let cancelled = tx.upkeep(
        "update kernel_job set state = 'cancelled' where id = $1 and state = 'due' and (lease_until is null or lease_until <= $2)",
        &params![id, now],
    )?;
    if cancelled == 0 {
        return Err(Error::refused("job-already-begun"));
    }
    tx.entry(NewEntry::new("kernel.job.cancelled").object("job", id).detail(json!({ "kind": view.kind })));
    Ok(())
}

/// Removes jobs that ended before `before` and left nothing to look at.
///
/// # Errors
/// What the database says.
pub fn prune(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64> {
    Ok(tx.upkeep("delete from kernel_job where state in ('done', 'cancelled') and run_at < $1", &params![before])?)
}

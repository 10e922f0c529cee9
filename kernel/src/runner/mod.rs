//! The runner of outbox and jobs: leases what is due, runs it, retries with growing pauses, and stops in order.
//!
//! Several processes may run one on the same PostgreSQL database: a lease is a compare-and-swap in a transaction.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::watch,
    task::{AbortHandle, JoinSet},
};

use crate::{
    Actor, Ctx, Db, DbError, Error, Gov, Origin, Result, draft,
    jobs::{self, Job, JobKind},
    outbox::{self, Handler, Taken},
};

/// Why a handler or job did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It may succeed later.
    Retry(String),
    /// It will never succeed; it is dead at once.
    Permanent(String),
}

impl Failure {
    /// Whether there is no use in another attempt.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::Permanent(_))
    }

    /// For an administrator, shortened.
    #[must_use]
    pub fn text(&self) -> String {
        let (Self::Retry(text) | Self::Permanent(text)) = self;
        text.chars().take(500).collect()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Missing | Error::Refused(_) => Self::Permanent(error.to_string()),
            Error::Db(_) | Error::Stale | Error::Failed(_) => Self::Retry(error.to_string()),
        }
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Error::from(error).into()
    }
}

/// What a runner needs of the application's context.
pub trait Host: Clone + Send + Sync + 'static {
    /// The government's database.
    fn db(&self) -> &Db;
    /// The circumstances of `actor` acting now.
    fn ctx(&self, actor: Actor) -> Ctx;
}

impl Host for Arc<Gov> {
    fn db(&self) -> &Db {
        Gov::db(self)
    }

    fn ctx(&self, actor: Actor) -> Ctx {
        Gov::ctx(self, actor, Origin::default())
    }
}

/// How a runner works.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Deliveries taken at once by one worker.
    pub batch: i64,
    pub delivery_workers: usize,
    pub job_workers: usize,
    /// How long a delivery may take; its lease is twice as long.
    pub delivery_time_max: Duration,
    /// The lease of a job, renewed while it runs.
    pub job_lease: Duration,
    /// How often to look without being woken.
    pub poll: Duration,
    /// How long work in hand may go on after the stop.
    pub grace: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            batch: 128,
            delivery_workers: 2,
            job_workers: 2,
            delivery_time_max: Duration::from_secs(60),
            job_lease: Duration::from_secs(90),
            poll: Duration::from_millis(500),
            grace: Duration::from_secs(10),
        }
    }
}

/// Runs handlers and jobs for one government.
pub struct Runner<C> {
    host: C,
    handlers: Arc<[Handler<C>]>,
    jobs: Arc<[JobKind<C>]>,
    pace: Pace,
}

impl<C: Clone> Clone for Runner<C> {
    fn clone(&self) -> Self {
        Self { host: self.host.clone(), handlers: Arc::clone(&self.handlers), jobs: Arc::clone(&self.jobs), pace: self.pace }
    }
}

/// The pause before attempt `attempt + 1`: 5 s doubled each time, at most an hour, up to a quarter more by chance.
#[must_use]
pub fn pause(ctx: &Ctx, attempt: i64) -> SignedDuration {
    let doublings = u32::try_from(attempt.clamp(1, 11) - 1).unwrap_or(0);
    let seconds = (5_i64 << doublings).min(3_600);
    let [chance] = ctx.random::<1>();
    SignedDuration::from_millis(seconds * 1_000 + seconds * i64::from(chance))
}

fn after(now: Timestamp, pause: SignedDuration) -> Timestamp {
    now.saturating_add(pause).unwrap_or(now)
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

impl<C: Host> Runner<C> {
    /// A runner of these handlers and kinds of jobs.
    #[must_use]
    pub fn new(host: C, handlers: impl Into<Arc<[Handler<C>]>>, jobs: impl Into<Arc<[JobKind<C>]>>) -> Self {
        Self { host, handlers: handlers.into(), jobs: jobs.into(), pace: Pace::default() }
    }

    /// The same runner at another pace.
    #[must_use]
    pub const fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    fn machine(&self) -> Ctx {
        self.host.ctx(Actor::System { job: "runner", on_behalf_of: None, cause: None })
    }

    /// Works until `stop` says true; then finishes what is in hand or gives its leases back, and returns.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        self.ensure_repeating().await;
        let mut workers = JoinSet::new();
        for _ in 0..self.pace.delivery_workers {
            workers.spawn(self.clone().deliver_until(stop.clone()));
        }
        for _ in 0..self.pace.job_workers {
            workers.spawn(self.clone().work_until(stop.clone()));
        }
        while workers.join_next().await.is_some() {}
    }

    /// Runs everything that is due now, and what follows from it, on this task. Returns how many attempts were made.
    /// For tests and commands.
    ///
    /// # Errors
    /// What the database says.
    pub async fn drain(&self) -> Result<usize> {
        let (_keep, stop) = watch::channel(false);
        let mut attempts = 0;
        loop {
            let delivered = self.deliver_batch(&stop).await?;
            let worked = self.work_one(&stop).await?;
            if delivered == 0 && !worked {
                return Ok(attempts);
            }
            attempts += delivered + usize::from(worked);
        }
    }

    /// Queues the jobs that repeat. A database that is away now is met again at the next start.
    async fn ensure_repeating(&self) {
        let repeating: Vec<(&'static str, i64)> = self.jobs.iter().filter_map(|kind| Some((kind.name, kind.every_minutes?))).collect();
        let ctx = self.machine();
        let result = self.host.db().write(&ctx, move |tx| {
            let now = tx.now();
            repeating.iter().try_for_each(|(kind, _)| jobs::ensure(tx, kind, now))
        });
        if let Err(error) = result.await {
            tracing::error!(%error, "repeating jobs could not be queued");
        }
    }

    async fn deliver_until(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let count = self.deliver_batch(&stop).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "outbox: the database did not answer");
                0
            });
            let wakers = self.host.db().wakers();
            if count > 0 {
                // More may be waiting for another worker.
                wakers.outbox.notify_one();
                continue;
            }
            tokio::select! {
                () = wakers.outbox.notified() => {}
                () = tokio::time::sleep(self.pace.poll) => {}
                _ = stop.changed() => {}
            }
        }
    }

    async fn work_until(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let worked = self.work_one(&stop).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "jobs: the database did not answer");
                false
            });
            let wakers = self.host.db().wakers();
            if worked {
                wakers.jobs.notify_one();
                continue;
            }
            tokio::select! {
                () = wakers.jobs.notified() => {}
                () = tokio::time::sleep(self.pace.poll) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Takes and runs one batch of deliveries.
    async fn deliver_batch(&self, stop: &watch::Receiver<bool>) -> Result<usize> {
        let ctx = self.machine();
        let now = ctx.now();
        if !self.host.db().read(move |rx| outbox::due(rx, now)).await? {
            return Ok(0);
        }
        let (lease, batch) = (after(now, signed(self.pace.delivery_time_max * 2)), self.pace.batch);
        let taken = self.host.db().write(&ctx, move |tx| outbox::take(tx, lease, batch)).await?;
        let count = taken.len();
        metrics::counter!("outbox_taken_total").increment(count as u64);
        self.settle(self.run_deliveries(taken, stop).await).await?;
        Ok(count)
    }

    /// Runs deliveries side by side: they are of different cases or handlers. After the stop and its grace, the
    /// unfinished ones come back as `None`.
    async fn run_deliveries(
        &self,
        taken: Vec<Taken>,
        stop: &watch::Receiver<bool>,
    ) -> Vec<(Taken, Option<std::result::Result<(), Failure>>)> {
        let mut running = JoinSet::new();
        let mut settled = Vec::with_capacity(taken.len());
        let mut open: Vec<Option<Taken>> = taken.into_iter().map(Some).collect();
        for (place, one) in open.iter().flatten().cloned().enumerate() {
            let Some(handler) = self.handlers.iter().find(|handler| handler.name == one.handler).copied() else {
                running.spawn(async move { (place, Err(Failure::Retry("this release has no such handler".into()))) });
                continue;
            };
            let (host, time_max) = (self.host.clone(), self.pace.delivery_time_max);
            running.spawn(async move {
                // A task of its own, so that a panic is an answer.
                let work = tokio::spawn((handler.run)(host, one.event));
                let _cut = CutOff(work.abort_handle());
                let result = match tokio::time::timeout(time_max, work).await {
                    Ok(Ok(result)) => result,
                    Ok(Err(panic)) => Err(Failure::Retry(format!("the handler broke off: {panic}"))),
                    Err(_) => Err(Failure::Retry("the handler took too long".into())),
                };
                (place, result)
            });
        }
        let deadline = stopped_for(stop.clone(), self.pace.grace);
        tokio::pin!(deadline);
        loop {
            tokio::select! {
                joined = running.join_next() => match joined {
                    Some(Ok((place, result))) => {
                        if let Some(one) = open.get_mut(place).and_then(Option::take) {
                            settled.push((one, Some(result)));
                        }
                    }
                    Some(Err(_)) => {}
                    None => break,
                },
                () = &mut deadline => break,
            }
        }
        running.abort_all();
        settled.extend(open.into_iter().flatten().map(|one| (one, None)));
        settled
    }

    /// Writes down how a batch went, in one transaction.
    async fn settle(&self, settled: Vec<(Taken, Option<std::result::Result<(), Failure>>)>) -> Result<()> {
        if settled.is_empty() {
            return Ok(());
        }
        for (one, result) in &settled {
            if let Some(Err(failure)) = result {
                tracing::warn!(handler = one.handler, event = %one.event.id, attempt = one.event.attempt, error = failure.text(), "a delivery failed");
                metrics::counter!("outbox_failed_total").increment(1);
            }
        }
        let write = move |tx: &mut crate::Tx<'_>| {
            for (one, result) in &settled {
                match result {
                    Some(Ok(())) => drop(outbox::complete(tx, one.event.id, &one.handler)?),
                    Some(Err(failure)) => {
                        let run_at = after(tx.now(), pause(&tx.ctx(), one.event.attempt));
                        outbox::fail(tx, one, failure, run_at)?;
                    }
                    None => outbox::release(tx, std::slice::from_ref(one))?,
                }
            }
            Ok::<_, Error>(())
        };
        self.host.db().write(&self.machine(), write).await
    }

    /// Takes and runs one job.
    async fn work_one(&self, stop: &watch::Receiver<bool>) -> Result<bool> {
        let ctx = self.machine();
        let now = ctx.now();
        if !self.host.db().read(move |rx| jobs::due(rx, now)).await? {
            return Ok(false);
        }
        let (lease, kinds) = (after(now, signed(self.pace.job_lease)), Arc::clone(&self.jobs));
        let most = move |kind: &str| kinds.iter().find(|known| known.name == kind).map_or(20, |known| known.attempts_max);
        let Some(job) = self.host.db().write(&ctx, move |tx| jobs::take(tx, lease, &most)).await? else { return Ok(false) };
        let outcome = self.run_job(&job, stop).await;
        self.settle_job(job, outcome).await?;
        Ok(true)
    }

    /// Runs a job and renews its lease meanwhile; `None` when the stop cut it off.
    async fn run_job(&self, job: &Job, stop: &watch::Receiver<bool>) -> Option<std::result::Result<String, Failure>> {
        let Some(kind) = self.jobs.iter().find(|kind| kind.name == job.kind).copied() else {
            return Some(Err(Failure::Retry("this release has no such job".into())));
        };
        let mut work = tokio::spawn((kind.run)(self.host.clone(), job.clone()));
        let _cut = CutOff(work.abort_handle());
        let deadline = stopped_for(stop.clone(), self.pace.grace);
        tokio::pin!(deadline);
        let mut renewal = tokio::time::interval(self.pace.job_lease / 3);
        renewal.tick().await;
        loop {
            tokio::select! {
                done = &mut work => {
                    return Some(done.unwrap_or_else(|panic| Err(Failure::Retry(format!("the job broke off: {panic}")))));
                }
                () = &mut deadline => return None,
                _ = renewal.tick() => {
                    let (held, ctx) = (job.clone(), self.machine());
                    let lease = after(ctx.now(), signed(self.pace.job_lease));
                    if let Err(error) = self.host.db().write(&ctx, move |tx| jobs::renew(tx, &held, lease)).await {
                        tracing::warn!(%error, job = %job.id, "the lease of a job could not be renewed");
                    }
                }
            }
        }
    }

    async fn settle_job(&self, job: Job, outcome: Option<std::result::Result<String, Failure>>) -> Result<()> {
        if let Some(Err(failure)) = &outcome {
            tracing::warn!(kind = job.kind, job = %job.id, attempt = job.attempt, error = failure.text(), "a job failed");
            metrics::counter!("jobs_failed_total").increment(1);
        }
        let repeats = self.jobs.iter().find(|kind| kind.name == job.kind);
        let again = repeats.and_then(|kind| Some((kind.name, SignedDuration::from_mins(kind.every_minutes?))));
        let write = move |tx: &mut crate::Tx<'_>| match &outcome {
            Some(Ok(result)) => jobs::complete(tx, &job, result, again),
            Some(Err(failure)) => {
                let run_at = after(tx.now(), pause(&tx.ctx(), job.attempt));
                jobs::fail(tx, &job, failure, run_at)?;
                match again.filter(|_| failure.is_permanent() || job.last_attempt) {
                    Some((kind, every)) => jobs::ensure(tx, kind, after(tx.now(), every)),
                    None => Ok(()),
                }
            }
            None => jobs::release(tx, &job),
        };
        self.host.db().write(&self.machine(), write).await
    }
}

/// Ends a task when whoever waits for it goes away.
struct CutOff(AbortHandle);

impl Drop for CutOff {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Ends `grace` after the stop was given; never when the stop's sender is gone without saying so.
async fn stopped_for(mut stop: watch::Receiver<bool>, grace: Duration) {
    if stop.wait_for(|stopped| *stopped).await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(grace).await;
}

/// The kernel's own repeating job: drafts that ran out, jobs done a month ago, events without deliveries.
#[must_use]
pub fn housekeeping<C: Host>() -> JobKind<C> {
    JobKind { name: "kernel.housekeeping", attempts_max: 5, every_minutes: Some(60), run: |host, _| Box::pin(tidy(host)) }
}

async fn tidy<C: Host>(host: C) -> std::result::Result<String, Failure> {
    let ctx = host.ctx(Actor::System { job: "kernel.housekeeping", on_behalf_of: None, cause: None });
    let counts = host.db().write(&ctx, |tx| {
        let now = tx.now();
        let before = |hours| now.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(now);
        Ok::<_, Error>((draft::purge(tx)?, jobs::prune(tx, before(30 * 24))?, outbox::prune(tx, before(24))?))
    });
    let (drafts, jobs, events) = counts.await?;
    host.db().renew_statistics(&ctx).await.map_err(Error::from)?;
    Ok(format!("drafts {drafts}, jobs {jobs}, events {events}"))
}

#[cfg(test)]
mod tests;

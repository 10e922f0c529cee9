//! Work in the background: erasing what has been kept long enough, once a day, and the index of readings.

use std::sync::Arc;

use kernel::{
    Actor, Gov, erasure,
    jobs::{Job, JobKind},
    retention::{self, Rule, Run},
    runner::{Failure, Host as _},
};
use web::{AppState, System};

use crate::store::readings;

/// The jobs.
pub(crate) const JOBS: &[JobKind<AppState>] = &[
    JobKind {
        name: "privacy.retention",
        attempts_max: 5,
        every_minutes: Some(24 * 60),
        run: |state, job| Box::pin(async move { erase(&state, &job).await }),
    },
    JobKind {
        name: "privacy.index",
        attempts_max: 5,
        every_minutes: Some(10),
        run: |state, job| Box::pin(async move { index(&state, &job).await }),
    },
];

/// Every rule of this government: the kernel's and the systems'.
pub(crate) fn rules(systems: &[&'static System]) -> Vec<&'static Rule> {
    retention::KERNEL.iter().chain(systems.iter().flat_map(|system| system.retention)).collect()
}

async fn erase(state: &AppState, job: &Job) -> Result<String, Failure> {
    let ctx = state.ctx(Actor::System { job: "privacy.retention", on_behalf_of: None, cause: job.cause });
    // What a restored backup brought back goes first.
    state.gov.write(&ctx, erasure::again).await?;
    let (mut erased, mut held) = (0, 0);
    for rule in rules(&state.systems) {
        let run = run(&state.gov, &ctx, rule).await?;
        erased += run.0;
        held += run.1;
    }
    Ok(format!("erased {erased}, held {held}"))
}

/// Runs one rule to its end, a page at a time.
async fn run(gov: &Arc<Gov>, ctx: &kernel::Ctx, rule: &'static Rule) -> kernel::Result<(i64, i64)> {
    let Some(mut run) = gov.write(ctx, move |tx| Run::begin(tx, rule)).await? else { return Ok((0, 0)) };
    loop {
        let (step, own) = (run.clone(), Arc::clone(gov));
        let (next, ended) = gov.write(ctx, move |tx| step.clone().step(tx, &own, rule)).await?;
        run = next;
        if ended {
            break;
        }
    }
    let report = run.clone();
    gov.write(ctx, move |tx| report.end(tx, rule)).await?;
    Ok((run.erased, run.held))
}

async fn index(state: &AppState, job: &Job) -> Result<String, Failure> {
    let ctx = state.ctx(Actor::System { job: "privacy.index", on_behalf_of: None, cause: job.cause });
    let seen = readings::index(&state.gov, &ctx, usize::MAX).await?;
    Ok(format!("entries {seen}"))
}

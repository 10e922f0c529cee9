//! Cases whose time to appeal has passed end by themselves; whoever a deadline concerns is reminded of it.

use std::sync::Arc;

use kernel::{
    Actor,
    jobs::{Job, JobKind},
    runner::{Failure, Host as _},
};
use web::AppState;

use crate::store::{self, reminders};

const SETTLE: &str = "discipline.settle";
const REMIND: &str = "discipline.remind";

/// Jobs by kind.
pub(crate) const JOBS: &[JobKind<AppState>] = &[
    JobKind { name: SETTLE, attempts_max: 5, every_minutes: Some(60), run: |state, job| Box::pin(settle(state, job)) },
    JobKind { name: REMIND, attempts_max: 5, every_minutes: Some(60), run: |state, job| Box::pin(remind(state, job)) },
];

async fn settle(state: AppState, job: Job) -> Result<String, Failure> {
    let ctx = state.ctx(Actor::System { job: SETTLE, on_behalf_of: None, cause: job.cause });
    let ended = state.gov.write(&ctx, store::settle).await?;
    Ok(format!("{ended} cases ended"))
}

async fn remind(state: AppState, job: Job) -> Result<String, Failure> {
    let ctx = state.ctx(Actor::System { job: REMIND, on_behalf_of: None, cause: job.cause });
    let now = ctx.now();
    let mut told = 0_usize;
    for one in state.gov.read(move |rx| reminders::nearing(rx, now)).await? {
        let keys = Arc::clone(state.gov.keys());
        told += usize::from(state.gov.write(&ctx, move |tx| reminders::remind(tx, &keys, one)).await?);
    }
    Ok(format!("{told} deadlines told"))
}

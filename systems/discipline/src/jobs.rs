//! Cases whose time to appeal has passed end by themselves.

use kernel::{
    Actor,
    jobs::{Job, JobKind},
    runner::{Failure, Host as _},
};
use web::AppState;

use crate::store;

const SETTLE: &str = "discipline.settle";

/// Jobs by kind.
pub(crate) const JOBS: &[JobKind<AppState>] =
    &[JobKind { name: SETTLE, attempts_max: 5, every_minutes: Some(60), run: |state, job| Box::pin(settle(state, job)) }];

async fn settle(state: AppState, job: Job) -> Result<String, Failure> {
    let ctx = state.ctx(Actor::System { job: SETTLE, on_behalf_of: None, cause: job.cause });
    let ended = state.gov.write(&ctx, store::settle).await?;
    Ok(format!("{ended} cases ended"))
}

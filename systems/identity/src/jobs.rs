//! Background work: what is to be done at the minute of a mutation.

use kernel::{
    Actor,
    jobs::{Job, JobKind},
    runner::{Failure, Host as _},
};
use web::AppState;

use crate::store::mutations;

/// Jobs by kind.
pub(crate) const JOBS: &[JobKind<AppState>] =
    &[JobKind { name: mutations::JOB, attempts_max: 10, every_minutes: None, run: |state, job| Box::pin(take_effect(state, job)) }];

/// Rights have moved by their dates already; tasks, sessions and notices follow.
async fn take_effect(state: AppState, job: Job) -> Result<String, Failure> {
    let id = job.id_of("mutation")?;
    let ctx = state.ctx(Actor::System { job: mutations::JOB, on_behalf_of: job.on_behalf_of, cause: job.cause });
    let done = state.gov.write(&ctx, move |tx| mutations::take_effect(tx, id)).await?;
    Ok(done.map_or_else(
        || "taken back or done before".to_owned(),
        |outcome| format!("{} posts, {} tasks, {} sessions", outcome.posts.len(), outcome.tasks_moved, outcome.sessions_told),
    ))
}

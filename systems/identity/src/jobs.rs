//! Background work: what is to be done at the minute of a mutation, the reviews of each quarter, and the watch that every five
//! minutes looks at the signals and tells the administrators what passed a threshold.

use kernel::{
    Actor,
    jobs::{Job, JobKind},
    runner::{Failure, Host as _},
};
use web::AppState;

use crate::{
    store::{alerts, mutations, reviews},
    watch,
};

const REVIEWS: &str = "identity.reviews";
const WATCH: &str = "identity.watch";

/// Jobs by kind.
pub(crate) const JOBS: &[JobKind<AppState>] = &[
    JobKind { name: mutations::JOB, attempts_max: 10, every_minutes: None, run: |state, job| Box::pin(take_effect(state, job)) },
    JobKind { name: REVIEWS, attempts_max: 3, every_minutes: Some(6 * 60), run: |state, job| Box::pin(review(state, job)) },
    JobKind { name: WATCH, attempts_max: 5, every_minutes: Some(5), run: |state, job| Box::pin(look(state, job)) },
];

async fn look(state: AppState, job: Job) -> Result<String, Failure> {
    let ctx = state.ctx(Actor::System { job: WATCH, on_behalf_of: None, cause: job.cause });
    let sender = alerts::Sender::of(&state.gov);
    let looked = state.gov.write(&ctx, move |tx| {
        let reveals = alerts::notice_reveals(tx, watch::REVEALED_LEAST)?;
        Ok::<_, kernel::Error>((reveals, alerts::raise_alarms(tx, &sender)?))
    });
    let (reveals, alarms) = looked.await?;
    Ok(format!("reveals {reveals}, alarms {alarms}"))
}

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

/// Opens the reviews of a quarter that has begun, some units at a time, and hands up what is overdue.
async fn review(state: AppState, job: Job) -> Result<String, Failure> {
    let ctx = state.ctx(Actor::System { job: REVIEWS, on_behalf_of: None, cause: job.cause });
    let mut opened = 0;
    loop {
        let gov = state.gov.clone();
        let (some, more) = state.gov.write(&ctx, move |tx| reviews::open_some(tx, &gov)).await?;
        opened += some;
        if !more {
            break;
        }
    }
    let late = state.gov.write(&ctx, reviews::escalate).await?;
    Ok(format!("{opened} opened, {late} handed up"))
}

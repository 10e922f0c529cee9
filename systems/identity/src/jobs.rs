//! Background work: what is to be done at the minute of a mutation, the reviews of each quarter, and the watch that every five
//! minutes looks at the signals and tells the administrators what passed a threshold.

use std::sync::Arc;

use kernel::{
    Actor, Ctx, Gov,
    jobs::{Job, JobKind},
    notice,
    outbox::{Event, Handler},
    runner::{Failure, Host as _},
};
use web::AppState;

use crate::{
    store::{
        alerts, links, mutations,
        reviews::{self, Start},
    },
    watch,
};

const REVIEWS: &str = "identity.reviews";
const WATCH: &str = "identity.watch";
const TELL: &str = "identity.tell";

/// Jobs by kind.
pub(crate) const JOBS: &[JobKind<AppState>] = &[
    JobKind { name: mutations::JOB, attempts_max: 10, every_minutes: None, run: |state, job| Box::pin(take_effect(state, job)) },
    JobKind { name: REVIEWS, attempts_max: 3, every_minutes: Some(6 * 60), run: |state, job| Box::pin(review(state, job)) },
    JobKind { name: links::RESET_MAIL, attempts_max: 5, every_minutes: None, run: |state, job| Box::pin(mail_reset(state, job)) },
    JobKind { name: WATCH, attempts_max: 5, every_minutes: Some(5), run: |state, job| Box::pin(look(state, job)) },
];

/// A link for a new password, if there is an account of the name that was typed and an address it confirmed.
async fn mail_reset(state: AppState, job: Job) -> Result<String, Failure> {
    let id = job.id_of("account")?;
    let ctx = state.ctx(Actor::System { job: links::RESET_MAIL, on_behalf_of: None, cause: job.cause });
    let sender = alerts::Sender::of(&state.gov);
    let sent = state.gov.write(&ctx, move |tx| links::mail_reset(tx, &sender, id)).await?;
    Ok(if sent { "mailed" } else { "nothing to mail" }.to_owned())
}

/// What reacts to events.
pub(crate) const HANDLES: &[Handler<AppState>] =
    &[Handler { name: TELL, topics: &[notice::ACCOUNT_TOLD], run: |state, event| Box::pin(tell(state, event)) }];

/// Another system has something to tell the owner of an account: the address is kept here.
async fn tell(state: AppState, event: Event) -> Result<(), Failure> {
    let ctx = state.ctx(Actor::System { job: TELL, on_behalf_of: None, cause: Some(event.entry) });
    let sender = alerts::Sender::of(&state.gov);
    state.gov.write(&ctx, move |tx| alerts::tell_owner(tx, &sender, TELL, &event)).await?;
    Ok(())
}

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
    let opened = open_all(&state.gov, &ctx, Start::OfTheQuarter).await?;
    let late = state.gov.write(&ctx, reviews::escalate).await?;
    // A mutation set where no job could wait for it (a demonstration, a restored backup) is not forgotten.
    let due = state.gov.write(&ctx, mutations::take_due).await?;
    Ok(format!("{opened} opened, {late} handed up, {due} mutations took effect"))
}

/// Opens every review of the quarter, some units a transaction; says how many.
pub(crate) async fn open_all(gov: &Arc<Gov>, ctx: &Ctx, start: Start) -> kernel::Result<usize> {
    let mut opened = 0;
    loop {
        let inner = Arc::clone(gov);
        let (some, more) = gov.write(ctx, move |tx| reviews::open_some(tx, &inner, start)).await?;
        opened += some;
        if !more {
            return Ok(opened);
        }
    }
}

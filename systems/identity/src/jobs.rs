//! The watch: every five minutes it looks at the signals and tells the administrators what passed a threshold.

use kernel::{
    Actor,
    jobs::{Job, JobKind},
    runner::{Failure, Host as _},
};
use web::AppState;

use crate::{store::alerts, watch};

const WATCH: &str = "identity.watch";

/// Jobs by kind.
pub(crate) const JOBS: &[JobKind<AppState>] =
    &[JobKind { name: WATCH, attempts_max: 5, every_minutes: Some(5), run: |state, job| Box::pin(look(state, job)) }];

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

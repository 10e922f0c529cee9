//! Background work of this system: telling who must know, making letters into PDFs.
//!
//! Everything here may run twice: notices are written with the completion of their delivery, a PDF that is there is left.

use kernel::{
    Actor,
    jobs::{Job, JobKind},
    outbox::{Event, Handler},
    runner::{Failure, Host as _},
};
use serde_json::Value as Json;
use web::AppState;

use crate::store::{news, notify, tracking};

const NOTIFY: &str = "services.notify";
const RENDER: &str = "services.render";

/// Jobs by kind.
pub const JOBS: &[JobKind<AppState>] = &[
    JobKind { name: tracking::PROOF_MAIL, attempts_max: 5, every_minutes: None, run: |state, job| Box::pin(mail_proof(state, job)) },
    JobKind { name: news::JOB, attempts_max: 20, every_minutes: None, run: |state, job| Box::pin(deliver_news(state, job)) },
];

/// What reacts to events.
pub const HANDLES: &[Handler<AppState>] = &[
    Handler { name: NOTIFY, topics: &[notify::TO_TELL], run: |state, event| Box::pin(tell(state, event)) },
    Handler { name: RENDER, topics: &[notify::TO_RENDER], run: |state, event| Box::pin(render(state, event)) },
];

fn machine(job: &'static str, event: &Event) -> Actor {
    Actor::System { job, on_behalf_of: None, cause: Some(event.entry) }
}

fn word(event: &Event, key: &str) -> String {
    event.body.get(key).and_then(Json::as_str).unwrap_or_default().to_owned()
}

async fn tell(state: AppState, event: Event) -> Result<(), Failure> {
    let Some(case_id) = event.case_id else { return Ok(()) };
    let (ctx, gov) = (state.ctx(machine(NOTIFY, &event)), state.gov.clone());
    let (id, action, to) = (event.id, word(&event, "action"), word(&event, "state"));
    state.gov.write(&ctx, move |tx| notify::tell(tx, &gov, NOTIFY, id, case_id, &action, &to)).await?;
    Ok(())
}

/// Makes the PDF of a letter that was just signed or acknowledged, so that it is there before anybody asks.
async fn render(state: AppState, event: Event) -> Result<(), Failure> {
    let Some(case_id) = event.case_id else { return Ok(()) };
    let (gov, again) = (state.gov.clone(), word(&event, "action") == "acknowledge");
    let Some(waiting) = state.gov.read(move |rx| notify::to_render(rx, &gov, case_id, again)).await? else { return Ok(()) };
    let made = (waiting.document, waiting.version);
    let pdf = state.render(letter::Paper::Letter(Box::new(waiting.letter))).await.map_err(|error| match error {
        web::Error::Unavailable { what, .. } => Failure::Retry(what),
        other => Failure::Permanent(other.to_string()),
    })?;
    let (ctx, gov) = (state.ctx(machine(RENDER, &event)), state.gov.clone());
    let storing = ctx.clone();
    let staged = tokio::task::spawn_blocking(move || gov.blobs().put_own(&storing, &pdf, "application/pdf")).await;
    let staged = staged.map_err(|error| Failure::Retry(error.to_string()))?.map_err(kernel::Error::from)?;
    state.gov.write(&ctx, move |tx| notify::keep_rendered(tx, case_id, made, &staged)).await?;
    Ok(())
}

/// Delivers a text to many, some people a transaction; cut off, it goes on where it stopped.
async fn deliver_news(state: AppState, job: Job) -> Result<String, Failure> {
    let id = job.id_of("news")?;
    let ctx = state.ctx(Actor::System { job: news::JOB, on_behalf_of: job.on_behalf_of, cause: job.cause });
    let mut steps = 1;
    loop {
        let gov = state.gov.clone();
        if !state.gov.write(&ctx, move |tx| news::step(tx, &gov, id)).await? {
            return Ok(format!("{steps} steps"));
        }
        steps += 1;
    }
}

async fn mail_proof(state: AppState, job: Job) -> Result<String, Failure> {
    let case_id = job.id_of("case")?;
    let ctx = state.ctx(Actor::System { job: tracking::PROOF_MAIL, on_behalf_of: None, cause: job.cause });
    let gov = state.gov.clone();
    let sent = state.gov.write(&ctx, move |tx| tracking::mail_proof(tx, &gov, case_id)).await?;
    Ok(if sent { "sent" } else { "no address" }.to_owned())
}

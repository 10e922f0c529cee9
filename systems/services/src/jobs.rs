//! Background work of this system: telling who must know, making letters into PDFs, exports.
//!
//! Everything here may run twice: notices are written with the completion of their delivery, a PDF that is there is left,
//! an export that was made twice is two files of which the older is collected.

use kernel::{
    Actor, Id, Result, Tx,
    jobs::{self, Job, JobKind, NewJob},
    outbox::{Event, Handler},
    runner::{Failure, Host as _},
};
use serde_json::Value as Json;
use web::{AppState, export::Format};

pub mod export;

use crate::store::{notify, tracking};
use export::Order;

const NOTIFY: &str = "services.notify";
const RENDER: &str = "services.render";
const EXPORT: &str = "services.export";

/// Jobs by kind.
pub const JOBS: &[JobKind<AppState>] = &[
    JobKind { name: EXPORT, attempts_max: 5, every_minutes: None, run: |state, job| Box::pin(make_export(state, job)) },
    JobKind { name: tracking::PROOF_MAIL, attempts_max: 5, every_minutes: None, run: |state, job| Box::pin(mail_proof(state, job)) },
];

/// What reacts to events.
pub const HANDLES: &[Handler<AppState>] = &[
    Handler { name: NOTIFY, topics: &["services.moved"], run: |state, event| Box::pin(tell(state, event)) },
    Handler { name: RENDER, topics: &["services.moved"], run: |state, event| Box::pin(render(state, event)) },
];

/// Queues an export for the actor of this transaction. When it is done, the job's result is the id of the file
/// ([`export::file_of`]), kept for a day.
///
/// # Errors
/// What the database says.
pub fn order_export(tx: &mut Tx<'_>, order: &Order) -> Result<Id> {
    jobs::add(tx, NewJob::new(EXPORT, order.to_json()))
}

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
    state.gov.write(&ctx, move |tx| notify::moved(tx, &gov, NOTIFY, id, case_id, &action, &to)).await?;
    Ok(())
}

/// Makes the PDF of a letter that was just signed or acknowledged, so that it is there before anybody asks.
async fn render(state: AppState, event: Event) -> Result<(), Failure> {
    let Some(case_id) = event.case_id.filter(|_| matches!(&*word(&event, "state"), "awaiting_scan" | "acknowledging")) else {
        return Ok(());
    };
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

async fn mail_proof(state: AppState, job: Job) -> Result<String, Failure> {
    let case_id = job.id_of("case")?;
    let ctx = state.ctx(Actor::System { job: tracking::PROOF_MAIL, on_behalf_of: None, cause: job.cause });
    let gov = state.gov.clone();
    let sent = state.gov.write(&ctx, move |tx| tracking::mail_proof(tx, &gov, case_id)).await?;
    Ok(if sent { "sent" } else { "no address" }.to_owned())
}

async fn make_export(state: AppState, job: Job) -> Result<String, Failure> {
    let order = Order::from_json(&job.body).ok_or_else(|| Failure::Permanent("the order cannot be read".into()))?;
    let account = job.on_behalf_of.ok_or_else(|| Failure::Permanent("nobody asked for this export".into()))?;
    let ctx = state.ctx(Actor::System { job: EXPORT, on_behalf_of: Some(account), cause: job.cause });
    let (wanted, now) = (order.clone(), state.gov.now());
    let rows = state.gov.read(move |rx| export::rows(rx, account, &wanted, now)).await?;
    let sheet = export::sheet(&state, &order, &rows);
    let format = Format::parse(&order.format).unwrap_or(Format::Csv);
    let bytes = sheet.bytes(format).map_err(|error| Failure::Permanent(error.to_string()))?;
    let (gov, storing) = (state.gov.clone(), ctx.clone());
    let staged = tokio::task::spawn_blocking(move || gov.blobs().put_own(&storing, &bytes, format.media_type())).await;
    let staged = staged.map_err(|error| Failure::Retry(error.to_string()))?.map_err(kernel::Error::from)?;
    let id = state.gov.write(&ctx, move |tx| export::keep(tx, &order, &rows, &staged)).await?;
    Ok(id.to_string())
}

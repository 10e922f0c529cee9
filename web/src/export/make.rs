//! Work in the background: files of released requests, and requests that nobody decided in time.

use std::sync::Arc;

use kernel::{
    Actor, account,
    export::{self, Released},
    jobs::{Job, JobKind},
    runner::{Failure, Host as _},
};

use super::{Format, Made, Making};
use crate::{state::AppState, text::Locale, voice::Voice};

const EXPIRE: &str = "web.export_expire";

/// The jobs of this module.
pub(crate) fn jobs() -> [JobKind<AppState>; 2] {
    [
        JobKind { name: export::JOB, attempts_max: 5, every_minutes: None, run: |state, job| Box::pin(make(state, job)) },
        JobKind { name: EXPIRE, attempts_max: 5, every_minutes: Some(15), run: |state, job| Box::pin(expire(state, job)) },
    ]
}

async fn expire(state: AppState, job: Job) -> Result<String, Failure> {
    let ctx = state.ctx(Actor::System { job: EXPIRE, on_behalf_of: None, cause: job.cause });
    let expired = state.gov.write(&ctx, export::expire).await?;
    Ok(format!("expired {expired}"))
}

async fn make(state: AppState, job: Job) -> Result<String, Failure> {
    let id = job.id_of("export")?;
    let Some(released) = state.gov.read(move |rx| export::released(rx, id)).await? else { return Ok("nothing to make".to_owned()) };
    let ctx = state.ctx(Actor::System { job: export::JOB, on_behalf_of: Some(released.export().account), cause: job.cause });
    match file(&state, &ctx, &released).await {
        Ok(words) => Ok(words),
        Err(failure) => {
            if failure.is_permanent() || job.last_attempt {
                state.gov.write(&ctx, move |tx| export::failed(tx, &released)).await?;
            }
            Err(failure)
        }
    }
}

async fn file(state: &AppState, ctx: &kernel::Ctx, released: &Released) -> Result<String, Failure> {
    let asked = released.export().clone();
    let kind = state.export_kind(&asked.kind).ok_or_else(|| Failure::Permanent(format!("no list {}", asked.kind)))?;
    let format = Format::parse(&asked.format).ok_or_else(|| Failure::Permanent(format!("no format {}", asked.format)))?;
    let locale = Locale::from_code(&asked.lang).unwrap_or_default();
    let voice = Voice::new(state.texts.clone(), locale, state.terms(), &state.look.zone);
    let (gov, now, systems) = (Arc::clone(&state.gov), state.gov.now(), state.systems.clone());
    let Made { sheet, records } = state
        .gov
        .read(move |rx| {
            let officer = account::officer_of(rx, asked.account, asked.post, now)?;
            (kind.make)(rx, &Making { gov: &gov, officer: &officer, body: &asked.body, voice: &voice, now, systems: &systems })
        })
        .await?;
    let rows = sheet.rows.len();
    let (gov, storing, proof) = (Arc::clone(&state.gov), ctx.clone(), released.clone());
    let staged = tokio::task::spawn_blocking(move || {
        let bytes = sheet.bytes(format, &proof).map_err(|error| Failure::Permanent(error.to_string()))?;
        gov.blobs().put_own(&storing, &bytes, format.media_type()).map_err(|error| Failure::from(kernel::Error::from(error)))
    });
    let staged = staged.await.map_err(|error| Failure::Retry(error.to_string()))??;
    let proof = released.clone();
    state.gov.write(ctx, move |tx| export::made(tx, &proof, &staged, rows, &records)).await?;
    Ok(format!("rows {rows}"))
}

//! JSON for machines under `/api/v1/services`: the catalogue, applications and where they stand, officers' work, checking
//! letters. The checks are those of the pages; the wire types are nobody else's.

mod apply;
mod catalogue;
mod officers;
mod public;
#[cfg(test)]
mod tests;
pub mod wire;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{
    Timestamp,
    schema::FieldErrors,
    throttle::{self, Key},
    unit::Zone,
};
use serde::{Serialize, de::DeserializeOwned};
use utoipa::OpenApi;
use web::{Access, Error, Page, Routes};

use crate::pages::OFFICE_ROLES;

/// What one uploaded file may weigh.
const UPLOAD_BYTES_MAX: usize = 10_000_000;
/// Rows of a page of a list.
const PAGE_ROWS: i64 = 50;

pub(crate) fn routes() -> Routes {
    const ONE: &str = "/api/v1/services/applications/{application}";
    Routes::new()
        .get("/api/v1/services", Access::Public, catalogue::services)
        .get("/api/v1/services/units", Access::Public, catalogue::units)
        .get("/api/v1/services/{unit}/{service}", Access::Public, catalogue::service)
        .post("/api/v1/services/{unit}/{service}/applications", Access::Public, apply::apply)
        .cross_site()
        .post("/api/v1/services/uploads", Access::Public, apply::upload)
        .cross_site()
        .limit_bytes(UPLOAD_BYTES_MAX + 1)
        .get(ONE, Access::Public, public::track)
        .get("/api/v1/services/verifications/{code}", Access::Public, public::verify)
        .get("/api/v1/services/tasks", Access::Signed, officers::tasks)
        .get("/api/v1/services/applications", Access::AnyRole(OFFICE_ROLES), officers::applications)
        .get("/api/v1/services/applications/{application}/record", Access::Signed, officers::record)
        .post("/api/v1/services/applications/{application}/actions", Access::Signed, officers::act)
}

#[derive(OpenApi)]
#[openapi(
    paths(
        catalogue::services,
        catalogue::units,
        catalogue::service,
        apply::apply,
        apply::upload,
        public::track,
        public::verify,
        officers::tasks,
        officers::applications,
        officers::record,
        officers::act
    ),
    tags((name = "services", description = "Public services of villages, kecamatan and dinas"))
)]
struct Document;

pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// 200 with JSON.
fn answer(body: &impl Serialize) -> web::Result {
    answer_with(StatusCode::OK, body)
}

fn answer_with(status: StatusCode, body: &impl Serialize) -> web::Result {
    let body = serde_json::to_value(body)?;
    Ok((status, Json(body)).into_response())
}

/// The body as `T`; what cannot be read is told as a wrong field.
fn read<T: DeserializeOwned>(page: &Page, body: &[u8]) -> Result<T, Box<Response>> {
    serde_json::from_slice(body).map_err(|error| {
        let mut errors = FieldErrors::default();
        errors.add("", kernel::Message::new("services-api-body").arg("what", error.to_string()));
        Box::new(page.problem_fields(&errors))
    })
}

/// A moment with the offset of its unit.
fn moment(at: Timestamp, zone: Zone) -> String {
    at.to_zoned(zone.time_zone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Whether the request brings a token. Only then is a session believed on routes that other websites may call.
fn has_token(headers: &axum::http::HeaderMap) -> bool {
    let value = headers.get(axum::http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    value.is_some_and(|value| value.starts_with("Bearer "))
}

/// What guessing costs at one address.
fn guessing(page: &Page) -> Key {
    Key::new("api-code", &page.ctx().origin().address, 20)
}

/// Refuses an address that guessed too often.
async fn may_guess(page: &Page) -> web::Result<()> {
    let (key, now) = (guessing(page), page.now());
    match page.gov().read(move |rx| throttle::check(rx, &key, now)).await? {
        Ok(()) => Ok(()),
        Err(until) => Err(too_many(now, until)),
    }
}

/// Counts a code that does not exist.
async fn guessed_wrong(page: &Page) -> web::Result<()> {
    let key = guessing(page);
    page.gov()
        .write(&page.ctx(), move |tx| {
            let now = tx.now();
            throttle::fail(tx, &key, now)
        })
        .await?;
    Ok(())
}

fn too_many(now: Timestamp, until: Timestamp) -> Error {
    let seconds = until.duration_since(now).as_secs().max(1);
    Error::TooMany { retry_after_seconds: u64::try_from(seconds).unwrap_or(1) }
}

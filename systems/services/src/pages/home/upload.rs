//! Resumable uploads: a photo goes in parts and goes on where the signal was lost.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::Path,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use kernel::{
    Actor, Id, Message, Timestamp,
    blobs::{BlobError, Limits, upload},
    throttle::{self, Key},
};
use serde_json::json;
use web::{Error, FormData, Page};

use super::{device, known_device, proof::too_many};

/// Files that may be left here from one address within a day. A village, or a mobile network, may share one; nobody fills the disk alone.
pub(crate) const FILES_FREE: i64 = 4_000;
pub(crate) const FILES: &str = "home-upload";

/// Counts a file that anybody leaves here; answers until when to wait instead.
pub(super) async fn counted(page: &Page) -> web::Result<Result<(), Timestamp>> {
    let ctx = page.ctx_as(Actor::Public);
    let (key, now) = (Key::new(FILES, &ctx.origin().address, FILES_FREE), page.now());
    Ok(page.gov().write(&ctx, move |tx| throttle::attempt(tx, std::slice::from_ref(&key), now)).await?)
}

/// `POST /unggah` with name and size → `{"id", "received"}`.
pub(super) async fn begin(page: Page, headers: HeaderMap, form: FormData) -> web::Result {
    let owner = device(&page, &headers);
    let (name, size) = (form.get("name").to_owned(), form.get("size").parse::<i64>().unwrap_or(0));
    if size > i64::try_from(Limits::ATTACHMENT.size_bytes_max).unwrap_or(i64::MAX) {
        return Err(Error::TooLarge { limit_bytes: Limits::ATTACHMENT.size_bytes_max });
    }
    counted(&page).await?.map_err(|until| too_many(&page, until))?;
    let begun = page.gov().write(&page.ctx_as(Actor::Public), move |tx| upload::begin(tx, owner, &name, size, &Limits::ATTACHMENT)).await?;
    Ok(Json(json!({ "id": begun.id, "received": begun.received })).into_response())
}

/// `PUT /unggah/{id}?from=N` with bytes → `{"received"}`; 409 says where to go on.
pub(super) async fn part(page: Page, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> web::Result {
    let id: Id = id.parse().map_err(|_| Error::NotFound)?;
    let owner = known_device(&headers).ok_or(Error::NotFound)?;
    let from: i64 = page.query().get("from").parse().map_err(|_| Error::BadRequest)?;
    let known = page.gov().read(move |rx| upload::find(rx, id, owner)).await?.ok_or(Error::NotFound)?;
    if known.blob.is_some() || from != known.received {
        let status = if known.blob.is_some() { StatusCode::OK } else { StatusCode::CONFLICT };
        return Ok((status, Json(json!({ "received": known.received }))).into_response());
    }
    let length = i64::try_from(body.len()).map_err(|_| Error::BadRequest)?;
    if length > 0 {
        let (gov, ctx, open) = (Arc::clone(&page.state().gov), page.ctx_as(Actor::Public), known.clone());
        blocking(move || gov.blobs().write_part(&ctx, &open, from, &body)).await?;
    }
    let open = known.clone();
    let received = page.gov().write(&page.ctx_as(Actor::Public), move |tx| upload::advance(tx, &open, from, length)).await?;
    if received == known.size {
        finish(&page, upload::Upload { received, ..known }).await?;
    }
    Ok(Json(json!({ "received": received })).into_response())
}

async fn finish(page: &Page, whole: upload::Upload) -> web::Result<()> {
    let (gov, ctx, open) = (Arc::clone(&page.state().gov), page.ctx_as(Actor::Public), whole.clone());
    let staged = blocking(move || gov.blobs().finish_upload(&ctx, &open, &Limits::ATTACHMENT)).await?;
    let id = whole.id;
    page.gov().write(&page.ctx_as(Actor::Public), move |tx| Ok::<_, kernel::Error>(upload::finish(tx, &whole, &staged)?)).await?;
    let gov = Arc::clone(&page.state().gov);
    blocking(move || gov.blobs().remove_parts(id)).await
}

async fn blocking<T: Send + 'static>(run: impl FnOnce() -> Result<T, BlobError> + Send + 'static) -> web::Result<T> {
    match tokio::task::spawn_blocking(run).await.map_err(|error| Error::Internal(error.to_string()))? {
        Ok(done) => Ok(done),
        Err(BlobError::Refused(message)) => Err(wrong_file(message)),
        Err(error) => Err(kernel::Error::from(error).into()),
    }
}

fn wrong_file(message: Message) -> Error {
    Error::WrongFile(message)
}

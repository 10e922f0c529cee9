//! The transparency log as anybody may read it (c2sp.org/tlog-tiles, c2sp.org/tlog-proof).
//!
//! Each epoch is a log of its own and has its own prefix, so that what is cached for ever stays right: the first is at `/log`,
//! the next at `/log/2`. `/log` itself names them all.

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use kernel::{
    Id,
    log::{self, Asked, LogError},
};
use tlog::TilePath;

use crate::{
    error::{Error, Result},
    routes::{Access, Routes},
    state::AppState,
};

const TEXT: &str = "text/plain; charset=utf-8";
/// Checkpoints change each second.
const SECONDS: &str = "public, max-age=2";
/// A full tile never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// A partial tile neither, but it is not asked for again.
const A_DAY: &str = "public, max-age=86400";

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/log", Access::Public, index)
        .get("/log/keys", Access::Public, keys)
        .get("/log/checkpoint", Access::Public, first_checkpoint)
        .get("/log/tile/{*path}", Access::Public, first_tile)
        .get("/log/proof/{entry}", Access::Public, proof)
        .get("/log/{epoch}/checkpoint", Access::Public, checkpoint)
        .get("/log/{epoch}/tile/{*path}", Access::Public, tile)
}

impl From<LogError> for Error {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Failed(error) => error.into(),
            other => Self::Unavailable { what: other.to_string(), retry_after_seconds: 60 },
        }
    }
}

fn plain(cache: &'static str, text: String) -> Response {
    ([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, cache)], text).into_response()
}

/// A line an epoch: its prefix, its origin, its size.
async fn index(State(state): State<AppState>) -> Result {
    let epochs = state.gov.read(log::epochs).await?;
    let prefix = |epoch: i64| if epoch == 1 { "/log".to_owned() } else { format!("/log/{epoch}") };
    let lines: Vec<String> =
        epochs.iter().map(|epoch| format!("{} {} {}\n", state.url(&prefix(epoch.epoch)), epoch.origin, epoch.size)).collect();
    Ok(plain(SECONDS, lines.concat()))
}

/// The keys that check it, one a line (c2sp.org/signed-note, verifier keys).
async fn keys(State(state): State<AppState>) -> Result {
    let keys = std::sync::Arc::clone(state.gov.keys());
    let text = state.gov.read(move |rx| log::verifier_keys(rx, &keys)).await?;
    Ok(plain(SECONDS, text))
}

async fn first_checkpoint(state: State<AppState>) -> Result {
    checkpoint(state, Path(1)).await
}

async fn checkpoint(State(state): State<AppState>, Path(epoch): Path<i64>) -> Result {
    let note = state.gov.read(move |rx| log::checkpoint(rx, Some(epoch))).await?;
    Ok(plain(SECONDS, note.ok_or(Error::NotFound)?))
}

async fn first_tile(state: State<AppState>, Path(path): Path<String>) -> Result {
    tile(state, Path((1, path))).await
}

async fn tile(State(state): State<AppState>, Path((epoch, path)): Path<(i64, String)>) -> Result {
    let path = TilePath::parse(&path).ok_or(Error::NotFound)?;
    let bytes = state.gov.read(move |rx| log::tile(rx, Some(epoch), &path)).await?.ok_or(Error::NotFound)?;
    let cache = if path.is_full() { FOR_EVER } else { A_DAY };
    Ok(([(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, cache)], bytes).into_response())
}

/// The receipt of an entry; 503 for a moment while it has no place yet.
async fn proof(State(state): State<AppState>, Path(entry): Path<String>) -> Result {
    let entry: Id = entry.parse().map_err(|_| Error::NotFound)?;
    match state.gov.read(move |rx| log::receipt(rx, entry)).await? {
        Asked::Receipt(text) => {
            let name = format!("attachment; filename=\"{entry}.tlog-proof\"");
            Ok(([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, "no-store")], [(header::CONTENT_DISPOSITION, name)], text)
                .into_response())
        }
        Asked::Waiting => Err(Error::Unavailable { what: "the entry has no place in the log yet".into(), retry_after_seconds: 2 }),
        Asked::Unknown => Err(Error::NotFound),
    }
}

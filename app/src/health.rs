//! `/healthz`, `/readyz` and `/metrics`: what a supervisor and a monitor ask. They stand beside `web`, without its host
//! check: a probe comes by address.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    extract::{ConnectInfo, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use kernel::Gov;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

#[derive(Clone)]
struct Health {
    gov: Arc<Gov>,
    metrics: Option<PrometheusHandle>,
    metrics_public: bool,
}

/// The three routes.
pub fn routes(gov: Arc<Gov>, metrics_public: bool) -> Router {
    let health = Health { gov, metrics: recorder(), metrics_public };
    Router::new()
        .route("/healthz", get(|| async { plain(StatusCode::OK, "ok\n") }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health)
}

/// The one recorder of this process.
fn recorder() -> Option<PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER
        .get_or_init(|| {
            let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
            let builder = PrometheusBuilder::new().set_buckets(&bounds).ok()?;
            builder.install_recorder().map_err(|error| tracing::warn!(%error, "no metrics")).ok()
        })
        .clone()
}

/// Whether the database answers within two seconds.
async fn ready(State(health): State<Health>) -> Response {
    match tokio::time::timeout(Duration::from_secs(2), health.gov.ready()).await {
        Ok(Ok(())) => plain(StatusCode::OK, "ready\n"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            away()
        }
        Err(_) => away(),
    }
}

fn away() -> Response {
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, "the database is away\n");
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
    response
}

async fn metrics(State(health): State<Health>, ConnectInfo(peer): ConnectInfo<SocketAddr>) -> Response {
    let allowed = health.metrics_public || peer.ip().to_canonical().is_loopback();
    let Some(recorder) = health.metrics.filter(|_| allowed) else { return plain(StatusCode::NOT_FOUND, "") };
    if let Ok((due, dead)) = health.gov.read(kernel::outbox::backlog).await {
        metrics::gauge!("outbox_waiting").set(due as f64);
        metrics::gauge!("outbox_dead").set(dead as f64);
    }
    if let Ok((due, dead)) = health.gov.read(kernel::jobs::backlog).await {
        metrics::gauge!("jobs_waiting").set(due as f64);
        metrics::gauge!("jobs_dead").set(dead as f64);
    }
    if let Some(bytes) = resident_bytes() {
        metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    recorder.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], recorder.render()).into_response()
}

fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}

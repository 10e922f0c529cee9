//! The server: HTTP/1.1 beside the background work, from the first accepted connection to the last finished request.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use kernel::{Gov, log::WitnessKey};
use letter::{Renderer, RendererConfig};
use tokio::{
    net::{TcpListener, TcpStream},
    signal::unix::{Signal, SignalKind, signal},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
};
use tower::ServiceExt as _;
use web::{AppState, Look, System, WebSettings};

use crate::{health, systems::SYSTEMS, witnesses};

/// Connections open at once; more wait to be accepted.
const CONNECTIONS_MAX: usize = 4096;
/// How long a client may take to send the head of a request.
const HEAD_TIME_MAX: Duration = Duration::from_secs(20);
/// How long requests in hand may go on after the signal to stop.
const GRACE: Duration = Duration::from_secs(25);

/// A government about to be served.
pub struct Server {
    pub gov: Arc<Gov>,
    pub look: Look,
    pub web: WebSettings,
    pub listen: SocketAddr,
    pub metrics_public: bool,
    /// Who cosigns the transparency log.
    pub witnesses: Vec<WitnessKey>,
}

impl Server {
    /// Serves until SIGTERM or SIGINT; then finishes what is in hand and returns. A second signal ends it at once.
    ///
    /// # Errors
    /// Why it cannot start.
    pub fn run(self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
        let result = runtime.block_on(self.serve());
        // Blocking work that is left belongs to requests already answered or given up.
        runtime.shutdown_timeout(Duration::from_secs(2));
        result
    }

    async fn serve(self) -> Result<()> {
        let mut signals = Signals::listen()?;
        let gov = Arc::clone(&self.gov);
        tokio::task::spawn_blocking(move || check_states(&gov, &SYSTEMS)).await.context("checking states")??;
        let renderer = renderer()?;
        let state = AppState::new(Arc::clone(&self.gov), &SYSTEMS, self.look, self.web, Some(Arc::clone(&renderer) as _))
            .context("a text of a system cannot be read")?;
        let router = web::assemble(&state).context("the systems do not fit together")?;
        let router = health::routes(Arc::clone(&self.gov), self.metrics_public).fallback_service(router);
        let listener = TcpListener::bind(self.listen).await.with_context(|| format!("listening on {}", self.listen))?;
        let address = listener.local_addr().context("the address of the listener")?;
        warm(renderer);
        let (stop, stopped) = watch::channel(false);
        let runner = tokio::spawn(web::runner(&state).run(stopped));
        // The log ends last: what the others still write gets its place too.
        let (end, ended) = watch::channel(false);
        let sequencer = tokio::spawn(kernel::log::run(Arc::clone(&self.gov), ended.clone()));
        let witnessed = tokio::spawn(witnesses::run(Arc::clone(&self.gov), self.witnesses, ended));
        tracing::info!(address = %address, url = %self.gov.settings().public_url, version = env!("CARGO_PKG_VERSION"), "listening");
        let graceful = GracefulShutdown::new();
        tokio::select! {
            () = accept(listener, router, &graceful) => {}
            name = signals.next() => tracing::info!(signal = name, "stopping: no new connections, finishing what is in hand"),
        }
        stop.send_replace(true);
        let finishing = async {
            if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
                tracing::warn!("requests were still open when the time was over");
            }
            // The runner has its own grace and gives its leases back.
            drop(runner.await);
            end.send_replace(true);
            drop(sequencer.await);
            drop(witnessed.await);
        };
        tokio::select! {
            () = finishing => tracing::info!("stopped"),
            name = signals.next() => bail!("a second {name}: ended without waiting"),
        }
        Ok(())
    }
}

/// The two signals that stop a server.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self> {
        let on = |kind| signal(kind).context("listening for signals");
        Ok(Self { terminate: on(SignalKind::terminate())?, interrupt: on(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// Accepts until it is dropped.
async fn accept(listener: TcpListener, router: Router, graceful: &GracefulShutdown) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => converse(stream, peer, router.clone(), graceful, place),
            Err(error) => {
                // Out of file descriptors, as a rule: let some close.
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

fn converse(stream: TcpStream, peer: SocketAddr, router: Router, graceful: &GracefulShutdown, place: OwnedSemaphorePermit) {
    drop(stream.set_nodelay(true));
    let service = service_fn(move |request: Request<Incoming>| {
        let router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.oneshot(request).await.map_err(|never: Infallible| never)
        }
    });
    let connection =
        http1::Builder::new().timer(TokioTimer::new()).header_read_timeout(HEAD_TIME_MAX).serve_connection(TokioIo::new(stream), service);
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        // A client that hangs up or sends nonsense ends its own connection.
        if let Err(error) = watched.await {
            tracing::debug!(%error, "a connection broke off");
        }
        drop(place);
    });
}

/// The renderer: child processes of this very program.
fn renderer() -> Result<Arc<Renderer>> {
    let program = std::env::current_exe().context("finding this program")?;
    Ok(Arc::new(Renderer::new(RendererConfig::new(program, ["typeset"]))))
}

/// Starts the renderer's children beside the first requests.
fn warm(renderer: Arc<Renderer>) {
    tokio::task::spawn_blocking(move || {
        if let Err(error) = renderer.warm() {
            tracing::error!(%error, "letters cannot be rendered now");
        }
    });
}

/// Refuses a release that would leave open cases in states it does not know.
fn check_states(gov: &Gov, systems: &[&System]) -> Result<()> {
    for system in systems {
        let in_use = gov.db().read_now(|rx| kernel::definition::states_in_use(rx, system.slug)).context("reading the states in use")?;
        let lost: Vec<&str> = in_use.iter().map(String::as_str).filter(|state| !system.states.contains(state)).collect();
        if !lost.is_empty() {
            bail!(
                "open cases of {} are in states this release does not know: {}. Install the release before, or one that maps them",
                system.slug,
                lost.join(", ")
            );
        }
    }
    Ok(())
}

//! `witness`: a small honest witness for the logs of others (c2sp.org/tlog-witness).

use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result, ensure};
use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use clap::Args;
use kernel::gov::TimeSource;
use sha2::{Digest as _, Sha256};
use tlog::{
    Checkpoint, Cosigner, Note, Verifier,
    witness::{AddCheckpoint, REQUEST_BYTES_MAX, Refusal, SIZE_TYPE, Seen, answer, decide},
};
use tokio::{net::TcpListener, signal::unix::SignalKind};

use super::{Answer, WrongUsage, migrate::machine};

/// Which logs to witness.
#[derive(Debug, Args)]
pub struct Options {
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Folder of the key and of what was seen of each log
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// Name of the witness, a URL without its scheme; needed the first time
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// A key of a log to witness, as its /log/keys shows it; again for each log and key
    #[arg(long = "log", value_name = "KEY")]
    logs: Vec<String>,
    /// Show the witness's own key and end
    #[arg(long)]
    show_key: bool,
}

/// Answers until SIGTERM or SIGINT.
pub fn run(options: &Options) -> Result<Answer> {
    let logs = options.logs.iter().map(|key| Verifier::parse(key).map_err(|error| WrongUsage(format!("--log {key}: {error}"))));
    let logs: Vec<Verifier> = logs.collect::<Result<_, _>>()?;
    fs::create_dir_all(&options.state).with_context(|| format!("making {}", options.state.display()))?;
    let cosigner = key(&options.state, options.name.as_deref())?;
    let shown = cosigner.verifier().to_string();
    let json = serde_json::json!({ "ok": true, "key": shown });
    if options.show_key {
        return Ok(Answer::new(shown, json));
    }
    if logs.is_empty() {
        return Err(WrongUsage("name at least one log with --log".to_owned()).into());
    }
    crate::log::start(&crate::config::Log::default());
    let witness = Arc::new(Witness { cosigner, logs, folder: options.state.clone(), alone: Mutex::new(()) });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
    runtime.block_on(serve(witness, options.listen))?;
    Ok(Answer::default())
}

/// The witness's key, made the first time.
fn key(folder: &Path, name: Option<&str>) -> Result<Cosigner> {
    let path = folder.join("key");
    if path.is_file() {
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        return Cosigner::parse(&text).with_context(|| format!("{} is not a witness's key", path.display()));
    }
    let name = name.ok_or_else(|| WrongUsage("the first time the witness needs a --name".to_owned()))?;
    let cosigner = Cosigner::from_seed(name, &machine().random()).map_err(|error| WrongUsage(error.to_string()))?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(cosigner.signer().secret_text().as_bytes())?;
    file.sync_all()?;
    File::open(folder)?.sync_all()?;
    Ok(cosigner)
}

async fn serve(witness: Arc<Witness>, listen: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(listen).await.with_context(|| format!("listening on {listen}"))?;
    tracing::info!(address = %listener.local_addr()?, key = %witness.cosigner.verifier(), "witnessing");
    let mut terminate = tokio::signal::unix::signal(SignalKind::terminate())?;
    let mut interrupt = tokio::signal::unix::signal(SignalKind::interrupt())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    axum::serve(listener, router(witness)).with_graceful_shutdown(stop).await.context("serving")
}

fn router(witness: Arc<Witness>) -> Router {
    let router = Router::new().route("/add-checkpoint", post(add_checkpoint)).route("/key", get(show_key));
    router.layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX)).with_state(witness)
}

struct Witness {
    cosigner: Cosigner,
    logs: Vec<Verifier>,
    folder: PathBuf,
    /// One decision at a time: reading what was seen and writing what is seen now belong together.
    alone: Mutex<()>,
}

async fn show_key(State(witness): State<Arc<Witness>>) -> String {
    format!("{}\n", witness.cosigner.verifier())
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: String) -> Response {
    let decided = tokio::task::spawn_blocking(move || witness.add(&body)).await;
    match decided.map_err(anyhow::Error::from).flatten() {
        Ok(Ok(lines)) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], lines).into_response(),
        Ok(Err(refusal)) => {
            let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
            let kind = if matches!(refusal, Refusal::Conflict(_)) { SIZE_TYPE } else { "text/plain; charset=utf-8" };
            (status, [(header::CONTENT_TYPE, kind)], format!("{refusal}\n")).into_response()
        }
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "a checkpoint could not be kept");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl Witness {
    /// Decides, keeps what it saw now, and only then signs.
    fn add(&self, body: &str) -> Result<Result<String, Refusal>> {
        let request = match AddCheckpoint::parse(body) {
            Ok(request) => request,
            Err(_) => return Ok(Err(Refusal::Bad("not an add-checkpoint request"))),
        };
        let origin = request.note.text.lines().next().unwrap_or_default().to_owned();
        let keys: Vec<Verifier> = self.logs.iter().filter(|key| key.name() == origin).cloned().collect();
        let _alone = self.alone.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = if keys.is_empty() { Seen::default() } else { self.seen(&origin)? };
        let checkpoint = match decide(&request, &keys, seen) {
            Ok(checkpoint) => checkpoint,
            Err(refusal) => {
                tracing::warn!(origin, refusal = refusal.status(), "not cosigned");
                return Ok(Err(refusal));
            }
        };
        self.keep(&origin, &request.note)?;
        tracing::info!(origin, size = checkpoint.size, "cosigned");
        let now = u64::try_from(TimeSource::System.now().as_second()).unwrap_or(1);
        Ok(Ok(answer(&self.cosigner, now, &request.note)))
    }

    fn path(&self, origin: &str) -> PathBuf {
        let name: String = Sha256::digest(origin.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(format!("{name}.checkpoint"))
    }

    /// What was cosigned last. A file that cannot be read is no reason to begin anew.
    fn seen(&self, origin: &str) -> Result<Seen> {
        let path = self.path(origin);
        let note = match fs::read_to_string(&path) {
            Ok(note) => note,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Seen::default()),
            Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
        };
        let (checkpoint, _) = Checkpoint::of(&note).with_context(|| format!("{} is damaged", path.display()))?;
        ensure!(checkpoint.origin == origin, "{} is of another log", path.display());
        Ok(Seen { size: checkpoint.size, root: checkpoint.root })
    }

    fn keep(&self, origin: &str, note: &Note) -> Result<()> {
        let path = self.path(origin);
        let new = path.with_extension("new");
        let write = || {
            let mut file = File::create(&new)?;
            file.write_all(note.to_string().as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            File::open(&self.folder)?.sync_all()
        };
        write().with_context(|| format!("writing {}", path.display()))
    }
}

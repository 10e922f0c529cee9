//! The client side of rendering: a small pool of warm child processes with limits.
//!
//! A letter is rendered outside the server's process: a template that loops or eats memory costs one letter and one child, never the
//! server. Children are started when needed, kept warm, and replaced after a number of papers or when they have grown.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::Paper;
use crate::frame::{self, Outcome, Rendered, Request, Response, Standard};

/// How children are started and limited.
#[derive(Clone, Debug)]
pub struct RendererConfig {
    /// The program to start; usually this very binary.
    pub program: PathBuf,
    /// Its arguments, which make it a worker.
    pub args: Vec<OsString>,
    /// Children at most, at least 1.
    pub workers: usize,
    /// Time for one paper, the child's start included.
    pub time_limit: Duration,
    /// Time a caller waits for a free child.
    pub queue_limit: Duration,
    /// A child is replaced after so many papers.
    pub recycle_after: u32,
    /// A child is replaced when its resident memory has grown past this.
    pub resident_bytes_max: u64,
}

impl RendererConfig {
    /// Two children, 20 s a paper, 30 s in the queue, replaced after 500 papers or at 400 MB.
    pub fn new(program: impl Into<PathBuf>, args: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self {
            program: program.into(),
            args: args.into_iter().map(Into::into).collect(),
            workers: 2,
            time_limit: Duration::from_secs(20),
            queue_limit: Duration::from_secs(30),
            recycle_after: 500,
            resident_bytes_max: 400 << 20,
        }
    }
}

/// Why there is no PDF. After every one of them the next call finds a working child.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The child cannot be started.
    #[error("the renderer cannot be started: {0}")]
    Start(#[source] io::Error),
    /// The paper took too long; its child was ended.
    #[error("rendering took longer than {seconds} s and was ended")]
    TimeLimit {
        /// The limit.
        seconds: u64,
    },
    /// The child ended or spoke nonsense, as when it reaches its memory limit.
    #[error("the renderer broke off: {0}")]
    Crashed(String),
    /// The paper cannot be rendered, now or later.
    #[error("the paper cannot be rendered: {0}")]
    Refused(String),
    /// All children were busy for too long.
    #[error("the renderer is busy")]
    Busy,
    /// The request is larger than the protocol allows.
    #[error("the paper is too large to be rendered ({size_bytes} bytes)")]
    TooLarge {
        /// Size of the request.
        size_bytes: usize,
    },
}

impl RenderError {
    /// Whether the same paper may succeed later.
    pub fn is_transient(&self) -> bool {
        !matches!(self, Self::Refused(_) | Self::TooLarge { .. })
    }
}

/// A pool of rendering children. Share it behind an `Arc`; calls block, so make them on a blocking thread.
#[derive(Debug)]
pub struct Renderer {
    config: RendererConfig,
    pool: Mutex<Pool>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct Pool {
    idle: Vec<Worker>,
    busy: usize,
    last_id: u64,
}

impl Renderer {
    /// A pool that starts its children when they are needed.
    pub fn new(config: RendererConfig) -> Self {
        Self { config, pool: Mutex::new(Pool::default()), freed: Condvar::new() }
    }

    /// Starts the children now, so that the first letter finds a warm one.
    ///
    /// # Errors
    /// When a child cannot be started.
    pub fn warm(&self) -> Result<(), RenderError> {
        let mut pool = self.lock();
        while pool.idle.len() + pool.busy < self.config.workers.max(1) {
            let worker = Worker::start(&self.config)?;
            pool.idle.push(worker);
        }
        Ok(())
    }

    /// Renders a paper as PDF/A-2a.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render(&self, paper: &Paper) -> Result<Vec<u8>, RenderError> {
        Ok(self.render_as(paper, Standard::Archive)?.pdf)
    }

    /// Renders a paper and tells its pages and what could not be printed.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render_as(&self, paper: &Paper, standard: Standard) -> Result<Rendered, RenderError> {
        let (slot, id) = self.take_slot()?;
        let request = Request { id, standard, paper: paper.clone() };
        let bytes = serde_json::to_vec(&request).map_err(|error| RenderError::Refused(error.to_string()))?;
        if bytes.len() > frame::REQUEST_BYTES_MAX {
            return Err(RenderError::TooLarge { size_bytes: bytes.len() });
        }
        let mut worker = match self.take_idle() {
            Some(worker) => worker,
            None => Worker::start(&self.config)?,
        };
        let (response, pdf) = worker.ask(id, bytes, self.config.time_limit)?;
        worker.papers += 1;
        let spent = worker.papers >= self.config.recycle_after || response.resident_bytes > self.config.resident_bytes_max;
        if !spent {
            self.lock().idle.push(worker);
        }
        drop(slot);
        match response.outcome {
            Outcome::Done { pages, unprintable } => Ok(Rendered { pdf, pages, unprintable }),
            Outcome::Failed { reason } => Err(RenderError::Refused(reason)),
        }
    }

    fn take_slot(&self) -> Result<(Slot<'_>, u64), RenderError> {
        let most = self.config.workers.max(1);
        let (mut pool, waited) = self
            .freed
            .wait_timeout_while(self.lock(), self.config.queue_limit, |pool| pool.busy >= most)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() && pool.busy >= most {
            return Err(RenderError::Busy);
        }
        pool.busy += 1;
        pool.last_id += 1;
        let id = pool.last_id;
        Ok((Slot(self), id))
    }

    /// An idle child that is still alive; dead ones are dropped on the way.
    fn take_idle(&self) -> Option<Worker> {
        let mut pool = self.lock();
        while let Some(mut worker) = pool.idle.pop() {
            if worker.is_alive() {
                return Some(worker);
            }
        }
        None
    }

    fn lock(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to use one child; given back however the call ends.
struct Slot<'a>(&'a Renderer);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.lock().busy -= 1;
        self.0.freed.notify_one();
    }
}

type Answer = io::Result<(Response, Vec<u8>)>;

/// One child process and the thread that talks with it.
#[derive(Debug)]
struct Worker {
    child: Child,
    requests: Sender<Vec<u8>>,
    answers: Receiver<Answer>,
    papers: u32,
}

impl Worker {
    fn start(config: &RendererConfig) -> Result<Self, RenderError> {
        // The child needs nothing of our environment, which may hold secrets.
        let mut child = Command::new(&config.program)
            .args(&config.args)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(RenderError::Start)?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(RenderError::Start(io::Error::other("no pipes")));
        };
        let (requests, incoming) = mpsc::channel();
        let (outgoing, answers) = mpsc::channel();
        let spawned = thread::Builder::new().name("renderer".to_owned()).spawn(move || converse(stdin, stdout, &incoming, &outgoing));
        let worker = Self { child, requests, answers, papers: 0 };
        spawned.map_err(RenderError::Start)?;
        Ok(worker)
    }

    fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    fn ask(&mut self, id: u64, request: Vec<u8>, limit: Duration) -> Result<(Response, Vec<u8>), RenderError> {
        let started = Instant::now();
        let sent = self.requests.send(request);
        let answer = match sent {
            Ok(()) => self.answers.recv_timeout(limit),
            Err(_) => Err(RecvTimeoutError::Disconnected),
        };
        match answer {
            Ok(Ok((response, pdf))) if response.id == id => Ok((response, pdf)),
            Ok(Ok(_)) => Err(RenderError::Crashed("it answered another request".to_owned())),
            Ok(Err(error)) => Err(RenderError::Crashed(self.last_words(&error.to_string(), limit, started))),
            Err(RecvTimeoutError::Timeout) => Err(RenderError::TimeLimit { seconds: limit.as_secs() }),
            Err(RecvTimeoutError::Disconnected) => Err(RenderError::Crashed(self.last_words("it is gone", limit, started))),
        }
    }

    /// How the child ended, if it did so before the time was over.
    fn last_words(&mut self, reason: &str, limit: Duration, started: Instant) -> String {
        // Its pipes close a moment before it can be waited for.
        while started.elapsed() < limit.min(Duration::from_millis(200)) {
            match self.child.try_wait() {
                Ok(Some(status)) => return format!("{reason} ({status})"),
                Ok(None) => thread::yield_now(),
                Err(_) => break,
            }
        }
        reason.to_owned()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Either may fail only because the child is already gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Passes requests to the child and its answers back, until either side is gone. It blocks on the pipes so that the caller need not.
fn converse(mut stdin: ChildStdin, mut stdout: ChildStdout, requests: &Receiver<Vec<u8>>, answers: &Sender<Answer>) {
    while let Ok(request) = requests.recv() {
        let answer = exchange(&mut stdin, &mut stdout, &request);
        let broken = answer.is_err();
        if answers.send(answer).is_err() || broken {
            return;
        }
    }
}

fn exchange(stdin: &mut ChildStdin, stdout: &mut ChildStdout, request: &[u8]) -> Answer {
    let gone = || io::Error::new(io::ErrorKind::UnexpectedEof, "it ended before it answered");
    frame::write(stdin, request)?;
    let response: Response = frame::read_json(stdout, frame::RESPONSE_BYTES_MAX)?.ok_or_else(gone)?;
    let pdf = match response.outcome {
        Outcome::Done { .. } => frame::read(stdout, frame::RESPONSE_BYTES_MAX)?.ok_or_else(gone)?,
        Outcome::Failed { .. } => Vec::new(),
    };
    Ok((response, pdf))
}

#[cfg(test)]
mod tests;

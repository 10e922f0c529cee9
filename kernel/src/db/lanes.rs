//! Writers of PostgreSQL: closures that wait together share one SERIALIZABLE transaction and its commit.
//!
//! Serializable transactions that read and write the same pages of an index at once make each other start again: sixty-four
//! applications in as many transactions were seen to be refused so. One lane takes whatever waits, so those of one process never meet; the
//! others only step in when it is held up by something long. What fails in company is run again alone.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{
    DbError, Wakers,
    group::{Job, Ran},
    postgresql::{Session, Sessions, Uncommitted},
    rx::Conn,
    tx::{Meta, Wake},
};

/// Writing threads.
const LANES: usize = 3;
/// The other lanes step in when the first one is at work for so long.
const HELD_UP: Duration = Duration::from_millis(200);
/// Most closures one transaction takes.
const GROUP_MAX: usize = 32;
/// How a transaction begins. A closure reads by index: what PostgreSQL knew of a table may be from a day when it was empty, and a table read
/// from its first row to its last is locked as a whole against everybody who writes to it.
const BEGIN: &str = "begin isolation level serializable; set local enable_seqscan = off";
/// How often a closure is run again before its caller is told to try later.
const ATTEMPTS_MAX: u32 = 12;

/// What waits for a lane.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    /// For the first lane: something came.
    came: Condvar,
    /// For the others: the first lane has begun.
    begun: Condvar,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Box<dyn Job>>,
    closed: bool,
    /// Since when the first lane is at work.
    busy: Option<Instant>,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, job: Box<dyn Job>) {
        let mut waiting = self.lock();
        if waiting.closed {
            drop(waiting);
            job.answer(Err(DbError::Away("the writer has stopped".into())));
            return;
        }
        waiting.jobs.push_back(job);
        self.came.notify_one();
    }

    /// No more comes; what waits is done.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.came.notify_all();
        self.begun.notify_all();
    }

    /// The next group of the first lane; none when the queue is closed and empty.
    fn first(&self) -> Option<Vec<Box<dyn Job>>> {
        let mut waiting = self.lock();
        waiting.busy = None;
        while waiting.jobs.is_empty() {
            if waiting.closed {
                return None;
            }
            waiting = self.came.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        let count = waiting.jobs.len().min(GROUP_MAX);
        let group = waiting.jobs.drain(..count).collect();
        waiting.busy = Some(Instant::now());
        self.begun.notify_one();
        Some(group)
    }

    /// Something to do for another lane, once the first one is held up.
    fn other(&self) -> Option<Vec<Box<dyn Job>>> {
        let mut waiting = self.lock();
        loop {
            if waiting.closed {
                return None;
            }
            let busy = waiting.busy.map(|since| since.elapsed());
            match (busy, waiting.jobs.is_empty()) {
                (Some(busy), false) if busy >= HELD_UP => {
                    // Something may be left for one more lane.
                    self.begun.notify_one();
                    return waiting.jobs.pop_front().map(|job| vec![job]);
                }
                (Some(busy), _) => {
                    let rest = HELD_UP.saturating_sub(busy).max(Duration::from_millis(10));
                    waiting = self.begun.wait_timeout(waiting, rest).unwrap_or_else(PoisonError::into_inner).0;
                }
                (None, _) => waiting = self.begun.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// Starts the writing threads; they end after [`Queue::close`].
pub(super) fn start(sessions: &Arc<Sessions>, queue: &Arc<Queue>, meta: &Arc<Meta>, wakers: &Arc<Wakers>) -> Result<(), DbError> {
    for place in 0..LANES {
        let lane = Lane { sessions: Arc::clone(sessions), meta: Arc::clone(meta), wakers: Arc::clone(wakers) };
        let queue = Arc::clone(queue);
        let run = move || {
            while let Some(group) = if place == 0 { queue.first() } else { queue.other() } {
                lane.work(group);
            }
        };
        std::thread::Builder::new().name(format!("db-writer-{place}")).spawn(run).map_err(|error| DbError::Away(error.to_string()))?;
    }
    Ok(())
}

struct Lane {
    sessions: Arc<Sessions>,
    meta: Arc<Meta>,
    wakers: Arc<Wakers>,
}

/// How a group went that shared a transaction.
enum Together {
    Answer(Result<(), DbError>),
    /// Nothing was kept: each for itself.
    Apart,
}

impl Lane {
    fn work(&self, mut group: Vec<Box<dyn Job>>) {
        metrics::histogram!("db_group_size").record(group.len() as f64);
        let mut wake = Wake::default();
        let mut add = |one: Wake| {
            wake.outbox |= one.outbox;
            wake.jobs |= one.jobs;
        };
        let together = if group.len() > 1 { self.together(&mut group) } else { Together::Apart };
        for job in group {
            add(match &together {
                Together::Answer(committed) => job.answer(committed.clone()),
                Together::Apart => self.alone(job),
            });
        }
        self.wakers.wake(wake);
    }

    fn together(&self, group: &mut [Box<dyn Job>]) -> Together {
        let mut session = match self.sessions.begun(BEGIN) {
            Ok(session) => session,
            Err(error) => return Together::Answer(Err(error)),
        };
        session.shared = true;
        for job in group {
            let before = session.mark();
            if job.run(Conn::Postgres(&mut session), &self.meta) != Ran::Well && !session.is_clean_since(before) {
                self.give_up(session);
                return Together::Apart;
            }
        }
        let committed = session.commit();
        self.sessions.give_back(session);
        match committed {
            Ok(()) => Together::Answer(Ok(())),
            // One of them made a statement fail, or another process was in the way.
            Err(Uncommitted::Refused(_)) => Together::Apart,
            Err(Uncommitted::InDoubt(error)) => Together::Answer(Err(error)),
        }
    }

    fn alone(&self, mut job: Box<dyn Job>) -> Wake {
        for attempt in 1.. {
            let mut session = match self.sessions.begun(BEGIN) {
                Ok(session) => session,
                Err(error) => return job.answer(Err(error)),
            };
            let ran = job.run(Conn::Postgres(&mut session), &self.meta);
            let last = attempt >= ATTEMPTS_MAX;
            match ran {
                Ran::Well => {
                    let committed = session.commit();
                    self.sessions.give_back(session);
                    match committed {
                        Ok(()) => return job.answer(Ok(())),
                        Err(Uncommitted::Refused(DbError::Conflict)) if !last => {}
                        Err(Uncommitted::Refused(error) | Uncommitted::InDoubt(error)) => return job.answer(Err(error)),
                    }
                }
                // A closure may take an error for an answer of its own.
                Ran::Badly if !last && session.met_conflict() => self.give_up(session),
                Ran::InConflict if !last => self.give_up(session),
                Ran::InConflict | Ran::Badly => {
                    self.give_up(session);
                    return job.answer(Ok(()));
                }
            }
            pause(attempt);
        }
        job.answer(Err(DbError::Conflict))
    }

    fn give_up(&self, mut session: Session) {
        if session.give_up().is_ok() {
            self.sessions.give_back(session);
        }
    }
}

/// A short, growing pause, different for each attempt, so that two racers do not meet again.
fn pause(attempt: u32) {
    let mut byte = [0_u8; 1];
    let _ = getrandom::fill(&mut byte);
    let micros = u64::from(byte[0]) * 8 + (200 << attempt.min(8));
    std::thread::park_timeout(Duration::from_micros(micros));
}

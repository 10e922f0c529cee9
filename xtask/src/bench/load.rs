//! Load: an open loop with a fixed schedule, and clients that each wait for their answer.
//!
//! In the open loop every request has its moment before the run begins, and its time is counted from that moment, not from
//! when a connection was free: a server that stalls pays for everybody who would have come meanwhile.

use super::http::{Answer, Ask, Client};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A request and what its answer must be.
#[derive(Debug, Clone)]
pub struct Checked {
    pub ask: Ask,
    pub status: u16,
    pub marker: String,
}

impl Checked {
    pub fn new(ask: Ask, status: u16, marker: impl Into<String>) -> Self {
        Self { ask, status, marker: marker.into() }
    }

    fn fault(&self, answer: &anyhow::Result<Answer>) -> Option<String> {
        match answer {
            Err(error) => Some(format!("{}: {error:#}", self.ask.path)),
            Ok(answer) if answer.status != self.status => {
                let text: String = answer.text().chars().take(300).collect();
                Some(format!("{}: {} instead of {}: {text}", self.ask.path, answer.status, self.status))
            }
            Ok(answer) if !answer.holds(&self.marker) => Some(format!("{}: without {:?}", self.ask.path, self.marker)),
            Ok(_) => None,
        }
    }
}

/// What a run measured.
#[derive(Debug, Default, Clone)]
pub struct Run {
    /// Microseconds of each answer that was right, sorted.
    pub times: Vec<u64>,
    pub wrong: usize,
    /// The first wrong answer.
    pub fault: Option<String>,
    pub seconds: f64,
}

impl Run {
    pub fn quantile_ms(&self, share: f64) -> f64 {
        super::quantile(&self.times, share) as f64 / 1000.0
    }

    pub fn per_second(&self) -> f64 {
        self.times.len() as f64 / self.seconds
    }
}

#[derive(Default)]
struct Tally {
    times: Vec<u64>,
    wrong: usize,
    fault: Option<String>,
}

impl Tally {
    fn add(&mut self, checked: &Checked, answer: &anyhow::Result<Answer>, time: Duration) {
        match checked.fault(answer) {
            None => self.times.push(u64::try_from(time.as_micros()).unwrap_or(u64::MAX)),
            Some(fault) => {
                self.wrong += 1;
                self.fault.get_or_insert(fault);
            }
        }
    }
}

fn gather(tallies: Vec<Tally>, seconds: f64) -> Run {
    let mut run = Run { seconds, ..Run::default() };
    for tally in tallies {
        run.times.extend(tally.times);
        run.wrong += tally.wrong;
        run.fault = run.fault.or(tally.fault);
    }
    run.times.sort_unstable();
    run
}

/// Sends `requests` evenly, so many a second, over `connections`.
pub fn open_loop(address: &str, requests: &[Checked], per_second: f64, connections: usize) -> Run {
    let (next, tallies) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let begin = Instant::now() + Duration::from_millis(50);
    std::thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                let (mut client, mut tally) = (Client::new(address), Tally::default());
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(checked) = requests.get(place) else { break };
                    let due = begin + Duration::from_secs_f64(place as f64 / per_second);
                    std::thread::park_timeout(due.saturating_duration_since(Instant::now()));
                    let answer = client.send(&checked.ask);
                    tally.add(checked, &answer, due.elapsed());
                }
                keep(&tallies, tally);
            });
        }
    });
    gather(tallies.into_inner().unwrap_or_default(), begin.elapsed().as_secs_f64())
}

/// Sends what `make` makes, as fast as `clients` get their answers, for so long. `make` gets the request's number.
pub fn closed_loop(address: &str, clients: usize, time: Duration, make: &(dyn Fn(usize) -> Checked + Sync)) -> Run {
    let (next, tallies) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                let (mut client, mut tally) = (Client::new(address), Tally::default());
                while begin.elapsed() < time {
                    let checked = make(next.fetch_add(1, Ordering::Relaxed));
                    let sent = Instant::now();
                    let answer = client.send(&checked.ask);
                    tally.add(&checked, &answer, sent.elapsed());
                }
                keep(&tallies, tally);
            });
        }
    });
    gather(tallies.into_inner().unwrap_or_default(), begin.elapsed().as_secs_f64())
}

/// Sends them one after the other.
pub fn one_by_one(address: &str, requests: &[Checked]) -> Run {
    let (mut client, mut tally, begin) = (Client::new(address), Tally::default(), Instant::now());
    for checked in requests {
        let sent = Instant::now();
        let answer = client.send(&checked.ask);
        tally.add(checked, &answer, sent.elapsed());
    }
    gather(vec![tally], begin.elapsed().as_secs_f64())
}

/// Every client sends its own list, one after the other, all clients at once.
pub fn side_by_side(address: &str, lists: &[Vec<Checked>]) -> Run {
    let (tallies, begin) = (Mutex::new(Vec::new()), Instant::now());
    std::thread::scope(|scope| {
        for list in lists {
            let tallies = &tallies;
            scope.spawn(move || {
                let (mut client, mut tally) = (Client::new(address), Tally::default());
                for checked in list {
                    let sent = Instant::now();
                    let answer = client.send(&checked.ask);
                    tally.add(checked, &answer, sent.elapsed());
                }
                keep(tallies, tally);
            });
        }
    });
    gather(tallies.into_inner().unwrap_or_default(), begin.elapsed().as_secs_f64())
}

fn keep(tallies: &Mutex<Vec<Tally>>, tally: Tally) {
    tallies.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(tally);
}

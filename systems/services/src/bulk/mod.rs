//! A government of a million cases, for `cargo xtask bench`: written through [`kernel::bulk`], so that every audited row has
//! its history and its entry, as if it had been moved over from an older system.
//!
//! The foundation (tree, posts, accounts, calendar, offerings) is the demonstration's and goes through the ordinary
//! functions. A loaded case carries what such a move brings: envelope, applicant, sealed answers, the dates it was handed
//! in, signed and handed over, its letter with signatures and number; an open one has its task and the draft its next desk
//! needs. The same seed and day give the same content.

mod cases;
mod people;
mod scene;

use std::{
    sync::{Arc, mpsc::sync_channel},
    time::Instant,
};

use jiff::civil::Date;
use kernel::{
    Entropy, Error, Gov, Id, Result,
    bulk::{Batch, Bulk},
    db::Target,
    gov::TimeSource,
};
use serde::Serialize;

use crate::demo::foundation;

/// How much of what.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Kemendagri code of the regency.
    pub region: String,
    /// The last day of the content.
    pub as_of: Date,
    pub seed: u64,
    /// Applications, the open ones included.
    pub cases: usize,
    /// How many of them are still open: the youngest.
    pub open: usize,
    /// Residents beside those of the foundation.
    pub persons: usize,
}

/// Things by chance that a load can ask the filled government for.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Sample {
    pub services: Vec<SampleService>,
    pub cases: Vec<SampleCase>,
    pub residents: Vec<SampleResident>,
}

/// A service at a unit.
#[derive(Clone, Debug, Serialize)]
pub struct SampleService {
    /// Slug of the unit.
    pub unit: String,
    pub slug: String,
    pub title: String,
}

/// An application.
#[derive(Clone, Debug, Serialize)]
pub struct SampleCase {
    pub id: Id,
    pub code: String,
    pub unit: String,
    pub name: String,
    pub open: bool,
    /// Verification code and number of its letter.
    pub letter: Option<(String, String)>,
}

/// A resident.
#[derive(Clone, Debug, Serialize)]
pub struct SampleResident {
    pub name: String,
    pub unit: String,
}

/// What was made, and how long it took.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    pub sample: Sample,
    pub cases: usize,
    pub persons: usize,
    pub villages: usize,
    /// Audited rows loaded, each with its history.
    pub rows: usize,
    pub foundation_seconds: f64,
    pub load_seconds: f64,
    pub finish_seconds: f64,
}

/// Cases in one transaction.
const CASES_IN_BATCH: usize = 2_000;
/// Batches that wait for the writer.
const WAITING: usize = 3;

/// Fills a migrated, empty government. It is closed for the load: open it again afterwards.
///
/// # Errors
/// What the database says, or an unknown region.
pub fn fill(gov: Gov, target: &Target, plan: &Plan) -> Result<Filled> {
    let region = regions::regency(&plan.region).ok_or_else(|| Error::Failed(format!("there is no region {}", plan.region)))?;
    let began = Instant::now();
    let gov = Arc::new(gov);
    let world = foundation::found(&gov, &region, plan.as_of, plan.seed)?;
    crate::demo::write_accounts(&gov.settings().folder, &world)?;
    let scene = scene::Scene::set(&gov, &world, plan)?;
    let keys = Arc::clone(gov.keys());
    let mut filled = Filled { foundation_seconds: began.elapsed().as_secs_f64(), ..Filled::default() };
    drop(gov);
    let began = Instant::now();
    let mut bulk = Bulk::open(target)?;
    let (send, batches) = sync_channel::<Batch>(WAITING);
    let made: Result<(usize, usize, Sample)> = std::thread::scope(|scope| {
        let generator = scope.spawn(|| {
            let hand_over = |batch| send.send(batch).map_err(|_| Error::Failed("the writer stopped".into()));
            let entropy = Entropy::seeded(plan.seed ^ 0xb01d);
            let residents = people::make(&scene, &keys, plan, &entropy, &hand_over)?;
            let sample = cases::make(&scene, &keys, &residents, plan, &entropy, &hand_over)?;
            // The writer ends when nobody can send any more.
            drop(send);
            Ok((plan.cases, residents.len(), sample))
        });
        let mut written = Ok(());
        for batch in batches {
            filled.rows += batch.len();
            written = bulk.write(batch);
            if written.is_err() {
                break;
            }
        }
        let made = generator.join().unwrap_or_else(|_| Err(Error::Failed("the generator failed".into())));
        written.map_err(Error::from).and(made)
    });
    (filled.cases, filled.persons, filled.sample) = made?;
    filled.villages = scene.villages;
    filled.load_seconds = began.elapsed().as_secs_f64();
    let began = Instant::now();
    bulk.finish()?;
    filled.finish_seconds = began.elapsed().as_secs_f64();
    Ok(filled)
}

/// Checks so many entries, spread over the whole log, with every row they own; says how many rows that were.
///
/// # Errors
/// What does not agree.
pub fn check(gov: &Gov, entries: usize, seed: u64) -> Result<usize> {
    let mut dice = crate::demo::Dice::new(seed, "check");
    gov.db().read_now(|rx| kernel::bulk::check_some(rx, entries, |below| dice.below(below), crate::store::TABLES))
}

/// A clock that stands at the morning of the content's last day, for whoever opens the government to fill it.
#[must_use]
pub fn clock(as_of: Date) -> TimeSource {
    let morning = kernel::unit::start_of(indonesian::Zone::default(), as_of).as_microsecond() + 8 * 3_600_000_000;
    TimeSource::Settable(Arc::new(morning.into()))
}

//! Content of the demonstration: a whole regency with its posts and people, and a year of work done by the real rules.
//!
//! The same seed and date give the same content. Everything goes through the functions officers use, so history,
//! numbers and figures are true; nothing is written beside them.

pub(crate) mod answers;
pub(crate) mod foundation;
pub(crate) mod people;
mod script;
mod spine;
pub(crate) mod tree;

use std::{path::Path, sync::Arc};

use kernel::{Error, Result, clock::CaseClock};
use rand_chacha::{
    ChaCha12Rng,
    rand_core::{Rng as _, SeedableRng},
};
use web::{BoxFuture, DemoPlan};

/// A seeded choice.
pub(crate) struct Dice(ChaCha12Rng);

impl Dice {
    pub(crate) fn new(seed: u64, salt: &str) -> Self {
        let salt = salt.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(ChaCha12Rng::seed_from_u64(seed ^ salt))
    }

    /// A whole number from 0 to `below` − 1.
    pub(crate) fn below(&mut self, below: u64) -> u64 {
        self.0.next_u64() % below.max(1)
    }

    pub(crate) fn between(&mut self, from: i64, until: i64) -> i64 {
        let span = u64::try_from(until - from + 1).unwrap_or(1);
        from + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// True in `percent` of the throws.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let place = self.below(list.len() as u64);
        &list[usize::try_from(place).unwrap_or(0)]
    }

    pub(crate) fn seed(&mut self) -> u64 {
        self.0.next_u64()
    }
}

/// The hook of the manifest.
pub(crate) fn fill(plan: &DemoPlan) -> BoxFuture<'_, Result<()>> {
    let (gov, region, as_of, seed) = (Arc::clone(&plan.gov), plan.region.clone(), plan.as_of, plan.seed);
    Box::pin(async move {
        let work = tokio::task::spawn_blocking(move || {
            let region =
                regions::regency(&region).ok_or_else(|| Error::Failed(format!("there is no region {region}; codes look like 16.11")))?;
            let world = foundation::found(&gov, &region, as_of, seed)?;
            write_accounts(gov.settings().folder.as_path(), &world)?;
            script::play(&gov, &world, as_of, seed)?;
            spine::arrange(&gov, &world, as_of, seed)
        });
        work.await.map_err(|error| Error::Failed(error.to_string()))?
    })
}

/// `DIR/demo-accounts.json`; the government's folder is `DIR/gov/<slug>`.
pub(crate) fn write_accounts(folder: &Path, world: &foundation::World) -> Result<()> {
    let failed = |error: std::io::Error| Error::Failed(error.to_string());
    let top = folder.ancestors().nth(2).unwrap_or(folder);
    let text = serde_json::to_string_pretty(&world.accounts).map_err(|error| Error::Failed(error.to_string()))?;
    std::fs::write(top.join("demo-accounts.json"), text).map_err(failed)
}

/// `minutes` of service later than `from`, by the unit's calendar and hours.
pub(crate) fn served_later(office: &kernel::clock::Office, from: kernel::Timestamp, minutes: u32) -> Option<kernel::Timestamp> {
    let clock = CaseClock::new(workdays::Rule::ServiceMinutes(minutes.max(1)), kernel::clock::Starts::Receipt);
    office.due(&clock, Some(from), from).at
}

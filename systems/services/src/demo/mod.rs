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

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use kernel::{
    Error, Result, Rx, Timestamp, account,
    clock::CaseClock,
    grant::{self, Grantee},
    post, unit,
};
use rand_chacha::{
    ChaCha12Rng,
    rand_core::{Rng as _, SeedableRng},
};
use web::{BoxFuture, DemoPlan};

use foundation::DemoAccount;

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
    write_lines(folder, &world.accounts)
}

fn accounts_file(folder: &Path) -> PathBuf {
    folder.ancestors().nth(2).unwrap_or(folder).join("demo-accounts.json")
}

fn write_lines(folder: &Path, lines: &[DemoAccount]) -> Result<()> {
    let text = serde_json::to_string_pretty(lines).map_err(|error| Error::Failed(error.to_string()))?;
    std::fs::write(accounts_file(folder), text).map_err(|error| Error::Failed(error.to_string()))
}

/// The last hook: who got a role of the whole government from another system stands in the list too.
pub(crate) fn fill_late(plan: &DemoPlan) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        let folder = plan.gov.settings().folder.as_path();
        let text = std::fs::read(accounts_file(folder)).map_err(|error| Error::Failed(error.to_string()))?;
        let mut lines: Vec<DemoAccount> = serde_json::from_slice(&text).map_err(|error| Error::Failed(error.to_string()))?;
        let at = plan.gov.now();
        let more = plan.gov.db().read_now(|rx| given_at_the_top(rx, at))?;
        lines.extend(more.into_iter().filter(|line| !lines.iter().any(|known| known.role == line.role)).collect::<Vec<_>>());
        write_lines(folder, &lines)
    })
}

/// The roles that posts hold over the whole government, with the account behind each.
fn given_at_the_top(rx: &mut Rx<'_>, at: Timestamp) -> Result<Vec<DemoAccount>> {
    let Some(root) = unit::root(rx)? else { return Ok(Vec::new()) };
    let mut lines = Vec::new();
    for given in grant::of_unit(rx, root.id)? {
        let Grantee::Post(post) = given.to else { continue };
        let (Some(post), Some(holder)) = (post::find(rx, post)?, post::holder(rx, post, at)?.holder) else { continue };
        let (unit, account) = (unit::find(rx, post.unit)?, account::of_person(rx, holder.person)?.into_iter().next());
        let (Some(unit), Some(account)) = (unit, account) else { continue };
        let password = foundation::PASSWORD.to_owned();
        lines.push(DemoAccount { role: given.role.to_string(), post: post.title, unit: unit.name, username: account.username, password });
    }
    Ok(lines)
}

/// `minutes` of service later than `from`, by the unit's calendar and hours.
pub(crate) fn served_later(office: &kernel::clock::Office, from: kernel::Timestamp, minutes: u32) -> Option<kernel::Timestamp> {
    let clock = CaseClock::new(workdays::Rule::ServiceMinutes(minutes.max(1)), kernel::clock::Starts::Receipt);
    office.due(&clock, Some(from), from).at
}

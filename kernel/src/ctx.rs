//! Who acts, when, from where, and where chance comes from: everything a decision may depend on besides the data.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU16, Ordering},
};

use jiff::Timestamp;
use rand_chacha::{
    ChaCha12Rng,
    rand_core::{Rng, SeedableRng},
};

use crate::Id;

/// A post somebody acts for at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActingPost {
    pub post: Id,
    pub unit: Id,
    /// The office key, e.g. `kepala`, `sekretaris` (see `kernel::post`).
    pub office: String,
    pub title: String,
    /// The holding that gives the right.
    pub holding: Id,
    /// `definitive`, `pj`, `plt` or `plh`.
    pub kind: String,
}

/// A role held at a unit (and below it) now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldGrant {
    pub grant: Id,
    pub role: String,
    pub unit: Id,
    /// Depth of the unit in the tree, 1 = the regency.
    pub depth: i64,
}

/// A signed-in account with what it may do as of now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    pub account: Id,
    pub person: Option<Id>,
    pub name: String,
    /// The post this request acts as.
    pub post: Option<ActingPost>,
    /// All posts it may act for.
    pub posts: Vec<ActingPost>,
    pub grants: Vec<HeldGrant>,
}

impl Officer {
    /// Whether `role` is held anywhere.
    #[must_use]
    pub fn holds(&self, role: &str) -> bool {
        self.grants.iter().any(|grant| grant.role == role)
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Anybody on the web, not signed in.
    Public,
    /// Whoever holds a link made for one case (an RT head, an applicant with the second proof).
    Link { case_id: Id, name: String },
    /// A signed-in account.
    Account(Arc<Officer>),
    /// The machine, for somebody or because of an event.
    System { job: &'static str, on_behalf_of: Option<Id>, cause: Option<Id> },
}

impl Actor {
    /// The officer behind a signed-in actor.
    #[must_use]
    pub fn officer(&self) -> Option<&Officer> {
        match self {
            Self::Account(officer) => Some(officer),
            _ => None,
        }
    }

    /// `public`, `link`, `account` or `system`, as the audit log writes it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Link { .. } => "link",
            Self::Account(_) => "account",
            Self::System { .. } => "system",
        }
    }
}

/// Where an action came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The client's address behind trusted proxies; empty for the machine itself.
    pub address: String,
    /// The user agent, shortened.
    pub agent: String,
    /// The request's id, the same as in the server's log.
    pub request: String,
}

/// Where random bytes come from.
#[derive(Clone)]
pub enum Entropy {
    /// The operating system, by a generator of each thread that it seeds (`rand::rng`): a submission asks thirty times.
    Os,
    /// A seeded generator: same seed, same bytes. For the demo and tests only.
    Seeded(Arc<Mutex<ChaCha12Rng>>),
}

impl Entropy {
    /// A generator that repeats itself for the same seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(ChaCha12Rng::seed_from_u64(seed))))
    }

    fn fill(&self, bytes: &mut [u8]) {
        match self {
            Self::Os => rand::rng().fill_bytes(bytes),
            Self::Seeded(generator) => generator.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes),
        }
    }
}

struct Inner {
    now: Timestamp,
    actor: Actor,
    origin: Origin,
    entropy: Entropy,
    made: AtomicU16,
}

/// The circumstances of one action. Cheap to clone.
#[derive(Clone)]
pub struct Ctx(Arc<Inner>);

impl Ctx {
    /// The circumstances of `actor` acting at `now`.
    #[must_use]
    pub fn new(now: Timestamp, actor: Actor, origin: Origin, entropy: Entropy) -> Self {
        Self(Arc::new(Inner { now, actor, origin, entropy, made: AtomicU16::new(0) }))
    }

    /// The machine acting by itself in `job`.
    #[must_use]
    pub fn system(now: Timestamp, job: &'static str, entropy: Entropy) -> Self {
        Self::new(now, Actor::System { job, on_behalf_of: None, cause: None }, Origin::default(), entropy)
    }

    /// When the action happens.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.now
    }

    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.0.actor
    }

    /// Where it came from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.0.origin
    }

    /// The same circumstances at another moment.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Self {
        Self::new(now, self.0.actor.clone(), self.0.origin.clone(), self.0.entropy.clone())
    }

    /// The same circumstances with another actor.
    #[must_use]
    pub fn as_actor(&self, actor: Actor) -> Self {
        Self::new(self.0.now, actor, self.0.origin.clone(), self.0.entropy.clone())
    }

    /// `N` random bytes.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.entropy.fill(&mut bytes);
        bytes
    }

    /// A new id, ordered by [`Ctx::now`] and, within these circumstances, by the order of making (RFC 9562 §6.2).
    #[must_use]
    pub fn new_id(&self) -> Id {
        let millis = u64::try_from(self.0.now.as_millisecond()).unwrap_or(0);
        let mut random: [u8; 10] = self.random();
        random[..2].copy_from_slice(&self.0.made.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        Id::from_parts(millis, &random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let make = || Ctx::system(Timestamp::UNIX_EPOCH, "test", Entropy::seeded(4));
        let (first, second) = (make(), make());
        assert_eq!(first.new_id(), second.new_id());
        assert!(first.new_id() < first.new_id(), "later ids are greater");
    }
}

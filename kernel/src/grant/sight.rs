//! Who can see what, and why: the grant, holding or mandate behind each reach, from the same [`Scope`] that filters lists.
//!
//! A system says what opens its records as a [`Sight`]. For one officer and one sight there is one scope ([`Sight::scope`]);
//! [`reasons`] takes it apart. [`Everybody`] reads all accounts with what they may do at a moment, in five queries.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Columns, Located, Scope};
use crate::{
    ActingPost, HeldGrant, Id, Officer, Result, Row, Rx, Value,
    account::AccountKind,
    db::DbError,
    params,
    post::{self, Holding, HoldingKind, MandateForm, MandatedPost, Post},
};

/// How records of one kind are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// `services.application`: unique over all systems.
    pub key: &'static str,
    /// The text key of what is seen: "Permohonan dan surat".
    pub title: &'static str,
    /// Roles that open it at their unit and below.
    pub roles: &'static [&'static str],
    /// Whether what lies with an own post, or one acted for by mandate, is opened too; by a mandate for some kinds of letter only
    /// what leads to these.
    pub desks: bool,
    /// The table its lists read (with its system in `system`) and the columns they are filtered by, when one table has them.
    pub counted: Option<(&'static str, Columns)>,
}

impl Sight {
    /// What the officer opens of this kind: the value its lists are filtered by and its rows are checked with.
    #[must_use]
    pub fn scope(&self, officer: &Officer, mandated: &[MandatedPost]) -> Scope {
        if self.desks {
            mandated.iter().fold(Scope::of(officer, self.roles), Scope::with_mandate)
        } else {
            Scope::of_roles(officer, self.roles)
        }
    }
}

/// Why somebody reaches a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A role, of the account or of a post acted for, at a unit.
    Grant { grant: Id, role: String, unit: Id },
    /// It lies with a post acted for.
    Desk { post: Id, holding: Id, kind: String },
    /// It lies with a post that mandated one acted for; only what leads to these kinds of letter, when any is named.
    Mandate { post: Id, own_post: Id, form: MandateForm, kinds: Vec<String> },
}

impl Reason {
    /// The reason that a mandate is.
    #[must_use]
    pub fn mandate(given: &MandatedPost) -> Self {
        Self::Mandate { post: given.post, own_post: given.own_post, form: given.form, kinds: given.kinds.clone() }
    }
}

/// Every reason why the officer reaches `row`; none when they do not. It agrees with [`Scope::covers`] of [`Sight::scope`].
#[must_use]
pub fn reasons(officer: &Officer, mandated: &[MandatedPost], sight: &Sight, row: &Located) -> Vec<Reason> {
    let mut found = Vec::new();
    for grant in officer.grants.iter().filter(|grant| sight.roles.contains(&grant.role.as_str())) {
        if Scope::of_roles(&alone(officer, grant), sight.roles).covers(row) {
            found.push(Reason::Grant { grant: grant.grant, role: grant.role.clone(), unit: grant.unit });
        }
    }
    if sight.desks {
        let lies = |post: Id| Scope::nothing().with_posts([post]).covers(row);
        for post in officer.posts.iter().filter(|post| lies(post.post)) {
            found.push(Reason::Desk { post: post.post, holding: post.holding, kind: post.kind.clone() });
        }
        for given in mandated.iter().filter(|given| Scope::nothing().with_mandate(given).covers(row)) {
            found.push(Reason::mandate(given));
        }
    }
    found
}

/// The officer with one grant only.
fn alone(officer: &Officer, grant: &HeldGrant) -> Officer {
    Officer {
        account: officer.account,
        person: officer.person,
        name: String::new(),
        post: None,
        posts: Vec::new(),
        grants: vec![grant.clone()],
    }
}

/// One account with what it may do.
#[derive(Debug, Clone)]
pub struct Watcher {
    pub username: String,
    pub kind: AccountKind,
    pub expires_at: Option<Timestamp>,
    pub officer: Officer,
    pub mandated: Vec<MandatedPost>,
}

/// Every account that may be used at a moment.
#[derive(Debug, Clone, Default)]
pub struct Everybody {
    pub watchers: Vec<Watcher>,
    /// The posts that somebody acts for.
    pub posts: HashMap<Id, Post>,
}

impl Everybody {
    /// Reads them, whatever their number.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn read(rx: &mut Rx<'_>, at: Timestamp) -> Result<Self> {
        let mut posts = HashMap::new();
        let sql = "select p.id, p.unit, p.office, p.title, p.place, p.valid_from, p.valid_until, p.version from kernel_post p \
                   where p.id in (select h.post from kernel_holding h where h.effective_from <= $1 \
                   and (h.effective_until is null or h.effective_until > $1))";
        for row in rx.all(sql, &params![at])? {
            let post = post::read(&row)?;
            posts.insert(post.id, post);
        }
        let by_person = acting_by_person(rx, at, &posts)?;
        let (by_account, by_post) = grants(rx, at)?;
        let mandates = post::mandates_at(rx, at)?;
        let held: std::collections::HashSet<Id> = by_person.values().flatten().map(|post| post.post).collect();
        let sql = "select id, username, person, kind, display_name, expires_at from kernel_account \
                   where state = 'active' and (expires_at is null or expires_at > $1) order by username, id";
        let mut watchers = Vec::new();
        for row in rx.all(sql, &params![at])? {
            let (account, person): (Id, Option<Id>) = (row.get(0)?, row.get(2)?);
            let own: Vec<ActingPost> = person.and_then(|person| by_person.get(&person).cloned()).unwrap_or_default();
            let mut held_grants: Vec<HeldGrant> = by_account.get(&account).cloned().unwrap_or_default();
            held_grants.extend(own.iter().filter_map(|post| by_post.get(&post.post)).flatten().cloned());
            let kind: String = row.get(3)?;
            watchers.push(Watcher {
                username: row.get(1)?,
                kind: AccountKind::parse(&kind).ok_or_else(|| DbError::Broken(format!("kernel_account.kind holds {kind}")))?,
                expires_at: row.get(5)?,
                mandated: if own.is_empty() { Vec::new() } else { post::mandated_among(&own, &mandates, &held) },
                officer: Officer { account, person, name: row.get(4)?, post: own.first().cloned(), posts: own, grants: held_grants },
            });
        }
        Ok(Self { watchers, posts })
    }

    /// The accounts that open a record, each with its reasons; those who may do nothing with it are left out.
    #[must_use]
    pub fn who_sees<'e>(&'e self, sight: &Sight, row: &Located) -> Vec<(&'e Watcher, Vec<Reason>)> {
        let of = |watcher: &'e Watcher| {
            let found = reasons(&watcher.officer, &watcher.mandated, sight, row);
            (!found.is_empty()).then_some((watcher, found))
        };
        self.watchers.iter().filter_map(of).collect()
    }
}

/// How many records an officer opens, by the very condition of the lists; none when no one table has them.
///
/// # Errors
/// Whatever the database says.
pub fn count(rx: &mut Rx<'_>, sight: &Sight, scope: &Scope) -> Result<Option<i64>> {
    let Some((table, columns)) = &sight.counted else { return Ok(None) };
    let (condition, mut bound): (String, Vec<Value>) = scope.filter(columns, "r", 2);
    bound.insert(0, sight.key.split('.').next().unwrap_or_default().into());
    Ok(Some(rx.count(&format!("select count(*) from {table} r where r.system = $1 and {condition}"), &bound)?))
}

fn acting_by_person(rx: &mut Rx<'_>, at: Timestamp, posts: &HashMap<Id, Post>) -> Result<HashMap<Id, Vec<ActingPost>>> {
    let mut by_post: HashMap<Id, Vec<Holding>> = HashMap::new();
    for holding in post::holdings_at(rx, at)? {
        by_post.entry(holding.post).or_default().push(holding);
    }
    let mut found: HashMap<Id, Vec<(bool, i64, ActingPost)>> = HashMap::new();
    for (id, held) in by_post {
        let (Some(holder), Some(post)) = (post::acting(&held, at).holder, posts.get(&id)) else { continue };
        let acting = ActingPost {
            post: id,
            unit: post.unit,
            office: post.office.clone(),
            title: post.title.clone(),
            holding: holder.id,
            kind: holder.kind.key().to_owned(),
        };
        found.entry(holder.person).or_default().push((holder.kind != HoldingKind::Definitive, post.place, acting));
    }
    let ordered = |mut all: Vec<(bool, i64, ActingPost)>| {
        all.sort_by_key(|(stands_in, place, post)| (*stands_in, *place, post.post));
        all.into_iter().map(|(_, _, post)| post).collect()
    };
    Ok(found.into_iter().map(|(person, all)| (person, ordered(all))).collect())
}

type GrantsBy = HashMap<Id, Vec<HeldGrant>>;

fn grants(rx: &mut Rx<'_>, at: Timestamp) -> Result<(GrantsBy, GrantsBy)> {
    let sql = "select g.id, g.role, g.unit, u.depth, g.account, g.post from kernel_grant g join kernel_unit u on u.id = g.unit \
               where g.effective_from <= $1 and (g.effective_until is null or g.effective_until > $1) order by u.depth, g.role, g.id";
    let (mut by_account, mut by_post): (GrantsBy, GrantsBy) = (HashMap::new(), HashMap::new());
    let read = |row: &Row| Ok::<_, DbError>(HeldGrant { grant: row.get(0)?, role: row.get(1)?, unit: row.get(2)?, depth: row.get(3)? });
    for row in rx.all(sql, &params![at])? {
        let grant = read(&row)?;
        match (row.get::<Option<Id>>(4)?, row.get::<Option<Id>>(5)?) {
            (Some(account), _) => by_account.entry(account).or_default().push(grant),
            (None, Some(post)) => by_post.entry(post).or_default().push(grant),
            (None, None) => {}
        }
    }
    Ok((by_account, by_post))
}

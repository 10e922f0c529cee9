//! Mandates: one post signing for another, "atas nama" (a.n.) or, one step further, "untuk beliau" (u.b.).

use std::{
    collections::{HashMap, HashSet},
    str::FromStr,
};

use jiff::Timestamp;

use super::{
    HoldingKind, MANDATE, find,
    holding::{active, holders},
    in_list,
};
use crate::{ActingPost, Error, Expect, Id, NewEntry, Officer, Result, Row, Rx, Tx, cols, db::DbError, params};

/// How the mandated post signs (Permendagri 1/2023 on official scripts).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MandateForm {
    /// Atas nama: for the post right above.
    An,
    /// Untuk beliau: handed on by a post that itself signs a.n.
    Ub,
}

impl MandateForm {
    /// The word stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::An => "an",
            Self::Ub => "ub",
        }
    }
}

impl FromStr for MandateForm {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::An, Self::Ub].into_iter().find(|form| form.key() == word).ok_or(())
    }
}

/// A mandate between posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    pub id: Id,
    /// The post whose letters these are.
    pub from_post: Id,
    /// The post that signs them.
    pub to_post: Id,
    /// Kinds of letter; empty is every kind.
    pub kinds: Vec<String>,
    pub form: MandateForm,
    pub decree: String,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
    pub entered_at: Timestamp,
    pub version: i64,
}

impl Mandate {
    /// Whether it covers letters of `kind`.
    #[must_use]
    pub fn covers(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|k| k == kind)
    }
}

/// A mandate to be entered.
#[derive(Debug, Clone)]
pub struct NewMandate {
    pub from_post: Id,
    pub to_post: Id,
    pub kinds: Vec<String>,
    pub form: MandateForm,
    pub decree: String,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
}

/// By what right a person acts for a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// The post acted for.
    pub post: Id,
    /// The person's own holding that gives the right: of that post, or of the mandated one.
    pub holding: Id,
    /// The kind of that holding.
    pub kind: HoldingKind,
    /// The post the person holds: `post` itself, or the mandated one.
    pub own_post: Id,
    /// Who acts.
    pub person: Id,
    /// The mandates from `post` down to the own post: none, a.n., or a.n. and u.b.
    pub via: Vec<Mandate>,
}

impl Right {
    /// The mandate signed under, as documents keep it: the last one.
    #[must_use]
    pub fn mandate(&self) -> Option<Id> {
        self.via.last().map(|mandate| mandate.id)
    }
}

/// A post somebody may act for by mandate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MandatedPost {
    /// The post whose letters these are.
    pub post: Id,
    /// The own post that signs.
    pub own_post: Id,
    /// The kinds both mandates of a chain allow; empty is every kind.
    pub kinds: Vec<String>,
    pub form: MandateForm,
}

/// Enters a mandate.
///
/// # Errors
/// [`Error::Refused`] without a decree, to itself, ending before it begins, or u.b. from a post that has no a.n.;
/// [`Error::Missing`] when there is no such post.
pub fn mandate(tx: &mut Tx<'_>, new: &NewMandate) -> Result<Id> {
    if new.decree.trim().is_empty() {
        return Err(Error::refused("kernel-post-decree-needed"));
    }
    if new.from_post == new.to_post {
        return Err(Error::refused("kernel-mandate-to-itself"));
    }
    if new.until.is_some_and(|until| until <= new.from) {
        return Err(Error::refused("kernel-post-ends-before-it-begins"));
    }
    let from = find(tx, new.from_post)?.ok_or(Error::Missing)?;
    let to = find(tx, new.to_post)?.ok_or(Error::Missing)?;
    if from.valid_until.is_some() || to.valid_until.is_some() {
        return Err(Error::refused("kernel-post-closed"));
    }
    if new.form == MandateForm::Ub {
        let sql = format!("select m.id from kernel_mandate m where m.to_post = $2 and m.form = 'an' and {}", active("m", 1));
        if tx.one(&sql, &params![new.from, new.from_post])?.is_none() {
            return Err(Error::refused("kernel-mandate-ub-needs-an"));
        }
    }
    let ctx = tx.ctx();
    let id = ctx.new_id();
    tx.insert(
        &MANDATE,
        id,
        &cols! {
            "from_post" => new.from_post, "to_post" => new.to_post, "kinds" => serde_json::json!(new.kinds).to_string(),
            "form" => new.form.key(), "decree" => new.decree.trim(), "effective_from" => new.from, "effective_until" => new.until,
            "entered_at" => ctx.now(),
        },
    )?;
    tx.entry(
        NewEntry::new("kernel.mandate.given").unit(from.unit).object("post", new.from_post).detail(serde_json::json!({ "mandate": id })),
    );
    Ok(id)
}

/// Ends a mandate at `at`.
///
/// # Errors
/// [`Error::Refused`] when `at` is before it began or after it ended; [`Error::Stale`], [`Error::Missing`].
pub fn end_mandate(tx: &mut Tx<'_>, id: Id, expect: Expect, at: Timestamp) -> Result<i64> {
    let row = tx.one(&format!("{SELECT} where m.id = $1"), &params![id])?.ok_or(Error::Missing)?;
    let given = read(&row)?;
    if at < given.from || given.until.is_some_and(|until| until < at) {
        return Err(Error::refused("kernel-post-ends-before-it-begins"));
    }
    let version = tx.update(&MANDATE, id, expect, &cols! { "effective_until" => at })?;
    tx.entry(NewEntry::new("kernel.mandate.ended").object("post", given.from_post).detail(serde_json::json!({ "mandate": id })));
    Ok(version)
}

/// Ends whatever mandate is given by or to `post` after `at`.
pub(super) fn end_all(tx: &mut Tx<'_>, post: Id, at: Timestamp) -> Result<()> {
    for given in mandates_of(tx, post)? {
        if given.until.is_none_or(|until| at < until) {
            tx.update(&MANDATE, given.id, Expect::Version(given.version), &cols! { "effective_until" => at.max(given.from) })?;
        }
    }
    Ok(())
}

/// Every mandate given by or to a post, the latest first.
///
/// # Errors
/// Whatever the database says.
pub fn mandates_of(rx: &mut Rx<'_>, post: Id) -> Result<Vec<Mandate>> {
    let rows =
        rx.all(&format!("{SELECT} where m.from_post = $1 or m.to_post = $1 order by m.effective_from desc, m.id"), &params![post])?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// By what right `person` may act for `post` on a letter of `kind` at `at`; none when not at all.
///
/// 1. Who acts for the post acts by own right; a holder whose Plh acts does not.
/// 2. Who acts for a post it mandated a.n., or one that post handed it on to u.b., acts by mandate.
/// 3. A mandate rests while nobody acts for the post that gave it.
///
/// # Errors
/// Whatever the database says.
pub fn may_act(rx: &mut Rx<'_>, person: Id, post: Id, kind: &str, at: Timestamp) -> Result<Option<Right>> {
    let chains = chains(rx, post, kind, at)?;
    let mut posts = vec![post];
    posts.extend(chains.iter().flatten().map(|mandate| mandate.to_post));
    let acting = holders(rx, &posts, at)?;
    let holder = |post: &Id| acting.get(post).and_then(|acting| acting.holder.as_ref());
    let Some(own) = holder(&post) else { return Ok(None) };
    let right = |own_post: Id, via: Vec<Mandate>| {
        let held = holder(&own_post).filter(|held| held.person == person)?;
        Some(Right { post, holding: held.id, kind: held.kind, own_post, person, via })
    };
    if own.person == person {
        return Ok(right(post, Vec::new()));
    }
    Ok(chains.into_iter().find_map(|chain| {
        let given_by_somebody = chain.iter().all(|mandate| holder(&mandate.from_post).is_some());
        let own_post = chain.last()?.to_post;
        if given_by_somebody { right(own_post, chain) } else { None }
    }))
}

/// [`may_act`] for a signed-in officer; none when the account is of no person.
///
/// # Errors
/// Whatever the database says.
pub fn may_officer_act(rx: &mut Rx<'_>, officer: &Officer, post: Id, kind: &str, at: Timestamp) -> Result<Option<Right>> {
    match officer.person {
        Some(person) => may_act(rx, person, post, kind, at),
        None => Ok(None),
    }
}

/// The chains of mandates in effect from `post`: every a.n., and every u.b. that follows one. Shorter ones first.
fn chains(rx: &mut Rx<'_>, post: Id, kind: &str, at: Timestamp) -> Result<Vec<Vec<Mandate>>> {
    let rows = rx.all(
        &format!(
            "{SELECT} where {0} and ((m.from_post = $2 and m.form = 'an') or (m.form = 'ub' and m.from_post in \
             (select a.to_post from kernel_mandate a where a.from_post = $2 and a.form = 'an' and {1}))) order by m.effective_from, m.id",
            active("m", 1),
            active("a", 1)
        ),
        &params![at, post],
    )?;
    let mut given = Vec::with_capacity(rows.len());
    for row in &rows {
        given.push(read(row)?);
    }
    given.retain(|mandate| mandate.covers(kind));
    let mut chains: Vec<Vec<Mandate>> = Vec::new();
    for first in given.iter().filter(|m| m.form == MandateForm::An) {
        chains.push(vec![first.clone()]);
    }
    for first in given.iter().filter(|m| m.form == MandateForm::An) {
        for second in given.iter().filter(|m| m.form == MandateForm::Ub && m.from_post == first.to_post) {
            chains.push(vec![first.clone(), second.clone()]);
        }
    }
    Ok(chains)
}

/// The posts that `own` posts may act for by mandate at `at`: what besides the own tasks belongs on a desk.
///
/// With `kind`, only mandates that cover it. Mandates of a post nobody acts for rest and are not listed.
///
/// # Errors
/// Whatever the database says.
pub fn mandated_posts(rx: &mut Rx<'_>, own: &[ActingPost], kind: Option<&str>, at: Timestamp) -> Result<Vec<MandatedPost>> {
    let ids: Vec<Id> = own.iter().map(|post| post.post).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let direct = given_to(rx, &ids, at)?;
    let middle: Vec<Id> = direct.iter().filter(|m| m.form == MandateForm::Ub).map(|m| m.from_post).collect();
    let above = if middle.is_empty() { Vec::new() } else { given_to(rx, &middle, at)? };
    let (found, givers) = chained(&direct, &above);
    let all: Vec<Id> = givers.iter().flatten().copied().collect();
    let acting = holders(rx, &all, at)?;
    let held = |post: &Id| acting.get(post).is_some_and(|acting| !acting.is_vacant());
    let wanted = |mandated: &MandatedPost| kind.is_none_or(|kind| mandated.kinds.is_empty() || mandated.kinds.iter().any(|k| k == kind));
    Ok(found.into_iter().zip(givers).filter(|(mandated, givers)| wanted(mandated) && givers.iter().all(held)).map(|(m, _)| m).collect())
}

/// The posts acted for by mandates, with the posts that gave each: `direct` are given to the own posts, `above` to those that gave u.b.
fn chained(direct: &[Mandate], above: &[Mandate]) -> (Vec<MandatedPost>, Vec<Vec<Id>>) {
    let mut found = Vec::new();
    let mut givers = Vec::new();
    for last in direct {
        match last.form {
            MandateForm::An => {
                givers.push(vec![last.from_post]);
                found.push(MandatedPost { post: last.from_post, own_post: last.to_post, kinds: last.kinds.clone(), form: last.form });
            }
            MandateForm::Ub => {
                for first in above.iter().filter(|m| m.form == MandateForm::An && m.to_post == last.from_post) {
                    let Some(kinds) = common(&first.kinds, &last.kinds) else { continue };
                    givers.push(vec![first.from_post, last.from_post]);
                    found.push(MandatedPost { post: first.from_post, own_post: last.to_post, kinds, form: last.form });
                }
            }
        }
    }
    (found, givers)
}

/// [`mandated_posts`] out of every mandate in effect, by the post it is given to, and the posts that somebody acts for.
pub(crate) fn mandated_among(own: &[ActingPost], given: &HashMap<Id, Vec<Mandate>>, held: &HashSet<Id>) -> Vec<MandatedPost> {
    let to = |post: Id| given.get(&post).into_iter().flatten().cloned();
    let direct: Vec<Mandate> = own.iter().flat_map(|post| to(post.post)).collect();
    let above: Vec<Mandate> = direct.iter().filter(|m| m.form == MandateForm::Ub).flat_map(|m| to(m.from_post)).collect();
    let (found, givers) = chained(&direct, &above);
    found.into_iter().zip(givers).filter(|(_, givers)| givers.iter().all(|post| held.contains(post))).map(|(m, _)| m).collect()
}

/// Every mandate in effect at `at`, by the post it is given to.
pub(crate) fn mandates_at(rx: &mut Rx<'_>, at: Timestamp) -> Result<HashMap<Id, Vec<Mandate>>> {
    let rows = rx.all(&format!("{SELECT} where {} order by m.effective_from, m.id", active("m", 1)), &params![at])?;
    let mut given: HashMap<Id, Vec<Mandate>> = HashMap::new();
    for row in &rows {
        let mandate = read(row)?;
        given.entry(mandate.to_post).or_default().push(mandate);
    }
    Ok(given)
}

/// Kinds allowed by both lists, where empty is every kind; none when they share nothing.
fn common(first: &[String], second: &[String]) -> Option<Vec<String>> {
    if first.is_empty() {
        return Some(second.to_vec());
    }
    if second.is_empty() {
        return Some(first.to_vec());
    }
    let both: Vec<String> = first.iter().filter(|kind| second.contains(kind)).cloned().collect();
    if both.is_empty() { None } else { Some(both) }
}

fn given_to(rx: &mut Rx<'_>, posts: &[Id], at: Timestamp) -> Result<Vec<Mandate>> {
    let (list, mut bound) = in_list(posts, 2);
    bound.insert(0, at.into());
    let rows = rx.all(&format!("{SELECT} where m.to_post in {list} and {} order by m.effective_from, m.id", active("m", 1)), &bound)?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

const SELECT: &str = "select m.id, m.from_post, m.to_post, m.kinds, m.form, m.decree, m.effective_from, m.effective_until, m.entered_at, \
                      m.version from kernel_mandate m";

fn read(row: &Row) -> Result<Mandate, DbError> {
    let broken = |what: &str| DbError::Broken(format!("kernel_mandate.{what} cannot be read"));
    Ok(Mandate {
        id: row.get(0)?,
        from_post: row.get(1)?,
        to_post: row.get(2)?,
        kinds: serde_json::from_str(&row.get::<String>(3)?).map_err(|_| broken("kinds"))?,
        form: row.get::<String>(4)?.parse().map_err(|()| broken("form"))?,
        decree: row.get(5)?,
        from: row.get(6)?,
        until: row.get(7)?,
        entered_at: row.get(8)?,
        version: row.get(9)?,
    })
}

//! Who holds a post, and who acts for it at a moment.

use std::{collections::HashMap, str::FromStr};

use jiff::Timestamp;

use super::{HOLDING, find, in_list};
use crate::{ActingPost, Error, Expect, Id, Message, NewEntry, Result, Row, Rx, Tx, Value, cols, db::DbError, params};

/// By what right a person holds a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HoldingKind {
    /// Appointed or elected.
    Definitive,
    /// Penjabat: fills a vacancy with the whole power of the post (a village head's in UU 6/2014 articles 46–47).
    Pj,
    /// Pelaksana tugas: runs a vacant post beside the own one (UU 30/2014 article 14).
    Plt,
    /// Pelaksana harian: stands in while the holder is away and keeps the post (UU 30/2014 article 14).
    Plh,
}

impl HoldingKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Definitive, Self::Pj, Self::Plt, Self::Plh];

    /// The word stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Definitive => "definitive",
            Self::Pj => "pj",
            Self::Plt => "plt",
            Self::Plh => "plh",
        }
    }

    /// What stands before the title; nothing for the definitive holder.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Definitive => "",
            Self::Pj => "Pj. ",
            Self::Plt => "Plt. ",
            Self::Plh => "Plh. ",
        }
    }
}

impl FromStr for HoldingKind {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.key() == word).ok_or(())
    }
}

/// A person holding a post from a moment until another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    pub id: Id,
    pub post: Id,
    pub person: Id,
    pub kind: HoldingKind,
    /// Number and date of the decree.
    pub decree: String,
    pub from: Timestamp,
    /// The moment it is no more; none is open.
    pub until: Option<Timestamp>,
    /// When it was entered: a late decree is entered after it took effect.
    pub entered_at: Timestamp,
    pub version: i64,
}

impl Holding {
    /// Whether it is in effect at `at`.
    #[must_use]
    pub fn is_active(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    fn overlaps(&self, from: Timestamp, until: Option<Timestamp>) -> bool {
        // One that ended the moment it began was never in effect.
        self.until != Some(self.from) && until.is_none_or(|until| self.from < until) && self.until.is_none_or(|end| from < end)
    }
}

/// Who acts for a post at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acting {
    /// Who acts; none when the post is vacant.
    pub holder: Option<Holding>,
    /// Who keeps the post while a Plh acts.
    pub keeps: Option<Holding>,
}

impl Acting {
    /// Whether nobody acts.
    #[must_use]
    pub const fn is_vacant(&self) -> bool {
        self.holder.is_none()
    }
}

/// Who acts at `at` given every holding of one post.
///
/// 1. A Plh beats everybody, from the minute it begins; whoever held the post keeps it.
/// 2. Otherwise the definitive holder acts.
/// 3. Otherwise the Pj, then the Plt.
/// 4. Of several of one kind, the one who began last; of those, the one entered last.
#[must_use]
pub fn acting(holdings: &[Holding], at: Timestamp) -> Acting {
    let best = |kind: HoldingKind| {
        holdings.iter().filter(|h| h.kind == kind && h.is_active(at)).max_by_key(|h| (h.from, h.entered_at, h.id)).cloned()
    };
    let keeps = best(HoldingKind::Definitive).or_else(|| best(HoldingKind::Pj)).or_else(|| best(HoldingKind::Plt));
    match best(HoldingKind::Plh) {
        Some(stand_in) => Acting { holder: Some(stand_in), keeps },
        None => Acting { holder: keeps, keeps: None },
    }
}

/// A holding to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHolding {
    pub post: Id,
    pub person: Id,
    pub kind: HoldingKind,
    pub decree: String,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
}

/// What an appointment ends: the ids of holdings that end when the new one begins.
///
/// 1. It ends after it begins, and names its decree.
/// 2. A definitive holder is not overlapped by another definitive, Pj or Plt: end the old holding first.
/// 3. A definitive, Pj or Plt ends the Pj, Plt and Plh before it.
/// 4. A Plh needs somebody to stand in for, who is another person; it ends the Plh before it.
/// 5. What is to be ended began earlier; a later holding is ended by hand first.
///
/// # Errors
/// The message of the rule that says no.
pub fn check_appointment(existing: &[Holding], new: &NewHolding) -> Result<Vec<Id>, Message> {
    use HoldingKind::{Definitive, Plh};
    if new.decree.trim().is_empty() {
        return Err(Message::new("kernel-post-decree-needed"));
    }
    if new.until.is_some_and(|until| until <= new.from) {
        return Err(Message::new("kernel-post-ends-before-it-begins"));
    }
    let overlapping: Vec<&Holding> = existing.iter().filter(|h| h.overlaps(new.from, new.until)).collect();
    if new.kind == Plh {
        let Some(away) = acting(existing, new.from).keeps.or_else(|| acting(existing, new.from).holder).filter(|h| h.kind != Plh) else {
            return Err(Message::new("kernel-post-vacant-needs-plt"));
        };
        if away.person == new.person {
            return Err(Message::new("kernel-post-stands-in-for-itself"));
        }
    } else if overlapping.iter().any(|h| h.kind == Definitive) {
        return Err(Message::new("kernel-post-held"));
    }
    let ended: Vec<&Holding> = overlapping.into_iter().filter(|h| new.kind != Plh || h.kind == Plh).collect();
    if ended.iter().any(|h| h.from >= new.from) {
        return Err(Message::new("kernel-post-later-holding"));
    }
    Ok(ended.into_iter().map(|h| h.id).collect())
}

/// Enters a holding and ends what it ends ([`check_appointment`]). It may have taken effect before now.
///
/// # Errors
/// [`Error::Refused`] by the rules; [`Error::Missing`] when there is no such post or person.
pub fn appoint(tx: &mut Tx<'_>, new: &NewHolding) -> Result<Id> {
    let post = find(tx, new.post)?.ok_or(Error::Missing)?;
    if post.valid_until.is_some() {
        return Err(Error::refused("kernel-post-closed"));
    }
    if tx.one("select id from kernel_person where id = $1", &params![new.person])?.is_none() {
        return Err(Error::Missing);
    }
    let existing = holdings(tx, new.post)?;
    for ended in check_appointment(&existing, new)? {
        tx.update(&HOLDING, ended, Expect::Any, &cols! { "effective_until" => new.from })?;
    }
    let ctx = tx.ctx();
    let id = ctx.new_id();
    tx.insert(
        &HOLDING,
        id,
        &cols! {
            "post" => new.post, "person" => new.person, "kind" => new.kind.key(), "decree" => new.decree.trim(),
            "effective_from" => new.from, "effective_until" => new.until, "entered_at" => ctx.now(),
        },
    )?;
    let detail = serde_json::json!({ "holding": id, "kind": new.kind.key(), "from": new.from.as_microsecond() });
    tx.entry(NewEntry::new("kernel.post.appointed").unit(post.unit).object("post", new.post).detail(detail));
    Ok(id)
}

/// Ends a holding at `at`, which may lie ahead or behind. At the moment it began it was never in effect.
///
/// # Errors
/// [`Error::Refused`] when `at` is before it began or after it ended; [`Error::Stale`], [`Error::Missing`].
pub fn end(tx: &mut Tx<'_>, holding: Id, expect: Expect, at: Timestamp) -> Result<i64> {
    let row = tx.one(&format!("{SELECT} where h.id = $1"), &params![holding])?.ok_or(Error::Missing)?;
    let held = read(&row)?;
    if at < held.from || held.until.is_some_and(|until| until < at) {
        return Err(Error::refused("kernel-post-ends-before-it-begins"));
    }
    let version = tx.update(&HOLDING, holding, expect, &cols! { "effective_until" => at })?;
    let detail = serde_json::json!({ "holding": holding, "until": at.as_microsecond() });
    tx.entry(NewEntry::new("kernel.post.ended").object("post", held.post).detail(detail));
    Ok(version)
}

/// Ends whatever holds `post` after `at`.
pub(super) fn end_all(tx: &mut Tx<'_>, post: Id, at: Timestamp) -> Result<()> {
    for held in holdings(tx, post)? {
        if held.until.is_none_or(|until| at < until) {
            tx.update(&HOLDING, held.id, Expect::Version(held.version), &cols! { "effective_until" => at.max(held.from) })?;
        }
    }
    Ok(())
}

/// Every holding of a post, the latest first.
///
/// # Errors
/// Whatever the database says.
pub fn holdings(rx: &mut Rx<'_>, post: Id) -> Result<Vec<Holding>> {
    let rows = rx.all(&format!("{SELECT} where h.post = $1 order by h.effective_from desc, h.entered_at desc, h.id"), &params![post])?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// Who acts for `post` at `at`.
///
/// # Errors
/// Whatever the database says.
pub fn holder(rx: &mut Rx<'_>, post: Id, at: Timestamp) -> Result<Acting> {
    Ok(holders(rx, &[post], at)?.remove(&post).unwrap_or_default())
}

/// Who acts for each of `posts` at `at`, in one query; vacant posts are absent.
///
/// # Errors
/// Whatever the database says.
pub fn holders(rx: &mut Rx<'_>, posts: &[Id], at: Timestamp) -> Result<HashMap<Id, Acting>> {
    let (list, mut bound) = in_list(posts, 2);
    bound.insert(0, at.into());
    let rows = rx.all(&format!("{SELECT} where h.post in {list} and {}", active("h", 1)), &bound)?;
    let mut by_post: HashMap<Id, Vec<Holding>> = HashMap::new();
    for row in &rows {
        let held = read(row)?;
        by_post.entry(held.post).or_default().push(held);
    }
    Ok(by_post.into_iter().map(|(post, held)| (post, acting(&held, at))).collect())
}

/// The posts `person` acts for at `at`: definitive ones first, then by place. A holder whose Plh acts is not among them.
///
/// # Errors
/// Whatever the database says.
pub fn posts_of(rx: &mut Rx<'_>, person: Id, at: Timestamp) -> Result<Vec<ActingPost>> {
    let rows = rx.all(
        &format!(
            "{COLUMNS}, p.unit, p.office, p.title, p.place from kernel_holding h join kernel_post p on p.id = h.post where {} \
             and h.post in (select mine.post from kernel_holding mine where mine.person = $2 and {})",
            active("h", 1),
            active("mine", 1)
        ),
        &params![at, person],
    )?;
    let mut by_post: HashMap<Id, (Vec<Holding>, &Row)> = HashMap::new();
    for row in &rows {
        let held = read(row)?;
        by_post.entry(held.post).or_insert_with(|| (Vec::new(), row)).0.push(held);
    }
    let mut posts = Vec::new();
    for (held, row) in by_post.into_values() {
        let Some(holder) = acting(&held, at).holder.filter(|holder| holder.person == person) else { continue };
        let place: i64 = row.get(WIDTH + 3)?;
        let post = ActingPost {
            post: holder.post,
            unit: row.get(WIDTH)?,
            office: row.get(WIDTH + 1)?,
            title: row.get(WIDTH + 2)?,
            holding: holder.id,
            kind: holder.kind.key().to_owned(),
        };
        posts.push((holder.kind != HoldingKind::Definitive, place, post));
    }
    posts.sort_by_key(|(stands_in, place, post)| (*stands_in, *place, post.post));
    Ok(posts.into_iter().map(|(_, _, post)| post).collect())
}

/// Every holding in effect at `at`.
pub(crate) fn holdings_at(rx: &mut Rx<'_>, at: Timestamp) -> Result<Vec<Holding>> {
    let rows = rx.all(&format!("{SELECT} where {}", active("h", 1)), &params![at])?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// The condition that a row of `alias` is in effect at the moment bound as parameter `at`.
pub(super) fn active(alias: &str, at: usize) -> String {
    format!("{alias}.effective_from <= ${at} and ({alias}.effective_until is null or {alias}.effective_until > ${at})")
}

const COLUMNS: &str = "select h.id, h.post, h.person, h.kind, h.decree, h.effective_from, h.effective_until, h.entered_at, h.version";
const SELECT: &str = "select h.id, h.post, h.person, h.kind, h.decree, h.effective_from, h.effective_until, h.entered_at, h.version \
                      from kernel_holding h";
const WIDTH: usize = 9;

fn read(row: &Row) -> Result<Holding, DbError> {
    let kind: String = row.get(3)?;
    Ok(Holding {
        id: row.get(0)?,
        post: row.get(1)?,
        person: row.get(2)?,
        kind: kind.parse().map_err(|()| DbError::Broken(format!("kernel_holding.kind holds {kind}")))?,
        decree: row.get(4)?,
        from: row.get(5)?,
        until: row.get(6)?,
        entered_at: row.get(7)?,
        version: row.get(8)?,
    })
}

/// The person's definitive posts at `at`, whoever acts for them: the own office a Plh signs with.
pub(super) fn definitive_posts(rx: &mut Rx<'_>, person: Id, at: Timestamp) -> Result<Vec<Id>> {
    let bound: [Value; 2] = params![at, person];
    let rows = rx.all(
        &format!(
            "select h.post from kernel_holding h join kernel_post p on p.id = h.post \
             where h.person = $2 and h.kind = 'definitive' and {} order by p.place, h.post",
            active("h", 1)
        ),
        &bound,
    )?;
    Ok(rows.iter().map(|row| row.get(0)).collect::<Result<_, DbError>>()?)
}

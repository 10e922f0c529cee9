//! Lists on their way out of the system: asked for with a purpose, let out by one key or two, made once, fetched by who asked.
//!
//! A file of many people's data is what a leak, a sale or a campaign begins with. So nobody makes one without a request
//! here: it says which list, how many records and people, what for; the [`Policy`] and a Masa Pemilihan decide whether a
//! second person has to agree; every step is an entry. What makes the file asks for a [`Released`], which only this module gives.

mod policy;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

pub use policy::{Nature, Policy, Why};

use crate::{
    Error, Expect, Id, Message, NewEntry, Officer, Result, Row, Rx, Table, Tx, blobs, cols,
    db::DbError,
    election,
    grant::{Columns, KEYHOLDER, Located, SIGNER, Scope},
    jobs::{self, NewJob},
    notice, params,
    post::in_list,
    unit,
};

/// The requests.
pub static EXPORT: Table = Table::audited(
    "kernel_export",
    &[
        "kind",
        "nature",
        "about",
        "body",
        "format",
        "lang",
        "account",
        "person",
        "post",
        "unit",
        "u1",
        "u2",
        "u3",
        "u4",
        "u5",
        "u6",
        "purpose",
        "reason",
        "records",
        "persons",
        "keys",
        "why",
        "state",
        "asked_at",
        "expires_at",
        "decided_at",
        "decided_by",
        "decided_post",
        "note",
        "made_at",
        "made_rows",
        "file",
    ],
);
/// The tables of this module.
pub const TABLES: &[&Table] = &[&EXPORT];

/// The job that makes a released file; its body names the request as `export`.
pub const JOB: &str = "kernel.export";
/// Roles that turn the second key, within their reach: whoever signs there, or was given just this.
pub const KEY_ROLES: &[&str] = &[SIGNER, KEYHOLDER];
/// What a list may be taken for, by key; the words beside it say more.
pub const PURPOSES: [&str; 6] = ["service", "report", "planning", "audit", "archive", "other"];
/// The text of a purpose, in characters.
pub const REASON_CHARS: std::ops::RangeInclusive<usize> = 10..=300;
/// Up to so many records the entry names each; above, it says how many.
const NAMED_MAX: usize = 500;

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// For a second key.
    Waiting,
    /// Every key was turned; the file is being made.
    Released,
    Made,
    /// The file could not be made.
    Failed,
    Refused,
    Withdrawn,
    /// Nobody turned the second key in time.
    Expired,
}

impl State {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Released => "released",
            Self::Made => "made",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    fn parse(text: &str) -> Result<Self, DbError> {
        let all = [Self::Waiting, Self::Released, Self::Made, Self::Failed, Self::Refused, Self::Withdrawn, Self::Expired];
        all.into_iter().find(|state| state.as_str() == text).ok_or_else(|| DbError::Broken(format!("no state of an export: {text}")))
    }
}

/// A request as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    pub id: Id,
    /// Which list, as its system declares it.
    pub kind: String,
    pub nature: Nature,
    /// Which list in words, without names of people: `Buku Agenda 2026, Desa Tanjung Raman`.
    pub about: String,
    /// What of it, for its system.
    pub body: Json,
    pub format: String,
    pub lang: String,
    pub account: Id,
    pub person: Option<Id>,
    pub post: Option<Id>,
    pub unit: Id,
    pub units: [Option<Id>; 6],
    pub purpose: String,
    pub reason: String,
    pub records: i64,
    pub persons: i64,
    /// How many people have to agree, who asks included.
    pub keys: i64,
    pub why: Vec<Why>,
    pub state: State,
    pub asked_at: Timestamp,
    pub expires_at: Timestamp,
    pub decided_at: Option<Timestamp>,
    pub decided_by: Option<Id>,
    pub decided_post: Option<Id>,
    /// What whoever decided wrote.
    pub note: String,
    pub made_at: Option<Timestamp>,
    pub made_rows: Option<i64>,
    pub file: Option<Id>,
    pub version: i64,
}

impl Export {
    /// Where it stands, for scopes.
    #[must_use]
    pub fn located(&self) -> Located {
        Located { units: self.units, at_unit: Some(self.unit), post: None, person: None, kind: None }
    }

    /// Whether `officer` may turn the second key: somebody else, with a role for it there.
    #[must_use]
    pub fn may_be_decided_by(&self, officer: &Officer) -> bool {
        let same_person = self.person.is_some() && self.person == officer.person;
        officer.account != self.account && !same_person && Scope::of_roles(officer, KEY_ROLES).covers(&self.located())
    }

    /// Whether it still waits for its second key at `now`.
    #[must_use]
    pub fn waits(&self, now: Timestamp) -> bool {
        self.state == State::Waiting && now < self.expires_at
    }
}

/// A list somebody wants.
#[derive(Debug, Clone)]
pub struct NewExport {
    pub kind: &'static str,
    pub nature: Nature,
    pub about: String,
    pub body: Json,
    pub format: String,
    pub lang: String,
    /// The unit the list is of.
    pub unit: Id,
    pub purpose: &'static str,
    pub reason: String,
    pub records: i64,
    pub persons: i64,
}

/// What a request would need: counted before anybody asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    pub why: Vec<Why>,
    pub valid_hours: i64,
    /// The Masa Pemilihan that holds.
    pub election: Option<String>,
}

/// What a list of so many people would need now.
///
/// # Errors
/// What the database says.
pub fn needs(rx: &mut Rx<'_>, nature: Nature, persons: i64, now: Timestamp) -> Result<Needs> {
    let (policy, season) = (Policy::of(rx)?, election::Policy::at(rx, now)?);
    Ok(Needs {
        why: policy.second_key(nature, persons, season.asks_two_keys()),
        valid_hours: policy.valid_hours,
        election: season.period().map(|period| period.name.clone()),
    })
}

/// Asks for a list. With one key it is released at once; else whoever may turn the second one is told.
///
/// # Errors
/// `kernel-export-purpose`, `kernel-export-reason` when it is not said what for; [`Error::Missing`] for nobody's request.
pub fn ask(tx: &mut Tx<'_>, new: &NewExport) -> Result<Id> {
    let ctx = tx.ctx();
    let officer = ctx.actor().officer().ok_or(Error::Missing)?;
    if !PURPOSES.contains(&new.purpose) {
        return Err(Error::refused("kernel-export-purpose"));
    }
    if !REASON_CHARS.contains(&new.reason.trim().chars().count()) {
        return Err(Message::new("kernel-export-reason").arg("min", *REASON_CHARS.start()).arg("max", *REASON_CHARS.end()).into());
    }
    let of = unit::find(tx, new.unit)?.ok_or(Error::Missing)?;
    let (id, now) = (ctx.new_id(), ctx.now());
    let needs = needs(tx, new.nature, new.persons, now)?;
    let (keys, state) = if needs.why.is_empty() { (1_i64, State::Released) } else { (2, State::Waiting) };
    let why: Vec<&str> = needs.why.iter().map(|why| why.as_str()).collect();
    let [u1, u2, u3, u4, u5, u6] = of.ancestors;
    let columns = cols! {
        "kind" => new.kind, "nature" => new.nature.as_str(), "about" => new.about.as_str(), "body" => new.body.to_string(),
        "format" => new.format.as_str(), "lang" => new.lang.as_str(), "account" => officer.account, "person" => officer.person,
        "post" => officer.post.as_ref().map(|post| post.post), "unit" => of.id, "u1" => u1, "u2" => u2, "u3" => u3, "u4" => u4, "u5" => u5, "u6" => u6,
        "purpose" => new.purpose, "reason" => new.reason.trim(), "records" => new.records, "persons" => new.persons, "keys" => keys,
        "why" => why.join(","), "state" => state.as_str(), "asked_at" => now,
        "expires_at" => now + SignedDuration::from_hours(needs.valid_hours), "note" => "",
    };
    tx.insert(&EXPORT, id, &columns)?;
    let detail = json!({
        "kind": new.kind, "records": new.records, "persons": new.persons, "format": new.format, "purpose": new.purpose, "reason": new.reason.trim(),
        "keys": keys, "why": why,
    });
    tx.entry(NewEntry::new("kernel.export.asked").unit(of.id).object("export", id).detail(detail));
    if state == State::Released {
        jobs::add(tx, NewJob::new(JOB, json!({ "export": id })))?;
    } else {
        tell_keyholders(tx, id, &of.ancestors, officer, now)?;
    }
    Ok(id)
}

/// The posts that may turn the second key over these units are told, the asker's own left out.
fn tell_keyholders(tx: &mut Tx<'_>, id: Id, units: &[Option<Id>], officer: &Officer, now: Timestamp) -> Result<()> {
    let path = format!("/unduhan/{id}");
    for post in key_posts(tx, units, now)? {
        if !officer.posts.iter().any(|own| own.post == post) {
            notice::to_post(tx, post, None, "kernel-notice-export", &json!({ "path": path }))?;
        }
    }
    Ok(())
}

/// The posts with a role for the second key over a unit, the nearest first.
fn key_posts(rx: &mut Rx<'_>, units: &[Option<Id>], now: Timestamp) -> Result<Vec<Id>> {
    let path: Vec<Id> = units.iter().flatten().copied().collect();
    let (list, mut bound) = in_list(&path, 4);
    bound.splice(0..0, params![KEY_ROLES[0], KEY_ROLES[1], now]);
    let sql = format!(
        "select distinct g.post, u.depth from kernel_grant g join kernel_unit u on u.id = g.unit where g.role in ($1, $2) and g.post is not null \
         and g.effective_from <= $3 and (g.effective_until is null or g.effective_until > $3) and g.unit in {list} order by u.depth desc, g.post limit 5"
    );
    Ok(rx.all(&sql, &bound)?.iter().map(|row| row.get(0)).collect::<Result<_, DbError>>()?)
}

/// Who could turn the second key over a unit, in words: title of the post and its unit, the nearest first, without these posts
/// (those of whoever asks).
///
/// # Errors
/// What the database says.
pub fn keyholders(rx: &mut Rx<'_>, unit: Id, without: &[Id], now: Timestamp) -> Result<Vec<(String, String)>> {
    let of = unit::find(rx, unit)?.ok_or(Error::Missing)?;
    let mut found = Vec::new();
    for post in key_posts(rx, &of.ancestors, now)?.into_iter().filter(|post| !without.contains(post)) {
        let row =
            rx.one("select p.title, u.name from kernel_post p join kernel_unit u on u.id = p.unit where p.id = $1", &params![post])?;
        if let Some(row) = row {
            found.push((row.get(0)?, row.get(1)?));
        }
    }
    Ok(found)
}

/// Turns the second key: the file is made. Two people, never one with two accounts.
///
/// # Errors
/// [`Error::Missing`] when the actor may not decide it; `kernel-export-decided`, `kernel-export-late` when it waits no more;
/// [`Error::Stale`].
pub fn approve(tx: &mut Tx<'_>, id: Id, expect: Expect, note: &str) -> Result<()> {
    let export = to_decide(tx, id)?;
    decide(tx, &export, expect, State::Released, note)?;
    let detail = json!({ "kind": export.kind, "records": export.records, "persons": export.persons });
    tx.entry(NewEntry::new("kernel.export.approved").unit(export.unit).object("export", id).detail(detail));
    jobs::add(tx, NewJob::new(JOB, json!({ "export": id })))?;
    told(tx, &export, "kernel-notice-export-approved")
}

/// Says no, with the reason.
///
/// # Errors
/// As [`approve`]; `kernel-export-why-not` without a reason.
pub fn refuse(tx: &mut Tx<'_>, id: Id, expect: Expect, note: &str) -> Result<()> {
    let export = to_decide(tx, id)?;
    if note.trim().chars().count() < 5 {
        return Err(Error::refused("kernel-export-why-not"));
    }
    decide(tx, &export, expect, State::Refused, note)?;
    tx.entry(NewEntry::new("kernel.export.refused").unit(export.unit).object("export", id));
    told(tx, &export, "kernel-notice-export-refused")
}

fn told(tx: &mut Tx<'_>, export: &Export, template: &str) -> Result<()> {
    if let Some(post) = export.post {
        notice::to_post(tx, post, None, template, &json!({ "path": format!("/unduhan/{}", export.id) }))?;
    }
    Ok(())
}

/// Takes the own request back while it waits.
///
/// # Errors
/// [`Error::Missing`] for somebody else's; `kernel-export-decided`; [`Error::Stale`].
pub fn withdraw(tx: &mut Tx<'_>, id: Id, expect: Expect) -> Result<()> {
    let ctx = tx.ctx();
    let export = find(tx, id)?;
    if ctx.actor().officer().is_none_or(|officer| officer.account != export.account) {
        return Err(Error::Missing);
    }
    if export.state != State::Waiting {
        return Err(Error::refused("kernel-export-decided"));
    }
    tx.update(&EXPORT, id, expect, &cols! { "state" => State::Withdrawn.as_str() })?;
    tx.entry(NewEntry::new("kernel.export.withdrawn").unit(export.unit).object("export", id));
    Ok(())
}

fn to_decide(tx: &mut Tx<'_>, id: Id) -> Result<Export> {
    let ctx = tx.ctx();
    let export = find(tx, id)?;
    if !ctx.actor().officer().is_some_and(|officer| export.may_be_decided_by(officer)) {
        return Err(Error::Missing);
    }
    match export.state {
        State::Waiting if export.waits(ctx.now()) => Ok(export),
        State::Waiting | State::Expired => Err(Error::refused("kernel-export-late")),
        _ => Err(Error::refused("kernel-export-decided")),
    }
}

fn decide(tx: &mut Tx<'_>, export: &Export, expect: Expect, state: State, note: &str) -> Result<()> {
    let (ctx, now) = (tx.ctx(), tx.now());
    let officer = ctx.actor().officer().ok_or(Error::Missing)?;
    let note: String = note.trim().chars().take(*REASON_CHARS.end()).collect();
    let columns = cols! {
        "state" => state.as_str(), "decided_at" => now, "decided_by" => officer.account,
        "decided_post" => officer.post.as_ref().map(|post| post.post), "note" => note,
    };
    tx.update(&EXPORT, export.id, expect, &columns)?;
    Ok(())
}

/// Requests nobody decided in time; a job does this.
///
/// # Errors
/// What the database says.
pub fn expire(tx: &mut Tx<'_>) -> Result<usize> {
    let now = tx.now();
    let sql = "select id, unit from kernel_export where state = 'waiting' and expires_at <= $1 order by expires_at, id limit 500";
    let late = tx.all(sql, &params![now])?;
    for row in &late {
        let (id, unit): (Id, Id) = (row.get(0)?, row.get(1)?);
        tx.update(&EXPORT, id, Expect::Any, &cols! { "state" => State::Expired.as_str() })?;
        tx.entry(NewEntry::new("kernel.export.expired").unit(unit).object("export", id));
    }
    Ok(late.len())
}

/// A request whose keys were all turned. Only [`released`] gives one, and only with one is a file made.
#[derive(Debug, Clone)]
pub struct Released {
    export: Export,
}

impl Released {
    /// What was asked.
    #[must_use]
    pub const fn export(&self) -> &Export {
        &self.export
    }
}

/// The released request, for the job that makes its file; none when there is nothing to make (any more).
///
/// # Errors
/// [`Error::Missing`] when there is no such request.
pub fn released(rx: &mut Rx<'_>, id: Id) -> Result<Option<Released>> {
    let export = find(rx, id)?;
    Ok((export.state == State::Released).then_some(Released { export }))
}

/// Keeps the file that was made, for a day, and writes down what left the system, for what and on whose behalf.
///
/// # Errors
/// [`Error::Stale`] when it was made meanwhile.
pub fn made(tx: &mut Tx<'_>, released: &Released, staged: &blobs::StagedBlob, rows: usize, records: &[Id]) -> Result<()> {
    let (export, now) = (&released.export, tx.now());
    let columns = cols! { "state" => State::Made.as_str(), "made_at" => now, "made_rows" => rows, "file" => staged.id };
    tx.update(&EXPORT, export.id, Expect::Version(export.version), &columns)?;
    blobs::park(tx, staged)?;
    let ids: &[Id] = if records.len() <= NAMED_MAX { records } else { &[] };
    let detail = json!({
        "kind": export.kind, "rows": rows, "records": ids, "persons": export.persons, "format": export.format, "purpose": export.purpose,
        "reason": export.reason, "keys": export.keys, "approved_by": export.decided_by,
    });
    tx.entry(NewEntry::new("kernel.export.made").unit(export.unit).object("export", export.id).detail(detail));
    Ok(())
}

/// The file cannot be made.
///
/// # Errors
/// What the database says.
pub fn failed(tx: &mut Tx<'_>, released: &Released) -> Result<()> {
    let export = &released.export;
    tx.update(&EXPORT, export.id, Expect::Version(export.version), &cols! { "state" => State::Failed.as_str() })?;
    tx.entry(NewEntry::new("kernel.export.failed").unit(export.unit).object("export", export.id));
    Ok(())
}

/// The file, for who asked for it and for nobody else; each fetching is an entry.
///
/// # Errors
/// [`Error::Missing`] when it is not the actor's or was not made.
pub fn fetch(tx: &mut Tx<'_>, id: Id) -> Result<(Export, Id)> {
    let ctx = tx.ctx();
    let export = find(tx, id)?;
    let own = ctx.actor().officer().is_some_and(|officer| officer.account == export.account);
    let file = export.file.filter(|_| own && export.state == State::Made).ok_or(Error::Missing)?;
    let detail = json!({ "kind": export.kind, "rows": export.made_rows, "persons": export.persons });
    tx.entry(NewEntry::new("kernel.export.fetched").unit(export.unit).object("export", id).detail(detail));
    Ok((export, file))
}

const SELECT: &str = "select id, kind, nature, about, body, format, lang, account, person, post, unit, u1, u2, u3, u4, u5, u6, purpose, reason, records, \
                      persons, keys, why, state, asked_at, expires_at, decided_at, decided_by, decided_post, note, made_at, made_rows, file, version \
                      from kernel_export e";

fn read(row: &Row) -> Result<Export, DbError> {
    let mut units = [None; 6];
    for (place, unit) in units.iter_mut().enumerate() {
        *unit = row.get(11 + place)?;
    }
    Ok(Export {
        id: row.get(0)?,
        kind: row.get(1)?,
        nature: Nature::parse(&row.get::<String>(2)?),
        about: row.get(3)?,
        body: serde_json::from_str(&row.get::<String>(4)?).unwrap_or(Json::Null),
        format: row.get(5)?,
        lang: row.get(6)?,
        account: row.get(7)?,
        person: row.get(8)?,
        post: row.get(9)?,
        unit: row.get(10)?,
        units,
        purpose: row.get(17)?,
        reason: row.get(18)?,
        records: row.get(19)?,
        persons: row.get(20)?,
        keys: row.get(21)?,
        why: row.get::<String>(22)?.split(',').filter_map(Why::parse).collect(),
        state: State::parse(&row.get::<String>(23)?)?,
        asked_at: row.get(24)?,
        expires_at: row.get(25)?,
        decided_at: row.get(26)?,
        decided_by: row.get(27)?,
        decided_post: row.get(28)?,
        note: row.get(29)?,
        made_at: row.get(30)?,
        made_rows: row.get(31)?,
        file: row.get(32)?,
        version: row.get(33)?,
    })
}

/// One request.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Export> {
    let row = rx.one(&format!("{SELECT} where e.id = $1"), &params![id])?.ok_or(Error::Missing)?;
    Ok(read(&row)?)
}

/// A page of a list, newest first: how many, after which request.
#[derive(Debug, Clone, Copy, Default)]
pub struct PageOf {
    pub after: Option<(Timestamp, Id)>,
    pub limit: i64,
}

/// What an account asked for, newest first.
///
/// # Errors
/// What the database says.
pub fn of_account(rx: &mut Rx<'_>, account: Id, page: PageOf) -> Result<Vec<Export>> {
    listed(rx, "e.account = $1".to_owned(), params![account].to_vec(), page)
}

/// What was asked within a scope, newest first.
///
/// # Errors
/// What the database says.
pub fn within(rx: &mut Rx<'_>, scope: &Scope, page: PageOf) -> Result<Vec<Export>> {
    let (filter, bound) = scope.filter(&COLUMNS, "e", 1);
    listed(rx, filter, bound, page)
}

const COLUMNS: Columns = Columns { depth: 6, at_unit: Some("unit"), post: None, person: None, kind: None };

fn listed(rx: &mut Rx<'_>, condition: String, mut bound: Vec<crate::Value>, page: PageOf) -> Result<Vec<Export>> {
    let mut sql = format!("{SELECT} where {condition}");
    if let Some((at, id)) = page.after {
        bound.extend(params![at, id]);
        sql.push_str(&format!(" and (e.asked_at, e.id) < (${}, ${})", bound.len() - 1, bound.len()));
    }
    bound.push(page.limit.into());
    sql.push_str(&format!(" order by e.asked_at desc, e.id desc limit ${}", bound.len()));
    Ok(rx.all(&sql, &bound)?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// What waits for this officer's key, the nearest end first; at most `limit`.
///
/// # Errors
/// What the database says.
pub fn awaiting(rx: &mut Rx<'_>, officer: &Officer, now: Timestamp, limit: i64) -> Result<Vec<Export>> {
    let scope = Scope::of_roles(officer, KEY_ROLES);
    if scope.is_empty() {
        return Ok(Vec::new());
    }
    let (filter, mut bound) = scope.filter(&COLUMNS, "e", 5);
    let own = officer.person.unwrap_or(Id::NIL);
    bound.splice(0..0, params![now, officer.account, own, limit]);
    let sql = format!(
        "{SELECT} where e.state = 'waiting' and e.expires_at > $1 and e.account <> $2 and (e.person is null or e.person <> $3) and {filter} \
         order by e.expires_at, e.id limit $4"
    );
    Ok(rx.all(&sql, &bound)?.iter().map(read).collect::<Result<_, DbError>>()?)
}

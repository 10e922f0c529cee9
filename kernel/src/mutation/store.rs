//! Mutations as rows: drafts, lines, what a plan depends on.

use std::collections::{BTreeSet, HashMap};

use jiff::{Timestamp, civil::Date};

use super::{Facts, LINE, Line, MUTATION, Manner, Mutation, Plan, State, plan};
use crate::{
    DbError, Error, Expect, Id, NewEntry, Result, Row, Rx, Tx, account, cols, grant, params,
    post::{self, HoldingKind, in_list},
    unit,
};

/// A mutation about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMutation {
    pub unit: Id,
    pub decree: String,
    pub decreed_on: Date,
    pub effective_at: Timestamp,
    pub mandates_end: bool,
}

/// A line about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    pub person: Id,
    pub manner: Manner,
    pub from_post: Option<Id>,
    pub to_post: Option<Id>,
    pub kind: HoldingKind,
    pub until: Option<Timestamp>,
    pub home_rests: bool,
    pub tasks_to: Option<Id>,
}

/// Begins a draft.
///
/// # Errors
/// [`Error::Refused`] without a decree; [`Error::Missing`] when there is no such unit.
pub fn start(tx: &mut Tx<'_>, new: &NewMutation) -> Result<Id> {
    if new.decree.trim().is_empty() {
        return Err(Error::refused("kernel-post-decree-needed"));
    }
    unit::find(tx, new.unit)?.ok_or(Error::Missing)?;
    let ctx = tx.ctx();
    let (id, by) = (ctx.new_id(), ctx.actor().officer().map(|officer| officer.account));
    tx.insert(
        &MUTATION,
        id,
        &cols! {
            "unit" => new.unit, "decree" => new.decree.trim(), "decreed_on" => new.decreed_on, "effective_at" => new.effective_at,
            "mandates_end" => new.mandates_end, "state" => State::Draft.as_str(), "drafted_by" => by,
        },
    )?;
    tx.entry(NewEntry::new("kernel.mutation.drafted").unit(new.unit).object("mutation", id));
    Ok(id)
}

/// Changes the decree or the moment of a draft.
///
/// # Errors
/// [`Error::Refused`] when it is set already or without a decree; [`Error::Stale`], [`Error::Missing`].
pub fn revise(tx: &mut Tx<'_>, id: Id, expect: Expect, new: &NewMutation) -> Result<i64> {
    let draft = draft(tx, id)?;
    if new.decree.trim().is_empty() {
        return Err(Error::refused("kernel-post-decree-needed"));
    }
    let columns = cols! {
        "decree" => new.decree.trim(), "decreed_on" => new.decreed_on, "effective_at" => new.effective_at, "mandates_end" => new.mandates_end,
    };
    let version = tx.update(&MUTATION, id, expect, &columns)?;
    tx.entry(NewEntry::new("kernel.mutation.revised").unit(draft.unit).object("mutation", id));
    Ok(version)
}

/// Takes a draft out.
///
/// # Errors
/// [`Error::Refused`] when it is set already; [`Error::Missing`].
pub fn throw_away(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let draft = draft(tx, id)?;
    for line in lines(tx, id)? {
        tx.delete(&LINE, line.id, Expect::Any)?;
    }
    tx.delete(&MUTATION, id, Expect::Any)?;
    tx.entry(NewEntry::new("kernel.mutation.thrown_away").unit(draft.unit).object("mutation", id));
    Ok(())
}

/// Adds a person to a draft.
///
/// 1. A post is taken for an appointment and a secondment, and left for a release and a secondment.
/// 2. A Plh and a secondment end on a day.
/// 3. Nobody is moved to the post they leave.
///
/// # Errors
/// [`Error::Refused`] by these rules or when it is set already; [`Error::Missing`].
pub fn add_line(tx: &mut Tx<'_>, mutation: Id, new: &NewLine) -> Result<Id> {
    let draft = draft(tx, mutation)?;
    let takes = matches!(new.manner, Manner::Appoint | Manner::Second);
    if takes && new.to_post.is_none() {
        return Err(Error::refused("kernel-mutation-to-needed"));
    }
    if matches!(new.manner, Manner::Second | Manner::Release) && new.from_post.is_none() {
        return Err(Error::refused("kernel-mutation-from-needed"));
    }
    if takes && new.from_post == new.to_post {
        return Err(Error::refused("kernel-mutation-same-post"));
    }
    if new.until.is_none() && (new.manner == Manner::Second || (new.manner == Manner::Appoint && new.kind == HoldingKind::Plh)) {
        return Err(Error::refused("kernel-mutation-until-needed"));
    }
    if new.until.is_some_and(|until| until <= draft.effective_at) {
        return Err(Error::refused("kernel-post-ends-before-it-begins"));
    }
    if tx.one("select id from kernel_person where id = $1", &params![new.person])?.is_none() {
        return Err(Error::Missing);
    }
    for post in [new.from_post, new.to_post, new.tasks_to].into_iter().flatten() {
        post::find(tx, post)?.ok_or(Error::Missing)?;
    }
    let place = tx.count("select count(*) from kernel_mutation_line where mutation = $1", &params![mutation])?;
    let id = tx.ctx().new_id();
    let (from_post, to_post) = (new.from_post.filter(|_| !new.manner.leaves()), new.to_post.filter(|_| takes));
    tx.insert(
        &LINE,
        id,
        &cols! {
            "mutation" => mutation, "place" => place, "person" => new.person, "manner" => new.manner.as_str(), "from_post" => from_post,
            "to_post" => to_post, "kind" => new.kind.key(), "until" => new.until.filter(|_| takes),
            "home_rests" => new.home_rests && new.manner == Manner::Second, "tasks_to" => new.tasks_to,
        },
    )?;
    let detail = serde_json::json!({ "line": id, "person": new.person, "manner": new.manner.as_str() });
    tx.entry(NewEntry::new("kernel.mutation.line_added").unit(draft.unit).object("mutation", mutation).detail(detail));
    Ok(id)
}

/// Takes a person out of a draft.
///
/// # Errors
/// [`Error::Refused`] when it is set already; [`Error::Missing`].
pub fn remove_line(tx: &mut Tx<'_>, mutation: Id, line: Id) -> Result<()> {
    let draft = draft(tx, mutation)?;
    let known = lines(tx, mutation)?.into_iter().find(|known| known.id == line).ok_or(Error::Missing)?;
    tx.delete(&LINE, known.id, Expect::Version(known.version))?;
    let detail = serde_json::json!({ "line": line });
    tx.entry(NewEntry::new("kernel.mutation.line_removed").unit(draft.unit).object("mutation", mutation).detail(detail));
    Ok(())
}

pub(super) fn draft(rx: &mut Rx<'_>, id: Id) -> Result<Mutation> {
    let found = find(rx, id)?.ok_or(Error::Missing)?;
    if found.state == State::Draft { Ok(found) } else { Err(Error::refused("kernel-mutation-set-already")) }
}

/// The mutation with this id.
///
/// # Errors
/// Whatever the database says.
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Option<Mutation>> {
    let row = rx.one(&format!("{SELECT} where m.id = $1"), &params![id])?;
    Ok(row.as_ref().map(read).transpose()?)
}

/// The newest mutations first, by their moment; at most `limit`.
///
/// # Errors
/// Whatever the database says.
pub fn list(rx: &mut Rx<'_>, limit: i64) -> Result<Vec<Mutation>> {
    let rows = rx.all(&format!("{SELECT} order by m.effective_at desc, m.id desc limit $1"), &params![limit])?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// Mutations that were set and whose moment has come.
///
/// # Errors
/// Whatever the database says.
pub fn due(rx: &mut Rx<'_>, now: Timestamp) -> Result<Vec<Mutation>> {
    let sql = format!("{SELECT} where m.state = 'set' and m.effective_at <= $1 order by m.effective_at, m.id");
    Ok(rx.all(&sql, &params![now])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// The mutations that name a person, set or done, the newest first.
///
/// # Errors
/// Whatever the database says.
pub fn of_person(rx: &mut Rx<'_>, person: Id, limit: i64) -> Result<Vec<Mutation>> {
    let sql = format!(
        "{SELECT} where m.state in ('set', 'done') and m.id in (select l.mutation from kernel_mutation_line l where l.person = $1) \
         order by m.effective_at desc, m.id desc limit $2"
    );
    Ok(rx.all(&sql, &params![person, limit])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// The lines of a mutation in their order.
///
/// # Errors
/// Whatever the database says.
pub fn lines(rx: &mut Rx<'_>, mutation: Id) -> Result<Vec<Line>> {
    let sql = "select id, mutation, place, person, manner, from_post, to_post, kind, until, home_rests, tasks_to, version \
               from kernel_mutation_line where mutation = $1 order by place, id";
    Ok(rx.all(sql, &params![mutation])?.iter().map(read_line).collect::<Result<_, DbError>>()?)
}

/// What stands before the mutation.
///
/// # Errors
/// Whatever the database says.
pub fn facts(rx: &mut Rx<'_>, lines: &[Line], at: Timestamp) -> Result<Facts> {
    let mut posts: BTreeSet<Id> = lines.iter().flat_map(|line| [line.from_post, line.to_post, line.tasks_to]).flatten().collect();
    let persons: BTreeSet<Id> = lines.iter().map(|line| line.person).collect();
    let mut facts = Facts::default();
    for person in &persons {
        let sql = "select distinct post from kernel_holding where person = $1 and (effective_until is null or effective_until > $2)";
        for row in rx.all(sql, &params![*person, at])? {
            posts.insert(row.get(0)?);
        }
        for account in account::of_person(rx, *person)? {
            let grants = grant::of_account(rx, account.id)?;
            facts.accounts.push((account, grants));
        }
    }
    for id in posts {
        let Some(found) = post::find(rx, id)? else { continue };
        facts.posts.insert(id, found);
        facts.holdings.insert(id, post::holdings(rx, id)?);
        facts.mandates.extend(post::mandates_of(rx, id)?.into_iter().filter(|mandate| mandate.from_post == id));
    }
    Ok(facts)
}

/// What a mutation will do as things stand.
///
/// # Errors
/// Whatever the database says.
pub fn preview(rx: &mut Rx<'_>, mutation: &Mutation) -> Result<(Vec<Line>, Facts, Plan)> {
    let lines = lines(rx, mutation.id)?;
    let facts = facts(rx, &lines, mutation.effective_at)?;
    let made = plan(&facts, &lines, mutation.effective_at, &mutation.decree_text(), mutation.mandates_end);
    Ok((lines, facts, made))
}

/// How many open tasks lie with each post, in one query; posts without any are absent.
///
/// # Errors
/// Whatever the database says.
pub fn tasks_at(rx: &mut Rx<'_>, posts: &[Id]) -> Result<HashMap<Id, i64>> {
    let (list, bound) = in_list(posts, 1);
    let rows = rx.all(&format!("select post, count(*) from kernel_task where state = 'open' and post in {list} group by post"), &bound)?;
    Ok(rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, DbError>>()?)
}

const SELECT: &str = "select m.id, m.unit, m.decree, m.decreed_on, m.effective_at, m.mandates_end, m.state, m.drafted_by, m.entered_at, \
                      m.done_at, m.version from kernel_mutation m";

fn broken(column: &str) -> DbError {
    DbError::Broken(format!("kernel_mutation: {column} cannot be read"))
}

fn read(row: &Row) -> Result<Mutation, DbError> {
    Ok(Mutation {
        id: row.get(0)?,
        unit: row.get(1)?,
        decree: row.get(2)?,
        decreed_on: row.get(3)?,
        effective_at: row.get(4)?,
        mandates_end: row.get(5)?,
        state: row.get::<String>(6)?.parse().map_err(|()| broken("state"))?,
        drafted_by: row.get(7)?,
        entered_at: row.get(8)?,
        done_at: row.get(9)?,
        version: row.get(10)?,
    })
}

fn read_line(row: &Row) -> Result<Line, DbError> {
    Ok(Line {
        id: row.get(0)?,
        mutation: row.get(1)?,
        place: row.get(2)?,
        person: row.get(3)?,
        manner: row.get::<String>(4)?.parse().map_err(|()| broken("manner"))?,
        from_post: row.get(5)?,
        to_post: row.get(6)?,
        kind: row.get::<String>(7)?.parse().map_err(|()| broken("kind"))?,
        until: row.get(8)?,
        home_rests: row.get(9)?,
        tasks_to: row.get(10)?,
        version: row.get(11)?,
    })
}

//! Setting a mutation, taking it back, and what has to be done at its moment.

use jiff::Timestamp;

use super::{EFFECT, Effect, MUTATION, Mutation, Plan, State, store};
use crate::{
    Error, Expect, Id, NewEntry, Result, Table, Tx,
    account::{self, ACCOUNT},
    case, cols,
    grant::GRANT,
    params,
    post::{HOLDING, MANDATE},
};

/// What was done when a mutation took effect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Posts that passed to somebody else, or to nobody.
    pub posts: Vec<Id>,
    /// Open tasks handed to another post.
    pub tasks_moved: usize,
    /// Sessions put off a post that is no longer theirs, or ended with their account.
    pub sessions_told: u64,
}

/// Enters a draft: writes every dated change of its plan. One whose moment has passed takes effect at once.
///
/// # Errors
/// [`Error::Refused`] with the first problem of the plan, or when it is set already; [`Error::Stale`], [`Error::Missing`].
pub fn set(tx: &mut Tx<'_>, id: Id, expect: Expect) -> Result<(Plan, Option<Outcome>)> {
    let mutation = store::draft(tx, id)?;
    let (_, _, plan) = store::preview(tx, &mutation)?;
    if let Some(problem) = plan.problems.first() {
        return Err(Error::Refused(problem.message.clone()));
    }
    for (place, effect) in (0_i64..).zip(&plan.effects) {
        write(tx, &mutation, place, effect)?;
    }
    let now = tx.now();
    tx.update(&MUTATION, id, expect, &cols! { "state" => State::Set.as_str(), "entered_at" => now })?;
    let detail = serde_json::json!({ "effective": mutation.effective_at.as_microsecond(), "effects": plan.effects.len() });
    tx.entry(NewEntry::new("kernel.mutation.set").unit(mutation.unit).object("mutation", id).detail(detail));
    let outcome = if mutation.effective_at <= now { Some(do_it(tx, &mutation, &plan)?) } else { None };
    Ok((plan, outcome))
}

fn write(tx: &mut Tx<'_>, mutation: &Mutation, place: i64, effect: &Effect) -> Result<()> {
    let now = tx.now();
    match effect {
        Effect::HoldingEnds { holding, at } => {
            tx.update(&HOLDING, holding.id, Expect::Version(holding.version), &cols! { "effective_until" => *at })?;
            let detail = serde_json::json!({ "holding": holding.id, "until": at.as_microsecond(), "mutation": mutation.id });
            tx.entry(NewEntry::new("kernel.post.ended").object("post", holding.post).detail(detail));
            keep(tx, mutation, place, "holding_ended", holding.id, holding.until, Some(*at))
        }
        Effect::HoldingBegins { new } => {
            let id = tx.ctx().new_id();
            let columns = cols! {
                "post" => new.post, "person" => new.person, "kind" => new.kind.key(), "decree" => new.decree.as_str(),
                "effective_from" => new.from, "effective_until" => new.until, "entered_at" => now,
            };
            tx.insert(&HOLDING, id, &columns)?;
            let detail =
                serde_json::json!({ "holding": id, "kind": new.kind.key(), "from": new.from.as_microsecond(), "mutation": mutation.id });
            tx.entry(NewEntry::new("kernel.post.appointed").object("post", new.post).detail(detail));
            keep(tx, mutation, place, "holding_made", id, None, new.until)
        }
        Effect::MandateEnds { mandate, at } => {
            tx.update(&MANDATE, mandate.id, Expect::Version(mandate.version), &cols! { "effective_until" => *at })?;
            let detail = serde_json::json!({ "mandate": mandate.id, "mutation": mutation.id });
            tx.entry(NewEntry::new("kernel.mandate.ended").object("post", mandate.from_post).detail(detail));
            keep(tx, mutation, place, "mandate_ended", mandate.id, mandate.until, Some(*at))
        }
        Effect::GrantEnds { grant, at } => {
            tx.update(&GRANT, grant.id, Expect::Version(grant.version), &cols! { "effective_until" => *at })?;
            let detail = serde_json::json!({ "grant": grant.id, "role": grant.role, "mutation": mutation.id });
            tx.entry(NewEntry::new("kernel.grant.revoked").unit(grant.unit).object("grant", grant.id).detail(detail));
            keep(tx, mutation, place, "grant_ended", grant.id, grant.until, Some(*at))
        }
        Effect::AccountEnds { account, before, at, .. } => {
            tx.update(&ACCOUNT, *account, Expect::Any, &cols! { "expires_at" => *at })?;
            tx.entry(NewEntry::new("kernel.account.dated").object("account", *account));
            keep(tx, mutation, place, "account_dated", *account, *before, Some(*at))
        }
    }
}

fn keep(
    tx: &mut Tx<'_>,
    mutation: &Mutation,
    place: i64,
    what: &str,
    row: Id,
    before: Option<Timestamp>,
    after: Option<Timestamp>,
) -> Result<()> {
    let id = tx.ctx().new_id();
    let columns = cols! {
        "mutation" => mutation.id, "place" => place, "what" => what, "row_id" => row, "before_at" => before, "after_at" => after,
    };
    Ok(tx.insert(&EFFECT, id, &columns)?)
}

/// Takes back a mutation that has not taken effect: everything it wrote is as it was.
///
/// # Errors
/// [`Error::Refused`] when it took effect, or when something it wrote was changed since; [`Error::Stale`], [`Error::Missing`].
pub fn cancel(tx: &mut Tx<'_>, id: Id, expect: Expect) -> Result<()> {
    let mutation = store::find(tx, id)?.ok_or(Error::Missing)?;
    let now = tx.now();
    if mutation.state != State::Set || mutation.effective_at <= now {
        return Err(Error::refused("kernel-mutation-too-late"));
    }
    let sql = "select what, row_id, before_at, after_at from kernel_mutation_effect where mutation = $1 order by place desc";
    for row in tx.all(sql, &params![id])? {
        undo(tx, &row.get::<String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?)?;
    }
    tx.update(&MUTATION, id, expect, &cols! { "state" => State::Cancelled.as_str() })?;
    tx.entry(NewEntry::new("kernel.mutation.cancelled").unit(mutation.unit).object("mutation", id));
    Ok(())
}

/// Puts one change back. Whatever somebody else changed since stays theirs, and the whole is refused.
fn undo(tx: &mut Tx<'_>, what: &str, row: Id, before: Option<Timestamp>, after: Option<Timestamp>) -> Result<()> {
    let (table, column): (&'static Table, &str) = match what {
        "holding_made" | "holding_ended" => (&HOLDING, "effective_until"),
        "mandate_ended" => (&MANDATE, "effective_until"),
        "grant_ended" => (&GRANT, "effective_until"),
        "account_dated" => (&ACCOUNT, "expires_at"),
        other => return Err(Error::Failed(format!("a mutation changed {other}"))),
    };
    let now = tx.one(&format!("select {column} from {} where id = $1", table.name), &params![row])?;
    let unchanged = match &now {
        Some(now) => now.get::<Option<Timestamp>>(0)? == after,
        None => false,
    };
    if !unchanged {
        return Err(Error::refused("kernel-mutation-changed-since"));
    }
    if what == "holding_made" {
        tx.delete(table, row, Expect::Any)?;
    } else {
        tx.update(table, row, Expect::Any, &cols! { column => before })?;
    }
    Ok(())
}

/// Does at the moment what no date does by itself: open tasks go to the post named, sessions leave the posts that passed on,
/// and those of ended accounts end. None when it is not due, or done already.
///
/// # Errors
/// Whatever the database says.
pub fn take_effect(tx: &mut Tx<'_>, id: Id) -> Result<Option<(Mutation, Outcome)>> {
    let Some(mutation) = store::find(tx, id)? else { return Ok(None) };
    let now = tx.now();
    if mutation.state != State::Set || now < mutation.effective_at {
        return Ok(None);
    }
    let sql = "select distinct h.post from kernel_mutation_effect e join kernel_holding h on h.id = e.row_id \
               where e.mutation = $1 and e.what in ('holding_made', 'holding_ended') order by h.post";
    let mut posts = Vec::new();
    for row in tx.all(sql, &params![id])? {
        posts.push(row.get::<Id>(0)?);
    }
    let outcome = finish(tx, &mutation, posts)?;
    Ok(Some((mutation, outcome)))
}

fn do_it(tx: &mut Tx<'_>, mutation: &Mutation, plan: &Plan) -> Result<Outcome> {
    let posts = plan.changes.iter().map(|change| change.post).collect();
    finish(tx, mutation, posts)
}

fn finish(tx: &mut Tx<'_>, mutation: &Mutation, posts: Vec<Id>) -> Result<Outcome> {
    let mut outcome = Outcome { posts, ..Outcome::default() };
    for line in store::lines(tx, mutation.id)? {
        let Some(to) = line.tasks_to else { continue };
        let left: Vec<Id> = match line.from_post {
            Some(post) => vec![post],
            None => left_by(tx, mutation.id, line.person)?,
        };
        for from in left.into_iter().filter(|from| *from != to) {
            outcome.tasks_moved += case::hand_tasks(tx, from, to)?;
        }
    }
    for post in outcome.posts.clone() {
        outcome.sessions_told += tx.upkeep("update kernel_session set post = null where post = $1", &params![post])?;
    }
    let sql = "select row_id from kernel_mutation_effect where mutation = $1 and what = 'account_dated'";
    for row in tx.all(sql, &params![mutation.id])? {
        outcome.sessions_told += account::revoke_sessions(tx, row.get(0)?, None)?;
    }
    let now = tx.now();
    tx.update(&MUTATION, mutation.id, Expect::Any, &cols! { "state" => State::Done.as_str(), "done_at" => now })?;
    let detail = serde_json::json!({ "posts": outcome.posts, "tasks": outcome.tasks_moved, "sessions": outcome.sessions_told });
    tx.entry(NewEntry::new("kernel.mutation.took_effect").unit(mutation.unit).object("mutation", mutation.id).detail(detail));
    Ok(outcome)
}

/// The posts a person left by this mutation.
fn left_by(tx: &mut Tx<'_>, mutation: Id, person: Id) -> Result<Vec<Id>> {
    let sql = "select distinct h.post from kernel_mutation_effect e join kernel_holding h on h.id = e.row_id \
               where e.mutation = $1 and e.what = 'holding_ended' and h.person = $2 order by h.post";
    let mut posts = Vec::new();
    for row in tx.all(sql, &params![mutation, person])? {
        posts.push(row.get(0)?);
    }
    Ok(posts)
}

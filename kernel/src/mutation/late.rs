//! Acts in between: done for a post by somebody who, as a decree that came late tells, no longer held it.

use std::str::FromStr;

use jiff::Timestamp;

use super::{ACT, Change, Mutation};
use crate::{DbError, Error, Expect, Id, NewEntry, Result, Row, Rx, Tx, cols, params};

/// Whether an act stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActState {
    Waiting,
    Confirmed,
    Revoked,
}

impl ActState {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Confirmed => "confirmed",
            Self::Revoked => "revoked",
        }
    }
}

impl FromStr for ActState {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::Waiting, Self::Confirmed, Self::Revoked].into_iter().find(|state| state.as_str() == word).ok_or(())
    }
}

/// One act to be confirmed or revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    pub id: Id,
    /// The post it was done for.
    pub post: Id,
    pub person: Id,
    /// `signature` (initials, a signature, an acknowledgement) or `task`.
    pub what: String,
    /// The signature or the task.
    pub object: Id,
    /// The letter it was given on.
    pub document: Option<Id>,
    /// The case it was done in.
    pub about_case: Option<Id>,
    pub at: Timestamp,
    pub state: ActState,
    pub decided_at: Option<Timestamp>,
    pub reason: String,
    pub version: i64,
}

/// What was done for the posts of `changes` between `from` and `until` by whoever acted for them before: signatures given by
/// them or under a mandate of theirs, and tasks they finished.
///
/// # Errors
/// Whatever the database says.
pub fn acts_between(rx: &mut Rx<'_>, changes: &[Change], from: Timestamp, until: Timestamp) -> Result<Vec<Act>> {
    let mut found: Vec<Act> = Vec::new();
    for change in changes {
        let Some(person) = change.from().filter(|person| change.to() != Some(*person)) else { continue };
        let bound = params![change.post, person, from, until];
        let signatures = "select s.id, d.id, d.case_id, s.given_at, s.person from kernel_signature s join kernel_document d on d.id = s.document \
             where s.given_at >= $3 and s.given_at < $4 and s.state = 'given' and ((s.post = $1 and s.person = $2) or s.mandate in \
             (select m.id from kernel_mandate m where m.from_post = $1 and m.effective_from < $3)) order by s.given_at, s.id";
        for row in rx.all(signatures, &bound)? {
            found.push(act(change.post, row.get::<Option<Id>>(4)?.unwrap_or(person), "signature", &row)?);
        }
        let tasks = "select t.id, null, t.case_id, t.done_at from kernel_task t where t.post = $1 and t.state = 'done' and t.done_at >= $3 \
                     and t.done_at < $4 and t.done_by in (select a.id from kernel_account a where a.person = $2) order by t.done_at, t.id";
        for row in rx.all(tasks, &bound)? {
            let act = act(change.post, person, "task", &row)?;
            // Signing finishes the task of signing: the signature is the act.
            let signed = |known: &Act| known.what == "signature" && known.about_case == act.about_case && known.at == act.at;
            if !found.iter().any(signed) {
                found.push(act);
            }
        }
    }
    found.sort_by_key(|act| (act.at, act.object));
    found.dedup_by_key(|act| act.object);
    Ok(found)
}

fn act(post: Id, person: Id, what: &str, row: &Row) -> Result<Act, DbError> {
    Ok(Act {
        id: Id::NIL,
        post,
        person,
        what: what.to_owned(),
        object: row.get(0)?,
        document: row.get(1)?,
        about_case: row.get(2)?,
        at: row.get(3)?,
        state: ActState::Waiting,
        decided_at: None,
        reason: String::new(),
        version: 0,
    })
}

/// Keeps acts to be confirmed in a case.
///
/// # Errors
/// Whatever the database says.
pub fn keep_acts(tx: &mut Tx<'_>, mutation: &Mutation, case_id: Id, acts: &[Act]) -> Result<()> {
    for act in acts {
        let id = tx.ctx().new_id();
        let columns = cols! {
            "mutation" => mutation.id, "case_id" => case_id, "post" => act.post, "person" => act.person, "what" => act.what.as_str(),
            "object" => act.object, "document" => act.document, "about_case" => act.about_case, "at" => act.at,
            "state" => ActState::Waiting.as_str(), "reason" => "",
        };
        tx.insert(&ACT, id, &columns)?;
    }
    Ok(())
}

/// The acts of a case of confirmation, oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn acts_of_case(rx: &mut Rx<'_>, case_id: Id) -> Result<Vec<Act>> {
    let sql = "select id, post, person, what, object, document, about_case, at, state, decided_at, reason, version \
               from kernel_mutation_act where case_id = $1 order by at, id";
    let read = |row: &Row| {
        Ok(Act {
            id: row.get(0)?,
            post: row.get(1)?,
            person: row.get(2)?,
            what: row.get(3)?,
            object: row.get(4)?,
            document: row.get(5)?,
            about_case: row.get(6)?,
            at: row.get(7)?,
            state: row.get::<String>(8)?.parse().map_err(|()| DbError::Broken("kernel_mutation_act.state cannot be read".into()))?,
            decided_at: row.get(9)?,
            reason: row.get(10)?,
            version: row.get(11)?,
        })
    };
    Ok(rx.all(sql, &params![case_id])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// Says of an act that it stands, or that it does not.
///
/// # Errors
/// [`Error::Refused`] when it was decided already, or revoked without a reason; [`Error::Stale`].
pub fn decide(tx: &mut Tx<'_>, case_id: Id, act: &Act, state: ActState, reason: &str) -> Result<()> {
    if act.state != ActState::Waiting {
        return Err(Error::refused("kernel-mutation-act-decided"));
    }
    if state == ActState::Revoked && reason.trim().is_empty() {
        return Err(Error::refused("kernel-mutation-act-reason"));
    }
    let now = tx.now();
    let columns = cols! { "state" => state.as_str(), "decided_at" => now, "reason" => reason.trim() };
    tx.update(&ACT, act.id, Expect::Version(act.version), &columns)?;
    let detail = serde_json::json!({ "act": act.id, "state": state.as_str(), "what": act.what, "object": act.object });
    tx.entry(NewEntry::new("kernel.mutation.act_decided").case(case_id).object("post", act.post).detail(detail));
    Ok(())
}

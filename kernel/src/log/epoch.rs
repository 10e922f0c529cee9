//! Beginning a tree: the first one, one after a restore, and taking a database as it is.

use serde_json::{Value as Json, json};
use tlog::{Checkpoint, EMPTY_ROOT};

use super::{
    Halt, LogError, check_note, origin_of,
    outside::Outside,
    sign, signers,
    store::{self, Epoch, head, next_position},
};
use crate::{Ctx, DbError, Error, Gov, Id, NewEntry};

/// The log's first tree. Another process may be first.
pub(super) fn begin(gov: &Gov, outside: &Outside) -> Result<(), LogError> {
    let found = outside.read()?;
    if gov.db().read_now(head)?.is_some() {
        return Ok(());
    }
    match found {
        None => {}
        Some(note) => {
            // Begun by a process that ended before its transaction did: an empty tree promises nothing.
            let found = check_note(&note, gov.keys(), "the checkpoint outside the database")?;
            if found.size > 0 {
                return Err(LogError::Halted(Halt::Truncated { inside: 0, outside: found.size }));
            }
        }
    }
    let made = make(gov, 1, "", String::new())?;
    // Before the transaction: a database with a tree always has a checkpoint outside it.
    outside.keep(&made.checkpoint)?;
    let detail = json!({ "epoch": 1, "origin": made.origin, "key": key(gov, &made.origin)? });
    match write(gov, &gov.system_ctx("log"), made, detail) {
        Err(LogError::Failed(Error::Db(DbError::Constraint(_)))) => Ok(()),
        other => other.map(drop),
    }
}

fn make(gov: &Gov, epoch: i64, reason: &str, previous: String) -> Result<Epoch, LogError> {
    let origin = origin_of(gov, epoch);
    let checkpoint = sign(&signers(gov.keys(), &origin)?, &origin, 0, EMPTY_ROOT);
    Ok(Epoch {
        epoch,
        origin,
        first: 0,
        size: 0,
        root: EMPTY_ROOT,
        checkpoint,
        checkpoint_at: gov.now(),
        began_at: gov.now(),
        entry: Id::NIL,
        reason: reason.to_owned(),
        previous,
    })
}

fn write(gov: &Gov, ctx: &Ctx, made: Epoch, detail: Json) -> Result<Epoch, LogError> {
    let written = gov.db().write_now(ctx, move |tx| {
        let mut made = made.clone();
        made.first = next_position(tx)?;
        made.entry = tx.entry_id();
        store::begin(tx, &made)?;
        tx.entry(NewEntry::new("log.epoch").detail(detail.clone()));
        Ok::<_, Error>(made)
    });
    Ok(written?)
}

fn key(gov: &Gov, origin: &str) -> Result<Option<String>, LogError> {
    Ok(signers(gov.keys(), origin)?.first().map(|signer| signer.verifier().to_string()))
}

fn shown(checkpoint: &Checkpoint) -> Json {
    let root = checkpoint.to_string();
    let root = root.lines().nth(2).unwrap_or_default();
    json!({ "origin": checkpoint.origin, "size": checkpoint.size, "root": root })
}

/// Begins a new tree after the old one was lost or given up: after a restore, a failover to a copy that lagged, or a change of
/// the address. Its first leaf is an entry that names the tree of the database and the checkpoint outside it as they were, and
/// the reason. Old trees stay as they are and can still be checked.
///
/// # Errors
/// [`LogError`]; [`Error::Missing`] when the log never began.
pub fn new_epoch(gov: &Gov, ctx: &Ctx, reason: &str) -> Result<Epoch, LogError> {
    let outside = Outside::new(&gov.settings().folder);
    let last = gov.db().read_now(head)?.ok_or(Error::Missing)?;
    let previous = outside.read()?.unwrap_or_default();
    let made = make(gov, last.epoch + 1, reason, previous.clone())?;
    let before = Checkpoint::of(&previous).ok().map(|(checkpoint, _)| shown(&checkpoint));
    let detail = json!({
        "epoch": made.epoch, "origin": made.origin, "key": key(gov, &made.origin)?, "reason": reason,
        "database": shown(&Checkpoint::new(&last.origin, last.size, last.root)), "outside": before,
    });
    let made = write(gov, ctx, made, detail)?;
    if !previous.is_empty() {
        outside.remember(&previous)?;
    }
    outside.keep(&made.checkpoint)?;
    outside.remember(&made.checkpoint)?;
    Ok(made)
}

/// Takes the database's log as it is when the checkpoint outside it is gone: a second machine, or a lost folder. The entry
/// written says so. What the folder knew is lost: compare with a checkpoint kept elsewhere.
///
/// # Errors
/// [`LogError`]; refused while a checkpoint outside stands.
pub fn adopt(gov: &Gov, ctx: &Ctx, reason: &str) -> Result<Epoch, LogError> {
    let outside = Outside::new(&gov.settings().folder);
    if outside.read()?.is_some() {
        return Err(
            Error::Failed(format!("a checkpoint stands at {}; `log new-epoch` is the way past it", outside.path().display())).into()
        );
    }
    let last = gov.db().read_now(head)?.ok_or(Error::Missing)?;
    let found = check_note(&last.checkpoint, gov.keys(), "the checkpoint in the database")?;
    if (found.size, found.root) != (last.size, last.root) || found.origin != last.origin {
        let what = "it is not the checkpoint of this tree".to_owned();
        return Err(LogError::Halted(Halt::Forged { place: "the checkpoint in the database", what }));
    }
    let detail = json!({ "reason": reason, "database": shown(&found) });
    gov.db().write_now(ctx, move |tx| {
        tx.entry(NewEntry::new("log.adopted").detail(detail.clone()));
        Ok::<_, Error>(())
    })?;
    outside.keep(&last.checkpoint)?;
    outside.remember(&last.checkpoint)?;
    Ok(last)
}

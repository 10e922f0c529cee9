//! Drafts: forms begun and not yet sent, kept sealed for their owner.
//!
//! The owner is an account, or the random id of a device that holds it in a cookie. Nobody else reads a draft.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

use crate::{Error, Id, Result, Row, Rx, Table, Tx, keys::Keys, params};

/// Begun forms.
pub static DRAFT: Table = Table::upkeep("kernel_draft");
/// The tables of this module.
pub const TABLES: &[&Table] = &[&DRAFT];

/// How long a draft lives after it was last saved.
pub const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Most drafts one owner keeps; the oldest go first.
pub const DRAFTS_MAX: i64 = 20;
/// Longest body in bytes.
pub const BODY_MAX: usize = 256 * 1024;

/// A draft in the list of its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftLine {
    pub id: Id,
    /// What is being written, e.g. the service's key and unit; no personal values.
    pub kind: String,
    pub title: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A draft with what was typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub line: DraftLine,
    pub body: Json,
}

const LINE: &str = "id, kind, title, created_at, updated_at, expires_at";

fn read_line(row: &Row) -> Result<DraftLine> {
    Ok(DraftLine {
        id: row.get(0)?,
        kind: row.get(1)?,
        title: row.get(2)?,
        created_at: row.get(3)?,
        updated_at: row.get(4)?,
        expires_at: row.get(5)?,
    })
}

/// Saves a draft under its id (a new one or the owner's own), as often as the page likes.
///
/// # Errors
/// [`Error::Missing`] when the id is somebody else's; refused with `draft-too-large`.
pub fn save(tx: &mut Tx<'_>, keys: &Keys, owner: Id, id: Id, kind: &str, title: &str, body: &Json) -> Result<()> {
    let plain = body.to_string();
    if plain.len() > BODY_MAX {
        return Err(Error::refused("draft-too-large"));
    }
    let ctx = tx.ctx();
    let sealed = keys.seal(&ctx, "kernel_draft", "body_sealed", id, plain.as_bytes());
    let now = ctx.now();
    let saved = tx.upkeep(
        "insert into kernel_draft (id, owner, kind, title, body_sealed, created_at, updated_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $6, $7) on conflict (id) do update set kind = excluded.kind, title = excluded.title, \
         body_sealed = excluded.body_sealed, updated_at = excluded.updated_at, expires_at = excluded.expires_at \
         where kernel_draft.owner = excluded.owner",
        &params![id, owner, kind, title, sealed, now, now.saturating_add(KEPT).unwrap_or(now)],
    )?;
    if saved == 0 {
        return Err(Error::Missing);
    }
    tx.upkeep(
        "delete from kernel_draft where owner = $1 and id in \
         (select id from kernel_draft where owner = $1 order by updated_at desc, id desc limit 1000 offset $2)",
        &params![owner, DRAFTS_MAX],
    )?;
    Ok(())
}

/// The owner's drafts, last touched first.
///
/// # Errors
/// What the database says.
pub fn list(rx: &mut Rx<'_>, owner: Id, now: Timestamp) -> Result<Vec<DraftLine>> {
    let sql = format!("select {LINE} from kernel_draft where owner = $1 and expires_at > $2 order by updated_at desc, id desc");
    rx.all(&sql, &params![owner, now])?.iter().map(read_line).collect()
}

/// One draft of the owner.
///
/// # Errors
/// [`Error::Missing`] when there is none, it ran out or is somebody else's; [`Error::Failed`] when its key is gone.
pub fn load(rx: &mut Rx<'_>, keys: &Keys, owner: Id, id: Id, now: Timestamp) -> Result<Draft> {
    let sql = format!("select {LINE}, body_sealed from kernel_draft where id = $1 and owner = $2 and expires_at > $3");
    let row = rx.one(&sql, &params![id, owner, now])?.ok_or(Error::Missing)?;
    let sealed: Vec<u8> = row.get(6)?;
    let plain = keys.open("kernel_draft", "body_sealed", id, &sealed).map_err(|error| Error::Failed(error.to_string()))?;
    let body = serde_json::from_slice(&plain).map_err(|error| Error::Failed(error.to_string()))?;
    Ok(Draft { line: read_line(&row)?, body })
}

/// Removes a draft of the owner; nothing happens when there is none.
///
/// # Errors
/// What the database says.
pub fn delete(tx: &mut Tx<'_>, owner: Id, id: Id) -> Result<()> {
    tx.upkeep("delete from kernel_draft where id = $1 and owner = $2", &params![id, owner])?;
    Ok(())
}

/// Removes the drafts, of whatever owner, whose body `is_about` says belongs to somebody. Says how many.
///
/// # Errors
/// [`Error::Failed`] when a draft's key is gone.
pub fn forget(tx: &mut Tx<'_>, keys: &Keys, is_about: impl Fn(&Json) -> bool) -> Result<usize> {
    let (mut after, mut gone) = (Id::NIL, 0);
    loop {
        let rows = tx.all("select id, body_sealed from kernel_draft where id > $1 order by id limit 200", &params![after])?;
        let Some(last) = rows.last() else { return Ok(gone) };
        after = last.get(0)?;
        for row in &rows {
            let (id, sealed): (Id, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let plain = keys.open("kernel_draft", "body_sealed", id, &sealed).map_err(|error| Error::Failed(error.to_string()))?;
            if serde_json::from_slice(&plain).is_ok_and(|body: Json| is_about(&body)) {
                tx.upkeep("delete from kernel_draft where id = $1", &params![id])?;
                gone += 1;
            }
        }
    }
}

/// A signed-in person takes over the drafts of the device.
///
/// # Errors
/// What the database says.
pub fn adopt(tx: &mut Tx<'_>, device: Id, account: Id) -> Result<u64> {
    Ok(tx.upkeep("update kernel_draft set owner = $2 where owner = $1", &params![device, account])?)
}

/// Removes drafts that ran out.
///
/// # Errors
/// What the database says.
pub fn purge(tx: &mut Tx<'_>) -> Result<u64> {
    let now = tx.now();
    Ok(tx.upkeep("delete from kernel_draft where expires_at <= $1", &params![now])?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::{db::Meta, testing::Home};

    fn id(n: u8) -> Id {
        Id::from_bytes([n; 16])
    }

    fn put(home: &Home, owner: Id, draft: Id, body: Json) -> Result<()> {
        let keys = Arc::clone(&home.keys);
        home.write_now(&home.machine(), move |tx| save(tx, &keys, owner, draft, "sku", "Usaha", &body))
    }

    fn get(home: &Home, owner: Id, draft: Id) -> Result<Draft> {
        let (keys, now) = (Arc::clone(&home.keys), home.now());
        home.read_now(move |rx| load(rx, &keys, owner, draft, now))
    }

    #[test]
    fn a_draft_is_saved_again_and_read_by_its_owner_only() {
        let home = Home::new(Meta::default());
        put(&home, id(1), id(10), json!({ "name": "Si" })).unwrap();
        home.pass(SignedDuration::from_secs(5));
        put(&home, id(1), id(10), json!({ "name": "Siti" })).unwrap();
        assert_eq!(get(&home, id(1), id(10)).unwrap().body, json!({ "name": "Siti" }));
        assert!(matches!(get(&home, id(2), id(10)), Err(Error::Missing)));
        assert!(matches!(put(&home, id(2), id(10), json!({})), Err(Error::Missing)), "nobody writes over another's draft");
        let now = home.now();
        assert_eq!(home.read_now(move |rx| list(rx, id(1), now)).unwrap().len(), 1);
        let stored: Vec<u8> =
            home.read_now(|rx| rx.one("select body_sealed from kernel_draft", &[])?.ok_or(Error::Missing)).unwrap().get(0).unwrap();
        assert!(!stored.windows(4).any(|bytes| bytes == b"Siti"), "sealed");
    }

    #[test]
    fn drafts_run_out_and_the_oldest_make_room() {
        let home = Home::new(Meta::default());
        for n in 0..25 {
            home.pass(SignedDuration::from_secs(1));
            put(&home, id(1), id(100 + n), json!({})).unwrap();
        }
        assert_eq!(home.count("select count(*) from kernel_draft"), DRAFTS_MAX);
        assert!(get(&home, id(1), id(104)).is_err() && get(&home, id(1), id(124)).is_ok());
        home.write_now(&home.machine(), |tx| delete(tx, id(2), id(124))).unwrap();
        home.write_now(&home.machine(), |tx| adopt(tx, id(1), id(3))).unwrap();
        assert!(get(&home, id(3), id(124)).is_ok(), "taken over, and not deleted by a stranger");
        home.pass(KEPT);
        assert!(matches!(get(&home, id(3), id(124)), Err(Error::Missing)));
        assert_eq!(home.write_now(&home.machine(), purge).unwrap(), 20);
    }

    #[test]
    fn a_huge_draft_is_refused() {
        let home = Home::new(Meta::default());
        let error = put(&home, id(1), id(10), json!("x".repeat(BODY_MAX))).unwrap_err();
        assert!(matches!(error, Error::Refused(message) if message.key == "draft-too-large"));
    }
}

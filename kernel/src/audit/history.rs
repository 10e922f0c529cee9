//! Entries with the row versions they commit to.

use std::collections::HashMap;

use crate::{
    DbError, Id, Row, Rx, Value,
    bulk::digest_of,
    db::{changes_digest, digest},
    erasure, params,
};

use super::{Difference, Kind};

/// Columns of an entry in the order `bulk::digest_of` reads them, then its position in the log.
pub(super) const ENTRY: &str = "e.salt, e.id, e.at, e.action, e.actor_kind, e.account, e.person, e.post, e.unit, e.case_id, e.object, e.cause, \
                                e.object_kind, e.origin, e.detail, e.changes, e.changes_digest, e.digest, l.position";
const VERSION: &str = "h.entry, h.table_name, h.row_id, h.version, h.op, h.image, h.salt, h.digest";

/// Row versions by their entry.
pub(super) type ByEntry = HashMap<Id, Vec<Row>>;

/// The versions of every entry after `after` up to `last`, or to the end.
pub(super) fn between(rx: &mut Rx<'_>, after: Id, last: Option<Id>) -> Result<ByEntry, DbError> {
    let rows = match last {
        Some(last) => {
            rx.all(&format!("select {VERSION} from kernel_history h where h.entry > $1 and h.entry <= $2"), &params![after, last])?
        }
        None => rx.all(&format!("select {VERSION} from kernel_history h where h.entry > $1"), &params![after])?,
    };
    group(rows)
}

/// The versions of these entries.
pub(super) fn of_entries(rx: &mut Rx<'_>, entries: &[Id]) -> Result<ByEntry, DbError> {
    let mut all = Vec::new();
    for chunk in entries.chunks(256) {
        let marks: Vec<String> = (1..=chunk.len()).map(|place| format!("${place}")).collect();
        let ids: Vec<Value> = chunk.iter().map(Value::from).collect();
        all.extend(rx.all(&format!("select {VERSION} from kernel_history h where h.entry in ({})", marks.join(",")), &ids)?);
    }
    group(all)
}

fn group(rows: Vec<Row>) -> Result<ByEntry, DbError> {
    let mut grouped = ByEntry::new();
    for row in rows {
        grouped.entry(row.get(0)?).or_default().push(row);
    }
    Ok(grouped)
}

/// Checks one entry and its versions.
pub(super) fn entry(rx: &mut Rx<'_>, row: &Row, versions: &[Row], found: &mut Vec<Difference>) -> Result<(), DbError> {
    let (id, action): (Id, String) = (row.get(1)?, row.get(3)?);
    if digest_of(row)? != row.get::<Vec<u8>>(17)? && !is_blanked(rx, row)? {
        found.push(Difference::new(Kind::EntryAltered, format!("the entry {action} does not give its digest")).entry(id));
    }
    let mut digests = Vec::with_capacity(versions.len());
    for version in versions {
        digests.extend(one_version(rx, version, id, found)?);
    }
    let (count, committed) = (i64::try_from(versions.len()).unwrap_or(i64::MAX), row.get::<Option<Vec<u8>>>(16)?);
    if row.get::<i64>(15)? != count || changes_digest(digests) != committed {
        let what = format!("the entry {action} commits to {} row versions, {count} are there, or others", row.get::<i64>(15)?);
        let mut difference = Difference::new(Kind::EntryChanges, what).entry(id);
        if let Some(first) = versions.first() {
            difference.table = Some(first.get(1)?);
        }
        found.push(difference);
    }
    Ok(())
}

/// Whether the entry lost origin and detail by an erasure; then its digest can only be compared with its leaf.
fn is_blanked(rx: &mut Rx<'_>, row: &Row) -> Result<bool, DbError> {
    let blank = row.get::<Vec<u8>>(0)? == erasure::NO_SALT && row.get::<String>(13)?.is_empty() && row.get::<String>(14)?.is_empty();
    Ok(blank && erasure::covers_entry(rx, row.get(1)?)?)
}

/// The digest of a version, checked against its image unless that was erased.
fn one_version(rx: &mut Rx<'_>, version: &Row, entry: Id, found: &mut Vec<Difference>) -> Result<Option<[u8; 32]>, DbError> {
    let (table, row, number, op): (String, Id, i64, String) = (version.get(1)?, version.get(2)?, version.get(3)?, version.get(4)?);
    let altered = |what: &str| Difference::new(Kind::HistoryAltered, what).row(&table, row, number).entry(entry);
    let (Ok(salt), Ok(kept)) = (<[u8; 16]>::try_from(version.get::<Vec<u8>>(6)?), <[u8; 32]>::try_from(version.get::<Vec<u8>>(7)?)) else {
        found.push(altered("its salt or digest has another length"));
        return Ok(None);
    };
    match version.get::<Option<String>>(5)? {
        Some(image) if digest(&salt, &table, row, number, &op, &image) != kept => {
            found.push(altered("the image in its history was changed"));
        }
        Some(_) => {}
        None if erasure::covers(rx, &table, row, number)? => {}
        None => {
            let what = "the image in its history is gone, and no erasure tells of it";
            found.push(Difference::new(Kind::HistoryErased, what).row(&table, row, number).entry(entry));
        }
    }
    Ok(Some(kept))
}

//! Checking an entry against what is stored: its own digest, the digests of its rows, and the rows as they stand.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

use crate::{
    DbError, Error, Id, Result, Row, Rx, Table,
    db::{changes_digest, digest, image},
    params, tables,
};

/// Checks one entry and every row version it owns. A row still at that version must look as its image says. Erased images
/// are checked by their digest only. Returns how many row versions it owns; `systems` are the tables beside the kernel's.
///
/// # Errors
/// [`Error::Missing`] when there is no such entry, [`Error::Failed`] naming what does not agree.
pub fn check(rx: &mut Rx<'_>, entry: Id, systems: &[&'static Table]) -> Result<usize> {
    let sql = "select salt, id, at, action, actor_kind, account, person, post, unit, case_id, object, cause, object_kind, origin, detail, \
               changes, changes_digest, digest from kernel_entry where id = $1";
    let row = rx.one(sql, &params![entry])?.ok_or(Error::Missing)?;
    let wrong = |what: &str| Error::Failed(format!("entry {entry}: {what}"));
    if digest_of(&row)?.as_slice() != row.get::<Vec<u8>>(17)? {
        return Err(wrong("its digest is another"));
    }
    let owned =
        rx.all("select table_name, row_id, version, op, image, salt, digest from kernel_history where entry = $1", &params![entry])?;
    let mut digests = Vec::with_capacity(owned.len());
    for line in &owned {
        let (table, id, version, op): (String, Id, i64, String) = (line.get(0)?, line.get(1)?, line.get(2)?, line.get(3)?);
        let kept: [u8; 32] = line.get::<Vec<u8>>(6)?.try_into().map_err(|_| wrong("a digest has not 32 bytes"))?;
        digests.push(kept);
        let Some(stored) = line.get::<Option<String>>(4)? else { continue };
        let salt: [u8; 16] = line.get::<Vec<u8>>(5)?.try_into().map_err(|_| wrong("a salt has not 16 bytes"))?;
        if digest(&salt, &table, id, version, &op, &stored) != kept {
            return Err(wrong(&format!("the image of {table} {id} was changed")));
        }
        if now(rx, &table, id, version, systems)?.is_some_and(|now| now != stored) {
            return Err(wrong(&format!("{table} {id} does not look as its history says")));
        }
    }
    let count = i64::try_from(digests.len()).unwrap_or(i64::MAX);
    if row.get::<i64>(15)? != count || changes_digest(digests) != row.get::<Option<Vec<u8>>>(16)? {
        return Err(wrong("its rows are not those it commits to"));
    }
    Ok(owned.len())
}

/// Checks `count` entries taken by chance from the time the log spans; `throw(n)` gives a number below `n`. Returns how many row
/// versions they own together.
///
/// # Errors
/// As [`check`].
pub fn check_some(rx: &mut Rx<'_>, count: usize, mut throw: impl FnMut(u64) -> u64, systems: &[&'static Table]) -> Result<usize> {
    let mut edge = |order: &str| -> Result<Option<Id>> {
        let row = rx.one(&format!("select id from kernel_entry order by id {order} limit 1"), &[])?;
        Ok(row.map(|row| row.get(0)).transpose()?)
    };
    let (Some(first), Some(last)) = (edge("asc")?, edge("desc")?) else { return Ok(0) };
    let millis = |id: Id| id.bytes()[..6].iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let (mut rows, mut seen) = (0, HashSet::new());
    for _ in 0..count {
        let near = Id::from_parts(millis(first) + throw(millis(last) - millis(first) + 1), &[0; 10]);
        if let Some(row) = rx.one("select id from kernel_entry where id >= $1 order by id limit 1", &params![near])? {
            let entry: Id = row.get(0)?;
            if seen.insert(entry) {
                rows += check(rx, entry, systems)?;
            }
        }
    }
    Ok(rows)
}

/// As `entry::Sealed::digest`, from the stored columns.
pub(crate) fn digest_of(row: &Row) -> Result<Vec<u8>, DbError> {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(&row.get::<Vec<u8>>(0)?);
    part(&row.get::<Vec<u8>>(1)?);
    part(&row.get::<i64>(2)?.to_be_bytes());
    part(row.get::<String>(3)?.as_bytes());
    part(row.get::<String>(4)?.as_bytes());
    for column in 5..12 {
        part(&row.get::<Option<Vec<u8>>>(column)?.unwrap_or_default());
    }
    for column in 12..15 {
        part(row.get::<String>(column)?.as_bytes());
    }
    part(&row.get::<i64>(15)?.to_be_bytes());
    part(&row.get::<Option<Vec<u8>>>(16)?.unwrap_or_default());
    Ok(hash.finalize().to_vec())
}

/// The image of the row as it stands, if it still is at this version.
fn now(rx: &mut Rx<'_>, name: &str, id: Id, version: i64, systems: &[&'static Table]) -> Result<Option<String>> {
    let Some(table) = tables::all().chain(systems.iter().copied()).find(|table| table.name == name) else { return Ok(None) };
    let sql = format!("select version, {} from {name} where id = $1", table.columns.join(", "));
    let row = rx.one(&sql, &params![id])?;
    Ok(row.filter(|row| row.get::<i64>(0).is_ok_and(|at| at == version)).map(|row| image(table, &row.values()[1..])))
}

//! Lists in the log: an entry of a list names the rows that were shown; this is the way from a person to the entries that covered her.
//! The same reading of the log keeps what is told of aid ([`super::aid`]).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kernel::{
    DbError, Id, Result, Row, Rx, Tx, Value, params,
    retention::{self, Ripe, Rule},
};

/// Entries of one page.
const PAGE: i64 = 2_000;
/// Ids of one question.
const CHUNK: usize = 500;
/// Entries are committed out of the order of their ids; the newest of this long are looked at again.
const BEHIND: SignedDuration = SignedDuration::from_mins(2);

/// How long the index is kept: as long as the entries it leads to say whom a list covered.
pub const RULES: &[Rule] = &[Rule {
    key: "oversight.listed",
    words: "oversight-retention-listed-",
    keep_days: 1_826,
    basis: "UU 27/2022 Pasal 16 ayat (2) huruf g; PP 71/2019 Pasal 22",
    verified: false,
    find: ripe,
    erase: |tx, _, ids, _| {
        for entry in ids {
            tx.upkeep("delete from oversight_listed where entry = $1", &params![*entry])?;
        }
        Ok(())
    },
}];

/// The lists of before a moment, each with whoever on it a hold was set on.
fn ripe(rx: &mut Rx<'_>, before: Timestamp, after: Id, limit: i64) -> Result<Vec<Ripe>> {
    let end = Id::from_parts(u64::try_from(before.as_millisecond()).unwrap_or(0), &[0; 10]);
    let sql = "select distinct entry from oversight_listed where entry > $1 and entry < $2 order by entry limit $3";
    let entries = rx.all(sql, &params![after, end, limit])?.iter().map(|row| row.get(0)).collect::<Result<Vec<Id>, DbError>>()?;
    let mut held: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    if let (Some(first), Some(last)) = (entries.first(), entries.last()) {
        for person in retention::persons_on_hold(rx)? {
            let sql = "select entry from oversight_listed where person = $1 and entry between $2 and $3";
            let read = |row: &Row| row.get::<Id>(0);
            for entry in rx.all(sql, &params![person, *first, *last])?.iter().map(read).collect::<Result<Vec<_>, DbError>>()? {
                held.entry(entry).or_default().push(person);
            }
        }
    }
    Ok(entries.into_iter().map(|id| Ripe { id, belongs_to: held.remove(&id).unwrap_or_default() }).collect())
}

/// Goes through the next page of entries and notes who stood on lists; says how many entries it read, and whether settled ones wait.
///
/// # Errors
/// What the database says.
pub fn index(tx: &mut Tx<'_>) -> Result<(usize, bool)> {
    let through = match tx.one("select through from oversight_indexed where id = 1", &[])? {
        Some(row) => row.get(0)?,
        None => Id::NIL,
    };
    let sql = "select id, detail, action from kernel_entry where id > $1 and actor_kind = 'account' order by id limit $2";
    let rows = tx.all(sql, &params![through, PAGE])?;
    for row in &rows {
        let (entry, listed): (Id, Vec<Id>) = (row.get(0)?, named(&row.get::<String>(1)?));
        super::aid::keep(tx, entry, &row.get::<String>(2)?, &row.get::<String>(1)?)?;
        for person in persons(tx, &listed)? {
            let sql = "insert into oversight_listed (person, entry) values ($1, $2) on conflict (person, entry) do nothing";
            tx.upkeep(sql, &params![person, entry])?;
        }
    }
    let Some(last) = rows.last() else { return Ok((0, false)) };
    let last: Id = last.get(0)?;
    let settled = tx.now().saturating_sub(BEHIND).unwrap_or(Timestamp::UNIX_EPOCH);
    let settled = Id::from_parts(u64::try_from(settled.as_millisecond()).unwrap_or(0), &[0; 10]);
    let sql = "insert into oversight_indexed (id, through) values (1, $1) on conflict (id) do update set through = excluded.through";
    tx.upkeep(sql, &params![last.min(settled).max(through)])?;
    Ok((rows.len(), i64::try_from(rows.len()).is_ok_and(|read| read == PAGE) && last < settled))
}

/// The rows an entry names: persons, cases, or the records of a file.
fn named(detail: &str) -> Vec<Id> {
    let detail: serde_json::Value = serde_json::from_str(detail).unwrap_or_default();
    let list = |name: &str| detail.get(name).and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    let all = ["persons", "cases", "records"].into_iter().flat_map(list);
    all.filter_map(|id| id.as_str()?.parse().ok()).collect()
}

/// How many rows an entry names.
#[must_use]
pub fn rows(detail: &str) -> usize {
    named(detail).len()
}

/// The persons among the rows, and those of the cases among them.
fn persons(rx: &mut Rx<'_>, listed: &[Id]) -> Result<Vec<Id>, DbError> {
    let mut found = Vec::new();
    for some in listed.chunks(CHUNK) {
        let marks: Vec<String> = (1..=some.len()).map(|place| format!("${place}")).collect();
        let (marks, bound) = (marks.join(", "), some.iter().map(|id| Value::from(*id)).collect::<Vec<_>>());
        let sql = format!(
            "select id from kernel_person where id in ({marks}) union \
             select applicant from kernel_case where id in ({marks}) and applicant is not null union \
             select person from kernel_case_party where case_id in ({marks}) and person is not null"
        );
        for row in rx.all(&sql, &bound)? {
            found.push(row.get(0)?);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_from_whatever_an_entry_calls_them() {
        let id = Id::from_bytes([7; 16]);
        for name in ["persons", "cases", "records"] {
            assert_eq!(named(&format!("{{\"{name}\":[\"{id}\"]}}")), [id], "{name}");
        }
        assert_eq!(rows("{\"persons\":3}") + rows("{\"rows\":12}") + rows("null") + rows(""), 0);
    }
}

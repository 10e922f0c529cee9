//! Lists in the log: an entry of a list names the rows that were shown; this is the way from a person to the entries that covered her.
//! The same reading of the log keeps what is told of aid ([`super::aid`]).

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::{
    DbError, Id, Result, Row, Rx, Tx, Value, access, params,
    retention::{self, Ripe, Rule},
};

use super::aid::Aid;

/// Entries of one page.
const PAGE: i64 = 500;
/// Ids of one question.
const CHUNK: usize = 500;

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

/// What a page of the log says of lists and of aid.
#[derive(Debug, Default)]
pub struct Found {
    /// Entries of the page.
    pub entries: usize,
    /// Who stood on the list of which entry.
    pub listed: Vec<(Id, Id)>,
    pub aid: Vec<Aid>,
    /// Up to which entry the log is read with this page.
    pub through: Id,
    /// Whether that is further than before.
    pub moved: bool,
    /// The last entry of the page.
    pub last: Id,
    /// Whether there may be more behind it.
    pub more: bool,
}

/// Reads the next page of entries, behind the settled ones that were read before and behind `after`.
///
/// # Errors
/// What the database says.
pub fn read(rx: &mut Rx<'_>, now: Timestamp, after: Id) -> Result<Found> {
    let through = match rx.one("select through from oversight_indexed where id = 1", &[])? {
        Some(row) => row.get(0)?,
        None => Id::NIL,
    };
    let sql = "select id, detail, action from kernel_entry where id > $1 and actor_kind = 'account' order by id limit $2";
    let rows = rx.all(sql, &params![through.max(after), PAGE])?;
    let mut found = Found { entries: rows.len(), through, last: through, ..Found::default() };
    let Some(last) = rows.last() else { return Ok(found) };
    for row in &rows {
        let (entry, detail): (Id, String) = (row.get(0)?, row.get(1)?);
        found.aid.extend(Aid::of(entry, &row.get::<String>(2)?, &detail));
        found.listed.extend(persons(rx, &named(&detail))?.into_iter().map(|person| (person, entry)));
    }
    let last: Id = last.get(0)?;
    let settled = access::settled(now);
    found.moved = last.min(settled) > through;
    found.through = last.min(settled).max(through);
    found.last = last;
    found.more = i64::try_from(rows.len()).is_ok_and(|read| read == PAGE);
    Ok(found)
}

/// Notes that a person stood on the list of an entry.
///
/// # Errors
/// What the database says.
pub fn note(tx: &mut Tx<'_>, (person, entry): &(Id, Id)) -> Result<()> {
    let sql = "insert into oversight_listed (person, entry) values ($1, $2) on conflict (person, entry) do nothing";
    Ok(tx.upkeep_later(sql, &params![*person, *entry])?)
}

/// The log is read up to here.
///
/// # Errors
/// What the database says.
pub fn reached(tx: &mut Tx<'_>, through: Id) -> Result<()> {
    let sql = "insert into oversight_indexed (id, through) values (1, $1) on conflict (id) do update set through = excluded.through \
               where oversight_indexed.through < excluded.through";
    tx.upkeep(sql, &params![through])?;
    Ok(())
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

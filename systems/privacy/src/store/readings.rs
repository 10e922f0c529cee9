//! Who read a person's data: an index over the audit log by person, kept up by a job and before every answer.

use kernel::{DbError, Gov, Id, NewEntry, Result, Row, Rx, Tx, access, params, party};

use crate::model::Reading;

/// Entries of one step of the index: some tens of milliseconds of the writer.
const STEP: usize = 2_000;
/// Steps before an answer; the job has gone through everything older than its last turn.
const STEPS_BEFORE_ANSWER: usize = 5;
/// Entries are committed out of the order of their ids; the newest of this long are looked at again.
const BEHIND: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
/// Most lines of one answer.
pub const LINES_MAX: i64 = 500;

/// Brings the index nearer to the newest entry; says how many entries it went through, and whether settled ones wait.
///
/// # Errors
/// What the database says.
pub fn index(tx: &mut Tx<'_>, steps: usize) -> Result<(usize, bool)> {
    let mut through = match tx.one("select through from privacy_indexed where id = 1", &[])? {
        Some(row) => row.get(0)?,
        None => Id::NIL,
    };
    let (mut seen, mut more) = (0, false);
    for _ in 0..steps {
        let sql = "select id, case_id, object_kind, object, detail from kernel_entry where id > $1 and actor_kind = 'account' order by id limit $2";
        let rows = tx.all(sql, &params![through, i64::try_from(STEP).unwrap_or(i64::MAX)])?;
        more = rows.len() >= STEP;
        let Some(last) = rows.last() else { break };
        let last = last.get::<Id>(0)?;
        for row in &rows {
            for person in persons(tx, row)? {
                let entry: Id = row.get(0)?;
                tx.upkeep(
                    "insert into privacy_reading (person, entry) values ($1, $2) on conflict (person, entry) do nothing",
                    &params![person, entry],
                )?;
            }
        }
        seen += rows.len();
        through = last;
        if !more {
            break;
        }
    }
    let settled = tx.now().saturating_sub(BEHIND).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let settled = Id::from_parts(u64::try_from(settled.as_millisecond()).unwrap_or(0), &[0; 10]);
    let again = through.min(settled);
    more &= through < settled;
    let sql = "insert into privacy_indexed (id, through) values (1, $1) on conflict (id) do update set through = excluded.through";
    tx.upkeep(sql, &params![again])?;
    Ok((seen, more))
}

/// Whom an entry is about: its object, the persons of its cases, and those its detail names.
fn persons(rx: &mut Rx<'_>, row: &Row) -> Result<Vec<Id>, DbError> {
    let (kind, object): (String, Option<Id>) = (row.get(2)?, row.get(3)?);
    let detail: serde_json::Value = serde_json::from_str(&row.get::<String>(4)?).unwrap_or_default();
    let listed = |name: &str| -> Vec<Id> {
        detail.get(name).and_then(|list| list.as_array()).into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok()).collect()
    };
    let mut found = listed("persons");
    if kind == "person" {
        found.extend(object);
    }
    let mut cases = listed("cases");
    cases.extend(row.get::<Option<Id>>(1)?);
    for case in cases {
        let sql = "select applicant from kernel_case where id = $1 and applicant is not null union \
                   select person from kernel_case_party where case_id = $1 and person is not null";
        for person in rx.all(sql, &params![case])? {
            found.push(person.get(0)?);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Who read or handled a person's data, newest first, up to date with this moment. Names of officers are not among it.
///
/// # Errors
/// What the database says.
pub fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Reading>> {
    index(tx, STEPS_BEFORE_ANSWER)?;
    let sql = "select e.id, e.at, e.action, coalesce(p.title, ''), coalesce(p.unit, e.unit), coalesce(u.name, v.name, ''), coalesce(a.kind, ''), \
               e.case_id, coalesce(c.code, ''), coalesce(c.kind, '') from privacy_reading r join kernel_entry e on e.id = r.entry \
               left join kernel_post p on p.id = e.post left join kernel_unit u on u.id = p.unit left join kernel_unit v on v.id = e.unit \
               left join kernel_account a on a.id = e.account left join kernel_case c on c.id = e.case_id \
               where r.person = $1 and (a.person is null or a.person <> $1) order by r.entry desc limit $2";
    let read = |row: &Row| {
        Ok(Reading {
            entry: row.get(0)?,
            at: row.get(1)?,
            action: row.get(2)?,
            post: row.get(3)?,
            unit: row.get(4)?,
            unit_name: row.get(5)?,
            by_machine: row.get::<String>(6)? == "machine",
            case_id: row.get(7)?,
            case_code: row.get(8)?,
            case_kind: row.get(9)?,
        })
    };
    let rows = tx.all(sql, &params![person, LINES_MAX])?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// The list for the person herself, without what is kept from her now. That she asked is an entry.
///
/// # Errors
/// What the database says.
pub fn told_to(tx: &mut Tx<'_>, person: Id, action: &'static str) -> Result<Vec<Reading>> {
    let now = tx.now();
    let readings = of_person(tx, person)?;
    let hidings = super::hidings::of_person(tx, person)?;
    access::record(tx, NewEntry::new(action).object("person", person))?;
    Ok(crate::rules::told(readings, &hidings, now))
}

/// The persons of a NIK, masked, for the counter; the search is an entry.
///
/// # Errors
/// `kernel-nik-length`, `kernel-nik-symbol`.
pub fn find(tx: &mut Tx<'_>, gov: &Gov, nik: &str) -> Result<Vec<party::Person>> {
    party::find_by_nik(tx, gov.keys(), nik)
}

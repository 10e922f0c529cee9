//! Who read a person's data: an index over the audit log by person, kept up by a job and before every answer.

use kernel::{Ctx, DbError, Gov, Id, NewEntry, Result, Row, Rx, Tx, access, params, party};

use crate::model::Reading;

/// Entries of one page.
const PAGE: i64 = 500;
/// Pages read before an answer.
const PAGES_BEFORE_ANSWER: usize = 20;
/// Most lines of one answer.
pub const LINES_MAX: i64 = 500;

/// What a page of the log says of whose data was read.
struct Found {
    entries: usize,
    /// Whom which entry is about.
    about: Vec<(Id, Id)>,
    /// Up to which entry the log is read with this page.
    through: Id,
    /// Whether that is further than before.
    moved: bool,
    /// The last entry of the page.
    last: Id,
    /// Whether there may be more behind it.
    more: bool,
}

fn read(rx: &mut Rx<'_>, now: jiff::Timestamp, after: Id) -> Result<Found> {
    let through = match rx.one("select through from privacy_indexed where id = 1", &[])? {
        Some(row) => row.get(0)?,
        None => Id::NIL,
    };
    let sql =
        "select id, case_id, object_kind, object, detail from kernel_entry where id > $1 and actor_kind = 'account' order by id limit $2";
    let rows = rx.all(sql, &params![through.max(after), PAGE])?;
    let mut found = Found { entries: rows.len(), about: Vec::new(), through, moved: false, last: through, more: false };
    let Some(last) = rows.last() else { return Ok(found) };
    for row in &rows {
        let entry: Id = row.get(0)?;
        found.about.extend(persons(rx, row)?.into_iter().map(|person| (person, entry)));
    }
    let last: Id = last.get(0)?;
    let settled = access::settled(now);
    found.moved = last.min(settled) > through;
    found.through = last.min(settled).max(through);
    found.last = last;
    found.more = i64::try_from(rows.len()).is_ok_and(|read| read == PAGE);
    Ok(found)
}

fn note(tx: &mut Tx<'_>, (person, entry): &(Id, Id)) -> Result<()> {
    let sql = "insert into privacy_reading (person, entry) values ($1, $2) on conflict (person, entry) do nothing";
    Ok(tx.upkeep_later(sql, &params![*person, *entry])?)
}

fn reached(tx: &mut Tx<'_>, through: Id) -> Result<()> {
    let sql = "insert into privacy_indexed (id, through) values (1, $1) on conflict (id) do update set through = excluded.through \
               where privacy_indexed.through < excluded.through";
    tx.upkeep(sql, &params![through])?;
    Ok(())
}

/// Brings the index up to this moment, beside the writer, some pages of the log at most; says how many entries it went through.
///
/// # Errors
/// What the database says.
pub async fn index(gov: &Gov, ctx: &Ctx, pages: usize) -> Result<usize> {
    let (mut seen, mut after) = (0, Id::NIL);
    for _ in 0..pages {
        let now = ctx.now();
        let found = gov.read(move |rx| read(rx, now, after)).await?;
        seen += found.entries;
        after = found.last;
        gov.write_each(ctx, found.about, note).await?;
        if found.moved {
            gov.write(ctx, move |tx| reached(tx, found.through)).await?;
        }
        if !found.more {
            break;
        }
    }
    Ok(seen)
}

/// [`index`] before an answer: the job has gone through everything older than its last turn.
///
/// # Errors
/// What the database says.
pub async fn catch_up(gov: &Gov) -> Result<()> {
    index(gov, &gov.system_ctx("privacy.index"), PAGES_BEFORE_ANSWER).await.map(drop)
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

/// Who read or handled a person's data, newest first, as far as the index goes ([`catch_up`]). Names of officers are not among it.
///
/// # Errors
/// What the database says.
pub fn of_person(rx: &mut Rx<'_>, person: Id) -> Result<Vec<Reading>> {
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
    let rows = rx.all(sql, &params![person, LINES_MAX])?;
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

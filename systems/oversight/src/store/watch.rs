//! From entries to days: who opened whom when, counted so that counting again changes nothing.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, civil::Date};
use kernel::{Expect, Id, NewEntry, Result, Rx, Tx, Value, clock::CalendarBook, cols, db::DbError, params, unit};
use serde_json::json;

use super::FINDING;
use crate::{
    model::{Bounds, Day, Facts, Found, Rule, State, Usual},
    rules,
};

/// Entries of one page.
const PAGE: i64 = 500;
/// How far back each run looks again: transactions commit out of the order of their ids. Counting twice changes nothing.
const AGAIN: SignedDuration = SignedDuration::from_mins(30);
/// Persons named in a finding.
const NAMED: i64 = 20;

/// One person opened by one officer.
#[derive(Debug)]
pub struct Seen {
    account: Id,
    day: Date,
    person: Id,
    at: Timestamp,
    after_hours: bool,
    closed: bool,
    kin: bool,
    outside: bool,
    village: bool,
}

/// What a page of the log held.
#[derive(Debug, Default)]
pub struct Page {
    /// Days that changed.
    pub days: BTreeSet<(Id, Date)>,
    /// Who was opened.
    pub seen: Vec<Seen>,
    /// The last entry of the page.
    pub last: Id,
    /// Whether there is more.
    pub more: bool,
}

/// Reads the page of the log after an entry: who was opened.
///
/// # Errors
/// What the database says.
pub fn read_page(rx: &mut Rx<'_>, book: &CalendarBook, after: Id) -> Result<Page> {
    let rows = rx.all(&format!("{READINGS} where e.id > $1 and e.actor_kind = 'account' order by e.id limit $2"), &params![after, PAGE])?;
    let more = i64::try_from(rows.len()).is_ok_and(|count| count == PAGE);
    let last = rows.last().map(|row| row.get::<Id>(0)).transpose()?.unwrap_or(after);
    let mut page = Page { more, last, ..Page::default() };
    for row in &rows {
        let action: String = row.get(2)?;
        let (account, person): (Option<Id>, Option<Id>) = (row.get(3)?, row.get(6)?);
        let (Some(account), Some(person), true) = (account, person, rules::opens(&action)) else { continue };
        if row.get::<Option<Id>>(4)? == Some(person) {
            continue;
        }
        let seen = seen(row, book, account, person)?;
        page.days.insert((account, seen.day));
        page.seen.push(seen);
    }
    Ok(page)
}

/// An entry, the person it opened (the object itself, or the applicant of its case), the home of that person, the acting post's
/// unit, the case's unit, and whether both share a family card.
const READINGS: &str = "select e.id, e.at, e.action, e.account, e.person, e.post, s.id, pu.zone, pu.kind, \
    case when s.kk_index = o.kk_index then 1 = 1 else 1 = 0 end, \
    pu.u1, pu.u2, pu.u3, pu.u4, pu.u5, pu.u6, su.u1, su.u2, su.u3, su.u4, su.u5, su.u6, c.u1, c.u2, c.u3, c.u4, c.u5, c.u6 \
    from kernel_entry e left join kernel_case c on c.id = e.case_id \
    left join kernel_person s on s.id = case when e.object_kind = 'person' then e.object else c.applicant end \
    left join kernel_person o on o.id = e.person left join kernel_unit su on su.id = s.unit \
    left join kernel_post p on p.id = e.post left join kernel_unit pu on pu.id = p.unit";

fn path(row: &kernel::Row, from: usize) -> Result<[Option<Id>; 6], DbError> {
    let mut units = [None; 6];
    for (place, unit) in units.iter_mut().enumerate() {
        *unit = row.get(from + place)?;
    }
    Ok(units)
}

fn seen(row: &kernel::Row, book: &CalendarBook, account: Id, person: Id) -> Result<Seen, DbError> {
    let at: Timestamp = row.get(1)?;
    let (area, home, case) = (path(row, 10)?, path(row, 16)?, path(row, 22)?);
    let zone = row.get::<Option<String>>(7)?.and_then(|zone| unit::zone_of(&zone)).unwrap_or_default();
    let kind: String = row.get::<Option<String>>(8)?.unwrap_or_default();
    let office = book.office(&area);
    let day = unit::date_in(zone, at);
    let working = office.calendar(false).is_working(day);
    // A case in the own area is reason enough to open somebody from elsewhere.
    let away = rules::lies_outside(&home, &area) && (case[0].is_none() || rules::lies_outside(&case, &area));
    let village = matches!(kind.as_str(), "desa" | "nagari" | "kelurahan");
    Ok(Seen {
        account,
        day,
        person,
        at,
        after_hours: working && !office.is_open(at),
        closed: !working,
        kin: row.get(9)?,
        outside: away && !village,
        village: away && village,
    })
}

/// Keeps that somebody was opened; a second time changes nothing.
///
/// # Errors
/// What the database says.
pub fn keep(tx: &mut Tx<'_>, seen: &Seen) -> Result<()> {
    tx.upkeep_later(
        "insert into oversight_seen (account, day, person, at, after_hours, closed, kin, outside, village) values ($1,$2,$3,$4,$5,$6,$7,$8,$9) \
         on conflict (account, day, person) do update set after_hours = oversight_seen.after_hours or excluded.after_hours, \
         kin = oversight_seen.kin or excluded.kin, outside = oversight_seen.outside or excluded.outside, \
         village = oversight_seen.village or excluded.village",
        &params![
            seen.account,
            seen.day,
            seen.person,
            seen.at,
            seen.after_hours,
            seen.closed,
            seen.kin,
            seen.outside,
            seen.village
        ],
    )?;
    Ok(())
}

/// The log is read up to this entry.
///
/// # Errors
/// What the database says.
pub fn reached(tx: &mut Tx<'_>, entry: Id) -> Result<()> {
    let now = tx.now();
    tx.upkeep(
        "insert into oversight_cursor (id, entry, at) values (1, $1, $2) on conflict (id) do update set entry = excluded.entry, at = excluded.at \
         where oversight_cursor.entry < excluded.entry",
        &params![entry, now],
    )?;
    Ok(())
}

/// The entry after which a run begins: a while before the last one read.
///
/// # Errors
/// What the database says.
pub fn begin_after(rx: &mut Rx<'_>) -> Result<Id> {
    let Some(row) = rx.one("select entry from oversight_cursor where id = 1", &[])? else { return Ok(Id::NIL) };
    let last: Id = row.get(0)?;
    let at = rx.one("select at from kernel_entry where id = $1", &params![last])?.map(|row| row.get::<Timestamp>(0)).transpose()?;
    let from = at.map_or(Timestamp::UNIX_EPOCH, |at| at - AGAIN);
    Ok(Id::from_parts(u64::try_from(from.as_millisecond()).unwrap_or(0), &[0; 10]))
}

/// Counts a day of an account anew and says what is unusual about it; writes findings and tells how many are new.
///
/// # Errors
/// What the database says.
pub fn judge(tx: &mut Tx<'_>, account: Id, day: Date, bounds: &Bounds) -> Result<usize> {
    let Some(stand) = stand(tx, account, day)? else { return Ok(0) };
    let counted = count(tx, account, day, &stand)?;
    let since = day.checked_sub(jiff::Span::new().days(bounds.history_days)).unwrap_or(day);
    let own = usual(
        tx,
        "select count(*), cast(sum(persons) as bigint) from oversight_day where account = $1 and day >= $2 and day < $3 and persons > 0",
        &params![account, since, day],
    )?;
    let peers = usual(
        tx,
        "select count(*), cast(sum(persons) as bigint) from oversight_day where office = $1 and account <> $2 and day >= $3 and day < $4 \
         and persons > 0",
        &params![stand.office.as_str(), account, since, day],
    )?;
    let mut new = 0;
    for found in rules::unusual(&counted, own, peers, bounds) {
        new += usize::from(note(tx, account, day, &stand, &found)?);
    }
    Ok(new)
}

/// As whom an account acted on a day.
struct Stand {
    person: Option<Id>,
    post: Option<Id>,
    unit: Id,
    units: [Option<Id>; 6],
    office: String,
}

/// The post of that day's first reading; the government's top for an account without one.
fn stand(rx: &mut Rx<'_>, account: Id, day: Date) -> Result<Option<Stand>> {
    let sql = "select e.person, e.post, p.office, u.id, u.u1, u.u2, u.u3, u.u4, u.u5, u.u6 from oversight_seen s \
               join kernel_entry e on e.account = s.account and e.at = s.at left join kernel_post p on p.id = e.post \
               join kernel_unit u on u.id = coalesce(p.unit, (select r.id from kernel_unit r where r.depth = 1 order by r.id limit 1)) \
               where s.account = $1 and s.day = $2 order by s.at, e.id limit 1";
    let Some(row) = rx.one(sql, &params![account, day])? else { return Ok(None) };
    let stand = Stand {
        person: row.get(0)?,
        post: row.get(1)?,
        office: row.get::<Option<String>>(2)?.unwrap_or_default(),
        unit: row.get(3)?,
        units: path(&row, 4)?,
    };
    Ok(Some(stand))
}

fn count(tx: &mut Tx<'_>, account: Id, day: Date, stand: &Stand) -> Result<Day> {
    let sql = "select count(*), count(*) filter (where after_hours), count(*) filter (where closed), count(*) filter (where kin), \
               count(*) filter (where outside), count(*) filter (where village) from oversight_seen where account = $1 and day = $2";
    let row = tx.one(sql, &params![account, day])?.ok_or(kernel::Error::Missing)?;
    let counted = Day {
        persons: row.get(0)?,
        after_hours: row.get(1)?,
        closed: row.get(2)?,
        kin: row.get(3)?,
        outside: row.get(4)?,
        village: row.get(5)?,
    };
    tx.upkeep(
        "insert into oversight_day (account, day, person, post, unit, office, persons, after_hours, closed, kin, outside, village) \
         values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12) on conflict (account, day) do update set persons = excluded.persons, \
         after_hours = excluded.after_hours, closed = excluded.closed, kin = excluded.kin, outside = excluded.outside, village = excluded.village",
        &params![
            account,
            day,
            stand.person,
            stand.post,
            stand.unit,
            stand.office.as_str(),
            counted.persons,
            counted.after_hours,
            counted.closed,
            counted.kin,
            counted.outside,
            counted.village
        ],
    )?;
    Ok(counted)
}

fn usual(rx: &mut Rx<'_>, sql: &str, bound: &[Value]) -> Result<Usual> {
    let Some(row) = rx.one(sql, bound)? else { return Ok(Usual::default()) };
    Ok(Usual { days: row.get(0)?, persons: row.get::<Option<i64>>(1)?.unwrap_or(0) })
}

/// Writes a finding, or the number of the day so far; true when it is new.
fn note(tx: &mut Tx<'_>, account: Id, day: Date, stand: &Stand, found: &Found) -> Result<bool> {
    let known = tx.one(
        "select id, state, value from oversight_finding where account = $1 and day = $2 and rule = $3",
        &params![account, day, found.rule.as_str()],
    )?;
    let facts = facts(tx, account, day, found.rule)?;
    let facts = serde_json::to_string(&facts).map_err(|error| kernel::Error::Failed(error.to_string()))?;
    let detail = json!({ "rule": found.rule.as_str(), "day": day.to_string(), "value": found.value, "bound": found.bound });
    let (usual, peers) = (found.usual.tenths(), found.peers.tenths());
    if let Some(row) = known {
        let (id, state, value): (Id, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if state == State::Open.as_str() && value != found.value {
            let columns = cols! { "value" => found.value, "bound" => found.bound, "usual_tenths" => usual, "usual_days" => found.usual.days, "peers_tenths" => peers, "facts" => facts };
            tx.update(&FINDING, id, Expect::Any, &columns)?;
            tx.entry(NewEntry::new("oversight.finding.grown").unit(stand.unit).object("finding", id).detail(detail));
        }
        return Ok(false);
    }
    let (id, now) = (tx.ctx().new_id(), tx.now());
    let [u1, u2, u3, u4, u5, u6] = stand.units;
    let columns = cols! {
        "account" => account, "person" => stand.person, "post" => stand.post, "unit" => stand.unit, "u1" => u1, "u2" => u2, "u3" => u3, "u4" => u4,
        "u5" => u5, "u6" => u6, "rule" => found.rule.as_str(), "day" => day, "value" => found.value, "bound" => found.bound,
        "usual_tenths" => usual, "usual_days" => found.usual.days, "peers_tenths" => peers, "facts" => facts, "state" => State::Open.as_str(),
        "found_at" => now, "reason" => "",
    };
    tx.insert(&FINDING, id, &columns)?;
    tx.entry(NewEntry::new("oversight.finding.made").unit(stand.unit).object("finding", id).detail(detail));
    Ok(true)
}

fn facts(rx: &mut Rx<'_>, account: Id, day: Date, rule: Rule) -> Result<Facts> {
    let condition = match rule {
        Rule::Volume => "1 = 1",
        Rule::ClosedDay => "closed",
        Rule::AfterHours => "after_hours",
        Rule::Kin => "kin",
        Rule::Outside => "outside",
        Rule::OtherVillage => "village",
    };
    let of = format!("from oversight_seen where account = $1 and day = $2 and {condition}");
    let span = rx.one(&format!("select min(at), max(at) {of}"), &params![account, day])?;
    let (first, last) = match span {
        Some(row) => (row.get(0)?, row.get(1)?),
        None => (None, None),
    };
    let rows = rx.all(&format!("select person {of} order by at, person limit $3"), &params![account, day, NAMED])?;
    let persons = rows.iter().map(|row| row.get(0)).collect::<Result<_, DbError>>()?;
    Ok(Facts { first, last, persons })
}

/// Takes away who was opened on days older than any bound looks back; their numbers stay.
///
/// # Errors
/// What the database says.
pub fn forget(tx: &mut Tx<'_>, before: Date) -> Result<u64> {
    Ok(tx.upkeep("delete from oversight_seen where day < $1", &params![before])?)
}

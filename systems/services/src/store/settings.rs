//! What units set themselves, read for their pages: units in reach, calendars, what a change moved.

use kernel::{
    Date, DbError, Id, Result, Row, Rx, Value,
    clock::{self, HolidayRow, Shift},
    grant::{Columns, Scope},
    params,
    unit::{self, Unit, start_of},
};

/// A unit one may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitLine {
    pub id: Id,
    pub slug: String,
    pub name: String,
    /// Kemendagri code.
    pub code: String,
}

/// The units with services of their own within a scope, by code: villages, kecamatan, perangkat daerah and the regency itself.
///
/// # Errors
/// What the database says.
pub fn units_in(rx: &mut Rx<'_>, scope: &Scope, limit: i64) -> Result<Vec<UnitLine>> {
    let (condition, mut bound) = scope.filter(&Columns::UNIT, "u", 1);
    bound.push(limit.into());
    let sql = format!(
        "select u.id, u.slug, u.name, u.code from kernel_unit u where {condition} and u.valid_until is null \
         and u.kind in ('regency', 'opd', 'kecamatan', 'kelurahan', 'desa', 'nagari') order by u.code, u.id limit ${}",
        bound.len()
    );
    let read = |row: &Row| Ok(UnitLine { id: row.get(0)?, slug: row.get(1)?, name: row.get(2)?, code: row.get(3)? });
    Ok(rx.all(&sql, &bound)?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// Names of units.
///
/// # Errors
/// What the database says.
pub fn unit_names(rx: &mut Rx<'_>, ids: &[Id]) -> Result<Vec<UnitLine>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let marks: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let bound: Vec<Value> = ids.iter().map(Value::from).collect();
    let sql = format!("select id, slug, name, code from kernel_unit where id in ({}) order by code, id", marks.join(","));
    let read = |row: &Row| Ok(UnitLine { id: row.get(0)?, slug: row.get(1)?, name: row.get(2)?, code: row.get(3)? });
    Ok(rx.all(&sql, &bound)?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// A case whose deadline was moved by a change of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedCase {
    pub case: Id,
    pub code: String,
    pub unit: String,
    /// What the case's history says of it.
    pub note: String,
}

/// How far the deadlines have been computed anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// They are being computed.
    Going,
    /// It was tried in vain; somebody has to look.
    Stopped,
    Done,
}

/// What a change of the calendar did to running cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    pub work: Work,
    /// Running cases whose deadline has moved since.
    pub moved: i64,
    /// Running cases that have the day between start and deadline.
    pub touched: i64,
    /// The first of those moved, by deadline.
    pub cases: Vec<MovedCase>,
}

impl Effect {
    /// Whether more have moved than are named.
    #[must_use]
    pub fn more(&self) -> bool {
        usize::try_from(self.moved).is_ok_and(|moved| moved > self.cases.len())
    }

    /// Whether nothing is still to be computed.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.work == Work::Done
    }
}

/// What `day` did to the running cases below `unit`. The newest line of each case says so.
///
/// # Errors
/// What the database says.
pub fn effect(rx: &mut Rx<'_>, unit: &Unit, day: &HolidayRow, limit: i64) -> Result<Effect> {
    let from = start_of(unit.zone, day.date);
    let until = day.date.tomorrow().map_or(from, |next| start_of(unit.zone, next));
    let moved = format!(
        "from kernel_case c join kernel_case_event e on e.case_id = c.id and e.at >= $4 and e.action = 'deadline-moved' \
         join kernel_unit u on u.id = c.unit \
         where c.due_state = 'running' and c.due_at >= $1 and c.started_at < $2 and c.u{} = $3",
        unit.depth
    );
    let bound = params![from, until, unit.id, day.entered_at];
    let count = rx.count(&format!("select count(distinct c.id) {moved}"), &bound)?;
    let sql = format!("select c.id, c.code, u.name, e.note {moved} order by c.due_at, c.id, e.id limit $5");
    let read = |row: &Row| Ok(MovedCase { case: row.get(0)?, code: row.get(1)?, unit: row.get(2)?, note: row.get(3)? });
    let cases = rx.all(&sql, &params![from, until, unit.id, day.entered_at, limit])?.iter().map(read).collect::<Result<_, DbError>>()?;
    let shift = Shift { unit: unit.id, dates: vec![day.date], because: String::new() };
    Ok(Effect { work: work(rx, unit.id, day.date)?, moved: count, touched: clock::affected(rx, &shift)?, cases })
}

/// The jobs of this unit and day: each change of the calendar queues one.
fn work(rx: &mut Rx<'_>, unit: Id, day: Date) -> Result<Work> {
    let sql = "select body, state from kernel_job where kind = $1 and state in ('due', 'dead') order by run_at, id";
    let mut work = Work::Done;
    for row in rx.all(sql, &params![clock::MOVING])? {
        let body: serde_json::Value = serde_json::from_str(&row.get::<String>(0)?).unwrap_or_default();
        let days = body["dates"].as_array().is_some_and(|dates| dates.iter().any(|date| date.as_str() == Some(&day.to_string())));
        if days && body["unit"].as_str() == Some(&unit.to_string()) {
            match row.get::<String>(1)?.as_str() {
                "due" => return Ok(Work::Going),
                _ => work = Work::Stopped,
            }
        }
    }
    Ok(work)
}

/// A free day by its id.
///
/// # Errors
/// [`kernel::Error::Missing`] when there is none.
pub fn holiday(rx: &mut Rx<'_>, id: Id) -> Result<kernel::clock::HolidayRow> {
    let row = rx.one("select unit, on_date from kernel_holiday where id = $1", &params![id])?.ok_or(kernel::Error::Missing)?;
    let (unit, day): (Id, kernel::Date) = (row.get(0)?, row.get(1)?);
    let days = kernel::clock::holidays(rx, &[unit], day.year())?;
    days.into_iter().find(|day| day.id == id).ok_or(kernel::Error::Missing)
}

/// The unit of a slug.
///
/// # Errors
/// [`kernel::Error::Missing`] when there is none.
pub fn unit_of(rx: &mut Rx<'_>, slug: &str) -> Result<Unit> {
    unit::by_slug(rx, slug)?.ok_or(kernel::Error::Missing)
}

/// Who set the hours of service that hold at a unit: the nearest above it with rows of the season, if any.
///
/// # Errors
/// What the database says.
pub fn hours_from(rx: &mut Rx<'_>, unit: &Unit, season: &str) -> Result<Option<String>> {
    for id in unit.ancestors.iter().rev().flatten() {
        let sql = "select u.name from kernel_service_hours h join kernel_unit u on u.id = h.unit \
                   where h.unit = $1 and h.season = $2 and h.opens < h.closes limit 1";
        if let Some(row) = rx.one(sql, &params![*id, season])? {
            return Ok(Some(row.get(0)?));
        }
    }
    Ok(None)
}

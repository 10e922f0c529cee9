//! What units set themselves, read for their pages: units in reach, calendars, what a change moved.

use kernel::{
    DbError, Id, Result, Row, Rx, Timestamp, Value,
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

/// The running cases below `unit` that a change of `day`, entered at `since`, has moved. The newest line of each says so.
///
/// # Errors
/// What the database says.
pub fn moved(rx: &mut Rx<'_>, unit: &Unit, day: kernel::Date, since: Timestamp, limit: i64) -> Result<Vec<MovedCase>> {
    let from = start_of(unit.zone, day);
    let until = day.tomorrow().map_or(from, |next| start_of(unit.zone, next));
    let sql = format!(
        "select c.id, c.code, u.name, e.note from kernel_case c \
         join kernel_case_event e on e.case_id = c.id and e.at >= $4 and e.action = 'deadline-moved' \
         join kernel_unit u on u.id = c.unit \
         where c.due_state = 'running' and c.due_at >= $1 and c.started_at < $2 and c.u{} = $3 order by c.due_at, c.id, e.id limit $5",
        unit.depth
    );
    let read = |row: &Row| Ok(MovedCase { case: row.get(0)?, code: row.get(1)?, unit: row.get(2)?, note: row.get(3)? });
    Ok(rx.all(&sql, &params![from, until, unit.id, since, limit])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// Whether deadlines are still being moved.
///
/// # Errors
/// What the database says.
pub fn is_moving(rx: &mut Rx<'_>) -> Result<bool> {
    let sql = "select 1 = 1 from kernel_job where kind = 'kernel.move-deadlines' and state = 'due' limit 1";
    Ok(rx.one(sql, &[])?.is_some())
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

//! Writing the calendar: decreed days, closures, hours of service.

use jiff::civil::Date;
use serde_json::json;
use workdays::{Calendar, Kind, ServiceHours, Week};

use super::{HOLIDAY, SERVICE_HOURS, book::kind_of, shift};
use crate::{
    Error, Expect, Id, Message, NewEntry, Result, Row, Rx, Timestamp, Tx, cols,
    jobs::{self, NewJob},
    params, schema,
};

/// Days that become free by one decree.
#[derive(Debug, Clone)]
pub struct NewHoliday {
    /// Where it holds, with all units below.
    pub unit: Id,
    pub dates: Vec<Date>,
    pub kind: Kind,
    /// As in the decree.
    pub name: String,
    /// Number of the decree; may be empty for a closure.
    pub decree: String,
    pub decreed_on: Option<Date>,
}

/// A free day as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolidayRow {
    pub id: Id,
    pub unit: Id,
    pub date: Date,
    pub kind: Kind,
    pub name: String,
    pub decree: String,
    pub decreed_on: Option<Date>,
    pub entered_at: Timestamp,
    pub cancelled: bool,
    pub version: i64,
}

const COLUMNS: &str = "id, unit, on_date, kind, name, decree, decreed_on, entered_at, cancelled, version";

fn read(row: &Row) -> Result<HolidayRow> {
    Ok(HolidayRow {
        id: row.get(0)?,
        unit: row.get(1)?,
        date: row.get(2)?,
        kind: kind_of(&row.get::<String>(3)?)?,
        name: row.get(4)?,
        decree: row.get(5)?,
        decreed_on: row.get::<String>(6)?.parse().ok(),
        entered_at: row.get(7)?,
        cancelled: row.get(8)?,
        version: row.get(9)?,
    })
}

const fn kind_text(kind: Kind) -> &'static str {
    match kind {
        Kind::National => "national",
        Kind::Joint => "joint",
        Kind::Regional => "regional",
        Kind::Closure => "closure",
    }
}

/// The free days of a year at any of `units` (a unit with its ancestors), cancelled ones too, by date.
///
/// # Errors
/// What the database says.
pub fn holidays(rx: &mut Rx<'_>, units: &[Id], year: i16) -> Result<Vec<HolidayRow>> {
    let sql = format!("select {COLUMNS} from kernel_holiday where on_date >= $1 and on_date <= $2 order by on_date, id");
    let rows = rx.all(&sql, &params![format!("{year:04}-01-01"), format!("{year:04}-12-31")])?;
    let all = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().filter(|holiday| units.contains(&holiday.unit)).collect())
}

/// Adds the days of a decree, and queues the job that moves the open deadlines they touch.
///
/// # Errors
/// Refused with `holiday-name-required`, `holiday-decree-required`, `holiday-date-required`, `holiday-too-many-dates`
/// {max}, `holiday-exists` {date}, or `field-bad-character`.
pub fn add_holidays(tx: &mut Tx<'_>, new: &NewHoliday) -> Result<Vec<Id>> {
    let name = schema::clean_line(&new.name).map_err(Message::from)?;
    let decree = schema::clean_line(&new.decree).map_err(Message::from)?;
    if name.is_empty() {
        return Err(Error::refused("holiday-name-required"));
    }
    if decree.is_empty() && new.kind != Kind::Closure {
        return Err(Error::refused("holiday-decree-required"));
    }
    if new.dates.is_empty() {
        return Err(Error::refused("holiday-date-required"));
    }
    if new.dates.len() > 60 {
        return Err(Message::new("holiday-too-many-dates").arg("max", 60_usize).into());
    }
    let mut ids = Vec::with_capacity(new.dates.len());
    for date in &new.dates {
        ids.push(insert(tx, new.unit, *date, new.kind, &name, &decree, new.decreed_on)?);
    }
    let detail = json!({ "kind": kind_text(new.kind), "dates": new.dates.iter().map(Date::to_string).collect::<Vec<_>>() });
    tx.entry(NewEntry::new("kernel.holiday.added").unit(new.unit).object("holiday", ids[0]).detail(detail));
    queue(tx, new.unit, &new.dates, &reason(&name, &decree, true))?;
    Ok(ids)
}

fn reason(name: &str, decree: &str, added: bool) -> String {
    let what = if added { name.to_owned() } else { format!("{name} dibatalkan") };
    if decree.is_empty() { what } else { format!("{what} ({decree})") }
}

fn queue(tx: &mut Tx<'_>, unit: Id, dates: &[Date], because: &str) -> Result<()> {
    let dates: Vec<String> = dates.iter().map(Date::to_string).collect();
    jobs::add(tx, NewJob::new(shift::JOB, json!({ "unit": unit, "dates": dates, "because": because })))?;
    Ok(())
}

fn insert(tx: &mut Tx<'_>, unit: Id, date: Date, kind: Kind, name: &str, decree: &str, decreed_on: Option<Date>) -> Result<Id> {
    let sql = "select 1 = 1 from kernel_holiday where unit = $1 and on_date = $2 and kind = $3 and not cancelled";
    if tx.one(sql, &params![unit, date, kind_text(kind)])?.is_some() {
        return Err(Message::new("holiday-exists").arg("date", date.to_string()).into());
    }
    let (id, now) = (tx.ctx().new_id(), tx.now());
    let columns = cols! {
        "unit" => unit, "on_date" => date, "kind" => kind_text(kind), "name" => name, "decree" => decree,
        "decreed_on" => decreed_on.map(|date| date.to_string()).unwrap_or_default(), "entered_at" => now, "cancelled" => false,
    };
    tx.insert(&HOLIDAY, id, &columns)?;
    Ok(id)
}

/// A day is not free after all; open deadlines move back.
///
/// # Errors
/// [`Error::Missing`], [`Error::Stale`]; refused with `holiday-cancelled-already`.
pub fn cancel_holiday(tx: &mut Tx<'_>, id: Id, version: i64) -> Result<()> {
    let row = tx.one(&format!("select {COLUMNS} from kernel_holiday where id = $1"), &params![id])?.ok_or(Error::Missing)?;
    let holiday = read(&row)?;
    if holiday.cancelled {
        return Err(Error::refused("holiday-cancelled-already"));
    }
    tx.update(&HOLIDAY, id, Expect::Version(version), &cols! { "cancelled" => true })?;
    tx.entry(NewEntry::new("kernel.holiday.cancelled").unit(holiday.unit).object("holiday", id));
    queue(tx, holiday.unit, &[holiday.date], &reason(&holiday.name, &holiday.decree, false))
}

/// Brings a published list of free days in at `unit`; what is there already is left alone. Says how many were new.
/// Open deadlines are not moved: this is for the start and for a year nobody works in yet.
///
/// # Errors
/// What the database says.
pub fn import_holidays(tx: &mut Tx<'_>, unit: Id, calendar: &Calendar) -> Result<usize> {
    let mut new = 0;
    for holiday in calendar.holidays() {
        match insert(tx, unit, holiday.date, holiday.kind, &holiday.name, &holiday.decree, holiday.decreed_on) {
            Ok(_) => new += 1,
            Err(Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    if new > 0 {
        tx.entry(NewEntry::new("kernel.holiday.imported").unit(unit).detail(json!({ "days": new })));
    }
    Ok(new)
}

/// Sets the hours of service of a unit (and of all below that set none), Monday to Sunday.
///
/// # Errors
/// Refused with `hours-never-open`.
pub fn set_service_hours(tx: &mut Tx<'_>, unit: Id, week: &Week) -> Result<()> {
    replace(tx, unit, "normal", None, week)
}

/// Sets other hours between two dates, both included (Ramadan).
///
/// # Errors
/// Refused with `hours-never-open`, `hours-season-ends-first` or `hours-season-overlaps`.
pub fn set_season(tx: &mut Tx<'_>, unit: Id, from: Date, until: Date, week: &Week) -> Result<()> {
    if until < from {
        return Err(Error::refused("hours-season-ends-first"));
    }
    let sql = "select 1 = 1 from kernel_service_hours where unit = $1 and season = 'ramadan' and opens < closes \
               and valid_from <> $2 and valid_from <= $3 and valid_until >= $2";
    if tx.one(sql, &params![unit, from, until])?.is_some() {
        return Err(Error::refused("hours-season-overlaps"));
    }
    replace(tx, unit, "ramadan", Some((from, until)), week)
}

/// Rows of a day are reused; a day without service keeps its row with no time in it, so that versions only grow.
fn replace(tx: &mut Tx<'_>, unit: Id, season: &str, dates: Option<(Date, Date)>, week: &Week) -> Result<()> {
    if ServiceHours::new(*week, Vec::new()).is_err() {
        return Err(Error::refused("hours-never-open"));
    }
    let from = dates.map(|(from, _)| from.to_string());
    let known = tx.all(
        "select id, weekday from kernel_service_hours where unit = $1 and season = $2 and coalesce(valid_from, '') = coalesce(cast($3 as text), '')",
        &params![unit, season, from.as_deref()],
    )?;
    let mut known: Vec<(Id, i64)> = known.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_>>()?;
    for (weekday, hours) in (0_i64..).zip(week) {
        let of_day = |minute: workdays::Minute| i64::from(minute.of_day());
        let pause = hours.and_then(|hours| hours.pause());
        let columns = cols! {
            "unit" => unit, "weekday" => weekday, "opens" => hours.map_or(0, |hours| of_day(hours.open())),
            "closes" => hours.map_or(0, |hours| of_day(hours.close())), "break_from" => pause.map(|(from, _)| of_day(from)),
            "break_until" => pause.map(|(_, until)| of_day(until)), "season" => season, "valid_from" => from.as_deref(),
            "valid_until" => dates.map(|(_, until)| until),
        };
        match known.iter().position(|(_, day)| *day == weekday) {
            Some(place) => {
                let (id, _) = known.swap_remove(place);
                tx.update(&SERVICE_HOURS, id, Expect::Any, &columns)?;
            }
            None => {
                let id = tx.ctx().new_id();
                tx.insert(&SERVICE_HOURS, id, &columns)?;
            }
        }
    }
    tx.entry(NewEntry::new("kernel.service_hours.set").unit(unit).detail(json!({ "season": season, "from": from })));
    Ok(())
}

/// The usual weeks (Perpres 21/2023): normal and Ramadan.
#[must_use]
pub fn typical_hours() -> (Week, Week) {
    let normal = ServiceHours::typical(Vec::new()).map_or([None; 7], |hours| *hours.week());
    (normal, ServiceHours::typical_ramadan_week())
}

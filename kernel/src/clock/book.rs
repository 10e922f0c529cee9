//! The calendars of all units at one moment, and their cache.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::civil::Date;
use workdays::{Calendar, DayHours, Holiday, Kind, Minute, Season, ServiceHours, Week};

use super::{Office, path_of};
use crate::{
    DbError, Error, Id, Kept, Result, Rx, params,
    unit::{Zone, zone_of},
};

/// The hours a unit sets itself.
#[derive(Debug, Default)]
struct OwnHours {
    week: Week,
    open_days: usize,
    seasons: Vec<Season>,
}

/// All calendars, hours and zones, as read at one moment.
#[derive(Debug, Default)]
pub struct CalendarBook {
    holidays: HashMap<Id, Vec<Holiday>>,
    hours: HashMap<Id, OwnHours>,
    zone: Zone,
    zones: HashMap<Id, Zone>,
    offices: Mutex<HashMap<Vec<Id>, Arc<Office>>>,
}

impl CalendarBook {
    /// Reads the tables.
    ///
    /// # Errors
    /// What the database says.
    pub fn load(rx: &mut Rx<'_>) -> Result<Self> {
        let mut book = Self::default();
        for row in rx
            .all("select unit, on_date, kind, name, decree, decreed_on from kernel_holiday where not cancelled order by on_date, id", &[])?
        {
            let (name, decree): (String, String) = (row.get(3)?, row.get(4)?);
            let holiday = Holiday {
                date: row.get(1)?,
                kind: kind_of(&row.get::<String>(2)?)?,
                name: name.into(),
                decree: decree.into(),
                decreed_on: row.get::<String>(5)?.parse().ok(),
            };
            book.holidays.entry(row.get(0)?).or_default().push(holiday);
        }
        book.read_hours(rx)?;
        if let Some(root) = rx.one("select zone from kernel_unit where depth = 1 order by id limit 1", &[])? {
            let zone: String = root.get(0)?;
            book.zone = zone_of(&zone).unwrap_or_default();
            for row in rx.all("select id, zone from kernel_unit where zone <> $1", &params![zone])? {
                book.zones.insert(row.get(0)?, zone_of(&row.get::<String>(1)?).unwrap_or_default());
            }
        }
        Ok(book)
    }

    fn read_hours(&mut self, rx: &mut Rx<'_>) -> Result<()> {
        let sql = "select unit, weekday, opens, closes, break_from, break_until, season, valid_from, valid_until from kernel_service_hours \
                   where opens < closes order by unit, season, valid_from, weekday, id";
        for row in rx.all(sql, &[])? {
            let own = self.hours.entry(row.get(0)?).or_default();
            let weekday = usize::try_from(row.get::<i64>(1)?).unwrap_or(0).min(6);
            let pause = match (row.get::<Option<i64>>(4)?, row.get::<Option<i64>>(5)?) {
                (Some(from), Some(until)) => Some((minute(from)?, minute(until)?)),
                _ => None,
            };
            let hours = DayHours::new(minute(row.get(2)?)?, minute(row.get(3)?)?, pause).map_err(broken)?;
            match (row.get::<Option<Date>>(7)?, row.get::<Option<Date>>(8)?) {
                (Some(from), Some(until)) => {
                    if own.seasons.last().is_none_or(|season| season.from != from) {
                        own.seasons.push(Season { name: row.get(6)?, from, until, week: [None; 7] });
                    }
                    if let Some(season) = own.seasons.last_mut() {
                        season.week[weekday] = Some(hours);
                    }
                }
                _ => {
                    own.week[weekday] = Some(hours);
                    own.open_days += 1;
                }
            }
        }
        Ok(())
    }

    /// The calendar and hours of the unit whose ancestors (itself included, from the regency down) are `units`.
    #[must_use]
    pub fn office(&self, units: &[Option<Id>]) -> Arc<Office> {
        let own = |unit: &Id| self.holidays.contains_key(unit) || self.hours.contains_key(unit) || self.zones.contains_key(unit);
        let path: Vec<Id> = path_of(units).into_iter().filter(own).collect();
        let mut offices = self.offices.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(office) = offices.get(&path) {
            return Arc::clone(office);
        }
        let office = Arc::new(self.make(&path));
        offices.insert(path, Arc::clone(&office));
        office
    }

    fn make(&self, path: &[Id]) -> Office {
        let days = path.iter().filter_map(|unit| self.holidays.get(unit)).flatten().cloned();
        let nearest = |fits: fn(&OwnHours) -> bool| path.iter().rev().filter_map(|unit| self.hours.get(unit)).find(|own| fits(own));
        let seasons = nearest(|own| !own.seasons.is_empty()).map(|own| own.seasons.clone()).unwrap_or_default();
        let own_week = nearest(|own| own.open_days > 0).map(|own| own.week);
        let hours = own_week.and_then(|week| ServiceHours::new(week, seasons.clone()).ok());
        #[expect(clippy::expect_used, reason = "the typical week is open from Monday to Friday and needs no season")]
        let hours = hours
            .or_else(|| ServiceHours::typical(seasons).ok())
            .unwrap_or_else(|| ServiceHours::typical(Vec::new()).expect("the typical week is open"));
        let zone = path.iter().rev().find_map(|unit| self.zones.get(unit)).copied().unwrap_or(self.zone);
        Office::new(zone, Calendar::new(days), hours)
    }
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Db(DbError::Broken(format!("hours of service: {error}")))
}

fn minute(of_day: i64) -> Result<Minute> {
    u16::try_from(of_day).ok().and_then(|of_day| Minute::new(of_day / 60, of_day % 60)).ok_or_else(|| broken(format!("no minute {of_day}")))
}

pub(super) fn kind_of(text: &str) -> Result<Kind> {
    match text {
        "national" => Ok(Kind::National),
        "joint" => Ok(Kind::Joint),
        "regional" => Ok(Kind::Regional),
        "closure" => Ok(Kind::Closure),
        other => Err(Error::Db(DbError::Broken(format!("no kind of holiday {other}")))),
    }
}

/// The cache a government keeps: the book is read again when the tables have changed, by whichever process.
#[derive(Debug, Default)]
pub struct Calendars(Kept<(), CalendarBook>);

impl Calendars {
    /// The book as of this transaction. Inside a write it is exact: a deadline computed with it agrees with every
    /// holiday decreed before.
    ///
    /// # Errors
    /// What the database says.
    pub fn book(&self, rx: &mut Rx<'_>) -> Result<Arc<CalendarBook>> {
        self.0.get(rx, (), CalendarBook::load)
    }
}

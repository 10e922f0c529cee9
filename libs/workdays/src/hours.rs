//! When an office serves: per weekday, with a break, and other hours in a season (Ramadan).

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// A minute of the local day, 0 (midnight) to 1440 (the next midnight). Written `07:30`; `07.30` is read too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Minute(u16);

impl Minute {
    /// `None` when there is no such minute.
    pub const fn new(hour: u16, minute: u16) -> Option<Minute> {
        if minute < 60 && (hour < 24 || (hour == 24 && minute == 0)) { Some(Minute(hour * 60 + minute)) } else { None }
    }

    /// Minutes since midnight.
    pub const fn of_day(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for Minute {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Minute, HoursError> {
        let wrong = || HoursError::Minute(text.to_owned());
        let (hour, minute) = text
            .trim()
            .split_once([':', '.'])
            .filter(|(hour, minute)| {
                let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
                (1..=2).contains(&hour.len()) && minute.len() == 2 && digits(hour) && digits(minute)
            })
            .ok_or_else(wrong)?;
        let number = |part: &str| part.parse::<u16>().map_err(|_| wrong());
        Minute::new(number(hour)?, number(minute)?).ok_or_else(wrong)
    }
}

impl From<Minute> for String {
    fn from(minute: Minute) -> String {
        minute.to_string()
    }
}

impl TryFrom<String> for Minute {
    type Error = HoursError;

    fn try_from(text: String) -> Result<Minute, HoursError> {
        text.parse()
    }
}

/// What is wrong with hours as given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    #[error("`{0}` is not a time of day (HH:MM)")]
    Minute(String),
    #[error("an office opens before it closes ({open}–{close})")]
    ClosesFirst { open: Minute, close: Minute },
    #[error("the break {from}–{until} lies inside the open hours")]
    PauseOutside { from: Minute, until: Minute },
    #[error("an office is open on at least one day from Monday to Friday")]
    NeverOpen,
    #[error("the season `{0}` begins before it ends")]
    SeasonEndsFirst(String),
    #[error("the seasons `{0}` and `{1}` overlap")]
    SeasonsOverlap(String, String),
    #[error("line {0} is not `from,until,name` with dates as YYYY-MM-DD")]
    SeasonLine(usize),
}

/// Open hours of one weekday, with at most one break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawDayHours")]
pub struct DayHours {
    open: Minute,
    close: Minute,
    #[serde(skip_serializing_if = "Option::is_none")]
    pause: Option<(Minute, Minute)>,
}

#[derive(Deserialize)]
struct RawDayHours {
    open: Minute,
    close: Minute,
    #[serde(default)]
    pause: Option<(Minute, Minute)>,
}

impl TryFrom<RawDayHours> for DayHours {
    type Error = HoursError;

    fn try_from(raw: RawDayHours) -> Result<DayHours, HoursError> {
        DayHours::new(raw.open, raw.close, raw.pause)
    }
}

impl DayHours {
    pub fn new(open: Minute, close: Minute, pause: Option<(Minute, Minute)>) -> Result<DayHours, HoursError> {
        if open >= close {
            return Err(HoursError::ClosesFirst { open, close });
        }
        if let Some((from, until)) = pause
            && !(open <= from && from < until && until <= close)
        {
            return Err(HoursError::PauseOutside { from, until });
        }
        Ok(DayHours { open, close, pause })
    }

    pub fn open(&self) -> Minute {
        self.open
    }

    pub fn close(&self) -> Minute {
        self.close
    }

    /// The break, if there is one.
    pub fn pause(&self) -> Option<(Minute, Minute)> {
        self.pause
    }

    /// The open stretches of the day, in order; a stretch may be empty.
    pub fn spans(&self) -> [(Minute, Minute); 2] {
        match self.pause {
            None => [(self.open, self.close), (self.close, self.close)],
            Some((from, until)) => [(self.open, from), (until, self.close)],
        }
    }

    /// Net open minutes.
    pub fn minutes(&self) -> u32 {
        self.spans().iter().map(|(from, until)| u32::from(until.0 - from.0)).sum()
    }
}

/// Monday to Sunday; `None` is a day without service.
pub type Week = [Option<DayHours>; 7];

/// Other hours between two dates, both included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Season {
    pub name: String,
    pub from: Date,
    pub until: Date,
    pub week: Week,
}

impl Season {
    /// Reads `from,until,name` lines under that header and gives each season these weekly hours.
    pub fn from_csv(text: &str, week: Week) -> Result<Vec<Season>, HoursError> {
        let mut seasons = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let wrong = || HoursError::SeasonLine(index + 1);
            if index == 0 {
                if line.trim() != "from,until,name" {
                    return Err(wrong());
                }
                continue;
            }
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let mut fields = line.splitn(3, ',').map(str::trim);
            let mut field = || fields.next().ok_or_else(wrong);
            let (from, until, name) = (field()?, field()?, field()?);
            seasons.push(Season {
                name: name.to_owned(),
                from: from.parse().map_err(|_| wrong())?,
                until: until.parse().map_err(|_| wrong())?,
                week,
            });
        }
        Ok(seasons)
    }
}

/// Service hours (*jam layanan*) of an office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawServiceHours")]
pub struct ServiceHours {
    week: Week,
    /// Sorted, without overlap.
    #[serde(default)]
    seasons: Vec<Season>,
}

#[derive(Deserialize)]
struct RawServiceHours {
    week: Week,
    #[serde(default)]
    seasons: Vec<Season>,
}

impl TryFrom<RawServiceHours> for ServiceHours {
    type Error = HoursError;

    fn try_from(raw: RawServiceHours) -> Result<ServiceHours, HoursError> {
        ServiceHours::new(raw.week, raw.seasons)
    }
}

impl ServiceHours {
    /// An office that is never open on a weekday is refused, so that a deadline in service minutes exists.
    pub fn new(week: Week, mut seasons: Vec<Season>) -> Result<ServiceHours, HoursError> {
        if week[..5].iter().all(Option::is_none) {
            return Err(HoursError::NeverOpen);
        }
        seasons.sort_by_key(|season| season.from);
        if let Some(season) = seasons.iter().find(|season| season.until < season.from) {
            return Err(HoursError::SeasonEndsFirst(season.name.clone()));
        }
        if let Some(pair) = seasons.windows(2).find(|pair| pair[1].from <= pair[0].until) {
            return Err(HoursError::SeasonsOverlap(pair[0].name.clone(), pair[1].name.clone()));
        }
        Ok(ServiceHours { week, seasons })
    }

    /// A typical five-day week of 37.5 net hours (Perpres 21/2023): 07.30–16.00, break 12.00–13.00; Friday until 16.30, break
    /// 11.30–13.00. `ramadan` gets [`ServiceHours::typical_ramadan_week`].
    pub fn typical(ramadan: Vec<Season>) -> Result<ServiceHours, HoursError> {
        ServiceHours::new(TYPICAL, ramadan)
    }

    /// 32.5 net hours (Perpres 21/2023): 08.00–15.00, break 12.00–12.30; Friday until 15.30, break 11.30–12.30.
    pub const fn typical_ramadan_week() -> Week {
        TYPICAL_RAMADAN
    }

    /// Monday to Sunday outside every season.
    pub fn week(&self) -> &Week {
        &self.week
    }

    pub fn seasons(&self) -> &[Season] {
        &self.seasons
    }

    /// The season a date lies in.
    pub fn season(&self, date: Date) -> Option<&Season> {
        let next = self.seasons.partition_point(|season| season.until < date);
        self.seasons.get(next).filter(|season| season.from <= date)
    }

    /// Hours of a date by weekday and season; holidays are the calendar's business.
    pub fn on(&self, date: Date) -> Option<DayHours> {
        let week = self.season(date).map_or(&self.week, |season| &season.week);
        week[weekday_index(date.weekday())]
    }
}

fn weekday_index(weekday: Weekday) -> usize {
    usize::from(weekday.to_monday_zero_offset().unsigned_abs())
}

const fn day(open: u16, close: u16, from: u16, until: u16) -> Option<DayHours> {
    Some(DayHours { open: Minute(open), close: Minute(close), pause: Some((Minute(from), Minute(until))) })
}

const WEEKDAY: Option<DayHours> = day(7 * 60 + 30, 16 * 60, 12 * 60, 13 * 60);
const FRIDAY: Option<DayHours> = day(7 * 60 + 30, 16 * 60 + 30, 11 * 60 + 30, 13 * 60);
const TYPICAL: Week = [WEEKDAY, WEEKDAY, WEEKDAY, WEEKDAY, FRIDAY, None, None];
const FASTING: Option<DayHours> = day(8 * 60, 15 * 60, 12 * 60, 12 * 60 + 30);
const FASTING_FRIDAY: Option<DayHours> = day(8 * 60, 15 * 60 + 30, 11 * 60 + 30, 12 * 60 + 30);
const TYPICAL_RAMADAN: Week = [FASTING, FASTING, FASTING, FASTING, FASTING_FRIDAY, None, None];

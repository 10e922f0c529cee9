use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::{TimeZone, offset};

use crate::*;

mod properties;

const NATIONAL: &str = include_str!("../../../data/holidays/national.csv");
const RAMADAN: &str = include_str!("../../../data/holidays/ramadan.csv");

fn calendar() -> Calendar {
    Calendar::from_csv(NATIONAL).unwrap()
}

fn hours() -> ServiceHours {
    let week = ServiceHours::typical_ramadan_week();
    ServiceHours::typical(Season::from_csv(RAMADAN, week).unwrap()).unwrap()
}

struct Office {
    zone: TimeZone,
    calendar: Calendar,
    hours: ServiceHours,
}

impl Office {
    fn in_zone(hours_east: i8) -> Office {
        Office { zone: TimeZone::fixed(offset(hours_east)), calendar: calendar(), hours: hours() }
    }

    fn clock(&self) -> Clock<'_> {
        Clock { zone: &self.zone, calendar: &self.calendar, hours: &self.hours }
    }

    /// Local time as `2026-03-16 10:00`.
    fn at(&self, text: &str) -> Timestamp {
        let local: jiff::civil::DateTime = text.parse().unwrap();
        self.zone.to_timestamp(local).unwrap()
    }

    fn due(&self, rule: Rule, start: &str, suspensions: &[(&str, &str)]) -> String {
        let suspensions = self.suspensions(suspensions);
        let deadline = self.clock().extend(rule, self.at(start), &suspensions);
        let due = self.clock().due(rule, self.at(start), &suspensions);
        assert_eq!((deadline.at, deadline.provisional), (due.at, due.provisional));
        self.zone.to_datetime(deadline.at.unwrap()).to_string()
    }

    fn suspensions(&self, suspensions: &[(&str, &str)]) -> Vec<Suspension> {
        suspensions.iter().map(|(from, until)| (self.at(from), self.at(until)).into()).collect()
    }

    fn left(&self, rule: Rule, start: &str, now: &str) -> (Unit, u32, bool, bool) {
        let left = self.clock().remaining(rule, self.at(start), &[], self.at(now)).unwrap();
        (left.unit, left.amount, left.late, left.due_today)
    }
}

fn wib() -> Office {
    Office::in_zone(7)
}

#[test]
fn the_decreed_years_are_complete() {
    let calendar = calendar();
    let count = |year: i16, kind: Kind| {
        let of = |holiday: &&Holiday| holiday.date.year() == year && holiday.kind == kind;
        calendar.holidays().iter().filter(of).count()
    };
    assert_eq!(calendar.covered_years().collect::<Vec<_>>(), [2025, 2026, 2027]);
    for (year, national, joint) in [(2025, 17, 11), (2026, 17, 8), (2027, 18, 8)] {
        assert_eq!((count(year, Kind::National), count(year, Kind::Joint)), (national, joint), "{year}");
    }
    let named = |date: Date| calendar.on(date)[0].name.to_string();
    assert_eq!(named(date(2026, 1, 16)), "Isra Mikraj Nabi Muhammad saw.");
    assert_eq!(named(date(2026, 4, 3)), "Wafat Yesus Kristus");
    assert_eq!(named(date(2027, 12, 26)), "Isra Mikraj Nabi Muhammad saw.");
}

#[test]
fn ramadan_ends_the_day_before_idulfitri_of_the_decree() {
    let calendar = calendar();
    for season in hours().seasons() {
        let feast = &calendar.on(season.until.tomorrow().unwrap())[0];
        assert!(feast.name.starts_with("Idulfitri"), "{feast:?}");
        let days = season.until - season.from;
        assert!((28..=29).contains(&days.get_days()), "{season:?}");
    }
}

#[test]
fn a_broken_file_says_where() {
    let read = |text: &str| Calendar::from_csv(text).unwrap_err();
    assert_eq!(read(""), CsvError::Header);
    assert_eq!(read("date,name\n"), CsvError::Header);
    let head = "date,kind,name,decree\n";
    assert_eq!(read(&format!("{head}# a remark\n2026-01-01,national,Tahun Baru")), CsvError::Columns { line: 3, found: 3, expected: 4 });
    assert_eq!(read(&format!("{head}2026-02-30,national,Tahun Baru,SKB")), CsvError::Date { line: 2, value: "2026-02-30".into() });
    assert_eq!(read(&format!("{head}2026-01-01,libur,Tahun Baru,SKB")), CsvError::Kind { line: 2, value: "libur".into() });
    assert_eq!(read(&format!("{head}2026-01-01,national,,SKB")), CsvError::Name { line: 2 });
}

/// start, n, joint leave counts as working, deadline: computed by PyPI lokal-id 0.7.2.
const ORACLE: &[(&str, u32, bool, &str)] = &[
    ("2026-11-28", 3, false, "2026-12-02"),
    ("2026-02-19", 2, true, "2026-02-23"),
    ("2026-04-07", 10, false, "2026-04-21"),
    ("2027-06-04", 5, false, "2027-06-11"),
    ("2027-03-21", 14, false, "2027-04-12"),
    ("2026-04-03", 30, false, "2026-05-20"),
    ("2027-08-03", 2, true, "2027-08-05"),
    ("2027-08-20", 1, false, "2027-08-23"),
    ("2027-02-11", 1, true, "2027-02-12"),
    ("2026-02-17", 30, true, "2026-04-01"),
    ("2026-10-24", 14, false, "2026-11-12"),
    ("2026-05-01", 7, false, "2026-05-12"),
    ("2026-07-05", 2, false, "2026-07-07"),
    ("2026-07-12", 10, false, "2026-07-24"),
    ("2026-03-06", 1, false, "2026-03-09"),
    ("2027-05-24", 30, false, "2027-07-06"),
    ("2026-11-18", 20, false, "2026-12-16"),
    ("2027-04-10", 10, false, "2027-04-23"),
    ("2026-07-04", 5, false, "2026-07-10"),
    ("2026-11-04", 30, false, "2026-12-16"),
    ("2026-12-18", 20, false, "2027-01-21"),
    ("2026-03-16", 2, false, "2026-03-25"),
    ("2026-06-18", 10, false, "2026-07-02"),
    ("2027-05-16", 14, false, "2027-06-10"),
    ("2026-03-21", 30, false, "2026-05-07"),
    ("2026-11-18", 10, false, "2026-12-02"),
    ("2027-05-24", 20, false, "2027-06-22"),
    ("2026-04-06", 7, false, "2026-04-15"),
    ("2026-03-08", 1, true, "2026-03-09"),
    ("2026-11-14", 20, false, "2026-12-11"),
    ("2027-01-31", 10, false, "2027-02-15"),
    ("2027-04-18", 10, false, "2027-04-30"),
    ("2026-04-30", 20, false, "2026-06-05"),
    ("2026-10-22", 3, true, "2026-10-27"),
    ("2027-02-12", 14, true, "2027-03-04"),
    ("2027-05-24", 2, false, "2027-05-26"),
];

#[test]
fn working_days_agree_with_an_independent_count() {
    let mut office = wib();
    for (start, days, joint, expected) in ORACLE {
        office.calendar = calendar().joint_counts_as_working(*joint);
        assert_eq!(
            office.due(Rule::WorkingDays(*days), &format!("{start} 09:00"), &[]),
            format!("{expected}T23:59:59.999999"),
            "{start} + {days}, joint {joint}"
        );
    }
}

#[test]
fn deadlines_in_service_minutes_and_clock_hours() {
    let office = wib();
    let minutes = |start: &str, n: u32| office.due(Rule::ServiceMinutes(n), start, &[]);
    for (start, n, expected) in [
        ("2026-11-19 10:00", 15, "2026-11-19T10:15:00"),   // an ordinary Thursday
        ("2026-11-19 11:50", 15, "2026-11-19T13:05:00"),   // over the break
        ("2026-11-19 11:50", 10, "2026-11-19T12:00:00"),   // exactly to the break
        ("2026-11-19 12:20", 15, "2026-11-19T13:15:00"),   // in the break
        ("2026-11-19 06:00", 15, "2026-11-19T07:45:00"),   // before opening
        ("2026-11-20 11:20", 15, "2026-11-20T13:05:00"),   // Friday's longer break
        ("2026-11-20 16:25", 15, "2026-11-23T07:40:00"),   // Friday evening to Monday
        ("2026-11-21 10:00", 15, "2026-11-23T07:45:00"),   // Saturday
        ("2026-11-19 10:00", 450, "2026-11-20T10:00:00"),  // one day of 7.5 hours
        ("2026-11-16 07:30", 2250, "2026-11-20T16:30:00"), // a week of 37.5 hours
        ("2026-02-23 08:00", 1950, "2026-02-27T15:30:00"), // a week of 32.5 hours in Ramadan
        ("2026-02-27 11:25", 15, "2026-02-27T12:40:00"),   // a Friday in Ramadan
        ("2026-03-17 14:55", 15, "2026-03-25T07:40:00"),   // before Lebaran 2026
        ("2026-11-19 10:00", 0, "2026-11-19T10:00:00"),
    ] {
        assert_eq!(minutes(start, n), expected, "{start} + {n}");
    }
    assert_eq!(
        office.due(Rule::ClockHours(72), "2026-03-20 14:30", &[]),
        "2026-03-23T14:30:00",
        "72 hours run through Lebaran (UU 27/2022)"
    );
}

#[test]
fn lebaran_2026_is_explained_day_by_day() {
    let office = wib();
    let deadline = deadline(Rule::WorkingDays(3), office.at("2026-03-16 10:00"), &office.zone, &office.calendar, &office.hours);
    let told: Vec<String> = deadline.days.iter().map(tell).collect();
    assert_eq!(
        told,
        [
            "16 day 0 Receipt",
            "17 day 1 Counted",
            "18 Joint Hari Suci Nyepi (Tahun Baru Saka 1948)",
            "19 National Hari Suci Nyepi (Tahun Baru Saka 1948)",
            "20 Joint Idulfitri 1447 H",
            "21 National Idulfitri 1447 H",
            "22 National Idulfitri 1447 H",
            "23 Joint Idulfitri 1447 H",
            "24 Joint Idulfitri 1447 H",
            "25 day 2 Counted",
            "26 day 3 Counted",
        ]
    );
    assert!(!deadline.provisional);
    assert_eq!(deadline.at.unwrap().to_string(), "2026-03-26T16:59:59.999999Z");
}

fn tell(line: &DayLine) -> String {
    let day = line.date.day();
    let ordinal = line.ordinal.map_or(String::new(), |n| format!("day {n} "));
    match &line.reason {
        Reason::National { name, .. } => format!("{day} {ordinal}National {name}"),
        Reason::Joint { name, .. } => format!("{day} {ordinal}Joint {name}"),
        other => format!("{day} {ordinal}{other:?}"),
    }
}

#[test]
fn joint_leave_that_works_is_counted_and_named() {
    let mut office = wib();
    office.calendar = calendar().joint_counts_as_working(true);
    let deadline = office.clock().deadline(Rule::WorkingDays(2), office.at("2026-03-16 10:00"));
    let last = deadline.days.last().unwrap();
    assert_eq!((last.date, last.counted, last.ordinal), (date(2026, 3, 18), true, Some(2)));
    assert!(matches!(last.reason, Reason::Joint { .. }));
}

#[test]
fn regional_days_and_closures_are_layers() {
    let mut office = wib();
    let layer = |kind, day, name: &str| Holiday {
        date: date(2026, 11, day),
        kind,
        name: name.into(),
        decree: "Kep. Bupati 100/2026".into(),
        decreed_on: None,
    };
    office.calendar = calendar().with([layer(Kind::Closure, 24, "Kantor pindah"), layer(Kind::Regional, 23, "Hari jadi kabupaten")]);
    assert_eq!(office.due(Rule::WorkingDays(1), "2026-11-20 10:00", &[]), "2026-11-25T23:59:59.999999");
    assert_eq!(office.due(Rule::ServiceMinutes(15), "2026-11-20 16:20", &[]), "2026-11-25T07:35:00");
    assert!(!office.calendar.covers(2028), "a layer decrees no year");
}

#[test]
fn a_year_without_decree_is_provisional() {
    let office = wib();
    let provisional = |rule, start: &str| office.clock().due(rule, office.at(start), &[]).provisional;
    assert!(!provisional(Rule::WorkingDays(3), "2027-12-28 10:00"));
    assert!(provisional(Rule::WorkingDays(3), "2027-12-29 10:00"));
    assert!(provisional(Rule::ServiceMinutes(15), "2028-03-01 10:00"));
    assert!(!provisional(Rule::ClockHours(72), "2028-03-01 10:00"), "hours need no calendar");
    let deadline = office.clock().deadline(Rule::WorkingDays(3), office.at("2027-12-29 10:00"));
    let lines: Vec<bool> = deadline.days.iter().map(|line| line.provisional).collect();
    assert_eq!(lines, [false, false, false, true, true, true]);
}

#[test]
fn a_day_decreed_late_moves_an_open_deadline() {
    let mut office = wib();
    let due = |office: &Office| office.due(Rule::WorkingDays(1), "2025-08-15 10:00", &[]);
    assert_eq!(due(&office), "2025-08-19T23:59:59.999999");
    office.calendar = calendar().as_known_on(date(2025, 8, 1));
    assert_eq!(due(&office), "2025-08-18T23:59:59.999999");
    assert!(!office.calendar.covers(2026));
}

#[test]
fn the_same_moment_is_another_day_further_east() {
    let received: Timestamp = "2026-11-19T16:30:00Z".parse().unwrap();
    for (east, expected) in [(7, "2026-11-20T16:59:59.999999Z"), (8, "2026-11-23T15:59:59.999999Z"), (9, "2026-11-23T14:59:59.999999Z")] {
        let office = Office::in_zone(east);
        let due = office.clock().due(Rule::WorkingDays(1), received, &[]);
        assert_eq!(due.at.unwrap().to_string(), expected, "UTC+{east}");
    }
}

#[test]
fn zero_working_days_end_with_the_first_working_day() {
    let office = wib();
    let due = |start: &str| office.due(Rule::WorkingDays(0), start, &[]);
    assert_eq!(due("2026-11-20 10:00"), "2026-11-20T23:59:59.999999");
    assert_eq!(due("2026-11-21 10:00"), "2026-11-23T23:59:59.999999");
}

#[test]
fn no_limit_has_no_deadline() {
    let office = wib();
    let now = office.at("2026-11-20 10:00");
    let deadline = office.clock().deadline(Rule::None, now);
    assert_eq!((deadline.at, deadline.provisional, deadline.days.len()), (None, false, 0));
    assert_eq!(office.clock().remaining(Rule::None, now, &[], now), None);
}

#[test]
fn a_day_touched_by_a_suspension_does_not_count() {
    let office = wib();
    let three = |suspensions: &[(&str, &str)]| office.due(Rule::WorkingDays(3), "2026-11-16 10:00", suspensions);
    assert_eq!(three(&[]), "2026-11-19T23:59:59.999999");
    assert_eq!(three(&[("2026-11-17 15:00", "2026-11-18 09:00")]), "2026-11-23T23:59:59.999999");
    assert_eq!(three(&[("2026-11-17 15:00", "2026-11-18 00:00")]), "2026-11-20T23:59:59.999999");
    assert_eq!(three(&[("2026-11-16 11:00", "2026-11-16 15:00")]), "2026-11-19T23:59:59.999999", "the day of receipt");
    assert_eq!(three(&[("2026-11-21 09:00", "2026-11-22 15:00")]), "2026-11-19T23:59:59.999999", "afterwards");
    assert_eq!(three(&[("2026-11-18 09:00", "2026-11-18 09:00")]), "2026-11-19T23:59:59.999999", "empty");
    let suspended = office.suspensions(&[("2026-11-17 15:00", "2026-11-18 09:00")]);
    let days = office.clock().extend(Rule::WorkingDays(3), office.at("2026-11-16 10:00"), &suspended).days;
    assert_eq!(days[1].reason, Reason::Suspended);
    assert_eq!(days[2].reason, Reason::Suspended);
    assert_eq!(days[5].reason, Reason::Weekend);
}

#[test]
fn suspended_minutes_and_hours_do_not_count() {
    let office = wib();
    let minutes = |s: &[(&str, &str)]| office.due(Rule::ServiceMinutes(15), "2026-11-19 11:40", s);
    assert_eq!(minutes(&[("2026-11-19 11:45", "2026-11-19 11:55")]), "2026-11-19T13:05:00");
    assert_eq!(
        minutes(&[("2026-11-19 11:50", "2026-11-20 07:40"), ("2026-11-19 11:45", "2026-11-19 12:30")]),
        "2026-11-20T07:50:00",
        "overlapping and unsorted"
    );
    let hours = |s: &[(&str, &str)]| office.due(Rule::ClockHours(72), "2026-11-19 10:00", s);
    assert_eq!(hours(&[("2026-11-20 10:00", "2026-11-20 22:30")]), "2026-11-22T22:30:00");
}

#[test]
fn what_is_left_in_the_unit_of_the_rule() {
    use Unit::{ClockMinutes, ServiceMinutes, WorkingDays};
    let office = wib();
    let days = |now: &str| office.left(Rule::WorkingDays(3), "2026-11-16 10:00", now);
    assert_eq!(days("2026-11-16 11:00"), (WorkingDays, 3, false, false));
    assert_eq!(days("2026-11-18 23:00"), (WorkingDays, 1, false, false));
    assert_eq!(days("2026-11-19 11:00"), (WorkingDays, 0, false, true));
    assert_eq!(days("2026-11-20 00:00"), (WorkingDays, 1, true, false));
    assert_eq!(days("2026-11-22 11:00"), (WorkingDays, 1, true, false));
    assert_eq!(days("2026-11-23 11:00"), (WorkingDays, 2, true, false));
    let minutes = |now: &str| office.left(Rule::ServiceMinutes(15), "2026-11-19 11:50", now);
    assert_eq!(minutes("2026-11-19 11:53"), (ServiceMinutes, 12, false, true));
    assert_eq!(minutes("2026-11-19 12:30"), (ServiceMinutes, 5, false, true));
    assert_eq!(minutes("2026-11-19 13:05"), (ServiceMinutes, 0, false, true));
    assert_eq!(minutes("2026-11-20 07:40"), (ServiceMinutes, 185, true, false));
    let hours = |now: &str| office.left(Rule::ClockHours(72), "2026-11-19 10:00", now);
    assert_eq!(hours("2026-11-22 09:00"), (ClockMinutes, 60, false, true));
    assert_eq!(hours("2026-11-22 12:00"), (ClockMinutes, 120, true, true));
}

#[test]
fn while_suspended_nothing_runs_out() {
    let office = wib();
    let start = office.at("2026-11-16 10:00");
    let asked = office.at("2026-11-17 15:00");
    for now in ["2026-11-18 09:00", "2026-11-20 09:00", "2026-11-25 14:00"] {
        let now = office.at(now);
        let open = [Suspension { from: asked, until: now }];
        let left = office.clock().remaining(Rule::WorkingDays(3), start, &open, now).unwrap();
        assert_eq!((left.amount, left.late), (3, false));
        let left = office.clock().remaining(Rule::ServiceMinutes(600), start, &open, now).unwrap();
        // Monday 10:00–16:00 less the break: 300; Tuesday to 15:00: 390; so the limit was reached before.
        assert!(left.late);
        let left = office.clock().remaining(Rule::ServiceMinutes(700), start, &open, now).unwrap();
        assert_eq!((left.amount, left.late), (10, false));
    }
}

#[test]
fn hours_that_cannot_be_are_refused() {
    let minute = |text: &str| text.parse::<Minute>();
    assert_eq!(minute("07.30").unwrap().to_string(), "07:30");
    for wrong in ["24:01", "7", "12:60", "+7:30", "", "12:3"] {
        assert!(minute(wrong).is_err(), "{wrong}");
    }
    let day = |open: &str, close: &str, pause: Option<(&str, &str)>| {
        DayHours::new(
            minute(open).unwrap(),
            minute(close).unwrap(),
            pause.map(|(from, until)| (minute(from).unwrap(), minute(until).unwrap())),
        )
    };
    assert!(matches!(day("16:00", "08:00", None), Err(HoursError::ClosesFirst { .. })));
    assert!(matches!(day("08:00", "16:00", Some(("15:30", "16:30"))), Err(HoursError::PauseOutside { .. })));
    let saturday = day("08:00", "12:00", None).unwrap();
    let week: Week = [None, None, None, None, None, Some(saturday), None];
    assert_eq!(ServiceHours::new(week, vec![]), Err(HoursError::NeverOpen));
    let mut seasons = hours().seasons().to_vec();
    seasons[0].until = seasons[1].from;
    assert!(matches!(ServiceHours::typical(seasons), Err(HoursError::SeasonsOverlap(..))));
    let net = |week: &Week| week.iter().flatten().map(DayHours::minutes).sum::<u32>();
    assert_eq!(net(hours().week()), 2250);
    assert_eq!(net(&ServiceHours::typical_ramadan_week()), 1950);
}

#[test]
fn values_survive_storage() {
    let (calendar, hours) = (calendar().joint_counts_as_working(true), hours());
    let json = serde_json::to_string(&calendar).unwrap();
    assert_eq!(serde_json::from_str::<Calendar>(&json).unwrap(), calendar);
    let json = serde_json::to_string(&hours).unwrap();
    assert_eq!(serde_json::from_str::<ServiceHours>(&json).unwrap(), hours);
    assert_eq!(serde_json::to_string(&Rule::WorkingDays(3)).unwrap(), r#"{"working_days":3}"#);
    assert_eq!(serde_json::to_string(&Rule::None).unwrap(), r#""none""#);
    let broken = json.replacen(r#""open":"07:30""#, r#""open":"17:30""#, 1);
    assert!(serde_json::from_str::<ServiceHours>(&broken).is_err());
}

#[test]
fn a_limit_beyond_a_century_is_no_limit() {
    let office = wib();
    let due = office.clock().due(Rule::WorkingDays(u32::MAX), office.at("2026-11-19 10:00"), &[]);
    assert_eq!((due.at, due.provisional), (None, true));
}

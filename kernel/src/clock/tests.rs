use jiff::{SignedDuration, civil::date};
use serde_json::json;

use super::*;
use crate::{
    Message, NewEntry, Tx,
    case::{self, Move, NextTask},
    db::Meta,
    definition, notice,
    runner::Runner,
    testing::Home,
    unit::{self, NewUnit, UnitKind},
};

const REGENCY_DAYS: &str = "date,kind,name,decree,decreed_on\n2026-12-24,joint,Kelahiran Yesus Kristus,SKB 1497/2025,2025-09-19\n\
                            2026-12-25,national,Kelahiran Yesus Kristus,SKB 1497/2025,2025-09-19";

/// A regency with two villages, and the holidays of December 2026.
struct Town {
    home: Home,
    regency: Id,
    near: unit::Unit,
    far: unit::Unit,
}

fn town() -> Town {
    let home = Home::new(Meta::default());
    let write = |tx: &mut Tx<'_>| {
        let regency = unit::create(tx, &NewUnit::new(UnitKind::Regency, None, "16.11", "Kabupaten Empat Lawang"))?;
        let district = unit::create(tx, &NewUnit::new(UnitKind::Kecamatan, Some(regency), "16.11.01", "Kecamatan Muara Pinang"))?;
        let near = unit::create(tx, &NewUnit::new(UnitKind::Desa, Some(district), "16.11.01.2001", "Desa Batu Jungul"))?;
        let far = unit::create(tx, &NewUnit::new(UnitKind::Desa, Some(district), "16.11.01.2002", "Desa Sawah"))?;
        let calendar = workdays::Calendar::from_csv(REGENCY_DAYS).map_err(|error| Error::Failed(error.to_string()))?;
        assert_eq!(import_holidays(tx, regency, &calendar)?, 2);
        assert_eq!(import_holidays(tx, regency, &calendar)?, 0, "again changes nothing");
        let find = |tx: &mut Tx<'_>, id| unit::find(tx, id)?.ok_or(Error::Missing);
        Ok::<_, Error>((regency, find(tx, near)?, find(tx, far)?))
    };
    let (regency, near, far) = home.write_now(&home.machine(), write).unwrap();
    Town { home, regency, near, far }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn days(n: u32) -> CaseClock {
    CaseClock::new(Rule::WorkingDays(n), Starts::Receipt)
}

impl Town {
    fn office(&self, unit: &unit::Unit) -> std::sync::Arc<Office> {
        self.home.read_now(CalendarBook::load).unwrap().office(&unit.ancestors)
    }

    fn last_day(&self, unit: &unit::Unit, clock: &CaseClock, start: &str) -> String {
        let office = self.office(unit);
        let due = office.due(clock, Some(at(start)), at(start)).at.unwrap();
        office.zone.time_zone().to_datetime(due).date().to_string()
    }

    fn write<T: Send + 'static>(&self, run: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.home.pass(SignedDuration::from_millis(1));
        self.home.write_now(&self.home.machine(), run)
    }

    /// A case of three working days received now, lying at a post.
    fn case(&self, unit: &unit::Unit, code: &'static str, clock: CaseClock) -> Id {
        let (office, unit) = (self.office(unit), unit.clone());
        let now = self.home.now();
        self.write(move |tx| {
            let definition = definition::put(tx, "services", "sku", "{}")?;
            let new = case::NewCase {
                system: "services",
                kind: "sku",
                definition,
                offering: None,
                code,
                unit: unit.id,
                units: unit.ancestors,
                subject: "S••••",
                applicant: None,
                channel: "counter",
                secrecy: "internal",
            };
            let step = Move {
                action: "submit",
                to_state: "checking",
                step: 0,
                task: Some(NextTask { post: Id::from_bytes([5; 16]), unit: unit.id, action: "check" }),
                due: office.due(&clock, Some(now), now),
                actor_label: "Loket",
                actor_post: None,
                note: "",
                public: true,
                outcome: None,
            };
            tx.entry(NewEntry::new("services.case.submitted"));
            Ok(case::open(tx, &new, &step)?.id)
        })
        .unwrap()
    }

    fn due(&self, case: Id) -> Timestamp {
        self.home.read_now(move |rx| case::find(rx, case)).unwrap().due.at.unwrap()
    }
}

#[test]
fn layers_of_the_calendar_reach_the_units_below() {
    let town = town();
    // Wednesday 23 December 2026; Thursday is joint leave, Friday Christmas.
    assert_eq!(town.last_day(&town.near, &days(1), "2026-12-23T03:00:00Z"), "2026-12-28");
    let joint = CaseClock { joint_works: true, ..days(1) };
    assert_eq!(town.last_day(&town.near, &joint, "2026-12-23T03:00:00Z"), "2026-12-24");
    let closure = NewHoliday {
        unit: town.near.id,
        dates: vec![date(2026, 12, 28), date(2026, 12, 29)],
        kind: Kind::Closure,
        name: "Kantor kebanjiran".into(),
        decree: String::new(),
        decreed_on: None,
    };
    town.write(move |tx| add_holidays(tx, &closure)).unwrap();
    assert_eq!(town.last_day(&town.near, &days(1), "2026-12-23T03:00:00Z"), "2026-12-30");
    assert_eq!(town.last_day(&town.far, &days(1), "2026-12-23T03:00:00Z"), "2026-12-28");
}

#[test]
fn every_day_of_a_deadline_has_its_reason() {
    let town = town();
    let lines = town.office(&town.near).explain(&days(1), at("2026-12-23T03:00:00Z"), at("2026-12-23T03:00:00Z")).days;
    let reasons: Vec<String> =
        lines.iter().map(|line| format!("{} {}", line.date.day(), serde_json::to_value(&line.reason).unwrap()["kind"])).collect();
    assert_eq!(reasons, ["23 \"receipt\"", "24 \"joint\"", "25 \"national\"", "26 \"weekend\"", "27 \"weekend\"", "28 \"counted\""]);
}

#[test]
fn minutes_of_service_follow_the_nearest_hours() {
    let town = town();
    let quarter = CaseClock::new(Rule::ServiceMinutes(15), Starts::Receipt);
    let due = |unit: &unit::Unit| town.office(unit).due(&quarter, Some(at("2026-12-22T08:55:00Z")), at("2026-12-22T08:55:00Z")).at.unwrap();
    assert_eq!(due(&town.near), at("2026-12-23T00:40:00Z"), "five minutes until 16.00, ten from 07.30");
    let (mut week, _) = typical_hours();
    let open = |hour, minute| Minute::new(hour, minute).unwrap();
    for day in &mut week[..5] {
        *day = Some(DayHours::new(open(8, 0), open(20, 0), None).unwrap());
    }
    let (near, ramadan) = (town.near.id, typical_hours().1);
    town.write(move |tx| set_service_hours(tx, near, &week)).unwrap();
    assert_eq!(due(&town.near), at("2026-12-22T09:10:00Z"));
    assert_eq!(due(&town.far), at("2026-12-23T00:40:00Z"));
    town.write(move |tx| set_season(tx, near, date(2026, 12, 1), date(2026, 12, 30), &ramadan)).unwrap();
    assert_eq!(due(&town.near), at("2026-12-23T01:15:00Z"), "closed since 15.00, open at 08.00");
    assert!(!town.office(&town.near).is_open(at("2026-12-22T08:55:00Z")) && town.office(&town.far).is_open(at("2026-12-22T08:55:00Z")));
    let overlap = town.write(move |tx| set_season(tx, near, date(2026, 12, 30), date(2027, 1, 3), &ramadan));
    assert!(matches!(overlap, Err(Error::Refused(message)) if message.key == "hours-season-overlaps"));
    let never = town.write(move |tx| set_service_hours(tx, near, &[None; 7]));
    assert!(matches!(never, Err(Error::Refused(message)) if message.key == "hours-never-open"));
}

#[test]
fn a_return_stops_the_clock_and_an_answer_starts_it() {
    let town = town();
    let start = at("2026-12-07T03:00:00Z");
    let stopped = days(2).suspended(at("2026-12-08T03:00:00Z")).suspended(at("2026-12-08T04:00:00Z"));
    let office = town.office(&town.near);
    assert_eq!(office.due(&stopped, Some(start), at("2026-12-08T05:00:00Z")).state, DueState::Suspended);
    let going = stopped.resumed(at("2026-12-10T03:00:00Z"));
    let due = office.due(&going, Some(start), at("2026-12-10T03:00:00Z"));
    assert_eq!((due.state, office.zone.time_zone().to_datetime(due.at.unwrap()).date()), (DueState::Running, date(2026, 12, 14)));
    assert_eq!(CaseClock::parse(&going.to_json()).unwrap(), going);
    assert_eq!(office.due(&days(2), None, start).state, DueState::None);
    let open = CaseClock::new(Rule::None, Starts::Receipt);
    assert_eq!((office.due(&open, Some(start), start).at, office.remaining(&open, start, start)), (None, None));
    let left = office.remaining(&days(2), start, at("2026-12-08T05:00:00Z")).unwrap();
    assert_eq!((left.amount, left.late), (1, false));
}

#[test]
fn the_cache_sees_a_new_holiday_at_once() {
    let town = town();
    let calendars = Calendars::default();
    let book = |calendars: &Calendars| town.home.read_now(|rx| calendars.book(rx)).unwrap();
    let before = book(&calendars);
    assert!(std::sync::Arc::ptr_eq(&before, &book(&calendars)), "kept while nothing changes");
    let holiday = late(town.regency, date(2026, 12, 9));
    let ids = town.write(move |tx| add_holidays(tx, &holiday)).unwrap();
    let after = book(&calendars);
    assert!(!after.office(&town.near.ancestors).calendar(false).is_working(date(2026, 12, 9)));
    assert!(before.office(&town.near.ancestors).calendar(false).is_working(date(2026, 12, 9)));
    town.write(move |tx| cancel_holiday(tx, ids[0], 1)).unwrap();
    assert!(book(&calendars).office(&town.near.ancestors).calendar(false).is_working(date(2026, 12, 9)));
}

fn late(unit: Id, date: jiff::civil::Date) -> NewHoliday {
    NewHoliday { unit, dates: vec![date], kind: Kind::National, name: "Pilkada".into(), decree: "Keppres 1/2026".into(), decreed_on: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holiday_decreed_late_moves_open_deadlines_and_says_so() {
    let town = town();
    town.home.set("2026-12-07T03:00:00Z");
    let touched = town.case(&town.near, "AAAA", days(3));
    let short = town.case(&town.near, "BBBB", days(1));
    let hours = town.case(&town.far, "CCCC", CaseClock::new(Rule::ClockHours(72), Starts::Receipt));
    let (before, short_before, hours_before) = (town.due(touched), town.due(short), town.due(hours));
    let shift = Shift { unit: town.regency, dates: vec![date(2026, 12, 9)], because: String::new() };
    assert_eq!(town.home.read_now(move |rx| affected(rx, &shift)).unwrap(), 2);
    let holiday = late(town.regency, date(2026, 12, 9));
    let ids = town.write(move |tx| add_holidays(tx, &holiday)).unwrap();
    let runner = Runner::new(town.home.clone(), [], [moving_job()]);
    runner.drain().await.unwrap();

    assert_eq!(town.due(touched).duration_since(before), SignedDuration::from_hours(24));
    assert_eq!((town.due(short), town.due(hours)), (short_before, hours_before), "others stay");
    let tasks = town.home.read_now(move |rx| case::tasks_of_case(rx, touched)).unwrap();
    assert_eq!(tasks[0].due, Some(town.due(touched)));
    let told = town.home.read_now(move |rx| case::events(rx, touched)).unwrap();
    let note = &told.iter().find(|event| event.action == "deadline-moved").unwrap().note;
    assert_eq!(note, "Jatuh tempo bergeser dari 10 Desember 2026 ke 11 Desember 2026 karena Pilkada (Keppres 1/2026).");
    let notices = town.home.read_now(move |rx| notice::of_post(rx, Id::from_bytes([5; 16]), None, 9)).unwrap();
    assert_eq!((notices.len(), &notices[0].args["code"]), (1, &json!("AAAA")));
    assert_eq!(town.home.count("select count(*) from kernel_entry where action = 'kernel.case.deadline_moved'"), 1);

    town.write(move |tx| cancel_holiday(tx, ids[0], 1)).unwrap();
    runner.drain().await.unwrap();
    assert_eq!(town.due(touched), before, "and back");
}

#[test]
fn many_cases_are_moved_in_batches() {
    let town = town();
    town.home.set("2026-12-07T03:00:00Z");
    let cases: Vec<Id> = (0..205).map(|n| town.case(&town.near, Box::leak(format!("C{n:03}").into_boxed_str()), days(3))).collect();
    let holiday = late(town.near.id, date(2026, 12, 9));
    town.write(move |tx| add_holidays(tx, &holiday)).unwrap();
    let shift = Shift { unit: town.near.id, dates: vec![date(2026, 12, 9)], because: "Pilkada".into() };
    let (mut after, mut moved, mut batches) = (None, 0, 0);
    loop {
        let shift = shift.clone();
        let (batch, next) = town.write(move |tx| move_open_deadlines(tx, &shift, after)).unwrap();
        moved += batch.len();
        batches += 1;
        match next {
            Some(cursor) => after = Some(cursor),
            None => break,
        }
    }
    assert_eq!((moved, batches > 1), (cases.len(), true));
    let date_of = |case: Id| town.office(&town.near).zone.time_zone().to_datetime(town.due(case)).date();
    assert!(cases.iter().all(|case| date_of(*case) == date(2026, 12, 11)));
}

#[test]
fn a_decree_needs_its_name_number_and_dates_once() {
    let town = town();
    let refused = |change: fn(&mut NewHoliday)| {
        let mut new = late(town.regency, date(2026, 12, 9));
        change(&mut new);
        match town.write(move |tx| add_holidays(tx, &new)) {
            Err(Error::Refused(message)) => message,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(|new| new.name = " ".into()).key, "holiday-name-required");
    assert_eq!(refused(|new| new.decree = String::new()).key, "holiday-decree-required");
    assert_eq!(refused(|new| new.dates.clear()).key, "holiday-date-required");
    let exists = refused(|new| new.dates = vec![date(2026, 12, 25)]);
    assert_eq!(exists, Message::new("holiday-exists").arg("date", "2026-12-25"));
    let listed = town.home.read_now({
        let units = path_of(&town.near.ancestors);
        move |rx| holidays(rx, &units, 2026)
    });
    assert_eq!(listed.unwrap().len(), 2);
}

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;

fn moments() -> impl Strategy<Value = Timestamp> {
    // 2025-01-01 to about 2027-10-01
    (1_735_689_600_i64..1_822_000_000).prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn rules() -> impl Strategy<Value = Rule> {
    prop_oneof![
        (0_u32..60).prop_map(Rule::WorkingDays),
        (0_u32..300).prop_map(Rule::ClockHours),
        (0_u32..3000).prop_map(Rule::ServiceMinutes),
    ]
}

fn some_suspensions() -> impl Strategy<Value = Vec<Suspension>> {
    let one = (moments(), 0_i64..500_000).prop_map(|(from, length)| Suspension { from, until: from + SignedDuration::from_secs(length) });
    proptest::collection::vec(one, 0..4)
}

proptest! {
    #[test]
    fn the_nth_working_day_is_n_working_days_later(start in moments(), n in 1_u32..60, east in 7_i8..=9) {
        let office = Office::in_zone(east);
        let clock = office.clock();
        let at = clock.due(Rule::WorkingDays(n), start, &[]).at.unwrap();
        let (from, until) = (clock.date(start), clock.date(at));
        prop_assert!(office.calendar.is_working(until));
        prop_assert_eq!(office.calendar.working_days_between(from, until), n);
        prop_assert_eq!(clock.date(at + SignedDuration::from_micros(1)), until.tomorrow().unwrap());
    }

    #[test]
    fn the_lines_add_up_to_the_rule(start in moments(), rule in rules(), suspensions in some_suspensions()) {
        let office = wib();
        let deadline = office.clock().extend(rule, start, &suspensions);
        let at = deadline.at.unwrap();
        prop_assert_eq!(deadline.days[0].date, office.clock().date(start));
        for pair in deadline.days.windows(2) {
            prop_assert_eq!(pair[0].date.tomorrow().unwrap(), pair[1].date);
        }
        let counted = deadline.days.iter().filter(|line| line.counted).count();
        let minutes: u32 = deadline.days.iter().map(|line| line.minutes).sum();
        match rule {
            Rule::WorkingDays(0) => prop_assert!(counted <= 1),
            Rule::WorkingDays(n) => {
                prop_assert_eq!(counted, n as usize);
                prop_assert_eq!(deadline.days.last().unwrap().ordinal, Some(n));
            }
            Rule::ClockHours(n) => prop_assert_eq!(minutes, n * 60),
            Rule::ServiceMinutes(n) => prop_assert_eq!(minutes, n),
            Rule::None => unreachable!(),
        }
        prop_assert!(at >= start);
        prop_assert_eq!(office.clock().date(at - SignedDuration::from_micros(i64::from(at > start))), deadline.days.last().unwrap().date);
    }

    #[test]
    fn a_longer_rule_a_later_start_and_a_suspension_never_come_earlier(
        start in moments(), later in 0_i64..1_000_000, rule in rules(), suspensions in some_suspensions(),
    ) {
        let office = wib();
        let due = |rule, start, suspensions: &[Suspension]| office.clock().due(rule, start, suspensions).at.unwrap();
        let plain = due(rule, start, &[]);
        prop_assert!(due(rule, start, &suspensions) >= plain);
        prop_assert!(due(rule, start + SignedDuration::from_secs(later), &[]) >= plain);
        let longer = match rule {
            Rule::WorkingDays(n) => Rule::WorkingDays(n + 1),
            Rule::ClockHours(n) => Rule::ClockHours(n + 1),
            Rule::ServiceMinutes(n) => Rule::ServiceMinutes(n + 1),
            Rule::None => Rule::None,
        };
        prop_assert!(due(longer, start, &[]) > plain || rule == Rule::WorkingDays(0));
    }

    #[test]
    fn what_is_left_at_the_start_is_the_rule(start in moments(), n in 1_u32..60) {
        let office = wib();
        let left = |rule, now| office.clock().remaining(rule, start, &[], now).unwrap();
        prop_assert_eq!(left(Rule::WorkingDays(n), start).amount, n);
        prop_assert_eq!(left(Rule::ServiceMinutes(n), start).amount, n);
        prop_assert_eq!(left(Rule::ClockHours(n), start).amount, n * 60);
        let at = left(Rule::WorkingDays(n), start).at;
        prop_assert!(!left(Rule::WorkingDays(n), at).late);
        prop_assert!(left(Rule::WorkingDays(n), at + SignedDuration::from_micros(1)).late);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}") {
        let _ = Calendar::from_csv(&text);
        let _ = Calendar::from_csv(&format!("date,kind,name,decree\n{text}"));
        let _ = text.parse::<Minute>();
    }
}

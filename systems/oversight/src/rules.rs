//! Decisions without I/O: what counts as opening somebody, and when a day is unusual.

use kernel::Id;

use crate::model::{Bounds, Day, Found, Rule, Usual};

/// Whether an entry of this action opened one person's data: the last word of its name says what was done
/// (`system.noun.verb`). Lists with masked names do not.
#[must_use]
pub fn opens(action: &str) -> bool {
    let verb = action.rsplit('.').next().unwrap_or_default();
    matches!(verb, "opened" | "read" | "revealed" | "resident" | "found_by_nik" | "printed" | "downloaded" | "rendered")
}

/// Whether a home in `home` lies outside the area of an officer whose unit is the last of `area`.
#[must_use]
pub fn lies_outside(home: &[Option<Id>; 6], area: &[Option<Id>; 6]) -> bool {
    let Some(own) = area.iter().flatten().last() else { return false };
    home.iter().flatten().next().is_some() && !home.contains(&Some(*own))
}

/// What is unusual about a day. Each finding carries the numbers it was decided by.
///
/// 1. The number of people: at least [`Bounds::volume_least`], and [`Bounds::volume_times`] the own usual; without a history of one's own,
///    the colleagues' usual; without either, the least alone.
/// 2. Days and hours of service, family, area: at least the bound of each.
#[must_use]
pub fn unusual(day: &Day, own: Usual, peers: Usual, bounds: &Bounds) -> Vec<Found> {
    let found = |rule, value, bound| Found { rule, value, bound, usual: own, peers };
    let mut all = Vec::new();
    let compared = if own.days >= bounds.history_least { own.tenths() } else { peers.tenths() };
    let times = compared.map_or(0, |tenths| (tenths * bounds.volume_times + 9) / 10);
    let volume = bounds.volume_least.max(times);
    if day.persons >= volume {
        all.push(found(Rule::Volume, day.persons, volume));
    }
    for (rule, value, bound) in [
        (Rule::ClosedDay, day.closed, bounds.closed_day_least),
        (Rule::AfterHours, day.after_hours, bounds.after_hours_least),
        (Rule::Kin, day.kin, bounds.kin_least),
        (Rule::Outside, day.outside, bounds.outside_least),
        (Rule::OtherVillage, day.village, bounds.other_village_least),
    ] {
        if value >= bound.max(1) {
            all.push(found(rule, value, bound.max(1)));
        }
    }
    all
}

/// Checks bounds somebody typed: the names of those that are out of range.
#[must_use]
pub fn out_of_range(bounds: &Bounds) -> Vec<&'static str> {
    let within = [
        ("volume_least", bounds.volume_least, 1, 10_000),
        ("volume_times", bounds.volume_times, 2, 100),
        ("history_days", bounds.history_days, 7, 180),
        ("history_least", bounds.history_least, 1, 60),
        ("closed_day_least", bounds.closed_day_least, 1, 10_000),
        ("after_hours_least", bounds.after_hours_least, 1, 10_000),
        ("kin_least", bounds.kin_least, 1, 100),
        ("outside_least", bounds.outside_least, 1, 10_000),
        ("other_village_least", bounds.other_village_least, 1, 10_000),
        ("answer_days", bounds.answer_days, 1, 30),
    ];
    within.into_iter().filter(|(_, value, least, most)| !(least..=most).contains(&value)).map(|(name, ..)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> Id {
        Id::from_bytes([n; 16])
    }

    #[test]
    fn readings_are_known_by_their_verb() {
        for action in ["services.application.opened", "services.resident.read", "kernel.person.revealed", "services.slip.printed"] {
            assert!(opens(action), "{action}");
        }
        for action in ["services.residents.listed", "services.application.moved", "kernel.session.opened.not", "", "kernel.export.asked"] {
            assert!(!opens(action), "{action}");
        }
    }

    #[test]
    fn an_area_is_the_unit_and_what_lies_below_it() {
        let path = |ids: &[u8]| std::array::from_fn::<Option<Id>, 6, _>(|place| ids.get(place).map(|n| id(*n)));
        assert!(!lies_outside(&path(&[1, 2, 3]), &path(&[1, 2, 3])));
        assert!(!lies_outside(&path(&[1, 2, 3]), &path(&[1, 2])));
        assert!(lies_outside(&path(&[1, 2, 4]), &path(&[1, 2, 3])));
        assert!(lies_outside(&path(&[1, 9, 4]), &path(&[1, 2])));
        assert!(!lies_outside(&path(&[]), &path(&[1, 2])), "where nobody knows the home nothing is said");
        assert!(!lies_outside(&path(&[1, 2]), &path(&[])));
    }

    #[test]
    fn a_day_is_compared_with_ones_own_history_then_with_colleagues() {
        let bounds = Bounds::default();
        let day = |persons| Day { persons, ..Day::default() };
        let usual = |days, persons| Usual { days, persons };
        let bound = |persons, own, peers| unusual(&day(persons), own, peers, &bounds).first().map(|found| (found.value, found.bound));
        // 9 a day on 20 days: 36 and more.
        assert_eq!(bound(214, usual(20, 180), usual(0, 0)), Some((214, 36)));
        assert_eq!(bound(35, usual(20, 180), usual(0, 0)), None);
        // A busy officer's 60 are usual, and few are never unusual.
        assert_eq!(bound(60, usual(20, 1_000), usual(0, 0)), None);
        assert_eq!(bound(29, usual(20, 20), usual(0, 0)), None);
        // Four days are no history: colleagues count.
        assert_eq!(bound(100, usual(4, 4), usual(50, 1_500)), None);
        assert_eq!(bound(120, usual(4, 4), usual(50, 1_500)), Some((120, 120)));
        assert_eq!(bound(30, usual(0, 0), usual(0, 0)), Some((30, 30)));
    }

    #[test]
    fn every_other_rule_has_its_own_bound() {
        let day = Day { persons: 12, after_hours: 10, closed: 4, kin: 1, outside: 3, village: 1 };
        let found = unusual(&day, Usual::default(), Usual::default(), &Bounds::default());
        let rules: Vec<(Rule, i64, i64)> = found.iter().map(|found| (found.rule, found.value, found.bound)).collect();
        assert_eq!(rules, [(Rule::AfterHours, 10, 10), (Rule::Kin, 1, 1), (Rule::Outside, 3, 3), (Rule::OtherVillage, 1, 1)]);
    }

    #[test]
    fn bounds_cannot_be_set_to_nothing() {
        assert!(out_of_range(&Bounds::default()).is_empty());
        let none = Bounds { kin_least: 0, volume_times: 1, ..Bounds::default() };
        assert_eq!(out_of_range(&none), ["volume_times", "kin_least"]);
    }
}

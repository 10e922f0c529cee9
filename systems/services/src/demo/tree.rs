//! The units of a region, planned before anything is written: what each is called, and under which it stands.

use indonesian::{LocalWords, place_name, title_case};
use kernel::unit::UnitKind;
use regions::{Regency, Village};

use crate::model::offices::{Opd, Region};

/// A unit that is going to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) kind: UnitKind,
    /// Place of the unit above it in the plan; none for the top.
    pub(crate) above: Option<usize>,
    pub(crate) code: String,
    pub(crate) name: String,
    /// Empty: the name without the word of its kind.
    pub(crate) short: String,
    pub(crate) address: String,
}

/// What of a region decides its offices.
pub(crate) fn region_of(region: &Regency) -> Region {
    let has_villages = region.districts.iter().flat_map(|district| &district.villages).any(|village| !village.is_kelurahan());
    Region { is_city: region.is_city(), is_administrative: region.is_administrative(), has_villages }
}

/// Every unit of the region, each after the one it stands under.
pub(crate) fn plan(region: &Regency, opds: &[Opd], words: &LocalWords) -> Vec<Planned> {
    let text = |text: &str| text.to_owned();
    let offices = "Kompleks Perkantoran Pemerintah";
    let mut plan = vec![Planned {
        kind: UnitKind::Regency,
        above: None,
        code: region.code.clone(),
        name: region.name.clone(),
        short: String::new(),
        address: text(offices),
    }];
    plan.extend(opds.iter().map(|opd| Planned {
        kind: UnitKind::Opd,
        above: Some(0),
        code: opd.code.clone(),
        name: opd.name.clone(),
        short: opd.short.clone(),
        address: text(offices),
    }));
    for district in &region.districts {
        let own = place_name(&district.name);
        let (name, address) = (format!("{} {own}", title_case(&words.district)), format!("Jalan Raya {own}"));
        plan.push(Planned { kind: UnitKind::Kecamatan, above: Some(0), code: district.code.clone(), name, short: own, address });
        let above = Some(plan.len() - 1);
        for village in &district.villages {
            let (kind, word) = kind_of(village, words);
            let own = place_name(&village.name);
            let (name, address) = (format!("{word} {own}"), format!("Jalan Poros {own}"));
            plan.push(Planned { kind, above, code: village.code.clone(), name, short: own, address });
        }
    }
    plan
}

/// What a village is, and the word before its name.
fn kind_of(village: &Village, words: &LocalWords) -> (UnitKind, String) {
    match (village.is_kelurahan(), words.village.as_str()) {
        (true, _) => (UnitKind::Kelurahan, "Kelurahan".to_owned()),
        (false, "nagari") => (UnitKind::Nagari, "Nagari".to_owned()),
        (false, word) => (UnitKind::Desa, title_case(word)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use indonesian::{Zone, slug};

    use super::*;
    use crate::model::offices::{self, Role};

    /// As [`kernel::unit::create`] chooses: the name, else with the unit above, else with the code.
    fn slug_of(planned: &Planned, plan: &[Planned], taken: &HashSet<String>) -> Option<String> {
        let short = |unit: &Planned| if unit.short.is_empty() { unit.kind.without_word(&unit.name).to_owned() } else { unit.short.clone() };
        let own = slug(&short(planned));
        let above = planned.above.map(|place| format!("{own}-{}", slug(&short(&plan[place]))));
        let with_code = format!("{own}-{}", slug(&planned.code));
        [Some(own), above, Some(with_code)].into_iter().flatten().find(|slug| !slug.is_empty() && !taken.contains(slug))
    }

    #[test]
    fn each_of_the_514_regions_can_be_founded() {
        let all = regions::all();
        assert_eq!(all.len(), 514);
        for region in &all {
            let at = format!("{} {}", region.code, region.name);
            assert!(Zone::of_region(&region.code).is_some(), "{at} has no time zone");
            assert!(!region.province.is_empty(), "{at} has no province");
            let opds = offices::opd_of(region_of(region)).expect("offices");
            for role in [Role::Admin, Role::VillageAffairs, Role::Overseer] {
                assert!(opds.iter().any(|opd| opd.regency_roles.contains(&role)), "{at}: nobody is {role:?}");
            }
            let plan = plan(region, &opds, &LocalWords::of_region(&region.code));
            let (mut slugs, mut codes) = (HashSet::new(), HashSet::new());
            for unit in &plan {
                let above = unit.above.map(|place| plan[place].kind);
                assert!(unit.kind.may_stand_under(above), "{at}: {unit:?} under {above:?}");
                assert!(codes.insert(&unit.code), "{at}: two units have the code {}", unit.code);
                let slug = slug_of(unit, &plan, &slugs).unwrap_or_else(|| panic!("{at}: no address is free for {unit:?}"));
                for office in ["pemerintahan", "sekretaris", "operator"] {
                    kernel::account::check_username(&format!("{office}.{slug}"))
                        .unwrap_or_else(|_| panic!("{at}: {office}.{slug} is no username"));
                }
                slugs.insert(slug);
            }
            assert!(plan.iter().any(|unit| unit.kind.is_village()), "{at} has no village");
        }
    }

    #[test]
    fn a_region_is_called_as_its_law_calls_it() {
        for (code, name, kind) in [
            ("13.02.03.2001", "Nagari ", UnitKind::Nagari),
            ("13.09.01.2001", "Desa ", UnitKind::Desa),
            ("91.03.01.2001", "Kampung ", UnitKind::Desa),
            ("91.03.01", "Distrik Sentani", UnitKind::Kecamatan),
            ("11.01.01.2001", "Gampong ", UnitKind::Desa),
            ("34.01.01.2001", "Kalurahan ", UnitKind::Desa),
            ("34.71.01", "Kemantren ", UnitKind::Kecamatan),
            ("31.01.01.1001", "Kelurahan ", UnitKind::Kelurahan),
            ("15.71.01.1001", "Kelurahan ", UnitKind::Kelurahan),
        ] {
            let region = regions::regency(&code[..5]).expect("a region");
            let plan = plan(&region, &[], &LocalWords::of_region(&region.code));
            let same = |unit: &&Planned| unit.code == code || (unit.kind == kind && unit.code.len() == code.len());
            let unit = plan.iter().find(same).unwrap_or_else(|| panic!("{code} has no such unit"));
            assert!(unit.name.starts_with(name) && unit.kind == kind, "{code}: {unit:?}");
        }
    }

    #[test]
    fn a_kota_of_kelurahan_has_no_office_for_villages_and_jakarta_has_parts_of_the_province_s() {
        let names = |code: &str| -> Vec<String> {
            let region = regions::regency(code).expect("a region");
            offices::opd_of(region_of(&region)).expect("offices").into_iter().map(|opd| opd.name).collect()
        };
        assert!(names("16.11").iter().any(|name| name.ends_with("Masyarakat dan Desa")));
        assert!(!names("15.71").iter().any(|name| name.ends_with("dan Desa")));
        let jakarta = names("31.01");
        assert!(jakarta.contains(&"Suku Dinas Sosial".to_owned()) && jakarta.contains(&"Sekretariat Kabupaten Administrasi".to_owned()));
        assert!(!jakarta.iter().any(|name| name.starts_with("Dinas ") || name.contains("DPRD")), "{jakarta:?}");
    }
}

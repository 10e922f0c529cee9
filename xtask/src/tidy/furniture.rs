//! Every system has the same furniture and is registered once, in alphabetical order.

use super::{Finding, House, source};
use std::collections::BTreeSet;

pub(crate) const REGISTRY: &str = "app/src/systems.rs";
/// What each system must have, and why.
const NEEDED: [(&str, &str); 6] = [
    ("Cargo.toml", "it is a crate"),
    ("README.md", "it says what the system is, for whom, by which law, its screens, tables and events"),
    ("src/lib.rs", "it holds `pub const SYSTEM`"),
    ("src/tests.rs", "its stories run through HTTP on both databases"),
    ("locales/id.ftl", "every sentence exists in Indonesian"),
    ("locales/en.ftl", "every sentence exists in English"),
];
/// What a README of a system must speak of.
const TOLD: [&str; 4] = ["legal basis", "screens", "tables", "events"];

pub(super) fn findings(house: &House) -> Vec<Finding> {
    let systems: BTreeSet<&str> =
        house.names.iter().filter_map(|name| name.strip_prefix("systems/")?.split_once('/')).map(|(system, _)| system).collect();
    let mut found = Vec::new();
    for system in &systems {
        let folder = format!("systems/{system}");
        for (file, why) in NEEDED {
            let name = format!("{folder}/{file}");
            if !house.names.contains(&name) {
                found.push(Finding::new(&folder, format!("lacks {file}: {why}")));
            }
        }
        let readme = format!("{folder}/README.md");
        found.extend(house.text(&readme).and_then(|text| untold(&readme, text)));
        let library = format!("{folder}/src/lib.rs");
        found.extend(house.text(&library).into_iter().flat_map(|text| plug(&library, text)));
    }
    if let Some(registry) = house.text(REGISTRY) {
        found.extend(registered(registry, &systems));
    } else if !systems.is_empty() {
        found.push(Finding::new(REGISTRY, "is missing: it holds the one alphabetical array of systems"));
    }
    found
}

fn untold(name: &str, readme: &str) -> Option<Finding> {
    let lower = readme.to_lowercase();
    let missing: Vec<&str> = TOLD.into_iter().filter(|word| !lower.contains(word)).collect();
    (!missing.is_empty()).then(|| Finding::new(name, format!("does not speak of: {}", missing.join(", "))))
}

fn plug(name: &str, library: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    if !source::code(library).contains("pub const SYSTEM: System") {
        found.push(Finding::new(name, "has no `pub const SYSTEM: System`: that is how app plugs a system in"));
    }
    if !library.contains("#![doc = include_str!(\"../README.md\")]") {
        found.push(Finding::new(name, "begin it with `#![doc = include_str!(\"../README.md\")]`: the README is the crate's documentation"));
    }
    found
}

/// The systems in the order the registry names them.
pub(crate) fn named(registry: &str) -> Vec<String> {
    let code = source::code(registry);
    code.match_indices("::SYSTEM")
        .filter_map(|(at, _)| code.get(..at))
        .filter_map(|before| {
            let start = before.rfind(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
            before.get(start.map_or(0, |found| found + 1)..)
        })
        .map(str::to_owned)
        .collect()
}

fn registered(registry: &str, systems: &BTreeSet<&str>) -> Vec<Finding> {
    let named = named(registry);
    let mut found = Vec::new();
    if !named.is_sorted() {
        found.push(Finding::new(REGISTRY, "put the systems in alphabetical order: one order, no reason to argue"));
    }
    let known: BTreeSet<&str> = named.iter().map(String::as_str).collect();
    for system in systems.difference(&known) {
        found.push(Finding::new(REGISTRY, format!("add &{system}::SYSTEM: a folder in systems/ is part of the product")));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_furnished_system_passes() {
        let readme = "# Complaints\n## Legal basis\n## Screens\n## Tables\n## Events\n";
        assert_eq!(untold("systems/complaints/README.md", readme), None);
        let library = "#![doc = include_str!(\"../README.md\")]\npub const SYSTEM: System = System { slug: \"complaints\" };\n";
        assert_eq!(plug("systems/complaints/src/lib.rs", library), []);
        let registry = "pub static SYSTEMS: [&System; 2] = [&complaints::SYSTEM, &services::SYSTEM];";
        assert_eq!(registered(registry, &BTreeSet::from(["complaints", "services"])), []);
    }

    #[test]
    fn missing_furniture_is_caught() {
        let silent = untold("systems/complaints/README.md", "# Complaints\nScreens and tables.\n");
        assert!(silent.is_some_and(|finding| finding.advice.ends_with("legal basis, events")));
        assert_eq!(plug("systems/complaints/src/lib.rs", "// pub const SYSTEM: System\n").len(), 2);
        let registry = "pub static SYSTEMS: [&System; 2] = [&services::SYSTEM, &complaints::SYSTEM];";
        assert_eq!(registered(registry, &BTreeSet::from(["complaints", "portal", "services"])).len(), 2);
    }
}

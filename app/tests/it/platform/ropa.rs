//! The record of processing: every field that tells of a person is declared by some system, and what is declared exists.

use std::collections::BTreeSet;

use kernel::{Table, retention::KERNEL, tables};
use web::Processing;

use crate::systems::SYSTEMS;

fn processing() -> impl Iterator<Item = &'static Processing> {
    SYSTEMS.iter().flat_map(|system| system.processing)
}

fn all_tables() -> Vec<&'static Table> {
    tables::all().chain(SYSTEMS.iter().flat_map(|system| system.tables.iter().copied())).collect()
}

/// Columns that tell of a person by their name, whatever their table.
fn is_personal(table: &str, column: &str) -> bool {
    const WORDS: [&str; 21] = [
        "person",
        "applicant",
        "subject",
        "subject_person",
        "holder_name",
        "addressee",
        "receiver",
        "display_name",
        "username",
        "sex",
        "birth_place",
        "birth_date",
        "religion",
        "marital",
        "occupation",
        "nationality",
        "employee_number",
        "proxy_name",
        "identity_note",
        "rt",
        "rw",
    ];
    const NAMED: [&str; 4] = ["kernel_person", "kernel_case_party", "kernel_signature", "services_link"];
    let starts = ["nik_", "kk_", "phone_", "email_"].iter().any(|start| column.starts_with(start));
    starts || column.ends_with("_sealed") || WORDS.contains(&column) || (NAMED.contains(&table) && column.starts_with("name"))
}

#[test]
fn uu_27_2022_pasal_31_every_personal_field_stands_in_the_record_of_processing() {
    let (mut seen, mut missing) = (0, Vec::new());
    for table in all_tables() {
        for column in table.columns.iter().filter(|column| is_personal(table.name, column)) {
            seen += 1;
            if !processing().any(|processing| processing.covers(table.name, column)) {
                missing.push(format!("{}.{column}", table.name));
            }
        }
    }
    assert!(seen > 40, "{seen} personal columns");
    assert_eq!(missing, Vec::<String>::new(), "declare them in a system's PROCESSING");
    // Designed forms ask personal questions; whatever they ask is declared as one.
    let packages = services::model::packages::all().unwrap();
    let asked = packages.iter().flat_map(|package| &package.sections).flat_map(|section| &section.fields);
    assert!(asked.filter(|field| field.personal != Default::default()).count() > 10);
    assert!(processing().any(|processing| processing.fields.contains(&"form:*")));
}

/// Declared and no table of a system: what designed forms ask, and the entries of the log.
const BESIDE: [&str; 2] = ["form:*", "kernel_entry.*"];

#[test]
fn what_is_declared_exists_and_ends_by_a_rule() {
    let tables: BTreeSet<&str> = all_tables().iter().map(|table| table.name).collect();
    let rules: BTreeSet<&str> = KERNEL.iter().chain(SYSTEMS.iter().flat_map(|system| system.retention)).map(|rule| rule.key).collect();
    let mut keys = BTreeSet::new();
    for one in processing() {
        assert!(keys.insert(one.key), "{} is declared twice", one.key);
        assert!(!one.legal.is_empty(), "{} has its regulation", one.key);
        assert!(one.retention.is_empty() || rules.contains(one.retention), "{}: no rule {}", one.key, one.retention);
        for field in one.fields.iter().filter(|field| !BESIDE.contains(*field)) {
            let (name, column) = field.split_once('.').unwrap();
            assert!(tables.contains(name), "{}: no table {name}", one.key);
            let table = all_tables().into_iter().find(|table| table.name == name).unwrap();
            assert!(column == "*" || table.columns.contains(&column), "{}: no column {field}", one.key);
        }
    }
    assert!(keys.len() >= 8);
}

//! Backup, restore and copy through the commands, on both databases and across them.

use serde_json::Value;

use crate::house::House;

/// Something to lose.
fn fill(house: &House) {
    house.json(&["user", "add", "admin", "--name", "Wahyu Nugroho", "--role", "admin", "--decree", "SK 1/2026"]);
    house.json(&["import", "holidays"]);
    house.json(&["import", "classification"]);
}

fn tables(folder: &std::path::Path) -> Vec<Value> {
    let manifest: Value = serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let mut tables = manifest["tables"].as_array().unwrap().clone();
    // The restore writes an entry of its own.
    tables.retain(|table| table["name"] != "kernel_entry");
    tables
}

#[test]
fn a_backup_is_restored_on_either_database() {
    for from in House::on_both() {
        fill(&from);
        // The server may go on working.
        let server = from.serve();
        let (folder, data) = (from.path("cadangan"), from.data().to_str().unwrap());
        let made = from.json(&["backup", "create", folder.to_str().unwrap()]);
        assert!(made["rows"].as_i64().unwrap() > 100, "{made}");
        server.stop();
        assert!(from.fails(1, &["backup", "create", folder.to_str().unwrap(), "--data", data]).contains("not empty"));
        let key = from.path("smartgovt.key");
        from.ok(&["backup", "verify", folder.to_str().unwrap(), "--key-file", key.to_str().unwrap()]);
        assert!(from.ok(&["backup", "verify", folder.to_str().unwrap()]).contains("were not checked"));
        assert!(!walk(&folder).iter().any(|file| file.to_string_lossy().contains("key")), "no key is in a backup");
        for to in House::on_both() {
            let stranger = to.fails(1, &["backup", "restore", folder.to_str().unwrap(), "--data", to.data().to_str().unwrap()]);
            assert!(stranger.contains("another government or key"), "{stranger}");
            std::fs::copy(&key, to.path("smartgovt.key")).unwrap();
            to.json(&["backup", "restore", folder.to_str().unwrap()]);
            let again = to.path("cadangan");
            to.json(&["backup", "create", again.to_str().unwrap()]);
            assert_eq!(tables(&again), tables(&folder), "every table, row for row");
            assert_eq!(to.json(&["user", "list"]), from.json(&["user", "list"]));
            let full = to.fails(1, &["backup", "restore", folder.to_str().unwrap(), "--data", to.data().to_str().unwrap()]);
            assert!(full.contains("already holds a government"), "{full}");
            let server = to.serve();
            assert_eq!(server.get("/readyz").status, 200);
            server.stop();
        }
    }
}

#[test]
fn a_damaged_backup_is_named_and_not_restored() {
    let house = House::new();
    fill(&house);
    let folder = house.path("cadangan");
    house.json(&["backup", "create", folder.to_str().unwrap()]);
    let file = folder.join("tables/kernel_holiday.rows.gz");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert!(house.fails(1, &["backup", "verify", folder.to_str().unwrap()]).contains("kernel_holiday"));
    let other = House::new();
    std::fs::copy(house.path("smartgovt.key"), other.path("smartgovt.key")).unwrap();
    other.fails(1, &["backup", "restore", folder.to_str().unwrap(), "--data", other.data().to_str().unwrap()]);
}

#[test]
fn a_government_moves_to_postgresql_and_back() {
    if testkit::databases().len() < 2 {
        return;
    }
    let house = House::new();
    fill(&house);
    let (url, file) = (testkit::empty_postgres(), house.path("kembali.db"));
    let there = house.json(&["db", "copy", "--to", &url]);
    assert!(there["rows"].as_i64().unwrap() > 100, "{there}");
    let back = house.json(&["db", "copy", "--from", &url, "--to", file.to_str().unwrap()]);
    // Each copy is written down where it arrived.
    assert_eq!(back["rows"].as_i64().unwrap(), there["rows"].as_i64().unwrap() + 1);
    let data = house.data().to_str().unwrap();
    assert!(house.fails(1, &["db", "copy", "--to", &url, "--data", data]).contains("already holds a government"));
    let same = file.to_str().unwrap();
    house.fails(2, &["db", "copy", "--from", same, "--to", same, "--data", data]);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for inside in std::fs::read_dir(folder).unwrap().flatten() {
        if inside.path().is_dir() { files.extend(walk(&inside.path())) } else { files.push(inside.path()) }
    }
    files
}

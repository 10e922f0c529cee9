//! Commands: what they say, and how they end.

use crate::house::House;

#[test]
fn without_arguments_it_says_what_it_can_do() {
    let house = House::bare(None);
    let output = house.run(&[]);
    assert_eq!(output.status.code(), Some(2));
    let help = String::from_utf8(output.stderr).unwrap();
    for command in ["serve", "demo", "migrate", "check-config", "user", "import", "backup", "db", "key", "openapi"] {
        assert!(help.contains(command), "{command}: {help}");
        assert!(house.ok(&[command, "--help"]).contains("Usage: smartgovt"), "{command}");
    }
    assert!(!help.contains("typeset"), "the renderer's child is nobody's command");
    house.fails(2, &["serve"]);
    house.fails(2, &["backup", "create"]);
    house.fails(2, &["tidur"]);
}

#[test]
fn a_wrong_configuration_is_refused_with_every_fault() {
    let house = House::new();
    let data = house.data().to_str().unwrap();
    assert!(house.ok(&["check-config", "--data", data]).contains("Kabupaten Uji"));
    house.configure(|config| config.replace("Asia/Jakarta", "Asia/Lahat").replace("http://localhost", "http://a.example"));
    for command in ["check-config", "serve", "migrate"] {
        let text = house.fails(1, &[command, "--data", data]);
        assert!(text.contains("government.zone") && text.contains("public_url needs https"), "{command}: {text}");
    }
    house.configure(|config| format!("{config}\nlisen = 1\n"));
    assert!(house.fails(1, &["check-config", "--data", data]).contains("lisen"));
    std::fs::remove_file(house.path("smartgovt.toml")).unwrap();
    assert!(house.fails(1, &["serve", "--data", data]).contains("no configuration at"));
    let output = house.run(&["check-config", "--json", "--data", data]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &json["ok"]), (Some(1), &false.into()));
}

#[test]
fn nothing_starts_without_keys_or_with_keys_others_can_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::bare(None);
    let data = house.data().to_str().unwrap();
    assert!(house.fails(1, &["serve", "--data", data]).contains("smartgovt key init"));
    let key = house.path("smartgovt.key");
    house.ok(&["key", "init", "--key-file", key.to_str().unwrap()]);
    assert!(house.fails(1, &["key", "init", "--key-file", key.to_str().unwrap()]).contains("already"), "a key is never overwritten");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(house.fails(1, &["check-config", "--data", data]).contains("chmod 600"));
}

#[test]
fn the_recovery_copy_brings_the_same_key_back() {
    let house = House::new();
    let (key, copy, again) = (house.path("smartgovt.key"), house.path("copy.txt"), house.path("again.key"));
    let printed = house.ok(&["key", "print-recovery", "--key-file", key.to_str().unwrap()]);
    let lines: Vec<&str> = printed.lines().map(str::trim).filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).collect();
    assert_eq!(lines.len(), 4, "{printed}");
    std::fs::write(&copy, lines.join("\n").to_lowercase()).unwrap();
    house.ok(&["key", "restore", "--key-file", again.to_str().unwrap(), "--from", copy.to_str().unwrap()]);
    assert_eq!(std::fs::read(&key).unwrap(), std::fs::read(&again).unwrap());
    std::fs::write(&copy, lines.join("\n").replacen(&lines[2][3..4], "*", 1)).unwrap();
    house.fails(1, &["key", "restore", "--key-file", house.path("x.key").to_str().unwrap(), "--from", copy.to_str().unwrap()]);
    let pdf = house.path("copy.pdf");
    house.ok(&["key", "print-recovery", "--key-file", key.to_str().unwrap(), "--pdf", pdf.to_str().unwrap()]);
    assert!(std::fs::read(&pdf).unwrap().starts_with(b"%PDF-"));
}

#[test]
fn the_first_administrator_comes_from_the_command_line() {
    for house in House::on_both() {
        let data = house.data().to_str().unwrap();
        let first = house.json(&["migrate"]);
        assert!(!first["applied"].as_array().unwrap().is_empty(), "{first}");
        assert_eq!(house.json(&["migrate"])["applied"], serde_json::json!([]), "a second time there is nothing to do");
        let admin = ["user", "add", "admin", "--name", "Wahyu Nugroho", "--role", "admin", "--decree", "SK 1/2026"];
        let made = house.json(&admin);
        assert_eq!(made["password"].as_str().unwrap().len(), 19);
        let taken = house.fails(1, &[&admin[..], &["--data", data]].concat());
        assert!(taken.contains("admin"), "{taken}");
        house.fails(2, &["user", "add", "x.y", "--name", "X", "--role", "raja", "--decree", "SK 1", "--data", data]);
        assert_eq!(house.json(&["user", "list"])[0]["state"], "active");
        house.json(&["user", "disable", "admin"]);
        assert_eq!(house.json(&["user", "list"])[0]["state"], "disabled");
        house.json(&["user", "enable", "admin"]);
        assert_ne!(house.json(&["user", "reset-password", "admin"])["password"], made["password"]);
        house.fails(1, &["user", "disable", "siapa", "--data", data]);
        assert!(house.json(&["import", "holidays"])["added"].as_i64().unwrap() > 70);
        assert_eq!(house.json(&["import", "holidays"])["added"], 0);
        house.json(&["import", "service-hours"]);
        let codes = house.json(&["import", "classification"]);
        assert_eq!(house.json(&["import", "classification"]), codes);
    }
}

#[test]
fn the_api_describes_itself() {
    let house = House::bare(None);
    let document: serde_json::Value = serde_json::from_str(&house.ok(&["openapi"])).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{document}");
    let operations = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let responses: Vec<_> = operations.filter_map(|operation| operation["responses"].as_object()).flatten().collect();
    assert!(responses.len() > 20, "{document}");
    // The specification demands it, and other validators refuse the document without.
    assert!(responses.iter().all(|(_, response)| response["description"].as_str().is_some_and(|words| !words.is_empty())), "{responses:?}");
}

#[test]
fn a_folder_filled_with_one_region_is_never_shown_as_another() {
    let house = House::bare(None);
    let data = house.data().to_str().unwrap();
    std::fs::write(house.path("demo.json"), r#"{"region":"16.11","as_of":"2026-11-20","seed":1,"shift":0}"#).unwrap();
    let text = house.fails(2, &["demo", "--data", data, "--region", "13.02", "--fill-only"]);
    assert!(text.contains("holds 16.11: name an empty folder"), "{text}");
    for region in [&[][..], &["--region", "16.11"]] {
        assert!(house.ok(&[&["demo", "--data", data, "--fill-only"], region].concat()).contains("16.11 as of 2026-11-20"));
    }
    let other = house.path("lain");
    assert!(house.fails(2, &["demo", "--data", other.to_str().unwrap(), "--region", "99.99"]).contains("codes look like 16.11"));
}

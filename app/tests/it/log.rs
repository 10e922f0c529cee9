//! The log over HTTP, its witnesses and its commands, with the real binary.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tlog::{Checkpoint, Receipt, Verifier, leaf_hash, tile};

use crate::house::{House, Running, free_port};

/// Waits until the log has at least so many entries; its checkpoint.
#[track_caller]
fn grown(server: &Running, size: u64) -> (Checkpoint, tlog::Note) {
    let started = Instant::now();
    loop {
        let answer = server.get("/log/checkpoint");
        if answer.status == 200
            && let Ok((checkpoint, note)) = Checkpoint::of(&answer.body)
            && checkpoint.size >= size
        {
            return (checkpoint, note);
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{}\n{}", answer.body, server.log());
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

fn keys(server: &Running) -> Vec<Verifier> {
    server.get("/log/keys").body.lines().map(|line| Verifier::parse(line).unwrap()).collect()
}

#[test]
fn anybody_can_check_the_log_from_outside() {
    for house in House::on_both() {
        house.json(&["user", "add", "admin", "--name", "Wahyu Nugroho", "--role", "admin", "--decree", "SK 1/2026"]);
        house.json(&["import", "holidays"]);
        let server = house.serve();
        let (checkpoint, note) = grown(&server, 3);
        note.verify(&keys(&server)).unwrap();
        assert_eq!(checkpoint.origin, format!("localhost:{}/uji/log", house.port));
        assert!(server.get("/log").body.contains(&checkpoint.origin));
        // Every leaf from its bundle, the root from the leaves.
        let width = checkpoint.size;
        assert!(width < 256, "{width} entries fit a partial tile");
        let path = format!("000.p/{width}");
        let leaves = bytes(&server, &format!("/log/tile/0/{path}"));
        let bundle = bytes(&server, &format!("/log/tile/entries/{path}"));
        let hashes: Vec<tlog::Hash> = tile::entries(&bundle).unwrap().into_iter().map(leaf_hash).collect();
        assert_eq!(tile::to_bytes(&hashes), leaves);
        let mut edge = tlog::Edge::default();
        edge.append_leaves(hashes);
        assert_eq!(edge.root(), checkpoint.root);
        let cache = |path: &str| server.get(path).headers.get("cache-control").unwrap().to_str().unwrap().to_owned();
        assert_eq!(cache("/log/checkpoint"), "public, max-age=2");
        assert_eq!(cache(&format!("/log/tile/0/{path}")), "public, max-age=86400");
        for missing in ["/log/tile/0/000", "/log/tile/0/0", "/log/tile/0/001.p/1", "/log/2/checkpoint", "/log/proof/x", "/log/tile/99/000"]
        {
            assert_eq!(server.get(missing).status, 404, "{missing}");
        }
        server.stop();
    }
}

fn bytes(server: &Running, path: &str) -> Vec<u8> {
    let agent: ureq::Agent = ureq::Agent::new_with_defaults();
    let mut answer = agent.get(format!("http://{}{path}", server.address)).header("host", "localhost").call().unwrap();
    answer.body_mut().read_to_vec().unwrap()
}

#[test]
fn a_witness_cosigns_and_a_receipt_says_so() {
    let house = House::new();
    let first = house.serve();
    grown(&first, 1);
    let log = first.get("/log/keys").body.trim().to_owned();
    first.stop();
    let (state, port) = (house.path("saksi"), free_port());
    let state = state.to_str().unwrap();
    let witness = house.ok(&["witness", "--state", state, "--name", "inspektorat.example/saksi", "--show-key"]).trim().to_owned();
    assert!(house.fails(2, &["witness", "--state", state]).contains("--log"));
    let listen = format!("127.0.0.1:{port}");
    let mut child = Command::new(env!("CARGO_BIN_EXE_smartgovt"))
        .args(["witness", "--state", state, "--listen", &listen, "--log", &log])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while std::net::TcpStream::connect(&listen).is_err() {
        assert!(started.elapsed() < Duration::from_secs(20), "the witness does not listen");
        std::thread::park_timeout(Duration::from_millis(20));
    }
    let configured = format!("[[log.witnesses]]\nurl = \"http://{listen}\"\nkey = \"{witness}\"\n");
    house.configure(|config| format!("{config}\n{configured}"));
    house.json(&["import", "holidays"]);
    let server = house.serve();
    grown(&server, 2);
    // Whatever happened before the end is asked for at the end.
    server.stop();
    let server = house.serve();
    let note = grown(&server, 2).1;
    let known = Verifier::parse(&witness).unwrap();
    assert!(note.signatures.iter().any(|signature| known.made(signature) && known.verify(&note.text, signature).is_ok()), "{note}");
    let entry = entry(&house);
    let receipt = Receipt::parse(&server.get(&format!("/log/proof/{entry}")).body).unwrap();
    let origin = note.text.lines().next().unwrap();
    let leaf = receipt.extra.as_deref().map(leaf_hash).unwrap();
    let proved = receipt.verify(&leaf, origin, &keys(&server), &[known]).unwrap();
    assert_eq!(proved.witnessed.len(), 1);
    server.stop();
    // The word of the witness is checked too.
    assert_eq!(house.json(&["audit", "verify"])["ok"], true);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Any entry of an embedded database.
fn entry(house: &House) -> String {
    let conn = rusqlite::Connection::open(house.path("gov/uji/smartgovt.db")).unwrap();
    conn.query_row("select lower(hex(entry)) from kernel_log_leaf order by position limit 1", [], |row| row.get(0)).unwrap()
}

#[test]
fn the_audit_says_by_its_exit_code() {
    for house in House::on_both() {
        let data = house.data().to_str().unwrap().to_owned();
        house.json(&["user", "add", "admin", "--name", "Wahyu Nugroho", "--role", "admin", "--decree", "SK 1/2026"]);
        house.json(&["import", "holidays"]);
        house.json(&["log", "sequence"]);
        let sound = house.json(&["audit", "verify"]);
        assert_eq!(
            (&sound["ok"], &sound["complete"], &sound["waiting"]),
            (&Value::Bool(true), &Value::Bool(true), &Value::from(0)),
            "{sound}"
        );
        assert!(sound["rows"].as_u64().unwrap() > 10, "{sound}");
        assert!(house.fails(2, &["audit", "verify", "--data", &data, "--table", "kernel_session"]).contains("no audited table"));
        assert!(house.fails(2, &["audit", "verify", "--data", "/nonexistent"]).contains("nothing was checked"));
        // Cut off from its key file nothing can be said either.
        std::fs::rename(house.path("smartgovt.key"), house.path("away")).unwrap();
        house.fails(2, &["audit", "verify", "--data", &data]);
        std::fs::rename(house.path("away"), house.path("smartgovt.key")).unwrap();
        std::fs::rename(house.path("gov/uji/log/checkpoint"), house.path("gov/uji/log/away")).unwrap();
        let output = house.run(&["audit", "verify", "--json", "--data", &data]);
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((output.status.code(), &found["differences"][0]["kind"]), (Some(1), &Value::from("outside-missing")), "{found}");
        house.json(&["log", "adopt", "--reason", "folder hilang"]);
        house.json(&["log", "sequence"]);
        assert_eq!(house.json(&["audit", "verify"])["ok"], true);
    }
}

#[test]
fn a_restored_backup_is_found_and_a_new_epoch_heals_it() {
    for house in House::on_both() {
        house.json(&["import", "holidays"]);
        house.json(&["log", "sequence"]);
        let backup = house.path("cadangan");
        house.json(&["backup", "create", backup.to_str().unwrap()]);
        house.json(&["import", "classification"]);
        house.json(&["log", "sequence"]);
        let restored = House::new();
        std::fs::copy(house.path("smartgovt.key"), restored.path("smartgovt.key")).unwrap();
        restored.json(&["backup", "restore", backup.to_str().unwrap()]);
        // What stood outside the database is still there, as on the machine whose database was put back.
        std::fs::create_dir_all(restored.path("gov/uji/log")).unwrap();
        for name in ["checkpoint", "history"] {
            std::fs::copy(house.path("gov/uji/log").join(name), restored.path("gov/uji/log").join(name)).unwrap();
        }
        let data = restored.data().to_str().unwrap().to_owned();
        let output = restored.run(&["audit", "verify", "--json", "--data", &data]);
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((output.status.code(), &found["differences"][0]["kind"]), (Some(1), &Value::from("log-truncated")), "{found}");
        assert!(restored.fails(1, &["log", "sequence", "--data", &data]).contains("older copy"));
        restored.json(&["log", "new-epoch", "--reason", "pemulihan cadangan"]);
        restored.json(&["log", "sequence"]);
        assert_eq!(restored.json(&["audit", "verify"])["ok"], true);
        assert_eq!(restored.json(&["log", "show"])["epochs"].as_array().unwrap().len(), 2);
    }
}

//! Serving: probes, hosts, signals, and what happens when the database goes away.

use std::{
    io::Write as _,
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::house::{House, rest};

#[test]
fn a_new_government_serves_on_either_database() {
    for house in House::on_both() {
        let server = house.serve();
        assert_eq!(server.get("/healthz").body, "ok\n");
        assert_eq!(server.get("/readyz").body, "ready\n");
        assert_eq!(server.get_as("10.0.0.1", "/healthz").status, 200, "a probe comes by address");
        let page = server.get("/masuk");
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains("<h1"), "{}", page.body);
        assert!(page.headers.contains_key("x-request-id"));
        let metrics = server.get("/metrics").body;
        assert!(metrics.contains("http_request_seconds") && metrics.contains("jobs_waiting"), "{metrics}");
        server.stop();
    }
}

#[test]
fn another_host_is_not_ours() {
    let house = House::new();
    let server = house.serve();
    for host in ["jahat.example", "localhost.jahat.example", "127.0.0.1"] {
        let answer = server.get_as(host, "/masuk");
        assert_eq!(answer.status, 421, "{host}: {}", answer.body);
    }
    assert_eq!(server.get_as("LOCALHOST", "/masuk").status, 200);
}

#[test]
fn the_log_has_one_line_a_request_with_its_id_and_no_address_of_it() {
    let house = House::new();
    let server = house.serve();
    let answer = server.get("/masuk?lanjut=/tugas");
    let id = answer.headers["x-request-id"].to_str().unwrap().to_owned();
    server.signal("TERM");
    let mut server = server;
    assert_eq!(server.wait(), Some(0));
    let log = server.log();
    let line = log.lines().find(|line| line.contains(&id)).unwrap_or_else(|| panic!("no line with {id}:\n{log}"));
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((line["route"].as_str(), line["status"].as_u64()), (Some("/masuk"), Some(200)), "{line}");
    assert!(!log.contains("lanjut"), "what is in the query may be personal:\n{log}");
}

#[test]
fn sigterm_in_mid_request_finishes_it_and_takes_no_other() {
    let house = House::new();
    let mut server = house.serve();
    let mut slow = TcpStream::connect(server.address).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let body = "username=siapa&password=rahasia-sekali";
    let head = format!(
        "POST /masuk HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{}",
        body.len(),
        &body[..10]
    );
    slow.write_all(head.as_bytes()).unwrap();
    // The server has the head in hand before the signal comes.
    std::thread::park_timeout(Duration::from_millis(300));
    server.signal("TERM");
    let stopping = Instant::now();
    while TcpStream::connect(server.address).is_ok() {
        assert!(stopping.elapsed() < Duration::from_secs(10), "new connections are still taken");
        std::thread::park_timeout(Duration::from_millis(20));
    }
    slow.write_all(&body.as_bytes()[10..]).unwrap();
    let answer = rest(&mut slow);
    assert!(answer.starts_with("HTTP/1.1 "), "the request in hand gets its answer: {answer:?}\n{}", server.log());
    assert_eq!(server.wait(), Some(0), "{}", server.log());
    assert!(server.log().contains("stopped"));
}

#[test]
fn a_second_signal_does_not_wait() {
    let house = House::new();
    let mut server = house.serve();
    let mut slow = TcpStream::connect(server.address).unwrap();
    slow.write_all(b"POST /masuk HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf").unwrap();
    std::thread::park_timeout(Duration::from_millis(300));
    server.signal("INT");
    std::thread::park_timeout(Duration::from_millis(300));
    server.signal("INT");
    let started = Instant::now();
    assert_eq!(server.wait(), Some(1), "{}", server.log());
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_database_that_is_away_is_503_and_comes_back() {
    if !testkit::databases().contains(&testkit::Database::Postgres) {
        return;
    }
    let own = testkit::OwnPostgres::start();
    let house = House::bare(Some(own.url().to_owned()));
    house.ok(&["key", "init", "--key-file", house.path("smartgovt.key").to_str().unwrap()]);
    let server = house.serve();
    assert_eq!(server.get("/readyz").status, 200);
    own.stop();
    assert_eq!(server.get("/healthz").status, 200, "the process itself is well");
    let answer = server.get("/readyz");
    assert_eq!((answer.status, answer.headers["retry-after"].to_str().unwrap()), (503, "5"), "{}", answer.body);
    own.start_again();
    let started = Instant::now();
    while server.get("/readyz").status != 200 {
        assert!(started.elapsed() < Duration::from_secs(20), "it does not recover:\n{}", server.log());
        std::thread::park_timeout(Duration::from_millis(100));
    }
    server.stop();
}

#[test]
fn a_release_that_lost_a_state_in_use_does_not_start() {
    use kernel::{Db, db::Meta, params};
    let house = House::new();
    house.json(&["migrate"]);
    let db = Db::open(&kernel::db::Target::Sqlite(house.path("gov/uji/smartgovt.db")), Meta::default()).unwrap();
    let ctx = kernel::Ctx::system(kernel::Timestamp::UNIX_EPOCH, "test", kernel::Entropy::seeded(1));
    let case = |tx: &mut kernel::Tx<'_>| {
        let id = tx.ctx().new_id();
        tx.upkeep(
            "insert into kernel_case (id, system, kind, definition, code, state, step, unit, at_unit, subject, channel, received_at, \
             due_state, due_provisional, suspended_us, clock, outcome, secrecy, version) \
             values ($1, 'services', 'sku', $1, 'A', 'melayang', 0, $1, $1, '', 'counter', 0, 'none', 1 = 0, 0, '', '', 'internal', 1)",
            &params![id],
        )
    };
    db.write_now(&ctx, case).unwrap();
    let text = house.fails(1, &["serve", "--data", house.data().to_str().unwrap()]);
    assert!(text.contains("services") && text.contains("melayang"), "{text}");
}

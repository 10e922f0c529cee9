//! What the server stands on goes away and comes back: disk, database, mail server, the server itself.

use std::{
    io::Write as _,
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::{Value as Json, json};
use testkit::{Fault, OwnPostgres};

use crate::{
    durability::full_disk,
    house::{Running, rest},
    site::Site,
    systems::SYSTEMS,
    town::{self, BY_LINK, SERVICE, VILLAGE},
};

/// What a machine gets: status, Retry-After, body.
fn send(site: &Site, path: &str, key: &str, body: &[u8]) -> (u16, String, Json) {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(60))).build().into();
    let request = agent.post(format!("http://127.0.0.1:{}{path}", site.house.port)).header("host", "localhost");
    let request = request.header("authorization", format!("Bearer {}", site.token("operator"))).header("idempotency-key", key);
    let request = request.header("content-type", if path.contains("uploads") { "application/octet-stream" } else { "application/json" });
    let mut answer = request.send(body).unwrap();
    let wait = answer.headers().get("retry-after").map_or(String::new(), |value| value.to_str().unwrap().to_owned());
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), wait, serde_json::from_str(&text).unwrap_or(Json::String(text)))
}

fn apply(site: &Site, number: u32) -> (u16, String, Json) {
    let path = format!("/api/v1/services/{VILLAGE}/{SERVICE}/applications");
    send(site, &path, &format!("hari-buruk-{number}"), town::application(SERVICE, number).to_string().as_bytes())
}

/// Asks until it is so, at most half a minute.
fn until(what: &str, server: &Running, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(30), "{what}:\n{}", server.log());
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

#[test]
fn a_full_disk_is_507_and_nothing_is_lost_when_there_is_room_again() {
    let site = Site::new();
    let server = site.house.serve_with(&full_disk(&site.house));
    assert_eq!(apply(&site, 1).0, 201);
    let full = site.house.path("full");
    std::fs::write(&full, "").unwrap();
    let (status, wait, problem) = apply(&site, 2);
    assert_eq!((status, problem["status"].as_u64()), (507, Some(507)), "{problem}\n{}", server.log());
    assert!(!wait.is_empty(), "when to come again is said");
    let (status, _, problem) = send(&site, "/api/v1/services/uploads?name=foto.png", "foto-1", &town::picture(1));
    assert_eq!(status, 507, "{problem}");
    // Reading goes on.
    let page = server.get(&format!("/layanan/{VILLAGE}"));
    assert_eq!(page.status, 200, "{}", page.body);
    // The page of a person says what to do, in a form's answer too.
    let mut form = TcpStream::connect(server.address).unwrap();
    let body = "nanti=1&diri.nama=Siti";
    let head = format!(
        "POST /layanan/{VILLAGE}/{SERVICE}/ajukan HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    form.write_all(head.as_bytes()).unwrap();
    let answer = rest(&mut form);
    assert!(answer.starts_with("HTTP/1.1 507") && answer.contains("Penyimpanan penuh"), "{answer}");
    // Room again: the same request goes through, nothing is there twice, nothing was lost.
    std::fs::remove_file(&full).unwrap();
    let (status, _, again) = apply(&site, 2);
    assert_eq!(status, 201, "{again}\n{}", server.log());
    assert_eq!(apply(&site, 1).0, 200, "the first is still known");
    assert_eq!(send(&site, "/api/v1/services/uploads?name=foto.png", "foto-1", &town::picture(1)).0, 201);
    assert_eq!(server.get("/readyz").status, 200);
    server.stop();
    let conn = rusqlite::Connection::open(site.house.path("gov/uji/smartgovt.db")).unwrap();
    let (sound, cases): (String, i64) = (
        conn.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap(),
        conn.query_row("select count(*) from kernel_case where system = 'services'", [], |row| row.get(0)).unwrap(),
    );
    assert_eq!((sound.as_str(), cases), ("ok", 2));
    assert_eq!(std::fs::read_dir(site.house.path("gov/uji/blobs/tmp")).unwrap().count(), 0, "no half file is left");
}

#[test]
fn a_database_locked_by_another_is_503_and_comes_back() {
    let site = Site::new();
    let server = site.house.serve();
    assert_eq!(apply(&site, 1).0, 201);
    let other = rusqlite::Connection::open(site.house.path("gov/uji/smartgovt.db")).unwrap();
    other.execute_batch("begin immediate").unwrap();
    let (status, wait, problem) = apply(&site, 2);
    assert_eq!(status, 503, "{problem}\n{}", server.log());
    assert!(wait.parse::<u32>().is_ok_and(|seconds| seconds > 0), "Retry-After: {wait:?}");
    assert_eq!(server.get(&format!("/layanan/{VILLAGE}")).status, 200, "reading goes on");
    other.execute_batch("rollback").unwrap();
    until("it does not recover", &server, || apply(&site, 2).0 < 300);
    server.stop();
}

#[test]
fn a_database_server_that_stops_is_503_and_comes_back() {
    if !testkit::databases().contains(&testkit::Database::Postgres) {
        return;
    }
    let own = OwnPostgres::start();
    let site = Site::on_own(&own);
    let server = site.house.serve();
    assert_eq!(apply(&site, 1).0, 201);
    own.stop();
    let (status, wait, problem) = apply(&site, 2);
    assert_eq!(status, 503, "{problem}\n{}", server.log());
    assert!(wait.parse::<u32>().is_ok_and(|seconds| seconds > 0), "Retry-After: {wait:?}");
    let page = server.get(&format!("/layanan/{VILLAGE}"));
    assert_eq!((page.status, page.headers.contains_key("retry-after")), (503, true));
    assert!(page.body.contains("<h1") && page.body.contains("pulih sendiri"), "{}", page.body);
    own.start_again();
    until("it does not recover", &server, || apply(&site, 2).0 < 300);
    assert_eq!(server.get(&format!("/layanan/{VILLAGE}")).status, 200);
    server.stop();
}

#[test]
fn sigterm_in_the_middle_of_an_application_finishes_it() {
    let site = Site::new();
    let mut server = site.house.serve();
    let body = town::application(SERVICE, 1).to_string();
    let head = format!(
        "POST /api/v1/services/{VILLAGE}/{SERVICE}/applications HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Idempotency-Key: berhenti-1\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        site.token("operator"),
        body.len()
    );
    let mut slow = TcpStream::connect(server.address).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    slow.write_all(head.as_bytes()).unwrap();
    // The server asks for the body: the request is in its hands.
    let mut asked = [0; 25];
    std::io::Read::read_exact(&mut slow, &mut asked).unwrap();
    assert!(asked.starts_with(b"HTTP/1.1 100 Continue"), "{}", String::from_utf8_lossy(&asked));
    slow.write_all(&body.as_bytes()[..20]).unwrap();
    server.signal("TERM");
    let stopping = Instant::now();
    while TcpStream::connect(server.address).is_ok() {
        assert!(stopping.elapsed() < Duration::from_secs(10), "new connections are still taken");
        std::thread::park_timeout(Duration::from_millis(20));
    }
    slow.write_all(&body.as_bytes()[20..]).unwrap();
    let answer = rest(&mut slow);
    assert!(answer.starts_with("HTTP/1.1 201"), "the request in hand gets its answer: {answer:?}\n{}", server.log());
    assert_eq!(server.wait(), Some(0), "{}", server.log());
    // And what it said is so.
    let server = site.house.serve();
    assert_eq!(apply_again(&site, &body), 200);
    server.stop();
}

fn apply_again(site: &Site, body: &str) -> u16 {
    send(site, &format!("/api/v1/services/{VILLAGE}/{SERVICE}/applications"), "berhenti-1", body.as_bytes()).0
}

testkit::both!(SYSTEMS;
    async fn a_mail_server_that_is_down_gets_its_letters_later(app) {
        let _world = town::furnished(&app).await;
        let mut body = town::application(BY_LINK, 1);
        body["introduction"] = json!({ "name": "Hasan Basri", "office": "Ketua RT 03" });
        body["email"] = json!("warga@contoh.id");
        let sender = app.anonymous().in_old_browser();
        for (place, fault) in [Fault::Refuse, Fault::Temporary, Fault::Drop].into_iter().enumerate() {
            app.mailbox().set_fault(fault);
            let one = sender.clone().with_header("idempotency-key", &format!("surat-keluar-{place}"));
            let mut body = body.clone();
            body["applicant"] = town::person(u32::try_from(place).unwrap() + 1);
            let _ = one.post_json(&format!("/api/v1/services/{VILLAGE}/{BY_LINK}/applications"), &body).await.is(201);
            app.settle().await;
            assert_eq!(app.mailbox().letters().len(), place, "{fault:?}: nothing arrives now");
            assert_eq!(app.count("select count(*) from kernel_job where state = 'dead'").await, 0, "{fault:?}: it is not given up");
            app.mailbox().set_fault(Fault::None);
            app.settle().await;
            assert_eq!(app.mailbox().letters().len(), place, "{fault:?}: not before its time");
            app.clock().advance_hours(1);
            app.settle().await;
            let letters = app.mailbox().letters();
            assert_eq!(letters.len(), place + 1, "{fault:?}: it arrives, once");
            assert_eq!(letters[place].to, ["warga@contoh.id"]);
        }
        assert_eq!(app.count("select count(*) from kernel_notice where channel = 'email' and state <> 'sent'").await, 0);
    }
);

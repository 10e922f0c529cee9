//! Many people send applications, some with a photo, and the desks check, initial and sign, whatever becomes of the server:
//! who gets no answer asks again with the same key.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use serde_json::{Value as Json, json};

use crate::{
    site::Site,
    town::{self, BY_LINK, SERVICE, VILLAGE},
};

/// Every so many applications one brings a photo.
const PHOTO_EVERY: u32 = 8;
const CLIENTS: u32 = 8;

/// What the server said it has.
#[derive(Debug, Clone, Default)]
pub struct Acknowledged {
    /// Tracking codes by the number of the application.
    pub codes: BTreeMap<u32, String>,
    /// Uploads, by the number of the application that names them.
    pub photos: BTreeMap<u32, String>,
    /// Ids of the cases whose letter was signed.
    pub signed: Vec<String>,
    /// Numbers that were read of signed letters, by case.
    pub numbers: BTreeMap<String, String>,
    wanted: u32,
}

impl Acknowledged {
    /// Every application came through in the end.
    pub fn assert_whole(&self) {
        assert_eq!(self.codes.len(), self.wanted as usize);
        let distinct: std::collections::BTreeSet<&String> = self.codes.values().collect();
        assert_eq!(distinct.len(), self.codes.len(), "a code of its own for each");
        assert!(self.photos.len() as u32 >= self.wanted / PHOTO_EVERY, "{} photos", self.photos.len());
        assert!(self.signed.len() >= 40 && !self.numbers.is_empty(), "{} letters were signed", self.signed.len());
    }
}

struct Shared {
    address: String,
    acknowledged: Mutex<Acknowledged>,
    next: AtomicU32,
    wanted: u32,
    ended: AtomicBool,
}

/// The people at work.
pub struct Load {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    /// Begins sending.
    pub fn begin(site: &Site, wanted: u32) -> Self {
        let acknowledged = Mutex::new(Acknowledged { wanted, ..Acknowledged::default() });
        let address = format!("http://127.0.0.1:{}", site.house.port);
        let shared = Arc::new(Shared { address, acknowledged, next: AtomicU32::new(1), wanted, ended: AtomicBool::new(false) });
        let (one, heirs) = (Arc::new(town::application(SERVICE, 1)), Arc::new(town::application(BY_LINK, 1)));
        let mut threads = Vec::new();
        for _ in 0..CLIENTS {
            let (caller, plain, with_photo) = (Caller::new(&shared, site.token("operator")), Arc::clone(&one), Arc::clone(&heirs));
            threads.push(std::thread::spawn(move || apply(&caller, &plain, &with_photo)));
        }
        let desks = ["kasi", "sekdes", "kades"].map(|username| Caller::new(&shared, site.token(username)));
        threads.push(std::thread::spawn(move || desks_work(&desks)));
        Self { shared, threads }
    }

    /// How many applications were acknowledged.
    pub fn acknowledged(&self) -> u32 {
        u32::try_from(self.shared.acknowledged.lock().unwrap().codes.len()).unwrap()
    }

    /// How many letters were signed.
    pub fn signed(&self) -> usize {
        self.shared.acknowledged.lock().unwrap().signed.len()
    }

    /// What was acknowledged until now.
    pub fn so_far(&self) -> Acknowledged {
        self.shared.acknowledged.lock().unwrap().clone()
    }

    /// Sends everybody home.
    pub fn end(self) -> Acknowledged {
        self.shared.ended.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.join().unwrap();
        }
        self.shared.acknowledged.lock().unwrap().clone()
    }
}

struct Caller {
    shared: Arc<Shared>,
    agent: ureq::Agent,
    token: &'static str,
}

impl Caller {
    fn new(shared: &Arc<Shared>, token: &'static str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(20)));
        Self { shared: Arc::clone(shared), agent: config.build().into(), token }
    }

    /// Asks; nothing when the server is not there or has no answer now.
    fn ask(&self, method: &str, path: &str, key: Option<&str>, body: &[u8]) -> Option<(u16, Json)> {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.shared.address));
        let mut request = request.header("host", "localhost").header("authorization", format!("Bearer {}", self.token));
        request = request.header("content-type", if path.contains("uploads") { "application/octet-stream" } else { "application/json" });
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let answer = if method == "GET" { self.agent.run(request.body(()).unwrap()) } else { self.agent.run(request.body(body).unwrap()) };
        let mut answer = answer.ok()?;
        let status = answer.status().as_u16();
        // An answer that broke off is none.
        let text = answer.body_mut().read_to_string().ok()?;
        (status != 503).then(|| (status, serde_json::from_str(&text).unwrap_or(Json::Null)))
    }

    /// Asks until there is an answer; nothing when everybody went home.
    fn insist(&self, path: &str, key: Option<&str>, body: &[u8]) -> Option<(u16, Json)> {
        loop {
            if let Some(answer) = self.ask("POST", path, key, body) {
                return Some(answer);
            }
            if self.shared.ended.load(Ordering::SeqCst) {
                return None;
            }
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }
}

fn apply(caller: &Caller, plain: &Json, with_photo: &Json) {
    loop {
        let number = caller.shared.next.fetch_add(1, Ordering::SeqCst);
        if number > caller.shared.wanted {
            return;
        }
        let photo = number.is_multiple_of(PHOTO_EVERY);
        let (slug, mut body) = if photo { (BY_LINK, with_photo.clone()) } else { (SERVICE, plain.clone()) };
        body["applicant"] = town::person(number);
        if photo {
            let Some((status, answer)) = caller.insist("/api/v1/services/uploads?name=foto.png", None, &town::picture(number)) else {
                return;
            };
            assert_eq!(status, 201, "{answer}");
            let id = answer["id"].as_str().unwrap().to_owned();
            caller.shared.acknowledged.lock().unwrap().photos.insert(number, id.clone());
            body["answers"]["foto_usaha"] = json!([id]);
            body["introduction"] = json!({ "paper": true });
        }
        let (path, key) = (format!("/api/v1/services/{VILLAGE}/{slug}/applications"), format!("beban-{number:06}"));
        let Some((status, answer)) = caller.insist(&path, Some(&key), body.to_string().as_bytes()) else { return };
        assert!(matches!(status, 200 | 201), "application {number}: {status} {answer}");
        caller.shared.acknowledged.lock().unwrap().codes.insert(number, answer["code"].as_str().unwrap().to_owned());
    }
}

/// Kasi checks, Sekdes initials, Kades signs, each a page of tasks at a time.
fn desks_work(desks: &[Caller; 3]) {
    let shared = &desks[0].shared;
    while !shared.ended.load(Ordering::SeqCst) {
        for (caller, action) in desks.iter().zip(["check", "initial", "sign"]) {
            let Some((200, tasks)) = caller.ask("GET", "/api/v1/services/tasks", None, b"") else { continue };
            for task in tasks["items"].as_array().into_iter().flatten().take(8) {
                let case = task["id"].as_str().unwrap().to_owned();
                let body = json!({ "action": action, "version": task["version"] }).to_string();
                let path = format!("/api/v1/services/applications/{case}/actions");
                // 409: it was done, and the answer was lost with the server.
                let Some((200, moved)) = caller.ask("POST", &path, None, body.as_bytes()) else { continue };
                if action == "sign" {
                    assert_eq!(moved["state"], "awaiting_scan", "{moved}");
                    shared.acknowledged.lock().unwrap().signed.push(case.clone());
                    let Some((200, record)) = caller.ask("GET", &format!("/api/v1/services/applications/{case}/record"), None, b"") else {
                        continue;
                    };
                    let number = record["letter"]["number"].as_str().unwrap_or_else(|| panic!("a signed letter has a number: {record}"));
                    shared.acknowledged.lock().unwrap().numbers.insert(case, number.to_owned());
                }
            }
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

//! The sample system through the whole middleware: what browsers, other websites and tired officers do.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, Response, StatusCode, header},
};
use http_body_util::BodyExt as _;
use scraper::{Html, Selector};
use tower::ServiceExt as _;

use crate::{AssemblyError, Routes, System, sample};

struct Server {
    router: Router,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let state = sample::state(folder.path(), &[&sample::SYSTEM]).unwrap();
        Self { router: crate::assemble(&state).unwrap(), _folder: folder }
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "127.0.0.1:9000");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response: Response<Body> = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, Body::empty()).await
    }

    async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.send(Method::POST, path, &all, body.to_owned()).await
    }
}

const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");
const SITI: (&str, &str) = ("cookie", "sesi=siti");
const JSON: &str = "application/problem+json";

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn page(&self) -> Html {
        Html::parse_document(&self.body)
    }

    fn text(&self, selector: &str) -> String {
        let page = self.page();
        let found = page.select(&Selector::parse(selector).unwrap()).next();
        found.map_or_else(String::new, |found| found.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn count(&self, selector: &str) -> usize {
        self.page().select(&Selector::parse(selector).unwrap()).count()
    }

    fn value(&self, name: &str) -> String {
        let page = self.page();
        let selector = Selector::parse(&format!("[name='{name}']")).unwrap();
        page.select(&selector).next().and_then(|found| found.attr("value")).unwrap_or_default().to_owned()
    }

    /// `name=value` of a cookie that was set.
    fn cookie(&self, name: &str) -> Option<String> {
        let set = self.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        set.map(|cookie| cookie.split(';').next().unwrap().to_owned()).find(|cookie| cookie.starts_with(&format!("{name}=")))
    }
}

#[tokio::test]
async fn every_page_has_one_heading_a_title_a_language_and_labels() {
    let server = Server::start();
    let gets = [
        "/contoh",
        "/contoh/formulir",
        "/contoh/verifikasi",
        "/contoh/bagan",
        "/contoh/agenda",
        "/tugas",
        "/tugas?buka=1",
        "/masuk",
        "/nihil",
    ];
    for (path, language) in gets.iter().flat_map(|path| [(path, "id"), (path, "en")]) {
        let answer = server.get(path, &[SITI, ("accept-language", language)]).await;
        assert_eq!(answer.count("h1"), 1, "{path}");
        assert_eq!(answer.count(&format!("html[lang={language}]")), 1, "{path}");
        assert!(!answer.text("title").starts_with('·'), "{path}");
        let page = answer.page();
        let inputs = Selector::parse("input:not([type=hidden]), select, textarea").unwrap();
        for input in page.select(&inputs) {
            let id = input.attr("id").unwrap_or_default();
            assert_eq!(answer.count(&format!("label[for='{id}']")), 1, "{path}: {}", input.html());
            for described in input.attr("aria-describedby").unwrap_or_default().split_whitespace() {
                assert_eq!(answer.count(&format!("[id='{described}']")), 1, "{path}: {described}");
            }
        }
        let mut ids: Vec<_> = page.select(&Selector::parse("[id]").unwrap()).filter_map(|e| e.attr("id")).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{path}: an id stands twice");
        assert_eq!(answer.count("table:not(:has(caption))"), 0, "{path}");
    }
}

#[tokio::test]
async fn nothing_inline_that_the_policy_would_refuse() {
    let server = Server::start();
    for path in ["/contoh", "/contoh/formulir", "/contoh/bagan", "/tugas?buka=1", "/contoh/agenda"] {
        let answer = server.get(path, &[SITI]).await;
        assert_eq!(answer.count("[style], [onclick], [onchange], [onsubmit], style, script:not([src])"), 0, "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    }
}

#[tokio::test]
async fn the_first_view_is_small() {
    let folder = tempfile::tempdir().unwrap();
    let state = sample::state(folder.path(), &[&sample::SYSTEM]).unwrap();
    let (style, script) = (state.assets.gzip_bytes("smartgovt.css"), state.assets.gzip_bytes("smartgovt.js"));
    assert!((1..15_000).contains(&style), "style sheet: {style} bytes");
    assert!((1..8_000).contains(&script), "script: {script} bytes");
    assert!(state.assets.gzip_bytes("htmx.js") > 10_000);
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_compressed() {
    let server = Server::start();
    let answer = server.get("/contoh", &[]).await;
    let page = answer.page();
    let href = page.select(&Selector::parse("link[rel=stylesheet]").unwrap()).next().unwrap().attr("href").unwrap();
    let style = server.get(href, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!((style.header("content-encoding"), style.header("content-type")), ("gzip", "text/css; charset=utf-8"));
    assert!(style.header("cache-control").contains("immutable"));
    assert!(server.get(href, &[]).await.body.contains("--gov:#0b5a47"));
    assert_eq!(server.get("/aset/nihil.css", &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn another_host_is_misdirected() {
    let server = Server::start();
    for (host, status) in [("jahat.example", 421), ("127.0.0.1:1", 200), ("127.0.0.1.jahat.example", 421), ("", 421)] {
        assert_eq!(server.get("/contoh", &[("host", host)]).await.status.as_u16(), status, "{host}");
    }
}

#[tokio::test]
async fn access_is_what_the_route_says() {
    let server = Server::start();
    let login = server.get("/contoh/agenda?cari=a b".replace(' ', "%20").as_str(), &[]).await;
    assert_eq!((login.status.as_u16(), login.header("location")), (303, "/masuk?lanjut=/contoh/agenda%3Fcari%3Da%2520b"));
    assert_eq!(server.get("/contoh/agenda", &[SITI]).await.status, StatusCode::OK);
    assert_eq!(server.get("/contoh/rahasia", &[SITI]).await.status, StatusCode::NOT_FOUND, "existence is not told");
    assert_eq!(server.get("/contoh/rahasia", &[("cookie", "sesi=lain")]).await.status, StatusCode::SEE_OTHER);
    let partial = server.get("/tugas", &[("hx-request", "true")]).await;
    assert_eq!((partial.status.as_u16(), partial.header("hx-redirect")), (204, "/masuk?lanjut=/tugas"));
    assert_eq!(server.send(Method::DELETE, "/contoh", &[OURS], "").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(server.send(Method::DELETE, "/contoh/rahasia", &[OURS, SITI], "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.send(Method::HEAD, "/contoh", &[], "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn new_terms_come_before_everything_else() {
    let server = Server::start();
    let newcomer = ("cookie", "sesi=baru");
    assert_eq!(server.get("/tugas", &[newcomer]).await.header("location"), "/contoh/ketentuan");
    assert_eq!(server.get("/contoh/ketentuan", &[newcomer]).await.status, StatusCode::OK);
    assert_eq!(server.get("/contoh", &[newcomer]).await.status, StatusCode::OK, "public pages stay open");
}

#[tokio::test]
async fn machines_get_problems_and_need_a_token() {
    let server = Server::start();
    let without = server.get("/api/v1/sample", &[]).await;
    assert_eq!((without.status.as_u16(), without.header("content-type")), (401, JSON));
    assert_eq!(server.get("/api/v1/sample", &[("authorization", "Bearer salah")]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(server.get("/api/v1/sample", &[("authorization", "Bearer siti")]).await.body, "[1,2]");
    let wrong = server.send(Method::POST, "/api/v1/sample", &[("authorization", "Bearer siti")], "{}").await;
    assert_eq!((wrong.status.as_u16(), wrong.header("content-type")), (422, JSON));
    assert!(wrong.body.contains("Tulis nama lengkap Anda."), "{}", wrong.body);
    let document: serde_json::Value = serde_json::from_str(&server.get("/api/openapi.json", &[]).await.body).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{document}");
    let nowhere = server.get("/api/v1/nihil", &[]).await;
    assert_eq!((nowhere.status.as_u16(), nowhere.header("content-type")), (404, JSON));
}

#[tokio::test]
async fn what_was_typed_is_shown_again_when_it_could_not_be_saved() {
    let server = Server::start();
    let typed = "alamat=Jalan+Dua+%3Cb%3Ebaru%3C%2Fb%3E&versi=12345&kelamin=l&_key=abcdefgh";
    for how in ["stale", "refused", "away", "full"] {
        let answer = server.post(&format!("/contoh/gagal/{how}"), &[OURS], typed).await;
        assert!(answer.text("main").contains("Jalan Dua <b>baru</b>"), "{how}: {}", answer.body);
        assert!(!answer.body.contains("12345") && !answer.body.contains("abcdefgh"), "{how}");
    }
    let secret = server.post("/contoh/gagal/stale", &[OURS], "_rahasia=1&sandi=kata-sandi-saya").await;
    assert!(!secret.body.contains("kata-sandi-saya"), "a password never");
}

/// A body that is promised and never comes to its end.
fn never() -> Body {
    let trailers = std::future::pending::<Option<Result<HeaderMap, std::convert::Infallible>>>();
    Body::new(http_body_util::Empty::<axum::body::Bytes>::new().with_trailers(trailers))
}

#[tokio::test]
async fn a_form_that_never_comes_holds_nobody_up() {
    let server = Server::start();
    // Without a word of the browser the form token decides, which stands in the body.
    for headers in [&[("content-type", "application/x-www-form-urlencoded")][..], &[OURS]] {
        let answer = server.send(Method::POST, "/contoh/unggah", headers, never());
        let answer = tokio::time::timeout(std::time::Duration::from_secs(20), answer).await.expect("an answer");
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{headers:?}");
    }
}

#[tokio::test]
async fn a_slash_too_many_leads_to_the_page_that_was_meant() {
    let server = Server::start();
    let answer = server.get("/contoh/?bahasa=en", &[]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/contoh?bahasa=en"));
    for path in ["//jahat.example/", "/nihil//", "//"] {
        assert_eq!(server.get(path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn two_hosts_are_no_host() {
    let server = Server::start();
    let request = Request::builder().uri("/contoh").header("host", "127.0.0.1:9000").header("host", "jahat.example");
    let response = server.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn forms_of_other_websites_are_refused() {
    let server = Server::start();
    for (headers, status) in [
        (vec![OURS], 422),
        (vec![("origin", "http://127.0.0.1:9000")], 422),
        (vec![("origin", "http://jahat.example")], 403),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![], 403),
    ] {
        assert_eq!(server.post("/contoh/formulir", &headers, "nama=").await.status.as_u16(), status, "{headers:?}");
    }
}

#[tokio::test]
async fn old_browsers_and_grave_actions_use_the_form_token() {
    let server = Server::start();
    let page = server.get("/contoh/formulir", &[]).await;
    let (cookie, token) = (page.cookie("formulir").unwrap(), page.value("_token"));
    let sent = server.post("/contoh/formulir", &[("cookie", &cookie)], &format!("_token={token}")).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "a browser that says nothing passes by the token");
    let multipart = format!("--x\r\nContent-Disposition: form-data; name=\"_token\"\r\n\r\n{token}\r\n--x--\r\n");
    let headers = [("cookie", cookie.as_str()), ("content-type", "multipart/form-data; boundary=x")];
    assert_eq!(server.send(Method::POST, "/contoh/formulir", &headers, multipart).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let header = [("cookie", cookie.as_str()), ("x-form-token", token.as_str())];
    assert_eq!(server.post("/contoh/draf", &header, "").await.status, StatusCode::NO_CONTENT);

    let desk = server.get("/tugas?buka=1", &[SITI]).await;
    let both = format!("sesi=siti; {}", desk.cookie("formulir").unwrap());
    let good = format!("_token={}", desk.value("_token"));
    assert_eq!(server.post("/contoh/paraf", &[OURS, ("cookie", &both)], "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(server.post("/contoh/paraf", &[OURS, ("cookie", &both)], &good).await.status, StatusCode::SEE_OTHER);
    assert_eq!(server.post("/contoh/paraf", &[OURS, SITI], &good).await.status, StatusCode::FORBIDDEN, "the cookie is its twin");
}

#[tokio::test]
async fn what_was_typed_stays_and_errors_lead_to_their_fields() {
    let server = Server::start();
    let body = "nama=&lahir-day=31&lahir-month=2&lahir-year=1990&kelamin=p&alamat=Jl.+%22Melati%22+%3C5%3E&izin.nib=nib&sandi=rahasia";
    let answer = server.post("/contoh/formulir", &[OURS], body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.text(".errors h2"), "Ada 4 isian yang perlu diperbaiki");
    let page = answer.page();
    let links: Vec<_> = page.select(&Selector::parse(".errors a").unwrap()).filter_map(|a| a.attr("href")).collect();
    assert_eq!(links, ["#f-nama", "#f-lahir", "#f-pekerjaan", "#f-setuju"]);
    for link in &links {
        assert_eq!(answer.count(link), 1, "{link}");
    }
    assert_eq!(answer.count("#f-nama[aria-invalid=true][aria-describedby='f-nama-hint f-nama-error']"), 1);
    assert_eq!(answer.text("#f-alamat"), "Jl. \"Melati\" <5>");
    assert_eq!((answer.value("lahir-day"), answer.value("lahir-year"), answer.value("sandi")), ("31".into(), "1990".into(), String::new()));
    assert_eq!(answer.count("#f-lahir-month option[selected][value='2']"), 1);
    assert_eq!(answer.count("input[name=kelamin][value=p][checked]") + answer.count("input[name='izin.nib'][checked]"), 2);
}

#[tokio::test]
async fn a_message_waits_for_the_next_page_once() {
    let server = Server::start();
    let body = "nama=Siti+%3Cb%3E&lahir=1990-02-03&kelamin=p&pekerjaan=tani&setuju=1";
    let done = server.post("/contoh/formulir", &[OURS], body).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/contoh"));
    let flash = done.cookie("pesan").unwrap();
    let next = server.get("/contoh", &[("cookie", &flash)]).await;
    assert_eq!(next.text(".notice.ok"), "Siti <b>, permohonan Anda diterima.");
    assert_eq!(next.cookie("pesan").as_deref(), Some("pesan="));
    let forged = server.get("/contoh", &[("cookie", "pesan=aGFsbw.aGFsbw")]).await;
    assert_eq!(forged.count(".notice"), 0);
}

#[tokio::test]
async fn a_session_that_ended_while_typing_loses_nothing() {
    let server = Server::start();
    let ended = server.post("/contoh/agenda/unduh", &[OURS], "catatan=panjang+sekali&format=csv&_key=abc").await;
    assert_eq!((ended.status.as_u16(), ended.text("h1").as_str()), (401, "Sesi Anda berakhir"));
    assert_eq!(ended.count("form[action='/masuk'] [name=username]"), 1);
    let cookie = ended.cookie("formulir").unwrap();
    let login = |isian: String| format!("username=siti&password=x&_token={}&lanjut=/tugas&isian={isian}", ended.value("_token"));
    let resumed = server.post("/masuk", &[OURS, ("cookie", &cookie)], &login(ended.value("isian"))).await;
    assert_eq!(resumed.text("h1"), "Isian Anda tersimpan");
    assert_eq!(resumed.count("form[action='/contoh/agenda/unduh']"), 1);
    assert_eq!((resumed.value("catatan"), resumed.value("format")), ("panjang sekali".into(), "csv".into()));
    assert_eq!(resumed.cookie("sesi").as_deref(), Some("sesi=siti"));
    let forged = server.post("/masuk", &[OURS, ("cookie", &cookie)], &login("e30.e30".into())).await;
    assert_eq!((forged.status.as_u16(), forged.header("location")), (303, "/tugas"));
}

#[tokio::test]
async fn bodies_have_limits_and_say_so() {
    let server = Server::start();
    let large = format!("nama={}", "a".repeat(30_000));
    let refused = server.post("/contoh/unggah", &[OURS, ("content-length", "30005")], &large).await;
    assert_eq!((refused.status.as_u16(), refused.text("h1").as_str()), (413, "Berkas terlalu besar"));
    assert!(refused.text(".lead").contains("20 kB"), "{}", refused.text(".lead"));
    let unannounced = server.post("/contoh/unggah", &[OURS], &large).await;
    assert_eq!(unannounced.status, StatusCode::PAYLOAD_TOO_LARGE, "also when its size was not announced");
    assert_eq!(server.post("/contoh/formulir", &[OURS], &large).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn every_failure_is_a_page_that_says_what_to_do() {
    let server = Server::start();
    for (how, status) in [
        ("gone", 410),
        ("forbidden", 403),
        ("refused", 409),
        ("stale", 409),
        ("missing", 404),
        ("wrong-file", 415),
        ("too-many", 429),
        ("away", 503),
        ("full", 507),
        ("broken", 500),
        ("panic", 500),
        ("slow", 503),
    ] {
        for language in ["id", "en"] {
            let answer = server.get(&format!("/contoh/gagal/{how}"), &[("accept-language", language)]).await;
            assert_eq!(answer.status.as_u16(), status, "{how}");
            assert_eq!(answer.count("h1") + answer.count(".lead + p"), 2, "{how}");
            assert_eq!(answer.header("cache-control"), "no-store", "{how}");
            assert!(!answer.body.contains("secret details") && answer.body.contains(answer.header("x-request-id")), "{how}");
        }
    }
    assert_eq!(server.get("/contoh/gagal/away", &[]).await.header("retry-after"), "5");
    let part = server.get("/contoh/gagal/stale", &[("hx-request", "true")]).await;
    assert!(part.body.starts_with("<div class=\"notice late\""), "{}", part.body);
}

#[tokio::test]
async fn the_chosen_language_is_remembered() {
    let server = Server::start();
    let chosen = server.get("/contoh?bahasa=en", &[]).await;
    assert_eq!(chosen.count("html[lang=en]"), 1);
    let cookie = chosen.cookie("bahasa").unwrap();
    let next = server.get("/contoh", &[("cookie", &cookie), ("accept-language", "id")]).await;
    assert_eq!(next.count("html[lang=en]"), 1);
    assert_eq!(next.count("a[hreflang=id][href='/contoh?bahasa=id']"), 1);
}

#[tokio::test]
async fn the_menu_shows_what_the_officer_may_and_how_much_waits() {
    let server = Server::start();
    let desk = server.get("/tugas", &[SITI]).await;
    assert_eq!(desk.text(".side a[aria-current]"), "Tugas Saya 7");
    assert_eq!(desk.count(".side a[href='/contoh/rahasia']"), 0);
    assert_eq!(desk.text(".top .who small"), "sebagai Sekretaris Desa");
    let form = server.get("/contoh/formulir", &[]).await;
    assert_eq!((form.count(".mast [aria-current]"), form.text(".mast [aria-current]").as_str()), (1, "Formulir"));
}

#[tokio::test]
async fn lists_keep_filter_and_order_from_page_to_page() {
    let server = Server::start();
    let list = server.get("/contoh/agenda?cari=siti&urut=-tanggal", &[SITI]).await;
    assert_eq!(list.value("cari"), "siti");
    assert_eq!(list.count("th[aria-sort=descending]") + list.count("th[aria-sort=none]"), 2);
    let page = list.page();
    let next = page.select(&Selector::parse("a[rel=next]").unwrap()).next().unwrap().attr("href").unwrap();
    assert!(next.starts_with("/contoh/agenda?cari=siti&urut=-tanggal&setelah=i3~b"), "{next}");
    assert_eq!(list.count(".export input[name=cari][value=siti]"), 1);
    let csv = server.post("/contoh/agenda/unduh", &[OURS, SITI], "format=csv").await;
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"agenda.csv\"; filename*=UTF-8''agenda.csv");
    assert!(csv.header("content-security-policy").starts_with("sandbox"));
}

const ONE: System = System { slug: "one", owns: &["/a"], locales: &[("id", ""), ("en", "")], ..System::EMPTY };

fn assembled(systems: &[&'static System]) -> Result<(), AssemblyError> {
    let folder = tempfile::tempdir().unwrap();
    let state = sample::state(folder.path(), systems).unwrap();
    crate::assemble(&state).map(|_| ())
}

async fn nothing() {}

#[test]
fn systems_that_do_not_fit_together_are_refused() {
    static SAME: System = ONE;
    static FIRST: System = ONE;
    static BELOW: System = System { slug: "two", owns: &["/a/b"], ..ONE };
    static BESIDE: System = System { slug: "three", owns: &["/ab", "/"], ..ONE };
    static STRAY: System = System { pages: || Routes::new().get("/x", crate::Access::Public, nothing), ..ONE };
    static ROOT: System = System { owns: &["/"], ..STRAY };
    static TWICE: System =
        System { pages: || Routes::new().get("/a", crate::Access::Public, nothing).get("/a", crate::Access::Public, nothing), ..ONE };
    static MUTE: System = System { locales: &[("id", "")], ..ONE };
    static DEAD: System = System { menu: &[crate::MenuItem::public(1, "x", "/a/nihil")], ..ONE };
    assert_eq!(assembled(&[&FIRST, &BESIDE]), Ok(()));
    assert_eq!(assembled(&[&FIRST, &SAME]), Err(AssemblyError::SameSlug("one")));
    assert!(matches!(assembled(&[&FIRST, &BELOW]), Err(AssemblyError::Overlap { .. })));
    assert!(matches!(assembled(&[&STRAY]), Err(AssemblyError::NotOwned { .. })));
    assert!(matches!(assembled(&[&ROOT]), Err(AssemblyError::NotOwned { .. })), "the root owns only itself");
    assert!(matches!(assembled(&[&TWICE]), Err(AssemblyError::Twice { .. })));
    assert!(matches!(assembled(&[&MUTE]), Err(AssemblyError::NoLocale { locale: "en", .. })));
    assert!(matches!(assembled(&[&DEAD]), Err(AssemblyError::DeadMenu { .. })));
}

#[test]
fn every_text_of_the_sample_stands_in_both_languages() {
    assert_eq!(crate::text::disagreements(sample::ID, sample::EN), Vec::<String>::new());
}

#[test]
fn state_is_shared_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    let state = sample::state(folder.path(), &[&sample::SYSTEM]).unwrap();
    assert!(Arc::ptr_eq(&state.texts, &state.clone().texts));
}

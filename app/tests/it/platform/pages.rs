//! Every page in every state of an application, as each who may see it, in both languages.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use axum::http::Method;
use kernel::grant;
use testkit::{Page, TestApp, Visitor};
use web::{RouteInfo, route_list};

use super::paths::Values;
use crate::{
    systems::SYSTEMS,
    town::{Town, born, person},
};

/// GET routes that no real value opens in this town, and why.
const UNREACHED: [(&str, &str); 1] = [("/keluar", "answered below as it ends nothing by itself")];

/// Words that look like the key of a text.
fn keys_shown(text: &str) -> Vec<String> {
    let prefixes: Vec<&str> = SYSTEMS.iter().map(|system| system.slug).chain(["web", "kernel", "field", "blob", "role"]).collect();
    let word = |word: &&str| {
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        word.split_once('-').is_some_and(|(head, rest)| {
            prefixes.contains(&head) && rest.contains('-') && rest.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        })
    };
    text.split(|c: char| c.is_whitespace() || "<>\"'".contains(c)).filter(word).map(str::to_owned).collect()
}

/// The page without what differs each time: tokens, ids, nonces.
fn print(page: &Page) -> u64 {
    let mut hasher = DefaultHasher::new();
    for piece in page.body().split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
        if piece.len() < 12 {
            piece.hash(&mut hasher);
        }
    }
    hasher.finish()
}

struct Walk {
    flaws: Vec<String>,
    seen: HashSet<u64>,
    reached: BTreeSet<&'static str>,
    pages: usize,
}

impl Walk {
    /// Looks at a page; the deep look once for pages that are alike.
    fn look(&mut self, info: &RouteInfo, who: &str, lang: &str, page: &Page) {
        let flaw = |what: String| format!("{} by {who} in {lang}: {what}", page.path);
        if page.status.is_server_error() {
            self.flaws.push(flaw(format!("{} {}", page.status, page.body().chars().take(300).collect::<String>())));
        }
        if page.status != 200 {
            return;
        }
        self.reached.insert(info.path);
        if !page.header("content-type").starts_with("text/html") {
            return;
        }
        self.pages += 1;
        if page.header("content-security-policy").is_empty() || page.header("content-security-policy").contains("unsafe") {
            self.flaws.push(flaw("no content security policy".to_owned()));
        }
        if !self.seen.insert(print(page)) {
            return;
        }
        self.flaws.extend(page.accessibility_flaws().into_iter().map(&flaw));
        if page.attribute("html", "lang").as_deref() != Some(lang) {
            self.flaws.push(flaw("the language is not said".to_owned()));
        }
        self.flaws.extend(keys_shown(&page.text()).into_iter().map(|key| flaw(format!("{key} is no text"))));
        for (words, href) in page.links("a[href]") {
            if href.starts_with("javascript:") || href.contains("{") {
                self.flaws.push(flaw(format!("a link {words:?} to {href}")));
            }
        }
    }

    fn end(mut self, routes: &[RouteInfo]) {
        let left: BTreeMap<&str, &str> = UNREACHED.into_iter().collect();
        for info in routes.iter().filter(|info| !self.reached.contains(info.path)) {
            if !left.contains_key(info.path) {
                self.flaws.push(format!("nobody reached {}", info.path));
            }
        }
        self.flaws.sort();
        self.flaws.dedup();
        assert!(self.flaws.is_empty(), "{} flaws on {} pages:\n{}", self.flaws.len(), self.pages, self.flaws.join("\n"));
        assert!(self.pages > 500, "only {} pages were looked at", self.pages);
    }
}

/// Everybody who looks, by name.
pub(super) async fn lookers(town: &Town<'_>) -> Vec<(String, Visitor)> {
    let app = town.app;
    let mut all = vec![("nobody".to_owned(), app.anonymous()), ("the applicants".to_owned(), applicants(town).await)];
    all.push(("whoever got the letter of proof".to_owned(), app.anonymous()));
    let roles = grant::ROLES.iter().map(|role| format!("{}.a", role.key));
    for username in
        ["sekdes", "operator", "kades", "kasi", "camat", "semua"].into_iter().map(str::to_owned).chain(roles).chain(["bupati".to_owned()])
    {
        all.push((username.clone(), app.signed_in(&username).await));
    }
    all
}

/// A browser in which every applicant has given the second proof.
async fn applicants(town: &Town<'_>) -> Visitor {
    let visitor = town.app.anonymous();
    for standing in &town.cases {
        let code = indonesian::Code::parse(&standing.code).unwrap();
        let (born, nik) = (born(standing.number), person(standing.number)["nik"].as_str().unwrap()[12..].to_owned());
        let page = visitor.get(&format!("/lacak/{}/bukti", code.as_str())).await.good();
        let form = page.form(&format!("/lacak/{}/bukti", code.as_str()));
        let form = form.fill_date("lahir", &born.day().to_string(), &born.month().to_string(), &born.year().to_string());
        let _ = form.fill("nik", &nik).submit().await.redirected("/lacak/");
    }
    visitor
}

testkit::both!(SYSTEMS;
    async fn every_page_in_every_state_is_whole(app) {
        let town = Town::build(&app).await;
        let values = Values::of(&town).await;
        let routes: Vec<RouteInfo> = route_list(&SYSTEMS).into_iter().map(|(_, info)| info).filter(|info| info.method == Method::GET).collect();
        let mut walk = Walk { flaws: Vec::new(), seen: HashSet::new(), reached: BTreeSet::new(), pages: 0 };
        for (who, visitor) in lookers(&town).await {
            for info in &routes {
                let languages: &[&str] = if info.path.starts_with("/api/") { &["id"] } else { &["id", "en"] };
                for path in values.all(info) {
                    for lang in languages {
                        let page = visitor.clone().with_header("accept-language", lang).get(&path).await;
                        let left = page.status != 200;
                        // A redirect leads to a page that has its own route.
                        if page.way.is_empty() {
                            walk.look(info, &who, lang, &page);
                        } else {
                            walk.reached.insert(info.path);
                        }
                        if left {
                            break;
                        }
                    }
                }
            }
        }
        app.leave_work();
        walk.end(&routes);
    }
);

/// The pages of failures are pages too.
#[tokio::test(flavor = "multi_thread")]
async fn every_failure_is_a_page() {
    let app = TestApp::new(&SYSTEMS).await;
    for lang in ["id", "en"] {
        let visitor = app.anonymous().with_header("accept-language", lang);
        for (status, page) in [
            (404, visitor.get("/tidak-ada").await),
            (405, visitor.call(Method::DELETE, "/layanan").await),
            (421, visitor.clone().with_header("host", "jahat.example").get("/").await),
            (403, visitor.clone().with_header("sec-fetch-site", "cross-site").post("/masuk", &[]).await),
        ] {
            let page = page.is(status);
            page.assert_accessible_basics();
            assert_eq!(page.attribute("html", "lang").as_deref(), Some(lang));
            assert!(keys_shown(&page.text()).is_empty(), "{}", page.text());
            assert!(page.text().len() > 40, "what to do next is said: {}", page.text());
        }
    }
}

#[test]
fn a_key_in_a_page_is_seen() {
    assert_eq!(keys_shown("Judul <b>services-title-of-it</b>, keterangan-usaha dan services-x."), ["services-title-of-it"]);
}

#[test]
fn every_system_that_leaves_tasks_says_them_in_tugas_saya() {
    // Applications are said by the list itself.
    let silent = SYSTEMS.iter().filter(|system| !system.states.is_empty() && system.task.is_none() && system.slug != "services");
    assert_eq!(silent.map(|system| system.slug).collect::<Vec<_>>(), Vec::<&str>::new());
    assert!(SYSTEMS.iter().filter(|system| system.task.is_some()).count() > 2);
}

//! Every filter of every list and every field of every form takes nonsense without the server failing.

use std::collections::BTreeSet;

use axum::http::Method;
use testkit::Page;
use web::{RouteInfo, route_list};

use super::paths::Values;
use crate::{systems::SYSTEMS, town::Town};

/// Written as they stand in an address.
const QUERIES: [&str; 7] = ["%00", "%ff%fe", "-1", "99999999999999999999", "%27%20or%201%3D1%20--%20", "%F0%9F%8C%BE", "2026-02-30"];
/// Typed into fields.
const TYPED: [&str; 4] = ["a\0b", "99999999999999999999", "🌾\u{202e}'\"><script>", "0000-00-00"];

/// Names that an address of this page may carry: its own filters, and those of links to itself.
fn asked(page: &Page) -> BTreeSet<String> {
    let own = page.path.split('?').next().unwrap_or_default().to_owned();
    let links = page.links("a[href*='?']").into_iter().filter(|(_, href)| href.starts_with('?') || href.starts_with(&own));
    let of_links = links.flat_map(|(_, href)| {
        let query = href.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
        query.split('&').filter_map(|pair| pair.split('=').next().map(str::to_owned)).collect::<Vec<_>>()
    });
    let of_forms = page.all_attributes("form:not([method=post]) [name]", "name");
    of_links.chain(of_forms).filter(|name| !name.is_empty() && name != "bahasa").collect()
}

testkit::both!(SYSTEMS;
    async fn no_query_and_no_form_makes_the_server_fail(app) {
        let town = Town::build(&app).await;
        let values = Values::of(&town).await;
        let routes: Vec<RouteInfo> = route_list(&SYSTEMS).into_iter().map(|(_, info)| info).filter(|info| info.method == Method::GET && !info.path.starts_with("/api/")).collect();
        let (mut flaws, mut filters, mut forms) = (Vec::new(), 0, BTreeSet::new());
        for who in ["", "sekdes", "semua", "operator", "kasi"] {
            let visitor = if who.is_empty() { app.anonymous() } else { app.signed_in(who).await };
            for info in routes.iter().filter(|info| info.path != "/keluar" && info.path != "/akun/sandi") {
                let path = values.one(info);
                let page = visitor.get(&path).await;
                if page.status != 200 || !page.header("content-type").starts_with("text/html") {
                    continue;
                }
                for name in asked(&page) {
                    for value in QUERIES {
                        filters += 1;
                        let path = format!("{}?{name}={value}", path.split('?').next().unwrap());
                        let odd = visitor.get(&path).await;
                        if odd.status.is_server_error() {
                            flaws.push(format!("GET {path} by {who:?}: {}", odd.status));
                        }
                    }
                }
                for (action, fields) in page.post_forms() {
                    let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
                    if action == "/keluar" || !forms.insert(format!("{} {names:?}", info.path)) {
                        continue;
                    }
                    for typed in TYPED.into_iter().map(str::to_owned).chain(["x".repeat(20_000)]) {
                        let filled: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), if name.starts_with('_') { value.as_str() } else { typed.as_str() })).collect();
                        let sent = visitor.post(&action, &filled).await;
                        if sent.status.is_server_error() {
                            flaws.push(format!("POST {action} (from {}) by {who:?} with {:?}: {}", info.path, typed.chars().take(12).collect::<String>(), sent.status));
                        }
                    }
                }
            }
        }
        app.leave_work();
        assert!(flaws.is_empty(), "{} flaws:\n{}", flaws.len(), flaws.join("\n"));
        assert!(filters > 100 && forms.len() > 15, "{filters} filters and {} forms are too few to prove anything", forms.len());
    }
);

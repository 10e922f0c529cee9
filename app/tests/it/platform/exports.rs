//! No list leaves past the gate: whatever anybody asks of any route, a table as a file comes only from a request that was let out.

use std::collections::BTreeSet;

use axum::http::Method;
use kernel::grant;
use testkit::Page;
use web::route_list;

use super::paths::Values;
use crate::{systems::SYSTEMS, town::Town};

/// What answers with a table, and why it may: the file of a released request, and tables that name nobody: an empty form for a list of
/// officials, and what is wrong in which row of a workbook somebody sent in.
const TABLES: [&str; 3] = ["/pejabat/impor/contoh", "/penduduk/impor/{id}/catatan.csv", "/unduhan/{export}/berkas"];
/// What answers a form with a table, and may: the record of processing, which names systems and no one.
const POSTED: [&str; 1] = ["/data-pribadi/pemrosesan/unduh"];

fn is_table(page: &Page) -> bool {
    let (kind, name) = (page.header("content-type").to_lowercase(), page.header("content-disposition").to_lowercase());
    ["csv", "spreadsheet", "excel"].iter().any(|word| kind.contains(word))
        || [".csv", ".xlsx", ".xls", ".ods"].iter().any(|end| name.contains(end))
}

testkit::both!(SYSTEMS;
    async fn no_list_leaves_past_the_gate(app) {
        let town = Town::build(&app).await;
        let values = Values::of(&town).await;
        let routes: Vec<_> = route_list(&SYSTEMS).into_iter().map(|(_, info)| info).collect();
        let (mut flaws, mut buttons, mut tables) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        let posts = ["sekdes", "operator", "kades", "kasi", "camat", "bupati", "semua"].map(str::to_owned);
        for username in posts.into_iter().chain(grant::ROLES.iter().map(|role| format!("{}.a", role.key))) {
            let visitor = app.signed_in(&username).await;
            for info in routes.iter().filter(|info| info.method == Method::GET) {
                for path in values.all(info).into_iter().take(3) {
                    let page = visitor.get(&path).await;
                    if page.status == 200 && is_table(&page) {
                        tables.insert(info.path);
                    }
                    if page.status != 200 || !page.body().contains("class=\"export\"") {
                        continue;
                    }
                    // The button of a list leads to the page before the file, in both formats.
                    for format in ["xlsx", "csv"] {
                        let form = page.form("form.export");
                        let action = form.action().to_owned();
                        if POSTED.contains(&action.as_str()) {
                            continue;
                        }
                        let asked = form.press("format", format).await;
                        if asked.status != 200 || is_table(&asked) || !asked.body().contains("name=\"permintaan\"") {
                            flaws.push(format!("{action} by {username} answers {} without asking what for", asked.status));
                        }
                        buttons.insert(action);
                    }
                }
            }
            // Whatever is posted, nothing answers with a table.
            for info in routes.iter().filter(|info| info.method != Method::GET && info.path != "/keluar") {
                let _ = visitor.get("/keluar").await;
                let page = visitor.post(&values.one(info), &[("format", "csv"), ("bentuk", "xlsx"), ("unit", crate::town::VILLAGE)]).await;
                if page.status == 200 && is_table(&page) && !POSTED.contains(&info.path) {
                    flaws.push(format!("{} {} by {username} answers with a table", info.method, info.path));
                }
            }
        }
        assert_eq!(flaws, Vec::<String>::new());
        assert_eq!(tables.into_iter().collect::<Vec<_>>(), TABLES, "what answers with a table");
        assert!(buttons.len() >= 4, "register, books, residents and the timeline: {buttons:?}");
        // Every list that a system lets out is declared once, under its own name.
        let kinds: Vec<&str> = SYSTEMS.iter().flat_map(|system| system.exports.iter().map(move |kind| (system.slug, kind.name))).map(|(slug, name)| {
            assert!(name.starts_with(&format!("{slug}.")), "{name} is not {slug}'s");
            name
        }).collect();
        assert_eq!(kinds.iter().collect::<BTreeSet<_>>().len(), kinds.len());
        app.leave_work();
    }
);

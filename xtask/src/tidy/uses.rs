//! `model.rs` and `rules.rs` decide without the outside world: no HTTP, no templates, no runtime, no database.

use super::{Finding, House, source};

const OUTSIDE: [&str; 4] = ["axum", "askama", "tokio", "web"];
/// What of the kernel is the database, also where the kernel names it at its root.
const DATABASE: [&str; 6] = ["db", "Rx", "Tx", "Row", "Gov", "Table"];

pub(super) fn findings(house: &House) -> Vec<Finding> {
    house.texts.iter().filter(|text| text.is_rust() && decides(&text.name)).flat_map(|text| judge(&text.name, &text.text)).collect()
}

/// Whether a file of a system is its `model` or `rules`, or a part of them.
fn decides(name: &str) -> bool {
    let Some((system, inside)) = name.strip_prefix("systems/").and_then(|rest| rest.split_once("/src/")) else {
        return false;
    };
    let room = inside.split(['/', '.']).next().unwrap_or_default();
    !system.contains('/') && ["model", "rules"].contains(&room)
}

fn judge(name: &str, text: &str) -> Vec<Finding> {
    let code = source::code(text);
    let mut found = Vec::new();
    for path in paths(&code) {
        let outside = OUTSIDE.contains(&path.root);
        let database = path.root == "kernel" && path.names.iter().any(|name| DATABASE.contains(name));
        if outside || database {
            let what = if outside { path.root } else { "the database of the kernel" };
            found.push(Finding::at(
                name,
                path.line,
                format!("uses {what}: keep this file pure, and move what needs it to pages.rs, store.rs or jobs.rs"),
            ));
        }
    }
    found
}

/// A path such as `kernel::{Id, db::Tx}`: its root, and the names one step below it.
struct UsedPath<'a> {
    root: &'a str,
    names: Vec<&'a str>,
    line: usize,
}

fn paths(code: &str) -> Vec<UsedPath<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = code.get(from..).and_then(|rest| rest.find("::")).map(|at| at + from) {
        let before = code.get(..at).unwrap_or_default();
        let after = code.get(at + 2..).unwrap_or_default();
        from = at + 2;
        let start = before.rfind(|letter: char| !is_word(letter)).map_or(0, |found| found + 1);
        let root = before.get(start..).unwrap_or_default();
        let outer = before.get(..start).unwrap_or_default();
        if root.is_empty() || outer.trim_end().ends_with("::") || is_nested(outer) {
            continue;
        }
        found.push(UsedPath { root, names: names_below(after), line: before.matches('\n').count() + 1 });
    }
    found
}

/// Whether what follows stands inside the braces of a `use`, where it belongs to another root.
fn is_nested(before: &str) -> bool {
    let statement = before.rsplit(';').next().unwrap_or_default();
    let Some((_, used)) = statement.rsplit_once("use ") else {
        return false;
    };
    used.contains("::{") && used.matches('{').count() > used.matches('}').count()
}

fn names_below(after: &str) -> Vec<&str> {
    let Some(group) = after.strip_prefix('{') else {
        let end = after.find(|letter: char| !is_word(letter)).unwrap_or(after.len());
        return vec![after.get(..end).unwrap_or_default()];
    };
    let mut names = Vec::new();
    let mut depth = 0_usize;
    let mut begin = 0;
    for (at, letter) in group.char_indices() {
        let ends = matches!(letter, ',' | '}' | ':') && depth == 0;
        if ends {
            names.push(group.get(begin..at).unwrap_or_default().trim());
            begin = at + 1;
        }
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begin = at + 1,
            _ => {}
        }
    }
    names
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pure_files_pass() {
        let good = "//! Uses no axum::Router.\nuse kernel::{Id, Message, unit::{Kind}};\nuse std::collections::BTreeMap;\n\
            const WEB: &str = \"web::page\";\nfn f(id: kernel::Id) -> crate::web_form::Form { todo(id) }\n";
        assert_eq!(judge("systems/x/src/rules.rs", good), []);
    }

    #[test]
    fn the_outside_world_is_caught() {
        for bad in [
            "use axum::extract::Path;",
            "use kernel::{\n    Id,\n    db::{Tx, Rx},\n};",
            "use kernel::{Id, Tx};",
            "fn f(rx: &mut kernel::db::Rx) {}",
            "use web::{Form, Page};",
            "async fn f() { tokio::spawn(g()); }",
        ] {
            assert_eq!(judge("systems/x/src/model.rs", bad).len(), 1, "{bad}");
        }
    }

    #[test]
    fn only_model_and_rules_are_looked_at() {
        assert!(decides("systems/services/src/rules.rs"));
        assert!(decides("systems/services/src/model/steps.rs"));
        assert!(!decides("systems/services/src/pages/rules_page.rs"));
        assert!(!decides("kernel/src/model.rs"));
    }
}

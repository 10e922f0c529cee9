//! Every dependency has a line of reason in docs/adr/0002-dependencies.md, and every line there a dependency.

use super::{Finding, House};
use serde_json::Value;
use std::collections::BTreeSet;

const LIST: &str = "docs/adr/0002-dependencies.md";

pub(super) fn findings(house: &House) -> Vec<Finding> {
    let mut names = workspace_dependencies(house.text("Cargo.toml").unwrap_or_default());
    for text in house.texts.iter().filter(|text| text.ends_with("package.json")) {
        names.extend(npm_dependencies(&text.text));
    }
    judge(&names, house.text(LIST).unwrap_or_default())
}

fn judge(names: &BTreeSet<String>, list: &str) -> Vec<Finding> {
    let listed: BTreeSet<String> = list
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .collect();
    let missing = names
        .difference(&listed)
        .map(|name| Finding::new(LIST, format!("add a line for {name}: what it does here, and why we do not do it ourselves")));
    let stale = listed.difference(names).map(|name| Finding::new(LIST, format!("nothing depends on {name} any more: take its line out")));
    missing.chain(stale).collect()
}

/// Names in `[workspace.dependencies]` that are not our own crates.
fn workspace_dependencies(manifest: &str) -> BTreeSet<String> {
    let table: toml::Table = manifest.parse().unwrap_or_default();
    let lines = table.get("workspace").and_then(|workspace| workspace.get("dependencies")).and_then(toml::Value::as_table);
    lines.into_iter().flatten().filter(|(_, value)| value.get("path").is_none()).map(|(name, _)| name.clone()).collect()
}

fn npm_dependencies(manifest: &str) -> BTreeSet<String> {
    let manifest: Value = serde_json::from_str(manifest).unwrap_or_default();
    ["dependencies", "devDependencies"]
        .into_iter()
        .filter_map(|kind| manifest.get(kind)?.as_object())
        .flat_map(|names| names.keys().cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dependency_has_its_line_and_each_line_its_dependency() {
        let mut names = workspace_dependencies(
            "[workspace.dependencies]\nkernel = { path = \"kernel\" }\njiff = \"0.2\"\naxum = { version = \"0.8\" }\n",
        );
        names.extend(npm_dependencies(r#"{"dependencies": {"htmx.org": "4.0.1"}}"#));
        let good = "| `axum` | HTTP |\n| `jiff` | time |\n| `htmx.org` | swaps |\n";
        assert!(judge(&names, good).is_empty());
        let found = judge(&names, "| `axum` | HTTP |\n| `chrono` | time |\n");
        let advice: Vec<&str> = found.iter().map(|finding| finding.advice.as_str()).collect();
        assert_eq!(found.len(), 3, "{advice:?}");
        assert!(advice.iter().any(|line| line.contains("a line for jiff")));
        assert!(advice.iter().any(|line| line.contains("depends on chrono any more")));
    }
}

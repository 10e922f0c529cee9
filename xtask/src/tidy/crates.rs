//! Crates that stay out, crates that stay in their room, and one source for all of them.

use super::{Finding, House};

/// Crates that must not be anywhere in the graph, and why.
const BANNED: [(&str, &str); 8] = [
    ("openssl-sys", "TLS is rustls with ring: turn off the feature that brings OpenSSL"),
    ("openssl", "TLS is rustls with ring: turn off the feature that brings OpenSSL"),
    ("native-tls", "TLS is rustls with ring: turn off the feature that brings it"),
    ("aws-lc-sys", "TLS is rustls with ring: turn off the feature that brings aws-lc"),
    ("aws-lc-rs", "TLS is rustls with ring: turn off the feature that brings aws-lc"),
    ("sqlx", "the database is reached by kernel::db"),
    ("diesel", "the database is reached by kernel::db"),
    ("sea-orm", "the database is reached by kernel::db"),
];

/// Crates our manifests do not name, though another crate may bring them.
const NOT_DIRECTLY: [(&str, &str); 6] = [
    ("chrono", "time is jiff's"),
    ("time", "time is jiff's"),
    ("lazy_static", "use std::sync::LazyLock"),
    ("serde_yaml", "nobody keeps it up; configuration is TOML"),
    ("once_cell", "use std::sync::OnceLock"),
    ("async-trait", "a trait in front of our own code is not wanted; traits take plain functions"),
];

/// Where typst may be linked: everything else speaks to the renderer by its protocol.
const TYPESETTERS: [&str; 2] = ["libs/typesetter", "app"];

pub(super) fn findings(house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for package in &house.metadata.packages {
        if let Some(why) = reason(&BANNED, &package.name) {
            found.push(Finding::new("Cargo.lock", format!("holds {}: {why}", package.name)));
        }
    }
    for package in house.metadata.members() {
        let folder = package.folder(&house.root);
        let manifest = format!("{folder}/Cargo.toml");
        for dependency in &package.dependencies {
            if let Some(why) = reason(&NOT_DIRECTLY, &dependency.name) {
                found.push(Finding::new(&manifest, format!("names {}: {why}", dependency.name)));
            }
        }
        let typst = house.metadata.packages.iter().find(|package| package.name == "typst");
        if let Some(typst) = typst
            && !TYPESETTERS.contains(&folder.as_str())
            && house.metadata.built_into(&package.id).contains(typst.id.as_str())
        {
            found.push(Finding::new(&manifest, "links typst, which only libs/typesetter and app may: use the protocol of libs/letter"));
        }
    }
    let lock = house.text("Cargo.lock").unwrap_or_default();
    found.extend(sources(lock));
    for text in house.texts.iter().filter(|text| text.ends_with("/Cargo.toml")) {
        found.extend(versions(&text.name, &text.text));
    }
    found
}

fn reason(list: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    list.iter().find(|(banned, _)| *banned == name).map(|(_, why)| *why)
}

/// Every crate comes from crates.io.
fn sources(lock: &str) -> Vec<Finding> {
    const INDEX: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    let lines = lock.lines().enumerate();
    lines
        .filter(|(_, line)| line.starts_with("source = ") && *line != INDEX)
        .map(|(at, line)| Finding::at("Cargo.lock", at + 1, format!("{line}: depend on a release on crates.io instead")))
        .collect()
}

/// Versions stand in the root manifest only.
fn versions(name: &str, manifest: &str) -> Vec<Finding> {
    let table: toml::Table = match manifest.parse() {
        Ok(table) => table,
        Err(error) => return vec![Finding::new(name, format!("is not TOML: {error}"))],
    };
    let mut found = Vec::new();
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let Some(lines) = table.get(kind).and_then(toml::Value::as_table) else {
            continue;
        };
        for (dependency, value) in lines {
            let inherited = value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
            if !inherited {
                found.push(Finding::new(
                    name,
                    format!("gives {dependency} a version or path: put it in the root manifest and write `{dependency}.workspace = true`"),
                ));
            }
        }
    }
    if table.get("lints").and_then(|lints| lints.get("workspace")).is_none() {
        found.push(Finding::new(name, "add `[lints]` with `workspace = true`: the house has one set of lints"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_crates_io_is_a_source() {
        let good = "[[package]]\nname = \"a\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
        assert!(sources(good).is_empty());
        let bad = "[[package]]\nname = \"a\"\nsource = \"git+https://example.org/a#0123\"\n";
        assert_eq!(sources(bad).first().map(|finding| finding.place.as_str()), Some("Cargo.lock:3"));
    }

    #[test]
    fn versions_stand_in_the_root() {
        let good = "[lints]\nworkspace = true\n[dependencies]\nserde.workspace = true\n";
        assert!(versions("web/Cargo.toml", good).is_empty());
        let bad = "[dependencies]\nserde = \"1\"\n[dev-dependencies]\nkernel = { path = \"../kernel\" }\n";
        let found = versions("web/Cargo.toml", bad);
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn banned_names_have_reasons() {
        assert!(reason(&BANNED, "openssl-sys").is_some_and(|why| why.contains("rustls")));
        assert_eq!(reason(&BANNED, "rustls"), None);
        assert_eq!(reason(&NOT_DIRECTLY, "chrono"), Some("time is jiff's"));
    }
}

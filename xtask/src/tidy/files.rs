//! Which files may be committed: our own, readable, of a sensible size; lock files without download addresses.

use super::{Finding, House};

const BYTES_MAX: u64 = 400_000;
/// Folders whose large files have their source and licence beside them, and pictures of the guide.
const LARGE_ALLOWED: [&str; 2] = ["data/", "docs/guide/src/pictures/"];
const LINE_BYTES_MAX: usize = 1_000;

pub(super) fn findings(house: &House) -> Vec<Finding> {
    let mut found: Vec<Finding> = house.names.iter().filter_map(|name| foreign(name)).collect();
    for name in &house.names {
        let bytes = std::fs::metadata(house.root.join(name)).map_or(0, |file| file.len());
        found.extend(large(name, bytes));
    }
    for text in &house.texts {
        found.extend(minified(&text.name, &text.text));
        if text.ends_with("package-lock.json") {
            found.extend(addresses(&text.name, &text.text));
        }
    }
    found
}

fn foreign(name: &str) -> Option<Finding> {
    const ENDINGS: [&str; 10] = [".min.js", ".min.css", ".map", ".woff", ".woff2", ".ttf", ".otf", ".wasm", ".zip", ".exe"];
    let package = name.contains("node_modules/") || name.starts_with("vendor/") || name.contains("/vendor/");
    let ending = ENDINGS.iter().any(|ending| name.ends_with(ending));
    (package || ending).then(|| Finding::new(name, "is not written here: take it from its package by lock file instead of committing it"))
}

fn large(name: &str, bytes: u64) -> Option<Finding> {
    let allowed = name == "Cargo.lock" || LARGE_ALLOWED.iter().any(|folder| name.starts_with(folder));
    (bytes > BYTES_MAX && !allowed).then(|| {
        Finding::new(name, format!("has {bytes} bytes: make it from data at build time, or put it in data/ with its source and licence"))
    })
}

fn minified(name: &str, text: &str) -> Option<Finding> {
    let script = [".js", ".mjs", ".css"].iter().any(|ending| name.ends_with(ending));
    let long = text.lines().position(|line| line.len() > LINE_BYTES_MAX)?;
    script.then(|| Finding::at(name, long + 1, "reads as minified: commit source only, packages come by lock file"))
}

fn addresses(name: &str, lock: &str) -> Option<Finding> {
    let line = lock.lines().position(|line| line.trim_start().starts_with("\"resolved\": \"http"))?;
    Some(Finding::at(name, line + 1, "names a download address: run `npm install --omit-lockfile-registry-resolved` in its folder"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_files_pass() {
        assert_eq!(foreign("web/assets/smartgovt.js"), None);
        assert_eq!(large("data/holidays/2026.toml", 900_000), None);
        assert_eq!(minified("web/assets/base.css", ".a { color: red }\n"), None);
        assert_eq!(addresses("e2e/package-lock.json", "{\n  \"integrity\": \"sha512-…\"\n}"), None);
    }

    #[test]
    fn what_others_wrote_is_caught() {
        assert!(foreign("web/assets/htmx.min.js").is_some());
        assert!(foreign("e2e/node_modules/axe-core/axe.js").is_some());
        assert!(large("docs/film.bin", 400_001).is_some());
        assert!(minified("web/assets/base.css", &".a{}".repeat(400)).is_some());
        let lock = "{\n  \"resolved\": \"https://registry.example.org/a.tgz\"\n}";
        assert_eq!(addresses("web/package-lock.json", lock).map(|finding| finding.place), Some("web/package-lock.json:2".to_owned()));
    }
}

//! Licences of everything we link or serve: an allow-list, read as SPDX expressions.

use super::{Finding, House};
use serde_json::Value;

/// Licences that ask for no more than a notice, or (MPL-2.0) for the changes of their own files.
const ALLOWED: [&str; 16] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    // How the package htmx.org spells 0BSD.
    "BSD-0-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

pub(super) fn findings(house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for package in &house.metadata.packages {
        let stated = package.license.as_deref();
        if let Some(advice) = judge(&package.name, stated) {
            found.push(Finding::new("Cargo.lock", advice));
        }
    }
    for text in house.texts.iter().filter(|text| text.ends_with("package-lock.json")) {
        found.extend(npm(&text.name, &text.text));
    }
    found
}

fn npm(name: &str, lock: &str) -> Vec<Finding> {
    let Ok(lock) = serde_json::from_str::<Value>(lock) else {
        return vec![Finding::new(name, "is not JSON: make it anew with `npm install`")];
    };
    let packages = lock.get("packages").and_then(Value::as_object);
    packages
        .into_iter()
        .flatten()
        .filter(|(path, _)| !path.is_empty())
        .filter_map(|(path, package)| {
            let stated = package.get("license").and_then(Value::as_str);
            judge(path.trim_start_matches("node_modules/"), stated)
        })
        .map(|advice| Finding::new(name, advice))
        .collect()
}

fn judge(package: &str, stated: Option<&str>) -> Option<String> {
    let Some(stated) = stated else {
        return Some(format!("{package} states no licence: choose another package"));
    };
    match allows(stated) {
        Some(true) => None,
        Some(false) => {
            Some(format!("{package} is under {stated}, which is not on the list of xtask/src/tidy/licences.rs: choose another package"))
        }
        None => Some(format!("{package}: the licence {stated:?} is not an SPDX expression; look at it by hand")),
    }
}

/// Whether one may take the work under allowed licences; `None` when the expression cannot be read.
/// `/` is the old spelling of `OR`.
fn allows(expression: &str) -> Option<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words };
    let allowed = reader.any()?;
    reader.words.is_empty().then_some(allowed)
}

struct Reader<'a> {
    words: &'a [&'a str],
}

impl<'a> Reader<'a> {
    fn take(&mut self) -> Option<&'a str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }

    fn took(&mut self, word: &str) -> bool {
        let is = self.words.first() == Some(&word);
        if is {
            self.take();
        }
        is
    }

    fn any(&mut self) -> Option<bool> {
        let mut allowed = self.every()?;
        while self.took("OR") {
            allowed |= self.every()?;
        }
        Some(allowed)
    }

    fn every(&mut self) -> Option<bool> {
        let mut allowed = self.one()?;
        while self.took("AND") {
            allowed &= self.one()?;
        }
        Some(allowed)
    }

    fn one(&mut self) -> Option<bool> {
        if self.took("(") {
            let allowed = self.any()?;
            return self.took(")").then_some(allowed);
        }
        let licence = self.take().filter(|word| !["AND", "OR", "WITH", ")"].contains(word))?;
        let name = if self.took("WITH") { format!("{licence} WITH {}", self.take()?) } else { licence.to_owned() };
        Some(ALLOWED.contains(&name.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_judged() {
        let good = [
            "MIT",
            "MIT/Apache-2.0",
            "MIT OR Apache-2.0 OR LGPL-2.1-or-later",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
        ];
        for expression in good {
            assert_eq!(allows(expression), Some(true), "{expression}");
        }
        for expression in ["GPL-3.0-only", "MIT AND GPL-2.0-only", "AGPL-3.0-or-later OR SSPL-1.0"] {
            assert_eq!(allows(expression), Some(false), "{expression}");
        }
        for expression in ["", "MIT OR", "(MIT", "see LICENSE file"] {
            assert_eq!(allows(expression), None, "{expression}");
        }
    }

    #[test]
    fn npm_packages_are_judged_too() {
        let lock = r#"{"packages": {"": {"name": "ours"},
            "node_modules/good": {"license": "MIT"},
            "node_modules/bad": {"license": "GPL-3.0-only"},
            "node_modules/silent": {}}}"#;
        let found = npm("web/package-lock.json", lock);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().any(|finding| finding.advice.starts_with("bad is under GPL")));
        assert!(found.iter().any(|finding| finding.advice.starts_with("silent states no licence")));
    }
}

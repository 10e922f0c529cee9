//! The rules of the house that a program can check. Each rule is a file here, with an example it lets pass and
//! one it catches; every finding says what to do.
//!
//! Runs as `cargo xtask tidy` and as a test of this crate.

mod crates;
mod files;
mod furniture;
mod layers;
mod licences;
mod locales;
mod reasons;
mod sizes;
mod source;
mod sql;
mod uses;
mod words;

pub(crate) use furniture::{REGISTRY, named};

use crate::workspace::{self, Metadata};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// A place where the repository breaks a rule, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// A file, with its line where there is one.
    pub place: String,
    /// What is so, and what to do.
    pub advice: String,
}

impl Finding {
    fn new(place: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { place: place.into(), advice: advice.into() }
    }

    fn at(file: &str, line: usize, advice: impl Into<String>) -> Finding {
        Finding::new(format!("{file}:{line}"), advice)
    }
}

/// A file of the repository that is text.
#[derive(Debug, Clone)]
pub struct Text {
    /// Relative to the root, with `/`.
    pub name: String,
    pub text: String,
}

impl Text {
    fn ends_with(&self, ending: &str) -> bool {
        self.name.ends_with(ending)
    }

    fn is_rust(&self) -> bool {
        self.ends_with(".rs")
    }

    /// Whether this is a file of tests, by its name.
    fn is_test(&self) -> bool {
        self.name.contains("/tests/") || self.ends_with("/tests.rs") || self.name.starts_with("e2e/")
    }
}

/// The repository as the rules see it.
#[derive(Debug)]
pub struct House {
    pub root: PathBuf,
    pub metadata: Metadata,
    /// Every file, relative to the root.
    pub names: Vec<String>,
    /// Those that are text.
    pub texts: Vec<Text>,
}

impl House {
    /// Reads the repository at `root`.
    pub fn load(root: &Path) -> Result<House> {
        let mut names = Vec::new();
        let mut texts = Vec::new();
        for path in workspace::files(root)? {
            let name = path.to_string_lossy().replace('\\', "/");
            // A file that vanished meanwhile is not there; one that is not UTF-8 is not text.
            if let Ok(text) = std::fs::read_to_string(root.join(&path)) {
                texts.push(Text { name: name.clone(), text });
            }
            names.push(name);
        }
        Ok(House { root: root.to_path_buf(), metadata: Metadata::load(root)?, names, texts })
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|text| text.name == name).map(|text| text.text.as_str())
    }
}

/// Every finding of every rule, sorted.
pub fn findings(house: &House) -> Vec<Finding> {
    let mut all = Vec::new();
    all.extend(layers::findings(house));
    all.extend(crates::findings(house));
    all.extend(licences::findings(house));
    all.extend(reasons::findings(house));
    all.extend(uses::findings(house));
    all.extend(sql::findings(house));
    all.extend(sizes::findings(house));
    all.extend(words::findings(house));
    all.extend(locales::findings(house));
    all.extend(files::findings(house));
    all.extend(furniture::findings(house));
    all.sort();
    all.dedup();
    all
}

/// Prints what is found; an error when there is anything.
pub fn run(root: &Path) -> Result<()> {
    let found = findings(&House::load(root)?);
    for finding in &found {
        println!("{}: {}", finding.place, finding.advice);
    }
    if !found.is_empty() {
        bail!("{} place(s) to tidy", found.len());
    }
    println!("The house is tidy.");
    Ok(())
}

#[cfg(test)]
fn text(name: &str, text: &str) -> Text {
    Text { name: name.to_owned(), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_tidy() {
        let house = House::load(&workspace::root()).expect("the repository is readable");
        let found: Vec<String> = findings(&house).into_iter().map(|finding| format!("{}: {}", finding.place, finding.advice)).collect();
        assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    }
}

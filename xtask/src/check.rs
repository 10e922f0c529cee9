//! `cargo xtask check`: the inner loop, three minutes at most on a warm target folder.

use crate::steps::{self, Steps};
use crate::workspace::Metadata;
use crate::{packages, test, tidy, workspace};
use anyhow::{Context, Result};
use clap::Args;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The variable that tells the testkit to run stories on some databases only (`sqlite`, `postgres`).
pub const DATABASES_VARIABLE: &str = "SMARTGOVT_TEST_DATABASES";

/// What to look at.
#[derive(Debug, Args)]
pub struct Options {
    /// Every library, the kernel, web and the systems, not only what changed
    #[arg(long)]
    all: bool,
}

/// Runs fmt, tidy, clippy and the tests of the chosen crates on SQLite.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let metadata = Metadata::load(root)?;
    let crates = if options.all { testable(root, &metadata) } else { touched(root, &metadata)? };
    let mut steps = Steps::default();
    steps.one("npm packages", || packages::npm_ci(root, packages::NPM_WEB));
    steps.one("fmt", || steps::run(workspace::cargo(root).args(["fmt", "--all", "--check"])));
    steps.one("tidy", || tidy::run(root));
    steps.one("clippy", || test::clippy(root));
    if crates.is_empty() {
        println!("\nNo crate changed since the last commit: no tests to run (--all runs them).");
    } else {
        steps.counted("tests on SQLite", || {
            let mut cargo = workspace::cargo(root);
            cargo.args(["test", "--locked", "--no-fail-fast"]).env(DATABASES_VARIABLE, "sqlite");
            for name in &crates {
                cargo.args(["--package", name]);
            }
            test::counted(&mut cargo)
        });
    }
    steps.close()
}

/// Crates with files changed since the last commit, and our crates built from them.
fn touched(root: &Path, metadata: &Metadata) -> Result<BTreeSet<String>> {
    let changed = changed_files(root)?;
    let changed_ids: BTreeSet<&str> = metadata
        .members()
        .filter(|package| {
            let folder = format!("{}/", package.folder(root));
            changed.iter().any(|file| file.starts_with(&folder))
        })
        .map(|package| package.id.as_str())
        .collect();
    let everything = testable(root, metadata);
    Ok(metadata
        .members()
        .filter(|package| !metadata.built_into(&package.id).is_disjoint(&changed_ids))
        .map(|package| package.name.clone())
        .filter(|name| everything.contains(name))
        .collect())
}

/// Our crates whose tests belong to the inner loop: all but `app`, whose stories link everything.
fn testable(root: &Path, metadata: &Metadata) -> BTreeSet<String> {
    metadata.members().filter(|package| package.folder(root) != "app").map(|package| package.name.clone()).collect()
}

fn changed_files(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .current_dir(root)
        .args(["status", "--porcelain", "--untracked-files=all", "--no-renames"])
        .output()
        .context("running git status")?;
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.get(3..))
        .map(|name| name.trim_matches('"').to_owned())
        .collect())
}

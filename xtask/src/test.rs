//! `cargo xtask test`: everything, in the order that tells the most the soonest. CI runs exactly this.

use crate::postgres::Cluster;
use crate::steps::{self, Count, Steps};
use crate::{demo, packages, tidy, workspace};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::Path;
use std::process::Command;

/// The variable that tells the testkit which PostgreSQL to use; without it the testkit starts its own.
pub const POSTGRES_VARIABLE: &str = "SMARTGOVT_TEST_POSTGRES";
/// A server for the kernel's own tests, each in a database of its own.
const KERNEL_POSTGRES_VARIABLE: &str = "SMARTGOVT_KERNEL_TEST_POSTGRES";

/// Nothing to choose but the pictures: a test run that leaves something out proves less than it says.
#[derive(Debug, Args)]
pub struct Options {
    /// Let the browser stories take the pictures of docs/guide anew
    #[arg(long)]
    pictures: bool,
}

/// Runs every step, says what each took, and closes with one line.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let mut steps = Steps::default();
    let installed = steps.one("packages for the tests", packages::install_for_tests);
    let npm = steps.one("npm packages", || {
        for folder in [packages::NPM_WEB, packages::NPM_REGIONS, packages::NPM_E2E] {
            packages::npm_ci(root, folder)?;
        }
        Ok(())
    });
    steps.one("fmt", || steps::run(workspace::cargo(root).args(["fmt", "--all", "--check"])));
    steps.one("tidy", || tidy::run(root));
    let built = npm && steps.one("build", || build(root));
    if !built {
        steps.left_out("tests", "the build did not succeed");
    } else if !installed {
        steps.left_out("tests", "what they need is not installed");
    } else {
        steps.counted("tests", || tests(root));
        steps.counted("the kernel's own tests on PostgreSQL", || kernel_on_postgres(root));
        steps.counted("browser stories", || browser(root, options.pictures));
    }
    steps.one("clippy", || clippy(root));
    steps.close()
}

/// One feature set for the whole run: each other set would compile shared crates again.
fn build(root: &Path) -> Result<()> {
    steps::run(workspace::cargo(root).args(["build", "--workspace", "--all-targets", "--locked"]))
}

/// Denies every warning, on our own crates and their tests.
pub fn clippy(root: &Path) -> Result<()> {
    steps::run(workspace::cargo(root).args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
}

fn tests(root: &Path) -> Result<Count> {
    let cluster = Cluster::start().context("starting a PostgreSQL for the tests")?;
    let mut cargo = workspace::cargo(root);
    cargo.args(["test", "--workspace", "--locked", "--no-fail-fast"]).env(POSTGRES_VARIABLE, cluster.url());
    counted_by(&mut cargo, steps::cargo_count_of)
}

/// The kernel's own tests, which take SQLite unless a server is named.
fn kernel_on_postgres(root: &Path) -> Result<Count> {
    let cluster = Cluster::start().context("starting a PostgreSQL for the kernel's tests")?;
    let mut cargo = workspace::cargo(root);
    cargo.args(["test", "--package", "kernel", "--lib", "--locked", "--no-fail-fast"]).env(KERNEL_POSTGRES_VARIABLE, cluster.url());
    counted_by(&mut cargo, steps::cargo_count_of)
}

fn browser(root: &Path, pictures: bool) -> Result<Count> {
    let chromium = packages::chromium().context("Chromium is not installed")?;
    let mut node = Command::new("node");
    node.arg("run.mjs")
        .current_dir(root.join(packages::NPM_E2E))
        .env("SMARTGOVT_BINARY", demo::binary(root, false))
        .env("CHROMIUM", chromium);
    if pictures {
        node.env("SMARTGOVT_PICTURES", root.join("docs/guide/src/pictures"));
    }
    counted(&mut node)
}

/// Runs a test runner and adds up its closing lines. A runner that ran no test, or broke outside one, has failed.
pub fn counted(command: &mut Command) -> Result<Count> {
    counted_by(command, steps::count_of)
}

fn counted_by(command: &mut Command, count_of: fn(&str) -> Option<Count>) -> Result<Count> {
    let mut sum = Count::default();
    let success = steps::watch(command, |line| {
        if let Some(count) = count_of(line) {
            sum.passed += count.passed;
            sum.failed += count.failed;
        }
    })?;
    if sum == Count::default() {
        bail!("no test ran");
    }
    if !success && sum.failed == 0 {
        sum.failed = 1;
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn counts_are_added_up_and_silence_is_a_failure() {
        let two = counted(&mut shell("echo '2 passed, 0 failed'; echo '3 passed, 1 failed'; exit 1"));
        assert_eq!(two.unwrap(), Count { passed: 5, failed: 1 });
        let broke = counted(&mut shell("echo '2 passed, 0 failed'; exit 101"));
        assert_eq!(broke.unwrap(), Count { passed: 2, failed: 1 });
        assert!(counted(&mut shell("true")).is_err());
    }
}

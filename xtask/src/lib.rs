//! The chores of this repository, as one small program.
//!
//! `cargo xtask demo` shows the product, `cargo xtask test` proves it, `cargo xtask check` is the inner loop.
//! Nothing in here is part of the product; no crate of the product depends on it.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks on its terminal")]

pub mod bench;
pub mod check;
pub mod demo;
pub mod dist;
pub mod new_system;
pub mod packages;
pub mod postgres;
pub mod steps;
pub mod test;
pub mod tidy;
pub mod workspace;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// The command line of `cargo xtask`.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "The chores of this repository")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build everything and serve a government made of example data
    Demo(demo::Options),
    /// Install what the tests need, then run every test there is
    Test(test::Options),
    /// The inner loop: fmt, tidy, clippy and the tests of what changed, on SQLite, without a browser
    Check(check::Options),
    /// Check the rules of the house: layers, licences, sizes, words, translations
    Tidy,
    /// Make the folder of a new system, registered, compiling and tested
    NewSystem(new_system::Options),
    /// Measure on this machine and write docs/bench.md
    Bench(bench::Options),
    /// Make a release: the stripped binary, its checksum and the list of what is inside
    Dist(dist::Options),
}

/// Runs one chore in the workspace this program was built from.
pub fn run(cli: Cli) -> Result<()> {
    let root = workspace::root();
    match cli.command {
        Command::Demo(options) => demo::run(&root, &options),
        Command::Test(options) => test::run(&root, &options),
        Command::Check(options) => check::run(&root, &options),
        Command::Tidy => tidy::run(&root),
        Command::NewSystem(options) => new_system::run(&root, &options),
        Command::Bench(options) => bench::run(&root, &options),
        Command::Dist(options) => dist::run(&root, &options),
    }
}

//! `cargo xtask …`: see `cargo xtask --help`.
#![expect(clippy::print_stderr, reason = "a command line tool speaks on its terminal")]

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match xtask::run(xtask::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

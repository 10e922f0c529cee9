//! The command line. Each command answers with words for a person and JSON for a script; exit 0 done, 1 failed,
//! 2 wrong usage.

mod audit;
mod backup;
mod bench_fill;
mod bench_trust;
mod check_config;
mod db;
mod demo;
mod import;
mod key;
mod log;
mod migrate;
mod openapi;
mod serve;
mod typeset;
mod user;
mod welcome;
mod witness;

use std::{io::Write as _, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};
use serde_json::{Value, json};

/// A local government of Indonesia, online, in one binary.
#[derive(Debug, Parser)]
#[command(name = "smartgovt", version, arg_required_else_help = true, subcommand_required = true)]
struct Cli {
    /// Answer as JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the government until SIGTERM or SIGINT
    Serve(serve::Options),
    /// Fill an empty folder with an example government and serve it
    Demo(demo::Options),
    /// Bring the database to this release
    Migrate(migrate::Options),
    /// Read the configuration, the keys and the database as the server will, and say what is wrong
    CheckConfig(check_config::Options),
    /// Accounts: add, list, disable, reset-password
    #[command(subcommand)]
    User(user::Command),
    /// Bring in holidays, classification codes or a population list
    #[command(subcommand)]
    Import(import::Command),
    /// Whether anybody changed what is stored past this program
    #[command(subcommand)]
    Audit(audit::Command),
    /// The transparency log: its state, its keys, a new epoch
    #[command(subcommand)]
    Log(log::Command),
    /// Witness the logs of other governments
    Witness(witness::Options),
    /// Backups: create, verify, restore
    #[command(subcommand)]
    Backup(backup::Command),
    /// Copy the database between SQLite and PostgreSQL
    #[command(subcommand)]
    Db(db::Command),
    /// The key file and its printed recovery copy
    #[command(subcommand)]
    Key(key::Command),
    /// Print the description of the API (OpenAPI 3.1)
    Openapi,
    /// Fill an empty folder with a million applications, for measuring
    #[command(hide = true)]
    BenchFill(bench_fill::Options),
    /// Measure entries, the log and its audit in an empty folder
    #[command(hide = true)]
    BenchTrust(bench_trust::Options),
    /// Render letters for a server, over stdin and stdout
    #[command(hide = true)]
    Typeset,
}

/// What a command has to say.
#[derive(Debug, Default)]
pub struct Answer {
    /// For a person; may be empty.
    pub text: String,
    /// For a script.
    pub json: Value,
    /// 0, unless the answer itself is bad news.
    pub exit: u8,
}

impl Answer {
    /// An answer in words and as JSON.
    #[must_use]
    pub fn new(text: impl Into<String>, json: Value) -> Self {
        Self { text: text.into(), json, exit: 0 }
    }
}

/// A value on the command line that cannot be used: exit 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongUsage(pub String);

/// Something could not be looked at, which is neither good nor bad news: exit 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Uncheckable(pub String);

/// Runs the command of this process.
pub fn run() -> ExitCode {
    // The renderer's children start often: nothing else is looked at first.
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, everything else is wrong usage; clap knows which stream each belongs to.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match dispatch(cli.command) {
        Ok(answer) => {
            say(cli.json, &answer);
            ExitCode::from(answer.exit)
        }
        Err(error) => {
            let wrong_usage = error.downcast_ref::<WrongUsage>().is_some() || error.downcast_ref::<Uncheckable>().is_some();
            let text = format!("{error:#}");
            if cli.json {
                say(true, &Answer::new("", json!({ "ok": false, "error": text })));
            }
            let _ = writeln!(std::io::stderr(), "smartgovt: {text}");
            ExitCode::from(if wrong_usage { 2 } else { 1 })
        }
    }
}

fn dispatch(command: Command) -> Result<Answer> {
    match command {
        Command::Serve(options) => serve::run(&options),
        Command::Demo(options) => demo::run(&options),
        Command::Migrate(options) => migrate::run(&options),
        Command::CheckConfig(options) => check_config::run(&options),
        Command::User(command) => user::run(&command),
        Command::Import(command) => import::run(&command),
        Command::Audit(command) => audit::run(&command),
        Command::Log(command) => log::run(&command),
        Command::Witness(options) => witness::run(&options),
        Command::Backup(command) => backup::run(&command),
        Command::Db(command) => db::run(&command),
        Command::Key(command) => key::run(&command),
        Command::Openapi => openapi::run(),
        Command::BenchFill(options) => bench_fill::run(&options),
        Command::BenchTrust(options) => bench_trust::run(&options),
        Command::Typeset => typeset::run(),
    }
}

/// Words beside the log, for whoever started a command that goes on. A closed pipe (`| head`) is nobody's fault.
fn tell(text: &str) {
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}

/// Writes an answer; a closed pipe is nobody's fault.
fn say(as_json: bool, answer: &Answer) {
    let text = match as_json {
        true if answer.json.is_null() => String::new(),
        true => format!("{:#}", answer.json),
        false => answer.text.clone(),
    };
    if !text.is_empty() {
        let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}

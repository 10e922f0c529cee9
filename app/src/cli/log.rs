//! `log`: the transparency log's state, its keys, and what to do after a restore.

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use kernel::{
    Error,
    log::{self, Epoch, LogError, Sequencer},
};
use serde_json::{Value, json};

use super::Answer;
use crate::government::Where;

/// What to do with the log.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the epochs, the newest checkpoint and the keys that check it
    Show(Options),
    /// Give entries their place now, as the server does each second
    Sequence(Options),
    /// Begin a new tree after a restore, a failover or a change of the address; the reason is logged
    NewEpoch(Reasoned),
    /// Take the database's log as it is on a machine that has no checkpoint outside it; the reason is logged
    Adopt(Reasoned),
}

/// Which government.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    place: Where,
}

/// Which government, and why.
#[derive(Debug, Args)]
pub struct Reasoned {
    #[command(flatten)]
    place: Where,
    /// Why, without personal data: it stays for ever
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Does it.
pub fn run(command: &Command) -> Result<Answer> {
    match command {
        Command::Show(options) => show(options),
        Command::Sequence(options) => {
            let gov = options.place.choose()?.open_now()?;
            let done = Sequencer::new(gov).sequence_all()?;
            let text = format!("{} entries got their place; the log has {}.", done.appended, done.size);
            Ok(Answer::new(text, json!({ "ok": true, "appended": done.appended, "size": done.size })))
        }
        Command::NewEpoch(reasoned) => {
            let gov = reasoned.place.choose()?.open_now()?;
            let began = log::new_epoch(&gov, &gov.system_ctx("command"), &reasoned.reason).map_err(never_began)?;
            let text = format!(
                "Epoch {} has begun as {}. Give its key to your witnesses (log show), and keep the last checkpoint of the epoch before:\n\n{}",
                began.epoch, began.origin, began.previous
            );
            Ok(Answer::new(text, epoch(&began)))
        }
        Command::Adopt(reasoned) => {
            let gov = reasoned.place.choose()?.open_now()?;
            let taken = log::adopt(&gov, &gov.system_ctx("command"), &reasoned.reason).map_err(never_began)?;
            let text =
                format!("The log goes on from {} entries. Compare with a checkpoint kept elsewhere:\n\n{}", taken.size, taken.checkpoint);
            Ok(Answer::new(text, epoch(&taken)))
        }
    }
}

fn never_began(error: LogError) -> anyhow::Error {
    match error {
        LogError::Failed(Error::Missing) => anyhow::anyhow!("the log has not begun yet; the server begins it"),
        other => other.into(),
    }
}

fn show(options: &Options) -> Result<Answer> {
    let chosen = options.place.choose()?;
    let (db, keys) = (chosen.db()?, chosen.keys()?);
    let (epochs, keys) =
        db.read_now(|rx| Ok::<_, Error>((log::epochs(rx)?, log::verifier_keys(rx, &keys)?))).context("the log cannot be read")?;
    let Some(newest) = epochs.last() else {
        return Ok(Answer::new("The log has not begun yet; the server begins it.", json!({ "ok": true, "epochs": [] })));
    };
    let lines: Vec<String> = epochs
        .iter()
        .map(|epoch| format!("epoch {}: {}, {} entries, since {}{}", epoch.epoch, epoch.origin, epoch.size, epoch.began_at, because(epoch)))
        .collect();
    let text = format!("{}\n\nCheckpoint:\n\n{}\nKeys:\n\n{keys}", lines.join("\n"), newest.checkpoint);
    let json = json!({ "ok": true, "epochs": epochs.iter().map(epoch).collect::<Vec<_>>(), "keys": keys.lines().collect::<Vec<_>>() });
    Ok(Answer::new(text, json))
}

fn because(epoch: &Epoch) -> String {
    if epoch.reason.is_empty() { String::new() } else { format!(" ({})", epoch.reason) }
}

fn epoch(epoch: &Epoch) -> Value {
    json!({
        "epoch": epoch.epoch, "origin": epoch.origin, "size": epoch.size, "reason": epoch.reason,
        "began_at": epoch.began_at.to_string(), "checkpoint": epoch.checkpoint,
    })
}

//! `audit`: whether anybody changed what is stored past this program. Exit 0 nothing, 1 something, 2 it cannot be checked.

use std::{
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use kernel::{
    Db, Table,
    audit::{Audit, Plan, Stage, State},
    db::Target,
    keys::Keys,
    log::Outside,
};
use serde_json::json;

use super::{Answer, Uncheckable, WrongUsage};
use crate::{
    government::{self, Where},
    systems::SYSTEMS,
};

/// What to audit.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check tiles, checkpoints, entries and every audited row against the log; beside the server or without it
    Verify(Verify),
}

/// How to check.
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    place: Where,
    /// Only the rows of this table against their history
    #[arg(long, value_name = "TABLE", conflicts_with = "since_checkpoint")]
    table: Option<String>,
    /// A checkpoint or receipt kept elsewhere: the log must extend it, and only what came after it is checked
    #[arg(long, value_name = "FILE")]
    since_checkpoint: Option<PathBuf>,
    /// Go on where an interrupted check with the same file was; removed at the end
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Differences after which it ends
    #[arg(long, value_name = "N", default_value_t = 20)]
    most: usize,
}

/// Where the data is: a government's, or a demonstration's, which has no configuration.
struct Data {
    folder: PathBuf,
    db: Db,
    keys: Keys,
    witnesses: Vec<tlog::Verifier>,
}

/// Pages between two lines of the state file.
const SAVED_EVERY: u32 = 200;

/// Checks.
pub fn run(command: &Command) -> Result<Answer> {
    let Command::Verify(verify) = command;
    match check(verify) {
        Err(error) if error.downcast_ref::<WrongUsage>().is_none() => Err(Uncheckable(format!("nothing was checked: {error:#}")).into()),
        other => other,
    }
}

fn open(place: &Where) -> Result<Data> {
    let demo = place.data.join("demo.json").is_file() && place.config.is_none() && !place.data.join("smartgovt.toml").is_file();
    if !demo {
        let chosen = place.choose()?;
        let witnesses = chosen.config.log.witnesses()?.into_iter().map(|witness| witness.verifier).collect();
        return Ok(Data { folder: chosen.settings.folder.clone(), db: chosen.db()?, keys: chosen.keys()?, witnesses });
    }
    let folder = place.data.join("gov").join(super::demo::SLUG);
    let target =
        place.database_url.as_ref().map_or_else(|| Target::Sqlite(folder.join("smartgovt.db")), |url| Target::Postgres(url.clone()));
    let db = Db::open(&target, government::meta()).with_context(|| format!("{} does not open", government::shown(&target)))?;
    let keys = Keys::new(super::demo::SLUG, &government::ring(&place.key_path(None))?);
    Ok(Data { folder, db, keys, witnesses: Vec::new() })
}

fn check(verify: &Verify) -> Result<Answer> {
    let data = open(&verify.place)?;
    let read = |path: &PathBuf| std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()));
    let tables: Vec<&'static Table> =
        kernel::tables::all().chain(SYSTEMS.iter().flat_map(|system| system.tables.iter().copied())).collect();
    let plan = Plan {
        keys: &data.keys,
        outside: Outside::new(&data.folder),
        tables,
        only: verify.table.clone(),
        since: verify.since_checkpoint.as_ref().map(read).transpose()?,
        witnesses: data.witnesses.clone(),
        most: verify.most.max(1),
    };
    let state = verify.state.as_deref().map(load).transpose()?.flatten();
    let mut audit = Audit::new(plan, &data.db, state)?;
    let mut progress = Progress::new();
    let mut pages = 0_u32;
    while !audit.is_done() {
        audit.step(&data.db)?;
        pages += 1;
        progress.show(audit.state());
        if let Some(path) = verify.state.as_deref().filter(|_| pages.is_multiple_of(SAVED_EVERY)) {
            save(path, audit.state())?;
        }
    }
    progress.end();
    if let Some(path) = verify.state.as_deref().filter(|path| path.is_file()) {
        std::fs::remove_file(path).with_context(|| format!("removing {}", path.display()))?;
    }
    Ok(answer(audit.state(), verify))
}

fn load(path: &Path) -> Result<Option<State>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).with_context(|| format!("{} cannot be read", path.display()))?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

fn save(path: &Path, state: &State) -> Result<()> {
    let new = path.with_extension("new");
    std::fs::write(&new, serde_json::to_vec(state)?)
        .and_then(|()| std::fs::rename(&new, path))
        .with_context(|| format!("writing {}", path.display()))
}

fn answer(state: &State, verify: &Verify) -> Answer {
    let whole = verify.table.is_none() && verify.since_checkpoint.is_none();
    let sound = state.differences.is_empty();
    let mut text = match state.differences.first() {
        None if whole => "Sound: everything stored is what the log says.".to_owned(),
        None => "Sound, as far as was asked.".to_owned(),
        Some(first) => format!("NOT SOUND. First difference: {first}"),
    };
    for other in state.differences.iter().skip(1) {
        text.push_str(&format!("\n- {other}"));
    }
    if state.differences.len() >= verify.most {
        text.push_str("\nThere may be more: it ended here (--most).");
    }
    text.push_str(&format!(
        "\nChecked: {} leaves, {} entries with {} row versions, {} rows; {} entries wait for their place.",
        state.leaves, state.entries, state.versions, state.rows, state.waiting
    ));
    let json = json!({
        "ok": sound, "complete": whole && state.differences.len() < verify.most, "differences": state.differences,
        "leaves": state.leaves, "entries": state.entries, "versions": state.versions, "rows": state.rows, "waiting": state.waiting,
        "checkpoint": state.checkpoint,
    });
    Answer { text, json, exit: u8::from(!sound) }
}

/// One line on a terminal, overwritten as it goes.
struct Progress {
    terminal: bool,
    pages: u32,
}

impl Progress {
    fn new() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), pages: 0 }
    }

    fn show(&mut self, state: &State) {
        self.pages += 1;
        if !self.terminal || !self.pages.is_multiple_of(8) {
            return;
        }
        let stage = match &state.stage {
            Stage::Checkpoints => "checkpoints".to_owned(),
            Stage::Tiles { level, n, .. } => format!("tile {level}/{n}"),
            Stage::Leaves { position } => format!("leaf {position}"),
            Stage::Entries { .. } => format!("{} entries", state.entries),
            Stage::NewEntries { position } => format!("entry {position}"),
            Stage::Rows { table, .. } => format!("{} rows, {table}", state.rows),
            Stage::Strangers | Stage::Done => "end".to_owned(),
        };
        let _ = write!(std::io::stderr(), "\r\x1b[K{stage}, {} differences", state.differences.len());
    }

    fn end(&self) {
        if self.terminal {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

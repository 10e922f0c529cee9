//! `db copy`: from SQLite to PostgreSQL or back, with proof that nothing was lost.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use kernel::{Db, backup, db::Target};
use serde_json::json;

use super::{Answer, WrongUsage, migrate::machine};
use crate::government::{self, Where};

/// What to do with databases.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Copy every row into an empty database and compare counts and hashes. Stop the server first
    Copy(Copy),
}

/// From where to where.
#[derive(Debug, Args)]
pub struct Copy {
    #[command(flatten)]
    place: Where,
    /// The database to copy [default: that of the configuration]: `postgres://…` or the path of a file
    #[arg(long, value_name = "DATABASE")]
    from: Option<String>,
    /// The empty database to fill: `postgres://…` or the path of a file
    #[arg(long, value_name = "DATABASE")]
    to: String,
}

/// Does it.
pub fn run(command: &Command) -> Result<Answer> {
    let Command::Copy(copy) = command;
    let chosen = copy.place.choose()?;
    let from = copy.from.as_deref().map_or_else(|| chosen.target.clone(), target);
    let to = target(&copy.to);
    if from == to {
        return Err(WrongUsage("--from and --to are the same database".to_owned()).into());
    }
    if let Target::Sqlite(path) = &from
        && !path.is_file()
    {
        anyhow::bail!("there is no database at {}", path.display());
    }
    let open =
        |target: &Target| Db::open(target, government::meta()).with_context(|| format!("{} does not open", government::shown(target)));
    let (source, copied) = (open(&from)?, open(&to)?);
    let scratch = Scratch::new(&chosen.settings.folder)?;
    let migrations = government::migrations();
    let manifest =
        backup::copy_rows(&source, &copied, &migrations, &chosen.settings.slug, &scratch.0, &machine()).context("nothing was copied")?;
    let text = format!(
        "{} rows in {} tables were copied to {}; counts and hashes agree. Put the new database into the configuration; the files in {} stay.",
        manifest.rows(),
        manifest.tables.len(),
        government::shown(&to),
        chosen.settings.folder.display(),
    );
    Ok(Answer::new(text, json!({ "ok": true, "rows": manifest.rows(), "tables": manifest.tables.len() })))
}

fn target(text: &str) -> Target {
    let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
    if is_url { Target::Postgres(text.to_owned()) } else { Target::Sqlite(PathBuf::from(text)) }
}

/// A folder that is gone afterwards, beside the data, so that it has the same protection.
struct Scratch(PathBuf);

impl Scratch {
    fn new(folder: &Path) -> Result<Self> {
        let path = folder.join("copying");
        // What an interrupted copy left.
        let _ = std::fs::remove_dir_all(&path);
        government::make_folder(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

//! `backup`: everything but the keys, proved when it is made, when it is checked and when it is restored.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use kernel::{
    Db,
    backup::{self, Manifest, Place, Source},
    blobs::Blobs,
    keys::Keys,
};
use serde_json::json;

use super::{Answer, migrate::machine};
use crate::government::{self, Where};

/// What to do with backups.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a backup in a new folder, while the server runs or not. The key file is not in it
    Create(Create),
    /// Read a whole backup again and compare every hash; with the key file also open what is sealed
    Verify(Verify),
    /// Restore a backup into a government that is still empty, on either database
    Restore(Restore),
}

/// What to save.
#[derive(Debug, Args)]
pub struct Create {
    #[command(flatten)]
    place: Where,
    /// A new folder for the backup
    #[arg(value_name = "TO")]
    to: PathBuf,
}

/// What to check.
#[derive(Debug, Args)]
pub struct Verify {
    /// The folder of the backup
    #[arg(value_name = "FROM")]
    from: PathBuf,
    /// Key file: checks the signature, opens a sealed value, decrypts every file
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// What to restore.
#[derive(Debug, Args)]
pub struct Restore {
    #[command(flatten)]
    place: Where,
    /// The folder of the backup
    #[arg(value_name = "FROM")]
    from: PathBuf,
}

/// Does it.
pub fn run(command: &Command) -> Result<Answer> {
    match command {
        Command::Create(create) => make(create),
        Command::Verify(verify) => check(verify),
        Command::Restore(restore) => bring_back(restore),
    }
}

fn make(create: &Create) -> Result<Answer> {
    let chosen = create.place.choose()?;
    let (db, keys) = (chosen.db()?, chosen.keys()?);
    let blobs = open_blobs(&chosen)?;
    let source = Source { db: &db, blobs: &blobs, keys: &keys, release: env!("CARGO_PKG_VERSION") };
    let manifest = backup::create(&source, &create.to, machine().now()).context("no backup was made")?;
    Ok(answer("Saved", &manifest, &create.to))
}

fn open_blobs(chosen: &government::Chosen) -> Result<Blobs> {
    let keys = std::sync::Arc::new(chosen.keys()?);
    Blobs::open(&chosen.settings.folder.join("blobs"), keys).context("the folder of files does not open")
}

fn check(verify: &Verify) -> Result<Answer> {
    let unsealed = match &verify.key_file {
        // The slug every value is bound to stands in the manifest, whose signature is checked with it.
        Some(path) => Some(Keys::new(&backup::government_of(&verify.from)?, &government::ring(path)?)),
        None => None,
    };
    let manifest = backup::verify(&verify.from, unsealed.as_ref()).context("the backup is not sound")?;
    let mut answer = answer("Sound", &manifest, &verify.from);
    if unsealed.is_none() {
        answer.text.push_str("\nSignature and sealed values were not checked: name the key file for that.");
    }
    Ok(answer)
}

fn bring_back(restore: &Restore) -> Result<Answer> {
    let chosen = restore.place.choose()?;
    let keys = chosen.keys().context("a restore needs the key file that the backup was made with")?;
    government::make_folder(&chosen.settings.folder)?;
    let blobs = open_blobs(&chosen)?;
    let db = Db::open(&chosen.target, government::meta()).with_context(|| government::shown(&chosen.target))?;
    let migrations = government::migrations();
    let place = Place { db: &db, blobs: &blobs, keys: &keys, migrations: &migrations };
    let manifest = backup::restore(&restore.from, &place, &machine()).context("nothing was restored")?;
    let mut answer = answer("Restored", &manifest, &restore.from);
    answer
        .text
        .push_str("\nWhat came after the backup is lost: say so with `smartgovt log new-epoch --reason …`, or the log stands still.");
    Ok(answer)
}

fn answer(done: &str, manifest: &Manifest, folder: &std::path::Path) -> Answer {
    let (files, bytes) = manifest.blobs.as_ref().map_or((0, 0), |part| (part.count, part.bytes));
    let text = format!(
        "{done}: {} rows in {} tables, {files} files ({} MB), {} series of letter numbers; made {} by release {} for {}, in {}.\nThe key file {} is not in it: keep it, or its printed recovery copy, elsewhere.",
        manifest.rows(),
        manifest.tables.len(),
        bytes.div_ceil(1_000_000),
        manifest.numbering.len(),
        manifest.made_at,
        manifest.release,
        manifest.government,
        folder.display(),
        manifest.keys.join(", "),
    );
    let json = json!({
        "ok": true, "folder": folder.display().to_string(), "made_at": manifest.made_at, "government": manifest.government,
        "tables": manifest.tables.len(), "rows": manifest.rows(), "files": files, "bytes": bytes, "series": manifest.numbering.len(),
    });
    Answer::new(text, json)
}

//! `cargo xtask demo`: from a fresh clone to a government in the browser.

use crate::{packages, steps, workspace};
use anyhow::{Context, Result};
use clap::Args;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What to show, and where.
#[derive(Debug, Args)]
pub struct Options {
    /// Code of a regency or city, for example 13.02 (Solok); 16.11 (Empat Lawang) unless given
    #[arg(long)]
    region: Option<String>,
    /// Folder for the data; an empty or missing one is filled first
    #[arg(long, default_value = "demo-data")]
    data: PathBuf,
    /// Address to serve on
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// The day the example content ends at, YYYY-MM-DD; the last working day unless given
    #[arg(long)]
    as_of: Option<String>,
    /// Same seed and day, same content
    #[arg(long)]
    seed: Option<u64>,
    /// Build with optimisation: slower to build, faster to fill and to serve
    #[arg(long)]
    release: bool,
}

/// Brings the npm packages, builds the binary and becomes it.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    packages::npm_ci(root, packages::NPM_WEB)?;
    packages::npm_ci(root, packages::NPM_REGIONS)?;
    let binary = build(root, options.release)?;
    let mut command = command(&binary, options);
    println!("Serving on http://{}/ from {}", options.listen, options.data.display());
    Err(command.exec()).with_context(|| format!("starting {}", binary.display()))
}

/// Builds `smartgovt` and says where it is.
pub fn build(root: &Path, release: bool) -> Result<PathBuf> {
    let mut cargo = workspace::cargo(root);
    cargo.args(["build", "--locked", "--package", "smartgovt"]);
    if release {
        cargo.arg("--release");
    }
    steps::run(&mut cargo)?;
    Ok(binary(root, release))
}

/// Where cargo puts `smartgovt`.
pub fn binary(root: &Path, release: bool) -> PathBuf {
    let profile = if release { "release" } else { "debug" };
    workspace::target_dir(root).join(profile).join("smartgovt")
}

fn command(binary: &Path, options: &Options) -> Command {
    let mut command = Command::new(binary);
    command.arg("demo").arg("--data").arg(&options.data).args(["--listen", &options.listen]);
    if let Some(region) = &options.region {
        command.args(["--region", region]);
    }
    if let Some(day) = &options.as_of {
        command.args(["--as-of", day]);
    }
    if let Some(seed) = options.seed {
        command.args(["--seed", &seed.to_string()]);
    }
    command
}

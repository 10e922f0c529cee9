//! `key`: the key file and its printed recovery copy.

use std::{io::Read as _, path::PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use kernel::{
    gov::TimeSource,
    keys::{Recovery, Ring},
};
use letter::{Field, KeyCopy, Meta, Paper};
use serde_json::json;

use super::{Answer, migrate::machine};
use crate::government::ring;

/// What to do with the keys.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a new key file and show its recovery copy
    Init(File),
    /// Show the recovery copy again, or write it as PDF
    PrintRecovery(Print),
    /// Make the key file from a typed recovery copy (on stdin or in a file)
    Restore(Restore),
    /// Add a key: it encrypts from the next start on, the older ones still open what they sealed
    Rotate(File),
}

/// Which key file.
#[derive(Debug, Args)]
pub struct File {
    /// The key file
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
}

/// How to print.
#[derive(Debug, Args)]
pub struct Print {
    #[command(flatten)]
    file: File,
    /// Write a PDF to be printed and kept in the safe
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// Name of the government on the PDF
    #[arg(long, default_value = "SmartGovt")]
    government: String,
}

/// Where the copy comes from.
#[derive(Debug, Args)]
pub struct Restore {
    #[command(flatten)]
    file: File,
    /// A file with the typed lines, instead of stdin
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

/// Does it.
pub fn run(command: &Command) -> Result<Answer> {
    match command {
        Command::Init(file) => {
            let ring = Ring::new(machine().random());
            ring.create(&file.key_file)?;
            Ok(copy(&format!("A new key file stands at {}.", file.key_file.display()), &ring))
        }
        Command::PrintRecovery(print) => {
            let ring = ring(&print.file.key_file)?;
            match &print.pdf {
                None => Ok(copy("The recovery copy:", &ring)),
                Some(path) => write_pdf(&ring, path, &print.government),
            }
        }
        Command::Restore(restore) => {
            let mut typed = String::new();
            match &restore.from {
                Some(path) => typed = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?,
                None => {
                    std::io::stdin().read_to_string(&mut typed).context("reading the typed copy from stdin")?;
                }
            }
            let ring = Recovery::parse(&typed).context("the typed copy is not right")?;
            ring.create(&restore.file.key_file)?;
            let text = format!("{} with {} key(s) stands again.", restore.file.key_file.display(), ring.ids().len());
            Ok(Answer::new(text, json!({ "ok": true, "keys": names(&ring) })))
        }
        Command::Rotate(file) => {
            let ring = Ring::rotate(&file.key_file, machine().random())?;
            Ok(copy("A key was added. Restart the server, and print the recovery copy anew:", &ring))
        }
    }
}

fn names(ring: &Ring) -> Vec<String> {
    ring.ids().iter().map(ToString::to_string).collect()
}

/// The recovery copy in words. With `--json` too: whoever may read the key file may read it.
fn copy(first: &str, ring: &Ring) -> Answer {
    let lines = Recovery(ring).print_lines();
    let text = format!(
        "{first}\n\nWrite these lines down and keep them in a safe, away from this machine. What is encrypted opens with nothing else.\n\n{}\n",
        lines.iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
    );
    Answer::new(text, json!({ "ok": true, "keys": names(ring), "recovery": lines }))
}

fn write_pdf(ring: &Ring, path: &std::path::Path, government: &str) -> Result<Answer> {
    let paper = key_copy(ring, government);
    let pdf = typesetter::Typesetter::new().render(&paper).context("rendering the recovery copy")?;
    write_private(path, &pdf)?;
    let text = format!("The recovery copy is in {}: print it, put it into the safe, and delete the file.", path.display());
    Ok(Answer::new(text, json!({ "ok": true, "keys": names(ring), "pdf": path.display().to_string() })))
}

fn key_copy(ring: &Ring, government: &str) -> Paper {
    let numbered = Recovery(ring).print_lines();
    // The paper numbers the lines itself.
    let groups = numbered.iter().map(|line| line.split_once(": ").map_or(line.as_str(), |(_, symbols)| symbols).to_owned());
    let made_at = TimeSource::System.now();
    Paper::from(KeyCopy {
        meta: Meta {
            ident: format!("recovery {}", names(ring).join(" ")),
            made_at_seconds: made_at.as_second(),
            author: government.to_owned(),
        },
        owner: government.to_owned(),
        title: "Salinan pemulihan kunci".to_owned(),
        fields: vec![
            Field { label: "Nama kunci".to_owned(), value: names(ring).join(", "), bold: false },
            Field { label: "Dibuat".to_owned(), value: made_at.strftime("%d-%m-%Y %H.%M UTC").to_string(), bold: false },
        ],
        groups: groups.collect(),
        notes: vec![
            "Simpan di tempat aman, terpisah dari server dan dari cadangan data.".to_owned(),
            "Siapa pun yang memegang lembar ini dapat membuka data terenkripsi.".to_owned(),
            "Memulihkan: smartgovt key restore --key-file BERKAS, lalu ketik baris-baris ini.".to_owned(),
        ],
        received_by: vec!["Disimpan oleh".to_owned(), "Saksi".to_owned()],
        ..KeyCopy::default()
    })
}

fn write_private(path: &std::path::Path, bytes: &[u8]) -> Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.with_context(|| format!("making {}", path.display()))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).with_context(|| format!("writing {}", path.display()))
}

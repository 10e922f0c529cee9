//! `typeset`: a renderer's child. It reads papers from stdin and writes PDFs to stdout.

use anyhow::{Context, Result};

use super::Answer;

/// Serves until stdin ends.
pub fn run() -> Result<Answer> {
    typesetter::worker::run(typesetter::worker::Limits::default()).context("rendering")?;
    Ok(Answer::default())
}

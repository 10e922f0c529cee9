//! `openapi`: the description of the API, as the server gives it.

use anyhow::Result;

use super::Answer;
use crate::systems::SYSTEMS;

/// Prints it.
pub fn run() -> Result<Answer> {
    let document = web::openapi(&SYSTEMS, "Pemerintah Kabupaten", "https://layanan.example", env!("CARGO_PKG_VERSION"));
    let json = serde_json::to_value(&document)?;
    Ok(Answer::new(format!("{json:#}"), json))
}

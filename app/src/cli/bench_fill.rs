//! `bench-fill`: a government of a million cases in an empty folder, for `cargo xtask bench`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use kernel::{Ctx, Date, Entropy, gov::TimeSource, keys::Ring, log::Sequencer, unit};
use serde_json::json;
use services::bulk::{self, Plan};

use super::Answer;
use crate::government::{self, Where};

/// What to fill.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    place: Where,
    /// The last day of the content
    #[arg(long, value_name = "DATE")]
    as_of: Date,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 1_000_000)]
    cases: usize,
    #[arg(long, default_value_t = 20_000)]
    open: usize,
    #[arg(long, default_value_t = 300_000)]
    persons: usize,
    /// Entries checked afterwards against the rows they commit to
    #[arg(long, default_value_t = 2_000)]
    check: usize,
}

/// Fills it, opens it again and checks a sample of its log.
pub fn run(options: &Options) -> Result<Answer> {
    let chosen = options.place.choose()?;
    let key_file: &PathBuf = &chosen.key_file;
    if !key_file.exists() {
        let ctx = Ctx::system(TimeSource::System.now(), "bench", Entropy::Os);
        Ring::load_or_create(key_file, ctx.random())?;
    }
    let gov = chosen.open(bulk::clock(options.as_of), Entropy::seeded(options.seed))?;
    if gov.db().read_now(unit::root)?.is_some() {
        bail!("{} is not empty", government::shown(&chosen.target));
    }
    let plan = Plan {
        region: chosen.settings.region.clone(),
        as_of: options.as_of,
        seed: options.seed,
        cases: options.cases,
        open: options.open.min(options.cases),
        persons: options.persons,
    };
    let filled = bulk::fill(gov, &chosen.target, &plan)?;
    let sample = options.place.data.join("bench-sample.json");
    std::fs::write(&sample, serde_json::to_vec(&filled.sample)?).with_context(|| format!("writing {}", sample.display()))?;
    let gov = chosen.open_now()?;
    let checked = bulk::check(&gov, options.check, options.seed).context("checking the log")?;
    // As on a running server, every entry has its place.
    Sequencer::new(gov.clone()).sequence_all()?;
    let series = gov.db().read_now(kernel::numbering::all_flaws)?;
    if !series.is_empty() {
        bail!("{} flaws in the series of numbers", series.len());
    }
    let text = format!("{} cases, {} persons, {} audited rows; {checked} rows checked.", filled.cases, filled.persons, filled.rows);
    Ok(Answer::new(
        text,
        json!({
            "ok": true, "cases": filled.cases, "persons": filled.persons, "villages": filled.villages, "rows": filled.rows,
            "rows_checked": checked, "foundation_seconds": filled.foundation_seconds, "load_seconds": filled.load_seconds,
            "finish_seconds": filled.finish_seconds,
        }),
    ))
}

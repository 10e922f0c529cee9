//! `bench-trust`: how fast entries, the log, its audit and decisions about rights are, for `cargo xtask bench`.
//!
//! In an empty folder it writes entries one by one for 64 callers and in batches, fills up to the wanted number, of which each tenth
//! has three audited rows, gives all their places, makes receipts, audits everything, and decides about rows.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use clap::Args;
use kernel::{
    Ctx, Entropy, Gov, Id, NewEntry,
    audit::{Audit, Plan},
    bulk::{Batch, Bulk},
    cols,
    db::Target,
    gov::TimeSource,
    grant::{Located, Scope},
    keys::Ring,
    log::{Asked, Outside, Sequencer, receipt, spread},
    tables, unit,
};
use serde_json::{Map, Value as Json, json};

use super::Answer;
use crate::government::Where;

/// Each tenth entry has rows.
const WITH_ROWS: usize = 10;
const ROWS_PER_ENTRY: usize = 3;
/// Callers of the durable entries.
const CALLERS: usize = 64;
const RUN: Duration = Duration::from_secs(5);
/// Entries of one batch.
const BATCH: usize = 500;

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    place: Where,
    #[arg(long, default_value_t = 100_000)]
    entries: usize,
}

/// Measures.
pub fn run(options: &Options) -> Result<Answer> {
    let chosen = options.place.choose()?;
    if !chosen.key_file.exists() {
        let ctx = Ctx::system(TimeSource::System.now(), "bench", Entropy::Os);
        Ring::load_or_create(&chosen.key_file, ctx.random())?;
    }
    let gov = chosen.open_now()?;
    if gov.db().read_now(unit::root)?.is_some() {
        bail!("this government has units already: name an empty folder or database");
    }
    let mut told = Map::new();
    tell(&mut told, "single", single(&gov)?);
    tell(&mut told, "batched", batched(&gov)?);
    drop(gov);
    fill(&chosen.target, options.entries)?;
    let gov = chosen.open_now()?;
    let (took, done) = timed(|| Ok(Sequencer::new(Arc::clone(&gov)).sequence_all()?))?;
    tell(&mut told, "leaves", done.size as f64);
    tell(&mut told, "sequenced", done.appended as f64 / took.as_secs_f64());
    let (p50, p95) = receipts(&gov)?;
    tell(&mut told, "receipt-p50", p50);
    tell(&mut told, "receipt-p95", p95);
    audit(&gov, &mut told)?;
    tell(&mut told, "decision", decisions());
    let text: Vec<String> = told.iter().map(|(what, value)| format!("{what}: {value}")).collect();
    Ok(Answer::new(text.join("\n"), Json::Object(told)))
}

fn tell(told: &mut Map<String, Json>, what: &str, value: f64) {
    told.insert(what.to_owned(), json!(value));
}

/// Entries a second, each durable before its caller goes on.
fn single(gov: &Arc<Gov>) -> Result<f64> {
    let (written, begin) = (AtomicUsize::new(0), Instant::now());
    let failed = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(|| keep_writing(gov, begin, &written))).collect();
        callers.into_iter().find_map(|caller| caller.join().map_or(Some("a caller panicked".to_owned()), Result::err))
    });
    if let Some(text) = failed {
        bail!(text);
    }
    Ok(written.load(Ordering::Relaxed) as f64 / begin.elapsed().as_secs_f64())
}

fn keep_writing(gov: &Gov, begin: Instant, written: &AtomicUsize) -> std::result::Result<(), String> {
    while begin.elapsed() < RUN {
        let ctx = gov.system_ctx("speed");
        let done = gov.db().write_now(&ctx, |tx| {
            tx.entry(NewEntry::new("speed.case.read").object("case", Id::NIL));
            Ok::<_, kernel::Error>(())
        });
        done.map_err(|error| error.to_string())?;
        written.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// Entries a second, so many in each durable transaction.
fn batched(gov: &Gov) -> Result<f64> {
    let (mut written, begin) = (0, Instant::now());
    while begin.elapsed() < RUN {
        gov.db().write_now(&gov.system_ctx("speed"), |tx| {
            (0..BATCH).for_each(|_| tx.entry(NewEntry::new("speed.case.read").object("case", Id::NIL)));
            Ok::<_, kernel::Error>(())
        })?;
        written += BATCH;
    }
    Ok(written as f64 / begin.elapsed().as_secs_f64())
}

/// Microseconds of one decision: an officer of eight roles in as many places, a row elsewhere, so that nothing is found early.
fn decisions() -> f64 {
    let ctx = Ctx::system(TimeSource::System.now(), "speed", Entropy::seeded(1));
    let mut scope = Scope::nothing();
    for _ in 0..8 {
        scope = scope.with_unit(ctx.new_id(), 3);
    }
    scope = scope.with_posts((0..4).map(|_| ctx.new_id()).collect::<Vec<_>>()).with_person(ctx.new_id());
    let row = Located { units: std::array::from_fn(|_| Some(ctx.new_id())), at_unit: Some(ctx.new_id()), ..Located::default() };
    let (rounds, begin) = (1_000_000_u32, Instant::now());
    let covered = (0..rounds).filter(|_| std::hint::black_box(&scope).covers(std::hint::black_box(&row))).count();
    let each = begin.elapsed().as_secs_f64() * 1e6 / f64::from(rounds);
    if covered == 0 { each } else { f64::NAN }
}

fn fill(target: &Target, entries: usize) -> Result<()> {
    let mut bulk = Bulk::open(target)?;
    let table = tables::all().find(|table| table.name == "kernel_case_event").context("cases have events")?;
    for first in (0..entries).step_by(5_000) {
        let mut batch = Batch::default();
        for place in first..entries.min(first + 5_000) {
            let ctx = Ctx::system(TimeSource::System.now(), "speed", Entropy::Os);
            let mut story = batch.story(&ctx);
            for _ in 0..if place % WITH_ROWS == 0 { ROWS_PER_ENTRY } else { 0 } {
                let columns = cols! {
                    "case_id" => Id::NIL, "at" => ctx.now(), "action" => "submit", "from_state" => "draft", "to_state" => "received",
                    "actor_label" => "Operator Desa Tanjung Raman", "post" => Id::NIL, "public" => true,
                    "note" => "Berkas diterima di loket dan lengkap menurut daftar persyaratan.",
                };
                story.insert(table, ctx.new_id(), &columns)?;
            }
            story.end(NewEntry::new("speed.case.moved").object("case", Id::NIL));
        }
        bulk.write(batch)?;
    }
    Ok(bulk.finish()?)
}

/// Milliseconds of one receipt: median and 95th percentile, over entries spread over the tree.
fn receipts(gov: &Gov) -> Result<(f64, f64)> {
    let ids = gov.db().read_now(|rx| spread(rx, 1000))?;
    let mut times = Vec::with_capacity(ids.len());
    for id in &ids {
        let begin = Instant::now();
        let asked = gov.db().read_now(|rx| receipt(rx, *id))?;
        times.push(begin.elapsed().as_secs_f64() * 1000.0);
        if !matches!(asked, Asked::Receipt(_)) {
            bail!("an entry has no receipt");
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or(f64::NAN);
    Ok((at(50), at(95)))
}

fn audit(gov: &Gov, told: &mut Map<String, Json>) -> Result<()> {
    let plan = Plan {
        keys: gov.keys(),
        outside: Outside::new(&gov.settings().folder),
        tables: tables::all().collect(),
        only: None,
        since: None,
        witnesses: Vec::new(),
        most: 20,
    };
    let mut audit = Audit::new(plan, gov.db(), None)?;
    let mut stages: Vec<(String, Duration)> = Vec::new();
    while !audit.is_done() {
        let stage = format!("{:?}", audit.state().stage);
        let stage: String = stage.split([' ', '{']).next().unwrap_or_default().to_owned();
        let began = Instant::now();
        audit.step(gov.db())?;
        match stages.iter_mut().find(|(name, _)| *name == stage) {
            Some((_, took)) => *took += began.elapsed(),
            None => stages.push((stage, began.elapsed())),
        }
    }
    let state = audit.state();
    if let Some(first) = state.differences.first() {
        bail!("a difference: {first:?}");
    }
    let spent =
        |names: &[&str]| stages.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(_, took)| took.as_secs_f64()).sum::<f64>();
    tell(told, "audit-leaves", state.leaves as f64 / spent(&["Tiles", "Leaves"]));
    // A row is found sound when its entry's versions and its own are: both stages count.
    tell(told, "audit-rows", state.rows as f64 / spent(&["Entries", "Rows"]));
    tell(told, "audit-seconds", stages.iter().map(|(_, took)| took.as_secs_f64()).sum());
    Ok(())
}

fn timed<T>(run: impl FnOnce() -> Result<T>) -> Result<(Duration, T)> {
    let began = Instant::now();
    let value = run()?;
    Ok((began.elapsed(), value))
}

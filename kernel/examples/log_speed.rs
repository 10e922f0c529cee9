//! How fast the log and its audit are on this machine: `cargo run --release -p kernel --example log_speed -- FOLDER [ENTRIES]`.
//!
//! Fills an embedded database in FOLDER with entries of three audited rows each, gives them their places, makes receipts, and
//! audits everything.

use std::{
    error::Error,
    io::Write as _,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use kernel::{
    Ctx, Entropy, Gov, Id, NewEntry,
    audit::{Audit, Plan},
    bulk::{Batch, Bulk},
    case, cols,
    db::{KERNEL_MIGRATIONS, Meta, Target},
    gov::{Mail, Means, Settings, TimeSource},
    keys::Ring,
    log::{Asked, Outside, Sequencer, receipt},
    tables,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const ROWS_PER_ENTRY: usize = 3;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder")?);
    let entries: usize = arguments.next().map_or(Ok(100_000), |count| count.parse())?;
    std::fs::create_dir_all(&folder)?;
    let target = Target::Sqlite(folder.join("speed.db"));
    drop(open(&folder, &target)?);
    fill(&target, entries)?;
    let gov = open(&folder, &target)?;
    let (took, done) = timed(|| Ok(Sequencer::new(Arc::clone(&gov)).sequence_all()?))?;
    say("sequenced entries", done.appended, took)?;
    receipts(&gov)?;
    audit(&gov)
}

fn open(folder: &std::path::Path, target: &Target) -> Result<Arc<Gov>> {
    let settings = Settings {
        slug: "speed".into(),
        name: "Kabupaten".into(),
        province: String::new(),
        region: "16.11".into(),
        zone: "Asia/Jakarta".into(),
        public_url: "http://localhost".into(),
        mark: None,
        mail: Mail::Preview,
        folder: folder.to_owned(),
    };
    let ring = Ring::new([1; 32]);
    let means = Means {
        target,
        meta: Meta::default(),
        migrations: &[KERNEL_MIGRATIONS],
        ring: &ring,
        time: TimeSource::System,
        entropy: Entropy::Os,
    };
    Ok(Arc::new(Gov::open(settings, means)?))
}

fn fill(target: &Target, entries: usize) -> Result<()> {
    let mut bulk = Bulk::open(target)?;
    let table = tables::all().find(|table| table.name == "kernel_case_event").ok_or(case::TABLES[0].name)?;
    for first in (0..entries).step_by(5_000) {
        let mut batch = Batch::default();
        for _ in first..entries.min(first + 5_000) {
            let ctx = Ctx::system(TimeSource::System.now(), "speed", Entropy::Os);
            let mut story = batch.story(&ctx);
            for _ in 0..ROWS_PER_ENTRY {
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

fn receipts(gov: &Gov) -> Result<()> {
    let ids = gov.db().read_now(|rx| {
        let rows = rx.all("select entry from kernel_log_leaf order by position limit 1000", &[])?;
        rows.iter().map(|row| row.get::<Id>(0)).collect::<std::result::Result<Vec<_>, _>>()
    })?;
    let (took, made) = timed(|| {
        let mut made = 0;
        for id in &ids {
            made += usize::from(matches!(gov.db().read_now(|rx| receipt(rx, *id))?, Asked::Receipt(_)));
        }
        Ok(made)
    })?;
    say("receipts", made, took)
}

fn audit(gov: &Gov) -> Result<()> {
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
    let count = |stage: &str| match stage {
        "Leaves" | "Tiles" => state.leaves,
        "Entries" => state.versions,
        "Rows" => state.rows,
        _ => 0,
    };
    for (stage, took) in &stages {
        say(&format!("audit, {stage}"), usize::try_from(count(stage))?, *took)?;
    }
    let whole = stages.iter().map(|(_, took)| *took).sum();
    say("audit, rows through all stages", usize::try_from(state.rows)?, whole)?;
    writeln!(std::io::stdout(), "{} differences", state.differences.len())?;
    Ok(())
}

fn timed<T>(run: impl FnOnce() -> Result<T>) -> Result<(Duration, T)> {
    let began = Instant::now();
    let value = run()?;
    Ok((began.elapsed(), value))
}

fn say(what: &str, count: usize, took: Duration) -> Result<()> {
    let rate = count as f64 / took.as_secs_f64().max(1e-9);
    writeln!(std::io::stdout(), "{what}: {count} in {:.3} s, {rate:.0}/s", took.as_secs_f64())?;
    Ok(())
}

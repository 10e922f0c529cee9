//! `demo`: an example government in an empty folder, and the server over it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use kernel::{
    Ctx, Date, Entropy, Gov,
    db::{Meta, Target},
    gov::{Mail, Means, Settings, TimeSource},
    keys::Ring,
    unit,
};
use regions::Regency;
use serde::{Deserialize, Serialize};
use web::{DemoPlan, Look, MissingKey, WebSettings};

use super::{Answer, WrongUsage, tell, welcome};
use crate::{config::Log, government, log, server::Server, systems::SYSTEMS};

pub(super) const SLUG: &str = "demo";
/// Kabupaten Empat Lawang.
const USUAL: &str = "16.11";
const MARK: &str = "CONTOH, BUKAN SURAT RESMI";
const HOLIDAYS: &str = include_str!("../../../data/holidays/national.csv");

/// What to show.
#[derive(Debug, Args)]
pub struct Options {
    /// Folder of the data; an empty or missing one is filled first
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Code of a kabupaten or kota, e.g. 16.11 (Empat Lawang) or 13.02 (Solok) [default: 16.11, or what the folder holds]
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    /// The day the example content ends at [default: the last working day]
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Same seed and day, same content
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// PostgreSQL instead of the embedded database
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Fill the folder and end, without serving
    #[arg(long)]
    fill_only: bool,
}

/// What a filled folder says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct Filled {
    region: String,
    as_of: Date,
    seed: u64,
    /// From the machine's clock to that of the demonstration, in microseconds.
    shift: i64,
}

/// 10.35 on the last day of the history, in microseconds from midnight.
const WAKES_AT: i64 = (10 * 60 + 35) * 60 * 1_000_000;

/// Fills the folder when it is empty, then serves it.
pub fn run(options: &Options) -> Result<Answer> {
    log::start(&Log::default());
    let note = options.data.join("demo.json");
    let filled: Option<Filled> = match std::fs::read(&note) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).with_context(|| format!("{} cannot be read", note.display()))?),
        Err(_) => None,
    };
    let filled = match filled {
        Some(filled) if options.region.as_ref().is_some_and(|wanted| *wanted != filled.region) => {
            let text = format!("{} holds {}: name an empty folder for another region", options.data.display(), filled.region);
            return Err(WrongUsage(text).into());
        }
        Some(filled) => filled,
        None => fill(options, &note)?,
    };
    if options.fill_only {
        let text = format!("{} is filled: {} as of {}.", options.data.display(), filled.region, filled.as_of);
        return Ok(Answer::new(text, serde_json::to_value(&filled)?));
    }
    let regency = regency(&filled.region)?;
    let gov = open(options, &regency, TimeSource::Shifted(filled.shift), Entropy::Os, government::meta())?;
    let web = WebSettings { timeout: Duration::from_secs(30), missing_key: MissingKey::Show, ..WebSettings::default() };
    // Whoever opens the demonstration by another of its machine's names sees it too.
    let web = WebSettings { hosts: vec!["localhost".to_owned(), "127.0.0.1".to_owned()], ..web };
    let words = government::words(&regency);
    tell(&welcome::words(&gov, &options.data, &gov.settings().public_url, &words.district_head)?);
    Server { gov: Arc::new(gov), look: look(&regency), web, listen: options.listen, witnesses: Vec::new(), metrics_public: false }.run()?;
    Ok(Answer::default())
}

fn regency(code: &str) -> Result<Regency> {
    let found = regions::regency(code);
    found.ok_or_else(|| WrongUsage(format!("there is no kabupaten or kota {code}; codes look like 16.11")).into())
}

fn fill(options: &Options, note: &Path) -> Result<Filled> {
    let regency = regency(options.region.as_deref().unwrap_or(USUAL))?;
    government::make_folder(&options.data)?;
    if std::fs::read_dir(&options.data)?.next().is_some() {
        bail!("{} is not empty and holds no finished demonstration: name an empty folder", options.data.display());
    }
    let zone = unit::zone_of(zone(&regency)).unwrap_or_default();
    let today = unit::date_in(zone, TimeSource::System.now());
    let as_of = options.as_of.map_or_else(|| last_working_day(today), Ok)?;
    let morning = unit::start_of(zone, as_of).as_microsecond() + 8 * 3_600_000_000;
    let entropy = Entropy::seeded(options.seed);
    let ctx = Ctx::system(TimeSource::System.now(), "demo", entropy.clone());
    Ring::load_or_create(&options.data.join("smartgovt.key"), ctx.random())?;
    let clock = Arc::new(AtomicI64::new(0));
    clock.store(morning, Ordering::SeqCst);
    let gov = Arc::new(open(
        options,
        &regency,
        TimeSource::Settable(clock),
        entropy,
        Meta { subscriptions: HashMap::new(), ..government::meta() },
    )?);
    tracing::info!(region = %regency.code, name = %regency.name, %as_of, "filling the demonstration");
    tell(&format!(
        "Filling {} with a year of the invented work of {}. This takes one to five minutes; afterwards the same command starts at once.",
        options.data.display(),
        regency.name
    ));
    let plan = DemoPlan { gov, region: regency.code.clone(), as_of, seed: options.seed };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
    runtime.block_on(async {
        // The applications bring the government and its people; what the others show is about them.
        let mut systems = SYSTEMS;
        systems.sort_by_key(|system| system.slug != services::SYSTEM.slug);
        for system in systems {
            if let Some(demo) = system.demo {
                demo(&plan).await.with_context(|| format!("filling {}", system.slug))?;
            }
        }
        for system in SYSTEMS {
            if let Some(demo) = system.demo_late {
                demo(&plan).await.with_context(|| format!("filling more of {}", system.slug))?;
            }
        }
        anyhow::Ok(())
    })?;
    // The demonstration wakes up just after its history ends, whatever the time is outside, and goes on from there.
    let shift = unit::start_of(zone, as_of).as_microsecond() + WAKES_AT - TimeSource::System.now().as_microsecond();
    let filled = Filled { region: regency.code, as_of, seed: options.seed, shift };
    std::fs::write(note, serde_json::to_vec_pretty(&filled)?).with_context(|| format!("writing {}", note.display()))?;
    Ok(filled)
}

fn last_working_day(today: Date) -> Result<Date> {
    let calendar = workdays::Calendar::from_csv(HOLIDAYS).context("the list of holidays cannot be read")?;
    let mut day = today;
    while !calendar.is_working(day) {
        day = day.yesterday().context("before the calendar")?;
    }
    Ok(day)
}

fn zone(regency: &Regency) -> &'static str {
    unit::zone_name(indonesian::Zone::of_region(&regency.code).unwrap_or_default())
}

/// The year that is played is told to nobody: `meta` then has no subscriptions, or every old letter would be rendered.
fn open(options: &Options, regency: &Regency, time: TimeSource, entropy: Entropy, meta: Meta) -> Result<Gov> {
    let settings = Settings {
        slug: SLUG.to_owned(),
        name: regency.name.clone(),
        province: regency.province.clone(),
        region: regency.code.clone(),
        zone: zone(regency).to_owned(),
        public_url: format!("http://{}", options.listen),
        mark: Some(MARK.to_owned()),
        mail: Mail::Preview,
        folder: options.data.join("gov").join(SLUG),
    };
    government::make_folder(&settings.folder)?;
    let file = settings.folder.join("smartgovt.db");
    let target = options.database_url.as_ref().map_or(Target::Sqlite(file), |url| Target::Postgres(url.clone()));
    let ring = government::ring(&options.data.join("smartgovt.key"))?;
    let migrations = government::migrations();
    let means = Means { target: &target, meta, migrations: &migrations, ring: &ring, time, entropy };
    Gov::open(settings, means).with_context(|| format!("{} does not open", government::shown(&target)))
}

fn look(regency: &Regency) -> Look {
    let mut look = Look::plain(&regency.name);
    look.above.clone_from(&regency.province);
    look.demo = true;
    look.words = government::words(regency);
    look.zone = indonesian::Zone::of_region(&regency.code).unwrap_or_default().label().to_owned();
    look
}

//! `cargo xtask bench`: measures on this machine and writes docs/bench.md.
//!
//! The figures depend on the machine, so its own are measured first and stand at the top of the page.

mod asks;
mod figures;
mod http;
mod load;
mod machine;
mod measure;
mod photo;
mod sample;
mod server;
mod workbook;

use crate::postgres::{Cluster, free_port};
use anyhow::{Context, Result, bail};
use clap::Args;
use figures::Results;
use measure::{Bench, Size};
use server::Server;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Settings of the private PostgreSQL beside its own; durable.
const POSTGRES: [&str; 7] = [
    "shared_buffers=1GB",
    "effective_cache_size=6GB",
    "work_mem=32MB",
    "max_wal_size=8GB",
    "checkpoint_timeout=15min",
    "random_page_cost=1.1",
    "synchronous_commit=on",
];
/// The last day of the content.
const AS_OF_DAYS_BACK: &str = "-1 day";

/// Where and what to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// Folder on the disk to measure; the target folder unless given
    #[arg(long)]
    dir: Option<PathBuf>,
    /// 10,000 applications only, a check of the bench itself; docs/bench.md is left alone
    #[arg(long)]
    quick: bool,
    /// Only this database: sqlite or postgres
    #[arg(long)]
    only: Option<String>,
    /// Keep the filled databases and use them again
    #[arg(long)]
    keep: bool,
    /// Only these steps: letters,pages,tasks,searches,access,mixed,submit,photos,import,audit,trust
    #[arg(long, value_delimiter = ',')]
    steps: Vec<String>,
    /// Measure with what is built already
    #[arg(long, hide = true)]
    built: bool,
}

/// Measures and writes docs/bench.md.
///
/// The load comes from this process, so it is built like the server: for release.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let release = crate::workspace::target_dir(root).join("release");
    if !options.built {
        let mut build = crate::workspace::cargo(root);
        let built = build.args(["build", "--release", "-p", "smartgovt", "-p", "xtask"]).status().context("starting cargo")?;
        if !built.success() {
            bail!("the release build failed");
        }
        let mut again = Command::new(release.join("xtask"));
        return Err(again.args(std::env::args_os().skip(1)).arg("--built").exec()).context("starting the built bench");
    }
    let folder = options.dir.clone().unwrap_or_else(|| crate::workspace::target_dir(root));
    let machine = machine::measure(&folder)?;
    println!("{machine}");
    let program = release.join("smartgovt");
    let mut results = Vec::new();
    for database in ["sqlite", "postgres"].into_iter().filter(|name| options.only.as_deref().is_none_or(|only| only == *name)) {
        results.push(one(&program, &folder, database, options)?);
    }
    let page = page(&machine, &results, options);
    print!("{page}");
    if options.quick || options.only.is_some() || !options.steps.is_empty() {
        return Ok(());
    }
    let path = root.join("docs/bench.md");
    std::fs::write(&path, page).with_context(|| format!("writing {}", path.display()))
}

/// Fills a government on one database and measures it.
fn one(program: &Path, folder: &Path, database: &str, options: &Options) -> Result<Results> {
    let data = folder.join(format!("bench-{database}{}", if options.quick { "-quick" } else { "" }));
    // PostgreSQL's own user must be able to enter it.
    let cluster = std::env::temp_dir().join(format!("smartgovt-bench-postgres{}", if options.quick { "-quick" } else { "" }));
    let kept = options.keep && data.join("bench-sample.json").exists() && (database == "sqlite" || cluster.exists());
    if !kept {
        std::fs::remove_dir_all(&data).ok();
    }
    std::fs::create_dir_all(&data).with_context(|| format!("making {}", data.display()))?;
    let address = format!("127.0.0.1:{}", free_port()?);
    std::fs::write(data.join("smartgovt.toml"), config(&address))?;
    let cluster = match database {
        "postgres" if options.keep => {
            if !kept {
                std::fs::remove_dir_all(&cluster).ok();
            }
            Some(Cluster::start_kept(&cluster, &POSTGRES)?)
        }
        "postgres" => Some(Cluster::start_with(&POSTGRES)?),
        _ => None,
    };
    let url = cluster.as_ref().map(Cluster::url);
    let mut results = Results { database: if cluster.is_some() { "PostgreSQL" } else { "SQLite" }, ..Results::default() };
    if !kept {
        fill(program, &data, url.as_deref(), options.quick, &mut results)?;
    }
    let stored = cluster.as_ref().map_or_else(|| data.join("gov"), |cluster| cluster.folder().to_owned());
    results.put("size", server::size_gib(&stored));
    let server = Server::start(program, &data, &address, url.as_deref())?;
    results.put("start", server.start_seconds);
    let size = if options.quick { Size::QUICK } else { Size::FULL };
    let wanted = |step: &str| options.steps.is_empty() || options.steps.iter().any(|name| name == step);
    Bench::new(&server, cluster.as_ref().map(Cluster::leader), &data, size, &mut results)?.run(&wanted)?;
    drop(server);
    if wanted("audit")
        && let Err(error) = audit(program, &data, url.as_deref(), &mut results)
    {
        results.faults.push(format!("audit: {error:#}"));
    }
    drop(cluster);
    if wanted("trust")
        && let Err(error) = trust(program, folder, database, options.quick, &mut results)
    {
        results.faults.push(format!("trust: {error:#}"));
    }
    if !options.keep {
        std::fs::remove_dir_all(&data).ok();
    }
    Ok(results)
}

/// Runs a command of the program on this data. Gives what it says in JSON and the seconds it took.
fn tell(program: &Path, command: &[&str], data: &Path, url: Option<&str>) -> Result<(serde_json::Value, f64)> {
    let mut run = Command::new(program);
    run.arg("--json").args(command).arg("--data").arg(data);
    if let Some(url) = url {
        run.args(["--database-url", url]);
    }
    let begin = Instant::now();
    let output = run.output().with_context(|| format!("starting {}", command[0]))?;
    let seconds = begin.elapsed().as_secs_f64();
    if !output.status.success() {
        bail!("{} failed: {}{}", command[0], String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }
    let told = serde_json::from_slice(&output.stdout).with_context(|| format!("{} said no JSON", command[0]))?;
    Ok((told, seconds))
}

/// `audit verify` of the filled database, with what the steps before have added.
fn audit(program: &Path, data: &Path, url: Option<&str>, results: &mut Results) -> Result<()> {
    let (told, seconds) = tell(program, &["audit", "verify"], data, url)?;
    let number = |key: &str| told[key].as_f64().unwrap_or(0.0);
    let of =
        format!("{} entries with {} versions, {} rows, {} leaves", number("entries"), number("versions"), number("rows"), number("leaves"));
    results.put_with("verify-rows", number("rows") / seconds, of);
    results.put("verify-seconds", seconds);
    Ok(())
}

/// Entries, the log and its audit, in a government of their own without anything else.
fn trust(program: &Path, folder: &Path, database: &str, quick: bool, results: &mut Results) -> Result<()> {
    let data = folder.join(format!("bench-trust-{database}"));
    std::fs::remove_dir_all(&data).ok();
    std::fs::create_dir_all(&data).with_context(|| format!("making {}", data.display()))?;
    std::fs::write(data.join("smartgovt.toml"), config("127.0.0.1:1"))?;
    let cluster = if database == "postgres" { Some(Cluster::start_with(&POSTGRES)?) } else { None };
    let url = cluster.as_ref().map(Cluster::url);
    let told = tell(program, &["bench-trust", "--entries", if quick { "100000" } else { "10000000" }], &data, url.as_deref());
    drop(cluster);
    std::fs::remove_dir_all(&data).ok();
    let (told, _) = told?;
    for figure in figures::FIGURES {
        if let Some(value) = told[figure.key].as_f64() {
            results.put(figure.key, value);
        }
    }
    Ok(())
}

fn fill(program: &Path, data: &Path, url: Option<&str>, quick: bool, results: &mut Results) -> Result<()> {
    let as_of = as_of()?;
    let mut command = vec!["bench-fill", "--as-of", &as_of];
    if quick {
        command.extend(["--cases", "10000", "--open", "500", "--persons", "10000"]);
    }
    let (told, seconds) = tell(program, &command, data, url)?;
    let number = |key: &str| told[key].as_f64().unwrap_or(0.0);
    results.put_with(
        "fill",
        seconds,
        format!(
            "{} applications, {} persons, {} villages, {} audited rows with their history; foundation {:.0} s, load {:.0} s, indexes and statistics {:.0} s; {} rows of entries by chance checked against the log, every series gap-free",
            number("cases"), number("persons"), number("villages"), number("rows"), number("foundation_seconds"), number("load_seconds"),
            number("finish_seconds"), number("rows_checked")
        ),
    );
    Ok(())
}

/// Yesterday.
fn as_of() -> Result<String> {
    let output = Command::new("date").args(["-u", "-d", AS_OF_DAYS_BACK, "+%F"]).output().context("asking for the date")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn config(address: &str) -> String {
    format!(
        "trusted_proxies = [\"127.0.0.1\"]\n[government]\nslug = \"bench\"\nname = \"Kabupaten Empat Lawang\"\nprovince = \"Sumatera Selatan\"\n\
         region = \"16.11\"\nzone = \"Asia/Jakarta\"\npublic_url = \"http://{address}\"\n[log]\nfilter = \"warn\"\n"
    )
}

fn page(machine: &machine::Machine, results: &[Results], options: &Options) -> String {
    let day = Command::new("date")
        .args(["-u", "+%F %H:%M UTC"])
        .output()
        .map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned())
        .unwrap_or_default();
    let size = if options.quick {
        "10,000 applications (a check of the bench itself)"
    } else {
        "1,000,000 applications over twelve months, 20,000 of them open, 300,000 residents, 156 villages"
    };
    let mut page = format!(
        "# Measured\n\nWritten by `cargo xtask bench` on {day}. A figure that misses its target is printed as missed.\n\n## The machine\n\n{machine}\n\
         ## What was measured\n\n{size}, filled anew for each database through `kernel::bulk` with history and entries. {HOW}\n\n"
    );
    for one in results {
        one.faults.iter().for_each(|fault| page.push_str(&format!("**{}, not measured: {fault}**\n\n", one.database)));
    }
    page.push_str("## Figures\n\n");
    page.push_str(&figures::table(results));
    page
}

/// How, in words.
const HOW: &str = "The server is the release binary, a process of its own; the load comes from this one over loopback on the same cores, \
so the two share the processor. Processor time is that of `/proc/PID/stat`. Requests and ids are by chance from a fixed seed; every answer's \
status and a text of its body are checked, and wrong answers are counted in the notes. The open loop sends at fixed moments and counts each \
answer from its moment. A submission is one request, `POST /api/v1/services/{unit}/keterangan-usaha/applications`, from a client address of \
its own (a person, as behind the government's proxy; one in ten gives an e-mail address and is written to): person, case, application, parties, event, task, history, entry, search and outbox in \
one durable transaction. Photos are one more request. A loaded closed application has its envelope, applicant, sealed answers, three events, letter with \
signatures and number; its letter is a short one. SQLite runs at `synchronous=FULL`; PostgreSQL is a private cluster with `fsync` and `synchronous_commit` on.";

/// The value below which a share of the sorted measurements lies (nearest rank).
pub(crate) fn quantile(sorted: &[u64], share: f64) -> u64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_nearest_rank() {
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!(quantile(&hundred, 0.5), 50);
        assert_eq!(quantile(&hundred, 0.95), 95);
        assert_eq!(quantile(&hundred, 1.0), 100);
        assert_eq!(quantile(&[7], 0.95), 7);
        assert_eq!(quantile(&[], 0.95), 0);
    }
}

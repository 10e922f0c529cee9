//! What this machine is, as far as the figures depend on it.

use super::quantile;
use anyhow::{Context, Result};
use std::fmt;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

const WRITES: usize = 400;
const WRITE_BYTES: usize = 4096;

/// The machine's own figures.
#[derive(Debug)]
pub(super) struct Machine {
    processor: String,
    cores: usize,
    memory_gib: f64,
    fsync_p50_microseconds: u64,
    fsync_p95_microseconds: u64,
}

/// Reads what the system says, and times small writes each made durable by fsync.
pub(super) fn measure(folder: &Path) -> Result<Machine> {
    let fsyncs = fsync_microseconds(folder)?;
    Ok(Machine {
        processor: field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned()),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        memory_gib: field("/proc/meminfo", "MemTotal")
            .and_then(|text| text.split(' ').next()?.parse::<f64>().ok())
            .map_or(0.0, |kib| kib / 1024.0 / 1024.0),
        fsync_p50_microseconds: quantile(&fsyncs, 0.5),
        fsync_p95_microseconds: quantile(&fsyncs, 0.95),
    })
}

impl fmt::Display for Machine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "| | |\n|---|---|")?;
        writeln!(out, "| processor | {}, {} cores |", self.processor, self.cores)?;
        writeln!(out, "| memory | {:.1} GiB |", self.memory_gib)?;
        writeln!(
            out,
            "| fsync of a 4 KiB append, {WRITES} times | p50 {} µs, p95 {} µs |",
            self.fsync_p50_microseconds, self.fsync_p95_microseconds
        )
    }
}

fn fsync_microseconds(folder: &Path) -> Result<Vec<u64>> {
    let path = folder.join(format!("fsync-{}", std::process::id()));
    let mut file = std::fs::File::create(&path).with_context(|| format!("writing in {}", folder.display()))?;
    let block = [7_u8; WRITE_BYTES];
    let mut times = Vec::with_capacity(WRITES);
    for _ in 0..WRITES {
        let start = Instant::now();
        file.write_all(&block)?;
        file.sync_all()?;
        times.push(u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    drop(file);
    std::fs::remove_file(&path)?;
    times.sort_unstable();
    Ok(times)
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_is_measured_and_the_file_gone() {
        let folder = tempfile::tempdir().unwrap();
        let machine = measure(folder.path()).unwrap();
        assert!(machine.cores >= 1);
        assert!(machine.fsync_p95_microseconds >= machine.fsync_p50_microseconds);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(machine.to_string().contains("fsync of a 4 KiB append"));
    }
}

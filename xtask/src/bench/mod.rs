//! `cargo xtask bench`: measures on this machine and writes docs/bench.md.
//!
//! The figures depend on the machine, so its own are measured first and stand at the top of the page.

mod machine;

use anyhow::{Context, Result};
use clap::Args;
use std::path::{Path, PathBuf};

/// Where to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// Folder on the disk to measure; the target folder unless given
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// Measures and writes docs/bench.md.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let folder = options.dir.clone().unwrap_or_else(|| crate::workspace::target_dir(root));
    let machine = machine::measure(&folder)?;
    let page = format!(
        "# Measured\n\nWritten by `cargo xtask bench`. A figure that misses its target is printed as missed.\n\n## The machine\n\n{machine}"
    );
    print!("{page}");
    let path = root.join("docs/bench.md");
    std::fs::write(&path, page).with_context(|| format!("writing {}", path.display()))
}

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

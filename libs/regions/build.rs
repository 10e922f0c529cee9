//! Embeds the region tables of the npm package `idn-area-data`, compressed. The package is fetched by lock file and
//! never committed: its data is under the ODbL and stays apart from the code.

use std::{env, fs, io::Write, path::PathBuf};

use flate2::{Compression, write::GzEncoder};

const TABLES: [&str; 4] = ["provinces", "regencies", "districts", "villages"];

fn main() {
    let source =
        PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../data/regions/node_modules/idn-area-data/data");
    let target = PathBuf::from(env::var("OUT_DIR").unwrap_or_default());
    for table in TABLES {
        let file = source.join(format!("{table}.csv"));
        println!("cargo::rerun-if-changed={}", file.display());
        let Ok(text) = fs::read(&file) else {
            println!("cargo::error=the region data is missing: run `cargo xtask setup`, or `npm ci --ignore-scripts` in data/regions");
            return;
        };
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        let written = packed
            .write_all(&text)
            .and_then(|()| packed.finish())
            .and_then(|bytes| fs::write(target.join(format!("{table}.csv.gz")), bytes));
        if let Err(error) = written {
            println!("cargo::error=the region data cannot be packed: {error}");
        }
    }
}

//! What the chores need from outside: Debian packages for the tests, npm packages by lock file. Always said aloud.

use crate::steps;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folders with a package.json, and why `npm ci` runs in each.
pub const NPM_WEB: &str = "web";
/// Region codes and names for the demo.
pub const NPM_REGIONS: &str = "data/regions";
/// Browser stories.
pub const NPM_E2E: &str = "e2e";

/// Where the region data's CSV files are after `npm ci` in [`NPM_REGIONS`].
pub fn region_data(root: &Path) -> PathBuf {
    root.join(NPM_REGIONS).join("node_modules/idn-area-data/data")
}

/// A program the tests need, and the Debian package that brings it.
struct Need {
    package: &'static str,
    reason: &'static str,
    present: fn() -> bool,
}

const NEEDS: [Need; 3] = [
    Need { package: "chromium", reason: "browser stories", present: || chromium().is_some() },
    Need { package: "postgresql", reason: "stories on the second database", present: || postgres_bin().is_some() },
    Need { package: "poppler-utils", reason: "reading the letters' PDF files", present: || on_path("pdftotext").is_some() },
];

/// Installs the Debian packages the tests need and do not find, after saying which and why.
pub fn install_for_tests() -> Result<()> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        println!("Chromium, PostgreSQL and poppler-utils are here: nothing to install.");
        return Ok(());
    }
    let list = missing.iter().map(|need| format!("{} ({})", need.package, need.reason)).collect::<Vec<_>>().join(", ");
    let names: Vec<&str> = missing.iter().map(|need| need.package).collect();
    if on_path("apt-get").is_none() {
        bail!("the tests need {list}. This machine has no apt-get: install them with its own package manager, then run this again");
    }
    println!("Installing with apt-get: {list}.");
    let prefix: &[&str] = if is_root() {
        &[]
    } else if works("sudo", &["-n", "true"]) {
        &["sudo", "-n"]
    } else {
        bail!("the tests need {list}. Please run: sudo apt-get install {}", names.join(" "));
    };
    let apt = |arguments: &[&str]| {
        let mut words: Vec<&str> = prefix.to_vec();
        words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        words.extend(arguments);
        steps::run(Command::new(words[0]).args(&words[1..]))
    };
    apt(&["update", "-q"])?;
    let mut install = vec!["install", "-q", "-y", "--no-install-recommends"];
    install.extend(&names);
    apt(&install)?;
    match NEEDS.iter().find(|need| !(need.present)()) {
        Some(need) => bail!("apt-get installed {}, yet it is not found; the tests cannot run", need.package),
        None => Ok(()),
    }
}

/// Brings a folder's npm packages to what its lock file says; does nothing when they are already that.
pub fn npm_ci(root: &Path, folder: &str) -> Result<()> {
    let folder_path = root.join(folder);
    let lock_path = folder_path.join("package-lock.json");
    let lock = std::fs::read_to_string(&lock_path).with_context(|| format!("reading {}", lock_path.display()))?;
    let stamp_path = folder_path.join("node_modules/.installed-lock");
    if std::fs::read_to_string(&stamp_path).is_ok_and(|stamp| stamp == lock) {
        println!("{folder}: npm packages are as the lock file says.");
        return Ok(());
    }
    if on_path("npm").is_none() {
        bail!("{folder} needs npm packages, and npm is not installed: install Node.js 20 or newer, then run this again");
    }
    println!("{folder}: npm ci");
    steps::run(
        Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder_path),
    )?;
    std::fs::create_dir_all(folder_path.join("node_modules"))?;
    std::fs::write(&stamp_path, lock).with_context(|| format!("writing {}", stamp_path.display()))
}

/// The browser of the stories: `CHROMIUM`, else the first one on the path.
pub fn chromium() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        return Some(PathBuf::from(path));
    }
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(on_path)
}

/// The folder with `initdb` and `postgres` of the newest PostgreSQL, 15 or newer.
pub fn postgres_bin() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(version, bin)| *version >= 15 && bin.join("postgres").exists())
        .collect();
    versions.sort();
    versions.pop().map(|(_, bin)| bin)
}

/// Where a program is on the path.
pub fn on_path(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Whether we may do everything on this machine.
pub fn is_root() -> bool {
    number_of("id", &["-u"]) == Some(0)
}

/// The number a command prints.
pub fn number_of(program: &str, arguments: &[&str]) -> Option<u32> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn works(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

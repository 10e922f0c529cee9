//! What this repository consists of: its folder, its files, its crates and theirs.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the workspace: as cargo says while it runs us, since a target directory may be shared by several clones; else as
/// it was when this was built.
pub fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map_or_else(|| manifest.clone(), Path::to_path_buf)
}

/// The folder cargo builds into: `CARGO_TARGET_DIR`, else `target`.
pub fn target_dir(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root.join(dir),
        None => root.join("target"),
    }
}

/// The cargo that started us, else the one on the path.
pub fn cargo(root: &Path) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(root);
    command
}

/// Every file git knows or would add, relative to the root, sorted; deleted ones left out.
pub fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let output = Command::new("git")
        .current_dir(root)
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .context("running git ls-files: is git installed?")?;
    if !output.status.success() {
        bail!("git ls-files failed; tidy needs a git clone: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let names: BTreeSet<PathBuf> = output
        .stdout
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
        .map(|name| PathBuf::from(String::from_utf8_lossy(name).into_owned()))
        .filter(|name| root.join(name).is_file())
        .collect();
    Ok(names.into_iter().collect())
}

/// The part of `cargo metadata` we read.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    /// Every crate of the graph.
    pub packages: Vec<Package>,
    /// Ids of our own crates.
    pub workspace_members: Vec<String>,
    /// Who really uses whom, with the features that are on.
    pub resolve: Resolve,
}

/// A crate.
#[derive(Debug, Deserialize)]
pub struct Package {
    pub id: String,
    pub name: String,
    pub version: String,
    pub license: Option<String>,
    pub manifest_path: PathBuf,
    #[serde(default)]
    pub dependencies: Vec<Dependency>,
}

/// A line of a manifest's dependencies.
#[derive(Debug, Deserialize)]
pub struct Dependency {
    pub name: String,
    /// `None` is a normal dependency, else `dev` or `build`.
    pub kind: Option<String>,
}

/// The resolved graph.
#[derive(Debug, Deserialize)]
pub struct Resolve {
    pub nodes: Vec<Node>,
}

/// A crate in the resolved graph.
#[derive(Debug, Deserialize)]
pub struct Node {
    pub id: String,
    pub deps: Vec<NodeDep>,
}

/// An edge of the resolved graph.
#[derive(Debug, Deserialize)]
pub struct NodeDep {
    pub pkg: String,
    pub dep_kinds: Vec<DepKind>,
}

/// How an edge is used.
#[derive(Debug, Deserialize)]
pub struct DepKind {
    pub kind: Option<String>,
}

impl Metadata {
    /// Asks cargo, with the lock file as it is.
    pub fn load(root: &Path) -> Result<Metadata> {
        let output = cargo(root).args(["metadata", "--format-version", "1", "--locked"]).output().context("running cargo metadata")?;
        if !output.status.success() {
            bail!(
                "cargo metadata failed (if it says the lock file needs an update, run `cargo check` once and commit Cargo.lock): {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        serde_json::from_slice(&output.stdout).context("reading cargo metadata's answer")
    }

    /// Our own crates.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }

    /// The ids of every crate that ends up in `package` when it is built (dev-dependencies left out), itself included.
    pub fn built_into<'a>(&'a self, package: &'a str) -> BTreeSet<&'a str> {
        let nodes: BTreeMap<&str, &Node> = self.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
        let mut seen = BTreeSet::from([package]);
        let mut open = vec![package];
        while let Some(id) = open.pop() {
            let Some(node) = nodes.get(id) else { continue };
            for dep in &node.deps {
                let built = dep.dep_kinds.iter().any(|kind| kind.kind.as_deref() != Some("dev"));
                if built && seen.insert(&dep.pkg) {
                    open.push(&dep.pkg);
                }
            }
        }
        seen
    }
}

impl Package {
    /// The crate's folder relative to the root, with `/`.
    pub fn folder(&self, root: &Path) -> String {
        let folder = self.manifest_path.parent().unwrap_or(Path::new(""));
        let folder = folder.strip_prefix(root).unwrap_or(folder);
        folder.to_string_lossy().replace('\\', "/")
    }
}

//! `cargo xtask dist`: the release an operator installs: one stripped binary, its checksum, and what is inside.

use crate::workspace::Metadata;
use crate::{demo, packages, steps, workspace};
use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// Where the release goes.
#[derive(Debug, Args)]
pub struct Options {
    /// Folder for the release; `dist` in the target folder unless given
    #[arg(long)]
    out: Option<std::path::PathBuf>,
}

/// Builds with optimisation and fills the folder: `smartgovt`, `smartgovt.sha256`, `smartgovt.cdx.json`, LICENSE.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    packages::npm_ci(root, packages::NPM_WEB)?;
    packages::npm_ci(root, packages::NPM_REGIONS)?;
    let built = demo::build(root, true)?;
    let out = options.out.clone().unwrap_or_else(|| workspace::target_dir(root).join("dist"));
    std::fs::create_dir_all(&out).with_context(|| format!("making {}", out.display()))?;
    let binary = out.join("smartgovt");
    std::fs::copy(&built, &binary).with_context(|| format!("copying {}", built.display()))?;
    if packages::on_path("strip").is_some() {
        steps::run(Command::new("strip").arg(&binary))?;
    }
    std::fs::write(out.join("smartgovt.sha256"), sha256(&binary)?)?;
    let inside = bill_of_materials(root)?;
    std::fs::write(out.join("smartgovt.cdx.json"), serde_json::to_string_pretty(&inside)?)?;
    std::fs::copy(root.join("LICENSE"), out.join("LICENSE")).context("copying LICENSE")?;
    println!("The release is in {}", out.display());
    Ok(())
}

/// The line `sha256sum --check` reads.
fn sha256(binary: &Path) -> Result<String> {
    let folder = binary.parent().context("the binary has no folder")?;
    let output = Command::new("sha256sum").arg("smartgovt").current_dir(folder).output().context("running sha256sum")?;
    if !output.status.success() {
        bail!("sha256sum failed");
    }
    String::from_utf8(output.stdout).context("reading sha256sum's answer")
}

/// CycloneDX 1.6: every crate built into the binary, every npm package embedded in it, with its licence.
fn bill_of_materials(root: &Path) -> Result<Value> {
    let metadata = Metadata::load(root)?;
    let app = metadata.members().find(|package| package.name == "smartgovt").context("there is no crate smartgovt")?;
    let inside = metadata.built_into(&app.id);
    let ours = &metadata.workspace_members;
    let crates = metadata
        .packages
        .iter()
        .filter(|package| inside.contains(package.id.as_str()) && !ours.contains(&package.id))
        .map(|package| component("cargo", &package.name, &package.version, package.license.as_deref()));
    let mut components: Vec<Value> = crates.collect();
    for folder in [packages::NPM_WEB, packages::NPM_REGIONS] {
        let path = root.join(folder).join("package-lock.json");
        let lock = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        components.extend(npm_components(&serde_json::from_str(&lock)?));
    }
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": component("cargo", &app.name, &app.version, app.license.as_deref()) },
        "components": components,
    }))
}

fn npm_components(lock: &Value) -> Vec<Value> {
    let packages = lock.get("packages").and_then(Value::as_object);
    packages
        .into_iter()
        .flatten()
        .filter(|(path, package)| !path.is_empty() && package.get("dev") != Some(&Value::Bool(true)))
        .map(|(path, package)| {
            let text = |name: &str| package.get(name).and_then(Value::as_str);
            let name = path.rsplit("node_modules/").next().unwrap_or(path);
            component("npm", name, text("version").unwrap_or_default(), text("license"))
        })
        .collect()
}

fn component(kind: &str, name: &str, version: &str, licence: Option<&str>) -> Value {
    let escaped = name.replace('@', "%40");
    json!({
        "type": "library",
        "name": name,
        "version": version,
        "purl": format!("pkg:{kind}/{escaped}@{version}"),
        "licenses": licence.map(|text| json!([{ "expression": text.replace('/', " OR ") }])).unwrap_or_else(|| json!([])),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn npm_packages_that_are_embedded_are_listed() {
        let lock = json!({ "packages": {
            "": { "name": "ours" },
            "node_modules/@scope/kept": { "version": "1.2.3", "license": "MIT/Apache-2.0" },
            "node_modules/tool": { "version": "2.0.0", "dev": true },
        }});
        let listed = npm_components(&lock);
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0]["purl"], "pkg:npm/%40scope/kept@1.2.3");
        assert_eq!(listed[0]["licenses"][0]["expression"], "MIT OR Apache-2.0");
    }
}

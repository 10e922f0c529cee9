//! `cargo xtask new-system NAME`: the folder of a new system with the house's furniture, registered and tested.

use crate::steps;
use crate::{tidy, workspace};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::Path;

/// Which system to make.
#[derive(Debug, Args)]
pub struct Options {
    /// The noun officials use, in English and lower case: complaints, archive, attendance …
    name: String,
    /// Its word in Indonesian, for the menu and the address: Pengaduan
    #[arg(long)]
    title: String,
}

/// A file of the new system: its path in the folder, and its text with blanks.
const FURNITURE: [(&str, &str); 9] = [
    ("Cargo.toml", include_str!("../furniture/Cargo.toml.txt")),
    ("README.md", include_str!("../furniture/README.md.txt")),
    ("src/lib.rs", include_str!("../furniture/lib.rs.txt")),
    ("src/pages.rs", include_str!("../furniture/pages.rs.txt")),
    ("src/tests.rs", include_str!("../furniture/tests.rs.txt")),
    ("templates/NAME/index.html", include_str!("../furniture/index.html.txt")),
    ("askama.toml", include_str!("../furniture/askama.toml.txt")),
    ("locales/id.ftl", include_str!("../furniture/id.ftl.txt")),
    ("locales/en.ftl", include_str!("../furniture/en.ftl.txt")),
];
const ROOT_MANIFEST: &str = "Cargo.toml";
const APP_MANIFEST: &str = "app/Cargo.toml";

/// Writes the folder, registers the system in the two manifests and the array, and checks that it compiles.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    write(root, options)?;
    let name = &options.name;
    // The lock file learns the new crate here, so this one call is not --locked.
    steps::run(workspace::cargo(root).args(["check", "--package", name, "--package", "smartgovt"]))?;
    steps::run(workspace::cargo(root).args(["fmt", "--package", name, "--package", "smartgovt"]))?;
    println!("systems/{name} stands: run `cargo test -p {name}`, then begin with its README.md.");
    Ok(())
}

fn write(root: &Path, options: &Options) -> Result<()> {
    let name = &options.name;
    check_name(name)?;
    let folder = root.join("systems").join(name);
    if folder.exists() {
        bail!("systems/{name} is already there");
    }
    let read = |file: &str| std::fs::read_to_string(root.join(file)).with_context(|| format!("reading {file}"));
    let root_manifest = with_line(
        &read(ROOT_MANIFEST)?,
        |line| line.contains("= { path = \"systems/"),
        &format!("{name} = {{ path = \"systems/{name}\" }}"),
    );
    let app_manifest = with_line(&read(APP_MANIFEST)?, |line| line == "services.workspace = true", &format!("{name}.workspace = true"));
    let registry = with_system(&read(tidy::REGISTRY)?, name);
    let (Some(root_manifest), Some(app_manifest), Some(registry)) = (root_manifest, app_manifest, registry) else {
        bail!("Cargo.toml, app/Cargo.toml or {} no longer looks as new-system expects; nothing was written", tidy::REGISTRY);
    };
    for (file, text) in FURNITURE {
        let path = folder.join(file.replace("NAME", name));
        std::fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        std::fs::write(&path, filled(text, options)).with_context(|| format!("writing {}", path.display()))?;
    }
    std::fs::write(root.join(ROOT_MANIFEST), root_manifest)?;
    std::fs::write(root.join(APP_MANIFEST), app_manifest)?;
    std::fs::write(root.join(tidy::REGISTRY), registry)?;
    Ok(())
}

fn check_name(name: &str) -> Result<()> {
    let letters = name.chars().all(|letter| letter.is_ascii_lowercase());
    if !letters || !(3..=24).contains(&name.len()) {
        bail!("{name:?} cannot be the name of a system: 3 to 24 letters a–z, one English noun, for example complaints");
    }
    Ok(())
}

fn filled(text: &str, options: &Options) -> String {
    let slug: String = options
        .title
        .to_lowercase()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    let mut english: String = options.name.clone();
    if let Some(first) = english.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text.replace("%NAME%", &options.name).replace("%TITLE%", &options.title).replace("%ENGLISH%", &english).replace("%SLUG%", &slug)
}

/// Adds a line after the last one that `is_sibling` knows, or `None` when there is no such line.
fn with_line(text: &str, is_sibling: impl Fn(&str) -> bool, line: &str) -> Option<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let last = lines.iter().rposition(|line| is_sibling(line))?;
    lines.insert(last + 1, line);
    Some(lines.join("\n") + "\n")
}

/// Adds `&NAME::SYSTEM` to the array, all in alphabetical order.
fn with_system(registry: &str, name: &str) -> Option<String> {
    let mut systems = tidy::named(registry);
    systems.push(name.to_owned());
    systems.sort();
    let first = registry.find("::SYSTEM")?;
    let open = registry.get(..first)?.rfind('[')?;
    let close = registry.get(first..)?.find(']')? + first;
    let items: String = systems.iter().map(|system| format!("    &{system}::SYSTEM,\n")).collect();
    let before = registry.get(..open)?;
    let counted = before.replace(&format!("; {}]", systems.len() - 1), &format!("; {}]", systems.len()));
    Some(format!("{counted}[\n{items}{}", registry.get(close..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(name: &str) -> Options {
        Options { name: name.to_owned(), title: "Pengaduan Warga".to_owned() }
    }

    #[test]
    fn a_system_is_written_and_registered_in_order() {
        let root = tempfile::tempdir().unwrap();
        let write_file = |name: &str, text: &str| {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let read_file = |name: &str| std::fs::read_to_string(root.path().join(name)).unwrap();
        write_file(ROOT_MANIFEST, "[workspace.dependencies]\nservices = { path = \"systems/services\" }\nserde = \"1\"\n");
        write_file(APP_MANIFEST, "[dependencies]\nservices.workspace = true\nserde.workspace = true\n");
        write_file(tidy::REGISTRY, "pub static SYSTEMS: [&System; 1] = [&services::SYSTEM];\n");

        write(root.path(), &options("complaints")).unwrap();

        assert!(read_file(ROOT_MANIFEST).contains("complaints = { path = \"systems/complaints\" }\nserde"));
        assert!(read_file(APP_MANIFEST).contains("complaints.workspace = true\nserde"));
        assert_eq!(
            read_file(tidy::REGISTRY),
            "pub static SYSTEMS: [&System; 2] = [\n    &complaints::SYSTEM,\n    &services::SYSTEM,\n];\n"
        );
        assert!(read_file("systems/complaints/locales/id.ftl").contains("Pengaduan Warga"));
        assert!(read_file("systems/complaints/src/lib.rs").contains("/pengaduan-warga"));
        let twice = write(root.path(), &options("complaints")).unwrap_err();
        assert!(twice.to_string().contains("already there"));
    }

    #[test]
    fn names_are_one_plain_noun() {
        assert!(check_name("complaints").is_ok());
        for bad in ["ab", "Complaints", "my-system", "../escape", ""] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}

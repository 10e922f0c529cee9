//! Prepares what the browser loads: own files without their comments, npm packages from `node_modules`, each under a
//! name that carries the hash of its content.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

fn main() {
    let folder = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let htmx = folder.join("node_modules/htmx.org/dist/htmx.min.js");
    for path in ["assets", "locales", "templates", "package-lock.json", "node_modules/htmx.org/dist/htmx.min.js"] {
        println!("cargo::rerun-if-changed={path}");
    }
    if !htmx.is_file() {
        println!(
            "cargo::error=web/node_modules is missing: run `npm ci --ignore-scripts` in {} (`cargo xtask demo`, `check` and `test` do it by themselves)",
            folder.display()
        );
        return;
    }
    let script = own_script(&read(&folder.join("assets/smartgovt.js")));
    let style = own_style(&read(&folder.join("assets/smartgovt.css")));
    let mut code = String::from("/// Name, file name with the hash of its content, and content of what never changes at run time.\n");
    code.push_str("pub(super) const FILES: &[(&str, &str, &str)] = &[\n");
    for (name, content) in [("htmx.js", read(&htmx)), ("smartgovt.js", script)] {
        let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
        let hashed = format!("{stem}-{}.{ending}", hash(&content));
        write(&out.join(&hashed), &content);
        code.push_str(&format!("    ({name:?}, {hashed:?}, include_str!(concat!(env!(\"OUT_DIR\"), \"/{hashed}\"))),\n"));
    }
    write(&out.join("smartgovt.css"), &style);
    code.push_str("];\n\n/// The style sheet, to which the colours of the government are added.\n");
    code.push_str("pub(super) const STYLE: &str = include_str!(concat!(env!(\"OUT_DIR\"), \"/smartgovt.css\"));\n");
    write(&out.join("assets.rs"), &code);
}

fn read(path: &Path) -> String {
    match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            println!("cargo::error={}: {error}", path.display());
            String::new()
        }
    }
}

fn write(path: &Path, content: &str) {
    if let Err(error) = fs::write(path, content) {
        println!("cargo::error={}: {error}", path.display());
    }
}

fn hash(content: &str) -> String {
    Sha256::digest(content.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// Without whole-line comments and indentation; every statement of ours ends on its line.
fn own_script(source: &str) -> String {
    let lines = source.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Without comments and indentation.
fn own_style(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("/*") {
        text.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

//! Sizes that keep files readable and pages light.

use super::{Finding, House, Text};
use std::io::Write;
use std::process::{Command, Stdio};

const RUST_LINES_MAX: usize = 600;
const CSS_COMPRESSED_BYTES_MAX: usize = 15 * 1024;
const JS_BYTES_MAX: usize = 8 * 1024;

pub(super) fn findings(house: &House) -> Vec<Finding> {
    let mut found: Vec<Finding> = house.texts.iter().filter_map(long).collect();
    let served =
        |ending: &str| -> Vec<&Text> { house.texts.iter().filter(|text| text.ends_with(ending) && is_served(&text.name)).collect() };
    let css: String = served(".css").iter().map(|text| text.text.as_str()).collect();
    found.extend(match compressed_bytes(&css) {
        Ok(bytes) => heavy("the product's CSS", bytes, CSS_COMPRESSED_BYTES_MAX, "compressed"),
        Err(error) => Some(Finding::new("web", format!("cannot weigh the CSS with gzip: {error}"))),
    });
    let js_bytes = served(".js").iter().map(|text| without_comments(&text.text)).sum();
    found.extend(heavy("the product's own JavaScript", js_bytes, JS_BYTES_MAX, "as served, without its comments"));
    found
}

/// The bytes of a script as `web/build.rs` serves it: comment lines and indentation left out.
fn without_comments(script: &str) -> usize {
    script.lines().map(str::trim).filter(|line| !line.starts_with("//")).map(|line| line.len() + 1).sum()
}

/// Whether a file goes to browsers, as far as its folder tells.
fn is_served(name: &str) -> bool {
    let product = ["web/", "systems/", "app/"].iter().any(|folder| name.starts_with(folder));
    product && !name.contains("/tests/")
}

fn long(text: &Text) -> Option<Finding> {
    let lines = text.text.lines().count();
    (text.is_rust() && lines > RUST_LINES_MAX)
        .then(|| Finding::new(&text.name, format!("{lines} lines, more than {RUST_LINES_MAX}: make it a folder of named parts")))
}

fn heavy(what: &str, bytes: usize, bytes_max: usize, how: &str) -> Option<Finding> {
    (bytes > bytes_max).then(|| Finding::new("web", format!("{what} weighs {bytes} bytes {how}, more than {bytes_max}: make it smaller")))
}

fn compressed_bytes(text: &str) -> std::io::Result<usize> {
    let mut gzip = Command::new("gzip").args(["-9", "-n", "-c"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = gzip.stdin.take().ok_or(std::io::ErrorKind::BrokenPipe)?;
    // The answer fits a pipe's buffer at any size we would accept; a bigger text is written beside the reading.
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = gzip.wait_with_output()?;
    writer.join().map_err(|_| std::io::ErrorKind::BrokenPipe)??;
    Ok(output.stdout.len())
}

#[cfg(test)]
mod tests {
    use super::super::text;
    use super::*;

    #[test]
    fn long_files_are_caught() {
        assert_eq!(long(&text("kernel/src/a.rs", &"line\n".repeat(600))), None);
        assert_eq!(long(&text("data/holidays.csv", &"line\n".repeat(6000))), None);
        let found = long(&text("kernel/src/a.rs", &"line\n".repeat(601)));
        assert!(found.is_some_and(|finding| finding.advice.starts_with("601 lines")));
    }

    #[test]
    fn heavy_styles_are_caught() {
        let light = compressed_bytes(&".a { color: red }\n".repeat(5000)).expect("gzip runs");
        assert_eq!(heavy("CSS", light, CSS_COMPRESSED_BYTES_MAX, "compressed"), None);
        assert!(heavy("CSS", CSS_COMPRESSED_BYTES_MAX + 1, CSS_COMPRESSED_BYTES_MAX, "compressed").is_some());
    }
}

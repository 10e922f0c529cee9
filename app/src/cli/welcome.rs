//! What a newcomer reads when the demonstration is open: where, as whom, and with which password.

use std::{fmt::Write as _, path::Path};

use anyhow::{Context, Result};
use kernel::{Gov, account, post};
use serde::Deserialize;

/// Who is worth being, in the order of a letter's way: a role, and what one sees with it.
const PARTS: [(&str, &str); 9] = [
    ("operator", "serves at the counter (Layani di loket)"),
    ("initialer", "puts initials (paraf) on letters"),
    ("signer", "signs letters"),
    ("unit_admin", "keeps accounts and posts of the village"),
    ("overseer", "sees the whole regency (Pantauan)"),
    ("inspector", "reads the log and what is unusual in it"),
    ("village_affairs", "fills posts of villages, moves people by decree"),
    ("privacy_officer", "answers for personal data"),
    ("admin", "keeps accounts, terms and alarms"),
];

/// A line of `demo-accounts.json`.
#[derive(Debug, Clone, Deserialize)]
struct Line {
    role: String,
    unit: String,
    username: String,
    password: String,
    /// The post behind the account; folders filled by an older release do not tell.
    #[serde(default)]
    post: String,
}

/// The words for the demonstration in `folder`, served at `url`.
///
/// # Errors
/// The list of accounts cannot be read.
pub(super) fn words(gov: &Gov, folder: &Path, url: &str) -> Result<String> {
    let file = folder.join("demo-accounts.json");
    let text = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
    let lines: Vec<Line> = serde_json::from_slice(&text).with_context(|| format!("{} cannot be read", file.display()))?;
    let now = gov.now();
    let chosen = gov.db().read_now(|rx| {
        choose(&lines, |line| {
            // Whoever a Plh replaces today holds the post and may do nothing with it: not the one to begin with.
            let person = account::by_username(rx, &line.username)?.and_then(|account| account.person);
            person.map_or(Ok(false), |person| Ok(!post::posts_of(rx, person, now)?.is_empty()))
        })
    })?;
    Ok(told(&gov.settings().name, url, &file.display().to_string(), &chosen))
}

/// For each part the first account whose post is its own today.
fn choose(lines: &[Line], mut acts: impl FnMut(&Line) -> kernel::Result<bool>) -> kernel::Result<Vec<(Line, &'static str)>> {
    let mut chosen: Vec<(Line, &'static str)> = Vec::new();
    for (role, does) in PARTS {
        for line in lines.iter().filter(|line| line.role == role) {
            if acts(line)? {
                chosen.push((line.clone(), does));
                break;
            }
        }
    }
    Ok(chosen)
}

fn told(name: &str, url: &str, file: &str, chosen: &[(Line, &str)]) -> String {
    let mut text = format!("\n{name} is open at {url}/ until Ctrl+C. People, letters and numbers in it are invented.\n");
    let _ = writeln!(text, "A resident needs no account. An officer signs in at {url}/masuk:\n");
    let width = chosen.iter().map(|(line, _)| line.username.len()).max().unwrap_or(0);
    for (line, does) in chosen {
        let who = if line.post.is_empty() { line.role.as_str() } else { line.post.as_str() };
        let _ = writeln!(text, "  {:width$}  {who}, {}: {does}", line.username, line.unit);
    }
    if let Some((line, _)) = chosen.first() {
        let _ = writeln!(text, "\nThe password of every account is {}. All accounts: {file}\n", line.password);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(role: &str, username: &str) -> Line {
        Line {
            role: role.into(),
            unit: "Desa Contoh".into(),
            username: username.into(),
            password: "rahasia".into(),
            post: "Kepala Desa".into(),
        }
    }

    #[test]
    fn a_newcomer_reads_where_as_whom_and_with_which_password() {
        let lines = [line("operator", "operator.a"), line("signer", "kepala.a"), line("signer", "kepala.b"), line("examiner", "kasi.a")];
        let chosen = choose(&lines, |line| Ok(line.username != "kepala.a")).unwrap();
        let text = told("Kabupaten Contoh", "http://127.0.0.1:8080", "demo-data/demo-accounts.json", &chosen);
        for wanted in [
            "http://127.0.0.1:8080/masuk",
            "  operator.a  Kepala Desa, Desa Contoh: serves",
            "  kepala.b ",
            "The password of every account is rahasia",
            "demo-data/demo-accounts.json",
        ] {
            assert!(text.contains(wanted), "{wanted}\n{text}");
        }
        assert!(!text.contains("kepala.a"), "whoever is replaced today is not the one to begin with:\n{text}");
    }
}

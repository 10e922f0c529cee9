//! What a newcomer reads when the demonstration is open: where, as whom, and with which password.

use std::{fmt::Write as _, path::Path};

use anyhow::{Context, Result};
use kernel::{Gov, account, post};
use serde::Deserialize;

/// Where somebody worth being works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// The village of the first head who signs today: a letter goes all its way there.
    Village,
    /// The head of a kecamatan.
    District,
    /// The government itself.
    Top,
    Anywhere,
}

/// Who is worth being, in the order of a letter's way: a role, where, and what one does there.
const PARTS: [(&str, At, &str); 10] = [
    ("operator", At::Village, "serves at the counter (Layani di loket)"),
    ("initialer", At::Village, "puts initials (paraf) on letters, keeps accounts and posts"),
    ("signer", At::Village, "signs letters"),
    ("signer", At::District, "signs what needs \"mengetahui Camat\""),
    ("overseer", At::Top, "sees what waits where in the whole regency (Pantauan)"),
    ("inspector", At::Anywhere, "reads the log and what is unusual in it"),
    ("village_affairs", At::Anywhere, "fills posts of villages, moves people by decree"),
    ("privacy_officer", At::Anywhere, "answers for personal data"),
    ("keyholder", At::Anywhere, "agrees to lists that leave the system"),
    ("admin", At::Anywhere, "keeps accounts, terms and alarms"),
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

/// The words for the demonstration in `folder`, served at `url`; `district_head` is what a camat is called there.
///
/// # Errors
/// The list of accounts cannot be read.
pub(super) fn words(gov: &Gov, folder: &Path, url: &str, district_head: &str) -> Result<String> {
    let file = folder.join("demo-accounts.json");
    let text = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
    let lines: Vec<Line> = serde_json::from_slice(&text).with_context(|| format!("{} cannot be read", file.display()))?;
    let (now, name) = (gov.now(), gov.settings().name.clone());
    let chosen = gov.db().read_now(|rx| {
        choose(&lines, &name, district_head, |line| {
            // Whoever a Plh replaces today holds the post and may do nothing with it: not the one to begin with.
            let person = account::by_username(rx, &line.username)?.and_then(|account| account.person);
            person.map_or(Ok(false), |person| Ok(!post::posts_of(rx, person, now)?.is_empty()))
        })
    })?;
    Ok(told(&name, url, &file.display().to_string(), &chosen))
}

/// For each part the first account whose post is its own today.
fn choose(
    lines: &[Line],
    government: &str,
    district_head: &str,
    mut acts: impl FnMut(&Line) -> kernel::Result<bool>,
) -> kernel::Result<Vec<(Line, &'static str)>> {
    let is_district = |line: &Line| line.post.eq_ignore_ascii_case(district_head);
    let mut village = None;
    for head in lines.iter().filter(|line| line.role == "signer" && !is_district(line)) {
        if acts(head)? {
            village = Some(head.unit.as_str());
            break;
        }
    }
    let mut chosen: Vec<(Line, &'static str)> = Vec::new();
    for (role, at, does) in PARTS {
        let fits = |line: &&Line| match at {
            At::Village => Some(line.unit.as_str()) == village,
            At::District => is_district(line),
            At::Top => line.unit == government,
            At::Anywhere => true,
        };
        for line in lines.iter().filter(|line| line.role == role).filter(fits) {
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

    fn line(role: &str, username: &str, unit: &str, post: &str) -> Line {
        Line { role: role.into(), unit: unit.into(), username: username.into(), password: "rahasia".into(), post: post.into() }
    }

    #[test]
    fn a_newcomer_reads_where_as_whom_and_with_which_password() {
        let lines = [
            line("operator", "operator.a", "Desa A", "Operator Desa"),
            line("signer", "kepala.a", "Desa A", "Kepala Desa"),
            line("operator", "operator.b", "Desa B", "Operator Desa"),
            line("signer", "camat.c", "Kecamatan C", "Camat"),
            line("signer", "kepala.b", "Desa B", "Kepala Desa"),
            line("overseer", "irban", "Inspektorat", "Inspektur Pembantu"),
            line("overseer", "bupati", "Kabupaten Contoh", "Bupati"),
            line("examiner", "kasi.a", "Desa A", "Kasi"),
        ];
        let chosen = choose(&lines, "Kabupaten Contoh", "camat", |line| Ok(line.username != "kepala.a")).unwrap();
        let names: Vec<&str> = chosen.iter().map(|(line, _)| line.username.as_str()).collect();
        // Whoever is replaced today is not the one to begin with, and a letter goes all its way in one village.
        assert_eq!(names, ["operator.b", "kepala.b", "camat.c", "bupati"]);
        let text = told("Kabupaten Contoh", "http://127.0.0.1:8080", "demo-data/demo-accounts.json", &chosen);
        for wanted in [
            "http://127.0.0.1:8080/masuk",
            "  operator.b  Operator Desa, Desa B: serves",
            "  kepala.b    Kepala Desa, Desa B: signs",
            "The password of every account is rahasia",
            "demo-data/demo-accounts.json",
        ] {
            assert!(text.contains(wanted), "{wanted}\n{text}");
        }
    }
}

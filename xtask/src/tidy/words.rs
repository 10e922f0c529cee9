//! Words that must not be committed: unfinished or silent places, paths of one machine, sleeping in tests.

use super::{Finding, House, Text};

/// What is looked for, and what to do. Written in two halves so that this file does not hold the words.
const UNFINISHED: [(&str, &str); 9] = [
    (concat!("TO", "DO"), "finish it, or write down in the issue what is missing"),
    (concat!("FIX", "ME"), "mend it, or write down in the issue what is wrong"),
    (concat!("X", "XX"), "say in a sentence what is meant"),
    (concat!("lorem", " ipsum"), "write the real text"),
    (concat!("#[", "ignore"), "let the test run, or delete it"),
    (concat!("dbg", "!("), "take it out"),
    (concat!("todo", "!("), "finish it"),
    (concat!("unimplemented", "!("), "finish it"),
    (concat!("test.", "only("), "let the other tests run too"),
];

const SLEEPING: [&str; 4] =
    [concat!("thread::", "sleep"), concat!("time::", "sleep"), concat!("set", "Timeout("), concat!("waitFor", "Timeout")];

/// Folders that exist on one machine only.
const MACHINE: [&str; 4] = [concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("C:", "\\Users")];

pub(super) fn findings(house: &House) -> Vec<Finding> {
    let around = house.root.parent().map(|folder| format!("{}/", folder.display())).filter(|folder| folder.len() > 2);
    house.texts.iter().filter(|text| !is_machine_made(&text.name)).flat_map(|text| judge(text, around.as_deref())).collect()
}

fn is_machine_made(name: &str) -> bool {
    name.ends_with(".lock") || name.ends_with("package-lock.json")
}

fn judge(text: &Text, around: Option<&str>) -> Vec<Finding> {
    let mut found = Vec::new();
    let tells_history = text.name.starts_with("docs/adr/");
    for (at, line) in text.text.lines().enumerate() {
        let mut say = |advice: String| found.push(Finding::at(&text.name, at + 1, advice));
        if !tells_history {
            for (word, advice) in UNFINISHED {
                if holds(line, word) {
                    say(format!("{word}: {advice}"));
                }
            }
        }
        for folder in MACHINE.into_iter().chain(around) {
            if line.contains(folder) {
                say(format!("{folder} is a folder of one machine: take it from an option or the environment"));
            }
        }
        if text.is_test() {
            for word in SLEEPING {
                if line.contains(word) {
                    say(format!("{word} in a test hides a race: wait for the event itself, with a bound"));
                }
            }
        }
    }
    found
}

/// Whether a line holds a word that is not part of a longer one.
fn holds(line: &str, word: &str) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
        let opens = word.ends_with('(') || word.starts_with('#');
        let free = |letter: Option<char>| !letter.is_some_and(is_word);
        free(before) && (opens || free(after))
    })
}

#[cfg(test)]
mod tests {
    use super::super::text;
    use super::*;

    fn count(name: &str, line: &str) -> usize {
        judge(&text(name, line), Some("/srv/build/")).len()
    }

    #[test]
    fn finished_work_passes() {
        assert_eq!(count("kernel/src/a.rs", "// a tracking code is shown as XXXX-XXXX-XXXX; metode, todos"), 0);
        assert_eq!(count("kernel/src/jobs.rs", concat!("std::thread::", "sleep(pause);")), 0);
        assert_eq!(count("docs/adr/0001-shape.md", concat!("we left a TO", "DO there once")), 0);
    }

    #[test]
    fn unfinished_work_is_caught() {
        for (word, _) in UNFINISHED {
            assert_eq!(count("web/src/a.rs", &format!("  {word}")), 1, "{word}");
        }
        assert_eq!(count("e2e/stories/a.mjs", concat!("await page.waitFor", "Timeout(50)")), 1);
        assert_eq!(count("systems/services/src/tests.rs", concat!("tokio::time::", "sleep(d).await")), 1);
        assert_eq!(count("README.md", "see /srv/build/main/README.md"), 1);
    }
}

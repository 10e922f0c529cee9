//! Every sentence exists in both languages with the same blanks, is used somewhere, and none is asked for in vain.

use super::{Finding, House, Text, source};
use std::collections::{BTreeMap, BTreeSet};

/// How code and templates ask for a message: what stands before the opening quote of its key.
const ASKED_BY: [&str; 10] = ["msg!(", "Message::new(", ".t(", ".tn(", ".t1(", ".t2(", " t(", "{{t(", ".label(", ".hint("];

/// The messages of one file: key (or `key.attribute`) → names of its blanks, and line.
type Messages = BTreeMap<String, Message>;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Message {
    blanks: BTreeSet<String>,
    /// Keys of other messages it contains.
    contains: BTreeSet<String>,
    line: usize,
}

pub(super) fn findings(house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let mut used = Used::default();
    for text in house.texts.iter().filter(|text| text.ends_with("/locales/id.ftl")) {
        let english_name = text.name.replace("/id.ftl", "/en.ftl");
        let indonesian = messages(&text.text);
        let english = messages(house.text(&english_name).unwrap_or_default());
        found.extend(mismatches(&text.name, &indonesian, &english_name, &english));
        for (key, message) in &indonesian {
            used.keys.extend(message.contains.iter().cloned());
            let place = format!("{}:{}", text.name, message.line);
            if let Some(other) = known.insert(key.clone(), place.clone()) {
                found.push(Finding::new(place, format!("{key} is already said at {other}: keep one")));
            }
        }
    }
    for text in house.texts.iter().filter(|text| may_ask(text)) {
        used.read(text);
    }
    found.extend(unused(&known, &used));
    found.extend(missing(&known, &used));
    found
}

/// Whether a file of the product may hold keys of messages.
fn may_ask(text: &Text) -> bool {
    let product = !text.name.starts_with("xtask/") && !text.name.contains("/examples/") && !text.is_test();
    let kind = text.is_rust() || text.ends_with(".html") || text.ends_with(".txt") || text.ends_with(".toml");
    product && kind
}

/// What the product asks for.
#[derive(Debug, Default)]
struct Used {
    /// Every text that could be a key.
    keys: BTreeSet<String>,
    /// Beginnings of keys that are put together when the program runs.
    beginnings: BTreeSet<String>,
    /// Keys asked for by name: key → place.
    asked: BTreeMap<String, String>,
}

impl Used {
    fn read(&mut self, text: &Text) {
        let literals = if text.is_rust() { rust_literals(&text.text) } else { quoted_literals(&text.text) };
        for literal in literals {
            if literal.asked && is_key(&literal.text) {
                let place = format!("{}:{}", text.name, literal.line);
                self.asked.entry(literal.text.clone()).or_insert(place);
            }
            let beginning = literal.text.split('{').next().unwrap_or_default();
            if beginning.ends_with('-') && (beginning.len() < literal.text.len() || literal.text.ends_with('-')) {
                self.beginnings.insert(beginning.to_owned());
            }
            self.keys.insert(literal.text);
        }
    }
}

#[derive(Debug)]
struct Literal {
    text: String,
    line: usize,
    asked: bool,
}

/// Texts in code that is not a test.
fn rust_literals(source_text: &str) -> Vec<Literal> {
    let product = without_test_module(source_text);
    let mut before = String::new();
    let mut found = Vec::new();
    for piece in source::pieces(product) {
        match piece.kind {
            source::Kind::Code => before = piece.text,
            source::Kind::Comment => {}
            source::Kind::Text => {
                found.push(Literal { text: piece.text, line: piece.line, asked: asks(&before) });
                before.clear();
            }
        }
    }
    found
}

/// The file up to its inline test module; a `mod tests;` in the middle ends nothing.
fn without_test_module(source_text: &str) -> &str {
    let marks = source_text.match_indices("#[cfg(test)]\nmod ");
    let inline = marks.filter(|(at, mark)| source_text[at + mark.len()..].lines().next().is_some_and(|line| line.contains('{')));
    inline.map(|(at, _)| &source_text[..at]).next().unwrap_or(source_text)
}

/// Texts between quotes in templates and data.
fn quoted_literals(text: &str) -> Vec<Literal> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let parts: Vec<&str> = line.split('"').collect();
        for pair in parts.windows(2) {
            if let [before, text] = pair {
                found.push(Literal { text: (*text).to_owned(), line: at + 1, asked: asks(before) });
            }
        }
    }
    found
}

fn asks(before: &str) -> bool {
    let before = before.trim_end();
    ASKED_BY.iter().any(|call| before.ends_with(call))
}

fn is_key(text: &str) -> bool {
    let letters = text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
    letters && text.starts_with(|letter: char| letter.is_ascii_lowercase()) && text.contains('-') && !text.ends_with('-')
}

fn unused(known: &BTreeMap<String, String>, used: &Used) -> Vec<Finding> {
    known
        .iter()
        .filter(|(key, _)| {
            let root = key.split('.').next().unwrap_or_default();
            let by_name = used.keys.contains(*key) || used.keys.contains(root);
            let put_together = used.beginnings.iter().any(|beginning| key.starts_with(beginning));
            !by_name && !put_together
        })
        .map(|(key, place)| Finding::new(place, format!("nothing uses {key}: take it out of both languages")))
        .collect()
}

fn missing(known: &BTreeMap<String, String>, used: &Used) -> Vec<Finding> {
    used.asked
        .iter()
        .filter(|(key, _)| !known.contains_key(*key))
        .map(|(key, place)| Finding::new(place, format!("asks for {key}, which no locale file has: add it to both languages")))
        .collect()
}

fn mismatches(name: &str, indonesian: &Messages, english_name: &str, english: &Messages) -> Vec<Finding> {
    let mut found = Vec::new();
    for (key, message) in indonesian {
        match english.get(key) {
            None => found.push(Finding::at(name, message.line, format!("{key} has no English: add it to {english_name}"))),
            Some(other) if other.blanks != message.blanks => found.push(Finding::at(
                english_name,
                other.line,
                format!(
                    "{key} has the blanks {{{}}} here and {{{}}} in Indonesian: make them the same",
                    join(&other.blanks),
                    join(&message.blanks)
                ),
            )),
            Some(_) => {}
        }
    }
    for (key, message) in english.iter().filter(|(key, _)| !indonesian.contains_key(*key)) {
        found.push(Finding::at(english_name, message.line, format!("{key} has no Indonesian: add it to {name}")));
    }
    found
}

fn join(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Reads a Fluent file as far as its keys, attributes and blanks; the product itself refuses wrong syntax.
fn messages(ftl: &str) -> Messages {
    let mut found = Messages::new();
    let mut message_key = String::new();
    let mut key = String::new();
    for (at, line) in ftl.lines().enumerate() {
        let begins = line.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '-');
        let attribute = line.trim_start().strip_prefix('.').and_then(|rest| rest.split_once('='));
        let value = if let Some((name, value)) = line.split_once('=').filter(|_| begins) {
            message_key = name.trim().to_owned();
            key.clone_from(&message_key);
            value
        } else if let Some((name, value)) = attribute {
            key = format!("{message_key}.{}", name.trim());
            value
        } else if line.starts_with([' ', '\t']) || line.trim_start().starts_with('}') {
            line
        } else {
            key.clear();
            continue;
        };
        if !key.is_empty() {
            let message =
                found.entry(key.clone()).or_insert_with(|| Message { blanks: BTreeSet::new(), contains: BTreeSet::new(), line: at + 1 });
            message.blanks.extend(names_after(value, '$'));
            message.contains.extend(contained(value));
        }
    }
    found
}

fn names_after(text: &str, sign: char) -> Vec<String> {
    text.split(sign)
        .skip(1)
        .map(|rest| rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter)).collect())
        .filter(|name: &String| !name.is_empty())
        .collect()
}

/// Messages or terms named alone in braces: `{ services-title }`, `{ -brand }`.
fn contained(value: &str) -> Vec<String> {
    value
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .map(|inner| inner.trim().to_owned())
        .filter(|inner| {
            inner.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
                && inner.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '-')
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::text;
    use super::*;

    const INDONESIAN: &str = "# Layanan\nservices-title = Layanan\nservices-left = Sisa { $days ->\n    [one] satu hari\n   *[other] { $days } hari\n }\n    .help = Hari kerja { $unit }\n";

    #[test]
    fn languages_must_agree() {
        let indonesian = messages(INDONESIAN);
        let good = "services-title = Services\nservices-left = { $days } days left\n    .help = Working days { $unit }\n";
        assert_eq!(mismatches("id.ftl", &indonesian, "en.ftl", &messages(good)), []);
        let bad = "services-left = { $hours } left\nservices-extra = More\n";
        let advice: Vec<String> =
            mismatches("id.ftl", &indonesian, "en.ftl", &messages(bad)).into_iter().map(|finding| finding.advice).collect();
        assert_eq!(advice.len(), 4, "{advice:?}");
        assert!(advice.iter().any(|line| line.contains("services-left has the blanks {hours} here and {days}")));
        assert!(advice.iter().any(|line| line.contains("services-extra has no Indonesian")));
    }

    #[test]
    fn every_message_is_used_and_every_request_answered() {
        let known: BTreeMap<String, String> = ["services-title", "services-state-done", "services-left", "services-left.help", "web-old"]
            .into_iter()
            .map(|key| (key.to_owned(), "id.ftl:1".to_owned()))
            .collect();
        let mut used = Used::default();
        used.read(&text("systems/services/src/pages.rs", "fn f() { page(msg!(\"services-title\"), format!(\"services-state-{state}\")); }\n#[cfg(test)]\nmod tests { fn g() { msg!(\"only-a-test\"); } }"));
        used.read(&text("systems/services/templates/a.html", "<p>{{ self.t(\"services-left\") }} {{ page.t(\"services-gone\") }}</p>"));
        let unused: Vec<String> = unused(&known, &used).into_iter().map(|finding| finding.advice).collect();
        assert_eq!(unused, ["nothing uses web-old: take it out of both languages"]);
        let missing: Vec<String> = missing(&known, &used).into_iter().map(|finding| finding.place).collect();
        assert_eq!(missing, ["systems/services/templates/a.html:1"]);
    }
}

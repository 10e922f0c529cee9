//! One paper as the data its layout reads.

use std::collections::BTreeSet;

use letter::{Mode, Paper, Qr, QrError};
use serde_json::{Value, json};

use crate::words::words;

/// Whether a character can be printed with the embedded fonts.
pub(crate) trait Coverage {
    fn covers(&self, c: char) -> bool;
}

/// The data of a paper, ready for its layout.
pub(crate) struct Prepared {
    /// The content of `/data.json`.
    pub(crate) json: Vec<u8>,
    /// Characters that were replaced.
    pub(crate) unprintable: String,
}

/// What stands for a character that cannot be printed: visible, so that nobody takes the text for complete.
const UNPRINTABLE: char = '\u{fffd}';

/// The longest run without a place to break a line; a longer one would leave its column.
const RUN_CHARS_MAX: usize = 28;

pub(crate) fn prepare(paper: &Paper, coverage: &dyn Coverage) -> Result<Prepared, Fault> {
    // A draft's number, register numbers and code do not even reach the layout.
    let draft = match paper {
        Paper::Letter(letter) if letter.is_draft() => Some(Paper::from(letter.as_draft())),
        _ => None,
    };
    let paper = draft.as_ref().unwrap_or(paper);
    let language = if paper.language() == "en" { "en" } else { "id" };
    let words = words(language);
    let mut value = serde_json::to_value(paper).map_err(|_| Fault::Data)?;
    // The picture is a file of its own.
    if let Some((name, _)) = paper.head().and_then(|head| head.emblem.file())
        && let Some(emblem) = value.pointer_mut("/head/emblem")
    {
        *emblem = json!({ "kind": "file", "path": format!("/{name}") });
    }
    let mut data = json!({
        "title": title(paper),
        "author": paper.meta().author,
        "lang": language,
        "marks": marks(paper, &words),
        "qr": paper.qr_text().map(Qr::of).transpose()?,
        "words": words,
        "paper": value,
    });
    let mut cleaner = Cleaner { coverage, unprintable: BTreeSet::new() };
    cleaner.clean_value(&mut data);
    let json = serde_json::to_vec(&data).map_err(|_| Fault::Data)?;
    Ok(Prepared { json, unprintable: cleaner.unprintable.into_iter().collect() })
}

/// Why a paper has no data for its layout.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the paper cannot be written as JSON")]
    Data,
    #[error(transparent)]
    Qr(#[from] QrError),
}

/// Title in the file's metadata, which a screen reader says first; a mark is part of it.
fn title(paper: &Paper) -> String {
    let (title, mark) = match paper {
        Paper::Letter(it) => (&it.title, &it.mark),
        Paper::Slip(it) => (&it.title, &it.mark),
        Paper::Book(it) => (&it.title, &it.mark),
        Paper::Pack(it) => (&it.title, &it.mark),
        Paper::KeyCopy(it) => (&it.title, &it.mark),
    };
    let subject = match paper {
        Paper::Letter(it) if title.is_empty() => {
            it.address.as_ref().and_then(|address| address.details.last()).map(|(_, value)| value.as_str())
        }
        _ => None,
    };
    let title = match subject.unwrap_or(title) {
        "" => "Surat",
        title => title,
    };
    match mark {
        Some(mark) => format!("{title} ({mark})"),
        None => title.to_owned(),
    }
}

fn marks(paper: &Paper, words: &Value) -> Vec<String> {
    let (mark, draft) = match paper {
        Paper::Letter(it) => (&it.mark, it.mode == Mode::Draft),
        Paper::Slip(it) => (&it.mark, false),
        Paper::Book(it) => (&it.mark, false),
        Paper::Pack(it) => (&it.mark, false),
        Paper::KeyCopy(it) => (&it.mark, false),
    };
    let draft = draft.then(|| words["draft"].as_str().unwrap_or_default().to_owned());
    draft.into_iter().chain(mark.clone()).filter(|mark| !mark.trim().is_empty()).collect()
}

struct Cleaner<'a> {
    coverage: &'a dyn Coverage,
    unprintable: BTreeSet<char>,
}

impl Cleaner<'_> {
    fn clean_value(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.clean(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.clean_value(item)),
            Value::Object(members) => members.iter_mut().for_each(|(_, member)| self.clean_value(member)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn clean(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut run = 0;
        for c in text.chars() {
            let c = match c {
                '\n' | ' ' => c,
                '\t' | '\u{2028}' | '\u{2029}' => ' ',
                // Controls, invisible characters, and marks that reorder text: what is read must be what is stored.
                c if c.is_control() || is_hidden(c) => continue,
                c if self.coverage.covers(c) => c,
                c => {
                    self.unprintable.insert(c);
                    UNPRINTABLE
                }
            };
            out.push(c);
            let breaks = c.is_whitespace() || matches!(c, '-' | '/' | '\u{ad}' | '–' | '—');
            run = if breaks { 0 } else { run + 1 };
            if run >= RUN_CHARS_MAX {
                out.push('\u{200b}');
                run = 0;
            }
        }
        out
    }
}

fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Latin;
    impl Coverage for Latin {
        fn covers(&self, c: char) -> bool {
            c < '\u{250}'
        }
    }

    fn clean(text: &str) -> (String, String) {
        let mut cleaner = Cleaner { coverage: &Latin, unprintable: BTreeSet::new() };
        (cleaner.clean(text), cleaner.unprintable.into_iter().collect())
    }

    #[test]
    fn what_is_read_is_what_is_stored() {
        assert_eq!(clean("Siti\u{202e}itiS\0\r\n\tA"), ("SitiitiS\n A".into(), String::new()));
        assert_eq!(clean("kopi ☕ dan ☕"), ("kopi \u{fffd} dan \u{fffd}".into(), "☕".into()));
        assert_eq!(clean("Ñandú #[*]$\\@").0, "Ñandú #[*]$\\@");
    }

    #[test]
    fn only_overlong_runs_get_a_place_to_break() {
        let url = "https://layanan.example/verifikasi/8XQ2-7PLD-M4KT";
        assert_eq!(clean(url).0, url);
        assert!(clean(&"A".repeat(60)).0.contains('\u{200b}'));
    }
}

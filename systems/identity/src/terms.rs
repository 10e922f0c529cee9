//! The terms of use: the example that is shipped, and reading the few marks its text has.

use crate::model::Terms;

/// The version of the shipped example: a government replaces it by its own before real use.
pub const TERMS_VERSION: &str = "contoh-1";

const EXAMPLE_ID: &str = include_str!("../../../data/terms/ketentuan.id.md");
const EXAMPLE_EN: &str = include_str!("../../../data/terms/ketentuan.en.md");

/// The shipped example.
pub(crate) fn example() -> Terms {
    Terms {
        label: TERMS_VERSION.to_owned(),
        body_id: EXAMPLE_ID.to_owned(),
        body_en: EXAMPLE_EN.to_owned(),
        published_at: None,
        approval: None,
    }
}

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    Heading(String),
    Paragraph(String),
    List(Vec<String>),
}

/// Reads `## heading`, `- item` and paragraphs between empty lines; everything else is text as it stands.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for part in text.replace("\r\n", "\n").split("\n\n") {
        let mut paragraph: Vec<&str> = Vec::new();
        let mut items: Vec<String> = Vec::new();
        for line in part.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(heading) = line.strip_prefix("#") {
                blocks.push(Block::Heading(heading.trim_start_matches('#').trim().to_owned()));
            } else if let Some(item) = line.strip_prefix("- ") {
                items.push(item.trim().to_owned());
            } else if let Some(item) = items.last_mut() {
                item.push(' ');
                item.push_str(line);
            } else {
                paragraph.push(line);
            }
        }
        if !paragraph.is_empty() {
            blocks.push(Block::Paragraph(paragraph.join(" ")));
        }
        if !items.is_empty() {
            blocks.push(Block::List(items));
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_few_marks_are_read_and_nothing_is_markup() {
        let text = "## Satu\n\nBaris satu\nbaris dua <b>\n\n- a\n  lanjutan\n- b\n";
        let wanted = [
            Block::Heading("Satu".into()),
            Block::Paragraph("Baris satu baris dua <b>".into()),
            Block::List(vec!["a lanjutan".into(), "b".into()]),
        ];
        assert_eq!(blocks(text), wanted);
        assert!(blocks("\n\n \n").is_empty());
    }

    #[test]
    fn the_example_has_the_same_parts_in_both_languages() {
        let count = |text: &str| blocks(text).iter().filter(|block| matches!(block, Block::Heading(_))).count();
        assert!(count(EXAMPLE_ID) > 3);
        assert_eq!(count(EXAMPLE_ID), count(EXAMPLE_EN));
    }
}

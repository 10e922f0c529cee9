//! Papers without Typst: a small valid PDF that holds the texts, and the papers themselves for tests to look at.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use letter::{Paper, RenderError};
use serde_json::Value;
use web::PaperRenderer;

const LINES_PER_PAGE: usize = 60;

/// Draws papers as plain text PDFs and keeps them. Clones are the same drawer.
#[derive(Debug, Clone, Default)]
pub struct PaperDrawer {
    papers: Arc<Mutex<Vec<Paper>>>,
    failures: Arc<AtomicUsize>,
}

impl PaperDrawer {
    /// Every paper drawn so far, oldest first.
    #[must_use]
    pub fn papers(&self) -> Vec<Paper> {
        self.papers.lock().expect("no test panics while drawing").clone()
    }

    /// The next `times` papers fail as when the renderer's child dies.
    pub fn fail(&self, times: usize) {
        self.failures.store(times, Ordering::SeqCst);
    }
}

impl PaperRenderer for PaperDrawer {
    fn render(&self, paper: &Paper) -> Result<Vec<u8>, RenderError> {
        if self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            return Err(RenderError::Crashed("a fault asked for by the test".to_owned()));
        }
        let mut lines = Vec::new();
        let value = serde_json::to_value(paper).map_err(|error| RenderError::Refused(error.to_string()))?;
        texts(&value, &mut lines);
        self.papers.lock().expect("no test panics while drawing").push(paper.clone());
        Ok(pdf(&lines))
    }
}

fn texts(value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::String(text) => lines.extend(text.lines().map(str::to_owned)),
        Value::Array(items) => items.iter().for_each(|item| texts(item, lines)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, lines)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// PDF 1.4 with one content stream a page, uncompressed, so that a test may also look for a text in the bytes.
fn pdf(lines: &[String]) -> Vec<u8> {
    let pages: Vec<&[String]> = if lines.is_empty() { vec![&[]] } else { lines.chunks(LINES_PER_PAGE).collect() };
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 4 + page * 2)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Count {}/Kids[{}]>>", pages.len(), kids.join(" ")),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    for (place, page) in pages.iter().enumerate() {
        let shown: String = page.iter().map(|line| format!("({}) Tj T*\n", escaped(line))).collect();
        let stream = format!("BT /F 10 Tf 12 TL 50 800 Td\n{shown}ET");
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents {} 0 R>>",
            5 + place * 2
        ));
        objects.push(format!("<</Length {}>>\nstream\n{stream}\nendstream", stream.len()));
    }
    let mut out = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (place, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", place + 1));
    }
    let xref = out.len();
    out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for offset in offsets {
        out.push_str(&format!("{offset:010} 00000 n \n"));
    }
    out.push_str(&format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n", objects.len() + 1));
    out.into_bytes()
}

fn escaped(line: &str) -> String {
    let plain = line.chars().map(|c| if c.is_ascii() && !c.is_ascii_control() { c } else { '?' });
    plain.flat_map(|c| if matches!(c, '(' | ')' | '\\') { vec!['\\', c] } else { vec![c] }).collect()
}

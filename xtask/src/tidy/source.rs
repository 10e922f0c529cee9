//! Rust source split into code, comments and string literals: enough to look at each by itself.

/// What a piece of source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Code,
    Comment,
    /// The text between the quotes, escapes as written.
    Text,
}

/// A piece of source and the line it begins on, counted from one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub kind: Kind,
    pub text: String,
    pub line: usize,
}

/// Splits source; never fails, what is unfinished runs to the end.
pub fn pieces(source: &str) -> Vec<Piece> {
    let mut reader = Reader { rest: source, line: 1, code: String::new(), code_line: 1, pieces: Vec::new() };
    reader.read();
    reader.pieces
}

/// The code alone: comments and texts are gone, lines stay where they were.
pub fn code(source: &str) -> String {
    let mut code = String::new();
    for piece in pieces(source) {
        match piece.kind {
            Kind::Code => code.push_str(&piece.text),
            Kind::Comment | Kind::Text => {
                code.extend(piece.text.chars().filter(|letter| *letter == '\n'));
            }
        }
    }
    code
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    code: String,
    code_line: usize,
    pieces: Vec<Piece>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut word_before = false;
        while let Some(letter) = self.rest.chars().next() {
            let taken = if self.rest.starts_with("//") {
                self.special(Kind::Comment, 0, until(self.rest, "\n"), 0)
            } else if self.rest.starts_with("/*") {
                self.special(Kind::Comment, 0, block_comment(self.rest), 0)
            } else if letter == '"' {
                self.special(Kind::Text, 1, quoted(self.rest), 1)
            } else if let Some(raw) = raw(self.rest).filter(|_| !word_before) {
                self.special(Kind::Text, raw.open, raw.whole, raw.close)
            } else {
                false
            };
            if !taken {
                let length = character_literal(self.rest).unwrap_or(letter.len_utf8());
                self.take_code(length);
            }
            word_before = !taken && (letter.is_alphanumeric() || letter == '_');
        }
        self.flush();
    }

    /// Takes a comment or literal of `whole` bytes, without `open` bytes before and `close` after its text.
    fn special(&mut self, kind: Kind, open: usize, whole: usize, close: usize) -> bool {
        self.flush();
        let (piece, rest) = self.rest.split_at(whole);
        let end = whole.saturating_sub(close).max(open);
        let text = piece.get(open..end).unwrap_or_default();
        self.pieces.push(Piece { kind, text: text.to_owned(), line: self.line });
        self.line += piece.matches('\n').count();
        self.rest = rest;
        self.code_line = self.line;
        true
    }

    fn take_code(&mut self, length: usize) {
        let (piece, rest) = self.rest.split_at(length);
        self.code.push_str(piece);
        self.line += piece.matches('\n').count();
        self.rest = rest;
    }

    fn flush(&mut self) {
        if !self.code.is_empty() {
            self.pieces.push(Piece { kind: Kind::Code, text: std::mem::take(&mut self.code), line: self.code_line });
        }
        self.code_line = self.line;
    }
}

fn until(text: &str, end: &str) -> usize {
    text.find(end).unwrap_or(text.len())
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Bytes of a `"…"` literal, quotes included.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Bytes of a raw literal: before its text, altogether, after its text.
struct Raw {
    open: usize,
    whole: usize,
    close: usize,
}

/// A raw literal at the start: `r"…"`, `r#"…"#`, `br"…"`, `cr"…"`.
fn raw(text: &str) -> Option<Raw> {
    let after = ["br", "cr", "r"].into_iter().find_map(|prefix| text.strip_prefix(prefix))?;
    let marks = after.len() - after.trim_start_matches('#').len();
    let body = after.get(marks..)?.strip_prefix('"')?;
    let open = text.len() - body.len();
    let close = format!("\"{}", "#".repeat(marks));
    let length = body.find(&close).map_or(body.len(), |at| at + close.len());
    Some(Raw { open, whole: open + length, close: close.len() })
}

/// Bytes of a character literal at the start, so that `'"'` opens no text; `None` for a lifetime.
fn character_literal(text: &str) -> Option<usize> {
    let mut letters = text.char_indices();
    letters.next().filter(|(_, letter)| *letter == '\'')?;
    let (_, first) = letters.next()?;
    if first == '\\' {
        letters.next()?;
        return letters.find(|(_, letter)| *letter == '\'').map(|(at, _)| at + 1);
    }
    letters.next().filter(|(_, letter)| *letter == '\'').map(|(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        pieces(source).into_iter().filter(|piece| piece.kind == Kind::Text).map(|piece| piece.text).collect()
    }

    #[test]
    fn texts_are_found_whatever_surrounds_them() {
        assert_eq!(texts(r##"let a = "one"; let b = r#"two "quoted""#;"##), ["one", "two \"quoted\""]);
        assert_eq!(texts(r#"let c = '"'; let d: &'static str = "three\" more"; b"four""#), [r#"three\" more"#, "four"]);
        assert_eq!(
            texts(
                r#"// no "comment"
            /* nor "this" /* "nested" */ */ br"five""#
            ),
            ["five"]
        );
        assert_eq!(texts(r#"for"six" ; '\''; '\\'; "seven""#), ["six", "seven"]);
    }

    #[test]
    fn lines_stay_where_they_were() {
        let source = "let a = \"x\ny\";\n// TODAY\nlet b = 1;\n";
        assert_eq!(code(source), "let a = \n;\n\nlet b = 1;\n");
        let last = pieces(source).into_iter().find(|piece| piece.kind == Kind::Comment);
        assert_eq!(last.map(|piece| piece.line), Some(3));
    }
}

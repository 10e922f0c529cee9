//! How a number is written: `470/012/TB/XI/2026`.

use jiff::civil::Date;

use crate::Message;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Classification,
    /// The number, at least so many digits wide.
    Seq(usize),
    Abbreviation,
    MonthRoman,
    Month,
    Year,
}

/// A number's form. Placeholders: `{klasifikasi}`, `{nomor}` or `{nomor3}` (zeros in front up to three digits),
/// `{singkatan}` of the unit, `{bulan_romawi}`, `{bulan}` (two digits), `{tahun}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    source: String,
    parts: Vec<Part>,
}

/// What fills a template. Unknown parts are left open with dots: a reserved number is completed by hand.
#[derive(Debug, Clone, Copy)]
pub struct Filling<'a> {
    pub classification: Option<&'a str>,
    pub seq: i64,
    pub abbreviation: &'a str,
    pub on_date: Option<Date>,
    pub year: i16,
}

const OPEN: &str = "....";
const CHARACTERS_MAX: usize = 120;

impl Template {
    /// What most villages write.
    pub const USUAL: &'static str = "{klasifikasi}/{nomor3}/{singkatan}/{bulan_romawi}/{tahun}";

    /// Reads a template.
    ///
    /// # Errors
    /// `number-template-placeholder{name}`, `number-template-without-number`, `number-template-without-year`
    /// (numbers restart each year and would repeat), `number-template-too-long{max}`.
    pub fn parse(source: &str) -> Result<Self, Message> {
        let source = source.trim();
        if source.chars().count() > CHARACTERS_MAX {
            return Err(Message::new("number-template-too-long").arg("max", CHARACTERS_MAX));
        }
        let (mut parts, mut rest) = (Vec::new(), source);
        while let Some((text, after)) = rest.split_once('{') {
            let unknown = |name: &str| Message::new("number-template-placeholder").arg("name", name);
            let (name, after) = after.split_once('}').ok_or_else(|| unknown(after))?;
            if text.contains('}') {
                return Err(unknown("}"));
            }
            if !text.is_empty() {
                parts.push(Part::Text(text.to_owned()));
            }
            parts.push(placeholder(name).ok_or_else(|| unknown(name))?);
            rest = after;
        }
        if rest.contains('}') {
            return Err(Message::new("number-template-placeholder").arg("name", "}"));
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        if !parts.iter().any(|part| matches!(part, Part::Seq(_))) {
            return Err(Message::new("number-template-without-number"));
        }
        if !parts.contains(&Part::Year) {
            return Err(Message::new("number-template-without-year"));
        }
        Ok(Self { source: source.to_owned(), parts })
    }

    /// As it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether numbers show the classification of what they are about.
    #[must_use]
    pub fn names_classification(&self) -> bool {
        self.parts.contains(&Part::Classification)
    }

    /// The number as it stands on the letter.
    #[must_use]
    pub fn render(&self, filling: &Filling<'_>) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Classification => out.push_str(filling.classification.unwrap_or(OPEN)),
                Part::Seq(width) => out.push_str(&format!("{:0width$}", filling.seq)),
                Part::Abbreviation => out.push_str(filling.abbreviation),
                Part::MonthRoman => {
                    let month = filling.on_date.and_then(|date| indonesian::roman(date.month().unsigned_abs().into()));
                    out.push_str(month.as_deref().unwrap_or(OPEN));
                }
                Part::Month => match filling.on_date {
                    Some(date) => out.push_str(&format!("{:02}", date.month())),
                    None => out.push_str(OPEN),
                },
                Part::Year => out.push_str(&filling.year.to_string()),
            }
        }
        out
    }
}

fn placeholder(name: &str) -> Option<Part> {
    Some(match name {
        "klasifikasi" => Part::Classification,
        "singkatan" => Part::Abbreviation,
        "bulan_romawi" => Part::MonthRoman,
        "bulan" => Part::Month,
        "tahun" => Part::Year,
        "nomor" => Part::Seq(1),
        _ => Part::Seq(name.strip_prefix("nomor")?.parse().ok().filter(|width| (1..=6).contains(width))?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filling() -> Filling<'static> {
        let on_date = Some(jiff::civil::date(2026, 11, 20));
        Filling { classification: Some("470"), seq: 12, abbreviation: "TB", on_date, year: 2026 }
    }

    #[test]
    fn numbers_are_written_as_villages_write_them() {
        let cases = [
            (Template::USUAL, "470/012/TB/XI/2026", "..../012/TB/..../2026"),
            ("{klasifikasi}/{nomor}/{tahun}", "470/12/2026", "..../12/2026"),
            ("{nomor4} / {singkatan}-{bulan} / {tahun}", "0012 / TB-11 / 2026", "0012 / TB-.... / 2026"),
        ];
        for (template, written, open) in cases {
            let template = Template::parse(template).unwrap();
            assert_eq!(template.render(&filling()), written);
            assert_eq!(template.render(&Filling { classification: None, on_date: None, ..filling() }), open);
        }
    }

    #[test]
    fn a_template_that_would_repeat_numbers_is_refused() {
        let cases = [
            ("{nomor}/{thn}", "number-template-placeholder"),
            ("{nomor", "number-template-placeholder"),
            ("nomor}/{nomor}/{tahun}", "number-template-placeholder"),
            ("{nomor9}/{tahun}", "number-template-placeholder"),
            ("{klasifikasi}/{tahun}", "number-template-without-number"),
            ("{nomor}/{bulan}", "number-template-without-year"),
        ];
        for (template, key) in cases {
            assert_eq!(Template::parse(template).unwrap_err().key, key, "{template}");
        }
    }
}

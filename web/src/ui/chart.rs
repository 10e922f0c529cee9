//! Charts made on the server as SVG, always with their numbers as a table. No text inside the pictures, so nothing
//! shrinks on a phone.

use askama::Template;

use crate::voice::Voice;

/// One measure as a bar with its words: `Tepat waktu ▬▬▬ 93 %`.
#[derive(Debug, Clone, Template)]
#[template(
    source = r#"<div class="meter"><span>{{ name }}</span><svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="1000" height="10"/><rect class="fill" width="{{ thousandths }}" height="10"/></svg><b>{{ words }}</b></div>"#,
    ext = "html"
)]
pub struct Meter {
    name: String,
    thousandths: i64,
    words: String,
}

impl askama::filters::HtmlSafe for Meter {}

impl Meter {
    /// `part` of `of` as a bar, told in `words`.
    #[must_use]
    pub fn new(name: impl Into<String>, part: i64, of: i64, words: impl Into<String>) -> Self {
        Self { name: name.into(), thousandths: share(part, of), words: words.into() }
    }
}

fn share(part: i64, of: i64) -> i64 {
    if of <= 0 { 0 } else { (part.clamp(0, of) * 1000) / of }
}

struct Bar {
    label: String,
    thousandths: i64,
    words: String,
    href: String,
}

/// Compared amounts: a table whose middle column draws each row's bar.
#[derive(Template)]
#[template(path = "parts/bars.html")]
pub struct BarChart {
    caption: String,
    label_head: String,
    value_head: String,
    bars: Vec<Bar>,
}

impl askama::filters::HtmlSafe for BarChart {}

impl BarChart {
    /// A chart of `(label, value, words)`; the largest value fills the width.
    #[must_use]
    pub fn new(
        caption: impl Into<String>,
        label_head: impl Into<String>,
        value_head: impl Into<String>,
        rows: impl IntoIterator<Item = (String, i64, String)>,
    ) -> Self {
        let rows: Vec<_> = rows.into_iter().collect();
        let most = rows.iter().map(|(_, value, _)| *value).max().unwrap_or(0);
        let bar = |(label, value, words)| Bar { label, thousandths: share(value, most), words, href: String::new() };
        Self {
            caption: caption.into(),
            label_head: label_head.into(),
            value_head: value_head.into(),
            bars: rows.into_iter().map(bar).collect(),
        }
    }

    /// Links for the labels, in the order of the rows.
    #[must_use]
    pub fn links(mut self, hrefs: impl IntoIterator<Item = String>) -> Self {
        for (bar, href) in self.bars.iter_mut().zip(hrefs) {
            bar.href = href;
        }
        self
    }
}

struct Line {
    name: String,
    /// `x,y` pairs in a picture of 1000 × 300.
    points: String,
    values: Vec<String>,
}

/// Amounts over time: lines with the scale beside them and the numbers in a folded table.
#[derive(Template)]
#[template(path = "parts/lines.html")]
pub struct LineChart {
    caption: String,
    time_head: String,
    table_words: String,
    times: Vec<String>,
    most: String,
    lines: Vec<Line>,
}

impl askama::filters::HtmlSafe for LineChart {}

impl LineChart {
    /// A chart of `lines` (`name`, one value for each of `times`).
    #[must_use]
    pub fn new(
        voice: &impl AsRef<Voice>,
        caption: impl Into<String>,
        time_head: impl Into<String>,
        times: Vec<String>,
        lines: impl IntoIterator<Item = (String, Vec<i64>)>,
    ) -> Self {
        let voice = voice.as_ref();
        let lines: Vec<(String, Vec<i64>)> = lines.into_iter().collect();
        let most = nice_top(lines.iter().flat_map(|(_, values)| values).copied().max().unwrap_or(0));
        let line = |(name, values): (String, Vec<i64>)| Line {
            name,
            points: points(&values, most),
            values: values.iter().map(|value| voice.number(*value)).collect(),
        };
        Self {
            caption: caption.into(),
            time_head: time_head.into(),
            table_words: voice.t("web-chart-table"),
            times,
            most: voice.number(most),
            lines: lines.into_iter().map(line).collect(),
        }
    }

    fn first(&self) -> &str {
        self.times.first().map_or("", String::as_str)
    }

    fn last(&self) -> &str {
        self.times.last().map_or("", String::as_str)
    }
}

fn points(values: &[i64], most: i64) -> String {
    let steps = i64::try_from(values.len().saturating_sub(1)).unwrap_or(1).max(1);
    let place = |(index, value): (usize, &i64)| {
        let x = i64::try_from(index).unwrap_or(0) * 1000 / steps;
        format!("{x},{}", 300 - value.clamp(&0, &most) * 300 / most)
    };
    values.iter().enumerate().map(place).collect::<Vec<_>>().join(" ")
}

/// The least of 1, 2, 5, 10, 20, 50 … that is not below `value`.
fn nice_top(value: i64) -> i64 {
    let mut power = 1_i64;
    loop {
        for factor in [1, 2, 5] {
            if factor * power >= value {
                return factor * power;
            }
        }
        power = power.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_ends_at_a_round_number() {
        for (value, top) in [(0, 1), (1, 1), (3, 5), (10, 10), (148, 200), (5_001, 10_000)] {
            assert_eq!(nice_top(value), top);
        }
    }

    #[test]
    fn points_stay_inside_the_picture() {
        assert_eq!(points(&[0, 5, 10], 10), "0,300 500,150 1000,0");
        assert_eq!(points(&[7], 10), "0,90");
        assert_eq!(points(&[], 10), "");
    }
}

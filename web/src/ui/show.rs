//! Components that show: tags, notices, facts, steps, the journey of a case, labelled values, empty states.

use askama::Template;

use super::Html;
use crate::voice::Voice;

/// What a tag or notice means. It is never told by colour alone: each has a sign and words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// On time, done, in force.
    Ok,
    /// Due soon, needs a look.
    Soon,
    /// Late, refused, wrong.
    Late,
    /// Waiting for somebody else.
    Wait,
    /// Neither.
    Plain,
}

impl Tone {
    /// The CSS class.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Soon => "soon",
            Self::Late => "late",
            Self::Wait => "wait",
            Self::Plain => "plain",
        }
    }
}

/// A state in words with its sign: `sisa 12 menit`, `Selesai`.
#[derive(Debug, Clone, Template)]
#[template(source = r#"<span class="tag {{ tone.class() }}">{{ words }}</span>"#, ext = "html")]
pub struct Tag {
    tone: Tone,
    words: String,
}

impl askama::filters::HtmlSafe for Tag {}

impl Tag {
    /// A tag saying `words`.
    #[must_use]
    pub fn new(tone: Tone, words: impl Into<String>) -> Self {
        Self { tone, words: words.into() }
    }
}

/// A sentence that must be seen, with what to do in more words.
#[derive(Debug, Clone, Template)]
#[template(
    source = r#"<div class="notice {{ tone.class() }}"{% if alert %} role="status"{% endif %}><p><b>{{ title }}</b>{% if !text.is_empty() %} {{ text }}{% endif %}</p>{% if !more.is_empty() %}<p>{{ more }}</p>{% endif %}</div>"#,
    ext = "html"
)]
pub struct Notice {
    tone: Tone,
    title: String,
    text: String,
    more: Html,
    alert: bool,
}

impl askama::filters::HtmlSafe for Notice {}

impl Notice {
    /// A notice that begins with `title`.
    #[must_use]
    pub fn new(tone: Tone, title: impl Into<String>) -> Self {
        Self { tone, title: title.into(), text: String::new(), more: Html::default(), alert: false }
    }

    /// What follows the title: why, and what to do.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// Links or buttons below.
    #[must_use]
    pub fn more(mut self, more: Html) -> Self {
        self.more = more;
        self
    }

    /// Read out by screen readers when the page comes.
    #[must_use]
    pub const fn alert(mut self) -> Self {
        self.alert = true;
        self
    }
}

/// The facts people ask first, in one strip.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/facts.html")]
pub struct Facts {
    facts: Vec<(String, String, Html)>,
}

impl askama::filters::HtmlSafe for Facts {}

impl Facts {
    /// No facts yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One fact: `Biaya`, `GRATIS`.
    #[must_use]
    pub fn fact(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fact_more(name, value, Html::default())
    }

    /// One fact with small print, perhaps a link.
    #[must_use]
    pub fn fact_more(mut self, name: impl Into<String>, value: impl Into<String>, more: Html) -> Self {
        self.facts.push((name.into(), value.into(), more));
        self
    }
}

/// How something goes, numbered.
#[derive(Debug, Clone, Default, Template)]
#[template(
    source = r#"<ol class="steps">{% for (title, more) in steps %}<li><b>{{ title }}</b>{% if !more.is_empty() %}<small>{{ more }}</small>{% endif %}</li>{% endfor %}</ol>"#,
    ext = "html"
)]
pub struct Steps {
    steps: Vec<(String, String)>,
}

impl askama::filters::HtmlSafe for Steps {}

impl Steps {
    /// No steps yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One step with small print, which may be empty.
    #[must_use]
    pub fn step(mut self, title: impl Into<String>, more: impl Into<String>) -> Self {
        self.steps.push((title.into(), more.into()));
        self
    }
}

#[derive(Debug, Clone)]
struct Stop {
    time: String,
    words: String,
    by: String,
    now: bool,
    later: bool,
}

/// The journey of a case: what was, what is now, what comes.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/timeline.html")]
pub struct Timeline {
    stops: Vec<Stop>,
}

impl askama::filters::HtmlSafe for Timeline {}

impl Timeline {
    /// An empty journey.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Something that happened: `09.38`, `diajukan di loket`, `Kaur Umum`.
    #[must_use]
    pub fn past(self, time: impl Into<String>, words: impl Into<String>, by: impl Into<String>) -> Self {
        self.stop(time.into(), words.into(), by.into(), false, false)
    }

    /// Where it is now.
    #[must_use]
    pub fn now(self, words: impl Into<String>, by: impl Into<String>) -> Self {
        self.stop(String::new(), words.into(), by.into(), true, false)
    }

    /// What comes after.
    #[must_use]
    pub fn later(self, words: impl Into<String>, by: impl Into<String>) -> Self {
        self.stop(String::new(), words.into(), by.into(), false, true)
    }

    fn stop(mut self, time: String, words: String, by: String, now: bool, later: bool) -> Self {
        self.stops.push(Stop { time, words, by, now, later });
        self
    }
}

/// Labelled values, one under another.
#[derive(Debug, Clone, Default, Template)]
#[template(
    source = r#"<dl class="kv">{% for (name, value) in rows %}<div><dt>{{ name }}</dt><dd>{{ value }}</dd></div>{% endfor %}</dl>"#,
    ext = "html"
)]
pub struct KeyValues {
    rows: Vec<(String, Html)>,
}

impl askama::filters::HtmlSafe for KeyValues {}

impl KeyValues {
    /// No rows yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One row; a dash for an empty value.
    #[must_use]
    pub fn row(self, name: impl Into<String>, value: impl AsRef<str>) -> Self {
        let value = value.as_ref();
        self.html(name, Html::text(if value.is_empty() { "–" } else { value }))
    }

    /// One row, left out when the value is empty.
    #[must_use]
    pub fn row_if(self, name: impl Into<String>, value: impl AsRef<str>) -> Self {
        if value.as_ref().is_empty() { self } else { self.row(name, value) }
    }

    /// One row of markup (a tag, a link).
    #[must_use]
    pub fn html(mut self, name: impl Into<String>, value: Html) -> Self {
        self.rows.push((name.into(), value));
        self
    }

    /// One row of a value shown masked, with the link that shows it and says that this is written down.
    #[must_use]
    pub fn masked(self, voice: &impl AsRef<Voice>, name: impl Into<String>, masked: &str, reveal_href: &str) -> Self {
        let voice = voice.as_ref();
        let markup = format!(
            "<span class=\"mask\">{}</span> <a href=\"{}\">{}</a> <small>{}</small>",
            super::escaped(masked),
            super::escaped(reveal_href),
            super::escaped(&voice.t("web-reveal")),
            super::escaped(&voice.t("web-recorded")),
        );
        self.html(name, Html::raw(markup))
    }
}

/// Nothing here: what is so, why, and what to do.
#[derive(Debug, Clone, Template)]
#[template(
    source = r#"<div class="empty"><p><b>{{ title }}</b></p>{% if !text.is_empty() %}<p>{{ text }}</p>{% endif %}{% if let Some((href, words)) = action %}<p><a class="btn quiet" href="{{ href }}">{{ words }}</a></p>{% endif %}</div>"#,
    ext = "html"
)]
pub struct Empty {
    title: String,
    text: String,
    action: Option<(String, String)>,
}

impl askama::filters::HtmlSafe for Empty {}

impl Empty {
    /// What is so (`title`) and why, or what to do (`text`).
    #[must_use]
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { title: title.into(), text: text.into(), action: None }
    }

    /// The way on.
    #[must_use]
    pub fn action(mut self, href: impl Into<String>, words: impl Into<String>) -> Self {
        self.action = Some((href.into(), words.into()));
        self
    }
}

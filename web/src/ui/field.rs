//! Fields of forms and the summary of what is wrong in them.

use askama::Template;

use crate::{format, voice::Voice};

/// What a field asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Area,
    Number,
    Money,
    Digits,
    Phone,
    Email,
    Password,
    Date,
    Day,
    Time,
    Select,
    Radios,
    Checks,
    Check,
    File,
    Hidden,
}

/// One of the answers to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    /// Small print below the label; may be empty.
    pub hint: String,
}

impl Choice {
    /// A choice shown as `label`.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: String::new() }
    }

    /// The same with small print.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// The id of a field's (first) input: what an error links to.
#[must_use]
pub fn field_id(name: &str) -> String {
    let plain = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' });
    format!("f-{}", plain.collect::<String>())
}

/// A field of a form. Made by [`FormState`](crate::FormState); its builders return it, so a template reads
/// `{{ form.text("nama").label("svc-name").hint("svc-name-hint").optional() }}`.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/field.html")]
pub struct Field {
    voice: Voice,
    kind: Kind,
    name: String,
    id: String,
    values: Vec<String>,
    error: Option<String>,
    label: String,
    label_as_heading: bool,
    hint: String,
    choices: Vec<Choice>,
    blank: String,
    optional: bool,
    read_only: bool,
    autofocus: bool,
    autocomplete: String,
    length_max: usize,
    rows: usize,
    narrow: bool,
    unit: String,
    accept: String,
    multiple: bool,
    size_bytes_max: i64,
    upload_url: String,
    uploaded: Vec<(String, String)>,
    when: Option<(String, String)>,
    hidden: bool,
    named_by_choice: bool,
    suggest_url: String,
}

impl askama::filters::HtmlSafe for Field {}

impl Field {
    pub(crate) fn new(voice: Voice, kind: Kind, name: &str, values: Vec<String>, error: Option<String>) -> Self {
        Self {
            voice,
            kind,
            id: field_id(name),
            name: name.to_owned(),
            values,
            error,
            label: String::new(),
            label_as_heading: false,
            hint: String::new(),
            choices: Vec::new(),
            blank: String::new(),
            optional: false,
            read_only: false,
            autofocus: false,
            autocomplete: String::new(),
            length_max: 0,
            rows: 4,
            narrow: false,
            unit: String::new(),
            accept: String::new(),
            multiple: false,
            size_bytes_max: 0,
            upload_url: String::new(),
            uploaded: Vec::new(),
            when: None,
            hidden: false,
            named_by_choice: false,
            suggest_url: String::new(),
        }
    }

    /// The label, by its text key.
    #[must_use]
    pub fn label(mut self, key: &str) -> Self {
        self.label = self.voice.t(key);
        self
    }

    /// The label as a text (made by an officer, or already said).
    #[must_use]
    pub fn label_text(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// The label is the page's `h1`: for pages with one question.
    #[must_use]
    pub fn as_heading(mut self) -> Self {
        self.label_as_heading = true;
        self
    }

    /// Small print under the label, by its text key.
    #[must_use]
    pub fn hint(mut self, key: &str) -> Self {
        self.hint = self.voice.t(key);
        self
    }

    /// Small print under the label, as a text.
    #[must_use]
    pub fn hint_text(mut self, text: impl Into<String>) -> Self {
        self.hint = text.into();
        self
    }

    /// May stay empty; the label says so. Everything else is required.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// May stay empty when `optional`.
    #[must_use]
    pub fn optional_if(mut self, optional: bool) -> Self {
        self.optional = optional;
        self
    }

    /// Shown but not to be changed; it is still sent.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// The cursor starts here.
    #[must_use]
    pub fn autofocus(mut self) -> Self {
        self.autofocus = true;
        self
    }

    /// The HTML autocomplete token (WCAG 1.3.5): `name`, `username`, `current-password`, `one-time-code`, `off`.
    #[must_use]
    pub fn autocomplete(mut self, token: &str) -> Self {
        token.clone_into(&mut self.autocomplete);
        self
    }

    /// At most so many characters.
    #[must_use]
    pub fn length_max(mut self, characters: usize) -> Self {
        self.length_max = characters;
        self
    }

    /// The height of an area in lines.
    #[must_use]
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// As wide as a short code.
    #[must_use]
    pub fn narrow(mut self) -> Self {
        self.narrow = true;
        self
    }

    /// What stands behind the input: `orang`, `m²`.
    #[must_use]
    pub fn unit(mut self, unit: &str) -> Self {
        unit.clone_into(&mut self.unit);
        self
    }

    /// The answers to choose from.
    #[must_use]
    pub fn choices(mut self, choices: impl Into<Vec<Choice>>) -> Self {
        self.choices = choices.into();
        self
    }

    /// One more answer, its label by text key.
    #[must_use]
    pub fn choice(mut self, value: &str, key: &str) -> Self {
        self.choices.push(Choice::new(value, self.voice.t(key)));
        self
    }

    /// A select's first, empty line, by text key. Without it the line reads "Pilih…".
    #[must_use]
    pub fn blank(mut self, key: &str) -> Self {
        self.blank = self.voice.t(key);
        self
    }

    pub(crate) fn blank_if_none(self, key: &str) -> Self {
        if self.blank.is_empty() { self.blank(key) } else { self }
    }

    /// The value when nothing was typed yet.
    #[must_use]
    pub fn or(mut self, value: impl Into<String>) -> Self {
        if self.values.is_empty() {
            self.values.push(value.into());
        }
        self
    }

    /// Which files: `image/jpeg,image/png,application/pdf`.
    #[must_use]
    pub fn accept(mut self, accept: &str) -> Self {
        accept.clone_into(&mut self.accept);
        self
    }

    /// Several files may be chosen.
    #[must_use]
    pub fn multiple(mut self) -> Self {
        self.multiple = true;
        self
    }

    /// The largest file taken, said beside the input. Photos are shrunk on the device to 300 kB before that.
    #[must_use]
    pub fn size_max(mut self, bytes: i64) -> Self {
        self.size_bytes_max = bytes;
        self
    }

    /// Send the file in parts to this URL as soon as it is chosen (with JavaScript; without it the form carries it).
    #[must_use]
    pub fn upload_to(mut self, url: &str) -> Self {
        url.clone_into(&mut self.upload_url);
        self
    }

    /// A file that is here already: its id (sent with the form as `{name}-kept`) and its name.
    #[must_use]
    pub fn uploaded(mut self, id: impl Into<String>, name: impl Into<String>) -> Self {
        self.uploaded.push((id.into(), name.into()));
        self
    }

    /// Asked only when the field `name` has `value`. Without JavaScript it stands there always.
    #[must_use]
    pub fn when(mut self, name: &str, value: &str) -> Self {
        self.when = Some((name.to_owned(), value.to_owned()));
        self
    }

    /// Not shown as the page arrives; with [`Field::when`] it appears once the answer it depends on is given.
    #[must_use]
    pub fn hidden_if(mut self, hidden: bool) -> Self {
        self.hidden = hidden;
        self
    }

    pub(crate) fn with_values(mut self, values: Vec<String>) -> Self {
        self.values = values;
        self
    }

    /// Boxes named `{name}.{value}` each, as `kernel::schema` reads a multiple choice.
    #[must_use]
    pub fn named_by_choice(mut self) -> Self {
        self.named_by_choice = true;
        self
    }

    /// A text with suggestions: `hx-get` of this URL (with what was typed under its own name) answers `<option>`s for the datalist.
    #[must_use]
    pub fn suggest_from(mut self, url: &str) -> Self {
        url.clone_into(&mut self.suggest_url);
        self
    }

    fn value(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    fn part(&self, index: usize) -> &str {
        self.values.get(index).map_or("", String::as_str)
    }

    fn chosen(&self, choice: &Choice) -> bool {
        self.values.contains(&choice.value)
    }

    fn choice_name(&self, choice: &Choice) -> String {
        if self.named_by_choice { format!("{}.{}", self.name, choice.value) } else { self.name.clone() }
    }

    fn is(&self, kind: Kind) -> bool {
        self.kind == kind
    }

    /// Whether several inputs share one legend.
    fn is_group(&self) -> bool {
        matches!(self.kind, Kind::Radios | Kind::Checks | Kind::Date)
    }

    fn input_type(&self) -> &'static str {
        match self.kind {
            Kind::Email => "email",
            Kind::Phone => "tel",
            Kind::Password => "password",
            Kind::Day => "date",
            Kind::Time => "time",
            _ => "text",
        }
    }

    fn input_mode(&self) -> &'static str {
        match self.kind {
            Kind::Number | Kind::Money | Kind::Digits => "numeric",
            _ => "",
        }
    }

    fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{}-hint", self.id));
        }
        if self.error.is_some() {
            ids.push(format!("{}-error", self.id));
        }
        ids.join(" ")
    }

    fn file_hint(&self) -> String {
        if self.size_bytes_max == 0 {
            return String::new();
        }
        // Only photos are shrunk on the device.
        let key = if self.accept.is_empty() || self.accept.contains("image/") { "web-file-hint-photo" } else { "web-file-hint" };
        self.voice.t1(key, "size", self.voice.size(self.size_bytes_max))
    }

    fn months(&self) -> Vec<(String, String)> {
        let name = |month: i8| {
            let text = format::month(self.voice.locale(), jiff::civil::date(2000, month, 1));
            text.split(' ').next().unwrap_or_default().to_owned()
        };
        (1..=12).map(|month| (month.to_string(), name(month))).collect()
    }
}

/// What is wrong in a form, first on the page and focused, each line linked to its field.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/error_summary.html")]
pub struct ErrorSummary {
    title: String,
    lines: Vec<(String, String)>,
}

impl askama::filters::HtmlSafe for ErrorSummary {}

impl ErrorSummary {
    pub(crate) fn new(voice: &Voice, lines: Vec<(String, String)>) -> Self {
        Self { title: voice.t1("web-errors-title", "n", lines.len()), lines }
    }
}

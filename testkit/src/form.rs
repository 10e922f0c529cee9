//! A form as a browser sends it.

use axum::http::Method;
use scraper::{ElementRef, Html};

use crate::{
    page::{Page, resolved, selector},
    visitor::{Attached, Visitor, multipart, urlencoded},
};

#[derive(Debug, Clone)]
struct File {
    field: String,
    name: String,
    media_type: String,
    bytes: Vec<u8>,
}

/// A control of the form that may be filled.
#[derive(Debug, Clone)]
struct Control {
    name: String,
    kind: String,
    /// Values that can be chosen; empty when anything can be typed.
    choices: Vec<String>,
}

/// A form being filled.
#[derive(Clone)]
pub struct Form {
    visitor: Visitor,
    method: Method,
    action: String,
    is_multipart: bool,
    controls: Vec<Control>,
    values: Vec<(String, String)>,
    files: Vec<File>,
    buttons: Vec<(String, String)>,
}

impl Form {
    pub(crate) fn find(page: &Page, which: &str) -> Option<Self> {
        let html = page.html();
        let forms = selector("form");
        let form = if which.starts_with('/') {
            html.select(&forms).find(|form| {
                let action = resolved(&page.path, form.attr("action").unwrap_or_default());
                action == which || action.split('?').next() == Some(which)
            })?
        } else {
            html.select(&selector(which)).find(|form| form.value().name() == "form")?
        };
        let buttons = own(&html, form, "button, input[type=submit]")
            .filter_map(|button| Some((button.attr("name")?.to_owned(), button.attr("value").unwrap_or_default().to_owned())));
        Some(Self {
            visitor: page.visitor().clone(),
            method: if form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post")) { Method::POST } else { Method::GET },
            action: resolved(&page.path, form.attr("action").unwrap_or_default()),
            is_multipart: form.attr("enctype") == Some("multipart/form-data"),
            controls: controls(&html, form),
            values: collect(&html, form),
            files: Vec::new(),
            buttons: buttons.collect(),
        })
    }

    /// Types into a field, chooses of a list or a group of radio buttons.
    ///
    /// # Panics
    /// When the form has no such field, or the list no such choice.
    #[track_caller]
    #[must_use]
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        let control = self.control(name);
        assert!(
            control.choices.is_empty() || control.choices.iter().any(|choice| choice == value),
            "{name} offers {:?}, not {value:?}",
            control.choices
        );
        assert!(control.kind != "file", "{name} takes a file: attach one");
        self.values.retain(|(held, _)| held != name);
        self.values.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Fills several fields.
    ///
    /// # Panics
    /// As [`Form::fill`].
    #[track_caller]
    #[must_use]
    pub fn fill_all(mut self, fields: &[(&str, &str)]) -> Self {
        for (name, value) in fields {
            self = self.fill(name, value);
        }
        self
    }

    /// Fills a date asked in three parts.
    ///
    /// # Panics
    /// When the form does not ask for it so.
    #[track_caller]
    #[must_use]
    pub fn fill_date(self, name: &str, day: &str, month: &str, year: &str) -> Self {
        self.fill(&format!("{name}-day"), day).fill(&format!("{name}-month"), month).fill(&format!("{name}-year"), year)
    }

    /// Ticks a box; `value` is its own.
    ///
    /// # Panics
    /// When there is no such box.
    #[track_caller]
    #[must_use]
    pub fn tick(mut self, name: &str, value: &str) -> Self {
        let control = self.control(name);
        assert!(control.kind == "checkbox" && control.choices.iter().any(|choice| choice == value), "{name} has no box {value:?}");
        if !self.values.iter().any(|(held, of)| held == name && of == value) {
            self.values.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Takes the tick from every box of this name.
    #[must_use]
    pub fn untick(mut self, name: &str) -> Self {
        self.values.retain(|(held, _)| held != name);
        self
    }

    /// Attaches a file.
    ///
    /// # Panics
    /// When the form takes none under this name.
    #[track_caller]
    #[must_use]
    pub fn attach(mut self, field: &str, name: &str, media_type: &str, bytes: &[u8]) -> Self {
        assert!(self.control(field).kind == "file", "{field} takes no file");
        assert!(self.is_multipart, "a form with files needs enctype=\"multipart/form-data\"");
        let file = File { field: field.to_owned(), name: name.to_owned(), media_type: media_type.to_owned(), bytes: bytes.to_vec() };
        self.files.push(file);
        self
    }

    /// Sets a field whatever the form offers: what an attacker or an old page would send.
    #[must_use]
    pub fn forge(mut self, name: &str, value: &str) -> Self {
        self.values.retain(|(held, _)| held != name);
        self.values.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Names of the fields that can be filled.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.controls.iter().filter(|control| control.kind != "hidden").map(|control| control.name.clone()).collect()
    }

    /// What a list or group offers.
    ///
    /// # Panics
    /// When there is no such field.
    #[track_caller]
    #[must_use]
    pub fn choices(&self, name: &str) -> Vec<String> {
        self.control(name).choices.clone()
    }

    /// The value a field has now.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str())
    }

    /// Where it goes.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.action
    }

    /// Sends it.
    pub async fn submit(self) -> Page {
        self.send(None).await
    }

    /// Sends it by a named button.
    ///
    /// # Panics
    /// When there is no such button.
    pub async fn press(self, name: &str, value: &str) -> Page {
        let button = (name.to_owned(), value.to_owned());
        assert!(self.buttons.contains(&button), "the form has no button {button:?}, only {:?}", self.buttons);
        self.send(Some(button)).await
    }

    /// Sends it by somebody else's browser (another tab, another session).
    pub async fn submit_as(mut self, visitor: &Visitor) -> Page {
        self.visitor = visitor.clone();
        self.send(None).await
    }

    async fn send(self, button: Option<(String, String)>) -> Page {
        let mut values = self.values;
        values.extend(button);
        if self.method == Method::GET {
            let query = String::from_utf8(urlencoded(&values).bytes).expect("escaped text is ASCII");
            let path = self.action.split('?').next().unwrap_or_default();
            return self.visitor.get(&format!("{path}?{query}")).await;
        }
        let mut files: Vec<Attached<'_>> = self
            .files
            .iter()
            .map(|file| Attached { field: &file.field, name: &file.name, media_type: &file.media_type, bytes: &file.bytes })
            .collect();
        // A file input left alone is sent as an empty file.
        let attached = |name: &str| self.files.iter().any(|file| file.field == name);
        let left = self.controls.iter().filter(|control| control.kind == "file" && !attached(&control.name));
        files.extend(left.map(|control| Attached { field: &control.name, name: "", media_type: "application/octet-stream", bytes: &[] }));
        let body = if self.is_multipart { multipart(&values, &files) } else { urlencoded(&values) };
        self.visitor.send(self.method, &self.action, Some(body)).await
    }

    #[track_caller]
    fn control(&self, name: &str) -> &Control {
        self.controls
            .iter()
            .find(|control| control.name == name)
            .unwrap_or_else(|| panic!("the form to {} has no field {name}, only {:?}", self.action, self.names()))
    }
}

/// Elements that belong to a form, also those outside it with `form="id"`.
fn own<'h>(html: &'h Html, form: ElementRef<'h>, css: &str) -> impl Iterator<Item = ElementRef<'h>> {
    let id = form.attr("id").map(str::to_owned);
    let found: Vec<ElementRef<'h>> = html
        .select(&selector(css))
        .filter(|element| match element.attr("form") {
            Some(other) => id.as_deref() == Some(other),
            None => element.ancestors().any(|above| above.id() == form.id()),
        })
        .filter(|element| element.attr("disabled").is_none())
        .collect();
    found.into_iter()
}

fn kind(control: ElementRef<'_>) -> String {
    match control.value().name() {
        "input" => control.attr("type").unwrap_or("text").to_owned(),
        other => other.to_owned(),
    }
}

fn options(select: ElementRef<'_>) -> Vec<(String, bool)> {
    let options = selector("option");
    let value = |option: ElementRef<'_>| option.attr("value").map_or_else(|| crate::page::words(option), str::to_owned);
    select.select(&options).map(|option| (value(option), option.attr("selected").is_some())).collect()
}

fn controls(html: &Html, form: ElementRef<'_>) -> Vec<Control> {
    let mut controls: Vec<Control> = Vec::new();
    for element in own(html, form, "input[name], select[name], textarea[name]") {
        let (name, kind) = (element.attr("name").unwrap_or_default().to_owned(), kind(element));
        let choices = match kind.as_str() {
            "radio" | "checkbox" => vec![element.attr("value").unwrap_or("on").to_owned()],
            "select" => options(element).into_iter().map(|(value, _)| value).collect(),
            _ => Vec::new(),
        };
        match controls.iter_mut().find(|control| control.name == name && control.kind == kind) {
            Some(control) => control.choices.extend(choices),
            None => controls.push(Control { name, kind, choices }),
        }
    }
    controls
}

/// Names and values as a browser would send them now.
pub(crate) fn collect(html: &Html, form: ElementRef<'_>) -> Vec<(String, String)> {
    let mut values = Vec::new();
    for element in own(html, form, "input[name], select[name], textarea[name]") {
        let name = element.attr("name").unwrap_or_default().to_owned();
        let value = match kind(element).as_str() {
            "submit" | "button" | "file" | "image" | "reset" => None,
            "radio" | "checkbox" => element.attr("checked").map(|_| element.attr("value").unwrap_or("on").to_owned()),
            "textarea" => {
                let text: String = element.text().collect();
                Some(text.strip_prefix('\n').map(str::to_owned).unwrap_or(text))
            }
            "select" => {
                let options = options(element);
                options.iter().find(|(_, selected)| *selected).or_else(|| options.first()).map(|(value, _)| value.clone())
            }
            _ => Some(element.attr("value").unwrap_or_default().to_owned()),
        };
        values.extend(value.map(|value| (name, value)));
    }
    values
}

//! What came back: asked by CSS selectors, read as a person reads it.

use axum::http::{HeaderMap, StatusCode};
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

use crate::{basics, form::Form, visitor::Visitor};

/// An answer. It is a page most of the time, but may be a file or JSON.
#[derive(Clone)]
pub struct Page {
    visitor: Visitor,
    /// Where the browser is, query included.
    pub path: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    /// The redirects that led here: status and address.
    pub way: Vec<(StatusCode, String)>,
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}\n{}", self.status, self.path, self.shown())
    }
}

pub(crate) fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap_or_else(|error| panic!("{css} is no CSS selector: {error}"))
}

/// The text of an element as it reads: spaces joined.
pub(crate) fn words(element: ElementRef<'_>) -> String {
    let unseen = |name: &str| matches!(name, "script" | "style" | "template");
    let mut text = String::new();
    for node in element.descendants() {
        if let Some(piece) = node.value().as_text() {
            let hidden = node.ancestors().filter_map(ElementRef::wrap).any(|above| unseen(above.value().name()));
            if !hidden {
                text.push_str(piece);
            }
        } else if let Some(inner) = ElementRef::wrap(node)
            && matches!(inner.value().name(), "p" | "div" | "li" | "tr" | "td" | "th" | "br" | "h1" | "h2" | "h3" | "dt" | "dd" | "option")
        {
            text.push(' ');
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Page {
    pub(crate) const fn new(
        visitor: Visitor,
        path: String,
        status: StatusCode,
        headers: HeaderMap,
        bytes: Vec<u8>,
        way: Vec<(StatusCode, String)>,
    ) -> Self {
        Self { visitor, path, status, headers, bytes, way }
    }

    pub(crate) const fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// The page when all is well (200).
    ///
    /// # Panics
    /// When the status is another one.
    #[track_caller]
    pub fn good(self) -> Self {
        self.is(200)
    }

    /// The page when it has this status.
    ///
    /// # Panics
    /// When it has another one.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{} answered:\n{}", self.path, self.shown());
        self
    }

    /// The page when the browser came here by a redirect (POST → redirect → GET) and all is well.
    ///
    /// # Panics
    /// When it did not.
    #[track_caller]
    pub fn redirected(self, path_prefix: &str) -> Self {
        assert!(
            !self.way.is_empty() && self.path.starts_with(path_prefix),
            "the browser is at {} by {:?}:\n{}",
            self.path,
            self.way,
            self.shown()
        );
        self.good()
    }

    /// The body as text.
    #[must_use]
    pub fn body(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{} is no JSON ({error}):\n{}", self.path, self.shown()))
    }

    /// A header; empty when there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn html(&self) -> Html {
        Html::parse_document(&self.body())
    }

    /// What a person reads, for failing tests.
    fn shown(&self) -> String {
        let kind = self.header("content-type");
        if kind.starts_with("text/html") {
            return format!("{}\n{}", self.errors().join("\n"), self.text());
        }
        self.body().chars().take(2_000).collect()
    }

    /// The text of what matters: `main` when there is one, else the whole body.
    #[must_use]
    pub fn text(&self) -> String {
        let html = self.html();
        let part = html.select(&selector("main")).next().or_else(|| html.select(&selector("body")).next());
        part.map_or_else(|| words(html.root_element()), words)
    }

    /// Whether the page says this (in `main`).
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        self.text().contains(words)
    }

    /// The page when it says this.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn saying(self, words: &str) -> Self {
        assert!(self.says(words), "{} does not say {words:?}:\n{}", self.path, self.shown());
        self
    }

    /// The one heading of the page.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    #[must_use]
    pub fn h1(&self) -> String {
        self.one("h1")
    }

    /// The title.
    #[track_caller]
    #[must_use]
    pub fn title(&self) -> String {
        self.one("title")
    }

    /// The text of the first element that fits.
    ///
    /// # Panics
    /// When none fits.
    #[track_caller]
    #[must_use]
    pub fn one(&self, css: &str) -> String {
        let found = self.html().select(&selector(css)).next().map(words);
        found.unwrap_or_else(|| panic!("{} has no {css}:\n{}", self.path, self.shown()))
    }

    /// The texts of every element that fits.
    #[must_use]
    pub fn all(&self, css: &str) -> Vec<String> {
        self.html().select(&selector(css)).map(words).collect()
    }

    /// Whether an element fits.
    #[must_use]
    pub fn has(&self, css: &str) -> bool {
        self.html().select(&selector(css)).next().is_some()
    }

    /// An attribute of the first element that fits and has it.
    #[must_use]
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        self.html().select(&selector(css)).find_map(|element| element.attr(name).map(str::to_owned))
    }

    /// An attribute of every element that fits and has it.
    #[must_use]
    pub fn all_attributes(&self, css: &str, name: &str) -> Vec<String> {
        self.html().select(&selector(css)).filter_map(|element| element.attr(name).map(str::to_owned)).collect()
    }

    /// Every form that changes something: where it goes, and its fields as they stand.
    #[must_use]
    pub fn post_forms(&self) -> Vec<(String, Vec<(String, String)>)> {
        let (html, css) = (self.html(), selector("form[method=post]"));
        html.select(&css)
            .map(|form| (resolved(&self.path, form.attr("action").unwrap_or_default()), crate::form::collect(&html, form)))
            .collect()
    }

    /// Words and addresses of the links that fit (`a` when empty).
    #[must_use]
    pub fn links(&self, css: &str) -> Vec<(String, String)> {
        let css = if css.is_empty() { "a[href]" } else { css };
        let html = self.html();
        html.select(&selector(css)).filter_map(|link| Some((words(link), link.attr("href")?.to_owned()))).collect()
    }

    /// Follows the link with these words (or that begins with them).
    ///
    /// # Panics
    /// When there is none.
    pub async fn click(&self, link: &str) -> Self {
        let links = self.links("");
        let found = links.iter().find(|(text, _)| text == link).or_else(|| links.iter().find(|(text, _)| text.starts_with(link)));
        let (_, href) = found.unwrap_or_else(|| panic!("{} has no link {link:?}, only {links:?}", self.path));
        self.visitor.get(&resolved(&self.path, href)).await
    }

    /// Lines of a table as texts, without its head.
    #[must_use]
    pub fn rows(&self, css: &str) -> Vec<Vec<String>> {
        let css = if css.is_empty() { "table tbody tr" } else { css };
        let (html, cells) = (self.html(), selector("th, td"));
        html.select(&selector(css)).map(|row| row.select(&cells).map(words).collect()).collect()
    }

    /// What the error summary says.
    #[must_use]
    pub fn errors(&self) -> Vec<String> {
        self.all(".errors li")
    }

    /// The error at a field.
    #[must_use]
    pub fn error_at(&self, field: &str) -> Option<String> {
        let html = self.html();
        let input = html
            .select(&selector("[name]"))
            .find(|input| input.attr("name").is_some_and(|name| name == field || name.strip_suffix("-day") == Some(field)))?;
        let wrong = input.ancestors().filter_map(ElementRef::wrap).find(|above| above.value().classes().any(|class| class == "wrong"))?;
        let text = wrong.select(&selector(".error")).next().map(words)?;
        Some(text.trim_start_matches('!').trim_start().to_owned())
    }

    /// The form that fits a CSS selector, or that goes to an address when it begins with `/`.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    #[must_use]
    pub fn form(&self, which: &str) -> Form {
        Form::find(self, which).unwrap_or_else(|| {
            let forms =
                self.html().select(&selector("form")).map(|form| form.attr("action").unwrap_or("(here)").to_owned()).collect::<Vec<_>>();
            panic!("{} has no form {which}, only {forms:?}:\n{}", self.path, self.shown())
        })
    }

    /// Values of every field of every form, by name.
    #[must_use]
    pub fn fields(&self) -> Vec<(String, String)> {
        let html = self.html();
        html.select(&selector("form")).flat_map(|form| crate::form::collect(&html, form)).collect()
    }

    /// The value of a field.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        self.fields().into_iter().find(|(held, _)| held == name).map(|(_, value)| value)
    }

    /// What can be seen without a person: one `h1`, a title, a language, a name for every input, link and button,
    /// ids once, links to ids that exist.
    ///
    /// # Panics
    /// Naming everything that is wrong.
    #[track_caller]
    pub fn assert_accessible_basics(&self) {
        let wrong = basics::flaws(&self.html());
        assert!(wrong.is_empty(), "{} is not accessible:\n- {}", self.path, wrong.join("\n- "));
    }

    /// The same as a list, for whole-platform tests.
    #[must_use]
    pub fn accessibility_flaws(&self) -> Vec<String> {
        basics::flaws(&self.html())
    }
}

/// An address as a browser at `path` takes it.
pub(crate) fn resolved(path: &str, href: &str) -> String {
    let here = path.split(['?', '#']).next().unwrap_or_default();
    match href {
        "" => path.to_owned(),
        href if href.starts_with('/') || href.contains("://") => href.to_owned(),
        href if href.starts_with('?') => format!("{here}{href}"),
        href if href.starts_with('#') => path.to_owned(),
        href => format!("{}/{href}", here.rsplit_once('/').map_or("", |(folder, _)| folder)),
    }
}

//! What templates ask of a page: the parts that all pages share.

use kernel::{Message, hex::hex};

use super::{Face, Page, allows, answers::FlashTone};
use crate::{
    csrf::TOKEN_COOKIE,
    form::encoded,
    routes::Access,
    system::{MenuItem, Place},
    text::Locale,
    ui::{Html, Notice, Tag, Tone, escaped},
    visit::FLASH_COOKIE,
};

/// A line of a menu as a template shows it.
#[derive(Debug, Clone)]
pub struct MenuLine {
    pub title: String,
    pub href: &'static str,
    pub current: bool,
    /// How many things wait there; nothing for zero.
    pub count: Option<String>,
}

/// Menu lines under a heading, which may be empty.
#[derive(Debug, Clone)]
pub struct MenuGroup {
    pub heading: String,
    pub lines: Vec<MenuLine>,
}

impl Page {
    /// The hidden fields of every form that changes something: form token, idempotency key, acting post.
    #[must_use]
    pub fn form_fields(&self) -> Html {
        let ctx = self.ctx();
        let (session, entered) = self.visit.form_owner();
        if entered || !self.visit.token.known {
            self.set_cookie(TOKEN_COOKIE, &self.visit.token.cookie(&self.state.sealer, &session), None);
        }
        let post = self.officer().and_then(|officer| officer.post.as_ref());
        let post = post.map(|post| format!("<input type=\"hidden\" name=\"_post\" value=\"{}\">", post.post)).unwrap_or_default();
        Html::raw(format!(
            "<input type=\"hidden\" name=\"_token\" value=\"{}\"><input type=\"hidden\" name=\"_key\" value=\"{}\">{post}",
            self.visit.token.masked(ctx.random()),
            hex(&ctx.random::<16>()),
        ))
    }

    /// The messages that waited for this page; each is shown once.
    #[must_use]
    pub fn flashes(&self) -> Html {
        let Some(sealed) = &self.visit.flash else { return Html::default() };
        self.set_cookie(FLASH_COOKIE, "", Some(0));
        let text = self.state.sealer.open("flash", sealed);
        let Some((tone, message)) = text.and_then(|text| serde_json::from_str::<(FlashTone, Message)>(&text).ok()) else {
            return Html::default();
        };
        Html::raw(format!("<div class=\"flash\">{}</div>", Notice::new(tone.tone(), self.m(&message)).alert()))
    }

    /// The masthead.
    #[must_use]
    pub const fn face(&self) -> &Face {
        &self.face
    }

    /// The name of the government, for titles.
    #[must_use]
    pub fn government(&self) -> &str {
        &self.state.look.name
    }

    /// The crest, a picture or the placeholder with letters.
    #[must_use]
    pub fn crest(&self) -> Html {
        let href = self.asset("crest.svg");
        Html::raw(if href.is_empty() {
            format!("<span class=\"crest\" aria-hidden=\"true\">{}</span>", escaped(&self.state.look.initials))
        } else {
            format!("<img class=\"crest-picture\" src=\"{}\" alt=\"\" width=\"38\" height=\"44\">", escaped(href))
        })
    }

    /// Whether this is a demonstration.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.state.look.demo
    }

    /// This release.
    #[must_use]
    pub fn version(&self) -> &str {
        self.state.settings.version
    }

    /// The lines of the public masthead.
    #[must_use]
    pub fn public_menu(&self) -> Vec<MenuLine> {
        self.lines(|item| item.place == Place::Public)
    }

    /// The side menu of the signed-in officer, in groups.
    #[must_use]
    pub fn menu(&self) -> Vec<MenuGroup> {
        [Place::Work, Place::Books, Place::Unit, Place::Government, Place::Self_]
            .into_iter()
            .map(|place| MenuGroup {
                heading: if place.heading().is_empty() { String::new() } else { self.t(place.heading()) },
                lines: self.lines(|item| item.place == place),
            })
            .filter(|group| !group.lines.is_empty())
            .collect()
    }

    fn lines(&self, wanted: impl Fn(&MenuItem) -> bool) -> Vec<MenuLine> {
        // Whoever is restricted finds the way to their own pages and out, and nothing that leads back to them.
        let restricted = self.session().is_some_and(|session| session.restricted.is_some());
        let open = |item: &MenuItem| !restricted || matches!(item.access, Access::Public | Access::Entering);
        let shown: Vec<&MenuItem> =
            self.state.menu.iter().copied().filter(|item| wanted(item) && open(item) && allows(item.access, self.officer())).collect();
        let line = |item: &MenuItem| MenuLine {
            title: self.t(item.title),
            href: item.href,
            current: self.is_nearest(item),
            count: self.badges.iter().find(|(href, n)| *href == item.href && *n > 0).map(|(_, n)| self.number(*n)),
        };
        shown.into_iter().map(line).collect()
    }

    /// Whether the page is at this line and at no line further down the same path.
    fn is_nearest(&self, item: &MenuItem) -> bool {
        let public = item.place == Place::Public;
        let alike = self.state.menu.iter().filter(|other| (other.place == Place::Public) == public);
        self.is_at(item.href) && !alike.map(|other| other.href).any(|href| href.len() > item.href.len() && self.is_at(href))
    }

    /// Whether the page is `href` or below it.
    #[must_use]
    pub fn is_at(&self, href: &str) -> bool {
        let path = self.path();
        path == href || (href != "/" && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')))
    }

    /// The same page in the other language: its address, `lang` and name.
    #[must_use]
    pub fn other_language(&self) -> (String, &'static str, &'static str) {
        let other = if self.locale() == Locale::Id { Locale::En } else { Locale::Id };
        let name = if other == Locale::Id { "Bahasa Indonesia" } else { "English" };
        (self.query().with(&[("bahasa", other.code())]), other.code(), name)
    }

    /// The address of the login page that leads back here.
    #[must_use]
    pub fn login_href(&self) -> String {
        format!("/masuk?lanjut={}", encoded(&self.query().with(&[])))
    }

    /// The words our script says, as JSON in an attribute: it has no texts of its own.
    #[must_use]
    pub fn script_words(&self) -> &str {
        let [indonesian, english] = &self.state.script_words;
        if self.locale() == Locale::Id { indonesian } else { english }
    }

    /// A tag: `{{ page.tag(Tone::Ok, "…") }}` with a text already said.
    #[must_use]
    pub fn tag(&self, tone: Tone, words: impl Into<String>) -> Tag {
        Tag::new(tone, words)
    }

    /// What the keys do, and the way to switch them off (WCAG 2.1.4); for the foot of a list with `data-keys`.
    #[must_use]
    pub fn keys_help(&self) -> Html {
        let key = |key: &str| format!("<kbd>{key}</kbd>");
        Html::raw(format!(
            "<p class=\"keys-help no-print\"><small>{} {} {} · {} {} · {} {} · <button type=\"button\" class=\"link\" data-keys-toggle>{}</button></small></p>",
            key("J"),
            key("K"),
            escaped(&self.t("web-keys-move")),
            key("Enter"),
            escaped(&self.t("web-keys-open")),
            key("/"),
            escaped(&self.t("web-keys-search")),
            escaped(&self.t("web-keys-off")),
        ))
    }

    /// A button that prints the page; it stands there only where JavaScript runs.
    #[must_use]
    pub fn print_button(&self) -> Html {
        Html::raw(format!("<button type=\"button\" class=\"btn quiet\" data-print hidden>{}</button>", escaped(&self.t("web-print"))))
    }
}

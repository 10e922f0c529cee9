//! The page a handler answers with: every template has one as `page`. It speaks ([`Voice`]), knows the visitor, and
//! gives the parts that all pages share.

use std::{ops::Deref, sync::Arc};

use askama::Template;
use axum::{
    extract::FromRequestParts,
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use kernel::{Actor, Ctx, Gov, Message, Officer};
use serde::{Deserialize, Serialize};

use crate::{
    csrf::{TOKEN_COOKIE, hex},
    error::{Error, Result},
    form::{FormData, encoded},
    list::ListQuery,
    resume,
    routes::Access,
    session::{SESSION_COOKIE, Session},
    state::AppState,
    system::{MenuItem, Place},
    text::{Locale, Terms},
    ui::{Html, Notice, Tag, Tone, escaped},
    visit::{FLASH_COOKIE, Visit},
    voice::Voice,
};

/// A unit as the masthead says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// `Desa Tanjung Raman`.
    pub name: String,
    /// `Kecamatan Pendopo · Kabupaten Empat Lawang`; for an officer: `sebagai Sekretaris Desa`.
    pub above: String,
    /// Where the name leads.
    pub href: String,
    /// `desa`, `nagari`, `kelurahan`: the word of `TERM("village")` on this page.
    pub village_word: String,
    /// `WIB`, `WITA` or `WIT`.
    pub zone: String,
}

/// Messages for the next page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum FlashTone {
    Ok,
    Soon,
    Late,
}

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

/// The circumstances of the page. Cheap to clone; dereferences to [`Voice`], so `page.t("key")` speaks.
#[derive(Clone)]
pub struct Page {
    state: AppState,
    visit: Arc<Visit>,
    voice: Voice,
    face: Face,
    badges: Arc<[(&'static str, i64)]>,
}

impl Deref for Page {
    type Target = Voice;

    fn deref(&self) -> &Voice {
        &self.voice
    }
}

impl AsRef<Voice> for Page {
    fn as_ref(&self) -> &Voice {
        &self.voice
    }
}

impl AsRef<Self> for Voice {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl FromRequestParts<AppState> for Page {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let visit = parts.extensions.get::<Arc<Visit>>().cloned();
        let visit = visit.ok_or_else(|| Error::Internal("a page outside the middleware".into()))?;
        let page = Self::new(state.clone(), visit);
        if parts.method.is_safe() && !page.visit.partial && !page.visit.is_api() { page.with_badges().await } else { Ok(page) }
    }
}

impl Page {
    pub(crate) fn new(state: AppState, visit: Arc<Visit>) -> Self {
        let face = visit.session.as_ref().and_then(|session| session.face.clone()).unwrap_or_else(|| state.face());
        let voice = Voice::new(Arc::clone(&state.texts), visit.locale, Terms::of(&face.village_word), &face.zone);
        Self { state, visit, voice, face, badges: Arc::new([]) }
    }

    async fn with_badges(mut self) -> Result<Self> {
        let Some(session) = &self.visit.session else { return Ok(self) };
        let officer = Arc::clone(&session.officer);
        let counted: Vec<_> = self
            .state
            .menu
            .iter()
            .filter(|item| shows(item, Some(&officer)))
            .filter_map(|item| item.badge.map(|badge| (item.href, badge)))
            .collect();
        if !counted.is_empty() {
            let now = self.visit.now;
            let count = move |rx: &mut kernel::Rx<'_>| {
                counted.into_iter().map(|(href, badge)| Ok((href, badge(rx, &officer, now)?))).collect::<kernel::Result<Vec<_>>>()
            };
            self.badges = self.state.gov.read(count).await?.into();
        }
        Ok(self)
    }

    /// The same page about another unit: its masthead, its words, its time zone.
    #[must_use]
    pub fn about(mut self, face: Face) -> Self {
        self.voice = self.voice.about(&face.village_word, &face.zone);
        self.face = face;
        self
    }

    // Who and when ------------------------------------------------------------------------------------------------

    /// The server's state.
    #[must_use]
    pub const fn state(&self) -> &AppState {
        &self.state
    }

    /// The government.
    #[must_use]
    pub fn gov(&self) -> &Gov {
        &self.state.gov
    }

    /// When the request came.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.visit.now
    }

    /// The day it is at the unit of this page.
    #[must_use]
    pub fn today(&self) -> jiff::civil::Date {
        self.voice.day_of(self.visit.now)
    }

    /// The circumstances for the kernel, with the signed-in officer or the public as actor.
    #[must_use]
    pub fn ctx(&self) -> Ctx {
        self.visit.ctx(&self.state.gov)
    }

    /// The circumstances for whoever holds a checked link.
    #[must_use]
    pub fn ctx_as(&self, actor: Actor) -> Ctx {
        self.ctx().as_actor(actor)
    }

    /// Who asks.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.visit.actor()
    }

    /// The signed-in officer.
    #[must_use]
    pub fn officer(&self) -> Option<&Officer> {
        self.session().map(|session| &*session.officer)
    }

    /// The session.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.visit.session.as_ref()
    }

    /// Whether somebody is signed in.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        self.visit.session.is_some()
    }

    /// The request's id, the same as in the log.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.visit.origin.request
    }

    /// Whether htmx asks for a part: answer with a fragment template instead of the whole page.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.visit.partial
    }

    /// The path asked for.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.visit.path
    }

    /// The query as a list reads it.
    #[must_use]
    pub fn query(&self) -> ListQuery {
        ListQuery::new(&self.visit.path, &self.visit.query)
    }

    /// The absolute address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        self.state.url(path)
    }

    /// The address of an asset: `page.asset("smartgovt.css")`.
    #[must_use]
    pub fn asset(&self, name: &str) -> &str {
        self.state.assets.href(name)
    }

    // Answers -----------------------------------------------------------------------------------------------------

    /// A page of this template.
    ///
    /// # Errors
    /// [`Error::Internal`] when the template fails.
    pub fn html(&self, template: &impl Template) -> Result {
        self.html_with(StatusCode::OK, template)
    }

    /// A page with another status: 422 for a form with errors.
    ///
    /// # Errors
    /// [`Error::Internal`] when the template fails.
    pub fn html_with(&self, status: StatusCode, template: &impl Template) -> Result {
        let body = template.render()?;
        Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response())
    }

    /// The form again, with what is wrong in it (422).
    ///
    /// # Errors
    /// [`Error::Internal`] when the template fails.
    pub fn wrong(&self, template: &impl Template) -> Result {
        self.html_with(StatusCode::UNPROCESSABLE_ENTITY, template)
    }

    /// On to another page after something was done (303).
    ///
    /// # Errors
    /// None; a `Result` so that handlers may end with it.
    pub fn redirect(&self, path: &str) -> Result {
        Ok(see_other(path))
    }

    /// A file to keep, named `name`. Personal files are never cached or shown inside our pages.
    ///
    /// # Errors
    /// None; a `Result` so that handlers may end with it.
    pub fn download(&self, name: &str, media_type: &str, bytes: impl Into<bytes::Bytes>) -> Result {
        self.file("attachment", name, media_type, bytes.into())
    }

    /// A file to look at in the browser (a PDF preview), in a sandbox.
    ///
    /// # Errors
    /// None; a `Result` so that handlers may end with it.
    pub fn inline(&self, name: &str, media_type: &str, bytes: impl Into<bytes::Bytes>) -> Result {
        self.file("inline", name, media_type, bytes.into())
    }

    fn file(&self, way: &str, name: &str, media_type: &str, bytes: bytes::Bytes) -> Result {
        let ascii: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' }).collect();
        let disposition = format!("{way}; filename=\"{ascii}\"; filename*=UTF-8''{}", encoded(name).replace('/', "%2F"));
        // Browsers refuse to show a PDF in a sandbox; ours are made by us, so they need none.
        let policy = if way == "inline" && media_type == "application/pdf" {
            "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
        } else {
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
        };
        let mut response = bytes.into_response();
        let headers = response.headers_mut();
        for (key, value) in [
            (header::CONTENT_TYPE, media_type),
            (header::CONTENT_DISPOSITION, &disposition),
            (header::CACHE_CONTROL, "no-store"),
            (header::CONTENT_SECURITY_POLICY, policy),
        ] {
            let value = HeaderValue::from_str(value).map_err(|error| Error::Internal(error.to_string()))?;
            headers.insert::<HeaderName>(key, value);
        }
        Ok(response)
    }

    /// problem+json (RFC 9457) with the fields that are wrong, for the API (422).
    #[must_use]
    pub fn problem_fields(&self, errors: &kernel::schema::FieldErrors) -> Response {
        let fields: Vec<_> = errors
            .0
            .iter()
            .map(|(field, message)| serde_json::json!({"field": field, "key": message.key, "message": self.m(message)}))
            .collect();
        let body = serde_json::json!({
            "type": "about:blank", "status": 422, "title": self.t1("web-errors-title", "n", fields.len()), "errors": fields,
        });
        let mut response = (StatusCode::UNPROCESSABLE_ENTITY, body.to_string()).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }

    /// Remembers a message for the next page: "Permohonan diteruskan".
    pub fn flash_ok(&self, message: Message) {
        self.flash(FlashTone::Ok, message);
    }

    /// Remembers a warning for the next page.
    pub fn flash_warning(&self, message: Message) {
        self.flash(FlashTone::Soon, message);
    }

    /// Remembers a refusal for the next page.
    pub fn flash_refused(&self, message: Message) {
        self.flash(FlashTone::Late, message);
    }

    fn flash(&self, tone: FlashTone, message: Message) {
        let Ok(text) = serde_json::to_string(&(tone, message)) else { return };
        self.set_cookie(FLASH_COOKIE, &self.state.sealer.seal("flash", &text), Some(300));
    }

    // Sessions ----------------------------------------------------------------------------------------------------

    /// Gives the browser a session's token for `seconds`; the form token changes with it.
    pub fn sign_in(&self, token: &str, seconds: i64) {
        self.set_cookie(SESSION_COOKIE, token, Some(seconds));
        self.set_cookie(TOKEN_COOKIE, "", Some(0));
    }

    /// Takes the session's token from the browser.
    pub fn sign_out(&self) {
        self.set_cookie(SESSION_COOKIE, "", Some(0));
        self.set_cookie(TOKEN_COOKIE, "", Some(0));
    }

    /// Sets a cookie of ours: `HttpOnly`, `SameSite=Lax`, over TLS only where the public address is. `seconds` of
    /// nothing ends with the browser, zero removes it.
    pub fn set_cookie(&self, name: &str, value: &str, seconds: Option<i64>) {
        let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let secure = if self.state.is_https() { "; Secure" } else { "" };
        self.visit.set_cookie(format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}"));
    }

    /// After a login: where to go, from the form's `lanjut`; only paths of ours.
    #[must_use]
    pub fn after_login<'f>(&self, form: &'f FormData, otherwise: &'f str) -> &'f str {
        resume::own_path(form.get("lanjut")).unwrap_or(otherwise)
    }

    /// After a login: the page that offers to send again what was typed when the session ended, if the login form
    /// carried it (`isian`).
    ///
    /// # Errors
    /// [`Error::Internal`] when the template fails.
    pub fn resume(&self, form: &FormData) -> Result<Option<Response>> {
        resume::resume(self, form)
    }

    pub(crate) fn sealer(&self) -> &crate::seal::Sealer {
        &self.state.sealer
    }

    // For templates -----------------------------------------------------------------------------------------------

    /// The hidden fields of every form that changes something: form token, idempotency key, acting post.
    #[must_use]
    pub fn form_fields(&self) -> Html {
        let ctx = self.ctx();
        let session = self.visit.session.as_ref().map_or(String::new(), |session| session.officer.account.to_string());
        if !self.visit.token.known {
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
        let tone = match tone {
            FlashTone::Ok => Tone::Ok,
            FlashTone::Soon => Tone::Soon,
            FlashTone::Late => Tone::Late,
        };
        Html::of(&Notice::new(tone, self.m(&message)).alert())
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
        let shown: Vec<&MenuItem> = self.state.menu.iter().copied().filter(|item| wanted(item) && shows(item, self.officer())).collect();
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
    pub fn script_words(&self) -> String {
        let keys = ["saved-here", "saved-there", "saving", "save-failed", "sending", "sent", "send-failed", "shrunk", "too-large"];
        let words = keys.map(|key| (key, self.t(&format!("web-script-{key}"))));
        serde_json::Value::from_iter(words).to_string()
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

/// 303 to a path.
pub(crate) fn see_other(path: &str) -> Response {
    axum::response::Redirect::to(path).into_response()
}

fn shows(item: &MenuItem, officer: Option<&Officer>) -> bool {
    allows(item.access, officer)
}

/// Whether `access` is given to this visitor.
pub(crate) fn allows(access: Access, officer: Option<&Officer>) -> bool {
    match (access, officer) {
        (Access::Public | Access::Link, _) | (Access::Signed | Access::Entering, Some(_)) => true,
        (Access::Role(role), Some(officer)) => officer.holds(role),
        (Access::AnyRole(roles), Some(officer)) => roles.iter().any(|role| officer.holds(role)),
        (_, None) => false,
    }
}

impl AppState {
    /// The government's own masthead.
    #[must_use]
    pub fn face(&self) -> Face {
        Face {
            name: self.look.name.clone(),
            above: self.look.above.clone(),
            href: "/".to_owned(),
            village_word: self.look.village_word.clone(),
            zone: self.look.zone.clone(),
        }
    }
}

/// The signed-in officer, for handlers of routes that ask for one.
pub struct Signed(pub Arc<Officer>);

impl FromRequestParts<AppState> for Signed {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self> {
        let visit = parts.extensions.get::<Arc<Visit>>();
        let session = visit.and_then(|visit| visit.session.as_ref());
        session.map(|session| Self(Arc::clone(&session.officer))).ok_or(Error::SignIn)
    }
}

//! The page a handler answers with: every template has one as `page`. It speaks ([`Voice`]), knows the visitor, and
//! gives the parts that all pages share.

mod answers;
mod parts;

use std::{ops::Deref, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use kernel::{Actor, Ctx, Gov, Message, Officer};

pub use parts::{MenuGroup, MenuLine};

use crate::{
    error::{Error, Result},
    form::FormData,
    list::ListQuery,
    routes::Access,
    session::Session,
    state::AppState,
    text::Terms,
    visit::Visit,
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
        let voice = Voice::new(Arc::clone(&state.texts), visit.locale, state.terms().about(&face.village_word), &face.zone);
        Self { state, visit, voice, face, badges: Arc::new([]) }
    }

    async fn with_badges(mut self) -> Result<Self> {
        let Some(session) = &self.visit.session else { return Ok(self) };
        let officer = Arc::clone(&session.officer);
        let counted: Vec<_> = self
            .state
            .menu
            .iter()
            .filter(|item| allows(item.access, Some(&officer)))
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

    pub(crate) fn visit(&self) -> &Visit {
        &self.visit
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

    /// The circumstances for what a form asks: as the post it was shown under, which another tab may have changed
    /// since. Approvals use this.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when the officer does not act for that post any more.
    pub fn ctx_for(&self, form: &FormData) -> Result<Ctx> {
        let (Some(officer), Some(post)) = (self.officer(), form.acting_post()) else { return Ok(self.ctx()) };
        if officer.post.as_ref().is_some_and(|acting| acting.post == post) {
            return Ok(self.ctx());
        }
        let held = officer.posts.iter().find(|acting| acting.post == post);
        let acting = held.ok_or(Error::Forbidden(Message::new("web-post-ended")))?;
        Ok(self.ctx_as(Actor::Account(Arc::new(Officer { post: Some(acting.clone()), ..officer.clone() }))))
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

    /// The cookie by which this browser is known again, if it holds one.
    #[must_use]
    pub fn device(&self) -> Option<&str> {
        self.visit.device.as_deref()
    }

    /// Whether somebody is signed in.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        self.visit.session.is_some()
    }

    /// What the form of this request brought, as somebody typed it; empty for a form with a password.
    pub(crate) fn typed(&self) -> Vec<String> {
        self.visit.typed()
    }

    /// The request's id, the same as in the log.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.visit.origin.request
    }

    /// What an entry of the audit log did, in words of the system that wrote it ([`System::deeds`](crate::System)). Without
    /// words, that something was done there.
    #[must_use]
    pub fn deed(&self, action: &str) -> String {
        let (owner, rest) = action.split_once('.').unwrap_or(("", action));
        let rest = rest.replace(['.', '_'], "-");
        let systems = self.state.systems.iter();
        // What the kernel did is said by the kernel, or by whichever system has its screens.
        let own: Vec<String> = match owner {
            "kernel" | "log" => {
                let shared = systems.filter(|system| !system.deeds.is_empty()).map(|system| format!("{}{rest}", system.deeds));
                std::iter::once(format!("kernel-did-{rest}")).chain(shared).collect()
            }
            slug => systems.filter(|system| system.slug == slug).map(|system| format!("{}{rest}", system.deeds)).collect(),
        };
        if let Some(key) = own.iter().find(|key| self.state.texts.has(self.locale(), key)) {
            return self.t(key);
        }
        match self.state.systems.iter().find(|system| system.slug == owner) {
            Some(system) => self.t1("web-did-in-system", "system", self.t(system.title)),
            None => self.t("web-did-something"),
        }
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
}

/// 303 to a path.
pub(crate) fn see_other(path: &str) -> Response {
    axum::response::Redirect::to(path).into_response()
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
    /// The words of the place this government governs.
    #[must_use]
    pub fn terms(&self) -> Terms {
        Terms::local(self.look.words.clone())
    }

    /// The government's own masthead.
    #[must_use]
    pub fn face(&self) -> Face {
        Face {
            name: self.look.name.clone(),
            above: self.look.above.clone(),
            href: "/".to_owned(),
            village_word: self.look.words.village.clone(),
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

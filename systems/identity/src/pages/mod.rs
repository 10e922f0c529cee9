//! HTML. `sign_in` and `terms` are the door, `own` is for everybody's own account, `board` to `mandates` keep the posts
//! of units, `accounts` and `tokens` are the administrator's.

pub(crate) mod account_acts;
pub(crate) mod accounts;
pub(crate) mod appoint;
pub(crate) mod board;
pub(crate) mod confirm;
pub(crate) mod events;
mod forgotten;
pub(crate) mod guard;
pub(crate) mod imports;
pub(crate) mod mandates;
pub(crate) mod mutations;
pub(crate) mod own;
pub(crate) mod restriction;
pub(crate) mod reviews;
pub(crate) mod roles;
pub(crate) mod sights;
pub(crate) mod sign_in;
pub(crate) mod terms;
pub(crate) mod third_parties;
pub(crate) mod vacant;

use std::{borrow::Borrow, sync::Arc};

use kernel::{
    Actor, Ctx, Id, Officer, Result, Rx,
    account::{PasswordCost, PasswordHash, SessionToken, hash_password},
    case::Task,
    post::{self, Post},
    schema::FieldErrors,
    unit::{self, Unit},
};
use web::{Error, Face, FormData, Page, Routes, TaskLine, Voice};

use crate::{rules, sessions, store};

/// Who sees the vacant posts of all villages.
pub(crate) const VACANCY_ROLES: &[&str] = &["village_affairs", "admin"];

/// Who looks after accounts: all of them, or those of its unit.
pub(crate) const KEEPERS: web::Access = web::Access::AnyRole(&["admin", "unit_admin"]);

/// Every page of this system.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .and(sign_in::routes())
        .and(forgotten::routes())
        .and(terms::routes())
        .and(own::routes())
        .and(guard::routes())
        .and(restriction::routes())
        .and(events::routes())
        .and(board::routes())
        .and(vacant::routes())
        .and(appoint::routes())
        .and(roles::routes())
        .and(mandates::routes())
        .and(accounts::routes())
        .and(account_acts::routes())
        .and(mutations::routes())
        .and(confirm::routes())
        .and(sights::routes())
        .and(imports::routes())
        .and(reviews::routes())
        .and(third_parties::routes())
}

/// The signed-in officer; routes of this module that ask for one are never public.
pub(crate) fn officer(page: &Page) -> web::Result<Arc<Officer>> {
    page.session().map(|session| Arc::clone(&session.officer)).ok_or(Error::SignIn)
}

/// The circumstances of a form and its officer, acting for the post under which the form was shown.
pub(crate) fn acting(page: &Page, form: &FormData) -> web::Result<(Ctx, Arc<Officer>)> {
    let ctx = page.ctx_for(form)?;
    match ctx.actor() {
        Actor::Account(officer) => Ok((ctx.clone(), Arc::clone(officer))),
        _ => Err(Error::SignIn),
    }
}

/// A unit with its village word, as its pages speak of it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) unit: Unit,
    pub(crate) word: String,
    /// The name of the unit above.
    pub(crate) above: String,
}

impl Place {
    /// The unit at `slug` when the officer may see it.
    pub(crate) fn seen(rx: &mut Rx<'_>, officer: &Officer, slug: &str) -> Result<Self> {
        let unit = unit::by_slug(rx, slug)?.filter(|unit| rules::may_see(officer, unit)).ok_or(kernel::Error::Missing)?;
        let above = match unit.parent {
            Some(parent) => unit::find(rx, parent)?.map_or_else(String::new, |parent| parent.name),
            None => String::new(),
        };
        Ok(Self { word: sessions::village_word(rx, &unit)?, unit, above })
    }

    /// The unit at `slug` when the officer keeps its posts.
    pub(crate) fn kept(rx: &mut Rx<'_>, officer: &Officer, slug: &str) -> Result<Self> {
        Self::seen(rx, officer, slug).and_then(
            |place| {
                if rules::may_keep(officer, &place.unit) { Ok(place) } else { Err(kernel::Error::Missing) }
            },
        )
    }

    /// The unit and one of its posts, for whoever keeps them.
    pub(crate) fn kept_post(rx: &mut Rx<'_>, officer: &Officer, slug: &str, post: Id) -> Result<(Self, Post)> {
        let place = Self::kept(rx, officer, slug)?;
        let post = post::find(rx, post)?.filter(|post| post.unit == place.unit.id).ok_or(kernel::Error::Missing)?;
        Ok((place, post))
    }

    /// The page speaking this unit's words on its clock, under the officer's own masthead.
    pub(crate) fn page(&self, page: &Page) -> Page {
        let face = Face { village_word: self.word.clone(), zone: self.unit.zone.label().to_owned(), ..page.face().clone() };
        page.clone().about(face)
    }

    /// The page of its posts.
    pub(crate) fn href(&self) -> String {
        format!("/jabatan/{}", self.unit.slug)
    }

    /// The page of one post.
    pub(crate) fn post_href(&self, post: impl Borrow<Id>) -> String {
        format!("/jabatan/{}/{}", self.unit.slug, post.borrow())
    }
}

/// A kernel's refusal at its field; anything else stays an error.
pub(crate) fn refused(error: kernel::Error) -> web::Result<FieldErrors> {
    match error {
        kernel::Error::Refused(message) => {
            let mut errors = FieldErrors::default();
            errors.add(rules::field_of(&message), message);
            Ok(errors)
        }
        other => Err(other.into()),
    }
}

/// The token of the session that asks.
pub(crate) fn session_token(page: &Page, headers: &axum::http::HeaderMap) -> web::Result<SessionToken> {
    let cookies = headers.get_all(axum::http::header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let found = pairs.filter(|(name, _)| *name == web::SESSION_COOKIE).find_map(|(_, token)| token.parse().ok());
    found.filter(|_| page.is_signed_in()).ok_or(Error::SignIn)
}

/// What one hash costs here: demonstrations have public passwords and many accounts.
pub(crate) fn cost(page: &Page) -> PasswordCost {
    if page.gov().settings().mark.is_some() { PasswordCost::quick() } else { PasswordCost::default() }
}

/// Hashes off the async threads.
pub(crate) async fn hashed(page: &Page, password: String) -> web::Result<PasswordHash> {
    let (ctx, cost) = (page.ctx(), cost(page));
    let made = tokio::task::spawn_blocking(move || hash_password(&ctx, &password, cost)).await;
    Ok(made.map_err(|error| Error::Internal(error.to_string()))??)
}

/// A temporary password and its hash.
pub(crate) async fn temporary(page: &Page) -> web::Result<(String, PasswordHash)> {
    let password = rules::temporary_password(page.ctx().random());
    let hash = hashed(page, password.clone()).await?;
    Ok((password, hash))
}

/// The government's top unit.
pub(crate) fn top(rx: &mut Rx<'_>) -> Result<Unit> {
    unit::root(rx)?.ok_or(kernel::Error::Missing)
}

/// The days a temporary password holds, for texts.
pub(crate) const fn temporary_days() -> i64 {
    store::TEMPORARY_DAYS
}

/// Work of this system in Tugas Saya: the acts of a mutation to confirm, a review of rights.
pub(crate) fn task(voice: &Voice, task: &Task) -> TaskLine {
    let (key, place) = if task.kind == store::mutations::CONFIRMING {
        ("identity-work-mutation-acts", "tindakan")
    } else {
        ("identity-work-access-review", "hak")
    };
    TaskLine { title: voice.t(key), about: task.subject.clone(), href: format!("/tinjauan/{place}/{}", task.case_id) }
}

//! What is known of a request before its handler runs: who, when, in which language, with which cookies.

use std::sync::{Mutex, OnceLock, PoisonError};

use axum::http::{HeaderMap, HeaderValue, Uri, header};
use jiff::Timestamp;
use kernel::{Actor, Ctx, Gov, Id, Origin};

use crate::{
    csrf::FormToken,
    form::FormData,
    resume::SECRET,
    session::{DEVICE_COOKIE, Session},
    text::Locale,
};

/// One request's circumstances. The middleware makes it; [`Page`](crate::Page) shows it.
pub(crate) struct Visit {
    pub(crate) now: Timestamp,
    pub(crate) origin: Origin,
    pub(crate) path: String,
    pub(crate) query: String,
    /// The route's pattern, for logs: never an address with values in it.
    pub(crate) route: String,
    pub(crate) locale: Locale,
    /// The language was asked for in the address and must be remembered.
    pub(crate) locale_chosen: bool,
    pub(crate) session: Option<Session>,
    /// The session cookie came from elsewhere, and its session has ended for it.
    pub(crate) foreign: bool,
    /// The cookie by which the browser is known again.
    pub(crate) device: Option<String>,
    /// An API token was given, so no cookie counts.
    pub(crate) bearer: bool,
    /// htmx asked for a part of a page.
    pub(crate) partial: bool,
    pub(crate) token: FormToken,
    pub(crate) flash: Option<String>,
    /// The account that signed in by this very request: forms of its answer are already the account's.
    entered: OnceLock<String>,
    /// Cookies of the answer.
    set_cookies: Mutex<Vec<String>>,
    /// What was typed into the form of this request: shown again when it could not be done.
    typed: Mutex<Vec<String>>,
    /// The post under which the form of this request was shown.
    form_post: Mutex<Option<Id>>,
}

/// Shorter values are choices, not something typed.
const TYPED_CHARACTERS_MIN: usize = 4;
/// So much of what was typed is shown again.
const TYPED_CHARACTERS_MAX: usize = 20_000;

impl Visit {
    #[expect(clippy::too_many_arguments, reason = "one value of everything, made in one place")]
    pub(crate) fn new(
        now: Timestamp,
        origin: Origin,
        uri: &Uri,
        route: String,
        headers: &HeaderMap,
        session: Option<Session>,
        bearer: bool,
        token: FormToken,
    ) -> Self {
        let (locale, locale_chosen) = language(uri, headers);
        Self {
            now,
            origin,
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            route,
            locale,
            locale_chosen,
            session,
            foreign: false,
            device: cookie(headers, DEVICE_COOKIE).filter(|value| !value.is_empty()).map(str::to_owned),
            bearer,
            partial: headers.contains_key("hx-request") && !headers.contains_key("hx-boosted"),
            token,
            flash: cookie(headers, FLASH_COOKIE).map(str::to_owned),
            entered: OnceLock::new(),
            set_cookies: Mutex::new(Vec::new()),
            typed: Mutex::default(),
            form_post: Mutex::default(),
        }
    }

    /// Notes that this request signed `account` in.
    pub(crate) fn enter(&self, account: Id) {
        // The first sign-in of a request counts; there is never a second.
        let _ = self.entered.set(account.to_string());
    }

    /// Whose forms the answer carries: the account, empty for the public; and whether it signed in just now.
    pub(crate) fn form_owner(&self) -> (String, bool) {
        match (self.entered.get(), &self.session) {
            (Some(account), _) => (account.clone(), true),
            (None, Some(session)) => (session.officer.account.to_string(), false),
            (None, None) => (String::new(), false),
        }
    }

    pub(crate) fn actor(&self) -> Actor {
        self.session.as_ref().map_or(Actor::Public, |session| Actor::Account(session.officer.clone()))
    }

    pub(crate) fn ctx(&self, gov: &Gov) -> Ctx {
        // Not the moment the request came: its body may have taken minutes, and whoever reads the log by the order of ids has gone on.
        Ctx::new(gov.now(), self.actor(), self.origin.clone(), gov.entropy().clone())
    }

    /// Whether the request is for machines.
    pub(crate) fn is_api(&self) -> bool {
        is_api(&self.path)
    }

    pub(crate) fn set_cookie(&self, cookie: String) {
        self.set_cookies.lock().unwrap_or_else(PoisonError::into_inner).push(cookie);
    }

    /// Keeps what an answer may need of the form: what was typed, unless it holds a password, and under which post it was shown.
    pub(crate) fn keep(&self, form: &FormData) {
        if !form.has(SECRET) {
            self.keep_typed(form);
        }
        if let (Some(post), Ok(mut kept)) = (form.acting_post(), self.form_post.lock()) {
            *kept = Some(post);
        }
    }

    /// Whether the form of this request was shown under a post its sender does not hold any more.
    pub(crate) fn post_ended(&self) -> bool {
        let post = self.form_post.lock().ok().and_then(|post| *post);
        let held = |post| self.session.as_ref().is_some_and(|session| session.officer.posts.iter().any(|acting| acting.post == post));
        post.is_some_and(|post| self.session.is_some() && !held(post))
    }

    /// Keeps what somebody typed, but for what the page put into the form itself.
    fn keep_typed(&self, form: &FormData) {
        let is_typed = |name: &str, value: &str| {
            let known = matches!(name, "versi" | "version" | "document_version");
            let id = value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
            !known && !id && value.chars().count() >= TYPED_CHARACTERS_MIN
        };
        let mut room = TYPED_CHARACTERS_MAX;
        let values = form.typed().filter(|(name, value)| is_typed(name, value)).map_while(|(_, value)| {
            room = room.checked_sub(value.len())?;
            Some(value.to_owned())
        });
        if let Ok(mut typed) = self.typed.lock() {
            *typed = values.collect();
        }
    }

    pub(crate) fn typed(&self) -> Vec<String> {
        self.typed.lock().map(|typed| typed.clone()).unwrap_or_default()
    }

    /// Writes the cookies of this visit into the answer; of two with one name the later counts.
    pub(crate) fn write_cookies(&self, headers: &mut HeaderMap) {
        let cookies = std::mem::take(&mut *self.set_cookies.lock().unwrap_or_else(PoisonError::into_inner));
        let name = |cookie: &str| cookie.split('=').next().unwrap_or_default().to_owned();
        for (place, cookie) in cookies.iter().enumerate() {
            let replaced = cookies[place + 1..].iter().any(|later| name(later) == name(cookie));
            if let (false, Ok(value)) = (replaced, HeaderValue::from_str(cookie)) {
                headers.append(header::SET_COOKIE, value);
            }
        }
    }
}

/// Messages that wait for the next page.
pub(crate) const FLASH_COOKIE: &str = "pesan";
/// The language somebody chose.
pub(crate) const LANGUAGE_COOKIE: &str = "bahasa";

pub(crate) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// The value of a cookie.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(held, _)| *held == name)
        .map(|(_, value)| value)
}

fn language(uri: &Uri, headers: &HeaderMap) -> (Locale, bool) {
    let asked = uri.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("bahasa="));
    if let Some(locale) = asked.and_then(Locale::from_code) {
        return (locale, true);
    }
    if let Some(locale) = cookie(headers, LANGUAGE_COOKIE).and_then(Locale::from_code) {
        return (locale, false);
    }
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    (Locale::negotiate(accepted), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse().unwrap(), HeaderValue::from_str(v).unwrap())).collect()
    }

    #[test]
    fn language_comes_from_address_then_cookie_then_browser() {
        let of = |uri: &str, pairs: &[(&'static str, &str)]| language(&uri.parse().unwrap(), &headers(pairs));
        assert_eq!(of("/?bahasa=en", &[("cookie", "bahasa=id")]), (Locale::En, true));
        assert_eq!(of("/?bahasa=xx", &[("cookie", "a=1; bahasa=en")]), (Locale::En, false));
        assert_eq!(of("/", &[("accept-language", "en")]), (Locale::En, false));
        assert_eq!(of("/", &[]), (Locale::Id, false));
    }

    #[test]
    fn cookies_are_found_by_whole_names() {
        let headers = headers(&[("cookie", "asesi=1; sesi=2;x")]);
        assert_eq!(cookie(&headers, "sesi"), Some("2"));
        assert_eq!(cookie(&headers, "x"), None);
    }
}

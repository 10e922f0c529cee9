//! Routes with their access written beside them. The list is data: the middleware enforces it, whole-platform tests
//! walk it, and the assembly refuses a route outside the prefixes its system owns.

use axum::{
    handler::Handler,
    http::Method,
    routing::{self, MethodRouter},
};

use crate::state::AppState;

/// 1 MB: what a form without files may weigh.
pub const BODY_LIMIT_BYTES: usize = 1_000_000;

/// Who may call a route. It is enforced before the handler runs; which *rows* the caller sees is the handler's scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever holds the link: the secret is in the path and the handler checks it.
    Link,
    /// Any signed-in account.
    Signed,
    /// A signed-in account that holds this role somewhere. Others get 404: the page's existence is not told.
    Role(&'static str),
    /// A signed-in account that holds one of these roles somewhere.
    AnyRole(&'static [&'static str]),
    /// Any signed-in account, even before it accepted the terms or changed a first password.
    Entering,
}

/// One route as the tests and the middleware see it.
#[derive(Debug, Clone)]
pub struct RouteInfo {
    pub method: Method,
    /// With axum's placeholders: `/lacak/{code}`.
    pub path: &'static str,
    pub access: Access,
    /// How much a request body may weigh.
    pub body_limit_bytes: usize,
    /// The form token is always asked for, whatever the browser says of the origin (login, signing, approval).
    pub token_required: bool,
    /// Another website may post here (a protocol endpoint that authenticates by itself).
    pub cross_site: bool,
}

/// The routes of one system.
#[derive(Default)]
pub struct Routes {
    list: Vec<(RouteInfo, MethodRouter<AppState>)>,
}

impl Routes {
    /// No routes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `GET path` (and `HEAD`).
    #[must_use]
    pub fn get<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.add(Method::GET, path, access, routing::get(handler))
    }

    /// Adds `POST path`.
    #[must_use]
    pub fn post<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.add(Method::POST, path, access, routing::post(handler))
    }

    /// Adds `PUT path`.
    #[must_use]
    pub fn put<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.add(Method::PUT, path, access, routing::put(handler))
    }

    /// Adds `DELETE path`.
    #[must_use]
    pub fn delete<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.add(Method::DELETE, path, access, routing::delete(handler))
    }

    /// The route added last takes bodies up to `bytes` (uploads).
    #[must_use]
    pub fn limit_bytes(mut self, bytes: usize) -> Self {
        if let Some((info, _)) = self.list.last_mut() {
            info.body_limit_bytes = bytes;
        }
        self
    }

    /// The route added last always asks for the form token.
    #[must_use]
    pub fn token(mut self) -> Self {
        if let Some((info, _)) = self.list.last_mut() {
            info.token_required = true;
        }
        self
    }

    /// The route added last takes requests from other websites: it authenticates by itself and uses no cookie.
    #[must_use]
    pub fn cross_site(mut self) -> Self {
        if let Some((info, _)) = self.list.last_mut() {
            info.cross_site = true;
        }
        self
    }

    /// All routes of `other` too.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.list.extend(other.list);
        self
    }

    /// What was declared.
    pub fn infos(&self) -> impl Iterator<Item = &RouteInfo> {
        self.list.iter().map(|(info, _)| info)
    }

    pub(crate) fn into_parts(self) -> Vec<(RouteInfo, MethodRouter<AppState>)> {
        self.list
    }

    fn add(mut self, method: Method, path: &'static str, access: Access, router: MethodRouter<AppState>) -> Self {
        let info = RouteInfo { method, path, access, body_limit_bytes: BODY_LIMIT_BYTES, token_required: false, cross_site: false };
        self.list.push((info, router));
        self
    }
}

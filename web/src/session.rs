//! Who a session cookie or an API token belongs to. `identity` answers; `web` only asks.

use std::sync::Arc;

use kernel::{Gov, Officer, Origin, Timestamp};

use crate::{page::Face, system::BoxFuture};

/// The cookie that carries the session's token. Only its hash is stored.
pub const SESSION_COOKIE: &str = "sesi";

/// The cookie by which a browser is known again. It opens nothing.
pub const DEVICE_COOKIE: &str = "perangkat";

/// A session that holds now.
#[derive(Debug, Clone)]
pub struct Session {
    pub officer: Arc<Officer>,
    /// The unit of the acting post as the masthead says it.
    pub face: Option<Face>,
    /// A page that must be done first (new terms, a first password): everything but [`Access::Entering`](crate::Access)
    /// leads there.
    pub pending: Option<&'static str>,
    /// What keeps the account from working: everything but [`Access::Entering`](crate::Access) and what is public leads to its page.
    pub restricted: Option<Restricted>,
}

/// A restriction in force, as far as `web` has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restricted {
    /// Where the person reads what, until when, by which decree, and how to appeal.
    pub page: &'static str,
    pub decree: String,
    /// None: for good.
    pub until: Option<Timestamp>,
}

/// What a browser brings.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// The session cookie.
    pub token: &'a str,
    /// The device cookie.
    pub device: Option<&'a str>,
    pub origin: &'a Origin,
    pub now: Timestamp,
}

/// What a session cookie stands for.
#[derive(Debug, Clone)]
pub enum Resolved {
    Held(Box<Session>),
    /// It ended or never was.
    Nothing,
    /// It came from another browser than the one that signed in. The session has ended; whoever it is signs in anew.
    Foreign,
}

/// Resolves tokens to officers.
pub trait Sessions: Send + Sync {
    /// The session of a cookie's token.
    fn resolve<'a>(&'a self, gov: &'a Gov, presented: Presented<'a>) -> BoxFuture<'a, kernel::Result<Resolved>>;

    /// The session of an API token (`Authorization: Bearer …`).
    fn bearer<'a>(&'a self, gov: &'a Gov, token: &'a str, now: Timestamp) -> BoxFuture<'a, kernel::Result<Option<Session>>> {
        let _ = (gov, token, now);
        Box::pin(async { Ok(None) })
    }
}

/// Nobody is ever signed in; used when no system brings sessions.
pub(crate) struct NoSessions;

impl Sessions for NoSessions {
    fn resolve<'a>(&'a self, _: &'a Gov, _: Presented<'a>) -> BoxFuture<'a, kernel::Result<Resolved>> {
        Box::pin(async { Ok(Resolved::Nothing) })
    }
}

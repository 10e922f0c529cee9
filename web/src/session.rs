//! Who a session cookie or an API token belongs to. `identity` answers; `web` only asks.

use std::sync::Arc;

use kernel::{Gov, Officer, Timestamp};

use crate::{page::Face, system::BoxFuture};

/// The cookie that carries the session's token. Only its hash is stored.
pub const SESSION_COOKIE: &str = "sesi";

/// A session that holds now.
#[derive(Debug, Clone)]
pub struct Session {
    pub officer: Arc<Officer>,
    /// The unit of the acting post as the masthead says it.
    pub face: Option<Face>,
    /// A page that must be done first (new terms, a first password): everything but [`Access::Entering`](crate::Access)
    /// leads there.
    pub pending: Option<&'static str>,
}

/// Resolves tokens to officers.
pub trait Sessions: Send + Sync {
    /// The session of a cookie's token, or nothing when it ended or never was.
    fn resolve<'a>(&'a self, gov: &'a Gov, token: &'a str, now: Timestamp) -> BoxFuture<'a, kernel::Result<Option<Session>>>;

    /// The session of an API token (`Authorization: Bearer …`).
    fn bearer<'a>(&'a self, gov: &'a Gov, token: &'a str, now: Timestamp) -> BoxFuture<'a, kernel::Result<Option<Session>>> {
        let _ = (gov, token, now);
        Box::pin(async { Ok(None) })
    }
}

/// Nobody is ever signed in; used when no system brings sessions.
pub(crate) struct NoSessions;

impl Sessions for NoSessions {
    fn resolve<'a>(&'a self, _: &'a Gov, _: &'a str, _: Timestamp) -> BoxFuture<'a, kernel::Result<Option<Session>>> {
        Box::pin(async { Ok(None) })
    }
}

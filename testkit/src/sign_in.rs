//! Sessions of the kernel, for tests of a system without `identity`.

use std::sync::Arc;

use kernel::{Gov, Timestamp, account};
use web::{BoxFuture, Session, Sessions, System};

/// Stands in for `identity` when no system under test brings sessions.
pub(crate) const SIGN_IN: System = System {
    slug: "testkit",
    title: "testkit-title",
    locales: &[("id", "testkit-title = Uji\n"), ("en", "testkit-title = Test\n")],
    sessions: Some(|| Arc::new(KernelSessions)),
    ..System::EMPTY
};

struct KernelSessions;

impl Sessions for KernelSessions {
    fn resolve<'a>(&'a self, gov: &'a Gov, token: &'a str, now: Timestamp) -> BoxFuture<'a, kernel::Result<Option<Session>>> {
        let token = token.parse();
        Box::pin(async move {
            let Ok(token) = token else { return Ok(None) };
            let found = gov.read(move |rx| account::resolve(rx, &token, now, account::SessionLimits::default())).await?;
            Ok(found.map(|session| Session { officer: session.officer, face: None, pending: None }))
        })
    }

    fn bearer<'a>(&'a self, gov: &'a Gov, token: &'a str, now: Timestamp) -> BoxFuture<'a, kernel::Result<Option<Session>>> {
        let token = token.parse();
        Box::pin(async move {
            let Ok(token) = token else { return Ok(None) };
            let found = gov.read(move |rx| account::resolve_token(rx, &token, now)).await?;
            Ok(found.map(|officer| Session { officer, face: None, pending: None }))
        })
    }
}

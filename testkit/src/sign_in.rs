//! Sessions of the kernel, for tests of a system without `identity`.

use std::sync::Arc;

use kernel::{Gov, Officer, Timestamp, account};
use web::{BoxFuture, Presented, Resolved, Restricted, Session, Sessions, System};

/// Stands in for `identity` when no system under test brings sessions.
pub(crate) const SIGN_IN: System = System {
    slug: "testkit",
    title: "testkit-title",
    locales: &[("id", "testkit-title = Uji\n"), ("en", "testkit-title = Test\n")],
    sessions: Some(|| Arc::new(KernelSessions)),
    ..System::EMPTY
};

/// Where `identity` shows a restriction; here is no page.
const RESTRICTION_PAGE: &str = "/akun/pembatasan";

struct KernelSessions;

impl Sessions for KernelSessions {
    fn resolve<'a>(&'a self, gov: &'a Gov, presented: Presented<'a>) -> BoxFuture<'a, kernel::Result<Resolved>> {
        let (token, now) = (presented.token.parse(), presented.now);
        Box::pin(async move {
            let Ok(token) = token else { return Ok(Resolved::Nothing) };
            let found = gov.read(move |rx| account::resolve(rx, &token, now, account::SessionLimits::default())).await?;
            let held = |found: account::Session| session(found.officer, found.restriction);
            Ok(found.map_or(Resolved::Nothing, |found| Resolved::Held(Box::new(held(found)))))
        })
    }

    fn bearer<'a>(&'a self, gov: &'a Gov, token: &'a str, now: Timestamp) -> BoxFuture<'a, kernel::Result<Option<Session>>> {
        let token = token.parse();
        Box::pin(async move {
            let Ok(token) = token else { return Ok(None) };
            let found = gov.read(move |rx| account::resolve_token(rx, &token, now)).await?;
            Ok(found.map(|found| session(found.officer, found.restriction)))
        })
    }
}

fn session(officer: Arc<Officer>, restriction: Option<account::Restriction>) -> Session {
    let restricted = restriction.map(|held| Restricted { page: RESTRICTION_PAGE, decree: held.decree, until: held.until });
    Session { officer, face: None, pending: None, restricted }
}

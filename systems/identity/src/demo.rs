//! Content of the demonstration: what the defence noticed in the last weeks.

use jiff::SignedDuration;
use kernel::{
    Actor, Origin, Result, account,
    signal::{self, Kind, NewSignal},
};
use web::{BoxFuture, DemoPlan};

const PHONE: &str = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36";
const DESK: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36";

/// The hook of the manifest.
pub(crate) fn fill(plan: &DemoPlan) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        let gov = &plan.gov;
        let accounts = gov.read(|rx| account::list(rx, None, 60)).await?;
        let now = gov.now();
        for (n, account) in (1_i64..).zip(accounts) {
            // Every third forgot the password once; every seventh came with a telephone; strangers try too.
            let (kind, agent, address) = match n % 7 {
                0 => (Kind::NewDevice, PHONE, format!("114.125.{}.17", n)),
                1 | 4 => (Kind::SignInRefused, DESK, format!("103.28.{}.9", n % 40)),
                2 => (Kind::SessionMoved, PHONE, format!("182.1.{}.40", n)),
                _ => (Kind::SignInRefused, DESK, "203.0.113.45".to_owned()),
            };
            let account = (address != "203.0.113.45").then_some(account.id);
            let origin = Origin { address, agent: agent.to_owned(), request: String::new() };
            let at = now - SignedDuration::from_mins(37 * n);
            let ctx = gov.ctx(Actor::Public, origin).at(at);
            gov.write(&ctx, move |tx| {
                signal::raise(tx, &NewSignal::about(kind, account))?;
                if account.is_none() && n % 3 == 0 {
                    let detail = serde_json::json!({ "of": "network", "seconds": 8 * n });
                    signal::raise(tx, &NewSignal::about(Kind::Delayed, None).detail(detail))?;
                }
                Ok::<_, kernel::Error>(())
            })
            .await?;
        }
        Ok(())
    })
}

//! Who a cookie or a token belongs to, by what post, and what must be done first.

use kernel::{
    Actor, Gov, Officer, Result, Rx, Timestamp,
    account::{self, DeviceToken, Fit, SessionLimits},
    unit::{self, Unit},
};
use web::{BoxFuture, Face, Presented, Resolved, Restricted, Session, Sessions};

use crate::{model::Pending, rules, store};

/// Where somebody who is restricted reads why, until when, and how to appeal.
pub(crate) const RESTRICTION_PAGE: &str = "/akun/pembatasan";

/// How long a session lives.
pub(crate) fn limits() -> SessionLimits {
    SessionLimits::default()
}

/// Sessions and tokens of the kernel's accounts.
pub(crate) struct AccountSessions;

impl Sessions for AccountSessions {
    fn resolve<'a>(&'a self, gov: &'a Gov, presented: Presented<'a>) -> BoxFuture<'a, Result<Resolved>> {
        let Presented { token, device, origin, now } = presented;
        let (token, device) = (token.parse::<account::SessionToken>(), device.and_then(|device| device.parse::<DeviceToken>().ok()));
        Box::pin(async move {
            let Ok(token) = token else { return Ok(Resolved::Nothing) };
            let asked = token.clone();
            let found = gov
                .read(move |rx| {
                    let Some(found) = account::resolve(rx, &asked, now, limits())? else { return Ok(None) };
                    let standing = store::standing(rx, found.account.id)?;
                    let pending = rules::pending(&found.account, &standing);
                    Ok::<_, kernel::Error>(Some((face(rx, &found.officer)?, pending, found)))
                })
                .await?;
            let Some((face, pending, found)) = found else { return Ok(Resolved::Nothing) };
            let (id, binding) = (found.account.id, found.binding.clone());
            let ctx = gov.ctx(Actor::System { job: "session", on_behalf_of: Some(id), cause: None }, origin.clone()).at(now);
            match binding.judge(device.as_ref(), origin, now) {
                Fit::Foreign => {
                    let sender = store::alerts::Sender::of(gov);
                    gov.write(&ctx, move |tx| {
                        account::end_foreign(tx, &token, id)?;
                        store::alerts::foreign(tx, &sender, id)
                    })
                    .await?;
                    return Ok(Resolved::Foreign);
                }
                // A session that cannot be marked as used still holds: pages stay readable while nothing can be written.
                Fit::Moved => {
                    let _ = gov.write(&ctx, move |tx| account::follow(tx, &token, &binding, id)).await;
                }
                Fit::Same if found.wants_touch(now) => {
                    let _ = gov.write(&ctx, move |tx| account::touch(tx, &token)).await;
                }
                Fit::Same => {}
            }
            let restricted = found.restriction.as_ref().map(restricted);
            Ok(Resolved::Held(Box::new(Session { officer: found.officer, face, pending: pending.map(Pending::path), restricted })))
        })
    }

    fn bearer<'a>(&'a self, gov: &'a Gov, token: &'a str, now: Timestamp) -> BoxFuture<'a, Result<Option<Session>>> {
        let token = token.parse::<account::MachineToken>();
        Box::pin(async move {
            let Ok(token) = token else { return Ok(None) };
            let found = gov.read(move |rx| account::resolve_token(rx, &token, now)).await?;
            Ok(found.map(|found| Session {
                restricted: found.restriction.as_ref().map(restricted),
                officer: found.officer,
                face: None,
                pending: None,
            }))
        })
    }
}

fn restricted(held: &account::Restriction) -> Restricted {
    Restricted { page: RESTRICTION_PAGE, decree: held.decree.clone(), until: held.until }
}

/// The longest name of a unit that the masthead shows whole.
const NAME_CHARS_MAX: usize = 32;

/// The unit of the acting post and the post itself; none for an account without a post.
fn face(rx: &mut Rx<'_>, officer: &Officer) -> Result<Option<Face>> {
    let Some(post) = &officer.post else { return Ok(None) };
    let Some(unit) = unit::find(rx, post.unit)? else { return Ok(None) };
    let village_word = village_word(rx, &unit)?;
    Ok(Some(Face {
        above: rules::post_at(&post.kind, &post.title, ""),
        href: "/tugas".to_owned(),
        village_word,
        zone: unit.zone.label().to_owned(),
        // The masthead of the side menu is narrow: offices have a usual short form.
        name: if unit.name.chars().count() > NAME_CHARS_MAX && !unit.short_name.is_empty() { unit.short_name } else { unit.name },
    }))
}

/// The word for a village at a unit; empty leaves the government's own.
pub(crate) fn village_word(rx: &mut Rx<'_>, unit: &Unit) -> Result<String> {
    Ok(unit::local_word(rx, unit, "village")?.unwrap_or_default())
}

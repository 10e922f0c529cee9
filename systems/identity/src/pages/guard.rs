//! What an account is told of its security, on `/akun`: the sign-ins it may not know, its browsers, where its e-mail goes.

use std::sync::Arc;

use askama::Template;
use axum::http::HeaderMap;
use jiff::Timestamp;
use kernel::{
    Error as KernelError, Id, Message, NewEntry, Officer, Rx,
    account::{self, DeviceToken, device},
    schema::{FieldErrors, read_email},
    signal::{self, Kind, NewSignal, Signal},
};
use web::{
    Access, FormData, FormState, Page, Routes,
    ui::{Tag, Tone},
};

use super::{acting, officer, own::prove, session_token};
use crate::store::{alerts, links};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .post("/akun/kejadian", Access::Signed, answer)
        .token()
        .get("/akun/surel", Access::Signed, ask_mail)
        .post("/akun/surel", Access::Signed, set_mail)
        .token()
}

/// Most notices on the page of the own account.
pub(crate) const NOTICES_MAX: i64 = 10;

/// How many notices wait: what the menu says.
pub(crate) fn badge(rx: &mut Rx<'_>, officer: &Officer, _: Timestamp) -> kernel::Result<i64> {
    Ok(i64::try_from(signal::unseen(rx, officer.account, NOTICES_MAX)?.len()).unwrap_or(0))
}

/// "Masuk dari Chrome Windows …" for one notice.
pub(crate) fn said(page: &Page, signal: &Signal) -> String {
    let args = [
        ("at", page.moment_short(signal.at, page.now()).into()),
        ("device", if signal.agent.is_empty() { page.t("identity-device-unknown") } else { signal.agent.clone() }.into()),
        ("address", signal.address.as_str().into()),
        ("until", signal.detail["until"].as_str().unwrap_or_default().into()),
    ];
    page.tn(&format!("identity-told-{}", signal.kind.key()), &args)
}

/// Whether the owner is asked if it was them.
pub(crate) const fn is_asked(kind: Kind) -> bool {
    matches!(kind, Kind::NewDevice | Kind::SessionForeign | Kind::PasswordReset)
}

/// "It was me", or not: then every other session ends and no other browser is known any more.
async fn answer(page: Page, headers: HeaderMap, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let (token, account) = (session_token(&page, &headers)?, officer.account);
    let browser = page.device().and_then(|device| device.parse::<DeviceToken>().ok());
    let mine = form.get("saya") != "bukan";
    page.gov()
        .write(&ctx, move |tx| {
            signal::mark_seen(tx, account)?;
            if !mine {
                account::revoke_sessions(tx, account, Some(&token))?;
                device::forget_others(tx, account, browser.as_ref())?;
                signal::raise(tx, &NewSignal::about(Kind::Disowned, Some(account)))?;
                tx.entry(NewEntry::new("identity.sign_in.disowned").object("account", account));
            }
            Ok::<_, KernelError>(())
        })
        .await?;
    if mine {
        page.flash_ok(Message::new("identity-told-thanks"));
        return page.redirect("/akun");
    }
    page.flash_warning(Message::new("identity-told-disowned"));
    page.redirect("/akun/sandi")
}

#[derive(Template)]
#[template(path = "identity/own_mail.html")]
struct Mail {
    page: Page,
    form: FormState,
    /// What is said of the address that is kept: confirmed or not yet; nothing without one.
    standing: Option<Tag>,
}

async fn ask_mail(page: Page) -> web::Result {
    let (account, gov) = (officer(&page)?.account, Arc::clone(&page.state().gov));
    let held = page.gov().read(move |rx| alerts::contact(rx, gov.keys(), account)).await?.unwrap_or_default();
    let form = FormState::filled(&page, FormData::of([("surel", held)]));
    let standing = standing(&page, account).await?;
    page.clone().html(&Mail { page, form, standing })
}

async fn standing(page: &Page, account: Id) -> web::Result<Option<Tag>> {
    let (held, confirmed) =
        page.gov().read(move |rx| Ok::<_, KernelError>((alerts::has_contact(rx, account)?, links::confirmed(rx, account)?))).await?;
    Ok(held.then(|| match confirmed {
        Some(_) => Tag::new(Tone::Ok, page.t("identity-mail-is-confirmed")),
        None => Tag::new(Tone::Soon, page.t("identity-mail-not-confirmed")),
    }))
}

async fn set_mail(page: Page, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let (id, typed) = (officer.account, form.get("surel").to_owned());
    let mut errors = FieldErrors::default();
    let email = if typed.is_empty() { None } else { read_email(&typed).map_err(|message| errors.add("surel", message)).ok() };
    if errors.is_empty() {
        let account = page.gov().read(move |rx| account::find(rx, id)).await?.ok_or(web::Error::NotFound)?;
        if let Err(wrong) = prove(&page, &account, form.raw("lama").unwrap_or_default()).await? {
            errors = wrong;
        }
    }
    if !errors.is_empty() {
        let form = FormState::wrong(&page, FormData::of([("surel", typed)]), errors);
        let standing = standing(&page, id).await?;
        return page.clone().wrong(&Mail { page, form, standing });
    }
    let sender = alerts::Sender::of(page.gov());
    let said = email.is_some();
    page.gov().write(&ctx, move |tx| alerts::set_contact(tx, &sender, id, email.as_deref())).await?;
    let confirmed = page.gov().read(move |rx| links::confirmed(rx, id)).await?.is_some();
    page.flash_ok(Message::new(if said && !confirmed { "identity-mail-saved-confirm" } else { "identity-mail-saved" }));
    page.redirect("/akun")
}

//! Words for what the kernel stores as keys.

use kernel::{
    account::{Account, AccountKind},
    post::HoldingKind,
};
use web::{
    Page, Voice,
    ui::{Tag, Tone},
};

/// "Definitif", "Penjabat (Pj.)" …
pub(crate) fn kind(page: &Page, kind: HoldingKind) -> String {
    page.t(match kind {
        HoldingKind::Definitive => "identity-kind-definitive",
        HoldingKind::Pj => "identity-kind-pj",
        HoldingKind::Plt => "identity-kind-plt",
        HoldingKind::Plh => "identity-kind-plh",
    })
}

/// What a role is called.
pub(crate) fn role(voice: &Voice, key: &str) -> String {
    let known = kernel::grant::role(key).is_some();
    if known { voice.t(&format!("identity-role-{}", key.replace('_', "-"))) } else { key.to_owned() }
}

/// What a role lets somebody do.
pub(crate) fn role_hint(page: &Page, key: &str) -> String {
    page.t(&format!("identity-role-{}-does", key.replace('_', "-")))
}

/// Whose account it is.
pub(crate) fn account_kind(voice: &Voice, kind: AccountKind) -> String {
    voice.t(match kind {
        AccountKind::Person => "identity-account-person",
        AccountKind::Machine => "identity-account-machine",
        AccountKind::ThirdParty => "identity-account-third-party",
    })
}

/// Whether an account can be used now.
pub(crate) fn account_state(page: &Page, account: &Account) -> Tag {
    if account.disabled {
        Tag::new(Tone::Late, page.t("identity-state-disabled"))
    } else if !account.is_usable(page.now()) {
        Tag::new(Tone::Late, page.t("identity-state-expired"))
    } else if let Some(end) = account.expires_at {
        Tag::new(Tone::Soon, page.t1("identity-state-until", "day", page.day(before(end))))
    } else {
        Tag::new(Tone::Ok, page.t("identity-state-active"))
    }
}

/// The last moment before an end: the day people say when it ends at midnight.
pub(crate) fn before(end: jiff::Timestamp) -> jiff::Timestamp {
    end.saturating_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(end)
}

/// "Chrome di Android": what people call the device of a user agent; never more than a guess.
pub(crate) fn device(page: &Page, agent: &str) -> String {
    match kernel::account::device::named(agent) {
        (Some(browser), Some(system)) => page.t2("identity-device", "browser", browser, "system", system),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => page.t("identity-device-unknown"),
    }
}

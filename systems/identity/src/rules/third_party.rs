//! Third parties as typed (001 G27(7): vendors, auditors and students work under an NDA, for a time).

use indonesian::Zone;
use jiff::{Timestamp, civil::Date};
use kernel::{
    Id, Message,
    account::{self, Account, agreement::Agreement},
    schema::{FieldErrors, read_date},
};

use super::{Edge, Typed, line, moment};
use crate::model::ThirdPartyForm;

/// Days before its end in which an agreement is said to end soon.
pub(crate) const SOON_DAYS: i64 = 30;

/// Where a third party stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The NDA is not registered: nobody signs in.
    NoNda,
    InForce,
    EndsSoon,
    Ended,
    /// Shut by hand.
    Shut,
}

/// Where it stands at `now`.
#[must_use]
pub(crate) fn standing(account: &Account, agreement: &Agreement, now: Timestamp) -> Standing {
    let Some(nda) = &agreement.nda else { return Standing::NoNda };
    let end = account.expires_at.map_or(nda.until, |expires| expires.min(nda.until));
    if end <= now {
        Standing::Ended
    } else if account.disabled {
        Standing::Shut
    } else if end <= now.saturating_add(jiff::SignedDuration::from_hours(24 * SOON_DAYS)).unwrap_or(end) {
        Standing::EndsSoon
    } else {
        Standing::InForce
    }
}

/// Checks a third party: `nama`, `username`, `lembaga`, `jenis`, `keperluan`, `penjamin`, `unit`, `berakhir`.
///
/// 1. Every field is needed: who, of which organisation, for what, asked for by which post, where.
/// 2. It ends on a day after today.
pub(crate) fn third_party(typed: Typed<'_>, zone: Zone, now: Timestamp) -> Result<ThirdPartyForm, FieldErrors> {
    let mut errors = FieldErrors::default();
    let display_name = line(typed, "nama", &mut errors);
    if display_name.is_empty() {
        errors.add("nama", Message::new("kernel-account-name-needed"));
    }
    let username = account::check_username(typed("username").unwrap_or_default());
    if let Err(message) = &username {
        errors.add("username", message.clone());
    }
    let (organisation, purpose) = (line(typed, "lembaga", &mut errors), line(typed, "keperluan", &mut errors));
    if organisation.is_empty() {
        errors.add("lembaga", Message::new("kernel-agreement-organisation-needed"));
    }
    if purpose.is_empty() {
        errors.add("keperluan", Message::new("kernel-agreement-purpose-needed"));
    }
    let kind = typed("jenis").and_then(|word| word.trim().parse().ok());
    if kind.is_none() {
        errors.add("jenis", Message::new("identity-third-kind-needed"));
    }
    let id = |name: &str| typed(name).and_then(|id| id.trim().parse::<Id>().ok());
    let (sponsor, unit) = (id("penjamin"), id("unit"));
    if sponsor.is_none() {
        errors.add("penjamin", Message::new("identity-third-sponsor-needed"));
    }
    if unit.is_none() {
        errors.add("unit", Message::new("identity-third-unit-needed"));
    }
    let until = moment(typed, "berakhir", zone, Edge::End, &mut errors);
    match until {
        None => errors.add("berakhir", Message::new("kernel-account-third-party-dated")),
        Some(until) if until <= now => errors.add("berakhir", Message::new("identity-expiry-past")),
        Some(_) => {}
    }
    match (username, kind, sponsor, unit, until) {
        (Ok(username), Some(kind), Some(sponsor), Some(unit), Some(until)) if errors.is_empty() => {
            Ok(ThirdPartyForm { username, display_name, organisation, kind, purpose, sponsor, unit, until })
        }
        _ => Err(errors),
    }
}

/// Checks an NDA: `nomor`, `tanggal`, `sampai`. Whether its days are possible is the kernel's to say.
pub(crate) fn nda(typed: Typed<'_>, zone: Zone) -> Result<(String, Date, Timestamp), FieldErrors> {
    let mut errors = FieldErrors::default();
    let number = line(typed, "nomor", &mut errors);
    if number.is_empty() {
        errors.add("nomor", Message::new("kernel-agreement-number-needed"));
    }
    let signed_on = read_date(typed("tanggal").unwrap_or_default().trim()).ok();
    if signed_on.is_none() {
        errors.add("tanggal", Message::new("identity-day-needed"));
    }
    let until = moment(typed, "sampai", zone, Edge::End, &mut errors);
    if until.is_none() {
        errors.add("sampai", Message::new("identity-day-needed"));
    }
    match (signed_on, until) {
        (Some(signed_on), Some(until)) if errors.is_empty() => Ok((number, signed_on, until)),
        _ => Err(errors),
    }
}

/// At which field a refusal about an NDA is said.
#[must_use]
pub(crate) fn field_of(message: &Message) -> &'static str {
    match &*message.key {
        "kernel-agreement-not-signed-yet" => "tanggal",
        "kernel-agreement-ended" => "sampai",
        key if key.starts_with("kernel-username") => "username",
        _ => "nomor",
    }
}

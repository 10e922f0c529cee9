//! Pure decisions: who may keep which unit, what must be done first, and whether what was typed will do.

use indonesian::{Nip, Zone};
use jiff::{Timestamp, ToSpan, civil::Date};
use kernel::{
    Message, Officer,
    account::{self, Account, AccountKind},
    grant::{ADMIN, Located, ROLES, Role, Scope, UNIT_ADMIN, VILLAGE_AFFAIRS},
    post::HoldingKind,
    schema::{FieldErrors, clean_line, clean_text, read_date},
    unit::{Unit, UnitKind},
};

use crate::model::{AccountForm, Appointment, Approval, Pending, RoleGift, Standing, TermsForm, Who};

pub(crate) mod mutation;
pub(crate) mod review;
pub(crate) mod third_party;

/// What was typed, by the field's name.
pub(crate) type Typed<'t> = &'t dyn Fn(&str) -> Option<&'t str>;

/// Characters of a decree, a name, a purpose.
const LINE_MAX: usize = 200;
/// Characters of the terms of use.
const TERMS_MAX: usize = 40_000;

/// What must be done before an account may be used: first the terms, then a password of one's own.
#[must_use]
pub(crate) fn pending(account: &Account, standing: &Standing) -> Option<Pending> {
    if account.kind != AccountKind::Machine && !account.has_accepted(&standing.terms_label) {
        return Some(Pending::Terms);
    }
    standing.temporary_since.map(|_| Pending::Password)
}

/// Whether `officer` keeps the posts of `unit`.
///
/// 1. An admin keeps every unit.
/// 2. A unit_admin keeps the unit and what belongs to it. A desa or nagari governs itself (UU 6/2014 article 1), so the
///    admin of a kecamatan or of the regency does not keep it.
/// 3. Village affairs (DPMD) keep the desa, nagari and kelurahan below them.
#[must_use]
pub(crate) fn may_keep(officer: &Officer, unit: &Unit) -> bool {
    let at = Located::at(unit);
    if Scope::of_roles(officer, &[ADMIN]).covers(&at) {
        return true;
    }
    if unit.kind.is_village() && Scope::of_roles(officer, &[VILLAGE_AFFAIRS]).covers(&at) {
        return true;
    }
    is_own_unit(officer, unit)
}

/// Whether `unit` is one the officer administers as its unit_admin: the second rule of [`may_keep`] alone.
#[must_use]
pub(crate) fn is_own_unit(officer: &Officer, unit: &Unit) -> bool {
    let own = matches!(unit.kind, UnitKind::Desa | UnitKind::Nagari | UnitKind::Dusun | UnitKind::Rw | UnitKind::Rt);
    let deep_enough = officer.grants.iter().filter(|grant| grant.role == UNIT_ADMIN && (!own || grant.depth >= VILLAGE_DEPTH));
    deep_enough.fold(Scope::nothing(), |scope, grant| scope.with_unit(grant.unit, grant.depth)).covers(&Located::at(unit))
}

/// Regency, kecamatan, village.
const VILLAGE_DEPTH: i64 = 3;

/// Whether `officer` looks after the account of somebody who holds posts at `posts` and roles of their own at `roles`.
///
/// 1. An admin looks after every account.
/// 2. A unit_admin looks after those who work for the unit and nowhere else: whoever resets the password of an account can become
///    its owner, so one that reaches further is left to the admin.
#[must_use]
pub(crate) fn keeps_account(officer: &Officer, kind: AccountKind, posts: &[Unit], roles: &[Unit]) -> bool {
    if Scope::of_roles(officer, &[ADMIN]).is_all() {
        return true;
    }
    kind != AccountKind::Machine && !posts.is_empty() && posts.iter().chain(roles).all(|unit| is_own_unit(officer, unit))
}

/// Whether `officer` may see who holds the posts of `unit`: whoever keeps or oversees it, and whoever has a post there.
#[must_use]
pub(crate) fn may_see(officer: &Officer, unit: &Unit) -> bool {
    may_keep(officer, unit)
        || Scope::of_roles(officer, &[UNIT_ADMIN, VILLAGE_AFFAIRS, "overseer"]).covers(&Located::at(unit))
        || officer.posts.iter().any(|post| post.unit == unit.id)
}

/// The roles `officer` may give at a place.
#[must_use]
pub(crate) fn grantable(officer: &Officer, at: &Located) -> Vec<&'static Role> {
    ROLES.iter().filter(|role| kernel::grant::may_grant(officer, role.key, at)).collect()
}

/// Checks an appointment as typed: fields `orang` or `nama` and `nip`, `jenis`, `keputusan`, `mulai`, `mulai-jam`, `sampai`, `sampai-jam`.
///
/// 1. A known person, or the name of a new one; a NIP of 18 digits reads as one (others, NIPD and NIAP, are taken as they are).
/// 2. The kind, the decree and the moment it takes effect are needed; it may lie before today.
/// 3. A Plh ends: it says until when.
/// 4. Without hours, it begins at midnight and lasts to the end of the last day.
pub(crate) fn appointment(typed: Typed<'_>, zone: Zone) -> Result<Appointment, FieldErrors> {
    let mut errors = FieldErrors::default();
    let who = match typed("orang").and_then(|id| id.trim().parse().ok()) {
        Some(person) => Who::Known(person),
        None => {
            let name = line(typed, "nama", &mut errors);
            let number = line(typed, "nip", &mut errors);
            if name.is_empty() {
                errors.add("nama", Message::new("identity-name-needed"));
            }
            Who::New { name, employee_number: employee_number(&number, &mut errors) }
        }
    };
    let kind = typed("jenis").and_then(|kind| kind.parse::<HoldingKind>().ok());
    if kind.is_none() {
        errors.add("jenis", Message::new("identity-kind-needed"));
    }
    let (decree, from, until) = period(typed, zone, &mut errors);
    if decree.is_empty() {
        errors.add("keputusan", Message::new("kernel-post-decree-needed"));
    }
    if kind == Some(HoldingKind::Plh) && until.is_none() {
        errors.add("sampai", Message::new("identity-plh-until-needed"));
    }
    match (kind, from) {
        (Some(kind), Some(from)) if errors.is_empty() => Ok(Appointment { who, kind, decree, from, until }),
        _ => Err(errors),
    }
}

/// Checks a role as typed: `peran`, `keputusan` (may be empty), `mulai`, `sampai`; only roles in `allowed`.
pub(crate) fn role_gift(typed: Typed<'_>, zone: Zone, allowed: &[&'static Role]) -> Result<RoleGift, FieldErrors> {
    let mut errors = FieldErrors::default();
    let role = allowed.iter().find(|role| Some(role.key) == typed("peran").map(str::trim));
    if role.is_none() {
        errors.add("peran", Message::new("identity-role-needed"));
    }
    let (decree, from, until) = period(typed, zone, &mut errors);
    match (role, from) {
        (Some(role), Some(from)) if errors.is_empty() => Ok(RoleGift { role: role.key, decree, from, until }),
        _ => Err(errors),
    }
}

/// Reads `keputusan`, `mulai`, `mulai-jam`, `sampai`, `sampai-jam`.
pub(crate) fn period(typed: Typed<'_>, zone: Zone, errors: &mut FieldErrors) -> (String, Option<Timestamp>, Option<Timestamp>) {
    let decree = line(typed, "keputusan", errors);
    let from = moment(typed, "mulai", zone, Edge::Start, errors);
    if from.is_none() {
        errors.add("mulai", Message::new("identity-from-needed"));
    }
    let until = moment(typed, "sampai", zone, Edge::End, errors);
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        errors.add("sampai", Message::new("kernel-post-ends-before-it-begins"));
    }
    (decree, from, until)
}

/// What a day without an hour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// Its first moment.
    Start,
    /// The first moment after it.
    End,
}

/// The moment of the date `name` and the hour `name-jam` on the clock of `zone`; none when both are empty.
pub(crate) fn moment(typed: Typed<'_>, name: &str, zone: Zone, edge: Edge, errors: &mut FieldErrors) -> Option<Timestamp> {
    let hour_field = format!("{name}-jam");
    let (day, hour) = (typed(name).unwrap_or_default().trim(), typed(&hour_field).unwrap_or_default().trim());
    if day.is_empty() {
        if !hour.is_empty() {
            errors.add(name, Message::new("identity-day-needed"));
        }
        return None;
    }
    let Ok(day) = read_date(day) else {
        errors.add(name, Message::new("identity-date-wrong"));
        return None;
    };
    let wall = if hour.is_empty() {
        match edge {
            Edge::Start => day.at(0, 0, 0, 0),
            Edge::End => next_day(day).at(0, 0, 0, 0),
        }
    } else {
        let Some((hour, minute)) = clock(hour) else {
            errors.add(hour_field, Message::new("identity-hour-wrong"));
            return None;
        };
        day.at(hour, minute, 0, 0)
    };
    zone.time_zone().to_timestamp(wall).ok()
}

fn next_day(day: Date) -> Date {
    day.saturating_add(1.day())
}

/// "13:30" or "13.30".
fn clock(text: &str) -> Option<(i8, i8)> {
    let mut parts = text.split([':', '.']);
    let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    // A browser may send seconds.
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some((hour, minute))
}

/// A NIP is checked; NIPD and NIAP differ by region and are taken as typed.
fn employee_number(typed: &str, errors: &mut FieldErrors) -> String {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 18 {
        return Nip::parse(typed).map_or_else(
            |_| {
                errors.add("nip", Message::new("identity-nip-wrong"));
                String::new()
            },
            |nip| nip.as_str().to_owned(),
        );
    }
    if digits.len() == 16 && digits.len() == typed.chars().filter(|c| !c.is_whitespace()).count() {
        errors.add("nip", Message::new("identity-nip-is-nik"));
    }
    typed.to_owned()
}

/// Checks an account as typed: `username`, `nama`, `jenis`, `berakhir`.
///
/// 1. The username follows [`account::check_username`].
/// 2. A third party's account is not made here but under an agreement.
/// 3. It does not end before it begins.
pub(crate) fn new_account(typed: Typed<'_>, zone: Zone, now: Timestamp) -> Result<AccountForm, FieldErrors> {
    let mut errors = FieldErrors::default();
    let display_name = line(typed, "nama", &mut errors);
    if display_name.is_empty() {
        errors.add("nama", Message::new("kernel-account-name-needed"));
    }
    let username = match account::check_username(typed("username").unwrap_or_default()) {
        Ok(username) => username,
        Err(message) => {
            errors.add("username", message);
            String::new()
        }
    };
    let machine = typed("jenis").map(str::trim) == Some(AccountKind::Machine.key());
    let kind = if machine { AccountKind::Machine } else { AccountKind::Person };
    let expires_at = expiry(typed, zone, now, &mut errors);
    if errors.is_empty() { Ok(AccountForm { username, display_name, kind, expires_at }) } else { Err(errors) }
}

/// Reads `berakhir`: the last day an account may be used.
pub(crate) fn expiry(typed: Typed<'_>, zone: Zone, now: Timestamp, errors: &mut FieldErrors) -> Option<Timestamp> {
    let at = moment(typed, "berakhir", zone, Edge::End, errors)?;
    if at <= now {
        errors.add("berakhir", Message::new("identity-expiry-past"));
    }
    Some(at)
}

/// Checks a new password: `baru` and `ulang` are the same and [`account::check_password`] accepts it.
pub(crate) fn new_password<'t>(typed: Typed<'t>, username: &str) -> Result<&'t str, FieldErrors> {
    let mut errors = FieldErrors::default();
    let (new, again) = (typed("baru").unwrap_or_default(), typed("ulang").unwrap_or_default());
    if let Err(message) = account::check_password(new, username) {
        errors.add("baru", message);
    } else if new != again {
        errors.add("ulang", Message::new("identity-password-differs"));
    } else if Some(new) == typed("lama") {
        errors.add("baru", Message::new("identity-password-same"));
    }
    if errors.is_empty() { Ok(new) } else { Err(errors) }
}

/// Checks new terms: `versi`, `teks`, if there is one `teks-en`, and by what they were approved: `keputusan`, `tanggal`, `pejabat`.
///
/// 1. A version has a name and an Indonesian text.
/// 2. It was approved here by a decree of today or before: the text approved locally prevails (000 §10), so nobody publishes without.
pub(crate) fn new_terms(typed: Typed<'_>, today: Date) -> Result<TermsForm, FieldErrors> {
    let mut errors = FieldErrors::default();
    let (label, decree, approved_by) =
        (line(typed, "versi", &mut errors), line(typed, "keputusan", &mut errors), line(typed, "pejabat", &mut errors));
    for (value, field, key) in [
        (&label, "versi", "identity-terms-label-needed"),
        (&decree, "keputusan", "identity-terms-decree-needed"),
        (&approved_by, "pejabat", "identity-terms-approver-needed"),
    ] {
        if value.is_empty() {
            errors.add(field, Message::new(key));
        }
    }
    let decreed_on = read_date(typed("tanggal").unwrap_or_default()).unwrap_or_else(|_| {
        errors.add("tanggal", Message::new("identity-date-wrong"));
        today
    });
    if decreed_on > today {
        errors.add("tanggal", Message::new("identity-terms-decree-ahead"));
    }
    let mut text = |name: &str| {
        let text = clean_text(typed(name).unwrap_or_default());
        match text {
            Ok(text) if text.chars().count() <= TERMS_MAX => text,
            Ok(_) => {
                errors.add(name, Message::new("kernel-text-long").arg("most", TERMS_MAX));
                String::new()
            }
            Err(_) => {
                errors.add(name, Message::new("kernel-text-control"));
                String::new()
            }
        }
    };
    let (body_id, body_en) = (text("teks"), text("teks-en"));
    if body_id.is_empty() {
        errors.add("teks", Message::new("identity-terms-text-needed"));
    }
    let approval = Approval { decree, decreed_on, approved_by };
    if errors.is_empty() { Ok(TermsForm { label, body_id, body_en, approval }) } else { Err(errors) }
}

/// One line of text at `name`.
pub(crate) fn line(typed: Typed<'_>, name: &str, errors: &mut FieldErrors) -> String {
    match clean_line(typed(name).unwrap_or_default()) {
        Ok(text) if text.chars().count() <= LINE_MAX => text,
        Ok(_) => {
            errors.add(name, Message::new("kernel-text-long").arg("most", LINE_MAX));
            String::new()
        }
        Err(_) => {
            errors.add(name, Message::new("kernel-text-control"));
            String::new()
        }
    }
}

/// At which field a refusal of the kernel is said.
#[must_use]
pub(crate) fn field_of(message: &Message) -> &'static str {
    match &*message.key {
        "kernel-post-decree-needed" => "keputusan",
        "kernel-post-ends-before-it-begins" => "sampai",
        "kernel-post-later-holding" => "mulai",
        "kernel-mandate-to-itself" => "kepada",
        "kernel-mandate-ub-needs-an" => "bentuk",
        key if key.starts_with("kernel-username") => "username",
        key if key.starts_with("kernel-grant") => "peran",
        key if key.starts_with("kernel-account-third-party") => "berakhir",
        _ => "jenis",
    }
}

/// "Pj. Kepala Desa, Desa X"; the unit once only, where the title names it ("Kepala Dinas Sosial").
#[must_use]
pub(crate) fn post_at(kind: &str, title: &str, unit: &str) -> String {
    let prefix = kind.parse::<HoldingKind>().map_or("", HoldingKind::prefix);
    let named = unit.is_empty() || title.to_lowercase().ends_with(&unit.to_lowercase());
    if named { format!("{prefix}{title}") } else { format!("{prefix}{title}, {unit}") }
}

/// A username somebody may like: "Siti Aminah, S.Sos." → `siti.aminah`.
#[must_use]
pub(crate) fn username_for(name: &str) -> String {
    let bare = name.split(',').next().unwrap_or_default();
    let words: Vec<String> = indonesian::slug(bare).split('-').filter(|word| word.len() > 1).take(2).map(str::to_owned).collect();
    let name = words.join(".");
    if account::check_username(&name).is_ok() { name } else { String::new() }
}

/// A temporary password out of random bytes: four groups of four symbols that cannot be confused with each other.
#[must_use]
pub(crate) fn temporary_password(random: [u8; 16]) -> String {
    const SYMBOLS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let symbols: Vec<char> = random.iter().map(|byte| char::from(SYMBOLS[usize::from(byte % 32)])).collect();
    symbols.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests;

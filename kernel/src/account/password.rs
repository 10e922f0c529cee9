//! Passwords: argon2id (RFC 9106), with parameters stored beside each hash.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash as Phc};

use crate::{Ctx, Error, Message, Result};

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// 19 MiB, two passes, one lane: what OWASP recommends; about 20 ms here.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 }
    }
}

impl PasswordCost {
    /// For demos and tests, whose passwords are public anyway.
    #[must_use]
    pub const fn quick() -> Self {
        Self { memory_kib: 8, passes: 1, lanes: 1 }
    }

    fn argon2(self) -> Result<Argon2<'static>> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, None).map_err(|error| Error::Failed(error.to_string()))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

/// The hash of a password with its salt and cost, in PHC form. It is not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash as it was stored.
    #[must_use]
    pub const fn stored(phc: String) -> Self {
        Self(phc)
    }

    /// As it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// Whether a new password will do (NIST SP 800-63B: length counts, composition does not).
///
/// 1. At least 10 characters, at most 256 bytes.
/// 2. It does not contain the username, and is not made of one or two characters repeated.
/// 3. It is none of those everybody tries first.
///
/// # Errors
/// The message of the rule that says no.
pub fn check_password(password: &str, username: &str) -> Result<(), Message> {
    const TRIED_FIRST: [&str; 14] = [
        "password",
        "passw0rd",
        "1234567890",
        "0123456789",
        "0987654321",
        "qwertyuiop",
        "bismillah",
        "indonesia",
        "rahasia",
        "sayangku",
        "merdeka",
        "admin",
        "kepaladesa",
        "smartgovt",
    ];
    if password.chars().count() < 10 {
        return Err(Message::new("kernel-password-short").arg("least", 10_i64));
    }
    if password.len() > 256 {
        return Err(Message::new("kernel-password-long"));
    }
    let plain = password.to_lowercase();
    let username = username.trim().to_lowercase();
    let mut letters: Vec<char> = plain.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    if letters.len() <= 2 || (username.len() >= 3 && plain.contains(&username)) {
        return Err(Message::new("kernel-password-guessable"));
    }
    let bare = plain.trim_matches(|c: char| !c.is_alphabetic());
    if TRIED_FIRST.iter().any(|tried| plain == *tried || bare == *tried) {
        return Err(Message::new("kernel-password-guessable"));
    }
    Ok(())
}

/// Hashes a password. Takes as long as `cost` says: never inside a transaction or on an async thread.
///
/// # Errors
/// [`Error::Failed`] when the cost is out of bounds or there is no memory.
pub fn hash_password(ctx: &Ctx, password: &str, cost: PasswordCost) -> Result<PasswordHash> {
    let salt: [u8; 16] = ctx.random();
    let hash = cost.argon2()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(|error| Error::Failed(error.to_string()))?;
    Ok(PasswordHash(hash.to_string()))
}

/// Whether a password is the one of `hash`; without a hash (no such account) it works as long and says no.
/// Never inside a transaction or on an async thread.
#[must_use]
pub fn verify_password(password: &str, hash: Option<&PasswordHash>, cost: PasswordCost) -> bool {
    let Ok(argon2) = cost.argon2() else { return false };
    match hash.and_then(|hash| Phc::new(hash.as_str()).ok()) {
        Some(phc) => argon2.verify_password(password.as_bytes(), &phc).is_ok(),
        None => {
            let idle = argon2.hash_password_with_salt(password.as_bytes(), &[0; 16]);
            std::hint::black_box(idle.is_ok());
            false
        }
    }
}

//! Whether a request that changes something came from our own pages: by what the browser says of its origin, and by
//! a form token where the browser says nothing or much is at stake (login, signing, approval).

use kernel::hex::{hex, unhex};
use subtle::ConstantTimeEq;

use crate::seal::Sealer;

/// The cookie whose twin stands hidden in every form.
pub(crate) const TOKEN_COOKIE: &str = "formulir";

/// What the browser's words mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Ours.
    Pass,
    /// Not said: the form token decides.
    NeedsToken,
    /// Another website's.
    Refuse,
}

/// Judges an unsafe request by `Sec-Fetch-Site`, then by `Origin` (compared with our hosts through `is_ours`).
#[must_use]
pub fn judge(sec_fetch_site: Option<&str>, origin: Option<&str>, is_ours: impl Fn(&str) -> bool, token_required: bool) -> Verdict {
    let verdict = match (sec_fetch_site, origin) {
        (Some("same-origin" | "none"), _) => Verdict::Pass,
        (Some(_), Some(origin)) if is_ours(origin) => Verdict::Pass,
        (Some(_), _) => Verdict::Refuse,
        (None, None | Some("null")) => Verdict::NeedsToken,
        (None, Some(origin)) if is_ours(origin) => Verdict::Pass,
        (None, Some(_)) => Verdict::Refuse,
    };
    if token_required && verdict == Verdict::Pass { Verdict::NeedsToken } else { verdict }
}

/// The host of `https://host:port`, without the port; the whole text when it has no scheme.
#[must_use]
pub fn host_of(origin: &str) -> &str {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let rest = rest.split('/').next().unwrap_or_default();
    if let Some(end) = rest.find(']') {
        return &rest[..=end];
    }
    rest.split(':').next().unwrap_or_default()
}

/// The form token of one visitor: 16 random bytes, bound to the session by a signature in the cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormToken {
    bytes: [u8; 16],
    /// The visitor's browser holds it already.
    pub(crate) known: bool,
    /// What the browser holds from a session that has ended since.
    past: Option<[u8; 16]>,
}

impl FormToken {
    /// The token of the cookie when it is ours and of this session, else a new one of `random`.
    pub(crate) fn of(sealer: &Sealer, session: &str, cookie: Option<&str>, random: [u8; 16]) -> Self {
        let held = cookie.and_then(|cookie| {
            let (bytes, code, owner) = (unhex::<16>(cookie.get(..32)?)?, unhex::<16>(cookie.get(32..64)?)?, cookie.get(64..)?);
            bool::from(sealed(sealer, owner, &bytes).ct_eq(&code)).then_some((bytes, owner))
        });
        match held {
            Some((bytes, owner)) if owner == session => Self { bytes, known: true, past: None },
            Some((bytes, _)) if session.is_empty() => Self { bytes: random, known: false, past: Some(bytes) },
            _ => Self { bytes: random, known: false, past: None },
        }
    }

    /// The value of the cookie.
    pub(crate) fn cookie(&self, sealer: &Sealer, session: &str) -> String {
        format!("{}{}{session}", hex(&self.bytes), hex(&sealed(sealer, session, &self.bytes)))
    }

    /// The value in the form: masked anew each time, so that compressed pages do not betray it.
    pub(crate) fn masked(&self, mask: [u8; 16]) -> String {
        format!("{}{}", hex(&mask), hex(&xor(mask, self.bytes)))
    }

    /// Whether a form carried this token.
    pub(crate) fn matches(&self, form: &str) -> bool {
        self.known && carries(form, &self.bytes)
    }

    /// Whether a form carried the token of the session that has ended: it came from a page of ours, whose officer is gone.
    pub(crate) fn matched_before(&self, form: &str) -> bool {
        self.past.is_some_and(|past| carries(form, &past))
    }
}

fn carries(form: &str, token: &[u8; 16]) -> bool {
    let parts = form.get(..32).and_then(unhex::<16>).zip(form.get(32..).and_then(unhex::<16>));
    parts.is_some_and(|(mask, masked)| xor(mask, masked).ct_eq(token).into())
}

fn sealed(sealer: &Sealer, session: &str, bytes: &[u8; 16]) -> [u8; 16] {
    let code = sealer.code("form token", &[session.as_bytes(), bytes]);
    std::array::from_fn(|place| code[place])
}

fn xor(a: [u8; 16], b: [u8; 16]) -> [u8; 16] {
    std::array::from_fn(|place| a[place] ^ b[place])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_say_and_what_it_means() {
        use Verdict::{NeedsToken, Pass, Refuse};
        let ours = |origin: &str| host_of(origin) == "lawang.example";
        let (own, other) = (Some("https://lawang.example"), Some("https://jahat.example"));
        for (site, origin, wanted) in [
            (Some("same-origin"), own, Pass),
            (Some("none"), None, Pass),
            (Some("cross-site"), other, Refuse),
            (Some("same-site"), other, Refuse),
            (Some("cross-site"), None, Refuse),
            (Some("cross-site"), Some("null"), Refuse),
            (Some("same-site"), own, Pass),
            (None, own, Pass),
            (None, Some("https://lawang.example:8443"), Pass),
            (None, other, Refuse),
            (None, Some("https://lawang.example.jahat.example"), Refuse),
            (None, Some("null"), NeedsToken),
            (None, None, NeedsToken),
        ] {
            assert_eq!(judge(site, origin, ours, false), wanted, "{site:?} {origin:?}");
            let guarded = judge(site, origin, ours, true);
            assert_eq!(guarded, if wanted == Refuse { Refuse } else { NeedsToken }, "{site:?} {origin:?}, guarded");
        }
    }

    #[test]
    fn hosts_are_read_without_scheme_and_port() {
        for (origin, host) in [
            ("https://a.id:443", "a.id"),
            ("a.id", "a.id"),
            ("http://[::1]:80", "[::1]"),
            ("127.0.0.1:8080", "127.0.0.1"),
            ("null", "null"),
        ] {
            assert_eq!(host_of(origin), host);
        }
    }

    #[test]
    fn a_token_holds_for_its_session_only() {
        let sealer = Sealer::new([9; 32]);
        let fresh = FormToken::of(&sealer, "s1", None, [5; 16]);
        let cookie = fresh.cookie(&sealer, "s1");
        let back = FormToken::of(&sealer, "s1", Some(&cookie), [6; 16]);
        assert!(back.known && back.matches(&fresh.masked([7; 16])));
        assert_ne!(fresh.masked([7; 16]), fresh.masked([8; 16]));
        assert!(!FormToken::of(&sealer, "s2", Some(&cookie), [6; 16]).known);
        let after = FormToken::of(&sealer, "", Some(&cookie), [6; 16]);
        let form = fresh.masked([7; 16]);
        assert!(after.matched_before(&form) && !after.known && !after.matches(&form), "the session has ended, the form was ours");
        assert!(!FormToken::of(&sealer, "s2", Some(&cookie), [6; 16]).matched_before(&form), "nor for somebody else who signed in");
        let forged = format!("{}{}", &cookie[..64], "s3");
        assert!(
            !FormToken::of(&sealer, "", Some(&forged), [6; 16]).matched_before(&form)
                && !FormToken::of(&sealer, "s3", Some(&forged), [6; 16]).known
        );
        assert!(!fresh.matches(&fresh.masked([7; 16])), "a browser without the cookie sends no valid form");
        for broken in ["", "zz", &"0".repeat(64), &"é".repeat(32)] {
            assert!(!back.matches(broken), "{broken}");
        }
    }
}

//! Short texts that the browser keeps for us and may not change: flash messages, form tokens, kept form bodies.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Signs texts under one key and a purpose, so that a flash message can never pass as a form token.
#[derive(Clone)]
pub struct Sealer {
    key: [u8; 32],
}

impl Sealer {
    /// A sealer under `key`.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The authentication code of `parts` under `purpose`.
    #[must_use]
    pub fn code(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.key).expect("HMAC takes keys of every length");
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Signs a text: base64url of the text, a dot, base64url of the code.
    #[must_use]
    pub fn seal(&self, purpose: &str, text: &str) -> String {
        format!("{}.{}", BASE64.encode(text), BASE64.encode(self.code(purpose, &[text.as_bytes()])))
    }

    /// The text of [`Sealer::seal`], or nothing when it was changed or made for another purpose.
    #[must_use]
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        let (text, code) = sealed.split_once('.')?;
        let (text, code) = (BASE64.decode(text).ok()?, BASE64.decode(code).ok()?);
        let wanted = self.code(purpose, &[&text]);
        if !bool::from(wanted.ct_eq(&code)) {
            return None;
        }
        String::from_utf8(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_sealed_for_this_purpose_opens() {
        let sealer = Sealer::new([1; 32]);
        let sealed = sealer.seal("flash", "halo; dunia");
        assert_eq!(sealer.open("flash", &sealed).as_deref(), Some("halo; dunia"));
        assert_eq!(sealer.open("token", &sealed), None);
        assert_eq!(Sealer::new([2; 32]).open("flash", &sealed), None);
        assert_eq!(sealer.open("flash", &sealed.replace('a', "b")), None);
        for broken in ["", ".", "a.b", "é.é"] {
            assert_eq!(sealer.open("flash", broken), None);
        }
    }
}

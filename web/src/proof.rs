//! That somebody without an account has proved to be a person of a case: kept by her browser for half an hour (ADR 7).

use axum::http::{HeaderMap, header};
use kernel::Id;

use crate::Page;

const COOKIE: &str = "bukti";
const SEAL: &str = "proof";
/// How long a proof counts.
const SECONDS: i64 = 30 * 60;

/// What was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// The tracking code, 12 symbols.
    pub code: String,
    /// Who asks, as applicant or subject of that case.
    pub person: Option<Id>,
}

/// What this browser proved within the last half hour.
#[must_use]
pub fn proved(page: &Page, headers: &HeaderMap) -> Option<Proved> {
    let text = page.state().sealer.open(SEAL, cookie(headers)?)?;
    let mut parts = text.split(' ');
    let (code, until) = (parts.next()?, parts.next()?.parse::<i64>().ok()?);
    let person = parts.next().and_then(|person| person.parse().ok());
    (page.now().as_second() < until).then(|| Proved { code: code.to_owned(), person })
}

/// Remembers that the proof was given.
pub fn remember(page: &Page, code: &str, person: Option<Id>) {
    let person = person.map(|person| format!(" {person}")).unwrap_or_default();
    let text = format!("{code} {}{person}", page.now().as_second() + SECONDS);
    page.set_cookie(COOKIE, &page.state().sealer.seal(SEAL, &text), Some(SECONDS));
}

/// Forgets it: somebody is done at a shared telephone.
pub fn forget(page: &Page) {
    page.set_cookie(COOKIE, "", Some(0));
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(held, _)| *held == COOKIE).map(|(_, value)| value)
}

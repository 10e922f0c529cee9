//! What happens to a letter once it is signed: scan, revocation, replacement.

use super::{DOCUMENT, Document, Role, SIGNATURE, State, find, refused_in, signatures};
use crate::{Error, Expect, Id, Message, Result, Tx, blobs, cols, numbering};

/// Keeps the rendered letter. It may be rendered again until the scan is registered; the older file is let go.
///
/// # Errors
/// `document-not-signed`, `document-registered`, `document-closed`; [`Error::Stale`] when the letter changed since it was rendered.
pub fn attach_pdf(tx: &mut Tx<'_>, id: Id, expect: Expect, pdf: Id) -> Result<i64> {
    let document = find(tx, id)?.ok_or(Error::Missing)?;
    if document.state != State::AwaitingScan {
        return Err(refused_in(document.state));
    }
    if let Some(old) = document.pdf.filter(|old| *old != pdf) {
        blobs::release(tx, old)?;
    }
    Ok(tx.update(&DOCUMENT, id, expect, &cols! { "pdf" => pdf })?)
}

/// Registers the scan of the signed letter: from now on it is in force. Witnesses have signed on it.
///
/// # Errors
/// `document-acknowledgement-missing` while another office has not taken note, `document-scan-kind` for anything but a
/// picture or PDF; `document-not-signed`, `document-registered`, `document-closed`; [`Error::Stale`].
pub fn register_scan(tx: &mut Tx<'_>, id: Id, expect: Expect, scan: Id) -> Result<i64> {
    let document = find(tx, id)?.ok_or(Error::Missing)?;
    if document.state != State::AwaitingScan {
        return Err(refused_in(document.state));
    }
    let all = signatures(tx, id)?;
    if all.iter().any(|other| other.role == Role::Acknowledger && other.given_at.is_none()) {
        return Err(Error::refused("document-acknowledgement-missing"));
    }
    let blob = blobs::find(tx, scan)?.ok_or(Error::Missing)?;
    if !matches!(blob.media_type.as_str(), "application/pdf" | "image/jpeg" | "image/png") {
        return Err(Error::refused("document-scan-kind"));
    }
    if !blob.used {
        blobs::take(tx, scan)?;
    }
    let now = tx.now();
    for witness in all.iter().filter(|other| other.role == Role::Witness) {
        tx.update(&SIGNATURE, witness.id, Expect::Version(witness.version), &cols! { "state" => "given", "given_at" => now })?;
    }
    Ok(tx.update(&DOCUMENT, id, expect, &cols! { "state" => State::InForce.as_str(), "scan" => scan })?)
}

/// Revokes a signed letter. One that was never registered gives its numbers up: they stay in the books as *batal*.
///
/// # Errors
/// `document-reason-missing`, `document-not-signed`, `document-closed`; [`Error::Stale`].
pub fn revoke(tx: &mut Tx<'_>, id: Id, expect: Expect, reason: &str) -> Result<i64> {
    let document = find(tx, id)?.ok_or(Error::Missing)?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::refused("document-reason-missing"));
    }
    if !matches!(document.state, State::AwaitingScan | State::InForce) {
        return Err(refused_in(document.state));
    }
    let version = tx.update(&DOCUMENT, id, expect, &cols! { "state" => State::Revoked.as_str(), "reason" => reason })?;
    if document.state == State::AwaitingScan {
        void_numbers(tx, &document, reason)?;
    }
    Ok(version)
}

fn void_numbers(tx: &mut Tx<'_>, document: &Document, reason: &str) -> Result<()> {
    let acknowledged = signatures(tx, document.id)?.into_iter().filter_map(|signature| signature.number_id);
    for number in document.number_id.into_iter().chain(acknowledged) {
        numbering::void(tx, number, Expect::Any, reason)?;
    }
    Ok(())
}

/// Puts a letter in force in the place of another of the same kind and unit.
///
/// # Errors
/// `document-replacement` when the new one is not in force, or of another kind or unit; `document-reason-missing`,
/// `document-not-signed`, `document-awaits-scan`, `document-closed`; [`Error::Stale`].
pub fn replace(tx: &mut Tx<'_>, old: Id, expect: Expect, new: Id, reason: &str) -> Result<i64> {
    let document = find(tx, old)?.ok_or(Error::Missing)?;
    let by = find(tx, new)?.ok_or(Error::Missing)?;
    if reason.trim().is_empty() {
        return Err(Error::refused("document-reason-missing"));
    }
    if document.state != State::InForce {
        return Err(refused_in(document.state));
    }
    if by.id == document.id || by.state != State::InForce || by.kind != document.kind || by.unit != document.unit {
        return Err(Message::new("document-replacement").into());
    }
    let columns = cols! { "state" => State::Replaced.as_str(), "replaced_by" => new, "reason" => reason.trim() };
    Ok(tx.update(&DOCUMENT, old, expect, &columns)?)
}

//! Correcting a letter that was signed: giving its number up and beginning anew, revoking it, putting another in its place.

use kernel::{
    Error, Expect, Id, NewEntry, Result, Tx,
    case::{self, Move, NextTask},
    cols,
    document::{self, Document},
};

use super::{Dossier, change, desk_post, notify};
use crate::rules;

/// What was asked, already checked by [`rules::reason`].
#[derive(Debug, Clone)]
pub struct Correction {
    /// The version of the document the officer was looking at.
    pub version: i64,
    pub reason: String,
    /// As the journey of the case names who did it: a post's title.
    pub label: String,
}

fn document_of(tx: &mut Tx<'_>, dossier: &Dossier) -> Result<Document> {
    let id = dossier.application.document.ok_or_else(|| Error::refused("services-no-letter-yet"))?;
    document::find(tx, id)?.ok_or(Error::Missing)
}

fn told(tx: &mut Tx<'_>, dossier: &Dossier, action: &'static str, document: Id) -> Result<()> {
    tx.entry(NewEntry::new(action).case(dossier.case.id).unit(dossier.case.unit).object("document", document));
    super::aid::corrected(tx, dossier, action.rsplit('.').next().unwrap_or(action))
}

/// Gives up the number of a letter whose scan is not registered yet (it stays listed as *batal*) and sends the
/// application back to the first desk, where the letter is drafted anew.
///
/// # Errors
/// `services-void-not-now` when the letter is in force already; those of [`document::revoke`].
pub fn void(tx: &mut Tx<'_>, dossier: &Dossier, correction: &Correction) -> Result<()> {
    let document = document_of(tx, dossier)?;
    if document.state != document::State::AwaitingScan {
        return Err(Error::refused("services-void-not-now"));
    }
    document::revoke(tx, document.id, Expect::Version(correction.version), &correction.reason)?;
    let none = None::<Id>;
    change(tx, dossier.case.id, &cols! { "document" => none, "refusal" => correction.reason.as_str() })?;
    let next = rules::begin(&dossier.offer.offered(), true);
    let now = tx.now();
    let desk = desk_post(tx, &dossier.offer, &next.desk, now)?;
    let step = Move {
        action: "void",
        to_state: next.state.as_str(),
        step: i64::try_from(next.step).unwrap_or(0),
        task: desk.map(|(post, unit)| NextTask { post, unit, action: rules::desk_action(next.state).map_or("", rules::Action::as_str) }),
        due: dossier.case.due.clone(),
        actor_label: &correction.label,
        actor_post: None,
        note: &correction.reason,
        public: true,
        outcome: None,
    };
    let moved = case::advance(tx, &dossier.case, &step)?;
    told(tx, dossier, "services.letter.voided", document.id)?;
    let has_email = dossier.application.has_email();
    notify::follow(tx, &notify::Moved { case: &moved, offer: &dossier.offer, action: "void", has_email });
    Ok(())
}

/// Revokes a letter in force: `/verifikasi` says so from now on, with the reason.
///
/// # Errors
/// Those of [`document::revoke`].
pub fn revoke(tx: &mut Tx<'_>, dossier: &Dossier, correction: &Correction) -> Result<()> {
    let document = document_of(tx, dossier)?;
    document::revoke(tx, document.id, Expect::Version(correction.version), &correction.reason)?;
    case::remark(tx, &dossier.case, "revoke", &correction.label, &correction.reason, true)?;
    told(tx, dossier, "services.letter.revoked", document.id)?;
    tx.emit(
        "services.moved",
        Some(dossier.case.id),
        &serde_json::json!({ "case": dossier.case.id, "state": dossier.case.state, "action": "revoke" }),
    );
    Ok(())
}

/// Puts another letter in force in the place of this one.
///
/// # Errors
/// Those of [`document::replace`].
pub fn replace(tx: &mut Tx<'_>, dossier: &Dossier, by: Id, correction: &Correction) -> Result<()> {
    let document = document_of(tx, dossier)?;
    document::replace(tx, document.id, Expect::Version(correction.version), by, &correction.reason)?;
    case::remark(tx, &dossier.case, "replace", &correction.label, &correction.reason, true)?;
    told(tx, dossier, "services.letter.replaced", document.id)?;
    Ok(())
}

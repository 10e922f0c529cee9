//! Letters that open the door to aid: what is decided about them, and changes of their recipients by hand, stand in the log under a name
//! of their own, marked with the Masa Pemilihan they were made in (terms of use, §4).

use kernel::{
    Id, NewEntry, Result, Rx, Timestamp, Tx,
    definition::{self, Hash},
    election::{Period, Policy},
    params,
};
use serde_json::json;

use super::{Dossier, SYSTEM};
use crate::{model::Definition, rules::Action};

/// The period in which a decision on this letter is marked; none outside one, and for letters that open no door to aid.
///
/// # Errors
/// What the database says.
pub fn flagging(rx: &mut Rx<'_>, dossier: &Dossier, now: Timestamp) -> Result<Option<Period>> {
    if !dossier.offer.definition.opens_aid() {
        return Ok(None);
    }
    let policy = Policy::at(rx, now)?;
    Ok(policy.period().filter(|_| policy.flags_aid()).cloned())
}

/// An officer has decided: the letter is signed, or refused.
///
/// # Errors
/// What the database says.
pub fn decided(tx: &mut Tx<'_>, dossier: &Dossier, action: Action) -> Result<()> {
    if matches!(action, Action::Sign | Action::Refuse) {
        told(tx, dossier, "services.aid.decided", action.as_str())?;
    }
    Ok(())
}

/// A signed letter was given up, revoked or replaced.
///
/// # Errors
/// What the database says.
pub fn corrected(tx: &mut Tx<'_>, dossier: &Dossier, what: &'static str) -> Result<()> {
    told(tx, dossier, "services.aid.corrected", what)
}

fn told(tx: &mut Tx<'_>, dossier: &Dossier, action: &'static str, what: &str) -> Result<()> {
    if !dossier.offer.definition.opens_aid() {
        return Ok(());
    }
    let now = tx.now();
    let policy = Policy::at(tx, now)?;
    let entry = NewEntry::new(action).case(dossier.case.id).unit(dossier.case.unit).object("case", dossier.case.id);
    tx.entry(policy.flagged(entry.detail(json!({ "what": what }))));
    Ok(())
}

/// Somebody changed the record of a resident by hand: told apart when such a letter was asked for her.
///
/// # Errors
/// What the database says.
pub fn recipient_changed(tx: &mut Tx<'_>, person: Id, unit: Id, what: &str) -> Result<()> {
    if !is_recipient(tx, person)? {
        return Ok(());
    }
    let now = tx.now();
    let policy = Policy::at(tx, now)?;
    let entry = NewEntry::new("services.aid.recipient_changed").unit(unit).object("person", person);
    tx.entry(policy.flagged(entry.detail(json!({ "what": what }))));
    Ok(())
}

/// Whether a letter that opens the door to aid was ever asked for a person, or by her.
fn is_recipient(rx: &mut Rx<'_>, person: Id) -> Result<bool> {
    let sql = "select distinct c.definition from kernel_case c where c.system = $2 and (c.applicant = $1 or c.id in \
               (select p.case_id from kernel_case_party p where p.person = $1) or c.id in \
               (select a.id from services_application a where a.subject_person = $1))";
    for row in rx.all(sql, &params![person, SYSTEM])? {
        let Ok(hash) = Hash::try_from(row.get::<Vec<u8>>(0)?) else { continue };
        let text = definition::get(rx, &hash)?;
        if Definition::from_canonical(&text).is_ok_and(|definition| definition.opens_aid()) {
            return Ok(true);
        }
    }
    Ok(false)
}

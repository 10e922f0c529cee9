//! Completing an application that was returned, from home or at the counter: answers changed with their history, files
//! added, and another introduction where the first was declined.

use kernel::{
    Error, Gov, Id, NewEntry, Result, Tx, access,
    case::{self, Attachment, Case},
    cols,
};

use super::{
    Dossier,
    act::{self, Act},
    change, change_answers, dossier, links,
    submit::{self, File, Introduction},
};
use crate::{
    forms,
    model::IntroductionMode,
    rules::{Action, COUNTER_ROLES, State},
};

/// What comes back.
#[derive(Clone, Debug)]
pub struct Completion {
    /// Canonical JSON of the answers.
    pub answers: String,
    /// Every file the answers name; those of the case already are left as they are.
    pub files: Vec<File>,
    /// How the introduction comes in now, where [`needs_introduction`].
    pub introduction: Option<Introduction>,
}

/// An application as it was written, to be completed.
#[derive(Clone, Debug)]
pub struct Written {
    pub dossier: Dossier,
    /// JSON of the answers.
    pub answers: String,
    pub files: Vec<Attachment>,
    /// Name and office of the neighbour who was asked last.
    pub asked: Option<(String, String)>,
}

/// Reads an application to be completed. The reading is recorded.
///
/// # Errors
/// [`Error::Failed`] when no key opens the answers.
pub fn written(tx: &mut Tx<'_>, gov: &Gov, dossier: Dossier) -> Result<Written> {
    let case_id = dossier.case.id;
    access::record(tx, NewEntry::new("services.application.opened").case(case_id).unit(dossier.case.unit).object("case", case_id))?;
    let answers = dossier.application.answers(gov.keys(), case_id)?;
    let files = case::attachments(tx, case_id)?;
    let asked = links::introduction_of(tx, case_id)?.map(|(name, office, _)| (name, office));
    Ok(Written { dossier, answers, files, asked })
}

/// Whether the introduction was declined, so that another one must be given before the application goes on.
#[must_use]
pub fn needs_introduction(dossier: &Dossier) -> bool {
    dossier.application.introduction == "declined" && dossier.offer.offered().introduction() != IntroductionMode::None
}

/// Takes another introduction in the place of a declined one. Returns the secret of a new link; empty when none is asked.
///
/// # Errors
/// `services-introduction-needed`.
pub(super) fn introduce(tx: &mut Tx<'_>, dossier: &Dossier, new: Option<&Introduction>) -> Result<String> {
    if !needs_introduction(dossier) {
        return Ok(String::new());
    }
    let (word, token) = match (dossier.offer.offered().introduction(), new) {
        (_, Some(Introduction::Paper)) => ("paper", String::new()),
        (_, Some(Introduction::Photo)) => ("photo", String::new()),
        (IntroductionMode::Link, Some(Introduction::Ask { name, office })) => {
            ("waiting", links::make(tx, dossier.case.id, links::Purpose::Introduction, name, office)?)
        }
        _ => return Err(Error::refused("services-introduction-needed")),
    };
    change(tx, dossier.case.id, &cols! { "introduction" => word })?;
    Ok(token)
}

/// Writes the answers anew where they changed, with the people they name and the files that came with them. Returns what
/// changed by the labels of the questions, for the journey; values never stand there.
///
/// # Errors
/// `services-file-gone`; [`Error::Failed`] when no key opens the answers.
pub(super) fn rewrite(tx: &mut Tx<'_>, gov: &Gov, dossier: &Dossier, new: &Completion) -> Result<String> {
    let case_id = dossier.case.id;
    let read = |text: &str| forms::from_json(text).map_err(|error| Error::Failed(error.to_string()));
    let (before, after) = (read(&dossier.application.answers(gov.keys(), case_id)?)?, read(&new.answers)?);
    let changed = forms::changed(&dossier.offer.definition, &before, &after);
    if before != after {
        change_answers(tx, gov.keys(), case_id, &new.answers)?;
        case::remove_parties(tx, case_id, forms::LISTED_ROLES)?;
        for (place, other) in submit::others(&dossier.offer, &new.answers)?.iter().enumerate() {
            case::add_party(tx, case_id, place, other)?;
        }
    }
    let known: Vec<Id> = case::attachments(tx, case_id)?.into_iter().map(|file| file.blob).collect();
    let fresh: Vec<File> = new.files.iter().filter(|file| !known.contains(&file.blob)).cloned().collect();
    submit::files(tx, case_id, &fresh)?;
    Ok(if changed.is_empty() { String::new() } else { format!("Jawaban diubah: {}", changed.join("; ")) })
}

/// The resident is back at the counter with what was missing. Returns the case and the secret of the introduction's new
/// link; empty when none was asked.
///
/// # Errors
/// Those of [`act::act`]; `services-introduction-needed`, `services-file-gone`.
pub fn at_counter(tx: &mut Tx<'_>, gov: &Gov, case_id: Id, version: i64, new: &Completion) -> Result<(Case, String)> {
    let dossier = dossier(tx, gov, case_id)?;
    let token = introduce(tx, &dossier, new.introduction.as_ref())?;
    let note = rewrite(tx, gov, &dossier, new)?;
    if let (false, Some(officer)) = (note.is_empty(), tx.ctx().actor().officer()) {
        // Whoever typed the answers is not the second pair of eyes.
        change(tx, case_id, &cols! { "received_by" => officer.account })?;
    }
    let act = Act { case_id, version, action: Action::Resubmit, note, scan: None, receiver: String::new() };
    Ok((act::act(tx, gov, &act)?, token))
}

/// Asks a neighbour anew for the introduction that is waited for: the link before ends, and that it was made is written down.
/// Returns the secret of the new one.
///
/// # Errors
/// `services-not-your-desk` without a counter that reaches the application; `services-action-not-now` when no introduction
/// is waited for.
pub fn ask_neighbour(tx: &mut Tx<'_>, gov: &Gov, case_id: Id, name: &str, office: &str) -> Result<String> {
    let dossier = dossier(tx, gov, case_id)?;
    let officer = tx.ctx().actor().officer().cloned().ok_or(Error::Missing)?;
    if !act::reaches(&officer, COUNTER_ROLES, &dossier.case) {
        return Err(Error::refused("services-not-your-desk"));
    }
    let by_link = dossier.application.introduction == "waiting";
    if act::state_of(&dossier.case)? != State::Introduction || !by_link {
        return Err(Error::refused("services-action-not-now"));
    }
    let token = links::make(tx, case_id, links::Purpose::Introduction, name, office)?;
    let label = officer.post.as_ref().map(|post| post.title.clone()).unwrap_or_default();
    case::remark(tx, &dossier.case, "renew_introduction", &label, office, false)?;
    tx.entry(NewEntry::new("services.introduction.renewed").case(case_id).unit(dossier.case.unit).object("case", case_id));
    Ok(token)
}

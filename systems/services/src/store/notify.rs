//! What follows a move: the applicant gets an e-mail, a signed letter is made into a PDF.

use indonesian::{Lang, datetime};
use kernel::{Error, Gov, Id, NewEntry, Result, Rx, Tx, blobs, case::Case, document, limit, notice, outbox};
use letter::Letter;
use serde_json::{Value as Json, json};

use super::{Dossier, Offer, dossier, papers};
use crate::{
    model::Notice,
    rules::{Action, State},
};

/// What the applicant is told about a move, if anything.
#[must_use]
pub fn told(action: &str, state: &str) -> Option<Notice> {
    if Action::parse(action).is_none() && action == "submit" {
        return Some(Notice::Received);
    }
    match State::parse(state)? {
        State::Incomplete => Some(Notice::Incomplete),
        State::Acknowledging => Some(Notice::Acknowledging),
        State::Ready => Some(Notice::Ready),
        State::Refused => Some(Notice::Refused),
        _ => None,
    }
}

/// The template of an e-mail; its texts are `{template}-subject` and `{template}-body`.
const fn template(notice: Notice) -> &'static str {
    match notice {
        Notice::Received => "services-mail-received",
        Notice::Incomplete => "services-mail-incomplete",
        Notice::Acknowledging => "services-mail-acknowledging",
        Notice::Ready => "services-mail-ready",
        Notice::Refused => "services-mail-refused",
    }
}

/// A move that was just written, and what is to be known of whom it concerns.
#[derive(Debug)]
pub struct Moved<'a> {
    /// As it stands now.
    pub case: &'a Case,
    pub offer: &'a Offer,
    pub action: &'a str,
    /// Whether the applicant gave an e-mail address.
    pub has_email: bool,
}

/// Topic of an applicant who is to be told by e-mail.
pub const TO_TELL: &str = "services.applicant-to-tell";
/// Topic of a letter whose PDF is to be made.
pub const TO_RENDER: &str = "services.letter-to-render";

/// What follows a move. Its desk needs no word besides the task that lies there; an e-mail or a PDF takes another machine or more time
/// and is left to a handler, when there is any to make.
pub fn follow(tx: &mut Tx<'_>, moved: &Moved<'_>) {
    let Moved { case, offer, action, .. } = *moved;
    let body = json!({ "case": case.id, "state": case.state, "action": action });
    tx.emit("services.moved", Some(case.id), &body);
    let what = told(action, &case.state).filter(|what| offer.definition.notices.contains(what));
    if moved.has_email && what.is_some() {
        tx.emit(TO_TELL, Some(case.id), &body);
    }
    if matches!(State::parse(&case.state), Some(State::AwaitingScan | State::Acknowledging)) {
        tx.emit(TO_RENDER, Some(case.id), &body);
    }
}

/// Tells the applicant of one move by e-mail, once for its event.
///
/// # Errors
/// What the database says.
pub fn tell(tx: &mut Tx<'_>, gov: &Gov, handler: &str, event: Id, case_id: Id, action: &str, state: &str) -> Result<()> {
    if !outbox::once(tx, handler, event)? {
        return Ok(());
    }
    let dossier = dossier(tx, gov, case_id)?;
    let Some(what) = told(action, state).filter(|what| dossier.offer.definition.notices.contains(what)) else { return Ok(()) };
    if let Some(mail) = by_mail(tx, gov, &dossier, what)? {
        let entry = NewEntry::new("services.application.told").case(case_id).unit(dossier.case.unit).object("case", case_id);
        tx.entry(entry.detail(json!({ "mail": mail })));
    }
    Ok(())
}

fn by_mail(tx: &mut Tx<'_>, gov: &Gov, dossier: &Dossier, what: Notice) -> Result<Option<Id>> {
    let (_, email) = dossier.application.contact(gov.keys(), dossier.case.id)?;
    let Some(email) = email else { return Ok(None) };
    if let Some(applicant) = dossier.case.applicant {
        let now = tx.now();
        if limit::is_withdrawn(tx, applicant, dossier.case.received_at, now)? {
            return Ok(None);
        }
    }
    let args = args(gov, &dossier.case, &dossier.offer, &dossier.application.lang);
    let case_id = Some(dossier.case.id);
    let new = notice::NewMail { case_id, person: dossier.case.applicant, address: &email, template: template(what), args: &args };
    Ok(Some(notice::by_mail(tx, gov.keys(), &new)?))
}

/// Names no person. `lang` is that of the reader.
fn args(gov: &Gov, case: &Case, offer: &Offer, lang: &str) -> Json {
    let code = indonesian::Code::parse(&case.code).map_or_else(|_| case.code.clone(), |code| code.to_string());
    let language = if lang == "en" { Lang::En } else { Lang::Id };
    json!({
        "service": offer.definition.title.in_language(lang), "unit": offer.unit.name, "code": code, "path": format!("/lacak/{}", case.code),
        "url": format!("{}/lacak/{}", gov.settings().public_url.trim_end_matches('/'), case.code),
        "at": datetime(case.received_at, offer.unit.zone, language), "state": case.state, "lang": lang,
    })
}

/// A signed letter that has no PDF of its present text yet.
#[derive(Debug)]
pub struct ToRender {
    pub document: Id,
    pub version: i64,
    pub letter: Letter,
}

/// The letter of a case that is to be made into a PDF. `again`: its text has changed since (an office took note).
///
/// # Errors
/// What the database says.
pub fn to_render(rx: &mut Rx<'_>, gov: &Gov, case_id: Id, again: bool) -> Result<Option<ToRender>> {
    let Some(id) = super::application(rx, case_id)?.document else { return Ok(None) };
    let found = document::find(rx, id)?.filter(|document| document.state == document::State::AwaitingScan);
    let Some(document) = found.filter(|document| again || document.pdf.is_none()) else { return Ok(None) };
    let letter = document::body(rx, gov.keys(), id)?;
    Ok(Some(ToRender { document: id, version: document.version, letter }))
}

/// Keeps the PDF of the text it was made from. Says whether it did: a letter registered or closed meanwhile needs none.
///
/// # Errors
/// [`Error::Stale`] when the letter was changed meanwhile: make it anew.
pub fn keep_rendered(tx: &mut Tx<'_>, case_id: Id, made: (Id, i64), staged: &blobs::StagedBlob) -> Result<bool> {
    let (id, version) = made;
    let document = document::find(tx, id)?.ok_or(Error::Missing)?;
    if document.state != document::State::AwaitingScan {
        return Ok(false);
    }
    if document.version != version {
        return Err(Error::Stale);
    }
    papers::keep_pdf(tx, id, staged)?;
    tx.entry(NewEntry::new("services.letter.rendered").case(case_id).object("letter", id));
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_applicant_is_told_of_what_concerns_her() {
        assert_eq!(told("submit", "checking"), Some(Notice::Received));
        assert_eq!(told("submit", "introduction"), Some(Notice::Received));
        assert_eq!(told("return", "incomplete"), Some(Notice::Incomplete));
        assert_eq!(told("register_scan", "ready"), Some(Notice::Ready));
        assert_eq!(told("refuse", "refused"), Some(Notice::Refused));
        assert_eq!(told("initial", "signing"), None);
        assert_eq!(told("hand_over", "done"), None);
    }
}

//! An application from its applicant's side: sent from home, followed by its code, corrected, withdrawn, collected; and what
//! anybody may know of a letter.

use jiff::Timestamp;
use kernel::{
    Date, Error, Gov, Id, NewEntry, Result, Rx, Tx, access,
    blobs::{self, Blob},
    case::{self, Case, Event},
    document::{self, Document},
    draft,
    jobs::{self, NewJob},
    log, notice, party, post,
    proof::{self, Proof},
    request::{self, Seen},
    throttle::{self, Key},
    unit,
};

use super::{
    Dossier,
    act::{act_from_outside, state_of},
    catalogue::{self, Spot},
    complete::{self, Completion},
    dossier_of, links,
    news::{self, News},
    submit::{self, Submission, Submitted},
};
use crate::rules::{Action, State};

/// What the journey says of somebody who is not an officer.
const APPLICANT: &str = "Pemohon";
/// One application is sent under one key, whatever is typed meanwhile in another tab.
const ROUTE: &str = "services.apply";

/// An application as it is sent from home. Whoever types is a stranger: the persons are new records of their own, which
/// an officer may later link to the register; they never match or change anybody there.
#[derive(Clone)]
pub struct FromHome {
    pub applicant: party::NewPerson,
    /// Whom the letter is about, if not the applicant.
    pub subject: Option<party::NewPerson>,
    /// Everything else; `applicant` and `subject` in it are set here.
    pub submission: Submission,
    /// The draft it was written in, by owner and id; it is removed.
    pub draft: Option<(Id, Id)>,
}

/// Writes an application from home, once for its key.
///
/// # Errors
/// Those of [`submit::submit`].
pub fn apply(tx: &mut Tx<'_>, gov: &Gov, new: &FromHome) -> Result<Submitted> {
    let body = new.submission.offering.to_string();
    if let Seen::Done(result) = request::seen(tx, &new.submission.key, ROUTE, body.as_bytes())? {
        let broken = || Error::Failed("a kept result cannot be read".into());
        let (case_id, code) = result.split_once(' ').ok_or_else(broken)?;
        let case_id = case_id.parse().map_err(|_| broken())?;
        return Ok(Submitted { case_id, code: code.to_owned(), introduction_token: String::new(), new: false });
    }
    let applicant = party::created(tx, gov.keys(), &new.applicant)?;
    let subject = new.subject.as_ref().map(|subject| party::created(tx, gov.keys(), subject)).transpose()?;
    let subject = subject.as_ref().unwrap_or(&applicant);
    let submission = Submission { applicant: applicant.id, subject: subject.id, ..new.submission.clone() };
    let done = submit::submit_of(tx, gov, &submission, &applicant, subject)?;
    request::done(tx, &new.submission.key, ROUTE, body.as_bytes(), &format!("{} {}", done.case_id, done.code))?;
    if let Some((owner, id)) = new.draft {
        draft::delete(tx, owner, id)?;
    }
    Ok(done)
}

/// An application as its code shows it: state and journey, nobody's name.
#[derive(Clone, Debug)]
pub struct Track {
    pub dossier: Dossier,
    pub state: State,
    /// What happened in public, oldest first. Notes are for the applicant: show them after the second proof only.
    pub events: Vec<Event>,
    pub spot: Spot,
    /// The title of the post where it lies, and its unit when that is another one.
    pub desk: Option<(String, Option<String>)>,
    /// Who was asked for the introduction: office and state of the link.
    pub introduction: Option<(String, String)>,
    /// The registered scan of a letter in force, which can be downloaded.
    pub letter: Option<Blob>,
    /// The entry of the audit log that tells of its coming in.
    pub entry: Option<Id>,
    /// What the office told everybody who waits there.
    pub news: Vec<News>,
}

/// The application of a code (12 symbols, checked).
///
/// # Errors
/// [`Error::Missing`] when there is none.
pub fn track(rx: &mut Rx<'_>, gov: &Gov, code: &str) -> Result<Track> {
    let now = gov.now();
    let case = case::by_code(rx, code)?;
    let dossier = dossier_of(rx, gov, case)?;
    let state = state_of(&dossier.case)?;
    let events = case::events(rx, dossier.case.id)?.into_iter().filter(|event| event.public).collect();
    let spot = catalogue::spot_of(rx, dossier.offer.unit.clone())?;
    let desk = desk(rx, &dossier.case)?;
    let introduction = links::introduction_of(rx, dossier.case.id)?.map(|(_, office, state)| (office, state));
    let letter = match letter_of(rx, &dossier)?.filter(|letter| letter.state == document::State::InForce).and_then(|letter| letter.scan) {
        Some(scan) if matches!(state, State::Ready | State::Done) => blobs::find(rx, scan)?,
        _ => None,
    };
    let entry = log::entry_of(rx, &case::CASE, dossier.case.id, log::Version::First)?;
    let news = news::of_case(rx, &dossier.case, now)?;
    Ok(Track { dossier, state, events, spot, desk, introduction, letter, entry, news })
}

fn desk(rx: &mut Rx<'_>, case: &Case) -> Result<Option<(String, Option<String>)>> {
    let Some(post) = case.at_post else { return Ok(None) };
    let Some(post) = post::find(rx, post)? else { return Ok(None) };
    let elsewhere = if post.unit == case.unit { None } else { unit::find(rx, post.unit)?.map(|unit| unit.name) };
    Ok(Some((post.title, elsewhere)))
}

fn letter_of(rx: &mut Rx<'_>, dossier: &Dossier) -> Result<Option<Document>> {
    match dossier.application.document {
        Some(id) => Ok(document::find(rx, id)?),
        None => Ok(None),
    }
}

/// The second proof: birth date and the last four digits of the NIK of applicant or subject. Growing delays.
///
/// # Errors
/// [`Error::Missing`] when no application has the code.
pub fn prove(tx: &mut Tx<'_>, code: &str, born: Option<Date>, tail: &str) -> Result<Proof> {
    let case = case::by_code(tx, code)?;
    let application = super::application(tx, case.id)?;
    let persons: Vec<Id> = case.applicant.into_iter().chain([application.subject_person]).collect();
    let outcome = proof::attempt(tx, code, &persons, born, tail)?;
    if let Proof::Right(_) = outcome {
        tx.entry(NewEntry::new("services.proof.given").case(case.id).object("case", case.id));
    }
    Ok(outcome)
}

/// Asks for the link that proves by e-mail. Whether there is an address is not told, nor can it be: the request only queues a job, in
/// every case the same. Asked too often, it says until when to wait.
///
/// # Errors
/// [`Error::Missing`] when no application has the code.
pub fn ask_proof_mail(tx: &mut Tx<'_>, code: &str) -> Result<Option<Timestamp>> {
    let now = tx.now();
    let case = case::by_code(tx, code)?;
    let key = Key::new("proof-mail", code, 2);
    if let Err(until) = throttle::attempt(tx, std::slice::from_ref(&key), now)? {
        return Ok(Some(until));
    }
    jobs::add(tx, NewJob::new(PROOF_MAIL, serde_json::json!({ "case": case.id })))?;
    tx.entry(NewEntry::new("services.proof.asked").case(case.id).object("case", case.id));
    Ok(None)
}

/// The job that sends the link.
pub const PROOF_MAIL: &str = "services.proof-mail";

/// Sends the link of [`ask_proof_mail`], if an address was given.
///
/// # Errors
/// [`Error::Missing`] when the case is gone.
pub fn mail_proof(tx: &mut Tx<'_>, gov: &Gov, case_id: Id) -> Result<bool> {
    let case = case::find(tx, case_id)?;
    let application = super::application(tx, case.id)?;
    let (_, email) = application.contact(gov.keys(), case.id)?;
    let Some(email) = email else { return Ok(false) };
    let link = links::make_mailed(tx, gov.keys(), case.id, links::Purpose::Proof)?;
    let shown = indonesian::Code::parse(&case.code).map_or_else(|_| case.code.clone(), |code| code.to_string());
    let args = serde_json::json!({ "code": shown, "lang": application.lang });
    let args = web::secret::args(args, link, &format!("/lacak/{}/bukti/{{}}", case.code));
    let mail =
        notice::NewMail { case_id: Some(case.id), person: case.applicant, address: &email, template: "services-mail-proof", args: &args };
    notice::by_mail(tx, gov.keys(), &mail)?;
    tx.entry(NewEntry::new("services.proof.mailed").case(case.id).object("case", case.id));
    Ok(true)
}

/// Uses up a link of [`mail_proof`] and says who proved: the applicant, whose address it was sent to.
///
/// # Errors
/// [`Error::Missing`] for another code's or an unknown link; `services-link-ended`.
pub fn prove_by_link(tx: &mut Tx<'_>, code: &str, token: &str) -> Result<Option<Id>> {
    let case = case::by_code(tx, code)?;
    let now = tx.now();
    let link = links::find(tx, token, links::Purpose::Proof, now)?;
    if link.case_id != case.id {
        return Err(Error::Missing);
    }
    if link.state != "waiting" {
        return Err(Error::refused("services-link-ended"));
    }
    links::settle(tx, &link, "used")?;
    tx.entry(NewEntry::new("services.proof.given").case(case.id).object("case", case.id));
    Ok(case.applicant)
}

/// The applicant withdraws.
///
/// # Errors
/// `services-action-not-now` when the letter has its number already.
pub fn cancel(tx: &mut Tx<'_>, gov: &Gov, code: &str, reason: &str) -> Result<()> {
    let case = case::by_code(tx, code)?;
    act_from_outside(tx, gov, case.id, Action::Cancel, APPLICANT, reason)?;
    Ok(())
}

/// A completed form comes back.
#[derive(Clone, Debug)]
pub struct Correction {
    pub code: String,
    pub completion: Completion,
    pub draft: Option<(Id, Id)>,
}

/// The applicant has completed what was missing. Returns the secret of the introduction's new link; empty when none was asked.
///
/// # Errors
/// `services-action-not-now` when it was sent already or nothing is missing any more; `services-introduction-needed`.
pub fn resubmit(tx: &mut Tx<'_>, gov: &Gov, new: &Correction) -> Result<String> {
    let case = case::by_code(tx, &new.code)?;
    let dossier = dossier_of(tx, gov, case)?;
    let token = complete::introduce(tx, &dossier, new.completion.introduction.as_ref())?;
    let changed = complete::rewrite(tx, gov, &dossier, &new.completion)?;
    act_from_outside(tx, gov, dossier.case.id, Action::Resubmit, APPLICANT, &changed)?;
    if let Some((owner, id)) = new.draft {
        draft::delete(tx, owner, id)?;
    }
    Ok(token)
}

/// What the applicant wrote, with the files, to be corrected. The reading is recorded.
///
/// # Errors
/// [`Error::Missing`] when there is no such application.
pub fn answers(tx: &mut Tx<'_>, gov: &Gov, code: &str) -> Result<complete::Written> {
    let case = case::by_code(tx, code)?;
    let dossier = dossier_of(tx, gov, case)?;
    complete::written(tx, gov, dossier)
}

/// The registered scan of the letter: blob, media type and a name for the file. The download is recorded.
///
/// # Errors
/// [`Error::Missing`] while there is none in force.
pub fn letter_file(tx: &mut Tx<'_>, gov: &Gov, code: &str) -> Result<(Id, String, String)> {
    let case = case::by_code(tx, code)?;
    let dossier = dossier_of(tx, gov, case)?;
    let letter = letter_of(tx, &dossier)?.filter(|letter| letter.state == document::State::InForce).ok_or(Error::Missing)?;
    let blob = blobs::find(tx, letter.scan.ok_or(Error::Missing)?)?.ok_or(Error::Missing)?;
    access::record(tx, NewEntry::new("services.letter.downloaded").case(dossier.case.id).object("letter", letter.id))?;
    let ending = match blob.media_type.as_str() {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        _ => "pdf",
    };
    let name = format!("{}-{}.{ending}", dossier.offer.definition.slug, letter.number.unwrap_or_default().replace('/', "-"));
    Ok((blob.id, blob.media_type, name))
}

/// A new link for the introduction in the place of one that was lost; the older one ends.
///
/// # Errors
/// `services-action-not-now` when no introduction is waited for.
pub fn renew_introduction(tx: &mut Tx<'_>, gov: &Gov, code: &str) -> Result<String> {
    let track = track(tx, gov, code)?;
    let asked = links::introduction_of(tx, track.dossier.case.id)?;
    let (State::Introduction, Some((name, office, _))) = (track.state, asked) else {
        return Err(Error::refused("services-action-not-now"));
    };
    let token = links::make(tx, track.dossier.case.id, links::Purpose::Introduction, &name, &office)?;
    tx.entry(NewEntry::new("services.introduction.renewed").case(track.dossier.case.id).object("case", track.dossier.case.id));
    Ok(token)
}

/// What an RT head or kadus is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub link: links::Link,
    pub dossier: Dossier,
    pub spot: Spot,
    /// The name of the person the letter is about; no number is shown.
    pub name: String,
    /// Whether it still waits for this answer.
    pub waiting: bool,
}

/// What the link of a secret asks. The reading is recorded.
///
/// # Errors
/// [`Error::Missing`] for an unknown secret, `services-link-ended` for one that ended.
pub fn asked(tx: &mut Tx<'_>, gov: &Gov, token: &str) -> Result<Asked> {
    let now = tx.now();
    let link = links::find(tx, token, links::Purpose::Introduction, now)?;
    let case = case::find(tx, link.case_id)?;
    let waiting = link.state == "waiting" && state_of(&case)? == State::Introduction;
    let dossier = dossier_of(tx, gov, case)?;
    let spot = catalogue::spot_of(tx, dossier.offer.unit.clone())?;
    let subject = party::find(tx, dossier.application.subject_person)?.ok_or(Error::Missing)?;
    access::record(tx, NewEntry::new("services.introduction.opened").case(dossier.case.id).object("link", link.id))?;
    Ok(Asked { link, dossier, spot, name: subject.name, waiting })
}

/// The answer of an RT head or kadus: confirmed, or not with the reason.
///
/// # Errors
/// `services-link-ended` when it was answered before or the application moved on.
pub fn answer_introduction(tx: &mut Tx<'_>, gov: &Gov, token: &str, declined: Option<&str>) -> Result<()> {
    let asked = asked(tx, gov, token)?;
    if !asked.waiting {
        return Err(Error::refused("services-link-ended"));
    }
    let (action, state, note) = match declined {
        None => (Action::Introduce, "given", ""),
        Some(reason) => (Action::Decline, "declined", reason),
    };
    links::settle(tx, &asked.link, state)?;
    act_from_outside(tx, gov, asked.link.case_id, action, &asked.link.office, note)?;
    Ok(())
}

/// The code of the application that was sent under this key, if it was.
///
/// # Errors
/// What the database says.
pub fn sent_before(tx: &mut Tx<'_>, offering: Id, key: &str) -> Result<Option<String>> {
    match request::seen(tx, key, ROUTE, offering.to_string().as_bytes())? {
        Seen::Done(result) => Ok(result.split_once(' ').map(|(_, code)| code.to_owned())),
        Seen::New => Ok(None),
    }
}

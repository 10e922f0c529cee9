//! A new application: checked before, written here in one transaction with its case, parties, files and first task.

use kernel::{
    Actor, Error, Gov, Id, Message, NewEntry, Result, Tx, blobs,
    case::{self, Case, CaseParty, Move, NewCase, NextTask},
    offering,
    party::{self, Person},
    request::{self, Seen},
    search,
};

use super::{NewRow, Offer, SYSTEM, due, insert, kept_desk_post, links, notify, offer_by_id};
use crate::{
    forms,
    model::{IntroductionMode, Served},
    rules,
};

/// How the introduction of an RT head or kadus came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Introduction {
    None,
    /// A photo among the files.
    Photo,
    /// The paper was shown at the counter.
    Paper,
    /// To be asked by link of this neighbour ("Pak Hasan", "Ketua RT 03").
    Ask {
        name: String,
        office: String,
    },
}

/// The field of a file that is an introduction.
pub const INTRODUCTION_FIELD: &str = "introduction";

/// A stored file that answers a field.
#[derive(Clone, Debug)]
pub struct File {
    pub field: String,
    pub name: String,
    pub blob: Id,
}

/// What a complete, checked form asks for.
#[derive(Clone, Debug)]
pub struct Submission {
    pub offering: Id,
    pub applicant: Id,
    /// Whom the letter is about; the applicant unless it is a relative.
    pub subject: Id,
    /// Name and basis of a power of attorney (kuasa).
    pub proxy: Option<(String, String)>,
    /// Canonical JSON of the answers.
    pub answers: String,
    pub files: Vec<File>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub introduction: Introduction,
    /// Why the identity is odd or missing; empty when it is not.
    pub identity_note: String,
    /// `counter`, `online` or `api`.
    pub channel: &'static str,
    /// The language to write to the applicant in, `id` or `en`.
    pub lang: &'static str,
    /// Made by the form; the same key is done once.
    pub key: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    pub case_id: Id,
    /// Tracking code, 12 symbols.
    pub code: String,
    /// The secret of the introduction's link, to be handed on once; empty when none was asked.
    pub introduction_token: String,
    /// False when the same form had been sent before.
    pub new: bool,
}

const ROUTE: &str = "services.submit";

/// Writes a new application.
///
/// # Errors
/// [`Error::Refused`]: `services-withdrawn` when the unit has taken the service back meanwhile,
/// `services-not-resident` when the unit serves its own residents only, `services-introduction-needed`.
pub fn submit(tx: &mut Tx<'_>, gov: &Gov, new: &Submission) -> Result<Submitted> {
    let digest = format!("{} {} {}", new.offering, new.subject, new.answers);
    if let Seen::Done(result) = request::seen(tx, &new.key, ROUTE, digest.as_bytes())? {
        return repeated(&result);
    }
    let applicant = party::find(tx, new.applicant)?.ok_or(Error::Missing)?;
    let subject = if new.subject == new.applicant { None } else { Some(party::find(tx, new.subject)?.ok_or(Error::Missing)?) };
    let done = submit_of(tx, gov, new, &applicant, subject.as_ref().unwrap_or(&applicant))?;
    request::done(tx, &new.key, ROUTE, digest.as_bytes(), &format!("{} {}", done.case_id, done.code))?;
    Ok(done)
}

/// [`submit`] by persons just read or made, of a form that the caller knows to be new.
///
/// # Errors
/// As [`submit`].
pub(super) fn submit_of(tx: &mut Tx<'_>, gov: &Gov, new: &Submission, applicant: &Person, subject: &Person) -> Result<Submitted> {
    let offer = offer_by_id(tx, gov, new.offering)?;
    if offer.offering.state == offering::State::Withdrawn {
        return Err(Message::new("services-withdrawn").arg("unit", offer.unit.name.as_str()).into());
    }
    check_served(&offer, subject)?;
    let (case, token) = write(tx, gov, &offer, applicant, subject, new)?;
    index(tx, &case, &offer, subject)?;
    tx.entry(NewEntry::new("services.application.submitted").case(case.id).unit(case.unit).object("case", case.id));
    notify::follow(tx, &notify::Moved { case: &case, offer: &offer, action: "submit", has_email: new.email.is_some() });
    Ok(Submitted { case_id: case.id, code: case.code, introduction_token: token, new: true })
}

fn repeated(result: &str) -> Result<Submitted> {
    let broken = || Error::Failed("a kept result cannot be read".into());
    let (case_id, code) = result.split_once(' ').ok_or_else(broken)?;
    let case_id = case_id.parse().map_err(|_| broken())?;
    Ok(Submitted { case_id, code: code.to_owned(), introduction_token: String::new(), new: false })
}

fn check_served(offer: &Offer, subject: &Person) -> Result<()> {
    let resident = subject.unit.is_none_or(|unit| unit == offer.unit.id);
    if offer.definition.served == Served::Resident && offer.kind.is_village() && !resident {
        return Err(Message::new("services-not-resident").arg("unit", offer.unit.name.as_str()).into());
    }
    Ok(())
}

fn write(tx: &mut Tx<'_>, gov: &Gov, offer: &Offer, applicant: &Person, subject: &Person, new: &Submission) -> Result<(Case, String)> {
    let (introduction, given) = introduction(offer, new)?;
    let next = rules::begin(&offer.offered(), given);
    let now = tx.now();
    let desk = kept_desk_post(tx, gov, offer, &next.desk, now)?;
    let clock = due::start(tx, gov, offer, now, next.state != rules::State::Introduction)?;
    let code = indonesian::Code::encode(tx.ctx().random());
    let action = rules::desk_action(next.state).map_or("", rules::Action::as_str);
    let case = case::open(
        tx,
        &NewCase {
            system: SYSTEM,
            kind: &offer.definition.slug,
            definition: offer.offering.definition,
            offering: Some(offer.offering.id),
            code: code.as_str(),
            unit: offer.unit.id,
            units: offer.unit.ancestors,
            subject: &subject.masked_name(),
            applicant: Some(applicant.id),
            channel: new.channel,
            secrecy: offer.definition.record.secrecy.as_str(),
        },
        &Move {
            action: "submit",
            to_state: next.state.as_str(),
            step: i64::try_from(next.step).unwrap_or(0),
            task: desk.map(|(post, unit)| NextTask { post, unit, action }),
            due: clock,
            actor_label: "",
            actor_post: tx.ctx().actor().officer().and_then(|officer| officer.post.as_ref()).map(|post| post.post),
            note: "",
            public: true,
            outcome: None,
        },
    )?;
    let received_by = match tx.ctx().actor() {
        Actor::Account(officer) => Some(officer.account),
        _ => None,
    };
    let proxy = new.proxy.as_ref().map_or(("", ""), |(name, basis)| (name.as_str(), basis.as_str()));
    let row = NewRow {
        unit: offer.unit.id,
        subject_person: subject.id,
        answers: &new.answers,
        introduction,
        identity_note: &new.identity_note,
        proxy,
        phone: new.phone.as_deref(),
        email: new.email.as_deref(),
        received_by,
        lang: new.lang,
    };
    insert(tx, gov.keys(), case.id, &row)?;
    parties(tx, offer, case.id, applicant, subject, new)?;
    files(tx, case.id, &new.files)?;
    let token = match &new.introduction {
        Introduction::Ask { name, office } if introduction == "waiting" => {
            links::make(tx, case.id, links::Purpose::Introduction, name, office)?
        }
        _ => String::new(),
    };
    Ok((case, token))
}

/// How the introduction is kept, and whether it is there.
fn introduction(offer: &Offer, new: &Submission) -> Result<(&'static str, bool)> {
    Ok(match (offer.offered().introduction(), &new.introduction) {
        (IntroductionMode::None, _) => ("none", true),
        (_, Introduction::Paper) => ("paper", true),
        (_, Introduction::Photo) => ("photo", true),
        (IntroductionMode::Link, Introduction::Ask { .. }) => ("waiting", false),
        _ => return Err(Error::refused("services-introduction-needed")),
    })
}

/// Heirs, witnesses and others named in the answers. A party's note stays free of numbers: those are sealed with the answers.
pub(super) fn others(offer: &Offer, answers: &str) -> Result<Vec<CaseParty>> {
    let answers = forms::from_json(answers).map_err(|error| Error::Failed(error.to_string()))?;
    let listed = forms::listed(&offer.definition, &answers).into_iter();
    Ok(listed
        .map(|(role, person)| {
            let note = [person.relation, person.address, person.occupation].into_iter().find(|part| !part.is_empty()).unwrap_or_default();
            CaseParty { role: role.as_str().to_owned(), person: None, name: person.name, note }
        })
        .collect())
}

fn parties(tx: &mut Tx<'_>, offer: &Offer, case_id: Id, applicant: &Person, subject: &Person, new: &Submission) -> Result<()> {
    let known = |role: &str, person: &Person| CaseParty {
        role: role.into(),
        person: Some(person.id),
        name: person.name.clone(),
        note: String::new(),
    };
    case::add_party(tx, case_id, 0, &known("applicant", applicant))?;
    if subject.id != applicant.id {
        case::add_party(tx, case_id, 0, &known("subject", subject))?;
    }
    if let Some((name, basis)) = &new.proxy {
        case::add_party(tx, case_id, 0, &CaseParty { role: "proxy".into(), person: None, name: name.clone(), note: basis.clone() })?;
    }
    for (place, other) in others(offer, &new.answers)?.iter().enumerate() {
        case::add_party(tx, case_id, place, other)?;
    }
    Ok(())
}

/// Ties stored files to the case. A file that is not there any more is refused, not silently left out.
pub(crate) fn files(tx: &mut Tx<'_>, case_id: Id, files: &[File]) -> Result<()> {
    for file in files {
        let blob = blobs::find(tx, file.blob)?.ok_or_else(|| Error::refused("services-file-gone"))?;
        blobs::take(tx, file.blob)?;
        case::attach(tx, case_id, &file.field, &file.name, file.blob, &blob.media_type, blob.size)?;
    }
    Ok(())
}

fn index(tx: &mut Tx<'_>, case: &Case, offer: &Offer, subject: &Person) -> Result<()> {
    let doc = search::Doc::new("case", case.id, format!("{} · {}", offer.definition.title.id, case.subject))
        .scope(case.units.iter().flatten().copied())
        .name(subject.name.as_str())
        .text(&offer.definition.title.id)
        .code(case.code.as_str());
    search::add(tx, &doc)
}

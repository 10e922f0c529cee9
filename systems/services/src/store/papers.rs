//! The letter of an application: drafted when it is checked, numbered when it is signed, in force when its scan is there.

use kernel::{
    Error, Expect, Gov, Id, NewEntry, Result, Rx, Tx, access, blobs,
    case::{self, CaseParty},
    cols,
    document::{self, Acknowledging, Document, NewDocument, NewSignature, Role, Signature, Signing},
    numbering::dispatch::{self, NewDispatch, Way},
    party::{self, Person},
    post::{self, Right},
    unit::{self, Unit},
};
use letter::Letter;

use super::{Dossier, change, desk_post};
use crate::{
    forms,
    letters::{self, Acknowledger, Facts, ResidentFacts, SignerFacts, UnitFacts, VerificationFacts},
    model::chain::Stage,
    rules::Desk,
};

/// Drafts the letter with its places for initials, signature and acknowledgement. A draft made before is filled anew.
///
/// # Errors
/// [`Error::Refused`] when a part of the letter is missing.
pub fn draft(tx: &mut Tx<'_>, gov: &Gov, dossier: &Dossier) -> Result<()> {
    let (letter, holder) = compose(tx, gov, dossier, None)?;
    let kept = match dossier.application.document {
        Some(id) => document::find(tx, id)?.filter(|document| document.state == document::State::Draft),
        None => None,
    };
    if let Some(kept) = kept {
        document::set_body(tx, gov.keys(), kept.id, Expect::Any, &letter)?;
        return Ok(());
    }
    let new = NewDocument {
        case_id: Some(dossier.case.id),
        kind: dossier.offer.definition.letter.kind.clone(),
        title: dossier.offer.definition.title.id.clone(),
        unit: dossier.offer.unit.id,
        signing_mode: document::SigningMode::Wet,
        holder_name: holder,
        secrecy: dossier.offer.definition.record.secrecy.as_str().to_owned(),
        signatures: places(tx, dossier)?,
    };
    let id = document::create_draft(tx, gov.keys(), &new, &letter)?;
    change(tx, dossier.case.id, &cols! { "document" => id })
}

/// Who gives initials, signs, takes note and witnesses, in the order of the chain.
fn places(tx: &mut Tx<'_>, dossier: &Dossier) -> Result<Vec<NewSignature>> {
    let now = tx.now();
    let mut places = Vec::new();
    for (step, offices) in dossier.offer.offered().steps() {
        let role = match step.state {
            Stage::Checking => continue,
            Stage::Initialing => Role::Initial,
            Stage::Signing => Role::Signer,
            Stage::Acknowledging => Role::Acknowledger,
        };
        let desk = Desk::Office { at: step.at, offices };
        let (post, unit) = desk_post(tx, &dossier.offer, &desk, now)?.ok_or_else(|| Error::refused("services-no-desk"))?;
        places.push(NewSignature::of_post(role, unit, post));
    }
    for witness in witnesses(tx, dossier.case.id)? {
        places.push(NewSignature::of_witness(witness.name, witness.person));
    }
    Ok(places)
}

fn witnesses(rx: &mut Rx<'_>, case_id: Id) -> Result<Vec<CaseParty>> {
    Ok(case::parties(rx, case_id)?.into_iter().filter(|party| party.role == "witness").collect())
}

/// Gives initials for the post of the desk.
///
/// # Errors
/// Those of [`document::initial`].
pub fn initial(tx: &mut Tx<'_>, dossier: &Dossier, right: &Right) -> Result<()> {
    let document = required(tx, dossier)?;
    let waiting = first_waiting(tx, document.id, Role::Initial)?.ok_or(Error::Missing)?;
    document::initial(tx, document.id, waiting.id, right.person)?;
    Ok(())
}

/// Signs: the number is taken here, and number, date and code stand in the letter.
///
/// # Errors
/// Those of [`document::sign`].
pub fn sign(tx: &mut Tx<'_>, gov: &Gov, dossier: &Dossier, right: &Right) -> Result<()> {
    let document = required(tx, dossier)?;
    let today = dossier.offer.unit.date(tx.now());
    let definition = &dossier.offer.definition;
    let answers = dossier.application.answers(gov.keys(), dossier.case.id)?;
    let answers = forms::from_json(&answers).map_err(|error| Error::Failed(error.to_string()))?;
    let signing = Signing {
        person: right.person,
        classification: definition.letter.classification.clone(),
        addressee: document.holder_name.clone(),
        on_date: today,
        valid_until: letters::valid_until(definition, today, &answers),
    };
    let signed = document::sign(tx, document.id, Expect::Version(document.version), &signing)?;
    let (letter, _) = compose(tx, gov, dossier, Some(&signed.right))?;
    document::set_body(tx, gov.keys(), document.id, Expect::Any, &letter)?;
    Ok(())
}

/// The office above takes note under a number of its own book.
///
/// # Errors
/// Those of [`document::acknowledge`].
pub fn acknowledge(tx: &mut Tx<'_>, gov: &Gov, dossier: &Dossier, right: &Right) -> Result<()> {
    let document = required(tx, dossier)?;
    let waiting = first_waiting(tx, document.id, Role::Acknowledger)?.ok_or(Error::Missing)?;
    let acknowledging = Acknowledging {
        signature: waiting.id,
        person: right.person,
        classification: dossier.offer.definition.letter.classification.clone(),
        on_date: dossier.offer.unit.date(tx.now()),
    };
    document::acknowledge(tx, document.id, &acknowledging)?;
    let (letter, _) = compose(tx, gov, dossier, None)?;
    document::set_body(tx, gov.keys(), document.id, Expect::Any, &letter)?;
    Ok(())
}

/// The signed and stamped paper is there: only now the letter is in force.
///
/// # Errors
/// `services-file-gone` when the upload is not there any more.
pub fn register_scan(tx: &mut Tx<'_>, dossier: &Dossier, scan: Id) -> Result<()> {
    let document = required(tx, dossier)?;
    let blob = blobs::find(tx, scan)?.ok_or_else(|| Error::refused("services-file-gone"))?;
    blobs::take(tx, scan)?;
    case::attach(tx, dossier.case.id, "scan", "pindaian", scan, &blob.media_type, blob.size)?;
    document::register_scan(tx, document.id, Expect::Version(document.version), scan)?;
    Ok(())
}

/// The letter reaches the resident: a line in the Buku Ekspedisi.
///
/// # Errors
/// What the database says.
pub fn hand_over(tx: &mut Tx<'_>, dossier: &Dossier, receiver: &str) -> Result<()> {
    let document = required(tx, dossier)?;
    let receiver = if receiver.trim().is_empty() { document.holder_name.as_str() } else { receiver.trim() };
    let today = dossier.offer.unit.date(tx.now());
    let new = NewDispatch {
        unit: dossier.offer.unit.id,
        document: Some(document.id),
        number: document.number.clone().unwrap_or_default(),
        on_date: today,
        addressee: document.holder_name.clone(),
        about: document.title.clone(),
        receiver: receiver.to_owned(),
        way: Way::PickedUp,
    };
    dispatch::record(tx, &new)?;
    Ok(())
}

fn required(rx: &mut Rx<'_>, dossier: &Dossier) -> Result<Document> {
    let id = dossier.application.document.ok_or_else(|| Error::refused("services-no-letter-yet"))?;
    document::find(rx, id)?.ok_or(Error::Missing)
}

fn first_waiting(rx: &mut Rx<'_>, document: Id, role: Role) -> Result<Option<Signature>> {
    Ok(document::signatures(rx, document)?.into_iter().find(|place| place.role == role && place.given_at.is_none()))
}

/// The letter as it stands: the sealed one, or a preview made now when there is none yet. The reading is recorded.
///
/// # Errors
/// [`Error::Refused`] when a part of the letter is missing.
pub fn read(tx: &mut Tx<'_>, gov: &Gov, dossier: &Dossier) -> Result<Letter> {
    access::record(tx, NewEntry::new("services.letter.opened").case(dossier.case.id).object("letter", dossier.case.id))?;
    match dossier.application.document {
        Some(id) => document::body(tx, gov.keys(), id),
        None => Ok(compose(tx, gov, dossier, None)?.0),
    }
}

/// Puts the letter together from the definition, the resident's record, the answers and what was signed so far.
/// Returns it with the name of the person it is about.
fn compose(tx: &mut Tx<'_>, gov: &Gov, dossier: &Dossier, signed_by: Option<&Right>) -> Result<(Letter, String)> {
    let subject = party::find(tx, dossier.application.subject_person)?.ok_or(Error::Missing)?;
    let applicant = match dossier.case.applicant {
        Some(id) if id != subject.id => party::find(tx, id)?.map(|person| person.name),
        _ => None,
    };
    let resident = resident_facts(tx, gov, dossier, &subject)?;
    let answers = dossier.application.answers(gov.keys(), dossier.case.id)?;
    let answers = forms::from_json(&answers).map_err(|error| Error::Failed(error.to_string()))?;
    let unit = unit_facts(tx, gov, &dossier.offer.unit)?;
    let document = match dossier.application.document {
        Some(id) => document::find(tx, id)?,
        None => None,
    };
    let signatures = match &document {
        Some(document) => document::signatures(tx, document.id)?,
        None => Vec::new(),
    };
    let signer = signer_facts(tx, dossier, &signatures, signed_by)?;
    let acknowledger = acknowledger_facts(tx, dossier, &signatures)?;
    let code = document.as_ref().and_then(|document| document.verify_code.clone());
    let verification =
        code.map(|code| VerificationFacts { url: format!("{}/verifikasi/{code}", gov.settings().public_url), code: shown(&code) });
    let facts = Facts {
        definition: &dossier.offer.definition,
        paper: dossier.offer.offered().paper(),
        unit: &unit,
        resident: &resident,
        applicant: applicant.as_deref(),
        answers: &answers,
        // Those named in the answers, where their numbers are sealed.
        witnesses: &[],
        signer: &signer,
        acknowledger: acknowledger.as_ref(),
        copies: &[],
        number: document.as_ref().and_then(|document| document.number.as_deref()),
        signed_on: document.as_ref().and_then(|document| document.signed_on),
        valid_until: document.as_ref().and_then(|document| document.valid_until),
        mark: gov.settings().mark.as_deref(),
        verification: verification.as_ref(),
        ident: &dossier.case.id.to_string(),
        made_at_seconds: tx.now().as_second(),
    };
    let letter = letters::letter(&facts).map_err(|error| Error::Refused(error.message()))?;
    Ok((letter, subject.name))
}

fn shown(code: &str) -> String {
    indonesian::Code::parse(code).map_or_else(|_| code.to_owned(), |code| code.to_string())
}

fn resident_facts(tx: &mut Tx<'_>, gov: &Gov, dossier: &Dossier, person: &Person) -> Result<ResidentFacts> {
    let revealed = party::reveal(tx, gov.keys(), person, "letter", Some(dossier.case.id))?;
    let hamlet = hamlet_word(tx, gov, person.unit)?;
    Ok(facts_of(person, &revealed, &hamlet))
}

/// What a part of this unit is called: "dusun", "jorong", "lingkungan".
///
/// # Errors
/// What the database says.
pub fn hamlet_word(rx: &mut Rx<'_>, gov: &Gov, unit: Option<Id>) -> Result<String> {
    let kind = unit.map(|id| unit::find(rx, id)).transpose()?.flatten().map(|unit| unit.kind);
    let own = kind.filter(|kind| !kind.governs_itself()).and_then(unit::UnitKind::hamlet_word);
    Ok(own.map_or_else(|| indonesian::LocalWords::of_region(&gov.settings().region).hamlet, str::to_owned))
}

/// A resident's record as a letter or form shows it; `hamlet` is [`hamlet_word`] where she lives.
#[must_use]
pub fn facts_of(person: &Person, revealed: &party::Revealed, hamlet: &str) -> ResidentFacts {
    let place =
        [
            person.address.clone(),
            person.area.clone().filter(|area| !area.is_empty()).map(|area| {
                if area.to_lowercase().starts_with(hamlet) { area } else { format!("{} {area}", indonesian::title_case(hamlet)) }
            }),
            person.rt.clone().filter(|rt| !rt.is_empty()).map(|rt| format!("RT {rt}")),
            person.rw.clone().filter(|rw| !rw.is_empty() && rw != "-" && rw != "000").map(|rw| format!("RW {rw}")),
        ];
    let address: Vec<String> = place.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    ResidentFacts {
        name: Some(person.name.clone()),
        nik: revealed.nik.as_ref().map(|nik| nik.as_str().to_owned()),
        kk: revealed.kk.as_ref().map(|kk| kk.as_str().to_owned()),
        sex: person.sex,
        birth_place: person.birth_place.clone(),
        birth_date: person.birth_date,
        religion: person.religion.clone(),
        marital: person.marital.clone(),
        occupation: person.occupation.clone(),
        nationality: person.nationality.clone(),
        address: (!address.is_empty()).then(|| address.join(", ")),
    }
}

/// The unit as the letterhead names it.
///
/// # Errors
/// What the database says.
pub fn unit_facts(rx: &mut Rx<'_>, gov: &Gov, unit: &Unit) -> Result<UnitFacts> {
    let path = unit::path(rx, unit)?;
    let district = path.iter().find(|above| above.kind == unit::UnitKind::Kecamatan && above.id != unit.id);
    let head = post::by_office(rx, unit.id, post::office::HEAD)?;
    let bare_name = unit.kind.without_word(&unit.name).to_owned();
    let above = match district {
        Some(above) => post::by_office(rx, above.id, post::office::HEAD)?.map(|post| (post.title, above.name.clone())),
        None => None,
    };
    let district_head = above.map(|(title, unit_name)| post::LabelPost { title, unit_name, kind: post::HoldingKind::Definitive }.name());
    Ok(UnitFacts {
        kind: super::kind_of(unit)?,
        name: unit.name.clone(),
        place: bare_name.clone(),
        bare_name,
        short: unit.short_name.clone(),
        address: if unit.address.is_empty() { Vec::new() } else { vec![unit.address.clone()] },
        head_title: head.map(|post| post.title).unwrap_or_default(),
        district_name: district.map(|above| above.name.clone()),
        district_head,
        regency: gov.settings().name.clone(),
        province: gov.settings().province.clone(),
        emblem: letter::Emblem::Placeholder,
    })
}

fn signer_facts(tx: &mut Tx<'_>, dossier: &Dossier, signatures: &[Signature], signed_by: Option<&Right>) -> Result<SignerFacts> {
    if let Some(given) = signatures.iter().find(|place| place.role == Role::Signer && place.given_at.is_some()) {
        let label: Vec<String> = given.label.lines().map(str::to_owned).collect();
        let sentence = match signed_by {
            Some(right) => sentence(tx, right)?,
            None => given_sentence(tx, given)?,
        };
        return Ok(SignerFacts { sentence, label, name: given.name.clone(), id_line: id_line(tx, given.person)? });
    }
    let now = tx.now();
    let Some((step, offices)) = dossier.offer.offered().steps().find(|(step, _)| step.state == Stage::Signing) else {
        return Err(Error::Failed("the chain has no signature".into()));
    };
    let desk = Desk::Office { at: step.at, offices };
    let (post_id, _) = desk_post(tx, &dossier.offer, &desk, now)?.ok_or_else(|| Error::refused("services-no-desk"))?;
    let Some(holder) = post::holder(tx, post_id, now)?.holder else {
        let title = post::find(tx, post_id)?.map(|post| post.title).unwrap_or_default();
        let label = vec![format!("{},", title.to_uppercase())];
        return Ok(SignerFacts { sentence: title, label, name: String::new(), id_line: String::new() });
    };
    let right = Right { post: post_id, holding: holder.id, kind: holder.kind, own_post: post_id, person: holder.person, via: Vec::new() };
    let label = post::label_of(tx, &right, now)?;
    let name = party::find(tx, holder.person)?.map(|person| person.name).unwrap_or_default();
    Ok(SignerFacts { sentence: sentence(tx, &right)?, label, name, id_line: id_line(tx, Some(holder.person))? })
}

/// "Pelaksana Harian Kepala Desa Tanjung Raman", as the letter's first sentence names the signer.
fn sentence(rx: &mut Rx<'_>, right: &Right) -> Result<String> {
    let own = named(rx, right.own_post)?;
    let on_behalf_of = match right.via.first() {
        Some(mandate) => Some(named(rx, mandate.from_post)?),
        None => None,
    };
    Ok(letters::signer_sentence(right.kind.prefix(), &own, on_behalf_of.as_deref()))
}

fn given_sentence(rx: &mut Rx<'_>, given: &Signature) -> Result<String> {
    let post = given.post.map(|id| named(rx, id)).transpose()?.unwrap_or_default();
    let prefix = ["Pj. ", "Plt. ", "Plh. "].into_iter().find(|prefix| given.label.contains(prefix)).unwrap_or("");
    Ok(letters::signer_sentence(prefix, &post, None))
}

fn named(rx: &mut Rx<'_>, post_id: Id) -> Result<String> {
    let post = post::find(rx, post_id)?.ok_or(Error::Missing)?;
    let unit_name = if post::office::leads(&post.office) {
        unit::find(rx, post.unit)?.map(|unit| unit.name).unwrap_or_default()
    } else {
        String::new()
    };
    Ok(post::LabelPost { title: post.title, unit_name, kind: post::HoldingKind::Definitive }.name())
}

fn id_line(rx: &mut Rx<'_>, person: Option<Id>) -> Result<String> {
    let Some(id) = person else { return Ok(String::new()) };
    let number = party::find(rx, id)?.and_then(|person| person.employee_number).unwrap_or_default();
    Ok(if number.is_empty() { String::new() } else { format!("NIP {number}") })
}

fn acknowledger_facts(tx: &mut Tx<'_>, dossier: &Dossier, signatures: &[Signature]) -> Result<Option<Acknowledger>> {
    let Some((step, offices)) = dossier.offer.offered().steps().find(|(step, _)| step.state == Stage::Acknowledging) else {
        return Ok(None);
    };
    let given = signatures.iter().find(|place| place.role == Role::Acknowledger && place.given_at.is_some());
    if let Some(given) = given {
        let label = given.label.lines().map(str::to_owned).collect();
        let id_line = id_line(tx, given.person)?;
        return Ok(Some(Acknowledger { label, name: given.name.clone(), id_line, register: given.number.clone() }));
    }
    let now = tx.now();
    let desk = Desk::Office { at: step.at, offices };
    let Some((post_id, _)) = desk_post(tx, &dossier.offer, &desk, now)? else { return Ok(None) };
    let name = named(tx, post_id)?.to_uppercase();
    Ok(Some(Acknowledger { label: vec![name], name: String::new(), id_line: String::new(), register: None }))
}

/// Marks the rendered PDF of a final letter, so that later readers get the same bytes.
///
/// # Errors
/// What the database says.
pub fn keep_pdf(tx: &mut Tx<'_>, document_id: Id, staged: &blobs::StagedBlob) -> Result<()> {
    let id = blobs::adopt(tx, staged)?;
    document::attach_pdf(tx, document_id, Expect::Any, id)?;
    Ok(())
}

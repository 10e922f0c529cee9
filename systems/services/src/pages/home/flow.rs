//! A form begun on a device: its pages, what was typed so far, and where it is kept.
//!
//! One draft per device and service: its id is made of both, so nothing needs to travel in addresses, and two tabs write the
//! same form and send it once (the key is the draft's).

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, civil::Date};
use kernel::{
    Error, Gov, Id, Result, Rx, Tx,
    blobs::{self, upload},
    draft,
    party::{Checks, NewPerson, PersonForm},
    schema::{Answers, FieldErrors, read_email, read_phone},
};
use serde::{Deserialize, Serialize};
use web::FormData;

use crate::{
    forms::{self, Channel},
    model::{IntroductionMode, Subject, form::Field},
    store::{Offer, catalogue::Spot},
};

/// How long a file stays that the form let go: another tab may still show it.
const ONE_DAY: SignedDuration = SignedDuration::from_hours(24);
/// In an address: the furthest page reached.
pub(super) const LAST: &str = "terakhir";
/// The field of the introduction's photo.
pub(super) const INTRODUCTION: &str = "pengantar";

/// A page of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Who,
    Section(usize),
    Introduction,
    Review,
}

/// A file that was received for a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) blob: Id,
    pub(super) name: String,
}

/// What was typed so far; the body of the draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Filled {
    /// Sends the application once.
    pub(super) key: String,
    pub(super) fields: BTreeMap<String, String>,
    pub(super) files: BTreeMap<String, Vec<Kept>>,
    /// How many pages were passed.
    pub(super) passed: usize,
}

/// A form on a device.
#[derive(Clone)]
pub(super) struct Flow {
    pub(super) device: Id,
    pub(super) draft: Id,
    pub(super) offer: Offer,
    pub(super) spot: Spot,
    /// The address of the form.
    pub(super) base: String,
    /// The code of the application that is corrected; none for a new one.
    pub(super) corrects: Option<String>,
    /// Whether the correction asks for another introduction, because the first was declined.
    pub(super) reintroduces: bool,
}

impl Flow {
    pub(super) fn new(device: Id, spot: Spot, offer: Offer, corrects: Option<(String, Id)>) -> Self {
        let (corrects, about) = corrects.map_or((None, offer.offering.id), |(code, case)| (Some(code), case));
        let base = match &corrects {
            Some(code) => format!("/lacak/{code}/perbaiki"),
            None => format!("/layanan/{}/{}/ajukan", spot.unit.slug, offer.definition.slug),
        };
        Self { device, draft: draft_id(device, about), offer, spot, base, corrects, reintroduces: false }
    }

    /// The same form with the page of the introduction, where it was declined.
    pub(super) fn reintroducing(self, reintroduces: bool) -> Self {
        Self { reintroduces, ..self }
    }

    /// The pages in order.
    pub(super) fn steps(&self) -> Vec<Step> {
        let sections = (0..self.offer.definition.sections.len()).map(Step::Section);
        if self.corrects.is_some() {
            return sections.chain(self.reintroduces.then_some(Step::Introduction)).chain([Step::Review]).collect();
        }
        let asked = self.offer.offered().introduction() != IntroductionMode::None;
        let introduction = asked.then_some(Step::Introduction);
        std::iter::once(Step::Who).chain(sections).chain(introduction).chain([Step::Review]).collect()
    }

    /// The draft as it is kept; none when nothing was begun.
    pub(super) fn load(&self, rx: &mut Rx<'_>, gov: &Gov, now: jiff::Timestamp) -> Result<Option<Filled>> {
        match draft::load(rx, gov.keys(), self.device, self.draft, now) {
            Ok(draft) => Ok(serde_json::from_value(draft.body).ok()),
            Err(Error::Missing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps the draft, and its files as long as the draft itself. A file it names no more goes within a day.
    pub(super) fn save(&self, tx: &mut Tx<'_>, gov: &Gov, filled: &Filled) -> Result<()> {
        let now = tx.now();
        let before = self.load(tx, gov, now)?.unwrap_or_default();
        let named: Vec<Id> = filled.files.values().flatten().map(|file| file.blob).collect();
        for gone in before.files.values().flatten().filter(|file| !named.contains(&file.blob)) {
            blobs::hold(tx, gone.blob, now + ONE_DAY)?;
        }
        for blob in named {
            blobs::hold(tx, blob, now + draft::KEPT)?;
        }
        let body = serde_json::to_value(filled).map_err(|error| Error::Failed(error.to_string()))?;
        let what = if self.corrects.is_some() { "correct" } else { "apply" };
        let title = format!("{} · {}", self.offer.definition.title.id, self.spot.unit.name);
        draft::save(tx, gov.keys(), self.device, self.draft, &format!("{what}:{}", self.base), &title, &body)
    }

    /// Forgets the draft with its files.
    pub(super) fn discard(&self, tx: &mut Tx<'_>, gov: &Gov) -> Result<()> {
        let now = tx.now();
        for file in self.load(tx, gov, now)?.unwrap_or_default().files.values().flatten() {
            blobs::hold(tx, file.blob, now)?;
        }
        draft::delete(tx, self.device, self.draft)
    }

    /// The inputs of one page: base names, before a dot or dash.
    fn owns(&self, step: Step, name: &str) -> bool {
        let of = |key: &str| name == key || name.strip_prefix(key).is_some_and(|rest| rest.starts_with(['.', '-']));
        match step {
            Step::Who => of("diri") || of("subjek") || of("kuasa"),
            Step::Section(place) => self.fields(place).iter().any(|field| of(&field.key)),
            Step::Introduction => of(INTRODUCTION) || of("rt"),
            Step::Review => false,
        }
    }

    fn fields(&self, place: usize) -> &[Field] {
        self.offer.definition.sections.get(place).map_or(&[], |section| &section.fields)
    }

    /// Fields of a page that take files.
    pub(super) fn uploads(&self, step: Step) -> Vec<String> {
        match step {
            Step::Section(place) => self.fields(place).iter().filter(|field| field.is_upload()).map(|field| field.key.clone()).collect(),
            Step::Introduction => vec![INTRODUCTION.to_owned()],
            _ => Vec::new(),
        }
    }

    /// Takes over what was typed on a page: what was there before of this page goes, so that an answer taken back is gone.
    pub(super) fn take(&self, step: Step, form: &FormData, filled: &mut Filled) {
        let uploads = self.uploads(step);
        filled.fields.retain(|name, _| !self.owns(step, name));
        for (name, value) in form.typed() {
            let of_file = uploads.iter().any(|key| name == key || name.strip_suffix("-kept").is_some_and(|field| field == key));
            if self.owns(step, name) && !of_file && value.chars().count() <= 10_000 {
                filled.fields.insert(name.to_owned(), value.to_owned());
            }
        }
        if filled.key.is_empty() {
            filled.key = form.key().unwrap_or_default().to_owned();
        }
    }

    /// The files a page says were received before: those of the draft, and whole uploads of this device.
    pub(super) fn kept(&self, rx: &mut Rx<'_>, key: &str, ids: &[String], filled: &Filled) -> Result<Vec<Kept>> {
        let before = filled.files.get(key).cloned().unwrap_or_default();
        let mut kept: Vec<Kept> = Vec::new();
        for id in ids.iter().filter_map(|id| id.parse::<Id>().ok()).take(forms::FILES_MAX) {
            let file = match before.iter().find(|file| file.blob == id) {
                Some(file) => Some(file.clone()),
                None => upload::find(rx, id, self.device)?.and_then(|upload| Some(Kept { blob: upload.blob?, name: upload.name })),
            };
            kept.extend(file.filter(|file| !kept.contains(file)));
        }
        Ok(kept)
    }
}

/// The id of the draft of `about` (an offering or a case) on a device.
fn draft_id(device: Id, about: Id) -> Id {
    use sha2::{Digest, Sha256};
    let digest = Sha256::new().chain_update(device.bytes()).chain_update(about.bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Id::from_bytes(bytes)
}

impl Filled {
    pub(super) fn get(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |value| value.trim())
    }

    /// Everything as a form shows it again.
    pub(super) fn form(&self) -> FormData {
        FormData::of(self.fields.iter().map(|(name, value)| (name.clone(), value.clone())))
    }

    /// What a schema's check reads at an input.
    pub(super) fn typed(&self, name: &str) -> Option<String> {
        match self.files.get(name) {
            Some(files) => Some(files.iter().map(|file| file.blob.to_string()).collect::<Vec<_>>().join(",")),
            None => self.fields.get(name).cloned(),
        }
    }
}

/// Who applies, as checked.
pub(super) struct Who {
    pub(super) applicant: NewPerson,
    pub(super) subject: Option<NewPerson>,
    pub(super) proxy: Option<(String, String)>,
    pub(super) phone: Option<String>,
    pub(super) email: Option<String>,
    pub(super) note: String,
}

/// How the introduction comes in, as checked.
pub(super) enum Introduced {
    No,
    Photo,
    Ask { name: String, office: String, phone: Option<String> },
}

impl Flow {
    fn required(filled: &Filled, errors: &mut FieldErrors, name: &str, key: &'static str) -> String {
        let value = filled.get(name).to_owned();
        if value.is_empty() {
            errors.add(name, kernel::Message::new(key));
        }
        value
    }

    /// A person of the form, whose inputs begin with `prefix`. What is wrong is told at the inputs.
    fn person(&self, gov: &Gov, filled: &Filled, prefix: &str, today: Date, errors: &mut FieldErrors) -> Option<NewPerson> {
        let name = |part: &str| format!("{prefix}.{part}");
        let before = errors.0.len();
        let birth = filled.form().date(&name("lahir"));
        if birth.is_err() {
            errors.add(name("lahir"), kernel::Message::new("field-not-a-date"));
        } else if birth == Ok(None) {
            errors.add(name("lahir"), kernel::Message::new("services-home-born-needed"));
        }
        let sex = match filled.get(&name("kelamin")) {
            "l" => Some(indonesian::Sex::Male),
            "p" => Some(indonesian::Sex::Female),
            _ => {
                errors.add(name("kelamin"), kernel::Message::new("field-choose-one"));
                None
            }
        };
        let (nik, reason) = match filled.get(&name("ada_nik")) {
            "ya" => (Self::required(filled, errors, &name("nik"), "services-home-nik-needed"), filled.get(&name("alasan")).to_owned()),
            "tidak" => (String::new(), Self::required(filled, errors, &name("tanpa"), "services-home-no-nik-why-needed")),
            _ => {
                errors.add(name("ada_nik"), kernel::Message::new("field-choose-one"));
                Default::default()
            }
        };
        let form = PersonForm {
            unit: self.offer.kind.is_village().then_some(self.spot.unit.id),
            name: filled.get(&name("nama")).to_owned(),
            nik: Some(nik),
            nik_reason: reason,
            sex,
            birth_place: filled.get(&name("tempat_lahir")).to_owned(),
            birth_date: birth.ok().flatten(),
            address: Self::required(filled, errors, &name("alamat"), "services-home-address-needed"),
            rt: filled.get(&name("rt")).to_owned(),
            occupation: filled.get(&name("pekerjaan")).to_owned(),
            source: "application".into(),
            ..PersonForm::default()
        };
        let checked = form.check(Checks { today, demo: gov.settings().mark.is_some() });
        for problem in checked.as_ref().err().into_iter().flatten() {
            let input = match problem.field {
                "name" => "nama",
                "nik_reason" => "alasan",
                "birth_date" => "lahir",
                "birth_place" => "tempat_lahir",
                "address" => "alamat",
                "occupation" => "pekerjaan",
                other => other,
            };
            errors.add(name(input), problem.message.clone());
        }
        checked.ok().filter(|_| errors.0.len() == before)
    }

    /// Checks the page about who applies.
    ///
    /// # Errors
    /// What is wrong at which input.
    pub(super) fn who(&self, gov: &Gov, filled: &Filled, today: Date) -> Result<Who, FieldErrors> {
        let mut errors = FieldErrors::default();
        let applicant = self.person(gov, filled, "diri", today, &mut errors);
        let phone = optional(filled, "diri.hp", read_phone, &mut errors);
        let email = optional(filled, "diri.surel", read_email, &mut errors);
        let for_other = self.offer.definition.parties.subject == Subject::Relative && filled.get("subjek") == "lain";
        let subject = if for_other { self.person(gov, filled, "subjek", today, &mut errors) } else { None };
        let proxy = (self.offer.definition.parties.proxy && filled.get("kuasa") == "ya").then(|| {
            let name = Self::required(filled, &mut errors, "kuasa.nama", "services-home-proxy-name-needed");
            (name, Self::required(filled, &mut errors, "kuasa.dasar", "services-home-proxy-basis-needed"))
        });
        let note = applicant.as_ref().map_or_else(String::new, |person| {
            if person.nik_state() == kernel::party::NikState::Ok {
                String::new()
            } else if filled.get("diri.ada_nik") == "tidak" {
                filled.get("diri.tanpa").to_owned()
            } else {
                filled.get("diri.alasan").to_owned()
            }
        });
        match applicant {
            Some(applicant) if errors.is_empty() => Ok(Who { applicant, subject, proxy, phone, email, note }),
            _ => {
                errors.0.sort_by_key(|(input, _)| place_of(input));
                Err(errors)
            }
        }
    }

    /// Checks one page of the service's own questions.
    ///
    /// # Errors
    /// What is wrong at which input.
    pub(super) fn section(&self, filled: &Filled, place: usize, today: Date) -> Result<(), FieldErrors> {
        forms::check_section(&self.offer.definition, Channel::Home, place, today, &|name| filled.typed(name)).map(|_| ())
    }

    /// Checks all of the service's own questions.
    ///
    /// # Errors
    /// What is wrong at which input.
    pub(super) fn answers(&self, filled: &Filled, today: Date) -> Result<Answers, FieldErrors> {
        forms::check(&self.offer.definition, Channel::Home, today, &|name| filled.typed(name))
    }

    /// Checks the page about the introduction.
    ///
    /// # Errors
    /// What is wrong at which input.
    pub(super) fn introduced(&self, filled: &Filled) -> Result<Introduced, FieldErrors> {
        let mut errors = FieldErrors::default();
        let way = match self.offer.offered().introduction() {
            _ if self.corrects.is_some() && !self.reintroduces => return Ok(Introduced::No),
            IntroductionMode::None => return Ok(Introduced::No),
            IntroductionMode::Photo => "foto",
            IntroductionMode::Link => filled.get("rt"),
        };
        match way {
            "foto" if filled.files.get(INTRODUCTION).is_some_and(|files| !files.is_empty()) => return Ok(Introduced::Photo),
            "foto" => errors.add(INTRODUCTION, kernel::Message::new("field-file-required")),
            "tautan" => {
                let name = Self::required(filled, &mut errors, "rt.nama", "services-home-rt-name-needed");
                let office = Self::required(filled, &mut errors, "rt.jabatan", "services-home-rt-office-needed");
                let phone = optional(filled, "rt.hp", read_phone, &mut errors);
                for (input, text) in [("rt.nama", &name), ("rt.jabatan", &office)] {
                    if text.chars().count() > 100 {
                        errors.add(input, kernel::Message::new("field-too-long").arg("max", 100_i64));
                    }
                }
                if errors.is_empty() {
                    return Ok(Introduced::Ask { name, office, phone });
                }
            }
            _ => errors.add("rt", kernel::Message::new("field-choose-one")),
        }
        Err(errors)
    }

    /// Checks one page.
    ///
    /// # Errors
    /// What is wrong at which input.
    pub(super) fn check(&self, gov: &Arc<Gov>, filled: &Filled, step: Step, today: Date) -> Result<(), FieldErrors> {
        match step {
            Step::Who => self.who(gov, filled, today).map(|_| ()),
            Step::Section(place) => self.section(filled, place, today),
            Step::Introduction => self.introduced(filled).map(|_| ()),
            Step::Review => Ok(()),
        }
    }
}

/// Where an input stands on the page about who applies, for the order of what is wrong.
fn place_of(input: &str) -> (usize, usize) {
    const PARTS: [&str; 10] = ["nama", "ada_nik", "nik", "alasan", "tanpa", "tempat_lahir", "lahir", "kelamin", "pekerjaan", "alamat"];
    let (whose, part) = input.split_once('.').unwrap_or((input, ""));
    let whose = ["diri", "subjek", "kuasa"].iter().position(|known| *known == whose).unwrap_or(3);
    (whose, PARTS.iter().position(|known| *known == part).unwrap_or(PARTS.len()))
}

fn optional(
    filled: &Filled,
    name: &str,
    read: impl Fn(&str) -> Result<String, kernel::Message>,
    errors: &mut FieldErrors,
) -> Option<String> {
    let typed = filled.get(name);
    if typed.is_empty() {
        return None;
    }
    read(typed).map_err(|message| errors.add(name, message)).ok()
}

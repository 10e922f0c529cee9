//! The questions of a letter on one page, filled in at the counter, and what is handed over after it: the slip.

use std::sync::Arc;

use axum::{extract::Path, http::StatusCode};
use kernel::{
    Error as StoreError, Id, Message, NewEntry, access,
    blobs::{self, Limits, StagedBlob},
    party::NikState,
    schema::{Answers, FieldErrors, Schema, Shape},
};
use letter::{Paper, SlipSize};
use web::{
    Error, FormData, FormState, Page, Signed,
    ui::{Html, Notice, Tone},
};

use super::{
    counter::{self, Identity},
    introduction::{self, Introducing},
    load, words,
};
use crate::{
    forms::{self, Channel},
    letters::{self, SlipFacts},
    model::{Definition, IntroductionMode, form::Resident},
    rules::{Action, State},
    store::{
        self, Offer, lists, papers,
        submit::{self, File, INTRODUCTION_FIELD, Introduction, Submission, Submitted},
    },
};

pub(super) struct SectionView {
    pub(super) title: String,
    pub(super) intro: String,
    pub(super) fields: Vec<Html>,
}

#[derive(askama::Template)]
#[template(path = "desk/intake.html")]
struct Intake {
    page: Page,
    form: FormState,
    title: String,
    action: String,
    back: String,
    relative: Option<String>,
    applicant: Option<String>,
    applicant_id: String,
    identity: Vec<(String, String)>,
    marked: Html,
    sections: Vec<SectionView>,
    has_proxy: bool,
    introducing: Option<Introducing>,
    refusal: Html,
}

pub(super) async fn ask(page: Page, Signed(officer): Signed, Path((offering, person)): Path<(Id, Id)>) -> web::Result {
    let applicant = page.query().get("pemohon").parse().ok();
    let around = counter::identity(&page, &officer, offering, person, applicant).await?;
    let mut typed = FormData::of(forms::prefill(&around.offer.definition, &around.facts));
    typed.set("pengantar", if around.offer.offered().introduction() == IntroductionMode::None { "" } else { "kertas" });
    let form = FormState::filled(&page, typed);
    page.html(&intake(&page, &around, form, &[], Html::default()))
}

fn intake(page: &Page, around: &Identity, form: FormState, kept: &[Kept], refusal: Html) -> Intake {
    let (offer, lang) = (&around.offer, page.lang());
    let schema = forms::schema(&offer.definition, Channel::Counter);
    let base = format!("/loket/layanan/{}", offer.offering.id);
    Intake {
        title: offer.definition.title.in_language(lang).to_owned(),
        action: format!("{base}/{}", around.subject.id),
        relative: counter::may_be_relative(offer)
            .then(|| format!("{base}?pemohon={}", around.subject.id))
            .filter(|_| around.applicant.is_none()),
        applicant: around.applicant.as_ref().map(|person| person.name.clone()),
        applicant_id: around.applicant.as_ref().map(|person| person.id.to_string()).unwrap_or_default(),
        identity: identity(page, around),
        marked: marked(page, around),
        sections: sections(&schema, &form, lang, kept),
        has_proxy: offer.definition.parties.proxy,
        introducing: introduction::asked(page, &form, offer.offered().introduction(), kept),
        refusal,
        back: base,
        form,
        page: page.clone(),
    }
}

pub(super) fn sections(schema: &Schema, form: &FormState, lang: &str, kept: &[Kept]) -> Vec<SectionView> {
    let section = |section: &kernel::schema::Section| SectionView {
        title: section.title.text(lang).to_owned(),
        intro: section.intro.as_ref().map(|intro| intro.text(lang).to_owned()).unwrap_or_default(),
        fields: section
            .fields
            .iter()
            .map(|field| {
                let uploaded: Vec<(String, String)> =
                    kept.iter().filter(|(name, _, _)| *name == field.key).map(|(_, id, name)| (id.to_string(), name.clone())).collect();
                form.schema_field_with(field, "", &uploaded)
            })
            .collect(),
    };
    schema.sections().iter().map(section).collect()
}

fn identity(page: &Page, around: &Identity) -> Vec<(String, String)> {
    let parts = [
        (Resident::Name, "services-desk-name"),
        (Resident::Nik, "services-desk-nik"),
        (Resident::Birth, "services-desk-born"),
        (Resident::Sex, "services-desk-sex"),
        (Resident::Occupation, "services-desk-occupation"),
        (Resident::Address, "services-desk-address"),
    ];
    let mut lines: Vec<(String, String)> = parts
        .into_iter()
        .map(|(part, key)| {
            let text = around.facts.text(part);
            (page.t(key), if part == Resident::Nik { words::without_numbers(&text) } else { text })
        })
        .filter(|(_, value)| !value.is_empty())
        .collect();
    if !around.home.is_empty() {
        lines.push((page.t("services-desk-home"), around.home.clone()));
    }
    lines
}

fn marked(page: &Page, around: &Identity) -> Html {
    let subject = &around.subject;
    if let Some(limit) = &around.limit {
        let why = page.m(&kernel::limit::refusal(limit));
        return Html::of(&Notice::new(Tone::Soon, page.t("services-desk-limited")).text(why));
    }
    let key = match subject.nik_state {
        NikState::Ok => return Html::default(),
        NikState::Odd => "services-desk-noted-odd-nik",
        NikState::None => "services-desk-noted-no-nik",
    };
    let reason = subject.nik_reason.clone().unwrap_or_default();
    Html::of(&Notice::new(Tone::Soon, page.t(key)).text(page.t1("services-desk-noted-reason", "reason", reason.as_str())))
}

/// A file that answers a field: received before, or with this form.
pub(super) type Kept = (String, Id, String);

/// Takes the files of the form in, before anything else: whatever is wrong otherwise, they are not chosen twice. What is
/// wrong with a file is told at its field; that there is no room is no fault of a file.
///
/// # Errors
/// [`kernel::DbError::Full`], and what the database or the store says.
pub(super) async fn receive(page: &Page, form: &mut FormData, schema: &Schema, errors: &mut FieldErrors) -> Result<Vec<Kept>, StoreError> {
    let staged = match stage(page, form, schema).await {
        Ok(staged) => staged,
        Err((field, StoreError::Refused(message))) => {
            errors.add(field, message);
            Vec::new()
        }
        Err((_, other)) => return Err(other),
    };
    Ok(kept(form, schema, &staged))
}

type Staged = Vec<(String, String, StagedBlob)>;

async fn stage(page: &Page, form: &FormData, schema: &Schema) -> Result<Staged, (String, StoreError)> {
    let keys = schema.fields().map(|field| field.key.to_string()).chain([introduction::PHOTO.to_owned()]);
    let files: Vec<_> = keys.flat_map(|key| form.files(&key).filter(|file| !file.bytes.is_empty()).cloned().collect::<Vec<_>>()).collect();
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let (blobs, ctx) = (Arc::clone(page.gov().blobs()), page.ctx());
    let staged = tokio::task::spawn_blocking(move || {
        let store = |file: web::FileField| match blobs.put(&ctx, &file.name, &file.bytes, &Limits::ATTACHMENT) {
            Ok(staged) => Ok((file.field, file.name, staged)),
            Err(error) => Err((file.field, error.into())),
        };
        files.into_iter().map(store).collect::<Result<Vec<_>, _>>()
    });
    let staged = staged.await.map_err(|error| (String::new(), StoreError::Failed(error.to_string())))??;
    let parked = staged.clone();
    let ctx = page.ctx();
    let park = page.gov().write(&ctx, move |tx| {
        for (_, _, staged) in &parked {
            blobs::park(tx, staged)?;
        }
        Ok::<_, StoreError>(())
    });
    park.await.map_err(|error| (String::new(), error))?;
    Ok(staged)
}

/// Why the form comes back: the disk is full, which nobody at the counter can help; what was typed stays.
pub(super) fn no_room(page: &Page) -> Html {
    Html::of(&Notice::new(Tone::Late, page.t("web-error-full-title")).text(page.t("services-desk-full")).alert())
}

pub(super) async fn submit(
    page: Page,
    Signed(officer): Signed,
    Path((offering, person)): Path<(Id, Id)>,
    mut form: FormData,
) -> web::Result {
    let applicant = form.get("pemohon").parse().ok();
    let around = counter::identity(&page, &officer, offering, person, applicant).await?;
    let schema = forms::schema(&around.offer.definition, Channel::Counter);
    let mut errors = FieldErrors::default();
    let kept = match receive(&page, &mut form, &schema, &mut errors).await {
        Ok(kept) => kept,
        Err(StoreError::Db(kernel::DbError::Full)) => {
            let kept = kept(&mut form, &schema, &[]);
            let form = FormState::filled(&page, form);
            return page.html_with(StatusCode::INSUFFICIENT_STORAGE, &intake(&page, &around, form, &kept, no_room(&page)));
        }
        Err(other) => return Err(other.into()),
    };
    let answers = match forms::check(&around.offer.definition, Channel::Counter, page.today(), &|name| form.raw(name).map(str::to_owned)) {
        Ok(answers) => answers,
        Err(more) => {
            for (field, message) in more.0 {
                errors.add(field, message);
            }
            Answers::default()
        }
    };
    let beside = beside(&around.offer, &form, &kept, &mut errors);
    if !errors.is_empty() {
        let form = FormState::wrong(&page, form, errors);
        return page.wrong(&intake(&page, &around, form, &kept, Html::default()));
    }
    let new = submission(&around, &form, &answers, beside, &kept);
    let gov = Arc::clone(&page.state().gov);
    match page.gov().write(&page.ctx(), move |tx| submit::submit(tx, &gov, &new)).await {
        Ok(done) => finished(&page, &done),
        Err(StoreError::Refused(message)) => {
            let refusal = Notice::new(Tone::Late, page.t("services-desk-not-done")).text(page.m(&message)).alert();
            let form = FormState::filled(&page, form);
            page.wrong(&intake(&page, &around, form, &kept, Html::of(&refusal)))
        }
        Err(other) => Err(other.into()),
    }
}

fn finished(page: &Page, done: &Submitted) -> web::Result {
    if !done.introduction_token.is_empty() {
        let url = page.url(&format!("/pengantar/{}", done.introduction_token));
        page.flash_ok(Message::new("services-desk-introduction-hand-on").arg("url", url));
    }
    page.redirect(&format!("/loket/{}", done.case_id))
}

/// Every file that answers a field: received before or with this form. Their ids become what was typed there.
fn kept(form: &mut FormData, schema: &Schema, staged: &[(String, String, StagedBlob)]) -> Vec<Kept> {
    let is_upload =
        |field: &&kernel::schema::Field| matches!(field.kind, kernel::schema::Kind::Photo { .. } | kernel::schema::Kind::File { .. });
    let mut kept = Vec::new();
    for key in schema.fields().filter(is_upload).map(|field| field.key.to_string()).chain([introduction::PHOTO.to_owned()]) {
        let before: Vec<Id> = form.all(&format!("{key}-kept")).filter_map(|id| id.parse().ok()).collect();
        kept.extend(before.into_iter().map(|id| (key.clone(), id, key.clone())));
        kept.extend(staged.iter().filter(|(own, _, _)| *own == key).map(|(_, name, blob)| (key.clone(), blob.id, name.clone())));
        let ids: Vec<String> = kept.iter().filter(|(own, _, _)| *own == key).map(|(_, id, _)| id.to_string()).collect();
        form.set(&key, ids.join(","));
    }
    kept
}

/// What is asked beside the service's own questions.
struct Beside {
    proxy: Option<(String, String)>,
    introduction: Introduction,
    phone: Option<String>,
}

fn beside(offer: &Offer, form: &FormData, kept: &[Kept], errors: &mut FieldErrors) -> Beside {
    let proxy = (offer.definition.parties.proxy && form.has("kuasa")).then(|| {
        let name = form.required("kuasa_nama", "field-required", errors).to_owned();
        (name, form.required("kuasa_dasar", "field-required", errors).to_owned())
    });
    let introduction = introduction::checked(offer.offered().introduction(), form, kept, errors);
    let phone = form.some("telepon").and_then(|typed| match indonesian::Phone::parse(typed) {
        Ok(phone) => Some(phone.e164()),
        Err(_) => {
            errors.add("telepon", Message::new("field-not-a-phone"));
            None
        }
    });
    Beside { proxy, introduction, phone }
}

/// The files of the questions that are asked, and of the introduction when it is one.
pub(super) fn files(definition: &Definition, answers: &Answers, kept: &[Kept], introduction: &Introduction) -> Vec<File> {
    let asked = forms::shown(definition, &|key| forms::stored(answers, key));
    let field = |field: &str| match field {
        introduction::PHOTO => (*introduction == Introduction::Photo).then(|| INTRODUCTION_FIELD.to_owned()),
        other => asked.contains(&other).then(|| other.to_owned()),
    };
    let file = |(own, blob, name): &Kept| Some(File { field: field(own)?, name: name.clone(), blob: *blob });
    kept.iter().filter_map(file).collect()
}

fn submission(around: &Identity, form: &FormData, answers: &Answers, beside: Beside, kept: &[Kept]) -> Submission {
    let definition = &around.offer.definition;
    let subject = &around.subject;
    let identity_note = if subject.nik_state == NikState::Ok { String::new() } else { subject.nik_reason.clone().unwrap_or_default() };
    Submission {
        offering: around.offer.offering.id,
        applicant: around.applicant.as_ref().map_or(subject.id, |person| person.id),
        subject: subject.id,
        proxy: beside.proxy,
        answers: forms::to_json(answers),
        files: files(definition, answers, kept, &beside.introduction),
        phone: beside.phone,
        email: None,
        introduction: beside.introduction,
        identity_note,
        channel: "counter",
        // The officer's language says nothing of the resident's.
        lang: "id",
        key: form.key().unwrap_or_default().to_owned(),
    }
}

// After it -----------------------------------------------------------------------------------------------------------

#[derive(askama::Template)]
#[template(path = "desk/done.html")]
struct Done {
    page: Page,
    title: String,
    code: String,
    who: String,
    state: String,
    due: words::DueWords,
    href: String,
    slip: String,
    version: i64,
    check: Option<String>,
    url: String,
}

pub(super) async fn done(page: Page, Signed(officer): Signed, Path(case_id): Path<Id>) -> web::Result {
    let (gov, copy) = (Arc::clone(&page.state().gov), Arc::clone(&officer));
    let (dossier, office, may_check) = page
        .gov()
        .write(&page.ctx(), move |tx| {
            let (_, dossier) = load::mine(tx, &gov, &copy, case_id)?;
            access::record(tx, NewEntry::new("services.application.opened").case(case_id).unit(dossier.case.unit).object("case", case_id))?;
            let now = tx.now();
            let standing = lists::standing(tx, &dossier, &copy, now)?;
            let office = store::due::office(tx, &gov, &dossier.offer)?;
            let mine = dossier.application.received_by == Some(copy.account);
            let alone = crate::rules::second_person(&dossier.offer.offered(), Action::Check, mine).is_ok();
            Ok::<_, StoreError>((dossier, office, standing.may_work() && alone))
        })
        .await?;
    let case = &dossier.case;
    let checking = store::act::state_of(case)? == State::Checking;
    let action = dossier.offer.definition.chain.first().map(|step| step.action.in_language(page.lang()).to_owned());
    let view = Done {
        title: dossier.offer.definition.title.in_language(page.lang()).to_owned(),
        code: words::code(&case.code),
        who: case.subject.clone(),
        state: words::state(&page, &case.state),
        due: words::due(&page, &office, &case.due, case.on_time, page.now()),
        href: format!("/tugas/{case_id}"),
        slip: format!("/loket/{case_id}/bukti"),
        version: case.version,
        check: action.filter(|_| may_check && checking),
        url: page.url(&format!("/lacak/{}", case.code)),
        page: page.clone(),
    };
    page.html(&view)
}

/// The slip with the tracking code, on A6 or a roll of 80 mm.
pub(super) async fn slip(page: Page, Signed(officer): Signed, Path(case_id): Path<Id>) -> web::Result {
    let gov = Arc::clone(&page.state().gov);
    let (dossier, unit, applicant) = page
        .gov()
        .write(&page.ctx(), move |tx| {
            let (_, dossier) = load::mine(tx, &gov, &officer, case_id)?;
            access::record(tx, NewEntry::new("services.slip.printed").case(case_id).object("slip", case_id))?;
            let unit = papers::unit_facts(tx, &gov, &dossier.offer.unit)?;
            let who = dossier.case.applicant.unwrap_or(dossier.application.subject_person);
            let applicant = kernel::party::find(tx, who)?.map(|person| person.name).unwrap_or_default();
            Ok::<_, StoreError>((dossier, unit, applicant))
        })
        .await?;
    let (case, definition) = (&dossier.case, &dossier.offer.definition);
    let lang = if page.lang() == "en" { indonesian::Lang::En } else { indonesian::Lang::Id };
    let next = definition.standard.steps.iter().skip(1).take(3).map(|step| step.in_language(page.lang()).to_owned()).collect();
    let contact = dossier.offer.unit.address.clone();
    let slip = letters::slip(&SlipFacts {
        unit: &unit,
        size: if page.query().get("ukuran") == "roll80" { SlipSize::Roll80 } else { SlipSize::A6 },
        lang,
        service: definition.title.in_language(page.lang()),
        applicant: &applicant,
        code: &words::code(&case.code),
        url: &page.url(&format!("/lacak/{}", case.code)),
        received_at: case.received_at,
        due_at: case.due.at,
        zone: dossier.offer.unit.zone,
        cost: definition.standard.cost.text.in_language(page.lang()),
        next,
        contact: &contact,
        mark: page.gov().settings().mark.as_deref(),
        ident: &case.id.to_string(),
    });
    let pdf = page.state().render(Paper::Slip(Box::new(slip))).await.map_err(|error| match error {
        Error::Unavailable { what, .. } => Error::Unavailable { what, retry_after_seconds: 10 },
        other => other,
    })?;
    page.inline("bukti-permohonan.pdf", "application/pdf", pdf)
}

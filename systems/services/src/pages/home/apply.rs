//! Applying from home, one page after another; and correcting what came back.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use kernel::{
    Actor, Message,
    blobs::{self, BlobError, Limits, MediaType},
    offering,
    schema::{FieldErrors, Shape},
};
use web::{Error, FormData, FormState, Page, ui::Html};

use super::{
    about, code_of, device,
    flow::{Filled, Flow, INTRODUCTION, Kept, LAST, Step},
    proof, send, upload,
};
use crate::{
    forms::{self, Channel},
    model::{IntroductionMode, Subject, form::FieldKind},
    store::{
        catalogue,
        complete::{self, Written},
        tracking,
    },
};

/// What every page of the form shows around its questions.
pub(super) struct Frame {
    pub(super) service: String,
    pub(super) base: String,
    pub(super) number: usize,
    pub(super) count: usize,
    pub(super) title: String,
    pub(super) intro: String,
    pub(super) back: Option<String>,
    /// Whether something is kept already, which can be thrown away.
    pub(super) begun: bool,
    pub(super) corrects: bool,
}

#[derive(askama::Template)]
#[template(path = "home/who.html")]
struct WhoPage {
    page: Page,
    frame: Frame,
    form: FormState,
    relative: bool,
    proxy: bool,
}

#[derive(askama::Template)]
#[template(path = "home/section.html")]
struct SectionPage {
    page: Page,
    frame: Frame,
    form: FormState,
    fields: Vec<(Html, String)>,
}

#[derive(askama::Template)]
#[template(path = "home/introduction.html")]
struct IntroductionPage {
    page: Page,
    frame: Frame,
    form: FormState,
    who: String,
    by_link: bool,
    uploaded: Vec<(String, String)>,
}

type Named = (String, String);

pub(super) async fn show(page: Page, Path(named): Path<Named>, headers: HeaderMap) -> web::Result {
    let (page, flow, filled) = open(page, named, &headers).await?;
    let filled = filled.unwrap_or_default();
    let at = place(&page, &flow, &filled);
    let form = FormState::filled(&page, filled.form());
    render(&page, &flow, &filled, at, form, StatusCode::OK)
}

pub(super) async fn save(page: Page, Path(named): Path<Named>, headers: HeaderMap, form: FormData) -> web::Result {
    let (page, flow, filled) = open(page, named, &headers).await?;
    step(page, flow, filled, form).await
}

pub(super) async fn autosave(page: Page, Path(named): Path<Named>, headers: HeaderMap, form: FormData) -> web::Result {
    let (page, flow, filled) = open(page, named, &headers).await?;
    keep(&page, &flow, filled, &form).await
}

pub(super) async fn discard(page: Page, Path((unit, service)): Path<Named>, headers: HeaderMap, _form: FormData) -> web::Result {
    let (page, flow, _) = open(page, (unit.clone(), service.clone()), &headers).await?;
    let gov = Arc::clone(&page.state().gov);
    page.gov().write(&page.ctx_as(Actor::Public), move |tx| flow.discard(tx, &gov)).await?;
    page.flash_ok(Message::new("services-home-discarded"));
    page.redirect(&format!("/layanan/{unit}/{service}"))
}

pub(super) async fn show_correction(page: Page, Path(code): Path<String>, headers: HeaderMap) -> web::Result {
    if !proof::is_proved(&page, &headers, &code) {
        let code = code_of(&code).map_err(|_| Error::NotFound)?;
        return page.redirect(&format!("/lacak/{}/bukti", code.as_str()));
    }
    let (page, flow, filled) = open_correction(page, &code, &headers).await?;
    let at = place(&page, &flow, &filled);
    let form = FormState::filled(&page, filled.form());
    render(&page, &flow, &filled, at, form, StatusCode::OK)
}

pub(super) async fn save_correction(page: Page, Path(code): Path<String>, headers: HeaderMap, form: FormData) -> web::Result {
    if !proof::is_proved(&page, &headers, &code) {
        return keep_unproved(page, &code, &headers, form).await;
    }
    let (page, flow, filled) = open_correction(page, &code, &headers).await?;
    step(page, flow, Some(filled), form).await
}

pub(super) async fn autosave_correction(page: Page, Path(code): Path<String>, headers: HeaderMap, form: FormData) -> web::Result {
    if !proof::is_proved(&page, &headers, &code) {
        return Err(Error::NotFound);
    }
    let (page, flow, filled) = open_correction(page, &code, &headers).await?;
    keep(&page, &flow, Some(filled), &form).await
}

/// What was changed is thrown away; what was sent before stays with the office.
pub(super) async fn discard_correction(page: Page, Path(code): Path<String>, headers: HeaderMap, _form: FormData) -> web::Result {
    if !proof::is_proved(&page, &headers, &code) {
        return Err(Error::NotFound);
    }
    let (page, flow, _) = open_correction(page, &code, &headers).await?;
    let gov = Arc::clone(&page.state().gov);
    page.gov().write(&page.ctx_as(Actor::Public), move |tx| flow.discard(tx, &gov)).await?;
    page.flash_ok(Message::new("services-home-discarded"));
    page.redirect(&format!("/lacak/{code}"))
}

/// The second proof ran out while typing: what was typed stays in the draft of this device, and the proof is asked again.
async fn keep_unproved(page: Page, code: &str, headers: &HeaderMap, form: FormData) -> web::Result {
    let (page, flow, filled) = open_correction(page, code, headers).await?;
    keep(&page, &flow, Some(filled), &form).await?;
    page.flash_warning(Message::new("services-home-proof-ended"));
    page.redirect(&format!("/lacak/{code}/bukti"))
}

async fn open(page: Page, (unit, service): Named, headers: &HeaderMap) -> web::Result<(Page, Flow, Option<Filled>)> {
    let device = device(&page, headers);
    let (gov, now) = (Arc::clone(&page.state().gov), page.now());
    let read = page.gov().read(move |rx| {
        let (spot, offer) = catalogue::offer_at(rx, &gov, &unit, &service)?;
        let flow = Flow::new(device, spot, offer, None);
        let mut filled = flow.load(rx, &gov, now)?;
        if let Some(filled) = &mut filled {
            drop_gone(rx, filled)?;
        }
        Ok::<_, kernel::Error>((flow, filled))
    });
    let (flow, filled) = read.await?;
    let page = about(page, &flow.spot);
    if flow.offer.offering.state == offering::State::Withdrawn {
        return Err(Error::Gone(Message::new("services-withdrawn").arg("unit", flow.spot.unit.name.as_str())));
    }
    Ok((page, flow, filled))
}

/// The draft of a correction; the first time it is made of the answers as they were sent.
async fn open_correction(page: Page, code: &str, headers: &HeaderMap) -> web::Result<(Page, Flow, Filled)> {
    let device = device(&page, headers);
    let code = code_of(code).map_err(|_| Error::NotFound)?;
    let gov = Arc::clone(&page.state().gov);
    let ctx = page.ctx_as(Actor::Public);
    let opened = page.gov().write(&ctx, move |tx| {
        let now = tx.now();
        let Written { dossier, answers, files, asked } = tracking::answers(tx, &gov, code.as_str())?;
        if dossier.case.state != crate::rules::State::Incomplete.as_str() {
            return Err(kernel::Error::refused("services-action-not-now"));
        }
        let spot = catalogue::spot_of(tx, dossier.offer.unit.clone())?;
        let reintroduces = complete::needs_introduction(&dossier);
        let flow = Flow::new(device, spot, dossier.offer, Some((code.as_str().to_owned(), dossier.case.id))).reintroducing(reintroduces);
        if let Some(mut filled) = flow.load(tx, &gov, now)? {
            drop_gone(tx, &mut filled)?;
            return Ok((flow, filled));
        }
        let answers = forms::from_json(&answers).map_err(|error| kernel::Error::Failed(error.to_string()))?;
        let mut filled = Filled { passed: flow.steps().len() - 1, ..Filled::default() };
        for (name, value) in answers.typed(&forms::schema(&flow.offer.definition, Channel::Home)) {
            filled.fields.insert(name, value);
        }
        for field in flow.offer.definition.fields().filter(|field| field.is_upload()) {
            filled.fields.remove(&field.key);
            let named = |blob| files.iter().find(|file| file.blob == blob).map(|file| Kept { blob, name: file.name.clone() });
            filled.files.insert(field.key.clone(), answers.ids(&field.key).into_iter().filter_map(named).collect());
        }
        // Whom to ask is chosen anew; the same neighbour is named already.
        if let Some((name, office)) = asked.filter(|_| reintroduces) {
            filled.fields.extend([("rt.nama".to_owned(), name), ("rt.jabatan".to_owned(), office)]);
        }
        flow.save(tx, &gov, &filled)?;
        Ok((flow, filled))
    });
    let (flow, filled) = opened.await?;
    Ok((about(page, &flow.spot), flow, filled))
}

/// Files that were collected meanwhile are asked for again, at their field, before the form is sent.
fn drop_gone(rx: &mut kernel::Rx<'_>, filled: &mut Filled) -> kernel::Result<()> {
    for files in filled.files.values_mut() {
        let mut there = Vec::with_capacity(files.len());
        for file in files.drain(..) {
            if blobs::find(rx, file.blob)?.is_some() {
                there.push(file);
            }
        }
        *files = there;
    }
    Ok(())
}

/// The page asked for; never beyond the first that was not passed.
fn place(page: &Page, flow: &Flow, filled: &Filled) -> usize {
    let query = page.query();
    let last = flow.steps().len() - 1;
    let asked = match query.get("h") {
        LAST => last,
        number => number.parse().unwrap_or(if flow.corrects.is_some() { last } else { 0 }),
    };
    asked.min(filled.passed).min(last)
}

async fn keep(page: &Page, flow: &Flow, filled: Option<Filled>, form: &FormData) -> web::Result {
    let mut filled = filled.unwrap_or_default();
    let at = place(page, flow, &filled);
    let asked = flow.steps()[at];
    flow.take(asked, form, &mut filled);
    write(page, flow, &filled).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn write(page: &Page, flow: &Flow, filled: &Filled) -> web::Result<()> {
    let (gov, flow, filled) = (Arc::clone(&page.state().gov), flow.clone(), filled.clone());
    Ok(page.gov().write(&page.ctx_as(Actor::Public), move |tx| flow.save(tx, &gov, &filled)).await?)
}

/// A page comes in: kept whatever it says, then checked.
async fn step(page: Page, flow: Flow, filled: Option<Filled>, form: FormData) -> web::Result {
    let Some(mut filled) = filled.or_else(|| (place(&page, &flow, &Filled::default()) == 0 && !form.has("kunci")).then(Filled::default))
    else {
        return send::again(page, flow, form.get("kunci").to_owned()).await;
    };
    let steps = flow.steps();
    let at = place(&page, &flow, &filled);
    if steps[at] == Step::Review {
        return send::send(page, flow, filled, form).await;
    }
    flow.take(steps[at], &form, &mut filled);
    let mut errors = match files(&page, &flow, steps[at], &form, &mut filled).await {
        Ok(errors) => errors,
        Err(error) => {
            // No room for the photo: what was typed is small and stays.
            write(&page, &flow, &filled).await?;
            return Err(error);
        }
    };
    if form.has("nanti") {
        write(&page, &flow, &filled).await?;
        page.flash_ok(Message::new("services-home-kept"));
        return page.redirect(&match &flow.corrects {
            Some(code) => format!("/lacak/{code}"),
            None => format!("/layanan/{}/{}", flow.spot.unit.slug, flow.offer.definition.slug),
        });
    }
    if let Err(wrong) = flow.check(&page.state().gov, &filled, steps[at], page.today()) {
        for (input, message) in wrong.0 {
            errors.add(input, message);
        }
    }
    // Whoever changes one page after reaching the last goes back there.
    let reviewed = filled.passed + 1 >= steps.len();
    if errors.is_empty() {
        filled.passed = filled.passed.max(at + 1);
    }
    write(&page, &flow, &filled).await?;
    if errors.is_empty() {
        return page.redirect(&format!("{}?h={}", flow.base, if reviewed { steps.len() - 1 } else { at + 1 }));
    }
    let form = FormState::wrong(&page, filled.form(), errors);
    render(&page, &flow, &filled, at, form, StatusCode::UNPROCESSABLE_ENTITY)
}

/// Stores the files that came with the page, beside those received before. What is wrong with one is told at its field.
async fn files(page: &Page, flow: &Flow, step: Step, form: &FormData, filled: &mut Filled) -> web::Result<FieldErrors> {
    let mut errors = FieldErrors::default();
    for key in flow.uploads(step) {
        let ids: Vec<String> = form.all(&format!("{key}-kept")).map(str::to_owned).collect();
        let (flow_read, known, name) = (flow.clone(), filled.clone(), key.clone());
        let mut kept = page.gov().read(move |rx| flow_read.kept(rx, &name, &ids, &known)).await?;
        for file in form.files(&key).take(forms::FILES_MAX.saturating_sub(kept.len())) {
            match store(page, flow, &key, file.name.clone(), file.bytes.clone()).await? {
                Ok(new) => kept.push(new),
                Err(message) => errors.add(key.as_str(), message),
            }
        }
        filled.files.insert(key, kept);
    }
    Ok(errors)
}

async fn store(page: &Page, flow: &Flow, key: &str, name: String, bytes: axum::body::Bytes) -> web::Result<Result<Kept, Message>> {
    if let Err(until) = upload::counted(page).await? {
        let minutes = until.duration_since(page.now()).as_secs() / 60 + 1;
        return Ok(Err(Message::new("services-home-files-many").arg("n", minutes)));
    }
    let photo = flow.offer.definition.field(key).is_some_and(|field| field.kind == FieldKind::Photo);
    let (gov, ctx, sent) = (Arc::clone(&page.state().gov), page.ctx_as(Actor::Public), name.clone());
    let stored = tokio::task::spawn_blocking(move || {
        let limits = if photo { Limits { kinds: &[MediaType::Jpeg, MediaType::Png], ..Limits::ATTACHMENT } } else { Limits::ATTACHMENT };
        gov.blobs().put(&ctx, &sent, &bytes, &limits)
    });
    match stored.await.map_err(|error| Error::Internal(error.to_string()))? {
        Ok(staged) => {
            let blob = page.gov().write(&page.ctx_as(Actor::Public), move |tx| Ok::<_, kernel::Error>(blobs::park(tx, &staged)?)).await?;
            Ok(Ok(Kept { blob, name: name.chars().take(120).collect() }))
        }
        Err(BlobError::Refused(message)) => Ok(Err(message)),
        Err(error) => Err(kernel::Error::from(error).into()),
    }
}

/// The address and title of a page of the form.
pub(super) fn frame(page: &Page, flow: &Flow, filled: &Filled, at: usize) -> Frame {
    let steps = flow.steps();
    let section = |place: usize| &flow.offer.definition.sections[place];
    let (title, intro) = match steps[at] {
        Step::Who => (page.t("services-home-who"), page.t("services-home-who-intro")),
        Step::Section(place) => {
            let intro = section(place).intro.as_ref().map_or_else(String::new, |intro| intro.in_language(page.lang()).to_owned());
            (section(place).title.in_language(page.lang()).to_owned(), intro)
        }
        Step::Introduction => (page.t("services-home-introduction"), String::new()),
        Step::Review => (page.t("services-home-review"), page.t("services-home-review-intro")),
    };
    Frame {
        service: flow.offer.definition.title.in_language(page.lang()).to_owned(),
        base: flow.base.clone(),
        number: at + 1,
        count: steps.len(),
        title,
        intro,
        back: at.checked_sub(1).map(|before| format!("{}?h={before}", flow.base)),
        begun: !filled.fields.is_empty(),
        corrects: flow.corrects.is_some(),
    }
}

fn render(page: &Page, flow: &Flow, filled: &Filled, at: usize, form: FormState, status: StatusCode) -> web::Result {
    let frame = frame(page, flow, filled, at);
    let definition = &flow.offer.definition;
    let uploaded = |key: &str| {
        let files = filled.files.get(key).map(Vec::as_slice).unwrap_or_default();
        files.iter().map(|file| (file.blob.to_string(), file.name.clone())).collect::<Vec<_>>()
    };
    match flow.steps()[at] {
        Step::Who => {
            let (relative, proxy) = (definition.parties.subject == Subject::Relative, definition.parties.proxy);
            page.html_with(status, &WhoPage { page: page.clone(), frame, form, relative, proxy })
        }
        Step::Section(place) => {
            let schema = forms::schema(definition, Channel::Home);
            let section = &schema.sections()[place];
            let relations: BTreeMap<&str, String> = definition.sections[place]
                .fields
                .iter()
                .filter_map(|field| Some((field.key.as_str(), field.people.as_ref()?)))
                .map(|(key, people)| {
                    let words: Vec<&str> = people.relations.iter().map(|relation| relation.label.in_language(page.lang())).collect();
                    (key, words.join(", "))
                })
                .collect();
            let fields = section.fields.iter().map(|field| {
                let relations = relations.get(&*field.key).cloned().unwrap_or_default();
                (form.schema_field_with(field, "/unggah", &uploaded(&field.key)), relations)
            });
            let fields = fields.collect();
            page.html_with(status, &SectionPage { page: page.clone(), frame, form, fields })
        }
        Step::Introduction => {
            let who = definition.introduction.from.in_language(page.lang()).to_owned();
            let by_link = flow.offer.offered().introduction() == IntroductionMode::Link;
            let uploaded = uploaded(INTRODUCTION);
            page.html_with(status, &IntroductionPage { page: page.clone(), frame, form, who, by_link, uploaded })
        }
        Step::Review => send::review(page, flow, filled, frame, status),
    }
}

impl IntroductionPage {
    fn photo(&self) -> web::ui::Field {
        let field = self.form.file(INTRODUCTION).label("services-home-introduction-file").accept("image/jpeg,image/png,application/pdf");
        let field = field.size_max(5_000_000).upload_to("/unggah");
        self.uploaded.iter().fold(field, |field, (id, name)| field.uploaded(id, name))
    }
}

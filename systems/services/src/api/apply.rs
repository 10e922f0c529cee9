//! A new application by API: the checks of the page, once for its Idempotency-Key.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    body::Bytes,
    extract::{Path, Query},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use jiff::civil::Date;
use kernel::{
    Actor, Gov, Id, Message, Timestamp, Tx,
    blobs::{self, BlobError, Limits},
    party::{Checks, NewPerson, NikState, PersonForm},
    request::{self, Seen},
    schema::{self, Answers, FieldErrors, Shape as _},
    throttle::{self, Key},
};
use sha2::{Digest, Sha256};
use web::{Error, Page};

use super::{UPLOAD_BYTES_MAX, answer_with, has_token, public, read, too_many, wire};
use crate::{
    forms::{self, Channel},
    model::Subject,
    store::{
        Offer, catalogue,
        submit::{File, Introduction, Submission, Submitted},
        tracking::{self, FromHome},
        wire as rows,
    },
};

const ROUTE: &str = "services.api.apply";
/// The field of a case under which the introduction's photo is kept.
const INTRODUCTION: &str = "pengantar";
/// Applications or uploads of one address in a day before each further one has to wait.
const FREE: i64 = 30;

/// A new application. Without a token as anybody from home; with the token of an account that is operator at the unit as at
/// its counter, where no upload is demanded. The same body sent twice with one Idempotency-Key is recorded once.
#[utoipa::path(post, path = "/api/v1/services/{unit}/{service}/applications", tag = "services",
    params(("unit" = String, Path, description = "Slug of the unit"), ("service" = String, Path, description = "Slug of the service"),
        ("Idempotency-Key" = String, Header, description = "8 to 100 letters, digits or hyphens of the sender's making; a UUID does well")),
    request_body = wire::NewApplication,
    responses((status = 201, body = wire::Submitted), (status = 200, body = wire::Submitted, description = "Recorded before"),
        (status = 400, body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, body = wire::Problem, content_type = "application/problem+json"),
        (status = 422, body = wire::Problem, content_type = "application/problem+json"),
        (status = 429, body = wire::Problem, content_type = "application/problem+json")),
    security((), ("token" = [])))]
pub(super) async fn apply(page: Page, Path((unit, service)): Path<(String, String)>, headers: HeaderMap, body: Bytes) -> web::Result {
    let key = idempotency_key(&headers)?;
    let new: wire::NewApplication = match read(&page, &body) {
        Ok(new) => new,
        Err(problem) => return Ok(*problem),
    };
    let gov = Arc::clone(&page.state().gov);
    let loading = Arc::clone(&gov);
    let (_, offer) = page.gov().read(move |rx| catalogue::offer_at(rx, &loading, &unit, &service)).await?;
    let operator = is_operator(&page, &headers, &offer)?;
    let channel = if operator { Channel::Counter } else { Channel::Home };
    let checking = Checking {
        gov: &gov,
        offer: &offer,
        channel,
        today: offer.unit.date(page.now()),
        lang: page.lang(),
        errors: FieldErrors::default(),
    };
    let home = match checking.run(&new) {
        Ok(home) => home,
        Err(errors) => return Ok(page.problem_fields(&errors)),
    };
    let ctx = if operator { page.ctx() } else { page.ctx_as(Actor::Public) };
    let sent = Sent { key, body: body.to_vec(), operator };
    let written = page.gov().write(&ctx, move |tx| write(tx, &gov, &sent, &home)).await?;
    match written {
        Written::Wait(until) => Err(too_many(page.now(), until)),
        Written::Done(done) => submitted(&page, &done),
        Written::NoFile(field) => {
            let mut errors = FieldErrors::default();
            errors.add(field, Message::new("services-api-file-unknown"));
            Ok(page.problem_fields(&errors))
        }
    }
}

fn submitted(page: &Page, done: &Submitted) -> web::Result<Response> {
    let link = (!done.introduction_token.is_empty()).then(|| page.url(&format!("/pengantar/{}", done.introduction_token)));
    let body = wire::Submitted {
        code: public::code(&done.code),
        href: page.url(&format!("/api/v1/services/applications/{}", done.code)),
        page: page.url(&format!("/lacak/{}", done.code)),
        introduction_link: link,
        repeated: !done.new,
    };
    answer_with(if done.new { StatusCode::CREATED } else { StatusCode::OK }, &body)
}

fn idempotency_key(headers: &HeaderMap) -> web::Result<String> {
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default().trim().trim_matches('"');
    let fine = (8..=100).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
    if fine { Ok(key.to_owned()) } else { Err(Error::Malformed(Message::new("services-api-key-needed"))) }
}

/// Whether a token came with the request, of an operator of the unit. A token of somebody else is refused, not ignored.
fn is_operator(page: &Page, headers: &HeaderMap, offer: &Offer) -> web::Result<bool> {
    let Some(officer) = page.officer().filter(|_| has_token(headers)) else { return Ok(false) };
    let here = |grant: &&kernel::HeldGrant| grant.role == "operator" && offer.unit.ancestors.contains(&Some(grant.unit));
    if officer.grants.iter().any(|grant| here(&grant)) {
        return Ok(true);
    }
    Err(Error::Forbidden(Message::new("services-api-not-operator").arg("unit", offer.unit.name.as_str())))
}

struct Checking<'a> {
    gov: &'a Gov,
    offer: &'a Offer,
    channel: Channel,
    today: Date,
    errors: FieldErrors,
    lang: &'static str,
}

impl Checking<'_> {
    /// Every problem of the body at once.
    fn run(mut self, new: &wire::NewApplication) -> Result<FromHome, FieldErrors> {
        let definition = Arc::clone(&self.offer.definition);
        let applicant = self.person("applicant", &new.applicant);
        if new.subject.is_some() && definition.parties.subject == Subject::Applicant {
            self.errors.add("subject", Message::new("services-api-no-relative"));
        }
        if new.proxy.is_some() && !definition.parties.proxy {
            self.errors.add("proxy", Message::new("services-api-no-proxy"));
        }
        let subject = new.subject.as_ref().and_then(|subject| self.person("subject", subject));
        let proxy = new.proxy.as_ref().map(|proxy| {
            self.required("proxy.name", &proxy.name, 100);
            self.required("proxy.basis", &proxy.basis, 300);
            (proxy.name.trim().to_owned(), proxy.basis.trim().to_owned())
        });
        let phone = self.optional("phone", &new.phone, schema::read_phone);
        let email = self.optional("email", &new.email, schema::read_email);
        let (introduction, photo) = self.introduction(&new.introduction);
        let answers = self.answers(new);
        let (Some(applicant), Some(answers), true) = (applicant, answers, self.errors.is_empty()) else { return Err(self.errors) };
        let identity_note = if applicant.nik_state() == NikState::Ok { String::new() } else { new.applicant.nik_reason.trim().to_owned() };
        let submission = Submission {
            offering: self.offer.offering.id,
            applicant: Id::NIL,
            subject: Id::NIL,
            proxy,
            files: files(self.offer, &answers, photo),
            answers: forms::to_json(&answers),
            phone,
            email,
            introduction,
            identity_note,
            channel: "api",
            lang: self.lang,
            key: String::new(),
        };
        Ok(FromHome { applicant, subject, submission, draft: None })
    }

    fn required(&mut self, field: &str, text: &str, longest: usize) {
        let length = text.trim().chars().count();
        if length == 0 {
            self.errors.add(field, Message::new("field-required"));
        } else if length > longest {
            self.errors.add(field, Message::new("field-too-long").arg("max", longest));
        }
    }

    fn optional(&mut self, field: &str, text: &str, read: impl Fn(&str) -> Result<String, Message>) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        read(text).map_err(|message| self.errors.add(field, message)).ok()
    }

    /// A person by the kernel's own rules. From home birth date, sex and address are asked as on the page.
    fn person(&mut self, at: &str, person: &wire::Person) -> Option<NewPerson> {
        let before = self.errors.0.len();
        let field = |part: &str| format!("{at}.{part}");
        if self.channel == Channel::Home {
            for (part, text) in [("birth_date", &person.birth_date), ("sex", &person.sex), ("address", &person.address)] {
                self.required(&field(part), text, 200);
            }
            if person.nik.trim().is_empty() {
                self.required(&field("nik_reason"), &person.nik_reason, 200);
            }
        }
        let birth_date = match person.birth_date.trim() {
            "" => None,
            text => text.parse().map_err(|_| self.errors.add(field("birth_date"), Message::new("field-not-a-date"))).ok(),
        };
        let sex = match person.sex.trim() {
            "" => None,
            "male" => Some(indonesian::Sex::Male),
            "female" => Some(indonesian::Sex::Female),
            _ => {
                self.errors.add(field("sex"), Message::new("field-not-a-choice"));
                None
            }
        };
        let form = PersonForm {
            unit: self.offer.kind.is_village().then_some(self.offer.unit.id),
            name: person.name.clone(),
            nik: Some(person.nik.clone()),
            nik_reason: person.nik_reason.clone(),
            sex,
            birth_place: person.birth_place.clone(),
            birth_date,
            religion: person.religion.clone(),
            marital: person.marital.clone(),
            occupation: person.occupation.clone(),
            nationality: person.nationality.clone(),
            address: person.address.clone(),
            rt: person.rt.clone(),
            rw: person.rw.clone(),
            source: "application".into(),
            ..PersonForm::default()
        };
        let checked = form.check(Checks { today: self.today, demo: self.gov.settings().mark.is_some() });
        for problem in checked.as_ref().err().into_iter().flatten() {
            self.errors.add(field(problem.field), problem.message.clone());
        }
        checked.ok().filter(|_| self.errors.0.len() == before)
    }

    fn introduction(&mut self, given: &wire::Introduced) -> (Introduction, Option<Id>) {
        if !given.photo.is_empty() {
            let photo = given.photo.parse().map_err(|_| self.errors.add("introduction.photo", Message::new("field-not-a-file"))).ok();
            return (Introduction::Photo, photo);
        }
        if given.paper && self.channel == Channel::Counter {
            return (Introduction::Paper, None);
        }
        if given.name.trim().is_empty() && given.office.trim().is_empty() {
            return (Introduction::None, None);
        }
        self.required("introduction.name", &given.name, 100);
        self.required("introduction.office", &given.office, 100);
        (Introduction::Ask { name: given.name.trim().to_owned(), office: given.office.trim().to_owned() }, None)
    }

    fn answers(&mut self, new: &wire::NewApplication) -> Option<Answers> {
        let definition = &self.offer.definition;
        let schema = forms::schema(definition, self.channel);
        for key in new.answers.keys().filter(|key| schema.field(key).is_none() && schema.field(key.trim_end_matches(".reason")).is_none()) {
            self.errors.add(format!("answers.{key}"), Message::new("services-api-no-such-field"));
        }
        let typed: BTreeMap<String, String> = schema::typed_from_json(&schema, &new.answers);
        match forms::check(definition, self.channel, self.today, &|name| typed.get(name).cloned()) {
            Ok(answers) => Some(answers),
            Err(wrong) => {
                for (field, message) in wrong.0 {
                    self.errors.add(format!("answers.{field}"), message);
                }
                None
            }
        }
    }
}

fn files(offer: &Offer, answers: &Answers, photo: Option<Id>) -> Vec<File> {
    let uploads = offer.definition.fields().filter(|field| field.is_upload());
    let named = |field: &str, blob| File { field: field.to_owned(), name: field.replace('_', "-"), blob };
    let answered = uploads.flat_map(|field| answers.ids(&field.key).into_iter().map(|blob| named(&field.key, blob)).collect::<Vec<_>>());
    answered.chain(photo.map(|blob| named(INTRODUCTION, blob))).collect()
}

struct Sent {
    key: String,
    body: Vec<u8>,
    operator: bool,
}

enum Written {
    Done(Submitted),
    Wait(Timestamp),
    /// The file at this field is not there.
    NoFile(String),
}

fn write(tx: &mut Tx<'_>, gov: &Gov, sent: &Sent, home: &FromHome) -> kernel::Result<Written> {
    let (now, address) = (tx.now(), tx.ctx().origin().address.clone());
    // Without an account everybody is the same actor: the key stands with the content, so that nobody's answer is another's.
    let key = if sent.operator {
        sent.key.clone()
    } else {
        Sha256::new().chain_update(&sent.key).chain_update(&sent.body).finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let digest = [home.submission.offering.bytes().as_slice(), &sent.body].concat();
    if let Seen::Done(result) = request::seen(tx, &key, ROUTE, &digest)? {
        let broken = || kernel::Error::Failed("a kept result cannot be read".into());
        let (case_id, code) = result.split_once(' ').ok_or_else(broken)?;
        let case_id = case_id.parse().map_err(|_| broken())?;
        return Ok(Written::Done(Submitted { case_id, code: code.to_owned(), introduction_token: String::new(), new: false }));
    }
    if !sent.operator
        && let Err(until) = throttle::attempt(tx, &[Key::new("api-apply", &address, FREE)], now)?
    {
        return Ok(Written::Wait(until));
    }
    for file in &home.submission.files {
        if !rows::is_parked(tx, file.blob)? {
            return Ok(Written::NoFile(if file.field == INTRODUCTION {
                "introduction.photo".into()
            } else {
                format!("answers.{}", file.field)
            }));
        }
    }
    let done = if sent.operator { at_counter(tx, gov, home, home.submission.clone())? } else { tracking::apply(tx, gov, home)? };
    request::done(tx, &key, ROUTE, &digest, &format!("{} {}", done.case_id, done.code))?;
    Ok(Written::Done(done))
}

/// An operator's people are those of the register, found by NIK, or by name and birth date; who is not there is added.
fn at_counter(tx: &mut Tx<'_>, gov: &Gov, home: &FromHome, submission: Submission) -> kernel::Result<Submitted> {
    let applicant = registered(tx, gov, &home.applicant)?;
    let subject = home.subject.as_ref().map(|subject| registered(tx, gov, subject)).transpose()?.unwrap_or(applicant);
    crate::store::submit::submit(tx, gov, &Submission { applicant, subject, ..submission })
}

fn registered(tx: &mut Tx<'_>, gov: &Gov, person: &NewPerson) -> kernel::Result<Id> {
    match kernel::party::match_person(tx, gov.keys(), person)? {
        Some(id) => {
            kernel::access::record(tx, kernel::NewEntry::new("services.api.resident").object("person", id))?;
            Ok(id)
        }
        None => kernel::party::create(tx, gov.keys(), person),
    }
}

/// A file for an application to come: JPEG, PNG or PDF, at most 10 MB. Name its id in `answers` within a day.
#[utoipa::path(post, path = "/api/v1/services/uploads", tag = "services", params(wire::UploadQuery),
    request_body(content = String, description = "The bytes of the file", content_type = "application/octet-stream"),
    responses((status = 201, body = wire::Upload), (status = 413, body = wire::Problem, content_type = "application/problem+json"),
        (status = 415, body = wire::Problem, content_type = "application/problem+json"),
        (status = 429, body = wire::Problem, content_type = "application/problem+json")),
    security((), ("token" = [])))]
pub(super) async fn upload(page: Page, Query(query): Query<wire::UploadQuery>, headers: HeaderMap, body: Bytes) -> web::Result {
    let officer = has_token(&headers) && page.is_signed_in();
    let ctx = if officer { page.ctx() } else { page.ctx_as(Actor::Public) };
    let (gov, storing, name) = (Arc::clone(&page.state().gov), ctx.clone(), query.name.unwrap_or_default());
    let limits = if officer && query.purpose.as_deref() == Some("scan") { Limits::SCAN } else { Limits::ATTACHMENT };
    if !officer {
        let (key, now) = (Key::new("api-upload", &ctx.origin().address, FREE * 5), page.now());
        let allowed = page.gov().write(&ctx, move |tx| throttle::attempt(tx, std::slice::from_ref(&key), now)).await?;
        allowed.map_err(|until| too_many(now, until))?;
    }
    let put = move || gov.blobs().put(&storing, &name, &body, &limits);
    let staged = tokio::task::spawn_blocking(put).await.map_err(|error| Error::Internal(error.to_string()))?;
    let staged = staged.map_err(|error| match error {
        BlobError::Refused(message) if message.key == "blob-too-large" => Error::TooLarge { limit_bytes: UPLOAD_BYTES_MAX },
        BlobError::Refused(message) => Error::WrongFile(message),
        other => kernel::Error::from(other).into(),
    })?;
    let parked = staged.clone();
    let id = page.gov().write(&ctx, move |tx| Ok::<_, kernel::Error>(blobs::park(tx, &parked)?)).await?;
    answer_with(StatusCode::CREATED, &wire::Upload { id: id.to_string(), media_type: staged.media_type, size_bytes: staged.size })
}

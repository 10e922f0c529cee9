//! Officers' work by API: tasks, the register, one application, and what is done to it. Every reading of personal records
//! is written down before the answer.

use std::{collections::HashMap, sync::Arc};

use axum::{
    body::Bytes,
    extract::{Path, Query},
};
use kernel::{
    Error as KernelError, Gov, Id, Message, NewEntry, Tx,
    access::{self, Reading},
    case::{self, Case},
    document,
    grant::{Located, Scope},
    party,
    schema::FieldErrors,
    unit::Zone,
};
use serde_json::Value as Json;
use web::{Error, Page, Signed};

use super::{PAGE_ROWS, answer, moment, public, read, wire};
use crate::{
    forms,
    model::form::FieldKind,
    pages::{COUNTER_ROLES, OFFICE_ROLES},
    rules::{self, Action, State},
    store::{
        self, Dossier,
        act::{self, Act},
        lists::{self, Line, Narrow, RegisterFilter, RegisterOrder, RegisterPage, StateFilter, Tab},
        wire as rows,
    },
};

/// What lies on the own desks, oldest deadline first.
#[utoipa::path(get, path = "/api/v1/services/tasks", tag = "services", params(wire::ListQuery),
    responses((status = 200, body = wire::Applications), (status = 401, body = wire::Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub(super) async fn tasks(page: Page, Signed(officer): Signed, Query(query): Query<wire::ListQuery>) -> web::Result {
    let after = cursor(query.after.as_deref())?;
    let (now, ctx) = (page.now(), page.ctx());
    let found = page.gov().disclose(&ctx, move |tx| {
        let seat = lists::seat(tx, &officer, OFFICE_ROLES, now)?;
        let narrow = Narrow { kind: query.service.clone(), cases: None };
        let lines = lists::tab(tx, Tab::Mine, &seat, &narrow, after, PAGE_ROWS + 1, now)?;
        list(tx, "services.tasks.listed", lines)
    });
    answer(&shown(found.await?))
}

/// The register of applications within the own scope, newest first.
#[utoipa::path(get, path = "/api/v1/services/applications", tag = "services", params(wire::ListQuery),
    responses((status = 200, body = wire::Applications), (status = 401, body = wire::Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub(super) async fn applications(page: Page, Signed(officer): Signed, Query(query): Query<wire::ListQuery>) -> web::Result {
    let after = cursor(query.after.as_deref())?;
    let (now, ctx) = (page.now(), page.ctx());
    let state = query.state.as_deref().map(|word| State::parse(word).map(StateFilter::One).ok_or(Error::BadRequest)).transpose()?;
    let found = page.gov().disclose(&ctx, move |tx| {
        let seat = lists::seat(tx, &officer, OFFICE_ROLES, now)?;
        let filter = RegisterFilter { kind: query.service.clone(), state, ..RegisterFilter::default() };
        let place = RegisterPage { order: RegisterOrder::Received, way: "desc", beyond: "<", after, limit: PAGE_ROWS + 1 };
        let lines = lists::register(tx, &seat.scope, &filter, place)?;
        list(tx, "services.register.listed", lines)
    });
    answer(&shown(found.await?))
}

/// A place in a list: `{order}-{id}`, meant to be sent back as it came.
fn cursor(text: Option<&str>) -> web::Result<Option<(i64, Id)>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let parts = text.rsplit_once('-').and_then(|(order, id)| Some((order.parse().ok()?, id.parse().ok()?)));
    parts.map(Some).ok_or(Error::BadRequest)
}

type Listed = (Vec<Line>, HashMap<Id, (i64, Zone)>, Option<String>);

fn list<'c>(tx: &mut impl Reading<'c>, what: &'static str, mut lines: Vec<Line>) -> kernel::Result<Listed> {
    let most = usize::try_from(PAGE_ROWS).unwrap_or(0);
    let more = lines.len() > most;
    lines.truncate(most);
    let next = lines.last().filter(|_| more).map(|line| format!("{}-{}", line.order, line.row));
    let versions = rows::versions(tx, &lines)?;
    if !lines.is_empty() {
        rows::listed(tx, what, &lines);
    }
    Ok((lines, versions, next))
}

fn shown((lines, versions, next): Listed) -> wire::Applications {
    let items = lines.iter().map(|line| {
        let (version, zone) = versions.get(&line.case_id).copied().unwrap_or((0, Zone::default()));
        wire::Application {
            id: line.case_id.to_string(),
            version,
            code: public::code(&line.code),
            service: line.kind.clone(),
            subject: line.subject.clone(),
            unit: line.unit_name.clone(),
            state: line.state.clone(),
            channel: line.channel.clone(),
            received_at: moment(line.received_at, zone),
            due: public::due(&line.due, zone),
            desk: (!line.at_title.is_empty()).then(|| line.at_title.clone()),
            outcome: line.outcome.clone(),
            on_time: line.on_time,
        }
    });
    wire::Applications { items: items.collect(), next }
}

fn of_case(case: &Case, unit: &str, zone: Zone, desk: Option<String>) -> wire::Application {
    wire::Application {
        id: case.id.to_string(),
        version: case.version,
        code: public::code(&case.code),
        service: case.kind.clone(),
        subject: case.subject.clone(),
        unit: unit.to_owned(),
        state: case.state.clone(),
        channel: case.channel.clone(),
        received_at: moment(case.received_at, zone),
        due: public::due(&case.due, zone),
        desk,
        outcome: case.outcome.clone(),
        on_time: case.on_time,
    }
}

/// One application with what was answered. The reading is written down.
#[utoipa::path(get, path = "/api/v1/services/applications/{application}/record", tag = "services",
    params(("application" = String, Path, description = "Id of the application")),
    responses((status = 200, body = wire::Record), (status = 401, body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, body = wire::Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub(super) async fn record(page: Page, Signed(officer): Signed, Path(id): Path<String>) -> web::Result {
    let id: Id = id.parse().map_err(|_| Error::NotFound)?;
    let (gov, now, ctx) = (Arc::clone(&page.state().gov), page.now(), page.ctx());
    let record = page.gov().write(&ctx, move |tx| {
        let case = rows::application_case(tx, id)?;
        if !lists::seat(tx, &officer, OFFICE_ROLES, now)?.covers(&case) {
            return Err(KernelError::Missing);
        }
        access::record(tx, NewEntry::new("services.application.opened").case(id).unit(case.unit).object("case", id))?;
        let dossier = store::dossier_of(tx, &gov, case)?;
        whole(tx, &gov, &dossier)
    });
    answer(&record.await?)
}

fn whole(tx: &mut Tx<'_>, gov: &Gov, dossier: &Dossier) -> kernel::Result<wire::Record> {
    let (case, unit) = (&dossier.case, &dossier.offer.unit);
    let subject = party::find(tx, dossier.application.subject_person)?.ok_or(KernelError::Missing)?;
    let answers = dossier.application.answers(gov.keys(), case.id)?;
    let mut answers = forms::from_json(&answers).map_err(|error| KernelError::Failed(error.to_string()))?.0;
    for field in dossier.offer.definition.fields().filter(|field| field.kind == FieldKind::People) {
        for person in answers.get_mut(&field.key).and_then(Json::as_array_mut).into_iter().flatten() {
            if let Some(Json::String(nik)) = person.get_mut("nik") {
                *nik = indonesian::mask_digits(nik);
            }
        }
    }
    let letter = match dossier.application.document {
        Some(id) => document::find(tx, id)?,
        None => None,
    };
    let desk = rows::desk(tx, case)?;
    let event = |event: case::Event| wire::Event {
        at: moment(event.at, unit.zone),
        action: event.action,
        state: event.to_state,
        by: event.actor_label,
    };
    let file =
        |file: case::Attachment| wire::File { field: file.field, name: file.name, media_type: file.media_type, size_bytes: file.size };
    Ok(wire::Record {
        application: of_case(case, &unit.name, unit.zone, desk),
        name: subject.name.clone(),
        nik: subject.nik_tail.map(|tail| format!("************{tail}")),
        answers,
        parties: case::parties(tx, case.id)?.into_iter().map(|party| wire::Party { role: party.role, name: party.name }).collect(),
        files: case::attachments(tx, case.id)?.into_iter().map(file).collect(),
        events: case::events(tx, case.id)?.into_iter().map(event).collect(),
        letter: letter.map(|letter| wire::Letter {
            state: letter.state.as_str().to_owned(),
            number: letter.number,
            code: letter.verify_code.map(|code| public::code(&code)),
        }),
        actions: rules::allowed(act::state_of(case)?).iter().map(|action| action.as_str().to_owned()).collect(),
    })
}

/// Does something to an application, as the page does: by the desk's holder of this moment, on the version seen.
#[utoipa::path(post, path = "/api/v1/services/applications/{application}/actions", tag = "services",
    params(("application" = String, Path, description = "Id of the application")), request_body = wire::NewAction,
    responses((status = 200, body = wire::Application), (status = 401, body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, body = wire::Problem, content_type = "application/problem+json"),
        (status = 422, body = wire::Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub(super) async fn act(page: Page, Signed(officer): Signed, Path(id): Path<String>, body: Bytes) -> web::Result {
    let case_id: Id = id.parse().map_err(|_| Error::NotFound)?;
    let new: wire::NewAction = match read(&page, &body) {
        Ok(new) => new,
        Err(problem) => return Ok(*problem),
    };
    let act = match check(case_id, &new) {
        Ok(act) => act,
        Err(errors) => return Ok(page.problem_fields(&errors)),
    };
    let (gov, now, ctx) = (Arc::clone(&page.state().gov), page.now(), page.ctx());
    let moved = page.gov().write(&ctx, move |tx| {
        let case = rows::application_case(tx, case_id)?;
        let seat = lists::seat(tx, &officer, OFFICE_ROLES, now)?;
        let counter = Scope::of_roles(&officer, COUNTER_ROLES);
        let row = Located { units: case.units, at_unit: Some(case.at_unit), post: None, person: None, kind: None };
        // What is no desk's work is the counter's.
        if !seat.covers(&case) || (!act.action.is_desk_work() && !counter.covers(&row)) {
            return Err(KernelError::Missing);
        }
        let moved = act::act(tx, &gov, &act)?;
        let dossier = store::dossier(tx, &gov, moved.id)?;
        let desk = rows::desk(tx, &moved)?;
        Ok(of_case(&moved, &dossier.offer.unit.name, dossier.offer.unit.zone, desk))
    });
    answer(&moved.await?)
}

fn check(case_id: Id, new: &wire::NewAction) -> Result<Act, FieldErrors> {
    let mut errors = FieldErrors::default();
    let Some(action) = Action::parse(&new.action) else {
        let known: Vec<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
        errors.add("action", Message::new("services-api-unknown-action").arg("actions", known.join(", ")));
        return Err(errors);
    };
    let note = rules::reason(action, &new.note, &new.legal_basis)
        .map_err(|(field, message)| errors.add(if field == "reason" { "note" } else { field }, message))
        .unwrap_or_default();
    let scan = match new.scan.trim() {
        "" => None,
        text => text.parse().map_err(|_| errors.add("scan", Message::new("field-not-a-file"))).ok(),
    };
    if errors.is_empty() {
        Ok(Act { case_id, version: new.version, action, note, scan, receiver: new.receiver.trim().to_owned() })
    } else {
        Err(errors)
    }
}

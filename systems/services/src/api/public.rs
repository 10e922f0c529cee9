//! What a code opens without an account: the state of an application, the truth of a letter.

use std::sync::Arc;

use axum::extract::Path;
use kernel::{
    case::{Due, DueState},
    document::{Registered, Status},
    unit::Zone,
};
use web::{Error, Page};

use super::{answer, guessed_wrong, may_guess, moment, wire};
use crate::store::{
    tracking::{self, Track},
    verify,
};

/// Where an application stands. Status only: nobody's name, no answers.
#[utoipa::path(get, path = "/api/v1/services/applications/{application}", tag = "services",
    params(("application" = String, Path, description = "Tracking code, typed freely")),
    responses((status = 200, body = wire::Track), (status = 404, body = wire::Problem, content_type = "application/problem+json"),
        (status = 429, body = wire::Problem, content_type = "application/problem+json")))]
pub(super) async fn track(page: Page, Path(code): Path<String>) -> web::Result {
    may_guess(&page).await?;
    let found = match indonesian::Code::parse(&code) {
        Ok(code) => {
            let gov = Arc::clone(&page.state().gov);
            page.gov().read(move |rx| tracking::track(rx, &gov, code.as_str())).await.map_err(Error::from)
        }
        // A slip of the finger is told by the check symbol and guesses nothing.
        Err(_) => return Err(Error::NotFound),
    };
    match found {
        Ok(track) => answer(&shown(&track)),
        Err(Error::NotFound) => {
            guessed_wrong(&page).await?;
            Err(Error::NotFound)
        }
        Err(error) => Err(error),
    }
}

fn shown(track: &Track) -> wire::Track {
    let (case, offer) = (&track.dossier.case, &track.dossier.offer);
    let zone = offer.unit.zone;
    let events = track.events.iter().map(|event| wire::Event {
        at: moment(event.at, zone),
        action: event.action.clone(),
        state: event.to_state.clone(),
        by: event.actor_label.clone(),
    });
    wire::Track {
        code: code(&case.code),
        service: offer.definition.slug.clone(),
        title: (&offer.definition.title).into(),
        unit: wire::UnitRef { slug: offer.unit.slug.clone(), name: offer.unit.name.clone(), kind: offer.unit.kind.key().to_owned() },
        state: track.state.as_str().to_owned(),
        received_at: moment(case.received_at, zone),
        due: due(&case.due, zone),
        desk: track.desk.as_ref().map(|(title, _)| title.clone()),
        events: events.collect(),
        letter: track.letter.is_some(),
    }
}

/// A code as people read it.
pub(super) fn code(stored: &str) -> String {
    indonesian::Code::parse(stored).map_or_else(|_| stored.to_owned(), |code| code.to_string())
}

pub(super) fn due(due: &Due, zone: Zone) -> wire::Due {
    let state = match due.state {
        DueState::None => "none",
        DueState::Running => "running",
        DueState::Suspended => "suspended",
        DueState::Closed => "closed",
    };
    wire::Due { state: state.to_owned(), at: due.at.map(|at| moment(at, zone)), provisional: due.provisional }
}

/// What is true of a letter with this code.
#[utoipa::path(get, path = "/api/v1/services/verifications/{code}", tag = "services",
    params(("code" = String, Path, description = "The code on the letter, typed freely")),
    responses((status = 200, body = wire::Verification), (status = 404, body = wire::Problem, content_type = "application/problem+json"),
        (status = 429, body = wire::Problem, content_type = "application/problem+json")))]
pub(super) async fn verify(page: Page, Path(code): Path<String>) -> web::Result {
    may_guess(&page).await?;
    let code = indonesian::Code::parse(&code).map_err(|_| Error::NotFound)?;
    let today = page.today();
    let gov = Arc::clone(&page.state().gov);
    let verified = page.gov().read(move |rx| verify::verified(rx, &gov, &code, today)).await?;
    if verified.verdict.status == Status::Unknown {
        guessed_wrong(&page).await?;
    }
    let status = match verified.verdict.status {
        Status::Unknown => "unknown",
        Status::NotRegistered => "not_registered",
        Status::InForce => "in_force",
        Status::Expired { .. } => "expired",
        Status::Revoked => "revoked",
        Status::Replaced { .. } => "replaced",
    };
    let letter = verified.verdict.registered.map(registered);
    answer(&wire::Verification { status: status.to_owned(), letter, replaced_by: verified.replaced_by.map(|by| super::public::code(&by)) })
}

fn registered(letter: Registered) -> wire::VerifiedLetter {
    wire::VerifiedLetter {
        number: letter.number,
        title: letter.title,
        unit: letter.unit_name,
        signed_on: letter.signed_on.to_string(),
        signer: letter.signer_label,
        signing_mode: if letter.signing_mode == kernel::document::SigningMode::Wet { "wet" } else { "tte" }.to_owned(),
        holder: letter.holder_masked,
        valid_until: letter.valid_until.map(|day| day.to_string()),
    }
}

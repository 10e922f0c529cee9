//! "Pengantar": an RT head or kadus confirms by a link, without an account.

use std::sync::Arc;

use axum::extract::Path;
use kernel::{Actor, Message};
use web::{Error, FormData, FormState, Page};

use super::{about, track::link_ends};
use crate::{
    rules::{self, Action},
    store::{
        links::{self, Purpose},
        tracking::{self, Asked},
    },
};

#[derive(askama::Template)]
#[template(path = "home/introduce.html")]
struct Shown {
    page: Page,
    form: FormState,
    token: String,
    /// What is asked, in one sentence.
    sentence: String,
    asked_of: String,
    until: String,
}

#[derive(askama::Template)]
#[template(path = "home/introduced.html")]
struct Thanks {
    page: Page,
    given: bool,
}

async fn open(page: Page, token: &str) -> web::Result<(Page, Asked)> {
    let secret = token.to_owned();
    let now = page.now();
    let link = page.gov().read(move |rx| links::find(rx, &secret, Purpose::Introduction, now)).await.map_err(ended)?;
    let (gov, secret) = (Arc::clone(&page.state().gov), token.to_owned());
    let ctx = page.ctx_as(Actor::Link { case_id: link.case_id, name: link.office.clone() });
    let asked = page.gov().write(&ctx, move |tx| tracking::asked(tx, &gov, &secret)).await.map_err(ended)?;
    Ok((about(page, &asked.spot), asked))
}

fn ended(error: kernel::Error) -> Error {
    match error {
        kernel::Error::Refused(message) => Error::Gone(message),
        other => other.into(),
    }
}

fn shown(page: &Page, token: String, asked: &Asked, form: FormState) -> Shown {
    let service = asked.dossier.offer.definition.title.in_language(page.lang());
    let unit = asked.spot.unit.name.as_str();
    let args = [("name", asked.name.as_str().into()), ("service", service.into()), ("unit", unit.into())];
    Shown {
        form,
        token,
        sentence: page.tn("services-home-introduce-ask", &args),
        asked_of: [asked.link.name.as_str(), asked.link.office.as_str()]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        until: link_ends(page, &asked.link),
        page: page.clone(),
    }
}

pub(super) async fn show(page: Page, Path(token): Path<String>) -> web::Result {
    let (page, asked) = open(page, &token).await?;
    if !asked.waiting {
        // The answer leads back here: thanks once, afterwards that it is answered.
        return match asked.link.state.as_str() {
            "given" | "declined" => page.clone().html(&Thanks { given: asked.link.state == "given", page }),
            _ => Err(Error::Gone(Message::new("services-link-ended"))),
        };
    }
    let form = FormState::empty(&page);
    page.html(&shown(&page, token, &asked, form))
}

pub(super) async fn answer(page: Page, Path(token): Path<String>, form: FormData) -> web::Result {
    let (page, asked) = open(page, &token).await?;
    let declined = match form.get("jawaban") {
        "ya" => None,
        "tidak" => match rules::reason(Action::Decline, form.get("alasan"), "") {
            Ok(reason) => Some(reason),
            Err((_, message)) => {
                let mut errors = kernel::schema::FieldErrors::default();
                errors.add("alasan", message);
                let form = FormState::wrong(&page, form, errors);
                return page.wrong(&shown(&page, token, &asked, form));
            }
        },
        _ => return Err(Error::BadRequest),
    };
    let (gov, secret) = (Arc::clone(&page.state().gov), token.clone());
    let ctx = page.ctx_as(Actor::Link { case_id: asked.link.case_id, name: asked.link.office.clone() });
    let done = page.gov().write(&ctx, move |tx| tracking::answer_introduction(tx, &gov, &secret, declined.as_deref())).await;
    done.map_err(ended)?;
    page.redirect(&format!("/pengantar/{token}"))
}

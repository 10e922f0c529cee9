//! `/tinjauan/tindakan/{case}`: acts of somebody who no longer held the post, confirmed or revoked one by one.

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as KernelError, Id, Message,
    case::Case,
    mutation::{self, ActState},
};
use web::{
    Access, FormData, Page, Routes,
    ui::{Notice, Tag, Tone},
};

use super::{acting, mutations::act_words, officer};
use crate::{
    rules,
    store::mutations::{self, ActLine, CONFIRMING},
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/tinjauan/tindakan/{case}", Access::Signed, show)
        .post("/tinjauan/tindakan/{case}/{act}", Access::Signed, decide)
        .token()
}

#[derive(Template)]
#[template(path = "identity/confirm.html")]
struct Confirm {
    page: Page,
    case: Case,
    acts: Vec<ActLine>,
    refused: Option<Notice>,
}

async fn show(page: Page, Path(case): Path<Id>) -> web::Result {
    view(page, case, None).await
}

async fn view(page: Page, case_id: Id, refused: Option<Message>) -> web::Result {
    let officer = officer(&page)?;
    let (case, acts) = page
        .gov()
        .read(move |rx| {
            let case = mutations::own_case(rx, &officer, CONFIRMING, case_id)?;
            let acts = mutation::acts_of_case(rx, case_id)?;
            Ok::<_, KernelError>((case, mutations::act_lines(rx, acts)?))
        })
        .await?;
    let wrong = refused.is_some();
    let refused = refused.map(|message| Notice::new(Tone::Late, page.m(&message)));
    let shown = Confirm { page: page.clone(), case, acts, refused };
    if wrong { page.wrong(&shown) } else { page.html(&shown) }
}

async fn decide(page: Page, Path((case_id, act)): Path<(Id, Id)>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let state = if form.get("putusan") == "cabut" { ActState::Revoked } else { ActState::Confirmed };
    let reason = form.get("alasan").chars().take(500).collect::<String>();
    let label = officer.post.as_ref().map(|post| rules::post_at(&post.kind, &post.title, "")).unwrap_or_default();
    let done = page
        .gov()
        .write(&ctx, move |tx| {
            let case = mutations::own_case(tx, &officer, CONFIRMING, case_id)?;
            mutations::decide(tx, &case, act, state, &reason, &label)
        })
        .await;
    match done {
        Ok(closed) => {
            page.flash_ok(Message::new(if closed { "identity-confirm-all-done" } else { "identity-confirm-one-done" }));
            page.redirect(&if closed { "/tugas".to_owned() } else { format!("/tinjauan/tindakan/{case_id}") })
        }
        Err(KernelError::Refused(message)) => view(page, case_id, Some(message)).await,
        Err(other) => Err(other.into()),
    }
}

impl Confirm {
    fn act(&self, line: &ActLine) -> String {
        act_words(&self.page, line)
    }

    fn waits(line: &ActLine) -> bool {
        line.act.state == ActState::Waiting
    }

    fn state(&self, line: &ActLine) -> Tag {
        match line.act.state {
            ActState::Confirmed => Tag::new(Tone::Ok, self.page.t("identity-act-confirmed")),
            ActState::Revoked => Tag::new(Tone::Late, self.page.t("identity-act-revoked")),
            ActState::Waiting => Tag::new(Tone::Wait, self.page.t("identity-act-waits")),
        }
    }

    fn due(&self) -> String {
        self.case.due.at.map(|at| self.page.t1("identity-confirm-due", "at", self.page.moment(at))).unwrap_or_default()
    }
}

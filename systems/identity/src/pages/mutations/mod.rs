//! `/mutasi`: one decree that moves people between posts at one minute, seen before it is set.

mod line;
mod show;

pub(crate) use show::act_words;

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as KernelError, Expect, Id, Message,
    mutation::{self, NewMutation, State},
    schema::FieldErrors,
    unit,
};
use web::{
    Access, FormData, FormState, ListQuery, Page, Routes,
    ui::{Cell, Column, Empty, Table, Tag, Tone},
};

use super::{acting, officer};
use crate::{
    rules::{
        self,
        mutation::{Head, MUTATION_ROLES},
    },
    store::mutations,
};

/// Who enters mutations.
pub(crate) const ENTERERS: Access = Access::AnyRole(MUTATION_ROLES);

/// Mutations the list reads.
const LIST_MAX: i64 = 500;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/mutasi", ENTERERS, list)
        .get("/mutasi/baru", ENTERERS, ask)
        .post("/mutasi/baru", ENTERERS, begin)
        .token()
        .get("/mutasi/{mutation}", ENTERERS, show::show)
        .post("/mutasi/{mutation}/tetapkan", ENTERERS, set)
        .token()
        .post("/mutasi/{mutation}/batal", ENTERERS, cancel)
        .token()
        .get("/mutasi/{mutation}/surat", ENTERERS, ask_again)
        .post("/mutasi/{mutation}/surat", ENTERERS, revise)
        .token()
        .and(line::routes())
}

#[derive(Template)]
#[template(path = "identity/mutations.html")]
struct Mutations {
    page: Page,
    table: Table,
}

#[derive(Template)]
#[template(path = "identity/mutation_new.html")]
struct Ask {
    page: Page,
    form: FormState,
    /// The draft that is changed; none for a new one.
    draft: Option<Id>,
}

/// How far it has come.
pub(crate) fn state_tag(page: &Page, state: State) -> Tag {
    let (tone, key) = match state {
        State::Draft => (Tone::Plain, "identity-mutation-draft"),
        State::Set => (Tone::Wait, "identity-mutation-set"),
        State::Done => (Tone::Ok, "identity-mutation-done"),
        State::Cancelled => (Tone::Late, "identity-mutation-cancelled"),
    };
    Tag::new(tone, page.t(key))
}

async fn list(page: Page, query: ListQuery) -> web::Result {
    let officer = officer(&page)?;
    let found = page.gov().read(move |rx| mutations::seen(rx, &officer, LIST_MAX)).await?;
    let row = |(mutation, people): &(mutation::Mutation, usize)| {
        vec![
            Cell::link(&format!("/mutasi/{}", mutation.id), &mutation.decree)
                .small(page.tn("identity-mutation-people", &[("n", (*people).into())])),
            Cell::text(page.moment(mutation.effective_at)),
            Cell::component(&state_tag(&page, mutation.state)),
        ]
    };
    let table = Table::new(&page, &query, page.t("identity-menu-mutations"))
        .caption_unseen()
        .column(Column::new(page.t("identity-decree")))
        .column(Column::new(page.t("identity-mutation-effective")))
        .column(Column::new(page.t("identity-state")))
        .rows(found.iter().map(row))
        .empty(
            Empty::new(page.t("identity-mutations-none"), page.t("identity-mutations-none-why"))
                .action("/mutasi/baru", page.t("identity-mutation-new")),
        );
    page.clone().html(&Mutations { page, table })
}

async fn ask(page: Page) -> web::Result {
    let today = page.today().to_string();
    let form = FormData::of([("tanggal", today.clone()), ("mulai", today), ("mandat", "1".to_owned())]);
    let form = FormState::filled(&page, form);
    page.clone().html(&Ask { page, form, draft: None })
}

async fn ask_again(page: Page, Path(id): Path<Id>) -> web::Result {
    let draft = draft(&page, id).await?;
    let form = FormData::of([
        ("keputusan", draft.decree.clone()),
        ("tanggal", draft.decreed_on.to_string()),
        ("mulai", page.day_of(draft.effective_at).to_string()),
        ("mulai-jam", page.clock(draft.effective_at).replace('.', ":")),
        ("mandat", if draft.mandates_end { "1" } else { "" }.to_owned()),
        ("versi", draft.version.to_string()),
    ]);
    let form = FormState::filled(&page, form);
    page.clone().html(&Ask { page, form, draft: Some(id) })
}

/// A draft the officer sees.
pub(super) async fn draft(page: &Page, id: Id) -> web::Result<mutation::Mutation> {
    let officer = officer(page)?;
    let found = page.gov().read(move |rx| mutation::find(rx, id)).await?;
    Ok(found.filter(|found| found.state == State::Draft && rules::mutation::sees(&officer, found)).ok_or(KernelError::Missing)?)
}

async fn checked(page: &Page, unit_id: Id, form: &FormData) -> web::Result<Result<Head, FieldErrors>> {
    let unit = page.gov().read(move |rx| unit::find(rx, unit_id)).await?.ok_or(KernelError::Missing)?;
    Ok(rules::mutation::head(&|name| form.raw(name), unit.zone))
}

fn new_of(unit: Id, head: Head) -> NewMutation {
    NewMutation { unit, decree: head.decree, decreed_on: head.decreed_on, effective_at: head.effective_at, mandates_end: head.mandates_end }
}

async fn begin(page: Page, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let unit = rules::mutation::home_of(&officer).ok_or(KernelError::Missing)?;
    match checked(&page, unit, &form).await? {
        Ok(head) => {
            let new = new_of(unit, head);
            let id = page.gov().write(&ctx, move |tx| mutation::start(tx, &new)).await?;
            page.redirect(&format!("/mutasi/{id}"))
        }
        Err(errors) => {
            let form = FormState::wrong(&page, form, errors);
            page.clone().wrong(&Ask { page, form, draft: None })
        }
    }
}

async fn revise(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (ctx, _) = acting(&page, &form)?;
    let draft = draft(&page, id).await?;
    match checked(&page, draft.unit, &form).await? {
        Ok(head) => {
            let (new, version) = (new_of(draft.unit, head), form.number("versi").unwrap_or(0));
            page.gov().write(&ctx, move |tx| mutation::revise(tx, id, Expect::Version(version), &new)).await?;
            page.redirect(&format!("/mutasi/{id}"))
        }
        Err(errors) => {
            let form = FormState::wrong(&page, form, errors);
            page.clone().wrong(&Ask { page, form, draft: Some(id) })
        }
    }
}

async fn set(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let draft = draft(&page, id).await?;
    let (gov, version, at) = (std::sync::Arc::clone(&page.state().gov), form.number("versi").unwrap_or(0), draft.effective_at);
    let written = page
        .gov()
        .write(&ctx, move |tx| {
            // Whoever set it together with others still keeps every post of it.
            for line in mutation::lines(tx, id)? {
                let named = mutation::NewLine {
                    person: line.person,
                    manner: line.manner,
                    from_post: line.from_post,
                    to_post: line.to_post,
                    kind: line.kind,
                    until: line.until,
                    home_rests: line.home_rests,
                    tasks_to: line.tasks_to,
                };
                mutations::require_kept(tx, &officer, &named, at)?;
            }
            mutations::set(tx, &gov, id, Expect::Version(version))
        })
        .await;
    match written {
        Ok(acts) => {
            page.flash_ok(told(&page, &draft, acts));
            page.redirect(&format!("/mutasi/{id}"))
        }
        Err(KernelError::Refused(message)) => show::refused(page, id, message).await,
        Err(other) => Err(other.into()),
    }
}

fn told(page: &Page, draft: &mutation::Mutation, acts: usize) -> Message {
    let at = page.moment(draft.effective_at);
    if draft.effective_at > page.now() {
        Message::new("identity-mutation-told-ahead").arg("at", at)
    } else if acts > 0 {
        Message::new("identity-mutation-told-acts").arg("at", at).arg("n", acts)
    } else {
        Message::new("identity-mutation-told").arg("at", at)
    }
}

async fn cancel(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let version = form.number("versi").unwrap_or(0);
    let done = page
        .gov()
        .write(&ctx, move |tx| {
            let found = mutation::find(tx, id)?.filter(|found| rules::mutation::sees(&officer, found)).ok_or(KernelError::Missing)?;
            if found.state == State::Draft {
                mutation::throw_away(tx, id)?;
                return Ok(false);
            }
            mutation::cancel(tx, id, Expect::Version(version)).map(|()| true)
        })
        .await;
    match done {
        Ok(true) => {
            page.flash_ok(Message::new("identity-mutation-taken-back"));
            page.redirect(&format!("/mutasi/{id}"))
        }
        Ok(false) => {
            page.flash_ok(Message::new("identity-mutation-thrown-away"));
            page.redirect("/mutasi")
        }
        Err(KernelError::Refused(message)) => show::refused(page, id, message).await,
        Err(other) => Err(other.into()),
    }
}

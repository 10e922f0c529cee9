//! What holds by a decision until its day, or until another decision lifts it: legal holds, limits of processing, hidden readings.
//! One list, one page, one form to lift it; the three differ in where they lie and in what they say.

use askama::Template;
use axum::extract::Path;
use kernel::{Error as KernelError, Id, Message, NewEntry, Rx, Tx, access, lasting::Lasting, schema::FieldErrors};
use web::{
    FormData, FormState, Page, Routes,
    ui::{Cell, Column, Empty, Html, KeyValues, Table},
};

use super::{OFFICER, id_of, requests::List, stand};
use crate::rules;

/// One of them.
pub(super) struct Decision {
    pub(super) id: Id,
    /// The person or case it is about, for the entry of who looked.
    pub(super) subject: Id,
    /// Whom or what it is about, masked.
    pub(super) about: String,
    /// The text key of what it is, in a list.
    pub(super) what: &'static str,
    /// The same as the heading of its page.
    pub(super) heading: &'static str,
    pub(super) decree: String,
    /// The article; empty where none is asked for.
    pub(super) basis: String,
    pub(super) reason: String,
    pub(super) lasting: Lasting,
    /// The decision that lifted it; empty before.
    pub(super) lifted_decree: String,
    /// The request it was granted to.
    pub(super) request: Option<Id>,
}

/// A kind of them: where it lies, what it says and what it does.
pub(super) struct Shape {
    /// The list, and one of it.
    pub(super) path: &'static str,
    pub(super) one: &'static str,
    /// Text keys.
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) none: &'static str,
    pub(super) none_why: &'static str,
    /// What it says without a last day.
    pub(super) open: &'static str,
    /// The heading and button that lift it, what follows from it, and what is said afterwards.
    pub(super) lift_do: &'static str,
    pub(super) lift_does: &'static str,
    pub(super) lifted: &'static str,
    /// The way to a new one, and its words; none where it comes from elsewhere.
    pub(super) new: Option<(&'static str, &'static str)>,
    /// The entry of a list that was read, and under which name it has the subjects.
    pub(super) listed: (&'static str, &'static str),
    /// The entry of one that was opened, and what it is an entry about.
    pub(super) opened: fn(&Decision) -> NewEntry,
    pub(super) list: fn(&mut Rx<'_>) -> kernel::Result<Vec<Decision>>,
    pub(super) find: fn(&mut Rx<'_>, Id) -> kernel::Result<Decision>,
    pub(super) lift: fn(&mut Tx<'_>, Id, &str) -> kernel::Result<()>,
}

/// Its list, each one's page, and lifting it.
pub(super) fn routes(shape: &'static Shape) -> Routes {
    Routes::new()
        .get(shape.path, OFFICER, move |page: Page| list(page, shape))
        .get(shape.one, OFFICER, move |page: Page, Path(id): Path<String>| show(page, shape, id))
        .post(shape.one, OFFICER, move |page: Page, Path(id): Path<String>, form: FormData| lift(page, shape, id, form))
        .token()
}

async fn list(page: Page, shape: &'static Shape) -> web::Result {
    let ctx = page.ctx();
    let found = page.gov().disclose(&ctx, |view| {
        let all = (shape.list)(view)?;
        let subjects: Vec<Id> = all.iter().map(|one| one.subject).collect();
        let (action, name) = shape.listed;
        access::record(view, NewEntry::new(action).detail(serde_json::json!({ name: subjects })))?;
        Ok::<_, KernelError>(all)
    });
    let all = found.await?;
    let row = |one: &Decision| {
        vec![
            Cell::link(&format!("{}/{}", shape.path, one.id), &one.about).small(page.t(one.what)),
            Cell::text(&one.decree).small(one.reason.clone()),
            Cell::text(page.moment(one.lasting.from)),
            Cell::component(&stand(&page, &one.lasting, shape.open)).small(one.lifted_decree.clone()),
        ]
    };
    let table = Table::new(&page, &page.query(), page.t(shape.title))
        .caption_unseen()
        .column(Column::new(page.t("privacy-decided-about")))
        .column(Column::new(page.t("privacy-decree")))
        .column(Column::new(page.t("privacy-from")))
        .column(Column::new(page.t("privacy-state")))
        .rows(all.iter().map(row).collect::<Vec<_>>())
        .empty(Empty::new(page.t(shape.none), page.t(shape.none_why)));
    let (title, lead, new) = (page.t(shape.title), page.t(shape.lead), shape.new.map(|(href, words)| (href, page.t(words))));
    page.clone().html(&List { page, title, lead, table, new })
}

#[derive(Template)]
#[template(path = "privacy/decision.html")]
struct Show {
    page: Page,
    form: FormState,
    shape: &'static Shape,
    id: Id,
    title: String,
    facts: KeyValues,
    runs: bool,
}

async fn page_of(page: &Page, shape: &'static Shape, id: Id, form: FormState) -> web::Result<Show> {
    let ctx = page.ctx();
    let found = page.gov().disclose(&ctx, move |view| {
        let one = (shape.find)(view, id)?;
        access::record(view, (shape.opened)(&one))?;
        Ok::<_, KernelError>(one)
    });
    let one = found.await?;
    let facts = KeyValues::new()
        .row(page.t("privacy-decided-about"), &one.about)
        .row(page.t("privacy-decree"), &one.decree)
        .row_if(page.t("privacy-basis"), &one.basis)
        .row_if(page.t("privacy-reason"), &one.reason)
        .row(page.t("privacy-from"), page.moment(one.lasting.from))
        .html(page.t("privacy-state"), Html::of(&stand(page, &one.lasting, shape.open)))
        .row_if(page.t("privacy-lifted-by"), &one.lifted_decree);
    let facts = match one.request {
        Some(case) => {
            let link = Html::link(&format!("/data-pribadi/permintaan/{case}"), &page.t("privacy-limit-request"));
            facts.html(page.t("privacy-request"), link)
        }
        None => facts,
    };
    let (title, runs) = (page.t(one.heading), one.lasting.runs(page.now()));
    Ok(Show { page: page.clone(), form, shape, id, title, facts, runs })
}

async fn show(page: Page, shape: &'static Shape, id: String) -> web::Result {
    let form = FormState::empty(&page);
    let shown = page_of(&page, shape, id_of(&id)?, form).await?;
    page.html(&shown)
}

async fn lift(page: Page, shape: &'static Shape, id: String, form: FormData) -> web::Result {
    let id = id_of(&id)?;
    let mut errors = FieldErrors::default();
    let decree = rules::text("keputusan", form.get("keputusan"), 0, 200, &mut errors);
    if decree.chars().count() < 3 {
        errors.add("keputusan", Message::new("privacy-lift-decree-needed"));
    }
    if errors.is_empty() {
        page.gov().write(&page.ctx_for(&form)?, move |tx| (shape.lift)(tx, id, &decree)).await?;
        page.flash_ok(Message::new(shape.lifted));
        return page.redirect(shape.path);
    }
    let form = FormState::wrong(&page, form, errors);
    let shown = page_of(&page, shape, id, form).await?;
    page.wrong(&shown)
}

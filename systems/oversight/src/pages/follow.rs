//! The follow-up of a finding: the superior's clarification and the Inspektorat's conclusion.

use axum::extract::Path;
use jiff::Timestamp;
use kernel::{
    Error as StoreError, Id, Message, NewEntry, Officer, Rx, access,
    case::{self, Case, Event},
};
use web::{
    FieldErrors, FormData, FormState, Page, Signed,
    ui::{Choice, KeyValues, Tag, Timeline},
};

use super::{access::place, scope, words};
use crate::{
    model::Finding,
    store::findings::{self, located},
};

#[derive(askama::Template)]
#[template(path = "oversight/follow.html")]
struct Show {
    page: Page,
    title: String,
    tag: Tag,
    why: String,
    rows: KeyValues,
    journey: Timeline,
    href: String,
    finding_href: Option<String>,
    may_answer: bool,
    may_conclude: bool,
    form: FormState,
}

impl Show {
    fn conclusions(&self) -> Vec<Choice> {
        vec![
            Choice::new("dijelaskan", self.page.t("oversight-conclusion-explained"))
                .hint(self.page.t("oversight-conclusion-explained-hint")),
            Choice::new("pelanggaran", self.page.t("oversight-conclusion-violation"))
                .hint(self.page.t("oversight-conclusion-violation-hint")),
        ]
    }
}

struct Loaded {
    case: Case,
    finding: Finding,
    events: Vec<Event>,
    inspects: bool,
    has_task: bool,
    posts: Vec<String>,
}

/// The inspector above, and whoever has the task or had it; nobody else knows of it. Never the officer it is about.
fn find(rx: &mut Rx<'_>, officer: &Officer, id: Id) -> kernel::Result<Loaded> {
    let case = case::find(rx, id)?;
    if case.system != findings::SYSTEM {
        return Err(StoreError::Missing);
    }
    let finding = findings::of_case(rx, id)?;
    let posts: Vec<Id> = officer.posts.iter().map(|post| post.post).collect();
    let inspects = scope(officer).covers(&located(&finding));
    let has_task = findings::has_task(rx, id, &posts)?;
    let superior = findings::superior(rx, &finding)?.is_some_and(|(post, _)| posts.contains(&post.id));
    if finding.account == officer.account || !(inspects || has_task || superior) {
        return Err(StoreError::Missing);
    }
    let mut waiting = Vec::new();
    for task in case::tasks_of_case(rx, id)? {
        waiting.extend(kernel::post::find(rx, task.post)?.map(|post| post.title));
    }
    Ok(Loaded { events: case::events(rx, id)?, case, finding, inspects, has_task, posts: waiting })
}

pub(super) async fn show(page: Page, Signed(officer): Signed, Path(id): Path<Id>) -> web::Result {
    let loaded = page
        .gov()
        .disclose(&page.ctx(), move |view| {
            let loaded = find(view, &officer, id)?;
            let entry = NewEntry::new("oversight.case.opened").case(id).unit(loaded.finding.unit).object("finding", loaded.finding.id);
            access::record(view, entry)?;
            Ok::<_, StoreError>(loaded)
        })
        .await?;
    let form = FormState::empty(&page);
    view(&page, &loaded, form, false)
}

fn view(page: &Page, loaded: &Loaded, form: FormState, again: bool) -> web::Result {
    let Loaded { case, finding, .. } = loaded;
    let now = page.now();
    let due = case.due.at.map_or_else(String::new, |due| page.moment(due));
    let rows = KeyValues::new()
        .row(page.t("oversight-who"), &finding.name)
        .row(page.t("oversight-post"), place(finding))
        .row(page.t("oversight-day"), page.date_long(finding.day))
        .row_if(page.t("oversight-due"), due)
        .row_if(page.t("oversight-waits-for"), loaded.posts.join(", "));
    let late = case.due.at.is_some_and(|due| now > due);
    let shown = Show {
        title: words::subject(page, finding),
        tag: words::state(page, finding.state),
        why: words::why(page, finding),
        rows,
        journey: journey(page, loaded, now),
        href: format!("/pengawasan/perkara/{}", case.id),
        finding_href: loaded.inspects.then(|| format!("/pengawasan/akses/{}", finding.id)),
        may_answer: loaded.has_task && case.state == "asked",
        may_conclude: loaded.inspects && (case.state == "answered" || (case.state == "asked" && late)),
        form,
        page: page.clone(),
    };
    if again { page.wrong(&shown) } else { page.html(&shown) }
}

fn journey(page: &Page, loaded: &Loaded, now: Timestamp) -> Timeline {
    let mut way = Timeline::new();
    for event in &loaded.events {
        let words = page.t(&format!("oversight-step-{}", event.action));
        way = way.past(page.moment_short(event.at, now), format!("{words}: {}", event.note), event.actor_label.clone());
    }
    if loaded.case.outcome.is_empty() {
        way = way.now(page.t(&format!("oversight-now-{}", loaded.case.state)), loaded.posts.join(", "));
    }
    way
}

/// Shows the form again with what the rules refused; anything else stays an error.
async fn refused(page: &Page, officer: std::sync::Arc<Officer>, id: Id, form: FormData, field: &str, error: StoreError) -> web::Result {
    let StoreError::Refused(message) = error else { return Err(error.into()) };
    let mut errors = FieldErrors::default();
    errors.add(field, message);
    let loaded = page.gov().read(move |rx| find(rx, &officer, id)).await?;
    view(page, &loaded, FormState::wrong(page, form, errors), true)
}

pub(super) async fn answer(page: Page, Signed(officer): Signed, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (who, text) = (std::sync::Arc::clone(&officer), form.get("klarifikasi").chars().take(2_000).collect::<String>());
    let done = page
        .gov()
        .write(&page.ctx_for(&form)?, move |tx| {
            let loaded = find(tx, &who, id)?;
            if !loaded.has_task {
                return Err(StoreError::Missing);
            }
            findings::answer(tx, &loaded.case, &loaded.finding, &text)
        })
        .await;
    match done {
        Ok(()) => {
            page.flash_ok(Message::new("oversight-answered"));
            page.redirect(&format!("/pengawasan/perkara/{id}"))
        }
        Err(error) => refused(&page, officer, id, form, "klarifikasi", error).await,
    }
}

pub(super) async fn conclude(page: Page, Signed(officer): Signed, Path(id): Path<Id>, form: FormData) -> web::Result {
    let violation = match form.get("putusan") {
        "pelanggaran" => true,
        "dijelaskan" => false,
        _ => {
            let error = StoreError::refused("oversight-conclusion");
            return refused(&page, officer, id, form, "putusan", error).await;
        }
    };
    let (who, reason) = (std::sync::Arc::clone(&officer), form.get("alasan").to_owned());
    let done = page
        .gov()
        .write(&page.ctx_for(&form)?, move |tx| {
            let loaded = find(tx, &who, id)?;
            if !loaded.inspects {
                return Err(StoreError::Missing);
            }
            findings::conclude(tx, &loaded.case, &loaded.finding, violation, &reason)
        })
        .await;
    match done {
        Ok(()) => {
            page.flash_ok(Message::new("oversight-concluded"));
            page.redirect(&format!("/pengawasan/perkara/{id}"))
        }
        Err(error) => refused(&page, officer, id, form, "alasan", error).await,
    }
}

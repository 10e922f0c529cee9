//! "Antrean sistem": what the machine could not do by itself, and the mail of a demonstration.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use kernel::{
    Message, jobs,
    notice::{self, Notice, NoticeState},
    outbox,
};
use web::{
    Error, FormData, ListQuery, Page,
    ui::{Cell, Column, Empty, KeyValues, Table, Tag, Tone},
};

use super::place::id_of;

const LINES: i64 = 100;

#[derive(Template)]
#[template(path = "village/queue.html")]
struct Show {
    page: Page,
    lead: String,
    waiting: String,
    deliveries: Vec<Line>,
    jobs: Vec<Line>,
    mails: Table,
}

/// Something that was given up.
struct Line {
    id: String,
    handler: String,
    what: String,
    at: String,
    attempts: String,
    error: String,
}

#[derive(Template)]
#[template(path = "village/mail.html")]
struct Mail {
    page: Page,
    id: String,
    subject: String,
    text: String,
    facts: KeyValues,
    failed: bool,
}

fn mail_tag(page: &Page, state: NoticeState) -> Tag {
    match state {
        NoticeState::Failed => page.tag(Tone::Late, page.t("services-mail-failed")),
        NoticeState::Queued => page.tag(Tone::Wait, page.t("services-mail-queued")),
        NoticeState::Withdrawn => page.tag(Tone::Plain, page.t("services-mail-withdrawn")),
        NoticeState::Previewed => page.tag(Tone::Plain, page.t("services-mail-previewed")),
        _ => page.tag(Tone::Ok, page.t("services-mail-sent")),
    }
}

pub(super) async fn show(page: Page) -> web::Result {
    let now = page.now();
    let (deliveries, dead_jobs, waiting, dead, mails) = page
        .gov()
        .read(move |rx| {
            let mut mails = Vec::new();
            for state in [NoticeState::Failed, NoticeState::Queued, NoticeState::Withdrawn, NoticeState::Previewed] {
                mails.extend(notice::mails(rx, state, LINES)?);
            }
            let (events, jobs_left) = (outbox::backlog(rx)?, jobs::backlog(rx)?);
            let dead = events.1 + jobs_left.1;
            Ok::<_, kernel::Error>((outbox::dead(rx, LINES)?, jobs::dead(rx, now, LINES)?, (events.0, jobs_left.0), dead, mails))
        })
        .await?;
    let waiting = page.t2("services-queue-waiting", "events", waiting.0, "jobs", waiting.1);
    let deliveries = deliveries
        .into_iter()
        .map(|line| Line {
            id: line.event.to_string(),
            what: line.topic,
            at: page.moment_short(line.at, now),
            attempts: page.number(line.attempts),
            error: line.error,
            handler: line.handler,
        })
        .collect();
    let jobs = dead_jobs
        .into_iter()
        .map(|line| Line {
            id: line.id.to_string(),
            handler: String::new(),
            what: line.kind,
            at: page.moment_short(line.created_at, now),
            attempts: page.number(line.attempts),
            error: line.error,
        })
        .collect();
    let mails = mail_table(&page, &mails);
    let lead = if dead == 0 { page.t("services-queue-fine") } else { page.t1("services-queue-dead", "n", dead) };
    page.clone().html(&Show { page, lead, waiting, deliveries, jobs, mails })
}

fn mail_table(page: &Page, mails: &[Notice]) -> Table {
    let row = |mail: &Notice| {
        vec![
            Cell::link(&format!("/antrean/surel/{}", mail.id), &mail.template),
            Cell::text(page.moment_short(mail.created_at, page.now())),
            Cell::component(&mail_tag(page, mail.state)).small(mail.note.clone()),
        ]
    };
    Table::new(page, &ListQuery::new("/antrean", ""), page.t("services-mails"))
        .column(Column::new(page.t("services-mail-text")))
        .column(Column::new(page.t("services-date")))
        .column(Column::new(page.t("services-state")))
        .rows(mails.iter().map(row).collect::<Vec<_>>())
        .empty(Empty::new(page.t("services-mails-none"), page.t("services-mails-none-why")))
}

pub(super) async fn delivery(page: Page, form: FormData) -> web::Result {
    let (event, handler, again, ctx) = (id_of(form.get("peristiwa"))?, form.get("penangan").to_owned(), again(&form)?, page.ctx());
    let done =
        page.gov().write(&ctx, move |tx| if again { outbox::retry(tx, event, &handler) } else { outbox::discard(tx, event, &handler) });
    settled(&page, done.await, again)
}

pub(super) async fn job(page: Page, form: FormData) -> web::Result {
    let (id, again, ctx) = (id_of(form.get("pekerjaan"))?, again(&form)?, page.ctx());
    let done = page.gov().write(&ctx, move |tx| if again { jobs::retry(tx, id) } else { jobs::discard(tx, id) });
    settled(&page, done.await, again)
}

fn again(form: &FormData) -> Result<bool, Error> {
    match form.get("tindakan") {
        "ulang" => Ok(true),
        "buang" => Ok(false),
        _ => Err(Error::BadRequest),
    }
}

/// Somebody else may have done it a moment ago: that is no mistake.
fn settled(page: &Page, done: kernel::Result<()>, again: bool) -> web::Result {
    match done {
        Ok(()) => page.flash_ok(Message::new(if again { "services-queue-retried" } else { "services-queue-discarded" })),
        Err(kernel::Error::Missing) => page.flash_warning(Message::new("services-queue-gone")),
        Err(error) => return Err(error.into()),
    }
    page.redirect("/antrean")
}

pub(super) async fn mail(page: Page, Path(id): Path<String>) -> web::Result {
    let id = id_of(&id)?;
    let (gov, ctx) = (Arc::clone(&page.state().gov), page.ctx());
    // The address belongs to a person: reading it is written down.
    let (mail, to) = page
        .gov()
        .write(&ctx, move |tx| {
            let mail = notice::find(tx, id)?;
            let to = notice::address(tx, gov.keys(), id)?;
            kernel::access::record(tx, kernel::NewEntry::new("services.mail.read").object("notice", id))?;
            Ok::<_, kernel::Error>((mail, to))
        })
        .await?;
    let letter = to.as_ref().and_then(|_| page.state().shown_letter(&mail.template, &mail.args));
    let without = if to.is_some() { "services-mail-no-text" } else { "services-mail-gone" };
    let (subject, text) = letter.map_or_else(|| (mail.template.clone(), page.t(without)), |letter| (letter.subject, letter.text));
    let facts = KeyValues::new()
        .row(page.t("services-mail-to"), to.map_or_else(|| page.t("services-mail-erased"), |to| masked(&to)))
        .html(page.t("services-state"), web::ui::Html::of(&mail_tag(&page, mail.state)))
        .row(page.t("services-date"), page.moment(mail.created_at))
        .row_if(page.t("services-reason"), &mail.note);
    let failed = mail.state == NoticeState::Failed;
    page.clone().html(&Mail { page, id: id.to_string(), subject, text, facts, failed })
}

/// `s••••@contoh.id`: enough to know whom, not enough to write.
fn masked(address: &str) -> String {
    let (name, host) = address.split_once('@').unwrap_or((address, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}••••@{host}")
}

pub(super) async fn mail_again(page: Page, Path(id): Path<String>) -> web::Result {
    let (id, ctx) = (id_of(&id)?, page.ctx());
    page.gov().write(&ctx, move |tx| notice::again(tx, id)).await?;
    page.flash_ok(Message::new("services-mail-retried"));
    page.redirect("/antrean")
}

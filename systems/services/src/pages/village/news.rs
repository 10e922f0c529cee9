//! Kabar untuk pemohon: an officer writes one text to everybody who waits at the unit, sees whom it reaches, and sends it.

use askama::Template;
use axum::extract::Path;
use kernel::{Id, Message, offering};
use web::{
    Error, FieldErrors, FormData, FormState, ListQuery, Page, Signed,
    ui::{Cell, Choice, Column, Empty, KeyValues, Table, Tag, Tone},
};

use super::{
    NEWS_ROLES,
    place::{Place, id_of, reaches, refusal},
};
use crate::{
    rules::news::{self as rules, Written},
    store::{
        self,
        news::{self, News, Reach, To},
    },
};

/// Texts of the list.
const ROWS: i64 = 100;

#[derive(Template)]
#[template(path = "village/news.html")]
struct List {
    page: Page,
    place: Place,
    table: Table,
    /// Why nothing may be sent now.
    quiet: Option<String>,
    filter: Option<FormState>,
    new: String,
}

fn state(page: &Page, news: &News) -> Tag {
    let (tone, key) = match news.state.as_str() {
        "sent" => (Tone::Ok, "services-news-sent"),
        "stopped" => (Tone::Late, "services-news-stopped"),
        _ => (Tone::Wait, "services-news-sending"),
    };
    page.tag(tone, page.t(key))
}

fn reached(page: &Page, reached: i64, mailed: i64) -> String {
    page.t2("services-news-reached", "n", reached, "mails", mailed)
}

pub(super) async fn list(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, NEWS_ROLES).await?;
    let page = place.dress(page);
    let (unit, now) = (place.unit.id, page.now());
    let read = page.gov().read(move |rx| {
        let quiet = refused(news::may_send(rx, now))?;
        Ok::<_, kernel::Error>((news::of_unit(rx, unit, ROWS)?, quiet))
    });
    let (all, quiet) = read.await?;
    let row = |one: &News| {
        vec![
            Cell::link(&format!("/kabar/{}", one.id), &one.purpose).small(page.t2(
                "services-news-by",
                "post",
                one.by_label.as_str(),
                "at",
                page.moment(one.at),
            )),
            Cell::text(reached(&page, one.reached, one.mailed)),
            Cell::component(&state(&page, one)),
        ]
    };
    let table = Table::new(&page, &list, page.t("services-menu-news"))
        .caption_unseen()
        .column(Column::new(page.t("services-news-purpose")))
        .column(Column::new(page.t("services-news-whom")))
        .column(Column::new(page.t("services-state")))
        .rows(all.iter().map(row).collect::<Vec<_>>())
        .empty(Empty::new(page.t("services-news-none"), page.t("services-news-none-why")));
    let filter = Some(FormState::filled(&page, list.form()));
    let (quiet, new) = (quiet.map(|message| page.m(&message)), place.href("/kabar/baru"));
    page.clone().html(&List { page, place, table, quiet, filter, new })
}

/// What a rule refused, as words to be shown.
fn refused(result: kernel::Result<()>) -> kernel::Result<Option<Message>> {
    match result {
        Ok(()) => Ok(None),
        Err(kernel::Error::Refused(message)) => Ok(Some(message)),
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "village/news_new.html")]
struct Ask {
    page: Page,
    place: Place,
    form: FormState,
    services: Vec<Choice>,
}

async fn services(page: &Page, unit: Id) -> web::Result<Vec<Choice>> {
    let all = page.gov().read(move |rx| offering::of_unit(rx, store::SYSTEM, unit)).await?;
    Ok(all.into_iter().map(|one| Choice::new(one.id.to_string(), one.title)).collect())
}

/// Refuses the page itself while nothing may be sent.
async fn open(page: &Page) -> web::Result<()> {
    let now = page.now();
    Ok(page.gov().read(move |rx| news::may_send(rx, now)).await?)
}

pub(super) async fn ask(page: Page, list: ListQuery) -> web::Result {
    open(&page).await?;
    let place = Place::of(&page, &list, NEWS_ROLES).await?;
    let page = place.dress(page);
    let services = services(&page, place.unit.id).await?;
    let form = FormState::filled(&page, FormData::of([("unit", place.unit.slug.as_str())]));
    page.clone().html(&Ask { page, place, form, services })
}

#[derive(Template)]
#[template(path = "village/news_look.html")]
struct Look {
    page: Page,
    place: Place,
    written: Written,
    offering: String,
    service: String,
    /// Sends it once, however often it is pressed.
    id: Id,
    title: String,
    send: String,
    lines: Vec<String>,
}

/// Whom a text would reach, in sentences.
fn lines(page: &Page, reach: &Reach) -> Vec<String> {
    let mut lines = vec![page.t2("services-news-look-reached", "n", reach.reached, "mails", reach.mailed)];
    let without = reach.reached - reach.mailed;
    if without > 0 {
        lines.push(page.t1("services-news-look-without", "n", without));
    }
    if reach.restricted > 0 {
        lines.push(page.t1("services-news-look-restricted", "n", reach.restricted));
    }
    lines
}

fn service_of(services: &[Choice], form: &FormData) -> Option<Choice> {
    services.iter().find(|one| one.value == form.get("layanan")).cloned()
}

/// The text as it was typed, and how many it reaches, before anything is sent.
pub(super) async fn look(page: Page, form: FormData) -> web::Result {
    open(&page).await?;
    let place = Place::of_form(&page, form.get("unit"), NEWS_ROLES).await?;
    let page = place.dress(page);
    let services = services(&page, place.unit.id).await?;
    let service = service_of(&services, &form);
    let written = match rules::check(&|name| form.get(name).to_owned()) {
        Ok(written) if form.get("layanan").is_empty() || service.is_some() => written,
        checked => {
            let mut errors = checked.err().unwrap_or_default();
            if !form.get("layanan").is_empty() && service.is_none() {
                errors.add("layanan", Message::new("services-choose"));
            }
            return again(&page, place, services, form, errors);
        }
    };
    let offering: Option<Id> = service.as_ref().and_then(|one| one.value.parse().ok());
    let to = To { unit: place.unit.id, depth: place.unit.depth, offering, until: page.now() };
    let reach = page.gov().read(move |rx| news::reach(rx, to)).await?;
    if reach.reached == 0 {
        let mut errors = FieldErrors::default();
        let why = Message::new(if reach.restricted > 0 { "services-news-only-restricted" } else { "services-news-nobody" });
        errors.add("layanan", why);
        return again(&page, place, services, form, errors);
    }
    let shown = Look {
        id: page.ctx().new_id(),
        lines: lines(&page, &reach),
        title: page.t1("services-news-look-title", "n", reach.reached),
        send: page.t1("services-news-send", "n", reach.reached),
        service: service.map_or_else(|| page.t("services-news-all-services"), |one| one.label),
        offering: form.get("layanan").to_owned(),
        page: page.clone(),
        place,
        written,
    };
    page.html(&shown)
}

fn again(page: &Page, place: Place, services: Vec<Choice>, form: FormData, errors: FieldErrors) -> web::Result {
    let form = FormState::wrong(page, form, errors);
    page.wrong(&Ask { page: page.clone(), place, form, services })
}

pub(super) async fn send(page: Page, Signed(_): Signed, form: FormData) -> web::Result {
    let place = Place::of_form(&page, form.get("unit"), NEWS_ROLES).await?;
    let ctx = page.ctx_for(&form)?;
    let officer = ctx.actor().officer().cloned().ok_or(Error::SignIn)?;
    let id: Id = form.get("kabar").parse().map_err(|_| Error::BadRequest)?;
    let written = match rules::check(&|name| form.get(name).to_owned()) {
        Ok(written) => written,
        Err(errors) => {
            let page = place.dress(page);
            let services = services(&page, place.unit.id).await?;
            return again(&page, place, services, form, errors);
        }
    };
    let offering: Option<Id> = form.some("layanan").map(str::parse).transpose().map_err(|_| Error::BadRequest)?;
    let unit = place.unit.clone();
    let done = page.gov().write(&ctx, move |tx| news::send(tx, &officer, id, &unit, offering, &written)).await;
    match refusal(done)? {
        Ok(()) => {
            page.flash_ok(Message::new("services-news-on-its-way"));
            page.redirect(&format!("/kabar/{id}"))
        }
        Err(message) => Err(Error::Refused(message)),
    }
}

#[derive(Template)]
#[template(path = "village/news_show.html")]
struct Show {
    page: Page,
    news: News,
    facts: KeyValues,
}

pub(super) async fn show(page: Page, Signed(officer): Signed, Path(id): Path<String>) -> web::Result {
    let id = id_of(&id)?;
    let read = page.gov().read(move |rx| {
        let news = news::find(rx, id)?.ok_or(kernel::Error::Missing)?;
        let unit = kernel::unit::find(rx, news.unit)?.ok_or(kernel::Error::Missing)?;
        if !reaches(&officer, NEWS_ROLES, &unit) {
            return Err(kernel::Error::Missing);
        }
        let service = news.offering.map(|offering| offering::find(rx, offering)).transpose()?;
        Ok((news, unit, service))
    });
    let (news, unit, service) = read.await?;
    let service = service.map_or_else(|| page.t("services-news-all-services"), |one| one.title);
    let reach = Reach { reached: news.reached, mailed: news.mailed, restricted: news.restricted };
    let facts = KeyValues::new()
        .row(page.t("services-unit"), &unit.name)
        .row(page.t("services-service"), service)
        .row(page.t("services-news-writer"), page.t2("services-news-by", "post", news.by_label.as_str(), "at", page.moment(news.at)))
        .html(page.t("services-state"), web::ui::Html::of(&state(&page, &news)))
        .row_if(page.t("services-news-whom"), if news.reached == 0 { String::new() } else { lines(&page, &reach).join(" ") });
    page.clone().html(&Show { page, news, facts })
}

//! The record of processing (ROPA, UU 27/2022 Pasal 31), made from what the systems declare.

use askama::Template;
use kernel::{
    NewEntry,
    retention::{self, Rule, Term},
};
use letter::{Book, BookColumn, BookRow, Meta, Paper};
use web::{
    Error, FormData, Page, Processing, Routes,
    export::{Format, Sheet},
};

use super::READERS;
use crate::jobs;

pub(super) fn routes() -> Routes {
    Routes::new().get("/data-pribadi/pemrosesan", READERS, show).post("/data-pribadi/pemrosesan/unduh", READERS, export).get(
        "/data-pribadi/pemrosesan/cetak",
        READERS,
        print,
    )
}

/// One activity in words.
struct Activity {
    title: String,
    system: String,
    purpose: String,
    subjects: String,
    /// Which data, as the people they are about would call them.
    data: String,
    /// Where they are stored.
    columns: String,
    specific: bool,
    basis: String,
    legal: String,
    receivers: String,
    kept: String,
}

/// Every activity of every system, in the order of the manifest, with the terms that hold now.
async fn activities(page: &Page) -> web::Result<Vec<Activity>> {
    let rules = jobs::rules(&page.state().systems);
    let terms = page.gov().read(move |rx| {
        rules.into_iter().map(|rule| Ok((rule, retention::term(rx, rule)?))).collect::<kernel::Result<Vec<(&'static Rule, Term)>>>()
    });
    let terms = terms.await?;
    let mut all = Vec::new();
    for system in &page.state().systems {
        for processing in system.processing {
            all.push(activity(page, page.t(system.title), processing, &terms));
        }
    }
    Ok(all)
}

fn activity(page: &Page, system: String, processing: &Processing, terms: &[(&'static Rule, Term)]) -> Activity {
    let said = |part: &str| page.t(&format!("{}{part}", processing.words));
    let kept = match terms.iter().find(|(rule, _)| rule.key == processing.retention) {
        Some((rule, term)) => {
            let key = if term.active { "privacy-kept-days" } else { "privacy-kept-proposal" };
            page.t2(key, "n", term.keep_days, "what", page.t(&format!("{}title", rule.words)))
        }
        None => page.t("privacy-kept-archive"),
    };
    Activity {
        title: said("title"),
        system,
        purpose: said("purpose"),
        subjects: said("subjects"),
        data: said("data"),
        columns: processing.fields.join(", "),
        specific: processing.specific,
        basis: page.t(processing.basis.key()),
        legal: processing.legal.to_owned(),
        receivers: said("receivers"),
        kept,
    }
}

#[derive(Template)]
#[template(path = "privacy/ropa.html")]
struct Show {
    page: Page,
    activities: Vec<Activity>,
}

async fn show(page: Page) -> web::Result {
    let activities = activities(&page).await?;
    page.clone().html(&Show { page, activities })
}

/// What a reader asks for; a workbook has the tables and columns besides.
const HEADS: [&str; 9] = [
    "privacy-ropa-activity",
    "privacy-ropa-system",
    "privacy-ropa-purpose",
    "privacy-ropa-basis",
    "privacy-ropa-legal",
    "privacy-ropa-subjects",
    "privacy-ropa-data",
    "privacy-ropa-receivers",
    "privacy-ropa-kept",
];

fn cells(page: &Page, activity: &Activity) -> Vec<String> {
    let nature = page.t(if activity.specific { "privacy-nature-specific" } else { "privacy-nature-general" });
    [
        &activity.title,
        &activity.system,
        &activity.purpose,
        &activity.basis,
        &activity.legal,
        &activity.subjects,
        &format!("{} ({nature})", activity.data),
        &activity.receivers,
        &activity.kept,
    ]
    .map(String::to_owned)
    .to_vec()
}

async fn export(page: Page, form: FormData) -> web::Result {
    let format = Format::parse(form.get("format")).ok_or(Error::BadRequest)?;
    let row = |one: &Activity| cells(&page, one).into_iter().chain([one.columns.clone()]).map(Into::into).collect();
    let rows = activities(&page).await?.iter().map(row).collect();
    let heads = HEADS.iter().chain(&["privacy-ropa-columns"]).map(|key| page.t(key)).collect();
    let sheet = Sheet { name: page.t("privacy-menu-ropa"), heads, rows, notes: Vec::new() };
    page.gov()
        .write(&page.ctx(), |tx| {
            tx.entry(NewEntry::new("privacy.processing.exported"));
            Ok::<_, kernel::Error>(())
        })
        .await?;
    page.download(&format!("pemrosesan-data-pribadi.{}", format.ending()), format.media_type(), sheet.bytes_without_people(format)?)
}

async fn print(page: Page) -> web::Result {
    // What is done and with which data needs room.
    let wide = |key: &str| matches!(key, "privacy-ropa-purpose" | "privacy-ropa-data");
    let column = |key: &&str| BookColumn { title: page.t(key), width: if wide(key) { 3 } else { 2 }, ..BookColumn::default() };
    let row = |one: &Activity| BookRow { cells: cells(&page, one), void: false };
    let activities = activities(&page).await?;
    let book = Book {
        meta: Meta { ident: "ropa".to_owned(), made_at_seconds: page.now().as_second(), author: page.government().to_owned() },
        language: page.lang().to_owned(),
        title: page.t("privacy-ropa-book"),
        subtitle: format!("{} · {}", page.government(), page.date_long(page.today())),
        columns: HEADS.iter().map(column).collect(),
        rows: activities.iter().map(row).collect(),
        ..Book::default()
    };
    let pdf = page.state().render(Paper::Book(Box::new(book))).await?;
    page.inline("pemrosesan-data-pribadi.pdf", "application/pdf", pdf)
}

//! How long records are kept, deletion reports.

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as KernelError, Message,
    retention::{self, Rule, Term},
    schema::FieldErrors,
};
use web::{Error, FormData, FormState, Page, Routes, ui::KeyValues};

use super::{OFFICER, id_of};
use crate::{jobs, rules};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/data-pribadi/penyimpanan", OFFICER, show)
        .get("/data-pribadi/penyimpanan/aturan/{rule}", OFFICER, ask)
        .post("/data-pribadi/penyimpanan/aturan/{rule}", OFFICER, decide)
        .token()
        .get("/data-pribadi/penyimpanan/laporan/{run}", OFFICER, report)
}

/// A rule in words.
struct Line {
    key: &'static str,
    title: String,
    erases: String,
    kept: String,
    basis: String,
    /// The term is a proposal nobody has verified or decided.
    proposal: bool,
    active: bool,
}

struct ReportLine {
    href: String,
    title: String,
    at: String,
    erased: String,
    held: String,
}

#[derive(Template)]
#[template(path = "privacy/retention.html")]
struct Show {
    page: Page,
    rules: Vec<Line>,
    reports: Vec<ReportLine>,
}

fn line(page: &Page, rule: &'static Rule, term: &Term) -> Line {
    Line {
        key: rule.key,
        title: page.t(&format!("{}title", rule.words)),
        erases: page.t(&format!("{}erases", rule.words)),
        kept: page.t1("privacy-days", "n", term.keep_days),
        basis: term.basis.clone(),
        proposal: !rule.verified && !term.decided,
        active: term.active,
    }
}

async fn show(page: Page) -> web::Result {
    let all = jobs::rules(&page.state().systems);
    let listed = all.clone();
    let (terms, reports) = page
        .gov()
        .read(move |rx| {
            let terms: Vec<Term> = listed.iter().map(|rule| retention::term(rx, rule)).collect::<kernel::Result<_>>()?;
            Ok::<_, KernelError>((terms, retention::reports(rx, 100)?))
        })
        .await?;
    let rules = all.iter().zip(&terms).map(|(rule, term)| line(&page, rule, term)).collect();
    let title =
        |key: &str| all.iter().find(|rule| rule.key == key).map_or_else(|| key.to_owned(), |rule| page.t(&format!("{}title", rule.words)));
    let reports = reports
        .iter()
        .map(|report| ReportLine {
            href: format!("/data-pribadi/penyimpanan/laporan/{}", report.id),
            title: title(&report.rule),
            at: page.moment(report.at),
            erased: page.number(report.erased),
            held: page.number(report.held),
        })
        .collect();
    page.clone().html(&Show { page, rules, reports })
}

#[derive(Template)]
#[template(path = "privacy/retention_rule.html")]
struct Decide {
    page: Page,
    form: FormState,
    line: Line,
}

fn rule(page: &Page, key: &str) -> web::Result<&'static Rule> {
    jobs::rules(&page.state().systems).into_iter().find(|rule| rule.key == key).ok_or(Error::NotFound)
}

async fn ask(page: Page, Path(key): Path<String>) -> web::Result {
    let rule = rule(&page, &key)?;
    let term = page.gov().read(move |rx| retention::term(rx, rule)).await?;
    // Whoever decides a proposal means it to be carried out.
    let active = if term.active || !term.decided { "1" } else { "" };
    let values = FormData::of([("hari", term.keep_days.to_string()), ("dasar", term.basis.clone()), ("aktif", active.to_owned())]);
    let (form, line) = (FormState::filled(&page, values), line(&page, rule, &term));
    page.clone().html(&Decide { page, form, line })
}

async fn decide(page: Page, Path(key): Path<String>, form: FormData) -> web::Result {
    let rule = rule(&page, &key)?;
    let mut errors = FieldErrors::default();
    let days = form.number("hari");
    if days.is_none() {
        errors.add("hari", Message::new("privacy-number-needed"));
    }
    let basis = rules::text("dasar", form.get("dasar"), 3, 300, &mut errors);
    if let (Some(days), true) = (days, errors.is_empty()) {
        let active = form.has("aktif");
        match page.gov().write(&page.ctx_for(&form)?, move |tx| retention::decide(tx, rule, days, &basis, active)).await {
            Ok(()) => {
                page.flash_ok(Message::new("privacy-term-decided"));
                return page.redirect("/data-pribadi/penyimpanan");
            }
            Err(KernelError::Refused(message)) => errors.add("hari", message),
            Err(error) => return Err(error.into()),
        }
    }
    let term = page.gov().read(move |rx| retention::term(rx, rule)).await?;
    let (form, line) = (FormState::wrong(&page, form, errors), line(&page, rule, &term));
    page.clone().wrong(&Decide { page, form, line })
}

#[derive(Template)]
#[template(path = "privacy/report.html")]
struct Report {
    page: Page,
    facts: KeyValues,
    tables: Vec<(String, String)>,
}

async fn report(page: Page, Path(id): Path<String>) -> web::Result {
    let id = id_of(&id)?;
    let (report, erased) = page
        .gov()
        .read(move |rx| {
            let report = retention::reports(rx, 1_000)?.into_iter().find(|report| report.id == id).ok_or(KernelError::Missing)?;
            Ok::<_, KernelError>((report, kernel::erasure::of_cause(rx, id, 100_000)?))
        })
        .await?;
    let all = jobs::rules(&page.state().systems);
    let title =
        all.iter().find(|rule| rule.key == report.rule).map_or_else(|| report.rule.clone(), |rule| page.t(&format!("{}title", rule.words)));
    let mut counts: std::collections::BTreeMap<String, i64> = std::collections::BTreeMap::new();
    erased.iter().for_each(|one| *counts.entry(one.table.clone()).or_default() += 1);
    let facts = KeyValues::new()
        .row(page.t("privacy-report-rule"), title)
        .row(page.t("privacy-report-at"), page.moment(report.at))
        .row(page.t("privacy-report-before"), page.day(report.before))
        .row(page.t("privacy-basis"), &report.basis)
        .row(page.t("privacy-report-erased"), page.number(report.erased))
        .row(page.t("privacy-report-held"), page.number(report.held));
    let tables = counts.into_iter().map(|(table, n)| (table, page.number(n))).collect();
    page.clone().html(&Report { page, facts, tables })
}

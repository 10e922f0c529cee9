//! How long records are kept, legal holds, deletion reports.

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as KernelError, Message, case,
    retention::{self, NewHold, Rule, Term},
    schema::FieldErrors,
};
use web::{Error, FormData, FormState, Page, Routes, ui::KeyValues};

use super::{OFFICER, end_of, id_of};
use crate::{jobs, rules};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/data-pribadi/penyimpanan", OFFICER, show)
        .get("/data-pribadi/penyimpanan/aturan/{rule}", OFFICER, ask)
        .post("/data-pribadi/penyimpanan/aturan/{rule}", OFFICER, decide)
        .token()
        .get("/data-pribadi/penyimpanan/tahan", OFFICER, ask_hold)
        .post("/data-pribadi/penyimpanan/tahan", OFFICER, hold)
        .token()
        .post("/data-pribadi/penyimpanan/tahan/{hold}/cabut", OFFICER, lift)
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

struct HoldLine {
    id: String,
    about: String,
    decree: String,
    reason: String,
    state: String,
    runs: bool,
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
    holds: Vec<HoldLine>,
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
    let (terms, holds, reports) = page
        .gov()
        .read(move |rx| {
            let terms: Vec<Term> = listed.iter().map(|rule| retention::term(rx, rule)).collect::<kernel::Result<_>>()?;
            Ok::<_, KernelError>((terms, retention::holds(rx)?, retention::reports(rx, 100)?))
        })
        .await?;
    let rules = all.iter().zip(&terms).map(|(rule, term)| line(&page, rule, term)).collect();
    let title =
        |key: &str| all.iter().find(|rule| rule.key == key).map_or_else(|| key.to_owned(), |rule| page.t(&format!("{}title", rule.words)));
    let holds = holds.iter().map(|hold| hold_line(&page, hold)).collect();
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
    page.clone().html(&Show { page, rules, holds, reports })
}

fn hold_line(page: &Page, hold: &retention::Hold) -> HoldLine {
    let runs = hold.lifted_at.is_none() && hold.until.is_none_or(|until| until > page.now());
    let state = match (hold.lifted_at, hold.until, runs) {
        (Some(at), ..) => page.t1("privacy-hiding-lifted", "at", page.day(at)),
        (None, Some(until), true) => page.t1("privacy-hiding-until", "at", page.day(until)),
        (None, None, _) => page.t("privacy-hold-open"),
        (None, Some(_), false) => page.t("privacy-hiding-ended"),
    };
    let about = page.t(if hold.object_kind == "person" { "privacy-hold-person" } else { "privacy-hold-case" });
    HoldLine { id: hold.id.to_string(), about, decree: hold.decree.clone(), reason: hold.reason.clone(), state, runs }
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
#[template(path = "privacy/hold_new.html")]
struct NewHoldPage {
    page: Page,
    form: FormState,
}

async fn ask_hold(page: Page) -> web::Result {
    let form = FormState::empty(&page);
    page.clone().html(&NewHoldPage { page, form })
}

async fn hold(page: Page, form: FormData) -> web::Result {
    let mut errors = FieldErrors::default();
    let code = indonesian::Code::parse(form.get("kode"));
    if code.is_err() {
        errors.add("kode", Message::new("privacy-code-wrong"));
    }
    let decree = rules::text("keputusan", form.get("keputusan"), 3, 200, &mut errors);
    let reason = rules::text("alasan", form.get("alasan"), 10, 1_000, &mut errors);
    let until = match form.date("sampai") {
        Ok(day) => day,
        Err(_) => {
            errors.add("sampai", Message::new("privacy-date-needed"));
            None
        }
    };
    if let (Ok(code), true) = (code, errors.is_empty()) {
        let until = until.map(|day| end_of(&page, day)).transpose()?;
        let ctx = page.ctx_for(&form)?;
        let done = page.gov().write(&ctx, move |tx| {
            let found = match case::by_code(tx, code.as_str()) {
                Ok(found) => found,
                Err(KernelError::Missing) => return Err(KernelError::refused("privacy-code-unknown")),
                Err(error) => return Err(error),
            };
            let new = NewHold { object_kind: "case", object: found.id, reason: reason.clone(), decree: decree.clone(), until };
            retention::hold(tx, &new)
        });
        match done.await {
            Ok(_) => {
                page.flash_ok(Message::new("privacy-hold-set"));
                return page.redirect("/data-pribadi/penyimpanan");
            }
            Err(KernelError::Refused(message)) => errors.add("kode", message),
            Err(error) => return Err(error.into()),
        }
    }
    let form = FormState::wrong(&page, form, errors);
    page.clone().wrong(&NewHoldPage { page, form })
}

async fn lift(page: Page, Path(id): Path<String>, form: FormData) -> web::Result {
    let id = id_of(&id)?;
    page.gov().write(&page.ctx_for(&form)?, move |tx| retention::lift(tx, id)).await?;
    page.flash_ok(Message::new("privacy-hold-lifted"));
    page.redirect("/data-pribadi/penyimpanan")
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

//! Why a deadline falls where it falls: every day from the receipt on, counted or not.

use std::sync::Arc;

use axum::extract::Path;
use kernel::{
    Id, NewEntry, access,
    clock::{CaseClock, DayLine, Reason, Rule, Starts},
};
use web::{
    Page, Signed,
    ui::{Cell, Column, Html, Notice, Table, Tag, Tone},
};

use super::{load, words};
use crate::store::due;

#[derive(askama::Template)]
#[template(path = "desk/deadline.html")]
struct Why {
    page: Page,
    href: String,
    title: String,
    code: String,
    due: words::DueWords,
    rule: String,
    begins: String,
    falls: String,
    notice: Html,
    pauses: Vec<String>,
    table: Option<Table>,
}

pub(super) async fn show(page: Page, Signed(officer): Signed, Path(case_id): Path<Id>) -> web::Result {
    let gov = Arc::clone(&page.state().gov);
    let (dossier, office) = page
        .gov()
        .write(&page.ctx(), move |tx| {
            let (_, dossier) = load::mine(tx, &gov, &officer, case_id)?;
            access::record(tx, NewEntry::new("services.application.opened").case(case_id).unit(dossier.case.unit).object("case", case_id))?;
            let office = due::office(tx, &gov, &dossier.offer)?;
            Ok::<_, kernel::Error>((dossier, office))
        })
        .await?;
    let (case, now) = (&dossier.case, page.now());
    let clock = CaseClock::parse(&case.due.clock)?;
    // What stopped the clock stops the explanation too.
    let until = case.closed_at.unwrap_or(now);
    let explained = case.due.started_at.filter(|_| clock.rule != Rule::None).map(|start| office.explain(&clock, start, until));
    let table = explained.as_ref().map(|deadline| days(&page, clock.rule, &deadline.days));
    let pauses = clock.suspensions.iter().map(|pause| match pause.until {
        Some(until) => page.t2("services-desk-why-pause", "from", page.moment(pause.from), "until", page.moment(until)),
        None => page.t1("services-desk-why-pause-open", "from", page.moment(pause.from)),
    });
    let provisional = explained.as_ref().is_some_and(|deadline| deadline.provisional);
    let notice = if provisional {
        Html::of(&Notice::new(Tone::Soon, page.t("services-desk-why-provisional")).text(page.t("services-desk-why-provisional-do")))
    } else {
        Html::default()
    };
    let view = Why {
        href: format!("/tugas/{case_id}"),
        title: dossier.offer.definition.title.in_language(page.lang()).to_owned(),
        code: words::code(&case.code),
        due: words::due(&page, &office, &case.due, case.on_time, now),
        rule: rule(&page, clock.rule),
        begins: begins(&page, clock.starts, case.due.started_at),
        falls: explained.as_ref().and_then(|deadline| deadline.at).map(|at| falls(&page, clock.rule, at)).unwrap_or_default(),
        notice,
        pauses: pauses.collect(),
        table,
        page: page.clone(),
    };
    page.html(&view)
}

fn rule(page: &Page, rule: Rule) -> String {
    match rule {
        Rule::WorkingDays(days) => page.t1("services-desk-why-days", "n", i64::from(days)),
        Rule::ClockHours(hours) => page.t1("services-desk-why-hours", "n", i64::from(hours)),
        Rule::ServiceMinutes(minutes) => page.t1("services-desk-why-minutes", "length", words::length(page, i64::from(minutes))),
        Rule::None => page.t("services-desk-why-none"),
    }
}

fn begins(page: &Page, starts: Starts, at: Option<jiff::Timestamp>) -> String {
    match (starts, at) {
        (Starts::Receipt, Some(at)) => page.t1("services-desk-why-from-receipt", "at", page.moment(at)),
        (Starts::Complete, Some(at)) => page.t1("services-desk-why-from-complete", "at", page.moment(at)),
        (_, None) => page.t("services-desk-why-not-begun"),
    }
}

fn falls(page: &Page, rule: Rule, at: jiff::Timestamp) -> String {
    match rule {
        // Working days end with the day: no hour is named.
        Rule::WorkingDays(_) => page.t1("services-desk-why-falls", "at", page.day(at)),
        _ => page.t1("services-desk-why-falls", "at", page.moment(at)),
    }
}

fn days(page: &Page, rule: Rule, days: &[DayLine]) -> Table {
    let query = web::ListQuery::new(page.path(), "");
    let rows = days.iter().map(|day| {
        let counted = if day.counted { Tone::Ok } else { Tone::Plain };
        let how = match (rule, day.ordinal, day.counted) {
            (Rule::WorkingDays(_), Some(ordinal), _) => page.t1("services-desk-why-ordinal", "n", i64::from(ordinal)),
            (_, _, true) if day.minutes > 0 => words::length(page, i64::from(day.minutes)),
            (_, _, true) => page.t("services-desk-why-counted"),
            _ => page.t("services-desk-why-not-counted"),
        };
        let mut why = reason(page, rule, &day.reason, day.counted);
        if day.provisional {
            why = page.t1("services-desk-due-provisional", "words", why);
        }
        vec![Cell::text(page.date_long(day.date)), Cell::component(&Tag::new(counted, how)), Cell::text(why)]
    });
    Table::new(page, &query, page.t("services-desk-why-table"))
        .column(Column::new(page.t("services-desk-why-day")))
        .column(Column::new(page.t("services-desk-why-count")))
        .column(Column::new(page.t("services-desk-why-reason")))
        .rows(rows)
}

fn reason(page: &Page, rule: Rule, reason: &Reason, counted: bool) -> String {
    let named = |key: &str, name: &str, decree: &str| {
        let words = page.t1(key, "name", name);
        if decree.is_empty() { words } else { format!("{words} ({decree})") }
    };
    match reason {
        Reason::Receipt => page.t("services-desk-why-receipt"),
        // A clock that runs on asks for no working day: a Sunday is counted as a Sunday.
        Reason::Counted if matches!(rule, Rule::ClockHours(_)) => page.t("services-desk-why-running"),
        Reason::Counted => page.t("services-desk-why-working"),
        Reason::Weekend => page.t("services-desk-why-weekend"),
        Reason::National { name, decree } => named("services-desk-why-national", name, decree),
        Reason::Joint { name, decree } if counted => named("services-desk-why-joint-works", name, decree),
        Reason::Joint { name, decree } => named("services-desk-why-joint", name, decree),
        Reason::Regional { name, decree } => named("services-desk-why-regional", name, decree),
        Reason::Closure { name, decree } => named("services-desk-why-closure", name, decree),
        Reason::OutsideHours => page.t("services-desk-why-outside"),
        Reason::Suspended => page.t("services-desk-why-suspended"),
    }
}

//! "Hitung tenggat": when something is due, and why, day by day.

use askama::Template;
use jiff::civil::Time;
use kernel::{
    Message, Timestamp,
    clock::{self, CaseClock, DayLine, Reason, Rule, Starts},
    unit::Unit,
};
use web::{
    FieldErrors, FormState, ListQuery, Page,
    ui::{Cell, Column, Table, Tone},
};

use super::{super::desk, calendar::any_unit};

/// Longest deadlines that can be asked for.
const DAYS_MAX: i64 = 365;

#[derive(Template)]
#[template(path = "village/calculator.html")]
struct Show {
    page: Page,
    unit: Unit,
    form: FormState,
    answer: Option<Answer>,
}

struct Answer {
    at: String,
    provisional: bool,
    table: Table,
}

fn rule(list: &ListQuery, errors: &mut FieldErrors) -> Option<Rule> {
    let count = list.get("jumlah").parse::<i64>().ok();
    let most = match list.get("aturan") {
        "hari" => DAYS_MAX,
        "jam" => DAYS_MAX * 24,
        "menit" => DAYS_MAX * 450,
        _ => {
            errors.add("aturan", Message::new("services-choose"));
            return None;
        }
    };
    let Some(count) = count.filter(|count| (1..=most).contains(count)) else {
        errors.add("jumlah", Message::new("services-calc-count").arg("max", most));
        return None;
    };
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    Some(match list.get("aturan") {
        "hari" => Rule::WorkingDays(count),
        "jam" => Rule::ClockHours(count),
        _ => Rule::ServiceMinutes(count),
    })
}

fn start(list: &ListQuery, unit: &Unit, errors: &mut FieldErrors) -> Option<Timestamp> {
    let form = list.form();
    let Ok(Some(date)) = form.date("tanggal") else {
        errors.add("tanggal", Message::new("services-date-needed"));
        return None;
    };
    let text = list.get("pukul").replace('.', ":");
    let time: Option<Time> = text.split_once(':').and_then(|(hour, minute)| Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok());
    let Some(time) = time else {
        errors.add("pukul", Message::new("services-calc-time"));
        return None;
    };
    let zoned = unit.zone.time_zone().to_timestamp(date.to_datetime(time));
    zoned.map_err(|_| errors.add("tanggal", Message::new("services-date-wrong"))).ok()
}

fn reason(page: &Page, rule: Rule, line: &DayLine) -> String {
    let decreed = |key: &str, name: &str, decree: &str| {
        if decree.is_empty() { format!("{}: {name}", page.t(key)) } else { format!("{}: {name} ({decree})", page.t(key)) }
    };
    match &line.reason {
        Reason::Receipt => page.t("services-calc-receipt"),
        Reason::Counted if matches!(rule, Rule::ClockHours(_)) => page.t("services-desk-why-running"),
        Reason::Counted => page.t("services-calc-counted"),
        Reason::Weekend => page.t("services-calc-weekend"),
        Reason::National { name, decree } => decreed("services-holiday-national", name, decree),
        Reason::Joint { name, decree } => decreed("services-holiday-joint", name, decree),
        Reason::Regional { name, decree } => decreed("services-holiday-regional", name, decree),
        Reason::Closure { name, decree } => decreed("services-holiday-closure", name, decree),
        Reason::OutsideHours => page.t("services-calc-outside"),
        Reason::Suspended => page.t("services-calc-suspended"),
    }
}

pub(super) async fn show(page: Page, list: ListQuery) -> web::Result {
    let unit = any_unit(&page, &list).await?;
    let mut errors = FieldErrors::default();
    let asked = list.some("tanggal").is_some() || list.some("aturan").is_some();
    let wanted = if asked { rule(&list, &mut errors).zip(start(&list, &unit, &mut errors)) } else { None };
    let mut answer = None;
    if let Some((rule, started)) = wanted {
        let at = unit.clone();
        let office = page.gov().read(move |rx| Ok::<_, kernel::Error>(clock::CalendarBook::load(rx)?.office(&at.ancestors))).await?;
        let deadline = office.explain(&CaseClock::new(rule, Starts::Receipt), started, page.now());
        let unit_word = |line: &DayLine| match rule {
            Rule::WorkingDays(_) => {
                line.ordinal.map(|ordinal| page.t1("services-calc-day", "n", i64::from(ordinal))).unwrap_or_else(|| "–".to_owned())
            }
            _ if line.minutes == 0 => "–".to_owned(),
            _ => desk::length(&page, i64::from(line.minutes)),
        };
        let rows = deadline.days.iter().map(|line| {
            let tag = if line.counted {
                page.tag(Tone::Ok, page.t("services-calc-yes"))
            } else {
                page.tag(Tone::Plain, page.t("services-calc-no"))
            };
            vec![
                Cell::text(page.date_long(line.date)),
                Cell::component(&tag),
                Cell::text(unit_word(line)),
                Cell::text(reason(&page, rule, line)),
            ]
        });
        let table = Table::new(&page, &ListQuery::new("/kalender/tenggat", ""), page.t("services-calc-days"))
            .column(Column::new(page.t("services-date")))
            .column(Column::new(page.t("services-calc-counts")))
            .column(Column::new(page.t("services-calc-so-far")))
            .column(Column::new(page.t("services-calc-why")))
            .rows(rows.collect::<Vec<_>>());
        let at = deadline.at.map(|at| page.moment(at)).unwrap_or_default();
        answer = Some(Answer { at, provisional: deadline.provisional, table });
    }
    let mut values = list.form();
    for (name, value) in [
        ("tanggal", page.today().to_string()),
        ("pukul", "09:00".to_owned()),
        ("aturan", "hari".to_owned()),
        ("jumlah", "5".to_owned()),
        ("unit", unit.slug.clone()),
    ] {
        if !values.has(name) && !asked {
            values.set(name, value);
        }
    }
    let wrong = !errors.is_empty();
    let form = FormState::wrong(&page, values, errors);
    let view = Show { page: page.clone(), unit, form, answer };
    if wrong { page.wrong(&view) } else { page.html(&view) }
}

//! Masa Pemilihan: the days between which the platform is kept out of campaigns.

use axum::extract::Path;
use kernel::{
    Error as StoreError, Expect, Id, Message, NewEntry, access,
    election::{self, NewPeriod, Period, Policy},
    grant::ADMIN,
    unit,
};
use web::{
    Error, FieldErrors, FormData, FormState, ListQuery, Page,
    ui::{Cell, Column, Empty, Notice, Table, Tag, Tone},
};

use super::{own_scope, timeline};
use crate::store::{
    aid::{self, Line},
    timeline::Subject,
};

#[derive(askama::Template)]
#[template(path = "oversight/election.html")]
struct List {
    page: Page,
    notice: Notice,
    table: Table,
    /// Letters that open the door to aid, in the period that holds or held last; for whoever inspects.
    aid: Option<Aid>,
    /// Periods that may still be called off.
    open: Vec<Period>,
    may_set: bool,
    form: FormState,
}

pub(super) async fn list(page: Page) -> web::Result {
    let form = FormState::empty(&page);
    shown(&page, form, false).await
}

async fn shown(page: &Page, form: FormState, again: bool) -> web::Result {
    let now = page.now();
    let (periods, policy) = page.gov().read(move |rx| Ok::<_, StoreError>((election::list(rx)?, Policy::at(rx, now)?))).await?;
    let today = page.today();
    let aid = aid(page, &periods).await?;
    let tag = |period: &Period| match () {
        () if period.ended_at.is_some() => Tag::new(Tone::Plain, page.t("oversight-election-called-off")),
        () if period.holds(today, now) => Tag::new(Tone::Soon, page.t("oversight-election-now")),
        () if today < period.from => Tag::new(Tone::Wait, page.t("oversight-election-coming")),
        () => Tag::new(Tone::Plain, page.t("oversight-election-over")),
    };
    let rows = periods.iter().map(|period| {
        vec![
            Cell::text(&period.name).small(period.decree.clone()),
            Cell::text(page.date(period.from)),
            Cell::text(page.date(period.until)),
            Cell::component(&tag(period)).small(period.reason.clone()),
        ]
    });
    let table = Table::new(page, &ListQuery::new("/pengawasan/pemilihan", ""), page.t("oversight-elections"))
        .column(Column::new(page.t("oversight-election-name")))
        .column(Column::new(page.t("oversight-election-from")))
        .column(Column::new(page.t("oversight-election-until")))
        .column(Column::new(page.t("oversight-state")))
        .rows(rows.collect::<Vec<_>>())
        .empty(Empty::new(page.t("oversight-elections-none"), page.t("oversight-elections-none-why")));
    let notice = match policy.period() {
        Some(period) => {
            Notice::new(Tone::Soon, page.t2("oversight-election-holds", "name", period.name.as_str(), "until", page.date(period.until)))
                .text(page.t("oversight-election-effects"))
        }
        None => Notice::new(Tone::Plain, page.t("oversight-election-holds-not")).text(page.t("oversight-election-would")),
    };
    let open = periods.into_iter().filter(|period| period.ended_at.is_none() && period.until >= today).collect();
    let may_set = page.officer().is_some_and(|officer| officer.holds(ADMIN));
    let view = List { page: page.clone(), notice, table, aid, open, may_set, form };
    if again { page.wrong(&view) } else { page.html(&view) }
}

/// What was decided about letters for aid, with the arithmetic of the comparison.
struct Aid {
    title: String,
    lead: String,
    table: Table,
    /// Units where something happened in the months before, and nothing yet.
    quiet: Option<String>,
    behind: Option<String>,
}

async fn aid(page: &Page, periods: &[Period]) -> web::Result<Option<Aid>> {
    let (scope, today) = (own_scope(page)?, page.today());
    let Some(period) = periods.iter().find(|period| period.from <= today).filter(|_| !scope.is_empty()) else { return Ok(None) };
    let behind = timeline::catch_up(page).await?;
    let zone = unit::zone_of(page.zone()).unwrap_or_default();
    let from = unit::start_of(zone, period.from);
    let end = period.until.tomorrow().map(|day| unit::start_of(zone, day)).unwrap_or(page.now());
    let until = period.ended_at.unwrap_or(end);
    let id = period.id;
    let lines = page
        .gov()
        .disclose(&page.ctx(), move |view| {
            let lines = aid::lines(view, &scope, from, until)?;
            access::record(view, NewEntry::new("oversight.election.opened").object("election", id))?;
            Ok::<_, StoreError>(lines)
        })
        .await?;
    let days = (until.min(page.now()).duration_since(from).as_hours() / 24 + 1).max(1);
    let sum = |of: fn(&Line) -> i64| lines.iter().map(of).sum::<i64>();
    let lead = page.tn(
        "oversight-aid-lead",
        &[("n", sum(Line::now).into()), ("days", days.into()), ("usual", tenths(page, sum(|line| line.before) * 10 / 3).into())],
    );
    let quiet = lines.iter().filter(|line| line.now() == 0).count();
    let rows = lines.iter().filter(|line| line.now() > 0).map(|line| {
        let people = line.people.iter().map(|(_, name, n)| format!("{name} {n}")).collect::<Vec<_>>().join(", ");
        let href = line.unit.map_or_else(String::new, |unit| format!("{}&dari={}", timeline::href(Subject::Unit(unit)), period.from));
        vec![
            Cell::link(&href, &line.name).small(people),
            Cell::text(page.number(line.granted)),
            Cell::text(page.number(line.refused)),
            Cell::text(page.number(line.changed)),
            Cell::text(page.number(line.now())).small(page.t1("oversight-aid-before", "usual", tenths(page, line.before * 10 / 3))),
        ]
    });
    let table = Table::new(page, &ListQuery::new("/pengawasan/pemilihan", ""), page.t("oversight-aid-title"))
        .caption_unseen()
        .column(Column::new(page.t("oversight-aid-unit")))
        .column(Column::new(page.t("oversight-aid-granted")).number())
        .column(Column::new(page.t("oversight-aid-refused")).number())
        .column(Column::new(page.t("oversight-aid-changed")).number())
        .column(Column::new(page.t("oversight-aid-all")).number())
        .rows(rows.collect::<Vec<_>>())
        .empty(Empty::new(page.t("oversight-aid-none"), page.t("oversight-aid-none-why")));
    let title = page.t1("oversight-aid-in", "name", period.name.as_str());
    let behind = behind.then(|| page.t("oversight-timeline-lists-behind"));
    let quiet = (quiet > 0).then(|| page.tn("oversight-aid-quiet", &[("n", quiet.into())]));
    Ok(Some(Aid { title, lead, table, quiet, behind }))
}

/// "12,5" for 125 tenths.
fn tenths(page: &Page, tenths: i64) -> String {
    format!("{},{}", page.number(tenths / 10), tenths % 10)
}

pub(super) async fn declare(page: Page, form: FormData) -> web::Result {
    let mut errors = FieldErrors::default();
    let mut day = |name: &str| {
        let read = form.date(name).ok().flatten();
        if read.is_none() {
            errors.add(name, Message::new("oversight-election-day"));
        }
        read
    };
    let (from, until) = (day("mulai"), day("akhir"));
    let (Some(from), Some(until)) = (from, until) else {
        let form = FormState::wrong(&page, form, errors);
        return shown(&page, form, true).await;
    };
    let new = NewPeriod { name: form.get("nama").to_owned(), decree: form.get("keputusan").to_owned(), from, until };
    let field = match new.check(page.today()) {
        Err(("name", _)) => "nama",
        Err(("decree", _)) => "keputusan",
        _ => "akhir",
    };
    let declared = page.gov().write(&page.ctx_for(&form)?, move |tx| election::declare(tx, &new)).await;
    match declared {
        Ok(_) => {
            page.flash_ok(Message::new("oversight-election-declared"));
            page.redirect("/pengawasan/pemilihan")
        }
        Err(StoreError::Refused(message)) => {
            errors.add(field, message);
            let form = FormState::wrong(&page, form, errors);
            shown(&page, form, true).await
        }
        Err(error) => Err(Error::from(error)),
    }
}

pub(super) async fn call_off(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (reason, expect) = (form.get("alasan").to_owned(), form.get("versi").parse().map_or(Expect::Any, Expect::Version));
    page.gov().write(&page.ctx_for(&form)?, move |tx| election::call_off(tx, id, expect, &reason)).await?;
    page.flash_ok(Message::new("oversight-election-ended"));
    page.redirect("/pengawasan/pemilihan")
}

//! Masa Pemilihan: the days between which the platform is kept out of campaigns.

use axum::extract::Path;
use kernel::{
    Error as StoreError, Expect, Id, Message,
    election::{self, NewPeriod, Period, Policy},
    grant::ADMIN,
};
use web::{
    Error, FieldErrors, FormData, FormState, ListQuery, Page,
    ui::{Cell, Column, Empty, Notice, Table, Tag, Tone},
};

#[derive(askama::Template)]
#[template(path = "oversight/election.html")]
struct List {
    page: Page,
    notice: Notice,
    table: Table,
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
    let view = List { page: page.clone(), notice, table, open, may_set, form };
    if again { page.wrong(&view) } else { page.html(&view) }
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

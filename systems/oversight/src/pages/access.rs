//! Akses tidak biasa: findings with the numbers that say why, and what to do about them.

use std::sync::Arc;

use axum::extract::Path;
use kernel::{Error as StoreError, Expect, Id, NewEntry, Value, access, clock::Calendars};
use serde_json::json;
use web::{
    Cursor, Error, FieldErrors, FormData, FormState, ListQuery, PAGE_ROWS, Page,
    ui::{Cell, Choice, Column, Empty, Facts, KeyValues, Table, Tag},
};

use super::{own_account, own_scope, timeline, words};
use crate::{
    model::{Bounds, Finding, Rule, State},
    store::{
        self,
        findings::{self, Filter, Question},
        timeline::Subject,
    },
};

#[derive(askama::Template)]
#[template(path = "oversight/findings.html")]
struct List {
    page: Page,
    table: Table,
}

#[derive(askama::Template)]
#[template(path = "oversight/finding.html")]
struct Show {
    page: Page,
    title: String,
    tag: Tag,
    why: String,
    numbers: Facts,
    rows: KeyValues,
    people: Option<Table>,
    day_href: String,
    href: String,
    version: i64,
    superior: String,
    days: i64,
    open: bool,
    case_href: Option<String>,
    form: FormState,
}

pub(super) async fn list(page: Page, list: ListQuery) -> web::Result {
    let (scope, own) = (own_scope(&page)?, own_account(&page)?);
    let state = match list.get("keadaan") {
        "semua" => None,
        word => Some(State::parse(word).unwrap_or(State::Open)),
    };
    let filter = Filter { state, rule: Rule::parse(list.get("sebab")), account: list.get("akun").parse().ok(), besides: Some(own) };
    let (cursor, _) = list.cursor();
    let after = cursor.and_then(|cursor| match cursor.0.as_slice() {
        [Value::Text(day), Value::Bytes(id)] => Some((day.parse().ok()?, Id::try_from(id.as_slice()).ok()?)),
        _ => None,
    });
    let found = page
        .gov()
        .disclose(&page.ctx(), move |view| {
            let found = findings::page(view, &scope, &filter, after, PAGE_ROWS + 1)?;
            let ids: Vec<Id> = found.iter().map(|finding| finding.id).collect();
            access::record(view, NewEntry::new("oversight.findings.listed").detail(json!({ "findings": ids })))?;
            Ok::<_, StoreError>(found)
        })
        .await?;
    let slice = list.slice(found, PAGE_ROWS, |finding| Cursor::at(vec![finding.day.to_string().into(), finding.id.into()]));
    let form = FormState::filled(&page, list.form());
    let states = std::iter::once(Choice::new("semua", page.t("web-all")))
        .chain(State::ALL.map(|state| Choice::new(state.as_str(), page.t(&format!("oversight-state-{}", state.as_str())))));
    let rules = Rule::ALL.map(|rule| Choice::new(rule.as_str(), words::rule(&page, rule)));
    let rows = slice.rows.iter().map(|finding| {
        vec![
            Cell::link(&format!("/pengawasan/akses/{}", finding.id), &finding.name).small(place(finding)),
            Cell::text(words::rule(&page, finding.rule)).small(words::why(&page, finding)),
            Cell::text(page.date(finding.day)),
            Cell::component(&words::state(&page, finding.state)),
        ]
    });
    let table = Table::new(&page, &list, page.t("oversight-menu-access"))
        .caption_unseen()
        .filter(form.select("keadaan").label("oversight-state").choices(states.collect::<Vec<_>>()).or(State::Open.as_str().to_owned()))
        .filter(form.select("sebab").label("oversight-rule").choices(rules.to_vec()))
        .column(Column::new(page.t("oversight-who")))
        .column(Column::new(page.t("oversight-why")))
        .column(Column::new(page.t("oversight-day")))
        .column(Column::new(page.t("oversight-state")))
        .rows(rows.collect::<Vec<_>>())
        .pages(slice.previous, slice.next)
        .empty(Empty::new(page.t("oversight-findings-none"), page.t("oversight-findings-none-why")));
    page.clone().html(&List { page, table })
}

/// `Operator Desa, Desa Tanjung Raman`.
pub(super) fn place(finding: &Finding) -> String {
    if finding.title.is_empty() { finding.unit_name.clone() } else { format!("{}, {}", finding.title, finding.unit_name) }
}

struct Loaded {
    finding: Finding,
    people: Vec<(Id, String, String)>,
    superior: String,
    bounds: Bounds,
}

async fn load(page: &Page, id: Id) -> Result<Loaded, Error> {
    let (scope, own, ctx) = (own_scope(page)?, own_account(page)?, page.ctx());
    let read = page.gov().disclose(&ctx, move |view| {
        let finding = findings::find(view, &scope, own, id)?;
        let entry = NewEntry::new("oversight.finding.opened").unit(finding.unit).object("finding", id);
        access::record(view, entry.detail(json!({ "persons": finding.facts.persons })))?;
        let people = findings::names(view, &finding.facts.persons)?;
        let superior =
            findings::superior(view, &finding)?.map_or_else(String::new, |(post, unit)| format!("{}, {}", post.title, unit.name));
        Ok::<_, StoreError>(Loaded { people, superior, bounds: store::bounds(view)?, finding })
    });
    Ok(read.await?)
}

pub(super) async fn show(page: Page, Path(id): Path<Id>) -> web::Result {
    let loaded = load(&page, id).await?;
    let form = FormState::empty(&page);
    view(&page, loaded, form, false)
}

fn view(page: &Page, loaded: Loaded, form: FormState, again: bool) -> web::Result {
    let Loaded { finding, people, superior, bounds } = loaded;
    let usual = |tenths: Option<i64>| tenths.map_or_else(|| "–".to_owned(), |tenths| page.tenths(tenths));
    let numbers = Facts::new()
        .fact(page.t("oversight-number-value"), page.number(finding.value))
        .fact(page.t("oversight-number-usual"), usual(finding.usual_tenths))
        .fact(page.t("oversight-number-peers"), usual(finding.peers_tenths))
        .fact(page.t("oversight-number-bound"), page.number(finding.bound));
    let span = match (finding.facts.first, finding.facts.last) {
        (Some(first), Some(last)) => page.t2("oversight-span", "first", page.clock(first), "last", page.clock(last)),
        _ => String::new(),
    };
    let rows = KeyValues::new()
        .row(page.t("oversight-who"), &finding.name)
        .row(page.t("oversight-post"), place(&finding))
        .row(page.t("oversight-day"), page.date_long(finding.day))
        .row_if(page.t("oversight-hours"), span)
        .row_if(page.t("oversight-reason"), &finding.reason);
    let lines = people.iter().map(|(id, name, home)| {
        vec![Cell::link(&timeline::href(Subject::Person(*id)), name), Cell::text(if home.is_empty() { "–" } else { home })]
    });
    let people = (!people.is_empty()).then(|| {
        Table::new(page, &ListQuery::new(page.path(), ""), page.t("oversight-people"))
            .column(Column::new(page.t("oversight-name")))
            .column(Column::new(page.t("oversight-home")))
            .rows(lines.collect::<Vec<_>>())
    });
    let day = finding.day;
    let day_href = format!("{}&aksi=dibuka&dari={day}&sampai={day}", timeline::href(Subject::Account(finding.account)));
    let shown = Show {
        title: words::rule(page, finding.rule),
        tag: words::state(page, finding.state),
        why: words::why(page, &finding),
        numbers,
        rows,
        people,
        day_href,
        href: format!("/pengawasan/akses/{}", finding.id),
        version: finding.version,
        superior,
        days: bounds.answer_days,
        open: finding.state == State::Open,
        case_href: finding.case_id.map(|case| format!("/pengawasan/perkara/{case}")),
        form,
        page: page.clone(),
    };
    if again { page.wrong(&shown) } else { page.html(&shown) }
}

/// A refusal of the rules at its field; anything else stays an error.
async fn refused(page: &Page, id: Id, form: FormData, field: &str, error: StoreError) -> web::Result {
    let StoreError::Refused(message) = error else { return Err(error.into()) };
    let mut errors = FieldErrors::default();
    errors.add(field, message);
    let loaded = load(page, id).await?;
    view(page, loaded, FormState::wrong(page, form, errors), true)
}

fn expect(form: &FormData) -> Expect {
    form.get("versi").parse().map_or(Expect::Any, Expect::Version)
}

pub(super) async fn ask(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (scope, gov, question, expect) =
        (own_scope(&page)?, Arc::clone(&page.state().gov), form.get("pertanyaan").to_owned(), expect(&form));
    let (own, voice) = (own_account(&page)?, (*page).clone());
    let asked = page
        .gov()
        .write(&page.ctx_for(&form)?, move |tx| {
            let finding = findings::find(tx, &scope, own, id)?;
            let book = gov.cached::<Calendars>().book(tx)?;
            let days = store::bounds(tx)?.answer_days;
            findings::ask(tx, &book, &finding, expect, &Question { subject: &words::subject(&voice, &finding), text: &question, days })
        })
        .await;
    match asked {
        Ok(case) => {
            page.flash_ok(kernel::Message::new("oversight-asked"));
            page.redirect(&format!("/pengawasan/perkara/{case}"))
        }
        Err(error) => refused(&page, id, form, "pertanyaan", error).await,
    }
}

pub(super) async fn dismiss(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let own = own_account(&page)?;
    let (scope, reason, expect) = (own_scope(&page)?, form.get("alasan").to_owned(), expect(&form));
    let done = page
        .gov()
        .write(&page.ctx_for(&form)?, move |tx| {
            let finding = findings::find(tx, &scope, own, id)?;
            findings::dismiss(tx, &finding, expect, &reason)
        })
        .await;
    match done {
        Ok(()) => {
            page.flash_ok(kernel::Message::new("oversight-dismissed"));
            page.redirect("/pengawasan/akses")
        }
        Err(error) => refused(&page, id, form, "alasan", error).await,
    }
}

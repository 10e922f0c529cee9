//! Keutuhan data: the audit of everything stored, and its Berita Acara.

use axum::extract::Path;
use kernel::{Error as StoreError, Id, Message, NewEntry, Timestamp, Value, audit::Stage, unit};
use letter::Paper;
use web::{
    Cursor, FormData, ListQuery, PAGE_ROWS, Page,
    ui::{Cell, Column, Empty, Facts, KeyValues, Notice, Table, Tag, Tone},
};

use super::words;
use crate::{
    model::{Count, Outcome, Record},
    paper,
    store::audits,
};

#[derive(askama::Template)]
#[template(path = "oversight/audits.html")]
struct List {
    page: Page,
    table: Table,
    running: bool,
}

#[derive(askama::Template)]
#[template(path = "oversight/audit.html")]
struct Show {
    page: Page,
    title: String,
    tag: Tag,
    notice: Notice,
    numbers: Facts,
    rows: KeyValues,
    witnesses: Option<Table>,
    tables: Option<Table>,
    href: String,
    ended: bool,
    running: bool,
}

pub(super) async fn list(page: Page, list: ListQuery) -> web::Result {
    let (cursor, _) = list.cursor();
    let after = cursor.and_then(|cursor| match cursor.0.as_slice() {
        [Value::Int(at), Value::Bytes(id)] => Some((Timestamp::from_microsecond(*at).ok()?, Id::try_from(id.as_slice()).ok()?)),
        _ => None,
    });
    let records = page.gov().read(move |rx| audits::page(rx, after, PAGE_ROWS + 1)).await?;
    let running = records.iter().any(|record| record.outcome == Outcome::Waiting);
    let slice = list.slice(records, PAGE_ROWS, |record| Cursor::at(vec![record.asked_at.into(), record.id.into()]));
    let rows = slice.rows.iter().map(|record| {
        vec![
            Cell::link(&format!("/pengawasan/keutuhan/{}", record.id), page.moment(record.asked_at)),
            Cell::component(&words::outcome(&page, record.outcome)),
            Cell::text(page.number(record.size)),
            Cell::text(page.number(record.rows)),
        ]
    });
    let table = Table::new(&page, &list, page.t("oversight-menu-integrity"))
        .caption_unseen()
        .column(Column::new(page.t("oversight-when")))
        .column(Column::new(page.t("oversight-result")))
        .column(Column::new(page.t("oversight-tree-size")).number())
        .column(Column::new(page.t("oversight-rows")).number())
        .rows(rows.collect::<Vec<_>>())
        .pages(slice.previous, slice.next)
        .empty(Empty::new(page.t("oversight-audits-none"), page.t("oversight-audits-none-why")));
    page.clone().html(&List { page, table, running })
}

pub(super) async fn start(page: Page, form: FormData) -> web::Result {
    let id = page.gov().write(&page.ctx_for(&form)?, audits::ask).await?;
    page.redirect(&format!("/pengawasan/keutuhan/{id}"))
}

pub(super) async fn show(page: Page, Path(id): Path<Id>) -> web::Result {
    let (record, progress) = page.gov().read(move |rx| Ok::<_, StoreError>((audits::find(rx, id)?, audits::progress(rx, id)?))).await?;
    let mut shown = record.clone();
    let mut stage = page.t("oversight-stage-waiting");
    if let (Outcome::Waiting, Some((state, tables))) = (record.outcome, progress) {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        shown.leaves = number(state.leaves);
        shown.entries = number(state.entries);
        shown.versions = number(state.versions);
        shown.rows = number(state.rows);
        shown.tables = tables;
        stage = page.t(match state.stage {
            Stage::Checkpoints | Stage::Tiles { .. } | Stage::Leaves { .. } => "oversight-stage-log",
            Stage::Entries { .. } | Stage::NewEntries { .. } => "oversight-stage-entries",
            Stage::Rows { .. } | Stage::Strangers | Stage::Done => "oversight-stage-rows",
        });
    }
    let view = Show {
        title: page.t1("oversight-audit-title", "at", page.moment(record.asked_at)),
        tag: words::outcome(&page, record.outcome),
        notice: notice(&page, &record, &stage),
        numbers: Facts::new()
            .fact(page.t("oversight-leaves"), page.number(shown.leaves))
            .fact(page.t("oversight-entries"), page.number(shown.entries))
            .fact(page.t("oversight-versions"), page.number(shown.versions))
            .fact(page.t("oversight-rows"), page.number(shown.rows)),
        rows: facts(&page, &record),
        witnesses: witnesses(&page, &record),
        tables: tables(&page, &shown.tables),
        href: format!("/pengawasan/keutuhan/{id}"),
        ended: matches!(record.outcome, Outcome::Sound | Outcome::Unsound),
        running: record.outcome == Outcome::Waiting,
        page: page.clone(),
    };
    page.html(&view)
}

fn notice(page: &Page, record: &Record, stage: &str) -> Notice {
    match record.outcome {
        Outcome::Waiting => Notice::new(Tone::Wait, page.t("oversight-audit-waiting")).text(stage),
        Outcome::Sound => Notice::new(Tone::Ok, page.t("oversight-audit-sound")).text(page.t("oversight-audit-sound-why")),
        Outcome::Unsound => Notice::new(Tone::Late, page.t("oversight-audit-unsound")).text(
            record.differences.first().map_or_else(String::new, |first| page.t1("oversight-first-difference", "what", first.to_string())),
        ),
        Outcome::Failed => Notice::new(Tone::Late, page.t("oversight-audit-failed")).text(page.t("oversight-audit-failed-why")),
    }
}

fn facts(page: &Page, record: &Record) -> KeyValues {
    if record.origin.is_empty() {
        return KeyValues::new();
    }
    let witnesses = if record.witnesses.is_empty() {
        page.t("oversight-witness-none")
    } else {
        let verified = record.witnesses.iter().filter(|one| one.holds()).count();
        page.t2("oversight-witness-verified", "n", verified, "of", record.witnesses.len())
    };
    KeyValues::new()
        .row(page.t("oversight-origin"), &record.origin)
        .row(page.t("oversight-tree-size"), page.number(record.size))
        .row(page.t("oversight-root"), &record.root)
        .row(page.t("oversight-witnesses"), witnesses)
        .row(page.t("oversight-waiting-entries"), page.number(record.waiting))
        .row_if(page.t("oversight-ended"), record.ended_at.map_or_else(String::new, |at| page.moment(at)))
}

/// Which witness verified, which did not, and why.
fn witnesses(page: &Page, record: &Record) -> Option<Table> {
    if record.witnesses.is_empty() || record.origin.is_empty() {
        return None;
    }
    let rows = record.witnesses.iter().map(|one| {
        let tag = Tag::new(words::worth_tone(one), page.t(words::worth_tag(one)));
        let size = if one.size == 0 { "–".to_owned() } else { page.number(i64::try_from(one.size).unwrap_or(i64::MAX)) };
        vec![Cell::text(&one.witness), Cell::text(size), Cell::component(&tag).small(page.t(&words::worth_why(one)))]
    });
    let table = Table::new(page, &ListQuery::new(page.path(), ""), page.t("oversight-witnesses"))
        .column(Column::new(page.t("oversight-witness-name")))
        .column(Column::new(page.t("oversight-tree-size")).number())
        .column(Column::new(page.t("oversight-result")))
        .rows(rows.collect::<Vec<_>>());
    Some(table)
}

fn tables(page: &Page, counts: &[Count]) -> Option<Table> {
    if counts.is_empty() {
        return None;
    }
    let rows =
        counts.iter().map(|count| vec![Cell::text(&count.table), Cell::text(page.number(i64::try_from(count.rows).unwrap_or(i64::MAX)))]);
    let table = Table::new(page, &ListQuery::new(page.path(), ""), page.t("oversight-tables"))
        .column(Column::new(page.t("oversight-table")))
        .column(Column::new(page.t("oversight-rows")).number())
        .rows(rows.collect::<Vec<_>>());
    Some(table)
}

/// The Berita Acara as PDF; printing it is an entry.
pub(super) async fn paper(page: Page, Path(id): Path<Id>) -> web::Result {
    let (record, root, signers) = page
        .gov()
        .write(&page.ctx(), move |tx| {
            let record = audits::find(tx, id)?;
            if !matches!(record.outcome, Outcome::Sound | Outcome::Unsound) {
                return Err(StoreError::Refused(Message::new("oversight-audit-not-ended")));
            }
            let unit = unit::find(tx, record.unit)?.ok_or(StoreError::Missing)?;
            let now = tx.now();
            let signers = audits::signers(tx, &record, now)?;
            tx.entry(NewEntry::new("oversight.audit.printed").unit(record.unit).object("audit", id));
            Ok::<_, StoreError>((record, unit, signers))
        })
        .await?;
    let made = paper::record(&page, &record, &root, &signers);
    let pdf = page.state().render(Paper::Letter(Box::new(made))).await?;
    let day = page.day_of(record.ended_at.unwrap_or(record.asked_at));
    page.inline(&format!("berita-acara-keutuhan-data-{day}.pdf"), "application/pdf", pdf)
}

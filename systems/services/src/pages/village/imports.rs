//! The import of a population workbook: upload, look, run.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as Refusal, Gov, Id, Message, NewEntry, blobs, draft,
    unit::{self, Unit},
};
use serde_json::json;
use web::{
    Error, FieldErrors, FormData, FormState, ListQuery, Page,
    export::{Format, Sheet},
    ui::{Cell, Column, Table, Tone},
};

use super::{
    COUNTER_ROLES,
    place::{Place, id_of, reaches},
};
use crate::residents::{self, Preview, RowProblem};

/// The kind of a draft that remembers a workbook.
const KIND: &str = "residents-import";
/// Problems shown on the page; all of them are in the file.
const SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "village/import.html")]
struct Ask {
    page: Page,
    place: Place,
    form: FormState,
}

#[derive(Template)]
#[template(path = "village/import_look.html")]
struct Look {
    page: Page,
    id: Id,
    file: String,
    unit: Unit,
    preview: Preview,
    table: Table,
    more: Option<String>,
    figures: Vec<(String, String)>,
    /// The words of the button; none when nobody would come in.
    run: Option<String>,
    /// What was done, said.
    done: Option<String>,
}

pub(super) async fn ask(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, COUNTER_ROLES).await?;
    let page = place.dress(page);
    let form = FormState::filled(&page, FormData::of([("unit", place.unit.slug.clone())]));
    page.clone().html(&Ask { page, place, form })
}

/// A workbook waiting for the decision, kept sealed for its uploader only.
struct Kept {
    unit: Unit,
    blob: Id,
    name: String,
    body: serde_json::Value,
}

async fn kept(page: &Page, id: Id) -> Result<Kept, Error> {
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let (gov, now) = (Arc::clone(&page.state().gov), page.now());
    Ok(page
        .gov()
        .read(move |rx| {
            let held = draft::load(rx, gov.keys(), officer.account, id, now)?;
            let of = |key: &str| held.body[key].as_str().and_then(|text| text.parse::<Id>().ok()).ok_or(Refusal::Missing);
            if held.line.kind != KIND {
                return Err(Refusal::Missing);
            }
            let unit = unit::find(rx, of("unit")?)?.ok_or(Refusal::Missing)?;
            if !reaches(&officer, COUNTER_ROLES, &unit) {
                return Err(Refusal::Missing);
            }
            Ok(Kept { unit, blob: of("blob")?, name: held.line.title, body: held.body })
        })
        .await?)
}

async fn bytes(gov: &Arc<Gov>, blob: Id) -> Result<Vec<u8>, Error> {
    let gov = Arc::clone(gov);
    let read = tokio::task::spawn_blocking(move || gov.blobs().bytes(blob)).await;
    match read.map_err(|error| Error::Internal(error.to_string()))? {
        Ok(bytes) => Ok(bytes),
        Err(blobs::BlobError::Missing) => Err(Error::Gone(Message::new("services-import-gone"))),
        Err(error) => Err(Refusal::from(error).into()),
    }
}

pub(super) async fn upload(page: Page, form: FormData) -> web::Result {
    let place = Place::of_form(&page, form.get("unit"), COUNTER_ROLES).await?;
    match keep(&page, &place, &form).await? {
        Ok(id) => page.redirect(&format!("/penduduk/impor/{id}")),
        Err(message) => {
            let mut errors = FieldErrors::default();
            errors.add("berkas", message);
            let page = place.dress(page);
            let form = FormState::wrong(&page, form, errors);
            page.clone().wrong(&Ask { page, place, form })
        }
    }
}

/// Keeps the workbook and remembers it for this officer, when it can be read at all.
async fn keep(page: &Page, place: &Place, form: &FormData) -> Result<Result<Id, Message>, Error> {
    let Some(file) = form.file("berkas") else { return Ok(Err(Message::new("services-import-choose"))) };
    let (gov, ctx, name, content) = (Arc::clone(&page.state().gov), page.ctx(), file.name.clone(), file.bytes.to_vec());
    let (store, at, file_name) = (Arc::clone(&gov), ctx.clone(), name.clone());
    let staged = tokio::task::spawn_blocking(move || {
        store.blobs().put(&at, &file_name, &content, &blobs::Limits::WORKBOOK).map(|blob| (blob, content))
    });
    let (staged, content) = match staged.await.map_err(|error| Error::Internal(error.to_string()))? {
        Ok(kept) => kept,
        Err(blobs::BlobError::Refused(message)) => return Ok(Err(message)),
        Err(error) => return Err(Refusal::from(error).into()),
    };
    if let Err(Refusal::Refused(message)) = residents::look(&gov, place.unit.id, content).await {
        gov.blobs().delete(staged.id).map_err(Refusal::from)?;
        return Ok(Err(message));
    }
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let (unit, id) = (place.unit.id, ctx.new_id());
    page.gov()
        .write(&ctx, move |tx| {
            blobs::park(tx, &staged)?;
            let title: String = name.chars().take(120).collect();
            draft::save(tx, gov.keys(), officer.account, id, KIND, &title, &json!({ "unit": unit, "blob": staged.id }))
        })
        .await?;
    Ok(Ok(id))
}

pub(super) async fn preview(page: Page, Path(id): Path<String>) -> web::Result {
    let id = id_of(&id)?;
    let kept = kept(&page, id).await?;
    let gov = Arc::clone(&page.state().gov);
    let preview = residents::look(&gov, kept.unit.id, bytes(&gov, kept.blob).await?).await?;
    let count = |key: &str| kept.body["done"][key].as_i64();
    let done = count("created").zip(count("updated")).zip(count("unchanged")).map(|((created, updated), unchanged)| {
        let args = [("created", created.into()), ("updated", updated.into()), ("unchanged", unchanged.into())];
        page.tn("services-import-done", &args)
    });
    let rows = preview.problems.iter().take(SHOWN).map(|problem| {
        let tag = if problem.is_hint {
            page.tag(Tone::Soon, page.t("services-import-hint"))
        } else {
            page.tag(Tone::Late, page.t("services-import-out"))
        };
        vec![
            Cell::text(page.number(problem.row.into())),
            Cell::text(problem.column.head()),
            Cell::text(page.m(&problem.message)),
            Cell::component(&tag),
        ]
    });
    let table = Table::new(&page, &ListQuery::new("/penduduk/impor", ""), page.t("services-import-problems"))
        .column(Column::new(page.t("services-import-row")).number())
        .column(Column::new(page.t("services-import-column")))
        .column(Column::new(page.t("services-import-what")))
        .column(Column::new(page.t("services-state")))
        .rows(rows.collect::<Vec<_>>());
    let left = preview.problems.len().saturating_sub(SHOWN);
    let more = (left > 0).then(|| page.t1("services-import-more", "n", left));
    let figure = |key: &str, count: usize| (page.t(key), page.number(i64::try_from(count).unwrap_or(i64::MAX)));
    let figures = vec![
        figure("services-import-seen", preview.seen),
        figure("services-import-new", preview.new),
        figure("services-import-known", preview.known),
        figure("services-import-gone-people", preview.gone),
        figure("services-import-wrong", preview.wrong),
    ];
    let coming = preview.new + preview.known;
    let run = (coming > 0).then(|| page.t1("services-import-run", "n", coming));
    page.clone().html(&Look { page, id, file: kept.name, unit: kept.unit, preview, table, more, figures, run, done })
}

pub(super) async fn run(page: Page, Path(id): Path<String>) -> web::Result {
    let id = id_of(&id)?;
    let kept = kept(&page, id).await?;
    let (gov, ctx) = (Arc::clone(&page.state().gov), page.ctx());
    let report = residents::import(&gov, &ctx, kept.unit.id, bytes(&gov, kept.blob).await?).await?;
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let done = json!({ "created": report.created, "updated": report.updated, "unchanged": report.unchanged });
    let body = json!({ "unit": kept.unit.id, "blob": kept.blob, "done": done });
    page.gov()
        .write(&ctx, move |tx| {
            tx.entry(NewEntry::new("services.residents.import_ended").unit(kept.unit.id).object("unit", kept.unit.id).detail(done.clone()));
            draft::save(tx, gov.keys(), officer.account, id, KIND, &kept.name, &body)
        })
        .await?;
    page.flash_ok(
        Message::new("services-import-done")
            .arg("created", report.created)
            .arg("updated", report.updated)
            .arg("unchanged", report.unchanged),
    );
    page.redirect(&format!("/penduduk/impor/{id}"))
}

/// Everything to be put right, as a file to work through beside the spreadsheet.
pub(super) async fn problems(page: Page, Path(id): Path<String>) -> web::Result {
    let kept = kept(&page, id_of(&id)?).await?;
    let gov = Arc::clone(&page.state().gov);
    let preview = residents::look(&gov, kept.unit.id, bytes(&gov, kept.blob).await?).await?;
    let heads = ["services-import-row", "services-import-column", "services-import-what", "services-state"];
    let row = |problem: &RowProblem| {
        let state = page.t(if problem.is_hint { "services-import-hint" } else { "services-import-out" });
        vec![i64::from(problem.row).into(), problem.column.head().into(), page.m(&problem.message).into(), state.into()]
    };
    let sheet = Sheet {
        notes: Vec::new(),
        name: "Catatan impor".to_owned(),
        heads: heads.iter().map(|key| page.t(key)).collect(),
        rows: preview.problems.iter().map(row).collect(),
    };
    page.download(&format!("catatan-impor-{}.csv", kept.unit.slug), Format::Csv.media_type(), sheet.bytes_without_people(Format::Csv)?)
}

//! The page of one application, its letter and its files.

use std::sync::Arc;

use axum::extract::Path;
use kernel::{
    Error as StoreError, Id, NewEntry,
    access::{self, Reading as _},
    blobs, case, document,
};
use letter::Paper;
use web::{Error, FormData, Page, Signed};

use super::{
    load,
    tasks::{self, Asked, Pane},
    view::{self, View},
};
use crate::{
    rules::State,
    store::{self, papers},
};

#[derive(askama::Template)]
#[template(path = "desk/case.html")]
struct CasePage {
    page: Page,
    list: Pane,
    view: View,
}

pub(super) async fn show(page: Page, signed: Signed, Path(case_id): Path<Id>) -> web::Result {
    shown(page, signed, case_id, false).await
}

/// Shows NIK, KK and what is specific personal data, this once; that it was done is written first.
pub(super) async fn reveal(page: Page, signed: Signed, Path(case_id): Path<Id>, _form: FormData) -> web::Result {
    shown(page, signed, case_id, true).await
}

async fn shown(page: Page, Signed(officer): Signed, case_id: Id, reveal: bool) -> web::Result {
    let asked = Asked { after: None, ..Asked::of(&page) };
    let (gov, copy) = (Arc::clone(&page.state().gov), asked.clone());
    let (loaded, whole) = page
        .gov()
        .disclose(&page.ctx(), move |view| {
            let now = view.circumstances().now();
            let (seat, dossier) = load::mine(view, &gov, &officer, case_id)?;
            let whole = load::whole(view, &gov, &officer, dossier, reveal)?;
            Ok::<_, StoreError>((tasks::load(view, &gov, &officer, &seat, &copy, now)?, whole))
        })
        .await?;
    let list = tasks::pane(&page, loaded, &asked, Some(case_id));
    let view = view::view(&page, &whole);
    page.clone().html(&CasePage { page, list, view })
}

/// The letter as PDF: a draft while it is one, and the same bytes for everybody once it is final.
pub(super) async fn letter(page: Page, Signed(officer): Signed, Path(case_id): Path<Id>) -> web::Result {
    let gov = Arc::clone(&page.state().gov);
    let (body, document, settled) = page
        .gov()
        .write(&page.ctx(), move |tx| {
            let (_, dossier) = load::mine(tx, &gov, &officer, case_id)?;
            let body = papers::read(tx, &gov, &dossier)?;
            let document = match dossier.application.document {
                Some(id) => document::find(tx, id)?,
                None => None,
            };
            // Until another office has taken note, the letter still changes.
            let state = store::act::state_of(&dossier.case)?;
            let noted = dossier.offer.definition.letter.acknowledge.is_some();
            let settled = !(noted && matches!(state, State::Acknowledging | State::AwaitingScan));
            Ok::<_, StoreError>((body, document, settled))
        })
        .await?;
    let name =
        body.number.as_deref().map_or_else(|| "draf-surat.pdf".to_owned(), |number| format!("surat-{}.pdf", number.replace('/', "-")));
    if let Some(kept) = document.as_ref().filter(|_| settled).and_then(|document| document.pdf) {
        return page.inline(&name, "application/pdf", bytes_of(&page, kept).await?);
    }
    let pdf = page.state().render(Paper::Letter(Box::new(body))).await?;
    // Kept while only the pen and the stamp are missing, so that everybody prints the same bytes.
    if let Some(document) = document.filter(|document| settled && document.state == document::State::AwaitingScan) {
        keep(&page, document.id, pdf.clone()).await?;
    }
    page.inline(&name, "application/pdf", pdf)
}

async fn keep(page: &Page, document: Id, pdf: Vec<u8>) -> web::Result<()> {
    let (blobs, ctx) = (Arc::clone(page.gov().blobs()), page.ctx());
    let staging = ctx.clone();
    let staged = tokio::task::spawn_blocking(move || blobs.put_own(&staging, &pdf, "application/pdf")).await;
    let staged = staged.map_err(|error| Error::Internal(error.to_string()))?.map_err(StoreError::from)?;
    page.gov()
        .write(&ctx, move |tx| {
            papers::keep_pdf(tx, document, &staged)?;
            tx.entry(NewEntry::new("services.letter.rendered").object("document", document));
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(())
}

/// The bytes of a stored file.
pub(super) async fn bytes_of(page: &Page, blob: Id) -> web::Result<Vec<u8>> {
    let blobs = Arc::clone(page.gov().blobs());
    let read = tokio::task::spawn_blocking(move || blobs.bytes(blob)).await.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(read.map_err(StoreError::from)?)
}

/// A file handed in with the application, always as a download in a sandbox.
pub(super) async fn file(page: Page, Signed(officer): Signed, Path((case_id, file)): Path<(Id, Id)>) -> web::Result {
    let gov = Arc::clone(&page.state().gov);
    let found = page
        .gov()
        .write(&page.ctx(), move |tx| {
            load::mine(tx, &gov, &officer, case_id)?;
            let found = case::attachments(tx, case_id)?.into_iter().find(|one| one.id == file).ok_or(StoreError::Missing)?;
            blobs::find(tx, found.blob)?.ok_or(StoreError::Missing)?;
            access::record(tx, NewEntry::new("services.file.opened").case(case_id).object("attachment", file))?;
            Ok::<_, StoreError>(found)
        })
        .await?;
    let bytes = bytes_of(&page, found.blob).await?;
    page.download(&file_name(&found), &found.media_type, bytes)
}

/// A name with an ending that fits what the file really is.
fn file_name(file: &case::Attachment) -> String {
    let ending = match file.media_type.as_str() {
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        _ => ".pdf",
    };
    let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
    format!("{stem}{ending}")
}

//! `/unduhan`: the question before a file, what became of it, and the second key.

use std::sync::Arc;

use axum::extract::Path;
use jiff::Timestamp;
use kernel::{
    Expect, Id, Message, Officer, Rx, Tx, blobs,
    export::{self, Export, Needs, NewExport, PageOf},
    grant::{INSPECTOR, Scope},
    schema::FieldErrors,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{ExportKind, Extent, Format, Making, view};
use crate::{
    error::{Error, Result},
    form::{FormData, FormState},
    list::{Cursor, ListQuery, PAGE_ROWS},
    page::{Page, Signed, allows},
    routes::{Access, Routes},
};

/// What the browser carries of a request until it is sent; sealed, and the officer's own.
const SEAL: &str = "export";

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/unduhan", Access::Signed, list)
        .post("/unduhan", Access::Signed, send)
        .token()
        .get("/unduhan/{export}", Access::Signed, show)
        .post("/unduhan/{export}/setujui", Access::Signed, approve)
        .token()
        .post("/unduhan/{export}/tolak", Access::Signed, refuse)
        .token()
        .post("/unduhan/{export}/batal", Access::Signed, withdraw)
        .get("/unduhan/{export}/berkas", Access::Signed, file)
}

#[derive(Serialize, Deserialize)]
struct Wanted {
    account: Id,
    kind: String,
    body: Json,
    format: String,
    back: String,
}

/// What the page before the file knows.
pub(super) struct Counted {
    pub(super) kind: &'static ExportKind,
    pub(super) extent: Extent,
    pub(super) needs: Needs,
    pub(super) keyholders: Vec<(String, String)>,
}

/// The page before the file.
pub(super) async fn ask(page: &Page, name: &'static str, body: Json, format: &str, back: &str) -> Result {
    let format = Format::parse(format).unwrap_or(Format::Xlsx).ending().to_owned();
    let account = page.officer().ok_or(Error::SignIn)?.account;
    let wanted = Wanted { account, kind: name.to_owned(), body, format, back: back.to_owned() };
    let counted = counted(page, &wanted).await?;
    view::ask(page, &counted, &sealed(page, &wanted)?, &wanted.format, &wanted.back, FormState::empty(page), false)
}

fn sealed(page: &Page, wanted: &Wanted) -> Result<String> {
    Ok(page.sealer().seal(SEAL, &serde_json::to_string(wanted)?))
}

/// Counts a request within what its officer may see now; 404 for a list that is not the officer's.
async fn counted(page: &Page, wanted: &Wanted) -> Result<Counted> {
    let officer = page.session().map(|session| Arc::clone(&session.officer)).ok_or(Error::SignIn)?;
    let kind = page.state().export_kind(&wanted.kind).filter(|kind| allows(kind.access, Some(&officer))).ok_or(Error::NotFound)?;
    let (gov, voice, now, body) = (Arc::clone(&page.state().gov), (**page).clone(), page.now(), wanted.body.clone());
    let systems = page.state().systems.clone();
    let read = page.gov().read(move |rx| {
        let extent = (kind.measure)(rx, &Making { gov: &gov, officer: &officer, body: &body, voice: &voice, now, systems: &systems })?;
        let needs = export::needs(rx, kind.nature, extent.persons, now)?;
        let own: Vec<Id> = officer.posts.iter().map(|post| post.post).collect();
        let keyholders = if needs.why.is_empty() { Vec::new() } else { export::keyholders(rx, extent.unit, &own, now)? };
        Ok::<_, kernel::Error>(Counted { kind, extent, needs, keyholders })
    });
    Ok(read.await?)
}

/// Takes the request: the file is made, or waits for its second key.
async fn send(page: Page, form: FormData) -> Result {
    let opened = page.sealer().open(SEAL, form.get("permintaan"));
    let wanted: Wanted = opened.and_then(|text| serde_json::from_str(&text).ok()).ok_or(Error::BadRequest)?;
    if page.officer().is_none_or(|officer| officer.account != wanted.account) {
        return Err(Error::NotFound);
    }
    let ctx = page.ctx_for(&form)?;
    let counted = counted(&page, &wanted).await?;
    let mut errors = FieldErrors::default();
    let purpose = export::PURPOSES.into_iter().find(|purpose| *purpose == form.get("tujuan"));
    if purpose.is_none() {
        errors.add("tujuan", Message::new("kernel-export-purpose"));
    }
    let reason = form.get("alasan").to_owned();
    if !export::REASON_CHARS.contains(&reason.chars().count()) {
        let (min, max) = (*export::REASON_CHARS.start(), *export::REASON_CHARS.end());
        errors.add("alasan", Message::new("kernel-export-reason").arg("min", min).arg("max", max));
    }
    let Some(purpose) = purpose.filter(|_| errors.is_empty()) else {
        let form = FormState::wrong(&page, form, errors);
        return view::ask(&page, &counted, &sealed(&page, &wanted)?, &wanted.format, &wanted.back, form, true);
    };
    let Extent { unit, about, records, persons } = counted.extent;
    let (kind, lang) = (counted.kind, page.lang().to_owned());
    let new = NewExport {
        kind: kind.name,
        nature: kind.nature,
        about,
        body: wanted.body,
        format: wanted.format,
        lang,
        unit,
        purpose,
        reason,
        records,
        persons,
    };
    let id = page.gov().write(&ctx, move |tx| export::ask(tx, &new)).await?;
    page.redirect(&format!("/unduhan/{id}"))
}

/// A request with the names its page says.
pub(super) struct Shown {
    pub(super) export: Export,
    /// Who asked, as which post, of which unit.
    pub(super) by: view::Who,
    pub(super) decided: Option<view::Who>,
    pub(super) keyholders: Vec<(String, String)>,
    pub(super) own: bool,
    pub(super) may_decide: bool,
}

/// Whoever asked, whoever may decide or decided, and the Inspektorat above.
fn visible(export: &Export, officer: &Officer) -> bool {
    export.account == officer.account
        || export.decided_by == Some(officer.account)
        || export.may_be_decided_by(officer)
        || Scope::of_roles(officer, &[INSPECTOR]).covers(&export.located())
}

fn load(rx: &mut Rx<'_>, officer: &Officer, id: Id, now: Timestamp) -> kernel::Result<Shown> {
    let export = export::find(rx, id)?;
    if !visible(&export, officer) {
        return Err(kernel::Error::Missing);
    }
    let by = view::who(rx, export.account, export.post)?;
    let decided = export.decided_by.map(|account| view::who(rx, account, export.decided_post)).transpose()?;
    let asker = export.post.as_slice();
    let keyholders = if export.waits(now) { export::keyholders(rx, export.unit, asker, now)? } else { Vec::new() };
    let may_decide = export.waits(now) && export.may_be_decided_by(officer);
    Ok(Shown { own: export.account == officer.account, export, by, decided, keyholders, may_decide })
}

async fn show(page: Page, Signed(officer): Signed, Path(id): Path<Id>) -> Result {
    let now = page.now();
    let shown = page.gov().read(move |rx| load(rx, &officer, id, now)).await?;
    view::show(&page, &shown, FormState::empty(&page), false)
}

async fn approve(page: Page, Path(id): Path<Id>, form: FormData) -> Result {
    let note = form.get("catatan").to_owned();
    decide(&page, id, &form, move |tx, expect| export::approve(tx, id, expect, &note), "web-export-approved").await
}

async fn refuse(page: Page, Signed(officer): Signed, Path(id): Path<Id>, form: FormData) -> Result {
    let note = form.get("mengapa").to_owned();
    let written = note.chars().count() >= 5;
    if written {
        return decide(&page, id, &form, move |tx, expect| export::refuse(tx, id, expect, &note), "web-export-refused").await;
    }
    let now = page.now();
    let shown = page.gov().read(move |rx| load(rx, &officer, id, now)).await?;
    if !shown.may_decide {
        return Err(Error::NotFound);
    }
    let mut errors = FieldErrors::default();
    errors.add("mengapa", Message::new("kernel-export-why-not"));
    view::show(&page, &shown, FormState::wrong(&page, form, errors), true)
}

async fn withdraw(page: Page, Path(id): Path<Id>, form: FormData) -> Result {
    decide(&page, id, &form, move |tx, expect| export::withdraw(tx, id, expect), "web-export-withdrawn").await
}

async fn decide(
    page: &Page,
    id: Id,
    form: &FormData,
    run: impl Fn(&mut Tx<'_>, Expect) -> kernel::Result<()> + Send + 'static,
    said: &'static str,
) -> Result {
    let expect = form.get("versi").parse().map_or(Expect::Any, Expect::Version);
    page.gov().write(&page.ctx_for(form)?, move |tx| run(tx, expect)).await?;
    page.flash_ok(Message::new(said));
    page.redirect(&format!("/unduhan/{id}"))
}

/// The file; its fetching is written down first.
async fn file(page: Page, Path(id): Path<Id>) -> Result {
    let (export, file) = page.gov().write(&page.ctx(), move |tx| export::fetch(tx, id)).await?;
    let format = Format::parse(&export.format).ok_or_else(|| Error::Internal("a format of no kind".to_owned()))?;
    let gov = Arc::clone(&page.state().gov);
    let read = tokio::task::spawn_blocking(move || gov.blobs().bytes(file)).await;
    let bytes = match read.map_err(|error| Error::Internal(error.to_string()))? {
        Ok(bytes) => bytes,
        Err(blobs::BlobError::Missing) => return Err(Error::Gone(Message::new("web-export-gone"))),
        Err(error) => return Err(kernel::Error::from(error).into()),
    };
    page.download(&format!("{}.{}", view::file_name(&export.about), format.ending()), format.media_type(), bytes)
}

/// What waits for the own key, and what was asked for.
async fn list(page: Page, Signed(officer): Signed, list: ListQuery) -> Result {
    let (cursor, _) = list.cursor();
    let after = cursor.and_then(|cursor| match cursor.0.as_slice() {
        [kernel::Value::Int(at), kernel::Value::Bytes(id)] => {
            Some((Timestamp::from_microsecond(*at).ok()?, Id::try_from(id.as_slice()).ok()?))
        }
        _ => None,
    });
    let now = page.now();
    let (waiting, mut own) = page
        .gov()
        .read(move |rx| {
            let mut waiting = Vec::new();
            for export in export::awaiting(rx, &officer, now, PAGE_ROWS)? {
                let by = view::who(rx, export.account, export.post)?;
                waiting.push((export, by));
            }
            let own = export::of_account(rx, officer.account, PageOf { after, limit: PAGE_ROWS + 1 })?;
            Ok::<_, kernel::Error>((waiting, own))
        })
        .await?;
    let full = usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX);
    let more = own.len() > full;
    own.truncate(full);
    let next = own.last().filter(|_| more).map(|last| Cursor::at(vec![last.asked_at.into(), last.id.into()]).to_string());
    view::list(&page, &list, &waiting, &own, next)
}

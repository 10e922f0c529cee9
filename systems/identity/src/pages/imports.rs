//! `/pejabat/impor`: a list of officials, compared with who is here, chosen row by row, run and undone as one.

use std::{collections::HashSet, sync::Arc};

use askama::Template;
use axum::extract::Path;
use kernel::{Error as KernelError, Id, Message, blobs, schema::FieldErrors};
use web::{
    FormData, FormState, ListQuery, Page, Routes,
    export::{Format, Sheet, Value},
    ui::{Cell, Column, Empty, Html, Notice, Table, Tag, Tone},
};

use super::{acting, mutations::ENTERERS, officer};
use crate::{
    officials::{self, Verdict},
    store::imports::{self, Brought, Import, ImportRow},
};

/// Rows of one page.
const ROWS: i64 = 50;
/// Imports the list shows.
const SHOWN: i64 = 100;
/// The largest file.
const SIZE_BYTES_MAX: usize = 8_000_000;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/pejabat/impor", ENTERERS, index)
        .post("/pejabat/impor", ENTERERS, upload)
        .limit_bytes(SIZE_BYTES_MAX + 100_000)
        .get("/pejabat/impor/contoh", ENTERERS, example)
        .get("/pejabat/impor/{import}", ENTERERS, show)
        .post("/pejabat/impor/{import}", ENTERERS, choose)
        .token()
        .post("/pejabat/impor/{import}/jalankan", ENTERERS, run)
        .token()
        .post("/pejabat/impor/{import}/batal", ENTERERS, undo)
        .token()
}

#[derive(Template)]
#[template(path = "identity/imports.html")]
struct Index {
    page: Page,
    form: FormState,
    table: Table,
}

#[derive(Template)]
#[template(path = "identity/import.html")]
struct Show {
    page: Page,
    import: Import,
    state: Tag,
    refused: Option<Notice>,
    tabs: Vec<(String, String, bool)>,
    rows: Vec<ImportRow>,
    verdict: Verdict,
    taken: i64,
    next: Option<String>,
    place: i64,
}

fn state_tag(page: &Page, state: &str) -> Tag {
    match state {
        "done" => Tag::new(Tone::Ok, page.t("identity-import-done")),
        "undone" => Tag::new(Tone::Late, page.t("identity-import-undone")),
        _ => Tag::new(Tone::Plain, page.t("identity-import-draft")),
    }
}

async fn index(page: Page) -> web::Result {
    let form = FormState::empty(&page);
    list(page, form, false).await
}

async fn list(page: Page, form: FormState, wrong: bool) -> web::Result {
    let officer = officer(&page)?;
    let found = page.gov().read(move |rx| imports::seen(rx, &officer, SHOWN)).await?;
    let row = |import: &Import| {
        vec![
            Cell::link(&format!("/pejabat/impor/{}", import.id), &import.name),
            Cell::text(page.moment(import.brought_at)),
            Cell::component(&state_tag(&page, &import.state)),
        ]
    };
    let table = Table::new(&page, &ListQuery::new("/pejabat/impor", ""), page.t("identity-imports-title"))
        .caption_unseen()
        .column(Column::new(page.t("identity-import-file")))
        .column(Column::new(page.t("identity-when")))
        .column(Column::new(page.t("identity-state")))
        .rows(found.iter().map(row))
        .empty(Empty::new(page.t("identity-imports-none"), page.t("identity-imports-none-why")));
    let shown = Index { page: page.clone(), form, table };
    if wrong { page.wrong(&shown) } else { page.html(&shown) }
}

async fn example(page: Page) -> web::Result {
    let heads = officials::read::example_head().into_iter().map(str::to_owned).collect();
    let row: Vec<Value> = ["Siti Aminah, S.IP.", "", "Sekretaris Desa", "16.11.03.2001", "", "definitif", "02-01-2026", "", "141/3/2026"]
        .into_iter()
        .map(Value::from)
        .collect();
    let sheet = Sheet { name: "Pejabat".to_owned(), heads, rows: vec![row], notes: Vec::new() };
    page.download("contoh-pejabat.csv", Format::Csv.media_type(), sheet.bytes_without_people(Format::Csv)?)
}

async fn upload(page: Page, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let wrong = |page: Page, form: FormData, message: Message| {
        let mut errors = FieldErrors::default();
        errors.add("berkas", message);
        let form = FormState::wrong(&page, form, errors);
        list(page, form, true)
    };
    let Some(file) = form.file("berkas") else { return wrong(page, form, Message::new("identity-import-choose")).await };
    let (name, bytes) = (file.name.chars().take(120).collect::<String>(), file.bytes.clone());
    if bytes.len() > SIZE_BYTES_MAX {
        return wrong(page, form, Message::new("identity-import-large").arg("max", SIZE_BYTES_MAX / 1_000_000)).await;
    }
    let gov = Arc::clone(&page.state().gov);
    let at = ctx.clone();
    let read = tokio::task::spawn_blocking(move || {
        if bytes.starts_with(b"PK") {
            check_workbook(&gov, &at, &bytes)?;
        }
        officials::read(&bytes).map_err(|error| error.message())
    });
    let (rows, problems) = match read.await.map_err(|error| web::Error::Internal(error.to_string()))? {
        Ok(read) => read,
        Err(message) => return wrong(page, form, message).await,
    };
    let id = page.gov().write(&ctx, move |tx| imports::bring(tx, Some(&officer), &name, &rows, &problems)).await?;
    page.redirect(&format!("/pejabat/impor/{id}"))
}

/// A workbook that can be opened here: of the kind, without password or macros, not packed to burst. It is not kept.
fn check_workbook(gov: &kernel::Gov, ctx: &kernel::Ctx, bytes: &[u8]) -> Result<(), Message> {
    let said = |error: blobs::BlobError| match error {
        blobs::BlobError::Refused(message) => message,
        _ => Message::new("identity-import-kind"),
    };
    let staged = gov.blobs().put(ctx, "pejabat.xlsx", bytes, &blobs::Limits::WORKBOOK).map_err(said)?;
    gov.blobs().delete(staged.id).map_err(said)
}

fn verdict_words(page: &Page, verdict: Verdict) -> String {
    page.t(&format!("identity-import-verdict-{}", verdict.as_str()))
}

async fn show(page: Page, Path(id): Path<Id>) -> web::Result {
    view(page, id, None).await
}

async fn view(page: Page, id: Id, refused: Option<Message>) -> web::Result {
    let officer = officer(&page)?;
    let query = page.query();
    let asked = Verdict::parse(query.get("hasil"));
    let place = query.get("dari").parse::<i64>().unwrap_or(0).max(0);
    let (import, figures, verdict, mut rows) = page
        .gov()
        .read(move |rx| {
            let import = imports::find(rx, &officer, id)?;
            let figures = imports::figures(rx, id)?;
            let first = figures.iter().find(|(_, n, _)| *n > 0).map(|(verdict, _, _)| *verdict);
            let verdict = asked.or(first).unwrap_or(Verdict::New);
            let rows = imports::rows(rx, id, Some(verdict), place, ROWS + 1)?;
            Ok::<_, KernelError>((import, figures, verdict, rows))
        })
        .await?;
    let more = i64::try_from(rows.len()).unwrap_or(0) > ROWS;
    rows.truncate(usize::try_from(ROWS).unwrap_or(0));
    let href = |verdict: Verdict, place: i64| format!("/pejabat/impor/{id}?hasil={}&dari={place}", verdict.as_str());
    let tabs = figures
        .iter()
        .filter(|(_, n, _)| *n > 0)
        .map(|(known, n, _)| (href(*known, 0), format!("{} {}", verdict_words(&page, *known), page.number(*n)), *known == verdict));
    let taken = figures.iter().map(|(_, _, taken)| taken).sum();
    let wrong = refused.is_some();
    let shown = Show {
        state: state_tag(&page, &import.state),
        refused: refused.map(|message| Notice::new(Tone::Late, page.m(&message))),
        tabs: tabs.collect(),
        next: more.then(|| href(verdict, place + ROWS)),
        page: page.clone(),
        import,
        rows,
        verdict,
        taken,
        place,
    };
    if wrong { page.wrong(&shown) } else { page.html(&shown) }
}

async fn choose(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let ids = |name: &str| form.all(name).filter_map(|id| id.parse::<Id>().ok()).collect::<Vec<_>>();
    let (shown, taken): (Vec<Id>, HashSet<Id>) = (ids("baris"), ids("ambil").into_iter().collect());
    page.gov()
        .write(&ctx, move |tx| {
            let import = imports::find(tx, &officer, id)?;
            imports::choose(tx, &import, &shown, &taken)
        })
        .await?;
    page.flash_ok(Message::new("identity-import-chosen"));
    let verdict = Verdict::parse(form.get("hasil")).unwrap_or(Verdict::New);
    page.redirect(&format!("/pejabat/impor/{id}?hasil={}&dari={}", verdict.as_str(), form.number("dari").unwrap_or(0)))
}

async fn run(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let gov = Arc::clone(&page.state().gov);
    let done = page
        .gov()
        .write(&ctx, move |tx| {
            imports::find(tx, &officer, id)?;
            imports::run(tx, &gov, id)
        })
        .await;
    answer(page, id, done.map(|brought| told(&brought))).await
}

fn told(brought: &Brought) -> Message {
    Message::new("identity-import-told")
        .arg("people", brought.people)
        .arg("posts", brought.posts)
        .arg("appointed", brought.appointed)
        .arg("changed", brought.changed)
        .arg("ended", brought.ended)
}

async fn undo(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let done = page
        .gov()
        .write(&ctx, move |tx| {
            let import = imports::find(tx, &officer, id)?;
            if import.state == "draft" {
                imports::throw_away(tx, &import)?;
                return Ok(true);
            }
            imports::undo(tx, &import).map(|()| false)
        })
        .await;
    match done {
        Ok(true) => {
            page.flash_ok(Message::new("identity-import-thrown-away"));
            page.redirect("/pejabat/impor")
        }
        other => answer(page, id, other.map(|_| Message::new("identity-import-undone-now"))).await,
    }
}

async fn answer(page: Page, id: Id, done: Result<Message, KernelError>) -> web::Result {
    match done {
        Ok(message) => {
            page.flash_ok(message);
            page.redirect(&format!("/pejabat/impor/{id}"))
        }
        Err(KernelError::Refused(message)) => view(page, id, Some(message)).await,
        Err(other) => Err(other.into()),
    }
}

impl Show {
    fn draft(&self) -> bool {
        self.import.state == "draft"
    }

    fn done(&self) -> bool {
        self.import.state == "done"
    }

    /// Whether the rows shown can be chosen.
    fn choosable(&self) -> bool {
        self.draft() && !matches!(self.verdict, Verdict::Wrong | Verdict::Same)
    }

    fn verdict_key(&self) -> &'static str {
        self.verdict.as_str()
    }

    fn take_words(&self) -> String {
        self.page.t(if self.verdict == Verdict::Missing { "identity-import-take-end" } else { "identity-import-take" })
    }

    fn title(row: &ImportRow) -> String {
        match &row.compared.official {
            Some(official) => format!("{}, {}", official.name, official.title),
            None => row.compared.holder.clone(),
        }
    }

    /// What the file says, and what is here.
    fn small(&self, row: &ImportRow) -> Html {
        let page = &self.page;
        let mut parts = Vec::new();
        if row.line > 0 {
            parts.push(page.t1("identity-import-line", "n", row.line));
        }
        if !row.compared.unit_name.is_empty() {
            parts.push(row.compared.unit_name.clone());
        }
        if let Some(official) = &row.compared.official {
            parts.push(page.t2("identity-import-since", "day", page.date(official.from), "decree", official.decree.as_str()));
            if row.compared.makes_post {
                parts.push(page.t("identity-import-makes-post"));
            }
        }
        if let (Some(from), Verdict::Different | Verdict::Missing) = (row.compared.held_from, row.verdict) {
            let args = [
                ("name", row.compared.holder.as_str().into()),
                ("day", page.date(from).into()),
                ("decree", row.compared.held_by.as_str().into()),
            ];
            parts.push(page.tn("identity-import-here", &args));
        }
        if !row.problem.is_empty() {
            parts.push(page.t(&row.problem));
        }
        Html::text(&parts.join(" · "))
    }
}

//! `/tinjauan`: the quarterly review of access. The head of a unit looks at what each person can do and keeps or removes it.

use askama::Template;
use axum::extract::Path;
use kernel::{Error as KernelError, Id, Message, case::Case, grant::sight::Sight};
use web::{
    Access, FormData, ListQuery, Page, Routes,
    ui::{Cell, Column, Empty, Notice, Table, Tag, Tone},
};

use super::{acting, officer, sights::ASKING};
use crate::{
    jobs, rules,
    store::{
        reviews::{self, Line, Standing, Verdict},
        sights::{self, Reach},
    },
    words,
};

/// Reviews the overview shows.
const SHOWN: i64 = 300;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/tinjauan", ASKING, overview)
        .post("/tinjauan", Access::Role("admin"), start)
        .token()
        .get("/tinjauan/hak/{case}", Access::Signed, show)
        .post("/tinjauan/hak/{case}", Access::Signed, keep_all)
        .token()
        .get("/tinjauan/hak/{case}/{right}", Access::Signed, look)
        .post("/tinjauan/hak/{case}/{right}", Access::Signed, decide)
        .token()
}

#[derive(Template)]
#[template(path = "identity/reviews.html")]
struct Overview {
    page: Page,
    table: Table,
    /// May open the reviews of this quarter now.
    starts: bool,
}

#[derive(Template)]
#[template(path = "identity/review.html")]
struct Show {
    page: Page,
    case: Case,
    table: Table,
    refused: Option<Notice>,
    waiting: usize,
    looked: usize,
}

#[derive(Template)]
#[template(path = "identity/review_right.html")]
struct Look {
    page: Page,
    case: Case,
    line: Line,
    title: String,
    reaches: Vec<Reach>,
    refused: Option<Notice>,
    last: String,
}

fn line_title(page: &Page, line: &Line) -> String {
    match line.title.rsplit_once(", ") {
        Some((name, role)) if line.what == "grant" => format!("{name}, {}", words::role(page, role)),
        _ => line.title.clone(),
    }
}

/// "2026-4" is "triwulan 4 tahun 2026".
fn quarter(page: &Page, key: &str) -> String {
    let (year, n) = key.split_once('-').unwrap_or((key, ""));
    page.t2("identity-review-quarter", "n", n, "year", year)
}

async fn overview(page: Page, query: ListQuery) -> web::Result {
    let officer = officer(&page)?;
    let starts = officer.holds("admin");
    let found = page.gov().read(move |rx| reviews::overview(rx, &officer, SHOWN)).await?;
    let row = |standing: &Standing| {
        let state = match standing.case.state.as_str() {
            "closed" => Tag::new(Tone::Ok, page.t("identity-review-closed")),
            "escalated" => Tag::new(Tone::Late, page.t("identity-review-escalated")),
            _ => Tag::new(Tone::Wait, page.t("identity-review-open")),
        };
        let figures = [("n", standing.rights.into()), ("waiting", standing.waiting.into()), ("removed", standing.removed.into())];
        vec![
            Cell::text(&standing.unit).small(quarter(&page, &standing.quarter)),
            Cell::text(page.tn("identity-review-figures", &figures)),
            Cell::component(&state),
        ]
    };
    let table = Table::new(&page, &query, page.t("identity-menu-reviews"))
        .caption_unseen()
        .column(Column::new(page.t("identity-unit")))
        .column(Column::new(page.t("identity-review-rights")))
        .column(Column::new(page.t("identity-state")))
        .rows(found.iter().map(row))
        .empty(Empty::new(page.t("identity-reviews-none"), page.t("identity-reviews-none-why")));
    page.clone().html(&Overview { page, table, starts })
}

async fn start(page: Page, form: FormData) -> web::Result {
    let (ctx, _) = acting(&page, &form)?;
    let opened = jobs::open_all(&page.state().gov, &ctx, reviews::Start::Wanted).await?;
    page.flash_ok(Message::new("identity-review-started").arg("n", opened));
    page.redirect("/tinjauan")
}

async fn show(page: Page, Path(id): Path<Id>) -> web::Result {
    view(page, id, None).await
}

async fn view(page: Page, id: Id, refused: Option<Message>) -> web::Result {
    let officer = officer(&page)?;
    let (case, lines, seen) = page
        .gov()
        .read(move |rx| {
            let case = reviews::own(rx, &officer, id)?;
            let lines = reviews::lines(rx, id)?;
            let accounts: Vec<Id> = lines.iter().filter_map(|line| line.account).collect();
            Ok::<_, KernelError>((case, lines, reviews::last_sign_ins(rx, &accounts)?))
        })
        .await?;
    let row = |line: &Line| {
        let state = match line.state.as_str() {
            "kept" => Tag::new(Tone::Ok, page.t("identity-review-kept")),
            "removed" => Tag::new(Tone::Late, page.t("identity-review-removed")),
            _ if line.opened_at.is_some() => Tag::new(Tone::Soon, page.t("identity-review-looked")),
            _ => Tag::new(Tone::Wait, page.t("identity-review-waits")),
        };
        let last = line.account.and_then(|account| seen.get(&account));
        let last = last.map_or_else(|| page.t("identity-review-never-in"), |at| page.t1("identity-review-last-in", "day", page.day(*at)));
        vec![Cell::link(&format!("/tinjauan/hak/{id}/{}", line.id), line_title(&page, line)).small(last), Cell::component(&state)]
    };
    let table = Table::new(&page, &page.query(), page.t("identity-review-rights"))
        .caption_unseen()
        .column(Column::new(page.t("identity-review-right")))
        .column(Column::new(page.t("identity-state")))
        .rows(lines.iter().map(row));
    let wrong = refused.is_some();
    let refused = refused.map(|message| Notice::new(Tone::Late, page.m(&message)));
    let waiting = lines.iter().filter(|line| line.waits()).count();
    let looked = lines.iter().filter(|line| line.waits() && line.opened_at.is_some()).count();
    let shown = Show { page: page.clone(), case, table, refused, waiting, looked };
    if wrong { page.wrong(&shown) } else { page.html(&shown) }
}

async fn look(page: Page, Path((id, right)): Path<(Id, Id)>) -> web::Result {
    one(page, id, right, None).await
}

async fn one(page: Page, id: Id, right: Id, refused: Option<Message>) -> web::Result {
    let (officer, now) = (officer(&page)?, page.now());
    let kinds: Vec<Sight> = page.state().systems.iter().flat_map(|system| system.sights).copied().collect();
    let (case, line, reaches, seen) = page
        .gov()
        .write(&page.ctx(), move |tx| {
            let case = reviews::own(tx, &officer, id)?;
            let line = reviews::look(tx, &case, right)?;
            let reaches = match line.account {
                Some(account) => sights::reaches_for_review(tx, account, &kinds, now)?,
                None => Vec::new(),
            };
            let accounts: Vec<Id> = line.account.into_iter().collect();
            let seen = reviews::last_sign_ins(tx, &accounts)?;
            Ok::<_, KernelError>((case, line, reaches, seen.into_values().next()))
        })
        .await?;
    let wrong = refused.is_some();
    let refused = refused.map(|message| Notice::new(Tone::Late, page.m(&message)));
    let title = line_title(&page, &line);
    let last = seen.map_or_else(|| page.t("identity-review-never-in"), |at| page.t1("identity-review-last-in", "day", page.day(at)));
    let shown = Look { page: page.clone(), case, line, title, reaches, refused, last };
    if wrong { page.wrong(&shown) } else { page.html(&shown) }
}

async fn decide(page: Page, Path((id, right)): Path<(Id, Id)>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let verdict = if form.get("putusan") == "cabut" { Verdict::Remove } else { Verdict::Keep };
    let reason: String = form.get("alasan").chars().take(500).collect();
    let label = label(&officer);
    let done = page
        .gov()
        .write(&ctx, move |tx| {
            let case = reviews::own(tx, &officer, id)?;
            reviews::decide(tx, &case, right, verdict, &reason, &label)
        })
        .await;
    match done {
        Ok(closed) => {
            let removed = verdict == Verdict::Remove;
            page.flash_ok(Message::new(if removed { "identity-review-removed-now" } else { "identity-review-kept-now" }));
            page.redirect(&if closed { "/tugas".to_owned() } else { format!("/tinjauan/hak/{id}") })
        }
        Err(KernelError::Refused(message)) => one(page, id, right, Some(message)).await,
        Err(other) => Err(other.into()),
    }
}

fn label(officer: &kernel::Officer) -> String {
    officer.post.as_ref().map(|post| rules::post_at(&post.kind, &post.title, "")).unwrap_or_default()
}

async fn keep_all(page: Page, Path(id): Path<Id>, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let label = label(&officer);
    let done = page
        .gov()
        .write(&ctx, move |tx| {
            let case = reviews::own(tx, &officer, id)?;
            reviews::keep_looked_at(tx, &case, &label)
        })
        .await;
    match done {
        Ok((kept, closed)) => {
            page.flash_ok(Message::new("identity-review-kept-some").arg("n", kept));
            page.redirect(&if closed { "/tugas".to_owned() } else { format!("/tinjauan/hak/{id}") })
        }
        Err(KernelError::Refused(message)) => view(page, id, Some(message)).await,
        Err(other) => Err(other.into()),
    }
}

impl Show {
    fn due(&self) -> String {
        self.case.due.at.map(|at| self.page.t1("identity-confirm-due", "at", self.page.moment(at))).unwrap_or_default()
    }
}

impl Look {
    fn reach_title(&self, reach: &Reach) -> String {
        self.page.t(reach.sight.title)
    }

    fn say(&self, why: &sights::Why) -> String {
        super::sights::say(&self.page, why)
    }

    fn is_grant(&self) -> bool {
        self.line.what == "grant"
    }
}

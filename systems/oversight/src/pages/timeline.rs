//! Jejak audit: who did or read what, about a record, a person, a post, an account or a unit.

use std::sync::Arc;

use kernel::{Actor, Id, Message, NewEntry, Value, access, party, schema::FieldErrors, unit};
use serde_json::json;
use web::{
    Cursor, FormData, FormState, ListQuery, PAGE_ROWS, Page,
    ui::{Cell, Choice, Column, Empty, Table, Tag, Tone},
};

use super::own_scope;
use crate::{
    exports,
    store::timeline::{self, Filter, Group, Hit, Line, Subject},
};

/// Hits of a search.
const HITS: i64 = 20;
/// Pages of the log looked through for lists before an answer; the job has gone through everything older than its last turn.
const PAGES_BEFORE_ANSWER: usize = 20;

#[derive(askama::Template)]
#[template(path = "oversight/timeline.html")]
struct Show {
    page: Page,
    title: String,
    about: String,
    table: Table,
    /// What is said of lists that are not counted yet.
    note: Option<String>,
}

#[derive(askama::Template)]
#[template(path = "oversight/search.html")]
struct Search {
    page: Page,
    form: FormState,
    hits: Option<Table>,
}

/// The filter as the address has it; what cannot be read does not filter.
fn filter(page: &Page, asked: &dyn Fn(&str) -> String) -> Filter {
    let zone = unit::zone_of(page.zone()).unwrap_or_default();
    let day = |name: &str| asked(name).parse::<jiff::civil::Date>().ok();
    Filter {
        subject: Subject::parse(&asked("tentang"), &asked("id")),
        group: Group::parse(&asked("aksi")),
        from: day("dari").map(|day| unit::start_of(zone, day)),
        until: day("sampai").and_then(|day| day.tomorrow().ok()).map(|day| unit::start_of(zone, day)),
        by: asked("siapa").parse().ok(),
    }
}

pub(super) async fn show(page: Page, list: ListQuery) -> web::Result {
    let (scope, filter) = (own_scope(&page)?, filter(&page, &|name| list.get(name).to_owned()));
    let (cursor, _) = list.cursor();
    let after = cursor.and_then(|cursor| match cursor.0.as_slice() {
        [Value::Bytes(id)] => Id::try_from(id.as_slice()).ok(),
        _ => None,
    });
    let behind = match filter.subject {
        Subject::Person(_) => catch_up(&page).await?,
        _ => false,
    };
    let wanted = filter.clone();
    let (name, lines) = page
        .gov()
        .disclose(&page.ctx(), move |view| {
            let (name, unit) = timeline::name(view, &scope, wanted.subject)?;
            let lines = timeline::page(view, &scope, &wanted, after, PAGE_ROWS + 1)?;
            // Reading the log is itself in the log.
            let (word, id) = wanted.subject.parts();
            let detail = json!({ "about": word, "group": wanted.group.map(Group::as_str), "by": wanted.by, "lines": lines.len() });
            let mut entry = NewEntry::new("oversight.timeline.opened").detail(detail);
            let widest = scope.units().iter().min_by_key(|(_, depth)| *depth).map(|(unit, _)| *unit);
            if let Some(of) = id.or(widest) {
                entry = entry.object(if word.is_empty() { "unit" } else { "subject" }, of);
            }
            if let Some(unit) = unit.or(widest) {
                entry = entry.unit(unit);
            }
            access::record(view, entry)?;
            Ok::<_, kernel::Error>((name, lines))
        })
        .await?;
    let full = usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX);
    let more = lines.len() > full;
    let next = lines.get(full.saturating_sub(1)).filter(|_| more).map(|line| Cursor::at(vec![line.id.into()]).to_string());
    let table = table(&page, &list, &lines[..lines.len().min(full)], next);
    let note = behind.then(|| page.t("oversight-timeline-lists-behind"));
    let title = page.t("oversight-menu-timeline");
    let about = match filter.subject {
        Subject::All => page.t("oversight-timeline-all"),
        Subject::Record(_) => page.t1("oversight-timeline-record", "name", name),
        Subject::Person(_) => page.t1("oversight-timeline-person", "name", name),
        Subject::Post(_) => page.t1("oversight-timeline-post", "name", name),
        Subject::Account(_) => page.t1("oversight-timeline-account", "name", name),
        Subject::Unit(_) => page.t1("oversight-timeline-unit", "name", name),
    };
    page.clone().html(&Show { page, title, about, table, note })
}

/// Brings the index of lists up to this moment, as far as a page may wait; says whether settled entries are left.
pub(super) async fn catch_up(page: &Page) -> web::Result<bool> {
    let ctx = page.ctx_as(Actor::System { job: "oversight.lists", on_behalf_of: None, cause: None });
    Ok(crate::jobs::index_lists(page.gov(), &ctx, PAGES_BEFORE_ANSWER).await?.1)
}

fn table(page: &Page, list: &ListQuery, lines: &[Line], next: Option<String>) -> Table {
    let form = FormState::filled(page, list.form());
    let groups = Group::ALL.map(|group| Choice::new(group.as_str(), page.t(&format!("oversight-group-{}", group.as_str()))));
    let rows: Vec<Vec<Cell>> = lines.iter().map(|line| row(page, list, line)).collect();
    let hidden = |name: &str| form.hidden(name);
    Table::new(page, list, page.t("oversight-menu-timeline"))
        .caption_unseen()
        .filter(hidden("tentang"))
        .filter(hidden("id"))
        .filter(hidden("siapa"))
        .filter(form.select("aksi").label("oversight-what").choices(groups.to_vec()))
        .filter(form.day("dari").label("oversight-from"))
        .filter(form.day("sampai").label("oversight-until"))
        .column(Column::new(page.t("oversight-when")))
        .column(Column::new(page.t("oversight-who")))
        .column(Column::new(page.t("oversight-what")))
        .column(Column::new(page.t("oversight-record")))
        .rows(rows)
        .pages(None, next)
        .empty(Empty::new(page.t("oversight-timeline-none"), page.t("oversight-timeline-none-why")))
        .export("/pengawasan/jejak/unduh", page.form_fields())
}

fn row(page: &Page, list: &ListQuery, line: &Line) -> Vec<Cell> {
    let place = [line.title.as_str(), line.unit_name.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let who = match (line.account, line.actor_kind.as_str()) {
        // On the timeline of something, a name narrows it; elsewhere it leads to what this officer did.
        (Some(account), _) if list.some("id").is_some() => {
            Cell::link(&list.with(&[("siapa", &account.to_string()), ("setelah", "")]), &line.name).small(place)
        }
        (Some(account), _) => Cell::link(&href(Subject::Account(account)), &line.name).small(place),
        (None, "system") => Cell::text(page.t("oversight-actor-system")).small(place),
        (None, "link") => Cell::text(page.t("oversight-actor-link")).small(place),
        (None, _) => Cell::text(page.t("oversight-actor-public")).small(place),
    };
    let record = match (line.case_id, line.object) {
        (Some(case), _) if !line.code.is_empty() => {
            let code = indonesian::Code::parse(&line.code).map_or_else(|_| line.code.clone(), |code| code.to_string());
            Cell::link(&href(Subject::Record(case)), code)
        }
        (_, Some(object)) if line.object_kind == "person" => Cell::link(&href(Subject::Person(object)), page.t("oversight-object-person")),
        (_, Some(object)) => Cell::link(&href(Subject::Record(object)), kind_word(page, &line.object_kind)),
        _ => Cell::text("–"),
    };
    let mut what = page.deed(&line.action);
    if line.rows > 0 {
        what = page.t2("oversight-list-rows", "what", what, "n", line.rows);
    }
    let what = if line.flagged {
        Cell::component(&Tag::new(Tone::Soon, page.t("oversight-in-election"))).small(what)
    } else {
        Cell::text(what).small(if line.changes > 0 { page.t1("oversight-changed-rows", "n", line.changes) } else { String::new() })
    };
    let proof = format!("/log/proof/{}", line.id);
    vec![Cell::text(page.moment_short(line.at, page.now())), who, what, record.and_link(&proof, page.t("oversight-receipt"))]
}

/// Kinds of records the timeline has a word for; any other is a "catatan".
const KINDS: [&str; 32] = [
    "account",
    "attachment",
    "audit",
    "breach",
    "case",
    "dispatch",
    "document",
    "election",
    "event",
    "export",
    "finding",
    "grant",
    "hiding",
    "hold",
    "holiday",
    "import",
    "job",
    "letter",
    "link",
    "mutation",
    "news",
    "notice",
    "number",
    "offering",
    "pack",
    "post",
    "right",
    "slip",
    "terms",
    "threshold",
    "token",
    "unit",
];

/// What a record is, in a word.
fn kind_word(page: &Page, kind: &str) -> String {
    if KINDS.contains(&kind) { page.t(&format!("oversight-kind-{kind}")) } else { page.t("oversight-object-record") }
}

/// The timeline of a subject.
pub(super) fn href(subject: Subject) -> String {
    let (word, id) = subject.parts();
    id.map_or_else(|| "/pengawasan/jejak".to_owned(), |id| format!("/pengawasan/jejak?tentang={word}&id={id}"))
}

pub(super) async fn export(page: Page, form: FormData) -> web::Result {
    let filter = filter(&page, &|name| form.get(name).to_owned());
    let back = href(filter.subject);
    page.export(exports::TIMELINE, exports::body(&filter), form.get("format"), &back).await
}

pub(super) async fn ask(page: Page) -> web::Result {
    let form = FormState::empty(&page);
    page.clone().html(&Search { page, form, hits: None })
}

/// Finds what a timeline may be about: a tracking code, a name of an officer, a post, a unit; a NIK finds a person, and that is
/// written down.
pub(super) async fn search(page: Page, form: FormData) -> web::Result {
    let (scope, words) = (own_scope(&page)?, form.get("cari").chars().take(80).collect::<String>());
    let mut errors = FieldErrors::default();
    if words.chars().count() < 3 {
        errors.add("cari", Message::new("oversight-search-short"));
        let form = FormState::wrong(&page, form, errors);
        return page.clone().wrong(&Search { page, form, hits: None });
    }
    let digits: String = words.chars().filter(|c| !c.is_whitespace()).collect();
    let nik = digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (gov, ctx) = (Arc::clone(&page.state().gov), page.ctx());
    let hits: Vec<Hit> = if nik {
        let found = page.gov().write(&ctx, move |tx| {
            let mut hits = Vec::new();
            for person in party::find_by_nik(tx, gov.keys(), &digits)? {
                let subject = Subject::Person(person.id);
                if let Ok((name, unit)) = timeline::name(tx, &scope, subject) {
                    let place = match unit {
                        Some(unit) => unit::find(tx, unit)?.map_or_else(String::new, |unit| unit.name),
                        None => String::new(),
                    };
                    hits.push(Hit { subject, name, place });
                }
            }
            Ok::<_, kernel::Error>(hits)
        });
        found.await?
    } else {
        page.gov().read(move |rx| timeline::search(rx, &scope, &words, HITS)).await?
    };
    let rows = hits.iter().map(|hit| {
        let (word, _) = hit.subject.parts();
        vec![Cell::link(&href(hit.subject), &hit.name).small(hit.place.clone()), Cell::text(page.t(&format!("oversight-subject-{word}")))]
    });
    let table = Table::new(&page, &ListQuery::new("/pengawasan/jejak/cari", ""), page.t("oversight-hits"))
        .column(Column::new(page.t("oversight-name")))
        .column(Column::new(page.t("oversight-kind")))
        .rows(rows.collect::<Vec<_>>())
        .empty(Empty::new(page.t("oversight-hits-none"), page.t("oversight-hits-none-why")));
    // A NIK is never sent back.
    let form = if nik { FormState::empty(&page) } else { FormState::filled(&page, form) };
    page.clone().html(&Search { page, form, hits: Some(table) })
}

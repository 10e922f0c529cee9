//! Tugas Saya: what needs doing, what waits elsewhere, what is finished.

use std::{borrow::Cow, sync::Arc};

use jiff::Timestamp;
use kernel::{
    Gov, Id, Message, NewEntry, Officer, Result, Rx, Value,
    case::Task,
    clock::{Calendars, Office},
    notice::{self, NoticeState},
    text::Arg,
};
use web::{
    Page, Signed,
    list::Cursor,
    ui::{Choice, Empty, Tag, Tone},
};

use super::words;
use crate::{
    model::Definition,
    pages::OFFICE_ROLES,
    store::{
        Definitions,
        lists::{self, Line, MANY, Narrow, Seat, Tab, Work},
    },
};

/// Rows of one page of the list.
const ROWS: i64 = 30;
/// What releases before 0.2 told a desk of each task that came; the list says it.
const SAID_BY_TASK: &str = "services-notice-desk";
/// Unread notices above the list.
const NOTICES: i64 = 5;

/// A line of the list with what it takes to say it.
enum Shown {
    Application(Box<Line>, Arc<Definition>, Arc<Office>),
    /// Work of another system, in its own words.
    Other(Box<Task>),
}

/// A list as the database gives it.
pub(super) struct Loaded {
    lines: Vec<Shown>,
    /// Where the next page begins.
    next: Option<(i64, Id)>,
    mine: i64,
    waiting: i64,
    notices: Vec<notice::Notice>,
    kinds: Vec<(String, String)>,
    several_units: bool,
}

/// What the address asks of the list.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    pub(super) tab: Option<String>,
    pub(super) kind: String,
    pub(super) search: String,
    pub(super) after: Option<(i64, Id)>,
}

impl Asked {
    pub(super) fn of(page: &Page) -> Self {
        let query = page.query();
        let (cursor, _) = query.cursor();
        let after = cursor.and_then(|cursor| match cursor.0.as_slice() {
            [Value::Int(order), Value::Bytes(id)] => Some((*order, Id::try_from(id.as_slice()).ok()?)),
            _ => None,
        });
        Self {
            tab: query.some("tab").map(str::to_owned),
            kind: query.get("layanan").to_owned(),
            search: query.get("cari").chars().take(80).collect(),
            after,
        }
    }

    fn tab(&self) -> Tab {
        Tab::parse(self.tab.as_deref().unwrap_or_default())
    }
}

/// Reads the list a page stands beside.
pub(super) fn load(rx: &mut Rx<'_>, gov: &Gov, officer: &Officer, seat: &Seat, asked: &Asked, now: Timestamp) -> Result<Loaded> {
    let mut found = asked_work(rx, seat, asked, now)?;
    let rows = usize::try_from(ROWS).unwrap_or(0);
    let more = found.len() > rows;
    found.truncate(rows);
    let next = found.last().filter(|_| more).map(Work::place);
    let book = gov.cached::<Calendars>().book(rx)?;
    let definitions = gov.cached::<Definitions>();
    let own = officer.post.as_ref().map(|post| post.unit);
    let several_units = found.iter().any(|work| matches!(work, Work::Application(line) if Some(line.unit) != own));
    let mut lines = Vec::with_capacity(found.len());
    for work in found {
        lines.push(match work {
            Work::Application(line) => {
                let definition = definitions.get(rx, &line.definition)?;
                let office = book.office(&line.units);
                Shown::Application(line, definition, office)
            }
            Work::Other(task) => Shown::Other(task),
        });
    }
    let notices = match &officer.post {
        Some(post) => {
            let all = notice::of_post(rx, post.post, None, 20)?;
            let news = |notice: &notice::Notice| notice.state == NoticeState::Unread && notice.template != SAID_BY_TASK;
            all.into_iter().filter(news).take(usize::try_from(NOTICES).unwrap_or(0)).collect()
        }
        None => Vec::new(),
    };
    Ok(Loaded {
        several_units,
        lines,
        next,
        mine: lists::count_work(rx, seat)?,
        waiting: lists::count(rx, Tab::Waiting, seat, now)?,
        notices,
        kinds: lists::kinds_at(rx, seat)?,
    })
}

/// The lines asked for and one more: the whole desk over every system, or applications where a service or a search narrows them.
fn asked_work(rx: &mut Rx<'_>, seat: &Seat, asked: &Asked, now: Timestamp) -> Result<Vec<Work>> {
    if asked.tab() == Tab::Mine && asked.search.is_empty() && asked.kind.is_empty() {
        return Ok(lists::work(rx, seat, asked.after, ROWS + 1)?);
    }
    let cases = if asked.search.is_empty() { None } else { Some(lists::find_cases(rx, &seat.scope, &asked.search)?) };
    let narrow = Narrow { kind: Some(asked.kind.clone()).filter(|kind| !kind.is_empty()), cases };
    let lines = lists::tab(rx, asked.tab(), seat, &narrow, asked.after, ROWS + 1, now)?;
    Ok(lines.into_iter().map(|line| Work::Application(Box::new(line))).collect())
}

pub(super) struct TabLine {
    pub(super) href: String,
    pub(super) words: String,
    pub(super) count: String,
    pub(super) current: bool,
}

pub(super) struct RowLine {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) tag: Tag,
    pub(super) who: String,
    pub(super) code: String,
    pub(super) current: bool,
}

pub(super) struct NoticeLine {
    pub(super) href: String,
    pub(super) time: String,
    pub(super) words: String,
}

/// The list as the template shows it.
pub(super) struct Pane {
    /// Whether an application stands beside it.
    pub(super) open: bool,
    pub(super) tab: &'static str,
    pub(super) tabs: Vec<TabLine>,
    pub(super) rows: Vec<RowLine>,
    pub(super) next: Option<String>,
    pub(super) first: Option<String>,
    pub(super) notices: Vec<NoticeLine>,
    pub(super) empty: Empty,
    pub(super) kinds: Vec<Choice>,
    pub(super) kind: String,
    pub(super) search: String,
    pub(super) filtered: bool,
}

pub(super) fn pane(page: &Page, loaded: Loaded, asked: &Asked, open: Option<Id>) -> Pane {
    let tab = asked.tab();
    let rows = loaded.lines.iter().filter_map(|line| match line {
        Shown::Application(line, definition, office) => Some(row(page, asked, line, definition, office, loaded.several_units, open)),
        Shown::Other(task) => other_row(page, task),
    });
    let next = loaded.next.map(|(order, row)| address(asked, &Cursor::at(vec![Value::Int(order), row.into()]).to_string()));
    let filtered = !asked.kind.is_empty() || !asked.search.is_empty();
    Pane {
        open: open.is_some(),
        tab: tab.as_str(),
        tabs: tabs(page, tab, loaded.mine, loaded.waiting),
        rows: rows.collect(),
        next,
        first: asked.after.map(|_| address(asked, "")),
        notices: loaded.notices.iter().map(|notice| notice_line(page, notice)).collect(),
        empty: empty(page, tab, filtered),
        kinds: loaded.kinds.iter().map(|(kind, title)| Choice::new(kind.as_str(), short_title(title))).collect(),
        kind: asked.kind.clone(),
        search: asked.search.clone(),
        filtered,
    }
}

fn row(page: &Page, asked: &Asked, line: &Line, definition: &Definition, office: &Office, several: bool, open: Option<Id>) -> RowLine {
    let tab = asked.tab();
    let id = line.case_id;
    RowLine {
        href: if tab == Tab::Mine { format!("/tugas/{id}") } else { format!("/tugas/{id}?tab={}", tab.as_str()) },
        title: short_title(definition.title.in_language(page.lang())).to_owned(),
        tag: if tab == Tab::Finished {
            Tag::new(words::state_tone(&line.state), words::state(page, &line.state))
        } else {
            words::due(page, office, &line.due, line.on_time, page.now()).tag()
        },
        who: who(page, line, tab, several),
        code: words::code(&line.code),
        current: open == Some(id),
    }
}

/// A task as its own system says it; every system that leaves tasks has words for them (a whole-platform test).
fn other_row(page: &Page, task: &Task) -> Option<RowLine> {
    let say = page.state().systems.iter().find(|system| system.slug == task.system)?.task?;
    let now = page.now();
    let tag = match task.due {
        Some(due) if due < now => Tag::new(Tone::Late, page.t1("services-desk-due-late-since", "at", page.moment_short(due, now))),
        Some(due) => Tag::new(Tone::Wait, page.t1("services-desk-due-until", "at", page.moment_short(due, now))),
        None => Tag::new(Tone::Plain, page.t("services-desk-due-none")),
    };
    let line = say(page, task);
    Some(RowLine { href: line.href, title: line.title, tag, who: line.about, code: String::new(), current: false })
}

/// "Surat Keterangan Usaha" is "Keterangan Usaha" in a narrow list.
fn short_title(title: &str) -> &str {
    title.strip_prefix("Surat ").unwrap_or(title)
}

fn address(asked: &Asked, cursor: &str) -> String {
    let tab = asked.tab();
    let tab = if tab == Tab::Mine { "" } else { tab.as_str() };
    web::ListQuery::new("/tugas", "").with(&[("tab", tab), ("layanan", &asked.kind), ("cari", &asked.search), ("setelah", cursor)])
}

fn who(page: &Page, line: &Line, tab: Tab, several: bool) -> String {
    let mut parts = vec![line.subject.clone()];
    if several {
        parts.push(line.unit_name.clone());
    }
    match tab {
        Tab::Waiting if line.at_title.is_empty() => parts.push(words::state(page, &line.state)),
        Tab::Waiting => parts.push(page.t1("services-desk-at", "post", line.at_title.as_str())),
        Tab::Finished => parts.push(page.date_short(line.received_at, page.now())),
        Tab::Mine => {}
    }
    parts.join(" · ")
}

fn tabs(page: &Page, current: Tab, mine: i64, waiting: i64) -> Vec<TabLine> {
    let counted = |n: i64| match n {
        0 => String::new(),
        n if n >= MANY => format!("{}+", page.number(MANY - 1)),
        n => page.number(n),
    };
    [
        (Tab::Mine, "services-desk-tab-mine", counted(mine)),
        (Tab::Waiting, "services-desk-tab-waiting", counted(waiting)),
        (Tab::Finished, "services-desk-tab-finished", String::new()),
    ]
    .into_iter()
    .map(|(tab, key, count)| TabLine {
        href: if tab == Tab::Mine { "/tugas".to_owned() } else { format!("/tugas?tab={}", tab.as_str()) },
        words: page.t(key),
        count,
        current: tab == current,
    })
    .collect()
}

fn empty(page: &Page, tab: Tab, filtered: bool) -> Empty {
    if filtered {
        return Empty::new(page.t("web-none-found"), page.t("web-none-found-next")).action("/tugas", page.t("web-filter-clear"));
    }
    let (title, why) = match tab {
        Tab::Mine => ("services-desk-none-mine", "services-desk-none-mine-why"),
        Tab::Waiting => ("services-desk-none-waiting", "services-desk-none-waiting-why"),
        Tab::Finished => ("services-desk-none-finished", "services-desk-none-finished-why"),
    };
    Empty::new(page.t(title), page.t(why))
}

fn notice_line(page: &Page, notice: &notice::Notice) -> NoticeLine {
    let mut message = Message { key: Cow::Owned(notice.template.clone()), args: Vec::new() };
    for (name, value) in notice.args.as_object().into_iter().flatten() {
        let value = match value {
            serde_json::Value::Number(number) => Arg::Number(number.as_i64().unwrap_or(0)),
            serde_json::Value::String(text) => Arg::Text(text.clone()),
            other => Arg::Text(other.to_string()),
        };
        message.args.push((Cow::Owned(name.clone()), value));
    }
    NoticeLine {
        href: match (notice.case_id, notice.args.get("path").and_then(serde_json::Value::as_str)) {
            // Somewhere else in the application, never anywhere outside it.
            (_, Some(path)) if path.starts_with('/') && !path.starts_with("//") => path.to_owned(),
            (Some(case), _) => format!("/tugas/{case}"),
            _ => String::new(),
        },
        time: page.moment_short(notice.created_at, page.now()),
        words: page.m(&message),
    }
}

#[derive(askama::Template)]
#[template(path = "desk/tasks.html")]
struct Tasks {
    page: Page,
    list: Pane,
}

pub(super) async fn index(page: Page, Signed(officer): Signed) -> web::Result {
    let (asked, now) = (Asked::of(&page), page.now());
    let gov = Arc::clone(&page.state().gov);
    let copy = asked.clone();
    let loaded = page
        .gov()
        .read(move |rx| {
            let seat = lists::seat(rx, &officer, OFFICE_ROLES, now)?;
            load(rx, &gov, &officer, &seat, &copy, now)
        })
        .await?;
    let list = pane(&page, loaded, &asked, None);
    page.clone().html(&Tasks { page, list })
}

/// Marks the notices of the acting post as read.
pub(super) async fn read_notices(page: Page, Signed(officer): Signed) -> web::Result {
    if let Some(post) = officer.post.as_ref().map(|post| post.post) {
        page.gov().write(&page.ctx(), move |tx| notice::mark_all_read(tx, post)).await?;
    }
    page.redirect("/tugas")
}

/// How many tasks lie on the own desk; 100 stands for "many".
pub(crate) fn badge(rx: &mut Rx<'_>, officer: &Officer, now: Timestamp) -> Result<i64> {
    let seat = lists::seat(rx, officer, OFFICE_ROLES, now)?;
    Ok(lists::count_work(rx, &seat)?)
}

/// An entry that a list with masked subjects was read.
pub(super) fn listed(action: &'static str, lines: &[Line]) -> NewEntry {
    let cases: Vec<Id> = lines.iter().map(|line| line.case_id).collect();
    NewEntry::new(action).detail(serde_json::json!({ "cases": cases }))
}

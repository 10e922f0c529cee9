//! Tugas Saya: what needs doing, what waits elsewhere, what is finished.

use std::{borrow::Cow, sync::Arc};

use jiff::Timestamp;
use kernel::{
    Gov, Id, Message, NewEntry, Officer, Result, Rx, Value, case,
    clock::{Calendars, Office},
    notice::{self, NoticeState},
    text::Arg,
};
use web::{
    Page, Signed,
    list::Cursor,
    ui::{Choice, Empty, Tag},
};

use super::words;
use crate::{
    model::Definition,
    pages::OFFICE_ROLES,
    store::{
        Definitions, SYSTEM,
        lists::{self, Line, MANY, Narrow, Seat, Tab},
    },
};

/// Rows of one page of the list.
const ROWS: i64 = 30;
/// Unread notices above the list.
const NOTICES: i64 = 5;
/// Tasks of other systems above the list.
const OTHERS: i64 = 20;

/// A list as the database gives it.
pub(super) struct Loaded {
    lines: Vec<(Line, Arc<Definition>, Arc<Office>)>,
    more: bool,
    mine: i64,
    waiting: i64,
    notices: Vec<notice::Notice>,
    /// Open work of other systems on the own desk.
    others: Vec<case::Task>,
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
    let cases = if asked.search.is_empty() { None } else { Some(lists::find_cases(rx, &seat.scope, &asked.search)?) };
    let narrow = Narrow { kind: Some(asked.kind.clone()).filter(|kind| !kind.is_empty()), cases };
    let mut found = lists::tab(rx, asked.tab(), seat, &narrow, asked.after, ROWS + 1, now)?;
    let more = found.len() > usize::try_from(ROWS).unwrap_or(0);
    found.truncate(usize::try_from(ROWS).unwrap_or(0));
    let book = gov.cached::<Calendars>().book(rx)?;
    let definitions = gov.cached::<Definitions>();
    let mut lines = Vec::with_capacity(found.len());
    for line in found {
        let definition = definitions.get(rx, &line.definition)?;
        let office = book.office(&line.units);
        lines.push((line, definition, office));
    }
    let own = officer.post.as_ref().map(|post| post.unit);
    let notices = match &officer.post {
        Some(post) => {
            let all = notice::of_post(rx, post.post, None, 20)?;
            all.into_iter().filter(|notice| notice.state == NoticeState::Unread).take(usize::try_from(NOTICES).unwrap_or(0)).collect()
        }
        None => Vec::new(),
    };
    let posts = officer.posts.iter().map(|post| post.post).collect();
    let others = case::TaskQuery { posts, besides: Some(SYSTEM), limit: OTHERS, ..case::TaskQuery::default() };
    Ok(Loaded {
        others: case::tasks(rx, &others)?,
        several_units: lines.iter().any(|(line, _, _)| Some(line.unit) != own),
        lines,
        more,
        mine: lists::count(rx, Tab::Mine, seat, now)?,
        waiting: lists::count(rx, Tab::Waiting, seat, now)?,
        notices,
        kinds: lists::kinds_at(rx, seat)?,
    })
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
    pub(super) others: Vec<NoticeLine>,
    pub(super) empty: Empty,
    pub(super) kinds: Vec<Choice>,
    pub(super) kind: String,
    pub(super) search: String,
    pub(super) filtered: bool,
}

pub(super) fn pane(page: &Page, loaded: Loaded, asked: &Asked, open: Option<Id>) -> Pane {
    let tab = asked.tab();
    let now = page.now();
    let link = |id: Id| if tab == Tab::Mine { format!("/tugas/{id}") } else { format!("/tugas/{id}?tab={}", tab.as_str()) };
    let rows: Vec<RowLine> = loaded
        .lines
        .iter()
        .map(|(line, definition, office)| RowLine {
            href: link(line.case_id),
            title: short_title(definition.title.in_language(page.lang())).to_owned(),
            tag: if tab == Tab::Finished {
                Tag::new(words::state_tone(&line.state), words::state(page, &line.state))
            } else {
                words::due(page, office, &line.due, line.on_time, now).tag()
            },
            who: who(page, line, tab, loaded.several_units),
            code: words::code(&line.code),
            current: open == Some(line.case_id),
        })
        .collect();
    let next = loaded.lines.last().filter(|_| loaded.more).map(|(line, _, _)| {
        let cursor = Cursor::at(vec![Value::Int(line.order), line.row.into()]).to_string();
        address(asked, &cursor)
    });
    let filtered = !asked.kind.is_empty() || !asked.search.is_empty();
    Pane {
        open: open.is_some(),
        tab: tab.as_str(),
        tabs: tabs(page, tab, loaded.mine, loaded.waiting),
        rows,
        next,
        first: asked.after.map(|_| address(asked, "")),
        notices: loaded.notices.iter().map(|notice| notice_line(page, notice)).collect(),
        others: loaded.others.iter().filter(|_| tab == Tab::Mine).filter_map(|task| other(page, task)).collect(),
        empty: empty(page, tab, filtered),
        kinds: loaded.kinds.iter().map(|(kind, title)| Choice::new(kind.as_str(), short_title(title))).collect(),
        kind: asked.kind.clone(),
        search: asked.search.clone(),
        filtered,
    }
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

/// Work of another system, with the page where that system has it done.
fn other(page: &Page, task: &case::Task) -> Option<NoticeLine> {
    let owner = page.state().systems.iter().find(|system| system.slug == task.system)?;
    let work = owner.work.iter().find(|work| work.kind == task.kind)?;
    Some(NoticeLine {
        href: work.href.replace("{case}", &task.case_id.to_string()),
        time: task.due.map(|due| page.t1("services-desk-other-due", "at", page.moment_short(due, page.now()))).unwrap_or_default(),
        words: format!("{}: {}", page.t(work.title), task.subject),
    })
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
        href: notice.case_id.map(|case| format!("/tugas/{case}")).unwrap_or_default(),
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
    let posts = officer.posts.iter().map(|post| post.post).collect();
    let others = case::TaskQuery { posts, besides: Some(SYSTEM), ..case::TaskQuery::default() };
    Ok(lists::count(rx, Tab::Mine, &seat, now)? + case::count_open(rx, &others)?)
}

/// An entry that a list with masked subjects was read.
pub(super) fn listed(action: &'static str, lines: &[Line]) -> NewEntry {
    let cases: Vec<Id> = lines.iter().map(|line| line.case_id).collect();
    NewEntry::new(action).detail(serde_json::json!({ "cases": cases }))
}

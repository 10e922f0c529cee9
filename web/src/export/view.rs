//! The pages of exports as people read them.

use jiff::Timestamp;
use kernel::{
    Id, Rx, account,
    export::{Export, Nature, PURPOSES, State, Why},
    post, unit,
};

use super::pages::{Counted, Shown};
use crate::{
    error::Result,
    form::FormState,
    list::ListQuery,
    page::Page,
    ui::{Cell, Choice, Column, Empty, Facts, KeyValues, Notice, Table, Tag, Timeline, Tone},
};

/// Somebody by name, post and unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Who {
    pub(super) name: String,
    /// `Operator Desa, Desa Tanjung Raman`; empty for an account without a post.
    pub(super) post: String,
}

impl Who {
    fn both(&self) -> String {
        if self.post.is_empty() { self.name.clone() } else { format!("{} · {}", self.name, self.post) }
    }
}

pub(super) fn who(rx: &mut Rx<'_>, account: Id, post: Option<Id>) -> kernel::Result<Who> {
    let name = account::find(rx, account)?.map_or_else(String::new, |account| account.display_name);
    let post = match post {
        Some(post) => post::find(rx, post)?,
        None => None,
    };
    let post = match post {
        Some(post) => format!("{}, {}", post.title, unit::find(rx, post.unit)?.map_or_else(String::new, |unit| unit.name)),
        None => String::new(),
    };
    Ok(Who { name, post })
}

/// `buku-agenda-2026-desa-tanjung-raman` of what a list is called.
pub(super) fn file_name(about: &str) -> String {
    let words: Vec<String> = about.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join("-").chars().take(100).collect()
}

fn state(page: &Page, export: &Export) -> Tag {
    let (tone, key) = match export.state {
        State::Waiting if export.waits(page.now()) => (Tone::Wait, "web-export-state-waiting"),
        State::Waiting | State::Expired => (Tone::Late, "web-export-state-expired"),
        State::Released => (Tone::Wait, "web-export-state-released"),
        State::Made => (Tone::Ok, "web-export-state-made"),
        State::Failed => (Tone::Late, "web-export-state-failed"),
        State::Refused => (Tone::Late, "web-export-state-refused"),
        State::Withdrawn => (Tone::Plain, "web-export-state-withdrawn"),
    };
    Tag::new(tone, page.t(key))
}

fn nature(page: &Page, nature: Nature) -> String {
    page.t(match nature {
        Nature::General => "web-export-nature-general",
        Nature::Specific => "web-export-nature-specific",
        Nature::Aid => "web-export-nature-aid",
    })
}

fn purpose(page: &Page, key: &str) -> String {
    page.t(&format!("web-export-purpose-{key}"))
}

/// Why a second person has to agree, in sentences.
fn reasons(page: &Page, why: &[Why], persons: i64, election: Option<&str>) -> Vec<String> {
    why.iter()
        .map(|why| match why {
            Why::Election => page.t1("web-export-why-election", "name", election.unwrap_or_default()),
            Why::Specific => page.t("web-export-why-specific"),
            Why::Many => page.t1("web-export-why-many", "n", persons),
        })
        .collect()
}

fn keyholders(page: &Page, holders: &[(String, String)]) -> String {
    let names: Vec<String> = holders.iter().map(|(title, unit)| format!("{title} ({unit})")).collect();
    if names.is_empty() { page.t("web-export-keyholders-none") } else { names.join(", ") }
}

fn counts(page: &Page, records: i64, persons: i64, nature_of: Nature, keys: i64) -> Facts {
    Facts::new()
        .fact(page.t("web-export-records"), page.number(records))
        .fact(page.t("web-export-persons"), page.number(persons))
        .fact(page.t("web-export-holds"), nature(page, nature_of))
        .fact(page.t("web-export-keys"), page.t1("web-export-keys-n", "n", keys))
}

#[derive(askama::Template)]
#[template(path = "export/ask.html")]
struct Ask {
    page: Page,
    about: String,
    facts: Facts,
    why: Vec<String>,
    keyholders: String,
    hours: i64,
    sealed: String,
    format: String,
    back: String,
    form: FormState,
    purposes: Vec<Choice>,
}

pub(super) fn ask(page: &Page, counted: &Counted, sealed: &str, format: &str, back: &str, form: FormState, again: bool) -> Result {
    let extent = &counted.extent;
    let keys = if counted.needs.why.is_empty() { 1 } else { 2 };
    let view = Ask {
        about: extent.about.clone(),
        facts: counts(page, extent.records, extent.persons, counted.kind.nature, keys),
        why: reasons(page, &counted.needs.why, extent.persons, counted.needs.election.as_deref()),
        keyholders: keyholders(page, &counted.keyholders),
        hours: counted.needs.valid_hours,
        sealed: sealed.to_owned(),
        format: format.to_uppercase(),
        back: back.to_owned(),
        form,
        purposes: PURPOSES.into_iter().map(|key| Choice::new(key, purpose(page, key))).collect(),
        page: page.clone(),
    };
    if again { page.wrong(&view) } else { page.html(&view) }
}

#[derive(askama::Template)]
#[template(path = "export/show.html")]
struct Show {
    page: Page,
    about: String,
    tag: Tag,
    notice: Option<Notice>,
    facts: Facts,
    rows: KeyValues,
    journey: Timeline,
    href: String,
    version: i64,
    form: FormState,
    ready: bool,
    making: bool,
    may_withdraw: bool,
    may_decide: bool,
}

pub(super) fn show(page: &Page, shown: &Shown, form: FormState, again: bool) -> Result {
    let export = &shown.export;
    let now = page.now();
    let rows = KeyValues::new()
        .row(page.t("web-export-asked-by"), shown.by.both())
        .row(page.t("web-export-purpose"), purpose(page, &export.purpose))
        .row(page.t("web-export-reason"), &export.reason)
        .row(page.t("web-export-format"), export.format.to_uppercase());
    let view = Show {
        about: export.about.clone(),
        tag: state(page, export),
        notice: notice(page, shown, now),
        facts: counts(page, export.records, export.persons, export.nature, export.keys),
        rows,
        journey: journey(page, shown, now),
        href: format!("/unduhan/{}", export.id),
        version: export.version,
        form,
        ready: shown.own && export.state == State::Made,
        making: shown.own && export.state == State::Released,
        may_withdraw: shown.own && export.waits(now),
        may_decide: shown.may_decide,
        page: page.clone(),
    };
    if again { page.wrong(&view) } else { page.html(&view) }
}

/// What the reader has to know or do now.
fn notice(page: &Page, shown: &Shown, now: Timestamp) -> Option<Notice> {
    let export = &shown.export;
    let why = || reasons(page, &export.why, export.persons, None).join(" ");
    let notice = match export.state {
        State::Waiting if export.waits(now) && shown.may_decide => Notice::new(Tone::Soon, page.t("web-export-decide")).text(why()),
        State::Waiting if export.waits(now) => Notice::new(Tone::Wait, page.t("web-export-waits")).text(page.t1(
            "web-export-waits-for",
            "posts",
            keyholders(page, &shown.keyholders),
        )),
        State::Waiting | State::Expired => Notice::new(Tone::Late, page.t("web-export-late")).text(page.t("web-export-late-next")),
        State::Released => Notice::new(Tone::Wait, page.t("web-export-making")).text(page.t("web-export-making-next")),
        State::Failed => Notice::new(Tone::Late, page.t("web-export-failed")).text(page.t("web-export-failed-next")),
        State::Refused => Notice::new(Tone::Late, page.t("web-export-no")).text(export.note.clone()),
        State::Made | State::Withdrawn => return None,
    };
    Some(notice)
}

fn journey(page: &Page, shown: &Shown, now: Timestamp) -> Timeline {
    let (export, at) = (&shown.export, |at: Timestamp| page.moment_short(at, now));
    let mut way = Timeline::new().past(at(export.asked_at), page.t("web-export-step-asked"), shown.by.both());
    if let (Some(decided), Some(by)) = (export.decided_at, &shown.decided) {
        let key = if export.state == State::Refused { "web-export-step-refused" } else { "web-export-step-approved" };
        let words = if export.note.is_empty() { page.t(key) } else { format!("{}: {}", page.t(key), export.note) };
        way = way.past(at(decided), words, by.both());
    }
    match (export.state, export.made_at) {
        (State::Waiting, _) if export.waits(now) => way
            .now(page.t1("web-export-step-waiting", "until", page.moment(export.expires_at)), keyholders(page, &shown.keyholders))
            .later(page.t("web-export-step-file"), String::new()),
        (State::Released, _) => way.now(page.t("web-export-step-making"), String::new()),
        (State::Made, Some(made)) => way.past(at(made), page.t1("web-export-step-made", "n", export.made_rows.unwrap_or(0)), String::new()),
        _ => way,
    }
}

#[derive(askama::Template)]
#[template(path = "export/list.html")]
struct List {
    page: Page,
    waiting: Option<Table>,
    own: Table,
}

pub(super) fn list(page: &Page, query: &ListQuery, waiting: &[(Export, Who)], own: &[Export], next: Option<String>) -> Result {
    let now = page.now();
    let line = |export: &Export| Cell::link(&format!("/unduhan/{}", export.id), &export.about).small(purpose(page, &export.purpose));
    let rows = waiting.iter().map(|(export, by)| {
        vec![
            line(export),
            Cell::text(&by.name).small(by.post.clone()),
            Cell::text(page.number(export.persons)),
            Cell::text(page.moment_short(export.expires_at, now)),
        ]
    });
    let waiting = (!waiting.is_empty()).then(|| {
        Table::new(page, &ListQuery::new("/unduhan", ""), page.t("web-export-awaiting"))
            .column(Column::new(page.t("web-export-list")))
            .column(Column::new(page.t("web-export-asked-by")))
            .column(Column::new(page.t("web-export-persons")).number())
            .column(Column::new(page.t("web-export-until")))
            .rows(rows.collect::<Vec<_>>())
    });
    let rows = own.iter().map(|export| {
        vec![
            line(export),
            Cell::text(page.number(export.persons)),
            Cell::text(page.moment_short(export.asked_at, now)),
            Cell::component(&state(page, export)),
        ]
    });
    let own = Table::new(page, query, page.t("web-export-own"))
        .column(Column::new(page.t("web-export-list")))
        .column(Column::new(page.t("web-export-persons")).number())
        .column(Column::new(page.t("web-export-asked-at")))
        .column(Column::new(page.t("web-export-state")))
        .rows(rows.collect::<Vec<_>>())
        .pages(None, next)
        .empty(Empty::new(page.t("web-export-none"), page.t("web-export-none-why")));
    page.html(&List { page: page.clone(), waiting, own })
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn files_are_called_like_their_list() {
        assert_eq!(file_name("Buku Agenda 2026, Desa Tanjung Raman"), "buku-agenda-2026-desa-tanjung-raman");
        assert_eq!(file_name("../../etc"), "etc");
    }
}

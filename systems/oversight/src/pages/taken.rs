//! Lists that left the system, or were asked for, within what an inspector reaches.

use kernel::{
    Error as StoreError, Id, NewEntry, Timestamp, Value, access, account,
    export::{self, Export, PageOf, State},
};
use serde_json::json;
use web::{
    Cursor, ListQuery, PAGE_ROWS, Page,
    ui::{Cell, Column, Empty, Table},
};

use super::own_scope;

#[derive(askama::Template)]
#[template(path = "oversight/taken.html")]
struct List {
    page: Page,
    table: Table,
}

pub(super) async fn list(page: Page, list: ListQuery) -> web::Result {
    let scope = own_scope(&page)?;
    let (cursor, _) = list.cursor();
    let after = cursor.and_then(|cursor| match cursor.0.as_slice() {
        [Value::Int(at), Value::Bytes(id)] => Some((Timestamp::from_microsecond(*at).ok()?, Id::try_from(id.as_slice()).ok()?)),
        _ => None,
    });
    let mut found: Vec<(Export, String)> = page
        .gov()
        .disclose(&page.ctx(), move |view| {
            let mut found = Vec::new();
            for export in export::within(view, &scope, PageOf { after, limit: PAGE_ROWS + 1 })? {
                let name = account::find(view, export.account)?.map_or_else(String::new, |account| account.display_name);
                found.push((export, name));
            }
            let ids: Vec<Id> = found.iter().map(|(export, _)| export.id).collect();
            access::record(view, NewEntry::new("oversight.exports.listed").detail(json!({ "exports": ids })))?;
            Ok::<_, StoreError>(found)
        })
        .await?;
    let full = usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX);
    let more = found.len() > full;
    found.truncate(full);
    let next = found.last().filter(|_| more).map(|(last, _)| Cursor::at(vec![last.asked_at.into(), last.id.into()]).to_string());
    let rows = found.iter().map(|(export, name)| {
        vec![
            Cell::link(&format!("/unduhan/{}", export.id), &export.about).small(export.reason.clone()),
            Cell::text(name),
            Cell::text(page.number(export.persons)),
            Cell::text(page.moment_short(export.asked_at, page.now())),
            Cell::text(page.t(state(export.state))).small(page.t1("oversight-keys", "n", export.keys)),
        ]
    });
    let table = Table::new(&page, &list, page.t("oversight-menu-exports"))
        .caption_unseen()
        .column(Column::new(page.t("oversight-list")))
        .column(Column::new(page.t("oversight-who")))
        .column(Column::new(page.t("oversight-persons")).number())
        .column(Column::new(page.t("oversight-when")))
        .column(Column::new(page.t("oversight-state")))
        .rows(rows.collect::<Vec<_>>())
        .pages(None, next)
        .empty(Empty::new(page.t("oversight-exports-none"), page.t("oversight-exports-none-why")));
    page.clone().html(&List { page, table })
}

const fn state(state: State) -> &'static str {
    match state {
        State::Waiting => "web-export-state-waiting",
        State::Released => "web-export-state-released",
        State::Made => "web-export-state-made",
        State::Failed => "web-export-state-failed",
        State::Refused => "web-export-state-refused",
        State::Withdrawn => "web-export-state-withdrawn",
        State::Expired => "web-export-state-expired",
    }
}

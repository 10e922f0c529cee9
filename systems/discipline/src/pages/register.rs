//! `/sanksi`: the register of sanctions.

use askama::Template;
use jiff::Timestamp;
use kernel::{
    Id, Value,
    grant::{ADMIN, OVERSEER, Scope, UNIT_ADMIN},
};
use web::{
    Cursor, FormState, ListQuery, PAGE_ROWS, Page,
    ui::{Cell, Choice, Column, Empty, Table},
};

use super::officer;
use crate::{
    model::{Measure, State},
    rules::KEEPERS,
    store::{self, Asked, Line},
    words,
};

#[derive(Template)]
#[template(path = "discipline/register.html")]
struct Register {
    page: Page,
    table: Table,
    keeps: bool,
    /// Decides for the whole government.
    decides: bool,
}

pub(super) async fn list(page: Page, query: ListQuery) -> web::Result {
    let officer = officer(&page)?;
    let (cursor, backwards) = query.cursor();
    let after = cursor.and_then(|cursor| match cursor.0.as_slice() {
        [Value::Int(at), Value::Bytes(id)] => Some((Timestamp::from_microsecond(*at).ok()?, Id::try_from(id.as_slice()).ok()?)),
        _ => None,
    });
    let known = |word: &str, all: &[&str]| if all.contains(&word) { word.to_owned() } else { String::new() };
    let measures: Vec<&str> = Measure::ALL.iter().map(|measure| measure.key()).collect();
    let asked = Asked {
        state: known(query.get("keadaan"), &State::WORDS),
        measure: known(query.get("tindakan"), &measures),
        after,
        backwards,
        limit: PAGE_ROWS + 1,
    };
    let decides = officer.holds("admin");
    let keeps = KEEPERS.iter().any(|role| officer.holds(role));
    let rows = page
        .gov()
        .read(move |rx| {
            let scope = Scope::of_roles(&officer, &[UNIT_ADMIN, ADMIN, OVERSEER]);
            store::register(rx, &officer, &scope, &asked)
        })
        .await?;
    let slice = query.slice(rows, PAGE_ROWS, |row| Cursor::at(vec![Value::Int(row.at.as_microsecond()), row.id.into()]));
    let form = FormState::filled(&page, query.form());
    let states: Vec<Choice> =
        State::WORDS.iter().map(|word| Choice::new(*word, page.t(&format!("discipline-state-{}", word.replace('_', "-"))))).collect();
    let measures: Vec<Choice> = measures.iter().map(|word| Choice::new(*word, words::measure(&page, word))).collect();
    let row = |line: &Line| {
        let due = line.due.map_or_else(String::new, |due| page.day(due));
        vec![
            Cell::link(&format!("/sanksi/kasus/{}", line.id), &line.label).small(page.day(line.at)),
            Cell::component(&words::state(&page, &line.state)),
            Cell::text(words::measure(&page, &line.measure)).small(line.decree.clone()),
            Cell::text(due),
        ]
    };
    let table = Table::new(&page, &query, page.t("discipline-title"))
        .caption_unseen()
        .filter(form.select("keadaan").label("discipline-state").blank("web-all").choices(states))
        .filter(form.select("tindakan").label("discipline-measure").blank("web-all").choices(measures))
        .column(Column::new(page.t("discipline-about")))
        .column(Column::new(page.t("discipline-state")))
        .column(Column::new(page.t("discipline-measure")))
        .column(Column::new(page.t("discipline-due")))
        .rows(slice.rows.iter().map(row))
        .pages(slice.previous, slice.next)
        .empty(Empty::new(page.t("discipline-none"), page.t("discipline-none-why")));
    page.clone().html(&Register { page, table, keeps, decides })
}

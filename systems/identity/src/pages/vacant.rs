//! `/jabatan/kosong`: posts nobody acts for, over the whole regency, to be filled within the hour.

use askama::Template;
use jiff::Timestamp;
use kernel::{Officer, Rx, grant, post::office, unit};
use web::{
    Access, FormState, ListQuery, Page, Routes,
    ui::{Cell, Choice, Column, Empty, Html, Table},
};

use super::{VACANCY_ROLES, officer, top};
use crate::{model::Vacancy, store};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/jabatan/kosong", Access::AnyRole(VACANCY_ROLES), list)
}

#[derive(Template)]
#[template(path = "identity/vacant.html")]
struct Vacant {
    page: Page,
    table: Table,
    n: usize,
}

/// How many villages are without a head: what the menu says.
pub(crate) fn badge(rx: &mut Rx<'_>, officer: &Officer, now: Timestamp) -> kernel::Result<i64> {
    let wide = officer.grants.iter().find(|grant| VACANCY_ROLES.contains(&grant.role.as_str()));
    match wide {
        Some(grant) => store::count_vacant_heads(rx, grant.unit, grant.depth, now),
        None => Ok(0),
    }
}

async fn list(page: Page, query: ListQuery) -> web::Result {
    let (officer, now) = (officer(&page)?, page.now());
    let everything = officer.holds(grant::ADMIN);
    let reach: Vec<kernel::Id> =
        officer.grants.iter().filter(|grant| grant.role == grant::VILLAGE_AFFAIRS).map(|grant| grant.unit).collect();
    let wanted = match query.get("jabatan") {
        "semua" => None,
        "" => Some(office::HEAD.to_owned()),
        other => Some(other.to_owned()),
    };
    let typed = indonesian::place_key(query.get("cari"));
    let mut found: Vec<Vacancy> = page
        .gov()
        .read(move |rx| {
            let tops = if everything {
                vec![top(rx)?]
            } else {
                reach.into_iter().filter_map(|id| unit::find(rx, id).transpose()).collect::<Result<_, _>>()?
            };
            let mut found = Vec::new();
            for top in &tops {
                found.extend(store::vacancies(rx, top, !everything, wanted.as_deref(), now)?);
            }
            Ok::<_, kernel::Error>(found)
        })
        .await?;
    found.retain(|vacancy| typed.is_empty() || indonesian::place_key(&vacancy.unit.name).contains(&typed));
    let n = found.len();
    let table = table(&page, &query, &found);
    page.clone().html(&Vacant { page, table, n })
}

fn table(page: &Page, query: &ListQuery, found: &[Vacancy]) -> Table {
    let filter = FormState::filled(page, query.form());
    let offices = [(office::SECRETARY, "identity-vacant-secretaries"), ("semua", "identity-vacant-all")];
    let choices: Vec<Choice> = offices.iter().map(|(key, words)| Choice::new(*key, page.t(words))).collect();
    let row = |vacancy: &Vacancy| {
        let since = vacancy.since.map_or_else(
            || page.t("identity-never-held"),
            |since| page.t2("identity-vacant-since", "day", page.day(since), "length", page.duration(page.now().duration_since(since))),
        );
        let href = format!("/jabatan/{}/{}", vacancy.unit.slug, vacancy.post.id);
        vec![
            Cell::link(&href, &vacancy.post.title).small(since),
            Cell::text(&vacancy.unit.name).small(vacancy.above.clone()),
            Cell::component(&Html::link(&format!("{href}/isi"), &page.t("identity-fill"))),
        ]
    };
    Table::new(page, query, page.t("identity-vacant-title"))
        .caption_unseen()
        .column(Column::new(page.t("identity-post")))
        .column(Column::new(page.t("identity-unit")))
        .column(Column::new(page.t("identity-action")))
        .rows(found.iter().map(row))
        .filter(filter.text("cari").label("identity-unit-search"))
        .filter(filter.select("jabatan").label("identity-post").blank("identity-vacant-heads").choices(choices))
        .empty(
            Empty::new(page.t("identity-vacant-none"), page.t("identity-vacant-none-why"))
                .action("/jabatan", page.t("identity-menu-posts")),
        )
}

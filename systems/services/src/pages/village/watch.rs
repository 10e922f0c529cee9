//! "Pantauan": waiting where, why, at whose desk, on one page.

use std::collections::HashMap;

use askama::Template;
use kernel::{
    Id, Rx, Timestamp,
    case::Task,
    post::{self, PostLine},
    unit::Unit,
};
use web::{
    ListQuery, Page,
    ui::{BarChart, Cell, Column, Empty, LineChart, Table, Tag, Tone},
};

use super::{super::desk, WATCH_ROLES, place::Place};
use crate::store::{
    SYSTEM,
    settings::{self, UnitLine},
    watch::{self, Desk, MonthOf, OfUnit, Totals, Waiting},
};

/// Lines of each table; the tables are sorted worst first.
const LINES: usize = 10;
const OLDEST: i64 = 10;
const VACANT: i64 = 50;

#[derive(Template)]
#[template(path = "village/watch.html")]
struct Show {
    page: Page,
    place: Place,
    /// Name, number, where it leads.
    figures: Vec<(String, String, String)>,
    on_time: Option<String>,
    oldest: Table,
    units: Table,
    desks: Table,
    services: BarChart,
    months: LineChart,
    has_months: bool,
    vacant: Table,
    fields: Vec<web::ui::Field>,
}

/// Everything the page says, read in one snapshot.
struct Seen {
    totals: Totals,
    by_unit: Vec<OfUnit>,
    desks: Vec<Desk>,
    oldest: Vec<Waiting>,
    months: Vec<MonthOf>,
    units: HashMap<Id, UnitLine>,
    posts: HashMap<Id, PostLine>,
    vacant: Vec<PostLine>,
    titles: HashMap<String, String>,
}

fn see(rx: &mut Rx<'_>, top: &Unit, now: Timestamp, today: kernel::Date) -> kernel::Result<Seen> {
    let (totals, by_unit) = watch::totals(rx, top, now)?;
    let desks = watch::desks(rx, top, now)?;
    let oldest = watch::oldest(rx, top, OLDEST)?;
    let months = watch::by_service(rx, top, today)?;
    let vacant = post::vacant_posts(rx, top, None, now, VACANT)?;
    let vacant = post::lines(rx, vacant, now)?;
    let mut wanted: Vec<Id> = desks.iter().take(LINES).map(|desk| desk.post).chain(oldest.iter().map(|work| work.task.post)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut posts = Vec::with_capacity(wanted.len());
    for id in wanted {
        posts.extend(post::find(rx, id)?);
    }
    let posts: HashMap<Id, PostLine> = post::lines(rx, posts, now)?.into_iter().map(|line| (line.post.id, line)).collect();
    let mut units: Vec<Id> = desks.iter().map(|desk| desk.unit).chain(oldest.iter().map(|work| work.task.unit)).collect();
    units.extend(by_unit.iter().take(LINES).map(|line| line.unit));
    units.extend(vacant.iter().map(|line| line.post.unit));
    units.extend(posts.values().map(|line| line.post.unit));
    units.sort_unstable();
    units.dedup();
    let units = settings::unit_names(rx, &units)?.into_iter().map(|line| (line.id, line)).collect();
    let titles = watch::titles(rx)?.into_iter().collect();
    Ok(Seen { totals, by_unit, desks, oldest, months, units, posts, vacant, titles })
}

impl Seen {
    fn unit(&self, id: Id) -> &str {
        self.units.get(&id).map_or("–", |line| line.name.as_str())
    }

    fn title(&self, kind: &str) -> String {
        self.titles.get(kind).cloned().unwrap_or_else(|| kind.to_owned())
    }

    fn post_title(&self, post: Id) -> String {
        self.posts.get(&post).map(|line| line.post.title.clone()).unwrap_or_default()
    }

    /// Who acts for a post today, by what right.
    fn holder(&self, page: &Page, post: Id) -> Cell {
        let Some(line) = self.posts.get(&post) else { return Cell::text("–") };
        match (&line.holder, &line.acting.holder) {
            (Some(name), Some(holding)) => Cell::text(format!("{}{name}", holding.kind.prefix())),
            _ => Cell::component(&page.tag(Tone::Late, page.t("services-vacant"))),
        }
    }
}

pub(super) async fn show(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, WATCH_ROLES).await?;
    // Work is counted for the regency, a kecamatan or a village.
    let (top, now) = (place.unit.clone(), page.now());
    let today = page.today();
    let seen = page.gov().read(move |rx| see(rx, &top, now, today)).await?;
    let page = place.dress(page);
    let (closed, on_time) = seen.months.iter().fold((0, 0), |(closed, on_time), month| (closed + month.closed, on_time + month.on_time));
    let form = web::FormState::filled(&page, list.form());
    let view = Show {
        figures: figures(&page, &place.unit, &seen.totals),
        on_time: (closed > 0).then(|| page.percent(on_time, closed)),
        oldest: oldest(&page, &seen, now),
        units: units(&page, &seen),
        desks: desks(&page, &seen, now),
        services: services(&page, &seen),
        months: months(&page, &seen, today),
        has_months: closed > 0,
        vacant: vacant(&page, &seen),
        fields: place.field(&form).into_iter().collect(),
        place,
        page: page.clone(),
    };
    page.html(&view)
}

/// What the register lists behind each figure is what the figure counts.
fn figures(page: &Page, unit: &Unit, totals: &Totals) -> Vec<(String, String, String)> {
    let figure =
        |key: &str, count: i64, filter: &str| (page.t(key), page.number(count), format!("/permohonan?wilayah={}&{filter}", unit.id));
    vec![
        figure("services-watch-open", totals.open, "keadaan=terbuka"),
        figure("services-watch-late", totals.late, "lewat=ya"),
        figure("services-watch-applicant", totals.applicant, "keadaan=pemohon"),
        figure("services-watch-scan", totals.scan, "keadaan=awaiting_scan"),
        figure("services-watch-ready", totals.ready, "keadaan=ready"),
    ]
}

fn empty_list() -> ListQuery {
    ListQuery::new("/pantau", "")
}

fn late_tag(page: &Page, late: i64) -> Tag {
    if late == 0 {
        page.tag(Tone::Ok, page.t("services-watch-none-late"))
    } else {
        page.tag(Tone::Late, page.t1("services-watch-late-count", "n", late))
    }
}

fn due_tag(page: &Page, due: Option<Timestamp>, now: Timestamp) -> Tag {
    match due {
        None => page.tag(Tone::Plain, page.t("services-watch-no-limit")),
        Some(due) if due < now => {
            page.tag(Tone::Late, page.t1("services-watch-since-due", "length", page.duration(now.duration_since(due))))
        }
        Some(due) => page.tag(Tone::Soon, page.t1("services-watch-until-due", "length", page.duration(due.duration_since(now)))),
    }
}

/// Why the work is where it is, said as one would ask for it.
fn reason(page: &Page, seen: &Seen, work: &Waiting) -> String {
    let vacant = seen.posts.get(&work.task.post).is_some_and(|line| line.acting.is_vacant());
    if vacant {
        return page.t("services-watch-why-vacant");
    }
    if work.task.system != SYSTEM {
        return page.t("services-watch-why-other");
    }
    page.t(match work.state.as_str() {
        "introduction" => "services-watch-why-introduction",
        "incomplete" => "services-watch-why-incomplete",
        "checking" => "services-watch-why-checking",
        "initialing" => "services-watch-why-initialing",
        "signing" => "services-watch-why-signing",
        "acknowledging" => "services-watch-why-acknowledging",
        "awaiting_scan" => "services-watch-why-scan",
        _ => "services-watch-why-ready",
    })
}

/// An application by service and code; work of another system as that system calls it, without whom it is about and without a
/// way in: who may open it is for that system to say.
fn what(page: &Page, seen: &Seen, task: &Task) -> Cell {
    if task.system == SYSTEM {
        let href = format!("/permohonan?cari={}", web::encoded(&task.code));
        return Cell::link(&href, seen.title(&task.kind)).small(desk::code(&task.code));
    }
    let system = page.state().systems.iter().find(|system| system.slug == task.system);
    let title = system.and_then(|system| system.task).map(|say| say(page, task).title);
    Cell::text(title.unwrap_or_default()).small(system.map(|system| page.t(system.title)).unwrap_or_default())
}

fn oldest(page: &Page, seen: &Seen, now: Timestamp) -> Table {
    let rows = seen.oldest.iter().map(|work| {
        let task = &work.task;
        vec![
            what(page, seen, task),
            Cell::text(seen.unit(task.unit)).small(seen.post_title(task.post)),
            seen.holder(page, task.post),
            Cell::text(reason(page, seen, work)),
            Cell::component(&due_tag(page, task.due, now)),
        ]
    });
    Table::new(page, &empty_list(), page.t("services-watch-oldest"))
        .caption_unseen()
        .column(Column::new(page.t("services-service")))
        .column(Column::new(page.t("services-watch-where")))
        .column(Column::new(page.t("services-watch-holder")))
        .column(Column::new(page.t("services-watch-why")))
        .column(Column::new(page.t("services-watch-due")))
        .rows(rows.collect::<Vec<_>>())
        .empty(Empty::new(page.t("services-watch-nothing"), page.t("services-watch-nothing-why")))
}

fn units(page: &Page, seen: &Seen) -> Table {
    let total = seen.by_unit.len();
    let rows = seen.by_unit.iter().take(LINES).map(|OfUnit { unit, open, late }| {
        let filter = if *late == 0 { "keadaan=terbuka" } else { "lewat=ya" };
        vec![
            Cell::link(&format!("/permohonan?unit={unit}&{filter}"), seen.unit(*unit)),
            Cell::text(page.number(*open)),
            Cell::component(&late_tag(page, *late)),
        ]
    });
    Table::new(page, &empty_list(), page.t("services-watch-units"))
        .caption_unseen()
        .column(Column::new(page.t("services-unit")))
        .column(Column::new(page.t("services-watch-open")).number())
        .column(Column::new(page.t("services-watch-late")))
        .rows(rows.collect::<Vec<_>>())
        .count(page.t1("services-watch-units-count", "n", i64::try_from(total).unwrap_or(0)))
        .empty(Empty::new(page.t("services-watch-nothing"), page.t("services-watch-nothing-why")))
}

/// "3 di luar permohonan": what the register of applications does not list.
fn others_of(page: &Page, others: i64) -> String {
    if others == 0 { String::new() } else { page.t1("services-watch-others", "n", others) }
}

fn desks(page: &Page, seen: &Seen, now: Timestamp) -> Table {
    let total = seen.desks.len();
    let rows = seen.desks.iter().take(LINES).map(|desk| {
        let name = seen.unit(desk.unit);
        vec![
            Cell::text(seen.post_title(desk.post)).small(name),
            seen.holder(page, desk.post),
            Cell::text(page.number(desk.open)).small(others_of(page, desk.others)),
            Cell::component(&late_tag(page, desk.late)),
            Cell::text(page.moment_short(desk.since, now)),
        ]
    });
    Table::new(page, &empty_list(), page.t("services-watch-desks"))
        .caption_unseen()
        .column(Column::new(page.t("services-watch-desk")))
        .column(Column::new(page.t("services-watch-holder")))
        .column(Column::new(page.t("services-watch-open")).number())
        .column(Column::new(page.t("services-watch-late")))
        .column(Column::new(page.t("services-watch-oldest-since")))
        .rows(rows.collect::<Vec<_>>())
        .count(page.t1("services-watch-desks-count", "n", i64::try_from(total).unwrap_or(0)))
        .empty(Empty::new(page.t("services-watch-nothing"), page.t("services-watch-nothing-why")))
}

fn services(page: &Page, seen: &Seen) -> BarChart {
    let mut sums: Vec<(String, String, i64, i64)> = Vec::new();
    for month in &seen.months {
        match sums.last_mut().filter(|sum| sum.0 == month.kind) {
            Some(sum) => (sum.2, sum.3) = (sum.2 + month.closed, sum.3 + month.on_time),
            None => sums.push((month.kind.clone(), month.title.clone(), month.closed, month.on_time)),
        }
    }
    let share = |closed: i64, on_time: i64| if closed == 0 { 0 } else { on_time * 1_000 / closed };
    sums.sort_by_key(|(_, _, closed, on_time)| share(*closed, *on_time));
    let links: Vec<String> = sums.iter().map(|(kind, ..)| format!("/permohonan?layanan={kind}")).collect();
    let rows = sums.into_iter().map(|(_, title, closed, on_time)| {
        let words = page.t2("services-watch-of", "share", page.percent(on_time, closed), "n", closed);
        (title, share(closed, on_time), words)
    });
    BarChart::new(page.t("services-watch-services"), page.t("services-service"), page.t("services-watch-on-time"), rows).links(links)
}

fn months(page: &Page, seen: &Seen, today: kernel::Date) -> LineChart {
    let months = watch::months(today);
    let percent = |month: &String| {
        let (closed, on_time) =
            seen.months.iter().filter(|line| line.month == *month).fold((0, 0), |(a, b), line| (a + line.closed, b + line.on_time));
        if closed == 0 { 0 } else { on_time * 100 / closed }
    };
    let values: Vec<i64> = months.iter().map(percent).collect();
    let name = |month: &String| format!("{month}-01").parse::<kernel::Date>().map(|day| page.month(day)).unwrap_or_default();
    let names = months.iter().map(name).collect();
    LineChart::new(
        page,
        page.t("services-watch-months"),
        page.t("services-month"),
        names,
        [(page.t("services-watch-on-time-percent"), values)],
    )
}

fn vacant(page: &Page, seen: &Seen) -> Table {
    let rows = seen.vacant.iter().map(|line| {
        let name = seen.unit(line.post.unit);
        vec![Cell::text(&line.post.title), Cell::text(name)]
    });
    Table::new(page, &empty_list(), page.t("services-watch-vacant"))
        .caption_unseen()
        .column(Column::new(page.t("services-post")))
        .column(Column::new(page.t("services-unit")))
        .rows(rows.collect::<Vec<_>>())
        .empty(Empty::new(page.t("services-watch-all-filled"), page.t("services-watch-all-filled-why")))
}

//! The working calendar of a unit: who decreed which day, and what a new day moves.

use askama::Template;
use axum::extract::Path;
use kernel::{
    Date, Id, Message, Officer, Rx,
    clock::{self, HolidayRow, Kind, NewHoliday, Shift, Week},
    grant::{Located, Scope},
    unit::{self, Unit},
};
use web::{
    Error, FieldErrors, FormData, FormState, ListQuery, Page,
    ui::{Cell, Choice, Column, Empty, KeyValues, Table, Tag, Tone},
};

use super::{
    CALENDAR_ROLES,
    place::{Place, id_of, reaches, refusal},
};
use crate::store::settings::{self, Effect, Work};

/// Cases named on the page of a day.
const MOVED_MAX: i64 = 200;

#[derive(Template)]
#[template(path = "village/calendar.html")]
struct Year {
    page: Page,
    unit: Unit,
    year: i16,
    months: Vec<(String, Vec<Day>)>,
    hours: Table,
    hours_from: Option<String>,
    seasons: Vec<(String, Table)>,
    may_add: bool,
    next: String,
    previous: String,
    unit_query: String,
    place: Option<Place>,
    form: FormState,
}

struct Day {
    href: String,
    date: String,
    name: String,
    tag: Tag,
    decree: String,
    cancelled: bool,
}

#[derive(Template)]
#[template(path = "village/holiday_form.html")]
struct Ask {
    page: Page,
    place: Place,
    form: FormState,
    kinds: Vec<Choice>,
    /// How many open deadlines the days touch, once they were looked at.
    affected: Option<String>,
    dates: String,
}

#[derive(Template)]
#[template(path = "village/holiday.html")]
struct Show {
    page: Page,
    day: HolidayRow,
    facts: KeyValues,
    when: String,
    unit: Unit,
    tag: Tag,
    /// What it moved; none for whoever may not know the unit's cases.
    effect: Option<Effect>,
    /// How far it is, in words.
    said: String,
    may_cancel: bool,
}

const fn word_of(kind: Kind) -> &'static str {
    match kind {
        Kind::National => "services-holiday-national",
        Kind::Joint => "services-holiday-joint",
        Kind::Regional => "services-holiday-regional",
        Kind::Closure => "services-holiday-closure",
    }
}

fn tag(page: &Page, kind: Kind) -> Tag {
    let tone = match kind {
        Kind::National => Tone::Late,
        Kind::Joint => Tone::Soon,
        Kind::Regional => Tone::Wait,
        Kind::Closure => Tone::Plain,
    };
    page.tag(tone, page.t(word_of(kind)))
}

/// The unit of a page that everybody may read: the one asked for, else the own one, else the regency.
pub(super) async fn any_unit(page: &Page, list: &ListQuery) -> Result<Unit, Error> {
    let own = page
        .officer()
        .and_then(|officer| officer.post.as_ref().map(|post| post.unit).or_else(|| officer.grants.first().map(|grant| grant.unit)));
    let wanted = list.some("unit").map(str::to_owned);
    let found = page.gov().read(move |rx| match (&wanted, own) {
        (Some(slug), _) => settings::unit_of(rx, slug).map(Some),
        (None, Some(id)) => unit::find(rx, id),
        (None, None) => unit::root(rx),
    });
    found.await?.ok_or(Error::NotFound)
}

pub(super) async fn year(page: Page, list: ListQuery) -> web::Result {
    let unit = any_unit(&page, &list).await?;
    let year = list.get("tahun").parse().ok().filter(|year| (2000..=2100).contains(year)).unwrap_or_else(|| page.today().year());
    let at = unit.clone();
    let (days, office, hours_from) = page
        .gov()
        .read(move |rx| {
            let path: Vec<Id> = at.ancestors.iter().flatten().copied().collect();
            let days = clock::holidays(rx, &path, year)?;
            let office = clock::CalendarBook::load(rx)?.office(&at.ancestors);
            Ok::<_, kernel::Error>((days, office, settings::hours_from(rx, &at, "normal")?))
        })
        .await?;
    let mut months: Vec<(String, Vec<Day>)> = Vec::new();
    for day in days {
        let head = page.month(day.date);
        if months.last().is_none_or(|(known, _)| *known != head) {
            months.push((head, Vec::new()));
        }
        let line = Day {
            href: format!("/kalender/libur/{}", day.id),
            date: page.date_long(day.date),
            tag: tag(&page, day.kind),
            name: day.name,
            decree: day.decree,
            cancelled: day.cancelled,
        };
        if let Some((_, days)) = months.last_mut() {
            days.push(line);
        }
    }
    let hours = week_table(&page, &page.t("services-hours-normal"), office.hours.week());
    let in_year = |date: Date| date.year() == year;
    let seasons = office
        .hours
        .seasons()
        .iter()
        .filter(|season| in_year(season.from) || in_year(season.until))
        .map(|season| {
            let head = format!("{}: {} – {}", page.t("services-hours-ramadan"), page.date(season.from), page.date(season.until));
            let table = week_table(&page, &head, &season.week);
            (head, table)
        })
        .collect();
    let may_add = page.officer().is_some_and(|officer| reaches(officer, CALENDAR_ROLES, &unit));
    let place = if may_add { Place::of(&page, &list, CALENDAR_ROLES).await.ok() } else { None };
    let form = FormState::filled(&page, list.form());
    let unit_query = format!("unit={}", unit.slug);
    let (next, previous) = (list.with(&[("tahun", &(year + 1).to_string())]), list.with(&[("tahun", &(year - 1).to_string())]));
    page.clone().html(&Year { page, unit, year, months, hours, hours_from, seasons, may_add, next, previous, unit_query, place, form })
}

pub(super) fn weekdays(page: &Page) -> Vec<String> {
    let lang = if page.lang() == "en" { indonesian::Lang::En } else { indonesian::Lang::Id };
    let monday = jiff::civil::date(2026, 11, 16);
    let name = |ahead: i64| {
        monday.checked_add(jiff::Span::new().days(ahead)).map(|day| indonesian::weekday_name(day.weekday(), lang)).unwrap_or_default()
    };
    (0..7).map(|ahead| name(ahead).to_owned()).collect()
}

fn week_table(page: &Page, caption: &str, week: &Week) -> Table {
    let clock = |minute: workdays::Minute| web::format::minutes_of_day(page.locale(), i64::from(minute.of_day()));
    let rows = weekdays(page).into_iter().zip(week).map(|(day, hours)| match hours {
        Some(hours) => {
            let pause = hours.pause().map_or_else(|| "–".to_owned(), |(from, until)| format!("{}–{}", clock(from), clock(until)));
            vec![Cell::text(day), Cell::text(format!("{}–{}", clock(hours.open()), clock(hours.close()))), Cell::text(pause)]
        }
        None => vec![Cell::text(day), Cell::text(page.t("services-hours-closed")), Cell::text("–")],
    });
    Table::new(page, &ListQuery::new("/kalender", ""), caption)
        .column(Column::new(page.t("services-day")))
        .column(Column::new(page.t("services-hours-open")))
        .column(Column::new(page.t("services-hours-break")))
        .rows(rows.collect::<Vec<_>>())
        .empty(Empty::new(page.t("services-hours-closed"), ""))
}

/// What an officer may decree at a unit: Diskominfo days of the whole region, a unit its own closures.
fn kinds(page: &Page, officer: &Officer, unit: &Unit) -> Vec<Choice> {
    let choice = |kind: &str, of: Kind| Choice::new(kind, page.t(word_of(of)));
    let mut kinds = Vec::new();
    if officer.holds("admin") && unit.depth == 1 {
        kinds.extend([choice("regional", Kind::Regional), choice("national", Kind::National), choice("joint", Kind::Joint)]);
    } else {
        kinds.push(choice("closure", Kind::Closure));
    }
    kinds
}

pub(super) async fn ask(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, CALENDAR_ROLES).await?;
    let form = FormData::of([("unit", place.unit.slug.clone())]);
    let page = place.dress(page);
    let form = FormState::filled(&page, form);
    let kinds = page.officer().map(|officer| kinds(&page, officer, &place.unit)).unwrap_or_default();
    page.clone().html(&Ask { page, place, form, kinds, affected: None, dates: String::new() })
}

fn checked(form: &FormData, kinds: &[Choice], unit: Id, errors: &mut FieldErrors) -> Option<NewHoliday> {
    let mut day = |name: &str| match form.date(name) {
        Ok(date) => date,
        Err(_) => {
            errors.add(name, Message::new("services-date-wrong"));
            None
        }
    };
    let (from, until, decreed_on) = (day("dari"), day("sampai"), day("ditetapkan"));
    let wanted = Some(form.get("jenis")).filter(|kind| kinds.iter().any(|choice| choice.value == *kind));
    let kind = match (wanted, kinds) {
        (Some("national"), _) => Kind::National,
        (Some("joint"), _) => Kind::Joint,
        (Some("regional"), _) => Kind::Regional,
        (Some("closure"), _) => Kind::Closure,
        (_, [only]) if only.value == "closure" => Kind::Closure,
        _ => {
            errors.add("jenis", Message::new("services-choose"));
            Kind::Closure
        }
    };
    form.required("nama", "holiday-name-required", errors);
    if kind != Kind::Closure {
        form.required("keputusan", "holiday-decree-required", errors);
    }
    let Some(from) = from else {
        errors.add("dari", Message::new("holiday-date-required"));
        return None;
    };
    let until = until.unwrap_or(from);
    if until < from {
        errors.add("sampai", Message::new("hours-season-ends-first"));
        return None;
    }
    let dates: Vec<Date> = from.series(jiff::Span::new().days(1)).take_while(|date| *date <= until).take(61).collect();
    if dates.len() > 60 {
        errors.add("sampai", Message::new("holiday-too-many-dates").arg("max", 60_i64));
    }
    let text = |name: &str| form.get(name).to_owned();
    errors.is_empty().then(|| NewHoliday { unit, dates, kind, name: text("nama"), decree: text("keputusan"), decreed_on })
}

pub(super) async fn add(page: Page, form: FormData) -> web::Result {
    let place = Place::of_form(&page, form.get("unit"), CALENDAR_ROLES).await?;
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let page = place.dress(page);
    let kinds = kinds(&page, &officer, &place.unit);
    let mut errors = FieldErrors::default();
    let new = checked(&form, &kinds, place.unit.id, &mut errors);
    let (mut affected, mut dates) = (None, String::new());
    if let Some(new) = new {
        dates = new.dates.iter().map(|date| page.date(*date)).collect::<Vec<_>>().join(", ");
        if form.get("langkah") == "simpan" {
            let (ctx, new) = (page.ctx(), new.clone());
            let done = page.gov().write(&ctx, move |tx| clock::add_holidays(tx, &new));
            match refusal(done.await)? {
                Ok(ids) => {
                    page.flash_ok(Message::new("services-holiday-added").arg("name", form.get("nama")));
                    let first = ids.first().ok_or(Error::NotFound)?;
                    return page.redirect(&format!("/kalender/libur/{first}"));
                }
                Err(message) => errors.add("dari", message),
            }
        } else {
            let shift = Shift { unit: new.unit, dates: new.dates, because: new.name };
            let count = page.gov().read(move |rx| clock::affected(rx, &shift)).await?;
            affected = Some(page.t1("services-holiday-affects", "n", count));
        }
    }
    let wrong = !errors.is_empty();
    let form = FormState::wrong(&page, form, errors);
    let view = Ask { page: page.clone(), place, form, kinds, affected, dates };
    if wrong { page.wrong(&view) } else { page.html(&view) }
}

fn may_cancel(officer: &Officer, day: &HolidayRow, unit: &Unit) -> bool {
    let roles: &[&str] = if day.kind == Kind::Closure { CALENDAR_ROLES } else { &["admin"] };
    !day.cancelled && Scope::of_roles(officer, roles).covers(&Located::at(unit))
}

fn find(rx: &mut Rx<'_>, id: Id) -> kernel::Result<(HolidayRow, Unit)> {
    let day = settings::holiday(rx, id)?;
    let unit = unit::find(rx, day.unit)?.ok_or(kernel::Error::Missing)?;
    Ok((day, unit))
}

pub(super) async fn day(page: Page, Path(id): Path<String>) -> web::Result {
    let id = id_of(&id)?;
    let officer = page.officer().cloned();
    let roles = ["admin", "unit_admin", "overseer", "operator", "examiner", "initialer", "signer", "registrar"];
    let reach = officer.as_ref().map_or_else(Scope::nothing, |officer| Scope::of_roles(officer, &roles));
    let (day, unit, effect) = page
        .gov()
        .read(move |rx| {
            let (day, unit) = find(rx, id)?;
            // When an office is closed is for everybody to know; the cases only for who may know the unit's.
            let effect = if reach.covers(&Located::at(&unit)) { Some(settings::effect(rx, &unit, &day, MOVED_MAX)?) } else { None };
            Ok::<_, kernel::Error>((day, unit, effect))
        })
        .await?;
    let tag = tag(&page, day.kind);
    let may_cancel = officer.is_some_and(|officer| may_cancel(&officer, &day, &unit));
    let mut facts = KeyValues::new().row_if(page.t("services-holiday-decree"), &day.decree);
    if let Some(on) = day.decreed_on {
        facts = facts.row(page.t("services-holiday-decreed"), page.date_long(on));
    }
    facts = facts.row(page.t("services-holiday-entered"), page.moment(day.entered_at));
    if day.cancelled {
        facts = facts.row(page.t("services-state"), page.t("services-holiday-is-cancelled"));
    }
    let when = page.date_long(day.date);
    let said = effect.as_ref().map(|effect| progress(&page, effect)).unwrap_or_default();
    page.clone().html(&Show { page, day, facts, when, unit, tag, effect, said, may_cancel })
}

fn progress(page: &Page, effect: &Effect) -> String {
    match effect.work {
        Work::Going => page.t2("services-holiday-moving", "moved", effect.moved, "touched", effect.touched),
        Work::Stopped => page.t2("services-holiday-stopped", "moved", effect.moved, "touched", effect.touched),
        Work::Done if effect.moved == 0 => page.t("services-holiday-moved-none"),
        Work::Done => page.t1("services-holiday-moved-count", "n", effect.moved),
    }
}

pub(super) async fn cancel(page: Page, Path(id): Path<String>, form: FormData) -> web::Result {
    let id = id_of(&id)?;
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let (ctx, version) = (page.ctx(), form.number("versi").unwrap_or(0));
    let name = page
        .gov()
        .write(&ctx, move |tx| {
            let (day, unit) = find(tx, id)?;
            if !may_cancel(&officer, &day, &unit) && !day.cancelled {
                return Err(kernel::Error::Missing);
            }
            clock::cancel_holiday(tx, id, version)?;
            Ok(day.name)
        })
        .await?;
    page.flash_ok(Message::new("services-holiday-cancelled").arg("name", name));
    page.redirect(&format!("/kalender/libur/{id}"))
}

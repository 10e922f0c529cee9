//! Setting the hours of service: the usual week, and Ramadan.

use askama::Template;
use kernel::{
    Date, Message,
    clock::{self, DayHours, Minute, Week},
};
use web::{FieldErrors, FormData, FormState, ListQuery, Page, ui::Field};

use super::{
    CALENDAR_ROLES, calendar,
    place::{Place, refusal},
};

#[derive(Template)]
#[template(path = "village/hours_form.html")]
struct Ask {
    page: Page,
    place: Place,
    form: FormState,
    /// Each day's name with its four fields.
    days: Vec<(String, Vec<Field>)>,
}

fn days(page: &Page, form: &FormState) -> Vec<(String, Vec<Field>)> {
    let fields = |day: usize| {
        let field = |name: &str, label: &str| form.time(&format!("{name}-{day}")).label(label).optional().narrow();
        vec![
            field("buka", "services-hours-opens"),
            field("tutup", "services-hours-closes"),
            field("istirahat", "services-hours-break-from"),
            field("mulai-lagi", "services-hours-break-until"),
        ]
    };
    calendar::weekdays(page).into_iter().enumerate().map(|(day, name)| (name, fields(day))).collect()
}

fn text(minute: Minute) -> String {
    format!("{:02}:{:02}", minute.of_day() / 60, minute.of_day() % 60)
}

fn values(week: &Week) -> Vec<(String, String)> {
    let mut values = Vec::new();
    for (day, hours) in week.iter().enumerate() {
        let Some(hours) = hours else { continue };
        values.push((format!("buka-{day}"), text(hours.open())));
        values.push((format!("tutup-{day}"), text(hours.close())));
        if let Some((from, until)) = hours.pause() {
            values.push((format!("istirahat-{day}"), text(from)));
            values.push((format!("mulai-lagi-{day}"), text(until)));
        }
    }
    values
}

pub(super) async fn ask(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, CALENDAR_ROLES).await?;
    let page = place.dress(page);
    let ramadan = list.get("musim") == "ramadan";
    let at = place.unit.ancestors;
    let office = page.gov().read(move |rx| Ok::<_, kernel::Error>(clock::CalendarBook::load(rx)?.office(&at))).await?;
    let today = page.today();
    let season = office.hours.seasons().iter().filter(|season| season.until >= today).min_by_key(|season| season.from);
    let typical = clock::typical_hours().1;
    let week = if ramadan { season.map_or(&typical, |season| &season.week) } else { office.hours.week() };
    let mut fields = values(week);
    fields.push(("unit".into(), place.unit.slug.clone()));
    fields.push(("musim".into(), if ramadan { "ramadan" } else { "biasa" }.into()));
    if let Some(season) = season.filter(|_| ramadan) {
        fields.extend([("dari".to_owned(), season.from.to_string()), ("sampai".to_owned(), season.until.to_string())]);
    }
    let form = FormState::filled(&page, FormData::of(fields));
    let days = days(&page, &form);
    page.clone().html(&Ask { page, place, form, days })
}

fn minute(form: &FormData, name: &str, errors: &mut FieldErrors) -> Option<Minute> {
    let typed = form.get(name).replace('.', ":");
    if typed.is_empty() {
        return None;
    }
    let read = typed.split_once(':').and_then(|(hour, minute)| Minute::new(hour.parse().ok()?, minute.parse().ok()?));
    if read.is_none() {
        errors.add(name, Message::new("services-calc-time"));
    }
    read
}

fn week(form: &FormData, errors: &mut FieldErrors) -> Week {
    let mut week: Week = [None; 7];
    for (day, place) in week.iter_mut().enumerate() {
        let mut of = |name: &str| minute(form, &format!("{name}-{day}"), errors);
        let (opens, closes, from, until) = (of("buka"), of("tutup"), of("istirahat"), of("mulai-lagi"));
        let (Some(opens), Some(closes)) = (opens, closes) else {
            if opens.is_some() != closes.is_some() {
                errors.add(format!("buka-{day}"), Message::new("services-hours-both"));
            }
            continue;
        };
        match DayHours::new(opens, closes, from.zip(until)) {
            Ok(hours) if from.is_some() == until.is_some() => *place = Some(hours),
            _ => errors.add(format!("buka-{day}"), Message::new("services-hours-order")),
        }
    }
    week
}

pub(super) async fn save(page: Page, form: FormData) -> web::Result {
    let place = Place::of_form(&page, form.get("unit"), CALENDAR_ROLES).await?;
    let mut errors = FieldErrors::default();
    let week = week(&form, &mut errors);
    let season = season(&form, &mut errors);
    if errors.is_empty() {
        let (ctx, unit) = (page.ctx(), place.unit.id);
        let done = page.gov().write(&ctx, move |tx| match season {
            Some((from, until)) => clock::set_season(tx, unit, from, until, &week),
            None => clock::set_service_hours(tx, unit, &week),
        });
        match refusal(done.await)? {
            Ok(()) => {
                page.flash_ok(Message::new("services-hours-set").arg("unit", place.unit.name.as_str()));
                return page.redirect(&place.href("/kalender"));
            }
            Err(message) => {
                let field = if message.key == "hours-never-open" { "buka-0" } else { "dari" };
                errors.add(field, message);
            }
        }
    }
    let page = place.dress(page);
    let form = FormState::wrong(&page, form, errors);
    let days = days(&page, &form);
    page.clone().wrong(&Ask { page, place, form, days })
}

/// The dates of Ramadan when that is what is set; nothing for the usual week.
fn season(form: &FormData, errors: &mut FieldErrors) -> Option<(Date, Date)> {
    match form.get("musim") {
        "ramadan" => {
            let day = |name: &str| form.date(name).ok().flatten();
            let dates = day("dari").zip(day("sampai"));
            if dates.is_none() {
                errors.add("dari", Message::new("services-hours-dates"));
            }
            dates
        }
        "biasa" => None,
        _ => {
            errors.add("musim", Message::new("services-choose"));
            None
        }
    }
}

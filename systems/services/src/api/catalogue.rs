//! The public catalogue: units, services, the standard and form of one.

use std::sync::Arc;

use axum::extract::{Path, Query};
use web::{Error, Page};

use super::{PAGE_ROWS, answer, wire};
use crate::{
    forms::{self, Channel},
    model::{Definition, Group, IntroductionMode, Limit, Starts, Subject},
    store::{
        catalogue::{self, Place, ServiceView},
        figures::Figures,
        wire as rows,
    },
};

/// Services at units. Narrow by unit, words or life event; pages of 50.
#[utoipa::path(get, path = "/api/v1/services", tag = "services", params(wire::CatalogueQuery),
    responses((status = 200, body = wire::Catalogue), (status = 404, body = wire::Problem, content_type = "application/problem+json")))]
pub(super) async fn services(page: Page, Query(query): Query<wire::CatalogueQuery>) -> web::Result {
    let after = query.after.as_deref().map(|after| after.parse().map_err(|_| Error::BadRequest)).transpose()?;
    let group = query.group.as_deref().filter(|group| !group.is_empty());
    let group = group.map(|word| Group::ALL.into_iter().find(|group| group.as_str() == word).ok_or(Error::NotFound)).transpose()?;
    let gov = Arc::clone(&page.state().gov);
    let found = page.gov().read(move |rx| {
        let unit = match query.unit.as_deref().filter(|unit| !unit.is_empty()) {
            Some(slug) => Some(catalogue::spot(rx, slug)?.unit.id),
            None => None,
        };
        let words = query.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
        let mut kinds: Option<Vec<String>> = None;
        if let Some(words) = words {
            kinds = Some(catalogue::services(rx, words, unit)?.into_iter().map(|found| found.slug).collect());
        }
        if let Some(group) = group {
            let of_group: Vec<String> =
                catalogue::kinds(rx, &gov)?.iter().filter(|kind| kind.group == group).map(|kind| kind.slug.clone()).collect();
            kinds =
                Some(kinds.map_or_else(|| of_group.clone(), |kinds| kinds.into_iter().filter(|kind| of_group.contains(kind)).collect()));
        }
        rows::offers(rx, &gov, &rows::OfferQuery { unit, kinds, after, limit: PAGE_ROWS + 1 })
    });
    let mut found = found.await?;
    let more = found.len() > usize::try_from(PAGE_ROWS).unwrap_or(0);
    found.truncate(usize::try_from(PAGE_ROWS).unwrap_or(0));
    let next = found.last().filter(|_| more).map(|row| row.id.to_string());
    let items = found.iter().map(|row| item(&row.definition, unit_of(&row.unit.0, &row.unit.1, &row.unit.2))).collect();
    answer(&wire::Catalogue { items, next })
}

fn unit_of(slug: &str, name: &str, kind: &str) -> wire::UnitRef {
    wire::UnitRef { slug: slug.to_owned(), name: name.to_owned(), kind: kind.to_owned() }
}

fn item(definition: &Definition, unit: wire::UnitRef) -> wire::CatalogueItem {
    wire::CatalogueItem {
        service: definition.slug.clone(),
        title: (&definition.title).into(),
        summary: (&definition.summary).into(),
        group: definition.group.as_str().to_owned(),
        href: format!("/api/v1/services/{}/{}", unit.slug, definition.slug),
        unit,
    }
}

/// Kecamatan, villages and offices; with `q` those whose name is meant, best first.
#[utoipa::path(get, path = "/api/v1/services/units", tag = "services", params(wire::UnitQuery), responses((status = 200, body = wire::Units)))]
pub(super) async fn units(page: Page, Query(query): Query<wire::UnitQuery>) -> web::Result {
    let places = page.gov().read(catalogue::places).await?;
    let unit = |place: &Place| unit_of(&place.slug, &place.name, place.kind.key());
    let items = match query.q.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => catalogue::matching(&places, name, 20).into_iter().map(unit).collect(),
        None => places.iter().map(unit).collect(),
    };
    answer(&wire::Units { items })
}

/// A service at a unit: published standard, form as JSON Schema, clock, figures.
#[utoipa::path(get, path = "/api/v1/services/{unit}/{service}", tag = "services",
    params(("unit" = String, Path, description = "Slug of the unit"), ("service" = String, Path, description = "Slug of the service")),
    responses((status = 200, body = wire::Service), (status = 404, body = wire::Problem, content_type = "application/problem+json")))]
pub(super) async fn service(page: Page, Path((unit, service)): Path<(String, String)>) -> web::Result {
    let (gov, now) = (Arc::clone(&page.state().gov), page.now());
    let view = page.gov().read(move |rx| catalogue::service_view(rx, &gov, &unit, &service, now)).await?;
    answer(&detail(&view, page.lang()))
}

fn detail(view: &ServiceView, lang: &str) -> wire::Service {
    let (definition, unit) = (&*view.offer.definition, &view.spot.unit);
    let offered = view.offer.offered();
    wire::Service {
        service: definition.slug.clone(),
        unit: unit_of(&unit.slug, &unit.name, unit.kind.key()),
        title: (&definition.title).into(),
        summary: (&definition.summary).into(),
        group: definition.group.as_str().to_owned(),
        state: if view.offer.offering.state == kernel::offering::State::Open { "open" } else { "withdrawn" }.to_owned(),
        edition: view.offer.offering.definition.iter().map(|byte| format!("{byte:02x}")).collect(),
        standard: standard(view),
        clock: clock(definition),
        introduction: wire::Introduction {
            mode: match offered.introduction() {
                IntroductionMode::None => "none",
                IntroductionMode::Photo => "photo",
                IntroductionMode::Link => "link",
            }
            .to_owned(),
            from: (&definition.introduction.from).into(),
        },
        proxy: definition.parties.proxy,
        subject: if definition.parties.subject == Subject::Relative { "relative" } else { "applicant" }.to_owned(),
        form: kernel::schema::json_schema(&forms::schema(definition, Channel::Home), lang),
        figures: figures(&view.months),
    }
}

fn standard(view: &ServiceView) -> wire::Standard {
    let standard = &view.offer.definition.standard;
    let own = standard.requirements.iter().map(|one| wire::Requirement { text: (&one.text).into(), field: one.field.clone() });
    let extra = view.offer.overrides.extra_requirements.iter().map(|text| wire::Requirement { text: text.into(), field: None });
    wire::Standard {
        typical: standard.typical,
        decree: standard.decree.clone(),
        requirements: own.chain(extra).collect(),
        steps: standard.steps.iter().map(Into::into).collect(),
        time: (&standard.time).into(),
        cost_rupiah: standard.cost.rupiah,
        cost: (&standard.cost.text).into(),
        product: (&standard.product).into(),
        complaints: (&standard.complaints).into(),
        legal_basis: standard.legal_basis.iter().map(|basis| basis.text.clone()).collect(),
    }
}

fn clock(definition: &Definition) -> wire::Clock {
    let (kind, amount) = match definition.clock.limit {
        Limit::WorkingDays(days) => ("working_days", Some(days)),
        Limit::ClockHours(hours) => ("clock_hours", Some(hours)),
        Limit::ServiceMinutes(minutes) => ("service_minutes", Some(minutes)),
        Limit::None => ("none", None),
    };
    let starts = if definition.clock.starts == Starts::Receipt { "receipt" } else { "complete" };
    wire::Clock { kind: kind.to_owned(), amount, starts: starts.to_owned() }
}

fn figures(months: &[(String, Figures)]) -> wire::Figures {
    let sum = months.iter().fold(Figures::default(), |sum, (_, month)| Figures {
        closed: sum.closed + month.closed,
        on_time: sum.on_time + month.on_time,
        refused: sum.refused + month.refused,
        minutes: sum.minutes + month.minutes,
    });
    wire::Figures {
        closed: sum.closed,
        on_time: sum.on_time,
        refused: sum.refused,
        on_time_percent: sum.on_time_percent(),
        minutes_average: (sum.closed > 0).then(|| sum.minutes / sum.closed),
    }
}

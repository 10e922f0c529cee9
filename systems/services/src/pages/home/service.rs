//! The page of a service: what it is, the facts people ask first, what to prepare, how it goes, how it went in truth.

use std::sync::Arc;

use axum::extract::Path;
use kernel::offering;
use web::{
    Page,
    ui::{Facts, Html, Meter, Steps},
};

use super::{
    about,
    words::{group_key, hours_on, limit, validity},
};
use crate::{
    model::{
        IntroductionMode, Starts,
        chain::Stage,
        standard::{Mark, Upload},
    },
    store::{catalogue, figures::Figures},
};

struct Need {
    text: String,
    note: String,
}

struct Law {
    text: String,
    mark: String,
    remark: String,
}

struct Month {
    name: String,
    closed: String,
    on_time: String,
    refused: String,
    taken: String,
}

/// How it went in the last twelve months.
struct Truth {
    on_time: Meter,
    count: String,
    months: Vec<Month>,
}

#[derive(askama::Template)]
#[template(path = "home/service.html")]
struct Service {
    page: Page,
    title: String,
    summary: String,
    group: (String, String),
    unit_href: String,
    withdrawn: bool,
    apply_href: String,
    facts: Facts,
    needs: Vec<Need>,
    steps: Steps,
    truth: Option<Truth>,
    remark: String,
    complaints: String,
    laws: Vec<Law>,
    /// The fourteen components: name and text.
    standard: Vec<(String, String)>,
}

pub(super) async fn show(page: Page, Path((unit, service)): Path<(String, String)>) -> web::Result {
    let (gov, now) = (Arc::clone(&page.state().gov), page.now());
    let view = page.gov().read(move |rx| catalogue::service_view(rx, &gov, &unit, &service, now)).await?;
    let page = about(page, &view.spot);
    let definition = &view.offer.definition;
    let lang = page.lang();
    let standard = &definition.standard;
    let unit = &view.spot.unit;
    let laws = standard.legal_basis.iter().map(|law| Law {
        text: law.text.clone(),
        mark: page.t(match law.mark {
            Mark::Seed => "services-home-mark-seed",
            Mark::Source => "services-home-mark-source",
            Mark::OwnKnowledge => "services-home-mark-own",
        }),
        remark: law.remark.clone(),
    });
    let shown = Service {
        title: definition.title.in_language(lang).to_owned(),
        summary: definition.summary.in_language(lang).to_owned(),
        group: (format!("/layanan?kelompok={}", definition.group.as_str()), page.t(group_key(definition.group))),
        unit_href: format!("/layanan/{}", unit.slug),
        withdrawn: view.offer.offering.state == offering::State::Withdrawn,
        apply_href: format!("/layanan/{}/{}/ajukan", unit.slug, definition.slug),
        facts: facts(&page, &view),
        needs: needs(&page, &view),
        steps: steps(&page, &view),
        truth: truth(&page, &view.months),
        remark: standard.remark.as_ref().map_or_else(String::new, |remark| remark.in_language(lang).to_owned()),
        complaints: standard.complaints.in_language(lang).to_owned(),
        laws: laws.collect(),
        standard: components(&page, &view),
        page: page.clone(),
    };
    page.html(&shown)
}

fn facts(page: &Page, view: &catalogue::ServiceView) -> Facts {
    let definition = &view.offer.definition;
    let cost = definition.standard.cost.text.in_language(page.lang());
    let report = if definition.standard.cost.rupiah == 0 {
        Html::text(&format!("{} ", page.t("services-home-asked-money"))).and(&Html::link("#pengaduan", &page.t("services-home-report")))
    } else {
        Html::default()
    };
    let hours = hours_on(page, &view.office, page.today());
    let hours = hours.map_or_else(|| page.t("services-home-today-closed"), |hours| page.t1("services-home-hours-today", "hours", hours));
    let product = definition.standard.product.in_language(page.lang());
    let product = product.split([',', ';']).next().unwrap_or_default();
    Facts::new()
        .fact_more(page.t("services-home-cost"), cost, report)
        .fact_more(page.t("services-home-time"), limit(page, definition), Html::text(&hours))
        .fact(page.t("services-home-validity"), validity(page, definition))
        .fact_more(page.t("services-home-product"), product, Html::text(&page.t("services-home-product-how")))
}

fn needs(page: &Page, view: &catalogue::ServiceView) -> Vec<Need> {
    let lang = page.lang();
    let mut needs: Vec<Need> = Vec::new();
    for requirement in &view.offer.definition.standard.requirements {
        let note = requirement.note.as_ref().map(|note| note.in_language(lang).to_owned());
        let upload = match requirement.upload {
            Upload::None => String::new(),
            Upload::Optional => page.t("services-home-upload-optional"),
            Upload::Required => page.t("services-home-upload-required"),
        };
        needs.push(Need { text: requirement.text.in_language(lang).to_owned(), note: note.unwrap_or(upload) });
    }
    let own = &view.offer.overrides.extra_requirements;
    needs.extend(own.iter().map(|text| Need { text: text.in_language(lang).to_owned(), note: page.t("services-home-own-requirement") }));
    needs
}

/// The applicant, the introduction where it is asked, then each desk by the title of its post here.
fn steps(page: &Page, view: &catalogue::ServiceView) -> Steps {
    let (offered, definition) = (view.offer.offered(), &view.offer.definition);
    let questions = definition.fields().filter(|field| field.show_if.is_none()).count();
    let mut steps = Steps::new().step(page.t("services-home-step-you"), page.t1("services-home-step-you-more", "n", questions));
    let from = definition.introduction.from.in_language(page.lang()).to_owned();
    match offered.introduction() {
        IntroductionMode::None => {}
        IntroductionMode::Photo => {
            steps = steps.step(page.t1("services-home-step-introduced", "who", from), page.t("services-home-step-photo"))
        }
        IntroductionMode::Link => {
            steps = steps.step(page.t1("services-home-step-introduced", "who", from), page.t("services-home-step-link"))
        }
    }
    for (step, title) in definition.chain.iter().zip(&view.desks) {
        let key = match step.state {
            Stage::Checking => "services-home-step-checking",
            Stage::Initialing => "services-home-step-initialing",
            Stage::Signing => "services-home-step-signing",
            Stage::Acknowledging => "services-home-step-acknowledging",
        };
        let title = title.clone().unwrap_or_else(|| page.t("services-home-step-nobody"));
        let more = if step.state == Stage::Signing { page.t("services-home-step-absent") } else { String::new() };
        steps = steps.step(page.t1(key, "post", title), more);
    }
    steps.step(page.t("services-home-step-collect"), page.t("services-home-step-collect-more"))
}

fn truth(page: &Page, months: &[(String, Figures)]) -> Option<Truth> {
    let sum = months.iter().fold(Figures::default(), |sum, (_, month)| Figures {
        closed: sum.closed + month.closed,
        on_time: sum.on_time + month.on_time,
        refused: sum.refused + month.refused,
        minutes: sum.minutes + month.minutes,
    });
    if sum.closed == 0 {
        return None;
    }
    let line = |(month, figures): &(String, Figures)| Month {
        name: format!("{month}-01").parse().map_or_else(|_| month.clone(), |day| page.month(day)),
        closed: page.number(figures.closed),
        on_time: page.percent(figures.on_time, figures.closed),
        refused: page.number(figures.refused),
        taken: page.duration(jiff::SignedDuration::from_mins(figures.minutes / figures.closed.max(1))),
    };
    Some(Truth {
        on_time: Meter::new(page.t("services-home-on-time"), sum.on_time, sum.closed, page.percent(sum.on_time, sum.closed)),
        count: page.t2("services-home-truth-count", "n", sum.closed, "refused", sum.refused),
        months: months.iter().map(line).collect(),
    })
}

/// PermenPANRB 15/2014: six published components of the service, eight of its making.
fn components(page: &Page, view: &catalogue::ServiceView) -> Vec<(String, String)> {
    let definition = &view.offer.definition;
    let standard = &definition.standard;
    let lang = page.lang();
    let join = |texts: Vec<&str>| texts.join("\n");
    let requirements = join(standard.requirements.iter().map(|requirement| requirement.text.in_language(lang)).collect());
    let steps = join(standard.steps.iter().map(|step| step.in_language(lang)).collect());
    let starts = page.t(match definition.clock.starts {
        Starts::Receipt => "services-home-starts-receipt",
        Starts::Complete => "services-home-starts-complete",
    });
    let time = format!("{}\n{starts}", standard.time.in_language(lang));
    let texts = [
        requirements,
        steps,
        time,
        standard.cost.text.in_language(lang).to_owned(),
        standard.product.in_language(lang).to_owned(),
        standard.complaints.in_language(lang).to_owned(),
        join(standard.legal_basis.iter().map(|law| law.text.as_str()).collect()),
        standard.facilities.in_language(lang).to_owned(),
        standard.competence.in_language(lang).to_owned(),
        standard.supervision.in_language(lang).to_owned(),
        standard.staffing.in_language(lang).to_owned(),
        standard.guarantee.in_language(lang).to_owned(),
        standard.safety.in_language(lang).to_owned(),
        standard.evaluation.in_language(lang).to_owned(),
    ];
    const NAMES: [&str; 14] = [
        "services-home-standard-1",
        "services-home-standard-2",
        "services-home-standard-3",
        "services-home-standard-4",
        "services-home-standard-5",
        "services-home-standard-6",
        "services-home-standard-7",
        "services-home-standard-8",
        "services-home-standard-9",
        "services-home-standard-10",
        "services-home-standard-11",
        "services-home-standard-12",
        "services-home-standard-13",
        "services-home-standard-14",
    ];
    NAMES.into_iter().zip(texts).map(|(name, text)| (page.t(name), text)).collect()
}

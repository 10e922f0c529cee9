//! "Layanan kami": which services a unit offers, and how.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use kernel::{
    Id, Message, Officer, Rx,
    grant::{Located, Scope},
    offering::{self, State},
};
use web::{
    Error, FieldErrors, FormData, FormState, ListQuery, Page,
    ui::{Cell, Choice, Column, Empty, Table, Tone},
};

use super::{
    SETTING_ROLES,
    place::{Place, id_of, refusal},
};
use crate::{
    model::{Definition, IntroductionMode, SigningMode, Text, chain::Office, overrides::Overrides, packages, template::Paper},
    store::{self, Offer},
};

#[derive(Template)]
#[template(path = "village/offerings.html")]
struct List {
    page: Page,
    place: Place,
    table: Table,
    /// Slug, title and summary of what could be taken up.
    adoptable: Vec<(String, String, String)>,
    filter: Option<FormState>,
}

#[derive(Template)]
#[template(path = "village/offering.html")]
struct Show {
    page: Page,
    offer: Offer,
    form: FormState,
    introductions: Vec<Choice>,
    tte: bool,
    public: String,
    newer: bool,
}

fn packages() -> Result<Vec<Definition>, Error> {
    packages::all().map_err(|error| Error::Internal(error.to_string()))
}

pub(super) async fn list(page: Page, list: ListQuery) -> web::Result {
    let place = Place::of(&page, &list, SETTING_ROLES).await?;
    let page = place.dress(page);
    let unit = place.unit.id;
    let held = page.gov().read(move |rx| offering::of_unit(rx, store::SYSTEM, unit)).await?;
    let rows = held.iter().map(|held| {
        let tag = match held.state {
            State::Open => page.tag(Tone::Ok, page.t("services-offering-open")),
            State::Withdrawn => page.tag(Tone::Plain, page.t("services-offering-withdrawn")),
        };
        vec![Cell::link(&format!("/layanan-kami/{}", held.id), &held.title), Cell::component(&tag)]
    });
    let table = Table::new(&page, &list, page.t("services-menu-offerings"))
        .caption_unseen()
        .column(Column::new(page.t("services-service")))
        .column(Column::new(page.t("services-state")))
        .rows(rows.collect::<Vec<_>>())
        .empty(Empty::new(page.t("services-offerings-none"), page.t("services-offerings-none-why")));
    let kind = store::kind_of(&place.unit).ok();
    let adoptable = packages()?
        .into_iter()
        .filter(|definition| kind.is_some_and(|kind| definition.adoptable_by(kind, &place.unit.code)))
        .filter(|definition| !held.iter().any(|held| held.kind == definition.slug))
        .map(|definition| {
            let text = |text: &Text| text.in_language(page.lang()).to_owned();
            (definition.slug.clone(), text(&definition.title), text(&definition.summary))
        })
        .collect();
    let filter = (!place.choices.is_empty()).then(|| FormState::filled(&page, list.form()));
    page.clone().html(&List { page, place, table, adoptable, filter })
}

pub(super) async fn adopt(page: Page, form: FormData) -> web::Result {
    let place = Place::of_form(&page, form.get("unit"), SETTING_ROLES).await?;
    let kind = store::kind_of(&place.unit)?;
    let wanted = packages()?.into_iter().find(|definition| definition.slug == form.get("layanan"));
    let definition = wanted.filter(|definition| definition.adoptable_by(kind, &place.unit.code)).ok_or(Error::NotFound)?;
    let (gov, ctx, unit, title) = (Arc::clone(&page.state().gov), page.ctx(), place.unit.id, definition.title.id.clone());
    let id = page
        .gov()
        .write(&ctx, move |tx| {
            let overrides = match offering::at(tx, store::SYSTEM, unit, &definition.slug) {
                Ok(held) => held.overrides,
                Err(kernel::Error::Missing) => Overrides::default().to_json(),
                Err(error) => return Err(error),
            };
            let held =
                offering::adopt(tx, store::SYSTEM, &definition.slug, unit, &definition.canonical(), &definition.title.id, &overrides)?;
            settle(tx, &gov, held.id)?;
            Ok(held.id)
        })
        .await?;
    page.flash_ok(Message::new("services-offering-adopted").arg("title", title));
    page.redirect(&format!("/layanan-kami/{id}"))
}

/// The public catalogue follows every change.
fn settle(tx: &mut kernel::Tx<'_>, gov: &kernel::Gov, id: Id) -> kernel::Result<()> {
    let held = offering::find(tx, id)?;
    store::catalogue::index(tx, gov, &held)
}

fn within(rx: &mut Rx<'_>, gov: &kernel::Gov, officer: &Officer, id: Id) -> kernel::Result<Offer> {
    let offer = store::offer_by_id(rx, gov, id)?;
    let reached = offer.offering.system == store::SYSTEM && Scope::of_roles(officer, SETTING_ROLES).covers(&Located::at(&offer.unit));
    if reached { Ok(offer) } else { Err(kernel::Error::Missing) }
}

async fn load(page: &Page, id: Id) -> Result<Offer, Error> {
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let gov = Arc::clone(&page.state().gov);
    Ok(page.gov().read(move |rx| within(rx, &gov, &officer, id)).await?)
}

pub(super) async fn show(page: Page, Path(id): Path<String>) -> web::Result {
    let offer = load(&page, id_of(&id)?).await?;
    let overrides = &offer.overrides;
    let offered = offer.offered();
    let requirements: Vec<String> = overrides.extra_requirements.iter().map(|text| format!("{} | {}", text.id, text.en)).collect();
    let values = FormData::of([
        ("pengantar", introduction_word(offered.introduction()).to_owned()),
        ("satu_orang", if offered.one_person() { "ya" } else { "" }.to_owned()),
        ("kertas", if offered.paper() == Paper::A4 { "a4" } else { "f4" }.to_owned()),
        ("tanda_tangan", offered.signing().as_str().to_owned()),
        ("penanda", overrides.signer_office.map(|office| office.as_str().to_owned()).unwrap_or_default()),
        ("syarat", requirements.join("\n")),
        ("versi", offer.offering.version.to_string()),
    ]);
    let form = FormState::filled(&page, values);
    let view = view(page.clone(), offer, form)?;
    page.html(&view)
}

const fn introduction_word(mode: IntroductionMode) -> &'static str {
    match mode {
        IntroductionMode::None => "none",
        IntroductionMode::Photo => "photo",
        IntroductionMode::Link => "link",
    }
}

fn view(page: Page, offer: Offer, form: FormState) -> Result<Show, Error> {
    let label = |mode: IntroductionMode| {
        page.t(match mode {
            IntroductionMode::None => "services-introduction-none",
            IntroductionMode::Photo => "services-introduction-photo",
            IntroductionMode::Link => "services-introduction-link",
        })
    };
    let allowed = &offer.definition.introduction.allowed;
    let introductions = allowed.iter().map(|mode| Choice::new(introduction_word(*mode), label(*mode))).collect();
    let tte = offer.definition.signing.allowed.contains(&SigningMode::Tte);
    let public = format!("/layanan/{}/{}", offer.unit.slug, offer.offering.kind);
    let newer = packages()?.iter().any(|package| package.slug == offer.offering.kind && package.hash() != offer.offering.definition);
    Ok(Show { page, offer, form, introductions, tte, public, newer })
}

/// The unit's choices as the form says them. What equals the definition is left to the definition.
fn checked(offer: &Offer, form: &FormData, errors: &mut FieldErrors) -> Overrides {
    let definition = &offer.definition;
    let introduction = match form.get("pengantar") {
        "none" => Some(IntroductionMode::None),
        "photo" => Some(IntroductionMode::Photo),
        "link" => Some(IntroductionMode::Link),
        _ => None,
    };
    if introduction.is_none_or(|mode| !definition.introduction.allowed.contains(&mode)) {
        errors.add("pengantar", Message::new("services-choose"));
    }
    let paper = match form.get("kertas") {
        "a4" => Some(Paper::A4),
        "f4" => Some(Paper::F4),
        _ => {
            errors.add("kertas", Message::new("services-choose"));
            None
        }
    };
    if form.get("tanda_tangan") != SigningMode::Wet.as_str() {
        errors.add("tanda_tangan", Message::new("services-tte-not-yet"));
    }
    let signer_office = match form.get("penanda") {
        "" => None,
        "kepala" => Some(Office::Kepala),
        "sekretaris" => Some(Office::Sekretaris),
        _ => {
            errors.add("penanda", Message::new("services-choose"));
            None
        }
    };
    let mut extra_requirements = Vec::new();
    for line in form.get("syarat").lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.split_once('|').map(|(id, en)| (id.trim(), en.trim())) {
            Some((id, _)) if extra_requirements.iter().any(|known: &Text| known.id == id) => {}
            Some((id, en)) if !id.is_empty() && !en.is_empty() => extra_requirements.push(Text { id: id.to_owned(), en: en.to_owned() }),
            _ => errors.add("syarat", Message::new("services-extra-both")),
        }
    }
    if extra_requirements.len() > 10 {
        errors.add("syarat", Message::new("services-extra-many").arg("max", 10_i64));
    }
    Overrides {
        introduction: introduction.filter(|mode| *mode != definition.introduction.mode),
        one_person: form.has("satu_orang").then_some(true),
        paper: paper.filter(|paper| *paper != definition.letter.paper),
        signer_office,
        extra_requirements,
        signing: None,
    }
}

pub(super) async fn save(page: Page, Path(id): Path<String>, form: FormData) -> web::Result {
    let offer = load(&page, id_of(&id)?).await?;
    let mut errors = FieldErrors::default();
    let overrides = checked(&offer, &form, &mut errors);
    for problem in overrides.problems(&offer.definition, offer.kind) {
        let field = if problem.key.starts_with("signer") { "penanda" } else { "pengantar" };
        errors.add(field, Message::new("services-choose"));
    }
    if !errors.is_empty() {
        let form = FormState::wrong(&page, form, errors);
        let view = view(page.clone(), offer, form)?;
        return page.wrong(&view);
    }
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let (gov, ctx, id, version) = (Arc::clone(&page.state().gov), page.ctx(), offer.offering.id, form.number("versi").unwrap_or(0));
    page.gov()
        .write(&ctx, move |tx| {
            let mut held = within(tx, &gov, &officer, id)?.offering;
            held.version = version;
            offering::set_overrides(tx, &held, &overrides.to_json())?;
            settle(tx, &gov, id)
        })
        .await?;
    page.flash_ok(Message::new("services-offering-set").arg("title", offer.offering.title));
    page.redirect(&format!("/layanan-kami/{id}"))
}

pub(super) async fn set_state(page: Page, Path(id): Path<String>, form: FormData) -> web::Result {
    let id = id_of(&id)?;
    let officer = page.officer().cloned().ok_or(Error::SignIn)?;
    let state = match form.get("keadaan") {
        "buka" => State::Open,
        "tarik" => State::Withdrawn,
        _ => return Err(Error::BadRequest),
    };
    let (gov, ctx, version) = (Arc::clone(&page.state().gov), page.ctx(), form.number("versi").unwrap_or(0));
    let done = page.gov().write(&ctx, move |tx| {
        let mut held = within(tx, &gov, &officer, id)?.offering;
        held.version = version;
        offering::set_state(tx, &held, state)?;
        settle(tx, &gov, id)?;
        Ok(held.title)
    });
    match refusal(done.await)? {
        Ok(title) => {
            let key = if state == State::Open { "services-offering-opened" } else { "services-offering-closed" };
            page.flash_ok(Message::new(key).arg("title", title));
            page.redirect(&format!("/layanan-kami/{id}"))
        }
        Err(message) => Err(Error::Refused(message)),
    }
}

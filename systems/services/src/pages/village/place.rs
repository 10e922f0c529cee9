//! Which unit a page is about: the one asked for (`?unit=slug`) when it lies within the officer's reach, else the officer's own.

use crate::pages::WATCH_ROLES;
use kernel::{
    Id, Message, Officer, Rx,
    grant::{Located, Scope},
    unit::{self, Unit},
};
use web::{Error, Face, FormState, ListQuery, Page, ui::Choice, ui::Field};

use crate::store::settings;

/// Most units in a choice.
const CHOICES_MAX: i64 = 1_500;

/// The unit of a page and those one may go to.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) unit: Unit,
    /// Slug and name; empty when there is only one.
    pub(crate) choices: Vec<Choice>,
    pub(crate) scope: Scope,
    /// Desa, nagari, kelurahan: what a village is called there.
    word: String,
}

impl Place {
    /// The unit within what `roles` reach. Outside of it there is nothing.
    pub(crate) async fn of(page: &Page, list: &ListQuery, roles: &'static [&'static str]) -> Result<Self, Error> {
        let officer = page.officer().cloned().ok_or(Error::SignIn)?;
        let wanted = list.some("unit").map(str::to_owned);
        Ok(page.gov().read(move |rx| find(rx, &officer, wanted.as_deref(), roles)).await?)
    }

    /// The unit of a form that carries its slug as `unit`.
    pub(crate) async fn of_form(page: &Page, slug: &str, roles: &'static [&'static str]) -> Result<Self, Error> {
        let officer = page.officer().cloned().ok_or(Error::SignIn)?;
        let wanted = Some(slug.to_owned()).filter(|slug| !slug.is_empty());
        Ok(page.gov().read(move |rx| find(rx, &officer, wanted.as_deref(), roles)).await?)
    }

    /// The page in the words and the time of this unit; whose desk it is stays as it was.
    pub(crate) fn dress(&self, page: Page) -> Page {
        let face = Face { village_word: self.word.clone(), zone: self.unit.zone.label().to_owned(), ..page.face().clone() };
        page.about(face)
    }

    /// The choice of the unit, for the filter of a list; nothing with one unit only.
    pub(crate) fn field(&self, form: &FormState) -> Option<Field> {
        (!self.choices.is_empty())
            .then(|| form.select("unit").label("services-unit").choices(self.choices.clone()).or(self.unit.slug.clone()))
    }

    /// `path` about this unit; the own unit needs no query.
    pub(crate) fn href(&self, path: &str) -> String {
        if self.choices.is_empty() {
            return path.to_owned();
        }
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}unit={}", self.unit.slug)
    }
}

/// Whether `officer` reaches `unit` by any of `roles`.
pub(crate) fn reaches(officer: &Officer, roles: &[&str], unit: &Unit) -> bool {
    Scope::of_roles(officer, roles).covers(&Located::at(unit))
}

fn find(rx: &mut Rx<'_>, officer: &Officer, wanted: Option<&str>, roles: &[&str]) -> kernel::Result<Place> {
    let scope = Scope::of_roles(officer, roles);
    let unit = match wanted {
        Some(slug) => Some(settings::unit_of(rx, slug)?),
        // Whoever watches looks from the top; whoever works, at home.
        None if roles == WATCH_ROLES => widest(rx, &scope)?,
        None => own(rx, officer, &scope)?,
    };
    let unit = unit.filter(|unit| scope.covers(&Located::at(unit))).ok_or(kernel::Error::Missing)?;
    let lines = settings::units_in(rx, &scope, CHOICES_MAX)?;
    let choices = if lines.len() > 1 { lines.into_iter().map(|line| Choice::new(line.slug, line.name)).collect() } else { Vec::new() };
    let word = unit::local_word(rx, &unit, "village")?.unwrap_or_default();
    Ok(Place { unit, choices, scope, word })
}

/// The unit of the acting post when the roles reach it, else the lowest unit a role is held at.
fn own(rx: &mut Rx<'_>, officer: &Officer, scope: &Scope) -> kernel::Result<Option<Unit>> {
    if let Some(post) = &officer.post
        && let Some(unit) = unit::find(rx, post.unit)?.filter(|unit| scope.covers(&Located::at(unit)))
    {
        return Ok(Some(unit));
    }
    match scope.units().iter().max_by_key(|(_, depth)| *depth) {
        Some((id, _)) => unit::find(rx, *id),
        None => Ok(None),
    }
}

fn widest(rx: &mut Rx<'_>, scope: &Scope) -> kernel::Result<Option<Unit>> {
    match scope.units().iter().min_by_key(|(_, depth)| *depth) {
        Some((id, _)) => unit::find(rx, *id),
        None => Ok(None),
    }
}

/// An id in an address; another text is no page.
pub(crate) fn id_of(text: &str) -> Result<Id, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

/// What a rule refused, as an error of a form's field; everything else goes on as it is.
pub(crate) fn refusal<T>(result: kernel::Result<T>) -> Result<Result<T, Message>, Error> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(kernel::Error::Refused(message)) => Ok(Err(message)),
        Err(error) => Err(error.into()),
    }
}

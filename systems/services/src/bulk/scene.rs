//! What the cases are played on, read once: each unit's offerings with the desks their applications pass.

use std::{collections::HashMap, sync::Arc};

use jiff::{Timestamp, ToSpan, civil::Date};
use kernel::{
    Ctx, Entropy, Error, Gov, Id, Result,
    blobs::{self, Limits},
    clock::{Calendars, Office},
    offering, party,
    post::{self, HoldingKind, NewHolding, Right},
    unit::{Unit, UnitKind},
};

use super::Plan;
use crate::{
    demo::{
        Dice, answers,
        foundation::{self, World},
    },
    forms,
    rules::{self, Action, State},
    store::{self, Offer, SYSTEM},
};

/// Different answers kept for each service.
const ANSWERS: usize = 6;

/// Somebody at a desk, as a letter names them.
#[derive(Clone)]
pub(super) struct Holder {
    pub(super) holding: Id,
    pub(super) person: Id,
    pub(super) name: String,
    pub(super) label: String,
    pub(super) title: String,
}

/// One desk of a chain.
#[derive(Clone)]
pub(super) struct Stop {
    pub(super) state: State,
    pub(super) action: Action,
    pub(super) step: i64,
    pub(super) post: Id,
    pub(super) unit: Id,
    pub(super) holder: Option<Holder>,
}

/// An offering with its desks.
pub(super) struct Counter {
    pub(super) offer: Offer,
    pub(super) office: Arc<Office>,
    pub(super) stops: Vec<Stop>,
    /// Sets of answers as they are kept.
    pub(super) answers: Arc<Vec<String>>,
}

/// A unit that serves people.
pub(super) struct Place {
    pub(super) unit: Unit,
    pub(super) counters: Vec<Counter>,
}

pub(super) struct Scene {
    pub(super) places: Vec<Place>,
    pub(super) villages: usize,
    pub(super) units: HashMap<Id, Unit>,
    /// The one "scan" every loaded letter points to.
    pub(super) scan: Id,
    /// Working days of the year, oldest first, with their weight.
    pub(super) days: Vec<(Date, u64)>,
    pub(super) end: Timestamp,
}

impl Scene {
    pub(super) fn set(gov: &Arc<Gov>, world: &World, plan: &Plan) -> Result<Self> {
        let root = world.units.first().ok_or(Error::Missing)?;
        let morning = kernel::unit::start_of(root.zone, plan.as_of);
        let end = morning + jiff::SignedDuration::from_hours(10);
        let ctx = Ctx::system(morning, "bulk", Entropy::seeded(plan.seed ^ 0x5ce1e));
        appoint(gov, world, plan, &ctx)?;
        let staged = gov.blobs().put(&ctx, "pindaian.pdf", b"%PDF-1.4\n% pindaian contoh\n%%EOF\n", &Limits::SCAN);
        let staged = staged.map_err(|error| Error::Failed(error.to_string()))?;
        let scan = gov.db().write_now(&ctx, move |tx| {
            let id = blobs::park(tx, &staged)?;
            blobs::take(tx, id)?;
            Ok::<_, Error>(id)
        })?;
        let units: HashMap<Id, Unit> = world.units.iter().map(|unit| (unit.id, unit.clone())).collect();
        let mut dice = Dice::new(plan.seed, "answers");
        let mut known: HashMap<String, Arc<Vec<String>>> = HashMap::new();
        let mut places = Vec::new();
        for unit in &world.units {
            let counters = gov.db().read_now(|rx| counters(rx, gov, world, unit, morning, &mut dice, &mut known))?;
            if !counters.is_empty() {
                places.push(Place { unit: unit.clone(), counters });
            }
        }
        let office = gov.db().read_now(|rx| Ok::<_, Error>(gov.cached::<Calendars>().book(rx)?.office(&root.ancestors)))?;
        let villages = world.units.iter().filter(|unit| unit.kind.is_village()).count();
        Ok(Self { places, villages, units, scan, days: working_days(&office, plan.as_of), end })
    }
}

/// Somebody acts for the village head whose post the demonstration leaves vacant, so that its letters were signed too.
fn appoint(gov: &Gov, world: &World, plan: &Plan, ctx: &Ctx) -> Result<()> {
    let Some(village) = world.headless else { return Ok(()) };
    let since = world.units.first().map(|root| foundation::vacant_since(root.zone, plan.as_of)).ok_or(Error::Missing)?;
    gov.db().write_now(ctx, move |tx| {
        let head = post::by_office(tx, village, post::office::HEAD)?.ok_or(Error::Missing)?;
        let secretary = post::by_office(tx, village, post::office::SECRETARY)?.ok_or(Error::Missing)?;
        let now = tx.now();
        let acting = post::holder(tx, secretary.id, now)?.holder.ok_or(Error::Missing)?;
        let decree = "SK Contoh 2".to_owned();
        let new = NewHolding { post: head.id, person: acting.person, kind: HoldingKind::Plt, decree, from: since, until: None };
        post::appoint(tx, &new).map(drop)
    })
}

fn counters(
    rx: &mut kernel::Rx<'_>,
    gov: &Gov,
    world: &World,
    unit: &Unit,
    at: Timestamp,
    dice: &mut Dice,
    known: &mut HashMap<String, Arc<Vec<String>>>,
) -> Result<Vec<Counter>> {
    let mut counters = Vec::new();
    for offering in offering::of_unit(rx, SYSTEM, unit.id)? {
        let offer = store::offer_by_id(rx, gov, offering.id)?;
        let office = store::due::office(rx, gov, &offer)?;
        let stops = stops(rx, &offer, at)?;
        let slug = offer.definition.slug.clone();
        let answers = match known.get(&slug) {
            Some(answers) => Arc::clone(answers),
            None => Arc::clone(known.entry(slug).or_insert(Arc::new(typical(rx, gov, world, &offer, at, dice)?))),
        };
        if !answers.is_empty() {
            counters.push(Counter { offer, office, stops, answers });
        }
    }
    Ok(counters)
}

/// Answers as residents of the demonstration gave them.
fn typical(rx: &mut kernel::Rx<'_>, gov: &Gov, world: &World, offer: &Offer, at: Timestamp, dice: &mut Dice) -> Result<Vec<String>> {
    let today = offer.unit.date(at);
    let mut people: Vec<Id> = world.residents.values().flatten().copied().collect();
    people.sort_unstable();
    let mut made = Vec::new();
    for _ in 0..ANSWERS {
        let person = party::find(rx, *dice.one_of(&people))?.ok_or(Error::Missing)?;
        let hamlet = store::papers::hamlet_word(rx, gov, person.unit)?;
        let facts = store::papers::facts_of(&person, &party::Revealed::default(), &hamlet);
        let scene = answers::Scene::new(today, &gov.settings().region, &offer.unit.short_name);
        made.extend(answers::make(dice, &offer.definition, &facts, &scene).map(|answers| forms::to_json(&answers)));
    }
    Ok(made)
}

/// The desks from the first look to the scan, as the rules say.
fn stops(rx: &mut kernel::Rx<'_>, offer: &Offer, at: Timestamp) -> Result<Vec<Stop>> {
    let mut stops = Vec::new();
    let mut next = rules::begin(&offer.offered(), true);
    while let Some(action) = rules::desk_action(next.state) {
        let (post, unit) = store::desk_post(rx, offer, &next.desk, at)?.ok_or_else(|| Error::refused("services-no-desk"))?;
        let step = i64::try_from(next.step).unwrap_or(0);
        stops.push(Stop { state: next.state, action, step, post, unit, holder: holder(rx, post, at)? });
        next = rules::decide(&offer.offered(), next.state, next.step, action)?;
        if next.outcome.is_some() {
            break;
        }
    }
    Ok(stops)
}

fn holder(rx: &mut kernel::Rx<'_>, post_id: Id, at: Timestamp) -> Result<Option<Holder>> {
    let Some(held) = post::holder(rx, post_id, at)?.holder else { return Ok(None) };
    let right = Right { post: post_id, holding: held.id, kind: held.kind, own_post: post_id, person: held.person, via: Vec::new() };
    let label = post::label_of(rx, &right, at)?.join("\n");
    let name = party::find(rx, held.person)?.map(|person| person.name).unwrap_or_default();
    let title = post::find(rx, post_id)?.map(|post| post.title).unwrap_or_default();
    Ok(Some(Holder { holding: held.id, person: held.person, name, label, title }))
}

/// A year of working days; Mondays bring twice as many people.
fn working_days(office: &Office, last: Date) -> Vec<(Date, u64)> {
    let calendar = office.calendar(false);
    let mut day = last.saturating_sub(1.year()).saturating_add(1.day());
    let mut days = Vec::new();
    while day <= last {
        if calendar.is_working(day) && office.hours.on(day).is_some() {
            days.push((day, if day.weekday() == jiff::civil::Weekday::Monday { 8 } else { 4 }));
        }
        day = day.saturating_add(1.day());
    }
    days
}

/// Whether people of other units are served there.
pub(super) fn serves_others(kind: UnitKind) -> bool {
    !kind.is_village()
}

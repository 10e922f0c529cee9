//! Applications by the million: closed ones as a move from an older system brings them, open ones ready for their next desk.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp, civil::Date};
use kernel::{
    Actor, Ctx, Entropy, Error, Id, NewEntry, Origin, Result, Table, Value,
    bulk::{self, Batch, Story},
    case::{DueState, NO_DUE},
    cols,
    document::{DOCUMENT, SIGNATURE},
    keys::Keys,
    numbering::{Filling, NUMBER, SERIES, Template},
    search::Doc,
    unit::Unit,
};
use letter::{Block, Letter, Letterhead, Meta, Mode, SignatureBlock};

use super::{
    CASES_IN_BATCH, Plan, Sample, SampleCase, SampleResident, SampleService,
    people::{Resident, Residents},
    scene::{Counter, Place, Scene, Stop, serves_others},
};
use crate::{
    demo::Dice,
    rules::State,
    store::{SYSTEM, TABLES, due},
};

/// Applications of the sample.
const SAMPLED: usize = 20_000;

struct Tables {
    case: &'static Table,
    party: &'static Table,
    event: &'static Table,
    task: &'static Table,
    application: &'static Table,
}

/// A series being written: its id and last number.
struct Series {
    id: Id,
    last: i64,
}

/// Closed applications of an offering in a month.
#[derive(Default)]
struct Month {
    closed: i64,
    on_time: i64,
    refused: i64,
    minutes: i64,
}

struct Maker<'a> {
    scene: &'a Scene,
    keys: &'a Keys,
    entropy: &'a Entropy,
    dice: Dice,
    tables: Tables,
    template: Template,
    series: HashMap<(Id, i16), Series>,
    months: HashMap<(Id, String), Month>,
    sample: Sample,
}

/// One application about to be written.
struct One<'a> {
    id: Id,
    place: &'a Place,
    counter: &'a Counter,
    person: &'a Resident,
    masked: String,
    code: String,
    received: Timestamp,
    /// Desks it has passed; all of them when its letter is in force.
    passed: usize,
    refused: bool,
    closed: Option<Timestamp>,
    due: kernel::case::Due,
}

impl One<'_> {
    fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    fn stop(&self) -> Option<&Stop> {
        self.counter.stops.get(self.passed).filter(|_| self.is_open())
    }

    fn passed_stop(&self, state: State) -> Option<&Stop> {
        self.counter.stops[..self.passed].iter().find(|stop| stop.state == state)
    }

    fn title(&self) -> &str {
        &self.counter.offer.definition.title.id
    }

    fn unit(&self) -> &Unit {
        &self.place.unit
    }

    fn state(&self) -> State {
        match self.stop() {
            Some(stop) => stop.state,
            None if self.refused => State::Refused,
            None => State::Done,
        }
    }
}

/// Makes the applications in the order of time and hands them over.
pub(super) fn make(
    scene: &Scene,
    keys: &Keys,
    residents: &Residents,
    plan: &Plan,
    entropy: &Entropy,
    hand_over: &dyn Fn(Batch) -> Result<()>,
) -> Result<Sample> {
    let tables = Tables {
        case: bulk::table("kernel_case")?,
        party: bulk::table("kernel_case_party")?,
        event: bulk::table("kernel_case_event")?,
        task: bulk::table("kernel_task")?,
        application: TABLES.iter().find(|table| table.name == "services_application").ok_or(Error::Missing)?,
    };
    let template = Template::parse(Template::USUAL)?;
    let dice = Dice::new(plan.seed, "cases");
    let mut maker = Maker {
        scene,
        keys,
        entropy,
        dice,
        tables,
        template,
        series: HashMap::new(),
        months: HashMap::new(),
        sample: sample(scene, residents),
    };
    let weights: u64 = scene.days.iter().map(|(_, weight)| weight).sum();
    let (mut batch, mut made) = (Batch::default(), 0);
    let mut until = 0;
    for (day, weight) in &scene.days {
        until += weight;
        let upto = usize::try_from(plan.cases as u64 * until / weights.max(1)).unwrap_or(plan.cases);
        let mut minutes: Vec<i64> = (made..upto).map(|_| maker.dice.between(8 * 3600, 14 * 3600)).collect();
        minutes.sort_unstable();
        for seconds in minutes {
            let at = (kernel::unit::start_of(indonesian::Zone::default(), *day) + SignedDuration::from_secs(seconds)).min(scene.end);
            let kept = made % (plan.cases / SAMPLED + 1) == 0;
            maker.case(&mut batch, residents, at, made + plan.open >= plan.cases, kept)?;
            made += 1;
            if made % CASES_IN_BATCH == 0 {
                hand_over(std::mem::take(&mut batch))?;
            }
        }
    }
    maker.close_books(&mut batch)?;
    hand_over(batch)?;
    Ok(maker.sample)
}

/// Every service at every unit, and residents by chance.
fn sample(scene: &Scene, residents: &Residents) -> Sample {
    let mut sample = Sample::default();
    for place in &scene.places {
        sample.services.extend(place.counters.iter().map(|counter| SampleService {
            unit: place.unit.slug.clone(),
            slug: counter.offer.definition.slug.clone(),
            title: counter.offer.definition.title.id.clone(),
        }));
        let people = residents.of.get(&place.unit.id).into_iter().flatten();
        sample
            .residents
            .extend(people.step_by(97).map(|resident| SampleResident { name: resident.name.clone(), unit: place.unit.slug.clone() }));
    }
    sample
}

impl Maker<'_> {
    fn ctx(&self, at: Timestamp) -> Ctx {
        let actor = Actor::System { job: "bulk", on_behalf_of: None, cause: None };
        Ctx::new(at, actor, Origin::default(), self.entropy.clone())
    }

    fn case(&mut self, batch: &mut Batch, residents: &Residents, at: Timestamp, open: bool, kept: bool) -> Result<()> {
        let scene = self.scene;
        let place = self.dice.one_of(&scene.places);
        let counter = self.dice.one_of(&place.counters);
        let person = self.person(residents, place)?;
        let ctx = self.ctx(at);
        let mut story = batch.story(&ctx);
        let refused = !open && self.dice.percent(4);
        let passed = match (open, refused) {
            (true, _) => usize::try_from(self.dice.below(counter.stops.len() as u64)).unwrap_or(0),
            (false, true) => 0,
            (false, false) => counter.stops.len(),
        };
        let mut deadline = counter.office.due(&due::clock_of(&counter.offer), Some(at), at);
        let closed = (!open).then(|| self.closing(at, deadline.at));
        if closed.is_some() {
            deadline.state = DueState::Closed;
        }
        let one = One {
            id: ctx.new_id(),
            place,
            counter,
            person,
            masked: indonesian::mask_name(&person.name),
            code: indonesian::Code::encode(ctx.random()).as_str().to_owned(),
            received: at,
            passed,
            refused,
            closed,
            due: deadline,
        };
        self.envelope(&mut story, &one)?;
        let (document, letter) = match one.passed {
            0 => (None, None),
            _ => self.document(&mut story, &one).map(|(id, letter)| (Some(id), letter))?,
        };
        self.application(&mut story, &one, document)?;
        self.events(&mut story, &one)?;
        let entry = NewEntry::new("services.application.imported").case(one.id).unit(one.unit().id).object("case", one.id);
        story.end(entry);
        let units = one.unit().ancestors.iter().flatten().copied();
        let title = format!("{} · {}", one.title(), one.masked);
        batch.doc(Doc::new("case", one.id, title).scope(units).name(person.name.as_str()).text(one.title()).code(one.code.as_str()));
        self.count(&one);
        if kept {
            let (code, name, unit) = (one.code.clone(), person.name.clone(), one.unit().slug.clone());
            self.sample.cases.push(SampleCase { id: one.id, code, unit, name, open, letter });
        }
        Ok(())
    }

    fn person<'r>(&mut self, residents: &'r Residents, place: &Place) -> Result<&'r Resident> {
        let village = if serves_others(place.unit.kind) {
            match residents.below.get(&place.unit.id) {
                Some(villages) => *self.dice.one_of(villages),
                // A dinas serves everybody.
                None => {
                    let all = &self.scene.places;
                    let mut other = self.dice.one_of(all).unit.id;
                    while !residents.of.contains_key(&other) {
                        other = self.dice.one_of(all).unit.id;
                    }
                    other
                }
            }
        } else {
            place.unit.id
        };
        let people = residents.of.get(&village).filter(|people| !people.is_empty()).ok_or(Error::Missing)?;
        Ok(self.dice.one_of(people))
    }

    /// Nine of ten are closed well within their time.
    fn closing(&mut self, at: Timestamp, due: Option<Timestamp>) -> Timestamp {
        let limit = due.map_or(SignedDuration::from_hours(24), |due| due.duration_since(at));
        let share = if self.dice.percent(91) { self.dice.between(20, 95) } else { self.dice.between(105, 300) };
        let after = SignedDuration::from_micros(i64::try_from(limit.as_micros() * i128::from(share) / 100).unwrap_or(i64::MAX));
        (at + after).min(self.scene.end)
    }

    fn envelope(&self, story: &mut Story<'_>, one: &One<'_>) -> Result<()> {
        let offer = &one.counter.offer;
        let [u1, u2, u3, u4, u5, u6] = one.unit().ancestors;
        let stop = one.stop();
        let last = one.counter.stops.last().map_or(0, |stop| stop.step);
        let outcome = match (one.is_open(), one.refused) {
            (true, _) => "",
            (false, true) => "refused",
            (false, false) => "granted",
        };
        let on_time = one.closed.map(|closed| one.due.at.is_none_or(|due| closed <= due));
        let columns = cols! {
            "system" => SYSTEM, "kind" => offer.definition.slug.as_str(), "definition" => offer.offering.definition,
            "offering" => offer.offering.id, "code" => one.code.as_str(), "state" => one.state().as_str(),
            "step" => stop.map_or(if one.refused { 0 } else { last }, |stop| stop.step), "unit" => one.unit().id, "u1" => u1, "u2" => u2,
            "u3" => u3, "u4" => u4, "u5" => u5, "u6" => u6, "at_unit" => stop.map_or(one.unit().id, |stop| stop.unit),
            "at_post" => stop.map(|stop| stop.post), "subject" => one.masked.as_str(), "applicant" => one.person.id,
            "channel" => if one.code.as_bytes()[0].is_multiple_of(3) { "online" } else { "counter" }, "received_at" => one.received,
            "started_at" => one.due.started_at, "due_at" => one.due.at, "due_state" => one.due.state.as_str(),
            "due_provisional" => one.due.provisional, "suspended_us" => 0_i64, "clock" => one.due.clock.as_str(), "closed_at" => one.closed,
            "outcome" => outcome, "on_time" => on_time, "secrecy" => offer.definition.record.secrecy.as_str(),
        };
        story.insert(self.tables.case, one.id, &columns)?;
        let party = story.ctx().new_id();
        let columns = cols! {
            "case_id" => one.id, "role" => "applicant", "place" => 0_i64, "person" => one.person.id, "name" => one.person.name.as_str(), "note" => ""
        };
        story.insert(self.tables.party, party, &columns)?;
        let Some(stop) = stop else { return Ok(()) };
        let task = story.ctx().new_id();
        let columns = cols! {
            "case_id" => one.id, "system" => SYSTEM, "kind" => offer.definition.slug.as_str(), "post" => stop.post, "unit" => stop.unit,
            "u1" => u1, "u2" => u2, "u3" => u3, "action" => stop.action.as_str(), "subject" => one.masked.as_str(), "code" => one.code.as_str(),
            "since" => one.received, "due" => one.due.at.map_or(NO_DUE, Timestamp::as_microsecond), "state" => "open",
        };
        Ok(story.insert(self.tables.task, task, &columns)?)
    }

    fn application(&mut self, story: &mut Story<'_>, one: &One<'_>, document: Option<Id>) -> Result<()> {
        let answers = self.dice.one_of(&one.counter.answers);
        let table = self.tables.application;
        let sealed = self.keys.seal(story.ctx(), table.name, "answers_sealed", one.id, answers.as_bytes());
        let refusal = if one.refused { "Data yang diajukan tidak sesuai hasil pemeriksaan di tempat." } else { "" };
        let columns = cols! {
            "unit" => one.unit().id, "subject_person" => one.person.id, "answers_sealed" => sealed, "introduction" => "none",
            "identity_note" => "", "proxy_name" => "", "proxy_basis" => "", "document" => document, "refusal" => refusal,
            "lang" => "id",
        };
        Ok(story.insert(table, one.id, &columns)?)
    }

    fn events(&self, story: &mut Story<'_>, one: &One<'_>) -> Result<()> {
        let first = one.counter.stops.first().map_or("", |stop| stop.state.as_str());
        let mut lines = vec![(one.received, "submit", "", first, None)];
        if let Some(stop) = one.passed_stop(State::Signing) {
            lines.push((signed_at(one), "sign", State::Signing.as_str(), State::AwaitingScan.as_str(), Some(stop)));
        }
        if let Some(closed) = one.closed {
            let (action, from, to) = if one.refused {
                ("refuse", first, State::Refused.as_str())
            } else {
                ("hand_over", State::Ready.as_str(), State::Done.as_str())
            };
            lines.push((closed, action, from, to, one.counter.stops.first()));
        }
        for (at, action, from, to, by) in lines {
            let id = story.ctx().new_id();
            let label = by.and_then(|stop| stop.holder.as_ref()).map_or("", |holder| holder.title.as_str());
            let columns = cols! {
                "case_id" => one.id, "at" => at, "action" => action, "from_state" => from, "to_state" => to, "actor_label" => label,
                "post" => by.map(|stop| stop.post), "note" => "", "public" => true,
            };
            story.insert(self.tables.event, id, &columns)?;
        }
        Ok(())
    }

    /// The letter with its signatures and, once signed, its number.
    fn document(&mut self, story: &mut Story<'_>, one: &One<'_>) -> Result<(Id, Option<(String, String)>)> {
        let (id, offer) = (story.ctx().new_id(), &one.counter.offer);
        let signer = one.passed_stop(State::Signing);
        let at = signed_at(one);
        let on_date = one.unit().date(at);
        let classification = offer.definition.letter.classification.as_str();
        let number = signer.map(|_| self.number(story, one, one.unit(), id, classification, on_date)).transpose()?;
        let body = body(one, number.as_ref().map(|(_, text)| text.as_str()), on_date);
        let sealed = self.keys.seal(story.ctx(), DOCUMENT.name, "body_sealed", id, &body);
        let state = match (signer.is_some(), one.is_open()) {
            (false, _) => "draft",
            (true, true) => "awaiting_scan",
            (true, false) => "in_force",
        };
        let holder = signer.and_then(|stop| stop.holder.as_ref());
        let code = signer.map(|_| indonesian::Code::encode(story.ctx().random()));
        let columns = cols! {
            "case_id" => one.id, "kind" => offer.definition.letter.kind.as_str(), "title" => one.title(), "unit" => one.unit().id,
            "state" => state, "number" => number.as_ref().map(|(_, text)| text.as_str()), "number_id" => number.as_ref().map(|(id, _)| *id),
            "signed_at" => signer.map(|_| at), "signed_on" => signer.map(|_| on_date), "signer_post" => signer.map(|stop| stop.post),
            "signer_label" => holder.map(|holder| holder.label.as_str()), "signing_mode" => "wet", "holder_name" => one.person.name.as_str(),
            "verify_code" => code.as_ref().map(|code| code.as_str()), "body_sealed" => sealed,
            "scan" => (state == "in_force").then_some(self.scene.scan), "secrecy" => offer.definition.record.secrecy.as_str(),
        };
        story.insert(&DOCUMENT, id, &columns)?;
        self.signatures(story, one, id, classification, on_date)?;
        let letter = code.filter(|_| state == "in_force").zip(number).map(|(code, (_, text))| (code.as_str().to_owned(), text));
        Ok((id, letter))
    }

    fn signatures(&mut self, story: &mut Story<'_>, one: &One<'_>, document: Id, classification: &str, on_date: Date) -> Result<()> {
        let mut place = 0_i64;
        for (position, stop) in one.counter.stops.iter().enumerate() {
            let role = match stop.state {
                State::Initialing => "initial",
                State::Signing => "signer",
                State::Acknowledging => "acknowledger",
                _ => continue,
            };
            let given = position < one.passed;
            let holder = stop.holder.as_ref().filter(|_| given);
            let number = if given && stop.state == State::Acknowledging {
                let unit = self.scene.units.get(&stop.unit).ok_or(Error::Missing)?;
                Some(self.number(story, one, unit, document, classification, on_date)?)
            } else {
                None
            };
            let id = story.ctx().new_id();
            let columns: [(&str, Value); 13] = cols! {
                "document" => document, "role" => role, "place" => place, "unit" => stop.unit, "post" => stop.post,
                "holding" => holder.map(|holder| holder.holding), "person" => holder.map(|holder| holder.person),
                "name" => holder.map_or("", |holder| holder.name.as_str()), "label" => holder.map_or("", |holder| holder.label.as_str()),
                "number" => number.as_ref().map(|(_, text)| text.as_str()), "number_id" => number.as_ref().map(|(id, _)| *id),
                "state" => if given { "given" } else { "waiting" }, "given_at" => given.then(|| signed_at(one)),
            };
            story.insert(&SIGNATURE, id, &columns)?;
            place += 1;
        }
        Ok(())
    }

    /// The next number of a unit's agenda.
    fn number(
        &mut self,
        story: &mut Story<'_>,
        one: &One<'_>,
        unit: &Unit,
        document: Id,
        classification: &str,
        on_date: Date,
    ) -> Result<(Id, String)> {
        let ctx = story.ctx().clone();
        let series = self.series.entry((unit.id, on_date.year())).or_insert_with(|| Series { id: ctx.new_id(), last: 0 });
        series.last += 1;
        let abbreviation: String = unit.short_name.split_whitespace().filter_map(|word| word.chars().next()).collect();
        let filling = Filling {
            classification: Some(classification),
            seq: series.last,
            abbreviation: &abbreviation.to_uppercase(),
            on_date: Some(on_date),
            year: on_date.year(),
        };
        let (id, text) = (ctx.new_id(), self.template.render(&filling));
        let columns = cols! {
            "series" => series.id, "unit" => unit.id, "seq" => series.last, "year" => i64::from(on_date.year()), "text" => text.as_str(),
            "classification" => classification, "state" => "used", "on_date" => on_date, "about" => one.title(),
            "addressee" => one.person.name.as_str(), "document" => document,
        };
        story.insert(&NUMBER, id, &columns)?;
        Ok((id, text))
    }

    fn count(&mut self, one: &One<'_>) {
        let Some(closed) = one.closed else { return };
        let on = one.unit().date(closed);
        let month = self.months.entry((one.counter.offer.offering.id, format!("{:04}-{:02}", on.year(), on.month()))).or_default();
        month.closed += 1;
        month.on_time += i64::from(one.due.at.is_none_or(|due| closed <= due));
        month.refused += i64::from(one.refused);
        month.minutes += closed.duration_since(one.received).as_mins();
    }

    /// The series with their last numbers, and the figures by month.
    fn close_books(&mut self, batch: &mut Batch) -> Result<()> {
        let ctx = self.ctx(self.scene.end);
        let mut series: Vec<_> = self.series.iter().collect();
        series.sort_by_key(|((unit, year), _)| (*unit, *year));
        let mut story = batch.story(&ctx);
        for ((unit, year), series) in series {
            let columns = cols! {
                "unit" => *unit, "book" => "agenda", "year" => i64::from(*year), "last" => series.last, "template" => Template::USUAL
            };
            story.insert(&SERIES, series.id, &columns)?;
        }
        story.end(NewEntry::new("services.series.imported"));
        let mut months: Vec<_> = self.months.iter().collect();
        months.sort_by_key(|(key, _)| (*key).clone());
        for ((offering, month), figures) in months {
            batch.plain(
                "services_figure",
                &cols! { "offering" => *offering, "month" => month.as_str(), "closed" => figures.closed, "on_time" => figures.on_time,
                "refused" => figures.refused, "minutes" => figures.minutes },
            );
        }
        Ok(())
    }
}

/// Letters of a unit are signed in the order their applications came in: the agenda has no gaps and runs with the days.
fn signed_at(one: &One<'_>) -> Timestamp {
    let soon = one.received + SignedDuration::from_mins(7);
    one.closed.map_or(soon, |closed| closed.min(soon))
}

/// A short letter of the usual form.
fn body(one: &One<'_>, number: Option<&str>, on_date: Date) -> Vec<u8> {
    let unit = one.unit();
    let signer = one.counter.stops.iter().find(|stop| stop.state == State::Signing).and_then(|stop| stop.holder.as_ref());
    let block = SignatureBlock {
        label: signer.map_or_else(Vec::new, |holder| vec![holder.label.clone()]),
        name: signer.map_or_else(String::new, |holder| holder.name.clone()),
        ..SignatureBlock::default()
    };
    let letter = Letter {
        meta: Meta { ident: one.id.to_string(), made_at_seconds: one.received.as_second(), author: unit.name.clone() },
        head: Letterhead { name: unit.name.to_uppercase(), address: vec![unit.address.clone()], ..Letterhead::default() },
        title: one.title().to_uppercase(),
        number: number.map(str::to_owned),
        blocks: vec![Block::text(format!(
            "Menerangkan bahwa {} adalah penduduk {} dan benar mengajukan {}.",
            one.person.name,
            unit.name,
            one.title()
        ))],
        place_date: format!("{}, {on_date}", unit.short_name),
        signers: vec![block],
        mode: if number.is_some() { Mode::Final } else { Mode::Draft },
        ..Letter::default()
    };
    serde_json::to_vec(&letter).unwrap_or_default()
}

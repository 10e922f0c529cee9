//! A year of work: people come on Monday mornings and before Lebaran, desks work in their hours, some things go wrong.
//!
//! Each kecamatan is a stream of its own, in the order of time, because its villages share the Camat's register.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    sync::Arc,
};

use jiff::{Timestamp, ToSpan, civil::Date};
use kernel::{
    ActingPost, Actor, Ctx, Entropy, Error, Gov, Id, Officer, Origin, Result,
    blobs::Limits,
    case::{self, Case},
    clock::{Calendars, Office},
    grant, offering, party, post,
    unit::{Unit, UnitKind},
};

use super::{Dice, answers, foundation::World, served_later};
use crate::{
    forms,
    model::Limit,
    rules::{Action, State},
    store::{
        self, SYSTEM,
        act::{Act, act, act_from_outside},
        papers,
        submit::{Introduction, Submission, submit},
    },
};

/// Hour of the last day at which the demonstration's "now" begins.
pub(crate) const AS_OF_HOUR: i8 = 10;

/// Something that is about to happen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    at: Timestamp,
    /// Ties are broken by the order of making, so that a run repeats itself.
    order: u64,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Arrive { unit: Id, pauses_after: u8 },
    Work { case_id: Id, life: Life },
}

/// How one application is going to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Life {
    refused: bool,
    returned: bool,
    late: bool,
    /// How many desks it passes before it waits for whoever opens the demonstration; 255: all.
    pauses_after: u8,
}

/// It goes its whole way.
const NO_PAUSE: u8 = u8::MAX;

/// Plays every stream up to the last day.
pub(crate) fn play(gov: &Arc<Gov>, world: &World, as_of: Date, seed: u64) -> Result<()> {
    let zone = world.units.first().ok_or(Error::Missing)?.zone.time_zone();
    let at = |date: Date, hour| {
        date.at(hour, 30, 0, 0).to_zoned(zone.clone()).map(|zoned| zoned.timestamp()).map_err(|error| Error::Failed(error.to_string()))
    };
    let end = at(as_of, AS_OF_HOUR)?;
    let first = as_of.checked_sub(1.year()).map_err(|error| Error::Failed(error.to_string()))?;
    let away_from = at(as_of.saturating_sub(2.days()), 6)?;
    super::foundation::send_away(gov, world, away_from, at(as_of.saturating_add(5.days()), 18)?, seed)?;
    let mut streams: HashMap<Id, Vec<Unit>> = HashMap::new();
    for unit in &world.units {
        let stream = match unit.kind {
            UnitKind::Kecamatan => unit.id,
            kind if kind.is_village() => unit.parent.unwrap_or(unit.id),
            UnitKind::Opd => unit.id,
            _ => continue,
        };
        streams.entry(stream).or_default().push(unit.clone());
    }
    let mut streams: Vec<(Id, Vec<Unit>)> = streams.into_iter().collect();
    streams.sort_by_key(|(id, _)| *id);
    let queue = std::sync::Mutex::new(streams);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let next = queue.lock().map_err(|_| Error::Failed("a stream failed".into()))?.pop();
                        let Some((id, units)) = next else { return Ok(()) };
                        Stream::new(
                            gov,
                            world,
                            &units,
                            first,
                            as_of,
                            end,
                            seed ^ u64::from_be_bytes(id.bytes()[8..].try_into().unwrap_or([0; 8])),
                        )?
                        .run()?;
                    }
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| Err(Error::Failed("a stream failed".into()))))
    })
}

struct Stream<'a> {
    gov: &'a Arc<Gov>,
    world: &'a World,
    units: HashMap<Id, Unit>,
    offices: HashMap<Id, Arc<Office>>,
    offerings: HashMap<Id, Vec<Id>>,
    turns: BinaryHeap<Reverse<Turn>>,
    end: Timestamp,
    dice: Dice,
    order: u64,
    entropy: Entropy,
}

impl<'a> Stream<'a> {
    fn new(gov: &'a Arc<Gov>, world: &'a World, units: &[Unit], first: Date, last: Date, end: Timestamp, seed: u64) -> Result<Self> {
        let mut stream = Self {
            gov,
            world,
            units: units.iter().map(|unit| (unit.id, unit.clone())).collect(),
            offices: HashMap::new(),
            offerings: HashMap::new(),
            turns: BinaryHeap::new(),
            end,
            dice: Dice::new(seed, "script"),
            order: 0,
            entropy: Entropy::seeded(seed),
        };
        for unit in units {
            let (office, open) = gov.db().read_now(|rx| {
                let office = gov.cached::<Calendars>().book(rx)?.office(&unit.ancestors);
                Ok::<_, Error>((office, offering::of_unit(rx, SYSTEM, unit.id)?))
            })?;
            let open: Vec<Id> = open.iter().map(|offering| offering.id).collect();
            if !open.is_empty() {
                stream.arrivals(unit, &office, first, last);
            }
            stream.offices.insert(unit.id, office);
            stream.offerings.insert(unit.id, open);
        }
        Ok(stream)
    }

    /// The moments at which people come, on working days only.
    fn arrivals(&mut self, unit: &Unit, office: &Office, first: Date, last: Date) {
        let days = working_days(office, first, last);
        let total: u64 = days.iter().map(|(_, weight)| weight).sum();
        let count = if self.world.busy.contains(&unit.id) { self.dice.between(145, 158) } else { self.dice.between(20, 60) };
        let zone = unit.zone.time_zone();
        let busy = self.world.busy.contains(&unit.id);
        for n in 0..count {
            // In busy offices some work of the last days lies on every desk; elsewhere a little.
            let recent = usize::try_from(if busy { n } else { n * 12 }).unwrap_or(usize::MAX);
            let pauses_after = match recent {
                0..12 if busy => u8::try_from(recent % 4).unwrap_or(0),
                0 => u8::try_from(self.dice.below(4)).unwrap_or(0),
                _ => NO_PAUSE,
            };
            let back = recent / 6;
            let day = if recent < 12 { days[days.len().saturating_sub(1 + back)].0 } else { pick(&days, self.dice.below(total)) };
            let monday = day.weekday() == jiff::civil::Weekday::Monday;
            let early = if monday && self.dice.percent(60) { self.dice.between(0, 120) } else { self.dice.between(0, 350) };
            let opens = office.hours.on(day).map_or(480, |hours| i64::from(hours.open().of_day()));
            let Ok(start) = day.to_zoned(zone.clone()) else { continue };
            let mut at = start.timestamp()
                + jiff::SignedDuration::from_mins(opens + early)
                + jiff::SignedDuration::from_secs(self.dice.between(0, 59));
            if !office.is_open(at) {
                let Some(next) = served_later(office, at, 2) else { continue };
                at = next;
            }
            self.push(at, What::Arrive { unit: unit.id, pauses_after });
        }
    }

    fn push(&mut self, at: Timestamp, what: What) {
        self.order += 1;
        if at <= self.end {
            self.turns.push(Reverse(Turn { at, order: self.order, what }));
        }
    }

    fn run(mut self) -> Result<()> {
        while let Some(Reverse(turn)) = self.turns.pop() {
            match turn.what {
                What::Arrive { unit, pauses_after } => self.arrive(turn.at, unit, pauses_after)?,
                What::Work { case_id, life } => self.work(turn.at, case_id, life)?,
            }
        }
        Ok(())
    }

    fn ctx(&self, at: Timestamp, actor: Actor) -> Ctx {
        Ctx::new(at, actor, Origin { address: "192.0.2.1".into(), agent: "demo".into(), request: String::new() }, self.entropy.clone())
    }

    fn arrive(&mut self, at: Timestamp, unit_id: Id, pauses_after: u8) -> Result<()> {
        let unit = self.units[&unit_id].clone();
        let open = &self.offerings[&unit_id];
        let offering = *self.dice.one_of(open);
        let residents = match self.world.residents.get(&unit_id) {
            Some(residents) => residents,
            // A kecamatan or dinas serves people of its villages.
            None => {
                let mut all: Vec<&Id> = self.world.residents.keys().filter(|village| self.units.contains_key(village)).collect();
                all.sort();
                let village = if all.is_empty() { self.world.busy.first() } else { Some(*self.dice.one_of(&all)) };
                village.and_then(|village| self.world.residents.get(village)).ok_or(Error::Missing)?
            }
        };
        let person = *self.dice.one_of(residents);
        let counter = self.dice.percent(72);
        let Some(operator) = self.officer_at(unit_id, &["operator", "kasi_pelayanan", "kabid_pelayanan"], at)? else { return Ok(()) };
        let actor = if counter { Actor::Account(Arc::new(operator)) } else { Actor::Public };
        let gov = Arc::clone(self.gov);
        let today = unit.date(at);
        let mut dice = Dice::new(self.dice.seed(), "answers");
        let made = gov.db().read_now(|rx| {
            let offer = store::offer_by_id(rx, &gov, offering)?;
            let facts = resident_facts(rx, &gov, person)?;
            let scene = answers::Scene::new(today, &gov.settings().region, &offer.unit.short_name);
            let answers = answers::make(&mut dice, &offer.definition, &facts, &scene);
            Ok::<_, Error>(answers.map(|answers| (forms::to_json(&answers), offer)))
        })?;
        let Some((answers, offer)) = made else { return Ok(()) };
        let introduction = match (offer.offered().introduction(), counter) {
            (crate::model::IntroductionMode::None, _) => Introduction::None,
            (crate::model::IntroductionMode::Link, false) => {
                Introduction::Ask { name: "Ketua RT (Contoh)".into(), office: "Ketua RT 003".into() }
            }
            _ => Introduction::Paper,
        };
        let submission = Submission {
            offering,
            applicant: person,
            subject: person,
            proxy: None,
            answers,
            files: Vec::new(),
            phone: None,
            email: None,
            introduction,
            identity_note: String::new(),
            channel: if counter { "counter" } else { "online" },
            lang: "id",
            key: format!("demo-{}", self.ctx(at, Actor::Public).new_id()),
        };
        let ctx = self.ctx(at, actor);
        let writer = Arc::clone(&gov);
        let done = gov.db().write_now(&ctx, move |tx| submit(tx, &writer, &submission))?;
        let life = Life { refused: self.dice.percent(4), returned: self.dice.percent(7), late: self.dice.percent(9), pauses_after };
        let life = if pauses_after == NO_PAUSE { life } else { Life { refused: false, returned: false, ..life } };
        self.next(at, unit_id, done.case_id, life, &offer.definition.clock.limit);
        Ok(())
    }

    /// When the next desk gets to it: quick offices, a share of late ones.
    fn next(&mut self, at: Timestamp, unit: Id, case_id: Id, life: Life, limit: &Limit) {
        let minutes = match (limit, life.late) {
            (Limit::ServiceMinutes(_), false) => self.dice.between(1, 3),
            (Limit::ServiceMinutes(_), true) => self.dice.between(9, 240),
            (_, false) => self.dice.between(5, 60),
            (_, true) => self.dice.between(500, 1400),
        };
        let Some(office) = self.offices.get(&unit) else { return };
        if let Some(then) = served_later(office, at, u32::try_from(minutes).unwrap_or(1)) {
            self.push(then, What::Work { case_id, life });
        }
    }

    fn work(&mut self, at: Timestamp, case_id: Id, mut life: Life) -> Result<()> {
        if life.pauses_after == 0 {
            return Ok(());
        }
        let gov = Arc::clone(self.gov);
        let dossier = gov.db().read_now(|rx| store::dossier(rx, &gov, case_id))?;
        let (case, limit) = (&dossier.case, dossier.offer.definition.clock.limit);
        let Some(state) = State::parse(&case.state) else { return Ok(()) };
        let action = match state {
            State::Introduction => Action::Introduce,
            State::Incomplete => Action::Resubmit,
            State::Checking if life.returned => Action::Return,
            State::Checking if life.refused => Action::Refuse,
            State::Checking => Action::Check,
            State::Initialing => Action::Initial,
            State::Signing => Action::Sign,
            State::Acknowledging => Action::Acknowledge,
            State::AwaitingScan => Action::RegisterScan,
            State::Ready => Action::HandOver,
            State::Done | State::Refused | State::Cancelled => return Ok(()),
        };
        life.returned &= action != Action::Return;
        if life.pauses_after != NO_PAUSE && action != Action::Introduce {
            life.pauses_after -= 1;
        }
        if matches!(action, Action::Introduce | Action::Resubmit) {
            let ctx = self.ctx(at, Actor::Link { case_id, name: "contoh".into() });
            let label = if action == Action::Introduce { "Ketua RT 003" } else { "Pemohon" };
            let writer = Arc::clone(&gov);
            gov.db().write_now(&ctx, move |tx| act_from_outside(tx, &writer, case_id, action, label, ""))?;
        } else if !self.desk(at, case, action)? {
            // Nobody acts for the post: the application waits, which is what the vacant village shows.
            return Ok(());
        }
        let pause = if action == Action::Return { self.dice.between(300, 900) } else { 0 };
        if pause > 0 {
            if let Some(then) =
                self.offices.get(&case.unit).and_then(|office| served_later(office, at, u32::try_from(pause).unwrap_or(300)))
            {
                self.push(then, What::Work { case_id, life });
            }
        } else if action == Action::Acknowledge || action != Action::HandOver {
            self.next(at, case.unit, case_id, life, &limit);
        }
        Ok(())
    }

    /// Does desk work as whoever acts for the post at that moment.
    fn desk(&mut self, at: Timestamp, case: &Case, action: Action) -> Result<bool> {
        let gov = Arc::clone(self.gov);
        let task = gov.db().read_now(|rx| case::tasks_of_case(rx, case.id))?.into_iter().next();
        let officer = match &task {
            Some(task) => self.officer(task.post, at)?,
            None => self.officer_at(case.unit, &["operator", "kasi_pelayanan", "kabid_pelayanan"], at)?,
        };
        let Some(mut officer) = officer else { return Ok(false) };
        if action == Action::Check {
            // Two pairs of eyes: where one person may not do both, the section head checks.
            let taken_in = gov.db().read_now(|rx| store::application(rx, case.id))?.received_by;
            let offer = gov.db().read_now(|rx| store::offer_by_id(rx, &gov, case.offering.ok_or(Error::Missing)?))?;
            if taken_in == Some(officer.account) && !offer.offered().one_person() {
                return Ok(false);
            }
        }
        officer.posts.dedup();
        let ctx = self.ctx(at, Actor::Account(Arc::new(officer)));
        let scan = if action == Action::RegisterScan { Some(self.scan(&ctx, case)?) } else { None };
        let note = match action {
            Action::Return => "Fotokopi KK belum jelas terbaca. Lampirkan yang terbaru.",
            Action::Refuse => {
                "Data yang diajukan tidak sesuai hasil pemeriksaan di tempat.\nPerdes tentang Pelayanan Administrasi, Pasal 7"
            }
            _ => "",
        };
        let what = Act { case_id: case.id, version: case.version, action, note: note.into(), scan, receiver: String::new() };
        if self.acts(&ctx, what.clone())? {
            return Ok(true);
        }
        // A rule says no: the event is over before the signature. A letter that may not be given any more is refused, not left lying.
        let note = "Acaranya sudah lewat, jadi suratnya tidak dapat diterbitkan lagi.\nPerdes tentang Pelayanan Administrasi, Pasal 7";
        self.acts(&ctx, Act { action: Action::Refuse, note: note.into(), scan: None, ..what })
    }

    /// Whether the rules let it be done.
    fn acts(&self, ctx: &Ctx, what: Act) -> Result<bool> {
        let gov = Arc::clone(self.gov);
        match self.gov.db().write_now(ctx, move |tx| act(tx, &gov, &what)) {
            Ok(_) => Ok(true),
            Err(Error::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The "scan" of a demonstration letter: a one-page PDF that says what it is.
    fn scan(&self, ctx: &Ctx, case: &Case) -> Result<Id> {
        let page = paper(&case.code);
        let staged = self.gov.blobs().put(ctx, "pindaian.pdf", &page, &Limits::SCAN)?;
        self.gov.db().write_now(ctx, move |tx| Ok::<_, Error>(kernel::blobs::park(tx, &staged)?))
    }

    fn officer_at(&self, unit: Id, offices: &[&str], at: Timestamp) -> Result<Option<Officer>> {
        for office in offices {
            let post = self.gov.db().read_now(|rx| post::by_office(rx, unit, office))?;
            if let Some(post) = post
                && let Some(officer) = self.officer(post.id, at)?
            {
                return Ok(Some(officer));
            }
        }
        Ok(None)
    }

    /// Whoever acts for a post at that moment, with all posts of that person.
    fn officer(&self, post_id: Id, at: Timestamp) -> Result<Option<Officer>> {
        self.gov.db().read_now(|rx| {
            let Some(holder) = post::holder(rx, post_id, at)?.holder else { return Ok(None) };
            let Some((account, name)) = self.world.account_of.get(&holder.person) else { return Ok(None) };
            let posts: Vec<ActingPost> = post::posts_of(rx, holder.person, at)?;
            let acting = posts.iter().find(|held| held.post == post_id).cloned();
            let held: Vec<Id> = posts.iter().map(|held| held.post).collect();
            let grants = grant::held(rx, *account, &held, at)?;
            Ok(Some(Officer { account: *account, person: Some(holder.person), name: name.clone(), post: acting, posts, grants }))
        })
    }
}

fn resident_facts(rx: &mut kernel::Rx<'_>, gov: &Gov, person: Id) -> Result<crate::letters::ResidentFacts> {
    let person = party::find(rx, person)?.ok_or(Error::Missing)?;
    let hamlet = papers::hamlet_word(rx, gov, person.unit)?;
    Ok(papers::facts_of(&person, &party::Revealed::default(), &hamlet))
}

/// Working days with their weight: Mondays and the three weeks before Lebaran are busier.
fn working_days(office: &Office, first: Date, last: Date) -> Vec<(Date, u64)> {
    let calendar = office.calendar(false);
    let lebaran: Vec<Date> = calendar
        .holidays()
        .iter()
        .filter(|day| day.name.contains("Idulfitri") || day.name.contains("Idul Fitri"))
        .map(|day| day.date)
        .collect();
    let mut days = Vec::new();
    let mut day = first;
    while day <= last {
        if calendar.is_working(day) && office.hours.on(day).is_some() {
            let soon = lebaran.iter().any(|feast| *feast > day && day.until(*feast).is_ok_and(|span| span.get_days() <= 21));
            let monday = day.weekday() == jiff::civil::Weekday::Monday;
            days.push((day, 4 + if monday { 4 } else { 0 } + if soon { 5 } else { 0 }));
        }
        day = day.saturating_add(1.day());
    }
    days
}

fn pick(days: &[(Date, u64)], mut at: u64) -> Date {
    for (day, weight) in days {
        if at < *weight {
            return *day;
        }
        at -= weight;
    }
    days.last().map(|(day, _)| *day).unwrap_or_default()
}

/// A minimal PDF with one line of text.
fn paper(code: &str) -> Vec<u8> {
    let text = format!("BT /F1 18 Tf 60 760 Td (CONTOH, BUKAN SURAT RESMI) Tj 0 -28 Td (Pindaian contoh {code}) Tj ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 936]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_owned(),
        format!("<</Length {}>>stream\n{text}\nendstream", text.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
    }
    let table = out.len();
    out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        out.push_str(&format!("{place:010} 00000 n \n"));
    }
    out.push_str(&format!("trailer<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1));
    out.into_bytes()
}

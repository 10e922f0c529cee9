//! What stands before the first application: the tree, posts and their holders, accounts, calendar, residents, offerings.

use std::{collections::HashMap, sync::Arc};

use indonesian::{LocalWords, Zone, title_case};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};
use kernel::{
    Ctx, Entropy, Error, Gov, Id, NewEntry, Result, Tx,
    account::{self, AccountKind, NewAccount, PasswordCost, PasswordHash},
    clock,
    grant::{self, Grantee, NewGrant},
    numbering::classification::{self, NewClassification},
    offering,
    party::{self, Checks, PersonForm},
    post::{self, HoldingKind, NewHolding, NewPost},
    search,
    unit::{self, NewUnit, Unit, UnitKind},
};
use serde::{Deserialize, Serialize};
use workdays::{Calendar, Season};

use super::{Dice, people};
use crate::{
    model::{
        Definition, DefinitionError, IntroductionMode, classification as codes,
        offices::{self, Establishment, Opd, Per, Region, TypicalPost},
        overrides::Overrides,
        packages,
        wording::in_words,
    },
    store::SYSTEM,
};

/// The password of every demonstration account. It is printed, so it protects nothing.
pub(crate) const PASSWORD: &str = "contoh-empat-lawang";
const HOLIDAYS: &str = include_str!("../../../../data/holidays/national.csv");
const RAMADAN: &str = include_str!("../../../../data/holidays/ramadan.csv");
const HAMLETS: [&str; 3] = ["I", "II", "III"];

/// A line of `demo-accounts.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DemoAccount {
    pub(crate) role: String,
    /// The title of the post.
    pub(crate) post: String,
    pub(crate) unit: String,
    pub(crate) username: String,
    pub(crate) password: String,
}

/// What the script plays on.
pub(crate) struct World {
    pub(crate) units: Vec<Unit>,
    /// Account by person.
    pub(crate) account_of: HashMap<Id, (Id, String)>,
    pub(crate) residents: HashMap<Id, Vec<Id>>,
    /// Units with about 150 applications: three villages and one kelurahan.
    pub(crate) busy: Vec<Id>,
    /// The village whose head's post is vacant.
    pub(crate) headless: Option<Id>,
    pub(crate) accounts: Vec<DemoAccount>,
}

struct Builder<'a> {
    gov: &'a Arc<Gov>,
    ctx: Ctx,
    began: Timestamp,
    today: Date,
    dice: Dice,
    password: PasswordHash,
    establishments: Vec<Establishment>,
    region: Region,
    words: LocalWords,
    opds: Vec<Opd>,
    world: World,
}

/// Builds it. Units and posts exist since two years before `as_of`.
pub(crate) fn found(gov: &Arc<Gov>, region: &regions::Regency, as_of: Date, seed: u64) -> Result<World> {
    let zone = Zone::of_region(&region.code).unwrap_or_default();
    let began_on = as_of.checked_sub(2.years()).map_err(|error| Error::Failed(error.to_string()))?;
    let began = unit::start_of(zone, began_on);
    let ctx = Ctx::system(began, "demo", Entropy::seeded(seed));
    let password = account::hash_password(&ctx, PASSWORD, PasswordCost::default())?;
    let establishments = offices::establishments().map_err(Error::Failed)?;
    let kind_of_region = super::tree::region_of(region);
    let opds = offices::opd_of(kind_of_region).map_err(Error::Failed)?;
    let words = LocalWords::of_region(&region.code);
    let world = World {
        units: Vec::new(),
        account_of: HashMap::new(),
        residents: HashMap::new(),
        busy: Vec::new(),
        headless: None,
        accounts: Vec::new(),
    };
    let dice = Dice::new(seed, "foundation");
    let mut builder = Builder { gov, ctx, began, today: as_of, dice, password, establishments, region: kind_of_region, words, opds, world };
    let root = builder.tree(region, zone, began_on)?;
    builder.calendar(root)?;
    builder.choose_busy();
    builder.posts()?;
    builder.residents()?;
    builder.offerings()?;
    let mut world = builder.world;
    // Who opens the file sees the busiest units first.
    let busy: Vec<String> =
        world.busy.iter().filter_map(|id| world.units.iter().find(|unit| unit.id == *id)).map(|unit| unit.name.clone()).collect();
    let place = |unit: &str| busy.iter().position(|name| name == unit).unwrap_or(busy.len());
    world
        .accounts
        .sort_by_key(|account| (place(&account.unit), place_of_role(&account.role), account.unit.clone(), account.username.clone()));
    Ok(world)
}

fn place_of_role(role: &str) -> usize {
    let order =
        ["operator", "examiner", "initialer", "signer", "overseer", "inspector", "village_affairs", "admin", "unit_admin", "registrar"];
    order.iter().position(|known| *known == role).unwrap_or(order.len())
}

impl Builder<'_> {
    fn write<T: Send + 'static>(&self, run: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.gov.db().write_now(&self.ctx, run)
    }

    fn tree(&mut self, region: &regions::Regency, zone: Zone, began_on: Date) -> Result<Id> {
        let plan = super::tree::plan(region, &self.opds, &self.words);
        let units = self.write(move |tx| {
            let mut ids: Vec<Id> = Vec::with_capacity(plan.len());
            for planned in &plan {
                let above = planned.above.and_then(|place| ids.get(place).copied());
                let mut new = NewUnit::new(planned.kind, above, planned.code.as_str(), planned.name.as_str());
                (new.zone, new.valid_from) = (zone, began_on);
                (new.short_name, new.address) = (planned.short.clone(), planned.address.clone());
                ids.push(unit::create(tx, &new)?);
            }
            ids.iter().map(|id| unit::find(tx, *id)?.ok_or(Error::Missing)).collect::<Result<Vec<Unit>>>()
        })?;
        self.world.units = units;
        self.world.units.first().map(|root| root.id).ok_or(Error::Missing)
    }

    fn calendar(&mut self, root: Id) -> Result<()> {
        self.write(move |tx| {
            let failed = |error: &dyn std::fmt::Display| Error::Failed(error.to_string());
            let calendar = Calendar::from_csv(HOLIDAYS).map_err(|error| failed(&error))?;
            clock::import_holidays(tx, root, &calendar)?;
            let (week, ramadan) = clock::typical_hours();
            clock::set_service_hours(tx, root, &week)?;
            for season in Season::from_csv(RAMADAN, ramadan).map_err(|error| failed(&error))? {
                clock::set_season(tx, root, season.from, season.until, &season.week)?;
            }
            for code in codes::parse(codes::PERMENDAGRI_83_2022).map_err(Error::Failed)? {
                let new = NewClassification {
                    code: code.code,
                    name: code.name,
                    valid_from: date(2023, 1, 1),
                    valid_until: None,
                    source: code.source,
                };
                classification::add(tx, &new)?;
            }
            tx.entry(NewEntry::new("services.demo.calendar").unit(root));
            Ok(())
        })
    }

    /// Three villages far apart and the first kelurahan work most; the village after the first is without a head.
    fn choose_busy(&mut self) {
        let rural: Vec<&Unit> = self.world.units.iter().filter(|unit| matches!(unit.kind, UnitKind::Desa | UnitKind::Nagari)).collect();
        let urban: Vec<&Unit> = self.world.units.iter().filter(|unit| unit.kind == UnitKind::Kelurahan).collect();
        let (main, other) = if rural.is_empty() { (&urban, &rural) } else { (&rural, &urban) };
        let third = main.len() / 3;
        let known = main.iter().position(|unit| unit.short_name == "Tanjung Raman").unwrap_or(0);
        let mut busy: Vec<Id> = [known, third, 2 * third].iter().filter_map(|place| main.get(*place)).map(|unit| unit.id).collect();
        busy.extend(other.first().or(main.last()).map(|unit| unit.id));
        busy.dedup();
        self.world.headless = main.iter().map(|unit| unit.id).find(|id| !busy.contains(id));
        self.world.busy = busy;
    }

    fn posts(&mut self) -> Result<()> {
        for unit in self.world.units.clone() {
            let Some(establishment) = self.establishments.iter().find(|establishment| establishment.kind == unit.kind).cloned() else {
                continue;
            };
            let opd = self.opds.iter().find(|opd| unit.kind == UnitKind::Opd && opd.code == unit.code).cloned();
            for typical in establishment.posts.iter().filter(|typical| typical.per == Per::Unit) {
                let mut title = self.title(unit.kind, typical);
                let mut roles: Vec<&'static str> = typical.roles.iter().map(|role| role.as_str()).collect();
                if let Some(opd) = &opd {
                    match typical.office.as_str() {
                        "kepala" => title = opd.head_in_full(),
                        "sekretaris" => title = opd.secretary.clone().unwrap_or(title),
                        "kabid_pelayanan" => title = opd.service_desk.clone().unwrap_or(title),
                        _ => {}
                    }
                    if typical.office.as_str() != "operator" {
                        roles.extend(opd.regency_roles.iter().map(|role| role.as_str()));
                    }
                }
                self.fill_post(&unit, typical.office.as_str(), &title, i64::from(typical.order), &roles)?;
            }
        }
        Ok(())
    }

    /// The title of a typical post, in the words of the region.
    fn title(&self, kind: UnitKind, typical: &TypicalPost) -> String {
        let words = &self.words;
        match (kind, typical.office.as_str()) {
            (UnitKind::Desa | UnitKind::Nagari, "kepala") => title_case(&words.village_head),
            (UnitKind::Desa | UnitKind::Nagari, "sekretaris") => title_case(&words.village_secretary),
            (UnitKind::Desa | UnitKind::Nagari, "operator") => format!("Operator {}", title_case(&words.village)),
            (UnitKind::Kecamatan, "kepala") => title_case(&words.district_head),
            (UnitKind::Kecamatan, "sekretaris") => title_case(&words.district_secretary),
            _ => typical.title_in(self.region),
        }
    }

    /// Makes a post with its holder, account and rights. The three exceptions of the demonstration are made here.
    fn fill_post(&mut self, unit: &Unit, office: &str, title: &str, place: i64, roles: &[&'static str]) -> Result<()> {
        let head = office == post::office::HEAD && unit.kind.is_village();
        let vacant = head && self.world.headless == Some(unit.id);
        let pj = head && self.world.busy.get(1) == Some(&unit.id);
        let servant = !matches!(unit.kind, UnitKind::Desa | UnitKind::Nagari);
        let form = people::official(&mut self.dice, Some(unit.id), servant);
        let until = vacant.then(|| vacant_since(unit.zone, self.today));
        let top = self.world.units.first().map(|root| root.id).ok_or(Error::Missing)?;
        let (keys, began, today) = (Arc::clone(self.gov.keys()), self.began, self.today);
        let desk = if office == "bupati" && self.region.is_city { "walikota" } else { short_office(office) };
        let username = format!("{desk}.{}", unit.slug);
        let new_post = NewPost { unit: unit.id, office: office.to_owned(), title: title.to_owned(), place, valid_from: unit.valid_from };
        let roles: Vec<(&'static str, Id)> = roles.iter().map(|role| (*role, if is_top(role) { top } else { unit.id })).collect();
        let (named, password) = (username.clone(), self.password.clone());
        let given = roles.clone();
        let (person, account, name) = self.write(move |tx| {
            let post = post::create(tx, &new_post)?;
            for (role, unit) in &given {
                let new = NewGrant { to: Grantee::Post(post), role, unit: *unit, from: began, until: None, decree: "Contoh".into() };
                grant::grant(tx, &new)?;
            }
            let person = create_person(tx, &keys, &form, today)?;
            let kind = if pj { HoldingKind::Pj } else { HoldingKind::Definitive };
            post::appoint(tx, &NewHolding { post, person, kind, decree: "SK Contoh 1".into(), from: began, until })?;
            let new = NewAccount {
                username: named.clone(),
                person: Some(person),
                kind: AccountKind::Person,
                display_name: form.name.clone(),
                password: Some(password.clone()),
                expires_at: None,
            };
            let account = account::create(tx, &new)?;
            account::accept_terms(tx, account, TERMS)?;
            Ok((person, account, form.name.clone()))
        })?;
        self.world.account_of.insert(person, (account, name));
        for (role, _) in &roles {
            let line = DemoAccount {
                role: (*role).to_owned(),
                post: title.to_owned(),
                unit: unit.name.clone(),
                username: username.clone(),
                password: PASSWORD.to_owned(),
            };
            self.world.accounts.push(line);
        }
        Ok(())
    }

    fn residents(&mut self) -> Result<()> {
        let mut taken = people::Taken::default();
        for unit in self.world.units.clone().iter().filter(|unit| unit.kind.is_village()) {
            let count = if self.world.busy.contains(&unit.id) { 260 } else { 48 };
            let forms: Vec<PersonForm> =
                (0..count).map(|n| people::resident(&mut self.dice, &mut taken, unit, HAMLETS[n % HAMLETS.len()], self.today)).collect();
            let (keys, today, unit) = (Arc::clone(self.gov.keys()), self.today, unit.clone());
            let unit_id = unit.id;
            let ids = self.write(move |tx| {
                let mut ids = Vec::with_capacity(forms.len());
                for form in &forms {
                    let id = create_person(tx, &keys, form, today)?;
                    let hash = form
                        .nik
                        .as_deref()
                        .and_then(|nik| indonesian::Nik::parse(nik).ok())
                        .map(|nik| keys.blind(kernel::keys::Blind::Nik, nik.as_str()));
                    let mut doc = search::Doc::new("person", id, form.name.as_str())
                        .scope(unit.ancestors.iter().flatten().copied())
                        .name(form.name.as_str());
                    if let Some(hash) = hash {
                        doc = doc.hash(hash);
                    }
                    search::index(tx, &doc)?;
                    ids.push(id);
                }
                tx.entry(NewEntry::new("services.residents.imported").unit(unit.id).detail(serde_json::json!({ "created": ids.len() })));
                Ok(ids)
            })?;
            self.world.residents.insert(unit_id, ids);
        }
        Ok(())
    }

    fn offerings(&mut self) -> Result<()> {
        let failed = |error: DefinitionError| Error::Failed(error.to_string());
        let packages = packages::all().map_err(failed)?;
        let definitions: Vec<Definition> =
            packages.iter().map(|definition| in_words(definition, &self.words)).collect::<Result<_, _>>().map_err(failed)?;
        for (place, unit) in self.world.units.clone().into_iter().enumerate() {
            let adopted: Vec<(Definition, Overrides)> = definitions
                .iter()
                .filter(|definition| definition.adoptable_by(unit.kind, &unit.code))
                .map(|definition| (definition.clone(), choices(definition, place)))
                .collect();
            let gov = Arc::clone(self.gov);
            self.write(move |tx| {
                for (definition, overrides) in &adopted {
                    let offering = offering::adopt(
                        tx,
                        SYSTEM,
                        &definition.slug,
                        unit.id,
                        &definition.canonical(),
                        &definition.title.id,
                        &overrides.to_json(),
                    )?;
                    crate::store::catalogue::index(tx, &gov, &offering)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// The shipped example of the terms of use, which every demonstration account has accepted.
pub(crate) const TERMS: &str = "contoh-1";

/// Villages differ: some ask for a neighbour's word, in most small offices one person does both first steps.
fn choices(definition: &Definition, place: usize) -> Overrides {
    let modes = &definition.introduction.allowed;
    let introduction = match place % 4 {
        0 if modes.contains(&IntroductionMode::Link) => Some(IntroductionMode::Link),
        _ if modes.contains(&IntroductionMode::None) => Some(IntroductionMode::None),
        _ => None,
    };
    Overrides { introduction, one_person: (!place.is_multiple_of(3)).then_some(true), ..Overrides::default() }
}

fn create_person(tx: &mut Tx<'_>, keys: &kernel::keys::Keys, form: &PersonForm, today: Date) -> Result<Id> {
    let checked = form.check(Checks { today, demo: true }).map_err(|problems| {
        let first = problems.first().map(|problem| format!("{}: {}", problem.field, problem.message.key)).unwrap_or_default();
        Error::Failed(format!("a person of the demonstration is not right: {first}"))
    })?;
    let id = party::create(tx, keys, &checked)?;
    Ok(id)
}

fn is_top(role: &str) -> bool {
    matches!(role, grant::VILLAGE_AFFAIRS | grant::ADMIN | grant::OVERSEER | grant::INSPECTOR)
}

fn short_office(office: &str) -> &str {
    match office {
        "kasi_pelayanan" => "pelayanan",
        "kasi_pemerintahan" => "pemerintahan",
        "kaur_umum" => "umum",
        "kabid_pelayanan" => "kabid",
        other => other,
    }
}

/// The days around `as_of` on which the first busy village's head is away: its secretary acts (Plh).
pub(crate) fn send_away(gov: &Gov, world: &World, from: Timestamp, until: Timestamp, seed: u64) -> Result<()> {
    let Some(village) = world.busy.first().copied() else { return Ok(()) };
    let ctx = Ctx::system(from, "demo", Entropy::seeded(seed ^ 0x91f));
    gov.db().write_now(&ctx, move |tx| {
        let head = post::by_office(tx, village, post::office::HEAD)?.ok_or(Error::Missing)?;
        let secretary = post::by_office(tx, village, post::office::SECRETARY)?.ok_or(Error::Missing)?;
        let Some(acting) = post::holder(tx, secretary.id, from)?.holder else { return Ok(()) };
        let new = NewHolding {
            post: head.id,
            person: acting.person,
            kind: HoldingKind::Plh,
            decree: "SPT Contoh 7".into(),
            from,
            until: Some(until),
        };
        post::appoint(tx, &new)?;
        Ok(())
    })
}

/// Since when the vacant post is vacant: its desk has begun to fill up.
pub(crate) fn vacant_since(zone: unit::Zone, today: Date) -> Timestamp {
    unit::start_of(zone, today.saturating_sub(6.days()))
}

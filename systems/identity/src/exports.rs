//! The lists of this system that may leave as files: security events, and who can see what. Rows about somebody whose data are
//! restricted are left out, and the file says how many.

use std::collections::HashMap;

use kernel::{Error, Id, Result, Rx, account::AccountKind, export::Nature, grant::sight::Sight, limit::Restricted, signal, unit};
use web::{
    Access, Voice,
    export::{ExportKind, Extent, Made, Making, Sheet, Value, left_out},
};

use crate::{
    pages::{
        events::{filter, more, whose, word, zone_of},
        sights::{ASKING, BOOKS, RESIDENTS, say},
    },
    store::{
        alerts,
        sights::{self, Asked, ReportLine, Seer},
    },
    words,
};

/// What the defence noticed.
pub(crate) const EVENTS: &str = "identity.events";
/// Every account with its posts, roles and reach.
pub(crate) const REPORT: &str = "identity.access";
/// Who can open one record, and why.
pub(crate) const SEERS: &str = "identity.seers";
/// Most rows of one file of events.
const EVENTS_MAX: i64 = 20_000;

/// Every list.
pub(crate) const EXPORTS: &[ExportKind] = &[
    ExportKind {
        name: EVENTS,
        title: "identity-events-title",
        nature: Nature::General,
        access: Access::Role("admin"),
        measure: measure_events,
        make: make_events,
    },
    ExportKind {
        name: REPORT,
        title: "identity-sights-accounts",
        nature: Nature::General,
        access: ASKING,
        measure: measure_report,
        make: make_report,
    },
    ExportKind {
        name: SEERS,
        title: "identity-sights-title",
        nature: Nature::General,
        access: ASKING,
        measure: measure_seers,
        make: make_seers,
    },
];

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn heads(voice: &Voice, keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| voice.t(key)).collect()
}

fn root(rx: &mut Rx<'_>) -> Result<Id> {
    Ok(unit::root(rx)?.ok_or(Error::Missing)?.id)
}

/// The rows whose account may leave, and how many may not.
fn free<T>(rx: &mut Rx<'_>, making: &Making<'_>, rows: Vec<T>, account: impl Fn(&T) -> Option<Id>) -> Result<(Vec<T>, usize)> {
    let (restricted, all) = (Restricted::at(rx, making.now)?, rows.len());
    let rows: Vec<T> = rows.into_iter().filter(|row| account(row).is_none_or(|account| !restricted.has_account(account))).collect();
    let without = all - rows.len();
    Ok((rows, without))
}

fn events(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<(Vec<signal::Signal>, usize)> {
    let asked = |name: &str| making.body[name].as_str().unwrap_or_default().to_owned();
    let filter = filter(rx, &asked, zone_of(making.voice))?;
    let rows = signal::list(rx, &filter, None, false, EVENTS_MAX)?;
    free(rx, making, rows, |row| row.account)
}

fn accounts_of(rows: &[signal::Signal]) -> Vec<Id> {
    let mut ids: Vec<Id> = rows.iter().filter_map(|row| row.account).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn measure_events(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Extent> {
    let (rows, _) = events(rx, making)?;
    let about = making.voice.t("identity-events-title");
    Ok(Extent { unit: root(rx)?, about, records: count(rows.len()), persons: count(accounts_of(&rows).len()) })
}

fn make_events(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Made> {
    let ((rows, without), voice) = (events(rx, making)?, making.voice);
    let records = accounts_of(&rows);
    let names = alerts::names(rx, &records)?;
    let keys = [
        "identity-when",
        "identity-signal-kind",
        "identity-signal-more",
        "identity-signal-account",
        "web-username",
        "identity-signal-address",
        "identity-signal-network",
        "identity-signal-device",
    ];
    let line = |row: &signal::Signal| {
        let (name, username) = whose(voice, &names, row);
        let texts = [
            voice.moment(row.at),
            word(voice, row.kind),
            more(voice, row),
            name,
            username,
            row.address.clone(),
            row.network.clone(),
            row.agent.clone(),
        ];
        texts.into_iter().map(Value::from).collect()
    };
    let rows = rows.iter().map(line).collect();
    let sheet = Sheet { name: voice.t("identity-events-title"), heads: heads(voice, &keys), rows, notes: left_out(voice, without) };
    Ok(Made { sheet, records })
}

fn all_sights(making: &Making<'_>) -> Vec<Sight> {
    making.systems.iter().flat_map(|system| system.sights).copied().collect()
}

/// The accounts that may leave, how many may not, and the unit that was asked about.
fn report(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<(Vec<ReportLine>, usize, Option<unit::Unit>)> {
    let slug = making.body["unit"].as_str().unwrap_or_default();
    let below = if slug.is_empty() { None } else { unit::by_slug(rx, slug)? };
    let lines = sights::report(rx, making.officer, below.as_ref(), &all_sights(making), making.now)?;
    let (lines, without) = free(rx, making, lines, |line| Some(line.account))?;
    Ok((lines, without, below))
}

fn measure_report(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Extent> {
    let (lines, _, below) = report(rx, making)?;
    let unit = match below {
        Some(unit) => unit.id,
        None => root(rx)?,
    };
    Ok(Extent { unit, about: making.voice.t("identity-sights-accounts"), records: count(lines.len()), persons: count(lines.len()) })
}

fn make_report(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Made> {
    let (voice, kinds) = (making.voice, all_sights(making));
    let (lines, without, _) = report(rx, making)?;
    let mut heads = heads(voice, &["web-username", "identity-name", "identity-account-kind", "identity-post", "identity-role"]);
    heads.extend(kinds.iter().map(|sight| voice.t(sight.title)));
    let everything = voice.t("identity-sight-everything");
    // A text is looked up once, not once a line.
    let mut named: HashMap<&str, String> = HashMap::new();
    let mut kinds_named: HashMap<AccountKind, String> = HashMap::new();
    for line in &lines {
        kinds_named.entry(line.kind).or_insert_with(|| words::account_kind(voice, line.kind));
        for (role, _) in &line.roles {
            named.entry(role).or_insert_with(|| words::role(voice, role));
        }
    }
    let row = |line: &ReportLine| {
        let roles = line.roles.iter().map(|(role, unit)| format!("{} ({unit})", named[role.as_str()])).collect::<Vec<_>>();
        let mut row: Vec<Value> = vec![
            line.username.as_str().into(),
            line.name.as_str().into(),
            kinds_named[&line.kind].as_str().into(),
            line.posts.join("; ").into(),
            roles.join("; ").into(),
        ];
        row.extend(line.reaches.iter().map(|units| Value::from(if units == "*" { everything.as_str() } else { units.as_str() })));
        row
    };
    let rows = lines.iter().map(row).collect();
    let sheet = Sheet { name: voice.t("identity-sights-title"), heads, rows, notes: left_out(voice, without) };
    Ok(Made { sheet, records: lines.iter().map(|line| line.account).collect() })
}

/// The record a request names, who of those that may leave can open it, and how many may not leave.
fn seers(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<(Asked, Vec<Seer>, usize)> {
    let id = |name: &str| making.body[name].as_str().and_then(|text| text.parse::<Id>().ok());
    let sights_known = all_sights(making);
    let named = |key: &str| sights_known.iter().find(|sight| sight.key == key).copied().ok_or(Error::Missing);
    let (asked, sight) = match (id("case"), id("person"), id("number")) {
        (Some(case), ..) => {
            let asked = sights::asked_case(rx, making.officer, case)?;
            let sight = asked.sight(&sights_known)?;
            (asked, sight)
        }
        (None, Some(person), _) => (sights::asked_resident(rx, making.officer, person)?, named(RESIDENTS)?),
        (None, None, Some(number)) => (sights::asked_number(rx, making.officer, number)?, named(BOOKS)?),
        (None, None, None) => return Err(Error::Missing),
    };
    let seers = sights::seers(rx, &sight, &asked.located, making.now)?;
    let (seers, without) = free(rx, making, seers, |seer| Some(seer.account))?;
    Ok((asked, seers, without))
}

fn measure_seers(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Extent> {
    let (asked, seers, _) = seers(rx, making)?;
    let about = making.voice.t1("identity-sight-resident", "unit", asked.unit.name.as_str());
    let about = if asked.code.is_empty() { about } else { making.voice.t1("identity-sight-case", "code", asked.code.as_str()) };
    Ok(Extent { unit: asked.unit.id, about, records: count(seers.len()), persons: count(seers.len()) })
}

fn make_seers(rx: &mut Rx<'_>, making: &Making<'_>) -> Result<Made> {
    let (voice, (_, seers, without)) = (making.voice, seers(rx, making)?);
    let row = |seer: &Seer| {
        let why = seer.why.iter().map(|why| say(voice, why)).collect::<Vec<_>>().join("; ");
        vec![seer.username.as_str().into(), seer.name.as_str().into(), seer.posts.join("; ").into(), why.into()]
    };
    let sheet = Sheet {
        name: voice.t("identity-sights-title"),
        heads: heads(voice, &["web-username", "identity-name", "identity-post", "identity-sight-why"]),
        rows: seers.iter().map(row).collect(),
        notes: left_out(voice, without),
    };
    Ok(Made { sheet, records: seers.iter().map(|seer| seer.account).collect() })
}

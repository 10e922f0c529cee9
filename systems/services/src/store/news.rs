//! Kabar untuk pemohon: one text to everybody with an open application at a unit, delivered by a job, once each.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kernel::{
    DbError, Error, Expect, Gov, Id, NewEntry, Officer, Result, Row, Rx, Table, Tx, Value, cols,
    election::Policy,
    jobs::{self, NewJob},
    limit::{self, Kind},
    notice::{self, NewMail},
    params,
    unit::Unit,
};
use serde_json::json;

use super::{SYSTEM, lists::ALIVE};
use crate::rules::news::Written;

pub(super) static NEWS: Table = Table::audited(
    "services_news",
    &[
        "unit",
        "offering",
        "purpose",
        "text_id",
        "text_en",
        "by_account",
        "by_label",
        "at",
        "state",
        "reached",
        "mailed",
        "restricted",
        "after_person",
    ],
);
pub(super) static REACH: Table = Table::audited("services_news_reach", &["news", "person", "notice", "at"]);

/// The job that delivers.
pub const JOB: &str = "services.news";
/// The texts of the e-mail: `…-subject` and `…-body`.
const TEMPLATE: &str = "services-mail-news";
/// Applications looked at in one transaction.
const BATCH: i64 = 200;
/// How long a text stands on tracking pages.
const SHOWN: SignedDuration = SignedDuration::from_hours(24 * 30);

/// A text to many applicants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    pub id: Id,
    pub unit: Id,
    /// Only those who applied for this; none for every service of the unit.
    pub offering: Option<Id>,
    pub purpose: String,
    pub text_id: String,
    pub text_en: String,
    /// The post of whoever wrote it.
    pub by_label: String,
    pub at: Timestamp,
    /// `sending`, `sent`, `stopped`.
    pub state: String,
    /// People it stands before, on the pages of their applications.
    pub reached: i64,
    /// Of these, by e-mail too.
    pub mailed: i64,
    /// Left out: the processing of their data is restricted.
    pub restricted: i64,
    after: Option<Id>,
    version: i64,
}

const COLUMNS: &str = "n.id, n.unit, n.offering, n.purpose, n.text_id, n.text_en, n.by_label, n.at, n.state, n.reached, n.mailed, n.restricted, n.after_person, n.version";

fn read(row: &Row) -> Result<News, DbError> {
    Ok(News {
        id: row.get(0)?,
        unit: row.get(1)?,
        offering: row.get(2)?,
        purpose: row.get(3)?,
        text_id: row.get(4)?,
        text_en: row.get(5)?,
        by_label: row.get(6)?,
        at: row.get(7)?,
        state: row.get(8)?,
        reached: row.get(9)?,
        mailed: row.get(10)?,
        restricted: row.get(11)?,
        after: row.get(12)?,
        version: row.get(13)?,
    })
}

/// To whom a text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct To {
    pub unit: Id,
    /// How deep the unit stands.
    pub depth: i64,
    pub offering: Option<Id>,
    /// Applications received until then.
    pub until: Timestamp,
}

/// Whom a text would reach.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reach {
    /// People, each once, on the pages of their applications.
    pub reached: i64,
    /// Of these, by e-mail too.
    pub mailed: i64,
    pub restricted: i64,
}

/// Somebody with open applications: the one with an address first, if any has one.
struct Receiver {
    person: Id,
    case_id: Id,
    lang: String,
    has_email: bool,
}

/// The next people after `after`, in the order of their ids, with whether there are more.
fn receivers(rx: &mut Rx<'_>, to: To, after: Id) -> Result<(Vec<Receiver>, Option<Id>)> {
    let mut bound = params![to.unit, SYSTEM, to.until, after, BATCH].to_vec();
    let mut only = String::new();
    if let Some(offering) = to.offering {
        bound.push(Value::from(offering));
        only = " and c.offering = $6".to_owned();
    }
    let sql = format!(
        "select c.applicant, c.id, a.lang, case when a.email_sealed is null then 0 else 1 end from kernel_case c \
         join services_application a on a.id = c.id where c.u{} = $1 and c.unit = $1 and c.system = $2 and c.received_at <= $3 \
         and c.state in {ALIVE} and c.applicant > $4{only} order by c.applicant, c.id limit $5",
        to.depth.clamp(1, 6)
    );
    let rows = rx.all(&sql, &bound)?;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == BATCH);
    let mut people: BTreeMap<Id, Receiver> = BTreeMap::new();
    for row in &rows {
        let one = Receiver { person: row.get(0)?, case_id: row.get(1)?, lang: row.get(2)?, has_email: row.get::<i64>(3)? == 1 };
        let known = people.get(&one.person);
        if known.is_none_or(|known| one.has_email && !known.has_email) {
            people.insert(one.person, one);
        }
    }
    // Whoever stands last may have more applications behind the end of the page.
    if full && people.len() > 1 {
        people.pop_last();
    }
    let next = people.keys().next_back().copied().filter(|_| full);
    Ok((people.into_values().collect(), next))
}

/// What comes of these people: who is told how, and who is left out.
struct Sorted {
    told: Vec<(Receiver, bool)>,
    restricted: i64,
}

fn sort(rx: &mut Rx<'_>, people: Vec<Receiver>, now: Timestamp) -> Result<Sorted> {
    let ids: Vec<Id> = people.iter().map(|one| one.person).collect();
    let restricted = limit::among(rx, &ids, Kind::Restricted, now)?;
    let withdrawn = limit::among(rx, &ids, Kind::Withdrawn, now)?;
    let (mut told, mut left) = (Vec::new(), 0);
    for one in people {
        if restricted.contains(&one.person) {
            left += 1;
        } else {
            let mails = one.has_email && !withdrawn.contains(&one.person);
            told.push((one, mails));
        }
    }
    Ok(Sorted { told, restricted: left })
}

/// Counts whom a text would reach now.
///
/// # Errors
/// What the database says.
pub fn reach(rx: &mut Rx<'_>, to: To) -> Result<Reach> {
    let (mut reach, mut after) = (Reach::default(), Id::NIL);
    loop {
        let (people, next) = receivers(rx, to, after)?;
        let sorted = sort(rx, people, to.until)?;
        reach.reached += i64::try_from(sorted.told.len()).unwrap_or(0);
        reach.mailed += i64::try_from(sorted.told.iter().filter(|(_, mails)| *mails).count()).unwrap_or(0);
        reach.restricted += sorted.restricted;
        let Some(next) = next else { return Ok(reach) };
        after = next;
    }
}

/// Whether a text may go to many now.
///
/// # Errors
/// `kernel-election-blast` in a Masa Pemilihan.
pub fn may_send(rx: &mut Rx<'_>, now: Timestamp) -> Result<()> {
    Policy::at(rx, now)?.may_blast().map_err(Error::Refused)
}

/// Writes a text down under `id` and has it delivered. Sent twice it is one.
///
/// # Errors
/// As [`may_send`]; [`Error::Missing`] when the service is not the unit's.
pub fn send(tx: &mut Tx<'_>, officer: &Officer, id: Id, unit: &Unit, offering: Option<Id>, text: &Written) -> Result<()> {
    let now = tx.now();
    may_send(tx, now)?;
    if find(tx, id)?.is_some() {
        return Ok(());
    }
    if let Some(offering) = offering
        && kernel::offering::find(tx, offering)?.unit != unit.id
    {
        return Err(Error::Missing);
    }
    let label = officer.post.as_ref().map_or_else(|| officer.name.clone(), |post| post.title.clone());
    let columns = cols! {
        "unit" => unit.id, "offering" => offering, "purpose" => text.purpose.as_str(), "text_id" => text.text_id.as_str(),
        "text_en" => text.text_en.as_str(), "by_account" => officer.account, "by_label" => label, "at" => now, "state" => "sending",
        "reached" => 0_i64, "mailed" => 0_i64, "restricted" => 0_i64,
    };
    tx.insert(&NEWS, id, &columns)?;
    let detail = json!({ "purpose": text.purpose, "offering": offering });
    tx.entry(NewEntry::new("services.news.written").unit(unit.id).object("news", id).detail(detail));
    jobs::add(tx, NewJob::new(JOB, json!({ "news": id })))?;
    Ok(())
}

/// One text.
///
/// # Errors
/// What the database says.
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Option<News>> {
    Ok(rx.one(&format!("select {COLUMNS} from services_news n where n.id = $1"), &params![id])?.as_ref().map(read).transpose()?)
}

/// The newest texts of a unit.
///
/// # Errors
/// What the database says.
pub fn of_unit(rx: &mut Rx<'_>, unit: Id, limit: i64) -> Result<Vec<News>> {
    let sql = format!("select {COLUMNS} from services_news n where n.unit = $1 order by n.at desc, n.id desc limit $2");
    Ok(rx.all(&sql, &params![unit, limit])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// What stands on the tracking page of an open application: what reached its applicant of this unit and service lately.
///
/// # Errors
/// What the database says.
pub fn of_case(rx: &mut Rx<'_>, case: &kernel::case::Case, now: Timestamp) -> Result<Vec<News>> {
    let (Some(person), true) = (case.applicant, case.closed_at.is_none()) else { return Ok(Vec::new()) };
    let sql = format!(
        "select {COLUMNS} from services_news_reach r join services_news n on n.id = r.news where r.person = $1 and r.at > $2 and n.unit = $3 \
         and (n.offering is null or n.offering = $4) and n.at >= $5 order by r.at desc, n.id desc limit 3"
    );
    let rows = rx.all(&sql, &params![person, now - SHOWN, case.unit, case.offering, case.received_at])?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// Delivers to the next people and says whether there are more. What was delivered and where it goes on are one commit, so that
/// a job run again tells nobody twice.
///
/// # Errors
/// [`Error::Missing`] when there is no such text, and what the database says.
pub fn step(tx: &mut Tx<'_>, gov: &Gov, id: Id) -> Result<bool> {
    let news = find(tx, id)?.ok_or(Error::Missing)?;
    let now = tx.now();
    if news.state != "sending" {
        return Ok(false);
    }
    let may = match may_send(tx, now) {
        Ok(()) => true,
        Err(Error::Refused(_)) => false,
        Err(other) => return Err(other),
    };
    if !may {
        tx.update(&NEWS, id, Expect::Version(news.version), &cols! { "state" => "stopped" })?;
        tx.entry(NewEntry::new("services.news.stopped").unit(news.unit).object("news", id));
        return Ok(false);
    }
    let unit = kernel::unit::find(tx, news.unit)?.ok_or(Error::Missing)?;
    let to = To { unit: unit.id, depth: unit.depth, offering: news.offering, until: news.at };
    let (people, next) = receivers(tx, to, news.after.unwrap_or(Id::NIL))?;
    let sorted = sort(tx, people, now)?;
    let (mut reached, mut mailed) = (0_i64, 0_i64);
    for (one, mails) in &sorted.told {
        let notice = if *mails { by_mail(tx, gov, &news, &unit, one)? } else { None };
        let row = tx.ctx().new_id();
        tx.insert(&REACH, row, &cols! { "news" => id, "person" => one.person, "notice" => notice, "at" => now })?;
        reached += 1;
        mailed += i64::from(notice.is_some());
    }
    let columns = cols! {
        "reached" => news.reached + reached, "mailed" => news.mailed + mailed, "restricted" => news.restricted + sorted.restricted,
        "after_person" => next, "state" => if next.is_some() { "sending" } else { "sent" },
    };
    tx.update(&NEWS, id, Expect::Version(news.version), &columns)?;
    let detail = json!({ "reached": reached, "mailed": mailed, "restricted": sorted.restricted });
    tx.entry(NewEntry::new("services.news.delivered").unit(news.unit).object("news", id).detail(detail));
    Ok(next.is_some())
}

fn by_mail(tx: &mut Tx<'_>, gov: &Gov, news: &News, unit: &Unit, to: &Receiver) -> Result<Option<Id>> {
    let (_, email) = super::application(tx, to.case_id)?.contact(gov.keys(), to.case_id)?;
    let Some(email) = email else { return Ok(None) };
    let code = kernel::case::find(tx, to.case_id)?.code;
    let text = if to.lang == "en" && !news.text_en.is_empty() { &news.text_en } else { &news.text_id };
    let args = json!({ "unit": unit.name, "text": text, "path": format!("/lacak/{code}"), "lang": to.lang });
    let new = NewMail { case_id: Some(to.case_id), person: Some(to.person), address: &email, template: TEMPLATE, args: &args };
    Ok(Some(notice::by_mail(tx, gov.keys(), &new)?))
}

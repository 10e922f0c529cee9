//! Who can see what, and why: the answers of `kernel::grant::sight` with the names around them.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use kernel::{
    Error, Id, Officer, Result, Row, Rx, account,
    case::{self, Case},
    db::DbError,
    grant::{
        self, ADMIN, Columns, Grant, Located, OVERSEER, Scope, UNIT_ADMIN,
        sight::{Everybody, Reason, Sight, Watcher},
    },
    numbering, party,
    post::MandateForm,
    unit::{self, Unit, UnitTree},
};

use crate::rules;

/// Who may ask: the administrator, the Inspektorat and others who oversee, the admin of a unit.
pub(crate) const ASKERS: &[&str] = &[ADMIN, OVERSEER, UNIT_ADMIN];

/// What an officer may ask about.
pub(crate) fn reach(officer: &Officer) -> Scope {
    Scope::of_roles(officer, ASKERS)
}

/// One reason in words' pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// A role at a unit; by a post, or of the account itself; with the decree.
    Role { role: String, unit: String, post: Option<String>, decree: String },
    /// It lies with a post acted for.
    Desk { post: String },
    /// It lies with a post that gave a mandate.
    Mandate {
        from: String,
        own: String,
        form: MandateForm,
        /// The only kinds of letter it is given for; every kind when none is named.
        letters: Vec<String>,
    },
}

/// An account that can open a record.
#[derive(Debug, Clone)]
pub(crate) struct Seer {
    pub(crate) account: Id,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) posts: Vec<String>,
    pub(crate) why: Vec<Why>,
}

/// What an account reaches of one kind of record.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    pub(crate) sight: Sight,
    pub(crate) everything: bool,
    /// Units whose subtrees it reaches, with the reason.
    pub(crate) why: Vec<Why>,
    /// How many records it opens by the condition of the lists.
    pub(crate) count: Option<i64>,
}

/// Names looked up once.
pub(crate) struct Book {
    everybody: Everybody,
    units: UnitTree,
    grants: HashMap<Id, Grant>,
    /// What kinds of letter are called; read when a mandate names some.
    letters: HashMap<String, String>,
}

impl Book {
    /// Everybody with the names of units.
    pub(crate) fn read(rx: &mut Rx<'_>, now: Timestamp) -> Result<Self> {
        let root = unit::root(rx)?.ok_or(Error::Missing)?;
        let everybody = Everybody::read(rx, now)?;
        let limited = everybody.watchers.iter().flat_map(|watcher| &watcher.mandated).any(|given| !given.kinds.is_empty());
        let letters = if limited { letter_names(rx)? } else { HashMap::new() };
        Ok(Self { everybody, units: UnitTree::read(rx, root.id)?, grants: HashMap::new(), letters })
    }

    fn letters(&self, kinds: &[String]) -> Vec<String> {
        kinds.iter().map(|kind| self.letters.get(kind).unwrap_or(kind).clone()).collect()
    }

    fn unit(&self, id: Id) -> String {
        self.units.get(id).map(|unit| unit.name.clone()).unwrap_or_default()
    }

    /// "Pj. Kepala Desa, Desa X".
    fn post(&self, id: Id, kind: &str) -> String {
        let Some(post) = self.everybody.posts.get(&id) else { return String::new() };
        rules::post_at(kind, &post.title, &self.unit(post.unit))
    }

    /// The posts an account acts for.
    pub(crate) fn posts(&self, watcher: &Watcher) -> Vec<String> {
        watcher.officer.posts.iter().map(|post| rules::post_at(&post.kind, &post.title, &self.unit(post.unit))).collect()
    }

    /// Reads the grants that are named as reasons.
    fn learn(&mut self, rx: &mut Rx<'_>, ids: impl IntoIterator<Item = Id>) -> Result<()> {
        let unknown: HashSet<Id> = ids.into_iter().filter(|id| !self.grants.contains_key(id)).collect();
        let unknown: Vec<Id> = unknown.into_iter().collect();
        for grant in grant::find_all(rx, &unknown)? {
            self.grants.insert(grant.id, grant);
        }
        Ok(())
    }

    /// What an account reaches of each kind of record, with the reasons.
    fn reaches(&mut self, rx: &mut Rx<'_>, watcher: &Watcher, sights: &[Sight]) -> Result<Vec<Reach>> {
        let grants: Vec<Id> = watcher.officer.grants.iter().map(|grant| grant.grant).collect();
        self.learn(rx, grants)?;
        let mut reaches = Vec::new();
        for sight in sights {
            let scope = sight.scope(&watcher.officer, &watcher.mandated);
            let why = all_reasons(watcher, sight).iter().map(|reason| self.why(watcher, reason)).collect();
            let count = grant::sight::count(rx, sight, &scope)?;
            reaches.push(Reach { sight: *sight, everything: scope.is_all(), why, count });
        }
        Ok(reaches)
    }

    fn why(&self, watcher: &Watcher, reason: &Reason) -> Why {
        match reason {
            Reason::Grant { grant, role, unit } => {
                let held = self.grants.get(grant);
                let by_post = held.and_then(|grant| match grant.to {
                    grant::Grantee::Post(post) => Some(post),
                    grant::Grantee::Account(_) => None,
                });
                let kind =
                    |id: Id| watcher.officer.posts.iter().find(|post| post.post == id).map_or("definitive", |post| post.kind.as_str());
                Why::Role {
                    role: role.clone(),
                    unit: self.unit(*unit),
                    post: by_post.map(|id| self.post(id, kind(id))),
                    decree: held.map(|grant| grant.decree.clone()).unwrap_or_default(),
                }
            }
            Reason::Desk { post, kind, .. } => Why::Desk { post: self.post(*post, kind) },
            Reason::Mandate { post, own_post, form, kinds } => Why::Mandate {
                from: self.post(*post, "definitive"),
                own: self.post(*own_post, "definitive"),
                form: *form,
                letters: self.letters(kinds),
            },
        }
    }
}

/// What kinds of letter are called, as units offer them.
fn letter_names(rx: &mut Rx<'_>) -> Result<HashMap<String, String>> {
    let rows = rx.all("select kind, min(title) from kernel_offering group by kind", &[])?;
    Ok(rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, DbError>>()?)
}

/// A record that is asked about.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) located: Located,
    pub(crate) unit: Unit,
    /// What the page calls it, without a personal value: the code of a case, the number of a letter, nothing for a resident.
    pub(crate) code: String,
    /// The system it belongs to.
    pub(crate) system: String,
}

impl Asked {
    /// The sight whose lists read cases of its system; one that says nothing of its cases has no answer.
    pub(crate) fn sight(&self, sights: &[Sight]) -> Result<Sight> {
        let of_system = |sight: &&Sight| sight.counted.is_some() && sight.key.split('.').next() == Some(self.system.as_str());
        sights.iter().find(of_system).copied().ok_or(Error::Missing)
    }
}

/// The case, for whoever may ask about it.
pub(crate) fn asked_case(rx: &mut Rx<'_>, officer: &Officer, id: Id) -> Result<Asked> {
    let case: Case = case::find(rx, id)?;
    let located = Located::of_case(&case);
    let unit = unit::find(rx, case.unit)?.ok_or(Error::Missing)?;
    if !reach(officer).covers(&Located::at(&unit)) {
        return Err(Error::Missing);
    }
    Ok(Asked { located, unit, code: case.code, system: case.system })
}

/// The resident, for whoever may ask about them.
pub(crate) fn asked_resident(rx: &mut Rx<'_>, officer: &Officer, id: Id) -> Result<Asked> {
    let home = party::find(rx, id)?.and_then(|person| person.unit).ok_or(Error::Missing)?;
    let unit = unit::find(rx, home)?.ok_or(Error::Missing)?;
    if !reach(officer).covers(&Located::at(&unit)) {
        return Err(Error::Missing);
    }
    Ok(Asked { located: Located::at(&unit), unit, code: String::new(), system: String::new() })
}

/// The number in a register, for whoever may ask about it: a letter that was written on paper has no case, this is all there is of it.
pub(crate) fn asked_number(rx: &mut Rx<'_>, officer: &Officer, id: Id) -> Result<Asked> {
    // A number set aside is no letter yet.
    let number = numbering::find(rx, id)?.filter(|number| number.state != numbering::State::Reserved).ok_or(Error::Missing)?;
    let unit = unit::find(rx, number.unit)?.ok_or(Error::Missing)?;
    if !reach(officer).covers(&Located::at(&unit)) {
        return Err(Error::Missing);
    }
    Ok(Asked { located: Located::at(&unit), unit, code: number.text, system: String::new() })
}

/// The case of the letter with this number; none when it was written on paper.
pub(crate) fn case_of_number(rx: &mut Rx<'_>, id: Id) -> Result<Option<Id>> {
    let sql = "select d.case_id from kernel_number n join kernel_document d on d.id = n.document where n.id = $1 and d.case_id is not null";
    Ok(rx.one(sql, &kernel::params![id])?.map(|row| row.get(0)).transpose()?)
}

/// Who opens the record by this sight, each with every reason.
pub(crate) fn seers(rx: &mut Rx<'_>, sight: &Sight, row: &Located, now: Timestamp) -> Result<Vec<Seer>> {
    let mut book = Book::read(rx, now)?;
    let found: Vec<(Watcher, Vec<Reason>)> =
        book.everybody.who_sees(sight, row).into_iter().map(|(watcher, why)| (watcher.clone(), why)).collect();
    let named = found.iter().flat_map(|(_, why)| why).filter_map(|reason| match reason {
        Reason::Grant { grant, .. } => Some(*grant),
        _ => None,
    });
    book.learn(rx, named.collect::<Vec<_>>())?;
    let seer = |(watcher, why): (Watcher, Vec<Reason>)| Seer {
        account: watcher.officer.account,
        posts: book.posts(&watcher),
        why: why.iter().map(|reason| book.why(&watcher, reason)).collect(),
        username: watcher.username.clone(),
        name: watcher.officer.name.clone(),
    };
    Ok(found.into_iter().map(seer).collect())
}

/// Whether an officer may ask what an account can see: the administrator about all, others about those that work or hold a role
/// within their reach.
fn may_ask_about(officer: &Officer, watcher: &Watcher, units: &UnitTree) -> bool {
    let reach = reach(officer);
    let posts = watcher.officer.posts.iter().map(|post| post.unit);
    let roles = watcher.officer.grants.iter().map(|grant| grant.unit);
    reach.is_all() || posts.chain(roles).any(|id| units.get(id).is_some_and(|unit| reach.covers(&Located::at(unit))))
}

/// An account with what it reaches of every kind of record, for whoever may ask.
pub(crate) fn reaches_of(
    rx: &mut Rx<'_>,
    officer: &Officer,
    id: Id,
    sights: &[Sight],
    now: Timestamp,
) -> Result<(Watcher, Vec<String>, Vec<Reach>)> {
    let mut book = Book::read(rx, now)?;
    let watcher = book.everybody.watchers.iter().find(|watcher| watcher.officer.account == id).cloned().ok_or(Error::Missing)?;
    if !may_ask_about(officer, &watcher, &book.units) {
        return Err(Error::Missing);
    }
    let reaches = book.reaches(rx, &watcher, sights)?;
    Ok((watcher.clone(), book.posts(&watcher), reaches))
}

/// What an account reaches, for whoever reviews its rights; nothing of one that can no longer be used.
pub(crate) fn reaches_for_review(rx: &mut Rx<'_>, id: Id, sights: &[Sight], now: Timestamp) -> Result<Vec<Reach>> {
    let mut book = Book::read(rx, now)?;
    let found = book.everybody.watchers.iter().find(|watcher| watcher.officer.account == id).cloned();
    match found {
        Some(watcher) => book.reaches(rx, &watcher, sights),
        None => Ok(Vec::new()),
    }
}

/// Why an account reaches anything of a kind: every grant, desk and mandate that opens it.
fn all_reasons(watcher: &Watcher, sight: &Sight) -> Vec<Reason> {
    let officer = &watcher.officer;
    let grants = officer.grants.iter().filter(|grant| sight.roles.contains(&grant.role.as_str()));
    let mut found: Vec<Reason> =
        grants.map(|grant| Reason::Grant { grant: grant.grant, role: grant.role.clone(), unit: grant.unit }).collect();
    if sight.desks {
        found.extend(officer.posts.iter().map(|post| Reason::Desk { post: post.post, holding: post.holding, kind: post.kind.clone() }));
        found.extend(watcher.mandated.iter().map(Reason::mandate));
    }
    found
}

/// A line of the report: an account and what it reaches.
#[derive(Debug, Clone)]
pub(crate) struct ReportLine {
    pub(crate) account: Id,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) kind: account::AccountKind,
    pub(crate) posts: Vec<String>,
    pub(crate) roles: Vec<(String, String)>,
    /// For each sight, the names of the units reached; `*` for everything.
    pub(crate) reaches: Vec<String>,
}

/// Every account an officer may ask about, by username; below one unit when given.
pub(crate) fn report(
    rx: &mut Rx<'_>,
    officer: &Officer,
    below: Option<&Unit>,
    sights: &[Sight],
    now: Timestamp,
) -> Result<Vec<ReportLine>> {
    let book = Book::read(rx, now)?;
    let within = |watcher: &Watcher| {
        let posts = watcher.officer.posts.iter().map(|post| post.unit);
        let roles = watcher.officer.grants.iter().map(|grant| grant.unit);
        below.is_none_or(|top| posts.chain(roles).any(|id| book.units.get(id).is_some_and(|unit| unit.is_within(top.id))))
    };
    let asked = book.everybody.watchers.iter().filter(|watcher| may_ask_about(officer, watcher, &book.units) && within(watcher));
    Ok(asked
        .map(|watcher| ReportLine {
            account: watcher.officer.account,
            username: watcher.username.clone(),
            name: watcher.officer.name.clone(),
            kind: watcher.kind,
            posts: book.posts(watcher),
            roles: watcher.officer.grants.iter().map(|grant| (grant.role.clone(), book.unit(grant.unit))).collect(),
            reaches: sights
                .iter()
                .map(|sight| {
                    let scope = sight.scope(&watcher.officer, &watcher.mandated);
                    if scope.is_all() {
                        return "*".to_owned();
                    }
                    let units = scope.units().iter().map(|(unit, _)| book.unit(*unit));
                    let desks = scope.posts().iter().map(|post| book.post(*post, "definitive"));
                    let some = scope.kinds().iter();
                    let some = some.map(|(post, kinds)| format!("{}: {}", book.post(*post, "definitive"), book.letters(kinds).join(", ")));
                    units.chain(desks).chain(some).collect::<Vec<_>>().join("; ")
                })
                .collect(),
        })
        .collect())
}

/// What the words typed lead to: a case by its tracking code, a letter's case by its verification code or its number, a letter
/// without a case by its number, an account by username.
pub(crate) enum Target {
    Case(Id),
    Account(Id),
    /// Letters of several units may carry the same number.
    Numbers(Vec<Numbered>),
}

/// A number in the register of a unit.
#[derive(Debug, Clone)]
pub(crate) struct Numbered {
    pub(crate) id: Id,
    /// The case of its letter; none when it was written on paper.
    pub(crate) case: Option<Id>,
    pub(crate) text: String,
    pub(crate) unit: String,
}

/// Most letters with one number that are listed.
const SAME_NUMBER_MAX: i64 = 50;

/// The letters with this number within the officer's reach.
fn numbered(rx: &mut Rx<'_>, officer: &Officer, typed: &str) -> Result<Vec<Numbered>> {
    let (condition, mut bound) = reach(officer).filter(&Columns::UNIT, "u", 3);
    bound.splice(0..0, kernel::params![typed, SAME_NUMBER_MAX]);
    let sql = format!(
        "select n.id, d.case_id, n.text, u.name from kernel_number n join kernel_unit u on u.id = n.unit \
         left join kernel_document d on d.id = n.document where n.text = $1 and n.state <> 'reserved' and {condition} \
         order by u.name, n.year desc, n.id limit $2"
    );
    let read = |row: &Row| Ok(Numbered { id: row.get(0)?, case: row.get(1)?, text: row.get(2)?, unit: row.get(3)? });
    Ok(rx.all(&sql, &bound)?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// Finds what was typed, within the officer's reach.
pub(crate) fn find(rx: &mut Rx<'_>, officer: &Officer, typed: &str, now: Timestamp) -> Result<Option<Target>> {
    if let Ok(code) = indonesian::Code::parse(typed) {
        let by_code = rx.one("select id from kernel_case where code = $1", &kernel::params![code.as_str()])?;
        let by_letter =
            rx.one("select case_id from kernel_document where verify_code = $1 and case_id is not null", &kernel::params![code.as_str()])?;
        let case: Option<Id> = by_code.or(by_letter).map(|row| row.get(0)).transpose().map_err(|error: DbError| error)?;
        if let Some(case) = case
            && asked_case(rx, officer, case).is_ok()
        {
            return Ok(Some(Target::Case(case)));
        }
    }
    let numbers = numbered(rx, officer, typed)?;
    if !numbers.is_empty() {
        return Ok(Some(Target::Numbers(numbers)));
    }
    let Some(account) = account::by_username(rx, typed)? else { return Ok(None) };
    Ok(reaches_of(rx, officer, account.id, &[], now).is_ok().then_some(Target::Account(account.id)))
}

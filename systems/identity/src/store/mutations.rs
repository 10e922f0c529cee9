//! Mutations with the names of people, posts and units around them.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use kernel::{
    Error, Expect, Gov, Id, NewEntry, Officer, Result, Row, Rx, Tx,
    case::{self, Case, Move, NewCase, NextTask},
    clock::{Calendars, CaseClock, Rule, Starts},
    db::DbError,
    definition, document,
    grant::{self, Grant},
    jobs::{self, NewJob},
    keys::Keys,
    mutation::{self, Act, ActState, Line, Mutation, Outcome, Plan},
    notice, params, party,
    post::{self, Post},
    unit::{self, Unit, UnitTree},
};

use crate::{
    model::{PostChoice, Who},
    rules::{self, mutation::PersonLine},
};

/// The job that does what is to be done at the minute.
pub(crate) const JOB: &str = "identity.mutation";
/// The kind of a case in which acts in between are confirmed or revoked.
pub(crate) const CONFIRMING: &str = "mutation-acts";
/// How long a head has to confirm or revoke acts in between.
const CONFIRM_WITHIN_WORKING_DAYS: u32 = 5;

/// What the page of a mutation speaks of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    pub(crate) people: HashMap<Id, String>,
    pub(crate) posts: HashMap<Id, Post>,
    pub(crate) units: HashMap<Id, Unit>,
}

impl Names {
    /// The names of people and posts, with the posts' units.
    pub(crate) fn of(rx: &mut Rx<'_>, people: &HashSet<Id>, posts: &HashSet<Id>) -> Result<Self> {
        let ids: Vec<Id> = people.iter().copied().collect();
        let mut names = Self::default();
        for person in party::find_all(rx, &ids)? {
            names.people.insert(person.id, person.name);
        }
        for id in posts {
            let Some(post) = post::find(rx, *id)? else { continue };
            if !names.units.contains_key(&post.unit)
                && let Some(unit) = unit::find(rx, post.unit)?
            {
                names.units.insert(unit.id, unit);
            }
            names.posts.insert(*id, post);
        }
        Ok(names)
    }

    pub(crate) fn person(&self, id: Id) -> String {
        self.people.get(&id).cloned().unwrap_or_default()
    }

    /// "Kepala Desa, Desa X".
    pub(crate) fn post(&self, id: Id) -> String {
        let Some(post) = self.posts.get(&id) else { return String::new() };
        let unit = self.units.get(&post.unit).map(|unit| unit.name.as_str()).unwrap_or_default();
        rules::post_at("definitive", &post.title, unit)
    }
}

/// A mutation with what it does or did.
pub(crate) struct Whole {
    pub(crate) mutation: Mutation,
    pub(crate) lines: Vec<Line>,
    /// As things stand, for a draft; empty for one that is set.
    pub(crate) plan: Plan,
    pub(crate) names: Names,
    /// Open tasks by post.
    pub(crate) tasks: HashMap<Id, i64>,
    /// Roles that come with each post.
    pub(crate) roles: HashMap<Id, Vec<Grant>>,
    /// Live sessions of the people that leave a post or the government.
    pub(crate) sessions: HashMap<Id, i64>,
    /// Acts in between, when the moment has passed.
    pub(crate) acts: Vec<Act>,
    /// Cases in which they are confirmed.
    pub(crate) cases: Vec<Case>,
}

/// The mutation an officer sees, with everything around it.
pub(crate) fn whole(rx: &mut Rx<'_>, officer: &Officer, id: Id, now: Timestamp) -> Result<Whole> {
    let mutation = mutation::find(rx, id)?.filter(|found| rules::mutation::sees(officer, found)).ok_or(Error::Missing)?;
    let draft = mutation.state == mutation::State::Draft;
    let (lines, _, plan) = mutation::preview(rx, &mutation)?;
    let plan = if draft { plan } else { Plan::default() };
    let mut people: HashSet<Id> = lines.iter().map(|line| line.person).collect();
    let mut posts: HashSet<Id> = lines.iter().flat_map(|line| [line.from_post, line.to_post, line.tasks_to]).flatten().collect();
    for change in &plan.changes {
        posts.insert(change.post);
        posts.extend(change.tasks_to);
        people.extend([change.from(), change.to()].into_iter().flatten());
    }
    for effect in &plan.effects {
        match effect {
            mutation::Effect::MandateEnds { mandate, .. } => posts.extend([mandate.from_post, mandate.to_post]),
            mutation::Effect::HoldingEnds { holding, .. } => {
                people.insert(holding.person);
            }
            _ => {}
        }
    }
    let ids: Vec<Id> = posts.iter().copied().collect();
    let mut roles = HashMap::new();
    for change in &plan.changes {
        let held: Vec<Grant> = grant::of_post(rx, change.post)?;
        let open = |grant: &Grant| grant.until.is_none_or(|until| mutation.effective_at < until);
        roles.insert(change.post, held.into_iter().filter(open).collect());
    }
    let leaving: Vec<Id> = plan.changes.iter().filter_map(mutation::Change::from).collect();
    let acts = if draft && mutation.effective_at < now {
        mutation::acts_between(rx, &plan.changes, mutation.effective_at, now)?
    } else {
        Vec::new()
    };
    Ok(Whole {
        names: Names::of(rx, &people, &posts)?,
        tasks: mutation::tasks_at(rx, &ids)?,
        sessions: sessions_of(rx, &leaving, now)?,
        cases: cases_of(rx, id)?,
        roles,
        acts,
        mutation,
        lines,
        plan,
    })
}

fn sessions_of(rx: &mut Rx<'_>, people: &[Id], now: Timestamp) -> Result<HashMap<Id, i64>> {
    let mut found = HashMap::new();
    let sql = "select count(*) from kernel_session s join kernel_account a on a.id = s.account where a.person = $1 and s.expires_at > $2";
    for person in people {
        found.insert(*person, rx.count(sql, &params![*person, now])?);
    }
    Ok(found)
}

fn cases_of(rx: &mut Rx<'_>, mutation: Id) -> Result<Vec<Case>> {
    let sql = "select distinct case_id from kernel_mutation_act where mutation = $1 order by case_id";
    let ids: Vec<Id> = rx.all(sql, &params![mutation])?.iter().map(|row| row.get(0)).collect::<Result<_, DbError>>()?;
    ids.into_iter().map(|id| case::find(rx, id)).collect()
}

/// The newest mutations the officer sees, each with how many people it names.
pub(crate) fn seen(rx: &mut Rx<'_>, officer: &Officer, limit: i64) -> Result<Vec<(Mutation, usize)>> {
    let mut found = Vec::new();
    for mutation in mutation::list(rx, limit)? {
        if rules::mutation::sees(officer, &mutation) {
            let people = mutation::lines(rx, mutation.id)?.len();
            found.push((mutation, people));
        }
    }
    Ok(found)
}

/// The standing posts in units the officer keeps whose title or unit has the words typed, with who holds them; at most `limit`.
pub(crate) fn kept_posts(rx: &mut Rx<'_>, officer: &Officer, typed: &str, at: Timestamp, limit: usize) -> Result<Vec<PostChoice>> {
    let root = unit::root(rx)?.ok_or(Error::Missing)?;
    let tree = UnitTree::read(rx, root.id)?;
    let wanted: Vec<String> = typed.split_whitespace().map(indonesian::place_key).collect();
    let sql = "select p.id, p.title, p.unit from kernel_post p join kernel_unit u on u.id = p.unit \
               where p.valid_until is null and u.valid_until is null order by u.code, p.place, p.id";
    let mut found = Vec::new();
    for row in rx.all(sql, &[])? {
        let (title, unit_id): (String, Id) = (row.get(1)?, row.get(2)?);
        let Some(unit) = tree.get(unit_id).filter(|unit| rules::may_keep(officer, unit)) else { continue };
        let words = rules::post_at("definitive", &title, &unit.name);
        let key = indonesian::place_key(&format!("{title} {}", unit.name));
        if wanted.iter().all(|word| key.contains(word.as_str())) || unit.code == typed.trim() {
            found.push(PostChoice { post: row.get(0)?, words, holder: None });
        }
        if found.len() == limit {
            break;
        }
    }
    let ids: Vec<Id> = found.iter().map(|choice| choice.post).collect();
    let mut posts = Vec::with_capacity(ids.len());
    for id in ids {
        posts.extend(post::find(rx, id)?);
    }
    let lines = post::lines(rx, posts, at)?;
    for choice in &mut found {
        choice.holder = lines.iter().find(|line| line.post.id == choice.post).and_then(|line| line.holder.clone());
    }
    Ok(found)
}

/// What a person holds at a moment and later, as choices.
pub(crate) fn held_posts(rx: &mut Rx<'_>, person: Id, at: Timestamp) -> Result<Vec<PostChoice>> {
    let sql = "select distinct h.post, p.title, u.name from kernel_holding h join kernel_post p on p.id = h.post join kernel_unit u on u.id = p.unit \
               where h.person = $1 and h.effective_from <= $2 and (h.effective_until is null or h.effective_until > $2) order by h.post";
    let read = |row: &Row| {
        Ok(PostChoice {
            post: row.get(0)?,
            words: rules::post_at("definitive", &row.get::<String>(1)?, &row.get::<String>(2)?),
            holder: None,
        })
    };
    Ok(rx.all(sql, &params![person, at])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// Refuses posts, or people who hold posts, of units the officer does not keep.
pub(crate) fn require_kept(rx: &mut Rx<'_>, officer: &Officer, line: &mutation::NewLine, at: Timestamp) -> Result<()> {
    let mut posts: Vec<Id> = [line.from_post, line.to_post, line.tasks_to].into_iter().flatten().collect();
    if line.manner.leaves() {
        posts.extend(held_posts(rx, line.person, at)?.into_iter().map(|choice| choice.post));
    }
    for id in posts {
        let post = post::find(rx, id)?.ok_or(Error::Missing)?;
        let unit = unit::find(rx, post.unit)?.ok_or(Error::Missing)?;
        if !rules::may_keep(officer, &unit) {
            return Err(Error::refused("identity-mutation-not-kept"));
        }
    }
    Ok(())
}

/// Adds a person to a draft, made first when nobody knows them.
pub(crate) fn add_person(tx: &mut Tx<'_>, keys: &Keys, officer: &Officer, mutation: &Mutation, new: &PersonLine) -> Result<()> {
    let unit = unit::find(tx, mutation.unit)?.ok_or(Error::Missing)?;
    let person = match &new.who {
        Who::Known(person) => *person,
        Who::New { name, employee_number } => super::official(tx, keys, &unit, name, employee_number)?,
    };
    let line = mutation::NewLine { person, ..new.line.clone() };
    require_kept(tx, officer, &line, mutation.effective_at)?;
    mutation::add_line(tx, mutation.id, &line).map(drop)
}

/// Sets a mutation. Before its moment a job waits for it; behind it, what was done in between is laid before whoever must
/// confirm it.
pub(crate) fn set(tx: &mut Tx<'_>, gov: &Gov, id: Id, expect: Expect) -> Result<usize> {
    let before = mutation::find(tx, id)?.ok_or(Error::Missing)?;
    let now = tx.now();
    let (_, _, plan) = mutation::preview(tx, &before)?;
    let acts = if before.effective_at < now { mutation::acts_between(tx, &plan.changes, before.effective_at, now)? } else { Vec::new() };
    let (_, outcome) = mutation::set(tx, id, expect)?;
    match outcome {
        None => {
            jobs::add(tx, NewJob::new(JOB, serde_json::json!({ "mutation": id })).at(before.effective_at))?;
        }
        Some(outcome) => tell(tx, &before, &outcome)?,
    }
    let mut posts: Vec<Id> = acts.iter().map(|act| act.post).collect();
    posts.sort_unstable();
    posts.dedup();
    for post in posts {
        let of_post: Vec<Act> = acts.iter().filter(|act| act.post == post).cloned().collect();
        confirm(tx, gov, &before, post, &of_post)?;
    }
    Ok(acts.len())
}

/// Does what is to be done at the minute, and tells the posts that passed on.
pub(crate) fn take_effect(tx: &mut Tx<'_>, id: Id) -> Result<Option<Outcome>> {
    match mutation::take_effect(tx, id)? {
        Some((mutation, outcome)) => {
            tell(tx, &mutation, &outcome)?;
            Ok(Some(outcome))
        }
        None => Ok(None),
    }
}

/// Does what is to be done for every mutation whose moment has come; says how many.
pub(crate) fn take_due(tx: &mut Tx<'_>) -> Result<usize> {
    let now = tx.now();
    let due = mutation::due(tx, now)?;
    for found in &due {
        take_effect(tx, found.id)?;
    }
    Ok(due.len())
}

/// Tells every post that passed to somebody.
fn tell(tx: &mut Tx<'_>, mutation: &Mutation, outcome: &Outcome) -> Result<()> {
    let now = tx.now();
    let tasks = mutation::tasks_at(tx, &outcome.posts)?;
    for post in &outcome.posts {
        if post::holder(tx, *post, now)?.holder.is_some() {
            let args = serde_json::json!({ "decree": mutation.decree, "tasks": tasks.get(post).copied().unwrap_or(0) });
            notice::to_post(tx, *post, None, "identity-notice-mutation", &args)?;
        }
    }
    Ok(())
}

/// Opens the case in which acts for a post are confirmed or revoked: by whoever acts for it now, else by the head of its unit,
/// else by the head of the unit above.
fn confirm(tx: &mut Tx<'_>, gov: &Gov, mutation: &Mutation, post_id: Id, acts: &[Act]) -> Result<()> {
    let post = post::find(tx, post_id)?.ok_or(Error::Missing)?;
    let unit = unit::find(tx, post.unit)?.ok_or(Error::Missing)?;
    let now = tx.now();
    let desk = if post::holder(tx, post_id, now)?.is_vacant() { super::heads::above(tx, &unit, now)? } else { Some(post.clone()) };
    let case =
        open_case(tx, gov, CONFIRMING, &unit, desk.as_ref(), "confirm", &post.title, Rule::WorkingDays(CONFIRM_WITHIN_WORKING_DAYS))?;
    mutation::keep_acts(tx, mutation, case.id, acts)?;
    let entry = NewEntry::new("identity.acts.laid_before").case(case.id).unit(unit.id).object("post", post_id);
    tx.entry(entry.detail(serde_json::json!({ "mutation": mutation.id, "acts": acts.len() })));
    Ok(())
}

/// A case of this system with one task at a desk.
#[expect(clippy::too_many_arguments, reason = "one envelope made in one place")]
pub(crate) fn open_case(
    tx: &mut Tx<'_>,
    gov: &Gov,
    kind: &str,
    unit: &Unit,
    desk: Option<&Post>,
    action: &str,
    subject: &str,
    rule: Rule,
) -> Result<Case> {
    let now = tx.now();
    let definition =
        definition::put(tx, crate::SYSTEM.slug, kind, &format!("{{\"kind\":\"{kind}\",\"states\":[\"open\",\"escalated\",\"closed\"]}}"))?;
    let office = gov.cached::<Calendars>().book(tx)?.office(&unit.ancestors);
    let due = office.due(&CaseClock::new(rule, Starts::Receipt), Some(now), now);
    let code = indonesian::Code::encode(tx.ctx().random());
    let new = NewCase {
        system: crate::SYSTEM.slug,
        kind,
        definition,
        offering: None,
        code: code.as_str(),
        unit: unit.id,
        units: unit.ancestors,
        subject,
        applicant: None,
        channel: "import",
        secrecy: "internal",
    };
    let first = Move {
        action: "open",
        to_state: "open",
        step: 0,
        task: desk.map(|post| NextTask { post: post.id, unit: post.unit, action }),
        due,
        actor_label: "",
        actor_post: None,
        note: "",
        public: false,
        outcome: None,
    };
    case::open(tx, &new, &first)
}

/// A case of this system an officer may work on: its task lies with a post the officer acts for.
pub(crate) fn own_case(rx: &mut Rx<'_>, officer: &Officer, kind: &str, case_id: Id) -> Result<Case> {
    let case = case::find(rx, case_id)?;
    let mine = case.at_post.is_some_and(|post| officer.posts.iter().any(|held| held.post == post));
    if case.system == crate::SYSTEM.slug && case.kind == kind && mine { Ok(case) } else { Err(Error::Missing) }
}

/// An act in words: the letter or the application, with where it leads.
#[derive(Debug, Clone)]
pub(crate) struct ActLine {
    pub(crate) act: Act,
    /// Title and number of the letter; the kind of the application's task.
    pub(crate) title: String,
    pub(crate) number: String,
    pub(crate) by: String,
    pub(crate) code: String,
}

/// The acts with what they were about.
pub(crate) fn act_lines(rx: &mut Rx<'_>, acts: Vec<Act>) -> Result<Vec<ActLine>> {
    let people: HashSet<Id> = acts.iter().map(|act| act.person).collect();
    let names = Names::of(rx, &people, &HashSet::new())?;
    let mut lines = Vec::with_capacity(acts.len());
    for act in acts {
        let letter = match act.document {
            Some(id) => document::find(rx, id)?,
            None => None,
        };
        let case = match act.about_case {
            Some(id) => Some(case::find(rx, id)?),
            None => None,
        };
        let task: Option<String> = match act.what.as_str() {
            "task" => rx.one("select action from kernel_task where id = $1", &params![act.object])?.map(|row| row.get(0)).transpose()?,
            _ => None,
        };
        lines.push(ActLine {
            title: letter.as_ref().map(|letter| letter.title.clone()).or(task).unwrap_or_default(),
            number: letter.and_then(|letter| letter.number).unwrap_or_default(),
            by: names.person(act.person),
            code: case.map(|case| case.code).unwrap_or_default(),
            act,
        });
    }
    Ok(lines)
}

/// Decides an act. A letter signed without power is revoked; of a step in an application its desk is told by a remark. When
/// nothing waits any more the case is closed.
pub(crate) fn decide(tx: &mut Tx<'_>, case: &Case, act_id: Id, state: ActState, reason: &str, label: &str) -> Result<bool> {
    let acts = mutation::acts_of_case(tx, case.id)?;
    let act = acts.iter().find(|act| act.id == act_id).ok_or(Error::Missing)?;
    mutation::decide(tx, case.id, act, state, reason)?;
    if state == ActState::Revoked {
        let letter = match act.document {
            Some(id) => document::find(tx, id)?,
            None => None,
        };
        if let Some(letter) = letter.filter(|letter| matches!(letter.state, document::State::AwaitingScan | document::State::InForce)) {
            document::revoke(tx, letter.id, Expect::Version(letter.version), reason)?;
        }
    }
    if let Some(about) = act.about_case {
        let about = case::find(tx, about)?;
        case::remark(tx, &about, if state == ActState::Revoked { "act_revoked" } else { "act_confirmed" }, label, reason, false)?;
    }
    if acts.iter().any(|other| other.id != act_id && other.state == ActState::Waiting) {
        return Ok(false);
    }
    close(tx, case, "decided", label)?;
    Ok(true)
}

/// Ends a case of this system.
pub(crate) fn close(tx: &mut Tx<'_>, case: &Case, action: &str, label: &str) -> Result<()> {
    let step = Move {
        action,
        to_state: "closed",
        step: 1,
        task: None,
        due: case::Due { state: case::DueState::Closed, ..case.due.clone() },
        actor_label: label,
        actor_post: None,
        note: "",
        public: false,
        outcome: Some("granted"),
    };
    case::advance(tx, case, &step).map(drop)
}

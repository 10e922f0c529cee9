//! What officers look through: their tasks, what waits elsewhere, what is finished, the register of applications.

use jiff::{SignedDuration, Timestamp};
use kernel::{
    DbError, Id, Officer, Result, Row, Rx, Value,
    case::{Case, Due, DueState, Task},
    definition::Hash,
    grant::{Columns, Located, Scope},
    params,
    post::{self, MandatedPost, Right},
    search,
};

mod register;

pub use register::{RegisterFilter, RegisterOrder, RegisterPage, StateFilter, register, register_extent};

use super::{Dossier, SYSTEM};

/// Stands after every real deadline.
pub const NO_DUE: i64 = i64::MAX;
/// Most hits of a search that narrow a list.
const HITS_MAX: i64 = 60;
/// A count that says "many".
pub const MANY: i64 = 100;
/// How long one's own acts keep a case in sight.
const OWN_ACTS: SignedDuration = SignedDuration::from_hours(24 * 120);
/// States in which an application still needs somebody.
pub(super) const ALIVE: &str =
    "('introduction', 'incomplete', 'checking', 'initialing', 'signing', 'acknowledging', 'awaiting_scan', 'ready')";

/// Where an officer sits at this moment: own posts, posts acted for by mandate, and what the roles reach.
#[derive(Debug, Clone)]
pub struct Seat {
    pub account: Id,
    pub posts: Vec<Id>,
    /// Posts acted for by mandate, each with the services it is given for; no service named is every service.
    pub mandated: Vec<MandatedPost>,
    /// Units of the own posts, with their depth.
    pub units: Vec<(Id, i64)>,
    pub scope: Scope,
}

impl Seat {
    /// Whether a case may be seen at all.
    #[must_use]
    pub fn covers(&self, case: &Case) -> bool {
        self.scope.covers(&Located::of_case(case))
    }
}

/// The seat of an officer, with the reach of `roles`.
///
/// # Errors
/// What the database says.
pub fn seat(rx: &mut Rx<'_>, officer: &Officer, roles: &[&str], now: Timestamp) -> Result<Seat> {
    let mandated = post::mandated_posts(rx, &officer.posts, None, now)?;
    let mut own = Condition::default();
    let ids: Vec<Id> = officer.posts.iter().map(|post| post.unit).collect();
    let sql = format!("select id, depth from kernel_unit where {} order by id", own.any_of("id", &ids));
    let units = rx.all(&sql, &own.bound)?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, DbError>>()?;
    let scope = mandated.iter().fold(Scope::of(officer, roles), Scope::with_mandate);
    Ok(Seat { account: officer.account, posts: officer.posts.iter().map(|post| post.post).collect(), mandated, units, scope })
}

/// One application in a list.
#[derive(Debug, Clone)]
pub struct Line {
    /// The id the page goes on after: of the task or the case.
    pub row: Id,
    /// The value it is ordered by.
    pub order: i64,
    pub case_id: Id,
    pub kind: String,
    pub definition: Hash,
    pub code: String,
    /// Masked.
    pub subject: String,
    pub state: String,
    pub unit: Id,
    pub unit_name: String,
    pub units: [Option<Id>; 6],
    pub due: Due,
    pub received_at: Timestamp,
    pub channel: String,
    pub outcome: String,
    pub on_time: Option<bool>,
    pub at_post: Option<Id>,
    /// Title of the post it lies with.
    pub at_title: String,
}

const COLUMNS: &str = "c.id, c.kind, c.definition, c.code, c.subject, c.state, c.unit, u.name, c.u1, c.u2, c.u3, c.u4, c.u5, c.u6, c.due_at, \
                       c.due_state, c.due_provisional, c.started_at, c.clock, c.received_at, c.channel, c.outcome, c.on_time, c.at_post, p.title";
const TABLES: &str = "join kernel_unit u on u.id = c.unit left join kernel_post p on p.id = c.at_post";

fn read(row: &Row) -> Result<Line, DbError> {
    let hash: Vec<u8> = row.get(4)?;
    let mut units = [None; 6];
    for (place, unit) in units.iter_mut().enumerate() {
        *unit = row.get(10 + place)?;
    }
    let state = match row.get::<String>(17)?.as_str() {
        "running" => DueState::Running,
        "suspended" => DueState::Suspended,
        "closed" => DueState::Closed,
        _ => DueState::None,
    };
    Ok(Line {
        row: row.get(0)?,
        order: row.get(1)?,
        case_id: row.get(2)?,
        kind: row.get(3)?,
        definition: hash.try_into().map_err(|_| DbError::Broken("a definition's hash has 32 bytes".into()))?,
        code: row.get(5)?,
        subject: row.get(6)?,
        state: row.get(7)?,
        unit: row.get(8)?,
        unit_name: row.get(9)?,
        units,
        due: Due { at: row.get(16)?, state, provisional: row.get(18)?, started_at: row.get(19)?, clock: row.get(20)? },
        received_at: row.get(21)?,
        channel: row.get(22)?,
        outcome: row.get(23)?,
        on_time: row.get(24)?,
        at_post: row.get(25)?,
        at_title: row.get::<Option<String>>(26)?.unwrap_or_default(),
    })
}

/// One line of the work on an officer's desk.
#[derive(Debug, Clone)]
pub enum Work {
    Application(Box<Line>),
    /// Of another system, which says itself what it is.
    Other(Box<Task>),
}

impl Work {
    /// Where a page goes on after this line: its deadline and the task.
    #[must_use]
    pub fn place(&self) -> (i64, Id) {
        match self {
            Self::Application(line) => (line.order, line.row),
            Self::Other(task) => (task.due.map_or(NO_DUE, Timestamp::as_microsecond), task.id),
        }
    }
}

fn read_work(row: &Row) -> Result<Work, DbError> {
    let system: String = row.get(27)?;
    if system == SYSTEM {
        return Ok(Work::Application(Box::new(read(row)?)));
    }
    let due: i64 = row.get(1)?;
    Ok(Work::Other(Box::new(Task {
        id: row.get(0)?,
        case_id: row.get(2)?,
        system,
        kind: row.get(3)?,
        post: row.get(28)?,
        unit: row.get(29)?,
        action: row.get(30)?,
        subject: row.get(6)?,
        code: row.get(5)?,
        since: row.get(31)?,
        due: (due != NO_DUE).then(|| Timestamp::from_microsecond(due).ok()).flatten(),
    })))
}

/// A growing condition with its values.
#[derive(Default)]
struct Condition {
    parts: Vec<String>,
    bound: Vec<Value>,
}

impl Condition {
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.bound.push(value.into());
        format!("${}", self.bound.len())
    }

    fn any_of<T: Into<Value> + Clone>(&mut self, column: &str, values: &[T]) -> String {
        if values.is_empty() {
            return "1 = 0".to_owned();
        }
        let marks: Vec<String> = values.iter().map(|value| self.bind(value.clone())).collect();
        format!("{column} in ({})", marks.join(", "))
    }

    fn add(&mut self, part: String) {
        self.parts.push(part);
    }

    fn text(&self) -> String {
        if self.parts.is_empty() { "1 = 1".to_owned() } else { self.parts.join(" and ") }
    }
}

/// What narrows a task list.
#[derive(Debug, Clone, Default)]
pub struct Narrow {
    /// The service's slug.
    pub kind: Option<String>,
    /// Only these cases: the hits of a search.
    pub cases: Option<Vec<Id>>,
}

/// The three lists of Tugas Saya.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Perlu tindakan: lies on the own desk. Applications alone; over every system it is [`work`].
    Mine,
    /// Menunggu: of the own unit or once acted on, now with somebody else.
    Waiting,
    /// Selesai: acted on and finished.
    Finished,
}

impl Tab {
    /// As addresses have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mine => "tindakan",
            Self::Waiting => "menunggu",
            Self::Finished => "selesai",
        }
    }

    /// The tab of that word, the first for any other.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "menunggu" => Self::Waiting,
            "selesai" => Self::Finished,
            _ => Self::Mine,
        }
    }
}

/// What lies on the own desks: at the own posts, and at those acted for by mandate as far as it reaches.
fn mine(condition: &mut Condition, seat: &Seat, post: &str, kind: &str) -> String {
    let mut parts = vec![condition.any_of(post, &seat.posts)];
    for given in &seat.mandated {
        let at = condition.any_of(post, &[given.post]);
        let kind = if given.kinds.is_empty() { String::new() } else { format!(" and {}", condition.any_of(kind, &given.kinds)) };
        parts.push(format!("({at}{kind})"));
    }
    format!("({})", parts.join(" or "))
}

fn base(tab: Tab, seat: &Seat, now: Timestamp) -> (String, Condition) {
    let mut condition = Condition::default();
    let system = condition.bind(SYSTEM);
    match tab {
        Tab::Mine => {
            let mine = mine(&mut condition, seat, "t.post", "t.kind");
            condition.add(format!("t.state = 'open' and t.system = {system} and {mine}"));
            (format!("select t.id, t.due, {COLUMNS} from kernel_task t join kernel_case c on c.id = t.case_id {TABLES}"), condition)
        }
        Tab::Waiting => {
            // Which, by one index each: an "or" of both makes PostgreSQL read every open application.
            // Of a unit its column among the ancestors has the index, which holds all that is asked here.
            let own = |(unit, depth): &(Id, i64)| {
                let unit = condition.bind(*unit);
                let column = (*depth).clamp(1, 6);
                format!("select i.id from kernel_case i where i.u{column} = {unit} and i.unit = {unit} and i.state in {ALIVE} union ")
            };
            let units: String = seat.units.iter().map(own).collect();
            let me = condition.bind(seat.account);
            let since = condition.bind(now - OWN_ACTS);
            let here = mine(&mut condition, seat, "c.at_post", "c.kind");
            condition.add(format!(
                "c.id in ({units}select d.case_id from kernel_task d where d.done_by = {me} and d.done_at > {since}) \
                 and c.system = {system} and c.state in {ALIVE} and (c.at_post is null or not ({here}))"
            ));
            (format!("select c.id, coalesce(c.due_at, {NO_DUE}), {COLUMNS} from kernel_case c {TABLES}"), condition)
        }
        Tab::Finished => {
            let me = condition.bind(seat.account);
            condition.add(format!(
                "t.done_by = {me} and t.system = {system} and c.state in ('done', 'refused', 'cancelled') and not exists (select 1 from kernel_task x \
                 where x.case_id = t.case_id and x.done_by = {me} and (x.done_at, x.id) > (t.done_at, t.id))"
            ));
            (format!("select t.id, t.done_at, {COLUMNS} from kernel_task t join kernel_case c on c.id = t.case_id {TABLES}"), condition)
        }
    }
}

fn narrowed(condition: &mut Condition, narrow: &Narrow) {
    if let Some(kind) = &narrow.kind {
        let kind = condition.bind(kind.as_str());
        condition.add(format!("c.kind = {kind}"));
    }
    if let Some(cases) = &narrow.cases {
        let any = condition.any_of("c.id", cases);
        condition.add(any);
    }
}

/// A page of a tab after (order, row): oldest deadline first, what is finished newest first.
///
/// # Errors
/// What the database says.
pub fn tab(
    rx: &mut Rx<'_>,
    tab: Tab,
    seat: &Seat,
    narrow: &Narrow,
    after: Option<(i64, Id)>,
    limit: i64,
    now: Timestamp,
) -> Result<Vec<Line>, DbError> {
    let (select, mut condition) = base(tab, seat, now);
    narrowed(&mut condition, narrow);
    let (column, id) = match tab {
        Tab::Mine => ("t.due", "t.id"),
        Tab::Waiting => ("coalesce(c.due_at, 9223372036854775807)", "c.id"),
        Tab::Finished => ("t.done_at", "t.id"),
    };
    let (beyond, way) = if tab == Tab::Finished { ("<", "desc") } else { (">", "asc") };
    if let Some((order, row)) = after {
        let (order, row) = (condition.bind(order), condition.bind(row));
        condition.add(format!("({column}, {id}) {beyond} ({order}, {row})"));
    }
    let limit = condition.bind(limit);
    let sql = format!("{select} where {} order by {column} {way}, {id} {way} limit {limit}", condition.text());
    rx.all(&sql, &condition.bound)?.iter().map(read).collect()
}

/// What lies on a seat's desk by own right or, applications only, by mandate: a mandate is for kinds of letter.
fn on_desk(seat: &Seat) -> Condition {
    let mut condition = Condition::default();
    let mut parts = vec![condition.any_of("t.post", &seat.posts)];
    for MandatedPost { post, kinds, .. } in &seat.mandated {
        let (at, system) = (condition.any_of("t.post", &[*post]), condition.bind(SYSTEM));
        let kind = if kinds.is_empty() { String::new() } else { format!(" and {}", condition.any_of("t.kind", kinds)) };
        parts.push(format!("({at} and t.system = {system}{kind})"));
    }
    condition.add(format!("t.state = 'open' and ({})", parts.join(" or ")));
    condition
}

/// A page of the work on a seat's desk, of every system, after (deadline, task): oldest deadline first, what has none at the end.
///
/// # Errors
/// What the database says.
pub fn work(rx: &mut Rx<'_>, seat: &Seat, after: Option<(i64, Id)>, limit: i64) -> Result<Vec<Work>, DbError> {
    let mut condition = on_desk(seat);
    if let Some((due, task)) = after {
        let (due, task) = (condition.bind(due), condition.bind(task));
        condition.add(format!("(t.due, t.id) > ({due}, {task})"));
    }
    let limit = condition.bind(limit);
    let sql = format!(
        "select t.id, t.due, {COLUMNS}, t.system, t.post, t.unit, t.action, t.since from kernel_task t join kernel_case c on c.id = t.case_id \
         {TABLES} where {} order by t.due asc, t.id asc limit {limit}",
        condition.text()
    );
    rx.all(&sql, &condition.bound)?.iter().map(read_work).collect()
}

/// How much work lies on a seat's desk, of every system; [`MANY`] stands for that many or more.
///
/// # Errors
/// What the database says.
pub fn count_work(rx: &mut Rx<'_>, seat: &Seat) -> Result<i64, DbError> {
    let condition = on_desk(seat);
    let sql = format!("select count(*) from (select 1 as one from kernel_task t where {} limit {MANY}) counted", condition.text());
    rx.count(&sql, &condition.bound)
}

/// How many applications a tab holds; [`MANY`] stands for that many or more.
///
/// # Errors
/// What the database says.
pub fn count(rx: &mut Rx<'_>, tab: Tab, seat: &Seat, now: Timestamp) -> Result<i64, DbError> {
    let (select, condition) = base(tab, seat, now);
    let sql = format!("select count(*) from (select 1 as one {} where {} limit {MANY}) counted", from_of(&select), condition.text());
    rx.count(&sql, &condition.bound)
}

fn from_of(select: &str) -> &str {
    select.find(" from ").map_or(select, |at| &select[at + 1..])
}

/// The services among the open tasks of a seat, for the filter.
///
/// # Errors
/// What the database says.
pub fn kinds_at(rx: &mut Rx<'_>, seat: &Seat) -> Result<Vec<(String, String)>, DbError> {
    let mut condition = Condition::default();
    let system = condition.bind(SYSTEM);
    let own: Vec<Id> = seat.units.iter().map(|(unit, _)| *unit).collect();
    let units = condition.any_of("o.unit", &own);
    let at = mine(&mut condition, seat, "t.post", "t.kind");
    let sql = format!(
        "select distinct o.kind, o.title from kernel_offering o where o.system = {system} and ({units} or o.kind in \
         (select t.kind from kernel_task t where t.state = 'open' and {at})) order by o.title, o.kind limit 60"
    );
    rx.all(&sql, &condition.bound)?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Cases within a scope by name or code.
///
/// # Errors
/// What the database says.
pub fn find_cases(rx: &mut Rx<'_>, scope: &Scope, text: &str) -> Result<Vec<Id>> {
    let units: Vec<Id> = scope.units().iter().map(|(unit, _)| *unit).collect();
    if units.is_empty() && !scope.is_all() {
        return Ok(Vec::new());
    }
    let mut query = search::Query::new("case", text).limit(HITS_MAX);
    // Every application lies below the top of the tree.
    if !scope.is_all() && scope.units().iter().all(|(_, depth)| *depth > 1) {
        query = query.scope(units);
    }
    Ok(search::query(rx, &query)?.into_iter().map(|hit| hit.id).collect())
}

/// The services offered within a scope, for the register's filter: slug and title.
///
/// # Errors
/// What the database says.
pub fn kinds_within(rx: &mut Rx<'_>, scope: &Scope) -> Result<Vec<(String, String)>, DbError> {
    let (filter, mut bound) = scope.filter(&Columns::UNIT, "u", 1);
    bound.push(SYSTEM.into());
    let sql = format!(
        "select distinct o.kind, o.title from kernel_offering o join kernel_unit u on u.id = o.unit where {filter} and o.system = ${} \
         order by o.title, o.kind limit 200",
        bound.len()
    );
    rx.all(&sql, &bound)?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Whether the desk of a case is this officer's now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// By own right, stand-in or mandate.
    Mine(Right),
    /// The unit lets one person take in and check.
    OnePerson(Right),
    /// Somebody else's; `once` when the post is among those the page was opened with.
    Other,
    /// No desk has it: it waits for the applicant or is through.
    NoDesk,
}

impl Standing {
    /// Whether desk work may be done.
    #[must_use]
    pub const fn may_work(&self) -> bool {
        matches!(self, Self::Mine(_) | Self::OnePerson(_))
    }
}

/// How the officer stands to the desk the case lies on; the same rules as [`super::act`].
///
/// # Errors
/// What the database says.
pub fn standing(rx: &mut Rx<'_>, dossier: &Dossier, officer: &Officer, now: Timestamp) -> Result<Standing> {
    let Some(at) = dossier.case.at_post else { return Ok(Standing::NoDesk) };
    // A mandate names the services it is given for.
    let letter = dossier.case.kind.as_str();
    if let Some(right) = post::may_officer_act(rx, officer, at, letter, now)? {
        return Ok(Standing::Mine(right));
    }
    if dossier.case.state == "checking" && dossier.offer.offered().one_person() {
        for own in officer.posts.iter().filter(|own| own.unit == dossier.case.unit) {
            if let Some(right) = post::may_officer_act(rx, officer, own.post, letter, now)? {
                return Ok(Standing::OnePerson(right));
            }
        }
    }
    Ok(Standing::Other)
}

/// Another application for the same service by the same person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    pub case_id: Id,
    pub code: String,
    pub state: String,
    pub received_at: Timestamp,
}

/// Applications for the same service by the same applicant in the 30 days before, cancelled ones left out.
///
/// # Errors
/// What the database says.
pub fn twins(rx: &mut Rx<'_>, case: &Case) -> Result<Vec<Twin>, DbError> {
    let Some(applicant) = case.applicant else { return Ok(Vec::new()) };
    let since = case.received_at - SignedDuration::from_hours(24 * 30);
    let sql = "select id, code, state, received_at from kernel_case where applicant = $1 and received_at >= $2 and received_at <= $3 \
               and kind = $4 and system = $5 and id <> $6 and state <> 'cancelled' order by received_at desc, id desc limit 5";
    let rows = rx.all(sql, &params![applicant, since, case.received_at, case.kind.as_str(), SYSTEM, case.id])?;
    rows.iter().map(|row| Ok(Twin { case_id: row.get(0)?, code: row.get(1)?, state: row.get(2)?, received_at: row.get(3)? })).collect()
}

/// A line of "who opened this": when, what, who, as which post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    pub entry: Id,
    pub at: Timestamp,
    pub action: String,
    pub actor_kind: String,
    pub name: String,
    pub post: String,
}

/// The newest entries about a case, acts and readings alike.
///
/// # Errors
/// What the database says.
pub fn traces(rx: &mut Rx<'_>, case_id: Id, limit: i64) -> Result<Vec<Trace>, DbError> {
    let sql = "select e.at, e.action, e.actor_kind, a.display_name, p.title, e.id from kernel_entry e left join kernel_account a on a.id = e.account \
               left join kernel_post p on p.id = e.post where e.case_id = $1 order by e.at desc, e.id desc limit $2";
    let read = |row: &Row| {
        Ok(Trace {
            entry: row.get(5)?,
            at: row.get(0)?,
            action: row.get(1)?,
            actor_kind: row.get(2)?,
            name: row.get::<Option<String>>(3)?.unwrap_or_default(),
            post: row.get::<Option<String>>(4)?.unwrap_or_default(),
        })
    };
    rx.all(sql, &params![case_id, limit])?.iter().map(read).collect()
}

/// Letters in force of the same kind, unit and holder that could stand in the place of `document`: id, number, day signed.
///
/// # Errors
/// What the database says.
pub fn successors(rx: &mut Rx<'_>, document: &kernel::document::Document) -> Result<Vec<(Id, String)>, DbError> {
    let sql = "select id, number from kernel_document where unit = $1 and kind = $2 and title = $3 and holder_name = $4 and state = 'in_force' \
               and id <> $5 order by signed_on desc, id desc limit 10";
    let (kind, title, holder) = (document.kind.as_str(), document.title.as_str(), document.holder_name.as_str());
    let rows = rx.all(sql, &params![document.unit, kind, title, holder, document.id])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get::<Option<String>>(1)?.unwrap_or_default()))).collect()
}

//! The register: every application an officer reaches, filtered and ordered, a page at a time.

use kernel::{DbError, Id, Rx, Timestamp, grant::Scope, params};

use super::{ALIVE, COLUMNS, Condition, Line, SYSTEM, TABLES, read};
use crate::rules::State;

/// Which states the register shows: one, or those that are open, or those in which the applicant has to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateFilter {
    /// Still needs somebody.
    Open,
    /// Waits for the applicant, or for the neighbour who introduces her.
    Applicant,
    One(State),
}

impl StateFilter {
    /// The word of an address, if it is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "terbuka" => Some(Self::Open),
            "pemohon" => Some(Self::Applicant),
            one => State::parse(one).map(Self::One),
        }
    }
}

/// What narrows the register.
#[derive(Debug, Clone, Default)]
pub struct RegisterFilter {
    pub kind: Option<String>,
    pub state: Option<StateFilter>,
    pub channel: Option<String>,
    pub unit: Option<Id>,
    /// This unit and everything below it.
    pub below: Option<Id>,
    /// Open applications past their deadline at this moment.
    pub late_at: Option<Timestamp>,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub cases: Option<Vec<Id>>,
}

/// By what the register is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterOrder {
    Received,
    /// By deadline: only applications whose clock runs.
    Due,
}

fn register_condition(rx: &mut Rx<'_>, filter: &RegisterFilter, order: RegisterOrder) -> Result<Condition, DbError> {
    let mut condition = Condition::default();
    let system = condition.bind(SYSTEM);
    condition.add(format!("c.system = {system}"));
    for (column, value) in [("c.kind", &filter.kind), ("c.channel", &filter.channel)] {
        if let Some(value) = value {
            let value = condition.bind(value.as_str());
            condition.add(format!("{column} = {value}"));
        }
    }
    match filter.state {
        None => {}
        Some(StateFilter::Open) => condition.add(format!("c.state in {ALIVE}")),
        Some(StateFilter::Applicant) => condition.add("c.state in ('introduction', 'incomplete')".to_owned()),
        Some(StateFilter::One(state)) => {
            let state = condition.bind(state.as_str());
            condition.add(format!("c.state = {state}"));
        }
    }
    for (part, value) in [
        ("c.received_at >=", filter.from),
        ("c.received_at <", filter.until),
        ("c.outcome = '' and c.due_state = 'running' and c.due_at <", filter.late_at),
    ] {
        if let Some(at) = value {
            let at = condition.bind(at);
            condition.add(format!("{part} {at}"));
        }
    }
    if order == RegisterOrder::Due {
        condition.add("c.due_state = 'running'".to_owned());
    }
    if let Some(id) = filter.below {
        let depth = rx.count("select depth from kernel_unit where id = $1", &params![id])?.clamp(1, 6);
        let unit = condition.bind(id);
        // The reach has the index; this narrows what it finds.
        condition.add(format!("coalesce(c.u{depth}, c.u{depth}) = {unit}"));
    }
    if let Some(id) = filter.unit {
        // The columns of the ancestors have the indexes.
        let depth = rx.count("select depth from kernel_unit where id = $1", &params![id])?.clamp(1, 6);
        let unit = condition.bind(id);
        condition.add(format!("c.u{depth} = {unit} and c.unit = {unit}"));
    }
    if let Some(cases) = &filter.cases {
        let any = condition.any_of("c.id", cases);
        condition.add(any);
    }
    Ok(condition)
}

/// What a scope reaches, as conditions of which each has its index: the subtree of every unit, and what lies on a desk. A
/// case lies on the desk where its open task is; an `or` of these would have every case looked at.
///
/// By deadline the index of running cases is walked, which knows their place: `coalesce` keeps the databases from another.
fn reaches(scope: &Scope, condition: &mut Condition, order: RegisterOrder) -> Vec<String> {
    if scope.is_all() {
        return vec!["1 = 1".to_owned()];
    }
    let mut parts = Vec::new();
    let mut units = Vec::new();
    for (unit, depth) in scope.units() {
        let mark = condition.bind(*unit);
        let column = format!("c.u{}", (*depth).clamp(1, 6));
        parts.push(match order {
            RegisterOrder::Received => format!("{column} = {mark}"),
            RegisterOrder::Due => format!("coalesce({column}, {column}) = {mark}"),
        });
        units.push(mark);
    }
    if scope.units().iter().any(|(_, depth)| *depth == 1) {
        // The top of the tree is above every desk.
        return parts;
    }
    let mut desks = Vec::new();
    if !units.is_empty() {
        desks.push(format!("t.post in (select p.id from kernel_post p where p.unit in ({}))", units.join(", ")));
    }
    if !scope.posts().is_empty() {
        desks.push(condition.any_of("t.post", scope.posts()));
    }
    let desks = desks.into_iter().map(|desk| format!("c.id in (select t.case_id from kernel_task t where t.state = 'open' and {desk})"));
    parts.extend(desks);
    if parts.is_empty() { vec!["1 = 0".to_owned()] } else { parts }
}

/// Where a page of the register stands.
#[derive(Debug, Clone, Copy)]
pub struct RegisterPage<'a> {
    pub order: RegisterOrder,
    /// `asc` or `desc`.
    pub way: &'a str,
    /// `<` or `>`.
    pub beyond: &'a str,
    pub after: Option<(i64, Id)>,
    pub limit: i64,
}

/// A page of the register.
///
/// # Errors
/// What the database says.
pub fn register(rx: &mut Rx<'_>, scope: &Scope, filter: &RegisterFilter, page: RegisterPage<'_>) -> Result<Vec<Line>, DbError> {
    let mut condition = register_condition(rx, filter, page.order)?;
    let column = match page.order {
        RegisterOrder::Received => "c.received_at",
        RegisterOrder::Due => "c.due_at",
    };
    if let Some((order, id)) = page.after {
        let (order, id) = (condition.bind(order), condition.bind(id));
        condition.add(format!("({column}, c.id) {} ({order}, {id})", page.beyond));
    }
    let limit = condition.bind(page.limit);
    let branches = reaches(scope, &mut condition, page.order);
    let (rest, way) = (condition.text(), page.way);
    let branch = |reach: &String| {
        format!(
            "select * from (select c.id as id, {column} as place from kernel_case c where {reach} and {rest} \
             order by {column} {way}, c.id {way} limit {limit}) part"
        )
    };
    let branches: Vec<String> = branches.iter().map(branch).collect();
    let sql = format!(
        "select c.id, o.place, {COLUMNS} from (select id, place from ({}) every order by place {way}, id {way} limit {limit}) o \
         join kernel_case c on c.id = o.id {TABLES} order by o.place {way}, c.id {way}",
        branches.join(" union ")
    );
    rx.all(&sql, &condition.bound)?.iter().map(read).collect()
}

/// How many applications the register holds under a filter, and of how many applicants.
///
/// # Errors
/// What the database says.
pub fn register_extent(rx: &mut Rx<'_>, scope: &Scope, filter: &RegisterFilter) -> Result<(i64, i64), DbError> {
    let mut condition = register_condition(rx, filter, RegisterOrder::Received)?;
    let branches = reaches(scope, &mut condition, RegisterOrder::Received);
    let rest = condition.text();
    let branches: Vec<String> = branches
        .iter()
        .map(|reach| format!("select c.id as id, c.applicant as applicant from kernel_case c where {reach} and {rest}"))
        .collect();
    let sql = format!("select count(*), count(distinct applicant) from ({}) every", branches.join(" union "));
    let row = rx.one(&sql, &condition.bound)?;
    row.map_or(Ok((0, 0)), |row| Ok((row.get(0)?, row.get(1)?)))
}

//! Something that moves: the envelope every system's case travels in, its open task, its parties and what happened.
//!
//! The kernel keeps the envelope; which moves there are is the system's own workflow (DESIGN §1, `Case`).

mod erase;
mod list;
mod task;

use jiff::Timestamp;

use crate::{DbError, Error, Expect, Id, Result, Row, Rx, Table, Tx, cols, definition::Hash, params};

pub use erase::{erase_attachments, erase_people};
pub use list::{Cursor, Filter, Page, counts_by_state, list};
pub use task::{NO_DUE, Task, TaskState, hand_tasks, tasks_of_case};

/// The envelopes.
pub static CASE: Table = Table::audited(
    "kernel_case",
    &[
        "system",
        "kind",
        "definition",
        "offering",
        "code",
        "state",
        "step",
        "unit",
        "u1",
        "u2",
        "u3",
        "u4",
        "u5",
        "u6",
        "at_unit",
        "at_post",
        "subject",
        "applicant",
        "channel",
        "received_at",
        "started_at",
        "due_at",
        "due_state",
        "due_provisional",
        "suspended_at",
        "suspended_us",
        "clock",
        "closed_at",
        "outcome",
        "on_time",
        "secrecy",
    ],
);
static PARTY: Table = Table::audited("kernel_case_party", &["case_id", "role", "place", "person", "name", "note"]);
static EVENT: Table =
    Table::audited("kernel_case_event", &["case_id", "at", "action", "from_state", "to_state", "actor_label", "post", "note", "public"]);
static ATTACHMENT: Table = Table::audited("kernel_attachment", &["case_id", "field", "name", "blob", "media_type", "size", "added_at"]);

/// The audited tables of this noun.
pub const TABLES: &[&Table] = &[&CASE, &PARTY, &EVENT, &ATTACHMENT, &task::TASK];

/// Where a case stands with its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueState {
    /// No fixed limit, or the clock has not started (it starts when the file is complete).
    None,
    Running,
    /// Returned to the applicant: the clock stands still.
    Suspended,
    Closed,
}

impl DueState {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Running => "running",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "running" => Self::Running,
            "suspended" => Self::Suspended,
            "closed" => Self::Closed,
            _ => Self::None,
        }
    }
}

/// The deadline of a case as last computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub state: DueState,
    pub at: Option<Timestamp>,
    /// Beyond the last decreed calendar year.
    pub provisional: bool,
    /// When the clock started.
    pub started_at: Option<Timestamp>,
    /// The rule with its suspensions, as `kernel::clock` writes it.
    pub clock: String,
}

/// The envelope of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub id: Id,
    pub system: String,
    /// What kind of case within the system: the service's slug.
    pub kind: String,
    pub definition: Hash,
    pub offering: Option<Id>,
    /// Tracking code, 12 symbols without separators.
    pub code: String,
    pub state: String,
    /// Position in the definition's chain.
    pub step: i64,
    /// The unit that answers for it, with its ancestors (itself included).
    pub unit: Id,
    pub units: [Option<Id>; 6],
    /// Where it lies now.
    pub at_unit: Id,
    pub at_post: Option<Id>,
    /// A masked line for lists; never a full name.
    pub subject: String,
    pub applicant: Option<Id>,
    /// `counter`, `online`, `api`, `import`.
    pub channel: String,
    pub received_at: Timestamp,
    pub due: Due,
    pub suspended_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// Empty while open; `granted`, `refused`, `cancelled`.
    pub outcome: String,
    pub on_time: Option<bool>,
    pub version: i64,
}

const COLUMNS: &str = "id, system, kind, definition, offering, code, state, step, unit, u1, u2, u3, u4, u5, u6, at_unit, at_post, subject, applicant, \
                       channel, received_at, started_at, due_at, due_state, due_provisional, suspended_at, clock, closed_at, outcome, on_time, version";

fn read(row: &Row) -> Result<Case, DbError> {
    let hash: Vec<u8> = row.get(3)?;
    let mut units = [None; 6];
    for (place, unit) in units.iter_mut().enumerate() {
        *unit = row.get(9 + place)?;
    }
    Ok(Case {
        id: row.get(0)?,
        system: row.get(1)?,
        kind: row.get(2)?,
        definition: hash.try_into().map_err(|_| DbError::Broken("a definition's hash has 32 bytes".into()))?,
        offering: row.get(4)?,
        code: row.get(5)?,
        state: row.get(6)?,
        step: row.get(7)?,
        unit: row.get(8)?,
        units,
        at_unit: row.get(15)?,
        at_post: row.get(16)?,
        subject: row.get(17)?,
        applicant: row.get(18)?,
        channel: row.get(19)?,
        received_at: row.get(20)?,
        due: Due {
            started_at: row.get(21)?,
            at: row.get(22)?,
            state: DueState::parse(&row.get::<String>(23)?),
            provisional: row.get(24)?,
            clock: row.get(26)?,
        },
        suspended_at: row.get(25)?,
        closed_at: row.get(27)?,
        outcome: row.get(28)?,
        on_time: row.get(29)?,
        version: row.get(30)?,
    })
}

/// The case with this id.
///
/// # Errors
/// [`Error::Missing`] when there is none.
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Case> {
    let row = rx.one(&format!("select {COLUMNS} from kernel_case where id = $1"), &params![id])?.ok_or(Error::Missing)?;
    Ok(read(&row)?)
}

/// The case with this tracking code (12 symbols, already normalised).
///
/// # Errors
/// [`Error::Missing`] when there is none.
pub fn by_code(rx: &mut Rx<'_>, code: &str) -> Result<Case> {
    let row = rx.one(&format!("select {COLUMNS} from kernel_case where code = $1"), &params![code])?.ok_or(Error::Missing)?;
    Ok(read(&row)?)
}

/// A case about to begin.
#[derive(Debug, Clone)]
pub struct NewCase<'a> {
    pub system: &'a str,
    pub kind: &'a str,
    pub definition: Hash,
    pub offering: Option<Id>,
    pub code: &'a str,
    pub unit: Id,
    pub units: [Option<Id>; 6],
    pub subject: &'a str,
    pub applicant: Option<Id>,
    pub channel: &'a str,
    pub secrecy: &'a str,
}

/// Where a case goes, and what is said of it.
#[derive(Debug, Clone)]
pub struct Move<'a> {
    pub action: &'a str,
    pub to_state: &'a str,
    pub step: i64,
    /// The post that has to act next; none when the applicant or nobody has to.
    pub task: Option<NextTask<'a>>,
    pub due: Due,
    /// Who acted, as the resident may read it: the post's title, never a name.
    pub actor_label: &'a str,
    pub actor_post: Option<Id>,
    /// Reason or remark. Shown to the applicant when `public`.
    pub note: &'a str,
    pub public: bool,
    /// Set when this move ends the case.
    pub outcome: Option<&'a str>,
}

/// The work a move leaves for the next post.
#[derive(Debug, Clone, Copy)]
pub struct NextTask<'a> {
    pub post: Id,
    pub unit: Id,
    /// What is to be done: `check`, `initial`, `sign` …
    pub action: &'a str,
}

/// Begins a case with its first move.
///
/// # Errors
/// What the database says.
pub fn open(tx: &mut Tx<'_>, new: &NewCase<'_>, first: &Move<'_>) -> Result<Case> {
    let (id, now) = (tx.ctx().new_id(), tx.now());
    let [u1, u2, u3, u4, u5, u6] = new.units;
    let columns = cols! {
        "system" => new.system, "kind" => new.kind, "definition" => new.definition, "offering" => new.offering, "code" => new.code,
        "state" => first.to_state, "step" => first.step, "unit" => new.unit, "u1" => u1, "u2" => u2, "u3" => u3, "u4" => u4, "u5" => u5, "u6" => u6,
        "at_unit" => first.task.map_or(new.unit, |task| task.unit), "at_post" => first.task.map(|task| task.post),
        "subject" => new.subject, "applicant" => new.applicant, "channel" => new.channel, "received_at" => now,
        "started_at" => first.due.started_at, "due_at" => first.due.at, "due_state" => first.due.state.as_str(),
        "due_provisional" => first.due.provisional, "suspended_us" => 0_i64, "clock" => first.due.clock.as_str(), "outcome" => "",
        "secrecy" => new.secrecy,
    };
    tx.insert(&CASE, id, &columns)?;
    let case = begun(id, now, new, first);
    event(tx, id, "", first)?;
    if let Some(next) = first.task {
        task::open(tx, &case, next)?;
    }
    Ok(case)
}

/// The case as [`open`] writes it.
fn begun(id: Id, now: Timestamp, new: &NewCase<'_>, first: &Move<'_>) -> Case {
    Case {
        id,
        system: new.system.to_owned(),
        kind: new.kind.to_owned(),
        definition: new.definition,
        offering: new.offering,
        code: new.code.to_owned(),
        state: first.to_state.to_owned(),
        step: first.step,
        unit: new.unit,
        units: new.units,
        at_unit: first.task.map_or(new.unit, |task| task.unit),
        at_post: first.task.map(|task| task.post),
        subject: new.subject.to_owned(),
        applicant: new.applicant,
        channel: new.channel.to_owned(),
        received_at: now,
        due: first.due.clone(),
        suspended_at: None,
        closed_at: None,
        outcome: String::new(),
        on_time: None,
        version: 1,
    }
}

/// Moves a case: envelope, event, the task that is done and the one that follows.
///
/// # Errors
/// [`Error::Stale`] when somebody moved it since it was read.
pub fn advance(tx: &mut Tx<'_>, case: &Case, step: &Move<'_>) -> Result<Case> {
    let now = tx.now();
    let suspended_at = (step.due.state == DueState::Suspended).then(|| case.suspended_at.unwrap_or(now));
    let on_time = match step.outcome {
        Some("granted" | "refused") => step.due.at.or(case.due.at).map(|due| now <= due).or(Some(true)),
        _ => case.on_time,
    };
    let closed_at = step.outcome.map(|_| now).or(case.closed_at);
    let columns = cols! {
        "state" => step.to_state, "step" => step.step, "at_unit" => step.task.map_or(case.unit, |task| task.unit),
        "at_post" => step.task.map(|task| task.post), "started_at" => step.due.started_at, "due_at" => step.due.at,
        "due_state" => step.due.state.as_str(), "due_provisional" => step.due.provisional, "suspended_at" => suspended_at,
        "clock" => step.due.clock.as_str(), "closed_at" => closed_at, "outcome" => step.outcome.unwrap_or(&case.outcome), "on_time" => on_time,
    };
    tx.update(&CASE, case.id, Expect::Version(case.version), &columns)?;
    event(tx, case.id, &case.state, step)?;
    task::finish(tx, case.id)?;
    let moved = find(tx, case.id)?;
    if let Some(next) = step.task {
        task::open(tx, &moved, next)?;
    }
    Ok(moved)
}

/// Sets a newly computed deadline on a case that does not move, and on its open task.
///
/// # Errors
/// [`Error::Stale`] when somebody moved it since it was read.
pub fn set_due(tx: &mut Tx<'_>, case: &Case, due: &Due) -> Result<()> {
    let columns = cols! {
        "started_at" => due.started_at, "due_at" => due.at, "due_state" => due.state.as_str(), "due_provisional" => due.provisional,
        "clock" => due.clock.as_str(),
    };
    tx.update(&CASE, case.id, Expect::Version(case.version), &columns)?;
    task::set_due(tx, case.id, due.at)
}

fn event(tx: &mut Tx<'_>, case_id: Id, from_state: &str, step: &Move<'_>) -> Result<()> {
    let (id, now) = (tx.ctx().new_id(), tx.now());
    let columns = cols! {
        "case_id" => case_id, "at" => now, "action" => step.action, "from_state" => from_state, "to_state" => step.to_state,
        "actor_label" => step.actor_label, "post" => step.actor_post, "note" => step.note, "public" => step.public,
    };
    tx.insert(&EVENT, id, &columns)?;
    Ok(())
}

/// A remark on a case that does not move it.
///
/// # Errors
/// What the database says.
pub fn remark(tx: &mut Tx<'_>, case: &Case, action: &str, actor_label: &str, note: &str, public: bool) -> Result<()> {
    let (id, now) = (tx.ctx().new_id(), tx.now());
    let state = case.state.as_str();
    let columns = cols! {
        "case_id" => case.id, "at" => now, "action" => action, "from_state" => state, "to_state" => state, "actor_label" => actor_label,
        "note" => note, "public" => public,
    };
    tx.insert(&EVENT, id, &columns)?;
    Ok(())
}

/// One thing that happened to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub at: Timestamp,
    pub action: String,
    pub from_state: String,
    pub to_state: String,
    pub actor_label: String,
    pub note: String,
    pub public: bool,
}

/// What happened to a case, oldest first.
///
/// # Errors
/// What the database says.
pub fn events(rx: &mut Rx<'_>, case_id: Id) -> Result<Vec<Event>, DbError> {
    let sql =
        "select at, action, from_state, to_state, actor_label, note, public from kernel_case_event where case_id = $1 order by at, id";
    let read = |row: &Row| {
        Ok(Event {
            at: row.get(0)?,
            action: row.get(1)?,
            from_state: row.get(2)?,
            to_state: row.get(3)?,
            actor_label: row.get(4)?,
            note: row.get(5)?,
            public: row.get(6)?,
        })
    };
    rx.all(sql, &params![case_id])?.iter().map(read).collect()
}

/// Somebody with a role in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseParty {
    /// `applicant`, `subject`, `proxy`, `reporter`, `witness`, `heir`.
    pub role: String,
    pub person: Option<Id>,
    pub name: String,
    pub note: String,
}

/// Adds a party; `place` orders parties of one role.
///
/// # Errors
/// What the database says.
pub fn add_party(tx: &mut Tx<'_>, case_id: Id, place: usize, party: &CaseParty) -> Result<()> {
    let id = tx.ctx().new_id();
    let columns = cols! {
        "case_id" => case_id, "role" => party.role.as_str(), "place" => place, "person" => party.person, "name" => party.name.as_str(),
        "note" => party.note.as_str(),
    };
    tx.insert(&PARTY, id, &columns)?;
    Ok(())
}

/// Takes out the parties of these roles, to be named anew; their history stays.
///
/// # Errors
/// What the database says.
pub fn remove_parties(tx: &mut Tx<'_>, case_id: Id, roles: &[&str]) -> Result<()> {
    for row in tx.all("select id, role from kernel_case_party where case_id = $1", &params![case_id])? {
        if roles.contains(&row.get::<String>(1)?.as_str()) {
            tx.delete(&PARTY, row.get(0)?, Expect::Any)?;
        }
    }
    Ok(())
}

/// The parties of a case by role and place.
///
/// # Errors
/// What the database says.
pub fn parties(rx: &mut Rx<'_>, case_id: Id) -> Result<Vec<CaseParty>, DbError> {
    let sql = "select role, person, name, note from kernel_case_party where case_id = $1 order by role, place, id";
    let read = |row: &Row| Ok(CaseParty { role: row.get(0)?, person: row.get(1)?, name: row.get(2)?, note: row.get(3)? });
    rx.all(sql, &params![case_id])?.iter().map(read).collect()
}

/// A file of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub id: Id,
    pub case_id: Id,
    /// The form's field it answers, or `scan`, `introduction`.
    pub field: String,
    pub name: String,
    pub blob: Id,
    pub media_type: String,
    pub size: i64,
    pub added_at: Timestamp,
}

/// Adds a stored file to a case.
///
/// # Errors
/// What the database says.
pub fn attach(tx: &mut Tx<'_>, case_id: Id, field: &str, name: &str, blob: Id, media_type: &str, size: i64) -> Result<Id> {
    let (id, now) = (tx.ctx().new_id(), tx.now());
    let columns = cols! {
        "case_id" => case_id, "field" => field, "name" => name, "blob" => blob, "media_type" => media_type, "size" => size, "added_at" => now,
    };
    tx.insert(&ATTACHMENT, id, &columns)?;
    Ok(id)
}

/// The files of a case, oldest first.
///
/// # Errors
/// What the database says.
pub fn attachments(rx: &mut Rx<'_>, case_id: Id) -> Result<Vec<Attachment>, DbError> {
    let sql =
        "select id, case_id, field, name, blob, media_type, size, added_at from kernel_attachment where case_id = $1 order by added_at, id";
    let read = |row: &Row| {
        Ok(Attachment {
            id: row.get(0)?,
            case_id: row.get(1)?,
            field: row.get(2)?,
            name: row.get(3)?,
            blob: row.get(4)?,
            media_type: row.get(5)?,
            size: row.get(6)?,
            added_at: row.get(7)?,
        })
    };
    rx.all(sql, &params![case_id])?.iter().map(read).collect()
}

/// Refuses to act on a case that has ended.
///
/// # Errors
/// [`Error::Refused`] `case-closed`.
pub fn require_open(case: &Case) -> Result<()> {
    if case.outcome.is_empty() { Ok(()) } else { Err(Error::refused("case-closed")) }
}

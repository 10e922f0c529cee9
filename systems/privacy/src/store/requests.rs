//! Requests of data subjects, on the case engine with a clock of 72 hours.

use kernel::{
    DbError, Error, Expect, Gov, Id, NewEntry, Officer, Result, Row, Rx, Table, Timestamp, Tx,
    case::{self, Case, Due, DueState, Move, NewCase, NextTask},
    clock::Calendars,
    cols, definition,
    erasure::{Forget, Order, Reason},
    limit::{self, Kind, NewLimit, Withdraw},
    notice, params, party, retention, unit,
};

use super::{KIND, SYSTEM, corrections, desk};
use crate::{
    model::{Request, Right, State},
    rules::{self, Ties},
};

pub(super) static REQUEST: Table =
    Table::audited("privacy_request", &["subject_right", "person", "entry", "detail_sealed", "answer_sealed", "decided_by"]);

/// What a request goes through; pinned by every case.
const DEFINITION: &str = r#"{"kind":"request","states":["open","granted","refused"],"clock":{"clock_hours":72},"basis":"UU 27/2022 Pasal 5-13, 30, 32, 40, 41"}"#;

/// A request as it comes in.
#[derive(Debug, Clone)]
pub struct NewRequest {
    pub right: Right,
    pub person: Id,
    pub entry: Option<Id>,
    pub detail: String,
    /// `online` or `counter`.
    pub channel: &'static str,
}

/// Opens a request; it lies with the data protection officer from now on.
///
/// # Errors
/// `privacy-no-desk` when nobody could handle it.
pub fn open(tx: &mut Tx<'_>, gov: &Gov, new: &NewRequest) -> Result<Case> {
    let now = tx.now();
    let (post, appointed) = desk(tx, now)?;
    let root = unit::root(tx)?.ok_or(Error::Missing)?;
    let person = party::find(tx, new.person)?.ok_or(Error::Missing)?;
    let definition = definition::put(tx, SYSTEM, KIND, DEFINITION)?;
    let office = gov.cached::<Calendars>().book(tx)?.office(&root.ancestors);
    let due = office.due(&rules::request_clock(), Some(now), now);
    let code = indonesian::Code::encode(tx.ctx().random());
    let subject = person.masked_name();
    let case = NewCase {
        system: SYSTEM,
        kind: KIND,
        definition,
        offering: None,
        code: code.as_str(),
        unit: root.id,
        units: root.ancestors,
        subject: &subject,
        applicant: Some(person.id),
        channel: new.channel,
        secrecy: "limited",
    };
    let first = Move {
        action: "submit",
        to_state: State::Open.as_str(),
        step: 0,
        task: Some(NextTask { post: post.id, unit: post.unit, action: "answer" }),
        due,
        actor_label: "Pemohon",
        actor_post: None,
        note: "",
        public: true,
        outcome: None,
    };
    let case = case::open(tx, &case, &first)?;
    let sealed = gov.keys().seal(&tx.ctx(), REQUEST.name, "detail_sealed", case.id, new.detail.as_bytes());
    let columns = cols! {
        "subject_right" => new.right.as_str(), "person" => new.person, "entry" => new.entry, "detail_sealed" => sealed,
    };
    tx.insert(&REQUEST, case.id, &columns)?;
    let detail = serde_json::json!({ "right": new.right.as_str(), "officer": appointed });
    tx.entry(NewEntry::new("privacy.request.submitted").case(case.id).unit(root.id).object("case", case.id).detail(detail));
    notice::to_post(tx, post.id, None, "privacy-notice-request", &serde_json::json!({ "code": code.to_string() }))?;
    Ok(case)
}

fn read(gov: &Gov, case: Case, row: &Row) -> Result<Request> {
    let text = |column: &str, sealed: &[u8]| {
        gov.keys().open_text(REQUEST.name, column, case.id, sealed).map_err(|error| Error::Failed(error.to_string()))
    };
    let detail = text("detail_sealed", &row.get::<Vec<u8>>(3)?)?;
    let answer = row.get::<Option<Vec<u8>>>(4)?.map(|sealed| text("answer_sealed", &sealed)).transpose()?.unwrap_or_default();
    let right = Right::parse(&row.get::<String>(0)?).ok_or_else(|| Error::Failed("a request of an unknown right".into()))?;
    Ok(Request { right, person: row.get(1)?, entry: row.get(2)?, detail, answer, case })
}

/// A request.
///
/// # Errors
/// [`Error::Missing`] when the case is none of this system.
pub fn find(rx: &mut Rx<'_>, gov: &Gov, case_id: Id) -> Result<Request> {
    let case = case::find(rx, case_id)?;
    let sql = "select subject_right, person, entry, detail_sealed, answer_sealed from privacy_request where id = $1";
    let row = rx.one(sql, &params![case_id])?.ok_or(Error::Missing)?;
    read(gov, case, &row)
}

/// A line of the officer's list: nothing of what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub case: Id,
    pub code: String,
    pub right: Right,
    pub subject: String,
    pub received_at: Timestamp,
    pub due_at: Option<Timestamp>,
    pub state: State,
    pub on_time: Option<bool>,
}

/// Requests, open ones by deadline first, then the newest.
///
/// # Errors
/// What the database says.
pub fn list(rx: &mut Rx<'_>, limit: i64) -> Result<Vec<Line>> {
    let sql = "select c.id, c.code, r.subject_right, c.subject, c.received_at, c.due_at, c.state, c.on_time from privacy_request r \
               join kernel_case c on c.id = r.id order by case when c.state = 'open' then 0 else 1 end, \
               case when c.state = 'open' then c.due_at else 0 end, c.received_at desc, c.id limit $1";
    let line = |row: &Row| -> Result<Line, DbError> {
        let right = Right::parse(&row.get::<String>(2)?).ok_or_else(|| DbError::Broken("a request of an unknown right".into()))?;
        Ok(Line {
            case: row.get(0)?,
            code: row.get(1)?,
            right,
            subject: row.get(3)?,
            received_at: row.get(4)?,
            due_at: row.get(5)?,
            state: State::parse(&row.get::<String>(6)?),
            on_time: row.get(7)?,
        })
    };
    Ok(rx.all(sql, &params![limit])?.iter().map(line).collect::<Result<_, _>>()?)
}

/// How many requests wait.
///
/// # Errors
/// What the database says.
pub fn count_open(rx: &mut Rx<'_>) -> Result<i64> {
    Ok(rx.count("select count(*) from kernel_case where system = $1 and closed_at is null", &params![SYSTEM])?)
}

/// What the officer decided.
#[derive(Debug, Clone)]
pub struct Answer {
    pub case_id: Id,
    pub version: i64,
    pub granted: bool,
    pub answer: String,
    /// Erase the person's record and what hangs on it.
    pub erase: bool,
    /// Erase telephone and e-mail only.
    pub erase_contact: bool,
    /// The decision of a restriction, and its last moment if it has one.
    pub decree: String,
    pub until: Option<Timestamp>,
}

/// What the systems of this government do when a request is granted.
#[derive(Debug, Clone, Default)]
pub struct Hooks {
    /// How a system, by its name, erases what it keeps of people in one of its finished cases.
    pub forgetting: Vec<(&'static str, Forget)>,
    /// How each ends what it does with a person's data by her consent alone.
    pub withdrawing: Vec<Withdraw>,
}

/// Answers a request and does what was granted.
///
/// # Errors
/// [`Error::Stale`] when it was answered meanwhile; `privacy-tie-…` when the record has to stay, `privacy-correction-first` when
/// nothing was corrected yet, `kernel-limit-…` when a restriction cannot be set.
pub fn answer(tx: &mut Tx<'_>, gov: &Gov, officer: &Officer, answer: &Answer, hooks: &Hooks) -> Result<Request> {
    let (request, now) = (find(tx, gov, answer.case_id)?, tx.now());
    if request.case.version != answer.version || request.case.closed_at.is_some() {
        return Err(Error::Stale);
    }
    let order = Order { reason: Reason::Request, basis: format!("UU 27/2022 {}", request.right.article()), cause: Some(request.case.id) };
    if answer.granted && rules::may_erase(request.right) {
        if answer.erase {
            if let Some(key) = ties(tx, request.person, Some(request.case.id), now)?.against().first() {
                return Err(Error::refused(key));
            }
            erase(tx, gov, request.person, &order, hooks)?;
        } else if answer.erase_contact {
            if ties(tx, request.person, Some(request.case.id), now)?.held {
                return Err(Error::refused("privacy-tie-held"));
            }
            party::erase_contact(tx, request.person, &order)?;
        }
    }
    if answer.granted {
        act(tx, gov, &request, answer, &order, hooks)?;
    }
    let sealed = gov.keys().seal(&tx.ctx(), REQUEST.name, "answer_sealed", request.case.id, answer.answer.as_bytes());
    let columns = cols! { "answer_sealed" => sealed, "decided_by" => officer.account };
    tx.update(&REQUEST, request.case.id, Expect::Any, &columns)?;
    let (state, outcome) = if answer.granted { (State::Granted, "granted") } else { (State::Refused, "refused") };
    let title = officer.post.as_ref().map_or_else(String::new, |post| post.title.clone());
    // Erasing may have written the envelope; it is moved as it stands now.
    let case = case::find(tx, request.case.id)?;
    let step = Move {
        action: outcome,
        to_state: state.as_str(),
        step: 1,
        task: None,
        due: Due { state: DueState::Closed, ..case.due.clone() },
        actor_label: &title,
        actor_post: officer.post.as_ref().map(|post| post.post),
        note: "",
        public: true,
        outcome: Some(outcome),
    };
    case::advance(tx, &case, &step)?;
    let detail = serde_json::json!({ "right": request.right.as_str(), "outcome": outcome, "erased": answer.erase });
    tx.entry(NewEntry::new("privacy.request.answered").case(case.id).object("case", case.id).detail(detail));
    find(tx, gov, answer.case_id)
}

/// What granting does besides erasing: a restriction and a withdrawal hold from now on; a correction has been made before.
fn act(tx: &mut Tx<'_>, gov: &Gov, request: &Request, answer: &Answer, order: &Order, hooks: &Hooks) -> Result<()> {
    let (person, now) = (request.person, tx.now());
    let mut new = NewLimit {
        person,
        kind: Kind::Restricted,
        decree: answer.decree.clone(),
        reason: order.basis.clone(),
        cause: Some(request.case.id),
        until: answer.until,
    };
    match request.right {
        Right::Restriction => drop(limit::set(tx, &new)?),
        Right::Correction if corrections::of_request(tx, request.case.id)?.is_empty() => {
            return Err(Error::refused("privacy-correction-first"));
        }
        Right::Withdrawal => {
            let code = indonesian::Code::parse(&request.case.code).map_or_else(|_| request.case.code.clone(), |code| code.to_string());
            new = NewLimit { kind: Kind::Withdrawn, decree: code, until: None, ..new };
            if limit::running(tx, person, Kind::Withdrawn, now)?.is_none() {
                limit::set(tx, &new)?;
            }
            // What a court holds stays where it is, unused.
            if !answer.erase && !ties(tx, person, Some(request.case.id), now)?.held {
                for withdraw in &hooks.withdrawing {
                    withdraw(tx, gov, person, order)?;
                }
                party::erase_contact(tx, person, order)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Erases a person's record, the names, remarks and files of her finished cases, and what their systems keep of them.
fn erase(tx: &mut Tx<'_>, gov: &Gov, person: Id, order: &Order, hooks: &Hooks) -> Result<()> {
    let sql = "select c.id, c.system from kernel_case c where c.applicant = $1 and c.closed_at is not null and c.id <> $2 order by c.id";
    let this = order.cause.unwrap_or(Id::NIL);
    for row in tx.all(sql, &params![person, this])? {
        let (case, system): (Id, String) = (row.get(0)?, row.get(1)?);
        case::erase_attachments(tx, case, order)?;
        for (_, forget) in hooks.forgetting.iter().filter(|(slug, _)| *slug == system) {
            forget(tx, gov, case, order)?;
        }
        case::erase_people(tx, case, order)?;
    }
    party::erase(tx, person, order)
}

/// What stands against erasing a person's record; `besides` is the request itself.
///
/// # Errors
/// What the database says.
pub fn ties(rx: &mut Rx<'_>, person: Id, besides: Option<Id>, now: Timestamp) -> Result<Ties> {
    let besides = besides.unwrap_or(Id::NIL);
    let cases: Vec<Id> = rx
        .all(
            "select id from kernel_case where applicant = $1 union select case_id from kernel_case_party where person = $1",
            &params![person],
        )?
        .iter()
        .map(|row| row.get(0))
        .collect::<Result<_, DbError>>()?;
    let mut objects = cases.clone();
    objects.push(person);
    let mut ties = Ties::default();
    for case in cases.iter().filter(|case| **case != besides) {
        ties.open_cases += rx.count("select count(*) from kernel_case where id = $1 and closed_at is null", &params![*case])?;
        ties.letters += rx
            .count("select count(*) from kernel_document where case_id = $1 and state in ('in_force', 'awaiting_scan')", &params![*case])?;
    }
    ties.holds_office = rx.count("select count(*) from kernel_holding where person = $1", &params![person])? > 0
        || rx.count("select count(*) from kernel_account where person = $1", &params![person])? > 0;
    ties.held = retention::is_held(rx, &objects, now)?;
    Ok(ties)
}

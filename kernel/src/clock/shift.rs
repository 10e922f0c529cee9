//! What a late decree does to open cases: their deadlines move, and they are told so.

use indonesian::{Lang, date_long};
use jiff::{Timestamp, civil::Date};
use serde_json::json;

use super::{CalendarBook, CaseClock};
use crate::{
    Actor, Error, Id, NewEntry, Result, Rx, Tx, Value, case,
    jobs::{Job, JobKind},
    notice, params,
    runner::{Failure, Host},
    unit::{start_of, zone_of},
};

/// The name of the job that moves deadlines; its body has `unit`, `dates` and `because`.
pub const JOB: &str = "kernel.move-deadlines";
/// Cases looked at in one transaction.
const BATCH: i64 = 200;

/// A change of the calendar.
#[derive(Debug, Clone)]
pub struct Shift {
    /// Where it holds, with all units below.
    pub unit: Id,
    pub dates: Vec<Date>,
    /// Name and decree, as a resident reads it.
    pub because: String,
}

/// A case whose deadline moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub case_id: Id,
    pub code: String,
    pub from: Timestamp,
    pub to: Timestamp,
}

/// Cases after this one (by deadline and id) are still to be looked at.
pub type Cursor = (Timestamp, Id);

impl Shift {
    /// The condition of the running cases it touches, with its values: those below the unit that have the time from the start
    /// of the first date to the end of the last, where the unit lies, within theirs. None without dates.
    fn touched(&self, rx: &mut Rx<'_>) -> Result<Option<(String, [Value; 3])>> {
        let Some((first, last)) = self.dates.iter().min().zip(self.dates.iter().max()) else { return Ok(None) };
        let row = rx.one("select zone, depth from kernel_unit where id = $1", &params![self.unit])?.ok_or(Error::Missing)?;
        let zone = zone_of(&row.get::<String>(0)?).unwrap_or_default();
        let depth = row.get::<i64>(1)?.clamp(1, 6);
        let condition = format!("due_state = 'running' and coalesce(u{depth}, u{depth}) = $3 and due_at >= $1 and started_at < $2");
        let Ok(after) = last.tomorrow() else { return Ok(None) };
        Ok(Some((condition, params![start_of(zone, *first), start_of(zone, after), self.unit])))
    }
}

/// How many open cases have these dates between start and deadline: what to say before the decree is entered.
///
/// # Errors
/// What the database says.
pub fn affected(rx: &mut Rx<'_>, shift: &Shift) -> Result<i64> {
    let Some((touched, bound)) = shift.touched(rx)? else { return Ok(0) };
    Ok(rx.count(&format!("select count(*) from kernel_case where {touched}"), &bound)?)
}

/// Computes the deadlines of a batch of open cases anew. Each that moves gets its new deadline, on its task too, a
/// public line in its history, a notice at its post and an entry. Call again with the cursor until there is none.
///
/// # Errors
/// What the database says.
pub fn move_open_deadlines(tx: &mut Tx<'_>, shift: &Shift, after: Option<Cursor>) -> Result<(Vec<Moved>, Option<Cursor>)> {
    let Some((touched, bound)) = shift.touched(tx)? else { return Ok((Vec::new(), None)) };
    let (after_at, after_id) = after.unwrap_or((Timestamp::MIN, Id::NIL));
    let sql = format!("select id, due_at from kernel_case where {touched} and (due_at, id) > ($4, $5) order by due_at, id limit {BATCH}");
    let rows = tx.all(&sql, &[bound.as_slice(), &params![after_at, after_id]].concat())?;
    let mut next = None;
    let book = CalendarBook::load(tx)?;
    let mut moved = Vec::new();
    for row in &rows {
        let (id, due_at): (Id, Timestamp) = (row.get(0)?, row.get(1)?);
        next = Some((due_at, id));
        moved.extend(move_one(tx, &book, shift, id)?);
    }
    let more = i64::try_from(rows.len()).unwrap_or(0) == BATCH;
    Ok((moved, next.filter(|_| more)))
}

fn move_one(tx: &mut Tx<'_>, book: &CalendarBook, shift: &Shift, id: Id) -> Result<Option<Moved>> {
    let case = case::find(tx, id)?;
    let clock = CaseClock::parse(&case.due.clock)?;
    let office = book.office(&case.units);
    let due = office.due(&clock, case.due.started_at, tx.now());
    let (Some(from), Some(to)) = (case.due.at, due.at) else { return Ok(None) };
    if from == to {
        return Ok(None);
    }
    case::set_due(tx, &case, &due)?;
    let zone = office.zone.time_zone();
    let day = |at: Timestamp, lang| date_long(zone.to_datetime(at).date(), lang);
    let note = format!("Jatuh tempo bergeser dari {} ke {} karena {}.", day(from, Lang::Id), day(to, Lang::Id), shift.because);
    case::remark(tx, &case, "deadline-moved", "Sistem", &note, true)?;
    if let Some(post) = case.at_post {
        let args = json!({ "code": case.code, "from": day(from, Lang::Id), "to": day(to, Lang::Id), "because": shift.because });
        notice::to_post(tx, post, Some(id), "kernel-notice-deadline-moved", &args)?;
    }
    let detail = json!({ "from": from.as_microsecond(), "to": to.as_microsecond() });
    tx.entry(NewEntry::new("kernel.case.deadline_moved").case(id).object("case", id).detail(detail));
    Ok(Some(Moved { case_id: id, code: case.code, from, to }))
}

/// The job queued by every change of the calendar.
#[must_use]
pub fn moving_job<C: Host>() -> JobKind<C> {
    JobKind { name: JOB, attempts_max: 12, every_minutes: None, run: |host, job| Box::pin(run(host, job)) }
}

async fn run<C: Host>(host: C, job: Job) -> Result<String, Failure> {
    let strings =
        |key: &str| job.body[key].as_array().into_iter().flatten().filter_map(|text| text.as_str()?.parse().ok()).collect::<Vec<Date>>();
    let shift =
        Shift { unit: job.id_of("unit")?, dates: strings("dates"), because: job.body["because"].as_str().unwrap_or_default().to_owned() };
    let (mut after, mut count) = (None, 0);
    loop {
        let ctx = host.ctx(Actor::System { job: JOB, on_behalf_of: job.on_behalf_of, cause: job.cause });
        let batch = shift.clone();
        let (moved, next) = host.db().write::<_, Error, _>(&ctx, move |tx| move_open_deadlines(tx, &batch, after)).await?;
        count += moved.len();
        match next {
            Some(cursor) => after = Some(cursor),
            None => return Ok(format!("{count} deadlines moved")),
        }
    }
}

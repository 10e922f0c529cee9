//! Where work waits, at whose desk, how long: aggregates over open work, each over one index.

use std::collections::HashMap;

use kernel::{
    Date, DbError, Id, Result, Row, Rx, Timestamp,
    case::{NO_DUE, Task},
    params,
    unit::Unit,
};

use super::SYSTEM;

/// Open applications of a subtree. Each figure counts what the register lists under the filter its link asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub open: i64,
    /// Past their deadline, and the clock runs.
    pub late: i64,
    /// With the applicant, or with the neighbour who introduces her.
    pub applicant: i64,
    /// Signed on paper, the scan is not there yet.
    pub scan: i64,
    /// Ready, and not fetched yet.
    pub ready: i64,
}

/// The states in which an application is open.
const OPEN: &str = "'introduction', 'incomplete', 'checking', 'initialing', 'signing', 'acknowledging', 'awaiting_scan', 'ready'";

/// Open applications of one unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OfUnit {
    pub unit: Id,
    pub open: i64,
    pub late: i64,
}

/// Counts of the open applications below a unit at depth 1 to 3, by state, and by the unit that answers for them; the most
/// late ones first.
///
/// # Errors
/// What the database says.
pub fn totals(rx: &mut Rx<'_>, unit: &Unit, now: Timestamp) -> Result<(Totals, Vec<OfUnit>)> {
    let depth = unit.depth.clamp(1, 3);
    let sql = format!("select state, unit, count(*) from kernel_case where u{depth} = $1 and state in ({OPEN}) group by state, unit");
    let mut totals = Totals::default();
    let mut units: HashMap<Id, OfUnit> = HashMap::new();
    for row in rx.all(&sql, &params![unit.id])? {
        let (state, at, count): (String, Id, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        totals.open += count;
        units.entry(at).or_insert(OfUnit { unit: at, ..OfUnit::default() }).open += count;
        match state.as_str() {
            "introduction" | "incomplete" => totals.applicant += count,
            "awaiting_scan" => totals.scan += count,
            "ready" => totals.ready += count,
            _ => {}
        }
    }
    // Running cases by deadline are an index of their own; `coalesce` keeps the databases from the one of every case.
    let sql = format!(
        "select unit, count(*) from kernel_case where due_state = 'running' and due_at < $2 and coalesce(u{depth}, u{depth}) = $1 \
         and system = $3 and outcome = '' group by unit"
    );
    for row in rx.all(&sql, &params![unit.id, now, SYSTEM])? {
        let (at, count): (Id, i64) = (row.get(0)?, row.get(1)?);
        totals.late += count;
        units.entry(at).or_insert(OfUnit { unit: at, ..OfUnit::default() }).late += count;
    }
    let mut units: Vec<OfUnit> = units.into_values().collect();
    units.sort_unstable_by_key(|one| (-one.late, -one.open, one.unit));
    Ok((totals, units))
}

/// A desk with open work, of every system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    pub unit: Id,
    pub post: Id,
    pub open: i64,
    pub late: i64,
    /// How much of it is no application.
    pub others: i64,
    /// Since when its oldest work waits.
    pub since: Timestamp,
}

/// Every desk below a unit that has open work, the most late ones first.
///
/// # Errors
/// What the database says.
pub fn desks(rx: &mut Rx<'_>, unit: &Unit, now: Timestamp) -> Result<Vec<Desk>> {
    let sql = format!(
        "select unit, post, count(*), cast(sum(case when due < $2 then 1 else 0 end) as bigint), min(since), \
         cast(sum(case when system = $3 then 0 else 1 end) as bigint) from kernel_task where u{} = $1 and state = 'open' group by unit, post",
        unit.depth.clamp(1, 3)
    );
    let read = |row: &Row| {
        let (open, late) = (row.get(2)?, row.get(3)?);
        Ok(Desk { unit: row.get(0)?, post: row.get(1)?, open, late, since: row.get(4)?, others: row.get(5)? })
    };
    let mut desks: Vec<Desk> = rx.all(&sql, &params![unit.id, now, SYSTEM])?.iter().map(read).collect::<Result<_, DbError>>()?;
    desks.sort_by_key(|desk| (-desk.late, -desk.open, desk.since));
    Ok(desks)
}

/// A piece of work that waits longest, of any system, with the state of its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub task: Task,
    pub state: String,
}

/// The open work with the oldest deadlines.
///
/// # Errors
/// What the database says.
pub fn oldest(rx: &mut Rx<'_>, unit: &Unit, limit: i64) -> Result<Vec<Waiting>> {
    let sql = format!(
        "select t.id, t.case_id, t.system, t.kind, t.post, t.unit, t.action, t.subject, t.code, t.since, t.due, c.state from kernel_task t \
         join kernel_case c on c.id = t.case_id where t.u{} = $1 and t.state = 'open' order by t.due, t.id limit $2",
        unit.depth.clamp(1, 3)
    );
    let read = |row: &Row| {
        let due: i64 = row.get(10)?;
        let task = Task {
            id: row.get(0)?,
            case_id: row.get(1)?,
            system: row.get(2)?,
            kind: row.get(3)?,
            post: row.get(4)?,
            unit: row.get(5)?,
            action: row.get(6)?,
            subject: row.get(7)?,
            code: row.get(8)?,
            since: row.get(9)?,
            due: (due != NO_DUE).then(|| Timestamp::from_microsecond(due).ok()).flatten(),
        };
        Ok(Waiting { task, state: row.get(11)? })
    };
    Ok(rx.all(&sql, &params![unit.id, limit])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// A service's closings of one month below a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthOf {
    pub kind: String,
    pub title: String,
    /// `2026-11`.
    pub month: String,
    pub closed: i64,
    pub on_time: i64,
}

/// The last twelve months by service, up to and including the month of `until`; months without a closing are left out.
///
/// # Errors
/// What the database says.
pub fn by_service(rx: &mut Rx<'_>, unit: &Unit, until: Date) -> Result<Vec<MonthOf>> {
    let sql = format!(
        "select o.kind, min(o.title), f.month, cast(sum(f.closed) as bigint), cast(sum(f.on_time) as bigint) from kernel_unit u \
         join kernel_offering o on o.unit = u.id and o.system = 'services' join services_figure f on f.offering = o.id \
         where u.u{} = $1 and f.month >= $2 and f.month <= $3 group by o.kind, f.month order by o.kind, f.month",
        unit.depth.clamp(1, 6)
    );
    let months = months(until);
    let (first, last) = (months.first().cloned().unwrap_or_default(), months.last().cloned().unwrap_or_default());
    let read =
        |row: &Row| Ok(MonthOf { kind: row.get(0)?, title: row.get(1)?, month: row.get(2)?, closed: row.get(3)?, on_time: row.get(4)? });
    Ok(rx.all(&sql, &params![unit.id, first, last])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// The twelve months up to and including that of `until`, oldest first, as `2026-11`.
#[must_use]
pub fn months(until: Date) -> Vec<String> {
    let last = i32::from(until.year()) * 12 + i32::from(until.month()) - 1;
    (last - 11..=last).map(|month| format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)).collect()
}

/// The titles of services by slug.
///
/// # Errors
/// What the database says.
pub fn titles(rx: &mut Rx<'_>) -> Result<Vec<(String, String)>> {
    let sql = "select kind, min(title) from kernel_offering where system = 'services' group by kind order by kind";
    Ok(rx.all(sql, &[])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, DbError>>()?)
}

#[cfg(test)]
mod tests {
    use super::months;

    #[test]
    fn twelve_months_cross_the_year() {
        let months = months(jiff::civil::date(2026, 3, 9));
        assert_eq!((months.len(), months[0].as_str(), months[11].as_str()), (12, "2025-04", "2026-03"));
    }
}

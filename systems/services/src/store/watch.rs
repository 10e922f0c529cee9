//! Where work waits, at whose desk, how long: aggregates over open work, each over one index.

use kernel::{Date, DbError, Id, Result, Row, Rx, Timestamp, case::NO_DUE, params, unit::Unit};

/// Open cases of a subtree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub open: i64,
    /// Past their deadline and with us.
    pub late: i64,
    /// With the applicant, or with the neighbour who introduces her.
    pub applicant: i64,
    /// Signed on paper, the scan is not there yet.
    pub scan: i64,
    /// Ready, and not fetched yet.
    pub ready: i64,
}

/// The states in which a case is open.
const OPEN: &str = "'introduction', 'incomplete', 'checking', 'initialing', 'signing', 'acknowledging', 'awaiting_scan', 'ready'";

/// Counts of the open cases below a unit at depth 1 to 3, by state, and the late ones.
///
/// # Errors
/// What the database says.
pub fn totals(rx: &mut Rx<'_>, unit: &Unit, now: Timestamp) -> Result<Totals> {
    let depth = unit.depth.clamp(1, 3);
    let sql = format!("select state, count(*) from kernel_case where u{depth} = $1 and state in ({OPEN}) group by state");
    let mut totals = Totals::default();
    for row in rx.all(&sql, &params![unit.id])? {
        let (state, count): (String, i64) = (row.get(0)?, row.get(1)?);
        totals.open += count;
        match state.as_str() {
            "introduction" | "incomplete" => totals.applicant += count,
            "awaiting_scan" => totals.scan += count,
            "ready" => totals.ready += count,
            _ => {}
        }
    }
    let sql = format!("select count(*) from kernel_task where u{depth} = $1 and state = 'open' and due < $2");
    totals.late = rx.count(&sql, &params![unit.id, now])?;
    Ok(totals)
}

/// A desk with open work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    pub unit: Id,
    pub post: Id,
    pub open: i64,
    pub late: i64,
    /// Since when its oldest work waits.
    pub since: Timestamp,
}

/// Every desk below a unit that has open work, the most late ones first.
///
/// # Errors
/// What the database says.
pub fn desks(rx: &mut Rx<'_>, unit: &Unit, now: Timestamp) -> Result<Vec<Desk>> {
    let sql = format!(
        "select unit, post, count(*), cast(sum(case when due < $2 then 1 else 0 end) as bigint), min(since) from kernel_task \
         where u{} = $1 and state = 'open' group by unit, post",
        unit.depth.clamp(1, 3)
    );
    let read = |row: &Row| Ok(Desk { unit: row.get(0)?, post: row.get(1)?, open: row.get(2)?, late: row.get(3)?, since: row.get(4)? });
    let mut desks: Vec<Desk> = rx.all(&sql, &params![unit.id, now])?.iter().map(read).collect::<Result<_, DbError>>()?;
    desks.sort_by_key(|desk| (-desk.late, -desk.open, desk.since));
    Ok(desks)
}

/// A piece of work that waits longest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub case: Id,
    pub code: String,
    pub kind: String,
    pub unit: Id,
    pub post: Id,
    pub action: String,
    pub since: Timestamp,
    pub due: Option<Timestamp>,
    /// The state of its case.
    pub state: String,
}

/// The open work with the oldest deadlines.
///
/// # Errors
/// What the database says.
pub fn oldest(rx: &mut Rx<'_>, unit: &Unit, limit: i64) -> Result<Vec<Waiting>> {
    let sql = format!(
        "select t.case_id, t.code, t.kind, t.unit, t.post, t.action, t.since, t.due, c.state from kernel_task t \
         join kernel_case c on c.id = t.case_id where t.u{} = $1 and t.state = 'open' and t.system = $3 order by t.due, t.id limit $2",
        unit.depth.clamp(1, 3)
    );
    let read = |row: &Row| {
        let due: i64 = row.get(7)?;
        Ok(Waiting {
            case: row.get(0)?,
            code: row.get(1)?,
            kind: row.get(2)?,
            unit: row.get(3)?,
            post: row.get(4)?,
            action: row.get(5)?,
            since: row.get(6)?,
            due: (due != NO_DUE).then(|| Timestamp::from_microsecond(due).ok()).flatten(),
            state: row.get(8)?,
        })
    };
    Ok(rx.all(&sql, &params![unit.id, limit, super::SYSTEM])?.iter().map(read).collect::<Result<_, DbError>>()?)
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

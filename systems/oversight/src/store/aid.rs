//! Letters that open the door to aid, in figures: decided and changed by whom in a Masa Pemilihan, and in the months before it.

use jiff::{SignedDuration, Timestamp};
use kernel::{
    Id, Result, Rx, Tx,
    grant::{Columns, Scope},
    params,
};

/// How far back is compared: three months of thirty days.
const BEFORE: SignedDuration = SignedDuration::from_hours(24 * 90);

/// An entry of the log that tells of aid.
#[derive(Debug)]
pub struct Aid {
    entry: Id,
    verb: String,
    election: Option<Id>,
}

impl Aid {
    /// What an entry tells of aid; none when its name has not the noun `aid`.
    pub(super) fn of(entry: Id, action: &str, detail: &str) -> Option<Self> {
        let mut parts = action.split('.').skip(1);
        let (Some("aid"), Some(verb)) = (parts.next(), parts.next()) else { return None };
        // Whoever looks changes nothing.
        if matches!(verb, "opened" | "read" | "listed") {
            return None;
        }
        let detail: serde_json::Value = serde_json::from_str(detail).unwrap_or_default();
        let text = |name: &str| detail.get(name).and_then(serde_json::Value::as_str);
        let election = text("election").and_then(|id| id.parse().ok());
        // A refusal and a signature are both decisions, and not the same news.
        let verb = if text("what") == Some("refuse") { "refused" } else { verb };
        Some(Self { entry, verb: verb.to_owned(), election })
    }

    /// Keeps it.
    ///
    /// # Errors
    /// What the database says.
    pub fn keep(&self, tx: &mut Tx<'_>) -> Result<()> {
        tx.upkeep(
            "insert into oversight_aid (entry, at, unit, u1, u2, u3, u4, u5, u6, account, verb, election) \
             select e.id, e.at, u.id, u.u1, u.u2, u.u3, u.u4, u.u5, u.u6, e.account, $2, $3 from kernel_entry e join kernel_unit u on u.id = e.unit \
             where e.id = $1 and e.account is not null on conflict (entry) do nothing",
            &params![self.entry, self.verb.as_str(), self.election],
        )?;
        Ok(())
    }
}

/// What happened at one unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    pub unit: Option<Id>,
    pub name: String,
    /// Letters signed, letters refused, changes by hand: in the period so far.
    pub granted: i64,
    pub refused: i64,
    pub changed: i64,
    /// Everything of the ninety days before the period.
    pub before: i64,
    /// Who did it in the period, most first.
    pub people: Vec<(Id, String, i64)>,
}

impl Line {
    /// Everything in the period.
    #[must_use]
    pub const fn now(&self) -> i64 {
        self.granted + self.refused + self.changed
    }
}

/// What was decided and changed from `from` until `until` at the units within a scope, with the ninety days before; the unit where most
/// happened first.
///
/// # Errors
/// What the database says.
pub fn lines(rx: &mut Rx<'_>, scope: &Scope, from: Timestamp, until: Timestamp) -> Result<Vec<Line>> {
    let (within, bound) = scope.filter(&Columns { at_unit: Some("unit"), ..Columns::UNIT }, "a", 4);
    let bound = [params![from, until, from - BEFORE].to_vec(), bound].concat();
    let sql = format!(
        "select a.unit, u.name, count(*) filter (where a.at >= $1 and a.verb = 'decided'), \
         count(*) filter (where a.at >= $1 and a.verb = 'refused'), count(*) filter (where a.at >= $1 and a.verb not in ('decided', 'refused')), \
         count(*) filter (where a.at < $1) from oversight_aid a join kernel_unit u on u.id = a.unit \
         where a.at >= $3 and a.at < $2 and {within} group by a.unit, u.name order by count(*) filter (where a.at >= $1) desc, u.name, a.unit limit 300"
    );
    let mut found = Vec::new();
    for row in rx.all(&sql, &bound)? {
        let unit: Id = row.get(0)?;
        found.push(Line {
            unit: Some(unit),
            name: row.get(1)?,
            granted: row.get(2)?,
            refused: row.get(3)?,
            changed: row.get(4)?,
            before: row.get(5)?,
            people: Vec::new(),
        });
    }
    let sql = format!(
        "select a.unit, a.account, c.display_name, count(*) from oversight_aid a join kernel_account c on c.id = a.account \
         where a.at >= $1 and a.at < $2 and a.at >= $3 and {within} group by a.unit, a.account, c.display_name \
         order by count(*) desc, c.display_name, a.account limit 600"
    );
    for row in rx.all(&sql, &bound)? {
        let unit: Id = row.get(0)?;
        if let Some(line) = found.iter_mut().find(|line| line.unit == Some(unit)) {
            line.people.push((row.get(1)?, row.get(2)?, row.get(3)?));
        }
    }
    Ok(found)
}

//! Masa Pemilihan: between set days nobody uses the platform for a campaign (terms of use, §4: "tidak menyalahgunakan
//! platform untuk kepentingan pribadi atau politik").
//!
//! A period is a record with its decree. Any system asks [`Policy`] what holds at a moment, before it does what a campaign
//! would like: sends to many, asks many, changes who receives aid, or takes lists out of the system.

use jiff::{Timestamp, civil::Date};
use serde_json::json;

use crate::{Actor, Error, Expect, Id, Message, NewEntry, Result, Row, Rx, Table, Tx, cols, db::DbError, params, unit};

/// The periods, as declared.
pub static ELECTION: Table =
    Table::structural("kernel_election", &["name", "decree", "from_on", "until_on", "entered_at", "entered_by", "ended_at", "reason"]);
/// The tables of this module.
pub const TABLES: &[&Table] = &[&ELECTION];

/// A period as declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    pub id: Id,
    /// What is elected: `Pilkada 2029`.
    pub name: String,
    /// The decree behind it, with its date.
    pub decree: String,
    pub from: Date,
    /// The last day.
    pub until: Date,
    pub entered_at: Timestamp,
    pub entered_by: Option<Id>,
    /// When it was called off before its last day, and why.
    pub ended_at: Option<Timestamp>,
    pub reason: String,
    pub version: i64,
}

impl Period {
    /// Whether it holds on `day` at `at`.
    #[must_use]
    pub fn holds(&self, day: Date, at: Timestamp) -> bool {
        self.from <= day && day <= self.until && self.ended_at.is_none_or(|ended| at < ended)
    }
}

/// What holds at a moment. Outside a period everything that is otherwise allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    period: Option<Period>,
}

impl Policy {
    /// What holds in this period, or in none.
    #[must_use]
    pub const fn of(period: Option<Period>) -> Self {
        Self { period }
    }

    /// What holds at `at`, by the days of the government's seat.
    ///
    /// # Errors
    /// What the database says.
    pub fn at(rx: &mut Rx<'_>, at: Timestamp) -> Result<Self> {
        let Some(root) = unit::root(rx)? else { return Ok(Self::default()) };
        let day = root.date(at);
        let sql = format!("{SELECT} where from_on <= $1 and until_on >= $1 order by from_on, id");
        let rows = rx.all(&sql, &params![day])?;
        let periods = rows.iter().map(read).collect::<Result<Vec<_>, DbError>>()?;
        Ok(Self { period: periods.into_iter().find(|period| period.holds(day, at)) })
    }

    /// The period that holds.
    #[must_use]
    pub const fn period(&self) -> Option<&Period> {
        self.period.as_ref()
    }

    /// Whether one message may go to many people.
    ///
    /// # Errors
    /// Why not: `kernel-election-blast`.
    pub fn may_blast(&self) -> Result<(), Message> {
        self.quiet("kernel-election-blast")
    }

    /// Whether many people may be asked for their opinion.
    ///
    /// # Errors
    /// Why not: `kernel-election-poll`.
    pub fn may_poll(&self) -> Result<(), Message> {
        self.quiet("kernel-election-poll")
    }

    /// Whether a change of who receives aid is marked for the Inspektorat; see [`Policy::flagged`].
    #[must_use]
    pub const fn flags_aid(&self) -> bool {
        self.period.is_some()
    }

    /// Whether a list of persons or of aid leaves the system only when two people agree.
    #[must_use]
    pub const fn asks_two_keys(&self) -> bool {
        self.period.is_some()
    }

    /// Whether a list of people may be printed without asking anybody; otherwise it leaves as a file, with two keys.
    ///
    /// # Errors
    /// Why not: `kernel-election-print`.
    pub fn may_print_lists(&self) -> Result<(), Message> {
        self.quiet("kernel-election-print")
    }

    /// The entry of a change of an aid list, marked with the period it was made in.
    #[must_use]
    pub fn flagged(&self, entry: NewEntry) -> NewEntry {
        match &self.period {
            Some(period) => entry.marked("election", json!(period.id)),
            None => entry,
        }
    }

    fn quiet(&self, key: &'static str) -> Result<(), Message> {
        match &self.period {
            Some(period) => Err(Message::new(key).arg("name", period.name.as_str()).arg("until", period.until.to_string())),
            None => Ok(()),
        }
    }
}

/// A period to be declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPeriod {
    pub name: String,
    pub decree: String,
    pub from: Date,
    pub until: Date,
}

impl NewPeriod {
    /// Checks what was typed against `today`: with a name and a decree, not over before it is entered, a year at most.
    ///
    /// # Errors
    /// The field and what is wrong in it: `name`, `decree`, `until`.
    pub fn check(&self, today: Date) -> Result<(), (&'static str, Message)> {
        if self.name.trim().is_empty() {
            return Err(("name", Message::new("kernel-election-name")));
        }
        if self.decree.trim().is_empty() {
            return Err(("decree", Message::new("kernel-election-decree")));
        }
        if self.until < self.from {
            return Err(("until", Message::new("kernel-election-order")));
        }
        if self.until < today {
            return Err(("until", Message::new("kernel-election-past")));
        }
        let days = self.until.since(self.from).map_or(i32::MAX, |span| span.get_days());
        if days > DAYS_MAX {
            return Err(("until", Message::new("kernel-election-long").arg("max", i64::from(DAYS_MAX))));
        }
        Ok(())
    }
}

/// The longest period; a longer one is a slip of the year.
const DAYS_MAX: i32 = 366;

/// Declares a period. It holds at once when its first day has come.
///
/// # Errors
/// What [`NewPeriod::check`] refuses; `kernel-election-overlap` when another one holds on some of its days.
pub fn declare(tx: &mut Tx<'_>, new: &NewPeriod) -> Result<Id> {
    let root = unit::root(tx)?.ok_or(Error::Missing)?;
    let now = tx.now();
    new.check(root.date(now)).map_err(|(_, message)| message)?;
    let sql = "select name from kernel_election where from_on <= $2 and until_on >= $1 and ended_at is null order by from_on limit 1";
    if let Some(other) = tx.one(sql, &params![new.from, new.until])? {
        return Err(Message::new("kernel-election-overlap").arg("name", other.get::<String>(0)?).into());
    }
    let id = tx.ctx().new_id();
    let by = match tx.ctx().actor() {
        Actor::Account(officer) => Some(officer.account),
        _ => None,
    };
    let columns = cols! {
        "name" => new.name.trim(), "decree" => new.decree.trim(), "from_on" => new.from, "until_on" => new.until,
        "entered_at" => now, "entered_by" => by, "reason" => "",
    };
    tx.insert(&ELECTION, id, &columns)?;
    let detail = json!({ "from": new.from.to_string(), "until": new.until.to_string() });
    tx.entry(NewEntry::new("kernel.election.declared").unit(root.id).object("election", id).detail(detail));
    Ok(id)
}

/// Calls a period off before its last day; one that has not begun never holds.
///
/// # Errors
/// `kernel-election-over` when it has ended, `kernel-election-reason` without a reason; [`Error::Missing`], [`Error::Stale`].
pub fn call_off(tx: &mut Tx<'_>, id: Id, expect: Expect, reason: &str) -> Result<()> {
    let root = unit::root(tx)?.ok_or(Error::Missing)?;
    let period = find(tx, id)?.ok_or(Error::Missing)?;
    let now = tx.now();
    if period.ended_at.is_some() || period.until < root.date(now) {
        return Err(Error::refused("kernel-election-over"));
    }
    if reason.trim().is_empty() {
        return Err(Error::refused("kernel-election-reason"));
    }
    tx.update(&ELECTION, id, expect, &cols! { "ended_at" => now, "reason" => reason.trim() })?;
    tx.entry(NewEntry::new("kernel.election.called_off").unit(root.id).object("election", id));
    Ok(())
}

const SELECT: &str = "select id, name, decree, from_on, until_on, entered_at, entered_by, ended_at, reason, version from kernel_election";

fn read(row: &Row) -> Result<Period, DbError> {
    Ok(Period {
        id: row.get(0)?,
        name: row.get(1)?,
        decree: row.get(2)?,
        from: row.get(3)?,
        until: row.get(4)?,
        entered_at: row.get(5)?,
        entered_by: row.get(6)?,
        ended_at: row.get(7)?,
        reason: row.get(8)?,
        version: row.get(9)?,
    })
}

/// One period.
///
/// # Errors
/// What the database says.
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Option<Period>> {
    Ok(rx.one(&format!("{SELECT} where id = $1"), &params![id])?.as_ref().map(read).transpose()?)
}

/// Every period ever declared, the latest first.
///
/// # Errors
/// What the database says.
pub fn list(rx: &mut Rx<'_>) -> Result<Vec<Period>> {
    Ok(rx.all(&format!("{SELECT} order by from_on desc, id desc"), &[])?.iter().map(read).collect::<Result<_, DbError>>()?)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::unit::tests::Tree;

    fn period(from: Date, until: Date) -> NewPeriod {
        NewPeriod { name: "Pilkada".to_owned(), decree: "SK Bupati 9/2026".to_owned(), from, until }
    }

    #[test]
    fn what_was_typed_is_checked() {
        let today = date(2026, 11, 20);
        let field = |new: &NewPeriod| new.check(today).err().map(|(field, _)| field);
        assert_eq!(field(&period(date(2026, 11, 20), date(2027, 2, 1))), None);
        assert_eq!(field(&NewPeriod { name: " ".to_owned(), ..period(today, today) }), Some("name"));
        assert_eq!(field(&NewPeriod { decree: String::new(), ..period(today, today) }), Some("decree"));
        assert_eq!(field(&period(date(2026, 12, 2), date(2026, 12, 1))), Some("until"));
        assert_eq!(field(&period(date(2026, 10, 1), date(2026, 11, 19))), Some("until"));
        assert_eq!(field(&period(date(2026, 12, 1), date(2028, 12, 1))), Some("until"));
    }

    #[test]
    fn terms_4_blasts_and_polls_are_off_and_aid_is_flagged_between_the_days() {
        let tree = Tree::new();
        let policy = |tree: &Tree| tree.read(|rx| Policy::at(rx, tree.home.now()));
        assert!(policy(&tree).may_blast().is_ok() && policy(&tree).may_poll().is_ok() && !policy(&tree).flags_aid());
        let today = tree.read(|rx| Ok(unit::root(rx)?.map(|root| root.date(tree.home.now())))).unwrap_or_default();
        let id = tree.write(move |tx| declare(tx, &period(today, today.tomorrow().unwrap()))).unwrap();
        let now = policy(&tree);
        assert_eq!(now.may_blast().unwrap_err().key, "kernel-election-blast");
        assert_eq!(now.may_poll().unwrap_err().key, "kernel-election-poll");
        assert_eq!(now.may_print_lists().unwrap_err().key, "kernel-election-print");
        assert!(now.flags_aid() && now.asks_two_keys());
        let entry = now.flagged(NewEntry::new("aid.list.changed").detail(json!({ "rows": 2 })));
        assert_eq!(entry.detail, json!({ "rows": 2, "election": id }));
        // A second one on the same days is refused; the first can be called off with a reason.
        let again = tree.write(move |tx| declare(tx, &period(today, today)));
        assert!(matches!(again, Err(Error::Refused(message)) if message.key == "kernel-election-overlap"));
        assert!(tree.write(move |tx| call_off(tx, id, Expect::Any, " ")).is_err());
        tree.write(move |tx| call_off(tx, id, Expect::Any, "ditunda KPU")).unwrap();
        assert_eq!(policy(&tree), Policy::default());
        let twice = tree.write(move |tx| call_off(tx, id, Expect::Any, "lagi"));
        assert!(matches!(twice, Err(Error::Refused(message)) if message.key == "kernel-election-over"));
    }
}

//! Restrictions: an account that may come in, read what is held against it and answer, and nothing else.
//!
//! It is asked at each request, by session and by token, so it holds from its first moment and ends by itself at its last:
//! no session has to be hunted down, nothing has to be switched back.

use jiff::{Timestamp, civil::Date};

use crate::{
    Actor, Error, Expect, Id, NewEntry, Result, Row, Rx, Table, Tx, cols,
    db::DbError,
    grant::ADMIN,
    params,
    signal::{self, Kind},
};

/// The audited table of restrictions.
pub static RESTRICTION: Table = Table::audited(
    "kernel_restriction",
    &[
        "account",
        "case_id",
        "decree",
        "decreed_on",
        "reason",
        "appeal_path",
        "effective_from",
        "effective_until",
        "entered_at",
        "lifted_at",
        "lifted_decree",
    ],
);

/// A restriction as it was decreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restriction {
    pub id: Id,
    pub account: Id,
    pub case_id: Option<Id>,
    /// Number and date of the decree, as the person reads it.
    pub decree: String,
    pub decreed_on: String,
    /// Why, as the person reads it.
    pub reason: String,
    /// The page on which the person answers and appeals; empty when there is none.
    pub appeal_path: String,
    pub from: Timestamp,
    /// None: for good.
    pub until: Option<Timestamp>,
    pub lifted_at: Option<Timestamp>,
    /// By what it was lifted.
    pub lifted_decree: String,
    pub version: i64,
}

impl Restriction {
    /// Whether it holds at `now`.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until) && self.lifted_at.is_none_or(|lifted| now < lifted)
    }

    /// Whether it is over at `now`, by its end or by being lifted.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now) || self.lifted_at.is_some_and(|lifted| lifted <= now)
    }
}

/// A restriction to be placed.
#[derive(Debug, Clone)]
pub struct NewRestriction {
    pub account: Id,
    pub case_id: Option<Id>,
    pub decree: String,
    pub decreed_on: Date,
    pub reason: String,
    pub appeal_path: String,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
}

/// Restricts an account.
///
/// 1. There is a decree.
/// 2. It ends after it begins, and not before now.
/// 3. Nobody restricts the own account, and never the last administrator who could lift it again.
///
/// # Errors
/// [`Error::Refused`] by the rule that says no; [`Error::Missing`] when there is no such account.
pub fn restrict(tx: &mut Tx<'_>, new: &NewRestriction) -> Result<Id> {
    let now = tx.now();
    super::find(tx, new.account)?.ok_or(Error::Missing)?;
    if new.decree.trim().is_empty() {
        return Err(Error::refused("kernel-restriction-decree-needed"));
    }
    if new.until.is_some_and(|until| until <= new.from || until <= now) {
        return Err(Error::refused("kernel-restriction-ends-before-it-begins"));
    }
    if matches!(tx.ctx().actor(), Actor::Account(officer) if officer.account == new.account) {
        return Err(Error::refused("kernel-restriction-yourself"));
    }
    if is_last_admin(tx, new.account, now)? {
        return Err(Error::refused("kernel-restriction-last-admin"));
    }
    let id = tx.ctx().new_id();
    tx.insert(
        &RESTRICTION,
        id,
        &cols! {
            "account" => new.account, "case_id" => new.case_id, "decree" => new.decree.trim(), "decreed_on" => new.decreed_on.to_string(),
            "reason" => new.reason.trim(), "appeal_path" => new.appeal_path.as_str(), "effective_from" => new.from,
            "effective_until" => new.until, "entered_at" => now, "lifted_decree" => "",
        },
    )?;
    told(tx, "kernel.restriction.placed", Kind::Restricted, id, new.account, new.case_id)?;
    Ok(id)
}

/// Lifts a restriction at once, before its end or before it began.
///
/// # Errors
/// [`Error::Refused`] without a decree or when it is over already; [`Error::Stale`], [`Error::Missing`].
pub fn lift(tx: &mut Tx<'_>, id: Id, expect: Expect, decree: &str) -> Result<i64> {
    let now = tx.now();
    let found = find(tx, id)?.ok_or(Error::Missing)?;
    if decree.trim().is_empty() {
        return Err(Error::refused("kernel-restriction-decree-needed"));
    }
    if found.is_over(now) {
        return Err(Error::refused("kernel-restriction-over"));
    }
    let version = tx.update(&RESTRICTION, id, expect, &cols! { "lifted_at" => now, "lifted_decree" => decree.trim() })?;
    told(tx, "kernel.restriction.lifted", Kind::Restored, id, found.account, found.case_id)?;
    Ok(version)
}

fn told(tx: &mut Tx<'_>, action: &'static str, kind: Kind, id: Id, account: Id, case_id: Option<Id>) -> Result<()> {
    let entry = NewEntry::new(action).object("account", account).detail(serde_json::json!({ "restriction": id }));
    tx.entry(match case_id {
        Some(case_id) => entry.case(case_id),
        None => entry,
    });
    signal::raise(tx, &signal::NewSignal { case_id, ..signal::NewSignal::about(kind, Some(account)) })
}

/// Whether nobody else could look after accounts if this one could not.
fn is_last_admin(rx: &mut Rx<'_>, account: Id, now: Timestamp) -> Result<bool> {
    let sql = format!(
        "select distinct a.id from kernel_account a join kernel_grant g on g.account = a.id \
         where g.role = '{ADMIN}' and g.effective_from <= $1 and (g.effective_until is null or g.effective_until > $1) \
         and a.state = 'active' and (a.expires_at is null or a.expires_at > $1) and not exists (select 1 from kernel_restriction r \
         where r.account = a.id and r.lifted_at is null and (r.effective_until is null or r.effective_until > $1)) limit 2"
    );
    let admins: Vec<Id> = rx.all(&sql, &params![now])?.iter().map(|row| row.get(0)).collect::<Result<_, DbError>>()?;
    Ok(admins == [account])
}

/// The restriction with this id.
///
/// # Errors
/// Whatever the database says.
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Option<Restriction>> {
    let row = rx.one(&format!("{SELECT} where r.id = $1"), &params![id])?;
    Ok(row.as_ref().map(read).transpose()?)
}

/// What restricts an account at `now`: of several the one that ends last.
///
/// # Errors
/// Whatever the database says.
pub fn in_force(rx: &mut Rx<'_>, account: Id, now: Timestamp) -> Result<Option<Restriction>> {
    let sql = format!(
        "{SELECT} where r.account = $1 and r.effective_from <= $2 and (r.effective_until is null or r.effective_until > $2) \
         and r.lifted_at is null order by case when r.effective_until is null then 0 else 1 end, r.effective_until desc, r.id limit 1"
    );
    let row = rx.one(&sql, &params![account, now])?;
    Ok(row.as_ref().map(read).transpose()?)
}

/// Whether an account is restricted at `now`: one question, whatever the answer.
///
/// # Errors
/// Whatever the database says.
pub fn is_in_force(rx: &mut Rx<'_>, account: Id, now: Timestamp) -> Result<bool> {
    let sql = "select 1 from kernel_restriction where account = $1 and effective_from <= $2 and (effective_until is null or effective_until > $2) \
               and lifted_at is null limit 1";
    Ok(rx.one(sql, &params![account, now])?.is_some())
}

/// Every restriction of an account, the newest first.
///
/// # Errors
/// Whatever the database says.
pub fn of_account(rx: &mut Rx<'_>, account: Id) -> Result<Vec<Restriction>> {
    list(rx, "r.account", account)
}

/// Every restriction that rests on a case, the newest first.
///
/// # Errors
/// Whatever the database says.
pub fn of_case(rx: &mut Rx<'_>, case_id: Id) -> Result<Vec<Restriction>> {
    list(rx, "r.case_id", case_id)
}

fn list(rx: &mut Rx<'_>, column: &str, id: Id) -> Result<Vec<Restriction>> {
    let rows = rx.all(&format!("{SELECT} where {column} = $1 order by r.effective_from desc, r.id desc"), &params![id])?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

const SELECT: &str = "select r.id, r.account, r.case_id, r.decree, r.decreed_on, r.reason, r.appeal_path, r.effective_from, r.effective_until, \
                      r.lifted_at, r.lifted_decree, r.version from kernel_restriction r";

/// What is asked with every session and token: whether account `a` is restricted at the moment in parameter 2.
pub(super) const IS_RESTRICTED: &str = "exists (select 1 from kernel_restriction r where r.account = a.id and r.effective_from <= $2 \
                                        and (r.effective_until is null or r.effective_until > $2) and r.lifted_at is null)";

fn read(row: &Row) -> Result<Restriction, DbError> {
    Ok(Restriction {
        id: row.get(0)?,
        account: row.get(1)?,
        case_id: row.get(2)?,
        decree: row.get(3)?,
        decreed_on: row.get(4)?,
        reason: row.get(5)?,
        appeal_path: row.get(6)?,
        from: row.get(7)?,
        until: row.get(8)?,
        lifted_at: row.get(9)?,
        lifted_decree: row.get(10)?,
        version: row.get(11)?,
    })
}

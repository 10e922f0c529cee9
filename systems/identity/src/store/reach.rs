//! Which accounts an officer looks after: one condition for the list, one check for a row.

use std::collections::HashMap;

use jiff::Timestamp;
use kernel::{
    Error, Id, Officer, Result, Rx, Value,
    account::{self, Account},
    grant::{ADMIN, Columns, Scope, UNIT_ADMIN},
    unit::{self, Unit},
};

use crate::rules;

/// Those of `accounts` that the officer looks after: [`rules::keeps_account`].
pub(crate) fn kept(rx: &mut Rx<'_>, officer: &Officer, accounts: Vec<Account>, now: Timestamp) -> Result<Vec<Account>> {
    if officer.holds(ADMIN) {
        return Ok(accounts);
    }
    let ids: Vec<Id> = accounts.iter().map(|account| account.id).collect();
    let posts = units(rx, POSTS, &ids, now)?;
    let roles = units(rx, ROLES, &ids, now)?;
    let at = |units: &HashMap<Id, Vec<Unit>>, id| units.get(&id).cloned().unwrap_or_default();
    let is_kept = |account: &Account| rules::keeps_account(officer, account.kind, &at(&posts, account.id), &at(&roles, account.id));
    Ok(accounts.into_iter().filter(is_kept).collect())
}

/// One account, for whoever looks after it.
///
/// # Errors
/// [`Error::Missing`] for everybody else.
pub(crate) fn account(rx: &mut Rx<'_>, officer: &Officer, id: Id, now: Timestamp) -> Result<Account> {
    let account = account::find(rx, id)?.ok_or(Error::Missing)?;
    kept(rx, officer, vec![account], now)?.pop().ok_or(Error::Missing)
}

/// What every account the officer looks after fulfils, as a condition on `kernel_account a`; [`kept`] decides among those.
pub(crate) fn condition(officer: &Officer, first: usize) -> (String, Vec<Value>) {
    if officer.holds(ADMIN) {
        return ("(1 = 1)".to_owned(), Vec::new());
    }
    let (units, bound) = Scope::of_roles(officer, &[UNIT_ADMIN]).filter(&Columns::UNIT, "u", first);
    let sql = format!(
        "a.person in (select h.person from kernel_holding h join kernel_post p on p.id = h.post join kernel_unit u on u.id = p.unit where {units})"
    );
    (sql, bound)
}

/// Where the owners of accounts hold posts, now or later.
const POSTS: &str = "select a.id, p.unit from kernel_account a join kernel_holding x on x.person = a.person join kernel_post p on p.id = x.post \
                     where (x.effective_until is null or x.effective_until > $1) and a.id in";
/// Where accounts hold roles of their own, now or later.
const ROLES: &str =
    "select x.account, x.unit from kernel_grant x where (x.effective_until is null or x.effective_until > $1) and x.account in";

fn units(rx: &mut Rx<'_>, select: &str, accounts: &[Id], now: Timestamp) -> Result<HashMap<Id, Vec<Unit>>> {
    let mut found: HashMap<Id, Vec<Unit>> = HashMap::new();
    let mut known: HashMap<Id, Unit> = HashMap::new();
    for some in accounts.chunks(400) {
        let numbers: Vec<String> = (2..2 + some.len()).map(|number| format!("${number}")).collect();
        let bound: Vec<Value> = std::iter::once(now.into()).chain(some.iter().map(|id| Value::from(*id))).collect();
        for row in rx.all(&format!("{select} ({})", numbers.join(",")), &bound)? {
            let (account, id): (Id, Id) = (row.get(0)?, row.get(1)?);
            let unit = match known.get(&id) {
                Some(unit) => unit.clone(),
                None => unit::find(rx, id)?.ok_or(Error::Missing)?,
            };
            known.insert(id, unit.clone());
            found.entry(account).or_default().push(unit);
        }
    }
    Ok(found)
}

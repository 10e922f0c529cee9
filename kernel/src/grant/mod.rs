//! Roles and what they reach.
//!
//! A grant gives a role to an account or to a post, at a unit and everything below it, between two moments. A
//! [`Scope`] is what a role reaches *as of now*; the same value filters lists and checks one row.

mod scope;
pub mod sight;

use jiff::Timestamp;

pub use scope::{Columns, Located, Scope};

use crate::{
    Error, Expect, HeldGrant, Id, Message, NewEntry, Officer, Result, Row, Rx, Table, Tx, cols,
    db::DbError,
    params,
    post::{self, in_list},
    unit,
};

/// The audited table of grants.
pub static GRANT: Table =
    Table::audited("kernel_grant", &["account", "post", "role", "unit", "effective_from", "effective_until", "decree"]);

/// The tables this module owns.
pub const TABLES: &[&Table] = &[&GRANT];

/// Enters applications, serves at the counter, takes in files.
pub const OPERATOR: &str = "operator";
/// Checks applications.
pub const EXAMINER: &str = "examiner";
/// Puts the initials (paraf) before the signature.
pub const INITIALER: &str = "initialer";
/// Signs.
pub const SIGNER: &str = "signer";
/// Keeps the books: numbers, agenda, dispatch.
pub const REGISTRAR: &str = "registrar";
/// Keeps people, posts and grants of its unit.
pub const UNIT_ADMIN: &str = "unit_admin";
/// DPMD: fills posts in every village below its unit.
pub const VILLAGE_AFFAIRS: &str = "village_affairs";
/// Diskominfo: everything administrative, no content.
pub const ADMIN: &str = "admin";
/// Bupati, sekda, inspektorat: reads figures and cases, changes nothing.
pub const OVERSEER: &str = "overseer";
/// Inspektorat: reads the audit log below its unit and follows up what is unusual in it, changes nothing else.
pub const INSPECTOR: &str = "inspector";
/// Turns the second key for lists that leave the system, besides whoever signs there.
pub const KEYHOLDER: &str = "keyholder";
/// Pejabat/petugas pelindungan data pribadi (UU 27/2022 Pasal 53): requests of data subjects, breaches, retention.
pub const PRIVACY_OFFICER: &str = "privacy_officer";

/// A role that can be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Role {
    /// The word stored in the database; its name for people is the text `role-{key}`.
    pub key: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// Who may grant it below the own unit. `admin` may grant every role anywhere.
    pub granted_by: &'static [&'static str],
    /// Granted at the top of the tree only.
    pub top_only: bool,
}

/// Every role.
pub const ROLES: &[Role] = &[
    Role { key: OPERATOR, doc: "serves at the counter: enters applications and files", granted_by: &[UNIT_ADMIN], top_only: false },
    Role { key: EXAMINER, doc: "checks applications", granted_by: &[UNIT_ADMIN], top_only: false },
    Role { key: INITIALER, doc: "puts initials before the signature", granted_by: &[UNIT_ADMIN], top_only: false },
    Role { key: SIGNER, doc: "signs", granted_by: &[UNIT_ADMIN, VILLAGE_AFFAIRS], top_only: false },
    Role { key: REGISTRAR, doc: "keeps numbers, agenda and dispatch books", granted_by: &[UNIT_ADMIN], top_only: false },
    Role { key: UNIT_ADMIN, doc: "keeps people, posts and grants of the unit", granted_by: &[], top_only: false },
    Role { key: VILLAGE_AFFAIRS, doc: "fills posts in all villages below", granted_by: &[], top_only: false },
    Role { key: ADMIN, doc: "keeps everything administrative, sees no content", granted_by: &[], top_only: true },
    Role { key: OVERSEER, doc: "reads figures and cases below", granted_by: &[], top_only: false },
    Role { key: INSPECTOR, doc: "reads the audit log below and follows up unusual access", granted_by: &[], top_only: false },
    Role { key: KEYHOLDER, doc: "turns the second key for lists that leave the system", granted_by: &[], top_only: false },
    Role { key: PRIVACY_OFFICER, doc: "handles requests of data subjects, breaches and retention", granted_by: &[], top_only: true },
];

/// The role with this key.
#[must_use]
pub fn role(key: &str) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.key == key)
}

/// Who is given a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grantee {
    Account(Id),
    /// Whoever acts for the post.
    Post(Id),
}

/// A role to be given.
#[derive(Debug, Clone)]
pub struct NewGrant {
    pub to: Grantee,
    pub role: &'static str,
    pub unit: Id,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
    /// The decree or letter behind it; may be empty.
    pub decree: String,
}

/// A role as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub id: Id,
    pub to: Grantee,
    pub role: String,
    pub unit: Id,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
    pub decree: String,
    pub version: i64,
}

/// Whether `officer` may give `role` at a place: admins any role, others what [`ROLES`] lets them, within their own reach.
#[must_use]
pub fn may_grant(officer: &Officer, role_key: &str, at: &Located) -> bool {
    let Some(role) = role(role_key) else { return false };
    Scope::of_roles(officer, &[ADMIN]).covers(at) || Scope::of_roles(officer, role.granted_by).covers(at)
}

/// Gives a role.
///
/// # Errors
/// [`Error::Refused`] for an unknown role, a second grant of the same, or one that belongs at the top of the tree;
/// [`Error::Missing`] when there is no such unit, account or post.
pub fn grant(tx: &mut Tx<'_>, new: &NewGrant) -> Result<Id> {
    let role = role(new.role).ok_or_else(|| Message::new("kernel-grant-role").arg("role", new.role))?;
    let unit = unit::find(tx, new.unit)?.ok_or(Error::Missing)?;
    if role.top_only && unit.depth != 1 {
        return Err(Error::refused("kernel-grant-top-only"));
    }
    if new.until.is_some_and(|until| until <= new.from) {
        return Err(Error::refused("kernel-post-ends-before-it-begins"));
    }
    let (column, grantee) = match new.to {
        Grantee::Account(account) => ("account", account),
        Grantee::Post(post) => ("post", post),
    };
    let exists = match new.to {
        Grantee::Account(account) => tx.one("select id from kernel_account where id = $1", &params![account])?.is_some(),
        Grantee::Post(post) => post::find(tx, post)?.is_some(),
    };
    if !exists {
        return Err(Error::Missing);
    }
    let sql = format!(
        "select id from kernel_grant where {column} = $1 and role = $2 and unit = $3 and (effective_until is null or effective_until > $4)"
    );
    if tx.one(&sql, &params![grantee, new.role, new.unit, new.from])?.is_some() {
        return Err(Error::refused("kernel-grant-held"));
    }
    let id = tx.ctx().new_id();
    tx.insert(
        &GRANT,
        id,
        &cols! {
            column => grantee, "role" => new.role, "unit" => new.unit, "effective_from" => new.from, "effective_until" => new.until,
            "decree" => new.decree.trim(),
        },
    )?;
    let detail = serde_json::json!({ "grant": id, "role": new.role });
    tx.entry(NewEntry::new("kernel.grant.given").unit(new.unit).object(column, grantee).detail(detail));
    Ok(id)
}

/// Takes a role back at `at`.
///
/// # Errors
/// [`Error::Refused`] when it ended already; [`Error::Stale`], [`Error::Missing`].
pub fn revoke(tx: &mut Tx<'_>, id: Id, expect: Expect, at: Timestamp) -> Result<i64> {
    let row = tx.one(&format!("{SELECT} where g.id = $1"), &params![id])?.ok_or(Error::Missing)?;
    let given = read(&row)?;
    if given.until.is_some_and(|until| until <= at) {
        return Err(Error::refused("kernel-grant-ended"));
    }
    let version = tx.update(&GRANT, id, expect, &cols! { "effective_until" => at.max(given.from) })?;
    let detail = serde_json::json!({ "grant": id, "role": given.role });
    tx.entry(NewEntry::new("kernel.grant.revoked").unit(given.unit).object("grant", id).detail(detail));
    Ok(version)
}

/// The roles held at `at` by an account and by the posts it acts for, in one query.
///
/// # Errors
/// Whatever the database says.
pub fn held(rx: &mut Rx<'_>, account: Id, posts: &[Id], at: Timestamp) -> Result<Vec<HeldGrant>> {
    let (list, mut bound) = in_list(posts, 3);
    bound.splice(0..0, params![account, at]);
    let rows = rx.all(
        &format!(
            "select g.id, g.role, g.unit, u.depth from kernel_grant g join kernel_unit u on u.id = g.unit \
             where (g.account = $1 or g.post in {list}) and g.effective_from <= $2 \
             and (g.effective_until is null or g.effective_until > $2) order by u.depth, g.role, g.id"
        ),
        &bound,
    )?;
    let read = |row: &Row| Ok(HeldGrant { grant: row.get(0)?, role: row.get(1)?, unit: row.get(2)?, depth: row.get(3)? });
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// Every grant at a unit, those in effect or to come first.
///
/// # Errors
/// Whatever the database says.
pub fn of_unit(rx: &mut Rx<'_>, unit: Id) -> Result<Vec<Grant>> {
    list(rx, "g.unit", unit)
}

/// Every grant of an account itself (not of its posts), those in effect or to come first.
///
/// # Errors
/// Whatever the database says.
pub fn of_account(rx: &mut Rx<'_>, account: Id) -> Result<Vec<Grant>> {
    list(rx, "g.account", account)
}

/// Every grant of a post, those in effect or to come first.
///
/// # Errors
/// Whatever the database says.
pub fn of_post(rx: &mut Rx<'_>, post: Id) -> Result<Vec<Grant>> {
    list(rx, "g.post", post)
}

/// Grants by their ids, whether in effect or not.
///
/// # Errors
/// Whatever the database says.
pub fn find_all(rx: &mut Rx<'_>, ids: &[Id]) -> Result<Vec<Grant>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(500) {
        let (list, bound) = in_list(some, 1);
        let rows = rx.all(&format!("{SELECT} where g.id in {list}"), &bound)?;
        found.extend(rows.iter().map(read).collect::<Result<Vec<_>, DbError>>()?);
    }
    Ok(found)
}

fn list(rx: &mut Rx<'_>, column: &str, id: Id) -> Result<Vec<Grant>> {
    let rows = rx.all(
        &format!(
            "{SELECT} where {column} = $1 order by case when g.effective_until is null then 0 else 1 end, g.role, g.effective_from desc, g.id"
        ),
        &params![id],
    )?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

const SELECT: &str =
    "select g.id, g.account, g.post, g.role, g.unit, g.effective_from, g.effective_until, g.decree, g.version from kernel_grant g";

fn read(row: &Row) -> Result<Grant, DbError> {
    let to = match (row.get::<Option<Id>>(1)?, row.get::<Option<Id>>(2)?) {
        (Some(account), None) => Grantee::Account(account),
        (None, Some(post)) => Grantee::Post(post),
        _ => return Err(DbError::Broken("kernel_grant is of an account or of a post".into())),
    };
    Ok(Grant {
        id: row.get(0)?,
        to,
        role: row.get(3)?,
        unit: row.get(4)?,
        from: row.get(5)?,
        until: row.get(6)?,
        decree: row.get(7)?,
        version: row.get(8)?,
    })
}

#[cfg(test)]
mod tests;

//! Posts, who holds them, and on whose behalf they sign.
//!
//! Rights, routing and signing follow the post, never the person: the one rule is that every act asks who acts for
//! the post **at that moment** ([`may_act`]). A holding has the moment it takes effect apart from the moment it was
//! entered, so a decree that arrives late is told as it was.

mod holding;
mod label;
mod mandate;

use jiff::{Timestamp, civil::Date};

pub(crate) use holding::holdings_at;
pub use holding::{Acting, Holding, HoldingKind, NewHolding, acting, appoint, check_appointment, end, holder, holders, holdings, posts_of};
pub use label::{LabelPost, label_of, signature_label};
pub use mandate::{
    Mandate, MandateForm, MandatedPost, NewMandate, Right, end_mandate, mandate, mandated_posts, mandates_of, may_act, may_officer_act,
};
pub(crate) use mandate::{mandated_among, mandates_at};

use crate::{
    Error, Expect, Id, NewEntry, Result, Row, Rx, Table, Tx, Value, cols,
    db::DbError,
    params,
    unit::{self, Unit},
};

/// The audited table of posts.
pub static POST: Table = Table::structural("kernel_post", &["unit", "office", "title", "place", "valid_from", "valid_until"]);
/// The audited table of holdings.
pub static HOLDING: Table =
    Table::structural("kernel_holding", &["post", "person", "kind", "decree", "effective_from", "effective_until", "entered_at"]);
/// The audited table of mandates.
pub static MANDATE: Table = Table::structural(
    "kernel_mandate",
    &["from_post", "to_post", "kinds", "form", "decree", "effective_from", "effective_until", "entered_at"],
);

/// The tables this module owns.
pub const TABLES: &[&Table] = &[&POST, &HOLDING, &MANDATE];

/// Offices by which steps of a service find the post they want at a unit (`kernel_post.office`).
pub mod office {
    pub const HEAD: &str = "kepala";
    pub const SECRETARY: &str = "sekretaris";
    pub const SERVICE_SECTION: &str = "kasi_pelayanan";
    pub const GOVERNMENT_SECTION: &str = "kasi_pemerintahan";
    pub const GENERAL_AFFAIRS: &str = "kaur_umum";
    pub const SERVICE_DIVISION: &str = "kabid_pelayanan";
    pub const OPERATOR: &str = "operator";
    pub const HAMLET_HEAD: &str = "kadus";
    pub const REGENT: &str = "bupati";
    pub const REGENCY_SECRETARY: &str = "sekda";

    /// Whether this office leads its unit: its title stands with the unit's name on letters.
    #[must_use]
    pub fn leads(office: &str) -> bool {
        matches!(office, HEAD | REGENT)
    }
}

/// A position in a unit, whoever holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub id: Id,
    pub unit: Id,
    /// See [`office`].
    pub office: String,
    /// As people write it: "Kepala Desa", "Kepala Seksi Pelayanan".
    pub title: String,
    /// Its place in lists of the unit.
    pub place: i64,
    pub valid_from: Date,
    pub valid_until: Option<Date>,
    pub version: i64,
}

/// A post to be made.
#[derive(Debug, Clone)]
pub struct NewPost {
    pub unit: Id,
    pub office: String,
    pub title: String,
    pub place: i64,
    pub valid_from: Date,
}

/// A post with the names of who acts for it, for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostLine {
    pub post: Post,
    pub acting: Acting,
    /// The name of who acts.
    pub holder: Option<String>,
    /// The name of who keeps the post while a Plh acts.
    pub keeps: Option<String>,
}

/// Makes a post.
///
/// # Errors
/// [`Error::Refused`] without office or title; [`Error::Missing`] when there is no such unit.
pub fn create(tx: &mut Tx<'_>, new: &NewPost) -> Result<Id> {
    if new.office.trim().is_empty() || new.title.trim().is_empty() {
        return Err(Error::refused("kernel-post-title-needed"));
    }
    let unit = unit::find(tx, new.unit)?.ok_or(Error::Missing)?;
    if unit.valid_until.is_some() {
        return Err(Error::refused("kernel-unit-closed"));
    }
    let id = tx.ctx().new_id();
    tx.insert(
        &POST,
        id,
        &cols! {
            "unit" => new.unit, "office" => new.office.trim(), "title" => new.title.trim(), "place" => new.place,
            "valid_from" => new.valid_from,
        },
    )?;
    tx.entry(NewEntry::new("kernel.post.created").unit(new.unit).object("post", id));
    Ok(id)
}

/// Gives a post another title.
///
/// # Errors
/// [`Error::Refused`] for an empty title; [`Error::Stale`], [`Error::Missing`].
pub fn retitle(tx: &mut Tx<'_>, id: Id, expect: Expect, title: &str) -> Result<i64> {
    if title.trim().is_empty() {
        return Err(Error::refused("kernel-post-title-needed"));
    }
    let version = tx.update(&POST, id, expect, &cols! { "title" => title.trim() })?;
    tx.entry(NewEntry::new("kernel.post.retitled").object("post", id));
    Ok(version)
}

/// Abolishes a post from `day` on and ends its holdings and mandates at the start of that day.
///
/// # Errors
/// [`Error::Refused`] when it is abolished already; [`Error::Stale`], [`Error::Missing`].
pub fn close(tx: &mut Tx<'_>, id: Id, expect: Expect, day: Date) -> Result<i64> {
    let post = find(tx, id)?.ok_or(Error::Missing)?;
    if post.valid_until.is_some() {
        return Err(Error::refused("kernel-post-closed"));
    }
    let unit = unit::find(tx, post.unit)?.ok_or(Error::Missing)?;
    let version = tx.update(&POST, id, expect, &cols! { "valid_until" => day })?;
    let at = unit::start_of(unit.zone, day);
    holding::end_all(tx, id, at)?;
    mandate::end_all(tx, id, at)?;
    tx.entry(NewEntry::new("kernel.post.closed").unit(post.unit).object("post", id));
    Ok(version)
}

/// Abolishes every post of a unit that ends on `day`.
pub(crate) fn close_all(tx: &mut Tx<'_>, unit: &Unit, day: Date) -> Result<()> {
    for post in of_unit(tx, unit.id)? {
        close(tx, post.id, Expect::Version(post.version), day)?;
    }
    Ok(())
}

/// The post with this id.
///
/// # Errors
/// Whatever the database says.
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Option<Post>> {
    let row = rx.one(&format!("{SELECT} where p.id = $1"), &params![id])?;
    Ok(row.as_ref().map(read).transpose()?)
}

/// The standing posts of a unit in their order.
///
/// # Errors
/// Whatever the database says.
pub fn of_unit(rx: &mut Rx<'_>, unit: Id) -> Result<Vec<Post>> {
    let rows = rx.all(&format!("{SELECT} where p.unit = $1 and p.valid_until is null order by p.place, p.id"), &params![unit])?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// The standing post of an office at a unit: where a step of a service is routed to. The first by place when there are several.
///
/// # Errors
/// Whatever the database says.
pub fn by_office(rx: &mut Rx<'_>, unit: Id, office: &str) -> Result<Option<Post>> {
    let row = rx.one(
        &format!("{SELECT} where p.unit = $1 and p.office = $2 and p.valid_until is null order by p.place, p.id limit 1"),
        &params![unit, office],
    )?;
    Ok(row.as_ref().map(read).transpose()?)
}

/// The posts of a unit with the names of who acts for them at `at`.
///
/// # Errors
/// Whatever the database says.
pub fn board(rx: &mut Rx<'_>, unit: Id, at: Timestamp) -> Result<Vec<PostLine>> {
    let posts = of_unit(rx, unit)?;
    lines(rx, posts, at)
}

/// The standing posts below `top` (and in it) that nobody acts for at `at`, by unit code and place; only of `office` when given.
///
/// # Errors
/// Whatever the database says.
pub fn vacant_posts(rx: &mut Rx<'_>, top: &Unit, office: Option<&str>, at: Timestamp, limit: i64) -> Result<Vec<Post>> {
    let mut bound = params![top.id, at, limit].to_vec();
    let mut sql = format!(
        "{SELECT} join kernel_unit u on u.id = p.unit where u.u{} = $1 and u.valid_until is null and p.valid_until is null \
         and not exists (select 1 from kernel_holding h where h.post = p.id and h.effective_from <= $2 \
         and (h.effective_until is null or h.effective_until > $2))",
        top.depth
    );
    if let Some(office) = office {
        bound.push(office.into());
        sql.push_str(" and p.office = $4");
    }
    sql.push_str(" order by u.code, p.place, p.id limit $3");
    let rows = rx.all(&sql, &bound)?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// Posts with the names of who acts for them at `at`, in the order given; two queries for any number.
///
/// # Errors
/// Whatever the database says.
pub fn lines(rx: &mut Rx<'_>, posts: Vec<Post>, at: Timestamp) -> Result<Vec<PostLine>> {
    let ids: Vec<Id> = posts.iter().map(|post| post.id).collect();
    let mut by_post = holders(rx, &ids, at)?;
    let persons: Vec<Id> =
        by_post.values().flat_map(|acting| [&acting.holder, &acting.keeps]).flatten().map(|holding| holding.person).collect();
    let (list, bound) = in_list(&persons, 1);
    let mut names = std::collections::HashMap::new();
    for row in rx.all(&format!("select id, name from kernel_person where id in {list}"), &bound)? {
        names.insert(row.get::<Id>(0)?, row.get::<String>(1)?);
    }
    let name = |holding: &Option<Holding>| holding.as_ref().and_then(|holding| names.get(&holding.person).cloned());
    Ok(posts
        .into_iter()
        .map(|post| {
            let acting = by_post.remove(&post.id).unwrap_or_default();
            PostLine { holder: name(&acting.holder), keeps: name(&acting.keeps), post, acting }
        })
        .collect())
}

const SELECT: &str = "select p.id, p.unit, p.office, p.title, p.place, p.valid_from, p.valid_until, p.version from kernel_post p";

pub(crate) fn read(row: &Row) -> Result<Post, DbError> {
    Ok(Post {
        id: row.get(0)?,
        unit: row.get(1)?,
        office: row.get(2)?,
        title: row.get(3)?,
        place: row.get(4)?,
        valid_from: row.get(5)?,
        valid_until: row.get(6)?,
        version: row.get(7)?,
    })
}

/// `($first, …)` for `in`, and the values; a list of nothing matches nothing.
pub(crate) fn in_list(ids: &[Id], first: usize) -> (String, Vec<Value>) {
    if ids.is_empty() {
        return ("(null)".to_owned(), Vec::new());
    }
    let numbers: Vec<String> = (first..first + ids.len()).map(|number| format!("${number}")).collect();
    (format!("({})", numbers.join(",")), ids.iter().map(Value::from).collect())
}

#[cfg(test)]
mod tests;

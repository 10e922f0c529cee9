//! The tree of a local government: regency, its offices, districts and villages, down to the neighbourhood (RT).
//!
//! Units are never removed: they are closed on a day and name their successors, so a letter of 2025 still says
//! which village wrote it. Every unit keeps its ancestors beside it (`u1` = the regency … itself), which is what
//! scopes and lists filter by.

mod kind;
mod tree;
mod zone;

use indonesian::slug;
use jiff::{Timestamp, civil::Date};

pub use indonesian::Zone;
pub use kind::UnitKind;
pub use tree::UnitTree;
pub use zone::{date_in, start_of, zone_name, zone_of};

use crate::{Error, Expect, Id, Message, NewEntry, Result, Row, Rx, Table, Tx, cols, db::DbError, params, post};

/// The deepest level: regency, district, village, hamlet, RW, RT.
pub const DEPTH_MAX: usize = 6;

/// The audited table of units.
pub static UNIT: Table = Table::structural(
    "kernel_unit",
    &[
        "parent",
        "kind",
        "code",
        "bps_code",
        "name",
        "name_folded",
        "short_name",
        "slug",
        "address",
        "zone",
        "depth",
        "u1",
        "u2",
        "u3",
        "u4",
        "u5",
        "u6",
        "valid_from",
        "valid_until",
        "successors",
    ],
);

/// The tables this module owns.
pub const TABLES: &[&Table] = &[&UNIT];

/// A node of the government tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub id: Id,
    pub parent: Option<Id>,
    pub kind: UnitKind,
    /// The code of the Ministry of Home Affairs, `PP.KK.CC.DDDD`; own offices have one made by the government.
    pub code: String,
    /// The code of Statistics Indonesia (BPS), where it differs.
    pub bps_code: Option<String>,
    /// The whole name: "Desa Batu Jungul", "Dinas Sosial".
    pub name: String,
    /// The own name: "Batu Jungul"; for offices their usual short form.
    pub short_name: String,
    /// The name in addresses of pages, unique in the government; it survives renaming.
    pub slug: String,
    pub address: String,
    pub zone: Zone,
    /// 1 = the regency.
    pub depth: i64,
    /// From the regency down to the unit itself.
    pub ancestors: [Option<Id>; DEPTH_MAX],
    pub valid_from: Date,
    /// The first day it is no more.
    pub valid_until: Option<Date>,
    /// What it became when split or merged.
    pub successors: Vec<Id>,
    pub version: i64,
}

impl Unit {
    /// Whether it exists on `day`.
    #[must_use]
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|until| day < until)
    }

    /// The day on the wall there.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> Date {
        date_in(self.zone, at)
    }

    /// Whether it lies below `other` or is it.
    #[must_use]
    pub fn is_within(&self, other: Id) -> bool {
        self.ancestors.contains(&Some(other))
    }
}

/// A unit to be made.
#[derive(Debug, Clone)]
pub struct NewUnit {
    pub parent: Option<Id>,
    pub kind: UnitKind,
    pub code: String,
    pub bps_code: Option<String>,
    pub name: String,
    /// Empty: the name without the word of its kind.
    pub short_name: String,
    /// Empty: made of the short name, and of the parent's when taken.
    pub slug: String,
    pub address: String,
    pub zone: Zone,
    pub valid_from: Date,
}

impl NewUnit {
    /// A unit of `kind` named `name`, in the zone its code's province lies in, valid since 1945, everything else empty.
    #[must_use]
    pub fn new(kind: UnitKind, parent: Option<Id>, code: impl Into<String>, name: impl Into<String>) -> Self {
        let code = code.into();
        Self {
            parent,
            kind,
            zone: Zone::of_region(&code).unwrap_or_default(),
            code,
            bps_code: None,
            name: name.into(),
            short_name: String::new(),
            slug: String::new(),
            address: String::new(),
            valid_from: jiff::civil::date(1945, 8, 17),
        }
    }
}

/// Makes a unit.
///
/// # Errors
/// [`Error::Refused`] when the name or code is empty, the parent may not hold this kind, or slug or code is taken.
pub fn create(tx: &mut Tx<'_>, new: &NewUnit) -> Result<Id> {
    if new.name.trim().is_empty() || new.code.trim().is_empty() {
        return Err(Error::refused("kernel-unit-name-needed"));
    }
    let parent = match new.parent {
        Some(id) => Some(find(tx, id)?.ok_or(Error::Missing)?),
        None => None,
    };
    if !new.kind.may_stand_under(parent.as_ref().map(|p| p.kind)) {
        return Err(Error::refused("kernel-unit-parent"));
    }
    if tx.one("select id from kernel_unit where code = $1 and valid_until is null", &params![new.code.trim()])?.is_some() {
        return Err(Message::new("kernel-unit-code-taken").arg("code", new.code.trim()).into());
    }
    let short_name = if new.short_name.is_empty() { new.kind.without_word(&new.name).to_owned() } else { new.short_name.clone() };
    let free = free_slug(tx, new, &short_name, parent.as_ref())?;
    let id = tx.ctx().new_id();
    let mut ancestors = parent.as_ref().map_or([None; DEPTH_MAX], |p| p.ancestors);
    let depth = parent.as_ref().map_or(1, |p| p.depth + 1);
    let place = usize::try_from(depth - 1).ok().filter(|place| *place < DEPTH_MAX).ok_or(Error::refused("kernel-unit-parent"))?;
    ancestors[place] = Some(id);
    tx.insert(
        &UNIT,
        id,
        &cols! {
            "parent" => new.parent, "kind" => new.kind.key(), "code" => new.code.trim(), "bps_code" => new.bps_code.clone(),
            "name" => new.name.trim(), "name_folded" => indonesian::place_key(&new.name), "short_name" => short_name, "slug" => free,
            "address" => new.address.trim(), "zone" => zone_name(new.zone), "depth" => depth, "u1" => ancestors[0], "u2" => ancestors[1],
            "u3" => ancestors[2], "u4" => ancestors[3], "u5" => ancestors[4], "u6" => ancestors[5], "valid_from" => new.valid_from,
            "successors" => "[]",
        },
    )?;
    tx.entry(NewEntry::new("kernel.unit.created").unit(id).object("unit", id));
    Ok(id)
}

/// Gives a unit another name. Its slug stays: printed QR codes and shared links keep working.
///
/// # Errors
/// [`Error::Refused`] for an empty name; [`Error::Stale`], [`Error::Missing`].
pub fn rename(tx: &mut Tx<'_>, id: Id, expect: Expect, name: &str, short_name: &str) -> Result<i64> {
    if name.trim().is_empty() || short_name.trim().is_empty() {
        return Err(Error::refused("kernel-unit-name-needed"));
    }
    let version = tx.update(
        &UNIT,
        id,
        expect,
        &cols! { "name" => name.trim(), "name_folded" => indonesian::place_key(name), "short_name" => short_name.trim() },
    )?;
    tx.entry(NewEntry::new("kernel.unit.renamed").unit(id).object("unit", id));
    Ok(version)
}

/// Changes the address printed on letters.
///
/// # Errors
/// [`Error::Stale`], [`Error::Missing`].
pub fn relocate(tx: &mut Tx<'_>, id: Id, expect: Expect, address: &str) -> Result<i64> {
    let version = tx.update(&UNIT, id, expect, &cols! { "address" => address.trim() })?;
    tx.entry(NewEntry::new("kernel.unit.relocated").unit(id).object("unit", id));
    Ok(version)
}

/// Ends a unit on `day` (the first day it is no more) and says what it became. Its posts and their holdings end too.
///
/// # Errors
/// [`Error::Refused`] when it still has open units below it, is closed already, or a successor is closed or itself.
pub fn close(tx: &mut Tx<'_>, id: Id, expect: Expect, day: Date, successors: &[Id]) -> Result<i64> {
    let unit = find(tx, id)?.ok_or(Error::Missing)?;
    if unit.valid_until.is_some() || day < unit.valid_from {
        return Err(Error::refused("kernel-unit-closed"));
    }
    if tx.one("select id from kernel_unit where parent = $1 and valid_until is null", &params![id])?.is_some() {
        return Err(Error::refused("kernel-unit-has-children"));
    }
    for successor in successors {
        let successor = find(tx, *successor)?.ok_or(Error::Missing)?;
        if successor.id == id || successor.valid_until.is_some() {
            return Err(Error::refused("kernel-unit-successor"));
        }
    }
    post::close_all(tx, &unit, day)?;
    let successors = serde_json::json!(successors).to_string();
    let version = tx.update(&UNIT, id, expect, &cols! { "valid_until" => day, "successors" => successors })?;
    tx.entry(NewEntry::new("kernel.unit.closed").unit(id).object("unit", id));
    Ok(version)
}

/// The units a closed unit became, followed to those that still stand; itself when it stands.
///
/// # Errors
/// Whatever the database says.
pub fn successors(rx: &mut Rx<'_>, id: Id) -> Result<Vec<Unit>> {
    let mut standing: Vec<Unit> = Vec::new();
    let mut seen = vec![id];
    let mut open = vec![id];
    while let Some(next) = open.pop() {
        let Some(unit) = find(rx, next)? else { continue };
        if unit.valid_until.is_none() {
            standing.push(unit);
            continue;
        }
        for successor in unit.successors {
            if !seen.contains(&successor) {
                seen.push(successor);
                open.push(successor);
            }
        }
    }
    standing.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(standing)
}

/// The unit with this id.
///
/// # Errors
/// Whatever the database says.
pub fn find(rx: &mut Rx<'_>, id: Id) -> Result<Option<Unit>> {
    one(rx, "id = $1", &params![id])
}

/// The unit with this slug, closed ones too: their pages say what became of them.
///
/// # Errors
/// Whatever the database says.
pub fn by_slug(rx: &mut Rx<'_>, slug: &str) -> Result<Option<Unit>> {
    one(rx, "slug = $1", &params![slug])
}

/// The standing unit with this code of the Ministry of Home Affairs.
///
/// # Errors
/// Whatever the database says.
pub fn by_code(rx: &mut Rx<'_>, code: &str) -> Result<Option<Unit>> {
    one(rx, "code = $1 and valid_until is null", &params![code])
}

/// The top of the tree: the regency. None before the first installation.
///
/// # Errors
/// Whatever the database says.
pub fn root(rx: &mut Rx<'_>) -> Result<Option<Unit>> {
    one(rx, "parent is null and valid_until is null", &[])
}

/// The standing units right below `id`, by kind and code.
///
/// # Errors
/// Whatever the database says.
pub fn children(rx: &mut Rx<'_>, id: Id) -> Result<Vec<Unit>> {
    let rows = rx.all(&format!("{SELECT} where parent = $1 and valid_until is null order by kind, code, id"), &params![id])?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// From the regency down to the unit itself.
///
/// # Errors
/// Whatever the database says.
pub fn path(rx: &mut Rx<'_>, unit: &Unit) -> Result<Vec<Unit>> {
    let ids: Vec<_> = unit.ancestors.iter().flatten().copied().collect();
    let (list, bound) = crate::post::in_list(&ids, 1);
    let rows = rx.all(&format!("{SELECT} where id in {list} order by depth, id"), &bound)?;
    Ok(rows.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// The local word at a unit, e.g. `village` → "gampong": its own setting or the nearest ancestor's, else the word of its region and kind.
///
/// # Errors
/// Whatever the database says.
pub fn local_word(rx: &mut Rx<'_>, unit: &Unit, term: &str) -> Result<Option<String>> {
    let ids: Vec<_> = unit.ancestors.iter().flatten().copied().collect();
    let (list, mut bound) = crate::post::in_list(&ids, 2);
    bound.insert(0, format!("word.{term}").into());
    let set = rx.one(
        &format!(
            "select s.value from kernel_setting s join kernel_unit u on u.id = s.unit where s.name = $1 and s.unit in {list} order by u.depth desc, u.id"
        ),
        &bound,
    )?;
    match set {
        Some(row) => Ok(Some(row.get(0)?)),
        None if term != "village" => Ok(None),
        // A desa is a kampung in Papua and a gampong in Aceh.
        None if unit.kind == UnitKind::Desa => {
            let region = unit.code.get(..5).unwrap_or_default();
            Ok(Some(indonesian::LocalWords::of_region(region).village))
        }
        None => Ok(unit.kind.village_word().map(str::to_owned)),
    }
}

const SELECT: &str = "select id, parent, kind, code, bps_code, name, short_name, slug, address, zone, depth, u1, u2, u3, u4, u5, u6, \
                      valid_from, valid_until, successors, version from kernel_unit";

fn one(rx: &mut Rx<'_>, condition: &str, params: &[crate::Value]) -> Result<Option<Unit>> {
    let row = rx.one(&format!("{SELECT} where {condition} order by depth, id limit 1"), params)?;
    Ok(row.as_ref().map(read).transpose()?)
}

fn read(row: &Row) -> Result<Unit, DbError> {
    let broken = |what: &str| DbError::Broken(format!("kernel_unit.{what} holds an unknown word"));
    let mut ancestors = [None; DEPTH_MAX];
    for (index, ancestor) in ancestors.iter_mut().enumerate() {
        *ancestor = row.get(11 + index)?;
    }
    Ok(Unit {
        id: row.get(0)?,
        parent: row.get(1)?,
        kind: row.get::<String>(2)?.parse().map_err(|()| broken("kind"))?,
        code: row.get(3)?,
        bps_code: row.get(4)?,
        name: row.get(5)?,
        short_name: row.get(6)?,
        slug: row.get(7)?,
        address: row.get(8)?,
        zone: zone_of(&row.get::<String>(9)?).ok_or_else(|| broken("zone"))?,
        depth: row.get(10)?,
        ancestors,
        valid_from: row.get(17)?,
        valid_until: row.get(18)?,
        successors: serde_json::from_str(&row.get::<String>(19)?).map_err(|_| broken("successors"))?,
        version: row.get(20)?,
    })
}

fn free_slug(rx: &mut Rx<'_>, new: &NewUnit, short_name: &str, parent: Option<&Unit>) -> Result<String> {
    let taken = |rx: &mut Rx<'_>, name: &str| rx.one("select id from kernel_unit where slug = $1", &params![name]).map(|row| row.is_some());
    if !new.slug.is_empty() {
        if slug(&new.slug) != new.slug || taken(rx, &new.slug)? {
            return Err(Message::new("kernel-unit-slug-taken").arg("slug", new.slug.as_str()).into());
        }
        return Ok(new.slug.clone());
    }
    let own = slug(short_name);
    let with_parent = parent.map_or_else(|| own.clone(), |parent| format!("{own}-{}", slug(&parent.short_name)));
    let with_code = format!("{own}-{}", slug(&new.code));
    for name in [own, with_parent, with_code] {
        if !name.is_empty() && !taken(rx, &name)? {
            return Ok(name);
        }
    }
    Err(Message::new("kernel-unit-slug-taken").arg("slug", slug(short_name)).into())
}

#[cfg(test)]
pub(crate) mod tests;

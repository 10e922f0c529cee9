//! What the API lists: offerings in pages, applications with the version an action needs.

use std::{collections::HashMap, sync::Arc};

use kernel::{
    DbError, Gov, Id, NewEntry, Result, Rx, Value,
    access::Reading,
    blobs,
    case::{self, Case},
    params,
    unit::Zone,
};

use super::{Definitions, SYSTEM, lists::Line};
use crate::model::Definition;

/// Which offerings to list.
#[derive(Clone, Debug, Default)]
pub struct OfferQuery {
    pub unit: Option<Id>,
    /// Only these services; none of an empty list.
    pub kinds: Option<Vec<String>>,
    pub after: Option<Id>,
    pub limit: i64,
}

/// An open offering: id, definition, and slug, name and kind of its unit.
#[derive(Clone, Debug)]
pub struct OfferRow {
    pub id: Id,
    pub definition: Arc<Definition>,
    pub unit: (String, String, String),
}

/// A page of open offerings of standing units, by id.
///
/// # Errors
/// What the database says.
pub fn offers(rx: &mut Rx<'_>, gov: &Gov, query: &OfferQuery) -> Result<Vec<OfferRow>> {
    let mut bound: Vec<Value> = params![SYSTEM, query.after.unwrap_or(Id::NIL)].to_vec();
    let mut narrow = String::new();
    let mut bind = |value: Value| {
        bound.push(value);
        format!("${}", bound.len())
    };
    if let Some(unit) = query.unit {
        narrow.push_str(&format!(" and o.unit = {}", bind(unit.into())));
    }
    if let Some(kinds) = &query.kinds {
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        let marks: Vec<String> = kinds.iter().map(|kind| bind(kind.as_str().into())).collect();
        narrow.push_str(&format!(" and o.kind in ({})", marks.join(", ")));
    }
    let limit = bind(query.limit.into());
    let sql = format!(
        "select o.id, o.definition, u.slug, u.name, u.kind from kernel_offering o join kernel_unit u on u.id = o.unit \
         where o.system = $1 and o.id > $2 and o.state = 'open' and u.valid_until is null{narrow} order by o.id limit {limit}"
    );
    let mut found = Vec::new();
    for row in rx.all(&sql, &bound)? {
        let hash: Vec<u8> = row.get(1)?;
        let hash = hash.try_into().map_err(|_| DbError::Broken("a definition's hash has 32 bytes".into()))?;
        let definition = gov.cached::<Definitions>().get(rx, &hash)?;
        found.push(OfferRow { id: row.get(0)?, definition, unit: (row.get(2)?, row.get(3)?, row.get(4)?) });
    }
    Ok(found)
}

/// Version and zone of the cases of these lines.
///
/// # Errors
/// What the database says.
pub fn versions(rx: &mut Rx<'_>, lines: &[Line]) -> Result<HashMap<Id, (i64, Zone)>> {
    if lines.is_empty() {
        return Ok(HashMap::new());
    }
    let bound: Vec<Value> = lines.iter().map(|line| line.case_id.into()).collect();
    let marks: Vec<String> = (1..=bound.len()).map(|place| format!("${place}")).collect();
    let sql = format!(
        "select c.id, c.version, u.zone from kernel_case c join kernel_unit u on u.id = c.unit where c.id in ({})",
        marks.join(", ")
    );
    let mut found = HashMap::new();
    for row in rx.all(&sql, &bound)? {
        let zone: String = row.get(2)?;
        found.insert(row.get(0)?, (row.get(1)?, kernel::unit::zone_of(&zone).unwrap_or_default()));
    }
    Ok(found)
}

/// Writes that a list was read, with the cases on it.
pub fn listed<'c>(reading: &mut impl Reading<'c>, what: &'static str, lines: &[Line]) {
    let ids: Vec<Id> = lines.iter().map(|line| line.case_id).collect();
    reading.note(NewEntry::new(what).detail(serde_json::json!({ "cases": ids })));
}

/// The desk's title of a case.
///
/// # Errors
/// What the database says.
pub fn desk(rx: &mut Rx<'_>, case: &Case) -> Result<Option<String>> {
    match case.at_post {
        Some(post) => Ok(kernel::post::find(rx, post)?.map(|post| post.title)),
        None => Ok(None),
    }
}

/// The case of an application, of this system only.
///
/// # Errors
/// [`kernel::Error::Missing`] for anything else.
pub fn application_case(rx: &mut Rx<'_>, id: Id) -> Result<Case> {
    let case = case::find(rx, id)?;
    if case.system == SYSTEM { Ok(case) } else { Err(kernel::Error::Missing) }
}

/// Whether a file waits for the form that names it.
///
/// # Errors
/// What the database says.
pub fn is_parked(rx: &mut Rx<'_>, id: Id) -> Result<bool> {
    Ok(blobs::find(rx, id)?.is_some_and(|blob| !blob.used))
}

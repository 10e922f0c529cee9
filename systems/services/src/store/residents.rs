//! Lists of residents, and the index they are found by.

use std::collections::HashMap;

use kernel::{
    DbError, Id, Result, Rx, Value, params,
    party::{self, Person},
};

use crate::residents::Known;

pub use kernel::party::{FoundBy, SEARCH_KIND, index, index_again, index_new};

/// The persons of these blind indexes of NIK; of several with one number the oldest record.
///
/// # Errors
/// What the database says.
pub fn by_nik_index<'a>(rx: &mut Rx<'_>, indexes: impl Iterator<Item = &'a [u8]>) -> Result<HashMap<Vec<u8>, Known>> {
    let bound: Vec<Value> = indexes.map(|index| Value::Bytes(index.to_vec())).collect();
    if bound.is_empty() {
        return Ok(HashMap::new());
    }
    let marks: Vec<String> = (1..=bound.len()).map(|n| format!("${n}")).collect();
    let sql = format!("select nik_index, id, unit from kernel_person where nik_index in ({}) order by id desc", marks.join(","));
    let read = |row: &kernel::Row| Ok((row.get(0)?, Known { person: row.get(1)?, unit: row.get(2)?, limited: false }));
    Ok(rx.all(&sql, &bound)?.iter().map(read).collect::<Result<_, DbError>>()?)
}

/// A page of a unit's residents by name: ids only, in the order of the list.
#[derive(Debug, Clone, Copy)]
pub struct PageOf<'a> {
    pub unit: Id,
    /// Folded name and id of the row to go on from.
    pub after: Option<(&'a str, Id)>,
    pub backwards: bool,
    /// Only those without a NIK or with an odd one.
    pub odd: bool,
    pub limit: i64,
}

/// Residents of one page, in the order of the query (turned round when backwards).
///
/// # Errors
/// What the database says.
pub fn page(rx: &mut Rx<'_>, page: &PageOf<'_>) -> Result<Vec<Person>> {
    let (beyond, order) = if page.backwards { ("<", "desc") } else { (">", "asc") };
    let mut bound = params![page.unit, page.limit].to_vec();
    let mut condition = String::new();
    if page.odd {
        condition.push_str(" and nik_state <> 'ok'");
    }
    if let Some((name, id)) = page.after {
        bound.extend(params![name, id]);
        condition.push_str(&format!(" and (name_folded, id) {beyond} ($3, $4)"));
    }
    let sql = format!("select id from kernel_person where unit = $1{condition} order by name_folded {order}, id {order} limit $2");
    let ids: Vec<Id> = rx.all(&sql, &bound)?.iter().map(|row| row.get(0)).collect::<Result<_, DbError>>()?;
    in_order(rx, &ids)
}

/// These persons in this order; ids of nobody are left out.
///
/// # Errors
/// What the database says.
pub fn in_order(rx: &mut Rx<'_>, ids: &[Id]) -> Result<Vec<Person>> {
    let mut found: HashMap<Id, Person> = party::find_all(rx, ids)?.into_iter().map(|person| (person.id, person)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// How many of a unit's residents have no NIK, or an odd one.
///
/// # Errors
/// What the database says.
pub fn count_odd(rx: &mut Rx<'_>, unit: Id) -> Result<i64> {
    Ok(rx.count("select count(*) from kernel_person where unit = $1 and nik_state <> 'ok'", &params![unit])?)
}

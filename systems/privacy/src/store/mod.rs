//! All SQL of this system.

pub mod breaches;
pub mod copies;
pub mod corrections;
pub mod hidings;
pub mod pseudonyms;
pub mod readings;
pub mod requests;

use kernel::{DbError, Error, Id, Result, Rx, Table, Timestamp, grant, params, post, unit};

/// This system's name in cases and entries.
pub const SYSTEM: &str = "privacy";
/// The kind of its cases.
pub const KIND: &str = "request";

static READING: Table = Table::upkeep("privacy_reading");
static INDEXED: Table = Table::upkeep("privacy_indexed");

/// Every table of this system.
pub const TABLES: &[&Table] = &[&requests::REQUEST, &hidings::HIDING, &breaches::BREACH, &corrections::CORRECTION, &READING, &INDEXED];

/// The desk requests go to: the post with the role of the data protection officer; while none is appointed, the secretary of
/// the regency, then its head. The flag says whether it is the officer.
///
/// # Errors
/// [`Error::Refused`] when the government has no such post at all.
pub fn desk(rx: &mut Rx<'_>, now: Timestamp) -> Result<(post::Post, bool)> {
    let sql = "select g.post from kernel_grant g where g.role = $1 and g.post is not null and g.effective_from <= $2 \
               and (g.effective_until is null or g.effective_until > $2) order by g.effective_from, g.id limit 1";
    if let Some(row) = rx.one(sql, &params![grant::PRIVACY_OFFICER, now])? {
        return Ok((post::find(rx, row.get(0)?)?.ok_or(Error::Missing)?, true));
    }
    let root = unit::root(rx)?.ok_or(Error::Missing)?;
    for office in [post::office::REGENCY_SECRETARY, post::office::REGENT, post::office::HEAD] {
        if let Some(post) = post::by_office(rx, root.id, office)? {
            return Ok((post, false));
        }
    }
    Err(Error::refused("privacy-no-desk"))
}

/// The persons of a case: who applied and who it is about.
///
/// # Errors
/// What the database says.
pub fn persons_of(rx: &mut Rx<'_>, case: &kernel::case::Case) -> Result<Vec<Id>> {
    let mut persons: Vec<Id> = case.applicant.into_iter().collect();
    for party in kernel::case::parties(rx, case.id)? {
        persons.extend(party.person.filter(|person| !persons.contains(person)));
    }
    Ok(persons)
}

/// The codes of these cases.
///
/// # Errors
/// What the database says.
pub fn codes_of(rx: &mut Rx<'_>, cases: &[Id]) -> Result<std::collections::HashMap<Id, String>> {
    if cases.is_empty() {
        return Ok(std::collections::HashMap::new());
    }
    let marks: Vec<String> = (1..=cases.len()).map(|n| format!("${n}")).collect();
    let sql = format!("select id, code from kernel_case where id in ({})", marks.join(","));
    let bound: Vec<kernel::Value> = cases.iter().map(kernel::Value::from).collect();
    Ok(rx.all(&sql, &bound)?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, DbError>>()?)
}

/// The account of a person.
///
/// # Errors
/// What the database says.
pub fn account_of(rx: &mut Rx<'_>, person: Id) -> Result<Option<Id>> {
    let row = rx.one("select id from kernel_account where person = $1 order by id limit 1", &params![person])?;
    Ok(row.map(|row| row.get(0)).transpose()?)
}

/// People of finished applications of other systems, each with the case, oldest first.
///
/// # Errors
/// What the database says.
pub fn finished(rx: &mut Rx<'_>, limit: i64) -> Result<Vec<(Id, Id)>> {
    let sql =
        "select applicant, id from kernel_case where outcome = 'granted' and applicant is not null and system <> $1 order by id limit $2";
    let rows = rx.all(sql, &params![SYSTEM, limit])?;
    Ok(rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, DbError>>()?)
}

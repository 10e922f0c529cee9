//! Pseudonymised rows of residents for studies: stable within a purpose, not linkable between purposes.

use kernel::{
    DbError, Gov, Id, Result, Row, Rx, Timestamp,
    limit::{self, Restricted},
    params,
};

/// Most rows of one export.
pub const ROWS_MAX: i64 = 100_000;

/// A resident without identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pseudonymous {
    /// 32 hexadecimal digits.
    pub pseudonym: String,
    pub village_code: String,
    pub sex: String,
    /// Year of birth; day and month would single people out.
    pub born: String,
    pub marital: String,
    pub occupation: String,
}

/// How many residents there are below a unit whose data may be used for a study at `now`.
///
/// # Errors
/// What the database says.
pub fn count(rx: &mut Rx<'_>, unit: Id, now: Timestamp) -> Result<i64> {
    let sql = "select count(*) from kernel_person p join kernel_unit u on u.id = p.unit \
               where $1 in (u.u1, u.u2, u.u3, u.u4, u.u5, u.u6) and p.source <> 'erased'";
    Ok(rx.count(sql, &params![unit])? - limit::count_below(rx, unit, now)?)
}

/// The residents below a unit under pseudonyms of this purpose, in the order of the pseudonyms: not the one of their registration.
/// Those whose data are restricted are left out; says how many.
///
/// # Errors
/// What the database says.
pub fn list(rx: &mut Rx<'_>, gov: &Gov, purpose: &str, unit: Id, now: Timestamp) -> Result<(Vec<Pseudonymous>, usize)> {
    let restricted = Restricted::at(rx, now)?;
    let sql = "select p.id, u.code, coalesce(p.sex, ''), coalesce(p.birth_date, ''), coalesce(p.marital, ''), coalesce(p.occupation, '') \
               from kernel_person p join kernel_unit u on u.id = p.unit \
               where $1 in (u.u1, u.u2, u.u3, u.u4, u.u5, u.u6) and p.source <> 'erased' order by p.id limit $2";
    let read = |row: &Row| -> Result<Pseudonymous, DbError> {
        let tag = gov.keys().pseudonym(purpose, row.get(0)?);
        Ok(Pseudonymous {
            pseudonym: tag.iter().map(|byte| format!("{byte:02x}")).collect(),
            village_code: row.get(1)?,
            sex: row.get(2)?,
            born: row.get::<String>(3)?.chars().take(4).collect(),
            marital: row.get(4)?,
            occupation: row.get(5)?,
        })
    };
    let (mut rows, mut without) = (Vec::new(), 0);
    for row in &rx.all(sql, &params![unit, ROWS_MAX])? {
        if restricted.has(row.get(0)?) { without += 1 } else { rows.push(read(row)?) }
    }
    rows.sort_by(|a, b| a.pseudonym.cmp(&b.pseudonym));
    Ok((rows, without))
}

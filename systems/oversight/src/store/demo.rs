//! Whom the demonstration is about.

use kernel::{DbError, Id, Result, Rx, params};

/// An operator of the village with the most residents.
pub struct Reader {
    pub account: Id,
    pub unit: Id,
    pub residents: Vec<Id>,
}

/// The operator of the village with the most residents, with these.
///
/// # Errors
/// What the database says.
pub fn busiest(rx: &mut Rx<'_>) -> Result<Option<Reader>> {
    let sql = "select p.unit, count(*) from kernel_person p join kernel_unit u on u.id = p.unit where u.kind in ('desa', 'nagari', 'kelurahan') \
               group by p.unit order by count(*) desc, p.unit limit 1";
    let Some(row) = rx.one(sql, &[])? else { return Ok(None) };
    let unit: Id = row.get(0)?;
    let sql = "select a.id from kernel_account a join kernel_holding h on h.person = a.person join kernel_post p on p.id = h.post \
               where p.unit = $1 and p.office = 'operator' order by a.id limit 1";
    let Some(row) = rx.one(sql, &params![unit])? else { return Ok(None) };
    let account = row.get(0)?;
    let rows = rx.all("select id from kernel_person where unit = $1 order by id", &params![unit])?;
    let residents = rows.iter().map(|row| row.get(0)).collect::<Result<_, DbError>>()?;
    Ok(Some(Reader { account, unit, residents }))
}

/// An account that holds a role by its post.
///
/// # Errors
/// What the database says.
pub fn holder(rx: &mut Rx<'_>, role: &str) -> Result<Option<Id>> {
    let sql = "select a.id from kernel_grant g join kernel_holding h on h.post = g.post join kernel_account a on a.person = h.person \
               where g.role = $1 order by g.id, a.id limit 1";
    Ok(rx.one(sql, &params![role])?.map(|row| row.get(0)).transpose()?)
}

//! Settings: what a government or one of its units decided in the place of a default, one value a unit and name.

use serde::{Serialize, de::DeserializeOwned};

use crate::{Error, Expect, Id, Result, Rx, Table, Tx, cols, params, unit};

/// One row a unit and name; what the value is, is the business of the name.
pub static SETTING: Table = Table::structural("kernel_setting", &["unit", "name", "value"]);
/// The tables of this module.
pub const TABLES: &[&Table] = &[&SETTING];

/// What the government decided under a name; the default where it decided nothing.
///
/// # Errors
/// [`Error::Failed`] for a value that cannot be read; what the database says.
pub fn of_government<T: Default + DeserializeOwned>(rx: &mut Rx<'_>, name: &str) -> Result<T> {
    let sql = "select s.value from kernel_setting s join kernel_unit u on u.id = s.unit where u.depth = 1 and s.name = $1 order by u.id";
    let Some(row) = rx.one(sql, &params![name])? else { return Ok(T::default()) };
    serde_json::from_str(&row.get::<String>(0)?).map_err(|error| Error::Failed(format!("the setting {name}: {error}")))
}

/// Makes a value hold for the whole government from now on. Says which unit stands for it: the entry is the caller's.
///
/// # Errors
/// [`Error::Missing`] before there is a government; what the database says.
pub fn decide<T: Serialize>(tx: &mut Tx<'_>, name: &str, value: &T) -> Result<Id> {
    let root = unit::root(tx)?.ok_or(Error::Missing)?;
    let text = serde_json::to_string(value).map_err(|error| Error::Failed(error.to_string()))?;
    store(tx, root.id, name, &text)?;
    Ok(root.id)
}

/// Sets a unit's value under a name, in the place of the one before.
pub(crate) fn store(tx: &mut Tx<'_>, unit: Id, name: &str, value: &str) -> Result<()> {
    match tx.one("select id from kernel_setting where unit = $1 and name = $2", &params![unit, name])? {
        Some(row) => drop(tx.update(&SETTING, row.get(0)?, Expect::Any, &cols! { "value" => value })?),
        None => {
            let id = tx.ctx().new_id();
            tx.insert(&SETTING, id, &cols! { "unit" => unit, "name" => name, "value" => value })?;
        }
    }
    Ok(())
}

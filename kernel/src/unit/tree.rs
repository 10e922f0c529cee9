//! A part of the tree read in one query, for menus, imports and overviews.

use std::collections::HashMap;

use super::{SELECT, Unit, UnitKind, read};
use crate::{Id, Result, Rx, params};

/// The standing units below (and with) one of them, as of the reading transaction. Nothing is cached.
#[derive(Debug, Clone)]
pub struct UnitTree {
    units: Vec<Unit>,
    places: HashMap<Id, usize>,
}

impl UnitTree {
    /// Reads the units below `top` and itself, by depth and code.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn read(rx: &mut Rx<'_>, top: Id) -> Result<Self> {
        let rows = rx.all(
            &format!(
                "with recursive below(node) as (select id from kernel_unit where id = $1 \
                 union all select c.id from kernel_unit c join below b on c.parent = b.node) \
                 {SELECT} where id in (select node from below) and valid_until is null order by depth, code, id"
            ),
            &params![top],
        )?;
        let mut units = Vec::with_capacity(rows.len());
        for row in &rows {
            units.push(read(row)?);
        }
        let places = units.iter().enumerate().map(|(place, unit)| (unit.id, place)).collect();
        Ok(Self { units, places })
    }

    /// Every unit, by depth and code.
    #[must_use]
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The unit with this id.
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&Unit> {
        self.places.get(&id).map(|place| &self.units[*place])
    }

    /// The unit with this code.
    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.code == code)
    }

    /// Those right below `id`, by code.
    pub fn children(&self, id: Id) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(move |unit| unit.parent == Some(id))
    }

    /// Those of the kinds wanted, by depth and code.
    pub fn of_kinds(&self, kinds: &[UnitKind]) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(|unit| kinds.contains(&unit.kind))
    }

    /// Desa, nagari and kelurahan, by code.
    pub fn villages(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(|unit| unit.kind.is_village())
    }
}

//! Values made of the structural tables (units, posts, offerings, calendars), kept as long as those do not change.
//!
//! A change of a structural table gives the database another stamp, in the same transaction. A value is kept with the stamp
//! its transaction saw, and answers only transactions that see the same one: it is never older or newer than the rows beside
//! it, in whichever process the change was made. Stamps are drawn at random, so one that was rolled back never comes again.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{Result, Rx};

/// Values by key, all of one stamp. It lives in [`crate::Gov::cached`].
#[derive(Debug)]
pub struct Kept<K, V>(Mutex<Shelf<K, V>>);

#[derive(Debug)]
struct Shelf<K, V> {
    stamp: i64,
    values: HashMap<K, Arc<V>>,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Shelf { stamp: 0, values: HashMap::new() }))
    }
}

impl<K: Eq + Hash, V> Kept<K, V> {
    /// The value of `key` as of this transaction; `load` reads it when it is not kept. Nothing else than structural tables may
    /// go into it.
    ///
    /// # Errors
    /// What `load` or the database says.
    pub fn get(&self, rx: &mut Rx<'_>, key: K, load: impl FnOnce(&mut Rx<'_>) -> Result<V>) -> Result<Arc<V>> {
        let stamp = rx.stamp()?;
        {
            let shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(value) = shelf.values.get(&key).filter(|_| shelf.stamp == stamp) {
                return Ok(Arc::clone(value));
            }
        }
        let value = Arc::new(load(rx)?);
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.stamp != stamp {
            shelf.stamp = stamp;
            shelf.values.clear();
        }
        shelf.values.insert(key, Arc::clone(&value));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Error, Expect, Tx,
        unit::{self, tests::Tree},
    };

    fn name(kept: &Kept<(), String>, rx: &mut Rx<'_>, tree_unit: crate::Id) -> Result<String> {
        let value = kept.get(rx, (), |rx| Ok(unit::find(rx, tree_unit)?.map(|unit| unit.name).unwrap_or_default()))?;
        Ok(value.as_ref().clone())
    }

    #[test]
    fn a_value_lives_until_its_tables_change_and_no_longer() {
        let tree = Tree::new();
        let (kept, unit) = (Arc::new(Kept::<(), String>::default()), tree.village);
        let before = tree.read(|rx| name(&kept, rx, unit));
        let loads = tree.read(|rx| kept.get(rx, (), |_| Ok("read again".to_owned())));
        assert_eq!(*loads, before, "it was kept");
        let rename = move |tx: &mut Tx<'_>, to: &str| unit::rename(tx, unit, Expect::Any, to, to);
        // What a transaction sees of its own change is kept for nobody else, and gone when it fails.
        let inside = Arc::clone(&kept);
        let failed: Result<()> = tree.write(move |tx| {
            rename(tx, "Desa Lain")?;
            assert_eq!(name(&inside, tx, unit)?, "Desa Lain");
            Err(Error::Missing)
        });
        assert!(failed.is_err());
        assert_eq!(tree.read(|rx| name(&kept, rx, unit)), before);
        tree.write(move |tx| rename(tx, "Desa Baru").map(drop)).unwrap();
        assert_eq!(tree.read(|rx| name(&kept, rx, unit)), "Desa Baru");
    }
}

//! The stages over entries.

use tlog::leaf_hash;

use super::{
    Audit, CannotCheck, Difference, Kind, Stage,
    ahead::Ask,
    history::{self, ENTRY},
};
use crate::{Db, DbError, Id, Row, Rx, params};

/// Entries of a page.
const ENTRIES: i64 = 1024;

/// Entries with the versions they own.
pub(super) struct Page {
    rows: Vec<Row>,
    versions: history::ByEntry,
    /// The last of them, when there may be more.
    pub(super) last: Option<Id>,
}

pub(super) fn read(rx: &mut Rx<'_>, after: Id) -> Result<Page, DbError> {
    let sql = format!(
        "select {ENTRY} from kernel_entry e left join kernel_log_leaf l on l.entry = e.id where e.id > $1 order by e.id limit {ENTRIES}"
    );
    let rows = rx.all(&sql, &params![after])?;
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= ENTRIES;
    let last = if full { rows.last().map(|row| row.get::<Id>(1)).transpose()? } else { None };
    let versions = history::between(rx, after, last)?;
    Ok(Page { rows, versions, last })
}

impl Audit<'_> {
    /// Every entry by its id.
    pub(super) fn entries(&mut self, db: &Db, after: Id) -> Result<Stage, CannotCheck> {
        self.page(db, Ask::Entries { after })
    }

    pub(super) fn judge_entries(&mut self, rx: &mut Rx<'_>, page: &Page, found: &mut Vec<Difference>) -> Result<(), DbError> {
        let (nothing, end) = (Vec::new(), self.end());
        page.rows.iter().try_for_each(|row| self.one_entry(rx, row, end, page.versions.get(&row.get(1)?).unwrap_or(&nothing), found))
    }

    /// Entries since a checkpoint, by their place; and the rows they changed.
    pub(super) fn new_entries(&mut self, db: &Db, position: i64) -> Result<Stage, CannotCheck> {
        let sql = format!(
            "select {ENTRY} from kernel_log_leaf l join kernel_entry e on e.id = l.entry where l.position >= $1 and l.position < $2 order by l.position"
        );
        let last = self.end();
        let end = last.min(position + ENTRIES);
        let found = db.walk_now(|rx| {
            let rows = rx.all(&sql, &params![position, end])?;
            let ids: Vec<Id> = rows.iter().map(|row| row.get(1)).collect::<Result<_, _>>()?;
            let mut versions = history::of_entries(rx, &ids)?;
            let mut found = Vec::new();
            let expected = usize::try_from(end - position).unwrap_or(0);
            if rows.len() != expected {
                let what = format!("{} of {expected} entries from leaf {position} on are gone", expected - rows.len().min(expected));
                found.push(Difference::new(Kind::EntryDeleted, what));
            }
            for row in &rows {
                let owned = versions.remove(&row.get(1)?).unwrap_or_default();
                self.touched(rx, &owned, &mut found)?;
                self.one_entry(rx, row, last, &owned, &mut found)?;
            }
            Ok::<_, DbError>(found)
        })?;
        found.into_iter().for_each(|difference| self.found(difference));
        Ok(if end < last { Stage::NewEntries { position: end } } else { Stage::Done })
    }

    /// `end` is the position after the last leaf that is checked.
    fn one_entry(&mut self, rx: &mut Rx<'_>, row: &Row, end: i64, versions: &[Row], found: &mut Vec<Difference>) -> Result<(), DbError> {
        self.state.entries += 1;
        self.state.versions += versions.len() as u64;
        history::entry(rx, row, versions, found)?;
        match row.get::<Option<i64>>(18)? {
            None => self.state.waiting += 1,
            // What came after the audit's checkpoint is not in the tiles read so far.
            Some(position) if position < end => {
                if self.leaf(rx, position)? != Some(leaf_hash(&row.get::<Vec<u8>>(17)?)) {
                    let what = format!("it is not what was logged at leaf {position}");
                    found.push(Difference::new(Kind::LeafAltered, what).entry(row.get(1)?));
                }
            }
            Some(_) => {}
        }
        Ok(())
    }
}

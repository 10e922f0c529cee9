//! The next page, read while this one is judged: the database and the audit then work at the same time.

use std::thread::JoinHandle;

use super::{Audit, CannotCheck, Difference, Stage, entries, rows, tree};
use crate::{Db, DbError, Id, Rx, Table};

/// A page of one of the long stages.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ask {
    /// Leaves from a position up to before another.
    Leaves { position: i64, end: i64 },
    /// Entries after this id.
    Entries { after: Id },
    /// Rows of a table after this id.
    Rows { table: &'static Table, after: Id },
}

/// What was read for it.
pub(super) enum Page {
    Leaves(tree::Leaves),
    Entries(entries::Page),
    Rows(rows::Page),
}

impl Ask {
    fn read(self, rx: &mut Rx<'_>) -> Result<Page, DbError> {
        Ok(match self {
            Self::Leaves { position, end } => Page::Leaves(tree::read(rx, position, end)?),
            Self::Entries { after } => Page::Entries(entries::read(rx, after)?),
            Self::Rows { table, after } => Page::Rows(rows::read(rx, table, after)?),
        })
    }

    fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Leaves { position, end }, Self::Leaves { position: other, end: to }) => (position, end) == (other, to),
            (Self::Entries { after }, Self::Entries { after: other }) => after == other,
            (Self::Rows { table, after }, Self::Rows { table: of, after: other }) => (table.name, after) == (of.name, other),
            _ => false,
        }
    }
}

/// A page on its way.
pub(super) struct Ahead {
    ask: Ask,
    reader: Option<JoinHandle<Result<Page, DbError>>>,
}

impl Ahead {
    fn begin(db: &Db, ask: Ask) -> Option<Self> {
        let db = db.clone();
        let read = move || db.walk_now(|rx| ask.read(rx));
        let reader = std::thread::Builder::new().name("audit-reader".into()).spawn(read).ok()?;
        Some(Self { ask, reader: Some(reader) })
    }

    /// None when it is another page or could not be read: whoever asks reads it then.
    fn arrived(mut self, ask: Ask) -> Option<Page> {
        if !self.ask.is(ask) {
            return None;
        }
        self.reader.take()?.join().ok()?.ok()
    }
}

impl Drop for Ahead {
    /// Nothing reads any more when the audit is over.
    fn drop(&mut self) {
        if let Some(reader) = self.reader.take() {
            drop(reader.join());
        }
    }
}

impl Audit<'_> {
    /// Reads and judges a page, and says what comes after it. What is found in a page read ahead was seen at another moment than what it is
    /// compared with: then the page is read again and judged in one.
    pub(super) fn page(&mut self, db: &Db, ask: Ask) -> Result<Stage, CannotCheck> {
        let (counts, mut found) = (self.state.counts(), Vec::new());
        if let Some(page) = self.ahead.take().and_then(|ahead| ahead.arrived(ask)) {
            let (stage, next) = self.after(ask, &page);
            self.ahead = next.and_then(|next| Ahead::begin(db, next));
            db.walk_now(|rx| self.judge(rx, ask, &page, &mut found))?;
            if found.is_empty() {
                return Ok(stage);
            }
            found.clear();
            self.state.count(counts);
        }
        let page = db.walk_now(|rx| {
            let page = ask.read(rx)?;
            self.judge(rx, ask, &page, &mut found)?;
            Ok::<_, DbError>(page)
        })?;
        found.into_iter().for_each(|difference| self.found(difference));
        let (stage, next) = self.after(ask, &page);
        self.ahead = next.and_then(|next| Ahead::begin(db, next));
        Ok(stage)
    }

    fn judge(&mut self, rx: &mut Rx<'_>, ask: Ask, page: &Page, found: &mut Vec<Difference>) -> Result<(), DbError> {
        match (ask, page) {
            (Ask::Leaves { position, end }, Page::Leaves(page)) => self.judge_leaves(rx, (position, end), page, found),
            (Ask::Entries { .. }, Page::Entries(page)) => self.judge_entries(rx, page, found),
            (Ask::Rows { table, .. }, Page::Rows(page)) => self.judge_rows(rx, table, page, found),
            _ => Err(DbError::Broken("a page of another stage".into())),
        }
    }

    /// The stage after a page, and the page to be read for it; the first page of a table is read when its turn comes.
    fn after(&self, ask: Ask, page: &Page) -> (Stage, Option<Ask>) {
        match (ask, page) {
            (Ask::Leaves { end, .. }, _) => match self.leaves_from(end) {
                Some(next) => (Stage::Leaves { position: end }, Some(next)),
                None => (Stage::Entries { after: Id::NIL }, Some(Ask::Entries { after: Id::NIL })),
            },
            (_, Page::Entries(page)) => match page.last {
                Some(after) => (Stage::Entries { after }, Some(Ask::Entries { after })),
                None => (self.next_table(None), None),
            },
            (Ask::Rows { table, .. }, Page::Rows(page)) => match page.last {
                Some(after) => (Stage::Rows { table: table.name.to_owned(), after }, Some(Ask::Rows { table, after })),
                None => (self.next_table(Some(table.name)), None),
            },
            _ => (Stage::Done, None),
        }
    }
}

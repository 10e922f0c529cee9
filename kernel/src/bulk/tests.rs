//! What a load writes is what transactions write.

use std::collections::BTreeMap;

use super::*;
use crate::{
    Db, Entropy, Error, Row, Rx,
    clock::HOLIDAY,
    cols,
    db::{KERNEL_MIGRATIONS, Meta, Target},
    search::{self, Query},
    testing,
};

/// A database that can be closed.
struct Home {
    db: Db,
    target: Target,
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let target = testing::target(folder.path());
        let db = Db::open(&target, Meta::default()).unwrap();
        db.migrate(&ctx(), &[KERNEL_MIGRATIONS]).unwrap();
        Self { db, target, folder }
    }

    fn load(self, batch: Batch) -> Self {
        let Self { db, target, folder } = self;
        drop(db);
        let mut bulk = Bulk::open(&target).unwrap();
        bulk.write(batch).unwrap();
        bulk.finish().unwrap();
        Self { db: Db::open(&target, Meta::default()).unwrap(), target, folder }
    }

    fn read_now<T, E: From<DbError>>(&self, run: impl FnOnce(&mut Rx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.db.read_now(run)
    }

    fn write_now(&self, run: impl Fn(&mut crate::Tx<'_>) -> Result<(), Error> + Send + 'static) {
        self.db.write_now(&ctx(), run).unwrap();
    }
}

const TITLES: [&str; 3] = ["Keterangan Usaha", "Keterangan Domisili", "Pengantar \"SKCK\""];

fn ctx() -> Ctx {
    Ctx::system("2026-11-20T02:00:00Z".parse().unwrap(), "load", Entropy::seeded(9))
}

fn columns(name: &str) -> [(&'static str, Value); 8] {
    cols! { "unit" => Id::NIL, "on_date" => "2026-12-25", "kind" => "national", "name" => name, "decree" => "", "decreed_on" => "2025-09-19",
    "entered_at" => 7_i64, "cancelled" => false }
}

fn doc(id: Id, title: &str) -> Doc {
    Doc::new("holiday", id, title).name(title).scope([Id::from_bytes([3; 16])]).code("TR8XQ2")
}

fn all(rx: &mut Rx<'_>, table: &str, order: &str) -> Vec<String> {
    let rows: Vec<Row> = rx.all(&format!("select * from {table} order by {order}"), &[]).unwrap();
    rows.iter().map(|row| format!("{:?}", row.values())).collect()
}

/// Everything the load touches.
fn contents(home: &Home) -> BTreeMap<&'static str, Vec<String>> {
    let tables = [
        ("kernel_holiday", "id"),
        ("kernel_history", "row_id"),
        ("kernel_entry", "id"),
        ("kernel_search", "seq"),
        ("kernel_search_word", "kind, word"),
        ("kernel_search_near", "kind, near, word"),
    ];
    home.read_now(|rx| Ok::<_, DbError>(tables.iter().map(|(table, order)| (*table, all(rx, table, order))).collect())).unwrap()
}

fn by_transactions() -> Home {
    let (home, ctx) = (Home::new(), ctx());
    for title in TITLES {
        let run = move |tx: &mut crate::Tx<'_>| {
            let ids = [tx.ctx().new_id(), tx.ctx().new_id()];
            for id in ids {
                tx.insert(&HOLIDAY, id, &columns(title))?;
            }
            search::index(tx, &doc(ids[0], title))?;
            tx.entry(NewEntry::new("holiday.added").object("holiday", ids[0]).case(ids[1]));
            Ok::<_, Error>(())
        };
        home.db.write_now(&ctx, run).unwrap();
    }
    home
}

fn loaded() -> Home {
    let (ctx, mut batch) = (ctx(), Batch::default());
    for title in TITLES {
        let mut story = batch.story(&ctx);
        let ids = [story.ctx().new_id(), story.ctx().new_id()];
        for id in ids {
            story.insert(&HOLIDAY, id, &columns(title)).unwrap();
        }
        story.end(NewEntry::new("holiday.added").object("holiday", ids[0]).case(ids[1]));
        batch.doc(doc(ids[0], title));
    }
    assert_eq!(batch.len(), 6);
    Home::new().load(batch)
}

#[test]
fn a_load_writes_what_transactions_write() {
    assert_eq!(contents(&by_transactions()), contents(&loaded()));
}

#[test]
fn a_loaded_entry_stands_the_check_and_a_changed_row_does_not() {
    let home = loaded();
    let entries = home.read_now(|rx| rx.all("select id from kernel_entry order by id", &[])).unwrap();
    assert_eq!(entries.len(), 3);
    for row in &entries {
        let entry: Id = row.get(0).unwrap();
        assert_eq!(home.read_now(|rx| check(rx, entry, &[])).unwrap(), 2);
    }
    // Nothing but the kernel itself can write past history; here that is what an intruder does.
    home.write_now(|tx| {
        tx.upkeep("update kernel_holiday set name = 'Libur' where name = 'Keterangan Usaha'", &[]).map(drop).map_err(Error::from)
    });
    let checks: Vec<bool> = entries.iter().map(|row| home.read_now(|rx| check(rx, row.get(0).unwrap(), &[])).is_ok()).collect();
    assert_eq!(checks, [false, true, true]);
}

#[test]
fn what_was_loaded_is_found_and_more_can_be_indexed() {
    let home = loaded();
    let found =
        |text: &str| home.read_now(|rx| search::query(rx, &Query::new("holiday", text).scope([Id::from_bytes([3; 16])]))).unwrap().len();
    assert_eq!((found("domisili"), found("keterangan"), found("keter"), found("tr8xq2")), (1, 2, 2, 3));
    home.write_now(|tx| search::index(tx, &doc(Id::from_bytes([8; 16]), "Keterangan Usaha")));
    assert_eq!(found("usaha"), 2);
}

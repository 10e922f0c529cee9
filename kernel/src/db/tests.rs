//! The promises of the database layer, on either database (see `testing`).

use jiff::Timestamp;

use super::*;
use crate::{
    Entropy, Error, Id, NewEntry, cols, params,
    testing::{outside, target},
};

static SHEET: Table = Table::audited("sheet", &["title", "open"]);
const MIGRATIONS: &[SystemMigrations] = &[
    KERNEL_MIGRATIONS,
    (
        "sheet",
        &[Migration {
            number: 1,
            name: "sheet",
            sql: Sql::Both(
                "create table sheet (id BYTES primary key, title TEXT not null, open BOOLEAN, version BIGINT not null, unique (title))",
            ),
        }],
    ),
];

struct Home {
    db: Db,
    ctx: Ctx,
    _folder: tempfile::TempDir,
}

fn home() -> Home {
    outside(open)
}

fn open() -> Home {
    let folder = tempfile::tempdir().unwrap();
    let meta = Meta { subscriptions: [("sheet.made", vec!["index"])].into(), audited: ["sheet"].into(), ..Meta::default() };
    let db = Db::open(&target(folder.path()), meta).unwrap();
    let ctx = Ctx::system(Timestamp::from_second(1_790_000_000).unwrap(), "test", Entropy::seeded(1));
    db.migrate(&ctx, MIGRATIONS).unwrap();
    Home { db, ctx, _folder: folder }
}

fn make(tx: &mut Tx<'_>, title: &str) -> Result<Id, Error> {
    let id = tx.ctx().new_id();
    tx.insert(&SHEET, id, &cols! { "title" => title, "open" => true })?;
    tx.entry(NewEntry::new("sheet.made").object("sheet", id));
    tx.emit("sheet.made", None, &serde_json::json!({}));
    Ok(id)
}

#[test]
fn migrations_run_once() {
    let home = home();
    let again = home.db.migrate(&home.ctx, MIGRATIONS).unwrap();
    assert!(again.now.is_empty());
    assert_eq!(again.before, MIGRATIONS.iter().map(|(_, list)| list.len()).sum::<usize>());
}

#[test]
fn a_change_leaves_history_entry_and_delivery() {
    let home = home();
    let id = home.db.write_now(&home.ctx, |tx| make(tx, "a")).unwrap();
    home.db
        .write_now(&home.ctx, move |tx| {
            tx.update(&SHEET, id, Expect::Version(1), &cols! { "open" => false })?;
            tx.entry(NewEntry::new("sheet.closed"));
            Ok::<_, Error>(())
        })
        .unwrap();
    let counts = |sql: &'static str| home.db.read_now(|rx| rx.count(sql, &[])).unwrap();
    assert_eq!(counts("select count(*) from kernel_history where table_name = 'sheet'"), 2);
    assert_eq!(counts("select count(*) from kernel_entry where changes = 1"), 2);
    assert_eq!(counts("select count(*) from kernel_delivery where state = 'due'"), 1);
    let image: String =
        home.db.read_now(|rx| rx.one("select image from kernel_history where version = 2", &[])).unwrap().unwrap().get(0).unwrap();
    assert_eq!(image, r#"{"title":"a","open":0}"#);
}

#[test]
fn a_change_without_an_entry_does_not_commit() {
    let home = home();
    let error = home
        .db
        .write_now(&home.ctx, |tx| {
            let id = tx.ctx().new_id();
            tx.insert(&SHEET, id, &cols! { "title" => "quiet" })?;
            Ok::<_, DbError>(())
        })
        .unwrap_err();
    assert!(matches!(error, DbError::Unrecorded(table) if table == "sheet"));
    assert_eq!(home.db.read_now(|rx| rx.count("select count(*) from sheet", &[])).unwrap(), 0);
}

#[test]
fn two_officers_on_one_row_meet() {
    let home = home();
    let id = home.db.write_now(&home.ctx, |tx| make(tx, "a")).unwrap();
    let change = |title: &'static str| {
        home.db.write_now(&home.ctx, move |tx| {
            tx.update(&SHEET, id, Expect::Version(1), &cols! { "title" => title })?;
            tx.entry(NewEntry::new("sheet.renamed"));
            Ok::<_, Error>(())
        })
    };
    change("first").unwrap();
    assert!(matches!(change("second"), Err(Error::Stale)));
}

#[test]
fn audited_tables_refuse_upkeep() {
    let home = home();
    let result = home.db.write_now(&home.ctx, |tx| tx.upkeep("update sheet set title = $1", &params!["x"]));
    assert!(matches!(result, Err(DbError::Broken(_))));
}

/// A closure that goes on after a refused row has written nothing, whatever PostgreSQL says to a commit then.
#[test]
fn a_refused_row_that_is_passed_over_keeps_nothing_on_postgresql() {
    let home = home();
    home.db.write_now(&home.ctx, |tx| make(tx, "there")).unwrap();
    let done: Result<(), Error> = home.db.write_now(&home.ctx, |tx| {
        make(tx, "before")?;
        let refused = make(tx, "there").and_then(|_| Ok(tx.settle()?));
        assert!(matches!(refused, Err(Error::Db(DbError::Constraint(_)))), "{refused:?}");
        Ok(())
    });
    let sheets = home.db.read_now(|rx| rx.count("select count(*) from sheet", &[])).unwrap();
    assert_eq!((done.is_ok(), sheets), if home.db.dialect() == Dialect::Postgres { (false, 1) } else { (true, 2) });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_keeps_the_good_and_drops_the_bad() {
    let home = home();
    let writes: Vec<_> = (0..200)
        .map(|n| {
            let (db, ctx) = (home.db.clone(), home.ctx.clone());
            // Every tenth repeats a title and is refused by the constraint; one panics.
            tokio::spawn(async move {
                db.write(&ctx, move |tx| {
                    assert!(n != 77, "a closure that panics");
                    make(tx, &format!("sheet {}", if n % 10 == 0 { 0 } else { n }))
                })
                .await
            })
        })
        .collect();
    let mut kept = 0;
    for write in writes {
        kept += usize::from(write.await.unwrap().is_ok());
    }
    assert_eq!(kept, 200 - 19 - 1);
    for table in ["sheet", "kernel_entry"] {
        let count = outside(|| home.db.read_now(|rx| rx.count(&format!("select count(*) from {table}"), &[])));
        assert_eq!(count.unwrap(), kept as i64, "{table}");
    }
}

#[test]
fn an_answered_write_is_in_the_copy() {
    let home = home();
    if home.db.dialect() == Dialect::Postgres {
        return;
    }
    home.db.write_now(&home.ctx, |tx| make(tx, "kept")).unwrap();
    let copy = home._folder.path().join("copy");
    home.db.copy_sqlite_to(&copy).unwrap();
    let copy = Db::open(&Target::Sqlite(copy), Meta::default()).unwrap();
    assert_eq!(copy.read_now(|rx| rx.count("select count(*) from sheet", &[])).unwrap(), 1);
}

//! Migrations: both databases end up with one schema, and rows that are there stay there.

use std::collections::BTreeMap;

use kernel::db::KERNEL_MIGRATIONS;
use testkit::{Database, TestApp, World};

use crate::{systems::SYSTEMS, town::Town};

type Columns = BTreeMap<(String, String), String>;

/// Where the databases truly differ: full text search.
fn differs(table: &str) -> bool {
    table.starts_with("kernel_search") || table.starts_with("sqlite_")
}

/// Every column with its kind: `whole` (numbers, truth), `text`, `bytes`, and whether it may be empty.
async fn columns(app: &TestApp) -> Columns {
    let sql = match app.database() {
        Database::Sqlite => {
            "select m.name, c.name, c.type, case when c.\"notnull\" = 1 or c.pk > 0 then 'NO' else 'YES' end \
             from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table'"
        }
        Database::Postgres => {
            "select cast(table_name as text), cast(column_name as text), cast(data_type as text), cast(is_nullable as text) \
             from information_schema.columns where table_schema = 'public'"
        }
    };
    let rows = app.read(move |rx| Ok(rx.all(sql, &[])?)).await;
    let kind = |kind: &str| match kind.to_ascii_lowercase().as_str() {
        "integer" | "bigint" | "boolean" => "whole".to_owned(),
        "blob" | "bytea" => "bytes".to_owned(),
        other => other.to_owned(),
    };
    let column = |row: &kernel::Row| {
        let text = |place| row.get::<String>(place).unwrap();
        ((text(0), text(1)), format!("{} {}", kind(&text(2)), if text(3) == "NO" { "always" } else { "maybe" }))
    };
    rows.iter().map(column).filter(|((table, _), _)| !differs(table)).collect()
}

async fn indexes(app: &TestApp) -> Vec<String> {
    let sql = match app.database() {
        Database::Sqlite => "select name from sqlite_master where type = 'index' and sql is not null",
        Database::Postgres => {
            "select cast(i.indexname as text) from pg_indexes i where i.schemaname = 'public' \
             and not exists (select 1 from pg_constraint c where c.conname = i.indexname)"
        }
    };
    let rows = app.read(move |rx| Ok(rx.all(sql, &[])?)).await;
    let mut names: Vec<String> = rows.iter().map(|row| row.get::<String>(0).unwrap()).filter(|name| !differs(name)).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_have_one_schema() {
    if testkit::databases().len() < 2 {
        return;
    }
    let (one, other) = (TestApp::on(Database::Sqlite, &SYSTEMS).await, TestApp::on(Database::Postgres, &SYSTEMS).await);
    let (sqlite, postgres) = (columns(&one).await, columns(&other).await);
    assert!(sqlite.len() > 250, "{} columns", sqlite.len());
    let only = |left: &Columns, right: &Columns| -> Vec<String> {
        left.iter()
            .filter(|(column, kind)| right.get(*column) != Some(kind))
            .map(|((table, column), kind)| format!("{table}.{column} {kind}"))
            .collect()
    };
    assert_eq!(only(&sqlite, &postgres), Vec::<String>::new(), "SQLite has what PostgreSQL has not");
    assert_eq!(only(&postgres, &sqlite), Vec::<String>::new(), "PostgreSQL has what SQLite has not");
    assert_eq!(indexes(&one).await, indexes(&other).await);
}

testkit::both!(SYSTEMS;
    async fn a_second_start_changes_nothing(app) {
        let _town = Town::build(&app).await;
        let before = counts(&app).await;
        assert!(before.values().sum::<i64>() > 500);
        let (gov, mut all) = (std::sync::Arc::clone(app.gov()), vec![KERNEL_MIGRATIONS]);
        all.extend(web::migrations(&SYSTEMS));
        let applied = tokio::task::spawn_blocking(move || gov.db().migrate(&gov.system_ctx("migrate"), &all)).await.unwrap().unwrap();
        assert_eq!(applied.now, Vec::<String>::new());
        assert!(applied.before >= 4);
        assert_eq!(counts(&app).await, before);
    }
);

testkit::both!([] as [&web::System; 0];
    async fn systems_join_a_government_that_already_has_rows(app) {
        let _world = World::small(&app).await;
        let before = counts(&app).await;
        let (gov, mut all) = (std::sync::Arc::clone(app.gov()), vec![KERNEL_MIGRATIONS]);
        all.extend(web::migrations(&SYSTEMS));
        let applied = tokio::task::spawn_blocking(move || gov.db().migrate(&gov.system_ctx("migrate"), &all)).await.unwrap().unwrap();
        for system in SYSTEMS {
            let expected = system.migrations.len();
            let here = applied.now.iter().filter(|name| name.starts_with(&format!("{}/", system.slug))).count();
            assert_eq!(here, expected, "{}: {:?}", system.slug, applied.now);
        }
        let after = counts(&app).await;
        for (table, rows) in before {
            // The migration itself is written down.
            assert!(after[&table] == rows || ["kernel_migration", "kernel_entry"].contains(&table.as_str()), "{table}: {rows} rows before, {} after", after[&table]);
        }
    }
);

async fn counts(app: &TestApp) -> BTreeMap<String, i64> {
    let tables: std::collections::BTreeSet<String> = columns(app).await.into_keys().map(|(table, _)| table).collect();
    let count = |table: String| app.read(move |rx| Ok((table.clone(), rx.count(&format!("select count(*) from {table}"), &[])?)));
    let mut counts = BTreeMap::new();
    for table in tables {
        let (table, rows) = count(table).await;
        counts.insert(table, rows);
    }
    counts
}

//! After a full story every audited row has its history, every entry its digest.

use kernel::{Id, Table, tables};

use crate::{systems::SYSTEMS, town::Town};

fn audited() -> Vec<&'static Table> {
    let systems = SYSTEMS.iter().flat_map(|system| system.tables.iter().copied());
    tables::all().chain(systems).filter(|table| table.audited).collect()
}

testkit::both!(SYSTEMS;
    async fn what_was_written_is_in_the_history_and_the_history_holds(app) {
        let _town = Town::build(&app).await;
        let (checked, written) = app
            .read(|rx| {
                let mut written = Vec::new();
                for table in audited() {
                    let name = table.name;
                    let rows = rx.count(&format!("select count(*) from {name}"), &[])?;
                    let without = rx.count(
                        &format!("select count(*) from {name} t where not exists (select 1 from kernel_history h where h.table_name = $1 and h.row_id = t.id and h.version = t.version)"),
                        &kernel::params![name],
                    )?;
                    assert_eq!(without, 0, "{name}: rows without history");
                    if rows > 0 {
                        written.push(name);
                    }
                }
                let systems: Vec<&'static Table> = SYSTEMS.iter().flat_map(|system| system.tables.iter().copied()).collect();
                let mut checked = 0;
                for row in rx.all("select id from kernel_entry order by id", &[])? {
                    checked += kernel::bulk::check(rx, row.get::<Id>(0)?, &systems)?;
                }
                let orphans = rx.count("select count(*) from kernel_history h where not exists (select 1 from kernel_entry e where e.id = h.entry)", &[])?;
                assert_eq!(orphans, 0, "history without an entry");
                let all = rx.count("select count(*) from kernel_history", &[])?;
                assert_eq!(usize::try_from(all).unwrap(), checked, "every row version belongs to an entry that commits to it");
                Ok((checked, written))
            })
            .await;
        assert!(checked > 300, "{checked} row versions are no story");
        let missing: Vec<&str> = audited().iter().map(|table| table.name).filter(|name| !written.contains(name)).collect();
        assert!(missing.len() < audited().len() / 2, "the story writes too little: nothing in {missing:?}");
    }

    async fn one_changed_value_is_found(app) {
        let _town = Town::build(&app).await;
        let sql = "select h.entry from kernel_history h join kernel_case c on c.id = h.row_id and c.version = h.version where c.state = 'ready'";
        let entry = app.read(move |rx| Ok(rx.one(sql, &[])?.unwrap().get::<Id>(0)?)).await;
        let (url, file) = (app.postgres_url().map(str::to_owned), app.folder().join("smartgovt.db"));
        assert!(app.gov().read(move |rx| kernel::bulk::check(rx, entry, &[])).await.is_ok());
        // Past everything that is ours: as somebody with the database in hand.
        let tampered = std::thread::spawn(move || {
            let sql = "update kernel_case set subject = 'Orang Lain' where state = 'ready'";
            match url {
                Some(url) => postgres::Client::connect(&url, postgres::NoTls).unwrap().batch_execute(sql).unwrap(),
                None => rusqlite::Connection::open(file).unwrap().execute_batch(sql).unwrap(),
            }
        });
        tampered.join().unwrap();
        let found = app.gov().read(move |rx| kernel::bulk::check(rx, entry, &[])).await.unwrap_err().to_string();
        assert!(found.contains("kernel_case"), "{found}");
    }
);

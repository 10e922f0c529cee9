//! Every table the kernel declares, in one list: what is audited, for [`crate::db::Meta`].

use crate::{
    Table, account, blobs, case, clock, document, draft, election, erasure, export, grant, jobs, limit, log, mutation, notice, numbering,
    offering, outbox, party, post, retention, search, setting, signal, throttle, unit,
};

/// The tables of the kernel by module.
pub const KERNEL: &[&[&Table]] = &[
    account::TABLES,
    blobs::TABLES,
    case::TABLES,
    clock::TABLES,
    document::TABLES,
    draft::TABLES,
    election::TABLES,
    erasure::TABLES,
    export::TABLES,
    grant::TABLES,
    jobs::TABLES,
    limit::TABLES,
    log::TABLES,
    mutation::TABLES,
    notice::TABLES,
    numbering::TABLES,
    offering::TABLES,
    outbox::TABLES,
    party::TABLES,
    post::TABLES,
    retention::TABLES,
    search::TABLES,
    setting::TABLES,
    signal::TABLES,
    throttle::TABLES,
    unit::TABLES,
];

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Table> {
    KERNEL.iter().flat_map(|tables| tables.iter().copied())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{
        Ctx, Db, Entropy,
        db::{KERNEL_MIGRATIONS, Meta, Target},
    };

    /// An audited table that nobody declared could be written without history.
    #[test]
    fn every_table_with_a_version_is_declared_audited_with_its_columns() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Target::Sqlite(folder.path().join("db")), Meta::default()).unwrap();
        let ctx = Ctx::system(Timestamp::UNIX_EPOCH, "test", Entropy::seeded(1));
        db.migrate(&ctx, &[KERNEL_MIGRATIONS]).unwrap();
        let declared: Vec<&Table> = all().filter(|table| table.audited).collect();
        let read = db.read_now(|rx| {
            let sql =
                "select m.name, c.name from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' order by m.name, c.cid";
            rx.all(sql, &[])
        });
        let columns: Vec<(String, String)> = read.unwrap().iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap())).collect();
        let of =
            |table: &str| -> Vec<&str> { columns.iter().filter(|(name, _)| name == table).map(|(_, column)| column.as_str()).collect() };
        let mut tables: Vec<&str> = columns.iter().filter(|(_, column)| column == "version").map(|(table, _)| table.as_str()).collect();
        // History has the versions of other tables' rows.
        tables.retain(|table| *table != "kernel_history");
        tables.dedup();
        for name in tables {
            let table = declared.iter().find(|table| table.name == name);
            let mut written: Vec<&str> = table.unwrap_or_else(|| panic!("{name} has versions and is not declared")).columns.to_vec();
            let mut stored: Vec<&str> = of(name).into_iter().filter(|column| !["id", "version"].contains(column)).collect();
            written.sort_unstable();
            stored.sort_unstable();
            assert_eq!(written, stored, "{name}");
        }
        for table in declared {
            assert!(!of(table.name).is_empty(), "{} is declared and not in the schema", table.name);
        }
    }
}

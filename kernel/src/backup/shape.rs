//! What tables there are, read from the database itself: a system's tables are saved without it saying so.

use std::collections::BTreeMap;

use super::{LEFT_OUT, files::failed};
use crate::{
    Result, Rx,
    db::{DbError, Dialect},
};

/// Besides [`LEFT_OUT`]: what migrations keep, and the full-text index, whose tokens are saved with `kernel_search`.
const OWN: &[&str] = &["kernel_migration"];
const SEARCH: &str = "kernel_search";

/// A table as it is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// The columns of the primary key, in its order.
    pub(super) key: Vec<String>,
    /// What stands after `from`.
    pub(super) from: String,
}

impl Shape {
    /// Whether this is the search index with its tokens.
    pub(super) fn is_search(&self) -> bool {
        self.name == SEARCH
    }
}

/// Every table to be saved, by name.
pub(super) fn all(rx: &mut Rx<'_>) -> Result<Vec<Shape>> {
    let (columns, keys) = match rx.dialect() {
        Dialect::Sqlite => (
            "select m.name, c.name from sqlite_master m, pragma_table_info(m.name) c \
             where m.type = 'table' and substr(m.name, 1, 7) <> 'sqlite_' order by m.name, c.cid",
            "select m.name, c.name from sqlite_master m, pragma_table_info(m.name) c \
             where m.type = 'table' and c.pk > 0 order by m.name, c.pk",
        ),
        Dialect::Postgres => (
            "select cast(table_name as text), cast(column_name as text) from information_schema.columns \
             where table_schema = current_schema() order by table_name, ordinal_position",
            "select cast(k.table_name as text), cast(k.column_name as text) from information_schema.table_constraints c \
             join information_schema.key_column_usage k on k.constraint_schema = c.constraint_schema \
             and k.constraint_name = c.constraint_name and k.table_name = c.table_name \
             where c.constraint_type = 'PRIMARY KEY' and c.table_schema = current_schema() order by k.table_name, k.ordinal_position",
        ),
    };
    let (columns, mut keys) = (by_table(rx, columns)?, by_table(rx, keys)?);
    let mut shapes = Vec::new();
    for (name, columns) in columns {
        if LEFT_OUT.contains(&name.as_str()) || OWN.contains(&name.as_str()) || name.starts_with("kernel_search_index") {
            continue;
        }
        let key = keys.remove(&name).ok_or_else(|| failed(format!("the table {name} has no primary key, so it cannot be saved")))?;
        let from = name.clone();
        shapes.push(Shape { name, columns, key, from });
    }
    if let Some(search) = shapes.iter_mut().find(|shape| shape.is_search()) {
        with_tokens(rx, search)?;
    }
    Ok(shapes)
}

fn by_table(rx: &mut Rx<'_>, sql: &str) -> Result<BTreeMap<String, Vec<String>>, DbError> {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rx.all(sql, &[])? {
        tables.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    Ok(tables)
}

/// Adds the tokens of each document: the same sorted text on both databases, though neither stores it so.
fn with_tokens(rx: &mut Rx<'_>, search: &mut Shape) -> Result<()> {
    let tokens = match rx.dialect() {
        Dialect::Sqlite => {
            // The index keeps no texts; its dictionary tells which document has which token.
            rx.batch(
                "pragma query_only = off;
                 create virtual table if not exists temp.backup_vocabulary using fts5vocab('main', 'kernel_search_index', 'instance');
                 drop table if exists temp.backup_tokens;
                 create table temp.backup_tokens (seq integer primary key, tokens text not null);
                 insert into temp.backup_tokens select doc, group_concat(term, ' ' order by term) from temp.backup_vocabulary group by doc;",
            )?;
            "left join temp.backup_tokens t on t.seq = s.seq"
        }
        Dialect::Postgres => {
            "left join (select i.seq, (select string_agg(w, ' ' order by w collate \"C\") from unnest(tsvector_to_array(i.tokens)) as w) \
             as tokens from kernel_search_index i) t on t.seq = s.seq"
        }
    };
    let own: Vec<String> = search.columns.iter().map(|column| format!("s.{column}")).collect();
    search.from = format!("(select {}, coalesce(t.tokens, '') as tokens from {SEARCH} s {tokens}) as saved", own.join(", "));
    search.columns.push("tokens".to_owned());
    Ok(())
}

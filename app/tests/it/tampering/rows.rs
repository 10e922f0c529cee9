//! Rows as somebody with plain SQL sees them: every audited table filled, and five ways to change a row.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    path::PathBuf,
};

use kernel::{Expect, Id, NewEntry, Table, Value, audit::Kind, db::Dialect};
use serde_json::Value as Json;
use testkit::TestApp;

/// A value as the database holds it.
pub type Stored = Value;

/// Where this run's choices come from; the seed is shown when something fails.
pub struct Chance {
    pub seed: u64,
    count: u64,
}

impl Chance {
    pub fn new() -> Self {
        Self { seed: RandomState::new().build_hasher().finish(), count: 0 }
    }

    pub fn next(&mut self) -> u64 {
        self.count += 1;
        let mut mixed = self.seed.wrapping_add(self.count.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        assert!(n > 0, "there is something to choose from");
        usize::try_from(self.next() % n as u64).unwrap()
    }

    fn id(&mut self) -> Id {
        let (a, b) = (self.next().to_be_bytes(), self.next().to_be_bytes());
        Id::from_bytes([a, b].concat().try_into().unwrap())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Int,
    Bool,
    Text,
    Bytes,
}

/// A connection of its own, past the program.
pub struct Raw {
    url: Option<String>,
    file: PathBuf,
}

impl Raw {
    pub fn of(app: &TestApp) -> Self {
        Self { url: app.postgres_url().map(str::to_owned), file: app.folder().join("smartgovt.db") }
    }

    /// Runs statements.
    pub fn run(&self, sql: &str) {
        std::thread::scope(|scope| {
            let done = scope.spawn(|| match &self.url {
                Some(url) => postgres::Client::connect(url, postgres::NoTls)
                    .unwrap()
                    .batch_execute(sql)
                    .unwrap_or_else(|error| panic!("{error:?}: {sql}")),
                None => {
                    let conn = rusqlite::Connection::open(&self.file).unwrap();
                    conn.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
                    conn.execute_batch(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
                }
            });
            done.join().unwrap();
        });
    }

    pub fn literal(&self, value: &Stored) -> String {
        literal(value, if self.url.is_some() { Dialect::Postgres } else { Dialect::Sqlite })
    }

    /// Copies tables as they are, inside the database.
    pub fn save<'n>(&self, names: &[&'n str]) -> Vec<&'n str> {
        names.iter().for_each(|name| self.run(&format!("create table saved_{name} as select * from {name}")));
        names.to_vec()
    }

    pub fn put_back(&self, names: Vec<&str>) {
        for name in names {
            self.run(&format!("delete from {name}; insert into {name} select * from saved_{name}; drop table saved_{name}"));
        }
    }
}

fn literal(value: &Stored, dialect: Dialect) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    match (value, dialect) {
        (Value::Null, _) => "null".to_owned(),
        (Value::Int(n), _) => n.to_string(),
        (Value::Bool(b), Dialect::Postgres) => b.to_string(),
        (Value::Bool(b), Dialect::Sqlite) => i64::from(*b).to_string(),
        (Value::Text(text), _) => format!("'{}'", text.replace('\'', "''")),
        (Value::Bytes(bytes), Dialect::Sqlite) => format!("x'{}'", hex(bytes)),
        (Value::Bytes(bytes), Dialect::Postgres) => format!("'\\x{}'::bytea", hex(bytes)),
    }
}

/// A table with the types of its columns.
pub struct Shape {
    pub table: &'static Table,
    types: Vec<Type>,
    dialect: Dialect,
}

/// A row as it stands, with what its version before looked like.
#[derive(Debug, Clone)]
pub struct Live {
    id: Id,
    version: i64,
    values: Vec<Stored>,
    before: Option<Vec<Stored>>,
}

impl Shape {
    pub async fn read(app: &TestApp, table: &'static Table) -> Self {
        let (types, dialect) = app
            .read(move |rx| {
                let sql = match rx.dialect() {
                    Dialect::Sqlite => "select name, type from pragma_table_info($1)",
                    Dialect::Postgres => {
                        "select cast(column_name as text), cast(data_type as text) from information_schema.columns \
                         where table_schema = current_schema() and table_name = $1"
                    }
                };
                let rows = rx.all(sql, &kernel::params![table.name])?;
                let types: BTreeMap<String, String> =
                    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<kernel::Result<_>>()?;
                Ok((types, rx.dialect()))
            })
            .await;
        let of = |column: &&str| match types[*column].as_str() {
            "INTEGER" | "bigint" => Type::Int,
            "boolean" => Type::Bool,
            "TEXT" | "text" => Type::Text,
            "BLOB" | "bytea" => Type::Bytes,
            other => panic!("{}.{column} is {other}", table.name),
        };
        Self { table, types: table.columns.iter().map(of).collect(), dialect }
    }

    fn some(&self, chance: &mut Chance) -> Vec<Stored> {
        let one = |kind: &Type, chance: &mut Chance| match kind {
            Type::Int => Value::Int(i64::try_from(chance.next() % 1_000_000).unwrap()),
            Type::Bool => Value::Bool(true),
            Type::Text => Value::Text(format!("contoh {:x} 'kutip'", chance.next())),
            Type::Bytes => Value::from(chance.id()),
        };
        self.types.iter().map(|kind| one(kind, chance)).collect()
    }

    /// Writes three rows, each with a second version, and one that is deleted again, as the program does.
    pub async fn fill(&self, app: &TestApp, chance: &mut Chance) {
        let table = self.table;
        let rows: Vec<(Id, Vec<Stored>, Stored)> = (0..4)
            .map(|_| {
                let (values, again) = (self.some(chance), self.some(chance));
                (chance.id(), values, again[self.place()].clone())
            })
            .collect();
        let column = table.columns[self.place()];
        app.write(move |tx| {
            for (id, values, again) in &rows {
                let columns: Vec<(&str, Value)> = table.columns.iter().copied().zip(values.iter().cloned()).collect();
                tx.insert(table, *id, &columns)?;
                tx.update(table, *id, Expect::Version(1), &[(column, again.clone())])?;
            }
            tx.delete(table, rows[3].0, Expect::Version(2))?;
            tx.entry(NewEntry::new("test.filled"));
            Ok(())
        })
        .await;
    }

    /// The column the second version changes: one whose values are never alike.
    fn place(&self) -> usize {
        let unlike = |kind: &Type| *kind != Type::Bool;
        self.types.iter().position(unlike).unwrap_or_else(|| panic!("{} has more than booleans", self.table.name))
    }

    /// Every row.
    pub async fn rows(&self, app: &TestApp) -> Vec<Live> {
        let (name, columns) = (self.table.name, self.table.columns);
        let (live, before) = app
            .read(move |rx| {
                let live = rx.all(&format!("select id, version, {} from {name} order by id", columns.join(", ")), &[])?;
                let sql = "select h.row_id, h.version, h.image from kernel_history h where h.table_name = $1";
                let before: BTreeMap<(Id, i64), String> = rx
                    .all(sql, &kernel::params![name])?
                    .iter()
                    .map(|row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))
                    .collect::<kernel::Result<_>>()?;
                Ok((live, before))
            })
            .await;
        let of = |row: &kernel::Row| {
            let (id, version): (Id, i64) = (row.get(0).unwrap(), row.get(1).unwrap());
            let values = row.values()[2..].to_vec();
            let before = before.get(&(id, version - 1)).map(|image| self.image(image)).filter(|then| self.differ(then, &values));
            Live { id, version, values, before }
        };
        live.iter().map(of).collect()
    }

    fn differ(&self, one: &[Stored], other: &[Stored]) -> bool {
        one.iter().zip(other).any(|(one, other)| literal(one, self.dialect) != literal(other, self.dialect))
    }

    /// The values an image of history has.
    fn image(&self, image: &str) -> Vec<Stored> {
        let json: Json = serde_json::from_str(image).unwrap();
        let one = |(column, kind): (&&str, &Type)| match (&json[*column], kind) {
            (Json::Null, _) => Value::Null,
            (Json::Number(n), Type::Bool) => Value::Bool(n.as_i64() == Some(1)),
            (Json::Number(n), _) => Value::Int(n.as_i64().unwrap()),
            (Json::String(text), Type::Bytes) => {
                let digits = text.strip_prefix('x').unwrap().as_bytes();
                Value::Bytes(digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect())
            }
            (Json::String(text), _) => Value::Text(text.clone()),
            (other, kind) => panic!("{column} is {kind:?} and {other}"),
        };
        self.table.columns.iter().zip(&self.types).map(one).collect()
    }

    fn insert(&self, row: &Live) -> String {
        let values: Vec<String> = row.values.iter().map(|value| literal(value, self.dialect)).collect();
        format!(
            "insert into {} (id, version, {}) values ({}, {}, {})",
            self.table.name,
            self.table.columns.join(", "),
            self.id(row.id),
            row.version,
            values.join(", ")
        )
    }

    fn delete(&self, id: Id) -> String {
        format!("delete from {} where id = {}", self.table.name, self.id(id))
    }

    fn id(&self, id: Id) -> String {
        literal(&Value::from(id), self.dialect)
    }
}

/// What was done to a table, and how it is undone.
pub struct Done {
    pub sql: String,
    pub touched: Vec<Id>,
    pub undo: Vec<String>,
}

/// A way to tamper, and what it may be called.
pub struct Tamper {
    pub name: &'static str,
    pub kinds: &'static [Kind],
    pub make: fn(&Shape, Vec<Live>, &mut Chance) -> Done,
}

/// A value changed.
pub const ALTERED: Tamper = Tamper {
    name: "altered",
    // By chance it may be what another row or an earlier version had (a boolean, mostly).
    kinds: &[Kind::RowAltered, Kind::RowOlder, Kind::RowSwapped],
    make: |shape, rows, chance| {
        let row = &rows[chance.below(rows.len())];
        let set: Vec<usize> = (0..row.values.len()).filter(|place| row.values[*place] != Value::Null).collect();
        let place = set[chance.below(set.len())];
        let mut changed = row.clone();
        changed.values[place] = match &row.values[place] {
            // Some columns hold the greatest number there is (a task without a deadline).
            Value::Int(n) => Value::Int(n ^ 1_000_003),
            Value::Bool(b) => Value::Bool(!b),
            Value::Text(text) => Value::Text(format!("{text}.")),
            Value::Bytes(bytes) => Value::Bytes(bytes.iter().map(|byte| byte ^ 1).chain([7]).collect()),
            Value::Null => Value::Null,
        };
        let sql = format!(
            "update {} set {} = {} where id = {}",
            shape.table.name,
            shape.table.columns[place],
            literal(&changed.values[place], shape.dialect),
            shape.id(row.id)
        );
        Done { sql, touched: vec![row.id], undo: vec![shape.delete(row.id), shape.insert(row)] }
    },
};

/// A row taken away.
pub const DELETED: Tamper = Tamper {
    name: "deleted",
    kinds: &[Kind::RowDeleted],
    make: |shape, rows, chance| {
        let row = &rows[chance.below(rows.len())];
        Done { sql: shape.delete(row.id), touched: vec![row.id], undo: vec![shape.insert(row)] }
    },
};

/// A row put in.
pub const INSERTED: Tamper = Tamper {
    name: "inserted",
    kinds: &[Kind::RowInserted],
    make: |shape, _, chance| {
        let row = Live { id: chance.id(), version: 1, values: shape.some(chance), before: None };
        Done { sql: shape.insert(&row), touched: vec![row.id], undo: vec![shape.delete(row.id)] }
    },
};

/// Two rows exchanged: each has the values and the version of the other.
pub const SWAPPED: Tamper = Tamper {
    name: "swapped",
    kinds: &[Kind::RowSwapped],
    make: |shape, rows, chance| {
        let first = &rows[chance.below(rows.len())];
        let others: Vec<&Live> = rows.iter().filter(|other| shape.differ(&other.values, &first.values)).collect();
        let second = others[chance.below(others.len())];
        let exchanged = |id: Id, from: &Live| shape.insert(&Live { id, ..from.clone() });
        let clear = format!("{}; {}", shape.delete(first.id), shape.delete(second.id));
        let sql = format!("{clear}; {}; {}", exchanged(first.id, second), exchanged(second.id, first));
        Done { sql, touched: vec![first.id, second.id], undo: vec![clear, shape.insert(first), shape.insert(second)] }
    },
};

/// A row as it was one version ago.
pub const OLDER: Tamper = Tamper {
    name: "older",
    kinds: &[Kind::RowOlder],
    make: |shape, rows, chance| {
        let with_past: Vec<&Live> = rows.iter().filter(|row| row.before.is_some()).collect();
        let row = with_past[chance.below(with_past.len())];
        let older = Live { version: row.version - 1, values: row.before.clone().unwrap(), ..row.clone() };
        let sql = format!("{}; {}", shape.delete(row.id), shape.insert(&older));
        Done { sql, touched: vec![row.id], undo: vec![shape.delete(row.id), shape.insert(row)] }
    },
};

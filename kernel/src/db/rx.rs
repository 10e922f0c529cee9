//! Reading: one SQL text for both databases.

use rusqlite::types::{ToSqlOutput, ValueRef};

use super::{DbError, Row, Value, postgresql::Session};

/// One connection inside a transaction.
pub(crate) enum Conn<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c mut Session),
}

/// Which database answers. Only the kernel may ask; systems have one SQL text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// A read transaction: everything read inside it is of one moment.
pub struct Rx<'c> {
    pub(crate) conn: Conn<'c>,
    stamp: Option<i64>,
    statements: u64,
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(n) => ValueRef::Integer(*n),
            Self::Bool(b) => ValueRef::Integer(i64::from(*b)),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl<'c> Rx<'c> {
    pub(crate) const fn new(conn: Conn<'c>) -> Self {
        Self { conn, stamp: None, statements: 0 }
    }

    /// Stands for the structural tables (units, posts, offerings, calendars) as this transaction sees them: whatever is kept
    /// with the same stamp was read from the same rows. See [`crate::Kept`].
    ///
    /// # Errors
    /// Whatever the database says.
    pub(crate) fn stamp(&mut self) -> Result<i64, DbError> {
        if let Some(stamp) = *self.kept_stamp() {
            return Ok(stamp);
        }
        let stamp = self.count("select stamp from kernel_stamp where id = 1", &[])?;
        *self.kept_stamp() = Some(stamp);
        Ok(stamp)
    }

    /// Where the stamp is kept: on PostgreSQL for all closures of a transaction, which is spared their ways.
    const fn kept_stamp(&mut self) -> &mut Option<i64> {
        match &mut self.conn {
            Conn::Sqlite(_) => &mut self.stamp,
            Conn::Postgres(session) => &mut session.stamp,
        }
    }

    /// A structural table was changed by this transaction.
    pub(crate) fn restamp(&mut self) -> Result<(), DbError> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(|error| DbError::Broken(error.to_string()))?;
        let stamp = i64::from_be_bytes(bytes);
        *self.kept_stamp() = None;
        let sql = "insert into kernel_stamp (id, stamp) values (1, $1) on conflict (id) do update set stamp = excluded.stamp";
        self.execute(sql, &[Value::Int(stamp)]).map(drop)
    }

    /// How many statements this transaction has run. What must not be told by time is held to the same work by it.
    #[must_use]
    pub const fn statements(&self) -> u64 {
        self.statements
    }

    /// Every row of a query.
    ///
    /// # Errors
    /// Whatever the database says; see [`DbError`].
    pub fn all(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, DbError> {
        self.statements += 1;
        match &mut self.conn {
            Conn::Sqlite(conn) => {
                let mut statement = conn.prepare_cached(&numbered(sql))?;
                bind(&mut statement, params)?;
                let width = statement.column_count();
                let mut rows = statement.raw_query();
                let mut out = Vec::new();
                while let Some(row) = rows.next()? {
                    out.push(sqlite_row(row, width)?);
                }
                Ok(out)
            }
            Conn::Postgres(session) => session.query(sql, params),
        }
    }

    /// The first row of a query, if any.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn one(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.all(sql, params)?.into_iter().next())
    }

    /// The number in the first column of the first row, 0 when there is no row.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn count(&mut self, sql: &str, params: &[Value]) -> Result<i64, DbError> {
        self.one(sql, params)?.map_or(Ok(0), |row| Ok(row.get::<Option<i64>>(0)?.unwrap_or(0)))
    }

    /// Which database answers; for the kernel's own modules with two dialects (search, backup).
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        match self.conn {
            Conn::Sqlite(_) => Dialect::Sqlite,
            Conn::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, DbError> {
        self.execute_with(sql, &params.iter().collect::<Vec<_>>())
    }

    /// The same with borrowed values.
    pub(crate) fn execute_with(&mut self, sql: &str, params: &[&Value]) -> Result<u64, DbError> {
        self.statements += 1;
        match &mut self.conn {
            Conn::Sqlite(conn) => {
                let mut statement = conn.prepare_cached(&numbered(sql))?;
                for (index, value) in params.iter().enumerate() {
                    statement.raw_bind_parameter(index + 1, value)?;
                }
                if statement.column_count() == 0 {
                    return Ok(statement.raw_execute()? as u64);
                }
                let mut rows = statement.raw_query();
                let mut count = 0;
                while rows.next()?.is_some() {
                    count += 1;
                }
                Ok(count)
            }
            Conn::Postgres(session) => session.execute(sql, params),
        }
    }

    /// Runs a statement whose answer nobody waits for. On PostgreSQL it travels with the next question, which then also tells what went
    /// wrong; [`Rx::settle`] does so at the latest.
    pub(crate) fn later(&mut self, sql: &str, params: &[Value]) -> Result<(), DbError> {
        self.later_with(sql, &params.iter().collect::<Vec<_>>())
    }

    /// The same with borrowed values.
    pub(crate) fn later_with(&mut self, sql: &str, params: &[&Value]) -> Result<(), DbError> {
        if let Conn::Postgres(session) = &mut self.conn {
            self.statements += 1;
            return session.later(sql, params);
        }
        self.execute_with(sql, params).map(drop)
    }

    /// The closure is done: waits for what was put off, unless others share its transaction, whose commit waits for all.
    pub(super) fn finish(&mut self) -> Result<(), DbError> {
        match &mut self.conn {
            Conn::Sqlite(_) => Ok(()),
            Conn::Postgres(session) => session.finish(),
        }
    }

    /// Waits for what was put off by [`Rx::later`].
    pub(crate) fn settle(&mut self) -> Result<(), DbError> {
        match &mut self.conn {
            Conn::Sqlite(_) => Ok(()),
            Conn::Postgres(session) => session.settle(),
        }
    }

    /// Runs statements without parameters: migrations and settings.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        match &mut self.conn {
            Conn::Sqlite(conn) => Ok(conn.execute_batch(sql)?),
            Conn::Postgres(session) => session.batch(sql),
        }
    }
}

/// `$1` is a *name* for SQLite; `?1` is the parameter's number.
fn numbered(sql: &str) -> String {
    let bytes = sql.bytes().map(|byte| if byte == b'$' { b'?' } else { byte }).collect();
    String::from_utf8(bytes).unwrap_or_default()
}

fn bind(statement: &mut rusqlite::CachedStatement<'_>, params: &[Value]) -> Result<(), DbError> {
    for (index, value) in params.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, value)?;
    }
    Ok(())
}

fn sqlite_row(row: &rusqlite::Row<'_>, width: usize) -> Result<Row, DbError> {
    let mut values = Vec::with_capacity(width);
    for index in 0..width {
        values.push(match row.get_ref(index)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(n) => Value::Int(n),
            ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
            ValueRef::Real(_) => return Err(DbError::Broken(format!("column {index} is a real number; use integers"))),
        });
    }
    Ok(Row(values))
}

//! What a database can answer instead of rows.

/// Why a statement or transaction did not succeed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DbError {
    /// The server is away, locked or shutting down; trying again later may succeed (HTTP 503).
    #[error("the database is away: {0}")]
    Away(String),
    /// The disk holding the database is full (HTTP 507).
    #[error("the disk is full")]
    Full,
    /// Another transaction was in the way; the closure is run again.
    #[error("another transaction was in the way")]
    Conflict,
    /// A constraint refused the row. Rules check first; this is the backstop.
    #[error("the constraint {0} refused the row")]
    Constraint(String),
    /// No such row.
    #[error("no such row")]
    Missing,
    /// The row was changed since it was read.
    #[error("the row was changed meanwhile")]
    Stale,
    /// A transaction changed audited rows and said nothing to the audit log.
    #[error("audited rows of {0} were changed without an entry")]
    Unrecorded(String),
    /// A programming error: bad SQL, wrong types.
    #[error("{0}")]
    Broken(String),
}

impl DbError {
    /// Whether the same call may succeed a little later.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Away(_) | Self::Full | Self::Conflict)
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let rusqlite::Error::SqliteFailure(cause, text) = &error else {
            return Self::Broken(error.to_string());
        };
        let text = text.clone().unwrap_or_else(|| cause.to_string());
        match cause.code {
            Code::DiskFull => Self::Full,
            Code::ConstraintViolation => Self::Constraint(text),
            Code::DatabaseBusy | Code::DatabaseLocked | Code::CannotOpen | Code::SystemIoFailure | Code::ReadOnly | Code::OutOfMemory => {
                Self::Away(text)
            }
            _ => Self::Broken(text),
        }
    }
}

impl From<postgres::Error> for DbError {
    fn from(error: postgres::Error) -> Self {
        let Some(cause) = error.as_db_error() else {
            // Not from the server: the connection is gone, or a value did not fit its parameter.
            return if error.is_closed() || std::error::Error::source(&error).is_some_and(|e| e.is::<std::io::Error>()) {
                Self::Away(error.to_string())
            } else {
                Self::Broken(format!("{error}: {:?}", std::error::Error::source(&error).map(ToString::to_string)))
            };
        };
        let code = cause.code().code();
        match code {
            "40001" | "40P01" => Self::Conflict,
            "53100" => Self::Full,
            _ if code.starts_with("23") => Self::Constraint(cause.constraint().unwrap_or_else(|| cause.message()).to_owned()),
            _ if code.starts_with("08") || code.starts_with("53") || code.starts_with("57") => Self::Away(cause.message().to_owned()),
            _ => Self::Broken(format!("{} ({code})", cause.message())),
        }
    }
}

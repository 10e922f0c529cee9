//! The one error of store functions. It stays small: a system's own refusals are [`Message`]s.

use crate::{DbError, Message};

/// Why a store function did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or is away.
    #[error(transparent)]
    Db(DbError),
    /// There is no such row, or the actor may not know of it.
    #[error("not found")]
    Missing,
    /// Somebody else changed the row since it was read.
    #[error("changed by somebody else meanwhile")]
    Stale,
    /// A rule says no; the message tells the person what to do next.
    #[error("refused: {}", .0.key)]
    Refused(Message),
    /// A file, key or outside service failed.
    #[error("{0}")]
    Failed(String),
}

/// The result of a store function.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A refusal without arguments.
    #[must_use]
    pub const fn refused(key: &'static str) -> Self {
        Self::Refused(Message::new(key))
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Missing => Self::Missing,
            DbError::Stale => Self::Stale,
            other => Self::Db(other),
        }
    }
}

impl From<Message> for Error {
    fn from(message: Message) -> Self {
        Self::Refused(message)
    }
}

//! The nouns every system of SmartGovt is made of, and the database, keys and files below them.
//!
//! Nothing here knows HTTP or HTML. See `ARCHITECTURE.md` for what each noun promises.

pub mod access;
pub mod blobs;
pub mod case;
pub mod ctx;
pub mod db;
pub mod definition;
pub mod draft;
pub mod entry;
pub mod error;
pub mod gov;
pub mod id;
pub mod images;
pub mod jobs;
pub mod keys;
pub mod offering;
pub mod outbox;
pub mod request;
pub mod runner;
pub mod schema;
#[cfg(test)]
pub(crate) mod testing;
pub mod text;

pub use ctx::{ActingPost, Actor, Ctx, Entropy, HeldGrant, Officer, Origin};
pub use db::{Db, DbError, Expect, Row, Rx, Table, Tx, Value};
pub use entry::NewEntry;
pub use error::{Error, Result};
pub use gov::Gov;
pub use id::Id;
pub use jiff::{Timestamp, civil::Date};
pub use text::{Arg, Message};

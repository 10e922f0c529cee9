//! The nouns every system of SmartGovt is made of, and the database, keys and files below them.
//!
//! Nothing here knows HTTP or HTML. See `ARCHITECTURE.md` for what each noun promises.

pub mod access;
pub mod account;
pub mod audit;
pub mod backup;
pub mod blobs;
pub mod bulk;
pub mod case;
pub mod clock;
pub mod ctx;
pub mod db;
pub mod definition;
pub mod document;
pub mod draft;
pub mod election;
pub mod entry;
pub mod erasure;
pub mod error;
pub mod export;
pub mod gov;
pub mod grant;
pub mod hex;
pub mod id;
pub mod images;
pub mod jobs;
mod kept;
pub mod keys;
pub mod lasting;
pub mod limit;
pub mod log;
pub mod mutation;
pub mod notice;
pub mod numbering;
pub mod offering;
pub mod outbox;
pub mod party;
pub mod post;
pub mod proof;
pub mod request;
pub mod retention;
pub mod runner;
pub mod schema;
pub mod search;
pub mod setting;
pub mod signal;
pub mod tables;
#[cfg(test)]
pub(crate) mod testing;
pub mod text;
pub mod throttle;
mod tls;
pub mod unit;

pub use ctx::{ActingPost, Actor, Ctx, Entropy, HeldGrant, Officer, Origin};
pub use db::{Db, DbError, Expect, Row, Rx, Table, Tx, Value};
pub use entry::NewEntry;
pub use error::{Error, Result};
pub use gov::Gov;
pub use id::Id;
pub use jiff::{Timestamp, civil::Date};
pub use kept::Kept;
pub use text::{Arg, Message};

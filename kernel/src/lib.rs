//! The nouns every system of SmartGovt is made of, and the database, keys and files below them.
//!
//! Nothing here knows HTTP or HTML. See `ARCHITECTURE.md` for what each noun promises.

pub mod ctx;
pub mod db;
pub mod entry;
pub mod error;
pub mod gov;
pub mod id;
pub mod text;

pub use ctx::{ActingPost, Actor, Ctx, Entropy, HeldGrant, Officer, Origin};
pub use db::{Db, DbError, Expect, Row, Rx, Table, Tx, Value};
pub use entry::NewEntry;
pub use error::{Error, Result};
pub use gov::Gov;
pub use id::Id;
pub use jiff::{Timestamp, civil::Date};
pub use text::{Arg, Message};

//! Forms: what was typed ([`FormData`]), what is wrong with it ([`FieldErrors`]) and both together for showing the
//! form again ([`FormState`]). What a person typed is always kept.

mod data;
mod designed;
mod state;

pub use data::{BadDate, FileField, FormData, encoded};
pub(crate) use data::{BodyLimit, content_type, read_body, urlencoded};
pub use kernel::schema::FieldErrors;
pub use state::FormState;

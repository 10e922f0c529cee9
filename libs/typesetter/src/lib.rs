//! Renders [`letter::Paper`]s to tagged PDF/A-2a with Typst.
//!
//! The layouts are the fixed files in `templates/`, compiled in. A paper reaches them as one virtual file, `/data.json`, read with
//! `json()`: its values are data and never markup. The Typst world has no other file, no package and no clock, so a rendering
//! depends on the paper alone and gives the same bytes each time.
//!
//! The server does not call [`Typesetter`] itself: it starts the same binary as a child whose whole work is [`worker::run`], and
//! talks to it through [`letter::Renderer`].

mod sheet;
mod typesetter;
mod words;
pub mod worker;

pub use typesetter::{TypesetError, Typesetter};
pub use worker::Limits;

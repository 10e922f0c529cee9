//! The printed papers of a local government as plain data, and the protocol to have them rendered.
//!
//! A [`Letter`] is a block document: letterhead, title and number, paragraphs with fields, tables,
//! signature blocks, a verification footer. It is filled by the system that issues it, sealed at
//! signing ([`Letter::seal`]) and stored as JSON; the PDF is made from it by another process and can
//! be made again, byte for byte, from the same data. Values are data and never markup: what a resident
//! typed is printed as she typed it, whatever characters it holds.
//!
//! - [`document`], [`papers`]: the model. [`Paper`] is everything that can be rendered.
//! - [`template`]: paragraphs of data packages, `"penduduk {unit.term} kami, **{nama}**"`.
//! - [`qr`]: QR codes as vector runs.
//! - [`frame`]: the messages between the server and its rendering child processes.
//! - [`renderer`]: the client side, a small pool of warm children with limits.
//!
//! This crate does not know Typst; `typesetter` does.

pub mod document;
pub mod emblem;
pub mod frame;
pub mod papers;
pub mod qr;
pub mod renderer;
pub mod template;

pub use document::{
    Address, Align, Block, Column, Field, Letter, Letterhead, List, Meta, Mode, Sheet, SignatureBlock, SignerKind, Span, Table,
    Verification, Witness,
};
pub use emblem::{Emblem, EmblemError};
pub use frame::{Rendered, Standard};
pub use papers::{Book, BookColumn, BookRow, KeyCopy, Pack, Paper, ReservedNumber, Slip, SlipSize};
pub use qr::{Qr, QrError};
pub use renderer::{RenderError, Renderer, RendererConfig};
pub use template::{MissingField, Template, TemplateError};

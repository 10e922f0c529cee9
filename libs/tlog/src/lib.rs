#![doc = include_str!("../README.md")]

pub mod checkpoint;
pub mod cosignature;
pub mod edge;
pub mod hash;
pub mod note;
pub mod proof;
pub mod receipt;
#[cfg(test)]
mod tests;
mod text;
pub mod tile;
pub mod witness;

pub use checkpoint::Checkpoint;
pub use cosignature::{Cosignature, Cosigner};
pub use edge::Edge;
pub use hash::{EMPTY_ROOT, Hash, leaf_hash, node_hash};
pub use note::{Note, Signature, Signer, Verifier};
pub use receipt::Receipt;
pub use tile::{Tile, TilePath, Tiles};

//! Bringing officials in: ASN and officials of villages, from a CSV or XLSX, compared with who is here before anything changes.

pub mod compare;
pub mod read;

pub use compare::{Verdict, compare};
pub use read::{FileError, Official, RowProblem, read};

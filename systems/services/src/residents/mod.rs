//! Bringing a village's people in: from OpenSID's population XLSX, safely again and again.
//!
//! [`import::read`] is pure: bytes in, rows and what is wrong with them out. [`run`] checks them against who is known,
//! says beforehand what would happen, and writes in batches, so that a stop in the middle loses nothing: the same file
//! imported again finds everybody unchanged and goes on.

pub mod codes;
pub mod import;
pub mod run;

pub use import::{Column, ImportError, Parsed, RowProblem};
pub use run::{Known, Preview, Report, check_workbook, import, look};

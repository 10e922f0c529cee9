//! Classification codes of letters (Permendagri 83/2022) as a dated table.

use jiff::civil::Date;
use serde::Deserialize;

/// The table this build carries.
pub const PERMENDAGRI_83_2022: &str = include_str!("../../../../data/classification/permendagri-83-2022.csv");

/// A code and the days on which it may be used.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Classification {
    /// `500.3`.
    pub code: String,
    pub name: String,
    /// First day.
    pub valid_from: Date,
    /// Last day; none while in force.
    pub valid_until: Option<Date>,
    /// Where the row was read.
    pub source: String,
}

impl Classification {
    /// Whether the code may be used on `day`.
    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|last| day <= last)
    }
}

/// Reads a table of codes: CSV with the header `code,name,valid_from,valid_until,source`.
///
/// # Errors
/// A sentence with the line that cannot be read.
pub fn parse(text: &str) -> Result<Vec<Classification>, String> {
    csv::Reader::from_reader(text.as_bytes())
        .into_deserialize()
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("the classification table cannot be read: {error}"))
}

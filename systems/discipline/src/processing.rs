//! What this system does with personal data, for the record of processing.

use web::{Basis, Processing};

/// The activities.
pub(crate) const PROCESSING: &[Processing] = &[Processing {
    key: "discipline.cases",
    words: "discipline-processing-cases-",
    basis: Basis::PublicTask,
    legal: "Ketentuan SmartGovt butir 9; Perwali Jambi 45/2019 Pasal 19; UU 30/2014 Pasal 75–78",
    fields: &["discipline_case.*"],
    specific: true,
    retention: "",
}];

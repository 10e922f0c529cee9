//! What this system does with personal data, for the record of processing.

use web::{Basis, Processing};

/// The activities.
pub(crate) const PROCESSING: &[Processing] = &[Processing {
    key: "oversight.findings",
    words: "oversight-processing-findings-",
    basis: Basis::PublicTask,
    legal: "Ketentuan SmartGovt butir 7 dan 9; UU 27/2022 Pasal 37; Perbup Empat Lawang 30/2019 Pasal 41",
    fields: &["oversight_finding.*", "kernel_export.*"],
    specific: false,
    retention: "",
}];

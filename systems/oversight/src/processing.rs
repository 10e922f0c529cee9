//! What this system does with personal data, for the record of processing.

use web::{Basis, Processing};

/// The activities.
pub(crate) const PROCESSING: &[Processing] = &[FINDINGS, LISTED];

const FINDINGS: Processing = Processing {
    key: "oversight.findings",
    words: "oversight-processing-findings-",
    basis: Basis::PublicTask,
    legal: "Ketentuan SmartGovt butir 7 dan 9; UU 27/2022 Pasal 37; Perbup Empat Lawang 30/2019 Pasal 41",
    fields: &["oversight_finding.*", "kernel_export.*"],
    specific: false,
    retention: "",
};

const LISTED: Processing = Processing {
    key: "oversight.listed",
    words: "oversight-processing-listed-",
    basis: Basis::LegalDuty,
    legal: "UU 27/2022 Pasal 32 dan 37; Ketentuan SmartGovt butir 7",
    fields: &["oversight_listed.*"],
    specific: false,
    retention: "oversight.listed",
};

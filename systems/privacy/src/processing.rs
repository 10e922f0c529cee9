//! What this system and the audit log do with personal data.

use web::{Basis, Processing};

/// The activities.
pub(crate) const PROCESSING: &[Processing] = &[
    Processing {
        key: "privacy.requests",
        words: "privacy-processing-requests-",
        basis: Basis::LegalDuty,
        legal: "UU 27/2022 Pasal 5–13",
        fields: &["privacy_request.*", "privacy_hiding.*", "privacy_correction.*", "kernel_hold.*", "kernel_limit.*"],
        specific: true,
        retention: "",
    },
    Processing {
        key: "privacy.breaches",
        words: "privacy-processing-breaches-",
        basis: Basis::LegalDuty,
        legal: "UU 27/2022 Pasal 46",
        fields: &["privacy_breach.*"],
        specific: false,
        retention: "",
    },
    Processing {
        key: "privacy.log",
        words: "privacy-processing-log-",
        basis: Basis::LegalDuty,
        legal: "UU 27/2022 Pasal 37 dan 39; PP 71/2019 Pasal 22",
        fields: &["kernel_entry.*", "privacy_reading.*", "kernel_throttle.*"],
        specific: false,
        retention: "kernel.entries",
    },
];

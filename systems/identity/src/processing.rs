//! What this system does with personal data, for the record of processing.

use web::{Basis, Processing};

/// The activities.
pub(crate) const PROCESSING: &[Processing] = &[ACCOUNTS, LINKS];

const ACCOUNTS: Processing = Processing {
    key: "identity.accounts",
    words: "identity-processing-accounts-",
    basis: Basis::LegalDuty,
    legal: "UU 5/2014 jo. UU 20/2023; Perpres 95/2018 Pasal 40",
    fields: &[
        "kernel_account.*",
        "kernel_holding.*",
        "kernel_session.*",
        "kernel_grant.*",
        "kernel_mutation_act.*",
        "kernel_mutation_line.*",
        "identity_contact.*",
        "identity_review_line.*",
    ],
    specific: false,
    retention: "",
};

const LINKS: Processing = Processing {
    key: "identity.links",
    words: "identity-processing-links-",
    basis: Basis::LegalDuty,
    legal: "UU 27/2022 Pasal 35 dan 39; PP 71/2019 Pasal 22",
    fields: &["identity_link.*"],
    specific: false,
    retention: "identity.links",
};

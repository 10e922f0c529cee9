//! What this system does with personal data, for the record of processing.

use web::{Basis, Processing};

/// The activities.
pub(crate) const PROCESSING: &[Processing] = &[
    Processing {
        key: "services.application",
        words: "services-processing-application-",
        basis: Basis::PublicTask,
        legal: "UU 25/2009; UU 30/2014; UU 23/2014 Pasal 12",
        fields: &[
            "services_application.*",
            "services_link.*",
            "kernel_case.applicant",
            "kernel_case.subject",
            "kernel_case_party.*",
            "kernel_case_event.note",
            "kernel_task.subject",
            "form:*",
        ],
        specific: true,
        retention: "services.refused",
    },
    Processing {
        key: "services.files",
        words: "services-processing-files-",
        basis: Basis::PublicTask,
        legal: "UU 25/2009 Pasal 21; UU 23/2006",
        fields: &["kernel_attachment.*", "kernel_blob.*"],
        specific: true,
        retention: "services.files",
    },
    Processing {
        key: "services.letters",
        words: "services-processing-letters-",
        basis: Basis::LegalDuty,
        legal: "UU 43/2009; Permendagri 1/2023; Permendagri 47/2016",
        fields: &["kernel_document.*", "kernel_signature.*", "kernel_number.*", "kernel_dispatch.*"],
        specific: false,
        retention: "",
    },
    Processing {
        key: "services.residents",
        words: "services-processing-residents-",
        basis: Basis::LegalDuty,
        legal: "UU 23/2006 jo. UU 24/2013; Permendagri 47/2016 (Buku Induk Penduduk)",
        fields: &["kernel_person.*"],
        specific: true,
        retention: "",
    },
    Processing {
        key: "services.notices",
        words: "services-processing-notices-",
        basis: Basis::PublicTask,
        legal: "UU 25/2009 Pasal 15",
        fields: &["kernel_notice.*", "services_news.*", "services_news_reach.*"],
        specific: false,
        retention: "kernel.notices",
    },
    Processing {
        key: "services.contact",
        words: "services-processing-contact-",
        basis: Basis::Consent,
        legal: "UU 27/2022 Pasal 20 ayat (2) huruf a",
        fields: &["kernel_draft.*", "services_application.phone_sealed", "services_application.email_sealed"],
        specific: true,
        retention: "services.contacts",
    },
];

//! The few words the layouts bring themselves.

use serde_json::{Value, json};

/// The words in a language; Indonesian unless English is asked for.
pub(crate) fn words(language: &str) -> Value {
    if language == "en" {
        json!({
            "number": "Number",
            "copies": "Copies to",
            "witnesses": "Witnesses",
            "page": "Page {n} of {of}",
            "emblem": "Emblem of the region",
            "draft": "DRAFT",
            "draft_number": "(given when signed)",
            "draft_note": "A draft for checking. It has no number and is not valid.",
        })
    } else {
        json!({
            "number": "Nomor",
            "copies": "Tembusan",
            "witnesses": "Saksi-saksi",
            "page": "Halaman {n} dari {of}",
            "emblem": "Lambang daerah",
            "draft": "DRAF",
            "draft_number": "(diberikan saat ditandatangani)",
            "draft_note": "Draf untuk diperiksa. Belum bernomor dan belum berlaku.",
        })
    }
}

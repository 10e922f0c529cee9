//! What a system does with personal data, as it declares it: the source of the record of processing (ROPA, UU 27/2022 Pasal 31).

/// Why data may be processed, UU 27/2022 Pasal 20(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// a: explicit consent.
    Consent,
    /// b: a contract.
    Contract,
    /// c: a legal duty of the controller.
    LegalDuty,
    /// d: vital interests of the subject.
    Vital,
    /// e: a task in the public interest, a public service, or lawful authority.
    PublicTask,
    /// f: another legitimate interest.
    Legitimate,
}

impl Basis {
    /// The text key of its name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Consent => "web-basis-consent",
            Self::Contract => "web-basis-contract",
            Self::LegalDuty => "web-basis-legal-duty",
            Self::Vital => "web-basis-vital",
            Self::PublicTask => "web-basis-public-task",
            Self::Legitimate => "web-basis-legitimate",
        }
    }
}

/// One activity of processing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processing {
    /// `system.activity`.
    pub key: &'static str,
    /// The beginning of its text keys, ending in `-`: `title`, `purpose`, `subjects`, `data` and `receivers` follow.
    pub words: &'static str,
    pub basis: Basis,
    /// The regulation behind the basis.
    pub legal: &'static str,
    /// What is processed: `table.column`, or `table.*` for all of a table, or `form:*` for whatever designed forms ask.
    pub fields: &'static [&'static str],
    /// Data of UU 27/2022 Pasal 4(2) are among them.
    pub specific: bool,
    /// The key of the [`kernel::retention::Rule`] that ends it; empty when records are permanent or the archive law decides.
    pub retention: &'static str,
}

impl Processing {
    /// Whether it names this column.
    #[must_use]
    pub fn covers(&self, table: &str, column: &str) -> bool {
        self.fields.iter().any(|field| field.split_once('.').is_some_and(|(t, c)| t == table && (c == "*" || c == column)))
    }
}

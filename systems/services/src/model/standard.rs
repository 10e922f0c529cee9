//! The published standard of a service: the fourteen components of UU 25/2009 Pasal 21 and PermenPANRB 15/2014.

use serde::{Deserialize, Serialize};

use super::Text;

/// Standar pelayanan. Components 1–6 (service delivery) are published; 7–14 (manufacturing) are for the office,
/// though the legal basis is shown to the public as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// An example nobody has set by decree yet.
    pub typical: bool,
    /// Shown beside it while typical: "contoh, belum ditetapkan".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<Text>,
    /// The decree that set it; empty while typical.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub decree: String,
    /// Where the facts were taken from, and what must be checked.
    pub source: String,

    /// 1 Persyaratan.
    #[serde(rename = "requirement")]
    pub requirements: Vec<Requirement>,
    /// 2 Sistem, mekanisme dan prosedur.
    #[serde(rename = "step")]
    pub steps: Vec<Text>,
    /// 3 Jangka waktu, in words; the rule is [`super::Clock`].
    pub time: Text,
    /// 4 Biaya atau tarif.
    pub cost: Cost,
    /// 5 Produk pelayanan.
    pub product: Text,
    /// 6 Penanganan pengaduan, saran dan masukan.
    pub complaints: Text,

    /// 7 Dasar hukum.
    #[serde(rename = "legal")]
    pub legal_basis: Vec<LegalBasis>,
    /// 8 Sarana, prasarana dan fasilitas.
    pub facilities: Text,
    /// 9 Kompetensi pelaksana.
    pub competence: Text,
    /// 10 Pengawasan internal.
    pub supervision: Text,
    /// 11 Jumlah pelaksana.
    pub staffing: Text,
    /// 12 Jaminan pelayanan.
    pub guarantee: Text,
    /// 13 Jaminan keamanan dan keselamatan.
    pub safety: Text,
    /// 14 Evaluasi kinerja pelaksana.
    pub evaluation: Text,
}

/// Something the applicant brings or tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    pub text: Text,
    /// What makes it easier: "data lain sudah ada di desa".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    #[serde(default, skip_serializing_if = "Upload::is_none")]
    pub upload: Upload,
    /// The photo or file field that takes the upload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// Whether a requirement is uploaded. At the counter nothing is: the officer sees the original.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Upload {
    /// Shown at the office or known already.
    #[default]
    None,
    /// Welcome, not demanded.
    Optional,
    /// Needed when applying from home.
    Required,
}

impl Upload {
    fn is_none(&self) -> bool {
        *self == Upload::None
    }
}

/// What it costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Whole rupiah; 0 is free.
    pub rupiah: u64,
    /// "GRATIS", or the tariff in words.
    pub text: Text,
}

/// A regulation this service stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// Short citation in Indonesian.
    pub text: String,
    pub mark: Mark,
    /// Where it was read, or that it must be checked at the JDIH.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
}

/// How sure a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// In the regulation texts this product implements.
    Seed,
    /// Read in the public source named in the remark.
    Source,
    /// General knowledge, to be checked against the gazette.
    OwnKnowledge,
}

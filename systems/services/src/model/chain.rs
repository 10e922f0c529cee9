//! The desks a case passes, and the kinds of unit they stand in.

use std::fmt;

use serde::{Deserialize, Serialize};

pub use kernel::unit::UnitKind;

use super::Text;

/// Who may adopt a service: `village` (desa, nagari and kelurahan), one of these kinds, `kecamatan`, or one
/// perangkat daerah by its code (`opd:19`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Adopter {
    /// Desa, nagari and kelurahan.
    Village,
    /// Units of one kind.
    Kind(UnitKind),
    /// The perangkat daerah with this code.
    Opd(String),
}

impl Adopter {
    /// Whether a unit of this kind (and code, for a perangkat daerah) is meant.
    pub fn covers(&self, kind: UnitKind, code: &str) -> bool {
        match self {
            Adopter::Village => kind.is_village(),
            Adopter::Kind(own) => *own == kind,
            Adopter::Opd(own) => kind == UnitKind::Opd && own == code,
        }
    }

    /// The kinds of unit meant.
    pub fn kinds(&self) -> Vec<UnitKind> {
        match self {
            Adopter::Village => vec![UnitKind::Desa, UnitKind::Nagari, UnitKind::Kelurahan],
            Adopter::Kind(kind) => vec![*kind],
            Adopter::Opd(_) => vec![UnitKind::Opd],
        }
    }
}

impl TryFrom<String> for Adopter {
    type Error = String;

    fn try_from(word: String) -> Result<Adopter, String> {
        match word.as_str() {
            "village" => Ok(Adopter::Village),
            "desa" | "nagari" | "kelurahan" | "kecamatan" => {
                word.parse().map(Adopter::Kind).map_err(|()| format!("unknown kind of unit {word:?}"))
            }
            _ => match word.strip_prefix("opd:") {
                Some(code) if !code.is_empty() => Ok(Adopter::Opd(code.to_owned())),
                _ => Err(format!("unknown adopter {word:?}: write village, desa, nagari, kelurahan, kecamatan or opd:CODE")),
            },
        }
    }
}

impl From<Adopter> for String {
    fn from(adopter: Adopter) -> String {
        match adopter {
            Adopter::Village => "village".to_owned(),
            Adopter::Kind(kind) => kind.key().to_owned(),
            Adopter::Opd(code) => format!("opd:{code}"),
        }
    }
}

/// What kind of desk a post is; the same in every unit, whatever the local title (`data/offices`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Office {
    /// Kepala Desa, Wali Nagari, Lurah, Camat, head of a perangkat daerah.
    Kepala,
    Sekretaris,
    KasiPelayanan,
    KasiPemerintahan,
    KaurUmum,
    KabidPelayanan,
    Operator,
    /// Kepala dusun, Wali Jorong.
    Kadus,
    /// Bupati or Wali Kota.
    Bupati,
    /// Sekretaris Daerah.
    Sekda,
}

impl Office {
    /// Every office.
    pub const ALL: [Office; 10] = [
        Office::Kepala,
        Office::Sekretaris,
        Office::KasiPelayanan,
        Office::KasiPemerintahan,
        Office::KaurUmum,
        Office::KabidPelayanan,
        Office::Operator,
        Office::Kadus,
        Office::Bupati,
        Office::Sekda,
    ];

    /// The word kept with a post.
    pub fn as_str(self) -> &'static str {
        match self {
            Office::Kepala => "kepala",
            Office::Sekretaris => "sekretaris",
            Office::KasiPelayanan => "kasi_pelayanan",
            Office::KasiPemerintahan => "kasi_pemerintahan",
            Office::KaurUmum => "kaur_umum",
            Office::KabidPelayanan => "kabid_pelayanan",
            Office::Operator => "operator",
            Office::Kadus => "kadus",
            Office::Bupati => "bupati",
            Office::Sekda => "sekda",
        }
    }
}

impl fmt::Display for Office {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One desk of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub state: Stage,
    /// The unit whose desk it is.
    #[serde(default, skip_serializing_if = "is_own_unit")]
    pub at: At,
    /// What the holder does here, named by its effect: "Paraf dan teruskan".
    pub action: Text,
    /// The desk per kind of unit: the first office with a holder able to act takes the case.
    pub offices: Offices,
}

impl Step {
    /// The offices to try, in order, when the case belongs to a unit of this kind.
    pub fn offices_in(&self, kind: UnitKind) -> &[Office] {
        match self.at {
            At::Unit => self.offices.of(kind),
            At::Kecamatan => self.offices.of(UnitKind::Kecamatan),
        }
    }
}

fn is_own_unit(at: &At) -> bool {
    *at == At::Unit
}

/// State of a case while a desk of the chain has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Diperiksa.
    Checking,
    /// Menunggu paraf.
    Initialing,
    /// Menunggu tanda tangan.
    Signing,
    /// Menunggu mengetahui Camat.
    Acknowledging,
}

impl Stage {
    /// The word kept with a case.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Checking => "checking",
            Stage::Initialing => "initialing",
            Stage::Signing => "signing",
            Stage::Acknowledging => "acknowledging",
        }
    }
}

/// The unit a step stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// The unit the case belongs to.
    #[default]
    Unit,
    /// The kecamatan above it.
    Kecamatan,
}

/// Offices per kind of unit; `village` holds for desa, nagari and, unless `kelurahan` is given, kelurahan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offices {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub village: Vec<Office>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kelurahan: Vec<Office>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kecamatan: Vec<Office>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opd: Vec<Office>,
}

impl Offices {
    /// The offices of a kind of unit, empty if none are named.
    pub fn of(&self, kind: UnitKind) -> &[Office] {
        match kind {
            UnitKind::Kelurahan if !self.kelurahan.is_empty() => &self.kelurahan,
            UnitKind::Desa | UnitKind::Nagari | UnitKind::Kelurahan => &self.village,
            UnitKind::Kecamatan => &self.kecamatan,
            UnitKind::Opd => &self.opd,
            _ => &[],
        }
    }
}

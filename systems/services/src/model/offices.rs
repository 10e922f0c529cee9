//! Typical posts of each kind of unit, and the perangkat daerah of a regency (`data/offices`).

use serde::{Deserialize, Deserializer, de::Error as _};

use super::chain::{Office, UnitKind};

const POSTS: [&str; 6] = [
    include_str!("../../../../data/offices/desa.toml"),
    include_str!("../../../../data/offices/nagari.toml"),
    include_str!("../../../../data/offices/kelurahan.toml"),
    include_str!("../../../../data/offices/kecamatan.toml"),
    include_str!("../../../../data/offices/opd.toml"),
    include_str!("../../../../data/offices/regency.toml"),
];
const OPD: &str = include_str!("../../../../data/offices/perangkat-daerah.toml");

/// The typical posts of a kind of unit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Establishment {
    #[serde(deserialize_with = "unit_kind")]
    pub kind: UnitKind,
    /// What such a unit is called: "Desa", "Kelurahan"; empty where the name says it ("Dinas Sosial").
    pub word: String,
    /// Where the list comes from, and who must check it.
    pub remark: String,
    /// In the order of the organisation.
    #[serde(rename = "post")]
    pub posts: Vec<TypicalPost>,
}

fn unit_kind<'de, D: Deserializer<'de>>(source: D) -> Result<UnitKind, D::Error> {
    let word = String::deserialize(source)?;
    word.parse().map_err(|()| D::Error::custom(format!("unknown kind of unit {word:?}")))
}

/// A post as it usually is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypicalPost {
    pub office: Office,
    /// Title without the unit's name: "Kepala Desa".
    pub title: String,
    /// Title of the same post in a kota: "Wali Kota".
    #[serde(default)]
    pub title_in_city: Option<String>,
    /// How people say it: "Kades".
    pub short: String,
    /// Place in lists, from 1.
    pub order: u8,
    /// Roles the post gives its holder at this unit.
    pub roles: Vec<Role>,
    /// One post for the unit, or one for each dusun or jorong in it.
    #[serde(default)]
    pub per: Per,
}

/// How many posts of an office a unit has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    #[default]
    Unit,
    /// One for each dusun or jorong.
    Hamlet,
}

/// A role of a grant, as `kernel_grant.role` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Counter: take in.
    Operator,
    /// Check.
    Examiner,
    /// Paraf.
    Initialer,
    Signer,
    /// Books, numbers, dispatch.
    Registrar,
    /// People and posts of the unit.
    UnitAdmin,
    /// Fill posts in all villages (DPMD).
    VillageAffairs,
    /// Everything administrative, no content (Diskominfo).
    Admin,
    /// Read figures and cases of the subtree.
    Overseer,
}

impl Role {
    /// The word kept with a grant.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Operator => "operator",
            Role::Examiner => "examiner",
            Role::Initialer => "initialer",
            Role::Signer => "signer",
            Role::Registrar => "registrar",
            Role::UnitAdmin => "unit_admin",
            Role::VillageAffairs => "village_affairs",
            Role::Admin => "admin",
            Role::Overseer => "overseer",
        }
    }
}

/// A perangkat daerah of a regency.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opd {
    /// Two digits, typical.
    pub code: String,
    pub name: String,
    /// "Disdikbud".
    pub short: String,
    /// Title of its head: "Kepala Dinas", "Inspektur".
    pub head: String,
    /// How people say it: "Kadis".
    pub head_short: String,
    /// Title of its secretary, where it has another than "Sekretaris".
    #[serde(default)]
    pub secretary: Option<String>,
    /// Title of the desk that checks, where it has another than the usual one.
    #[serde(default)]
    pub service_desk: Option<String>,
    /// Roles at the regency that the head, the secretary and the desk have beside those of their post.
    #[serde(default)]
    pub regency_roles: Vec<Role>,
}

impl Opd {
    /// The head's title with the name of the office: "Kepala Dinas Sosial", "Kepala Pelaksana Badan Penanggulangan
    /// Bencana Daerah", "Inspektur".
    pub fn head_in_full(&self) -> String {
        let last = self.head.rsplit(' ').next().unwrap_or_default();
        match self.name.strip_prefix(last) {
            Some(rest) => format!("{}{rest}", self.head),
            None if self.head.starts_with("Kepala") => format!("{} {}", self.head, self.name),
            None => self.head.clone(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpdList {
    #[expect(dead_code, reason = "the remark is for the reader of the file")]
    remark: String,
    opd: Vec<Opd>,
}

/// Typical posts of every kind of unit.
///
/// # Errors
/// A sentence naming what cannot be read.
pub fn establishments() -> Result<Vec<Establishment>, String> {
    POSTS.iter().map(|text| toml::from_str(text).map_err(|error| error.to_string())).collect()
}

/// The typical perangkat daerah of a regency, by code.
///
/// # Errors
/// A sentence naming what cannot be read.
pub fn opd() -> Result<Vec<Opd>, String> {
    toml::from_str::<OpdList>(OPD).map(|list| list.opd).map_err(|error| error.to_string())
}

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
const PARTS: &str = include_str!("../../../../data/offices/suku-dinas.toml");

/// What of a region decides which offices it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    pub is_city: bool,
    /// Part of Jakarta: its offices are parts of the province's.
    pub is_administrative: bool,
    /// Whether a village in it governs itself (desa, nagari); a kota often has kelurahan only.
    pub has_villages: bool,
}

impl Region {
    /// `text` with the region's own name for itself.
    fn fill(self, text: &str) -> String {
        text.replace("{wilayah}", if self.is_city { "Kota Administrasi" } else { "Kabupaten Administrasi" })
    }
}

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
    /// Title of the same post in a kota or kabupaten administrasi: "Sekretaris {wilayah}".
    #[serde(default)]
    pub title_where_administrative: Option<String>,
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

impl TypicalPost {
    /// The title this post has in `region`.
    #[must_use]
    pub fn title_in(&self, region: Region) -> String {
        let own = if region.is_administrative { self.title_where_administrative.as_ref() } else { None };
        let own = own.or(if region.is_city { self.title_in_city.as_ref() } else { None });
        region.fill(own.unwrap_or(&self.title))
    }
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
    /// Read the audit log of the subtree, follow up unusual access (Inspektorat).
    Inspector,
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
            Role::Inspector => "inspector",
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
    /// Roles they have too where no village governs itself and nobody else has them.
    #[serde(default)]
    pub roles_without_villages: Vec<Role>,
    /// An office for villages that govern themselves: there is none in a kota of kelurahan.
    #[serde(default)]
    pub needs_villages: bool,
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
    read(OPD)
}

/// The typical offices of one region, by code: without an office for villages where there are none, and in Jakarta the
/// province's parts.
///
/// # Errors
/// A sentence naming what cannot be read.
pub fn opd_of(region: Region) -> Result<Vec<Opd>, String> {
    let mut list = read(if region.is_administrative { PARTS } else { OPD })?;
    list.retain(|opd| region.has_villages || !opd.needs_villages);
    for opd in &mut list {
        (opd.name, opd.head) = (region.fill(&opd.name), region.fill(&opd.head));
        if !region.has_villages {
            let more = std::mem::take(&mut opd.roles_without_villages);
            opd.regency_roles.extend(more);
        }
    }
    Ok(list)
}

fn read(list: &str) -> Result<Vec<Opd>, String> {
    toml::from_str::<OpdList>(list).map(|list| list.opd).map_err(|error| error.to_string())
}

//! What a unit is, where it may stand, and what people call it.

use std::str::FromStr;

/// The kind of a [`super::Unit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitKind {
    /// Kabupaten or kota.
    Regency,
    /// Perangkat daerah: dinas, badan, sekretariat, inspektorat.
    Opd,
    Kecamatan,
    /// An urban village led by a civil servant (lurah).
    Kelurahan,
    /// A village that governs itself (UU 6/2014).
    Desa,
    /// The same in West Sumatra.
    Nagari,
    /// Dusun, jorong, lingkungan.
    Dusun,
    Rw,
    Rt,
    /// Unit pelaksana teknis of an OPD.
    Upt,
}

impl UnitKind {
    /// Every kind.
    pub const ALL: [Self; 10] =
        [Self::Regency, Self::Opd, Self::Kecamatan, Self::Kelurahan, Self::Desa, Self::Nagari, Self::Dusun, Self::Rw, Self::Rt, Self::Upt];

    /// The word stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Regency => "regency",
            Self::Opd => "opd",
            Self::Kecamatan => "kecamatan",
            Self::Kelurahan => "kelurahan",
            Self::Desa => "desa",
            Self::Nagari => "nagari",
            Self::Dusun => "dusun",
            Self::Rw => "rw",
            Self::Rt => "rt",
            Self::Upt => "upt",
        }
    }

    /// Desa, nagari or kelurahan.
    #[must_use]
    pub const fn is_village(self) -> bool {
        matches!(self, Self::Kelurahan | Self::Desa | Self::Nagari)
    }

    /// Desa or nagari: its officers are not civil servants and its head is elected.
    #[must_use]
    pub const fn governs_itself(self) -> bool {
        matches!(self, Self::Desa | Self::Nagari)
    }

    /// What a village of this kind is called; none for other units.
    #[must_use]
    pub const fn village_word(self) -> Option<&'static str> {
        match self {
            Self::Kelurahan => Some("kelurahan"),
            Self::Desa => Some("desa"),
            Self::Nagari => Some("nagari"),
            _ => None,
        }
    }

    /// What the part of such a village is called; none for other units.
    #[must_use]
    pub const fn hamlet_word(self) -> Option<&'static str> {
        match self {
            Self::Kelurahan => Some("lingkungan"),
            Self::Desa => Some("dusun"),
            Self::Nagari => Some("jorong"),
            _ => None,
        }
    }

    /// The title of the head of such a unit, where law gives one.
    #[must_use]
    pub const fn head_title(self) -> Option<&'static str> {
        match self {
            Self::Regency => Some("Bupati"),
            Self::Kecamatan => Some("Camat"),
            Self::Kelurahan => Some("Lurah"),
            Self::Desa => Some("Kepala Desa"),
            Self::Nagari => Some("Wali Nagari"),
            Self::Dusun => Some("Kepala Dusun"),
            Self::Rw => Some("Ketua RW"),
            Self::Rt => Some("Ketua RT"),
            Self::Opd | Self::Upt => None,
        }
    }

    /// Whether a unit of this kind may stand right below one of `parent`; none is the top.
    #[must_use]
    pub const fn may_stand_under(self, parent: Option<Self>) -> bool {
        let Some(parent) = parent else { return matches!(self, Self::Regency) };
        match self {
            Self::Regency => false,
            Self::Opd | Self::Kecamatan => matches!(parent, Self::Regency),
            Self::Upt => matches!(parent, Self::Opd | Self::Kecamatan),
            Self::Kelurahan | Self::Desa | Self::Nagari => matches!(parent, Self::Kecamatan),
            Self::Dusun => parent.is_village(),
            Self::Rw => parent.is_village() || matches!(parent, Self::Dusun),
            Self::Rt => parent.is_village() || matches!(parent, Self::Dusun | Self::Rw),
        }
    }

    /// `name` without the word of its kind: "Desa Batu Jungul" → "Batu Jungul". Offices keep theirs.
    #[must_use]
    pub fn without_word(self, name: &str) -> &str {
        let words: &[&str] = match self {
            Self::Regency => &["kabupaten", "kota"],
            Self::Kecamatan => &["kecamatan", "distrik", "kapanewon", "kemantren"],
            Self::Kelurahan => &["kelurahan"],
            Self::Desa | Self::Nagari => &[
                "desa",
                "nagari",
                "gampong",
                "kampung",
                "pekon",
                "kalurahan",
                "tiyuh",
                "kute",
                "kepenghuluan",
                "lembang",
                "negeri",
                "ohoi",
                "dusun",
            ],
            Self::Opd | Self::Dusun | Self::Rw | Self::Rt | Self::Upt => &[],
        };
        let name = name.trim();
        match name.split_once(' ') {
            Some((first, rest)) if words.iter().any(|word| first.eq_ignore_ascii_case(word)) => rest.trim(),
            _ => name,
        }
    }
}

impl FromStr for UnitKind {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.key() == word).ok_or(())
    }
}

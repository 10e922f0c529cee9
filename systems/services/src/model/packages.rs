//! The packages this build carries: ten services, typical and not yet set by any decree.

use super::{Definition, DefinitionError};

/// File name and text of a package.
pub type Package = (&'static str, &'static str);

/// Every package in `data/services`, by file name.
pub const PACKAGES: [Package; 10] = [
    ("dispensasi-nikah.toml", include_str!("../../../../data/services/dispensasi-nikah.toml")),
    ("izin-keramaian.toml", include_str!("../../../../data/services/izin-keramaian.toml")),
    ("keterangan-ahli-waris.toml", include_str!("../../../../data/services/keterangan-ahli-waris.toml")),
    ("keterangan-belum-menikah.toml", include_str!("../../../../data/services/keterangan-belum-menikah.toml")),
    ("keterangan-domisili.toml", include_str!("../../../../data/services/keterangan-domisili.toml")),
    ("keterangan-kehilangan.toml", include_str!("../../../../data/services/keterangan-kehilangan.toml")),
    ("keterangan-penelitian.toml", include_str!("../../../../data/services/keterangan-penelitian.toml")),
    ("keterangan-tidak-mampu.toml", include_str!("../../../../data/services/keterangan-tidak-mampu.toml")),
    ("keterangan-usaha.toml", include_str!("../../../../data/services/keterangan-usaha.toml")),
    ("pengantar-skck.toml", include_str!("../../../../data/services/pengantar-skck.toml")),
];

/// Slugs of the packages marked `aid = true`.
pub const AID: &[&str] = &["keterangan-tidak-mampu"];

/// Reads every package, in the order of [`PACKAGES`].
///
/// # Errors
/// The problems of the first package that cannot be read.
pub fn all() -> Result<Vec<Definition>, DefinitionError> {
    PACKAGES.iter().map(|(file, text)| Definition::parse_file(file, text)).collect()
}

//! What `{key}` may stand for in a letter.

use super::Definition;
use super::form::{Field, FieldKind};

/// The meaning of a placeholder of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder<'a> {
    /// Known without the form: the unit, the signer, the resident.
    Known(Known),
    /// The answer, formatted for its kind.
    Answer(&'a Field),
    /// `{key_terbilang}`: a number or amount in words.
    Words(&'a Field),
    /// `{key_tahun}`: the year of a date.
    Year(&'a Field),
    /// `{key_jumlah}`: how many persons the list has.
    Count(&'a Field),
    /// `{key_jumlah_terbilang}`: the same in words.
    CountWords(&'a Field),
    /// `{saksi_1}` …: name of the n-th witness, from 1.
    Witness(u8),
}

impl<'a> Placeholder<'a> {
    pub(super) fn find(definition: &'a Definition, key: &str) -> Option<Placeholder<'a>> {
        if let Some((_, known)) = KNOWN.iter().find(|(name, _)| *name == key) {
            return Some(Placeholder::Known(*known));
        }
        if let Some(place) = key.strip_prefix("saksi_").and_then(|place| place.parse::<u8>().ok()) {
            return (1..=definition.parties.witnesses).contains(&place).then_some(Placeholder::Witness(place));
        }
        if let Some(field) = definition.field(key) {
            return (!field.is_upload() && field.kind != FieldKind::People).then_some(Placeholder::Answer(field));
        }
        let people = |key: &str| definition.field(key).filter(|field| field.kind == FieldKind::People);
        if let Some(field) = key.strip_suffix("_jumlah_terbilang").and_then(people) {
            return Some(Placeholder::CountWords(field));
        }
        if let Some(field) = key.strip_suffix("_jumlah").and_then(people) {
            return Some(Placeholder::Count(field));
        }
        if let Some(field) = key.strip_suffix("_tahun").and_then(|key| definition.field(key)) {
            return (field.kind == FieldKind::Date).then_some(Placeholder::Year(field));
        }
        let field = definition.field(key.strip_suffix("_terbilang")?)?;
        matches!(field.kind, FieldKind::Number | FieldKind::Money).then_some(Placeholder::Words(field))
    }

    /// The field whose answer is needed, if one is.
    pub fn field(self) -> Option<&'a Field> {
        match self {
            Placeholder::Known(_) | Placeholder::Witness(_) => None,
            Placeholder::Answer(field)
            | Placeholder::Words(field)
            | Placeholder::Year(field)
            | Placeholder::Count(field)
            | Placeholder::CountWords(field) => Some(field),
        }
    }
}

/// Values every letter may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Known {
    /// "Desa Tanjung Raman", "Kelurahan Pendopo", "Dinas Sosial".
    Unit,
    /// "Tanjung Raman".
    UnitName,
    /// "Desa", "Kelurahan", "Nagari".
    UnitWord,
    /// The same inside a sentence: "desa".
    UnitWordLower,
    /// "Kepala Desa", "Lurah", "Wali Nagari".
    HeadTitle,
    /// "Kecamatan Pendopo".
    District,
    /// "Pendopo".
    DistrictName,
    /// "Camat Pendopo", "Kepala Distrik Sentani".
    DistrictHead,
    /// "Kabupaten Empat Lawang".
    Regency,
    /// "Empat Lawang".
    RegencyName,
    /// "Sumatera Selatan".
    Province,
    /// The signer in a sentence: "Pelaksana Harian Kepala Desa Tanjung Raman".
    Signer,
    /// "20 November 2026".
    SignedOn,
    Number,
    /// "20 Februari 2027".
    ValidUntil,
    /// "tiga bulan".
    ValidFor,
    Name,
    Nik,
    Kk,
    Sex,
    BirthPlace,
    BirthDate,
    /// "Pendopo, 17 Maret 1981".
    Birth,
    /// Whole years on the day of signing.
    Age,
    Religion,
    Marital,
    Occupation,
    Nationality,
    Address,
    /// Who asked for the letter; empty when that is its subject.
    Applicant,
}

/// Every name of a [`Known`] value.
pub const KNOWN: [(&str, Known); 30] = [
    ("unit", Known::Unit),
    ("unit_nama", Known::UnitName),
    ("sebutan_unit", Known::UnitWord),
    ("sebutan_unit_kecil", Known::UnitWordLower),
    ("kepala_unit", Known::HeadTitle),
    ("kecamatan", Known::District),
    ("kecamatan_nama", Known::DistrictName),
    ("camat", Known::DistrictHead),
    ("kabupaten", Known::Regency),
    ("kabupaten_nama", Known::RegencyName),
    ("provinsi", Known::Province),
    ("penandatangan", Known::Signer),
    ("tanggal_surat", Known::SignedOn),
    ("nomor_surat", Known::Number),
    ("berlaku_sampai", Known::ValidUntil),
    ("masa_berlaku", Known::ValidFor),
    ("nama", Known::Name),
    ("nik", Known::Nik),
    ("kk", Known::Kk),
    ("jenis_kelamin", Known::Sex),
    ("tempat_lahir", Known::BirthPlace),
    ("tanggal_lahir", Known::BirthDate),
    ("tempat_tanggal_lahir", Known::Birth),
    ("umur", Known::Age),
    ("agama", Known::Religion),
    ("status_kawin", Known::Marital),
    ("pekerjaan", Known::Occupation),
    ("kewarganegaraan", Known::Nationality),
    ("alamat", Known::Address),
    ("pemohon", Known::Applicant),
];

/// The placeholders of a text of the letter, in order.
///
/// # Errors
/// A sentence saying what is wrong with the text: [`letter::Template`] cannot read it, or a placeholder is no key.
pub fn keys(text: &str) -> Result<Vec<&str>, String> {
    letter::Template::parse(text).map_err(|error| format!("cannot be read: {error}"))?;
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        if let Some(literal) = after.strip_prefix('{') {
            rest = literal;
            continue;
        }
        let (key, after) = after.split_once('}').unwrap_or((after, ""));
        if !is_key(key) {
            return Err(format!("has the placeholder {{{key}}}, which is no key"));
        }
        keys.push(key);
        rest = after;
    }
    Ok(keys)
}

/// Whether `key` is made of small letters, digits and underscores, beginning with a letter.
pub(super) fn is_key(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_lowercase())
        && key.len() <= 40
        && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

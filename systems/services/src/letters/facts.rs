//! What a letter is made from, as plain owned data, and how it is written in Indonesian.

use indonesian::{Lang, Sex, date_long};
use jiff::civil::Date;
use letter::{Emblem, Letterhead};

use crate::model::chain::UnitKind;
use crate::model::form::Resident;

/// The person a letter is about, as the register of residents or the counter knows her. What is unknown is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResidentFacts {
    pub name: Option<String>,
    pub nik: Option<String>,
    pub kk: Option<String>,
    pub sex: Option<Sex>,
    pub birth_place: Option<String>,
    pub birth_date: Option<Date>,
    pub religion: Option<String>,
    pub marital: Option<String>,
    pub occupation: Option<String>,
    pub nationality: Option<String>,
    pub address: Option<String>,
}

impl ResidentFacts {
    /// A part as a letter prints it; empty when unknown. Names and numbers stay as they are registered.
    #[must_use]
    pub fn text(&self, part: Resident) -> String {
        let plain = |value: &Option<String>| value.as_deref().unwrap_or_default().trim().to_owned();
        let soft = |value: &Option<String>| softened(value.as_deref().unwrap_or_default());
        match part {
            Resident::Name => plain(&self.name),
            Resident::Nik => plain(&self.nik),
            Resident::Kk => plain(&self.kk),
            Resident::Sex => self.sex.map(sex_text).unwrap_or_default().to_owned(),
            Resident::Birth => self.birth(),
            Resident::Address => soft(&self.address),
            Resident::Occupation => soft(&self.occupation),
            Resident::Religion => soft(&self.religion),
            Resident::Marital => soft(&self.marital),
            Resident::Nationality => soft(&self.nationality),
        }
    }

    /// "Pendopo, 17 Maret 1981", or the half of it that is known.
    #[must_use]
    pub fn birth(&self) -> String {
        let parts = [self.place_of_birth(), self.date_of_birth()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn place_of_birth(&self) -> String {
        softened(self.birth_place.as_deref().unwrap_or_default())
    }

    pub(super) fn date_of_birth(&self) -> String {
        self.birth_date.map(|date| date_long(date, Lang::Id)).unwrap_or_default()
    }

    /// Whole years on `day`.
    #[must_use]
    pub fn age_years(&self, day: Date) -> Option<i16> {
        let born = self.birth_date.filter(|born| *born <= day)?;
        let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
        Some(day.year() - born.year() - i16::from(!had_birthday))
    }
}

/// Sex as on the identity card.
#[must_use]
pub fn sex_text(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "Laki-laki",
        Sex::Female => "Perempuan",
    }
}

/// Stay in capitals.
const ACRONYMS: [&str; 17] =
    ["RT", "RW", "WNI", "WNA", "PNS", "ASN", "TNI", "POLRI", "BUMN", "BUMD", "DPR", "DPRD", "DPD", "BPK", "MPR", "KK", "PPPK"];

/// A text of a register kept in capitals, in ordinary ones: "PETANI/PEKEBUN" is "Petani/Pekebun", "DUSUN II RT 03" is
/// "Dusun II RT 03". One written with care already stays as it is.
fn softened(text: &str) -> String {
    let text = text.trim();
    if text.chars().any(char::is_lowercase) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive([' ', '/', '-', '(', '.', ',']) {
        let word = piece.trim_end_matches([' ', '/', '-', '(', '.', ',', ')']);
        if ACRONYMS.contains(&word) || word.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X')) {
            out.push_str(piece);
            continue;
        }
        let mut letters = piece.chars();
        out.extend(letters.next());
        out.push_str(&letters.as_str().to_lowercase());
    }
    out
}

/// The unit that issues the letter, with the units above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitFacts {
    pub kind: UnitKind,
    /// "Desa Tanjung Raman", "Kecamatan Pendopo", "Dinas Sosial".
    pub name: String,
    /// "Tanjung Raman"; the same as `name` where the name has no word before it.
    pub bare_name: String,
    /// The short form in numbers: "TR".
    pub short: String,
    /// Lines below the name in the letterhead.
    pub address: Vec<String>,
    /// Title of its head without the unit's name: "Kepala Desa", "Lurah", "Wali Nagari".
    pub head_title: String,
    /// "Pendopo", of a village or the kecamatan itself; none for a perangkat daerah.
    pub district_name: Option<String>,
    /// Who heads the kecamatan, as an addressee: "Camat Pendopo", "Kepala Distrik Sentani".
    pub district_head: Option<String>,
    /// "Kabupaten Empat Lawang".
    pub regency: String,
    /// "Sumatera Selatan".
    pub province: String,
    /// Town before the date: "Tanjung Raman".
    pub place: String,
    pub emblem: Emblem,
}

impl UnitFacts {
    /// "Desa", "Kelurahan", "Gampong": what stands before the name.
    #[must_use]
    pub fn word(&self) -> String {
        let before = self.name.strip_suffix(&self.bare_name).map(str::trim).unwrap_or_default();
        if !before.is_empty() {
            return before.to_owned();
        }
        match self.kind {
            UnitKind::Desa => "Desa",
            UnitKind::Nagari => "Nagari",
            UnitKind::Kelurahan => "Kelurahan",
            UnitKind::Kecamatan => "Kecamatan",
            // "Dinas Sosial" is a dinas; a kabupaten is called so.
            _ => self.name.split_whitespace().next().unwrap_or_default(),
        }
        .to_owned()
    }

    /// "Kecamatan Pendopo"; a name that says Distrik or Kapanewon keeps it.
    #[must_use]
    pub fn district(&self) -> Option<String> {
        let name = self.district_name.as_deref()?.trim();
        Some(if split_word(name, &DISTRICTS).is_some() { name.to_owned() } else { format!("Kecamatan {name}") })
    }

    /// "Camat Pendopo"; the same where the head of the kecamatan has no post yet.
    #[must_use]
    pub fn district_led_by(&self) -> Option<String> {
        self.district_head.clone().or_else(|| self.district_bare().map(|name| format!("Camat {name}")))
    }

    /// "Pendopo".
    #[must_use]
    pub fn district_bare(&self) -> Option<&str> {
        let name = self.district_name.as_deref()?.trim();
        Some(split_word(name, &DISTRICTS).unwrap_or(name))
    }

    /// "Empat Lawang".
    #[must_use]
    pub fn regency_bare(&self) -> &str {
        split_word(&self.regency, &REGENCIES).unwrap_or(&self.regency)
    }

    /// "kantor desa", "kantor kecamatan", "kantor dinas".
    #[must_use]
    pub fn office(&self) -> String {
        format!("kantor {}", self.word().to_lowercase())
    }

    /// The letterhead (kop surat).
    #[must_use]
    pub fn letterhead(&self) -> Letterhead {
        // A kota administrasi is a part of its province, whose government it is.
        let mut above = if self.regency.split_whitespace().nth(1) == Some("Administrasi") {
            vec![format!("PEMERINTAH PROVINSI {}", self.province.to_uppercase()), self.regency.to_uppercase()]
        } else {
            vec![format!("PEMERINTAH {}", self.regency.to_uppercase())]
        };
        let name = match self.kind {
            UnitKind::Regency => above.pop().unwrap_or_default(),
            kind => {
                above.extend(self.district().filter(|_| kind.is_village()).map(|district| district.to_uppercase()));
                self.name.to_uppercase()
            }
        };
        Letterhead { above, name, address: self.address.clone(), emblem: self.emblem.clone() }
    }
}

const DISTRICTS: [&str; 5] = ["Kecamatan", "Distrik", "Kapanewon", "Kemantren", "Kec."];
const REGENCIES: [&str; 4] = ["Kabupaten Administrasi", "Kota Administrasi", "Kabupaten", "Kota"];

fn split_word<'n>(name: &'n str, words: &[&str]) -> Option<&'n str> {
    words.iter().find_map(|word| name.strip_prefix(word)?.strip_prefix(' '))
}

/// Who signs, as what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignerFacts {
    /// In a sentence: "Pelaksana Harian Kepala Desa Tanjung Raman"; see [`signer_sentence`].
    pub sentence: String,
    /// Lines above the signature, as `kernel::post` makes them.
    pub label: Vec<String>,
    /// Empty while the post is vacant: a dotted line.
    pub name: String,
    /// Rank and NIP; may be empty.
    pub id_line: String,
}

/// Who acknowledges ("mengetahui"), from the unit above.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acknowledger {
    /// "CAMAT PENDOPO,".
    pub label: Vec<String>,
    pub name: String,
    pub id_line: String,
    /// Number of the acknowledging unit's own register, once it is taken.
    pub register: Option<String>,
}

/// A witness who signs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WitnessFacts {
    pub name: String,
    /// What identifies her, in one line.
    pub detail: String,
}

/// How anybody checks the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationFacts {
    /// As it is shown: "8XQ2-7PLD-M4KT".
    pub code: String,
    /// The address in the QR code, ending in the code.
    pub url: String,
}

/// The signer in a sentence. `prefix` is what a holding puts before a title ("Plh. ", or nothing), `post` the post with its
/// unit ("Kepala Desa Tanjung Raman"), `on_behalf_of` the post whose mandate (a.n., u.b.) is used.
#[must_use]
pub fn signer_sentence(prefix: &str, post: &str, on_behalf_of: Option<&str>) -> String {
    let words = match prefix.trim() {
        "Pj." => "Penjabat ",
        "Plt." => "Pelaksana Tugas ",
        "Plh." => "Pelaksana Harian ",
        _ => "",
    };
    match on_behalf_of {
        Some(giver) => format!("{words}{post} atas nama {giver}"),
        None => format!("{words}{post}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_of_a_register_become_ordinary_ones() {
        let cases = [
            ("PETANI/PEKEBUN", "Petani/Pekebun"),
            ("KARYAWAN BUMN", "Karyawan BUMN"),
            ("DUSUN II, RT 03/RW 01", "Dusun II, RT 03/RW 01"),
            ("BELUM/TIDAK BEKERJA", "Belum/Tidak Bekerja"),
            ("WNI", "WNI"),
            ("Jalan KH. Dahlan", "Jalan KH. Dahlan"),
            (" ISLAM ", "Islam"),
            ("", ""),
        ];
        for (registered, printed) in cases {
            assert_eq!(softened(registered), printed);
        }
    }

    #[test]
    fn a_birth_known_by_half_is_printed_by_half() {
        let born = jiff::civil::date(1981, 3, 17);
        let known = ResidentFacts { birth_place: Some("PENDOPO".into()), birth_date: Some(born), ..ResidentFacts::default() };
        assert_eq!(known.birth(), "Pendopo, 17 Maret 1981");
        assert_eq!(ResidentFacts { birth_place: None, ..known.clone() }.birth(), "17 Maret 1981");
        assert_eq!(known.age_years(jiff::civil::date(2026, 3, 16)), Some(44));
        assert_eq!(known.age_years(jiff::civil::date(2026, 3, 17)), Some(45));
        assert_eq!(known.age_years(jiff::civil::date(1981, 3, 16)), None);
    }

    #[test]
    fn a_signer_is_named_in_full_words() {
        assert_eq!(signer_sentence("Plh. ", "Kepala Desa Tanjung Raman", None), "Pelaksana Harian Kepala Desa Tanjung Raman");
        assert_eq!(signer_sentence("", "Lurah Pendopo", None), "Lurah Pendopo");
        assert_eq!(
            signer_sentence("Plt. ", "Sekretaris Desa Tanjung Raman", Some("Kepala Desa Tanjung Raman")),
            "Pelaksana Tugas Sekretaris Desa Tanjung Raman atas nama Kepala Desa Tanjung Raman"
        );
    }
}

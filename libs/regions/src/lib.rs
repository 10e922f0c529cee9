//! The regions of Indonesia by their Kemendagri code (Kepmendagri 300.2.2-2138/2025): 38 provinces, 514 regencies and
//! cities, 7,285 districts, 83,762 villages. Data: npm `idn-area-data` 4.0.1, ODbL 1.0.

use std::{collections::HashMap, io::Read};

use flate2::read::GzDecoder;

/// A kelurahan, desa or desa adat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Village {
    /// `16.11.02.2007`.
    pub code: String,
    pub name: String,
}

impl Village {
    /// Whether it is a kelurahan: the last four digits begin with 1 (2 desa, 3 desa adat).
    #[must_use]
    pub fn is_kelurahan(&self) -> bool {
        self.code.rsplit('.').next().is_some_and(|own| own.starts_with('1'))
    }
}

/// A kecamatan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct District {
    /// `16.11.02`.
    pub code: String,
    pub name: String,
    pub villages: Vec<Village>,
}

/// A kabupaten or kota with everything below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regency {
    /// `16.11`.
    pub code: String,
    /// `Kabupaten Empat Lawang`, `Kota Jambi`.
    pub name: String,
    pub province_code: String,
    /// `Sumatera Selatan`.
    pub province: String,
    pub districts: Vec<District>,
}

impl Regency {
    /// Whether it is a kota (KK 71–99).
    #[must_use]
    pub fn is_city(&self) -> bool {
        self.code.split('.').nth(1).and_then(|own| own.parse::<u8>().ok()).is_some_and(|own| own >= 71)
    }

    /// Whether it is a part of Jakarta, whose head is appointed and whose government is the province's (UU 2/2024).
    #[must_use]
    pub fn is_administrative(&self) -> bool {
        self.province_code == "31"
    }
}

const PROVINCES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/provinces.csv.gz"));
const REGENCIES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/regencies.csv.gz"));
const DISTRICTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/districts.csv.gz"));
const VILLAGES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/villages.csv.gz"));

/// The regency or city of `code`, with its districts and villages in the order of their codes.
#[must_use]
pub fn regency(code: &str) -> Option<Regency> {
    read(&format!("{code}.")).into_iter().find(|regency| regency.code == code)
}

/// Every regency and city with everything below it: 91,561 rows.
#[must_use]
pub fn all() -> Vec<Regency> {
    read("")
}

/// The regencies whose units' codes begin with `within`.
fn read(within: &str) -> Vec<Regency> {
    let provinces: HashMap<String, String> = rows(PROVINCES, "").into_iter().map(|[code, name, _]| (code, name)).collect();
    let mut villages: HashMap<String, Vec<Village>> = HashMap::new();
    for [code, district, name] in rows(VILLAGES, within) {
        villages.entry(district).or_default().push(Village { code, name });
    }
    let mut districts: HashMap<String, Vec<District>> = HashMap::new();
    for [code, regency, name] in rows(DISTRICTS, within) {
        let villages = villages.remove(&code).unwrap_or_default();
        districts.entry(regency).or_default().push(District { code, name, villages });
    }
    rows(REGENCIES, within.trim_end_matches('.'))
        .into_iter()
        .filter_map(|[code, province_code, name]| {
            let mut districts = districts.remove(&code).unwrap_or_default();
            districts.sort_by(|a, b| a.code.cmp(&b.code));
            let province = provinces.get(&province_code)?.clone();
            Some(Regency { code, name, province_code, province, districts })
        })
        .collect()
}

/// Code and name of every regency and city.
#[must_use]
pub fn regencies() -> Vec<(String, String)> {
    rows(REGENCIES, "").into_iter().map(|[code, _, name]| (code, name)).collect()
}

/// The rows of a packed table without its head, those whose code begins with `within`. The files have two or three columns; only the
/// last, the name, may be quoted. A table of two columns leaves the third empty.
fn rows(packed: &[u8], within: &str) -> Vec<[String; 3]> {
    let mut text = String::new();
    if GzDecoder::new(packed).read_to_string(&mut text).is_err() {
        return Vec::new();
    }
    let width = text.lines().next().map_or(0, |head| head.split(',').count());
    let read = |line: &str| -> [String; 3] {
        let mut cells = line.splitn(width, ',').map(|cell| cell.trim_matches('"').replace("\"\"", "\""));
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    };
    text.lines().skip(1).filter(|line| !line.is_empty() && line.starts_with(within)).map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empat_lawang_is_complete() {
        let regency = regency("16.11").unwrap();
        assert_eq!((regency.name.as_str(), regency.province.as_str()), ("Kabupaten Empat Lawang", "Sumatera Selatan"));
        let villages: Vec<&Village> = regency.districts.iter().flat_map(|district| &district.villages).collect();
        assert_eq!((regency.districts.len(), villages.len()), (10, 156));
        assert_eq!(villages.iter().filter(|village| village.is_kelurahan()).count(), 9);
        assert!(!regency.is_city() && !regency.is_administrative());
    }

    #[test]
    fn the_words_of_the_region_follow_from_the_code() {
        assert!(regency("31.01").unwrap().is_administrative());
        assert!(regency("15.71").unwrap().is_city());
        assert_eq!(regency("99.99"), None);
    }

    #[test]
    fn every_regency_has_districts_with_villages() {
        let all = regencies();
        assert_eq!(all.len(), 514);
        let whole = super::all();
        assert_eq!(whole.iter().map(|regency| (regency.code.clone(), regency.name.clone())).collect::<Vec<_>>(), all);
        for regency in &whole {
            assert!(regency.districts.iter().any(|district| !district.villages.is_empty()), "{} {}", regency.code, regency.name);
        }
        let count = |of: fn(&Regency) -> usize| whole.iter().map(of).sum::<usize>();
        let villages = count(|regency| regency.districts.iter().map(|district| district.villages.len()).sum());
        assert_eq!((count(|regency| regency.districts.len()), villages), (7285, 83_762));
    }
}

//! The regions of Indonesia by their Kemendagri code (Kepmendagri 300.2.2-2138/2025): 38 provinces, 514 regencies and
//! cities, 7,285 districts, 83,762 villages. Data: npm `idn-area-data` 4.0.1, ODbL 1.0.

use std::io::Read;

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

    /// In Sumatera Barat (outside its cities) the village is a nagari with a wali nagari, its part a jorong.
    #[must_use]
    pub fn has_nagari(&self) -> bool {
        self.province_code == "13" && !self.is_city()
    }
}

const PROVINCES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/provinces.csv.gz"));
const REGENCIES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/regencies.csv.gz"));
const DISTRICTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/districts.csv.gz"));
const VILLAGES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/villages.csv.gz"));

/// The regency or city of `code`, with its districts and villages in the order of their codes.
#[must_use]
pub fn regency(code: &str) -> Option<Regency> {
    let (province_code, name) = rows(REGENCIES).into_iter().find(|row| row[0] == code).map(|row| (row[1].clone(), row[2].clone()))?;
    let province = rows(PROVINCES).into_iter().find(|row| row[0] == province_code)?[1].clone();
    let mut districts: Vec<District> = rows(DISTRICTS)
        .into_iter()
        .filter(|row| row[1] == code)
        .map(|row| District { code: row[0].clone(), name: row[2].clone(), villages: Vec::new() })
        .collect();
    districts.sort_by(|a, b| a.code.cmp(&b.code));
    let within = format!("{code}.");
    for row in rows(VILLAGES).into_iter().filter(|row| row[0].starts_with(&within)) {
        if let Some(district) = districts.iter_mut().find(|district| district.code == row[1]) {
            district.villages.push(Village { code: row[0].clone(), name: row[2].clone() });
        }
    }
    Some(Regency { code: code.to_owned(), name, province_code, province, districts })
}

/// Code and name of every regency and city.
#[must_use]
pub fn regencies() -> Vec<(String, String)> {
    rows(REGENCIES).into_iter().map(|row| (row[0].clone(), row[2].clone())).collect()
}

/// The rows of a packed table without its head. The files have two or three columns; only the last, the name, may be quoted.
fn rows(packed: &[u8]) -> Vec<Vec<String>> {
    let mut text = String::new();
    if GzDecoder::new(packed).read_to_string(&mut text).is_err() {
        return Vec::new();
    }
    let width = text.lines().next().map_or(0, |head| head.split(',').count());
    let read = |line: &str| -> Vec<String> { line.splitn(width, ',').map(|cell| cell.trim_matches('"').replace("\"\"", "\"")).collect() };
    text.lines().skip(1).filter(|line| !line.is_empty()).map(read).filter(|row| row.len() == width).collect()
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
        assert!(!regency.is_city() && !regency.has_nagari());
    }

    #[test]
    fn the_words_of_the_region_follow_from_the_code() {
        assert!(regency("13.02").unwrap().has_nagari());
        assert!(regency("15.71").unwrap().is_city());
        assert_eq!(regency("99.99"), None);
    }

    #[test]
    fn every_regency_has_districts_with_villages() {
        let all = regencies();
        assert_eq!(all.len(), 514);
        for (code, name) in all.iter().step_by(57) {
            let regency = regency(code).unwrap();
            assert!(regency.districts.iter().any(|district| !district.villages.is_empty()), "{code} {name}");
        }
    }
}

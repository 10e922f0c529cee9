//! What villages and districts are called in a region: desa, gampong, nagari, kampung; kecamatan, distrik, kapanewon.
//!
//! UU 6/2014 article 6 leaves the word to the region. The table is `data/regions/words.csv`; its README names the sources.

const TABLE: &str = include_str!("../../../data/regions/words.csv");

/// The words of one region, in small letters, as they stand inside a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalWords {
    /// A village that governs itself: "desa", "gampong", "nagari".
    pub village: String,
    /// "kepala desa", "keuchik".
    pub village_head: String,
    /// "sekretaris desa", "carik".
    pub village_secretary: String,
    /// Both kinds of the lowest units together: "desa dan kelurahan", "nagari".
    pub villages: String,
    /// "dusun", "jorong".
    pub hamlet: String,
    /// "kepala dusun", "wali jorong".
    pub hamlet_head: String,
    /// "kecamatan", "distrik".
    pub district: String,
    /// "camat", "kepala distrik".
    pub district_head: String,
    /// "sekretaris camat", "sekretaris distrik".
    pub district_secretary: String,
}

impl Default for LocalWords {
    fn default() -> Self {
        Self::called("desa")
    }
}

impl LocalWords {
    /// The words of a region by its Kemendagri code: its own line, else that of its province, else desa and kecamatan.
    #[must_use]
    pub fn of_region(code: &str) -> Self {
        let province = code.split('.').next().unwrap_or_default();
        let line = |wanted: &str| TABLE.lines().skip(1).find(|line| line.split(',').next() == Some(wanted));
        line(code).or_else(|| line(province)).map_or_else(Self::default, Self::read)
    }

    /// The words that go with a village of this name where nothing else is known.
    #[must_use]
    pub fn called(village: &str) -> Self {
        let text = |text: &str| text.to_owned();
        let (head, hamlet, hamlet_head) = match village {
            "nagari" => (text("wali nagari"), "jorong", "wali jorong"),
            "gampong" => (text("keuchik"), "dusun", "kepala dusun"),
            "kalurahan" => (text("lurah"), "padukuhan", "dukuh"),
            _ => (format!("kepala {village}"), "dusun", "kepala dusun"),
        };
        Self {
            village: text(village),
            village_head: head,
            village_secretary: format!("sekretaris {village}"),
            villages: format!("{village} dan kelurahan"),
            hamlet: text(hamlet),
            hamlet_head: text(hamlet_head),
            district: text("kecamatan"),
            district_head: text("camat"),
            district_secretary: text("sekretaris camat"),
        }
    }

    /// The same where only one of both kinds of village exists: a kota without desa, a kabupaten without kelurahan.
    #[must_use]
    pub fn among(mut self, self_governing: bool, kelurahan: bool) -> Self {
        match (self_governing, kelurahan) {
            (false, true) => "kelurahan".clone_into(&mut self.villages),
            (true, false) => self.villages.clone_from(&self.village),
            _ => {}
        }
        self
    }

    fn read(line: &str) -> Self {
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let cell = |place: usize| cells.get(place).copied().unwrap_or_default();
        let mut words = Self::called(cell(1));
        let given = [
            (2, &mut words.village_head),
            (3, &mut words.village_secretary),
            (4, &mut words.hamlet),
            (5, &mut words.hamlet_head),
            (6, &mut words.district),
            (7, &mut words.district_head),
            (8, &mut words.district_secretary),
        ];
        for (place, word) in given {
            if !cell(place).is_empty() {
                cell(place).clone_into(word);
            }
        }
        words
    }
}

/// A word of an office as a title: "wali nagari" is "Wali Nagari".
#[must_use]
pub fn title_case(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    });
    words.collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_has_its_own_words() {
        for (code, village, head, hamlet, district, district_head) in [
            ("16.11", "desa", "kepala desa", "dusun", "kecamatan", "camat"),
            ("13.02", "nagari", "wali nagari", "jorong", "kecamatan", "camat"),
            ("13.09", "desa", "kepala desa", "dusun", "kecamatan", "camat"),
            ("13.77", "desa", "kepala desa", "dusun", "kecamatan", "camat"),
            ("11.01", "gampong", "keuchik", "dusun", "kecamatan", "camat"),
            ("34.01", "kalurahan", "lurah", "padukuhan", "kapanewon", "panewu"),
            ("91.03", "kampung", "kepala kampung", "dusun", "distrik", "kepala distrik"),
            ("51.71", "desa", "perbekel", "banjar dinas", "kecamatan", "camat"),
            ("99.99", "desa", "kepala desa", "dusun", "kecamatan", "camat"),
        ] {
            let words = LocalWords::of_region(code);
            let said = [&words.village, &words.village_head, &words.hamlet, &words.district, &words.district_head];
            assert_eq!(said.map(String::as_str), [village, head, hamlet, district, district_head], "{code}");
        }
    }

    #[test]
    fn both_kinds_are_named_only_where_both_exist() {
        let words = LocalWords::of_region("16.11");
        assert_eq!(words.clone().among(true, true).villages, "desa dan kelurahan");
        assert_eq!(words.among(false, true).villages, "kelurahan");
        assert_eq!(LocalWords::of_region("13.02").among(true, false).villages, "nagari");
    }

    #[test]
    fn every_line_is_whole() {
        for line in TABLE.lines() {
            let cells: Vec<&str> = line.split(',').collect();
            assert_eq!(cells.len(), 9, "{line}");
            assert!(!cells[0].is_empty() && !cells[1].is_empty(), "{line}");
            let same_line = |code: &str| TABLE.lines().filter(|other| other.split(',').next() == Some(code)).count();
            assert_eq!(same_line(cells[0]), 1, "{line}");
        }
    }

    #[test]
    fn titles() {
        assert_eq!(title_case("wali nagari"), "Wali Nagari");
        assert_eq!(title_case(""), "");
    }
}

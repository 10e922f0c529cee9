//! The codes of population data (`data/residents/*.csv`), and the words a letter prints for them.

use std::sync::LazyLock;

/// One list of codes.
#[derive(Debug)]
pub struct Codes {
    rows: Vec<(String, String)>,
}

impl Codes {
    fn read(text: &str) -> Self {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows = reader.records().filter_map(Result::ok);
        Self { rows: rows.filter_map(|row| Some((row.get(0)?.to_owned(), row.get(1)?.to_owned()))).collect() }
    }

    /// The name of what a cell says: its code (`1`, `01`, `1.0`) or its name, however it is written.
    #[must_use]
    pub fn name_of(&self, cell: &str) -> Option<&str> {
        let code = cell.trim().trim_end_matches(".0").trim_start_matches('0');
        let folded = fold(cell);
        let found = self.rows.iter().find(|(known, name)| known == code || fold(name) == folded);
        found.map(|(_, name)| name.as_str())
    }

    /// Code and name of each, in the order of the list.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rows.iter().map(|(code, name)| (code.as_str(), name.as_str()))
    }

    /// The code of a name.
    #[must_use]
    pub fn code_of(&self, name: &str) -> Option<&str> {
        let folded = fold(name);
        self.rows.iter().find(|(_, known)| fold(known) == folded).map(|(code, _)| code.as_str())
    }
}

/// Letters and digits only, without the spellings in which the lists differ.
fn fold(text: &str) -> String {
    let plain: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    plain.replace("katholik", "katolik").replace("budha", "buddha").replace("khonghucu", "konghucu")
}

/// Religions.
pub static RELIGION: LazyLock<Codes> = LazyLock::new(|| Codes::read(include_str!("../../../../data/residents/religion.csv")));
/// Marital states.
pub static MARITAL: LazyLock<Codes> = LazyLock::new(|| Codes::read(include_str!("../../../../data/residents/marital.csv")));
/// Occupations.
pub static OCCUPATION: LazyLock<Codes> = LazyLock::new(|| Codes::read(include_str!("../../../../data/residents/occupation.csv")));
/// Nationalities.
pub static NATIONALITY: LazyLock<Codes> = LazyLock::new(|| Codes::read(include_str!("../../../../data/residents/nationality.csv")));
/// What became of a resident: only `Hidup` lives here.
pub static STATUS: LazyLock<Codes> = LazyLock::new(|| Codes::read(include_str!("../../../../data/residents/status.csv")));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_words_are_read_alike() {
        for cell in ["1", "01", "1.0", "ISLAM", " islam "] {
            assert_eq!(RELIGION.name_of(cell), Some("Islam"), "{cell}");
        }
        assert_eq!(RELIGION.name_of("KATHOLIK"), Some("Katolik"));
        assert_eq!(OCCUPATION.name_of("9"), Some("Petani/Pekebun"));
        assert_eq!(MARITAL.name_of("CERAI MATI"), Some("Cerai mati"));
        assert_eq!(MARITAL.name_of("9"), None);
        assert_eq!(OCCUPATION.all().count(), 89);
    }
}

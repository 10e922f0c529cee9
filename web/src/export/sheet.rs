//! Tables as files: CSV (UTF-8 with a mark, so that spreadsheets read it rightly) and XLSX.

use kernel::export::Released;

use crate::error::Error;

/// A value of an exported cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Number(i64),
    Empty,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// A table to export.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// The name of the sheet and of the file, at most 31 characters.
    pub name: String,
    pub heads: Vec<String>,
    pub rows: Vec<Vec<Value>>,
    /// What is said below the rows: how many are left out, and why.
    pub notes: Vec<String>,
}

/// A format people ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
}

impl Format {
    /// The format of the button's value; nothing for other words.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// The ending of file names.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

impl Sheet {
    /// The bytes of a file with people in it, for a request that was let out.
    ///
    /// # Errors
    /// [`Error::Internal`] when the format cannot hold it (more than 1,048,575 rows in XLSX).
    pub(crate) fn bytes(&self, format: Format, _: &Released) -> Result<Vec<u8>, Error> {
        self.made(format)
    }

    /// The bytes of a file that says nothing of people: what is wrong in which row of a workbook, sums, codes. The whole-platform
    /// test `no_list_leaves_past_the_gate` names each route that answers with one.
    ///
    /// # Errors
    /// As [`Sheet::bytes`].
    pub fn bytes_without_people(&self, format: Format) -> Result<Vec<u8>, Error> {
        self.made(format)
    }

    fn made(&self, format: Format) -> Result<Vec<u8>, Error> {
        match format {
            Format::Csv => self.csv(),
            Format::Xlsx => self.xlsx().map_err(|error| Error::Internal(format!("XLSX: {error}"))),
        }
    }

    fn csv(&self) -> Result<Vec<u8>, Error> {
        let failed = |error: &dyn std::fmt::Display| Error::Internal(format!("CSV: {error}"));
        let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        writer.write_record(self.heads.iter().map(|head| harmless(head))).map_err(|error| failed(&error))?;
        for row in &self.rows {
            let cells = row.iter().map(|value| match value {
                Value::Text(text) => harmless(text),
                Value::Number(number) => number.to_string(),
                Value::Empty => String::new(),
            });
            writer.write_record(cells).map_err(|error| failed(&error))?;
        }
        for note in &self.notes {
            // As wide as the table: every line of the file has as many cells.
            let rest = std::iter::repeat_n(String::new(), self.heads.len().saturating_sub(1));
            writer.write_record(std::iter::once(harmless(note)).chain(rest)).map_err(|error| failed(&error))?;
        }
        writer.into_inner().map_err(|error| failed(&error))
    }

    fn xlsx(&self) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let bold = rust_xlsxwriter::Format::new().set_bold();
        let sheet = book.add_worksheet();
        let name: String = self.name.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(31).collect();
        sheet.set_name(if name.is_empty() { "Data" } else { &name })?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, head) in (0_u16..).zip(&self.heads) {
            sheet.write_string_with_format(0, column, head, &bold)?;
        }
        for (line, row) in (1_u32..).zip(&self.rows) {
            for (column, value) in (0_u16..).zip(row) {
                match value {
                    Value::Text(text) => sheet.write_string(line, column, text)?,
                    Value::Number(number) => sheet.write_number(line, column, *number as f64)?,
                    Value::Empty => continue,
                };
            }
        }
        sheet.autofit();
        let below = u32::try_from(self.rows.len()).unwrap_or(u32::MAX).saturating_add(2);
        for (line, note) in (below..).zip(&self.notes) {
            sheet.write_string(line, 0, note)?;
        }
        book.save_to_buffer()
    }
}

/// A text that no spreadsheet takes for a formula (OWASP, CSV injection).
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let rows = vec![vec!["=1+1".into(), 12_i64.into()], vec!["Siti \"Ani\", SE".into(), Value::Empty]];
        Sheet { name: "Agenda/2026".into(), heads: vec!["Nama".into(), "Nomor".into()], rows, notes: vec!["1 tidak disertakan".into()] }
    }

    #[test]
    fn csv_quotes_and_defuses() {
        let text = String::from_utf8(sheet().made(Format::Csv).unwrap()).unwrap();
        assert_eq!(text, "\u{feff}Nama,Nomor\n'=1+1,12\n\"Siti \"\"Ani\"\", SE\",\n1 tidak disertakan,\n");
    }

    #[test]
    fn xlsx_is_a_zip() {
        assert!(sheet().made(Format::Xlsx).unwrap().starts_with(b"PK"));
    }
}

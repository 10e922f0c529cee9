//! Reading a population workbook: which sheet, which columns, which rows will do. No database, no clock.

use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx};
use indonesian::Sex;
use jiff::civil::Date;
use kernel::{Message, party::PersonForm};

use super::codes::{self, Codes};

/// Most rows of people in one file; a desa has a few thousand.
pub const ROWS_MAX: usize = 50_000;
/// Rows above the head that may hold a title.
const HEAD_WITHIN: u32 = 20;
/// Columns beyond this are not read: a cell far out cannot make us reserve room for everything before it.
const COLUMNS_MAX: u32 = 400;
/// Whole numbers are exact in a cell up to here.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// The columns that are read; everything else in the file is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    Name,
    Nik,
    Kk,
    Sex,
    BirthPlace,
    BirthDate,
    Religion,
    Occupation,
    Marital,
    Nationality,
    Address,
    Area,
    Rt,
    Rw,
    Status,
}

use Column::{Address, Area, BirthDate, BirthPlace, Kk, Marital, Name, Nationality, Nik, Occupation, Religion, Rt, Rw, Status};

/// Each column with its names: OpenSID's own first, then those of its other exports.
const HEADS: &[(Column, &[&str])] = &[
    (Name, &["nama", "nama_lengkap"]),
    (Nik, &["nik", "nomor_nik", "no_nik"]),
    (Kk, &["no_kk", "nomor_kk", "nokk"]),
    (Column::Sex, &["sex", "jenis_kelamin", "jk", "kelamin"]),
    (BirthPlace, &["tempatlahir", "tempat_lahir"]),
    (BirthDate, &["tanggallahir", "tanggal_lahir", "tgl_lahir"]),
    (Religion, &["agama_id", "agama"]),
    (Occupation, &["pekerjaan_id", "pekerjaan"]),
    (Marital, &["status_kawin", "kawin", "status_perkawinan"]),
    (Nationality, &["warganegara_id", "kewarganegaraan", "warganegara"]),
    (Address, &["alamat"]),
    (Area, &["dusun", "jorong", "lingkungan"]),
    (Rt, &["rt"]),
    (Rw, &["rw"]),
    (Status, &["status_dasar"]),
];

/// Without these a file is not a list of residents.
const NEEDED: &[Column] = &[Name, Nik, Column::Sex, BirthDate];

impl Column {
    /// The name of the column in OpenSID's template.
    #[must_use]
    pub fn head(self) -> &'static str {
        HEADS.iter().find(|(column, _)| *column == self).and_then(|(_, names)| names.first()).copied().unwrap_or_default()
    }

    fn of_head(head: &str) -> Option<Self> {
        let plain: String = head.trim().to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        HEADS.iter().find(|(_, names)| names.contains(&plain.trim_matches('_'))).map(|(column, _)| *column)
    }

    fn of_field(field: &str) -> Self {
        match field {
            "nik" | "nik_reason" => Nik,
            "kk" => Kk,
            "birth_date" => BirthDate,
            "birth_place" => BirthPlace,
            "religion" => Religion,
            "occupation" => Occupation,
            "marital" => Marital,
            "nationality" => Nationality,
            "address" => Address,
            "area" => Area,
            "rt" => Rt,
            "rw" => Rw,
            _ => Name,
        }
    }
}

/// Why the whole file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Not a workbook, locked, packed to burst, or damaged.
    #[error("{}", .0.key)]
    File(Message),
    /// No sheet has the head of a population list.
    #[error("no sheet has the columns")]
    NoSheet {
        /// The sheets that are there.
        sheets: Vec<String>,
    },
    /// The head is there, but not all columns it needs.
    #[error("columns are missing")]
    MissingColumns {
        /// The sheet.
        sheet: String,
        /// Their names.
        columns: Vec<&'static str>,
    },
    /// A column stands twice.
    #[error("the column {column} stands twice")]
    TwiceColumn {
        /// Its name.
        column: &'static str,
    },
    /// More rows than one import takes.
    #[error("more than {ROWS_MAX} rows")]
    TooManyRows,
    /// The head is there and nobody below it.
    #[error("no rows")]
    Empty,
}

impl ImportError {
    /// What to tell whoever sent the file.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::File(message) => message.clone(),
            Self::NoSheet { sheets } => Message::new("services-import-no-sheet").arg("sheets", sheets.join(", ")),
            Self::MissingColumns { sheet, columns } => {
                Message::new("services-import-columns").arg("sheet", sheet.as_str()).arg("columns", columns.join(", "))
            }
            Self::TwiceColumn { column } => Message::new("services-import-column-twice").arg("column", *column),
            Self::TooManyRows => Message::new("services-import-too-many").arg("max", ROWS_MAX),
            Self::Empty => Message::new("services-import-empty"),
        }
    }
}

/// Something to be put right in one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// As the spreadsheet counts, the head included.
    pub row: u32,
    pub column: Column,
    /// What is wrong and what to do.
    pub message: Message,
    /// The row is brought in all the same.
    pub is_hint: bool,
}

/// One person of the file.
#[derive(Clone)]
pub struct ParsedRow {
    pub row: u32,
    pub form: PersonForm,
}

impl std::fmt::Debug for ParsedRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParsedRow").field("row", &self.row).finish_non_exhaustive()
    }
}

/// A file that was read.
#[derive(Debug, Clone, Default)]
pub struct Parsed {
    pub sheet: String,
    pub rows: Vec<ParsedRow>,
    pub problems: Vec<RowProblem>,
    /// Rows of people who died, moved away or are not valid: they are left out.
    pub gone: usize,
    /// Every row with something in it, below the head.
    pub seen: usize,
}

impl Parsed {
    fn wrong(&mut self, row: u32, column: Column, message: Message) {
        self.problems.push(RowProblem { row, column, message, is_hint: false });
    }

    /// A person of `row` does not pass the checks of the register.
    pub(super) fn refused(&mut self, row: u32, field: &str, message: Message) {
        self.wrong(row, Column::of_field(field), message);
    }
}

/// Reads the first sheet that has the head of a population list. The bytes are a workbook that
/// [`check_workbook`](super::check_workbook) let through. `demo`: numbers of a demonstration end in 0000.
///
/// # Errors
/// [`ImportError`] when nothing of it can be used.
pub fn read(bytes: &[u8], demo: bool) -> Result<Parsed, ImportError> {
    let damaged = || ImportError::File(Message::new("blob-workbook-damaged"));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let sheets = book.sheet_names();
    let mut missing = None;
    for sheet in &sheets {
        match read_sheet(&mut book, sheet, demo) {
            Ok(Some(parsed)) if parsed.seen == 0 => return Err(ImportError::Empty),
            Ok(Some(parsed)) => return Ok(parsed),
            Ok(None) => {}
            Err(error @ ImportError::MissingColumns { .. }) => missing = missing.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    Err(missing.unwrap_or(ImportError::NoSheet { sheets }))
}

/// A cell that says something.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Text(String),
    Number(f64),
    Date(Date),
    /// A formula that was never worked out.
    Unworked,
    /// `#N/A`, `#REF!` …
    Broken,
}

impl Cell {
    fn of(value: &DataRef<'_>, formula: bool) -> Option<Self> {
        Some(match value {
            DataRef::Empty if formula => Self::Unworked,
            DataRef::Empty => return None,
            DataRef::Int(number) => Self::Number(*number as f64),
            DataRef::Float(number) => Self::Number(*number),
            DataRef::String(text) => return Self::text(text),
            DataRef::SharedString(text) => return Self::text(text),
            DataRef::Bool(yes) => Self::Number(f64::from(u8::from(*yes))),
            DataRef::DateTime(at) => {
                let (year, month, day, ..) = at.to_ymd_hms_milli();
                let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
                date.map_or(Self::Broken, Self::Date)
            }
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                text.get(..10).and_then(|day| day.parse().ok()).map_or_else(|| Self::Text(text.clone()), Self::Date)
            }
            DataRef::Error(_) => Self::Broken,
        })
    }

    fn text(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('\'').trim();
        (!text.is_empty()).then(|| Self::Text(text.to_owned()))
    }

    /// As a person would read it.
    fn words(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) if number.fract() == 0.0 && number.abs() <= EXACT_MAX => format!("{number:.0}"),
            Self::Number(number) => number.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Unworked | Self::Broken => String::new(),
        }
    }
}

type Line = Vec<(u32, Cell)>;

fn read_sheet<R: std::io::Read + std::io::Seek>(book: &mut Xlsx<R>, sheet: &str, demo: bool) -> Result<Option<Parsed>, ImportError> {
    let damaged = |_| ImportError::File(Message::new("blob-workbook-damaged"));
    // A chart sheet has no cells.
    let Ok(mut cells) = book.worksheet_cells_reader(sheet) else { return Ok(None) };
    let mut reader = SheetReader { heads: None, parsed: Parsed { sheet: sheet.to_owned(), ..Parsed::default() }, demo };
    let (mut at, mut line): (u32, Line) = (0, Vec::new());
    while let Some(cell) = cells.next_cell_with_formula().map_err(damaged)? {
        let (row, column) = cell.pos;
        if row != at {
            if !reader.take(at, &line)? {
                return Ok(None);
            }
            line.clear();
            at = row;
        }
        if column < COLUMNS_MAX
            && let Some(value) = Cell::of(&cell.value, cell.formula.is_some())
        {
            line.push((column, value));
        }
    }
    reader.take(at, &line)?;
    Ok(reader.heads.map(|_| reader.parsed))
}

struct SheetReader {
    heads: Option<Vec<(u32, Column)>>,
    parsed: Parsed,
    demo: bool,
}

impl SheetReader {
    /// Takes a line; false when the sheet is not a list of people.
    fn take(&mut self, row: u32, line: &[(u32, Cell)]) -> Result<bool, ImportError> {
        if line.is_empty() {
            return Ok(true);
        }
        let Some(heads) = &self.heads else {
            self.heads = heads(&self.parsed.sheet, line)?;
            return Ok(self.heads.is_some() || row < HEAD_WITHIN);
        };
        let of = |column: Column| {
            let place = heads.iter().find(|(_, known)| *known == column)?.0;
            line.iter().find(|(at, _)| *at == place).map(|(_, cell)| cell)
        };
        if HEADS.iter().all(|(column, _)| of(*column).is_none()) {
            return Ok(true);
        }
        if self.parsed.seen == ROWS_MAX {
            return Err(ImportError::TooManyRows);
        }
        self.parsed.seen += 1;
        let number = row + 1;
        let mut found = Found { problems: Vec::new(), demo: self.demo };
        match found.person(&of) {
            Some(form) if found.problems.iter().all(|(_, _, hint)| *hint) => self.parsed.rows.push(ParsedRow { row: number, form }),
            Some(_) => {}
            None => self.parsed.gone += 1,
        }
        let problems = found.problems.into_iter().map(|(column, message, is_hint)| RowProblem { row: number, column, message, is_hint });
        self.parsed.problems.extend(problems);
        Ok(true)
    }
}

/// The columns of a head; nothing when the line is no head.
fn heads(sheet: &str, line: &[(u32, Cell)]) -> Result<Option<Vec<(u32, Column)>>, ImportError> {
    let mut heads: Vec<(u32, Column)> = Vec::new();
    for (place, cell) in line {
        let Some(column) = Column::of_head(&cell.words()) else { continue };
        if heads.iter().any(|(_, known)| *known == column) {
            return Err(ImportError::TwiceColumn { column: column.head() });
        }
        heads.push((*place, column));
    }
    let has = |column: &Column| heads.iter().any(|(_, known)| known == column);
    // A title or a list of codes may hold one of the words by chance.
    if heads.len() < 4 || !has(&Name) {
        return Ok(None);
    }
    let missing: Vec<&str> = NEEDED.iter().filter(|column| !has(column)).map(|column| column.head()).collect();
    if missing.is_empty() { Ok(Some(heads)) } else { Err(ImportError::MissingColumns { sheet: sheet.to_owned(), columns: missing }) }
}

struct Found {
    problems: Vec<(Column, Message, bool)>,
    demo: bool,
}

impl Found {
    fn wrong(&mut self, column: Column, key: &'static str) {
        self.problems.push((column, Message::new(key), false));
    }

    /// The person of a line; none who has gone.
    fn person<'c>(&mut self, of: &impl Fn(Column) -> Option<&'c Cell>) -> Option<PersonForm> {
        if of(Status).is_some_and(|cell| codes::STATUS.name_of(&cell.words()).is_some_and(|name| name != "Hidup")) {
            return None;
        }
        for (column, _) in HEADS {
            match of(*column) {
                Some(Cell::Unworked) => self.wrong(*column, "services-import-formula"),
                Some(Cell::Broken) => self.wrong(*column, "services-import-cell-broken"),
                _ => {}
            }
        }
        let text = |column: Column| of(column).map(Cell::words).filter(|text| text != "-").unwrap_or_default();
        let nik = self.digits(Nik, of(Nik));
        Some(PersonForm {
            name: text(Name),
            nik_reason: if nik.is_empty() { String::new() } else { NIK_REASON.to_owned() },
            nik: Some(nik),
            kk: Some(self.digits(Kk, of(Kk))),
            sex: self.sex(of(Column::Sex)),
            birth_place: text(BirthPlace),
            birth_date: self.date(of(BirthDate)),
            religion: self.code(Religion, &text(Religion), &codes::RELIGION),
            marital: self.code(Marital, &text(Marital), &codes::MARITAL),
            occupation: self.code(Occupation, &text(Occupation), &codes::OCCUPATION),
            nationality: self.code(Nationality, &text(Nationality), &codes::NATIONALITY),
            address: text(Address),
            area: text(Area),
            rt: text(Rt),
            rw: text(Rw),
            source: "import".to_owned(),
            ..PersonForm::default()
        })
    }

    /// A long number: as text it is taken as it stands; as a number it is exact only up to 2^53, and spreadsheets make
    /// the sixteenth digit of what people type a zero.
    fn digits(&mut self, column: Column, cell: Option<&Cell>) -> String {
        let Some(cell) = cell else { return String::new() };
        let words: String = cell.words().chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
        // What OpenSID writes for people without a number yet.
        if words.chars().all(|c| c == '0') {
            return String::new();
        }
        if let Cell::Number(number) = cell {
            let rounded = words.len() == 16 && words.ends_with('0') && !self.demo;
            if number.fract() != 0.0 || *number > EXACT_MAX || rounded {
                self.wrong(column, "services-import-rounded");
                return String::new();
            }
        }
        words
    }

    fn sex(&mut self, cell: Option<&Cell>) -> Option<Sex> {
        let words = cell.map(|cell| cell.words().to_lowercase()).unwrap_or_default();
        match words.trim_end_matches(".0") {
            "1" | "l" | "lk" | "laki-laki" | "laki laki" | "pria" => Some(Sex::Male),
            "2" | "p" | "pr" | "perempuan" | "wanita" => Some(Sex::Female),
            "" => None,
            _ => {
                self.wrong(Column::Sex, "services-import-sex");
                None
            }
        }
    }

    fn date(&mut self, cell: Option<&Cell>) -> Option<Date> {
        let date = match cell? {
            Cell::Date(date) => Some(*date),
            Cell::Number(serial) => serial_date(*serial),
            Cell::Text(text) if text == "-" || text.starts_with("00") && text.ends_with("0000") || text.starts_with("0000") => return None,
            Cell::Text(text) => indonesian::parse_date(text).ok(),
            Cell::Unworked | Cell::Broken => return None,
        };
        if date.is_none() {
            self.wrong(BirthDate, "services-import-date");
        }
        date
    }

    /// A code or word of a list; what the list does not know stays as it is written, with a hint.
    fn code(&mut self, column: Column, text: &str, list: &Codes) -> String {
        if text.is_empty() || text == "0" {
            return String::new();
        }
        if let Some(name) = list.name_of(text) {
            return name.to_owned();
        }
        if text.chars().all(|c| c.is_ascii_digit() || c == '.') {
            self.problems.push((column, Message::new("services-import-code").arg("code", text), true));
            return String::new();
        }
        text.to_owned()
    }
}

/// Why a NIK that does not agree with itself is taken: nobody can be asked during an import.
pub const NIK_REASON: &str = "Impor data: NIK perlu dicocokkan dengan KTP.";

/// A day counted from 30 December 1899, in a cell without a date's format.
fn serial_date(serial: f64) -> Option<Date> {
    if !(1.0..80_000.0).contains(&serial) {
        return None;
    }
    let days = jiff::Span::new().try_days(serial.trunc() as i64).ok()?;
    Date::new(1899, 12, 30).ok()?.checked_add(days).ok()
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;

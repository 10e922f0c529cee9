//! Reading a list of officials: which columns, which rows will do. No database, no clock.

use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx};
use indonesian::Nip;
use jiff::civil::Date;
use kernel::{Message, post::HoldingKind};
use serde::{Deserialize, Serialize};

/// Most officials in one file; a regency with 200 villages has about 3,000, a province about 10,000.
pub const ROWS_MAX: usize = 20_000;
/// Columns beyond this are not read.
const COLUMNS_MAX: u32 = 60;
/// Rows above the head that may hold a title.
const HEAD_WITHIN: usize = 10;

/// The columns, each with the names it goes by; the first is that of our own example.
const HEADS: &[(&str, &[&str])] = &[
    ("nama", &["nama", "nama_lengkap", "nama_pegawai", "nama_pejabat"]),
    ("nip", &["nip", "nipd", "niap", "nip_nipd", "nip_nipd_niap", "nomor_induk"]),
    ("jabatan", &["jabatan", "nama_jabatan"]),
    ("unit", &["unit", "kode_unit", "unit_kerja", "kode", "kode_wilayah", "opd", "desa", "nama_desa"]),
    ("pangkat", &["pangkat", "golongan", "pangkat_golongan", "gol"]),
    ("jenis", &["jenis", "sebagai", "status_jabatan"]),
    ("mulai", &["mulai", "tmt", "tmt_jabatan", "tanggal_mulai"]),
    ("sampai", &["sampai", "akhir_jabatan", "tanggal_akhir", "masa_jabatan_sampai"]),
    ("keputusan", &["keputusan", "sk", "nomor_sk", "no_sk", "nomor_keputusan"]),
];

/// Without these a file is not a list of officials.
const NEEDED: [&str; 5] = ["nama", "jabatan", "unit", "mulai", "keputusan"];

/// The head of our own example file.
#[must_use]
pub fn example_head() -> Vec<&'static str> {
    HEADS.iter().map(|(name, _)| *name).collect()
}

/// Why the whole file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    #[error("not a workbook or a list with commas")]
    Kind,
    #[error("no head")]
    NoHead,
    #[error("columns are missing: {0}")]
    Missing(String),
    #[error("more than {ROWS_MAX} rows")]
    TooMany,
    #[error("no rows")]
    Empty,
}

impl FileError {
    /// What to tell whoever sent the file.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Kind => Message::new("identity-import-kind"),
            Self::NoHead => Message::new("identity-import-no-head"),
            Self::Missing(columns) => Message::new("identity-import-columns").arg("columns", columns.as_str()),
            Self::TooMany => Message::new("identity-import-too-many").arg("max", ROWS_MAX),
            Self::Empty => Message::new("identity-import-empty"),
        }
    }
}

/// Something to be put right in one row; the row is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    pub line: u32,
    /// As far as it could be read.
    pub name: String,
    /// The text key of what is wrong.
    pub key: &'static str,
}

/// One official of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Official {
    /// As the spreadsheet counts, the head included.
    pub line: u32,
    pub name: String,
    /// NIP, NIPD or NIAP; empty for an official who has none.
    pub number: String,
    pub rank: String,
    pub title: String,
    /// Kemendagri code or name of the unit.
    pub unit: String,
    pub kind: String,
    pub from: Date,
    pub until: Option<Date>,
    pub decree: String,
}

impl Official {
    /// As what the post is held.
    #[must_use]
    pub fn holding_kind(&self) -> HoldingKind {
        self.kind.parse().unwrap_or(HoldingKind::Definitive)
    }
}

/// Reads a CSV (commas or semicolons, UTF-8) or the first sheet of a workbook that has the head.
///
/// # Errors
/// [`FileError`] when nothing of it can be used.
pub fn read(bytes: &[u8]) -> Result<(Vec<Official>, Vec<RowProblem>), FileError> {
    let lines = if bytes.starts_with(b"PK") { sheets(bytes)? } else { separated(bytes)? };
    let mut missing = None;
    for sheet in lines {
        match officials(&sheet) {
            Err(FileError::NoHead) => {}
            Err(error @ FileError::Missing(_)) => missing = missing.or(Some(error)),
            other => return other,
        }
    }
    Err(missing.unwrap_or(FileError::NoHead))
}

/// A line with its number and its cells.
type Line = (u32, Vec<String>);

fn separated(bytes: &[u8]) -> Result<Vec<Vec<Line>>, FileError> {
    let text = std::str::from_utf8(bytes).map_err(|_| FileError::Kind)?.trim_start_matches('\u{feff}');
    if text.contains('\0') {
        return Err(FileError::Kind);
    }
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut lines = Vec::new();
    for (number, record) in (1_u32..).zip(reader.records()) {
        let record = record.map_err(|_| FileError::Kind)?;
        if lines.len() > ROWS_MAX + HEAD_WITHIN {
            return Err(FileError::TooMany);
        }
        let line = record.position().map_or(number, |position| u32::try_from(position.line()).unwrap_or(number));
        lines.push((line, record.iter().take(COLUMNS_MAX as usize).map(str::to_owned).collect()));
    }
    Ok(vec![lines])
}

fn sheets(bytes: &[u8]) -> Result<Vec<Vec<Line>>, FileError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| FileError::Kind)?;
    let mut all = Vec::new();
    for name in book.sheet_names() {
        // A chart sheet has no cells.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else { continue };
        let mut lines: Vec<Line> = Vec::new();
        while let Some(cell) = cells.next_cell().map_err(|_| FileError::Kind)? {
            let (row, column) = cell.get_position();
            if column >= COLUMNS_MAX {
                continue;
            }
            if lines.last().is_none_or(|(line, _)| *line != row + 1) {
                if lines.len() > ROWS_MAX + HEAD_WITHIN {
                    return Err(FileError::TooMany);
                }
                lines.push((row + 1, Vec::new()));
            }
            if let Some((_, line)) = lines.last_mut() {
                let place = column as usize;
                if line.len() <= place {
                    line.resize(place + 1, String::new());
                }
                line[place] = words(cell.get_value());
            }
        }
        all.push(lines);
    }
    Ok(all)
}

/// From this on a workbook's numbers have lost digits: it keeps fifteen.
const EXACT_BELOW: f64 = 1e15;
/// Stands behind a number that has.
const CUT: char = '\u{fffd}';

fn words(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Float(number) if number.abs() >= EXACT_BELOW => format!("{number:.0}{CUT}"),
        DataRef::Int(number) if number.unsigned_abs() >= EXACT_BELOW as u64 => format!("{number}{CUT}"),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.get(..10).unwrap_or(text).to_owned(),
        DataRef::Bool(_) | DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn heads(cells: &[String]) -> Option<Vec<Option<&'static str>>> {
    let named: Vec<Option<&'static str>> = cells
        .iter()
        .map(|cell| {
            let plain: String = cell.trim().to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
            HEADS.iter().find(|(_, names)| names.contains(&plain.trim_matches('_'))).map(|(name, _)| *name)
        })
        .collect();
    (named.iter().flatten().count() >= 3).then_some(named)
}

fn officials(lines: &[Line]) -> Result<(Vec<Official>, Vec<RowProblem>), FileError> {
    let found = lines.iter().take(HEAD_WITHIN).enumerate().find_map(|(at, (_, cells))| heads(cells).map(|heads| (at, heads)));
    let (at, heads) = found.ok_or(FileError::NoHead)?;
    let missing: Vec<&str> = NEEDED.into_iter().filter(|needed| !heads.contains(&Some(*needed))).collect();
    if !missing.is_empty() {
        return Err(FileError::Missing(missing.join(", ")));
    }
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for (line, cells) in &lines[at + 1..] {
        let cell = |name: &str| {
            let place = heads.iter().position(|head| *head == Some(name));
            place
                .and_then(|place| cells.get(place))
                .map(|text| text.trim().trim_start_matches('\'').trim())
                .filter(|text| *text != "-")
                .unwrap_or_default()
        };
        if heads.iter().flatten().all(|head| cell(head).is_empty()) {
            continue;
        }
        if rows.len() + problems.len() == ROWS_MAX {
            return Err(FileError::TooMany);
        }
        match official(*line, &cell) {
            Ok(row) => rows.push(row),
            Err(key) => problems.push(RowProblem { line: *line, name: cell("nama").chars().take(120).collect(), key }),
        }
    }
    if rows.is_empty() && problems.is_empty() { Err(FileError::Empty) } else { Ok((rows, problems)) }
}

/// One row.
///
/// 1. Name, post, unit, first day and decree are needed.
/// 2. A number of 18 digits is a NIP and reads as one; 16 digits are a NIK, which does not belong here. A number that the workbook keeps
///    as a quantity has lost its last digits, even where it still reads as a NIP.
/// 3. It ends after it begins.
fn official<'c>(line: u32, cell: &impl Fn(&str) -> &'c str) -> Result<Official, &'static str> {
    let short = |name: &str| cell(name).chars().take(200).collect::<String>();
    for (name, key) in [
        ("nama", "identity-import-name"),
        ("jabatan", "identity-import-title"),
        ("unit", "identity-import-unit"),
        ("keputusan", "identity-import-decree"),
    ] {
        if cell(name).is_empty() {
            return Err(key);
        }
    }
    let number = short("nip");
    if number.ends_with(CUT) {
        return Err("identity-import-number-cut");
    }
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let number = match digits.len() {
        18 => Nip::parse(&number).map_err(|_| "identity-import-nip")?.as_str().to_owned(),
        16 => return Err("identity-import-nik"),
        _ => number,
    };
    let from = indonesian::parse_date(cell("mulai")).map_err(|_| "identity-import-from")?;
    let until = match cell("sampai") {
        "" => None,
        text => Some(indonesian::parse_date(text).map_err(|_| "identity-import-until")?),
    };
    if until.is_some_and(|until| until < from) {
        return Err("identity-import-ends-before");
    }
    let kind = match cell("jenis").to_lowercase().trim_end_matches('.') {
        "" | "definitif" | "definitive" => HoldingKind::Definitive,
        "pj" | "penjabat" => HoldingKind::Pj,
        "plt" | "pelaksana tugas" => HoldingKind::Plt,
        "plh" | "pelaksana harian" => HoldingKind::Plh,
        _ => return Err("identity-import-holding-kind"),
    };
    Ok(Official {
        line,
        name: short("nama"),
        number,
        rank: short("pangkat"),
        title: short("jabatan"),
        unit: short("unit"),
        kind: kind.key().to_owned(),
        from,
        until,
        decree: short("keputusan"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "Daftar perangkat desa 2026;;;;;;;;\nNama;NIP/NIPD;Jabatan;Unit;Pangkat;Jenis;TMT;Sampai;Nomor SK\n\
        Rusdi Hartono;;Kepala Desa;16.11.03.2001;;;02/01/2024;;141/3/2024\n\
        Yuliana;197206152007012003;Sekretaris Desa;Desa Tanjung Raman;III/a;;2024-01-02;;SK 4\n\
        ;;Operator Desa;16.11.03.2001;;;02/01/2024;;SK 5\n\
        Salah NIP;999999999999999999;Operator;16.11.03.2001;;;02/01/2024;;SK 5\n\
        Dengan NIK;1611024703810001;Operator;16.11.03.2001;;;02/01/2024;;SK 5\n\
        Tanpa Tanggal;;Operator;16.11.03.2001;;;kemarin;;SK 5\n\
        Terbalik;;Operator;16.11.03.2001;;;02/01/2024;01/01/2024;SK 5\n\
        ;;;;;;;;\n";

    #[test]
    fn rows_are_read_and_what_is_wrong_is_told_by_line() {
        let (rows, problems) = read(FILE.as_bytes()).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].line, rows[0].name.as_str(), rows[0].number.as_str()), (3, "Rusdi Hartono", ""));
        assert_eq!((rows[1].number.as_str(), rows[1].rank.as_str()), ("197206152007012003", "III/a"));
        let told: Vec<(u32, &str)> = problems.iter().map(|problem| (problem.line, problem.key)).collect();
        let expected = [
            (5, "identity-import-name"),
            (6, "identity-import-nip"),
            (7, "identity-import-nik"),
            (8, "identity-import-from"),
            (9, "identity-import-ends-before"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_is_no_list_of_officials_is_refused() {
        assert_eq!(read(b"nama,umur\nSiti,7\n").unwrap_err(), FileError::NoHead);
        assert_eq!(read(b"nama,jabatan,unit\nSiti,Camat,16.11\n").unwrap_err(), FileError::Missing("mulai, keputusan".into()));
        assert_eq!(read(b"nama,jabatan,unit,mulai,keputusan\n").unwrap_err(), FileError::Empty);
        assert_eq!(read(&[0xff, 0xfe, 0x00]).unwrap_err(), FileError::Kind);
        assert_eq!(read(b"PK\x03\x04 not a workbook").unwrap_err(), FileError::Kind);
    }
}

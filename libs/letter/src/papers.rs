//! Papers other than letters, and [`Paper`], which is all of them.

use serde::{Deserialize, Serialize};

use crate::document::{Align, Field, Letter, Letterhead, Meta, Sheet, SignatureBlock};

/// Anything the renderer can print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Paper {
    /// A letter.
    Letter(Box<Letter>),
    /// A receipt with a tracking code.
    Slip(Box<Slip>),
    /// A register (Buku Agenda, Buku Ekspedisi).
    Book(Box<Book>),
    /// Blank letterheads with reserved numbers for days without the system.
    Pack(Box<Pack>),
    /// The printable recovery copy of a master key.
    KeyCopy(Box<KeyCopy>),
}

impl Paper {
    /// Metadata of the paper, whatever its kind.
    pub fn meta(&self) -> &Meta {
        match self {
            Self::Letter(paper) => &paper.meta,
            Self::Slip(paper) => &paper.meta,
            Self::Book(paper) => &paper.meta,
            Self::Pack(paper) => &paper.meta,
            Self::KeyCopy(paper) => &paper.meta,
        }
    }

    /// Language of the paper; `id` when none is set.
    pub fn language(&self) -> &str {
        let language = match self {
            Self::Letter(paper) => &paper.language,
            Self::Slip(paper) => &paper.language,
            Self::Book(paper) => &paper.language,
            Self::Pack(paper) => &paper.language,
            Self::KeyCopy(paper) => &paper.language,
        };
        if language.is_empty() { "id" } else { language }
    }

    /// The letterhead, if the paper has one.
    pub fn head(&self) -> Option<&Letterhead> {
        match self {
            Self::Letter(paper) => Some(&paper.head),
            Self::Book(paper) => paper.head.as_ref(),
            Self::Pack(paper) => Some(&paper.head),
            Self::Slip(_) | Self::KeyCopy(_) => None,
        }
    }

    /// The text of the paper's QR code. A draft has none.
    pub fn qr_text(&self) -> Option<&str> {
        let text = match self {
            Self::Letter(paper) if paper.is_draft() => None,
            Self::Letter(paper) => paper.footer.as_ref().map(|footer| footer.url.as_str()),
            Self::Slip(paper) => paper.url.as_deref(),
            Self::KeyCopy(paper) => paper.qr.as_deref(),
            Self::Book(_) | Self::Pack(_) => None,
        };
        text.filter(|text| !text.is_empty())
    }
}

impl From<Letter> for Paper {
    fn from(paper: Letter) -> Self {
        Self::Letter(Box::new(paper))
    }
}

impl From<Slip> for Paper {
    fn from(paper: Slip) -> Self {
        Self::Slip(Box::new(paper))
    }
}

impl From<Book> for Paper {
    fn from(paper: Book) -> Self {
        Self::Book(Box::new(paper))
    }
}

impl From<Pack> for Paper {
    fn from(paper: Pack) -> Self {
        Self::Pack(Box::new(paper))
    }
}

impl From<KeyCopy> for Paper {
    fn from(paper: KeyCopy) -> Self {
        Self::KeyCopy(Box::new(paper))
    }
}

/// What a slip is printed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SlipSize {
    /// 105 × 148 mm.
    #[default]
    A6,
    /// A roll of 80 mm; as long as its content.
    Roll80,
}

/// What a resident takes home from the counter: the tracking code and what happens next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Slip {
    /// Metadata of the file.
    pub meta: Meta,
    /// Language, `id` when empty.
    pub language: String,
    /// The paper it goes on.
    pub size: SlipSize,
    /// Lines of the office ("DESA TANJUNG RAMAN", "Kecamatan Pendopo").
    pub office: Vec<String>,
    /// Title ("Bukti Permohonan").
    pub title: String,
    /// Words above the code ("Kode lacak").
    pub code_label: String,
    /// The tracking code, large.
    pub code: String,
    /// Address in the QR code.
    pub url: Option<String>,
    /// Service, date, expected completion … Never a NIK.
    pub fields: Vec<Field>,
    /// Sentences below.
    pub notes: Vec<String>,
    /// Burnt-in mark.
    pub mark: Option<String>,
}

/// A register printed in landscape, its head repeated and its pages numbered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Book {
    /// Metadata of the file.
    pub meta: Meta,
    /// A4 or F4, in landscape.
    pub sheet: Sheet,
    /// Language, `id` when empty.
    pub language: String,
    /// Letterhead on the first page.
    pub head: Option<Letterhead>,
    /// "BUKU AGENDA SURAT KELUAR".
    pub title: String,
    /// Period or scope below the title ("Desa Tanjung Raman, tahun 2026").
    pub subtitle: String,
    /// The columns.
    pub columns: Vec<BookColumn>,
    /// The rows.
    pub rows: Vec<BookRow>,
    /// What is said when there are no rows.
    pub empty: String,
    /// Place and date of the closing.
    pub place_date: String,
    /// Who closes the book.
    pub signers: Vec<SignatureBlock>,
    /// Burnt-in mark.
    pub mark: Option<String>,
}

/// A column of a book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BookColumn {
    /// Its title.
    pub title: String,
    /// Relative width; 0 counts as 1.
    pub width: u16,
    /// Alignment of its cells.
    pub align: Align,
}

/// A row of a book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BookRow {
    /// Its cells, in the order of the columns.
    pub cells: Vec<String>,
    /// A voided number stays listed: its cells but the last are struck through. The word "batal" and the reason are the caller's, in the last cell.
    pub void: bool,
}

/// Blank letterheads with numbers reserved in advance, for days without electricity or network. The first page is a list to
/// note on what each number was used for; afterwards the uses are entered from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pack {
    /// Metadata of the file.
    pub meta: Meta,
    /// A4 or F4.
    pub sheet: Sheet,
    /// Language, `id` when empty.
    pub language: String,
    /// The letterhead of every page.
    pub head: Letterhead,
    /// Title of the list ("Paket darurat: nomor surat cadangan").
    pub title: String,
    /// How to use the pack, on the list.
    pub notes: Vec<String>,
    /// Column titles of the list after the number ("Tanggal", "Jenis surat", "Untuk", "Paraf").
    pub list_columns: Vec<String>,
    /// One page for each.
    pub numbers: Vec<ReservedNumber>,
    /// Small line at the foot of every blank page.
    pub page_note: String,
    /// Burnt-in mark.
    pub mark: Option<String>,
}

/// A number set aside in its series.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReservedNumber {
    /// The number as it will be printed.
    pub number: String,
    /// Its place in the reserved block ("1 dari 20"), small at the foot.
    pub place: String,
}

/// The recovery copy of a master key, to be kept in a safe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyCopy {
    /// Metadata of the file.
    pub meta: Meta,
    /// Language, `id` when empty.
    pub language: String,
    /// A4 or F4.
    pub sheet: Sheet,
    /// Whose key ("Pemerintah Kabupaten Empat Lawang").
    pub owner: String,
    /// "Salinan pemulihan kunci induk".
    pub title: String,
    /// Facts: key id, made on, fingerprint.
    pub fields: Vec<Field>,
    /// The key in groups to type, in reading order; numbered on paper.
    pub groups: Vec<String>,
    /// The same key for the camera.
    pub qr: Option<String>,
    /// How to keep it and how to use it.
    pub notes: Vec<String>,
    /// Titles of the lines where the receivers sign ("Disimpan oleh", "Saksi").
    pub received_by: Vec<String>,
    /// Burnt-in mark.
    pub mark: Option<String>,
}

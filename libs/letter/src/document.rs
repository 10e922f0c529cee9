//! The block document of a letter.

use serde::{Deserialize, Serialize};

use crate::Emblem;

/// What every paper says about itself in the file's metadata. The rendering reads no clock and no random
/// source, so the same paper gives the same bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Meta {
    /// Stable identity of the document, hashed into the PDF's own id; the document's id as text will do.
    pub ident: String,
    /// When the paper was made, in seconds since 1970 UTC.
    pub made_at_seconds: i64,
    /// The issuing office, as the PDF's author.
    pub author: String,
}

/// The size of the sheet. Village offices print on F4 ("folio", 215 × 330 mm) as often as on A4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sheet {
    /// 210 × 297 mm.
    A4,
    /// 215 × 330 mm.
    #[default]
    F4,
}

impl Sheet {
    /// Width and height in millimetres, portrait.
    pub fn size_mm(self) -> (u16, u16) {
        match self {
            Self::A4 => (210, 297),
            Self::F4 => (215, 330),
        }
    }
}

/// A letter of a government unit (surat).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Letter {
    /// Metadata of the file.
    pub meta: Meta,
    /// A4 or F4.
    pub sheet: Sheet,
    /// Language of the text as BCP 47, `id` when empty; also picks the fixed words ("Nomor", "Tembusan").
    pub language: String,
    /// The letterhead (kop surat).
    pub head: Letterhead,
    /// Title, centred and underlined ("SURAT KETERANGAN USAHA").
    pub title: String,
    /// The number taken at signing. A draft never shows one.
    pub number: Option<String>,
    /// For letters *to* somebody: details at the left, addressee at the right, instead of a centred title.
    pub address: Option<Address>,
    /// The body, in reading order.
    pub blocks: Vec<Block>,
    /// Place and date above the first signer ("Tanjung Raman, 20 November 2026").
    pub place_date: String,
    /// Signature blocks, filled row by row into their columns.
    pub signers: Vec<SignatureBlock>,
    /// Copies to (tembusan).
    pub copies: Vec<String>,
    /// How anybody checks this letter. A draft never shows it.
    pub footer: Option<Verification>,
    /// Burnt-in diagonal mark ("CONTOH, BUKAN SURAT RESMI").
    pub mark: Option<String>,
    /// Whether this is still a draft or the sealed letter.
    pub mode: Mode,
}

/// Draft or final.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Marked "DRAF"; number, register numbers and QR are left out whatever the fields say.
    #[default]
    Draft,
    /// Numbered and verifiable.
    Final,
}

impl Letter {
    /// The letter as it stands at signing: final, with its number, date and the way to check it.
    pub fn seal(mut self, number: impl Into<String>, place_date: impl Into<String>, footer: Verification) -> Self {
        self.number = Some(number.into());
        self.place_date = place_date.into();
        self.footer = Some(footer);
        self.mode = Mode::Final;
        self
    }

    /// The same letter as a draft: no number, no register number, no QR.
    pub fn as_draft(&self) -> Self {
        let mut draft = self.clone();
        draft.mode = Mode::Draft;
        draft.number = None;
        draft.footer = None;
        let nested = draft.blocks.iter_mut().flat_map(|block| match block {
            Block::Signatures(signers) => signers.as_mut_slice(),
            _ => &mut [],
        });
        for signer in draft.signers.iter_mut().chain(nested) {
            signer.register = None;
        }
        draft
    }

    /// True while the letter is a draft.
    pub fn is_draft(&self) -> bool {
        self.mode == Mode::Draft
    }
}

/// The letterhead: emblem at the left, the lines of the government centred, a double rule below.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Letterhead {
    /// Lines above the name ("PEMERINTAH KABUPATEN EMPAT LAWANG", "KECAMATAN PENDOPO").
    pub above: Vec<String>,
    /// The office's own name, larger ("DESA TANJUNG RAMAN").
    pub name: String,
    /// Address lines, smaller ("Jalan Lintas Pendopo Nomor 12, Kode Pos 31593").
    pub address: Vec<String>,
    /// The government's emblem.
    pub emblem: Emblem,
}

/// The opening of a letter to somebody (surat dinas): details left, addressee right.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// Details after the number: ("Sifat", "Biasa"), ("Lampiran", "1 berkas"), ("Hal", "Pengantar").
    pub details: Vec<(String, String)>,
    /// Addressee lines: "Yth. Camat Pendopo", "di", "Pendopo".
    pub to: Vec<String>,
}

/// One block of a letter's body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "is", rename_all = "snake_case")]
pub enum Block {
    /// A justified paragraph.
    Paragraph(Vec<Span>),
    /// A list "Nama : …", colons aligned.
    Fields(Vec<Field>),
    /// A ruled table with a head that repeats on each page.
    Table(Table),
    /// A numbered or plain list of paragraphs.
    List(List),
    /// Witnesses (saksi-saksi), numbered, each with a line to sign on.
    Witnesses(Vec<Witness>),
    /// Signatures within the body, as in a resident's statement (surat pernyataan).
    Signatures(Vec<SignatureBlock>),
    /// A heading within the letter.
    Heading(String),
    /// Vertical space in millimetres.
    Space(u16),
}

impl Block {
    /// A paragraph of plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Paragraph(vec![Span::plain(text)])
    }
}

/// A run of text in one style.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Span {
    /// The text; printed literally.
    pub text: String,
    /// Bold face.
    #[serde(skip_serializing_if = "is_false")]
    pub bold: bool,
    /// Italic face.
    #[serde(skip_serializing_if = "is_false")]
    pub italic: bool,
    /// Underlined.
    #[serde(skip_serializing_if = "is_false")]
    pub underline: bool,
}

impl Span {
    /// Text without a style.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Bold text.
    pub fn bold(text: impl Into<String>) -> Self {
        Self { text: text.into(), bold: true, ..Self::default() }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// One line of a field list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Field {
    /// "Tempat, tanggal lahir".
    pub label: String,
    /// The value; printed literally, wraps in its own column.
    pub value: String,
    /// The value in bold, as for the name.
    #[serde(skip_serializing_if = "is_false")]
    pub bold: bool,
}

impl Field {
    /// A field with a plain value.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), bold: false }
    }

    /// A field with a bold value.
    pub fn bold(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), bold: true }
    }
}

/// Horizontal alignment of a column's cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// At the left.
    #[default]
    Left,
    /// Centred.
    Center,
    /// At the right, for figures.
    Right,
}

/// A ruled table. Rows shorter than the head are filled with empty cells, longer ones are cut.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Table {
    /// Titles of the columns; their number is the table's width.
    pub head: Vec<String>,
    /// Cells, row by row.
    pub rows: Vec<Vec<String>>,
    /// Relative widths; missing or 0 counts as 1.
    pub widths: Vec<u16>,
    /// Alignments; missing is left.
    pub aligns: Vec<Align>,
}

/// A list of paragraphs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct List {
    /// Numbered 1, 2, 3 …; dashes otherwise.
    pub numbered: bool,
    /// The items.
    pub items: Vec<Vec<Span>>,
}

/// A witness of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Witness {
    /// Name as printed.
    pub name: String,
    /// What identifies the witness, in one line ("Dusun II, RT 03").
    pub detail: String,
}

/// Where a signature block stands in its row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Column {
    /// Left half.
    Left,
    /// In the middle, in a row of its own.
    Center,
    /// Right half.
    #[default]
    Right,
}

/// In what role somebody signs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignerKind {
    /// Answers for the letter; place and date stand above the first of these.
    #[default]
    Signer,
    /// "Mengetahui": a second office that registers the letter under its own number.
    Acknowledger,
    /// A witness (saksi).
    Witness,
}

/// Who signs, and as what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignatureBlock {
    /// Place in the row. The next block of an occupied column starts a new row.
    pub column: Column,
    /// The role.
    pub kind: SignerKind,
    /// Lines above the post ("Mengetahui,", "a.n. KEPALA DESA TANJUNG RAMAN").
    pub heading: Vec<String>,
    /// The post ("Plh. KEPALA DESA TANJUNG RAMAN,", "Sekretaris Desa").
    pub label: Vec<String>,
    /// The second office's own register number, small ("Reg. 500.3/087/PDP/2026").
    pub register: Option<String>,
    /// What stands in the space for the signature ("Meterai Rp10.000"), small.
    pub in_space: Option<String>,
    /// Name, bold and underlined; a dotted line when empty.
    pub name: String,
    /// Rank and NIP lines below the name; empty ones are left out.
    pub id_line: String,
}

/// How anybody checks the letter: fixed at the foot of every page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Verification {
    /// The code to type ("TR-8XQ2-7PLD").
    pub code: String,
    /// The full address in the QR code.
    pub url: String,
    /// What is printed beside it; a `{code}` in it is set in bold.
    pub lines: Vec<String>,
}

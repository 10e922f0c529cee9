//! The letter of a service: what stands on the paper, in the syntax of [`letter::Template`].

use serde::{Deserialize, Serialize};

use super::form::{Condition, PersonColumn, Resident};

/// A letter (Permendagri 1/2023: surat keterangan, surat pengantar, surat izin, rekomendasi …). Letters are written
/// in Indonesian only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterTemplate {
    /// Kind of letter, by which mandates are given.
    pub kind: String,
    /// Head line in capitals: `SURAT KETERANGAN USAHA`.
    pub title: String,
    /// Classification code (Permendagri 83/2022), valid on `classification_on`.
    pub classification: String,
    /// Date on which the code was looked up in the dated table, `2026-01-01`.
    pub classification_on: jiff::civil::Date,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub classification_remark: String,
    pub paper: Paper,
    /// Lines after "Kepada Yth.", for letters to somebody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addressee: Vec<String>,
    pub validity: Validity,
    /// How the line above the signature is made from the signer's post.
    pub signer_label: SignerLabel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge: Option<Acknowledge>,
    /// Tembusan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<String>,
    /// From the opening to the closing words.
    pub body: Vec<Block>,
}

/// Paper of the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Paper {
    /// 210 × 297 mm.
    A4,
    /// Folio of the shops, 215 × 330 mm.
    F4,
}

/// Until when the letter holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    /// No end is stated.
    Unlimited,
    /// Days from signing.
    Days(u32),
    /// Months from signing.
    Months(u32),
    /// The date answered in this field.
    UntilField(String),
}

/// How the signer is named above the signature; Plt., Plh., Pj., a.n. and u.b. are put before it by the mandate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignerLabel {
    /// Title and name of the unit: KEPALA DESA TANJUNG RAMAN.
    TitleAndUnit,
    /// Title alone: CAMAT.
    Title,
}

/// "Mengetahui": a second signature from the unit above, registered in that unit's own book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledge {
    /// The word over it: `Mengetahui`.
    pub label: String,
    /// How the register number is introduced: `Reg.`.
    pub register_label: String,
}

/// A part of the letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// A paragraph.
    Text {
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        show_if: Option<Condition>,
    },
    /// Label and value of the person the letter is about, from the register of residents.
    Resident { fields: Vec<Resident> },
    /// Label and value of other facts; a row whose value is empty is left out.
    Rows {
        rows: Vec<Row>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        show_if: Option<Condition>,
    },
    /// A table of the persons of a field, numbered from 1.
    People {
        field: String,
        columns: Vec<PersonColumn>,
        /// Whether each of them signs in the table.
        #[serde(default, skip_serializing_if = "is_false")]
        signatures: bool,
    },
}

impl Block {
    /// When the block stands in the letter; `None` is always.
    pub fn show_if(&self) -> Option<&Condition> {
        match self {
            Block::Text { show_if, .. } | Block::Rows { show_if, .. } => show_if.as_ref(),
            Block::Resident { .. } | Block::People { .. } => None,
        }
    }
}

/// A row of label and value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub label: String,
    pub value: String,
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

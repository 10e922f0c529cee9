//! The form of a service: sections of fields, one section a page.

use serde::{Deserialize, Serialize};

use super::Text;

/// A page of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub key: String,
    pub title: Text,
    /// A sentence under the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<Text>,
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Name in the stored answers and in `{placeholders}` of the letter; unique in the form.
    pub key: String,
    pub label: Text,
    pub kind: FieldKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Text>,
    /// Must be answered when it is shown.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// Longest answer in characters, of a text, long text or place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_len: Option<u32>,
    /// Smallest number, or amount in rupiah.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Largest number, or amount in rupiah.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// Earliest date, in days from today (−7: a week ago).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earliest_days: Option<i32>,
    /// Latest date, in days from today (0: today).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_days: Option<i32>,
    /// Key of an earlier date field this date may not precede.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<String>,
    /// Answers of a choice.
    #[serde(default, rename = "choice", skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// Asked only when this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_if: Option<Condition>,
    /// Personal nature of the answer (UU 27/2022 Pasal 4); decides encryption and masking.
    #[serde(default, skip_serializing_if = "Personal::is_none")]
    pub personal: Personal,
    /// What of the resident's record stands there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefill: Option<Resident>,
    /// Shape of a list of persons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<People>,
}

impl Field {
    /// A question for a file, not demanded.
    pub fn file(key: String, label: Text) -> Field {
        Field {
            key,
            label,
            kind: FieldKind::File,
            hint: None,
            required: false,
            max_len: None,
            min: None,
            max: None,
            earliest_days: None,
            latest_days: None,
            not_before: None,
            choices: Vec::new(),
            show_if: None,
            personal: Personal::None,
            prefill: None,
            people: None,
        }
    }

    /// Longest answer in characters, the kind's usual length where the field says nothing; `None` for kinds that are
    /// not written as text.
    pub fn length_max(&self) -> Option<u32> {
        match self.kind {
            FieldKind::Text => Some(self.max_len.unwrap_or(120)),
            FieldKind::LongText => Some(self.max_len.unwrap_or(1_000)),
            FieldKind::Place => Some(self.max_len.unwrap_or(250)),
            _ => None,
        }
    }

    /// The choice called `value`.
    pub fn choice(&self, value: &str) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.value == value)
    }

    /// Whether the answer is an uploaded file.
    pub fn is_upload(&self) -> bool {
        matches!(self.kind, FieldKind::Photo | FieldKind::File)
    }
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

/// What kind of answer a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line.
    Text,
    /// Some lines.
    LongText,
    /// A whole number.
    Number,
    Date,
    /// One of the choices.
    Choice,
    /// An amount in whole rupiah.
    Money,
    /// A place in words: road, dusun, RT, landmark.
    Place,
    /// A picture, shrunk on the device.
    Photo,
    /// A PDF or a picture.
    File,
    /// A list of persons.
    People,
}

/// One answer of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    pub label: Text,
    /// What the letter says instead of the Indonesian label; may hold the placeholder of a field that is shown for
    /// this choice ("lainnya" → `{keperluan_lain}`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_letter: Option<String>,
}

/// When a field or block is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Key of another field, asked before.
    pub field: String,
    /// One of these choices; empty: any answer at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub is: Vec<String>,
}

/// Personal nature of a value, UU 27/2022 Pasal 4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Personal {
    #[default]
    None,
    /// Data pribadi yang bersifat umum.
    General,
    /// Data pribadi yang bersifat spesifik: health, crime, children, finance.
    Specific,
}

impl Personal {
    fn is_none(&self) -> bool {
        *self == Personal::None
    }
}

/// A part of a resident's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resident {
    Name,
    Nik,
    Kk,
    Sex,
    /// Place and date of birth; a date field takes the date alone.
    Birth,
    Address,
    Occupation,
    Religion,
    Marital,
    Nationality,
}

impl Resident {
    /// How a letter labels it.
    pub fn label(self) -> &'static str {
        match self {
            Resident::Name => "Nama",
            Resident::Nik => "NIK",
            Resident::Kk => "Nomor KK",
            Resident::Sex => "Jenis kelamin",
            Resident::Birth => "Tempat, tanggal lahir",
            Resident::Address => "Alamat",
            Resident::Occupation => "Pekerjaan",
            Resident::Religion => "Agama",
            Resident::Marital => "Status perkawinan",
            Resident::Nationality => "Kewarganegaraan",
        }
    }
}

/// Shape of a list of persons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// What these persons are in the case.
    pub role: PeopleRole,
    /// Asked of each person, `name` among them.
    pub columns: Vec<PersonColumn>,
    /// Answers offered for the relation.
    #[serde(default, rename = "relation", skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Choice>,
    /// Fewest persons.
    pub min: u32,
    /// Most persons.
    pub max: u32,
}

/// Role of listed persons in the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeopleRole {
    Heir,
    Witness,
    /// Somebody taking part, such as a research team's member.
    Member,
}

impl PeopleRole {
    /// The word kept with a party of the case.
    pub const fn as_str(self) -> &'static str {
        match self {
            PeopleRole::Heir => "heir",
            PeopleRole::Witness => "witness",
            PeopleRole::Member => "member",
        }
    }
}

/// What is asked of a listed person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonColumn {
    Name,
    Nik,
    /// Date of birth.
    Birth,
    /// Told by the NIK, never asked.
    Sex,
    Address,
    Occupation,
    /// One of [`People::relations`].
    Relation,
}

impl PersonColumn {
    /// How a letter heads the column.
    pub fn label(self) -> &'static str {
        match self {
            PersonColumn::Name => "Nama",
            PersonColumn::Nik => "NIK",
            PersonColumn::Birth => "Tanggal lahir",
            PersonColumn::Sex => "Jenis kelamin",
            PersonColumn::Address => "Alamat",
            PersonColumn::Occupation => "Pekerjaan",
            PersonColumn::Relation => "Hubungan",
        }
    }

    /// The word kept in the answers.
    pub fn as_str(self) -> &'static str {
        match self {
            PersonColumn::Name => "name",
            PersonColumn::Nik => "nik",
            PersonColumn::Birth => "birth_date",
            PersonColumn::Sex => "sex",
            PersonColumn::Address => "address",
            PersonColumn::Occupation => "occupation",
            PersonColumn::Relation => "relation",
        }
    }
}

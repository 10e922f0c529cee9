//! What a public service *is*, as data: the definition a regency writes once and its units adopt.
//!
//! A [`Definition`] is read from a TOML package (`data/services/*.toml`), checked as a whole, and kept by the
//! hash of its canonical JSON; a case pins that hash, so a later edition never changes a letter already asked for.
//! A unit that adopts a service may change only what [`overrides::Overrides`] lists.
//!
//! Nothing here reads a file, a database or a clock.

pub mod chain;
pub mod classification;
pub mod form;
pub mod offices;
pub mod overrides;
pub mod packages;
pub mod placeholder;
pub mod standard;
pub mod template;
#[cfg(test)]
mod tests;
mod validate;
pub mod wording;

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use chain::{Adopter, Step, UnitKind};
use form::{Condition, Field, Section};
use placeholder::Placeholder;
use standard::Standard;
use template::LetterTemplate;

/// A text in both languages of the product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Plain Indonesian, always shown first.
    pub id: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text in `language` (`en`, or Indonesian for anything else).
    pub fn in_language(&self, language: &str) -> &str {
        if language == "en" { &self.en } else { &self.id }
    }
}

/// A public service: everything that is particular to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Stable short name, part of the address of its page: `keterangan-usaha`.
    pub slug: String,
    /// Code of the perangkat daerah that writes this definition (see `data/offices/perangkat-daerah.toml`).
    pub owner: String,
    pub title: Text,
    /// One sentence a neighbour would say.
    pub summary: Text,
    /// The event in life that brings people here.
    pub group: Group,
    /// Words people use for it ("SKU", "surat usaha", "KUR"), for a search that forgives.
    pub keywords: Vec<String>,
    /// Kinds of unit that may adopt it.
    pub adopted_by: Vec<Adopter>,
    pub served: Served,
    /// Whether the letter opens the door to aid (bantuan sosial, keringanan biaya). In a Masa Pemilihan what is decided about it is marked
    /// for the Inspektorat.
    #[serde(default, skip_serializing_if = "is_false")]
    pub aid: bool,
    pub clock: Clock,
    pub introduction: Introduction,
    pub parties: Parties,
    /// Who may sign and how.
    pub signing: Signing,
    pub record: Record,
    /// What the applicant is told about, in the order it happens.
    pub notices: Vec<Notice>,
    pub standard: Standard,
    /// The form, one section a page.
    #[serde(rename = "section")]
    pub sections: Vec<Section>,
    /// The desks the case passes, in order.
    pub chain: Vec<Step>,
    pub letter: LetterTemplate,
}

/// Event in life under which a service is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Group {
    #[serde(rename = "usaha")]
    Business,
    #[serde(rename = "keluarga")]
    Family,
    #[serde(rename = "kependudukan")]
    Population,
    #[serde(rename = "sosial")]
    Social,
    #[serde(rename = "keamanan")]
    Safety,
    #[serde(rename = "pendidikan")]
    Education,
}

impl Group {
    /// Every group, in the order a page lists them.
    pub const ALL: [Group; 6] = [Group::Business, Group::Family, Group::Population, Group::Social, Group::Safety, Group::Education];

    /// The word used in packages and addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Group::Business => "usaha",
            Group::Family => "keluarga",
            Group::Population => "kependudukan",
            Group::Social => "sosial",
            Group::Safety => "keamanan",
            Group::Education => "pendidikan",
        }
    }
}

/// Who may ask for the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Served {
    /// Residents of the unit that gives it.
    Resident,
    /// Anyone, from wherever.
    Anyone,
}

/// How long the office may take, and from when (component 3 of a service standard).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    pub limit: Limit,
    pub starts: Starts,
}

/// The three kinds of time limit, and that there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Working days of the unit's calendar; the first one is the next working day.
    WorkingDays(u32),
    /// Hours of the clock on the wall, nights and holidays included ("3 × 24 jam").
    ClockHours(u32),
    /// Minutes within the unit's service hours.
    ServiceMinutes(u32),
    /// "Tanpa batas tetap."
    None,
}

/// What starts the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Starts {
    /// The moment the application comes in.
    Receipt,
    /// The moment the file is complete, its introduction included.
    Complete,
}

/// "Pengantar RT / kepala dusun": whether a neighbour's word is needed first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Introduction {
    /// What holds where the unit says nothing.
    pub mode: IntroductionMode,
    /// What a unit may choose; contains `mode`.
    pub allowed: Vec<IntroductionMode>,
    /// Who gives it, as people call them.
    pub from: Text,
}

/// How the introduction is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntroductionMode {
    /// Not asked.
    None,
    /// A photo of the paper.
    Photo,
    /// Approved by a link, without an account.
    Link,
}

/// The people of a case beside the applicant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parties {
    pub subject: Subject,
    /// Whether somebody with a power of attorney (kuasa) may apply.
    pub proxy: bool,
    /// How many witnesses sign the letter (0–4).
    pub witnesses: u8,
}

/// Whom the letter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The applicant.
    Applicant,
    /// The applicant or another person of the family (a child who needs the letter for school).
    Relative,
}

/// Ways of signing this service's letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    pub mode: SigningMode,
    /// What a unit may choose; contains `mode`.
    pub allowed: Vec<SigningMode>,
}

/// A way of signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SigningMode {
    /// "Tanda tangan basah": print, sign, stamp, upload the scan.
    Wet,
    /// "Tanda tangan elektronik" through a certified provider.
    Tte,
}

impl SigningMode {
    /// Whether this build can sign in that way. TTE waits for its port: it may be listed in a definition, a unit
    /// cannot choose it.
    pub fn available(self) -> bool {
        self == SigningMode::Wet
    }

    /// The word kept with a document.
    pub fn as_str(self) -> &'static str {
        match self {
            SigningMode::Wet => "wet",
            SigningMode::Tte => "tte",
        }
    }
}

/// How the record is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub secrecy: Secrecy,
    /// Years in the active archive.
    pub active_years: u32,
    /// Years in the inactive archive after that.
    pub inactive_years: u32,
    pub then: Fate,
    /// Where the years come from, and who must check them.
    pub remark: String,
}

/// Secrecy of a record; personal nature belongs to its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secrecy {
    Open,
    Internal,
    Limited,
    Secret,
}

impl Secrecy {
    /// The word kept with a case or document.
    pub fn as_str(self) -> &'static str {
        match self {
            Secrecy::Open => "open",
            Secrecy::Internal => "internal",
            Secrecy::Limited => "limited",
            Secrecy::Secret => "secret",
        }
    }
}

/// What happens to the record after its retention (nasib akhir).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Musnah.
    Destroyed,
    /// Permanen.
    Permanent,
}

/// A moment the applicant is told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    Received,
    Incomplete,
    Acknowledging,
    Ready,
    Refused,
}

/// Left out of the canonical text, so that definitions stored before keep their hash.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Definition {
    /// Whether the letter opens the door to aid: this definition says so, or the package of this build of the same name does, which a unit
    /// that adopted an earlier edition has not taken up yet.
    #[must_use]
    pub fn opens_aid(&self) -> bool {
        self.aid || packages::AID.contains(&self.slug.as_str())
    }

    /// Reads and checks a package.
    ///
    /// # Errors
    /// [`DefinitionError`] with every problem found: the key, what is wrong with it and what to do.
    pub fn parse(toml: &str) -> Result<Definition, DefinitionError> {
        Definition::parse_file("", toml)
    }

    /// As [`Definition::parse`], naming the file in errors; a name such as `keterangan-usaha.toml` must agree with
    /// the slug.
    ///
    /// # Errors
    /// See [`Definition::parse`].
    pub fn parse_file(file: &str, toml: &str) -> Result<Definition, DefinitionError> {
        let named = |problems| DefinitionError { file: file.to_owned(), problems };
        let definition: Definition = toml::from_str(toml)
            .map_err(|error| named(vec![Problem::new("", error.to_string().trim_end(), "correct the line shown and read it again")]))?;
        let mut problems = validate::problems(&definition);
        if let Some(stem) = file.strip_suffix(".toml").and_then(|path| path.rsplit('/').next())
            && stem != definition.slug
        {
            problems.push(Problem::new(
                "slug",
                format!("is {:?} but the file is called {stem:?}", definition.slug),
                "give file and slug the same name",
            ));
        }
        if problems.is_empty() { Ok(definition) } else { Err(named(problems)) }
    }

    /// Reads a definition back from its canonical JSON. Not checked again: it was when it was stored, and the rules
    /// of today must not make yesterday's cases unreadable.
    ///
    /// # Errors
    /// [`DefinitionError`] if the text is not a definition.
    pub fn from_canonical(json: &str) -> Result<Definition, DefinitionError> {
        serde_json::from_str(json).or_else(|error| without_retired(json).ok_or(error)).map_err(|error| DefinitionError {
            file: String::new(),
            problems: vec![Problem::new("", error.to_string(), "restore this definition from a backup")],
        })
    }

    /// The definition as JSON with sorted keys and no spaces: equal definitions give equal bytes.
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        write_canonical(&self.as_json(), &mut out);
        out
    }

    /// SHA-256 of [`Definition::canonical`]; the name under which cases pin this edition.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.canonical().as_bytes()).into()
    }

    /// Every field of the form, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.sections.iter().flat_map(|section| &section.fields)
    }

    /// The field called `key`.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields().find(|field| field.key == key)
    }

    /// What `{key}` stands for in a text of the letter.
    pub fn placeholder<'a>(&'a self, key: &str) -> Option<Placeholder<'a>> {
        Placeholder::find(self, key)
    }

    /// Whether a unit of this kind may adopt the service; `code` is the code of a perangkat daerah, if it is one.
    pub fn adoptable_by(&self, kind: UnitKind, code: &str) -> bool {
        self.adopted_by.iter().any(|adopter| adopter.covers(kind, code))
    }

    fn as_json(&self) -> serde_json::Value {
        #[expect(clippy::expect_used, reason = "every key is a string and no Serialize here can fail")]
        serde_json::to_value(self).expect("a definition is JSON")
    }
}

/// Whether `condition` holds; `answer` gives the stored answer of a field, empty when there is none.
pub fn holds(condition: Option<&Condition>, answer: impl Fn(&str) -> String) -> bool {
    condition.is_none_or(|condition| {
        let given = answer(&condition.field);
        if condition.is.is_empty() { !given.is_empty() } else { condition.is.contains(&given) }
    })
}

/// A definition stored before its letter lost what the unit decides: how numbers are written and which book they come from.
fn without_retired(json: &str) -> Option<Definition> {
    let mut value: serde_json::Value = serde_json::from_str(json).ok()?;
    let letter = value.get_mut("letter")?.as_object_mut()?;
    for key in ["number", "number_digits", "series"] {
        letter.remove(key);
    }
    if let Some(acknowledge) = letter.get_mut("acknowledge").and_then(serde_json::Value::as_object_mut) {
        acknowledge.remove("register");
    }
    serde_json::from_value(value).ok()
}

fn write_canonical(value: &serde_json::Value, out: &mut String) {
    use serde_json::Value;
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            out.push('{');
            for (place, key) in keys.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write_canonical(&map[key], out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

/// Why a package was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct DefinitionError {
    /// Name of the file, empty if it was not given.
    pub file: String,
    /// Everything found wrong, in the order of the file.
    pub problems: Vec<Problem>,
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, problem) in self.problems.iter().enumerate() {
            if place > 0 {
                writeln!(f)?;
            }
            if !self.file.is_empty() {
                write!(f, "{}: ", self.file)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

/// One thing wrong with a definition or with a unit's overrides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: `section[0].field[2].max_len`; empty when the text could not be read at all.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub fix: String,
}

impl Problem {
    pub(crate) fn new(key: impl Into<String>, what: impl Into<String>, fix: impl Into<String>) -> Problem {
        Problem { key: key.into(), what: what.into(), fix: fix.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.key.is_empty() {
            write!(f, "`{}` ", self.key)?;
        }
        write!(f, "{}; {}", self.what, self.fix)
    }
}

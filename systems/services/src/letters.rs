//! From the facts of a case to its paper.
//!
//! [`letter`] is pure: the same [`Facts`] give the same [`Letter`], which is sealed at signing and can be rendered again. What a
//! resident typed is data and stays text. A letter without a number is a draft: no register number and no QR code.

mod facts;
mod fill;
mod papers;
pub mod registered;
#[cfg(test)]
mod tests;

use indonesian::{Lang, date_long};
use jiff::Span as Days;
use jiff::civil::Date;
use kernel::Message;
use kernel::schema::Answers;
use letter::{
    Address, Align, Block, Column, Field, Letter, Meta, Mode, Sheet, SignatureBlock, SignerKind, Span, Table, TemplateError, Verification,
    Witness,
};

use crate::forms;
use crate::model::form::{PersonColumn, Resident};
use crate::model::template::{self, Paper, SignerLabel, Validity};
use crate::model::{Definition, holds};

pub use facts::{Acknowledger, ResidentFacts, SignerFacts, UnitFacts, VerificationFacts, WitnessFacts, sex_text, signer_sentence};
pub use papers::{AgendaRow, BookFacts, DispatchRow, NumberState, PackFacts, SlipFacts, agenda_book, dispatch_book, pack, slip};

use fill::Filler;

/// What a draft shows for what is only known at signing.
pub const OPEN: &str = "……………………";

/// The mark of a demonstration, burnt into every paper.
pub const DEMO_MARK: &str = "CONTOH, BUKAN SURAT RESMI";

/// Everything a letter is made from.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub definition: &'a Definition,
    /// As the unit has it: `Offered::paper()`.
    pub paper: Paper,
    pub unit: &'a UnitFacts,
    /// Whom the letter is about.
    pub resident: &'a ResidentFacts,
    /// Who asked for it, when that is somebody else.
    pub applicant: Option<&'a str>,
    pub answers: &'a Answers,
    /// Who bears witness; when empty, the witnesses named in the answers.
    pub witnesses: &'a [WitnessFacts],
    pub signer: &'a SignerFacts,
    /// Who acknowledges; while unknown, a letter that needs it leaves the place open.
    pub acknowledger: Option<&'a Acknowledger>,
    /// Copies beside those of the definition.
    pub copies: &'a [String],
    /// The number taken at signing; a draft has none.
    pub number: Option<&'a str>,
    /// Needed with a number.
    pub signed_on: Option<Date>,
    /// As [`valid_until`] gives it at signing.
    pub valid_until: Option<Date>,
    /// Burnt-in mark ([`DEMO_MARK`]).
    pub mark: Option<&'a str>,
    pub verification: Option<&'a VerificationFacts>,
    /// The document's id as text.
    pub ident: &'a str,
    /// Seconds since 1970 UTC.
    pub made_at_seconds: i64,
}

/// Why a letter cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// A sentence of the letter needs a value that is not there.
    #[error("{{{key}}} has no value")]
    Missing {
        /// The placeholder.
        key: String,
    },
    /// The definition's text cannot be read.
    #[error("the letter's text cannot be read: {0}")]
    Template(String),
    /// A number without the date of signing.
    #[error("a numbered letter has a date")]
    Undated,
}

impl LetterError {
    /// What to tell the officer.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            LetterError::Missing { key } => Message::new("services-letter-missing").arg("key", key.as_str()),
            LetterError::Template(_) => Message::new("services-letter-template"),
            LetterError::Undated => Message::new("services-letter-undated"),
        }
    }
}

impl From<TemplateError> for LetterError {
    fn from(error: TemplateError) -> LetterError {
        LetterError::Template(error.to_string())
    }
}

/// The letter of a case: final with a number, else a draft.
///
/// # Errors
/// [`LetterError`] when a sentence lacks its value or a numbered letter has no date.
pub fn letter(facts: &Facts<'_>) -> Result<Letter, LetterError> {
    if facts.number.is_some() && facts.signed_on.is_none() {
        return Err(LetterError::Undated);
    }
    let template = &facts.definition.letter;
    let from_answers = forms::witnesses(facts.definition, facts.answers);
    let witnesses = if facts.witnesses.is_empty() { &from_answers } else { facts.witnesses };
    let filler = Filler { facts, witnesses };

    let mut blocks = body(&filler)?;
    if facts.definition.parties.witnesses > 0 && !witnesses.is_empty() {
        let witness = |it: &WitnessFacts| Witness { name: it.name.clone(), detail: it.detail.clone() };
        blocks.push(Block::Witnesses(witnesses.iter().map(witness).collect()));
    }
    let copies = template.copies.iter().map(|line| filler.text(line)).chain(facts.copies.iter().cloned().map(Ok));
    let signed_on = facts.signed_on.filter(|_| facts.number.is_some());
    Ok(Letter {
        meta: Meta { ident: facts.ident.to_owned(), made_at_seconds: facts.made_at_seconds, author: facts.unit.name.clone() },
        sheet: sheet(facts.paper),
        language: "id".to_owned(),
        head: facts.unit.letterhead(),
        title: template.title.clone(),
        number: facts.number.map(str::to_owned),
        address: address(&filler)?,
        blocks,
        place_date: place_date(&facts.unit.place, signed_on),
        signers: signers(facts),
        copies: copies.collect::<Result<_, _>>()?,
        footer: facts.verification.filter(|_| facts.number.is_some()).map(|it| footer(facts.unit, it)),
        mark: facts.mark.map(str::to_owned),
        mode: if facts.number.is_some() { Mode::Final } else { Mode::Draft },
    })
}

/// The last day a letter signed on `signed_on` holds; none where no end is stated.
#[must_use]
pub fn valid_until(definition: &Definition, signed_on: Date, answers: &Answers) -> Option<Date> {
    match &definition.letter.validity {
        Validity::Unlimited => None,
        Validity::Days(days) => signed_on.checked_add(Days::new().try_days(*days).ok()?).ok(),
        Validity::Months(months) => signed_on.checked_add(Days::new().try_months(*months).ok()?).ok(),
        Validity::UntilField(key) => answers.date(key),
    }
}

fn sheet(paper: Paper) -> Sheet {
    match paper {
        Paper::A4 => Sheet::A4,
        Paper::F4 => Sheet::F4,
    }
}

fn place_date(place: &str, date: Option<Date>) -> String {
    format!("{place}, {}", date.map_or_else(|| OPEN.to_owned(), |date| date_long(date, Lang::Id)))
}

fn body(filler: &Filler<'_>) -> Result<Vec<Block>, LetterError> {
    let definition = filler.facts.definition;
    let shown = forms::shown(definition, &|key| forms::stored(filler.facts.answers, key));
    let answer = |key: &str| if shown.contains(&key) { forms::stored(filler.facts.answers, key) } else { String::new() };
    let mut blocks: Vec<Block> = Vec::new();
    for block in &definition.letter.body {
        if !holds(block.show_if(), answer) {
            continue;
        }
        match block {
            template::Block::Text { text, .. } => blocks.push(Block::Paragraph(filler.spans(text)?)),
            template::Block::Resident { fields } => add_fields(&mut blocks, resident_rows(filler.facts.resident, fields)?),
            template::Block::Rows { rows, .. } => {
                let rows = rows.iter().filter_map(|row| row_field(filler, row).transpose());
                add_fields(&mut blocks, rows.collect::<Result<_, _>>()?);
            }
            template::Block::People { field, columns, signatures } => {
                blocks.extend(people_table(filler, field, columns, *signatures));
            }
        }
    }
    Ok(blocks)
}

/// Lists that follow each other are one list, so that their colons stand in one line.
fn add_fields(blocks: &mut Vec<Block>, fields: Vec<Field>) {
    match blocks.last_mut() {
        _ if fields.is_empty() => {}
        Some(Block::Fields(before)) => before.extend(fields),
        _ => blocks.push(Block::Fields(fields)),
    }
}

/// What is unknown of the resident is left out; only the name must be there.
fn resident_rows(resident: &ResidentFacts, parts: &[Resident]) -> Result<Vec<Field>, LetterError> {
    let mut fields = Vec::new();
    for part in parts {
        match (part, resident.text(*part)) {
            (Resident::Name, name) if name.is_empty() => return Err(LetterError::Missing { key: "nama".to_owned() }),
            (Resident::Name, name) => fields.push(Field::bold(part.label(), name)),
            (_, value) if value.is_empty() => {}
            (_, value) => fields.push(Field::new(part.label(), value)),
        }
    }
    Ok(fields)
}

/// A row, unless a value of it is empty.
fn row_field(filler: &Filler<'_>, row: &template::Row) -> Result<Option<Field>, LetterError> {
    let spans = match filler.spans(&row.value) {
        Err(LetterError::Missing { .. }) => return Ok(None),
        other => other?,
    };
    let value: String = spans.iter().map(|span| span.text.as_str()).collect();
    if value.trim().is_empty() {
        return Ok(None);
    }
    Ok(Some(Field { label: row.label.clone(), value, bold: spans.iter().all(|span: &Span| span.bold) }))
}

fn people_table(filler: &Filler<'_>, key: &str, columns: &[PersonColumn], signatures: bool) -> Option<Block> {
    let field = filler.facts.definition.field(key)?;
    let people = forms::people(filler.facts.answers, key);
    if people.is_empty() {
        return None;
    }
    let width = |column: &PersonColumn| match column {
        PersonColumn::Name | PersonColumn::Address => 9,
        PersonColumn::Nik => 8,
        PersonColumn::Birth | PersonColumn::Occupation | PersonColumn::Relation => 6,
        PersonColumn::Sex => 5,
    };
    let signature = signatures.then_some(("Tanda tangan", 7));
    let head = columns.iter().map(|column| (column.label(), width(column)));
    let (head, widths) = std::iter::once(("No.", 2)).chain(head).chain(signature).map(|(title, width)| (title.to_owned(), width)).unzip();
    let row = |(place, person): (usize, &forms::Person)| {
        let cells = columns.iter().map(|column| match person.column(field, *column, "id") {
            empty if empty.is_empty() => "-".to_owned(),
            value => value,
        });
        // An empty line above gives the pen its room.
        let space = signatures.then(|| format!("\n{} ……………", place + 1));
        std::iter::once(format!("{}.", place + 1)).chain(cells).chain(space).collect()
    };
    let rows = people.iter().enumerate().map(row).collect();
    Some(Block::Table(Table { head, rows, widths, aligns: vec![Align::Center] }))
}

/// Letters to somebody open as surat dinas do; their title becomes the subject.
fn address(filler: &Filler<'_>) -> Result<Option<Address>, LetterError> {
    let lines = &filler.facts.definition.letter.addressee;
    if lines.is_empty() {
        return Ok(None);
    }
    let mut to = lines.iter().map(|line| filler.text(line)).collect::<Result<Vec<_>, _>>()?;
    if let Some(first) = to.first_mut().filter(|first| !first.starts_with("Yth.")) {
        *first = format!("Yth. {first}");
    }
    let detail = |label: &str, value: &str| (label.to_owned(), value.to_owned());
    let details = vec![detail("Sifat", "Biasa"), detail("Lampiran", "-"), detail("Hal", &filler.facts.definition.title.id)];
    Ok(Some(Address { details, to }))
}

fn signers(facts: &Facts<'_>) -> Vec<SignatureBlock> {
    let template = &facts.definition.letter;
    let mut blocks = Vec::new();
    if let Some(acknowledge) = &template.acknowledge {
        let open = Acknowledger {
            label: facts.unit.district_bare().map(|name| format!("CAMAT {},", name.to_uppercase())).into_iter().collect(),
            ..Acknowledger::default()
        };
        let by = facts.acknowledger.unwrap_or(&open);
        let register = by.register.as_ref().filter(|_| facts.number.is_some());
        blocks.push(SignatureBlock {
            column: Column::Left,
            kind: SignerKind::Acknowledger,
            heading: vec![format!("{},", acknowledge.label)],
            label: by.label.clone(),
            register: register.map(|number| format!("{} {number}", acknowledge.register_label)),
            name: by.name.clone(),
            id_line: by.id_line.clone(),
            ..SignatureBlock::default()
        });
    }
    let label = match template.signer_label {
        SignerLabel::TitleAndUnit => facts.signer.label.clone(),
        SignerLabel::Title => facts.signer.label.iter().map(|line| without_unit(line, facts.unit)).collect(),
    };
    blocks.push(SignatureBlock {
        label,
        name: facts.signer.name.clone(),
        id_line: facts.signer.id_line.clone(),
        ..SignatureBlock::default()
    });
    blocks
}

/// "CAMAT PENDOPO," without the unit is "CAMAT,".
fn without_unit(line: &str, unit: &UnitFacts) -> String {
    let (text, comma) = line.strip_suffix(',').map_or((line, ""), |text| (text, ","));
    match text.strip_suffix(&unit.bare_name.to_uppercase()).map(str::trim_end) {
        Some(title) if !title.is_empty() => format!("{title}{comma}"),
        _ => line.to_owned(),
    }
}

/// Signed by hand, registered in the book: nothing here says more than that (a scan proves it at `/verifikasi`).
fn footer(unit: &UnitFacts, verification: &VerificationFacts) -> Verification {
    let page = papers::page_of(&verification.url);
    let word = unit.word().to_lowercase();
    Verification {
        code: verification.code.clone(),
        url: verification.url.clone(),
        lines: vec![
            format!("Periksa surat ini: pindai kode di samping, atau buka {page} dan ketik {{code}}."),
            format!(
                "Surat ditandatangani basah dan terdaftar di buku agenda {word}. Salah satu data tidak benar? Hubungi {}.",
                unit.office()
            ),
        ],
    }
}

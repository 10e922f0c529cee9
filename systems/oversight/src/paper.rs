//! Berita Acara Keutuhan Data on one page.

use kernel::unit::Unit;
use letter::document::{Align, Block, Column, Field, Letter, Letterhead, Meta, Mode, Sheet, SignatureBlock, Span, Table};
use web::{Page, Voice};

use crate::{
    model::{Cosignature, Count, Outcome, Record},
    pages::words,
    store::audits::Signer,
};

/// Signs of a signature on the paper; all of it is in the checkpoint.
const SIGNATURE_SHOWN: usize = 44;
/// Pairs of table and count in a row.
const PAIRS: usize = 3;

/// The paper of an audit that has ended, in Indonesian: it is an official record.
pub fn record(page: &Page, record: &Record, unit: &Unit, signers: &[Signer]) -> Letter {
    let settings = page.gov().settings();
    let voice: &Voice = page;
    let ended = record.ended_at.unwrap_or(record.asked_at);
    let government = settings.name.to_uppercase();
    let (above, name) = if unit.depth == 1 {
        (vec![settings.province.to_uppercase()], format!("PEMERINTAH {government}"))
    } else {
        (vec![format!("PEMERINTAH {government}")], unit.name.to_uppercase())
    };
    Letter {
        meta: Meta { ident: record.id.to_string(), made_at_seconds: ended.as_second(), author: unit.name.clone() },
        sheet: Sheet::F4,
        language: "id".to_owned(),
        head: Letterhead { above, name, address: vec![unit.address.clone()], ..Letterhead::default() },
        title: voice.t("oversight-paper-title"),
        number: None,
        address: None,
        blocks: blocks(voice, record, &settings.name),
        place_date: voice.date(voice.day_of(ended)),
        signers: signers.iter().enumerate().map(|(place, signer)| block(place, signer)).collect(),
        copies: Vec::new(),
        footer: None,
        mark: settings.mark.clone(),
        mode: Mode::Final,
    }
}

fn blocks(voice: &Voice, record: &Record, government: &str) -> Vec<Block> {
    let number = |n: i64| voice.number(n);
    let ended = record.ended_at.unwrap_or(record.asked_at);
    let opening = voice.tn(
        "oversight-paper-opening",
        &[("at", voice.moment(record.asked_at).into()), ("ended", voice.moment(ended).into()), ("government", government.into())],
    );
    let witness = |one: &Cosignature| {
        let args = [("name", one.witness.as_str().into()), ("size", number(i64::try_from(one.size).unwrap_or(i64::MAX)).into())];
        voice.tn(&format!("oversight-paper-witness-{}", words::worth_key(one)), &args)
    };
    let witnesses: Vec<String> = record.witnesses.iter().map(witness).collect();
    let witnesses = if witnesses.is_empty() { voice.t("oversight-witness-none") } else { witnesses.join("\n") };
    // Name and signature each on a line of its own: long words and few spaces make ragged lines.
    let signature = |line: &str| {
        let (name, signed) = line.strip_prefix("— ")?.split_once(' ')?;
        Some(format!("{name}\n{}…", signed.chars().take(SIGNATURE_SHOWN).collect::<String>()))
    };
    let signatures: Vec<String> = record.checkpoint.lines().filter_map(signature).collect();
    let mut all = vec![
        Block::text(opening),
        Block::Fields(vec![
            Field::new(voice.t("oversight-origin"), &record.origin),
            Field::new(voice.t("oversight-tree-size"), number(record.size)),
            Field::new(voice.t("oversight-root"), &record.root),
            Field::new(voice.t("oversight-signatures"), signatures.join("\n")),
            Field::new(voice.t("oversight-witnesses"), witnesses),
        ]),
        Block::text(voice.tn(
            "oversight-paper-checked",
            &[
                ("leaves", record.leaves.into()),
                ("entries", record.entries.into()),
                ("versions", record.versions.into()),
                ("rows", record.rows.into()),
                ("tables", record.tables.len().into()),
                ("waiting", record.waiting.into()),
            ],
        )),
        Block::Table(counts(voice, &record.tables)),
        Block::Paragraph(vec![Span::bold(voice.t(match record.outcome {
            Outcome::Sound => "oversight-paper-sound",
            _ => "oversight-paper-unsound",
        }))]),
    ];
    if let Some(first) = record.differences.first() {
        let words = voice.t2("oversight-paper-difference", "what", first.to_string(), "n", record.differences.len());
        all.push(Block::text(words));
    }
    all
}

/// Rows of each table that has any, several tables in a row so that one page is enough.
fn counts(voice: &Voice, tables: &[Count]) -> Table {
    let tables: Vec<&Count> = tables.iter().filter(|count| count.rows > 0).collect();
    let deep = tables.len().div_ceil(PAIRS);
    let cell = |place: usize| match tables.get(place) {
        Some(count) => [count.table.clone(), voice.number(i64::try_from(count.rows).unwrap_or(i64::MAX))],
        None => [String::new(), String::new()],
    };
    let rows = (0..deep).map(|row| (0..PAIRS).flat_map(|pair| cell(pair * deep + row)).collect()).collect();
    let heads = (0..PAIRS).flat_map(|_| [voice.t("oversight-table"), voice.t("oversight-rows")]).collect();
    Table { head: heads, rows, widths: [5, 2].repeat(PAIRS), aligns: [Align::Left, Align::Right].repeat(PAIRS) }
}

fn block(place: usize, signer: &Signer) -> SignatureBlock {
    let id_line = if signer.number.is_empty() { String::new() } else { format!("NIP {}", signer.number) };
    SignatureBlock {
        column: if place.is_multiple_of(2) { Column::Right } else { Column::Left },
        label: vec![format!("{},", signer.title.to_uppercase()), signer.unit.clone()],
        name: signer.name.clone(),
        id_line,
        ..SignatureBlock::default()
    }
}

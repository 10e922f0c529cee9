//! Papers beside the letter: the slip of the counter, the books, the emergency pack.

use indonesian::{Lang, Zone, date_long, date_short, datetime, mask_name};
use jiff::Timestamp;
use jiff::civil::Date;
use letter::{Align, Book, BookColumn, BookRow, Column, Field, Meta, Pack, ReservedNumber, SignatureBlock, SignerKind, Slip, SlipSize};

use super::{SignerFacts, UnitFacts, place_date, sheet};
use crate::model::template::Paper;

/// What the applicant takes home from the counter. Never a NIK, and the name is masked: slips get lost.
#[derive(Clone, Debug)]
pub struct SlipFacts<'a> {
    pub unit: &'a UnitFacts,
    pub size: SlipSize,
    pub lang: Lang,
    /// The service's title in `lang`.
    pub service: &'a str,
    /// The full name; it is masked here.
    pub applicant: &'a str,
    /// As it is shown: "8XQ2-7PLD-M4KT".
    pub code: &'a str,
    /// Address of `/lacak/CODE`.
    pub url: &'a str,
    pub received_at: Timestamp,
    /// None where no limit is set.
    pub due_at: Option<Timestamp>,
    pub zone: Zone,
    /// Cost in words: "GRATIS".
    pub cost: &'a str,
    /// What happens next, one sentence each.
    pub next: Vec<String>,
    /// Where to ask and to report demands for money: the address of the office.
    pub contact: &'a str,
    pub mark: Option<&'a str>,
    /// The case's id as text.
    pub ident: &'a str,
}

/// The slip of an application.
#[must_use]
pub fn slip(facts: &SlipFacts<'_>) -> Slip {
    let say = |id: &'static str, en: &'static str| if facts.lang == Lang::En { en } else { id };
    let unit = facts.unit;
    let above = [unit.district().filter(|_| unit.kind.is_village()), Some(unit.regency.clone())];
    let above = above.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let page = page_of(facts.url);
    let at = |at: Timestamp| datetime(at, facts.zone, facts.lang);
    let due = facts.due_at.map_or_else(|| say("Tanpa batas tetap", "No fixed limit").to_owned(), at);
    let office = unit.office();
    let mut notes = vec![match facts.lang {
        Lang::Id => format!("Lihat perkembangannya di {page} atau tanyakan di {office}."),
        Lang::En => format!("Follow it at {page} or ask at the office ({office})."),
    }];
    notes.extend(facts.next.iter().filter(|line| !line.trim().is_empty()).cloned());
    if !facts.contact.trim().is_empty() {
        notes.push(match facts.lang {
            Lang::Id => format!("Ada pungutan atau pertanyaan? Sampaikan ke kantor: {}.", facts.contact.trim()),
            Lang::En => format!("Asked for money, or a question? Tell the office: {}.", facts.contact.trim()),
        });
    }
    Slip {
        meta: Meta { ident: facts.ident.to_owned(), made_at_seconds: facts.received_at.as_second(), author: unit.name.clone() },
        language: say("id", "en").to_owned(),
        size: facts.size,
        office: vec![unit.name.to_uppercase(), above],
        title: say("Bukti Permohonan", "Proof of application").to_owned(),
        code_label: say("Kode lacak", "Tracking code").to_owned(),
        code: facts.code.to_owned(),
        url: Some(facts.url.to_owned()),
        fields: vec![
            Field::new(say("Layanan", "Service"), facts.service),
            Field::new(say("Pemohon", "Applicant"), mask_name(facts.applicant)),
            Field::new(say("Diterima", "Received"), at(facts.received_at)),
            Field::new(say("Paling lambat", "At the latest"), due),
            Field::bold(say("Biaya", "Cost"), facts.cost),
        ],
        notes,
        mark: facts.mark.map(str::to_owned),
    }
}

/// An address without its scheme and without the code at its end, as a person types it.
pub(super) fn page_of(url: &str) -> &str {
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    bare.rsplit_once('/').map_or(bare, |(page, _)| page)
}

/// What became of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberState {
    Used,
    /// Stays listed as *batal*.
    Void,
    /// Set aside for an emergency pack.
    Reserved,
    /// Written outside the system.
    Outside,
}

/// A line of Buku Agenda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgendaRow {
    /// Place in the book.
    pub seq: i64,
    /// As it stands on the letter.
    pub number: String,
    pub on_date: Date,
    pub about: String,
    pub addressee: String,
    pub state: NumberState,
    /// Why it is void; `paper` (`kernel::numbering::PAPER`) is the last number of the paper book.
    pub reason: Option<String>,
}

/// A line of Buku Ekspedisi.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispatchRow {
    pub on_date: Date,
    pub number: String,
    pub addressee: String,
    pub about: String,
    /// Who took it.
    pub receiver: String,
    /// `picked_up`, `courier`, `post`, `email`, `whatsapp`, as `kernel::numbering::dispatch::Way` keeps it.
    pub way: String,
}

/// What a book says about itself.
#[derive(Clone, Copy, Debug)]
pub struct BookFacts<'a> {
    pub unit: &'a UnitFacts,
    pub paper: Paper,
    /// "tahun 2026", "November 2026".
    pub period: &'a str,
    /// When the book was closed; open while it goes on.
    pub closed_on: Option<Date>,
    /// Who acknowledges it, at the left: the head of the unit.
    pub head: Option<&'a SignerFacts>,
    /// Who keeps it, at the right.
    pub keeper: Option<&'a SignerFacts>,
    pub mark: Option<&'a str>,
    pub ident: &'a str,
    /// Seconds since 1970 UTC.
    pub made_at_seconds: i64,
}

/// Buku Agenda of outgoing letters: every number in order, the void, reserved and outside ones too.
#[must_use]
pub fn agenda_book(facts: &BookFacts<'_>, rows: &[AgendaRow]) -> Book {
    let columns = [
        ("No.", 2, Align::Right),
        ("Tanggal", 4, Align::Left),
        ("Nomor surat", 8, Align::Left),
        ("Perihal", 9, Align::Left),
        ("Kepada / untuk", 8, Align::Left),
        ("Keterangan", 8, Align::Left),
    ];
    let row = |row: &AgendaRow| BookRow {
        cells: vec![
            row.seq.to_string(),
            date_short(row.on_date),
            row.number.clone(),
            row.about.clone(),
            row.addressee.clone(),
            remark(row),
        ],
        void: row.state == NumberState::Void,
    };
    let empty = "Belum ada surat yang bernomor.";
    book(facts, "BUKU AGENDA SURAT KELUAR", &columns, rows.iter().map(row).collect(), empty)
}

fn remark(row: &AgendaRow) -> String {
    let reason = row.reason.as_deref().unwrap_or_default().trim();
    let (word, reason) = match row.state {
        NumberState::Used => return reason.to_owned(),
        NumberState::Void => ("BATAL", reason),
        NumberState::Reserved => ("Cadangan paket darurat", reason),
        NumberState::Outside if reason == "paper" => ("Nomor terakhir di buku kertas", ""),
        NumberState::Outside => ("Di luar sistem", reason),
    };
    if reason.is_empty() { word.to_owned() } else { format!("{word}: {reason}") }
}

/// Buku Ekspedisi: how each letter left the office and who took it.
#[must_use]
pub fn dispatch_book(facts: &BookFacts<'_>, rows: &[DispatchRow]) -> Book {
    let columns = [
        ("No.", 2, Align::Right),
        ("Tanggal", 4, Align::Left),
        ("Nomor surat", 8, Align::Left),
        ("Kepada / untuk", 8, Align::Left),
        ("Perihal", 8, Align::Left),
        ("Cara", 4, Align::Left),
        ("Penerima", 6, Align::Left),
        ("Tanda tangan", 5, Align::Left),
    ];
    let way = |way: &str| match way {
        "picked_up" => "Diambil".to_owned(),
        "courier" => "Kurir".to_owned(),
        "post" => "Pos".to_owned(),
        "email" => "Surel".to_owned(),
        "whatsapp" => "WhatsApp".to_owned(),
        other => other.to_owned(),
    };
    let row = |(place, row): (usize, &DispatchRow)| BookRow {
        cells: vec![
            (place + 1).to_string(),
            date_short(row.on_date),
            row.number.clone(),
            row.addressee.clone(),
            row.about.clone(),
            way(&row.way),
            row.receiver.clone(),
            String::new(),
        ],
        void: false,
    };
    let empty = "Belum ada surat yang dikirim atau diserahkan.";
    book(facts, "BUKU EKSPEDISI", &columns, rows.iter().enumerate().map(row).collect(), empty)
}

fn book(facts: &BookFacts<'_>, title: &str, columns: &[(&str, u16, Align)], rows: Vec<BookRow>, empty: &str) -> Book {
    let signature = |signer: &SignerFacts, kind, column, heading: &[&str]| SignatureBlock {
        column,
        kind,
        heading: heading.iter().map(|line| (*line).to_owned()).collect(),
        label: signer.label.clone(),
        name: signer.name.clone(),
        id_line: signer.id_line.clone(),
        ..SignatureBlock::default()
    };
    let head = facts.head.map(|head| signature(head, SignerKind::Acknowledger, Column::Left, &["Mengetahui,"]));
    let keeper = facts.keeper.map(|keeper| signature(keeper, SignerKind::Signer, Column::Right, &[]));
    let signed = head.is_some() || keeper.is_some();
    Book {
        meta: Meta { ident: facts.ident.to_owned(), made_at_seconds: facts.made_at_seconds, author: facts.unit.name.clone() },
        sheet: sheet(facts.paper),
        language: "id".to_owned(),
        head: Some(facts.unit.letterhead()),
        title: title.to_owned(),
        subtitle: format!("{}, {}", facts.unit.name, facts.period),
        columns: columns
            .iter()
            .map(|(title, width, align)| BookColumn { title: (*title).to_owned(), width: *width, align: *align })
            .collect(),
        rows,
        empty: empty.to_owned(),
        place_date: if signed { place_date(&facts.unit.place, facts.closed_on) } else { String::new() },
        signers: head.into_iter().chain(keeper).collect(),
        mark: facts.mark.map(str::to_owned),
    }
}

/// An emergency pack as it is printed.
#[derive(Clone, Copy, Debug)]
pub struct PackFacts<'a> {
    pub unit: &'a UnitFacts,
    pub paper: Paper,
    /// The reserved numbers as they are written, in order.
    pub numbers: &'a [String],
    pub printed_on: Date,
    pub mark: Option<&'a str>,
    pub ident: &'a str,
    /// Seconds since 1970 UTC.
    pub made_at_seconds: i64,
}

/// Blank letterheads with reserved numbers, for days without electricity or network.
#[must_use]
pub fn pack(facts: &PackFacts<'_>) -> Pack {
    let of = facts.numbers.len();
    let number =
        |(place, number): (usize, &String)| ReservedNumber { number: number.clone(), place: format!("Lembar {} dari {of}", place + 1) };
    let notes = [
        "Dipakai hanya saat listrik atau jaringan padam. Satu lembar untuk satu surat; nomornya sudah disisihkan dan tidak dipakai lagi oleh sistem.",
        "Bagian bertitik pada nomor dilengkapi dengan tangan.",
        "Catat setiap pemakaian di bawah ini, lalu masukkan ke sistem lewat “Catat nomor di luar sistem” begitu menyala kembali. Lembar yang rusak atau salah dicatat sebagai batal.",
    ];
    let needed = |note: &&str| !note.starts_with("Bagian") || facts.numbers.iter().any(|number| number.contains("...."));
    Pack {
        meta: Meta { ident: facts.ident.to_owned(), made_at_seconds: facts.made_at_seconds, author: facts.unit.name.clone() },
        sheet: sheet(facts.paper),
        language: "id".to_owned(),
        head: facts.unit.letterhead(),
        title: "Paket darurat: nomor surat cadangan".to_owned(),
        notes: notes.into_iter().filter(needed).map(str::to_owned).collect(),
        list_columns: ["Tanggal", "Jenis surat", "Untuk", "Paraf"].map(str::to_owned).to_vec(),
        numbers: facts.numbers.iter().enumerate().map(number).collect(),
        page_note: format!(
            "Nomor cadangan, dicetak {}. Catat pemakaiannya pada daftar paket darurat.",
            date_long(facts.printed_on, Lang::Id)
        ),
        mark: facts.mark.map(str::to_owned),
    }
}

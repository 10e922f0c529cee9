//! Papers that must come out, whatever is in them.

use letter::frame::{self, Outcome, Request, Response};
use letter::{
    Address, Block, Book, BookColumn, BookRow, Column, Emblem, Field, KeyCopy, Letter, Letterhead, List, Pack, ReservedNumber,
    SignatureBlock, SignerKind, Slip, SlipSize, Span, Table, Verification, Witness,
};

use super::*;
use crate::worker;

fn text_of(paper: &Paper) -> String {
    let typesetter = Typesetter::new();
    let prepared = sheet::prepare(paper, &typesetter).unwrap();
    let main = file_id("letter.typ").unwrap();
    let world = Sheet { typesetter: &typesetter, main, data: Bytes::new(prepared.json), emblem: None };
    let document: PagedDocument = typst::compile(&world).output.unwrap();
    let mut text = String::new();
    for page in document.pages() {
        collect(&page.frame, &mut text);
    }
    text
}

fn collect(frame: &typst::layout::Frame, out: &mut String) {
    for (_, item) in frame.items() {
        match item {
            typst::layout::FrameItem::Text(item) => out.push_str(&item.text),
            typst::layout::FrameItem::Group(group) => collect(&group.frame, out),
            _ => {}
        }
    }
}

fn render(paper: impl Into<Paper>) -> Rendered {
    let rendered = Typesetter::new().render_as(&paper.into(), Standard::Archive).unwrap();
    assert!(rendered.pdf.starts_with(b"%PDF-1.7"));
    rendered
}

fn signer(column: Column, kind: SignerKind, name: &str) -> SignatureBlock {
    SignatureBlock { column, kind, label: vec!["KEPALA DESA".into()], name: name.into(), ..SignatureBlock::default() }
}

fn letter() -> Letter {
    let letter = Letter {
        head: Letterhead {
            above: vec!["PEMERINTAH KABUPATEN EMPAT LAWANG".into()],
            name: "DESA TANJUNG RAMAN".into(),
            ..Letterhead::default()
        },
        title: "SURAT KETERANGAN USAHA".into(),
        blocks: vec![
            Block::text("Yang bertanda tangan di bawah ini menerangkan bahwa:"),
            Block::Fields(vec![Field::bold("Nama", "RATNA HAYATI (CONTOH)"), Field::new("NIK", "1611025703810000")]),
            Block::text("Demikian surat keterangan ini dibuat."),
        ],
        signers: vec![
            SignatureBlock {
                heading: vec!["Mengetahui,".into()],
                register: Some("Reg. 500.3/087/PDP/2026".into()),
                ..signer(Column::Left, SignerKind::Acknowledger, "NAMA CAMAT (CONTOH)")
            },
            signer(Column::Right, SignerKind::Signer, "NAMA KADES (CONTOH)"),
        ],
        ..Letter::default()
    };
    let footer = Verification {
        code: "8XQ2-7PLD-M4KT".into(),
        url: "https://layanan.example/verifikasi/8XQ2-7PLD-M4KT".into(),
        lines: vec!["Periksa surat ini: ketik {code}.".into()],
    };
    letter.seal("500.3/214/TR/XI/2026", "Tanjung Raman, 20 November 2026", footer)
}

#[test]
fn a_letter_is_one_page_and_the_same_bytes_each_time() {
    let (first, again) = (render(letter()), render(letter()));
    assert_eq!(first.pages, 1);
    assert_eq!(first.pdf, again.pdf);
    let other = render(Letter { place_date: "Tanjung Raman, 21 November 2026".into(), ..letter() });
    assert_ne!(first.pdf, other.pdf);
}

#[test]
fn a_final_letter_is_archival_tagged_and_titled() {
    let pdf = render(letter()).pdf;
    let has = |needle: &str| pdf.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(has("/StructTreeRoot") && has("/Lang") && has("pdfaid:part") && has("SURAT KETERANGAN USAHA"));
    let plain = Typesetter::new().render_as(&letter().into(), Standard::Plain).unwrap().pdf;
    assert!(!plain.windows(11).any(|window| window == b"pdfaid:part"));
}

#[test]
fn a_draft_has_neither_number_nor_code() {
    let whole = text_of(&letter().into());
    for part in ["500.3/214/TR/XI/2026", "8XQ2-7PLD-M4KT", "Reg. 500.3/087"] {
        assert!(whole.contains(part), "{part} in {whole}");
    }
    let mut forced = letter();
    forced.mode = letter::Mode::Draft;
    for draft in [letter().as_draft(), forced] {
        let text = text_of(&draft.into());
        assert!(text.contains("DRAF") && text.contains("Belum bernomor"), "{text}");
        assert!(!text.contains("500.3/214") && !text.contains("8XQ2") && !text.contains("Reg. 500.3"), "{text}");
    }
    assert_eq!(Paper::from(letter().as_draft()).qr_text(), None);
}

#[test]
fn values_are_text_and_never_markup() {
    let nasty = r##"#panic("x") *a* $x^2$ \ @ref ] [ } { <l> // /* `r` "q" '' _u_ = - + ~ -- {code} #read("/etc/passwd")"##;
    let mut letter = letter();
    letter.title = nasty.into();
    letter.number = Some(nasty.into());
    letter.head.name = nasty.into();
    letter.blocks.push(Block::Paragraph(vec![Span { text: nasty.into(), bold: true, italic: true, underline: true }]));
    letter.blocks.push(Block::Fields(vec![Field::new(nasty, nasty)]));
    letter.blocks.push(Block::Table(Table {
        head: vec![nasty.into(), "b".into()],
        rows: vec![vec![nasty.into()], vec!["1".into(), "2".into(), "3".into()]],
        ..Table::default()
    }));
    letter.blocks.push(Block::Heading(nasty.into()));
    letter.signers[0].name = nasty.into();
    letter.copies.push(nasty.into());
    letter.mark = Some(nasty.into());
    render(letter.clone());
    let text = text_of(&letter.into());
    assert!(text.contains(r##"#panic("x")"##) && text.contains("$x^2$") && text.contains("*a*"), "{text}");
}

#[test]
fn odd_characters_do_not_stop_a_letter() {
    let mut letter = letter();
    letter.blocks.push(Block::text("Warung “Kopi” ☕ Bu Siti 👩🏽‍🍳 كوفي \u{202e}ilat \u{e001} a\u{301} …\nbaris kedua\0\u{feff}"));
    let rendered = render(letter);
    assert!(rendered.unprintable.contains('👩') && !rendered.unprintable.contains('\u{202e}'));
}

#[test]
fn long_names_wrap_and_empty_parts_are_fine() {
    let mut long = letter();
    long.title = "A".repeat(300);
    long.signers[1].name = format!("{} {}", "Raden Mas Haji ".repeat(12), "X".repeat(200));
    long.head.name = "DESA ".repeat(60);
    long.blocks.push(Block::Fields(vec![Field::new("Label panjang sekali ".repeat(9), "Y".repeat(400))]));
    render(long);
    render(Letter::default());
    for kind in [Paper::from(Slip::default()), Book::default().into(), Pack::default().into(), KeyCopy::default().into()] {
        render(kind);
    }
}

#[test]
fn every_block_and_every_row_of_signatures() {
    let mut all = letter();
    all.address = Some(Address {
        details: vec![("Sifat".into(), "Biasa".into()), ("Hal".into(), "Pengantar".into())],
        to: vec!["Yth. Camat Pendopo".into(), String::new(), "di Pendopo".into()],
    });
    let span = || vec![Span::plain("butir")];
    all.blocks.extend([
        Block::List(List { numbered: true, items: vec![span(), span()] }),
        Block::List(List { numbered: false, items: vec![span(), vec![]] }),
        Block::Witnesses(vec![Witness { name: "SAKSI".into(), detail: "Dusun II".into() }, Witness::default()]),
        Block::Signatures(vec![signer(Column::Right, SignerKind::Signer, "PEMOHON")]),
        Block::Space(4),
        Block::Paragraph(vec![]),
        Block::Fields(vec![]),
        Block::Table(Table::default()),
    ]);
    all.signers = [Column::Left, Column::Right, Column::Left, Column::Right, Column::Center, Column::Left]
        .map(|column| signer(column, SignerKind::Witness, ""))
        .to_vec();
    render(all);
}

#[test]
fn a_signature_never_stands_alone_on_a_page() {
    // However long the body, the page of the signatures also holds the body's last paragraph.
    for count in 18..34 {
        let mut letter = letter();
        letter.sheet = letter::Sheet::A4;
        letter.blocks = (1..=count).map(|n| Block::text(format!("Alinea {n}."))).collect();
        let typesetter = Typesetter::new();
        let prepared = sheet::prepare(&letter.into(), &typesetter).unwrap();
        let main = file_id("letter.typ").unwrap();
        let world = Sheet { typesetter: &typesetter, main, data: Bytes::new(prepared.json), emblem: None };
        let document: PagedDocument = typst::compile(&world).output.unwrap();
        let mut last = String::new();
        collect(&document.pages().last().unwrap().frame, &mut last);
        assert!(last.contains(&format!("Alinea {count}.")) && last.contains("NAMA KADES"), "{count}: {last}");
    }
}

#[test]
fn a_book_of_500_rows_repeats_its_head() {
    let columns = ["No.", "Tanggal", "Nomor surat", "Perihal", "Tujuan", "Keterangan"];
    let row = |n: usize| BookRow {
        cells: vec![n.to_string(), "20-11-2026".into(), format!("500.3/{n}/TR/XI/2026"), "Keterangan usaha".into()],
        void: n.is_multiple_of(50),
    };
    let book = Book {
        title: "BUKU AGENDA".into(),
        columns: columns.map(|title| BookColumn { title: title.into(), width: 2, ..BookColumn::default() }).to_vec(),
        rows: (1..=500).map(row).collect(),
        signers: vec![signer(Column::Right, SignerKind::Signer, "SEKRETARIS")],
        ..Book::default()
    };
    let started = std::time::Instant::now();
    let rendered = render(book);
    assert!((12..=30).contains(&rendered.pages), "{}", rendered.pages);
    assert!(started.elapsed() < std::time::Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn a_pack_has_a_list_and_one_page_for_each_number() {
    let numbers = (1..=5).map(|n| ReservedNumber { number: format!("{n}"), place: format!("{n} dari 5") }).collect();
    assert_eq!(render(Pack { numbers, ..Pack::default() }).pages, 6);
}

#[test]
fn slips_fit_on_one_page() {
    for size in [SlipSize::A6, SlipSize::Roll80] {
        let slip = Slip {
            size,
            title: "Bukti Permohonan".into(),
            code: "8XQ2-7PLD-M4KT".into(),
            url: Some("https://layanan.example/lacak/8XQ2-7PLD-M4KT".into()),
            office: vec!["DESA TANJUNG RAMAN".into(), "Kecamatan Pendopo, Kabupaten Empat Lawang".into()],
            code_label: "Kode lacak".into(),
            fields: vec![
                Field::new("Layanan", "Pengantar Izin Keramaian"),
                Field::new("Pemohon", "D••• G••••••"),
                Field::new("Diterima", "19 November 2026 pukul 10.09 WIB"),
                Field::new("Paling lambat", "22 November 2026 pukul 10.09 WIB"),
                Field::bold("Biaya", "GRATIS"),
            ],
            // The most that a service of the packages says.
            notes: vec![
                "Lihat perkembangannya di layanan.empatlawang.example/lacak atau tanyakan di kantor desa.".into(),
                "Ketua RT atau kepala dusun menyatakan tidak keberatan, bila kantor memintanya.".into(),
                "Kasi Pelayanan memeriksa, antara lain bentrok jadwal di tempat yang sama.".into(),
                "Sekretaris memaraf, kepala kantor menandatangani.".into(),
                "Ada pungutan atau pertanyaan? Sampaikan ke kantor: Jalan Poros Tanjung Raman.".into(),
            ],
            mark: Some("CONTOH, BUKAN SURAT RESMI".into()),
            ..Slip::default()
        };
        assert_eq!(render(slip).pages, 1, "{size:?}");
    }
}

#[test]
fn an_emblem_is_drawn_and_a_broken_one_is_one_clear_error() {
    let mut letter = letter();
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><text y="6">A</text><path d="M0 0h8v8z"/></svg>"#;
    letter.head.emblem = Emblem::from_bytes(svg).unwrap();
    render(letter.clone());
    letter.head.emblem = Emblem::Png(b"\x89PNG\r\n\x1a\nnot a picture".to_vec());
    let error = Typesetter::new().render(&letter.into()).unwrap_err();
    assert!(matches!(error, TypesetError::Layout(_)), "{error}");
}

#[test]
fn the_worker_answers_each_request_in_turn() {
    let slip = Slip { url: Some("x".repeat(1_000)), ..Slip::default() };
    let mut requests = Vec::new();
    for (id, paper) in [(1, letter().into()), (2, slip.into()), (3, letter().into())] {
        frame::write_json(&mut requests, &Request { id, standard: Standard::Archive, paper }).unwrap();
    }
    let mut answers = Vec::new();
    worker::serve(&Typesetter::new(), &mut requests.as_slice(), &mut answers).unwrap();
    let mut reader = answers.as_slice();
    for id in 1..=3 {
        let response: Response = frame::read_json(&mut reader, frame::RESPONSE_BYTES_MAX).unwrap().unwrap();
        assert_eq!(response.id, id);
        match response.outcome {
            Outcome::Done { pages, .. } => {
                let pdf = frame::read(&mut reader, frame::RESPONSE_BYTES_MAX).unwrap().unwrap();
                assert!(id != 2 && pages == 1 && pdf.starts_with(b"%PDF"));
            }
            Outcome::Failed { reason } => assert!(id == 2 && reason.contains("QR"), "{reason}"),
        }
    }
    assert!(reader.is_empty());
    assert!(worker::serve(&Typesetter::new(), &mut b"not a frame at all".as_slice(), &mut Vec::new()).is_err());
}

#[test]
fn moments_become_civil_times() {
    for (seconds, y, m, d) in [(0, 1970, 1, 1), (951_782_400, 2000, 2, 29), (1_795_132_800, 2026, 11, 20)] {
        let it = datetime(seconds).unwrap();
        assert_eq!((it.year(), it.month(), it.day()), (Some(y), Some(m), Some(d)), "{seconds}");
    }
}

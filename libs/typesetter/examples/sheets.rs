//! Renders one sample of every paper into a folder, through the same child processes as the server.
//!
//! `cargo run -p typesetter --example sheets -- FOLDER`, then look at them: `pdftoppm -r 70 -png FILE.pdf FILE`.

use std::path::Path;
use std::time::Instant;
use std::{env, fs, io};

use letter::{
    Address, Align, Block, Book, BookColumn, BookRow, Column, Field, KeyCopy, Letter, Letterhead, List, Meta, Pack, Paper, Renderer,
    RendererConfig, ReservedNumber, Sheet, SignatureBlock, SignerKind, Slip, SlipSize, Span, Standard, Table, Template, Verification,
    Witness,
};

const MARK: &str = "CONTOH, BUKAN SURAT RESMI";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let argument = env::args().nth(1).ok_or_else(|| io::Error::other("usage: sheets FOLDER"))?;
    if argument == "--worker" {
        return Ok(typesetter::worker::run(typesetter::Limits::default())?);
    }
    let folder = Path::new(&argument);
    fs::create_dir_all(folder)?;
    let renderer = Renderer::new(RendererConfig::new(env::current_exe()?, ["--worker"]));
    renderer.warm()?;
    for (name, paper) in papers() {
        let started = Instant::now();
        let rendered = renderer.render_as(&paper, Standard::Archive)?;
        let line = format!("{name}: {} pages, {} bytes, {:?}\n", rendered.pages, rendered.pdf.len(), started.elapsed());
        io::Write::write_all(&mut io::stdout(), line.as_bytes())?;
        fs::write(folder.join(format!("{name}.pdf")), rendered.pdf)?;
    }
    Ok(())
}

fn papers() -> Vec<(&'static str, Paper)> {
    vec![
        ("01-usaha-f4", business().into()),
        ("02-usaha-draf", Letter { sheet: Sheet::A4, ..business().as_draft() }.into()),
        ("03-ahli-waris-a4", heirs().into()),
        ("04-pengantar", introduction().into()),
        ("05-panjang", long().into()),
        ("06-slip-a6", slip(SlipSize::A6).into()),
        ("07-slip-80", slip(SlipSize::Roll80).into()),
        ("08-agenda", book().into()),
        ("09-darurat", pack().into()),
        ("10-kunci", key_copy().into()),
    ]
}

fn text(value: &str) -> String {
    value.to_owned()
}

fn texts<const N: usize>(values: [&str; N]) -> Vec<String> {
    values.map(str::to_owned).to_vec()
}

fn meta(ident: &str) -> Meta {
    Meta { ident: text(ident), made_at_seconds: 1_795_160_000, author: text("Desa Tanjung Raman") }
}

fn head() -> Letterhead {
    Letterhead {
        above: texts(["PEMERINTAH KABUPATEN EMPAT LAWANG", "KECAMATAN PENDOPO"]),
        name: text("DESA TANJUNG RAMAN"),
        address: texts(["Jalan Lintas Pendopo Nomor 12, Kode Pos 31593"]),
        ..Letterhead::default()
    }
}

fn verification() -> Verification {
    Verification {
        code: text("8XQ2-7PLD-M4KT"),
        url: text("https://layanan.empatlawang.example/verifikasi/8XQ2-7PLD-M4KT"),
        lines: texts([
            "Periksa surat ini: pindai kode di samping, atau buka layanan.empatlawang.example/verifikasi dan ketik {code}.",
            "Surat ditandatangani basah dan terdaftar di buku agenda desa. Salah satu data tidak benar? Hubungi kantor desa.",
        ]),
    }
}

fn head_of_village() -> SignatureBlock {
    SignatureBlock {
        label: texts(["Plh. KEPALA DESA TANJUNG RAMAN,", "Sekretaris Desa"]),
        name: text("NAMA SEKDES (CONTOH)"),
        ..SignatureBlock::default()
    }
}

fn camat() -> SignatureBlock {
    SignatureBlock {
        column: Column::Left,
        kind: SignerKind::Acknowledger,
        heading: texts(["Mengetahui,"]),
        label: texts(["CAMAT PENDOPO"]),
        register: Some(text("Reg. 500.3/087/PDP/2026")),
        name: text("NAMA CAMAT (CONTOH)"),
        id_line: text("NIP 00000000 000000 0 000"),
        ..SignatureBlock::default()
    }
}

fn paragraph(template: &str) -> Block {
    let value = |name: &str| {
        Some(match name {
            "unit.term" => text("desa"),
            "usaha" => text("penggilingan kopi"),
            "tempat" => text("Dusun II"),
            "sejak" => text("2019"),
            _ => return None,
        })
    };
    let spans = Template::parse(template).ok().and_then(|template| template.fill(&value).ok());
    Block::Paragraph(spans.unwrap_or_default())
}

fn resident() -> Block {
    Block::Fields(vec![
        Field::bold("Nama", "RATNA HAYATI (CONTOH)"),
        Field::new("NIK", "1611025703810000"),
        Field::new("Tempat, tanggal lahir", "Pendopo, 17 Maret 1981"),
        Field::new("Jenis kelamin", "Perempuan"),
        Field::new("Pekerjaan", "Pengumpul kopi"),
        Field::new("Alamat", "Dusun II, RT 03, Desa Tanjung Raman"),
    ])
}

fn business() -> Letter {
    Letter {
        meta: meta("surat-1"),
        head: head(),
        title: text("SURAT KETERANGAN USAHA"),
        blocks: vec![
            Block::text(
                "Yang bertanda tangan di bawah ini, Pelaksana Harian Kepala Desa Tanjung Raman, Kecamatan Pendopo, \
                 Kabupaten Empat Lawang, menerangkan bahwa:",
            ),
            resident(),
            paragraph(
                "adalah benar penduduk {unit.term} kami dan menjalankan usaha **{usaha}** di {tempat} sejak tahun {sejak}, \
                 yang sampai surat ini dibuat masih berjalan.",
            ),
            paragraph(
                "Surat keterangan ini dibuat untuk keperluan **pengajuan Kredit Usaha Rakyat** dan berlaku tiga bulan sejak \
                 tanggal ditandatangani, sampai dengan 20 Februari 2027. Surat ini bukan izin usaha dan bukan bukti \
                 kepemilikan tempat usaha.",
            ),
            Block::text("Demikian surat keterangan ini dibuat untuk dipergunakan sebagaimana mestinya."),
        ],
        signers: vec![camat(), head_of_village()],
        copies: texts(["Arsip"]),
        mark: Some(text(MARK)),
        ..Letter::default()
    }
    .seal("500.3/214/TR/XI/2026", "Tanjung Raman, 20 November 2026", verification())
}

/// A statement with heirs in a table, two witnesses, the head of the village and the camat.
fn heirs() -> Letter {
    let witness = |column, name: &str| SignatureBlock {
        column,
        kind: SignerKind::Witness,
        label: texts(["Saksi"]),
        name: text(name),
        ..SignatureBlock::default()
    };
    Letter {
        meta: meta("surat-2"),
        sheet: Sheet::A4,
        title: text("SURAT PERNYATAAN AHLI WARIS"),
        blocks: vec![
            Block::text(
                "Kami yang bertanda tangan di bawah ini, ahli waris almarhum SUKARDI (CONTOH), menyatakan bahwa ahli warisnya adalah:",
            ),
            Block::Table(Table {
                head: texts(["No.", "Nama", "NIK", "Hubungan", "Umur"]),
                rows: vec![
                    texts(["1", "RATNA HAYATI (CONTOH)", "1611025703810000", "Istri", "45"]),
                    texts(["2", "MUHAMMAD ABDURRAHMAN WAHID KARTADINATA (CONTOH)", "1611021203050000", "Anak kandung", "21"]),
                ],
                widths: vec![2, 9, 6, 5, 2],
                aligns: vec![Align::Center, Align::Left, Align::Left, Align::Left, Align::Right],
            }),
            Block::text(
                "Pernyataan ini kami buat dengan sebenarnya dan kami bersedia bertanggung jawab apabila di kemudian hari ternyata tidak benar.",
            ),
            Block::Signatures(vec![SignatureBlock {
                label: texts(["Yang menyatakan,"]),
                in_space: Some(text("Meterai Rp10.000")),
                name: text("RATNA HAYATI (CONTOH)"),
                ..SignatureBlock::default()
            }]),
        ],
        signers: vec![
            witness(Column::Left, "NAMA SAKSI SATU (CONTOH)"),
            witness(Column::Right, ""),
            camat(),
            SignatureBlock {
                heading: texts(["Dibenarkan oleh,"]),
                label: texts(["KEPALA DESA TANJUNG RAMAN,"]),
                name: text("NAMA KEPALA DESA DENGAN GELAR PANJANG, S.Sos., M.Si. (CONTOH)"),
                ..SignatureBlock::default()
            },
        ],
        mark: Some(text(MARK)),
        ..business()
    }
}

fn introduction() -> Letter {
    Letter {
        meta: meta("surat-3"),
        address: Some(Address {
            details: [
                ("Sifat", "Biasa"),
                ("Lampiran", "1 (satu) berkas"),
                ("Hal", "Pengantar penerbitan Nomor Induk Berusaha atas nama warga"),
            ]
            .map(|(label, value)| (text(label), text(value)))
            .to_vec(),
            to: texts(["Kepada", "Yth. Kepala Dinas Penanaman Modal dan PTSP Kabupaten Empat Lawang", "di", "Tebing Tinggi"]),
        }),
        blocks: vec![
            Block::text("Dengan hormat, bersama ini kami sampaikan berkas warga kami untuk dapat diproses lebih lanjut:"),
            Block::List(List {
                numbered: true,
                items: vec![
                    vec![Span::plain("fotokopi KTP-el dan Kartu Keluarga;")],
                    vec![
                        Span::plain("surat keterangan usaha nomor "),
                        Span::bold("500.3/214/TR/XI/2026"),
                        Span::plain(", yang memuat jenis, tempat dan tahun mulai usaha sebagaimana diperiksa oleh Kepala Dusun II;"),
                    ],
                    vec![Span::plain("foto tempat usaha.")],
                ],
            }),
            Block::Witnesses(vec![
                Witness { name: text("NAMA SAKSI SATU (CONTOH)"), detail: text("Dusun II, RT 03") },
                Witness { name: text("NAMA SAKSI DUA (CONTOH)"), detail: text("Kepala Dusun II") },
            ]),
            Block::text("Atas perhatian Saudara kami ucapkan terima kasih."),
        ],
        signers: vec![head_of_village()],
        copies: texts(["Camat Pendopo (sebagai laporan)", "Arsip"]),
        ..business()
    }
}

fn long() -> Letter {
    let sentence = "Bahwa yang bersangkutan telah memenuhi kewajiban sebagaimana diatur dalam peraturan desa dan tidak sedang \
                    dalam sengketa dengan pihak mana pun, baik perorangan maupun badan. ";
    let mut blocks = vec![Block::text("Yang bertanda tangan di bawah ini menerangkan bahwa:"), resident()];
    blocks.extend((0..11).map(|_| Block::text(sentence.repeat(2))));
    blocks.push(Block::text("Demikian surat keterangan ini dibuat untuk dipergunakan sebagaimana mestinya."));
    Letter { meta: meta("surat-4"), blocks, ..business() }
}

fn slip(size: SlipSize) -> Slip {
    Slip {
        meta: meta("bukti-1"),
        size,
        office: texts(["DESA TANJUNG RAMAN", "Kecamatan Pendopo, Kabupaten Empat Lawang"]),
        title: text("Bukti Permohonan"),
        code_label: text("Kode lacak"),
        code: text("8XQ2-7PLD-M4KT"),
        url: Some(text("https://layanan.empatlawang.example/lacak/8XQ2-7PLD-M4KT")),
        fields: vec![
            Field::new("Layanan", "Surat Keterangan Usaha"),
            Field::new("Diterima", "20 November 2026, pukul 09.12 WIB"),
            Field::new("Paling lambat", "23 November 2026, pukul 15.30 WIB"),
            Field::bold("Biaya", "GRATIS"),
        ],
        notes: texts([
            "Simpan bukti ini. Lihat perkembangannya di layanan.empatlawang.example/lacak atau tanyakan di kantor desa.",
            "Tidak dipungut biaya. Laporkan pungutan ke 0800-000-000.",
        ]),
        mark: Some(text("CONTOH")),
        ..Slip::default()
    }
}

fn book() -> Book {
    let columns = [
        ("No.", 2, Align::Right),
        ("Tanggal", 4, Align::Left),
        ("Nomor surat", 7, Align::Left),
        ("Perihal", 9, Align::Left),
        ("Kepada / untuk", 8, Align::Left),
        ("Penanda tangan", 6, Align::Left),
        ("Keterangan", 6, Align::Left),
    ];
    let row = |n: usize| BookRow {
        cells: vec![
            n.to_string(),
            text("20-11-2026"),
            format!("500.3/{n:03}/TR/XI/2026"),
            text("Surat keterangan usaha"),
            text("RATNA H. (CONTOH)"),
            text("Plh. Kepala Desa"),
            text(if n == 7 { "BATAL: salah nama" } else { "" }),
        ],
        void: n == 7,
    };
    Book {
        meta: meta("buku-1"),
        head: Some(head()),
        title: text("BUKU AGENDA SURAT KELUAR"),
        subtitle: text("Desa Tanjung Raman, November 2026"),
        columns: columns.map(|(title, width, align)| BookColumn { title: text(title), width, align }).to_vec(),
        rows: (1..=60).map(row).collect(),
        place_date: text("Tanjung Raman, 30 November 2026"),
        signers: vec![
            SignatureBlock {
                heading: texts(["Mengetahui,"]),
                label: texts(["KEPALA DESA TANJUNG RAMAN"]),
                column: Column::Left,
                kind: SignerKind::Acknowledger,
                name: text("NAMA KADES (CONTOH)"),
                ..SignatureBlock::default()
            },
            SignatureBlock { label: texts(["Sekretaris Desa,"]), name: text("NAMA SEKDES (CONTOH)"), ..SignatureBlock::default() },
        ],
        mark: Some(text(MARK)),
        ..Book::default()
    }
}

fn pack() -> Pack {
    Pack {
        meta: meta("paket-1"),
        head: head(),
        title: text("Paket darurat: nomor surat cadangan"),
        notes: texts([
            "Dipakai hanya saat listrik atau jaringan padam. Satu lembar untuk satu surat; nomornya sudah dipesan dan tidak dipakai lagi oleh sistem.",
            "Catat setiap pemakaian di bawah ini, lalu masukkan ke sistem melalui “Catat nomor di luar sistem” begitu menyala kembali. Lembar yang rusak atau salah dicatat sebagai batal.",
        ]),
        list_columns: texts(["Tanggal", "Jenis surat", "Untuk", "Paraf"]),
        numbers: (215..=226)
            .map(|n| ReservedNumber { number: format!("500.3/{n}/TR/XI/2026"), place: format!("Lembar {} dari 12", n - 214) })
            .collect(),
        page_note: text("Nomor cadangan, dicetak 20 November 2026. Catat pemakaiannya pada daftar paket darurat."),
        mark: Some(text(MARK)),
        ..Pack::default()
    }
}

fn key_copy() -> KeyCopy {
    KeyCopy {
        meta: meta("kunci-1"),
        sheet: Sheet::A4,
        owner: text("Pemerintah Kabupaten Empat Lawang"),
        title: text("Salinan pemulihan kunci induk"),
        fields: vec![
            Field::new("Nomor kunci", "1"),
            Field::new("Dibuat", "20 November 2026, pukul 09.12 WIB"),
            Field::new("Sidik", "3F7A 91C2"),
        ],
        groups: (0..16).map(|n| format!("{:04X}", n * 4099 % 65_536)).collect(),
        qr: Some(text("smartgovt-key:1:0000111122223333444455556666777788889999aaaabbbbccccddddeeeeffff")),
        notes: texts([
            "Siapa memegang lembar ini dapat membuka semua data terenkripsi. Simpan dalam amplop tersegel di brankas, terpisah dari cadangan data.",
            "Untuk memulihkan: jalankan perintah pemulihan dan ketik kelompok di atas menurut nomornya, atau pindai kode ini.",
        ]),
        received_by: texts(["Disimpan oleh", "Saksi", "Saksi"]),
        mark: Some(text("CONTOH")),
        ..KeyCopy::default()
    }
}

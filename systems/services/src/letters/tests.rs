use indonesian::{Sex, Zone};
use jiff::civil::date;
use kernel::post::{HoldingKind, LabelPost, signature_label};
use letter::{Paper as AnyPaper, SlipSize};

use super::*;
use crate::forms::{Channel, check};
use crate::model::chain::UnitKind;
use crate::model::packages;

const SIGNED: Date = date(2026, 11, 20);

fn service(slug: &str) -> Definition {
    packages::all().unwrap().into_iter().find(|definition| definition.slug == slug).unwrap()
}

fn village() -> UnitFacts {
    UnitFacts {
        kind: UnitKind::Desa,
        name: "Desa Tanjung Raman".into(),
        bare_name: "Tanjung Raman".into(),
        short: "TR".into(),
        address: vec!["Jalan Lintas Pendopo Nomor 12, Kode Pos 31593".into()],
        head_title: "Kepala Desa".into(),
        district_name: Some("Pendopo".into()),
        district_head: Some("Camat Pendopo".into()),
        regency: "Kabupaten Empat Lawang".into(),
        province: "Sumatera Selatan".into(),
        place: "Tanjung Raman".into(),
        emblem: letter::Emblem::Placeholder,
    }
}

fn unit(kind: UnitKind, name: &str, bare: &str, head: &str) -> UnitFacts {
    UnitFacts {
        kind,
        name: name.into(),
        bare_name: bare.into(),
        head_title: head.into(),
        district_name: (kind != UnitKind::Opd).then(|| "Pendopo".to_owned()),
        district_head: (kind != UnitKind::Opd).then(|| "Camat Pendopo".to_owned()),
        place: "Pendopo".into(),
        ..village()
    }
}

fn resident() -> ResidentFacts {
    ResidentFacts {
        name: Some("RATNA HAYATI (CONTOH)".into()),
        nik: Some("1611025703810000".into()),
        kk: Some("1611020101100000".into()),
        sex: Some(Sex::Female),
        birth_place: Some("PENDOPO".into()),
        birth_date: Some(date(1981, 3, 17)),
        religion: Some("ISLAM".into()),
        marital: Some("KAWIN".into()),
        occupation: Some("Pengumpul kopi".into()),
        nationality: Some("WNI".into()),
        address: Some("Dusun II, RT 03, Desa Tanjung Raman".into()),
    }
}

fn signer(kind: HoldingKind, title: &str, unit: &UnitFacts, own_office: Option<&str>) -> SignerFacts {
    let post = LabelPost { title: title.into(), unit_name: unit.name.clone(), kind };
    SignerFacts {
        sentence: signer_sentence(kind.prefix(), &post.name(), None),
        label: signature_label(&post, own_office, &[]),
        name: "NAMA PEJABAT (CONTOH)".into(),
        id_line: String::new(),
    }
}

/// Something plausible at every input: the first choice, a date in its range, two persons in each list.
fn sample(definition: &Definition) -> Answers {
    let typed = |input: &str| {
        use crate::model::form::FieldKind;
        let (key, part) = input.split_once('.').unwrap_or((input, ""));
        let field = definition.field(key)?;
        Some(match field.kind {
            FieldKind::Number => "3".to_owned(),
            FieldKind::Money => "1.500.000".to_owned(),
            FieldKind::Date => {
                let days = field.latest_days.unwrap_or(0).min(10).max(field.earliest_days.unwrap_or(0));
                SIGNED.checked_add(Days::new().days(days)).unwrap().to_string()
            }
            FieldKind::Choice => field.choices[0].value.clone(),
            FieldKind::Photo | FieldKind::File => return None,
            FieldKind::People => match part.split_once('.')? {
                ("0" | "1", "name") => format!("Orang {part} {key}"),
                ("0" | "1", "relation") => field.people.as_ref()?.relations.first()?.value.clone(),
                ("0" | "1", "birth_date") => "1990-05-02".to_owned(),
                ("0" | "1", "address" | "occupation") => "Dusun I".to_owned(),
                _ => return None,
            },
            _ => format!("isi {key}").chars().take(16).collect(),
        })
    };
    check(definition, Channel::Counter, SIGNED, &typed).unwrap_or_else(|errors| panic!("{}: {:?}", definition.slug, errors.kinds()))
}

struct Case {
    definition: Definition,
    unit: UnitFacts,
    resident: ResidentFacts,
    answers: Answers,
    signer: SignerFacts,
    acknowledger: Option<Acknowledger>,
    verification: VerificationFacts,
}

impl Case {
    fn new(definition: Definition, unit: UnitFacts) -> Case {
        let signer = signer(HoldingKind::Definitive, &unit.head_title, &unit, None);
        Case {
            answers: sample(&definition),
            definition,
            unit,
            resident: resident(),
            signer,
            acknowledger: None,
            verification: VerificationFacts {
                code: "8XQ2-7PLD-M4KT".into(),
                url: "https://layanan.empatlawang.example/verifikasi/8XQ27PLDM4KT".into(),
            },
        }
    }

    fn of(slug: &str) -> Case {
        Case::new(service(slug), village())
    }

    /// Answers the whole form again with these.
    fn answered(mut self, pairs: &[(&str, &str)]) -> Case {
        let typed = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        self.answers = check(&self.definition, Channel::Counter, SIGNED, &typed).unwrap();
        self
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            definition: &self.definition,
            paper: self.definition.letter.paper,
            unit: &self.unit,
            resident: &self.resident,
            applicant: None,
            answers: &self.answers,
            witnesses: &[],
            signer: &self.signer,
            acknowledger: self.acknowledger.as_ref(),
            copies: &[],
            number: None,
            signed_on: None,
            valid_until: None,
            mark: Some(DEMO_MARK),
            verification: Some(&self.verification),
            ident: "surat-1",
            made_at_seconds: 1_795_160_000,
        }
    }

    fn draft(&self) -> Letter {
        letter(&self.facts()).unwrap()
    }

    fn signed(&self) -> Letter {
        let valid_until = valid_until(&self.definition, SIGNED, &self.answers);
        let facts = Facts { number: Some("500.3/214/TR/XI/2026"), signed_on: Some(SIGNED), valid_until, ..self.facts() };
        letter(&facts).unwrap()
    }
}

fn plain(spans: &[Span]) -> String {
    spans.iter().map(|span| if span.bold { format!("**{}**", span.text) } else { span.text.clone() }).collect()
}

/// The letter as one reads it.
fn flat(letter: &Letter) -> String {
    let mut lines = letter.head.above.clone();
    lines.push(letter.head.name.clone());
    lines.push(format!("== {} ==", letter.title));
    lines.push(format!("Nomor: {}", letter.number.as_deref().unwrap_or("-")));
    if let Some(address) = &letter.address {
        lines.extend(address.details.iter().map(|(label, value)| format!("{label}: {value}")));
        lines.extend(address.to.clone());
    }
    for block in &letter.blocks {
        match block {
            Block::Paragraph(spans) => lines.push(plain(spans)),
            Block::Fields(fields) => {
                let bold = |field: &Field| if field.bold { format!("**{}**", field.value) } else { field.value.clone() };
                lines.extend(fields.iter().map(|field| format!("  {}: {}", field.label, bold(field))));
            }
            Block::Table(table) => {
                lines.push(table.head.join(" | "));
                lines.extend(table.rows.iter().map(|row| row.join(" | ").replace('\n', "")));
            }
            Block::Witnesses(list) => lines.extend(list.iter().map(|it| format!("Saksi {} ({})", it.name, it.detail))),
            other => panic!("{other:?}"),
        }
    }
    for signer in &letter.signers {
        let mut words = if signer.kind == SignerKind::Signer { vec![letter.place_date.clone()] } else { Vec::new() };
        words.extend(signer.heading.iter().chain(&signer.label).chain(&signer.register).cloned());
        words.push(format!("({})", signer.name));
        lines.push(words.join(" / "));
    }
    if !letter.copies.is_empty() {
        lines.push(format!("Tembusan: {}", letter.copies.join("; ")));
    }
    if let Some(footer) = &letter.footer {
        lines.extend(footer.lines.iter().map(|line| line.replace("{code}", &footer.code)));
    }
    lines.join("\n")
}

fn all() -> Vec<Case> {
    let case = |definition: Definition| {
        let unit = match definition.slug.as_str() {
            "dispensasi-nikah" => unit(UnitKind::Kecamatan, "Kecamatan Pendopo", "Pendopo", "Camat"),
            "keterangan-penelitian" => {
                let name = "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu";
                unit(UnitKind::Opd, name, name, "Kepala Dinas")
            }
            _ => village(),
        };
        Case::new(definition, unit)
    };
    packages::all().unwrap().into_iter().map(case).collect()
}

#[test]
fn each_package_yields_a_letter_without_a_placeholder_left() {
    for case in all() {
        for letter in [case.draft(), case.signed()] {
            let text = flat(&letter);
            let left = text.contains('{') || text.contains('}') || text.contains("sampai dengan  ") || text.contains("  .");
            assert!(!left, "{}: {text}", case.definition.slug);
            assert!(letter.blocks.len() > 3, "{}", case.definition.slug);
            assert_eq!(letter.mark.as_deref(), Some(DEMO_MARK));
        }
        let open = flat(&case.signed()).contains(OPEN);
        assert!(!open, "{} is signed with an open place", case.definition.slug);
    }
}

#[test]
fn a_draft_has_neither_number_nor_date_nor_qr_nor_register() {
    for mut case in all() {
        case.acknowledger = Some(Acknowledger { register: Some("087/PDP/2026".into()), ..Acknowledger::default() });
        let draft = case.draft();
        assert!(draft.is_draft() && draft.number.is_none() && draft.footer.is_none(), "{}", case.definition.slug);
        assert!(draft.signers.iter().all(|signer| signer.register.is_none()));
        assert!(draft.place_date.ends_with(OPEN));
        assert_eq!(AnyPaper::from(draft).qr_text(), None);
        let signed = case.signed();
        assert_eq!(AnyPaper::from(signed).qr_text(), Some(case.verification.url.as_str()));
    }
}

#[test]
fn a_number_without_a_date_is_refused() {
    let case = Case::of("keterangan-usaha");
    assert_eq!(letter(&Facts { number: Some("1"), ..case.facts() }), Err(LetterError::Undated));
    let no_one = ResidentFacts::default();
    let missing = letter(&Facts { resident: &no_one, ..case.facts() });
    assert_eq!(missing, Err(LetterError::Missing { key: "nama".into() }));
}

#[test]
fn the_business_statement_of_an_acting_head_reads_like_this() {
    let mut case = Case::of("keterangan-usaha").answered(&[
        ("jenis_usaha", "penggilingan kopi"),
        ("alamat_usaha", "Dusun II"),
        ("mulai_usaha", "2019-01-01"),
        ("keperluan", "kur"),
    ]);
    case.signer = signer(HoldingKind::Plh, "Kepala Desa", &case.unit, Some("Sekretaris Desa"));
    assert_eq!(
        flat(&case.signed()),
        "PEMERINTAH KABUPATEN EMPAT LAWANG
KECAMATAN PENDOPO
DESA TANJUNG RAMAN
== SURAT KETERANGAN USAHA ==
Nomor: 500.3/214/TR/XI/2026
Yang bertanda tangan di bawah ini, Pelaksana Harian Kepala Desa Tanjung Raman, Kecamatan Pendopo, Kabupaten Empat Lawang, menerangkan bahwa:
  Nama: **RATNA HAYATI (CONTOH)**
  NIK: 1611025703810000
  Tempat, tanggal lahir: Pendopo, 17 Maret 1981
  Jenis kelamin: Perempuan
  Pekerjaan: Pengumpul kopi
  Alamat: Dusun II, RT 03, Desa Tanjung Raman
adalah benar penduduk desa kami dan menjalankan usaha **penggilingan kopi** di Dusun II sejak tahun 2019, yang sampai surat ini dibuat masih berjalan.
Surat keterangan ini dibuat untuk keperluan **pengajuan Kredit Usaha Rakyat** dan berlaku tiga bulan sejak tanggal ditandatangani, sampai dengan 20 Februari 2027. Surat ini bukan izin usaha dan bukan bukti kepemilikan tempat usaha.
Demikian surat keterangan ini dibuat untuk dipergunakan sebagaimana mestinya.
Tanjung Raman, 20 November 2026 / Plh. KEPALA DESA TANJUNG RAMAN, / Sekretaris Desa / (NAMA PEJABAT (CONTOH))
Tembusan: Arsip
Periksa surat ini: pindai kode di samping, atau buka layanan.empatlawang.example/verifikasi dan ketik 8XQ2-7PLD-M4KT.
Surat ditandatangani basah dan terdaftar di buku agenda desa. Salah satu data tidak benar? Hubungi kantor desa."
    );
}

#[test]
fn the_statement_of_heirs_reads_like_this() {
    let mut case = Case::of("keterangan-ahli-waris").answered(&[
        ("nama_almarhum", "SULAIMAN (CONTOH)"),
        ("tanggal_meninggal", "3 Mei 2026"),
        ("tempat_meninggal", "Pendopo"),
        ("alamat_terakhir", "Dusun I"),
        ("dasar_kematian", "akta"),
        ("nomor_akta", "1611-KM-0001"),
        ("ahli_waris.0.name", "RATNA HAYATI (CONTOH)"),
        ("ahli_waris.0.nik", "1611025703810000"),
        ("ahli_waris.0.birth_date", "17-3-1981"),
        ("ahli_waris.0.relation", "anak"),
        ("ahli_waris.1.name", "HALIMAH (CONTOH)"),
        ("ahli_waris.1.relation", "suami_istri"),
        ("saksi.0.name", "BURHAN (CONTOH)"),
        ("saksi.0.address", "Dusun II"),
        ("saksi.1.name", "AMINAH (CONTOH)"),
        ("keperluan", "lainnya"),
        ("keperluan_lain", "lelang"),
    ]);
    case.acknowledger = Some(Acknowledger {
        label: vec!["CAMAT PENDOPO,".into()],
        name: "NAMA CAMAT (CONTOH)".into(),
        id_line: "NIP 00000000 000000 0 000".into(),
        register: Some("100.3/087/PDP/2026".into()),
    });
    assert_eq!(
        flat(&case.signed()),
        "PEMERINTAH KABUPATEN EMPAT LAWANG
KECAMATAN PENDOPO
DESA TANJUNG RAMAN
== SURAT KETERANGAN AHLI WARIS ==
Nomor: 500.3/214/TR/XI/2026
Yang bertanda tangan di bawah ini, Kepala Desa Tanjung Raman, Kecamatan Pendopo, Kabupaten Empat Lawang, menerangkan bahwa:
  Nama: **SULAIMAN (CONTOH)**
  Alamat terakhir: Dusun I
telah meninggal dunia pada 3 Mei 2026 di Pendopo menurut kutipan akta kematian nomor 1611-KM-0001, dan meninggalkan 2 (dua) orang ahli waris:
No. | Nama | NIK | Tanggal lahir | Hubungan | Tanda tangan
1. | RATNA HAYATI (CONTOH) | 1611025703810000 | 17 Maret 1981 | Anak kandung | 1 ……………
2. | HALIMAH (CONTOH) | - | - | Suami atau istri | 2 ……………
Keterangan ini dibuat menurut pernyataan para ahli waris dan keterangan saksi **BURHAN (CONTOH)** dan **AMINAH (CONTOH)**, yang bertanggung jawab atas kebenarannya. Bila kelak ada ahli waris lain, para ahli waris tersebut di atas menanggung akibatnya.
Surat keterangan ini dibuat untuk keperluan **lelang**. Surat ini tidak membagi harta warisan dan tidak menggantikan penetapan pengadilan.
Demikian surat keterangan ini dibuat untuk dipergunakan sebagaimana mestinya.
Saksi BURHAN (CONTOH) (Dusun II)
Saksi AMINAH (CONTOH) ()
Mengetahui, / CAMAT PENDOPO, / Reg. 100.3/087/PDP/2026 / (NAMA CAMAT (CONTOH))
Tanjung Raman, 20 November 2026 / KEPALA DESA TANJUNG RAMAN, / (NAMA PEJABAT (CONTOH))
Tembusan: Camat Pendopo; Ahli waris; Arsip
Periksa surat ini: pindai kode di samping, atau buka layanan.empatlawang.example/verifikasi dan ketik 8XQ2-7PLD-M4KT.
Surat ditandatangani basah dan terdaftar di buku agenda desa. Salah satu data tidak benar? Hubungi kantor desa."
    );
}

#[test]
fn the_camats_place_stays_open_until_somebody_acknowledges() {
    let letter = Case::of("keterangan-ahli-waris").signed();
    let camat = &letter.signers[0];
    assert_eq!((camat.column, camat.kind), (Column::Left, SignerKind::Acknowledger));
    assert_eq!((camat.label.as_slice(), camat.name.as_str(), &camat.register), (&["CAMAT PENDOPO,".to_owned()][..], "", &None));
}

#[test]
fn what_a_resident_typed_stays_text() {
    let nasty = "#eval(1) **{nama}** *x* __y__ $z$ \\ {{ <b>";
    let case = Case::of("keterangan-usaha").answered(&[
        ("jenis_usaha", nasty),
        ("alamat_usaha", "{nik}"),
        ("mulai_usaha", "2019-01-01"),
        ("keperluan", "lainnya"),
        ("keperluan_lain", "*{nik}*"),
    ]);
    let letter = case.signed();
    let Some(Block::Paragraph(spans)) = letter.blocks.get(2) else { panic!("a paragraph") };
    assert_eq!(spans[1], Span::bold(nasty));
    assert!(spans[2].text.starts_with(" di {nik} sejak"));
    let Some(Block::Paragraph(spans)) = letter.blocks.get(3) else { panic!("a paragraph") };
    assert_eq!(spans[1], Span::bold("*{nik}*"));
}

#[test]
fn a_secretary_signs_on_behalf_of_the_head() {
    let mut case = Case::of("keterangan-usaha");
    let head = LabelPost { title: "Kepala Desa".into(), unit_name: case.unit.name.clone(), kind: HoldingKind::Definitive };
    let secretary = LabelPost { title: "Sekretaris Desa".into(), unit_name: String::new(), kind: HoldingKind::Definitive };
    case.signer.label = signature_label(&secretary, None, std::slice::from_ref(&head));
    case.signer.sentence = signer_sentence("", &secretary.name(), Some(&head.name()));
    let text = flat(&case.signed());
    assert!(text.contains("Yang bertanda tangan di bawah ini, Sekretaris Desa atas nama Kepala Desa Tanjung Raman, Kecamatan Pendopo"));
    assert!(text.contains("a.n. KEPALA DESA TANJUNG RAMAN / SEKRETARIS DESA, / ("), "{text}");
}

#[test]
fn a_kelurahan_has_a_lurah_and_a_nagari_a_wali_nagari() {
    let mut kelurahan = Case::new(service("keterangan-usaha"), unit(UnitKind::Kelurahan, "Kelurahan Pendopo", "Pendopo", "Lurah"));
    kelurahan.resident.address = Some("Jalan Merdeka 4, RT 02".into());
    let text = flat(&kelurahan.signed());
    for part in [
        "KELURAHAN PENDOPO\n",
        "ini, Lurah Pendopo, Kecamatan",
        "penduduk kelurahan kami",
        "/ LURAH PENDOPO, /",
        "Hubungi kantor kelurahan.",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.to_lowercase().contains("desa"), "{text}");

    let mut nagari = Case::new(service("keterangan-usaha"), unit(UnitKind::Nagari, "Nagari Sulit Air", "Sulit Air", "Wali Nagari"));
    nagari.resident.address = Some("Jorong Koto Tuo".into());
    let text = flat(&nagari.signed());
    for part in ["NAGARI SULIT AIR\n", "ini, Wali Nagari Sulit Air, Kecamatan", "penduduk nagari kami", "/ WALI NAGARI SULIT AIR, /"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.to_lowercase().contains("desa"), "{text}");
}

#[test]
fn a_camat_and_a_dinas_stand_under_the_regency_only() {
    for case in all().into_iter().filter(|case| !case.unit.kind.is_village()) {
        let letter = case.signed();
        assert_eq!(letter.head.above, ["PEMERINTAH KABUPATEN EMPAT LAWANG"]);
        assert_eq!(letter.head.name, case.unit.name.to_uppercase());
    }
}

#[test]
fn a_letter_to_the_police_has_an_addressee() {
    let letter = Case::of("pengantar-skck").signed();
    let address = letter.address.unwrap();
    assert_eq!(address.to, ["Yth. Kepala Kepolisian Sektor Pendopo", "di tempat"]);
    assert_eq!(address.details[2], ("Hal".to_owned(), "Surat Pengantar SKCK".to_owned()));
}

#[test]
fn rows_without_a_value_are_left_out_and_one_day_is_one_day() {
    let case = Case::of("izin-keramaian").answered(&[
        ("jenis_acara", "khitanan"),
        ("hiburan", "tidak_ada"),
        ("jumlah_tamu", "1500"),
        ("tanggal_mulai", "2026-11-28"),
        ("tanggal_selesai", "2026-11-28"),
        ("pukul", "08.00"),
        ("tempat_acara", "Lapangan"),
        ("penanggung_jawab", "Ratna"),
    ]);
    let text = flat(&case.signed());
    assert!(text.contains("  Tanggal: 28 November 2026\n"), "{text}");
    assert!(text.contains("  Perkiraan hadir: 1.500 orang\n") && !text.contains("Pengamanan"), "{text}");
    assert_eq!(valid_until(&case.definition, SIGNED, &case.answers), Some(date(2026, 11, 28)));
}

#[test]
fn conditions_choose_the_sentence() {
    let home = |status| {
        let case = Case::of("keterangan-domisili").answered(&[
            ("alamat_domisili", "Dusun II"),
            ("tinggal_sejak", "2020-02-01"),
            ("status_tinggal", status),
            ("alamat_ktp", "Jalan Merdeka 1, Palembang"),
            ("keperluan", "kerja"),
        ]);
        flat(&case.signed())
    };
    assert!(home("sama").contains("adalah benar penduduk Desa Tanjung Raman") && !home("sama").contains("Palembang"));
    // The row follows the resident's in the same list.
    assert!(home("lain").contains("  Pekerjaan: Pengumpul kopi\n  Alamat di KTP: Jalan Merdeka 1, Palembang\nberdomisili sementara"));
}

#[test]
fn a_letter_about_a_child_names_who_asked() {
    let case = Case::of("keterangan-tidak-mampu");
    let asked = |applicant| flat(&letter(&Facts { applicant, ..case.facts() }).unwrap());
    assert!(asked(Some("HALIMAH")).contains("  Diminta oleh: HALIMAH\n"));
    assert!(!asked(Some("RATNA HAYATI (CONTOH)")).contains("Diminta oleh"));
    assert!(asked(None).contains("dengan 3 (tiga) orang tanggungan"));
}

#[test]
fn letters_end_on_the_day_they_say() {
    let until = |slug: &str, signed_on| valid_until(&service(slug), signed_on, &Answers::default());
    assert_eq!(until("keterangan-usaha", date(2026, 11, 30)), Some(date(2027, 2, 28)));
    assert_eq!(until("keterangan-kehilangan", date(2026, 11, 20)), Some(date(2026, 12, 4)));
    assert_eq!(until("keterangan-ahli-waris", SIGNED), None);
}

#[test]
fn a_slip_masks_the_name_and_says_what_comes_next() {
    let unit = village();
    let facts = SlipFacts {
        unit: &unit,
        size: SlipSize::A6,
        lang: Lang::Id,
        service: "Surat Keterangan Usaha",
        applicant: "Ratna Hayati",
        code: "8XQ2-7PLD-M4KT",
        url: "https://layanan.empatlawang.example/lacak/8XQ27PLDM4KT",
        received_at: "2026-11-20T02:12:00Z".parse().unwrap(),
        due_at: None,
        zone: Zone::Wib,
        cost: "GRATIS",
        next: vec!["Kasi Pelayanan memeriksa isian.".into()],
        contact: "WhatsApp 0800-000-000",
        mark: Some(DEMO_MARK),
        ident: "bukti-1",
    };
    let paper = slip(&facts);
    let text = format!("{paper:?}");
    assert!(!text.contains("Ratna") && paper.fields[1].value.starts_with('R'));
    assert_eq!(paper.office, ["DESA TANJUNG RAMAN", "Kecamatan Pendopo, Kabupaten Empat Lawang"]);
    assert_eq!(paper.fields[2].value, "20 November 2026 pukul 09.12 WIB");
    assert_eq!(paper.fields[3].value, "Tanpa batas tetap");
    assert!(paper.notes[0].contains("layanan.empatlawang.example/lacak atau tanyakan di kantor desa"));
    assert_eq!(slip(&SlipFacts { lang: Lang::En, ..facts }).title, "Proof of application");
}

#[test]
fn the_agenda_lists_void_reserved_and_outside_numbers() {
    let (unit, keeper) = (village(), SignerFacts { label: vec!["Sekretaris Desa,".into()], ..SignerFacts::default() });
    let facts = BookFacts {
        unit: &unit,
        paper: Paper::F4,
        period: "tahun 2026",
        closed_on: Some(date(2026, 12, 31)),
        head: None,
        keeper: Some(&keeper),
        mark: None,
        ident: "buku-1",
        made_at_seconds: 0,
    };
    let row = |seq, state, reason: Option<&str>| AgendaRow {
        seq,
        number: format!("500.3/{seq:03}/TR/XI/2026"),
        on_date: SIGNED,
        about: "Surat keterangan usaha".into(),
        addressee: "R. H.".into(),
        state,
        reason: reason.map(str::to_owned),
    };
    let rows = [
        row(211, NumberState::Outside, Some(kernel::numbering::PAPER)),
        row(212, NumberState::Used, None),
        row(213, NumberState::Void, Some("salah nama")),
        row(214, NumberState::Reserved, None),
        row(215, NumberState::Outside, None),
    ];
    let book = agenda_book(&facts, &rows);
    let remarks: Vec<&str> = book.rows.iter().map(|row| row.cells.last().unwrap().as_str()).collect();
    assert_eq!(remarks, ["Nomor terakhir di buku kertas", "", "BATAL: salah nama", "Cadangan paket darurat", "Di luar sistem"]);
    assert_eq!(book.rows.iter().map(|row| row.void).collect::<Vec<_>>(), [false, false, true, false, false]);
    assert_eq!((book.subtitle.as_str(), book.place_date.as_str()), ("Desa Tanjung Raman, tahun 2026", "Tanjung Raman, 31 Desember 2026"));
    assert!(book.rows.iter().all(|row| row.cells.len() == book.columns.len()));

    let sent = DispatchRow {
        on_date: SIGNED,
        number: "500.3/212/TR/XI/2026".into(),
        addressee: "R. H.".into(),
        about: "Surat keterangan usaha".into(),
        receiver: "R. H.".into(),
        way: kernel::numbering::dispatch::Way::PickedUp.as_str().into(),
    };
    let book = dispatch_book(&facts, std::slice::from_ref(&sent));
    assert_eq!(book.rows[0].cells[5], "Diambil");
    assert_eq!(book.rows[0].cells.len(), book.columns.len());
    for way in kernel::numbering::dispatch::Way::ALL {
        let book = dispatch_book(&facts, &[DispatchRow { way: way.as_str().into(), ..sent.clone() }]);
        assert_ne!(book.rows[0].cells[5], way.as_str());
    }
}

#[test]
fn a_pack_has_a_sheet_for_each_number() {
    let unit = village();
    let numbers = ["..../215/TR/..../2026".to_owned(), "..../216/TR/..../2026".to_owned()];
    let facts =
        PackFacts { unit: &unit, paper: Paper::A4, numbers: &numbers, printed_on: SIGNED, mark: None, ident: "p", made_at_seconds: 0 };
    let paper = pack(&facts);
    assert_eq!(paper.numbers[1].place, "Lembar 2 dari 2");
    assert_eq!(paper.notes.len(), 3);
    let whole = ["470/215/TR/XI/2026".to_owned()];
    assert_eq!(pack(&PackFacts { numbers: &whole, ..facts }).notes.len(), 2);
}

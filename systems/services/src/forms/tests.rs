use jiff::civil::date;
use kernel::schema::Shape;

use super::*;
use crate::model::form::PeopleRole;
use crate::model::packages;

const TODAY: Date = date(2026, 11, 20);

fn service(slug: &str) -> Definition {
    packages::all().unwrap().into_iter().find(|definition| definition.slug == slug).unwrap()
}

fn typed<'t>(pairs: &'t [(&'t str, &'t str)]) -> impl Fn(&str) -> Option<String> + 't {
    |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
}

fn wrong(slug: &str, channel: Channel, pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let errors = check(&service(slug), channel, TODAY, &typed(pairs)).unwrap_err();
    errors.kinds().into_iter().map(|(input, key)| (input.to_owned(), key.to_owned())).collect()
}

fn said(errors: &[(String, String)]) -> Vec<(&str, &str)> {
    errors.iter().map(|(input, key)| (input.as_str(), key.as_str())).collect()
}

const BUSINESS: [(&str, &str); 4] =
    [("jenis_usaha", "penggilingan kopi"), ("alamat_usaha", "Dusun II"), ("mulai_usaha", "1/1/2019"), ("keperluan", "kur")];

#[test]
fn every_package_becomes_a_sound_schema() {
    for definition in packages::all().unwrap() {
        for channel in [Channel::Home, Channel::Counter] {
            let schema = schema(&definition, channel);
            assert_eq!(schema.faults(), Vec::<String>::new(), "{}", definition.slug);
            assert_eq!(schema.fields().count(), definition.fields().count());
        }
    }
}

#[test]
fn a_business_is_answered_and_read_back() {
    let definition = service("keterangan-usaha");
    let answers = check(&definition, Channel::Home, TODAY, &typed(&BUSINESS)).unwrap();
    assert_eq!(answers.date("mulai_usaha"), Some(date(2019, 1, 1)));
    assert_eq!(from_json(&to_json(&answers)).unwrap(), answers);

    let shown_in = |lang| rows(&definition, &answers, lang).into_iter().map(|row| (row.label, row.text)).collect::<Vec<_>>();
    let line = |label: &str, text: &str| (label.to_owned(), text.to_owned());
    assert_eq!(
        shown_in("id"),
        [
            line("Usaha apa?", "penggilingan kopi"),
            line("Di mana tempat usahanya?", "Dusun II"),
            line("Sejak kapan berjalan?", "1 Januari 2019"),
            line("Foto tempat usaha", ""),
            line("Surat dipakai untuk apa?", "Kredit Usaha Rakyat (KUR)"),
        ]
    );
    assert_eq!(shown_in("en")[2], line("Since when?", "1 January 2019"));
    assert_eq!(rows(&definition, &answers, "id")[4].section, 1);
}

#[test]
fn everything_wrong_is_told_at_once_in_the_order_of_the_form() {
    let errors = wrong("keterangan-usaha", Channel::Home, &[("mulai_usaha", "dulu sekali"), ("keperluan", "lainnya")]);
    let told = [
        ("jenis_usaha", "field-required"),
        ("alamat_usaha", "field-required"),
        ("mulai_usaha", "field-not-a-date"),
        ("keperluan_lain", "field-required"),
    ];
    assert_eq!(said(&errors), told);
    let page = check_section(&service("keterangan-usaha"), Channel::Home, 1, TODAY, &typed(&[("keperluan", "lainnya")]));
    assert_eq!(page.unwrap_err().kinds(), [("keperluan_lain", "field-required")]);
}

#[test]
fn an_answer_to_a_question_no_longer_asked_is_dropped() {
    let definition = service("keterangan-usaha");
    let mut pairs = BUSINESS.to_vec();
    pairs.push(("keperluan_lain", "lomba desa"));
    let answers = check(&definition, Channel::Home, TODAY, &typed(&pairs)).unwrap();
    assert_eq!(answers.get("keperluan_lain"), None);
    let look = |key: &str| if key == "keperluan" { "lainnya".to_owned() } else { String::new() };
    assert!(shown(&definition, &look).contains(&"keperluan_lain"));
    assert!(!shown(&definition, &|key| stored(&answers, key)).contains(&"keperluan_lain"));
}

#[test]
fn days_count_from_today_and_an_end_is_not_before_its_start() {
    let event = |start, end| {
        let pairs = [
            ("jenis_acara", "khitanan"),
            ("hiburan", "tidak_ada"),
            ("jumlah_tamu", "1.500"),
            ("tanggal_mulai", start),
            ("tanggal_selesai", end),
            ("pukul", "08.00–17.00"),
            ("tempat_acara", "Lapangan"),
            ("penanggung_jawab", "Ratna"),
        ];
        check(&service("izin-keramaian"), Channel::Counter, TODAY, &typed(&pairs)).map_err(|errors| errors.0)
    };
    assert!(event("24-11-2026", "25-11-2026").is_ok());
    let early = event("23-11-2026", "24-11-2026").unwrap_err();
    assert_eq!(early, [("tanggal_mulai".to_owned(), kernel::Message::new("services-date-too-early").arg("date", "24/11/2026"))]);
    let backwards = event("28-11-2026", "27-11-2026").unwrap_err();
    assert_eq!(backwards, [("tanggal_selesai".to_owned(), kernel::Message::new("services-date-before-start").arg("date", "28/11/2026"))]);
    assert_eq!(event("21-11-2028", "21-11-2028").unwrap_err().len(), 2);
}

#[test]
fn amounts_are_in_rupiah_and_have_their_limits() {
    let pairs = |income| [("penghasilan", income), ("tanggungan", "3"), ("rumah", "sewa"), ("keperluan", "berobat")];
    let definition = service("keterangan-tidak-mampu");
    let answers = check(&definition, Channel::Home, TODAY, &typed(&pairs("Rp1.500.000"))).unwrap();
    assert_eq!(answers.number("penghasilan"), Some(150_000_000));
    assert_eq!(rows(&definition, &answers, "id")[0].text, "Rp1.500.000");
    let errors = wrong("keterangan-tidak-mampu", Channel::Home, &pairs("100.000.001"));
    assert_eq!(said(&errors), [("penghasilan", "services-amount-too-large")]);
}

#[test]
fn at_the_counter_no_upload_is_demanded() {
    let home = wrong("keterangan-penelitian", Channel::Home, &[]);
    let counter = wrong("keterangan-penelitian", Channel::Counter, &[]);
    assert!(said(&home).contains(&("proposal", "field-file-required")));
    assert!(counter.iter().all(|(input, _)| input != "proposal" && input != "surat_lembaga"));
}

const HEIRS: [(&str, &str); 18] = [
    ("nama_almarhum", "Sulaiman"),
    ("tanggal_meninggal", "3 Mei 2026"),
    ("tempat_meninggal", "Pendopo"),
    ("alamat_terakhir", "Dusun I"),
    ("dasar_kematian", "akta"),
    ("nomor_akta", "1611-KM-03052026-0001"),
    ("ahli_waris.0.name", "Ratna Hayati"),
    ("ahli_waris.0.nik", "1611025703810000"),
    ("ahli_waris.0.birth_date", "17-3-1981"),
    ("ahli_waris.0.relation", "anak kandung"),
    ("ahli_waris.2.name", "Halimah"),
    ("ahli_waris.2.relation", "suami_istri"),
    ("saksi.0.name", "Burhan"),
    ("saksi.0.address", "Dusun II"),
    ("saksi.1.name", "Aminah"),
    ("saksi.1.nik", "1611024101700000"),
    ("keperluan", "bank"),
    ("tidak_ditanya", "x"),
];

#[test]
fn heirs_and_witnesses_are_listed_with_their_roles() {
    let definition = service("keterangan-ahli-waris");
    let answers = check(&definition, Channel::Counter, TODAY, &typed(&HEIRS)).unwrap();
    let heirs = people(&answers, "ahli_waris");
    assert_eq!(heirs.len(), 2);
    assert_eq!((heirs[0].relation.as_str(), heirs[1].relation.as_str()), ("anak", "suami_istri"));
    assert_eq!(heirs[0].sex(), Some(indonesian::Sex::Female));
    let roles: Vec<_> = listed(&definition, &answers).into_iter().map(|(role, person)| (role, person.name)).collect();
    assert_eq!(roles[2], (PeopleRole::Witness, "Burhan".to_owned()));
    assert_eq!(witnesses(&definition, &answers)[1].detail, "1611024101700000");
    let text = rows(&definition, &answers, "id").into_iter().find(|row| row.key == "ahli_waris").unwrap().text;
    assert_eq!(text, "Ratna Hayati, 1611025703810000, 17 Maret 1981, Anak kandung\nHalimah, Suami atau istri");
}

#[test]
fn an_heir_needs_a_relation_and_bears_no_witness() {
    let with = |key: &'static str, value: &'static str| HEIRS.map(|(name, old)| if name == key { (name, value) } else { (name, old) });
    let errors = wrong("keterangan-ahli-waris", Channel::Counter, &with("ahli_waris.2.relation", " "));
    assert_eq!(said(&errors), [("ahli_waris.2.relation", "field-choose-one")]);
    let errors = wrong("keterangan-ahli-waris", Channel::Counter, &with("ahli_waris.2.relation", "teman"));
    assert_eq!(said(&errors), [("ahli_waris.2.relation", "field-not-a-choice")]);
    let errors = wrong("keterangan-ahli-waris", Channel::Counter, &with("saksi.0.name", "RATNA HAYATI, S.Pd."));
    assert_eq!(said(&errors), [("saksi.0.name", "services-witness-is-heir")]);
}

#[test]
fn the_register_answers_what_it_knows() {
    let resident = ResidentFacts {
        name: Some("RATNA HAYATI".into()),
        nik: Some("1611025703810000".into()),
        address: Some("DUSUN II RT 03".into()),
        ..ResidentFacts::default()
    };
    let known = prefill(&service("keterangan-penelitian"), &resident);
    assert_eq!(known.get("nama_peneliti").map(String::as_str), Some("RATNA HAYATI"));
    assert_eq!(known.get("alamat_peneliti").map(String::as_str), Some("Dusun II RT 03"));
    assert_eq!(prefill(&service("keterangan-usaha"), &ResidentFacts::default()).len(), 0);
}

#[test]
fn a_question_after_any_answer_is_asked_only_then() {
    let mut definition = service("keterangan-tidak-mampu");
    let mut contact = definition.field("lembaga").unwrap().clone();
    contact.key = "kota_lembaga".into();
    contact.required = true;
    contact.show_if = Some(crate::model::form::Condition { field: "lembaga".into(), is: Vec::new() });
    definition.sections.last_mut().unwrap().fields.push(contact);
    let pairs = [("penghasilan", "0"), ("tanggungan", "3"), ("rumah", "sewa"), ("keperluan", "berobat"), ("kota_lembaga", "Pendopo")];
    let answers = check(&definition, Channel::Home, TODAY, &typed(&pairs)).unwrap();
    assert_eq!(answers.get("kota_lembaga"), None);
    let pairs = [("penghasilan", "0"), ("tanggungan", "3"), ("rumah", "sewa"), ("keperluan", "berobat"), ("lembaga", "RSUD")];
    let errors = check(&definition, Channel::Home, TODAY, &typed(&pairs)).unwrap_err();
    assert_eq!(errors.kinds(), [("kota_lembaga", "field-required")]);
}

//! Plausible answers for the ten services, typed as a person would type them.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use kernel::schema::Answers;

use super::{Dice, people};
use crate::{
    forms::{self, Channel},
    letters::ResidentFacts,
    model::{
        Definition,
        form::{Field, FieldKind, PersonColumn},
    },
};

/// Phrases by the key of a text field.
const PHRASES: [(&str, &[&str]); 24] = [
    (
        "jenis_usaha",
        &[
            "penggilingan kopi",
            "warung sembako",
            "bengkel sepeda motor",
            "kerupuk dan keripik pisang",
            "ternak ayam kampung",
            "jahit pakaian",
            "depot air minum",
            "kolam ikan nila",
        ],
    ),
    ("keperluan_lain", &["pengurusan beasiswa kabupaten", "persyaratan lomba desa", "pengajuan bantuan bibit"]),
    ("nama_almarhum", &["Alm. Basri Hakim", "Almh. Masitoh Sari", "Alm. Tarmizi Lubis", "Almh. Zubaidah Rahman"]),
    ("nama_ayah", &["Rustam Hidayat", "Mulyadi Saputra", "Samsudin Hakim", "Umar Nasution"]),
    ("nama_ibu", &["Halimah Sari", "Nilawati Utami", "Hartati Hayati", "Aminah Permata"]),
    ("nama_calon", &["Wahyu Pratama", "Indah Lestari", "Hendra Kusuma", "Novita Anggraini"]),
    ("lahir_calon", &["{tempat}, 12 Mei 1999", "{tempat}, 3 Januari 1998", "{tempat}, 21 Agustus 2000"]),
    ("pekerjaan_calon", &["Wiraswasta", "Petani/Pekebun", "Karyawan swasta"]),
    ("kua", &["KUA Kecamatan setempat"]),
    ("nomor_pengantar", &["474.2/018/2026", "474.2/031/2026", "474.2/007/2026"]),
    ("desa_pengantar", &["Kantor {tempat}"]),
    ("acara_lain", &["syukuran panen kopi", "temu keluarga besar"]),
    ("pukul", &["08.00–17.00", "19.30–23.00", "09.00–15.00"]),
    ("nomor_akta", &["{kode}-KM-01012026-0000", "{kode}-KM-14032026-0000"]),
    ("nomor_keterangan", &["474.3/012/2026", "474.3/020/2026"]),
    ("lahir_almarhum", &["{tempat}, 5 Mei 1951", "{tempat}, 17 Juli 1948"]),
    ("barang_lain", &["buku nikah", "kartu BPJS Kesehatan", "polis asuransi"]),
    ("ciri_barang", &["atas nama pemohon", "dalam dompet cokelat"]),
    ("lembaga", &["Universitas Contoh Nusantara", "Sekolah Tinggi Contoh", "Dinas Kesehatan"]),
    ("nomor_induk", &["2021000001", "2022000014"]),
    (
        "judul",
        &[
            "Pengaruh harga kopi terhadap pendapatan petani",
            "Pelayanan surat keterangan di kantor desa",
            "Pola tanam padi sawah tadah hujan",
        ],
    ),
    ("kronologi", &["Terjatuh di jalan saat pulang dari pasar dan belum ditemukan.", "Dompet hilang di kendaraan umum pada pagi hari."]),
    ("alasan", &["Akad dilaksanakan kurang dari sepuluh hari kerja karena mempelai berangkat kerja ke luar daerah."]),
    ("pengamanan", &["Linmas empat orang, parkir di lapangan."]),
];

/// Where and when somebody answers.
pub(crate) struct Scene<'a> {
    pub(crate) today: Date,
    /// A place of the region, to be born in.
    pub(crate) place: &'a str,
    /// The region's code without its dot.
    pub(crate) code: String,
}

impl<'a> Scene<'a> {
    /// In the region of this code, at the unit of this name.
    pub(crate) fn new(today: Date, region: &str, place: &'a str) -> Self {
        Self { today, place, code: region.replace('.', "") }
    }
}

/// Checked answers of one applicant; `None` when the definition asks what a demonstration cannot give (an upload).
pub(crate) fn make(dice: &mut Dice, definition: &Definition, resident: &ResidentFacts, scene: &Scene<'_>) -> Option<Answers> {
    let mut typed: BTreeMap<String, String> = forms::prefill(definition, resident);
    for field in definition.fields() {
        if typed.get(&field.key).is_none_or(String::is_empty) {
            answer(dice, field, scene, &mut typed);
        }
    }
    forms::check(definition, Channel::Counter, scene.today, &|key| typed.get(key).cloned()).ok()
}

fn answer(dice: &mut Dice, field: &Field, scene: &Scene<'_>, typed: &mut BTreeMap<String, String>) {
    let today = scene.today;
    let text = match field.kind {
        FieldKind::Choice => {
            // "Other" needs one more sentence; most people find their answer in the list.
            let usual: Vec<_> = field.choices.iter().filter(|choice| choice.value != "lainnya" || dice.percent(10)).collect();
            usual.get(usize::try_from(dice.below(usual.len() as u64)).unwrap_or(0)).map(|choice| choice.value.clone()).unwrap_or_default()
        }
        // Guests of a feast come by the dozen, children of a household do not.
        FieldKind::Number if field.max.unwrap_or(0) > 50 => (dice.between(4, 30) * 10).max(field.min.unwrap_or(0)).to_string(),
        FieldKind::Number => dice.between(field.min.unwrap_or(1).max(1), field.max.unwrap_or(6).clamp(1, 6)).to_string(),
        FieldKind::Money => (dice.between(4, 24) * 50_000).to_string(),
        FieldKind::Date => day(dice, field, today, typed).to_string(),
        FieldKind::Text | FieldKind::LongText | FieldKind::Place => phrase(dice, field, scene),
        FieldKind::Photo | FieldKind::File => return,
        FieldKind::People => return persons(dice, field, today, typed),
    };
    typed.insert(field.key.clone(), text);
}

fn phrase(dice: &mut Dice, field: &Field, scene: &Scene<'_>) -> String {
    if let Some((_, phrases)) = PHRASES.iter().find(|(key, _)| *key == field.key) {
        return dice.one_of(phrases).replace("{tempat}", scene.place).replace("{kode}", &scene.code);
    }
    match field.kind {
        FieldKind::Place => {
            (*dice.one_of(&["RT 001", "RT 003, tepi jalan poros", "dekat balai pertemuan", "RT 002, samping lapangan"])).to_owned()
        }
        _ if field.key.starts_with("nik") => format!("{}020101500000", scene.code),
        _ if field.required => people::name(dice, indonesian::Sex::Male),
        _ => String::new(),
    }
}

fn day(dice: &mut Dice, field: &Field, today: Date, typed: &BTreeMap<String, String>) -> Date {
    let earliest = field.earliest_days.unwrap_or(-400).max(-4000);
    let latest = field.latest_days.unwrap_or(60).clamp(earliest, earliest.max(0) + 40);
    // What lies ahead lies far enough ahead that a slow office still signs before it.
    let from = if earliest < 0 { earliest } else { (earliest + 16).min(latest) };
    let mut day = today.saturating_add(dice.between(i64::from(from), i64::from(latest.max(from))).days());
    if let Some(before) = field.not_before.as_ref().and_then(|key| typed.get(key)).and_then(|text| text.parse::<Date>().ok()) {
        day = before.saturating_add(dice.between(0, 2).days());
    }
    day
}

fn persons(dice: &mut Dice, field: &Field, today: Date, typed: &mut BTreeMap<String, String>) {
    let Some(people) = &field.people else { return };
    let count = dice.between(i64::from(people.min), i64::from(people.max.min(people.min + 2)));
    for row in 0..count {
        let mut put = |part: &str, value: String| typed.insert(format!("{}.{row}.{part}", field.key), value);
        let sex = if row % 2 == 0 { indonesian::Sex::Female } else { indonesian::Sex::Male };
        put("name", people::name(dice, sex));
        for column in &people.columns {
            match column {
                PersonColumn::Birth => put("birth_date", today.saturating_sub((20 + row * 3).years()).to_string()),
                PersonColumn::Relation => put(
                    "relation",
                    people.relations.get(1).or(people.relations.first()).map(|choice| choice.value.clone()).unwrap_or_default(),
                ),
                PersonColumn::Occupation => put("occupation", "Petani/Pekebun".to_owned()),
                PersonColumn::Address => put("address", "RT 002".to_owned()),
                PersonColumn::Name | PersonColumn::Nik | PersonColumn::Sex => None,
            };
        }
    }
}

//! Names and residents of the demonstration. Nobody real: common given names in chance pairs, NIKs that end in 0000.

use std::collections::HashSet;

use indonesian::Sex;
use jiff::civil::{Date, date};
use kernel::{Id, party::PersonForm, unit::Unit};

use super::Dice;

const WOMEN: [&str; 40] = [
    "Siti",
    "Ratna",
    "Dewi",
    "Nurhayati",
    "Yuliana",
    "Rosmawati",
    "Fitri",
    "Kartini",
    "Marlina",
    "Sumiati",
    "Ernawati",
    "Lestari",
    "Wulandari",
    "Aminah",
    "Halimah",
    "Rahmawati",
    "Indah",
    "Puspita",
    "Maryam",
    "Suryani",
    "Desi",
    "Novita",
    "Mega",
    "Rina",
    "Yanti",
    "Eka",
    "Tri",
    "Zubaidah",
    "Khadijah",
    "Masitoh",
    "Sri",
    "Winarti",
    "Hartati",
    "Julaiha",
    "Nilawati",
    "Emilia",
    "Rosdiana",
    "Asmara",
    "Melati",
    "Kurnia",
];
const MEN: [&str; 40] = [
    "Ahmad",
    "Budi",
    "Hasan",
    "Rudi",
    "Slamet",
    "Agus",
    "Yusuf",
    "Herman",
    "Iskandar",
    "Zainal",
    "Edi",
    "Junaidi",
    "Suparman",
    "Ridwan",
    "Bambang",
    "Sulaiman",
    "Dedi",
    "Hendra",
    "Irwan",
    "Arifin",
    "Muhammad",
    "Ali",
    "Rahmat",
    "Syamsul",
    "Kurniawan",
    "Feri",
    "Andi",
    "Heri",
    "Joko",
    "Wahyu",
    "Ibrahim",
    "Umar",
    "Darmawan",
    "Sukarno",
    "Samsudin",
    "Effendi",
    "Mulyadi",
    "Tarmizi",
    "Rustam",
    "Basri",
];
const LAST: [&str; 36] = [
    "Hayati",
    "Saputra",
    "Wijaya",
    "Rahman",
    "Hidayat",
    "Putra",
    "Sari",
    "Lubis",
    "Siregar",
    "Kusuma",
    "Pratama",
    "Nasution",
    "Hakim",
    "Utami",
    "Permata",
    "Anggraini",
    "Susanti",
    "Handayani",
    "Setiawan",
    "Gunawan",
    "Firmansyah",
    "Maulana",
    "Fauzi",
    "Ramadhan",
    "Suryadi",
    "Harahap",
    "Oktaviani",
    "Safitri",
    "Marzuki",
    "Syahputra",
    "Yulianti",
    "Wibowo",
    "Santoso",
    "Hasibuan",
    "Amalia",
    "Nugraha",
];
const WORK: [&str; 14] = [
    "Petani/Pekebun",
    "Mengurus rumah tangga",
    "Wiraswasta",
    "Pelajar/Mahasiswa",
    "Buruh tani",
    "Pedagang",
    "Karyawan swasta",
    "Guru honorer",
    "Sopir",
    "Tukang kayu",
    "Penjahit",
    "Peternak",
    "Nelayan",
    "Belum/tidak bekerja",
];
const FAITH: [&str; 20] = [
    "Islam", "Islam", "Islam", "Islam", "Islam", "Islam", "Islam", "Islam", "Islam", "Islam", "Islam", "Islam", "Islam", "Islam", "Islam",
    "Islam", "Kristen", "Katolik", "Buddha", "Hindu",
];

/// A name in a chance pair.
pub(crate) fn name(dice: &mut Dice, sex: Sex) -> String {
    let first = dice.one_of(if sex == Sex::Female { &WOMEN } else { &MEN });
    let mut last = dice.one_of(&LAST);
    if last == first {
        last = &LAST[0];
    }
    format!("{first} {last}")
}

/// Who has which birthday already: demonstration NIKs differ only by area, day and sex, since all end in 0000.
#[derive(Default)]
pub(crate) struct Taken(HashSet<(String, Date, bool)>);

/// One resident of a village, as typed.
pub(crate) fn resident(dice: &mut Dice, taken: &mut Taken, unit: &Unit, hamlet: &str, today: Date) -> PersonForm {
    let sex = if dice.percent(50) { Sex::Female } else { Sex::Male };
    let area: String = unit.code.split('.').take(3).collect();
    let mut born = birthday(dice, today);
    while !taken.0.insert((area.clone(), born, sex == Sex::Female)) {
        born = birthday(dice, today);
    }
    let day = i64::from(born.day()) + if sex == Sex::Female { 40 } else { 0 };
    let nik = format!("{area}{day:02}{:02}{:02}0000", born.month(), born.year() % 100);
    let issued = date(
        2012 + i16::try_from(dice.below(12)).unwrap_or(0),
        1 + i8::try_from(dice.below(12)).unwrap_or(0),
        1 + i8::try_from(dice.below(28)).unwrap_or(0),
    );
    let kk = format!("{area}{:02}{:02}{:02}0000", issued.day(), issued.month(), issued.year() % 100);
    let adult = today.year() - born.year() >= 18;
    PersonForm {
        unit: Some(unit.id),
        name: name(dice, sex),
        nik: Some(nik),
        kk: Some(kk),
        sex: Some(sex),
        birth_place: unit.short_name.clone(),
        birth_date: Some(born),
        religion: (*dice.one_of(&FAITH)).to_owned(),
        marital: if adult && dice.percent(65) { "Kawin" } else { "Belum kawin" }.to_owned(),
        occupation: if adult { *dice.one_of(&WORK) } else { "Pelajar/Mahasiswa" }.to_owned(),
        nationality: "WNI".to_owned(),
        address: String::new(),
        area: hamlet.to_owned(),
        rt: format!("{:03}", dice.between(1, 4)),
        rw: "001".to_owned(),
        source: "demo".to_owned(),
        ..PersonForm::default()
    }
}

fn birthday(dice: &mut Dice, today: Date) -> Date {
    let year = today.year() - i16::try_from(dice.between(17, 78)).unwrap_or(30);
    date(year, i8::try_from(dice.between(1, 12)).unwrap_or(1), i8::try_from(dice.between(1, 28)).unwrap_or(1))
}

/// An official: a name that says what it is, no NIK, a number of zeros.
pub(crate) fn official(dice: &mut Dice, unit: Option<Id>, civil_servant: bool) -> PersonForm {
    let sex = if dice.percent(35) { Sex::Female } else { Sex::Male };
    PersonForm {
        unit,
        name: format!("{} (Contoh)", name(dice, sex)),
        sex: Some(sex),
        nik_reason: "pejabat contoh".to_owned(),
        employee_number: if civil_servant { "00000000 000000 0 000".to_owned() } else { String::new() },
        source: "demo".to_owned(),
        ..PersonForm::default()
    }
}

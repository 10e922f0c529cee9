//! A population workbook as OpenSID exports one.

use super::sample::Dice;
use anyhow::Result;
use rust_xlsxwriter::Workbook;

/// So many residents of the district 16.11.`district`, nobody of whom is on record yet.
pub fn population(rows: u32, district: &str) -> Result<Vec<u8>> {
    const HEADS: [&str; 13] = [
        "alamat",
        "dusun",
        "rw",
        "rt",
        "nama",
        "no_kk",
        "nik",
        "sex",
        "tempatlahir",
        "tanggallahir",
        "agama_id",
        "pekerjaan_id",
        "status_kawin",
    ];
    const NAMES: [&str; 12] = [
        "Yusmaini",
        "Herwansyah",
        "Nuraini",
        "Sudarmono",
        "Lismawati",
        "Jumadil",
        "Kartika",
        "Marzuki",
        "Rohani",
        "Syafrudin",
        "Elvira",
        "Zulkifli",
    ];
    let mut dice = Dice(0x0ff1ce);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("penduduk")?;
    for (column, head) in (0..).zip(HEADS) {
        sheet.write_string(0, column, head)?;
    }
    for row in 1..=rows {
        let (day, month, year) = (1 + dice.below(28), 1 + dice.below(12), 1945 + dice.below(60));
        let female = dice.below(2) == 1;
        let nik = format!("1611{district}{:02}{month:02}{:02}{:04}", if female { day + 40 } else { day }, year % 100, row % 9_999 + 1);
        let kk = format!("1611{district}010120{:04}", row / 4 + 1);
        let name = format!("{} {}", dice.one_of(&NAMES), dice.one_of(&NAMES));
        let cells = [
            "Jalan Poros".to_owned(),
            "Dusun II".to_owned(),
            "001".to_owned(),
            format!("{:03}", 1 + dice.below(6)),
            name,
            kk,
            nik,
            (if female { "2" } else { "1" }).to_owned(),
            "Pendopo".to_owned(),
            format!("{year:04}-{month:02}-{day:02}"),
            "1".to_owned(),
            "9".to_owned(),
            "2".to_owned(),
        ];
        for (column, cell) in (0..).zip(&cells) {
            sheet.write_string(row, column, cell)?;
        }
    }
    Ok(book.save_to_buffer()?)
}

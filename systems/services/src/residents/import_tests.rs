use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use super::*;

const HEAD: [&str; 12] =
    ["alamat", "dusun", "rw", "rt", "nama", "no_kk", "nik", "sex", "tempatlahir", "tanggallahir", "agama_id", "pekerjaan_id"];
const SITI: [&str; 12] =
    ["Jalan Raya", "I", "001", "002", "SITI AMINAH", "1611060101150001", "1611065703810001", "2", "Pendopo", "17-03-1981", "1", "9"];

fn book(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Data Penduduk").unwrap();
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(*cells) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn keys(parsed: &Parsed) -> Vec<(u32, Column, String)> {
    parsed.problems.iter().map(|problem| (problem.row, problem.column, problem.message.key.to_string())).collect()
}

#[test]
fn a_person_is_read_as_the_template_says() {
    let parsed = read(&book(&[&HEAD, &SITI]), false).unwrap();
    assert_eq!((parsed.sheet.as_str(), parsed.seen, parsed.problems.len()), ("Data Penduduk", 1, 0));
    let form = &parsed.rows[0].form;
    assert_eq!(parsed.rows[0].row, 2);
    assert_eq!(
        (form.name.as_str(), form.nik.as_deref(), form.kk.as_deref()),
        ("SITI AMINAH", Some("1611065703810001"), Some("1611060101150001"))
    );
    assert_eq!((form.sex, form.birth_date), (Some(Sex::Female), Some(jiff::civil::date(1981, 3, 17))));
    assert_eq!((form.religion.as_str(), form.occupation.as_str(), form.area.as_str()), ("Islam", "Petani/Pekebun", "I"));
}

#[test]
fn the_order_of_columns_is_free_and_other_columns_are_left_alone() {
    let mut head: Vec<&str> = HEAD.iter().rev().copied().collect();
    let mut row: Vec<&str> = SITI.iter().rev().copied().collect();
    head.insert(3, "golongan_darah_id");
    row.insert(3, "13");
    let title = ["DATA PENDUDUK DESA TANJUNG RAMAN"];
    let parsed = read(&book(&[&title, &head, &row]), false).unwrap();
    assert_eq!((parsed.rows.len(), parsed.rows[0].row), (1, 3));
    assert_eq!(parsed.rows[0].form.nik.as_deref(), Some("1611065703810001"));
}

#[test]
fn heads_of_the_other_export_are_known() {
    let head = ["nama", "nomor_kk", "nomor_nik", "jenis_kelamin", "tempat_lahir", "tanggal_lahir", "agama", "kawin"];
    let row = ["Budi", "1611060101150001", "1611061703810002", "L", "Pendopo", "1981-03-17", "KATHOLIK", "2"];
    let form = &read(&book(&[&head, &row]), false).unwrap().rows[0].form;
    assert_eq!((form.sex, form.religion.as_str(), form.marital.as_str()), (Some(Sex::Male), "Katolik", "Kawin"));
}

#[test]
fn numbers_dates_and_formulas_of_spreadsheets() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, head) in (0_u16..).zip(HEAD) {
        sheet.write_string(0, column, head).unwrap();
    }
    let day = Format::new().set_num_format("dd-mm-yyyy");
    sheet.write_string(1, 4, "Budi").unwrap();
    sheet.write_number(1, 6, 1_611_061_703_810_002.0).unwrap();
    sheet.write_number(1, 7, 1).unwrap();
    sheet.write_datetime_with_format(1, 9, ExcelDateTime::from_ymd(1981, 3, 17).unwrap(), &day).unwrap();
    sheet.write_formula(1, 8, Formula::new("=\"Pen\"&\"dopo\"").set_result("Pendopo")).unwrap();
    // A number whose last digit a spreadsheet has rounded away.
    sheet.write_string(2, 4, "Ani").unwrap();
    sheet.write_number(2, 6, 1_611_065_703_810_000.0).unwrap();
    sheet.write_number(2, 7, 2).unwrap();
    sheet.write_number(2, 9, 29_662).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let parsed = read(&bytes, false).unwrap();
    let budi = &parsed.rows[0].form;
    assert_eq!((budi.nik.as_deref(), budi.birth_date), (Some("1611061703810002"), Some(jiff::civil::date(1981, 3, 17))));
    assert_eq!(budi.birth_place, "Pendopo");
    assert_eq!(keys(&parsed), [(3, Column::Nik, "services-import-rounded".to_owned())]);
    let demo = read(&bytes, true).unwrap();
    assert_eq!(demo.rows[1].form.birth_date, Some(jiff::civil::date(1981, 3, 17)));
}

#[test]
fn what_is_wrong_is_said_at_row_and_column() {
    let mut wrong = SITI;
    wrong[7] = "X";
    wrong[9] = "31-02-1981";
    let mut hint = SITI;
    hint[10] = "77";
    let parsed = read(&book(&[&HEAD, &wrong, &hint]), false).unwrap();
    let said = [
        (2, Column::Sex, "services-import-sex".to_owned()),
        (2, Column::BirthDate, "services-import-date".to_owned()),
        (3, Column::Religion, "services-import-code".to_owned()),
    ];
    assert_eq!(keys(&parsed), said);
    assert_eq!((parsed.rows.len(), parsed.seen), (1, 2));
}

#[test]
fn people_who_are_gone_and_people_without_a_nik() {
    let head = ["nama", "nik", "sex", "tanggallahir", "status_dasar"];
    let rows: [&[&str]; 4] =
        [&head, &["Almarhum", "1611061703810002", "1", "17-03-1981", "2"], &["Bayi", "0", "1", "17-03-2026", "1"], &["", "", "", "", ""]];
    let parsed = read(&book(&rows), false).unwrap();
    assert_eq!((parsed.gone, parsed.rows.len(), parsed.seen), (1, 1, 2));
    assert_eq!((parsed.rows[0].form.nik.as_deref(), parsed.rows[0].form.nik_reason.as_str()), (Some(""), ""));
}

#[test]
fn files_that_are_not_lists_say_what_they_lack() {
    let no_sheet = read(&book(&[&["tanggal", "kegiatan"], &["1", "rapat"]]), false).unwrap_err();
    assert_eq!(no_sheet, ImportError::NoSheet { sheets: vec!["Data Penduduk".into()] });
    let missing = read(&book(&[&["nama", "alamat", "rt", "rw", "dusun"], &["Siti", "", "", "", ""]]), false).unwrap_err();
    let columns = vec!["nik", "sex", "tanggallahir"];
    assert_eq!(missing, ImportError::MissingColumns { sheet: "Data Penduduk".into(), columns });
    let mut twice = HEAD.to_vec();
    twice[0] = "nik";
    assert_eq!(read(&book(&[&twice, &SITI]), false).unwrap_err(), ImportError::TwiceColumn { column: "nik" });
    assert_eq!(read(&book(&[&HEAD]), false).unwrap_err(), ImportError::Empty);
    assert_eq!(read(b"PK\x03\x04 nothing", false).unwrap_err().message().key, "blob-workbook-damaged");
}

#[test]
fn a_list_on_the_second_sheet_is_found_and_a_cell_far_out_is_harmless() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Kode Data").unwrap().write_string(0, 0, "kode").unwrap();
    let sheet = book.add_worksheet().set_name("Penduduk").unwrap();
    for (row, cells) in [(0, HEAD), (1, SITI)] {
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    let parsed = read(&book.save_to_buffer().unwrap(), false).unwrap();
    assert_eq!((parsed.sheet.as_str(), parsed.rows.len()), ("Penduduk", 1));
}

#[test]
fn more_rows_than_one_import_takes_are_refused() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, head) in (0_u16..).zip(["nama", "nik", "sex", "tanggallahir"]) {
        sheet.write_string(0, column, head).unwrap();
    }
    for row in 1..=u32::try_from(ROWS_MAX).unwrap() + 1 {
        sheet.write_string(row, 0, "Siti").unwrap();
    }
    assert_eq!(read(&book.save_to_buffer().unwrap(), false).unwrap_err(), ImportError::TooManyRows);
}

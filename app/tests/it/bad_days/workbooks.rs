//! Workbooks that cannot be read, or should not be.

use std::io::Write as _;

use testkit::{Attached, Page, Visitor};

use crate::{
    systems::SYSTEMS,
    town::{self, VILLAGE, XLSX, workbook},
};

async fn sends(operator: &Visitor, name: &str, bytes: &[u8]) -> Page {
    let _ = operator.get("/penduduk/impor").await.good();
    operator.upload("/penduduk/impor", &[("unit", VILLAGE)], &[Attached { field: "berkas", name, media_type: XLSX, bytes }]).await
}

/// A compound file, as an XLSX under a password and an old XLS both are.
fn protected() -> Vec<u8> {
    let mut bytes = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    bytes.resize(8192, 0);
    bytes.extend("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0".bytes());
    bytes
}

/// A workbook whose cells are formulas, with and without the value they gave.
fn with_formulas() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["nama", "nik", "sex", "tanggallahir", "alamat"]).unwrap();
    for row in 1..=2 {
        let one = town::person(7_000 + row);
        let text = |key: &str| one[key].as_str().unwrap().to_owned();
        sheet.write_row(row, 0, [text("name"), text("nik"), "1".to_owned(), text("birth_date"), "Dusun II".to_owned()]).unwrap();
    }
    sheet.write_formula(1, 0, rust_xlsxwriter::Formula::new("=CONCAT(\"Warga \",\"Rumus\")").set_result("Warga Rumus")).unwrap();
    sheet.write_formula(2, 0, rust_xlsxwriter::Formula::new("=HYPERLINK(\"http://jahat.example\")").set_result("")).unwrap();
    book.save_to_buffer().unwrap()
}

testkit::both!(SYSTEMS;
    async fn what_is_no_workbook_is_told_at_its_field(app) {
        let _world = town::furnished(&app).await;
        let operator = app.signed_in("operator").await;
        let people = app.count("select count(*) from kernel_person").await;
        let whole = workbook(20);
        let half = &whole[..whole.len() / 2];
        let mut flipped = whole.clone();
        let middle = flipped.len() / 2;
        for byte in &mut flipped[middle..middle + 64] {
            *byte ^= 0x5a;
        }
        for (name, bytes, words) in [
            ("rusak.xlsx", half.to_vec(), "rusak"),
            ("rusak2.xlsx", flipped, "rusak"),
            ("terkunci.xlsx", protected(), "terkunci kata sandi"),
            ("bukan.xlsx", b"MZ\x90\0 this is a program".to_vec(), "sebuah program"),
            ("kosong.xlsx", Vec::new(), ""),
            ("teks.xlsx", b"nama,nik\nSiti,1611034403810002\n".to_vec(), ""),
        ] {
            let page = sends(&operator, name, &bytes).await.is(422);
            page.assert_accessible_basics();
            let error = page.error_at("berkas").unwrap_or_else(|| panic!("{name}: {:?}", page.errors()));
            assert!(error.contains(words), "{name}: {error}");
        }
        assert_eq!(app.count("select count(*) from kernel_person").await, people, "nobody was brought in");
        // The whole one goes through afterwards: the row with a problem is named, the others come in, twice changes nothing.
        for _ in 0..2 {
            let page = sends(&operator, "penduduk.xlsx", &whole).await.redirected("/penduduk/impor/");
            page.assert_accessible_basics();
            assert_eq!(page.rows("").len(), 1, "{}", page.text());
            let path = page.path.clone();
            let _ = page.form(&format!("form[action='{path}']")).submit().await.redirected(&path);
            assert_eq!(app.count("select count(*) from kernel_person").await, people + 19);
        }
        app.settle().await;
    }

    async fn formulas_are_not_worked_and_what_is_not_known_is_named(app) {
        let _world = town::furnished(&app).await;
        let operator = app.signed_in("operator").await;
        let page = sends(&operator, "rumus.xlsx", &with_formulas()).await.redirected("/penduduk/impor/");
        // A program that writes formulas without working them out leaves a nought, and nobody is called that.
        assert_eq!(page.rows("").len(), 1, "{}", page.text());
        let path = page.path.clone();
        let _ = page.form(&format!("form[action='{path}']")).submit().await.redirected(&path);
        assert_eq!(app.count("select count(*) from kernel_person where name = 'Warga Rumus'").await, 1, "a formula with its value is a value");
        assert_eq!(app.count("select count(*) from kernel_person where name in ('0', '')").await, 0);
        app.settle().await;
    }

    async fn a_huge_workbook_is_refused_and_one_that_swells_too(app) {
        let _world = town::furnished(&app).await;
        let operator = app.signed_in("operator").await;
        // More than the form takes.
        let page = sends(&operator, "besar.xlsx", &vec![7; 27_000_000]).await.is(413);
        page.assert_accessible_basics();
        // A small file that would be half a gigabyte when it is opened.
        let page = sends(&operator, "bengkak.xlsx", &swelling()).await.is(422);
        let error = page.error_at("berkas").unwrap();
        assert!(error.contains("membengkak"), "{error}");
        assert_eq!(app.count("select count(*) from kernel_blob").await, 0, "nothing of it is kept");
        app.settle().await;
    }
);

/// A workbook whose one sheet is 600 MB of spaces: after the first megabyte every other one packs the same.
fn swelling() -> Vec<u8> {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let spaces = vec![b' '; 1 << 20];
    let mut ends = [0, 0];
    for end in &mut ends {
        packer.write_all(&spaces).unwrap();
        packer.flush().unwrap();
        *end = packer.get_ref().len();
    }
    let packed = packer.get_ref();
    let mut packed = [&packed[..ends[0]], &packed[ends[0]..ends[1]].repeat(599)].concat();
    // An empty last block.
    packed.extend([3, 0]);
    let empty = [3, 0];
    let parts: [(&str, &[u8], u32); 3] =
        [("[Content_Types].xml", &empty, 0), ("xl/workbook.xml", &empty, 0), ("xl/worksheets/sheet1.xml", &packed, 600 << 20)];
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for (name, packed, size) in parts {
        let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
        common.extend(0_u32.to_le_bytes());
        common.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend([0, 0]);
        let at = u32::try_from(zip.len()).unwrap();
        zip.extend(b"PK\x03\x04");
        zip.extend(&common);
        zip.extend(name.bytes());
        zip.extend(packed);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.bytes());
    }
    let at = u32::try_from(zip.len()).unwrap();
    zip.extend(&directory);
    zip.extend(b"PK\x05\x06\0\0\0\0\x03\0\x03\0");
    zip.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    zip.extend(at.to_le_bytes());
    zip.extend([0, 0]);
    zip
}

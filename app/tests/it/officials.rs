//! A workbook of officials as it lies in an office, through the page: compared, its wrong rows told, run, taken back.

use kernel::{Id, post::office};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use testkit::Attached;

use crate::{
    systems::SYSTEMS,
    town::{XLSX, furnished},
};

/// A row of the sheet: its place, its texts, its first day.
type Row = (u32, [&'static str; 6], (u16, u8, u8));

/// A title above the head, dates as dates, a NIP as text and one that Excel made a quantity, an empty row in between.
fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let notes = book.add_worksheet();
    notes.write(0, 0, "Petunjuk: isi lembar berikutnya").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("Perangkat").unwrap();
    sheet.write(0, 0, "DAFTAR PEJABAT DAN PERANGKAT DESA TANJUNG RAMAN").unwrap();
    let heads = ["Nama Lengkap", "NIP/NIPD", "Nama Jabatan", "Unit Kerja", "Golongan", "Jenis", "TMT", "Sampai", "Nomor SK"];
    sheet.write_row(2, 0, heads).unwrap();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let rows: [Row; 6] = [
        (3, ["Rusdi Hartono", "", "Kepala Desa", "16.11.03.2001", "definitif", "SK 141/2024"], (2024, 1, 2)),
        (4, ["Siti Rahma, S.IP.", "198703152010012007", "Sekretaris Desa", "Desa Tanjung Raman", "", "SK 9/2026"], (2026, 11, 1)),
        (6, ["Budi Utomo", "NIPD 77/2026", "Kepala Dusun I", "16.11.03.2001", "", "SK 10/2026"], (2026, 11, 1)),
        (7, ["Nomor Terpotong", "", "Kepala Dusun II", "16.11.03.2001", "", "SK 11/2026"], (2026, 11, 1)),
        (8, ["Salah Unit", "", "Camat", "16.11.99", "", "SK 12/2026"], (2026, 11, 1)),
        (9, ["Jenis Aneh", "", "Operator Desa", "16.11.03.2001", "honorer", "SK 13/2026"], (2026, 11, 1)),
    ];
    for (row, [name, number, title, unit, kind, decree], (year, month, day)) in rows {
        for (column, text) in [(0, name), (1, number), (2, title), (3, unit), (5, kind), (8, decree)] {
            if !text.is_empty() {
                sheet.write_string(row, column, text).unwrap();
            }
        }
        sheet.write_with_format(row, 6, ExcelDateTime::from_ymd(year, month, day).unwrap(), &date).unwrap();
    }
    sheet.write_number(7, 1, 198_703_152_010_011_007.0).unwrap();
    book.save_to_buffer().unwrap()
}

testkit::both!(SYSTEMS;
    async fn a_workbook_of_officials_is_compared_run_and_taken_back(app) {
        let world = furnished(&app).await;
        let admin = app.signed_in("admin").await;
        let holdings = "select count(*) from kernel_holding where effective_until is null";
        let before = app.count(holdings).await;
        let bytes = workbook();
        let _ = admin.get("/pejabat/impor").await.good();
        let file = Attached { field: "berkas", name: "perangkat.xlsx", media_type: XLSX, bytes: &bytes };
        let page = admin.upload("/pejabat/impor", &[], &[file]).await.redirected("/pejabat/impor/").saying("perangkat.xlsx");
        page.assert_accessible_basics();
        // Every wrong row with its line as the workbook counts and what to do about it.
        for (line, name, what) in [
            (8, "Nomor Terpotong", "Excel memotong angka terakhir"),
            (9, "Salah Unit", "Unit tidak ditemukan"),
            (10, "Jenis Aneh", "Jenis tidak dikenal"),
        ] {
            assert!(page.says(name) && page.says(&format!("baris {line}")) && page.says(what), "{name}: {}", page.text());
        }
        let _ = page.click("Sama 1").await.good().saying("Rusdi Hartono");
        let _ = page.click("Baru 1").await.good().saying("Budi Utomo").saying("jabatan baru dibuat");
        let different = page.click("Berbeda 1").await.good().saying("Siti Rahma, S.IP.").saying("tercatat: Yuliana");
        // The reconciliation: who is here and not in the workbook.
        let missing = page.click("Tercatat, tidak ada dalam berkas 3").await.good().saying("Zulkifli").saying("Fitriani").saying("Agus Setiawan");
        assert_eq!(app.count(holdings).await, before, "nothing has changed yet");
        let ids = different.all_attributes("input[name=ambil]", "value");
        let _ = different.form("main form[action]:has(input[name=hasil])").tick("ambil", &ids[0]).submit().await.redirected("/pejabat/impor/");
        let agus = missing.all_attributes("input[name=ambil]", "value");
        let page = missing.form("main form[action]:has(input[name=hasil])").tick("ambil", &agus[0]).submit().await.redirected("/pejabat/impor/").saying("Dipilih: 3 baris");
        let page = page.form("main form[action$='/jalankan']").submit().await.redirected("/pejabat/impor/");
        let page = page.saying("2 orang baru, 1 jabatan baru, 2 pengangkatan, 0 diperbaiki, 2 diakhiri");
        let secretary = world.post(world.village, office::SECRETARY).await;
        let now = app.now();
        let holder = |post: Id| app.read(move |rx| {
            let held = kernel::post::holder(rx, post, now)?.holder.ok_or(kernel::Error::Missing)?;
            let row = rx.one("select name, employee_number from kernel_person where id = $1", &kernel::params![held.person])?.unwrap();
            Ok((row.get::<String>(0)?, row.get::<Option<String>>(1)?, held.from))
        });
        let (name, number, from) = holder(secretary).await;
        assert_eq!((name.as_str(), number.map(|number| number.replace(' ', ""))), ("Siti Rahma, S.IP.", Some("198703152010012007".to_owned())));
        assert_eq!(from.to_string(), "2026-10-31T17:00:00Z", "the first minute of 1 November on the clock of the region");
        // The same workbook again: everybody is known now.
        let file = Attached { field: "berkas", name: "perangkat.xlsx", media_type: XLSX, bytes: &bytes };
        let again = admin.upload("/pejabat/impor", &[], &[file]).await.redirected("/pejabat/impor/").click("Sama 3").await.good().saying("Budi Utomo");
        let _ = again.form("main form[action$='/batal']").submit().await.redirected("/pejabat/impor").saying("Impor dibuang");
        // And everything back.
        let _ = page.form("main form[action$='/batal']").submit().await.redirected("/pejabat/impor/").saying("Impor dibatalkan");
        assert_eq!(holder(secretary).await.0, "Yuliana");
        assert_eq!(app.count(holdings).await, before);
        assert_eq!(app.count("select count(*) from kernel_person where name in ('Budi Utomo', 'Siti Rahma, S.IP.')").await, 0);
        assert_eq!(app.count("select count(*) from kernel_post where title = 'Kepala Dusun I'").await, 0);
        app.settle().await;
    }

    async fn a_workbook_that_is_none_is_refused_in_words(app) {
        let _world = furnished(&app).await;
        let admin = app.signed_in("admin").await;
        let mut cut = workbook();
        cut.truncate(cut.len() / 2);
        let mut empty = Workbook::new();
        empty.add_worksheet().write_row(0, 0, ["nama", "nip", "jabatan", "unit", "mulai", "keputusan"]).unwrap();
        let mut other = Workbook::new();
        other.add_worksheet().write_row(0, 0, ["nama", "umur", "jabatan", "unit"]).unwrap();
        let files = [
            (cut, "XLSX ini rusak"),
            (empty.save_to_buffer().unwrap(), "Tidak ada baris di bawah judul"),
            (other.save_to_buffer().unwrap(), "Kolom yang belum ada: mulai, keputusan"),
        ];
        for (bytes, words) in files {
            let _ = admin.get("/pejabat/impor").await.good();
            let file = Attached { field: "berkas", name: "perangkat.xlsx", media_type: XLSX, bytes: &bytes };
            let page = admin.upload("/pejabat/impor", &[], &[file]).await.is(422);
            assert!(page.error_at("berkas").is_some_and(|error| error.contains(words)), "{words}: {:?}", page.error_at("berkas"));
        }
        assert_eq!(app.count("select count(*) from identity_import").await, 0);
    }
);

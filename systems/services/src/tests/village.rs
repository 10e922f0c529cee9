//! Residents, calendar, services of the unit, the watch and the queue.

use testkit::{Attached, TestApp, World};

const HEAD: [&str; 9] = ["nama", "nik", "no_kk", "sex", "tempatlahir", "tanggallahir", "agama_id", "alamat", "dusun"];
const MEDIA: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A workbook of so many people.
pub(super) fn people(count: u32) -> Vec<u8> {
    let rows = (1..=count).map(|row| {
        let day = 1 + row % 28;
        let nik = format!("161106{day:02}0380{:04}", row % 9_999 + 1);
        person(&format!("Warga Ke {row} Pendopo"), &nik, &format!("{day:02}-03-1980"))
    });
    workbook(rows)
}

fn person(name: &str, nik: &str, born: &str) -> [String; 9] {
    [name, nik, "1611060101150001", "1", "Pendopo", born, "1", "Jalan Raya", "II"].map(str::to_owned)
}

fn workbook(rows: impl IntoIterator<Item = [String; 9]>) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, head) in (0_u16..).zip(HEAD) {
        sheet.write_string(0, column, head).unwrap();
    }
    for (row, cells) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn file(bytes: &[u8]) -> Attached<'_> {
    Attached { field: "berkas", name: "penduduk.xlsx", media_type: MEDIA, bytes }
}

async fn upload(app: &TestApp, bytes: &[u8]) -> testkit::Page {
    let operator = app.signed_in("operator").await;
    operator.get("/penduduk/impor").await.good().assert_accessible_basics();
    operator.upload("/penduduk/impor", &[("unit", "tanjung-raman")], &[file(bytes)]).await
}

testkit::both!([&crate::SYSTEM];
    async fn a_village_is_imported_and_again_without_a_change(app) {
        World::small(&app).await;
        let before = app.count("select count(*) from kernel_person").await;
        let look = upload(&app, &people(40)).await.redirected("/penduduk/impor/").saying("Orang baru");
        assert_eq!(look.h1(), "penduduk.xlsx");
        look.assert_accessible_basics();
        assert_eq!(app.count("select count(*) from kernel_person").await, before, "a look writes nobody");
        look.form("#jalankan").submit().await.redirected("/penduduk/impor/").saying("40 orang baru");
        assert_eq!(app.count("select count(*) from kernel_person").await, before + 40);
        let history = app.count("select count(*) from kernel_history").await;
        let again = upload(&app, &people(40)).await.redirected("/penduduk/impor/").saying("Sudah tercatat");
        again.form("#jalankan").submit().await.redirected("/penduduk/impor/").saying("40 tidak berubah");
        assert_eq!(app.count("select count(*) from kernel_history").await, history, "the second import changes nothing");
        // Found by name as it sounds, and by NIK with an entry.
        let operator = app.signed_in("operator").await;
        let list = operator.get("/penduduk?cari=warga+pendopo").await.good();
        list.assert_accessible_basics();
        assert!(list.rows("").len() > 10 && !list.says("161106020380"));
        assert!(list.rows("").iter().all(|row| row.iter().any(|cell| cell.contains("Dusun II"))), "a hamlet says that it is one");
        let page = operator.get("/penduduk").await.good();
        let person = page.form("#nik").fill("nik", "1611060203800002").submit().await.redirected("/penduduk/").saying("Warga Ke 1 ");
        person.assert_accessible_basics();
        assert!(!person.says("1611060203800002"), "masked until asked for");
        let open = operator.get(&format!("{}?tampil=ya", person.path)).await.good();
        assert!(open.says("1611060203800002"));
        assert!(open.says("2 Maret 1980") && !open.says("Minggu, 2 Maret 1980"), "nobody asks on which weekday somebody was born");
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'kernel.person.revealed' and object_kind = 'person' and account is not null").await, 1);
        app.settle().await;
    }

    async fn a_file_that_names_one_person_in_several_ways_makes_one_person(app) {
        World::small(&app).await;
        let before = app.count("select count(*) from kernel_person").await;
        let rows = [
            person("Rohani Pendopo", "", "07-03-1980"),
            // With her number now, then without it again, then somebody else of her name, and of hers and another birth.
            person("Rohani Pendopo", "1611060703800001", "07-03-1980"),
            person("ROHANI  PENDOPO", "", "07-03-1980"),
            person("Rohani Pendopo", "1611060703800002", "07-03-1980"),
            person("Rohani Pendopo", "", "08-03-1980"),
        ];
        let look = upload(&app, &workbook(rows)).await.redirected("/penduduk/impor/");
        let done = look.form("#jalankan").submit().await.redirected("/penduduk/impor/").saying("3 orang baru");
        assert_eq!(app.count("select count(*) from kernel_person").await, before + 3, "{}", done.text());
        let with_her_number = "select count(*) from kernel_person where name_folded = 'rohani pendopo' and nik_index is not null";
        assert_eq!(app.count(with_her_number).await, 2);
        app.settle().await;
    }

    async fn bad_workbooks_are_answered_with_what_to_do(app) {
        World::small(&app).await;
        for (bytes, words) in [
            (b"MZ program".to_vec(), "program"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 locked".to_vec(), "kata sandi"),
            (b"PK\x03\x04 broken".to_vec(), "rusak"),
            (b"".to_vec(), ""),
        ] {
            upload(&app, &bytes).await.is(422).saying(words);
        }
        app.settle().await;
    }

    async fn a_resident_is_added_corrected_and_moves(app) {
        World::small(&app).await;
        let operator = app.signed_in("operator").await;
        let page = operator.get("/penduduk/baru").await.good();
        page.assert_accessible_basics();
        let short = page.form("#orang").fill("nama", "Siti Aminah").fill("nik", "161106570381000").submit().await.is(422);
        assert!(short.error_at("nik").unwrap_or_default().contains("16"));
        // An odd NIK is asked about, then accepted with the reason.
        let odd = page.form("#orang").fill("nama", "Siti Aminah").fill("nik", "1611061703810001").fill("kelamin", "p").fill_date("lahir", "17", "3", "1981");
        let asked = odd.submit().await.is(422);
        assert!(asked.error_at("alasan_nik").is_some());
        let shown = asked.form("#orang").fill("alasan_nik", "tertulis demikian di KTP").submit().await.redirected("/penduduk/").saying("NIK perlu dicek");
        let change = operator.get(&format!("{}/ubah", shown.path)).await.good();
        change.assert_accessible_basics();
        change.form("#orang").fill("alamat", "Jalan Baru 7").submit().await.redirected("/penduduk/");
        // Birth date and street are masked until somebody asks, which is written down.
        let page = operator.get(&shown.path).await.good();
        assert!(!page.says("Jalan Baru 7") && !page.says("17 Maret 1981") && page.says("•• •••• 1981"), "{}", page.text());
        let _ = operator.get(&format!("{}?tampil=ya", shown.path)).await.good().saying("Jalan Baru 7").saying("17 Maret 1981");
        assert!(page.form("#pindah").submit().await.is(422).error_at("tujuan").is_some());
        app.settle().await;
    }

    async fn a_late_holiday_says_what_it_moves(app) {
        World::small(&app).await;
        let admin = app.signed_in("admin").await;
        admin.get("/kalender").await.good().assert_accessible_basics();
        let page = admin.get("/kalender/libur").await.good();
        page.assert_accessible_basics();
        let form = page.form("#libur").fill("jenis", "regional").fill("nama", "Hari jadi kabupaten").fill("dari", "2026-11-25").fill("keputusan", "SK Bupati 1/2026");
        let look = form.press("langkah", "periksa").await.good().saying("0 tenggat terbuka");
        assert_eq!(app.count("select count(*) from kernel_holiday").await, 0);
        let day = look.form("#libur").press("langkah", "simpan").await.redirected("/kalender/libur/").saying("Hari jadi kabupaten");
        day.assert_accessible_basics();
        let why = admin.get("/kalender/tenggat?tanggal=2026-11-23&pukul=09:00&aturan=hari&jumlah=3").await.good().saying("Hari jadi kabupaten");
        why.assert_accessible_basics();
        day.form("#batal-libur").submit().await.redirected("/kalender/libur/").saying("dibatalkan");
        admin.get("/kalender/tenggat?tanggal=2026-11-23&pukul=x&aturan=hari&jumlah=0").await.is(422);
        // A clock that runs on counts the weekend, and does not call it a working day.
        let page = admin.get("/kalender/tenggat?tanggal=2026-11-27&pukul=09:00&aturan=jam&jumlah=72").await.good();
        let rows = page.rows("");
        let sunday = rows.iter().find(|row| row[0].starts_with("Minggu")).unwrap();
        assert!(sunday[3].contains("jam berjalan terus") && sunday[2] == "24 jam", "{sunday:?}");
        app.leave_work();
    }

    async fn a_decree_that_comes_late_tells_how_far_its_deadlines_are_and_what_became_of_them(app) {
        let world = World::small(&app).await;
        for code in ["AAAA", "BBBB", "CCCC"] {
            running(&app, &world, code).await;
        }
        let admin = app.signed_in("admin").await;
        let page = admin.get("/kalender/libur").await.good();
        let form = page.form("#libur").fill("jenis", "regional").fill("nama", "Hari jadi kabupaten").fill("dari", "2026-11-24").fill("keputusan", "SK Bupati 1/2026");
        let look = form.press("langkah", "periksa").await.good().saying("3 tenggat terbuka");
        let day = look.form("#libur").press("langkah", "simpan").await.redirected("/kalender/libur/");
        day.assert_accessible_basics();
        let _ = admin.get(&day.path).await.good().saying("sedang dihitung ulang: 0 sudah bergeser, dari 3");
        app.settle().await;
        let page = admin.get(&day.path).await.good().saying("3 tenggat bergeser").saying("AAAA");
        page.assert_accessible_basics();
        assert!(!page.says("sedang dihitung"));
        // When the office is closed is for everybody to know; whose case moved is not.
        for (visitor, hint) in [(app.anonymous(), false), (app.signed_in("operator.dinas").await, true)] {
            let page = visitor.get(&day.path).await.good().saying("Hari jadi kabupaten").saying("SK Bupati 1/2026");
            page.assert_accessible_basics();
            assert!(!page.says("AAAA") && !page.says("3 tenggat") && !page.says("Tidak ada tenggat"));
            assert_eq!(page.says("hanya terlihat oleh petugas"), hint);
            assert!(!page.has("#batal-libur"));
            let page = visitor.get("/kalender?unit=tanjung-raman&tahun=2026").await.good().saying("Hari jadi kabupaten");
            page.assert_accessible_basics();
        }
    }

    async fn a_change_of_the_calendar_that_stopped_says_so(app) {
        let world = World::small(&app).await;
        running(&app, &world, "AAAA").await;
        let admin = app.signed_in("admin").await;
        let page = admin.get("/kalender/libur").await.good();
        let form = page.form("#libur").fill("jenis", "regional").fill("nama", "Hari jadi").fill("dari", "2026-11-24").fill("keputusan", "SK 1");
        let look = form.press("langkah", "periksa").await.good().saying("1 tenggat terbuka");
        let day = look.form("#libur").press("langkah", "simpan").await.redirected("/kalender/libur/");
        app.write(|tx| Ok(tx.upkeep("update kernel_job set state = 'dead' where kind = $1", &kernel::params![kernel::clock::MOVING])?)).await;
        let page = admin.get(&day.path).await.good().saying("terhenti: 0 sudah bergeser, dari 1");
        page.assert_accessible_basics();
        app.leave_work();
    }

    async fn service_hours_are_set(app) {
        World::small(&app).await;
        let admin = app.signed_in("admin").await;
        let page = admin.get("/kalender/jam").await.good();
        page.assert_accessible_basics();
        assert!(page.form("#jam").fill("buka-0", "16:00").fill("tutup-0", "08:00").submit().await.is(422).error_at("buka-0").is_some());
        page.form("#jam").fill("buka-0", "08:30").submit().await.redirected("/kalender").saying("08.30");
        app.settle().await;
    }

    async fn a_village_takes_up_a_service_and_sets_its_choices(app) {
        World::small(&app).await;
        let kades = app.signed_in("kades").await;
        let page = kades.get("/layanan-kami").await.good().saying("Dapat diambil");
        page.assert_accessible_basics();
        let offer = page.form("form[action='/layanan-kami/ambil']").submit().await.redirected("/layanan-kami/");
        offer.assert_accessible_basics();
        let wrong = offer.form("#pilihan").forge("tanda_tangan", "tte").submit().await.is(422);
        assert!(wrong.error_at("tanda_tangan").is_some());
        let wrong = offer.form("#pilihan").fill("syarat", "Fotokopi KK").submit().await.is(422);
        assert!(wrong.error_at("syarat").is_some());
        let saved = offer.form("#pilihan").fill("kertas", "a4").tick("satu_orang", "1").submit().await.redirected("/layanan-kami/");
        assert_eq!(saved.value("kertas").as_deref(), Some("a4"));
        saved.form("#keadaan").press("keadaan", "tarik").await.redirected("/layanan-kami/").saying("ditarik");
        app.settle().await;
    }

    async fn the_watch_and_the_queue_are_calm_when_nothing_waits(app) {
        World::small(&app).await;
        let bupati = app.signed_in("bupati").await;
        bupati.get("/pantau").await.good().saying("Tidak ada pekerjaan yang menunggu").assert_accessible_basics();
        let admin = app.signed_in("admin").await;
        admin.get("/antrean").await.good().saying("Tidak ada yang berhenti").assert_accessible_basics();
        app.signed_in("kades").await.get("/antrean").await.is(404);
        app.settle().await;
    }
);

/// An application at the village with three working days to go.
async fn running(app: &TestApp, world: &World<'_>, code: &'static str) {
    use kernel::{case, clock, definition, unit};
    let (village, post) = (world.village, world.post(world.village, kernel::post::office::HEAD).await);
    let now = app.now();
    app.write(move |tx| {
        let unit = unit::find(tx, village)?.ok_or(kernel::Error::Missing)?;
        let definition = definition::put(tx, "services", "uji", "{}")?;
        let office = clock::CalendarBook::load(tx)?.office(&unit.ancestors);
        let days = clock::CaseClock::new(workdays::Rule::WorkingDays(3), clock::Starts::Receipt);
        let new = case::NewCase {
            system: "services",
            kind: "uji",
            definition,
            offering: None,
            code,
            unit: unit.id,
            units: unit.ancestors,
            subject: "S••••",
            applicant: None,
            channel: "counter",
            secrecy: "internal",
        };
        let step = case::Move {
            action: "submit",
            to_state: "checking",
            step: 0,
            task: Some(case::NextTask { post, unit: unit.id, action: "check" }),
            due: office.due(&days, Some(now), now),
            actor_label: "Loket",
            actor_post: None,
            note: "",
            public: true,
            outcome: None,
        };
        Ok(case::open(tx, &new, &step)?.id)
    })
    .await;
}

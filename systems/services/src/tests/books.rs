//! The registers: numbers written by hand, set aside, voided; what left the office.

use testkit::{TestApp, World};

use crate::model::classification;

/// The world with classification codes.
async fn world(app: &TestApp) -> World<'_> {
    let world = World::small(app).await;
    app.write(|tx| {
        for line in classification::parse(classification::PERMENDAGRI_83_2022).unwrap().into_iter().take(40) {
            let new = kernel::numbering::classification::NewClassification {
                code: line.code,
                name: line.name,
                valid_from: line.valid_from,
                valid_until: line.valid_until,
                source: line.source,
            };
            kernel::numbering::classification::add(tx, &new)?;
        }
        Ok(())
    })
    .await;
    world
}

testkit::both!([&crate::SYSTEM];
    async fn letters_written_outside_keep_the_book_whole(app) {
        world(&app).await;
        let kaur = app.signed_in("kaur").await;
        let empty = kaur.get("/buku/agenda").await.good().saying("Belum ada surat bernomor");
        empty.assert_accessible_basics();
        // The paper book went up to 41: the next is 42.
        let start = kaur.get("/buku/agenda/mulai").await.good();
        start.assert_accessible_basics();
        start.form("#mulai").fill("terakhir", "41").submit().await.redirected("/buku/agenda").saying("42");
        let page = kaur.get("/buku/agenda/luar").await.good();
        page.assert_accessible_basics();
        let wrong = page.form("#luar").fill("nomor", "50").fill("klasifikasi", "000").fill("perihal", "Undangan").fill("kepada", "Ketua RT").submit().await;
        assert!(wrong.is(422).error_at("nomor").unwrap_or_default().contains("42"));
        let list = page.form("#luar").fill("klasifikasi", "000").fill("perihal", "Undangan rapat").fill("kepada", "Ketua RT 03").submit().await;
        let list = list.redirected("/buku/agenda").saying("000/042/").saying("Undangan rapat");
        list.assert_accessible_basics();
        // Blank fields are named each at its place.
        let blank = page.form("#luar").submit().await.is(422);
        assert!(blank.error_at("perihal").is_some() && blank.error_at("kepada").is_some());
        app.settle().await;
    }

    async fn an_emergency_pack_is_printed_filled_and_voided(app) {
        world(&app).await;
        let kaur = app.signed_in("kaur").await;
        let page = kaur.get("/buku/agenda/cadangan").await.good();
        page.assert_accessible_basics();
        assert!(page.form("#cadangan").fill("banyak", "51").submit().await.is(422).error_at("banyak").is_some());
        let pack = page.form("#cadangan").fill("banyak", "3").submit().await.redirected("/buku/agenda/cadangan/");
        pack.assert_accessible_basics();
        let printed = pack.click("Cetak paket (PDF)").await.good();
        assert!(printed.bytes.starts_with(b"%PDF"));
        let number = kaur.get(&pack.links("table a")[0].1).await.good();
        number.assert_accessible_basics();
        let filled = number.form("#isi-nomor").fill("tanggal", "2026-11-20").fill("klasifikasi", "000").fill("perihal", "Surat jalan").fill("kepada", "Sopir").submit().await;
        filled.redirected("/buku/agenda/nomor/").saying("di luar sistem");
        let second = kaur.get(&pack.links("table a")[1].1).await.good();
        assert!(second.form("#batal").submit().await.is(422).error_at("alasan").is_some());
        second.form("#batal").fill("alasan", "kertas rusak").submit().await.redirected("/buku/agenda/nomor/").saying("batal");
        // It stays listed, and the state can be asked for.
        let void = kaur.get("/buku/agenda?keadaan=void").await.good();
        assert_eq!(void.rows("").len(), 1);
        let book = kaur.get("/buku/agenda/cetak").await.good();
        assert!(book.bytes.starts_with(b"%PDF"));
        let asked = kaur.get("/buku/agenda").await.form(".export").press("format", "csv").await.good();
        asked.assert_accessible_basics();
        let asked = asked.form("#tujuan").fill("tujuan", "archive").fill("alasan", "penutupan buku bulan ini").submit().await.redirected("/unduhan/");
        app.settle().await;
        let file = kaur.get(&format!("{}/berkas", asked.path)).await.good();
        assert!(file.body().contains("kertas rusak"), "{}", file.body());
        app.settle().await;
    }

    async fn terms_4_in_an_election_books_leave_with_two_keys_only(app) {
        world(&app).await;
        let kaur = app.signed_in("kaur").await;
        kaur.get("/buku/agenda/mulai").await.good().form("#mulai").fill("terakhir", "41").submit().await.redirected("/buku/agenda");
        assert!(kaur.get("/buku/agenda/cetak").await.good().bytes.starts_with(b"%PDF"));
        app.write(|tx| {
            let (from, until) = (kernel::Date::constant(2026, 11, 1), kernel::Date::constant(2026, 12, 9));
            kernel::election::declare(tx, &kernel::election::NewPeriod { name: "Pilkada 2026".to_owned(), decree: "SK 9/2026".to_owned(), from, until })
        }).await;
        for book in ["/buku/agenda", "/buku/ekspedisi"] {
            kaur.get(&format!("{book}/cetak")).await.is(409).saying("Masa Pemilihan Pilkada 2026");
        }
        // Residents, a single application: whatever has people in it.
        let operator = app.signed_in("operator").await;
        let asked = operator.post("/penduduk/unduh", &[("format", "csv"), ("unit", "tanjung-raman")]).await.good().saying("Perlu kunci kedua");
        let waiting = asked.form("#tujuan").fill("tujuan", "service").fill("alasan", "pendataan dusun oleh kepala dusun").submit().await;
        let waiting = waiting.redirected("/unduhan/").saying("Menunggu kunci kedua").saying("Kepala Desa");
        operator.get(&format!("{}/berkas", waiting.path)).await.is(404);
        let head = app.signed_in("kades").await;
        head.get("/tugas").await.good().saying("menunggu kunci Anda");
        head.get(&waiting.path).await.good().form("#setujui").submit().await.redirected("/unduhan/").saying("Disetujui");
        app.settle().await;
        assert!(operator.get(&format!("{}/berkas", waiting.path)).await.good().body().contains("Nama lengkap"));
    }

    async fn numbering_shows_the_next_number_before_it_is_set(app) {
        world(&app).await;
        let kaur = app.signed_in("kaur").await;
        let page = kaur.get("/buku/agenda/aturan").await.good();
        page.assert_accessible_basics();
        let form = page.form("#aturan").fill("pola", "{nomor}/{singkatan}/{tahun}").fill("singkatan", "TJR");
        form.press("langkah", "lihat").await.good().saying("1/TJR/2026");
        assert_eq!(app.count("select count(*) from kernel_number").await, 0, "a trial takes no number");
        let wrong = page.form("#aturan").fill("pola", "{nomor}/{bulan}").press("langkah", "simpan").await.is(422);
        assert!(wrong.error_at("pola").unwrap_or_default().contains("tahun"));
        let form = page.form("#aturan").fill("pola", "{nomor}/{singkatan}/{tahun}").fill("singkatan", "TJR");
        form.press("langkah", "simpan").await.redirected("/buku/agenda/aturan").saying("1/TJR/2026");
        app.settle().await;
    }

    async fn what_left_the_office_is_written_down(app) {
        world(&app).await;
        let kaur = app.signed_in("kaur").await;
        kaur.get("/buku/ekspedisi").await.good().assert_accessible_basics();
        let page = kaur.get("/buku/ekspedisi/tambah").await.good();
        page.assert_accessible_basics();
        let blank = page.form("#ekspedisi").submit().await.is(422);
        assert!(blank.error_at("penerima").is_some() && blank.error_at("cara").is_some());
        let form = page.form("#ekspedisi").fill("nomor", "000/001/TR/XI/2026").fill("kepada", "Camat").fill("perihal", "Laporan");
        form.fill("cara", "courier").fill("penerima", "Budi").submit().await.redirected("/buku/ekspedisi").saying("Budi");
        assert!(kaur.get("/buku/ekspedisi/cetak").await.good().bytes.starts_with(b"%PDF"));
        app.settle().await;
    }

    async fn books_of_other_units_do_not_exist(app) {
        world(&app).await;
        let kaur = app.signed_in("kaur").await;
        kaur.get("/buku/agenda?unit=pasar-pendopo").await.is(404);
        kaur.get("/buku/agenda/nomor/00000000000000000000000000000001").await.is(404);
        kaur.get("/buku/agenda/nomor/x").await.is(404);
        app.leave_work();
    }
);

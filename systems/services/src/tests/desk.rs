//! Officers at work: the counter, the chain of desks, what is refused and how, the register.

use kernel::{
    Id,
    numbering::classification::{self, NewClassification},
    offering,
};
use testkit::{TestApp, World};

use crate::{
    model::{Definition, IntroductionMode, overrides::Overrides, packages},
    store,
};

pub(super) const NIK: &str = "1611035703810001";

/// The village gives business letters; an introduction on paper is enough, unless `overrides` say otherwise.
pub(super) async fn village_with(app: &TestApp, overrides: Overrides) -> World<'_> {
    let world = World::small(app).await;
    let village = world.village;
    app.write(move |tx| {
        let all = packages::all().map_err(|error| kernel::Error::Failed(error.to_string()))?;
        let wanted: Vec<Definition> = all.into_iter().filter(|one| one.slug == "keterangan-usaha").collect();
        for definition in &wanted {
            let code = definition.letter.classification.clone();
            classification::add(
                tx,
                &NewClassification {
                    code,
                    name: "Usaha".into(),
                    valid_from: "2020-01-01".parse().unwrap(),
                    valid_until: None,
                    source: "uji".into(),
                },
            )?;
            let json = overrides.to_json();
            offering::adopt(tx, store::SYSTEM, &definition.slug, village, &definition.canonical(), &definition.title.id, &json)?;
        }
        Ok(())
    })
    .await;
    world.resident(village, "Rohani Hasanah", NIK, "1981-03-17".parse().unwrap()).await;
    world
}

pub(super) fn no_introduction() -> Overrides {
    Overrides { introduction: Some(IntroductionMode::None), ..Overrides::default() }
}

/// The operator serves Rohani at the counter; the id of the case.
pub(super) async fn served(app: &TestApp) -> Id {
    let operator = app.signed_in("operator").await;
    let page = operator.get("/loket").await.good();
    page.assert_accessible_basics();
    let page = page.click("Surat Keterangan Usaha").await.good();
    page.assert_accessible_basics();
    let page = page.form("#nik-cari").fill("nik", NIK).submit().await.saying("Rohani Hasanah");
    assert!(!page.says(NIK), "the whole NIK stands on the page");
    page.assert_accessible_basics();
    let page = page
        .form("#isian")
        .fill("jenis_usaha", "penggilingan kopi")
        .fill_date("mulai_usaha", "1", "1", "2019")
        .fill("keperluan", "kur")
        .submit()
        .await
        .saying("Permohonan diterima");
    page.assert_accessible_basics();
    page.path.trim_start_matches("/loket/").parse().expect("the page of a case")
}

pub(super) async fn act(app: &TestApp, who: &str, case: Id, step: &str) -> testkit::Page {
    let visitor = app.signed_in(who).await;
    let page = visitor.get(&format!("/tugas/{case}")).await.good();
    page.assert_accessible_basics();
    page.form(&format!("/tugas/{case}/langkah/{step}")).submit().await
}

testkit::both!([&crate::SYSTEM];
    async fn a_letter_goes_from_the_counter_to_the_resident(app) {
        let _world = village_with(&app, no_introduction()).await;
        let case = served(&app).await;
        let operator = app.signed_in("operator").await;
        operator.get(&format!("/loket/{case}/bukti")).await.good();
        let kasi = app.signed_in("kasi").await;
        let tasks = kasi.get("/tugas").await.good();
        tasks.assert_accessible_basics();
        assert!(tasks.says("Keterangan Usaha") && tasks.says("sisa 15 menit") && !tasks.says("Rohani Hasanah"), "{}", tasks.text());
        act(&app, "kasi", case, "periksa").await.saying("Sekretaris Desa");
        act(&app, "sekdes", case, "paraf").await.saying("Kepala Desa");
        act(&app, "kades", case, "tanda-tangan").await.saying("bernomor");
        operator.get(&format!("/tugas/{case}/surat")).await.good();
        let page = operator.get(&format!("/tugas/{case}/langkah/pindaian")).await.good();
        page.assert_accessible_basics();
        let refused = page.form(&format!("/tugas/{case}/langkah/pindaian")).submit().await;
        refused.is(422);
        let wrong = page.form(&format!("/tugas/{case}/langkah/pindaian")).attach("pindaian", "surat.jpg", "image/jpeg", b"MZ this is a program").submit().await;
        wrong.is(422);
        let pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
        let page = page.form(&format!("/tugas/{case}/langkah/pindaian")).attach("pindaian", "surat.pdf", "application/pdf", pdf).submit().await;
        page.good().saying("Surat berlaku");
        let page = operator.get(&format!("/tugas/{case}/langkah/serahkan")).await.good();
        page.form(&format!("/tugas/{case}/langkah/serahkan")).submit().await.good().saying("Buku Ekspedisi");
        let kades = app.signed_in("kades").await;
        kades.get("/tugas?tab=selesai").await.good().saying("Keterangan Usaha");
        let page = kades.get(&format!("/tugas/{case}/tenggat")).await.good();
        page.assert_accessible_basics();
        assert!(page.says("15 menit jam layanan"), "{}", page.text());
        app.settle().await;
    }

    async fn two_officers_on_one_case_hear_what_happened(app) {
        let _world = village_with(&app, no_introduction()).await;
        let case = served(&app).await;
        let (first, second) = (app.signed_in("kasi").await, app.signed_in("kasi").await);
        let path = format!("/tugas/{case}");
        let (one, two) = (first.get(&path).await.good(), second.get(&path).await.good());
        one.form(&format!("{path}/langkah/periksa")).submit().await.good();
        two.form(&format!("{path}/langkah/periksa")).submit().await.good().saying("Petugas lain baru saja mengerjakan");
        app.settle().await;
    }

    async fn duty_uu_30_2014_a_refusal_without_reason_keeps_what_was_typed(app) {
        let _world = village_with(&app, no_introduction()).await;
        let case = served(&app).await;
        let kasi = app.signed_in("kasi").await;
        let path = format!("/tugas/{case}/langkah/tolak");
        let page = kasi.get(&path).await.good();
        let page = page.form(&path).fill("reason", "Usaha tidak ditemukan di tempat itu.").submit().await;
        let page = page.is(422).saying("dasar hukum");
        assert_eq!(page.value("reason").as_deref(), Some("Usaha tidak ditemukan di tempat itu."));
        page.form(&path).fill("legal_basis", "Perdes 3 Tahun 2024 Pasal 4").submit().await.good().saying("Ditolak");
        app.settle().await;
    }

    async fn another_village_sees_nothing(app) {
        let _world = village_with(&app, no_introduction()).await;
        let case = served(&app).await;
        for stranger in ["lurah", "operator.kelurahan", "kadis", "admin"] {
            let visitor = app.signed_in(stranger).await;
            for path in ["", "/tenggat", "/surat", "/kabar", "/langkah/tolak"] {
                visitor.get(&format!("/tugas/{case}{path}")).await.is(404);
            }
        }
        app.signed_in("sekda").await.get(&format!("/tugas/{case}")).await.good();
        app.settle().await;
    }

    async fn showing_a_nik_is_written_down(app) {
        let _world = village_with(&app, no_introduction()).await;
        let case = served(&app).await;
        let kasi = app.signed_in("kasi").await;
        let page = kasi.get(&format!("/tugas/{case}")).await.good();
        assert!(!page.says(NIK));
        let shown = page.form("#reveal").submit().await.good();
        assert!(shown.says(NIK) && shown.says("dicatat"));
        assert!(!kasi.get(&format!("/tugas/{case}")).await.good().says(NIK), "shown once");
        let revealed = app.count("select count(*) from kernel_entry where action = 'kernel.person.revealed' and case_id is not null").await;
        assert!(revealed >= 1);
        app.settle().await;
    }

    async fn a_person_without_nik_is_served_and_marked(app) {
        let _world = village_with(&app, no_introduction()).await;
        let operator = app.signed_in("operator").await;
        let page = operator.get("/loket").await.click("Surat Keterangan Usaha").await.good();
        let page = page.click("Catat orang baru").await.good();
        page.assert_accessible_basics();
        let page = page.form("#orang").fill("name", "Mat Solihin").fill("sex", "l").submit().await.is(422);
        let page = page.form("#orang").fill("nik_reason", "belum pernah merekam KTP").submit().await.good().saying("Tanpa NIK");
        let page = page.form("#isian").fill("jenis_usaha", "warung").fill("alamat_usaha", "Dusun I").fill_date("mulai_usaha", "1", "1", "2020").fill("keperluan", "bantuan").submit().await;
        page.good().saying("Permohonan diterima");
        app.settle().await;
    }

    async fn one_person_enters_and_checks_where_the_village_says_so(app) {
        let overrides = Overrides { one_person: Some(true), ..no_introduction() };
        let _world = village_with(&app, overrides).await;
        let case = served(&app).await;
        let operator = app.signed_in("operator").await;
        let page = operator.get(&format!("/loket/{case}")).await.good();
        page.form("#periksa").submit().await.good().saying("Sekretaris Desa");
        app.settle().await;
    }

    async fn the_register_filters_and_is_exported_with_a_purpose(app) {
        let _world = village_with(&app, no_introduction()).await;
        served(&app).await;
        let sekdes = app.signed_in("sekdes").await;
        let page = sekdes.get("/permohonan").await.good();
        page.assert_accessible_basics();
        assert_eq!(page.rows("").len(), 1);
        assert!(sekdes.get("/permohonan?keadaan=ready").await.good().says("Tidak ada yang cocok"));
        assert_eq!(sekdes.get("/permohonan?cari=rohani").await.good().rows("").len(), 1);
        let page = page.form("/permohonan/unduh").press("format", "csv").await.good().saying("Untuk apa");
        page.assert_accessible_basics();
        let page = page.form("#tujuan").fill("tujuan", "report").fill("alasan", "laporan bulanan kepada Camat").submit().await.good();
        app.settle().await;
        let page = sekdes.get(&page.path).await.good().saying("Siap diunduh");
        let file = sekdes.get(&format!("{}/berkas", page.path)).await.good();
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        assert!(text.contains("R•") && !text.contains("Rohani"), "masked names: {text}");
    }

    async fn news_by_whatsapp_holds_no_nik_and_is_logged(app) {
        let _world = village_with(&app, no_introduction()).await;
        let case = served(&app).await;
        let operator = app.signed_in("operator").await;
        let path = format!("/tugas/{case}/kabar");
        let page = operator.get(&path).await.good();
        page.assert_accessible_basics();
        let page = page.form(&path).fill("nomor", "0812-3456-7890").submit().await.good().saying("sudah dicatat");
        assert!(!page.says(NIK) && page.says("Kode lacak"));
        assert_eq!(app.count("select count(*) from kernel_notice where channel = 'whatsapp_manual'").await, 1);
        app.settle().await;
    }
);

//! What comes back: an introduction that was declined, a form completed at the counter, files that wait for a draft, and what
//! the store refuses whoever asks.

use kernel::{Error, Id, case};
use testkit::{TestApp, Visitor, World};

use super::{
    desk::{NIK, act, no_introduction, served, village_with},
    home::{Reached, SITI, START, acts, adopted, code_of, photo, proved, up_to_review},
};
use crate::{
    model::{IntroductionMode, overrides::Overrides},
    rules::Action,
    store::{act as desk, act::Act},
};

/// The secret in the link for WhatsApp on a page.
fn secret(page: &testkit::Page) -> String {
    let (_, whatsapp) = page.links("a[href*='wa.me']").remove(0);
    let after = whatsapp.replace("%2F", "/");
    after.split("/pengantar/").nth(1).expect("a link for the neighbour").split(['%', '&']).next().unwrap_or_default().to_owned()
}

async fn id_of(app: &TestApp, code: &str) -> Id {
    let code = code.to_owned();
    app.read(move |rx| Ok::<_, Error>(case::by_code(rx, &code)?.id)).await
}

/// An officer asks for an action; what the store says.
async fn asks(app: &TestApp, who: &str, case_id: Id, action: Action) -> Result<(), Error> {
    let (ctx, gov) = (app.ctx_of(who).await, std::sync::Arc::clone(app.gov()));
    let asked = app.write_as(&ctx, move |tx| {
        let case = case::find(tx, case_id)?;
        let (note, receiver) = ("sudah tidak diperlukan lagi".to_owned(), String::new());
        desk::act(tx, &gov, &Act { case_id, version: case.version, action, note, scan: None, receiver }).map(|_| ())
    });
    asked.await
}

fn refusal(result: Result<(), Error>) -> String {
    match result {
        Err(Error::Refused(message)) => message.key.to_string(),
        other => panic!("not refused: {other:?}"),
    }
}

async fn neighbour_declines(app: &TestApp, secret: &str) {
    let page = app.anonymous().get(&format!("/pengantar/{secret}")).await.good();
    let page = page.form("#tidak").fill("alasan", "Saya tidak kenal orang ini").press("jawaban", "tidak").await;
    page.good().saying("jawaban Anda sudah diteruskan");
}

/// What the broom finds: files nobody names.
async fn collect(app: &TestApp) -> usize {
    let (gov, ctx) = (std::sync::Arc::clone(app.gov()), app.ctx());
    tokio::task::spawn_blocking(move || gov.blobs().collect(&ctx, gov.db())).await.unwrap().unwrap()
}

/// Siti corrects without a change, up to the page of the introduction.
async fn asked_whom(siti: &Visitor, code: &str) -> testkit::Page {
    let page = siti.get(&format!("/lacak/{code}/perbaiki")).await.good();
    let page = page.form("#isian").submit().await.is(422);
    let (_, href) = page.links("main a[href*='perbaiki?h=']").pop().expect("a way to the page that is wrong");
    let page = siti.get(&href).await.good();
    page.assert_accessible_basics();
    page
}

testkit::both!([&crate::SYSTEM];
    async fn after_a_declined_introduction_another_one_is_asked(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let page = up_to_review(&siti).await.form("#isian").submit().await.good();
        let (code, first) = (code_of(&page), secret(&page));
        neighbour_declines(&app, &first).await;
        let _ = siti.get(&format!("/lacak/{code}")).await.good().saying("Belum lengkap");
        // Sending it back alone does not skip the neighbour, whoever does it.
        assert_eq!(refusal(asks(&app, "operator", id_of(&app, &code).await, Action::Resubmit).await), "services-introduction-needed");
        let page = asked_whom(&siti, &code).await;
        assert_eq!(page.value("rt.nama").as_deref(), Some("Hasan"), "whom it was asked of is named: {} {}", page.path, page.text());
        let rt = [("rt", "tautan"), ("rt.nama", "Burhan"), ("rt.jabatan", "Kepala Dusun II"), ("rt.hp", "081234567899")];
        let page = page.form("#isian").fill_all(&rt).submit().await.good();
        let page = page.form("#isian").submit().await.reached("/lacak/").saying("Menunggu pengantar").saying("Kepala Dusun II");
        let second = secret(&page);
        assert_ne!(first, second);
        let _ = app.anonymous().get(&format!("/pengantar/{first}")).await.good().saying("sudah dijawab");
        let page = app.anonymous().get(&format!("/pengantar/{second}")).await.good().saying("Siti Rahmawati");
        let _ = page.form("#setuju").press("jawaban", "ya").await.good();
        let _ = siti.get(&format!("/lacak/{code}")).await.good().saying("Diperiksa");
        let due = app.count("select count(*) from kernel_case where due_state = 'running'").await;
        assert_eq!(due, 1, "the clock begins when the neighbour has confirmed");
        app.leave_work();
    }

    async fn duty_uu_30_2014_who_is_refused_reads_why_and_how_to_object(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let page = up_to_review(&siti).await.form("#isian").submit().await.good();
        let (code, link) = (code_of(&page), secret(&page));
        let page = app.anonymous().get(&format!("/pengantar/{link}")).await.good();
        let _ = page.form("#setuju").press("jawaban", "ya").await.good();
        acts(&app, "kasi", &code, Action::Refuse, "Usaha tidak ditemukan di tempat itu. Perdes 3 Tahun 2024 Pasal 4", None).await;
        let page = app.anonymous().get(&format!("/lacak/{code}")).await.good().saying("setelah membuktikan diri");
        assert!(!page.says("Usaha tidak ditemukan"), "nobody else reads why");
        let page = proved(&app.anonymous(), &code).await.reached("/lacak/").saying("Usaha tidak ditemukan di tempat itu");
        let page = page.saying("kantor Desa Tanjung Raman, kepada Kepala Seksi Pelayanan").saying("21 hari kerja").saying("banding");
        assert!(!page.says("setelah membuktikan diri"), "it has been proved: {}", page.text());
        page.assert_accessible_basics();
        app.leave_work();
    }

    async fn an_officer_makes_the_link_again_and_the_old_one_dies(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let page = up_to_review(&siti).await.form("#isian").submit().await.good();
        let (code, first) = (code_of(&page), secret(&page));
        let case_id = id_of(&app, &code).await;
        let path = format!("/tugas/{case_id}/pengantar");
        app.signed_in("operator.kelurahan").await.get(&path).await.is(404);
        let operator = app.signed_in("operator").await;
        let page = operator.get(&format!("/tugas/{case_id}")).await.good().click("Buat tautan pengantar baru").await.good();
        page.assert_accessible_basics();
        assert_eq!(page.value("pengantar_nama").as_deref(), Some("Hasan"));
        let page = page.form("#pengantar").fill("pengantar_nama", "").submit().await.is(422);
        assert!(page.error_at("pengantar_nama").is_some());
        let page = page.form("#pengantar").fill("pengantar_nama", "Burhan").fill("pengantar_jabatan", "Kepala Dusun II").submit().await.good();
        page.assert_accessible_basics();
        let second = secret(&page);
        assert!(page.says(&format!("/pengantar/{second}")) && !page.says(NIK));
        app.anonymous().get(&format!("/pengantar/{first}")).await.is(410);
        let renewed = app.count("select count(*) from kernel_entry where action = 'services.introduction.renewed' and account is not null").await;
        assert_eq!(renewed, 1);
        let page = app.anonymous().get(&format!("/pengantar/{second}")).await.good();
        let _ = page.form("#setuju").press("jawaban", "ya").await.good();
        let page = operator.get(&format!("/tugas/{case_id}")).await.good().saying("tautan pengantar dibuat ulang");
        assert!(!page.says("Buat tautan pengantar baru"), "nothing is waited for");
        let _ = operator.get(&path).await.redirected("/tugas/").saying("tidak dapat dilakukan");
        app.leave_work();
    }

    async fn a_returned_form_is_completed_at_the_counter(app) {
        let _world = village_with(&app, no_introduction()).await;
        let case_id = served(&app).await;
        let history = "select count(*) from kernel_history where table_name = 'services_application'";
        let before = app.count(history).await;
        let kasi = app.signed_in("kasi").await;
        let path = format!("/tugas/{case_id}/langkah/kembalikan");
        let page = kasi.get(&path).await.good();
        let (_, back) = page.links("main a").pop().expect("a way back");
        assert_eq!(back, format!("/tugas/{case_id}"), "who changes her mind comes back to the application");
        page.form(&path).fill("reason", "Tempat usaha belum jelas").submit().await.good();
        let operator = app.signed_in("operator").await;
        let page = operator.get(&format!("/tugas/{case_id}")).await.good().click("Lengkapi di loket").await.good();
        page.assert_accessible_basics();
        let page = page.saying("Tempat usaha belum jelas");
        assert_eq!(page.value("jenis_usaha").as_deref(), Some("penggilingan kopi"));
        let wrong = page.form("#isian").fill("jenis_usaha", "").submit().await.is(422);
        assert!(wrong.error_at("jenis_usaha").is_some());
        let form = wrong.form("#isian").fill("jenis_usaha", "penggilingan kopi dan padi").attach("foto_usaha", "usaha.png", "image/png", &photo());
        let page = form.submit().await.redirected("/tugas/").saying("sudah dilengkapi").saying("Diperiksa");
        assert!(page.says("penggilingan kopi dan padi") && page.says("usaha.png"));
        assert!(page.says("Jawaban diubah: Usaha apa?"), "{}", page.text());
        assert!(app.count(history).await > before + 1, "what was answered before stays in the history");
        // Two tabs: the second hears that it is done.
        let _ = operator.get(&format!("/loket/{case_id}/lengkapi")).await.redirected("/tugas/").saying("tidak dapat dilakukan");
        app.signed_in("operator.kelurahan").await.get(&format!("/loket/{case_id}/lengkapi")).await.is(404);
        // Whoever typed the answers is not the second pair of eyes.
        act(&app, "kasi", case_id, "periksa").await.saying("Sekretaris Desa");
        app.settle().await;
    }

    async fn an_introduction_is_photographed_at_the_counter(app) {
        let photographed = Overrides { introduction: Some(IntroductionMode::Photo), ..Overrides::default() };
        let _world = village_with(&app, photographed).await;
        let operator = app.signed_in("operator").await;
        let page = operator.get("/loket").await.good().click("Surat Keterangan Usaha").await.good();
        let page = page.form("#nik-cari").fill("nik", NIK).submit().await.good();
        let filled = |page: &testkit::Page| {
            page.form("#isian").fill("jenis_usaha", "warung").fill_date("mulai_usaha", "1", "1", "2019").fill("keperluan", "kur")
        };
        let page = filled(&page).fill("pengantar", "foto").submit().await.is(422);
        assert!(page.error_at("pengantar_foto").is_some(), "{:?}", page.errors());
        page.assert_accessible_basics();
        let form = filled(&page).fill("pengantar", "foto").attach("pengantar_foto", "pengantar.png", "image/png", &photo());
        let page = form.submit().await.good().saying("Permohonan diterima");
        let case_id: Id = page.path.trim_start_matches("/loket/").parse().unwrap();
        let page = operator.get(&format!("/tugas/{case_id}")).await.good().saying("fotonya dilampirkan").saying("pengantar.png");
        page.click("pengantar.png").await.good();
        assert_eq!(app.count("select count(*) from kernel_attachment where field = 'introduction'").await, 1);
        app.settle().await;
    }

    async fn a_full_disk_at_the_counter_is_told_as_such(app) {
        let _world = village_with(&app, no_introduction()).await;
        let operator = app.signed_in("operator").await;
        let page = operator.get("/loket").await.good().click("Surat Keterangan Usaha").await.good();
        let page = page.form("#nik-cari").fill("nik", NIK).submit().await.good();
        let form = page.form("#isian").fill("jenis_usaha", "warung").fill_date("mulai_usaha", "1", "1", "2019").fill("keperluan", "kur");
        app.gov().blobs().set_reserve(u64::MAX / 2);
        let page = form.attach("foto_usaha", "usaha.png", "image/png", &photo()).submit().await.is(507).saying("Penyimpanan penuh");
        assert!(page.errors().is_empty(), "no field is wrong: {:?}", page.errors());
        assert_eq!(page.value("jenis_usaha").as_deref(), Some("warung"), "what was typed stays");
        page.assert_accessible_basics();
        app.gov().blobs().set_reserve(0);
        let page = page.form("#isian").attach("foto_usaha", "usaha.png", "image/png", &photo()).submit().await.good();
        page.saying("Permohonan diterima");
        app.settle().await;
    }

    async fn a_full_disk_at_home_keeps_what_was_typed(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let page = siti.get(START).await.good().form("#isian").fill_all(&SITI).fill_date("diri.lahir", "17", "3", "1981").submit().await.reached("?h=1");
        let form = page.form("#isian").fill("jenis_usaha", "warung").fill("alamat_usaha", "Dusun I").fill_date("mulai_usaha", "1", "1", "2019");
        app.gov().blobs().set_reserve(u64::MAX / 2);
        form.attach("foto_usaha", "usaha.png", "image/png", &photo()).submit().await.is(507).saying("Penyimpanan penuh");
        let page = siti.get(&format!("{START}?h=1")).await.good();
        assert_eq!(page.value("jenis_usaha").as_deref(), Some("warung"));
        app.leave_work();
    }

    async fn a_photo_stays_as_long_as_the_draft_that_names_it(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let page = siti.get(START).await.good().form("#isian").fill_all(&SITI).fill_date("diri.lahir", "17", "3", "1981").submit().await.reached("?h=1");
        let form = page.form("#isian").fill("jenis_usaha", "warung").fill("alamat_usaha", "Dusun I").fill_date("mulai_usaha", "1", "1", "2019");
        form.attach("foto_usaha", "usaha.png", "image/png", &photo()).submit().await.reached("?h=2");
        let staged = app.gov().blobs().put(&app.ctx(), "lain.png", &photo(), &kernel::blobs::Limits::ATTACHMENT).unwrap();
        app.write(move |tx| Ok(kernel::blobs::park(tx, &staged)?)).await;
        app.clock().advance_hours(24 * 29);
        assert_eq!(collect(&app).await, 1, "what no draft names goes after a day");
        let _ = siti.get(&format!("{START}?h=1")).await.good().saying("usaha.png");
        // Thrown away by its owner, it does not wait for the end of the month.
        let page = siti.get(&format!("{START}?h=1")).await.good();
        let _ = page.form("form[action$=hapus]").submit().await.good();
        app.clock().advance_hours(1);
        assert_eq!(collect(&app).await, 1);
        app.leave_work();
    }

    async fn the_store_refuses_an_officer_of_another_village_by_itself(app) {
        let _world = village_with(&app, no_introduction()).await;
        let case_id = served(&app).await;
        for stranger in ["operator.kelurahan", "lurah", "kadis", "bupati"] {
            for action in [Action::Cancel, Action::Check, Action::Return, Action::Refuse] {
                assert_eq!(refusal(asks(&app, stranger, case_id, action).await), "services-not-your-desk", "{stranger} {action:?}");
            }
        }
        asks(&app, "kasi", case_id, Action::Return).await.unwrap();
        for action in [Action::Resubmit, Action::Cancel, Action::Refuse] {
            assert_eq!(refusal(asks(&app, "operator.kelurahan", case_id, action).await), "services-not-your-desk", "{action:?}");
        }
        assert_eq!(refusal(asks(&app, "bupati", case_id, Action::Resubmit).await), "services-not-your-desk");
        asks(&app, "operator", case_id, Action::Resubmit).await.unwrap();
        for (who, action) in [("kasi", Action::Check), ("sekdes", Action::Initial), ("kades", Action::Sign)] {
            asks(&app, who, case_id, action).await.unwrap();
        }
        let staged = app.gov().blobs().put(&app.ctx(), "scan.png", &photo(), &kernel::blobs::Limits::SCAN).unwrap();
        let scan = app.write(move |tx| Ok(kernel::blobs::park(tx, &staged)?)).await;
        let code = app.read(move |rx| Ok::<_, Error>(case::find(rx, case_id)?.code)).await;
        acts(&app, "operator", &code, Action::RegisterScan, "", Some(scan)).await;
        assert_eq!(refusal(asks(&app, "operator.kelurahan", case_id, Action::HandOver).await), "services-not-your-desk");
        asks(&app, "operator", case_id, Action::HandOver).await.unwrap();
        app.leave_work();
    }

    async fn only_the_neighbour_declines(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let code = code_of(&up_to_review(&siti).await.form("#isian").submit().await.good());
        assert_eq!(refusal(asks(&app, "operator", id_of(&app, &code).await, Action::Decline).await), "services-not-your-desk");
        let _ = proved(&siti, &code).await.good();
        app.leave_work();
    }
);

/// A file of another application is not taken over by naming it.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_another_case_is_not_taken_over() {
    let app = TestApp::new(&[&crate::SYSTEM]).await;
    let _world = village_with(&app, no_introduction()).await;
    let case_id = served(&app).await;
    let staged = app.gov().blobs().put(&app.ctx(), "lain.png", &photo(), &kernel::blobs::Limits::ATTACHMENT).unwrap();
    let foreign = app.write(move |tx| Ok(kernel::blobs::adopt(tx, &staged)?)).await;
    asks(&app, "kasi", case_id, Action::Return).await.unwrap();
    let operator = app.signed_in("operator").await;
    let page = operator.get(&format!("/loket/{case_id}/lengkapi")).await.good();
    let page = page.form("#isian").forge("foto_usaha-kept", &foreign.to_string()).submit().await;
    assert_eq!(page.status.as_u16(), 404, "{}", page.text());
    assert_eq!(app.count("select count(*) from kernel_attachment").await, 0);
    app.leave_work();
}

//! A letter in somebody's hands: comparing it with what is registered, and its applicant downloading it.

use kernel::{Error, Id, blobs::Limits, document};
use testkit::{TestApp, Visitor, World};

use super::home::{Reached, SITI, START, acts, adopted, code_of, photo, proved, up_to_review};
use crate::{model::overrides::Overrides, rules::Action, store};

/// What the letter says; anything else shows it.
const INSIDE: &str = "penggilingan kopi";
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// Siti's letter in force: her browser, the tracking code, the code on the letter.
async fn in_force(app: &TestApp, scan: (&str, &[u8])) -> (Visitor, String, String) {
    let siti = app.anonymous();
    let code = code_of(&up_to_review(&siti).await.form("#isian").submit().await.good());
    for (who, action) in [("operator", Action::Introduce), ("kasi", Action::Check), ("sekdes", Action::Initial), ("kades", Action::Sign)] {
        acts(app, who, &code, action, "", None).await;
    }
    let staged = app.gov().blobs().put(&app.ctx(), scan.0, scan.1, &Limits::SCAN).unwrap();
    let blob = app.write(move |tx| Ok(kernel::blobs::park(tx, &staged)?)).await;
    acts(app, "operator", &code, Action::RegisterScan, "", Some(blob)).await;
    let case = code.clone();
    let verify = app.read(move |rx| {
        let case = kernel::case::by_code(rx, &case)?;
        Ok::<_, Error>(document::of_case(rx, case.id)?.remove(0).verify_code.unwrap_or_default())
    });
    let verify = verify.await;
    (siti, code, verify)
}

async fn types(visitor: &Visitor, verify: &str, name: &str, day: &str) -> testkit::Page {
    let page = visitor.get(&format!("/verifikasi/{verify}")).await.good();
    page.assert_accessible_basics();
    assert!(!page.says(INSIDE));
    page.form("#cocokkan").fill("nama", name).fill_date("lahir", day, "3", "1981").submit().await
}

testkit::both!([&crate::SYSTEM];
    async fn whoever_holds_the_letter_sees_what_is_registered(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let (_, _, verify) = in_force(&app, ("scan.png", &photo())).await;
        let bank = app.anonymous().from("10.7.7.7");
        let name = types(&bank, &verify, "Siti Rahmawani", "17").await.is(422);
        name.assert_accessible_basics();
        let day = types(&bank, &verify, "Siti Rahmawati", "18").await.is(422);
        for wrong in [&name, &day] {
            assert!(wrong.says("tidak sama dengan surat yang terdaftar") && !wrong.says(INSIDE), "{}", wrong.text());
        }
        assert_eq!(name.errors(), day.errors(), "which of the two was wrong is not told");
        let compared = "select count(*) from kernel_entry where action = 'services.letter.compared' and object is not null";
        assert_eq!(app.count(compared).await, 0);
        let page = types(&bank, &verify, "siti  RAHMAWATI, S.E.", "17").await.good().saying("Isi surat yang terdaftar");
        page.assert_accessible_basics();
        assert!(page.says(INSIDE) && page.says("17 Maret 1981"));
        assert!(!page.says("1611025703810012") && page.says("161102"), "the NIK in part: {}", page.text());
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(app.count(compared).await, 1);
        assert!(!bank.get(&format!("/verifikasi/{verify}")).await.good().says(INSIDE), "shown once");
        app.leave_work();
    }

    async fn guessing_at_a_letter_waits_longer_and_longer(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let (_, _, verify) = in_force(&app, ("scan.png", &photo())).await;
        let thief = app.anonymous().from("10.8.8.8");
        for day in ["1", "2", "3"] {
            types(&thief, &verify, "Siti Rahmawati", day).await.is(422);
        }
        // From another address too: the letter itself is slow now, and the right answer has to wait as well.
        types(&app.anonymous().from("10.8.8.9"), &verify, "Siti Rahmawati", "17").await.is(429);
        app.clock().advance_hours(1);
        types(&thief, &verify, "Siti Rahmawati", "17").await.good().saying(INSIDE);
        app.leave_work();
    }

    async fn of_a_revoked_letter_nothing_is_said_but_that(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let (siti, code, verify) = in_force(&app, ("scan.png", &photo())).await;
        let anyone = app.anonymous();
        let before = anyone.get(&format!("/verifikasi/{verify}")).await.good();
        let (kades, case) = (app.signed_in("kades").await, code.clone());
        let case_id: Id = app.read(move |rx| Ok::<_, Error>(kernel::case::by_code(rx, &case)?.id)).await;
        let path = format!("/tugas/{case_id}/langkah/cabut");
        let page = kades.get(&path).await.good();
        page.form(&path).fill("reason", "Usaha ternyata sudah tutup sejak tahun lalu").submit().await.good();
        let page = anyone.get(&format!("/verifikasi/{verify}")).await.good().saying("Dicabut");
        assert!(!page.has("#cocokkan") && !page.says("sudah tutup"));
        // A page opened before the revocation.
        let page = before.form("#cocokkan").fill("nama", "Siti Rahmawati").fill_date("lahir", "17", "3", "1981").submit().await;
        let page = page.reached("/verifikasi/").saying("Dicabut");
        assert!(!page.says(INSIDE));
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'services.letter.compared'").await, 0);
        // Nor is it handed out any more.
        proved(&siti, &code).await.good();
        siti.get(&format!("/lacak/{code}/unduh")).await.is(404);
        app.leave_work();
    }

    async fn the_applicant_downloads_her_letter_after_the_second_proof(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        for (name, bytes, kind, words) in
            [("scan.png", photo(), "image/png", "Gambar PNG, "), ("scan.pdf", PDF.to_vec(), "application/pdf", "Berkas PDF, ")]
        {
            let (_, code, _) = in_force(&app, (name, &bytes)).await;
            let before = app.count("select count(*) from kernel_entry where action = 'services.letter.downloaded'").await;
            let siti = app.anonymous();
            let page = siti.get(&format!("/lacak/{code}")).await.good().saying("Unduh surat Anda");
            page.assert_accessible_basics();
            assert!(page.links("a[href$='/unduh']").is_empty());
            let page = page.click("Buktikan, lalu unduh").await.good();
            let page = page.form(&format!("/lacak/{code}/bukti")).fill_date("lahir", "17", "3", "1981").fill("nik", "0012").submit().await;
            let page = page.reached("/lacak/").saying("Surat Anda sudah jadi").saying(words);
            page.assert_accessible_basics();
            let size = page.text().split(words).nth(1).unwrap_or_default().to_owned();
            assert!(size.starts_with(|c: char| c.is_ascii_digit()), "how large it is: {}", page.text());
            let file = page.click("Unduh surat").await.good();
            assert_eq!(file.header("content-type"), kind);
            assert!(file.header("content-disposition").starts_with("attachment; filename=\"keterangan-usaha-500.3-"), "{}", file.header("content-disposition"));
            assert_eq!(&file.bytes[..4], &bytes[..4]);
            let after = app.count("select count(*) from kernel_entry where action = 'services.letter.downloaded'").await;
            assert_eq!(after, before + 1);
        }
        app.leave_work();
    }

    async fn an_applicant_is_written_to_in_her_language(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        for (language, received, returned) in [("en", "application received", "something is missing"), ("id", "diterima", "perlu dilengkapi")] {
            let siti = app.anonymous().with_header("accept-language", language);
            let code = code_of(&up_to_review(&siti).await.form("#isian").submit().await.good());
            acts(&app, "operator", &code, Action::Introduce, "", None).await;
            acts(&app, "kasi", &code, Action::Return, "Tempat usaha belum jelas", None).await;
            app.settle().await;
            siti.post(&format!("/lacak/{code}/surel"), &[]).await.good();
            app.settle().await;
            let shown = indonesian::Code::parse(&code).unwrap().to_string();
            let letters: Vec<_> = app.mailbox().letters().into_iter().filter(|letter| letter.text().contains(&code) || letter.text().contains(&shown)).collect();
            let subjects: Vec<String> = letters.iter().map(|letter| letter.subject()).collect();
            assert!(subjects.iter().any(|subject| subject.contains(received)), "{language}: {subjects:?}");
            assert!(subjects.iter().any(|subject| subject.contains(returned)), "{language}: {subjects:?}");
            let english = letters.iter().filter(|letter| letter.text().contains("Your application") || letter.text().contains("Open this link")).count();
            assert_eq!(english, if language == "en" { letters.len() } else { 0 }, "{subjects:?}");
            assert_eq!(letters.len(), 3, "received, returned and the link: {subjects:?}");
        }
    }

    async fn what_a_village_asks_besides_is_shown_and_demanded(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let before = code_of(&up_to_review(&siti).await.form("#isian").submit().await.good());
        let kades = app.signed_in("kades").await;
        let page = kades.get("/layanan-kami").await.good().click("Surat Keterangan Usaha").await.good();
        let lines = "Bukti lunas PBB | Proof that the land tax is paid\nBukti lunas PBB | The same again";
        page.form("#pilihan").fill("syarat", lines).submit().await.redirected("/layanan-kami/");
        let budi = app.anonymous();
        let page = budi.get("/layanan/tanjung-raman/keterangan-usaha").await.good();
        let page = page.saying("Bukti lunas PBB").saying("syarat tambahan kantor ini");
        page.assert_accessible_basics();
        // From home the paper is a page of its own, and nothing goes without it.
        let page = budi.get(START).await.good();
        let page = page.form("#isian").fill_all(&SITI).fill_date("diri.lahir", "17", "3", "1981").submit().await.reached("?h=1");
        let form = page.form("#isian").fill("jenis_usaha", "warung").fill("alamat_usaha", "Dusun II").fill_date("mulai_usaha", "1", "1", "2019");
        let page = form.submit().await.reached("?h=2").form("#isian").fill("keperluan", "kur").submit().await.reached("?h=3");
        page.assert_accessible_basics();
        let page = page.saying("Bukti lunas PBB").form("#isian").submit().await.is(422);
        let input = page.attribute("input[type=file]", "name").expect("a field for the paper");
        assert!(page.error_at(&input).is_some(), "{:?}", page.errors());
        let page = page.form("#isian").attach(&input, "pbb.png", "image/png", &photo()).submit().await.reached("?h=4");
        let rt = [("rt", "tautan"), ("rt.nama", "Hasan"), ("rt.jabatan", "Ketua RT 03")];
        let page = page.form("#isian").fill_all(&rt).submit().await.reached("?h=5").saying("pbb.png");
        let code = code_of(&page.form("#isian").submit().await.good());
        acts(&app, "operator", &code, Action::Introduce, "", None).await;
        let id = |code: String| app.read(move |rx| Ok::<_, Error>(kernel::case::by_code(rx, &code)?.id));
        let kasi = app.signed_in("kasi").await;
        let page = kasi.get(&format!("/tugas/{}", id(code).await)).await.good();
        page.saying("Bukti lunas PBB").click("pbb.png").await.good();
        // Who applied before the village asked for it is not asked now.
        acts(&app, "operator", &before, Action::Introduce, "", None).await;
        acts(&app, "kasi", &before, Action::Return, "Sebutkan RT tempat usahanya", None).await;
        let page = siti.get(&format!("/lacak/{before}/perbaiki")).await.good();
        page.form("#isian").submit().await.reached("/lacak/").saying("Diperiksa");
        app.leave_work();
    }
);

/// The machine's form names the same paper, and refuses without it.
#[tokio::test(flavor = "multi_thread")]
async fn the_api_demands_what_the_village_asks_besides() {
    let app = TestApp::new(&[&crate::SYSTEM]).await;
    let world = World::small(&app).await;
    adopted(&app, &world).await;
    let (village, extra) = (world.village, crate::model::Text { id: "Bukti lunas PBB".into(), en: "Land tax paid".into() });
    app.write(move |tx| {
        let held = kernel::offering::at(tx, store::SYSTEM, village, "keterangan-usaha")?;
        let own = Overrides { extra_requirements: vec![extra.clone()], ..Overrides::default() };
        kernel::offering::set_overrides(tx, &held, &own.to_json()).map(|_| ())
    })
    .await;
    let service = app.anonymous().get("/api/v1/services/tanjung-raman/keterangan-usaha").await.good().json();
    let required = service["form"]["required"].as_array().cloned().unwrap_or_default();
    assert!(required.iter().any(|key| key.as_str().is_some_and(|key| key.starts_with("syarat_"))), "{service}");
}

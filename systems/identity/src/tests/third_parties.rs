//! Vendors, auditors and students: dated, under an NDA (001 G27(7)).

use kernel::post::office;
use testkit::Page;

use super::{SYSTEMS, signs_in, world};

fn is_in(page: &Page) -> bool {
    page.path.starts_with("/ketentuan")
}

testkit::both!(SYSTEMS;
    async fn a_third_party_signs_in_under_its_nda_only(app) {
        let world = world(&app).await;
        let sponsor = world.post(world.opd, office::HEAD).await.to_string();
        let admin = app.signed_in("admin").await;
        let page = admin.get("/pihak-ketiga").await.good();
        page.assert_accessible_basics();
        let page = page.click("Catat pihak ketiga").await.good();
        page.assert_accessible_basics();
        let form = page.form("/pihak-ketiga/baru");
        let page = form.clone().submit().await.is(422);
        assert_eq!(page.errors().len(), 8, "{:?}", page.errors());
        let form = form.fill("nama", "Rina Wulandari").fill("username", "rina.sinardata").fill("lembaga", "PT Sinar Data").fill("jenis", "vendor");
        let form = form.fill("keperluan", "Pemeliharaan jaringan").fill("penjamin", &sponsor).fill("unit", &world.opd.to_string());
        let page = form.fill("berakhir", "2027-03-31").submit().await.good().saying("rina.sinardata");
        let password = page.all("main dd").pop().unwrap();
        // No login before the NDA is registered, not even with the right password.
        assert!(!is_in(&signs_in(&app.anonymous(), "rina.sinardata", &password).await));
        let page = page.click("Sudah dicatat").await.good().saying("menunggu NDA").saying("Kepala Dinas");
        page.assert_accessible_basics();
        // Nor is it opened by another door.
        let account = page.path.rsplit('/').next().unwrap().to_owned();
        let other = admin.get(&format!("/pengguna/{account}")).await.good();
        let _ = other.form("main form[action$='/keadaan']").press("keadaan", "aktif").await;
        assert!(!is_in(&signs_in(&app.anonymous(), "rina.sinardata", &password).await));
        let form = page.form("main form[action$='/nda']").fill("nomor", "NDA/7/2026");
        let wrong = form.clone().fill("tanggal", "2026-11-25").fill("sampai", "2026-12-31").submit().await.is(422);
        assert!(wrong.error_at("tanggal").is_some_and(|error| error.contains("belum tiba")));
        let wrong = form.clone().fill("tanggal", "2025-11-20").fill("sampai", "2026-11-01").submit().await.is(422);
        assert!(wrong.error_at("sampai").is_some_and(|error| error.contains("sudah berakhir")));
        let page = form.fill("tanggal", "2026-11-20").fill("sampai", "2026-12-10").submit().await.redirected("/pihak-ketiga/").saying("NDA terdaftar");
        // The account ends with the NDA, though a later day was asked for.
        let _ = page.saying("segera berakhir").saying("10 Desember 2026");
        let rina = app.anonymous();
        assert!(is_in(&signs_in(&rina, "rina.sinardata", &password).await));
        let other = admin.get(&format!("/pengguna/{account}")).await.good();
        let longer = other.form("main form[action$='/berakhir']").fill("berakhir", "2027-06-01").submit().await.is(422);
        assert!(longer.error_at("berakhir").is_some_and(|error| error.contains("lebih lama")));
        let _ = admin.get("/pihak-ketiga").await.good().saying("1 berakhir dalam 30 hari").saying("NDA/7/2026");
        // None after its end: neither the open session nor a new one.
        app.clock().set("2026-12-11 00:00");
        let _ = rina.get("/akun").await.redirected("/masuk");
        assert!(!is_in(&signs_in(&app.anonymous(), "rina.sinardata", &password).await));
        let admin = app.signed_in("admin").await;
        let page = admin.get(&format!("/pihak-ketiga/{account}")).await.good().saying("sudah berakhir");
        let form = page.form("main form[action$='/nda']").fill("nomor", "NDA/1/2027").fill("tanggal", "2026-12-10").fill("sampai", "2027-12-10");
        let _ = form.submit().await.redirected("/pihak-ketiga/").saying("berlaku");
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'kernel.agreement.registered'").await, 2);
        let _ = app.signed_in("sekdes").await.get("/pihak-ketiga").await.is(404);
    }
);

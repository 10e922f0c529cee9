//! What is late and what stopped: the bupati's list of the oldest work, and the machine's queue with its two buttons.

use testkit::TestApp;

use super::desk::{act, no_introduction, served, village_with};

/// Tries everything again until it is given up: delays grow, so days pass.
async fn until_given_up(app: &TestApp) {
    for _ in 0..20 {
        app.settle().await;
        app.clock().advance_hours(12);
    }
    app.settle().await;
}

async fn dead(app: &TestApp) -> (i64, i64) {
    let deliveries = app.count("select count(*) from kernel_delivery where state = 'dead'").await;
    (deliveries, app.count("select count(*) from kernel_job where state = 'dead'").await)
}

testkit::both!([&crate::SYSTEM];
    async fn late_work_is_named_with_its_desk_and_holder(app) {
        let _world = village_with(&app, no_introduction()).await;
        served(&app).await;
        app.settle().await;
        let bupati = app.signed_in("bupati").await;
        let letter = |page: &testkit::Page| {
            let rows = page.rows("");
            rows.into_iter().map(|row| row.join(" · ")).find(|row| row.contains("Keterangan Usaha")).expect("the letter in the list")
        };
        let line = letter(&bupati.get("/pantau").await.good());
        assert!(line.contains("sisa") && !line.contains("lewat"), "not late yet: {line}");
        app.clock().advance_hours(24 * 6);
        let bupati = app.signed_in("bupati").await;
        let page = bupati.get("/pantau").await.good();
        page.assert_accessible_basics();
        let line = letter(&page);
        for part in ["Desa Tanjung Raman", "Kepala Seksi Pelayanan", "lewat 5 hari"] {
            assert!(line.contains(part), "{part}: {line}");
        }
        assert!(!page.says("Rohani"), "nobody's name: {}", page.text());
        assert_eq!(line.matches('-').count(), 2, "the code as people read it: {line}");
        assert!(page.all("caption .unseen").iter().any(|words| words == "Menurut unit"), "a heading says it already");
        let late = page.click("Desa Tanjung Raman").await.good();
        assert!(late.path.contains("lewat=ya") && late.says("Keterangan Usaha"), "{}", late.path);
        // Worked on, it waits at the next desk.
        app.clock().set("2026-11-30 09:00");
        let bupati = app.signed_in("bupati").await;
        let case = app.read(|rx| Ok::<_, kernel::Error>(rx.one("select id from kernel_case", &[])?.ok_or(kernel::Error::Missing)?.get(0)?)).await;
        act(&app, "kasi", case, "periksa").await.good();
        app.settle().await;
        let line = letter(&bupati.get("/pantau").await.good());
        assert!(line.contains("Sekretaris Desa") && line.contains("lewat"), "{line}");
        app.settle().await;
    }

    async fn what_stopped_is_tried_again_or_thrown_away(app) {
        let _world = village_with(&app, no_introduction()).await;
        let case = served(&app).await;
        app.settle().await;
        // Without room no letter becomes a PDF, and no list is exported.
        app.gov().blobs().set_reserve(u64::MAX / 2);
        for (who, step) in [("kasi", "periksa"), ("sekdes", "paraf"), ("kades", "tanda-tangan")] {
            act(&app, who, case, step).await.good();
        }
        let sekdes = app.signed_in("sekdes").await;
        let page = sekdes.get("/permohonan").await.good();
        let page = page.form("/permohonan/unduh").press("format", "csv").await.good();
        page.form("#tujuan").fill("tujuan", "report").fill("alasan", "laporan bulanan kepada Camat").submit().await.good();
        until_given_up(&app).await;
        assert_eq!(dead(&app).await, (1, 1));
        let admin = app.signed_in("admin").await;
        let page = admin.get("/antrean").await.good().saying("services.render").saying("kernel.export");
        page.assert_accessible_basics();
        // Only whoever runs the machine.
        for stranger in ["kades", "bupati", "operator"] {
            app.signed_in(stranger).await.get("/antrean").await.is(404);
        }
        // Again while there is still no room: it stops again, nothing is lost.
        page.form("form[action='/antrean/pengiriman']").press("tindakan", "ulang").await.redirected("/antrean").saying("Dicoba lagi");
        until_given_up(&app).await;
        assert_eq!(dead(&app).await, (1, 1));
        app.gov().blobs().set_reserve(0);
        let admin = app.signed_in("admin").await;
        let page = admin.get("/antrean").await.good();
        page.form("form[action='/antrean/pengiriman']").press("tindakan", "ulang").await.redirected("/antrean");
        app.settle().await;
        assert_eq!(app.count("select count(*) from kernel_document where pdf is not null").await, 1, "the letter is there now");
        page.form("form[action='/antrean/pekerjaan']").press("tindakan", "buang").await.redirected("/antrean").saying("Dibuang");
        assert_eq!(dead(&app).await, (0, 0));
        // Pressed once more from a page that is old.
        page.form("form[action='/antrean/pekerjaan']").press("tindakan", "buang").await.redirected("/antrean").saying("Sudah diurus orang lain");
        admin.get("/antrean").await.good().saying("Tidak ada yang berhenti");
        app.settle().await;
    }
);

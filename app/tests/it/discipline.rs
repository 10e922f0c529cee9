//! A restriction meets every system at once: open sessions, tokens, work that was queued before it.

use jiff::SignedDuration;
use testkit::{PASSWORD, TestApp, Visitor};

use crate::{
    systems::SYSTEMS,
    town::{SERVICE, VILLAGE, furnished},
};

/// A case about the village's service section, answered and decided; says its address.
async fn restricted(app: &TestApp, kasi: &Visitor) -> String {
    let sekdes = app.signed_in("sekdes").await;
    let page = sekdes.get("/sanksi/baru").await.good();
    let form = page.form("/sanksi/baru").fill("akun", "kasi").fill("dasar", "Ketentuan Penggunaan butir 4");
    let case = form.fill("uraian", "Kata sandi dibagikan.").submit().await.redirected("/sanksi/kasus/").path;
    // The menu says that there is news, and leads to it.
    let page = kasi.get("/akun").await.good().saying("kabar dalam perkara").click("Buka").await.good();
    let _ = page.form("form[action$='/jawaban']").fill("jawaban", "Tidak sengaja.").submit().await.saying("Tidak sengaja.");
    let kades = app.signed_in("kades").await;
    let page = kades.get(&format!("{case}/langkah/putuskan")).await.good();
    let form = page.form("main form").fill("tindakan", "temporary").fill("sampai", "2026-11-30").fill("uraian", "Terbukti.");
    let _ = form.fill("keputusan", "SK 800/12/2026").submit().await.redirected(&case).saying("Diputuskan");
    case
}

testkit::both!(SYSTEMS;
    async fn a_restriction_stops_sessions_tokens_and_queued_work_at_once(app) {
        let _world = furnished(&app).await;
        let (kasi, machine) = (app.signed_in("kasi").await, app.api(&app.api_token("kasi").await));
        let _ = machine.get("/api/v1/services/tasks").await.good();
        let _ = kasi.get("/tugas").await.good();
        // Asked for before, made after: the file never leaves.
        let _ = kasi.get("/permohonan").await.good();
        let asked = kasi.post("/permohonan/unduh", &[("format", "csv")]).await.good();
        let asked = asked.form("#tujuan").fill("tujuan", "report").fill("alasan", "laporan bulanan desa").submit().await;
        let asked = asked.redirected("/unduhan/").path;
        let _ = restricted(&app, &kasi).await;
        let page = kasi.get("/tugas").await.redirected("/akun/pembatasan").saying("SK 800/12/2026, 20 November 2026");
        page.assert_accessible_basics();
        let refused = machine.get("/api/v1/services/tasks").await.is(403);
        assert!(refused.body().contains("SK 800/12/2026") && refused.header("content-type").starts_with("application/problem+json"));
        let _ = machine.get(&format!("/api/v1/services/{VILLAGE}/{SERVICE}")).await.is(403);
        app.settle().await;
        assert_eq!(app.count("select count(*) from kernel_export where state = 'made'").await, 0, "{asked}");
        // What everybody may see stays open, without a desk on it.
        let _ = kasi.get("/layanan").await.good();
        // The way to answer is there, also after a new sign-in.
        let page = page.click("Tanggapi atau ajukan keberatan").await.good();
        page.assert_accessible_basics();
        let form = page.form("form[action$='/keberatan']").fill("keberatan", "Terlalu berat.");
        let _ = form.submit().await.saying("Keberatan diperiksa");
        let again = app.anonymous();
        let page = again.get("/masuk").await.good();
        let _ = page.form("/masuk").fill("username", "kasi").fill("password", PASSWORD).submit().await.redirected("/akun/pembatasan");
        // Its end is an end: the next sign-in works, nobody switched anything.
        app.clock().advance(SignedDuration::from_hours(24 * 11));
        let _ = app.signed_in("kasi").await.get("/tugas").await.good();
        let _ = machine.get("/api/v1/services/tasks").await.good();
        app.leave_work();
    }
);

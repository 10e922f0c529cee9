//! The quarterly review of access.

use kernel::grant::Grantee;
use testkit::TestApp;

use super::{SYSTEMS, account_of, world};

/// The review of a unit, as its head opens it from the list of tasks.
async fn review_of(app: &TestApp, unit: kernel::Id) -> String {
    let find = move |rx: &mut kernel::Rx<'_>| {
        let row = rx.one("select id from identity_review where unit = $1", &kernel::params![unit])?.ok_or(kernel::Error::Missing)?;
        Ok(row.get::<kernel::Id>(0)?)
    };
    format!("/tinjauan/hak/{}", app.read(find).await)
}

/// The job that looks for what is due, as the server runs it every few hours.
async fn looks_for_reviews(app: &TestApp) {
    app.write(|tx| {
        let now = tx.now();
        kernel::jobs::ensure(tx, "identity.reviews", now)
    })
    .await;
    app.settle().await;
}

testkit::both!(SYSTEMS;
    async fn the_head_reviews_each_right_and_a_removed_one_is_gone_at_once(app) {
        let world = world(&app).await;
        let operator = account_of(&app, "operator").await;
        world.grant(Grantee::Account(operator), "overseer", world.village).await;
        looks_for_reviews(&app).await;
        assert_eq!(app.count("select count(*) from identity_review").await, 0, "the quarter of the first account is not reviewed");
        app.clock().set("2027-01-01 07:00");
        looks_for_reviews(&app).await;
        assert_eq!(app.count("select count(*) from identity_review where quarter = '2027-1'").await, 5);
        let href = review_of(&app, world.village).await;
        let _ = app.signed_in("sekdes").await.get(&href).await.is(404);
        let kades = app.signed_in("kades").await;
        let page = kades.get(&href).await.good().saying("Yuliana, Sekretaris Desa").saying("Agus Setiawan, Pengawas").saying("Selesaikan sebelum");
        page.assert_accessible_basics();
        // The head's own right is for the Camat.
        assert!(!page.says("Rusdi Hartono"));
        let above = app.signed_in("camat").await.get(&review_of(&app, world.kecamatan).await).await.good();
        assert!(above.says("Rusdi Hartono, Kepala Desa") && !above.says("Hendra Wijaya"));
        // Nothing is confirmed unseen.
        let _ = page.form(&href).submit().await.is(422).saying("Buka dahulu");
        let right = page.click("Agus Setiawan, Pengawas").await.good();
        right.assert_accessible_basics();
        let _ = right.form("main form[method=post]").press("putusan", "cabut").await.is(422).saying("Tulis alasan");
        assert!(app.ctx_of("operator").await.actor().officer().unwrap().holds("overseer"));
        let page = right.form("main form[method=post]").fill("alasan", "Tidak lagi mengawasi").press("putusan", "cabut").await;
        let page = page.redirected(&href).saying("Hak dicabut dan sudah berhenti");
        assert!(!app.ctx_of("operator").await.actor().officer().unwrap().holds("overseer"));
        // The others are opened, and kept together.
        for name in ["Yuliana", "Zulkifli", "Fitriani", "Agus Setiawan, Operator"] {
            let (_, one) = page.links("main table a").into_iter().find(|(words, _)| words.contains(name)).expect(name);
            let _ = kades.get(&one).await.good();
        }
        let _ = kades.get(&href).await.good().form(&href).submit().await;
        assert_eq!(app.count("select count(*) from kernel_case where kind = 'access-review' and state = 'closed'").await, 1);
        assert_eq!(app.count("select count(*) from identity_review_line where state = 'kept'").await, 4);
        let page = app.signed_in("sekda").await.get("/tinjauan").await.good().saying("selesai").saying("dicabut 1").saying("triwulan");
        page.assert_accessible_basics();
        // Once a quarter.
        app.clock().advance_hours(30);
        looks_for_reviews(&app).await;
        assert_eq!(app.count("select count(*) from identity_review").await, 5);
    }

    async fn an_overdue_review_goes_up_to_the_regency(app) {
        let world = world(&app).await;
        looks_for_reviews(&app).await;
        app.clock().set("2027-01-01 07:00");
        looks_for_reviews(&app).await;
        let href = review_of(&app, world.village).await;
        app.clock().set("2027-02-15 07:00");
        looks_for_reviews(&app).await;
        assert_eq!(app.count("select count(*) from kernel_case where kind = 'access-review' and state = 'escalated'").await, 5);
        let sekda = app.signed_in("sekda").await;
        let page = sekda.get(&href).await.good().saying("Yuliana, Sekretaris Desa");
        let right = page.click("Yuliana, Sekretaris Desa").await.good();
        // A holder who no longer works there leaves the post at once.
        let _ = right.form("main form[method=post]").fill("alasan", "Sudah pindah").press("putusan", "cabut").await.redirected(&href);
        assert!(app.ctx_of("sekdes").await.actor().officer().unwrap().posts.is_empty());
        // The head may still decide.
        let _ = app.signed_in("kades").await.get(&href).await.good();
        let _ = app.signed_in("camat").await.get(&href).await.is(404);
    }
);

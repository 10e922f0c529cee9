//! Who can see what, and why.

use kernel::grant::Grantee;

use super::{SYSTEMS, account_of, taken, world};

testkit::both!(SYSTEMS;
    async fn an_account_is_told_with_the_grant_behind_each_reach(app) {
        let world = world(&app).await;
        let account = account_of(&app, "operator").await;
        world.grant(Grantee::Account(account), "overseer", world.kecamatan).await;
        let sekdes = app.signed_in("sekdes").await;
        let page = sekdes.get("/akses").await.good().saying("Agus Setiawan").saying("Operator Desa, Desa Tanjung Raman");
        page.assert_accessible_basics();
        // Others' units are not theirs to ask about.
        assert!(!page.says("Gita Lestari") && !page.says("Hendra Wijaya"));
        let page = page.form("main form[method=get]").fill("cari", "operator").submit().await.good().saying("Yang dapat dilihat Agus Setiawan");
        page.assert_accessible_basics();
        let _ = sekdes.get("/akses").await.good().form("main form[method=get]").fill("cari", "lurah").submit().await.good().saying("Tidak ditemukan");
        let lurah = account_of(&app, "lurah").await;
        let _ = sekdes.get(&format!("/akses/akun/{lurah}")).await.is(404);
        let _ = app.signed_in("admin").await.get(&format!("/akses/akun/{lurah}")).await.good().saying("Bambang Irawan");
        let _ = app.signed_in("kasi").await.get("/akses").await.is(404);
        assert!(app.count("select count(*) from kernel_entry where action = 'identity.access.asked'").await >= 2);
    }

    async fn the_inspektorat_gets_the_whole_report_as_a_file(app) {
        let _world = world(&app).await;
        let sekda = app.signed_in("sekda").await;
        let page = sekda.get("/akses").await.good();
        let (_, href) = page.links("main a[href*='format=xlsx']").remove(0);
        let file = taken(&app, &sekda, sekda.get(&href).await).await;
        assert!(file.header("content-type").contains("spreadsheet"));
        let record = page.links("main table a[href^='/akses/akun/']");
        assert!(record.len() > 5, "{record:?}");
    }
);

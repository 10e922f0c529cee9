//! Letters that open the door to aid, in a Masa Pemilihan: marked in the log, told to the officer, counted for the Inspektorat.

use crate::{
    systems::SYSTEMS,
    town::{SERVICE, Town},
};

const AID: &str = "keterangan-tidak-mampu";

testkit::both!(SYSTEMS;
    async fn terms_4_decisions_on_aid_and_changes_of_its_recipients_are_marked_between_the_days(app) {
        let mut town = Town::build(&app).await;
        // Three decisions in the quiet days before.
        for number in 80..83 {
            let _ = town.drive(AID, "awaiting_scan", number).await;
        }
        let quiet = town.drive(AID, "checking", 83).await.id;
        let before = app.signed_in("kasi").await.get(&format!("/tugas/{quiet}")).await.good();
        assert!(!before.says("Masa Pemilihan"));
        app.settle().await;
        app.clock().set("2026-11-25 09:00");
        let admin = app.signed_in("admin").await;
        let form = admin.get("/pengawasan/pemilihan").await.good().form("#tetapkan").fill("nama", "Pilkada 2026").fill("keputusan", "SK KPU 5/2026");
        let _ = form.fill("mulai", "2026-11-25").fill("akhir", "2026-12-15").submit().await.redirected("/pengawasan/pemilihan");
        // The officer is told on the page of such a letter, and on no other.
        let kasi = app.signed_in("kasi").await;
        let page = kasi.get(&format!("/tugas/{quiet}")).await.good().saying("Masa Pemilihan: Pilkada 2026").saying("dilihat Inspektorat");
        page.assert_accessible_basics();
        let other = town.drive(SERVICE, "checking", 84).await.id;
        assert!(!kasi.get(&format!("/tugas/{other}")).await.good().says("Masa Pemilihan"));
        // One is signed, one refused, and somebody corrects a recipient by hand.
        let signed = town.drive(AID, "awaiting_scan", 85).await.id;
        let _ = town.drive(AID, "refused", 86).await;
        let _ = town.drive(SERVICE, "awaiting_scan", 87).await;
        let person = town.find("select a.subject_person from services_application a join kernel_case c on c.id = a.id join kernel_unit u on u.id = c.unit where u.slug = 'tanjung-raman' and c.kind = 'keterangan-tidak-mampu' order by c.received_at desc, c.id desc limit 1").await;
        let page = kasi.get(&format!("/penduduk/{person}/ubah")).await.good();
        let _ = page.form("main form[method=post]").fill("pekerjaan", "Buruh Tani/Perkebunan").submit().await.redirected("/penduduk/");
        let stranger = town.find("select a.subject_person from services_application a join kernel_case c on c.id = a.id join kernel_unit u on u.id = c.unit where u.slug = 'tanjung-raman' and c.kind = 'keterangan-domisili' order by c.received_at, c.id limit 1").await;
        let page = kasi.get(&format!("/penduduk/{stranger}/ubah")).await.good();
        let _ = page.form("main form[method=post]").fill("pekerjaan", "Nelayan/Perikanan").submit().await.redirected("/penduduk/");
        app.settle().await;
        for (action, marked, all) in [("services.aid.decided", 2, 5), ("services.aid.recipient_changed", 1, 1)] {
            let counted = app.read(move |rx| {
                let count = |rx: &mut kernel::Rx<'_>, like: &str| rx.count("select count(*) from kernel_entry where action = $1 and detail like $2", &[action.into(), like.into()]);
                Ok((count(rx, "%\"election\":%")?, count(rx, "%")?))
            });
            assert_eq!(counted.await, (marked, all), "{action}");
        }
        // How many, whose, and against the months before.
        let inspector = app.signed_in("inspector.a").await;
        let page = inspector.get("/pengawasan/pemilihan").await.good().saying("Surat bantuan dalam Pilkada 2026");
        page.assert_accessible_basics();
        let page = page.saying("3 keputusan dan perubahan dalam 1 hari").saying("rata-rata 1,0 dalam 30 hari");
        let row = page.rows("section[aria-labelledby=bantuan] table tbody tr").into_iter().find(|row| row[0].starts_with("Desa Tanjung Raman")).unwrap();
        assert_eq!(row[1..4], ["1", "1", "1"], "{row:?}");
        assert!(row[0].contains("Rusdi Hartono 1") && row[0].contains("Zulkifli 2") && row[4].starts_with('3') && row[4].contains("rata-rata 1,0 dalam 30 hari"), "{row:?}");
        // Looking at it is in the log, and not in the figures.
        let _ = inspector.get("/pengawasan/pemilihan").await.good().saying("3 keputusan dan perubahan dalam 1 hari");
        // Each of them stands on the trail of the unit, with the mark.
        let (_, href) = page.links("section[aria-labelledby=bantuan] table a").remove(0);
        let trail = inspector.get(&href).await.good().saying("Memutuskan surat yang membuka jalan ke bantuan");
        let _ = trail.saying("Masa Pemilihan");
        // Who inspects another area sees nothing of it; who inspects nothing has no such section.
        let _ = app.signed_in("inspector.b").await.get("/pengawasan/pemilihan").await.good().saying("Belum ada keputusan atas surat bantuan");
        assert!(!app.signed_in("admin").await.get("/pengawasan/pemilihan").await.good().says("Surat bantuan dalam"));
        assert_ne!(signed, quiet);
        app.settle().await;
    }
);

//! A restriction meets every system at once: open sessions, tokens, work that was queued before it.

use jiff::{SignedDuration, Timestamp};
use kernel::{
    clock::{self, NewHoliday},
    jobs,
};
use testkit::{PASSWORD, SentMail, TestApp, Visitor};

use crate::{
    systems::SYSTEMS,
    town::{SERVICE, VILLAGE, furnished},
};

/// A case about the village's service section; says its address.
async fn opened(app: &TestApp) -> String {
    let sekdes = app.signed_in("sekdes").await;
    let page = sekdes.get("/sanksi/baru").await.good();
    let form = page.form("/sanksi/baru").fill("akun", "kasi").fill("dasar", "Ketentuan Penggunaan butir 4");
    form.fill("uraian", "Kata sandi dibagikan.").submit().await.redirected("/sanksi/kasus/").path
}

/// The person answers, the case is decided: restricted until a day.
async fn decided(app: &TestApp, kasi: &Visitor, case: &str, until: &str) {
    // The menu says that there is news, and leads to it.
    let page = kasi.get("/akun").await.good().saying("kabar dalam perkara").click("Buka").await.good();
    let _ = page.form("form[action$='/jawaban']").fill("jawaban", "Tidak sengaja.").submit().await.saying("Tidak sengaja.");
    let kades = app.signed_in("kades").await;
    let page = kades.get(&format!("{case}/langkah/putuskan")).await.good();
    let form = page.form("main form").fill("tindakan", "temporary").fill("sampai", until).fill("uraian", "Terbukti.");
    let _ = form.fill("keputusan", "SK 800/12/2026").submit().await.redirected(case).saying("Diputuskan");
}

/// A case about the village's service section, answered and decided; says its address.
async fn restricted(app: &TestApp, kasi: &Visitor) -> String {
    let case = opened(app).await;
    decided(app, kasi, &case, "2026-11-30").await;
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

    // 000 §9: a sanction, its deadline, the appeal, the restoration are told to whom they concern; the e-mail says that there is
    // something to read and until when, never what.
    async fn news_of_a_case_goes_by_e_mail_to_the_account_it_concerns(app) {
        let _world = furnished(&app).await;
        let kasi = app.signed_in("kasi").await;
        let page = kasi.get("/akun/surel").await.good();
        let _ = page.form("/akun/surel").fill("surel", "kasi@contoh.id").fill("lama", PASSWORD).submit().await.good();
        app.settle().await;
        let mails = |app: &TestApp| app.mailbox().letters().into_iter().filter(|mail| mail.to == ["kasi@contoh.id"]).collect::<Vec<_>>();
        let before = mails(&app).len();
        let case = restricted(&app, &kasi).await;
        app.settle().await;
        let told = mails(&app).split_off(before);
        assert_eq!(told.len(), 2, "opened and decided: {told:#?}");
        for (mail, day) in told.iter().zip(["27 November 2026", "Desember 2026"]) {
            assert!(mail.subject().contains("tanggapi sampai") && mail.subject().contains(day), "{}", mail.subject());
            assert!(mail.text().contains(&case.replace("/kasus/", "/saya/")), "{}", mail.text());
        }
        // The appeal is decided, and access restored: two more, without a deadline.
        let page = kasi.get(&case.replace("/kasus/", "/saya/")).await.good();
        let _ = page.form("form[action$='/keberatan']").fill("keberatan", "Terlalu berat.").submit().await.saying("Keberatan diperiksa");
        let camat = app.signed_in("camat").await;
        let page = camat.get(&format!("{case}/langkah/banding")).await.good();
        let form = page.form("main form").fill("hasil", "upheld").fill("uraian", "Putusan tepat.").fill("keputusan", "SK 800/13/2026");
        let _ = form.submit().await.redirected(&case);
        let kades = app.signed_in("kades").await;
        let page = kades.get(&format!("{case}/langkah/pulihkan")).await.good();
        let _ = page.form("main form").fill("uraian", "Sudah diperbaiki.").fill("keputusan", "SK 800/14/2026").submit().await.redirected(&case);
        app.settle().await;
        let told = mails(&app).split_off(before + 2);
        assert_eq!(told.len(), 2, "{told:#?}");
        for mail in &told {
            assert_eq!(mail.subject(), "Ada kabar tentang akun Anda");
        }
        // No name, no reason, no decree in any of them.
        for mail in mails(&app).split_off(before) {
            let whole = format!("{} {}", mail.subject(), mail.text());
            for word in ["Kata sandi", "Terbukti", "SK 800", "pembatasan", "Kepala Seksi", "Tidak sengaja", "Terlalu berat"] {
                assert!(!whole.contains(word), "{word} in {whole}");
            }
        }
        // In the application each of them stands until it is seen; nobody else is told anything.
        assert_eq!(app.count("select count(*) from kernel_signal where kind = 'case-news' and account in (select id from kernel_account where username = 'kasi')").await, 4);
        assert_eq!(app.count("select count(*) from kernel_signal s where kind = 'case-news' and account not in (select id from kernel_account where username = 'kasi')").await, 0);
        // An account without an address is told in the application only, and nothing waits for ever.
        let sekdes = app.signed_in("sekdes").await;
        let form = sekdes.get("/sanksi/baru").await.good().form("/sanksi/baru").fill("akun", "operator").fill("dasar", "Ketentuan Penggunaan butir 4");
        let _ = form.fill("uraian", "Kata sandi ditempel di loket.").submit().await.redirected("/sanksi/kasus/");
        let all = app.mailbox().letters().len();
        app.settle().await;
        assert_eq!(app.mailbox().letters().len(), all);
        assert_eq!(app.count("select count(*) from kernel_delivery where state = 'dead'").await, 0);
    }

    // 000 §9: whoever has to answer, to appeal or to decide is reminded before the time is over, once, also over a restart.
    async fn a_deadline_of_a_sanction_and_of_an_appeal_is_reminded_of_once(app) {
        let _world = furnished(&app).await;
        for name in ["kasi", "kades", "camat"] {
            gives_address(&app, name).await;
        }
        let case = opened(&app).await;
        let tasks = async |name: &str| app.signed_in(name).await.get("/tugas").await.good();
        // Tuesday is too early for two working days before Friday; Wednesday is not.
        app.clock().set("2026-11-24T03:00:00Z");
        looks(&app).await;
        assert_eq!(reminders(&app, "kasi").len(), 0);
        app.clock().set("2026-11-25T03:00:00Z");
        looks(&app).await;
        for _ in 0..3 {
            app.clock().advance_hours(1);
            looks(&app).await;
        }
        for (name, path) in [("kasi", case.replace("/kasus/", "/saya/")), ("kades", case.clone())] {
            let told = reminders(&app, name);
            assert_eq!(told.len(), 1, "{name}: {told:#?}");
            assert!(told[0].subject().contains("27 November 2026") && told[0].text().contains(&path), "{:#?}", told[0]);
            let words = format!("{} {}", told[0].subject(), told[0].text());
            assert!(["Kata sandi", "pembatasan", "Kepala Seksi"].iter().all(|word| !words.contains(word)), "{words}");
        }
        assert_eq!(reminders(&app, "camat").len(), 0, "not the camat's yet");
        assert!(tasks("kades").await.saying("waktu menjawab berakhir").has(&format!("a[href='{case}']")));
        let _ = app.signed_in("kades").await.get(&case).await.good().saying("Tenggat diingatkan");
        let _ = app.signed_in("kasi").await.get("/akun").await.good().saying("Tenggat dalam perkara tentang akun Anda mendekat");
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'discipline.case.reminded'").await, 1);
        // Answered, decided: now the end of the restriction and the time to appeal come near, each by itself.
        let kasi = app.signed_in("kasi").await;
        decided(&app, &kasi, &case, "2026-12-04").await;
        app.clock().set("2026-12-02T03:00:00Z");
        looks(&app).await;
        looks(&app).await;
        assert_eq!((reminders(&app, "kasi").len(), reminders(&app, "kades").len()), (2, 2));
        let _ = tasks("kades").await.saying("pembatasan berakhir");
        app.clock().set_to(due(&app).await - SignedDuration::from_hours(20));
        looks(&app).await;
        assert_eq!((reminders(&app, "kasi").len(), reminders(&app, "kades").len()), (3, 3));
        // The appeal goes to the post above, and so does its reminder.
        let page = app.signed_in("kasi").await.get(&case.replace("/kasus/", "/saya/")).await.good();
        let _ = page.form("form[action$='/keberatan']").fill("keberatan", "Terlalu berat.").submit().await.saying("Keberatan diperiksa");
        app.clock().set_to(due(&app).await - SignedDuration::from_hours(20));
        looks(&app).await;
        looks(&app).await;
        assert_eq!((reminders(&app, "kasi").len(), reminders(&app, "kades").len(), reminders(&app, "camat").len()), (4, 3, 1));
        let _ = tasks("camat").await.saying("keberatan harus diputuskan");
        // What is over reminds nobody.
        app.clock().advance_hours(24 * 30);
        looks(&app).await;
        assert_eq!(app.count("select count(*) from discipline_reminder").await, 4);
        app.leave_work();
    }

    async fn how_early_a_reminder_comes_is_decided_by_the_government_and_a_late_holiday_moves_it(app) {
        let world = furnished(&app).await;
        gives_address(&app, "kasi").await;
        let _ = app.signed_in("sekdes").await.get("/sanksi/pengingat").await.is(404);
        let admin = app.signed_in("admin").await;
        let page = admin.get("/sanksi").await.good().click("Pengingat tenggat").await.good();
        page.assert_accessible_basics();
        for wrong in ["", "0", "11", "dua"] {
            assert!(page.form("/sanksi/pengingat").fill("hari", wrong).submit().await.is(422).error_at("hari").is_some(), "{wrong}");
        }
        let _ = page.form("/sanksi/pengingat").fill("hari", "3").submit().await.redirected("/sanksi").saying("3 hari kerja");
        let case = opened(&app).await;
        // Thursday becomes a holiday: the last day is Monday, on the page too, and three working days before it is Tuesday.
        let regency = world.regency;
        app.write(move |tx| {
            let day = "2026-11-26".parse().expect("a day");
            let name = "Pilkada".to_owned();
            clock::add_holidays(tx, &NewHoliday { unit: regency, dates: vec![day], kind: clock::Kind::National, name, decree: "Keppres 9/2026".into(), decreed_on: None }).map(drop)
        }).await;
        app.settle().await;
        let kasi = app.signed_in("kasi").await;
        let _ = kasi.get(&case.replace("/kasus/", "/saya/")).await.good().saying("Sampai 30 November 2026").saying("Tenggat bergeser");
        app.clock().set("2026-11-23T03:00:00Z");
        looks(&app).await;
        assert_eq!(reminders(&app, "kasi").len(), 0);
        app.clock().set("2026-11-24T03:00:00Z");
        looks(&app).await;
        assert_eq!(reminders(&app, "kasi").len(), 1);
        assert!(reminders(&app, "kasi")[0].subject().contains("30 November 2026"), "{:#?}", reminders(&app, "kasi"));
        app.leave_work();
    }
);

async fn gives_address(app: &TestApp, name: &str) {
    let page = app.signed_in(name).await.get("/akun/surel").await.good();
    let _ = page.form("/akun/surel").fill("surel", &format!("{name}@contoh.id")).fill("lama", PASSWORD).submit().await.good();
}

/// The job of every hour, as the runner would start it.
async fn looks(app: &TestApp) {
    let now = app.now();
    app.write(move |tx| jobs::ensure(tx, "discipline.remind", now)).await;
    app.settle().await;
}

fn reminders(app: &TestApp, name: &str) -> Vec<SentMail> {
    let to = format!("{name}@contoh.id");
    app.mailbox().letters().into_iter().filter(|mail| mail.to == [to.as_str()] && mail.subject().starts_with("Pengingat")).collect()
}

async fn due(app: &TestApp) -> Timestamp {
    let sql = "select due_at from kernel_case where system = 'discipline'";
    app.read(move |rx| Ok(rx.one(sql, &[])?.ok_or(kernel::Error::Missing)?.get(0)?)).await
}

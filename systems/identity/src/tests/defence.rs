//! Restrictions, strange browsers, guessing, alarms: stories of attackers and of the people they meet.

use jiff::{SignedDuration, Timestamp};
use kernel::{
    Id,
    account::restriction::{self, NewRestriction},
};
use testkit::{PASSWORD, SentMail, TestApp, Visitor};

use super::{SYSTEMS, account_of, machine, signs_in, taken, world};

const DESK: &str = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36";
const PHONE: &str = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36";

fn browser(app: &TestApp, agent: &str, address: &str) -> Visitor {
    app.anonymous().with_header("user-agent", agent).from(address)
}

/// Another browser with the cookies of this one named.
fn stolen(app: &TestApp, of: &Visitor, cookies: &[&str], agent: &str, address: &str) -> Visitor {
    let thief = browser(app, agent, address);
    cookies.iter().fold(thief, |thief, name| thief.with_cookie(name, &of.cookie(name).unwrap()))
}

async fn restrict(app: &TestApp, account: Id, from: Timestamp, until: Option<Timestamp>) -> Id {
    let new = NewRestriction {
        account,
        case_id: None,
        decree: "SK 800/12/2026".to_owned(),
        decreed_on: jiff::civil::date(2026, 11, 20),
        reason: "Kata sandi dibagikan kepada orang lain.".to_owned(),
        appeal_path: String::new(),
        from,
        until,
    };
    app.write(move |tx| restriction::restrict(tx, &new)).await
}

fn mails(app: &TestApp, to: &str) -> Vec<SentMail> {
    // The link that confirms an address comes with every new one.
    let told = |mail: &SentMail| mail.header("to").contains(to) && !mail.subject().starts_with("Konfirmasi");
    app.mailbox().letters().into_iter().filter(told).collect()
}

/// The watch looks, as it does every five minutes.
async fn watches(app: &TestApp) {
    app.write(|tx| {
        let now = tx.now();
        kernel::jobs::ensure(tx, "identity.watch", now)
    })
    .await;
    app.settle().await;
}

testkit::both!(SYSTEMS;
    // 000 §9: pembatasan akses sementara.
    async fn a_restriction_acts_at_once_says_why_and_ends_by_itself(app) {
        let _world = world(&app).await;
        let sekdes = app.signed_in("sekdes").await;
        let form = sekdes.get("/jabatan/tanjung-raman/mandat").await.good().form("/jabatan/tanjung-raman/mandat");
        let account = account_of(&app, "sekdes").await;
        let _ = restrict(&app, account, app.now(), Some(app.now() + SignedDuration::from_hours(1))).await;
        // The open session: its next step, whatever it is, also a form that was open.
        let page = sekdes.get("/jabatan").await.redirected("/akun/pembatasan").saying("SK 800/12/2026").saying("Kata sandi dibagikan").saying("20 November 2026");
        page.assert_accessible_basics();
        let _ = page.saying("Hak Anda").saying("mengajukan keberatan");
        let _ = form.fill("keputusan", "SK 3/2026").submit().await.redirected("/akun/pembatasan");
        assert_eq!(app.count("select count(*) from kernel_mandate").await, 0);
        for path in ["/akun", "/akun/aktivitas", "/pengguna", "/jabatan/kosong"] {
            let _ = sekdes.get(path).await.redirected("/akun/pembatasan");
        }
        // A new sign-in leads there too; leaving and a new password stay possible.
        let again = app.anonymous();
        let _ = signs_in(&again, "sekdes", PASSWORD).await.redirected("/akun/pembatasan");
        let _ = again.get("/akun/sandi").await.good();
        let _ = again.get("/keluar").await.good();
        // It ends by itself, in the same session.
        app.clock().advance(SignedDuration::from_hours(1));
        let _ = sekdes.get("/jabatan").await.redirected("/jabatan/tanjung-raman");
        let page = sekdes.get("/akun/pembatasan").await.good().saying("tidak dibatasi").saying("berakhir");
        page.assert_accessible_basics();
    }

    // 000 §9: pembatasan akses permanen, and its restoration.
    async fn a_restriction_for_good_holds_until_it_is_lifted(app) {
        let _world = world(&app).await;
        let (sekdes, account) = (app.signed_in("sekdes").await, account_of(&app, "sekdes").await);
        let id = restrict(&app, account, app.now(), None).await;
        app.clock().advance(SignedDuration::from_mins(90));
        let _ = sekdes.get("/jabatan").await.redirected("/akun/pembatasan").saying("tanpa batas waktu");
        app.write(move |tx| restriction::lift(tx, id, kernel::Expect::Any, "SK 801/2026")).await;
        let _ = sekdes.get("/jabatan").await.redirected("/jabatan/tanjung-raman");
        let page = sekdes.get("/akun").await.good().saying("Pembatasan akun Anda dicabut");
        page.assert_accessible_basics();
        let _ = page.form("/akun/kejadian").press("saya", "ya").await.redirected("/akun").saying("dicatat");
    }

    async fn a_copied_cookie_is_noticed_and_both_are_asked_again(app) {
        let _world = world(&app).await;
        let account = account_of(&app, "kasi").await;
        let sender = crate::store::alerts::Sender::of(app.gov());
        app.write(move |tx| crate::store::alerts::set_contact(tx, &sender, account, Some("kasi@contoh.id"))).await;
        let cases: [(&str, &[&str], &str, &str); 3] = [
            ("the session cookie alone", &["sesi"], DESK, "10.1.1.9"),
            ("every cookie, another browser", &["sesi", "perangkat"], PHONE, "10.1.1.9"),
            ("every cookie, another system in another network", &["sesi", "perangkat"], "curl/8.5", "203.0.113.9"),
        ];
        for (n, (name, cookies, agent, address)) in (1..).zip(cases) {
            let kasi = browser(&app, DESK, "10.1.1.9");
            let _ = signs_in(&kasi, "kasi", PASSWORD).await;
            let _ = kasi.get("/jabatan").await.good();
            let thief = stolen(&app, &kasi, cookies, agent, address);
            let page = thief.get("/jabatan").await.redirected("/masuk").saying("peramban atau jaringan lain");
            assert!(!page.text().contains("Zulkifli"), "{name}");
            let _ = kasi.get("/jabatan").await.redirected("/masuk");
            let noticed = app.count("select count(*) from kernel_entry where action = 'kernel.session.foreign'").await;
            assert_eq!(noticed, n, "{name}");
        }
        app.settle().await;
        assert!(mails(&app, "kasi@contoh.id").iter().any(|mail| mail.subject().contains("Sesi akun Anda diakhiri")));
        // After the new sign-in its owner is asked, and says no: every other session ends.
        let kasi = browser(&app, DESK, "10.1.1.9");
        let _ = signs_in(&kasi, "kasi", PASSWORD).await;
        let other = app.signed_in("kasi").await;
        let page = kasi.get("/akun").await.good().saying("dipakai dari tempat lain");
        page.assert_accessible_basics();
        let _ = page.form("/akun/kejadian").press("saya", "bukan").await.redirected("/akun/sandi").saying("ganti kata sandi");
        let _ = other.get("/akun").await.redirected("/masuk");
        assert_eq!(app.count("select count(*) from kernel_signal where kind = 'disowned'").await, 1);
        app.settle().await;
    }

    async fn a_session_in_two_places_at_once_ends_and_a_walk_across_the_village_does_not(app) {
        let _world = world(&app).await;
        let kasi = browser(&app, DESK, "10.1.1.9");
        let _ = signs_in(&kasi, "kasi", PASSWORD).await;
        let thief = stolen(&app, &kasi, &["sesi", "perangkat"], DESK, "203.0.113.9");
        let _ = thief.get("/jabatan").await.good();
        app.clock().advance(SignedDuration::from_mins(2));
        let _ = kasi.get("/jabatan").await.redirected("/masuk").saying("demi keamanan");
        let _ = thief.get("/jabatan").await.redirected("/masuk");
        // The office, then the way home: one move is no news to anybody.
        let kasi = browser(&app, DESK, "10.1.1.9");
        let _ = signs_in(&kasi, "kasi", PASSWORD).await;
        for address in ["203.0.113.5", "10.1.1.9", "203.0.113.5"] {
            let _ = kasi.clone().from(address).get("/jabatan").await.good();
            app.clock().advance(SignedDuration::from_mins(11));
        }
        assert_eq!(app.count("select count(*) from kernel_signal where kind = 'session-moved'").await, 4);
        // A telephone changes cells all day.
        let phone = browser(&app, PHONE, "114.1.1.1");
        let _ = signs_in(&phone, "kaur", PASSWORD).await;
        for n in 2..6 {
            let _ = phone.clone().from(&format!("114.1.{n}.1")).get("/jabatan").await.good();
            app.clock().advance(SignedDuration::from_mins(1));
        }
    }

    async fn a_new_browser_is_told_to_its_owner_and_a_known_one_is_not(app) {
        let _world = world(&app).await;
        let office = browser(&app, DESK, "10.1.1.9");
        let _ = signs_in(&office, "kasi", PASSWORD).await;
        assert!(!office.get("/akun").await.good().has("form[action='/akun/kejadian']"), "the first browser is no news");
        let page = office.get("/akun/surel").await.good();
        page.assert_accessible_basics();
        let form = page.form("/akun/surel").fill("surel", "bukan surel").fill("lama", PASSWORD);
        assert!(form.submit().await.is(422).error_at("surel").is_some());
        let form = page.form("/akun/surel").fill("surel", "kasi@contoh.id");
        assert!(form.clone().fill("lama", "salah-sekali").submit().await.is(422).error_at("lama").is_some());
        let _ = form.fill("lama", PASSWORD).submit().await.redirected("/akun").saying("disimpan");
        let phone = browser(&app, PHONE, "114.1.1.1");
        let _ = signs_in(&phone, "kasi", PASSWORD).await;
        app.settle().await;
        let told = mails(&app, "kasi@contoh.id");
        assert_eq!(told.len(), 1);
        assert!(told[0].text().contains("Chrome Android") && !told[0].text().contains("kasi@"), "{}", told[0].text());
        let page = office.get("/akun").await.good().saying("Masuk dari perangkat baru: Chrome Android");
        page.assert_accessible_basics();
        let _ = page.form("/akun/kejadian").press("saya", "ya").await.redirected("/akun");
        let _ = phone.get("/keluar").await.good().form("/keluar").submit().await;
        let _ = signs_in(&phone, "kasi", PASSWORD).await;
        assert!(!office.get("/akun").await.good().has("form[action='/akun/kejadian']"));
        // Another address is told to the one before.
        let page = office.get("/akun/surel").await.good();
        let _ = page.form("/akun/surel").fill("surel", "lain@contoh.id").fill("lama", PASSWORD).submit().await;
        app.settle().await;
        assert!(mails(&app, "kasi@contoh.id").iter().any(|mail| mail.subject().contains("diganti")));
    }

    async fn nobodys_guesses_keep_the_owner_out_of_a_known_browser(app) {
        let _world = world(&app).await;
        let office = browser(&app, DESK, "10.1.1.9");
        let _ = signs_in(&office, "kades", PASSWORD).await;
        let _ = office.get("/keluar").await.good().form("/keluar").submit().await;
        // Guesses at the head's name, from the world and from behind the very address of the office.
        for n in 0..40 {
            let _ = signs_in(&app.anonymous().from(&format!("203.0.{n}.1")), "kades", "tebakan-lain").await;
            let _ = signs_in(&app.anonymous().from("10.1.1.9"), &format!("nama.{n}"), "tebakan-lain").await;
        }
        let _ = signs_in(&app.anonymous().from("198.51.100.1"), "kades", PASSWORD).await.is(429);
        let _ = signs_in(&app.anonymous().from("10.1.1.9"), "lain.lagi", PASSWORD).await.is(429);
        assert_eq!(signs_in(&office, "kades", PASSWORD).await.path, "/tugas");
        // A copied browser cookie gives five guesses, no more.
        let thief = stolen(&app, &office, &["perangkat"], PHONE, "203.0.113.7");
        for _ in 0..5 {
            let _ = signs_in(&thief, "kades", "tebakan-lain").await.is(422);
        }
        let _ = signs_in(&thief, "kades", PASSWORD).await.is(429);
        // And nothing at any other account.
        let colleague = stolen(&app, &office, &["perangkat"], DESK, "10.1.1.9");
        let _ = signs_in(&colleague, "sekdes", "tebakan-lain").await.is(429);
    }

    /// Neither text nor work tells whether a name exists, has somebody behind it, is shut or restricted: the same questions to the
    /// database, one hash each. How long that takes is measured by `examples/sign_in_times.rs`.
    async fn the_same_work_is_done_for_every_name(app) {
        let _world = world(&app).await;
        let (shut, restricted) = (account_of(&app, "kaur").await, account_of(&app, "kasi").await);
        app.write(move |tx| kernel::account::disable(tx, shut, kernel::Expect::Any)).await;
        let _ = restrict(&app, restricted, app.now(), None).await;
        let bare = app.write(|tx| kernel::account::create(tx, &machine())).await;
        let mut work = std::collections::BTreeSet::new();
        let mut texts = std::collections::BTreeSet::new();
        for name in ["sekdes", "kaur", "kasi", "opensid", "siapa-ini", "nama.lain"] {
            let now = app.now();
            let asked = app.read(move |rx| {
                let before = rx.statements();
                let _ = crate::pages::sign_in::known(rx, name, now)?;
                Ok(rx.statements() - before)
            });
            let counted = app.write(move |tx| {
                let before = tx.statements();
                let account = kernel::account::by_username(tx, name)?.map(|account| account.id);
                let known = tx.statements();
                crate::pages::sign_in::refuse(tx, account)?;
                Ok((known - before, tx.statements() - known))
            });
            work.insert((asked.await, counted.await));
            let page = signs_in(&app.anonymous().from(&format!("10.3.{}.1", name.len())), name, "tebakan-lain").await.is(422);
            texts.insert(page.text().replace(name, "NAMA"));
        }
        assert_eq!(work.len(), 1, "{work:?}");
        assert_eq!(texts.len(), 1, "{texts:?}");
        assert_ne!(bare, Id::NIL);
    }

    async fn somebody_who_opens_far_more_than_usual_is_signalled_once_an_hour(app) {
        let _world = world(&app).await;
        for (name, reveals) in [("kasi", crate::watch::REVEALED_LEAST), ("kaur", crate::watch::REVEALED_LEAST - 1)] {
            let ctx = app.ctx_of(name).await;
            for _ in 0..reveals {
                app.write_as(&ctx, |tx| {
                    tx.entry(kernel::NewEntry::new("kernel.person.revealed"));
                    Ok(())
                })
                .await
                .unwrap();
            }
        }
        for _ in 0..3 {
            watches(&app).await;
            app.clock().advance(SignedDuration::from_mins(5));
        }
        assert_eq!(app.count("select count(*) from kernel_signal where kind = 'revealed-much'").await, 1);
        let page = app.signed_in("admin").await.get("/keamanan?jenis=revealed-much").await.good().saying("Zulkifli").saying("60 kali dalam satu jam");
        page.assert_accessible_basics();
        app.leave_work();
    }

    async fn the_administrator_sees_what_happened_and_is_told_when_it_is_much(app) {
        let _world = world(&app).await;
        let account = account_of(&app, "admin").await;
        let sender = crate::store::alerts::Sender::of(app.gov());
        app.write(move |tx| crate::store::alerts::set_contact(tx, &sender, account, Some("csirt@contoh.id"))).await;
        for n in 0..25 {
            let _ = signs_in(&app.anonymous().from("203.0.113.7"), &format!("nama.{n}"), "tebakan-lain").await.is(422);
        }
        let _ = signs_in(&app.anonymous().from("10.1.1.9"), "kasi", "tebakan-lain").await.is(422);
        let admin = app.signed_in("admin").await;
        let page = admin.get("/keamanan").await.good().saying("Gagal masuk: 26");
        page.assert_accessible_basics();
        let page = admin.get("/keamanan?jenis=sign-in-refused&jaringan=203.0.113.99").await.good();
        assert_eq!(page.all("main tbody tr").len(), 25);
        let page = admin.get("/keamanan?akun=kasi").await.good().saying("Zulkifli");
        assert_eq!(page.all("main tbody tr").len(), 1);
        for path in ["/keamanan?akun=siapa", "/keamanan?dari=2027-01-01", "/keamanan?jenis=restored"] {
            assert!(admin.get(path).await.good().all("main tbody tr").is_empty(), "{path}");
        }
        let page = admin.get("/keamanan").await.good();
        let file = taken(&app, &admin, page.form("/keamanan/unduh").press("format", "xlsx").await).await;
        assert!(file.header("content-type").contains("spreadsheet"));
        let asked = admin.post("/keamanan/unduh", &[("format", "csv"), ("akun", "kasi")]).await;
        let file = taken(&app, &admin, asked).await;
        assert_eq!(file.body().lines().count(), 2, "{}", file.body());
        assert_eq!(app.count("select count(*) from kernel_export where kind = 'identity.events' and state = 'made'").await, 2);
        // The watch looks every five minutes: one alarm for the network, not one a look.
        for _ in 0..3 {
            watches(&app).await;
            app.clock().advance(SignedDuration::from_mins(5));
        }
        let told = mails(&app, "csirt@contoh.id");
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].text().contains("25") && told[0].text().contains("/keamanan?jenis=sign-in-refused"));
        let _ = admin.get("/keamanan?jenis=alarm").await.good().saying("25 dalam 15 menit");
        // Thresholds are data.
        let page = admin.get("/keamanan/ambang").await.good();
        page.assert_accessible_basics();
        let page = admin.get("/keamanan/ambang/sign-in-refused").await.good();
        page.assert_accessible_basics();
        let form = page.form("/keamanan/ambang/sign-in-refused");
        assert!(form.clone().fill("jumlah", "0").submit().await.is(422).error_at("jumlah").is_some());
        let _ = form.fill("jumlah", "1").fill("menit", "60").submit().await.redirected("/keamanan/ambang").saying("1 kali dalam 60 menit");
        watches(&app).await;
        assert!(mails(&app, "csirt@contoh.id").len() > 1);
        for path in ["/keamanan", "/keamanan/ambang", "/keamanan/ambang/sign-in-refused"] {
            let _ = app.signed_in("sekdes").await.get(path).await.is(404);
        }
        let _ = admin.get("/keamanan/ambang/session-moved").await.is(404);
        app.leave_work();
    }
);

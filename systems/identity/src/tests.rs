//! Stories through HTTP, on both databases.

mod defence;
mod forgotten;

use jiff::{SignedDuration, Timestamp};
use kernel::{
    account,
    post::{HoldingKind, office},
};
use testkit::{PASSWORD, Page, TestApp, Visitor, World};

use crate::TERMS_VERSION;

const SYSTEMS: [&web::System; 1] = [&crate::SYSTEM];

async fn world(app: &TestApp) -> World<'_> {
    World::with_terms(app, Some(TERMS_VERSION)).await
}

async fn signs_in(visitor: &Visitor, username: &str, password: &str) -> Page {
    let page = visitor.get("/masuk").await.good();
    page.form("/masuk").fill("username", username).fill("password", password).submit().await
}

/// The file behind the page that asks what a list is for, where one key is enough.
async fn taken(app: &TestApp, who: &Visitor, asked: Page) -> Page {
    let form = asked.good().form("#tujuan").fill("tujuan", "audit").fill("alasan", "pemeriksaan berkala");
    let request = form.submit().await.redirected("/unduhan/");
    app.settle().await;
    who.get(&format!("{}/berkas", request.path)).await.good()
}

testkit::both!(SYSTEMS;
    async fn an_officer_signs_in_and_out(app) {
        let _world = world(&app).await;
        let sekdes = app.anonymous();
        let page = sekdes.get("/akun").await.redirected("/masuk");
        page.assert_accessible_basics();
        let page = page.form("/masuk").fill("username", " SEKDES ").fill("password", PASSWORD).submit().await;
        let page = page.redirected("/akun").saying("Yuliana").saying("Sekretaris Desa, Desa Tanjung Raman").saying("perangkat ini");
        page.assert_accessible_basics();
        let page = page.click("Keluar").await.good();
        page.assert_accessible_basics();
        let _ = page.form("/keluar").submit().await.redirected("/masuk").saying("sudah keluar");
        let _ = sekdes.get("/akun").await.redirected("/masuk");
        assert_eq!(app.count("select count(*) from kernel_session").await, 0);
    }

    async fn an_unknown_name_and_a_wrong_password_read_the_same(app) {
        let _world = world(&app).await;
        let known = signs_in(&app.anonymous(), "sekdes", "sandi-yang-salah").await.is(422);
        let unknown = signs_in(&app.anonymous(), "siapa-ini", "sandi-yang-salah").await.is(422);
        assert_eq!(known.errors(), unknown.errors());
        assert_eq!(known.text(), unknown.text());
        assert_eq!(known.value("username").as_deref(), Some("sekdes"));
        assert_eq!(known.value("password").unwrap_or_default(), "");
        let empty = signs_in(&app.anonymous(), "", "").await.is(422);
        assert_eq!(empty.errors().len(), 2);
    }

    async fn guessing_waits_longer_and_longer_for_names_that_exist_and_names_that_do_not(app) {
        let _world = world(&app).await;
        for name in ["kades", "tidak-ada"] {
            let guesser = app.anonymous();
            for _ in 0..3 {
                let _ = signs_in(&guesser, name, "tebakan-ke-satu").await.is(422);
            }
            let page = signs_in(&guesser, name, "tebakan-ke-empat").await.is(429);
            assert_eq!(page.header("retry-after"), "9", "{name}");
            let _ = page.saying("Tunggu 9 detik");
        }
        // The owner is not locked out: after the delay the right password opens, and the failures are forgotten.
        let kades = app.anonymous().staying();
        let _ = signs_in(&kades, "kades", PASSWORD).await.is(429);
        app.clock().advance(SignedDuration::from_secs(9));
        let _ = signs_in(&kades, "kades", PASSWORD).await.is(303);
        let _ = signs_in(&app.anonymous(), "kades", "tebakan-lagi").await.is(422);
    }

    async fn a_login_leads_only_to_pages_of_ours(app) {
        let _world = world(&app).await;
        for (next, wanted) in [("/jabatan", "/jabatan"), ("https://jahat.example/", "/tugas"), ("//jahat.example", "/tugas")] {
            let visitor = app.anonymous().staying();
            let page = visitor.get("/masuk").await.good();
            let page = page.form("/masuk").forge("lanjut", next).fill("username", "sekdes").fill("password", PASSWORD).submit().await.is(303);
            assert_eq!(page.header("location"), wanted);
        }
    }

    async fn nobody_works_before_accepting_the_terms(app) {
        let _world = World::small(&app).await;
        let sekdes = app.anonymous();
        let page = signs_in(&sekdes, "sekdes", PASSWORD).await.redirected("/ketentuan");
        page.assert_accessible_basics();
        let _ = sekdes.get("/jabatan").await.redirected("/ketentuan");
        let page = page.form("/ketentuan").submit().await.is(422);
        assert!(page.error_at("setuju").is_some());
        let _ = page.form("/ketentuan").tick("setuju", "1").submit().await;
        let _ = sekdes.get("/jabatan").await.redirected("/jabatan/tanjung-raman");
        // Another version asks again.
        let admin = app.anonymous();
        let page = signs_in(&admin, "admin", PASSWORD).await.redirected("/ketentuan");
        let _ = page.form("/ketentuan").tick("setuju", "1").submit().await;
        let page = admin.get("/ketentuan/baru").await.good();
        page.assert_accessible_basics();
        let form = page.form("/ketentuan/baru").fill("versi", "2026-1").fill("teks", "## Satu\n\nJaga data warga.");
        let page = form.clone().fill("tanggal", "2027-01-01").submit().await.is(422);
        assert_eq!(page.errors().len(), 3, "no version without a decree: {:?}", page.errors());
        let form = form.fill("keputusan", "Peraturan Bupati 12/2026").fill("tanggal", "2026-11-02").fill("pejabat", "Bupati Empat Lawang");
        let page = form.submit().await.redirected("/ketentuan").saying("Jaga data warga.").saying("2026-1");
        // 000 §10: the text approved locally prevails, and says by what it was approved.
        let page = page.saying("Peraturan Bupati 12/2026 tanggal 2 November 2026 oleh Bupati Empat Lawang").click("Semua versi ketentuan").await.good();
        page.assert_accessible_basics();
        let page = page.saying("akun belum menyetujui").saying("Disetujui 2 akun");
        let _ = page.click("contoh-1").await.good().saying("contoh, sampai pemerintah daerah");
        let _ = app.anonymous().get("/ketentuan/versi/2026-1").await.good().saying("Jaga data warga.");
        let _ = app.anonymous().get("/ketentuan/versi/lain").await.is(404);
        let _ = sekdes.get("/jabatan").await.redirected("/ketentuan").saying("Jaga data warga.");
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'kernel.account.terms_accepted'").await, 2);
    }

    async fn what_was_typed_when_the_session_ended_comes_along(app) {
        let world = world(&app).await;
        let post = world.post(world.village, office::HEAD).await;
        let sekdes = app.anonymous();
        let _ = signs_in(&sekdes, "sekdes", PASSWORD).await;
        let person = world.person_behind("sekdes").await;
        let page = sekdes.get(&format!("/jabatan/tanjung-raman/{post}/isi?jenis=plh&orang={person}")).await.good();
        page.assert_accessible_basics();
        let form = page.form(&format!("/jabatan/tanjung-raman/{post}/isi"));
        let form = form.fill("keputusan", "SP 7/2026").fill("mulai-jam", "08:00").fill("sampai", "2026-11-24");
        app.clock().advance_hours(3);
        let page = form.submit().await.is(401).saying("Sesi Anda berakhir");
        let page = page.form("/masuk").fill("username", "sekdes").fill("password", PASSWORD).submit().await.good();
        let page = page.saying("SP 7/2026").form(&format!("/jabatan/tanjung-raman/{post}/isi")).submit().await;
        let _ = page.redirected(&format!("/jabatan/tanjung-raman/{post}")).saying("Yuliana").saying("Plh.");
    }

    async fn a_stand_in_begins_in_the_middle_of_the_day(app) {
        let world = world(&app).await;
        let post = world.post(world.village, office::HEAD).await;
        let sekdes = app.signed_in("sekdes").await;
        let path = format!("/jabatan/tanjung-raman/{post}");
        let page = sekdes.get(&path).await.good().saying("Hari ini Rusdi Hartono bertindak sebagai Definitif");
        page.assert_accessible_basics();
        let page = page.click("Tunjuk Plh.").await.good();
        page.assert_accessible_basics();
        let page = page.form(&format!("{path}/isi")).fill("cari", "yulia").submit().await.good().saying("Sekretaris Desa, Desa Tanjung Raman");
        let page = page.click("Yuliana Sekretaris Desa, Desa Tanjung Raman").await.good();
        let page = page.form(&format!("{path}/isi")).fill("keputusan", "SP 9/2026").fill("mulai-jam", "13:00").fill("sampai", "2026-11-20").fill("sampai-jam", "16:00").submit().await;
        let page = page.redirected(&path).saying("Mulai berlaku").saying("akan datang");
        let _ = page.saying("Hari ini Rusdi Hartono bertindak");
        app.clock().set("2026-11-20 13:00");
        let page = app.signed_in("sekdes").await.get(&path).await.good();
        let _ = page.saying("Hari ini Yuliana bertindak sebagai Pelaksana harian (Plh.)").saying("Rusdi Hartono berhalangan dan tetap memegang jabatan");
        // The stand-in has two posts to choose from; the holder away has none.
        let both = app.signed_in("sekdes").await;
        let page = both.get("/akun/jabatan").await.good();
        page.assert_accessible_basics();
        let page = page.form("/akun/jabatan").fill("jabatan", &post.to_string()).submit().await;
        assert_eq!(page.path, "/tugas");
        let _ = both.get("/akun").await.good().saying("Plh. Kepala Desa");
        let kades = app.ctx_of("kades").await;
        assert!(kades.actor().officer().unwrap().posts.is_empty());
        // Who is away reads why nothing is to be done.
        let page = app.signed_in("kades").await.get("/akun").await.good();
        let page = page.saying("Jabatan Anda, Kepala Desa, Desa Tanjung Raman, hari ini dijalankan Plh. Yuliana sampai 20 November 2026");
        page.assert_accessible_basics();
        app.clock().set("2026-11-20 16:00");
        assert_eq!(app.ctx_of("kades").await.actor().officer().unwrap().posts.len(), 1);
    }

    async fn rights_end_with_the_post(app) {
        let world = world(&app).await;
        let sekdes = app.signed_in("sekdes").await;
        let path = "/jabatan/tanjung-raman/mandat";
        let page = sekdes.get(path).await.good();
        page.assert_accessible_basics();
        let (head, secretary) = (world.post(world.village, office::HEAD).await, world.post(world.village, office::SECRETARY).await);
        let form = page.form(path).fill("dari", &head.to_string()).fill("kepada", &secretary.to_string()).fill("bentuk", "an").fill("keputusan", "SK 3/2026");
        let ended = app.now();
        world.vacate(secretary, ended).await;
        app.clock().advance_hours(1);
        // The form of the post that ended is refused, and so is the page.
        let _ = form.submit().await.is(403).saying("tidak lagi memegang jabatan");
        let _ = sekdes.get(path).await.is(404);
        let _ = sekdes.get("/jabatan/tanjung-raman").await.is(404);
        assert_eq!(app.count("select count(*) from kernel_mandate").await, 0);
    }

    async fn a_form_of_a_post_that_ended_is_refused_though_other_posts_are_held(app) {
        let world = world(&app).await;
        let (person, head) = (world.person_behind("sekdes").await, world.post(world.village, office::HEAD).await);
        world.appoint(head, person, HoldingKind::Plh, app.now(), Some(app.now() + SignedDuration::from_hours(1))).await;
        let sekdes = app.signed_in("sekdes").await;
        let page = sekdes.get("/akun/jabatan").await.good();
        let _ = page.form("/akun/jabatan").fill("jabatan", &head.to_string()).submit().await;
        let form = sekdes.get("/jabatan/tanjung-raman/mandat").await.good().form("/jabatan/tanjung-raman/mandat");
        let secretary = world.post(world.village, office::SECRETARY).await;
        let form = form.fill("dari", &head.to_string()).fill("kepada", &secretary.to_string()).fill("keputusan", "SK 3/2026");
        app.clock().advance(SignedDuration::from_mins(61));
        let _ = form.submit().await.is(403).saying("tidak lagi memegang jabatan");
        assert_eq!(app.count("select count(*) from kernel_mandate").await, 0);
    }

    async fn mandates_are_given_and_ended(app) {
        let world = world(&app).await;
        let (head, secretary) = (world.post(world.village, office::HEAD).await, world.post(world.village, office::SECRETARY).await);
        let sekdes = app.signed_in("sekdes").await;
        let page = sekdes.get("/jabatan/tanjung-raman").await.good();
        page.assert_accessible_basics();
        let page = page.click("Beri mandat").await.good();
        let form = page.form("/jabatan/tanjung-raman/mandat").fill("dari", &head.to_string()).fill("kepada", &secretary.to_string());
        let page = form.clone().fill("bentuk", "ub").fill("keputusan", "SK 3/2026").submit().await.is(422);
        assert!(page.error_at("bentuk").is_some_and(|error| error.contains("a.n.")));
        let page = form.fill("bentuk", "an").fill("keputusan", "SK 3/2026").submit().await;
        let page = page.redirected("/jabatan/tanjung-raman").saying("Sekretaris Desa menandatangani a.n. Kepala Desa").saying("semua surat");
        let page = page.click("Akhiri…").await.good();
        page.assert_accessible_basics();
        let _ = page.form("main form").submit().await.redirected("/jabatan/tanjung-raman").saying("Mandat berakhir");
    }

    async fn village_affairs_fills_a_vacant_post_within_the_hour(app) {
        let world = world(&app).await;
        let post = world.post(world.village, office::HEAD).await;
        world.vacate(post, app.now()).await;
        app.clock().advance(SignedDuration::from_mins(10));
        let dpmd = app.signed_in("dpmd").await;
        let page = dpmd.get("/jabatan/kosong").await.good().saying("Desa Tanjung Raman").saying("kosong sejak 20 November 2026");
        page.assert_accessible_basics();
        let page = page.click("Isi jabatan").await.good();
        page.assert_accessible_basics();
        let path = format!("/jabatan/tanjung-raman/{post}");
        let page = page.form(&format!("{path}/isi")).fill("cari", "Ratna").submit().await.good().saying("Tidak ada yang bernama Ratna");
        let page = page.click("Catat orang yang belum terdaftar").await.good();
        page.assert_accessible_basics();
        let form = page.form(&format!("{path}/isi")).fill("nama", "Ratna Dewi, S.IP.").fill("jenis", "pj").fill("keputusan", "141/22/2026");
        let page = form.clone().fill("mulai", "").submit().await.is(422);
        assert!(page.error_at("mulai").is_some());
        let page = form.fill("mulai-jam", "09:10").submit().await;
        let page = page.redirected(&path).saying("Hari ini Ratna Dewi, S.IP. bertindak sebagai Penjabat (Pj.)");
        let page = page.form(&format!("{path}/akun")).submit().await.good().saying("ratna.dewi");
        page.assert_accessible_basics();
        let password = page.all("main dd").pop().unwrap();
        let pj = app.anonymous();
        let page = signs_in(&pj, "ratna.dewi", &password).await.redirected("/ketentuan");
        let _ = page.form("/ketentuan").tick("setuju", "1").submit().await;
        let page = pj.get("/jabatan").await.redirected("/akun/sandi");
        page.assert_accessible_basics();
        let form = page.form("/akun/sandi").fill("lama", &password).fill("baru", "hujan turun di sawah").fill("ulang", "hujan turun di sawah");
        let _ = form.submit().await.redirected("/akun").saying("Pj. Kepala Desa");
        let _ = dpmd.get("/jabatan/kosong").await.good().saying("Semua jabatan terisi");
        // An office of the regency is not theirs to fill.
        let _ = dpmd.get(&format!("/jabatan/pendopo/{}/isi", world.post(world.kecamatan, office::HEAD).await)).await.is(404);
    }

    async fn a_decree_that_comes_late_says_so(app) {
        let world = world(&app).await;
        let post = world.post(world.village, office::SERVICE_SECTION).await;
        let held: Timestamp = "2026-11-01T17:00:00Z".parse().unwrap();
        app.write(move |tx| {
            let now = tx.now();
            let holding = kernel::post::holder(tx, post, now)?.holder.ok_or(kernel::Error::Missing)?;
            kernel::post::end(tx, holding.id, kernel::Expect::Any, held)
        })
        .await;
        let person = world.person("Mawardi").await;
        let _ = world.account("mawardi", Some(person), "Mawardi").await;
        let sekdes = app.signed_in("sekdes").await;
        let path = format!("/jabatan/tanjung-raman/{post}");
        let page = sekdes.get(&format!("{path}/isi?orang={person}")).await.good();
        let form = page.form(&format!("{path}/isi")).fill("jenis", "definitive").fill("keputusan", "SK 8/2026").fill("mulai", "2026-11-10");
        let page = form.submit().await.redirected(&path).saying("Berlaku sejak 10 November 2026").saying("baru dicatat 20 November 2026");
        let _ = page.saying("Tidak ada surat yang ditandatangani di antaranya");
    }

    async fn the_administrator_makes_accounts_and_gives_roles(app) {
        let _world = world(&app).await;
        let admin = app.signed_in("admin").await;
        let page = admin.get("/pengguna").await.good().saying("Yuliana");
        page.assert_accessible_basics();
        let page = page.click("Buat akun").await.good();
        page.assert_accessible_basics();
        let form = page.form("main form[method=post]").fill("nama", "Auditor").fill("username", "auditor").fill("jenis", "person");
        let page = form.fill("berakhir", "2026-12-31").submit().await.good().saying("auditor");
        let password = page.all("main dd").pop().unwrap();
        let page = page.click("Sudah dicatat").await.good().saying("sampai 31 Desember 2026");
        page.assert_accessible_basics();
        let page = page.click("Beri peran").await.good();
        page.assert_accessible_basics();
        let form = page.form("main form[method=post]");
        let page = form.clone().fill("unit", "Desa Antah").fill("peran", "overseer").submit().await.is(422);
        assert!(page.error_at("unit").is_some());
        let page = form.fill("unit", "Kecamatan Pendopo").fill("peran", "overseer").submit().await.saying("Pengawas").saying("Kecamatan Pendopo");
        let page = page.form("main form[action*='/peran/']").submit().await.saying("Peran Pengawas dicabut");
        let page = page.form("main form[action$='/sandi']").submit().await.good();
        let other = page.all("main dd").pop().unwrap();
        assert_ne!(password, other);
        let _ = signs_in(&app.anonymous(), "auditor", &password).await.is(422);
        let page = page.click("Sudah dicatat").await.good();
        let _ = page.form("main form[action$='/keadaan']").press("keadaan", "mati").await.saying("dinonaktifkan");
        let page = signs_in(&app.anonymous(), "auditor", &other).await.is(422);
        assert!(page.error_at("username").is_some_and(|error| error.contains("dinonaktifkan")), "told only to who knows the password");
        // Others do not learn that there are such pages.
        let _ = app.signed_in("kasi").await.get("/pengguna").await.is(404);
    }

    async fn a_machine_gets_a_token_that_is_shown_once(app) {
        let _world = world(&app).await;
        let admin = app.signed_in("admin").await;
        let page = admin.get("/pengguna/baru").await.good();
        let form = page.form("main form[method=post]").fill("nama", "OpenSID").fill("username", "opensid").fill("jenis", "machine");
        let page = form.submit().await.redirected("/pengguna/").saying("Akun mesin dibuat");
        page.assert_accessible_basics();
        let page = page.form("main form[action$='/token']").submit().await.is(422);
        let page = page.form("main form[action$='/token']").fill("label", "OpenSID Tanjung Raman").submit().await.good();
        page.assert_accessible_basics();
        let token = page.one("code");
        let found = token.parse::<account::MachineToken>().unwrap();
        let now = app.now();
        assert!(app.read(move |rx| account::resolve_token(rx, &found, now)).await.is_some());
        let page = page.click("Sudah dicatat").await.good();
        assert!(!page.body().contains(&token));
        let _ = page.form("main form[action*='/token/']").submit().await.saying("Token dicabut");
        let gone = token.parse::<account::MachineToken>().unwrap();
        assert!(app.read(move |rx| account::resolve_token(rx, &gone, now)).await.is_none());
    }

    async fn everybody_sees_and_ends_the_own_sessions(app) {
        let _world = world(&app).await;
        let (desk, phone) = (app.anonymous(), app.anonymous().from("10.9.9.9"));
        let _ = signs_in(&desk, "kasi", PASSWORD).await;
        let _ = signs_in(&phone, "kasi", PASSWORD).await;
        let page = desk.get("/akun").await.good().saying("10.9.9.9");
        let _ = page.form("main form[action='/akun/sesi']:has(button.small)").submit().await.saying("Sesi sudah diakhiri");
        let _ = phone.get("/akun").await.redirected("/masuk");
        let page = desk.get("/akun/sandi").await.good();
        let form = page.form("/akun/sandi").fill("baru", "angin malam di ladang").fill("ulang", "angin malam di ladang");
        let page = form.clone().fill("lama", "bukan-sandi-saya").submit().await.is(422);
        assert!(page.error_at("lama").is_some());
        let _ = form.fill("lama", PASSWORD).submit().await.redirected("/akun");
        let page = desk.get("/akun/aktivitas").await.good().saying("Mengganti kata sandi").saying("Masuk").saying("Kepala Seksi Pelayanan");
        page.assert_accessible_basics();
        assert!(page.links("a[href]").iter().any(|(words, href)| words == "tanda terima log" && href.starts_with("/log/proof/")));
        // Many entries of one moment: none is lost between two pages.
        let ctx = app.ctx_of("kasi").await;
        let many = |tx: &mut kernel::Tx<'_>| {
            (0..60).for_each(|_| tx.entry(kernel::NewEntry::new("kernel.account.terms_accepted")));
            Ok(())
        };
        app.write_as(&ctx, many).await.unwrap();
        let wanted = app.count("select count(*) from kernel_entry e join kernel_account a on a.id = e.account where a.username = 'kasi'").await;
        let (mut page, mut seen) = (desk.get("/akun/aktivitas").await.good(), 0);
        loop {
            seen += page.rows("").len();
            let older = page.links("a.btn").into_iter().find(|(words, _)| words == "Yang lebih lama");
            let Some((_, href)) = older else { break };
            page = desk.get(&href).await.good();
        }
        assert_eq!(i64::try_from(seen).unwrap(), wanted);
    }

    async fn roles_go_with_the_post_and_only_those_the_giver_may_give(app) {
        let world = world(&app).await;
        let post = world.post(world.village, office::GENERAL_AFFAIRS).await;
        let sekdes = app.signed_in("sekdes").await;
        let path = format!("/jabatan/tanjung-raman/{post}/peran");
        let page = sekdes.get(&path).await.good();
        page.assert_accessible_basics();
        let form = page.form(&path);
        assert!(!form.choices("peran").iter().any(|role| role == "admin" || role == "unit_admin"));
        let page = form.clone().forge("peran", "admin").submit().await.is(422);
        assert!(page.error_at("peran").is_some());
        let page = form.fill("peran", "examiner").submit().await.redirected("/jabatan/tanjung-raman").saying("Peran Pemeriksa diberikan");
        assert!(app.ctx_of("kaur").await.actor().officer().unwrap().holds("examiner"));
        let given = page.all("main form[action*='/peran/']").len();
        assert!(given >= 2);
        // The desa next door is not theirs.
        let lurah = world.post(world.kelurahan, office::HEAD).await;
        let _ = sekdes.get(&format!("/jabatan/pasar-pendopo/{lurah}")).await.is(404);
        let _ = sekdes.get(&format!("/jabatan/tanjung-raman/{lurah}")).await.is(404);
    }

    async fn the_admin_of_a_unit_looks_after_the_accounts_of_its_people_and_no_others(app) {
        let world = world(&app).await;
        // Somebody of the kecamatan stands in for the village head, and the village's operator has a role of the whole regency.
        let head = world.post(world.village, office::HEAD).await;
        world.vacate(head, app.now()).await;
        let person = world.person_behind("kasi.kecamatan").await;
        world.appoint(head, person, HoldingKind::Pj, app.now(), None).await;
        let operator = account_of(&app, "operator").await;
        world.grant(kernel::grant::Grantee::Account(operator), "overseer", world.regency).await;
        let machine = app.write(|tx| account::create(tx, &machine())).await;
        for (who, sees) in [
            ("sekdes", vec!["kasi", "kaur", "sekdes"]),
            ("seklur", vec!["kasi.kelurahan", "lurah", "operator.kelurahan", "seklur"]),
            ("sekdis", vec!["kabid", "kadis", "operator.dinas", "sekdis"]),
        ] {
            let ctx = app.ctx_of(who).await;
            let officer = ctx.actor().officer().unwrap().clone();
            let now = app.now();
            let (listed, kept) = app
                .read(move |rx| {
                    let listed = crate::store::accounts(rx, &officer, "", "", (None, false), now, 1_000)?;
                    let all = account::list(rx, None, 1_000)?;
                    let mut kept = Vec::new();
                    for account in all {
                        if crate::store::reach::account(rx, &officer, account.id, now).is_ok() {
                            kept.push(account.username);
                        }
                    }
                    let listed: Vec<String> = listed.into_iter().map(|line| line.account.username).collect();
                    Ok((listed, kept))
                })
                .await;
            assert_eq!(listed, kept, "{who}: the list and the single account are one rule");
            for name in &sees {
                assert!(listed.iter().any(|listed| listed == name), "{who} looks after {name}: {listed:?}");
            }
            let foreign = ["kades", "operator", "kasi.kecamatan", "admin", "camat", "bupati"];
            assert!(who != "sekdes" || foreign.iter().all(|name| !listed.iter().any(|listed| listed == name)), "{listed:?}");
        }
        let sekdes = app.signed_in("sekdes").await;
        let page = sekdes.get("/pengguna").await.good().saying("unit Anda saja");
        page.assert_accessible_basics();
        assert!(!page.has("a[href='/pengguna/baru']") && !page.text().contains("camat"));
        let kasi = account_of(&app, "kasi").await;
        let page = sekdes.get(&format!("/pengguna/{kasi}")).await.good();
        page.assert_accessible_basics();
        assert!(!page.has("a[href$='/peran']"), "roles of an account are the administrator's");
        let page = page.form(&format!("/pengguna/{kasi}/sandi")).submit().await.good();
        page.assert_accessible_basics();
        let foreign = [account_of(&app, "camat").await, account_of(&app, "kasi.kecamatan").await, operator, machine];
        for account in foreign {
            let _ = sekdes.get(&format!("/pengguna/{account}")).await.is(404);
            for act in ["sandi", "keadaan", "berakhir", "peran", "token"] {
                let _ = sekdes.post(&format!("/pengguna/{account}/{act}"), &[("keadaan", "mati"), ("versi", "1")]).await.is(404);
            }
        }
        let _ = sekdes.get("/pengguna/baru").await.is(404);
    }

    async fn a_password_typed_when_the_session_ended_is_never_shown(app) {
        let _world = world(&app).await;
        let kasi = app.anonymous();
        let _ = signs_in(&kasi, "kasi", PASSWORD).await;
        let page = kasi.get("/akun/sandi").await.good();
        app.clock().advance_hours(3);
        let secret = "angin malam di ladang";
        let form = page.form("/akun/sandi").fill("lama", PASSWORD).fill("baru", secret).fill("ulang", secret);
        let page = form.submit().await.is(401).saying("Sandi tidak pernah disimpan");
        assert_eq!(page.value("isian").unwrap_or_default(), "");
        let page = page.form("/masuk").fill("username", "kasi").fill("password", PASSWORD).submit().await.redirected("/akun/sandi");
        for body in [page.body(), kasi.get("/akun/sandi").await.good().body()] {
            assert!(!body.contains(secret) && !body.contains(PASSWORD), "no password in a page");
        }
    }

    async fn an_old_browser_whose_session_ended_is_asked_again_and_loses_nothing(app) {
        let world = world(&app).await;
        let post = world.post(world.village, office::HEAD).await;
        let sekdes = app.anonymous().in_old_browser();
        let _ = signs_in(&sekdes, "sekdes", PASSWORD).await;
        let person = world.person_behind("sekdes").await;
        let path = format!("/jabatan/tanjung-raman/{post}/isi");
        let page = sekdes.get(&format!("{path}?jenis=plh&orang={person}")).await.good();
        let form = page.form(&path).fill("keputusan", "SP 7/2026").fill("mulai-jam", "08:00").fill("sampai", "2026-11-24");
        app.clock().advance_hours(3);
        let page = form.clone().submit().await.is(401).saying("ikut dibawa");
        let page = page.form("/masuk").fill("username", "sekdes").fill("password", PASSWORD).submit().await.good();
        let _ = page.saying("SP 7/2026").form(&path).submit().await.redirected("/jabatan/tanjung-raman").saying("Plh.");
        // What another website sends in such a browser is not carried along, and nothing is done.
        let stranger = app.anonymous().in_old_browser();
        let page = form.forge("_token", "0").forge("keputusan", "SP palsu").submit_as(&stranger).await.is(401);
        assert_eq!(page.value("isian").unwrap_or_default(), "");
        assert_eq!(app.count("select count(*) from kernel_holding where decree = 'SP palsu'").await, 0);
    }
);

async fn account_of(app: &TestApp, username: &'static str) -> kernel::Id {
    app.read(move |rx| account::by_username(rx, username)).await.expect("an account").id
}

fn machine() -> account::NewAccount {
    account::NewAccount {
        username: "opensid".to_owned(),
        person: None,
        kind: account::AccountKind::Machine,
        display_name: "OpenSID".to_owned(),
        password: None,
        expires_at: None,
    }
}

#[test]
fn both_languages_say_the_same_things() {
    let (id, en) = (include_str!("../locales/id.ftl"), include_str!("../locales/en.ftl"));
    assert_eq!(web::text::disagreements(id, en), Vec::<String>::new());
}

mod imports;
mod mutations;
mod reviews;
mod sights;
mod third_parties;

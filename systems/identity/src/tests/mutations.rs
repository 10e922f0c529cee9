//! One decree, one minute: mutations, their taking back, and decrees that come late.

use jiff::{SignedDuration, civil::date};
use kernel::{
    Expect, Id,
    clock::Rule,
    cols,
    document::{self, NewDocument, NewSignature, Role, Signing, SigningMode},
    numbering::classification::{self, NewClassification},
    post::{MandateForm, NewMandate, office},
    unit,
};
use testkit::{Page, TestApp, Visitor, World};

use super::{SYSTEMS, world};
use crate::store::mutations;

/// Drafts a decree up to its list of people.
async fn drafts(visitor: &Visitor, day: &str, hour: &str) -> Page {
    let page = visitor.get("/mutasi").await.good();
    page.assert_accessible_basics();
    let page = page.click("Catat mutasi").await.good();
    page.assert_accessible_basics();
    let form = page.form("/mutasi/baru").fill("keputusan", "800/125/BKPSDM/2026").fill("mulai", day).fill("mulai-jam", hour);
    form.submit().await.redirected("/mutasi/").saying("Belum ada orang")
}

/// Adds somebody found by name.
async fn adds(visitor: &Visitor, page: &Page, name: &str, fields: &[(&str, &str)]) -> Page {
    let found = page.click("Tambah orang").await.good();
    found.assert_accessible_basics();
    let found = found.form("main form[method=get]").fill("cari", name).submit().await.good();
    let (_, href) = found.links("main ul.links a").into_iter().next().expect("somebody of that name");
    let ask = visitor.get(&href).await.good();
    ask.assert_accessible_basics();
    ask.form("main form[method=post]").fill_all(fields).submit().await
}

async fn posts(world: &World<'_>) -> (Id, Id, Id) {
    let at = world.village;
    (world.post(at, office::HEAD).await, world.post(at, office::SECRETARY).await, world.post(at, office::SERVICE_SECTION).await)
}

/// The titles of what an account acts for now.
async fn acts_for(app: &TestApp, username: &str) -> Vec<String> {
    let ctx = app.ctx_of(username).await;
    let officer = ctx.actor().officer().expect("an officer");
    officer.posts.iter().map(|post| format!("{} {}", post.kind, post.title)).collect()
}

testkit::both!(SYSTEMS;
    async fn one_mutation_moves_rights_tasks_mandates_and_sessions_at_its_minute(app) {
        let world = world(&app).await;
        let (head, secretary, section) = posts(&world).await;
        let (head_text, secretary_text, section_text) = (head.to_string(), secretary.to_string(), section.to_string());
        app.write(move |tx| {
            let from = tx.now();
            let new = NewMandate { from_post: head, to_post: secretary, kinds: Vec::new(), form: MandateForm::An, decree: "SK 9".into(), from, until: None };
            kernel::post::mandate(tx, &new)
        })
        .await;
        app.clock().advance_hours(1);
        let (gov, village) = (std::sync::Arc::clone(app.gov()), world.village);
        app.write(move |tx| {
            let unit = unit::find(tx, village)?.ok_or(kernel::Error::Missing)?;
            let desk = kernel::post::find(tx, section)?;
            mutations::open_case(tx, &gov, mutations::CONFIRMING, &unit, desk.as_ref(), "confirm", "Uji", Rule::WorkingDays(5)).map(drop)
        })
        .await;
        let admin = app.signed_in("admin").await;
        let page = drafts(&admin, "2026-12-01", "13:00").await;
        page.assert_accessible_basics();
        let page = adds(&admin, &page, "Rusdi", &[("cara", "retired")]).await.redirected("/mutasi/").saying("Rusdi Hartono Pensiun");
        let page = adds(&admin, &page, "Yuliana", &[("cara", "appoint"), ("dari", &secretary_text), ("ke", &head_text), ("jenis", "pj")]).await.redirected("/mutasi/");
        let page = adds(&admin, &page, "Zulkifli", &[("cara", "appoint"), ("dari", &section_text), ("ke", &secretary_text), ("jenis", "definitive")]).await.redirected("/mutasi/");
        page.assert_accessible_basics();
        // The consequences are shown, and nothing has changed.
        let page = page.saying("Kepala Desa, Desa Tanjung Raman: Rusdi Hartono → Pj. Yuliana");
        let page = page.saying("Hak yang berpindah: Penanda tangan").saying("Satu tugas terbuka menunggu sampai jabatan diisi");
        let page = page.saying("Mandat Kepala Desa, Desa Tanjung Raman kepada Sekretaris Desa, Desa Tanjung Raman").saying("Akun kades: tidak dapat masuk lagi");
        assert_eq!(app.count("select count(*) from kernel_holding where decree like '800/125%'").await, 0);
        let page = page.form("form[action$='/tetapkan']").submit().await.redirected("/mutasi/").saying("Mulai berlaku").saying("13.00");
        page.assert_accessible_basics();
        app.clock().set("2026-12-01 12:59");
        assert_eq!(acts_for(&app, "kades").await, ["definitive Kepala Desa"]);
        let (kades, sekdes) = (app.signed_in("kades").await, app.signed_in("sekdes").await);
        let _ = kades.get("/akun").await.good();
        let form = sekdes.get("/jabatan/tanjung-raman/mandat").await.good().form("/jabatan/tanjung-raman/mandat");
        app.clock().set("2026-12-01 13:00");
        // Nothing of the machine has run yet, and every right is where the decree puts it.
        assert_eq!(acts_for(&app, "sekdes").await, ["pj Kepala Desa"]);
        assert_eq!(acts_for(&app, "kasi").await, ["definitive Sekretaris Desa"]);
        let _ = kades.get("/akun").await.redirected("/masuk");
        let _ = form.fill("dari", &head_text).fill("kepada", &secretary_text).fill("keputusan", "SK 1").submit().await.is(403);
        let person = world.person_behind("kasi").await;
        let now = app.now();
        assert!(app.read(move |rx| kernel::post::may_act(rx, person, head, "usaha", now)).await.is_none(), "the mandate lapsed");
        app.settle().await;
        assert_eq!(app.count("select count(*) from kernel_session s join kernel_account a on a.id = s.account where a.username = 'kades'").await, 0);
        assert_eq!(app.count("select count(*) from kernel_mutation where state = 'done'").await, 1);
        let _ = admin.get("/mutasi").await.redirected("/masuk");
        let _ = app.signed_in("admin").await.get("/mutasi").await.good().saying("berlaku").saying("3 orang");
        assert!(app.count("select count(*) from kernel_notice where template = 'identity-notice-mutation'").await >= 2);
    }

    async fn a_mutation_is_taken_back_whole_until_its_minute(app) {
        let world = world(&app).await;
        let (head, _, _) = posts(&world).await;
        let before = app.count("select count(*) from kernel_holding where effective_until is null and version = 1").await;
        let dpmd = app.signed_in("dpmd").await;
        let page = drafts(&dpmd, "2026-12-01", "").await;
        let fields = [("cara", "appoint"), ("ke", &*head.to_string()), ("jenis", "plh"), ("sampai", "2026-12-20")];
        let page = adds(&dpmd, &page, "Yuliana", &fields).await.redirected("/mutasi/").saying("Rusdi Hartono → Plh. Yuliana");
        let page = page.form("form[action$='/tetapkan']").submit().await.redirected("/mutasi/");
        assert_eq!(app.count("select count(*) from kernel_holding where kind = 'plh'").await, 1);
        let page = page.form("form[action$='/batal']").submit().await.redirected("/mutasi/").saying("dibatalkan");
        page.assert_accessible_basics();
        assert_eq!(app.count("select count(*) from kernel_holding where kind = 'plh'").await, 0);
        assert_eq!(app.count("select count(*) from kernel_holding where effective_until is null and version = 1").await, before);
        app.clock().set("2026-12-02 09:00");
        app.settle().await;
        assert_eq!(acts_for(&app, "kades").await, ["definitive Kepala Desa"]);
        assert_eq!(acts_for(&app, "sekdes").await, ["definitive Sekretaris Desa"]);
    }

    async fn a_mutation_touches_only_units_one_keeps(app) {
        let world = world(&app).await;
        let sekdes = app.signed_in("sekdes").await;
        let page = drafts(&sekdes, "2026-12-01", "").await;
        let camat = world.post(world.kecamatan, office::HEAD).await.to_string();
        // The list offers no post of another unit, and a forged one is refused.
        let ask = page.click("Tambah orang").await.good().form("main form[method=get]").fill("cari", "Zulkifli").submit().await.good();
        let (_, href) = ask.links("main ul.links a").remove(0);
        let ask = sekdes.get(&href).await.good();
        let form = ask.form("main form[method=post]");
        assert!(!form.choices("ke").contains(&camat) && form.choices("ke").len() > 4);
        let page = form.fill("cara", "appoint").fill("jenis", "plt").forge("ke", &camat).submit().await.is(422);
        assert!(page.error_at("cara").is_some_and(|error| error.contains("bukan pada unit")));
        // Somebody who leaves takes posts along: of units one keeps only.
        let draft = sekdes.get("/mutasi").await.good().click("800/125/BKPSDM/2026").await.good();
        let refused = adds(&sekdes, &draft, "Hendra", &[("cara", "dismissed")]).await.is(422);
        assert!(refused.error_at("cara").is_some());
        // Others see nothing of it.
        let _ = app.signed_in("kasi").await.get("/mutasi").await.is(404);
        let href = draft.path.clone();
        let _ = app.signed_in("sekcam").await.get(&href).await.is(404);
        assert_eq!(app.count("select count(*) from kernel_mutation_line").await, 0);
    }

    async fn the_form_of_a_person_shows_what_the_manner_asks_for(app) {
        let world = world(&app).await;
        let secretary = world.post(world.village, office::SECRETARY).await.to_string();
        let admin = app.signed_in("admin").await;
        let page = drafts(&admin, "2026-12-01", "").await;
        let found = page.click("Tambah orang").await.good().form("main form[method=get]").fill("cari", "Yuliana").submit().await.good();
        let (_, href) = found.links("main ul.links a").remove(0);
        let page = admin.get(&href).await.good();
        page.assert_accessible_basics();
        let shown = |page: &Page| {
            let all = ["dari", "ke", "jenis", "sampai", "sampai-jam", "istirahat", "tugas"];
            all.into_iter().filter(|name| page.has(&format!("div.field[data-when=cara]:not([hidden]) [name='{name}']"))).collect::<Vec<_>>()
        };
        // Nothing before the manner is chosen; a script shows them in place, by the condition each carries.
        assert!(shown(&page).is_empty(), "{:?}", shown(&page));
        assert_eq!(page.attribute("div.field:has([name=ke])", "data-is").as_deref(), Some("appoint|second"));
        // Without scripts a button asks for them, and what was typed stays.
        let form = page.form("main form[method=post]").fill("cara", "release");
        let page = form.press("isian", "1").await.good();
        page.assert_accessible_basics();
        assert_eq!(shown(&page), ["dari", "tugas"]);
        for (manner, fields) in [
            ("appoint", &["dari", "ke", "jenis", "sampai", "sampai-jam", "tugas"][..]),
            ("second", &["dari", "ke", "sampai", "sampai-jam", "istirahat", "tugas"]),
            ("retired", &["tugas"]),
        ] {
            let page = page.form("main form[method=post]").fill("cara", manner).press("isian", "1").await.good();
            assert_eq!(shown(&page), fields, "{manner}");
        }
        // Something wrong comes back with the fields it is about.
        let wrong = page.form("main form[method=post]").fill("cara", "appoint").submit().await.is(422);
        assert!(wrong.error_at("ke").is_some() && shown(&wrong).contains(&"ke"));
        let page = page.form("main form[method=post]").fill("dari", &secretary).submit().await.redirected("/mutasi/");
        let _ = page.saying("Yuliana Pemberhentian dari jabatan");
    }

    async fn what_is_wrong_is_told_before_it_is_set(app) {
        let world = world(&app).await;
        let (head, secretary, _) = posts(&world).await;
        let admin = app.signed_in("admin").await;
        let page = admin.get("/mutasi/baru").await.good().form("/mutasi/baru").fill("tanggal", "").submit().await.is(422);
        assert!(page.error_at("keputusan").is_some() && page.error_at("tanggal").is_some());
        let page = drafts(&admin, "2026-12-01", "").await;
        let wrong = adds(&admin, &page, "Yuliana", &[("cara", "appoint")]).await.is(422);
        assert!(wrong.error_at("ke").is_some());
        let wrong = adds(&admin, &page, "Yuliana", &[("cara", "second"), ("dari", &secretary.to_string()), ("ke", &head.to_string())]).await.is(422);
        assert!(wrong.error_at("sampai").is_some());
        // The head still holds the post: said at the person, and there is no button to set it.
        let fields = [("cara", "appoint"), ("dari", &*secretary.to_string()), ("ke", &*head.to_string())];
        let page = adds(&admin, &page, "Yuliana", &fields).await.redirected("/mutasi/").saying("masih dipegang pejabat definitif");
        assert!(!page.has("form[action$='/tetapkan']"));
        let page = page.form("form[action$='/hapus']").submit().await.redirected("/mutasi/").saying("dikeluarkan dari konsep");
        let _ = page.form("form[action$='/batal']").submit().await.redirected("/mutasi").saying("Konsep mutasi dibuang");
        assert_eq!(app.count("select count(*) from kernel_mutation").await, 0);
    }

    async fn acts_between_a_late_decree_are_confirmed_or_revoked_one_by_one(app) {
        let world = world(&app).await;
        let (head, _, _) = posts(&world).await;
        let (rusdi, keys, village) = (world.person_behind("kades").await, std::sync::Arc::clone(app.gov().keys()), world.village);
        app.write(|tx| {
            let new = NewClassification { code: "470".into(), name: "Kependudukan".into(), valid_from: date(2020, 1, 1), valid_until: None, source: "uji".into() };
            tx.entry(kernel::NewEntry::new("test.code.added"));
            classification::add(tx, &new).map(drop)
        })
        .await;
        let signs = |title: &'static str| {
            let keys = keys.clone();
            app.write(move |tx| {
                let new = NewDocument {
                    case_id: None,
                    kind: "usaha".into(),
                    title: title.into(),
                    unit: village,
                    signing_mode: SigningMode::Wet,
                    holder_name: "Siti Aminah".into(),
                    secrecy: "limited".into(),
                    signatures: vec![NewSignature::of_post(Role::Signer, village, head)],
                };
                tx.entry(kernel::NewEntry::new("test.letter.signed"));
                let id = document::create_draft(tx, &keys, &new, &serde_json::json!({ "text": "usaha" }))?;
                let signing = Signing { person: rusdi, classification: "470".into(), addressee: "Siti".into(), on_date: date(2026, 11, 20), valid_until: None };
                document::sign(tx, id, Expect::Any, &signing)
            })
        };
        app.clock().set("2026-11-21 09:00");
        signs("Surat sebelum keputusan").await;
        app.clock().set("2026-11-23 09:00");
        signs("Surat Keterangan Usaha").await;
        app.clock().set("2026-11-24 10:00");
        signs("Surat Keterangan Domisili").await;
        // The decree of the 22nd arrives on the 25th.
        app.clock().set("2026-11-25 08:00");
        let admin = app.signed_in("admin").await;
        let page = drafts(&admin, "2026-11-22", "").await.saying("Surat ini terlambat");
        let page = adds(&admin, &page, "Rusdi", &[("cara", "release"), ("dari", &head.to_string())]).await.redirected("/mutasi/");
        let fields = [("cara", "appoint"), ("ke", &*head.to_string()), ("jenis", "plt")];
        let page = adds(&admin, &page, "Yuliana", &fields).await.redirected("/mutasi/");
        let page = page.saying("2 tindakan pejabat lama").saying("Surat Keterangan Usaha nomor").saying("Surat Keterangan Domisili nomor");
        assert!(!page.says("Surat sebelum keputusan"));
        let page = page.form("form[action$='/tetapkan']").submit().await.redirected("/mutasi/").saying("2 tindakan di antaranya menunggu konfirmasi");
        page.assert_accessible_basics();
        // Effect and entry are kept apart.
        assert_eq!(app.count("select count(*) from kernel_holding where decree like '800/125%' and effective_from < entered_at").await, 1);
        // It is a task of the post, so of whoever acts for it now.
        assert_eq!(app.count("select count(*) from kernel_task where system = 'identity' and state = 'open' and due < 9000000000000000000").await, 1);
        let case = app.read(|rx| Ok(rx.one("select id from kernel_case where system = 'identity'", &[])?.unwrap().get::<Id>(0)?)).await;
        let href = format!("/tinjauan/tindakan/{case}");
        let _ = app.signed_in("kades").await.get(&href).await.is(404);
        let sekdes = app.signed_in("sekdes").await;
        let page = sekdes.get(&href).await.good().saying("Surat Keterangan Usaha");
        page.assert_accessible_basics();
        let forms = page.all_attributes("main form", "action");
        let page = page.form(&forms[0]).press("putusan", "cabut").await.is(422).saying("Tulis alasan pencabutan");
        let page = page.form(&forms[0]).fill("alasan", "Tidak berwenang lagi").press("putusan", "cabut").await.redirected(&href).saying("dicabut");
        assert_eq!(app.count("select count(*) from kernel_document where state = 'revoked'").await, 1);
        let _ = page.form(&forms[1]).press("putusan", "sahkan").await;
        assert_eq!(app.count("select count(*) from kernel_case where system = 'identity' and state = 'closed'").await, 1);
        assert_eq!(app.count("select count(*) from kernel_task where system = 'identity' and state = 'open'").await, 0);
        assert_eq!(app.count("select count(*) from kernel_document where state = 'awaiting_scan'").await, 2);
    }

    async fn the_minute_is_that_of_the_region_in_papua_too(app) {
        let world = world(&app).await;
        let regency = world.regency;
        app.write(move |tx| Ok(tx.update(&unit::UNIT, regency, Expect::Any, &cols! { "zone" => unit::zone_name(indonesian::Zone::Wit) })?)).await;
        let head = world.post(regency, office::REGENT).await;
        let admin = app.signed_in("admin").await;
        let page = drafts(&admin, "2026-12-01", "08:00").await;
        let page = adds(&admin, &page, "Darmawan", &[("cara", "release"), ("dari", &head.to_string())]).await.redirected("/mutasi/");
        let _ = page.form("form[action$='/tetapkan']").submit().await.redirected("/mutasi/");
        let minute: jiff::Timestamp = "2026-11-30T23:00:00Z".parse().unwrap();
        let before = minute - SignedDuration::from_secs(1);
        assert!(!app.read(move |rx| kernel::post::holder(rx, head, before)).await.is_vacant());
        assert!(app.read(move |rx| kernel::post::holder(rx, head, minute)).await.is_vacant());
    }
);

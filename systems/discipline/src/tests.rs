//! Stories through HTTP, on both databases. Each duty of 000 §9 and 002 Pasal 19 has its story.

use std::sync::Arc;

use jiff::SignedDuration;
use kernel::{
    Id, grant,
    post::{HoldingKind, office},
};
use testkit::{Page, TestApp, Visitor, World};

const SYSTEMS: [&web::System; 1] = [&crate::SYSTEM];

async fn world(app: &TestApp) -> World<'_> {
    let world = World::small(app).await;
    // Who looks after discipline, besides the secretaries.
    let inspector = world.account("inspektur", None, "Inspektur").await;
    world.grant(grant::Grantee::Account(inspector), grant::OVERSEER, world.regency).await;
    world
}

/// Opens a case about the village's service section and says where it is.
async fn opened(keeper: &Visitor, fields: &[(&str, &str)]) -> String {
    let page = keeper.get("/sanksi/baru").await.good();
    page.assert_accessible_basics();
    let usual = [("dasar", "Ketentuan Penggunaan butir 4"), ("uraian", "Kata sandi dibagikan kepada tamu pada 18 November.")];
    let page =
        page.form("/sanksi/baru").fill_all(&usual).fill_all(fields).submit().await.redirected("/sanksi/kasus/").saying("sudah diberi tahu");
    page.assert_accessible_basics();
    page.path.split('?').next().unwrap().to_owned()
}

fn own(case: &str) -> String {
    case.replace("/kasus/", "/saya/")
}

/// Takes a step and comes back to the case.
async fn takes(officer: &Visitor, case: &str, step: &str, fields: &[(&str, &str)]) -> Page {
    let path = format!("{case}/langkah/{step}");
    let page = officer.get(&path).await.good();
    page.assert_accessible_basics();
    let form = page.form(&path).fill("uraian", "Terbukti dari log akses.");
    let form = if step == "hasil" { form } else { form.fill("keputusan", &format!("SK {step}/2026")) };
    form.fill_all(fields).submit().await.redirected(case)
}

async fn answers(person: &Visitor, case: &str, text: &str) -> Page {
    let page = person.get(&own(case)).await.good();
    page.assert_accessible_basics();
    page.form(&format!("{}/jawaban", own(case))).fill("jawaban", text).submit().await.redirected(&own(case)).saying(text)
}

/// Whether the account of `visitor`, who may not read the register, is restricted at this request.
async fn is_restricted(visitor: &Visitor) -> bool {
    let page = visitor.clone().staying().get("/sanksi").await;
    match page.status.as_u16() {
        303 => page.header("location") == "/akun/pembatasan",
        status => {
            assert_eq!(status, 404);
            false
        }
    }
}

testkit::both!(SYSTEMS;
    // 000 §9 butir 1 and 3: from the notice to a restriction, an appeal and the restoration.
    async fn a_temporary_restriction_is_answered_decided_appealed_and_taken_back(app) {
        let _world = world(&app).await;
        let (sekdes, kades, kasi, camat) = (app.signed_in("sekdes").await, app.signed_in("kades").await, app.signed_in("kasi").await, app.signed_in("camat").await);
        let case = opened(&sekdes, &[("tentang", "official"), ("akun", "kasi")]).await;
        // The person is told, reads, and is heard before anything is decided.
        assert_eq!(app.count("select count(*) from kernel_signal where kind = 'case-news'").await, 1);
        let page = kasi.get("/sanksi/saya").await.good();
        page.assert_accessible_basics();
        let page = page.click("Dibuka 20 November 2026").await.good().saying("Kata sandi dibagikan kepada tamu").saying("27 November 2026");
        page.assert_accessible_basics();
        let _ = kades.get(&format!("{case}/langkah/putuskan")).await.is(409).saying("Dengarkan dahulu");
        let empty = kasi.get(&own(&case)).await.good().form(&format!("{}/jawaban", own(&case))).fill("jawaban", " ").submit().await.is(422);
        assert!(empty.error_at("jawaban").is_some());
        let _ = answers(&kasi, &case, "Tamu itu pegawai yang sedang magang.").await;
        // The keeper cannot decide, the deciding post can; the restriction acts in the very next request.
        let _ = sekdes.get(&format!("{case}/langkah/putuskan")).await.is(409).saying("jabatan lain");
        assert!(!is_restricted(&kasi).await);
        let page = kades.get("/sanksi").await.good().saying("Menunggu jawaban").click("Kepala Seksi Pelayanan, Desa Tanjung Raman").await.good().saying("magang");
        page.assert_accessible_basics();
        let wrong = kades.get(&format!("{case}/langkah/putuskan")).await.good().form(&format!("{case}/langkah/putuskan")).submit().await.is(422);
        assert_eq!(wrong.errors().len(), 3, "{:?}", wrong.errors());
        let page = takes(&kades, &case, "putuskan", &[("tindakan", "temporary"), ("sampai", "2026-12-04")]).await.saying("Diputuskan").saying("SK putuskan/2026, 20 November 2026");
        page.assert_accessible_basics();
        assert!(is_restricted(&kasi).await);
        // Restricted, the person reads, prints and appeals to the post above.
        let page = kasi.get(&own(&case)).await.good().saying("Camat, Kecamatan Pendopo");
        page.assert_accessible_basics();
        let papers = page.click("Naskah untuk dicetak").await.good().saying("Keputusan pembatasan akses sementara").saying("Keberatan dapat diajukan sampai");
        papers.assert_accessible_basics();
        let page = kasi.get(&own(&case)).await.good();
        let _ = page.form(&format!("{}/keberatan", own(&case))).fill("keberatan", "Tidak ada yang dirugikan.").submit().await.redirected(&own(&case)).saying("Keberatan diperiksa");
        let _ = kades.get(&format!("{case}/langkah/banding")).await.is(409);
        let page = takes(&camat, &case, "banding", &[("hasil", "withdrawn")]).await.saying("Dibatalkan").saying("Tidak ada yang dirugikan");
        page.assert_accessible_basics();
        assert!(!is_restricted(&kasi).await);
        let _ = kasi.get(&own(&case)).await.good().saying("Keputusan dibatalkan");
        assert_eq!(app.count("select count(*) from kernel_entry where action like 'discipline.case.%' and action <> 'discipline.case.read'").await, 5);
        assert_eq!(app.count("select count(*) from kernel_restriction where lifted_decree like 'SK banding/2026%'").await, 1);
    }

    // 002 Pasal 19(8)a, b: teguran lisan, then tertulis; what came before is told; what nobody appeals becomes final by itself.
    async fn an_oral_reprimand_stands_when_nobody_appeals_and_is_told_the_next_time(app) {
        let _world = world(&app).await;
        let (sekdes, kades, kasi) = (app.signed_in("sekdes").await, app.signed_in("kades").await, app.signed_in("kasi").await);
        let first = opened(&sekdes, &[("akun", "kasi")]).await;
        // Nobody answers: after the time has passed it is decided all the same.
        app.clock().advance(SignedDuration::from_hours(24 * 8));
        let (sekdes, kades) = (app.signed_in("sekdes").await, { drop(kades); app.signed_in("kades").await });
        let _ = takes(&kades, &first, "putuskan", &[("tindakan", "oral")]).await.saying("Teguran lisan");
        let kasi = { drop(kasi); app.signed_in("kasi").await };
        let second = opened(&sekdes, &[("akun", "kasi")]).await;
        let _ = sekdes.get(&second).await.good().saying("Tindakan sebelumnya").saying("Teguran lisan: SK putuskan/2026");
        let _ = answers(&kasi, &second, "Saya lupa.").await;
        let _ = takes(&kades, &second, "putuskan", &[("tindakan", "written")]).await;
        let papers = kades.get(&format!("{second}/cetak")).await.good().saying("Teguran tertulis").saying("Kepala Desa, Desa Tanjung Raman");
        papers.assert_accessible_basics();
        app.clock().advance(SignedDuration::from_hours(24 * 45));
        app.write(|tx| { let now = tx.now(); kernel::jobs::ensure(tx, "discipline.settle", now) }).await;
        app.settle().await;
        let kasi = app.signed_in("kasi").await;
        let page = kasi.get(&own(&first)).await.good().saying("Tetap").saying("keputusan tetap");
        assert!(!page.has("form[action$='/keberatan']"));
        app.leave_work();
    }

    // 002 Pasal 19(6): a Perangkat Daerah is sanctioned by the Walikota (here the Bupati), by nobody else.
    async fn an_office_is_sanctioned_by_the_head_of_the_government(app) {
        let _world = world(&app).await;
        let admin = app.signed_in("admin").await;
        let case = opened(&admin, &[("tentang", "unit"), ("unit", "16.11.OPD.DPMPTSP")]).await;
        app.clock().advance(SignedDuration::from_hours(24 * 8));
        let _ = app.signed_in("kadis").await.get(&case).await.is(404);
        let bupati = app.signed_in("bupati").await;
        let page = bupati.get(&format!("{case}/langkah/putuskan")).await.good();
        let measures = page.form(&format!("{case}/langkah/putuskan")).choices("tindakan");
        assert!(measures.contains(&"written".to_owned()) && !measures.contains(&"temporary".to_owned()), "{measures:?}");
        let _ = takes(&bupati, &case, "putuskan", &[("tindakan", "written")]).await.saying("Teguran tertulis");
        assert_eq!(app.count("select count(*) from kernel_restriction").await, 0);
    }

    // 002 Pasal 19(7): the administrator by the head of the Perangkat Daerah; the head by whoever stands above.
    async fn the_head_is_decided_by_the_post_above_and_a_stand_in_may_act(app) {
        let world = world(&app).await;
        let sekdes = app.signed_in("sekdes").await;
        let case = opened(&sekdes, &[("akun", "kades")]).await;
        let _ = sekdes.get(&case).await.good().saying("Camat, Kecamatan Pendopo");
        let kades = app.signed_in("kades").await;
        let _ = kades.get(&case).await.is(404);
        let _ = answers(&kades, &case, "Tidak benar.").await;
        let (camat, person) = (world.post(world.kecamatan, office::HEAD).await, world.person_behind("sekcam").await);
        world.appoint(camat, person, HoldingKind::Plh, app.now(), Some(app.now() + SignedDuration::from_hours(8))).await;
        let _ = app.signed_in("camat").await.get(&case).await.is(404);
        let _ = takes(&app.signed_in("sekcam").await, &case, "putuskan", &[("tindakan", "dismiss")]).await.saying("Tidak terbukti");
    }

    // 000 §9 butir 2 and 4: an internal investigation that restricts meanwhile, its findings are answered, and the authorities are told.
    async fn an_investigation_restricts_for_its_time_and_its_findings_are_answered_anew(app) {
        let _world = world(&app).await;
        let (sekdes, kades, kasi) = (app.signed_in("sekdes").await, app.signed_in("kades").await, app.signed_in("kasi").await);
        let case = opened(&sekdes, &[("akun", "kasi")]).await;
        let _ = answers(&kasi, &case, "Tidak tahu.").await;
        let _ = takes(&sekdes, &case, "selidiki", &[("sampai", "2026-11-25")]).await.saying("Diselidiki");
        assert!(is_restricted(&kasi).await);
        let _ = takes(&sekdes, &case, "hasil", &[]).await.saying("Menunggu jawaban");
        let _ = kades.get(&format!("{case}/langkah/putuskan")).await.is(409).saying("Dengarkan dahulu");
        let _ = answers(&kasi, &case, "Saya mengakui.").await;
        let _ = takes(&sekdes, &case, "laporkan", &[]).await.saying("Dilaporkan kepada pihak berwenang").saying("SK laporkan/2026");
        let _ = takes(&kades, &case, "putuskan", &[("tindakan", "permanent")]).await;
        app.clock().advance(SignedDuration::from_mins(90));
        assert!(is_restricted(&kasi).await);
        assert_eq!(app.count("select count(*) from kernel_restriction where effective_until is null and lifted_at is null").await, 1);
        // Pemulihan: by the deciding post, at once.
        let _ = takes(&kades, &case, "pulihkan", &[]).await.saying("Dipulihkan dengan");
        assert!(!is_restricted(&kasi).await);
        let _ = kades.get(&format!("{case}/langkah/pulihkan")).await.is(409);
    }

    async fn nobody_else_learns_of_a_case_and_nobody_opens_one_beyond_their_reach(app) {
        let _world = world(&app).await;
        let sekdes = app.signed_in("sekdes").await;
        let case = opened(&sekdes, &[("akun", "kasi")]).await;
        for name in ["kaur", "seklur", "lurah", "kasi"] {
            let visitor = app.signed_in(name).await;
            let _ = visitor.get(&case).await.is(404);
            for step in ["selidiki", "putuskan", "banding", "pulihkan", "laporkan", "x"] {
                let _ = visitor.get(&format!("{case}/langkah/{step}")).await.is(404);
            }
            let _ = visitor.get(&format!("{case}/cetak")).await.is(404);
            if name != "kasi" {
                let _ = visitor.get(&own(&case)).await.is(404);
            }
        }
        let inspector = app.signed_in("inspektur").await;
        let _ = inspector.get(&case).await.good();
        let _ = inspector.get("/sanksi/baru").await.is(404);
        let _ = inspector.get(&format!("{case}/langkah/selidiki")).await.is(409);
        let seklur = app.signed_in("seklur").await;
        for username in ["kasi", "tidak.ada", "admin"] {
            let page = seklur.get("/sanksi/baru").await.good();
            let form = page.form("/sanksi/baru").fill("akun", username).fill("dasar", "x").fill("uraian", "y");
            assert!(form.submit().await.is(422).error_at("akun").is_some(), "{username}");
        }
        let page = sekdes.get("/sanksi/baru").await.good();
        let form = page.form("/sanksi/baru").fill("akun", "sekdes").fill("dasar", "x").fill("uraian", "y");
        assert!(form.submit().await.is(422).error_at("akun").is_some_and(|error| error.contains("diri sendiri")));
        // Two at once: the second is told.
        let page = sekdes.get(&format!("{case}/langkah/laporkan")).await.good();
        let late = page.form(&format!("{case}/langkah/selidiki").replace("selidiki", "laporkan")).fill("uraian", "x").fill("keputusan", "SK");
        let _ = takes(&sekdes, &case, "selidiki", &[]).await;
        let _ = late.submit().await.is(409);
        // The register lists what may be opened, and nothing else.
        let id: Id = case.rsplit('/').next().unwrap().parse().unwrap();
        for (name, sees) in [("sekdes", true), ("kades", true), ("inspektur", true), ("admin", true), ("camat", true), ("seklur", false), ("sekdis", false)] {
            let visitor = app.signed_in(name).await;
            let listed = visitor.get("/sanksi").await.good().has(&format!("a[href='/sanksi/kasus/{id}']"));
            let opens = visitor.get(&case).await.status == 200;
            assert_eq!((listed, opens), (sees, sees), "{name}");
        }
        let keys = Arc::clone(app.gov().keys());
        let sealed = app.read(move |rx| crate::store::dossier(rx, &keys, id)).await;
        assert!(sealed.allegation.contains("tamu"));
    }
);

#[test]
fn both_languages_say_the_same_things() {
    let (id, en) = (include_str!("../locales/id.ftl"), include_str!("../locales/en.ftl"));
    assert_eq!(web::text::disagreements(id, en), Vec::<String>::new());
}

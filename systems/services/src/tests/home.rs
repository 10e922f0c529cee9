//! Residents: from a search to a letter that anyone can check, with nobody signed in.

use kernel::{
    Actor, Error, document,
    numbering::classification,
    offering,
    throttle::{self, Key},
};
use testkit::{Attached, TestApp, World};

use crate::{
    model::packages,
    pages::home::{send, upload},
    rules::Action,
    store::{self, act, catalogue},
};

/// The usual services at the village, in the index.
pub(super) async fn adopted(app: &TestApp, world: &World<'_>) {
    let (village, gov) = (world.village, std::sync::Arc::clone(app.gov()));
    app.write(move |tx| {
        for definition in packages::all().map_err(|error| Error::Failed(error.to_string()))? {
            if definition.adoptable_by(crate::model::chain::UnitKind::Desa, "") {
                let overrides = if definition.slug == "keterangan-kehilangan" { "{}" } else { r#"{"one_person":true}"# };
                let offering = offering::adopt(
                    tx,
                    store::SYSTEM,
                    &definition.slug,
                    village,
                    &definition.canonical(),
                    &definition.title.id,
                    overrides,
                )?;
                catalogue::index(tx, &gov, &offering)?;
            }
        }
        for (code, name) in [("500.3", "Usaha"), ("400.12", "Kependudukan")] {
            let new = classification::NewClassification {
                code: code.into(),
                name: name.into(),
                valid_from: kernel::Date::constant(2020, 1, 1),
                valid_until: None,
                source: "test".into(),
            };
            classification::add(tx, &new)?;
        }
        Ok(())
    })
    .await;
}

/// What Siti types about herself.
pub(super) const SITI: [(&str, &str); 6] = [
    ("diri.nama", "Siti Rahmawati"),
    ("diri.ada_nik", "ya"),
    ("diri.nik", "1611025703810012"),
    ("diri.kelamin", "p"),
    ("diri.alamat", "Dusun II RT 03"),
    ("diri.surel", "siti@contoh.id"),
];

/// What a form led to.
pub(super) trait Reached {
    /// The browser was sent on to an address with this in it.
    fn reached(self, part: &str) -> testkit::Page;
}

impl Reached for testkit::Page {
    fn reached(self, part: &str) -> testkit::Page {
        let page = self.good();
        assert!(!page.way.is_empty() && page.path.contains(part), "the browser is at {}: {}", page.path, page.text());
        page
    }
}

pub(super) const START: &str = "/layanan/tanjung-raman/keterangan-usaha/ajukan";

/// Fills the form up to the last page, asking the RT head by link.
pub(super) async fn up_to_review(siti: &testkit::Visitor) -> testkit::Page {
    review_of(siti, SITI[2].1).await
}

/// The same with another NIK.
pub(super) async fn review_of(visitor: &testkit::Visitor, nik: &'static str) -> testkit::Page {
    let page = visitor.get(START).await.good();
    page.assert_accessible_basics();
    let form = page.form("#isian").fill_all(&SITI).fill("diri.nik", nik).fill_date("diri.lahir", "17", "3", "1981");
    let page = form.submit().await.reached("?h=1");
    page.assert_accessible_basics();
    let page = page
        .form("#isian")
        .fill("jenis_usaha", "penggilingan kopi")
        .fill("alamat_usaha", "Dusun II")
        .fill_date("mulai_usaha", "1", "1", "2019")
        .submit()
        .await
        .reached("?h=2");
    let page = page.form("#isian").fill("keperluan", "kur").submit().await.reached("?h=3");
    page.assert_accessible_basics();
    let rt = [("rt", "tautan"), ("rt.nama", "Hasan"), ("rt.jabatan", "Ketua RT 03"), ("rt.hp", "081234567890")];
    let page = page.form("#isian").fill_all(&rt).submit().await.reached("?h=4");
    page.assert_accessible_basics();
    page.saying("penggilingan kopi")
}

pub(super) fn code_of(page: &testkit::Page) -> String {
    page.path.trim_start_matches("/lacak/").split('?').next().unwrap_or_default().to_owned()
}

pub(super) async fn proved(visitor: &testkit::Visitor, code: &str) -> testkit::Page {
    let page = visitor.get(&format!("/lacak/{code}/bukti")).await.good();
    page.assert_accessible_basics();
    page.form(&format!("/lacak/{code}/bukti")).fill_date("lahir", "17", "3", "1981").fill("nik", "0012").submit().await
}

/// An officer does the work of the desk.
pub(super) async fn acts(app: &TestApp, who: &str, code: &str, action: Action, note: &str, scan: Option<kernel::Id>) {
    let (ctx, gov, code, note) = (app.ctx_of(who).await, std::sync::Arc::clone(app.gov()), code.to_owned(), note.to_owned());
    app.write_as(&ctx, move |tx| {
        let case = kernel::case::by_code(tx, &code)?;
        let act = act::Act { case_id: case.id, version: case.version, action, note: note.clone(), scan, receiver: String::new() };
        act::act(tx, &gov, &act)
    })
    .await
    .unwrap();
}

testkit::both!([&crate::SYSTEM];
    async fn a_villager_finds_applies_and_the_rt_head_confirms(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        for path in ["/", "/tentang", "/layanan", "/layanan/tanjung-raman", "/layanan/pendopo", "/lacak", "/verifikasi", "/layanan?layanan=keterangan-usaha", "/layanan?kelompok=usaha"] {
            siti.get(path).await.good().assert_accessible_basics();
        }
        for asked in ["surat usaha", "surat usha", "KUR", "jualan"] {
            let _ = siti.get(&format!("/layanan?cari={}", asked.replace(' ', "+"))).await.good().saying("Surat Keterangan Usaha");
        }
        let _ = siti.get("/layanan?cari=tj+raman").await.good().saying("Desa Tanjung Raman");
        let _ = siti.get("/layanan?cari=usaha+tanjung+raman").await.good().saying("Surat Keterangan Usaha");
        let _ = siti.get("/layanan?cari=xyzzy").await.good().saying("Tidak ada yang cocok");

        let page = siti.get("/layanan/tanjung-raman/keterangan-usaha").await.good();
        page.assert_accessible_basics();
        let page = page.saying("GRATIS").saying("15 menit").saying("Laporkan pungutan").saying("Kepala Desa menandatangani");
        assert!(page.says("14."), "the whole standard");

        let page = up_to_review(&siti).await;
        let page = page.form("#isian").submit().await.good();
        page.assert_accessible_basics();
        let code = code_of(&page);
        let page = page.saying("Simpan kode ini").saying("Menunggu pengantar").saying("Ketua RT 03");
        assert!(!page.says("Siti"), "nobody's name on a tracking page");
        let (_, whatsapp) = page.links("a[href*='wa.me']").remove(0);
        assert!(whatsapp.contains("6281234567890"), "{whatsapp}");
        let link = whatsapp.split("/pengantar/").nth(1).unwrap().split(['%', '&']).next().unwrap().to_owned();
        assert_eq!(app.count("select count(*) from kernel_person where source = 'application'").await, 1);

        let rt = app.anonymous();
        let page = rt.get(&format!("/pengantar/{link}")).await.good();
        page.assert_accessible_basics();
        let page = page.saying("Siti Rahmawati").saying("Surat Keterangan Usaha");
        assert!(!page.says("1611025703810012") && !page.says("0012"));
        let _ = page.form("#setuju").press("jawaban", "ya").await.good().saying("pengantar sudah diberikan");
        let _ = rt.get(&format!("/pengantar/{link}")).await.good().saying("sudah dijawab");
        let _ = rt.get("/pengantar/tidak-ada").await.is(404);
        let _ = siti.get(&format!("/lacak/{code}")).await.good().saying("Diperiksa").saying("pengantar diberikan");
        app.leave_work();
    }

    async fn sent_twice_or_from_two_tabs_is_one_application(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let first = up_to_review(&siti).await;
        let second = siti.get(&format!("{START}?h=4")).await.good();
        let code = code_of(&first.form("#isian").submit().await.good());
        assert_eq!(code_of(&second.form("#isian").submit().await.good()), code);
        assert_eq!(code_of(&first.form("#isian").submit().await.good()), code);
        assert_eq!(app.count("select count(*) from kernel_case").await, 1);
        app.leave_work();
    }

    async fn what_was_typed_survives_errors_and_time(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let page = siti.get(START).await.good();
        let page = page.form("#isian").fill_all(&SITI).fill("diri.nik", "161102570381001").fill_date("diri.lahir", "17", "3", "1981").submit().await.is(422);
        page.assert_accessible_basics();
        assert!(page.error_at("diri.nik").is_some(), "fifteen digits are refused at the field: {:?}", page.errors());
        assert_eq!(page.value("diri.nama").as_deref(), Some("Siti Rahmawati"));
        // An odd NIK is asked why, and accepted.
        let page = page.form("#isian").fill("diri.nik", "1611025803810012").submit().await.is(422);
        assert!(page.error_at("diri.alasan").is_some(), "{:?}", page.errors());
        let _ = page.form("#isian").fill("diri.alasan", "di KTP memang begitu").submit().await.reached("?h=1");
        app.clock().advance_hours(48);
        let _ = siti.get("/").await.good().saying("Belum selesai diisi").saying("Surat Keterangan Usaha");
        let page = siti.get(&format!("{START}?h=0")).await.good();
        assert_eq!(page.value("diri.alasan").as_deref(), Some("di KTP memang begitu"));
        assert_eq!(app.anonymous().get(START).await.good().value("diri.nama").unwrap_or_default(), "", "another device sees nothing");

        // The service is withdrawn meanwhile.
        let (village, gov) = (world.village, std::sync::Arc::clone(app.gov()));
        app.write(move |tx| {
            let offering = offering::at(tx, store::SYSTEM, village, "keterangan-usaha")?;
            offering::set_state(tx, &offering, offering::State::Withdrawn)?;
            let offering = offering::find(tx, offering.id)?;
            catalogue::index(tx, &gov, &offering)
        })
        .await;
        let _ = siti.get(START).await.is(410).saying("sudah ditarik");
        let _ = siti.get("/layanan/tanjung-raman/keterangan-usaha").await.good().saying("sedang tidak dibuka");
        assert_eq!(siti.get("/layanan?cari=keterangan+usaha").await.good().links("main a[href$='keterangan-usaha']"), []);
    }

    async fn a_mistyped_code_is_told_and_guessing_waits(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let code = code_of(&up_to_review(&siti).await.form("#isian").submit().await.good());
        let other = if code.ends_with('0') { '1' } else { '0' };
        let mistyped = format!("{}{other}", &code[..11]);
        let _ = siti.get(&format!("/lacak?kode={mistyped}")).await.is(422).saying("salah ketik");
        let _ = siti.get(&format!("/verifikasi?surat={mistyped}")).await.is(422).saying("salah ketik");
        let _ = siti.get(&format!("/lacak?kode={}", code.to_lowercase())).await.reached("/lacak/").saying("Menunggu pengantar");
        let thief = app.anonymous().from("10.9.8.7");
        for _ in 0..3 {
            let page = thief.get(&format!("/lacak/{code}/bukti")).await.good();
            let _ = page.form(&format!("/lacak/{code}/bukti")).fill_date("lahir", "1", "1", "1980").fill("nik", "1234").submit().await.is(422).saying("tidak cocok");
        }
        let _ = proved(&thief, &code).await.is(429);
        app.clock().advance_hours(1);
        let _ = proved(&thief, &code).await.good().saying("Batalkan permohonan");
        app.leave_work();
    }

    async fn returned_corrected_signed_and_checked(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let page = up_to_review(&siti).await.form("#isian").submit().await.good();
        let code = code_of(&page);
        acts(&app, "operator", &code, Action::Introduce, "", None).await;
        acts(&app, "kasi", &code, Action::Return, "Tempat usaha belum jelas, sebutkan RT-nya", None).await;
        let stranger = app.anonymous();
        let page = stranger.get(&format!("/lacak/{code}")).await.good().saying("Belum lengkap");
        assert!(!page.says("RT-nya"), "the reason is for the applicant");
        let _ = stranger.get(&format!("/lacak/{code}/perbaiki")).await.reached("/bukti");
        let _ = proved(&siti, &code).await.good().saying("sebutkan RT-nya");
        let page = siti.get(&format!("/lacak/{code}/perbaiki?h=0")).await.good();
        assert_eq!(page.value("jenis_usaha").as_deref(), Some("penggilingan kopi"));
        let page = page.form("#isian").fill("alamat_usaha", "Dusun II RT 03").submit().await.good();
        let _ = page.form("#isian").submit().await.reached("/lacak/").saying("Diperiksa");

        acts(&app, "kasi", &code, Action::Check, "", None).await;
        acts(&app, "sekdes", &code, Action::Initial, "", None).await;
        acts(&app, "kades", &code, Action::Sign, "", None).await;
        let letter = code.clone();
        let verify = app
            .read(move |rx| {
                let case = kernel::case::by_code(rx, &letter)?;
                Ok::<_, Error>(document::of_case(rx, case.id)?.remove(0).verify_code.unwrap_or_default())
            })
            .await;
        let _ = stranger.get(&format!("/verifikasi/{verify}")).await.good().saying("Belum berlaku");
        let staged = app.gov().blobs().put(&app.ctx(), "scan.png", &photo(), &kernel::blobs::Limits::SCAN).unwrap();
        let scan = app.write(move |tx| Ok(kernel::blobs::park(tx, &staged)?)).await;
        acts(&app, "operator", &code, Action::RegisterScan, "", Some(scan)).await;
        let page = stranger.get(&format!("/verifikasi/{verify}")).await.good().saying("Terdaftar dan berlaku").saying("Desa Tanjung Raman");
        page.assert_accessible_basics();
        assert!(!page.says("Siti") && !page.says("asli"));
        let file = [Attached { field: "berkas", name: "x.jpg", media_type: "image/jpeg", bytes: b"lain" }];
        let _ = stranger.upload(&format!("/verifikasi/{verify}"), &[], &file).await.good().saying("Pindaian berbeda dari yang terdaftar");
        let _ = stranger.get("/verifikasi/0000-0000-0000").await.good().saying("Tidak terdaftar");
        let _ = stranger.get(&format!("/lacak/{code}/unduh")).await.reached("/bukti");
        let page = siti.get(&format!("/lacak/{code}/unduh")).await.good();
        assert_eq!(page.header("content-type"), "image/png");
        app.leave_work();
    }

    async fn files_come_in_parts_or_with_the_form_and_strange_ones_are_refused(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let page = siti.get(START).await.good();
        let page = page.form("#isian").fill_all(&SITI).fill_date("diri.lahir", "17", "3", "1981").submit().await.reached("?h=1");
        let answers = [("jenis_usaha", "warung"), ("alamat_usaha", "Dusun I")];
        let strange = |name: &str, bytes: &[u8]| page.form("#isian").fill_all(&answers).fill_date("mulai_usaha", "1", "1", "2019").attach("foto_usaha", name, "image/jpeg", bytes);
        let again = strange("foto.jpg", b"MZ\x90\x00 program").submit().await.is(422);
        assert!(again.error_at("foto_usaha").is_some());
        assert_eq!(again.value("jenis_usaha").as_deref(), Some("warung"));
        let _ = strange("gambar.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>").submit().await.is(422);
        let _ = strange("besar.jpg", &vec![0; 13_000_000]).submit().await.is(413);

        let photo = photo();
        let begun = siti.post("/unggah", &[("name", "usaha.png"), ("size", &photo.len().to_string())]).await.good().json();
        let id = begun["id"].as_str().unwrap().to_owned();
        let half = photo.len() / 2;
        let _ = siti.put(&format!("/unggah/{id}?from=0"), &photo[..half]).await.good();
        let answer = siti.put(&format!("/unggah/{id}?from=0"), &photo[..half]).await.is(409).json();
        assert_eq!(answer["received"].as_u64(), Some(half as u64));
        let _ = app.anonymous().put(&format!("/unggah/{id}?from={half}"), &photo[half..]).await.is(404);
        let _ = siti.put(&format!("/unggah/{id}?from={half}"), &photo[half..]).await.good();
        let form = page.form("#isian").fill_all(&answers).fill_date("mulai_usaha", "1", "1", "2019").forge("foto_usaha-kept", &id);
        form.submit().await.reached("?h=2");
        let _ = siti.get(&format!("{START}?h=1")).await.good().saying("usaha.png");
        let page = siti.get(&format!("{START}?h=1")).await.good();
        let _ = page.form("#isian").submit().await.reached("?h=2");
        let _ = siti.get(&format!("{START}?h=1")).await.good().saying("usaha.png");
        app.leave_work();
    }

    async fn nobody_floods_the_desks_alone_and_the_form_is_kept(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous().from("10.9.8.7");
        let page = up_to_review(&siti).await;
        app.write(|tx| {
            let (key, now) = (Key::new(send::APPLICATIONS, "10.9.8.7", send::APPLICATIONS_FREE), tx.now());
            for _ in 0..=send::APPLICATIONS_FREE {
                let _ = throttle::attempt(tx, std::slice::from_ref(&key), now)?;
            }
            Ok(())
        })
        .await;
        let page = page.form("#isian").submit().await.reached("?h=4").saying("sangat banyak permohonan").saying("penggilingan kopi");
        assert_eq!(app.count("select count(*) from kernel_case").await, 0);
        app.clock().advance_hours(1);
        let _ = page.form("#isian").submit().await.reached("/lacak/");
        app.leave_work();
    }

    async fn nobody_fills_the_disk_alone(app) {
        World::small(&app).await;
        // A new browser each time; what they share is the address.
        let begin = async || app.anonymous().from("10.9.8.6").post("/unggah", &[("name", "a.png"), ("size", "9000000")]).await;
        app.write(|tx| {
            let (key, now) = (Key::new(upload::FILES, "10.9.8.6", upload::FILES_FREE), tx.now());
            for _ in 0..upload::FILES_FREE - 2 {
                let _ = throttle::attempt(tx, std::slice::from_ref(&key), now)?;
            }
            Ok(())
        })
        .await;
        let _ = begin().await.good();
        let mut more = 0;
        while begin().await.status != 429 {
            more += 1;
            assert!(more < 10, "a village that shares an address goes on, a machine does not");
        }
        let _ = app.anonymous().from("10.9.8.5").post("/unggah", &[("name", "a.png"), ("size", "9000000")]).await.good();
        app.leave_work();
    }

    async fn a_link_by_mail_proves_too(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let code = code_of(&up_to_review(&siti).await.form("#isian").submit().await.good());
        let ctx = app.ctx().as_actor(Actor::Public);
        let case = code.clone();
        let token = app
            .write_as(&ctx, move |tx| {
                let case = kernel::case::by_code(tx, &case)?;
                let token = store::links::make(tx, case.id, store::links::Purpose::Proof, "", "")?;
                tx.entry(kernel::NewEntry::new("test").case(case.id));
                Ok(token)
            })
            .await
            .unwrap();
        let other = app.anonymous();
        let page = other.get(&format!("/lacak/{code}/bukti/{token}")).await.good();
        page.assert_accessible_basics();
        let _ = page.form("form[action*=bukti]").submit().await.reached("/lacak/").saying("Batalkan permohonan");
        let page = other.get(&format!("/lacak/{code}")).await.good();
        let _ = page.form("form[action$=batal]").fill("alasan", "singkat").submit().await.is(422);
        let page = page.form("form[action$=batal]").fill("alasan", "sudah tidak diperlukan lagi").submit().await.good();
        let _ = page.saying("Dibatalkan");
        let _ = app.anonymous().post(&format!("/lacak/{code}/bukti/{token}"), &[]).await.is(410);
        app.leave_work();
    }
);

/// A small real picture.
pub(super) fn photo() -> Vec<u8> {
    include_bytes!("home/photo.png").to_vec()
}

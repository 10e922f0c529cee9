//! Stories through HTTP, on both databases.

use std::sync::Arc;

use jiff::civil::date;
use kernel::{
    Id, NewEntry,
    grant::{self, Grantee},
    retention::{self, NewHold, Run},
};
use testkit::{TestApp, World};

use crate::{SYSTEM, jobs};

/// A government with an Inspektorat: an OPD whose head holds the role at the regency.
async fn town(app: &TestApp) -> World<'_> {
    let world = World::small(app).await;
    let post = world.post_at(world.regency, "inspektur", "Inspektur", 9).await;
    world.grant(Grantee::Post(post), grant::INSPECTOR, world.regency).await;
    world.officer("inspektur", "Ratna Juwita", world.regency, "inspektur").await;
    world
}

/// Residents of a village; some of them on the officer's own family card.
async fn residents(world: &World<'_>, village: Id, count: usize) -> Vec<Id> {
    let mut ids = Vec::new();
    for n in 0..count {
        let nik = format!("161103{:02}0180{:04}", n % 28 + 1, n + 1);
        let born = date(1980, 1, i8::try_from(n % 28 + 1).unwrap());
        ids.push(world.resident(village, &format!("Warga Nomor {n}"), &nik, born).await);
    }
    ids
}

/// What the pages of residents write when somebody is opened.
async fn opens(app: &TestApp, username: &str, village: Id, persons: &[Id]) {
    let ctx = app.ctx_of(username).await;
    let persons = persons.to_vec();
    app.gov()
        .write(&ctx, move |tx| {
            for person in &persons {
                tx.entry(NewEntry::new("services.resident.read").unit(village).object("person", *person));
            }
            Ok::<_, kernel::Error>(())
        })
        .await
        .unwrap();
}

async fn look(app: &TestApp) -> usize {
    let ctx = app.gov().system_ctx("oversight.watch");
    jobs::look(app.gov(), &ctx).await.unwrap().1
}

testkit::both!([&SYSTEM];
    async fn terms_7_the_timeline_tells_who_opened_whom_and_opening_it_is_in_it(app) {
        let world = town(&app).await;
        let people = residents(&world, world.village, 3).await;
        app.clock().set("2026-11-20 10:00");
        opens(&app, "operator", world.village, &people[..1]).await;
        let inspector = app.signed_in("inspektur").await;
        let page = inspector.get("/pengawasan/jejak").await.good();
        page.assert_accessible_basics();
        assert!(page.says("Agus Setiawan") && page.says("Desa Tanjung Raman"));
        assert!(page.rows("").iter().flatten().all(|cell| !cell.contains("account")), "what a record is stands there in plain words");
        let about = inspector.get(&format!("/pengawasan/jejak?tentang=orang&id={}", people[0])).await.good();
        about.assert_accessible_basics();
        assert_eq!(about.rows("").len(), 1);
        assert!(!about.says("Warga Nomor 0"), "the person is masked");
        // Twice within ten minutes is one entry; another subject is another.
        inspector.get(&format!("/pengawasan/jejak?tentang=orang&id={}", people[0])).await.good();
        let opened = app.count("select count(*) from kernel_entry where action = 'oversight.timeline.opened'").await;
        assert_eq!(opened, 2);
        assert_eq!(inspector.get(&format!("/pengawasan/jejak?tentang=orang&id={}", people[0])).await.good().rows("").len(), 2);
        // By action and by day.
        let page = inspector.get("/pengawasan/jejak?aksi=dibuka&dari=2026-11-20&sampai=2026-11-20").await.good();
        assert!(page.rows("").iter().all(|row| !row.join(" ").contains("Masuk")), "{:?}", page.rows(""));
        assert!(inspector.get("/pengawasan/jejak?dari=2026-11-21").await.good().says("Tidak ada yang cocok"));
        app.leave_work();
        inspector.get(&format!("/pengawasan/jejak?tentang=unit&id={}", world.village)).await.good();
        let page = inspector.get("/pengawasan/jejak").await.good();
        let reader = page.rows("").into_iter().map(|row| row[1].clone()).find(|who| who.contains("Ratna Juwita")).unwrap();
        assert!(reader.contains("Inspektur, Kabupaten") && !reader.contains("Desa"), "a post is named with its own unit: {reader}");
    }

    async fn a_list_stands_on_the_timeline_of_everybody_it_covered_and_of_nobody_else(app) {
        let world = town(&app).await;
        let people = residents(&world, world.village, 3).await;
        let (listed, village) = (people[..2].to_vec(), world.village);
        let ctx = app.ctx_of("operator").await;
        let entry = move |tx: &mut kernel::Tx<'_>| {
            let entry = NewEntry::new("services.residents.listed").unit(village).object("unit", village);
            tx.entry(entry.detail(serde_json::json!({ "persons": listed })));
            Ok::<_, kernel::Error>(())
        };
        app.gov().write(&ctx, entry).await.unwrap();
        let inspector = app.signed_in("inspektur").await;
        let timeline = async |person: Id| inspector.get(&format!("/pengawasan/jejak?tentang=orang&id={person}")).await.good();
        // Counted at the moment somebody asks: no job has run.
        for person in &people[..2] {
            let page = timeline(*person).await.saying("daftar berisi 2 baris").saying("Agus Setiawan").saying("daftar yang memuatnya");
            page.assert_accessible_basics();
        }
        assert!(!timeline(people[2]).await.says("daftar berisi"));
        assert_eq!(app.count("select count(*) from oversight_listed").await, 2);
        // The job goes on where the page stopped, and counting again changes nothing.
        let ctx = app.gov().system_ctx("oversight.watch");
        for _ in 0..2 {
            jobs::index_lists(app.gov(), &ctx, 10).await.unwrap();
        }
        assert_eq!(app.count("select count(*) from oversight_listed").await, 2);
        // The file has the same lines.
        let asked = timeline(people[0]).await.form(".export").press("format", "csv").await.good();
        let _ = asked.saying("Catatan 2");
        app.leave_work();
    }

    async fn a_busy_minute_is_read_to_its_end(app) {
        let world = town(&app).await;
        let people = residents(&world, world.village, 1).await;
        let (listed, village) = (people[0], world.village);
        let ctx = app.ctx_of("operator").await;
        let many = move |tx: &mut kernel::Tx<'_>| {
            for _ in 0..1_100 {
                let entry = NewEntry::new("services.residents.listed").unit(village).object("unit", village);
                tx.entry(entry.detail(serde_json::json!({ "persons": [listed] })));
            }
            Ok::<_, kernel::Error>(())
        };
        app.gov().write(&ctx, many).await.unwrap();
        let (_, more) = jobs::index_lists(app.gov(), &app.gov().system_ctx("oversight.watch"), 20).await.unwrap();
        assert_eq!((app.count("select count(*) from oversight_listed").await, more), (1_100, false));
        app.leave_work();
    }

    // UU 27/2022 Pasal 16(2)g: the way from a person to lists is kept no longer than the law asks; a hold keeps it.
    async fn the_index_of_lists_goes_when_its_time_is_over_and_the_log_stays(app) {
        let world = town(&app).await;
        let people = residents(&world, world.village, 3).await;
        let (village, first, second) = (world.village, people[..2].to_vec(), people[2..].to_vec());
        let ctx = app.ctx_of("operator").await;
        for listed in [first, second] {
            let entry = move |tx: &mut kernel::Tx<'_>| {
                let entry = NewEntry::new("services.residents.listed").unit(village).object("unit", village);
                tx.entry(entry.detail(serde_json::json!({ "persons": listed })));
                Ok::<_, kernel::Error>(())
            };
            app.gov().write(&ctx, entry).await.unwrap();
        }
        let system = app.gov().system_ctx("oversight.watch");
        jobs::index_lists(app.gov(), &system, 10).await.unwrap();
        // The newest entries are looked at again, until they have settled.
        app.clock().advance(jiff::SignedDuration::from_mins(10));
        jobs::index_lists(app.gov(), &app.gov().system_ctx("oversight.watch"), 10).await.unwrap();
        assert_eq!(app.count("select count(*) from oversight_listed").await, 3);
        let (rule, held) = (&crate::store::lists::RULES[0], people[2]);
        let entries = app.count("select count(*) from kernel_entry where action = 'services.residents.listed'").await;
        app.write(move |tx| {
            retention::decide(tx, rule, 1_826, "Perbup 12/2026", true)?;
            let (reason, decree) = ("Perkara berjalan.".to_owned(), "Surat PN 12/2026".to_owned());
            retention::hold(tx, &NewHold { object_kind: "person", object: held, reason, decree, until: None }).map(drop)
        })
        .await;
        let runs = async || {
            let gov = Arc::clone(app.gov());
            app.write(move |tx| {
                let run = Run::begin(tx, rule)?.ok_or(kernel::Error::Missing)?;
                let (run, ended) = run.step(tx, &gov, rule)?;
                assert!(ended);
                run.end(tx, rule)?;
                Ok((run.erased, run.held))
            })
            .await
        };
        app.clock().advance(jiff::SignedDuration::from_hours(24 * 1_800));
        assert_eq!(runs().await, (0, 0), "not yet");
        app.clock().advance(jiff::SignedDuration::from_hours(24 * 30));
        assert_eq!(runs().await, (1, 1));
        assert_eq!(app.count("select count(*) from oversight_listed").await, 1);
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'services.residents.listed'").await, entries);
        // Counting goes on where it was: what is gone does not come back.
        jobs::index_lists(app.gov(), &app.gov().system_ctx("oversight.watch"), 10).await.unwrap();
        assert_eq!(app.count("select count(*) from oversight_listed").await, 1);
        app.leave_work();
    }

    async fn the_timeline_is_found_by_name_post_unit_and_nik(app) {
        let world = town(&app).await;
        let people = residents(&world, world.village, 1).await;
        let inspector = app.signed_in("inspektur").await;
        let page = inspector.get("/pengawasan/jejak/cari").await.good();
        page.assert_accessible_basics();
        assert!(page.form("#cari-jejak").fill("cari", "ab").submit().await.is(422).error_at("cari").is_some());
        let hits = page.form("#cari-jejak").fill("cari", "Agus").submit().await.good().saying("akun pejabat");
        hits.assert_accessible_basics();
        let account = hits.click("Agus Setiawan").await.good().saying("Yang dilakukan Agus Setiawan");
        assert!(account.path.contains("tentang=akun"));
        assert!(page.form("#cari-jejak").fill("cari", "Tanjung Raman").submit().await.good().says("unit"));
        let by_nik = page.form("#cari-jejak").fill("cari", "1611030101800001").submit().await.good();
        assert!(by_nik.links("a[href]").iter().any(|(_, href)| href.contains(&people[0].to_string())), "{}", by_nik.text());
        assert!(!by_nik.body().contains("1611030101800001"), "a NIK is never sent back");
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'kernel.person.found_by_nik'").await, 1);
        app.leave_work();
    }

    async fn an_inspector_of_an_area_sees_that_area_and_nobody_else_sees_anything(app) {
        let world = town(&app).await;
        let post = world.post_at(world.kecamatan, "irban", "Inspektur Pembantu", 9).await;
        world.grant(Grantee::Post(post), grant::INSPECTOR, world.kelurahan).await;
        world.officer("irban", "Salim", world.kecamatan, "irban").await;
        let people = residents(&world, world.village, 1).await;
        opens(&app, "operator", world.village, &people).await;
        let irban = app.signed_in("irban").await;
        let page = irban.get("/pengawasan/jejak").await.good();
        assert!(!page.says("Agus Setiawan"), "the village is not in this inspector's area");
        irban.get(&format!("/pengawasan/jejak?tentang=orang&id={}", people[0])).await.is(404);
        irban.get(&format!("/pengawasan/jejak?tentang=unit&id={}", world.village)).await.is(404);
        for stranger in ["bupati", "camat", "kades", "operator", "admin"] {
            app.signed_in(stranger).await.get("/pengawasan/jejak").await.is(404);
            app.signed_in(stranger).await.get("/pengawasan/akses").await.is(404);
        }
        app.leave_work();
    }

    async fn a_sunday_with_many_opened_is_found_with_its_arithmetic(app) {
        let world = town(&app).await;
        let people = residents(&world, world.village, 40).await;
        // Two weeks of nine a day.
        for day in ["2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13", "2026-11-16"] {
            app.clock().set(&format!("{day} 09:30"));
            opens(&app, "operator", world.village, &people[..9]).await;
        }
        assert_eq!(look(&app).await, 0, "nothing unusual in that");
        app.clock().set("2026-11-22 21:05");
        opens(&app, "operator", world.village, &people).await;
        assert_eq!(look(&app).await, 2, "far more than usual, and on a closed day");
        assert_eq!(look(&app).await, 0, "counting again finds nothing new");
        app.clock().set("2026-11-23 09:00");
        let inspector = app.signed_in("inspektur").await;
        let list = inspector.get("/pengawasan/akses").await.good();
        list.assert_accessible_basics();
        assert_eq!(list.rows("").len(), 2);
        assert!(list.says("40 orang dibuka pada Minggu, 22 November 2026, saat kantor tutup."), "{}", list.text());
        assert!(list.says("Biasanya 9,0 sehari (rata-rata 6 hari).") && list.says("Batas: 36."), "{}", list.text());
        let page = list.click("Agus Setiawan").await.good().saying("Sebagian yang dibuka");
        page.assert_accessible_basics();
        assert!(!page.says("Warga Nomor"), "people are masked");
        app.leave_work();
    }

    async fn own_family_and_another_village_are_found(app) {
        let world = town(&app).await;
        let keys = Arc::clone(app.gov().keys());
        let officer = world.person_behind("operator").await;
        let relative = residents(&world, world.village, 1).await[0];
        // Both stand on one family card.
        app.write(move |tx| {
            for id in [officer, relative] {
                let person = kernel::party::find(tx, id)?.unwrap();
                let form = kernel::party::PersonForm { name: person.name.clone(), unit: person.unit, kk: Some("1611030101150001".to_owned()), source: person.source.clone(), ..Default::default() };
                let new = form.check(kernel::party::Checks::on(date(2026, 11, 20))).unwrap();
                kernel::party::update(tx, &keys, id, kernel::Expect::Any, &new)?;
            }
            Ok(())
        }).await;
        let elsewhere = residents(&world, world.kelurahan, 2).await;
        opens(&app, "operator", world.village, &[relative]).await;
        opens(&app, "operator", world.village, &elsewhere[1..]).await;
        assert_eq!(look(&app).await, 2);
        let inspector = app.signed_in("inspektur").await;
        let list = inspector.get("/pengawasan/akses").await.good();
        assert!(list.says("kartu keluarga pejabat ini sendiri") && list.says("desa lain"), "{}", list.text());
        // Once a day is looked at only what is filtered for is shown.
        assert_eq!(inspector.get("/pengawasan/akses?sebab=kin").await.good().rows("").len(), 1);
        app.leave_work();
    }

    async fn terms_9_a_finding_is_asked_answered_and_concluded_on_the_clock(app) {
        let world = town(&app).await;
        let elsewhere = residents(&world, world.kelurahan, 1).await;
        opens(&app, "operator", world.village, &elsewhere).await;
        assert_eq!(look(&app).await, 1);
        let inspector = app.signed_in("inspektur").await;
        let finding = inspector.get("/pengawasan/akses").await.good().click("Agus Setiawan").await.good().saying("Kepala Desa");
        assert!(finding.form("#tanya").fill("pertanyaan", "apa?").submit().await.is(422).error_at("pertanyaan").is_some());
        let case = finding.form("#tanya").fill("pertanyaan", "Mohon dijelaskan keperluan membuka warga kelurahan.").submit().await;
        let case = case.redirected("/pengawasan/perkara/").saying("Menunggu klarifikasi");
        case.assert_accessible_basics();
        let path = case.path.clone();
        // The same finding is not asked about twice.
        assert!(finding.form("#tanya").fill("pertanyaan", "Sekali lagi, mohon dijelaskan.").submit().await.status.is_client_error());
        // The superior has it as a task with a deadline of five working days; the officer and others know nothing of it.
        let due = app.count("select t.due from kernel_task t where t.system = 'oversight' and t.state = 'open'").await;
        assert!(due > app.now().as_microsecond() && due < i64::MAX);
        for stranger in ["operator", "sekdes", "camat"] {
            app.signed_in(stranger).await.get(&path).await.is(404);
        }
        let head = app.signed_in("kades").await;
        let page = head.get(&path).await.good();
        page.assert_accessible_basics();
        assert!(page.form("#jawab").fill("klarifikasi", "tidak").submit().await.is(422).error_at("klarifikasi").is_some());
        let answered = page.form("#jawab").fill("klarifikasi", "Yang bersangkutan pindah ke desa kami pekan ini.").submit().await;
        answered.redirected("/pengawasan/perkara/").saying("Klarifikasi masuk");
        // The head cannot conclude.
        head.post(&format!("{path}/putus"), &[("putusan", "dijelaskan"), ("alasan", "sudah jelas semuanya")]).await.is(404);
        let page = inspector.get(&path).await.good().saying("pindah ke desa kami");
        assert!(page.form("#putus").fill("alasan", "Sesuai surat pindah.").submit().await.is(422).error_at("putusan").is_some());
        let ended = page.form("#putus").fill("putusan", "dijelaskan").fill("alasan", "Sesuai surat pindah.").submit().await;
        ended.redirected("/pengawasan/perkara/").saying("Dapat dijelaskan");
        assert_eq!(app.count("select count(*) from kernel_task where system = 'oversight' and state = 'open'").await, 0);
        assert_eq!(app.count("select count(*) from kernel_case where system = 'oversight' and outcome = 'granted' and on_time").await, 1);
        app.leave_work();
    }

    async fn a_finding_is_dismissed_with_a_reason_only(app) {
        let world = town(&app).await;
        let elsewhere = residents(&world, world.kelurahan, 1).await;
        opens(&app, "operator", world.village, &elsewhere).await;
        look(&app).await;
        let inspector = app.signed_in("inspektur").await;
        let finding = inspector.get("/pengawasan/akses").await.good().click("Agus Setiawan").await.good();
        assert!(finding.form("#tutup").submit().await.is(422).error_at("alasan").is_some());
        finding.form("#tutup").fill("alasan", "Pemutakhiran data serentak sesuai surat tugas.").submit().await.redirected("/pengawasan/akses");
        assert!(inspector.get("/pengawasan/akses").await.good().says("Tidak ada temuan"));
        let closed = inspector.get("/pengawasan/akses?keadaan=dismissed").await.good();
        assert_eq!(closed.rows("").len(), 1);
        // More of the same day does not open it again.
        opens(&app, "operator", world.village, &elsewhere).await;
        assert_eq!(look(&app).await, 0);
        app.leave_work();
    }

    async fn the_bounds_are_data(app) {
        town(&app).await;
        let inspector = app.signed_in("inspektur").await;
        let page = inspector.get("/pengawasan/batas").await.good();
        page.assert_accessible_basics();
        assert!(page.form("#batas").fill("kin_least", "0").submit().await.is(422).error_at("kin_least").is_some());
        page.form("#batas").fill("volume_least", "12").submit().await.redirected("/pengawasan/batas").saying("Batas disimpan");
        assert_eq!(inspector.get("/pengawasan/batas").await.good().form("#batas").value("volume_least"), Some("12"));
        let admin = app.signed_in("admin").await;
        let page = admin.get("/pengawasan/batas").await.good();
        assert!(page.form("#aturan").fill("orang", "0").submit().await.is(422).error_at("orang").is_some());
        page.form("#aturan").fill("orang", "20").submit().await.redirected("/pengawasan/batas");
        inspector.post("/pengawasan/batas/unduhan", &[("orang", "9000"), ("jam", "72")]).await.is(404);
        admin.post("/pengawasan/batas", &[("kin_least", "9")]).await.is(404);
        app.leave_work();
    }

    async fn the_timeline_leaves_through_the_gate_with_a_purpose(app) {
        let world = town(&app).await;
        let people = residents(&world, world.village, 2).await;
        opens(&app, "operator", world.village, &people).await;
        let inspector = app.signed_in("inspektur").await;
        let page = inspector.get(&format!("/pengawasan/jejak?tentang=unit&id={}", world.village)).await.good();
        let asked = page.form(".export").press("format", "xlsx").await.good().saying("Sebelum mengunduh");
        asked.assert_accessible_basics();
        assert!(asked.form("#tujuan").submit().await.is(422).error_at("alasan").is_some());
        let made = asked.form("#tujuan").fill("tujuan", "audit").fill("alasan", "pemeriksaan khusus atas perintah Bupati").submit().await;
        let made = made.redirected("/unduhan/");
        app.settle().await;
        let file = inspector.get(&format!("{}/berkas", made.path)).await.good();
        assert!(file.bytes.starts_with(b"PK"));
        assert!(inspector.get("/pengawasan/unduhan").await.good().says("Jejak audit, Desa Tanjung Raman"));
        app.leave_work();
    }

    async fn a_berita_acara_keeps_what_was_checked_and_names_the_first_difference(app) {
        let world = town(&app).await;
        residents(&world, world.village, 2).await;
        sequenced(&app).await;
        let inspector = app.signed_in("inspektur").await;
        let page = inspector.get("/pengawasan/keutuhan").await.good().saying("Belum pernah diperiksa");
        page.assert_accessible_basics();
        let asked = page.form("#periksa").submit().await.redirected("/pengawasan/keutuhan/").saying("Sedang diperiksa");
        asked.assert_accessible_basics();
        // No paper before it has ended, and one at a time.
        inspector.get(&format!("{}/berita-acara", asked.path)).await.is(409);
        assert!(inspector.get("/pengawasan/keutuhan").await.good().says("Satu pemeriksaan sedang berjalan"));
        sequenced(&app).await;
        app.settle().await;
        let sound = inspector.get(&asked.path).await.good().saying("Utuh").saying("kernel_person").saying("Akar pohon");
        sound.assert_accessible_basics();
        let paper = inspector.get(&format!("{}/berita-acara", asked.path)).await.good();
        assert!(paper.bytes.starts_with(b"%PDF"));
        // Somebody changes a row past the program.
        app.write(|tx| Ok(tx.upkeep("update kernel_entry set origin = 'elsewhere' where action = 'oversight.audit.asked'", &[])?)).await;
        let again = inspector.get("/pengawasan/keutuhan").await.good().form("#periksa").submit().await.redirected("/pengawasan/keutuhan/");
        sequenced(&app).await;
        app.settle().await;
        let unsound = inspector.get(&again.path).await.good().saying("Ada perbedaan");
        assert!(unsound.says("Perbedaan pertama: entry-altered"), "{}", unsound.text());
        assert!(inspector.get(&format!("{}/berita-acara", again.path)).await.good().bytes.starts_with(b"%PDF"));
        app.leave_work();
    }

    async fn terms_4_a_masa_pemilihan_is_declared_with_a_decree_and_asks_two_keys_of_every_list(app) {
        let world = town(&app).await;
        let people = residents(&world, world.village, 1).await;
        opens(&app, "operator", world.village, &people).await;
        let admin = app.signed_in("admin").await;
        let page = admin.get("/pengawasan/pemilihan").await.good().saying("Tidak ada Masa Pemilihan");
        page.assert_accessible_basics();
        let form = || page.form("#tetapkan").fill("nama", "Pilkada 2026").fill("keputusan", "SK Bupati 9/2026").fill("mulai", "2026-11-20").fill("akhir", "2026-12-09");
        assert!(form().fill("keputusan", "").submit().await.is(422).error_at("keputusan").is_some());
        assert!(form().fill("akhir", "2026-11-01").submit().await.is(422).error_at("akhir").is_some());
        assert!(form().fill("mulai", "").submit().await.is(422).error_at("mulai").is_some());
        let set = form().submit().await.redirected("/pengawasan/pemilihan").saying("Sedang berlaku: Pilkada 2026");
        set.assert_accessible_basics();
        // Somebody without the right, and one more on the same days.
        let inspector = app.signed_in("inspektur").await;
        let seen = inspector.get("/pengawasan/pemilihan").await.good().saying("Pilkada 2026");
        assert!(!seen.body().contains("id=\"tetapkan\""), "an inspector only reads");
        inspector.get("/pengawasan/batas").await.good();
        inspector.post("/pengawasan/pemilihan", &[("nama", "x")]).await.is(404);
        assert!(form().submit().await.is(422).error_at("akhir").unwrap_or_default().contains("Pilkada 2026"));
        // One entry of one person needs two keys now.
        let list = inspector.get(&format!("/pengawasan/jejak?tentang=orang&id={}", people[0])).await.good();
        let asked = list.form(".export").press("format", "csv").await.good().saying("Perlu kunci kedua").saying("Masa Pemilihan Pilkada 2026");
        let waiting = asked.form("#tujuan").fill("tujuan", "audit").fill("alasan", "pemeriksaan khusus atas perintah Bupati").submit().await;
        let waiting = waiting.redirected("/unduhan/").saying("Menunggu kunci kedua");
        waiting.assert_accessible_basics();
        app.settle().await;
        inspector.get(&format!("{}/berkas", waiting.path)).await.is(404);
        // Who asked cannot agree; the head of the village can.
        inspector.post(&format!("{}/setujui", waiting.path), &[]).await.is(404);
        let head = app.signed_in("kades").await;
        assert!(head.get("/unduhan").await.good().says("Menunggu kunci Anda"));
        let page = head.get(&waiting.path).await.good();
        page.assert_accessible_basics();
        page.form("#setujui").submit().await.redirected("/unduhan/").saying("Disetujui");
        app.settle().await;
        let file = inspector.get(&format!("{}/berkas", waiting.path)).await.good();
        assert!(String::from_utf8_lossy(&file.bytes).contains("services.resident.read"));
        head.get(&format!("{}/berkas", waiting.path)).await.is(404);
        for action in ["asked", "approved", "made", "fetched"] {
            let action = format!("kernel.export.{action}");
            let count = app.read(move |rx| Ok(rx.count("select count(*) from kernel_entry where action = $1", &kernel::params![action])?)).await;
            assert_eq!(count, 1);
        }
        // Called off, with a reason.
        let page = admin.get("/pengawasan/pemilihan").await.good();
        page.form("form[id^='akhiri-']").submit().await.is(409);
        page.form("form[id^='akhiri-']").fill("alasan", "ditunda oleh KPU").submit().await.redirected("/pengawasan/pemilihan").saying("Dihentikan");
        app.leave_work();
    }

    async fn a_second_key_is_refused_taken_back_or_comes_too_late(app) {
        let world = town(&app).await;
        let people = residents(&world, world.village, 2).await;
        opens(&app, "operator", world.village, &people).await;
        let admin = app.signed_in("admin").await;
        admin.get("/pengawasan/batas").await.good().form("#aturan").fill("orang", "1").fill("jam", "24").submit().await.redirected("/pengawasan/batas");
        let inspector = app.signed_in("inspektur").await;
        let ask = async || {
            let list = inspector.get(&format!("/pengawasan/jejak?tentang=unit&id={}", world.village)).await.good();
            let asked = list.form(".export").press("format", "csv").await.good();
            asked.form("#tujuan").fill("tujuan", "report").fill("alasan", "laporan hasil pemeriksaan").submit().await.redirected("/unduhan/")
        };
        let (no, back, late) = (ask().await, ask().await, ask().await);
        let head = app.signed_in("kades").await;
        let page = head.get(&no.path).await.good();
        assert!(page.form("#tolak").submit().await.is(422).error_at("mengapa").is_some());
        page.form("#tolak").fill("mengapa", "bukan untuk laporan ini").submit().await.redirected("/unduhan/").saying("bukan untuk laporan ini");
        inspector.get(&no.path).await.good().saying("Ditolak");
        back.form("#batal").submit().await.redirected("/unduhan/").saying("Dibatalkan");
        // A request that was sealed for somebody else is not taken, nor one that nobody sealed.
        let list = inspector.get("/pengawasan/jejak").await.good();
        let asked = list.form(".export").press("format", "csv").await.good();
        let sealed = asked.form("#tujuan").value("permintaan").unwrap().to_owned();
        for (request, status) in [(sealed.as_str(), 404), ("x.y", 400)] {
            head.get(&late.path).await.good();
            head.post("/unduhan", &[("permintaan", request), ("tujuan", "report"), ("alasan", "laporan bulanan desa")]).await.is(status);
        }
        app.clock().advance_hours(25);
        let again = app.signed_in("kades").await;
        again.get(&late.path).await.good().saying("Lewat waktu");
        assert_eq!(app.count("select count(*) from kernel_job where kind = 'kernel.export'").await, 0);
        app.signed_in("inspektur").await.get(&late.path).await.good().saying("Lewat waktu");
        app.leave_work();
    }
);

/// Gives every entry its place in the log.
async fn sequenced(app: &TestApp) {
    let gov = Arc::clone(app.gov());
    tokio::task::spawn_blocking(move || kernel::log::Sequencer::new(gov).sequence_all()).await.unwrap().unwrap();
}

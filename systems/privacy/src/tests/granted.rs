//! What is granted acts: a restriction, a correction, a withdrawal of consent; holds on persons.

use jiff::SignedDuration;
use kernel::{Error, keys::Blind, limit};

use super::*;

/// Siti asks for this right; the officer's page of the request.
async fn asked(app: &TestApp, town: &Town<'_>, siti: &Visitor, word: &str, name: &str) -> (Visitor, Page, String) {
    let _ = proved(siti, &town.code).await.good();
    let ask = siti.get(&format!("/data-saya/ajukan?hak={word}")).await.good();
    let sent = ask.form("#permintaan").fill("uraian", "Mohon diproses sesuai hak saya.").submit().await.good();
    let officer = app.signed_in("sekda").await;
    let page = officer.get("/data-pribadi/permintaan").await.good().click(name).await.good();
    page.assert_accessible_basics();
    (officer, page, sent.path)
}

/// What comes of an officer of the village who opens Siti's identifiers.
async fn reveals(app: &TestApp, siti: Id, case: Option<Id>) -> kernel::Result<()> {
    let (gov, ctx) = (Arc::clone(app.gov()), app.ctx_of("kasi").await);
    app.write_as(&ctx, move |tx| {
        let person = party::find(tx, siti)?.ok_or(Error::Missing)?;
        party::reveal(tx, gov.keys(), &person, "page", case).map(drop)
    })
    .await
}

fn refused(result: kernel::Result<()>) -> bool {
    matches!(result, Err(Error::Refused(message)) if message.key == "kernel-limit-restricted")
}

testkit::both!([&crate::SYSTEM];
    async fn uu_27_2022_pasal_11_a_granted_restriction_stops_ordinary_processing_until_it_is_lifted(app) {
        let siti = app.anonymous();
        let town = town(&app).await;
        let open_case = opened(&app, town.world.village, town.siti, "RUNN1NGC0DE1").await;
        assert!(reveals(&app, town.siti, None).await.is_ok());
        let (officer, page, status) = asked(&app, &town, &siti, "pembatasan", "Pembatasan").await;
        // Without a decision there is no restriction.
        let form = page.form("#jawab").fill("putusan", "kabul").fill("jawaban", "Pemakaian data Anda dihentikan dahulu.");
        assert!(form.submit().await.is(422).error_at("keputusan").is_some());
        let form = page.form("#jawab").fill("putusan", "kabul").fill("jawaban", "Pemakaian data Anda dihentikan dahulu.");
        let form = form.fill("keputusan", "PDP 7/2026").fill("sampai", "2026-12-31");
        let _ = form.submit().await.good().saying("Dikabulkan");
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'kernel.limit.set'").await, 1);
        // An officer's opening is refused, within a running case of hers it is not; a stranger's case opens nothing.
        assert!(refused(reveals(&app, town.siti, None).await));
        assert!(refused(reveals(&app, town.siti, Some(town.case)).await), "a finished case is none that runs");
        assert!(reveals(&app, town.siti, Some(open_case)).await.is_ok());
        let stranger = town.world.resident(town.world.village, "Budi Santoso", "1611021703800013", date(1980, 3, 17)).await;
        let (others, _) = application(&app, &town.world, stranger, [9; 7]).await;
        assert!(refused(reveals(&app, town.siti, Some(others)).await));
        // She sees it, and what she has a right to goes on: her list, her copy.
        let _ = siti.get(&status).await.good().saying("Pemrosesan data Anda dibatasi sejak").saying("31 Desember 2026");
        let _ = siti.get("/data-saya/riwayat").await.good();
        let ask = siti.get("/data-saya/ajukan?hak=akses").await.good();
        let _ = ask.form("#permintaan").fill("uraian", "Mohon salinan data saya.").submit().await.good();
        let copy = officer.get("/data-pribadi/permintaan").await.good().click("Salinan data").await.good().form("#salinan").submit().await.good();
        assert_eq!(copy.json()["orang"]["nik"], "1611025703810012");
        // Lifting is a decision of its own.
        let list = officer.get("/data-pribadi/pembatasan").await.good().saying("PDP 7/2026");
        list.assert_accessible_basics();
        let one = list.click("S••• R•••••••").await.good();
        one.assert_accessible_basics();
        let _ = one.form("#cabut").submit().await.is(422);
        let _ = one.form("#cabut").fill("keputusan", "PDP 9/2026").submit().await.redirected("/data-pribadi/pembatasan").saying("dicabut").saying("PDP 9/2026");
        assert!(reveals(&app, town.siti, None).await.is_ok());
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'kernel.limit.lifted'").await, 1);
        let _ = siti.get(&status).await.good().saying("Pembatasan dicabut").saying("PDP 9/2026");
        for who in ["operator", "camat", "admin"] {
            let _ = app.signed_in(who).await.get("/data-pribadi/pembatasan").await.is(404);
        }
        assert_eq!(audit(&app).differences, []);
    }

    async fn uu_27_2022_pasal_11_a_restriction_ends_on_its_day_by_itself(app) {
        let siti = app.anonymous();
        let town = town(&app).await;
        let (_, page, _) = asked(&app, &town, &siti, "pembatasan", "Pembatasan").await;
        let form = page.form("#jawab").fill("putusan", "kabul").fill("jawaban", "Dihentikan dua hari.").fill("keputusan", "PDP 7/2026");
        let _ = form.fill("sampai", "2026-11-21").submit().await.good();
        assert!(refused(reveals(&app, town.siti, None).await));
        app.clock().advance(SignedDuration::from_hours(48));
        assert!(reveals(&app, town.siti, None).await.is_ok());
    }

    async fn uu_27_2022_pasal_6_a_correction_is_granted_by_correcting(app) {
        let siti = app.anonymous();
        let town = town(&app).await;
        let (officer, page, status) = asked(&app, &town, &siti, "perbaikan", "Perbaikan data").await;
        let grant = |page: &Page| page.form("#jawab").fill("putusan", "kabul").fill("jawaban", "Nama Anda sudah diperbaiki.");
        let refused = grant(&page).submit().await.is(422);
        assert!(refused.error_at("putusan").unwrap_or_default().contains("Perbaiki datanya dahulu"));
        let form = page.click("Perbaiki data").await.good();
        form.assert_accessible_basics();
        assert!(!form.says("1611025703810012"), "identifiers are not shown");
        assert!(form.form("#perbaikan").submit().await.is(422).error_at("name").unwrap_or_default().contains("Belum ada yang berubah"));
        assert!(form.form("#perbaikan").fill("nik", "16").submit().await.is(422).error_at("nik").is_some());
        let page = form.form("#perbaikan").fill("name", "Siti Rahmawaty").fill("address", "Jalan Melati 4").submit().await;
        let page = page.redirected("/data-pribadi/permintaan/").saying("Nama, Alamat").saying("catatan versi 2");
        // The change is the person's own, with its history; the request names that version.
        let (person, gov) = (town.siti, Arc::clone(app.gov()));
        let now = app.read(move |rx| party::find(rx, person)).await.unwrap();
        assert_eq!((now.name.as_str(), now.address.as_deref(), now.version), ("Siti Rahmawaty", Some("Jalan Melati 4"), 2));
        assert_eq!(now.nik_tail.as_deref(), Some("0012"), "what was not typed stays");
        let linked = "select count(*) from privacy_correction c join kernel_history h on h.row_id = c.person and h.version = c.record_version \
                      where h.table_name = 'kernel_person' and c.fields = 'name,address'";
        assert_eq!(app.count(linked).await, 1);
        let found = app.read(move |rx| kernel::search::query(rx, &kernel::search::Query::new("person", "rahmawaty").limit(3))).await;
        assert_eq!(found.len(), 1, "found by the corrected name");
        drop(gov);
        // Somebody else's older page does not write over it.
        let _ = form.form("#perbaikan").fill("name", "Siti R").submit().await.is(409);
        let _ = grant(&page).submit().await.good().saying("Dikabulkan");
        let _ = officer.get(&form.path).await.is(409);
        let _ = siti.get(&status).await.good().saying("Nama, Alamat");
        assert_eq!(audit(&app).differences, []);
    }

    async fn uu_27_2022_pasal_9_a_withdrawal_ends_what_rests_on_consent_and_tells_what_goes_on(app) {
        let siti = app.anonymous();
        let town = town(&app).await;
        let (person, gov) = (town.siti, Arc::clone(app.gov()));
        app.write(move |tx| {
            let known = party::find(tx, person)?.ok_or(Error::Missing)?;
            let form = party::PersonForm { email: Some("siti@contoh.id".into()), phone: Some("081234567890".into()), ..party::PersonForm::of(&known) };
            let Ok(new) = form.check(party::Checks::on(date(2026, 11, 20))) else { return Err(Error::Missing) };
            party::update(tx, gov.keys(), person, kernel::Expect::Any, &new)?;
            tx.entry(NewEntry::new("test.contact.given"));
            Ok(())
        })
        .await;
        let (_, page, status) = asked(&app, &town, &siti, "tarik-persetujuan", "Tarik persetujuan").await;
        let page = page.saying("Yang tetap berjalan karena undang-undang").saying("Kewajiban hukum");
        let _ = page.form("#jawab").fill("putusan", "kabul").fill("jawaban", "Persetujuan Anda sudah ditarik.").submit().await.good().saying("Dikabulkan");
        let known = app.read(move |rx| party::find(rx, person)).await.unwrap();
        assert!(!known.has_email() && !known.has_phone() && known.name == "Siti Rahmawati", "contact goes, the record of law stays");
        let blind = app.gov().keys().blind(Blind::Email, "siti@contoh.id");
        let left = app.read(move |rx| rx.count("select count(*) from kernel_person where email_index = $1", &kernel::params![blind]).map_err(Into::into)).await;
        assert_eq!(left, 0);
        let now = app.now();
        assert!(app.read(move |rx| limit::is_withdrawn(rx, person, now, now)).await);
        // She is told what goes on, with its basis; without the proof nobody is.
        let own = siti.get(&status).await.good().saying("tidak ada lagi yang dikirim").saying("Yang tetap berjalan karena undang-undang");
        own.assert_accessible_basics();
        assert!(own.says("Log audit") && own.says("UU 27/2022 Pasal 37"), "{}", own.text());
        assert!(!app.anonymous().get(&status).await.good().says("Log audit"));
        assert_eq!(audit(&app).differences, []);
    }

    async fn a_legal_hold_on_a_person_has_its_page_and_keeps_every_case_of_hers(app) {
        let siti = app.anonymous();
        let town = town(&app).await;
        let officer = app.signed_in("sekda").await;
        let empty = officer.get("/data-pribadi/penahanan").await.good().saying("Tidak ada penahanan");
        empty.assert_accessible_basics();
        let page = officer.get("/data-pribadi/penahanan/baru").await.good();
        let form = |page: &Page| page.form("#tahan").fill("keputusan", "Surat Polres 44/2026").fill("alasan", "Penyidikan pemalsuan surat.");
        assert!(form(&page).submit().await.is(422).error_at("nik").is_some());
        assert!(form(&page).fill("nik", "1611025703819999").submit().await.is(422).error_at("nik").unwrap_or_default().contains("Tidak ada orang"));
        assert!(form(&page).fill("nik", "1611025703810012").fill("sampai", "2026-11-01").submit().await.is(422).error_at("sampai").is_some());
        let list = form(&page).fill("nik", "1611025703810012").fill("sampai", "2026-12-31").submit().await.redirected("/data-pribadi/penahanan");
        list.assert_accessible_basics();
        let list = list.saying("S••• R•••••••").saying("Surat Polres 44/2026").saying("Penyidikan pemalsuan surat.").saying("31 Desember 2026");
        assert!(!list.says("Siti Rahmawati") && !list.says("1611025703810012"));
        let (_, page, _) = asked(&app, &town, &siti, "penghapusan", "Penghapusan").await;
        let erase = |page: &Page| page.form("#jawab").fill("putusan", "kabul").fill("jawaban", "Data Anda sudah dihapus.").fill("hapus", "semua");
        let _ = erase(&page).submit().await.is(422).saying("penahanan penghapusan");
        let one = officer.get("/data-pribadi/penahanan").await.good().click("S••• R•••••••").await.good();
        let lifted = one.form("#cabut").fill("keputusan", "Surat Polres 61/2026 tanggal 20 November 2026").submit().await;
        let _ = lifted.redirected("/data-pribadi/penahanan").saying("Surat Polres 61/2026");
        assert!(!officer.get(&one.path).await.good().has("#cabut"), "what is lifted is not lifted again");
        let _ = erase(&page).submit().await.good().saying("Dikabulkan");
        let entries = "select count(*) from kernel_entry where action in ('kernel.hold.set', 'kernel.hold.lifted', 'privacy.holds.listed') and account is not null";
        assert!(app.count(entries).await >= 3);
        let _ = app.signed_in("operator").await.get("/data-pribadi/penahanan").await.is(404);
    }
);

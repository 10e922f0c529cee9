//! A person whose processing is restricted, and one who withdrew consent (UU 27/2022 Pasal 9 and 11), at the desks of a village.

use kernel::{
    Id,
    erasure::{Order, Reason},
    limit::{self, Kind, NewLimit},
    party,
};
use testkit::{Attached, Fault, TestApp, Visitor};

use super::{
    desk::{NIK, no_introduction, served, village_with},
    home::{SITI, START, adopted},
};
use crate::store::erase;

/// Limits Rohani's data; gives her id.
async fn limits(app: &TestApp, kind: Kind) -> Id {
    let gov = std::sync::Arc::clone(app.gov());
    app.write(move |tx| {
        let nik = indonesian::Nik::parse(NIK).map_err(|_| kernel::Error::Missing)?;
        let person = party::with_nik(tx, gov.keys(), &nik)?.first().ok_or(kernel::Error::Missing)?.id;
        let new = NewLimit { person, kind, decree: "PDP 7/2026".into(), reason: "UU 27/2022".into(), cause: None, until: None };
        limit::set(tx, &new)?;
        Ok(person)
    })
    .await
}

async fn csv(operator: &Visitor, app: &TestApp) -> (testkit::Page, String) {
    let asked = operator.post("/penduduk/unduh", &[("format", "csv"), ("unit", "tanjung-raman")]).await.good();
    let waiting = asked.form("#tujuan").fill("tujuan", "service").fill("alasan", "pendataan dusun oleh kepala dusun").submit().await;
    let waiting = waiting.redirected("/unduhan/");
    app.settle().await;
    (asked, operator.get(&format!("{}/berkas", waiting.path)).await.good().body())
}

fn workbook(name: &str) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let cells = [
        ("nama", name),
        ("nik", NIK),
        ("no_kk", "1611060101150001"),
        ("sex", "2"),
        ("tempatlahir", "Pendopo"),
        ("tanggallahir", "17-03-1981"),
        ("alamat", "Jalan Lain 9"),
    ];
    for (column, (head, cell)) in (0_u16..).zip(cells) {
        sheet.write_string(0, column, head).unwrap();
        sheet.write_string(1, column, cell).unwrap();
    }
    book.save_to_buffer().unwrap()
}

testkit::both!([&crate::SYSTEM];
    async fn uu_27_2022_pasal_11_restricted_data_are_used_for_running_cases_only(app) {
        let world = village_with(&app, no_introduction()).await;
        world.resident(world.village, "Budi Santoso", "1611031703800013", "1980-03-17".parse().unwrap()).await;
        let case = served(&app).await;
        let person = limits(&app, Kind::Restricted).await;
        let operator = app.signed_in("operator").await;
        // Her record: neither opened, changed nor moved; the sentence says why and what to do.
        let page = operator.get(&format!("/penduduk/{person}?tampil=ya")).await.good().saying("PDP 7/2026").saying("petugas pelindungan data");
        page.assert_accessible_basics();
        assert!(!page.says(NIK) && !page.has("#pindah") && !page.says("Lahir") && !page.says("1981"), "{}", page.text());
        let _ = operator.get(&format!("/penduduk/{person}/ubah")).await.is(409).saying("dibatasi");
        let _ = operator.get("/penduduk/baru").await.good();
        let _ = operator.post(&format!("/penduduk/{person}/ubah"), &[("nama", "Rohani"), ("versi", "1")]).await.is(409);
        let _ = operator.post(&format!("/penduduk/{person}/pindah"), &[("tujuan", "pasar-pendopo"), ("versi", "1")]).await.is(409);
        // Lists leave without her, and say so before they are asked for.
        let (asked, file) = csv(&operator, &app).await;
        assert!(asked.says("1 orang tidak ikut karena pemrosesan datanya dibatasi"), "{}", asked.text());
        assert!(file.contains("Budi Santoso") && !file.contains("Rohani"), "{file}");
        // An import does not write over her record.
        let file = Attached { field: "berkas", name: "penduduk.xlsx", media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes: &workbook("Rohani Yang Lain") };
        let look = operator.upload("/penduduk/impor", &[("unit", "tanjung-raman")], &[file]).await.redirected("/penduduk/impor/").saying("Datanya tidak ditimpa");
        assert!(!look.has("#jalankan"), "nothing else comes in");
        let kept = app.read(move |rx| party::find(rx, person)).await.unwrap();
        assert_eq!((kept.name.as_str(), kept.version), ("Rohani Hasanah", 1));
        // At the counter she is served all the same: nothing is prefilled but her name.
        let page = operator.get("/loket").await.good().click("Surat Keterangan Usaha").await.good();
        let page = page.form("#nik-cari").fill("nik", NIK).submit().await.good().saying("Isian tidak diisi otomatis").saying("PDP 7/2026");
        page.assert_accessible_basics();
        assert!(page.says("Rohani Hasanah") && !page.says("17 Maret 1981"), "{}", page.text());
        // Her running application goes on, to the letter.
        let kasi = app.signed_in("kasi").await;
        let _ = kasi.get(&format!("/tugas/{case}")).await.good().saying("Rohani Hasanah");
        super::super::desk::act(&app, "kasi", case, "periksa").await.good();
        // Once it has ended nobody opens it any more; storage and the register stay.
        app.write(move |tx| {
            let found = kernel::case::find(tx, case)?;
            let due = kernel::case::Due { state: kernel::case::DueState::Closed, ..found.due.clone() };
            let step = kernel::case::Move { action: "cancel", to_state: "cancelled", step: 0, task: None, due, actor_label: "", actor_post: None, note: "", public: false, outcome: Some("cancelled") };
            kernel::case::advance(tx, &found, &step)?;
            tx.entry(kernel::NewEntry::new("test.case.closed").case(case));
            Ok(())
        })
        .await;
        let _ = kasi.get(&format!("/tugas/{case}")).await.is(409).saying("dibatasi");
        assert_eq!(kasi.get("/permohonan").await.good().rows("").len(), 1);
        // Lifted, everything is as it was.
        app.write(move |tx| {
            let now = tx.now();
            let held = limit::running(tx, person, Kind::Restricted, now)?.ok_or(kernel::Error::Missing)?;
            limit::lift(tx, held.id, "PDP 9/2026")
        })
        .await;
        assert!(operator.get(&format!("/penduduk/{person}?tampil=ya")).await.good().says(NIK));
        let _ = kasi.get(&format!("/tugas/{case}")).await.good();
        app.leave_work();
    }

    async fn uu_27_2022_pasal_9_contact_and_drafts_go_when_consent_is_withdrawn(app) {
        let world = testkit::World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        // Sent once, with an e-mail address; and begun again.
        let review = super::super::home::up_to_review(&siti).await;
        let code = super::super::home::code_of(&review.form("#isian").submit().await.good());
        app.settle().await;
        let mails = app.count("select count(*) from kernel_notice where channel = 'email'").await;
        assert_eq!(mails, 1);
        let begun = siti.get(START).await.good();
        let _ = begun.form("#isian").fill_all(&SITI).fill_date("diri.lahir", "17", "3", "1981").submit().await.good();
        let other = app.anonymous();
        let nik = ("diri.nik", "1611025703810034");
        let _ = other.get(START).await.good().form("#isian").fill_all(&SITI).fill_all(&[nik]).fill_date("diri.lahir", "17", "3", "1981").submit().await.good();
        assert_eq!(app.count("select count(*) from kernel_draft").await, 2);
        let (gov, wanted) = (std::sync::Arc::clone(app.gov()), code.clone());
        app.write(move |tx| {
            let case = kernel::case::by_code(tx, &wanted)?;
            let person = case.applicant.ok_or(kernel::Error::Missing)?;
            let new = NewLimit { person, kind: Kind::Withdrawn, decree: "8XQ2".into(), reason: "UU 27/2022".into(), cause: None, until: None };
            limit::set(tx, &new)?;
            let order = Order { reason: Reason::Request, basis: "UU 27/2022 Pasal 9".into(), cause: Some(case.id) };
            erase::withdraw(tx, &gov, person, &order)
        })
        .await;
        assert_eq!(app.count("select count(*) from kernel_draft").await, 1, "her draft goes, a stranger's stays");
        assert_eq!(app.count("select count(*) from services_application where phone_sealed is not null or email_sealed is not null").await, 0);
        // The application itself rests on law and goes on, without an e-mail.
        super::super::home::acts(&app, "operator", &code, crate::rules::Action::Introduce, "", None).await;
        super::super::home::acts(&app, "kasi", &code, crate::rules::Action::Return, "Foto usaha belum ada", None).await;
        app.settle().await;
        assert_eq!(app.count("select count(*) from kernel_notice where channel = 'email'").await, mails);
        let _ = app.anonymous().get(&format!("/lacak/{code}")).await.good().saying("Belum lengkap");
    }

    async fn uu_27_2022_pasal_9_an_e_mail_that_still_waits_is_not_sent_once_consent_is_withdrawn_or_the_address_erased(app) {
        let world = testkit::World::small(&app).await;
        adopted(&app, &world).await;
        // The mail server is away when two people apply, and stays away for hours.
        app.mailbox().set_fault(Fault::Temporary);
        let mut cases = Vec::new();
        for nik in ["1611025703810012", "1611025703810034"] {
            let review = super::super::home::review_of(&app.anonymous(), nik).await;
            let code = super::super::home::code_of(&review.form("#isian").submit().await.good());
            cases.push(app.read(move |rx| kernel::case::by_code(rx, &code)).await);
        }
        app.settle().await;
        assert_eq!(app.count("select count(*) from kernel_notice where channel = 'email' and state = 'queued'").await, 2);
        // One withdraws her consent, of the other application the contact is erased.
        let [first, second] = [cases[0].clone(), cases[1].clone()];
        app.write(move |tx| {
            let person = first.applicant.ok_or(kernel::Error::Missing)?;
            let new = NewLimit { person, kind: Kind::Withdrawn, decree: "8XQ2".into(), reason: "UU 27/2022".into(), cause: None, until: None };
            limit::set(tx, &new).map(drop)
        })
        .await;
        let gov = std::sync::Arc::clone(app.gov());
        app.write(move |tx| {
            let order = Order { reason: Reason::Retention, basis: "UU 27/2022 Pasal 16".into(), cause: None };
            let rule = erase::RULES.iter().find(|rule| rule.key == "services.contacts").ok_or(kernel::Error::Missing)?;
            tx.entry(kernel::NewEntry::new("test.contact.erased").case(second.id));
            (rule.erase)(tx, &gov, &[second.id], &order)
        })
        .await;
        // The server is back: nothing arrives, however often it is tried.
        app.mailbox().set_fault(Fault::None);
        for _ in 0..4 {
            app.clock().advance_hours(12);
            app.settle().await;
        }
        assert_eq!(app.mailbox().letters(), []);
        assert_eq!(app.count("select count(*) from kernel_notice where channel = 'email' and state = 'withdrawn'").await, 2);
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'kernel.notice.withdrawn'").await, 2);
        // The operator of the system sees both, with what became of them, and cannot send them by hand.
        let admin = app.signed_in("admin").await;
        let queue = admin.get("/antrean").await.good().saying("dicabut, tidak dikirim");
        assert_eq!(queue.body().matches("dicabut, tidak dikirim").count(), 2);
        let ids: Vec<Id> = app.read(|rx| {
            let rows = rx.all("select id from kernel_notice where channel = 'email' order by id", &[])?;
            Ok(rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?)
        }).await;
        for id in &ids {
            let page = admin.get(&format!("/antrean/surel/{id}")).await.good().saying("dicabut, tidak dikirim");
            page.assert_accessible_basics();
            assert!(!page.has("form[action$='/ulang']"));
            let (id, ctx) = (*id, app.ctx_of("admin").await);
            let again = app.write_as(&ctx, move |tx| kernel::notice::again(tx, id)).await;
            assert!(matches!(again, Err(kernel::Error::Refused(message)) if message.key == "notice-not-failed"));
        }
        let gone: Id = app.read(|rx| {
            let row = rx.one("select id from kernel_notice where channel = 'email' and address_sealed is null", &[])?;
            Ok(row.ok_or(kernel::Error::Missing)?.get(0)?)
        }).await;
        assert!(ids.contains(&gone), "one address was erased, the other is kept unused");
        let erased = admin.get(&format!("/antrean/surel/{gone}")).await.good();
        assert!(erased.says("alamat sudah dihapus") && erased.says("Isi surel ini sudah dihapus"), "{}", erased.text());
        app.leave_work();
    }
);

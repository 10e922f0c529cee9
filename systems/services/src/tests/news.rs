//! Kabar untuk pemohon: one text to everybody who waits, once each, and to nobody in a Masa Pemilihan.

use jiff::SignedDuration;
use kernel::{
    Date, Id,
    case::{self, Due, DueState, Move, NewCase},
    definition,
    election::{self, NewPeriod},
    limit::{self, Kind, NewLimit},
    offering, unit,
};
use testkit::{Page, TestApp, Visitor, World};

use super::home::{adopted, code_of, up_to_review};
use crate::{
    model::packages,
    store::{self, NewRow, news},
};

/// An open application of a person at a unit; the code.
async fn applied(app: &TestApp, at: Id, person: Id, n: usize, email: Option<&'static str>) -> String {
    let gov = std::sync::Arc::clone(app.gov());
    let code =
        indonesian::Code::encode([7, 7, u8::try_from(n % 250).unwrap(), u8::try_from(n / 250).unwrap(), 7, 7, 7]).as_str().to_owned();
    let wanted = code.clone();
    app.write(move |tx| {
        let home = unit::find(tx, at)?.ok_or(kernel::Error::Missing)?;
        let offering = offering::of_unit(tx, store::SYSTEM, at)?.into_iter().find(|one| one.kind == "keterangan-usaha");
        let package = packages::all().map_err(|error| kernel::Error::Failed(error.to_string()))?;
        let package = package.into_iter().find(|one| one.slug == "keterangan-usaha").ok_or(kernel::Error::Missing)?;
        let definition = match &offering {
            Some(offering) => offering.definition,
            None => definition::put(tx, store::SYSTEM, "keterangan-usaha", &package.canonical())?,
        };
        let new = NewCase {
            system: store::SYSTEM,
            kind: "keterangan-usaha",
            definition,
            offering: offering.map(|one| one.id),
            code: &wanted,
            unit: home.id,
            units: home.ancestors,
            subject: "W••••",
            applicant: Some(person),
            channel: "counter",
            secrecy: "internal",
        };
        let step = Move {
            action: "submit",
            to_state: "checking",
            step: 0,
            task: None,
            due: Due { state: DueState::None, at: None, provisional: false, started_at: None, clock: String::new() },
            actor_label: "Loket",
            actor_post: None,
            note: "",
            public: true,
            outcome: None,
        };
        let case = case::open(tx, &new, &step)?;
        let row = NewRow {
            unit: home.id,
            subject_person: person,
            answers: "{}",
            introduction: "none",
            identity_note: "",
            proxy: ("", ""),
            phone: None,
            email,
            received_by: None,
            lang: "id",
        };
        store::insert(tx, gov.keys(), case.id, &row)?;
        tx.entry(kernel::NewEntry::new("test.application.opened").case(case.id));
        Ok(())
    })
    .await;
    code
}

async fn written(head: &Visitor, text: &str) -> Page {
    let page = head.get("/kabar/baru").await.good();
    page.assert_accessible_basics();
    let form = page.form("#kabar").fill("tujuan", "Kantor tutup karena rapat").fill("isi", text);
    form.fill("isi_en", "The office is closed tomorrow, 21 November.").submit().await
}

const TEXT: &str = "Kantor desa tutup besok, 21 November 2026. Surat dapat diambil hari Senin.";

async fn people(app: &TestApp, world: &World<'_>) -> [Id; 4] {
    let born: Date = "1981-03-17".parse().unwrap();
    let mut all = Vec::new();
    for (name, nik) in
        [("Wati", "1611025703810021"), ("Yanti", "1611025703810022"), ("Rahasia", "1611025703810023"), ("Tetangga", "1611025703810024")]
    {
        all.push(world.resident(world.village, name, nik, born).await);
    }
    let restricted = all[2];
    app.write(move |tx| {
        let new = NewLimit {
            person: restricted,
            kind: Kind::Restricted,
            decree: "PDP 7/2026".into(),
            reason: "uji".into(),
            cause: None,
            until: None,
        };
        limit::set(tx, &new).map(drop)
    })
    .await;
    all.try_into().unwrap()
}

testkit::both!([&crate::SYSTEM];
    async fn one_text_reaches_everybody_who_waits_once(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let [wati, yanti, restricted, elsewhere] = people(&app, &world).await;
        let one = applied(&app, world.village, wati, 1, Some("wati@contoh.id")).await;
        let two = applied(&app, world.village, wati, 2, Some("wati@contoh.id")).await;
        let without = applied(&app, world.village, yanti, 3, None).await;
        let hidden = applied(&app, world.village, restricted, 4, Some("rahasia@contoh.id")).await;
        let _ = applied(&app, world.kelurahan, elsewhere, 5, Some("jauh@contoh.id")).await;
        // And a resident from home, in whose language it is written too.
        let siti = app.anonymous();
        let siti_code = code_of(&up_to_review(&siti).await.form("#isian").submit().await.good());
        app.settle().await;
        let before = app.mailbox().letters().len();
        let head = app.signed_in("kades").await;
        let empty = head.get("/kabar").await.good();
        empty.assert_accessible_basics();
        // Without a purpose, or with somebody's number in it, nothing is shown or sent.
        let page = head.get("/kabar/baru").await.good();
        let wrong = page.form("#kabar").fill("isi", "Hubungi 1611025703810021 segera ya.").submit().await.is(422);
        assert!(wrong.error_at("tujuan").is_some() && wrong.error_at("isi").unwrap_or_default().contains("nomor"));
        let look = written(&head, TEXT).await.good().saying("Kirim kepada 3 orang?").saying("2 di antaranya juga lewat surel");
        look.assert_accessible_basics();
        let look = look.saying("1 orang tidak memberi surel").saying("1 orang tidak dikabari karena pemrosesan datanya dibatasi");
        assert_eq!(app.count("select count(*) from services_news").await, 0, "looking sends nothing");
        let sent = look.form("#kirim").submit().await.redirected("/kabar/");
        // Pressed twice it is sent once.
        let again = look.form("#kirim").submit().await.redirected("/kabar/");
        assert_eq!(sent.path, again.path);
        app.settle().await;
        let shown = head.get(&sent.path).await.good().saying("Terkirim").saying("3 orang").saying("Kepala Desa");
        shown.assert_accessible_basics();
        let letters = app.mailbox().letters().split_off(before);
        let mut to: Vec<String> = letters.iter().flat_map(|letter| letter.to.clone()).collect();
        to.sort();
        assert_eq!(to, ["siti@contoh.id", "wati@contoh.id"], "once per person");
        for letter in &letters {
            assert!(letter.text().contains("Kantor desa tutup besok") && letter.subject() == "Kabar dari Desa Tanjung Raman", "{}", letter.text());
        }
        // On every page of theirs, and on nobody else's.
        for code in [&one, &two, &without, &siti_code] {
            let page = app.anonymous().get(&format!("/lacak/{code}")).await.good().saying("Kabar dari Desa Tanjung Raman").saying("tutup besok");
            page.assert_accessible_basics();
            let english = app.anonymous().with_header("accept-language", "en").get(&format!("/lacak/{code}")).await.good();
            assert!(english.says("The office is closed tomorrow"));
        }
        assert!(!app.anonymous().get(&format!("/lacak/{hidden}")).await.good().says("tutup besok"));
        // The record, with its entries; it is the unit's own.
        let list = head.get("/kabar").await.good().saying("Kantor tutup karena rapat").saying("3 orang, 2 lewat surel");
        list.assert_accessible_basics();
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'services.news.written' and account is not null").await, 1);
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'services.news.delivered'").await, 1);
        let _ = app.signed_in("operator").await.get("/kabar").await.is(404);
        let _ = app.signed_in("lurah").await.get(&sent.path).await.is(404);
        app.settle().await;
    }

    async fn terms_4_no_text_to_many_in_a_masa_pemilihan(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let [wati, ..] = people(&app, &world).await;
        let code = applied(&app, world.village, wati, 1, Some("wati@contoh.id")).await;
        let head = app.signed_in("kades").await;
        let look = written(&head, TEXT).await.good();
        let before = look.form("#kirim").submit().await.redirected("/kabar/");
        app.write(|tx| {
            let (from, until) = (Date::constant(2026, 11, 1), Date::constant(2026, 12, 9));
            election::declare(tx, &NewPeriod { name: "Pilkada 2026".into(), decree: "SK 9/2026".into(), from, until })
        })
        .await;
        // What was on its way when the period began is stopped, and says so.
        app.settle().await;
        assert_eq!(app.mailbox().letters().len(), 0);
        let _ = head.get(&before.path).await.good().saying("Dihentikan: Masa Pemilihan");
        assert!(!app.anonymous().get(&format!("/lacak/{code}")).await.good().says("tutup besok"));
        // From then on: no page, no sending, the sentence of the policy.
        let page = head.get("/kabar").await.good().saying("Pengiriman massal dimatikan selama Masa Pemilihan Pilkada 2026");
        assert!(!page.has("a[href='/kabar/baru']"));
        let _ = head.get("/kabar/baru").await.is(409).saying("Pilkada 2026");
        let _ = look.form("#kirim").forge("kabar", "0123456789abcdef0123456789abcdef").submit().await.is(409).saying("Pilkada 2026");
        assert_eq!(app.count("select count(*) from services_news").await, 1);
    }

    async fn a_delivery_cut_off_goes_on_and_tells_nobody_twice(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let village = world.village;
        let count = 230;
        for n in 0..count {
            let person = app.write(move |tx| {
                let id = tx.ctx().new_id();
                let name = format!("Warga {n}");
                let columns = kernel::cols! { "unit" => village, "name" => name.as_str(), "name_folded" => name.to_lowercase(), "nik_state" => "none", "source" => "counter" };
                tx.insert(&kernel::party::PERSON, id, &columns)?;
                tx.entry(kernel::NewEntry::new("test.person.created"));
                Ok(id)
            }).await;
            let _ = applied(&app, village, person, n, None).await;
        }
        let head = app.signed_in("kades").await;
        let sent = written(&head, TEXT).await.good().saying("Kirim kepada 230 orang?").form("#kirim").submit().await.redirected("/kabar/");
        // One step is done, then the process dies; the job begins again.
        let (gov, id) = (std::sync::Arc::clone(app.gov()), sent.path.rsplit('/').next().unwrap().parse::<Id>().unwrap());
        assert!(app.write(move |tx| news::step(tx, &gov, id)).await, "more remains");
        let half = app.count("select count(*) from services_news_reach").await;
        assert!(half > 0 && half < 230, "{half}");
        app.clock().advance(SignedDuration::from_mins(1));
        app.settle().await;
        assert_eq!(app.count("select count(*) from services_news_reach").await, 230);
        assert_eq!(app.count("select count(*) from (select distinct person from services_news_reach) once").await, 230);
        let _ = head.get(&sent.path).await.good().saying("Terkirim").saying("230 orang");
    }
);

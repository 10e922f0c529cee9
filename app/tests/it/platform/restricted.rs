//! Nobody whose data are restricted leaves with a list (UU 27/2022 Pasal 11): every export of every system is asked for, made and
//! read, before and after.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{
    Id,
    export::Policy,
    limit::{self, Kind, NewLimit},
    signal::{self, NewSignal},
};
use testkit::{Page, TestApp};

use crate::{own_data::unzipped, systems::SYSTEMS, town, town::Town};

/// The page before the file of one kind of list. A kind that is not here fails the test: say how it is asked for.
async fn asks(app: &TestApp, kind: &str, person: Id) -> (&'static str, Page) {
    let list = async |who: &'static str, path: &str, action: &str| {
        let page = app.signed_in(who).await.get(path).await.good();
        (who, page.form(action).press("format", "csv").await.good())
    };
    let opened = async |who: &'static str, path: &str| (who, app.signed_in(who).await.get(path).await.good());
    match kind {
        "services.register" => list("sekdes", "/permohonan", "/permohonan/unduh").await,
        "services.agenda" => list("sekdes", "/buku/agenda", "/buku/agenda/unduh").await,
        "services.dispatch" => list("sekdes", "/buku/ekspedisi", "/buku/ekspedisi/unduh").await,
        "services.residents" => list("operator", "/penduduk", "/penduduk/unduh").await,
        "identity.events" => list("admin.a", "/keamanan", "/keamanan/unduh").await,
        "identity.access" => opened("admin.a", "/akses?format=csv").await,
        "identity.seers" => opened("admin.a", &format!("/akses/warga/{person}?format=csv")).await,
        "oversight.timeline" => list("inspector.a", "/pengawasan/jejak", "/pengawasan/jejak/unduh").await,
        "privacy.pseudonyms" => {
            let page = app.signed_in("privacy_officer.a").await.get("/data-pribadi/samaran").await.good();
            ("privacy_officer.a", page.form("#samaran").fill("tujuan", "kajian putus sekolah").submit().await.good())
        }
        other => panic!("{other} is walked by nobody"),
    }
}

/// Every list as it leaves: what is said before it, how it is called, and what is in it.
async fn lists(app: &TestApp, person: Id) -> BTreeMap<&'static str, String> {
    let mut files = BTreeMap::new();
    for kind in SYSTEMS.iter().flat_map(|system| system.exports) {
        let (who, asked) = asks(app, kind.name, person).await;
        let before = asked.text();
        let sent = asked.form("#tujuan").fill("tujuan", "report").fill("alasan", "laporan bulanan kepada Camat").submit().await;
        let sent = sent.redirected("/unduhan/");
        app.settle().await;
        let file = app.signed_in(who).await.get(&format!("{}/berkas", sent.path)).await.good();
        files.insert(kind.name, format!("{before}\n{}\n{}", file.header("content-disposition"), file.body()));
    }
    files
}

async fn restricts(app: &TestApp, person: Id) {
    app.write(move |tx| {
        let (decree, reason) = ("PDP 7/2026".to_owned(), "UU 27/2022 Pasal 11".to_owned());
        limit::set(tx, &NewLimit { person, kind: Kind::Restricted, decree, reason, cause: None, until: None }).map(drop)
    })
    .await;
}

testkit::both!(SYSTEMS;
    async fn uu_27_2022_pasal_11_no_list_leaves_with_a_person_whose_data_are_restricted(app) {
        let town = Town::build(&app).await;
        app.write(|tx| {
            let kasi = kernel::account::by_username(tx, "kasi")?.map(|account| account.id);
            signal::raise(tx, &NewSignal::about(signal::Kind::NewDevice, kasi))?;
            Policy { second_key_from_persons: 10_000, valid_hours: 72 }.set(tx)
        })
        .await;
        // A resident with a letter that was numbered and handed over, and an official who works.
        let done = town.case("done").clone();
        let resident = app.read(move |rx| kernel::case::find(rx, done.id)?.applicant.ok_or(kernel::Error::Missing)).await;
        let typed = town::person(done.number);
        let (name, nik) = (typed["name"].as_str().unwrap().to_owned(), typed["nik"].as_str().unwrap().to_owned());
        let official = town.world.person_behind("kasi").await;
        let official_name = app.read(move |rx| Ok(kernel::party::find(rx, official)?.ok_or(kernel::Error::Missing)?.name)).await;
        let wanted = [name.as_str(), nik.as_str(), official_name.as_str(), "kasi"];
        let words = |text: &str| -> BTreeSet<String> {
            let cells = text.split(|c: char| !(c.is_alphanumeric() || c == '.')).map(str::to_owned);
            let whole = wanted.iter().filter(|word| text.contains(**word) && **word != "kasi").map(|word| (*word).to_owned());
            cells.filter(|cell| cell == "kasi").chain(whole).collect()
        };
        let code = indonesian::Code::parse(&done.code).map_or(done.code.clone(), |code| code.to_string());
        let number = app.read(move |rx| {
            let sql = "select n.text from kernel_number n join kernel_document d on d.id = n.document where d.case_id = $1";
            Ok(rx.one(sql, &kernel::params![done.id])?.ok_or(kernel::Error::Missing)?.get::<String>(0)?)
        }).await;
        // Before, they are there: the walk looks where something is to be found.
        let before = lists(&app, resident).await;
        let named: BTreeSet<&str> = before.iter().filter(|(_, text)| !words(text).is_empty()).map(|(kind, _)| *kind).collect();
        for kind in ["services.agenda", "services.dispatch", "services.residents", "identity.events", "identity.access", "identity.seers", "oversight.timeline"] {
            assert!(named.contains(kind), "{kind} names nobody: {}", before[kind]);
        }
        assert!(before["services.register"].contains(&code), "{}", before["services.register"]);
        let rows = |text: &str| text.lines().count();
        restricts(&app, resident).await;
        restricts(&app, official).await;
        let after = lists(&app, resident).await;
        for (kind, text) in &after {
            assert_eq!(words(text), BTreeSet::new(), "{kind}: {text}");
            assert!(text.contains("karena pemrosesan data"), "{kind} does not say that somebody is missing: {text}");
        }
        // Rows that may be missing are; a book keeps its line with number and day.
        assert!(!after["services.register"].contains(&code));
        for kind in ["services.register", "services.residents", "identity.access", "identity.seers", "privacy.pseudonyms"] {
            assert!(after[kind].contains("baris tidak disertakan") && rows(&after[kind]) <= rows(&before[kind]), "{kind}");
        }
        for kind in ["services.agenda", "services.dispatch"] {
            let line = |text: &str| text.lines().find(|line| line.contains(&number)).map(str::to_owned);
            let (was, is) = (line(&before[kind]).unwrap(), line(&after[kind]).unwrap_or_else(|| panic!("{kind} lost {number}")));
            assert!(was.contains(&name) || was.contains("Warga sendiri"), "{was}");
            assert!(is.contains("(dibatasi, UU 27/2022)") && is.contains("2026-11"), "{is}");
        }
        // A workbook says it as a file of lines does.
        let operator = app.signed_in("operator").await;
        let asked = operator.get("/penduduk").await.good().form("/penduduk/unduh").press("format", "xlsx").await.good();
        let sent = asked.form("#tujuan").fill("tujuan", "report").fill("alasan", "laporan bulanan kepada Camat").submit().await;
        app.settle().await;
        let book = unzipped(&operator.get(&format!("{}/berkas", sent.path)).await.good().bytes);
        assert!(book.contains("baris tidak disertakan karena pemrosesan data") && !book.contains(&name), "{book}");
        // Printed, the books say the same.
        for path in ["/buku/agenda/cetak", "/buku/ekspedisi/cetak"] {
            let paper = app.signed_in("sekdes").await.get(path).await.good();
            let text = String::from_utf8_lossy(&paper.bytes).into_owned();
            assert!(text.contains("dibatasi") && !text.contains(&name), "{path}");
        }
        app.leave_work();
    }
);

//! Officers in each other's way, and officers who are none any more.

use kernel::post::office;
use testkit::Page;

use crate::{
    systems::SYSTEMS,
    town::{SERVICE, Town},
};

/// Presses a step of an application's page: the first button goes where the form goes, the others elsewhere.
async fn press(visitor: &testkit::Visitor, page: &Page, step: &str) -> Page {
    let (end, bar) = (format!("/langkah/{step}"), "form.bar[action*='/langkah/']");
    let offered = page.all_attributes(bar, "action").into_iter().chain(page.all_attributes("button[formaction]", "formaction"));
    let offered: Vec<String> = offered.collect();
    let action = offered.iter().find(|action| action.ends_with(&end)).unwrap_or_else(|| panic!("no {step} among {offered:?}: {page:?}"));
    let (_, fields) = page.post_forms().into_iter().find(|(action, _)| action.contains("/langkah/")).unwrap();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    visitor.post(action, &fields).await
}

testkit::both!(SYSTEMS;
    async fn of_two_officers_on_one_application_the_second_is_told(app) {
        let mut town = Town::build(&app).await;
        let case = town.drive(SERVICE, "checking", 400).await.id;
        let path = format!("/tugas/{case}");
        // The operator of the village may check too when the Kasi is away; here two browsers of the Kasi are enough.
        let (one, other) = (app.signed_in("kasi").await, app.signed_in("kasi").await);
        let (first, second) = (one.get(&path).await.good(), other.get(&path).await.good());
        let _ = press(&one, &first, "periksa").await.good();
        let late = press(&other, &second, "periksa").await;
        assert!(late.says("Petugas lain") || late.says("sudah berpindah"), "{}", late.text());
        assert_eq!(app.read(move |rx| Ok(kernel::case::find(rx, case)?.state)).await, "initialing", "done once");
        // A refusal that was being written keeps its reason.
        let case = town.drive(SERVICE, "checking", 401).await.id;
        let form = one.get(&format!("/tugas/{case}/langkah/tolak")).await.good().form("main form");
        town.does("kasi", case, "check", serde_json::json!({})).await;
        let late = form.fill("reason", "Alamatnya di desa lain, bukan di sini.").fill("legal_basis", "Perdes 3/2024").submit().await;
        assert!(late.status.is_client_error(), "{}", late.status);
        assert!(late.body().contains("Alamatnya di desa lain"), "what was typed stays: {}", late.text());
        assert_eq!(app.read(move |rx| Ok(kernel::case::find(rx, case)?.state)).await, "initialing");
        app.settle().await;
    }

    async fn whose_post_ended_yesterday_signs_nothing(app) {
        let mut town = Town::build(&app).await;
        let case = town.drive(SERVICE, "signing", 402).await.id;
        let path = format!("/tugas/{case}");
        let kades = app.signed_in("kades").await;
        let page = kades.get(&path).await.good();
        let head = town.world.post(town.world.village, office::HEAD).await;
        // The page is open, and the decree that ended the post yesterday is entered only now.
        town.world.vacate(head, app.now() - jiff::SignedDuration::from_hours(24)).await;
        let late = press(&kades, &page, "tanda-tangan").await;
        late.is(403).saying("Anda tidak lagi memegang jabatan");
        assert_eq!(app.read(move |rx| Ok(kernel::case::find(rx, case)?.state)).await, "signing", "nothing was signed");
        let numbers = app.count("select count(*) from kernel_number where document is not null").await;
        let _ = kades.post(&format!("{path}/langkah/tanda-tangan"), &[("version", "1")]).await;
        assert_eq!(app.count("select count(*) from kernel_number where document is not null").await, numbers, "no number was taken");
        // Whoever is appointed finds it on the desk.
        let person = town.world.person_behind("sekdes").await;
        town.world.appoint(head, person, kernel::post::HoldingKind::Plt, app.now(), None).await;
        let sekdes = app.signed_in("sekdes").await;
        let _ = sekdes.get("/tugas").await.good();
        let page = sekdes.get(&path).await.good();
        let _ = press(&sekdes, &page, "tanda-tangan").await.good();
        assert_eq!(app.read(move |rx| Ok(kernel::case::find(rx, case)?.state)).await, "awaiting_scan");
        app.settle().await;
    }
);

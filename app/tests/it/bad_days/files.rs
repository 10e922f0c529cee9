//! Files that are too much, or not what they say.

use testkit::{Attached, Page, TestApp, Visitor};

use super::{cases, home};
use crate::{
    systems::SYSTEMS,
    town::{self, BY_LINK, VILLAGE},
};

/// The page of the service with a photo.
async fn at_photo(app: &TestApp) -> (Visitor, Page) {
    let visitor = app.anonymous();
    let base = format!("/layanan/{VILLAGE}/{BY_LINK}/ajukan");
    let page = super::who(&visitor, 1).await;
    drop(page);
    let page = visitor.get(&base).await.good();
    let (person, born) = (town::person(1), town::born(1));
    let text = |key: &str| person[key].as_str().unwrap();
    let mut page = page
        .form("#isian")
        .fill("diri.nama", text("name"))
        .fill("diri.ada_nik", "ya")
        .fill("diri.nik", text("nik"))
        .fill_date("diri.lahir", &born.day().to_string(), &born.month().to_string(), &born.year().to_string())
        .fill("diri.kelamin", "l")
        .fill("diri.alamat", "Dusun II")
        .submit()
        .await
        .good();
    // The answers of the sections before the one with the photo.
    let answers = town::answers(&town::package(BY_LINK));
    for _ in 0..4 {
        if page.has("input[name=foto_usaha]") {
            return (visitor, page);
        }
        page = filled(&page, &answers).submit().await.good();
    }
    panic!("no page asks for the photo");
}

fn filled(page: &Page, answers: &serde_json::Value) -> testkit::Form {
    let mut form = page.form("#isian");
    for (name, value) in answers.as_object().unwrap() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let names = form.names();
        if names.iter().any(|known| known == name) {
            form = form.fill(name, &text);
        } else if names.iter().any(|known| *known == format!("{name}-day")) {
            form = form.fill_date(name, "1", "1", "2020");
        }
    }
    form
}

/// A Windows program, as far as its first bytes tell.
fn program() -> Vec<u8> {
    let mut bytes = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec();
    bytes.resize(4096, 0);
    bytes
}

const DRAWING: &[u8] = b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";

testkit::both!(SYSTEMS;
    async fn thirty_megabytes_are_told_to_be_too_much(app) {
        let _world = town::furnished(&app).await;
        let resident = app.anonymous();
        let _ = resident.get(&home()).await.good();
        let much = vec![7; 30_000_000];
        let file = |bytes| Attached { field: "foto", name: "rumah.jpg", media_type: "image/jpeg", bytes };
        let page = resident.upload(&home(), &[], &[file(&much)]).await.is(413);
        page.assert_accessible_basics();
        let page = page.saying("Berkas terlalu besar").saying("12 MB");
        assert!(page.says("foto yang lebih kecil"), "what to do is said: {}", page.text());
        let english = resident.clone().with_header("accept-language", "en").upload(&home(), &[], &[file(&much)]).await.is(413);
        assert_eq!(english.attribute("html", "lang").as_deref(), Some("en"));
        // The same by API, said in JSON, with and without a length announced.
        let machine = app.api(&app.api_token("operator").await);
        let answer = machine.post_bytes("/api/v1/services/uploads?name=a.jpg", &much).await.is(413);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["status"], 413);
        assert_eq!(app.count("select count(*) from kernel_blob").await, 0);
        app.settle().await;
    }

    async fn a_program_is_no_photo_whatever_it_is_called(app) {
        let _world = town::furnished(&app).await;
        let (_, page) = at_photo(&app).await;
        let answers = town::answers(&town::package(BY_LINK));
        let sent = filled(&page, &answers).attach("foto_usaha", "warung.jpg", "image/jpeg", &program()).submit().await.is(422);
        sent.assert_accessible_basics();
        assert!(sent.error_at("foto_usaha").expect("at the field").contains("sebuah program"), "{:?}", sent.errors());
        let sent = filled(&page, &answers).attach("foto_usaha", "warung.svg", "image/svg+xml", DRAWING).submit().await.is(422);
        assert!(sent.error_at("foto_usaha").expect("at the field").contains("skrip"), "{:?}", sent.errors());
        let sent = filled(&page, &answers).attach("foto_usaha", "warung.jpg", "image/jpeg", DRAWING).submit().await.is(422);
        assert!(sent.error_at("foto_usaha").is_some());
        let sent = filled(&page, &answers).attach("foto_usaha", "warung.jpg", "image/jpeg", b"\xff\xd8\xff\xe0 half a photo").submit().await.is(422);
        assert!(sent.error_at("foto_usaha").expect("at the field").contains("tidak dapat dibuka"), "{:?}", sent.errors());
        assert_eq!(app.count("select count(*) from kernel_blob").await, 0, "nothing of it is kept");
        // A true one is taken, and the rest is still filled in.
        let sent = filled(&page, &answers).attach("foto_usaha", "warung.png", "image/png", &town::picture(1)).submit().await.good();
        assert!(!sent.has("input[type=file][name=foto_usaha]"), "the next page: {}", sent.path);
        let machine = app.api(&app.api_token("operator").await);
        for (name, bytes) in [("a.jpg", program()), ("a.png", DRAWING.to_vec()), ("a.pdf", b"%PDF-1.4 /JavaScript (app.alert)".to_vec())] {
            let answer = machine.post_bytes(&format!("/api/v1/services/uploads?name={name}"), &bytes).await.is(415);
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
        assert_eq!(cases(&app).await, 0);
        app.settle().await;
    }
);

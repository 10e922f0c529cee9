//! Bad input and bad days: each a clear sentence, nothing lost.

mod files;
mod officers;
mod outages;
mod typing;
mod workbooks;

use testkit::{Form, Page, TestApp, Visitor};

use crate::town::{SERVICE, VILLAGE, born, person};

/// The form of the service, from home.
fn home() -> String {
    format!("/layanan/{VILLAGE}/{SERVICE}/ajukan")
}

/// The first page of the form, filled with a person.
async fn who(visitor: &Visitor, number: u32) -> Form {
    let (person, born) = (person(number), born(number));
    let text = |key: &str| person[key].as_str().unwrap();
    let page = visitor.get(&home()).await.good();
    page.form("#isian")
        .fill("diri.nama", text("name"))
        .fill("diri.ada_nik", "ya")
        .fill("diri.nik", text("nik"))
        .fill_date("diri.lahir", &born.day().to_string(), &born.month().to_string(), &born.year().to_string())
        .fill("diri.kelamin", "l")
        .fill("diri.alamat", "Dusun II")
}

/// The last page of the form, everything filled in.
async fn to_review(visitor: &Visitor, number: u32) -> Page {
    let page = who(visitor, number).await.submit().await.good();
    let page = page
        .form("#isian")
        .fill("alamat_domisili", "Dusun II")
        .fill_date("tinggal_sejak", "1", "1", "2020")
        .fill("status_tinggal", "sama")
        .submit()
        .await
        .good();
    let page = page.form("#isian").fill("keperluan", "bank").submit().await.good();
    assert!(page.value("kunci").is_some(), "the last page: {page:?}");
    page
}

/// How many applications there are.
async fn cases(app: &TestApp) -> i64 {
    app.count("select count(*) from kernel_case where system = 'services'").await
}

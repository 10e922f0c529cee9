//! The testkit tried on a guest book: a system small enough to read at a glance.

use askama::Template;
use axum::extract::Path;
use kernel::{
    Id, NewEntry, Rx, Table, Tx, cols,
    db::{Migration, Sql},
    jobs::{JobKind, NewJob},
    outbox::{self, Handler},
    params,
};
use testkit::{Attached, Database, Fault, TestApp, World};
use web::{Access, AppState, FieldErrors, FormData, FormState, Page, Routes, System};

static NOTE: Table = Table::audited("guestbook_note", &["name", "text"]);
static COUNTED: Table = Table::upkeep("guestbook_counted");

pub const SYSTEM: System = System {
    slug: "guestbook",
    title: "guestbook-title",
    owns: &["/buku-tamu"],
    migrations: &[Migration {
        number: 1,
        name: "notes",
        sql: Sql::Both(
            "create table guestbook_note (id BYTES primary key, name TEXT not null, text TEXT not null, version BIGINT not null);
             create table guestbook_counted (note BYTES primary key, length BIGINT not null)",
        ),
    }],
    tables: &[&NOTE, &COUNTED],
    pages: routes,
    locales: &[("id", TEXTS), ("en", TEXTS)],
    handles: &[Handler { name: "guestbook.count", topics: &["guestbook.written"], run: |state, event| Box::pin(count(state, event)) }],
    jobs: &[JobKind {
        name: "guestbook.fail",
        attempts_max: 1,
        every_minutes: None,
        run: |_, _| Box::pin(async { Err(kernel::runner::Failure::Permanent("always".into())) }),
    }],
    ..System::EMPTY
};
const TEXTS: &str = "guestbook-title = Buku Tamu\nguestbook-name = Nama\nguestbook-mood = Perasaan\nguestbook-good = Senang\nguestbook-bad = Sedih\n\
                     guestbook-photo = Foto\nguestbook-name-needed = Isi nama Anda\nguestbook-written = Sudah ditulis\n";

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "base.html" %}
{% block title %}{{ page.t("guestbook-title") }}{% endblock %}
{% block main %}<h1>{{ page.t("guestbook-title") }}</h1>
<table><caption>Tamu</caption><thead><tr><th>Nama</th></tr></thead><tbody>{% for name in names %}<tr><td>{{ name }}</td></tr>{% endfor %}</tbody></table>
<p><a href="/buku-tamu/petugas">Untuk petugas</a></p>
<form method="post" action="/buku-tamu" enctype="multipart/form-data" novalidate>{{ form.summary() }}{{ page.form_fields() }}
{{ form.text("nama").label("guestbook-name") }}
{{ form.radios("rasa").label("guestbook-mood").choice("senang", "guestbook-good").choice("sedih", "guestbook-bad") }}
{{ form.file("foto").label("guestbook-photo").optional() }}
<button>Tulis</button></form>{% endblock %}"#
)]
struct Book {
    page: Page,
    names: Vec<String>,
    form: FormState,
}

fn routes() -> Routes {
    Routes::new()
        .get("/buku-tamu", Access::Public, show)
        .post("/buku-tamu", Access::Public, write)
        .get("/buku-tamu/petugas", Access::Role("operator"), officers)
        .post("/buku-tamu/hapus", Access::Signed, erase)
        .token()
        .get("/buku-tamu/rusak/{how}", Access::Public, broken)
}

async fn names(page: &Page) -> web::Result<Vec<String>> {
    let read = |rx: &mut Rx<'_>| -> kernel::Result<Vec<String>> {
        Ok(rx.all("select name from guestbook_note order by id", &[])?.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?)
    };
    Ok(page.gov().read(read).await?)
}

async fn show(page: Page) -> web::Result {
    let (names, form) = (names(&page).await?, FormState::empty(&page));
    page.html(&Book { page: page.clone(), names, form })
}

async fn write(page: Page, form: FormData) -> web::Result {
    let mut errors = FieldErrors::default();
    let name = form.required("nama", "guestbook-name-needed", &mut errors).to_owned();
    if !errors.0.is_empty() {
        let (names, form) = (names(&page).await?, FormState::wrong(&page, form, errors));
        return page.wrong(&Book { page: page.clone(), names, form });
    }
    let (ctx, text) = (page.ctx(), form.file("foto").map(|file| file.name.clone()).unwrap_or_default());
    page.gov().write(&ctx, move |tx| note(tx, &name, &text)).await?;
    page.flash_ok(kernel::Message::new("guestbook-written"));
    page.redirect("/buku-tamu")
}

fn note(tx: &mut Tx<'_>, name: &str, text: &str) -> kernel::Result<Id> {
    let id = tx.ctx().new_id();
    tx.insert(&NOTE, id, &cols! { "name" => name, "text" => text })?;
    tx.entry(NewEntry::new("guestbook.written").object("note", id));
    tx.emit("guestbook.written", None, &serde_json::json!({ "note": id }));
    Ok(id)
}

async fn count(state: AppState, event: outbox::Event) -> Result<(), kernel::runner::Failure> {
    let ctx = state.gov.system_ctx("guestbook.count");
    let write = move |tx: &mut Tx<'_>| -> kernel::Result<()> {
        let id: Id = event.body["note"].as_str().unwrap_or_default().parse().map_err(|_| kernel::Error::Missing)?;
        tx.upkeep("insert into guestbook_counted (note, length) values ($1, 1) on conflict (note) do nothing", &params![id])?;
        Ok(())
    };
    Ok(state.gov.write(&ctx, write).await?)
}

async fn officers(page: Page) -> web::Result {
    let name = page.officer().map(|officer| officer.name.clone()).unwrap_or_default();
    page.html(&Book { page: page.clone(), names: vec![name], form: FormState::empty(&page) })
}

async fn erase(page: Page) -> web::Result {
    page.redirect("/buku-tamu")
}

async fn broken(Path(how): Path<String>) -> web::Result {
    match how.as_str() {
        "panik" => panic!("asked for"),
        _ => Err(web::Error::NotFound),
    }
}

testkit::both!([&SYSTEM];
    async fn a_guest_writes_and_is_read(app) {
        let guest = app.anonymous();
        let page = guest.get("/buku-tamu").await.good();
        page.assert_accessible_basics();
        let page = page.form("/buku-tamu").fill("rasa", "senang").submit().await.is(422);
        assert_eq!(page.errors(), ["Isi nama Anda"]);
        assert_eq!(page.error_at("nama").as_deref(), Some("Isi nama Anda"));
        assert_eq!(page.value("rasa").as_deref(), Some("senang"), "what was chosen is kept");
        page.assert_accessible_basics();
        let form = page.form("form").fill("nama", "Siti & <b>Ani</b>").attach("foto", "a b.jpg", "image/jpeg", b"\xff\xd8");
        let page = form.submit().await.redirected("/buku-tamu").saying("Sudah ditulis");
        assert_eq!(page.rows(""), [["Siti & <b>Ani</b>"]]);
        assert_eq!(app.count("select count(*) from guestbook_note where text = 'a b.jpg'").await, 1);
        assert_eq!(app.settle().await, 1);
        assert_eq!(app.count("select count(*) from guestbook_counted").await, 1);
    }

    async fn officers_see_what_guests_do_not(app) {
        World::small(&app).await;
        let page = app.anonymous().staying().get("/buku-tamu/petugas").await.is(303);
        assert!(page.header("location").starts_with("/masuk"));
        let _ = app.signed_in("kades").await.get("/buku-tamu/petugas").await.is(404);
        let operator = app.signed_in("operator").await;
        let page = operator.get("/buku-tamu").await.click("Untuk petugas").await.good();
        assert_eq!(page.rows(""), [["Agus Setiawan"]]);
        // A form token is asked for, and the testkit sends the one it saw.
        let _ = operator.post("/buku-tamu/hapus", &[]).await.redirected("/buku-tamu");
        let _ = operator.post("/buku-tamu/hapus", &[("_token", "forged")]).await.is(403);
        let token = app.api_token("operator").await;
        let _ = app.api(&token).get("/api/v1/guestbook").await.is(404);
        app.clock().advance_hours(13);
        let _ = operator.staying().get("/buku-tamu/petugas").await.is(303);
    }

    async fn an_old_browser_and_another_website(app) {
        let old = app.anonymous().in_old_browser();
        let _ = old.get("/buku-tamu").await.form("/buku-tamu").fill("nama", "Tua").submit().await.redirected("/buku-tamu");
        let _ = old.post("/buku-tamu", &[("nama", "x"), ("_token", "")]).await.is(403);
        let evil = app.anonymous().with_header("sec-fetch-site", "cross-site").with_header("origin", "http://jahat.example");
        let _ = evil.post("/buku-tamu", &[("nama", "x")]).await.is(403);
        let lost = app.anonymous().with_header("host", "lain.example");
        let _ = lost.get("/buku-tamu").await.is(421);
        let big = vec![0; 2_000_000];
        let file = Attached { field: "foto", name: "besar.jpg", media_type: "image/jpeg", bytes: &big };
        let _ = old.upload("/buku-tamu", &[("nama", "x")], &[file]).await.is(413);
        let page = old.get("/buku-tamu/rusak/panik").await.is(500);
        page.assert_accessible_basics();
        app.settle().await;
    }
);

#[test]
#[should_panic(expected = "work was left undone: 1 deliveries due")]
fn work_left_undone_fails_the_test() {
    testkit::run(Database::Sqlite, &[&SYSTEM], |app| async move {
        app.write(|tx| note(tx, "Siti", "")).await;
    });
}

#[test]
#[should_panic(expected = "1 dead")]
fn dead_work_fails_the_test() {
    testkit::run(Database::Sqlite, &[&SYSTEM], |app| async move {
        app.write(|tx| kernel::jobs::add(tx, NewJob::new("guestbook.fail", serde_json::Value::Null))).await;
        app.settle().await;
    });
}

#[test]
fn work_may_be_left_on_purpose() {
    testkit::run(Database::Sqlite, &[&SYSTEM], |app| async move {
        app.write(|tx| note(tx, "Siti", "")).await;
        app.leave_work();
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_arrive_and_faults_are_felt() {
    use lettre::{Message, SmtpTransport, Transport};
    let app = TestApp::new(&[&SYSTEM]).await;
    let send = |url: String| {
        let letter = Message::builder()
            .from("surat@uji.example".parse().unwrap())
            .to("siti@warga.example".parse().unwrap())
            .subject("Surat Anda – siap")
            .body("Surat Keterangan Usaha sudah siap diambil – GRATIS.".to_owned())
            .unwrap();
        let transport = SmtpTransport::from_url(&url).unwrap().timeout(Some(std::time::Duration::from_secs(5))).build();
        tokio::task::spawn_blocking(move || transport.send(&letter))
    };
    send(app.mailbox().url()).await.unwrap().unwrap();
    let letter = app.mailbox().only();
    assert_eq!((letter.subject().as_str(), letter.to.as_slice()), ("Surat Anda – siap", ["siti@warga.example".to_owned()].as_slice()));
    assert!(letter.text().contains("siap diambil – GRATIS"), "{}", letter.text());
    for (fault, permanent) in [(Fault::Refuse, false), (Fault::Temporary, false), (Fault::Permanent, true), (Fault::Drop, false)] {
        app.mailbox().set_fault(fault);
        let error = send(app.mailbox().url()).await.unwrap().unwrap_err();
        assert_eq!(error.is_permanent(), permanent, "{fault:?}: {error}");
    }
    assert_eq!(app.mailbox().letters().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_gives_the_same_ids() {
    let mut ids = Vec::new();
    for seed in [4, 4, 5] {
        let app = TestApp::setup(&[&SYSTEM]).seed(seed).at("2026-01-05 08:00").start().await;
        assert_eq!(app.now().to_string(), "2026-01-05T01:00:00Z");
        ids.push(app.ctx().new_id());
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn papers_are_drawn_with_their_texts() {
    let app = TestApp::new(&[&SYSTEM]).await;
    let letter = letter::Letter { title: "SURAT KETERANGAN (USAHA)".to_owned(), ..letter::Letter::default() };
    app.papers().fail(1);
    assert!(app.state().render(letter.clone().into()).await.is_err());
    let pdf = app.state().render(letter.into()).await.unwrap();
    assert!(String::from_utf8(pdf).unwrap().contains("(SURAT KETERANGAN \\(USAHA\\)) Tj"));
    assert_eq!(app.papers().papers().len(), 1);
}

//! A small system in which every component and every kind of route stands: shown by the gallery, walked by the tests.

use std::{path::Path as Folder, sync::Arc};

use askama::Template;
use jiff::civil::date;
use kernel::{
    ActingPost, Entropy, Gov, HeldGrant, Id, Message, Officer, Timestamp,
    db::{KERNEL_MIGRATIONS, Target},
    gov::{Mail, Means, Settings, TimeSource},
    keys::Ring,
    schema::{self, Field, Label, Part},
};
use web::{
    Access, AppState, BoxFuture, Cursor, Error, Face, FieldErrors, FormData, FormState, ListQuery, Look, MenuItem, MissingKey, Page, Place,
    Presented, Resolved, Routes, Session, Sessions, Signed, System, WebSettings,
    ui::{BarChart, Cell, Column, Empty, Facts, Html, KeyValues, LineChart, Meter, Notice, Steps, Table, Tag, Timeline, Tone},
};

/// Indonesian texts of the sample.
pub const ID: &str = include_str!("id.ftl");
/// English texts of the sample.
pub const EN: &str = include_str!("en.ftl");

pub const SYSTEM: System = System {
    slug: "sample",
    title: "sample-title",
    owns: &["/contoh", "/tugas", "/masuk", "/tentang"],
    menu: &[
        MenuItem::public(10, "sample-menu-service", "/contoh"),
        MenuItem::public(20, "sample-menu-form", "/contoh/formulir"),
        MenuItem::officer(Place::Work, 10, "sample-menu-tasks", "/tugas", Access::Signed).badge(|_, _, _| Ok(7)),
        MenuItem::officer(Place::Work, 20, "sample-menu-form", "/contoh/formulir", Access::Signed),
        MenuItem::officer(Place::Books, 10, "sample-menu-agenda", "/contoh/agenda", Access::Role("examiner")),
        MenuItem::officer(Place::Government, 10, "sample-menu-charts", "/contoh/bagan", Access::Signed),
        MenuItem::officer(Place::Self_, 10, "sample-menu-secret", "/contoh/rahasia", Access::Role("admin")),
    ],
    pages: routes,
    api: || {
        Routes::new().get("/api/v1/sample", Access::Role("examiner"), api_list).post("/api/v1/sample", Access::Role("examiner"), api_make)
    },
    locales: &[("id", ID), ("en", EN)],
    sessions: Some(|| Arc::new(TwoPeople)),
    ..System::EMPTY
};

fn routes() -> Routes {
    Routes::new()
        .get("/contoh", Access::Public, service)
        .get("/contoh/formulir", Access::Public, ask)
        .post("/contoh/formulir", Access::Public, submit)
        .get("/contoh/agenda", Access::Role("examiner"), agenda)
        .post("/contoh/agenda/unduh", Access::Role("examiner"), export)
        .get("/contoh/bagan", Access::Signed, charts)
        .get("/contoh/verifikasi", Access::Public, verify)
        .get("/contoh/rahasia", Access::Role("admin"), service)
        .get("/contoh/gagal/{how}", Access::Public, fail)
        .post("/contoh/gagal/{how}", Access::Public, fail_to_save)
        .post("/contoh/unggah", Access::Public, submit)
        .limit_bytes(20_000)
        .post("/contoh/draf", Access::Public, draft)
        .post("/contoh/unggah-bertahap", Access::Public, upload_begin)
        .put("/contoh/unggah-bertahap/{id}", Access::Public, upload_part)
        .limit_bytes(300_000)
        .post("/contoh/paraf", Access::AnyRole(&["initialer", "examiner"]), initial)
        .token()
        .get("/tugas", Access::Signed, tasks)
        .get("/masuk", Access::Public, login)
        .post("/masuk", Access::Public, enter)
        .token()
        .get("/contoh/ketentuan", Access::Entering, service)
        .get("/tentang", Access::Public, service)
}

/// The state over a new government in `folder`, its clock standing at 14.55 WIB on 22 November 2026.
pub fn state(folder: &Folder, systems: &[&'static System]) -> Result<AppState, Box<dyn std::error::Error>> {
    let settings = Settings {
        slug: "lawang".into(),
        name: "Kabupaten Empat Lawang".into(),
        region: "16.11".into(),
        province: "Sumatera Selatan".into(),
        zone: "Asia/Jakarta".into(),
        public_url: "http://127.0.0.1:9000".into(),
        mark: Some("CONTOH".into()),
        mail: Mail::Preview,
        folder: folder.to_owned(),
    };
    let now: Timestamp = "2026-11-22T07:55:00Z".parse()?;
    let means = Means {
        target: &Target::Sqlite(folder.join("db")),
        meta: web::meta(systems, &[]),
        migrations: &[KERNEL_MIGRATIONS],
        ring: &Ring::new([3; 32]),
        time: TimeSource::Settable(Arc::new(now.as_microsecond().into())),
        entropy: Entropy::seeded(1),
    };
    let gov = Arc::new(Gov::open(settings, means)?);
    let look = Look { demo: true, ..Look::plain("Kabupaten Empat Lawang") };
    let web = WebSettings { missing_key: MissingKey::Panic, timeout: std::time::Duration::from_secs(1), ..WebSettings::default() };
    Ok(AppState::new(gov, systems, look, web, None)?)
}

/// `siti` is an examiner, `baru` must accept the terms first.
struct TwoPeople;

impl TwoPeople {
    fn of(token: &str) -> Option<Session> {
        match token {
            "siti" => Some(examiner(None)),
            "baru" => Some(examiner(Some("/contoh/ketentuan"))),
            _ => None,
        }
    }
}

impl Sessions for TwoPeople {
    fn resolve<'a>(&'a self, _: &'a Gov, presented: Presented<'a>) -> BoxFuture<'a, kernel::Result<Resolved>> {
        Box::pin(async move { Ok(Self::of(presented.token).map_or(Resolved::Nothing, |session| Resolved::Held(Box::new(session)))) })
    }

    fn bearer<'a>(&'a self, _: &'a Gov, token: &'a str, _: Timestamp) -> BoxFuture<'a, kernel::Result<Option<Session>>> {
        Box::pin(async move { Ok(Self::of(token)) })
    }
}

fn examiner(pending: Option<&'static str>) -> Session {
    let id = |n: u8| Id::from_bytes([n; 16]);
    let post = ActingPost {
        post: id(2),
        unit: id(3),
        office: "sekretaris".into(),
        title: "Sekretaris Desa".into(),
        holding: id(4),
        kind: "definitive".into(),
    };
    let grants = vec![HeldGrant { grant: id(5), role: "examiner".into(), unit: id(3), depth: 3 }];
    let officer = Officer { account: id(1), person: None, name: "Siti".into(), post: Some(post.clone()), posts: vec![post], grants };
    Session { officer: Arc::new(officer), face: Some(village("sebagai Sekretaris Desa")), pending, restricted: None }
}

fn village(above: &str) -> Face {
    Face { name: "Desa Tanjung Raman".into(), above: above.into(), href: "/contoh".into(), village_word: "desa".into(), zone: "WIB".into() }
}

#[derive(Template)]
#[template(path = "sample/service.html")]
struct Service {
    page: Page,
    facts: Facts,
    steps: Steps,
    truth: Vec<Meter>,
}

async fn service(page: Page) -> web::Result {
    let page = page.about(village("Kecamatan Pendopo · Kabupaten Empat Lawang"));
    let facts = Facts::new()
        .fact_more("Biaya", "GRATIS", Html::text("Dimintai uang?").and(&Html::link("/contoh", "Laporkan")))
        .fact_more("Selesai dalam", "15 menit", Html::text("jam layanan 08.00–15.00"))
        .fact("Berlaku", "3 bulan")
        .fact_more("Hasil", "Surat PDF", Html::text("bisa diunduh atau diambil"));
    let steps = Steps::new()
        .step("Anda mengisi", "5 pertanyaan, dapat disimpan dan dilanjutkan")
        .step("Kasi Pelayanan memeriksa", "")
        .step("Sekretaris Desa memaraf", "")
        .step("Kepala Desa menandatangani", "Bila berhalangan: pelaksana harian hari itu");
    let truth = vec![
        Meter::new("Tepat waktu", 93, 100, page.percent(93, 100)),
        Meter::new("Kepuasan (SKM)", 862, 1000, format!("{} Baik", page.tenths(862))),
    ];
    page.clone().html(&Service { page, facts, steps, truth })
}

#[derive(Template)]
#[template(path = "sample/form.html")]
struct Ask {
    page: Page,
    form: FormState,
    designed: Vec<Html>,
}

impl Ask {
    fn new(page: &Page, form: FormState) -> Self {
        let designed = designed().iter().map(|field| form.schema_field_with(field, "/contoh/unggah-bertahap", &[])).collect();
        Self { page: page.clone(), form, designed }
    }
}

fn designed() -> Vec<Field> {
    let choice = schema::Choice::new;
    vec![
        Field::new("nik_usaha", Label::new("NIK pemilik usaha", "NIK of the owner"), schema::Kind::Nik).required(),
        Field::new("modal", Label::new("Modal", "Capital"), schema::Kind::Money),
        Field::new(
            "izin",
            Label::new("Izin yang sudah ada", "Permits held"),
            schema::Kind::Multi { choices: vec![choice("nib", "NIB", "NIB"), choice("pirt", "PIRT", "PIRT")].into() },
        ),
        Field::new("nomor_nib", Label::new("Nomor NIB", "NIB number"), schema::Kind::Text).show_if("izin", vec!["nib".into()]),
        Field::new("foto_usaha", Label::new("Foto tempat usaha", "Photo of the place"), schema::Kind::Photo { files_max: 2 }),
        Field::new(
            "saksi",
            Label::new("Saksi", "Witnesses"),
            schema::Kind::People { min: 1, max: 2, parts: vec![Part::Nik, Part::BirthDate].into() },
        ),
    ]
}

async fn ask(page: Page) -> web::Result {
    let form = FormState::empty(&page);
    page.html(&Ask::new(&page, form))
}

async fn submit(page: Page, form: FormData) -> web::Result {
    let mut errors = FieldErrors::default();
    form.required("nama", "sample-name-needed", &mut errors);
    if form.date("lahir").is_err() || !form.has("lahir") {
        errors.add("lahir", Message::new("sample-born-wrong"));
    }
    for name in ["kelamin", "pekerjaan", "setuju"] {
        form.required(name, "sample-choose", &mut errors);
    }
    if !errors.is_empty() {
        let form = FormState::wrong(&page, form, errors);
        return page.wrong(&Ask::new(&page, form));
    }
    page.flash_ok(Message::new("sample-received").arg("name", form.get("nama")));
    page.redirect("/contoh")
}

#[derive(Template)]
#[template(path = "sample/agenda.html")]
struct Agenda {
    page: Page,
    table: Table,
    none: Table,
}

async fn agenda(page: Page, list: ListQuery) -> web::Result {
    let rows: Vec<i64> = (1..=4).collect();
    let slice = list.slice(rows, 3, |n| Cursor::at(vec![(*n).into(), Id::NIL.into()]));
    let filter = FormState::filled(&page, list.form());
    let row = |n: &i64| {
        vec![
            Cell::link("/contoh", format!("500.3/{}/TR/XI/2026", 210 + n)).small("Surat Keterangan Usaha"),
            Cell::text(page.date(date(2026, 11, 20))),
            Cell::text("R•••• H•••••"),
            Cell::component(&Tag::new(if *n == 2 { Tone::Late } else { Tone::Ok }, if *n == 2 { "batal" } else { "berlaku" })),
            Cell::text(page.number(n * 1_234)),
        ]
    };
    let table = |rows: Vec<Vec<Cell>>| {
        Table::new(&page, &list, page.t("sample-agenda"))
            .column(Column::new(page.t("sample-number")).sortable("nomor"))
            .column(Column::new(page.t("sample-date")).sortable("tanggal"))
            .column(Column::new(page.t("sample-holder")))
            .column(Column::new(page.t("sample-state")))
            .column(Column::new(page.t("sample-pages")).number())
            .rows(rows)
            .empty(Empty::new(page.t("sample-none"), page.t("sample-none-why")).action("/contoh", page.t("sample-menu-service")))
    };
    let none = table(Vec::new());
    let table = table(slice.rows.iter().map(row).collect())
        .filter(filter.text("cari").label("sample-search"))
        .filter(filter.select("keadaan").label("sample-state").choice("berlaku", "sample-valid").choice("batal", "sample-void"))
        .pages(slice.previous, slice.next)
        .count("4 surat")
        .export("/contoh/agenda/unduh", page.form_fields());
    page.clone().html(&Agenda { page, table, none })
}

async fn export(page: Page, form: FormData) -> web::Result {
    use web::export::{Format, Sheet};
    let format = Format::parse(form.get("format")).ok_or(Error::BadRequest)?;
    let sheet = Sheet { name: "agenda".into(), heads: vec!["Nomor".into()], rows: vec![vec!["500.3/211".into()]], notes: Vec::new() };
    page.download(&format!("agenda.{}", format.ending()), format.media_type(), sheet.bytes_without_people(format)?)
}

#[derive(Template)]
#[template(path = "sample/charts.html")]
struct Charts {
    page: Page,
    bars: BarChart,
    lines: LineChart,
}

async fn charts(page: Page) -> web::Result {
    let rows = [("Menunggu paraf", 48), ("Diperiksa", 31), ("Belum lengkap", 12), ("Menunggu tanda tangan", 7)];
    let bars = BarChart::new("Menunggu di mana", "Keadaan", "Permohonan", rows.map(|(name, n)| (name.to_owned(), n, page.number(n))));
    let months = (1..=12).map(|month| page.month(date(2026, month, 1))).collect();
    let values = |base: i64| (0..12).map(|n| base + (n * 37) % 90).collect::<Vec<i64>>();
    let lines = LineChart::new(
        &page,
        "Permohonan per bulan",
        "Bulan",
        months,
        [("Masuk".to_owned(), values(60)), ("Selesai".to_owned(), values(40))],
    );
    page.clone().html(&Charts { page, bars, lines })
}

#[derive(Template)]
#[template(path = "sample/verify.html")]
struct Verify {
    page: Page,
    letter: KeyValues,
}

async fn verify(page: Page) -> web::Result {
    let letter = KeyValues::new()
        .row("Jenis", "Surat Keterangan Usaha")
        .row("Nomor", "500.3/214/TR/XI/2026")
        .row("Tanggal", page.date(date(2026, 11, 20)))
        .row("Penanda tangan", "Plh. Kepala Desa Tanjung Raman")
        .row("Atas nama", "R•••• H•••••")
        .row("Berlaku sampai", page.date(date(2027, 2, 20)));
    page.clone().html(&Verify { page, letter })
}

struct Task {
    title: &'static str,
    who: &'static str,
    code: &'static str,
    tag: Tag,
    open: bool,
}

#[derive(Template)]
#[template(path = "sample/tasks.html")]
struct Desk {
    page: Page,
    open: bool,
    tasks: Vec<Task>,
    warning: Notice,
    answers: KeyValues,
    journey: Timeline,
}

async fn tasks(page: Page, Signed(officer): Signed, list: ListQuery) -> web::Result {
    let open = list.some("buka").is_some();
    let task = |title, who, code, tone, words: &str, open| Task { title, who, code, tag: Tag::new(tone, words), open };
    let tasks = vec![
        task("Keterangan Ahli Waris", "Alm. S… · 3 ahli waris", "TR-4K7F-92QM", Tone::Late, "lewat 1 hari kerja", false),
        task("Keterangan Usaha", "R… H… · penggilingan kopi", "TR-8XQ2-7PLD", Tone::Soon, "sisa 12 menit", open),
        task("Keterangan Tidak Mampu", "M… · KIP Kuliah", "TR-2MVC-55HT", Tone::Soon, "hari ini 15.00", false),
        task("Izin Keramaian", "B… · orgen tunggal, 5 Des", "TR-9ZKA-31RW", Tone::Wait, "2 hari kerja", false),
    ];
    let warning = Notice::new(Tone::Soon, "NIK belum cocok tanggal lahir.")
        .text("Tanggal di KTP 17-03-1981, di NIK 71-03-81. Pemohon perempuan: 17 + 40 = 57. Periksa KTP, atau catat alasan dan lanjutkan.");
    let answers = KeyValues::new()
        .row("Pemohon", format!("R… H… ({})", officer.name))
        .masked(&page, "NIK", "161102••••••0000", "/tugas")
        .row("Usaha", "Penggilingan kopi, sejak 2019")
        .row("Tempat", "Dusun II, RT 03")
        .html("Pengantar RT", Html::of(&Tag::new(Tone::Ok, "disetujui Ketua RT 03, 09.41")))
        .row_if("Catatan", "");
    let journey = Timeline::new()
        .past("09.38", "diajukan di loket", "Kaur Umum")
        .past("09.44", "diperiksa", "Kasi Pelayanan")
        .now("menunggu paraf Anda", "")
        .later("tanda tangan", "Kepala Desa — Plh hari ini: Anda")
        .later("nomor, cetak, selesai", "");
    page.clone().html(&Desk { page, open, tasks, warning, answers, journey })
}

async fn initial(page: Page) -> web::Result {
    page.flash_warning(Message::new("sample-initialed"));
    page.redirect("/tugas")
}

#[derive(Template)]
#[template(path = "sample/login.html")]
struct Login {
    page: Page,
    form: FormState,
}

async fn login(page: Page, list: ListQuery) -> web::Result {
    let form = FormState::filled(&page, list.form());
    page.html(&Login { page: page.clone(), form })
}

async fn enter(page: Page, form: FormData) -> web::Result {
    if form.get("username") != "siti" {
        let errors = FieldErrors(vec![("username".into(), Message::new("sample-name-needed"))]);
        return page.wrong(&Login { page: page.clone(), form: FormState::wrong(&page, form, errors) });
    }
    page.sign_in(Id::from_bytes([1; 16]), "siti", 3600);
    match page.resume(&form)? {
        Some(answer) => Ok(answer),
        None => page.redirect(page.after_login(&form, "/tugas")),
    }
}

async fn fail_to_save(page: Page, how: axum::extract::Path<String>, _: FormData) -> web::Result {
    fail(page, how).await
}

async fn fail(page: Page, axum::extract::Path(how): axum::extract::Path<String>) -> web::Result {
    let message = Message::new("sample-received").arg("name", "x");
    Err(match how.as_str() {
        "gone" => Error::Gone(message),
        "forbidden" => Error::Forbidden(message),
        "refused" => Error::Refused(message),
        "stale" => kernel::Error::Stale.into(),
        "missing" => kernel::Error::Missing.into(),
        "wrong-file" => Error::WrongFile(message),
        "too-many" => Error::TooMany { retry_after_seconds: 30 },
        "away" => kernel::DbError::Away("locked".into()).into(),
        "full" => kernel::DbError::Full.into(),
        "broken" => Error::Internal("secret details".into()),
        "panic" => panic!("the handler fell over"),
        "slow" => {
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
            Error::BadRequest
        }
        _ => return page.redirect("/contoh"),
    })
}

async fn draft() -> axum::http::StatusCode {
    axum::http::StatusCode::NO_CONTENT
}

async fn upload_begin(form: FormData) -> web::Result {
    form.number("size").ok_or(Error::BadRequest)?;
    Ok(axum::response::IntoResponse::into_response(axum::Json(serde_json::json!({"id": Id::NIL, "received": 0}))))
}

async fn upload_part(list: ListQuery, bytes: bytes::Bytes) -> web::Result {
    let from: usize = list.get("from").parse().map_err(|_| Error::BadRequest)?;
    Ok(axum::response::IntoResponse::into_response(axum::Json(serde_json::json!({"received": from + bytes.len()}))))
}

async fn api_list() -> axum::Json<Vec<i64>> {
    axum::Json(vec![1, 2])
}

async fn api_make(page: Page) -> axum::response::Response {
    page.problem_fields(&FieldErrors(vec![("nama".into(), Message::new("sample-name-needed"))]))
}

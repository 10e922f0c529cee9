//! How long answers take that must not tell anything by it: the request for a new password for names that exist and names that do not,
//! the second proof of an application whatever was wrong in it, the request for its link by e-mail with and without an address, and links
//! that were used, are too old or never were: `cargo run -p smartgovt --example answer_times -- 200 [postgres]`.
//!
//! What an attacker measures is the whole answer. Each sample is a request through the server's router, the kinds in an order drawn anew
//! for every round, so that the machine's moods fall on all of them alike; delays are forgotten between them, or there
//! would be none to measure. Tests hold the work to be the same; this holds the time to it. Sign-in has a tool of its own (`sign_in_times` of the crate `identity`).

#![expect(clippy::print_stdout, clippy::expect_used, clippy::unwrap_used, reason = "a tool that prints what it measured")]

#[path = "../src/systems.rs"]
mod systems;
#[path = "../tests/it/town/mod.rs"]
#[allow(dead_code, reason = "the town of the tests has more in it than is measured")]
mod town;

use std::time::Instant;

use kernel::Date;

use testkit::{Database, TestApp, Visitor, mean, welch};
use town::{SERVICE, Town};

/// A kind of request: what it is called, where the form is, which form, and what is typed; without a form the page itself.
struct Kind {
    group: &'static str,
    what: &'static str,
    page: String,
    form: &'static str,
    typed: Vec<(&'static str, String)>,
    status: &'static [u16],
}

fn main() {
    let samples: usize = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(200);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let database = if std::env::args().nth(2).as_deref() == Some("postgres") { Database::Postgres } else { Database::Sqlite };
    runtime.block_on(measure(samples, database));
}

async fn measure(samples: usize, database: Database) {
    let app = TestApp::on(database, &systems::SYSTEMS).await;
    let mut town = Town::build(&app).await;
    let kinds = kinds(&app, &mut town).await;
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); kinds.len()];
    for round in 0..=samples {
        // Shuffled in every round: whatever was asked just before leaves its warmth to all of them alike.
        for place in shuffled(&app, kinds.len()) {
            forget(&app).await;
            let milliseconds = one(&app, &kinds[place]).await;
            // The first round warms up.
            if round > 0 {
                times[place].push(milliseconds);
            }
        }
    }
    app.leave_work();
    println!(
        "{}: {samples} samples of each kind, milliseconds; t is Welch's against the last of its group: beyond 2.6 a difference",
        database.name()
    );
    println!("could be told from chance at 1 %");
    for (place, kind) in kinds.iter().enumerate() {
        if place == 0 || kinds[place - 1].group != kind.group {
            println!("\n{:<34} {:>8} {:>8} {:>8} {:>8}", kind.group, "p5", "median", "p95", "mean");
        }
        let last = kinds.iter().rposition(|other| other.group == kind.group).expect("itself at least");
        let mut sorted = times[place].clone();
        sorted.sort_by(f64::total_cmp);
        let at = |part: usize| sorted[(sorted.len() - 1) * part / 100];
        let t = if last == place { String::new() } else { format!("   t = {:>6.2}", welch(&times[place], &times[last])) };
        println!("{:<34} {:>8.3} {:>8.3} {:>8.3} {:>8.3}{t}", kind.what, at(5), at(50), at(95), mean(&sorted));
    }
}

/// The places in an order drawn at random.
fn shuffled(app: &TestApp, count: usize) -> Vec<usize> {
    let mut keyed: Vec<([u8; 8], usize)> = (0..count).map(|place| (app.ctx().random(), place)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, place)| place).collect()
}

/// Delays, and the jobs that were queued: they would run, or pile up.
async fn forget(app: &TestApp) {
    app.write(|tx| {
        tx.upkeep("delete from kernel_throttle", &[])?;
        Ok(tx.upkeep("delete from kernel_job where kind in ('identity.reset-mail', 'services.proof-mail')", &[])?)
    })
    .await;
}

async fn one(app: &TestApp, kind: &Kind) -> f64 {
    let visitor: Visitor = app.anonymous().staying();
    if kind.form.is_empty() {
        let started = Instant::now();
        let answer = visitor.get(&kind.page).await;
        let milliseconds = started.elapsed().as_secs_f64() * 1_000.0;
        assert!(kind.status.iter().any(|status| answer.status == *status), "{}, {}: {}", kind.group, kind.what, answer.status);
        return milliseconds;
    }
    let page = visitor.get(&kind.page).await.good();
    let mut form = page.form(kind.form);
    for (name, value) in &kind.typed {
        form = form.fill(name, value);
    }
    let started = Instant::now();
    let answer = form.submit().await;
    let milliseconds = started.elapsed().as_secs_f64() * 1_000.0;
    assert!(kind.status.iter().any(|status| answer.status == *status), "{}, {}: {}", kind.group, kind.what, answer.status);
    milliseconds
}

async fn kinds(app: &TestApp, town: &mut Town<'_>) -> Vec<Kind> {
    let mut kinds = Vec::new();
    // A name with a confirmed address, one without an address, one that is shut, one that nobody has.
    let shut = app.read(|rx| Ok(kernel::account::by_username(rx, "kaur")?.unwrap().id)).await;
    app.write(move |tx| kernel::account::disable(tx, shut, kernel::Expect::Any)).await;
    confirms(app, "kasi").await;
    for (what, name) in
        [("confirmed address", "kasi"), ("exists, no address", "sekdes"), ("is shut", "kaur"), ("does not exist", "siapa.ini")]
    {
        kinds.push(Kind {
            group: "forgotten password",
            what,
            page: "/lupa-sandi".into(),
            form: "/lupa-sandi",
            typed: vec![("username", name.into())],
            status: &[303],
        });
    }
    // An application of whom everything is known.
    let (_, code) = town.takes_in("operator", town::VILLAGE, SERVICE, 90).await;
    let born = town::born(90);
    let nik = town::person(90)["nik"].as_str().unwrap().to_owned();
    let tail = nik[12..].to_owned();
    let other = if tail == "9999" { "8888" } else { "9999" };
    for (what, day, digits) in [
        ("right birth date, wrong NIK", born, other.to_owned()),
        ("wrong birth date, right NIK", Date::constant(1931, 2, 3), tail),
        ("both wrong", Date::constant(1931, 2, 3), other.to_owned()),
    ] {
        let (year, month) = (day.year().to_string(), day.month().to_string());
        let typed = vec![("lahir-day", day.day().to_string()), ("lahir-month", month), ("lahir-year", year), ("nik", digits)];
        kinds.push(Kind {
            group: "second proof",
            what,
            page: format!("/lacak/{code}/bukti"),
            form: "main form:has([name=nik])",
            typed,
            status: &[422],
        });
    }
    let with = app
        .read(|rx| {
            Ok(rx
                .one(
                    "select c.code from kernel_case c join services_application a on a.id = c.id where a.email_sealed is not null limit 1",
                    &[],
                )?
                .unwrap()
                .get::<String>(0)?)
        })
        .await;
    for (what, code) in [("an address was given", with), ("no address was given", code)] {
        kinds.push(Kind {
            group: "link by e-mail",
            what,
            page: format!("/lacak/{code}/bukti"),
            form: "form[action$='/surel']",
            typed: Vec::new(),
            status: &[303],
        });
    }
    // Links that cannot be used any more, and one that never was.
    let used = town.secret("select id from identity_link where state = 'used' order by id desc limit 1").await;
    let old = town.secret("select id from identity_link where state = 'waiting' and purpose = 'confirm' order by id desc limit 1").await;
    app.clock().advance_hours(72);
    for (what, secret) in [("was used", used.clone()), ("is too old", old), ("never was", used.chars().rev().collect())] {
        let page = format!("/konfirmasi-surel/{secret}");
        kinds.push(Kind { group: "link that is over", what, page, form: "", typed: Vec::new(), status: &[410] });
    }
    kinds
}

/// Gives an account an address and confirms it by the link that comes.
async fn confirms(app: &TestApp, username: &str) {
    let visitor = app.signed_in(username).await;
    let page = visitor.get("/akun/surel").await.good();
    let _ = page.form("/akun/surel").fill("surel", "kasi@contoh.id").fill("lama", testkit::PASSWORD).submit().await.redirected("/akun");
    app.settle().await;
    let mail = app.mailbox().letters().into_iter().rfind(|mail| mail.header("to").contains("kasi@contoh.id")).unwrap();
    let text = mail.text();
    let at = text.find("/konfirmasi-surel/").unwrap();
    let path: String = text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-')).collect();
    let _ = app.anonymous().get(&path).await.good().form("main form").submit().await.redirected("/masuk");
}

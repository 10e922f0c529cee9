//! How long a refused sign-in takes, for names that exist and names that do not: `cargo run --example sign_in_times -p identity -- 500 [postgres]`.
//!
//! What an attacker measures is the whole answer to `POST /masuk`. Each sample is a request through the server's router, the kinds one
//! after another so that the machine's moods fall on all of them alike; delays are forgotten between them, or there would be none to
//! measure. Tests hold the work to be the same; this holds the time to it.

#![expect(clippy::print_stdout, clippy::expect_used, reason = "a tool that prints what it measured")]

use std::time::Instant;

use kernel::account::{self, PasswordCost};
use testkit::{Database, TestApp, World, mean, welch};

/// A name of each kind.
const NAMES: [(&str, &str); 4] =
    [("exists, has a post", "sekdes"), ("exists, without a person", "semua.sendiri"), ("is shut", "kaur"), ("does not exist", "siapa.ini")];

fn main() {
    let samples: usize = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(500);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let database = if std::env::args().nth(2).as_deref() == Some("postgres") { Database::Postgres } else { Database::Sqlite };
    runtime.block_on(measure(samples, database));
}

async fn measure(samples: usize, database: Database) {
    let app = TestApp::on(database, &[&identity::SYSTEM]).await;
    let world = World::with_terms(&app, Some(identity::TERMS_VERSION)).await;
    let _ = world.account("semua.sendiri", None, "Akun").await;
    // The passwords of tests are cheap; a government's are not.
    let costly = account::hash_password(&app.ctx(), testkit::PASSWORD, PasswordCost::default()).expect("a hash");
    app.write(move |tx| {
        for (_, name) in NAMES {
            if let Some(account) = account::by_username(tx, name)? {
                account::change_password(tx, account.id, kernel::Expect::Any, &costly, None)?;
            }
        }
        let shut = account::by_username(tx, "kaur")?.ok_or(kernel::Error::Missing)?;
        account::disable(tx, shut.id, kernel::Expect::Any)
    })
    .await;
    let mut times: [Vec<f64>; 4] = Default::default();
    for round in 0..=samples {
        for (kind, (_, name)) in NAMES.iter().enumerate() {
            app.write(|tx| Ok(tx.upkeep("delete from kernel_throttle", &[])?)).await;
            let visitor = app.anonymous();
            let page = visitor.get("/masuk").await.good();
            let form = page.form("/masuk").fill("username", name).fill("password", "tebakan-yang-salah");
            let started = Instant::now();
            let answer = form.submit().await;
            let milliseconds = started.elapsed().as_secs_f64() * 1_000.0;
            assert_eq!(answer.status, 422);
            // The first round warms up.
            if round > 0 {
                times[kind].push(milliseconds);
            }
        }
    }
    app.leave_work();
    println!("{}: {samples} samples of each kind, milliseconds for the answer to a wrong password", database.name());
    println!("{:<26} {:>8} {:>8} {:>8} {:>8}", "the name", "p5", "median", "p95", "mean");
    let strange = times[3].clone();
    for (kind, (what, _)) in NAMES.iter().enumerate() {
        let times = &mut times[kind];
        times.sort_by(f64::total_cmp);
        let at = |part: usize| times[(times.len() - 1) * part / 100];
        println!("{what:<26} {:>8.3} {:>8.3} {:>8.3} {:>8.3}   t = {:>6.2}", at(5), at(50), at(95), mean(times), welch(times, &strange));
    }
    println!("t: Welch's, against a name that does not exist; beyond 2.6 a difference could be told from chance at 1 %");
}

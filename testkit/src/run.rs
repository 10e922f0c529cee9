//! One story, on both databases.

use std::future::Future;

use web::System;

use crate::{Database, TestApp};

/// The databases to test on: `SMARTGOVT_TEST_DATABASES` (`sqlite`, `postgres` or both with a comma), else both.
#[must_use]
pub fn databases() -> Vec<Database> {
    let asked = std::env::var("SMARTGOVT_TEST_DATABASES").unwrap_or_default();
    let all = [Database::Sqlite, Database::Postgres];
    all.into_iter().filter(|database| asked.is_empty() || asked.split(',').any(|name| name.trim() == database.name())).collect()
}

/// Runs a story on one database, on a runtime of its own. What [`both!`](crate::both) calls.
///
/// # Panics
/// When the story fails, or the app is dropped with work left undone.
pub fn run<F: Future<Output = ()>>(database: Database, systems: &[&'static System], story: impl FnOnce(TestApp) -> F) {
    if !databases().contains(&database) {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async { story(TestApp::on(database, systems).await).await });
    runtime.shutdown_background();
}

/// Writes each story as two tests, `NAME::sqlite` and `NAME::postgres`.
///
/// ```ignore
/// testkit::both!([&SYSTEM];
///     async fn a_story(app) { app.anonymous().get("/").await.good(); }
/// );
/// ```
#[macro_export]
macro_rules! both {
    ($systems:expr; $($(#[$meta:meta])* async fn $name:ident($app:pat_param) $body:block)+) => {
        $(
            mod $name {
                #[allow(unused_imports)]
                use super::*;

                async fn story($app: $crate::TestApp) $body

                $(#[$meta])*
                #[test]
                fn sqlite() {
                    $crate::run($crate::Database::Sqlite, &$systems, story);
                }

                $(#[$meta])*
                #[test]
                fn postgres() {
                    $crate::run($crate::Database::Postgres, &$systems, story);
                }
            }
        )+
    };
}

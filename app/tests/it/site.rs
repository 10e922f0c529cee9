//! A furnished government on disk, for tests of the real binary: units, officers, services, and tokens for its API.

use std::{path::Path, sync::OnceLock};

use kernel::keys::Ring;
use testkit::{OwnPostgres, TestApp};

use crate::{house::House, systems::SYSTEMS, town};

/// The accounts that have a token.
const MACHINES: [&str; 4] = ["operator", "kasi", "sekdes", "kades"];

struct Model {
    folder: tempfile::TempDir,
    tokens: Vec<String>,
}

/// The government as it was furnished once for all tests.
fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| {
        let folder = tempfile::Builder::new().prefix("smartgovt-model").tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let target = folder.path().join("smartgovt.db");
        let tokens = runtime.block_on(async {
            // Long ago for whatever the machine's clock says.
            let app = TestApp::setup(&SYSTEMS).at("2025-01-06 09:00").start().await;
            let _world = town::furnished(&app).await;
            let mut tokens = Vec::new();
            for username in MACHINES {
                tokens.push(app.api_token(username).await);
            }
            app.settle().await;
            let (gov, to) = (std::sync::Arc::clone(app.gov()), target.clone());
            tokio::task::spawn_blocking(move || gov.db().copy_sqlite_to(&to)).await.unwrap().unwrap();
            tokens
        });
        runtime.shutdown_background();
        Model { folder, tokens }
    })
}

/// A government to be served by the binary.
pub struct Site {
    pub house: House,
    pub url: Option<String>,
}

impl Site {
    /// On SQLite.
    pub fn new() -> Self {
        let house = House::bare(None);
        furnish(&house, &house.path("gov/uji/smartgovt.db"));
        Self { house, url: None }
    }

    /// On a PostgreSQL server.
    pub fn on_postgres(url: &str) -> Self {
        let house = House::bare(Some(url.to_owned()));
        let source = house.path("dari.db");
        furnish(&house, &source);
        house.json(&["db", "copy", "--from", source.to_str().unwrap(), "--to", url]);
        Self { house, url: Some(url.to_owned()) }
    }

    /// On a PostgreSQL server of its own.
    pub fn on_own(own: &OwnPostgres) -> Self {
        Self::on_postgres(own.url())
    }

    /// The token of an account.
    pub fn token(&self, username: &str) -> &'static str {
        let place = MACHINES.iter().position(|known| *known == username).unwrap();
        &model().tokens[place]
    }
}

fn furnish(house: &House, database: &Path) {
    let folder = house.path("gov/uji");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(model().folder.path().join("smartgovt.db"), database).unwrap();
    // The keys of every government under test.
    Ring::new([7; 32]).create(&house.path("smartgovt.key")).unwrap();
}

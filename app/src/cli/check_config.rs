//! `check-config`: everything a start would stumble over, without starting.

use anyhow::Result;
use clap::Args;
use kernel::{gov::Mail, keys::Ring};
use serde_json::json;

use super::Answer;
use crate::government::{self, Where};

/// Which government.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    place: Where,
}

/// Reads configuration, keys and database.
pub fn run(options: &Options) -> Result<Answer> {
    let chosen = options.place.choose()?;
    chosen.config.look(&options.place.data, options.place.config.as_deref())?;
    let ring: Ring = government::ring(&chosen.key_file)?;
    let applied = match &chosen.target {
        kernel::db::Target::Sqlite(path) if !path.is_file() => None,
        _ => applied(&chosen)?,
    };
    let database = government::shown(&chosen.target);
    let state = match applied {
        None => "not made yet; the first start makes it".to_owned(),
        Some(count) => format!("{count} migrations applied"),
    };
    let mail = if chosen.settings.mail == Mail::Preview { "previewed only" } else { "sent" };
    let text = format!(
        "{} ({}) at {}\nDatabase: {database}, {state}\nKeys: {} in {}\nE-mail: {mail}\nTLS: by a reverse proxy; trusted proxies: {}",
        chosen.settings.name,
        chosen.settings.slug,
        chosen.settings.public_url,
        ring.ids().len(),
        chosen.key_file.display(),
        chosen.config.trusted_proxies.len(),
    );
    let json = json!({
        "ok": true, "government": chosen.settings.slug, "public_url": chosen.settings.public_url, "database": database,
        "migrations": applied, "keys": ring.ids().iter().map(ToString::to_string).collect::<Vec<_>>(), "mail": mail,
    });
    Ok(Answer::new(text, json))
}

/// How many migrations were applied; none while the database is still empty.
fn applied(chosen: &government::Chosen) -> Result<Option<i64>> {
    match chosen.db()?.read_now(kernel::backup::applied_count) {
        Ok(count) => Ok(Some(count)),
        Err(kernel::Error::Db(kernel::DbError::Broken(_))) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

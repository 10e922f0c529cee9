//! `migrate`: the schema of this release.

use anyhow::{Context, Result};
use clap::Args;
use kernel::{
    Gov,
    unit::{self, NewUnit, UnitKind},
};
use serde_json::json;

use super::Answer;
use crate::government::{self, Where};

/// Which government.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    place: Where,
}

/// Applies what is missing and says what.
pub fn run(options: &Options) -> Result<Answer> {
    let chosen = options.place.choose()?;
    government::make_folder(&chosen.settings.folder)?;
    let db = kernel::Db::open(&chosen.target, government::meta())?;
    let applied = db.migrate(&machine(), &government::migrations()).context("the schema was not changed")?;
    drop(db);
    ensure_root(&*chosen.open_now()?).context("making the government's own unit")?;
    let text = if applied.now.is_empty() {
        format!("Nothing to do: {} migrations had been applied.", applied.before)
    } else {
        format!("Applied: {}.", applied.now.join(", "))
    };
    Ok(Answer::new(text, json!({ "ok": true, "applied": applied.now, "before": applied.before })))
}

/// The machine's circumstances for a command without an open government.
pub fn machine() -> kernel::Ctx {
    kernel::Ctx::system(kernel::gov::TimeSource::System.now(), "command", kernel::Entropy::Os)
}

/// The unit of the government itself, made once from the configuration.
pub fn ensure_root(gov: &Gov) -> kernel::Result<()> {
    if gov.db().read_now(unit::root)?.is_some() {
        return Ok(());
    }
    let settings = gov.settings();
    let mut new = NewUnit::new(UnitKind::Regency, None, settings.region.as_str(), settings.name.as_str());
    if let Some(zone) = unit::zone_of(&settings.zone) {
        new.zone = zone;
    }
    gov.db().write_now(&gov.system_ctx("command"), move |tx| match unit::root(tx)? {
        Some(_) => Ok(()),
        None => unit::create(tx, &new).map(drop),
    })
}

//! `serve`: the government, until a signal.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result};
use clap::Args;
use kernel::{Entropy, gov::TimeSource};
use web::{MissingKey, WebSettings};

use super::{Answer, migrate::ensure_root};
use crate::{government::Where, log, server::Server};

/// What to serve.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    place: Where,
    /// Address to listen on [default: `listen` of the configuration, else 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
}

/// Serves until SIGTERM or SIGINT.
pub fn run(options: &Options) -> Result<Answer> {
    let chosen = options.place.choose()?;
    log::start(&chosen.config.log);
    let look = chosen.config.look(&options.place.data, options.place.config.as_deref())?;
    let gov = std::sync::Arc::new(chosen.open(TimeSource::System, Entropy::Os)?);
    ensure_root(&gov).context("making the government's own unit")?;
    let witnesses = chosen.config.log.witnesses()?;
    let web = WebSettings {
        hosts: chosen.config.government.hosts.clone(),
        trusted_proxies: chosen.config.trusted_proxies.clone(),
        timeout: Duration::from_secs(30),
        missing_key: MissingKey::Show,
        version: env!("CARGO_PKG_VERSION"),
        witnesses: witnesses.clone(),
    };
    let listen = options.listen.or(chosen.config.listen).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
    Server { gov, look, web, listen, witnesses, metrics_public: chosen.config.metrics.public }.run()?;
    Ok(Answer::default())
}

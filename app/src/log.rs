//! The log: JSON lines for machines, words for a terminal. It carries ids and routes, never values.

use std::io::IsTerminal as _;

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Log, LogFormat};

/// Starts the log. `RUST_LOG` wins over the configuration. Starting it twice changes nothing.
pub fn start(log: &Log) {
    let filter = EnvFilter::try_from_default_env().or_else(|_| EnvFilter::try_new(&log.filter)).unwrap_or_else(|_| EnvFilter::new("info"));
    let json = match log.format {
        LogFormat::Json => true,
        LogFormat::Words => false,
        LogFormat::Auto => !std::io::stderr().is_terminal(),
    };
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start (a test, a command inside another) keeps the first.
    let _ = if json { lines.json().flatten_event(true).with_current_span(false).try_init() } else { lines.compact().try_init() };
}

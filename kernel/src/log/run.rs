//! The sequencer beside the server.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{LogError, Sequenced, Sequencer};
use crate::Gov;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);
/// How many looks pass between two lines about the same fault.
const QUIET_LOOKS: u32 = 300;

/// Looks each second until `stop` says true, and further back once more then: give the stop when nothing writes any more.
pub async fn run(gov: Arc<Gov>, mut stop: watch::Receiver<bool>) {
    let mut sequencer = Sequencer::new(gov);
    let mut quiet = 0;
    loop {
        let last = *stop.borrow();
        let looked = tokio::task::spawn_blocking(move || {
            let result = if last { sequencer.finish() } else { sequencer.tick() };
            (sequencer, result)
        });
        let Ok((again, result)) = looked.await else {
            tracing::error!("the log: the sequencer broke off");
            return;
        };
        sequencer = again;
        quiet = said(&result, quiet);
        if last {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.wait_for(|stopped| *stopped) => {}
        }
    }
}

/// Tells the operator; the same fault not each second.
fn said(result: &Result<Sequenced, LogError>, quiet: u32) -> u32 {
    let halted = matches!(result, Err(LogError::Halted(_)));
    metrics::gauge!("log_halted").set(f64::from(u8::from(halted)));
    match result {
        Ok(done) => {
            metrics::gauge!("log_size").set(done.size as f64);
            metrics::counter!("log_appended_total").increment(done.appended as u64);
            0
        }
        Err(error) if quiet == 0 => {
            tracing::error!(%error, "entries get no place in the log");
            QUIET_LOOKS
        }
        Err(_) => quiet - 1,
    }
}

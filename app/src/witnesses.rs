//! Asking witnesses to cosign the log's checkpoints (c2sp.org/tlog-witness), from beside the server.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, anyhow, bail};
use kernel::{
    Gov,
    log::{self, Cosigned, WitnessKey},
};
use tlog::{
    Checkpoint,
    witness::{AddCheckpoint, accept},
};
use tokio::sync::watch;

/// How often each witness is asked for what it has not seen.
const EVERY: Duration = Duration::from_secs(30);
/// How long a witness may take to answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);

/// Asks until `stop` says true, and once more then. A witness that is away is asked again the next time.
pub async fn run(gov: Arc<Gov>, witnesses: Vec<WitnessKey>, mut stop: watch::Receiver<bool>) {
    if witnesses.is_empty() {
        return;
    }
    let witnesses = Arc::new(witnesses);
    loop {
        let last = *stop.borrow();
        let (asking, all) = (Arc::clone(&gov), Arc::clone(&witnesses));
        let asked = tokio::task::spawn_blocking(move || all.iter().for_each(|witness| ask_and_say(&asking, witness)));
        drop(asked.await);
        if last {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.wait_for(|stopped| *stopped) => {}
        }
    }
}

fn ask_and_say(gov: &Gov, witness: &WitnessKey) {
    match ask(gov, witness) {
        Ok(Some(size)) => tracing::debug!(witness = witness.verifier.name(), size, "cosigned"),
        Ok(None) => {}
        Err(error) => tracing::warn!(witness = witness.verifier.name(), error = format!("{error:#}"), "a witness did not cosign"),
    }
}

/// Asks one witness for the newest checkpoint; the size it cosigned, none when it had seen it.
///
/// # Errors
/// Why it did not.
pub fn ask(gov: &Gov, witness: &WitnessKey) -> Result<Option<u64>> {
    let name = witness.verifier.name().to_owned();
    // Once more after a conflict, from the size the witness says it saw.
    for _ in 0..2 {
        let Some((epoch, request)) = gov.db().read_now(|rx| log::witness_request(rx, &name))? else { return Ok(None) };
        let (status, body) = post(&witness.url, &request)?;
        let size = Checkpoint::parse(&request.note.text)?.size;
        let kept = match status {
            200 => {
                let lines = accept(&body, &witness.verifier, &request.note).context("its cosignature")?;
                let line = lines.first().map(ToString::to_string).unwrap_or_default();
                Cosigned { witness: name.clone(), size, note: request.note.to_string(), line, at: gov.now() }
            }
            409 => {
                let seen: u64 = body.trim().parse().map_err(|_| anyhow!("409 without a size"))?;
                if seen > size {
                    bail!("it saw {seen} entries and the log has {size}: an older copy was put back, or somebody else signs for this log");
                }
                Cosigned { witness: name.clone(), size: seen, note: String::new(), line: String::new(), at: gov.now() }
            }
            _ => bail!("it answered {status}: {}", body.chars().take(200).collect::<String>()),
        };
        gov.db().write_now(&gov.system_ctx("witness"), move |tx| log::keep_cosignature(tx, epoch, &kept))?;
        if status == 200 {
            return Ok(Some(size));
        }
    }
    bail!("it said twice that it saw another size")
}

fn post(url: &str, request: &AddCheckpoint) -> Result<(u16, String)> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(ANSWER_TIME_MAX)).build().into();
    let url = format!("{}/add-checkpoint", url.trim_end_matches('/'));
    let mut answer = agent.post(&url).content_type("text/plain; charset=utf-8").send(request.to_string()).with_context(|| url.clone())?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(65_536).read_to_string().context("its answer")?;
    Ok((status, body))
}

//! What every government does beside its systems: e-mail in its words, deadlines that move with a late decree, the
//! kernel's housekeeping, and the broom for sessions, delays and files nobody names.

use kernel::{
    Actor, Arg, account,
    gov::Mail,
    jobs::{Job, JobKind},
    keys::Keys,
    notice::{self, Mailer},
    runner::{Failure, Host as _},
    throttle,
};
use serde_json::Value as Json;

use crate::{secret, state::AppState, text::Locale};

/// The jobs of every government.
pub(crate) fn jobs() -> Vec<JobKind<AppState>> {
    let tidy = JobKind { name: "web.tidy", attempts_max: 5, every_minutes: Some(60), run: |state, job| Box::pin(tidy(state, job)) };
    let own = [kernel::runner::housekeeping(), kernel::clock::moving_job(), notice::mail_job(), tidy];
    own.into_iter().chain(crate::export::jobs()).collect()
}

async fn tidy(state: AppState, job: Job) -> Result<String, Failure> {
    let ctx = state.ctx(Actor::System { job: "web.tidy", on_behalf_of: None, cause: job.cause });
    let swept = state.gov.write(&ctx, |tx| {
        let now = tx.now();
        account::device::sweep(tx, now)?;
        kernel::signal::sweep(tx, now)?;
        Ok::<_, kernel::Error>((account::sweep_sessions(tx, now, account::SessionLimits::default())?, throttle::sweep(tx, now)?))
    });
    let (sessions, delays) = swept.await?;
    let gov = state.gov.clone();
    let collected = tokio::task::spawn_blocking(move || gov.blobs().collect(&ctx, gov.db())).await;
    let files = collected.map_err(|error| Failure::Retry(error.to_string()))??;
    Ok(format!("sessions {sessions}, delays {delays}, files {files}"))
}

impl Mailer for AppState {
    fn keys(&self) -> &Keys {
        self.gov.keys()
    }

    fn mail(&self) -> &Mail {
        &self.gov.settings().mail
    }

    /// The texts `{template}-subject` and `{template}-body`, with the notice's arguments, `$government`, and `$url` when
    /// the arguments have a `path` or name a [`secret`]. The language is the argument `lang`, Indonesian without one.
    fn letter(&self, template: &str, args: &Json) -> Option<notice::Letter> {
        self.compose(template, args, Some(self.gov.keys()))
    }
}

impl AppState {
    /// The words of a notice as those who look at the queue may read them: what goes out, without the secret of a link.
    #[must_use]
    pub fn shown_letter(&self, template: &str, args: &Json) -> Option<notice::Letter> {
        self.compose(template, args, None)
    }

    fn compose(&self, template: &str, args: &Json, keys: Option<&Keys>) -> Option<notice::Letter> {
        let text = |name: &str| args.get(name).and_then(Json::as_str);
        let locale = text("lang").and_then(Locale::from_code).unwrap_or(Locale::Id);
        let (subject, body) = (format!("{template}-subject"), format!("{template}-body"));
        if !self.texts.has(locale, &subject) || !self.texts.has(locale, &body) {
            return None;
        }
        let mut said: Vec<(&str, Arg)> = vec![("government", self.gov.settings().name.as_str().into())];
        for (name, value) in args.as_object().into_iter().flatten() {
            match value {
                Json::String(text) => said.push((name, text.as_str().into())),
                Json::Number(number) => said.extend(number.as_i64().map(|number| (name.as_str(), number.into()))),
                _ => {}
            }
        }
        if let Some(path) = text("path") {
            said.push(("url", self.url(path).into()));
        } else if let Some(path) = secret::path(args, keys) {
            said.push(("url", self.url(&path).into()));
        }
        let terms = self.terms().about(text("village_word").unwrap_or_default());
        Some(notice::Letter {
            subject: self.texts.say(locale, &terms, &subject, &said),
            text: self.texts.say(locale, &terms, &body, &said),
        })
    }
}

//! Sending e-mail: a job per notice, over SMTP, again and again while the server is away.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Message, SmtpTransport, Transport,
    message::{Mailbox, header::ContentType},
};
use serde_json::Value as Json;

use super::{Channel, NOTICE, Notice, NoticeState, address, find};
use crate::{
    Actor, Error, Expect, Id, NewEntry, Rx, Timestamp, cols,
    gov::Mail,
    jobs::{Job, JobKind},
    keys::Keys,
    limit,
    runner::{Failure, Host},
    schema::clean_line,
};

/// The name of the job.
pub(super) const JOB: &str = "kernel.mail";
/// How long the mail server may take to answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// The words of an e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// What the mail job needs of the application: the government, and the words.
pub trait Mailer: Host {
    /// The government's keys.
    fn keys(&self) -> &Keys;
    /// How mail leaves.
    fn mail(&self) -> &Mail;
    /// The words of a template; none when this release has no such text.
    fn letter(&self, template: &str, args: &Json) -> Option<Letter>;
}

/// The kind of job that sends one e-mail: about a day of attempts.
#[must_use]
pub fn mail_job<C: Mailer>() -> JobKind<C> {
    JobKind { name: JOB, attempts_max: 30, every_minutes: None, run: |host, job| Box::pin(run(host, job)) }
}

async fn run<C: Mailer>(host: C, job: Job) -> Result<String, Failure> {
    let id = job.id_of("notice")?;
    let reader = host.clone();
    let now = host.ctx(machine(&job)).now();
    let read = move |rx: &mut Rx<'_>| {
        let notice = find(rx, id)?;
        let withdrawn = match notice.person {
            Some(person) => limit::is_withdrawn(rx, person, notice.created_at, now)?,
            None => false,
        };
        Ok::<_, Error>((address(rx, reader.keys(), id)?.filter(|_| !withdrawn), notice))
    };
    let (to, notice) = host.db().read(read).await?;
    if notice.channel != Channel::Email || notice.state != NoticeState::Queued {
        return Ok("nothing to send".into());
    }
    let Some(to) = to else {
        settle(&host, &job, id, NoticeState::Withdrawn, "").await?;
        return Ok("withdrawn".into());
    };
    if *host.mail() == Mail::Preview {
        settle(&host, &job, id, NoticeState::Previewed, "").await?;
        return Ok("previewed".into());
    }
    let smtp = host.mail().clone();
    let words = host.letter(&notice.template, &notice.args);
    let sent = tokio::task::spawn_blocking(move || send(&smtp, &notice, words, &to, now));
    let failure = match sent.await.unwrap_or_else(|panic| Err(Failure::Retry(panic.to_string()))) {
        Ok(()) => {
            settle(&host, &job, id, NoticeState::Sent, "").await?;
            return Ok("sent".into());
        }
        Err(failure) => failure,
    };
    if failure.is_permanent() || job.last_attempt {
        settle(&host, &job, id, NoticeState::Failed, &failure.text()).await?;
    }
    Err(failure)
}

fn machine(job: &Job) -> Actor {
    Actor::System { job: JOB, on_behalf_of: job.on_behalf_of, cause: job.cause }
}

/// Writes down what came of it.
async fn settle<C: Mailer>(host: &C, job: &Job, id: Id, state: NoticeState, note: &str) -> Result<(), Failure> {
    let ctx = host.ctx(machine(job));
    let note = note.to_owned();
    let write = move |tx: &mut crate::Tx<'_>| {
        // It may have been withdrawn while the server was asked; what left has left.
        if find(tx, id)?.state == NoticeState::Withdrawn && state != NoticeState::Sent {
            return Ok(());
        }
        let now = tx.now();
        let sent_at = (state == NoticeState::Sent).then_some(now);
        tx.update(&NOTICE, id, Expect::Any, &cols! { "state" => state.as_str(), "sent_at" => sent_at, "note" => note.as_str() })?;
        tx.entry(NewEntry::new("kernel.notice.settled").object("notice", id).detail(serde_json::json!({ "state": state.as_str() })));
        Ok::<_, Error>(())
    };
    Ok(host.db().write(&ctx, write).await?)
}

/// The server's answer may name the address: only its kind is kept.
fn explain(error: &lettre::transport::smtp::Error) -> Failure {
    let code = error.status().map(|code| format!(" ({code})")).unwrap_or_default();
    if error.is_permanent() {
        Failure::Permanent(format!("the mail server refused the message{code}"))
    } else if error.is_tls() {
        Failure::Retry("no secure connection to the mail server".into())
    } else if error.is_timeout() {
        Failure::Retry("the mail server did not answer in time".into())
    } else {
        Failure::Retry(format!("the mail server is away or busy{code}"))
    }
}

fn send(mail: &Mail, notice: &Notice, words: Option<Letter>, to: &str, now: Timestamp) -> Result<(), Failure> {
    let Mail::Smtp { url, from } = mail else { return Ok(()) };
    let words = words.ok_or_else(|| Failure::Permanent(format!("there is no text `{}`", notice.template)))?;
    let message = compose(notice.id, &words, from, to, now)?;
    let transport = SmtpTransport::from_url(url)
        .map_err(|_| Failure::Retry("the address of the mail server is not valid".into()))?
        .timeout(Some(ANSWER_TIME_MAX))
        .build();
    transport.send(&message).map(drop).map_err(|error| explain(&error))
}

fn compose(id: Id, words: &Letter, from: &str, to: &str, now: Timestamp) -> Result<Message, Failure> {
    let sender: Mailbox = from.parse().map_err(|_| Failure::Retry("the sender's address is not valid".into()))?;
    let receiver: Mailbox = to.parse().map_err(|_| Failure::Permanent("the receiver's address is not valid".into()))?;
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let subject = clean_line(&words.subject).map_err(|error| Failure::Permanent(error.to_string()))?;
    // The same in every attempt, so that a mail sent twice is shown once.
    let message_id = format!("<{id}@{}>", sender.email.domain());
    Message::builder()
        .from(sender)
        .to(receiver)
        .subject(subject)
        .date(UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(message_id))
        .header(ContentType::TEXT_PLAIN)
        .body(words.text.clone())
        .map_err(|error| Failure::Permanent(error.to_string()))
}

/// Whether the settings of mail can work: the URL and the sender's address are readable. For `check-config`.
///
/// # Errors
/// `mail-url-invalid` or `mail-from-invalid`.
pub fn check(mail: &Mail) -> crate::Result<()> {
    let Mail::Smtp { url, from } = mail else { return Ok(()) };
    SmtpTransport::from_url(url).map_err(|_| Error::refused("mail-url-invalid"))?;
    from.parse::<Mailbox>().map_err(|_| Error::refused("mail-from-invalid"))?;
    Ok(())
}
